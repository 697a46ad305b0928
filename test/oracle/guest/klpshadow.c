// SPDX-License-Identifier: GPL-2.0
/*
 * klpshadow - calls the shadow variable API as a scenario asks.
 *
 * Writing "<call> <object> <id> [<data> [<constructed>|-]] [dtor]" to the parameter "call" makes one call:
 *   get 1 7 | alloc 1 7 42 | alloc 1 7 42 -12 | get_or_alloc 1 7 42 0 | free 1 7 dtor | free_all 0 7 dtor
 * Objects are numbered; what came back is logged.
 */
#define pr_fmt(fmt) "klpgen: " fmt
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>

static char objects[10];
static int wanted, constructed;

static int number_of(void *obj) { return (int)((char *)obj - objects); }

static int ctor(void *obj, void *data, void *unused)
{
	pr_info("shadow constructor %d\n", number_of(obj));
	*(int *)data = wanted;
	return constructed;
}

static int plain_ctor(void *obj, void *data, void *unused)
{
	*(int *)data = wanted;
	return 0;
}

static void dtor(void *obj, void *data)
{
	pr_info("shadow destructor %d\n", number_of(obj));
}

static int call_set(const char *val, const struct kernel_param *kp)
{
	char name[16], word[16] = "";
	int obj, *data = NULL, n;
	unsigned long id;
	klp_shadow_ctor_t make = plain_ctor;
	klp_shadow_dtor_t undo = NULL;

	n = sscanf(val, "%15s %d %lu %15s %d", name, &obj, &id, word, &constructed);
	if (n < 3 || obj < 0 || obj > 9)
		return -EINVAL;
	if (n > 3 && !strcmp(word, "dtor"))
		undo = dtor;
	else if (n > 3 && kstrtoint(word, 0, &wanted))
		return -EINVAL;
	if (n > 4)
		make = ctor;
	if (!strcmp(name, "get"))
		data = klp_shadow_get(&objects[obj], id);
	else if (!strcmp(name, "alloc"))
		data = klp_shadow_alloc(&objects[obj], id, sizeof(int), GFP_KERNEL, make, NULL);
	else if (!strcmp(name, "get_or_alloc"))
		data = klp_shadow_get_or_alloc(&objects[obj], id, sizeof(int), GFP_KERNEL, make, NULL);
	else if (!strcmp(name, "free"))
		klp_shadow_free(&objects[obj], id, undo);
	else if (!strcmp(name, "free_all"))
		klp_shadow_free_all(id, undo);
	else
		return -EINVAL;
	if (data)
		pr_info("shadow %s %d %lu -> %d\n", name, obj, id, *data);
	else
		pr_info("shadow %s %d %lu -> null\n", name, obj, id);
	return 0;
}

static const struct kernel_param_ops call_ops = { .set = call_set };
module_param_cb(call, &call_ops, NULL, 0200);

static int __init klpshadow_init(void) { return 0; }
static void __exit klpshadow_exit(void) { }
module_init(klpshadow_init);
module_exit(klpshadow_exit);
MODULE_LICENSE("GPL");
