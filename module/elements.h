/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Elements: what users do to those of an object.
 */
#ifndef _KOWN_ELEMENTS_H
#define _KOWN_ELEMENTS_H

#include "handle.h"

int kown_elements_push(struct kown_handle *handle, const void __user *data, u64 count,
		       u64 __user *index);
int kown_elements_pop(struct kown_handle *handle, void __user *data, u64 count,
		      u64 __user *taken);
int kown_elements_read(struct kown_handle *handle, void __user *data, u64 start,
		       u64 count);

#endif /* _KOWN_ELEMENTS_H */
