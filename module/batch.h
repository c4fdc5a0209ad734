/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Batch: handles that a context is given together, all or none.
 */
#ifndef _KOWN_BATCH_H
#define _KOWN_BATCH_H

#include <linux/types.h>

struct kown_handle;
struct kown_table;

/**
 * struct kown_batch - handles that are being made; all of it the calling thread's own
 * @table: where they are going to be found
 * @numbers: the caller's room for their numbers
 * @count: how many there are to be; so many are reserved
 * @made: how many there are
 * @handles: these, each with the batch's pin
 */
struct kown_batch {
	struct kown_table *table;
	u32 __user *numbers;
	u32 count;
	u32 made;
	struct kown_handle **handles;
};

int __must_check kown_batch_begin(struct kown_batch *batch, struct kown_table *table,
				  u32 count, u32 __user *numbers);
int __must_check kown_batch_add(struct kown_batch *batch, struct kown_handle *handle);
int kown_batch_end(struct kown_batch *batch, int err);

static inline bool kown_batch_is_complete(const struct kown_batch *batch)
{
	return batch->made == batch->count;
}

#endif /* _KOWN_BATCH_H */
