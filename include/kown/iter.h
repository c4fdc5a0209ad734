/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Iter: where elements come from, one by one, after Rust's Iterator.
 */
#ifndef _KOWN_ITER_H
#define _KOWN_ITER_H

#include <linux/types.h>

#include <kown/type.h>

/**
 * struct kown_iter - a source of elements
 * @next: writes the next element to @to, and it is the caller's. Returns 1; 0 if there
 *	are no more; or an errno, and then has written none
 * @hint: so many are still to come, at least (the lower bound of Rust's size_hint).
 *	As a guess it costs time or memory, never correctness
 * @exact: @hint is no guess, and @next is not asked for more
 *
 * Embed it in a struct that knows where the elements are. Whoever takes elements owns
 * it meanwhile; @hint counts down. It is asked no more once it has returned anything
 * but 1.
 */
struct kown_iter {
	int (*next)(struct kown_iter *iter, void *to);
	size_t hint;
	bool exact;
};

/**
 * kown_iter_is_done() - are there surely no more?
 * @iter: the iterator
 *
 * Return: true if so; false if it must be asked.
 */
static inline bool kown_iter_is_done(const struct kown_iter *iter)
{
	return iter->exact && !iter->hint;
}

/**
 * kown_iter_next() - take the next element (Iterator::next)
 * @iter: the iterator
 * @to: room for an element
 *
 * Context: As @iter.
 * Return: 1, and the caller owns the element at @to; 0 if there are no more; or an
 * errno of @iter.
 */
static inline int __must_check kown_iter_next(struct kown_iter *iter, void *to)
{
	int more;

	if (kown_iter_is_done(iter))
		return 0;
	more = iter->next(iter, to);
	if (more > 0 && iter->hint)
		iter->hint--;
	return more;
}

/**
 * struct kown_array_iter - an iterator that moves elements out of an array
 * @iter: what is passed on; when it is given back, @iter.hint elements at the end of
 *	the array are still the array's
 * @at: the next element
 * @elem: their type
 */
struct kown_array_iter {
	struct kown_iter iter;
	const void *at;
	const struct kown_type *elem;
};

void kown_array_iter_init(struct kown_array_iter *iter, const struct kown_type *elem,
			  const void *first, size_t count);

/**
 * kown_for_each_next() - visit what an iterator has left
 * @elem: a T *, set to each in order
 * @iter_t: the name of the iterator's struct, as NAME_drain
 * @iter: the iterator
 *
 * A loop that is left early leaves the rest in the iterator.
 */
#define kown_for_each_next(elem, iter_t, iter)				\
	for (; ((elem) = iter_t##_next(iter));)

#endif /* _KOWN_ITER_H */
