// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for Arc and Weak against themselves. With one CPU they show little; the
 * long run is on two or more, with kown_kunit.race_rounds=1000000.
 */
#include <linux/delay.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>

#include <kown/weak.h>

#include "counted.h"
#include "race.h"

unsigned long race_rounds = 2000;
module_param(race_rounds, ulong, 0444);
MODULE_PARM_DESC(race_rounds, "Rounds of each race (default 2000)");

static unsigned long race_flushes = 100;
module_param(race_flushes, ulong, 0444);
MODULE_PARM_DESC(race_flushes, "Rounds of races that flush, each some milliseconds (default 100)");

KOWN_DEFINE_ARC(counted, struct counted, counted_drop, counted_clone,
		KOWN_ARC_DEFER)
KOWN_DEFINE_WEAK(counted, struct counted)

/* What a race is about; each uses what it needs. @bad counts what may not happen. */
struct arena {
	struct witness witness;
	struct counted *arc;
	struct counted_weak *weak;
	atomic_t won;
	atomic_t bad;
	bool put;
};

static bool fresh(struct arena *a)
{
	struct counted c;

	a->witness = (struct witness) {};
	atomic_set(&a->won, 0);
	a->put = false;
	c = counted(&a->witness, 0);
	a->arc = counted_arc_new(&c, GFP_KERNEL);
	return a->arc;
}

/* Dropped as often as it was made, never twice, and nothing bad. */
static bool ended(struct arena *a, int values)
{
	return atomic_read(&a->witness.drops) == values &&
	       !atomic_read(&a->witness.twice) && !atomic_read(&a->bad);
}

static void look(struct arena *a, const struct counted *c)
{
	if (READ_ONCE(c->state) != COUNTED_ALIVE)
		atomic_inc(&a->bad);
}

static void run(struct kunit *test, struct race race, unsigned long rounds)
{
	struct arena *arena = kunit_kzalloc(test, sizeof(*arena), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, arena);
	race.context = arena;
	race_run(test, &race, rounds);
	KUNIT_EXPECT_EQ(test, atomic_read(&arena->bad), 0);
}

static bool one_strong_one_weak(void *context)
{
	struct arena *a = context;

	if (!fresh(a))
		return false;
	a->weak = counted_arc_downgrade(a->arc);
	return true;
}

static void put_arc(void *context)
{
	struct arena *a = context;

	counted_arc_put(a->arc);
}

static void upgrade_look_put(void *context)
{
	struct arena *a = context;
	struct counted *c = counted_weak_upgrade(a->weak);

	if (!c)
		return;
	look(a, c);
	counted_arc_put(c);
}

static bool dead_and_dropped_once(void *context)
{
	struct arena *a = context;
	bool dead = !counted_weak_upgrade(a->weak);

	counted_weak_put(a->weak);
	return dead && ended(a, 1);
}

static void upgrade_against_last_put(struct kunit *test)
{
	run(test, (struct race) {
		.prepare = one_strong_one_weak,
		.sides = { put_arc, upgrade_look_put, upgrade_look_put },
		.check = dead_and_dropped_once,
	}, race_rounds);
}

/* The memory goes with whichever reference is last, of either kind. */
static void put_weak(void *context)
{
	struct arena *a = context;

	counted_weak_put(a->weak);
}

static bool dropped_once(void *context)
{
	return ended(context, 1);
}

static void last_put_against_last_weak_put(struct kunit *test)
{
	run(test, (struct race) {
		.prepare = one_strong_one_weak,
		.sides = { put_arc, put_weak },
		.check = dropped_once,
	}, race_rounds);
}

/* Every holder wants the value; one gets it. */

static bool four_strong(void *context)
{
	struct arena *a = context;

	if (!fresh(a))
		return false;
	for (int i = 1; i < 4; i++)
		counted_arc_get(a->arc);
	return true;
}

static void into_inner(void *context)
{
	struct arena *a = context;
	struct counted out;

	if (!counted_arc_into_inner(a->arc, &out))
		return;
	look(a, &out);
	atomic_inc(&a->won);
}

static bool won_by_one(void *context)
{
	struct arena *a = context;

	return atomic_read(&a->won) == 1 && ended(a, 0);
}

static void into_inner_by_all_holders(struct kunit *test)
{
	run(test, (struct race) {
		.prepare = four_strong,
		.sides = { into_inner, into_inner, into_inner, into_inner },
		.check = won_by_one,
	}, race_rounds);
}

/* take: at most one, and who is refused keeps its reference. */
static void take_or_put(void *context)
{
	struct arena *a = context;
	struct counted out;

	if (counted_arc_take(a->arc, &out)) {
		look(a, a->arc);
		counted_arc_put(a->arc);
		return;
	}
	look(a, &out);
	atomic_inc(&a->won);
}

static bool taken_or_dropped(void *context)
{
	struct arena *a = context;
	int won = atomic_read(&a->won);

	return won <= 1 && ended(a, 1 - won);
}

static void take_by_all_holders(struct kunit *test)
{
	run(test, (struct race) {
		.prepare = four_strong,
		.sides = { take_or_put, take_or_put, take_or_put, take_or_put },
		.check = taken_or_dropped,
	}, race_rounds);
}

/* A writer who was told "unique" is alone: value and state move together. */

static bool two_strong(void *context)
{
	struct arena *a = context;

	if (!fresh(a))
		return false;
	counted_arc_get(a->arc);
	return true;
}

static void write_if_unique(void *context)
{
	struct arena *a = context;

	for (int i = 0; i < 4; i++) {
		struct counted *c = counted_arc_get_mut(a->arc);

		if (!c)
			continue;
		c->state = COUNTED_DEAD;
		barrier();
		c->value++;
		barrier();
		c->state = COUNTED_ALIVE;
	}
	counted_arc_put(a->arc);
}

static void downgrade_put_upgrade(void *context)
{
	struct arena *a = context;
	struct counted_weak *weak = counted_arc_downgrade(a->arc);
	struct counted *c;

	look(a, a->arc);
	counted_arc_put(a->arc);
	c = counted_weak_upgrade(weak);
	if (c) {
		look(a, c);
		counted_weak_put(weak);
		look(a, c);
		weak = counted_arc_downgrade(c);
		counted_arc_put(c);
	}
	counted_weak_put(weak);
}

static void get_mut_against_downgrade(struct kunit *test)
{
	run(test, (struct race) {
		.prepare = two_strong,
		.sides = { write_if_unique, downgrade_put_upgrade },
		.check = dropped_once,
	}, race_rounds);
}

/* While one asks whether it is unique, nobody sees how. */

static void ask_often(void *context)
{
	struct arena *a = context;

	for (int i = 0; i < 8; i++)
		if (counted_arc_is_unique(a->arc))
			atomic_inc(&a->bad);
	counted_arc_put(a->arc);
}

static void count_often(void *context)
{
	struct arena *a = context;

	for (int i = 0; i < 8; i++)
		if (counted_arc_weak_count(a->arc))
			atomic_inc(&a->bad);
	counted_arc_put(a->arc);
}

static bool two_strong_and_unshared_weak(void *context)
{
	struct arena *a = context;

	if (!two_strong(context))
		return false;
	/* A third owner, so that nobody is ever unique, and no weak reference. */
	counted_arc_get(a->arc);
	return true;
}

static bool put_third_and_check(void *context)
{
	struct arena *a = context;

	counted_arc_put(a->arc);
	return ended(a, 1);
}

static void weak_count_while_locked(struct kunit *test)
{
	run(test, (struct race) {
		.prepare = two_strong_and_unshared_weak,
		.sides = { ask_often, count_often },
		.check = put_third_and_check,
	}, race_rounds);
}

/* Two askers, and one who downgrades: it waits for each, and they for nobody. */
static void downgrade_often(void *context)
{
	struct arena *a = context;

	for (int i = 0; i < 8; i++)
		counted_weak_put(counted_arc_downgrade(a->arc));
	counted_arc_put(a->arc);
}

static void is_unique_against_downgrade(struct kunit *test)
{
	run(test, (struct race) {
		.prepare = two_strong_and_unshared_weak,
		.sides = { ask_often, downgrade_often },
		.check = put_third_and_check,
	}, race_rounds);
}

/* make_mut against a clone of the other owner, and against upgrades. */

static bool two_strong_one_weak(void *context)
{
	struct arena *a = context;

	if (!two_strong(context))
		return false;
	a->weak = counted_arc_downgrade(a->arc);
	return true;
}

static void make_mut_and_write(void *context)
{
	struct arena *a = context;
	struct counted *mine = counted_arc_make_mut(a->arc, GFP_KERNEL);

	if (IS_ERR(mine)) {
		atomic_inc(&a->bad);
		counted_arc_put(a->arc);
		return;
	}
	look(a, mine);
	mine->state = COUNTED_DEAD;
	barrier();
	mine->value++;
	barrier();
	mine->state = COUNTED_ALIVE;
	counted_arc_put(mine);
}

static void get_look_put(void *context)
{
	struct arena *a = context;
	struct counted *c = counted_arc_get(a->arc);

	look(a, c);
	counted_arc_put(c);
	look(a, a->arc);
	counted_arc_put(a->arc);
}

static bool dead_and_each_dropped_once(void *context)
{
	struct arena *a = context;
	bool dead = !counted_weak_upgrade(a->weak);

	counted_weak_put(a->weak);
	return dead && ended(a, 1 + atomic_read(&a->witness.clones));
}

static void make_mut_against_clone_and_upgrade(struct kunit *test)
{
	run(test, (struct race) {
		.prepare = two_strong_one_weak,
		.sides = { make_mut_and_write, get_look_put, upgrade_look_put },
		.check = dead_and_each_dropped_once,
	}, race_rounds);
}

/* What was put before the flush began is dropped when it returns. */

static bool one_strong(void *context)
{
	return fresh(context);
}

static void put_deferred(void *context)
{
	struct arena *a = context;

	counted_arc_put_atomic(a->arc);
	/* Pairs with the acquire in flush_after_put(). */
	smp_store_release(&a->put, true);
}

static void flush_after_put(void *context)
{
	struct arena *a = context;
	/* Pairs with the release in put_deferred(). */
	bool put = smp_load_acquire(&a->put);

	kown_flush_deferred();
	if (put && !atomic_read(&a->witness.drops))
		atomic_inc(&a->bad);
}

static bool flushed(void *context)
{
	kown_flush_deferred();
	return ended(context, 1);
}

static void deferred_put_against_flush(struct kunit *test)
{
	run(test, (struct race) {
		.prepare = one_strong,
		.sides = { flush_after_put, put_deferred },
		.check = flushed,
	}, race_flushes);
}

static struct kunit_case race_cases[] = {
	KUNIT_CASE(upgrade_against_last_put),
	KUNIT_CASE(last_put_against_last_weak_put),
	KUNIT_CASE(into_inner_by_all_holders),
	KUNIT_CASE(take_by_all_holders),
	KUNIT_CASE(get_mut_against_downgrade),
	KUNIT_CASE(weak_count_while_locked),
	KUNIT_CASE(is_unique_against_downgrade),
	KUNIT_CASE(make_mut_against_clone_and_upgrade),
	KUNIT_CASE(deferred_put_against_flush),
	{}
};

static struct kunit_suite race_suite = {
	.name = "kown_race",
	.test_cases = race_cases,
};

kunit_test_suite(race_suite);
