/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Commands: what ioctl() on the device can do.
 */
#ifndef _KOWN_COMMAND_H
#define _KOWN_COMMAND_H

#include "context.h"

long kown_command(struct kown_context *context, unsigned int cmd, void __user *user);
long kown_command_on_file(struct kown_handle *handle, unsigned int cmd, void __user *user);

#endif /* _KOWN_COMMAND_H */
