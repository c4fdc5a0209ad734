// SPDX-License-Identifier: GPL-2.0
/*
 * Transfer: lock, step, and fault in what was missing.
 */
#include <linux/align.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include <kown/compat.h>
#include <uapi/linux/kown.h>

#include "transfer.h"

/*
 * Objects and user memory
 *
 * A push, pop or read must be atomic, so it copies under the object's lock; a copy
 * that faults may wait for userspace for ever, so it must not fault there. Hence
 * each is a *step*: under the lock, with page faults off, it does all or nothing,
 * and -EAGAIN says that a page was missing. Then the pages are faulted in without
 * the lock and the step is tried again.
 *
 *	for a few times:
 *		lock; step; unlock		-> done, or refused
 *		fault the user pages in		-> -EFAULT if they are not there
 *
 * That ends: when the pages keep vanishing, the caller's buffer does not fit into
 * the memory that there is, and that is -ENOMEM.
 *
 * A step that overwrites or moves elements cannot copy in place what it may have to
 * take back. What such a command is given is copied to the kernel before, see
 * module/elements.c; only a push reads user memory under the lock, for it writes where
 * there are no elements yet.
 */
#define MAX_TRIES	16

/* As kown_transfer_in(), of any size. */
int kown_transfer_in_long(void *to, const void __user *from, size_t bytes)
{
	for (size_t n; bytes; to += n, from += n, bytes -= n) {
		n = min_t(size_t, bytes, KOWN_COPY_CHUNK);
		if (copy_from_user_nofault(to, from, n))
			return -EAGAIN;
		cond_resched();
	}
	return 0;
}

/* As kown_transfer_out(), of any size. */
int kown_transfer_out_long(void __user *to, const void *from, size_t bytes)
{
	for (size_t n; bytes; to += n, from += n, bytes -= n) {
		n = min_t(size_t, bytes, KOWN_COPY_CHUNK);
		if (copy_to_user_nofault(to, from, n))
			return -EAGAIN;
		cond_resched();
	}
	return 0;
}

/**
 * kown_transfer_answer_struct() - as kown_transfer_answer(), if there is more to tell
 * @t: the transfer
 * @answer: @t->result_bytes
 *
 * Context: Process context. Does not fault.
 * Return: 0, or -EAGAIN.
 */
int kown_transfer_answer_struct(const struct kown_transfer *t, const void *answer)
{
	return copy_to_user_nofault(t->result, answer, t->result_bytes) ? -EAGAIN : 0;
}

/**
 * kown_transfer_fault_in() - bring the caller's pages in
 * @t: the transfer
 *
 * Context: Process context. Sleeps, perhaps until userspace has done something.
 * Return: 0 or -EFAULT.
 */
int kown_transfer_fault_in(const struct kown_transfer *t)
{
	if (t->to)
		return fault_in_iov_iter_writeable(t->to, t->out_bytes) ? -EFAULT : 0;
	if (fault_in_readable(t->in, t->in_bytes) ||
	    fault_in_safe_writeable(t->out, t->out_bytes) ||
	    fault_in_safe_writeable(t->result, t->result_bytes))
		return -EFAULT;
	return 0;
}

static int step_two(struct kown_transfer *t)
{
	int err = kown_handle_lock_two(t->handle, t->other);

	if (err)
		return err;
	err = kown_transfer_allowed(t->handle, t->change);
	if (!err)
		err = kown_transfer_allowed(t->other, t->change_other);
	if (!err)
		err = t->step(t);
	kown_handle_unlock_two(t->handle, t->other);
	return err;
}

static int try_any(struct kown_transfer *t)
{
	return t->other ? step_two(t) : kown_transfer_try(t, t->step);
}

/* As kown_transfer_run(), when it was tried once and a page was missing. */
int kown_transfer_run_again(struct kown_transfer *t)
{
	for (int tries = 1; tries < MAX_TRIES; tries++) {
		int err = kown_transfer_fault_in(t);

		if (err)
			return err;
		t->faulted_in = true;
		err = try_any(t);
		if (err != -EAGAIN)
			return err;
	}
	return -ENOMEM;
}

/**
 * kown_transfer_run() - do it
 * @t: the transfer
 *
 * Context: Process context. Takes and releases the lock of the object, or of both.
 * Sleeps.
 * Return: 0; -EBUSY or -ENOLCK if an object's mode forbids it; what the step refused
 * with; -EFAULT; -ENOMEM; -EINTR when dying; -KOWN_LOOK_AGAIN.
 */
int kown_transfer_run(struct kown_transfer *t)
{
	int err = try_any(t);

	return err == -EAGAIN ? kown_transfer_run_again(t) : err;
}

/**
 * kown_transfer_check_range() - would a step find these elements?
 * @handle: a strong handle, pinned
 * @start: index of the first
 * @count: how many
 *
 * So that nothing large is copied in only to be refused.
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: 0, -ERANGE, -EINTR when dying, or -KOWN_LOOK_AGAIN.
 */
int kown_transfer_check_range(struct kown_handle *handle, u64 start, u64 count)
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
 * kown_transfer_run_given() - do it, with a copy of what the caller gives
 * @t: the transfer; its step finds the copy in @t->given
 * @data: the caller's
 * @bytes: how much, at most INT_MAX; checked
 *
 * Context: Process context. As kown_transfer_run().
 * Return: -ENOMEM, -EFAULT, or as kown_transfer_run().
 */
int kown_transfer_run_given(struct kown_transfer *t, const void __user *data,
			    size_t bytes)
{
	int err = -EFAULT;

	if (!bytes)
		return kown_transfer_run(t);
	/* Whole words, for what is read as bits. */
	t->given = kvmalloc(ALIGN(bytes, sizeof(long)), KOWN_GFP_USER);
	if (!t->given)
		return -ENOMEM;
	if (!copy_from_user(t->given, data, bytes))
		err = kown_transfer_run(t);
	kvfree(t->given);
	return err;
}
