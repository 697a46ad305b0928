#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# /init of a small guest that loads the demonstration livepatches in a real kernel and writes down what happens (kernel-6.1.txt):
# an initramfs with this file as /init, a static busybox as /bin/busybox and the modules in /m, and the kernel 6.1.0-50-amd64.
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
show() {
	echo "== $1"
	for livepatch in /sys/kernel/livepatch/*/; do
		[ -d "$livepatch" ] && echo "$(basename "$livepatch") enabled=$(cat "$livepatch/enabled") transition=$(cat "$livepatch/transition")"
	done
	find /sys/kernel/livepatch -mindepth 3 -maxdepth 3 -type d | sort
	echo "panic=$(cat /proc/sys/kernel/panic) printk=$(cat /proc/sys/kernel/printk) cmdline=$(head -c 30 /proc/cmdline) version=$(head -c 60 /proc/version) uptime=$(cat /proc/uptime)"
}
load() {
	insmod "/m/$1.ko"
	echo "insmod $1: $?"
	while grep -q 1 /sys/kernel/livepatch/*/transition 2>/dev/null; do sleep 1; done
	show "$1"
}
show boot
load lp_proc_1
load lp_proc_hotfix
load lp_proc_2
rmmod lp_proc_1
rmmod lp_proc_hotfix
load lp_proc_3
rmmod lp_proc_2
load lp_proc_1
echo 0 >/sys/kernel/livepatch/lp_proc_3/enabled
while [ -d /sys/kernel/livepatch/lp_proc_3 ]; do sleep 1; done
rmmod lp_proc_3
show disabled
load lp_proc_2
load lp_proc_1
poweroff -f
