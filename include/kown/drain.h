/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Drain: the elements of a range, taken out of a vec one by one, after Rust's Drain.
 */
#ifndef _KOWN_DRAIN_H
#define _KOWN_DRAIN_H

#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/string.h>
#include <linux/types.h>

#include <kown/cursor.h>
#include <kown/vec.h>

/**
 * struct kown_drain - a guard on a range of a vec
 * @vec: whose len ends where the range began, until the guard is finished; NULL then
 * @elem: the type of its elements
 * @rest: what was not taken
 * @tail: index of the first behind the range
 * @tail_len: how many are behind the range
 *
 * Whoever has the guard has the vec, and uses it through the guard only::
 *
 *	| head    | taken       | rest        | taken       | tail            |
 *	0      vec->len                                  tail    tail + tail_len
 */
struct kown_drain {
	struct kown_vec *vec;
	const struct kown_type *elem;
	struct kown_cursor rest;
	size_t tail;
	size_t tail_len;
};

int __must_check kown_drain_begin(struct kown_drain *drain, struct kown_vec *vec,
				  const struct kown_type *elem, size_t start,
				  size_t count);
void kown_drain_drop_rest(struct kown_drain *drain);
void kown_drain_keep_rest(struct kown_drain *drain);
void kown_drain_finish(struct kown_drain *drain);

/* For a size that the compiler knows: then the guard is in registers while it is used. */
static __always_inline int __must_check
__kown_drain_begin(struct kown_drain *drain, struct kown_vec *vec,
		   const struct kown_type *elem, size_t size, size_t start, size_t count)
{
	if (!kown_vec_has(vec, start, count)) {
		*drain = (struct kown_drain){};
		return -ERANGE;
	}
	*drain = (struct kown_drain){
		.vec = vec,
		.elem = elem,
		.rest = kown_cursor(&vec->raw, size, start, count),
		.tail = start + count,
		.tail_len = vec->len - start - count,
	};
	vec->len = start;
	return 0;
}

/**
 * kown_drain_len() - elements that were not taken yet
 * @drain: the guard
 *
 * Return: the count.
 */
static inline size_t kown_drain_len(const struct kown_drain *drain)
{
	return drain->vec ? kown_cursor_len(&drain->rest, drain->elem->size) : 0;
}

/**
 * kown_drain_next() - take the first element (Drain::next)
 * @drain: the guard
 *
 * Return: the element, which is the caller's to move elsewhere or to drop. Its memory
 * is the vec's, and good until the guard is finished. NULL if there is none.
 */
static inline void *kown_drain_next(struct kown_drain *drain)
{
	return drain->vec ? kown_cursor_next(&drain->rest, drain->elem->size) : NULL;
}

/**
 * kown_drain_next_back() - take the last element (Drain::next_back)
 * @drain: the guard
 *
 * Return: as kown_drain_next().
 */
static inline void *kown_drain_next_back(struct kown_drain *drain)
{
	return drain->vec ? kown_cursor_next_back(&drain->rest, drain->elem->size) : NULL;
}

/* Elements from elsewhere in the vec follow the head. */
static __always_inline void __kown_drain_move_up(struct kown_vec *vec, size_t size,
						 const char *from, size_t count)
{
	char *to = vec->raw.ptr + vec->len * size;

	if (size && count && from != to)
		memmove(to, from, count * size);
	vec->len += count;
}

static __always_inline void __kown_drain_finish(struct kown_drain *drain,
						const struct kown_type *elem, size_t size)
{
	struct kown_vec *vec = drain->vec;

	if (!vec)
		return;
	if (elem->drop)
		kown_drain_drop_rest(drain);
	__kown_drain_move_up(vec, size, vec->raw.ptr + drain->tail * size, drain->tail_len);
	/* It guards nothing and has none; to clear all of it costs as much as the rest here. */
	drain->vec = NULL;
	drain->rest = (struct kown_cursor){};
}

/**
 * KOWN_DEFINE_DRAIN() - the Drain of a Vec and its functions, in one line
 * @name: the prefix, as for KOWN_DEFINE_VEC() or KOWN_DECLARE_VEC(), which it follows
 * @value_t: the elements' type, below T
 *
 * A struct NAME_drain that is zeroed guards nothing::
 *
 *	int NAME_drain_begin(drain *, vec *, size_t start, size_t count);  or -ERANGE
 *	T *NAME_drain_next(drain *);                 or NULL: all were taken
 *	T *NAME_drain_next_back(drain *);            or NULL
 *	size_t NAME_drain_len(const drain *);        not taken yet
 *	T *NAME_drain_rest(const drain *);           those, side by side
 *	void NAME_drain_keep_rest(drain *);          those stay in the vec; finishes
 *	void NAME_drain_finish(drain *);             those are dropped
 *	__free(NAME_drain_finish)                    finish at the end of the scope
 *
 * An element that was taken is the caller's to move elsewhere or to drop, at the place
 * where it is, before the guard is finished. kown_drain_for_each() does it all.
 */
#define KOWN_DEFINE_DRAIN(name, value_t)				\
struct name##_drain {							\
	struct kown_drain untyped;					\
};									\
static __always_inline __maybe_unused int __must_check			\
name##_drain_begin(struct name##_drain *drain, struct name##_vec *vec,	\
		   size_t start, size_t count)				\
{									\
	return __kown_drain_begin(&drain->untyped, &vec->untyped, &name##_vec_elem, \
				  sizeof(value_t), start, count);	\
}									\
static __always_inline __maybe_unused value_t *				\
name##_drain_next(struct name##_drain *drain)				\
{									\
	return kown_cursor_next(&drain->untyped.rest, sizeof(value_t));	\
}									\
static __always_inline __maybe_unused value_t *				\
name##_drain_next_back(struct name##_drain *drain)			\
{									\
	return kown_cursor_next_back(&drain->untyped.rest, sizeof(value_t)); \
}									\
static __always_inline __maybe_unused size_t				\
name##_drain_len(const struct name##_drain *drain)			\
{									\
	return kown_cursor_len(&drain->untyped.rest, sizeof(value_t));	\
}									\
static __always_inline __maybe_unused value_t *				\
name##_drain_rest(const struct name##_drain *drain)			\
{									\
	return kown_cursor_rest(&drain->untyped.rest, sizeof(value_t));	\
}									\
static inline __maybe_unused void name##_drain_keep_rest(struct name##_drain *drain) \
{									\
	kown_drain_keep_rest(&drain->untyped);				\
}									\
static __always_inline __maybe_unused void name##_drain_finish(struct name##_drain *drain) \
{									\
	__kown_drain_finish(&drain->untyped, &name##_vec_elem, sizeof(value_t)); \
}									\
static __always_inline __maybe_unused struct name##_drain		\
__##name##_drain_of(struct name##_vec *vec, size_t start, size_t count)	\
{									\
	struct name##_drain drain;					\
									\
	/* The range that is not there has no elements. */		\
	(void)!name##_drain_begin(&drain, vec, start, count);		\
	return drain;							\
}									\
DEFINE_FREE(name##_drain_finish, struct name##_drain, name##_drain_finish(&_T))

/**
 * kown_drain_for_each() - take each element of a range out of a vec
 * @elem: a T \*, set to each; it is the loop's to move elsewhere or to drop
 * @name: the prefix, as for KOWN_DEFINE_DRAIN()
 * @vec: a struct NAME_vec \*
 * @start: index of the first
 * @count: how many; if the vec does not have them all, none is visited
 *
 * However the loop is left, by break, return or goto too: the elements that it did not
 * see are dropped, and the tail moves up.
 */
#define kown_drain_for_each(elem, name, vec, start, count)		\
	for (struct name##_drain __drain __free(name##_drain_finish) =	\
		__##name##_drain_of(vec, start, count);			\
	     ((elem) = name##_drain_next(&__drain));)

#endif /* _KOWN_DRAIN_H */
