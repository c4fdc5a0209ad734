#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The tracepoints, as a user of tracefs sees them: by type name, of the device's
# objects and of another module's arcs.

# shellcheck disable=SC2154 # set by ktap.sh

. "$(dirname "$0")/ktap.sh"

traced=$here/kown_traced.ko
tracing=$scratch/tracing
events=$tracing/events/kown

# trace_on TYPE: what happens to arcs of TYPE, and to no others
trace_on()
{
	[ -d "$events" ] || skip "no tracefs, or a kernel without tracepoints"
	echo "type == \"$1\"" > "$events/filter"
	echo > "$tracing/trace"
	echo 1 > "$events/enable"
}

trace_off()
{
	echo 0 > "$events/enable"
	echo 0 > "$events/filter"
}

# One line for each event, its name and its value's (hashed) address: lines ever
# read "TASK-PID [CPU] FLAGS TIME: EVENT: type=T value=P weak=N".
events()
{
	sed -n 's/.*: kown_arc_\([a-z_]*\): type=\([a-z]*\) value=\([0-9a-f]*\) .*/\1 \2 \3/p' \
		"$tracing/trace"
}

# What happened to each value, in order, with how many values had that.
lives()
{
	events | awk '
		!($3 in life) { order[++n] = $3 }
		{ life[$3] = life[$3] " " $2 ":" $1 }
		END { for (i = 1; i <= n; i++) print substr(life[order[i]], 2) }
	' | sort | uniq -c | sed 's/^ *//'
}

test_type_is_a_field_to_filter_by()
{
	[ -d "$events" ] || skip "no tracefs, or a kernel without tracepoints"
	for name in new last_put drop upgrade_failed; do
		grep -q 'field:char type\[32\];' "$events/kown_arc_$name/format" ||
			fail "kown_arc_$name has no type"
	done
}

test_object_is_born_and_dropped()
{
	trace_on object
	kown new --elem u32 -- kown push 1 2 3 > /dev/null || fail "kown new"
	trace_off
	expect "an object's life" "$(lives)" \
		"1 object:new object:last_put object:drop"
}

# Its births are inline code in the other module.
test_arcs_of_another_module_are_seen()
{
	[ -r "$traced" ] || skip "no kown_traced.ko here"
	trace_on traced
	insmod "$traced" arcs=5 || fail "insmod"
	kown new --elem u8 -- true || fail "kown new"
	rmmod kown_traced || fail "rmmod"
	trace_off
	expect "five lives" "$(lives)" \
		"5 traced:new traced:last_put traced:drop traced:upgrade_failed"
}

test_nothing_is_seen_when_off()
{
	[ -r "$traced" ] || skip "no kown_traced.ko here"
	trace_on traced
	trace_off
	insmod "$traced" || fail "insmod"
	rmmod kown_traced || fail "rmmod"
	expect "events" "$(events)" ""
}

# Born untraced and dropped traced, and the other way round.
test_tracing_begins_and_ends_at_any_time()
{
	[ -r "$traced" ] || skip "no kown_traced.ko here"
	insmod "$traced" arcs=2 || fail "insmod"
	trace_on traced
	rmmod kown_traced || fail "rmmod"
	insmod "$traced" arcs=3 || fail "insmod"
	trace_off
	rmmod kown_traced || fail "rmmod"
	expect "events" "$(events | cut -d ' ' -f 1 | sort | uniq -c | tr -s ' ')" \
		" 2 drop
 2 last_put
 3 new
 2 upgrade_failed"
}

mkdir "$tracing"
mount -t tracefs tracefs "$tracing" 2> /dev/null
run_tests
status=$?
[ ! -d "$events" ] || trace_off
umount "$tracing" 2> /dev/null
exit $status
