/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Commands: what ioctl() on the device can do.
 */
#ifndef _KOWN_COMMAND_H
#define _KOWN_COMMAND_H

#include "context.h"

long kown_command_run(struct kown_context *context, struct kown_handle *self,
		      unsigned int cmd, void __user *user);

/* Run an ioctl on a context. */
static inline long kown_command(struct kown_context *context, unsigned int cmd,
				void __user *user)
{
	return kown_command_run(context, NULL, cmd, user);
}

/* Run an ioctl on an exported descriptor. */
static inline long kown_command_on_file(struct kown_handle *handle, unsigned int cmd,
					void __user *user)
{
	return kown_command_run(NULL, handle, cmd, user);
}

#endif /* _KOWN_COMMAND_H */
