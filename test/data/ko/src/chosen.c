// SPDX-License-Identifier: GPL-2.0
/* Two livepatches; which one is enabled is decided when the module is loaded. */
#define NAME "chosen"
#include "shape.h"
extern int which;
static struct klp_func a_funcs[] = { { "one", new_a }, { } };
static struct klp_func b_funcs[] = { { "two", new_b }, { } };
static struct klp_object a_objects[] = { { 0, a_funcs }, { } };
static struct klp_object b_objects[] = { { 0, b_funcs }, { } };
static struct klp_patch a = { &__this_module, a_objects, 0, 1 };
static struct klp_patch b = { &__this_module, b_objects };
INIT int init_module(void) { return klp_enable_patch(which ? &a : &b); }
