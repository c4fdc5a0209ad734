#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The C program in Documentation/kown.rst: it was compiled as it stands there.

# shellcheck disable=SC2154 # set by ktap.sh

. "$(dirname "$0")/ktap.sh"

test_page_program_runs()
{
	"$here/bin/example" > "$scratch/out" 2> "$scratch/err"
	expect status $? 0
	expect stderr "$(cat "$scratch/err")" ""
	expect lines "$(wc -l < "$scratch/out")" 1
	cat "$scratch/out"
}

test_page_program_leaves_nothing()
{
	"$here/bin/example" > /dev/null
	# But for the context of kown info itself.
	expect counts "$(kown info | grep '^all_' | tr -s ' ' | tr '\n' ' ')" \
		"all_objects 0 all_handles 0 all_bytes 0 all_contexts 1 all_descriptors 0 "
}

run_tests
