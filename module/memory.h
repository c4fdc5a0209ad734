/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory: of any size, aligned up to a page.
 */
#ifndef _KOWN_MEMORY_H
#define _KOWN_MEMORY_H

#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/types.h>

void *kown_memory_alloc(size_t size, size_t align, gfp_t gfp);
void *kown_memory_realloc(void *memory, size_t old, size_t size, gfp_t gfp);
void __kown_memory_free(void *memory);

/* For tests, which let allocations fail and count what is left: see kunit/fail.h. */
#if IS_ENABLED(CONFIG_KOWN_KUNIT_TEST)

void kown_memory_fail_nth(unsigned int nth);
bool kown_memory_failed(void);
long kown_memory_live(void);
void kown_memory_forget(const void *memory);

#else

static inline void kown_memory_forget(const void *memory) {}

#endif

/**
 * kown_memory_free() - give it back
 * @memory: from kown_memory_alloc(), or NULL
 * @size: that was asked for, or SIZE_MAX if that is not known
 *
 * Context: Any but NMI.
 */
static inline void kown_memory_free(void *memory, size_t size)
{
	kown_memory_forget(memory);
	/* Of no more than a page kvmalloc() makes a kmalloc(). */
	if (size <= PAGE_SIZE)
		kfree(memory);
	else
		__kown_memory_free(memory);
}

/**
 * kown_memory_free_now() - give it back before the call returns
 * @memory: from kown_memory_alloc() or kown_memory_realloc(), or NULL
 *
 * For much memory that somebody pays for, and may want again at once.
 *
 * Context: Any but NMI; may sleep outside interrupts if it is too large for kmalloc().
 */
static inline void kown_memory_free_now(void *memory)
{
	kown_memory_forget(memory);
	kvfree(memory);
}

#endif /* _KOWN_MEMORY_H */
