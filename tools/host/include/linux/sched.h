/* SPDX-License-Identifier: GPL-2.0 */
/* Tasks are threads; who may not sleep is counted, so that might_sleep() can complain. */
#ifndef _LINUX_SCHED_H
#define _LINUX_SCHED_H

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/types.h>

struct task_struct {
	int atomic;
};

extern __thread struct task_struct host_current;
#define current		(&host_current)

void host_yield(void);
void __host_might_sleep(const char *file, int line, const char *function);

#define cond_resched()	host_yield()
#define cpu_relax()	host_yield()
#define yield()		host_yield()

#endif /* _LINUX_SCHED_H */
