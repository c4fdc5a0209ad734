// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for IntoIter.
 */
#include <kunit/test.h>

#include <kown/into_iter.h>

#include "owned.h"

#define MOST	8

KOWN_DEFINE_INTO_ITER(owned, struct owned)
KOWN_DEFINE_INTO_ITER(nothing, struct nothing)

KUNIT_ARRAY_PARAM(kind, kinds, kind_desc);

enum end { FINISH, INTO_VEC, ENDS };

/**
 * struct way - a vec, and how it is taken apart
 * @len: of the vec
 * @takes: elements to take
 * @backs: bit i: the i-th is taken from the back
 * @end: what ends it
 */
struct way {
	u32 len;
	u32 takes;
	u32 backs;
	enum end end;
};

static void *take(void *iter, bool back)
{
	return back ? kown_into_iter_next_back(iter) : kown_into_iter_next(iter);
}

static size_t left(const void *iter)
{
	return kown_into_iter_len(iter);
}

static void check_way(struct kunit *test, const struct kind *kind, const struct way *way)
{
	struct kown_vec vec = vec_of(test, kind, way->len, 3), empty = {}, before = vec;
	struct kown_into_iter iter = kown_vec_into_iter(&vec, kind->elem);
	struct taking taking = { &iter, take, left, 0, way->len };
	bool right = same_vec(&vec, &empty);

	right &= take_in_turn(kind, &taking, way->takes, way->backs);
	if (way->end == FINISH) {
		kown_into_iter_finish(&iter);
	} else {
		kown_into_iter_into_vec(&iter, &vec);
		right &= holds_ids(kind, &vec, taking.next, taking.end);
		right &= vec.raw.ptr == before.raw.ptr && vec.raw.cap == before.raw.cap;
	}
	/* Once more is nothing. */
	kown_into_iter_finish(&iter);
	right &= !iter.raw.ptr && !kown_into_iter_len(&iter) && !kown_into_iter_next(&iter) &&
		 !kown_into_iter_next_back(&iter);
	right &= free_balanced(kind, &vec);
	KUNIT_ASSERT_TRUE_MSG(test, right, "of %u, takes %u, backs %#x, end %u", way->len,
			      way->takes, way->backs, way->end);
}

/* Each vec, each order of taking from both ends, each end. */
static void into_iter_every_way_of_taking(struct kunit *test)
{
	struct way w = {};

	for (w.len = 0; w.len <= MOST; w.len++)
		for (w.takes = 0; w.takes <= w.len; w.takes++)
			for (w.backs = 0; w.backs < 1 << w.takes; w.backs++)
				for (w.end = 0; w.end < ENDS; w.end++)
					check_way(test, test->param_value, &w);
}

/* It owns all there is: nothing of it is the vec's, which can be filled anew. */
static void into_iter_not_finished_leaves_an_empty_vec(struct kunit *test)
{
	const struct kind *kind = test->param_value;
	struct kown_vec vec = vec_of(test, kind, 5, 0);
	struct kown_into_iter iter = kown_vec_into_iter(&vec, kind->elem);
	u64 more;

	drop_n(kind, kown_into_iter_next(&iter), 1);
	make_n(kind, &more, 100, 1);
	KUNIT_EXPECT_EQ(test, 0, kown_vec_push_n(&vec, kind->elem, &more, 1, GFP_TEST));
	KUNIT_EXPECT_TRUE(test, holds_ids(kind, &vec, 100, 101));
	kown_vec_free(&vec, kind->elem);
	KUNIT_EXPECT_EQ(test, kown_into_iter_len(&iter), 4);
	KUNIT_EXPECT_TRUE(test, is_id(kind, kown_into_iter_next_back(&iter), 4));
	/* That one is ours; what is left is the iterator's. */
	drop_n(kind, kown_raw_vec_at(&iter.raw, kind->elem, 4), 1);
	kown_into_iter_finish(&iter);
	KUNIT_EXPECT_TRUE(test, balanced());
}

static void into_iter_typed_does_as_the_untyped(struct kunit *test)
{
	struct owned_vec vec = owned_vec_of(test, 8);
	struct owned_into_iter iter = {};

	KUNIT_EXPECT_NULL(test, owned_into_iter_next(&iter));
	KUNIT_EXPECT_NULL(test, owned_into_iter_next_back(&iter));
	KUNIT_EXPECT_NULL(test, owned_into_iter_rest(&iter));
	KUNIT_EXPECT_EQ(test, owned_into_iter_len(&iter), 0);
	owned_into_iter_finish(&iter);
	iter = owned_vec_into_iter(&vec);
	KUNIT_EXPECT_EQ(test, vec.len, 0);
	owned_drop(owned_into_iter_next(&iter));
	owned_drop(owned_into_iter_next_back(&iter));
	KUNIT_EXPECT_EQ(test, owned_into_iter_len(&iter), 6);
	KUNIT_EXPECT_EQ(test, owned_into_iter_rest(&iter)->id, 1);
	owned_into_iter_into_vec(&iter, &vec);
	KUNIT_EXPECT_TRUE(test, holds_ids(&kinds[1], &vec.untyped, 1, 7));
	KUNIT_EXPECT_EQ(test, owned_vec_cap(&vec), 8);
	{
		struct owned_into_iter scoped __free(owned_into_iter_finish) =
			owned_vec_into_iter(&vec);

		owned_drop(owned_into_iter_next(&scoped));
		KUNIT_EXPECT_EQ(test, ledger.dropped, 3);
	}
	KUNIT_EXPECT_EQ(test, ledger.dropped, 8);
	owned_into_iter_into_vec(&iter, &vec);
	KUNIT_EXPECT_NULL(test, vec.elems);
	KUNIT_EXPECT_TRUE(test, balanced());
}

/* The loop: however it is left, what it did not see is dropped. */

static u32 take_until(struct owned_vec *vec, u32 visits, enum leave by)
{
	struct owned *elem;
	u32 seen = 0;

	kown_into_iter_for_each(elem, owned, vec) {
		seen++;
		owned_drop(elem);
		if (seen < visits)
			continue;
		if (by == RETURN)
			return seen;
		if (by == GOTO)
			goto out;
		break;
	}
out:
	return seen;
}

static void into_iter_loop_left_at_every_step(struct kunit *test)
{
	for (u32 len = 0; len <= MOST; len++) {
		for (u32 visits = 1; visits <= len + 1; visits++) {
			for (u32 by = 0; by < LEAVES; by++) {
				struct owned_vec vec = owned_vec_of(test, len);

				KUNIT_ASSERT_EQ(test, min(visits, len),
						take_until(&vec, visits, by));
				KUNIT_ASSERT_NULL(test, vec.elems);
				KUNIT_ASSERT_EQ(test, vec.cap, 0);
				KUNIT_ASSERT_EQ(test, vec.len, 0);
				KUNIT_ASSERT_EQ(test, ledger.dropped, len);
				KUNIT_ASSERT_TRUE(test, balanced());
			}
		}
	}
}

/* The vec that is taken apart can be filled meanwhile: it is another one by then. */
static void into_iter_loop_may_fill_the_vec_anew(struct kunit *test)
{
	struct owned_vec vec = owned_vec_of(test, 6);
	struct owned *elem;

	kown_into_iter_for_each(elem, owned, &vec) {
		if (elem->id % 2) {
			owned_drop(elem);
			continue;
		}
		elem->id /= 2;
		KUNIT_ASSERT_EQ(test, 0, owned_vec_push(&vec, elem, GFP_TEST));
	}
	KUNIT_EXPECT_TRUE(test, holds_ids(&kinds[1], &vec.untyped, 0, 3));
	owned_vec_free(&vec);
	KUNIT_EXPECT_TRUE(test, balanced());
}

static void into_iter_loop_within_another_one(struct kunit *test)
{
	struct owned_vec vecs[2] = { owned_vec_of(test, 2), owned_vec_of(test, 3) };
	struct owned_vec *vec = vecs;
	struct owned *outer, *inner;
	u32 seen = 0;

	kown_into_iter_for_each(outer, owned, vec++) {
		kown_into_iter_for_each(inner, owned, &vecs[1]) {
			seen = seen * 10 + inner->id + 1;
			owned_drop(inner);
			if (inner == outer)
				break;
		}
		owned_drop(outer);
	}
	KUNIT_EXPECT_PTR_EQ(test, vec, vecs + 1);
	KUNIT_EXPECT_EQ(test, seen, 123);
	KUNIT_EXPECT_TRUE(test, balanced());
}

static void into_iter_loop_shows_elements_of_size_0(struct kunit *test)
{
	struct nothing_vec vec = nothing_vec_of(test, 7);
	struct nothing *elem;
	u32 seen = 0;

	kown_into_iter_for_each(elem, nothing, &vec) {
		nothing_drop(elem);
		if (++seen == 5)
			break;
	}
	KUNIT_EXPECT_EQ(test, seen, 5);
	KUNIT_EXPECT_EQ(test, vec.len, 0);
	KUNIT_EXPECT_TRUE(test, balanced());
}

static struct kunit_case into_iter_cases[] = {
	KUNIT_CASE_PARAM(into_iter_every_way_of_taking, kind_gen_params),
	KUNIT_CASE_PARAM(into_iter_not_finished_leaves_an_empty_vec, kind_gen_params),
	KUNIT_CASE(into_iter_typed_does_as_the_untyped),
	KUNIT_CASE(into_iter_loop_left_at_every_step),
	KUNIT_CASE(into_iter_loop_may_fill_the_vec_anew),
	KUNIT_CASE(into_iter_loop_within_another_one),
	KUNIT_CASE(into_iter_loop_shows_elements_of_size_0),
	{}
};

static struct kunit_suite into_iter_suite = {
	.name = "kown_into_iter",
	.init = ledger_init,
	.test_cases = into_iter_cases,
};

kunit_test_suite(into_iter_suite);
