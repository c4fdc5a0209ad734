// SPDX-License-Identifier: GPL-2.0
/*
 * Block: handles by the dozen.
 *
 * A handle is small and soon gone, and to make room for each by itself, and a place in an
 * array for its number, is most of what CLONE and DROP would cost. So a table has room
 * and numbers together, for some fifty in a row. Neither is used twice: a block
 * goes when the last of its handles has, and its numbers are given out again when all
 * others have been. The price is that one handle that stays keeps a block, as the last object
 * in a slab does; like all here, its maker's cgroup pays for it.
 */
#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/limits.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <kown/compat.h>

#include "block.h"

/*
 * Which numbers of a free block name something: none. So it is cleared once for many, and
 * not when it is made.
 */
static struct kmem_cache *cache;

static void construct(void *memory)
{
	memset(memory, 0, sizeof(struct kown_block));
}

int __init kown_block_init(void)
{
	BUILD_BUG_ON(sizeof(struct kown_block) > KOWN_BLOCK_SIZE);
	BUILD_BUG_ON(KOWN_BLOCK_HANDLES > U8_MAX);
	cache = kmem_cache_create("kown_block", sizeof(struct kown_block), 0, SLAB_ACCOUNT,
				  construct);
	return cache ? 0 : -ENOMEM;
}

/* There are none left that are used. */
void kown_block_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(cache);
}

static void free_after_grace_period(struct rcu_head *head)
{
	kmem_cache_free(cache, container_of(head, struct kown_block, head.rcu));
}

/*
 * Found lately
 *
 * The array is a tree, and the deeper the more handles a program has and has had. So what a
 * search found is remembered, in as many places as there are blocks: whose handles are of
 * one time, and thus in a row, finds all of them at the same price. What is in @recent
 * is in the array: a block leaves both under the lock, once its users are gone, and a
 * search that has found it before sees that they are. Who misses does not wait to be
 * remembered; and if there is no memory for more places, there will be more misses.
 */
#define FEWEST_PLACES	8

static struct kown_recent none = {
	.blocks = { NULL },
};

static struct kown_recent *recent_of(struct kown_blocks *blocks)
{
	return rcu_dereference_protected(blocks->recent,
					 lockdep_is_held(&blocks->all.xa_lock));
}

static void remember(struct kown_blocks *blocks, struct kown_block *block)
{
	struct kown_recent *recent = recent_of(blocks);

	if (recent != &none && refcount_read(&block->head.users))
		rcu_assign_pointer(recent->blocks[block->head.index & recent->mask], block);
}

static void forget(struct kown_blocks *blocks, struct kown_block *block)
{
	struct kown_recent *recent = recent_of(blocks);
	u32 place = block->head.index & recent->mask;

	if (rcu_access_pointer(recent->blocks[place]) == block)
		RCU_INIT_POINTER(recent->blocks[place], NULL);
}

static u32 places_missing(struct kown_blocks *blocks)
{
	struct kown_recent *recent = recent_of(blocks);

	if (recent == &none)
		return FEWEST_PLACES;
	return blocks->count > recent->mask + 1 ? 2 * (recent->mask + 1) : 0;
}

/* What is remembered so far will be found again. */
static void widen(struct kown_blocks *blocks, u32 places)
{
	struct kown_recent *recent, *old;

	recent = kvzalloc(struct_size(recent, blocks, places), KOWN_GFP_USER);
	if (!recent)
		return;
	recent->mask = places - 1;
	xa_lock(&blocks->all);
	old = recent_of(blocks);
	if (old->mask < recent->mask) {
		rcu_assign_pointer(blocks->recent, recent);
		recent = old;
	}
	xa_unlock(&blocks->all);
	/* The old one, or another thread was faster. */
	if (recent != &none)
		kvfree_rcu(recent, rcu);
}

/**
 * kown_blocks_init() - begin with none
 * @blocks: the blocks
 *
 * Context: Any.
 */
void kown_blocks_init(struct kown_blocks *blocks)
{
	xa_init_flags(&blocks->all, XA_FLAGS_ALLOC | XA_FLAGS_ACCOUNT);
	blocks->next = 0;
	blocks->count = 0;
	blocks->filling = NULL;
	RCU_INIT_POINTER(blocks->recent, &none);
}

/* What has not been taken of it never will be. */
static void stop_filling(struct kown_block *block)
{
	if (refcount_sub_and_test(KOWN_BLOCK_HANDLES - block->head.taken, &block->head.users))
		kown_block_release(block);
}

/**
 * kown_blocks_destroy() - the counterpart
 * @blocks: the blocks, in which no handle is left
 *
 * Context: Process context.
 */
void kown_blocks_destroy(struct kown_blocks *blocks)
{
	if (blocks->filling)
		stop_filling(blocks->filling);
	WARN_ON_ONCE(!xa_empty(&blocks->all) || blocks->count);
	if (rcu_access_pointer(blocks->recent) != &none)
		kvfree(rcu_access_pointer(blocks->recent));
	xa_destroy(&blocks->all);
}

/* Nobody uses it, or will. */
void kown_block_release(struct kown_block *block)
{
	struct kown_blocks *blocks = block->head.blocks;

	xa_lock(&blocks->all);
	forget(blocks, block);
	__xa_erase(&blocks->all, block->head.index);
	blocks->count--;
	xa_unlock(&blocks->all);
	call_rcu(&block->head.rcu, free_after_grace_period);
}

/**
 * kown_blocks_search() - find the block of an index that kown_blocks_recent() does not know
 * @blocks: the blocks
 * @index: the index
 *
 * Context: Process context, under RCU of either kind and not under the blocks' lock.
 * Return: the block or NULL.
 */
struct kown_block *kown_blocks_search(struct kown_blocks *blocks, u32 index)
{
	struct kown_block *block = xa_load(&blocks->all, index);

	if (block && xa_trylock(&blocks->all)) {
		remember(blocks, block);
		xa_unlock(&blocks->all);
	}
	return block;
}

/* Return: 0 and there is one to fill, or there was for a moment; or an error. */
static int add(struct kown_blocks *blocks)
{
	const struct xa_limit limit = XA_LIMIT(0, U32_MAX / KOWN_BLOCK_HANDLES - 1);
	struct kown_block *block = kmem_cache_alloc(cache, KOWN_GFP_USER);
	u32 places;
	int err;

	if (!block)
		return -ENOMEM;
	block->head.blocks = blocks;
	block->head.taken = 0;
	refcount_set(&block->head.users, KOWN_BLOCK_HANDLES);
	err = xa_alloc_cyclic(&blocks->all, &block->head.index, block, limit, &blocks->next,
			      KOWN_GFP_USER);
	if (err < 0) {
		kmem_cache_free(cache, block);
		return err == -EBUSY ? -ENOSPC : err;
	}
	xa_lock(&blocks->all);
	blocks->count++;
	if (!blocks->filling) {
		blocks->filling = block;
		remember(blocks, block);
		block = NULL;
	}
	places = places_missing(blocks);
	xa_unlock(&blocks->all);
	/* Another thread was faster. */
	if (block)
		stop_filling(block);
	if (places)
		widen(blocks, places);
	return 0;
}

/* As kown_blocks_take(), when there is no block to fill. */
struct kown_handle *kown_blocks_take_of_new(struct kown_blocks *blocks)
{
	struct kown_handle *handle;
	int err;

	do {
		err = add(blocks);
		if (err)
			return ERR_PTR(err);
		handle = __kown_blocks_take(blocks);
	} while (!handle);
	return handle;
}
