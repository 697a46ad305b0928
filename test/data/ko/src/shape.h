/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The structures of include/linux/livepatch.h as they lie in a module file, without the kernel's headers, so that any compiler
 * for any of the four CPUs can lay them out. FUNC_TAIL and OBJECT_TAIL stand for the kernel's own fields and set the record sizes.
 */
#ifndef FUNC_TAIL
#define FUNC_TAIL 128
#endif
#ifndef OBJECT_TAIL
#define OBJECT_TAIL 112
#endif
struct klp_func { const char *old_name; void *new_func; unsigned long old_sympos; char tail[FUNC_TAIL]; };
struct klp_object;
struct klp_callbacks {
	int (*pre_patch)(struct klp_object *);
	void (*post_patch)(struct klp_object *);
	void (*pre_unpatch)(struct klp_object *);
	void (*post_unpatch)(struct klp_object *);
	char post_unpatch_enabled;
};
struct klp_object { const char *name; struct klp_func *funcs; struct klp_callbacks callbacks; char tail[OBJECT_TAIL]; };
struct klp_state { unsigned long id; unsigned int version; void *data; };
struct klp_patch { void *mod; struct klp_object *objs; struct klp_state *states; char replace; char tail[168]; };

struct module { char head[24]; char name[56]; char rest[752]; };
#define SECTION(name) __attribute__((section(name), used))
#define INIT SECTION(".init.text")
struct module __this_module SECTION(".gnu.linkonce.this_module") = { .name = NAME };
static const char modinfo[] SECTION(".modinfo") __attribute__((aligned(1))) =
	"name=" NAME "\0vermagic=6.1.0-shape SMP \0license=GPL\0depends=\0livepatch=Y";

int klp_enable_patch(struct klp_patch *);
__attribute__((noinline)) static int new_a(void) { return 1; }
__attribute__((noinline)) static int new_b(void) { return 2; }
