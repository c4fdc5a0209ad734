/* SPDX-License-Identifier: GPL-2.0 */
/*
 * String: bytes that grow, and a NUL behind them, after Rust's String.
 */
#ifndef _KOWN_STRING_H
#define _KOWN_STRING_H

#include <linux/build_bug.h>
#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/stdarg.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include <kown/slice.h>
#include <kown/vec.h>

/**
 * DOC: String
 *
 * A string is a vec of bytes and, behind them, a NUL that is not one of them: whoever
 * has a string has a C string, at no cost. The bytes may be any, NUL included; what
 * takes a C string reads to its NUL, and what takes a length reads no byte beyond it.
 *
 * Zeroed memory is a valid, empty string that owns no memory; kown_string_c_str() of it
 * is "". It grows by the rule of a vec of bytes, for len + 1 of them: to twice the
 * memory there is or what is needed, whichever is more, and at least to 8. So the
 * capacity, which does not count the NUL, is 0, 7, 15, 31 and so on. What makes a new
 * string allocates just what it needs.
 *
 * Each function that fails leaves the string as it was, to its last byte. The bytes
 * that it is given are not of the same string, for that may move.
 */

/**
 * struct kown_string - a byte string that grows
 * @bytes: its memory: bytes.len bytes, and a NUL if there is any memory
 * @chars: the same; NULL if there is no memory
 * @size: bytes of memory, the NUL's included
 * @len: bytes there are, the NUL not included
 *
 * The owner protects all of it. @chars, @size and @len are for reading.
 */
struct kown_string {
	union {
		struct kown_vec bytes;
		struct {
			char *chars;
			size_t size;
			size_t len;
		};
	};
};

static_assert(offsetof(struct kown_string, chars) ==
	      offsetof(struct kown_string, bytes.raw.ptr));
static_assert(offsetof(struct kown_string, size) ==
	      offsetof(struct kown_string, bytes.raw.cap));
static_assert(offsetof(struct kown_string, len) ==
	      offsetof(struct kown_string, bytes.len));

/**
 * kown_string_c_str() - the bytes, for who wants a C string (CString::as_ptr)
 * @string: the string
 *
 * Return: the bytes and a NUL, good until @string changes.
 */
static inline const char *kown_string_c_str(const struct kown_string *string)
{
	return string->chars ? string->chars : "";
}

/**
 * kown_string_len() - how many bytes there are
 * @string: the string
 *
 * Return: the count, without the NUL; strlen() if no byte is NUL.
 */
static inline size_t kown_string_len(const struct kown_string *string)
{
	return string->len;
}

/**
 * kown_string_cap() - how many bytes there is room for
 * @string: the string
 *
 * Return: the count, without the NUL.
 */
static inline size_t kown_string_cap(const struct kown_string *string)
{
	return string->size ? string->size - 1 : 0;
}

/**
 * kown_string_as_slice() - the bytes (String::as_bytes)
 * @string: the string
 *
 * Return: a slice of elements of one byte, without the NUL, good until @string changes.
 */
static inline struct kown_slice kown_string_as_slice(const struct kown_string *string)
{
	return (struct kown_slice){ string->chars, string->len };
}

int __must_check kown_string_from_bytes(struct kown_string *string, const void *bytes,
					size_t len, gfp_t gfp);
int __must_check kown_string_from_str(struct kown_string *string, const char *str,
				      gfp_t gfp);
int __must_check kown_string_from_strn(struct kown_string *string, const char *str,
				       size_t max, gfp_t gfp);
int __must_check kown_string_concat(struct kown_string *string,
				    const struct kown_string *a,
				    const struct kown_string *b, gfp_t gfp);
struct kown_string kown_string_from_raw(char *raw);
char *__must_check kown_string_into_raw(struct kown_string *string, gfp_t gfp);

int __must_check kown_string_reserve(struct kown_string *string, size_t extra, gfp_t gfp);
int __must_check kown_string_shrink_to(struct kown_string *string, size_t min_cap,
				       gfp_t gfp);

int __must_check kown_string_append_bytes(struct kown_string *string, const void *bytes,
					  size_t len, gfp_t gfp);
int __must_check kown_string_append_str(struct kown_string *string, const char *str,
					gfp_t gfp);
int __must_check kown_string_append_strn(struct kown_string *string, const char *str,
					 size_t max, gfp_t gfp);
int __must_check kown_string_push(struct kown_string *string, char c, gfp_t gfp);
__printf(3, 4)
int __must_check kown_string_printf(struct kown_string *string, gfp_t gfp,
				    const char *format, ...);
__printf(3, 0)
int __must_check kown_string_vprintf(struct kown_string *string, gfp_t gfp,
				     const char *format, va_list args);
int __must_check kown_string_describe(struct kown_string *string, const void *bytes,
				      size_t len, size_t max, gfp_t gfp);

bool __must_check kown_string_pop(struct kown_string *string, char *to);
void kown_string_truncate(struct kown_string *string, size_t len);
void kown_string_free(struct kown_string *string);

bool kown_string_eq(const struct kown_string *a, const struct kown_string *b);
bool kown_string_eq_str(const struct kown_string *string, const char *str);
int kown_string_cmp(const struct kown_string *a, const struct kown_string *b);

/**
 * kown_string_clear() - no bytes; the capacity stays (String::clear)
 * @string: the string
 *
 * Context: Any.
 */
static inline void kown_string_clear(struct kown_string *string)
{
	kown_string_truncate(string, 0);
}

/**
 * kown_string_shrink_to_fit() - give back the memory that is not needed
 * @string: the string; without bytes it has no memory afterwards
 * @gfp: how to allocate, for what is kept moves
 *
 * Context: As @gfp says; as kown_string_free() if there are no bytes.
 * Return: 0; or -ENOMEM, and @string is as it was.
 */
static inline int __must_check kown_string_shrink_to_fit(struct kown_string *string,
							 gfp_t gfp)
{
	return kown_string_shrink_to(string, 0, gfp);
}

/**
 * kown_string_take() - move a string out (mem::take)
 * @string: the string; empty and without memory afterwards
 *
 * Return: what it was, and the caller owns it.
 */
static inline struct kown_string kown_string_take(struct kown_string *string)
{
	struct kown_string taken = *string;

	*string = (struct kown_string){};
	return taken;
}

DEFINE_FREE(kown_string_free, struct kown_string, kown_string_free(&_T))

#endif /* _KOWN_STRING_H */
