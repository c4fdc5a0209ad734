// SPDX-License-Identifier: GPL-2.0
/*
 * RawVec: capacity arithmetic and memory.
 */
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include <kown/compat.h>
#include <kown/raw_vec.h>

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

/**
 * kown_raw_vec_grow() - make room for exactly so many elements
 * @raw: the memory
 * @elem: the element type, not of size 0
 * @cap: elements that shall fit, more than do now
 * @gfp: how to allocate; without __GFP_DIRECT_RECLAIM memory is kmalloc()'s only
 *
 * Elements are moved byte by byte, as a C assignment would.
 *
 * Context: As @gfp says.
 * Return: 0; or -EOVERFLOW or -ENOMEM, and @raw is as it was.
 */
int kown_raw_vec_grow(struct kown_raw_vec *raw, const struct kown_type *elem,
		      size_t cap, gfp_t gfp)
{
	int err = kown_raw_vec_check(elem, cap);
	void *ptr;

	if (err)
		return err;
	ptr = kown_kvrealloc(raw->ptr, raw->cap * elem->size, cap * elem->size,
			     gfp);
	if (!ptr)
		return -ENOMEM;
	raw->ptr = ptr;
	raw->cap = cap;
	return 0;
}
EXPORT_SYMBOL_KOWN(kown_raw_vec_grow);

/**
 * kown_raw_vec_free() - give the memory back
 * @raw: the memory; empty afterwards
 *
 * Context: Any but NMI; may sleep outside interrupts if it is too large for kmalloc().
 */
void kown_raw_vec_free(struct kown_raw_vec *raw)
{
	kvfree(raw->ptr);
	*raw = (struct kown_raw_vec){};
}
EXPORT_SYMBOL_KOWN(kown_raw_vec_free);
