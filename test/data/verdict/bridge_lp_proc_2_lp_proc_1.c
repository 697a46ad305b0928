// SPDX-License-Identifier: GPL-2.0
/*
 * bridge_lp_proc_2_lp_proc_1: takes back what the livepatches that it replaces leave behind.
 * Patches no function, so everything runs its original code while this is loaded.
 * To keep fixes in place meanwhile, add the functions of what follows it.
 */
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>

static void undo_on_vmlinux(struct klp_object *obj)
{
	/* Do here what lp_proc_2's pre_unpatch would have done. */
	/* Do here what lp_proc_2's post_unpatch would have done. */
}

static struct klp_func no_funcs[] = {
	{ }
};

static struct klp_object objects[] = {
	{
		.funcs = no_funcs,
		.callbacks = { .post_patch = undo_on_vmlinux },
	},
	{ }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objects,
	.replace = true,
};

static int __init bridge_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit bridge_exit(void)
{
}

module_init(bridge_init);
module_exit(bridge_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
MODULE_INFO(supersede_series, "debian-12-6.1");
MODULE_INFO(supersede_version, "2.1");
MODULE_INFO(supersede_adopts, "lp_proc_2:vmlinux:pre_unpatch");
MODULE_INFO(supersede_adopts, "lp_proc_2:vmlinux:post_unpatch");
