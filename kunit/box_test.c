// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for Box.
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/slab.h>

#include <kown/box.h>

#include "counted.h"

KOWN_DEFINE_BOX(counted, struct counted, counted_drop, counted_clone, 0)
KOWN_DEFINE_BOX(unclonable, struct counted, counted_drop, NULL, 0)

struct huge {
	struct counted counted;
	u8 bytes[BYTES_TOO_MANY];
};

static void huge_drop(struct huge *huge)
{
	counted_drop(&huge->counted);
}

KOWN_DEFINE_BOX(huge, struct huge, huge_drop, NULL, 0)

struct empty {};

KOWN_DEFINE_BOX(empty, struct empty, NULL, NULL, 0)

static struct counted *box_of(struct kunit *test, struct witness *w, u64 value)
{
	struct counted c = counted(w, value);
	struct counted *box = counted_box_new(&c, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, box);
	return box;
}

static void box_new_moves_in_and_free_drops(struct kunit *test)
{
	struct witness w = {};
	struct counted *box = box_of(test, &w, 3);

	KUNIT_EXPECT_EQ(test, box->value, 3);
	expect_drops(test, &w, 0);
	counted_box_free(box);
	expect_drops(test, &w, 1);
	counted_box_free(NULL);
	counted_box_free_uninit(NULL);
	expect_drops(test, &w, 1);
}

static void box_new_without_memory_keeps_the_value(struct kunit *test)
{
	struct witness w = {};
	struct huge *value = kvzalloc(sizeof(*value), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, value);
	value->counted = counted(&w, 1);
	KUNIT_EXPECT_NULL(test, huge_box_new(value, GFP_FAILS));
	KUNIT_EXPECT_NULL(test, huge_box_new_uninit(GFP_FAILS));
	KUNIT_EXPECT_NULL(test, huge_box_new_zeroed(GFP_FAILS));
	KUNIT_EXPECT_EQ(test, -ENOMEM, PTR_ERR(huge_box_clone(value, GFP_FAILS)));
	KUNIT_EXPECT_EQ(test, value->counted.state, COUNTED_ALIVE);
	expect_drops(test, &w, 0);
	kvfree(value);
}

static void box_larger_than_kmalloc_works(struct kunit *test)
{
	struct witness w = {};
	struct huge *box = huge_box_new_zeroed(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, box);
	KUNIT_EXPECT_NULL(test, memchr_inv(box, 0, sizeof(*box)));
	box->counted = counted(&w, 1);
	huge_box_free(box);
	expect_drops(test, &w, 1);
}

static void box_uninit_is_freed_without_drop(struct kunit *test)
{
	struct witness w = {};
	struct counted *box = counted_box_new_uninit(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, box);
	counted_box_free_uninit(box);
	box = counted_box_new_uninit(GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, box);
	*box = counted(&w, 1);
	counted_box_free(box);
	expect_drops(test, &w, 1);
}

static void box_zeroed_is_zero(struct kunit *test)
{
	struct counted *box;

	/* Make it likely that the memory was used before. */
	box = counted_box_new_uninit(GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, box);
	memset(box, 0x5a, sizeof(*box));
	counted_box_free_uninit(box);
	box = counted_box_new_zeroed(GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, box);
	KUNIT_EXPECT_NULL(test, memchr_inv(box, 0, sizeof(*box)));
	counted_box_free_uninit(box);
}

static void box_into_inner_moves_out(struct kunit *test)
{
	struct witness w = {};
	struct counted out = {};

	counted_box_into_inner(box_of(test, &w, 4), &out);
	KUNIT_EXPECT_EQ(test, out.value, 4);
	KUNIT_EXPECT_EQ(test, out.state, COUNTED_ALIVE);
	expect_drops(test, &w, 0);
}

static void box_raw_goes_out_and_back(struct kunit *test)
{
	struct witness w = {};
	struct counted *box = box_of(test, &w, 4);
	void *raw = counted_box_into_raw(box);

	KUNIT_EXPECT_PTR_EQ(test, raw, (void *)box);
	KUNIT_EXPECT_PTR_EQ(test, counted_box_from_raw(raw), box);
	counted_box_free(counted_box_from_raw(raw));
	expect_drops(test, &w, 1);
}

static void box_leaked_is_not_dropped(struct kunit *test)
{
	struct witness w = {};
	struct counted *leaked;

	{
		struct counted *box __free(counted_box_free) = box_of(test, &w, 4);

		leaked = counted_box_leak(no_free_ptr(box));
	}
	KUNIT_EXPECT_EQ(test, leaked->state, COUNTED_ALIVE);
	expect_drops(test, &w, 0);
	counted_box_free(leaked);
}

static void box_clone_is_another(struct kunit *test)
{
	struct witness w = {};
	struct counted *box = box_of(test, &w, 4), *other;

	other = counted_box_clone(box, GFP_KERNEL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(other));
	KUNIT_EXPECT_PTR_NE(test, other, box);
	KUNIT_EXPECT_EQ(test, other->value, 4);
	w.clone_fails = -EIO;
	KUNIT_EXPECT_EQ(test, -EIO, PTR_ERR(counted_box_clone(box, GFP_KERNEL)));
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, PTR_ERR(unclonable_box_clone(box, GFP_KERNEL)));
	expect_drops(test, &w, 0);
	counted_box_free(box);
	counted_box_free(other);
	expect_drops(test, &w, 2);
}

static void box_scope_frees_and_moves(struct kunit *test)
{
	struct witness w = {};
	struct counted *kept;

	{
		struct counted *a __free(counted_box_free) = box_of(test, &w, 1);
		struct counted *b __free(counted_box_free) = box_of(test, &w, 2);

		KUNIT_EXPECT_EQ(test, a->value, 1);
		kept = no_free_ptr(b);
	}
	expect_drops(test, &w, 1);
	counted_box_free(kept);
	expect_drops(test, &w, 2);
}

static void box_of_nothing_has_an_address(struct kunit *test)
{
	struct empty *a = empty_box_new(&(struct empty){}, GFP_KERNEL);
	struct empty *b = empty_box_new(&(struct empty){}, GFP_KERNEL);

	KUNIT_EXPECT_NOT_NULL(test, a);
	KUNIT_EXPECT_NOT_NULL(test, b);
	KUNIT_EXPECT_PTR_NE(test, a, b);
	empty_box_free(a);
	empty_box_free(b);
}

struct errand {
	struct counted *box;
	struct completion done;
};

static int free_it(void *data)
{
	struct errand *errand = data;

	counted_box_free(errand->box);
	complete(&errand->done);
	return 0;
}

static void box_is_freed_by_another_thread(struct kunit *test)
{
	struct witness w = {};
	struct errand errand = { .box = box_of(test, &w, 1) };

	init_completion(&errand.done);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(free_it, &errand, "kown-box")));
	wait_for_completion(&errand.done);
	expect_drops(test, &w, 1);
}

/* Alignment, in memory that kmalloc() would not align so by itself. */

struct align_case {
	size_t size;
	size_t align;
};

static const struct align_case align_cases[] = {
	{ 0, 0 }, { 1, 1 }, { 3, 1 }, { 8, 8 }, { 96, 16 }, { 96, 32 }, { 192, 64 },
	{ 192, 128 }, { 1, 4096 }, { 4096, 4096 }, { 4097, 4096 }, { 5000, 4096 },
	{ 8191, 2048 }, { 8193, 4096 }, { 12288, 4096 }, { 100000, 4096 },
	{ KMALLOC_MAX_SIZE + 4096, 4096 },
};

static void align_desc(const struct align_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%zu bytes at %zu", c->size, c->align);
}

KUNIT_ARRAY_PARAM(align, align_cases, align_desc);

static void box_is_aligned(struct kunit *test)
{
	const struct align_case *c = test->param_value;
	struct kown_box_type types[] = {
		{ .value = { .size = c->size, .align = c->align } },
		{ .value = { .size = c->size, .align = c->align },
		  .flags = KOWN_BOX_ITERATIVE },
	};
	void *boxes[16];

	for (int t = 0; t < ARRAY_SIZE(types); t++) {
		int n = c->size > 1 << 20 ? 1 : ARRAY_SIZE(boxes);

		for (int i = 0; i < n; i++) {
			boxes[i] = kown_box_new_uninit(&types[t], GFP_KERNEL);
			KUNIT_ASSERT_NOT_NULL(test, boxes[i]);
			KUNIT_EXPECT_TRUE(test, IS_ALIGNED((unsigned long)boxes[i],
							   max_t(size_t, c->align, 1)));
			memset(boxes[i], 0x5a, c->size);
		}
		for (int i = 0; i < n; i++)
			kown_box_free(&types[t], boxes[i]);
	}
}

static struct kunit_case box_cases[] = {
	KUNIT_CASE(box_new_moves_in_and_free_drops),
	KUNIT_CASE(box_new_without_memory_keeps_the_value),
	KUNIT_CASE(box_larger_than_kmalloc_works),
	KUNIT_CASE(box_uninit_is_freed_without_drop),
	KUNIT_CASE(box_zeroed_is_zero),
	KUNIT_CASE(box_into_inner_moves_out),
	KUNIT_CASE(box_raw_goes_out_and_back),
	KUNIT_CASE(box_leaked_is_not_dropped),
	KUNIT_CASE(box_clone_is_another),
	KUNIT_CASE(box_scope_frees_and_moves),
	KUNIT_CASE(box_of_nothing_has_an_address),
	KUNIT_CASE(box_is_freed_by_another_thread),
	KUNIT_CASE_PARAM(box_is_aligned, align_gen_params),
	{}
};

static struct kunit_suite box_suite = {
	.name = "kown_box",
	.test_cases = box_cases,
};

kunit_test_suite(box_suite);
