// SPDX-License-Identifier: GPL-2.0
/* Tables as klp-build leaves them, and a stub that makes a klp_object of each record. With TWICE one object has two records. */
#include "livepatch.h"

struct func_ext { const char *old_name; void *new_func; unsigned long sympos; };
struct object_ext { const char *name; struct func_ext *funcs; struct klp_callbacks callbacks; unsigned int nr_funcs; };
static_assert(sizeof(struct object_ext) == 64);

static void after(struct klp_object *object) { }
static struct func_ext funcs[] __used __section("__klp_funcs") = {
	{ "cmdline_proc_show", new_show },
	{ "version_proc_show", new_show },
	{ "vfat_function", new_show, 4 },
	{ "other_vfat_function", new_show, 1 },
};
static struct object_ext tables[] __used __section("__klp_objects") = {
#ifdef TWICE
	{ NULL, funcs, { .post_patch = after }, 1 },
	{ NULL, funcs + 1, { }, 1 },
#else
	{ NULL, funcs, { .post_patch = after }, 2 },
#endif
	{ "vfat", funcs + 2, { }, 2 },
};

static int lp_init(void)
{
	struct klp_patch *patch = kzalloc(sizeof(*patch), GFP_KERNEL);
	struct klp_object *objects = kcalloc(ARRAY_SIZE(tables) + 1, sizeof(*objects), GFP_KERNEL);
	struct klp_func *made;
	unsigned int i, j;

	if (!patch || !objects)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(tables); i++) {
		made = kcalloc(tables[i].nr_funcs + 1, sizeof(*made), GFP_KERNEL);
		if (!made)
			return -ENOMEM;
		for (j = 0; j < tables[i].nr_funcs; j++) {
			made[j].old_name = tables[i].funcs[j].old_name;
			made[j].new_func = tables[i].funcs[j].new_func;
			made[j].old_sympos = tables[i].funcs[j].sympos;
		}
		objects[i].name = tables[i].name;
		objects[i].funcs = made;
		objects[i].callbacks = tables[i].callbacks;
	}
	patch->mod = THIS_MODULE;
	patch->objs = objects;
	patch->replace = true;
	return klp_enable_patch(patch);
}
module_init(lp_init);
