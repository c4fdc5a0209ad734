#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The limits that module parameters set: loads the module with each of these,
# runs one of two programs, and leaves the module as it was.

# shellcheck disable=SC2154 # set by ktap.sh

. "$(dirname "$0")/ktap.sh"
. "$(dirname "$0")/module.sh"

# run PROGRAM PARAMETER...
run()
{
	program=$1
	shift
	module_reload "$@"
	"$here/bin/$program" 2>&1
}

with()				{ run limits "$@"; }
user()				{ run user "$@"; }

test_default()			{ with; }
test_no_handles()		{ with max_handles=0 max_bytes=4096; }
test_one_handle()		{ with max_handles=1 max_bytes=4096; }
test_two_handles()		{ with max_handles=2 max_bytes=1; }
test_no_bytes()			{ with max_handles=5 max_bytes=0; }
test_seven_bytes()		{ with max_handles=7 max_bytes=7; }
test_hundred_of_both()		{ with max_handles=100 max_bytes=100; }
test_page_of_bytes()		{ with max_handles=64 max_bytes=4096; }
test_odd_number_of_bytes()	{ with max_handles=1000 max_bytes=10007; }
test_many_handles()		{ with max_handles=20000 max_bytes=65536; }
test_more_bytes_than_memory()	{ with max_handles=3 max_bytes=0xffffffffffffffff \
					max_user_bytes=0xffffffffffffffff; }
test_bytes_whose_bits_are_2_to_the_64()	{ with max_bytes=0x2000000000000000 \
					max_user_bytes=0x2000000000000000; }
test_user_default()		{ user; }
test_one_object()		{ user max_objects=1; }
test_one_object_of_a_user()	{ user max_user_objects=1; }
test_one_handle_of_a_user()	{ user max_user_handles=1; }
test_one_byte_of_a_user()	{ user max_user_bytes=1 max_user_objects=2; }
test_no_locks_of_a_user()	{ user max_user_locks=0; }
test_few_locks_of_a_user()	{ user max_user_locks=3; }
test_all_of_a_user()		{ user max_objects=3 max_user_objects=5 max_handles=5 \
					max_user_handles=7 max_bytes=100 max_user_bytes=130; }
test_many_of_a_user()		{ user max_objects=60 max_user_objects=100 max_handles=70 \
					max_user_handles=110 max_bytes=4096 max_user_bytes=6000; }

run_tests
status=$?
module_restore
exit $status
