// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for when a drop runs: in turn, deferred, after a grace period.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <kown/box.h>
#include <kown/weak.h>

#include "counted.h"

#define LONG_CHAIN	100000

/* A list of arcs, each owning the next. */

struct link {
	struct counted counted;
	struct link *next;
	unsigned long *deepest;
};

static void link_drop(struct link *link);

KOWN_DEFINE_ARC(link, struct link, link_drop, NULL, KOWN_ARC_ITERATIVE)

static void note_depth(unsigned long *deepest)
{
	unsigned long here = (unsigned long)&deepest;

	if (!*deepest || here < *deepest)
		*deepest = here;
}

static void link_drop(struct link *link)
{
	counted_drop(&link->counted);
	note_depth(link->deepest);
	link_arc_put(link->next);
}

static struct link *chain(struct kunit *test, struct witness *w, unsigned long *deepest,
			  int len)
{
	struct link *head = NULL;

	for (int i = 0; i < len; i++) {
		struct link link = { counted(w, i), head, deepest };

		head = link_arc_new(&link, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, head);
	}
	return head;
}

static void drop_of_a_long_chain_of_arcs_is_flat(struct kunit *test)
{
	struct witness w = {};
	unsigned long one = 0, many = 0;

	link_arc_put(chain(test, &w, &one, 1));
	link_arc_put(chain(test, &w, &many, LONG_CHAIN));
	expect_drops(test, &w, LONG_CHAIN + 1);
	/* One call of ours above the other at most, not one hundred thousand. */
	KUNIT_EXPECT_LT(test, (long)(one - many), 1024);
}

/* A list of boxes likewise, and a tree, whose drop leads to two others. */

struct cell {
	struct counted counted;
	struct cell *left;
	struct cell *right;
};

static void cell_drop(struct cell *cell);

KOWN_DEFINE_BOX(cell, struct cell, cell_drop, NULL, KOWN_BOX_ITERATIVE)

static void cell_drop(struct cell *cell)
{
	counted_drop(&cell->counted);
	cell_box_free(cell->left);
	cell_box_free(cell->right);
}

static struct cell *cell_of(struct kunit *test, struct witness *w, struct cell *left,
			    struct cell *right)
{
	struct cell cell = { counted(w, 0), left, right };
	struct cell *box = cell_box_new(&cell, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, box);
	return box;
}

static void drop_of_a_long_list_of_boxes_is_flat(struct kunit *test)
{
	struct witness w = {};
	struct cell *list = NULL;

	for (int i = 0; i < LONG_CHAIN; i++)
		list = cell_of(test, &w, list, NULL);
	cell_box_free(list);
	expect_drops(test, &w, LONG_CHAIN);
}

static struct cell *tree(struct kunit *test, struct witness *w, int height)
{
	if (!height)
		return NULL;
	return cell_of(test, w, tree(test, w, height - 1), tree(test, w, height - 1));
}

static void drop_of_a_tree_of_boxes_drops_each_once(struct kunit *test)
{
	struct witness w = {};

	cell_box_free(tree(test, &w, 12));
	expect_drops(test, &w, (1 << 12) - 1);
}

/* Deferred. */

KOWN_DEFINE_ARC(deferred, struct counted, counted_drop, NULL, KOWN_ARC_DEFER)
KOWN_DEFINE_ARC(nosleep, struct counted, counted_drop, NULL, KOWN_ARC_NOSLEEP)

static void drop_deferred_runs_before_flush_returns(struct kunit *test)
{
	struct witness w = {};
	static DEFINE_SPINLOCK(lock);

	for (int i = 0; i < 1000; i++) {
		struct counted c = counted(&w, i);
		struct counted *arc = deferred_arc_new(&c, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, arc);
		deferred_arc_get(arc);
		deferred_arc_put_atomic(arc);
		spin_lock_irq(&lock);
		deferred_arc_put_atomic(arc);
		spin_unlock_irq(&lock);
	}
	kown_flush_deferred();
	expect_drops(test, &w, 1000);
}

static void drop_nosleep_runs_in_place(struct kunit *test)
{
	struct witness w = {};
	struct counted c = counted(&w, 1);
	struct counted *arc = nosleep_arc_new(&c, GFP_KERNEL);
	static DEFINE_SPINLOCK(lock);

	KUNIT_ASSERT_NOT_NULL(test, arc);
	spin_lock_irq(&lock);
	kown_arc_put_atomic(NULL);
	kown_arc_put_atomic(nosleep_arc_upcast(arc));
	expect_drops(test, &w, 1);
	spin_unlock_irq(&lock);

	arc = nosleep_arc_new(&c, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, arc);
	spin_lock_irq(&lock);
	nosleep_arc_put(arc);
	expect_drops(test, &w, 2);
	spin_unlock_irq(&lock);
}

/*
 * More than kmalloc() gives, and given up where one may not sleep. What did not come
 * back would be more than there is.
 */

struct huge {
	u8 bytes[BYTES_TOO_MANY];
};

KOWN_DEFINE_ARC(huge, struct huge, NULL, NULL, KOWN_ARC_NOSLEEP)
KOWN_DEFINE_WEAK(huge, struct huge)
KOWN_DEFINE_BOX(huge, struct huge, NULL, NULL, 0)

static void drop_of_huge_memory_never_sleeps(struct kunit *test)
{
	u64 bytes = (u64)totalram_pages() * PAGE_SIZE;
	static DEFINE_SPINLOCK(lock);

	for (u64 sum = 0; sum < bytes; sum += 3 * sizeof(struct huge)) {
		struct huge *put = huge_arc_new_uninit(GFP_KERNEL);
		struct huge *weakly = huge_arc_new_uninit(GFP_KERNEL);
		struct huge *box = huge_box_new_uninit(GFP_KERNEL);
		struct huge_weak *weak;

		KUNIT_ASSERT_NOT_NULL(test, put);
		KUNIT_ASSERT_NOT_NULL(test, weakly);
		KUNIT_ASSERT_NOT_NULL(test, box);
		KUNIT_EXPECT_TRUE(test, is_vmalloc_addr(put));
		huge_arc_share(put);
		weak = huge_arc_downgrade(huge_arc_share(weakly));
		spin_lock_irq(&lock);
		huge_arc_put_atomic(put);
		huge_arc_put(weakly);
		huge_weak_put(weak);
		huge_box_free(box);
		spin_unlock_irq(&lock);
		kown_flush_deferred();
	}
}

/* A deferred drop that defers others: flush waits for the last generation. */

struct parent {
	struct counted counted;
	struct parent *child;
};

static void parent_drop(struct parent *parent);

KOWN_DEFINE_ARC(parent, struct parent, parent_drop, NULL, KOWN_ARC_DEFER)

static void parent_drop(struct parent *parent)
{
	counted_drop(&parent->counted);
	parent_arc_put_atomic(parent->child);
}

static void drop_deferred_by_deferred_is_flushed_too(struct kunit *test)
{
	for (int generations = 1; generations <= 64; generations *= 2) {
		struct witness w = {};
		struct parent *top = NULL;

		for (int i = 0; i < generations; i++) {
			struct parent parent = { counted(&w, i), top };

			top = parent_arc_new(&parent, GFP_KERNEL);
			KUNIT_ASSERT_NOT_NULL(test, top);
		}
		parent_arc_put_atomic(top);
		kown_flush_deferred();
		expect_drops(test, &w, generations);
	}
}

/* After a grace period. */

struct seen {
	struct witness *witness;
	atomic_t *frees;
	struct kown_arc_linked linked;
};

static void seen_drop(struct seen *seen)
{
	atomic_inc(&seen->witness->drops);
}

static void seen_free(struct seen *seen)
{
	atomic_inc(seen->frees);
	kfree(seen);
}

KOWN_DEFINE_ARC_EMBEDDED(seen, struct seen, linked.arc, seen_drop, seen_free,
			 KOWN_ARC_RCU | KOWN_ARC_NOSLEEP)

static void drop_frees_after_a_grace_period(struct kunit *test)
{
	struct witness w = {};
	atomic_t frees = ATOMIC_INIT(0);
	struct seen *seen = kzalloc(sizeof(*seen), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, seen);
	seen->witness = &w;
	seen->frees = &frees;
	seen_arc_init(seen);

	rcu_read_lock();
	seen_arc_put(seen);
	expect_drops(test, &w, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&frees), 0);
	/* A lookup that found it before: refused, and the memory is still there. */
	KUNIT_EXPECT_NULL(test, seen_arc_try_get(seen));
	rcu_read_unlock();
	kown_flush_deferred();
	KUNIT_EXPECT_EQ(test, atomic_read(&frees), 1);
}

static struct kunit_case drop_cases[] = {
	KUNIT_CASE(drop_of_a_long_chain_of_arcs_is_flat),
	KUNIT_CASE(drop_of_a_long_list_of_boxes_is_flat),
	KUNIT_CASE(drop_of_a_tree_of_boxes_drops_each_once),
	KUNIT_CASE(drop_deferred_runs_before_flush_returns),
	KUNIT_CASE(drop_nosleep_runs_in_place),
	KUNIT_CASE(drop_of_huge_memory_never_sleeps),
	KUNIT_CASE(drop_deferred_by_deferred_is_flushed_too),
	KUNIT_CASE(drop_frees_after_a_grace_period),
	{}
};

static struct kunit_suite drop_suite = {
	.name = "kown_drop",
	.test_cases = drop_cases,
};

kunit_test_suite(drop_suite);
