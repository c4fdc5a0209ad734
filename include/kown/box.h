/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Box: one owned value in memory of its own, after Rust's Box.
 */
#ifndef _KOWN_BOX_H
#define _KOWN_BOX_H

#include <linux/bits.h>
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/types.h>

#include <kown/type.h>

/**
 * DOC: Box
 *
 * A box is the address of a value that it owns. To free a box is to drop the value
 * and to give the memory back; any thread may do it. The memory has the value's size
 * and alignment, up to a page, and nothing else, so a box costs what kmalloc() costs.
 * Where C cannot check: a box that was moved, by NAME_box_into_raw(), a store into
 * another struct or no_free_ptr(), is no longer the giver's.
 */

/* Of a type whose drop frees other boxes: their drops run one after the other. */
#define KOWN_BOX_ITERATIVE	BIT(0)

/**
 * struct kown_box_type - what all boxes of a kind share; immutable
 * @value: the value's type
 * @flags: KOWN_BOX_*
 */
struct kown_box_type {
	struct kown_type value;
	unsigned int flags;
};

void *kown_box_new(const struct kown_box_type *type, const void *value, gfp_t gfp);
void *kown_box_new_uninit(const struct kown_box_type *type, gfp_t gfp);
void *kown_box_clone(const struct kown_box_type *type, const void *box, gfp_t gfp);
void kown_box_into_inner(const struct kown_box_type *type, void *box, void *to);
void kown_box_free(const struct kown_box_type *type, void *box);
void kown_box_free_uninit(const struct kown_box_type *type, void *box);

/**
 * KOWN_DEFINE_BOX() - typed functions for a Box, in one line
 * @name: the functions' prefix
 * @value_t: the value's type, below T
 * @_drop: void (T *), which ends a value, or NULL
 * @_clone: int (T *to, const T *from, gfp_t), or NULL
 * @_flags: KOWN_BOX_*, or 0
 *
 * A box is a T \*, and never needs a cast. The allocating functions return NULL if
 * there is no memory, and the value is still the caller's::
 *
 *	T *NAME_box_new(const T *value, gfp_t);      moved in
 *	T *NAME_box_new_uninit(gfp_t);               write it before all but free_uninit
 *	T *NAME_box_new_zeroed(gfp_t);
 *	T *NAME_box_clone(const T *, gfp_t);         or an error pointer
 *	void NAME_box_into_inner(T *, T *to);        moved out, memory freed
 *	void *NAME_box_into_raw(T *);                the value moves out of any scope
 *	T *NAME_box_from_raw(void *);                and back in
 *	T *NAME_box_leak(T *);                       owned by nobody, for ever
 *	void NAME_box_free(T *);                     or NULL
 *	void NAME_box_free_uninit(T *);              memory only
 *	__free(NAME_box_free)                        free at the end of the scope
 *
 * Each does as the function kown_box_*() of that name.
 */
#define KOWN_DEFINE_BOX(name, value_t, _drop, _clone, _flags)		\
KOWN_TYPE_CALLBACKS(name##_box, value_t, _drop, _clone)			\
static const struct kown_box_type name##_box_type = {			\
	.value = KOWN_TYPE_INIT(name##_box, #name, value_t, _drop, _clone), \
	.flags = (_flags),						\
};									\
static inline __maybe_unused value_t *name##_box_new(typeof(value_t) const *value, gfp_t gfp) \
{									\
	return kown_box_new(&name##_box_type, value, gfp);		\
}									\
static inline __maybe_unused value_t *name##_box_new_uninit(gfp_t gfp)	\
{									\
	return kown_box_new_uninit(&name##_box_type, gfp);		\
}									\
static inline __maybe_unused value_t *name##_box_new_zeroed(gfp_t gfp)	\
{									\
	return kown_box_new_uninit(&name##_box_type, gfp | __GFP_ZERO);	\
}									\
static inline __maybe_unused value_t *name##_box_clone(typeof(value_t) const *box, gfp_t gfp) \
{									\
	return kown_box_clone(&name##_box_type, box, gfp);		\
}									\
static inline __maybe_unused void name##_box_into_inner(value_t *box, value_t *to) \
{									\
	kown_box_into_inner(&name##_box_type, box, to);			\
}									\
static inline __maybe_unused void *name##_box_into_raw(value_t *box)	\
{									\
	return box;							\
}									\
static inline __maybe_unused value_t *name##_box_from_raw(void *raw)	\
{									\
	return raw;							\
}									\
static inline __maybe_unused value_t *name##_box_leak(value_t *box)	\
{									\
	return box;							\
}									\
static inline __maybe_unused void name##_box_free(value_t *box)		\
{									\
	kown_box_free(&name##_box_type, box);				\
}									\
static inline __maybe_unused void name##_box_free_uninit(value_t *box)	\
{									\
	kown_box_free_uninit(&name##_box_type, box);			\
}									\
DEFINE_FREE(name##_box_free, value_t *,					\
	    if (!IS_ERR_OR_NULL(_T)) name##_box_free(_T))

#endif /* _KOWN_BOX_H */
