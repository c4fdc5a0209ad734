/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Heap: a vec whose first element is the greatest, after Rust's BinaryHeap.
 */
#ifndef _KOWN_HEAP_H
#define _KOWN_HEAP_H

#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#include <kown/slice.h>
#include <kown/vec.h>

/**
 * DOC: Heap
 *
 * The children of element i are 2i+1 and 2i+2, and neither is greater. So the first
 * is the greatest, and to push or pop moves elements along one path between a leaf and
 * the root: O(log len).
 *
 * What is greater the caller says, and may fail to: less() returns 1, 0, or an errno,
 * as it must if an element lies in memory that faults. So first all comparisons are
 * made, which find out how far along the path an element goes; the path is known from
 * the index where it ends, for the ancestors of i are those of (i-1)/2, and so on. Then
 * the elements move, which cannot fail. A comparison that fails leaves the heap as it
 * was; Rust moves as it compares, around a hole that it fills when it unwinds.
 *
 * A heap has no retain: between NAME_heap_into_vec() and NAME_heap_from_vec() there is
 * all that a vec has.
 */

/**
 * struct kown_heap - a vec in the order of a heap
 * @vec: the elements; reserve and shrink it, and look at it, but not more
 *
 * The owner protects it. Zeroed memory is a valid, empty heap. The order is passed to
 * each call and must be the same for all of them.
 */
struct kown_heap {
	struct kown_vec vec;
};

/*
 * Where does @value belong, among the first @len elements, if the one at @hole were not
 * there and the path from it moved up? The path goes to the greater child, down to a
 * leaf: then up again, for what comes to a hole was mostly near the leaves before.
 */
static __always_inline int
__kown_heap_find(const char *first, size_t size, size_t len, size_t hole,
		 const void *value,
		 int (*less)(const void *a, const void *b, void *context),
		 void *context, size_t *to)
{
	size_t at = hole;

	while (at < (len - 1) / 2) {
		int answer = less(first + (2 * at + 1) * size,
				  first + (2 * at + 2) * size, context);

		if (unlikely(answer < 0))
			return answer;
		at = 2 * at + 1 + !!answer;
	}
	if (at < len / 2)
		at = 2 * at + 1;
	while (at != hole) {
		int answer = less(first + at * size, value, context);

		if (unlikely(answer < 0))
			return answer;
		if (!answer)
			break;
		at = (at - 1) / 2;
	}
	*to = at;
	return 0;
}

/* The element at @from goes down to its descendant @to; those between go up. */
static __always_inline void
__kown_heap_sink(char *first, size_t size, size_t from, size_t to)
{
	unsigned int level = __fls(to + 1) - __fls(from + 1);

	while (level--) {
		size_t child = ((to + 1) >> level) - 1;

		__kown_swap(first + from * size, first + child * size, size);
		from = child;
	}
}

static __always_inline int
__kown_heap_push(struct kown_heap *heap, const struct kown_type *elem, size_t size,
		 const void *value,
		 int (*less)(const void *a, const void *b, void *context),
		 void *context, gfp_t gfp)
{
	size_t hole = heap->vec.len, at = hole;
	char *first;

	if (unlikely(hole == kown_vec_cap(&heap->vec, elem))) {
		int err = kown_vec_reserve(&heap->vec, elem, 1, gfp);

		if (err)
			return err;
	}
	first = kown_vec_at(&heap->vec, elem, 0);
	for (; hole; hole = (hole - 1) / 2) {
		int answer = less(first + (hole - 1) / 2 * size, value, context);

		if (unlikely(answer < 0))
			return answer;
		if (!answer)
			break;
	}
	for (; at != hole; at = (at - 1) / 2)
		memcpy(first + at * size, first + (at - 1) / 2 * size, size);
	memcpy(first + hole * size, value, size);
	heap->vec.len++;
	return 0;
}

static __always_inline int
__kown_heap_pop(struct kown_heap *heap, const struct kown_type *elem, size_t size,
		int (*less)(const void *a, const void *b, void *context), void *context,
		void *to)
{
	char *first = kown_vec_at(&heap->vec, elem, 0);
	size_t last = heap->vec.len - 1, at = 0, hole = 0;

	if (!heap->vec.len)
		return 0;
	if (last) {
		int err = __kown_heap_find(first, size, last, 0, first + last * size,
					   less, context, &hole);

		if (unlikely(err))
			return err;
	}
	memcpy(to, first, size);
	for (unsigned int level = __fls(hole + 1); level--;) {
		size_t child = ((hole + 1) >> level) - 1;

		memcpy(first + at * size, first + child * size, size);
		at = child;
	}
	if (last)
		memcpy(first + hole * size, first + last * size, size);
	heap->vec.len = last;
	return 1;
}

static __always_inline int
__kown_heap_from_vec(struct kown_heap *heap, const struct kown_type *elem, size_t size,
		     struct kown_vec *vec,
		     int (*less)(const void *a, const void *b, void *context),
		     void *context)
{
	char *first = kown_vec_at(vec, elem, 0);

	for (size_t i = vec->len / 2; i--;) {
		size_t to;
		int err = __kown_heap_find(first, size, vec->len, i, first + i * size,
					   less, context, &to);

		if (unlikely(err)) {
			heap->vec = (struct kown_vec){};
			return err;
		}
		__kown_heap_sink(first, size, i, to);
	}
	heap->vec = *vec;
	*vec = (struct kown_vec){};
	return 0;
}

/* Pops to the end of the vec, until there is nothing before it. */
static __always_inline int
__kown_heap_into_sorted_vec(struct kown_heap *heap, const struct kown_type *elem,
			    size_t size,
			    int (*less)(const void *a, const void *b, void *context),
			    void *context, struct kown_vec *vec)
{
	char *first = kown_vec_at(&heap->vec, elem, 0);

	*vec = heap->vec;
	heap->vec = (struct kown_vec){};
	for (size_t i = vec->len; i-- > 1;) {
		size_t to;
		int err = __kown_heap_find(first, size, i, 0, first + i * size, less,
					   context, &to);

		if (unlikely(err))
			return err;
		__kown_swap(first, first + i * size, size);
		__kown_heap_sink(first, size, 0, to);
	}
	return 0;
}

/* The fewer are pushed, from the last on, for what is left of a heap then is one. */
static __always_inline int
__kown_heap_append(struct kown_heap *heap, const struct kown_type *elem, size_t size,
		   struct kown_heap *other,
		   int (*less)(const void *a, const void *b, void *context),
		   void *context, gfp_t gfp)
{
	bool more = other->vec.len > heap->vec.len;
	int err;

	if (other == heap)
		return -EINVAL;
	err = more ? kown_vec_reserve(&other->vec, elem, heap->vec.len, gfp) :
		     kown_vec_reserve(&heap->vec, elem, other->vec.len, gfp);
	if (err)
		return err;
	if (more)
		swap(heap->vec, other->vec);
	for (; other->vec.len; other->vec.len--) {
		err = __kown_heap_push(heap, elem, size,
				       kown_vec_at(&other->vec, elem, other->vec.len - 1),
				       less, context, gfp);
		if (err)
			return err;
	}
	return 0;
}

int __must_check kown_heap_push(struct kown_heap *heap, const struct kown_type *elem,
				const void *value,
				int (*less)(const void *a, const void *b, void *context),
				void *context, gfp_t gfp);
int __must_check kown_heap_pop(struct kown_heap *heap, const struct kown_type *elem,
			       int (*less)(const void *a, const void *b, void *context),
			       void *context, void *to);
int __must_check kown_heap_from_vec(struct kown_heap *heap, const struct kown_type *elem,
				    struct kown_vec *vec,
				    int (*less)(const void *a, const void *b,
						void *context),
				    void *context);
int __must_check kown_heap_into_sorted_vec(struct kown_heap *heap,
					   const struct kown_type *elem,
					   int (*less)(const void *a, const void *b,
						       void *context),
					   void *context, struct kown_vec *vec);
int __must_check kown_heap_append(struct kown_heap *heap, const struct kown_type *elem,
				  struct kown_heap *other,
				  int (*less)(const void *a, const void *b,
					      void *context),
				  void *context, gfp_t gfp);

/**
 * KOWN_DEFINE_HEAP() - a Heap of a type and its functions, in one line
 * @name: the prefix, as for KOWN_DEFINE_VEC() or KOWN_DECLARE_VEC(), which it follows
 * @value_t: the elements' type, below T
 * @_less: int (const T \*a, const T \*b, void \*context): 1 if @a is less than @b, 0, or
 *	an errno; swap them for a heap whose first is the least
 *
 * It defines struct NAME_heap { struct NAME_vec vec; }, which is empty if it is zeroed.
 * @vec is to look at, to reserve and to shrink. context goes to @_less, which is inlined,
 * and must order the elements of a heap the same way in all calls::
 *
 *	size_t NAME_heap_len(const heap *);
 *	const T *NAME_heap_peek(const heap *);       the greatest, or NULL
 *	int NAME_heap_push(heap *, const T *, void *context, gfp_t);  moved in
 *	int NAME_heap_pop(heap *, T *to, void *context);
 *	                                             1, 0: there is none, or an errno
 *	int NAME_heap_append(heap *, heap *other, void *context, gfp_t);
 *	int NAME_heap_from_vec(heap *, vec *, void *context);
 *	vec NAME_heap_into_vec(heap *);              in any order
 *	int NAME_heap_into_sorted_vec(heap *, vec *, void *context);
 *	void NAME_heap_clear(heap *);
 *	void NAME_heap_free(heap *);                 empty and usable afterwards
 *	__free(NAME_heap_free)                       free at the end of the scope
 *
 * Each does as the function kown_heap_*() of that name. An int is 0 or an errno, but
 * where it says more.
 */
#define KOWN_DEFINE_HEAP(name, value_t, _less)				\
struct name##_heap {							\
	union {								\
		struct kown_heap untyped;				\
		struct name##_vec vec;					\
	};								\
};									\
static __always_inline int						\
__##name##_heap_less(const void *a, const void *b, void *context)	\
{									\
	int (*__less)(typeof(value_t) const *a,				\
		      typeof(value_t) const *b, void *context) = (_less); \
									\
	return __less(a, b, context);					\
}									\
static __always_inline __maybe_unused size_t				\
name##_heap_len(const struct name##_heap *heap)				\
{									\
	return heap->vec.len;						\
}									\
static __always_inline __maybe_unused typeof(value_t) const *			\
name##_heap_peek(const struct name##_heap *heap)			\
{									\
	return name##_vec_first(&heap->vec);				\
}									\
static inline __maybe_unused int __must_check				\
name##_heap_push(struct name##_heap *heap, typeof(value_t) const *value, void *context, gfp_t gfp) \
{									\
	return __kown_heap_push(&heap->untyped, &name##_vec_elem, sizeof(value_t), value, \
				__##name##_heap_less, context, gfp);	\
}									\
static inline __maybe_unused int __must_check				\
name##_heap_pop(struct name##_heap *heap, value_t *to, void *context)	\
{									\
	return __kown_heap_pop(&heap->untyped, &name##_vec_elem, sizeof(value_t), \
			       __##name##_heap_less, context, to);	\
}									\
static inline __maybe_unused int __must_check				\
name##_heap_append(struct name##_heap *heap, struct name##_heap *other, void *context, \
		   gfp_t gfp)						\
{									\
	return __kown_heap_append(&heap->untyped, &name##_vec_elem, sizeof(value_t), \
				  &other->untyped, __##name##_heap_less, context, gfp); \
}									\
static inline __maybe_unused int __must_check				\
name##_heap_from_vec(struct name##_heap *heap, struct name##_vec *vec, void *context) \
{									\
	return __kown_heap_from_vec(&heap->untyped, &name##_vec_elem, sizeof(value_t), \
				    &vec->untyped, __##name##_heap_less, context); \
}									\
static inline __maybe_unused struct name##_vec				\
name##_heap_into_vec(struct name##_heap *heap)				\
{									\
	return name##_vec_take(&heap->vec);				\
}									\
static inline __maybe_unused int __must_check				\
name##_heap_into_sorted_vec(struct name##_heap *heap, struct name##_vec *vec, \
			    void *context)				\
{									\
	return __kown_heap_into_sorted_vec(&heap->untyped, &name##_vec_elem, \
					   sizeof(value_t), __##name##_heap_less, \
					   context, &vec->untyped);	\
}									\
static inline __maybe_unused void name##_heap_clear(struct name##_heap *heap) \
{									\
	name##_vec_clear(&heap->vec);					\
}									\
static inline __maybe_unused void name##_heap_free(struct name##_heap *heap) \
{									\
	name##_vec_free(&heap->vec);					\
}									\
DEFINE_FREE(name##_heap_free, struct name##_heap, name##_heap_free(&_T))

#endif /* _KOWN_HEAP_H */
