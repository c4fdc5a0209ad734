// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for Drain.
 */
#include <kunit/test.h>

#include <kown/drain.h>

#include "owned.h"

#define MOST	8

KOWN_DEFINE_DRAIN(owned, struct owned)
KOWN_DEFINE_DRAIN(nothing, struct nothing)

KUNIT_ARRAY_PARAM(kind, kinds, kind_desc);

enum end { FINISH, KEEP_REST, NEVER, ENDS };

/**
 * struct way - a range of a vec, and what is done to it
 * @len: of the vec
 * @start: of the range
 * @count: of the range
 * @takes: elements to take
 * @backs: bit i: the i-th is taken from the back
 * @end: what ends it
 */
struct way {
	u32 len;
	u32 start;
	u32 count;
	u32 takes;
	u32 backs;
	enum end end;
};

/* What a guard that is never finished leaks: the test owns it. */
static void drop_leaked(const struct kind *kind, const struct kown_drain *drain)
{
	drop_n(kind, kown_cursor_rest(&drain->rest, kind->elem->size), kown_drain_len(drain));
	drop_n(kind, kown_vec_at(drain->vec, kind->elem, drain->tail), drain->tail_len);
}

static void *take(void *drain, bool back)
{
	return back ? kown_drain_next_back(drain) : kown_drain_next(drain);
}

static size_t left(const void *drain)
{
	return kown_drain_len(drain);
}

static void check_way(struct kunit *test, const struct kind *kind, const struct way *way)
{
	struct kown_vec vec = vec_of(test, kind, way->len, 0);
	struct kown_drain drain;
	struct taking taking = { &drain, take, left, way->start, way->start + way->count };
	struct ids want = {};
	bool right = true;
	u64 more;

	KUNIT_ASSERT_EQ(test, 0, kown_drain_begin(&drain, &vec, kind->elem, way->start,
						  way->count));
	ledger.watch = &vec;
	ledger.watch_len = way->start;
	right &= take_in_turn(kind, &taking, way->takes, way->backs);
	right &= vec.len == way->start;

	expect_ids(&want, 0, way->start);
	if (way->end == KEEP_REST)
		expect_ids(&want, taking.next, taking.end);
	if (way->end != NEVER)
		expect_ids(&want, way->start + way->count, way->len);
	if (way->end == FINISH)
		kown_drain_finish(&drain);
	else if (way->end == KEEP_REST)
		kown_drain_keep_rest(&drain);
	right &= holds(kind, &vec, &want);
	ledger.watch = NULL;
	if (way->end == NEVER) {
		drop_leaked(kind, &drain);
	} else {
		/* Once more is nothing. */
		kown_drain_finish(&drain);
		kown_drain_keep_rest(&drain);
		right &= !kown_drain_next(&drain) && !kown_drain_next_back(&drain);
	}

	/* And the vec is as usable as ever. */
	make_n(kind, &more, 100, 1);
	expect_ids(&want, 100, 101);
	right &= !kown_vec_push_n(&vec, kind->elem, &more, 1, GFP_TEST);
	right &= holds(kind, &vec, &want);
	right &= free_balanced(kind, &vec);
	KUNIT_ASSERT_TRUE_MSG(test, right, "of %u, %u from %u, takes %u, backs %#x, end %u",
			      way->len, way->count, way->start, way->takes, way->backs, way->end);
}

static void check_range(struct kunit *test, u32 len, u32 start, u32 count)
{
	struct way w = { len, start, count };

	for (w.takes = 0; w.takes <= w.count; w.takes++)
		for (w.backs = 0; w.backs < 1 << w.takes; w.backs++)
			for (w.end = 0; w.end < ENDS; w.end++)
				check_way(test, test->param_value, &w);
}

/* Each vec, each range of it, each order of taking from both ends, each end. */
static void drain_every_range_in_every_way(struct kunit *test)
{
	each_range(test, MOST, check_range);
}

static void drain_of_what_is_not_there_is_refused(struct kunit *test)
{
	static const size_t far[] = { 6, 7, INT_MAX, SSIZE_MAX, SIZE_MAX - 4, SIZE_MAX };
	const struct kind *kind = test->param_value;
	struct kown_vec vec = vec_of(test, kind, 5, 0), before = vec;

	for (size_t i = 0; i < ARRAY_SIZE(far); i++) {
		for (size_t other = 0; other <= 6; other++) {
			struct kown_drain drain;

			KUNIT_EXPECT_EQ(test, -ERANGE, kown_drain_begin(&drain, &vec, kind->elem,
									far[i], other));
			KUNIT_EXPECT_EQ(test, -ERANGE, kown_drain_begin(&drain, &vec, kind->elem,
									other, far[i]));
			KUNIT_EXPECT_NULL(test, kown_drain_next(&drain));
			KUNIT_EXPECT_NULL(test, kown_drain_next_back(&drain));
			KUNIT_EXPECT_EQ(test, kown_drain_len(&drain), 0);
			kown_drain_finish(&drain);
			kown_drain_keep_rest(&drain);
		}
	}
	KUNIT_EXPECT_TRUE(test, same_vec(&vec, &before));
	KUNIT_EXPECT_TRUE(test, holds_ids(kind, &vec, 0, 5));
	KUNIT_EXPECT_TRUE(test, free_balanced(kind, &vec));
}

static void drain_of_nothing_guards_nothing(struct kunit *test)
{
	struct owned_drain drain = {};

	KUNIT_EXPECT_NULL(test, owned_drain_next(&drain));
	KUNIT_EXPECT_NULL(test, owned_drain_next_back(&drain));
	KUNIT_EXPECT_NULL(test, owned_drain_rest(&drain));
	KUNIT_EXPECT_EQ(test, owned_drain_len(&drain), 0);
	owned_drain_keep_rest(&drain);
	owned_drain_finish(&drain);
}

static void drain_typed_does_as_the_untyped(struct kunit *test)
{
	struct owned_vec vec = owned_vec_of(test, 8);
	struct owned_drain drain;
	struct ids want = {};

	KUNIT_EXPECT_EQ(test, -ERANGE, owned_drain_begin(&drain, &vec, 1, 8));
	KUNIT_ASSERT_EQ(test, 0, owned_drain_begin(&drain, &vec, 1, 6));
	KUNIT_EXPECT_PTR_EQ(test, owned_drain_rest(&drain), &vec.elems[1]);
	owned_drop(owned_drain_next(&drain));
	owned_drop(owned_drain_next_back(&drain));
	KUNIT_EXPECT_PTR_EQ(test, owned_drain_rest(&drain), &vec.elems[2]);
	KUNIT_EXPECT_EQ(test, owned_drain_rest(&drain)->id, 2);
	KUNIT_EXPECT_EQ(test, owned_drain_len(&drain), 4);
	owned_drain_keep_rest(&drain);
	expect_ids(&want, 0, 1);
	expect_ids(&want, 2, 6);
	expect_ids(&want, 7, 8);
	KUNIT_EXPECT_TRUE(test, holds(&kinds[1], &vec.untyped, &want));
	{
		struct owned_drain scoped __free(owned_drain_finish) = {};

		KUNIT_ASSERT_EQ(test, 0, owned_drain_begin(&scoped, &vec, 1, 4));
		KUNIT_EXPECT_EQ(test, vec.len, 1);
	}
	want = (struct ids){ 2, { 0, 7 } };
	KUNIT_EXPECT_TRUE(test, holds(&kinds[1], &vec.untyped, &want));
	owned_vec_free(&vec);
	KUNIT_EXPECT_TRUE(test, balanced());
}

static void drain_moves_elements_to_another_vec(struct kunit *test)
{
	struct owned_vec vec = owned_vec_of(test, 8), other = {};
	struct owned *elem;

	kown_drain_for_each(elem, owned, &vec, 3, 4)
		KUNIT_EXPECT_EQ(test, 0, owned_vec_push(&other, elem, GFP_TEST));
	KUNIT_EXPECT_TRUE(test, holds_ids(&kinds[1], &other.untyped, 3, 7));
	KUNIT_EXPECT_EQ(test, vec.len, 4);
	KUNIT_EXPECT_EQ(test, vec.elems[3].id, 7);
	KUNIT_EXPECT_EQ(test, ledger.dropped, 0);
	owned_vec_free(&other);
	owned_vec_free(&vec);
	KUNIT_EXPECT_TRUE(test, balanced());
}

/* The loop: however it is left, what it did not see is dropped, and the tail is there. */

static u32 drain_until(struct owned_vec *vec, u32 start, u32 count, u32 visits, enum leave by)
{
	struct owned *elem;
	u32 seen = 0;

	kown_drain_for_each(elem, owned, vec, start, count) {
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

static void check_loop(struct kunit *test, u32 len, u32 start, u32 count)
{
	for (u32 visits = 1; visits <= count + 1; visits++) {
		for (u32 by = 0; by < LEAVES; by++) {
			struct owned_vec vec = owned_vec_of(test, len);
			struct ids want = {};

			expect_ids(&want, 0, start);
			expect_ids(&want, start + count, len);
			KUNIT_ASSERT_EQ(test, min(visits, count),
					drain_until(&vec, start, count, visits, by));
			KUNIT_ASSERT_TRUE(test, holds(&kinds[1], &vec.untyped, &want));
			KUNIT_ASSERT_EQ(test, ledger.dropped, count);
			owned_vec_free(&vec);
			KUNIT_ASSERT_TRUE(test, balanced());
		}
	}
}

static void drain_loop_left_at_every_step(struct kunit *test)
{
	each_range(test, MOST, check_loop);
}

static void drain_loop_of_what_is_not_there_visits_none(struct kunit *test)
{
	struct owned_vec vec = owned_vec_of(test, 5);

	KUNIT_EXPECT_EQ(test, 0, drain_until(&vec, 3, 3, 9, BREAK));
	KUNIT_EXPECT_EQ(test, 0, drain_until(&vec, 6, 0, 9, BREAK));
	KUNIT_EXPECT_TRUE(test, holds_ids(&kinds[1], &vec.untyped, 0, 5));
	owned_vec_free(&vec);
	KUNIT_EXPECT_TRUE(test, balanced());
}

static void drain_loop_within_another_one(struct kunit *test)
{
	struct owned_vec vec = owned_vec_of(test, 3), other = owned_vec_of(test, 6);
	struct owned *outer, *inner;
	u32 seen = 0;

	kown_drain_for_each(outer, owned, &vec, 0, 3) {
		kown_drain_for_each(inner, owned, &other, 0, 2) {
			seen = seen * 10 + inner->id;
			owned_drop(inner);
			if (outer->id == 1)
				break;
		}
		owned_drop(outer);
	}
	KUNIT_EXPECT_EQ(test, seen, 1245);
	KUNIT_EXPECT_EQ(test, vec.len + other.len, 0);
	owned_vec_free(&vec);
	owned_vec_free(&other);
	KUNIT_EXPECT_TRUE(test, balanced());
}

static void drain_loop_evaluates_its_arguments_once(struct kunit *test)
{
	struct owned_vec vecs[2] = { owned_vec_of(test, 4) }, *vec = vecs;
	u32 start = 1, count = 2;
	struct owned *elem;

	kown_drain_for_each(elem, owned, vec++, start++, count++)
		owned_drop(elem);
	KUNIT_EXPECT_PTR_EQ(test, vec, vecs + 1);
	KUNIT_EXPECT_EQ(test, start, 2);
	KUNIT_EXPECT_EQ(test, count, 3);
	KUNIT_EXPECT_EQ(test, vecs->len, 2);
	owned_vec_free(vecs);
	KUNIT_EXPECT_TRUE(test, balanced());
}

static void drain_loop_shows_elements_of_size_0(struct kunit *test)
{
	struct nothing_vec vec = nothing_vec_of(test, 7);
	struct nothing *elem;
	u32 seen = 0;

	kown_drain_for_each(elem, nothing, &vec, 2, 4) {
		nothing_drop(elem);
		if (++seen == 3)
			break;
	}
	KUNIT_EXPECT_EQ(test, seen, 3);
	KUNIT_EXPECT_EQ(test, vec.len, 3);
	nothing_vec_free(&vec);
	KUNIT_EXPECT_TRUE(test, balanced());
}

static struct kunit_case drain_cases[] = {
	KUNIT_CASE_PARAM(drain_every_range_in_every_way, kind_gen_params),
	KUNIT_CASE_PARAM(drain_of_what_is_not_there_is_refused, kind_gen_params),
	KUNIT_CASE(drain_of_nothing_guards_nothing),
	KUNIT_CASE(drain_typed_does_as_the_untyped),
	KUNIT_CASE(drain_moves_elements_to_another_vec),
	KUNIT_CASE(drain_loop_left_at_every_step),
	KUNIT_CASE(drain_loop_of_what_is_not_there_visits_none),
	KUNIT_CASE(drain_loop_within_another_one),
	KUNIT_CASE(drain_loop_evaluates_its_arguments_once),
	KUNIT_CASE(drain_loop_shows_elements_of_size_0),
	{}
};

static struct kunit_suite drain_suite = {
	.name = "kown_drain",
	.init = ledger_init,
	.test_cases = drain_cases,
};

kunit_test_suite(drain_suite);
