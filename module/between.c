// SPDX-License-Identifier: GPL-2.0
/*
 * Between: elements of one object go to another, which may be a new one.
 */
#include <kown/compat.h>
#include <uapi/linux/kown.h>

#include "elements.h"
#include "table.h"
#include "transfer.h"

/* Make room, and tell where. */
static int prepare_append(struct kown_transfer *t, size_t count)
{
	struct kown_object *object = t->handle->object;
	u64 index = object->vec.len;
	int err = kown_object_reserve(object, count);

	return err ? err : kown_transfer_answer(t, index);
}

static int append_step(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object, *other = t->other->object;
	int err;

	lockdep_assert_held(&object->lock);
	lockdep_assert_held(&other->lock);
	err = prepare_append(t, other->vec.len);
	if (!err)
		err = kown_vec_append(&object->vec, &object->elem, &other->vec,
				      KOWN_GFP_USER);
	if (!err)
		kown_object_tell_readers(object);
	return err;
}

/**
 * kown_elements_append() - move all elements of another object to the end (Vec::append)
 * @handle: a strong handle, pinned
 * @other: a strong handle to the other object, pinned
 * @index: told where the first of them is
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: 0, -EINVAL, -EOVERFLOW, -ENOSPC, -ENOMEM, or as kown_transfer_run().
 */
int kown_elements_append(struct kown_handle *handle, struct kown_handle *other,
			 u64 __user *index)
{
	struct kown_transfer t = {
		.handle = handle,
		.other = other,
		.change = true,
		.change_other = true,
		.step = append_step,
		.result = index,
		.result_bytes = sizeof(*index),
	};
	int err;

	if (other->object == handle->object ||
	    other->object->elem.size != handle->object->elem.size)
		return -EINVAL;
	err = kown_transfer_fault_in(&t);
	return err ? err : kown_transfer_run(&t);
}

static int copy_from_step(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object, *other = t->other->object;
	int err;

	lockdep_assert_held(&object->lock);
	lockdep_assert_held(&other->lock);
	if (!kown_vec_has(&other->vec, t->start, t->count))
		return -ERANGE;
	err = prepare_append(t, t->count);
	if (err)
		return err;
	/* There is room, so that no object moves, also if both are one. */
	err = kown_vec_extend_from_slice(&object->vec, &object->elem,
					 kown_object_at(other, t->start), t->count, KOWN_GFP_USER);
	if (!err)
		kown_object_tell_readers(object);
	return err;
}

/**
 * kown_elements_copy_from() - append a copy of a range of another object
 * @handle: a strong handle, pinned
 * @other: a strong handle to the other object, or the same, pinned
 * @start: index of the first in the other object
 * @count: how many
 * @index: told where the first of them is
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: 0, -EINVAL, -ERANGE, -EOVERFLOW, -ENOSPC, -ENOMEM, or as kown_transfer_run().
 */
int kown_elements_copy_from(struct kown_handle *handle, struct kown_handle *other,
			    u64 start, u64 count, u64 __user *index)
{
	struct kown_transfer t = {
		.handle = handle,
		.other = other,
		.change = true,
		.step = copy_from_step,
		.result = index,
		.result_bytes = sizeof(*index),
		.start = start,
		.count = count,
	};
	int err;

	if (other->object->elem.size != handle->object->elem.size)
		return -EINVAL;
	err = kown_transfer_fault_in(&t);
	return err ? err : kown_transfer_run(&t);
}

/*
 * Rights to what is new
 *
 * Rights only shrink, and that is said of an object: nothing here gives one to the object
 * that elements come from. To an object that is made of them the maker has all, as to any
 * that NEW makes. That is no way around what he lacked. Both commands need the right to
 * read, SPLIT_OFF that to write too, and the lock of a locked object; and who may read
 * elements may keep them, and give them to whom he likes: READ or DRAIN, NEW and PUSH do
 * the same by way of his memory. What may not be read cannot be made into anything.
 *
 * Nor is what is new poisoned: who has the lock of a poisoned object was told so, and
 * knows what he takes. MAKE_MUT is another matter: its handle is to be what it was, and
 * keeps its rights, see module/own.c.
 */

/**
 * struct birth - a call that makes another object of elements
 * @t: its step
 * @table: where its handle is going to live, whose account answers for it
 * @rights: of the handle
 * @handle: the handle, once the step has succeeded
 */
struct birth {
	struct kown_transfer t;
	struct kown_table *table;
	u32 rights;
	struct kown_handle *handle;
};

/* The end of struct kown_split_off. */
struct split {
	u32 number;
	u64 start;
	u64 object;
} __packed;

static_assert(offsetof(struct kown_split_off, object) ==
	      offsetof(struct kown_split_off, new_handle) + offsetof(struct split, object));

static int tell_split(struct birth *birth, const struct kown_handle *handle)
{
	struct split split = {
		.number = handle->number,
		.start = birth->t.start,
		.object = handle->object->id,
	};

	return kown_transfer_answer_struct(&birth->t, &split);
}

/* A new object with copies of the elements from @start on, and a handle that owns it. */
static int bear(struct birth *birth, size_t start)
{
	struct kown_object *old = birth->t.handle->object, *object;
	struct kown_handle *handle;
	int err = 0;

	object = kown_object_succeed(old, birth->table->place.account, start);
	if (IS_ERR(object))
		return PTR_ERR(object);
	handle = kown_handle_new(object, birth->rights, false, birth->table);
	if (IS_ERR(handle)) {
		err = PTR_ERR(handle);
		goto put_object;
	}
	if (birth->t.result)
		err = tell_split(birth, handle);
	if (err)
		goto unpin;
	kown_handle_adopt(handle);
	birth->handle = handle;
	return 0;

unpin:
	kown_handle_unpin(handle);
put_object:
	kown_object_discard(object);
	return err;
}

static int clone_step(struct kown_transfer *t)
{
	return bear(container_of(t, struct birth, t), 0);
}

/**
 * kown_elements_clone() - another object with a copy of the elements (Vec::clone)
 * @handle: a strong handle, pinned
 * @table: where its handle is going to live, whose account answers for it
 * @rights: of its handle
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: a handle that owns the object, with one pin, the caller's; or -ENOSPC, -ENOMEM,
 * or as kown_transfer_run().
 */
struct kown_handle *kown_elements_clone(struct kown_handle *handle,
					struct kown_table *table, u32 rights)
{
	struct birth birth = {
		.t = {
			.handle = handle,
			.step = clone_step,
		},
		.table = table,
		.rights = rights,
	};
	int err = kown_transfer_run(&birth.t);

	return err ? ERR_PTR(err) : birth.handle;
}

static int split_off_step(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;
	int err;

	lockdep_assert_held(&object->lock);
	if (t->start > object->vec.len)
		return -ERANGE;
	err = bear(container_of(t, struct birth, t), t->start);
	if (!err)
		kown_vec_truncate(&object->vec, &object->elem, t->start);
	return err;
}

/**
 * kown_elements_split_off() - move elements to a new object (Vec::split_off)
 * @handle: a strong handle, pinned
 * @table: where its handle is going to live, whose account answers for it
 * @start: index of the first to move, at most the length
 * @user: told the number and the object's id
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: a handle that owns the object, with one pin, the caller's; or -ERANGE, -ENOSPC,
 * -ENOMEM, or as kown_transfer_run(), and nothing has moved.
 */
struct kown_handle *kown_elements_split_off(struct kown_handle *handle,
					    struct kown_table *table, u64 start,
					    struct kown_split_off __user *user)
{
	struct birth birth = {
		.t = {
			.handle = handle,
			.change = true,
			.step = split_off_step,
			.result = &user->new_handle,
			.result_bytes = sizeof(struct split),
			.start = start,
		},
		.table = table,
		.rights = KOWN_RIGHTS_ALL,
	};
	int err = kown_transfer_run(&birth.t);

	return err ? ERR_PTR(err) : birth.handle;
}
