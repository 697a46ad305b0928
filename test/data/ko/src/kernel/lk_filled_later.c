// SPDX-License-Identifier: GPL-2.0
/* The array of objects is zero in the file; code fills it in. */
#include "livepatch.h"

static struct klp_func funcs[] = { { .old_name = "cmdline_proc_show", .new_func = new_show }, { } };
static struct klp_object objects[2];
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objects, .replace = true };

static int lp_init(void)
{
	objects[0].funcs = funcs;
	return klp_enable_patch(&patch);
}
module_init(lp_init);
