// SPDX-License-Identifier: GPL-2.0
/*
 * RawVec: capacity arithmetic and memory.
 */
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <kown/compat.h>
#include <kown/raw_vec.h>

#include "memory.h"

/* kvmalloc() warns beyond INT_MAX bytes; sizes are checked before it is asked. */
#define MAX_BYTES	INT_MAX

/* The least that growth from nothing makes room for. */
static size_t min_cap(size_t elem_size)
{
	if (elem_size == 1)
		return 8;
	return elem_size <= 1024 ? 4 : 1;
}

/**
 * kown_raw_vec_check() - can there be memory for so many elements?
 * @elem: the element type
 * @cap: elements
 *
 * Context: Any.
 * Return: 0; -EOVERFLOW if @cap elements are more than SSIZE_MAX bytes; -ENOMEM
 * if they are more than any allocation may be (INT_MAX bytes).
 */
int kown_raw_vec_check(const struct kown_type *elem, size_t cap)
{
	size_t bytes;

	if (check_mul_overflow(cap, elem->size, &bytes) || bytes > SSIZE_MAX)
		return -EOVERFLOW;
	return bytes > MAX_BYTES ? -ENOMEM : 0;
}
EXPORT_SYMBOL_KOWN(kown_raw_vec_check);

/**
 * kown_raw_vec_amortized() - the capacity to grow to for so many elements
 * @raw: the memory
 * @elem: the element type, not of size 0
 * @need: elements that must fit, more than do now; checked
 *
 * Rust's rule: twice the capacity or @need, whichever is more, and at least 8
 * elements of size 1, 4 of up to 1024 bytes, 1 above. Where doubling would pass
 * the maximum and @need does not, it is @need; Rust gives up there.
 *
 * Context: Any.
 * Return: the capacity, in elements.
 */
size_t kown_raw_vec_amortized(const struct kown_raw_vec *raw,
			      const struct kown_type *elem, size_t need)
{
	size_t cap = max3(raw->cap * 2, need, min_cap(elem->size));

	return kown_raw_vec_check(elem, cap) ? need : cap;
}
EXPORT_SYMBOL_KOWN(kown_raw_vec_amortized);

/* What vmalloc() gave stays where it is if the caller may not sleep: vfree() does. */
static bool may_replace(const struct kown_raw_vec *raw, gfp_t gfp)
{
	return gfpflags_allow_blocking(gfp) || !is_vmalloc_addr(raw->ptr);
}

/* To other memory, of so many bytes; so many are kept. */
static void *move(const struct kown_raw_vec *raw, size_t keep, size_t bytes,
		  size_t align, gfp_t gfp)
{
	void *ptr = kown_memory_alloc(bytes, align, gfp);

	if (!ptr)
		return NULL;
	if (keep)
		memcpy(ptr, raw->ptr, keep);
	kown_memory_free_now(raw->ptr);
	return ptr;
}

/**
 * kown_raw_vec_grow() - make room for exactly so many elements
 * @raw: the memory
 * @elem: the element type, not of size 0
 * @cap: elements that shall fit, more than do now
 * @gfp: how to allocate; without __GFP_DIRECT_RECLAIM memory is kmalloc()'s only, and
 *	what is vmalloc()'s already does not grow
 *
 * Elements are moved byte by byte, as a C assignment would. More than a page that
 * cannot be had is no news for the log: it may be a size that a user chose.
 *
 * Context: As @gfp says.
 * Return: 0; or -EOVERFLOW or -ENOMEM, and @raw is as it was.
 */
int kown_raw_vec_grow(struct kown_raw_vec *raw, const struct kown_type *elem,
		      size_t cap, gfp_t gfp)
{
	int err = kown_raw_vec_check(elem, cap);
	size_t old, new;
	void *ptr;

	if (err)
		return err;
	if (!may_replace(raw, gfp))
		return -ENOMEM;
	old = raw->cap * elem->size;
	new = cap * elem->size;
	if (new > PAGE_SIZE)
		gfp |= __GFP_NOWARN;
	/* krealloc() aligns no better than kmalloc() does. */
	if (elem->align > ARCH_KMALLOC_MINALIGN)
		ptr = move(raw, old, new, elem->align, gfp);
	else
		ptr = kown_memory_realloc(raw->ptr, old, new, gfp);
	if (!ptr)
		return -ENOMEM;
	raw->ptr = ptr;
	raw->cap = cap;
	return 0;
}
EXPORT_SYMBOL_KOWN(kown_raw_vec_grow);

/**
 * kown_raw_vec_shrink() - keep room for no more than so many elements
 * @raw: the memory
 * @elem: the element type
 * @cap: elements that shall still fit; nothing happens if no more do now
 * @gfp: how to allocate: the rest moves to memory of that size. At 0 nothing is
 *	allocated, and the memory is freed
 *
 * Context: As @gfp says; at 0 as kown_raw_vec_free().
 * Return: 0; or -ENOMEM, and @raw is as it was.
 */
int kown_raw_vec_shrink(struct kown_raw_vec *raw, const struct kown_type *elem,
			size_t cap, gfp_t gfp)
{
	size_t bytes = cap * elem->size;
	void *ptr;

	if (cap >= raw->cap)
		return 0;
	if (!cap) {
		kown_raw_vec_free(raw);
		return 0;
	}
	if (!may_replace(raw, gfp))
		return -ENOMEM;
	ptr = move(raw, bytes, bytes, elem->align, gfp);
	if (!ptr)
		return -ENOMEM;
	raw->ptr = ptr;
	raw->cap = cap;
	return 0;
}
EXPORT_SYMBOL_KOWN(kown_raw_vec_shrink);

/**
 * kown_raw_vec_free() - give the memory back
 * @raw: the memory; empty afterwards
 *
 * Not left to a worker: who pays for the memory may ask for as much right away.
 *
 * Context: Any but NMI; may sleep outside interrupts if it is too large for kmalloc().
 */
void kown_raw_vec_free(struct kown_raw_vec *raw)
{
	kown_memory_free_now(raw->ptr);
	*raw = (struct kown_raw_vec){};
}
EXPORT_SYMBOL_KOWN(kown_raw_vec_free);
