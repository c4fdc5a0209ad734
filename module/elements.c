// SPDX-License-Identifier: GPL-2.0
/*
 * Elements: in and out, by the library's Vec.
 */
#include <linux/poll.h>

#include <kown/compat.h>

#include "elements.h"
#include "transfer.h"

/* There are elements now: who waits for some may be waiting for these. */
static void tell_readers(struct kown_object *object)
{
	if (object->vec.len)
		kown_object_wake(object, EPOLLIN | EPOLLRDNORM);
}

static int push_step(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;
	struct kown_vec *vec = &object->vec;
	u64 index = vec->len;
	int err;

	lockdep_assert_held(&object->lock);
	err = kown_object_reserve(object, t->count);
	if (err)
		return err;
	err = kown_transfer_in(t, kown_vec_at(vec, &object->elem, index));
	if (err)
		return err;
	err = kown_transfer_answer(t, &index);
	if (err)
		return err;
	kown_vec_commit(vec, t->count);
	tell_readers(object);
	return 0;
}

/**
 * kown_elements_push() - append elements, all or none
 * @handle: a strong handle, pinned
 * @data: @count elements
 * @count: how many
 * @index: told the index of the first
 *
 * The caller's pages are faulted in before anything grows, so a bad pointer leaves
 * even the capacity as it was.
 *
 * Context: Process context. Takes and releases the object's lock.
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
	int err;

	err = kown_object_check_size(handle->object, count, &t.in_bytes);
	if (err)
		return err;
	err = kown_transfer_fault_in(&t);
	if (err)
		return err;
	return kown_transfer_run(&t);
}

static int pop_step(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;
	struct kown_vec *vec = &object->vec;
	u64 n = min_t(u64, t->count, vec->len);
	int err;

	lockdep_assert_held(&object->lock);
	t->out_bytes = n * object->elem.size;
	err = kown_transfer_out(t, kown_vec_at(vec, &object->elem, vec->len - n));
	if (err)
		return err;
	err = kown_transfer_answer(t, &n);
	if (err)
		return err;
	kown_vec_truncate(vec, &object->elem, vec->len - n);
	return 0;
}

/**
 * kown_elements_pop() - take elements off the end, as many as there are
 * @handle: a strong handle, pinned
 * @data: room for @count elements; filled in index order
 * @count: how many at most
 * @taken: told how many
 *
 * Context: Process context. Takes and releases the object's lock.
 * Return: 0, or as kown_transfer_run(); on error none is taken.
 */
int kown_elements_pop(struct kown_handle *handle, void __user *data, u64 count,
		      u64 __user *taken)
{
	struct kown_transfer t = {
		.handle = handle,
		.change = true,
		.step = pop_step,
		.out = data,
		.result = taken,
		.result_bytes = sizeof(*taken),
		.count = count,
	};

	return kown_transfer_run(&t);
}

static int read_step(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;
	struct kown_vec *vec = &object->vec;

	lockdep_assert_held(&object->lock);
	if (!kown_vec_has(vec, t->start, t->count))
		return -ERANGE;
	t->out_bytes = t->count * object->elem.size;
	return kown_transfer_out(t, kown_vec_at(vec, &object->elem, t->start));
}

/**
 * kown_elements_read() - copy a range of elements out
 * @handle: a strong handle, pinned
 * @data: room for @count elements
 * @start: index of the first
 * @count: how many
 *
 * Context: Process context. Takes and releases the object's lock.
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

	return kown_transfer_run(&t);
}
