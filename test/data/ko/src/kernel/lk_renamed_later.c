// SPDX-License-Identifier: GPL-2.0
/* Static arrays, but code changes one of their fields before the livepatch is enabled. */
#include "livepatch.h"

static char *other = "uptime_proc_show";
module_param(other, charp, 0);
static struct klp_func funcs[] = {
	{ .old_name = "cmdline_proc_show", .new_func = new_show },
	{ .old_name = "version_proc_show", .new_func = new_show },
	{ }
};
static struct klp_object objects[] = { { .funcs = funcs }, { } };
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objects, .replace = true };

static int lp_init(void)
{
	funcs[1].old_name = other;
	return klp_enable_patch(&patch);
}
module_init(lp_init);
