// SPDX-License-Identifier: GPL-2.0
/* A livepatch with several arrays, an unused second one beside it, and arrays of different lengths back to back. */
#define NAME "two_objects"
#include "shape.h"
static int before(struct klp_object *object) { return 0; }
static void after(struct klp_object *object) { }
static struct klp_func unused_funcs[] = { { "unused_one", new_a }, { "unused_two", new_b, 7 }, { } };
static struct klp_func vmlinux_funcs[] = { { "first_function", new_a }, { "second_function", new_b, 2 }, { "third_function", new_a }, { } };
static struct klp_func vfat_funcs[] = { { "vfat_function", new_b, 1 }, { } };
static struct klp_object unused_objects[] = { { "unused", unused_funcs }, { } };
static struct klp_object objects[] = {
	{ 0, vmlinux_funcs, { .pre_patch = before } },
	{ "vfat", vfat_funcs, { .post_unpatch = after } },
	{ }
};
static struct klp_state states[] = { { 77, 3 }, { 1ul << 63, 1, &states }, { } };
static struct klp_patch unused = { &__this_module, unused_objects };
static struct klp_patch patch = { &__this_module, objects, states, 1 };
static struct klp_patch *volatile keep SECTION(".data") = &unused;
INIT int init_module(void) { return klp_enable_patch(&patch); }
