/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Arc: an atomically counted, shared object, after Rust's std::sync::Arc.
 */
#ifndef _KOWN_ARC_H
#define _KOWN_ARC_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/refcount.h>
#include <linux/types.h>

/**
 * DOC: Two counts, two deaths
 *
 * An arc has two counts. @strong says how many own the *value*; @weak says how
 * many need the *memory*. All strong references together own one weak reference.
 * So the value dies when @strong reaches 0, and the memory goes when @weak does,
 * with no third word of state and no lock::
 *
 *	                 strong  weak
 *	kown_arc_init()       1     1    the 1 weak is the strong ones' share
 *	kown_arc_get()        2     1
 *	kown_arc_put()        1     1
 *	kown_arc_put()        0     1    drop(value) runs, then the share is put
 *	                      0     0    free(memory)
 *
 * The one who takes @strong to 0 is alone with the value: the release of every
 * earlier put pairs with the acquire of the last, so drop() sees all that any
 * owner wrote. A count seen at 0 stays at 0 for ever. After a put that was not
 * the last, the caller does not touch the arc again: another CPU may be freeing
 * it.
 *
 * @strong is a refcount_t: it saturates, warns once and leaks; it never wraps to
 * free memory in use. Where strangers can drive it, kown_arc_get_checked() answers
 * -EOVERFLOW long before that. @weak is an atomic_t, for it is to carry a sentinel
 * that a refcount_t would take for saturation.
 */

struct kown_arc;

/**
 * struct kown_arc_type - what all arcs of a kind share
 * @name: for people, in logs and traces
 * @drop: ends the value, once, when the last strong reference is put; may sleep.
 *	NULL if the value owns nothing
 * @free: gives the memory back, once, after @drop and the last weak reference
 */
struct kown_arc_type {
	const char *name;
	void (*drop)(struct kown_arc *arc);
	void (*free)(struct kown_arc *arc);
};

/**
 * struct kown_arc - the counts of one object, embedded in it
 * @strong: owners of the value; atomic
 * @weak: users of the memory, the strong ones being one together; atomic
 * @type: immutable
 */
struct kown_arc {
	refcount_t strong;
	atomic_t weak;
	const struct kown_arc_type *type;
};

/* More references than this, and kown_arc_get_checked() refuses. */
#define KOWN_ARC_MAX	(INT_MAX / 2)

void __kown_arc_drop(struct kown_arc *arc);

/**
 * kown_arc_init() - make an arc of freshly allocated memory
 * @arc: the arc, not yet shared
 * @type: its type, which must outlive it
 *
 * Context: Any.
 * Return: nothing; the caller owns the one strong reference.
 */
static inline void kown_arc_init(struct kown_arc *arc,
				 const struct kown_arc_type *type)
{
	refcount_set(&arc->strong, 1);
	atomic_set(&arc->weak, 1);
	arc->type = type;
}

/**
 * kown_arc_get() - take another strong reference (Arc::clone)
 * @arc: an arc of which the caller owns a strong reference
 *
 * Context: Any.
 * Return: nothing; the caller owns one more. At saturation the object leaks.
 */
static inline void kown_arc_get(struct kown_arc *arc)
{
	refcount_inc(&arc->strong);
}

/**
 * kown_arc_get_checked() - take another strong reference, unless there are too many
 * @arc: an arc of which the caller owns a strong reference
 *
 * For counts that userspace drives. As in Rust's Arc, the increment comes first
 * and is taken back: the space between KOWN_ARC_MAX and saturation is wider than
 * there can be tasks.
 *
 * Context: Any.
 * Return: 0, and the caller owns one more, or -EOVERFLOW.
 */
static inline int __must_check kown_arc_get_checked(struct kown_arc *arc)
{
	int old;

	__refcount_inc(&arc->strong, &old);
	if (likely(old > 0 && old < KOWN_ARC_MAX))
		return 0;
	refcount_dec(&arc->strong);
	return -EOVERFLOW;
}

/**
 * kown_arc_put() - give a strong reference up (drop of an Arc)
 * @arc: the arc, or NULL
 *
 * The last put drops the value, then frees the memory unless weak references
 * hold it.
 *
 * Context: Process context. May sleep.
 */
static inline void kown_arc_put(struct kown_arc *arc)
{
	might_sleep();
	if (arc && refcount_dec_and_test(&arc->strong))
		__kown_arc_drop(arc);
}

/**
 * kown_arc_strong_count() - how many strong references there are
 * @arc: an arc that the caller keeps from being freed
 *
 * Context: Any. A snapshot, never a synchronisation point.
 * Return: the count.
 */
static inline unsigned int kown_arc_strong_count(const struct kown_arc *arc)
{
	return refcount_read(&arc->strong);
}

/**
 * kown_arc_weak_count() - how many weak references there are
 * @arc: an arc of which the caller owns a strong reference
 *
 * Context: Any. A snapshot, never a synchronisation point.
 * Return: the count, without the one that the strong references share.
 */
static inline unsigned int kown_arc_weak_count(const struct kown_arc *arc)
{
	return atomic_read(&arc->weak) - 1;
}

#endif /* _KOWN_ARC_H */
