/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Type: what a value is, for those who hold values without knowing them.
 */
#ifndef _KOWN_TYPE_H
#define _KOWN_TYPE_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/types.h>

/**
 * struct kown_type - what a value is; immutable
 * @name: for people, in logs and traces
 * @size: bytes; may be 0
 * @align: bytes, a power of two up to a page; 0 is 1
 * @drop: ends a value, in place; NULL if it owns nothing
 * @clone: makes another of a value, in uninitialised memory; returns 0 or an errno,
 *	and then has made nothing. NULL if it cannot be cloned
 */
struct kown_type {
	const char *name;
	size_t size;
	size_t align;
	void (*drop)(void *value);
	int (*clone)(void *to, const void *from, gfp_t gfp);
};

/**
 * kown_type_is_clonable() - can a value be cloned at all?
 * @type: the type
 *
 * Return: true if it has a clone function or is plain bytes.
 */
static inline bool kown_type_is_clonable(const struct kown_type *type)
{
	return type->clone || !type->drop;
}

/**
 * kown_type_clone() - make another of a value (Clone::clone)
 * @type: the type. Without a clone function it is plain bytes, unless dropping a value
 *	does something: then it cannot be cloned
 * @to: uninitialised memory
 * @from: the value
 * @gfp: how to allocate
 *
 * Context: As @gfp says, and as the type's clone.
 * Return: 0; -EOPNOTSUPP; or what the type's clone returned, and there is no new value.
 */
static inline int __must_check kown_type_clone(const struct kown_type *type, void *to,
					       const void *from, gfp_t gfp)
{
	if (type->clone)
		return type->clone(to, from, gfp);
	if (!kown_type_is_clonable(type))
		return -EOPNOTSUPP;
	memcpy(to, from, type->size);
	return 0;
}

/**
 * kown_type_is_plain() - is a value nothing but its bytes?
 * @type: the type
 *
 * Return: true if a copy of the bytes is a clone.
 */
static inline bool kown_type_is_plain(const struct kown_type *type)
{
	return !type->clone && !type->drop;
}

/*
 * Copies the bytes of a value. Where the size is a constant this is an assignment, on
 * architectures too whose memcpy() is always a call.
 */
static __always_inline void __kown_copy(void *to, const void *from, size_t size)
{
	__builtin_memcpy(to, from, size);
}

/**
 * kown_type_drop_n() - end values that lie side by side
 * @type: the type
 * @first: the first of them; they are dropped in order
 * @count: how many
 *
 * Context: As the type's drop.
 */
static inline void kown_type_drop_n(const struct kown_type *type, void *first,
				    size_t count)
{
	if (!type->drop)
		return;
	for (; count; count--, first += type->size)
		type->drop(first);
}

/*
 * A type from typed callbacks: KOWN_TYPE_CALLBACKS(prefix, value_t, drop, clone) defines
 * functions that convert, and KOWN_TYPE_INIT() an initialiser that names those which
 * there are. A callback of another type does not compile.
 */
#define KOWN_TYPE_CALLBACKS(prefix, value_t, _drop, _clone)		\
	static_assert(__alignof__(value_t) <= PAGE_SIZE);		\
	static __maybe_unused void prefix##_drop_value(void *value)	\
	{								\
		void (*__drop)(value_t *value) = (_drop);		\
									\
		if (__drop)						\
			__drop(value);					\
	}								\
	static __maybe_unused int prefix##_clone_value(void *to,	\
						       const void *from, \
						       gfp_t gfp)	\
	{								\
		int (*__clone)(value_t *to, typeof(value_t) const *from, \
			       gfp_t gfp) = (_clone);			\
									\
		return __clone ? __clone(to, from, gfp) : 0;		\
	}

#define __KOWN_IF_GIVEN(callback, function)				\
	__builtin_choose_expr(						\
		__builtin_types_compatible_p(typeof(callback), void *),	\
		NULL, function)

#define KOWN_TYPE_INIT(prefix, _name, value_t, _drop, _clone)		\
	__KOWN_TYPE(_name, value_t,					\
		    __KOWN_IF_GIVEN(_drop, prefix##_drop_value),	\
		    __KOWN_IF_GIVEN(_clone, prefix##_clone_value))

#define __KOWN_TYPE(_name, value_t, _drop, _clone) {			\
	.name = (_name),						\
	.size = sizeof(value_t),					\
	.align = __alignof__(value_t),					\
	.drop = (_drop),						\
	.clone = (_clone),						\
}

#endif /* _KOWN_TYPE_H */
