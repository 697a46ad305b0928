// SPDX-License-Identifier: GPL-2.0
/* Static arrays, but code changes one of their fields before the livepatch is enabled. */
#define NAME "renamed_later"
#include "shape.h"
extern const char *other_name;
static struct klp_func funcs[] = { { "one", new_a }, { "two", new_b }, { } };
static struct klp_object objects[] = { { 0, funcs }, { } };
static struct klp_patch patch = { &__this_module, objects, 0, 1 };
INIT int init_module(void) { funcs[1].old_name = other_name; return klp_enable_patch(&patch); }
