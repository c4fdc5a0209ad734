/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Own: a handle asks to be the only one.
 */
#ifndef _KOWN_OWN_H
#define _KOWN_OWN_H

#include <uapi/linux/kown.h>

#include "table.h"

/* What to do if others own the object too. */
enum kown_if_shared {
	KOWN_IF_SHARED_DROP,	/* give the handle up */
	KOWN_IF_SHARED_REFUSE,
	KOWN_IF_SHARED_COPY,
};

int kown_own(struct kown_table *table, u32 number, struct kown_handle *handle,
	     enum kown_if_shared if_shared, struct kown_own __user *user);

#endif /* _KOWN_OWN_H */
