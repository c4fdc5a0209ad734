/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_RANDOM_H
#define _LINUX_RANDOM_H

#include <linux/types.h>

u64 get_random_u64(void);

static inline u32 get_random_u32_below(u32 most)
{
	return get_random_u64() % most;
}

static inline void get_random_bytes(void *bytes, size_t count)
{
	for (u8 *at = bytes; count--; at++)
		*at = get_random_u64() >> 24;
}

#include <linux/prandom.h>

#endif /* _LINUX_RANDOM_H */
