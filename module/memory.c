// SPDX-License-Identifier: GPL-2.0
/*
 * Memory: of any size, aligned up to a page.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include <kown/compat.h>

#include "drop.h"
#include "memory.h"

/**
 * kown_memory_alloc() - memory for a value
 * @size: bytes, at least 1 is allocated
 * @align: a power of two up to PAGE_SIZE, or 0
 * @gfp: how to allocate; without __GFP_DIRECT_RECLAIM large sizes are refused
 *
 * kmalloc() aligns by itself as far as the architecture needs it, and sizes that are
 * powers of two as far as they are large; vmalloc() aligns to a page.
 *
 * Context: As @gfp says.
 * Return: the memory, for kown_memory_free(), or NULL.
 */
void *kown_memory_alloc(size_t size, size_t align, gfp_t gfp)
{
	size = max3(size, align, (size_t)1);
	if (size > INT_MAX)
		return NULL;
	if (align > ARCH_KMALLOC_MINALIGN && size < PAGE_SIZE * 2)
		size = roundup_pow_of_two(size);
	return size <= PAGE_SIZE ? kmalloc(size, gfp) : kown_kvmalloc(size, gfp);
}

/* vfree() may sleep, and whoever frees may not. */
void __kown_memory_free(void *memory)
{
	if (is_vmalloc_addr(memory))
		kown_vfree_deferred(memory);
	else
		kfree(memory);
}
