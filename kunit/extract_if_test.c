// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for ExtractIf.
 */
#include <kunit/test.h>

#include <kown/extract_if.h>

#include "owned.h"

#define MOST	8

KOWN_DEFINE_EXTRACT_IF(owned, struct owned)
KOWN_DEFINE_EXTRACT_IF(nothing, struct nothing)

KUNIT_ARRAY_PARAM(kind, kinds, kind_desc);

/**
 * struct way - a range of a vec, and what is taken out of it
 * @len: of the vec
 * @start: of the range
 * @count: of the range
 * @mask: bit i: the predicate chooses the i-th of the range
 * @fails: the one at which it fails; -1: none
 * @takes: so many are taken; then the guard is given up
 */
struct way {
	u32 len;
	u32 start;
	u32 count;
	u32 mask;
	int fails;
	u32 takes;
};

static u32 ones(u32 mask)
{
	return mask ? (mask & 1) + ones(mask >> 1) : 0;
}

/* What a loop over the range would do: @taken, @kept, and what was not asked about. */
static int expect_way(const struct way *way, struct ids *taken, struct ids *kept)
{
	u32 i = 0;
	int err = 0;

	expect_ids(kept, 0, way->start);
	while (i < way->count && taken->len < way->takes) {
		u32 id = way->start + i;

		if ((int)i == way->fails) {
			err = -ENOTTY;
			break;
		}
		expect_ids((way->mask >> i++) & 1 ? taken : kept, id, id + 1);
	}
	return err;
}

static void check_way(struct kunit *test, const struct kind *kind, const struct way *way,
		      bool finish)
{
	struct answers answers = { kind, way->start, way->mask, way->fails };
	struct kown_vec vec = vec_of(test, kind, way->len, 0);
	struct ids taken = {}, want = {};
	int err = expect_way(way, &taken, &want);
	struct kown_extract_if extract;
	bool right = true;
	u64 more;

	KUNIT_ASSERT_EQ(test, 0, kown_extract_if_begin(&extract, &vec, kind->elem, way->start,
						       way->count));
	ledger.watch = &vec;
	ledger.watch_len = way->start;
	for (u32 i = 0; i < way->takes; i++) {
		void *at = kown_extract_if_next(&extract, kind->elem->size, answer, &answers);

		right &= i < taken.len ? at && is_id(kind, at, taken.id[i]) : !at;
		right &= vec.len == way->start;
		if (at)
			drop_n(kind, at, 1);
	}
	right &= !answers.wrong;
	ledger.watch = NULL;
	if (finish) {
		expect_ids(&want, way->start + answers.asked - !!err, way->len);
		right &= kown_extract_if_finish(&extract) == err;
		right &= kown_extract_if_finish(&extract) == 0;
	} else {
		want.len = way->start;
		drop_n(kind, kown_vec_at(&vec, kind->elem, way->start),
		       extract.kept - way->start);
		drop_n(kind, kown_vec_at(&vec, kind->elem, extract.next),
		       extract.len - extract.next);
	}
	right &= holds(kind, &vec, &want);

	/* And the vec is as usable as ever. */
	make_n(kind, &more, 100, 1);
	expect_ids(&want, 100, 101);
	right &= !kown_vec_push_n(&vec, kind->elem, &more, 1, GFP_TEST);
	right &= holds(kind, &vec, &want);
	right &= free_balanced(kind, &vec);
	KUNIT_ASSERT_TRUE_MSG(test, right, "of %u, %u from %u, mask %#x, fails at %d, takes %u%s",
			      way->len, way->count, way->start, way->mask, way->fails, way->takes,
			      finish ? "" : ", never finished");
}

static void check_range(struct kunit *test, u32 len, u32 start, u32 count)
{
	struct way w = { len, start, count };

	for (w.mask = 0; w.mask < 1 << w.count; w.mask++)
		for (w.fails = -1; w.fails < (int)w.count; w.fails++)
			for (w.takes = 0; w.takes <= ones(w.mask) + 1; w.takes++)
				check_way(test, test->param_value, &w, true);
}

/* Each range, each choice, failing at each, given up after each. */
static void extract_if_every_mask_of_every_range(struct kunit *test)
{
	each_range(test, MOST, check_range);
}

static void check_unfinished(struct kunit *test, u32 len, u32 start, u32 count)
{
	struct way w = { len, start, count, .fails = -1 };

	for (w.mask = 0; w.mask < 1 << w.count; w.mask++)
		for (w.takes = 0; w.takes <= ones(w.mask) + 1; w.takes++)
			check_way(test, test->param_value, &w, false);
}

static void extract_if_never_finished_leaves_the_head(struct kunit *test)
{
	each_range(test, MOST, check_unfinished);
}

static void extract_if_of_what_is_not_there_is_refused(struct kunit *test)
{
	static const size_t far[] = { 6, 7, INT_MAX, SSIZE_MAX, SIZE_MAX - 4, SIZE_MAX };
	const struct kind *kind = test->param_value;
	struct kown_vec vec = vec_of(test, kind, 5, 0), before = vec;
	struct answers answers = { kind };

	for (size_t i = 0; i < ARRAY_SIZE(far); i++) {
		for (size_t other = 0; other <= 6; other++) {
			struct kown_extract_if extract;

			KUNIT_EXPECT_EQ(test, -ERANGE,
					kown_extract_if_begin(&extract, &vec, kind->elem, far[i],
							      other));
			KUNIT_EXPECT_EQ(test, -ERANGE,
					kown_extract_if_begin(&extract, &vec, kind->elem, other,
							      far[i]));
			KUNIT_EXPECT_NULL(test, kown_extract_if_next(&extract, kind->elem->size,
								     answer, &answers));
			KUNIT_EXPECT_EQ(test, 0, kown_extract_if_finish(&extract));
		}
	}
	KUNIT_EXPECT_EQ(test, answers.asked, 0);
	KUNIT_EXPECT_TRUE(test, same_vec(&vec, &before));
	KUNIT_EXPECT_TRUE(test, holds_ids(kind, &vec, 0, 5));
	KUNIT_EXPECT_TRUE(test, free_balanced(kind, &vec));
}

/* The typed functions, and the loop. */

static int choose(struct owned *value, void *context)
{
	return answer(value, context);
}

static void extract_if_typed_does_as_the_untyped(struct kunit *test)
{
	struct answers answers = { &kinds[1], 1, 0xd, 4 };
	struct owned_vec vec = owned_vec_of(test, 8);
	struct owned_extract_if extract = {};
	struct ids want = {};

	KUNIT_EXPECT_NULL(test, owned_extract_if_next(&extract));
	KUNIT_EXPECT_EQ(test, 0, owned_extract_if_finish(&extract));
	KUNIT_EXPECT_EQ(test, -ERANGE, owned_extract_if_begin(&extract, &vec, 1, 8, choose,
							      &answers));
	KUNIT_ASSERT_EQ(test, 0, owned_extract_if_begin(&extract, &vec, 1, 6, choose, &answers));
	for (u32 i = 0; i < 3; i++) {
		struct owned *elem = owned_extract_if_next(&extract);

		KUNIT_ASSERT_NOT_NULL(test, elem);
		KUNIT_EXPECT_EQ(test, elem->id, i ? i + 2 : 1);
		owned_drop(elem);
	}
	KUNIT_EXPECT_NULL(test, owned_extract_if_next(&extract));
	KUNIT_EXPECT_NULL(test, owned_extract_if_next(&extract));
	KUNIT_EXPECT_EQ(test, answers.asked, 5);
	KUNIT_EXPECT_EQ(test, -ENOTTY, owned_extract_if_finish(&extract));
	want = (struct ids){ 5, { 0, 2, 5, 6, 7 } };
	KUNIT_EXPECT_TRUE(test, holds(&kinds[1], &vec.untyped, &want));
	{
		struct owned_extract_if scoped __free(owned_extract_if_finish) = {};

		answers = (struct answers){ &kinds[1], 0, 1, -1 };
		KUNIT_ASSERT_EQ(test, 0, owned_extract_if_begin(&scoped, &vec, 0, 5, choose,
								&answers));
		owned_drop(owned_extract_if_next(&scoped));
		KUNIT_EXPECT_EQ(test, vec.len, 0);
	}
	want = (struct ids){ 4, { 2, 5, 6, 7 } };
	KUNIT_EXPECT_TRUE(test, holds(&kinds[1], &vec.untyped, &want));
	owned_vec_free(&vec);
	KUNIT_EXPECT_TRUE(test, balanced());
}

static u32 extract_until(struct owned_vec *vec, u32 start, u32 count, struct answers *answers,
			 u32 visits, enum leave by)
{
	struct owned *elem;
	u32 seen = 0;

	kown_extract_if_for_each(elem, owned, vec, start, count, choose, answers) {
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

static void extract_if_loop_left_at_every_step(struct kunit *test)
{
	for (u32 mask = 0; mask < 1 << 6; mask++) {
		for (int fails = -1; fails < 6; fails++) {
			for (u32 visits = 1; visits <= ones(mask) + 1; visits++) {
				for (u32 by = 0; by < LEAVES; by++) {
					struct answers answers = { &kinds[1], 1, mask, fails };
					struct way way = { MOST, 1, 6, mask, fails, visits };
					struct owned_vec vec = owned_vec_of(test, MOST);
					struct ids taken = {}, want = {};
					int err = expect_way(&way, &taken, &want);

					KUNIT_ASSERT_EQ(test, taken.len,
							extract_until(&vec, 1, 6, &answers, visits,
								      by));
					expect_ids(&want, 1 + answers.asked - !!err, MOST);
					KUNIT_ASSERT_TRUE_MSG(test,
							      holds(&kinds[1], &vec.untyped, &want),
							      "mask %#x, fails at %d, %u visits",
							      mask, fails, visits);
					owned_vec_free(&vec);
					KUNIT_ASSERT_TRUE(test, balanced());
				}
			}
		}
	}
}

static void extract_if_loop_of_what_is_not_there_visits_none(struct kunit *test)
{
	struct answers answers = { &kinds[1], 0, ~0, -1 };
	struct owned_vec vec = owned_vec_of(test, 5);

	KUNIT_EXPECT_EQ(test, 0, extract_until(&vec, 3, 3, &answers, 9, BREAK));
	KUNIT_EXPECT_EQ(test, 0, extract_until(&vec, 6, 0, &answers, 9, BREAK));
	KUNIT_EXPECT_EQ(test, answers.asked, 0);
	KUNIT_EXPECT_TRUE(test, holds_ids(&kinds[1], &vec.untyped, 0, 5));
	owned_vec_free(&vec);
	KUNIT_EXPECT_TRUE(test, balanced());
}

static int choose_all(struct owned *value, void *context)
{
	return 1;
}

static void extract_if_loop_within_another_one(struct kunit *test)
{
	struct owned_vec vec = owned_vec_of(test, 3), other = owned_vec_of(test, 6);
	struct owned *outer, *inner;
	u32 seen = 0;

	kown_extract_if_for_each(outer, owned, &vec, 0, 3, choose_all, NULL) {
		kown_extract_if_for_each(inner, owned, &other, 0, 2, choose_all, NULL) {
			seen = seen * 10 + inner->id;
			owned_drop(inner);
			if (outer->id == 1)
				break;
		}
		owned_drop(outer);
	}
	KUNIT_EXPECT_EQ(test, seen, 1234);
	KUNIT_EXPECT_EQ(test, vec.len, 0);
	KUNIT_EXPECT_EQ(test, other.len, 1);
	owned_vec_free(&vec);
	owned_vec_free(&other);
	KUNIT_EXPECT_TRUE(test, balanced());
}

static void extract_if_loop_evaluates_its_arguments_once(struct kunit *test)
{
	struct owned_vec vecs[2] = { owned_vec_of(test, 4) }, *vec = vecs;
	struct answers answers[2] = { { &kinds[1], 1, 3, -1 } }, *context = answers;
	u32 start = 1, count = 2;
	struct owned *elem;

	kown_extract_if_for_each(elem, owned, vec++, start++, count++, choose, context++)
		owned_drop(elem);
	KUNIT_EXPECT_PTR_EQ(test, vec, vecs + 1);
	KUNIT_EXPECT_PTR_EQ(test, context, answers + 1);
	KUNIT_EXPECT_EQ(test, start, 2);
	KUNIT_EXPECT_EQ(test, count, 3);
	KUNIT_EXPECT_EQ(test, vecs->len, 2);
	owned_vec_free(vecs);
	KUNIT_EXPECT_TRUE(test, balanced());
}

static int every_second(struct nothing *value, void *context)
{
	return (void *)value == KOWN_DANGLING && (*(u32 *)context)++ % 2;
}

static void extract_if_loop_counts_elements_of_size_0(struct kunit *test)
{
	struct nothing_vec vec = nothing_vec_of(test, 9);
	struct nothing *elem;
	u32 asked = 0;

	kown_extract_if_for_each(elem, nothing, &vec, 0, 9, every_second, &asked)
		nothing_drop(elem);
	KUNIT_EXPECT_EQ(test, asked, 9);
	KUNIT_EXPECT_EQ(test, vec.len, 5);
	nothing_vec_free(&vec);
	KUNIT_EXPECT_TRUE(test, balanced());
}

static struct kunit_case extract_if_cases[] = {
	KUNIT_CASE_PARAM(extract_if_every_mask_of_every_range, kind_gen_params),
	KUNIT_CASE_PARAM(extract_if_never_finished_leaves_the_head, kind_gen_params),
	KUNIT_CASE_PARAM(extract_if_of_what_is_not_there_is_refused, kind_gen_params),
	KUNIT_CASE(extract_if_typed_does_as_the_untyped),
	KUNIT_CASE(extract_if_loop_left_at_every_step),
	KUNIT_CASE(extract_if_loop_of_what_is_not_there_visits_none),
	KUNIT_CASE(extract_if_loop_within_another_one),
	KUNIT_CASE(extract_if_loop_evaluates_its_arguments_once),
	KUNIT_CASE(extract_if_loop_counts_elements_of_size_0),
	{}
};

static struct kunit_suite extract_if_suite = {
	.name = "kown_extract_if",
	.init = ledger_init,
	.test_cases = extract_if_cases,
};

kunit_test_suite(extract_if_suite);
