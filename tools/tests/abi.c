// SPDX-License-Identifier: GPL-2.0
/*
 * The contract that every command keeps: sizes, flags, reserved fields, struct
 * pointers; and what it wants of handles, rights and the object's mode. Each test
 * runs once for each command, from a call that would succeed with one thing wrong.
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
	__u32 many[2];		/* room for handles */
};

FIXTURE_VARIANT(abi) {
	unsigned int cmd;
	__u32 size;
	__u32 min;		/* of the first struct there was, or 0: @size */
	__u32 flags;		/* those that are known */
	__u32 reserved;		/* offset of the reserved field, or 0 */
	__u32 out_end;		/* end of the last output, or 0 */
	bool whole;		/* all comes back, size lowered */
	bool many;		/* with a count of handles */
};

#define STRUCT(_name, _type)						\
	.cmd = KOWN_IOC_##_name, .size = sizeof(struct kown_##_type)
#define END(_type, _field)	offsetofend(struct kown_##_type, _field)
#define RESERVED(_type)		.reserved = offsetof(struct kown_##_type, __reserved)
#define OUT(_type, _field)	.out_end = END(_type, _field)
#define ALL_OUT(_type)		.out_end = sizeof(struct kown_##_type)
#define WHOLE(_type)		.whole = true, ALL_OUT(_type)
#define COUNTED(_type)		.min = END(_type, count)
#define MANY(_type)		COUNTED(_type), .many = true

FIXTURE_VARIANT_ADD(abi, info) { STRUCT(INFO, info), .min = END(info, all_bytes), WHOLE(info) };
FIXTURE_VARIANT_ADD(abi, new) { STRUCT(NEW, new), COUNTED(new), WHOLE(new) };
FIXTURE_VARIANT_ADD(abi, new_many) { STRUCT(NEW, new), MANY(new), WHOLE(new) };
FIXTURE_VARIANT_ADD(abi, clone) { STRUCT(CLONE, clone), COUNTED(clone), WHOLE(clone) };
FIXTURE_VARIANT_ADD(abi, clone_many) { STRUCT(CLONE, clone), MANY(clone), WHOLE(clone) };
FIXTURE_VARIANT_ADD(abi, drop) { STRUCT(DROP, drop), OUT(drop, done) };
FIXTURE_VARIANT_ADD(abi, stat) { STRUCT(STAT, stat), .min = END(stat, cap), WHOLE(stat) };
FIXTURE_VARIANT_ADD(abi, push) { STRUCT(PUSH, push), RESERVED(push), OUT(push, index) };
FIXTURE_VARIANT_ADD(abi, pop) { STRUCT(POP, pop), RESERVED(pop), OUT(pop, taken) };
FIXTURE_VARIANT_ADD(abi, read) { STRUCT(READ, read), RESERVED(read) };
FIXTURE_VARIANT_ADD(abi, export) { STRUCT(EXPORT, export), RESERVED(export), WHOLE(export) };
FIXTURE_VARIANT_ADD(abi, import) { STRUCT(IMPORT, import), RESERVED(import), WHOLE(import) };
FIXTURE_VARIANT_ADD(abi, downgrade) { STRUCT(DOWNGRADE, clone), COUNTED(clone), WHOLE(clone) };
FIXTURE_VARIANT_ADD(abi, downgrade_many) { STRUCT(DOWNGRADE, clone), MANY(clone), WHOLE(clone) };
FIXTURE_VARIANT_ADD(abi, upgrade) { STRUCT(UPGRADE, clone), COUNTED(clone), WHOLE(clone) };
FIXTURE_VARIANT_ADD(abi, upgrade_many) { STRUCT(UPGRADE, clone), MANY(clone), WHOLE(clone) };
FIXTURE_VARIANT_ADD(abi, into_inner) { STRUCT(INTO_INNER, own), ALL_OUT(own) };
FIXTURE_VARIANT_ADD(abi, take) { STRUCT(TAKE, own), ALL_OUT(own) };
FIXTURE_VARIANT_ADD(abi, make_mut) { STRUCT(MAKE_MUT, own), ALL_OUT(own) };
FIXTURE_VARIANT_ADD(abi, lock) { STRUCT(LOCK, lock), .flags = KOWN_LOCK_TRY, RESERVED(lock) };
FIXTURE_VARIANT_ADD(abi, unlock) { STRUCT(UNLOCK, unlock), RESERVED(unlock) };
FIXTURE_VARIANT_ADD(abi, clear_poison) { STRUCT(CLEAR_POISON, unlock), RESERVED(unlock) };
FIXTURE_VARIANT_ADD(abi, pop_front) { STRUCT(POP_FRONT, pop), RESERVED(pop), OUT(pop, taken) };
FIXTURE_VARIANT_ADD(abi, insert) { STRUCT(INSERT, range), RESERVED(range) };
FIXTURE_VARIANT_ADD(abi, write) { STRUCT(WRITE, range), RESERVED(range) };
FIXTURE_VARIANT_ADD(abi, fill) { STRUCT(FILL, range), RESERVED(range) };
FIXTURE_VARIANT_ADD(abi, extend_within) { STRUCT(EXTEND_WITHIN, range), RESERVED(range) };
FIXTURE_VARIANT_ADD(abi, remove) {
	STRUCT(REMOVE, range), .flags = KOWN_DISCARD, RESERVED(range),
};
FIXTURE_VARIANT_ADD(abi, swap_remove) {
	STRUCT(SWAP_REMOVE, range), .flags = KOWN_DISCARD, RESERVED(range),
};
FIXTURE_VARIANT_ADD(abi, drain) {
	STRUCT(DRAIN, drain), .flags = KOWN_DISCARD, RESERVED(drain), OUT(drain, taken),
};
FIXTURE_VARIANT_ADD(abi, splice) {
	STRUCT(SPLICE, splice), .flags = KOWN_DISCARD, RESERVED(splice),
};
FIXTURE_VARIANT_ADD(abi, truncate) { STRUCT(TRUNCATE, resize), RESERVED(resize) };
FIXTURE_VARIANT_ADD(abi, resize) { STRUCT(RESIZE, resize), RESERVED(resize) };
FIXTURE_VARIANT_ADD(abi, reserve) {
	STRUCT(RESERVE, reserve), .flags = KOWN_RESERVE_EXACT, RESERVED(reserve),
	OUT(reserve, cap),
};
FIXTURE_VARIANT_ADD(abi, shrink) {
	STRUCT(SHRINK, reserve), RESERVED(reserve), OUT(reserve, cap),
};
FIXTURE_VARIANT_ADD(abi, retain) { STRUCT(RETAIN, mask), RESERVED(mask), OUT(mask, taken) };
FIXTURE_VARIANT_ADD(abi, extract) { STRUCT(EXTRACT, mask), RESERVED(mask), OUT(mask, taken) };
FIXTURE_VARIANT_ADD(abi, dedup) { STRUCT(DEDUP, dedup), RESERVED(dedup), OUT(dedup, taken) };
FIXTURE_VARIANT_ADD(abi, append) { STRUCT(APPEND, append), OUT(append, index) };
FIXTURE_VARIANT_ADD(abi, copy_from) { STRUCT(COPY_FROM, append), OUT(append, index) };
FIXTURE_VARIANT_ADD(abi, split_off) { STRUCT(SPLIT_OFF, split_off), ALL_OUT(split_off) };
FIXTURE_VARIANT_ADD(abi, clone_data) {
	STRUCT(CLONE_DATA, clone), COUNTED(clone), .reserved = offsetof(struct kown_clone, count),
	WHOLE(clone),
};

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
	if (variant->many)
		call_many(arg, variant->cmd, self->many, ARRAY_SIZE(self->many));
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

/*
 * Too small, unless the struct was that short when a program was built; that one made no
 * many.
 */
TEST_F(abi, size_below_the_struct)
{
	__u32 size, min = variant->min ?: variant->size;
	union kown_arg a;

	for (size = 0; size < min; size++) {
		valid(self, variant, &a);
		a.word[0] = size;
		refused(_metadata, self, variant, EINVAL, &a, "size", size);
	}
	for (; !variant->many && size < variant->size; size++) {
		valid(self, variant, &a);
		memset(&a.byte[size], PATTERN, variant->size - size);
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

/*
 * What each command wants of the handles it names and of their objects. A call that would
 * succeed is refused for one reason, and has changed neither object.
 */
#define COMMAND	FIXTURE_DATA(command)

#define R	KOWN_RIGHT_READ
#define W	KOWN_RIGHT_WRITE

enum takes { STRONG = 1, WEAK = 2, ANY = STRONG | WEAK };

FIXTURE(command) {
	const struct _fixture_variant_command *variant;
	int ctx, theirs;
	__u32 handle;		/* with every right */
	__u32 other;		/* of another object, for the commands of two */
	int looks;		/* a context, and its handle by which the first is looked at */
	__u32 view;
	struct call_room room;
};

FIXTURE_VARIANT(command) {
	unsigned int cmd;
	bool discard;
	enum takes takes;
	__u32 rights;		/* that it needs */
	__u32 other_rights;	/* to the other object, or 0: there is none */
	/* What it is refused with, if it is, where all else is right, and the object is */
	int shared;		/* exclusive, and there is another strong reference */
	int other_shared;	/* the same of the other object */
	int unlocked;		/* locked, and nobody has its lock */
	int owned;		/* locked, and the caller has it with this handle */
};

#define TAKES(_name, _takes, _rights)					\
	.cmd = KOWN_IOC_##_name, .takes = (_takes), .rights = (_rights)
#define READS		.unlocked = ENOLCK
#define CHANGES		.shared = EBUSY, .unlocked = ENOLCK
#define GUARDS		.shared = EOPNOTSUPP

FIXTURE_VARIANT_ADD(command, clone) { TAKES(CLONE, ANY, KOWN_RIGHT_CLONE) };
FIXTURE_VARIANT_ADD(command, drop) { TAKES(DROP, ANY, 0) };
FIXTURE_VARIANT_ADD(command, stat) { TAKES(STAT, ANY, 0) };
FIXTURE_VARIANT_ADD(command, export) { TAKES(EXPORT, ANY, KOWN_RIGHT_EXPORT) };
FIXTURE_VARIANT_ADD(command, downgrade) { TAKES(DOWNGRADE, STRONG, KOWN_RIGHT_CLONE) };
FIXTURE_VARIANT_ADD(command, upgrade) { TAKES(UPGRADE, WEAK, 0) };
FIXTURE_VARIANT_ADD(command, into_inner) { TAKES(INTO_INNER, STRONG, R | W), .owned = EBUSY };
FIXTURE_VARIANT_ADD(command, take) {
	TAKES(TAKE, STRONG, R | W), .shared = EBUSY, .owned = EBUSY,
};
FIXTURE_VARIANT_ADD(command, make_mut) {
	TAKES(MAKE_MUT, STRONG, R | W), .unlocked = EOPNOTSUPP, .owned = EOPNOTSUPP,
};
FIXTURE_VARIANT_ADD(command, lock) {
	TAKES(LOCK, STRONG, KOWN_RIGHT_LOCK), GUARDS, .owned = EDEADLK,
};
FIXTURE_VARIANT_ADD(command, unlock) {
	TAKES(UNLOCK, STRONG, KOWN_RIGHT_LOCK), GUARDS, .unlocked = ENOLCK,
};
FIXTURE_VARIANT_ADD(command, clear_poison) {
	TAKES(CLEAR_POISON, STRONG, KOWN_RIGHT_LOCK), GUARDS, .unlocked = ENOLCK,
};
FIXTURE_VARIANT_ADD(command, push) { TAKES(PUSH, STRONG, W), CHANGES };
FIXTURE_VARIANT_ADD(command, pop) { TAKES(POP, STRONG, R | W), CHANGES };
FIXTURE_VARIANT_ADD(command, pop_front) { TAKES(POP_FRONT, STRONG, R | W), CHANGES };
FIXTURE_VARIANT_ADD(command, read) { TAKES(READ, STRONG, R), READS };
FIXTURE_VARIANT_ADD(command, insert) { TAKES(INSERT, STRONG, W), CHANGES };
FIXTURE_VARIANT_ADD(command, write) { TAKES(WRITE, STRONG, W), CHANGES };
FIXTURE_VARIANT_ADD(command, fill) { TAKES(FILL, STRONG, W), CHANGES };
FIXTURE_VARIANT_ADD(command, extend_within) { TAKES(EXTEND_WITHIN, STRONG, R | W), CHANGES };
FIXTURE_VARIANT_ADD(command, remove) { TAKES(REMOVE, STRONG, R | W), CHANGES };
FIXTURE_VARIANT_ADD(command, remove_and_discard) {
	TAKES(REMOVE, STRONG, W), CHANGES, .discard = true,
};
FIXTURE_VARIANT_ADD(command, swap_remove) { TAKES(SWAP_REMOVE, STRONG, R | W), CHANGES };
FIXTURE_VARIANT_ADD(command, swap_remove_and_discard) {
	TAKES(SWAP_REMOVE, STRONG, W), CHANGES, .discard = true,
};
FIXTURE_VARIANT_ADD(command, drain) { TAKES(DRAIN, STRONG, R | W), CHANGES };
FIXTURE_VARIANT_ADD(command, drain_and_discard) {
	TAKES(DRAIN, STRONG, W), CHANGES, .discard = true,
};
FIXTURE_VARIANT_ADD(command, splice) { TAKES(SPLICE, STRONG, R | W), CHANGES };
FIXTURE_VARIANT_ADD(command, splice_and_discard) {
	TAKES(SPLICE, STRONG, W), CHANGES, .discard = true,
};
FIXTURE_VARIANT_ADD(command, truncate) { TAKES(TRUNCATE, STRONG, W), CHANGES };
FIXTURE_VARIANT_ADD(command, resize) { TAKES(RESIZE, STRONG, W), CHANGES };
FIXTURE_VARIANT_ADD(command, reserve) { TAKES(RESERVE, STRONG, W), CHANGES };
FIXTURE_VARIANT_ADD(command, shrink) { TAKES(SHRINK, STRONG, W), CHANGES };
FIXTURE_VARIANT_ADD(command, retain) { TAKES(RETAIN, STRONG, W), CHANGES };
FIXTURE_VARIANT_ADD(command, extract) { TAKES(EXTRACT, STRONG, R | W), CHANGES };
FIXTURE_VARIANT_ADD(command, dedup) { TAKES(DEDUP, STRONG, R | W), CHANGES };
FIXTURE_VARIANT_ADD(command, append) {
	TAKES(APPEND, STRONG, W), CHANGES, .other_rights = R | W, .other_shared = EBUSY,
};
FIXTURE_VARIANT_ADD(command, copy_from) {
	TAKES(COPY_FROM, STRONG, W), CHANGES, .other_rights = R,
};
FIXTURE_VARIANT_ADD(command, split_off) { TAKES(SPLIT_OFF, STRONG, R | W), CHANGES };
FIXTURE_VARIANT_ADD(command, clone_data) { TAKES(CLONE_DATA, STRONG, R), READS };

FIXTURE_SETUP(command)
{
	self->variant = variant;
	self->ctx = kown_open();
	self->theirs = kown_open();
	ASSERT_LE(0, self->ctx);
	ASSERT_LE(0, self->theirs);
}

FIXTURE_TEARDOWN(command)
{
	close(self->theirs);
	close(self->ctx);
}

static bool guards(const COMMAND *self)
{
	return self->variant->shared == EOPNOTSUPP;
}

/* Pairs of equal elements, and room to give back. */
static __u32 object_make(struct __test_metadata *_metadata, COMMAND *self, __u32 mode,
			 __u64 seed)
{
	__u64 elems[LEN];
	__u32 handle, i;

	for (i = 0; i < LEN; i++)
		elems[i] = seed + i / 2;
	ASSERT_EQ(0, kown_new_mode(self->ctx, mode, 8, LEN + 8, &handle));
	if (mode == KOWN_MODE_LOCKED)
		ASSERT_EQ(0, kown_lock(self->ctx, handle));
	ASSERT_EQ(0, kown_push(self->ctx, handle, elems, LEN));
	if (mode == KOWN_MODE_LOCKED)
		ASSERT_EQ(0, kown_unlock(self->ctx, handle));
	return handle;
}

static void objects_make(struct __test_metadata *_metadata, COMMAND *self, __u32 mode)
{
	self->handle = object_make(_metadata, self, mode, 1);
	self->other = object_make(_metadata, self, mode, 1 << 20);
	self->looks = self->ctx;
	self->view = self->handle;
}

/* Of a mode, and with the lock held, as the command likes it. */
static void objects_make_for(struct __test_metadata *_metadata, COMMAND *self)
{
	objects_make(_metadata, self, guards(self) ? KOWN_MODE_LOCKED : KOWN_MODE_SHARED);
	if (guards(self) && self->variant->unlocked)
		ASSERT_EQ(0, kown_lock(self->ctx, self->handle));
}

/* Another with some of the rights, of the strength that the command takes. */
static __u32 handle_with(struct __test_metadata *_metadata, COMMAND *self, __u32 rights)
{
	bool strong = self->variant->takes & STRONG;
	__u32 handle;

	ASSERT_EQ(0, kown_another(self->ctx, strong ? KOWN_IOC_CLONE : KOWN_IOC_DOWNGRADE,
				  self->handle, rights, &handle));
	return handle;
}

/* One that the command takes, the first one if it does. */
static __u32 handle_for_it(struct __test_metadata *_metadata, COMMAND *self)
{
	if (self->variant->takes & STRONG)
		return self->handle;
	return handle_with(_metadata, self, KOWN_RIGHTS_SAME);
}

static int call(COMMAND *self, __u32 handle, __u32 other)
{
	union kown_arg a;

	call_make(&a, self->variant->cmd, handle, other, &self->room);
	if (self->variant->discard)
		call_discard(&a);
	return kown_call(self->ctx, self->variant->cmd, &a);
}

/* An object's state as it is, and its elements by way of the lock if it has one. */
struct look {
	struct kown_stat state;
	struct snapshot all;
};

static void look_at(struct __test_metadata *_metadata, int ctx, __u32 handle,
		    struct look *look)
{
	bool locks;

	ASSERT_EQ(0, kown_stat(ctx, handle, &look->state));
	locks = look->state.mode == KOWN_MODE_LOCKED &&
		!(look->state.state & KOWN_STATE_OWNER);
	if (locks)
		ASSERT_EQ(0, kown_try_lock(ctx, handle));
	snapshot_take(_metadata, ctx, handle, &look->all);
	if (locks)
		ASSERT_EQ(0, kown_unlock(ctx, handle));
}

/* At both. */
static void look_round(struct __test_metadata *_metadata, COMMAND *self, struct look *look)
{
	look_at(_metadata, self->looks, self->view, &look[0]);
	look_at(_metadata, self->ctx, self->other, &look[1]);
}

/* If @err is not 0, all is as it was. */
static void comes_to(struct __test_metadata *_metadata, COMMAND *self, int err, __u32 handle,
		     __u32 other, const char *why, unsigned int n)
{
	struct look before[2], after[2];
	int fd = fd_lowest_free();

	if (err)
		look_round(_metadata, self, before);
	ASSERT_EQ(err, call(self, handle, other)) TH_LOG("%s %u", why, n);
	if (!err)
		return;
	look_round(_metadata, self, after);
	ASSERT_EQ(0, memcmp(&before[0], &after[0], sizeof(before[0]))) {
		TH_LOG("%s %u changed the object", why, n);
	}
	ASSERT_EQ(0, memcmp(&before[1], &after[1], sizeof(before[1]))) {
		TH_LOG("%s %u changed the other object", why, n);
	}
	ASSERT_EQ(fd, fd_lowest_free());
}

TEST_F(command, of_a_number_that_names_nothing)
{
	__u32 dead[] = { 0, 1000, 0x7fffffff, 0x80000000, 0xffffffff, 0, 0, 0 };
	unsigned int i;

	objects_make_for(_metadata, self);
	/* One that was dropped, one of another context, and one with a bit more. */
	ASSERT_EQ(0, kown_clone(self->ctx, self->handle, KOWN_RIGHTS_SAME, &dead[5]));
	ASSERT_EQ(0, kown_drop(self->ctx, dead[5]));
	while (dead[6] <= dead[5])
		ASSERT_EQ(0, kown_new(self->theirs, 8, 0, &dead[6]));
	dead[7] = self->handle | 1U << 31;
	for (i = 0; i < ARRAY_SIZE(dead); i++) {
		comes_to(_metadata, self, ENOENT, dead[i], self->other, "number", dead[i]);
		if (variant->other_rights)
			comes_to(_metadata, self, ENOENT, self->handle, dead[i],
				 "the other's number", dead[i]);
	}
}

TEST_F(command, of_a_weak_and_of_a_strong_handle)
{
	__u32 weak, other;

	objects_make_for(_metadata, self);
	ASSERT_EQ(0, kown_downgrade(self->ctx, self->handle, KOWN_RIGHTS_SAME, &weak));
	ASSERT_EQ(0, kown_downgrade(self->ctx, self->other, KOWN_RIGHTS_SAME, &other));
	if (variant->other_rights)
		comes_to(_metadata, self, EINVAL, self->handle, other, "the other", weak);
	comes_to(_metadata, self, variant->takes & WEAK ? 0 : EINVAL, weak, self->other,
		 "weak", weak);
	comes_to(_metadata, self, variant->takes & STRONG ? 0 : EINVAL, self->handle,
		 self->other, "strong", self->handle);
}

/* And that what it needs is enough. */
TEST_F(command, with_each_set_of_rights)
{
	__u32 rights, handle, other;
	int err;

	for (rights = 0; rights <= ALL_RIGHTS; rights++) {
		objects_make_for(_metadata, self);
		handle = handle_with(_metadata, self, rights);
		err = variant->rights & ~rights ? EACCES : 0;
		/* TAKE would rather be alone. */
		if (!err && variant->cmd == KOWN_IOC_TAKE)
			ASSERT_EQ(0, kown_drop(self->ctx, self->handle));
		comes_to(_metadata, self, err, handle, self->other, "rights", rights);
		if (!variant->other_rights)
			continue;
		objects_make_for(_metadata, self);
		ASSERT_EQ(0, kown_clone(self->ctx, self->other, rights, &other));
		err = variant->other_rights & ~rights ? EACCES : 0;
		comes_to(_metadata, self, err, self->handle, other, "the other's rights",
			 rights);
	}
}

/* The ways to have one more reference to an object. */
enum another { A_CLONE, A_WEAK, A_DESCRIPTOR, A_HANDLE_OF_THEIRS, WAYS_TO_REFER };

static void another_make(struct __test_metadata *_metadata, COMMAND *self,
			 enum another another, __u32 handle, __u32 *made)
{
	int fd;

	if (another == A_CLONE) {
		ASSERT_EQ(0, kown_clone(self->ctx, handle, KOWN_RIGHTS_SAME, made));
		return;
	}
	if (another == A_WEAK) {
		ASSERT_EQ(0, kown_downgrade(self->ctx, handle, KOWN_RIGHTS_SAME, made));
		return;
	}
	ASSERT_EQ(0, kown_export(self->ctx, handle, KOWN_RIGHTS_SAME, &fd));
	*made = fd;
	if (another == A_DESCRIPTOR)
		return;
	ASSERT_EQ(0, kown_import(self->theirs, fd, KOWN_RIGHTS_SAME, made));
	close(fd);
}

static void another_drop(struct __test_metadata *_metadata, COMMAND *self,
			 enum another another, __u32 made)
{
	int ctx = another == A_HANDLE_OF_THEIRS ? self->theirs : self->ctx;

	ASSERT_EQ(0, another == A_DESCRIPTOR ? close(made) : kown_drop(ctx, made));
}

TEST_F(command, of_an_exclusive_object_with_another_reference)
{
	enum another another;
	__u32 handle, made;
	int err;

	for (another = 0; another < WAYS_TO_REFER; another++) {
		objects_make(_metadata, self, KOWN_MODE_EXCLUSIVE);
		handle = handle_for_it(_metadata, self);
		another_make(_metadata, self, another, self->handle, &made);
		err = variant->shared;
		/* Weak ones do not hinder it, they die. */
		if (variant->cmd == KOWN_IOC_TAKE && another == A_WEAK)
			err = 0;
		comes_to(_metadata, self, err, handle, self->other, "reference", another);
		another_drop(_metadata, self, another, made);
		if (err == EBUSY)
			comes_to(_metadata, self, 0, handle, self->other, "alone", another);
		if (!variant->other_rights)
			continue;
		objects_make(_metadata, self, KOWN_MODE_EXCLUSIVE);
		another_make(_metadata, self, another, self->other, &made);
		comes_to(_metadata, self, variant->other_shared, self->handle, self->other,
			 "reference to the other", another);
		another_drop(_metadata, self, another, made);
		comes_to(_metadata, self, 0, self->handle, self->other, "both alone", another);
	}
}

TEST_F(command, of_a_locked_object_whose_lock_is_free)
{
	objects_make(_metadata, self, KOWN_MODE_LOCKED);
	comes_to(_metadata, self, variant->unlocked, handle_for_it(_metadata, self),
		 self->other, "free", 0);
	if (!variant->other_rights)
		return;
	/* Nor is one of the two locks enough. */
	ASSERT_EQ(0, kown_lock(self->ctx, self->other));
	comes_to(_metadata, self, ENOLCK, self->handle, self->other, "free", 1);
	ASSERT_EQ(0, kown_unlock(self->ctx, self->other));
	ASSERT_EQ(0, kown_lock(self->ctx, self->handle));
	comes_to(_metadata, self, ENOLCK, self->handle, self->other, "free", 2);
}

TEST_F(command, of_a_locked_object_whose_lock_others_have)
{
	int err = variant->unlocked;

	objects_make(_metadata, self, KOWN_MODE_LOCKED);
	another_make(_metadata, self, A_HANDLE_OF_THEIRS, self->handle, &self->view);
	self->looks = self->theirs;
	ASSERT_EQ(0, kown_lock(self->theirs, self->view));
	ASSERT_EQ(0, kown_lock(self->ctx, self->other));
	if (variant->cmd == KOWN_IOC_LOCK)
		err = ETIMEDOUT;
	/* Not for the lock's sake, but theirs is another strong reference. */
	if (variant->cmd == KOWN_IOC_TAKE)
		err = EBUSY;
	comes_to(_metadata, self, err, handle_for_it(_metadata, self), self->other, "theirs", 0);
}

TEST_F(command, of_a_locked_object_whose_lock_the_caller_has)
{
	objects_make(_metadata, self, KOWN_MODE_LOCKED);
	ASSERT_EQ(0, kown_lock(self->ctx, self->handle));
	ASSERT_EQ(0, kown_lock(self->ctx, self->other));
	comes_to(_metadata, self, variant->owned, handle_for_it(_metadata, self), self->other,
		 "ours", 0);
}

/* Where one struct serves several commands, what this one has no use for must be 0. */
#define UNUSED	FIXTURE_DATA(unused)

FIXTURE(unused) {
	int ctx;
	__u32 handle, other, weak;
	struct call_room room;
};

FIXTURE_VARIANT(unused) {
	unsigned int cmd;
	bool discard;
	__u32 field;
};

#define UNUSED_IN(_name, _type, _field)					\
	.cmd = KOWN_IOC_##_name, .field = offsetof(struct kown_##_type, _field)

FIXTURE_VARIANT_ADD(unused, remove_and_discard) {
	UNUSED_IN(REMOVE, range, data), .discard = true,
};
FIXTURE_VARIANT_ADD(unused, swap_remove_and_discard) {
	UNUSED_IN(SWAP_REMOVE, range, data), .discard = true,
};
FIXTURE_VARIANT_ADD(unused, drain_and_discard) {
	UNUSED_IN(DRAIN, drain, data), .discard = true,
};
FIXTURE_VARIANT_ADD(unused, splice_and_discard) {
	UNUSED_IN(SPLICE, splice, removed), .discard = true,
};
FIXTURE_VARIANT_ADD(unused, extend_within) { UNUSED_IN(EXTEND_WITHIN, range, data) };
FIXTURE_VARIANT_ADD(unused, truncate) { UNUSED_IN(TRUNCATE, resize, data) };
FIXTURE_VARIANT_ADD(unused, retain) { UNUSED_IN(RETAIN, mask, data) };
FIXTURE_VARIANT_ADD(unused, append_start) { UNUSED_IN(APPEND, append, start) };
FIXTURE_VARIANT_ADD(unused, append_count) { UNUSED_IN(APPEND, append, count) };
FIXTURE_VARIANT_ADD(unused, new_of_one) { UNUSED_IN(NEW, new, handles) };
FIXTURE_VARIANT_ADD(unused, clone_of_one) { UNUSED_IN(CLONE, clone, handles) };
FIXTURE_VARIANT_ADD(unused, downgrade_of_one) { UNUSED_IN(DOWNGRADE, clone, handles) };
FIXTURE_VARIANT_ADD(unused, upgrade_of_one) { UNUSED_IN(UPGRADE, clone, handles) };
FIXTURE_VARIANT_ADD(unused, clone_data) { UNUSED_IN(CLONE_DATA, clone, handles) };

FIXTURE_SETUP(unused)
{
	__u64 elems[LEN] = { 0 };

	self->ctx = kown_open();
	ASSERT_LE(0, self->ctx);
	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &self->handle));
	ASSERT_EQ(0, kown_push(self->ctx, self->handle, elems, LEN));
	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &self->other));
	ASSERT_EQ(0, kown_push(self->ctx, self->other, elems, 2));
	ASSERT_EQ(0, kown_downgrade(self->ctx, self->handle, KOWN_RIGHTS_SAME, &self->weak));
}

FIXTURE_TEARDOWN(unused)
{
	close(self->ctx);
}

static void unused_make(UNUSED *self, const struct _fixture_variant_unused *variant,
			union kown_arg *a)
{
	__u32 handle = variant->cmd == KOWN_IOC_UPGRADE ? self->weak : self->handle;

	call_make(a, variant->cmd, handle, self->other, &self->room);
	if (variant->discard)
		call_discard(a);
}

TEST_F(unused, field_with_any_bit_set)
{
	struct snapshot handle, other;
	union kown_arg a;
	int bit;

	snapshot_take(_metadata, self->ctx, self->handle, &handle);
	snapshot_take(_metadata, self->ctx, self->other, &other);
	for (bit = 0; bit < 64; bit++) {
		unused_make(self, variant, &a);
		a.byte[variant->field + bit / 8] = 1 << (bit % 8);
		ASSERT_EQ(EOPNOTSUPP, kown_call(self->ctx, variant->cmd, &a)) {
			TH_LOG("bit %d", bit);
		}
		/* Whatever the handle is: the struct comes first. Of NEW that is the mode. */
		a.word[2] = KOWN_MODE_SHARED + 0x10000 * (variant->cmd != KOWN_IOC_NEW);
		ASSERT_EQ(EOPNOTSUPP, kown_call(self->ctx, variant->cmd, &a)) {
			TH_LOG("bit %d, no handle", bit);
		}
		snapshot_same(_metadata, self->ctx, self->handle, &handle, "bit", bit);
		snapshot_same(_metadata, self->ctx, self->other, &other, "bit", bit);
	}
	unused_make(self, variant, &a);
	ASSERT_EQ(0, kown_call(self->ctx, variant->cmd, &a));
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
