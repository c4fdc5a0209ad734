/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Handle: one owned reference with rights; and the table that numbers them.
 */
#ifndef _KOWN_HANDLE_H
#define _KOWN_HANDLE_H

#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/xarray.h>

#include "account.h"
#include "object.h"

#define KOWN_RIGHTS_ALL	(KOWN_RIGHT_READ | KOWN_RIGHT_WRITE | \
			 KOWN_RIGHT_CLONE | KOWN_RIGHT_EXPORT)

/**
 * struct kown_handle - one strong reference to an object
 * @pins: one for where it lives, a table or an exported file, and one for each
 *	call in flight. Calls pin the handle and not the object, so the object's
 *	counts are what users hold; atomic
 * @rights: KOWN_RIGHT_*; immutable
 * @object: immutable, owns a strong reference; put with the last pin
 * @rcu: frees it, for lookups run under RCU
 */
struct kown_handle {
	refcount_t pins;
	u32 rights;
	struct kown_object *object;
	struct rcu_head rcu;
};

struct kown_handle *kown_handle_new(struct kown_object *object, u32 rights);
void kown_handle_unpin(struct kown_handle *handle);
int __must_check kown_rights_narrow(u32 have, u32 want, u32 *rights);

DEFINE_FREE(kown_handle_unpin, struct kown_handle *,
	    if (!IS_ERR_OR_NULL(_T)) kown_handle_unpin(_T))

/**
 * struct kown_table - the handles of a context, by number
 * @handles: a number is free, reserved (the entry is zero, and no lookup finds
 *	it) or holds a handle and owns its first pin; its lock protects changes
 * @next: where the search for a free number begins, so that a stale number
 *	names nothing for as long as possible; protected by @handles' lock
 * @account: charged for each number that is not free; the context's
 */
struct kown_table {
	struct xarray handles;
	u32 next;
	struct kown_account *account;
};

void kown_table_init(struct kown_table *table, struct kown_account *account);
void kown_table_destroy(struct kown_table *table);

int __must_check kown_table_reserve(struct kown_table *table, u32 *number);
void kown_table_cancel(struct kown_table *table, u32 number);
void kown_table_publish(struct kown_table *table, u32 number,
			struct kown_handle *handle);

struct kown_handle *kown_table_pin(struct kown_table *table, u32 number,
				   u32 need);
int __must_check kown_table_drop(struct kown_table *table, u32 number);

#endif /* _KOWN_HANDLE_H */
