// SPDX-License-Identifier: GPL-2.0
/* Several objects with arrays of different lengths, positions, callbacks and states; an unused second livepatch beside it. */
#include "livepatch.h"

static int before(struct klp_object *object) { return 0; }
static void after(struct klp_object *object) { }
static struct klp_func unused_funcs[] = { { .old_name = "unused_one", .new_func = new_show }, { } };
static struct klp_object unused_objects[] = { { .funcs = unused_funcs }, { } };
static struct klp_patch unused = { .mod = THIS_MODULE, .objs = unused_objects };
static struct klp_patch *volatile keep __used = &unused;

static struct klp_func vmlinux_funcs[] = {
	{ .old_name = "cmdline_proc_show", .new_func = new_show },
	{ .old_name = "type_show", .new_func = new_attribute, .old_sympos = 3 },
	{ .old_name = "version_proc_show", .new_func = new_show, .old_sympos = 1 },
	{ }
};
static struct klp_func vfat_funcs[] = {
	{ .old_name = "vfat_function", .new_func = new_show, .old_sympos = 7 },
	{ .old_name = "vfat_function", .new_func = new_show, .old_sympos = 8 },
	{ }
};
static struct klp_func none[] = { { } };
static struct klp_object objects[] = {
	{ .funcs = vmlinux_funcs, .callbacks = { .pre_patch = before } },
	{ .name = "vfat", .funcs = vfat_funcs, .callbacks = { .post_unpatch = after } },
	{ .name = "nf_tables", .funcs = none, .callbacks = { .post_patch = after, .pre_unpatch = after } },
	{ }
};
static struct klp_state states[] = { { .id = 77, .version = 3 }, { .id = 1ul << 63, .version = 1 }, { } };
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objects, .states = states, .replace = true };

static int lp_init(void) { return klp_enable_patch(&patch); }
module_init(lp_init);
