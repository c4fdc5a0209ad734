// SPDX-License-Identifier: GPL-2.0
/*
 * String: bytes and their NUL.
 */
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include <linux/string_helpers.h>

#include <kown/compat.h>
#include <kown/string.h>

static const struct kown_type byte = { .name = "byte", .size = 1, .align = 1 };

/* So many more bytes were written. There is memory, and room for the NUL. */
static void commit(struct kown_string *string, size_t count)
{
	string->len += count;
	string->chars[string->len] = '\0';
}

/**
 * kown_string_reserve() - make room for more bytes, and for growth (String::reserve)
 * @string: the string
 * @extra: bytes to make room for beyond len, without the NUL
 * @gfp: how to allocate
 *
 * Context: As @gfp says.
 * Return: 0, and there is memory, even if @extra is 0; or -EOVERFLOW or -ENOMEM, and
 * @string is as it was.
 */
int kown_string_reserve(struct kown_string *string, size_t extra, gfp_t gfp)
{
	int err;

	if (extra == SIZE_MAX)
		return -EOVERFLOW;
	err = kown_vec_reserve(&string->bytes, &byte, extra + 1, gfp);
	if (!err)
		commit(string, 0);
	return err;
}
EXPORT_SYMBOL_KOWN(kown_string_reserve);

/* A new string, with room for just so many bytes. */
static int with_capacity(struct kown_string *string, size_t cap, gfp_t gfp)
{
	int err;

	*string = (struct kown_string){};
	if (cap == SIZE_MAX)
		return -EOVERFLOW;
	if (!cap)
		return 0;
	err = kown_vec_reserve_exact(&string->bytes, &byte, cap + 1, gfp);
	if (!err)
		commit(string, 0);
	return err;
}

/**
 * kown_string_shrink_to() - give memory back (String::shrink_to)
 * @string: the string
 * @min_cap: bytes there shall be room for at least, without the NUL; those there are
 *	have room. If both are 0 there is no memory afterwards
 * @gfp: how to allocate, for what is kept moves
 *
 * Context: As @gfp says; as kown_string_free() if nothing is kept.
 * Return: 0; or -ENOMEM, and @string is as it was.
 */
int kown_string_shrink_to(struct kown_string *string, size_t min_cap, gfp_t gfp)
{
	size_t cap = max(string->len, min_cap);

	/* The NUL moves along with what is in front of it. */
	return kown_raw_vec_shrink(&string->bytes.raw, &byte, cap ? size_add(cap, 1) : 0,
				   gfp);
}
EXPORT_SYMBOL_KOWN(kown_string_shrink_to);

/**
 * kown_string_append_bytes() - copy bytes to the end
 * @string: the string
 * @bytes: any bytes, not of @string
 * @len: how many
 * @gfp: how to allocate
 *
 * Context: As @gfp says.
 * Return: 0; or -EOVERFLOW or -ENOMEM, and @string is as it was.
 */
int kown_string_append_bytes(struct kown_string *string, const void *bytes, size_t len,
			     gfp_t gfp)
{
	int err;

	if (!len)
		return 0;
	err = kown_string_reserve(string, len, gfp);
	if (err)
		return err;
	memcpy(string->chars + string->len, bytes, len);
	commit(string, len);
	return 0;
}
EXPORT_SYMBOL_KOWN(kown_string_append_bytes);

/**
 * kown_string_append_str() - copy a C string to the end (String::push_str)
 * @string: the string
 * @str: up to its NUL; not of @string
 * @gfp: how to allocate
 *
 * Context: As @gfp says.
 * Return: 0; or -EOVERFLOW or -ENOMEM, and @string is as it was.
 */
int kown_string_append_str(struct kown_string *string, const char *str, gfp_t gfp)
{
	return kown_string_append_bytes(string, str, strlen(str), gfp);
}
EXPORT_SYMBOL_KOWN(kown_string_append_str);

/**
 * kown_string_append_strn() - copy to the end what may have no NUL
 * @string: the string
 * @str: up to its NUL, if there is one; not of @string
 * @max: bytes that may be read
 * @gfp: how to allocate
 *
 * Context: As @gfp says.
 * Return: 0; or -EOVERFLOW or -ENOMEM, and @string is as it was.
 */
int kown_string_append_strn(struct kown_string *string, const char *str, size_t max,
			    gfp_t gfp)
{
	return kown_string_append_bytes(string, str, strnlen(str, max), gfp);
}
EXPORT_SYMBOL_KOWN(kown_string_append_strn);

/**
 * kown_string_push() - add a byte (String::push)
 * @string: the string
 * @c: any byte, NUL included
 * @gfp: how to allocate
 *
 * Context: As @gfp says.
 * Return: 0; or -EOVERFLOW or -ENOMEM, and @string is as it was.
 */
int kown_string_push(struct kown_string *string, char c, gfp_t gfp)
{
	return kown_string_append_bytes(string, &c, 1, gfp);
}
EXPORT_SYMBOL_KOWN(kown_string_push);

/**
 * kown_string_vprintf() - print to the end (write!)
 * @string: the string
 * @gfp: how to allocate
 * @format: as for printk()
 * @args: its arguments, none of them of @string; they are as after vprintk()
 *
 * It prints into the memory there is, and once more if that was too little.
 *
 * Context: As @gfp says.
 * Return: 0; or -EOVERFLOW or -ENOMEM, and @string is as it was.
 */
int kown_string_vprintf(struct kown_string *string, gfp_t gfp, const char *format,
			va_list args)
{
	for (;;) {
		size_t room = string->size - string->len;
		va_list again;
		int count, err;

		va_copy(again, args);
		count = vsnprintf(room ? string->chars + string->len : NULL, room, format,
				  again);
		va_end(again);
		if (!count)
			return 0;
		if (count < room) {
			commit(string, count);
			return 0;
		}
		/* What did not fit is gone, and the NUL with it. */
		if (room)
			commit(string, 0);
		err = kown_string_reserve(string, count, gfp);
		if (err)
			return err;
	}
}
EXPORT_SYMBOL_KOWN(kown_string_vprintf);

/**
 * kown_string_printf() - print to the end (write!)
 * @string: the string
 * @gfp: how to allocate
 * @format: as for printk(); its arguments follow, none of them of @string
 *
 * Context: As @gfp says.
 * Return: 0; or -EOVERFLOW or -ENOMEM, and @string is as it was.
 */
int kown_string_printf(struct kown_string *string, gfp_t gfp, const char *format, ...)
{
	va_list args;
	int err;

	va_start(args, format);
	err = kown_string_vprintf(string, gfp, format, args);
	va_end(args);
	return err;
}
EXPORT_SYMBOL_KOWN(kown_string_printf);

#define ESCAPES	(ESCAPE_SPACE | ESCAPE_SPECIAL | ESCAPE_HEX | ESCAPE_NAP | ESCAPE_APPEND)

/**
 * kown_string_describe() - add a printable form of any bytes, for logs
 * @string: the string
 * @bytes: any bytes, not of @string
 * @len: how many there are
 * @max: how many to show; if there are more, "..." follows
 * @gfp: how to allocate
 *
 * Printable ASCII stays as it is, but \\ and " become \\\\ and \\"; white space and the
 * like become \\n, \\t and so on; all else \\xhh. So what it adds is one line, at most
 * 4 * @max + 3 bytes, and can stand between quotes.
 *
 * Context: As @gfp says.
 * Return: 0; or -EOVERFLOW or -ENOMEM, and @string is as it was.
 */
int kown_string_describe(struct kown_string *string, const void *bytes, size_t len,
			 size_t max, gfp_t gfp)
{
	const char *rest = len > max ? "..." : "";
	size_t shown = min(len, max), most, count;
	int err;

	/* string_escape_mem() counts in an int. */
	if (check_mul_overflow(shown, (size_t)4, &most))
		return -EOVERFLOW;
	if (most > INT_MAX)
		return -ENOMEM;
	count = string_escape_mem(bytes, shown, NULL, 0, ESCAPES, "\"\\");
	if (!count && !*rest)
		return 0;
	err = kown_string_reserve(string, count + strlen(rest), gfp);
	if (err)
		return err;
	string_escape_mem(bytes, shown, string->chars + string->len, count, ESCAPES,
			  "\"\\");
	memcpy(string->chars + string->len + count, rest, strlen(rest));
	commit(string, count + strlen(rest));
	return 0;
}
EXPORT_SYMBOL_KOWN(kown_string_describe);

/**
 * kown_string_from_bytes() - a string of bytes (String::from)
 * @string: uninitialised; a string of just that size
 * @bytes: any bytes
 * @len: how many
 * @gfp: how to allocate
 *
 * Context: As @gfp says.
 * Return: 0, and the caller owns @string; or -EOVERFLOW or -ENOMEM, and it is empty.
 */
int kown_string_from_bytes(struct kown_string *string, const void *bytes, size_t len,
			   gfp_t gfp)
{
	int err = with_capacity(string, len, gfp);

	return err ? err : kown_string_append_bytes(string, bytes, len, gfp);
}
EXPORT_SYMBOL_KOWN(kown_string_from_bytes);

/**
 * kown_string_from_str() - a string like a C string (String::from)
 * @string: uninitialised; a string of just that size
 * @str: up to its NUL
 * @gfp: how to allocate
 *
 * Context: As @gfp says.
 * Return: 0, and the caller owns @string; or -ENOMEM, and it is empty.
 */
int kown_string_from_str(struct kown_string *string, const char *str, gfp_t gfp)
{
	return kown_string_from_bytes(string, str, strlen(str), gfp);
}
EXPORT_SYMBOL_KOWN(kown_string_from_str);

/**
 * kown_string_from_strn() - a string of what may have no NUL
 * @string: uninitialised; a string of just that size
 * @str: up to its NUL, if there is one
 * @max: bytes that may be read
 * @gfp: how to allocate
 *
 * Context: As @gfp says.
 * Return: 0, and the caller owns @string; or -ENOMEM, and it is empty.
 */
int kown_string_from_strn(struct kown_string *string, const char *str, size_t max,
			  gfp_t gfp)
{
	return kown_string_from_bytes(string, str, strnlen(str, max), gfp);
}
EXPORT_SYMBOL_KOWN(kown_string_from_strn);

/**
 * kown_string_concat() - a string of two (slice::concat)
 * @string: uninitialised; a string of just that size, neither @a nor @b
 * @a: the one
 * @b: the other; may be @a
 * @gfp: how to allocate
 *
 * Context: As @gfp says.
 * Return: 0, and the caller owns @string; or -EOVERFLOW or -ENOMEM, and it is empty.
 */
int kown_string_concat(struct kown_string *string, const struct kown_string *a,
		       const struct kown_string *b, gfp_t gfp)
{
	int err = with_capacity(string, size_add(a->len, b->len), gfp);

	if (!err)
		err = kown_string_append_bytes(string, a->chars, a->len, gfp);
	return err ? err : kown_string_append_bytes(string, b->chars, b->len, gfp);
}
EXPORT_SYMBOL_KOWN(kown_string_concat);

/**
 * kown_string_from_raw() - own a C string (CString::from_raw)
 * @raw: of kmalloc(), kvmalloc(), kstrdup() or kown_string_into_raw(), and the caller's
 *	no more; or NULL
 *
 * Context: Any.
 * Return: the string, which the caller owns; empty if @raw is NULL.
 */
struct kown_string kown_string_from_raw(char *raw)
{
	size_t len = raw ? strlen(raw) : 0;

	return (struct kown_string){ .chars = raw, .size = raw ? len + 1 : 0, .len = len };
}
EXPORT_SYMBOL_KOWN(kown_string_from_raw);

/**
 * kown_string_into_raw() - move the bytes and their NUL out (CString::into_raw)
 * @string: the string; empty afterwards
 * @gfp: how to allocate, if there is no memory yet
 *
 * Context: As @gfp says.
 * Return: the C string, which the caller owns, for kvfree(); NULL if @string was empty
 * and there is no memory for its NUL.
 */
char *kown_string_into_raw(struct kown_string *string, gfp_t gfp)
{
	if (!string->size && kown_string_reserve(string, 0, gfp))
		return NULL;
	return kown_string_take(string).chars;
}
EXPORT_SYMBOL_KOWN(kown_string_into_raw);

/**
 * kown_string_pop() - take the last byte away (String::pop)
 * @string: the string
 * @to: out: the byte
 *
 * Context: Any.
 * Return: true; or false if there is none.
 */
bool kown_string_pop(struct kown_string *string, char *to)
{
	if (!string->len)
		return false;
	*to = string->chars[string->len - 1];
	kown_string_truncate(string, string->len - 1);
	return true;
}
EXPORT_SYMBOL_KOWN(kown_string_pop);

/**
 * kown_string_truncate() - cut bytes off (String::truncate)
 * @string: the string
 * @len: bytes to keep; nothing happens if there are no more
 *
 * Context: Any.
 */
void kown_string_truncate(struct kown_string *string, size_t len)
{
	if (len >= string->len)
		return;
	string->len = len;
	commit(string, 0);
}
EXPORT_SYMBOL_KOWN(kown_string_truncate);

/**
 * kown_string_free() - give the memory back
 * @string: the string; empty and usable afterwards
 *
 * Context: Any but NMI; may sleep outside interrupts if it is too large for kmalloc().
 */
void kown_string_free(struct kown_string *string)
{
	kown_vec_free(&string->bytes, &byte);
}
EXPORT_SYMBOL_KOWN(kown_string_free);

/**
 * kown_string_eq() - are the bytes the same?
 * @a: the one
 * @b: the other
 *
 * Context: Any.
 * Return: true if they are.
 */
bool kown_string_eq(const struct kown_string *a, const struct kown_string *b)
{
	return kown_slice_eq(kown_string_as_slice(a), kown_string_as_slice(b), &byte);
}
EXPORT_SYMBOL_KOWN(kown_string_eq);

/**
 * kown_string_eq_str() - are the bytes those of a C string?
 * @string: the string
 * @str: up to its NUL
 *
 * Context: Any.
 * Return: true if they are; false if @string has a NUL among its bytes.
 */
bool kown_string_eq_str(const struct kown_string *string, const char *str)
{
	size_t len = strlen(str);

	return len == string->len && !memcmp(kown_string_c_str(string), str, len);
}
EXPORT_SYMBOL_KOWN(kown_string_eq_str);

/**
 * kown_string_cmp() - which comes first, byte for byte? (Ord for String)
 * @a: the one
 * @b: the other
 *
 * Context: Any.
 * Return: negative, 0 or positive; if no byte differs, the shorter one comes first.
 */
int kown_string_cmp(const struct kown_string *a, const struct kown_string *b)
{
	return kown_slice_cmp_bytes(kown_string_as_slice(a), kown_string_as_slice(b),
				    &byte);
}
EXPORT_SYMBOL_KOWN(kown_string_cmp);
