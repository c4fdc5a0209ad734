// SPDX-License-Identifier: GPL-2.0
/*
 * Heap: for an element type and an order that the compiler does not know.
 */
#include <kown/compat.h>
#include <kown/heap.h>

/**
 * kown_heap_push() - move an element in (BinaryHeap::push)
 * @heap: the heap
 * @elem: its element type
 * @value: the element, not in @heap
 * @less: is @a less than @b? 1, 0, or an errno
 * @context: for @less
 * @gfp: how to allocate
 *
 * Context: As @gfp says, and as @less.
 * Return: 0, and @heap owns the element; or -EOVERFLOW, -ENOMEM or what @less returned,
 * the caller still does, and @heap is as it was, but may have more capacity.
 */
int kown_heap_push(struct kown_heap *heap, const struct kown_type *elem,
		   const void *value,
		   int (*less)(const void *a, const void *b, void *context),
		   void *context, gfp_t gfp)
{
	return __kown_heap_push(heap, elem, elem->size, value, less, context, gfp);
}
EXPORT_SYMBOL_KOWN(kown_heap_push);

/**
 * kown_heap_pop() - move the greatest element out (BinaryHeap::pop)
 * @heap: the heap
 * @elem: its element type
 * @less: is @a less than @b? 1, 0, or an errno
 * @context: for @less
 * @to: room for it, not in @heap
 *
 * Context: As @less.
 * Return: 1, and the caller owns the element; 0 if there is none; or what @less
 * returned, and @heap is as it was.
 */
int kown_heap_pop(struct kown_heap *heap, const struct kown_type *elem,
		  int (*less)(const void *a, const void *b, void *context),
		  void *context, void *to)
{
	return __kown_heap_pop(heap, elem, elem->size, less, context, to);
}
EXPORT_SYMBOL_KOWN(kown_heap_pop);

/**
 * kown_heap_from_vec() - bring the elements of a vec in order (BinaryHeap::from)
 * @heap: uninitialised
 * @elem: the element type
 * @vec: moved in, if the call succeeds; O(len)
 * @less: is @a less than @b? 1, 0, or an errno
 * @context: for @less
 *
 * Context: As @less.
 * Return: 0, and @vec is empty; or what @less returned: @heap is empty, and @vec still
 * has all its elements, in another order.
 */
int kown_heap_from_vec(struct kown_heap *heap, const struct kown_type *elem,
		       struct kown_vec *vec,
		       int (*less)(const void *a, const void *b, void *context),
		       void *context)
{
	return __kown_heap_from_vec(heap, elem, elem->size, vec, less, context);
}
EXPORT_SYMBOL_KOWN(kown_heap_from_vec);

/**
 * kown_heap_into_sorted_vec() - a vec, from the least to the greatest
 * @heap: the heap; empty afterwards, whatever happens
 * @elem: its element type
 * @less: is @a less than @b? 1, 0, or an errno
 * @context: for @less
 * @vec: uninitialised; all the elements, in the memory that was the heap's
 *
 * BinaryHeap::into_sorted_vec; O(len log len), in place.
 *
 * Context: As @less.
 * Return: 0; or what @less returned: @vec has all the elements, in any order. The
 * caller owns @vec in both cases.
 */
int kown_heap_into_sorted_vec(struct kown_heap *heap, const struct kown_type *elem,
			      int (*less)(const void *a, const void *b, void *context),
			      void *context, struct kown_vec *vec)
{
	return __kown_heap_into_sorted_vec(heap, elem, elem->size, less, context, vec);
}
EXPORT_SYMBOL_KOWN(kown_heap_into_sorted_vec);

/**
 * kown_heap_append() - move in all elements of another heap (BinaryHeap::append)
 * @heap: the heap
 * @elem: the element type of both
 * @other: another heap, in the same order; empty afterwards
 * @less: is @a less than @b? 1, 0, or an errno
 * @context: for @less
 * @gfp: how to allocate
 *
 * The shorter one is pushed into the longer one, element by element.
 *
 * Context: As @gfp says, and as @less.
 * Return: 0; -EINVAL if @other is @heap, -EOVERFLOW or -ENOMEM, and both are as they
 * were; or what @less returned: both are heaps, and each element is in one of them.
 */
int kown_heap_append(struct kown_heap *heap, const struct kown_type *elem,
		     struct kown_heap *other,
		     int (*less)(const void *a, const void *b, void *context),
		     void *context, gfp_t gfp)
{
	return __kown_heap_append(heap, elem, elem->size, other, less, context, gfp);
}
EXPORT_SYMBOL_KOWN(kown_heap_append);
