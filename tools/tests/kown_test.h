/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Raw calls to /dev/kown. Each returns 0 or the errno, and each struct begins
 * as a pattern, so that an output which the kernel forgot shows.
 */
#ifndef KOWN_TEST_H
#define KOWN_TEST_H

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <time.h>
#include <sys/ioctl.h>

#include <linux/kown.h>
#include <kselftest_harness.h>

#include "one.h"

/* A kernel to debug with is slow; run.sh ends what hangs. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	600	/* seconds */

#define PATTERN		0xa5
#define COMMANDS	38		/* numbers from 0 */
#define ALL_RIGHTS	(KOWN_RIGHT_READ | KOWN_RIGHT_WRITE | \
			 KOWN_RIGHT_CLONE | KOWN_RIGHT_EXPORT | \
			 KOWN_RIGHT_LOCK)

union kown_arg {
	__u32 word[2];		/* size, flags */
	struct kown_info info;
	struct kown_new new;
	struct kown_clone clone;
	struct kown_drop drop;
	struct kown_stat stat;
	struct kown_push push;
	struct kown_pop pop;
	struct kown_read read;
	struct kown_export export;
	struct kown_import import;
	struct kown_own own;
	struct kown_lock lock;
	struct kown_unlock unlock;
	struct kown_range range;
	struct kown_drain drain;
	struct kown_splice splice;
	struct kown_resize resize;
	struct kown_reserve reserve;
	struct kown_mask mask;
	struct kown_dedup dedup;
	struct kown_append append;
	struct kown_split_off split_off;
	unsigned char byte[4096];
};

static inline __u64 ptr_to_u64(const void *p)
{
	return (uintptr_t)p;
}

static inline int kown_open(void)
{
	return open("/dev/kown", O_RDWR | O_CLOEXEC);
}

static inline int kown_call(int ctx, unsigned int cmd, void *arg)
{
	return ioctl(ctx, cmd, arg) ? errno : 0;
}

static inline void kown_blank(void *arg, __u32 size)
{
	__u32 *word = arg;

	memset(arg, PATTERN, size);
	word[0] = size;
	word[1] = 0;		/* flags */
}

static inline int kown_info(int ctx, struct kown_info *info)
{
	kown_blank(info, sizeof(*info));
	return kown_call(ctx, KOWN_IOC_INFO, info);
}

static inline int kown_new_mode(int ctx, __u32 mode, __u32 elem_size, __u64 cap,
				__u32 *handle)
{
	struct kown_new arg;
	int err;

	kown_blank(&arg, sizeof(arg));
	arg.mode = mode;
	arg.elem_size = elem_size;
	arg.cap = cap;
	arg.count = 0;
	arg.handles = 0;
	err = kown_call(ctx, KOWN_IOC_NEW, &arg);
	*handle = err ? 0 : arg.handle;
	return err;
}

static inline int kown_new(int ctx, __u32 elem_size, __u64 cap, __u32 *handle)
{
	return kown_new_mode(ctx, KOWN_MODE_SHARED, elem_size, cap, handle);
}

/* Of a shared mode. @handles has room for @count. */
static inline int kown_new_many(int ctx, __u32 elem_size, __u64 cap, __u32 count,
				__u32 *handles)
{
	struct kown_new arg;

	kown_blank(&arg, sizeof(arg));
	arg.mode = KOWN_MODE_SHARED;
	arg.elem_size = elem_size;
	arg.cap = cap;
	arg.count = count;
	arg.handles = ptr_to_u64(handles);
	return kown_call(ctx, KOWN_IOC_NEW, &arg);
}

/* @cmd is CLONE, DOWNGRADE, UPGRADE or CLONE_DATA. */
static inline int kown_another(int ctx, unsigned int cmd, __u32 handle, __u32 rights,
			       __u32 *other)
{
	struct kown_clone arg;
	int err;

	kown_blank(&arg, sizeof(arg));
	arg.handle = handle;
	arg.rights = rights;
	arg.count = 0;
	arg.handles = 0;
	err = kown_call(ctx, cmd, &arg);
	*other = err ? 0 : arg.new_handle;
	return err;
}

/* The same, @count at once, which is not 0. */
static inline int kown_others(int ctx, unsigned int cmd, __u32 handle, __u32 rights,
			      __u32 count, __u32 *handles)
{
	struct kown_clone arg;

	kown_blank(&arg, sizeof(arg));
	arg.handle = handle;
	arg.rights = rights;
	arg.count = count;
	arg.handles = ptr_to_u64(handles);
	return kown_call(ctx, cmd, &arg);
}

static inline int kown_clone(int ctx, __u32 handle, __u32 rights, __u32 *clone)
{
	return kown_another(ctx, KOWN_IOC_CLONE, handle, rights, clone);
}

static inline int kown_downgrade(int ctx, __u32 handle, __u32 rights, __u32 *weak)
{
	return kown_another(ctx, KOWN_IOC_DOWNGRADE, handle, rights, weak);
}

static inline int kown_upgrade(int ctx, __u32 weak, __u32 rights, __u32 *handle)
{
	return kown_another(ctx, KOWN_IOC_UPGRADE, weak, rights, handle);
}

/* @cmd is INTO_INNER, TAKE or MAKE_MUT. */
static inline int kown_own(int ctx, unsigned int cmd, __u32 handle, __u32 *how,
			   __u64 *object)
{
	struct kown_own arg;
	int err;

	kown_blank(&arg, sizeof(arg));
	arg.handle = handle;
	err = kown_call(ctx, cmd, &arg);
	if (how)
		*how = arg.how;
	if (object)
		*object = arg.object;
	return err;
}

static inline int kown_lock_until(int ctx, __u32 handle, __u64 deadline)
{
	struct kown_lock arg;

	kown_blank(&arg, sizeof(arg));
	arg.handle = handle;
	arg.__reserved = 0;
	arg.deadline = deadline;
	return kown_call(ctx, KOWN_IOC_LOCK, &arg);
}

static inline int kown_lock(int ctx, __u32 handle)
{
	return kown_lock_until(ctx, handle, KOWN_FOREVER);
}

static inline int kown_try_lock(int ctx, __u32 handle)
{
	struct kown_lock arg;

	kown_blank(&arg, sizeof(arg));
	arg.flags = KOWN_LOCK_TRY;
	arg.handle = handle;
	arg.__reserved = 0;
	return kown_call(ctx, KOWN_IOC_LOCK, &arg);
}

/* @cmd is UNLOCK or CLEAR_POISON. */
static inline int kown_with_lock(int ctx, unsigned int cmd, __u32 handle)
{
	struct kown_unlock arg;

	kown_blank(&arg, sizeof(arg));
	arg.handle = handle;
	arg.__reserved = 0;
	return kown_call(ctx, cmd, &arg);
}

static inline int kown_unlock(int ctx, __u32 handle)
{
	return kown_with_lock(ctx, KOWN_IOC_UNLOCK, handle);
}

static inline int kown_clear_poison(int ctx, __u32 handle)
{
	return kown_with_lock(ctx, KOWN_IOC_CLEAR_POISON, handle);
}

static inline int kown_drop_many(int ctx, const __u32 *handles, __u32 count,
				 __u32 *done)
{
	struct kown_drop arg;
	int err;

	kown_blank(&arg, sizeof(arg));
	arg.handles = ptr_to_u64(handles);
	arg.count = count;
	err = kown_call(ctx, KOWN_IOC_DROP, &arg);
	*done = arg.done;
	return err;
}

static inline int kown_drop(int ctx, __u32 handle)
{
	__u32 done;

	return kown_drop_many(ctx, &handle, 1, &done);
}

static inline int kown_stat(int ctx, __u32 handle, struct kown_stat *stat)
{
	kown_blank(stat, sizeof(*stat));
	stat->handle = handle;
	return kown_call(ctx, KOWN_IOC_STAT, stat);
}

static inline int kown_push_at(int ctx, __u32 handle, __u64 data, __u64 count,
			       __u64 *index)
{
	struct kown_push arg;
	int err;

	kown_blank(&arg, sizeof(arg));
	arg.handle = handle;
	arg.__reserved = 0;
	arg.data = data;
	arg.count = count;
	err = kown_call(ctx, KOWN_IOC_PUSH, &arg);
	if (index)
		*index = arg.index;
	return err;
}

static inline int kown_push(int ctx, __u32 handle, const void *data,
			    __u64 count)
{
	return kown_push_at(ctx, handle, ptr_to_u64(data), count, NULL);
}

static inline int kown_pop_at(int ctx, __u32 handle, __u64 data, __u64 count,
			      __u64 *taken)
{
	struct kown_pop arg;
	int err;

	kown_blank(&arg, sizeof(arg));
	arg.handle = handle;
	arg.__reserved = 0;
	arg.data = data;
	arg.count = count;
	err = kown_call(ctx, KOWN_IOC_POP, &arg);
	if (taken)
		*taken = arg.taken;
	return err;
}

static inline int kown_pop(int ctx, __u32 handle, void *data,
			   __u64 count, __u64 *taken)
{
	return kown_pop_at(ctx, handle, ptr_to_u64(data), count, taken);
}

static inline int kown_read_at(int ctx, __u32 handle, __u64 start, __u64 count,
			       __u64 data)
{
	struct kown_read arg;

	kown_blank(&arg, sizeof(arg));
	arg.handle = handle;
	arg.__reserved = 0;
	arg.start = start;
	arg.count = count;
	arg.data = data;
	return kown_call(ctx, KOWN_IOC_READ, &arg);
}

static inline int kown_read(int ctx, __u32 handle, __u64 start, __u64 count,
			    void *data)
{
	return kown_read_at(ctx, handle, start, count, ptr_to_u64(data));
}

/* @cmd is one of those with a struct kown_range. */
static inline int kown_range(int ctx, unsigned int cmd, __u32 flags, __u32 handle,
			     __u64 start, __u64 count, const void *data)
{
	struct kown_range arg;

	kown_blank(&arg, sizeof(arg));
	arg.flags = flags;
	arg.handle = handle;
	arg.__reserved = 0;
	arg.start = start;
	arg.count = count;
	arg.data = ptr_to_u64(data);
	return kown_call(ctx, cmd, &arg);
}

static inline int kown_pop_front(int ctx, __u32 handle, void *data, __u64 count,
				 __u64 *taken)
{
	struct kown_pop arg;
	int err;

	kown_blank(&arg, sizeof(arg));
	arg.handle = handle;
	arg.__reserved = 0;
	arg.data = ptr_to_u64(data);
	arg.count = count;
	err = kown_call(ctx, KOWN_IOC_POP_FRONT, &arg);
	if (taken)
		*taken = arg.taken;
	return err;
}

static inline int kown_drain(int ctx, __u32 flags, __u32 handle, __u64 start,
			     __u64 count, void *data, __u64 *taken)
{
	struct kown_drain arg;
	int err;

	kown_blank(&arg, sizeof(arg));
	arg.flags = flags;
	arg.handle = handle;
	arg.__reserved = 0;
	arg.start = start;
	arg.count = count;
	arg.data = ptr_to_u64(data);
	err = kown_call(ctx, KOWN_IOC_DRAIN, &arg);
	if (taken)
		*taken = arg.taken;
	return err;
}

static inline int kown_splice(int ctx, __u32 flags, __u32 handle, __u64 start, __u64 count,
			      void *removed, const void *data, __u64 insert)
{
	struct kown_splice arg;

	kown_blank(&arg, sizeof(arg));
	arg.flags = flags;
	arg.handle = handle;
	arg.__reserved = 0;
	arg.start = start;
	arg.count = count;
	arg.removed = ptr_to_u64(removed);
	arg.data = ptr_to_u64(data);
	arg.insert = insert;
	return kown_call(ctx, KOWN_IOC_SPLICE, &arg);
}

/* @cmd is TRUNCATE or RESIZE. */
static inline int kown_resize(int ctx, unsigned int cmd, __u32 handle, __u64 len,
			      const void *value)
{
	struct kown_resize arg;

	kown_blank(&arg, sizeof(arg));
	arg.handle = handle;
	arg.__reserved = 0;
	arg.len = len;
	arg.data = ptr_to_u64(value);
	return kown_call(ctx, cmd, &arg);
}

/* @cmd is RESERVE or SHRINK. */
static inline int kown_reserve(int ctx, unsigned int cmd, __u32 flags, __u32 handle,
			       __u64 count, __u64 *cap)
{
	struct kown_reserve arg;
	int err;

	kown_blank(&arg, sizeof(arg));
	arg.flags = flags;
	arg.handle = handle;
	arg.__reserved = 0;
	arg.count = count;
	err = kown_call(ctx, cmd, &arg);
	if (cap)
		*cap = arg.cap;
	return err;
}

/* @cmd is RETAIN or EXTRACT. */
static inline int kown_mask(int ctx, unsigned int cmd, __u32 handle, __u64 start,
			    __u64 count, const void *mask, void *data, __u64 *taken)
{
	struct kown_mask arg;
	int err;

	kown_blank(&arg, sizeof(arg));
	arg.handle = handle;
	arg.__reserved = 0;
	arg.start = start;
	arg.count = count;
	arg.mask = ptr_to_u64(mask);
	arg.data = ptr_to_u64(data);
	err = kown_call(ctx, cmd, &arg);
	if (taken)
		*taken = arg.taken;
	return err;
}

static inline int kown_dedup(int ctx, __u32 handle, __u64 *taken)
{
	struct kown_dedup arg;
	int err;

	kown_blank(&arg, sizeof(arg));
	arg.handle = handle;
	arg.__reserved = 0;
	err = kown_call(ctx, KOWN_IOC_DEDUP, &arg);
	if (taken)
		*taken = arg.taken;
	return err;
}

/* @cmd is APPEND or COPY_FROM. */
static inline int kown_append(int ctx, unsigned int cmd, __u32 handle, __u32 other,
			      __u64 start, __u64 count, __u64 *index)
{
	struct kown_append arg;
	int err;

	kown_blank(&arg, sizeof(arg));
	arg.handle = handle;
	arg.other = other;
	arg.start = start;
	arg.count = count;
	err = kown_call(ctx, cmd, &arg);
	if (index)
		*index = arg.index;
	return err;
}

static inline int kown_split_off(int ctx, __u32 handle, __u64 start, __u32 *tail)
{
	struct kown_split_off arg;
	int err;

	kown_blank(&arg, sizeof(arg));
	arg.handle = handle;
	arg.start = start;
	err = kown_call(ctx, KOWN_IOC_SPLIT_OFF, &arg);
	*tail = err ? 0 : arg.new_handle;
	return err;
}

static inline int kown_clone_data(int ctx, __u32 handle, __u32 rights, __u32 *clone)
{
	return kown_another(ctx, KOWN_IOC_CLONE_DATA, handle, rights, clone);
}

static inline int kown_export(int ctx, __u32 handle, __u32 rights, int *fd)
{
	struct kown_export arg;
	int err;

	kown_blank(&arg, sizeof(arg));
	arg.handle = handle;
	arg.rights = rights;
	arg.__reserved = 0;
	err = kown_call(ctx, KOWN_IOC_EXPORT, &arg);
	*fd = err ? -1 : arg.fd;
	return err;
}

static inline int kown_import(int ctx, int fd, __u32 rights, __u32 *handle)
{
	struct kown_import arg;
	int err;

	kown_blank(&arg, sizeof(arg));
	arg.fd = fd;
	arg.rights = rights;
	arg.__reserved = 0;
	err = kown_call(ctx, KOWN_IOC_IMPORT, &arg);
	*handle = err ? 0 : arg.handle;
	return err;
}

/* A module parameter, or 0 if it cannot be read. */
static inline __u64 kown_param(const char *name)
{
	unsigned long long value = 0;
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/sys/module/kown/parameters/%s", name);
	file = fopen(path, "r");
	if (!file)
		return 0;
	if (fscanf(file, "%llu", &value) != 1)
		value = 0;
	fclose(file);
	return value;
}

/* The lowest free descriptor: the same before and after if none leaked. */
static inline int fd_lowest_free(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(fd);
	return fd;
}

/* @n pages, readable and writable, with one that is neither behind them. */
static inline char *pages_with_hole(size_t n)
{
	size_t page = sysconf(_SC_PAGESIZE);
	char *map = mmap(NULL, (n + 1) * page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED || mprotect(map + n * page, page, PROT_NONE))
		return NULL;
	return map;
}

/* Memory that another thread changes meanwhile. */
#define READ_ONCE(x)		__atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, value)	__atomic_store_n(&(x), value, __ATOMIC_RELAXED)

static inline bool bytes_are(const void *at, int byte, size_t n)
{
	const unsigned char *bytes = at;
	size_t i;

	for (i = 0; i < n; i++) {
		if (bytes[i] != byte)
			return false;
	}
	return true;
}

static inline bool elems_are(const __u64 *elems, __u64 elem, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (elems[i] != elem)
			return false;
	}
	return true;
}

static inline __u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static inline unsigned long long now_ms(void)
{
	return now_ns() / 1000000;
}

/* Two threads on one CPU never race; if there is only one, so be it. */
static inline void run_on_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* Fork; the child does @what with @arg and exits with what that returns. */
static inline pid_t run_child(int (*what)(void *arg), void *arg)
{
	pid_t pid = fork();

	if (!pid)
		_exit(what(arg));
	return pid;
}

static inline int child_status(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Small, good enough, and the same in each run. */
static inline __u32 random_u32(__u64 *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return *state >> 33;
}

#endif /* KOWN_TEST_H */
