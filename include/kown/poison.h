/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Poison: whether data may be broken, for it was left in the middle of a change. After
 * the poison of Rust's std::sync.
 */
#ifndef _KOWN_POISON_H
#define _KOWN_POISON_H

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/types.h>

/**
 * DOC: Poison
 *
 * A lock says who may touch data; it does not say whether the last one who did left it
 * whole. That is what a poison says. The holder who must give up half way sets it; the
 * next one is told, has access all the same, and repairs the data or gives up too.
 *
 * <kown/mutex.h> and <kown/spinlock.h> have it built in. For any other lock, put a
 * struct kown_poison beside it::
 *
 *	down_write(&index->sem);
 *	if (kown_poison_check(&index->poison)) {
 *		index_rebuild(index);
 *		kown_poison_clear(&index->poison);
 *	}
 *	err = index_move(index, from, to);
 *	if (err)
 *		kown_poison_set(&index->poison);
 *	up_write(&index->sem);
 *
 * Of a lock with readers, only the writer sets it: a reader cannot have broken anything.
 */

/**
 * struct kown_poison - a flag beside a lock
 * @poisoned: written by who holds the lock exclusively
 *
 * Zeroed memory is a valid poison, not set.
 */
struct kown_poison {
	bool poisoned;
};

/**
 * kown_poison_set() - the data may be broken
 * @poison: the flag
 *
 * Context: Any; the caller holds the lock exclusively.
 */
static inline void kown_poison_set(struct kown_poison *poison)
{
	WRITE_ONCE(poison->poisoned, true);
}

/**
 * kown_poison_clear() - the data is whole again (Mutex::clear_poison)
 * @poison: the flag
 *
 * Context: Any; the caller holds the lock exclusively.
 */
static inline void kown_poison_clear(struct kown_poison *poison)
{
	WRITE_ONCE(poison->poisoned, false);
}

/**
 * kown_poison_check() - may the data be broken?
 * @poison: the flag
 *
 * Context: Any; the caller holds the lock.
 * Return: 0 or -EOWNERDEAD.
 */
static inline int kown_poison_check(const struct kown_poison *poison)
{
	return unlikely(poison->poisoned) ? -EOWNERDEAD : 0;
}

/**
 * kown_is_poisoned() - ask without the lock (Mutex::is_poisoned)
 * @poison: the flag
 *
 * Context: Any. A snapshot, never a synchronisation point.
 * Return: true if the poison was set a moment ago.
 */
static inline bool kown_is_poisoned(const struct kown_poison *poison)
{
	return READ_ONCE(poison->poisoned);
}

#endif /* _KOWN_POISON_H */
