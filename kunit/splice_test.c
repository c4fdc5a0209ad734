// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for Splice.
 */
#include <kunit/test.h>
#include <linux/slab.h>

#include <kown/splice.h>

#include "counted.h"
#include "owned.h"

#define MOST	8

KOWN_DEFINE_DRAIN(owned, struct owned)
KOWN_DEFINE_SPLICE(owned, struct owned)

KUNIT_ARRAY_PARAM(kind, kinds, kind_desc);

/**
 * struct way - a range of a vec, and what comes in its place
 * @len: of the vec
 * @spare: room for so many more elements
 * @start: of the range
 * @count: of the range
 * @with: elements that come
 * @knows: what their iterator knows
 * @fails: it fails when so many are left; -1: it does not
 */
struct way {
	u32 len;
	u32 spare;
	u32 start;
	u32 count;
	u32 with;
	enum knows knows;
	int fails;
};

/* All that the iterator gave is there, and the tail, wherever it stopped. */
static void check_way(struct kunit *test, const struct kind *kind, const struct way *way)
{
	bool asked = way->fails > 0 || (!way->fails && way->knows != EXACT);
	struct source source = source_of(kind, 100, way->with, way->knows);
	struct kown_vec vec = vec_of(test, kind, way->len, way->spare);
	struct ids want = {};
	bool right = true;

	source.fails = way->fails;
	right &= kown_vec_splice(&vec, kind->elem, way->start, way->count, &source.iter,
				 GFP_TEST) == (asked ? -EPIPE : 0);
	expect_ids(&want, 0, way->start);
	expect_ids(&want, 100, 100 + way->with - max(way->fails, 0));
	expect_ids(&want, way->start + way->count, way->len);
	right &= holds(kind, &vec, &want);
	right &= !source.asked;
	right &= free_balanced(kind, &vec);
	KUNIT_ASSERT_TRUE_MSG(test, right, "of %u+%u, %u from %u, by %u, way %u, fails at %d",
			      way->len, way->spare, way->count, way->start, way->with, way->knows,
			      way->fails);
}

static void check_range(struct kunit *test, u32 len, u32 start, u32 count)
{
	struct way w = { .len = len, .start = start, .count = count };

	for (w.with = 0; w.with <= MOST; w.with++)
		for (w.knows = 0; w.knows < MODES; w.knows++)
			for (w.fails = -1; w.fails <= (int)w.with; w.fails++)
				for (w.spare = 0; w.spare <= 10; w.spare += 5)
					check_way(test, test->param_value, &w);
}

/* Each range, each number of others, each kind of iterator, failing at each step. */
static void splice_every_range_by_every_iterator(struct kunit *test)
{
	each_range(test, MOST, check_range);
}

static void splice_finish_after_some_were_taken(struct kunit *test)
{
	const struct kind *kind = test->param_value;

	for (u32 count = 0; count <= 5; count++) {
		for (u32 fronts = 0; fronts <= count; fronts++) {
			for (u32 backs = 0; fronts + backs <= count; backs++) {
				struct source source = source_of(kind, 100, 3, AT_LEAST);
				struct kown_vec vec = vec_of(test, kind, 7, 0);
				struct kown_drain drain;
				struct ids want = {};

				KUNIT_ASSERT_EQ(test, 0, kown_drain_begin(&drain, &vec, kind->elem,
									  1, count));
				for (u32 i = 0; i < fronts; i++)
					drop_n(kind, kown_drain_next(&drain), 1);
				for (u32 i = 0; i < backs; i++)
					drop_n(kind, kown_drain_next_back(&drain), 1);
				KUNIT_ASSERT_EQ(test, 0, kown_splice_finish(&drain, &source.iter,
									    GFP_TEST));
				expect_ids(&want, 0, 1);
				expect_ids(&want, 100, 103);
				expect_ids(&want, 1 + count, 7);
				KUNIT_ASSERT_TRUE_MSG(test, holds(kind, &vec, &want),
						      "%u, %u and %u taken", count, fronts, backs);
				KUNIT_ASSERT_EQ(test, -EINVAL, kown_splice_finish(&drain,
										  &source.iter,
										  GFP_TEST));
				KUNIT_ASSERT_TRUE(test, free_balanced(kind, &vec));
			}
		}
	}
}

static void splice_refused_asks_for_nothing(struct kunit *test)
{
	const struct kind *kind = test->param_value;
	struct source source = source_of(kind, 100, 3, NOTHING);
	struct kown_vec vec = vec_of(test, kind, 5, 0), before = vec;
	struct kown_drain none = {};

	KUNIT_EXPECT_EQ(test, -ERANGE, kown_vec_splice(&vec, kind->elem, 6, 0, &source.iter,
						       GFP_TEST));
	KUNIT_EXPECT_EQ(test, -ERANGE, kown_vec_splice(&vec, kind->elem, 3, 3, &source.iter,
						       GFP_TEST));
	KUNIT_EXPECT_EQ(test, -ERANGE, kown_vec_splice(&vec, kind->elem, 1, SIZE_MAX,
						       &source.iter, GFP_TEST));
	KUNIT_EXPECT_EQ(test, -EINVAL, kown_splice_finish(&none, &source.iter, GFP_TEST));
	KUNIT_EXPECT_EQ(test, source.left, 3);
	KUNIT_EXPECT_TRUE(test, same_vec(&vec, &before));
	KUNIT_EXPECT_TRUE(test, free_balanced(kind, &vec));
}

/*
 * A vec that is full and cannot grow: the hole is filled, the tail is where it was, and
 * what was given and found no room is dropped.
 */
static void splice_without_memory_keeps_the_tail(struct kunit *test)
{
	const size_t len = BYTES_TOO_MANY / sizeof(struct owned) + 1;
	const size_t start = len / 2, hole = 3;

	for (u32 knows = 0; knows < MODES; knows++) {
		for (u32 with = hole; with <= 6; with++) {
			struct source source = source_of(&kinds[1], 100, with, knows);
			struct owned_vec vec;

			KUNIT_ASSERT_EQ(test, 0, owned_vec_with_capacity(&vec, len, GFP_TEST));
			for (size_t i = 0; i < len; i++)
				vec.elems[i] = (struct owned){ i, LEDGER_PAGES };
			for (size_t i = 0; i < hole; i++)
				vec.elems[start + i] = owned_make(i);
			owned_vec_set_len(&vec, len);

			KUNIT_ASSERT_EQ(test, with > hole ? -ENOMEM : 0,
					owned_vec_splice(&vec, start, hole, &source.iter,
							 GFP_FAILS));
			KUNIT_ASSERT_EQ(test, vec.len, len);
			KUNIT_ASSERT_EQ(test, owned_vec_cap(&vec), len);
			KUNIT_ASSERT_EQ(test, vec.elems[start - 1].id, (u32)start - 1);
			for (size_t i = 0; i < hole; i++) {
				KUNIT_ASSERT_EQ(test, vec.elems[start + i].id, 100 + i);
				owned_drop(&vec.elems[start + i]);
			}
			KUNIT_ASSERT_EQ(test, vec.elems[start + hole].id, (u32)(start + hole));
			KUNIT_ASSERT_EQ(test, vec.elems[len - 1].id, (u32)len - 1);
			if (knows == EXACT)
				KUNIT_ASSERT_EQ(test, source.left, with - hole);
			KUNIT_ASSERT_TRUE_MSG(test, balanced(), "by %u, way %u", with, knows);
			owned_vec_set_len(&vec, 0);
			owned_vec_free(&vec);
		}
	}
}

static void splice_typed_moves_an_array_in(struct kunit *test)
{
	struct owned_vec vec = owned_vec_of(test, 5);
	struct owned others[3] = { owned_make(100), owned_make(101), owned_make(102) };
	struct kown_array_iter with;
	struct owned_drain removed;
	struct ids want = {};

	kown_array_iter_init(&with, &owned_vec_elem, others, 3);
	KUNIT_EXPECT_EQ(test, -ERANGE, owned_vec_splice(&vec, 4, 2, &with.iter, GFP_TEST));
	KUNIT_ASSERT_EQ(test, 0, owned_drain_begin(&removed, &vec, 1, 2));
	owned_drop(owned_drain_next_back(&removed));
	KUNIT_EXPECT_EQ(test, 0, owned_splice_finish(&removed, &with.iter, GFP_TEST));
	KUNIT_EXPECT_EQ(test, -EINVAL, owned_splice_finish(&removed, &with.iter, GFP_TEST));
	expect_ids(&want, 0, 1);
	expect_ids(&want, 100, 103);
	expect_ids(&want, 3, 5);
	KUNIT_EXPECT_TRUE(test, holds(&kinds[1], &vec.untyped, &want));
	KUNIT_EXPECT_EQ(test, ledger.dropped, 2);
	owned_vec_free(&vec);
	KUNIT_EXPECT_TRUE(test, balanced());
}

static struct kunit_case splice_cases[] = {
	KUNIT_CASE_PARAM(splice_every_range_by_every_iterator, kind_gen_params),
	KUNIT_CASE_PARAM(splice_finish_after_some_were_taken, kind_gen_params),
	KUNIT_CASE_PARAM(splice_refused_asks_for_nothing, kind_gen_params),
	KUNIT_CASE(splice_without_memory_keeps_the_tail),
	KUNIT_CASE(splice_typed_moves_an_array_in),
	{}
};

static struct kunit_suite splice_suite = {
	.name = "kown_splice",
	.init = ledger_init,
	.test_cases = splice_cases,
};

kunit_test_suite(splice_suite);
