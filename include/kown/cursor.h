/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cursor: elements that lie side by side, taken from both ends. What Drain and IntoIter
 * have in common.
 */
#ifndef _KOWN_CURSOR_H
#define _KOWN_CURSOR_H

#include <linux/compiler.h>
#include <linux/types.h>

#include <kown/raw_vec.h>

/**
 * struct kown_cursor - what was not taken yet
 * @next: the first one's address, where elements have a size; else its number
 * @end: after the last, likewise
 *
 * Two addresses and no index: a loop over them is what one would write by hand. The size
 * is passed to each call, best as a constant.
 */
struct kown_cursor {
	unsigned long next;
	unsigned long end;
};

static __always_inline struct kown_cursor
kown_cursor(const struct kown_raw_vec *raw, size_t size, size_t start, size_t count)
{
	size_t step = size ? size : 1;
	unsigned long first = size ? (unsigned long)raw->ptr : 0;

	return (struct kown_cursor){
		.next = first + start * step,
		.end = first + (start + count) * step,
	};
}

static __always_inline size_t kown_cursor_len(const struct kown_cursor *cursor, size_t size)
{
	return (cursor->end - cursor->next) / (size ? size : 1);
}

/* The first, if there is one; they lie side by side. */
static __always_inline void *kown_cursor_rest(const struct kown_cursor *cursor, size_t size)
{
	return size ? (void *)cursor->next : KOWN_DANGLING;
}

static __always_inline void *kown_cursor_next(struct kown_cursor *cursor, size_t size)
{
	size_t step = size ? size : 1;
	unsigned long next = cursor->next;

	if (next == cursor->end)
		return NULL;
	next += step;
	/* The compiler, which sees more, would keep the old one too, in another register. */
	OPTIMIZER_HIDE_VAR(next);
	cursor->next = next;
	return __kown_some(size ? (void *)(next - step) : KOWN_DANGLING);
}

static __always_inline void *kown_cursor_next_back(struct kown_cursor *cursor, size_t size)
{
	if (cursor->next == cursor->end)
		return NULL;
	cursor->end -= size ? size : 1;
	return __kown_some(size ? (void *)cursor->end : KOWN_DANGLING);
}

#endif /* _KOWN_CURSOR_H */
