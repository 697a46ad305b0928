/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The replacement functions, one for each demonstration fix. The CVE ids are made up: no such
 * weakness was ever reported, and the year 0000 can never be assigned.
 */
#include <linux/seq_file.h>
#include <linux/timekeeping.h>
#include <linux/utsname.h>

/* CVE-0000-0001: /proc/cmdline shows boot parameters, and with them secrets, to everybody. */
static __maybe_unused int fixed_cmdline_proc_show(struct seq_file *m, void *v)
{
	seq_puts(m, "(withheld)\n");
	return 0;
}

/* CVE-0000-0002: /proc/version names the machine and the person that built the kernel. */
static __maybe_unused int fixed_version_proc_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%s version %s\n", init_uts_ns.name.sysname, init_uts_ns.name.release);
	return 0;
}

/* CVE-0000-0003: /proc/uptime counts idle time finely enough to watch another user's work. */
static __maybe_unused int fixed_uptime_proc_show(struct seq_file *m, void *v)
{
	struct timespec64 uptime = ktime_to_timespec64(ktime_get_boottime());

	seq_printf(m, "%llu.00 0.00\n", (unsigned long long)uptime.tv_sec);
	return 0;
}
