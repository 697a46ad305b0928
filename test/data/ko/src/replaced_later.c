// SPDX-License-Identifier: GPL-2.0
/* Code decides whether it is cumulative, as the kernel's own test module does by a parameter. */
#define NAME "replaced_later"
#include "shape.h"
int wanted;
static struct klp_func funcs[] = { { "one", new_a }, { } };
static struct klp_object objects[] = { { 0, funcs }, { } };
static struct klp_patch patch = { &__this_module, objects, 0, 0 };
INIT int init_module(void) { patch.replace = !!wanted; return klp_enable_patch(&patch); }
