/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Vec: a growable array that owns its elements, after Rust's Vec.
 */
#ifndef _KOWN_VEC_H
#define _KOWN_VEC_H

#include <linux/types.h>

#include <kown/raw_vec.h>

/**
 * DOC: Words
 *
 *  - *len*: elements there are; each index below it names a live element
 *  - *cap*: elements there is memory for; never below len
 *  - *spare*: the memory from len to cap; its bytes mean nothing
 *  - *move*: the bytes of an element are copied and the source is no longer one
 *
 * A vec is empty of memory until something is reserved. Nothing shrinks by
 * itself. All that can fail comes first: reserve, write into the spare memory,
 * then commit, which cannot fail.
 */

/**
 * struct kown_vec - a growable array
 * @raw: its memory
 * @len: elements there are
 *
 * The owner protects all of it. Zeroed memory is a valid, empty vec. The element
 * type is passed to each call and must be the same for all of them.
 */
struct kown_vec {
	struct kown_raw_vec raw;
	size_t len;
};

/**
 * kown_vec_cap() - elements there is room for
 * @vec: the vec
 * @elem: its element type
 *
 * Return: the count; SIZE_MAX for elements of size 0.
 */
static inline size_t kown_vec_cap(const struct kown_vec *vec,
				  const struct kown_type *elem)
{
	return kown_raw_vec_cap(&vec->raw, elem);
}

/**
 * kown_vec_at() - where an element is
 * @vec: the vec
 * @elem: its element type
 * @index: at most len; at len this is the spare memory
 *
 * Return: the address, good until the vec grows.
 */
static inline void *kown_vec_at(const struct kown_vec *vec,
				const struct kown_type *elem, size_t index)
{
	return (char *)vec->raw.ptr + index * elem->size;
}

/**
 * kown_vec_has() - does the vec have all elements of a range?
 * @vec: the vec
 * @start: index of the first
 * @count: how many
 *
 * Return: true if @start + @count is at most len, whatever their sizes.
 */
static inline bool kown_vec_has(const struct kown_vec *vec, u64 start, u64 count)
{
	return start <= vec->len && count <= vec->len - start;
}

/**
 * kown_vec_commit() - elements written into the spare memory are elements now
 * @vec: the vec
 * @count: how many; they must have been reserved and written
 */
static inline void kown_vec_commit(struct kown_vec *vec, size_t count)
{
	vec->len += count;
}

int __must_check kown_vec_plan(const struct kown_vec *vec,
			       const struct kown_type *elem, size_t extra,
			       size_t *need, size_t *cap);
int __must_check kown_vec_reserve(struct kown_vec *vec,
				  const struct kown_type *elem, size_t extra,
				  gfp_t gfp);
int __must_check kown_vec_reserve_exact(struct kown_vec *vec,
					const struct kown_type *elem,
					size_t extra, gfp_t gfp);
int __must_check kown_vec_push_n(struct kown_vec *vec,
				 const struct kown_type *elem,
				 const void *src, size_t count, gfp_t gfp);
void kown_vec_truncate(struct kown_vec *vec, const struct kown_type *elem,
		       size_t len);
void kown_vec_free(struct kown_vec *vec, const struct kown_type *elem);

#endif /* _KOWN_VEC_H */
