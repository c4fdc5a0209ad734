// SPDX-License-Identifier: GPL-2.0
/*
 * Arc and Vec: elements on the move.
 */
#include <kown/arc_vec.h>
#include <kown/compat.h>

static struct kown_arc_slice *slice_of(const struct kown_arc *arc)
{
	return kown_arc_value(arc);
}

/* The elements follow the head, which has their alignment. */
static void *elems_of(const struct kown_arc *arc)
{
	return kown_arc_value(arc) + arc->type->value.size;
}

/**
 * kown_arc_from_vec() - share the elements of a vec (Arc::from a Vec)
 * @type: the type of an array of such elements
 * @vec: the vec; its elements move, if the call succeeds
 * @gfp: how to allocate
 *
 * Context: As @gfp says; not NMI.
 * Return: the arc, of which the caller owns the one strong reference, and @vec is empty
 * and has no memory; or -EOVERFLOW or -ENOMEM, and @vec is as it was.
 */
struct kown_arc *kown_arc_from_vec(const struct kown_arc_type *type, struct kown_vec *vec,
				   gfp_t gfp)
{
	struct kown_arc *arc = kown_arc_alloc_slice(type, vec->len, gfp);

	if (IS_ERR(arc))
		return arc;
	kown_vec_move(type->elem, elems_of(arc), kown_vec_at(vec, type->elem, 0), vec->len);
	vec->len = 0;
	kown_vec_free(vec, type->elem);
	kown_arc_share(arc);
	return arc;
}
EXPORT_SYMBOL_KOWN(kown_arc_from_vec);

/**
 * kown_arc_take_vec() - move the elements out, if this is the only owner
 * @arc: an arc of an array, of which the caller owns a strong reference
 * @vec: uninitialised; a vec of just that size
 * @gfp: how to allocate
 *
 * kown_arc_take(), for arrays. Weak references do not prevent it; they are dead
 * afterwards.
 *
 * Context: As @gfp says; not NMI.
 * Return: 0, and the caller owns @vec and no reference; or -EBUSY or -ENOMEM, @vec is
 * empty, and the caller still owns its reference.
 */
int kown_arc_take_vec(struct kown_arc *arc, struct kown_vec *vec, gfp_t gfp)
{
	const struct kown_type *elem = arc->type->elem;
	size_t len = slice_of(arc)->len;
	int err;

	*vec = (struct kown_vec){};
	/* Who is shared now need not look for memory. */
	if (kown_arc_strong_count(arc) != 1)
		return -EBUSY;
	err = kown_vec_reserve_exact(vec, elem, len, gfp);
	if (err)
		return err;
	if (!kown_arc_claim(arc)) {
		kown_vec_free(vec, elem);
		return -EBUSY;
	}
	kown_vec_move(elem, kown_vec_at(vec, elem, 0), elems_of(arc), len);
	kown_vec_commit(vec, len);
	kown_arc_abandon(arc);
	return 0;
}
EXPORT_SYMBOL_KOWN(kown_arc_take_vec);
