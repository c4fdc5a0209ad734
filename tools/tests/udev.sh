#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The rule that make install puts in place, and what udev itself makes of it.

# shellcheck disable=SC2154 # ktap.sh

. "$(dirname "$0")/ktap.sh"

udevd=/lib/systemd/systemd-udevd

# node WANTED: that is what udev makes of it. It looks for groups once, when it starts.
node()
{
	[ -x "$udevd" ] || skip "no udev here"
	! pidof systemd-udevd > /dev/null || skip "udev is at work here"
	"$udevd" --daemon || fail "udev does not start"
	udevadm trigger --action=add --settle /sys/class/misc/kown || fail "trigger"
	udevadm control --exit || fail "udev does not end"
	expect "the node" "$(stat -c "%a %U %G" /dev/kown)" "$1"
}

open_as_nobody()
{
	su -s /bin/sh nobody -c "kown context -- true"
}

test_without_the_group_it_is_roots()
{
	node "660 root root"
	! open_as_nobody 2> /dev/null || fail "anybody may open it"
}

test_the_group_gets_it()
{
	echo "kown:x:990:" >> /etc/group
	node "660 root kown"
	! open_as_nobody 2> /dev/null || fail "who is not a member may open it"
	sed -i "s/^kown:.*/&nobody/" /etc/group
	open_as_nobody || fail "a member may not open it"
}

cp /etc/group "$scratch/group"
before=$(stat -c "%a %u:%g" /dev/kown)
run_tests
status=$?
cp "$scratch/group" /etc/group
chown "${before#* }" /dev/kown
chmod "${before% *}" /dev/kown
exit $status
