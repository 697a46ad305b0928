// SPDX-License-Identifier: GPL-2.0
/* The tables of klp-build in their first form, one object in two records, and a stub that stores `replace`. */
#define NAME "klp_build_tables"
#include "shape.h"
struct klp_func_ext { const char *old_name; void *new_func; unsigned long sympos; };
struct klp_object_ext { const char *name; struct klp_func_ext *funcs; struct klp_callbacks callbacks; unsigned int nr_funcs; };
_Static_assert(sizeof(struct klp_object_ext) == 64, "the record is 64 bytes");
static void after(struct klp_object *object) { }
static struct klp_func_ext funcs[] SECTION("__klp_funcs") = { { "one", new_a }, { "two", new_b, 4 }, { "three", new_b, 1 }, { "four", new_a } };
static struct klp_object_ext objects[] SECTION("__klp_objects") = {
	{ 0, funcs, { .post_patch = after }, 1 },
	{ "amdgpu", funcs + 1, { }, 2 },
	{ 0, funcs + 3, { }, 1 },
};
struct klp_patch *allocate(void);
INIT int init_module(void)
{
	struct klp_patch *patch = allocate();
	patch->mod = &__this_module;
	patch->replace = 1;
	return klp_enable_patch(patch);
}
