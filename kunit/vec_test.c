// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for Vec: the untyped core with each kind of element, then the typed
 * functions, then the loops.
 */
#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <kown/vec.h>

#include "counted.h"
#include "owned.h"

#define MOST	8

KUNIT_ARRAY_PARAM(kind, kinds, kind_desc);

/* Elements that are not the vec's: from number 100 on. */
struct others {
	u64 bytes[MOST + 1];
};

/* Growth, to the element: the capacities that pushing one at a time goes through. */

struct growth_case {
	size_t size;
	size_t caps[6];
};

static const struct growth_case growth_cases[] = {
	{ 1, { 0, 8, 16, 32, 64, 128 } },
	{ 2, { 0, 4, 8, 16, 32, 64 } },
	{ 3, { 0, 4, 8, 16, 32, 64 } },
	{ 8, { 0, 4, 8, 16, 32, 64 } },
	{ 1024, { 0, 4, 8, 16, 32, 64 } },
	{ 1025, { 0, 1, 2, 4, 8, 16 } },
	{ 4095, { 0, 1, 2, 4, 8, 16 } },
	{ 4096, { 0, 1, 2, 4, 8, 16 } },
	{ 65536, { 0, 1, 2, 4, 8, 16 } },
};

static void growth_desc(const struct growth_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%zu bytes", c->size);
}

KUNIT_ARRAY_PARAM(growth, growth_cases, growth_desc);

static void vec_push_grows_by_the_rule(struct kunit *test)
{
	const struct growth_case *c = test->param_value;
	const struct kown_type elem = { .size = c->size };
	void *value = kunit_kzalloc(test, c->size, GFP_KERNEL);
	struct kown_vec vec = {};
	unsigned int step = 0;

	KUNIT_ASSERT_NOT_NULL(test, value);
	KUNIT_ASSERT_EQ(test, kown_vec_cap(&vec, &elem), c->caps[0]);
	while (vec.len < c->caps[ARRAY_SIZE(c->caps) - 1]) {
		bool full = vec.len == kown_vec_cap(&vec, &elem);

		memset(value, (u8)vec.len, c->size);
		KUNIT_ASSERT_EQ(test, 0, kown_vec_push_n(&vec, &elem, value, 1, GFP_TEST));
		step += full;
		KUNIT_ASSERT_EQ(test, kown_vec_cap(&vec, &elem), c->caps[step]);
	}
	KUNIT_EXPECT_EQ(test, step, ARRAY_SIZE(c->caps) - 1);
	for (size_t i = 0; i < vec.len; i++) {
		memset(value, (u8)i, c->size);
		KUNIT_ASSERT_EQ(test, 0, memcmp(kown_vec_at(&vec, &elem, i), value, c->size));
	}
	kown_vec_free(&vec, &elem);
}

/* What is pushed moves no more often than in a loop that doubles its array by hand. */
static void vec_growth_copies_no_more_than_doubling(struct kunit *test)
{
	static const size_t sizes[] = { 1, 3, 8, 64 };
	static const u8 value[64];

	for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
		const struct kown_type elem = { .size = sizes[s] };
		size_t by_hand = elem.size == 1 ? 8 : 4, copied = 0, copied_by_hand = 0;
		struct kown_vec vec = {};

		while (vec.len < min_t(size_t, 1 << 20, (8 << 20) / elem.size)) {
			size_t cap = kown_vec_cap(&vec, &elem);
			const void *elems = kown_vec_at(&vec, &elem, 0);

			if (vec.len == by_hand) {
				copied_by_hand += vec.len;
				by_hand *= 2;
			}
			KUNIT_ASSERT_EQ(test, 0, kown_vec_push_n(&vec, &elem, value, 1, GFP_TEST));
			if (kown_vec_at(&vec, &elem, 0) != elems ||
			    kown_vec_cap(&vec, &elem) != cap)
				copied += vec.len - 1;
		}
		KUNIT_EXPECT_GT(test, copied, 0);
		KUNIT_EXPECT_LE(test, copied, copied_by_hand);
		kown_vec_free(&vec, &elem);
	}
}

static void vec_push_n_takes_what_is_asked_if_more_than_double(struct kunit *test)
{
	static const u64 values[100] = { [0] = 1, [99] = 2 };
	struct kown_vec vec = vec_of(test, &kinds[0], 4, 0);

	KUNIT_ASSERT_EQ(test, 0, kown_vec_push_n(&vec, &word_vec_elem, values, 100, GFP_TEST));
	KUNIT_EXPECT_EQ(test, vec.len, 104);
	KUNIT_EXPECT_EQ(test, vec.raw.cap, 104);
	KUNIT_EXPECT_EQ(test, 3, *(u64 *)kown_vec_at(&vec, &word_vec_elem, 3));
	KUNIT_EXPECT_EQ(test, 1, *(u64 *)kown_vec_at(&vec, &word_vec_elem, 4));
	KUNIT_EXPECT_EQ(test, 2, *(u64 *)kown_vec_at(&vec, &word_vec_elem, 103));
	kown_vec_free(&vec, &word_vec_elem);
}

/* Each operation on an empty vec that has nothing to do allocates nothing. */
static void vec_without_elements_has_no_memory(struct kunit *test)
{
	const struct kind *kind = test->param_value;
	const struct kown_type *elem = kind->elem;
	struct kown_vec vec = {}, other = {}, empty = {};
	struct source none = source_of(kind, 0, 0, EXACT);

	kown_vec_truncate(&vec, elem, 0);
	KUNIT_EXPECT_EQ(test, 0, kown_vec_reserve(&vec, elem, 0, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_vec_reserve_exact(&vec, elem, 0, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_vec_shrink_to(&vec, elem, 0, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_vec_push_n(&vec, elem, NULL, 0, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_vec_insert_n(&vec, elem, 0, NULL, 0, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_vec_remove_n(&vec, elem, 0, 0, NULL));
	KUNIT_EXPECT_EQ(test, 0, kown_vec_extend_from_slice(&vec, elem, NULL, 0, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_vec_extend_from_within(&vec, elem, 0, 0, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_vec_resize(&vec, elem, 0, NULL, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_vec_resize_with(&vec, elem, 0, NULL, NULL, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_vec_extend(&vec, elem, &none.iter, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_vec_append(&vec, elem, &other, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_vec_split_off(&vec, elem, 0, &other, GFP_TEST));
	KUNIT_EXPECT_TRUE(test, same_vec(&other, &empty));
	KUNIT_EXPECT_EQ(test, 0, kown_vec_clone(&vec, elem, &other, GFP_TEST));
	KUNIT_EXPECT_TRUE(test, same_vec(&other, &empty));
	KUNIT_EXPECT_EQ(test, 0, kown_vec_clone_from(&vec, elem, &other, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_vec_retain(&vec, elem, NULL, NULL));
	KUNIT_EXPECT_EQ(test, 0, kown_vec_dedup_by(&vec, elem, NULL, NULL));
	kown_vec_dedup(&vec, elem);
	KUNIT_EXPECT_TRUE(test, same_vec(&vec, &empty));
	KUNIT_EXPECT_TRUE(test, free_balanced(kind, &vec));
}

static void vec_reserve_with_room_changes_nothing(struct kunit *test)
{
	struct kown_vec vec = vec_of(test, &kinds[0], 5, 3);
	struct kown_vec before = vec;

	KUNIT_EXPECT_EQ(test, vec.raw.cap, 8);
	KUNIT_EXPECT_EQ(test, 0, kown_vec_reserve(&vec, &word_vec_elem, 3, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_vec_reserve_exact(&vec, &word_vec_elem, 3, GFP_TEST));
	KUNIT_EXPECT_TRUE(test, same_vec(&vec, &before));
	kown_vec_free(&vec, &word_vec_elem);
}

static void vec_reserve_exact_takes_just_that(struct kunit *test)
{
	struct kown_vec vec = vec_of(test, &kinds[0], 5, 3);

	KUNIT_EXPECT_EQ(test, 0, kown_vec_reserve_exact(&vec, &word_vec_elem, 4, GFP_TEST));
	KUNIT_EXPECT_EQ(test, vec.raw.cap, 9);
	KUNIT_EXPECT_EQ(test, 0, kown_vec_reserve(&vec, &word_vec_elem, 5, GFP_TEST));
	KUNIT_EXPECT_EQ(test, vec.raw.cap, 18);
	kown_vec_free(&vec, &word_vec_elem);
}

static void vec_plan_says_what_reserve_does(struct kunit *test)
{
	for (size_t len = 0; len <= 9; len++) {
		for (size_t extra = 0; extra <= 40; extra++) {
			struct kown_vec vec = vec_of(test, &kinds[0], len, len % 3);
			size_t need, cap;

			KUNIT_ASSERT_EQ(test, 0, kown_vec_plan(&vec, &word_vec_elem, extra,
							       &need, &cap));
			KUNIT_ASSERT_EQ(test, need, len + extra);
			KUNIT_ASSERT_EQ(test, 0, kown_vec_reserve(&vec, &word_vec_elem,
								  extra, GFP_TEST));
			KUNIT_ASSERT_EQ(test, vec.raw.cap, cap);
			KUNIT_ASSERT_EQ(test, vec.len, len);
			kown_vec_free(&vec, &word_vec_elem);
		}
	}
}

static void vec_shrink_to_leaves_room_for_what_there_is(struct kunit *test)
{
	for (size_t len = 0; len <= MOST; len++) {
		for (size_t min_cap = 0; min_cap <= 20; min_cap++) {
			struct kown_vec vec = vec_of(test, &kinds[1], len, 16 - len);
			size_t want = min_t(size_t, max(len, min_cap), 16);

			KUNIT_ASSERT_EQ(test, 0, kown_vec_shrink_to(&vec, &owned_vec_elem,
								    min_cap, GFP_TEST));
			KUNIT_ASSERT_EQ(test, vec.raw.cap, want);
			KUNIT_ASSERT_EQ(test, !vec.raw.ptr, !want);
			KUNIT_ASSERT_TRUE(test, holds_ids(&kinds[1], &vec, 0, len));
			KUNIT_ASSERT_TRUE(test, free_balanced(&kinds[1], &vec));
		}
	}
}

static void vec_of_size_0_only_counts(struct kunit *test)
{
	static const struct kown_type elem = { .size = 0 };
	struct kown_vec vec = {}, other = {};
	size_t need, cap;

	KUNIT_EXPECT_EQ(test, kown_vec_cap(&vec, &elem), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, 0, kown_vec_push_n(&vec, &elem, NULL, 1000, GFP_TEST));
	KUNIT_EXPECT_EQ(test, vec.len, 1000);
	KUNIT_EXPECT_EQ(test, 0, kown_vec_resize(&vec, &elem, SIZE_MAX, NULL, GFP_TEST));
	KUNIT_EXPECT_EQ(test, vec.len, SIZE_MAX);
	KUNIT_EXPECT_EQ(test, -EOVERFLOW, kown_vec_push_n(&vec, &elem, NULL, 1, GFP_TEST));
	KUNIT_EXPECT_EQ(test, -EOVERFLOW, kown_vec_plan(&vec, &elem, 1, &need, &cap));
	KUNIT_EXPECT_EQ(test, -EOVERFLOW, kown_vec_extend_from_within(&vec, &elem, 0, 1,
								      GFP_TEST));
	KUNIT_EXPECT_EQ(test, -ERANGE, kown_vec_remove_n(&vec, &elem, 1, SIZE_MAX, NULL));
	KUNIT_EXPECT_EQ(test, vec.len, SIZE_MAX);
	KUNIT_EXPECT_EQ(test, 0, kown_vec_clone(&vec, &elem, &other, GFP_TEST));
	KUNIT_EXPECT_EQ(test, other.len, SIZE_MAX);
	KUNIT_EXPECT_EQ(test, -EOVERFLOW, kown_vec_append(&vec, &elem, &other, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_vec_remove_n(&vec, &elem, 1, SIZE_MAX - 1, NULL));
	KUNIT_EXPECT_EQ(test, vec.len, 1);
	KUNIT_EXPECT_EQ(test, 0, kown_vec_shrink_to(&vec, &elem, 0, GFP_TEST));
	KUNIT_EXPECT_NULL(test, vec.raw.ptr);
	KUNIT_EXPECT_EQ(test, vec.raw.cap, 0);
	kown_vec_free(&other, &elem);
	kown_vec_free(&vec, &elem);
	KUNIT_EXPECT_EQ(test, vec.len, 0);
}

/* Every refusal of a size, by every operation that grows; the vec is as it was. */

struct refusal_case {
	const char *desc;
	size_t size;
	size_t extra;
	int err;
};

static const struct refusal_case refusal_cases[] = {
	{ "length overflows", 1, SIZE_MAX, -EOVERFLOW },
	{ "length overflows by one", 8, SIZE_MAX - 4, -EOVERFLOW },
	{ "product overflows", 8, SIZE_MAX / 8, -EOVERFLOW },
	{ "product overflows far", 65536, SIZE_MAX / 2, -EOVERFLOW },
	{ "one byte above SSIZE_MAX", 1, SSIZE_MAX - 4, -EOVERFLOW },
	{ "one element above SSIZE_MAX", 8, SSIZE_MAX / 8 - 4, -EOVERFLOW },
#if BITS_PER_LONG == 64
	{ "SSIZE_MAX bytes", 1, SSIZE_MAX - 5, -ENOMEM },
	{ "just below SSIZE_MAX", 8, SSIZE_MAX / 8 - 5, -ENOMEM },
	{ "one byte above INT_MAX", 1, INT_MAX - 4UL, -ENOMEM },
	{ "one element above INT_MAX", 8, INT_MAX / 8 - 4UL, -ENOMEM },
#endif
	{ "INT_MAX bytes, which kmalloc does not give", 1, INT_MAX - 5UL, -ENOMEM },
	{ "more bytes than kmalloc gives", 8, BYTES_TOO_MANY / 8, -ENOMEM },
};

static void refusal_desc(const struct refusal_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(refusal, refusal_cases, refusal_desc);

static int make_never(void *to, void *context)
{
	(*(int *)context)++;
	return -EINVAL;
}

static void vec_refusal_leaves_it_as_it_was(struct kunit *test)
{
	const struct refusal_case *c = test->param_value;
	const struct kown_type elem = { .size = c->size };
	struct kown_vec vec = {}, before, other, from = { .len = c->extra };
	size_t len = c->extra + 5 < 5 ? SIZE_MAX : c->extra + 5;
	bool overflows = c->extra + 5 < 5, allocates;
	size_t need, cap;
	int made = 0;

	/* Five elements there: len + extra is what is refused. */
	KUNIT_ASSERT_EQ(test, 0, kown_vec_reserve(&vec, &elem, 5, GFP_TEST));
	memset(vec.raw.ptr, 0x5a, 5 * c->size);
	kown_vec_commit(&vec, 5);
	before = vec;
	allocates = c->err == -ENOMEM && !kown_raw_vec_check(&elem, len);

	KUNIT_EXPECT_EQ(test, allocates ? 0 : c->err,
			kown_vec_plan(&vec, &elem, c->extra, &need, &cap));
	KUNIT_EXPECT_EQ(test, c->err, kown_vec_reserve(&vec, &elem, c->extra, GFP_FAILS));
	KUNIT_EXPECT_EQ(test, c->err, kown_vec_reserve_exact(&vec, &elem, c->extra, GFP_FAILS));
	KUNIT_EXPECT_EQ(test, c->err, kown_vec_push_n(&vec, &elem, NULL, c->extra, GFP_FAILS));
	KUNIT_EXPECT_EQ(test, c->err, kown_vec_insert_n(&vec, &elem, 2, NULL, c->extra,
							GFP_FAILS));
	KUNIT_EXPECT_EQ(test, c->err, kown_vec_extend_from_slice(&vec, &elem, NULL, c->extra,
								 GFP_FAILS));
	KUNIT_EXPECT_EQ(test, c->err, kown_vec_append(&vec, &elem, &from, GFP_FAILS));
	KUNIT_EXPECT_EQ(test, from.len, c->extra);
	if (!overflows) {
		KUNIT_EXPECT_EQ(test, c->err, kown_vec_resize(&vec, &elem, len, NULL,
							      GFP_FAILS));
		KUNIT_EXPECT_EQ(test, c->err, kown_vec_resize_with(&vec, &elem, len, make_never,
								   &made, GFP_FAILS));
		from.len = len;
		KUNIT_EXPECT_EQ(test, c->err, kown_vec_clone(&from, &elem, &other, GFP_FAILS));
		KUNIT_EXPECT_NULL(test, other.raw.ptr);
		KUNIT_EXPECT_EQ(test, other.len, 0);
		KUNIT_EXPECT_EQ(test, c->err, kown_vec_clone_from(&vec, &elem, &from, GFP_FAILS));
		KUNIT_EXPECT_EQ(test, c->err, kown_vec_split_off(&from, &elem, 0, &other,
								 GFP_FAILS));
		KUNIT_EXPECT_NULL(test, other.raw.ptr);
		KUNIT_EXPECT_EQ(test, from.len, len);
	}
	KUNIT_EXPECT_EQ(test, made, 0);
	KUNIT_EXPECT_TRUE(test, same_vec(&vec, &before));
	KUNIT_EXPECT_NULL(test, memchr_inv(vec.raw.ptr, 0x5a, 5 * c->size));
	kown_vec_free(&vec, &elem);
}

/* The index is refused first, then the length, then the size, then the allocator. */
static void vec_refusals_come_in_order(struct kunit *test)
{
	struct kown_vec vec = vec_of(test, &kinds[0], 5, 0);
	struct kown_vec before = vec, huge = { { NULL, SIZE_MAX / 2 }, SIZE_MAX / 2 };
	const struct kown_type *elem = &word_vec_elem;
	struct kown_vec tail;

	KUNIT_EXPECT_EQ(test, -ERANGE, kown_vec_insert_n(&vec, elem, 6, NULL, SIZE_MAX,
							 GFP_FAILS));
	KUNIT_EXPECT_EQ(test, -ERANGE, kown_vec_extend_from_within(&vec, elem, 0, SIZE_MAX,
								   GFP_FAILS));
	KUNIT_EXPECT_EQ(test, -ERANGE, kown_vec_split_off(&huge, elem, SIZE_MAX / 2 + 1, &tail,
							  GFP_FAILS));
	KUNIT_EXPECT_EQ(test, -EOVERFLOW, kown_vec_extend_from_within(&huge, elem, 0,
								      SIZE_MAX / 2, GFP_FAILS));
	KUNIT_EXPECT_EQ(test, -EOVERFLOW, kown_vec_push_n(&vec, elem, NULL, SIZE_MAX,
							  GFP_FAILS));
	KUNIT_EXPECT_EQ(test, -EOVERFLOW, kown_vec_push_n(&vec, elem, NULL, SSIZE_MAX / 8,
							  GFP_FAILS));
	KUNIT_EXPECT_EQ(test, -ENOMEM, kown_vec_push_n(&vec, elem, NULL, BYTES_TOO_MANY / 8,
						       GFP_FAILS));
	KUNIT_EXPECT_TRUE(test, same_vec(&vec, &before));
	KUNIT_EXPECT_TRUE(test, holds_ids(&kinds[0], &vec, 0, 5));
	kown_vec_free(&vec, elem);
}

static void vec_failed_allocation_leaves_all_elements_their_owners(struct kunit *test)
{
	struct owned others[2] = { owned_make(100), owned_make(101) };
	struct kown_vec vec = vec_of(test, &kinds[1], 5, 0), before = vec;
	const struct kown_type *elem = &owned_vec_elem;
	struct kown_vec from = { .raw.ptr = others, .len = BYTES_TOO_MANY / 8 + 1 };

	KUNIT_EXPECT_EQ(test, -ENOMEM, kown_vec_append(&vec, elem, &from, GFP_FAILS));
	KUNIT_EXPECT_EQ(test, -ENOMEM, kown_vec_clone_from(&vec, elem, &from, GFP_FAILS));
	KUNIT_EXPECT_EQ(test, -ENOMEM, kown_vec_extend_from_slice(&vec, elem, others,
								  from.len, GFP_FAILS));
	KUNIT_EXPECT_EQ(test, -ENOMEM, kown_vec_resize(&vec, elem, from.len, others,
						       GFP_FAILS));
	KUNIT_EXPECT_EQ(test, -ENOMEM, kown_vec_insert_n(&vec, elem, 0, others, from.len,
							 GFP_FAILS));
	KUNIT_EXPECT_TRUE(test, same_vec(&vec, &before));
	KUNIT_EXPECT_TRUE(test, holds_ids(&kinds[1], &vec, 0, 5));
	KUNIT_EXPECT_EQ(test, ledger.clones, 0);
	drop_n(&kinds[1], others, 2);
	KUNIT_EXPECT_TRUE(test, free_balanced(&kinds[1], &vec));
}

static void vec_has_at_the_edges(struct kunit *test)
{
	struct kown_vec vec = { .len = 5 };

	for (u64 start = 0; start <= 7; start++)
		for (u64 count = 0; count <= 7; count++)
			KUNIT_EXPECT_EQ(test, kown_vec_has(&vec, start, count),
					start + count <= 5);
	KUNIT_EXPECT_FALSE(test, kown_vec_has(&vec, U64_MAX, 0));
	KUNIT_EXPECT_FALSE(test, kown_vec_has(&vec, 0, U64_MAX));
	KUNIT_EXPECT_FALSE(test, kown_vec_has(&vec, 1, U64_MAX));
	KUNIT_EXPECT_FALSE(test, kown_vec_has(&vec, U64_MAX, U64_MAX));
}

/* Each operation at each place, with each kind of element. */

static void vec_insert_at_every_index(struct kunit *test)
{
	const struct kind *kind = test->param_value;

	for (u32 len = 0; len <= MOST; len++) {
		for (u32 index = 0; index <= len + 2; index++) {
			for (u32 count = 0; count <= 4; count++) {
				struct kown_vec vec = vec_of(test, kind, len, count / 3 * 4);
				struct kown_vec before = vec;
				struct others others;
				struct ids want = {};
				int err;

				make_n(kind, &others, 100, count);
				err = kown_vec_insert_n(&vec, kind->elem, index, &others, count,
							GFP_TEST);
				KUNIT_ASSERT_EQ(test, err, index <= len ? 0 : -ERANGE);
				expect_ids(&want, 0, min(index, len));
				if (!err)
					expect_ids(&want, 100, 100 + count);
				expect_ids(&want, index, len);
				KUNIT_ASSERT_TRUE_MSG(test, holds(kind, &vec, &want),
						      "%u into %u at %u", count, len, index);
				if (err) {
					KUNIT_ASSERT_TRUE(test, same_vec(&vec, &before));
					drop_n(kind, &others, count);
				}
				KUNIT_ASSERT_TRUE(test, free_balanced(kind, &vec));
			}
		}
	}
}

static void vec_remove_every_range(struct kunit *test)
{
	const struct kind *kind = test->param_value;

	for (u32 len = 0; len <= MOST; len++) {
		for (u32 index = 0; index <= len + 1; index++) {
			for (u32 count = 0; count <= len + 1; count++) {
				struct kown_vec vec = vec_of(test, kind, len, 0);
				bool fits = index + count <= len;
				struct others taken;
				struct ids want = {};

				KUNIT_ASSERT_EQ(test, fits ? 0 : -ERANGE,
						kown_vec_remove_n(&vec, kind->elem, index, count,
								  &taken));
				expect_ids(&want, 0, fits ? index : len);
				expect_ids(&want, fits ? index + count : len, len);
				KUNIT_ASSERT_TRUE_MSG(test, holds(kind, &vec, &want),
						      "%u of %u at %u", count, len, index);
				KUNIT_ASSERT_EQ(test, ledger.dropped, 0);
				if (fits)
					drop_n(kind, &taken, count);
				KUNIT_ASSERT_TRUE(test, free_balanced(kind, &vec));
			}
		}
	}
}

static void vec_remove_moves_the_right_ones_out(struct kunit *test)
{
	struct kown_vec vec = vec_of(test, &kinds[1], 6, 0);
	struct owned taken[4];

	KUNIT_ASSERT_EQ(test, 0, kown_vec_remove_n(&vec, &owned_vec_elem, 2, 3, taken));
	for (u32 i = 0; i < 3; i++)
		KUNIT_EXPECT_TRUE(test, is_id(&kinds[1], &taken[i], 2 + i));
	KUNIT_ASSERT_EQ(test, 0, kown_vec_swap_remove(&vec, &owned_vec_elem, 1, &taken[3]));
	KUNIT_EXPECT_TRUE(test, is_id(&kinds[1], &taken[3], 1));
	drop_n(&kinds[1], taken, 4);
	KUNIT_EXPECT_TRUE(test, free_balanced(&kinds[1], &vec));
}

static void vec_swap_remove_at_every_index(struct kunit *test)
{
	const struct kind *kind = test->param_value;

	for (u32 len = 0; len <= MOST; len++) {
		for (u32 index = 0; index <= len + 1; index++) {
			struct kown_vec vec = vec_of(test, kind, len, 0);
			bool fits = index < len;
			struct ids want = {};
			u64 taken;

			KUNIT_ASSERT_EQ(test, fits ? 0 : -ERANGE,
					kown_vec_swap_remove(&vec, kind->elem, index, &taken));
			expect_ids(&want, 0, len - fits);
			if (index + 1 < len)
				want.id[index] = len - 1;
			KUNIT_ASSERT_TRUE_MSG(test, holds(kind, &vec, &want), "%u of %u", index,
					      len);
			if (fits)
				drop_n(kind, &taken, 1);
			KUNIT_ASSERT_TRUE(test, free_balanced(kind, &vec));
		}
	}
}

static void vec_index_far_out_of_range_is_refused(struct kunit *test)
{
	const struct kind *kind = test->param_value;
	static const size_t far[] = { 6, INT_MAX, SSIZE_MAX, SIZE_MAX / 8 + 2, SIZE_MAX };
	struct kown_vec vec = vec_of(test, kind, 5, 0), before = vec, tail;
	u64 value;

	for (size_t i = 0; i < ARRAY_SIZE(far); i++) {
		const struct kown_type *elem = kind->elem;

		KUNIT_EXPECT_EQ(test, -ERANGE, kown_vec_insert_n(&vec, elem, far[i], &value, 1,
								 GFP_TEST));
		KUNIT_EXPECT_EQ(test, -ERANGE, kown_vec_remove_n(&vec, elem, far[i], 0, &value));
		KUNIT_EXPECT_EQ(test, -ERANGE, kown_vec_remove_n(&vec, elem, 1, far[i], &value));
		KUNIT_EXPECT_EQ(test, -ERANGE, kown_vec_swap_remove(&vec, elem, far[i], &value));
		KUNIT_EXPECT_EQ(test, -ERANGE, kown_vec_extend_from_within(&vec, elem, far[i], 0,
									   GFP_TEST));
		KUNIT_EXPECT_EQ(test, -ERANGE, kown_vec_extend_from_within(&vec, elem, 1, far[i],
									   GFP_TEST));
		KUNIT_EXPECT_EQ(test, -ERANGE, kown_vec_split_off(&vec, elem, far[i], &tail,
								  GFP_TEST));
		KUNIT_EXPECT_EQ(test, tail.len, 0);
		KUNIT_EXPECT_NULL(test, tail.raw.ptr);
	}
	KUNIT_EXPECT_TRUE(test, same_vec(&vec, &before));
	KUNIT_EXPECT_TRUE(test, holds_ids(kind, &vec, 0, 5));
	KUNIT_EXPECT_TRUE(test, free_balanced(kind, &vec));
}

/* For each length and each cut: each drop sees the new length. */
static void vec_truncate_drops_each_cut_element_once(struct kunit *test)
{
	const struct kind *kind = test->param_value;

	for (u32 len = 0; len <= MOST; len++) {
		for (u32 keep = 0; keep <= MOST + 1; keep++) {
			struct kown_vec vec = vec_of(test, kind, len, 0);
			u32 left = min(keep, len);

			ledger.watch = &vec;
			ledger.watch_len = left;
			kown_vec_truncate(&vec, kind->elem, keep);
			KUNIT_ASSERT_TRUE(test, holds_ids(kind, &vec, 0, left));
			if (ledger.made)
				KUNIT_ASSERT_EQ(test, ledger.dropped, len - left);
			KUNIT_ASSERT_EQ(test, kown_vec_cap(&vec, kind->elem),
					kind->elem->size ? len : SIZE_MAX);
			ledger.watch_len = 0;
			KUNIT_ASSERT_TRUE(test, free_balanced(kind, &vec));
		}
	}
}

static u32 drop_order[MOST], drops_noted;

static void noted_drop(void *value)
{
	drop_order[drops_noted++] = *(u32 *)value;
}

static void vec_truncate_drops_in_order(struct kunit *test)
{
	static const struct kown_type elem = { .size = sizeof(u32), .drop = noted_drop };
	static const u32 values[] = { 5, 6, 7, 8 };
	struct kown_vec vec = {};

	drops_noted = 0;
	KUNIT_ASSERT_EQ(test, 0, kown_vec_push_n(&vec, &elem, values, 4, GFP_TEST));
	kown_vec_free(&vec, &elem);
	KUNIT_ASSERT_EQ(test, drops_noted, 4);
	KUNIT_EXPECT_EQ(test, 0, memcmp(drop_order, values, sizeof(values)));
}

static void vec_growth_drops_and_clones_nothing(struct kunit *test)
{
	struct kown_vec vec = vec_of(test, &kinds[1], MOST, 0);

	KUNIT_ASSERT_EQ(test, 0, kown_vec_reserve(&vec, &owned_vec_elem, 100000, GFP_TEST));
	KUNIT_ASSERT_EQ(test, 0, kown_vec_shrink_to(&vec, &owned_vec_elem, 0, GFP_TEST));
	KUNIT_EXPECT_EQ(test, ledger.dropped, 0);
	KUNIT_EXPECT_EQ(test, ledger.clones, 0);
	KUNIT_EXPECT_TRUE(test, holds_ids(&kinds[1], &vec, 0, MOST));
	KUNIT_EXPECT_TRUE(test, free_balanced(&kinds[1], &vec));
}

static void vec_append_moves_all_and_leaves_the_other_its_room(struct kunit *test)
{
	const struct kind *kind = test->param_value;

	for (u32 len = 0; len <= MOST; len++) {
		for (u32 count = 0; count <= MOST; count++) {
			struct kown_vec vec = vec_of(test, kind, len, 0);
			struct kown_vec other = {};
			struct others others;
			struct ids want = {};
			size_t cap;

			make_n(kind, &others, 100, count);
			KUNIT_ASSERT_EQ(test, 0, kown_vec_push_n(&other, kind->elem, &others,
								 count, GFP_TEST));
			cap = other.raw.cap;
			KUNIT_ASSERT_EQ(test, 0, kown_vec_append(&vec, kind->elem, &other,
								 GFP_TEST));
			expect_ids(&want, 0, len);
			expect_ids(&want, 100, 100 + count);
			KUNIT_ASSERT_TRUE_MSG(test, holds(kind, &vec, &want), "%u and %u", len,
					      count);
			KUNIT_ASSERT_EQ(test, other.len, 0);
			KUNIT_ASSERT_EQ(test, other.raw.cap, cap);
			KUNIT_ASSERT_EQ(test, -EINVAL, kown_vec_append(&vec, kind->elem, &vec,
								       GFP_TEST));
			kown_vec_free(&other, kind->elem);
			KUNIT_ASSERT_TRUE(test, free_balanced(kind, &vec));
		}
	}
}

static void vec_split_off_at_every_index(struct kunit *test)
{
	const struct kind *kind = test->param_value;

	for (u32 len = 0; len <= MOST; len++) {
		for (u32 index = 0; index <= len + 1; index++) {
			struct kown_vec vec = vec_of(test, kind, len, 3), before = vec, tail;
			u32 cut = min(index, len);

			KUNIT_ASSERT_EQ(test, index <= len ? 0 : -ERANGE,
					kown_vec_split_off(&vec, kind->elem, index, &tail,
							   GFP_TEST));
			KUNIT_ASSERT_TRUE(test, holds_ids(kind, &vec, 0, cut));
			KUNIT_ASSERT_TRUE_MSG(test, holds_ids(kind, &tail, cut, len), "%u at %u",
					      len, index);
			KUNIT_ASSERT_EQ(test, vec.raw.cap, before.raw.cap);
			KUNIT_ASSERT_PTR_EQ(test, vec.raw.ptr, before.raw.ptr);
			KUNIT_ASSERT_EQ(test, tail.raw.cap, kind->elem->size ? len - cut : 0);
			kown_vec_free(&tail, kind->elem);
			KUNIT_ASSERT_TRUE(test, free_balanced(kind, &vec));
		}
	}
}

/* Clones: what is made stays if the next one fails, whichever that is. */

enum cloner { FROM_SLICE, FROM_WITHIN, RESIZE, CLONE_FROM, CLONERS };

static int clone_by(enum cloner by, const struct kind *kind, struct kown_vec *vec, u32 count,
		    const void *others, struct kown_vec *from)
{
	switch (by) {
	case FROM_SLICE:
		return kown_vec_extend_from_slice(vec, kind->elem, others, count, GFP_TEST);
	case FROM_WITHIN:
		return kown_vec_extend_from_within(vec, kind->elem, vec->len - count, count,
						   GFP_TEST);
	case RESIZE:
		return kown_vec_resize(vec, kind->elem, vec->len + count, others, GFP_TEST);
	default:
		return kown_vec_clone_from(vec, kind->elem, from, GFP_TEST);
	}
}

static void vec_clones_in_until_one_fails(struct kunit *test)
{
	const struct kind *kind = test->param_value;

	for (u32 by = 0; by < CLONERS; by++) {
		for (u32 len = 0; len <= MOST; len++) {
			for (u32 count = 0; count <= (by == FROM_WITHIN ? len : 4); count++) {
				/* The clone that fails; and at last none. */
				for (u32 fail = 1; fail <= count + 1; fail++) {
					u32 done = kind->elem->clone ? fail - 1 : count;
					struct kown_vec vec = vec_of(test, kind, len, 0), from = {};
					struct others others;
					struct ids want = {};

					make_n(kind, &others, 100, count + 1);
					KUNIT_ASSERT_EQ(test, 0, kown_vec_push_n(&from, kind->elem,
										 &others, count,
										 GFP_TEST));
					ledger.fail_clone = fail;
					KUNIT_ASSERT_EQ(test, done < count ? -EIO : 0,
							clone_by(by, kind, &vec, count, &others,
								 &from));
					if (by != CLONE_FROM)
						expect_ids(&want, 0, len);
					for (u32 i = 0; i < done; i++)
						want.id[want.len++] =
							by == FROM_WITHIN ? len - count + i :
							by == RESIZE ? 100 : 100 + i;
					KUNIT_ASSERT_TRUE_MSG(test, holds(kind, &vec, &want),
							      "way %u, %u to %u, %u fails", by,
							      count, len, fail);
					kown_vec_free(&from, kind->elem);
					drop_n(kind, &others.bytes[count], 1);
					KUNIT_ASSERT_TRUE(test, free_balanced(kind, &vec));
				}
			}
		}
	}
}

static void vec_clone_is_whole_or_nothing(struct kunit *test)
{
	const struct kind *kind = test->param_value;

	for (u32 len = 0; len <= MOST; len++) {
		for (u32 fail = 1; fail <= len + 1; fail++) {
			bool fails = kind->elem->clone && fail <= len;
			struct kown_vec vec = vec_of(test, kind, len, 5), clone;

			ledger.fail_clone = fail;
			KUNIT_ASSERT_EQ(test, fails ? -EIO : 0,
					kown_vec_clone(&vec, kind->elem, &clone, GFP_TEST));
			KUNIT_ASSERT_TRUE(test, holds_ids(kind, &clone, 0, fails ? 0 : len));
			KUNIT_ASSERT_EQ(test, clone.raw.cap,
					fails || !kind->elem->size ? 0 : len);
			KUNIT_ASSERT_EQ(test, !clone.raw.ptr, !clone.raw.cap);
			KUNIT_ASSERT_TRUE(test, holds_ids(kind, &vec, 0, len));
			if (len && !fails && kind->elem->size)
				KUNIT_ASSERT_PTR_NE(test, clone.raw.ptr, vec.raw.ptr);
			kown_vec_free(&clone, kind->elem);
			KUNIT_ASSERT_TRUE(test, free_balanced(kind, &vec));
		}
	}
}

static void vec_clone_from_uses_the_memory_there_is(struct kunit *test)
{
	struct kown_vec vec = vec_of(test, &kinds[1], 6, 0), from = vec_of(test, &kinds[1], 4, 0);
	void *ptr = vec.raw.ptr;

	KUNIT_EXPECT_EQ(test, 0, kown_vec_clone_from(&vec, &owned_vec_elem, &from, GFP_TEST));
	KUNIT_EXPECT_TRUE(test, holds_ids(&kinds[1], &vec, 0, 4));
	KUNIT_EXPECT_PTR_EQ(test, vec.raw.ptr, ptr);
	KUNIT_EXPECT_EQ(test, vec.raw.cap, 6);
	KUNIT_EXPECT_EQ(test, 0, kown_vec_clone_from(&vec, &owned_vec_elem, &vec, GFP_TEST));
	KUNIT_EXPECT_TRUE(test, holds_ids(&kinds[1], &vec, 0, 4));
	kown_vec_free(&from, &owned_vec_elem);
	KUNIT_EXPECT_TRUE(test, free_balanced(&kinds[1], &vec));
}

static void vec_of_what_cannot_be_cloned_stays_as_it_was(struct kunit *test)
{
	const struct kown_type elem = {
		.size = sizeof(struct owned),
		.drop = owned_vec_elem.drop,
	};
	/* No room for more: it is refused before any is made. */
	struct kown_vec vec = vec_of(test, &kinds[1], 5, 0), from = vec_of(test, &kinds[1], 3, 0);
	struct kown_vec before = vec, clone;

	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, kown_vec_extend_from_slice(&vec, &elem, from.raw.ptr,
								      3, GFP_TEST));
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, kown_vec_extend_from_within(&vec, &elem, 0, 5,
								       GFP_TEST));
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, kown_vec_resize(&vec, &elem, 6, from.raw.ptr,
							   GFP_TEST));
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, kown_vec_resize(&vec, &elem, SIZE_MAX, from.raw.ptr,
							   GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_vec_resize(&vec, &elem, 5, from.raw.ptr, GFP_TEST));
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, kown_vec_clone(&vec, &elem, &clone, GFP_TEST));
	KUNIT_EXPECT_NULL(test, clone.raw.ptr);
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, kown_vec_clone_from(&vec, &elem, &from, GFP_TEST));
	KUNIT_EXPECT_TRUE(test, same_vec(&vec, &before));
	KUNIT_EXPECT_TRUE(test, holds_ids(&kinds[1], &vec, 0, 5));
	kown_vec_free(&from, &elem);
	KUNIT_EXPECT_TRUE(test, free_balanced(&kinds[1], &vec));
}

static void vec_resize_to_less_drops_the_rest(struct kunit *test)
{
	struct kown_vec vec = vec_of(test, &kinds[1], 6, 0);

	ledger.watch = &vec;
	ledger.watch_len = 4;
	KUNIT_EXPECT_EQ(test, 0, kown_vec_resize(&vec, &owned_vec_elem, 4, NULL, 0));
	ledger.watch_len = 2;
	KUNIT_EXPECT_EQ(test, 0, kown_vec_resize_with(&vec, &owned_vec_elem, 2, NULL, NULL, 0));
	KUNIT_EXPECT_TRUE(test, holds_ids(&kinds[1], &vec, 0, 2));
	KUNIT_EXPECT_EQ(test, ledger.dropped, 4);
	ledger.watch_len = 0;
	KUNIT_EXPECT_TRUE(test, free_balanced(&kinds[1], &vec));
}

static void vec_resize_with_until_it_fails(struct kunit *test)
{
	const struct kind *kind = test->param_value;

	for (u32 len = 0; len <= 4; len++) {
		for (u32 count = 0; count <= 4; count++) {
			for (u32 done = 0; done <= count; done++) {
				struct kown_vec vec = vec_of(test, kind, len, 0);
				struct source source = source_of(kind, len, done, NOTHING);

				KUNIT_ASSERT_EQ(test, done < count ? -ENODATA : 0,
						kown_vec_resize_with(&vec, kind->elem, len + count,
								     make_one, &source,
								     GFP_TEST));
				KUNIT_ASSERT_TRUE(test, holds_ids(kind, &vec, 0, len + done));
				KUNIT_ASSERT_TRUE(test, free_balanced(kind, &vec));
			}
		}
	}
}

/* Whatever the iterator says of itself, and wherever it fails. */
static void vec_extend_by_every_iterator(struct kunit *test)
{
	const struct kind *kind = test->param_value;

	for (u32 len = 0; len <= MOST; len++) {
		for (u32 count = 0; count <= MOST; count++) {
			for (u32 knows = 0; knows < MODES; knows++) {
				for (int fails = -1; fails <= (int)count; fails++) {
					struct kown_vec vec = vec_of(test, kind, len, len % 3);
					struct source source = source_of(kind, len, count, knows);
					bool asked = fails > 0 || (!fails && knows != EXACT);
					u32 left = max(fails, 0);

					source.fails = fails;
					KUNIT_ASSERT_EQ(test, asked ? -EPIPE : 0,
							kown_vec_extend(&vec, kind->elem,
									&source.iter, GFP_TEST));
					KUNIT_ASSERT_TRUE_MSG(test, holds_ids(kind, &vec, 0,
									      len + count - left),
							      "%u to %u, way %u, fails at %d",
							      count, len, knows, fails);
					KUNIT_ASSERT_EQ(test, source.asked, 0);
					KUNIT_ASSERT_TRUE(test, free_balanced(kind, &vec));
				}
			}
		}
	}
}

static void vec_extend_without_memory_loses_nothing(struct kunit *test)
{
	struct kown_vec vec = vec_of(test, &kinds[1], 3, 2);
	struct source source = source_of(&kinds[1], 3, 8, NOTHING);
	struct kown_vec no_memory = { .len = SIZE_MAX };

	KUNIT_EXPECT_EQ(test, -EOVERFLOW, kown_vec_extend(&no_memory, &word_vec_elem,
							  &source.iter, GFP_TEST));
	KUNIT_EXPECT_EQ(test, source.left, 8);
	KUNIT_EXPECT_EQ(test, 0, kown_vec_extend(&vec, &owned_vec_elem, &source.iter, GFP_TEST));
	KUNIT_EXPECT_TRUE(test, holds_ids(&kinds[1], &vec, 0, 11));
	KUNIT_EXPECT_TRUE(test, free_balanced(&kinds[1], &vec));
}

static void vec_extend_by_an_array_moves_it(struct kunit *test)
{
	const struct kind *kind = test->param_value;

	for (u32 len = 0; len <= MOST; len++) {
		for (u32 count = 0; count <= MOST; count++) {
			struct kown_vec vec = vec_of(test, kind, len, 0);
			struct kown_array_iter iter;
			struct others others;

			make_n(kind, &others, len, count);
			kown_array_iter_init(&iter, kind->elem, &others, count);
			KUNIT_ASSERT_EQ(test, 0, kown_vec_extend(&vec, kind->elem, &iter.iter,
								 GFP_TEST));
			KUNIT_ASSERT_TRUE(test, holds_ids(kind, &vec, 0, len + count));
			KUNIT_ASSERT_TRUE(test, kown_iter_is_done(&iter.iter));
			KUNIT_ASSERT_EQ(test, 0, kown_iter_next(&iter.iter, &others));
			KUNIT_ASSERT_TRUE(test, free_balanced(kind, &vec));
		}
	}
}

/* Every mask of what is kept, and the predicate failing at every index. */

static void vec_retain_every_mask(struct kunit *test)
{
	const struct kind *kind = test->param_value;

	for (u32 len = 0; len <= MOST; len++) {
		for (u32 mask = 0; mask < 1 << len; mask++) {
			for (int fails = -1; fails < (int)len; fails++) {
				u32 visited = fails < 0 ? len : fails;
				struct kown_vec vec = vec_of(test, kind, len, 0);
				struct answers answers = { kind, 0, mask, fails };
				struct ids want = {};

				for (u32 i = 0; i < visited; i++)
					if ((mask >> i) & 1)
						expect_ids(&want, i, i + 1);
				expect_ids(&want, visited, len);
				ledger.watch = &vec;
				ledger.watch_len = 0;
				KUNIT_ASSERT_EQ(test, fails < 0 ? 0 : -ENOTTY,
						kown_vec_retain(&vec, kind->elem, answer,
								&answers));
				KUNIT_ASSERT_TRUE_MSG(test, holds(kind, &vec, &want),
						      "%u, mask %#x, fails at %d", len, mask,
						      fails);
				KUNIT_ASSERT_EQ(test, answers.asked, visited + (fails >= 0));
				KUNIT_ASSERT_FALSE(test, answers.wrong);
				KUNIT_ASSERT_TRUE(test, free_balanced(kind, &vec));
			}
		}
	}
}

/* As answer(), but about an element and the last that was kept. */
struct same_answers {
	struct answers answers;
	u32 before;
};

static int same_answer(void *value, void *before, void *context)
{
	struct same_answers *same = context;
	struct answers *answers = &same->answers;
	int i = answers->asked++;
	bool yes = (answers->mask >> i) & 1;

	answers->wrong |= !is_id(answers->kind, value, answers->first + i) ||
			  !is_id(answers->kind, before, same->before);
	if (!yes)
		same->before = i + 1;
	return i == answers->fails ? -ENOTTY : yes;
}

static void vec_dedup_by_every_pattern(struct kunit *test)
{
	const struct kind *kind = test->param_value;

	for (u32 len = 0; len <= MOST; len++) {
		u32 questions = len ? len - 1 : 0;

		for (u32 mask = 0; mask < 1 << questions; mask++) {
			for (int fails = -1; fails < (int)questions; fails++) {
				u32 visited = fails < 0 ? questions : fails;
				struct kown_vec vec = vec_of(test, kind, len, 0);
				struct same_answers same = { { kind, 1, mask, fails } };
				struct ids want = {};

				expect_ids(&want, 0, min(len, 1U));
				for (u32 i = 0; i < visited; i++)
					if (!((mask >> i) & 1))
						expect_ids(&want, i + 1, i + 2);
				expect_ids(&want, visited + 1, len);
				ledger.watch = &vec;
				ledger.watch_len = 0;
				KUNIT_ASSERT_EQ(test, fails < 0 ? 0 : -ENOTTY,
						kown_vec_dedup_by(&vec, kind->elem, same_answer,
								  &same));
				KUNIT_ASSERT_TRUE_MSG(test, holds(kind, &vec, &want),
						      "%u, mask %#x, fails at %d", len, mask,
						      fails);
				KUNIT_ASSERT_EQ(test, same.answers.asked, visited + (fails >= 0));
				KUNIT_ASSERT_FALSE(test, same.answers.wrong);
				KUNIT_ASSERT_TRUE(test, free_balanced(kind, &vec));
			}
		}
	}
}

/* Every row of two values: what is left alternates. */
static void vec_dedup_every_row_of_bytes(struct kunit *test)
{
	for (u32 len = 0; len <= MOST; len++) {
		for (u32 mask = 0; mask < 1 << len; mask++) {
			struct word_vec vec = {};
			size_t want = 0;
			u64 last = 2;

			for (u32 i = 0; i < len; i++) {
				u64 value = (mask >> i) & 1;

				KUNIT_ASSERT_EQ(test, 0, word_vec_push(&vec, &value, GFP_TEST));
				want += value != last;
				last = value;
			}
			word_vec_dedup(&vec);
			KUNIT_ASSERT_EQ_MSG(test, vec.len, want, "%u, mask %#x", len, mask);
			for (size_t i = 0; i < vec.len; i++)
				KUNIT_ASSERT_EQ(test, vec.elems[i], (i + mask) & 1);
			word_vec_free(&vec);
		}
	}
}

static void vec_dedup_leaves_one_of_size_0(struct kunit *test)
{
	struct nothing_vec vec = nothing_vec_of(test, 5);

	nothing_vec_dedup(&vec);
	KUNIT_EXPECT_EQ(test, vec.len, 1);
	KUNIT_EXPECT_EQ(test, ledger.dropped, 4);
	nothing_vec_free(&vec);
	KUNIT_EXPECT_TRUE(test, balanced());
}

/* The typed functions: each once where it works and once where it does not. */

static void vec_push_and_pop_typed(struct kunit *test)
{
	struct owned_vec vec = {};
	struct owned value;

	KUNIT_EXPECT_FALSE(test, owned_vec_pop(&vec, &value));
	KUNIT_EXPECT_NULL(test, owned_vec_first(&vec));
	KUNIT_EXPECT_NULL(test, owned_vec_last(&vec));
	for (u32 id = 0; id < 5; id++) {
		value = owned_make(id);
		KUNIT_ASSERT_EQ(test, 0, owned_vec_push(&vec, &value, GFP_TEST));
		KUNIT_EXPECT_EQ(test, owned_vec_cap(&vec), id < 4 ? 4 : 8);
		KUNIT_EXPECT_PTR_EQ(test, owned_vec_last(&vec), &vec.elems[id]);
	}
	KUNIT_EXPECT_PTR_EQ(test, owned_vec_first(&vec), vec.elems);
	KUNIT_EXPECT_PTR_EQ(test, owned_vec_get(&vec, 4), vec.elems + 4);
	KUNIT_EXPECT_NULL(test, owned_vec_get(&vec, 5));
	KUNIT_EXPECT_NULL(test, owned_vec_get(&vec, SIZE_MAX));
	KUNIT_EXPECT_TRUE(test, holds_ids(&kinds[1], &vec.untyped, 0, 5));
	KUNIT_ASSERT_TRUE(test, owned_vec_pop(&vec, &value));
	KUNIT_EXPECT_EQ(test, value.id, 4);
	owned_drop(&value);
	KUNIT_EXPECT_EQ(test, vec.len, 4);
	KUNIT_EXPECT_EQ(test, owned_vec_cap(&vec), 8);
	owned_vec_free(&vec);
	KUNIT_EXPECT_TRUE(test, balanced());
}

static void vec_push_within_capacity_allocates_never(struct kunit *test)
{
	struct owned value = owned_make(0);
	struct owned_vec vec;

	KUNIT_ASSERT_EQ(test, 0, owned_vec_with_capacity(&vec, 0, GFP_TEST));
	KUNIT_EXPECT_EQ(test, -ENOSPC, owned_vec_push_within_capacity(&vec, &value));
	KUNIT_EXPECT_NULL(test, vec.elems);
	KUNIT_ASSERT_EQ(test, 0, owned_vec_with_capacity(&vec, 1, GFP_TEST));
	KUNIT_EXPECT_EQ(test, owned_vec_cap(&vec), 1);
	KUNIT_EXPECT_EQ(test, 0, owned_vec_push_within_capacity(&vec, &value));
	value = owned_make(1);
	KUNIT_EXPECT_EQ(test, -ENOSPC, owned_vec_push_within_capacity(&vec, &value));
	KUNIT_EXPECT_TRUE(test, holds_ids(&kinds[1], &vec.untyped, 0, 1));
	owned_drop(&value);
	owned_vec_free(&vec);
	KUNIT_EXPECT_TRUE(test, balanced());
}

struct large {
	struct owned owned;
	u8 bytes[BYTES_TOO_MANY / 4];
};

KOWN_DEFINE_VEC(large, struct large, NULL, NULL)

static void vec_push_without_memory_leaves_the_element_the_callers(struct kunit *test)
{
	struct large *value = kvzalloc(sizeof(*value), GFP_KERNEL);
	struct large_vec vec = {}, before;

	KUNIT_ASSERT_NOT_NULL(test, value);
	KUNIT_EXPECT_EQ(test, -ENOMEM, large_vec_with_capacity(&vec, 5, GFP_FAILS));
	KUNIT_EXPECT_NULL(test, vec.elems);
	for (u32 i = 0; i < 4; i++) {
		value->owned = owned_make(i);
		KUNIT_ASSERT_EQ(test, 0, large_vec_push(&vec, value, GFP_TEST));
	}
	before = vec;
	value->owned = owned_make(4);
	KUNIT_EXPECT_EQ(test, -ENOMEM, large_vec_push(&vec, value, GFP_FAILS));
	KUNIT_EXPECT_EQ(test, -ENOMEM, large_vec_push_n(&vec, value, 1, GFP_FAILS));
	KUNIT_EXPECT_EQ(test, -ENOMEM, large_vec_insert(&vec, 2, value, GFP_FAILS));
	KUNIT_EXPECT_EQ(test, -ENOMEM, large_vec_resize(&vec, 5, value, GFP_FAILS));
	KUNIT_EXPECT_EQ(test, -ENOMEM, large_vec_extend_from_within(&vec, 0, 4, GFP_FAILS));
	KUNIT_EXPECT_TRUE(test, same_vec(&vec.untyped, &before.untyped));
	for (u32 i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, vec.elems[i].owned.id, i);
	KUNIT_EXPECT_EQ(test, value->owned.id, 4);
	large_vec_free(&vec);
	kvfree(value);
}

static int is_odd(u64 *value, void *context)
{
	return context ? *(int *)context : (int)(*value & 1);
}

static void vec_pop_if_asks_about_the_last(struct kunit *test)
{
	struct word_vec vec = { .untyped = vec_of(test, &kinds[0], 2, 0) };
	int fails = -EDOM;
	u64 value = 7;

	KUNIT_EXPECT_EQ(test, -EDOM, word_vec_pop_if(&vec, is_odd, &fails, &value));
	KUNIT_EXPECT_EQ(test, vec.len, 2);
	KUNIT_EXPECT_EQ(test, 1, word_vec_pop_if(&vec, is_odd, NULL, &value));
	KUNIT_EXPECT_EQ(test, value, 1);
	KUNIT_EXPECT_EQ(test, 0, word_vec_pop_if(&vec, is_odd, NULL, &value));
	KUNIT_EXPECT_EQ(test, vec.len, 1);
	word_vec_clear(&vec);
	KUNIT_EXPECT_EQ(test, 0, word_vec_pop_if(&vec, is_odd, &fails, &value));
	word_vec_free(&vec);
}

static int make_next(struct owned *to, void *context)
{
	u32 *id = context;

	if (*id == 9)
		return -ENODATA;
	*to = owned_make((*id)++);
	return 0;
}

static int is_below(struct owned *value, void *context)
{
	return value->id < *(u32 *)context;
}

static int is_next(struct owned *value, struct owned *before, void *context)
{
	return value->id == before->id + 1;
}

/* The key of two neighbours is the same; that of @context cannot be had. */
static int half_of(const struct owned *value, void *context, u64 *key)
{
	*key = value->id / 2;
	return context && value->id == *(u32 *)context ? -ENOKEY : 0;
}

/* Each is one line of typed code; what it does at each index is tested above. */
static void vec_typed_functions_do_as_the_untyped(struct kunit *test)
{
	struct owned_vec vec = {}, other = {}, empty = {};
	struct source source = source_of(&kinds[1], 5, 2, AT_LEAST);
	struct owned pair[2] = { owned_make(2), owned_make(3) };
	struct owned value = owned_make(0);
	struct ids want = {};
	size_t count;
	u32 id = 7;

	KUNIT_ASSERT_EQ(test, 0, owned_vec_push(&vec, &value, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, owned_vec_push_n(&vec, pair, 2, GFP_TEST));
	value = owned_make(1);
	KUNIT_EXPECT_EQ(test, -ERANGE, owned_vec_insert(&vec, 4, &value, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, owned_vec_insert(&vec, 1, &value, GFP_TEST));
	value = owned_make(4);
	KUNIT_EXPECT_EQ(test, 0, owned_vec_insert_n(&vec, 4, &value, 1, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, owned_vec_extend(&vec, &source.iter, GFP_TEST));
	KUNIT_EXPECT_EQ(test, -ENODATA, owned_vec_resize_with(&vec, 10, make_next, &id,
							      GFP_TEST));
	KUNIT_EXPECT_TRUE(test, holds_ids(&kinds[1], &vec.untyped, 0, 9));

	KUNIT_EXPECT_EQ(test, -ERANGE, owned_vec_remove(&vec, 9, &value));
	KUNIT_EXPECT_EQ(test, 0, owned_vec_remove(&vec, 8, &value));
	KUNIT_EXPECT_EQ(test, value.id, 8);
	owned_drop(&value);
	KUNIT_EXPECT_EQ(test, 0, owned_vec_remove_n(&vec, 6, 2, pair));
	KUNIT_EXPECT_EQ(test, pair[0].id, 6);
	KUNIT_EXPECT_EQ(test, 0, owned_vec_extend_from_slice(&vec, pair, 2, GFP_TEST));
	drop_n(&kinds[1], pair, 2);
	KUNIT_EXPECT_EQ(test, -ERANGE, owned_vec_swap_remove(&vec, 8, &value));
	KUNIT_EXPECT_EQ(test, 0, owned_vec_swap_remove(&vec, 0, &value));
	KUNIT_EXPECT_EQ(test, 0, owned_vec_resize(&vec, 8, &value, GFP_TEST));
	owned_drop(&value);
	expect_ids(&want, 7, 8);
	expect_ids(&want, 1, 7);
	expect_ids(&want, 0, 1);
	KUNIT_EXPECT_TRUE(test, holds(&kinds[1], &vec.untyped, &want));

	KUNIT_EXPECT_EQ(test, 0, owned_vec_split_off(&vec, 1, &other, GFP_TEST));
	owned_vec_clear(&vec);
	KUNIT_EXPECT_EQ(test, 0, owned_vec_append(&vec, &other, GFP_TEST));
	KUNIT_EXPECT_EQ(test, other.len, 0);
	owned_vec_truncate(&vec, 6);
	KUNIT_EXPECT_TRUE(test, holds_ids(&kinds[1], &vec.untyped, 1, 7));
	KUNIT_EXPECT_EQ(test, 0, owned_vec_clone_from(&other, &vec, GFP_TEST));
	id = 5;
	KUNIT_EXPECT_EQ(test, 0, owned_vec_retain(&other, is_below, &id));
	KUNIT_EXPECT_TRUE(test, holds_ids(&kinds[1], &other.untyped, 1, 5));
	KUNIT_EXPECT_EQ(test, 0, owned_vec_dedup_by(&other, is_next, NULL));
	KUNIT_EXPECT_EQ(test, other.len, 2);
	owned_vec_free(&other);
	KUNIT_EXPECT_EQ(test, 0, owned_vec_clone(&vec, &other, GFP_TEST));
	KUNIT_EXPECT_EQ(test, -ENOKEY, owned_vec_dedup_by_key(&other, half_of, &id));
	KUNIT_EXPECT_EQ(test, other.len, 5);
	KUNIT_EXPECT_EQ(test, 0, owned_vec_dedup_by_key(&other, half_of, NULL));
	want = (struct ids){ 4, { 1, 2, 4, 6 } };
	KUNIT_EXPECT_TRUE(test, holds(&kinds[1], &other.untyped, &want));
	KUNIT_EXPECT_EQ(test, 0, owned_vec_extend_from_within(&other, 3, 1, GFP_TEST));
	KUNIT_EXPECT_EQ(test, other.elems[4].id, 6);

	KUNIT_EXPECT_EQ(test, 0, owned_vec_reserve_exact(&other, 5, GFP_TEST));
	KUNIT_EXPECT_EQ(test, owned_vec_cap(&other), 10);
	KUNIT_EXPECT_EQ(test, 0, owned_vec_reserve(&other, 6, GFP_TEST));
	KUNIT_EXPECT_EQ(test, owned_vec_cap(&other), 20);
	KUNIT_EXPECT_PTR_EQ(test, owned_vec_spare_capacity(&other, &count), other.elems + 5);
	KUNIT_EXPECT_EQ(test, count, 15);
	other.elems[5] = owned_make(5);
	owned_vec_set_len(&other, 6);
	KUNIT_EXPECT_EQ(test, 0, owned_vec_shrink_to(&other, 7, GFP_TEST));
	KUNIT_EXPECT_EQ(test, owned_vec_cap(&other), 7);
	KUNIT_EXPECT_EQ(test, 0, owned_vec_shrink_to_fit(&other, GFP_TEST));
	KUNIT_EXPECT_EQ(test, owned_vec_cap(&other), 6);

	owned_vec_free(&vec);
	vec = owned_vec_take(&other);
	KUNIT_EXPECT_TRUE(test, same_vec(&other.untyped, &empty.untyped));
	KUNIT_EXPECT_EQ(test, vec.len, 6);
	owned_vec_free(&vec);
	KUNIT_EXPECT_TRUE(test, balanced());
}

static void vec_raw_parts_go_out_and_back(struct kunit *test)
{
	struct owned_vec vec = { .untyped = vec_of(test, &kinds[1], 3, 4) };
	struct owned_vec empty = {};
	struct owned *elems;
	size_t len, cap;

	elems = owned_vec_into_raw_parts(&vec, &len, &cap);
	KUNIT_EXPECT_EQ(test, len, 3);
	KUNIT_EXPECT_EQ(test, cap, 7);
	KUNIT_EXPECT_TRUE(test, same_vec(&vec.untyped, &empty.untyped));
	vec = owned_vec_from_raw_parts(elems, len, cap);
	KUNIT_EXPECT_TRUE(test, holds_ids(&kinds[1], &vec.untyped, 0, 3));
	elems = owned_vec_leak(&vec, &len);
	KUNIT_EXPECT_EQ(test, ledger.dropped, 0);
	vec = owned_vec_from_raw_parts(elems, len, 7);
	KUNIT_EXPECT_EQ(test, 0, owned_vec_into_boxed_slice(&vec, &elems, &len, GFP_TEST));
	KUNIT_EXPECT_TRUE(test, same_vec(&vec.untyped, &empty.untyped));
	KUNIT_EXPECT_EQ(test, len, 3);
	drop_n(&kinds[1], elems, len);
	kvfree(elems);
	KUNIT_EXPECT_TRUE(test, balanced());
	KUNIT_EXPECT_EQ(test, 0, owned_vec_into_boxed_slice(&vec, &elems, &len, GFP_TEST));
	KUNIT_EXPECT_NULL(test, elems);
	KUNIT_EXPECT_EQ(test, len, 0);
}

static void vec_into_boxed_slice_without_memory_keeps_it(struct kunit *test)
{
	struct word_vec vec = {}, before;
	u64 *elems = NULL;
	size_t len = 0;

	KUNIT_ASSERT_EQ(test, 0, word_vec_with_capacity(&vec, BYTES_TOO_MANY / 4, GFP_TEST));
	word_vec_set_len(&vec, BYTES_TOO_MANY / 8 + 1);
	before = vec;
	KUNIT_EXPECT_EQ(test, -ENOMEM, word_vec_into_boxed_slice(&vec, &elems, &len, GFP_FAILS));
	KUNIT_EXPECT_TRUE(test, same_vec(&vec.untyped, &before.untyped));
	KUNIT_EXPECT_NULL(test, elems);
	word_vec_free(&vec);
}

static void vec_is_freed_at_the_end_of_its_scope(struct kunit *test)
{
	{
		struct owned_vec vec __free(owned_vec_free) = owned_vec_of(test, 5);
		struct owned_vec taken __free(owned_vec_free) = owned_vec_take(&vec);

		KUNIT_EXPECT_EQ(test, taken.len, 5);
		KUNIT_EXPECT_EQ(test, ledger.dropped, 0);
	}
	KUNIT_EXPECT_EQ(test, ledger.dropped, 5);
	KUNIT_EXPECT_TRUE(test, balanced());
}

static void vec_of_size_0_typed_counts_to_the_end(struct kunit *test)
{
	struct nothing_vec vec = {};
	struct nothing value;
	size_t count;

	KUNIT_EXPECT_EQ(test, nothing_vec_cap(&vec), SIZE_MAX);
	KUNIT_EXPECT_NULL(test, nothing_vec_get(&vec, 0));
	ledger.made = 1;
	KUNIT_EXPECT_EQ(test, 0, nothing_vec_push(&vec, &value, GFP_TEST));
	KUNIT_EXPECT_PTR_EQ(test, nothing_vec_get(&vec, 0), KOWN_DANGLING);
	KUNIT_EXPECT_PTR_EQ(test, nothing_vec_first(&vec), KOWN_DANGLING);
	KUNIT_EXPECT_EQ(test, -ERANGE, nothing_vec_insert(&vec, 2, &value, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, nothing_vec_insert(&vec, 0, &value, GFP_TEST));
	KUNIT_EXPECT_EQ(test, -ERANGE, nothing_vec_remove(&vec, 2, &value));
	KUNIT_EXPECT_EQ(test, 0, nothing_vec_remove(&vec, 1, &value));
	KUNIT_EXPECT_EQ(test, vec.len, 1);
	KUNIT_EXPECT_TRUE(test, nothing_vec_pop(&vec, &value));
	KUNIT_EXPECT_FALSE(test, nothing_vec_pop(&vec, &value));
	nothing_vec_set_len(&vec, SIZE_MAX);
	KUNIT_EXPECT_EQ(test, -EOVERFLOW, nothing_vec_push(&vec, &value, GFP_TEST));
	KUNIT_EXPECT_EQ(test, -EOVERFLOW, nothing_vec_insert(&vec, 0, &value, GFP_TEST));
	KUNIT_EXPECT_EQ(test, -ENOSPC, nothing_vec_push_within_capacity(&vec, &value));
	KUNIT_EXPECT_PTR_EQ(test, nothing_vec_spare_capacity(&vec, &count), KOWN_DANGLING);
	KUNIT_EXPECT_EQ(test, count, 0);
	nothing_vec_set_len(&vec, 0);
	KUNIT_EXPECT_NULL(test, vec.elems);
	KUNIT_EXPECT_EQ(test, vec.cap, 0);
	nothing_vec_free(&vec);
}

struct on_a_line {
	u64 value;
} __aligned(64);

struct on_a_page {
	u64 value;
} __aligned(4096);

KOWN_DEFINE_VEC(line, struct on_a_line, NULL, NULL)
KOWN_DEFINE_VEC(page, struct on_a_page, NULL, NULL)

static void vec_of_aligned_elements_is_aligned_wherever_it_moves(struct kunit *test)
{
	struct line_vec lines = {};
	struct page_vec pages = {};

	for (u64 i = 0; i < 200; i++) {
		struct on_a_line line = { i };

		KUNIT_ASSERT_EQ(test, 0, line_vec_push(&lines, &line, GFP_TEST));
		KUNIT_ASSERT_EQ(test, (unsigned long)lines.elems % 64, 0);
	}
	for (u64 i = 0; i < 20; i++) {
		struct on_a_page *page;
		size_t count;

		KUNIT_ASSERT_EQ(test, 0, page_vec_reserve(&pages, 1, GFP_TEST));
		page = page_vec_spare_capacity(&pages, &count);
		page->value = i;
		page_vec_set_len(&pages, i + 1);
		KUNIT_ASSERT_EQ(test, (unsigned long)pages.elems % 4096, 0);
	}
	KUNIT_ASSERT_EQ(test, 0, line_vec_shrink_to_fit(&lines, GFP_TEST));
	KUNIT_ASSERT_EQ(test, 0, page_vec_shrink_to_fit(&pages, GFP_TEST));
	KUNIT_EXPECT_EQ(test, (unsigned long)lines.elems % 64, 0);
	KUNIT_EXPECT_EQ(test, (unsigned long)pages.elems % 4096, 0);
	for (u64 i = 0; i < 200; i++)
		KUNIT_ASSERT_EQ(test, lines.elems[i].value, i);
	for (u64 i = 0; i < 20; i++)
		KUNIT_ASSERT_EQ(test, pages.elems[i].value, i);
	line_vec_free(&lines);
	page_vec_free(&pages);
}

static void vec_push_under_a_spinlock_works(struct kunit *test)
{
	struct owned_vec vec = {};
	static DEFINE_SPINLOCK(lock);
	int err = 0;

	for (u32 id = 0; id < 100 && !err; id++) {
		struct owned value = owned_make(id);

		spin_lock(&lock);
		err = owned_vec_push(&vec, &value, GFP_ATOMIC);
		spin_unlock(&lock);
	}
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_EQ(test, vec.len, 100);
	spin_lock(&lock);
	owned_vec_free(&vec);
	spin_unlock(&lock);
	KUNIT_EXPECT_TRUE(test, balanced());
}

/* The loops */

static void vec_loop_visits_all_in_order(struct kunit *test)
{
	for (size_t len = 0; len <= MOST; len++) {
		struct owned_vec vec = owned_vec_of(test, len);
		struct nothing_vec nothings = { .len = len };
		const struct owned_vec *reader = &vec;
		const struct owned *seen;
		struct nothing *nothing;
		struct owned *elem;
		u32 i = 0;

		kown_vec_for_each(elem, &vec)
			KUNIT_ASSERT_PTR_EQ(test, elem, &vec.elems[i++]);
		KUNIT_ASSERT_EQ(test, i, len);
		kown_vec_for_each_reverse(elem, &vec)
			KUNIT_ASSERT_PTR_EQ(test, elem, &vec.elems[--i]);
		KUNIT_ASSERT_EQ(test, i, 0);
		kown_vec_for_each(seen, reader)
			KUNIT_ASSERT_EQ(test, seen->id, i++);
		kown_vec_for_each_reverse(seen, reader)
			KUNIT_ASSERT_EQ(test, seen->id, --i);
		KUNIT_ASSERT_EQ(test, i, 0);
		kown_vec_for_each(nothing, &nothings)
			i += (void *)nothing == KOWN_DANGLING;
		kown_vec_for_each_reverse(nothing, &nothings)
			i += (void *)nothing == KOWN_DANGLING;
		KUNIT_ASSERT_EQ(test, i, 2 * len);
		owned_vec_free(&vec);
		KUNIT_ASSERT_TRUE(test, balanced());
	}
}

static struct owned *find(struct owned_vec *vec, u32 id)
{
	struct owned *elem;

	kown_vec_for_each(elem, vec)
		if (elem->id == id)
			return elem;
	return NULL;
}

static void vec_loop_left_by_return_break_goto_and_continue(struct kunit *test)
{
	struct owned_vec vec = owned_vec_of(test, 5);
	struct owned *elem = NULL, *other;
	u32 sum = 0, pairs = 0;

	KUNIT_EXPECT_PTR_EQ(test, find(&vec, 3), &vec.elems[3]);
	KUNIT_EXPECT_NULL(test, find(&vec, 5));
	kown_vec_for_each(elem, &vec) {
		if (elem->id == 1)
			continue;
		if (elem->id == 3)
			break;
		sum += 1 << elem->id;
	}
	KUNIT_EXPECT_EQ(test, sum, 0x5);
	KUNIT_EXPECT_EQ(test, elem->id, 3);
	kown_vec_for_each(elem, &vec) {
		kown_vec_for_each_reverse(other, &vec) {
			if (other == elem)
				break;
			pairs++;
		}
		if (elem->id == 3)
			goto out;
	}
out:
	KUNIT_EXPECT_EQ(test, pairs, 4 + 3 + 2 + 1);
	owned_vec_free(&vec);
	KUNIT_EXPECT_TRUE(test, balanced());
}

static void vec_arguments_are_evaluated_once(struct kunit *test)
{
	struct owned_vec vecs[2] = { owned_vec_of(test, 2) };
	struct owned_vec *vec = vecs;
	struct owned *elem;
	u32 i = 0, visits = 0;
	struct owned value;

	kown_vec_for_each(elem, vec++)
		visits += !!elem;
	KUNIT_EXPECT_EQ(test, visits, 2);
	KUNIT_EXPECT_PTR_EQ(test, vec, vecs + 1);
	vec = vecs;
	kown_vec_for_each_reverse(elem, vec++)
		visits += !!elem;
	KUNIT_EXPECT_EQ(test, visits, 4);
	KUNIT_EXPECT_PTR_EQ(test, vec, vecs + 1);
	KUNIT_EXPECT_EQ(test, 0, owned_vec_remove(vecs, i++, &value));
	owned_drop(&value);
	KUNIT_EXPECT_EQ(test, i, 1);
	vec = vecs;
	KUNIT_EXPECT_PTR_EQ(test, owned_vec_get(vec++, --i), vecs->elems);
	KUNIT_EXPECT_PTR_EQ(test, vec, vecs + 1);
	owned_vec_free(vecs);
	KUNIT_EXPECT_TRUE(test, balanced());
}

static struct kunit_case vec_cases[] = {
	KUNIT_CASE_PARAM(vec_push_grows_by_the_rule, growth_gen_params),
	KUNIT_CASE(vec_growth_copies_no_more_than_doubling),
	KUNIT_CASE(vec_push_n_takes_what_is_asked_if_more_than_double),
	KUNIT_CASE_PARAM(vec_without_elements_has_no_memory, kind_gen_params),
	KUNIT_CASE(vec_reserve_with_room_changes_nothing),
	KUNIT_CASE(vec_reserve_exact_takes_just_that),
	KUNIT_CASE(vec_plan_says_what_reserve_does),
	KUNIT_CASE(vec_shrink_to_leaves_room_for_what_there_is),
	KUNIT_CASE(vec_of_size_0_only_counts),
	KUNIT_CASE_PARAM(vec_refusal_leaves_it_as_it_was, refusal_gen_params),
	KUNIT_CASE(vec_refusals_come_in_order),
	KUNIT_CASE(vec_failed_allocation_leaves_all_elements_their_owners),
	KUNIT_CASE(vec_has_at_the_edges),
	KUNIT_CASE_PARAM(vec_insert_at_every_index, kind_gen_params),
	KUNIT_CASE_PARAM(vec_remove_every_range, kind_gen_params),
	KUNIT_CASE(vec_remove_moves_the_right_ones_out),
	KUNIT_CASE_PARAM(vec_swap_remove_at_every_index, kind_gen_params),
	KUNIT_CASE_PARAM(vec_index_far_out_of_range_is_refused, kind_gen_params),
	KUNIT_CASE_PARAM(vec_truncate_drops_each_cut_element_once, kind_gen_params),
	KUNIT_CASE(vec_truncate_drops_in_order),
	KUNIT_CASE(vec_growth_drops_and_clones_nothing),
	KUNIT_CASE_PARAM(vec_append_moves_all_and_leaves_the_other_its_room, kind_gen_params),
	KUNIT_CASE_PARAM(vec_split_off_at_every_index, kind_gen_params),
	KUNIT_CASE_PARAM(vec_clones_in_until_one_fails, kind_gen_params),
	KUNIT_CASE_PARAM(vec_clone_is_whole_or_nothing, kind_gen_params),
	KUNIT_CASE(vec_clone_from_uses_the_memory_there_is),
	KUNIT_CASE(vec_of_what_cannot_be_cloned_stays_as_it_was),
	KUNIT_CASE(vec_resize_to_less_drops_the_rest),
	KUNIT_CASE_PARAM(vec_resize_with_until_it_fails, kind_gen_params),
	KUNIT_CASE_PARAM(vec_extend_by_every_iterator, kind_gen_params),
	KUNIT_CASE(vec_extend_without_memory_loses_nothing),
	KUNIT_CASE_PARAM(vec_extend_by_an_array_moves_it, kind_gen_params),
	KUNIT_CASE_PARAM(vec_retain_every_mask, kind_gen_params),
	KUNIT_CASE_PARAM(vec_dedup_by_every_pattern, kind_gen_params),
	KUNIT_CASE(vec_dedup_every_row_of_bytes),
	KUNIT_CASE(vec_dedup_leaves_one_of_size_0),
	KUNIT_CASE(vec_push_and_pop_typed),
	KUNIT_CASE(vec_push_within_capacity_allocates_never),
	KUNIT_CASE(vec_push_without_memory_leaves_the_element_the_callers),
	KUNIT_CASE(vec_pop_if_asks_about_the_last),
	KUNIT_CASE(vec_typed_functions_do_as_the_untyped),
	KUNIT_CASE(vec_raw_parts_go_out_and_back),
	KUNIT_CASE(vec_into_boxed_slice_without_memory_keeps_it),
	KUNIT_CASE(vec_is_freed_at_the_end_of_its_scope),
	KUNIT_CASE(vec_of_size_0_typed_counts_to_the_end),
	KUNIT_CASE(vec_of_aligned_elements_is_aligned_wherever_it_moves),
	KUNIT_CASE(vec_push_under_a_spinlock_works),
	KUNIT_CASE(vec_loop_visits_all_in_order),
	KUNIT_CASE(vec_loop_left_by_return_break_goto_and_continue),
	KUNIT_CASE(vec_arguments_are_evaluated_once),
	{}
};

static struct kunit_suite vec_suite = {
	.name = "kown_vec",
	.init = ledger_init,
	.test_cases = vec_cases,
};

kunit_test_suite(vec_suite);
