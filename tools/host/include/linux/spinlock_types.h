/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_SPINLOCK_TYPES_H
#define _LINUX_SPINLOCK_TYPES_H

#include <linux/types.h>

typedef struct {
	bool held;
} spinlock_t;

typedef spinlock_t raw_spinlock_t;

#endif /* _LINUX_SPINLOCK_TYPES_H */
