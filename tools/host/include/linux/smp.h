/* SPDX-License-Identifier: GPL-2.0 */
/* Each thread has a CPU of its own. */
#ifndef _LINUX_SMP_H
#define _LINUX_SMP_H

#include <linux/sched.h>

int host_cpu(void);

#define smp_processor_id()	host_cpu()

#endif /* _LINUX_SMP_H */
