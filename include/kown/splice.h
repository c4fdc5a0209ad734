/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Splice: a range of a vec is replaced by other elements, after Rust's Splice.
 */
#ifndef _KOWN_SPLICE_H
#define _KOWN_SPLICE_H

#include <linux/cleanup.h>
#include <linux/types.h>

#include <kown/drain.h>
#include <kown/iter.h>

int __must_check kown_splice_finish(struct kown_drain *removed, struct kown_iter *with,
				    gfp_t gfp);
int __must_check kown_vec_splice(struct kown_vec *vec, const struct kown_type *elem,
				 size_t start, size_t count, struct kown_iter *with,
				 gfp_t gfp);

/**
 * KOWN_DEFINE_SPLICE() - the Splice of a Vec and its functions, in one line
 * @name: the prefix, as for KOWN_DEFINE_DRAIN(), which it follows
 * @value_t: the elements' type, below T
 *
 * A splice is a drain that ends otherwise: take from it what is to be removed, then
 * say what comes in its place::
 *
 *	int NAME_splice_finish(struct NAME_drain *, struct kown_iter *with, gfp_t);
 *
 * Or in one call, which drops what it removes::
 *
 *	int NAME_vec_splice(vec *, size_t start, size_t count, struct kown_iter *with,
 *	                    gfp_t);
 *
 * Each does as the function kown_*() of that name.
 */
#define KOWN_DEFINE_SPLICE(name, value_t)				\
static inline __maybe_unused int __must_check				\
name##_splice_finish(struct name##_drain *removed, struct kown_iter *with, gfp_t gfp) \
{									\
	return kown_splice_finish(&removed->untyped, with, gfp);	\
}									\
static inline __maybe_unused int __must_check				\
name##_vec_splice(struct name##_vec *vec, size_t start, size_t count,	\
		  struct kown_iter *with, gfp_t gfp)			\
{									\
	return kown_vec_splice(&vec->untyped, &name##_vec_elem, start, count, with, gfp); \
}

#endif /* _KOWN_SPLICE_H */
