/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _HOST_JIFFIES_H
#define _HOST_JIFFIES_H

#include "../../os.h"

#define HZ			1000
#define jiffies			((unsigned long)os_milliseconds())
#define time_after(a, b)	((long)((b) - (a)) < 0)

#endif /* _HOST_JIFFIES_H */
