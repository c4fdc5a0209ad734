/* SPDX-License-Identifier: GPL-2.0 */
/* Memory, with the kernel's limits and from malloc(): see ../../memory.c. */
#ifndef _LINUX_SLAB_H
#define _LINUX_SLAB_H

#include <asm/page.h>
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/overflow.h>
#include <linux/string.h>

#define ARCH_KMALLOC_MINALIGN	__alignof__(unsigned long long)
#define KMALLOC_MAX_SIZE	(4UL << 20)
#define ZERO_SIZE_PTR		((void *)16)
#define ZERO_OR_NULL_PTR(p)	((unsigned long)(p) <= (unsigned long)ZERO_SIZE_PTR)

void *kmalloc(size_t size, gfp_t gfp);
void *krealloc(const void *p, size_t size, gfp_t gfp);
void kfree(const void *p);
size_t ksize(const void *p);
void *kvmalloc(size_t size, gfp_t gfp);
void *kvrealloc(const void *p, size_t old_size, size_t size, gfp_t gfp);
void kvfree(const void *p);
void *vmalloc(unsigned long size);
void vfree(const void *p);

#define kzalloc(size, gfp)		kmalloc(size, (gfp) | __GFP_ZERO)
#define kvzalloc(size, gfp)		kvmalloc(size, (gfp) | __GFP_ZERO)
#define kmalloc_array(n, size, gfp)	kmalloc(size_mul(n, size), gfp)
#define kcalloc(n, size, gfp)		kzalloc(size_mul(n, size), gfp)
#define kvmalloc_array(n, size, gfp)	kvmalloc(size_mul(n, size), gfp)
#define kvcalloc(n, size, gfp)		kvzalloc(size_mul(n, size), gfp)

DEFINE_FREE(kfree, void *, if (!IS_ERR_OR_NULL(_T)) kfree(_T))
DEFINE_FREE(kvfree, void *, if (!IS_ERR_OR_NULL(_T)) kvfree(_T))

#endif /* _LINUX_SLAB_H */
