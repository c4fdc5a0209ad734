#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A little of what bin/fuzz does, the same each time.

# shellcheck disable=SC2154 # set by ktap.sh

. "$(dirname "$0")/ktap.sh"

test_random_calls()	{ "$here/bin/fuzz" -s 1 -n "${PROGRAMS:-500}"; }
test_two_at_once()	{ "$here/bin/fuzz" -s 2 -n "${PROGRAMS:-300}" -j 2; }
test_kills()		{ "$here/bin/fuzz" -s 3 -k "${KILLS:-200}"; }

run_tests
