/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words: small copies between the kernel and user memory, at the cost of a few loads and
 * stores.
 *
 * Most of what a small copy_to_user() costs is finding out how to copy. What is made of
 * whole words, on both sides, needs nobody to find that out.
 */
#ifndef _KOWN_WORDS_H
#define _KOWN_WORDS_H

#include <linux/align.h>
#include <linux/fault-inject-usercopy.h>
#include <linux/sizes.h>
#include <linux/types.h>
#include <linux/uaccess.h>

/* Beyond that, what the processor has for long copies is better. */
#define KOWN_WORDS_MAX	SZ_256

/**
 * kown_is_words() - is a copy one of a few words?
 * @a: where from
 * @b: where to
 * @bytes: how much
 *
 * Return: true if it is; nothing is not.
 */
static __always_inline bool kown_is_words(const void *a, const void *b, size_t bytes)
{
	return bytes - 1 < KOWN_WORDS_MAX &&
	       IS_ALIGNED((uintptr_t)a | (uintptr_t)b | bytes, sizeof(u64));
}

#define __kown_word_in(to, from, at, label)				\
	unsafe_get_user(*(u64 *)((to) + (at)), (const u64 __user *)((from) + (at)), label)
#define __kown_word_out(to, from, at, label)				\
	unsafe_put_user(*(const u64 *)((from) + (at)), (u64 __user *)((to) + (at)), label)

/*
 * From the end; what is odd, then four at a time. unsafe_copy_to_user() takes one at a time,
 * and looks for what is no word: 30 instructions more for 64 bytes. Not every architecture
 * has its like for the other way.
 */
#define __kown_words(word, to, from, bytes, label)			\
	do {								\
		size_t __at = (bytes);					\
									\
		if (__at & sizeof(u64)) {				\
			__at -= sizeof(u64);				\
			word(to, from, __at, label);			\
		}							\
		if (__at & (2 * sizeof(u64))) {				\
			__at -= 2 * sizeof(u64);			\
			word(to, from, __at + sizeof(u64), label);	\
			word(to, from, __at, label);			\
		}							\
		while (__at) {						\
			__at -= 4 * sizeof(u64);			\
			word(to, from, __at + 3 * sizeof(u64), label);	\
			word(to, from, __at + 2 * sizeof(u64), label);	\
			word(to, from, __at + sizeof(u64), label);	\
			word(to, from, __at, label);			\
		}							\
	} while (0)

/**
 * kown_words_from_user() - copy words in
 * @to: room for @bytes
 * @from: the words
 * @bytes: how much; as kown_is_words() has it
 *
 * Context: Process context. May fault, unless that is switched off.
 * Return: 0; or -EFAULT, and @to may hold anything.
 */
static __always_inline int __must_check
kown_words_from_user(void *to, const void __user *from, size_t bytes)
{
	if (should_fail_usercopy() || !user_read_access_begin(from, bytes))
		return -EFAULT;
	__kown_words(__kown_word_in, to, from, bytes, fault);
	user_read_access_end();
	return 0;

fault:
	user_read_access_end();
	return -EFAULT;
}

/**
 * kown_words_to_user() - copy words out
 * @to: room for @bytes
 * @from: the words
 * @bytes: how much; as kown_is_words() has it
 *
 * Context: As kown_words_from_user().
 * Return: 0; or -EFAULT, and some may have been copied.
 */
static __always_inline int __must_check
kown_words_to_user(void __user *to, const void *from, size_t bytes)
{
	if (should_fail_usercopy() || !user_write_access_begin(to, bytes))
		return -EFAULT;
	__kown_words(__kown_word_out, to, from, bytes, fault);
	user_write_access_end();
	return 0;

fault:
	user_write_access_end();
	return -EFAULT;
}

#endif /* _KOWN_WORDS_H */
