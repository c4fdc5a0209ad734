/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_KTHREAD_H
#define _LINUX_KTHREAD_H

#include <linux/err.h>
#include <linux/sched.h>

/* Started at once; there is nothing to wake. */
struct task_struct *host_thread(int (*run)(void *data), void *data);

#define kthread_run(run, data, name...)		host_thread(run, data)
#define kthread_create(run, data, name...)	host_thread(run, data)
#define kthread_bind(thread, cpu)		((void)(cpu))
#define wake_up_process(thread)			((void)(thread))

#endif /* _LINUX_KTHREAD_H */
