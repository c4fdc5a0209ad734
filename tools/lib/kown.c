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

int kown_new_many(int ctx, uint32_t mode, uint32_t elem_size, uint64_t cap, uint32_t count,
		  uint32_t *handles)
{
	struct kown_new arg = {
		.size = sizeof(arg),
		.mode = mode,
		.elem_size = elem_size,
		.cap = cap,
		.count = count,
		.handles = to_user(handles),
	};

	return count ? command(ctx, KOWN_IOC_NEW, &arg) : 0;
}

static int another(int ctx, unsigned int nr, uint32_t handle, uint32_t rights, uint32_t *other)
{
	struct kown_clone arg = {
		.size = sizeof(arg),
		.handle = handle,
		.rights = rights,
	};
	int err = command(ctx, nr, &arg);

	if (!err)
		*other = arg.new_handle;
	return err;
}

static int others(int ctx, unsigned int nr, uint32_t handle, uint32_t rights, uint32_t count,
		  uint32_t *handles)
{
	struct kown_clone arg = {
		.size = sizeof(arg),
		.handle = handle,
		.rights = rights,
		.count = count,
		.handles = to_user(handles),
	};

	return count ? command(ctx, nr, &arg) : 0;
}

int kown_clone(int ctx, uint32_t handle, uint32_t rights, uint32_t *clone)
{
	return another(ctx, KOWN_IOC_CLONE, handle, rights, clone);
}

int kown_clone_data(int ctx, uint32_t handle, uint32_t rights, uint32_t *clone)
{
	return another(ctx, KOWN_IOC_CLONE_DATA, handle, rights, clone);
}

int kown_downgrade(int ctx, uint32_t handle, uint32_t rights, uint32_t *weak)
{
	return another(ctx, KOWN_IOC_DOWNGRADE, handle, rights, weak);
}

int kown_upgrade(int ctx, uint32_t weak, uint32_t rights, uint32_t *handle)
{
	return another(ctx, KOWN_IOC_UPGRADE, weak, rights, handle);
}

int kown_clone_many(int ctx, uint32_t handle, uint32_t rights, uint32_t count, uint32_t *clones)
{
	return others(ctx, KOWN_IOC_CLONE, handle, rights, count, clones);
}

int kown_downgrade_many(int ctx, uint32_t handle, uint32_t rights, uint32_t count, uint32_t *weak)
{
	return others(ctx, KOWN_IOC_DOWNGRADE, handle, rights, count, weak);
}

int kown_upgrade_many(int ctx, uint32_t weak, uint32_t rights, uint32_t count, uint32_t *handles)
{
	return others(ctx, KOWN_IOC_UPGRADE, weak, rights, count, handles);
}

static int own(int ctx, unsigned int nr, uint32_t handle, uint32_t *how, uint64_t *object)
{
	struct kown_own arg = {
		.size = sizeof(arg),
		.handle = handle,
	};
	int err = command(ctx, nr, &arg);

	if (err)
		return err;
	if (how)
		*how = arg.how;
	if (object)
		*object = arg.object;
	return 0;
}

int kown_into_inner(int ctx, uint32_t handle, uint32_t *how, uint64_t *object)
{
	return own(ctx, KOWN_IOC_INTO_INNER, handle, how, object);
}

int kown_take(int ctx, uint32_t handle, uint32_t *how, uint64_t *object)
{
	return own(ctx, KOWN_IOC_TAKE, handle, how, object);
}

int kown_make_mut(int ctx, uint32_t handle, uint32_t *how, uint64_t *object)
{
	return own(ctx, KOWN_IOC_MAKE_MUT, handle, how, object);
}

static int lock(int ctx, uint32_t handle, uint32_t flags, uint64_t deadline)
{
	struct kown_lock arg = {
		.size = sizeof(arg),
		.flags = flags,
		.handle = handle,
		.deadline = deadline,
	};

	return command(ctx, KOWN_IOC_LOCK, &arg);
}

int kown_lock(int ctx, uint32_t handle, uint64_t deadline)
{
	return lock(ctx, handle, 0, deadline);
}

int kown_try_lock(int ctx, uint32_t handle)
{
	return lock(ctx, handle, KOWN_LOCK_TRY, 0);
}

static int with_lock(int ctx, unsigned int nr, uint32_t handle)
{
	struct kown_unlock arg = {
		.size = sizeof(arg),
		.handle = handle,
	};

	return command(ctx, nr, &arg);
}

int kown_unlock(int ctx, uint32_t handle)
{
	return with_lock(ctx, KOWN_IOC_UNLOCK, handle);
}

int kown_clear_poison(int ctx, uint32_t handle)
{
	return with_lock(ctx, KOWN_IOC_CLEAR_POISON, handle);
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

static int pop(int ctx, unsigned int nr, uint32_t handle, void *data, uint64_t count,
	       uint64_t *taken)
{
	struct kown_pop arg = {
		.size = sizeof(arg),
		.handle = handle,
		.data = to_user(data),
		.count = count,
	};
	int err = command(ctx, nr, &arg);

	if (!err)
		*taken = arg.taken;
	return err;
}

int kown_pop(int ctx, uint32_t handle, void *data, uint64_t count, uint64_t *taken)
{
	return pop(ctx, KOWN_IOC_POP, handle, data, count, taken);
}

int kown_pop_front(int ctx, uint32_t handle, void *data, uint64_t count, uint64_t *taken)
{
	return pop(ctx, KOWN_IOC_POP_FRONT, handle, data, count, taken);
}

static int range(int ctx, unsigned int nr, uint32_t flags, uint32_t handle, const void *data,
		 uint64_t start, uint64_t count)
{
	struct kown_range arg = {
		.size = sizeof(arg),
		.flags = flags,
		.handle = handle,
		.start = start,
		.count = count,
		.data = to_user(data),
	};

	return command(ctx, nr, &arg);
}

int kown_insert(int ctx, uint32_t handle, const void *data, uint64_t start, uint64_t count)
{
	return range(ctx, KOWN_IOC_INSERT, 0, handle, data, start, count);
}

int kown_remove(int ctx, uint32_t handle, void *data, uint64_t start, uint64_t count)
{
	return range(ctx, KOWN_IOC_REMOVE, data ? 0 : KOWN_DISCARD, handle, data, start, count);
}

int kown_swap_remove(int ctx, uint32_t handle, void *data, uint64_t start, uint64_t count)
{
	return range(ctx, KOWN_IOC_SWAP_REMOVE, data ? 0 : KOWN_DISCARD, handle, data, start,
		     count);
}

int kown_write(int ctx, uint32_t handle, const void *data, uint64_t start, uint64_t count)
{
	return range(ctx, KOWN_IOC_WRITE, 0, handle, data, start, count);
}

int kown_fill(int ctx, uint32_t handle, const void *value, uint64_t start, uint64_t count)
{
	return range(ctx, KOWN_IOC_FILL, 0, handle, value, start, count);
}

int kown_extend_within(int ctx, uint32_t handle, uint64_t start, uint64_t count)
{
	return range(ctx, KOWN_IOC_EXTEND_WITHIN, 0, handle, NULL, start, count);
}

int kown_drain(int ctx, uint32_t handle, void *data, uint64_t start, uint64_t count,
	       uint64_t *taken)
{
	struct kown_drain arg = {
		.size = sizeof(arg),
		.flags = data ? 0 : KOWN_DISCARD,
		.handle = handle,
		.start = start,
		.count = count,
		.data = to_user(data),
	};
	int err = command(ctx, KOWN_IOC_DRAIN, &arg);

	if (!err)
		*taken = arg.taken;
	return err;
}

int kown_splice(int ctx, uint32_t handle, void *removed, uint64_t start, uint64_t count,
		const void *data, uint64_t insert)
{
	struct kown_splice arg = {
		.size = sizeof(arg),
		.flags = removed ? 0 : KOWN_DISCARD,
		.handle = handle,
		.start = start,
		.count = count,
		.removed = to_user(removed),
		.data = to_user(data),
		.insert = insert,
	};

	return command(ctx, KOWN_IOC_SPLICE, &arg);
}

static int set_len(int ctx, unsigned int nr, uint32_t handle, uint64_t len, const void *value)
{
	struct kown_resize arg = {
		.size = sizeof(arg),
		.handle = handle,
		.len = len,
		.data = to_user(value),
	};

	return command(ctx, nr, &arg);
}

int kown_truncate(int ctx, uint32_t handle, uint64_t len)
{
	return set_len(ctx, KOWN_IOC_TRUNCATE, handle, len, NULL);
}

int kown_resize(int ctx, uint32_t handle, uint64_t len, const void *value)
{
	return set_len(ctx, KOWN_IOC_RESIZE, handle, len, value);
}

static int set_cap(int ctx, unsigned int nr, uint32_t flags, uint32_t handle, uint64_t count,
		   uint64_t *cap)
{
	struct kown_reserve arg = {
		.size = sizeof(arg),
		.flags = flags,
		.handle = handle,
		.count = count,
	};
	int err = command(ctx, nr, &arg);

	if (!err && cap)
		*cap = arg.cap;
	return err;
}

int kown_reserve(int ctx, uint32_t handle, uint64_t extra, uint64_t *cap)
{
	return set_cap(ctx, KOWN_IOC_RESERVE, 0, handle, extra, cap);
}

int kown_reserve_exact(int ctx, uint32_t handle, uint64_t extra, uint64_t *cap)
{
	return set_cap(ctx, KOWN_IOC_RESERVE, KOWN_RESERVE_EXACT, handle, extra, cap);
}

int kown_shrink(int ctx, uint32_t handle, uint64_t min_cap, uint64_t *cap)
{
	return set_cap(ctx, KOWN_IOC_SHRINK, 0, handle, min_cap, cap);
}

static int choose(int ctx, unsigned int nr, uint32_t handle, const void *mask, uint64_t start,
		  uint64_t count, void *data, uint64_t *taken)
{
	struct kown_mask arg = {
		.size = sizeof(arg),
		.handle = handle,
		.start = start,
		.count = count,
		.mask = to_user(mask),
		.data = to_user(data),
	};
	int err = command(ctx, nr, &arg);

	if (!err && taken)
		*taken = arg.taken;
	return err;
}

int kown_retain(int ctx, uint32_t handle, const void *mask, uint64_t start, uint64_t count,
		uint64_t *taken)
{
	return choose(ctx, KOWN_IOC_RETAIN, handle, mask, start, count, NULL, taken);
}

int kown_extract(int ctx, uint32_t handle, const void *mask, uint64_t start, uint64_t count,
		 void *data, uint64_t *taken)
{
	return choose(ctx, KOWN_IOC_EXTRACT, handle, mask, start, count, data, taken);
}

int kown_dedup(int ctx, uint32_t handle, uint64_t *taken)
{
	struct kown_dedup arg = {
		.size = sizeof(arg),
		.handle = handle,
	};
	int err = command(ctx, KOWN_IOC_DEDUP, &arg);

	if (!err && taken)
		*taken = arg.taken;
	return err;
}

static int from_other(int ctx, unsigned int nr, uint32_t handle, uint32_t other, uint64_t start,
		      uint64_t count, uint64_t *index)
{
	struct kown_append arg = {
		.size = sizeof(arg),
		.handle = handle,
		.other = other,
		.start = start,
		.count = count,
	};
	int err = command(ctx, nr, &arg);

	if (!err && index)
		*index = arg.index;
	return err;
}

int kown_append(int ctx, uint32_t handle, uint32_t other, uint64_t *index)
{
	return from_other(ctx, KOWN_IOC_APPEND, handle, other, 0, 0, index);
}

int kown_copy_from(int ctx, uint32_t handle, uint32_t other, uint64_t start, uint64_t count,
		   uint64_t *index)
{
	return from_other(ctx, KOWN_IOC_COPY_FROM, handle, other, start, count, index);
}

int kown_split_off(int ctx, uint32_t handle, uint64_t start, uint32_t *tail, uint64_t *object)
{
	struct kown_split_off arg = {
		.size = sizeof(arg),
		.handle = handle,
		.start = start,
	};
	int err = command(ctx, KOWN_IOC_SPLIT_OFF, &arg);

	if (err)
		return err;
	*tail = arg.new_handle;
	if (object)
		*object = arg.object;
	return 0;
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
