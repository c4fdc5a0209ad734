/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_MUTEX_H
#define _LINUX_MUTEX_H

#include <linux/cleanup.h>
#include <linux/sched.h>

struct mutex {
	bool held;
};

#define DEFINE_MUTEX(name)	struct mutex name = {}

static inline void mutex_init(struct mutex *lock)
{
	lock->held = false;
}

static inline void mutex_lock(struct mutex *lock)
{
	might_sleep();
	while (__atomic_test_and_set(&lock->held, __ATOMIC_ACQUIRE))
		host_yield();
}

static inline void mutex_unlock(struct mutex *lock)
{
	__atomic_clear(&lock->held, __ATOMIC_RELEASE);
}

DEFINE_GUARD(mutex, struct mutex *, mutex_lock(_T), mutex_unlock(_T))

#endif /* _LINUX_MUTEX_H */
