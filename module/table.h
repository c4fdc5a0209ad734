/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Table: the numbers of a context's handles.
 */
#ifndef _KOWN_TABLE_H
#define _KOWN_TABLE_H

#include <linux/err.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include <linux/xarray.h>

#include "handle.h"

#define KOWN_RECENT	8

/**
 * struct kown_table - the handles of a context, by number
 * @handles: a number is free, reserved (the entry is zero, and no lookup finds
 *	it) or holds a handle and owns its first pin; its lock protects changes
 * @next: where the search for a free number begins, so that a stale number
 *	names nothing for as long as possible; protected by @handles' lock
 * @dropped: a number that was dropped, or 0. It stays reserved until one in another of the
 *	array's nodes is: who makes and drops one handle after the other would else empty
 *	a node each time, and nodes are dear; protected by @handles' lock
 * @recent: some that were looked up, each in the place that its number ends with, so that
 *	who uses the same again and again need not search; all are in @handles, whose
 *	lock protects changes. For lookups under RCU
 * @account: charged for each number that is not free; the context's
 * @place: what its handles have in common
 */
struct kown_table {
	struct xarray handles;
	u32 next;
	u32 dropped;
	struct kown_handle __rcu *recent[KOWN_RECENT];
	struct kown_account *account;
	struct kown_place place;
};

void kown_table_init(struct kown_table *table, struct kown_account *account);
void kown_table_destroy(struct kown_table *table);
void kown_table_abandon_locks(struct kown_table *table);

int __must_check kown_table_reserve(struct kown_table *table, u32 *number);
void kown_table_cancel(struct kown_table *table, u32 number);
void kown_table_publish(struct kown_table *table, u32 number,
			struct kown_handle *handle);
bool kown_table_replace(struct kown_table *table, u32 number,
			struct kown_handle *old, struct kown_handle *handle);

bool kown_table_erase(struct kown_table *table, u32 number,
		      struct kown_handle *handle);

int __must_check kown_table_drop(struct kown_table *table, u32 number);

struct kown_handle *kown_table_search(struct kown_table *table, u32 number);

static inline struct kown_handle __rcu **kown_table_recent(struct kown_table *table,
							   u32 number)
{
	return &table->recent[number % KOWN_RECENT];
}

/**
 * kown_table_pin() - look a handle up for use in a call
 * @table: the table
 * @number: its number
 * @need: the rights it must have
 *
 * Context: Process context. May sleep.
 * Return: the handle, with a pin that the caller owns; -ENOENT; -EACCES.
 */
static inline struct kown_handle *kown_table_pin(struct kown_table *table, u32 number,
						 u32 need)
{
	struct kown_handle *handle;

	rcu_read_lock();
	handle = rcu_dereference(*kown_table_recent(table, number));
	if (handle && (READ_ONCE(handle->number) != number ||
		       !refcount_inc_not_zero(&handle->pins)))
		handle = NULL;
	rcu_read_unlock();
	if (!handle)
		handle = kown_table_search(table, number);
	if (!handle)
		return ERR_PTR(-ENOENT);
	if (!(need & ~handle->rights))
		return handle;
	kown_handle_unpin(handle);
	return ERR_PTR(-EACCES);
}

#endif /* _KOWN_TABLE_H */
