#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The kown tool: a verb for each command, what it does, and how it is refused.

# shellcheck disable=SC2016,SC2086,SC2154 # $ for inner shells, words to split, ktap.sh

. "$(dirname "$0")/ktap.sh"

# edits SCRIPT WANTED: with an object of u8 that has 1 2 3 4 5, what SCRIPT prints and what
# the object has then, on one line each
edits()
{
	expect "$1" "$(kown new --elem u8 -- sh -c \
		"kown push 1 2 3 4 5; { $1; } 2>&1 | tr '\n' ' '; echo; kown cat | tr '\n' ' '" |
		sed 's/descriptor [0-9]*/descriptor N/')" "$2"
}

# in_context SCRIPT WANTED: what SCRIPT prints, in a context, on one line
in_context()
{
	expect "$1" "$(kown context -- sh -c "$1" 2>&1 | tr -s ' ' | tr '\n' ' ')" "$2"
}

# As edits shows it: each of its lines ends with a space.
beyond="kown: descriptor N: beyond the last element (ERANGE) "

test_insert()
{
	edits 'kown insert 1 7 8' "
1 7 8 2 3 4 5 "
	edits 'kown insert 5 9' "
1 2 3 4 5 9 "
	edits 'kown insert 6 9' "$beyond
1 2 3 4 5 "
}

test_write()
{
	edits 'kown write 3 8 9' "
1 2 3 8 9 "
	edits 'kown write 4 8 9' "$beyond
1 2 3 4 5 "
}

test_fill()
{
	edits 'kown fill 1 3 0' "
1 0 0 0 5 "
	edits 'kown fill 1 5 0' "$beyond
1 2 3 4 5 "
}

test_pop_front()
{
	edits 'kown pop-front; kown pop-front 2' "1 2 3 
4 5 "
	edits 'kown pop-front 100; kown pop-front; echo done' "1 2 3 4 5 done "
}

test_remove()
{
	edits 'kown remove 1 2' "2 3 
1 4 5 "
	edits 'kown remove 4' "5 
1 2 3 4 "
	edits 'kown remove 4 2' "$beyond
1 2 3 4 5 "
	edits 'kown remove 0 18446744073709551615' "$beyond
1 2 3 4 5 "
	edits 'kown remove 0 2 --discard' "
3 4 5 "
}

test_swap_remove()
{
	edits 'kown swap-remove 0 2' "1 2 
4 5 3 "
	edits 'kown swap-remove 5' "$beyond
1 2 3 4 5 "
}

test_drain()
{
	edits 'kown drain 3' "4 5 
1 2 3 "
	edits 'kown drain 1 2 --json' '{"taken": 2, "elements": [2, 3]} 
1 4 5 '
	edits 'kown drain 6' "$beyond
1 2 3 4 5 "
}

test_splice()
{
	edits 'kown splice 1 2 7 8 9' "2 3 
1 7 8 9 4 5 "
	edits 'kown splice 1 3' "2 3 4 
1 5 "
	edits 'kown splice 0 1 9 --discard' "
9 2 3 4 5 "
	edits 'kown splice 4 2 9' "$beyond
1 2 3 4 5 "
}

test_truncate_and_resize()
{
	edits 'kown truncate 2; kown truncate 4' "
1 2 "
	edits 'kown resize 7 9' "
1 2 3 4 5 9 9 "
	edits 'kown resize 1 9' "
1 "
}

test_reserve_and_shrink()
{
	edits 'kown reserve 95 --exact; kown shrink 50; kown shrink' \
		"cap            100 cap            50 cap            5 
1 2 3 4 5 "
	edits 'kown reserve 18446744073709551615' \
		"kown: descriptor N: too large, the size in bytes does not fit (EOVERFLOW) 
1 2 3 4 5 "
}

test_retain_and_extract()
{
	edits 'kown retain 1 101' "dropped        1 
1 2 4 5 "
	edits 'kown extract 1 101' "2 4 
1 3 5 "
	edits 'kown extract 0 000001' "$beyond
1 2 3 4 5 "
}

test_dedup_and_extend_within()
{
	edits 'kown write 1 1 1; kown dedup' "dropped        2 
1 4 5 "
	edits 'kown extend-within 1 2' "
1 2 3 4 5 2 3 "
	edits 'kown extend-within 4 2' "$beyond
1 2 3 4 5 "
}

test_negative_values()
{
	expect values "$(kown new --elem s8 -- sh -c \
		'kown push 1 2; kown insert 1 -5 -66; kown fill 0 1 -7; kown cat' | tr '\n' ' ')" \
		"-7 -5 -66 2 "
}

test_downgrade_and_upgrade()
{
	in_context 'h=$(kown new --elem u8); w=$(kown downgrade $h); kown cat --handle $w
		s=$(kown upgrade $w); kown upgrade $h; kown drop $h $s; kown upgrade $w
		kown stat --handle $w | grep -E "^(strong|weak|state)"' \
		"kown: handle 2: it is weak, and this needs a strong one (EINVAL) kown: handle 1: it is strong already (EINVAL) kown: handle 2: the object is gone (ESTALE) strong 0 weak 1 state weak "
}

test_many_at_once()
{
	in_context 'kown new --elem u8 --cap 5 --count 3; kown clone 2 --count 2 --rights cr
		kown downgrade 1 --count 2; kown upgrade 6 --count 2 --rights rw
		kown stat --handle 9 | grep -E "^(rights|strong|weak) "; kown stat --handle 2 |
		grep -E "^(strong|cap) "; kown info | grep -E "^(objects|handles) "
		kown drop 4 5; kown stat --handle 2 | grep ^strong' \
		"1 2 3 4 5 6 7 8 9 rights rw strong 3 weak 2 cap 5 strong 3 objects 3 handles 9 strong 1 "
	in_context 'kown new --elem u8 --count 2 --json; kown clone 2 --count 1 --json
		kown clone 1 --json' \
		'{"handles": [1, 2]} {"handles": [3]} {"handle": 4} '
}

test_many_at_once_are_all_or_none()
{
	limit="a limit of the context or user, see: kown info (ENOSPC)"
	in_context 'kown new --elem u8; kown clone 1 --count 65536
		kown new --elem u8 --count 65536; kown clone 1 --count 2 --rights r > /dev/null
		kown clone 2 --count 2; w=$(kown downgrade 1); kown upgrade 1 --count 2
		kown downgrade $w --count 2; kown drop 1 2 3; kown upgrade $w --count 2
		kown clone 9 --count 2; kown info | grep "^handles "' \
		"1 kown: handle 1: $limit kown: new objects: $limit kown: handle 2: it lacks the right to clone, or one asked for (EACCES) kown: handle 1: it is strong already (EINVAL) kown: handle 4: it is weak, and this needs a strong one (EINVAL) kown: handle 4: the object is gone (ESTALE) kown: handle 9: no such handle (ENOENT) handles 1 "
}

test_weak_export()
{
	in_context 'h=$(kown new --elem u8)
		kown export --weak $h --rights rw -- sh -c "
			kown stat | grep -E \"^(rights|state|strong)\"
			kown drop $h
			kown stat | grep ^strong"' \
		"rights rw strong 1 state weak strong 0 "
}

test_take_and_into_inner()
{
	in_context 'h=$(kown new --elem u8); kown push --handle $h 1; c=$(kown clone $h)
		kown take $h; kown into-inner $h | grep how; kown cat --handle $h
		w=$(kown downgrade $c)
		kown take $c | grep how; kown upgrade $w; kown cat --handle $c' \
		"kown: handle 1: others own the object too (EBUSY) how not kown: handle 1: no such handle (ENOENT) how moved kown: handle 3: the object is gone (ESTALE) 1 "
}

test_make_mut()
{
	in_context 'h=$(kown new --elem u8 --mode exclusive); kown push --handle $h 1
		c=$(kown clone $h); kown push --handle $c 2
		kown make-mut $c | grep how; kown push --handle $c 2
		kown make-mut $c | grep how; kown cat --handle $c; kown cat --handle $h
		l=$(kown new --elem u8 --mode locked); kown make-mut $l' \
		"kown: handle 2: others own the object too (EBUSY) how copied how same 1 2 1 kown: handle 4: it is a locked one, which has one owner at a time (EOPNOTSUPP) "
}

test_two_objects()
{
	in_context 'a=$(kown new --elem u8); b=$(kown new --elem u8); c=$(kown new --elem u16)
		kown push --handle $a 1 2; kown push --handle $b 3 4 5
		kown append $a $b; kown copy-from $b $a 1 2; kown copy-from $b $a
		kown append $a $a; kown append $a $c
		t=$(kown split-off $a 3); d=$(kown clone-data $t --rights r)
		for h in $a $b $t $d; do echo :; kown cat --handle $h; done
		kown stat --handle $d | grep rights' \
		"index 2 index 0 index 2 kown: handles 1 and 1: one object, elements of two sizes, or a weak handle (EINVAL) kown: handles 1 and 3: one object, elements of two sizes, or a weak handle (EINVAL) : 1 2 3 : 2 3 1 2 3 4 5 : 4 5 : 4 5 rights r "
}

# locked SCRIPT WANTED: with a locked object of u8 and the descriptor to it
locked()
{
	expect "$1" "$(kown new --elem u8 --mode locked -- sh -c "$1" 2>&1 |
		sed 's/descriptor [0-9]*/descriptor N/' | tr -s ' ' | tr '\n' ' ')" "$2"
}

test_elements_of_a_locked_object_need_the_lock()
{
	locked 'kown push 1; kown push --locked 1 2; kown cat; kown cat --locked
		kown insert 0 --locked 9; kown pop --locked 3' \
		"kown: descriptor N: this needs the object's lock, see: kown lock --help (ENOLCK) kown: descriptor N: this needs the object's lock, see: kown lock --help (ENOLCK) 1 2 9 1 2 "
}

test_lock_runs_a_command_alone()
{
	locked 'kown lock -- sh -c "kown lock --try -- echo twice; kown lock --timeout 50 -- echo twice
			kown stat | grep ^state; exit 7"
		echo status $?; kown lock --try -- echo again' \
		"kown: descriptor N: somebody has the lock (EBUSY) kown: descriptor N: somebody has had the lock all the time (ETIMEDOUT) state locked status 7 again "
}

test_lock_waits()
{
	locked 'kown lock -- sh -c "echo one; sleep 0.5; echo two" & sleep 0.2
		kown lock -- echo three; wait' "one two three "
}

test_killed_owner_poisons()
{
	locked 'kown lock -- sleep 4 & sleep 0.5; kill -9 $!; wait 2> /dev/null
		kown lock -- echo never; kown push 1 --locked; kown stat | grep ^state
		kown clear-poison; kown lock -- echo mine; kown stat | grep ^state' \
		"kown: descriptor N: poisoned: an owner of the lock did not finish (EOWNERDEAD) kown: descriptor N: poisoned: an owner of the lock did not finish (EOWNERDEAD) state poisoned mine state  "
}

test_become_and_unlock()
{
	locked 'kown unlock; kown lock --become -- kown unlock && echo clean; kown stat | grep ^state
		kown lock --become -- true; kown stat | grep ^state' \
		"kown: descriptor N: this needs the object's lock, see: kown lock --help (ENOLCK) clean state  state poisoned "
}

test_lock_of_an_object_that_has_none()
{
	for verb in "lock -- true" unlock clear-poison; do
		expect "$verb" "$(kown new --elem u8 -- kown $verb 2>&1 |
			sed 's/descriptor [0-9]*/descriptor N/')" \
			"kown: descriptor N: it has no lock, see: kown new --mode (EOPNOTSUPP)"
	done
}

# The lines of ls about objects, without ids, process ids and numbers of descriptors.
lines()
{
	grep -vE '^(object|[0-9]+ objects?,)' |
		sed -E 's/\[[0-9]+\]/[N]/g; s/fd [0-9]+/fd N/g; s/^ *[0-9]+ +//' | tr -s ' '
}

test_ls_shows_objects_and_who_holds_them()
{
	expect "nothing" "$(kown ls | lines)" ""
	expect "a descriptor" "$(kown new --elem u64 --cap 1000 -- sh -c \
		'kown push 1 2 3; kown ls; true' | lines)" \
		"shared 3 x 8 7.8K 1 0 - sh[N] fd N rwcel"
	expect "handles" "$(kown context -- sh -c \
		'h=$(kown new --elem u8); kown downgrade $h --rights c > /dev/null; kown ls; true' | lines)" \
		"shared 0 x 1 0B 1 1 - sh[N] handle 1 rwcel, sh[N] handle 2 weak c"
	expect "what only ls has" "$(kown new --elem u8 -- kown ls | lines)" \
		"shared 0 x 1 0B 1 0 - this command only"
	expect "a lock" "$(kown new --elem u8 --mode locked -- sh -c \
		'kown lock --become -- kown ls; kown ls; true' | lines | cut -d ' ' -f 1-7)" \
		"locked 0 x 1 0B 1 0
locked 0 x 1 0B 1 0"
	kown new --elem u8 --mode locked -- sh -c \
		'kown lock -- kown ls; kown lock --become -- true; kown ls; true' > "$scratch/out"
	grep -q " lock  " "$scratch/out" || fail "$(cat "$scratch/out")"
	grep -q " poison  " "$scratch/out" || fail "$(cat "$scratch/out")"
}

test_ls_counts_in_human_units()
{
	expect total "$(kown new --elem u8 --cap 3000000 -- sh -c 'kown ls; true' | tail -n 1)" \
		"1 object, 2.9M"
}

test_ls_in_json()
{
	kown new --elem u16 --cap 4 -- sh -c 'kown ls --json; true' |
		sed -E 's/"(object|pid|fd)": [0-9]+/"\1": N/g' > "$scratch/out"
	expect json "$(cat "$scratch/out")" \
		'{"complete": true, "objects": [{"object": N, "mode": "shared", "elem_size": 2, "len": 0, "bytes": 8, "strong": 1, "weak": 0, "locked": false, "poisoned": false, "holders": [{"pid": N, "comm": "sh", "fd": N, "handle": 0, "weak": false, "rights": "rwcel"}]}]}'
}

test_ls_of_others_than_root()
{
	kown new --elem u64 -- sh -c 'kown new --elem u8 -- su nobody -s /bin/sh -c "
		KOWN_FD= kown ls; true"' > "$scratch/out" 2>&1
	expect objects "$(lines < "$scratch/out" | grep -c "^shared")" 2
	grep -q "root sees all" "$scratch/out" || fail "$(cat "$scratch/out")"
	su nobody -s /bin/sh -c "kown ls" > "$scratch/out" 2>&1
	expect "what is not his" "$(lines < "$scratch/out" | grep -c "^shared")" 0
}

test_overview_in_debugfs()
{
	file=/sys/kernel/debug/kown/objects
	[ -r "$file" ] || skip "no debugfs here"
	for n in $(seq 20); do
		echo "kown new --elem $n --cap 1 > /dev/null"
	done > "$scratch/script"
	kown context -- sh -c ". $scratch/script; cat $file" > "$scratch/out"
	expect "first line" "$(head -n 1 "$scratch/out")" \
		"object mode elem-size len bytes strong weak state owner"
	expect "sizes, the newest first" "$(sed 1d "$scratch/out" | awk '{ print $3 }' | tr '\n' ' ')" \
		"$(seq 20 -1 1 | tr '\n' ' ')"
	expect "when all are gone" "$(cat $file | wc -l)" 1
}

test_fdinfo_of_a_context()
{
	kown context -- sh -c 'kown new --elem u32 --cap 5; kown downgrade 1 --rights -
		cat /proc/self/fdinfo/$KOWN_CTX' | grep kown- | sed 's/object [0-9]*/object N/' \
		> "$scratch/out"
	expect fdinfo "$(cat "$scratch/out")" "kown-objects:	1
kown-handles:	2
kown-bytes:	20
kown-handle:	1 object N rights 0x1f strong mode shared elem-size 4 len 0 bytes 20
kown-handle:	2 object N rights 0x0 weak mode shared elem-size 4 len 0 bytes 20"
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
