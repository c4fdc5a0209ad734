// SPDX-License-Identifier: GPL-2.0
/*
 * Own: INTO_INNER, TAKE and MAKE_MUT.
 */
#include <linux/mutex.h>

#include <kown/compat.h>

#include "own.h"
#include "transfer.h"

/*
 * In Rust the value moves out of its Arc. Here users know a value by its handle, so the
 * handle stays and its object changes: a *successor* with the elements takes the place
 * of the object, and the old handle is closed. If that was the last strong reference,
 * the old object dies, and its weak references with it, for ever; the elements were no
 * longer there. All is done under the object's lock, under which its counts change, so
 * that of any number of owners who ask at once exactly one finds itself the last.
 *
 * A call in flight that pinned the old handle finds it closed, and looks up the number
 * again: it comes to the successor.
 */

/**
 * struct own - one such call
 * @t: its step
 * @table: where @number is
 * @number: of the handle
 * @if_shared: which command it is
 */
struct own {
	struct kown_transfer t;
	struct kown_table *table;
	u32 number;
	enum kown_if_shared if_shared;
};

/* What the caller's struct ends with. */
struct outcome {
	u32 how;
	u64 object;
} __packed;

static_assert(offsetof(struct kown_own, object) ==
	      offsetof(struct kown_own, how) + offsetof(struct outcome, object));

static int tell(struct own *own, u32 how, const struct kown_object *object)
{
	struct outcome outcome = {
		.how = how,
		.object = object ? object->id : 0,
	};

	return kown_transfer_answer_struct(&own->t, &outcome);
}

static int give_up(struct own *own)
{
	struct kown_handle *handle = own->t.handle;
	int err = tell(own, KOWN_OWN_NOT, NULL);

	if (err)
		return err;
	if (!kown_table_erase(own->table, own->number, handle))
		return -KOWN_LOOK_AGAIN;
	__kown_handle_close(handle);
	/* The table's; the caller has one too. */
	kown_handle_unpin(handle);
	return 0;
}

/* Nobody knows @object and @handle yet. */
static int replace(struct own *own, u32 how, struct kown_object *object,
		   struct kown_handle *handle)
{
	struct kown_handle *old = own->t.handle;
	int err = tell(own, how, object);

	if (err)
		return err;
	/* Once it is in the table anybody may drop it, and an unlock is not one instant. */
	refcount_inc(&handle->pins);
	mutex_lock_nested(&object->lock, SINGLE_DEPTH_NESTING);
	if (kown_table_replace(own->table, own->number, old, handle)) {
		kown_handle_adopt(handle);
		if (how == KOWN_OWN_MOVED)
			kown_object_inherit(object, old->object);
		__kown_handle_close(old);
		/* The table's; the caller has one too. */
		kown_handle_unpin(old);
	} else {
		err = -KOWN_LOOK_AGAIN;
	}
	mutex_unlock(&object->lock);
	kown_handle_unpin(handle);
	return err;
}

static int succeed(struct own *own, u32 how)
{
	struct kown_handle *old = own->t.handle, *handle;
	struct kown_account *account = how == KOWN_OWN_COPIED ?
				       own->table->place.account : NULL;
	struct kown_object *object;
	int err;

	object = kown_object_succeed(old->object, account, 0);
	if (IS_ERR(object))
		return PTR_ERR(object);
	handle = kown_handle_new(object, old->rights, false, own->table);
	if (IS_ERR(handle)) {
		err = PTR_ERR(handle);
		goto put_object;
	}
	err = replace(own, how, object, handle);
	if (err)
		goto unpin;
	return 0;

unpin:
	kown_handle_unpin(handle);
put_object:
	kown_object_discard(object);
	return err;
}

static int own_step(struct kown_transfer *t)
{
	struct own *own = container_of(t, struct own, t);
	struct kown_object *object = t->handle->object;

	lockdep_assert_held(&object->lock);
	if (object->guard && kown_guard_is_locked_with(t->handle))
		return -EBUSY;
	if (kown_arc_is_unique(&object->arc))
		return tell(own, KOWN_OWN_SAME, object);
	if (kown_arc_strong_count(&object->arc) == 1)
		return succeed(own, KOWN_OWN_MOVED);
	switch (own->if_shared) {
	case KOWN_IF_SHARED_DROP:
		return give_up(own);
	case KOWN_IF_SHARED_COPY:
		return succeed(own, KOWN_OWN_COPIED);
	default:
		return -EBUSY;
	}
}

/**
 * kown_own() - a handle asks to be the only one
 * @table: where it lives
 * @number: its number
 * @handle: the handle, strong, pinned by the caller
 * @if_shared: what to do if others own the object too
 * @user: told in its last two fields what became of it
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: 0; -EBUSY; -EOPNOTSUPP; -ENOSPC; -ENOMEM; -EFAULT; -EINTR when dying;
 * -KOWN_LOOK_AGAIN.
 */
int kown_own(struct kown_table *table, u32 number, struct kown_handle *handle,
	     enum kown_if_shared if_shared, struct kown_own __user *user)
{
	struct own own = {
		.t = {
			.handle = handle,
			.any_mode = true,
			.step = own_step,
			.result = &user->how,
			.result_bytes = sizeof(struct outcome),
		},
		.table = table,
		.number = number,
		.if_shared = if_shared,
	};

	if (if_shared == KOWN_IF_SHARED_COPY && handle->object->guard)
		return -EOPNOTSUPP;
	return kown_transfer_run(&own.t);
}
