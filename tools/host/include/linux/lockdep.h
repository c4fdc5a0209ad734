/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_LOCKDEP_H
#define _LINUX_LOCKDEP_H

#define lockdep_assert_held(lock)	((void)(lock))

#endif /* _LINUX_LOCKDEP_H */
