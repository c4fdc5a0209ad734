// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for Watch, one thing at a time; watch_race_test.c has the rest.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/timer.h>

#include <kown/compat.h>
#include <kown/watch.h>

#include "counted.h"

/* A target that has its watch within itself, and logs what it was told. */
struct target {
	struct counted counted;
	struct kown_watch watch;
	struct log *log;
	int number;
	atomic_t told;
	unsigned long last;
};

#define LOG_LINES	64

struct log {
	unsigned int lines;
	int numbers[LOG_LINES];
	unsigned long events[LOG_LINES];
};

static void log_line(struct log *log, int number, unsigned long event)
{
	if (log && log->lines < LOG_LINES) {
		log->numbers[log->lines] = number;
		log->events[log->lines] = event;
		log->lines++;
	}
}

static void target_drop(struct target *target)
{
	kown_watch_unregister(&target->watch);
	counted_drop(&target->counted);
}

KOWN_DEFINE_ARC(target, struct target, target_drop, NULL, KOWN_ARC_NOSLEEP)
KOWN_DEFINE_WEAK(target, struct target)

static void target_tell(struct kown_watch *watch, struct target *target,
			unsigned long event)
{
	atomic_inc(&target->told);
	target->last = event;
	log_line(target->log, target->number, event);
}

KOWN_DEFINE_WATCH(target_tell, target, struct target, target_tell)
KOWN_DEFINE_WATCH(target_ignore, target, struct target, NULL)

static struct target *target_new(struct kunit *test, struct witness *w, struct log *log,
				 int number)
{
	struct target value = {
		.counted = counted(w, number),
		.log = log,
		.number = number,
	};
	struct target *target = target_arc_new(&value, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, target);
	return target;
}

static int told(const struct target *target)
{
	return atomic_read(&target->told);
}

#define expect_log(test, log, ...)					\
do {									\
	const int __want[] = { __VA_ARGS__ };				\
									\
	KUNIT_ASSERT_EQ(test, (log)->lines, (unsigned int)ARRAY_SIZE(__want)); \
	for (unsigned int __i = 0; __i < (log)->lines; __i++)		\
		KUNIT_EXPECT_EQ(test, (log)->numbers[__i], __want[__i]); \
	(log)->lines = 0;						\
} while (0)

static void watch_is_told_events_in_order(struct kunit *test)
{
	struct witness w = {};
	struct log log = {};
	struct kown_source source;
	struct target *targets[4];

	kown_source_init(&source);
	kown_source_fire(&source, 1);
	for (int i = 0; i < ARRAY_SIZE(targets); i++) {
		targets[i] = target_new(test, &w, &log, i);
		KUNIT_ASSERT_EQ(test, 0, target_tell_register(&targets[i]->watch, &source,
							      targets[i]));
	}
	kown_source_fire(&source, 7);
	KUNIT_EXPECT_EQ(test, log.events[0], 7);
	expect_log(test, &log, 0, 1, 2, 3);
	KUNIT_EXPECT_TRUE(test, kown_watch_unregister(&targets[1]->watch));
	kown_source_fire(&source, 0);
	KUNIT_EXPECT_EQ(test, log.events[2], 0);
	expect_log(test, &log, 0, 2, 3);
	/* One that comes back is the last. */
	KUNIT_ASSERT_EQ(test, 0, target_tell_register(&targets[1]->watch, &source,
						      targets[1]));
	kown_source_fire(&source, 2);
	expect_log(test, &log, 0, 2, 3, 1);
	for (int i = 0; i < ARRAY_SIZE(targets); i++)
		target_arc_put(targets[i]);
	expect_drops(test, &w, 4);
	KUNIT_EXPECT_TRUE(test, list_empty(&source.watches));
	kown_source_free(&source);
}

static void watch_without_callback_does_nothing(struct kunit *test)
{
	struct witness w = {};
	struct kown_source source;
	struct target *target = target_new(test, &w, NULL, 1);
	struct kown_watch bare = {};

	kown_source_init(&source);
	KUNIT_EXPECT_EQ(test, 0, target_ignore_register(&target->watch, &source, target));
	KUNIT_EXPECT_EQ(test, 0, kown_watch_register(&bare, NULL, &source, NULL));
	kown_source_fire(&source, 1);
	kown_source_free(&source);
	KUNIT_EXPECT_EQ(test, told(target), 0);
	KUNIT_EXPECT_TRUE(test, kown_watch_unregister(&bare));
	KUNIT_EXPECT_TRUE(test, kown_watch_unregister(&target->watch));
	target_arc_put(target);
}

static void *seen_target;
static int seen;

static void see(struct kown_watch *watch, void *target, unsigned long event)
{
	seen_target = target;
	seen++;
}

static void watch_without_target_is_called_with_none(struct kunit *test)
{
	struct kown_source source;
	struct kown_watch watch = {};

	kown_source_init(&source);
	KUNIT_EXPECT_EQ(test, 0, kown_watch_register(&watch, see, &source, NULL));
	seen_target = &source;
	seen = 0;
	kown_source_fire(&source, 1);
	KUNIT_EXPECT_EQ(test, seen, 1);
	KUNIT_EXPECT_NULL(test, seen_target);
	KUNIT_EXPECT_TRUE(test, kown_watch_unregister(&watch));
	kown_source_fire(&source, 1);
	KUNIT_EXPECT_EQ(test, seen, 1);
	kown_source_free(&source);
}

static void watch_unregister_twice_is_once(struct kunit *test)
{
	struct kown_source source;
	struct kown_watch watch = {};

	kown_source_init(&source);
	KUNIT_EXPECT_FALSE(test, kown_watch_unregister(NULL));
	KUNIT_EXPECT_FALSE(test, kown_watch_unregister(&watch));
	KUNIT_EXPECT_EQ(test, 0, kown_watch_register(&watch, see, &source, NULL));
	KUNIT_EXPECT_TRUE(test, kown_watch_unregister(&watch));
	KUNIT_EXPECT_FALSE(test, kown_watch_unregister(&watch));
	kown_source_free(&source);
	KUNIT_EXPECT_FALSE(test, kown_watch_unregister(&watch));
}

/* Drops that may sleep do not go with a fire. */
KOWN_DEFINE_ARC(sleeper, struct target, target_drop, NULL, 0)
KOWN_DEFINE_WATCH(sleeper_tell, sleeper, struct target, target_tell)

static void watch_register_refuses(struct kunit *test)
{
	struct witness w = {};
	struct kown_source source, dead;
	struct target *target = target_new(test, &w, NULL, 1);
	struct target value = { .counted = counted(&w, 2) };
	struct target *sleeper = sleeper_arc_new(&value, GFP_KERNEL);
	struct kown_watch *watch = &target->watch;

	KUNIT_ASSERT_NOT_NULL(test, sleeper);
	kown_source_init(&source);
	kown_source_init(&dead);
	kown_source_free(&dead);
	KUNIT_EXPECT_EQ(test, -EINVAL, target_tell_register(watch, NULL, target));
	KUNIT_EXPECT_EQ(test, -EINVAL, sleeper_tell_register(watch, &source, sleeper));
	KUNIT_EXPECT_EQ(test, -ESTALE, target_tell_register(watch, &dead, target));
	KUNIT_EXPECT_NULL(test, memchr_inv(watch, 0, sizeof(*watch)));
	KUNIT_EXPECT_EQ(test, target_arc_weak_count(target), 0);
	KUNIT_EXPECT_EQ(test, 0, target_tell_register(watch, &source, target));
	KUNIT_EXPECT_EQ(test, -EBUSY, target_tell_register(watch, &source, target));
	KUNIT_EXPECT_EQ(test, target_arc_weak_count(target), 1);
	kown_source_fire(&source, 1);
	KUNIT_EXPECT_EQ(test, told(target), 1);
	kown_source_free(&source);
	/* Told that it died, and still registered. */
	KUNIT_EXPECT_EQ(test, -EBUSY, target_tell_register(watch, &source, target));
	target_arc_put(target);
	sleeper_arc_put(sleeper);
	expect_drops(test, &w, 2);
}

static void watch_fire_of_death_is_refused(struct kunit *test)
{
	struct kown_source source;
	struct kown_watch watch = {};

	kown_source_init(&source);
	KUNIT_EXPECT_EQ(test, 0, kown_watch_register(&watch, see, &source, NULL));
	seen = 0;
	expect_splat("module/watch.c");
	kown_source_fire(&source, KOWN_EVENT_DIED);
	KUNIT_EXPECT_EQ(test, seen, 0);
	kown_source_free(&source);
	KUNIT_EXPECT_EQ(test, seen, 1);
	kown_watch_unregister(&watch);
}

/* The target */

struct node {
	struct kown_watch watch;
	struct kown_arc arc;
	int drops;
	int frees;
	int told;
};

static void node_drop(struct node *node)
{
	node->drops++;
}

/* The memory is the test's own, so that it can see this happen. */
static void node_free(struct node *node)
{
	node->frees++;
}

KOWN_DEFINE_ARC_EMBEDDED(node, struct node, arc, node_drop, node_free, KOWN_ARC_NOSLEEP)

static void node_tell(struct kown_watch *watch, struct node *node, unsigned long event)
{
	node->told++;
}

KOWN_DEFINE_WATCH(node_tell, node, struct node, node_tell)

static void watch_holds_its_target_weakly(struct kunit *test)
{
	struct kown_source source;
	struct node node = {};

	kown_source_init(&source);
	node_arc_init(&node);
	KUNIT_EXPECT_EQ(test, 0, node_tell_register(&node.watch, &source, &node));
	KUNIT_EXPECT_EQ(test, node_arc_strong_count(&node), 1);
	KUNIT_EXPECT_EQ(test, node_arc_weak_count(&node), 1);
	kown_source_fire(&source, 1);
	KUNIT_EXPECT_EQ(test, node.told, 1);
	KUNIT_EXPECT_EQ(test, node_arc_strong_count(&node), 1);
	node_arc_put(&node);
	KUNIT_EXPECT_EQ(test, node.drops, 1);
	KUNIT_EXPECT_EQ(test, node.frees, 0);
	for (int i = 0; i < 10; i++)
		kown_source_fire(&source, 1);
	KUNIT_EXPECT_EQ(test, node.told, 1);
	KUNIT_EXPECT_TRUE(test, kown_watch_unregister(&node.watch));
	KUNIT_EXPECT_EQ(test, node.frees, 1);
	kown_source_free(&source);
}

static struct witness *dying_witness;
static int dying_drops_within;

/* Gives up the only other reference to its target. */
static void put_target(struct kown_watch *watch, struct target *target,
		       unsigned long event)
{
	target_arc_put(target);
	dying_drops_within = atomic_read(&dying_witness->drops);
	log_line(target->log, target->number, event);
}

KOWN_DEFINE_WATCH(put_target, target, struct target, put_target)

static void watch_target_outlives_its_callback(struct kunit *test)
{
	struct witness w = {};
	struct log log = {};
	struct kown_source source;
	struct target *first, *second;

	dying_witness = &w;
	dying_drops_within = -1;
	kown_source_init(&source);
	first = target_new(test, &w, &log, 1);
	second = target_new(test, &w, &log, 2);
	KUNIT_EXPECT_EQ(test, 0, put_target_register(&first->watch, &source, first));
	KUNIT_EXPECT_EQ(test, 0, target_tell_register(&second->watch, &source, second));
	/* The drop unregisters and frees, and the fire goes on. */
	kown_source_fire(&source, 1);
	KUNIT_EXPECT_EQ(test, dying_drops_within, 0);
	expect_drops(test, &w, 1);
	expect_log(test, &log, 1, 2);
	kown_source_fire(&source, 1);
	expect_log(test, &log, 2);
	target_arc_put(second);
	kown_source_free(&source);
}

/* Changes within a fire */

struct plan {
	struct kown_watch watch;
	struct log *log;
	int number;
	void (*act)(struct plan *plan);
	struct plan *other;
	struct kown_source *source;
	int result;
};

static void follow_plan(struct kown_watch *watch, void *target, unsigned long event)
{
	struct plan *plan = container_of(watch, struct plan, watch);

	log_line(plan->log, plan->number, event);
	if (plan->act)
		plan->act(plan);
}

static void unregister_self(struct plan *plan)
{
	plan->result = kown_watch_unregister(&plan->watch);
}

static void unregister_and_free_self(struct plan *plan)
{
	kown_watch_unregister(&plan->watch);
	kfree(plan);
}

static void unregister_other(struct plan *plan)
{
	plan->result = kown_watch_unregister(&plan->other->watch);
}

static void register_other(struct plan *plan)
{
	plan->result = kown_watch_register(&plan->other->watch, follow_plan,
					   plan->source, NULL);
}

static void register_self_again(struct plan *plan)
{
	kown_watch_unregister(&plan->watch);
	plan->result = kown_watch_register(&plan->watch, follow_plan, plan->source, NULL);
}

static void fire_again(struct plan *plan)
{
	plan->act = NULL;
	kown_source_fire(plan->source, 9);
}

static void plans_start(struct kunit *test, struct plan *plans, int n, struct log *log,
			struct kown_source *source)
{
	kown_source_init(source);
	for (int i = 0; i < n; i++) {
		plans[i] = (struct plan) {
			.log = log,
			.number = i,
			.source = source,
		};
		KUNIT_ASSERT_EQ(test, 0, kown_watch_register(&plans[i].watch, follow_plan,
							     source, NULL));
	}
}

static void plans_end(struct plan *plans, int n, struct kown_source *source)
{
	for (int i = 0; i < n; i++)
		kown_watch_unregister(&plans[i].watch);
	kown_source_free(source);
}

static void watch_unregisters_itself(struct kunit *test)
{
	struct log log = {};
	struct kown_source source;
	struct plan plans[4];

	plans_start(test, plans, 4, &log, &source);
	plans[0].act = unregister_self;
	plans[2].act = unregister_self;
	plans[3].act = unregister_self;
	kown_source_fire(&source, 1);
	expect_log(test, &log, 0, 1, 2, 3);
	KUNIT_EXPECT_EQ(test, plans[2].result, true);
	kown_source_fire(&source, 1);
	expect_log(test, &log, 1);
	KUNIT_EXPECT_FALSE(test, kown_watch_unregister(&plans[3].watch));
	plans_end(plans, 4, &source);
}

static void watch_frees_itself(struct kunit *test)
{
	struct log log = {};
	struct kown_source source;
	struct plan ends[2];
	struct plan *middle = kzalloc(sizeof(*middle), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, middle);
	plans_start(test, &ends[0], 1, &log, &source);
	*middle = (struct plan) {
		.log = &log,
		.number = 5,
		.act = unregister_and_free_self,
	};
	ends[1] = (struct plan) { .log = &log, .number = 6 };
	KUNIT_EXPECT_EQ(test, 0, kown_watch_register(&middle->watch, follow_plan, &source,
						     NULL));
	KUNIT_EXPECT_EQ(test, 0, kown_watch_register(&ends[1].watch, follow_plan, &source,
						     NULL));
	kown_source_fire(&source, 1);
	expect_log(test, &log, 0, 5, 6);
	kown_source_fire(&source, 1);
	expect_log(test, &log, 0, 6);
	plans_end(ends, 2, &source);
}

static void watch_unregisters_another(struct kunit *test)
{
	struct log log = {};
	struct kown_source source;
	struct plan plans[4];

	/* The next, which is then not called; and one that was called already. */
	plans_start(test, plans, 4, &log, &source);
	plans[1].act = unregister_other;
	plans[1].other = &plans[2];
	plans[3].act = unregister_other;
	plans[3].other = &plans[0];
	kown_source_fire(&source, 1);
	expect_log(test, &log, 0, 1, 3);
	KUNIT_EXPECT_EQ(test, plans[1].result, true);
	kown_source_fire(&source, 1);
	expect_log(test, &log, 1, 3);
	KUNIT_EXPECT_EQ(test, plans[1].result, false);
	plans_end(plans, 4, &source);
}

static void watch_registered_within_a_fire_waits_for_the_next(struct kunit *test)
{
	struct log log = {};
	struct kown_source source;
	struct plan plans[2];
	struct plan late = { .log = &log, .number = 7 };

	plans_start(test, plans, 2, &log, &source);
	plans[0].act = register_other;
	plans[0].other = &late;
	kown_source_fire(&source, 1);
	expect_log(test, &log, 0, 1);
	KUNIT_EXPECT_EQ(test, plans[0].result, 0);
	kown_source_fire(&source, 1);
	expect_log(test, &log, 0, 1, 7);
	KUNIT_EXPECT_EQ(test, plans[0].result, -EBUSY);
	kown_watch_unregister(&late.watch);
	plans_end(plans, 2, &source);
}

static void watch_is_not_registered_again_within_its_callback(struct kunit *test)
{
	struct log log = {};
	struct kown_source source;
	struct plan plan;

	plans_start(test, &plan, 1, &log, &source);
	plan.act = register_self_again;
	kown_source_fire(&source, 1);
	KUNIT_EXPECT_EQ(test, plan.result, -EBUSY);
	kown_source_fire(&source, 1);
	expect_log(test, &log, 0);
	KUNIT_EXPECT_EQ(test, 0, kown_watch_register(&plan.watch, follow_plan, &source,
						     NULL));
	plan.act = NULL;
	kown_source_fire(&source, 1);
	expect_log(test, &log, 0);
	plans_end(&plan, 1, &source);
}

static void watch_fires_its_own_source(struct kunit *test)
{
	struct log log = {};
	struct kown_source source;
	struct plan plans[3];

	plans_start(test, plans, 3, &log, &source);
	plans[1].act = fire_again;
	kown_source_fire(&source, 1);
	expect_log(test, &log, 0, 1, 0, 1, 2, 2);
	plans_end(plans, 3, &source);
}

/* A callback within a callback of the same watch unregisters it: both are forgotten. */
static void watch_unregisters_itself_in_a_fire_within_a_fire(struct kunit *test)
{
	struct log log = {};
	struct kown_source source;
	struct plan plans[3];

	plans_start(test, plans, 3, &log, &source);
	plans[0].act = fire_again;
	plans[1].act = unregister_other;
	plans[1].other = &plans[0];
	kown_source_fire(&source, 1);
	expect_log(test, &log, 0, 0, 1, 2, 1, 2);
	kown_source_fire(&source, 1);
	expect_log(test, &log, 1, 2);
	plans_end(plans, 3, &source);
}

/* Contexts */

static void watch_fires_with_interrupts_off(struct kunit *test)
{
	struct log log = {};
	struct kown_source source;
	struct plan plans[2];
	unsigned long flags;
	bool off;

	plans_start(test, plans, 2, &log, &source);
	plans[1].act = unregister_self;
	local_irq_save(flags);
	kown_source_fire(&source, 1);
	kown_watch_unregister(&plans[0].watch);
	off = irqs_disabled();
	local_irq_restore(flags);
	KUNIT_EXPECT_TRUE(test, off);
	expect_log(test, &log, 0, 1);
	KUNIT_EXPECT_TRUE(test, list_empty(&source.watches));
	plans_end(plans, 2, &source);
}

struct alarm_clock {
	struct timer_list timer;
	struct kown_source source;
	struct completion done;
};

static void alarm_rings(struct timer_list *timer)
{
	struct alarm_clock *alarm = container_of(timer, struct alarm_clock, timer);

	kown_source_fire(&alarm->source, 3);
	complete(&alarm->done);
}

static void watch_fires_in_a_softirq(struct kunit *test)
{
	struct witness w = {};
	struct alarm_clock alarm;
	struct target *target = target_new(test, &w, NULL, 1);

	kown_source_init(&alarm.source);
	init_completion(&alarm.done);
	KUNIT_EXPECT_EQ(test, 0, target_tell_register(&target->watch, &alarm.source, target));
	timer_setup_on_stack(&alarm.timer, alarm_rings, 0);
	mod_timer(&alarm.timer, jiffies + 1);
	wait_for_completion(&alarm.done);
	timer_delete_sync(&alarm.timer);
	kown_timer_destroy_on_stack(&alarm.timer);
	KUNIT_EXPECT_EQ(test, target->last, 3);
	target_arc_put(target);
	expect_drops(test, &w, 1);
	kown_source_free(&alarm.source);
}

/* Death */

struct mortal {
	struct counted counted;
};

static void mortal_drop(struct mortal *mortal)
{
	counted_drop(&mortal->counted);
}

KOWN_DEFINE_ARC(mortal, struct mortal, mortal_drop, NULL, KOWN_ARC_WATCHED)
KOWN_DEFINE_WEAK(mortal, struct mortal)

static struct mortal *mortal_new(struct kunit *test, struct witness *w)
{
	struct mortal value = { .counted = counted(w, 1) };
	struct mortal *mortal = mortal_arc_new(&value, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, mortal);
	return mortal;
}

static int watch_death(struct target *target, struct mortal *mortal)
{
	return target_tell_register(&target->watch,
				    kown_arc_source(mortal_arc_upcast(mortal)), target);
}

static void death_is_told_once_after_the_last_put(struct kunit *test)
{
	struct witness w = {}, tw = {};
	struct mortal *mortal = mortal_new(test, &w);
	struct target *target = target_new(test, &tw, NULL, 1);

	KUNIT_EXPECT_EQ(test, 0, watch_death(target, mortal));
	/* To be watched is not to be referenced. */
	KUNIT_EXPECT_EQ(test, mortal_arc_strong_count(mortal), 1);
	KUNIT_EXPECT_TRUE(test, mortal_arc_is_unique(mortal));
	mortal_arc_get(mortal);
	mortal_arc_put(mortal);
	KUNIT_EXPECT_EQ(test, told(target), 0);
	kown_source_fire(kown_arc_source(mortal_arc_upcast(mortal)), 5);
	KUNIT_EXPECT_EQ(test, told(target), 1);
	KUNIT_EXPECT_EQ(test, target->last, 5);
	mortal_arc_put(mortal);
	KUNIT_EXPECT_EQ(test, told(target), 2);
	KUNIT_EXPECT_EQ(test, target->last, KOWN_EVENT_DIED);
	expect_drops(test, &w, 1);
	/* The arc's memory is gone; that of the watch is not. */
	KUNIT_EXPECT_TRUE(test, kown_watch_unregister(&target->watch));
	KUNIT_EXPECT_EQ(test, told(target), 2);
	target_arc_put(target);
	expect_drops(test, &tw, 1);
}

static struct witness *death_witness;
static int death_drops;

static void see_death(struct kown_watch *watch, void *target, unsigned long event)
{
	death_drops = atomic_read(&death_witness->drops);
}

static void death_is_told_when_the_value_is_dropped(struct kunit *test)
{
	struct witness w = {};
	struct mortal *mortal = mortal_new(test, &w);
	struct kown_watch watch = {};

	death_witness = &w;
	death_drops = -1;
	KUNIT_EXPECT_EQ(test, 0,
			kown_watch_register(&watch, see_death,
					    kown_arc_source(mortal_arc_upcast(mortal)),
					    NULL));
	mortal_arc_put(mortal);
	KUNIT_EXPECT_EQ(test, death_drops, 1);
	KUNIT_EXPECT_TRUE(test, kown_watch_unregister(&watch));
}

static void death_of_a_value_that_moves_out(struct kunit *test)
{
	struct witness w = {}, tw = {};
	struct target *target = target_new(test, &tw, NULL, 1);
	struct mortal *mortal = mortal_new(test, &w), out;

	KUNIT_EXPECT_EQ(test, 0, watch_death(target, mortal));
	mortal_arc_get(mortal);
	KUNIT_EXPECT_EQ(test, -EBUSY, mortal_arc_take(mortal, &out));
	KUNIT_EXPECT_EQ(test, told(target), 0);
	KUNIT_EXPECT_FALSE(test, mortal_arc_into_inner(mortal, &out));
	KUNIT_EXPECT_EQ(test, told(target), 0);
	KUNIT_EXPECT_EQ(test, 0, mortal_arc_take(mortal, &out));
	KUNIT_EXPECT_EQ(test, told(target), 1);
	KUNIT_EXPECT_EQ(test, target->last, KOWN_EVENT_DIED);
	expect_drops(test, &w, 0);
	kown_watch_unregister(&target->watch);

	mortal = mortal_new(test, &w);
	KUNIT_EXPECT_EQ(test, 0, watch_death(target, mortal));
	KUNIT_EXPECT_TRUE(test, mortal_arc_into_inner(mortal, &out));
	KUNIT_EXPECT_EQ(test, told(target), 2);
	target_arc_put(target);
}

static void death_of_what_never_lived(struct kunit *test)
{
	struct witness tw = {};
	struct target *target = target_new(test, &tw, NULL, 1);
	struct mortal *mortal = mortal_arc_new_uninit(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, mortal);
	KUNIT_EXPECT_EQ(test, 0, watch_death(target, mortal));
	mortal_arc_abandon(mortal);
	KUNIT_EXPECT_EQ(test, told(target), 1);
	KUNIT_EXPECT_TRUE(test, kown_watch_unregister(&target->watch));
	target_arc_put(target);
}

static void death_is_told_to_all_who_watch(struct kunit *test)
{
	struct witness w = {}, tw = {};
	struct log log = {};
	struct mortal *mortal = mortal_new(test, &w);
	struct mortal_weak *weak = mortal_arc_downgrade(mortal);
	struct target *targets[5];

	for (int i = 0; i < ARRAY_SIZE(targets); i++) {
		targets[i] = target_new(test, &tw, &log, i);
		KUNIT_EXPECT_EQ(test, 0, watch_death(targets[i], mortal));
	}
	kown_watch_unregister(&targets[1]->watch);
	target_arc_put(targets[3]);
	mortal_arc_put(mortal);
	expect_log(test, &log, 0, 2, 4);
	/* A weak reference keeps the memory, in which one can ask still. */
	KUNIT_EXPECT_EQ(test, -ESTALE, watch_death(targets[1], mortal));
	mortal_weak_put(weak);
	for (int i = 0; i < ARRAY_SIZE(targets); i++)
		if (i != 3)
			target_arc_put(targets[i]);
	expect_drops(test, &tw, 5);
}

static void death_ends_only_its_own_watches(struct kunit *test)
{
	struct log log = {};
	struct kown_source a, b;
	struct plan plans[2], others[2];

	/* The first to be told unregisters the second, which then is not told. */
	plans_start(test, plans, 2, &log, &a);
	plans_start(test, others, 2, &log, &b);
	plans[0].act = unregister_other;
	plans[0].other = &plans[1];
	kown_source_free(&a);
	KUNIT_EXPECT_EQ(test, log.events[0], KOWN_EVENT_DIED);
	expect_log(test, &log, 0);
	KUNIT_EXPECT_EQ(test, plans[0].result, true);
	kown_source_fire(&b, 1);
	expect_log(test, &log, 0, 1);
	plans_end(plans, 2, &a);
	plans_end(others, 2, &b);
	KUNIT_EXPECT_EQ(test, log.lines, 0);
	kown_source_free(NULL);
}

struct watched {
	struct witness *w;
	struct kown_arc_watched counts;
};

static void watched_drop(struct watched *watched)
{
	atomic_inc(&watched->w->drops);
}

static void watched_free(struct watched *watched)
{
	kfree(watched);
}

KOWN_DEFINE_ARC_EMBEDDED(watched, struct watched, counts.linked.arc, watched_drop,
			 watched_free, KOWN_ARC_WATCHED | KOWN_ARC_DEFER | KOWN_ARC_RCU)

static void death_of_a_deferred_embedded_arc(struct kunit *test)
{
	struct witness w = {}, tw = {};
	struct target *target = target_new(test, &tw, NULL, 1);
	struct watched *watched = kzalloc(sizeof(*watched), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, watched);
	watched->w = &w;
	watched_arc_init(watched);
	KUNIT_EXPECT_EQ(test, 0,
			target_tell_register(&target->watch,
					     kown_arc_source(watched_arc_upcast(watched)),
					     target));
	watched_arc_put_atomic(watched);
	kown_flush_deferred();
	expect_drops(test, &w, 1);
	KUNIT_EXPECT_EQ(test, told(target), 1);
	KUNIT_EXPECT_EQ(test, target->last, KOWN_EVENT_DIED);
	target_arc_put(target);
}

static void death_is_not_of_unwatched_arcs(struct kunit *test)
{
	struct witness w = {};
	struct target *target = target_new(test, &w, NULL, 1);

	KUNIT_EXPECT_NULL(test, kown_arc_source(target_arc_upcast(target)));
	KUNIT_EXPECT_EQ(test, sizeof(struct kown_arc), 8 + sizeof(void *));
	target_arc_put(target);
}

/*
 * Random: registered or not is all that a model must know of each watch, and in which
 * order they came.
 */

#define MANY	24

static void watch_random_changes_against_a_model(struct kunit *test)
{
	struct log log = {};
	struct kown_source source;
	struct plan *plans = kunit_kcalloc(test, MANY, sizeof(*plans), GFP_KERNEL);
	int order[MANY], n = 0;

	KUNIT_ASSERT_NOT_NULL(test, plans);
	kown_source_init(&source);
	for (int i = 0; i < MANY; i++)
		plans[i] = (struct plan) { .log = &log, .number = i };
	for (int step = 0; step < 3000; step++) {
		int pick = get_random_u32() % MANY, at;

		for (at = 0; at < n && order[at] != pick; at++)
			;
		if (at < n) {
			KUNIT_ASSERT_TRUE(test, kown_watch_unregister(&plans[pick].watch));
			memmove(&order[at], &order[at + 1], (--n - at) * sizeof(order[0]));
		} else {
			KUNIT_ASSERT_FALSE(test, kown_watch_unregister(&plans[pick].watch));
			KUNIT_ASSERT_EQ(test, 0, kown_watch_register(&plans[pick].watch,
								     follow_plan, &source,
								     NULL));
			order[n++] = pick;
		}
		kown_source_fire(&source, step);
		KUNIT_ASSERT_EQ(test, log.lines, n);
		KUNIT_ASSERT_EQ(test, 0, memcmp(log.numbers, order, n * sizeof(order[0])));
		log.lines = 0;
	}
	kown_source_free(&source);
	KUNIT_EXPECT_EQ(test, log.lines, n);
	plans_end(plans, MANY, &source);
}

static struct kunit_case watch_cases[] = {
	KUNIT_CASE(watch_is_told_events_in_order),
	KUNIT_CASE(watch_without_callback_does_nothing),
	KUNIT_CASE(watch_without_target_is_called_with_none),
	KUNIT_CASE(watch_unregister_twice_is_once),
	KUNIT_CASE(watch_register_refuses),
	KUNIT_CASE(watch_fire_of_death_is_refused),
	KUNIT_CASE(watch_holds_its_target_weakly),
	KUNIT_CASE(watch_target_outlives_its_callback),
	KUNIT_CASE(watch_unregisters_itself),
	KUNIT_CASE(watch_frees_itself),
	KUNIT_CASE(watch_unregisters_another),
	KUNIT_CASE(watch_registered_within_a_fire_waits_for_the_next),
	KUNIT_CASE(watch_is_not_registered_again_within_its_callback),
	KUNIT_CASE(watch_fires_its_own_source),
	KUNIT_CASE(watch_unregisters_itself_in_a_fire_within_a_fire),
	KUNIT_CASE(watch_fires_with_interrupts_off),
	KUNIT_CASE(watch_fires_in_a_softirq),
	KUNIT_CASE(death_is_told_once_after_the_last_put),
	KUNIT_CASE(death_is_told_when_the_value_is_dropped),
	KUNIT_CASE(death_of_a_value_that_moves_out),
	KUNIT_CASE(death_of_what_never_lived),
	KUNIT_CASE(death_is_told_to_all_who_watch),
	KUNIT_CASE(death_ends_only_its_own_watches),
	KUNIT_CASE(death_of_a_deferred_embedded_arc),
	KUNIT_CASE(death_is_not_of_unwatched_arcs),
	KUNIT_CASE(watch_random_changes_against_a_model),
	{}
};

static struct kunit_suite watch_suite = {
	.name = "kown_watch",
	.test_cases = watch_cases,
};

kunit_test_suite(watch_suite);
