#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The sample, tools/samples: a bus made with kown, as a module of somebody else's, and
# its twin made without. Both must do the same, and leave nothing.

# shellcheck disable=SC2154 # set by ktap.sh

. "$(dirname "$0")/ktap.sh"

buses="kown_bus kref_bus"

cat > "$scratch/wanted" <<END
no bytes: EINVAL
too many bytes: EMSGSIZE
as many as there may be: 4000
bytes that are not there: EFAULT
unknown command: ENOTTY
stats of a small struct: EINVAL
stats of a large struct: 0
stats to nowhere: EFAULT
read with little room: EMSGSIZE
read with enough: 4000
read of nothing: EAGAIN
events without news: 4
a says one: 3
b says two: 3
c says three: 5
events with news: 5
a: ports 4 unread 2 reserved 0
a: 3 two
a: 5 three
a: EAGAIN
b: 3 one
b: 5 three
c: 3 one
c: 3 two
d, which came late: 5 three
d: EAGAIN
two have left: ports 2 unread 0 reserved 0
nobody hears it but b: 4
b: 4 four
b alone: ports 1 unread 0 reserved 0
nobody hears it: 4
full: ports 2 unread 64 reserved 0
in order: 64
events at the hole: 5
hole: ENOBUFS
after it: EAGAIN
again: 5
again: 5 again
flush of nothing: 0
flush of what nobody reads: EINTR
flush while others read: 0
the reader: 0
flush of what others left behind: 0
read that waits: 1
read that is killed: 9
read that is interrupted: EINTR
END

test_modules_load()
{
	for bus in $buses; do
		insmod "$here/samples/$bus.ko" || fail "insmod $bus"
		[ -c "/dev/$bus" ] || fail "no /dev/$bus"
	done
}

test_kown_bus_does_what_a_bus_does()
{
	"$here/bin/bus" /dev/kown_bus script > "$scratch/kown"
	diff "$scratch/wanted" "$scratch/kown"
}

test_kref_bus_does_the_same()
{
	"$here/bin/bus" /dev/kref_bus script > "$scratch/kref"
	diff "$scratch/wanted" "$scratch/kref"
}

test_ports_come_and_go()
{
	for bus in $buses; do
		expect "$bus" "$("$here/bin/bus" "/dev/$bus" churn)" \
			"ports 1, sent at least as many as rounds: yes"
	done
}

# In a virtual machine without hardware's help this says little: it would show a loop
# or a wait that should not be there. Documentation/library.rst has instructions.
test_speed_is_comparable()
{
	for ports in 1 8; do
		kown=
		kref=
		for _ in 1 2 3; do
			took=$("$here/bin/bus" /dev/kown_bus speed $ports) || exit
			[ "${kown:-$took}" -lt "$took" ] || kown=$took
			took=$("$here/bin/bus" /dev/kref_bus speed $ports) || exit
			[ "${kref:-$took}" -lt "$took" ] || kref=$took
		done
		echo "$ports readers: kown $kown ns a message, kref $kref ns"
		[ "$kown" -lt $((kref * 5)) ] || fail "five times as slow"
	done
}

test_modules_unload()
{
	for bus in $buses; do
		rmmod "$bus" || fail "rmmod $bus"
		! grep -q "^$bus " /proc/modules || fail "$bus is still there"
	done
}

run_tests
