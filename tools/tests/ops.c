// SPDX-License-Identifier: GPL-2.0
/*
 * The operations of a vector: each refusal by itself; and all there is to do with objects,
 * handles, descriptors and locks at random, against a model that is compared after every
 * step. $STEPS says how many, $SEED repeats a walk.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "kown_test.h"
#include "ops_steps.h"
#include "snapshot.h"

static const __u64 five[5] = { 10, 11, 12, 13, 14 };

FIXTURE(ops) {
	int ctx;
	__u32 handle;			/* five u64 */
};

FIXTURE_SETUP(ops)
{
	self->ctx = kown_open();
	ASSERT_LE(0, self->ctx);
	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &self->handle));
	ASSERT_EQ(0, kown_push(self->ctx, self->handle, five, 5));
}

FIXTURE_TEARDOWN(ops)
{
	close(self->ctx);
}

static bool holds(int ctx, __u32 handle, const __u64 *elems, __u64 n)
{
	__u64 have[64];
	struct kown_stat stat;

	if (kown_stat(ctx, handle, &stat) || stat.len != n)
		return false;
	return !kown_read(ctx, handle, 0, n, have) && !memcmp(have, elems, n * 8);
}

#define HOLDS(...)							\
	({								\
		const __u64 elems[] = { __VA_ARGS__ };			\
									\
		EXPECT_TRUE(holds(self->ctx, self->handle, elems,	\
				  sizeof(elems) / 8));			\
	})

TEST_F(ops, pop_front_takes_from_the_front)
{
	__u64 out[8] = { 0 }, taken;

	ASSERT_EQ(0, kown_pop_front(self->ctx, self->handle, out, 2, &taken));
	EXPECT_EQ(2, taken);
	EXPECT_EQ(10, out[0]);
	EXPECT_EQ(11, out[1]);
	HOLDS(12, 13, 14);
	ASSERT_EQ(0, kown_pop_front(self->ctx, self->handle, out, ~0ULL, &taken));
	EXPECT_EQ(3, taken);
	EXPECT_EQ(14, out[2]);
	ASSERT_EQ(0, kown_pop_front(self->ctx, self->handle, out, 1, &taken));
	EXPECT_EQ(0, taken);
}

TEST_F(ops, insert_at_each_index)
{
	const __u64 two[2] = { 1, 2 };

	ASSERT_EQ(0, kown_range(self->ctx, KOWN_IOC_INSERT, 0, self->handle, 0, 1, two));
	HOLDS(1, 10, 11, 12, 13, 14);
	ASSERT_EQ(0, kown_range(self->ctx, KOWN_IOC_INSERT, 0, self->handle, 6, 2, two));
	HOLDS(1, 10, 11, 12, 13, 14, 1, 2);
	ASSERT_EQ(0, kown_range(self->ctx, KOWN_IOC_INSERT, 0, self->handle, 3, 2, two));
	HOLDS(1, 10, 11, 1, 2, 12, 13, 14, 1, 2);
	EXPECT_EQ(ERANGE, kown_range(self->ctx, KOWN_IOC_INSERT, 0, self->handle, 11, 1,
				     two));
	EXPECT_EQ(ERANGE, kown_range(self->ctx, KOWN_IOC_INSERT, 0, self->handle, ~0ULL, 0,
				     two));
}

TEST_F(ops, remove_and_swap_remove_of_a_range)
{
	__u64 out[4] = { 0 };

	ASSERT_EQ(0, kown_range(self->ctx, KOWN_IOC_REMOVE, 0, self->handle, 1, 2, out));
	EXPECT_EQ(11, out[0]);
	EXPECT_EQ(12, out[1]);
	HOLDS(10, 13, 14);
	ASSERT_EQ(0, kown_range(self->ctx, KOWN_IOC_SWAP_REMOVE, 0, self->handle, 0, 1, out));
	EXPECT_EQ(10, out[0]);
	HOLDS(14, 13);
	ASSERT_EQ(0, kown_range(self->ctx, KOWN_IOC_SWAP_REMOVE, 0, self->handle, 1, 1, out));
	EXPECT_EQ(13, out[0]);
	HOLDS(14);
	ASSERT_EQ(0, kown_range(self->ctx, KOWN_IOC_REMOVE, KOWN_DISCARD, self->handle, 0, 1,
				NULL));
	EXPECT_EQ(ERANGE, kown_range(self->ctx, KOWN_IOC_REMOVE, 0, self->handle, 0, 1, out));
	EXPECT_EQ(ERANGE, kown_range(self->ctx, KOWN_IOC_SWAP_REMOVE, 0, self->handle, 0, 1,
				     out));
}

/* [ 10 | 11 12 | 13 14 ]: of a gap of two the last two fill it, in their order. */
TEST_F(ops, swap_remove_of_several_fills_with_the_last)
{
	__u64 out[2];
	const __u64 more[2] = { 15, 16 };

	ASSERT_EQ(0, kown_push(self->ctx, self->handle, more, 2));
	ASSERT_EQ(0, kown_range(self->ctx, KOWN_IOC_SWAP_REMOVE, 0, self->handle, 1, 2, out));
	EXPECT_EQ(12, out[1]);
	HOLDS(10, 15, 16, 13, 14);
	/* Fewer are behind it than it is wide. */
	ASSERT_EQ(0, kown_range(self->ctx, KOWN_IOC_SWAP_REMOVE, 0, self->handle, 2, 2, out));
	HOLDS(10, 15, 14);
}

TEST_F(ops, drain_ends_where_the_elements_do)
{
	__u64 out[5] = { 0 }, taken;

	ASSERT_EQ(0, kown_drain(self->ctx, 0, self->handle, 3, ~0ULL, out, &taken));
	EXPECT_EQ(2, taken);
	EXPECT_EQ(14, out[1]);
	HOLDS(10, 11, 12);
	ASSERT_EQ(0, kown_drain(self->ctx, KOWN_DISCARD, self->handle, 1, 1, NULL, &taken));
	EXPECT_EQ(1, taken);
	HOLDS(10, 12);
	ASSERT_EQ(0, kown_drain(self->ctx, 0, self->handle, 2, 1, out, &taken));
	EXPECT_EQ(0, taken);
	EXPECT_EQ(ERANGE, kown_drain(self->ctx, 0, self->handle, 3, 1, out, &taken));
}

TEST_F(ops, splice_by_fewer_as_many_and_more)
{
	const __u64 in[4] = { 1, 2, 3, 4 };
	__u64 out[3] = { 0 };

	ASSERT_EQ(0, kown_splice(self->ctx, 0, self->handle, 1, 2, out, in, 1));
	EXPECT_EQ(11, out[0]);
	EXPECT_EQ(12, out[1]);
	HOLDS(10, 1, 13, 14);
	ASSERT_EQ(0, kown_splice(self->ctx, 0, self->handle, 2, 2, out, in, 2));
	HOLDS(10, 1, 1, 2);
	ASSERT_EQ(0, kown_splice(self->ctx, KOWN_DISCARD, self->handle, 0, 1, NULL, in, 4));
	HOLDS(1, 2, 3, 4, 1, 1, 2);
	EXPECT_EQ(ERANGE, kown_splice(self->ctx, 0, self->handle, 6, 2, out, in, 4));
	EXPECT_EQ(EOPNOTSUPP, kown_splice(self->ctx, KOWN_DISCARD, self->handle, 0, 1, out,
					  in, 4));
}

TEST_F(ops, write_fill_truncate_and_resize)
{
	const __u64 two[2] = { 1, 2 };

	ASSERT_EQ(0, kown_range(self->ctx, KOWN_IOC_WRITE, 0, self->handle, 3, 2, two));
	HOLDS(10, 11, 12, 1, 2);
	EXPECT_EQ(ERANGE, kown_range(self->ctx, KOWN_IOC_WRITE, 0, self->handle, 4, 2, two));
	ASSERT_EQ(0, kown_range(self->ctx, KOWN_IOC_FILL, 0, self->handle, 1, 3, two));
	HOLDS(10, 1, 1, 1, 2);
	EXPECT_EQ(ERANGE, kown_range(self->ctx, KOWN_IOC_FILL, 0, self->handle, 5, 1, two));
	ASSERT_EQ(0, kown_resize(self->ctx, KOWN_IOC_TRUNCATE, self->handle, 2, NULL));
	HOLDS(10, 1);
	ASSERT_EQ(0, kown_resize(self->ctx, KOWN_IOC_TRUNCATE, self->handle, ~0ULL, NULL));
	ASSERT_EQ(0, kown_resize(self->ctx, KOWN_IOC_RESIZE, self->handle, 4, two + 1));
	HOLDS(10, 1, 2, 2);
	ASSERT_EQ(0, kown_resize(self->ctx, KOWN_IOC_RESIZE, self->handle, 1, two));
	HOLDS(10);
	EXPECT_EQ(EOPNOTSUPP, kown_resize(self->ctx, KOWN_IOC_TRUNCATE, self->handle, 0, two));
	EXPECT_EQ(EFAULT, kown_resize(self->ctx, KOWN_IOC_RESIZE, self->handle, 3, NULL));
	HOLDS(10);
}

TEST_F(ops, reserve_and_shrink)
{
	struct kown_info info;
	__u64 cap;

	ASSERT_EQ(0, kown_reserve(self->ctx, KOWN_IOC_RESERVE, KOWN_RESERVE_EXACT,
				  self->handle, 7, &cap));
	EXPECT_EQ(12, cap);
	ASSERT_EQ(0, kown_reserve(self->ctx, KOWN_IOC_RESERVE, 0, self->handle, 8, &cap));
	EXPECT_EQ(24, cap);
	ASSERT_EQ(0, kown_reserve(self->ctx, KOWN_IOC_RESERVE, 0, self->handle, 0, &cap));
	EXPECT_EQ(24, cap);
	ASSERT_EQ(0, kown_info(self->ctx, &info));
	EXPECT_EQ(24 * 8, info.bytes);
	ASSERT_EQ(0, kown_reserve(self->ctx, KOWN_IOC_SHRINK, 0, self->handle, 9, &cap));
	EXPECT_EQ(9, cap);
	ASSERT_EQ(0, kown_reserve(self->ctx, KOWN_IOC_SHRINK, 0, self->handle, ~0ULL, &cap));
	EXPECT_EQ(9, cap);
	ASSERT_EQ(0, kown_reserve(self->ctx, KOWN_IOC_SHRINK, 0, self->handle, 0, &cap));
	EXPECT_EQ(5, cap);
	ASSERT_EQ(0, kown_info(self->ctx, &info));
	EXPECT_EQ(5 * 8, info.bytes);
	ASSERT_EQ(0, kown_resize(self->ctx, KOWN_IOC_TRUNCATE, self->handle, 0, NULL));
	ASSERT_EQ(0, kown_reserve(self->ctx, KOWN_IOC_SHRINK, 0, self->handle, 0, &cap));
	EXPECT_EQ(0, cap);
	ASSERT_EQ(0, kown_info(self->ctx, &info));
	EXPECT_EQ(0, info.bytes);
	EXPECT_EQ(EOPNOTSUPP, kown_reserve(self->ctx, KOWN_IOC_SHRINK, KOWN_RESERVE_EXACT,
					   self->handle, 0, &cap));
}

TEST_F(ops, retain_and_extract_by_a_mask)
{
	const unsigned char mask[1] = { 0xf5 };		/* 1 0 1 0 1, and more */
	__u64 out[5] = { 0 }, taken;

	ASSERT_EQ(0, kown_mask(self->ctx, KOWN_IOC_EXTRACT, self->handle, 1, 3, mask, out,
			       &taken));
	EXPECT_EQ(2, taken);
	EXPECT_EQ(11, out[0]);
	EXPECT_EQ(13, out[1]);
	EXPECT_EQ(0, out[2]);
	HOLDS(10, 12, 14);
	ASSERT_EQ(0, kown_mask(self->ctx, KOWN_IOC_RETAIN, self->handle, 0, 2, mask, NULL,
			       &taken));
	EXPECT_EQ(1, taken);
	HOLDS(10, 14);
	EXPECT_EQ(ERANGE, kown_mask(self->ctx, KOWN_IOC_RETAIN, self->handle, 0, 3, mask,
				    NULL, &taken));
	EXPECT_EQ(ERANGE, kown_mask(self->ctx, KOWN_IOC_EXTRACT, self->handle, 2, ~0ULL,
				    mask, out, &taken));
	EXPECT_EQ(EOPNOTSUPP, kown_mask(self->ctx, KOWN_IOC_RETAIN, self->handle, 0, 1, mask,
					out, &taken));
	EXPECT_EQ(EFAULT, kown_mask(self->ctx, KOWN_IOC_RETAIN, self->handle, 0, 1, NULL,
				    NULL, &taken));
	EXPECT_EQ(EFAULT, kown_mask(self->ctx, KOWN_IOC_EXTRACT, self->handle, 0, 1, mask,
				    NULL, &taken));
	HOLDS(10, 14);
}

TEST_F(ops, dedup_keeps_the_first_of_equal_neighbours)
{
	const __u64 more[] = { 14, 14, 10, 10, 14 };
	__u64 taken;

	ASSERT_EQ(0, kown_push(self->ctx, self->handle, more, 5));
	ASSERT_EQ(0, kown_dedup(self->ctx, self->handle, &taken));
	EXPECT_EQ(3, taken);
	HOLDS(10, 11, 12, 13, 14, 10, 14);
	ASSERT_EQ(0, kown_dedup(self->ctx, self->handle, &taken));
	EXPECT_EQ(0, taken);
}

TEST_F(ops, extend_within_copies_a_range_to_the_end)
{
	ASSERT_EQ(0, kown_range(self->ctx, KOWN_IOC_EXTEND_WITHIN, 0, self->handle, 1, 2,
				NULL));
	HOLDS(10, 11, 12, 13, 14, 11, 12);
	EXPECT_EQ(ERANGE, kown_range(self->ctx, KOWN_IOC_EXTEND_WITHIN, 0, self->handle, 6, 2,
				     NULL));
	EXPECT_EQ(EOPNOTSUPP, kown_range(self->ctx, KOWN_IOC_EXTEND_WITHIN, 0, self->handle,
					 0, 0, five));
}

TEST_F(ops, append_moves_all_of_another_object)
{
	const __u64 two[2] = { 1, 2 };
	struct kown_stat stat;
	__u32 other, clone, small;
	__u64 index;

	ASSERT_EQ(0, kown_new(self->ctx, 8, 9, &other));
	ASSERT_EQ(0, kown_push(self->ctx, other, two, 2));
	ASSERT_EQ(0, kown_append(self->ctx, KOWN_IOC_APPEND, self->handle, other, 0, 0,
				 &index));
	EXPECT_EQ(5, index);
	HOLDS(10, 11, 12, 13, 14, 1, 2);
	ASSERT_EQ(0, kown_stat(self->ctx, other, &stat));
	EXPECT_EQ(0, stat.len);
	EXPECT_EQ(9, stat.cap);
	ASSERT_EQ(0, kown_append(self->ctx, KOWN_IOC_APPEND, self->handle, other, 0, 0,
				 &index));
	EXPECT_EQ(7, index);

	/* Class 16: the same object, by the same handle and by another. */
	ASSERT_EQ(0, kown_clone(self->ctx, self->handle, KOWN_RIGHTS_SAME, &clone));
	EXPECT_EQ(EINVAL, kown_append(self->ctx, KOWN_IOC_APPEND, self->handle, self->handle,
				      0, 0, &index));
	EXPECT_EQ(EINVAL, kown_append(self->ctx, KOWN_IOC_APPEND, self->handle, clone, 0, 0,
				      &index));
	ASSERT_EQ(0, kown_new(self->ctx, 4, 0, &small));
	EXPECT_EQ(EINVAL, kown_append(self->ctx, KOWN_IOC_APPEND, self->handle, small, 0, 0,
				      &index));
	EXPECT_EQ(EINVAL, kown_append(self->ctx, KOWN_IOC_COPY_FROM, self->handle, small, 0,
				      0, &index));
	EXPECT_EQ(EOPNOTSUPP, kown_append(self->ctx, KOWN_IOC_APPEND, self->handle, other, 1,
					  0, &index));
	EXPECT_EQ(EOPNOTSUPP, kown_append(self->ctx, KOWN_IOC_APPEND, self->handle, other, 0,
					  1, &index));
	EXPECT_EQ(ENOENT, kown_append(self->ctx, KOWN_IOC_APPEND, self->handle, 999, 0, 0,
				      &index));
	EXPECT_EQ(ENOENT, kown_append(self->ctx, KOWN_IOC_APPEND, 999, other, 0, 0, &index));
	HOLDS(10, 11, 12, 13, 14, 1, 2);
}

TEST_F(ops, copy_from_another_object_and_from_itself)
{
	const __u64 two[2] = { 1, 2 };
	__u32 other, clone;
	__u64 index;

	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &other));
	ASSERT_EQ(0, kown_push(self->ctx, other, two, 2));
	ASSERT_EQ(0, kown_append(self->ctx, KOWN_IOC_COPY_FROM, self->handle, other, 1, 1,
				 &index));
	EXPECT_EQ(5, index);
	HOLDS(10, 11, 12, 13, 14, 2);
	ASSERT_EQ(0, kown_append(self->ctx, KOWN_IOC_COPY_FROM, self->handle, self->handle,
				 0, 2, &index));
	ASSERT_EQ(0, kown_clone(self->ctx, self->handle, KOWN_RIGHTS_SAME, &clone));
	ASSERT_EQ(0, kown_append(self->ctx, KOWN_IOC_COPY_FROM, clone, self->handle, 5, 1,
				 &index));
	EXPECT_EQ(8, index);
	HOLDS(10, 11, 12, 13, 14, 2, 10, 11, 2);
	EXPECT_EQ(ERANGE, kown_append(self->ctx, KOWN_IOC_COPY_FROM, self->handle, other, 1,
				      2, &index));
}

TEST_F(ops, split_off_and_clone_data_make_objects)
{
	struct kown_stat stat;
	struct kown_info info;
	__u32 tail, copy;
	__u64 out[5];

	ASSERT_EQ(0, kown_split_off(self->ctx, self->handle, 3, &tail));
	HOLDS(10, 11, 12);
	ASSERT_EQ(0, kown_stat(self->ctx, tail, &stat));
	EXPECT_EQ(2, stat.len);
	EXPECT_EQ(2, stat.cap);
	EXPECT_EQ(ALL_RIGHTS, stat.rights);
	ASSERT_EQ(0, kown_read(self->ctx, tail, 0, 2, out));
	EXPECT_EQ(13, out[0]);
	ASSERT_EQ(0, kown_clone_data(self->ctx, tail, KOWN_RIGHT_READ, &copy));
	ASSERT_EQ(0, kown_stat(self->ctx, copy, &stat));
	EXPECT_EQ(2, stat.len);
	EXPECT_EQ(KOWN_RIGHT_READ, stat.rights);
	ASSERT_EQ(0, kown_drop(self->ctx, tail));
	ASSERT_EQ(0, kown_read(self->ctx, copy, 0, 2, out));
	EXPECT_EQ(14, out[1]);
	EXPECT_EQ(EOPNOTSUPP, kown_clone_data(self->ctx, copy, ALL_RIGHTS + 1, &tail));
	EXPECT_EQ(ERANGE, kown_split_off(self->ctx, self->handle, 4, &tail));
	ASSERT_EQ(0, kown_split_off(self->ctx, self->handle, 3, &tail));
	ASSERT_EQ(0, kown_stat(self->ctx, tail, &stat));
	EXPECT_EQ(0, stat.len);
	ASSERT_EQ(0, kown_info(self->ctx, &info));
	EXPECT_EQ(3, info.objects);
	EXPECT_EQ(3, info.handles);
}

/* Class 11: sums and products that do not fit; nothing moves. */
TEST_F(ops, class_11_sizes_that_overflow)
{
	const struct {
		__u64 count;
		int err;
	} cases[] = {
		{ ~0ULL, EOVERFLOW }, { ~0ULL / 8, EOVERFLOW }, { ~0ULL / 8 + 1, EOVERFLOW },
		{ 1ULL << 61, EOVERFLOW }, { 1ULL << 60, EOVERFLOW },
		{ (1ULL << 60) - 1, ENOSPC }, { 1ULL << 32, ENOSPC },
		{ kown_param("max_bytes") / 8 + 1, ENOSPC },
	};
	struct snapshot before;
	__u64 cap;
	int i;

	snapshot_take(_metadata, self->ctx, self->handle, &before);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		EXPECT_EQ(cases[i].err, kown_range(self->ctx, KOWN_IOC_INSERT, 0,
						   self->handle, 1, cases[i].count, five));
		EXPECT_EQ(cases[i].err, kown_resize(self->ctx, KOWN_IOC_RESIZE, self->handle,
						    cases[i].count, five));
		EXPECT_EQ(cases[i].err, kown_reserve(self->ctx, KOWN_IOC_RESERVE, 0,
						     self->handle, cases[i].count, &cap));
		EXPECT_EQ(cases[i].err, kown_reserve(self->ctx, KOWN_IOC_RESERVE,
						     KOWN_RESERVE_EXACT, self->handle,
						     cases[i].count, &cap));
		EXPECT_EQ(cases[i].err, kown_splice(self->ctx, KOWN_DISCARD, self->handle, 1,
						    1, NULL, five, cases[i].count));
		EXPECT_EQ(ERANGE, kown_range(self->ctx, KOWN_IOC_WRITE, 0, self->handle, 1,
					     cases[i].count, five));
		EXPECT_EQ(ERANGE, kown_range(self->ctx, KOWN_IOC_REMOVE, KOWN_DISCARD,
					     self->handle, 1, cases[i].count, NULL));
		snapshot_same(_metadata, self->ctx, self->handle, &before, "count",
			      cases[i].count);
	}
}

/* Elements of no size are counted, and nothing visits 2^64 of them. */
TEST_F(ops, elements_of_no_size)
{
	const unsigned char mask[2] = { 0x0f, 0xff };
	struct kown_stat stat;
	__u32 handle, tail;
	__u64 taken, index;

	ASSERT_EQ(0, kown_new(self->ctx, 0, 0, &handle));
	ASSERT_EQ(0, kown_resize(self->ctx, KOWN_IOC_RESIZE, handle, ~0U, NULL));
	ASSERT_EQ(0, kown_range(self->ctx, KOWN_IOC_FILL, 0, handle, 0, ~0U, NULL));
	ASSERT_EQ(0, kown_range(self->ctx, KOWN_IOC_WRITE, 0, handle, 5, 1ULL << 31, NULL));
	ASSERT_EQ(0, kown_mask(self->ctx, KOWN_IOC_RETAIN, handle, 7, 12, mask, NULL, &taken));
	EXPECT_EQ(4, taken);
	ASSERT_EQ(0, kown_mask(self->ctx, KOWN_IOC_EXTRACT, handle, 7, 12, mask, NULL, &taken));
	EXPECT_EQ(8, taken);
	ASSERT_EQ(0, kown_stat(self->ctx, handle, &stat));
	EXPECT_EQ(~0U - 12, stat.len);
	ASSERT_EQ(0, kown_range(self->ctx, KOWN_IOC_INSERT, 0, handle, 3, 12, NULL));
	ASSERT_EQ(0, kown_split_off(self->ctx, handle, 10, &tail));
	ASSERT_EQ(0, kown_append(self->ctx, KOWN_IOC_APPEND, handle, tail, 0, 0, &index));
	EXPECT_EQ(10, index);
	ASSERT_EQ(0, kown_range(self->ctx, KOWN_IOC_SWAP_REMOVE, 0, handle, 1, 2, NULL));
	ASSERT_EQ(0, kown_drain(self->ctx, 0, handle, 1, ~0ULL, NULL, &taken));
	EXPECT_EQ(~0U - 3, taken);
	ASSERT_EQ(0, kown_resize(self->ctx, KOWN_IOC_RESIZE, handle, ~0U, NULL));
	ASSERT_EQ(0, kown_dedup(self->ctx, handle, &taken));
	EXPECT_EQ(~0U - 1, taken);
	ASSERT_EQ(0, kown_stat(self->ctx, handle, &stat));
	EXPECT_EQ(1, stat.len);
}

/* Take all @n elements, which are the same byte, out of @handle in one of the ways there are. */
static int remove_all(int ctx, __u32 handle, int way, __u64 n)
{
	unsigned char out[64], ones[8], zeros[8] = { 0 };
	__u64 taken;
	__u32 tail;

	memset(ones, 0xff, sizeof(ones));
	switch (way) {
	case 0:
		return kown_resize(ctx, KOWN_IOC_TRUNCATE, handle, 0, NULL);
	case 1:
		return kown_drain(ctx, KOWN_DISCARD, handle, 0, n, NULL, &taken);
	case 2:
		return kown_range(ctx, KOWN_IOC_SWAP_REMOVE, KOWN_DISCARD, handle, 0, n, NULL);
	case 3:
		return kown_mask(ctx, KOWN_IOC_RETAIN, handle, 0, n, zeros, NULL, &taken);
	case 4:
		return kown_split_off(ctx, handle, 0, &tail);
	case 5:
		return kown_splice(ctx, KOWN_DISCARD, handle, 0, n, NULL, NULL, 0);
	case 6:
		return kown_range(ctx, KOWN_IOC_REMOVE, KOWN_DISCARD, handle, 0, n, NULL);
	case 7:
		return kown_pop(ctx, handle, out, n, &taken);
	case 8:
		return kown_pop_front(ctx, handle, out, n, &taken);
	case 9:
		return kown_mask(ctx, KOWN_IOC_EXTRACT, handle, 0, n, ones, out, &taken);
	case 10:
		/* All but the first. */
		return kown_dedup(ctx, handle, &taken) ?: kown_pop(ctx, handle, out, 1, &taken);
	case 11:
		return kown_new(ctx, 1, 0, &tail) ?:
		       kown_append(ctx, KOWN_IOC_APPEND, tail, handle, 0, 0, &taken);
	default:
		return -1;
	}
}

/* Class 13: what was removed, by whatever, does not come back when the room is used. */
TEST_F(ops, class_13_removed_elements_cannot_be_read_again)
{
	enum { N = 64, WAYS = 12 };
	unsigned char secret[N], zero[N] = { 0 }, out[N];
	struct kown_stat stat;
	int way, fd;
	__u32 handle;

	memset(secret, 0x5e, sizeof(secret));
	for (way = 0; way < WAYS; way++) {
		ASSERT_EQ(0, kown_new(self->ctx, 1, 0, &handle));
		ASSERT_EQ(0, kown_push(self->ctx, handle, secret, N));
		ASSERT_EQ(0, kown_export(self->ctx, handle, ALL_RIGHTS, &fd));
		ASSERT_EQ(0, remove_all(self->ctx, handle, way, N)) TH_LOG("way %d", way);
		/* The bytes may be there, in room that nobody gets to see. */
		ASSERT_EQ(0, kown_stat(self->ctx, handle, &stat));
		EXPECT_EQ(0, stat.len) TH_LOG("way %d", way);
		EXPECT_EQ(N, stat.cap) TH_LOG("way %d", way);
		EXPECT_EQ(ERANGE, kown_read(self->ctx, handle, 0, 1, out));
		EXPECT_EQ(0, pread(fd, out, N, 0)) TH_LOG("way %d", way);
		/* Failed growth must not count it in either. */
		EXPECT_EQ(EFAULT, kown_push_at(self->ctx, handle, 1, N, NULL));
		EXPECT_EQ(EFAULT, kown_resize(self->ctx, KOWN_IOC_RESIZE, handle, N, NULL));
		EXPECT_EQ(ERANGE, kown_read(self->ctx, handle, 0, 1, out));
		/* And growth that succeeds begins with what it is given, or with zeros. */
		ASSERT_EQ(0, way % 2 ? ftruncate(fd, N) :
			  kown_resize(self->ctx, KOWN_IOC_RESIZE, handle, N, zero));
		ASSERT_EQ(N, pread(fd, out, N, 0));
		EXPECT_TRUE(bytes_are(out, 0, N)) TH_LOG("way %d", way);
		close(fd);
		kown_drop(self->ctx, handle);
	}
}

/* Class 15: the source, or the room, is not there. */
TEST_F(ops, class_15_pages_that_are_missing)
{
	size_t page = sysconf(_SC_PAGESIZE);
	char *map = pages_with_hole(1);
	const unsigned char mask[1] = { 0xff };
	struct snapshot before;
	void *edge = map + page - 12;
	__u64 taken;

	ASSERT_NE(NULL, map);
	/* No room, so that what adds elements would have to grow it. */
	ASSERT_EQ(0, kown_reserve(self->ctx, KOWN_IOC_SHRINK, 0, self->handle, 0, NULL));
	snapshot_take(_metadata, self->ctx, self->handle, &before);
	EXPECT_EQ(EFAULT, kown_range(self->ctx, KOWN_IOC_INSERT, 0, self->handle, 0, 2, edge));
	EXPECT_EQ(EFAULT, kown_range(self->ctx, KOWN_IOC_WRITE, 0, self->handle, 0, 2, edge));
	EXPECT_EQ(EFAULT, kown_range(self->ctx, KOWN_IOC_FILL, 0, self->handle, 0, 2,
				     map + page - 4));
	EXPECT_EQ(EFAULT, kown_range(self->ctx, KOWN_IOC_REMOVE, 0, self->handle, 0, 2, edge));
	EXPECT_EQ(EFAULT, kown_range(self->ctx, KOWN_IOC_SWAP_REMOVE, 0, self->handle, 0, 2,
				     edge));
	EXPECT_EQ(EFAULT, kown_drain(self->ctx, 0, self->handle, 0, 2, edge, &taken));
	EXPECT_EQ(EFAULT, kown_pop_front(self->ctx, self->handle, edge, 2, &taken));
	EXPECT_EQ(EFAULT, kown_splice(self->ctx, 0, self->handle, 0, 2, edge, five, 1));
	EXPECT_EQ(EFAULT, kown_splice(self->ctx, 0, self->handle, 0, 2, edge, five, 5));
	EXPECT_EQ(EFAULT, kown_splice(self->ctx, KOWN_DISCARD, self->handle, 0, 2, NULL,
				      edge, 2));
	EXPECT_EQ(EFAULT, kown_mask(self->ctx, KOWN_IOC_EXTRACT, self->handle, 0, 2, mask,
				    edge, &taken));
	EXPECT_EQ(EFAULT, kown_mask(self->ctx, KOWN_IOC_RETAIN, self->handle, 0, 2,
				    map + page, NULL, &taken));
	snapshot_same(_metadata, self->ctx, self->handle, &before, "missing", 0);
}

#define WALK		FIXTURE_DATA(walk)
#define ENOUGH		20000	/* steps, to meet each operation */
#define ENOUGH_FOR_ALL	200000	/* and each way it may end */

FIXTURE(walk) {
	unsigned long steps, done;
	__u64 seed;
};

FIXTURE_SETUP(walk)
{
	const char *steps = getenv("STEPS"), *seed = getenv("SEED");
	int ctx = kown_open();

	ASSERT_LE(0, ctx);
	ASSERT_EQ(0, kown_info(ctx, &world.before));
	world.before.all_contexts--;
	close(ctx);
	self->steps = steps ? strtoul(steps, NULL, 0) : ENOUGH;
	self->seed = seed ? strtoull(seed, NULL, 0) : now_ns() ^ getpid();
	TH_LOG("%lu steps, SEED=%llu", self->steps, self->seed);
}

FIXTURE_TEARDOWN(walk)
{
}

static void walk_begin(__u32 size, __u64 seed)
{
	int i;

	world.size = size;
	world.seed = seed;
	world.last_id = 0;
	for (i = 0; i < CONTEXTS; i++) {
		world.ctx[i] = kown_open();
		world.stale[i] = 0;
	}
}

/* With the contexts and the descriptors goes all there was. */
static void walk_end(void)
{
	struct held *h;
	int i;

	for (i = 0; i < CONTEXTS; i++)
		close(world.ctx[i]);
	for (h = world.held; h < world.held + HELD; h++)
		if (h->of && h->fd >= 0)
			close(h->fd);
	memset(world.held, 0, sizeof(world.held));
	memset(world.model, 0, sizeof(world.model));
}

/* Nothing has been left out: no operation, and no way for it to end. */
static void met_all(struct __test_metadata *_metadata, const WALK *self)
{
	const struct operation *op;
	const int *err;

	for (op = operations; op < operations + OPERATIONS; op++) {
		unsigned long *how_often = met_by[op - operations];

		for (err = op->meets; *err >= 0; err++) {
			if (*err && self->done < ENOUGH_FOR_ALL)
				break;
			EXPECT_LT(0, how_often[*err]) {
				TH_LOG("%s never ended with %s", op->name, strerror(*err));
			}
		}
	}
}

TEST_F_TIMEOUT(walk, at_random_does_as_the_model_does, 7200)
{
	static const __u32 sizes[] = { 0, 1, 3, 8, 24, LARGEST };
	unsigned long i, each = 1 + (self->steps - 1) / ARRAY_SIZE(sizes);
	const char *wrong, *what;
	struct kown_info after;
	int n, ctx;

	for (n = 0; n < ARRAY_SIZE(sizes); n++) {
		walk_begin(sizes[n], self->seed + n);
		for (i = 0; i < each; i++) {
			wrong = step(&what);
			if (!wrong)
				wrong = compare();
			ASSERT_EQ(NULL, wrong) {
				TH_LOG("%s, after %s, errno %d, size %u, step %lu", wrong, what,
				       ended, sizes[n], i);
			}
			if (++self->done % 100000 == 0)
				TH_LOG("%lu of %lu", self->done, each * ARRAY_SIZE(sizes));
		}
		walk_end();
	}
	if (self->done >= ENOUGH)
		met_all(_metadata, self);
	ctx = kown_open();
	ASSERT_EQ(0, kown_info(ctx, &after));
	EXPECT_EQ(world.before.all_objects, after.all_objects);
	EXPECT_EQ(world.before.all_handles, after.all_handles);
	EXPECT_EQ(world.before.all_bytes, after.all_bytes);
	EXPECT_EQ(world.before.all_descriptors, after.all_descriptors);
	close(ctx);
	TH_LOG("%lu steps", self->done);
}

/* Class 16: A from B while B from A, and a third that looks. */
struct cross {
	int ctx;
	__u32 from, to;
	atomic_bool stop;
	unsigned long rounds, odd;
};

static void *append_for_ever(void *arg)
{
	struct cross *c = arg;
	__u64 index;

	while (!atomic_load(&c->stop)) {
		c->odd += !!kown_append(c->ctx, KOWN_IOC_APPEND, c->to, c->from, 0, 0, &index);
		c->odd += !!kown_append(c->ctx, KOWN_IOC_COPY_FROM, c->to, c->from, 0, 0, &index);
		c->rounds++;
	}
	return NULL;
}

TEST_F(ops, class_16_append_of_each_to_the_other_at_once)
{
	struct cross c[2] = { { .ctx = self->ctx }, { .ctx = self->ctx } };
	unsigned long long end = now_ms() + 800;
	struct kown_stat stat[2];
	pthread_t threads[2];
	__u32 other;
	int i;

	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &other));
	c[0].from = self->handle;
	c[1].to = self->handle;
	c[0].to = other;
	c[1].from = other;
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, append_for_ever, &c[i]));
	while (now_ms() < end) {
		ASSERT_EQ(0, kown_stat(self->ctx, other, &stat[0]));
		ASSERT_TRUE(stat[0].len == 0 || stat[0].len == 5);
	}
	for (i = 0; i < 2; i++) {
		atomic_store(&c[i].stop, true);
		pthread_join(threads[i], NULL);
		EXPECT_EQ(0, c[i].odd);
		EXPECT_LT(0, c[i].rounds);
	}
	ASSERT_EQ(0, kown_stat(self->ctx, self->handle, &stat[0]));
	ASSERT_EQ(0, kown_stat(self->ctx, other, &stat[1]));
	EXPECT_EQ(5, stat[0].len + stat[1].len);
}

TEST_HARNESS_MAIN
