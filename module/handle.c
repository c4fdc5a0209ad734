// SPDX-License-Identifier: GPL-2.0
/*
 * Handle: rights, pins, and being open.
 */
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include <kown/compat.h>
#include <uapi/linux/kown.h>

#include "block.h"
#include "handle.h"
#include "table.h"

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
 * struct in_file - a handle in a file, which is a place of its own
 * @handle: the handle
 * @place: its place, which owns a reference to its account
 */
struct in_file {
	struct kown_handle handle;
	struct kown_place place;
};

static void init(struct kown_handle *handle, struct kown_object *object, u32 rights,
		 bool weak, struct kown_place *place)
{
	refcount_set(&handle->pins, 1);
	handle->rights = rights;
	handle->weak = weak;
	handle->in_file = false;
	handle->open = false;
	handle->object = object;
	handle->place = place;
}

/**
 * kown_handle_new() - make a handle in a table, closed, with a number that does not name
 * it yet
 * @object: the object, which something of the caller's keeps
 * @rights: what it may be used for
 * @weak: is it to own a weak reference?
 * @table: the table
 *
 * Context: Process context. Sleeps.
 * Return: the handle with one pin, the caller's; -ENOMEM or -ENOSPC.
 */
struct kown_handle *kown_handle_new(struct kown_object *object, u32 rights, bool weak,
				    struct kown_table *table)
{
	struct kown_handle *handle = kown_blocks_take(&table->blocks);

	if (IS_ERR(handle))
		return handle;
	refcount_inc(&object->users);
	init(handle, object, rights, weak, &table->place);
	return handle;
}
EXPORT_SYMBOL_KOWN_TEST(kown_handle_new);

/**
 * kown_handle_new_owner() - make the first handle of an object, open
 * @object: the object; the handle takes over the reference and the use of who made it
 * @rights: what it may be used for
 * @table: the table
 *
 * Context: Process context. Sleeps.
 * Return: as kown_handle_new(); after an error the caller has what it had.
 */
struct kown_handle *kown_handle_new_owner(struct kown_object *object, u32 rights,
					  struct kown_table *table)
{
	struct kown_handle *handle = kown_blocks_take(&table->blocks);

	if (IS_ERR(handle))
		return handle;
	init(handle, object, rights, false, &table->place);
	handle->open = true;
	return handle;
}
EXPORT_SYMBOL_KOWN_TEST(kown_handle_new_owner);

/**
 * kown_handle_new_in_file() - make a handle for a file, closed
 * @object: the object, which something of the caller's keeps
 * @rights: what it may be used for
 * @weak: is it to own a weak reference?
 * @account: that of the context that exports it, charged as long as it is there
 *
 * Context: Process context. Sleeps.
 * Return: the handle with one pin, the caller's; -ENOMEM or -ENOSPC.
 */
struct kown_handle *kown_handle_new_in_file(struct kown_object *object, u32 rights,
					    bool weak, struct kown_account *account)
{
	struct in_file *in_file = kmalloc(sizeof(*in_file), KOWN_GFP_USER);
	int err;

	if (!in_file)
		return ERR_PTR(-ENOMEM);
	err = kown_account_charge(account, KOWN_DESCRIPTORS, 1);
	if (err) {
		kfree(in_file);
		return ERR_PTR(err);
	}
	in_file->place.account = kown_account_get(account);
	atomic_set(&in_file->place.locks, 0);
	refcount_inc(&object->users);
	init(&in_file->handle, object, rights, weak, &in_file->place);
	in_file->handle.number = 0;
	in_file->handle.in_file = true;
	return &in_file->handle;
}

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
 * kown_handle_open() - give handles a reference each, at one instant
 * @handles: closed, the caller's alone, all weak or all strong
 * @count: how many
 * @from: another to the same object, pinned
 *
 * Context: Process context. Sleeps. Takes and releases the object's lock.
 * Return: 0; -ESTALE if @handles are strong, @from is weak and the object is gone;
 * -EOVERFLOW; -EINTR when dying; -KOWN_LOOK_AGAIN if @from is closed. Then none is open.
 */
int kown_handle_open(struct kown_handle **handles, u32 count, struct kown_handle *from)
{
	int err = kown_handle_lock(from);
	u32 i;

	if (err)
		return err;
	for (i = 0; i < count && !err; i++) {
		err = take_reference(&from->object->arc, from->weak, handles[i]->weak);
		handles[i]->open = !err;
		kown_give_way(i + 1);
	}
	while (err && i)
		__kown_handle_close(handles[--i]);
	kown_handle_unlock(from);
	return err;
}

static __always_inline void close_locked(struct kown_handle *handle)
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
 * __kown_handle_close() - a handle gives its reference up, if it has not
 * @handle: the handle; the caller holds its object's lock
 *
 * Context: Process context. May sleep.
 */
void __kown_handle_close(struct kown_handle *handle)
{
	close_locked(handle);
}

static __always_inline void close(struct kown_handle *handle)
{
	mutex_lock(&handle->object->lock);
	close_locked(handle);
	mutex_unlock(&handle->object->lock);
}

/**
 * kown_handle_close() - a handle gives its reference up, if it has not
 * @handle: the handle; nothing happens through it once this has returned
 *
 * Context: Process context. Takes and releases the object's lock.
 */
void kown_handle_close(struct kown_handle *handle)
{
	close(handle);
}

static void leave_file(struct in_file *in_file)
{
	struct kown_account *account = in_file->place.account;

	kown_account_uncharge(account, KOWN_DESCRIPTORS, 1);
	kown_account_put(account);
	kfree(in_file);
}

/* Nobody has a pin, and it is closed. */
static __always_inline void release_closed(struct kown_handle *handle)
{
	kown_object_forget(handle->object);
	if (handle->in_file)
		leave_file(container_of(handle, struct in_file, handle));
	else
		kown_block_put(kown_block_with(handle));
}

/* The last pin is given up, which closes it. */
void kown_handle_release(struct kown_handle *handle)
{
	if (handle->open)
		close(handle);
	release_closed(handle);
}
EXPORT_SYMBOL_KOWN_TEST(kown_handle_release);

/**
 * kown_handle_drop() - close a handle, and give a pin up
 * @handle: as for kown_handle_close()
 *
 * Context: As kown_handle_close().
 */
void kown_handle_drop(struct kown_handle *handle)
{
	close(handle);
	if (refcount_dec_and_test(&handle->pins))
		release_closed(handle);
}
EXPORT_SYMBOL_KOWN_TEST(kown_handle_drop);

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
