/* SPDX-License-Identifier: GPL-2.0 */
/*
 * IntoIter: all elements of a vec, taken from both ends, after Rust's IntoIter.
 */
#ifndef _KOWN_INTO_ITER_H
#define _KOWN_INTO_ITER_H

#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/types.h>

#include <kown/cursor.h>
#include <kown/vec.h>

/**
 * struct kown_into_iter - what is left of a vec
 * @raw: its memory
 * @elem: the type of its elements; NULL if there is nothing
 * @rest: what was not taken
 */
struct kown_into_iter {
	struct kown_raw_vec raw;
	const struct kown_type *elem;
	struct kown_cursor rest;
};

struct kown_into_iter kown_vec_into_iter(struct kown_vec *vec,
					 const struct kown_type *elem);
void kown_into_iter_into_vec(struct kown_into_iter *iter, struct kown_vec *vec);
void kown_into_iter_finish(struct kown_into_iter *iter);

/**
 * kown_into_iter_len() - elements that were not taken yet
 * @iter: the iterator
 *
 * Return: the count.
 */
static inline size_t kown_into_iter_len(const struct kown_into_iter *iter)
{
	return iter->elem ? kown_cursor_len(&iter->rest, iter->elem->size) : 0;
}

/**
 * kown_into_iter_next() - take the first element (IntoIter::next)
 * @iter: the iterator
 *
 * Return: the element, which is the caller's to move elsewhere or to drop. Its memory
 * is the iterator's. NULL if there is none.
 */
static inline void *kown_into_iter_next(struct kown_into_iter *iter)
{
	return iter->elem ? kown_cursor_next(&iter->rest, iter->elem->size) : NULL;
}

/**
 * kown_into_iter_next_back() - take the last element (IntoIter::next_back)
 * @iter: the iterator
 *
 * Return: as kown_into_iter_next().
 */
static inline void *kown_into_iter_next_back(struct kown_into_iter *iter)
{
	return iter->elem ? kown_cursor_next_back(&iter->rest, iter->elem->size) : NULL;
}

/**
 * KOWN_DEFINE_INTO_ITER() - the IntoIter of a Vec and its functions, in one line
 * @name: the prefix, as for KOWN_DEFINE_VEC() or KOWN_DECLARE_VEC(), which it follows
 * @value_t: the elements' type, below T
 *
 * A struct NAME_into_iter that is zeroed has no elements::
 *
 *	into_iter NAME_vec_into_iter(vec *);         moved; an empty vec stays
 *	T *NAME_into_iter_next(into_iter *);         or NULL: all were taken
 *	T *NAME_into_iter_next_back(into_iter *);    or NULL
 *	size_t NAME_into_iter_len(const into_iter *);  not taken yet
 *	T *NAME_into_iter_rest(const into_iter *);   those, side by side
 *	void NAME_into_iter_into_vec(into_iter *, vec *);  those, as a vec; finishes
 *	void NAME_into_iter_finish(into_iter *);     those are dropped, memory is freed
 *	__free(NAME_into_iter_finish)                finish at the end of the scope
 *
 * An element that was taken is the caller's to move elsewhere or to drop, at the place
 * where it is, before the iterator is finished. kown_into_iter_for_each() does it all.
 */
#define KOWN_DEFINE_INTO_ITER(name, value_t)				\
struct name##_into_iter {						\
	struct kown_into_iter untyped;					\
};									\
static inline __maybe_unused struct name##_into_iter			\
name##_vec_into_iter(struct name##_vec *vec)				\
{									\
	return (struct name##_into_iter){				\
		kown_vec_into_iter(&vec->untyped, &name##_vec_elem)	\
	};								\
}									\
static __always_inline __maybe_unused value_t *				\
name##_into_iter_next(struct name##_into_iter *iter)			\
{									\
	return kown_cursor_next(&iter->untyped.rest, sizeof(value_t));	\
}									\
static __always_inline __maybe_unused value_t *				\
name##_into_iter_next_back(struct name##_into_iter *iter)		\
{									\
	return kown_cursor_next_back(&iter->untyped.rest, sizeof(value_t)); \
}									\
static __always_inline __maybe_unused size_t				\
name##_into_iter_len(const struct name##_into_iter *iter)		\
{									\
	return kown_cursor_len(&iter->untyped.rest, sizeof(value_t));	\
}									\
static __always_inline __maybe_unused value_t *				\
name##_into_iter_rest(const struct name##_into_iter *iter)		\
{									\
	return kown_cursor_rest(&iter->untyped.rest, sizeof(value_t));	\
}									\
static inline __maybe_unused void					\
name##_into_iter_into_vec(struct name##_into_iter *iter, struct name##_vec *vec) \
{									\
	kown_into_iter_into_vec(&iter->untyped, &vec->untyped);		\
}									\
static inline __maybe_unused void name##_into_iter_finish(struct name##_into_iter *iter) \
{									\
	kown_into_iter_finish(&iter->untyped);				\
}									\
DEFINE_FREE(name##_into_iter_finish, struct name##_into_iter,		\
	    name##_into_iter_finish(&_T))

/**
 * kown_into_iter_for_each() - take each element out of a vec
 * @elem: a T \*, set to each; it is the loop's to move elsewhere or to drop
 * @name: the prefix, as for KOWN_DEFINE_INTO_ITER()
 * @vec: a struct NAME_vec \*, empty from the start
 *
 * However the loop is left, by break, return or goto too: the elements that it did not
 * see are dropped, and the memory is freed.
 */
#define kown_into_iter_for_each(elem, name, vec)			\
	for (struct name##_into_iter __iter __free(name##_into_iter_finish) = \
		name##_vec_into_iter(vec);				\
	     ((elem) = name##_into_iter_next(&__iter));)

#endif /* _KOWN_INTO_ITER_H */
