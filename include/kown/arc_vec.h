/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Arc and Vec: the elements of a vec become a shared array, and back.
 */
#ifndef _KOWN_ARC_VEC_H
#define _KOWN_ARC_VEC_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/types.h>

#include <kown/arc.h>
#include <kown/vec.h>

struct kown_arc *kown_arc_from_vec(const struct kown_arc_type *type, struct kown_vec *vec,
				   gfp_t gfp);
int __must_check kown_arc_take_vec(struct kown_arc *arc, struct kown_vec *vec, gfp_t gfp);

/**
 * KOWN_DEFINE_ARC_VEC() - from a Vec to an Arc of an array, and back, in one line
 * @name: the prefix, as for KOWN_DEFINE_ARC_SLICE() and for KOWN_DEFINE_VEC(), both of
 *	which it follows
 *
 * Both must have been given the same type of elements, and the same drop. The elements
 * move, into one allocation::
 *
 *	struct NAME *NAME_arc_from_vec(struct NAME_vec *, gfp_t);  or an error pointer
 *	int NAME_arc_take_vec(struct NAME *, struct NAME_vec *to, gfp_t);
 *
 * Each does as the function kown_arc_*() of that name.
 */
#define KOWN_DEFINE_ARC_VEC(name)					\
static_assert(__same_type(((struct name *)NULL)->elems[0],		\
			  ((struct name##_vec *)NULL)->elems[0]));	\
static inline __maybe_unused struct name * __must_check			\
name##_arc_from_vec(struct name##_vec *vec, gfp_t gfp)			\
{									\
	struct kown_arc *arc = kown_arc_from_vec(&name##_arc_type, &vec->untyped, gfp); \
									\
	return IS_ERR(arc) ? ERR_CAST(arc) : (void *)(arc + 1);		\
}									\
static inline __maybe_unused int __must_check				\
name##_arc_take_vec(struct name *value, struct name##_vec *to, gfp_t gfp) \
{									\
	return kown_arc_take_vec(__##name##_arc_of(value), &to->untyped, gfp); \
}

#endif /* _KOWN_ARC_VEC_H */
