/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bound: what a lock that owns its data can do, whichever lock it is. For
 * <kown/mutex.h> and <kown/spinlock.h>, which document it.
 */
#ifndef _KOWN_BOUND_H
#define _KOWN_BOUND_H

#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>

#include <kown/poison.h>
#include <kown/type.h>

/* The lock, and the value that only a guard shows. */
#define __KOWN_BOUND_VALUE(name, kind, value_t, _drop)			\
KOWN_TYPE_CALLBACKS(name##_##kind, value_t, _drop, NULL)		\
struct name##_##kind {							\
	struct kown_##kind base;					\
	value_t __private value;					\
};									\
static inline __maybe_unused void					\
name##_##kind##_init(struct name##_##kind *lock, typeof(value_t) const *value) \
{									\
	kown_##kind##_init(&lock->base, #name "_" #kind);		\
	if (value)							\
		ACCESS_PRIVATE(lock, value) = *value;			\
	else								\
		memset(&ACCESS_PRIVATE(lock, value), 0, sizeof(value_t)); \
}									\
static __always_inline __maybe_unused bool				\
name##_##kind##_is_poisoned(const struct name##_##kind *lock)		\
{									\
	return kown_is_poisoned(&lock->base.poison);			\
}									\
static inline __maybe_unused int __must_check				\
name##_##kind##_get_mut(struct name##_##kind *lock, value_t **value)	\
{									\
	*value = &ACCESS_PRIVATE(lock, value);				\
	return kown_poison_check(&lock->base.poison);			\
}									\
static inline __maybe_unused int __must_check				\
name##_##kind##_into_inner(struct name##_##kind *lock, value_t *to)	\
{									\
	kown_##kind##_destroy(&lock->base);				\
	*to = ACCESS_PRIVATE(lock, value);				\
	return kown_poison_check(&lock->base.poison);			\
}									\
static inline __maybe_unused void					\
name##_##kind##_free(struct name##_##kind *lock)			\
{									\
	if (!lock)							\
		return;							\
	kown_##kind##_destroy(&lock->base);				\
	name##_##kind##_drop_value(&ACCESS_PRIVATE(lock, value));	\
}

/*
 * What a guard can do. It has a held, the lock or NULL, and an err;
 * __NAME_KIND_release() unlocks. @lock_it is the lock for any context of its users.
 */
#define __KOWN_BOUND_GUARD(name, kind, value_t, lock_it)		\
static __always_inline __maybe_unused value_t *				\
name##_##kind##_data(const struct name##_##kind##_guard *guard)		\
{									\
	if (!guard->held)						\
		return NULL;						\
	lockdep_assert_held(&guard->held->base.lock);			\
	return &ACCESS_PRIVATE(guard->held, value);			\
}									\
static __always_inline __maybe_unused void				\
name##_##kind##_fail(struct name##_##kind##_guard *guard)		\
{									\
	if (!guard->held)						\
		return;							\
	lockdep_assert_held(&guard->held->base.lock);			\
	kown_poison_set(&guard->held->base.poison);			\
}									\
static __always_inline __maybe_unused void				\
name##_##kind##_clear_poison(struct name##_##kind##_guard *guard)	\
{									\
	if (!guard->held)						\
		return;							\
	lockdep_assert_held(&guard->held->base.lock);			\
	kown_poison_clear(&guard->held->base.poison);			\
}									\
static __always_inline __maybe_unused void				\
name##_##kind##_unlock(struct name##_##kind##_guard *guard)		\
{									\
	if (!guard->held)						\
		return;							\
	__##name##_##kind##_release(guard);				\
	guard->held = NULL;						\
}									\
DEFINE_CLASS(name##_##kind, struct name##_##kind##_guard,		\
	     name##_##kind##_unlock(&_T), name##_##kind##_lock(lock),	\
	     struct name##_##kind *lock)				\
__KOWN_CLASS_IS_GUARD(name##_##kind)					\
static inline __maybe_unused int __must_check				\
name##_##kind##_replace(struct name##_##kind *lock, value_t *value)	\
{									\
	struct name##_##kind##_guard guard = lock_it(lock);		\
	int err = guard.err;						\
									\
	if (!err)							\
		swap(*value, *name##_##kind##_data(&guard));		\
	name##_##kind##_unlock(&guard);					\
	return err;							\
}									\
static inline __maybe_unused int __must_check				\
name##_##kind##_set(struct name##_##kind *lock, value_t *value)		\
{									\
	int err = name##_##kind##_replace(lock, value);			\
									\
	if (!err)							\
		name##_##kind##_drop_value(value);			\
	return err;							\
}

/* What scoped_guard() of newer kernels asks a class; those before do not ask. */
#define __KOWN_CLASS_IS_GUARD(name)					\
static const bool class_##name##_is_conditional __maybe_unused;		\
static inline __maybe_unused void *					\
class_##name##_lock_ptr(typeof(class_##name##_t) *guard)		\
{									\
	return guard->held;						\
}

/* A guard within a guard: of all that the inner one shows, the outer shows a field. */
#define __KOWN_BOUND_MAP(name, kind, from, member)			\
struct name##_##kind##_guard {						\
	struct from##_##kind##_guard inner;				\
};									\
static __always_inline struct name##_##kind##_guard __must_check	\
name##_##kind##_map(struct from##_##kind##_guard *inner)		\
{									\
	struct name##_##kind##_guard guard = { .inner = *inner };	\
									\
	*inner = (struct from##_##kind##_guard) {};			\
	return guard;							\
}									\
static __always_inline __maybe_unused					\
typeof(from##_##kind##_data(NULL)->member) *				\
name##_##kind##_data(const struct name##_##kind##_guard *guard)		\
{									\
	typeof(from##_##kind##_data(NULL)) data =			\
		from##_##kind##_data(&guard->inner);			\
									\
	return data ? &data->member : NULL;				\
}									\
static __always_inline __maybe_unused void				\
name##_##kind##_fail(struct name##_##kind##_guard *guard)		\
{									\
	from##_##kind##_fail(&guard->inner);				\
}									\
static __always_inline __maybe_unused void				\
name##_##kind##_unlock(struct name##_##kind##_guard *guard)		\
{									\
	from##_##kind##_unlock(&guard->inner);				\
}									\
DEFINE_CLASS(name##_##kind, struct name##_##kind##_guard,		\
	     name##_##kind##_unlock(&_T), name##_##kind##_map(inner),	\
	     struct from##_##kind##_guard *inner)

#endif /* _KOWN_BOUND_H */
