// SPDX-License-Identifier: GPL-2.0
/*
 * Object: birth and death, and what its memory costs whom.
 */
#include <linux/err.h>
#include <linux/init.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <kown/compat.h>
#include <uapi/linux/kown.h>

#include "device_trace.h"
#include "object.h"

/*
 * Two deaths, and a third
 *
 * The arc has its two: the value goes with the last strong reference, the arc's own
 * memory with the last weak one. But a call in flight needs the object's lock to find
 * out that its handle has been dropped, and such a call must not be seen in the counts.
 * So there is @users, for those who may touch the struct and, if they own no reference,
 * nothing in it but the lock. Who owns one is a user too, so the arc's second death leaves
 * nothing to do: the struct goes with the last user.
 */

/*
 * A cache of their own, for what is the same of all that are free need not be done for each
 * that is made: the lock and who waits, both unused, and no elements.
 */
static struct kmem_cache *cache;

static void construct(void *memory)
{
	struct kown_object *object = memory;

	*object = (struct kown_object){};
	mutex_init(&object->lock);
	init_waitqueue_head(&object->wait);
}

int __init kown_object_init(void)
{
	cache = kmem_cache_create("kown_object", sizeof(struct kown_object), 0,
				  SLAB_ACCOUNT, construct);
	return cache ? 0 : -ENOMEM;
}

/* There are none left. */
void kown_object_exit(void)
{
	kmem_cache_destroy(cache);
}

/* All objects that somebody may touch, the newest first. */
static HLIST_HEAD(all);
static DEFINE_SPINLOCK(all_lock);

/* Arithmetic first, then the limit, then what no allocator can give. */
static int check_size(const struct kown_type *elem, u64 count, size_t *bytes)
{
	int err;

	if (count > SIZE_MAX)
		return -EOVERFLOW;
	err = kown_raw_vec_check(elem, count);
	if (err == -EOVERFLOW)
		return err;
	*bytes = count * elem->size;
	return *bytes > kown_account_limit(KOWN_BYTES) ? -ENOSPC : err;
}

/**
 * kown_object_check_size() - may there be so many elements?
 * @object: the object
 * @count: elements
 * @bytes: told their size
 *
 * Context: Any.
 * Return: 0, -EOVERFLOW, -ENOSPC or -ENOMEM.
 */
int kown_object_check_size(const struct kown_object *object, u64 count, size_t *bytes)
{
	return check_size(&object->elem, count, bytes);
}

/* Charge first, then allocate. */
static int grow(struct kown_object *object, size_t cap)
{
	struct kown_vec *vec = &object->vec;
	size_t bytes = (cap - vec->raw.cap) * object->elem.size;
	int err;

	err = kown_account_charge(object->account, KOWN_BYTES, bytes);
	if (err)
		return err;
	err = kown_raw_vec_grow(&vec->raw, &object->elem, cap, KOWN_GFP_USER);
	if (err)
		kown_account_uncharge(object->account, KOWN_BYTES, bytes);
	return err;
}

/**
 * __kown_object_reserve() - make room for more elements, and for growth
 * @object: the object
 * @extra: elements to make room for beyond those there are
 *
 * When growing by the rule is too dear, it grows to fit.
 *
 * Context: Process context. The caller holds @object->lock. Sleeps.
 * Return: 0, -EOVERFLOW, -ENOSPC or -ENOMEM.
 */
int __kown_object_reserve(struct kown_object *object, size_t extra)
{
	size_t need, cap;
	int err;

	lockdep_assert_held(&object->lock);
	err = kown_vec_plan(&object->vec, &object->elem, extra, &need, &cap);
	if (err || need <= kown_vec_cap(&object->vec, &object->elem))
		return err;
	err = grow(object, cap);
	if (err == -ENOSPC && cap > need)
		err = grow(object, need);
	return err;
}

/**
 * kown_object_reserve_exact() - make room for so many elements, no more
 * @object: the object
 * @cap: elements there shall be room for in all; checked
 *
 * Context: Process context. The caller holds @object->lock, or is alone. Sleeps.
 * Return: 0, -ENOSPC or -ENOMEM.
 */
int kown_object_reserve_exact(struct kown_object *object, size_t cap)
{
	if (cap <= kown_vec_cap(&object->vec, &object->elem))
		return 0;
	return grow(object, cap);
}

/**
 * kown_object_shrink() - give room back
 * @object: the object
 * @min_cap: elements there shall be room for at least; those there are have room
 *
 * Context: Process context. The caller holds @object->lock. Sleeps.
 * Return: 0 or -ENOMEM.
 */
int kown_object_shrink(struct kown_object *object, size_t min_cap)
{
	struct kown_vec *vec = &object->vec;
	size_t cap = vec->raw.cap;
	int err;

	lockdep_assert_held(&object->lock);
	err = kown_vec_shrink_to(vec, &object->elem, min_cap, KOWN_GFP_USER);
	if (!err)
		kown_account_uncharge(object->account, KOWN_BYTES,
				      (cap - vec->raw.cap) * object->elem.size);
	return err;
}

/* The last strong reference is gone; nobody reaches the elements any more. */
static void object_drop(struct kown_object *object)
{
	trace_kown_object_death(object);
	if (object->vec.len || object->vec.raw.cap) {
		kown_account_uncharge(object->account, KOWN_BYTES,
				      kown_object_bytes(object));
		kown_vec_free(&object->vec, &object->elem);
	}
	if (object->account) {
		kown_account_uncharge(object->account, KOWN_OBJECTS, 1);
		kown_account_put(object->account);
	}
	kown_object_wake(object, EPOLLHUP);
}

/* The last user has gone. */
void kown_object_free(struct kown_object *object)
{
	spin_lock(&all_lock);
	__hlist_del(&object->link);
	spin_unlock(&all_lock);
	if (object->guard)
		kown_guard_free(object->guard);
	kmem_cache_free(cache, object);
}
EXPORT_SYMBOL_KOWN_TEST(kown_object_free);

static struct kown_object *use_first(struct hlist_node *link, u64 id)
{
	struct kown_object *object = hlist_entry_safe(link, struct kown_object, link);

	lockdep_assert_held(&all_lock);
	hlist_for_each_entry_from(object, link)
		if (object->id <= id && refcount_inc_not_zero(&object->users))
			return object;
	return NULL;
}

/**
 * kown_object_from() - the newest of all objects up to an id
 * @id: the id
 *
 * Context: Process context.
 * Return: an object, of which the caller is one of @users, dead perhaps; or NULL.
 */
struct kown_object *kown_object_from(u64 id)
{
	struct kown_object *object;

	spin_lock(&all_lock);
	object = use_first(all.first, id);
	spin_unlock(&all_lock);
	return object;
}

/**
 * kown_object_before() - the next older of all objects
 * @object: an object; the caller is one of its users
 *
 * Context: Process context.
 * Return: as kown_object_from().
 */
struct kown_object *kown_object_before(struct kown_object *object)
{
	spin_lock(&all_lock);
	object = use_first(object->link.next, U64_MAX);
	spin_unlock(&all_lock);
	return object;
}

/* Whoever put the last reference is one of the users still. */
static void object_keep(struct kown_object *object)
{
}

KOWN_DEFINE_ARC_EMBEDDED(object, struct kown_object, arc, object_drop, object_keep, 0);

/* Nobody is charged for it yet. */
static __always_inline struct kown_object *object_alloc(u32 mode, u32 elem_size)
{
	static u64 last_id;
	struct kown_object *object = kmem_cache_alloc(cache, KOWN_GFP_USER);

	if (!object)
		return ERR_PTR(-ENOMEM);
	object->guard = NULL;
	if (mode == KOWN_MODE_LOCKED) {
		object->guard = kown_guard_new(object);
		if (!object->guard) {
			kmem_cache_free(cache, object);
			return ERR_PTR(-ENOMEM);
		}
	}
	object->mode = mode;
	object->elem.size = elem_size;
	object->account = NULL;
	object_arc_init(object);
	refcount_set(&object->users, 1);
	spin_lock(&all_lock);
	object->id = ++last_id;
	hlist_add_head(&object->link, &all);
	spin_unlock(&all_lock);
	trace_kown_object_birth(object);
	return object;
}

static __always_inline int set_account(struct kown_object *object,
				       struct kown_account *account)
{
	int err = kown_account_charge(account, KOWN_OBJECTS, 1);

	if (err)
		return err;
	object->account = kown_account_get(account);
	return 0;
}

/* Before there is an object. */
static noinline int check_cap(u32 elem_size, u64 cap)
{
	const struct kown_type elem = { .size = elem_size };
	size_t bytes;

	return check_size(&elem, cap, &bytes);
}

/**
 * kown_object_new() - create an object
 * @account: who answers for it; the object takes a reference of its own
 * @mode: KOWN_MODE_*, checked
 * @elem_size: bytes per element, checked
 * @cap: elements to make room for
 *
 * Context: Process context. Sleeps.
 * Return: the object, of which the caller is the one user and owns the one strong
 * reference, until a handle takes over or kown_object_discard(); or -EOVERFLOW, -ENOSPC or
 * -ENOMEM.
 */
struct kown_object *kown_object_new(struct kown_account *account, u32 mode,
				    u32 elem_size, u64 cap)
{
	struct kown_object *object;
	int err = 0;

	if (cap)
		err = check_cap(elem_size, cap);
	if (err)
		return ERR_PTR(err);
	object = object_alloc(mode, elem_size);
	if (IS_ERR(object))
		return object;
	err = set_account(object, account);
	if (!err && cap)
		err = kown_object_reserve_exact(object, cap);
	if (err) {
		kown_object_discard(object);
		return ERR_PTR(err);
	}
	return object;
}
EXPORT_SYMBOL_KOWN_TEST(kown_object_new);

/**
 * kown_object_succeed() - an object to take another's place, or part of its elements
 * @old: the other; the caller holds its lock
 * @account: if there is to be a copy of elements: who answers for it. NULL if all are
 *	to move, with kown_object_inherit()
 * @start: the first element to copy
 *
 * Context: Process context. Sleeps.
 * Return: as kown_object_new(); or -ENOSPC or -ENOMEM.
 */
struct kown_object *kown_object_succeed(struct kown_object *old,
					struct kown_account *account, size_t start)
{
	struct kown_object *object = object_alloc(old->mode, old->elem.size);
	size_t count = old->vec.len - start;
	int err;

	lockdep_assert_held(&old->lock);
	if (IS_ERR(object) || !account)
		return object;
	err = set_account(object, account);
	if (!err)
		err = kown_object_reserve_exact(object, count);
	if (!err)
		err = kown_vec_extend_from_slice(&object->vec, &object->elem,
						 kown_vec_at(&old->vec, &old->elem, start),
						 count, KOWN_GFP_USER);
	if (err) {
		kown_object_discard(object);
		return ERR_PTR(err);
	}
	return object;
}

/**
 * kown_object_inherit() - move elements, what they cost, and poison; cannot fail
 * @object: from kown_object_succeed()
 * @old: its predecessor, which nobody reaches any more; the caller holds its lock
 *
 * Context: Process context.
 */
void kown_object_inherit(struct kown_object *object, struct kown_object *old)
{
	lockdep_assert_held(&old->lock);
	object->vec = old->vec;
	old->vec = (struct kown_vec){};
	object->account = old->account;
	old->account = NULL;
	if (object->guard)
		object->guard->poisoned = old->guard->poisoned;
}
