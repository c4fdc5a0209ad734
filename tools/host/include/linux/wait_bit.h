/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_WAIT_BIT_H
#define _LINUX_WAIT_BIT_H

#include <linux/sched.h>

#define wake_up_var(var)		((void)(var))
#define wait_var_event(var, condition)	do { while (!(condition)) host_yield(); } while (0)

#endif /* _LINUX_WAIT_BIT_H */
