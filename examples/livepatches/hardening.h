/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two settings of the running kernel that lp_proc_2 and lp_proc_3 change while they are applied.
 * Each function moves a setting from the kernel's built-in value to ours, or back, and leaves alone
 * what an operator set by hand. Nothing is remembered in memory, so that a successor can undo what
 * its predecessor did without asking it.
 */
#include <linux/kernel.h>
#include <linux/panic.h>
#include <linux/printk.h>

#define PANIC_TIMEOUT_BUILT_IN 0
#define PANIC_TIMEOUT_OURS 30 /* seconds until a machine that panicked reboots */
#define CONSOLE_LOGLEVEL_BUILT_IN CONSOLE_LOGLEVEL_DEFAULT
#define CONSOLE_LOGLEVEL_OURS 4 /* warnings and worse */

static inline void reboot_after_panic(void)
{
	if (panic_timeout == PANIC_TIMEOUT_BUILT_IN)
		panic_timeout = PANIC_TIMEOUT_OURS;
}

static inline void halt_after_panic(void)
{
	if (panic_timeout == PANIC_TIMEOUT_OURS)
		panic_timeout = PANIC_TIMEOUT_BUILT_IN;
}

static inline void quiet_console(void)
{
	if (console_loglevel == CONSOLE_LOGLEVEL_BUILT_IN)
		console_loglevel = CONSOLE_LOGLEVEL_OURS;
}

static inline void chatty_console(void)
{
	if (console_loglevel == CONSOLE_LOGLEVEL_OURS)
		console_loglevel = CONSOLE_LOGLEVEL_BUILT_IN;
}
