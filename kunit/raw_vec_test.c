// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for RawVec.
 */
#include <kunit/test.h>
#include <linux/align.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <kown/raw_vec.h>

#include "counted.h"

#define GFP_TEST	(GFP_KERNEL | __GFP_NOWARN)

static const size_t sizes[] = { 1, 2, 3, 8, 1024, 1025, 4096, 65536 };

/* By division, where the code multiplies. */
static int expected_check(size_t size, size_t cap)
{
	if (size && cap > SSIZE_MAX / size)
		return -EOVERFLOW;
	return size && cap > INT_MAX / size ? -ENOMEM : 0;
}

static void raw_vec_check_at_each_limit(struct kunit *test)
{
	static const size_t limits[] = { 2, INT_MAX, SSIZE_MAX, SIZE_MAX - 2 };

	for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
		const struct kown_type elem = { .size = sizes[s] };

		for (size_t l = 0; l < ARRAY_SIZE(limits); l++) {
			for (size_t off = 0; off <= 4; off++) {
				size_t quotient = limits[l] / elem.size - 2 + off;
				size_t limit = limits[l] - 2 + off;

				KUNIT_EXPECT_EQ(test, kown_raw_vec_check(&elem, quotient),
						expected_check(elem.size, quotient));
				KUNIT_EXPECT_EQ(test, kown_raw_vec_check(&elem, limit),
						expected_check(elem.size, limit));
			}
		}
	}
}

static void raw_vec_of_size_0_has_room_for_all_there_are(struct kunit *test)
{
	const struct kown_type elem = { .size = 0 };
	struct kown_raw_vec raw = {};

	KUNIT_EXPECT_EQ(test, 0, kown_raw_vec_check(&elem, SIZE_MAX));
	KUNIT_EXPECT_EQ(test, kown_raw_vec_cap(&raw, &elem), SIZE_MAX);
	KUNIT_EXPECT_PTR_EQ(test, kown_raw_vec_at(&raw, &elem, SIZE_MAX), KOWN_DANGLING);
	KUNIT_EXPECT_EQ(test, 0, kown_raw_vec_shrink(&raw, &elem, 0, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_raw_vec_shrink(&raw, &elem, SIZE_MAX, GFP_TEST));
	KUNIT_EXPECT_NULL(test, raw.ptr);
	kown_raw_vec_free(&raw);
}

/* Growth: from a capacity, for so many. */

struct amortized_case {
	const char *desc;
	size_t size;
	size_t cap;
	size_t need;
	size_t want;
};

static const struct amortized_case amortized_cases[] = {
	{ "nothing of size 1 becomes 8", 1, 0, 1, 8 },
	{ "nothing of size 2 becomes 4", 2, 0, 1, 4 },
	{ "nothing of size 1024 becomes 4", 1024, 0, 1, 4 },
	{ "nothing of size 1025 becomes 1", 1025, 0, 1, 1 },
	{ "the least that is asked for counts more", 1, 0, 9, 9 },
	{ "what was exact doubles", 8, 5, 6, 10 },
	{ "a little still becomes the least", 1, 1, 2, 8 },
	{ "twice is enough", 8, 8, 16, 16 },
	{ "more than twice is the request", 8, 8, 17, 17 },
	{ "doubling up to the maximum", 1, INT_MAX / 2, INT_MAX / 2 + 1, INT_MAX - 1 },
	{ "doubling past the maximum", 1, INT_MAX / 2 + 1, INT_MAX / 2 + 2,
	  INT_MAX / 2 + 2 },
	{ "doubling past the maximum, of 8 bytes", 8, INT_MAX / 16 + 1, INT_MAX / 16 + 2,
	  INT_MAX / 16 + 2 },
	{ "the maximum", 1, INT_MAX - 1, INT_MAX, INT_MAX },
};

static void amortized_desc(const struct amortized_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(amortized, amortized_cases, amortized_desc);

static void raw_vec_amortized_doubles_or_takes_the_request(struct kunit *test)
{
	const struct amortized_case *c = test->param_value;
	const struct kown_type elem = { .size = c->size };
	const struct kown_raw_vec raw = { .cap = c->cap };

	KUNIT_EXPECT_EQ(test, kown_raw_vec_amortized(&raw, &elem, c->need), c->want);
}

/* Memory: of each alignment, over each size, bytes kept and aligned. */

struct memory_case {
	const char *desc;
	size_t size;
	size_t align;
};

static const struct memory_case memory_cases[] = {
	{ "size 1", 1, 1 },
	{ "size 3", 3, 1 },
	{ "size 8", 8, 8 },
	{ "size 1024", 1024, 8 },
	{ "size 1025", 1025, 1 },
	{ "size 4096", 4096, 8 },
	{ "size 65536", 65536, 8 },
	{ "size 16, aligned to 16", 16, 16 },
	{ "size 48, aligned to 16", 48, 16 },
	{ "size 64, aligned to 64", 64, 64 },
	{ "size 192, aligned to 64", 192, 64 },
	{ "size 1088, aligned to 64", 1088, 64 },
	{ "a page, aligned to it", PAGE_SIZE, PAGE_SIZE },
	{ "three pages, aligned to one", 3 * PAGE_SIZE, PAGE_SIZE },
};

static void memory_desc(const struct memory_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(memory, memory_cases, memory_desc);

static u8 pattern(size_t i)
{
	return i * 7 + i / 251;
}

static void fill_pattern(const struct kown_raw_vec *raw, size_t from, size_t to)
{
	for (; from < to; from++)
		((u8 *)raw->ptr)[from] = pattern(from);
}

static bool has_pattern(const struct kown_raw_vec *raw, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		if (((u8 *)raw->ptr)[i] != pattern(i))
			return false;
	return true;
}

/* The capacities to go through: each at first, then ever larger steps. */
static size_t step_up(size_t cap)
{
	return cap + 1 + cap / 7;
}

static void raw_vec_grow_and_shrink_keep_bytes_and_alignment(struct kunit *test)
{
	const struct memory_case *c = test->param_value;
	const struct kown_type elem = { .size = c->size, .align = c->align };
	size_t most = max_t(size_t, 16, 256 * 1024 / c->size);
	struct kown_raw_vec raw = {};
	size_t cap;

	for (cap = 1; cap < most; cap = step_up(cap)) {
		size_t old = raw.cap;

		KUNIT_ASSERT_EQ(test, 0, kown_raw_vec_grow(&raw, &elem, cap, GFP_TEST));
		KUNIT_ASSERT_EQ(test, raw.cap, cap);
		KUNIT_ASSERT_TRUE(test, IS_ALIGNED((unsigned long)raw.ptr, c->align));
		KUNIT_ASSERT_TRUE(test, has_pattern(&raw, old * c->size));
		fill_pattern(&raw, old * c->size, cap * c->size);
	}
	while (raw.cap > 1) {
		cap = raw.cap - 1 - raw.cap / 9;
		KUNIT_ASSERT_EQ(test, 0, kown_raw_vec_shrink(&raw, &elem, cap, GFP_TEST));
		KUNIT_ASSERT_EQ(test, raw.cap, cap);
		if (!cap)
			break;
		KUNIT_ASSERT_TRUE(test, IS_ALIGNED((unsigned long)raw.ptr, c->align));
		KUNIT_ASSERT_TRUE(test, has_pattern(&raw, cap * c->size));
		/* And what was shrunk grows again. */
		KUNIT_ASSERT_EQ(test, 0, kown_raw_vec_grow(&raw, &elem, cap + 1, GFP_TEST));
		KUNIT_ASSERT_TRUE(test, IS_ALIGNED((unsigned long)raw.ptr, c->align));
		KUNIT_ASSERT_TRUE(test, has_pattern(&raw, cap * c->size));
		KUNIT_ASSERT_EQ(test, 0, kown_raw_vec_shrink(&raw, &elem, cap, GFP_TEST));
	}
	kown_raw_vec_free(&raw);
	KUNIT_EXPECT_NULL(test, raw.ptr);
	KUNIT_EXPECT_EQ(test, raw.cap, 0);
	kown_raw_vec_free(&raw);
}

static void raw_vec_shrink_to_no_less_does_nothing(struct kunit *test)
{
	const struct kown_type elem = { .size = 8 };
	struct kown_raw_vec raw = {}, before;

	KUNIT_EXPECT_EQ(test, 0, kown_raw_vec_shrink(&raw, &elem, 0, GFP_TEST));
	KUNIT_EXPECT_NULL(test, raw.ptr);
	KUNIT_ASSERT_EQ(test, 0, kown_raw_vec_grow(&raw, &elem, 5, GFP_TEST));
	before = raw;
	KUNIT_EXPECT_EQ(test, 0, kown_raw_vec_shrink(&raw, &elem, 5, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_raw_vec_shrink(&raw, &elem, 6, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_raw_vec_shrink(&raw, &elem, SIZE_MAX, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, memcmp(&raw, &before, sizeof(raw)));
	kown_raw_vec_free(&raw);
}

static void raw_vec_shrink_to_nothing_frees_and_allocates_nothing(struct kunit *test)
{
	const struct kown_type elem = { .size = 8 };
	struct kown_raw_vec raw = {};

	KUNIT_ASSERT_EQ(test, 0, kown_raw_vec_grow(&raw, &elem, 5, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_raw_vec_shrink(&raw, &elem, 0, 0));
	KUNIT_EXPECT_NULL(test, raw.ptr);
	KUNIT_EXPECT_EQ(test, raw.cap, 0);
}

/* Refusals: each size, each limit, the allocator last; nothing changes. */

static void raw_vec_grow_refused_changes_nothing(struct kunit *test)
{
	for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
		const struct kown_type elem = { .size = sizes[s] };
		const size_t caps[] = {
			SIZE_MAX, SIZE_MAX / elem.size, SSIZE_MAX / elem.size + 1,
			SSIZE_MAX / elem.size, INT_MAX / elem.size + 1UL,
			INT_MAX / elem.size, BYTES_TOO_MANY / elem.size + 1,
		};
		struct kown_raw_vec raw = {}, before;

		KUNIT_ASSERT_EQ(test, 0, kown_raw_vec_grow(&raw, &elem, 3, GFP_TEST));
		fill_pattern(&raw, 0, 3 * elem.size);
		before = raw;
		for (size_t c = 0; c < ARRAY_SIZE(caps); c++) {
			KUNIT_EXPECT_EQ(test, kown_raw_vec_grow(&raw, &elem, caps[c], GFP_FAILS),
					expected_check(elem.size, caps[c]) ?: -ENOMEM);
			KUNIT_EXPECT_EQ(test, 0, memcmp(&raw, &before, sizeof(raw)));
		}
		KUNIT_EXPECT_TRUE(test, has_pattern(&raw, 3 * elem.size));
		kown_raw_vec_free(&raw);
	}
}

/* With no __GFP_NOWARN: the log, which is read, must stay silent. */
static void raw_vec_grow_of_any_size_makes_no_splat(struct kunit *test)
{
	const gfp_t gfps[] = {
#ifndef KOWN_HOST
		/* A machine that has so much gives it; a test machine does not. */
		GFP_KERNEL | __GFP_RETRY_MAYFAIL,
#endif
		GFP_ATOMIC, GFP_NOWAIT,
	};
	const size_t aligns[] = { 1, 64 };

	for (size_t g = 0; g < ARRAY_SIZE(gfps); g++) {
		for (size_t a = 0; a < ARRAY_SIZE(aligns); a++) {
			const struct kown_type elem = { .size = 64, .align = aligns[a] };
			struct kown_raw_vec raw = {};
			int err;

			KUNIT_EXPECT_NE(test, 0, kown_raw_vec_grow(&raw, &elem, SIZE_MAX,
								   gfps[g]));
			err = kown_raw_vec_grow(&raw, &elem, INT_MAX / 64, gfps[g]);
			KUNIT_EXPECT_TRUE(test, !err || err == -ENOMEM);
			kown_raw_vec_free(&raw);
		}
	}
}

static void raw_vec_larger_than_kmalloc_keeps_bytes(struct kunit *test)
{
	const struct kown_type elem = { .size = 1 };
	struct kown_raw_vec raw = {};

	KUNIT_ASSERT_EQ(test, 0, kown_raw_vec_grow(&raw, &elem, 1000, GFP_TEST));
	fill_pattern(&raw, 0, 1000);
	KUNIT_ASSERT_EQ(test, 0, kown_raw_vec_grow(&raw, &elem, BYTES_TOO_MANY, GFP_TEST));
	KUNIT_EXPECT_TRUE(test, has_pattern(&raw, 1000));
	fill_pattern(&raw, 1000, BYTES_TOO_MANY);
	KUNIT_ASSERT_EQ(test, 0, kown_raw_vec_grow(&raw, &elem, BYTES_TOO_MANY + 1, GFP_TEST));
	KUNIT_EXPECT_TRUE(test, has_pattern(&raw, BYTES_TOO_MANY));
	KUNIT_ASSERT_EQ(test, 0, kown_raw_vec_shrink(&raw, &elem, 999, GFP_TEST));
	KUNIT_EXPECT_TRUE(test, has_pattern(&raw, 999));
	kown_raw_vec_free(&raw);
}

static void raw_vec_grow_and_shrink_where_sleeping_is_forbidden(struct kunit *test)
{
	const size_t aligns[] = { 8, 64 };

	for (size_t a = 0; a < ARRAY_SIZE(aligns); a++) {
		const struct kown_type elem = { .size = 64, .align = aligns[a] };
		struct kown_raw_vec raw = {};
		int grown, more, less;

		preempt_disable();
		grown = kown_raw_vec_grow(&raw, &elem, 1, GFP_ATOMIC);
		more = kown_raw_vec_grow(&raw, &elem, 100, GFP_ATOMIC);
		less = kown_raw_vec_shrink(&raw, &elem, 2, GFP_ATOMIC);
		kown_raw_vec_free(&raw);
		preempt_enable();
		KUNIT_EXPECT_EQ(test, grown, 0);
		KUNIT_EXPECT_EQ(test, more, 0);
		KUNIT_EXPECT_EQ(test, less, 0);
	}
}

/* vfree() may sleep, so what vmalloc() gave can be neither moved nor given back. */
static void raw_vec_of_vmalloc_stays_where_sleeping_is_forbidden(struct kunit *test)
{
	const struct kown_type elem = { .size = 1 };
	struct kown_raw_vec raw = {}, before;
	int more, less;

	KUNIT_ASSERT_EQ(test, 0, kown_raw_vec_grow(&raw, &elem, BYTES_TOO_MANY, GFP_TEST));
	before = raw;
	preempt_disable();
	more = kown_raw_vec_grow(&raw, &elem, BYTES_TOO_MANY + 1, GFP_ATOMIC | __GFP_NOWARN);
	less = kown_raw_vec_shrink(&raw, &elem, 100, GFP_ATOMIC | __GFP_NOWARN);
	preempt_enable();
	KUNIT_EXPECT_EQ(test, more, -ENOMEM);
	KUNIT_EXPECT_EQ(test, less, -ENOMEM);
	KUNIT_EXPECT_EQ(test, 0, memcmp(&raw, &before, sizeof(raw)));
	kown_raw_vec_free(&raw);
}

static struct kunit_case raw_vec_cases[] = {
	KUNIT_CASE(raw_vec_check_at_each_limit),
	KUNIT_CASE(raw_vec_of_size_0_has_room_for_all_there_are),
	KUNIT_CASE_PARAM(raw_vec_amortized_doubles_or_takes_the_request, amortized_gen_params),
	KUNIT_CASE_PARAM(raw_vec_grow_and_shrink_keep_bytes_and_alignment, memory_gen_params),
	KUNIT_CASE(raw_vec_shrink_to_no_less_does_nothing),
	KUNIT_CASE(raw_vec_shrink_to_nothing_frees_and_allocates_nothing),
	KUNIT_CASE(raw_vec_grow_refused_changes_nothing),
	KUNIT_CASE(raw_vec_grow_of_any_size_makes_no_splat),
	KUNIT_CASE(raw_vec_larger_than_kmalloc_keeps_bytes),
	KUNIT_CASE(raw_vec_grow_and_shrink_where_sleeping_is_forbidden),
	KUNIT_CASE(raw_vec_of_vmalloc_stays_where_sleeping_is_forbidden),
	{}
};

static struct kunit_suite raw_vec_suite = {
	.name = "kown_raw_vec",
	.test_cases = raw_vec_cases,
};

kunit_test_suite(raw_vec_suite);
