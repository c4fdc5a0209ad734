#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What a kown.ko that was built with KOWN_DEBUG shows in debugfs, and what it says
# of arcs that are left: of the device's, and of a module's that was built without.

# shellcheck disable=SC2154 # set by ktap.sh and module.sh

. "$(dirname "$0")/ktap.sh"
. "$(dirname "$0")/module.sh"

debug=$here/kown_debug.ko
traced=$here/kown_traced.ko
files=$scratch/debugfs/kown

with_debug()
{
	[ -r "$debug" ] || skip "no kown_debug.ko here"
	module_unload
	insmod "$debug" || fail "insmod $debug"
}

# types TYPE: its live, peak and born
types()
{
	awk -v name="$1" '$4 == name { print $1, $2, $3 }' "$files/types"
}

live()
{
	sed 's/, [0-9]* s old$//' "$files/live" | grep "^type $1:" | sort | uniq -c | tr -s ' '
}

test_plain_module_has_no_files()
{
	[ "$module" ] || skip "no kown.ko here; KOWN_KO tells where it is"
	module_unload
	insmod "$module" || fail "insmod"
	[ ! -e "$files/types" ] || fail "there is $files/types"
}

test_types_has_a_head()
{
	with_debug
	expect "the first line" "$(head -n 1 "$files/types")" "live peak born type"
}

test_files_are_for_root_only()
{
	with_debug
	expect "modes" "$(stat -c %a "$files/types" "$files/live" | tr '\n' ' ')" "400 400 "
}

test_objects_are_counted()
{
	with_debug
	kown new --elem u32 -- cat "$files/types" "$files/live" > "$scratch/during"
	grep -qE '^ +1 +1 +1 object$' "$scratch/during" || fail "$(cat "$scratch/during")"
	grep -qE '^type object: strong 1 weak 0, [0-9] s old$' "$scratch/during" ||
		fail "$(cat "$scratch/during")"
	kown new --elem u32 -- true
	await test "$(types object)" = "0 1 2"
	expect "objects" "$(live object)" ""
}

test_arcs_of_another_module_are_counted()
{
	[ -r "$traced" ] || skip "no kown_traced.ko here"
	with_debug
	insmod "$traced" arcs=5 || fail "insmod"
	expect "types" "$(types traced)" "5 5 5"
	expect "live" "$(live traced)" " 5 type traced: strong 1 weak 0"
	rmmod kown_traced || fail "rmmod"
	expect "types afterwards" "$(types traced)" "0 5 5"
	expect "live afterwards" "$(live traced)" ""
}

test_age_is_in_seconds()
{
	[ -r "$traced" ] || skip "no kown_traced.ko here"
	with_debug
	insmod "$traced" arcs=1 || fail "insmod"
	sleep 2
	age=$(sed -n 's/^type traced:.*, \([0-9]*\) s old$/\1/p' "$files/live")
	rmmod kown_traced || fail "rmmod"
	[ "$age" -ge 2 ] || fail "only $age s old"
	[ "$age" -lt 60 ] || fail "$age s old"
}

mkdir "$scratch/debugfs"
mount -t debugfs debugfs "$scratch/debugfs" 2> /dev/null
run_tests
status=$?
module_restore
umount "$scratch/debugfs" 2> /dev/null
exit $status
