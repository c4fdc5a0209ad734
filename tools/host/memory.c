// SPDX-License-Identifier: GPL-2.0
/*
 * Memory: from malloc(), to the byte, so that the sanitizers see both ends of it; with
 * the kernel's limits, so that what fails or warns there does so here.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "host.h"
#include "os.h"

long host_live;

/* What vmalloc() gave, for kfree() must not get it. */
struct area {
	struct area *next;
	const void *start;
	size_t size;
};

static struct area *areas;
static DEFINE_SPINLOCK(areas_lock);

static void *take(size_t size, size_t align, gfp_t gfp)
{
	void *p = os_alloc(size, align);

	if (!p)
		return NULL;
	/* What nobody asked to be zero had better not be. */
	memset(p, gfp & __GFP_ZERO ? 0 : 0xa5, size);
	__atomic_add_fetch(&host_live, 1, __ATOMIC_RELAXED);
	return p;
}

static void give_back(const void *p)
{
	__atomic_sub_fetch(&host_live, 1, __ATOMIC_RELAXED);
	os_free((void *)p);
}

static void *kmalloc_silent(size_t size, gfp_t gfp)
{
	size_t align = ARCH_KMALLOC_MINALIGN;

	if (!size)
		return ZERO_SIZE_PTR;
	if (gfpflags_allow_blocking(gfp))
		might_sleep();
	if (size > KMALLOC_MAX_SIZE)
		return NULL;
	if (is_power_of_2(size) || size > 2 * PAGE_SIZE)
		align = clamp(size, align, PAGE_SIZE);
	return take(size, align, gfp);
}

void *kmalloc(size_t size, gfp_t gfp)
{
	WARN_ON(size > KMALLOC_MAX_SIZE && !(gfp & __GFP_NOWARN));
	return kmalloc_silent(size, gfp);
}

bool is_vmalloc_addr(const void *p)
{
	struct area *area;

	spin_lock(&areas_lock);
	for (area = areas; area && (size_t)(p - area->start) >= area->size; area = area->next)
		;
	spin_unlock(&areas_lock);
	return area;
}

static void *vmalloc_with(size_t size, gfp_t gfp)
{
	struct area *area = os_alloc(sizeof(*area), sizeof(void *));

	might_sleep();
	if (!size || size >> PAGE_SHIFT > totalram_pages() || !area)
		goto fail;
	area->size = size;
	area->start = take(size, PAGE_SIZE, gfp);
	if (!area->start)
		goto fail;
	spin_lock(&areas_lock);
	area->next = areas;
	areas = area;
	spin_unlock(&areas_lock);
	return (void *)area->start;

fail:
	os_free(area);
	return NULL;
}

void *vmalloc(unsigned long size)
{
	return vmalloc_with(size, GFP_KERNEL);
}

void *kvmalloc(size_t size, gfp_t gfp)
{
	void *p = kmalloc_silent(size, gfp);

	if (p || size <= PAGE_SIZE || !gfpflags_allow_blocking(gfp))
		return p;
	/* As the kernel: it warns of sizes that no sane caller asks for. */
	if (size > INT_MAX) {
		WARN_ON(!(gfp & __GFP_NOWARN));
		return NULL;
	}
	return vmalloc_with(size, gfp);
}

void kfree(const void *p)
{
	if (ZERO_OR_NULL_PTR(p))
		return;
	WARN(is_vmalloc_addr(p), "kfree() of vmalloc()ed memory\n");
	give_back(p);
}

void vfree(const void *p)
{
	struct area **at, *area;

	if (!p)
		return;
	spin_lock(&areas_lock);
	for (at = &areas; *at && (*at)->start != p; at = &(*at)->next)
		;
	area = *at;
	if (area)
		*at = area->next;
	spin_unlock(&areas_lock);
	if (WARN(!area, "vfree() of other memory\n"))
		return;
	os_free(area);
	give_back(p);
}

void kvfree(const void *p)
{
	if (is_vmalloc_addr(p))
		vfree(p);
	else
		kfree(p);
}

size_t ksize(const void *p)
{
	return ZERO_OR_NULL_PTR(p) ? 0 : os_alloc_size((void *)p);
}

/* Both always move: who kept the old address is found out. */
void *krealloc(const void *p, size_t size, gfp_t gfp)
{
	void *moved;

	if (!size) {
		kfree(p);
		return ZERO_SIZE_PTR;
	}
	moved = kmalloc(size, gfp);
	if (moved && !ZERO_OR_NULL_PTR(p)) {
		memcpy(moved, p, min(size, ksize(p)));
		kfree(p);
	}
	return moved;
}

void *kvrealloc(const void *p, size_t old_size, size_t size, gfp_t gfp)
{
	void *moved;

	if (old_size >= size)
		return (void *)p;
	moved = kvmalloc(size, gfp);
	if (!moved)
		return NULL;
	memcpy(moved, p, old_size);
	kvfree(p);
	return moved;
}

char *kstrdup(const char *text, gfp_t gfp)
{
	size_t size = text ? strlen(text) + 1 : 0;
	char *copy = size ? kmalloc(size, gfp) : NULL;

	return copy ? memcpy(copy, text, size) : NULL;
}
