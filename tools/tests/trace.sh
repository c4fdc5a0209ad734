#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The tracepoints, as a user of tracefs sees them: by type name, of the device's
# objects and of another module's arcs.

# shellcheck disable=SC2016,SC2154 # $ for inner shells, ktap.sh

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

# device_events EVENT: what it told, in order, with objects by the order they come in
device_events()
{
	sed -n "s/.*: $1: //p" "$tracing/trace" | awk '
		match($0, /object=[0-9]+/) {
			id = substr($0, RSTART + 7, RLENGTH - 7)
			if (id != "0" && !(id in names))
				names[id] = ++n
			sub(/object=[0-9]+/, "object=" (id == "0" ? 0 : names[id]))
		}
		{ print }' | sed -E 's/owner=[1-9][0-9]*/owner=PID/'
}

# record EVENTS COMMAND...: the trace has EVENTS of COMMAND
record()
{
	[ -d "$events" ] || skip "no tracefs, or a kernel without tracepoints"
	for event in $1; do
		[ -d "$events/$event" ] || fail "no event $event"
		echo 1 > "$events/$event/enable"
	done
	echo > "$tracing/trace"
	shift
	"$@" > /dev/null 2>&1
	echo 0 > "$events/enable"
}

test_outcome_of_each_command()
{
	record kown_command kown context -- sh -c '
		kown new --elem u8; kown push --handle 1 1 2; kown push --handle 9 1
		kown cat --handle 1 --start 1; kown insert --handle 1 7 1; kown drop 1'
	expect commands "$(device_events kown_command | grep -v =INFO)" \
"name=NEW object=1 error=0
name=STAT object=1 error=0
name=PUSH object=1 error=0
name=STAT object=0 error=-2
name=STAT object=1 error=0
name=READ object=1 error=0
name=STAT object=1 error=0
name=INSERT object=1 error=-34
name=DROP object=0 error=0"
}

test_outcome_of_calls_on_a_descriptor()
{
	record kown_command kown new --elem u64 -- sh -c '
		printf 12345678 >&$KOWN_FD; printf 123 >&$KOWN_FD; cat <&$KOWN_FD; true'
	device_events kown_command > "$scratch/events"
	for event in "name=write object=1 error=0" "name=write object=1 error=-22" \
		     "name=EXPORT object=1 error=0"; do
		grep -qx "$event" "$scratch/events" || fail "no $event: $(cat "$scratch/events")"
	done
}

test_events_can_be_filtered_by_command()
{
	[ -d "$events" ] || skip "no tracefs, or a kernel without tracepoints"
	echo 'name == "PUSH" && error == 0' > "$events/kown_command/filter" || fail "filter"
	record kown_command kown new --elem u8 -- sh -c 'kown push 1; kown pop; kown push 2'
	echo 0 > "$events/kown_command/filter"
	expect events "$(device_events kown_command)" "name=PUSH object=1 error=0
name=PUSH object=1 error=0"
}

test_births_and_deaths_of_objects()
{
	record "kown_object_birth kown_object_death" kown context -- sh -c '
		kown new --elem u16 --cap 8; kown push --handle 1 1 2; kown clone-data 1; kown drop 1'
	expect lives "$(sed -n 's/.*: \(kown_object_[a-z]*\): object=[0-9]* /\1 /p' "$tracing/trace")" \
"kown_object_birth mode=1 elem_size=2 len=0 bytes=0
kown_object_birth mode=1 elem_size=2 len=0 bytes=0
kown_object_death mode=1 elem_size=2 len=2 bytes=16
kown_object_death mode=1 elem_size=2 len=2 bytes=4"
}

test_locks_and_poison()
{
	record "kown_lock kown_unlock kown_poison kown_clear_poison" \
		kown new --elem u8 --mode locked -- sh -c '
			kown lock -- true; kown lock --become -- true; kown clear-poison'
	expect events "$(sed -n 's/.*: kown_\([a-z_]*\): object=[0-9]* owner=[1-9][0-9]* /\1 /p' \
		"$tracing/trace")" \
"lock poisoned=0
unlock poisoned=0
lock poisoned=0
poison poisoned=1
lock poisoned=1
clear_poison poisoned=0
unlock poisoned=0"
}

mkdir "$tracing"
mount -t tracefs tracefs "$tracing" 2> /dev/null
# Else each event that is enabled also patches the scheduler, for the names of tasks: with
# two CPUs, QEMU 7.2's translator sometimes misses that, and a CPU hangs there for ever.
names=$tracing/options/record-cmd
[ ! -d "$events" ] || { recorded=$(cat "$names"); echo 0 > "$names"; }
run_tests
status=$?
[ ! -d "$events" ] || { trace_off; echo "$recorded" > "$names"; }
umount "$tracing" 2> /dev/null
exit $status
