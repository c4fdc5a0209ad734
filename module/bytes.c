// SPDX-License-Identifier: GPL-2.0
/*
 * Bytes: the elements as the content of a file.
 */
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include <kown/compat.h>
#include <uapi/linux/kown.h>

#include "elements.h"
#include "transfer.h"

/*
 * What a file is read by is bytes, whole elements or not: who reads cannot break any. What
 * is written are whole elements at the place of one, all or none, as any other command
 * does it; and none is written beyond the end, for there is nothing to put in between.
 */

static u64 bytes_of(const struct kown_object *object)
{
	return (u64)object->vec.len * object->elem.size;
}

/* With page faults off, unless @to is the kernel's. Return: how much of it was copied. */
static size_t copy_out(const void *from, size_t bytes, struct iov_iter *to)
{
	size_t done = 0, n, copied;

	do {
		n = min_t(size_t, bytes - done, KOWN_COPY_CHUNK);
		pagefault_disable();
		copied = copy_to_iter(from + done, n, to);
		pagefault_enable();
		done += copied;
		cond_resched();
	} while (copied == n && done < bytes);
	return done;
}

/* @start is a byte here, and @count is told how many there were. */
static int read_bytes_step(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;
	u64 bytes = bytes_of(object);
	size_t copied;

	lockdep_assert_held(&object->lock);
	t->count = 0;
	if (t->start >= bytes || !iov_iter_count(t->to))
		return 0;
	t->out_bytes = min_t(u64, iov_iter_count(t->to), bytes - t->start);
	copied = copy_out(kown_object_at(object, 0) + t->start, t->out_bytes, t->to);
	/* A pipe takes what it has room for. */
	if (copied < t->out_bytes && (user_backed_iter(t->to) || !copied)) {
		iov_iter_revert(t->to, copied);
		return -EAGAIN;
	}
	t->count = copied;
	return 0;
}

/**
 * kown_bytes_read() - read(2)
 * @handle: a strong handle, pinned
 * @pos: first byte
 * @to: where to
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: bytes copied, all at one instant: as many as there are and were asked for, 0 at
 * the end; or as kown_transfer_run().
 */
ssize_t kown_bytes_read(struct kown_handle *handle, u64 pos, struct iov_iter *to)
{
	struct kown_transfer t = {
		.handle = handle,
		.step = read_bytes_step,
		.to = to,
		.start = pos,
	};
	int err = kown_transfer_run(&t);

	return err ? err : t.count;
}

/* Replace what there is from @start on, and go on beyond the end. */
static int write_bytes_step(struct kown_transfer *t)
{
	struct kown_object *object = t->handle->object;
	struct kown_vec *vec = &object->vec;
	size_t end, over;
	int err;

	lockdep_assert_held(&object->lock);
	if (t->start > vec->len)
		return -ERANGE;
	over = vec->len - t->start;
	if (t->count > over) {
		err = kown_object_reserve(object, t->count - over);
		if (err)
			return err;
	}
	end = t->start + t->count;
	kown_vec_move(&object->elem, kown_object_at(object, t->start), t->given, t->count);
	vec->len = max_t(size_t, vec->len, end);
	kown_object_tell_readers(object);
	return 0;
}

static int append_bytes_step(struct kown_transfer *t)
{
	t->start = t->handle->object->vec.len;
	return write_bytes_step(t);
}

/* Whole elements of it; a splice brings pages, and goes on with what is left. */
static size_t whole_bytes(const struct iov_iter *from, u32 size)
{
	size_t bytes = iov_iter_count(from);

	if (!size)
		return 0;
	if (!user_backed_iter(from))
		return bytes - bytes % size;
	return bytes % size ? 0 : bytes;
}

/**
 * kown_bytes_write() - write(2)
 * @handle: a strong handle, pinned
 * @pos: where to, in bytes; moves behind what was written
 * @append: write at the end, wherever @pos is
 * @from: whole elements
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: bytes written, all at one instant; -EINVAL if @from or @pos is not a multiple of
 * the size of an element; -ERANGE if @pos is beyond the end; -ENOSPC; -ENOMEM; -EFAULT; or
 * as kown_transfer_run(), and nothing has changed.
 */
ssize_t kown_bytes_write(struct kown_handle *handle, u64 *pos, bool append,
			 struct iov_iter *from)
{
	u32 size = handle->object->elem.size;
	size_t bytes = whole_bytes(from, size);
	struct kown_transfer t = {
		.handle = handle,
		.change = true,
		.step = append ? append_bytes_step : write_bytes_step,
	};
	u32 within;
	int err;

	if (!iov_iter_count(from))
		return 0;
	if (!bytes)
		return -EINVAL;
	t.start = div_u64_rem(*pos, size, &within);
	if (within && !append)
		return -EINVAL;
	t.count = bytes / size;
	err = kown_object_check_size(handle->object, t.count, &bytes);
	if (err)
		return err;
	t.given = kvmalloc(bytes, KOWN_GFP_USER);
	if (!t.given)
		return -ENOMEM;
	err = copy_from_iter_full(t.given, bytes, from) ? kown_transfer_run(&t) : -EFAULT;
	kvfree(t.given);
	if (err)
		return err;
	*pos = (t.start + t.count) * size;
	return bytes;
}

/**
 * kown_bytes_resize() - ftruncate(2)
 * @handle: a strong handle, pinned
 * @bytes: how large the file shall be; what is added are zeros
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: 0; -EINVAL if @bytes is not a multiple of the size of an element; -ENOSPC;
 * -ENOMEM; or as kown_transfer_run().
 */
int kown_bytes_resize(struct kown_handle *handle, u64 bytes)
{
	u32 size = handle->object->elem.size, within = 0;
	void *zeros __free(kfree) = NULL;
	u64 len;

	if (!size)
		return -EINVAL;
	len = div_u64_rem(bytes, size, &within);
	if (within)
		return -EINVAL;
	zeros = kzalloc(size, KOWN_GFP_USER);
	if (!zeros)
		return -ENOMEM;
	return kown_elements_set_len(handle, len, zeros);
}

/**
 * kown_bytes_count() - how large the file is
 * @handle: a handle, pinned
 * @bytes: told the size of all elements
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: 0; -EINTR when dying; -KOWN_LOOK_AGAIN if the handle is closed.
 */
int kown_bytes_count(struct kown_handle *handle, u64 *bytes)
{
	int err = kown_handle_lock(handle);

	if (err)
		return err;
	*bytes = bytes_of(handle->object);
	kown_handle_unlock(handle);
	return 0;
}
