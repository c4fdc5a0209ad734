/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory: of any size, aligned up to a page.
 */
#ifndef _KOWN_MEMORY_H
#define _KOWN_MEMORY_H

#include <linux/types.h>

void *kown_memory_alloc(size_t size, size_t align, gfp_t gfp);
void kown_memory_free(const void *memory);

#endif /* _KOWN_MEMORY_H */
