// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for the device's handles, and for the accounts behind them.
 */
#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include <uapi/linux/kown.h>

#include "../module/table.h"

/*
 * A table and its account. The account outlives every object, so the objects' end
 * can be read off it.
 */
struct fixture {
	struct kown_account *account;
	struct kown_table table;
};

static int fixture_init(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	f->account = kown_account_new();
	KUNIT_ASSERT_FALSE(test, IS_ERR(f->account));
	kown_table_init(&f->table, f->account);
	test->priv = f;
	return 0;
}

static unsigned long used(struct fixture *f, enum kown_resource resource)
{
	return kown_account_used(f->account, resource);
}

/* Each test ends with an empty table; then nothing may be charged to the account. */
static void fixture_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	kown_table_destroy(&f->table);
	KUNIT_EXPECT_EQ(test, used(f, KOWN_OBJECTS), 0);
	KUNIT_EXPECT_EQ(test, used(f, KOWN_HANDLES), 0);
	KUNIT_EXPECT_EQ(test, used(f, KOWN_BYTES), 0);
	KUNIT_EXPECT_EQ(test, kown_arc_strong_count(&f->account->arc), 1);
	kown_account_put(f->account);
}

static struct kown_handle *handle_new(struct kunit *test, u32 rights)
{
	struct fixture *f = test->priv;
	struct kown_object *object;
	struct kown_handle *handle;

	object = kown_object_new(f->account, KOWN_MODE_SHARED, 8, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(object));
	handle = kown_handle_new(object, rights, false, &f->table);
	KUNIT_ASSERT_FALSE(test, IS_ERR(handle));
	kown_handle_adopt(handle);
	return handle;
}

static u32 publish(struct kunit *test, u32 rights)
{
	struct fixture *f = test->priv;
	struct kown_handle *handle = handle_new(test, rights);
	u32 number = handle->number;

	KUNIT_ASSERT_EQ(test, 0, kown_table_reserve(&f->table, 1));
	kown_table_publish(handle);
	return number;
}

static int pin_error(struct fixture *f, u32 number, u32 need)
{
	struct kown_handle *handle = kown_table_pin(&f->table, number, need);

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	kown_handle_unpin(handle);
	return 0;
}

static void table_publish_makes_a_number_usable(struct kunit *test)
{
	struct fixture *f = test->priv;
	u32 number = publish(test, KOWN_RIGHTS_ALL);
	struct kown_handle *handle = kown_table_pin(&f->table, number, KOWN_RIGHTS_ALL);

	KUNIT_ASSERT_FALSE(test, IS_ERR(handle));
	KUNIT_EXPECT_EQ(test, handle->rights, KOWN_RIGHTS_ALL);
	KUNIT_EXPECT_EQ(test, kown_arc_strong_count(&handle->object->arc), 1);
	KUNIT_EXPECT_EQ(test, refcount_read(&handle->pins), 2);
	kown_handle_unpin(handle);
	KUNIT_EXPECT_EQ(test, used(f, KOWN_OBJECTS), 1);
	KUNIT_EXPECT_EQ(test, 0, kown_table_drop(&f->table, number));
	KUNIT_EXPECT_EQ(test, used(f, KOWN_OBJECTS), 0);
	KUNIT_EXPECT_EQ(test, -ENOENT, pin_error(f, number, 0));
	KUNIT_EXPECT_EQ(test, -ENOENT, kown_table_drop(&f->table, number));
}

static void table_number_is_not_a_handle_before_it_is_published(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct kown_handle *handle = handle_new(test, KOWN_RIGHTS_ALL);
	struct kown_handle *other = handle_new(test, KOWN_RIGHTS_ALL);
	u32 number = handle->number;

	KUNIT_EXPECT_NE(test, number, 0);
	KUNIT_EXPECT_NE(test, number, other->number);
	KUNIT_ASSERT_EQ(test, 0, kown_table_reserve(&f->table, 1));
	KUNIT_EXPECT_EQ(test, used(f, KOWN_HANDLES), 1);
	/* Somebody guesses it. */
	KUNIT_EXPECT_EQ(test, -ENOENT, pin_error(f, number, 0));
	KUNIT_EXPECT_EQ(test, -ENOENT, kown_table_drop(&f->table, number));
	kown_table_publish(handle);
	KUNIT_EXPECT_EQ(test, 0, pin_error(f, number, 0));
	KUNIT_EXPECT_EQ(test, -ENOENT, pin_error(f, other->number, 0));
	number = other->number;
	kown_handle_unpin(other);
	KUNIT_EXPECT_EQ(test, -ENOENT, pin_error(f, number, 0));
	KUNIT_EXPECT_EQ(test, used(f, KOWN_HANDLES), 1);
	KUNIT_EXPECT_EQ(test, used(f, KOWN_OBJECTS), 1);
}

static void table_refuses_numbers_that_were_never_given(struct kunit *test)
{
	static const u32 odd[] = { 0, 2, 63, 64, 65535, 65536, S32_MAX,
				   (u32)S32_MAX + 1, U32_MAX - 1, U32_MAX };
	struct fixture *f = test->priv;
	u32 number = publish(test, KOWN_RIGHTS_ALL);

	KUNIT_ASSERT_EQ(test, number, 1);
	for (unsigned int i = 0; i < ARRAY_SIZE(odd); i++) {
		KUNIT_EXPECT_EQ(test, -ENOENT, pin_error(f, odd[i], 0));
		KUNIT_EXPECT_EQ(test, -ENOENT, kown_table_drop(&f->table, odd[i]));
	}
	KUNIT_EXPECT_EQ(test, 0, pin_error(f, number, KOWN_RIGHTS_ALL));
}

static void table_pin_needs_every_right_asked_for(struct kunit *test)
{
	struct fixture *f = test->priv;

	for (u32 have = 0; have <= KOWN_RIGHTS_ALL; have++) {
		u32 number = publish(test, have);

		for (u32 need = 0; need <= KOWN_RIGHTS_ALL; need++)
			KUNIT_EXPECT_EQ(test, pin_error(f, number, need),
					(need & have) == need ? 0 : -EACCES);
		KUNIT_EXPECT_EQ(test, 0, kown_table_drop(&f->table, number));
	}
}

/* The counts do without the handle, and the call finds out. */
static void table_drop_closes_the_handle_under_a_call(struct kunit *test)
{
	struct fixture *f = test->priv;
	u32 number = publish(test, KOWN_RIGHTS_ALL);
	struct kown_handle *handle = kown_table_pin(&f->table, number, 0);

	KUNIT_ASSERT_FALSE(test, IS_ERR(handle));
	KUNIT_EXPECT_EQ(test, 0, kown_table_drop(&f->table, number));
	KUNIT_EXPECT_EQ(test, -ENOENT, pin_error(f, number, 0));
	KUNIT_EXPECT_EQ(test, used(f, KOWN_HANDLES), 0);
	KUNIT_EXPECT_EQ(test, used(f, KOWN_OBJECTS), 0);
	KUNIT_EXPECT_EQ(test, kown_arc_strong_count(&handle->object->arc), 0);
	KUNIT_EXPECT_EQ(test, -KOWN_LOOK_AGAIN, kown_handle_lock(handle));
	kown_handle_unpin(handle);
}

static void table_destroy_drops_every_handle_once(struct kunit *test)
{
	struct fixture *f = test->priv;

	for (int i = 0; i < 1000; i++)
		publish(test, KOWN_RIGHTS_ALL);
	KUNIT_EXPECT_EQ(test, used(f, KOWN_HANDLES), 1000);
	KUNIT_EXPECT_EQ(test, used(f, KOWN_OBJECTS), 1000);
	kown_table_destroy(&f->table);
	KUNIT_EXPECT_EQ(test, used(f, KOWN_HANDLES), 0);
	KUNIT_EXPECT_EQ(test, used(f, KOWN_OBJECTS), 0);
	kown_table_init(&f->table, f->account);
}

static void table_stale_number_names_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;
	u32 stale = publish(test, KOWN_RIGHTS_ALL);

	KUNIT_ASSERT_EQ(test, 0, kown_table_drop(&f->table, stale));
	for (int i = 0; i < (1 << 16) + 1; i++) {
		u32 number = publish(test, KOWN_RIGHTS_ALL);

		KUNIT_ASSERT_NE(test, number, stale);
		KUNIT_ASSERT_EQ(test, 0, kown_table_drop(&f->table, number));
		cond_resched();
	}
	KUNIT_EXPECT_EQ(test, -ENOENT, pin_error(f, stale, 0));
}

static void publish_to_the_end_of_the_block(struct kunit *test)
{
	struct fixture *f = test->priv;

	while (f->table.blocks.filling)
		publish(test, KOWN_RIGHTS_ALL);
}

/* The last numbers, then the first that are free. */
static void table_numbers_wrap_past_zero_and_past_those_in_use(struct kunit *test)
{
	const u32 last_index = U32_MAX / KOWN_BLOCK_HANDLES - 1;
	struct fixture *f = test->priv;
	u32 last, wrapped;

	KUNIT_ASSERT_EQ(test, publish(test, KOWN_RIGHTS_ALL), 1);
	publish_to_the_end_of_the_block(test);
	f->table.blocks.next = last_index;
	last = publish(test, KOWN_RIGHTS_ALL);
	KUNIT_EXPECT_EQ(test, last, last_index * KOWN_BLOCK_HANDLES + 1);
	publish_to_the_end_of_the_block(test);
	wrapped = publish(test, KOWN_RIGHTS_ALL);
	KUNIT_EXPECT_EQ(test, wrapped, KOWN_BLOCK_HANDLES + 1);
	KUNIT_EXPECT_EQ(test, 0, pin_error(f, 1, 0));
	KUNIT_EXPECT_EQ(test, 0, pin_error(f, last, 0));
	KUNIT_EXPECT_EQ(test, 0, pin_error(f, last + KOWN_BLOCK_HANDLES - 1, 0));
	KUNIT_EXPECT_EQ(test, -ENOENT, pin_error(f, last + KOWN_BLOCK_HANDLES, 0));
	KUNIT_EXPECT_EQ(test, -ENOENT, pin_error(f, U32_MAX, 0));
	KUNIT_EXPECT_EQ(test, -ENOENT, pin_error(f, 0, 0));
}

static unsigned int count_blocks(struct fixture *f)
{
	struct kown_block *block;
	unsigned long index;
	unsigned int count = 0;

	xa_for_each(&f->table.blocks.all, index, block)
		count++;
	return count;
}

static void table_block_goes_with_the_last_of_its_handles(struct kunit *test)
{
	const u32 n = 4 * KOWN_BLOCK_HANDLES, step = 67;	/* which leads to all of them */
	struct fixture *f = test->priv;

	for (u32 i = 1; i <= n; i++)
		KUNIT_ASSERT_EQ(test, publish(test, KOWN_RIGHTS_ALL), i);
	KUNIT_EXPECT_EQ(test, count_blocks(f), 4);
	for (u32 i = 0; i < n; i++) {
		KUNIT_ASSERT_EQ(test, 0, kown_table_drop(&f->table, 1 + i * step % n));
		KUNIT_EXPECT_EQ(test, -ENOENT, pin_error(f, 1 + i * step % n, 0));
	}
	KUNIT_EXPECT_EQ(test, used(f, KOWN_HANDLES), 0);
	KUNIT_EXPECT_EQ(test, count_blocks(f), 0);
	for (u32 i = 0; i < n; i++)
		KUNIT_ASSERT_EQ(test, 0, kown_table_drop(&f->table,
							 publish(test, KOWN_RIGHTS_ALL)));
	KUNIT_EXPECT_EQ(test, count_blocks(f), 0);
}

/* It is there for the call that is in flight, and found no more. */
static void table_block_stays_for_a_pinned_handle(struct kunit *test)
{
	struct fixture *f = test->priv;
	u32 first = publish(test, KOWN_RIGHTS_ALL);
	struct kown_handle *handle = kown_table_pin(&f->table, first, 0);

	KUNIT_ASSERT_FALSE(test, IS_ERR(handle));
	publish_to_the_end_of_the_block(test);
	for (u32 i = 0; i < KOWN_BLOCK_HANDLES; i++)
		KUNIT_EXPECT_EQ(test, 0, kown_table_drop(&f->table, first + i));
	KUNIT_EXPECT_EQ(test, count_blocks(f), 1);
	KUNIT_EXPECT_EQ(test, -KOWN_LOOK_AGAIN, kown_handle_lock(handle));
	kown_handle_unpin(handle);
	KUNIT_EXPECT_EQ(test, count_blocks(f), 0);
}

/* What MAKE_MUT does. The number's block outlives all handles that were made in it. */
static void table_replaced_number_names_a_handle_of_another_block(struct kunit *test)
{
	struct fixture *f = test->priv;
	u32 first = publish(test, KOWN_RIGHTS_ALL), again;
	struct kown_handle *old, *other;

	publish_to_the_end_of_the_block(test);
	for (int i = 0; i < 3; i++) {
		old = kown_table_pin(&f->table, first, 0);
		KUNIT_ASSERT_FALSE(test, IS_ERR(old));
		other = handle_new(test, KOWN_RIGHT_READ);
		KUNIT_EXPECT_FALSE(test, kown_table_replace(&f->table, first + 1, old, other));
		KUNIT_EXPECT_FALSE(test, kown_table_replace(&f->table, 0, old, other));
		KUNIT_ASSERT_TRUE(test, kown_table_replace(&f->table, first, old, other));
		KUNIT_EXPECT_FALSE(test, kown_table_replace(&f->table, first, old, other));
		KUNIT_EXPECT_FALSE(test, kown_table_erase(&f->table, first, old));
		kown_handle_drop(old);
		kown_handle_unpin(old);
	}
	for (u32 i = 1; i < KOWN_BLOCK_HANDLES; i++)
		KUNIT_EXPECT_EQ(test, 0, kown_table_drop(&f->table, first + i));
	KUNIT_EXPECT_EQ(test, count_blocks(f), 2);
	KUNIT_EXPECT_EQ(test, used(f, KOWN_HANDLES), 1);
	KUNIT_EXPECT_EQ(test, -ENOENT, pin_error(f, other->number, 0));
	KUNIT_EXPECT_EQ(test, 0, pin_error(f, first, KOWN_RIGHT_READ));
	KUNIT_EXPECT_EQ(test, -EACCES, pin_error(f, first, KOWN_RIGHT_WRITE));
	again = 1;
	old = kown_table_from(&f->table, &again);
	KUNIT_EXPECT_PTR_EQ(test, old, other);
	KUNIT_EXPECT_EQ(test, again, first);
	kown_handle_unpin(old);
	KUNIT_EXPECT_TRUE(test, kown_table_erase(&f->table, first, other));
	KUNIT_EXPECT_FALSE(test, kown_table_erase(&f->table, first, other));
	KUNIT_EXPECT_EQ(test, count_blocks(f), 1);
	kown_handle_unpin(other);
	KUNIT_EXPECT_EQ(test, used(f, KOWN_OBJECTS), 0);
}

static void table_from_comes_to_each_handle_once(struct kunit *test)
{
	const u32 n = 3 * KOWN_BLOCK_HANDLES;
	struct fixture *f = test->priv;
	struct kown_handle *handle;
	u32 seen = 0;

	for (u32 i = 1; i <= n; i++)
		publish(test, KOWN_RIGHTS_ALL);
	for (u32 i = 1; i <= n; i++)
		if (i % 3 || (i > KOWN_BLOCK_HANDLES && i <= 2 * KOWN_BLOCK_HANDLES))
			KUNIT_ASSERT_EQ(test, 0, kown_table_drop(&f->table, i));
	for (u32 number = 1; (handle = kown_table_from(&f->table, &number)); number++) {
		KUNIT_EXPECT_EQ(test, number % 3, 0);
		KUNIT_EXPECT_EQ(test, number, handle->number);
		kown_handle_unpin(handle);
		seen++;
	}
	KUNIT_EXPECT_EQ(test, seen, used(f, KOWN_HANDLES));
}

static void table_reserve_at_the_limit_is_refused(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long limit = kown_account_limit(KOWN_HANDLES);

	KUNIT_ASSERT_EQ(test, 0, kown_account_charge(f->account, KOWN_HANDLES, limit - 1));
	KUNIT_EXPECT_EQ(test, 0, kown_table_reserve(&f->table, 1));
	KUNIT_EXPECT_EQ(test, -ENOSPC, kown_table_reserve(&f->table, 1));
	KUNIT_EXPECT_EQ(test, used(f, KOWN_HANDLES), limit);
	kown_table_cancel(&f->table, 1);
	KUNIT_EXPECT_EQ(test, 0, kown_table_reserve(&f->table, 1));
	kown_table_cancel(&f->table, 1);
	kown_account_uncharge(f->account, KOWN_HANDLES, limit - 1);
}

static void rights_narrow_never_grows(struct kunit *test)
{
	for (u32 have = 0; have <= KOWN_RIGHTS_ALL; have++) {
		u32 rights = 0xdead;

		for (u32 want = 0; want <= KOWN_RIGHTS_ALL; want++) {
			int err = kown_rights_narrow(have, want, &rights);

			if (want & ~have) {
				KUNIT_EXPECT_EQ(test, err, -EACCES);
				continue;
			}
			KUNIT_EXPECT_EQ(test, err, 0);
			KUNIT_EXPECT_EQ(test, rights, want);
		}
		KUNIT_EXPECT_EQ(test, 0, kown_rights_narrow(have, KOWN_RIGHTS_SAME,
							    &rights));
		KUNIT_EXPECT_EQ(test, rights, have);
		rights = 0xdead;
		for (u32 bit = KOWN_RIGHTS_ALL + 1; bit; bit <<= 1)
			KUNIT_EXPECT_EQ(test, -EOPNOTSUPP,
					kown_rights_narrow(have, bit, &rights));
		KUNIT_EXPECT_EQ(test, rights, 0xdead);
	}
}

static void account_charges_up_to_the_limit(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long limit = kown_account_limit(KOWN_BYTES);
	unsigned long total = kown_account_total(KOWN_BYTES);

	KUNIT_EXPECT_EQ(test, -ENOSPC, kown_account_charge(f->account, KOWN_BYTES,
							   limit + 1));
	KUNIT_EXPECT_EQ(test, -ENOSPC, kown_account_charge(f->account, KOWN_BYTES,
							   ULONG_MAX));
	KUNIT_EXPECT_EQ(test, 0, kown_account_charge(f->account, KOWN_BYTES, limit));
	KUNIT_EXPECT_EQ(test, 0, kown_account_charge(f->account, KOWN_BYTES, 0));
	KUNIT_EXPECT_EQ(test, -ENOSPC, kown_account_charge(f->account, KOWN_BYTES, 1));
	KUNIT_EXPECT_EQ(test, kown_account_total(KOWN_BYTES), total + limit);
	kown_account_uncharge(f->account, KOWN_BYTES, limit);
	KUNIT_EXPECT_EQ(test, kown_account_total(KOWN_BYTES), total);
}

struct birth_case {
	const char *desc;
	u32 elem_size;
	u64 cap;
	int err;
	unsigned long bytes;
};

static const struct birth_case birth_cases[] = {
	{ "empty", 8, 0, 0, 0 },
	{ "one, exactly", 8, 1, 0, 8 },
	{ "a thousand, exactly", 3, 1000, 0, 3000 },
	{ "zero-sized", 0, U32_MAX, 0, 0 },
	{ "beyond the limit", 1, (256UL << 20) + 1, -ENOSPC, 0 },
	{ "product overflows", 65536, U64_MAX / 65536 + 1, -EOVERFLOW, 0 },
	{ "all ones", 1, U64_MAX, -EOVERFLOW, 0 },
};

static void birth_desc(const struct birth_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(birth, birth_cases, birth_desc);

static void object_new_with_capacity(struct kunit *test)
{
	const struct birth_case *c = test->param_value;
	struct fixture *f = test->priv;
	struct kown_object *object;

	object = kown_object_new(f->account, KOWN_MODE_SHARED, c->elem_size, c->cap);
	KUNIT_EXPECT_EQ(test, c->err, PTR_ERR_OR_ZERO(object));
	KUNIT_EXPECT_EQ(test, used(f, KOWN_OBJECTS), !c->err);
	KUNIT_EXPECT_EQ(test, used(f, KOWN_BYTES), c->bytes);
	if (IS_ERR(object))
		return;
	KUNIT_EXPECT_NE(test, object->id, 0);
	KUNIT_EXPECT_EQ(test, object->vec.len, 0);
	kown_object_discard(object);
	KUNIT_EXPECT_EQ(test, used(f, KOWN_BYTES), 0);
}

static void object_outlives_its_table_and_keeps_the_account(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct kown_object *object;

	object = kown_object_new(f->account, KOWN_MODE_SHARED, 1, 100);
	KUNIT_ASSERT_FALSE(test, IS_ERR(object));
	KUNIT_EXPECT_EQ(test, kown_arc_strong_count(&f->account->arc), 2);
	KUNIT_EXPECT_EQ(test, used(f, KOWN_BYTES), 100);
	kown_table_destroy(&f->table);
	KUNIT_EXPECT_EQ(test, used(f, KOWN_BYTES), 100);
	kown_table_init(&f->table, f->account);
	kown_object_discard(object);
	KUNIT_EXPECT_EQ(test, kown_arc_strong_count(&f->account->arc), 1);
}

static struct kunit_case handle_cases[] = {
	KUNIT_CASE(table_publish_makes_a_number_usable),
	KUNIT_CASE(table_number_is_not_a_handle_before_it_is_published),
	KUNIT_CASE(table_refuses_numbers_that_were_never_given),
	KUNIT_CASE(table_pin_needs_every_right_asked_for),
	KUNIT_CASE(table_drop_closes_the_handle_under_a_call),
	KUNIT_CASE(table_destroy_drops_every_handle_once),
	KUNIT_CASE(table_stale_number_names_nothing),
	KUNIT_CASE(table_numbers_wrap_past_zero_and_past_those_in_use),
	KUNIT_CASE(table_block_goes_with_the_last_of_its_handles),
	KUNIT_CASE(table_block_stays_for_a_pinned_handle),
	KUNIT_CASE(table_replaced_number_names_a_handle_of_another_block),
	KUNIT_CASE(table_from_comes_to_each_handle_once),
	KUNIT_CASE(table_reserve_at_the_limit_is_refused),
	KUNIT_CASE(rights_narrow_never_grows),
	KUNIT_CASE(account_charges_up_to_the_limit),
	KUNIT_CASE_PARAM(object_new_with_capacity, birth_gen_params),
	KUNIT_CASE(object_outlives_its_table_and_keeps_the_account),
	{}
};

static struct kunit_suite handle_suite = {
	.name = "kown_handle",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = handle_cases,
};

kunit_test_suite(handle_suite);
