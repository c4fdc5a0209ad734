// SPDX-License-Identifier: GPL-2.0
/*
 * The contract that every command keeps: sizes, flags, reserved fields, struct
 * pointers. Each test runs once for each command, from a call that would
 * succeed with one thing wrong.
 */
#include "call.h"
#include "kown_test.h"
#include "layout.h"
#include "snapshot.h"

#define LEN	CALL_LEN	/* elements in the object; POP takes some */

#define ABI		FIXTURE_DATA(abi)
#define ABI_VARIANT	FIXTURE_VARIANT(abi)

#define offsetofend(type, field) \
	(offsetof(type, field) + sizeof(((type *)0)->field))

FIXTURE(abi) {
	size_t page;
	char *map;		/* one page, then a hole */
	int ctx;
	int fd;			/* an export */
	__u32 handle;
	__u32 spare;		/* for what ends a handle */
	__u32 weak;
	__u32 locked;		/* a locked object's handle */
	__u32 single;		/* another object's */
	struct call_room room;
};

FIXTURE_VARIANT(abi) {
	unsigned int cmd;
	__u32 size;
	__u32 min;		/* of the first struct there was, or 0: @size */
	__u32 flags;		/* those that are known */
	__u32 reserved;		/* offset of the reserved field, or 0 */
	__u32 out_end;		/* end of the last output, or 0 */
	bool whole;		/* all comes back, size lowered */
};

#define STRUCT(name, NAME, type, ...)					\
FIXTURE_VARIANT_ADD(abi, name) {					\
	.cmd = KOWN_IOC_##NAME, .size = sizeof(struct kown_##type),	\
	__VA_ARGS__							\
}
#define END(type, field)	offsetofend(struct kown_##type, field)
#define RESERVED(type)		.reserved = offsetof(struct kown_##type, __reserved)
#define OUT(type, field)	.out_end = END(type, field)
#define ALL_OUT(type)		.out_end = sizeof(struct kown_##type)
#define WHOLE(type)		ALL_OUT(type), .whole = true

STRUCT(info, INFO, info, .min = END(info, all_bytes), WHOLE(info));
STRUCT(new, NEW, new, RESERVED(new), WHOLE(new));
STRUCT(clone, CLONE, clone, RESERVED(clone), WHOLE(clone));
STRUCT(drop, DROP, drop, OUT(drop, done));
STRUCT(stat, STAT, stat, .min = END(stat, cap), WHOLE(stat));
STRUCT(push, PUSH, push, RESERVED(push), OUT(push, index));
STRUCT(pop, POP, pop, RESERVED(pop), OUT(pop, taken));
STRUCT(read, READ, read, RESERVED(read));
STRUCT(export, EXPORT, export, RESERVED(export), WHOLE(export));
STRUCT(import, IMPORT, import, RESERVED(import), WHOLE(import));
STRUCT(downgrade, DOWNGRADE, clone, RESERVED(clone), WHOLE(clone));
STRUCT(upgrade, UPGRADE, clone, RESERVED(clone), WHOLE(clone));
STRUCT(into_inner, INTO_INNER, own, ALL_OUT(own));
STRUCT(take, TAKE, own, ALL_OUT(own));
STRUCT(make_mut, MAKE_MUT, own, ALL_OUT(own));
STRUCT(lock, LOCK, lock, .flags = KOWN_LOCK_TRY, RESERVED(lock));
STRUCT(unlock, UNLOCK, unlock, RESERVED(unlock));
STRUCT(clear_poison, CLEAR_POISON, unlock, RESERVED(unlock));
STRUCT(pop_front, POP_FRONT, pop, RESERVED(pop), OUT(pop, taken));
STRUCT(insert, INSERT, range, RESERVED(range));
STRUCT(write, WRITE, range, RESERVED(range));
STRUCT(fill, FILL, range, RESERVED(range));
STRUCT(extend_within, EXTEND_WITHIN, range, RESERVED(range));
STRUCT(remove, REMOVE, range, .flags = KOWN_DISCARD, RESERVED(range));
STRUCT(swap_remove, SWAP_REMOVE, range, .flags = KOWN_DISCARD, RESERVED(range));
STRUCT(drain, DRAIN, drain, .flags = KOWN_DISCARD, RESERVED(drain), OUT(drain, taken));
STRUCT(splice, SPLICE, splice, .flags = KOWN_DISCARD, RESERVED(splice));
STRUCT(truncate, TRUNCATE, resize, RESERVED(resize));
STRUCT(resize, RESIZE, resize, RESERVED(resize));
STRUCT(reserve, RESERVE, reserve, .flags = KOWN_RESERVE_EXACT, RESERVED(reserve),
       OUT(reserve, cap));
STRUCT(shrink, SHRINK, reserve, RESERVED(reserve), OUT(reserve, cap));
STRUCT(retain, RETAIN, mask, RESERVED(mask), OUT(mask, taken));
STRUCT(extract, EXTRACT, mask, RESERVED(mask), OUT(mask, taken));
STRUCT(dedup, DEDUP, dedup, RESERVED(dedup), OUT(dedup, taken));
STRUCT(append, APPEND, append, OUT(append, index));
STRUCT(copy_from, COPY_FROM, append, OUT(append, index));
STRUCT(split_off, SPLIT_OFF, split_off, ALL_OUT(split_off));
STRUCT(clone_data, CLONE_DATA, clone, RESERVED(clone), WHOLE(clone));

FIXTURE_SETUP(abi)
{
	__u64 elems[LEN];

	memset(elems, 0x11, sizeof(elems));
	self->page = sysconf(_SC_PAGESIZE);
	self->map = pages_with_hole(1);
	ASSERT_NE(NULL, self->map);
	self->ctx = kown_open();
	ASSERT_LE(0, self->ctx);
	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &self->handle));
	ASSERT_EQ(0, kown_push(self->ctx, self->handle, elems, LEN));
	ASSERT_EQ(0, kown_export(self->ctx, self->handle, KOWN_RIGHTS_SAME,
				 &self->fd));
	ASSERT_EQ(0, kown_clone(self->ctx, self->handle, KOWN_RIGHTS_SAME,
				&self->spare));
	ASSERT_EQ(0, kown_downgrade(self->ctx, self->handle, KOWN_RIGHTS_SAME,
				    &self->weak));
	ASSERT_EQ(0, kown_new_mode(self->ctx, KOWN_MODE_LOCKED, 8, 0, &self->locked));
	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &self->single));
	ASSERT_EQ(0, kown_push(self->ctx, self->single, elems, 2));
}

FIXTURE_TEARDOWN(abi)
{
	close(self->fd);
	close(self->ctx);
}

/* What makes a call succeed that another before it succeeded in. */
static void again(ABI *self, unsigned int cmd)
{
	struct kown_stat stat;

	if (cmd == KOWN_IOC_LOCK)
		kown_unlock(self->ctx, self->locked);
	if (cmd == KOWN_IOC_UNLOCK || cmd == KOWN_IOC_CLEAR_POISON)
		kown_try_lock(self->ctx, self->locked);
	/* So that there is a copy to make each time. */
	if (cmd == KOWN_IOC_MAKE_MUT)
		kown_drop(self->ctx, self->spare);
	if (kown_stat(self->ctx, self->spare, &stat))
		kown_clone(self->ctx, self->handle, KOWN_RIGHTS_SAME, &self->spare);
}

/* Whose handle the command is to be given. */
static __u32 handle_for(const ABI *self, unsigned int cmd)
{
	switch (cmd) {
	case KOWN_IOC_DROP:
	case KOWN_IOC_INTO_INNER:
	case KOWN_IOC_MAKE_MUT:
		return self->spare;
	case KOWN_IOC_IMPORT:
		return self->fd;
	case KOWN_IOC_UPGRADE:
		return self->weak;
	case KOWN_IOC_TAKE:
	case KOWN_IOC_LOCK:
	case KOWN_IOC_UNLOCK:
	case KOWN_IOC_CLEAR_POISON:
		return self->locked;
	case KOWN_IOC_DEDUP:
	case KOWN_IOC_COPY_FROM:
	case KOWN_IOC_SPLIT_OFF:
	case KOWN_IOC_CLONE_DATA:
		return self->single;
	default:
		return self->handle;
	}
}

/* A call that would succeed; outputs and pads are a pattern. */
static void valid(ABI *self, const ABI_VARIANT *variant, void *arg)
{
	__u32 other = variant->cmd == KOWN_IOC_APPEND ? self->single : self->handle;

	again(self, variant->cmd);
	call_make(arg, variant->cmd, handle_for(self, variant->cmd), other, &self->room);
}

static void refused(struct __test_metadata *_metadata, ABI *self,
		    const ABI_VARIANT *variant, int err, void *arg,
		    const char *what, unsigned long long n)
{
	struct snapshot before;
	int fd = fd_lowest_free();

	snapshot_take(_metadata, self->ctx, self->handle, &before);
	ASSERT_EQ(err, kown_call(self->ctx, variant->cmd, arg)) {
		TH_LOG("%s %llu", what, n);
	}
	snapshot_same(_metadata, self->ctx, self->handle, &before, what, n);
	ASSERT_EQ(fd, fd_lowest_free());
}

static void accepted(struct __test_metadata *_metadata, ABI *self,
		     const ABI_VARIANT *variant, void *arg,
		     const char *what, unsigned long long n)
{
	ASSERT_EQ(0, kown_call(self->ctx, variant->cmd, arg)) {
		TH_LOG("%s %llu", what, n);
	}
}

/* Too small, unless the struct was that short when a program was built. */
TEST_F(abi, size_below_the_struct)
{
	__u32 size, min = variant->min ?: variant->size;
	union kown_arg a;

	for (size = 0; size < min; size++) {
		valid(self, variant, &a);
		a.word[0] = size;
		refused(_metadata, self, variant, EINVAL, &a, "size", size);
	}
	for (; size < variant->size; size++) {
		valid(self, variant, &a);
		a.word[0] = size;
		accepted(_metadata, self, variant, &a, "size", size);
		ASSERT_EQ(size, a.word[0]);
		ASSERT_TRUE(bytes_are(&a.byte[size], PATTERN, variant->size - size));
	}
}

TEST_F(abi, size_beyond_the_struct_with_a_zero_tail)
{
	union kown_arg a;
	__u32 size;

	for (size = variant->size; size <= 2 * variant->size; size++) {
		memset(&a, PATTERN, sizeof(a));
		valid(self, variant, &a);
		memset(&a.byte[variant->size], 0, size - variant->size);
		a.word[0] = size;
		accepted(_metadata, self, variant, &a, "size", size);
		ASSERT_EQ(variant->whole ? variant->size : size, a.word[0]) {
			TH_LOG("size %u", size);
		}
		ASSERT_TRUE(bytes_are(&a.byte[variant->size], 0,
				      size - variant->size));
		ASSERT_TRUE(bytes_are(&a.byte[size], PATTERN,
				      sizeof(a) - size));
	}
}

TEST_F(abi, size_beyond_the_struct_with_any_tail_byte_set)
{
	struct snapshot before;
	union kown_arg a;
	__u32 size, at;

	valid(self, variant, &a);
	snapshot_take(_metadata, self->ctx, self->handle, &before);
	for (size = variant->size + 1; size <= 2 * variant->size; size++) {
		for (at = variant->size; at < size; at++) {
			valid(self, variant, &a);
			memset(&a.byte[variant->size], 0, variant->size);
			a.byte[at] = 1 << (at % 8);
			a.word[0] = size;
			ASSERT_EQ(E2BIG, kown_call(self->ctx, variant->cmd,
						   &a)) {
				TH_LOG("size %u, byte %u", size, at);
			}
		}
		snapshot_same(_metadata, self->ctx, self->handle, &before,
			      "size", size);
	}
}

TEST_F(abi, size_around_a_page)
{
	static const __u32 too_large[] = {
		1, 8, 0x1000, 0x10000, 0x7fffffff - 0x1000,
		0x80000000 - 0x1000, 0xffffffff - 0x1000,
	};
	size_t len = 64 * self->page;
	char *map = mmap(NULL, len, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	union kown_arg *a = (void *)map;
	unsigned int i;

	ASSERT_NE(MAP_FAILED, map);
	valid(self, variant, a);
	a->word[0] = self->page;
	accepted(_metadata, self, variant, a, "size", self->page);
	for (i = 0; i < ARRAY_SIZE(too_large); i++) {
		memset(map, 0, len);
		valid(self, variant, a);
		a->word[0] = self->page + too_large[i];
		refused(_metadata, self, variant, E2BIG, a, "size",
			self->page + too_large[i]);
	}
}

/* The flags that are unknown, and the reserved field of those structs that have one. */
TEST_F(abi, any_bit_set_that_means_nothing)
{
	union kown_arg a;
	int bit;

	for (bit = 0; bit < 32; bit++) {
		if (variant->flags & 1U << bit)
			continue;
		valid(self, variant, &a);
		a.word[1] = 1U << bit;
		refused(_metadata, self, variant, EOPNOTSUPP, &a, "bit of flags", bit);
	}
	for (bit = 0; variant->reserved && bit < 32; bit++) {
		valid(self, variant, &a);
		a.byte[variant->reserved + bit / 8] = 1 << (bit % 8);
		refused(_metadata, self, variant, EOPNOTSUPP, &a, "bit of reserved", bit);
	}
}

TEST_F(abi, struct_at_an_address_that_is_not_mapped)
{
	const uintptr_t nowhere[] = {
		0, 1, self->page - 1, (uintptr_t)self->map + self->page,
		(uintptr_t)1 << (sizeof(long) * 8 - 1),
		-(uintptr_t)self->page, -(uintptr_t)4, -(uintptr_t)1,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(nowhere); i++)
		refused(_metadata, self, variant, EFAULT, (void *)nowhere[i],
			"address", nowhere[i]);
}

TEST_F(abi, struct_that_runs_into_a_hole)
{
	char *end = self->map + self->page;
	union kown_arg a;
	__u32 n;

	for (n = 1; n < variant->size; n++) {
		valid(self, variant, &a);
		memcpy(end - n, &a, n);
		refused(_metadata, self, variant, EFAULT, end - n,
			"bytes mapped", n);
	}
}

TEST_F(abi, struct_that_ends_before_a_hole)
{
	char *at = self->map + self->page - variant->size;

	valid(self, variant, at);
	accepted(_metadata, self, variant, at, "size", variant->size);
}

TEST_F(abi, struct_at_any_alignment)
{
	unsigned int i;

	for (i = 0; i < 8; i++) {
		valid(self, variant, self->map + i);
		accepted(_metadata, self, variant, self->map + i, "offset", i);
	}
}

TEST_F(abi, struct_in_a_page_that_is_read_only)
{
	valid(self, variant, self->map);
	ASSERT_EQ(0, mprotect(self->map, self->page, PROT_READ));
	if (variant->out_end)
		refused(_metadata, self, variant, EFAULT, self->map,
			"read only", 0);
	else
		accepted(_metadata, self, variant, self->map, "read only", 0);
}

/* @n bytes writable, the rest read only; EFAULT if any of that is an output. */
TEST_F(abi, struct_with_outputs_in_a_page_that_is_read_only)
{
	char *map = mmap(NULL, 2 * self->page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *second = map + self->page;
	__u32 n;

	ASSERT_NE(MAP_FAILED, map);
	for (n = 1; n < variant->size; n++) {
		char *at = second - n;

		ASSERT_EQ(0, mprotect(second, self->page,
				      PROT_READ | PROT_WRITE));
		valid(self, variant, at);
		ASSERT_EQ(0, mprotect(second, self->page, PROT_READ));
		if (n < variant->out_end)
			refused(_metadata, self, variant, EFAULT, at,
				"bytes writable", n);
		else
			accepted(_metadata, self, variant, at,
				 "bytes writable", n);
	}
}

/* The call that all others here are made from. */
TEST_F(abi, valid_call_succeeds)
{
	union kown_arg a;

	valid(self, variant, &a);
	accepted(_metadata, self, variant, &a, "size", variant->size);
	ASSERT_EQ(variant->size, a.word[0]);
	ASSERT_EQ(0, a.word[1]);
}

FIXTURE(number) {
	int ctx;
};

FIXTURE_SETUP(number)
{
	self->ctx = kown_open();
	ASSERT_LE(0, self->ctx);
}

FIXTURE_TEARDOWN(number)
{
	close(self->ctx);
}

TEST_F(number, command_that_does_not_exist)
{
	unsigned char arg[4096] = { 0 };
	unsigned int nr;

	for (nr = COMMANDS; nr < 256; nr++) {
		ASSERT_EQ(ENOTTY, kown_call(self->ctx,
					    _IO(KOWN_IOC_MAGIC, nr), arg));
		ASSERT_EQ(ENOTTY, kown_call(self->ctx,
					    _IO(KOWN_IOC_MAGIC, nr), NULL));
	}
}

TEST_F(number, command_with_any_direction_or_size_bit)
{
	unsigned char arg[4096] = { 0 };
	unsigned int nr, bit, cmd;

	for (nr = 0; nr < COMMANDS; nr++) {
		for (bit = 16; bit < 32; bit++) {
			cmd = _IO(KOWN_IOC_MAGIC, nr) | 1U << bit;
			ASSERT_EQ(ENOTTY, kown_call(self->ctx, cmd, arg)) {
				TH_LOG("nr %u bit %u", nr, bit);
			}
		}
	}
}

TEST_F(number, command_with_another_magic)
{
	unsigned char arg[4096] = { 0 };
	unsigned int magic, nr;

	for (magic = 0; magic < 256; magic++) {
		if (magic == KOWN_IOC_MAGIC)
			continue;
		for (nr = 0; nr < COMMANDS; nr++) {
			/* FIGETBSZ and FIONBIO: answered for every file. */
			if (_IO(magic, nr) == _IO(0, 2) || _IO(magic, nr) == FIONBIO)
				continue;
			ASSERT_EQ(ENOTTY, kown_call(self->ctx, _IO(magic, nr),
						    arg)) {
				TH_LOG("magic 0x%x nr %u", magic, nr);
			}
		}
	}
}

TEST_F(number, context_is_no_stream)
{
	char buf[8];

	ASSERT_EQ(-1, read(self->ctx, buf, sizeof(buf)));
	ASSERT_EQ(EINVAL, errno);
	ASSERT_EQ(-1, write(self->ctx, buf, sizeof(buf)));
	ASSERT_EQ(EINVAL, errno);
	ASSERT_EQ(MAP_FAILED, mmap(NULL, sysconf(_SC_PAGESIZE), PROT_READ,
				   MAP_SHARED, self->ctx, 0));
	ASSERT_EQ(ENODEV, errno);
}

TEST_HARNESS_MAIN
