// SPDX-License-Identifier: GPL-2.0
/*
 * Version 3 of the series: three fixes. It takes over the two settings that version 2 changes:
 * it declares them as states, so that the kernel refuses to go back to a livepatch that does not
 * know them, and it says in supersede_adopts whose callbacks it stands in for.
 */
#include <linux/livepatch.h>
#include <linux/module.h>
#include "fixes.h"
#include "hardening.h"

#define STATE_PANIC_TIMEOUT 1
#define STATE_CONSOLE_LOGLEVEL 2

/* Does nothing where version 2 has been here before: the settings already have our values. */
static int take_over_or_change(struct klp_object *obj)
{
	reboot_after_panic();
	return 0;
}

static void quiet_after_patching(struct klp_object *obj)
{
	quiet_console();
}

static void undo_console(struct klp_object *obj)
{
	chatty_console();
}

static void undo_panic(struct klp_object *obj)
{
	halt_after_panic();
}

static struct klp_func vmlinux_funcs[] = {
	{ .old_name = "cmdline_proc_show", .new_func = fixed_cmdline_proc_show },
	{ .old_name = "version_proc_show", .new_func = fixed_version_proc_show },
	{ .old_name = "uptime_proc_show", .new_func = fixed_uptime_proc_show },
	{ }
};

static struct klp_object objects[] = {
	{
		.funcs = vmlinux_funcs,
		.callbacks = {
			.pre_patch = take_over_or_change,
			.post_patch = quiet_after_patching,
			.pre_unpatch = undo_console,
			.post_unpatch = undo_panic,
		},
	},
	{ }
};

static struct klp_state states[] = {
	{ .id = STATE_PANIC_TIMEOUT, .version = 1 },
	{ .id = STATE_CONSOLE_LOGLEVEL, .version = 1 },
	{ }
};

static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objects, .states = states, .replace = true };

static int __init lp_proc_3_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit lp_proc_3_exit(void)
{
}

module_init(lp_proc_3_init);
module_exit(lp_proc_3_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Supersede demonstration livepatch 3: /proc/cmdline, /proc/version, /proc/uptime");
MODULE_VERSION("3");
MODULE_INFO(livepatch, "Y");
MODULE_INFO(supersede_series, "debian-12-6.1");
MODULE_INFO(supersede_version, "3");
MODULE_INFO(supersede_fixes, "CVE-0000-0001,CVE-0000-0002,CVE-0000-0003");
MODULE_INFO(supersede_adopts, "lp_proc_2:vmlinux:pre_patch");
MODULE_INFO(supersede_adopts, "lp_proc_2:vmlinux:post_patch");
MODULE_INFO(supersede_adopts, "lp_proc_2:vmlinux:pre_unpatch");
MODULE_INFO(supersede_adopts, "lp_proc_2:vmlinux:post_unpatch");
