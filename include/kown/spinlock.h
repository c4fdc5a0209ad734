/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Spinlock: <kown/mutex.h> for those who may not sleep. What it says of guards and of
 * poison holds here too.
 */
#ifndef _KOWN_SPINLOCK_H
#define _KOWN_SPINLOCK_H

#include <linux/spinlock.h>

#include <kown/bound.h>

/**
 * struct kown_spinlock - a spinlock with poison, whatever it protects
 * @lock: the spinlock
 * @poison: @lock protects it
 */
struct kown_spinlock {
	spinlock_t lock;
	struct kown_poison poison;
};

#define __KOWN_SPINLOCK_INIT(var)	{ .lock = __SPIN_LOCK_UNLOCKED(var.lock) }

/**
 * KOWN_SPINLOCK_INIT() - initialise a static spinlock
 * @var: the struct NAME_spinlock that is initialised
 * @...: the value's initialiser
 */
#define KOWN_SPINLOCK_INIT(var, ...) {					\
	.base = __KOWN_SPINLOCK_INIT(var.base),				\
	.value = __VA_ARGS__,						\
}

/* All that one call site initialises are one class for lockdep. */
#define kown_spinlock_init(spinlock, name)				\
do {									\
	static struct lock_class_key __class;				\
	struct kown_spinlock *__spinlock = (spinlock);			\
									\
	spin_lock_init(&__spinlock->lock);				\
	lockdep_set_class_and_name(&__spinlock->lock, &__class, name);	\
	__spinlock->poison = (struct kown_poison) {};			\
} while (0)

static inline void kown_spinlock_destroy(struct kown_spinlock *spinlock)
{
}

/**
 * KOWN_DEFINE_SPINLOCK() - a spinlock that owns its data, in one line
 * @name: the functions' prefix
 * @value_t: the data's type, below T
 * @_drop: void (T *), which ends a value, or NULL
 *
 * Defines struct NAME_spinlock, below S, struct NAME_spinlock_guard, below G, and::
 *
 *	G NAME_spinlock_lock(S *);                   err: 0 or -EOWNERDEAD
 *	G NAME_spinlock_lock_nested(S *, unsigned int subclass);
 *	G NAME_spinlock_lock_irqsave(S *);           interrupts off until the unlock
 *	G NAME_spinlock_trylock(S *);                or -EBUSY
 *	G NAME_spinlock_trylock_irqsave(S *);        or -EBUSY
 *	CLASS(NAME_spinlock, guard)(S *);            lock; unlocks at the scope's end
 *	CLASS(NAME_spinlock_irqsave, guard)(S *);
 *	CLASS(NAME_spinlock_try, guard)(S *);
 *	scoped_guard(NAME_spinlock, S *) { ... }
 *
 * and NAME_spinlock_init(), _data(), _fail(), _clear_poison(), _unlock(),
 * _is_poisoned(), _replace(), _set(), _get_mut(), _into_inner() and _free(), as
 * KOWN_DEFINE_MUTEX() has them. One unlock is for all: the guard knows how it locked.
 * replace and set turn interrupts off while they hold the lock, so they are for any
 * context; the old value's drop runs without the lock, in the caller's context.
 */
#define KOWN_DEFINE_SPINLOCK(name, value_t, _drop)			\
__KOWN_BOUND_VALUE(name, spinlock, value_t, _drop)			\
struct name##_spinlock_guard {						\
	struct name##_spinlock *held;					\
	int err;							\
	bool irqs_saved;						\
	unsigned long irqs;						\
};									\
static __always_inline void						\
__##name##_spinlock_release(struct name##_spinlock_guard *guard)	\
{									\
	if (guard->irqs_saved)						\
		spin_unlock_irqrestore(&guard->held->base.lock, guard->irqs); \
	else								\
		spin_unlock(&guard->held->base.lock);			\
}									\
static __always_inline struct name##_spinlock_guard			\
__##name##_spinlock_granted(struct name##_spinlock *lock)		\
{									\
	return (struct name##_spinlock_guard) {				\
		.held = lock,						\
		.err = kown_poison_check(&lock->base.poison),		\
	};								\
}									\
static __always_inline struct name##_spinlock_guard			\
__##name##_spinlock_granted_irqsave(struct name##_spinlock *lock,	\
				    unsigned long irqs)			\
{									\
	return (struct name##_spinlock_guard) {				\
		.held = lock,						\
		.err = kown_poison_check(&lock->base.poison),		\
		.irqs_saved = true,					\
		.irqs = irqs,						\
	};								\
}									\
static __always_inline __maybe_unused struct name##_spinlock_guard __must_check \
name##_spinlock_lock(struct name##_spinlock *lock)			\
{									\
	spin_lock(&lock->base.lock);					\
	return __##name##_spinlock_granted(lock);			\
}									\
static __always_inline __maybe_unused struct name##_spinlock_guard __must_check \
name##_spinlock_lock_nested(struct name##_spinlock *lock, unsigned int subclass) \
{									\
	spin_lock_nested(&lock->base.lock, subclass);			\
	return __##name##_spinlock_granted(lock);			\
}									\
static __always_inline __maybe_unused struct name##_spinlock_guard __must_check \
name##_spinlock_lock_irqsave(struct name##_spinlock *lock)		\
{									\
	unsigned long irqs;						\
									\
	spin_lock_irqsave(&lock->base.lock, irqs);			\
	return __##name##_spinlock_granted_irqsave(lock, irqs);		\
}									\
static __always_inline __maybe_unused struct name##_spinlock_guard __must_check \
name##_spinlock_trylock(struct name##_spinlock *lock)			\
{									\
	if (!spin_trylock(&lock->base.lock))				\
		return (struct name##_spinlock_guard) { .err = -EBUSY };	\
	return __##name##_spinlock_granted(lock);			\
}									\
static __always_inline __maybe_unused struct name##_spinlock_guard __must_check \
name##_spinlock_trylock_irqsave(struct name##_spinlock *lock)		\
{									\
	unsigned long irqs;						\
									\
	if (!spin_trylock_irqsave(&lock->base.lock, irqs))		\
		return (struct name##_spinlock_guard) { .err = -EBUSY };	\
	return __##name##_spinlock_granted_irqsave(lock, irqs);		\
}									\
__KOWN_BOUND_GUARD(name, spinlock, value_t, name##_spinlock_lock_irqsave) \
EXTEND_CLASS(name##_spinlock, _irqsave, name##_spinlock_lock_irqsave(lock), \
	     struct name##_spinlock *lock)				\
EXTEND_CLASS(name##_spinlock, _try, name##_spinlock_trylock(lock),	\
	     struct name##_spinlock *lock)

/**
 * KOWN_DEFINE_SPINLOCK_MAP() - a guard for one field of the data
 * @name: the functions' prefix
 * @from: the prefix of the spinlock, or of another map
 * @member: the field, in the data of @from
 *
 * As KOWN_DEFINE_MUTEX_MAP().
 */
#define KOWN_DEFINE_SPINLOCK_MAP(name, from, member)			\
	__KOWN_BOUND_MAP(name, spinlock, from, member)

#endif /* _KOWN_SPINLOCK_H */
