// SPDX-License-Identifier: GPL-2.0
/*
 * Version 2 of the series: two fixes, and callbacks on vmlinux that change two settings of the
 * machine and undo them. It declares no klp_state, as most livepatches in the field don't: the
 * kernel lets version 1 replace it without a word, and then nobody undoes the settings.
 */
#include <linux/livepatch.h>
#include <linux/module.h>
#include "fixes.h"
#include "hardening.h"

static int before_patching(struct klp_object *obj)
{
	reboot_after_panic();
	return 0;
}

static void after_patching(struct klp_object *obj)
{
	quiet_console();
}

static void before_unpatching(struct klp_object *obj)
{
	chatty_console();
}

static void after_unpatching(struct klp_object *obj)
{
	halt_after_panic();
}

static struct klp_func vmlinux_funcs[] = {
	{ .old_name = "cmdline_proc_show", .new_func = fixed_cmdline_proc_show },
	{ .old_name = "version_proc_show", .new_func = fixed_version_proc_show },
	{ }
};

static struct klp_object objects[] = {
	{
		.funcs = vmlinux_funcs,
		.callbacks = {
			.pre_patch = before_patching,
			.post_patch = after_patching,
			.pre_unpatch = before_unpatching,
			.post_unpatch = after_unpatching,
		},
	},
	{ }
};

static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objects, .replace = true };

static int __init lp_proc_2_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit lp_proc_2_exit(void)
{
}

module_init(lp_proc_2_init);
module_exit(lp_proc_2_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Supersede demonstration livepatch 2: /proc/cmdline, /proc/version");
MODULE_VERSION("2");
MODULE_INFO(livepatch, "Y");
MODULE_INFO(supersede_series, "debian-12-6.1");
MODULE_INFO(supersede_version, "2");
MODULE_INFO(supersede_fixes, "CVE-0000-0001,CVE-0000-0002");
