// SPDX-License-Identifier: GPL-2.0
/*
 * Batch: begun, added to, and ended well or not.
 *
 * For each of many what one would cost is paid once: the call, the charge, the look at the
 * source, and its lock.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include <kown/compat.h>

#include "batch.h"
#include "table.h"

/**
 * kown_batch_begin() - be sure that there may be so many handles
 * @batch: the batch
 * @table: where they are going to be found
 * @count: how many, not 0
 * @numbers: room for as many numbers
 *
 * Context: Process context. Sleeps.
 * Return: 0, and the caller ends the batch; -ENOSPC at the context's limit or the user's;
 * -ENOMEM.
 */
int kown_batch_begin(struct kown_batch *batch, struct kown_table *table, u32 count,
		     u32 __user *numbers)
{
	int err = kown_table_reserve(table, count);

	if (err)
		return err;
	*batch = (struct kown_batch) {
		.table = table,
		.numbers = numbers,
		.count = count,
		.handles = kvmalloc_array(count, sizeof(*batch->handles), KOWN_GFP_USER),
	};
	if (batch->handles)
		return 0;
	kown_table_cancel(table, count);
	return -ENOMEM;
}

/**
 * kown_batch_add() - one more, whose number the caller is told
 * @batch: the batch, which is not complete
 * @handle: from kown_handle_new(), or the error that this gave; the batch takes the pin over
 *
 * Context: Process context. Sleeps.
 * Return: 0; @handle's error; -EFAULT; -EINTR when dying.
 */
int kown_batch_add(struct kown_batch *batch, struct kown_handle *handle)
{
	u32 place = batch->made;

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	batch->handles[place] = handle;
	batch->made++;
	cond_resched();
	if (fatal_signal_pending(current))
		return -EINTR;
	return put_user(handle->number, batch->numbers + place) ? -EFAULT : 0;
}

static void publish(struct kown_batch *batch)
{
	for (u32 i = 0; i < batch->count; i++) {
		kown_table_publish(batch->handles[i]);
		cond_resched();
	}
}

static void cancel(struct kown_batch *batch)
{
	while (batch->made) {
		kown_handle_unpin(batch->handles[--batch->made]);
		cond_resched();
	}
	kown_table_cancel(batch->table, batch->count);
}

/**
 * kown_batch_end() - all of them, or none
 * @batch: the batch, complete and all its handles open unless there is an error
 * @err: 0 and their numbers name them from now on; else they are gone
 *
 * Context: Process context. Sleeps.
 * Return: @err.
 */
int kown_batch_end(struct kown_batch *batch, int err)
{
	if (err)
		cancel(batch);
	else
		publish(batch);
	kvfree(batch->handles);
	return err;
}
