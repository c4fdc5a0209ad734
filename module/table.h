/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Table: the numbers of a context's handles.
 */
#ifndef _KOWN_TABLE_H
#define _KOWN_TABLE_H

#include <linux/err.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include "block.h"
#include "handle.h"

/**
 * struct kown_table - the handles of a context, by number
 * @blocks: where they live, and what their numbers name. Who is named owns its first pin
 * @place: what its handles have in common. The account is the context's, and charged for
 *	each number that names a handle, or is about to
 */
struct kown_table {
	struct kown_blocks blocks;
	struct kown_place place;
};

void kown_table_init(struct kown_table *table, struct kown_account *account);
void kown_table_destroy(struct kown_table *table);
void kown_table_abandon_locks(struct kown_table *table);

bool kown_table_replace(struct kown_table *table, u32 number,
			struct kown_handle *old, struct kown_handle *handle);

bool kown_table_erase(struct kown_table *table, u32 number,
		      struct kown_handle *handle);

int __must_check kown_table_drop(struct kown_table *table, u32 number);

struct kown_handle *kown_table_from(struct kown_table *table, u32 *number);
struct kown_handle *kown_table_pin_found(struct kown_table *table, u32 number);

/**
 * kown_table_reserve() - be sure that more handles may be published
 * @table: the table
 * @count: how many
 *
 * Context: Any.
 * Return: 0, and the caller publishes them or cancels; -ENOSPC at the context's limit or the
 * user's.
 */
static __always_inline int __must_check kown_table_reserve(struct kown_table *table, u32 count)
{
	return kown_account_charge(table->place.account, KOWN_HANDLES, count);
}

/**
 * kown_table_cancel() - handles will not be published
 * @table: the table, with a reservation of the caller's
 * @count: how many
 *
 * Context: Any.
 */
static inline void kown_table_cancel(struct kown_table *table, u32 count)
{
	kown_account_uncharge(table->place.account, KOWN_HANDLES, count);
}

/**
 * kown_table_publish() - a handle's number names it; cannot fail
 * @handle: from kown_handle_new() of a table, of which the caller has a reservation that
 *	this uses up; the table takes the caller's pin over. Other threads may drop it
 *	before this returns
 *
 * Context: Process context.
 */
static inline void kown_table_publish(struct kown_handle *handle)
{
	struct kown_block *block = kown_block_with(handle);

	/* Until now nobody else has written there. */
	rcu_assign_pointer(block->named[handle->place_in_block], handle);
}

/*
 * Return: the handle that a number of the block names, with a pin; or NULL. Under RCU of
 * either kind.
 */
static __always_inline struct kown_handle *
kown_table_pin_in(struct kown_block *block, u32 place)
{
	struct kown_handle *handle;

	/* One without pins is named no more; another may be. */
	do {
		handle = rcu_dereference_check(block->named[place],
					       rcu_read_lock_sched_held());
	} while (handle && !refcount_inc_not_zero(&handle->pins));
	return handle;
}

/**
 * kown_table_pin() - look a handle up for use in a call
 * @table: the table
 * @number: its number
 * @need: the rights it must have
 *
 * If its block was looked up lately, no function is called; what frees a block waits for
 * preempt_disable() as it does for rcu_read_lock().
 *
 * Context: Process context. May sleep.
 * Return: the handle, with a pin that the caller owns; -ENOENT; -EACCES.
 */
static __always_inline struct kown_handle *kown_table_pin(struct kown_table *table,
							  u32 number, u32 need)
{
	struct kown_handle *handle = NULL;
	struct kown_block *block;

	rcu_read_lock_sched();
	block = kown_blocks_recent(&table->blocks, number);
	if (block)
		handle = kown_table_pin_in(block, kown_block_place(number));
	rcu_read_unlock_sched();
	if (unlikely(!handle))
		handle = kown_table_pin_found(table, number);
	if (!handle)
		return ERR_PTR(-ENOENT);
	if (!(need & ~handle->rights))
		return handle;
	kown_handle_unpin(handle);
	return ERR_PTR(-EACCES);
}

#endif /* _KOWN_TABLE_H */
