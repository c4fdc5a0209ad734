// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for RawVec and Vec.
 */
#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/slab.h>

#include <kown/vec.h>

#define GFP_TEST	(GFP_KERNEL | __GFP_NOWARN)

/* kmalloc() alone, and beyond what it can give: an allocation that fails. */
#define GFP_FAILS	(GFP_NOWAIT | __GFP_NOWARN)
#define TOO_LARGE	(KMALLOC_MAX_SIZE + 1UL)

static const struct kown_type elem_u8 = { .size = 1 };
static const struct kown_type elem_u64 = { .size = 8 };
static const struct kown_type elem_zero = { .size = 0 };

static void expect_same(struct kunit *test, const struct kown_vec *vec,
			const struct kown_vec *before)
{
	KUNIT_EXPECT_PTR_EQ(test, vec->raw.ptr, before->raw.ptr);
	KUNIT_EXPECT_EQ(test, vec->raw.cap, before->raw.cap);
	KUNIT_EXPECT_EQ(test, vec->len, before->len);
}

static struct kown_vec vec_u64_of(struct kunit *test, u64 count)
{
	struct kown_vec vec = {};

	for (u64 i = 0; i < count; i++)
		KUNIT_ASSERT_EQ(test, 0, kown_vec_push_n(&vec, &elem_u64, &i, 1,
							 GFP_TEST));
	return vec;
}

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
		KUNIT_ASSERT_EQ(test, 0, kown_vec_push_n(&vec, &elem, value, 1,
							 GFP_TEST));
		step += full;
		KUNIT_ASSERT_EQ(test, kown_vec_cap(&vec, &elem), c->caps[step]);
	}
	KUNIT_EXPECT_EQ(test, step, ARRAY_SIZE(c->caps) - 1);
	for (size_t i = 0; i < vec.len; i++) {
		memset(value, (u8)i, c->size);
		KUNIT_ASSERT_EQ(test, 0, memcmp(kown_vec_at(&vec, &elem, i),
						value, c->size));
	}
	kown_vec_free(&vec, &elem);
}

static void vec_push_many_takes_what_is_asked_if_more_than_double(struct kunit *test)
{
	static const u64 values[100] = { [0] = 1, [99] = 2 };
	struct kown_vec vec = vec_u64_of(test, 4);

	KUNIT_ASSERT_EQ(test, 0, kown_vec_push_n(&vec, &elem_u64, values, 100,
						 GFP_TEST));
	KUNIT_EXPECT_EQ(test, vec.len, 104);
	KUNIT_EXPECT_EQ(test, vec.raw.cap, 104);
	KUNIT_EXPECT_EQ(test, 3, *(u64 *)kown_vec_at(&vec, &elem_u64, 3));
	KUNIT_EXPECT_EQ(test, 1, *(u64 *)kown_vec_at(&vec, &elem_u64, 4));
	KUNIT_EXPECT_EQ(test, 2, *(u64 *)kown_vec_at(&vec, &elem_u64, 103));
	kown_vec_free(&vec, &elem_u64);
}

static void vec_starts_and_ends_without_memory(struct kunit *test)
{
	struct kown_vec vec = {};
	struct kown_vec empty = {};

	kown_vec_truncate(&vec, &elem_u64, 0);
	KUNIT_EXPECT_EQ(test, 0, kown_vec_reserve(&vec, &elem_u64, 0, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_vec_push_n(&vec, &elem_u64, NULL, 0,
						 GFP_TEST));
	expect_same(test, &vec, &empty);
	kown_vec_free(&vec, &elem_u64);
	expect_same(test, &vec, &empty);

	vec = vec_u64_of(test, 5);
	kown_vec_free(&vec, &elem_u64);
	expect_same(test, &vec, &empty);
}

static void vec_reserve_with_room_changes_nothing(struct kunit *test)
{
	struct kown_vec vec = vec_u64_of(test, 5);
	struct kown_vec before = vec;

	KUNIT_EXPECT_EQ(test, vec.raw.cap, 8);
	KUNIT_EXPECT_EQ(test, 0, kown_vec_reserve(&vec, &elem_u64, 3, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_vec_reserve_exact(&vec, &elem_u64, 3,
							GFP_TEST));
	expect_same(test, &vec, &before);
	kown_vec_free(&vec, &elem_u64);
}

static void vec_reserve_exact_takes_just_that(struct kunit *test)
{
	struct kown_vec vec = vec_u64_of(test, 5);

	KUNIT_EXPECT_EQ(test, 0, kown_vec_reserve_exact(&vec, &elem_u64, 4,
							GFP_TEST));
	KUNIT_EXPECT_EQ(test, vec.raw.cap, 9);
	KUNIT_EXPECT_EQ(test, 0, kown_vec_reserve(&vec, &elem_u64, 5, GFP_TEST));
	KUNIT_EXPECT_EQ(test, vec.raw.cap, 18);
	kown_vec_free(&vec, &elem_u64);
}

static void vec_plan_says_what_reserve_does(struct kunit *test)
{
	for (u64 len = 0; len <= 9; len++) {
		for (size_t extra = 0; extra <= 40; extra++) {
			struct kown_vec vec = vec_u64_of(test, len);
			size_t need, cap;

			KUNIT_ASSERT_EQ(test, 0, kown_vec_plan(&vec, &elem_u64, extra,
							       &need, &cap));
			KUNIT_ASSERT_EQ(test, need, len + extra);
			KUNIT_ASSERT_EQ(test, 0, kown_vec_reserve(&vec, &elem_u64,
								  extra, GFP_TEST));
			KUNIT_ASSERT_EQ(test, vec.raw.cap, cap);
			KUNIT_ASSERT_EQ(test, vec.len, len);
			kown_vec_free(&vec, &elem_u64);
		}
	}
}

static void vec_of_zero_sized_elements_only_counts(struct kunit *test)
{
	struct kown_vec vec = {};

	KUNIT_EXPECT_EQ(test, kown_vec_cap(&vec, &elem_zero), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, 0, kown_vec_push_n(&vec, &elem_zero, NULL, 1000,
						 GFP_TEST));
	KUNIT_EXPECT_EQ(test, vec.len, 1000);
	KUNIT_EXPECT_EQ(test, 0, kown_vec_push_n(&vec, &elem_zero, NULL,
						 SIZE_MAX - 1000, GFP_TEST));
	KUNIT_EXPECT_EQ(test, vec.len, SIZE_MAX);
	KUNIT_EXPECT_EQ(test, -EOVERFLOW, kown_vec_push_n(&vec, &elem_zero, NULL, 1,
							  GFP_TEST));
	KUNIT_EXPECT_EQ(test, vec.len, SIZE_MAX);
	KUNIT_EXPECT_NULL(test, vec.raw.ptr);
	KUNIT_EXPECT_EQ(test, vec.raw.cap, 0);
	kown_vec_free(&vec, &elem_zero);
	KUNIT_EXPECT_EQ(test, vec.len, 0);
}

/* Every refusal, and the vec is as it was. */

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
};

static void refusal_desc(const struct refusal_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(refusal, refusal_cases, refusal_desc);

static void vec_refusal_leaves_it_as_it_was(struct kunit *test)
{
	const struct refusal_case *c = test->param_value;
	const struct kown_type elem = { .size = c->size };
	size_t need, cap;
	struct kown_vec vec = {}, before;

	/* Five elements there: len + extra is what is refused. */
	KUNIT_ASSERT_EQ(test, 0, kown_vec_reserve(&vec, &elem, 5, GFP_TEST));
	memset(vec.raw.ptr, 0x5a, 5 * c->size);
	kown_vec_commit(&vec, 5);
	before = vec;

	KUNIT_EXPECT_EQ(test, c->err, kown_vec_plan(&vec, &elem, c->extra, &need, &cap));
	KUNIT_EXPECT_EQ(test, c->err, kown_vec_reserve(&vec, &elem, c->extra, GFP_TEST));
	KUNIT_EXPECT_EQ(test, c->err, kown_vec_reserve_exact(&vec, &elem, c->extra,
							     GFP_TEST));
	KUNIT_EXPECT_EQ(test, c->err, kown_vec_push_n(&vec, &elem, NULL, c->extra,
						      GFP_TEST));
	expect_same(test, &vec, &before);
	KUNIT_EXPECT_NULL(test, memchr_inv(vec.raw.ptr, 0x5a, 5 * c->size));
	kown_vec_free(&vec, &elem);
}

static void vec_failed_allocation_leaves_it_as_it_was(struct kunit *test)
{
	struct kown_vec vec = vec_u64_of(test, 5);
	struct kown_vec before = vec;

	KUNIT_EXPECT_EQ(test, -ENOMEM, kown_vec_reserve(&vec, &elem_u64,
							TOO_LARGE / 8, GFP_FAILS));
	KUNIT_EXPECT_EQ(test, -ENOMEM, kown_vec_reserve_exact(&vec, &elem_u64,
							      TOO_LARGE / 8, GFP_FAILS));
	KUNIT_EXPECT_EQ(test, -ENOMEM, kown_vec_push_n(&vec, &elem_u64, NULL,
						       TOO_LARGE / 8, GFP_FAILS));
	expect_same(test, &vec, &before);
	for (u64 i = 0; i < 5; i++)
		KUNIT_EXPECT_EQ(test, i, *(u64 *)kown_vec_at(&vec, &elem_u64, i));
	kown_vec_free(&vec, &elem_u64);
}

static void raw_vec_amortized_takes_the_request_when_doubling_is_too_much(struct kunit *test)
{
	struct kown_raw_vec raw = { .cap = INT_MAX / 2 };

	KUNIT_EXPECT_EQ(test, kown_raw_vec_amortized(&raw, &elem_u8, INT_MAX / 2 + 1),
			INT_MAX / 2 * 2);
	raw.cap++;
	KUNIT_EXPECT_EQ(test, kown_raw_vec_amortized(&raw, &elem_u8, INT_MAX / 2 + 2),
			INT_MAX / 2 + 2);
	KUNIT_EXPECT_EQ(test, kown_raw_vec_amortized(&raw, &elem_u8, INT_MAX),
			INT_MAX);
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

/* Elements that own something: each tells where, and how often, it was dropped. */

#define OWNERS	8

static struct {
	unsigned int drops[OWNERS];
	unsigned int count;
	unsigned int order[OWNERS];
	const struct kown_vec *vec;
	size_t len_seen;
} seen;

static void owner_drop(void *elem)
{
	u32 id = *(u32 *)elem;

	seen.drops[id]++;
	seen.order[seen.count++] = id;
	seen.len_seen = seen.vec->len;
}

static const struct kown_type elem_owner = {
	.size = sizeof(u32),
	.drop = owner_drop,
};

static struct kown_vec owners(struct kunit *test, u32 count)
{
	struct kown_vec vec = {};

	memset(&seen, 0, sizeof(seen));
	for (u32 id = 0; id < count; id++)
		KUNIT_ASSERT_EQ(test, 0, kown_vec_push_n(&vec, &elem_owner, &id, 1,
							 GFP_TEST));
	return vec;
}

/* For each length and each cut: [0, keep) lives, [keep, len) died, in order, once. */
static void vec_truncate_drops_each_cut_element_once(struct kunit *test)
{
	for (u32 len = 0; len <= OWNERS; len++) {
		for (u32 keep = 0; keep <= OWNERS + 1; keep++) {
			struct kown_vec vec = owners(test, len);
			u32 left = min(keep, len);

			seen.vec = &vec;
			kown_vec_truncate(&vec, &elem_owner, keep);
			KUNIT_ASSERT_EQ(test, vec.len, left);
			KUNIT_ASSERT_EQ(test, seen.count, len - left);
			for (u32 i = 0; i < seen.count; i++)
				KUNIT_ASSERT_EQ(test, seen.order[i], left + i);
			if (seen.count)
				KUNIT_ASSERT_EQ(test, seen.len_seen, left);

			kown_vec_free(&vec, &elem_owner);
			for (u32 id = 0; id < len; id++)
				KUNIT_ASSERT_EQ(test, seen.drops[id], 1);
			KUNIT_ASSERT_EQ(test, seen.count, len);
		}
	}
}

static void vec_growth_drops_nothing(struct kunit *test)
{
	struct kown_vec vec = owners(test, OWNERS);

	seen.vec = &vec;
	KUNIT_ASSERT_EQ(test, 0, kown_vec_reserve(&vec, &elem_owner, 100000, GFP_TEST));
	KUNIT_EXPECT_EQ(test, seen.count, 0);
	kown_vec_free(&vec, &elem_owner);
	KUNIT_EXPECT_EQ(test, seen.count, OWNERS);
}

static struct kunit_case vec_cases[] = {
	KUNIT_CASE_PARAM(vec_push_grows_by_the_rule, growth_gen_params),
	KUNIT_CASE(vec_push_many_takes_what_is_asked_if_more_than_double),
	KUNIT_CASE(vec_starts_and_ends_without_memory),
	KUNIT_CASE(vec_reserve_with_room_changes_nothing),
	KUNIT_CASE(vec_reserve_exact_takes_just_that),
	KUNIT_CASE(vec_plan_says_what_reserve_does),
	KUNIT_CASE(vec_of_zero_sized_elements_only_counts),
	KUNIT_CASE_PARAM(vec_refusal_leaves_it_as_it_was, refusal_gen_params),
	KUNIT_CASE(vec_failed_allocation_leaves_it_as_it_was),
	KUNIT_CASE(raw_vec_amortized_takes_the_request_when_doubling_is_too_much),
	KUNIT_CASE(vec_has_at_the_edges),
	KUNIT_CASE(vec_truncate_drops_each_cut_element_once),
	KUNIT_CASE(vec_growth_drops_nothing),
	{}
};

static struct kunit_suite vec_suite = {
	.name = "kown_vec",
	.test_cases = vec_cases,
};

kunit_test_suite(vec_suite);
