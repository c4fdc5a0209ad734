// SPDX-License-Identifier: GPL-2.0
/*
 * Slice: what is more than a look at the elements.
 */
#include <linux/minmax.h>
#include <linux/sort.h>
#include <linux/string.h>

#include <kown/compat.h>
#include <kown/slice.h>

#include "memory.h"

/**
 * kown_slice_swap() - swap two elements (slice::swap)
 * @slice: the slice
 * @elem: its element type
 * @i: index of the one
 * @j: index of the other
 *
 * Context: Any.
 * Return: 0; or -ERANGE, and nothing was swapped.
 */
int kown_slice_swap(struct kown_slice slice, const struct kown_type *elem, size_t i,
		    size_t j)
{
	return __kown_slice_swap(slice, elem->size, i, j);
}
EXPORT_SYMBOL_KOWN(kown_slice_swap);

/**
 * kown_slice_reverse() - the last first, the first last (slice::reverse)
 * @slice: the slice
 * @elem: its element type
 *
 * Context: Any.
 */
void kown_slice_reverse(struct kown_slice slice, const struct kown_type *elem)
{
	__kown_slice_reverse(slice, elem->size);
}
EXPORT_SYMBOL_KOWN(kown_slice_reverse);

/*
 * To rotate elements is to rotate their bytes. The shorter side is swapped with as much
 * of the longer one, at the far end of it, where it then is in place; what is left is a
 * smaller case of the same. Each swap puts one side's bytes in place for good, so all
 * are O(left + right) together. At last the shorter side fits in a bounce buffer.
 */
static void rotate(char *mid, size_t left, size_t right)
{
	char bounce[128];

	while (min(left, right) > sizeof(bounce)) {
		if (left >= right) {
			__kown_swap(mid - right, mid, right);
			mid -= right;
			left -= right;
		} else {
			__kown_swap(mid - left, mid, left);
			mid += left;
			right -= left;
		}
	}
	if (!left || !right)
		return;
	if (left <= right) {
		memcpy(bounce, mid - left, left);
		memmove(mid - left, mid, right);
		memcpy(mid + right - left, bounce, left);
	} else {
		memcpy(bounce, mid, right);
		memmove(mid - left + right, mid - left, left);
		memcpy(mid - left, bounce, right);
	}
}

/**
 * kown_slice_rotate_left() - the first so many elements go to the end
 * @slice: the slice
 * @elem: its element type
 * @by: how many; at most len
 *
 * slice::rotate_left. In place, O(len).
 *
 * Context: Any.
 * Return: 0; or -ERANGE, and @slice is as it was.
 */
int kown_slice_rotate_left(struct kown_slice slice, const struct kown_type *elem,
			   size_t by)
{
	if (by > slice.len)
		return -ERANGE;
	rotate(kown_slice_at(slice, elem, by), by * elem->size,
	       (slice.len - by) * elem->size);
	return 0;
}
EXPORT_SYMBOL_KOWN(kown_slice_rotate_left);

/**
 * kown_slice_rotate_right() - the last so many elements go to the start
 * @slice: the slice
 * @elem: its element type
 * @by: how many; at most len
 *
 * slice::rotate_right. In place, O(len).
 *
 * Context: Any.
 * Return: 0; or -ERANGE, and @slice is as it was.
 */
int kown_slice_rotate_right(struct kown_slice slice, const struct kown_type *elem,
			    size_t by)
{
	if (by > slice.len)
		return -ERANGE;
	return kown_slice_rotate_left(slice, elem, slice.len - by);
}
EXPORT_SYMBOL_KOWN(kown_slice_rotate_right);

/* Each copy doubles what there is. */
static void fill_plain(struct kown_slice slice, size_t size, const void *value)
{
	size_t bytes = slice.len * size, done;

	if (!bytes)
		return;
	memcpy(slice.ptr, value, size);
	for (done = size; done < bytes; done += min(done, bytes - done))
		memcpy(slice.ptr + done, slice.ptr, min(done, bytes - done));
}

/**
 * kown_slice_fill() - put clones of a value in place of all elements (slice::fill)
 * @slice: the slice; its elements are dropped
 * @elem: its element type
 * @value: what to clone, not in @slice; it stays the caller's
 * @gfp: how to allocate
 *
 * A clone is made before the element that it replaces is dropped.
 *
 * Context: As @gfp says, and as the elements' clone and drop.
 * Return: 0; -EOPNOTSUPP or -ENOMEM, and @slice is as it was; or what the elements'
 * clone returned: then the first elements are clones, and the others are as they were.
 */
int kown_slice_fill(struct kown_slice slice, const struct kown_type *elem,
		    const void *value, gfp_t gfp)
{
	void *clone;
	int err = 0;

	if (kown_type_is_plain(elem)) {
		fill_plain(slice, elem->size, value);
		return 0;
	}
	if (!kown_type_is_clonable(elem))
		return -EOPNOTSUPP;
	if (!slice.len)
		return 0;
	clone = kown_memory_alloc(elem->size, elem->align, gfp);
	if (!clone)
		return -ENOMEM;
	for (size_t i = 0; i < slice.len; i++) {
		err = kown_type_clone(elem, clone, value, gfp);
		if (err)
			break;
		kown_type_drop_n(elem, kown_slice_at(slice, elem, i), 1);
		memcpy(kown_slice_at(slice, elem, i), clone, elem->size);
	}
	kown_memory_free(clone, elem->size);
	return err;
}
EXPORT_SYMBOL_KOWN(kown_slice_fill);

/**
 * kown_slice_copy_within() - copy elements over others (slice::copy_within)
 * @slice: the slice
 * @elem: its element type, which is plain bytes
 * @start: index of the first to copy
 * @count: how many
 * @to: index of the first to overwrite; both may overlap
 *
 * Context: Any.
 * Return: 0; or -EOPNOTSUPP if elements own anything, or -ERANGE, and @slice is as it
 * was.
 */
int kown_slice_copy_within(struct kown_slice slice, const struct kown_type *elem,
			   size_t start, size_t count, size_t to)
{
	struct kown_slice from, over;

	if (!kown_type_is_plain(elem))
		return -EOPNOTSUPP;
	if (kown_slice_range(slice, elem, start, count, &from) ||
	    kown_slice_range(slice, elem, to, count, &over))
		return -ERANGE;
	kown_vec_move(elem, over.ptr, from.ptr, count);
	return 0;
}
EXPORT_SYMBOL_KOWN(kown_slice_copy_within);

/**
 * kown_slice_contains() - is there an element of these bytes? (slice::contains)
 * @slice: the slice
 * @elem: its element type, which has no padding
 * @value: what to look for
 *
 * Context: Any.
 * Return: true if there is.
 */
bool kown_slice_contains(struct kown_slice slice, const struct kown_type *elem,
			 const void *value)
{
	return __kown_slice_contains(slice, elem->size, value);
}
EXPORT_SYMBOL_KOWN(kown_slice_contains);

/**
 * kown_slice_eq() - are two slices as long, and of the same bytes?
 * @a: the one
 * @b: the other
 * @elem: the element type of both, which has no padding
 *
 * Context: Any.
 * Return: true if they are.
 */
bool kown_slice_eq(struct kown_slice a, struct kown_slice b, const struct kown_type *elem)
{
	return __kown_slice_eq(a, b, elem->size);
}
EXPORT_SYMBOL_KOWN(kown_slice_eq);

/**
 * kown_slice_cmp() - which comes first in a lexicon? (Ord for slices)
 * @a: the one
 * @b: the other
 * @elem: the element type of both
 * @cmp: orders two elements: negative, 0, positive
 * @context: for @cmp
 *
 * Context: As @cmp.
 * Return: the order of the first elements that differ; if none does, the shorter slice
 * comes first.
 */
int kown_slice_cmp(struct kown_slice a, struct kown_slice b, const struct kown_type *elem,
		   int (*cmp)(const void *a, const void *b, const void *context),
		   const void *context)
{
	return __kown_slice_cmp(a, b, elem->size, cmp, context);
}
EXPORT_SYMBOL_KOWN(kown_slice_cmp);

/**
 * kown_slice_cmp_bytes() - which comes first in a lexicon, byte for byte?
 * @a: the one
 * @b: the other
 * @elem: the element type of both, which has no padding
 *
 * Context: Any.
 * Return: negative, 0 or positive; if no byte differs, the shorter slice comes first.
 */
int kown_slice_cmp_bytes(struct kown_slice a, struct kown_slice b,
			 const struct kown_type *elem)
{
	size_t bytes = min(a.len, b.len) * elem->size;
	int order = bytes ? memcmp(a.ptr, b.ptr, bytes) : 0;

	return order ? order : (a.len > b.len) - (a.len < b.len);
}
EXPORT_SYMBOL_KOWN(kown_slice_cmp_bytes);

/**
 * kown_slice_sort() - sort, and equal elements in any order (slice::sort_unstable)
 * @slice: the slice
 * @elem: its element type
 * @cmp: orders two elements: negative, 0, positive
 * @context: for @cmp
 *
 * The kernel's sort(): in place, O(len log len) at worst. Whatever @cmp says, each
 * element is still there once.
 *
 * Context: As @cmp.
 */
void kown_slice_sort(struct kown_slice slice, const struct kown_type *elem,
		     int (*cmp)(const void *a, const void *b, const void *context),
		     const void *context)
{
	sort_r(slice.ptr, slice.len, elem->size, cmp, NULL, context);
}
EXPORT_SYMBOL_KOWN(kown_slice_sort);

/* Longest run that insertion sorts. */
#define RUN	16

typedef int (*cmp_t)(const void *a, const void *b, const void *context);

/* Sorts a short run. @spare is memory for an element. */
static __always_inline void sort_run(char *first, size_t len, size_t size, char *spare,
				     cmp_t cmp, const void *context)
{
	for (size_t i = 1; i < len; i++) {
		char *value = first + i * size;
		size_t to = i;

		while (to && cmp(first + (to - 1) * size, value, context) > 0)
			to--;
		if (to == i)
			continue;
		memcpy(spare, value, size);
		memmove(first + (to + 1) * size, first + to * size, (i - to) * size);
		memcpy(first + to * size, spare, size);
	}
}

/*
 * Merges two sorted runs that lie side by side. The left one goes to @spare; then the
 * gap it leaves is never shorter than what of it is still to come, whatever @cmp says.
 */
static __always_inline void merge(char *first, size_t left, size_t right, size_t size,
				  char *spare, cmp_t cmp, const void *context)
{
	char *from = first + left * size, *end = from + right * size;
	char *spare_end = spare + left * size;

	if (!left || !right || cmp(from - size, from, context) <= 0)
		return;
	memcpy(spare, first, left * size);
	while (spare < spare_end && from < end) {
		/* Of equals, the left one first. */
		if (cmp(spare, from, context) <= 0) {
			memcpy(first, spare, size);
			spare += size;
		} else {
			memcpy(first, from, size);
			from += size;
		}
		first += size;
	}
	memcpy(first, spare, spare_end - spare);
}

/*
 * Merge sort, bottom up. Run i of 2^depth is from len * i / 2^depth on, so that runs
 * differ by at most one element, and no left run is longer than len / 2.
 */
static __always_inline void merge_sort(char *first, size_t len, size_t size, char *spare,
				       cmp_t cmp, const void *context)
{
	unsigned int depth = 0;

#define START(i)	((size_t)(((u64)len * (i)) >> depth))
	while (DIV_ROUND_UP(len, 1UL << depth) > RUN)
		depth++;
	for (size_t i = 0; i < 1UL << depth; i++)
		sort_run(first + START(i) * size, START(i + 1) - START(i), size, spare,
			 cmp, context);
	for (; depth; depth--) {
		for (size_t i = 0; i < 1UL << depth; i += 2) {
			size_t start = START(i), mid = START(i + 1), end = START(i + 2);

			merge(first + start * size, mid - start, end - mid, size, spare,
			      cmp, context);
		}
	}
#undef START
}

/**
 * kown_slice_sort_stable() - sort, and equal elements keep their order (slice::sort)
 * @slice: the slice
 * @elem: its element type
 * @cmp: orders two elements: negative, 0, positive; they may be elsewhere meanwhile
 * @context: for @cmp
 * @gfp: how to allocate memory for len / 2 elements
 *
 * Merge sort, O(len log len) at worst, O(len) comparisons if all is sorted. Whatever
 * @cmp says, each element is still there once.
 *
 * Context: As @gfp says, and as @cmp.
 * Return: 0; or -ENOMEM, and @slice is as it was.
 */
int kown_slice_sort_stable(struct kown_slice slice, const struct kown_type *elem,
			   int (*cmp)(const void *a, const void *b, const void *context),
			   const void *context, gfp_t gfp)
{
	size_t size = elem->size;
	void *spare;

	if (slice.len < 2 || !size)
		return 0;
	spare = kown_memory_alloc(slice.len / 2 * size, elem->align, gfp);
	if (!spare)
		return -ENOMEM;
	/* With a size that the compiler knows, an element moves in registers. */
	if (size == sizeof(u32))
		merge_sort(slice.ptr, slice.len, sizeof(u32), spare, cmp, context);
	else if (size == sizeof(u64))
		merge_sort(slice.ptr, slice.len, sizeof(u64), spare, cmp, context);
	else
		merge_sort(slice.ptr, slice.len, size, spare, cmp, context);
	kown_memory_free(spare, slice.len / 2 * size);
	return 0;
}
EXPORT_SYMBOL_KOWN(kown_slice_sort_stable);

/**
 * kown_slice_is_sorted() - is no element before a smaller one? (slice::is_sorted_by)
 * @slice: the slice
 * @elem: its element type
 * @cmp: orders two elements: negative, 0, positive
 * @context: for @cmp
 *
 * Context: As @cmp.
 * Return: true if so.
 */
bool kown_slice_is_sorted(struct kown_slice slice, const struct kown_type *elem,
			  int (*cmp)(const void *a, const void *b, const void *context),
			  const void *context)
{
	return __kown_slice_is_sorted(slice, elem->size, cmp, context);
}
EXPORT_SYMBOL_KOWN(kown_slice_is_sorted);

/**
 * kown_slice_binary_search() - find an element in a sorted slice
 * @slice: the slice, sorted as @order has it
 * @elem: its element type
 * @order: where an element is from what is sought: negative before, 0 there, positive
 *	behind
 * @context: for @order
 * @index: out: of an element that is sought; if there is none, where it could be
 *	inserted
 *
 * slice::binary_search_by. Of several elements that are sought it may be any.
 *
 * Context: As @order.
 * Return: 0; or -ENOENT. @index is set by both.
 */
int kown_slice_binary_search(struct kown_slice slice, const struct kown_type *elem,
			     int (*order)(const void *value, const void *context),
			     const void *context, size_t *index)
{
	return __kown_slice_search(slice, elem->size, order, context, index);
}
EXPORT_SYMBOL_KOWN(kown_slice_binary_search);

/**
 * kown_slice_partition_point() - where the answer changes (slice::partition_point)
 * @slice: the slice: first those for which @pred is true, then those for which it is not
 * @elem: its element type
 * @pred: 1, 0, or an errno
 * @context: for @pred
 * @index: out: of the first for which it is not; len if there is none
 *
 * Context: As @pred.
 * Return: 0; or what @pred returned, and @index is as it was.
 */
int kown_slice_partition_point(struct kown_slice slice, const struct kown_type *elem,
			       int (*pred)(const void *value, void *context),
			       void *context, size_t *index)
{
	return __kown_slice_partition_point(slice, elem->size, pred, context, index);
}
EXPORT_SYMBOL_KOWN(kown_slice_partition_point);
