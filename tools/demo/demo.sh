#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A vector in the kernel outlives the process that made it. Runs in the test VM,
# unloads the module at the end, and fails if anything is not as it should be.

# shellcheck disable=SC2016,SC3045 # $ for the shells A and B; busybox has read -t

sock=/run/kown.sock
dir=/tmp/demo

die()
{
	echo "demo: FAILED: $*" >&2
	exit 1
}

# expect WHAT GOT WANTED
expect()
{
	[ "$2" = "$3" ] || die "$1: '$2' instead of '$3'"
}

indent()
{
	sed 's/^/   /'
}

# Show a command and run it.
run()
{
	echo "   \$ $1"
	said=$(eval "$1") || die "status $? of: $1"
	[ -z "$said" ] || echo "$said" | indent
}

# Wait up to 10 seconds until a command succeeds.
await()
{
	for _ in $(seq 100); do
		eval "$1" && return
		sleep 0.1
	done
	die "waited in vain for: $1"
}

# start_shell NAME COMMAND: COMMAND is a shell that takes its lines from in().
start_shell()
{
	echo "   \$ $2"
	mkfifo "$dir/$1.in" "$dir/$1.out"
	eval "exec $2" < "$dir/$1.in" > "$dir/$1.out" 2>&1 &
}

# in_shell NAME IN OUT COMMAND: show a command and let that shell run it.
in_shell()
{
	echo "   $1\$ $4"
	echo "{ $4; } < /dev/null; echo \"status \$?\"" >&"$2"
	said=
	while read -r -t 20 line <&"$3"; do
		case $line in
		"status 0")
			return
			;;
		status*)
			die "$line of $1's: $4"
			;;
		esac
		echo "$line" | indent
		said=$said$line
	done
	die "process $1 does not answer"
}

in_a() { in_shell A 3 4 "$1"; }
in_b() { in_shell B 5 6 "$1"; }

# What the kernel has said since the module came, except that it is not part of the
# kernel.
kernel_warnings()
{
	dmesg -r | awk '
		/kown: loading out-of-tree module/ { found = "" }
		/taint(s|ing)? kernel/ { next }
		{ level = substr($0, 2) % 8 }
		/kown/ && level <= 4 ||
		/WARNING|BUG|Oops|KASAN|refcount_t|blocked for more|stall/ {
			found = found $0 "\n"
		}
		END { printf "%s", found; exit !found }'
}

cleanup()
{
	kill -9 $broker $a $b 2> /dev/null
	rm -rf "$dir" "$sock"
}

trap cleanup EXIT
cd /demo || exit
[ -r COPYING ] || die "/demo/COPYING is missing"
[ -c /dev/kown ] || die "/dev/kown is missing: is the module loaded?"
mkdir "$dir" || die "$dir is in the way"
awk '{ print length }' COPYING > "$dir/lengths"
lines=$(wc -l < COPYING)
size=$(wc -c < COPYING)
sum=$((size - lines))

echo "kown: a vector in the kernel outlives the process that made it"
echo "1. A broker keeps names for objects, so that unrelated processes can meet."
echo "   \$ kown serve $sock &"
kown serve $sock > /dev/null &
broker=$!
await "[ -S $sock ]"

echo "2. Process A makes a vector of u64, and fills it with the length of each line"
echo "   of the GNU General Public License."
start_shell A "kown at $sock lengths --elem u64 -- sh"
a=$!
exec 3> "$dir/A.in" 4< "$dir/A.out"
in_a "awk '{ print length }' COPYING | kown push --json"
expect "A's push" "$said" "{\"pushed\": $lines, \"index\": 0}"

echo "3. Process B is no relative of A. It receives A's descriptor through the unix"
echo "   socket (SCM_RIGHTS), appends the size of the file, and reads all."
start_shell B "kown at $sock lengths -- sh"
b=$!
exec 5> "$dir/B.in" 6< "$dir/B.out"
in_b 'kown push $(wc -c < COPYING)'
in_b "kown cat | awk '{ sum += \$1 } END { print NR \" elements, sum \" sum }'"
expect "B's view" "$said" "$((lines + 1)) elements, sum $((sum + size))"

echo "4. SIGKILL for A and for the broker. B alone holds the vector now."
run "kill -9 $a $broker"
wait $a $broker 2> /dev/null
[ ! -e /proc/$a ] || die "process A is still there"
[ ! -e /proc/$broker ] || die "the broker is still there"
echo "   /proc/$a and /proc/$broker are gone."

echo "5. B still reads everything A wrote: the file's real line lengths, to the byte."
in_b "kown cat --count $lines | cmp - $dir/lengths && echo identical"
expect "A's elements" "$said" identical
in_b "kown pop"
expect "B's element" "$said" "$size"
echo "   $lines lengths of sum $sum, and $lines newlines: that is $size, indeed."

echo "6. B ends, and with the last reference the vector is gone."
exec 5>&-
wait $b
run "kown info | grep all_"
expect "what is left" "$(echo "$said" | awk '{ n += $2 } END { print NR, n }')" "3 0"
run "rmmod kown"
[ ! -e /dev/kown ] || die "/dev/kown is still there"
warnings=$(kernel_warnings) && die "the kernel warned: $warnings"

echo "kown demo: passed. No object, no handle, no module left, no kernel warning."
