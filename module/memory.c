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

#if IS_ENABLED(CONFIG_KOWN_KUNIT_TEST)
#include <linux/sched.h>

/*
 * The allocation that a test lets fail: of which task, or NULL, and which of them,
 * counted down to 0. The task alone writes it.
 */
static struct {
	const struct task_struct *task;
	unsigned int nth;
} fault;

static atomic_long_t live;

static bool fails(void)
{
	return READ_ONCE(fault.task) == current && fault.nth && !--fault.nth;
}

static void *remember(void *memory)
{
	if (memory)
		atomic_long_inc(&live);
	return memory;
}

void kown_memory_forget(const void *memory)
{
	if (memory)
		atomic_long_dec(&live);
}
EXPORT_SYMBOL_KOWN_TEST(kown_memory_forget);

/* The caller's @nth allocation from now on fails; 0: none. */
void kown_memory_fail_nth(unsigned int nth)
{
	fault.nth = nth;
	WRITE_ONCE(fault.task, nth ? current : NULL);
}
EXPORT_SYMBOL_KOWN_TEST(kown_memory_fail_nth);

/* Has the one that shall fail done so? */
bool kown_memory_failed(void)
{
	return READ_ONCE(fault.task) == current && !fault.nth;
}
EXPORT_SYMBOL_KOWN_TEST(kown_memory_failed);

long kown_memory_live(void)
{
	return atomic_long_read(&live);
}
EXPORT_SYMBOL_KOWN_TEST(kown_memory_live);

#else

static inline bool fails(void)
{
	return false;
}

static inline void *remember(void *memory)
{
	return memory;
}

#endif

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
	if (size > INT_MAX || fails())
		return NULL;
	if (align > ARCH_KMALLOC_MINALIGN && size < PAGE_SIZE * 2)
		size = roundup_pow_of_two(size);
	return remember(size <= PAGE_SIZE ? kmalloc(size, gfp) :
					    kown_kvmalloc(size, gfp));
}

/**
 * kown_memory_realloc() - more memory, or less, for the same bytes
 * @memory: aligned as kmalloc() does, from here; or NULL
 * @old: its size in bytes
 * @size: bytes, at least 1 and at most INT_MAX
 * @gfp: how to allocate; without __GFP_DIRECT_RECLAIM large sizes are refused, and
 *	@memory is not vmalloc()'s
 *
 * Context: As @gfp says.
 * Return: the memory, which may have moved; or NULL, and @memory is as it was.
 */
void *kown_memory_realloc(void *memory, size_t old, size_t size, gfp_t gfp)
{
	void *new;

	if (fails())
		return NULL;
	new = size <= PAGE_SIZE ? krealloc(memory, size, gfp) :
				  kown_kvrealloc(memory, old, size, gfp);
	return memory ? new : remember(new);
}

/* vfree() may sleep, and whoever frees may not. */
void __kown_memory_free(void *memory)
{
	if (is_vmalloc_addr(memory))
		kown_vfree_deferred(memory);
	else
		kfree(memory);
}
