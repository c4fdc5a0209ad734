/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Weak: a reference that keeps the memory and not the value, after Rust's
 * std::sync::Weak. What it is for, and the races it wins, stand in <kown/arc.h>.
 */
#ifndef _KOWN_WEAK_H
#define _KOWN_WEAK_H

#include <kown/arc.h>

/**
 * kown_weak_get() - take another weak reference (Weak::clone)
 * @arc: an arc of which the caller owns a weak reference
 *
 * Context: Any.
 * Return: nothing; the caller owns one more. At saturation the memory leaks.
 */
static inline void kown_weak_get(struct kown_arc *arc)
{
	int old = atomic_fetch_inc_relaxed(&arc->weak);

	kown_debug_move(arc, KOWN_WEAK_TAKEN, _THIS_IP_);
	if (unlikely(old <= 0 || old == INT_MAX))
		__kown_weak_saturate(arc);
}

/* Any weak reference that there is, also the one that the owners share. */
static inline void __kown_weak_put(struct kown_arc *arc)
{
	int old = atomic_fetch_dec_release(&arc->weak);

	if (old == 1) {
		smp_acquire__after_ctrl_dep();
		__kown_arc_free(arc);
	} else if (unlikely(old <= 0)) {
		__kown_weak_saturate(arc);
	}
}

/**
 * kown_weak_put() - give a weak reference up (drop of a Weak)
 * @arc: the arc, or NULL
 *
 * Context: Any but NMI; as the type's free, if the value embeds its counts.
 */
static inline void kown_weak_put(struct kown_arc *arc)
{
	if (!arc)
		return;
	kown_debug_move(arc, KOWN_WEAK_GIVEN, _THIS_IP_);
	__kown_weak_put(arc);
}

/**
 * kown_weak_upgrade() - take a strong reference from a weak one (Weak::upgrade)
 * @arc: an arc of which the caller owns a weak reference, or NULL
 *
 * Context: Any. Acquire on success.
 * Return: true, and the caller owns a strong reference too; false if the value is
 * gone, for ever, or not yet shared.
 */
static inline bool __must_check kown_weak_upgrade(struct kown_arc *arc)
{
	return arc && kown_arc_try_get(arc);
}

/**
 * KOWN_DEFINE_WEAK() - typed functions for the Weak of an Arc, in one line
 * @name: the prefix, as for KOWN_DEFINE_ARC(), KOWN_DECLARE_ARC() or
 *	KOWN_DEFINE_ARC_EMBEDDED(), which it follows
 * @value_t: the value's type, below T
 *
 * A weak reference is a struct NAME_weak \*, so that nobody takes it for a value.
 * NULL is one that never had a value (Weak::new)::
 *
 *	struct NAME_weak *NAME_arc_downgrade(T *);
 *	T *NAME_weak_upgrade(struct NAME_weak *);    or NULL
 *	struct NAME_weak *NAME_weak_get(struct NAME_weak *);
 *	void NAME_weak_put(struct NAME_weak *);
 *	bool NAME_weak_ptr_eq(const struct NAME_weak *, const struct NAME_weak *);
 *	struct NAME_weak *NAME_weak_of(struct kown_arc *);   for new_cyclic's builder
 *	__free(NAME_weak_put)                        put at the end of the scope
 */
#define KOWN_DEFINE_WEAK(name, value_t)					\
struct name##_weak;							\
static inline __maybe_unused struct name##_weak *			\
name##_weak_of(struct kown_arc *arc)					\
{									\
	return (struct name##_weak *)arc;				\
}									\
static inline __maybe_unused struct name##_weak *			\
name##_arc_downgrade(value_t *value)					\
{									\
	struct kown_arc *arc = __##name##_arc_of(value);		\
									\
	kown_arc_downgrade(arc);					\
	return name##_weak_of(arc);					\
}									\
static inline __maybe_unused value_t * __must_check			\
name##_weak_upgrade(struct name##_weak *weak)				\
{									\
	struct kown_arc *arc = (struct kown_arc *)weak;			\
									\
	return kown_weak_upgrade(arc) ?					\
	       (void *)((char *)arc + name##_arc_type.offset) : NULL;	\
}									\
static inline __maybe_unused struct name##_weak *			\
name##_weak_get(struct name##_weak *weak)				\
{									\
	kown_weak_get((struct kown_arc *)weak);				\
	return weak;							\
}									\
static inline __maybe_unused void name##_weak_put(struct name##_weak *weak) \
{									\
	kown_weak_put((struct kown_arc *)weak);				\
}									\
static inline __maybe_unused bool					\
name##_weak_ptr_eq(const struct name##_weak *a, const struct name##_weak *b) \
{									\
	return a == b;							\
}									\
DEFINE_FREE(name##_weak_put, struct name##_weak *,			\
	    if (!IS_ERR_OR_NULL(_T)) name##_weak_put(_T))

#endif /* _KOWN_WEAK_H */
