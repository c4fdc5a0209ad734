// SPDX-License-Identifier: GPL-2.0
/*
 * Elements: in, over and out, by the library's Vec.
 */
#include <linux/string.h>

#include <kown/compat.h>
#include <uapi/linux/kown.h>

#include "elements.h"
#include "transfer.h"

/*
 * The shape of each
 *
 * What a command is given it copies to the kernel before, but for a push. Its step
 * refuses, makes room, copies out what it removes and the answer, any of which may end
 * it with the elements as they were; then it commits by functions that cannot fail.
 *
 * Elements of size 0 are only counted, and there may be 2^64 of them: no loop may visit
 * each. A loop over others gives way now and then, for there may be 2^28 of them.
 */

/* For a push. A pointer that leads nowhere leaves even the capacity as it was. */
static int make_room(struct kown_object *object, u64 count, bool faulted_in)
{
	size_t bytes;
	int err;

	lockdep_assert_held(&object->lock);
	err = kown_object_check_size(object, count, &bytes);
	if (err)
		return err;
	return faulted_in ? kown_object_reserve(object, count) : -EAGAIN;
}

static __always_inline int push_step(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;
	u64 index = object->vec.len;
	int err = 0;

	lockdep_assert_held(&object->lock);
	t->in_bytes = t->count * object->elem.size;
	if (unlikely(!kown_object_has_room(object, t->count)))
		err = make_room(object, t->count, t->faulted_in);
	if (err)
		return err;
	err = kown_transfer_in(t, kown_object_at(object, index));
	if (err)
		return err;
	err = kown_transfer_answer(t, index);
	if (err)
		return err;
	kown_vec_commit(&object->vec, t->count);
	kown_object_tell_readers(object);
	return 0;
}

/**
 * kown_elements_push() - append elements, all or none (Vec::extend_from_slice)
 * @handle: a strong handle, pinned
 * @data: @count elements
 * @count: how many
 * @index: told the index of the first
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: 0, -EOVERFLOW, -ENOSPC, -ENOMEM, -EFAULT, or as kown_transfer_run().
 */
int kown_elements_push(struct kown_handle *handle, const void __user *data, u64 count,
		       u64 __user *index)
{
	struct kown_transfer t = {
		.handle = handle,
		.change = true,
		.step = push_step,
		.in = data,
		.result = index,
		.result_bytes = sizeof(*index),
		.count = count,
	};

	return kown_transfer_run_step(&t, push_step);
}

static int insert_step(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;
	int err;

	lockdep_assert_held(&object->lock);
	if (t->start > object->vec.len)
		return -ERANGE;
	err = kown_object_reserve(object, t->count);
	if (!err)
		err = kown_vec_insert_n(&object->vec, &object->elem, t->start, t->given,
					t->count, KOWN_GFP_USER);
	if (!err)
		kown_object_tell_readers(object);
	return err;
}

/**
 * kown_elements_insert() - move elements in before an index (Vec::insert)
 * @handle: a strong handle, pinned
 * @data: @count elements
 * @start: where the first of them will be, at most the length
 * @count: how many
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: 0, -ERANGE, -EOVERFLOW, -ENOSPC, -EFAULT, or as kown_transfer_run().
 */
int kown_elements_insert(struct kown_handle *handle, const void __user *data, u64 start,
			 u64 count)
{
	struct kown_transfer t = {
		.handle = handle,
		.change = true,
		.step = insert_step,
		.start = start,
		.count = count,
	};
	size_t bytes;
	int err;

	err = kown_transfer_check_range(handle, start, 0);
	if (!err)
		err = kown_object_check_size(handle->object, count, &bytes);
	return err ? err : kown_transfer_run_given(&t, data, bytes);
}

static __always_inline int read_step(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;

	lockdep_assert_held(&object->lock);
	if (!kown_vec_has(&object->vec, t->start, t->count))
		return -ERANGE;
	t->out_bytes = t->count * object->elem.size;
	return kown_transfer_out(t, kown_object_at(object, t->start));
}

/**
 * kown_elements_read() - copy a range of elements out
 * @handle: a strong handle, pinned
 * @data: room for @count elements
 * @start: index of the first
 * @count: how many
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: 0, -ERANGE, or as kown_transfer_run().
 */
int kown_elements_read(struct kown_handle *handle, void __user *data, u64 start,
		       u64 count)
{
	struct kown_transfer t = {
		.handle = handle,
		.step = read_step,
		.out = data,
		.start = start,
		.count = count,
	};

	return kown_transfer_run_step(&t, read_step);
}

static int write_step(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;

	lockdep_assert_held(&object->lock);
	if (!kown_vec_has(&object->vec, t->start, t->count))
		return -ERANGE;
	kown_vec_move(&object->elem, kown_object_at(object, t->start), t->given, t->count);
	return 0;
}

/**
 * kown_elements_write() - replace a range of elements
 * @handle: a strong handle, pinned
 * @data: @count elements
 * @start: index of the first
 * @count: how many
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: 0, -ERANGE, -EFAULT, or as kown_transfer_run().
 */
int kown_elements_write(struct kown_handle *handle, const void __user *data, u64 start,
			u64 count)
{
	struct kown_transfer t = {
		.handle = handle,
		.change = true,
		.step = write_step,
		.start = start,
		.count = count,
	};
	size_t bytes;
	int err;

	err = kown_transfer_check_range(handle, start, count);
	if (!err)
		err = kown_object_check_size(handle->object, count, &bytes);
	return err ? err : kown_transfer_run_given(&t, data, bytes);
}

/* Make @count elements from @start on, which have room, copies of @value. */
static void fill(struct kown_object *object, size_t start, size_t count, const void *value)
{
	size_t size = object->elem.size;

	if (!size)
		return;
	if (size == 1) {
		memset(kown_object_at(object, start), *(const u8 *)value, count);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		memcpy(kown_object_at(object, start + i), value, size);
		kown_give_way(i);
	}
}

static int fill_step(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;

	lockdep_assert_held(&object->lock);
	if (!kown_vec_has(&object->vec, t->start, t->count))
		return -ERANGE;
	fill(object, t->start, t->count, t->given);
	return 0;
}

/**
 * kown_elements_fill() - make all elements of a range the same (slice::fill)
 * @handle: a strong handle, pinned
 * @value: one element
 * @start: index of the first
 * @count: how many
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: 0, -ERANGE, -EFAULT, or as kown_transfer_run().
 */
int kown_elements_fill(struct kown_handle *handle, const void __user *value, u64 start,
		       u64 count)
{
	struct kown_transfer t = {
		.handle = handle,
		.change = true,
		.step = fill_step,
		.start = start,
		.count = count,
	};

	return kown_transfer_run_given(&t, value, handle->object->elem.size);
}

static int resize_step(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;
	size_t len = object->vec.len;
	int err;

	lockdep_assert_held(&object->lock);
	if (t->count <= len) {
		kown_vec_truncate(&object->vec, &object->elem, t->count);
		return 0;
	}
	err = kown_object_reserve(object, t->count - len);
	if (err)
		return err;
	fill(object, len, t->count - len, t->given);
	kown_vec_commit(&object->vec, t->count - len);
	kown_object_tell_readers(object);
	return 0;
}

/**
 * kown_elements_resize() - cut off, or fill up with copies (Vec::resize)
 * @handle: a strong handle, pinned
 * @len: elements there shall be
 * @value: one element, to copy
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: 0, -EOVERFLOW, -ENOSPC, -EFAULT, or as kown_transfer_run().
 */
int kown_elements_resize(struct kown_handle *handle, u64 len, const void __user *value)
{
	struct kown_transfer t = {
		.handle = handle,
		.change = true,
		.step = resize_step,
		.count = len,
	};
	size_t bytes;
	int err;

	err = kown_object_check_size(handle->object, len, &bytes);
	if (err)
		return err;
	return kown_transfer_run_given(&t, value, handle->object->elem.size);
}

/**
 * kown_elements_set_len() - the same, with an element of the kernel's
 * @handle: a strong handle, pinned
 * @len: elements there shall be
 * @value: one element, to copy
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: 0, -EOVERFLOW, -ENOSPC, or as kown_transfer_run().
 */
int kown_elements_set_len(struct kown_handle *handle, u64 len, void *value)
{
	struct kown_transfer t = {
		.handle = handle,
		.change = true,
		.step = resize_step,
		.given = value,
		.count = len,
	};
	size_t bytes;
	int err;

	err = kown_object_check_size(handle->object, len, &bytes);
	return err ? err : kown_transfer_run(&t);
}

static int extend_within_step(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;
	int err;

	lockdep_assert_held(&object->lock);
	if (!kown_vec_has(&object->vec, t->start, t->count))
		return -ERANGE;
	err = kown_object_reserve(object, t->count);
	if (err)
		return err;
	err = kown_vec_extend_from_within(&object->vec, &object->elem, t->start, t->count,
					  KOWN_GFP_USER);
	if (!err)
		kown_object_tell_readers(object);
	return err;
}

/**
 * kown_elements_extend_within() - append a copy of a range (Vec::extend_from_within)
 * @handle: a strong handle, pinned
 * @start: index of the first
 * @count: how many
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: 0, -ERANGE, -EOVERFLOW, -ENOSPC, -ENOMEM, or as kown_transfer_run().
 */
int kown_elements_extend_within(struct kown_handle *handle, u64 start, u64 count)
{
	struct kown_transfer t = {
		.handle = handle,
		.change = true,
		.step = extend_within_step,
		.start = start,
		.count = count,
	};

	return kown_transfer_run(&t);
}
