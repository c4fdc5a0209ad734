/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Handle: one owned reference with rights.
 */
#ifndef _KOWN_HANDLE_H
#define _KOWN_HANDLE_H

#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/types.h>

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
 * @number: in a table, set aside for it; another may come to name it. 0 in a file;
 *	immutable
 * @rights: KOWN_RIGHT_*; immutable
 * @weak: which reference it owns; immutable
 * @in_file: it is in a file, not in a table; immutable
 * @place_in_block: in a table, where its memory is; immutable
 * @open: it owns its reference. True once, for a while; the object's lock protects
 *	it, so that nothing happens through a handle that has been closed
 * @object: immutable; one of its users
 * @place: where it lives; immutable, and outlives its being open
 */
struct kown_handle {
	refcount_t pins;
	u32 number;
	u32 rights;
	bool weak;
	bool in_file;
	u8 place_in_block;
	bool open;
	struct kown_object *object;
	struct kown_place *place;
};

struct kown_table;

struct kown_handle *kown_handle_new(struct kown_object *object, u32 rights, bool weak,
				    struct kown_table *table);
struct kown_handle *kown_handle_new_owner(struct kown_object *object, u32 rights,
					  struct kown_table *table);
struct kown_handle *kown_handle_new_in_file(struct kown_object *object, u32 rights,
					    bool weak, struct kown_account *account);
int __must_check kown_handle_open(struct kown_handle **handles, u32 count,
				  struct kown_handle *from);
void kown_handle_close(struct kown_handle *handle);
void kown_handle_drop(struct kown_handle *handle);
void __kown_handle_close(struct kown_handle *handle);
void kown_handle_release(struct kown_handle *handle);
int __must_check kown_handle_lock_two(struct kown_handle *a, struct kown_handle *b);
void kown_handle_unlock_two(struct kown_handle *a, struct kown_handle *b);
u32 kown_handle_state(const struct kown_handle *handle, s32 *owner);
int __must_check kown_rights_narrow(u32 have, u32 want, u32 *rights);

/**
 * kown_handle_adopt() - open a handle with the first reference to its object
 * @handle: a strong handle, the caller's alone; takes over the reference and the use of who
 *	made the object
 *
 * Context: Any.
 */
static inline void kown_handle_adopt(struct kown_handle *handle)
{
	handle->open = true;
	refcount_dec(&handle->object->users);
}

/**
 * kown_handle_unpin() - give a pin up
 * @handle: the handle; the last pin closes it
 *
 * Context: Process context. May sleep.
 */
static inline void kown_handle_unpin(struct kown_handle *handle)
{
	/* As might_sleep(), which would give way to others too. */
	__might_sleep(__FILE__, __LINE__);
	if (refcount_dec_and_test(&handle->pins))
		kown_handle_release(handle);
}

/**
 * kown_handle_lock() - lock a handle's object, for a call
 * @handle: the handle, pinned
 *
 * Context: Process context. Sleeps.
 * Return: 0, and the caller holds the object's lock and the handle is open; -EINTR
 * when dying; -KOWN_LOOK_AGAIN if it is closed.
 */
static inline int __must_check kown_handle_lock(struct kown_handle *handle)
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
static inline void kown_handle_unlock(struct kown_handle *handle)
{
	mutex_unlock(&handle->object->lock);
}

DEFINE_FREE(kown_handle_unpin, struct kown_handle *,
	    if (!IS_ERR_OR_NULL(_T)) kown_handle_unpin(_T))

#endif /* _KOWN_HANDLE_H */
