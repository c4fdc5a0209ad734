#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# ROUNDS times (1000): insmod, work that ends with SIGKILL, rmmod as soon as that is
# let through. Then nothing may be left: no object of a slab cache, no memory, and
# no complaint in the kernel's log.

# shellcheck disable=SC2154 # set by ktap.sh

. "$(dirname "$0")/ktap.sh"
. "$(dirname "$0")/module.sh"

rounds=${ROUNDS:-1000}
warmup=20	# rounds before the first look

# Name, active objects and objects per slab of every slab cache, in several looks:
# what RCU frees takes a moment, and what a CPU keeps for itself counts as active
# until it is given back. vmap_area is left out: it follows when the kernel likes.
slabs()
{
	for _ in 1 2 3 4 5; do
		sleep 1
		echo 3 > /proc/sys/vm/drop_caches
		for file in /sys/kernel/slab/*/shrink; do
			echo 1 > "$file"
		done 2> /dev/null
		awk 'NR > 2 && $1 != "vmap_area" { print $1, $2, $5 }' \
			/proc/slabinfo
	done
}

memory()
{
	awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo
}

mappings()
{
	awk '$1 == "VmallocUsed:" { print $2 }' /proc/meminfo
}

look()
{
	slabs > "$scratch/slabs.$1"
	memory > "$scratch/memory.$1"
	mappings > "$scratch/mappings.$1"
}

# rmmod is refused while anything uses the module, and that is right.
round()
{
	insmod "$module" || fail "insmod in round $1"
	"$here/bin/work" "$1" || fail "work in round $1"
	if [ $(($1 % 10)) = 0 ]; then
		said=$(kown new --elem u32 -- sh -c \
			'kown push 1 2 3; kown pop; kown cat' | tr '\n' ' ')
		expect "kown in round $1" "$said" "3 1 2 "
	fi
	tries=0
	until rmmod kown 2> /dev/null; do
		tries=$((tries + 1))
		[ "$tries" -lt 1000 ] || fail "rmmod in round $1: still in use"
	done
}

test_rounds_of_insmod_work_rmmod()
{
	[ "$module" ] || skip "no kown.ko here; KOWN_KO tells where it is"
	module_unload
	dmesg -c > /dev/null
	start=$(date +%s)
	for i in $(seq $((warmup + rounds))); do
		[ "$i" = $((warmup + 1)) ] && look before
		round "$i"
	done
	look after
	echo "$rounds rounds in $(($(date +%s) - start)) seconds"
}

# An object lost per round would be $rounds of them. What else goes on in a kernel
# does not grow with the rounds, but a CPU may just have taken a new slab.
test_slab_objects_came_back()
{
	[ -e "$scratch/slabs.after" ] || skip "no rounds"
	awk -v rounds="$rounds" '
		function least(of) {
			if (!($1 in of) || $2 < of[$1])
				of[$1] = $2
		}
		NR == FNR { least(before); next }
		{ least(after); slab[$1] = $3 }
		END {
			for (name in after) {
				grown = after[name] - before[name]
				if (grown > worst) {
					worst = grown
					worst_name = name
				}
				most = rounds * 3 / 4
				if (most < slab[name] + 100)
					most = slab[name] + 100
				if (grown > most) {
					print name ": " grown " objects more"
					bad = 1
				}
			}
			print "the most: " worst_name " by " worst + 0
			exit bad
		}
	' "$scratch/slabs.before" "$scratch/slabs.after"
}

# A page lost per round, or the module itself once in a while.
test_memory_came_back()
{
	[ -e "$scratch/slabs.after" ] || skip "no rounds"
	lost=$(($(cat "$scratch/memory.before") - $(cat "$scratch/memory.after")))
	echo "MemAvailable is $lost kB less"
	[ "$lost" -lt $((2 * rounds + 2048)) ]
}

test_mappings_came_back()
{
	[ -e "$scratch/slabs.after" ] || skip "no rounds"
	lost=$(($(cat "$scratch/mappings.after") - $(cat "$scratch/mappings.before")))
	echo "VmallocUsed is $lost kB more"
	[ "$lost" -lt 512 ]
}

# That the module is not part of the kernel, and not signed, is no complaint.
test_kernel_did_not_complain()
{
	! dmesg | grep -v 'taints kernel\|tainting kernel' |
		grep -E 'BUG|WARNING|Oops|KASAN|UBSAN|Call Trace|refcount_t|stall|blocked for more|Busy inodes|kown'
}

run_tests
status=$?
module_restore
exit $status
