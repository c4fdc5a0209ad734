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
			 KOWN_RIGHT_CLONE | KOWN_RIGHT_EXPORT | KOWN_RIGHT_LOCK)

/*
 * Not for users: the handle was closed while the call looked at it. Its number may
 * name another by now, so the call begins again.
 */
#define KOWN_LOOK_AGAIN	1024

/**
 * struct kown_handle - one reference to an object
 * @pins: one for where it lives, a table or an exported file, and one for each
 *	call in flight. Calls pin the handle and not the object, so the object's
 *	counts are what users hold; atomic
 * @rights: KOWN_RIGHT_*; immutable
 * @weak: which reference it owns; immutable
 * @open: it owns its reference. True once, for a while; the object's lock protects
 *	it, so that nothing happens through a handle that has been closed
 * @own: its place, if it is an exported file's
 * @place: where it lives; immutable, and outlives its being open
 * @object: immutable; one of its users
 * @account: charged for it, if it is an exported file's; immutable, owns a reference
 * @rcu: frees it, for lookups run under RCU
 */
struct kown_handle {
	refcount_t pins;
	u32 rights;
	bool weak;
	bool open;
	struct kown_place own;
	struct kown_place *place;
	struct kown_object *object;
	struct kown_account *account;
	struct rcu_head rcu;
};

struct kown_handle *kown_handle_new(struct kown_object *object, u32 rights, bool weak,
				    struct kown_place *place);
int __must_check kown_handle_charge(struct kown_handle *handle,
				    struct kown_account *account);
void kown_handle_adopt(struct kown_handle *handle);
int __must_check kown_handle_open(struct kown_handle *handle, struct kown_handle *from);
void kown_handle_close(struct kown_handle *handle);
void __kown_handle_close(struct kown_handle *handle);
void kown_handle_unpin(struct kown_handle *handle);
int __must_check kown_handle_lock(struct kown_handle *handle);
void kown_handle_unlock(struct kown_handle *handle);
int __must_check kown_handle_lock_two(struct kown_handle *a, struct kown_handle *b);
void kown_handle_unlock_two(struct kown_handle *a, struct kown_handle *b);
u32 kown_handle_state(const struct kown_handle *handle, s32 *owner);
int __must_check kown_rights_narrow(u32 have, u32 want, u32 *rights);

DEFINE_FREE(kown_handle_unpin, struct kown_handle *,
	    if (!IS_ERR_OR_NULL(_T)) kown_handle_unpin(_T))

/**
 * struct kown_table - the handles of a context, by number
 * @handles: a number is free, reserved (the entry is zero, and no lookup finds
 *	it) or holds a handle and owns its first pin; its lock protects changes
 * @next: where the search for a free number begins, so that a stale number
 *	names nothing for as long as possible; protected by @handles' lock
 * @dropped: the last number that was dropped, or 0. It stays reserved until the next is:
 *	who makes and drops one handle after the other would else empty the array's node
 *	each time, and nodes are dear; protected by @handles' lock
 * @account: charged for each number that is not free; the context's
 * @place: what its handles have in common
 */
struct kown_table {
	struct xarray handles;
	u32 next;
	u32 dropped;
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

struct kown_handle *kown_table_pin(struct kown_table *table, u32 number,
				   u32 need);
int __must_check kown_table_drop(struct kown_table *table, u32 number);

#endif /* _KOWN_HANDLE_H */
