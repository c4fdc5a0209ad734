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
void __kown_memory_free(void *memory);

/**
 * kown_memory_free() - give it back
 * @memory: from kown_memory_alloc(), or NULL
 * @size: that was asked for, or SIZE_MAX if that is not known
 *
 * Context: Any but NMI.
 */
static inline void kown_memory_free(void *memory, size_t size)
{
	/* Of no more than a page kvmalloc() makes a kmalloc(). */
	if (size <= PAGE_SIZE)
		kfree(memory);
	else
		__kown_memory_free(memory);
}

#endif /* _KOWN_MEMORY_H */
