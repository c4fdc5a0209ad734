// SPDX-License-Identifier: GPL-2.0
/*
 * Handle: rights, pins, and numbers.
 */
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include <kown/compat.h>
#include <uapi/linux/kown.h>

#include "handle.h"

/**
 * kown_handle_new() - make a handle of a strong reference
 * @object: the object; the handle takes over the caller's reference, if it is made
 * @rights: what it may be used for
 *
 * Context: Process context. Sleeps.
 * Return: the handle with one pin, the caller's; or -ENOMEM.
 */
struct kown_handle *kown_handle_new(struct kown_object *object, u32 rights)
{
	struct kown_handle *handle = kmalloc(sizeof(*handle), KOWN_GFP_USER);

	if (!handle)
		return ERR_PTR(-ENOMEM);
	refcount_set(&handle->pins, 1);
	handle->rights = rights;
	handle->object = object;
	return handle;
}
EXPORT_SYMBOL_KOWN_TEST(kown_handle_new);

/**
 * kown_handle_unpin() - give a pin up
 * @handle: the handle; the last pin puts its object
 *
 * Context: Process context. May sleep.
 */
void kown_handle_unpin(struct kown_handle *handle)
{
	might_sleep();
	if (!refcount_dec_and_test(&handle->pins))
		return;
	kown_object_put(handle->object);
	kfree_rcu(handle, rcu);
}
EXPORT_SYMBOL_KOWN_TEST(kown_handle_unpin);

/**
 * kown_rights_narrow() - rights for a handle made from another
 * @have: the source's
 * @want: those asked for, or KOWN_RIGHTS_SAME
 * @rights: told the rights to give: some of @have, never more
 *
 * Context: Any.
 * Return: 0; -EOPNOTSUPP if @want has unknown bits; -EACCES if it has others than
 * @have.
 */
int kown_rights_narrow(u32 have, u32 want, u32 *rights)
{
	if (want == KOWN_RIGHTS_SAME)
		want = have;
	if (want & ~KOWN_RIGHTS_ALL)
		return -EOPNOTSUPP;
	if (want & ~have)
		return -EACCES;
	*rights = want;
	return 0;
}
EXPORT_SYMBOL_KOWN_TEST(kown_rights_narrow);

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
	table->account = account;
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
		kown_handle_unpin(handle);
		count++;
		cond_resched();
	}
	kown_account_uncharge(table->account, KOWN_HANDLES, count);
	WARN_ON_ONCE(kown_account_used(table->account, KOWN_HANDLES));
	xa_destroy(&table->handles);
}
EXPORT_SYMBOL_KOWN_TEST(kown_table_destroy);

/**
 * kown_table_reserve() - set a free number aside
 * @table: the table
 * @number: told the number, which nobody can use until it is published
 *
 * Context: Process context. Sleeps.
 * Return: 0; -ENOSPC at the context's limit; -ENOMEM.
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
	/* The reserved entry's slot is there, so nothing is allocated. */
	WARN_ON_ONCE(xa_err(xa_store(&table->handles, number, handle, 0)));
}
EXPORT_SYMBOL_KOWN_TEST(kown_table_publish);

/**
 * kown_table_pin() - look a handle up for use in a call
 * @table: the table
 * @number: its number
 * @need: the rights it must have
 *
 * Context: Any.
 * Return: the handle, with a pin that the caller owns; -ENOENT; -EACCES.
 */
struct kown_handle *kown_table_pin(struct kown_table *table, u32 number,
				   u32 need)
{
	struct kown_handle *handle;
	int err = 0;

	rcu_read_lock();
	handle = xa_load(&table->handles, number);
	if (!handle)
		err = -ENOENT;
	else if (need & ~handle->rights)
		err = -EACCES;
	else if (!refcount_inc_not_zero(&handle->pins))
		err = -ENOENT;
	rcu_read_unlock();
	return err ? ERR_PTR(err) : handle;
}
EXPORT_SYMBOL_KOWN_TEST(kown_table_pin);

/**
 * kown_table_drop() - a number names nothing from now on
 * @table: the table
 * @number: its number
 *
 * A call in flight on the handle goes on; its end drops the reference then. A
 * reserved number is not a handle yet and stays reserved.
 *
 * Context: Process context. May sleep.
 * Return: 0 or -ENOENT.
 */
int kown_table_drop(struct kown_table *table, u32 number)
{
	struct kown_handle *handle;

	xa_lock(&table->handles);
	handle = xa_load(&table->handles, number);
	if (handle)
		__xa_erase(&table->handles, number);
	xa_unlock(&table->handles);
	if (!handle)
		return -ENOENT;
	kown_account_uncharge(table->account, KOWN_HANDLES, 1);
	kown_handle_unpin(handle);
	return 0;
}
EXPORT_SYMBOL_KOWN_TEST(kown_table_drop);
