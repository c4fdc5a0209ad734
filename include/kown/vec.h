/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Vec: a growable array that owns its elements, after Rust's Vec.
 */
#ifndef _KOWN_VEC_H
#define _KOWN_VEC_H

#include <linux/build_bug.h>
#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>

#include <kown/compat.h>
#include <kown/iter.h>
#include <kown/raw_vec.h>

/**
 * DOC: Words
 *
 *  - *len*: elements there are; each index below it names a live element
 *  - *cap*: elements there is memory for; never below len
 *  - *spare*: the memory from len to cap; its bytes mean nothing
 *  - *move*: the bytes of an element are copied and the source is no longer one
 *  - *drop*: an element ends, once; *clone*: another one is made of it
 *  - *range*: from a start, so many; never past len
 */

/**
 * DOC: Capacity
 *
 * Zeroed memory is a valid, empty vec, which owns no memory. It grows by Rust's rule:
 * to twice its capacity or what is needed, whichever is more, and from nothing to at
 * least 8 elements of size 1, 4 of up to 1024 bytes, 1 above; so n pushes move fewer
 * than 2n elements. The exact functions grow to what is asked for. Nothing shrinks by
 * itself. More than SSIZE_MAX bytes is -EOVERFLOW; more than any allocation may be
 * (INT_MAX bytes) is -ENOMEM, said before the allocator could warn. Where doubling
 * would pass that limit and the request does not, it is the request. Elements of size 0
 * have room for SIZE_MAX and never any memory.
 *
 * Up to a page comes from kmalloc(), more from kvmalloc(); the gfp_t of each call that
 * may allocate says how, __GFP_ACCOUNT included. Without __GFP_DIRECT_RECLAIM there is
 * kmalloc() only: that is the way to push in atomic context.
 */

/**
 * DOC: Ownership of elements
 *
 * A vec owns its elements: what it removes without giving it away it drops, each
 * exactly once. A function that takes elements owns them once it has succeeded; if it
 * fails, they are still the caller's, and the vec is what it was to the last byte:
 * what can fail comes first, and only then are elements touched. That holds for all
 * errors but one kind: a callback of the caller that fails half way (a clone, a
 * predicate, an iterator). Then len tells how far it came, and each element is still
 * owned by exactly one.
 *
 * A guard (struct NAME_drain and its like) owns a range, and the vec meanwhile ends
 * where the range begins. Finishing the guard drops what was not taken and moves the
 * tail back. A guard that is never finished leaves a valid vec which is only shorter:
 * the rest leaks, and nothing is dropped twice ("leak amplification").
 *
 * Where C cannot check: an element that is passed in is not one of the same vec, for
 * the vec may move; the address of an element is good until the vec grows or shrinks;
 * one thread at a time uses a vec, unless all only read.
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
 * @index: at most the capacity; from len on this is the spare memory
 *
 * Return: the address, good until the vec grows or shrinks.
 */
static inline void *kown_vec_at(const struct kown_vec *vec,
				const struct kown_type *elem, size_t index)
{
	return kown_raw_vec_at(&vec->raw, elem, index);
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

/**
 * kown_vec_move() - copy the bytes of elements, which may overlap
 * @elem: their type
 * @to: where to
 * @from: where from
 * @count: how many
 */
static inline void kown_vec_move(const struct kown_type *elem, void *to,
				 const void *from, size_t count)
{
	/* No vec without memory reaches memmove(), which may not be given NULL. */
	if (count && elem->size)
		memmove(to, from, count * elem->size);
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
int __must_check kown_vec_shrink_to(struct kown_vec *vec,
				    const struct kown_type *elem,
				    size_t min_cap, gfp_t gfp);
int __must_check kown_vec_push_n(struct kown_vec *vec,
				 const struct kown_type *elem,
				 const void *src, size_t count, gfp_t gfp);
int __must_check kown_vec_insert_n(struct kown_vec *vec,
				   const struct kown_type *elem, size_t index,
				   const void *src, size_t count, gfp_t gfp);
int __must_check kown_vec_remove_n(struct kown_vec *vec,
				   const struct kown_type *elem, size_t index,
				   size_t count, void *to);
int __must_check kown_vec_swap_remove(struct kown_vec *vec,
				      const struct kown_type *elem, size_t index,
				      void *to);
void kown_vec_truncate(struct kown_vec *vec, const struct kown_type *elem,
		       size_t len);
int __must_check kown_vec_extend_from_slice(struct kown_vec *vec,
					    const struct kown_type *elem,
					    const void *src, size_t count,
					    gfp_t gfp);
int __must_check kown_vec_extend_from_within(struct kown_vec *vec,
					     const struct kown_type *elem,
					     size_t start, size_t count, gfp_t gfp);
int __must_check kown_vec_resize(struct kown_vec *vec, const struct kown_type *elem,
				 size_t len, const void *value, gfp_t gfp);
int __must_check kown_vec_resize_with(struct kown_vec *vec,
				      const struct kown_type *elem, size_t len,
				      int (*make)(void *to, void *context),
				      void *context, gfp_t gfp);
int __must_check kown_vec_extend(struct kown_vec *vec, const struct kown_type *elem,
				 struct kown_iter *iter, gfp_t gfp);
int __must_check kown_vec_append(struct kown_vec *vec, const struct kown_type *elem,
				 struct kown_vec *other, gfp_t gfp);
int __must_check kown_vec_split_off(struct kown_vec *vec,
				    const struct kown_type *elem, size_t index,
				    struct kown_vec *tail, gfp_t gfp);
int __must_check kown_vec_clone(const struct kown_vec *vec,
				const struct kown_type *elem, struct kown_vec *to,
				gfp_t gfp);
int __must_check kown_vec_clone_from(struct kown_vec *vec,
				     const struct kown_type *elem,
				     const struct kown_vec *from, gfp_t gfp);
int __must_check kown_vec_retain(struct kown_vec *vec, const struct kown_type *elem,
				 int (*keep)(void *value, void *context),
				 void *context);
int __must_check kown_vec_dedup_by(struct kown_vec *vec,
				   const struct kown_type *elem,
				   int (*same)(void *value, void *before,
					       void *context),
				   void *context);
void kown_vec_dedup(struct kown_vec *vec, const struct kown_type *elem);
void kown_vec_free(struct kown_vec *vec, const struct kown_type *elem);

/*
 * The same for a size, and a callback, that the compiler knows: then the code is what
 * one would write by hand.
 */

static __always_inline int __must_check
__kown_vec_push_n(struct kown_vec *vec, const struct kown_type *elem, size_t size,
		  const void *src, size_t count, gfp_t gfp)
{
	if (unlikely(count > (size ? vec->raw.cap : SIZE_MAX) - vec->len)) {
		int err = kown_vec_reserve(vec, elem, count, gfp);

		if (err)
			return err;
	}
	if (size && count)
		memcpy(kown_vec_at(vec, elem, vec->len), src, count * size);
	vec->len += count;
	return 0;
}

static __always_inline int __must_check
__kown_vec_insert(struct kown_vec *vec, const struct kown_type *elem, size_t size,
		  size_t index, const void *value, gfp_t gfp)
{
	char *at;

	if (unlikely(index > vec->len))
		return -ERANGE;
	if (unlikely(vec->len == (size ? vec->raw.cap : SIZE_MAX))) {
		int err = kown_vec_reserve(vec, elem, 1, gfp);

		if (err)
			return err;
	}
	at = kown_vec_at(vec, elem, index);
	if (size)
		memmove(at + size, at, (vec->len - index) * size);
	__kown_copy(at, value, size);
	vec->len++;
	return 0;
}

static __always_inline int __must_check
__kown_vec_remove(struct kown_vec *vec, const struct kown_type *elem, size_t size,
		  size_t index, void *to)
{
	char *at = kown_vec_at(vec, elem, index);

	if (unlikely(index >= vec->len))
		return -ERANGE;
	__kown_copy(to, at, size);
	vec->len--;
	if (size)
		memmove(at, at + size, (vec->len - index) * size);
	return 0;
}

/* From @kept on there is a hole; from @rest on there are elements. */
static inline void __kown_vec_close(struct kown_vec *vec, const struct kown_type *elem,
				    size_t kept, size_t rest, size_t len)
{
	if (kept != rest)
		kown_vec_move(elem, kown_vec_at(vec, elem, kept),
			      kown_vec_at(vec, elem, rest), len - rest);
	vec->len = kept + len - rest;
}

/*
 * In retain and dedup len is 0 meanwhile, so that a callback or a drop that looks at
 * the vec sees no hole. Until there is one, nothing is moved.
 */
static __always_inline int __must_check
__kown_vec_retain(struct kown_vec *vec, const struct kown_type *elem, size_t size,
		  int (*keep)(void *value, void *context), void *context)
{
	char *first = kown_vec_at(vec, elem, 0);
	size_t len = vec->len, kept, i;
	int answer = 1;

	vec->len = 0;
	for (i = 0; i < len; i++) {
		answer = keep(first + i * size, context);
		if (answer <= 0)
			break;
	}
	kept = i;
	if (i < len && !answer)
		kown_type_drop_n(elem, first + i++ * size, 1);
	for (; i < len && answer >= 0; i++) {
		char *at = first + i * size;

		answer = keep(at, context);
		if (unlikely(answer < 0))
			break;
		if (!answer) {
			kown_type_drop_n(elem, at, 1);
			continue;
		}
		__kown_copy(first + kept * size, at, size);
		kept++;
	}
	__kown_vec_close(vec, elem, kept, i, len);
	return min(answer, 0);
}

static __always_inline int __must_check
__kown_vec_dedup_by(struct kown_vec *vec, const struct kown_type *elem, size_t size,
		    int (*same)(void *value, void *before, void *context),
		    void *context)
{
	char *first = kown_vec_at(vec, elem, 0);
	size_t len = vec->len, kept = 1, i;
	int answer = 0;

	if (len < 2)
		return 0;
	vec->len = 0;
	for (i = 1; i < len; i++) {
		char *at = first + i * size;

		answer = same(at, first + (kept - 1) * size, context);
		if (unlikely(answer < 0))
			break;
		if (answer) {
			kown_type_drop_n(elem, at, 1);
			continue;
		}
		if (kept != i)
			__kown_copy(first + kept * size, at, size);
		kept++;
	}
	__kown_vec_close(vec, elem, kept, i, len);
	return min(answer, 0);
}

/**
 * kown_vec_for_each() - visit each element, in order
 * @elem: a T \*, set to each
 * @vec: a struct NAME_vec \*, const or not, which neither grows nor shrinks meanwhile
 */
#define kown_vec_for_each(elem, vec)					\
	for (struct { typeof(&*(vec)->elems) elems; size_t len, i; } __walk = \
		__KOWN_VEC_WALK(vec);					\
	     __walk.i < __walk.len && ((elem) = __walk.elems + __walk.i, true); \
	     __walk.i++)

/**
 * kown_vec_for_each_reverse() - visit each element, from the last to the first
 * @elem: a T \*, set to each
 * @vec: a struct NAME_vec \*, const or not, which neither grows nor shrinks meanwhile
 */
#define kown_vec_for_each_reverse(elem, vec)				\
	for (struct { typeof(&*(vec)->elems) elems; size_t len, i; } __walk = \
		__KOWN_VEC_WALK(vec);					\
	     __walk.len && ((elem) = __walk.elems + __walk.len - 1, true); \
	     __walk.len--)

#define __KOWN_VEC_WALK(vec)						\
	({								\
		typeof(vec) __vec = (vec);				\
									\
		(typeof(__walk)){					\
			sizeof(*__vec->elems) ? __vec->elems : KOWN_DANGLING, \
			__vec->len, 0					\
		};							\
	})

/**
 * KOWN_DEFINE_VEC() - a Vec of a type and its functions, in one line
 * @name: the functions' prefix, and of the struct it defines::
 *
 *	struct NAME_vec { T *elems; size_t cap; size_t len; };
 *
 * @value_t: the elements' type, below T
 * @_drop: void (T *), which ends an element, or NULL
 * @_clone: int (T *to, const T *from, gfp_t), or NULL
 *
 * A struct NAME_vec that is zeroed is empty. All is private to the file; for a type
 * that other files use too, see KOWN_DECLARE_VEC(). @elems, @cap and @len are for
 * reading; @cap is 0 for elements of size 0. Where compiler and kernel can, an index of
 * @elems is checked against @cap (UBSAN_BOUNDS). Nothing needs a cast::
 *
 *	int NAME_vec_with_capacity(vec *, size_t cap, gfp_t);
 *	size_t NAME_vec_cap(const vec *);
 *	int NAME_vec_reserve(vec *, size_t extra, gfp_t);
 *	int NAME_vec_reserve_exact(vec *, size_t extra, gfp_t);
 *	int NAME_vec_shrink_to(vec *, size_t min_cap, gfp_t);
 *	int NAME_vec_shrink_to_fit(vec *, gfp_t);
 *
 *	T *NAME_vec_get(const vec *, size_t index);  or NULL: no such element
 *	T *NAME_vec_first(const vec *);              or NULL
 *	T *NAME_vec_last(const vec *);               or NULL; to peek
 *
 *	int NAME_vec_push(vec *, const T *, gfp_t);  moved in
 *	int NAME_vec_push_within_capacity(vec *, const T *);  or -ENOSPC
 *	int NAME_vec_push_n(vec *, const T *, size_t count, gfp_t);
 *	bool NAME_vec_pop(vec *, T *to);             false: there is none
 *	int NAME_vec_pop_if(vec *, int (*pred)(T *, void *), void *context, T *to);
 *	                                             1, 0, or what pred returned
 *	int NAME_vec_insert(vec *, size_t index, const T *, gfp_t);
 *	int NAME_vec_insert_n(vec *, size_t index, const T *, size_t count, gfp_t);
 *	int NAME_vec_remove(vec *, size_t index, T *to);
 *	int NAME_vec_remove_n(vec *, size_t index, size_t count, T *to);
 *	int NAME_vec_swap_remove(vec *, size_t index, T *to);
 *	void NAME_vec_truncate(vec *, size_t len);
 *	void NAME_vec_clear(vec *);
 *	int NAME_vec_resize(vec *, size_t len, const T *, gfp_t);
 *	int NAME_vec_resize_with(vec *, size_t len, int (*make)(T *to, void *),
 *	                         void *context, gfp_t);
 *	int NAME_vec_extend_from_slice(vec *, const T *, size_t count, gfp_t);
 *	int NAME_vec_extend_from_within(vec *, size_t start, size_t count, gfp_t);
 *	int NAME_vec_extend(vec *, struct kown_iter *, gfp_t);
 *	int NAME_vec_append(vec *, vec *other, gfp_t);
 *	int NAME_vec_split_off(vec *, size_t index, vec *tail, gfp_t);
 *	int NAME_vec_retain(vec *, int (*keep)(T *, void *), void *context);
 *	int NAME_vec_dedup_by(vec *, int (*same)(T *, T *before, void *), void *context);
 *	int NAME_vec_dedup_by_key(vec *, int (*key)(const T *, void *, u64 *key),
 *	                          void *context);
 *	void NAME_vec_dedup(vec *);                  by their bytes
 *	int NAME_vec_clone(const vec *, vec *to, gfp_t);
 *	int NAME_vec_clone_from(vec *, const vec *from, gfp_t);
 *
 *	T *NAME_vec_spare_capacity(const vec *, size_t *count);  write there, then
 *	void NAME_vec_set_len(vec *, size_t len);    count them in; or out, undropped
 *	vec NAME_vec_take(vec *);                    moved out; an empty one stays
 *	T *NAME_vec_into_raw_parts(vec *, size_t *len, size_t *cap);
 *	vec NAME_vec_from_raw_parts(T *, size_t len, size_t cap);  back in
 *	T *NAME_vec_leak(vec *, size_t *len);        owned by nobody, for ever
 *	int NAME_vec_into_boxed_slice(vec *, T **elems, size_t *len, gfp_t);
 *	                                             just so large; kvfree() it
 *	void NAME_vec_free(vec *);                   empty and usable afterwards
 *	__free(NAME_vec_free)                        free at the end of the scope
 *
 * Each does as the function kown_vec_*() of that name; those with a callback are
 * inlined, and so can the callback be. An int is 0 or an errno.
 */
#define KOWN_DEFINE_VEC(name, value_t, _drop, _clone)			\
	KOWN_TYPE_CALLBACKS(name##_vec, value_t, _drop, _clone)		\
	static const struct kown_type name##_vec_elem =			\
		KOWN_TYPE_INIT(name##_vec, #name, value_t, _drop, _clone); \
	__KOWN_VEC(name, typeof(value_t))

/**
 * KOWN_DECLARE_VEC() - KOWN_DEFINE_VEC(), for a header
 * @name: the functions' prefix
 * @value_t: the elements' type
 */
#define KOWN_DECLARE_VEC(name, value_t)					\
	extern const struct kown_type name##_vec_elem;			\
	__KOWN_VEC(name, typeof(value_t))

/**
 * KOWN_DEFINE_VEC_TYPE() - what KOWN_DECLARE_VEC() declares, for one file
 * @name: the functions' prefix
 * @value_t: the elements' type
 * @_drop: as for KOWN_DEFINE_VEC()
 * @_clone: as for KOWN_DEFINE_VEC()
 */
#define KOWN_DEFINE_VEC_TYPE(name, value_t, _drop, _clone)		\
	KOWN_TYPE_CALLBACKS(name##_vec, value_t, _drop, _clone)		\
	const struct kown_type name##_vec_elem =			\
		KOWN_TYPE_INIT(name##_vec, #name, value_t, _drop, _clone)

#define __KOWN_VEC(name, value_t)					\
struct name##_vec {							\
	union {								\
		struct kown_vec untyped;				\
		struct {						\
			value_t *elems __counted_by_ptr(cap);		\
			size_t cap;					\
			size_t len;					\
		};							\
	};								\
};									\
static_assert(offsetof(struct name##_vec, elems) ==			\
	      offsetof(struct name##_vec, untyped.raw.ptr));		\
static_assert(offsetof(struct name##_vec, cap) ==			\
	      offsetof(struct name##_vec, untyped.raw.cap));		\
static_assert(offsetof(struct name##_vec, len) ==			\
	      offsetof(struct name##_vec, untyped.len));		\
static __always_inline __maybe_unused size_t				\
name##_vec_cap(const struct name##_vec *vec)				\
{									\
	return sizeof(value_t) ? vec->cap : SIZE_MAX;			\
}									\
static __always_inline __maybe_unused value_t *				\
__##name##_vec_at(const struct name##_vec *vec, size_t index)		\
{									\
	return sizeof(value_t) ? vec->elems + index : KOWN_DANGLING;	\
}									\
static __always_inline __maybe_unused value_t *				\
name##_vec_get(const struct name##_vec *vec, size_t index)		\
{									\
	return index < vec->len ? __kown_some(__##name##_vec_at(vec, index)) : NULL; \
}									\
static __always_inline __maybe_unused value_t *				\
name##_vec_first(const struct name##_vec *vec)				\
{									\
	return name##_vec_get(vec, 0);					\
}									\
static __always_inline __maybe_unused value_t *				\
name##_vec_last(const struct name##_vec *vec)				\
{									\
	return name##_vec_get(vec, vec->len - 1);			\
}									\
static inline __maybe_unused int __must_check				\
name##_vec_reserve(struct name##_vec *vec, size_t extra, gfp_t gfp)	\
{									\
	return kown_vec_reserve(&vec->untyped, &name##_vec_elem, extra, gfp); \
}									\
static inline __maybe_unused int __must_check				\
name##_vec_reserve_exact(struct name##_vec *vec, size_t extra, gfp_t gfp) \
{									\
	return kown_vec_reserve_exact(&vec->untyped, &name##_vec_elem, extra, gfp); \
}									\
static inline __maybe_unused int __must_check				\
name##_vec_with_capacity(struct name##_vec *vec, size_t cap, gfp_t gfp)	\
{									\
	*vec = (struct name##_vec){};					\
	return name##_vec_reserve_exact(vec, cap, gfp);			\
}									\
static inline __maybe_unused int __must_check				\
name##_vec_shrink_to(struct name##_vec *vec, size_t min_cap, gfp_t gfp)	\
{									\
	return kown_vec_shrink_to(&vec->untyped, &name##_vec_elem, min_cap, gfp); \
}									\
static inline __maybe_unused int __must_check				\
name##_vec_shrink_to_fit(struct name##_vec *vec, gfp_t gfp)		\
{									\
	return name##_vec_shrink_to(vec, 0, gfp);			\
}									\
static __always_inline __maybe_unused int __must_check			\
name##_vec_push_within_capacity(struct name##_vec *vec, typeof(value_t) const *value) \
{									\
	size_t len = vec->len;						\
									\
	if (unlikely(len == name##_vec_cap(vec)))			\
		return -ENOSPC;						\
	*__##name##_vec_at(vec, len) = *value;				\
	vec->len = len + 1;						\
	return 0;							\
}									\
static __always_inline __maybe_unused int __must_check			\
name##_vec_push(struct name##_vec *vec, typeof(value_t) const *value, gfp_t gfp) \
{									\
	size_t len = vec->len;						\
									\
	if (unlikely(len == name##_vec_cap(vec))) {			\
		int err = name##_vec_reserve(vec, 1, gfp);		\
									\
		if (err)						\
			return err;					\
	}								\
	/* Last: for all the compiler knows an element may be where len is. */ \
	*__##name##_vec_at(vec, len) = *value;				\
	vec->len = len + 1;						\
	return 0;							\
}									\
static inline __maybe_unused int __must_check				\
name##_vec_push_n(struct name##_vec *vec, typeof(value_t) const *src, size_t count, gfp_t gfp) \
{									\
	return __kown_vec_push_n(&vec->untyped, &name##_vec_elem, sizeof(value_t), src, count, \
				 gfp);					\
}									\
static __always_inline __maybe_unused bool __must_check			\
name##_vec_pop(struct name##_vec *vec, value_t *to)			\
{									\
	if (!vec->len)							\
		return false;						\
	*to = *__##name##_vec_at(vec, --vec->len);			\
	return true;							\
}									\
static inline __maybe_unused int __must_check				\
name##_vec_pop_if(struct name##_vec *vec, int (*pred)(value_t *value, void *context), \
		  void *context, value_t *to)				\
{									\
	int answer = vec->len ? pred(name##_vec_last(vec), context) : 0; \
									\
	return answer > 0 ? name##_vec_pop(vec, to) : answer;		\
}									\
static inline __maybe_unused int __must_check				\
name##_vec_insert(struct name##_vec *vec, size_t index, typeof(value_t) const *value, gfp_t gfp) \
{									\
	return __kown_vec_insert(&vec->untyped, &name##_vec_elem, sizeof(value_t), index, \
				 value, gfp);				\
}									\
static inline __maybe_unused int __must_check				\
name##_vec_insert_n(struct name##_vec *vec, size_t index, typeof(value_t) const *src, \
		    size_t count, gfp_t gfp)				\
{									\
	return kown_vec_insert_n(&vec->untyped, &name##_vec_elem, index, src, count, gfp); \
}									\
static inline __maybe_unused int __must_check				\
name##_vec_remove(struct name##_vec *vec, size_t index, value_t *to)	\
{									\
	return __kown_vec_remove(&vec->untyped, &name##_vec_elem, sizeof(value_t), index, to); \
}									\
static inline __maybe_unused int __must_check				\
name##_vec_remove_n(struct name##_vec *vec, size_t index, size_t count, value_t *to) \
{									\
	return kown_vec_remove_n(&vec->untyped, &name##_vec_elem, index, count, to); \
}									\
static inline __maybe_unused int __must_check				\
name##_vec_swap_remove(struct name##_vec *vec, size_t index, value_t *to) \
{									\
	return kown_vec_swap_remove(&vec->untyped, &name##_vec_elem, index, to); \
}									\
static inline __maybe_unused void					\
name##_vec_truncate(struct name##_vec *vec, size_t len)			\
{									\
	kown_vec_truncate(&vec->untyped, &name##_vec_elem, len);	\
}									\
static inline __maybe_unused void name##_vec_clear(struct name##_vec *vec) \
{									\
	name##_vec_truncate(vec, 0);					\
}									\
static inline __maybe_unused int __must_check				\
name##_vec_resize(struct name##_vec *vec, size_t len, typeof(value_t) const *value, gfp_t gfp) \
{									\
	return kown_vec_resize(&vec->untyped, &name##_vec_elem, len, value, gfp); \
}									\
static inline __maybe_unused int __must_check				\
name##_vec_extend_from_slice(struct name##_vec *vec, typeof(value_t) const *src, size_t count, \
			     gfp_t gfp)					\
{									\
	if (kown_type_is_plain(&name##_vec_elem))			\
		return name##_vec_push_n(vec, src, count, gfp);		\
	return kown_vec_extend_from_slice(&vec->untyped, &name##_vec_elem, src, count, gfp); \
}									\
static inline __maybe_unused int __must_check				\
name##_vec_extend_from_within(struct name##_vec *vec, size_t start, size_t count, \
			      gfp_t gfp)				\
{									\
	return kown_vec_extend_from_within(&vec->untyped, &name##_vec_elem, start, count, \
					   gfp);			\
}									\
static inline __maybe_unused int __must_check				\
name##_vec_extend(struct name##_vec *vec, struct kown_iter *iter, gfp_t gfp) \
{									\
	return kown_vec_extend(&vec->untyped, &name##_vec_elem, iter, gfp); \
}									\
static inline __maybe_unused int __must_check				\
name##_vec_append(struct name##_vec *vec, struct name##_vec *other, gfp_t gfp) \
{									\
	return kown_vec_append(&vec->untyped, &name##_vec_elem, &other->untyped, gfp); \
}									\
static inline __maybe_unused int __must_check				\
name##_vec_split_off(struct name##_vec *vec, size_t index, struct name##_vec *tail, \
		     gfp_t gfp)						\
{									\
	return kown_vec_split_off(&vec->untyped, &name##_vec_elem, index, \
				  &tail->untyped, gfp);			\
}									\
static inline __maybe_unused int __must_check				\
name##_vec_clone(const struct name##_vec *vec, struct name##_vec *to, gfp_t gfp) \
{									\
	return kown_vec_clone(&vec->untyped, &name##_vec_elem, &to->untyped, gfp); \
}									\
static inline __maybe_unused int __must_check				\
name##_vec_clone_from(struct name##_vec *vec, const struct name##_vec *from, gfp_t gfp) \
{									\
	return kown_vec_clone_from(&vec->untyped, &name##_vec_elem, &from->untyped, gfp); \
}									\
struct __##name##_vec_ask {						\
	int (*one)(value_t *value, void *context);			\
	int (*two)(value_t *value, value_t *before, void *context);	\
	int (*key)(typeof(value_t) const *value, void *context, u64 *key);	\
	void *context;							\
};									\
static __always_inline __maybe_unused int				\
__##name##_vec_ask_one(void *value, void *context)			\
{									\
	struct __##name##_vec_ask *ask = context;			\
									\
	return ask->one(value, ask->context);				\
}									\
static __always_inline __maybe_unused int				\
__##name##_vec_ask_two(void *value, void *before, void *context)	\
{									\
	struct __##name##_vec_ask *ask = context;			\
									\
	return ask->two(value, before, ask->context);			\
}									\
static __always_inline __maybe_unused int				\
__##name##_vec_ask_key(void *value, void *before, void *context)	\
{									\
	struct __##name##_vec_ask *ask = context;			\
	u64 a, b;							\
	int err = ask->key(before, ask->context, &a);			\
									\
	if (!err)							\
		err = ask->key(value, ask->context, &b);		\
	return err ? err : a == b;					\
}									\
static __always_inline __maybe_unused int __must_check			\
name##_vec_resize_with(struct name##_vec *vec, size_t len,		\
		       int (*make)(value_t *to, void *context), void *context, gfp_t gfp) \
{									\
	struct __##name##_vec_ask ask = { .one = make, .context = context }; \
									\
	return kown_vec_resize_with(&vec->untyped, &name##_vec_elem, len, \
				    __##name##_vec_ask_one, &ask, gfp);	\
}									\
static __always_inline __maybe_unused int __must_check			\
name##_vec_retain(struct name##_vec *vec, int (*keep)(value_t *value, void *context), \
		  void *context)					\
{									\
	struct __##name##_vec_ask ask = { .one = keep, .context = context }; \
									\
	return __kown_vec_retain(&vec->untyped, &name##_vec_elem, sizeof(value_t), \
				 __##name##_vec_ask_one, &ask);		\
}									\
static __always_inline __maybe_unused int __must_check			\
name##_vec_dedup_by(struct name##_vec *vec,				\
		    int (*same)(value_t *value, value_t *before, void *context), \
		    void *context)					\
{									\
	struct __##name##_vec_ask ask = { .two = same, .context = context }; \
									\
	return __kown_vec_dedup_by(&vec->untyped, &name##_vec_elem, sizeof(value_t), \
				   __##name##_vec_ask_two, &ask);	\
}									\
static __always_inline __maybe_unused int __must_check			\
name##_vec_dedup_by_key(struct name##_vec *vec,				\
			int (*key)(typeof(value_t) const *value, void *context, u64 *key), \
			void *context)					\
{									\
	struct __##name##_vec_ask ask = { .key = key, .context = context }; \
									\
	return __kown_vec_dedup_by(&vec->untyped, &name##_vec_elem, sizeof(value_t), \
				   __##name##_vec_ask_key, &ask);	\
}									\
static inline __maybe_unused void name##_vec_dedup(struct name##_vec *vec) \
{									\
	kown_vec_dedup(&vec->untyped, &name##_vec_elem);		\
}									\
static __always_inline __maybe_unused value_t *				\
name##_vec_spare_capacity(const struct name##_vec *vec, size_t *count)	\
{									\
	*count = name##_vec_cap(vec) - vec->len;			\
	return __##name##_vec_at(vec, vec->len);			\
}									\
static __always_inline __maybe_unused void				\
name##_vec_set_len(struct name##_vec *vec, size_t len)			\
{									\
	vec->len = len;							\
}									\
static inline __maybe_unused struct name##_vec name##_vec_take(struct name##_vec *vec) \
{									\
	struct name##_vec taken = *vec;					\
									\
	*vec = (struct name##_vec){};					\
	return taken;							\
}									\
static inline __maybe_unused value_t *					\
name##_vec_into_raw_parts(struct name##_vec *vec, size_t *len, size_t *cap) \
{									\
	struct name##_vec taken = name##_vec_take(vec);			\
									\
	*len = taken.len;						\
	*cap = taken.cap;						\
	return taken.elems;						\
}									\
static inline __maybe_unused struct name##_vec				\
name##_vec_from_raw_parts(value_t *elems, size_t len, size_t cap)	\
{									\
	return (struct name##_vec){ .elems = elems, .cap = cap, .len = len }; \
}									\
static inline __maybe_unused value_t *					\
name##_vec_leak(struct name##_vec *vec, size_t *len)			\
{									\
	size_t cap;							\
									\
	return name##_vec_into_raw_parts(vec, len, &cap);		\
}									\
static inline __maybe_unused int __must_check				\
name##_vec_into_boxed_slice(struct name##_vec *vec, value_t **elems, size_t *len, gfp_t gfp) \
{									\
	int err = name##_vec_shrink_to_fit(vec, gfp);			\
									\
	if (err)							\
		return err;						\
	*elems = name##_vec_leak(vec, len);				\
	return 0;							\
}									\
static inline __maybe_unused void name##_vec_free(struct name##_vec *vec) \
{									\
	kown_vec_free(&vec->untyped, &name##_vec_elem);			\
}									\
DEFINE_FREE(name##_vec_free, struct name##_vec, name##_vec_free(&_T))

#endif /* _KOWN_VEC_H */
