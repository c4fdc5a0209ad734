/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_COMPLETION_H
#define _LINUX_COMPLETION_H

#include <linux/sched.h>

struct completion {
	bool done;
};

static inline void init_completion(struct completion *x)
{
	x->done = false;
}

static inline void complete(struct completion *x)
{
	__atomic_store_n(&x->done, true, __ATOMIC_RELEASE);
}

static inline void wait_for_completion(struct completion *x)
{
	while (!__atomic_load_n(&x->done, __ATOMIC_ACQUIRE))
		host_yield();
}

#endif /* _LINUX_COMPLETION_H */
