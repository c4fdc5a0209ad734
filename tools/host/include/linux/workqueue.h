/* SPDX-License-Identifier: GPL-2.0 */
/* Work runs when somebody waits for it, in the thread that waits. */
#ifndef _LINUX_WORKQUEUE_H
#define _LINUX_WORKQUEUE_H

#include <linux/atomic.h>
#include <linux/mutex.h>

struct work_struct {
	void (*func)(struct work_struct *work);
	struct mutex running;
	bool pending;
};

struct workqueue_struct {
	int unused;
};

#define DECLARE_WORK(name, function)	struct work_struct name = { .func = (function) }
#define WQ_UNBOUND	0
#define WQ_MEM_RECLAIM	0
#define alloc_workqueue(name, flags, max) \
	((struct workqueue_struct *)kzalloc(sizeof(struct workqueue_struct), GFP_KERNEL))
#define destroy_workqueue(queue)	kfree(queue)

static inline bool queue_work(struct workqueue_struct *queue, struct work_struct *work)
{
	return !__atomic_test_and_set(&work->pending, __ATOMIC_SEQ_CST);
}

/* Return: false if it had nothing to do. */
static inline bool flush_work(struct work_struct *work)
{
	bool ran;

	guard(mutex)(&work->running);
	ran = xchg(&work->pending, false);
	if (ran)
		work->func(work);
	return ran;
}

#endif /* _LINUX_WORKQUEUE_H */
