// SPDX-License-Identifier: GPL-2.0
/*
 * Table: numbers given out, and taken back.
 */
#include <linux/sched.h>

#include <kown/compat.h>
#include <uapi/linux/kown.h>

#include "table.h"

/**
 * kown_table_init() - begin with no handles
 * @table: the table
 * @account: who is charged for numbers; must outlive the table
 *
 * Context: Any.
 */
void kown_table_init(struct kown_table *table, struct kown_account *account)
{
	kown_blocks_init(&table->blocks);
	table->place.account = account;
	atomic_set(&table->place.locks, 0);
}
EXPORT_SYMBOL_KOWN_TEST(kown_table_init);

/**
 * kown_table_destroy() - drop every handle
 * @table: the table, which no call uses any more
 *
 * Context: Process context. Sleeps.
 */
void kown_table_destroy(struct kown_table *table)
{
	struct kown_handle *handle;

	for (u32 number = 1; (handle = kown_table_from(table, &number)); number++) {
		kown_handle_unpin(handle);
		WARN_ON_ONCE(kown_table_drop(table, number));
		cond_resched();
	}
	WARN_ON_ONCE(kown_account_used(table->place.account, KOWN_HANDLES));
	WARN_ON_ONCE(atomic_read(&table->place.locks));
	kown_blocks_destroy(&table->blocks);
}
EXPORT_SYMBOL_KOWN_TEST(kown_table_destroy);

/**
 * kown_table_abandon_locks() - take back the locks that the calling process has
 * @table: the table
 *
 * Context: Process context. Sleeps.
 */
void kown_table_abandon_locks(struct kown_table *table)
{
	struct kown_handle *handle;

	for (u32 number = 1; atomic_read(&table->place.locks); number++) {
		handle = kown_table_from(table, &number);
		if (!handle)
			return;
		kown_guard_abandon(handle);
		kown_handle_unpin(handle);
		cond_resched();
	}
}

/*
 * What a number names changes by one exchange, and whoever makes it takes over the pin of who
 * was named. No lock is needed: somebody who is named keeps the block, and for who finds
 * nobody there RCU does.
 *
 * A number names the handle it was made with, until MAKE_MUT and its like put another in
 * that one's place. That one lives elsewhere, so the number itself then keeps its block.
 */
static bool lives_elsewhere(const struct kown_handle *handle, const struct kown_block *block,
			    u32 place)
{
	return handle != &block->handles[place];
}

/* Under RCU. */
static __always_inline struct kown_block *find(struct kown_table *table, u32 number)
{
	return kown_blocks_recent(&table->blocks, number) ?:
	       kown_blocks_search(&table->blocks, kown_block_index(number));
}

/* Return: @number names @handle, or nothing, and named @old until now. */
static bool exchange(struct kown_block *block, u32 place, struct kown_handle *old,
		     struct kown_handle *handle)
{
	return unrcu_pointer(cmpxchg(&block->named[place], RCU_INITIALIZER(old),
				     RCU_INITIALIZER(handle))) == old;
}

/* Under RCU. */
static bool replace(struct kown_block *block, u32 place, struct kown_handle *old,
		    struct kown_handle *handle)
{
	if (lives_elsewhere(old, block, place))
		return exchange(block, place, old, handle);
	/* Before anybody can find that @handle does not live there. */
	refcount_inc(&block->head.users);
	if (exchange(block, place, old, handle))
		return true;
	kown_block_put(block);
	return false;
}

/**
 * kown_table_replace() - a number names another handle
 * @table: the table
 * @number: its number
 * @old: the handle it names, as far as the caller knows; pinned
 * @handle: the handle it shall name, from kown_handle_new()
 *
 * Context: Process context.
 * Return: true, the table took the caller's pin of @handle over, and the caller the
 * table's of @old; false if @number does not name @old any more.
 */
bool kown_table_replace(struct kown_table *table, u32 number,
			struct kown_handle *old, struct kown_handle *handle)
{
	struct kown_block *block;
	bool is_done;

	rcu_read_lock();
	block = find(table, number);
	is_done = block && replace(block, kown_block_place(number), old, handle);
	rcu_read_unlock();
	return is_done;
}
EXPORT_SYMBOL_KOWN_TEST(kown_table_replace);

/* @handle is not named in @block any more. */
static __always_inline void erased(struct kown_table *table, struct kown_block *block,
				   u32 place, const struct kown_handle *handle)
{
	if (lives_elsewhere(handle, block, place))
		kown_block_put(block);
	kown_table_cancel(table, 1);
}

/**
 * kown_table_erase() - a number names nothing from now on, if it names a handle
 * @table: the table
 * @number: its number
 * @handle: the handle it names, as far as the caller knows; pinned
 *
 * Context: Process context.
 * Return: true, and the caller took the table's pin of @handle over; false if @number
 * does not name @handle any more.
 */
bool kown_table_erase(struct kown_table *table, u32 number, struct kown_handle *handle)
{
	u32 place = kown_block_place(number);
	struct kown_block *block;
	bool is_done;

	rcu_read_lock();
	block = find(table, number);
	is_done = block && exchange(block, place, handle, NULL);
	rcu_read_unlock();
	if (is_done)
		erased(table, block, place, handle);
	return is_done;
}
EXPORT_SYMBOL_KOWN_TEST(kown_table_erase);

/**
 * kown_table_drop() - a number names nothing from now on
 * @table: the table
 * @number: its number
 *
 * A call in flight on the handle has come before, or finds it closed. A number that is not
 * published is not a handle yet.
 *
 * Context: Process context. May sleep.
 * Return: 0 or -ENOENT.
 */
int kown_table_drop(struct kown_table *table, u32 number)
{
	u32 place = kown_block_place(number);
	struct kown_handle *handle = NULL;
	struct kown_block *block;

	rcu_read_lock_sched();
	block = find(table, number);
	if (block)
		handle = unrcu_pointer(xchg(&block->named[place], RCU_INITIALIZER(NULL)));
	rcu_read_unlock_sched();
	if (!handle)
		return -ENOENT;
	erased(table, block, place, handle);
	kown_handle_drop(handle);
	return 0;
}
EXPORT_SYMBOL_KOWN_TEST(kown_table_drop);

/**
 * kown_table_pin_found() - as kown_table_pin(), of a number that must be searched for
 * @table: the table
 * @number: the number
 *
 * Context: Process context.
 * Return: the handle, with a pin that the caller owns; or NULL.
 */
struct kown_handle *kown_table_pin_found(struct kown_table *table, u32 number)
{
	struct kown_handle *handle = NULL;
	struct kown_block *block;

	rcu_read_lock();
	block = kown_blocks_search(&table->blocks, kown_block_index(number));
	if (block)
		handle = kown_table_pin_in(block, kown_block_place(number));
	rcu_read_unlock();
	return handle;
}
EXPORT_SYMBOL_KOWN_TEST(kown_table_pin_found);

static struct kown_handle *pin_first(struct kown_block *block, u32 *place)
{
	struct kown_handle *handle = NULL;

	for (; *place < KOWN_BLOCK_HANDLES; ++*place) {
		handle = kown_table_pin_in(block, *place);
		if (handle)
			break;
	}
	return handle;
}

/**
 * kown_table_from() - the first handle from a number on
 * @table: the table
 * @number: the number; told that of the handle
 *
 * Context: Process context.
 * Return: the handle, with a pin that the caller owns; or NULL.
 */
struct kown_handle *kown_table_from(struct kown_table *table, u32 *number)
{
	u32 place = kown_block_place(*number);
	unsigned long first = kown_block_index(*number), index;
	struct kown_handle *handle = NULL;
	struct kown_block *block;

	rcu_read_lock();
	xa_for_each_start(&table->blocks.all, index, block, first) {
		if (index != first)
			place = 0;
		handle = pin_first(block, &place);
		if (handle)
			break;
	}
	rcu_read_unlock();
	if (handle)
		*number = index * KOWN_BLOCK_HANDLES + place + 1;
	return handle;
}
EXPORT_SYMBOL_KOWN_TEST(kown_table_from);
