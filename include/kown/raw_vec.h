/* SPDX-License-Identifier: GPL-2.0 */
/*
 * RawVec: memory for so many elements, and the rule by which it grows. It knows
 * nothing of which elements are there.
 */
#ifndef _KOWN_RAW_VEC_H
#define _KOWN_RAW_VEC_H

#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/types.h>

#include <kown/type.h>

/*
 * Where elements of size 0 are said to be: no memory, aligned for any type, and not
 * NULL, which means that there is no element.
 */
#define KOWN_DANGLING		((void *)PAGE_SIZE)

/* For the compiler: there is an element here, so a test for NULL can go. */
#define __kown_some(ptr)						\
	({								\
		typeof(ptr) __some = (ptr);				\
									\
		if (!__some)						\
			__builtin_unreachable();			\
		__some;							\
	})

/**
 * struct kown_raw_vec - memory for @cap elements
 * @ptr: from kmalloc() or kvmalloc(), or NULL when @cap is 0
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

/**
 * kown_raw_vec_at() - where an element is
 * @raw: the memory
 * @elem: the element type
 * @index: at most the capacity
 *
 * Return: the address, good until the memory grows or shrinks.
 */
static inline void *kown_raw_vec_at(const struct kown_raw_vec *raw,
				    const struct kown_type *elem, size_t index)
{
	return elem->size ? (char *)raw->ptr + index * elem->size : KOWN_DANGLING;
}

int __must_check kown_raw_vec_check(const struct kown_type *elem, size_t cap);
size_t kown_raw_vec_amortized(const struct kown_raw_vec *raw,
			      const struct kown_type *elem, size_t need);
int __must_check kown_raw_vec_grow(struct kown_raw_vec *raw,
				   const struct kown_type *elem, size_t cap,
				   gfp_t gfp);
int __must_check kown_raw_vec_shrink(struct kown_raw_vec *raw,
				     const struct kown_type *elem, size_t cap,
				     gfp_t gfp);
void kown_raw_vec_free(struct kown_raw_vec *raw);

#endif /* _KOWN_RAW_VEC_H */
