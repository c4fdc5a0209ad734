// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for Poison, beside a lock of its user's choice.
 */
#include <kunit/test.h>
#include <linux/rwsem.h>

#include <kown/poison.h>

/* Two halves that are equal, unless a writer gave up between them. */
struct index {
	struct rw_semaphore sem;
	struct kown_poison poison;
	int left;
	int right;
};

static void index_init(struct index *index)
{
	*index = (struct index) {};
	init_rwsem(&index->sem);
}

static int index_write(struct index *index, int value, bool fails)
{
	int err;

	down_write(&index->sem);
	err = kown_poison_check(&index->poison);
	index->left = value;
	if (fails)
		kown_poison_set(&index->poison);
	else
		index->right = value;
	up_write(&index->sem);
	return err;
}

static int index_read(struct index *index, bool *whole)
{
	int err;

	down_read(&index->sem);
	err = kown_poison_check(&index->poison);
	*whole = index->left == index->right;
	up_read(&index->sem);
	return err;
}

static void poison_of_zeroed_memory_is_not_set(struct kunit *test)
{
	struct kown_poison poison = {};

	KUNIT_EXPECT_EQ(test, kown_poison_check(&poison), 0);
	KUNIT_EXPECT_FALSE(test, kown_is_poisoned(&poison));
}

static void poison_set_stays_until_cleared(struct kunit *test)
{
	struct kown_poison poison = {};

	kown_poison_set(&poison);
	kown_poison_set(&poison);
	for (int i = 0; i < 10; i++) {
		KUNIT_EXPECT_EQ(test, kown_poison_check(&poison), -EOWNERDEAD);
		KUNIT_EXPECT_TRUE(test, kown_is_poisoned(&poison));
	}
	kown_poison_clear(&poison);
	KUNIT_EXPECT_EQ(test, kown_poison_check(&poison), 0);
	KUNIT_EXPECT_FALSE(test, kown_is_poisoned(&poison));
	kown_poison_clear(&poison);
	KUNIT_EXPECT_FALSE(test, kown_is_poisoned(&poison));
}

static void poison_costs_one_byte(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, sizeof(struct kown_poison), 1);
}

static void poison_tells_readers_and_writers_of_a_rwsem(struct kunit *test)
{
	struct index index;
	bool whole;

	index_init(&index);
	KUNIT_EXPECT_EQ(test, index_write(&index, 1, false), 0);
	KUNIT_EXPECT_EQ(test, index_read(&index, &whole), 0);
	KUNIT_EXPECT_TRUE(test, whole);

	KUNIT_EXPECT_EQ(test, index_write(&index, 2, true), 0);
	KUNIT_EXPECT_TRUE(test, kown_is_poisoned(&index.poison));
	KUNIT_EXPECT_EQ(test, index_read(&index, &whole), -EOWNERDEAD);
	KUNIT_EXPECT_FALSE(test, whole);

	/* A reader repairs nothing; a writer may, and says so. */
	KUNIT_EXPECT_EQ(test, index_write(&index, 3, false), -EOWNERDEAD);
	KUNIT_EXPECT_EQ(test, index_read(&index, &whole), -EOWNERDEAD);
	KUNIT_EXPECT_TRUE(test, whole);
	down_write(&index.sem);
	kown_poison_clear(&index.poison);
	up_write(&index.sem);
	KUNIT_EXPECT_EQ(test, index_read(&index, &whole), 0);
}

static struct kunit_case poison_cases[] = {
	KUNIT_CASE(poison_of_zeroed_memory_is_not_set),
	KUNIT_CASE(poison_set_stays_until_cleared),
	KUNIT_CASE(poison_costs_one_byte),
	KUNIT_CASE(poison_tells_readers_and_writers_of_a_rwsem),
	{}
};

static struct kunit_suite poison_suite = {
	.name = "kown_poison",
	.test_cases = poison_cases,
};

kunit_test_suite(poison_suite);
