// SPDX-License-Identifier: GPL-2.0
/*
 * The operations of a vector: each refusal by itself, and all of them at random against
 * a plain array, which is compared after every step. $STEPS says how many.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "kown_test.h"
#include "snapshot.h"

#define MOST	300			/* elements */
#define LARGEST	4097			/* bytes of one */
#define MOST_HANDLES	70		/* made at once */

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
	static const struct {
		__u64 count;
		int err;
	} cases[] = {
		{ ~0ULL, EOVERFLOW }, { ~0ULL / 8, EOVERFLOW }, { ~0ULL / 8 + 1, EOVERFLOW },
		{ 1ULL << 61, EOVERFLOW }, { 1ULL << 60, EOVERFLOW },
		{ (1ULL << 60) - 1, ENOSPC }, { 1ULL << 32, ENOSPC },
		{ (256ULL << 20) / 8 + 1, ENOSPC },
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

/* Class 13: what was removed, by whatever, does not come back when the room is used. */
TEST_F(ops, class_13_removed_elements_cannot_be_read_again)
{
	enum { N = 64 };
	unsigned char secret[N], zero[N] = { 0 }, out[N], mask[N / 8] = { 0 };
	__u32 handle, tail;
	__u64 taken;
	int way;

	memset(secret, 0x5e, sizeof(secret));
	for (way = 0; way < 7; way++) {
		ASSERT_EQ(0, kown_new(self->ctx, 1, 0, &handle));
		ASSERT_EQ(0, kown_push(self->ctx, handle, secret, N));
		switch (way) {
		case 0:
			kown_resize(self->ctx, KOWN_IOC_TRUNCATE, handle, 0, NULL);
			break;
		case 1:
			kown_drain(self->ctx, KOWN_DISCARD, handle, 0, N, NULL, &taken);
			break;
		case 2:
			kown_range(self->ctx, KOWN_IOC_SWAP_REMOVE, KOWN_DISCARD, handle, 0,
				   N, NULL);
			break;
		case 3:
			kown_mask(self->ctx, KOWN_IOC_RETAIN, handle, 0, N, mask, NULL,
				  &taken);
			break;
		case 4:
			kown_split_off(self->ctx, handle, 0, &tail);
			break;
		case 5:
			kown_splice(self->ctx, KOWN_DISCARD, handle, 0, N, NULL, NULL, 0);
			break;
		default:
			kown_range(self->ctx, KOWN_IOC_REMOVE, KOWN_DISCARD, handle, 0, N,
				   NULL);
		}
		EXPECT_EQ(ERANGE, kown_read(self->ctx, handle, 0, 1, out));
		/* Failed growth must not count it in either. */
		EXPECT_EQ(EFAULT, kown_push_at(self->ctx, handle, 1, N, NULL));
		EXPECT_EQ(EFAULT, kown_resize(self->ctx, KOWN_IOC_RESIZE, handle, N, NULL));
		EXPECT_EQ(ERANGE, kown_read(self->ctx, handle, 0, 1, out));
		ASSERT_EQ(0, kown_resize(self->ctx, KOWN_IOC_RESIZE, handle, N, zero));
		ASSERT_EQ(0, kown_read(self->ctx, handle, 0, N, out));
		EXPECT_TRUE(bytes_are(out, 0, N)) TH_LOG("way %d", way);
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

/*
 * The model: a plain array of the same elements, and what each command should do to it.
 */
struct model {
	unsigned char bytes[MOST * 4 * LARGEST];
	__u64 len;
};

struct random_walk {
	int ctx;
	__u32 size;			/* bytes of an element */
	__u64 seed;
	__u32 handle[2];
	struct model model[2];
	unsigned char in[MOST * LARGEST], out[MOST * LARGEST], want[MOST * LARGEST];
	unsigned char mask[MOST / 2];
};

static struct random_walk walk;

static void model_splice(struct model *m, __u64 at, __u64 remove, const void *in, __u64 n)
{
	__u32 s = walk.size;

	memmove(m->bytes + (at + n) * s, m->bytes + (at + remove) * s,
		(m->len - at - remove) * s);
	memcpy(m->bytes + at * s, in, n * s);
	m->len = m->len - remove + n;
}

static __u64 some(__u64 below)
{
	return below ? random_u32(&walk.seed) % below : 0;
}

/* Few values, so that neighbours are equal now and then. */
static void random_elems(unsigned char *to, __u64 n)
{
	__u64 i;

	for (i = 0; i < n; i++)
		memset(to + i * walk.size, some(3), walk.size);
}

static bool holds_the_model(__u32 handle, const struct model *m)
{
	return !kown_read(walk.ctx, handle, 0, m->len, walk.out) &&
	       !memcmp(walk.out, m->bytes, m->len * walk.size);
}

/* With another strong handle: an exclusive object is busy until one of them is alone. */
static const char *shared_for_a_while(__u32 which)
{
	__u32 h = walk.handle[which], clone, how, want = which ? 0 : EBUSY;
	struct model *m = &walk.model[which];
	int ctx = walk.ctx;
	__u64 got;

	if (kown_clone(ctx, h, KOWN_RIGHTS_SAME, &clone))
		return "CLONE";
	if (kown_push_at(ctx, h, ptr_to_u64(walk.in), 1, &got) != want)
		return "PUSH while there is another";
	if (!want)
		model_splice(m, m->len, 0, walk.in, 1);
	if (kown_own(ctx, KOWN_IOC_TAKE, h, &how, NULL) != EBUSY)
		return "TAKE while there is another";
	if (!holds_the_model(clone, m))
		return "what the clone sees";
	if (some(2)) {
		if (kown_own(ctx, KOWN_IOC_INTO_INNER, clone, &how, NULL) ||
		    how != KOWN_OWN_NOT || kown_drop(ctx, clone) != ENOENT)
			return "INTO_INNER of one of two";
		return NULL;
	}
	if (kown_own(ctx, KOWN_IOC_MAKE_MUT, h, &how, NULL) || how != KOWN_OWN_COPIED)
		return "MAKE_MUT while there is another";
	/* Now there are two objects; what happens to one does not happen to the other. */
	if (kown_resize(ctx, KOWN_IOC_TRUNCATE, clone, 0, NULL) || !holds_the_model(h, m))
		return "the copy";
	return kown_drop(ctx, clone) ? "DROP" : NULL;
}

/* With a weak handle: it upgrades while the object lives, and is dead once that moves. */
static const char *weak_for_a_while(__u32 which)
{
	__u32 h = walk.handle[which], weak, strong, how;
	struct model *m = &walk.model[which];
	int ctx = walk.ctx;

	if (kown_downgrade(ctx, h, KOWN_RIGHTS_SAME, &weak) ||
	    kown_upgrade(ctx, weak, KOWN_RIGHTS_SAME, &strong))
		return "DOWNGRADE, UPGRADE";
	if (!holds_the_model(strong, m) || kown_drop(ctx, strong))
		return "what was upgraded";
	if (!which && kown_resize(ctx, KOWN_IOC_TRUNCATE, h, 0, NULL) != EBUSY)
		return "TRUNCATE while there is a weak one";
	if (kown_own(ctx, some(2) ? KOWN_IOC_TAKE : KOWN_IOC_MAKE_MUT, h, &how, NULL) ||
	    how != KOWN_OWN_MOVED)
		return "TAKE or MAKE_MUT with a weak one";
	if (kown_upgrade(ctx, weak, KOWN_RIGHTS_SAME, &strong) != ESTALE)
		return "UPGRADE of what has moved";
	return kown_drop(ctx, weak) ? "DROP" : NULL;
}

/* With many of a kind at once, and many other objects: all in one call, and gone in one. */
static const char *many_for_a_while(__u32 which)
{
	__u32 h = walk.handle[which], n = 1 + some(MOST_HANDLES), weak = some(2), done;
	static __u32 room[3 * MOST_HANDLES];
	struct model *m = &walk.model[which];
	struct kown_stat stat;
	int ctx = walk.ctx;

	if (kown_others(ctx, weak ? KOWN_IOC_DOWNGRADE : KOWN_IOC_CLONE, h, KOWN_RIGHTS_SAME, n,
			room))
		return "CLONE or DOWNGRADE of many";
	if (kown_others(ctx, weak ? KOWN_IOC_UPGRADE : KOWN_IOC_CLONE, room[some(n)],
			KOWN_RIGHTS_SAME, n, room + n))
		return "UPGRADE or CLONE of many";
	if (kown_new_many(ctx, walk.size, 0, n, room + 2 * n))
		return "NEW of many";
	if (kown_stat(ctx, room[n], &stat) || stat.strong != 1 + (weak ? n : 2 * n) ||
	    stat.weak != (weak ? n : 0))
		return "counts of many";
	if (!which && kown_resize(ctx, KOWN_IOC_TRUNCATE, h, 0, NULL) != EBUSY)
		return "TRUNCATE while there are many";
	if (!holds_the_model(room[n + some(n)], m))
		return "what one of many sees";
	if (kown_stat(ctx, room[2 * n + some(n)], &stat) || stat.strong != 1 || stat.len)
		return "one of many objects";
	return kown_drop_many(ctx, room, 3 * n, &done) || done != 3 * n ? "DROP of many" : NULL;
}

/* Return: what is wrong, or NULL. */
static const char *step(__u32 op)
{
	__u32 which = some(2), h = walk.handle[which], o = walk.handle[!which], made;
	struct model *m = &walk.model[which], *other = &walk.model[!which];
	__u64 start = some(m->len + 2), n = some(6), k, i, got = 0;
	bool there = start <= m->len && n <= m->len - start;
	int ctx = walk.ctx, want = there ? 0 : ERANGE, err;
	__u32 s = walk.size, discard = some(2) ? KOWN_DISCARD : 0;
	void *out = discard ? NULL : walk.out;

	random_elems(walk.in, MOST / 20);
	memset(walk.out, PATTERN, 8 * s);
	memset(walk.want, PATTERN, 8 * s);
	if (there && n)
		memcpy(walk.want, m->bytes + start * s, n * s);
	switch (op) {
	case 0:
		if (kown_push_at(ctx, h, ptr_to_u64(walk.in), n, &got) || got != m->len)
			return "PUSH";
		model_splice(m, m->len, 0, walk.in, n);
		return NULL;
	case 1:
		k = n < m->len ? n : m->len;
		if (kown_pop(ctx, h, walk.out, n, &got) || got != k ||
		    memcmp(walk.out, m->bytes + (m->len - k) * s, k * s))
			return "POP";
		m->len -= k;
		return NULL;
	case 2:
		k = n < m->len ? n : m->len;
		if (kown_pop_front(ctx, h, walk.out, n, &got) || got != k ||
		    memcmp(walk.out, m->bytes, k * s))
			return "POP_FRONT";
		model_splice(m, 0, k, NULL, 0);
		return NULL;
	case 3:
		want = start > m->len ? ERANGE : 0;
		if (kown_range(ctx, KOWN_IOC_INSERT, 0, h, start, n, walk.in) != want)
			return "INSERT";
		if (!want)
			model_splice(m, start, 0, walk.in, n);
		return NULL;
	case 4:
		if (kown_range(ctx, KOWN_IOC_REMOVE, discard, h, start, n, out) != want ||
		    (out && memcmp(walk.out, walk.want, 8 * s)))
			return "REMOVE";
		if (there)
			model_splice(m, start, n, NULL, 0);
		return NULL;
	case 5:
		if (kown_range(ctx, KOWN_IOC_SWAP_REMOVE, discard, h, start, n, out) != want ||
		    (out && memcmp(walk.out, walk.want, 8 * s)))
			return "SWAP_REMOVE";
		if (!there)
			return NULL;
		k = m->len - start - n < n ? m->len - start - n : n;
		memmove(m->bytes + start * s, m->bytes + (m->len - k) * s, k * s);
		m->len -= n;
		return NULL;
	case 6:
		want = start > m->len ? ERANGE : 0;
		k = want ? 0 : n < m->len - start ? n : m->len - start;
		if (kown_drain(ctx, discard, h, start, n, out, &got) != want ||
		    (!want && got != k) ||
		    (out && memcmp(walk.out, m->bytes + start * s, k * s)))
			return "DRAIN";
		if (!want)
			model_splice(m, start, k, NULL, 0);
		return NULL;
	case 7:
		k = some(6);
		if (kown_splice(ctx, discard, h, start, n, out, walk.in, k) != want ||
		    (out && memcmp(walk.out, walk.want, 8 * s)))
			return "SPLICE";
		if (there)
			model_splice(m, start, n, walk.in, k);
		return NULL;
	case 8:
		if (kown_range(ctx, KOWN_IOC_WRITE, 0, h, start, n, walk.in) != want)
			return "WRITE";
		if (there)
			model_splice(m, start, n, walk.in, n);
		return NULL;
	case 9:
		if (kown_range(ctx, KOWN_IOC_FILL, 0, h, start, n, walk.in) != want)
			return "FILL";
		for (i = 0; there && i < n; i++)
			memcpy(m->bytes + (start + i) * s, walk.in, s);
		return NULL;
	case 10:
		if (kown_resize(ctx, KOWN_IOC_TRUNCATE, h, start, NULL))
			return "TRUNCATE";
		if (start < m->len)
			m->len = start;
		return NULL;
	case 11:
		k = start + n;
		if (kown_resize(ctx, KOWN_IOC_RESIZE, h, k, walk.in))
			return "RESIZE";
		for (; m->len < k; m->len++)
			memcpy(m->bytes + m->len * s, walk.in, s);
		m->len = k;
		return NULL;
	case 12:
		if (kown_reserve(ctx, KOWN_IOC_RESERVE, some(2) ? KOWN_RESERVE_EXACT : 0, h,
				 n, &got) || got < m->len + n)
			return "RESERVE";
		return NULL;
	case 13:
		if (kown_reserve(ctx, KOWN_IOC_SHRINK, 0, h, start, &got) || got < m->len)
			return "SHRINK";
		return NULL;
	case 14:
	case 15:
		for (i = 0; i < sizeof(walk.mask); i++)
			walk.mask[i] = random_u32(&walk.seed);
		n = some(20);
		there = start <= m->len && n <= m->len - start;
		want = there ? 0 : ERANGE;
		err = kown_mask(ctx, op == 14 ? KOWN_IOC_RETAIN : KOWN_IOC_EXTRACT, h, start, n,
				walk.mask, op == 14 ? NULL : walk.out, &got);
		if (err != want)
			return "RETAIN or EXTRACT";
		if (err)
			return NULL;
		for (i = k = 0; i < n; i++) {
			bool bit = walk.mask[i / 8] >> (i % 8) & 1;

			if (op == 14 ? bit : !bit)
				continue;
			if (op == 15 && memcmp(walk.out + k * s,
					       m->bytes + (start + i - k) * s, s))
				return "EXTRACT gave another element";
			model_splice(m, start + i - k, 1, NULL, 0);
			k++;
		}
		return got == k ? NULL : "RETAIN or EXTRACT counted wrong";
	case 16:
		if (kown_dedup(ctx, h, &got))
			return "DEDUP";
		for (i = 1, k = 0; i < m->len;) {
			if (memcmp(m->bytes + i * s, m->bytes + (i - 1) * s, s)) {
				i++;
				continue;
			}
			model_splice(m, i, 1, NULL, 0);
			k++;
		}
		return got == k ? NULL : "DEDUP counted wrong";
	case 17:
		if (kown_range(ctx, KOWN_IOC_EXTEND_WITHIN, 0, h, start, n, NULL) != want)
			return "EXTEND_WITHIN";
		if (there)
			model_splice(m, m->len, 0, walk.want, n);
		return NULL;
	case 18:
		if (kown_append(ctx, KOWN_IOC_APPEND, o, h, 0, 0, &got) || got != other->len)
			return "APPEND";
		model_splice(other, other->len, 0, m->bytes, m->len);
		m->len = 0;
		return NULL;
	case 19:
		i = some(2);
		if (kown_append(ctx, KOWN_IOC_COPY_FROM, i ? h : o, h, start, n, &got) != want)
			return "COPY_FROM";
		if (i)
			other = m;
		if (there)
			model_splice(other, other->len, 0, walk.want, n);
		return NULL;
	case 20:
		want = start > m->len ? ERANGE : 0;
		if (kown_split_off(ctx, h, start, &made) != want)
			return "SPLIT_OFF";
		if (want)
			return NULL;
		if (kown_append(ctx, KOWN_IOC_APPEND, o, made, 0, 0, &got) ||
		    got != other->len || kown_drop(ctx, made))
			return "APPEND of what was split off";
		model_splice(other, other->len, 0, m->bytes + start * s, m->len - start);
		m->len = start;
		return NULL;
	case 21:
		return shared_for_a_while(which);
	case 22:
		return weak_for_a_while(which);
	case 23:
		return many_for_a_while(which);
	default:
		if (kown_clone_data(ctx, h, KOWN_RIGHTS_SAME, &made) || kown_drop(ctx, h))
			return "CLONE_DATA";
		walk.handle[which] = made;
		return NULL;
	}
}

#define OPS	25

static const char *compare(void)
{
	struct kown_stat stat;
	struct kown_info info;
	__u64 bytes = 0;
	int i;

	for (i = 0; i < 2; i++) {
		struct model *m = &walk.model[i];

		if (kown_stat(walk.ctx, walk.handle[i], &stat) || stat.strong != 1 || stat.weak)
			return "counts";
		if (stat.len != m->len || stat.cap < m->len)
			return "length";
		if (kown_read(walk.ctx, walk.handle[i], 0, m->len, walk.out) ||
		    memcmp(walk.out, m->bytes, m->len * walk.size))
			return "contents";
		bytes += walk.size ? stat.cap * walk.size : 0;
	}
	if (kown_info(walk.ctx, &info) || info.objects != 2 || info.handles != 2 ||
	    info.bytes != bytes)
		return "what INFO says";
	return NULL;
}

TEST_F_TIMEOUT(ops, walk_at_random_does_as_an_array_does, 7200)
{
	static const __u32 sizes[] = { 0, 1, 3, 8, 24, LARGEST };
	unsigned long steps = getenv("STEPS") ? strtoul(getenv("STEPS"), NULL, 0) : 20000;
	unsigned long i, each = 1 + (steps - 1) / ARRAY_SIZE(sizes);
	const char *wrong;
	const char *given = getenv("SEED");
	__u64 seed = given ? strtoull(given, NULL, 0) : now_ns() ^ getpid();
	int n, round;
	__u32 op = 0;

	TH_LOG("%lu steps, SEED=%llu", steps, seed);
	for (n = 0; n < ARRAY_SIZE(sizes); n++) {
		walk.ctx = kown_open();
		walk.size = sizes[n];
		walk.seed = seed + n;
		for (round = 0; round < 2; round++) {
			walk.model[round].len = 0;
			ASSERT_EQ(0, kown_new_mode(walk.ctx, round ? KOWN_MODE_SHARED :
						   KOWN_MODE_EXCLUSIVE, walk.size, 0,
						   &walk.handle[round]));
		}
		for (i = 0; i < each; i++) {
			op = some(OPS);
			if (walk.model[0].len + walk.model[1].len > MOST / 2)
				op = 10;
			wrong = step(op);
			if (!wrong)
				wrong = compare();
			ASSERT_EQ(NULL, wrong) {
				TH_LOG("%s, after operation %u, size %u, step %lu", wrong, op,
				       walk.size, i);
			}
		}
		close(walk.ctx);
	}
	TH_LOG("%lu steps", n * each);
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
