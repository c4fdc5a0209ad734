/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Watch: what the module alone calls.
 */
#ifndef _KOWN_WATCH_PRIVATE_H
#define _KOWN_WATCH_PRIVATE_H

void kown_watch_init(void);

#endif /* _KOWN_WATCH_PRIVATE_H */
