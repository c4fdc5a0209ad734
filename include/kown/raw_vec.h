/* SPDX-License-Identifier: GPL-2.0 */
/*
 * RawVec: memory for so many elements, and the rule by which it grows. It knows
 * nothing of which elements are there.
 */
#ifndef _KOWN_RAW_VEC_H
#define _KOWN_RAW_VEC_H

#include <linux/limits.h>
#include <linux/types.h>

#include <kown/type.h>

/**
 * struct kown_raw_vec - memory for @cap elements
 * @ptr: from kvmalloc(), or NULL when @cap is 0
 * @cap: elements there is memory for; 0 for ever if they have size 0
 *
 * The owner protects both. @cap times the element's size is at most INT_MAX.
 */
struct kown_raw_vec {
	void *ptr;
	size_t cap;
};

/**
 * kown_raw_vec_cap() - how many elements fit
 * @raw: the memory
 * @elem: the element type
 *
 * Return: the count; SIZE_MAX for elements of size 0.
 */
static inline size_t kown_raw_vec_cap(const struct kown_raw_vec *raw,
				      const struct kown_type *elem)
{
	return elem->size ? raw->cap : SIZE_MAX;
}

int __must_check kown_raw_vec_check(const struct kown_type *elem, size_t cap);
size_t kown_raw_vec_amortized(const struct kown_raw_vec *raw,
			      const struct kown_type *elem, size_t need);
int __must_check kown_raw_vec_grow(struct kown_raw_vec *raw,
				   const struct kown_type *elem, size_t cap,
				   gfp_t gfp);
void kown_raw_vec_free(struct kown_raw_vec *raw);

#endif /* _KOWN_RAW_VEC_H */
