// SPDX-License-Identifier: GPL-2.0
/* A hotfix that goes on top of what is there: not cumulative. Version 2 of the series contains its fix. */
#include <linux/livepatch.h>
#include <linux/module.h>
#include "fixes.h"

static struct klp_func vmlinux_funcs[] = {
	{ .old_name = "version_proc_show", .new_func = fixed_version_proc_show },
	{ }
};

static struct klp_object objects[] = {
	{ .funcs = vmlinux_funcs },
	{ }
};

static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objects };

static int __init lp_proc_hotfix_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit lp_proc_hotfix_exit(void)
{
}

module_init(lp_proc_hotfix_init);
module_exit(lp_proc_hotfix_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Supersede demonstration hotfix: /proc/version");
MODULE_VERSION("1");
MODULE_INFO(livepatch, "Y");
MODULE_INFO(supersede_series, "debian-12-6.1-hotfix");
MODULE_INFO(supersede_version, "1");
MODULE_INFO(supersede_fixes, "CVE-0000-0002");
