/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_PERCPU_H
#define _LINUX_PERCPU_H

#include <linux/cpumask.h>
#include <linux/smp.h>

#define per_cpu_ptr(ptr, cpu)	((void)(cpu), (ptr))

#endif /* _LINUX_PERCPU_H */
