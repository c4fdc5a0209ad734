/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Block: room for some handles, and the numbers that go with it.
 */
#ifndef _KOWN_BLOCK_H
#define _KOWN_BLOCK_H

#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/xarray.h>

#include "handle.h"

struct kown_blocks;

/**
 * struct kown_block_head - what comes before the handles of a block
 * @blocks: where it is found by @index; immutable
 * @users: its places, but for those whose handle has gone, or will never be there as it
 *	is no longer filled; and the numbers that name one that lives elsewhere; atomic
 * @index: its first number is one more than so many blocks' handles; immutable
 * @taken: how many of its handles have ever been taken; the blocks' lock protects it
 * @rcu: frees it, for lookups run under RCU
 */
struct kown_block_head {
	struct kown_blocks *blocks;
	refcount_t users;
	u32 index;
	u32 taken;
	struct rcu_head rcu;
};

/* With the pointer that the slab allocator keeps beside it. */
#define KOWN_BLOCK_SIZE		(2048 - sizeof(void *))
#define KOWN_BLOCK_HANDLES						\
	((u32)((KOWN_BLOCK_SIZE - sizeof(struct kown_block_head)) /	\
	       (sizeof(struct kown_handle) + sizeof(struct kown_handle *))))

/**
 * struct kown_block - some handles and their numbers, which follow one another
 * @head: what it needs besides
 * @named: the handle that each number names, which need not be the one beside it; NULL
 *	before it is published, and once it was dropped. Atomic
 * @handles: room for one each. It is taken once, so that the pins of a handle that a
 *	lookup has come to are for ever gone when they are gone
 */
struct kown_block {
	struct kown_block_head head;
	struct kown_handle __rcu *named[KOWN_BLOCK_HANDLES];
	struct kown_handle handles[KOWN_BLOCK_HANDLES];
};

/**
 * struct kown_recent - blocks that were looked up, each in the place that its index ends
 * with
 * @rcu: frees it, for lookups run under RCU
 * @mask: one less than the places, whose number is a power of two; immutable
 * @blocks: a block that is there, or NULL; the blocks' lock protects changes
 */
struct kown_recent {
	struct rcu_head rcu;
	u32 mask;
	struct kown_block __rcu *blocks[];
};

/**
 * struct kown_blocks - the blocks of a table
 * @all: by index; its lock is that of the blocks
 * @next: where the search for a free index begins, so that a stale number names nothing
 *	for as long as possible; protected by @all's lock
 * @filling: the one that handles are taken of, or NULL; owns the uses of those that are not
 *	taken yet; protected by @all's lock
 * @count: how many there are; protected by @all's lock
 * @recent: those of @all that lookups need not search for; never NULL. For lookups under
 *	RCU; @all's lock protects changes
 */
struct kown_blocks {
	struct xarray all;
	u32 next;
	u32 count;
	struct kown_block *filling;
	struct kown_recent __rcu *recent;
};

int __must_check kown_block_init(void);
void kown_block_exit(void);

void kown_blocks_init(struct kown_blocks *blocks);
void kown_blocks_destroy(struct kown_blocks *blocks);
struct kown_handle *kown_blocks_take_of_new(struct kown_blocks *blocks);
void kown_block_release(struct kown_block *block);
struct kown_block *kown_blocks_search(struct kown_blocks *blocks, u32 index);

static inline u32 kown_block_index(u32 number)
{
	return (number - 1) / KOWN_BLOCK_HANDLES;
}

/* Not by %, so that who knows the index need not divide twice. */
static inline u32 kown_block_place(u32 number)
{
	return number - 1 - kown_block_index(number) * KOWN_BLOCK_HANDLES;
}

/**
 * kown_blocks_recent() - the block of a number, if it was looked up lately
 * @blocks: the blocks
 * @number: the number
 *
 * Context: Any, under RCU of either kind.
 * Return: the block or NULL.
 */
static __always_inline struct kown_block *kown_blocks_recent(struct kown_blocks *blocks,
							     u32 number)
{
	u32 index = kown_block_index(number);
	struct kown_recent *recent;
	struct kown_block *block;

	recent = rcu_dereference_check(blocks->recent, rcu_read_lock_sched_held());
	block = rcu_dereference_check(recent->blocks[index & recent->mask],
				      rcu_read_lock_sched_held());
	return block && block->head.index == index ? block : NULL;
}

static __always_inline struct kown_handle *__kown_blocks_take(struct kown_blocks *blocks)
{
	struct kown_handle *handle = NULL;
	struct kown_block *block;
	u32 place;

	xa_lock(&blocks->all);
	block = blocks->filling;
	if (block) {
		place = block->head.taken++;
		handle = &block->handles[place];
		handle->number = block->head.index * KOWN_BLOCK_HANDLES + place + 1;
		handle->place_in_block = place;
		if (block->head.taken == KOWN_BLOCK_HANDLES)
			blocks->filling = NULL;
	}
	xa_unlock(&blocks->all);
	return handle;
}

/**
 * kown_blocks_take() - room for a handle, and a number
 * @blocks: the blocks
 *
 * Context: Process context. Sleeps.
 * Return: memory for a handle of which only the number is set, and a use of its block;
 * -ENOMEM; -ENOSPC if there are no numbers left.
 */
static __always_inline struct kown_handle *kown_blocks_take(struct kown_blocks *blocks)
{
	return __kown_blocks_take(blocks) ?: kown_blocks_take_of_new(blocks);
}

/* The caller's use of it. */
static inline void kown_block_put(struct kown_block *block)
{
	if (refcount_dec_and_test(&block->head.users))
		kown_block_release(block);
}

/* Where a handle from kown_blocks_take() lives. */
static inline struct kown_block *kown_block_with(struct kown_handle *handle)
{
	return container_of(handle - handle->place_in_block, struct kown_block, handles[0]);
}

#endif /* _KOWN_BLOCK_H */
