// SPDX-License-Identifier: GPL-2.0
/* The array of objects is zero in the file; code fills it in. */
#define NAME "filled_later"
#include "shape.h"
static struct klp_func funcs[] = { { "one", new_a }, { } };
static struct klp_object objects[2];
static struct klp_patch patch = { &__this_module, objects, 0, 1 };
INIT int init_module(void) { objects[0].funcs = funcs; return klp_enable_patch(&patch); }
