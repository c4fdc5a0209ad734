// SPDX-License-Identifier: GPL-2.0
/*
 * What the commands of /dev/kown cost, each beside what the kernel has that is nearest to it,
 * in turns: a round of one, a round of the other. Prints a line of JSON for each.
 *
 * usage: device [ROUNDS]
 *
 * Where a nanosecond is an instruction (QEMU's -icount) it counts instructions.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/stat.h>

#include <linux/kown.h>

#define MIB		1048576
#define MOST_ROUNDS	99
#define MANY		1000000
#define GROUP		"/sys/fs/cgroup/kown-bench"

static int ctx, null_fd, file = -1, pipes[2], sem;
static __u32 object, clones, locked;
static __u32 *handles;
static unsigned char *buffer;
static size_t bytes;		/* of one push, write, read, ... */
static __u32 elem_size;		/* of those, in elements of this size */
static __u32 at_once;		/* handles in one call */

static void die(const char *what)
{
	perror(what);
	exit(1);
}

#define MUST(call) ({							\
	__auto_type __result = (call);					\
	if (__result < 0)						\
		die(#call);						\
	__result;							\
})

static __u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static __u32 kown_new(__u32 mode, __u32 elem_size, __u64 cap)
{
	struct kown_new arg = {
		.size = sizeof(arg), .mode = mode, .elem_size = elem_size, .cap = cap,
	};

	MUST(ioctl(ctx, KOWN_IOC_NEW, &arg));
	return arg.handle;
}

static void kown_drop(__u32 handle)
{
	struct kown_drop arg = { .size = sizeof(arg), .handles = (uintptr_t)&handle, .count = 1 };

	MUST(ioctl(ctx, KOWN_IOC_DROP, &arg));
}

static __u32 kown_clone(__u32 handle)
{
	struct kown_clone arg = {
		.size = sizeof(arg), .handle = handle, .rights = KOWN_RIGHTS_SAME,
	};

	MUST(ioctl(ctx, KOWN_IOC_CLONE, &arg));
	return arg.new_handle;
}

static int kown_export(__u32 handle)
{
	struct kown_export arg = {
		.size = sizeof(arg), .handle = handle, .rights = KOWN_RIGHTS_SAME,
	};

	MUST(ioctl(ctx, KOWN_IOC_EXPORT, &arg));
	return arg.fd;
}

static __u32 kown_import(int fd)
{
	struct kown_import arg = { .size = sizeof(arg), .fd = fd, .rights = KOWN_RIGHTS_SAME };

	MUST(ioctl(ctx, KOWN_IOC_IMPORT, &arg));
	return arg.handle;
}

static void kown_push(__u32 handle)
{
	struct kown_push arg = {
		.size = sizeof(arg), .handle = handle, .data = (uintptr_t)buffer,
		.count = bytes / elem_size,
	};

	MUST(ioctl(ctx, KOWN_IOC_PUSH, &arg));
}

static void kown_pop(__u32 handle)
{
	struct kown_pop arg = {
		.size = sizeof(arg), .handle = handle, .data = (uintptr_t)buffer, .count = 1,
	};

	MUST(ioctl(ctx, KOWN_IOC_POP, &arg));
	if (arg.taken != 1)
		die("POP");
}

static void kown_truncate(__u32 handle)
{
	struct kown_resize arg = { .size = sizeof(arg), .handle = handle };

	MUST(ioctl(ctx, KOWN_IOC_TRUNCATE, &arg));
}

/* The floor: what any call costs. */

static void run_null(unsigned int n)
{
	while (n--)
		if (ioctl(null_fd, 0xdead, buffer) != -1 || errno != ENOTTY)
			die("null");
}

static void run_unknown(unsigned int n)
{
	while (n--)
		if (ioctl(ctx, 0xdead, buffer) != -1 || errno != ENOTTY)
			die("unknown");
}

/* Birth and death. */

static void run_new_drop(unsigned int n)
{
	while (n--)
		kown_drop(kown_new(KOWN_MODE_SHARED, 8, 0));
}

static void run_memfd_close(unsigned int n)
{
	while (n--)
		close(MUST(memfd_create("bench", MFD_CLOEXEC)));
}

static void run_eventfd_close(unsigned int n)
{
	while (n--)
		close(MUST(eventfd(0, EFD_CLOEXEC)));
}

static void run_clone_drop(unsigned int n)
{
	while (n--)
		kown_drop(kown_clone(object));
}

static void run_dup_close(unsigned int n)
{
	while (n--)
		close(MUST(dup(null_fd)));
}

/* Many at once: made in one call, and dropped in one. */
static void drop_many(void)
{
	struct kown_drop arg = {
		.size = sizeof(arg), .handles = (uintptr_t)handles, .count = at_once,
	};

	MUST(ioctl(ctx, KOWN_IOC_DROP, &arg));
}

static void run_new_drop_many(unsigned int n)
{
	struct kown_new arg = {
		.size = sizeof(arg), .mode = KOWN_MODE_SHARED, .elem_size = 8, .count = at_once,
		.handles = (uintptr_t)handles,
	};

	for (; n; n -= at_once) {
		MUST(ioctl(ctx, KOWN_IOC_NEW, &arg));
		drop_many();
	}
}

static void run_clone_drop_many(unsigned int n)
{
	struct kown_clone arg = {
		.size = sizeof(arg), .handle = object, .rights = KOWN_RIGHTS_SAME,
		.count = at_once, .handles = (uintptr_t)handles,
	};

	for (; n; n -= at_once) {
		MUST(ioctl(ctx, KOWN_IOC_CLONE, &arg));
		drop_many();
	}
}

static void run_export_import(unsigned int n)
{
	while (n--) {
		int fd = kown_export(object);

		kown_drop(kown_import(fd));
		close(fd);
	}
}

/* To the end. */

static void new_object(void)
{
	object = kown_new(KOWN_MODE_SHARED, elem_size, 0);
}

static void drop_object(void)
{
	kown_drop(object);
}

static void close_file(void)
{
	close(file);
}

static void new_append(void)
{
	char path[32];
	int fd = MUST(memfd_create("bench", MFD_CLOEXEC));

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	file = MUST(open(path, O_RDWR | O_APPEND | O_CLOEXEC));
	close(fd);
}

static void run_push(unsigned int n)
{
	while (n--)
		kown_push(object);
}

static void run_append(unsigned int n)
{
	while (n--)
		if (write(file, buffer, bytes) != bytes)
			die("append");
}

/* With all the room there will be need of. */

static void new_object_with_room(void)
{
	object = kown_new(KOWN_MODE_SHARED, elem_size, 2000);
}

static void new_append_with_room(void)
{
	new_append();
	MUST(fallocate(file, 1 /* KEEP_SIZE */, 0, bytes * 2000));
}

static void run_new_push_drop(unsigned int n)
{
	while (n--) {
		new_object();
		kown_push(object);
		drop_object();
	}
}

static void run_memfd_write_close(unsigned int n)
{
	while (n--) {
		file = MUST(memfd_create("bench", MFD_CLOEXEC));
		run_append(1);
		close_file();
	}
}

static void run_truncate_push(unsigned int n)
{
	while (n--) {
		kown_truncate(object);
		kown_push(object);
	}
}

static void new_file_with_one(void)
{
	file = MUST(memfd_create("bench", MFD_CLOEXEC));
	run_append(1);
}

static void run_pwrite(unsigned int n)
{
	while (n--)
		if (pwrite(file, buffer, bytes, 0) != bytes)
			die("pwrite");
}

/* From anywhere. */

static void new_object_with_one(void)
{
	new_object();
	kown_push(object);
}

static void run_read(unsigned int n)
{
	struct kown_read arg = {
		.size = sizeof(arg), .handle = object, .count = bytes / elem_size,
		.data = (uintptr_t)buffer,
	};

	while (n--)
		MUST(ioctl(ctx, KOWN_IOC_READ, &arg));
}

static void run_pread(unsigned int n)
{
	while (n--)
		if (pread(file, buffer, bytes, 0) != bytes)
			die("pread");
}

/* Off the end. As many as a pipe holds. */

static void new_object_full(void)
{
	new_object();
	run_push(1000);
}

static void run_pop(unsigned int n)
{
	while (n--)
		kown_pop(object);
}

static void new_pipe_full(void)
{
	MUST(pipe(pipes));
	for (int i = 0; i < 1000; i++)
		if (write(pipes[1], buffer, bytes) != bytes)
			die("pipe");
}

static void run_pipe_read(unsigned int n)
{
	while (n--)
		if (read(pipes[0], buffer, bytes) != bytes)
			die("pipe");
}

static void close_pipe(void)
{
	close(pipes[0]);
	close(pipes[1]);
}

/* The lock. */

static void run_lock_unlock(unsigned int n)
{
	struct kown_lock lock = {
		.size = sizeof(lock), .handle = locked, .deadline = KOWN_FOREVER,
	};
	struct kown_unlock unlock = { .size = sizeof(unlock), .handle = locked };

	while (n--) {
		MUST(ioctl(ctx, KOWN_IOC_LOCK, &lock));
		MUST(ioctl(ctx, KOWN_IOC_UNLOCK, &unlock));
	}
}

static void run_flock(unsigned int n)
{
	while (n--) {
		MUST(flock(file, LOCK_EX));
		MUST(flock(file, LOCK_UN));
	}
}

static void run_semop(unsigned int n)
{
	struct sembuf down = { .sem_op = -1, .sem_flg = SEM_UNDO };
	struct sembuf up = { .sem_op = 1, .sem_flg = SEM_UNDO };

	while (n--) {
		MUST(semop(sem, &down, 1));
		MUST(semop(sem, &up, 1));
	}
}

/* There and back: one writes and waits for the other's answer, with epoll. */

struct end {
	int epoll, fd;
	__u32 in, out;		/* objects, or */
	int event_in, event_out;	/* eventfds */
};

static struct end ends[2];
static unsigned int trips;
static pthread_t other;

static void wait_for(struct end *end)
{
	struct epoll_event event;

	if (epoll_wait(end->epoll, &event, 1, 10000) != 1)
		die("epoll_wait");
}

static void watch(struct end *end, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };

	end->epoll = MUST(epoll_create1(EPOLL_CLOEXEC));
	end->fd = fd;
	MUST(epoll_ctl(end->epoll, EPOLL_CTL_ADD, fd, &event));
}

static void *answer_kown(void *unused)
{
	for (unsigned int n = trips; n--;) {
		wait_for(&ends[1]);
		kown_pop(ends[1].in);
		kown_push(ends[1].out);
	}
	return NULL;
}

static void start(void *(*answer)(void *unused), unsigned int n)
{
	trips = n;
	if (pthread_create(&other, NULL, answer, NULL))
		die("pthread_create");
}

static void new_ends_kown(void)
{
	for (int i = 0; i < 2; i++) {
		ends[i].in = kown_new(KOWN_MODE_SHARED, elem_size, 1);
		watch(&ends[i], kown_export(ends[i].in));
	}
	ends[0].out = ends[1].in;
	ends[1].out = ends[0].in;
}

static void run_trips_kown(unsigned int n)
{
	start(answer_kown, n);
	while (n--) {
		kown_push(ends[0].out);
		wait_for(&ends[0]);
		kown_pop(ends[0].in);
	}
	pthread_join(other, NULL);
}

static void close_ends(void)
{
	for (int i = 0; i < 2; i++) {
		close(ends[i].fd);
		close(ends[i].epoll);
	}
}

static void drop_ends_kown(void)
{
	close_ends();
	kown_drop(ends[0].in);
	kown_drop(ends[1].in);
}

static void *answer_eventfd(void *unused)
{
	eventfd_t value;

	for (unsigned int n = trips; n--;) {
		wait_for(&ends[1]);
		MUST(eventfd_read(ends[1].event_in, &value));
		MUST(eventfd_write(ends[1].event_out, 1));
	}
	return NULL;
}

static void new_ends_eventfd(void)
{
	for (int i = 0; i < 2; i++) {
		ends[i].event_in = MUST(eventfd(0, EFD_CLOEXEC));
		watch(&ends[i], ends[i].event_in);
	}
	ends[0].event_out = ends[1].event_in;
	ends[1].event_out = ends[0].event_in;
}

static void run_trips_eventfd(unsigned int n)
{
	eventfd_t value;

	start(answer_eventfd, n);
	while (n--) {
		MUST(eventfd_write(ends[0].event_out, 1));
		wait_for(&ends[0]);
		MUST(eventfd_read(ends[0].event_in, &value));
	}
	pthread_join(other, NULL);
}

/* One of many. */

static void grow_to(__u32 count)
{
	for (; clones < count; clones++)
		handles[clones] = kown_clone(object);
}

static void stat_every(__u32 step, unsigned int n)
{
	struct kown_stat arg = { .size = sizeof(arg) };
	__u32 at = 0;

	while (n--) {
		arg.handle = handles[at];
		arg.size = sizeof(arg);
		MUST(ioctl(ctx, KOWN_IOC_STAT, &arg));
		at = (at + step) % clones;
	}
}

static void run_stat_same(unsigned int n)
{
	stat_every(0, n);
}

static void run_stat_any(unsigned int n)
{
	stat_every(7919, n);
}

struct side {
	const char *who;
	void (*run)(unsigned int n);
	void (*before)(void);
	void (*after)(void);
};

struct bench {
	const char *name;
	unsigned int n;
	size_t bytes;
	struct side sides[3];
	__u32 at_once;
};

static const struct bench benches[] = {
	{ "unknown ioctl", 5000, 8, {
		{ "kown", run_unknown }, { "/dev/null", run_null } } },
	{ "NEW+DROP", 2000, 8, {
		{ "kown", run_new_drop }, { "memfd_create+close", run_memfd_close },
		{ "eventfd+close", run_eventfd_close } } },
	{ "CLONE+DROP", 2000, 8, {
		{ "kown", run_clone_drop, new_object, drop_object },
		{ "dup+close", run_dup_close } } },
	{ "NEW+DROP, 4 at once", 2048, 8, {
		{ "kown", run_new_drop_many }, { "memfd_create+close", run_memfd_close } }, 4 },
	{ "CLONE+DROP, 4 at once", 2048, 8, {
		{ "kown", run_clone_drop_many, new_object, drop_object },
		{ "dup+close", run_dup_close } }, 4 },
	{ "NEW+DROP, 64 at once", 2048, 8, {
		{ "kown", run_new_drop_many }, { "memfd_create+close", run_memfd_close } }, 64 },
	{ "CLONE+DROP, 64 at once", 2048, 8, {
		{ "kown", run_clone_drop_many, new_object, drop_object },
		{ "dup+close", run_dup_close } }, 64 },
	{ "PUSH 8 B", 2000, 8, {
		{ "kown", run_push, new_object, drop_object },
		{ "memfd append", run_append, new_append, close_file } } },
	{ "PUSH 64 B", 2000, 64, {
		{ "kown", run_push, new_object, drop_object },
		{ "memfd append", run_append, new_append, close_file } } },
	{ "PUSH 64 B, with room", 2000, 64, {
		{ "kown", run_push, new_object_with_room, drop_object },
		{ "memfd append", run_append, new_append_with_room, close_file } } },
	{ "PUSH 4096 B", 2000, 4096, {
		{ "kown", run_push, new_object, drop_object },
		{ "memfd append", run_append, new_append, close_file } } },
	{ "PUSH 1 MiB to a new one", 20, MIB, {
		{ "kown", run_new_push_drop },
		{ "memfd write", run_memfd_write_close } } },
	{ "PUSH 1 MiB, with room", 20, MIB, {
		{ "kown", run_truncate_push, new_object_with_one, drop_object },
		{ "memfd pwrite", run_pwrite, new_file_with_one, close_file } } },
	{ "READ 8 B", 2000, 8, {
		{ "kown", run_read, new_object_with_one, drop_object },
		{ "memfd pread", run_pread, new_file_with_one, close_file } } },
	{ "READ 64 B", 2000, 64, {
		{ "kown", run_read, new_object_with_one, drop_object },
		{ "memfd pread", run_pread, new_file_with_one, close_file } } },
	{ "READ 4096 B", 2000, 4096, {
		{ "kown", run_read, new_object_with_one, drop_object },
		{ "memfd pread", run_pread, new_file_with_one, close_file } } },
	{ "READ 1 MiB", 20, MIB, {
		{ "kown", run_read, new_object_with_one, drop_object },
		{ "memfd pread", run_pread, new_file_with_one, close_file } } },
	{ "POP 64 B", 1000, 64, {
		{ "kown", run_pop, new_object_full, drop_object },
		{ "pipe read", run_pipe_read, new_pipe_full, close_pipe } } },
	{ "LOCK+UNLOCK", 2000, 8, {
		{ "kown", run_lock_unlock },
		{ "flock", run_flock, new_file_with_one, close_file },
		{ "semop, undone", run_semop } } },
	{ "EXPORT+IMPORT+DROP+close", 2000, 8, {
		{ "kown", run_export_import, new_object, drop_object },
		{ "dup+close", run_dup_close },
		{ "memfd_create+close", run_memfd_close } } },
	{ "there and back with epoll", 1000, 8, {
		{ "kown", run_trips_kown, new_ends_kown, drop_ends_kown },
		{ "eventfd", run_trips_eventfd, new_ends_eventfd, close_ends } } },
};

static int by_value(const void *a, const void *b)
{
	__u64 x = *(const __u64 *)a, y = *(const __u64 *)b;

	return x < y ? -1 : x > y;
}

static void report(const char *name, const char *who, __u64 *ps, unsigned int rounds)
{
	qsort(ps, rounds, sizeof(*ps), by_value);
	printf("kown-bench-device: {\"name\": \"%s\", \"who\": \"%s\", ", name, who);
	printf("\"min_ps\": %llu, \"median_ps\": %llu}\n", ps[0], ps[rounds / 2]);
	fflush(stdout);
}

static __u64 time_of(const struct side *side, unsigned int n)
{
	__u64 start;

	if (side->before)
		side->before();
	start = now_ns();
	side->run(n);
	start = now_ns() - start;
	if (side->after)
		side->after();
	return start * 1000 / n;
}

static void run_bench(const struct bench *bench, unsigned int rounds)
{
	__u64 ps[3][MOST_ROUNDS];
	unsigned int i, side;

	at_once = bench->at_once;
	bytes = bench->bytes;
	elem_size = bytes > KOWN_MAX_ELEM_SIZE ? KOWN_MAX_ELEM_SIZE : bytes;
	for (i = 0; i < rounds; i++)
		for (side = 0; side < 3 && bench->sides[side].who; side++)
			ps[side][i] = time_of(&bench->sides[side], bench->n);
	for (side = 0; side < 3 && bench->sides[side].who; side++)
		report(bench->name, bench->sides[side].who, ps[side], rounds);
}

static void bench_lookups(unsigned int rounds)
{
	static const __u32 counts[] = { 1, 1000, MANY };
	static const struct side same = { "kown", run_stat_same }, any = { "kown", run_stat_any };
	__u64 ps[2][MOST_ROUNDS];
	char name[64];

	bytes = 8;
	elem_size = 8;
	new_object();
	for (int c = 0; c < 3; c++) {
		grow_to(counts[c]);
		for (unsigned int i = 0; i < rounds; i++) {
			ps[0][i] = time_of(&same, 5000);
			ps[1][i] = time_of(&any, 5000);
		}
		snprintf(name, sizeof(name), "STAT of the same of %u handles", counts[c]);
		report(name, "kown", ps[0], rounds);
		snprintf(name, sizeof(name), "STAT of any of %u handles", counts[c]);
		report(name, "kown", ps[1], rounds);
	}
}

/* What the cgroup pays for @n of what @make makes, in bytes for each. */
static long long group_bytes(void)
{
	long long value;
	FILE *current = fopen(GROUP "/memory.current", "r");

	if (!current || fscanf(current, "%lld", &value) != 1)
		die(GROUP);
	fclose(current);
	return value;
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die(path);
	close(fd);
}

static void make_object(void)
{
	kown_new(KOWN_MODE_SHARED, 8, 0);
}

static void make_handle(void)
{
	kown_clone(object);
}

static void make_descriptor(void)
{
	kown_export(object);
}

static void make_memfd(void)
{
	MUST(memfd_create("bench", MFD_CLOEXEC));
}

static void measure_memory(const char *name, void (*make)(void), int n)
{
	long long before = group_bytes();

	for (int i = 0; i < n; i++)
		make();
	printf("kown-bench-device: {\"name\": \"memory of %s\", \"bytes\": %.1f}\n", name,
	       (double)(group_bytes() - before) / n);
	fflush(stdout);
}

static void bench_memory(void)
{
	struct rlimit files = { 65536, 65536 };

	put("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
	if (mkdir(GROUP, 0755) && errno != EEXIST)
		die(GROUP);
	put(GROUP "/cgroup.procs", "0");
	MUST(setrlimit(RLIMIT_NOFILE, &files));
	MUST(dup2(null_fd, 65535));	/* so that the table need not grow */
	close(ctx);
	ctx = MUST(open("/dev/kown", O_RDWR | O_CLOEXEC));
	new_object();
	measure_memory("a handle", make_handle, 50000);
	measure_memory("an empty object and its handle", make_object, 50000);
	measure_memory("an exported descriptor", make_descriptor, 20000);
	measure_memory("an empty memfd", make_memfd, 20000);
}

int main(int argc, char **argv)
{
	unsigned int rounds = argc > 1 ? atoi(argv[1]) : 9;

	if (!rounds || rounds > MOST_ROUNDS)
		return 2;
	ctx = MUST(open("/dev/kown", O_RDWR | O_CLOEXEC));
	null_fd = MUST(open("/dev/null", O_RDWR | O_CLOEXEC));
	sem = MUST(semget(IPC_PRIVATE, 1, 0600));
	MUST(semctl(sem, 0, SETVAL, 1));
	locked = kown_new(KOWN_MODE_LOCKED, 8, 0);
	handles = calloc(MANY, sizeof(*handles));
	buffer = calloc(1, MIB);
	if (!handles || !buffer)
		die("calloc");
	memset(buffer, 1, MIB);
	for (unsigned int i = 0; i < sizeof(benches) / sizeof(*benches); i++)
		run_bench(&benches[i], rounds);
	bench_lookups(rounds);
	semctl(sem, 0, IPC_RMID);
	bench_memory();
	puts("kown-bench-device: done");
	return 0;
}
