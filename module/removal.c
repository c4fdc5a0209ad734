// SPDX-License-Identifier: GPL-2.0
/*
 * Removal: elements taken out, or dropped.
 */
#include <linux/minmax.h>

#include <kown/compat.h>
#include <uapi/linux/kown.h>

#include "elements.h"
#include "transfer.h"

/* The elements behind a range follow up. */
static void close_gap(struct kown_object *object, size_t start, size_t count)
{
	struct kown_vec *vec = &object->vec;

	vec->len -= count;
	kown_vec_move(&object->elem, kown_object_at(object, start),
		      kown_object_at(object, start + count), vec->len - start);
}

/* Remove @n elements from @start on, and tell how many. */
static __always_inline int take_step(struct kown_transfer *t, u64 start, u64 n)
{
	struct kown_object *object = t->handle->object;
	int err;

	lockdep_assert_held(&object->lock);
	err = kown_transfer_hand_out(t, start, n);
	if (err)
		return err;
	err = kown_transfer_answer(t, n);
	if (err)
		return err;
	close_gap(object, start, n);
	return 0;
}

static __always_inline int pop_step(struct kown_transfer *t)
{
	size_t len = t->handle->object->vec.len;
	u64 n = min_t(u64, t->count, len);

	return take_step(t, len - n, n);
}

/**
 * kown_elements_pop() - take elements off the end, as many as there are (Vec::pop)
 * @handle: a strong handle, pinned
 * @data: room for @count elements; filled in index order
 * @count: how many at most
 * @taken: told how many
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
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

	return kown_transfer_run_step(&t, pop_step);
}

static int drain_step(struct kown_transfer *t)
{
	size_t len = t->handle->object->vec.len;

	if (t->start > len)
		return -ERANGE;
	return take_step(t, t->start, min_t(u64, t->count, len - t->start));
}

/**
 * kown_elements_drain() - take a range out, as far as there is one (Vec::drain)
 * @handle: a strong handle, pinned
 * @data: room for @count elements
 * @start: index of the first, at most the length
 * @count: how many at most
 * @discard: drop them, @data is not used
 * @taken: told how many
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: 0, -ERANGE, or as kown_transfer_run(); on error none is taken.
 */
int kown_elements_drain(struct kown_handle *handle, void __user *data, u64 start,
			u64 count, bool discard, u64 __user *taken)
{
	struct kown_transfer t = {
		.handle = handle,
		.change = true,
		.step = drain_step,
		.out = data,
		.result = taken,
		.result_bytes = sizeof(*taken),
		.discard = discard,
		.start = start,
		.count = count,
	};

	return kown_transfer_run(&t);
}

/**
 * kown_elements_pop_front() - take elements off the front (VecDeque::pop_front)
 * @handle: a strong handle, pinned
 * @data: room for @count elements
 * @count: how many at most
 * @taken: told how many
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: 0, or as kown_transfer_run(); on error none is taken.
 */
int kown_elements_pop_front(struct kown_handle *handle, void __user *data, u64 count,
			    u64 __user *taken)
{
	return kown_elements_drain(handle, data, 0, count, false, taken);
}

static int remove_step(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;
	int err;

	lockdep_assert_held(&object->lock);
	if (!kown_vec_has(&object->vec, t->start, t->count))
		return -ERANGE;
	err = kown_transfer_hand_out(t, t->start, t->count);
	if (!err)
		close_gap(object, t->start, t->count);
	return err;
}

/**
 * kown_elements_remove() - take a range out (Vec::remove)
 * @handle: a strong handle, pinned
 * @data: room for @count elements
 * @start: index of the first
 * @count: how many
 * @discard: drop them, @data is not used
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: 0, -ERANGE, or as kown_transfer_run(); on error none is taken.
 */
int kown_elements_remove(struct kown_handle *handle, void __user *data, u64 start,
			 u64 count, bool discard)
{
	struct kown_transfer t = {
		.handle = handle,
		.change = true,
		.step = remove_step,
		.out = data,
		.discard = discard,
		.start = start,
		.count = count,
	};

	return kown_transfer_run(&t);
}

/* [ head | gap | middle | last ] becomes [ head | last | middle ] */
static int swap_remove_step(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;
	struct kown_vec *vec = &object->vec;
	size_t last;
	int err;

	lockdep_assert_held(&object->lock);
	if (!kown_vec_has(vec, t->start, t->count))
		return -ERANGE;
	err = kown_transfer_hand_out(t, t->start, t->count);
	if (err)
		return err;
	last = min_t(size_t, t->count, vec->len - t->start - t->count);
	kown_vec_move(&object->elem, kown_object_at(object, t->start),
		      kown_object_at(object, vec->len - last), last);
	vec->len -= t->count;
	return 0;
}

/**
 * kown_elements_swap_remove() - take a range out, the last elements fill it (Vec::swap_remove)
 * @handle: a strong handle, pinned
 * @data: room for @count elements
 * @start: index of the first
 * @count: how many
 * @discard: drop them, @data is not used
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: 0, -ERANGE, or as kown_transfer_run(); on error none is taken.
 */
int kown_elements_swap_remove(struct kown_handle *handle, void __user *data, u64 start,
			      u64 count, bool discard)
{
	struct kown_transfer t = {
		.handle = handle,
		.change = true,
		.step = swap_remove_step,
		.out = data,
		.discard = discard,
		.start = start,
		.count = count,
	};

	return kown_transfer_run(&t);
}

static int splice_step(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;
	struct kown_vec *vec = &object->vec;
	int err = 0;

	lockdep_assert_held(&object->lock);
	if (!kown_vec_has(vec, t->start, t->count))
		return -ERANGE;
	if (t->insert > t->count)
		err = kown_object_reserve(object, t->insert - t->count);
	if (!err)
		err = kown_transfer_hand_out(t, t->start, t->count);
	if (err)
		return err;
	kown_vec_move(&object->elem, kown_object_at(object, t->start + t->insert),
		      kown_object_at(object, t->start + t->count), vec->len - t->start - t->count);
	kown_vec_move(&object->elem, kown_object_at(object, t->start), t->given, t->insert);
	vec->len = vec->len - t->count + t->insert;
	kown_object_tell_readers(object);
	return 0;
}

/**
 * kown_elements_splice() - replace a range by others, more or fewer (Vec::splice)
 * @handle: a strong handle, pinned
 * @removed: room for @count elements
 * @start: index of the first to remove
 * @count: how many to remove
 * @discard: drop them, @removed is not used
 * @data: @insert elements
 * @insert: how many to put there
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: 0, -ERANGE, -EOVERFLOW, -ENOSPC, -EFAULT, or as kown_transfer_run().
 */
int kown_elements_splice(struct kown_handle *handle, void __user *removed, u64 start,
			 u64 count, bool discard, const void __user *data, u64 insert)
{
	struct kown_transfer t = {
		.handle = handle,
		.change = true,
		.step = splice_step,
		.out = removed,
		.discard = discard,
		.start = start,
		.count = count,
		.insert = insert,
	};
	size_t bytes;
	int err;

	err = kown_transfer_check_range(handle, start, count);
	if (!err)
		err = kown_object_check_size(handle->object, insert, &bytes);
	if (!err && insert > count) {
		/* Room that leads nowhere leaves even the capacity as it was. */
		t.out_bytes = discard ? 0 : count * handle->object->elem.size;
		err = kown_transfer_fault_in(&t);
	}
	return err ? err : kown_transfer_run_given(&t, data, bytes);
}

static int truncate_step(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;

	lockdep_assert_held(&object->lock);
	if (t->count < object->vec.len)
		kown_vec_truncate(&object->vec, &object->elem, t->count);
	return 0;
}

/**
 * kown_elements_truncate() - drop the elements from an index on (Vec::truncate)
 * @handle: a strong handle, pinned
 * @len: elements to keep; nothing happens if there are no more
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: 0, or as kown_transfer_run().
 */
int kown_elements_truncate(struct kown_handle *handle, u64 len)
{
	struct kown_transfer t = {
		.handle = handle,
		.change = true,
		.step = truncate_step,
		.count = len,
	};

	return kown_transfer_run(&t);
}
