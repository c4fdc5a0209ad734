// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of Vec against its model.
 */
#include <kunit/test.h>
#include <linux/moduleparam.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "model.h"

static unsigned long model_runs = 3000;
module_param(model_runs, ulong, 0444);
MODULE_PARM_DESC(model_runs, "Random sequences of operations (default 3000)");

static unsigned long model_seed;
module_param(model_seed, ulong, 0444);
MODULE_PARM_DESC(model_seed, "Of the random numbers (default 0: another each time)");

static void say(const char *text)
{
	pr_cont("%s", text);
}


static bool fails(const u8 *bytes, size_t size, void *context)
{
	return model_run(bytes, size, NULL);
}

static void report(struct kunit *test, u8 *bytes, size_t size)
{
	size = model_shrink(bytes, size, fails, NULL);
	kunit_err(test, "the shortest way there:");
	KUNIT_FAIL(test, "%s", model_run(bytes, size, say));
	kunit_err(test, "on the host: model -x %*phN", (int)min_t(size_t, size, 64), bytes);
}

static void vec_agrees_with_its_model(struct kunit *test)
{
	u64 seed = model_seed ?: get_random_u64();
	u8 *bytes = kunit_kzalloc(test, MODEL_BYTES, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bytes);
	kunit_info(test, "seed %llu", seed);
	model_count = (struct model_count){};
	for (u64 number = 0; number < model_runs; number++) {
		size_t size = model_random(bytes, seed, number);

		cond_resched();
		if (!model_run(bytes, size, NULL))
			continue;
		report(test, bytes, size);
		break;
	}
	kunit_info(test, "%llu runs, %llu operations, %llu of them refused",
		   model_count.runs, model_count.ops, model_count.refusals);
	KUNIT_EXPECT_GT(test, model_count.ops, model_runs);
}

static struct kunit_case model_cases[] = {
	KUNIT_CASE(vec_agrees_with_its_model),
	{}
};

static struct kunit_suite model_suite = {
	.name = "kown_model",
	.test_cases = model_cases,
};

kunit_test_suite(model_suite);
