// SPDX-License-Identifier: GPL-2.0
/*
 * Object: birth, death, and the copies between its elements and user memory.
 */
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <kown/compat.h>

#include "object.h"

/*
 * Objects and user memory
 *
 * A push, pop or read must be atomic, so it copies under the object's lock; a copy
 * that faults may wait for userspace for ever, so it must not fault there. Hence
 * each is a *step*: under the lock, with page faults off, it does all or nothing,
 * and -EAGAIN says that a page was missing. Then the pages are faulted in without
 * the lock and the step is tried again.
 *
 *	for a few times:
 *		lock; step; unlock		-> done, or refused
 *		fault the user pages in		-> -EFAULT if they are not there
 *
 * That ends: when the pages keep vanishing, the caller's buffer does not fit into
 * the memory that there is, and that is -ENOMEM.
 */
#define MAX_TRIES	16

/* A longer copy gives way to others now and then. */
#define COPY_CHUNK	SZ_1M

/**
 * struct transfer - one such copy
 * @object: whose elements
 * @data: the caller's elements
 * @result: where a command's answer goes, before anything is committed, or NULL
 * @start: first index
 * @count: elements
 * @bytes: of @data that the step needs; a step that clamps @count sets it
 */
struct transfer {
	struct kown_object *object;
	void __user *data;
	u64 __user *result;
	u64 start;
	u64 count;
	size_t bytes;
};

static int copy_in(void *dst, const void __user *src, size_t bytes)
{
	for (size_t n; bytes; dst += n, src += n, bytes -= n) {
		n = min_t(size_t, bytes, COPY_CHUNK);
		if (copy_from_user_nofault(dst, src, n))
			return -EAGAIN;
		cond_resched();
	}
	return 0;
}

static int copy_out(void __user *dst, const void *src, size_t bytes)
{
	for (size_t n; bytes; dst += n, src += n, bytes -= n) {
		n = min_t(size_t, bytes, COPY_CHUNK);
		if (copy_to_user_nofault(dst, src, n))
			return -EAGAIN;
		cond_resched();
	}
	return 0;
}

static int answer(u64 __user *result, u64 value)
{
	return copy_to_user_nofault(result, &value, sizeof(value)) ? -EAGAIN : 0;
}

static int fault_in(const struct transfer *t, bool write)
{
	size_t left = write ? fault_in_safe_writeable(t->data, t->bytes)
			    : fault_in_readable(t->data, t->bytes);

	if (!left && t->result)
		left = fault_in_safe_writeable((char __user *)t->result,
					       sizeof(*t->result));
	return left ? -EFAULT : 0;
}

static int run(struct transfer *t, int (*step)(struct transfer *t), bool write)
{
	for (int tries = 0; tries < MAX_TRIES; tries++) {
		int err = mutex_lock_killable(&t->object->lock);

		if (err)
			return err;
		err = step(t);
		mutex_unlock(&t->object->lock);
		if (err != -EAGAIN)
			return err;
		err = fault_in(t, write);
		if (err)
			return err;
	}
	return -ENOMEM;
}

/*
 * May there be so many elements? Arithmetic first, then the limit, then what no
 * allocator can give.
 */
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

/* Charge first, then allocate. */
static int grow(struct kown_object *object, size_t cap)
{
	struct kown_vec *vec = &object->vec;
	size_t bytes = (cap - vec->raw.cap) * object->elem.size;
	int err;

	lockdep_assert_held(&object->lock);
	err = kown_account_charge(object->account, KOWN_BYTES, bytes);
	if (err)
		return err;
	err = kown_raw_vec_grow(&vec->raw, &object->elem, cap, KOWN_GFP_USER);
	if (err)
		kown_account_uncharge(object->account, KOWN_BYTES, bytes);
	return err;
}

/* When growing by the rule is too dear, grow to fit. */
static int reserve(struct kown_object *object, size_t extra)
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

static int reserve_exact(struct kown_object *object, size_t cap)
{
	lockdep_assert_held(&object->lock);
	if (cap <= kown_vec_cap(&object->vec, &object->elem))
		return 0;
	return grow(object, cap);
}

static int push_step(struct transfer *t)
{
	struct kown_vec *vec = &t->object->vec;
	const struct kown_type *elem = &t->object->elem;
	int err;

	lockdep_assert_held(&t->object->lock);
	err = reserve(t->object, t->count);
	if (err)
		return err;
	err = copy_in(kown_vec_at(vec, elem, vec->len), t->data, t->bytes);
	if (err)
		return err;
	err = answer(t->result, vec->len);
	if (err)
		return err;
	kown_vec_commit(vec, t->count);
	return 0;
}

/**
 * kown_object_push() - append elements, all or none
 * @object: the object
 * @data: @count elements
 * @count: how many
 * @index: told the index of the first
 *
 * The caller's pages are faulted in before anything grows, so a bad pointer leaves
 * even the capacity as it was.
 *
 * Context: Process context. Takes and releases @object->lock.
 * Return: 0, -EOVERFLOW, -ENOSPC, -ENOMEM, -EFAULT, or -EINTR when dying.
 */
int kown_object_push(struct kown_object *object, const void __user *data,
		     u64 count, u64 __user *index)
{
	struct transfer t = {
		.object = object,
		.data = (void __user *)data,
		.result = index,
		.count = count,
	};
	int err;

	err = check_size(&object->elem, count, &t.bytes);
	if (err)
		return err;
	err = fault_in(&t, false);
	if (err)
		return err;
	return run(&t, push_step, false);
}

static int pop_step(struct transfer *t)
{
	struct kown_vec *vec = &t->object->vec;
	const struct kown_type *elem = &t->object->elem;
	size_t n = min_t(u64, t->count, vec->len);
	int err;

	lockdep_assert_held(&t->object->lock);
	t->bytes = n * elem->size;
	err = copy_out(t->data, kown_vec_at(vec, elem, vec->len - n), t->bytes);
	if (err)
		return err;
	err = answer(t->result, n);
	if (err)
		return err;
	kown_vec_truncate(vec, elem, vec->len - n);
	return 0;
}

/**
 * kown_object_pop() - take elements off the end, as many as there are
 * @object: the object
 * @data: room for @count elements; filled in index order
 * @count: how many at most
 * @taken: told how many
 *
 * Context: Process context. Takes and releases @object->lock.
 * Return: 0, -ENOMEM, -EFAULT, or -EINTR when dying; on error none is taken.
 */
int kown_object_pop(struct kown_object *object, void __user *data, u64 count,
		    u64 __user *taken)
{
	struct transfer t = {
		.object = object,
		.data = data,
		.result = taken,
		.count = count,
	};

	return run(&t, pop_step, true);
}

static int read_step(struct transfer *t)
{
	struct kown_vec *vec = &t->object->vec;
	const struct kown_type *elem = &t->object->elem;

	lockdep_assert_held(&t->object->lock);
	if (!kown_vec_has(vec, t->start, t->count))
		return -ERANGE;
	t->bytes = t->count * elem->size;
	return copy_out(t->data, kown_vec_at(vec, elem, t->start), t->bytes);
}

/**
 * kown_object_read() - copy a range of elements out
 * @object: the object
 * @data: room for @count elements
 * @start: index of the first
 * @count: how many
 *
 * Context: Process context. Takes and releases @object->lock.
 * Return: 0, -ERANGE, -ENOMEM, -EFAULT, or -EINTR when dying.
 */
int kown_object_read(struct kown_object *object, void __user *data, u64 start,
		     u64 count)
{
	struct transfer t = {
		.object = object,
		.data = data,
		.start = start,
		.count = count,
	};

	return run(&t, read_step, true);
}

/**
 * kown_object_size() - length and capacity at one instant
 * @object: the object
 * @len: told the elements there are
 * @cap: told the elements there is room for
 *
 * Context: Process context. Takes and releases @object->lock.
 * Return: 0, or -EINTR when dying.
 */
int kown_object_size(struct kown_object *object, u64 *len, u64 *cap)
{
	int err = mutex_lock_killable(&object->lock);

	if (err)
		return err;
	*len = object->vec.len;
	*cap = kown_vec_cap(&object->vec, &object->elem);
	mutex_unlock(&object->lock);
	return 0;
}

static void object_drop(struct kown_object *object)
{
	kown_account_uncharge(object->account, KOWN_BYTES,
			      object->vec.raw.cap * object->elem.size);
	kown_vec_free(&object->vec, &object->elem);
	kown_account_uncharge(object->account, KOWN_OBJECTS, 1);
	kown_account_put(object->account);
}

static void object_free(struct kown_object *object)
{
	kfree(object);
}

KOWN_DEFINE_ARC_EMBEDDED(object, struct kown_object, arc, object_drop, object_free, 0);

/**
 * kown_object_new() - create an object
 * @account: who answers for it; the object takes a reference of its own
 * @mode: KOWN_MODE_SHARED
 * @elem_size: bytes per element, checked
 * @cap: elements to make room for
 *
 * Context: Process context. Sleeps.
 * Return: the object, with one strong reference that the caller owns; or
 * -EOVERFLOW, -ENOSPC or -ENOMEM.
 */
struct kown_object *kown_object_new(struct kown_account *account, u32 mode,
				    u32 elem_size, u64 cap)
{
	static atomic64_t last_id;
	const struct kown_type elem = { .size = elem_size };
	struct kown_object *object;
	size_t bytes;
	int err;

	err = check_size(&elem, cap, &bytes);
	if (err)
		return ERR_PTR(err);
	object = kzalloc(sizeof(*object), KOWN_GFP_USER);
	if (!object)
		return ERR_PTR(-ENOMEM);
	err = kown_account_charge(account, KOWN_OBJECTS, 1);
	if (err) {
		kfree(object);
		return ERR_PTR(err);
	}

	object_arc_init(object);
	mutex_init(&object->lock);
	object->elem = elem;
	kown_arc_get(&account->arc);
	object->account = account;
	object->id = atomic64_inc_return(&last_id);
	object->mode = mode;

	mutex_lock(&object->lock);
	err = reserve_exact(object, cap);
	mutex_unlock(&object->lock);
	if (err) {
		kown_object_put(object);
		return ERR_PTR(err);
	}
	return object;
}
EXPORT_SYMBOL_KOWN_TEST(kown_object_new);
