// SPDX-License-Identifier: GPL-2.0
/*
 * Handle: rights, pins, being open, and numbers.
 */
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include <kown/compat.h>
#include <uapi/linux/kown.h>

#include "handle.h"

/*
 * Open and closed
 *
 * A handle is made closed, where all that can fail still may; it is opened, and owns its
 * reference from then on, as the last step before it is published; and it is closed
 * when its number is dropped. Only then may a call in flight find it closed, and each
 * call looks, under the object's lock, before it does anything. So what a call does
 * through a handle has been done before the handle's drop returns, and from then on the
 * object's counts do without it.
 *
 *	CPU 0: PUSH                         CPU 1: DROP
 *	---------------------------------   ---------------------------------
 *	pin
 *	                                    erase the number
 *	                                    lock; open = false; put; unlock
 *	                                    unpin
 *	lock; not open: unlock
 *	unpin, free; look up again: -ENOENT
 */

/**
 * kown_handle_new() - make a handle, closed
 * @object: the object, which something of the caller's keeps
 * @rights: what it may be used for
 * @weak: is it to own a weak reference?
 * @place: where it is going to live, or NULL if in a file of its own
 *
 * Context: Process context. Sleeps.
 * Return: the handle with one pin, the caller's; or -ENOMEM.
 */
struct kown_handle *kown_handle_new(struct kown_object *object, u32 rights, bool weak,
				    struct kown_place *place)
{
	struct kown_handle *handle = kzalloc(sizeof(*handle), KOWN_GFP_USER);

	if (!handle)
		return ERR_PTR(-ENOMEM);
	refcount_set(&handle->pins, 1);
	refcount_inc(&object->users);
	handle->rights = rights;
	handle->weak = weak;
	handle->place = place ? place : &handle->own;
	handle->object = object;
	return handle;
}
EXPORT_SYMBOL_KOWN_TEST(kown_handle_new);

/**
 * kown_handle_charge() - charge an account for a handle in a file, as long as it is there
 * @handle: the caller's alone
 * @account: that of the context that exports it
 *
 * Context: Process context.
 * Return: 0 or -ENOSPC.
 */
int kown_handle_charge(struct kown_handle *handle, struct kown_account *account)
{
	int err = kown_account_charge(account, KOWN_DESCRIPTORS, 1);

	if (!err)
		handle->account = kown_account_get(account);
	return err;
}

/**
 * kown_handle_adopt() - open a handle with the first reference to its object
 * @handle: a strong handle, the caller's alone; takes over the caller's reference
 *
 * Context: Any.
 */
void kown_handle_adopt(struct kown_handle *handle)
{
	handle->open = true;
}
EXPORT_SYMBOL_KOWN_TEST(kown_handle_adopt);

static int take_reference(struct kown_arc *arc, bool from_weak, bool weak)
{
	if (!weak && !from_weak)
		return kown_arc_get_checked(arc);
	if (!weak)
		return kown_weak_upgrade(arc) ? 0 : -ESTALE;
	/* The object's lock makes this exact. */
	if (kown_arc_weak_count(arc) >= KOWN_ARC_MAX)
		return -EOVERFLOW;
	if (from_weak)
		kown_weak_get(arc);
	else
		kown_arc_downgrade(arc);
	return 0;
}

/**
 * kown_handle_open() - give a handle a reference of its own
 * @handle: closed, the caller's alone
 * @from: another to the same object, pinned
 *
 * Context: Process context. Takes and releases the object's lock.
 * Return: 0; -ESTALE if @handle is strong, @from is weak and the object is gone;
 * -EOVERFLOW; -EINTR when dying; -KOWN_LOOK_AGAIN if @from is closed.
 */
int kown_handle_open(struct kown_handle *handle, struct kown_handle *from)
{
	int err = kown_handle_lock(from);

	if (err)
		return err;
	err = take_reference(&from->object->arc, from->weak, handle->weak);
	handle->open = !err;
	kown_handle_unlock(from);
	return err;
}

/**
 * __kown_handle_close() - a handle gives its reference up, if it has not
 * @handle: the handle; the caller holds its object's lock
 *
 * Context: Process context. May sleep.
 */
void __kown_handle_close(struct kown_handle *handle)
{
	struct kown_object *object = handle->object;

	lockdep_assert_held(&object->lock);
	if (!handle->open)
		return;
	handle->open = false;
	if (object->guard)
		kown_guard_closed(handle);
	if (handle->weak)
		kown_weak_put(&object->arc);
	else
		kown_object_put(object);
	/* Whoever is left may be alone now. */
	if (object->mode == KOWN_MODE_EXCLUSIVE)
		kown_object_wake(object, EPOLLOUT | EPOLLWRNORM);
}

/**
 * kown_handle_close() - a handle gives its reference up, if it has not
 * @handle: the handle; nothing happens through it once this has returned
 *
 * Context: Process context. Takes and releases the object's lock.
 */
void kown_handle_close(struct kown_handle *handle)
{
	mutex_lock(&handle->object->lock);
	__kown_handle_close(handle);
	mutex_unlock(&handle->object->lock);
}
EXPORT_SYMBOL_KOWN_TEST(kown_handle_close);

/**
 * kown_handle_unpin() - give a pin up
 * @handle: the handle; the last pin closes it
 *
 * Context: Process context. May sleep.
 */
void kown_handle_unpin(struct kown_handle *handle)
{
	might_sleep();
	if (!refcount_dec_and_test(&handle->pins))
		return;
	if (handle->open)
		kown_handle_close(handle);
	kown_object_forget(handle->object);
	if (handle->account) {
		kown_account_uncharge(handle->account, KOWN_DESCRIPTORS, 1);
		kown_account_put(handle->account);
	}
	kfree_rcu(handle, rcu);
}
EXPORT_SYMBOL_KOWN_TEST(kown_handle_unpin);

/**
 * kown_handle_lock() - lock a handle's object, for a call
 * @handle: the handle, pinned
 *
 * Context: Process context. Sleeps.
 * Return: 0, and the caller holds the object's lock and the handle is open; -EINTR
 * when dying; -KOWN_LOOK_AGAIN if it is closed.
 */
int kown_handle_lock(struct kown_handle *handle)
{
	int err = mutex_lock_killable(&handle->object->lock);

	if (err || handle->open)
		return err;
	mutex_unlock(&handle->object->lock);
	return -KOWN_LOOK_AGAIN;
}

/**
 * kown_handle_unlock() - the call has done its part
 * @handle: from kown_handle_lock()
 *
 * Context: Process context.
 */
void kown_handle_unlock(struct kown_handle *handle)
{
	mutex_unlock(&handle->object->lock);
}

/**
 * kown_handle_state() - what STAT says of a handle and its object
 * @handle: the handle, open; the caller holds the object's lock
 * @owner: told the process that has the object's lock, as the caller sees it, or 0
 *
 * Context: Process context.
 * Return: KOWN_STATE_*.
 */
u32 kown_handle_state(const struct kown_handle *handle, s32 *owner)
{
	u32 state = handle->weak ? KOWN_STATE_WEAK : 0;

	*owner = 0;
	if (handle->object->guard)
		state |= kown_guard_state(handle, owner);
	return state;
}

/* Two objects are locked in the order of their ids, which never change. */
static int lock_objects(struct kown_object *first, struct kown_object *second)
{
	int err;

	if (first->id > second->id)
		swap(first, second);
	err = mutex_lock_killable(&first->lock);
	if (err || first == second)
		return err;
	err = mutex_lock_killable_nested(&second->lock, SINGLE_DEPTH_NESTING);
	if (err)
		mutex_unlock(&first->lock);
	return err;
}

/**
 * kown_handle_lock_two() - lock the objects of two handles, for a call
 * @a: a handle, pinned
 * @b: another, pinned; perhaps to the same object, perhaps the same
 *
 * Context: Process context. Sleeps.
 * Return: 0, and the caller holds both objects' locks and the handles are open; -EINTR
 * when dying; -KOWN_LOOK_AGAIN if one is closed.
 */
int kown_handle_lock_two(struct kown_handle *a, struct kown_handle *b)
{
	int err = lock_objects(a->object, b->object);

	if (err || (a->open && b->open))
		return err;
	kown_handle_unlock_two(a, b);
	return -KOWN_LOOK_AGAIN;
}

/**
 * kown_handle_unlock_two() - the call has done its part
 * @a: as for kown_handle_lock_two()
 * @b: as for kown_handle_lock_two()
 *
 * Context: Process context.
 */
void kown_handle_unlock_two(struct kown_handle *a, struct kown_handle *b)
{
	mutex_unlock(&a->object->lock);
	if (b->object != a->object)
		mutex_unlock(&b->object->lock);
}

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
	table->dropped = 0;
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
	xas_unlock(&at);
	WARN_ON_ONCE(xas_error(&at));
}
EXPORT_SYMBOL_KOWN_TEST(kown_table_publish);

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
	return xa_cmpxchg(&table->handles, number, old, handle, 0) == old;
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
	if (xa_cmpxchg(&table->handles, number, handle, NULL, 0) != handle)
		return false;
	kown_account_uncharge(table->account, KOWN_HANDLES, 1);
	return true;
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
struct kown_handle *kown_table_pin(struct kown_table *table, u32 number,
				   u32 need)
{
	struct kown_handle *handle;

	rcu_read_lock();
	/* A handle without pins is in the table no more; another may be. */
	do
		handle = xa_load(&table->handles, number);
	while (handle && !refcount_inc_not_zero(&handle->pins));
	rcu_read_unlock();
	if (!handle)
		return ERR_PTR(-ENOENT);
	if (!(need & ~handle->rights))
		return handle;
	kown_handle_unpin(handle);
	return ERR_PTR(-EACCES);
}
EXPORT_SYMBOL_KOWN_TEST(kown_table_pin);

/* It is reserved, and the one before is free. The caller holds the array's lock. */
static void forget_number(struct kown_table *table, struct xa_state *at)
{
	/* The slot is there, so nothing is allocated. */
	xas_store(at, XA_ZERO_ENTRY);
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
	if (handle)
		forget_number(table, &at);
	xas_unlock(&at);
	if (!handle)
		return -ENOENT;
	kown_account_uncharge(table->account, KOWN_HANDLES, 1);
	kown_handle_close(handle);
	kown_handle_unpin(handle);
	return 0;
}
EXPORT_SYMBOL_KOWN_TEST(kown_table_drop);
