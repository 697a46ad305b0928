// SPDX-License-Identifier: GPL-2.0
/*
 * klpprobe - sets a kprobe on a function, given by the parameter "symbol". With "post=1" it has a post handler: such a probe at the
 * entry of a function registers with ftrace as one that may redirect the call (IPMODIFY), of which there can be one only.
 */
#define pr_fmt(fmt) "klpgen: " fmt
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>

static char symbol[64];
static uint offset;
static bool post;
static uint hits;
module_param_string(symbol, symbol, sizeof(symbol), 0400);
module_param(offset, uint, 0400);
module_param(post, bool, 0400);
module_param(hits, uint, 0400);

static int before(struct kprobe *p, struct pt_regs *regs)
{
	hits++;
	return 0;
}

static void after(struct kprobe *p, struct pt_regs *regs, unsigned long flags)
{
}

static struct kprobe probe = { .pre_handler = before };

static int __init klpprobe_init(void)
{
	probe.symbol_name = symbol;
	probe.offset = offset;
	if (post)
		probe.post_handler = after;
	return register_kprobe(&probe);
}

static void __exit klpprobe_exit(void)
{
	unregister_kprobe(&probe);
}
module_init(klpprobe_init);
module_exit(klpprobe_exit);
MODULE_LICENSE("GPL");
