// SPDX-License-Identifier: GPL-2.0
/*
 * Vec: which elements there are.
 */
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/string.h>

#include <kown/compat.h>
#include <kown/vec.h>

/**
 * kown_vec_plan() - what a reserve would do
 * @vec: the vec
 * @elem: its element type
 * @extra: elements to make room for beyond len
 * @need: out: the least capacity that has room
 * @cap: out: the capacity that kown_vec_reserve() would leave
 *
 * For owners who must answer for the memory before it is allocated.
 *
 * Context: Any.
 * Return: 0; -EOVERFLOW if the length, or the size in bytes, cannot be; -ENOMEM
 * if no allocation may be that large.
 */
int kown_vec_plan(const struct kown_vec *vec, const struct kown_type *elem,
		  size_t extra, size_t *need, size_t *cap)
{
	int err;

	if (check_add_overflow(vec->len, extra, need))
		return -EOVERFLOW;
	*cap = kown_vec_cap(vec, elem);
	if (*need <= *cap)
		return 0;
	err = kown_raw_vec_check(elem, *need);
	if (err)
		return err;
	*cap = kown_raw_vec_amortized(&vec->raw, elem, *need);
	return 0;
}
EXPORT_SYMBOL_KOWN(kown_vec_plan);

/**
 * kown_vec_reserve() - make room for more elements, and for growth (Vec::reserve)
 * @vec: the vec
 * @elem: its element type
 * @extra: elements to make room for beyond len
 * @gfp: how to allocate
 *
 * Context: As @gfp says.
 * Return: 0; or -EOVERFLOW or -ENOMEM, and @vec is as it was.
 */
int kown_vec_reserve(struct kown_vec *vec, const struct kown_type *elem,
		     size_t extra, gfp_t gfp)
{
	size_t need, cap;
	int err = kown_vec_plan(vec, elem, extra, &need, &cap);

	if (err || need <= kown_vec_cap(vec, elem))
		return err;
	return kown_raw_vec_grow(&vec->raw, elem, cap, gfp);
}
EXPORT_SYMBOL_KOWN(kown_vec_reserve);

static int make_room(struct kown_vec *vec, const struct kown_type *elem, size_t extra,
		     gfp_t gfp)
{
	if (likely(extra <= kown_vec_cap(vec, elem) - vec->len))
		return 0;
	return kown_vec_reserve(vec, elem, extra, gfp);
}

/**
 * kown_vec_reserve_exact() - make room for more elements, and no more than that
 * @vec: the vec
 * @elem: its element type
 * @extra: elements to make room for beyond len
 * @gfp: how to allocate
 *
 * Context: As @gfp says.
 * Return: 0; or -EOVERFLOW or -ENOMEM, and @vec is as it was.
 */
int kown_vec_reserve_exact(struct kown_vec *vec, const struct kown_type *elem,
			   size_t extra, gfp_t gfp)
{
	size_t need;

	if (check_add_overflow(vec->len, extra, &need))
		return -EOVERFLOW;
	if (need <= kown_vec_cap(vec, elem))
		return 0;
	return kown_raw_vec_grow(&vec->raw, elem, need, gfp);
}
EXPORT_SYMBOL_KOWN(kown_vec_reserve_exact);

/**
 * kown_vec_shrink_to() - give memory back (Vec::shrink_to; at 0 Vec::shrink_to_fit)
 * @vec: the vec
 * @elem: its element type
 * @min_cap: elements there shall be room for at least; those there are have room
 * @gfp: how to allocate, for what is kept moves
 *
 * Context: As @gfp says; as kown_vec_free() if nothing is kept.
 * Return: 0; or -ENOMEM, and @vec is as it was.
 */
int kown_vec_shrink_to(struct kown_vec *vec, const struct kown_type *elem,
		       size_t min_cap, gfp_t gfp)
{
	return kown_raw_vec_shrink(&vec->raw, elem, max(vec->len, min_cap), gfp);
}
EXPORT_SYMBOL_KOWN(kown_vec_shrink_to);

/**
 * kown_vec_push_n() - move elements in at the end (Vec::push, of many)
 * @vec: the vec
 * @elem: its element type
 * @src: the elements, not in @vec
 * @count: how many
 * @gfp: how to allocate
 *
 * Context: As @gfp says.
 * Return: 0, and @vec owns the elements; or -EOVERFLOW or -ENOMEM, and the
 * caller still does.
 */
int kown_vec_push_n(struct kown_vec *vec, const struct kown_type *elem,
		    const void *src, size_t count, gfp_t gfp)
{
	int err = make_room(vec, elem, count, gfp);

	if (err)
		return err;
	kown_vec_move(elem, kown_vec_at(vec, elem, vec->len), src, count);
	kown_vec_commit(vec, count);
	return 0;
}
EXPORT_SYMBOL_KOWN(kown_vec_push_n);

/**
 * kown_vec_insert_n() - move elements in at an index (Vec::insert, of many)
 * @vec: the vec
 * @elem: its element type
 * @index: of the first of them afterwards; at most len
 * @src: the elements, not in @vec
 * @count: how many
 * @gfp: how to allocate
 *
 * Context: As @gfp says.
 * Return: 0, and @vec owns the elements; or -ERANGE, -EOVERFLOW or -ENOMEM, and the
 * caller still does.
 */
int kown_vec_insert_n(struct kown_vec *vec, const struct kown_type *elem,
		      size_t index, const void *src, size_t count, gfp_t gfp)
{
	void *at;
	int err;

	if (index > vec->len)
		return -ERANGE;
	err = make_room(vec, elem, count, gfp);
	if (err)
		return err;
	at = kown_vec_at(vec, elem, index);
	kown_vec_move(elem, kown_vec_at(vec, elem, index + count), at, vec->len - index);
	kown_vec_move(elem, at, src, count);
	kown_vec_commit(vec, count);
	return 0;
}
EXPORT_SYMBOL_KOWN(kown_vec_insert_n);

/**
 * kown_vec_remove_n() - move elements out from anywhere (Vec::remove, of many)
 * @vec: the vec
 * @elem: its element type
 * @index: of the first
 * @count: how many
 * @to: room for them, not in @vec
 *
 * The elements behind them close the gap.
 *
 * Context: Any.
 * Return: 0, and the caller owns the elements; or -ERANGE, and @vec is as it was.
 */
int kown_vec_remove_n(struct kown_vec *vec, const struct kown_type *elem,
		      size_t index, size_t count, void *to)
{
	void *at;

	if (!kown_vec_has(vec, index, count))
		return -ERANGE;
	at = kown_vec_at(vec, elem, index);
	kown_vec_move(elem, to, at, count);
	vec->len -= count;
	kown_vec_move(elem, at, kown_vec_at(vec, elem, index + count), vec->len - index);
	return 0;
}
EXPORT_SYMBOL_KOWN(kown_vec_remove_n);

/**
 * kown_vec_swap_remove() - move an element out, the last one takes its place
 * @vec: the vec
 * @elem: its element type
 * @index: of the element
 * @to: room for it, not in @vec
 *
 * Vec::swap_remove: the order changes, the cost does not depend on len.
 *
 * Context: Any.
 * Return: 0, and the caller owns the element; or -ERANGE, and @vec is as it was.
 */
int kown_vec_swap_remove(struct kown_vec *vec, const struct kown_type *elem,
			 size_t index, void *to)
{
	void *at;

	if (index >= vec->len)
		return -ERANGE;
	at = kown_vec_at(vec, elem, index);
	kown_vec_move(elem, to, at, 1);
	vec->len--;
	if (index != vec->len)
		kown_vec_move(elem, at, kown_vec_at(vec, elem, vec->len), 1);
	return 0;
}
EXPORT_SYMBOL_KOWN(kown_vec_swap_remove);

/**
 * kown_vec_truncate() - drop the elements from an index on (Vec::truncate)
 * @vec: the vec
 * @elem: its element type
 * @len: elements to keep; nothing happens if there are no more
 *
 * The length is set before the drops run, so that a drop which looks at the vec
 * sees no dying element.
 *
 * Context: As the elements' drop.
 */
void kown_vec_truncate(struct kown_vec *vec, const struct kown_type *elem,
		       size_t len)
{
	size_t old = vec->len;

	if (len >= old)
		return;
	vec->len = len;
	kown_type_drop_n(elem, kown_vec_at(vec, elem, len), old - len);
}
EXPORT_SYMBOL_KOWN(kown_vec_truncate);

/*
 * Clones into reserved memory. Each is an element as soon as it is made: if the next
 * cannot be, the vec owns those before it.
 */
static int clone_in(struct kown_vec *vec, const struct kown_type *elem,
		    const void *src, size_t stride, size_t count, gfp_t gfp)
{
	/* There may be SIZE_MAX of these, and nothing to do for each. */
	if (!elem->size && kown_type_is_plain(elem)) {
		kown_vec_commit(vec, count);
		return 0;
	}
	for (; count; count--, src += stride) {
		int err = kown_type_clone(elem, kown_vec_at(vec, elem, vec->len), src, gfp);

		if (err)
			return err;
		vec->len++;
	}
	return 0;
}

/**
 * kown_vec_extend_from_slice() - clone elements in at the end
 * @vec: the vec
 * @elem: its element type
 * @src: the elements, not in @vec; they stay the caller's
 * @count: how many
 * @gfp: how to allocate
 *
 * Vec::extend_from_slice. If a clone fails, those before it stay.
 *
 * Context: As @gfp says, and as the elements' clone.
 * Return: 0; -EOPNOTSUPP, -EOVERFLOW or -ENOMEM, and @vec is as it was; or what the
 * elements' clone returned, and len tells how far it came.
 */
int kown_vec_extend_from_slice(struct kown_vec *vec, const struct kown_type *elem,
			       const void *src, size_t count, gfp_t gfp)
{
	int err;

	if (kown_type_is_plain(elem))
		return kown_vec_push_n(vec, elem, src, count, gfp);
	if (!kown_type_is_clonable(elem))
		return -EOPNOTSUPP;
	err = make_room(vec, elem, count, gfp);
	if (err)
		return err;
	return clone_in(vec, elem, src, elem->size, count, gfp);
}
EXPORT_SYMBOL_KOWN(kown_vec_extend_from_slice);

/**
 * kown_vec_extend_from_within() - clone elements of the vec itself to its end
 * @vec: the vec
 * @elem: its element type
 * @start: index of the first
 * @count: how many
 * @gfp: how to allocate
 *
 * Vec::extend_from_within. If a clone fails, those before it stay.
 *
 * Context: As @gfp says, and as the elements' clone.
 * Return: 0; -EOPNOTSUPP, -ERANGE, -EOVERFLOW or -ENOMEM, and @vec is as it was; or what
 * the elements' clone returned, and len tells how far it came.
 */
int kown_vec_extend_from_within(struct kown_vec *vec, const struct kown_type *elem,
				size_t start, size_t count, gfp_t gfp)
{
	int err;

	if (!kown_type_is_clonable(elem))
		return -EOPNOTSUPP;
	if (!kown_vec_has(vec, start, count))
		return -ERANGE;
	err = make_room(vec, elem, count, gfp);
	if (err)
		return err;
	return kown_vec_extend_from_slice(vec, elem, kown_vec_at(vec, elem, start),
					  count, gfp);
}
EXPORT_SYMBOL_KOWN(kown_vec_extend_from_within);

/**
 * kown_vec_resize() - cut off, or fill up with clones (Vec::resize)
 * @vec: the vec
 * @elem: its element type
 * @len: elements there shall be
 * @value: what to clone, not in @vec; it stays the caller's
 * @gfp: how to allocate
 *
 * Context: As @gfp says, and as the elements' clone and drop.
 * Return: 0; if it grows -EOPNOTSUPP, -EOVERFLOW or -ENOMEM, and @vec is as it was;
 * or what the elements' clone returned, and len tells how far it came.
 */
int kown_vec_resize(struct kown_vec *vec, const struct kown_type *elem,
		    size_t len, const void *value, gfp_t gfp)
{
	int err;

	if (len <= vec->len) {
		kown_vec_truncate(vec, elem, len);
		return 0;
	}
	if (!kown_type_is_clonable(elem))
		return -EOPNOTSUPP;
	err = kown_vec_reserve(vec, elem, len - vec->len, gfp);
	if (err)
		return err;
	return clone_in(vec, elem, value, 0, len - vec->len, gfp);
}
EXPORT_SYMBOL_KOWN(kown_vec_resize);

/**
 * kown_vec_resize_with() - cut off, or fill up with what a function makes
 * @vec: the vec
 * @elem: its element type
 * @len: elements there shall be
 * @make: writes an element; returns 0, or an errno and then has written none
 * @context: for @make
 * @gfp: how to allocate
 *
 * Vec::resize_with. If @make fails, what it made before stays.
 *
 * Context: As @gfp says, and as @make and the elements' drop.
 * Return: 0; -EOVERFLOW or -ENOMEM, and @vec is as it was; or what @make returned, and
 * len tells how far it came.
 */
int kown_vec_resize_with(struct kown_vec *vec, const struct kown_type *elem,
			 size_t len, int (*make)(void *to, void *context),
			 void *context, gfp_t gfp)
{
	int err;

	if (len <= vec->len) {
		kown_vec_truncate(vec, elem, len);
		return 0;
	}
	err = kown_vec_reserve(vec, elem, len - vec->len, gfp);
	while (!err && vec->len < len) {
		err = make(kown_vec_at(vec, elem, vec->len), context);
		if (!err)
			vec->len++;
	}
	return err;
}
EXPORT_SYMBOL_KOWN(kown_vec_resize_with);

/**
 * kown_vec_extend() - move in all that an iterator has (Vec::extend)
 * @vec: the vec
 * @elem: its element type
 * @iter: where they come from
 * @gfp: how to allocate
 *
 * If it fails half way, what came before stays.
 *
 * Context: As @gfp says, and as @iter.
 * Return: 0; or -EOVERFLOW, -ENOMEM or what @iter returned, and len tells how far it
 * came. @iter has lost nothing: an element is asked for once there is room.
 */
int kown_vec_extend(struct kown_vec *vec, const struct kown_type *elem,
		    struct kown_iter *iter, gfp_t gfp)
{
	while (!kown_iter_is_done(iter)) {
		int err = kown_vec_reserve(vec, elem, max_t(size_t, iter->hint, 1), gfp);

		/* What may be a guess must not cost an element. */
		if (err && iter->hint > 1)
			err = kown_vec_reserve(vec, elem, 1, gfp);
		if (err)
			return err;
		while (vec->len < kown_vec_cap(vec, elem)) {
			int more = kown_iter_next(iter, kown_vec_at(vec, elem, vec->len));

			if (more <= 0)
				return more;
			vec->len++;
		}
	}
	return 0;
}
EXPORT_SYMBOL_KOWN(kown_vec_extend);

/**
 * kown_vec_append() - move all elements of another vec to the end (Vec::append)
 * @vec: the vec
 * @elem: the element type of both
 * @other: another vec; it keeps its capacity
 * @gfp: how to allocate
 *
 * Context: As @gfp says.
 * Return: 0, and @other is empty; or -EINVAL if @other is @vec, -EOVERFLOW or -ENOMEM,
 * and both are as they were.
 */
int kown_vec_append(struct kown_vec *vec, const struct kown_type *elem,
		    struct kown_vec *other, gfp_t gfp)
{
	int err;

	if (other == vec)
		return -EINVAL;
	err = kown_vec_push_n(vec, elem, kown_vec_at(other, elem, 0), other->len, gfp);
	if (!err)
		other->len = 0;
	return err;
}
EXPORT_SYMBOL_KOWN(kown_vec_append);

/**
 * kown_vec_split_off() - move the elements from an index on to a new vec
 * @vec: the vec; it keeps its capacity
 * @elem: its element type
 * @index: of the first to move; at most len
 * @tail: uninitialised; a vec of just the size of what moves
 * @gfp: how to allocate
 *
 * Vec::split_off.
 *
 * Context: As @gfp says.
 * Return: 0, and the caller owns @tail; or -ERANGE or -ENOMEM, @vec is as it was and
 * @tail is empty.
 */
int kown_vec_split_off(struct kown_vec *vec, const struct kown_type *elem,
		       size_t index, struct kown_vec *tail, gfp_t gfp)
{
	int err;

	*tail = (struct kown_vec){};
	if (index > vec->len)
		return -ERANGE;
	err = kown_vec_reserve_exact(tail, elem, vec->len - index, gfp);
	if (err)
		return err;
	tail->len = vec->len - index;
	kown_vec_move(elem, kown_vec_at(tail, elem, 0), kown_vec_at(vec, elem, index),
		      tail->len);
	vec->len = index;
	return 0;
}
EXPORT_SYMBOL_KOWN(kown_vec_split_off);

/**
 * kown_vec_clone() - a vec of clones (Vec::clone)
 * @vec: the vec
 * @elem: its element type
 * @to: uninitialised; a vec of just that size
 * @gfp: how to allocate
 *
 * Context: As @gfp says, and as the elements' clone and drop.
 * Return: 0, and the caller owns @to; or -ENOMEM, -EOPNOTSUPP or what the elements'
 * clone returned, and @to is empty.
 */
int kown_vec_clone(const struct kown_vec *vec, const struct kown_type *elem,
		   struct kown_vec *to, gfp_t gfp)
{
	int err;

	*to = (struct kown_vec){};
	if (!kown_type_is_clonable(elem))
		return -EOPNOTSUPP;
	err = kown_vec_reserve_exact(to, elem, vec->len, gfp);
	if (!err)
		err = kown_vec_extend_from_slice(to, elem, kown_vec_at(vec, elem, 0),
						 vec->len, gfp);
	if (err)
		kown_vec_free(to, elem);
	return err;
}
EXPORT_SYMBOL_KOWN(kown_vec_clone);

/**
 * kown_vec_clone_from() - become a clone, in the memory there is (Vec::clone_from)
 * @vec: the vec; its elements are dropped
 * @elem: the element type of both
 * @from: another vec
 * @gfp: how to allocate
 *
 * Context: As @gfp says, and as the elements' clone and drop.
 * Return: 0; -EOPNOTSUPP, -EOVERFLOW or -ENOMEM, and @vec is as it was; or what the
 * elements' clone returned, and @vec has the clones that were made.
 */
int kown_vec_clone_from(struct kown_vec *vec, const struct kown_type *elem,
			const struct kown_vec *from, gfp_t gfp)
{
	if (from == vec)
		return 0;
	if (!kown_type_is_clonable(elem))
		return -EOPNOTSUPP;
	if (from->len > vec->len) {
		int err = kown_vec_reserve(vec, elem, from->len - vec->len, gfp);

		if (err)
			return err;
	}
	kown_vec_truncate(vec, elem, 0);
	return kown_vec_extend_from_slice(vec, elem, kown_vec_at(from, elem, 0),
					  from->len, gfp);
}
EXPORT_SYMBOL_KOWN(kown_vec_clone_from);

/**
 * kown_vec_retain() - drop the elements that are not to be kept (Vec::retain)
 * @vec: the vec
 * @elem: its element type
 * @keep: asked of each element once, in order: 1, 0, or an errno; it may change the
 *	element, and must not look at @vec
 * @context: for @keep
 *
 * Context: As @keep, and as the elements' drop.
 * Return: 0; or what @keep returned: then that element and those behind it are kept.
 */
int kown_vec_retain(struct kown_vec *vec, const struct kown_type *elem,
		    int (*keep)(void *value, void *context), void *context)
{
	return __kown_vec_retain(vec, elem, elem->size, keep, context);
}
EXPORT_SYMBOL_KOWN(kown_vec_retain);

/**
 * kown_vec_dedup_by() - drop elements that are the same as the one before
 * @vec: the vec
 * @elem: its element type
 * @same: is @value the same as @before, the last that is kept? 1, 0, or an errno; it
 *	must not look at @vec
 * @context: for @same
 *
 * Vec::dedup_by.
 *
 * Context: As @same, and as the elements' drop.
 * Return: 0; or what @same returned: then that element and those behind it are kept.
 */
int kown_vec_dedup_by(struct kown_vec *vec, const struct kown_type *elem,
		      int (*same)(void *value, void *before, void *context),
		      void *context)
{
	return __kown_vec_dedup_by(vec, elem, elem->size, same, context);
}
EXPORT_SYMBOL_KOWN(kown_vec_dedup_by);

static int same_bytes(void *value, void *before, void *context)
{
	const struct kown_type *elem = context;

	return !memcmp(value, before, elem->size);
}

/**
 * kown_vec_dedup() - drop elements whose bytes are those of the one before
 * @vec: the vec
 * @elem: its element type, which has no padding
 *
 * Vec::dedup.
 *
 * Context: As the elements' drop.
 */
void kown_vec_dedup(struct kown_vec *vec, const struct kown_type *elem)
{
	/* It cannot fail, for same_bytes() does not. */
	(void)!__kown_vec_dedup_by(vec, elem, elem->size, same_bytes, (void *)elem);
}
EXPORT_SYMBOL_KOWN(kown_vec_dedup);

/**
 * kown_vec_free() - drop all elements and give the memory back
 * @vec: the vec; empty and usable afterwards
 * @elem: its element type
 *
 * Context: As the elements' drop; not NMI.
 */
void kown_vec_free(struct kown_vec *vec, const struct kown_type *elem)
{
	kown_vec_truncate(vec, elem, 0);
	kown_raw_vec_free(&vec->raw);
}
EXPORT_SYMBOL_KOWN(kown_vec_free);
