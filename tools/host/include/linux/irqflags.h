/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_IRQFLAGS_H
#define _LINUX_IRQFLAGS_H

#include <linux/preempt.h>

#define local_irq_save(flags)		((flags) = current->atomic++)
#define local_irq_restore(flags)	((void)(flags), (void)current->atomic--)
#define local_irq_disable()		preempt_disable()
#define local_irq_enable()		preempt_enable()

#endif /* _LINUX_IRQFLAGS_H */
