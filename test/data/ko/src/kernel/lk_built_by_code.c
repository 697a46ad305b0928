// SPDX-License-Identifier: GPL-2.0
/* Code allocates the livepatch and everything in it. */
#include "livepatch.h"

static int lp_init(void)
{
	struct klp_patch *patch = kzalloc(sizeof(*patch), GFP_KERNEL);
	struct klp_object *objects = kcalloc(2, sizeof(*objects), GFP_KERNEL);
	struct klp_func *funcs = kcalloc(2, sizeof(*funcs), GFP_KERNEL);

	if (!patch || !objects || !funcs)
		return -ENOMEM;
	funcs[0].old_name = "cmdline_proc_show";
	funcs[0].new_func = new_show;
	objects[0].funcs = funcs;
	patch->mod = THIS_MODULE;
	patch->objs = objects;
	patch->replace = true;
	return klp_enable_patch(patch);
}
module_init(lp_init);
