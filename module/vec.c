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
 * kown_vec_push_n() - move elements in at the end (Vec::push, of many)
 * @vec: the vec
 * @elem: its element type
 * @src: the elements
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
	int err = kown_vec_reserve(vec, elem, count, gfp);

	if (err)
		return err;
	memcpy(kown_vec_at(vec, elem, vec->len), src, count * elem->size);
	kown_vec_commit(vec, count);
	return 0;
}
EXPORT_SYMBOL_KOWN(kown_vec_push_n);

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
	if (!elem->drop)
		return;
	for (size_t i = len; i < old; i++)
		elem->drop(kown_vec_at(vec, elem, i));
}
EXPORT_SYMBOL_KOWN(kown_vec_truncate);

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
