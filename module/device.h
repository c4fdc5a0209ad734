/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Device: /dev/kown.
 */
#ifndef _KOWN_DEVICE_H
#define _KOWN_DEVICE_H

int kown_device_init(void);
void kown_device_exit(void);

#endif /* _KOWN_DEVICE_H */
