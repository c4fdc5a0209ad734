/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fail: every allocation of an operation made to fail, one after the other.
 *
 *	each_failure(test, fail) {
 *		struct counted *arc = arc_of(test, &w, 5), *mine;
 *
 *		fail_arm(&fail);
 *		mine = counted_arc_make_mut(arc, GFP_KERNEL);
 *		if (fail_hit(&fail)) {
 *			it was refused, and nothing has changed
 *		} else {
 *			it was done
 *		}
 *		all is given back
 *	}
 *
 * In the first pass the first allocation between arm and hit fails, in the second the
 * second, until a pass has no more. After each pass as much of kown's memory must be
 * allocated as before. What the block leaves early it leaves armed: it expects, and
 * does not assert.
 */
#ifndef _KOWN_FAIL_H
#define _KOWN_FAIL_H

#include <kunit/test.h>
#include <linux/jump_label.h>

#include <kown/arc.h>

#include "../module/memory.h"

/* More allocations than any operation makes. */
#define FAIL_MOST	1000

/**
 * struct fail - where a loop is
 * @test: which has it
 * @nth: the allocation that this pass lets fail
 * @hit: it was there
 * @live: allocations before the loop
 */
struct fail {
	struct kunit *test;
	unsigned int nth;
	bool hit;
	long live;
};

#define each_failure(test, fail)					\
	for (struct fail fail = fail_begin(test); fail_goes_on(&(fail));)

static inline struct fail fail_begin(struct kunit *test)
{
	/* No arc is born but by the function that counts it. */
	static_branch_inc(&kown_arc_observed);
	kown_flush_deferred();
	return (struct fail) { .test = test, .live = kown_memory_live() };
}

static inline bool fail_goes_on(struct fail *fail)
{
	kown_flush_deferred();
	KUNIT_EXPECT_EQ_MSG(fail->test, kown_memory_live(), fail->live,
			    "allocations are left after failure %u", fail->nth);
	if (!fail->nth || (fail->hit && fail->nth < FAIL_MOST))
		return true;
	KUNIT_EXPECT_FALSE_MSG(fail->test, fail->hit, "it goes on for ever");
	KUNIT_EXPECT_GT_MSG(fail->test, fail->nth, 1, "nothing was allocated");
	static_branch_dec(&kown_arc_observed);
	return false;
}

static inline void fail_arm(struct fail *fail)
{
	kown_memory_fail_nth(++fail->nth);
}

static inline bool fail_hit(struct fail *fail)
{
	fail->hit = kown_memory_failed();
	kown_memory_fail_nth(0);
	return fail->hit;
}

#endif /* _KOWN_FAIL_H */
