/* SPDX-License-Identifier: GPL-2.0 */
/* Two CPUs, on which threads run wherever the system lets them. */
#ifndef _LINUX_CPUMASK_H
#define _LINUX_CPUMASK_H

#define num_online_cpus()		2U
#define cpu_online_mask			NULL
#define cpumask_of(cpu)			((void)(cpu), NULL)
#define cpumask_first(mask)		0U
#define nr_cpu_ids		UINT_MAX
#define cpumask_next(cpu, mask)		((cpu) + 1U)
#define for_each_possible_cpu(cpu)	for ((cpu) = 0; (cpu) < num_online_cpus(); (cpu)++)
#define set_cpus_allowed_ptr(task, mask) ((void)(mask))

#endif /* _LINUX_CPUMASK_H */
