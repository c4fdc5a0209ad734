// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for Arc.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/slab.h>

#include <kown/arc.h>
#include <kown/compat.h>

/*
 * Each object reports its end to a witness that outlives it. @order counts up, so
 * that "dropped, then freed" can be told from "freed, then dropped".
 */
struct witness {
	atomic_t drops;
	atomic_t frees;
	atomic_t order;
	int dropped_at;
	int freed_at;
	unsigned int strong_in_drop;
	unsigned int weak_in_drop;
};

struct thing {
	struct kown_arc arc;
	struct witness *witness;
};

static void thing_drop(struct kown_arc *arc)
{
	struct witness *w = container_of(arc, struct thing, arc)->witness;

	atomic_inc(&w->drops);
	w->dropped_at = atomic_inc_return(&w->order);
	w->strong_in_drop = kown_arc_strong_count(arc);
	w->weak_in_drop = atomic_read(&arc->weak);
}

static void thing_free(struct kown_arc *arc)
{
	struct witness *w = container_of(arc, struct thing, arc)->witness;

	atomic_inc(&w->frees);
	w->freed_at = atomic_inc_return(&w->order);
	kfree(container_of(arc, struct thing, arc));
}

static const struct kown_arc_type thing_type = {
	.name = "thing",
	.drop = thing_drop,
	.free = thing_free,
};

static const struct kown_arc_type plain_type = {
	.name = "plain",
	.free = thing_free,
};

static struct thing *thing_new(struct kunit *test, struct witness *w,
			       const struct kown_arc_type *type)
{
	struct thing *thing = kzalloc(sizeof(*thing), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, thing);
	thing->witness = w;
	kown_arc_init(&thing->arc, type);
	return thing;
}

static void expect_ended(struct kunit *test, struct witness *w, int times)
{
	KUNIT_EXPECT_EQ(test, atomic_read(&w->drops), times);
	KUNIT_EXPECT_EQ(test, atomic_read(&w->frees), times);
}

static void arc_init_owns_one_strong(struct kunit *test)
{
	struct witness w = {};
	struct thing *thing = thing_new(test, &w, &thing_type);

	KUNIT_EXPECT_EQ(test, kown_arc_strong_count(&thing->arc), 1);
	KUNIT_EXPECT_EQ(test, kown_arc_weak_count(&thing->arc), 0);
	KUNIT_EXPECT_EQ(test, sizeof(struct kown_arc), 8 + sizeof(void *));
	kown_arc_put(&thing->arc);
	expect_ended(test, &w, 1);
}

static void arc_get_then_put_restores_the_count(struct kunit *test)
{
	struct witness w = {};
	struct thing *thing = thing_new(test, &w, &thing_type);

	for (unsigned int n = 2; n <= 1000; n++) {
		kown_arc_get(&thing->arc);
		KUNIT_ASSERT_EQ(test, kown_arc_strong_count(&thing->arc), n);
	}
	for (unsigned int n = 999; n >= 1; n--) {
		kown_arc_put(&thing->arc);
		KUNIT_ASSERT_EQ(test, kown_arc_strong_count(&thing->arc), n);
		expect_ended(test, &w, 0);
	}
	KUNIT_EXPECT_EQ(test, kown_arc_weak_count(&thing->arc), 0);
	kown_arc_put(&thing->arc);
	expect_ended(test, &w, 1);
}

static void arc_last_put_drops_then_frees(struct kunit *test)
{
	struct witness w = {};
	struct thing *thing = thing_new(test, &w, &thing_type);

	kown_arc_put(&thing->arc);
	expect_ended(test, &w, 1);
	KUNIT_EXPECT_EQ(test, w.dropped_at, 1);
	KUNIT_EXPECT_EQ(test, w.freed_at, 2);
	/* In drop(): no owner left, and the strong ones' weak share still held. */
	KUNIT_EXPECT_EQ(test, w.strong_in_drop, 0);
	KUNIT_EXPECT_EQ(test, w.weak_in_drop, 1);
}

static void arc_without_drop_is_only_freed(struct kunit *test)
{
	struct witness w = {};
	struct thing *thing = thing_new(test, &w, &plain_type);

	kown_arc_put(&thing->arc);
	KUNIT_EXPECT_EQ(test, atomic_read(&w.drops), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&w.frees), 1);
}

static void arc_weak_reference_keeps_the_memory(struct kunit *test)
{
	struct witness w = {};
	struct thing *thing = thing_new(test, &w, &thing_type);

	atomic_inc(&thing->arc.weak);
	KUNIT_EXPECT_EQ(test, kown_arc_weak_count(&thing->arc), 1);
	kown_arc_put(&thing->arc);
	KUNIT_EXPECT_EQ(test, atomic_read(&w.drops), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&w.frees), 0);
	KUNIT_EXPECT_EQ(test, kown_arc_strong_count(&thing->arc), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&thing->arc.weak), 1);
	kfree(thing);
}

static void arc_put_of_null_does_nothing(struct kunit *test)
{
	kown_arc_put(NULL);
}

struct checked_case {
	const char *desc;
	int strong;
	int err;
};

static const struct checked_case checked_cases[] = {
	{ "one", 1, 0 },
	{ "two", 2, 0 },
	{ "one below the most", KOWN_ARC_MAX - 1, 0 },
	{ "the most", KOWN_ARC_MAX, -EOVERFLOW },
	{ "above the most", KOWN_ARC_MAX + 1, -EOVERFLOW },
	{ "one before saturation", INT_MAX - 1, -EOVERFLOW },
};

static void checked_desc(const struct checked_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(checked, checked_cases, checked_desc);

static void arc_get_checked_at_count(struct kunit *test)
{
	const struct checked_case *c = test->param_value;
	struct witness w = {};
	struct thing *thing = thing_new(test, &w, &thing_type);

	refcount_set(&thing->arc.strong, c->strong);
	KUNIT_EXPECT_EQ(test, kown_arc_get_checked(&thing->arc), c->err);
	KUNIT_EXPECT_EQ(test, kown_arc_strong_count(&thing->arc),
			c->strong + !c->err);
	refcount_set(&thing->arc.strong, 1);
	kown_arc_put(&thing->arc);
	expect_ended(test, &w, 1);
}

#define PUTTERS	8
#define ROUNDS	200

struct putter {
	struct kown_arc *arc;
	struct completion *go;
	struct completion done;
};

static int putter_run(void *data)
{
	struct putter *p = data;

	wait_for_completion(p->go);
	kown_arc_get(p->arc);
	cond_resched();
	kown_arc_put(p->arc);
	kown_arc_put(p->arc);
	complete(&p->done);
	return 0;
}

/* Each thread gets one, then puts two: its own and one given to it. */
static void arc_put_by_many_drops_once(struct kunit *test)
{
	for (int round = 0; round < ROUNDS; round++) {
		struct witness w = {};
		struct thing *thing = thing_new(test, &w, &thing_type);
		struct putter putters[PUTTERS];
		DECLARE_COMPLETION_ONSTACK(go);
		int started = 0;

		for (int i = 0; i < PUTTERS; i++) {
			struct putter *p = &putters[i];

			p->arc = &thing->arc;
			p->go = &go;
			init_completion(&p->done);
			kown_arc_get(p->arc);
			if (IS_ERR(kthread_run(putter_run, p, "kown-putter")))
				break;
			started++;
		}
		kown_arc_put(&thing->arc);
		expect_ended(test, &w, 0);
		complete_all(&go);
		for (int i = 0; i < started; i++)
			wait_for_completion(&putters[i].done);
		KUNIT_ASSERT_EQ(test, started, PUTTERS);
		expect_ended(test, &w, 1);
	}
}

static struct kunit_case arc_cases[] = {
	KUNIT_CASE(arc_init_owns_one_strong),
	KUNIT_CASE(arc_get_then_put_restores_the_count),
	KUNIT_CASE(arc_last_put_drops_then_frees),
	KUNIT_CASE(arc_without_drop_is_only_freed),
	KUNIT_CASE(arc_weak_reference_keeps_the_memory),
	KUNIT_CASE(arc_put_of_null_does_nothing),
	KUNIT_CASE_PARAM(arc_get_checked_at_count, checked_gen_params),
	KUNIT_CASE(arc_put_by_many_drops_once),
	{}
};

static struct kunit_suite arc_suite = {
	.name = "kown_arc",
	.test_cases = arc_cases,
};

kunit_test_suite(arc_suite);

MODULE_DESCRIPTION("KUnit tests for kown");
MODULE_LICENSE("GPL");
KOWN_IMPORT_NS();
