// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for Vec without memory: each allocation of each operation fails.
 */
#include <kunit/test.h>

#include <kown/splice.h>
#include <kown/vec.h>

#include "fail.h"
#include "owned.h"

#define LEN	5
#define OTHERS	3
#define MADE	20

static const struct kind *const kind = &kinds[1];

/**
 * struct situation - what an operation finds
 * @vec: full, of the numbers from 0 on
 * @other: of the numbers from 100 on
 * @result: empty
 * @mine: elements of the caller, which the operation may move in
 * @source: of the numbers from 200 on
 */
struct situation {
	struct owned_vec vec;
	struct owned_vec other;
	struct owned_vec result;
	struct owned mine[2];
	struct source source;
};

static int do_reserve(struct situation *s)
{
	return kown_vec_reserve(&s->vec.untyped, kind->elem, 1, GFP_KERNEL);
}

static int do_reserve_exact(struct situation *s)
{
	return kown_vec_reserve_exact(&s->vec.untyped, kind->elem, 1000, GFP_KERNEL);
}

static int do_shrink_to(struct situation *s)
{
	return kown_vec_shrink_to(&s->other.untyped, kind->elem, 0, GFP_KERNEL);
}

static int do_with_capacity(struct situation *s)
{
	return owned_vec_with_capacity(&s->result, LEN, GFP_KERNEL);
}

/* And back, so that it is freed as the others are. */
static int do_into_boxed_slice(struct situation *s)
{
	struct owned *elems = NULL;
	size_t len;
	int err = owned_vec_into_boxed_slice(&s->other, &elems, &len, GFP_KERNEL);

	if (err)
		return elems ? -EINVAL : err;
	s->other = owned_vec_from_raw_parts(elems, len, len);
	return 0;
}

/* Of the caller's elements it takes the first; the other one has an end here too. */
static int took_first(struct situation *s, int err)
{
	if (!err)
		drop_n(kind, &s->mine[1], 1);
	return err;
}

static int do_push(struct situation *s)
{
	return took_first(s, owned_vec_push(&s->vec, s->mine, GFP_KERNEL));
}

static int do_insert(struct situation *s)
{
	return took_first(s, owned_vec_insert(&s->vec, 2, s->mine, GFP_KERNEL));
}

static int do_push_n(struct situation *s)
{
	return kown_vec_push_n(&s->vec.untyped, kind->elem, s->mine, 2, GFP_KERNEL);
}

static int do_insert_n(struct situation *s)
{
	return kown_vec_insert_n(&s->vec.untyped, kind->elem, 2, s->mine, 2, GFP_KERNEL);
}

static int do_extend_from_slice(struct situation *s)
{
	return kown_vec_extend_from_slice(&s->vec.untyped, kind->elem, s->mine, 2, GFP_KERNEL);
}

static int do_extend_from_within(struct situation *s)
{
	return kown_vec_extend_from_within(&s->vec.untyped, kind->elem, 1, 3, GFP_KERNEL);
}

static int do_resize(struct situation *s)
{
	return kown_vec_resize(&s->vec.untyped, kind->elem, LEN + 1, s->mine, GFP_KERNEL);
}

static int do_resize_with(struct situation *s)
{
	return kown_vec_resize_with(&s->vec.untyped, kind->elem, LEN + 1, make_one, &s->source,
				    GFP_KERNEL);
}

static int do_append(struct situation *s)
{
	return kown_vec_append(&s->vec.untyped, kind->elem, &s->other.untyped, GFP_KERNEL);
}

static int do_split_off(struct situation *s)
{
	return kown_vec_split_off(&s->vec.untyped, kind->elem, 2, &s->result.untyped, GFP_KERNEL);
}

static int do_clone(struct situation *s)
{
	return kown_vec_clone(&s->vec.untyped, kind->elem, &s->result.untyped, GFP_KERNEL);
}

static int do_clone_from(struct situation *s)
{
	return kown_vec_clone_from(&s->other.untyped, kind->elem, &s->vec.untyped, GFP_KERNEL);
}

static int do_extend(struct situation *s)
{
	return kown_vec_extend(&s->vec.untyped, kind->elem, &s->source.iter, GFP_KERNEL);
}

static int do_splice(struct situation *s)
{
	return kown_vec_splice(&s->vec.untyped, kind->elem, 1, 2, &s->source.iter, GFP_KERNEL);
}

static int do_splice_at_the_end(struct situation *s)
{
	return kown_vec_splice(&s->vec.untyped, kind->elem, 4, 1, &s->source.iter, GFP_KERNEL);
}

/**
 * struct fail_case - an operation
 * @desc: its name
 * @run: it
 * @knows: what the source's iterator knows
 * @moves: once it has succeeded, the caller's elements are the vec's
 * @partly: if it fails, what came before stays; or it does with less
 */
struct fail_case {
	const char *desc;
	int (*run)(struct situation *s);
	enum knows knows;
	bool moves;
	bool partly;
};

static const struct fail_case fail_cases[] = {
	{ "reserve", do_reserve },
	{ "reserve_exact", do_reserve_exact },
	{ "shrink_to", do_shrink_to },
	{ "with_capacity", do_with_capacity },
	{ "into_boxed_slice", do_into_boxed_slice },
	{ "push", do_push, .moves = true },
	{ "insert", do_insert, .moves = true },
	{ "push_n", do_push_n, .moves = true },
	{ "insert_n", do_insert_n, .moves = true },
	{ "extend_from_slice", do_extend_from_slice },
	{ "extend_from_within", do_extend_from_within },
	{ "resize", do_resize },
	{ "resize_with", do_resize_with },
	{ "append", do_append },
	{ "split_off", do_split_off },
	{ "clone", do_clone },
	{ "clone_from", do_clone_from },
	{ "extend by an exact iterator", do_extend, EXACT, .partly = true },
	{ "extend by an iterator with a hint", do_extend, AT_LEAST, .partly = true },
	{ "extend by an iterator without", do_extend, NOTHING, .partly = true },
	{ "splice by an exact iterator", do_splice, EXACT, .partly = true },
	{ "splice by an iterator with a hint", do_splice, AT_LEAST, .partly = true },
	{ "splice by an iterator without", do_splice, NOTHING, .partly = true },
	{ "splice at the end", do_splice_at_the_end, NOTHING, .partly = true },
};

static void fail_desc(const struct fail_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(fail, fail_cases, fail_desc);

static bool all_live(const struct owned_vec *vec)
{
	const struct owned *elem;

	kown_vec_for_each(elem, vec)
		if (!is_id(kind, elem, elem->id))
			return false;
	return true;
}

static struct situation situation(struct kunit *test, const struct fail_case *c)
{
	struct situation s = {
		.vec.untyped = vec_of(test, kind, LEN, 0),
		.mine = { owned_make(300), owned_make(301) },
		.source = source_of(kind, 200, MADE, c->knows),
	};
	struct owned others[OTHERS];

	make_n(kind, others, 100, OTHERS);
	KUNIT_EXPECT_EQ(test, 0, owned_vec_push_n(&s.other, others, OTHERS, GFP_KERNEL));
	return s;
}

static void expect_refused(struct kunit *test, const struct fail_case *c,
			   const struct situation *s, const struct situation *before,
			   int err)
{
	const struct owned *elems = s->vec.elems;

	if (c->partly) {
		/* A hint that was too high is no failure. */
		KUNIT_EXPECT_TRUE(test, err == -ENOMEM || (!err && !s->source.left));
		KUNIT_EXPECT_EQ(test, elems[0].id, 0);
		if (c->run == do_splice)
			KUNIT_EXPECT_EQ(test, elems[s->vec.len - 1].id, LEN - 1);
		return;
	}
	KUNIT_EXPECT_EQ(test, err, -ENOMEM);
	KUNIT_EXPECT_TRUE(test, same_vec(&s->vec.untyped, &before->vec.untyped));
	KUNIT_EXPECT_TRUE(test, holds_ids(kind, &s->vec.untyped, 0, LEN));
	KUNIT_EXPECT_TRUE(test, same_vec(&s->other.untyped, &before->other.untyped));
	KUNIT_EXPECT_TRUE(test, holds_ids(kind, &s->other.untyped, 100, 100 + OTHERS));
	KUNIT_EXPECT_TRUE(test, same_vec(&s->result.untyped, &before->result.untyped));
	KUNIT_EXPECT_EQ(test, s->source.left, MADE);
	KUNIT_EXPECT_EQ(test, ledger.clones, 0);
	KUNIT_EXPECT_EQ(test, ledger.dropped, 0);
}

static void vec_without_memory_is_as_it_was(struct kunit *test)
{
	const struct fail_case *c = test->param_value;

	KUNIT_EXPECT_FALSE(test, kown_memory_failed());
	each_failure(test, fail) {
		struct situation s = situation(test, c), before = s;
		int err;

		fail_arm(&fail);
		err = c->run(&s);
		if (fail_hit(&fail))
			expect_refused(test, c, &s, &before, err);
		else
			KUNIT_EXPECT_EQ(test, err, 0);
		KUNIT_EXPECT_TRUE(test, all_live(&s.vec));
		KUNIT_EXPECT_TRUE(test, all_live(&s.other));
		KUNIT_EXPECT_TRUE(test, all_live(&s.result));
		if (err || !c->moves)
			drop_n(kind, s.mine, 2);
		owned_vec_free(&s.other);
		owned_vec_free(&s.result);
		KUNIT_EXPECT_TRUE(test, free_balanced(kind, &s.vec.untyped));
	}
}

static struct kunit_case vec_fail_cases[] = {
	KUNIT_CASE_PARAM(vec_without_memory_is_as_it_was, fail_gen_params),
	{}
};

static struct kunit_suite vec_fail_suite = {
	.name = "kown_vec_fail",
	.init = ledger_init,
	.test_cases = vec_fail_cases,
};

kunit_test_suite(vec_fail_suite);
