/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ExtractIf: those elements of a range that a predicate chooses, taken out of a vec one
 * by one, after Rust's ExtractIf.
 */
#ifndef _KOWN_EXTRACT_IF_H
#define _KOWN_EXTRACT_IF_H

#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/types.h>

#include <kown/vec.h>

/**
 * struct kown_extract_if - a guard on a range of a vec, and all behind it
 * @vec: whose len ends where the range began, until the guard is finished; NULL then
 * @elem: the type of its elements
 * @kept: index after the last element that was asked about and stays
 * @next: index of the first that was not asked about
 * @end: index after the range
 * @len: of the vec, when the guard began
 * @err: what the predicate returned when it failed; it is not asked again
 *
 * Whoever has the guard has the vec, and uses it through the guard only::
 *
 *	| head    | stays | hole        | not asked        | tail |
 *	0      vec->len  kept          next               end    len
 */
struct kown_extract_if {
	struct kown_vec *vec;
	const struct kown_type *elem;
	size_t kept;
	size_t next;
	size_t end;
	size_t len;
	int err;
};

int __must_check kown_extract_if_begin(struct kown_extract_if *extract,
				       struct kown_vec *vec,
				       const struct kown_type *elem, size_t start,
				       size_t count);
int kown_extract_if_finish(struct kown_extract_if *extract);

/**
 * kown_extract_if_next() - take the next element that a predicate chooses
 * @extract: the guard
 * @size: of an element, in bytes, best as a constant
 * @pred: asked of each element once, in order: 1 to take it, 0 to leave it, or an
 *	errno; it may change the element, and must not look at the vec
 * @context: for @pred
 *
 * Context: As @pred.
 * Return: the element, which is the caller's to move elsewhere or to drop, at the place
 * where it is, before the next call. NULL if there is none, or if @pred failed:
 * kown_extract_if_finish() tells.
 */
static __always_inline void *
kown_extract_if_next(struct kown_extract_if *extract, size_t size,
		     int (*pred)(void *value, void *context), void *context)
{
	char *first;

	if (extract->next == extract->end)
		return NULL;
	first = kown_vec_at(extract->vec, extract->elem, 0);
	while (extract->next < extract->end) {
		void *at = first + extract->next * size;
		int answer = pred(at, context);

		if (unlikely(answer < 0)) {
			extract->err = answer;
			extract->end = extract->next;
			return NULL;
		}
		extract->next++;
		if (answer)
			return at;
		if (extract->kept != extract->next - 1)
			__kown_copy(first + extract->kept * size, at, size);
		extract->kept++;
	}
	return NULL;
}

/**
 * KOWN_DEFINE_EXTRACT_IF() - the ExtractIf of a Vec and its functions, in one line
 * @name: the prefix, as for KOWN_DEFINE_VEC() or KOWN_DECLARE_VEC(), which it follows
 * @value_t: the elements' type, below T
 *
 * A struct NAME_extract_if that is zeroed guards nothing::
 *
 *	int NAME_extract_if_begin(extract_if *, vec *, size_t start, size_t count,
 *	                          int (*pred)(T *, void *), void *context);  or -ERANGE
 *	T *NAME_extract_if_next(extract_if *);       or NULL: no more, or pred failed
 *	int NAME_extract_if_finish(extract_if *);    0, or what pred returned
 *	__free(NAME_extract_if_finish)               finish at the end of the scope
 *
 * What pred was not asked about stays in the vec.
 */
#define KOWN_DEFINE_EXTRACT_IF(name, value_t)				\
struct name##_extract_if {						\
	struct kown_extract_if untyped;					\
	int (*pred)(value_t *value, void *context);			\
	void *context;							\
};									\
static __always_inline __maybe_unused int				\
__##name##_extract_if_ask(void *value, void *context)			\
{									\
	struct name##_extract_if *extract = context;			\
									\
	return extract->pred(value, extract->context);			\
}									\
static inline __maybe_unused int __must_check				\
name##_extract_if_begin(struct name##_extract_if *extract, struct name##_vec *vec, \
			size_t start, size_t count,			\
			int (*pred)(value_t *value, void *context), void *context) \
{									\
	extract->pred = pred;						\
	extract->context = context;					\
	return kown_extract_if_begin(&extract->untyped, &vec->untyped, &name##_vec_elem, \
				     start, count);			\
}									\
static __always_inline __maybe_unused value_t *				\
name##_extract_if_next(struct name##_extract_if *extract)		\
{									\
	return kown_extract_if_next(&extract->untyped, sizeof(value_t),	\
				    __##name##_extract_if_ask, extract); \
}									\
static inline __maybe_unused int					\
name##_extract_if_finish(struct name##_extract_if *extract)		\
{									\
	return kown_extract_if_finish(&extract->untyped);		\
}									\
static inline __maybe_unused struct name##_extract_if			\
__##name##_extract_if_of(struct name##_vec *vec, size_t start, size_t count, \
			 int (*pred)(value_t *value, void *context), void *context) \
{									\
	struct name##_extract_if extract;				\
									\
	/* The range that is not there has no elements. */		\
	(void)!name##_extract_if_begin(&extract, vec, start, count, pred, context); \
	return extract;							\
}									\
DEFINE_FREE(name##_extract_if_finish, struct name##_extract_if,		\
	    name##_extract_if_finish(&_T))

/**
 * kown_extract_if_for_each() - take those elements of a range that a predicate chooses
 * @elem: a T \*, set to each; it is the loop's to move elsewhere or to drop
 * @name: the prefix, as for KOWN_DEFINE_EXTRACT_IF()
 * @vec: a struct NAME_vec \*
 * @start: index of the first
 * @count: how many; if the vec does not have them all, none is visited
 * @pred: as for kown_extract_if_next(), but typed; if it fails, the loop ends
 * @context: for @pred
 *
 * However the loop is left, by break, return or goto too: what it did not see stays.
 */
#define kown_extract_if_for_each(elem, name, vec, start, count, pred, context) \
	for (struct name##_extract_if __extract __free(name##_extract_if_finish) = \
		__##name##_extract_if_of(vec, start, count, pred, context); \
	     ((elem) = name##_extract_if_next(&__extract));)

#endif /* _KOWN_EXTRACT_IF_H */
