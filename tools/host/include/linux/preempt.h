/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_PREEMPT_H
#define _LINUX_PREEMPT_H

#include <linux/sched.h>

#define preempt_disable()	((void)current->atomic++)
#define preempt_enable()	((void)current->atomic--)

#endif /* _LINUX_PREEMPT_H */
