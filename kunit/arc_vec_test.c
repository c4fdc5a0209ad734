// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for the way between Vec and Arc.
 */
#include <kunit/test.h>
#include <linux/slab.h>

#include <kown/arc_vec.h>
#include <kown/weak.h>

#include "counted.h"
#include "fail.h"

#define GFP_TEST	(GFP_KERNEL | __GFP_NOWARN)

/* The names are those that the macros themselves might have used. */
static void drop(struct counted *c)
{
	counted_drop(c);
}

static int clone(struct counted *to, const struct counted *from, gfp_t gfp)
{
	return counted_clone(to, from, gfp);
}

KOWN_DEFINE_VEC(things, struct counted, drop, clone)
KOWN_DEFINE_ARC_SLICE(things, struct counted, drop, 0)
KOWN_DEFINE_ARC_VEC(things)
KOWN_DEFINE_WEAK(things, struct things)

struct big {
	u8 bytes[65536];
};

KOWN_DEFINE_VEC(bigs, struct big, NULL, NULL)
KOWN_DEFINE_ARC_SLICE(bigs, struct big, NULL, 0)
KOWN_DEFINE_ARC_VEC(bigs)

struct wide {
	u8 byte;
} __aligned(256);

KOWN_DEFINE_VEC(wides, struct wide, NULL, NULL)
KOWN_DEFINE_ARC_SLICE(wides, struct wide, NULL, 0)
KOWN_DEFINE_ARC_VEC(wides)

struct empty {};

KOWN_DEFINE_VEC(empties, struct empty, NULL, NULL)
KOWN_DEFINE_ARC_SLICE(empties, struct empty, NULL, 0)
KOWN_DEFINE_ARC_VEC(empties)

static struct things_vec vec_of(struct kunit *test, struct witness *w, u64 len)
{
	struct things_vec vec = {};

	for (u64 i = 0; i < len; i++) {
		struct counted value = counted(w, i);

		KUNIT_ASSERT_EQ(test, 0, things_vec_push(&vec, &value, GFP_TEST));
	}
	return vec;
}

static struct things *arc_of(struct kunit *test, struct witness *w, u64 len)
{
	struct things_vec vec = vec_of(test, w, len);
	struct things *arc = things_arc_from_vec(&vec, GFP_TEST);

	KUNIT_ASSERT_FALSE(test, IS_ERR(arc));
	return arc;
}

static void vec_becomes_an_arc_and_a_vec_again(struct kunit *test)
{
	for (u64 len = 0; len <= 8; len++) {
		struct witness w = {};
		struct things_vec vec = vec_of(test, &w, len);
		struct things *arc = things_arc_from_vec(&vec, GFP_TEST);

		KUNIT_ASSERT_FALSE(test, IS_ERR(arc));
		KUNIT_EXPECT_NULL(test, vec.elems);
		KUNIT_EXPECT_EQ(test, vec.len, 0);
		KUNIT_EXPECT_EQ(test, vec.cap, 0);
		KUNIT_EXPECT_EQ(test, things_arc_strong_count(arc), 1);
		KUNIT_EXPECT_EQ(test, arc->len, len);
		for (u64 i = 0; i < len; i++)
			KUNIT_EXPECT_EQ(test, arc->elems[i].value, i);

		KUNIT_ASSERT_EQ(test, 0, things_arc_take_vec(arc, &vec, GFP_TEST));
		KUNIT_EXPECT_EQ(test, vec.len, len);
		KUNIT_EXPECT_EQ(test, vec.cap, len);
		for (u64 i = 0; i < len; i++) {
			KUNIT_EXPECT_EQ(test, vec.elems[i].value, i);
			KUNIT_EXPECT_EQ(test, vec.elems[i].state, COUNTED_ALIVE);
		}
		expect_drops(test, &w, 0);
		KUNIT_EXPECT_EQ(test, atomic_read(&w.clones), 0);
		things_vec_free(&vec);
		expect_drops(test, &w, len);
	}
}

static void arc_from_a_vec_drops_the_elements(struct kunit *test)
{
	struct witness w = {};
	struct things *arc = arc_of(test, &w, 5);

	things_arc_get(arc);
	things_arc_put(arc);
	expect_drops(test, &w, 0);
	things_arc_put(arc);
	expect_drops(test, &w, 5);
}

static void arc_that_is_shared_is_not_taken(struct kunit *test)
{
	struct witness w = {};
	struct things *arc = arc_of(test, &w, 5);
	struct things_vec vec;

	memset(&vec, 0x5a, sizeof(vec));
	things_arc_get(arc);
	KUNIT_EXPECT_EQ(test, -EBUSY, things_arc_take_vec(arc, &vec, GFP_TEST));
	KUNIT_EXPECT_NULL(test, vec.elems);
	KUNIT_EXPECT_EQ(test, vec.len, 0);
	KUNIT_EXPECT_EQ(test, vec.cap, 0);
	KUNIT_EXPECT_EQ(test, things_arc_strong_count(arc), 2);
	expect_drops(test, &w, 0);
	things_arc_put(arc);
	KUNIT_EXPECT_EQ(test, 0, things_arc_take_vec(arc, &vec, GFP_TEST));
	things_vec_free(&vec);
	expect_drops(test, &w, 5);
}

static void arc_taken_leaves_dead_weak_references(struct kunit *test)
{
	struct witness w = {};
	struct things *arc = arc_of(test, &w, 5);
	struct things_weak *weak = things_arc_downgrade(arc);
	struct things_vec vec;

	KUNIT_EXPECT_EQ(test, 0, things_arc_take_vec(arc, &vec, GFP_TEST));
	KUNIT_EXPECT_NULL(test, things_weak_upgrade(weak));
	things_weak_put(weak);
	expect_drops(test, &w, 0);
	KUNIT_EXPECT_EQ(test, vec.elems[4].state, COUNTED_ALIVE);
	things_vec_free(&vec);
	expect_drops(test, &w, 5);
}

static void arc_and_vec_without_memory_are_as_they_were(struct kunit *test)
{
	size_t len = BYTES_TOO_MANY / sizeof(struct big) + 1;
	struct bigs_vec vec = {}, before, none;
	struct bigs *arc;

	KUNIT_ASSERT_EQ(test, 0, bigs_vec_reserve(&vec, len, GFP_KERNEL));
	for (size_t i = 0; i < len; i++)
		memset(&vec.elems[i], i, sizeof(struct big));
	bigs_vec_set_len(&vec, len);
	before = vec;
	KUNIT_EXPECT_EQ(test, -ENOMEM, PTR_ERR(bigs_arc_from_vec(&vec, GFP_FAILS)));
	KUNIT_EXPECT_EQ(test, 0, memcmp(&vec, &before, sizeof(vec)));

	arc = bigs_arc_from_vec(&vec, GFP_KERNEL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(arc));
	KUNIT_EXPECT_EQ(test, -ENOMEM, bigs_arc_take_vec(arc, &none, GFP_FAILS));
	KUNIT_EXPECT_NULL(test, none.elems);
	KUNIT_EXPECT_EQ(test, bigs_arc_strong_count(arc), 1);
	/* It is busy before there is no memory. */
	bigs_arc_get(arc);
	KUNIT_EXPECT_EQ(test, -EBUSY, bigs_arc_take_vec(arc, &none, GFP_FAILS));
	bigs_arc_put(arc);
	KUNIT_ASSERT_EQ(test, 0, bigs_arc_take_vec(arc, &vec, GFP_KERNEL));
	for (size_t i = 0; i < len; i++)
		KUNIT_ASSERT_NULL(test, memchr_inv(&vec.elems[i], i, sizeof(struct big)));
	bigs_vec_free(&vec);
}

static void arc_and_vec_allocation_fails_in_turn(struct kunit *test)
{
	each_failure(test, fail) {
		struct witness w = {};
		struct things_vec vec = vec_of(test, &w, 3);
		struct things *arc;
		int err = 0;

		fail_arm(&fail);
		arc = things_arc_from_vec(&vec, GFP_KERNEL);
		if (!IS_ERR(arc))
			err = things_arc_take_vec(arc, &vec, GFP_KERNEL);
		if (fail_hit(&fail))
			KUNIT_EXPECT_EQ(test, -ENOMEM, IS_ERR(arc) ? PTR_ERR(arc) : err);
		else
			KUNIT_EXPECT_EQ(test, 0, err);
		expect_drops(test, &w, 0);
		if (err)
			things_arc_put(arc);
		things_vec_free(&vec);
		expect_drops(test, &w, 3);
	}
}

static void arc_of_aligned_elements_is_aligned(struct kunit *test)
{
	for (size_t len = 0; len <= 20; len++) {
		struct wides_vec vec = {};
		struct wides *arc;

		for (size_t i = 0; i < len; i++)
			KUNIT_ASSERT_EQ(test, 0, wides_vec_push(&vec, &(struct wide){ i },
								GFP_TEST));
		arc = wides_arc_from_vec(&vec, GFP_TEST);
		KUNIT_ASSERT_FALSE(test, IS_ERR(arc));
		KUNIT_EXPECT_TRUE(test, IS_ALIGNED((unsigned long)arc->elems, 256));
		KUNIT_ASSERT_EQ(test, 0, wides_arc_take_vec(arc, &vec, GFP_TEST));
		KUNIT_EXPECT_TRUE(test, IS_ALIGNED((unsigned long)vec.elems, 256));
		for (size_t i = 0; i < len; i++)
			KUNIT_ASSERT_EQ(test, vec.elems[i].byte, i);
		wides_vec_free(&vec);
	}
}

static void arc_of_nothings_only_counts(struct kunit *test)
{
	struct empties_vec vec = {};
	struct empties *arc;

	KUNIT_ASSERT_EQ(test, 0, empties_vec_push_n(&vec, NULL, SIZE_MAX, GFP_TEST));
	arc = empties_arc_from_vec(&vec, GFP_TEST);
	KUNIT_ASSERT_FALSE(test, IS_ERR(arc));
	KUNIT_EXPECT_EQ(test, arc->len, SIZE_MAX);
	KUNIT_EXPECT_EQ(test, vec.len, 0);
	KUNIT_EXPECT_EQ(test, 0, empties_arc_take_vec(arc, &vec, GFP_TEST));
	KUNIT_EXPECT_EQ(test, vec.len, SIZE_MAX);
	KUNIT_EXPECT_NULL(test, vec.elems);
	empties_vec_free(&vec);
}

static void vec_calls_what_it_was_given(struct kunit *test)
{
	struct witness w = {};
	struct things_vec vec = vec_of(test, &w, 2), other;

	KUNIT_ASSERT_EQ(test, 0, things_vec_clone(&vec, &other, GFP_TEST));
	KUNIT_EXPECT_EQ(test, atomic_read(&w.clones), 2);
	things_vec_free(&vec);
	things_vec_free(&other);
	expect_drops(test, &w, 4);
}

/* Who allocates first, and writes the elements then. */
static void arc_slice_is_written_later_or_abandoned(struct kunit *test)
{
	struct witness w = {};
	struct kown_arc *counts = kown_arc_alloc_slice(&things_arc_type, 3, GFP_TEST);
	struct things *arc;

	KUNIT_ASSERT_FALSE(test, IS_ERR(counts));
	arc = kown_arc_value(counts);
	KUNIT_EXPECT_EQ(test, arc->len, 3);
	kown_arc_abandon(counts);
	expect_drops(test, &w, 0);

	counts = kown_arc_alloc_slice(&things_arc_type, 3, GFP_TEST);
	KUNIT_ASSERT_FALSE(test, IS_ERR(counts));
	KUNIT_EXPECT_FALSE(test, kown_arc_try_get(counts));
	arc = kown_arc_value(counts);
	for (u64 i = 0; i < 3; i++)
		arc->elems[i] = counted(&w, i);
	kown_arc_share(counts);
	things_arc_put(arc);
	expect_drops(test, &w, 3);

	KUNIT_EXPECT_EQ(test, -EOVERFLOW,
			PTR_ERR(kown_arc_alloc_slice(&things_arc_type, SIZE_MAX, GFP_TEST)));
	KUNIT_EXPECT_EQ(test, -ENOMEM,
			PTR_ERR(kown_arc_alloc_slice(&things_arc_type, BYTES_TOO_MANY, GFP_FAILS)));
}

static void arc_is_claimed_by_its_only_owner(struct kunit *test)
{
	struct witness w = {};
	struct things *arc = arc_of(test, &w, 2);
	struct kown_arc *counts = things_arc_upcast(arc);

	things_arc_get(arc);
	KUNIT_EXPECT_FALSE(test, kown_arc_claim(counts));
	KUNIT_EXPECT_EQ(test, things_arc_strong_count(arc), 2);
	things_arc_put(arc);
	KUNIT_ASSERT_TRUE(test, kown_arc_claim(counts));
	KUNIT_EXPECT_FALSE(test, kown_arc_try_get(counts));
	KUNIT_EXPECT_EQ(test, arc->elems[1].state, COUNTED_ALIVE);
	kown_arc_abandon(counts);
	expect_drops(test, &w, 0);
}

static struct kunit_case arc_vec_cases[] = {
	KUNIT_CASE(vec_becomes_an_arc_and_a_vec_again),
	KUNIT_CASE(arc_from_a_vec_drops_the_elements),
	KUNIT_CASE(arc_that_is_shared_is_not_taken),
	KUNIT_CASE(arc_taken_leaves_dead_weak_references),
	KUNIT_CASE(arc_and_vec_without_memory_are_as_they_were),
	KUNIT_CASE(arc_and_vec_allocation_fails_in_turn),
	KUNIT_CASE(arc_of_aligned_elements_is_aligned),
	KUNIT_CASE(arc_of_nothings_only_counts),
	KUNIT_CASE(vec_calls_what_it_was_given),
	KUNIT_CASE(arc_slice_is_written_later_or_abandoned),
	KUNIT_CASE(arc_is_claimed_by_its_only_owner),
	{}
};

static struct kunit_suite arc_vec_suite = {
	.name = "kown_arc_vec",
	.test_cases = arc_vec_cases,
};

kunit_test_suite(arc_vec_suite);
