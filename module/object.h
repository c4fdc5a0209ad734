/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Object: what processes share. An arc, a vec, and a lock between them.
 */
#ifndef _KOWN_OBJECT_H
#define _KOWN_OBJECT_H

#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <linux/wait.h>

#include <kown/arc.h>
#include <kown/vec.h>
#include <kown/weak.h>

#include "account.h"
#include "guard.h"

/*
 * How to allocate what a user asks for: paid by the caller's cgroup, and refused
 * with -ENOMEM rather than answered with a splat or an OOM kill.
 */
#define KOWN_GFP_USER	(GFP_KERNEL_ACCOUNT | __GFP_NOWARN | __GFP_RETRY_MAYFAIL)

/**
 * struct kown_object - one shared array
 * @arc: the counts that users see. Each open handle owns one strong or weak
 *	reference; nothing else does, so "unique" means what it says. They only
 *	change under @lock
 * @users: who may touch the struct: one for each handle, open or closed, and before there
 *	is one, who made it; atomic
 * @mode: immutable
 * @lock: protects @vec, the changes of @arc, and that handles are open. No user
 *	page is faulted in under it, so its holder never waits for userspace.
 *	Below it only the allocator, spinlocks, and the lock of one other object,
 *	see kown_handle_lock_two()
 * @vec: the elements; all of its capacity is charged to @account
 * @elem: immutable
 * @account: owns a reference until the value's death; NULL once the elements have
 *	moved to another object
 * @link: in the list of all, from birth until the struct goes; the list's lock protects it
 * @id: immutable, never 0 and never used again
 * @wait: who polls
 * @guard: the lock that users see; immutable, NULL unless @mode is locked
 *
 * Whoever frees the struct leaves @lock, @vec, @elem and @wait as they are in a new one: a
 * lock nobody has, nothing, nothing but a size, and nobody.
 */
struct kown_object {
	struct kown_arc arc;
	refcount_t users;
	u32 mode;
	struct mutex lock;
	struct kown_vec vec;
	struct kown_type elem;
	struct kown_account *account;
	struct hlist_node link;
	u64 id;
	wait_queue_head_t wait;
	struct kown_guard *guard;
};

int __must_check kown_object_init(void);
void kown_object_exit(void);

struct kown_object *kown_object_new(struct kown_account *account, u32 mode,
				    u32 elem_size, u64 cap);
struct kown_object *kown_object_succeed(struct kown_object *old,
					struct kown_account *account, size_t start);
void kown_object_inherit(struct kown_object *object, struct kown_object *old);
void kown_object_free(struct kown_object *object);
struct kown_object *kown_object_from(u64 id);
struct kown_object *kown_object_before(struct kown_object *object);
int __must_check kown_object_check_size(const struct kown_object *object, u64 count,
					size_t *bytes);
int __must_check __kown_object_reserve(struct kown_object *object, size_t extra);
int __must_check kown_object_reserve_exact(struct kown_object *object, size_t cap);
int __must_check kown_object_shrink(struct kown_object *object, size_t min_cap);

/* Is there room for so many more? The caller holds @object->lock. */
static inline bool kown_object_has_room(const struct kown_object *object, u64 extra)
{
	return kown_vec_cap(&object->vec, &object->elem) - object->vec.len >= extra;
}

/* As __kown_object_reserve(), which most pushes do without. */
static inline int __must_check kown_object_reserve(struct kown_object *object, size_t extra)
{
	lockdep_assert_held(&object->lock);
	return kown_object_has_room(object, extra) ? 0 : __kown_object_reserve(object, extra);
}

/**
 * kown_object_wake() - tell those who poll
 * @object: the object
 * @events: what has become true
 *
 * Context: Any.
 */
static inline void kown_object_wake(struct kown_object *object, __poll_t events)
{
	if (wq_has_sleeper(&object->wait))
		wake_up_poll(&object->wait, events);
}

static inline void *kown_object_at(const struct kown_object *object, size_t index)
{
	return kown_vec_at(&object->vec, &object->elem, index);
}

/* There are elements now: who waits for some may be waiting for these. */
static inline void kown_object_tell_readers(struct kown_object *object)
{
	if (object->vec.len)
		kown_object_wake(object, EPOLLIN | EPOLLRDNORM);
}

/* What its elements cost, those there is room for too. */
static inline size_t kown_object_bytes(const struct kown_object *object)
{
	return object->vec.raw.cap * object->elem.size;
}

static inline const char *kown_object_mode_name(const struct kown_object *object)
{
	static const char *const names[] = { "exclusive", "shared", "locked" };

	return names[object->mode];
}

/* Without the share of the strong references, as long as there are any. */
static inline u32 kown_object_weak_count(const struct kown_object *object)
{
	u32 weak = kown_arc_weak_count(&object->arc);

	return kown_arc_strong_count(&object->arc) ? weak : weak + 1;
}

/* Called for each of many elements or handles, where one may sleep. */
static inline void kown_give_way(size_t i)
{
	if (!(i % 4096))
		cond_resched();
}

/* A strong reference is given up by a user, who stays one. */
static inline void kown_object_put(struct kown_object *object)
{
	kown_arc_put(&object->arc);
}

/**
 * kown_object_forget() - the caller does not touch the struct any more
 * @object: the object, of which the caller was one of @users
 *
 * Context: Process context. Sleeps.
 */
static inline void kown_object_forget(struct kown_object *object)
{
	if (refcount_dec_and_test(&object->users))
		kown_object_free(object);
}

/**
 * kown_object_discard() - an object will have no handle
 * @object: from kown_object_new() or kown_object_succeed()
 *
 * Context: Process context. Sleeps.
 */
static inline void kown_object_discard(struct kown_object *object)
{
	kown_object_put(object);
	kown_object_forget(object);
}

#endif /* _KOWN_OBJECT_H */
