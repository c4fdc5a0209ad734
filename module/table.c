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
	xa_init_flags(&table->handles, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	table->next = 1;
	table->dropped = 0;
	memset(table->recent, 0, sizeof(table->recent));
	table->account = account;
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
	unsigned long number, count = 0;

	xa_for_each(&table->handles, number, handle) {
		kown_handle_close(handle);
		kown_handle_unpin(handle);
		count++;
		cond_resched();
	}
	kown_account_uncharge(table->account, KOWN_HANDLES, count);
	WARN_ON_ONCE(kown_account_used(table->account, KOWN_HANDLES));
	WARN_ON_ONCE(atomic_read(&table->place.locks));
	xa_destroy(&table->handles);
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
	unsigned long number;

	xa_for_each(&table->handles, number, handle) {
		if (!atomic_read(&table->place.locks))
			return;
		handle = kown_table_pin(table, number, 0);
		if (IS_ERR(handle))
			continue;
		kown_guard_abandon(handle);
		kown_handle_unpin(handle);
		cond_resched();
	}
}

/**
 * kown_table_reserve() - set a free number aside
 * @table: the table
 * @number: told the number, which nobody can use until it is published
 *
 * Context: Process context. Sleeps.
 * Return: 0; -ENOSPC at the context's limit or the user's; -ENOMEM.
 */
int kown_table_reserve(struct kown_table *table, u32 *number)
{
	int err = kown_account_charge(table->account, KOWN_HANDLES, 1);

	if (err)
		return err;
	err = xa_alloc_cyclic(&table->handles, number, NULL,
			      XA_LIMIT(1, U32_MAX), &table->next, KOWN_GFP_USER);
	if (err >= 0)
		return 0;
	kown_account_uncharge(table->account, KOWN_HANDLES, 1);
	return err == -EBUSY ? -ENOSPC : err;
}
EXPORT_SYMBOL_KOWN_TEST(kown_table_reserve);

/**
 * kown_table_cancel() - a reserved number is free again
 * @table: the table
 * @number: reserved and not published
 *
 * Context: Process context.
 */
void kown_table_cancel(struct kown_table *table, u32 number)
{
	xa_erase(&table->handles, number);
	kown_account_uncharge(table->account, KOWN_HANDLES, 1);
}
EXPORT_SYMBOL_KOWN_TEST(kown_table_cancel);

/**
 * kown_table_publish() - a reserved number names a handle; cannot fail
 * @table: the table
 * @number: reserved
 * @handle: the handle; the table takes the caller's pin over. Other threads may
 *	drop it before this returns
 *
 * Context: Process context.
 */
void kown_table_publish(struct kown_table *table, u32 number,
			struct kown_handle *handle)
{
	XA_STATE(at, &table->handles, number);

	xas_lock(&at);
	/* The reserved entry's slot is there, so nothing is allocated. */
	xas_load(&at);
	xas_store(&at, handle);
	WRITE_ONCE(handle->number, number);
	xas_unlock(&at);
	WARN_ON_ONCE(xas_error(&at));
}
EXPORT_SYMBOL_KOWN_TEST(kown_table_publish);

/*
 * Found lately
 *
 * Most calls are on a handle that the call before was on too, and the array is a tree that
 * is three nodes high for a program that has made some thousand handles, one after
 * the other. So what a search found is remembered. What is in @recent is in the array:
 * both change under the array's lock, and a handle's @number says, under it, whether it
 * is there, so that a search that has found it before it was dropped does not
 * bring it back.
 *
 *	CPU 0: PUSH                         CPU 1: DROP
 *	---------------------------------   ---------------------------------
 *	search: pin
 *	                                    lock; out of the array; number = 0
 *	                                    out of @recent; unlock
 *	lock; number is 0: unlock
 *
 * Who misses does not wait to be remembered.
 */

/* It has left the array. */
static void forget_handle(struct kown_table *table, struct kown_handle *handle)
{
	struct kown_handle __rcu **recent = kown_table_recent(table, handle->number);

	lockdep_assert_held(&table->handles.xa_lock);
	if (rcu_access_pointer(*recent) == handle)
		RCU_INIT_POINTER(*recent, NULL);
	WRITE_ONCE(handle->number, 0);
}

static void remember(struct kown_table *table, u32 number, struct kown_handle *handle)
{
	if (!xa_trylock(&table->handles))
		return;
	if (handle->number == number)
		rcu_assign_pointer(*kown_table_recent(table, number), handle);
	xa_unlock(&table->handles);
}

/* As kown_table_pin(), of one that is not remembered. Return: NULL if there is none. */
struct kown_handle *kown_table_search(struct kown_table *table, u32 number)
{
	XA_STATE(at, &table->handles, number);
	struct kown_handle *handle;

	rcu_read_lock();
	/* A handle without pins is in the table no more; another may be. */
	do {
		xas_reset(&at);
		handle = xas_load(&at);
		if (xa_is_zero(handle))
			handle = NULL;
	} while (xas_retry(&at, handle) ||
		 (handle && !refcount_inc_not_zero(&handle->pins)));
	rcu_read_unlock();
	if (handle)
		remember(table, number, handle);
	return handle;
}
EXPORT_SYMBOL_KOWN_TEST(kown_table_search);

/**
 * kown_table_replace() - a number names another handle
 * @table: the table
 * @number: its number
 * @old: the handle it names, as far as the caller knows; pinned
 * @handle: the handle it shall name
 *
 * Context: Process context.
 * Return: true, the table took the caller's pin of @handle over, and the caller the
 * table's of @old; false if @number does not name @old any more.
 */
bool kown_table_replace(struct kown_table *table, u32 number,
			struct kown_handle *old, struct kown_handle *handle)
{
	bool is_there;

	xa_lock(&table->handles);
	is_there = __xa_cmpxchg(&table->handles, number, old, handle, 0) == old;
	if (is_there) {
		forget_handle(table, old);
		WRITE_ONCE(handle->number, number);
	}
	xa_unlock(&table->handles);
	return is_there;
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
	bool is_there;

	xa_lock(&table->handles);
	is_there = __xa_cmpxchg(&table->handles, number, handle, NULL, 0) == handle;
	if (is_there)
		forget_handle(table, handle);
	xa_unlock(&table->handles);
	if (is_there)
		kown_account_uncharge(table->account, KOWN_HANDLES, 1);
	return is_there;
}

/*
 * The number is free, or it stays reserved as the one that was dropped last, and that one
 * is free. The caller holds the array's lock.
 */
static void forget_number(struct kown_table *table, struct xa_state *at)
{
	bool has_company = table->dropped &&
			   table->dropped / XA_CHUNK_SIZE == at->xa_index / XA_CHUNK_SIZE;

	/* The slot is there, so nothing is allocated. */
	xas_store(at, has_company ? NULL : XA_ZERO_ENTRY);
	if (has_company)
		return;
	if (table->dropped)
		__xa_erase(&table->handles, table->dropped);
	table->dropped = at->xa_index;
}

/**
 * kown_table_drop() - a number names nothing from now on
 * @table: the table
 * @number: its number
 *
 * A call in flight on the handle has come before, or finds it closed. A reserved
 * number is not a handle yet and stays reserved.
 *
 * Context: Process context. May sleep.
 * Return: 0 or -ENOENT.
 */
int kown_table_drop(struct kown_table *table, u32 number)
{
	XA_STATE(at, &table->handles, number);
	struct kown_handle *handle;

	xas_lock(&at);
	handle = xas_load(&at);
	if (xa_is_zero(handle))
		handle = NULL;
	if (handle) {
		forget_number(table, &at);
		forget_handle(table, handle);
	}
	xas_unlock(&at);
	if (!handle)
		return -ENOENT;
	kown_account_uncharge(table->account, KOWN_HANDLES, 1);
	kown_handle_close(handle);
	kown_handle_unpin(handle);
	return 0;
}
EXPORT_SYMBOL_KOWN_TEST(kown_table_drop);
