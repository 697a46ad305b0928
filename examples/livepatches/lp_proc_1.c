// SPDX-License-Identifier: GPL-2.0
/* Version 1 of the series: one fix, no callbacks. */
#include <linux/livepatch.h>
#include <linux/module.h>
#include "fixes.h"

static struct klp_func vmlinux_funcs[] = {
	{ .old_name = "cmdline_proc_show", .new_func = fixed_cmdline_proc_show },
	{ }
};

static struct klp_object objects[] = {
	{ .funcs = vmlinux_funcs }, /* no name: vmlinux */
	{ }
};

static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objects, .replace = true };

static int __init lp_proc_1_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit lp_proc_1_exit(void)
{
}

module_init(lp_proc_1_init);
module_exit(lp_proc_1_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Supersede demonstration livepatch 1: /proc/cmdline");
MODULE_VERSION("1");
MODULE_INFO(livepatch, "Y");
MODULE_INFO(supersede_series, "debian-12-6.1");
MODULE_INFO(supersede_version, "1");
MODULE_INFO(supersede_fixes, "CVE-0000-0001");
