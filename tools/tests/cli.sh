#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The kown tool: verbs, exit statuses, and errors that name the cause.

# shellcheck disable=SC2016,SC2086,SC2154 # $ for inner shells, words to split, ktap.sh

. "$(dirname "$0")/ktap.sh"

verbs="info ls new stat push pop pop-front cat read insert write fill remove swap-remove drain
	splice truncate resize reserve shrink retain extract dedup extend-within lock unlock
	clear-poison context clone downgrade upgrade drop export import into-inner take
	make-mut clone-data append copy-from split-off serve at"

# refused STATUS MESSAGE COMMAND...: COMMAND fails so, and says that and no more
refused()
{
	wanted=$1
	message=$2
	shift 2
	"$@" > "$scratch/out" 2> "$scratch/err" < /dev/null
	expect "status of $*" $? "$wanted"
	expect "message of $*" "$(cat "$scratch/err")" "$message"
	expect "output of $*" "$(cat "$scratch/out")" ""
}

# usage COMMAND...: COMMAND fails with 2 and says something, but not on stdout
usage()
{
	"$@" > "$scratch/out" 2> "$scratch/err" < /dev/null
	expect "status of $*" $? 2
	[ -s "$scratch/err" ] || fail "$* says nothing"
	expect "output of $*" "$(cat "$scratch/out")" ""
}

# field NAME: its value, from the lines that stat and info print
field()
{
	sed -n "s/^$1  *//p"
}

all_objects()
{
	kown info | field all_objects
}

test_help_names_every_verb()
{
	kown --help > "$scratch/out" || fail "status $?"
	for verb in $verbs; do
		grep -q "^  $verb " "$scratch/out" || fail "no $verb"
	done
	grep -q "Exit status" "$scratch/out" || fail "no exit status"
	kown help | cmp - "$scratch/out" || fail "help says something else"
}

test_help_of_each_verb_has_an_example()
{
	for verb in $verbs; do
		kown $verb --help > "$scratch/out" 2> "$scratch/err" ||
			fail "$verb: status $?"
		grep -q "^Usage: kown $verb" "$scratch/out" || fail "$verb"
		grep -q "^  kown " "$scratch/out" || fail "$verb: no example"
		expect "stderr of $verb" "$(cat "$scratch/err")" ""
	done
}

# The examples that stand alone, as they are printed.
test_help_example_runs_as_printed()
{
	for verb in new ls stat push pop pop-front cat insert write fill remove swap-remove \
		    drain splice truncate resize reserve shrink retain extract dedup \
		    extend-within lock unlock clear-poison context; do
		kown $verb --help | sed -n '/^Example:/,$p' | sed 1d \
			> "$scratch/example"
		sh -e "$scratch/example" > "$scratch/out" 2>&1 ||
			fail "$verb: $(cat "$scratch/out")"
	done
}

test_readme_example_prints_what_was_pushed()
{
	expect output "$(kown new --elem u64 -- sh -c \
		'kown push 1 2 3; kown cat')" "1
2
3"
}

test_usage_is_status_2()
{
	usage kown
	usage kown frobnicate
	usage kown --frobnicate
	usage kown new
	usage kown new --elem
	usage kown new --elem u7 -- true
	usage kown new --elem 65537 -- true
	usage kown new --elem u8 --cap -1 -- true
	usage kown new --elem u8 --cap x -- true
	usage kown new --elem u8 --mode x -- true
	usage kown new --elem u8 --
	usage kown new --elem u8 extra -- true
	usage kown new --elem u8 --count 2 -- true
	usage kown context -- kown new --elem u8 --count 0
	usage kown context -- kown new --elem u8 --count x
	usage kown cat
	usage kown clone 1
	usage kown context
	usage kown context -- kown clone
	usage kown context -- kown clone x
	usage kown context -- kown clone 4294967296
	usage kown context -- kown clone 1 --rights x
	usage kown context -- kown clone 1 --count 0
	usage kown context -- kown upgrade 1 --count 4294967296
	usage kown context -- kown clone-data 1 --count 2
	usage kown context -- kown drop
	usage kown context -- kown export 1
	usage kown context -- kown import
	usage kown new --elem u8 -- kown cat --start x
	usage kown new --elem u8 -- kown cat --fd x
	usage kown new --elem u8 -- kown cat --fd 3 --handle 1
	usage kown new --elem u8 -- kown push x
	usage kown new --elem u8 -- kown push 256
	usage kown new --elem u8 -- kown push 1 2 300
	usage kown new --elem s8 -- kown push -129
	usage kown new --elem 3 -- kown push 0102
	usage kown new --elem u8 -- kown pop 1 2
	usage kown new --elem u8 -- kown insert
	usage kown new --elem u8 -- kown insert x 1
	usage kown new --elem u8 -- kown fill 0 1
	usage kown new --elem u8 -- kown fill 0 1 2 3
	usage kown new --elem u8 -- kown remove
	usage kown new --elem u8 -- kown remove 1 2 3
	usage kown new --elem u8 -- kown retain 0 012
	usage kown new --elem u8 -- kown retain 0
	usage kown new --elem u8 -- kown resize 3 256
	usage kown new --elem u8 -- kown lock
	usage kown context -- kown append 1
	usage kown context -- kown append 1 2 3
	usage kown context -- kown upgrade
	usage kown context -- kown take x
	usage kown take 1
	usage kown ls extra
	usage kown at
	usage kown serve
}

test_push_of_bad_values_pushes_none()
{
	expect length "$(kown new --elem u8 -- sh -c '
		kown push 1 2 300 2> /dev/null
		kown push 7
		kown stat' | field len)" 1
}

test_dead_handle_is_named()
{
	for verb in "clone" "drop" "stat --handle" "cat --handle" \
		    "pop --handle" "push 1 --handle"; do
		refused 1 "kown: handle 7: no such handle (ENOENT)" \
			kown context -- kown $verb 7
	done
	refused 1 "kown: handle 7: no such handle (ENOENT)" \
		kown context -- kown export 7 -- true
	refused 1 "kown: handle 4294967295: no such handle (ENOENT)" \
		kown context -- kown drop 4294967295
	refused 1 "kown: handle 0: no such handle (ENOENT)" \
		kown context -- kown stat --handle 0
}

test_dead_descriptor_is_named()
{
	refused 1 "kown: descriptor 77: no such descriptor (EBADF)" \
		kown cat --fd 77
	refused 1 "kown: descriptor 77: no such descriptor (EBADF)" \
		kown context -- kown import --fd 77
	refused 1 "kown: descriptor 0: not an object's descriptor (EINVAL)" \
		kown cat --fd 0
}

test_missing_right_is_named()
{
	kown context -- sh -c '
		h=$(kown new --elem u8) && kown push --handle $h 1 2 &&
		none=$(kown clone $h --rights -) &&
		kown push --handle $none 1
		echo "status $?"
		kown cat --handle $none
		echo "status $?"
		kown pop --handle $none
		echo "status $?"
		kown clone $none
		echo "status $?"
		kown export $none -- true
		echo "status $?"
		kown clone $none --rights r
		echo "status $?"
		kown stat --handle $none > /dev/null
		echo "status $?"' > "$scratch/out" 2>&1
	expect output "$(cat "$scratch/out")" \
"kown: handle 2: it lacks the right to write (EACCES)
status 1
kown: handle 2: it lacks the right to read (EACCES)
status 1
kown: handle 2: it lacks the rights to read and write (EACCES)
status 1
kown: handle 2: it lacks the right to clone, or one asked for (EACCES)
status 1
kown: handle 2: it lacks the right to export, or one asked for (EACCES)
status 1
kown: handle 2: it lacks the right to clone, or one asked for (EACCES)
status 1
status 0"
}

test_limits_are_named()
{
	refused 1 "kown: new object: a limit of the context or user, see: kown info (ENOSPC)" \
		kown new --elem u8 --cap 1000000000 -- true
	refused 1 "kown: new object: too large, the size in bytes does not fit (EOVERFLOW)" \
		kown new --elem u64 --cap 0xffffffffffffffff -- true
}

test_range_beyond_the_end_is_named()
{
	kown new --elem u8 -- sh -c '
		kown push 1 2 3
		kown cat --start 4
		echo "status $?"
		kown cat --start 1 --count 3
		echo "status $?"
		kown cat --start 3
		echo "status $?"' > "$scratch/out" 2>&1
	expect output "$(sed 's/descriptor [0-9]*/descriptor N/' \
		"$scratch/out")" \
"kown: descriptor N: beyond the last element (ERANGE)
status 1
kown: descriptor N: beyond the last element (ERANGE)
status 1
status 0"
}

test_status_of_the_command_is_passed_on()
{
	for status in 0 1 2 42 126 255; do
		kown new --elem u8 -- sh -c "exit $status"
		expect status $? $status
	done
	kown new --elem u8 -- sh -c 'kill -9 $$'
	expect status $? 137
	refused 127 "kown: /no/such/command: command not found (ENOENT)" \
		kown new --elem u8 -- /no/such/command
	refused 126 "kown: /etc: permission denied (EACCES)" \
		kown context -- /etc
}

test_device_that_is_missing_is_status_3()
{
	mv /dev/kown /dev/kown.away || skip "/dev/kown cannot be moved"
	kown info > "$scratch/out" 2>&1
	status=$?
	mv /dev/kown.away /dev/kown
	expect status $status 3
	expect message "$(cat "$scratch/out")" \
		"kown: /dev/kown: the module is not loaded; load it with: insmod kown.ko (ENOENT)"
}

test_values_of_each_type_come_back()
{
	while read -r type options values; do
		[ "$options" = - ] && options=
		expect "$type" "$(kown new --elem $type -- sh -c \
			"kown push $values && kown cat $options" |
			tr '\n' ' ')" "$values "
	done <<-END
	u8 - 0 1 127 128 255
	s8 - -128 -1 0 127
	u16 - 0 65535
	s16 - -32768 32767
	u32 - 0 4294967295
	s32 - -2147483648 2147483647
	u64 - 0 18446744073709551615
	s64 - -9223372036854775808 9223372036854775807
	u8 --hex 0x00 0xff
	u64 --hex 0x0123456789abcdef
	1 - 0 255
	3 - 010203 ffffff
	16 - 000102030405060708090a0b0c0d0e0f
	END
}

test_push_from_standard_input()
{
	expect "sum of words" "$(seq 5000 | kown new --elem u32 -- sh -c \
		'kown push && kown cat' | awk '{ n += $1 } END { print n, NR }')" \
		"12502500 5000"
	expect "raw bytes" "$(echo hello | kown new --elem u8 -- sh -c \
		'kown push --raw && kown cat --raw')" hello
	expect "nothing" "$(kown new --elem u8 -- sh -c \
		'kown push < /dev/null && kown stat' | field len)" 0
}

test_raw_bytes_survive()
{
	dd if=/dev/urandom of="$scratch/in" bs=1000 count=777 2> /dev/null
	for elem in u8 u64 1000 7000; do
		kown new --elem $elem -- sh -c 'kown push --raw && kown cat --raw' \
			< "$scratch/in" | cmp - "$scratch/in" || fail "$elem"
	done
}

test_pop_takes_from_the_end()
{
	expect output "$(kown new --elem u8 -- sh -c '
		kown push 1 2 3 4 5
		kown pop
		kown pop 2
		kown pop 100
		kown pop
		kown stat' | sed '/^[a-km-z]/d' | tr '\n' ' ')" \
		"5 3 4 1 2 len            0 "
}

test_clone_and_drop_count_references()
{
	expect output "$(kown context -- sh -c '
		a=$(kown new --elem u8 --cap 10)
		b=$(kown clone $a)
		c=$(kown clone $b --rights r)
		kown stat --handle $a
		kown drop $a $b
		kown stat --handle $c
		kown drop $c
		kown info' | grep -E "^(strong|rights|cap|handles|objects)" |
		tr -s ' ' | tr '\n' ' ')" \
		"cap 10 rights rwcel strong 3 cap 10 rights r strong 1 rights rwcel objects 0 handles 0 "
}

test_drop_stops_at_the_first_dead_handle()
{
	kown context -- sh -c '
		kown new --elem u8; kown new --elem u8; kown new --elem u8
		kown drop 1 2 9 3
		echo "status $?"
		kown info' > "$scratch/out" 2> "$scratch/err"
	expect message "$(cat "$scratch/err")" \
"kown: 2 of 4 handles dropped, then:
kown: handle 9: no such handle (ENOENT)"
	grep -q "^status 1$" "$scratch/out" || fail "status"
	expect handles "$(field handles < "$scratch/out")" 1
}

test_export_and_import_carry_rights()
{
	expect output "$(kown context -- sh -c '
		h=$(kown new --elem u8)
		kown push --handle $h 1 2 3
		kown export $h --rights r -- sh -c "
			kown cat
			kown push 4 2> /dev/null
			echo status \$?
			kown import
			kown stat --handle 2 | grep rights"' | tr -s ' \n' ' ')" \
		"1 2 3 status 1 2 rights r "
}

test_json_is_one_document()
{
	expect push "$(kown new --elem u8 -- kown push 1 2 3 --json)" \
		'{"pushed": 3, "index": 0}'
	expect cat "$(kown new --elem u8 -- sh -c \
		'kown push 1 2; kown cat --json' | sed 's/"object": [0-9]*/"object": N/')" \
		'{"object": N, "elem_size": 1, "start": 0, "elements": [1, 2]}'
	expect pop "$(kown new --elem u8 -- sh -c \
		'kown push 1 2; kown pop 5 --json')" \
		'{"taken": 2, "elements": [1, 2]}'
	expect new "$(kown context -- kown new --elem u8 --json)" \
		'{"handle": 1}'
	expect drop "$(kown context -- sh -c \
		'kown new --elem u8 > /dev/null; kown drop 1 --json')" \
		'{"dropped": 1}'
	expect stat "$(kown new --elem u16 --cap 2 -- kown stat --json |
		sed 's/"object": [0-9]*/"object": N/')" \
		'{"object": N, "mode": "shared", "elem_size": 2, "len": 0, "cap": 2, "rights": "rwcel", "strong": 1, "weak": 0, "state": [], "owner": 0}'
	kown info --json | grep -q '^{"commands": \["info", "new", .*}$' ||
		fail "$(kown info --json)"
}

test_output_that_cannot_be_written_is_an_error()
{
	[ -c /dev/full ] || skip "no /dev/full"
	kown info > /dev/full 2> "$scratch/err"
	expect status $? 1
	grep -q ENOSPC "$scratch/err" || fail "$(cat "$scratch/err")"
}

test_object_ends_with_the_last_process()
{
	before=$(all_objects)
	kown new --elem u64 --cap 100 -- sh -c 'sleep 100 & echo $!' \
		> "$scratch/pid"
	expect "while it runs" "$(all_objects)" $((before + 1))
	kill -9 "$(cat "$scratch/pid")"
	await sh -c "[ \$(kown info | sed -n 's/^all_objects *//p') = $before ]"
}

serve()
{
	kown serve "$scratch/sock" > "$scratch/serving" &
	broker=$!
	await grep -q serving "$scratch/serving"
}

test_names_let_strangers_meet()
{
	serve
	kown at "$scratch/sock" numbers --elem u16 -- kown push 1 2 3 ||
		fail "status $?"
	kown at "$scratch/sock" numbers -- kown push 4 || fail "status $?"
	expect elements "$(kown at "$scratch/sock" numbers -- kown cat |
		tr '\n' ' ')" "1 2 3 4 "
	expect names "$(kown at "$scratch/sock")" numbers
	refused 1 "kown: letters: no such name (ENOENT)" \
		kown at "$scratch/sock" letters -- true
	kown at "$scratch/sock" numbers --remove || fail "status $?"
	refused 1 "kown: numbers: no such name (ENOENT)" \
		kown at "$scratch/sock" numbers --remove
	kill $broker
	wait $broker
	expect "status of the broker" $? 0
	[ ! -e "$scratch/sock" ] || fail "the socket is left"
}

test_names_end_with_a_killed_broker()
{
	before=$(all_objects)
	serve
	for name in a b c; do
		kown at "$scratch/sock" $name --elem u8 --cap 10
	done
	expect objects "$(all_objects)" $((before + 3))
	kill -9 $broker
	wait $broker
	await sh -c "[ \$(kown info | sed -n 's/^all_objects *//p') = $before ]"
	refused 1 "kown: $scratch/sock: the broker that made it is gone (ECONNREFUSED)" \
		kown at "$scratch/sock"
	rm "$scratch/sock"
	refused 1 "kown: $scratch/sock: no broker there; start one with: kown serve (ENOENT)" \
		kown at "$scratch/sock"
}

test_nothing_is_left()
{
	kown info | grep -E '^all_(objects|handles|bytes|descriptors) ' | tr -s ' ' > "$scratch/out"
	expect counts "$(cat "$scratch/out")" "all_objects 0
all_handles 0
all_bytes 0
all_descriptors 0"
}

run_tests
