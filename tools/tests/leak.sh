#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What all tests before have left: memory that nobody points to any more, by the
# kernel's kmemleak. It must be the last.

# shellcheck disable=SC2154 # set by ktap.sh and module.sh

. "$(dirname "$0")/ktap.sh"
. "$(dirname "$0")/module.sh"

kmemleak=$scratch/debugfs/kmemleak

# What the kernel itself lost while it booted is nobody's here.
since_boot()
{
	awk '
		/^unreferenced object/ { head = $0; next }
		head != "" { ours = !/comm "swapper\//; if (ours) print head; head = "" }
		ours
	' "$kmemleak"
}

# What is younger than 5 seconds it leaves out, and a pointer may be left on a stack by
# chance: only what several scans see is lost. What a scan says of the boot's losses is for
# no console.
scan()
{
	[ -e "$kmemleak" ] || skip "a kernel without kmemleak"
	level=$(cat /proc/sys/kernel/printk)
	echo 1 > /proc/sys/kernel/printk
	for _ in 1 2 3; do
		sleep 6
		echo scan > "$kmemleak" || fail "kmemleak has given up"
	done
	echo "$level" > /proc/sys/kernel/printk
	since_boot > "$scratch/leaks"
	[ ! -s "$scratch/leaks" ] && return
	head -n 100 "$scratch/leaks"
	exit 1
}

test_nothing_leaked()
{
	scan
}

test_nothing_leaked_with_the_module_gone()
{
	[ -e "$kmemleak" ] || skip "a kernel without kmemleak"
	module_unload
	scan
}

mkdir "$scratch/debugfs"
mount -t debugfs debugfs "$scratch/debugfs" 2> /dev/null
run_tests
status=$?
module_restore
umount "$scratch/debugfs" 2> /dev/null
exit $status
