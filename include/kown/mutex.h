/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mutex: a lock that owns its data and knows when that may be broken, after Rust's
 * std::sync::Mutex. Its twin for atomic context is in <kown/spinlock.h>.
 */
#ifndef _KOWN_MUTEX_H
#define _KOWN_MUTEX_H

#include <linux/mutex.h>

#include <kown/bound.h>

/**
 * DOC: Guards
 *
 * To lock is to be given a guard; data is reached through a guard, and the guard's end
 * is the unlock. So what is not locked cannot be reached by mistake::
 *
 *	KOWN_DEFINE_MUTEX(account, struct account, NULL)
 *
 *	int account_withdraw(struct account_mutex *lock, u64 sum)
 *	{
 *		CLASS(account_mutex, guard)(lock);
 *		struct account *account = account_mutex_data(&guard);
 *
 *		if (guard.err)
 *			return guard.err;
 *		if (account->balance < sum)
 *			return -ERANGE;
 *		account->balance -= sum;
 *		return 0;
 *	}
 *
 * lock always grants. The guard's err is 0, or -EOWNERDEAD: granted, but poisoned.
 * lock_interruptible and lock_killable may also end with -EINTR, and trylock with
 * -EBUSY, and then the guard holds nothing and its data is NULL.
 *
 * A holder that leaves its data broken says so, with fail, before it unlocks. To leave
 * the scope, by any path, is no failure. The poison stays until a holder has
 * repaired the data and says clear_poison.
 *
 * A guard is the locking task's. It does not leave the function's scope, except when
 * unlocked, or mapped to a field; and the kernel does not return to userspace while one
 * is held.
 *
 * What is checked, and when: data that is reached past the guard is an error for
 * sparse, which sees that the member is private; a guard that is used when its lock is
 * not held, such as a copy, is a lockdep warning.
 */

/**
 * struct kown_mutex - a mutex with poison, whatever it protects
 * @lock: the mutex
 * @poison: @lock protects it
 */
struct kown_mutex {
	struct mutex lock;
	struct kown_poison poison;
};

#define __KOWN_MUTEX_INIT(var)	{ .lock = __MUTEX_INITIALIZER(var.lock) }

/**
 * KOWN_MUTEX_INIT() - initialise a static mutex
 * @var: the struct NAME_mutex that is initialised
 * @...: the value's initialiser
 */
#define KOWN_MUTEX_INIT(var, ...) {					\
	.base = __KOWN_MUTEX_INIT(var.base),				\
	.value = __VA_ARGS__,						\
}

/* All that one call site initialises are one class for lockdep. */
#define kown_mutex_init(mutex, name)					\
do {									\
	static struct lock_class_key __class;				\
	struct kown_mutex *__mutex = (mutex);				\
									\
	mutex_init(&__mutex->lock);					\
	lockdep_set_class_and_name(&__mutex->lock, &__class, name);	\
	__mutex->poison = (struct kown_poison) {};			\
} while (0)

static inline void kown_mutex_destroy(struct kown_mutex *mutex)
{
	mutex_destroy(&mutex->lock);
}

/**
 * kown_mutex_lock() - lock (Mutex::lock)
 * @mutex: the mutex
 * @subclass: 0, or for lockdep, when a mutex of this kind is held already
 *
 * Context: Sleeps.
 * Return: 0 or -EOWNERDEAD: poisoned. The caller holds the lock in both cases.
 */
static __always_inline int kown_mutex_lock(struct kown_mutex *mutex,
					   unsigned int subclass)
{
	mutex_lock_nested(&mutex->lock, subclass);
	return kown_poison_check(&mutex->poison);
}

/**
 * kown_mutex_lock_interruptible() - lock, unless a signal comes first
 * @mutex: the mutex
 *
 * Context: Sleeps.
 * Return: 0 or -EOWNERDEAD, and the caller holds the lock; -EINTR, and it does not.
 */
static __always_inline int kown_mutex_lock_interruptible(struct kown_mutex *mutex)
{
	return mutex_lock_interruptible(&mutex->lock) ?:
	       kown_poison_check(&mutex->poison);
}

/**
 * kown_mutex_lock_killable() - lock, unless a fatal signal comes first
 * @mutex: the mutex
 *
 * Context: Sleeps.
 * Return: 0 or -EOWNERDEAD, and the caller holds the lock; -EINTR, and it does not.
 */
static __always_inline int kown_mutex_lock_killable(struct kown_mutex *mutex)
{
	return mutex_lock_killable(&mutex->lock) ?:
	       kown_poison_check(&mutex->poison);
}

/**
 * kown_mutex_trylock() - lock, if nobody holds it (Mutex::try_lock)
 * @mutex: the mutex
 *
 * Context: Process context. Does not sleep.
 * Return: 0 or -EOWNERDEAD, and the caller holds the lock; -EBUSY, and it does not.
 */
static __always_inline int kown_mutex_trylock(struct kown_mutex *mutex)
{
	return mutex_trylock(&mutex->lock) ? kown_poison_check(&mutex->poison) : -EBUSY;
}

/**
 * kown_mutex_unlock() - unlock; no failure
 * @mutex: the mutex, which the caller holds
 */
static __always_inline void kown_mutex_unlock(struct kown_mutex *mutex)
{
	mutex_unlock(&mutex->lock);
}

/**
 * KOWN_DEFINE_MUTEX() - a mutex that owns its data, in one line
 * @name: the functions' prefix
 * @value_t: the data's type, below T
 * @_drop: void (T *), which ends a value, or NULL
 *
 * Defines struct NAME_mutex, below M, with the data in it, struct NAME_mutex_guard,
 * below G, and::
 *
 *	void NAME_mutex_init(M *, const T *value);   moved in; NULL: zeroes
 *	G NAME_mutex_lock(M *);                      err: 0 or -EOWNERDEAD
 *	G NAME_mutex_lock_nested(M *, unsigned int subclass);
 *	G NAME_mutex_lock_interruptible(M *);        or -EINTR
 *	G NAME_mutex_lock_killable(M *);             or -EINTR
 *	G NAME_mutex_trylock(M *);                   or -EBUSY
 *
 * With a guard::
 *
 *	T *NAME_mutex_data(const G *);               good until the unlock
 *	void NAME_mutex_fail(G *);                   what is held is poisoned
 *	void NAME_mutex_clear_poison(G *);           what is held is whole
 *	void NAME_mutex_unlock(G *);                 the guard holds nothing now
 *	CLASS(NAME_mutex, guard)(M *);               lock; unlocks at the scope's end
 *	CLASS(NAME_mutex_intr, guard)(M *);          lock_interruptible
 *	CLASS(NAME_mutex_kill, guard)(M *);          lock_killable
 *	CLASS(NAME_mutex_try, guard)(M *);           trylock
 *	scoped_guard(NAME_mutex, M *) { ... }        the guard is called scope
 *
 * Without one::
 *
 *	bool NAME_mutex_is_poisoned(const M *);      a snapshot
 *	int NAME_mutex_replace(M *, T *value);       0: swapped. -EOWNERDEAD: not
 *	int NAME_mutex_set(M *, T *value);           0: moved in, the old one dropped
 *
 * For the mutex's owner, when nobody else can reach it, and so without locking::
 *
 *	int NAME_mutex_get_mut(M *, T **value);      0 or -EOWNERDEAD, and the address
 *	int NAME_mutex_into_inner(M *, T *to);       0 or -EOWNERDEAD, and moved out
 *	void NAME_mutex_free(M *);                   drops the value
 *
 * Each does as Rust's of that name. The value's drop runs without the lock. Lockdep
 * knows one class for each NAME.
 */
#define KOWN_DEFINE_MUTEX(name, value_t, _drop)				\
__KOWN_BOUND_VALUE(name, mutex, value_t, _drop)				\
struct name##_mutex_guard {						\
	struct name##_mutex *held;					\
	int err;							\
};									\
static __always_inline void						\
__##name##_mutex_release(struct name##_mutex_guard *guard)		\
{									\
	kown_mutex_unlock(&guard->held->base);				\
}									\
static __always_inline struct name##_mutex_guard			\
__##name##_mutex_guard(struct name##_mutex *lock, int err)		\
{									\
	return (struct name##_mutex_guard) {				\
		.held = err && err != -EOWNERDEAD ? NULL : lock,	\
		.err = err,						\
	};								\
}									\
static __always_inline __maybe_unused struct name##_mutex_guard __must_check \
name##_mutex_lock(struct name##_mutex *lock)				\
{									\
	return __##name##_mutex_guard(lock, kown_mutex_lock(&lock->base, 0)); \
}									\
static __always_inline __maybe_unused struct name##_mutex_guard __must_check \
name##_mutex_lock_nested(struct name##_mutex *lock, unsigned int subclass) \
{									\
	return __##name##_mutex_guard(lock, kown_mutex_lock(&lock->base, \
							    subclass));	\
}									\
static __always_inline __maybe_unused struct name##_mutex_guard __must_check \
name##_mutex_lock_interruptible(struct name##_mutex *lock)		\
{									\
	return __##name##_mutex_guard(lock,				\
				      kown_mutex_lock_interruptible(&lock->base)); \
}									\
static __always_inline __maybe_unused struct name##_mutex_guard __must_check \
name##_mutex_lock_killable(struct name##_mutex *lock)			\
{									\
	return __##name##_mutex_guard(lock,				\
				      kown_mutex_lock_killable(&lock->base)); \
}									\
static __always_inline __maybe_unused struct name##_mutex_guard __must_check \
name##_mutex_trylock(struct name##_mutex *lock)				\
{									\
	return __##name##_mutex_guard(lock, kown_mutex_trylock(&lock->base)); \
}									\
__KOWN_BOUND_GUARD(name, mutex, value_t, name##_mutex_lock)		\
EXTEND_CLASS(name##_mutex, _intr, name##_mutex_lock_interruptible(lock), \
	     struct name##_mutex *lock)					\
EXTEND_CLASS(name##_mutex, _kill, name##_mutex_lock_killable(lock),	\
	     struct name##_mutex *lock)					\
EXTEND_CLASS(name##_mutex, _try, name##_mutex_trylock(lock),		\
	     struct name##_mutex *lock)

/**
 * KOWN_DEFINE_MUTEX_MAP() - a guard for one field of the data (MutexGuard::map)
 * @name: the functions' prefix
 * @from: the prefix of the mutex, or of another map
 * @member: the field, in the data of @from
 *
 * For a function that shall see no more than the field. Below, F is struct
 * FROM_mutex_guard, and G is struct NAME_mutex_guard::
 *
 *	G NAME_mutex_map(F *);                       moves out of the guard
 *	typeof(member) *NAME_mutex_data(const G *);
 *	void NAME_mutex_fail(G *);                   the mutex is poisoned
 *	void NAME_mutex_unlock(G *);
 *	CLASS(NAME_mutex, guard)(F *);
 */
#define KOWN_DEFINE_MUTEX_MAP(name, from, member)			\
	__KOWN_BOUND_MAP(name, mutex, from, member)

#endif /* _KOWN_MUTEX_H */
