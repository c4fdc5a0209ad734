// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for Slice.
 */
#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/slab.h>

#include <kown/slice.h>

#include "counted.h"
#include "fail.h"
#include "permute.h"

#define GFP_TEST	(GFP_KERNEL | __GFP_NOWARN)

KOWN_DEFINE_VEC(num, u64, NULL, NULL)
KOWN_DEFINE_SLICE(num, u64)

KOWN_DEFINE_VEC(byte, u8, NULL, NULL)
KOWN_DEFINE_SLICE(byte, u8)

struct big {
	u8 bytes[65536];
};

KOWN_DEFINE_VEC(big, struct big, NULL, NULL)
KOWN_DEFINE_SLICE(big, struct big)

struct empty {};

KOWN_DEFINE_VEC(empty, struct empty, NULL, NULL)
KOWN_DEFINE_SLICE(empty, struct empty)

/* The clone that many clones from now on fails; negative: none does. */
static int fuse = -1;

static int fused_clone(struct counted *to, const struct counted *from, gfp_t gfp)
{
	if (!fuse)
		return -EIO;
	fuse--;
	return counted_clone(to, from, gfp);
}

KOWN_DEFINE_VEC(counted, struct counted, counted_drop, fused_clone)
KOWN_DEFINE_SLICE(counted, struct counted)

KOWN_DEFINE_VEC(unclonable, struct counted, counted_drop, NULL)
KOWN_DEFINE_SLICE(unclonable, struct counted)

static int cmp_num(const u64 *a, const u64 *b, void *context)
{
	unsigned int *calls = context;

	if (calls)
		++*calls;
	return *a < *b ? -1 : *a > *b;
}

static int cmp_byte(const u8 *a, const u8 *b, void *context)
{
	return *a - *b;
}

/* Elements of any size, each of which is a number in all its bytes. */

#define MANY	9

struct size_case {
	size_t size;
};

static const struct size_case size_cases[] = {
	{ 1 }, { 2 }, { 3 }, { 8 }, { 63 }, { 64 }, { 65 }, { 100 }, { 128 }, { 129 },
	{ 200 }, { 4096 }, { 65536 },
};

static void size_desc(const struct size_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%zu bytes", c->size);
}

KUNIT_ARRAY_PARAM(size, size_cases, size_desc);

static void number(struct kown_slice slice, const struct kown_type *elem)
{
	for (size_t i = 0; i < slice.len; i++)
		memset(kown_slice_at(slice, elem, i), i + 1, elem->size);
}

static bool is(struct kown_slice slice, const struct kown_type *elem, size_t index, u8 id)
{
	return !memchr_inv(kown_slice_at(slice, elem, index), id + 1, elem->size);
}

static struct kown_slice numbers(struct kunit *test, const struct kown_type *elem,
				 size_t len)
{
	void *memory = kunit_kzalloc(test, len * elem->size + 1, GFP_KERNEL);
	struct kown_slice slice = kown_slice_of(elem, memory, len);

	KUNIT_ASSERT_NOT_NULL(test, memory);
	number(slice, elem);
	return slice;
}

static void slice_of_size_0_is_anywhere(struct kunit *test)
{
	static const struct kown_type elem = { .size = 0 };
	struct kown_slice slice = kown_slice_of(&elem, NULL, SIZE_MAX);

	KUNIT_EXPECT_PTR_EQ(test, slice.ptr, KOWN_DANGLING);
	KUNIT_EXPECT_EQ(test, slice.len, SIZE_MAX);
	KUNIT_EXPECT_PTR_EQ(test, kown_slice_at(slice, &elem, SIZE_MAX), KOWN_DANGLING);
}

static void slice_rotates_by_every_number(struct kunit *test)
{
	const struct size_case *c = test->param_value;
	const struct kown_type elem = { .size = c->size };
	struct kown_slice all = numbers(test, &elem, MANY), slice;

	for (size_t len = 0; len <= MANY; len++) {
		slice = kown_slice_of(&elem, all.ptr, len);
		for (size_t by = 0; by <= len; by++) {
			number(all, &elem);
			KUNIT_ASSERT_EQ(test, 0, kown_slice_rotate_left(slice, &elem, by));
			for (size_t i = 0; i < len; i++)
				KUNIT_ASSERT_TRUE(test, is(slice, &elem, i, (i + by) % len));
			KUNIT_ASSERT_EQ(test, 0, kown_slice_rotate_right(slice, &elem, by));
			for (size_t i = 0; i < MANY; i++)
				KUNIT_ASSERT_TRUE(test, is(all, &elem, i, i));
			KUNIT_ASSERT_EQ(test, 0, kown_slice_rotate_right(slice, &elem, by));
			for (size_t i = 0; i < len; i++)
				KUNIT_ASSERT_TRUE(test, is(slice, &elem, (i + by) % len, i));
		}
		number(all, &elem);
		KUNIT_EXPECT_EQ(test, -ERANGE, kown_slice_rotate_left(slice, &elem, len + 1));
		KUNIT_EXPECT_EQ(test, -ERANGE, kown_slice_rotate_right(slice, &elem, len + 1));
		KUNIT_EXPECT_EQ(test, -ERANGE, kown_slice_rotate_left(slice, &elem, SIZE_MAX));
		for (size_t i = 0; i < MANY; i++)
			KUNIT_ASSERT_TRUE(test, is(all, &elem, i, i));
	}
}

static void slice_of_many_rotates(struct kunit *test)
{
	struct num_vec vec __free(num_vec_free) = {};
	struct num_slice slice;

	for (u64 i = 0; i < 1000; i++)
		KUNIT_ASSERT_EQ(test, 0, num_vec_push(&vec, &i, GFP_TEST));
	slice = num_vec_as_slice(&vec);
	for (size_t by = 0; by <= 1000; by += 7) {
		size_t shift = slice.elems[0];

		KUNIT_ASSERT_EQ(test, 0, num_slice_rotate_left(slice, by));
		for (size_t i = 0; i < 1000; i++)
			KUNIT_ASSERT_EQ(test, slice.elems[i], (i + by + shift) % 1000);
	}
}

static void slice_reverses(struct kunit *test)
{
	const struct size_case *c = test->param_value;
	const struct kown_type elem = { .size = c->size };
	struct kown_slice all = numbers(test, &elem, MANY);

	for (size_t len = 0; len <= MANY; len++) {
		number(all, &elem);
		kown_slice_reverse(kown_slice_of(&elem, all.ptr, len), &elem);
		for (size_t i = 0; i < MANY; i++)
			KUNIT_ASSERT_TRUE(test, is(all, &elem, i, i < len ? len - 1 - i : i));
	}
}

static void slice_swaps_any_two(struct kunit *test)
{
	const struct size_case *c = test->param_value;
	const struct kown_type elem = { .size = c->size };
	struct kown_slice slice = numbers(test, &elem, 4);

	for (size_t i = 0; i <= 4; i++) {
		for (size_t j = 0; j <= 4; j++) {
			bool there = i < 4 && j < 4;

			number(slice, &elem);
			KUNIT_ASSERT_EQ(test, there ? 0 : -ERANGE,
					kown_slice_swap(slice, &elem, i, j));
			for (size_t k = 0; k < 4; k++)
				KUNIT_ASSERT_TRUE(test, is(slice, &elem, k, !there ? k :
							   k == i ? j : k == j ? i : k));
		}
	}
	KUNIT_EXPECT_EQ(test, -ERANGE, kown_slice_swap(slice, &elem, 0, SIZE_MAX));
	KUNIT_EXPECT_EQ(test, -ERANGE, kown_slice_swap(slice, &elem, SIZE_MAX, 0));
}

static void slice_copies_within(struct kunit *test)
{
	const struct size_case *c = test->param_value;
	const struct kown_type elem = { .size = c->size };
	struct kown_slice slice = numbers(test, &elem, 5);

	for (size_t start = 0; start <= 6; start++) {
		for (size_t count = 0; count <= 6; count++) {
			for (size_t to = 0; to <= 6; to++) {
				bool fits = start + count <= 5 && to + count <= 5;

				number(slice, &elem);
				KUNIT_ASSERT_EQ(test, fits ? 0 : -ERANGE,
						kown_slice_copy_within(slice, &elem, start,
								       count, to));
				for (size_t i = 0; i < 5; i++) {
					bool over = fits && i >= to && i - to < count;

					KUNIT_ASSERT_TRUE(test, is(slice, &elem, i,
								   over ? i - to + start : i));
				}
			}
		}
	}
	KUNIT_EXPECT_EQ(test, -ERANGE, kown_slice_copy_within(slice, &elem, 1, SIZE_MAX, 0));
	KUNIT_EXPECT_EQ(test, -ERANGE, kown_slice_copy_within(slice, &elem, 0, 1, SIZE_MAX));
}

static void slice_of_owners_is_not_copied(struct kunit *test)
{
	struct witness w = {};
	struct counted values[2] = { counted(&w, 0), counted(&w, 1) };

	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP,
			counted_slice_copy_within(counted_slice_of(values, 2), 0, 1, 1));
	KUNIT_EXPECT_EQ(test, values[1].value, 1);
	expect_drops(test, &w, 0);
}

/* Views. */

static void slice_of_a_vec_is_its_elements(struct kunit *test)
{
	struct num_vec vec __free(num_vec_free) = {};
	struct num_slice slice = num_vec_as_slice(&vec);

	KUNIT_EXPECT_EQ(test, slice.len, 0);
	KUNIT_EXPECT_NULL(test, num_slice_get(slice, 0));
	KUNIT_EXPECT_NULL(test, num_slice_first(slice));
	KUNIT_EXPECT_NULL(test, num_slice_last(slice));
	for (u64 i = 0; i < 5; i++)
		KUNIT_ASSERT_EQ(test, 0, num_vec_push(&vec, &i, GFP_TEST));
	slice = num_vec_as_slice(&vec);
	KUNIT_EXPECT_EQ(test, slice.len, 5);
	KUNIT_EXPECT_PTR_EQ(test, slice.elems, vec.elems);
	KUNIT_EXPECT_PTR_EQ(test, num_slice_first(slice), vec.elems);
	KUNIT_EXPECT_PTR_EQ(test, num_slice_last(slice), vec.elems + 4);
	for (size_t i = 0; i < 5; i++)
		KUNIT_EXPECT_PTR_EQ(test, num_slice_get(slice, i), vec.elems + i);
	KUNIT_EXPECT_NULL(test, num_slice_get(slice, 5));
	KUNIT_EXPECT_NULL(test, num_slice_get(slice, SIZE_MAX));
}

static void slice_range_is_checked(struct kunit *test)
{
	static u64 values[8];
	u64 other;

	for (size_t len = 0; len <= 8; len++) {
		struct num_slice slice = num_slice_of(values, len);

		for (size_t start = 0; start <= 9; start++) {
			for (size_t count = 0; count <= 9; count++) {
				struct num_slice part = num_slice_of(&other, 77);

				if (start + count <= len) {
					KUNIT_ASSERT_EQ(test, 0, num_slice_range(slice, start,
										 count, &part));
					KUNIT_ASSERT_PTR_EQ(test, part.elems, values + start);
					KUNIT_ASSERT_EQ(test, part.len, count);
					continue;
				}
				KUNIT_ASSERT_EQ(test, -ERANGE, num_slice_range(slice, start,
									       count, &part));
				KUNIT_ASSERT_PTR_EQ(test, part.elems, &other);
				KUNIT_ASSERT_EQ(test, part.len, 77);
			}
		}
		KUNIT_EXPECT_EQ(test, -ERANGE, num_slice_range(slice, SIZE_MAX, 1, &slice));
		KUNIT_EXPECT_EQ(test, -ERANGE, num_slice_range(slice, 1, SIZE_MAX, &slice));
		KUNIT_EXPECT_EQ(test, -ERANGE, num_slice_range(slice, SIZE_MAX, SIZE_MAX,
							       &slice));
		KUNIT_EXPECT_EQ(test, slice.len, len);
	}
}

static void slice_splits_at_every_index(struct kunit *test)
{
	static u64 values[8];

	for (size_t len = 0; len <= 8; len++) {
		struct num_slice slice = num_slice_of(values, len);
		struct num_slice head = {}, tail = {};

		for (size_t i = 0; i <= len; i++) {
			KUNIT_ASSERT_EQ(test, 0, num_slice_split_at(slice, i, &head, &tail));
			KUNIT_ASSERT_PTR_EQ(test, head.elems, &values[0]);
			KUNIT_ASSERT_EQ(test, head.len, i);
			KUNIT_ASSERT_PTR_EQ(test, tail.elems, values + i);
			KUNIT_ASSERT_EQ(test, tail.len, len - i);
		}
		head = num_slice_of(values, 77);
		tail = num_slice_of(values, 78);
		KUNIT_EXPECT_EQ(test, -ERANGE, num_slice_split_at(slice, len + 1, &head, &tail));
		KUNIT_EXPECT_EQ(test, -ERANGE, num_slice_split_at(slice, SIZE_MAX, &head, &tail));
		KUNIT_EXPECT_EQ(test, head.len, 77);
		KUNIT_EXPECT_EQ(test, tail.len, 78);
	}
}

static void slice_is_peeled_from_both_ends(struct kunit *test)
{
	u64 values[4];
	struct num_slice rest = num_slice_of(values, 4);

	KUNIT_EXPECT_PTR_EQ(test, num_slice_split_first(rest, &rest), &values[0]);
	KUNIT_EXPECT_PTR_EQ(test, num_slice_split_last(rest, &rest), values + 3);
	KUNIT_EXPECT_PTR_EQ(test, num_slice_split_last(rest, &rest), values + 2);
	KUNIT_EXPECT_PTR_EQ(test, num_slice_split_first(rest, &rest), values + 1);
	KUNIT_EXPECT_EQ(test, rest.len, 0);
	rest.elems = values + 2;
	KUNIT_EXPECT_NULL(test, num_slice_split_first(rest, &rest));
	KUNIT_EXPECT_NULL(test, num_slice_split_last(rest, &rest));
	KUNIT_EXPECT_PTR_EQ(test, rest.elems, values + 2);
}

/* Pieces: which there are, a loop says; they are taken in every order from both ends. */

struct piece {
	size_t start;
	size_t len;
};

static size_t pieces_of(enum kown_chunks_kind kind, size_t len, size_t size,
			struct piece *pieces)
{
	size_t count = 0;

	switch (kind) {
	case KOWN_CHUNKS:
		for (size_t at = 0; at < len; at += size)
			pieces[count++] = (struct piece){ at, min(size, len - at) };
		break;
	case KOWN_RCHUNKS:
		for (size_t end = len; end; end -= min(size, end))
			pieces[count++] = (struct piece){ end - min(size, end), min(size, end) };
		break;
	case KOWN_WINDOWS:
		for (size_t at = 0; at + size <= len; at++)
			pieces[count++] = (struct piece){ at, size };
		break;
	}
	return count;
}

static int cut(struct num_slice slice, enum kown_chunks_kind kind, size_t size,
	       struct num_chunks *chunks)
{
	switch (kind) {
	case KOWN_CHUNKS:
		return num_slice_chunks(slice, size, chunks);
	case KOWN_RCHUNKS:
		return num_slice_rchunks(slice, size, chunks);
	default:
		return num_slice_windows(slice, size, chunks);
	}
}

static void take_pieces(struct kunit *test, enum kown_chunks_kind kind, size_t len,
			size_t size, unsigned int backs)
{
	static u64 values[8];
	struct piece pieces[8];
	size_t front = 0, back = pieces_of(kind, len, size, pieces);
	struct num_slice chunk;
	struct num_chunks chunks;

	KUNIT_ASSERT_EQ(test, 0, cut(num_slice_of(values, len), kind, size, &chunks));
	for (; front < back; backs >>= 1) {
		struct piece *piece = backs & 1 ? &pieces[--back] : &pieces[front++];

		KUNIT_ASSERT_EQ(test, num_chunks_count(&chunks),
				back - front + 1);
		KUNIT_ASSERT_TRUE(test, backs & 1 ? num_chunks_next_back(&chunks, &chunk) :
						    num_chunks_next(&chunks, &chunk));
		KUNIT_ASSERT_PTR_EQ(test, chunk.elems, values + piece->start);
		KUNIT_ASSERT_EQ(test, chunk.len, piece->len);
	}
	KUNIT_ASSERT_EQ(test, num_chunks_count(&chunks), 0);
	chunk.len = 77;
	KUNIT_ASSERT_FALSE(test, num_chunks_next(&chunks, &chunk));
	KUNIT_ASSERT_FALSE(test, num_chunks_next_back(&chunks, &chunk));
	KUNIT_ASSERT_EQ(test, chunk.len, 77);
}

static void chunks_come_from_both_ends(struct kunit *test)
{
	for (size_t len = 0; len <= 8; len++)
		for (size_t size = 1; size <= 9; size++)
			for (int kind = KOWN_CHUNKS; kind <= KOWN_WINDOWS; kind++)
				for (unsigned int backs = 0; backs < 256; backs++)
					take_pieces(test, kind, len, size, backs);
}

static void chunks_of_nothing_are_refused(struct kunit *test)
{
	u64 values[4] = {};
	struct num_slice slice = num_slice_of(values, 4), chunk, rest;
	struct num_chunks chunks;

	for (int kind = KOWN_CHUNKS; kind <= KOWN_WINDOWS; kind++) {
		KUNIT_EXPECT_EQ(test, -EINVAL, cut(slice, kind, 0, &chunks));
		KUNIT_EXPECT_FALSE(test, num_chunks_next(&chunks, &chunk));
		KUNIT_EXPECT_FALSE(test, num_chunks_next_back(&chunks, &chunk));
		KUNIT_EXPECT_EQ(test, num_chunks_count(&chunks), 0);
	}
	KUNIT_EXPECT_EQ(test, -EINVAL, num_slice_chunks_exact(slice, 0, &chunks, &rest));
	KUNIT_EXPECT_FALSE(test, num_chunks_next(&chunks, &chunk));
	KUNIT_EXPECT_EQ(test, rest.len, 4);
}

static void chunks_exact_leave_a_remainder(struct kunit *test)
{
	static u64 values[8];

	for (size_t len = 0; len <= 8; len++) {
		for (size_t size = 1; size <= 9; size++) {
			struct num_slice chunk, rest;
			struct num_chunks chunks;
			size_t at = 0;

			KUNIT_ASSERT_EQ(test, 0, num_slice_chunks_exact(num_slice_of(values, len),
									size, &chunks, &rest));
			KUNIT_ASSERT_EQ(test, num_chunks_count(&chunks), len / size);
			for (; num_chunks_next(&chunks, &chunk); at += size) {
				KUNIT_ASSERT_PTR_EQ(test, chunk.elems, values + at);
				KUNIT_ASSERT_EQ(test, chunk.len, size);
			}
			KUNIT_ASSERT_PTR_EQ(test, rest.elems, values + at);
			KUNIT_ASSERT_EQ(test, rest.len, len - at);
			KUNIT_ASSERT_LT(test, rest.len, size);
		}
	}
}

/* Loops. */

static struct num_slice counted_look(struct num_slice slice, int *looks)
{
	++*looks;
	return slice;
}

static void slice_loops_visit_in_order(struct kunit *test)
{
	u64 values[7] = { 0, 1, 2, 3, 4, 5, 6 };
	struct num_slice slice = num_slice_of(values, 7), part;
	u64 *elem, next = 0, sum = 0;
	int looks = 0, sizes = 0;

	kown_slice_for_each(elem, counted_look(slice, &looks))
		KUNIT_EXPECT_EQ(test, *elem, next++);
	KUNIT_EXPECT_EQ(test, next, 7);
	kown_slice_for_each_reverse(elem, counted_look(slice, &looks))
		KUNIT_EXPECT_EQ(test, *elem, --next);
	KUNIT_EXPECT_EQ(test, next, 0);
	KUNIT_EXPECT_EQ(test, looks, 2);

	kown_slice_for_each_chunk(part, counted_look(slice, &looks), (sizes++, 3))
		sum = sum * 100 + part.elems[0] * 10 + part.len;
	KUNIT_EXPECT_EQ(test, sum, 33361);
	sum = 0;
	kown_slice_for_each_rchunk(part, counted_look(slice, &looks), (sizes++, 3))
		sum = sum * 100 + part.elems[0] * 10 + part.len;
	KUNIT_EXPECT_EQ(test, sum, 431301);
	sum = 0;
	kown_slice_for_each_window(part, counted_look(slice, &looks), (sizes++, 5))
		sum = sum * 100 + part.elems[0] * 10 + part.len;
	KUNIT_EXPECT_EQ(test, sum, 51525);
	KUNIT_EXPECT_EQ(test, looks, 5);
	KUNIT_EXPECT_EQ(test, sizes, 3);

	/* Left early, and of nothing. */
	kown_slice_for_each(elem, slice)
		if (*elem == 3)
			break;
	KUNIT_EXPECT_PTR_EQ(test, elem, values + 3);
	kown_slice_for_each_chunk(part, slice, 2)
		if (part.elems[0] == 4)
			break;
	KUNIT_EXPECT_PTR_EQ(test, part.elems, values + 4);
	kown_slice_for_each_chunk(part, slice, 0)
		KUNIT_FAIL(test, "a chunk of nothing");
	kown_slice_for_each_window(part, slice, 8)
		KUNIT_FAIL(test, "a window on too much");
	slice.len = 0;
	kown_slice_for_each(elem, slice)
		KUNIT_FAIL(test, "an element of nothing");
	kown_slice_for_each_rchunk(part, slice, 2)
		KUNIT_FAIL(test, "a chunk of no elements");
}

/* Fill. */

static void slice_fill_drops_the_old(struct kunit *test)
{
	struct witness old = {}, new = {};
	struct counted value = counted(&new, 9), elems[4];
	struct counted_slice slice = counted_slice_of(elems, 4);

	for (u64 i = 0; i < 4; i++)
		elems[i] = counted(&old, i);
	fuse = -1;
	KUNIT_EXPECT_EQ(test, 0, counted_slice_fill(slice, &value, GFP_TEST));
	expect_drops(test, &old, 4);
	expect_drops(test, &new, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&new.clones), 4);
	for (u64 i = 0; i < 4; i++) {
		KUNIT_EXPECT_EQ(test, elems[i].value, 9);
		KUNIT_EXPECT_EQ(test, elems[i].state, COUNTED_ALIVE);
	}
	slice.len = 0;
	KUNIT_EXPECT_EQ(test, 0, counted_slice_fill(slice, &value, GFP_TEST));
	KUNIT_EXPECT_EQ(test, atomic_read(&new.clones), 4);
}

static void slice_fill_fails_at_every_element(struct kunit *test)
{
	for (int k = 0; k < 5; k++) {
		struct witness old = {}, new = {};
		struct counted value = counted(&new, 9), elems[5];

		for (u64 i = 0; i < 5; i++)
			elems[i] = counted(&old, i);
		fuse = k;
		KUNIT_EXPECT_EQ(test, -EIO, counted_slice_fill(counted_slice_of(elems, 5),
							       &value, GFP_TEST));
		fuse = -1;
		expect_drops(test, &old, k);
		expect_drops(test, &new, 0);
		KUNIT_EXPECT_EQ(test, atomic_read(&new.clones), k);
		for (int i = 0; i < 5; i++) {
			KUNIT_EXPECT_EQ(test, elems[i].value, i < k ? 9 : i);
			KUNIT_EXPECT_EQ(test, elems[i].state, COUNTED_ALIVE);
		}
	}
}

static void slice_fill_without_memory_or_clone_changes_nothing(struct kunit *test)
{
	const struct kown_type huge = {
		.size = BYTES_TOO_MANY,
		.drop = (void *)1,
		.clone = (void *)1,
	};
	struct witness w = {};
	struct counted value = counted(&w, 9), elems[2] = { counted(&w, 0), counted(&w, 1) };

	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP,
			unclonable_slice_fill(unclonable_slice_of(elems, 2), &value, GFP_TEST));
	KUNIT_EXPECT_EQ(test, -ENOMEM,
			kown_slice_fill(kown_slice_of(&huge, elems, 1), &huge, &value,
					GFP_FAILS));
	expect_drops(test, &w, 0);
	KUNIT_EXPECT_EQ(test, elems[0].value, 0);
	KUNIT_EXPECT_EQ(test, elems[1].value, 1);
}

static void slice_allocation_fails_in_turn(struct kunit *test)
{
	each_failure(test, fail) {
		struct witness old = {}, new = {};
		struct counted value = counted(&new, 9), elems[3];
		u64 order[] = { 2, 1, 0 };
		int err;

		for (u64 i = 0; i < 3; i++)
			elems[i] = counted(&old, i);
		fail_arm(&fail);
		err = num_slice_sort_stable(num_slice_of(order, 3), cmp_num, NULL, GFP_KERNEL);
		if (!err)
			err = counted_slice_fill(counted_slice_of(elems, 3), &value, GFP_KERNEL);
		KUNIT_EXPECT_EQ(test, err, fail_hit(&fail) ? -ENOMEM : 0);
		KUNIT_EXPECT_EQ(test, order[1], 1);
		KUNIT_EXPECT_EQ(test, order[0], fail.nth == 1 ? 2 : 0);
		expect_drops(test, &old, err ? 0 : 3);
		expect_drops(test, &new, 0);
	}
}

static void slice_of_plain_bytes_is_filled(struct kunit *test)
{
	const struct size_case *c = test->param_value;
	const struct kown_type elem = { .size = c->size };
	struct kown_slice all = numbers(test, &elem, MANY + 1);
	void *value = kunit_kzalloc(test, c->size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, value);
	for (size_t len = 0; len <= MANY; len++) {
		number(all, &elem);
		memset(value, 78, c->size);
		KUNIT_ASSERT_EQ(test, 0, kown_slice_fill(kown_slice_of(&elem, all.ptr, len),
							 &elem, value, GFP_TEST));
		for (size_t i = 0; i <= MANY; i++)
			KUNIT_ASSERT_TRUE(test, is(all, &elem, i, i < len ? 77 : i));
	}
}

/* Comparisons: all strings over three letters, of up to three, two by two. */

#define WORDS	(1 + 3 + 9 + 27)

static struct byte_slice word(unsigned int n, u8 *letters)
{
	unsigned int len = 0, words = 1;

	for (; n >= words; words *= 3, len++)
		n -= words;
	for (unsigned int i = len; i--; n /= 3)
		letters[i] = n % 3;
	return byte_slice_of(letters, len);
}

struct asked {
	int calls;
	int fails_at;
};

static int same_byte(const u8 *a, const u8 *b, void *context)
{
	struct asked *asked = context;

	if (++asked->calls == asked->fails_at)
		return -EIO;
	return *a == *b;
}

static int cmp_byte_untyped(const void *a, const void *b, const void *context)
{
	return cmp_byte(a, b, NULL);
}

static int sign(int order)
{
	return (order > 0) - (order < 0);
}

static void compare_words(struct kunit *test, struct byte_slice a, struct byte_slice b)
{
	size_t common = 0, tail = 0, shorter = min(a.len, b.len);
	struct asked asked = {};
	int order;

	while (common < shorter && a.elems[common] == b.elems[common])
		common++;
	while (tail < shorter && a.elems[a.len - 1 - tail] == b.elems[b.len - 1 - tail])
		tail++;
	if (common < shorter)
		order = a.elems[common] < b.elems[common] ? -1 : 1;
	else
		order = (a.len > b.len) - (a.len < b.len);

	KUNIT_ASSERT_EQ(test, byte_slice_eq(a, b), !order);
	KUNIT_ASSERT_EQ(test, kown_slice_eq(a.untyped, b.untyped, &byte_vec_elem), !order);
	KUNIT_ASSERT_EQ(test, sign(byte_slice_cmp(a, b, cmp_byte, NULL)), order);
	KUNIT_ASSERT_EQ(test, sign(kown_slice_cmp(a.untyped, b.untyped, &byte_vec_elem,
						  cmp_byte_untyped, NULL)), order);
	KUNIT_ASSERT_EQ(test, sign(byte_slice_cmp_bytes(a, b)), order);
	KUNIT_ASSERT_EQ(test, byte_slice_starts_with(a, b), common == b.len);
	KUNIT_ASSERT_EQ(test, byte_slice_ends_with(a, b), tail == b.len);
	KUNIT_ASSERT_EQ(test, byte_slice_eq_by(a, b, same_byte, &asked), !order);
	KUNIT_ASSERT_EQ(test, byte_slice_starts_with_by(a, b, same_byte, &asked),
			common == b.len);
	KUNIT_ASSERT_EQ(test, byte_slice_ends_with_by(a, b, same_byte, &asked),
			tail == b.len);
}

static void slices_compare_like_words(struct kunit *test)
{
	u8 a[3], b[3];

	for (unsigned int i = 0; i < WORDS; i++)
		for (unsigned int j = 0; j < WORDS; j++)
			compare_words(test, word(i, a), word(j, b));
}

static void slice_comparison_fails_at_every_element(struct kunit *test)
{
	u8 a[4] = { 1, 2, 3, 4 }, b[4] = { 1, 2, 3, 4 };
	struct byte_slice left = byte_slice_of(a, 4), right = byte_slice_of(b, 4);

	for (int k = 1; k <= 4; k++) {
		struct asked asked = { .fails_at = k };

		KUNIT_EXPECT_EQ(test, -EIO, byte_slice_eq_by(left, right, same_byte, &asked));
		KUNIT_EXPECT_EQ(test, asked.calls, k);
		asked.calls = 0;
		KUNIT_EXPECT_EQ(test, -EIO, byte_slice_starts_with_by(left, right, same_byte,
								      &asked));
		asked.calls = 0;
		KUNIT_EXPECT_EQ(test, -EIO, byte_slice_ends_with_by(left, right, same_byte,
								    &asked));
	}
}

static int is_sought(const u64 *value, void *context)
{
	u64 *sought = context;

	if (*value == 99)
		return -EIO;
	return *value == *sought;
}

static void slice_contains(struct kunit *test)
{
	u64 values[] = { 3, 1, 4, 1, 5, 99 };
	struct num_slice slice = num_slice_of(values, 5);

	for (u64 v = 0; v < 8; v++) {
		bool there = v == 3 || v == 1 || v == 4 || v == 5;

		KUNIT_EXPECT_EQ(test, there, num_slice_contains(slice, &v));
		KUNIT_EXPECT_EQ(test, there, kown_slice_contains(slice.untyped, &num_vec_elem,
								 &v));
		KUNIT_EXPECT_EQ(test, there, num_slice_contains_by(slice, is_sought, &v));
		/* The errno comes only if nothing is found before it. */
		KUNIT_EXPECT_EQ(test, there ? 1 : -EIO,
				num_slice_contains_by(num_slice_of(values, 6), is_sought, &v));
	}
	slice.len = 0;
	KUNIT_EXPECT_FALSE(test, num_slice_contains(slice, values));
	KUNIT_EXPECT_EQ(test, 0, num_slice_contains_by(slice, is_sought, values));
}

/* Sort. */

KOWN_DEFINE_SORT(up, num, u64, cmp_num)

static void slice_sorts_every_order(struct kunit *test)
{
	for (int len = 0; len <= 7; len++) {
		u64 order[7] = { 0, 1, 2, 3, 4, 5, 6 };

		do {
			u64 sorted[4][7];
			struct num_slice slices[4];

			for (int i = 0; i < 4; i++) {
				memcpy(sorted[i], order, sizeof(order));
				slices[i] = num_slice_of(sorted[i], len);
			}
			num_slice_sort(slices[0], cmp_num, NULL);
			KUNIT_ASSERT_EQ(test, 0, num_slice_sort_stable(slices[1], cmp_num, NULL,
								       GFP_TEST));
			up_sort(slices[2], NULL);
			KUNIT_ASSERT_EQ(test, 0, up_sort_stable(slices[3], NULL, GFP_TEST));
			for (int i = 0; i < 4 * 7; i++)
				KUNIT_ASSERT_EQ(test, sorted[i / 7][i % 7], i % 7);
		} while (next_permutation(order, len));
	}
}

/* Elements of a key and the place they came from, in four bytes, and then some more. */

struct stable_case {
	size_t size;
};

static const struct stable_case stable_cases[] = {
	{ 4 }, { 5 }, { 8 }, { 24 }, { 200 },
};

static void stable_desc(const struct stable_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%zu bytes", c->size);
}

KUNIT_ARRAY_PARAM(stable, stable_cases, stable_desc);

struct origin {
	u16 key;
	u16 from;
};

static struct origin origin(const void *elem)
{
	struct origin origin;

	memcpy(&origin, elem, sizeof(origin));
	return origin;
}

static int cmp_key(const void *a, const void *b, const void *context)
{
	return (int)origin(a).key - (int)origin(b).key;
}

static void scatter(struct kown_slice slice, const struct kown_type *elem, u16 keys,
		    u64 *random)
{
	for (size_t i = 0; i < slice.len; i++) {
		struct origin new = { next_random(random) % keys, i };
		void *at = kown_slice_at(slice, elem, i);

		memset(at, i, elem->size);
		memcpy(at, &new, sizeof(new));
	}
}

static void slice_sorts_stably(struct kunit *test)
{
	const struct stable_case *c = test->param_value;
	const struct kown_type elem = { .size = c->size };
	struct kown_slice slice = numbers(test, &elem, 400);
	static const u16 keys[] = { 1, 2, 5, 50, 1000 };
	u64 random = 1;

	for (size_t len = 0; len <= 400; len = len < 70 ? len + 1 : len + 33) {
		slice.len = len;
		for (int k = 0; k < ARRAY_SIZE(keys); k++) {
			scatter(slice, &elem, keys[k], &random);
			KUNIT_ASSERT_EQ(test, 0, kown_slice_sort_stable(slice, &elem, cmp_key,
									NULL, GFP_TEST));
			KUNIT_ASSERT_TRUE(test, kown_slice_is_sorted(slice, &elem, cmp_key,
								     NULL));
			for (size_t i = 0; i < len; i++) {
				void *at = kown_slice_at(slice, &elem, i);
				struct origin here = origin(at), before;

				/* It is whole, and after its equals that were before it. */
				KUNIT_ASSERT_NULL(test, memchr_inv(at + 4, (u8)here.from,
								   c->size - 4));
				if (!i)
					continue;
				before = origin(kown_slice_at(slice, &elem, i - 1));
				KUNIT_ASSERT_TRUE(test, before.key < here.key ||
						  before.from < here.from);
			}
		}
	}
}

/* What is nobody's order: each answer is possible, whatever was answered before. */

enum { NONSENSE_LESS, NONSENSE_MORE, NONSENSE_RANDOM, NONSENSES };

struct nonsense {
	int kind;
	u64 random;
};

static int cmp_nonsense(const u64 *a, const u64 *b, void *context)
{
	struct nonsense *nonsense = context;

	switch (nonsense->kind) {
	case NONSENSE_LESS:
		return -1;
	case NONSENSE_MORE:
		return 1;
	default:
		return (int)(next_random(&nonsense->random) % 3) - 1;
	}
}

static void slice_sorted_by_nonsense_has_all_elements(struct kunit *test)
{
	struct nonsense nonsense = { .random = 1 };
	u64 values[100];
	struct num_slice slice = num_slice_of(values, 100);

	for (nonsense.kind = 0; nonsense.kind < NONSENSES; nonsense.kind++) {
		for (int round = 0; round < 20; round++) {
			for (u64 i = 0; i < 100; i++)
				values[i] = i;
			if (round & 1)
				num_slice_sort(slice, cmp_nonsense, &nonsense);
			else
				KUNIT_ASSERT_EQ(test, 0, num_slice_sort_stable(slice,
									       cmp_nonsense,
									       &nonsense,
									       GFP_TEST));
			num_slice_sort(slice, cmp_num, NULL);
			for (u64 i = 0; i < 100; i++)
				KUNIT_ASSERT_EQ(test, values[i], i);
		}
	}
}

static void slice_already_sorted_is_compared_once(struct kunit *test)
{
	u64 values[100];
	unsigned int calls;

	for (u64 i = 0; i < 100; i++)
		values[i] = i / 2;
	for (size_t len = 2; len <= 100; len++) {
		calls = 0;
		KUNIT_ASSERT_EQ(test, 0, num_slice_sort_stable(num_slice_of(values, len),
							       cmp_num, &calls, GFP_TEST));
		KUNIT_ASSERT_EQ(test, calls, len - 1);
	}
	/* One element needs no order, nor memory. */
	calls = 0;
	KUNIT_EXPECT_EQ(test, 0, num_slice_sort_stable(num_slice_of(values, 1), cmp_num,
						       &calls, 0));
	num_slice_sort(num_slice_of(values, 1), cmp_num, &calls);
	KUNIT_EXPECT_EQ(test, calls, 0);
}

static void slice_sort_without_memory_changes_nothing(struct kunit *test)
{
	size_t len = BYTES_TOO_MANY / sizeof(u64) * 2 + 2;
	u64 *values = kvmalloc_array(len, sizeof(u64), GFP_KERNEL);
	unsigned int calls = 0;

	KUNIT_ASSERT_NOT_NULL(test, values);
	for (u64 i = 0; i < len; i++)
		values[i] = len - i;
	KUNIT_EXPECT_EQ(test, -ENOMEM, num_slice_sort_stable(num_slice_of(values, len), cmp_num,
							     &calls, GFP_FAILS));
	KUNIT_EXPECT_EQ(test, calls, 0);
	for (u64 i = 0; i < len; i++)
		if (values[i] != len - i)
			KUNIT_FAIL(test, "element %llu moved", i);
	KUNIT_EXPECT_EQ(test, 0, num_slice_sort_stable(num_slice_of(values, len), cmp_num,
						       NULL, GFP_KERNEL));
	for (u64 i = 0; i < len; i++)
		if (values[i] != i + 1)
			KUNIT_FAIL(test, "element %llu is wrong", i);
	kvfree(values);
}

static void slice_is_sorted_or_not(struct kunit *test)
{
	u64 order[5] = { 0, 1, 2, 2, 3 };

	do {
		bool sorted = true;

		for (int i = 1; i < 5; i++)
			sorted &= order[i - 1] <= order[i];
		KUNIT_ASSERT_EQ(test, sorted, num_slice_is_sorted(num_slice_of(order, 5),
								  cmp_num, NULL));
	} while (next_permutation(order, 5));
	KUNIT_EXPECT_TRUE(test, num_slice_is_sorted(num_slice_of(NULL, 0), cmp_num, NULL));
	KUNIT_EXPECT_TRUE(test, num_slice_is_sorted(num_slice_of(order, 1), cmp_num, NULL));
}

/* Search. */

static int order_to(const u64 *value, void *context)
{
	return cmp_num(value, context, NULL);
}

static int is_less(const u64 *value, void *context)
{
	u64 *than = context;

	return *value == 99 ? -EIO : *value < *than;
}

static int order_to_untyped(const void *value, const void *context)
{
	return cmp_num(value, context, NULL);
}

static int is_less_untyped(const void *value, void *context)
{
	return is_less(value, context);
}

static void search_all(struct kunit *test, struct num_slice slice)
{
	for (u64 sought = 0; sought <= 8; sought++) {
		size_t less = 0, equal = 0, index = 77, same = 77;
		unsigned int calls = 0;
		int err;

		for (size_t i = 0; i < slice.len; i++) {
			less += slice.elems[i] < sought;
			equal += slice.elems[i] == sought;
		}
		err = num_slice_binary_search(slice, &sought, cmp_num, &calls, &index);
		KUNIT_ASSERT_EQ(test, err, equal ? 0 : -ENOENT);
		KUNIT_ASSERT_GE(test, index, less);
		KUNIT_ASSERT_LE(test, index, less + (equal ? equal - 1 : 0));
		KUNIT_ASSERT_LE(test, calls, slice.len ? ilog2(slice.len) + 2 : 0);

		index = 77;
		err = num_slice_binary_search_by(slice, order_to, &sought, &index);
		KUNIT_ASSERT_EQ(test, err, equal ? 0 : -ENOENT);
		KUNIT_ASSERT_GE(test, index, less);
		KUNIT_ASSERT_LE(test, index, less + (equal ? equal - 1 : 0));

		KUNIT_ASSERT_EQ(test, err, kown_slice_binary_search(slice.untyped, &num_vec_elem,
								    order_to_untyped, &sought,
								    &same));
		KUNIT_ASSERT_EQ(test, index, same);

		index = 77;
		KUNIT_ASSERT_EQ(test, 0, num_slice_partition_point(slice, is_less, &sought,
								   &index));
		KUNIT_ASSERT_EQ(test, index, less);
		index = 77;
		KUNIT_ASSERT_EQ(test, 0, kown_slice_partition_point(slice.untyped, &num_vec_elem,
								    is_less_untyped, &sought,
								    &index));
		KUNIT_ASSERT_EQ(test, index, less);
	}
}

/* All ascending sequences of up to 8 odd numbers from 1 to 7. */
static void slice_finds_every_value(struct kunit *test)
{
	for (unsigned int seed = 0; seed < 1 << 16; seed++) {
		u64 values[8];
		size_t len = 0;
		bool ascends = true;

		for (; len < 8; len++) {
			values[len] = 1 + 2 * (seed >> (2 * len) & 3);
			ascends &= !len || values[len - 1] <= values[len];
		}
		for (; ascends && len + 1; len--)
			search_all(test, num_slice_of(values, len));
	}
}

static void slice_partition_point_passes_an_errno_on(struct kunit *test)
{
	u64 values[] = { 1, 2, 99, 4 }, than = 9;
	size_t index = 77;

	KUNIT_EXPECT_EQ(test, -EIO, num_slice_partition_point(num_slice_of(values, 4), is_less,
							      &than, &index));
	KUNIT_EXPECT_EQ(test, index, 77);
}

/* Elements that are large, and such as are nothing. */

static int cmp_big(const struct big *a, const struct big *b, void *context)
{
	return memcmp(a, b, sizeof(*a));
}

static void slice_of_large_elements_works(struct kunit *test)
{
	struct big_vec vec __free(big_vec_free) = {};
	struct big *value = kunit_kzalloc(test, sizeof(*value), GFP_KERNEL);
	struct big_slice slice;
	size_t index;

	KUNIT_ASSERT_NOT_NULL(test, value);
	for (int i = 0; i < 5; i++) {
		memset(value, i * 3 % 5, sizeof(*value));
		KUNIT_ASSERT_EQ(test, 0, big_vec_push(&vec, value, GFP_TEST));
	}
	/* 0 3 1 4 2 */
	slice = big_vec_as_slice(&vec);
	KUNIT_EXPECT_EQ(test, 0, big_slice_swap(slice, 0, 1));
	KUNIT_EXPECT_EQ(test, 0, big_slice_rotate_left(slice, 2));
	big_slice_reverse(slice);
	/* 0 3 2 4 1 */
	KUNIT_EXPECT_EQ(test, slice.elems[2].bytes[65535], 2);
	KUNIT_EXPECT_EQ(test, slice.elems[4].bytes[0], 1);
	KUNIT_EXPECT_TRUE(test, big_slice_contains(slice, value));
	KUNIT_EXPECT_EQ(test, 0, big_slice_sort_stable(slice, cmp_big, NULL, GFP_TEST));
	for (int i = 0; i < 5; i++)
		KUNIT_EXPECT_NULL(test, memchr_inv(&slice.elems[i], i, sizeof(*value)));
	big_slice_reverse(slice);
	big_slice_sort(slice, cmp_big, NULL);
	for (int i = 0; i < 5; i++)
		KUNIT_EXPECT_NULL(test, memchr_inv(&slice.elems[i], i, sizeof(*value)));
	KUNIT_EXPECT_EQ(test, 0, big_slice_binary_search(slice, value, cmp_big, NULL, &index));
	KUNIT_EXPECT_EQ(test, index, 2);
}

static int cmp_empty(const struct empty *a, const struct empty *b, void *context)
{
	++*(int *)context;
	return 0;
}

static void slice_of_nothings_only_counts(struct kunit *test)
{
	struct empty_vec vec = {};
	struct empty_slice slice, part, rest;
	struct empty_chunks chunks;
	size_t index, chunk_count = 0;
	struct empty *elem;
	int calls = 0;

	KUNIT_ASSERT_EQ(test, 0, empty_vec_push_n(&vec, NULL, 5, GFP_TEST));
	slice = empty_vec_as_slice(&vec);
	KUNIT_EXPECT_EQ(test, slice.len, 5);
	KUNIT_EXPECT_NOT_NULL(test, empty_slice_get(slice, 4));
	KUNIT_EXPECT_NOT_NULL(test, empty_slice_last(slice));
	KUNIT_EXPECT_NULL(test, empty_slice_get(slice, 5));
	kown_slice_for_each(elem, slice) {
		KUNIT_EXPECT_NOT_NULL(test, elem);
		calls++;
	}
	KUNIT_EXPECT_EQ(test, calls, 5);
	kown_slice_for_each_chunk(part, slice, 2)
		chunk_count += part.len;
	KUNIT_EXPECT_EQ(test, chunk_count, 5);
	KUNIT_EXPECT_TRUE(test, empty_slice_contains(slice, &(struct empty){}));
	KUNIT_EXPECT_EQ(test, 0, empty_slice_binary_search(slice, elem, cmp_empty, &calls,
							   &index));
	KUNIT_EXPECT_EQ(test, 0, empty_slice_range(slice, 1, 3, &part));
	KUNIT_EXPECT_FALSE(test, empty_slice_eq(slice, part));
	KUNIT_EXPECT_TRUE(test, empty_slice_ends_with(slice, part));
	KUNIT_EXPECT_GT(test, empty_slice_cmp_bytes(slice, part), 0);

	/* As many as there can be, and none of these loops. */
	slice.len = SIZE_MAX;
	calls = 0;
	empty_slice_reverse(slice);
	empty_slice_sort(slice, cmp_empty, &calls);
	KUNIT_EXPECT_EQ(test, 0, empty_slice_sort_stable(slice, cmp_empty, &calls, GFP_TEST));
	KUNIT_EXPECT_EQ(test, calls, 0);
	KUNIT_EXPECT_EQ(test, 0, empty_slice_swap(slice, 0, SIZE_MAX - 1));
	KUNIT_EXPECT_EQ(test, -ERANGE, empty_slice_swap(slice, 0, SIZE_MAX));
	KUNIT_EXPECT_EQ(test, 0, empty_slice_rotate_left(slice, SIZE_MAX));
	KUNIT_EXPECT_EQ(test, 0, empty_slice_rotate_right(slice, SIZE_MAX / 2));
	KUNIT_EXPECT_EQ(test, 0, empty_slice_fill(slice, elem, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, empty_slice_copy_within(slice, 1, SIZE_MAX - 1, 0));
	KUNIT_EXPECT_TRUE(test, empty_slice_eq(slice, slice));
	KUNIT_EXPECT_EQ(test, 0, empty_slice_split_at(slice, SIZE_MAX, &part, &rest));
	KUNIT_EXPECT_EQ(test, part.len, SIZE_MAX);
	KUNIT_EXPECT_EQ(test, 0, empty_slice_chunks(slice, SIZE_MAX - 1, &chunks));
	KUNIT_EXPECT_EQ(test, empty_chunks_count(&chunks), 2);
	KUNIT_EXPECT_TRUE(test, empty_chunks_next_back(&chunks, &part));
	KUNIT_EXPECT_EQ(test, part.len, 1);
	KUNIT_EXPECT_TRUE(test, empty_chunks_next(&chunks, &part));
	KUNIT_EXPECT_EQ(test, part.len, SIZE_MAX - 1);
	KUNIT_EXPECT_FALSE(test, empty_chunks_next(&chunks, &part));
	KUNIT_EXPECT_EQ(test, 0, empty_slice_windows(slice, 1, &chunks));
	KUNIT_EXPECT_EQ(test, empty_chunks_count(&chunks), SIZE_MAX);
}

/* A boxed slice goes back. */
static void vec_is_boxed_and_unboxed(struct kunit *test)
{
	struct witness w = {};
	struct counted_vec vec = {};
	struct empty_vec nothings = {};
	struct counted *elems;
	struct empty *none;
	size_t len;

	for (u64 i = 0; i < 5; i++) {
		struct counted value = counted(&w, i);

		KUNIT_ASSERT_EQ(test, 0, counted_vec_push(&vec, &value, GFP_TEST));
	}
	KUNIT_ASSERT_EQ(test, 0, counted_vec_into_boxed_slice(&vec, &elems, &len, GFP_TEST));
	KUNIT_EXPECT_EQ(test, vec.len, 0);
	vec = counted_vec_from_boxed_slice(elems, len);
	KUNIT_EXPECT_EQ(test, vec.len, 5);
	KUNIT_EXPECT_EQ(test, vec.cap, 5);
	KUNIT_EXPECT_EQ(test, vec.elems[4].value, 4);
	expect_drops(test, &w, 0);
	counted_vec_free(&vec);
	expect_drops(test, &w, 5);

	KUNIT_ASSERT_EQ(test, 0, empty_vec_push_n(&nothings, NULL, 3, GFP_TEST));
	KUNIT_ASSERT_EQ(test, 0, empty_vec_into_boxed_slice(&nothings, &none, &len, GFP_TEST));
	nothings = empty_vec_from_boxed_slice(none, len);
	KUNIT_EXPECT_EQ(test, nothings.len, 3);
	KUNIT_EXPECT_EQ(test, nothings.cap, 0);
}

static struct kunit_case slice_cases[] = {
	KUNIT_CASE(slice_of_a_vec_is_its_elements),
	KUNIT_CASE(slice_range_is_checked),
	KUNIT_CASE(slice_splits_at_every_index),
	KUNIT_CASE(slice_is_peeled_from_both_ends),
	KUNIT_CASE(chunks_come_from_both_ends),
	KUNIT_CASE(chunks_of_nothing_are_refused),
	KUNIT_CASE(chunks_exact_leave_a_remainder),
	KUNIT_CASE(slice_loops_visit_in_order),
	KUNIT_CASE_PARAM(slice_swaps_any_two, size_gen_params),
	KUNIT_CASE_PARAM(slice_reverses, size_gen_params),
	KUNIT_CASE(slice_of_size_0_is_anywhere),
	KUNIT_CASE_PARAM(slice_rotates_by_every_number, size_gen_params),
	KUNIT_CASE(slice_of_many_rotates),
	KUNIT_CASE_PARAM(slice_copies_within, size_gen_params),
	KUNIT_CASE(slice_of_owners_is_not_copied),
	KUNIT_CASE_PARAM(slice_of_plain_bytes_is_filled, size_gen_params),
	KUNIT_CASE(slice_fill_drops_the_old),
	KUNIT_CASE(slice_fill_fails_at_every_element),
	KUNIT_CASE(slice_fill_without_memory_or_clone_changes_nothing),
	KUNIT_CASE(slice_allocation_fails_in_turn),
	KUNIT_CASE(slices_compare_like_words),
	KUNIT_CASE(slice_comparison_fails_at_every_element),
	KUNIT_CASE(slice_contains),
	KUNIT_CASE(slice_sorts_every_order),
	KUNIT_CASE_PARAM(slice_sorts_stably, stable_gen_params),
	KUNIT_CASE(slice_sorted_by_nonsense_has_all_elements),
	KUNIT_CASE(slice_already_sorted_is_compared_once),
	KUNIT_CASE(slice_sort_without_memory_changes_nothing),
	KUNIT_CASE(slice_is_sorted_or_not),
	KUNIT_CASE(slice_finds_every_value),
	KUNIT_CASE(slice_partition_point_passes_an_errno_on),
	KUNIT_CASE(slice_of_large_elements_works),
	KUNIT_CASE(slice_of_nothings_only_counts),
	KUNIT_CASE(vec_is_boxed_and_unboxed),
	{}
};

static struct kunit_suite slice_suite = {
	.name = "kown_slice",
	.test_cases = slice_cases,
};

kunit_test_suite(slice_suite);
