#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# An exported descriptor under the programs that people have: dd, cat, cmp, xxd and
# Python, as busybox and as the GNU tools have them.

# shellcheck disable=SC2016,SC2086,SC2154 # $ for inner shells, words to split, ktap.sh

. "$(dirname "$0")/ktap.sh"

# on TYPE SCRIPT: run SCRIPT with descriptor 3 to a new object of elements of TYPE
on()
{
	kown new --elem "$1" -- sh -c "exec 3<&\$KOWN_FD; $2"
}

# with_each TOOL FUNCTION: once as busybox has it, once as GNU does
with_each()
{
	"$2" "busybox $1" || return
	[ -x "$here/gnu/$1" ] || skip "no GNU $1 here; busybox's has passed"
	"$2" "$here/gnu/$1"
}

# What Python's os module does, on descriptor 3 in fd.
python()
{
	[ -x /usr/bin/python3 ] || skip "no python3 here"
	on "$1" "/usr/bin/python3 -E -s -S -c '
import os, errno
fd = 3
def refused(number, call, *args):
    try:
        call(*args)
    except OSError as error:
        assert error.errno == number, error
    else:
        raise AssertionError(\"not refused\")
$2'"
}

head -c 24000 /dev/urandom > "$scratch/in"

test_dd_fills_an_object()
{
	with_each dd dd_fills
}

dd_fills()
{
	for elem in u8 u64 24; do
		on $elem "
			$1 if=$scratch/in bs=2400 >&3 2> $scratch/err || exit
			kown cat --raw > $scratch/out" ||
			fail "$1, $elem: $(cat "$scratch/err")"
		cmp "$scratch/in" "$scratch/out" || fail "$1, $elem"
	done
}

test_dd_reads_in_any_block_size()
{
	with_each dd dd_reads
}

dd_reads()
{
	for bs in 1 7 512 4096 100000; do
		on 24 "
			kown push --raw < $scratch/in
			$1 bs=$bs <&3 > $scratch/out 2> $scratch/err" ||
			fail "$1, $bs: $(cat "$scratch/err")"
		cmp "$scratch/in" "$scratch/out" || fail "$1, $bs"
	done
}

test_dd_skips_and_counts()
{
	with_each dd dd_skips
}

dd_skips()
{
	on u8 "
		kown push --raw < $scratch/in
		$1 bs=100 skip=7 count=3 <&3 > $scratch/out 2> $scratch/err" ||
		fail "$1: $(cat "$scratch/err")"
	tail -c +701 "$scratch/in" | head -c 300 | cmp - "$scratch/out" || fail "$1"
}

test_dd_of_parts_of_elements_is_refused()
{
	with_each dd dd_parts
}

dd_parts()
{
	on u64 "
		$1 if=$scratch/in bs=12 count=1 >&3 2> $scratch/err && exit
		kown stat" > "$scratch/out"
	grep -q "Invalid argument" "$scratch/err" || fail "$1: $(cat "$scratch/err")"
	grep -q "^len  *0$" "$scratch/out" || fail "$1: $(cat "$scratch/out")"
}

test_cat_prints_the_elements()
{
	with_each cat cat_prints
}

cat_prints()
{
	expect "$1" "$(on u8 "echo hello | kown push --raw; $1 <&3")" hello
	on 24 "kown push --raw < $scratch/in; $1 <&3 > $scratch/out" || fail "$1"
	cmp "$scratch/in" "$scratch/out" || fail "$1"
	# And fills them, in pieces that are whole elements.
	on u8 "$1 $scratch/in >&3 && kown cat --raw > $scratch/out" || fail "$1"
	cmp "$scratch/in" "$scratch/out" || fail "$1"
}

test_cat_of_one_object_into_another()
{
	on u8 "
		kown push --raw < $scratch/in
		kown new --elem u64 -- sh -c 'cat <&3 >&\$KOWN_FD && kown cat --raw'" \
		> "$scratch/out" || fail "status $?"
	cmp "$scratch/in" "$scratch/out" || fail "not the same"
}

test_cmp_compares()
{
	with_each cmp cmp_compares
}

cmp_compares()
{
	on 24 "kown push --raw < $scratch/in; $1 - $scratch/in <&3" || fail "$1: they differ"
	on u8 "
		echo abcX | kown push --raw
		echo abcd > $scratch/abcd
		$1 - $scratch/abcd <&3" > "$scratch/out" && fail "$1: no difference"
	grep -q "4" "$scratch/out" || fail "$1: $(cat "$scratch/out")"
}

test_xxd_shows()
{
	with_each xxd xxd_shows
}

xxd_shows()
{
	expect "$1" "$(on u32 "kown push 1 2 0xdeadbeef; $1 -p <&3")" \
		"0100000002000000efbeadde"
}

# The shell's own: >> is O_APPEND only when it opens.
test_redirections_of_the_shell()
{
	expect lines "$(on u8 'echo one >&3; echo two >&3
		kown cat --raw')" "one
two"
}

test_no_open_by_a_path()
{
	on u8 'cat /proc/self/fd/3' 2> "$scratch/err" && fail "it was opened"
	grep -qi "no such device or address" "$scratch/err" || fail "$(cat "$scratch/err")"
}

test_link_names_the_object()
{
	on u8 'readlink /proc/self/fd/3' > "$scratch/out"
	grep -q '^kown:\[[0-9]*\]$' "$scratch/out" || fail "$(cat "$scratch/out")"
}

test_fdinfo_tells_all()
{
	on u16 'kown push 1 2 3; cat /proc/self/fdinfo/3' > "$scratch/out"
	for name in object mode rights state owner strong weak elem-size len bytes; do
		grep -q "^kown-$name:" "$scratch/out" || fail "no $name: $(cat "$scratch/out")"
	done
	grep -q "^kown-mode:	shared$" "$scratch/out" || fail "$(cat "$scratch/out")"
}

test_python_reads_and_writes()
{
	python 8 '
assert os.write(fd, b"a" * 8 + b"b" * 8) == 16
assert os.lseek(fd, 0, os.SEEK_SET) == 0
assert os.read(fd, 4) == b"aaaa"
assert os.read(fd, 100) == b"aaaa" + b"b" * 8
assert os.read(fd, 100) == b""
assert os.pread(fd, 3, 7) == b"abb"
assert os.pwrite(fd, b"c" * 8, 8) == 8
assert os.lseek(fd, 0, os.SEEK_END) == 16
refused(errno.EINVAL, os.write, fd, b"abc")
refused(errno.ERANGE, os.pwrite, fd, b"d" * 8, 24)
refused(errno.EINVAL, os.lseek, fd, -1, os.SEEK_SET)
' || fail "status $?"
}

test_python_reads_and_writes_vectors()
{
	python 8 '
assert os.writev(fd, [b"a" * 3, b"b" * 5, b"c" * 8]) == 16
one, two = bytearray(10), bytearray(10)
assert os.preadv(fd, [one, two], 0) == 16
assert one == b"aaabbbbbcc" and two[:6] == b"c" * 6
assert os.pwritev(fd, [b"d" * 4, b"e" * 4], 8) == 8
assert os.lseek(fd, 0, os.SEEK_SET) == 0
assert os.readv(fd, [one, two]) == 16
assert one == b"aaabbbbbdd"
refused(errno.EINVAL, os.writev, fd, [b"a", b"b"])
' || fail "status $?"
}

test_python_stats_and_truncates()
{
	python 8 '
os.write(fd, b"x" * 32)
status = os.fstat(fd)
assert status.st_size == 32
assert os.readlink("/proc/self/fd/3") == "kown:[%d]" % status.st_ino
os.ftruncate(fd, 8)
os.ftruncate(fd, 16)
assert os.pread(fd, 100, 0) == b"x" * 8 + bytes(8)
refused(errno.EINVAL, os.ftruncate, fd, 9)
os.fsync(fd)
refused(errno.ENXIO, os.open, "/proc/self/fd/3", os.O_RDWR)
' || fail "status $?"
}

test_python_sends_files()
{
	python 1 "
data = bytes(range(256)) * 200
memfd = os.memfd_create(\"m\")
os.write(memfd, data)
sent = 0
while sent < len(data):
    sent += os.sendfile(fd, memfd, sent, len(data) - sent)
assert os.pread(fd, 100000, 0) == data
out = os.memfd_create(\"o\")
sent = 0
while True:
    n = os.sendfile(out, fd, sent, 1 << 20)
    if not n:
        break
    sent += n
assert os.pread(out, 100000, 0) == data
one, two = os.pipe()
assert os.splice(fd, two, 10, offset_src=0) == 10
assert os.read(one, 100) == data[:10]
" || fail "status $?"
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
