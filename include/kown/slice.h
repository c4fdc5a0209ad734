/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Slice: a view of elements that lie side by side, after Rust's slices.
 */
#ifndef _KOWN_SLICE_H
#define _KOWN_SLICE_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>

#include <kown/compat.h>
#include <kown/vec.h>

/**
 * DOC: Slice
 *
 * A slice is an address and a length, passed by value. It owns nothing and is never
 * freed: it is good while the elements stay where they are, which for those of a vec
 * is until it grows or shrinks. Elements are swapped and moved about within a slice,
 * so that there are always as many, each owned once.
 *
 * Where Rust has a slice that may be written and one that may not, C has one: whoever
 * may write the elements may call what writes them.
 *
 * Comparisons come in two kinds. *cmp* orders two elements, as for the kernel's
 * sort(): negative, 0, positive; it cannot fail. *same* and *pred* are asked a question:
 * 1, 0, or an errno, which ends the search and is what the function returns.
 */

/**
 * struct kown_slice - so many elements, which somebody owns
 * @ptr: the first; anything if there is none; KOWN_DANGLING if they have size 0
 * @len: elements there are
 */
struct kown_slice {
	void *ptr;
	size_t len;
};

/* How chunks are cut. */
enum kown_chunks_kind {
	KOWN_CHUNKS,	/* from the first element on; the last may be shorter */
	KOWN_RCHUNKS,	/* from the last element back; the last may be shorter */
	KOWN_WINDOWS,	/* each begins one element after the one before */
};

/**
 * struct kown_chunks - a slice that is handed out in pieces, from both ends
 * @rest: what was not yet handed out
 * @size: elements in a piece; 0 if there is none
 * @kind: how they are cut
 */
struct kown_chunks {
	struct kown_slice rest;
	size_t size;
	enum kown_chunks_kind kind;
};

/**
 * kown_slice_of() - so many elements from an address on (slice::from_raw_parts)
 * @elem: their type
 * @first: the first; anything if there is none, or if they have size 0
 * @len: how many
 *
 * Return: the slice.
 */
static inline struct kown_slice kown_slice_of(const struct kown_type *elem, void *first,
					      size_t len)
{
	return (struct kown_slice){ elem->size ? first : KOWN_DANGLING, len };
}

/**
 * kown_vec_as_slice() - all elements of a vec (Vec::as_mut_slice)
 * @vec: the vec
 * @elem: its element type
 *
 * Return: the slice, good until the vec grows or shrinks.
 */
static inline struct kown_slice kown_vec_as_slice(const struct kown_vec *vec,
						  const struct kown_type *elem)
{
	return (struct kown_slice){ kown_vec_at(vec, elem, 0), vec->len };
}

/**
 * kown_slice_at() - where an element is
 * @slice: the slice
 * @elem: its element type
 * @index: at most len
 *
 * Return: the address.
 */
static inline void *kown_slice_at(struct kown_slice slice, const struct kown_type *elem,
				  size_t index)
{
	return slice.ptr + index * elem->size;
}

/*
 * What follows takes the element's size by itself, so that the compiler knows it where
 * the type is known: then a loop is what one would write by hand.
 */
static __always_inline struct kown_slice
__kown_slice_part(struct kown_slice slice, size_t size, size_t start, size_t count)
{
	return (struct kown_slice){ slice.ptr + start * size, count };
}

static __always_inline int
__kown_slice_range(struct kown_slice slice, size_t size, size_t start, size_t count,
		   struct kown_slice *part)
{
	if (start > slice.len || count > slice.len - start)
		return -ERANGE;
	*part = __kown_slice_part(slice, size, start, count);
	return 0;
}

static __always_inline int
__kown_slice_split_at(struct kown_slice slice, size_t size, size_t index,
		      struct kown_slice *head, struct kown_slice *tail)
{
	if (index > slice.len)
		return -ERANGE;
	*head = __kown_slice_part(slice, size, 0, index);
	*tail = __kown_slice_part(slice, size, index, slice.len - index);
	return 0;
}

static __always_inline int
__kown_slice_chunks(struct kown_slice slice, size_t size, enum kown_chunks_kind kind,
		    struct kown_chunks *chunks)
{
	*chunks = (struct kown_chunks){ slice, size, kind };
	return size ? 0 : -EINVAL;
}

static __always_inline bool
__kown_chunks_next(struct kown_chunks *chunks, size_t size, bool back,
		   struct kown_slice *chunk)
{
	bool windows = chunks->kind == KOWN_WINDOWS;
	bool from_end = chunks->kind == KOWN_RCHUNKS ? !back : back;
	struct kown_slice rest = chunks->rest;
	size_t count = min(chunks->size, rest.len);

	if (!count || (windows && count < chunks->size))
		return false;
	/* The last of them, which is the first from the back, is what is left over. */
	if (back && !windows && rest.len % count)
		count = rest.len % count;
	if (from_end) {
		*chunk = __kown_slice_part(rest, size, rest.len - count, count);
		chunks->rest.len -= windows ? 1 : count;
	} else {
		size_t step = windows ? 1 : count;

		*chunk = __kown_slice_part(rest, size, 0, count);
		chunks->rest = __kown_slice_part(rest, size, step, rest.len - step);
	}
	return true;
}

/* In pieces that are registers if the size is known and small. */
static __always_inline void __kown_swap(void *a, void *b, size_t size)
{
	char bounce[64];

	for (; size > sizeof(bounce); size -= sizeof(bounce)) {
		memcpy(bounce, a, sizeof(bounce));
		memcpy(a, b, sizeof(bounce));
		memcpy(b, bounce, sizeof(bounce));
		a += sizeof(bounce);
		b += sizeof(bounce);
	}
	memcpy(bounce, a, size);
	memcpy(a, b, size);
	memcpy(b, bounce, size);
}

static __always_inline int
__kown_slice_swap(struct kown_slice slice, size_t size, size_t i, size_t j)
{
	if (i >= slice.len || j >= slice.len)
		return -ERANGE;
	if (i != j)
		__kown_swap(slice.ptr + i * size, slice.ptr + j * size, size);
	return 0;
}

static __always_inline void __kown_slice_reverse(struct kown_slice slice, size_t size)
{
	if (!size)
		return;
	for (size_t i = 0, j = slice.len; i + 1 < j; i++) {
		j--;
		__kown_swap(slice.ptr + i * size, slice.ptr + j * size, size);
	}
}

static __always_inline bool
__kown_slice_contains(struct kown_slice slice, size_t size, const void *value)
{
	for (size_t i = 0; i < slice.len; i++)
		if (!memcmp(slice.ptr + i * size, value, size))
			return true;
	return false;
}

static __always_inline int
__kown_slice_contains_by(struct kown_slice slice, size_t size,
			 int (*pred)(const void *value, void *context), void *context)
{
	for (size_t i = 0; i < slice.len; i++) {
		int answer = pred(slice.ptr + i * size, context);

		if (answer)
			return answer;
	}
	return 0;
}

static __always_inline bool
__kown_slice_eq(struct kown_slice a, struct kown_slice b, size_t size)
{
	size_t bytes = a.len * size;

	if (a.len != b.len)
		return false;
	return !bytes || !memcmp(a.ptr, b.ptr, bytes);
}

static __always_inline int
__kown_slice_eq_by(struct kown_slice a, struct kown_slice b, size_t size,
		   int (*same)(const void *a, const void *b, void *context),
		   void *context)
{
	if (a.len != b.len)
		return 0;
	for (size_t i = 0; i < a.len; i++) {
		int answer = same(a.ptr + i * size, b.ptr + i * size, context);

		if (answer <= 0)
			return answer;
	}
	return 1;
}

/* The first elements or, at the @end, the last, as many as @like has; empty if fewer. */
static __always_inline struct kown_slice
__kown_slice_like(struct kown_slice slice, size_t size, struct kown_slice like, bool end)
{
	if (like.len > slice.len)
		return (struct kown_slice){};
	return __kown_slice_part(slice, size, end ? slice.len - like.len : 0, like.len);
}

static __always_inline int
__kown_slice_cmp(struct kown_slice a, struct kown_slice b, size_t size,
		 int (*cmp)(const void *a, const void *b, const void *context),
		 const void *context)
{
	for (size_t i = 0; i < min(a.len, b.len); i++) {
		int order = cmp(a.ptr + i * size, b.ptr + i * size, context);

		if (order)
			return order;
	}
	return (a.len > b.len) - (a.len < b.len);
}

static __always_inline bool
__kown_slice_is_sorted(struct kown_slice slice, size_t size,
		       int (*cmp)(const void *a, const void *b, const void *context),
		       const void *context)
{
	for (size_t i = 1; i < slice.len; i++)
		if (cmp(slice.ptr + (i - 1) * size, slice.ptr + i * size, context) > 0)
			return false;
	return true;
}

/*
 * One comparison for each halving, and the branch is a conditional move: to look whether
 * the middle is equal, and stop, would cost more than it saves.
 */
static __always_inline int
__kown_slice_search(struct kown_slice slice, size_t size,
		    int (*order)(const void *value, const void *context),
		    const void *context, size_t *index)
{
	size_t base = 0, left = slice.len;
	int answer;

	*index = 0;
	if (!left)
		return -ENOENT;
	while (left > 1) {
		size_t half = left / 2;

		base += order(slice.ptr + (base + half) * size, context) <= 0 ? half : 0;
		left -= half;
	}
	answer = order(slice.ptr + base * size, context);
	*index = base + (answer < 0);
	return answer ? -ENOENT : 0;
}

static __always_inline int
__kown_slice_partition_point(struct kown_slice slice, size_t size,
			     int (*pred)(const void *value, void *context),
			     void *context, size_t *index)
{
	size_t base = 0, left = slice.len;

	while (left) {
		size_t half = left / 2;
		int answer = pred(slice.ptr + (base + half) * size, context);

		if (answer < 0)
			return answer;
		if (answer) {
			base += half + 1;
			left -= half + 1;
		} else {
			left = half;
		}
	}
	*index = base;
	return 0;
}

/**
 * kown_slice_range() - a part of a slice
 * @slice: the slice
 * @elem: its element type
 * @start: index of the first
 * @count: how many
 * @part: out: the part
 *
 * Context: Any.
 * Return: 0; or -ERANGE, and @part is as it was.
 */
static inline int __must_check kown_slice_range(struct kown_slice slice,
						const struct kown_type *elem,
						size_t start, size_t count,
						struct kown_slice *part)
{
	return __kown_slice_range(slice, elem->size, start, count, part);
}

/**
 * kown_slice_split_at() - what is before an index, and what is from it on
 * @slice: the slice
 * @elem: its element type
 * @index: at most len
 * @head: out: the elements before
 * @tail: out: the others
 *
 * slice::split_at.
 *
 * Context: Any.
 * Return: 0; or -ERANGE, and @head and @tail are as they were.
 */
static inline int __must_check kown_slice_split_at(struct kown_slice slice,
						   const struct kown_type *elem,
						   size_t index,
						   struct kown_slice *head,
						   struct kown_slice *tail)
{
	return __kown_slice_split_at(slice, elem->size, index, head, tail);
}

/**
 * kown_slice_chunks() - hand a slice out in pieces
 * @slice: the slice
 * @size: elements in a piece
 * @kind: slice::chunks, slice::rchunks or slice::windows
 * @chunks: out: the iterator, which owns nothing
 *
 * Context: Any.
 * Return: 0; or -EINVAL if @size is 0, and @chunks has no piece.
 */
static inline int __must_check kown_slice_chunks(struct kown_slice slice, size_t size,
						 enum kown_chunks_kind kind,
						 struct kown_chunks *chunks)
{
	return __kown_slice_chunks(slice, size, kind, chunks);
}

/**
 * kown_chunks_next() - the next piece
 * @chunks: the iterator
 * @elem: the element type
 * @chunk: out: the piece
 *
 * Context: Any.
 * Return: true; or false if there are no more, and @chunk is as it was.
 */
static inline bool kown_chunks_next(struct kown_chunks *chunks,
				    const struct kown_type *elem,
				    struct kown_slice *chunk)
{
	return __kown_chunks_next(chunks, elem->size, false, chunk);
}

/**
 * kown_chunks_next_back() - the last piece that was not yet handed out
 * @chunks: the iterator
 * @elem: the element type
 * @chunk: out: the piece
 *
 * Context: Any.
 * Return: true; or false if there are no more, and @chunk is as it was.
 */
static inline bool kown_chunks_next_back(struct kown_chunks *chunks,
					 const struct kown_type *elem,
					 struct kown_slice *chunk)
{
	return __kown_chunks_next(chunks, elem->size, true, chunk);
}

/**
 * kown_chunks_count() - how many pieces there still are
 * @chunks: the iterator
 *
 * Return: the count.
 */
static inline size_t kown_chunks_count(const struct kown_chunks *chunks)
{
	size_t len = chunks->rest.len, size = chunks->size;

	if (!size)
		return 0;
	if (chunks->kind == KOWN_WINDOWS)
		return len < size ? 0 : len - size + 1;
	return len / size + !!(len % size);
}

int __must_check kown_slice_swap(struct kown_slice slice, const struct kown_type *elem,
				 size_t i, size_t j);
void kown_slice_reverse(struct kown_slice slice, const struct kown_type *elem);
int __must_check kown_slice_rotate_left(struct kown_slice slice,
					const struct kown_type *elem, size_t by);
int __must_check kown_slice_rotate_right(struct kown_slice slice,
					 const struct kown_type *elem, size_t by);
int __must_check kown_slice_fill(struct kown_slice slice, const struct kown_type *elem,
				 const void *value, gfp_t gfp);
int __must_check kown_slice_copy_within(struct kown_slice slice,
					const struct kown_type *elem, size_t start,
					size_t count, size_t to);
bool kown_slice_contains(struct kown_slice slice, const struct kown_type *elem,
			 const void *value);
bool kown_slice_eq(struct kown_slice a, struct kown_slice b,
		   const struct kown_type *elem);
int kown_slice_cmp(struct kown_slice a, struct kown_slice b,
		   const struct kown_type *elem,
		   int (*cmp)(const void *a, const void *b, const void *context),
		   const void *context);
int kown_slice_cmp_bytes(struct kown_slice a, struct kown_slice b,
			 const struct kown_type *elem);
void kown_slice_sort(struct kown_slice slice, const struct kown_type *elem,
		     int (*cmp)(const void *a, const void *b, const void *context),
		     const void *context);
int __must_check kown_slice_sort_stable(struct kown_slice slice,
					const struct kown_type *elem,
					int (*cmp)(const void *a, const void *b,
						   const void *context),
					const void *context, gfp_t gfp);
bool kown_slice_is_sorted(struct kown_slice slice, const struct kown_type *elem,
			  int (*cmp)(const void *a, const void *b, const void *context),
			  const void *context);
int __must_check kown_slice_binary_search(struct kown_slice slice,
					  const struct kown_type *elem,
					  int (*order)(const void *value,
						       const void *context),
					  const void *context, size_t *index);
int __must_check kown_slice_partition_point(struct kown_slice slice,
					    const struct kown_type *elem,
					    int (*pred)(const void *value,
							void *context),
					    void *context, size_t *index);

/**
 * kown_slice_for_each() - visit each element, in order
 * @elem: a T \*, set to each
 * @slice: a struct NAME_slice
 */
#define kown_slice_for_each(elem, slice)				\
	for (struct { typeof((slice).elems) at; size_t left; } __walk =	\
		__KOWN_SLICE_WALK(slice);				\
	     __walk.left && ((elem) = __walk.at, true);			\
	     __walk.at++, __walk.left--)

/**
 * kown_slice_for_each_reverse() - visit each element, from the last to the first
 * @elem: a T \*, set to each
 * @slice: a struct NAME_slice
 */
#define kown_slice_for_each_reverse(elem, slice)			\
	for (struct { typeof((slice).elems) at; size_t left; } __walk =	\
		__KOWN_SLICE_WALK(slice);				\
	     __walk.left && ((elem) = __walk.at + __walk.left - 1, true); \
	     __walk.left--)

#define __KOWN_SLICE_WALK(slice)					\
	({								\
		typeof(slice) __slice = (slice);			\
									\
		(typeof(__walk)){ __slice.elems, __slice.len };		\
	})

/**
 * kown_slice_for_each_chunk() - visit so many elements at a time (slice::chunks)
 * @chunk: a struct NAME_slice, set to each; the last may be shorter
 * @slice: a struct NAME_slice
 * @size: elements in a chunk; if it is 0, none is visited
 */
#define kown_slice_for_each_chunk(chunk, slice, size)			\
	__KOWN_SLICE_FOR_EACH(chunk, slice, size, KOWN_CHUNKS)

/**
 * kown_slice_for_each_rchunk() - visit so many at a time, from the end (slice::rchunks)
 * @chunk: a struct NAME_slice, set to each; the last, at the start, may be shorter
 * @slice: a struct NAME_slice
 * @size: elements in a chunk; if it is 0, none is visited
 */
#define kown_slice_for_each_rchunk(chunk, slice, size)			\
	__KOWN_SLICE_FOR_EACH(chunk, slice, size, KOWN_RCHUNKS)

/**
 * kown_slice_for_each_window() - visit each so many neighbours (slice::windows)
 * @window: a struct NAME_slice, set to each
 * @slice: a struct NAME_slice
 * @size: elements in a window; if it is 0, or more than there are, none is visited
 */
#define kown_slice_for_each_window(window, slice, size)			\
	__KOWN_SLICE_FOR_EACH(window, slice, size, KOWN_WINDOWS)

#define __KOWN_SLICE_FOR_EACH(part, slice, size, kind)			\
	for (struct kown_chunks __chunks = { (slice).untyped, (size) +	\
		BUILD_BUG_ON_ZERO(!__same_type(part, slice)), kind };	\
	     __kown_chunks_next(&__chunks, sizeof(*(part).elems), false, \
				&(part).untyped);)

/**
 * KOWN_DEFINE_SLICE() - slices of a type, in one line
 * @name: the prefix, as for KOWN_DEFINE_VEC() or KOWN_DECLARE_VEC(), which it follows
 * @value_t: the elements' type, below T
 *
 * It defines struct NAME_slice { T \*elems; size_t len; }, which below is passed by
 * value, and called slice, and struct NAME_chunks::
 *
 *	slice NAME_slice_of(T *elems, size_t len);
 *	slice NAME_vec_as_slice(const vec *);
 *	vec NAME_vec_from_boxed_slice(T *elems, size_t len);  from into_boxed_slice()
 *	T *NAME_slice_get(slice, size_t index);      or NULL: no such element
 *	T *NAME_slice_first(slice);                  or NULL
 *	T *NAME_slice_last(slice);                   or NULL
 *
 *	int NAME_slice_range(slice, size_t start, size_t count, slice *part);
 *	int NAME_slice_split_at(slice, size_t index, slice *head, slice *tail);
 *	T *NAME_slice_split_first(slice, slice *rest);  or NULL, and rest is as it was
 *	T *NAME_slice_split_last(slice, slice *rest);
 *	int NAME_slice_chunks(slice, size_t size, chunks *);
 *	int NAME_slice_chunks_exact(slice, size_t size, chunks *, slice *remainder);
 *	int NAME_slice_rchunks(slice, size_t size, chunks *);
 *	int NAME_slice_windows(slice, size_t size, chunks *);
 *	bool NAME_chunks_next(chunks *, slice *chunk);       false: no more
 *	bool NAME_chunks_next_back(chunks *, slice *chunk);  the same, from the end
 *	size_t NAME_chunks_count(const chunks *);
 *
 *	int NAME_slice_swap(slice, size_t i, size_t j);
 *	void NAME_slice_reverse(slice);
 *	int NAME_slice_rotate_left(slice, size_t by);
 *	int NAME_slice_rotate_right(slice, size_t by);
 *	int NAME_slice_fill(slice, const T *, gfp_t);
 *	int NAME_slice_copy_within(slice, size_t start, size_t count, size_t to);
 *
 *	bool NAME_slice_contains(slice, const T *);  by their bytes, as the next four
 *	bool NAME_slice_starts_with(slice, slice prefix);
 *	bool NAME_slice_ends_with(slice, slice suffix);
 *	bool NAME_slice_eq(slice, slice);
 *	int NAME_slice_cmp_bytes(slice, slice);
 *	int NAME_slice_contains_by(slice, int (*pred)(const T *, void *), void *context);
 *	int NAME_slice_starts_with_by(slice, slice prefix, same, void *context);
 *	int NAME_slice_ends_with_by(slice, slice suffix, same, void *context);
 *	int NAME_slice_eq_by(slice, slice, same, void *context);
 *	                    with int same(const T *, const T *, void *context)
 *	int NAME_slice_cmp(slice, slice, cmp, void *context);
 *	                    with int cmp(const T *, const T *, void *context)
 *
 *	void NAME_slice_sort(slice, cmp, void *context);
 *	int NAME_slice_sort_stable(slice, cmp, void *context, gfp_t);
 *	bool NAME_slice_is_sorted(slice, cmp, void *context);
 *	int NAME_slice_binary_search(slice, const T *, cmp, void *context, size_t *index);
 *	int NAME_slice_binary_search_by(slice, int (*order)(const T *, void *),
 *	                                void *context, size_t *index);
 *	int NAME_slice_partition_point(slice, int (*pred)(const T *, void *),
 *	                               void *context, size_t *index);
 *
 * Each does as the function kown_slice_*() of that name; to compare and to search is
 * inlined, and so can the callback be. An int is 0 or an errno, or of those that ask,
 * 1, 0, or what the callback returned, and of those that compare, an order. chunks_exact
 * is chunks of all but the remainder, those at the end that make no chunk.
 */
#define KOWN_DEFINE_SLICE(name, value_t)				\
struct name##_slice {							\
	union {								\
		struct kown_slice untyped;				\
		struct {						\
			value_t *elems __counted_by_ptr(len);		\
			size_t len;					\
		};							\
	};								\
};									\
static_assert(offsetof(struct name##_slice, elems) ==			\
	      offsetof(struct name##_slice, untyped.ptr));		\
static_assert(offsetof(struct name##_slice, len) ==			\
	      offsetof(struct name##_slice, untyped.len));		\
struct name##_chunks {							\
	struct kown_chunks untyped;					\
};									\
static __always_inline __maybe_unused struct name##_slice		\
name##_slice_of(value_t *elems, size_t len)				\
{									\
	return (struct name##_slice){					\
		.elems = sizeof(value_t) ? elems : KOWN_DANGLING,	\
		.len = len,						\
	};								\
}									\
static __always_inline __maybe_unused struct name##_slice		\
name##_vec_as_slice(const struct name##_vec *vec)			\
{									\
	return name##_slice_of(vec->elems, vec->len);			\
}									\
static inline __maybe_unused struct name##_vec				\
name##_vec_from_boxed_slice(value_t *elems, size_t len)			\
{									\
	return name##_vec_from_raw_parts(elems, len, sizeof(value_t) ? len : 0); \
}									\
static __always_inline __maybe_unused value_t *				\
name##_slice_get(struct name##_slice slice, size_t index)		\
{									\
	return index < slice.len ? slice.elems + index : NULL;		\
}									\
static __always_inline __maybe_unused value_t *				\
name##_slice_first(struct name##_slice slice)				\
{									\
	return name##_slice_get(slice, 0);				\
}									\
static __always_inline __maybe_unused value_t *				\
name##_slice_last(struct name##_slice slice)				\
{									\
	return slice.len ? slice.elems + slice.len - 1 : NULL;		\
}									\
static __always_inline __maybe_unused int __must_check			\
name##_slice_range(struct name##_slice slice, size_t start, size_t count, \
		   struct name##_slice *part)				\
{									\
	return __kown_slice_range(slice.untyped, sizeof(value_t), start, count, \
				  &part->untyped);			\
}									\
static __always_inline __maybe_unused int __must_check			\
name##_slice_split_at(struct name##_slice slice, size_t index,		\
		      struct name##_slice *head, struct name##_slice *tail) \
{									\
	return __kown_slice_split_at(slice.untyped, sizeof(value_t), index, \
				     &head->untyped, &tail->untyped);	\
}									\
static __always_inline __maybe_unused value_t *				\
name##_slice_split_first(struct name##_slice slice, struct name##_slice *rest) \
{									\
	if (!slice.len)							\
		return NULL;						\
	rest->untyped = __kown_slice_part(slice.untyped, sizeof(value_t), 1, \
					  slice.len - 1);		\
	return slice.elems;						\
}									\
static __always_inline __maybe_unused value_t *				\
name##_slice_split_last(struct name##_slice slice, struct name##_slice *rest) \
{									\
	if (!slice.len)							\
		return NULL;						\
	rest->untyped = __kown_slice_part(slice.untyped, sizeof(value_t), 0, \
					  slice.len - 1);		\
	return name##_slice_last(slice);				\
}									\
static __always_inline __maybe_unused int __must_check			\
name##_slice_chunks(struct name##_slice slice, size_t size, struct name##_chunks *chunks) \
{									\
	return __kown_slice_chunks(slice.untyped, size, KOWN_CHUNKS, &chunks->untyped); \
}									\
static __always_inline __maybe_unused int __must_check			\
name##_slice_chunks_exact(struct name##_slice slice, size_t size,	\
			  struct name##_chunks *chunks, struct name##_slice *remainder) \
{									\
	size_t whole = size ? slice.len - slice.len % size : 0;		\
									\
	remainder->untyped = __kown_slice_part(slice.untyped, sizeof(value_t), whole, \
					       slice.len - whole);	\
	slice.len = whole;						\
	return name##_slice_chunks(slice, size, chunks);		\
}									\
static __always_inline __maybe_unused int __must_check			\
name##_slice_rchunks(struct name##_slice slice, size_t size, struct name##_chunks *chunks) \
{									\
	return __kown_slice_chunks(slice.untyped, size, KOWN_RCHUNKS, &chunks->untyped); \
}									\
static __always_inline __maybe_unused int __must_check			\
name##_slice_windows(struct name##_slice slice, size_t size, struct name##_chunks *chunks) \
{									\
	return __kown_slice_chunks(slice.untyped, size, KOWN_WINDOWS, &chunks->untyped); \
}									\
static __always_inline __maybe_unused bool				\
name##_chunks_next(struct name##_chunks *chunks, struct name##_slice *chunk) \
{									\
	return __kown_chunks_next(&chunks->untyped, sizeof(value_t), false, \
				  &chunk->untyped);			\
}									\
static __always_inline __maybe_unused bool				\
name##_chunks_next_back(struct name##_chunks *chunks, struct name##_slice *chunk) \
{									\
	return __kown_chunks_next(&chunks->untyped, sizeof(value_t), true, \
				  &chunk->untyped);			\
}									\
static __always_inline __maybe_unused size_t				\
name##_chunks_count(const struct name##_chunks *chunks)			\
{									\
	return kown_chunks_count(&chunks->untyped);			\
}									\
static __always_inline __maybe_unused int __must_check			\
name##_slice_swap(struct name##_slice slice, size_t i, size_t j)	\
{									\
	return __kown_slice_swap(slice.untyped, sizeof(value_t), i, j);	\
}									\
static __always_inline __maybe_unused void				\
name##_slice_reverse(struct name##_slice slice)				\
{									\
	__kown_slice_reverse(slice.untyped, sizeof(value_t));		\
}									\
static inline __maybe_unused int __must_check				\
name##_slice_rotate_left(struct name##_slice slice, size_t by)		\
{									\
	return kown_slice_rotate_left(slice.untyped, &name##_vec_elem, by); \
}									\
static inline __maybe_unused int __must_check				\
name##_slice_rotate_right(struct name##_slice slice, size_t by)		\
{									\
	return kown_slice_rotate_right(slice.untyped, &name##_vec_elem, by); \
}									\
static inline __maybe_unused int __must_check				\
name##_slice_fill(struct name##_slice slice, typeof(value_t) const *value, gfp_t gfp) \
{									\
	return kown_slice_fill(slice.untyped, &name##_vec_elem, value, gfp); \
}									\
static inline __maybe_unused int __must_check				\
name##_slice_copy_within(struct name##_slice slice, size_t start, size_t count, size_t to) \
{									\
	return kown_slice_copy_within(slice.untyped, &name##_vec_elem, start, count, to); \
}									\
static __always_inline __maybe_unused bool				\
name##_slice_contains(struct name##_slice slice, typeof(value_t) const *value)	\
{									\
	return __kown_slice_contains(slice.untyped, sizeof(value_t), value); \
}									\
static __always_inline __maybe_unused bool				\
name##_slice_eq(struct name##_slice a, struct name##_slice b)		\
{									\
	return __kown_slice_eq(a.untyped, b.untyped, sizeof(value_t));	\
}									\
static __always_inline __maybe_unused bool				\
name##_slice_starts_with(struct name##_slice slice, struct name##_slice prefix) \
{									\
	return __kown_slice_eq(__kown_slice_like(slice.untyped, sizeof(value_t), \
						 prefix.untyped, false), \
			       prefix.untyped, sizeof(value_t));	\
}									\
static __always_inline __maybe_unused bool				\
name##_slice_ends_with(struct name##_slice slice, struct name##_slice suffix) \
{									\
	return __kown_slice_eq(__kown_slice_like(slice.untyped, sizeof(value_t), \
						 suffix.untyped, true),	\
			       suffix.untyped, sizeof(value_t));	\
}									\
static inline __maybe_unused int					\
name##_slice_cmp_bytes(struct name##_slice a, struct name##_slice b)	\
{									\
	return kown_slice_cmp_bytes(a.untyped, b.untyped, &name##_vec_elem); \
}									\
struct __##name##_slice_ask {						\
	int (*one)(typeof(value_t) const *value, void *context);		\
	int (*two)(typeof(value_t) const *a, typeof(value_t) const *b, void *context);	\
	typeof(value_t) const *value;						\
	void *context;							\
};									\
static __always_inline __maybe_unused int				\
__##name##_slice_ask_one(const void *value, void *context)		\
{									\
	const struct __##name##_slice_ask *ask = context;		\
									\
	return ask->one(value, ask->context);				\
}									\
static __always_inline __maybe_unused int				\
__##name##_slice_ask_two(const void *a, const void *b, void *context)	\
{									\
	const struct __##name##_slice_ask *ask = context;		\
									\
	return ask->two(a, b, ask->context);				\
}									\
static __always_inline __maybe_unused int				\
__##name##_slice_order(const void *value, const void *context)		\
{									\
	const struct __##name##_slice_ask *ask = context;		\
									\
	return ask->one(value, ask->context);				\
}									\
static __always_inline __maybe_unused int				\
__##name##_slice_order_to(const void *value, const void *context)	\
{									\
	const struct __##name##_slice_ask *ask = context;		\
									\
	return ask->two(value, ask->value, ask->context);		\
}									\
static __always_inline __maybe_unused int				\
__##name##_slice_order_two(const void *a, const void *b, const void *context) \
{									\
	const struct __##name##_slice_ask *ask = context;		\
									\
	return ask->two(a, b, ask->context);				\
}									\
static __always_inline __maybe_unused int __must_check			\
name##_slice_contains_by(struct name##_slice slice,			\
			 int (*pred)(typeof(value_t) const *value, void *context), void *context) \
{									\
	struct __##name##_slice_ask ask = { .one = pred, .context = context }; \
									\
	return __kown_slice_contains_by(slice.untyped, sizeof(value_t),	\
					__##name##_slice_ask_one, &ask); \
}									\
static __always_inline __maybe_unused int __must_check			\
name##_slice_eq_by(struct name##_slice a, struct name##_slice b,	\
		   int (*same)(typeof(value_t) const *a, typeof(value_t) const *b, void *context), \
		   void *context)					\
{									\
	struct __##name##_slice_ask ask = { .two = same, .context = context }; \
									\
	return __kown_slice_eq_by(a.untyped, b.untyped, sizeof(value_t), \
				  __##name##_slice_ask_two, &ask);	\
}									\
static __always_inline __maybe_unused int __must_check			\
name##_slice_starts_with_by(struct name##_slice slice, struct name##_slice prefix, \
			    int (*same)(typeof(value_t) const *a,	\
					typeof(value_t) const *b, void *context), \
			    void *context)				\
{									\
	slice.untyped = __kown_slice_like(slice.untyped, sizeof(value_t), \
					  prefix.untyped, false);	\
	return name##_slice_eq_by(slice, prefix, same, context);	\
}									\
static __always_inline __maybe_unused int __must_check			\
name##_slice_ends_with_by(struct name##_slice slice, struct name##_slice suffix, \
			  int (*same)(typeof(value_t) const *a,		\
				      typeof(value_t) const *b, void *context), \
			  void *context)				\
{									\
	slice.untyped = __kown_slice_like(slice.untyped, sizeof(value_t), \
					  suffix.untyped, true);	\
	return name##_slice_eq_by(slice, suffix, same, context);	\
}									\
static __always_inline __maybe_unused int				\
name##_slice_cmp(struct name##_slice a, struct name##_slice b,		\
		 int (*cmp)(typeof(value_t) const *a, typeof(value_t) const *b, void *context), \
		 void *context)						\
{									\
	struct __##name##_slice_ask ask = { .two = cmp, .context = context }; \
									\
	return __kown_slice_cmp(a.untyped, b.untyped, sizeof(value_t),	\
				__##name##_slice_order_two, &ask);	\
}									\
static __always_inline __maybe_unused void				\
name##_slice_sort(struct name##_slice slice,				\
		  int (*cmp)(typeof(value_t) const *a, typeof(value_t) const *b, void *context), \
		  void *context)					\
{									\
	struct __##name##_slice_ask ask = { .two = cmp, .context = context }; \
									\
	kown_slice_sort(slice.untyped, &name##_vec_elem, __##name##_slice_order_two, &ask); \
}									\
static __always_inline __maybe_unused int __must_check			\
name##_slice_sort_stable(struct name##_slice slice,			\
			 int (*cmp)(typeof(value_t) const *a,		\
				    typeof(value_t) const *b, void *context), \
			 void *context, gfp_t gfp)			\
{									\
	struct __##name##_slice_ask ask = { .two = cmp, .context = context }; \
									\
	return kown_slice_sort_stable(slice.untyped, &name##_vec_elem,	\
				      __##name##_slice_order_two, &ask, gfp); \
}									\
static __always_inline __maybe_unused bool				\
name##_slice_is_sorted(struct name##_slice slice,			\
		       int (*cmp)(typeof(value_t) const *a,		\
				  typeof(value_t) const *b, void *context), \
		       void *context)					\
{									\
	struct __##name##_slice_ask ask = { .two = cmp, .context = context }; \
									\
	return __kown_slice_is_sorted(slice.untyped, sizeof(value_t),	\
				      __##name##_slice_order_two, &ask); \
}									\
static __always_inline __maybe_unused int __must_check			\
name##_slice_binary_search(struct name##_slice slice, typeof(value_t) const *value, \
			   int (*cmp)(typeof(value_t) const *a,		\
				      typeof(value_t) const *b, void *context), \
			   void *context, size_t *index)		\
{									\
	struct __##name##_slice_ask ask = {				\
		.two = cmp, .value = value, .context = context,		\
	};								\
									\
	return __kown_slice_search(slice.untyped, sizeof(value_t),	\
				   __##name##_slice_order_to, &ask, index); \
}									\
static __always_inline __maybe_unused int __must_check			\
name##_slice_binary_search_by(struct name##_slice slice,		\
			      int (*order)(typeof(value_t) const *value, void *context), \
			      void *context, size_t *index)		\
{									\
	struct __##name##_slice_ask ask = { .one = order, .context = context }; \
									\
	return __kown_slice_search(slice.untyped, sizeof(value_t),	\
				   __##name##_slice_order, &ask, index); \
}									\
static __always_inline __maybe_unused int __must_check			\
name##_slice_partition_point(struct name##_slice slice,			\
			     int (*pred)(typeof(value_t) const *value, void *context), \
			     void *context, size_t *index)		\
{									\
	struct __##name##_slice_ask ask = { .one = pred, .context = context }; \
									\
	return __kown_slice_partition_point(slice.untyped, sizeof(value_t), \
					    __##name##_slice_ask_one, &ask, index); \
}

/**
 * KOWN_DEFINE_SORT() - sort by one order, in one line
 * @name: the functions' prefix
 * @slice: the prefix, as for KOWN_DEFINE_SLICE(), which it follows
 * @value_t: the elements' type, below T
 * @_order: int (const T *a, const T *b, void *context), as for SLICE_slice_sort()
 *
 * It defines::
 *
 *	void NAME_sort(struct SLICE_slice, void *context);
 *	int NAME_sort_stable(struct SLICE_slice, void *context, gfp_t);
 *
 * which do as SLICE_slice_sort() and SLICE_slice_sort_stable(), a quarter faster for
 * small elements: the order is known here, so that each comparison is one call.
 */
#define KOWN_DEFINE_SORT(name, slice, value_t, _order)			\
static int __##name##_cmp(const void *a, const void *b, const void *context) \
{									\
	int (*__order)(typeof(value_t) const *a,			\
		       typeof(value_t) const *b, void *context) = (_order); \
									\
	return __order(a, b, (void *)context);				\
}									\
static inline __maybe_unused void					\
name##_sort(struct slice##_slice elems, void *context)			\
{									\
	kown_slice_sort(elems.untyped, &slice##_vec_elem, __##name##_cmp, context); \
}									\
static inline __maybe_unused int __must_check				\
name##_sort_stable(struct slice##_slice elems, void *context, gfp_t gfp) \
{									\
	return kown_slice_sort_stable(elems.untyped, &slice##_vec_elem,	\
				      __##name##_cmp, context, gfp);	\
}

#endif /* _KOWN_SLICE_H */
