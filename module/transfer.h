/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Transfer: copies between an object and user memory that are atomic and never fault
 * under the object's lock.
 */
#ifndef _KOWN_TRANSFER_H
#define _KOWN_TRANSFER_H

#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/types.h>
#include <linux/uaccess.h>

#include <uapi/linux/kown.h>

#include "handle.h"
#include "words.h"

struct iov_iter;

/* A longer copy gives way to others now and then. */
#define KOWN_COPY_CHUNK	SZ_1M

struct kown_transfer;

/* Under the lock of the object, or of both. Says -EAGAIN where a page is missing. */
typedef int kown_step(struct kown_transfer *t);

/**
 * struct kown_transfer - a call that transfers something
 * @handle: to the object; strong, pinned
 * @other: to another, or the same, which the step needs too; or NULL
 * @change: does it change the object?
 * @change_other: and the other one?
 * @faulted_in: the caller's pages were there, at least once; a step that would rather be
 *	sure of that before it goes on says -EAGAIN
 * @any_mode: it does not matter whether the mode allows that
 * @step: does it, see module/transfer.c
 * @in: user memory that the step reads
 * @in_bytes: of it
 * @out: user memory that the step writes
 * @out_bytes: of it; a step that finds out how much sets it
 * @to: where the step copies to instead of @out, or NULL
 * @result: where the answer goes, before anything is committed
 * @result_bytes: of it
 * @given: what the caller gave, in kernel memory
 * @discard: what the step removes does not go to @out
 * @start: first index
 * @count: elements
 * @insert: elements in @given, where that is not @count
 */
struct kown_transfer {
	struct kown_handle *handle;
	struct kown_handle *other;
	bool change;
	bool change_other;
	bool faulted_in;
	bool any_mode;
	kown_step *step;
	const void __user *in;
	size_t in_bytes;
	void __user *out;
	size_t out_bytes;
	struct iov_iter *to;
	void __user *result;
	size_t result_bytes;
	void *given;
	bool discard;
	u64 start;
	u64 count;
	u64 insert;
};

int kown_transfer_run(struct kown_transfer *t);
int kown_transfer_run_again(struct kown_transfer *t);
int kown_transfer_run_given(struct kown_transfer *t, const void __user *data,
			    size_t bytes);
int kown_transfer_fault_in(const struct kown_transfer *t);
int __must_check kown_transfer_check_range(struct kown_handle *handle, u64 start,
					   u64 count);

int __must_check kown_transfer_in_long(void *to, const void __user *from, size_t bytes);
int __must_check kown_transfer_out_long(void __user *to, const void *from, size_t bytes);
int __must_check kown_transfer_answer_struct(const struct kown_transfer *t,
					     const void *answer);

/**
 * kown_transfer_in() - copy the caller's elements, in a step
 * @t: the transfer
 * @to: room for @t->in_bytes
 *
 * Context: Process context. Does not fault.
 * Return: 0, or -EAGAIN and @to may hold anything.
 */
static __always_inline int __must_check kown_transfer_in(const struct kown_transfer *t,
							 void *to)
{
	int err;

	if (!kown_is_words((__force const void *)t->in, to, t->in_bytes))
		return kown_transfer_in_long(to, t->in, t->in_bytes);
	pagefault_disable();
	err = kown_words_from_user(to, t->in, t->in_bytes);
	pagefault_enable();
	return err ? -EAGAIN : 0;
}

/**
 * kown_transfer_out() - copy elements to the caller, in a step
 * @t: the transfer
 * @from: @t->out_bytes of them
 *
 * Context: Process context. Does not fault.
 * Return: 0, or -EAGAIN.
 */
static __always_inline int __must_check kown_transfer_out(const struct kown_transfer *t,
							  const void *from)
{
	int err;

	if (!kown_is_words((__force const void *)t->out, from, t->out_bytes))
		return kown_transfer_out_long(t->out, from, t->out_bytes);
	pagefault_disable();
	err = kown_words_to_user(t->out, from, t->out_bytes);
	pagefault_enable();
	return err ? -EAGAIN : 0;
}

/**
 * kown_transfer_hand_out() - copy elements out that are going to be removed, in a step
 * @t: the transfer
 * @start: index of the first
 * @count: how many; all of them exist
 *
 * Context: Process context. Does not fault.
 * Return: 0, or -EAGAIN.
 */
static __always_inline int __must_check
kown_transfer_hand_out(struct kown_transfer *t, size_t start, size_t count)
{
	struct kown_object *object = t->handle->object;

	if (t->discard)
		return 0;
	t->out_bytes = count * object->elem.size;
	return kown_transfer_out(t, kown_object_at(object, start));
}

/**
 * kown_transfer_answer() - tell the caller, in a step, what it is about to commit
 * @t: the transfer; its result is one number
 * @answer: the number
 *
 * Context: Process context. Does not fault.
 * Return: 0, or -EAGAIN.
 */
static __always_inline int __must_check
kown_transfer_answer(const struct kown_transfer *t, u64 answer)
{
	int err;

	pagefault_disable();
	err = kown_words_to_user(t->result, &answer, sizeof(answer));
	pagefault_enable();
	return err ? -EAGAIN : 0;
}

/* Does the object's mode allow it now? */
static inline int kown_transfer_allowed(const struct kown_handle *handle, bool change)
{
	struct kown_object *object = handle->object;

	switch (object->mode) {
	case KOWN_MODE_EXCLUSIVE:
		return change && !kown_arc_is_unique(&object->arc) ? -EBUSY : 0;
	case KOWN_MODE_LOCKED:
		return kown_guard_is_held(handle) ? 0 : -ENOLCK;
	default:
		return 0;
	}
}

/* A try at a transfer on one object. */
static __always_inline int kown_transfer_try(struct kown_transfer *t, kown_step *step)
{
	int err = kown_handle_lock(t->handle);

	if (err)
		return err;
	if (!t->any_mode)
		err = kown_transfer_allowed(t->handle, t->change);
	if (!err)
		err = step(t);
	kown_handle_unlock(t->handle);
	return err;
}

/**
 * kown_transfer_run_step() - as kown_transfer_run(), for what is wanted most
 * @t: the transfer, on one object
 * @step: the same as @t->step, by its name, and always inline
 *
 * Nobody else is given @t, or only a copy when a page was missing, so it need not be in
 * memory.
 *
 * Context: As kown_transfer_run().
 * Return: as kown_transfer_run().
 */
static __always_inline int kown_transfer_run_step(struct kown_transfer *t, kown_step *step)
{
	int err = kown_transfer_try(t, step);

	if (unlikely(err == -EAGAIN)) {
		struct kown_transfer again = *t;

		return kown_transfer_run_again(&again);
	}
	return err;
}

#endif /* _KOWN_TRANSFER_H */
