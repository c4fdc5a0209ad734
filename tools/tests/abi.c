// SPDX-License-Identifier: GPL-2.0
/*
 * The contract that every command keeps: sizes, flags, reserved fields, struct
 * pointers. Each test runs once for each command, from a call that would
 * succeed with one thing wrong.
 */
#include "kown_test.h"
#include "layout.h"
#include "snapshot.h"

#define LEN	512		/* elements in the object; POP takes some */

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
	__u64 elem;
	unsigned char bits[8];
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

FIXTURE_VARIANT_ADD(abi, info) {
	.cmd = KOWN_IOC_INFO,
	.size = sizeof(struct kown_info),
	.min = offsetofend(struct kown_info, all_bytes),
	.out_end = sizeof(struct kown_info),
	.whole = true,
};

FIXTURE_VARIANT_ADD(abi, new) {
	.cmd = KOWN_IOC_NEW,
	.size = sizeof(struct kown_new),
	.reserved = offsetof(struct kown_new, __reserved),
	.out_end = sizeof(struct kown_new),
	.whole = true,
};

FIXTURE_VARIANT_ADD(abi, clone) {
	.cmd = KOWN_IOC_CLONE,
	.size = sizeof(struct kown_clone),
	.reserved = offsetof(struct kown_clone, __reserved),
	.out_end = sizeof(struct kown_clone),
	.whole = true,
};

FIXTURE_VARIANT_ADD(abi, drop) {
	.cmd = KOWN_IOC_DROP,
	.size = sizeof(struct kown_drop),
	.out_end = offsetofend(struct kown_drop, done),
};

FIXTURE_VARIANT_ADD(abi, stat) {
	.cmd = KOWN_IOC_STAT,
	.size = sizeof(struct kown_stat),
	.min = offsetofend(struct kown_stat, cap),
	.out_end = sizeof(struct kown_stat),
	.whole = true,
};

FIXTURE_VARIANT_ADD(abi, push) {
	.cmd = KOWN_IOC_PUSH,
	.size = sizeof(struct kown_push),
	.reserved = offsetof(struct kown_push, __reserved),
	.out_end = offsetofend(struct kown_push, index),
};

FIXTURE_VARIANT_ADD(abi, pop) {
	.cmd = KOWN_IOC_POP,
	.size = sizeof(struct kown_pop),
	.reserved = offsetof(struct kown_pop, __reserved),
	.out_end = offsetofend(struct kown_pop, taken),
};

FIXTURE_VARIANT_ADD(abi, read) {
	.cmd = KOWN_IOC_READ,
	.size = sizeof(struct kown_read),
	.reserved = offsetof(struct kown_read, __reserved),
};

FIXTURE_VARIANT_ADD(abi, export) {
	.cmd = KOWN_IOC_EXPORT,
	.size = sizeof(struct kown_export),
	.reserved = offsetof(struct kown_export, __reserved),
	.out_end = sizeof(struct kown_export),
	.whole = true,
};

FIXTURE_VARIANT_ADD(abi, import) {
	.cmd = KOWN_IOC_IMPORT,
	.size = sizeof(struct kown_import),
	.reserved = offsetof(struct kown_import, __reserved),
	.out_end = sizeof(struct kown_import),
	.whole = true,
};

FIXTURE_VARIANT_ADD(abi, downgrade) {
	.cmd = KOWN_IOC_DOWNGRADE,
	.size = sizeof(struct kown_clone),
	.reserved = offsetof(struct kown_clone, __reserved),
	.out_end = sizeof(struct kown_clone),
	.whole = true,
};

FIXTURE_VARIANT_ADD(abi, upgrade) {
	.cmd = KOWN_IOC_UPGRADE,
	.size = sizeof(struct kown_clone),
	.reserved = offsetof(struct kown_clone, __reserved),
	.out_end = sizeof(struct kown_clone),
	.whole = true,
};

FIXTURE_VARIANT_ADD(abi, into_inner) {
	.cmd = KOWN_IOC_INTO_INNER,
	.size = sizeof(struct kown_own),
	.out_end = sizeof(struct kown_own),
};

FIXTURE_VARIANT_ADD(abi, take) {
	.cmd = KOWN_IOC_TAKE,
	.size = sizeof(struct kown_own),
	.out_end = sizeof(struct kown_own),
};

FIXTURE_VARIANT_ADD(abi, make_mut) {
	.cmd = KOWN_IOC_MAKE_MUT,
	.size = sizeof(struct kown_own),
	.out_end = sizeof(struct kown_own),
};

FIXTURE_VARIANT_ADD(abi, lock) {
	.cmd = KOWN_IOC_LOCK,
	.size = sizeof(struct kown_lock),
	.flags = KOWN_LOCK_TRY,
	.reserved = offsetof(struct kown_lock, __reserved),
};

FIXTURE_VARIANT_ADD(abi, unlock) {
	.cmd = KOWN_IOC_UNLOCK,
	.size = sizeof(struct kown_unlock),
	.reserved = offsetof(struct kown_unlock, __reserved),
};

FIXTURE_VARIANT_ADD(abi, clear_poison) {
	.cmd = KOWN_IOC_CLEAR_POISON,
	.size = sizeof(struct kown_unlock),
	.reserved = offsetof(struct kown_unlock, __reserved),
};

FIXTURE_VARIANT_ADD(abi, pop_front) {
	.cmd = KOWN_IOC_POP_FRONT,
	.size = sizeof(struct kown_pop),
	.reserved = offsetof(struct kown_pop, __reserved),
	.out_end = offsetofend(struct kown_pop, taken),
};

FIXTURE_VARIANT_ADD(abi, insert) {
	.cmd = KOWN_IOC_INSERT,
	.size = sizeof(struct kown_range),
	.reserved = offsetof(struct kown_range, __reserved),
};

FIXTURE_VARIANT_ADD(abi, write) {
	.cmd = KOWN_IOC_WRITE,
	.size = sizeof(struct kown_range),
	.reserved = offsetof(struct kown_range, __reserved),
};

FIXTURE_VARIANT_ADD(abi, fill) {
	.cmd = KOWN_IOC_FILL,
	.size = sizeof(struct kown_range),
	.reserved = offsetof(struct kown_range, __reserved),
};

FIXTURE_VARIANT_ADD(abi, extend_within) {
	.cmd = KOWN_IOC_EXTEND_WITHIN,
	.size = sizeof(struct kown_range),
	.reserved = offsetof(struct kown_range, __reserved),
};

FIXTURE_VARIANT_ADD(abi, remove) {
	.cmd = KOWN_IOC_REMOVE,
	.size = sizeof(struct kown_range),
	.flags = KOWN_DISCARD,
	.reserved = offsetof(struct kown_range, __reserved),
};

FIXTURE_VARIANT_ADD(abi, swap_remove) {
	.cmd = KOWN_IOC_SWAP_REMOVE,
	.size = sizeof(struct kown_range),
	.flags = KOWN_DISCARD,
	.reserved = offsetof(struct kown_range, __reserved),
};

FIXTURE_VARIANT_ADD(abi, drain) {
	.cmd = KOWN_IOC_DRAIN,
	.size = sizeof(struct kown_drain),
	.flags = KOWN_DISCARD,
	.reserved = offsetof(struct kown_drain, __reserved),
	.out_end = offsetofend(struct kown_drain, taken),
};

FIXTURE_VARIANT_ADD(abi, splice) {
	.cmd = KOWN_IOC_SPLICE,
	.size = sizeof(struct kown_splice),
	.flags = KOWN_DISCARD,
	.reserved = offsetof(struct kown_splice, __reserved),
};

FIXTURE_VARIANT_ADD(abi, truncate) {
	.cmd = KOWN_IOC_TRUNCATE,
	.size = sizeof(struct kown_resize),
	.reserved = offsetof(struct kown_resize, __reserved),
};

FIXTURE_VARIANT_ADD(abi, resize) {
	.cmd = KOWN_IOC_RESIZE,
	.size = sizeof(struct kown_resize),
	.reserved = offsetof(struct kown_resize, __reserved),
};

FIXTURE_VARIANT_ADD(abi, reserve) {
	.cmd = KOWN_IOC_RESERVE,
	.size = sizeof(struct kown_reserve),
	.flags = KOWN_RESERVE_EXACT,
	.reserved = offsetof(struct kown_reserve, __reserved),
	.out_end = offsetofend(struct kown_reserve, cap),
};

FIXTURE_VARIANT_ADD(abi, shrink) {
	.cmd = KOWN_IOC_SHRINK,
	.size = sizeof(struct kown_reserve),
	.reserved = offsetof(struct kown_reserve, __reserved),
	.out_end = offsetofend(struct kown_reserve, cap),
};

FIXTURE_VARIANT_ADD(abi, retain) {
	.cmd = KOWN_IOC_RETAIN,
	.size = sizeof(struct kown_mask),
	.reserved = offsetof(struct kown_mask, __reserved),
	.out_end = offsetofend(struct kown_mask, taken),
};

FIXTURE_VARIANT_ADD(abi, extract) {
	.cmd = KOWN_IOC_EXTRACT,
	.size = sizeof(struct kown_mask),
	.reserved = offsetof(struct kown_mask, __reserved),
	.out_end = offsetofend(struct kown_mask, taken),
};

FIXTURE_VARIANT_ADD(abi, dedup) {
	.cmd = KOWN_IOC_DEDUP,
	.size = sizeof(struct kown_dedup),
	.reserved = offsetof(struct kown_dedup, __reserved),
	.out_end = offsetofend(struct kown_dedup, taken),
};

FIXTURE_VARIANT_ADD(abi, append) {
	.cmd = KOWN_IOC_APPEND,
	.size = sizeof(struct kown_append),
	.out_end = offsetofend(struct kown_append, index),
};

FIXTURE_VARIANT_ADD(abi, copy_from) {
	.cmd = KOWN_IOC_COPY_FROM,
	.size = sizeof(struct kown_append),
	.out_end = offsetofend(struct kown_append, index),
};

FIXTURE_VARIANT_ADD(abi, split_off) {
	.cmd = KOWN_IOC_SPLIT_OFF,
	.size = sizeof(struct kown_split_off),
	.out_end = sizeof(struct kown_split_off),
};

FIXTURE_VARIANT_ADD(abi, clone_data) {
	.cmd = KOWN_IOC_CLONE_DATA,
	.size = sizeof(struct kown_clone),
	.reserved = offsetof(struct kown_clone, __reserved),
	.out_end = sizeof(struct kown_clone),
	.whole = true,
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

/* A call that would succeed; outputs and pads are a pattern. */
static void valid(ABI *self, const ABI_VARIANT *variant, void *arg)
{
	union kown_arg *a = arg;
	struct kown_stat stat;

	if (kown_stat(self->ctx, self->spare, &stat))
		kown_clone(self->ctx, self->handle, KOWN_RIGHTS_SAME, &self->spare);
	kown_blank(a, variant->size);
	if (variant->reserved)
		memset(&a->byte[variant->reserved], 0, 4);

	switch (variant->cmd) {
	case KOWN_IOC_INFO:
		break;
	case KOWN_IOC_NEW:
		a->new.mode = KOWN_MODE_SHARED;
		a->new.elem_size = 8;
		a->new.cap = 1;
		break;
	case KOWN_IOC_CLONE:
		a->clone.handle = self->handle;
		a->clone.rights = KOWN_RIGHTS_SAME;
		break;
	case KOWN_IOC_DROP:
		a->drop.handles = ptr_to_u64(&self->spare);
		a->drop.count = 1;
		break;
	case KOWN_IOC_STAT:
		a->stat.handle = self->handle;
		break;
	case KOWN_IOC_PUSH:
		a->push.handle = self->handle;
		a->push.data = ptr_to_u64(&self->elem);
		a->push.count = 1;
		break;
	case KOWN_IOC_POP:
		a->pop.handle = self->handle;
		a->pop.data = ptr_to_u64(&self->elem);
		a->pop.count = 1;
		break;
	case KOWN_IOC_READ:
		a->read.handle = self->handle;
		a->read.data = ptr_to_u64(&self->elem);
		a->read.start = 1;
		a->read.count = 1;
		break;
	case KOWN_IOC_EXPORT:
		a->export.handle = self->handle;
		a->export.rights = KOWN_RIGHTS_SAME;
		break;
	case KOWN_IOC_IMPORT:
		a->import.fd = self->fd;
		a->import.rights = KOWN_RIGHTS_SAME;
		break;
	case KOWN_IOC_DOWNGRADE:
		a->clone.handle = self->handle;
		a->clone.rights = KOWN_RIGHTS_SAME;
		break;
	case KOWN_IOC_UPGRADE:
		a->clone.handle = self->weak;
		a->clone.rights = KOWN_RIGHTS_SAME;
		break;
	case KOWN_IOC_INTO_INNER:
		a->own.handle = self->spare;
		break;
	case KOWN_IOC_TAKE:
		a->own.handle = self->locked;
		break;
	case KOWN_IOC_MAKE_MUT:
		kown_drop(self->ctx, self->spare);
		kown_clone(self->ctx, self->handle, KOWN_RIGHTS_SAME, &self->spare);
		a->own.handle = self->spare;
		break;
	case KOWN_IOC_LOCK:
		kown_unlock(self->ctx, self->locked);
		a->lock.handle = self->locked;
		a->lock.deadline = 0;
		break;
	case KOWN_IOC_POP_FRONT:
		a->pop.handle = self->handle;
		a->pop.data = ptr_to_u64(&self->elem);
		a->pop.count = 1;
		break;
	case KOWN_IOC_INSERT:
	case KOWN_IOC_REMOVE:
	case KOWN_IOC_SWAP_REMOVE:
	case KOWN_IOC_WRITE:
	case KOWN_IOC_FILL:
		a->range.handle = self->handle;
		a->range.data = ptr_to_u64(&self->elem);
		a->range.start = 1;
		a->range.count = 1;
		break;
	case KOWN_IOC_EXTEND_WITHIN:
		a->range.handle = self->handle;
		a->range.data = 0;
		a->range.start = 1;
		a->range.count = 1;
		break;
	case KOWN_IOC_DRAIN:
		a->drain.handle = self->handle;
		a->drain.data = ptr_to_u64(&self->elem);
		a->drain.start = 1;
		a->drain.count = 1;
		break;
	case KOWN_IOC_SPLICE:
		a->splice.handle = self->handle;
		a->splice.removed = ptr_to_u64(&self->elem);
		a->splice.data = ptr_to_u64(&self->elem);
		a->splice.start = 1;
		a->splice.count = 1;
		a->splice.insert = 1;
		break;
	case KOWN_IOC_TRUNCATE:
		a->resize.handle = self->handle;
		a->resize.len = LEN;
		a->resize.data = 0;
		break;
	case KOWN_IOC_RESIZE:
		a->resize.handle = self->handle;
		a->resize.len = LEN;
		a->resize.data = ptr_to_u64(&self->elem);
		break;
	case KOWN_IOC_RESERVE:
	case KOWN_IOC_SHRINK:
		a->reserve.handle = self->handle;
		a->reserve.count = variant->cmd == KOWN_IOC_RESERVE ? 1 : 2 * LEN;
		break;
	case KOWN_IOC_RETAIN:
	case KOWN_IOC_EXTRACT:
		memset(self->bits, variant->cmd == KOWN_IOC_RETAIN ? 0xff : 0,
		       sizeof(self->bits));
		a->mask.handle = self->handle;
		a->mask.start = 1;
		a->mask.count = 8;
		a->mask.mask = ptr_to_u64(self->bits);
		a->mask.data = variant->cmd == KOWN_IOC_RETAIN ? 0 :
			       ptr_to_u64(&self->elem);
		break;
	case KOWN_IOC_DEDUP:
		a->dedup.handle = self->single;
		break;
	case KOWN_IOC_APPEND:
		a->append.handle = self->handle;
		a->append.other = self->single;
		a->append.start = 0;
		a->append.count = 0;
		break;
	case KOWN_IOC_COPY_FROM:
		a->append.handle = self->single;
		a->append.other = self->handle;
		a->append.start = 1;
		a->append.count = 1;
		break;
	case KOWN_IOC_SPLIT_OFF:
		a->split_off.handle = self->single;
		a->split_off.start = 0;
		break;
	case KOWN_IOC_CLONE_DATA:
		a->clone.handle = self->single;
		a->clone.rights = KOWN_RIGHTS_SAME;
		break;
	case KOWN_IOC_UNLOCK:
	case KOWN_IOC_CLEAR_POISON:
		kown_try_lock(self->ctx, self->locked);
		a->unlock.handle = self->locked;
		break;
	}
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

TEST_F(abi, size_below_the_struct)
{
	union kown_arg a;
	__u32 size;

	for (size = 0; size < (variant->min ?: variant->size); size++) {
		valid(self, variant, &a);
		a.word[0] = size;
		refused(_metadata, self, variant, EINVAL, &a, "size", size);
	}
}

/* A program built when the struct was shorter. */
TEST_F(abi, size_of_an_older_struct)
{
	union kown_arg a;
	__u32 size;

	for (size = variant->min ?: variant->size; size < variant->size; size++) {
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

TEST_F(abi, flags_with_any_bit_set)
{
	union kown_arg a;
	int bit;

	for (bit = 0; bit < 32; bit++) {
		if (variant->flags & 1U << bit)
			continue;
		valid(self, variant, &a);
		a.word[1] = 1U << bit;
		refused(_metadata, self, variant, EOPNOTSUPP, &a, "bit", bit);
	}
}

TEST_F(abi, reserved_field_with_any_bit_set)
{
	union kown_arg a;
	int bit;

	if (!variant->reserved)
		return;
	for (bit = 0; bit < 32; bit++) {
		valid(self, variant, &a);
		a.byte[variant->reserved + bit / 8] = 1 << (bit % 8);
		refused(_metadata, self, variant, EOPNOTSUPP, &a, "bit", bit);
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
