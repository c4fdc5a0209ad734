// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for Heap.
 */
#include <kunit/test.h>
#include <linux/slab.h>

#include <kown/heap.h>

#include "counted.h"
#include "fail.h"
#include "permute.h"

#define GFP_TEST	(GFP_KERNEL | __GFP_NOWARN)

/**
 * struct asked - what less() was asked, and when it fails
 * @calls: so far
 * @fails_at: the call that fails; 0: none does
 */
struct asked {
	int calls;
	int fails_at;
};

static int fails(void *context)
{
	struct asked *asked = context;

	return asked && ++asked->calls == asked->fails_at ? -EIO : 0;
}

/* The name is the one that the macro itself might have used. */
static int less(const u64 *a, const u64 *b, void *context)
{
	int err = fails(context);

	return err ? err : *a < *b;
}

KOWN_DEFINE_VEC(num, u64, NULL, NULL)
KOWN_DEFINE_HEAP(num, u64, less)

static int counted_less(const struct counted *a, const struct counted *b, void *context)
{
	int err = fails(context);

	/* Any positive number is yes. */
	return err ? err : (a->value < b->value) * 5;
}

KOWN_DEFINE_VEC(counted, struct counted, counted_drop, NULL)
KOWN_DEFINE_HEAP(counted, struct counted, counted_less)

struct empty {};

static int empty_less(const struct empty *a, const struct empty *b, void *context)
{
	return fails(context);
}

KOWN_DEFINE_VEC(empty, struct empty, NULL, NULL)
KOWN_DEFINE_HEAP(empty, struct empty, empty_less)

static bool is_heap(const u64 *elems, size_t len)
{
	for (size_t i = 1; i < len; i++)
		if (elems[(i - 1) / 2] < elems[i])
			return false;
	return true;
}

/* Are these the numbers below @len, each once, in any order? */
static bool has_all(const u64 *elems, size_t len)
{
	u64 seen = 0;

	for (size_t i = 0; i < len; i++)
		seen |= BIT_ULL(elems[i]);
	return seen == BIT_ULL(len) - 1;
}

static struct num_vec vec_of(struct kunit *test, const u64 *elems, size_t len)
{
	struct num_vec vec = {};

	KUNIT_ASSERT_EQ(test, 0, num_vec_push_n(&vec, elems, len, GFP_TEST));
	return vec;
}

static struct num_heap heap_of(struct kunit *test, const u64 *elems, size_t len)
{
	struct num_vec vec = vec_of(test, elems, len);
	struct num_heap heap;

	KUNIT_ASSERT_EQ(test, 0, num_heap_from_vec(&heap, &vec, NULL));
	return heap;
}

#define SMALL	7

static const u64 ascending[SMALL] = { 0, 1, 2, 3, 4, 5, 6 };

static void heap_pops_every_order_of_pushes_sorted(struct kunit *test)
{
	for (int len = 0; len <= SMALL; len++) {
		u64 order[SMALL], value;

		memcpy(order, ascending, sizeof(order));
		do {
			struct num_heap heap = {};

			for (int i = 0; i < len; i++) {
				KUNIT_ASSERT_EQ(test, 0, num_heap_push(&heap, &order[i], NULL,
								       GFP_TEST));
				KUNIT_ASSERT_TRUE(test, is_heap(heap.vec.elems, i + 1));
			}
			for (int i = len; i--;) {
				KUNIT_ASSERT_EQ(test, *num_heap_peek(&heap), i);
				KUNIT_ASSERT_EQ(test, 1, num_heap_pop(&heap, &value, NULL));
				KUNIT_ASSERT_EQ(test, value, i);
				KUNIT_ASSERT_EQ(test, num_heap_len(&heap), i);
				KUNIT_ASSERT_TRUE(test, is_heap(heap.vec.elems, i));
			}
			KUNIT_ASSERT_EQ(test, 0, num_heap_pop(&heap, &value, NULL));
			KUNIT_ASSERT_NULL(test, num_heap_peek(&heap));
			num_heap_free(&heap);
		} while (next_permutation(order, len));
	}
}

static void heap_of_every_vec_becomes_a_sorted_one(struct kunit *test)
{
	for (int len = 0; len <= SMALL; len++) {
		u64 order[SMALL];

		memcpy(order, ascending, sizeof(order));
		do {
			struct num_vec vec = vec_of(test, order, len);
			u64 *elems = vec.elems;
			struct num_heap heap;

			KUNIT_ASSERT_EQ(test, 0, num_heap_from_vec(&heap, &vec, NULL));
			KUNIT_ASSERT_NULL(test, vec.elems);
			KUNIT_ASSERT_EQ(test, vec.len, 0);
			KUNIT_ASSERT_PTR_EQ(test, heap.vec.elems, elems);
			KUNIT_ASSERT_TRUE(test, is_heap(elems, len));
			KUNIT_ASSERT_TRUE(test, has_all(elems, len));

			KUNIT_ASSERT_EQ(test, 0, num_heap_into_sorted_vec(&heap, &vec, NULL));
			KUNIT_ASSERT_EQ(test, num_heap_len(&heap), 0);
			KUNIT_ASSERT_NULL(test, heap.vec.elems);
			KUNIT_ASSERT_PTR_EQ(test, vec.elems, elems);
			KUNIT_ASSERT_EQ(test, vec.len, len);
			for (int i = 0; i < len; i++)
				KUNIT_ASSERT_EQ(test, elems[i], i);
			num_vec_free(&vec);
		} while (next_permutation(order, len));
	}
}

/*
 * Every comparison of every operation made to fail in turn, for every order of up to 6:
 * the k-th fails, for all k, until there is no k-th.
 */

#define FAILING	6

static void push_failing(struct kunit *test, const u64 *order, int len)
{
	struct num_heap heap = heap_of(test, order, len - 1);
	u64 before[SMALL], value = order[len - 1];
	struct asked asked = {};
	int err;

	KUNIT_ASSERT_EQ(test, 0, num_vec_reserve(&heap.vec, 1, GFP_TEST));
	memcpy(before, heap.vec.elems, (len - 1) * sizeof(u64));
	do {
		asked.calls = 0;
		asked.fails_at++;
		err = num_heap_push(&heap, &value, &asked, GFP_TEST);
		if (!err)
			break;
		KUNIT_ASSERT_EQ(test, err, -EIO);
		KUNIT_ASSERT_EQ(test, num_heap_len(&heap), len - 1);
		KUNIT_ASSERT_EQ(test, 0, memcmp(before, heap.vec.elems,
						(len - 1) * sizeof(u64)));
		KUNIT_ASSERT_EQ(test, value, order[len - 1]);
	} while (asked.fails_at < 100);
	KUNIT_ASSERT_EQ(test, asked.calls, asked.fails_at - 1);
	KUNIT_ASSERT_TRUE(test, is_heap(heap.vec.elems, len));
	KUNIT_ASSERT_TRUE(test, has_all(heap.vec.elems, len));
	num_heap_free(&heap);
}

static void pop_failing(struct kunit *test, const u64 *order, int len)
{
	struct num_heap heap = heap_of(test, order, len);
	u64 before[SMALL], value = 77;
	struct asked asked = {};
	int got;

	memcpy(before, heap.vec.elems, len * sizeof(u64));
	do {
		asked.calls = 0;
		asked.fails_at++;
		got = num_heap_pop(&heap, &value, &asked);
		if (got == 1)
			break;
		KUNIT_ASSERT_EQ(test, got, -EIO);
		KUNIT_ASSERT_EQ(test, num_heap_len(&heap), len);
		KUNIT_ASSERT_EQ(test, 0, memcmp(before, heap.vec.elems, len * sizeof(u64)));
		KUNIT_ASSERT_EQ(test, value, 77);
	} while (asked.fails_at < 100);
	KUNIT_ASSERT_EQ(test, asked.calls, asked.fails_at - 1);
	KUNIT_ASSERT_EQ(test, value, len - 1);
	KUNIT_ASSERT_TRUE(test, is_heap(heap.vec.elems, len - 1));
	KUNIT_ASSERT_TRUE(test, has_all(heap.vec.elems, len - 1));
	num_heap_free(&heap);
}

static void from_vec_failing(struct kunit *test, const u64 *order, int len)
{
	struct num_vec vec = vec_of(test, order, len);
	struct asked asked = {};
	struct num_heap heap;
	int err;

	do {
		asked.calls = 0;
		asked.fails_at++;
		err = num_heap_from_vec(&heap, &vec, &asked);
		if (!err)
			break;
		KUNIT_ASSERT_EQ(test, err, -EIO);
		KUNIT_ASSERT_EQ(test, num_heap_len(&heap), 0);
		KUNIT_ASSERT_NULL(test, heap.vec.elems);
		KUNIT_ASSERT_EQ(test, vec.len, len);
		KUNIT_ASSERT_TRUE(test, has_all(vec.elems, len));
	} while (asked.fails_at < 100);
	KUNIT_ASSERT_TRUE(test, is_heap(heap.vec.elems, len));
	KUNIT_ASSERT_TRUE(test, has_all(heap.vec.elems, len));
	num_heap_free(&heap);
}

static void into_sorted_vec_failing(struct kunit *test, const u64 *order, int len)
{
	struct asked asked = {};
	int err;

	do {
		struct num_heap heap = heap_of(test, order, len);
		struct num_vec vec;

		asked.calls = 0;
		asked.fails_at++;
		err = num_heap_into_sorted_vec(&heap, &vec, &asked);
		KUNIT_ASSERT_TRUE(test, !err || err == -EIO);
		KUNIT_ASSERT_EQ(test, num_heap_len(&heap), 0);
		KUNIT_ASSERT_NULL(test, heap.vec.elems);
		KUNIT_ASSERT_EQ(test, vec.len, len);
		KUNIT_ASSERT_TRUE(test, has_all(vec.elems, len));
		for (int i = 0; !err && i < len; i++)
			KUNIT_ASSERT_EQ(test, vec.elems[i], i);
		num_vec_free(&vec);
	} while (err && asked.fails_at < 100);
	KUNIT_ASSERT_EQ(test, err, 0);
}

static void append_failing(struct kunit *test, const u64 *order, int len, int cut)
{
	struct asked asked = {};
	int err;

	do {
		struct num_heap heap = heap_of(test, order, cut);
		struct num_heap other = heap_of(test, order + cut, len - cut);
		u64 all[SMALL];

		asked.calls = 0;
		asked.fails_at++;
		err = num_heap_append(&heap, &other, &asked, GFP_TEST);
		KUNIT_ASSERT_TRUE(test, !err || err == -EIO);
		if (!err)
			KUNIT_ASSERT_EQ(test, num_heap_len(&other), 0);
		KUNIT_ASSERT_EQ(test, num_heap_len(&heap) + num_heap_len(&other), len);
		KUNIT_ASSERT_TRUE(test, is_heap(heap.vec.elems, heap.vec.len));
		KUNIT_ASSERT_TRUE(test, is_heap(other.vec.elems, other.vec.len));
		memcpy(all, heap.vec.elems, heap.vec.len * sizeof(u64));
		memcpy(all + heap.vec.len, other.vec.elems, other.vec.len * sizeof(u64));
		KUNIT_ASSERT_TRUE(test, has_all(all, len));
		num_heap_free(&heap);
		num_heap_free(&other);
	} while (err && asked.fails_at < 100);
	KUNIT_ASSERT_EQ(test, err, 0);
}

static void heap_comparison_fails_in_turn(struct kunit *test)
{
	for (int len = 1; len <= FAILING; len++) {
		u64 order[SMALL];

		memcpy(order, ascending, sizeof(order));
		do {
			push_failing(test, order, len);
			pop_failing(test, order, len);
			from_vec_failing(test, order, len);
			into_sorted_vec_failing(test, order, len);
			for (int cut = 0; cut <= len; cut++)
				append_failing(test, order, len, cut);
		} while (next_permutation(order, len));
	}
}

static void heap_appends_the_shorter_to_the_longer(struct kunit *test)
{
	static const u64 few[] = { 1, 5 }, many[] = { 0, 2, 3, 4, 6 };

	for (int round = 0; round < 2; round++) {
		struct num_heap a = round ? heap_of(test, few, 2) : heap_of(test, many, 5);
		struct num_heap b = round ? heap_of(test, many, 5) : heap_of(test, few, 2);
		u64 *longer;

		KUNIT_ASSERT_EQ(test, 0, num_vec_reserve(round ? &b.vec : &a.vec, 2, GFP_TEST));
		longer = round ? b.vec.elems : a.vec.elems;
		KUNIT_EXPECT_EQ(test, 0, num_heap_append(&a, &b, NULL, GFP_TEST));
		KUNIT_EXPECT_PTR_EQ(test, a.vec.elems, longer);
		KUNIT_EXPECT_EQ(test, num_heap_len(&a), 7);
		KUNIT_EXPECT_EQ(test, num_heap_len(&b), 0);
		KUNIT_EXPECT_TRUE(test, is_heap(a.vec.elems, 7));
		KUNIT_EXPECT_TRUE(test, has_all(a.vec.elems, 7));
		KUNIT_EXPECT_EQ(test, -EINVAL, num_heap_append(&a, &a, NULL, GFP_TEST));
		KUNIT_EXPECT_EQ(test, num_heap_len(&a), 7);
		num_heap_free(&a);
		num_heap_free(&b);
	}
}

/* No memory: both heaps, and the element, are as they were. */

static int huge_less(const void *a, const void *b, void *context)
{
	return *(const u8 *)a < *(const u8 *)b;
}

static void heap_without_memory_is_as_it_was(struct kunit *test)
{
	const struct kown_type huge = { .size = BYTES_TOO_MANY / 4 };
	void *value = kvzalloc(huge.size, GFP_KERNEL);
	struct kown_heap heap = {}, other = {}, before;

	KUNIT_ASSERT_NOT_NULL(test, value);
	/* One in the other, four in the heap, and no room for more in either. */
	for (int i = 0; i < 5; i++) {
		memset(value, i, huge.size);
		KUNIT_ASSERT_EQ(test, 0, kown_heap_push(i ? &heap : &other, &huge, value,
							huge_less, NULL, GFP_TEST));
	}
	KUNIT_ASSERT_EQ(test, heap.vec.raw.cap, 4);
	KUNIT_ASSERT_EQ(test, other.vec.raw.cap, 1);
	before = heap;
	KUNIT_EXPECT_EQ(test, -ENOMEM, kown_heap_push(&heap, &huge, value, huge_less, NULL,
						      GFP_FAILS));
	KUNIT_EXPECT_EQ(test, -ENOMEM, kown_heap_append(&heap, &huge, &other, huge_less, NULL,
							GFP_FAILS));
	KUNIT_EXPECT_EQ(test, -ENOMEM, kown_heap_append(&other, &huge, &heap, huge_less, NULL,
							GFP_FAILS));
	KUNIT_EXPECT_EQ(test, 0, memcmp(&heap, &before, sizeof(heap)));
	KUNIT_EXPECT_EQ(test, other.vec.len, 1);
	kown_vec_free(&heap.vec, &huge);
	kown_vec_free(&other.vec, &huge);
	kvfree(value);
}

static void heap_allocation_fails_in_turn(struct kunit *test)
{
	each_failure(test, fail) {
		struct counted_heap heap = {}, other = {};
		struct witness w = {};
		int err = 0, owned = 0;

		fail_arm(&fail);
		for (u64 i = 0; i < 10 && !err; i++) {
			struct counted value = counted(&w, i);

			err = counted_heap_push(i < 7 ? &heap : &other, &value, NULL, GFP_KERNEL);
			owned += !err;
		}
		if (!err)
			err = counted_heap_append(&heap, &other, NULL, GFP_KERNEL);
		KUNIT_EXPECT_EQ(test, err, fail_hit(&fail) ? -ENOMEM : 0);
		KUNIT_EXPECT_EQ(test, counted_heap_len(&heap) + counted_heap_len(&other), owned);
		if (owned)
			KUNIT_EXPECT_EQ(test, counted_heap_peek(&heap)->value,
					err ? min(owned, 7) - 1 : 9);
		expect_drops(test, &w, 0);
		counted_heap_free(&heap);
		counted_heap_free(&other);
		expect_drops(test, &w, owned);
	}
}

/* Elements that own something are moved, and none is dropped but at the end. */
static void heap_of_owners_drops_each_once(struct kunit *test)
{
	struct witness w = {};

	for (int fails_at = 0; fails_at < 40; fails_at++) {
		struct asked asked = { .fails_at = fails_at };
		struct counted_heap heap = {}, other = {};
		struct counted_vec vec;
		struct counted out;
		int owned = 0;

		atomic_set(&w.drops, 0);
		for (u64 i = 0; i < 8; i++) {
			struct counted value = counted(&w, i * 5 % 8);

			owned += !counted_heap_push(i & 1 ? &heap : &other, &value, &asked,
						    GFP_TEST);
		}
		if (counted_heap_pop(&heap, &out, &asked) > 0)
			owned--;
		(void)!counted_heap_append(&heap, &other, &asked, GFP_TEST);
		vec = counted_heap_into_vec(&heap);
		KUNIT_EXPECT_EQ(test, counted_heap_len(&heap), 0);
		if (!counted_heap_from_vec(&heap, &vec, &asked))
			(void)!counted_heap_into_sorted_vec(&heap, &vec, &asked);
		KUNIT_EXPECT_EQ(test, counted_heap_len(&other) + vec.len, owned);
		expect_drops(test, &w, 0);
		counted_vec_free(&vec);
		counted_heap_clear(&other);
		expect_drops(test, &w, owned);
		KUNIT_EXPECT_NOT_NULL(test, other.vec.elems);
		counted_heap_free(&other);
		KUNIT_EXPECT_NULL(test, other.vec.elems);
		expect_drops(test, &w, owned);
	}
}

static void heap_is_freed_with_its_scope(struct kunit *test)
{
	struct witness w = {};

	{
		struct counted_heap heap __free(counted_heap_free) = {};
		struct counted value = counted(&w, 1);

		KUNIT_ASSERT_EQ(test, 0, counted_heap_push(&heap, &value, NULL, GFP_TEST));
	}
	expect_drops(test, &w, 1);
}

/* Elements of any size, each a number in all its bytes. */

struct size_case {
	size_t size;
};

static const struct size_case size_cases[] = {
	{ 1 }, { 3 }, { 8 }, { 63 }, { 64 }, { 65 }, { 129 }, { 1025 }, { 65536 },
};

static void size_desc(const struct size_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%zu bytes", c->size);
}

KUNIT_ARRAY_PARAM(size, size_cases, size_desc);

static void heap_of_any_size_moves_whole_elements(struct kunit *test)
{
	const struct size_case *c = test->param_value;
	const struct kown_type elem = { .size = c->size };
	u8 *value = kunit_kzalloc(test, c->size, GFP_KERNEL);
	struct kown_heap heap = {};
	struct kown_vec vec;

	KUNIT_ASSERT_NOT_NULL(test, value);
	for (int i = 0; i < 40; i++) {
		memset(value, i * 7 % 40, c->size);
		KUNIT_ASSERT_EQ(test, 0, kown_heap_push(&heap, &elem, value, huge_less, NULL,
							GFP_TEST));
	}
	for (int i = 39; i >= 20; i--) {
		KUNIT_ASSERT_EQ(test, 1, kown_heap_pop(&heap, &elem, huge_less, NULL, value));
		KUNIT_ASSERT_NULL(test, memchr_inv(value, i, c->size));
	}
	vec = heap.vec;
	kown_slice_reverse(kown_vec_as_slice(&vec, &elem), &elem);
	KUNIT_ASSERT_EQ(test, 0, kown_heap_from_vec(&heap, &elem, &vec, huge_less, NULL));
	KUNIT_ASSERT_EQ(test, 0, kown_heap_into_sorted_vec(&heap, &elem, huge_less, NULL, &vec));
	for (int i = 0; i < 20; i++)
		KUNIT_ASSERT_NULL(test, memchr_inv(kown_vec_at(&vec, &elem, i), i, c->size));
	kown_vec_free(&vec, &elem);
}

static void heap_of_nothings_only_counts(struct kunit *test)
{
	struct empty_heap heap = {}, other = {};
	struct asked asked = {};
	struct empty_vec vec;
	struct empty value;

	for (int i = 0; i < 5; i++)
		KUNIT_ASSERT_EQ(test, 0, empty_heap_push(i & 1 ? &heap : &other, &value, &asked,
							 GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, empty_heap_append(&heap, &other, &asked, GFP_TEST));
	KUNIT_EXPECT_EQ(test, empty_heap_len(&heap), 5);
	KUNIT_EXPECT_NOT_NULL(test, empty_heap_peek(&heap));
	KUNIT_EXPECT_EQ(test, 1, empty_heap_pop(&heap, &value, &asked));
	KUNIT_EXPECT_EQ(test, 0, empty_heap_into_sorted_vec(&heap, &vec, &asked));
	KUNIT_EXPECT_EQ(test, vec.len, 4);
	KUNIT_EXPECT_GT(test, asked.calls, 0);

	/* As many as there can be: one more cannot, and one goes at the usual cost. */
	empty_vec_set_len(&vec, SIZE_MAX);
	heap.vec = vec;
	KUNIT_EXPECT_EQ(test, -EOVERFLOW, empty_heap_push(&heap, &value, NULL, GFP_TEST));
	asked.calls = 0;
	KUNIT_EXPECT_EQ(test, 1, empty_heap_pop(&heap, &value, &asked));
	KUNIT_EXPECT_EQ(test, empty_heap_len(&heap), SIZE_MAX - 1);
	KUNIT_EXPECT_LE(test, asked.calls, 2 * BITS_PER_LONG);
	KUNIT_EXPECT_EQ(test, 0, empty_heap_push(&heap, &value, NULL, GFP_TEST));
	empty_heap_free(&heap);
}

/* A model: an array, of which the greatest is looked for. */
static void heap_is_what_a_naive_one_is(struct kunit *test)
{
	struct num_heap heap __free(num_heap_free) = {};
	u64 random = 4;
	u8 model[200];
	size_t len = 0;

	for (int step = 0; step < 20000; step++) {
		u64 value = next_random(&random) % 100;
		struct asked asked = {};

		if (next_random(&random) % 100 < (step / 2000 % 2 ? 40 : 60)) {
			if (len == ARRAY_SIZE(model))
				continue;
			KUNIT_ASSERT_EQ(test, 0, num_heap_push(&heap, &value, &asked, GFP_TEST));
			KUNIT_ASSERT_LE(test, asked.calls, fls(len + 1));
			model[len++] = value;
		} else {
			size_t most = 0;
			u64 got;

			KUNIT_ASSERT_EQ(test, !!len, num_heap_pop(&heap, &got, &asked));
			KUNIT_ASSERT_LE(test, asked.calls, 2 * fls(len));
			if (!len)
				continue;
			for (size_t i = 1; i < len; i++)
				if (model[i] > model[most])
					most = i;
			KUNIT_ASSERT_EQ(test, got, model[most]);
			model[most] = model[--len];
		}
		KUNIT_ASSERT_EQ(test, num_heap_len(&heap), len);
		KUNIT_ASSERT_TRUE(test, is_heap(heap.vec.elems, len));
	}
}

static struct kunit_case heap_cases[] = {
	KUNIT_CASE(heap_pops_every_order_of_pushes_sorted),
	KUNIT_CASE(heap_of_every_vec_becomes_a_sorted_one),
	KUNIT_CASE(heap_comparison_fails_in_turn),
	KUNIT_CASE(heap_appends_the_shorter_to_the_longer),
	KUNIT_CASE(heap_without_memory_is_as_it_was),
	KUNIT_CASE(heap_allocation_fails_in_turn),
	KUNIT_CASE(heap_of_owners_drops_each_once),
	KUNIT_CASE(heap_is_freed_with_its_scope),
	KUNIT_CASE_PARAM(heap_of_any_size_moves_whole_elements, size_gen_params),
	KUNIT_CASE(heap_of_nothings_only_counts),
	KUNIT_CASE(heap_is_what_a_naive_one_is),
	{}
};

static struct kunit_suite heap_suite = {
	.name = "kown_heap",
	.test_cases = heap_cases,
};

kunit_test_suite(heap_suite);
