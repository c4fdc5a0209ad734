// SPDX-License-Identifier: GPL-2.0
/*
 * Capacity: the room that an object has.
 */
#include <linux/minmax.h>
#include <linux/overflow.h>

#include <kown/compat.h>
#include <uapi/linux/kown.h>

#include "elements.h"
#include "transfer.h"

static int tell_cap(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;
	u64 cap = kown_vec_cap(&object->vec, &object->elem);

	return kown_transfer_answer(t, cap);
}

/* What a fault lets happen twice changes nothing the second time. */
static int reserve_step(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;
	int err;

	lockdep_assert_held(&object->lock);
	err = kown_object_reserve(object, t->count);
	return err ? err : tell_cap(t);
}

static int reserve_exact_step(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;
	u64 cap;
	size_t bytes;
	int err;

	lockdep_assert_held(&object->lock);
	if (check_add_overflow((u64)object->vec.len, t->count, &cap))
		return -EOVERFLOW;
	err = kown_object_check_size(object, cap, &bytes);
	if (!err)
		err = kown_object_reserve_exact(object, cap);
	return err ? err : tell_cap(t);
}

/**
 * kown_elements_reserve() - make room for more elements (Vec::reserve)
 * @handle: a strong handle, pinned
 * @extra: elements beyond those there are
 * @exact: no more than that (Vec::reserve_exact)
 * @cap: told the capacity
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: 0, -EOVERFLOW, -ENOSPC, -ENOMEM, or as kown_transfer_run().
 */
int kown_elements_reserve(struct kown_handle *handle, u64 extra, bool exact,
			  u64 __user *cap)
{
	struct kown_transfer t = {
		.handle = handle,
		.change = true,
		.step = exact ? reserve_exact_step : reserve_step,
		.result = cap,
		.result_bytes = sizeof(*cap),
		.count = extra,
	};
	size_t bytes;
	int err;

	err = kown_object_check_size(handle->object, extra, &bytes);
	if (!err)
		err = kown_transfer_fault_in(&t);
	return err ? err : kown_transfer_run(&t);
}

static int shrink_step(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;
	int err;

	lockdep_assert_held(&object->lock);
	err = kown_object_shrink(object, min_t(u64, t->count, SIZE_MAX));
	return err ? err : tell_cap(t);
}

/**
 * kown_elements_shrink() - give room back (Vec::shrink_to)
 * @handle: a strong handle, pinned
 * @min_cap: elements there shall be room for at least, as for those there are
 * @cap: told the capacity
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: 0, -ENOMEM, or as kown_transfer_run().
 */
int kown_elements_shrink(struct kown_handle *handle, u64 min_cap, u64 __user *cap)
{
	struct kown_transfer t = {
		.handle = handle,
		.change = true,
		.step = shrink_step,
		.result = cap,
		.result_bytes = sizeof(*cap),
		.count = min_cap,
	};
	int err = kown_transfer_fault_in(&t);

	return err ? err : kown_transfer_run(&t);
}
