/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_JIFFIES_H
#define _LINUX_JIFFIES_H

#include <linux/types.h>

unsigned long long os_milliseconds(void);

#define HZ			1000
#define jiffies			((unsigned long)os_milliseconds())
#define time_after(a, b)	((long)((b) - (a)) < 0)

#endif /* _LINUX_JIFFIES_H */
