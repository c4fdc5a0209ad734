// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for Watch against itself. With one CPU they show little; the long run is
 * on two or more, with kown_kunit.race_rounds=1000000.
 */
#include <linux/slab.h>

#include <kown/watch.h>

#include "counted.h"
#include "race.h"

/* A target that has its watch within itself. */
struct target {
	struct counted counted;
	struct kown_watch watch;
};

static void target_drop(struct target *target)
{
	kown_watch_unregister(&target->watch);
	counted_drop(&target->counted);
}

KOWN_DEFINE_ARC(target, struct target, target_drop, NULL, KOWN_ARC_NOSLEEP)

struct mortal {
	struct counted counted;
};

static void mortal_drop(struct mortal *mortal)
{
	counted_drop(&mortal->counted);
}

KOWN_DEFINE_ARC(mortal, struct mortal, mortal_drop, NULL, KOWN_ARC_WATCHED)
KOWN_DEFINE_WEAK(mortal, struct mortal)

/* What a race is about; each uses what it needs. @bad counts what may not happen. */
struct arena {
	struct witness witness;
	struct witness mortal_witness;
	struct kown_source source;
	struct target *target;
	struct mortal *mortal;
	struct caller *caller;
	struct kown_watch watch;
	bool quiet;
	bool within;
	atomic_t calls;
	atomic_t unregistered;
	atomic_t bad;
};

static void run(struct kunit *test, struct race race)
{
	struct arena *arena = kunit_kzalloc(test, sizeof(*arena), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, arena);
	race.context = arena;
	race_run(test, &race, race_rounds);
	KUNIT_EXPECT_EQ(test, atomic_read(&arena->bad), 0);
}

/* In memory that is freed as soon as unregister returns. */
struct caller {
	struct kown_watch watch;
	struct arena *arena;
	u64 alive;
};

static void call_arena(struct kown_watch *watch, void *target, unsigned long event)
{
	struct caller *caller = container_of(watch, struct caller, watch);
	struct arena *arena = caller->arena;

	atomic_inc(&arena->calls);
	for (int i = 0; i < 10; i++) {
		if (READ_ONCE(caller->alive) != COUNTED_ALIVE || READ_ONCE(arena->quiet))
			atomic_inc(&arena->bad);
		cpu_relax();
	}
}

static struct caller *caller_new(struct arena *arena)
{
	struct caller *caller = kzalloc(sizeof(*caller), GFP_KERNEL);

	if (!caller)
		return NULL;
	caller->arena = arena;
	caller->alive = COUNTED_ALIVE;
	return caller;
}

static bool registered_caller(void *context)
{
	struct arena *arena = context;
	struct caller *caller = caller_new(arena);

	arena->caller = caller;
	arena->quiet = false;
	atomic_set(&arena->calls, 0);
	atomic_set(&arena->unregistered, 0);
	kown_source_init(&arena->source);
	return caller && !kown_watch_register(&caller->watch, call_arena, &arena->source, NULL);
}

static void fire_four(void *context)
{
	struct arena *arena = context;

	for (int i = 0; i < 4; i++)
		kown_source_fire(&arena->source, i);
}

static void unregister_and_free(void *context)
{
	struct arena *arena = context;
	struct caller *caller = arena->caller;

	if (!kown_watch_unregister(&caller->watch))
		atomic_inc(&arena->bad);
	WRITE_ONCE(arena->quiet, true);
	caller->alive = COUNTED_DEAD;
	kfree(caller);
}

static bool nobody_watches(void *context)
{
	struct arena *arena = context;
	bool empty = list_empty(&arena->source.watches);

	kown_source_free(&arena->source);
	return empty && !atomic_read(&arena->bad);
}

static void unregister_against_fire(struct kunit *test)
{
	run(test, (struct race) {
		.prepare = registered_caller,
		.sides = { unregister_and_free, fire_four },
		.check = nobody_watches,
	});
}

static void unregister_against_two_fires(struct kunit *test)
{
	run(test, (struct race) {
		.prepare = registered_caller,
		.sides = { fire_four, unregister_and_free, fire_four },
		.check = nobody_watches,
	});
}

/* The end of the source, which says that it died at most once, and then nothing. */

static void free_source(void *context)
{
	struct arena *arena = context;

	kown_source_free(&arena->source);
}

static bool told_once_at_most(void *context)
{
	struct arena *arena = context;

	return atomic_read(&arena->calls) <= 1 && !atomic_read(&arena->bad);
}

static void unregister_against_death(struct kunit *test)
{
	run(test, (struct race) {
		.prepare = registered_caller,
		.sides = { unregister_and_free, free_source },
		.check = told_once_at_most,
	});
}

static void register_in_arena(void *context)
{
	struct arena *arena = context;
	struct caller *caller = caller_new(arena);
	int err;

	if (!caller)
		return;
	err = kown_watch_register(&caller->watch, call_arena, &arena->source, NULL);
	if (err && err != -ESTALE)
		atomic_inc(&arena->bad);
	if (kown_watch_unregister(&caller->watch) != !err)
		atomic_inc(&arena->bad);
	kfree(caller);
}

static bool told_and_unregistered(void *context)
{
	struct arena *arena = context;
	int calls = atomic_read(&arena->calls);

	/* The one who was registered from the start for certain. */
	unregister_and_free(context);
	return calls >= 1 && calls <= 3 && !atomic_read(&arena->bad);
}

static void register_against_death(struct kunit *test)
{
	run(test, (struct race) {
		.prepare = registered_caller,
		.sides = { register_in_arena, free_source, register_in_arena },
		.check = told_and_unregistered,
	});
}

/* A callback that unregisters itself, and another thread that does: one of them did. */

static void unregister_within(struct kown_watch *watch, void *target, unsigned long event)
{
	struct arena *arena = container_of(watch, struct arena, watch);

	WRITE_ONCE(arena->within, true);
	if (kown_watch_unregister(watch))
		atomic_inc(&arena->unregistered);
	for (int i = 0; i < 10; i++) {
		if (READ_ONCE(arena->quiet))
			atomic_inc(&arena->bad);
		cpu_relax();
	}
	WRITE_ONCE(arena->within, false);
}

static bool watch_in_arena(void *context)
{
	struct arena *arena = context;

	arena->quiet = false;
	arena->within = false;
	atomic_set(&arena->unregistered, 0);
	kown_source_init(&arena->source);
	return !kown_watch_register(&arena->watch, unregister_within, &arena->source, NULL);
}

static void fire_once(void *context)
{
	struct arena *arena = context;

	kown_source_fire(&arena->source, 1);
}

static void unregister_without(void *context)
{
	struct arena *arena = context;

	if (kown_watch_unregister(&arena->watch))
		atomic_inc(&arena->unregistered);
	if (READ_ONCE(arena->within))
		atomic_inc(&arena->bad);
	WRITE_ONCE(arena->quiet, true);
}

static bool unregistered_once(void *context)
{
	struct arena *arena = context;

	return nobody_watches(context) && atomic_read(&arena->unregistered) == 1;
}

static void unregister_within_against_without(struct kunit *test)
{
	run(test, (struct race) {
		.prepare = watch_in_arena,
		.sides = { unregister_without, fire_once },
		.check = unregistered_once,
	});
}

/* Two CPUs in the callback, each of which unregisters: neither waits for ever. */

static void unregister_only(struct kown_watch *watch, void *target, unsigned long event)
{
	struct arena *arena = container_of(watch, struct arena, watch);

	if (kown_watch_unregister(watch))
		atomic_inc(&arena->unregistered);
}

static bool watch_in_arena_for_two(void *context)
{
	struct arena *arena = context;

	atomic_set(&arena->unregistered, 0);
	kown_source_init(&arena->source);
	return !kown_watch_register(&arena->watch, unregister_only, &arena->source, NULL);
}

static void unregister_within_twice(struct kunit *test)
{
	run(test, (struct race) {
		.prepare = watch_in_arena_for_two,
		.sides = { fire_once, fire_once },
		.check = unregistered_once,
	});
}

/* A target's last put, whose drop unregisters, while the source fires. */

static void look_at_target(struct kown_watch *watch, struct target *target,
			   unsigned long event)
{
	if (READ_ONCE(target->counted.state) != COUNTED_ALIVE)
		atomic_inc(&target->counted.witness->twice);
}

KOWN_DEFINE_WATCH(look_at_target, target, struct target, look_at_target)

static bool target_in_arena(void *context)
{
	struct arena *arena = context;
	struct target value = { .counted = counted(&arena->witness, 1) };

	arena->witness = (struct witness) {};
	kown_source_init(&arena->source);
	arena->target = target_arc_new(&value, GFP_KERNEL);
	return arena->target && !look_at_target_register(&arena->target->watch,
							 &arena->source, arena->target);
}

static void put_arena_target(void *context)
{
	struct arena *arena = context;

	target_arc_put(arena->target);
}

static bool target_dropped_once(void *context)
{
	struct arena *arena = context;

	return nobody_watches(context) && atomic_read(&arena->witness.drops) == 1 &&
	       !atomic_read(&arena->witness.twice);
}

static void target_dies_while_source_fires(struct kunit *test)
{
	run(test, (struct race) {
		.prepare = target_in_arena,
		.sides = { put_arena_target, fire_four },
		.check = target_dropped_once,
	});
}

static void target_dies_while_source_dies(struct kunit *test)
{
	run(test, (struct race) {
		.prepare = target_in_arena,
		.sides = { put_arena_target, free_source },
		.check = target_dropped_once,
	});
}

/* The last of three puts of a watched arc, against an upgrade: died, once. */

static void count_death(struct kown_watch *watch, void *target, unsigned long event)
{
	struct arena *arena = container_of(watch, struct arena, watch);

	atomic_inc(&arena->calls);
	if (event != KOWN_EVENT_DIED || atomic_read(&arena->mortal_witness.drops) != 1)
		atomic_inc(&arena->bad);
}

static bool mortal_in_arena(void *context)
{
	struct arena *arena = context;
	struct mortal value = { .counted = counted(&arena->mortal_witness, 1) };

	arena->mortal_witness = (struct witness) {};
	atomic_set(&arena->calls, 0);
	arena->mortal = mortal_arc_new(&value, GFP_KERNEL);
	if (!arena->mortal)
		return false;
	mortal_arc_get(mortal_arc_get(arena->mortal));
	return !kown_watch_register(&arena->watch, count_death,
				    kown_arc_source(mortal_arc_upcast(arena->mortal)), NULL);
}

static void put_mortal(void *context)
{
	struct arena *arena = context;

	mortal_arc_put(arena->mortal);
}

static void upgrade_and_put_mortal(void *context)
{
	struct arena *arena = context;
	struct mortal_weak *weak = mortal_arc_downgrade(arena->mortal);
	struct mortal *mortal;

	mortal_arc_put(arena->mortal);
	mortal = mortal_weak_upgrade(weak);
	mortal_arc_put(mortal);
	mortal_weak_put(weak);
}

static bool died_once(void *context)
{
	struct arena *arena = context;

	return atomic_read(&arena->calls) == 1 && kown_watch_unregister(&arena->watch) &&
	       !atomic_read(&arena->bad);
}

static void death_is_told_once_whoever_puts_last(struct kunit *test)
{
	run(test, (struct race) {
		.prepare = mortal_in_arena,
		.sides = { put_mortal, upgrade_and_put_mortal, put_mortal },
		.check = died_once,
	});
}

static struct kunit_case watch_race_cases[] = {
	KUNIT_CASE(unregister_against_fire),
	KUNIT_CASE(unregister_against_two_fires),
	KUNIT_CASE(unregister_against_death),
	KUNIT_CASE(register_against_death),
	KUNIT_CASE(unregister_within_against_without),
	KUNIT_CASE(unregister_within_twice),
	KUNIT_CASE(target_dies_while_source_fires),
	KUNIT_CASE(target_dies_while_source_dies),
	KUNIT_CASE(death_is_told_once_whoever_puts_last),
	{}
};

static struct kunit_suite watch_race_suite = {
	.name = "kown_watch_race",
	.test_cases = watch_race_cases,
};

kunit_test_suite(watch_race_suite);
