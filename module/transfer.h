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

#include "handle.h"

struct iov_iter;

/* A longer copy gives way to others now and then. */
#define KOWN_COPY_CHUNK	SZ_1M

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
	int (*step)(struct kown_transfer *t);
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
int kown_transfer_run_given(struct kown_transfer *t, const void __user *data,
			    size_t bytes);
int kown_transfer_fault_in(const struct kown_transfer *t);
int __must_check kown_transfer_check_range(struct kown_handle *handle, u64 start,
					   u64 count);

int __must_check kown_transfer_in(const struct kown_transfer *t, void *to);
int __must_check kown_transfer_out(const struct kown_transfer *t, const void *from);
int __must_check kown_transfer_hand_out(struct kown_transfer *t, size_t start,
					size_t count);
int __must_check kown_transfer_answer(const struct kown_transfer *t, u64 answer);
int __must_check kown_transfer_answer_struct(const struct kown_transfer *t,
					     const void *answer);

/* Called for each of many elements, under the object's lock. */
static inline void kown_give_way(size_t i)
{
	if (!(i % 4096))
		cond_resched();
}

#endif /* _KOWN_TRANSFER_H */
