// SPDX-License-Identifier: GPL-2.0
/*
 * Elements: in and out, by the library's Vec.
 */
#include <linux/bitmap.h>
#include <linux/poll.h>
#include <linux/sched.h>
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
#define GIVE_WAY	4096

static void give_way(size_t i)
{
	if (!(i % GIVE_WAY))
		cond_resched();
}

/* There are elements now: who waits for some may be waiting for these. */
static void tell_readers(struct kown_object *object)
{
	if (object->vec.len)
		kown_object_wake(object, EPOLLIN | EPOLLRDNORM);
}

static void *at(const struct kown_object *object, size_t index)
{
	return kown_vec_at(&object->vec, &object->elem, index);
}

/* Copy @count elements out that are going to be removed. */
static int hand_out(struct kown_transfer *t, size_t start, size_t count)
{
	struct kown_object *object = t->handle->object;

	if (t->discard)
		return 0;
	t->out_bytes = count * object->elem.size;
	return kown_transfer_out(t, at(object, start));
}

/* The elements behind a range follow up. */
static void close_gap(struct kown_object *object, size_t start, size_t count)
{
	struct kown_vec *vec = &object->vec;

	vec->len -= count;
	kown_vec_move(&object->elem, at(object, start), at(object, start + count),
		      vec->len - start);
}

static int push_step(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;
	u64 index = object->vec.len;
	int err;

	lockdep_assert_held(&object->lock);
	err = kown_object_reserve(object, t->count);
	if (err)
		return err;
	err = kown_transfer_in(t, at(object, index));
	if (err)
		return err;
	err = kown_transfer_answer(t, &index);
	if (err)
		return err;
	kown_vec_commit(&object->vec, t->count);
	tell_readers(object);
	return 0;
}

/**
 * kown_elements_push() - append elements, all or none (Vec::extend_from_slice)
 * @handle: a strong handle, pinned
 * @data: @count elements
 * @count: how many
 * @index: told the index of the first
 *
 * The caller's pages are faulted in before anything grows, so a bad pointer leaves
 * even the capacity as it was.
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
	int err;

	err = kown_object_check_size(handle->object, count, &t.in_bytes);
	if (err)
		return err;
	err = kown_transfer_fault_in(&t);
	if (err)
		return err;
	return kown_transfer_run(&t);
}

/* Remove @n elements from @start on, and tell how many. */
static int take_step(struct kown_transfer *t, u64 start, u64 n)
{
	struct kown_object *object = t->handle->object;
	int err;

	lockdep_assert_held(&object->lock);
	err = hand_out(t, start, n);
	if (err)
		return err;
	err = kown_transfer_answer(t, &n);
	if (err)
		return err;
	close_gap(object, start, n);
	return 0;
}

static int pop_step(struct kown_transfer *t)
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

	return kown_transfer_run(&t);
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
	err = hand_out(t, t->start, t->count);
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
	err = hand_out(t, t->start, t->count);
	if (err)
		return err;
	last = min_t(size_t, t->count, vec->len - t->start - t->count);
	kown_vec_move(&object->elem, at(object, t->start), at(object, vec->len - last),
		      last);
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

static int read_step(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;

	lockdep_assert_held(&object->lock);
	if (!kown_vec_has(&object->vec, t->start, t->count))
		return -ERANGE;
	t->out_bytes = t->count * object->elem.size;
	return kown_transfer_out(t, at(object, t->start));
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

	return kown_transfer_run(&t);
}

static int write_step(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;

	lockdep_assert_held(&object->lock);
	if (!kown_vec_has(&object->vec, t->start, t->count))
		return -ERANGE;
	kown_vec_move(&object->elem, at(object, t->start), t->given, t->count);
	return 0;
}

/* Nothing that large is copied in only to be refused. */
static int check_range(struct kown_handle *handle, u64 start, u64 count)
{
	bool has;
	int err = kown_handle_lock(handle);

	if (err)
		return err;
	has = kown_vec_has(&handle->object->vec, start, count);
	kown_handle_unlock(handle);
	return has ? 0 : -ERANGE;
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

	err = check_range(handle, start, count);
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
		memset(at(object, start), *(const u8 *)value, count);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		memcpy(at(object, start + i), value, size);
		give_way(i);
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
		tell_readers(object);
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

	err = check_range(handle, start, 0);
	if (!err)
		err = kown_object_check_size(handle->object, count, &bytes);
	return err ? err : kown_transfer_run_given(&t, data, bytes);
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
		err = hand_out(t, t->start, t->count);
	if (err)
		return err;
	kown_vec_move(&object->elem, at(object, t->start + t->insert),
		      at(object, t->start + t->count), vec->len - t->start - t->count);
	kown_vec_move(&object->elem, at(object, t->start), t->given, t->insert);
	vec->len = vec->len - t->count + t->insert;
	tell_readers(object);
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

	err = check_range(handle, start, count);
	if (!err)
		err = kown_object_check_size(handle->object, insert, &bytes);
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

static int resize_step(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;
	size_t len = object->vec.len;
	int err;

	if (t->count <= len)
		return truncate_step(t);
	err = kown_object_reserve(object, t->count - len);
	if (err)
		return err;
	fill(object, len, t->count - len, t->given);
	kown_vec_commit(&object->vec, t->count - len);
	tell_readers(object);
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

static int tell_cap(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;
	u64 cap = kown_vec_cap(&object->vec, &object->elem);

	return kown_transfer_answer(t, &cap);
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

	give_way(index);
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
		err = kown_transfer_out(&run, at(object, t->start + first));
		run.out += run.out_bytes;
		give_way(first);
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
		err = kown_transfer_answer(t, &taken);
	if (err)
		return err;
	if (object->elem.size)
		err = kown_vec_retain(vec, &object->elem, is_kept, &mask);
	else
		vec->len -= taken;
	/* Who looked meanwhile, without the lock, saw none. */
	tell_readers(object);
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
	int err = check_range(t->handle, t->start, t->count);

	if (err)
		return err;
	/* The bits are visited by words. */
	if (t->count > min_t(u64, 8ULL * kown_account_limit(KOWN_BYTES), INT_MAX))
		return -ENOSPC;
	return kown_transfer_run_given(t, mask, DIV_ROUND_UP((size_t)t->count, 8));
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

	give_way(equal->asked++);
	return !memcmp(value, before, equal->size);
}

/* Each element that equals its neighbour before it is one too many. */
static u64 count_repeated(const struct kown_object *object)
{
	struct equal equal = { .size = object->elem.size };
	u64 repeated = 0;

	for (size_t i = 1; i < object->vec.len; i++)
		repeated += is_equal(at(object, i), at(object, i - 1), &equal);
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
	err = kown_transfer_answer(t, &taken);
	if (err)
		return err;
	if (equal.size)
		err = kown_vec_dedup_by(vec, &object->elem, is_equal, &equal);
	else
		vec->len -= taken;
	/* Who looked meanwhile, without the lock, saw none. */
	tell_readers(object);
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
	return kown_vec_extend_from_within(&object->vec, &object->elem, t->start, t->count,
					   KOWN_GFP_USER);
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

/* Make room, and tell where. */
static int prepare_append(struct kown_transfer *t, size_t count)
{
	struct kown_object *object = t->handle->object;
	u64 index = object->vec.len;
	int err = kown_object_reserve(object, count);

	return err ? err : kown_transfer_answer(t, &index);
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
		tell_readers(object);
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
					 at(other, t->start), t->count, KOWN_GFP_USER);
	if (!err)
		tell_readers(object);
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

/**
 * struct birth - a call that makes another object of elements
 * @t: its step
 * @table: where its handle is going to live, whose account answers for it
 * @rights: of the handle
 * @number: of the handle, if it is told
 * @handle: the handle, once the step has succeeded
 */
struct birth {
	struct kown_transfer t;
	struct kown_table *table;
	u32 rights;
	u32 number;
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

static int tell_split(struct birth *birth, const struct kown_object *object)
{
	struct split split = {
		.number = birth->number,
		.start = birth->t.start,
		.object = object->id,
	};

	return kown_transfer_answer(&birth->t, &split);
}

/* A new object with copies of the elements from @start on, and a handle that owns it. */
static int bear(struct birth *birth, size_t start)
{
	struct kown_object *old = birth->t.handle->object, *object;
	struct kown_handle *handle;
	int err = 0;

	object = kown_object_succeed(old, birth->table->account, start);
	if (IS_ERR(object))
		return PTR_ERR(object);
	handle = kown_handle_new(object, birth->rights, false, &birth->table->place);
	if (IS_ERR(handle)) {
		err = PTR_ERR(handle);
		goto put_object;
	}
	if (birth->t.result)
		err = tell_split(birth, object);
	if (err)
		goto unpin;
	kown_handle_adopt(handle);
	birth->handle = handle;
	return 0;

unpin:
	kown_handle_unpin(handle);
put_object:
	kown_object_put(object);
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
 * @number: reserved for its handle
 * @user: told the number and the object's id
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: a handle that owns the object, with one pin, the caller's; or -ERANGE, -ENOSPC,
 * -ENOMEM, or as kown_transfer_run(), and nothing has moved.
 */
struct kown_handle *kown_elements_split_off(struct kown_handle *handle,
					    struct kown_table *table, u64 start,
					    u32 number, struct kown_split_off __user *user)
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
		.number = number,
	};
	int err = kown_transfer_run(&birth.t);

	return err ? ERR_PTR(err) : birth.handle;
}
