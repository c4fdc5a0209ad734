// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for Arc and Box without memory: each allocation of each operation fails.
 */
#include <linux/slab.h>

#include <kown/box.h>
#include <kown/weak.h>

#include "counted.h"
#include "fail.h"

KOWN_DEFINE_BOX(part, struct counted, counted_drop, counted_clone, 0)

/* A value whose clone allocates, and has something to undo when the second fails. */
struct whole {
	struct counted counted;
	struct counted *a;
	struct counted *b;
};

static void whole_drop(struct whole *whole)
{
	counted_drop(&whole->counted);
	part_box_free(whole->a);
	part_box_free(whole->b);
}

static int whole_clone(struct whole *to, const struct whole *from, gfp_t gfp)
{
	struct counted *a __free(part_box_free) = part_box_clone(from->a, gfp);
	struct counted *b __free(part_box_free) = NULL;

	if (IS_ERR(a))
		return PTR_ERR(a);
	b = part_box_clone(from->b, gfp);
	if (IS_ERR(b))
		return PTR_ERR(b);
	to->counted = counted(from->counted.witness, from->counted.value);
	to->a = no_free_ptr(a);
	to->b = no_free_ptr(b);
	return 0;
}

#define PARTS	3	/* drops of one whole */

KOWN_DEFINE_ARC(whole, struct whole, whole_drop, whole_clone, 0)
KOWN_DEFINE_WEAK(whole, struct whole)
KOWN_DEFINE_ARC(lasting, struct whole, whole_drop, whole_clone, KOWN_ARC_RCU)
KOWN_DEFINE_ARC_SLICE(wholes, struct whole, whole_drop, 0)
KOWN_DEFINE_BOX(whole, struct whole, whole_drop, whole_clone, 0)
KOWN_DEFINE_BOX(chained, struct whole, whole_drop, whole_clone, KOWN_BOX_ITERATIVE)

static int whole_init(struct whole *whole, struct witness *w, u64 value)
{
	struct counted c = counted(w, value);
	struct counted *a __free(part_box_free) = part_box_new(&c, GFP_KERNEL);
	struct counted *b __free(part_box_free) = part_box_new(&c, GFP_KERNEL);

	if (!a || !b) {
		/* That they are dropped is not what is counted here. */
		part_box_free_uninit(no_free_ptr(a));
		part_box_free_uninit(no_free_ptr(b));
		return -ENOMEM;
	}
	*whole = (struct whole) { c, no_free_ptr(a), no_free_ptr(b) };
	return 0;
}

static struct whole *arc_of(struct kunit *test, struct witness *w)
{
	struct whole whole = {};
	struct whole *arc;

	KUNIT_EXPECT_EQ(test, 0, whole_init(&whole, w, 5));
	arc = whole_arc_new(&whole, GFP_KERNEL);
	KUNIT_EXPECT_NOT_NULL(test, arc);
	return arc;
}

static void expect_alive(struct kunit *test, const struct whole *whole)
{
	KUNIT_EXPECT_EQ(test, whole->counted.state, COUNTED_ALIVE);
	KUNIT_EXPECT_EQ(test, whole->a->state, COUNTED_ALIVE);
	KUNIT_EXPECT_EQ(test, whole->b->state, COUNTED_ALIVE);
	KUNIT_EXPECT_EQ(test, whole->counted.value, 5);
	KUNIT_EXPECT_EQ(test, whole->a->value, 5);
	KUNIT_EXPECT_EQ(test, whole->b->value, 5);
}

static void fail_arc_new(struct kunit *test)
{
	each_failure(test, fail) {
		struct witness w = {};
		struct whole value = {}, *arc, *lasting = NULL;

		KUNIT_EXPECT_EQ(test, 0, whole_init(&value, &w, 5));
		fail_arm(&fail);
		arc = whole_arc_new(&value, GFP_KERNEL);
		if (arc)
			lasting = lasting_arc_new(&value, GFP_KERNEL);
		if (fail_hit(&fail)) {
			KUNIT_EXPECT_NULL(test, lasting);
			expect_alive(test, &value);
			expect_drops(test, &w, 0);
		}
		/* One value, whoever has it now. */
		if (lasting)
			lasting_arc_put(lasting);
		else
			whole_drop(&value);
		if (arc)
			KUNIT_EXPECT_EQ(test, 0, whole_arc_take(arc, &value));
		expect_drops(test, &w, PARTS);
	}
}

static void fail_arc_new_uninit(struct kunit *test)
{
	each_failure(test, fail) {
		struct whole *arc;

		fail_arm(&fail);
		arc = whole_arc_new_uninit(GFP_KERNEL);
		if (fail_hit(&fail))
			KUNIT_EXPECT_NULL(test, arc);
		else
			whole_arc_abandon(arc);
	}
}

struct cycle {
	struct witness *witness;
	struct whole_weak *kept;
};

static int build(void *value, struct kown_arc *weak, void *context)
{
	struct cycle *cycle = context;

	cycle->kept = whole_weak_get(whole_weak_of(weak));
	return whole_init(value, cycle->witness, 5);
}

/* The arc, and in the builder two boxes, after it has kept a weak reference. */
static void fail_arc_new_cyclic(struct kunit *test)
{
	unsigned int kept = 0;

	each_failure(test, fail) {
		struct witness w = {};
		struct cycle cycle = { .witness = &w };
		struct whole *arc;

		fail_arm(&fail);
		arc = whole_arc_new_cyclic(build, &cycle, GFP_KERNEL);
		if (fail_hit(&fail)) {
			KUNIT_EXPECT_EQ(test, -ENOMEM, PTR_ERR(arc));
			KUNIT_EXPECT_NULL(test, whole_weak_upgrade(cycle.kept));
			expect_drops(test, &w, 0);
		} else {
			whole_arc_put(arc);
			expect_drops(test, &w, PARTS);
		}
		kept += !!cycle.kept;
		whole_weak_put(cycle.kept);
	}
	KUNIT_EXPECT_EQ(test, kept, 3);
}

static int fill(void *elem, size_t index, void *context)
{
	return whole_init(elem, context, 5);
}

/* The slice, and two boxes for each element: what was written before is dropped. */
static void fail_arc_new_slice(struct kunit *test)
{
	each_failure(test, fail) {
		struct witness w = {};
		struct wholes *slice;

		fail_arm(&fail);
		slice = wholes_arc_new(4, fill, &w, GFP_KERNEL);
		if (fail_hit(&fail)) {
			KUNIT_EXPECT_EQ(test, -ENOMEM, PTR_ERR(slice));
			expect_drops(test, &w, max(fail.nth / 2, 1U) * PARTS - PARTS);
		} else {
			KUNIT_EXPECT_EQ(test, fail.nth, 1 + 4 * 2 + 1);
			wholes_arc_put(slice);
			expect_drops(test, &w, 4 * PARTS);
		}
	}
}

static void fail_arc_make_mut_of_shared(struct kunit *test)
{
	each_failure(test, fail) {
		struct witness w = {};
		struct whole *arc = whole_arc_get(arc_of(test, &w)), *mine;

		fail_arm(&fail);
		mine = whole_arc_make_mut(arc, GFP_KERNEL);
		if (fail_hit(&fail)) {
			KUNIT_EXPECT_EQ(test, -ENOMEM, PTR_ERR(mine));
			KUNIT_EXPECT_EQ(test, whole_arc_strong_count(arc), 2);
			/* At most the first of two clones was made, and undone. */
			expect_drops(test, &w, atomic_read(&w.clones));
			atomic_set(&w.drops, 0);
			mine = arc;
		} else {
			KUNIT_EXPECT_EQ(test, fail.nth, 1 + 2 + 1);
			KUNIT_EXPECT_EQ(test, whole_arc_strong_count(arc), 1);
			KUNIT_EXPECT_PTR_NE(test, mine, arc);
			expect_alive(test, mine);
		}
		expect_alive(test, arc);
		whole_arc_put(arc);
		whole_arc_put(mine);
		expect_drops(test, &w, fail.hit ? PARTS : 2 * PARTS);
	}
}

static void fail_arc_make_mut_of_sole_with_weaks(struct kunit *test)
{
	each_failure(test, fail) {
		struct witness w = {};
		struct whole *arc = arc_of(test, &w), *mine;
		struct whole_weak *weak = whole_arc_downgrade(arc);

		fail_arm(&fail);
		mine = whole_arc_make_mut(arc, GFP_KERNEL);
		if (fail_hit(&fail)) {
			KUNIT_EXPECT_EQ(test, -ENOMEM, PTR_ERR(mine));
			KUNIT_EXPECT_EQ(test, whole_arc_strong_count(arc), 1);
			KUNIT_EXPECT_EQ(test, whole_arc_weak_count(arc), 1);
			KUNIT_EXPECT_PTR_EQ(test, whole_weak_upgrade(weak), arc);
			whole_arc_put(arc);
			mine = arc;
		} else {
			KUNIT_EXPECT_NULL(test, whole_weak_upgrade(weak));
		}
		expect_alive(test, mine);
		expect_drops(test, &w, 0);
		whole_arc_put(mine);
		whole_weak_put(weak);
		expect_drops(test, &w, PARTS);
	}
}

static void fail_arc_unwrap_or_clone(struct kunit *test)
{
	each_failure(test, fail) {
		struct witness w = {};
		struct whole *arc = whole_arc_get(arc_of(test, &w));
		struct whole out = {};
		int err;

		fail_arm(&fail);
		err = whole_arc_unwrap_or_clone(arc, &out, GFP_KERNEL);
		if (fail_hit(&fail)) {
			KUNIT_EXPECT_EQ(test, err, -ENOMEM);
			KUNIT_EXPECT_EQ(test, whole_arc_strong_count(arc), 2);
			KUNIT_EXPECT_NULL(test, memchr_inv(&out, 0, sizeof(out)));
			expect_drops(test, &w, atomic_read(&w.clones));
			whole_arc_put(arc);
		} else {
			KUNIT_EXPECT_EQ(test, err, 0);
			KUNIT_EXPECT_EQ(test, whole_arc_strong_count(arc), 1);
			expect_alive(test, &out);
			whole_drop(&out);
		}
		atomic_set(&w.drops, 0);
		expect_alive(test, arc);
		whole_arc_put(arc);
		expect_drops(test, &w, PARTS);
	}
}

static void fail_box_new(struct kunit *test)
{
	each_failure(test, fail) {
		struct witness w = {};
		struct whole value = {}, *box, *chained = NULL;

		KUNIT_EXPECT_EQ(test, 0, whole_init(&value, &w, 5));
		fail_arm(&fail);
		box = whole_box_new(&value, GFP_KERNEL);
		if (box)
			chained = chained_box_new(&value, GFP_KERNEL);
		if (fail_hit(&fail)) {
			KUNIT_EXPECT_NULL(test, chained);
			expect_alive(test, &value);
		}
		expect_drops(test, &w, 0);
		if (chained)
			chained_box_free(chained);
		else
			whole_drop(&value);
		whole_box_free_uninit(box);
		expect_drops(test, &w, PARTS);
	}
}

static void fail_box_new_uninit_and_zeroed(struct kunit *test)
{
	each_failure(test, fail) {
		struct whole *uninit, *zeroed = NULL;

		fail_arm(&fail);
		uninit = whole_box_new_uninit(GFP_KERNEL);
		if (uninit)
			zeroed = chained_box_new_zeroed(GFP_KERNEL);
		if (fail_hit(&fail))
			KUNIT_EXPECT_NULL(test, zeroed);
		else
			KUNIT_EXPECT_NULL(test, memchr_inv(zeroed, 0, sizeof(*zeroed)));
		whole_box_free_uninit(uninit);
		chained_box_free_uninit(zeroed);
	}
}

static void fail_box_clone(struct kunit *test)
{
	each_failure(test, fail) {
		struct witness w = {};
		struct whole value = {}, *box, *clone;

		KUNIT_EXPECT_EQ(test, 0, whole_init(&value, &w, 5));
		box = whole_box_new(&value, GFP_KERNEL);
		fail_arm(&fail);
		clone = whole_box_clone(box, GFP_KERNEL);
		if (fail_hit(&fail)) {
			KUNIT_EXPECT_EQ(test, -ENOMEM, PTR_ERR(clone));
			expect_drops(test, &w, atomic_read(&w.clones));
		} else {
			KUNIT_EXPECT_EQ(test, fail.nth, 1 + 2 + 1);
			expect_alive(test, clone);
			whole_box_free(clone);
		}
		atomic_set(&w.drops, 0);
		expect_alive(test, box);
		whole_box_free(box);
		expect_drops(test, &w, PARTS);
	}
}

static struct kunit_case fail_cases[] = {
	KUNIT_CASE(fail_arc_new),
	KUNIT_CASE(fail_arc_new_uninit),
	KUNIT_CASE(fail_arc_new_cyclic),
	KUNIT_CASE(fail_arc_new_slice),
	KUNIT_CASE(fail_arc_make_mut_of_shared),
	KUNIT_CASE(fail_arc_make_mut_of_sole_with_weaks),
	KUNIT_CASE(fail_arc_unwrap_or_clone),
	KUNIT_CASE(fail_box_new),
	KUNIT_CASE(fail_box_new_uninit_and_zeroed),
	KUNIT_CASE(fail_box_clone),
	{}
};

static struct kunit_suite fail_suite = {
	.name = "kown_fail",
	.test_cases = fail_cases,
};

kunit_test_suite(fail_suite);
