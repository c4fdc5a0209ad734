#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Class 19: rmmod is refused while anything of the module's is held, by whomever and in
# whatever way, and what is held works on; then it succeeds, and insmod again too. What is
# let go ends by SIGKILL as well, with rmmod right behind it.

# shellcheck disable=SC2154 # set by ktap.sh and module.sh

. "$(dirname "$0")/ktap.sh"
. "$(dirname "$0")/module.sh"

complaints()
{
	dmesg -c | grep -E 'BUG|WARNING|Oops|KASAN|UBSAN|Call Trace|refcount_t|stall|Busy inodes|blocked for more'
}

# hold KIND: sets $pid
hold()
{
	"$here/bin/hold" "$1" > "$scratch/held" &
	await grep -q ready "$scratch/held"
	pid=$(sed -n 's/^ready //p' "$scratch/held")
}

refused()
{
	rmmod kown 2> /dev/null && fail "rmmod with $1 held"
	loaded || fail "the module is gone"
}

goes_and_comes_back()
{
	module_unload
	insmod "$module" || fail "insmod after $1"
	"$here/bin/hold" nothing > "$scratch/again" &
	await grep -q ready "$scratch/again"
	kill "$(sed -n 's/^ready //p' "$scratch/again")"
	await grep -q good "$scratch/again"
}

holds_the_module()
{
	[ "$module" ] || skip "no kown.ko here; KOWN_KO tells where it is"
	loaded || insmod "$module" || fail "insmod"
	complaints > /dev/null
	hold "$1"
	refused "$1"
	kill "$pid"
	await grep -q 'good\|bad' "$scratch/held"
	expect "what is held" "$(tail -n 1 "$scratch/held")" good
	goes_and_comes_back "$1"

	hold "$1"
	refused "$1"
	kill -9 "$pid"
	goes_and_comes_back "$1, killed"
	expect "what the kernel says" "$(complaints)" ""
}

test_class_19_context() { holds_the_module context; }
test_class_19_descriptor() { holds_the_module descriptor; }
test_class_19_weak_descriptor_of_what_is_gone() { holds_the_module weak; }
test_class_19_lock() { holds_the_module lock; }
test_class_19_epoll_that_watches_a_descriptor() { holds_the_module epoll; }
test_class_19_descriptor_in_a_socket() { holds_the_module in_flight; }
test_class_19_path_to_a_file_that_is_closed() { holds_the_module path; }
test_class_19_descriptor_that_a_child_inherited() { holds_the_module inherited; }

# RCU and other deferred work may be pending when the last of many ends.
test_class_19_many_end_at_once()
{
	[ "$module" ] || skip "no kown.ko here; KOWN_KO tells where it is"
	complaints > /dev/null
	for kind in context descriptor weak lock epoll in_flight path inherited; do
		hold "$kind"
		pids="$pids $pid"
	done
	refused "all of it"
	# shellcheck disable=SC2086 # numbers
	kill -9 $pids
	goes_and_comes_back "all of it"
	expect "what the kernel says" "$(complaints)" ""
}

run_tests
status=$?
module_restore
exit $status
