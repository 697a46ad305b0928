/* SPDX-License-Identifier: GPL-2.0 */
/* What every livepatch here needs. Built with a kernel's own headers, so that this kernel loads them. */
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

static int new_show(struct seq_file *m, void *v)
{
	seq_puts(m, KBUILD_MODNAME "\n");
	return 0;
}

static ssize_t __maybe_unused new_attribute(void *device, void *attribute, char *buffer)
{
	return sprintf(buffer, KBUILD_MODNAME "\n");
}

static void lp_exit(void) { }
module_exit(lp_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Livepatch for tests");
MODULE_INFO(livepatch, "Y");
