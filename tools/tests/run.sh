#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# usage: run.sh [TEST[:CASE]...]
#
# All selftests in this folder and those in ../tests32, or the named ones, as
# subtests in KTAP. The stress test is not among them. Needs kown.ko loaded, and
# a machine that nobody else uses.

here=$(cd "$(dirname "$0")" && pwd)
limit=${LIMIT:-120}	# seconds for each
log=$(mktemp /tmp/kown-run.XXXXXX)
trap 'rm -f "$log"' EXIT

if [ $# = 0 ]; then
	set -- abi access classes handle many rights weak own lock vec ops export file fault fetch \
		first race life kill memcg overview failnth unload.sh limits.sh example.sh file.sh \
		cli.sh cli_verbs.sh trace.sh debug.sh udev.sh bus.sh fuzz.sh
	# What the word size could change.
	for name in abi classes handle many rights weak own lock vec ops export file fault fetch \
			first race life kill; do
		set -- "$@" "tests32/$name"
	done
	set -- "$@" leak.sh
fi

echo "KTAP version 1"
echo "1..$#"
number=0
failed=0
: > "$log"
for name; do
	number=$((number + 1))
	case $name in
	tests32/*) program=$here/../${name%%:*} ;;
	*) program=$here/${name%%:*} ;;
	esac
	case $name in
	*:*) case=${name#*:} ;;
	*) case= ;;
	esac
	echo "# Subtest: $name"
	if [ "$program" != "$here/${name%%:*}" ] && [ ! -d "$here/../tests32" ]; then
		echo "  1..1"
		echo "ok 1 - $name # SKIP no 32-bit programs: gcc -m32 did not link where they were built" |
			tee -a "$log" | awk '{ print "  " $0; fflush() }'
		echo "ok $number - $name"
		continue
	fi
	start=$(date +%s)
	{
		timeout -s KILL "$limit" "$program" ${case:+-t "$case"} 2>&1
		echo $? > "$log.status"
	} | tee -a "$log" | awk '{ print "  " $0; fflush() }'
	status=$(cat "$log.status")
	echo "# $name took $(($(date +%s) - start)) s"
	if [ "$status" = 0 ]; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name # status $status"
		failed=$((failed + 1))
	fi
done
rm -f "$log.status"

awk '
	/^ok .*# SKIP/ { skipped++; next }
	/^ok / { passed++ }
	/^not ok / { failed++ }
	END {
		printf "# Totals: pass:%d fail:%d skip:%d\n",
			passed, failed, skipped
	}
' "$log"
[ $failed = 0 ]
