// SPDX-License-Identifier: GPL-2.0
/*
 * Selection: some elements are kept and others not, by a mask or by what they are.
 */
#include <linux/bitmap.h>
#include <linux/string.h>

#include <kown/compat.h>
#include <uapi/linux/kown.h>

#include "elements.h"
#include "transfer.h"

/**
 * struct mask - which elements of a range to keep
 * @bits: one for each
 * @start: of the range
 * @count: bits
 * @index: of the element that is asked about next
 * @keep: what the bit of an element to keep is
 */
struct mask {
	const void *bits;
	size_t start;
	size_t count;
	size_t index;
	bool keep;
};

static int is_kept(void *value, void *context)
{
	struct mask *mask = context;
	size_t index = mask->index++;

	kown_give_way(index);
	if (index < mask->start || index - mask->start >= mask->count)
		return true;
	return !!test_bit_le(index - mask->start, mask->bits) == mask->keep;
}

/* The bits behind the last are set to 0, so that they do not count. */
static size_t count_ones(u8 *bits, size_t count)
{
	if (count % 8)
		bits[count / 8] &= BIT(count % 8) - 1;
	return memweight(bits, DIV_ROUND_UP(count, 8));
}

/* Run by run: @bits are in one piece where the elements are too. */
static int hand_out_chosen(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;
	struct kown_transfer run = *t;
	size_t count = t->count, first = 0, end = 0;
	int err = 0;

	while (!err) {
		first = find_next_bit_le(t->given, count, end);
		if (first >= count)
			return 0;
		end = find_next_zero_bit_le(t->given, count, first);
		run.out_bytes = (end - first) * object->elem.size;
		err = kown_transfer_out(&run, kown_object_at(object, t->start + first));
		run.out += run.out_bytes;
		kown_give_way(first);
	}
	return err;
}

static int mask_step(struct kown_transfer *t, bool keep)
{
	struct kown_object *object = t->handle->object;
	struct kown_vec *vec = &object->vec;
	struct mask mask = {
		.bits = t->given,
		.start = t->start,
		.count = t->count,
		.keep = keep,
	};
	u64 taken;
	int err = 0;

	lockdep_assert_held(&object->lock);
	if (!kown_vec_has(vec, t->start, t->count))
		return -ERANGE;
	taken = t->count ? count_ones(t->given, t->count) : 0;
	if (keep)
		taken = t->count - taken;
	t->out_bytes = t->discard ? 0 : taken * object->elem.size;
	if (t->out_bytes)
		err = hand_out_chosen(t);
	if (!err)
		err = kown_transfer_answer(t, taken);
	if (err)
		return err;
	if (object->elem.size)
		err = kown_vec_retain(vec, &object->elem, is_kept, &mask);
	else
		vec->len -= taken;
	/* Who looked meanwhile, without the lock, saw none. */
	kown_object_tell_readers(object);
	return err;
}

static int retain_step(struct kown_transfer *t)
{
	return mask_step(t, true);
}

static int extract_step(struct kown_transfer *t)
{
	return mask_step(t, false);
}

static int run_mask(struct kown_transfer *t, const void __user *mask)
{
	int err = kown_transfer_check_range(t->handle, t->start, t->count);
	size_t bytes;

	if (err)
		return err;
	/* The bits are visited by words. */
	if (t->count > INT_MAX)
		return -ENOSPC;
	bytes = DIV_ROUND_UP((size_t)t->count, 8);
	if (bytes > kown_account_limit(KOWN_BYTES))
		return -ENOSPC;
	return kown_transfer_run_given(t, mask, bytes);
}

/**
 * kown_elements_retain() - keep those elements of a range that a mask says (Vec::retain)
 * @handle: a strong handle, pinned
 * @mask: @count bits, 1 to keep
 * @start: index of the first
 * @count: how many
 * @taken: told how many were dropped
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: 0, -ERANGE, -ENOSPC, -EFAULT, or as kown_transfer_run().
 */
int kown_elements_retain(struct kown_handle *handle, const void __user *mask, u64 start,
			 u64 count, u64 __user *taken)
{
	struct kown_transfer t = {
		.handle = handle,
		.change = true,
		.step = retain_step,
		.result = taken,
		.result_bytes = sizeof(*taken),
		.discard = true,
		.start = start,
		.count = count,
	};

	return run_mask(&t, mask);
}

/**
 * kown_elements_extract() - take those elements of a range out that a mask says (Vec::extract_if)
 * @handle: a strong handle, pinned
 * @mask: @count bits, 1 to take out
 * @start: index of the first
 * @count: how many
 * @data: room for them
 * @taken: told how many
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: 0, -ERANGE, -ENOSPC, -EFAULT, or as kown_transfer_run(); on error none is taken.
 */
int kown_elements_extract(struct kown_handle *handle, const void __user *mask, u64 start,
			  u64 count, void __user *data, u64 __user *taken)
{
	struct kown_transfer t = {
		.handle = handle,
		.change = true,
		.step = extract_step,
		.out = data,
		.result = taken,
		.result_bytes = sizeof(*taken),
		.start = start,
		.count = count,
	};

	return run_mask(&t, mask);
}

struct equal {
	size_t size;
	size_t asked;
};

static int is_equal(void *value, void *before, void *context)
{
	struct equal *equal = context;

	kown_give_way(equal->asked++);
	return !memcmp(value, before, equal->size);
}

/* Each element that equals its neighbour before it is one too many. */
static u64 count_repeated(const struct kown_object *object)
{
	struct equal equal = { .size = object->elem.size };
	u64 repeated = 0;

	for (size_t i = 1; i < object->vec.len; i++)
		repeated += is_equal(kown_object_at(object, i),
				     kown_object_at(object, i - 1), &equal);
	return repeated;
}

static int dedup_step(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;
	struct kown_vec *vec = &object->vec;
	struct equal equal = { .size = object->elem.size };
	u64 taken;
	int err;

	lockdep_assert_held(&object->lock);
	if (equal.size)
		taken = count_repeated(object);
	else
		taken = vec->len ? vec->len - 1 : 0;
	err = kown_transfer_answer(t, taken);
	if (err)
		return err;
	if (equal.size)
		err = kown_vec_dedup_by(vec, &object->elem, is_equal, &equal);
	else
		vec->len -= taken;
	/* Who looked meanwhile, without the lock, saw none. */
	kown_object_tell_readers(object);
	return err;
}

/**
 * kown_elements_dedup() - of equal neighbours keep the first (Vec::dedup)
 * @handle: a strong handle, pinned
 * @taken: told how many were dropped
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: 0, or as kown_transfer_run().
 */
int kown_elements_dedup(struct kown_handle *handle, u64 __user *taken)
{
	struct kown_transfer t = {
		.handle = handle,
		.change = true,
		.step = dedup_step,
		.result = taken,
		.result_bytes = sizeof(*taken),
	};

	return kown_transfer_run(&t);
}
