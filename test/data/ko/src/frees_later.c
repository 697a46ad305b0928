// SPDX-License-Identifier: GPL-2.0
/* Its exit hands a function of its own to the kernel, as those do that free shadow variables. */
#define NAME "frees_later"
#include "shape.h"
void klp_shadow_free_all(unsigned long id, void (*destructor)(void *));
void release(void *);
static struct klp_func funcs[] = { { "one", new_a }, { } };
static struct klp_object objects[] = { { 0, funcs }, { } };
static struct klp_patch patch = { &__this_module, objects, 0, 1 };
SECTION(".text.unlikely") static void destructor(void *data) { release(data); }
INIT int init_module(void) { return klp_enable_patch(&patch); }
SECTION(".exit.text") void cleanup_module(void) { klp_shadow_free_all(1, destructor); }
