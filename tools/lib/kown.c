// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The commands of /dev/kown as functions.
 */
#include "kown.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>

static __u64 to_user(const void *p)
{
	return (uintptr_t)p;
}

static int command(int ctx, unsigned int nr, void *arg)
{
	return ioctl(ctx, nr, arg) < 0 ? -errno : 0;
}

int kown_open(void)
{
	int ctx = open(KOWN_DEVICE, O_RDWR | O_CLOEXEC);

	return ctx < 0 ? -errno : ctx;
}

int kown_info(int ctx, struct kown_info *info)
{
	struct kown_info arg = { .size = sizeof(arg) };
	int err = command(ctx, KOWN_IOC_INFO, &arg);

	if (!err)
		*info = arg;
	return err;
}

int kown_new(int ctx, uint32_t mode, uint32_t elem_size, uint64_t cap,
	     uint32_t *handle, uint64_t *object)
{
	struct kown_new arg = {
		.size = sizeof(arg),
		.mode = mode,
		.elem_size = elem_size,
		.cap = cap,
	};
	int err = command(ctx, KOWN_IOC_NEW, &arg);

	if (err)
		return err;
	*handle = arg.handle;
	if (object)
		*object = arg.object;
	return 0;
}

int kown_clone(int ctx, uint32_t handle, uint32_t rights, uint32_t *clone)
{
	struct kown_clone arg = {
		.size = sizeof(arg),
		.handle = handle,
		.rights = rights,
	};
	int err = command(ctx, KOWN_IOC_CLONE, &arg);

	if (!err)
		*clone = arg.new_handle;
	return err;
}

int kown_drop(int ctx, const uint32_t *handles, uint32_t count, uint32_t *done)
{
	struct kown_drop arg = {
		.size = sizeof(arg),
		.handles = to_user(handles),
		.count = count,
	};
	int err = command(ctx, KOWN_IOC_DROP, &arg);

	if (done)
		*done = arg.done;
	return err;
}

int kown_stat(int ctx, uint32_t handle, struct kown_stat *stat)
{
	struct kown_stat arg = {
		.size = sizeof(arg),
		.handle = handle,
	};
	int err = command(ctx, KOWN_IOC_STAT, &arg);

	if (!err)
		*stat = arg;
	return err;
}

int kown_push(int ctx, uint32_t handle, const void *data, uint64_t count,
	      uint64_t *index)
{
	struct kown_push arg = {
		.size = sizeof(arg),
		.handle = handle,
		.data = to_user(data),
		.count = count,
	};
	int err = command(ctx, KOWN_IOC_PUSH, &arg);

	if (!err && index)
		*index = arg.index;
	return err;
}

int kown_pop(int ctx, uint32_t handle, void *data, uint64_t count, uint64_t *taken)
{
	struct kown_pop arg = {
		.size = sizeof(arg),
		.handle = handle,
		.data = to_user(data),
		.count = count,
	};
	int err = command(ctx, KOWN_IOC_POP, &arg);

	if (!err)
		*taken = arg.taken;
	return err;
}

int kown_read(int ctx, uint32_t handle, void *data, uint64_t start, uint64_t count)
{
	struct kown_read arg = {
		.size = sizeof(arg),
		.handle = handle,
		.start = start,
		.count = count,
		.data = to_user(data),
	};

	return command(ctx, KOWN_IOC_READ, &arg);
}

int kown_export(int ctx, uint32_t handle, uint32_t rights)
{
	struct kown_export arg = {
		.size = sizeof(arg),
		.handle = handle,
		.rights = rights,
	};
	int err = command(ctx, KOWN_IOC_EXPORT, &arg);

	return err ? err : arg.fd;
}

int kown_import(int ctx, int fd, uint32_t rights, uint32_t *handle)
{
	struct kown_import arg = {
		.size = sizeof(arg),
		.fd = fd,
		.rights = rights,
	};
	int err = command(ctx, KOWN_IOC_IMPORT, &arg);

	if (!err)
		*handle = arg.handle;
	return err;
}
