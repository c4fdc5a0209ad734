/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Arc: an atomically counted, shared value, after Rust's std::sync::Arc.
 */
#ifndef _KOWN_ARC_H
#define _KOWN_ARC_H

#include <linux/align.h>
#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/instruction_pointer.h>
#include <linux/jump_label.h>
#include <linux/kernel.h>
#include <linux/llist.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/types.h>

#include <kown/compat.h>
#include <kown/debug.h>
#include <kown/source.h>
#include <kown/type.h>

/**
 * DOC: Two counts, two deaths
 *
 * An arc has two counts. @strong says how many own the *value*; @weak says how many
 * need the *memory*. All strong references together own one weak reference. So the
 * value dies when @strong reaches 0, and the memory goes when @weak does, with no
 * third word of state and no lock::
 *
 *	                   strong  weak
 *	new                     1     1    the 1 weak is the strong ones' share
 *	get                     2     1
 *	downgrade               2     2
 *	put                     1     2
 *	put                     0     1    drop(value) runs, then the share is put
 *	upgrade                 0     1    fails: a 0 seen once is there for ever
 *	weak put                0     0    the memory goes
 *
 * The one who takes @strong to 0 is alone with the value: the release of every earlier
 * put pairs with the acquire of the last, so drop() sees all that any owner wrote.
 * After a put that was not the last, the caller does not touch the arc again, for
 * another CPU may be freeing it.
 *
 * Upgrade against the last put::
 *
 *	CPU 0: weak upgrade                 CPU 1: last put
 *	---------------------------------   ---------------------------------
 *	n = strong                    (1)
 *	                                    strong 1 -> 0           (release)
 *	cmpxchg(strong, 1, 2)  fails, n=0
 *	n is 0: no value                    drop(value)
 *	                                    weak 2 -> 1
 *	weak put: 1 -> 0, free
 *
 * The upgrade never writes a @strong that is 0, so nobody brings a value back; and it
 * may look at @strong at all because its weak reference holds the memory.
 *
 * Uniqueness needs both counts at one instant: "@strong is 1" alone proves nothing
 * while somebody may upgrade, and "@weak is 1" alone nothing while an owner may
 * downgrade. So kown_arc_is_unique() locks @weak (1 -> KOWN_WEAK_LOCKED), reads
 * @strong, and unlocks; a downgrade waits for the unlock. The lock is held for a few
 * instructions with interrupts off, so that nobody waits for a preempted CPU, or
 * for itself.
 *
 * Order: get is relaxed, for whoever passes a pointer on has ordered that already. put
 * is release, and acquire when it reaches 0. upgrade is acquire: with a value that is
 * published after its weak references exist, relaxed is not enough. The unlock of
 * @weak is release and pairs with the acquire of downgrade, so that an owner who
 * found itself unique has read its value before anyone else can be given it.
 *
 * Both counts saturate: they warn once, then leak, and never wrap to free memory in
 * use. @strong is a refcount_t. @weak cannot be, for KOWN_WEAK_LOCKED would look
 * saturated to it; it keeps the same rule by itself.
 */

/**
 * DOC: Differences from Rust's Arc
 *
 *  1. A count that overflows saturates and leaks; Rust aborts.
 *     kown_arc_get_checked() refuses long before, for counts that userspace drives.
 *  2. All that allocates takes a gfp_t and can fail.
 *  3. Where the drop may run is part of the type: put may sleep; put_atomic() hands
 *     the last drop to a worker; KOWN_ARC_NOSLEEP says that the drop is for any
 *     context.
 *  4. The memory may outlive the value by a grace period (KOWN_ARC_RCU), for lookups
 *     with try_get.
 *  5. A drop may be one of a long chain (KOWN_ARC_ITERATIVE) without deep recursion.
 *  6. A value's struct may embed the counts; then kown counts and does not allocate.
 *  7. C cannot check borrows. That get_mut's pointer is not used after the next get,
 *     and that a shared value is only read, is convention.
 *
 * And from kref:
 *
 *  1. The release function is the type's, and is not passed to each put.
 *  2. A weak reference exists, so a cache need not take a lock to find out that its
 *     entry is dying.
 *  3. The value ends at once, the memory when nobody needs it: drop and free are two.
 *  4. get and put are typed, and put takes NULL.
 *  5. try_get is acquire; kref_get_unless_zero() is relaxed.
 *
 * kunit/convert_test.c has a user of kref, and the same converted.
 */

/**
 * DOC: Contexts
 *
 *  - any context: get, get_checked, try_get, the counts, ptr_eq, downgrade, weak get,
 *    upgrade, is_unique, get_mut; NMI excepted for downgrade and is_unique
 *  - as the drop: put, of the last reference. Unless the type is KOWN_ARC_NOSLEEP it
 *    may sleep, and says so even when it is not the last
 *  - any but NMI: weak put; put_atomic. A drop that may sleep then runs on a worker,
 *    soon, and so does vfree() of a value too large for kmalloc();
 *    kown_flush_deferred() waits for both. A module whose types are KOWN_ARC_DEFER or
 *    KOWN_ARC_RCU calls it before it unloads
 *  - as the gfp_t says: new, make_mut, unwrap_or_clone
 */

/* The memory is freed a grace period after the last reference of any kind. */
#define KOWN_ARC_RCU		BIT(0)
/* put_atomic() may be called though the drop may sleep: it then runs on a worker. */
#define KOWN_ARC_DEFER		BIT(1)
/* The drop never sleeps: put may be called wherever put_atomic() may. */
#define KOWN_ARC_NOSLEEP	BIT(2)
/* A drop within a drop is queued, and runs when the outer one has returned. */
#define KOWN_ARC_ITERATIVE	BIT(3)
/* Can be watched, see <kown/watch.h>: it embeds a struct kown_arc_watched, if any. */
#define KOWN_ARC_WATCHED	BIT(4)

#define KOWN_ARC_LINKED		(KOWN_ARC_RCU | KOWN_ARC_DEFER | KOWN_ARC_ITERATIVE)

/*
 * Set by kown: one value, and nothing between it, the counts and a kmalloc() that needs
 * no alignment of its own. So for most types one test stands for all the others.
 */
#define __KOWN_ARC_PLAIN	BIT(31)

/**
 * struct kown_arc_type - what all arcs of a kind share; immutable
 * @value: the value's type
 * @flags: KOWN_ARC_*, and __KOWN_ARC_PLAIN
 * @offset: from the counts to the value, in bytes
 * @header: from the memory to the value, in bytes, if kown allocates it
 * @free: gives the memory of a value back that embeds its counts; NULL if kown
 *	allocated it
 * @elem: of what the value is a struct kown_arc_slice; NULL if it is none
 *
 * Memory that kown allocates is aligned as the value is::
 *
 *	memory                                                    value
 *	| padding | kown_arc, kown_arc_linked or kown_arc_watched | ...
 */
struct kown_arc_type {
	struct kown_type value;
	unsigned int flags;
	int offset;
	unsigned int header;
	void (*free)(void *value);
	const struct kown_type *elem;
};

/**
 * struct kown_arc_slice - a value that is so many elements
 * @len: how many; immutable
 *
 * The elements follow, where their type's alignment says.
 */
struct kown_arc_slice {
	size_t len;
};

/**
 * struct kown_arc - the counts of one value
 * @strong: owners of the value; atomic
 * @weak: users of the memory, the owners being one together; atomic
 * @type: immutable
 */
struct kown_arc {
	refcount_t strong;
	atomic_t weak;
	const struct kown_arc_type *type;
};

static_assert(sizeof(struct kown_arc) == 8 + sizeof(void *));

/**
 * struct kown_arc_linked - counts with room to wait in line
 * @defer: while it waits for the worker
 * @head: while it waits for an outer drop, then for a grace period
 * @arc: the counts
 *
 * What a struct embeds whose type has one of KOWN_ARC_LINKED.
 */
struct kown_arc_linked {
	union {
		struct llist_node defer;
		struct rcu_head head;
	};
	struct kown_arc arc;
};

/**
 * struct kown_arc_watched - counts with a source
 * @source: ends when the value does
 * @linked: the counts
 *
 * What a struct embeds whose type is KOWN_ARC_WATCHED.
 */
struct kown_arc_watched {
	struct kown_source source;
	struct kown_arc_linked linked;
};

#define __KOWN_ARC_HEADER(value_t, _flags)				\
	ALIGN((_flags) & KOWN_ARC_WATCHED ? sizeof(struct kown_arc_watched) : \
	      (_flags) & KOWN_ARC_LINKED ? sizeof(struct kown_arc_linked) : \
					   sizeof(struct kown_arc),	\
	      __alignof__(value_t))

#define __KOWN_ARC_FLAGS(value_t, _flags)				\
	((_flags) |							\
	 (__KOWN_ARC_HEADER(value_t, _flags) == sizeof(struct kown_arc) && \
	  !((_flags) & KOWN_ARC_LINKED) &&				\
	  sizeof(value_t) <= PAGE_SIZE - sizeof(struct kown_arc) &&	\
	  __alignof__(value_t) <= ARCH_KMALLOC_MINALIGN ? __KOWN_ARC_PLAIN : 0))

/* More references than this, and kown_arc_get_checked() refuses. */
#define KOWN_ARC_MAX		(INT_MAX / 2)

/* Negative weak counts are not counts. */
#define KOWN_WEAK_LOCKED	(-1)
#define KOWN_WEAK_SATURATED	(INT_MIN / 2)

void __kown_arc_drop(struct kown_arc *arc);
void __kown_arc_drop_atomic(struct kown_arc *arc);
void __kown_arc_free(struct kown_arc *arc);
void __kown_weak_saturate(struct kown_arc *arc);
bool __kown_arc_upgrade_failed(struct kown_arc *arc);

void __kown_arc_init(struct kown_arc *arc, const struct kown_arc_type *type);
struct kown_arc *kown_arc_alloc(const struct kown_arc_type *type, gfp_t gfp);
void kown_arc_abandon(struct kown_arc *arc);
struct kown_arc *kown_arc_new(const struct kown_arc_type *type, const void *value,
			      gfp_t gfp);
struct kown_arc *kown_arc_new_cyclic(const struct kown_arc_type *type,
				     int (*build)(void *value,
						  struct kown_arc *weak,
						  void *context),
				     void *context, gfp_t gfp);
struct kown_arc *kown_arc_alloc_slice(const struct kown_arc_type *type, size_t len,
				      gfp_t gfp);
struct kown_arc *kown_arc_new_slice(const struct kown_arc_type *type, size_t len,
				    int (*init)(void *elem, size_t index,
						void *context),
				    void *context, gfp_t gfp);
void kown_arc_downgrade(struct kown_arc *arc);
bool __must_check kown_arc_is_unique(struct kown_arc *arc);
bool __must_check kown_arc_claim(struct kown_arc *arc);
int __must_check kown_arc_take(struct kown_arc *arc, void *to);
bool __must_check kown_arc_into_inner(struct kown_arc *arc, void *to);
struct kown_arc *kown_arc_make_mut(struct kown_arc *arc, gfp_t gfp);
int __must_check kown_arc_unwrap_or_clone(struct kown_arc *arc, void *to, gfp_t gfp);
void kown_flush_deferred(void);

/**
 * kown_arc_value() - the value that counts belong to
 * @arc: the counts
 *
 * Return: the value's address; it does not change while the arc lives.
 */
static inline void *kown_arc_value(const struct kown_arc *arc)
{
	return (char *)arc + arc->type->offset;
}

static inline void __kown_arc_share(struct kown_arc *arc)
{
	atomic_set_release(&arc->strong.refs, 1);
}

/**
 * kown_arc_share() - a value is complete, and may be shared
 * @arc: from kown_arc_alloc(), its value written by the caller
 *
 * Weak references to it can be upgraded from now on, and who upgrades sees the value.
 *
 * Context: Any.
 * Return: nothing; the caller owns the one strong reference.
 */
static inline void kown_arc_share(struct kown_arc *arc)
{
	kown_debug_move(arc, KOWN_STRONG_TAKEN, _THIS_IP_);
	__kown_arc_share(arc);
}

/**
 * kown_arc_get() - take another strong reference (Arc::clone)
 * @arc: an arc of which the caller owns a strong reference
 *
 * Context: Any.
 * Return: nothing; the caller owns one more. At saturation the value leaks.
 */
static inline void kown_arc_get(struct kown_arc *arc)
{
	kown_debug_move(arc, KOWN_STRONG_TAKEN, _THIS_IP_);
	refcount_inc(&arc->strong);
}

/**
 * kown_arc_get_checked() - take another strong reference, unless there are too many
 * @arc: an arc of which the caller owns a strong reference
 *
 * For counts that userspace drives. As in Rust's Arc, the increment comes first and is
 * taken back: the space between KOWN_ARC_MAX and saturation is wider than there can
 * be tasks.
 *
 * Context: Any.
 * Return: 0, and the caller owns one more, or -EOVERFLOW.
 */
static inline int __must_check kown_arc_get_checked(struct kown_arc *arc)
{
	int old;

	__refcount_inc(&arc->strong, &old);
	if (unlikely(old <= 0 || old >= KOWN_ARC_MAX)) {
		refcount_dec(&arc->strong);
		return -EOVERFLOW;
	}
	kown_debug_move(arc, KOWN_STRONG_TAKEN, _THIS_IP_);
	return 0;
}

/**
 * kown_arc_try_get() - take a strong reference if there is a value
 * @arc: an arc whose memory something keeps: a weak reference; a lock under which the
 *	last put must pass; or rcu_read_lock(), for a type that is KOWN_ARC_RCU
 *
 * This is what lookups are made of. refcount_inc_not_zero() is relaxed and would not
 * do: the value may have been written after the caller found the arc.
 *
 * Context: Any. Acquire on success.
 * Return: true, and the caller owns a reference; false if there is no value now,
 * and then there never will be, unless the arc is not yet shared.
 */
static inline bool __must_check kown_arc_try_get(struct kown_arc *arc)
{
	int n = atomic_read(&arc->strong.refs);

	do {
		if (!n)
			return __kown_arc_upgrade_failed(arc);
	} while (!atomic_try_cmpxchg_acquire(&arc->strong.refs, &n, n + 1));
	if (unlikely(n < 0 || n + 1 < 0))
		refcount_warn_saturate(&arc->strong, REFCOUNT_ADD_NOT_ZERO_OVF);
	kown_debug_move(arc, KOWN_STRONG_TAKEN, _THIS_IP_);
	return true;
}

/* The caller knows that @arc is not NULL. */
static inline void __kown_arc_put(struct kown_arc *arc)
{
	/* might_sleep() alone may be a call, even where it checks nothing. */
	if (IS_ENABLED(CONFIG_DEBUG_ATOMIC_SLEEP))
		might_sleep_if(!(arc->type->flags & KOWN_ARC_NOSLEEP));
	kown_debug_move(arc, KOWN_STRONG_GIVEN, _THIS_IP_);
	if (refcount_dec_and_test(&arc->strong))
		__kown_arc_drop(arc);
}

/* The caller knows that @arc is not NULL. */
static inline void __kown_arc_put_atomic(struct kown_arc *arc)
{
	kown_debug_move(arc, KOWN_STRONG_GIVEN, _THIS_IP_);
	if (refcount_dec_and_test(&arc->strong))
		__kown_arc_drop_atomic(arc);
}

/**
 * kown_arc_put() - give a strong reference up (drop of an Arc)
 * @arc: the arc, or NULL
 *
 * The last put drops the value, then frees the memory unless weak references hold it.
 *
 * Context: May sleep, unless the type is KOWN_ARC_NOSLEEP.
 */
static inline void kown_arc_put(struct kown_arc *arc)
{
	if (arc)
		__kown_arc_put(arc);
}

/**
 * kown_arc_put_atomic() - give a strong reference up where one may not sleep
 * @arc: the arc, or NULL; its type is KOWN_ARC_DEFER or KOWN_ARC_NOSLEEP
 *
 * Context: Any but NMI. The last drop runs on a worker if it may sleep.
 */
static inline void kown_arc_put_atomic(struct kown_arc *arc)
{
	if (arc)
		__kown_arc_put_atomic(arc);
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
 * Return: the count, without the one that the strong references share; 0 in the moment
 * in which somebody asks whether the arc is unique.
 */
static inline unsigned int kown_arc_weak_count(const struct kown_arc *arc)
{
	int weak = atomic_read(&arc->weak);

	return weak == KOWN_WEAK_LOCKED ? 0 : weak - 1;
}

/* On while somebody must know of each birth and death: a tracer, KOWN_DEBUG, a test. */
DECLARE_STATIC_KEY_FALSE(kown_arc_observed);

/**
 * kown_arc_init() - begin to count a value that embeds its counts
 * @arc: the counts, not yet shared
 * @type: their type, which must outlive them
 *
 * Context: Any but NMI.
 * Return: nothing; the caller owns the one strong reference.
 */
static __always_inline void kown_arc_init(struct kown_arc *arc,
					  const struct kown_arc_type *type)
{
	if (type->flags & KOWN_ARC_WATCHED || static_branch_unlikely(&kown_arc_observed)) {
		__kown_arc_init(arc, type);
		return;
	}
	refcount_set(&arc->strong, 1);
	atomic_set(&arc->weak, 1);
	arc->type = type;
}

/* Does the compiler see that the type is one of those? */
#define __kown_arc_is_plain(type)					\
	(__builtin_constant_p((type)->flags) && (type)->flags & __KOWN_ARC_PLAIN)

/* kown_arc_alloc(), as short as a kmalloc() of a constant size. */
static __always_inline struct kown_arc *
__kown_arc_alloc(const struct kown_arc_type *type, gfp_t gfp)
{
	struct kown_arc *arc;

	if (!__kown_arc_is_plain(type) || static_branch_unlikely(&kown_arc_observed))
		return kown_arc_alloc(type, gfp);
	arc = kmalloc(sizeof(*arc) + type->value.size, gfp);
	if (!arc)
		return NULL;
	refcount_set(&arc->strong, 0);
	atomic_set(&arc->weak, 1);
	arc->type = type;
	return arc;
}

/* kown_arc_new(), likewise. */
static __always_inline struct kown_arc *
__kown_arc_new(const struct kown_arc_type *type, const void *value, gfp_t gfp)
{
	struct kown_arc *arc;

	if (!__kown_arc_is_plain(type))
		return kown_arc_new(type, value, gfp);
	arc = __kown_arc_alloc(type, gfp);
	if (!arc)
		return NULL;
	__kown_copy(arc + 1, value, type->value.size);
	kown_arc_share(arc);
	return arc;
}

/* From a value to its counts, where their distance is a constant. */
#define __kown_arc_of(value, distance)					\
	((struct kown_arc *)((char *)(value) - (distance)))

/**
 * KOWN_DEFINE_ARC() - typed functions for an Arc, in one line
 * @name: the functions' prefix
 * @value_t: the value's type, below T
 * @_drop: void (T *), which ends a value, or NULL
 * @_clone: int (T *to, const T *from, gfp_t), or NULL
 * @_flags: KOWN_ARC_*, or 0
 *
 * For values that do not know they are counted: kown allocates them, with the counts
 * in front. All is private to the file; for a type that other files use too, see
 * KOWN_DECLARE_ARC(). A reference is a T \*, and never needs a cast::
 *
 *	T *NAME_arc_new(const T *value, gfp_t);      moved in; NULL: no memory
 *	T *NAME_arc_new_uninit(gfp_t);               write it, then
 *	T *NAME_arc_share(T *);                      this
 *	void NAME_arc_abandon(T *);                  or this
 *	T *NAME_arc_new_cyclic(build, void *context, gfp_t);
 *	int NAME_arc_take(T *, T *to);               0 or -EBUSY
 *	bool NAME_arc_into_inner(T *, T *to);
 *	T *NAME_arc_make_mut(T *, gfp_t);            or an error pointer
 *	int NAME_arc_unwrap_or_clone(T *, T *to, gfp_t);
 *
 * and, as KOWN_DEFINE_ARC_EMBEDDED() has them too::
 *
 *	T *NAME_arc_get(T *);
 *	int NAME_arc_get_checked(T *);               0 or -EOVERFLOW
 *	T *NAME_arc_try_get(T *);                    or NULL
 *	void NAME_arc_put(T *);
 *	void NAME_arc_put_atomic(T *);
 *	T *NAME_arc_get_tracked(T *, struct kown_tracker *, gfp_t);  see <kown/debug.h>
 *	void NAME_arc_put_tracked(T *, struct kown_tracker *);
 *	unsigned int NAME_arc_strong_count(const T *);
 *	unsigned int NAME_arc_weak_count(const T *);
 *	bool NAME_arc_ptr_eq(const T *, const T *);
 *	bool NAME_arc_is_unique(T *);
 *	T *NAME_arc_get_mut(T *);                    or NULL: not unique
 *	void *NAME_arc_into_raw(T *);                the reference moves out
 *	T *NAME_arc_from_raw(void *);                and back in
 *	struct kown_arc *NAME_arc_upcast(T *);       of any type
 *	T *NAME_arc_downcast(struct kown_arc *);     or NULL: of another type
 *	__free(NAME_arc_put)                         put at the end of the scope
 *
 * Each does as the function kown_arc_*() of that name. Weak references are in
 * <kown/weak.h>.
 */
#define KOWN_DEFINE_ARC(name, value_t, _drop, _clone, _flags)		\
	KOWN_TYPE_CALLBACKS(name##_arc, value_t, _drop, _clone)		\
	static const struct kown_arc_type name##_arc_type =		\
		__KOWN_ARC_TYPE(name, value_t, _drop, _clone, _flags);	\
	__KOWN_ARC_OWNED(name, typeof(value_t))

/**
 * KOWN_DECLARE_ARC() - KOWN_DEFINE_ARC(), for a header
 * @name: the functions' prefix
 * @value_t: the value's type, below T
 */
#define KOWN_DECLARE_ARC(name, value_t)					\
	extern const struct kown_arc_type name##_arc_type;		\
	__KOWN_ARC_OWNED(name, typeof(value_t))

/**
 * KOWN_DEFINE_ARC_TYPE() - what KOWN_DECLARE_ARC() declares, for one file
 * @name: the functions' prefix
 * @value_t: the value's type, below T
 * @_drop: as for KOWN_DEFINE_ARC()
 * @_clone: as for KOWN_DEFINE_ARC()
 * @_flags: as for KOWN_DEFINE_ARC()
 */
#define KOWN_DEFINE_ARC_TYPE(name, value_t, _drop, _clone, _flags)	\
	KOWN_TYPE_CALLBACKS(name##_arc, value_t, _drop, _clone)		\
	const struct kown_arc_type name##_arc_type =			\
		__KOWN_ARC_TYPE(name, value_t, _drop, _clone, _flags)

/**
 * KOWN_DEFINE_ARC_EMBEDDED() - typed functions for a value that embeds its counts
 * @name: the functions' prefix
 * @value_t: the value's type, below T
 * @member: the struct kown_arc in it, or the struct kown_arc_linked's .arc
 * @_drop: void (T *), which ends a value, or NULL
 * @_free: void (T *), which gives its memory back
 * @_flags: KOWN_ARC_*, or 0
 *
 * The caller allocates, and NAME_arc_init(T \*) begins the count; then NAME_arc_get()
 * and all that KOWN_DEFINE_ARC() names with it.
 */
#define KOWN_DEFINE_ARC_EMBEDDED(name, value_t, member, _drop, _free, _flags) \
	KOWN_TYPE_CALLBACKS(name##_arc, value_t, _drop, NULL)		\
	static void name##_arc_free_memory(void *value)			\
	{								\
		void (*__free_memory)(value_t *value) = (_free);	\
									\
		__free_memory(value);					\
	}								\
	static const struct kown_arc_type name##_arc_type = {		\
		.value = KOWN_TYPE_INIT(name##_arc, #name, value_t, _drop, NULL), \
		.flags = (_flags),					\
		.offset = -(int)offsetof(value_t, member),		\
		.free = name##_arc_free_memory,				\
	};								\
	static inline void name##_arc_init(value_t *value)		\
	{								\
		kown_arc_init(&value->member, &name##_arc_type);	\
	}								\
	__KOWN_ARC_ANY(name, value_t, -offsetof(value_t, member))

/**
 * KOWN_DEFINE_ARC_SLICE() - typed functions for an Arc of an array (Arc<[T]>)
 * @name: the functions' prefix, and the name of the struct it defines::
 *
 *	struct NAME { size_t len; T elems[]; };
 *
 * @value_t: the elements' type
 * @_drop: void (T *), which ends an element, or NULL
 * @_flags: KOWN_ARC_*, or 0
 *
 * Counts, length and elements are one allocation. A reference is a struct NAME \*, for
 * which there is all that KOWN_DEFINE_ARC_EMBEDDED() names, and::
 *
 *	struct NAME *NAME_arc_new(size_t len, init, void *context, gfp_t);
 *
 * with int init(void \*elem, size_t index, void \*context), as kown_arc_new_slice().
 */
#define KOWN_DEFINE_ARC_SLICE(name, value_t, _drop, _flags)		\
struct name {								\
	size_t len;							\
	value_t elems[] __counted_by(len);				\
};									\
KOWN_TYPE_CALLBACKS(name##_elem, value_t, _drop, NULL)			\
static const struct kown_type name##_elem_type =			\
	KOWN_TYPE_INIT(name##_elem, #name, value_t, _drop, NULL);	\
static const struct kown_arc_type name##_arc_type = {			\
	.value = __KOWN_TYPE(#name, struct name, NULL, NULL),		\
	.flags = (_flags),						\
	.offset = sizeof(struct kown_arc),				\
	.header = __KOWN_ARC_HEADER(struct name, _flags),		\
	.elem = &name##_elem_type,					\
};									\
__KOWN_ARC_ANY(name, struct name, sizeof(struct kown_arc))		\
static inline __maybe_unused struct name *				\
name##_arc_new(size_t len,						\
	       int (*init)(void *elem, size_t index, void *context),	\
	       void *context, gfp_t gfp)				\
{									\
	struct kown_arc *arc = kown_arc_new_slice(&name##_arc_type, len, \
						  init, context, gfp);	\
									\
	return IS_ERR(arc) ? ERR_CAST(arc) : (void *)(arc + 1);		\
}

#define __KOWN_ARC_TYPE(name, value_t, _drop, _clone, _flags) {		\
	.value = KOWN_TYPE_INIT(name##_arc, #name, value_t, _drop, _clone), \
	.flags = __KOWN_ARC_FLAGS(value_t, _flags),			\
	.offset = sizeof(struct kown_arc),				\
	.header = __KOWN_ARC_HEADER(value_t, _flags),			\
}

#define __KOWN_ARC_ANY(name, value_t, distance)				\
static __always_inline struct kown_arc *				\
__##name##_arc_of(typeof(value_t) const *value)				\
{									\
	return value ? __kown_arc_of(value, distance) : NULL;		\
}									\
static __always_inline __maybe_unused value_t *name##_arc_get(value_t *value) \
{									\
	kown_arc_get(__kown_arc_of(value, distance));			\
	return value;							\
}									\
static __always_inline __maybe_unused int __must_check			\
name##_arc_get_checked(value_t *value)					\
{									\
	return kown_arc_get_checked(__kown_arc_of(value, distance));	\
}									\
static __always_inline __maybe_unused value_t * __must_check		\
name##_arc_try_get(value_t *value)					\
{									\
	return kown_arc_try_get(__kown_arc_of(value, distance)) ?	\
	       value : NULL;						\
}									\
static __always_inline __maybe_unused void name##_arc_put(value_t *value) \
{									\
	if (value)							\
		__kown_arc_put(__kown_arc_of(value, distance));		\
}									\
static __always_inline __maybe_unused void name##_arc_put_atomic(value_t *value) \
{									\
	if (value)							\
		__kown_arc_put_atomic(__kown_arc_of(value, distance));	\
}									\
static inline __maybe_unused value_t *					\
name##_arc_get_tracked(value_t *value, struct kown_tracker *tracker, gfp_t gfp) \
{									\
	kown_debug_track(__##name##_arc_of(value), tracker, gfp);	\
	return name##_arc_get(value);					\
}									\
static inline __maybe_unused void					\
name##_arc_put_tracked(value_t *value, struct kown_tracker *tracker)	\
{									\
	if (!value)							\
		return;							\
	kown_debug_untrack(__##name##_arc_of(value), tracker);		\
	name##_arc_put(value);						\
}									\
static __always_inline __maybe_unused unsigned int			\
name##_arc_strong_count(typeof(value_t) const *value)			\
{									\
	return kown_arc_strong_count(__kown_arc_of(value, distance));	\
}									\
static __always_inline __maybe_unused unsigned int			\
name##_arc_weak_count(typeof(value_t) const *value)			\
{									\
	return kown_arc_weak_count(__kown_arc_of(value, distance));	\
}									\
static __always_inline __maybe_unused bool				\
name##_arc_ptr_eq(typeof(value_t) const *a, typeof(value_t) const *b)	\
{									\
	return a == b;							\
}									\
static __always_inline __maybe_unused bool __must_check			\
name##_arc_is_unique(value_t *value)					\
{									\
	return kown_arc_is_unique(__kown_arc_of(value, distance));	\
}									\
static __always_inline __maybe_unused value_t * __must_check		\
name##_arc_get_mut(value_t *value)					\
{									\
	return name##_arc_is_unique(value) ? value : NULL;		\
}									\
static __always_inline __maybe_unused void *name##_arc_into_raw(value_t *value) \
{									\
	return value;							\
}									\
static __always_inline __maybe_unused value_t *name##_arc_from_raw(void *raw) \
{									\
	return raw;							\
}									\
static __always_inline __maybe_unused struct kown_arc *			\
name##_arc_upcast(value_t *value)					\
{									\
	return __##name##_arc_of(value);				\
}									\
static __always_inline __maybe_unused value_t *				\
name##_arc_downcast(struct kown_arc *arc)				\
{									\
	return arc->type == &name##_arc_type ? kown_arc_value(arc) : NULL; \
}									\
DEFINE_FREE(name##_arc_put, value_t *,					\
	    if (!IS_ERR_OR_NULL(_T)) name##_arc_put(_T))

#define __KOWN_ARC_OWNED(name, value_t)					\
__KOWN_ARC_ANY(name, value_t, sizeof(struct kown_arc))			\
static __always_inline __maybe_unused value_t *				\
__##name##_arc_value(struct kown_arc *arc)				\
{									\
	return IS_ERR_OR_NULL(arc) ? (void *)arc : (void *)(arc + 1);	\
}									\
static inline __maybe_unused value_t *name##_arc_new(typeof(value_t) const *value, gfp_t gfp) \
{									\
	struct kown_arc *arc = __kown_arc_new(&name##_arc_type, value, gfp); \
									\
	return arc ? (void *)(arc + 1) : NULL;				\
}									\
static inline __maybe_unused value_t *name##_arc_new_uninit(gfp_t gfp)	\
{									\
	struct kown_arc *arc = __kown_arc_alloc(&name##_arc_type, gfp);	\
									\
	return arc ? (void *)(arc + 1) : NULL;				\
}									\
static __always_inline __maybe_unused value_t *name##_arc_share(value_t *value) \
{									\
	kown_arc_share(__##name##_arc_of(value));			\
	return value;							\
}									\
static inline __maybe_unused void name##_arc_abandon(value_t *value)	\
{									\
	kown_arc_abandon(__##name##_arc_of(value));			\
}									\
static inline __maybe_unused value_t *					\
name##_arc_new_cyclic(int (*build)(void *value, struct kown_arc *weak,	\
				   void *context),			\
		      void *context, gfp_t gfp)				\
{									\
	return __##name##_arc_value(kown_arc_new_cyclic(&name##_arc_type, \
							build, context, gfp)); \
}									\
static inline __maybe_unused int __must_check				\
name##_arc_take(value_t *value, value_t *to)				\
{									\
	return kown_arc_take(__##name##_arc_of(value), to);		\
}									\
static inline __maybe_unused bool __must_check				\
name##_arc_into_inner(value_t *value, value_t *to)			\
{									\
	return kown_arc_into_inner(__##name##_arc_of(value), to);	\
}									\
static inline __maybe_unused value_t *name##_arc_make_mut(value_t *value, gfp_t gfp) \
{									\
	return __##name##_arc_value(kown_arc_make_mut(			\
			__##name##_arc_of(value), gfp));		\
}									\
static inline __maybe_unused int __must_check				\
name##_arc_unwrap_or_clone(value_t *value, value_t *to, gfp_t gfp)	\
{									\
	return kown_arc_unwrap_or_clone(__##name##_arc_of(value), to, gfp); \
}

#endif /* _KOWN_ARC_H */
