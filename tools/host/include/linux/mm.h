/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_MM_H
#define _LINUX_MM_H

#include <asm/page.h>
#include <linux/align.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>

#define offset_in_page(p)	((unsigned long)(p) & ~PAGE_MASK)
#define PAGE_ALIGN(size)	ALIGN(size, PAGE_SIZE)

/* As a small machine has: so few that a test which runs out of them ends soon. */
#define totalram_pages()	16384UL

bool is_vmalloc_addr(const void *p);

#endif /* _LINUX_MM_H */
