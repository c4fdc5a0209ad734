// SPDX-License-Identifier: GPL-2.0
/*
 * Plant: one bug of each class, to see that each is found. Not a test of kown, and never
 * built with one: CONFIG_KOWN_PLANT.
 */
#include <kunit/test.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <kown/weak.h>

#include "race.h"

/* An array at the end could have any length. */
struct plant {
	u64 array[3];
	u64 value;
};

KOWN_DEFINE_ARC(plant, struct plant, NULL, NULL, 0)
KOWN_DEFINE_WEAK(plant, struct plant)

/* The log is read by what stands below this line. */
#define planted(name)	pr_info("plant: %s\n", name)

static struct plant *new(struct kunit *test)
{
	struct plant *plant = plant_arc_new(&(struct plant) {}, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, plant);
	return plant;
}

/* The first report ends lockdep, and so does one of KASAN's: this goes before those. */
static void lock_inversion(struct kunit *test)
{
	static DEFINE_MUTEX(one);
	static DEFINE_MUTEX(other);

	planted("lock inversion");
	mutex_lock(&one);
	mutex_lock(&other);
	mutex_unlock(&other);
	mutex_unlock(&one);

	mutex_lock(&other);
	mutex_lock(&one);
	mutex_unlock(&one);
	mutex_unlock(&other);
}

static void sleep_in_atomic(struct kunit *test)
{
	static DEFINE_SPINLOCK(lock);
	struct plant *plant = new(test);

	planted("sleep in atomic");
	spin_lock(&lock);
	plant_arc_put(plant);
	spin_unlock(&lock);
}

static void refcount_misuse(struct kunit *test)
{
	struct plant *plant = new(test);
	struct plant_weak *weak = plant_arc_downgrade(plant);

	planted("refcount misuse");
	plant_arc_put(plant);
	plant_arc_put(plant);
	plant_weak_put(weak);
}

static bool always(void *context)
{
	return true;
}

static void scribble(void *context)
{
	struct plant *plant = context;

	for (int i = 0; i < 100; i++) {
		plant->value++;
		barrier();
	}
}

static void racing_writes(struct kunit *test)
{
	struct plant *plant = new(test);

	planted("data race");
	race_run(test, &(struct race) {
		.context = plant,
		.prepare = always,
		.check = always,
		.sides = { scribble, scribble },
	}, 5000);
	plant_arc_put(plant);
}

static void index_out_of_bounds(struct kunit *test)
{
	struct plant *plant = new(test);
	int beyond = ARRAY_SIZE(plant->array);

	planted("index out of bounds");
	OPTIMIZER_HIDE_VAR(beyond);
	WRITE_ONCE(plant->value, plant->array[beyond]);
	plant_arc_put(plant);
}

static void out_of_bounds(struct kunit *test)
{
	struct plant *plant = new(test);
	u8 *bytes = (u8 *)plant;

	planted("out of bounds");
	OPTIMIZER_HIDE_VAR(bytes);
	WRITE_ONCE(plant->value, bytes[sizeof(*plant)]);
	plant_arc_put(plant);
}

static void use_after_free(struct kunit *test)
{
	struct plant *plant = new(test);

	planted("use after free");
	plant_arc_put(plant);
	READ_ONCE(plant->value);
}

/* Found when all is over, by leak_test.c. */
static void leak(struct kunit *test)
{
	planted("leak");
	for (int i = 0; i < 10; i++) {
		struct plant *plant = new(test);

		OPTIMIZER_HIDE_VAR(plant);
	}
}

static struct kunit_case plant_cases[] = {
	KUNIT_CASE(lock_inversion),
	KUNIT_CASE(sleep_in_atomic),
	KUNIT_CASE(refcount_misuse),
	KUNIT_CASE(racing_writes),
	KUNIT_CASE(index_out_of_bounds),
	KUNIT_CASE(out_of_bounds),
	KUNIT_CASE(use_after_free),
	KUNIT_CASE(leak),
	{}
};

static struct kunit_suite plant_suite = {
	.name = "kown_plant",
	.test_cases = plant_cases,
};

kunit_test_suite(plant_suite);
