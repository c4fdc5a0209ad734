# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034
#
# For tests in shell: each function test_NAME of the script that sources this is
# one test, in a subshell of its own. It fails unless it returns 0; skip() skips. With
# "-t NAME" the script runs that one alone.

only=
[ "$1" != -t ] || only=$2
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d /tmp/kown-test.XXXXXX)
trap 'rm -rf "$scratch"' EXIT

# expect WHAT GOT WANTED
expect()
{
	[ "$2" = "$3" ] && return
	echo "$1:"
	echo "  got:    $2"
	echo "  wanted: $3"
	exit 1
}

fail()
{
	echo "$*"
	exit 1
}

skip()
{
	echo "$*" > "$scratch/skip"
	exit 0
}

# Wait up to 10 seconds until a command succeeds.
await()
{
	for _ in $(seq 200); do
		"$@" > /dev/null 2>&1 && return
		sleep 0.05
	done
	fail "waited in vain for: $*"
}

# What a test says are comments to its result.
run_test()
{
	rm -f "$scratch/skip"
	("test_$2") > "$scratch/said" 2>&1
	result=$?
	sed 's/^/# /' "$scratch/said"
	if [ $result != 0 ]; then
		echo "not ok $1 - $2"
	elif [ -e "$scratch/skip" ]; then
		echo "ok $1 - $2 # SKIP $(cat "$scratch/skip")"
	else
		echo "ok $1 - $2"
	fi
	return $result
}

run_tests()
{
	# shellcheck disable=SC2046 # names are words
	set -- ${only:-$(sed -n 's/^test_\([a-z0-9_]*\)().*/\1/p' "$0")}
	echo "TAP version 13"
	echo "1..$#"
	number=0
	status=0
	for name; do
		number=$((number + 1))
		run_test "$number" "$name" || status=1
	done
	return $status
}
