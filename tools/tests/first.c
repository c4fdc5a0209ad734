// SPDX-License-Identifier: GPL-2.0
/*
 * Why not memfd, futex and SCM_RIGHTS? Each test here does one thing twice: in _kown as
 * it should be, and in _memfd the best that there is without, and shows what goes wrong
 * with it. A _memfd test that fails is good news: then the kernel can do it now.
 */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>

#include "kown_test.h"
#include "pass.h"

#define BYTES	1048576

/* What children and the test tell each other. */
struct shared {
	int step;
	int result[8];
	__u32 word[2];
};

FIXTURE(first) {
	int ctx, socks[2];
	struct shared *shared;
	struct kown_info before;
};

FIXTURE_SETUP(first)
{
	self->ctx = kown_open();
	ASSERT_LE(0, self->ctx);
	ASSERT_EQ(0, kown_info(self->ctx, &self->before));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, self->socks));
	self->shared = mmap(NULL, sizeof(*self->shared), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->shared);
}

FIXTURE_TEARDOWN(first)
{
	munmap(self->shared, sizeof(*self->shared));
	close(self->socks[0]);
	close(self->socks[1]);
	close(self->ctx);
}

#define FIRST	FIXTURE_DATA(first)

static bool await_step(struct shared *shared, int step)
{
	unsigned long long end = now_ms() + 20000;

	while (READ_ONCE(shared->step) < step && now_ms() < end)
		usleep(200);
	return READ_ONCE(shared->step) >= step;
}

static bool is_ready(int fd, short events, int ms)
{
	struct pollfd poll_fd = { .fd = fd, .events = events };

	return poll(&poll_fd, 1, ms) == 1;
}

static int memfd_with(const char *name, __u64 value)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd < 0 || pwrite(fd, &value, sizeof(value), 0) != sizeof(value))
		return -1;
	return fd;
}

/*
 * A cache: the owner keeps something large; others look at it as long as it is there, and
 * do not keep it.
 */
static int own_kown(void *arg)
{
	FIRST *self = arg;
	__u32 handle, weak;
	int ctx = kown_open(), fd;

	if (kown_new(ctx, 1, BYTES, &handle) || kown_push(ctx, handle, "x", 1) ||
	    kown_downgrade(ctx, handle, KOWN_RIGHTS_SAME, &weak) ||
	    kown_export(ctx, weak, KOWN_RIGHTS_SAME, &fd) || send_fd(self->socks[1], fd))
		return 1;
	for (;;)
		pause();
}

TEST_F(first, weak_upgrade_kown)
{
	pid_t owner = run_child(own_kown, self);
	int fd = receive_fd(self->socks[0]);
	struct kown_info info;
	__u32 weak, strong;
	char byte = 0;

	ASSERT_EQ(0, kown_import(self->ctx, fd, KOWN_RIGHTS_SAME, &weak));
	ASSERT_EQ(0, kown_upgrade(self->ctx, weak, KOWN_RIGHTS_SAME, &strong));
	ASSERT_EQ(0, kown_read(self->ctx, strong, 0, 1, &byte));
	EXPECT_EQ('x', byte);
	ASSERT_EQ(0, kown_drop(self->ctx, strong));

	EXPECT_FALSE(is_ready(fd, POLLHUP, 0));
	kill(owner, SIGKILL);
	/* We are told, the memory is back, and there is no way to get at what was. */
	EXPECT_TRUE(is_ready(fd, POLLHUP, 10000));
	ASSERT_EQ(128 + SIGKILL, child_status(owner));
	ASSERT_EQ(0, kown_info(self->ctx, &info));
	EXPECT_EQ(self->before.all_bytes, info.all_bytes);
	EXPECT_EQ(self->before.all_objects, info.all_objects);
	EXPECT_EQ(ESTALE, kown_upgrade(self->ctx, weak, KOWN_RIGHTS_SAME, &strong));
	close(fd);
}

static int own_memfd(void *arg)
{
	FIRST *self = arg;
	int fd = memfd_with("first", 'x');

	if (fd < 0 || ftruncate(fd, BYTES) || posix_fallocate(fd, 0, BYTES) ||
	    send_fd(self->socks[1], fd))
		return 1;
	/* Somebody's first memfd is gone, and his second has its number. */
	self->shared->word[0] = fd;
	WRITE_ONCE(self->shared->step, 1);
	if (!await_step(self->shared, 2) || close(fd) || memfd_with("second", 'y') != fd)
		return 2;
	WRITE_ONCE(self->shared->step, 3);
	for (;;)
		pause();
}

TEST_F(first, weak_upgrade_memfd)
{
	pid_t owner = run_child(own_memfd, self);
	int fd = receive_fd(self->socks[0]), again;
	struct stat stat;
	char path[64], byte = 0;

	ASSERT_LE(0, fd);
	ASSERT_TRUE(await_step(self->shared, 1));
	/* Not to hold it is to know it by a name, and a name comes to mean something else. */
	snprintf(path, sizeof(path), "/proc/%d/fd/%u", owner, self->shared->word[0]);
	WRITE_ONCE(self->shared->step, 2);
	ASSERT_TRUE(await_step(self->shared, 3));
	again = open(path, O_RDONLY);
	ASSERT_LE(0, again);
	ASSERT_EQ(1, pread(again, &byte, 1, 0));
	EXPECT_EQ('y', byte);
	close(again);
	/* To hold it is to keep all of it, whether its owner is there or not; nobody tells. */
	kill(owner, SIGKILL);
	ASSERT_EQ(128 + SIGKILL, child_status(owner));
	EXPECT_FALSE(is_ready(fd, POLLHUP, 100));
	ASSERT_EQ(0, fstat(fd, &stat));
	EXPECT_EQ(BYTES, stat.st_blocks * 512);
	close(fd);
}

/* Shared or mutable: another process is told nothing but what was there when it got it. */
static int look_kown(void *arg)
{
	FIRST *self = arg;
	int fd = receive_fd(self->socks[1]), ctx = kown_open();
	__u64 now[2];
	__u32 handle;

	if (kown_import(ctx, fd, KOWN_RIGHTS_SAME, &handle) || close(fd) ||
	    kown_read(ctx, handle, 0, 2, now) || now[0] != 1)
		return 1;
	WRITE_ONCE(self->shared->step, 1);
	if (!await_step(self->shared, 2))
		return 2;
	return kown_read(ctx, handle, 0, 2, now) || now[0] != 1 || now[1] != 1 ? 3 : 0;
}

TEST_F(first, shared_xor_mutable_kown)
{
	__u64 elems[2] = { 1, 1 };
	__u32 writer;
	pid_t reader;
	int fd;

	ASSERT_EQ(0, kown_new_mode(self->ctx, KOWN_MODE_EXCLUSIVE, 8, 0, &writer));
	ASSERT_EQ(0, kown_push(self->ctx, writer, elems, 2));
	ASSERT_EQ(0, kown_export(self->ctx, writer, KOWN_RIGHT_READ, &fd));
	ASSERT_EQ(0, send_fd(self->socks[0], fd));
	close(fd);
	reader = run_child(look_kown, self);
	ASSERT_TRUE(await_step(self->shared, 1));
	elems[0] = 2;
	EXPECT_EQ(EBUSY, kown_range(self->ctx, KOWN_IOC_WRITE, 0, writer, 0, 1, elems));
	WRITE_ONCE(self->shared->step, 2);
	EXPECT_EQ(0, child_status(reader));
	/* And once it is gone, the writer writes again. */
	EXPECT_EQ(0, kown_range(self->ctx, KOWN_IOC_WRITE, 0, writer, 0, 1, elems));
}

static int look_memfd(void *arg)
{
	FIRST *self = arg;
	__u64 *map = mmap(NULL, 8, PROT_READ, MAP_SHARED, receive_fd(self->socks[1]), 0);

	if (map == MAP_FAILED || READ_ONCE(*map) != 1)
		return 1;
	WRITE_ONCE(self->shared->step, 1);
	if (!await_step(self->shared, 2))
		return 2;
	/* What it reads has changed under it. */
	return READ_ONCE(*map) == 2 ? 0 : 3;
}

TEST_F(first, shared_xor_mutable_memfd)
{
	int writer = memfd_create("first", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	__u64 value = 1;
	pid_t reader;

	ASSERT_LE(0, writer);
	ASSERT_EQ(8, pwrite(writer, &value, 8, 0));
	ASSERT_EQ(0, send_fd(self->socks[0], writer));
	reader = run_child(look_memfd, self);
	ASSERT_TRUE(await_step(self->shared, 1));
	value = 2;
	EXPECT_EQ(8, pwrite(writer, &value, 8, 0));
	/* A seal comes too late for who looks already. */
	EXPECT_EQ(-1, fcntl(writer, F_ADD_SEALS, F_SEAL_WRITE));
	EXPECT_EQ(EBUSY, errno);
	WRITE_ONCE(self->shared->step, 2);
	EXPECT_EQ(0, child_status(reader));
	/* And then it is sealed for ever, though nobody looks any more. */
	ASSERT_EQ(0, fcntl(writer, F_ADD_SEALS, F_SEAL_WRITE));
	EXPECT_EQ(-1, pwrite(writer, &value, 8, 0));
	EXPECT_EQ(EPERM, errno);
	close(writer);
}

/* A copy on write, of the instant it was asked for; and none if nobody else is there. */
static int copy_kown(void *arg)
{
	FIRST *self = arg;
	int fd = receive_fd(self->socks[1]), ctx = kown_open();
	__u64 elem = 2, now[2];
	__u32 mine, how;

	if (kown_import(ctx, fd, KOWN_RIGHTS_SAME, &mine) || close(fd) ||
	    kown_own(ctx, KOWN_IOC_MAKE_MUT, mine, &how, NULL) || how != KOWN_OWN_COPIED ||
	    kown_range(ctx, KOWN_IOC_WRITE, 0, mine, 0, 1, &elem))
		return 1;
	WRITE_ONCE(self->shared->step, 1);
	if (!await_step(self->shared, 2))
		return 2;
	/* Neither sees the other's changes. */
	return kown_read(ctx, mine, 0, 2, now) || now[0] != 2 || now[1] != 1 ? 3 : 0;
}

TEST_F(first, make_mut_kown)
{
	__u64 elems[2] = { 1, 1 }, now[2];
	__u32 mine, how;
	pid_t other;
	int fd;

	ASSERT_EQ(0, kown_new_mode(self->ctx, KOWN_MODE_EXCLUSIVE, 8, 0, &mine));
	ASSERT_EQ(0, kown_push(self->ctx, mine, elems, 2));
	ASSERT_EQ(0, kown_export(self->ctx, mine, KOWN_RIGHTS_SAME, &fd));
	ASSERT_EQ(0, send_fd(self->socks[0], fd));
	close(fd);
	other = run_child(copy_kown, self);
	ASSERT_TRUE(await_step(self->shared, 1));
	ASSERT_EQ(0, kown_read(self->ctx, mine, 0, 2, now));
	EXPECT_EQ(1, now[0]);
	/* The other has gone away with a copy, so here is nothing to copy. */
	ASSERT_EQ(0, kown_own(self->ctx, KOWN_IOC_MAKE_MUT, mine, &how, NULL));
	EXPECT_EQ(KOWN_OWN_SAME, how);
	elems[0] = 3;
	EXPECT_EQ(0, kown_range(self->ctx, KOWN_IOC_WRITE, 0, mine, 0, 2, elems));
	WRITE_ONCE(self->shared->step, 2);
	EXPECT_EQ(0, child_status(other));
}

static int copy_memfd(void *arg)
{
	FIRST *self = arg;
	__u64 *map = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_PRIVATE,
			  receive_fd(self->socks[1]), 0);

	if (map == MAP_FAILED || READ_ONCE(*map) != 1)
		return 1;
	WRITE_ONCE(self->shared->step, 1);
	if (!await_step(self->shared, 2))
		return 2;
	/* It is no copy until it is written, and until then it is somebody else's. */
	return READ_ONCE(*map) == 3 ? 0 : 3;
}

TEST_F(first, make_mut_memfd)
{
	int mine = memfd_with("first", 1);
	__u64 value = 3;
	pid_t other;

	ASSERT_LE(0, mine);
	ASSERT_EQ(0, send_fd(self->socks[0], mine));
	other = run_child(copy_memfd, self);
	ASSERT_TRUE(await_step(self->shared, 1));
	/* And nobody can ask whether the other is there. */
	ASSERT_EQ(8, pwrite(mine, &value, 8, 0));
	WRITE_ONCE(self->shared->step, 2);
	EXPECT_EQ(0, child_status(other));
	close(mine);
}

/* Elements put in and taken out anywhere, by one process while another waits for them. */
static int take_kown(void *arg)
{
	FIRST *self = arg;
	int fd = receive_fd(self->socks[1]), ctx = kown_open();
	__u64 now[3], taken;
	__u32 handle;

	if (kown_import(ctx, fd, KOWN_RIGHTS_SAME, &handle) || is_ready(fd, POLLIN, 0))
		return 1;
	WRITE_ONCE(self->shared->step, 1);
	if (!is_ready(fd, POLLIN, 10000))
		return 2;
	WRITE_ONCE(self->shared->step, 2);
	/* Whenever it looks, there is all of a change or nothing of it. */
	while (READ_ONCE(self->shared->step) < 3) {
		if (kown_read(ctx, handle, 0, 3, now) || now[0] != 10)
			return 3;
		if (!(now[1] == 11 && now[2] == 12) && !(now[1] == 99 && now[2] == 11))
			return 4;
		self->shared->result[now[1] == 99]++;
	}
	if (kown_range(ctx, KOWN_IOC_REMOVE, 0, handle, 1, 1, now) || now[0] != 11)
		return 5;
	if (kown_drain(ctx, 0, handle, 0, ~0ULL, now, &taken) || taken != 2 || now[0] != 10 ||
	    now[1] != 12)
		return 6;
	return is_ready(fd, POLLIN, 0) ? 7 : 0;
}

TEST_F(first, insert_remove_and_poll_kown)
{
	const __u64 elems[3] = { 10, 11, 12 }, between = 99;
	unsigned long long end;
	__u32 handle;
	pid_t taker;
	int fd;

	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &handle));
	ASSERT_EQ(0, kown_export(self->ctx, handle, KOWN_RIGHTS_SAME, &fd));
	ASSERT_EQ(0, send_fd(self->socks[0], fd));
	taker = run_child(take_kown, self);
	ASSERT_TRUE(await_step(self->shared, 1));
	ASSERT_EQ(0, kown_range(self->ctx, KOWN_IOC_INSERT, 0, handle, 0, 3, elems));
	ASSERT_TRUE(await_step(self->shared, 2));
	for (end = now_ms() + 500; now_ms() < end;) {
		ASSERT_EQ(0, kown_range(self->ctx, KOWN_IOC_INSERT, 0, handle, 1, 1, &between));
		ASSERT_EQ(0, kown_range(self->ctx, KOWN_IOC_REMOVE, KOWN_DISCARD, handle, 1, 1,
					NULL));
	}
	WRITE_ONCE(self->shared->step, 3);
	EXPECT_EQ(0, child_status(taker));
	EXPECT_LT(0, self->shared->result[0]);
	EXPECT_LT(0, self->shared->result[1]);
	close(fd);
}

static int take_memfd(void *arg)
{
	FIRST *self = arg;
	int fd = receive_fd(self->socks[1]);
	const __u64 half[4] = { 10, 11, 11, 12 };
	__u64 now[4];

	/* There is nothing, and a poll says that there is. */
	if (!is_ready(fd, POLLIN, 0) || pread(fd, now, 8, 0))
		return 1;
	WRITE_ONCE(self->shared->step, 1);
	if (!await_step(self->shared, 2))
		return 2;
	/* It looks while another puts an element in: one is there twice. */
	return pread(fd, now, sizeof(now), 0) == sizeof(now) &&
	       !memcmp(now, half, sizeof(now)) ? 0 : 3;
}

TEST_F(first, insert_remove_and_poll_memfd)
{
	int fd = memfd_create("first", MFD_CLOEXEC), page = sysconf(_SC_PAGESIZE);
	const __u64 elems[3] = { 10, 11, 12 }, between = 99;
	pid_t taker;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, send_fd(self->socks[0], fd));
	taker = run_child(take_memfd, self);
	ASSERT_TRUE(await_step(self->shared, 1));
	ASSERT_EQ(sizeof(elems), pwrite(fd, elems, sizeof(elems), 0));
	/* Nothing can be put in or taken out, not even whole pages. */
	EXPECT_EQ(-1, fallocate(fd, FALLOC_FL_INSERT_RANGE, 0, page));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_EQ(-1, fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 0, page));
	EXPECT_EQ(EOPNOTSUPP, errno);
	/* So all that is behind it is moved first, and that is seen. */
	ASSERT_EQ(16, pwrite(fd, elems + 1, 16, 16));
	WRITE_ONCE(self->shared->step, 2);
	EXPECT_EQ(0, child_status(taker));
	ASSERT_EQ(8, pwrite(fd, &between, 8, 8));
	close(fd);
}

/* To give somebody a look at something, and no more. */
static int widen_kown(void *arg)
{
	FIRST *self = arg;
	int fd = receive_fd(self->socks[1]), ctx = kown_open(), again;
	__u32 handle, clone;
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_RDWR);
	if (again >= 0)
		return 1;
	if (kown_import(ctx, fd, KOWN_RIGHT_READ | KOWN_RIGHT_WRITE, &handle) != EACCES)
		return 2;
	if (kown_import(ctx, fd, KOWN_RIGHTS_SAME, &handle))
		return 3;
	if (kown_push(ctx, handle, "x", 1) != EACCES)
		return 4;
	return kown_clone(ctx, handle, ALL_RIGHTS, &clone) == EACCES ? 0 : 5;
}

TEST_F(first, rights_only_shrink_kown)
{
	__u32 handle;
	int fd;

	ASSERT_EQ(0, kown_new(self->ctx, 1, 0, &handle));
	ASSERT_EQ(0, kown_export(self->ctx, handle, KOWN_RIGHT_READ, &fd));
	ASSERT_EQ(0, send_fd(self->socks[0], fd));
	EXPECT_EQ(0, child_status(run_child(widen_kown, self)));
	close(fd);
}

static int widen_memfd(void *arg)
{
	FIRST *self = arg;
	int fd = receive_fd(self->socks[1]), again;
	char path[32];

	if (fd < 0 || (fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDONLY)
		return 1;
	if (pwrite(fd, "y", 1, 0) != -1)
		return 2;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_RDWR);
	return again >= 0 && pwrite(again, "y", 1, 0) == 1 ? 0 : 3;
}

TEST_F(first, rights_only_shrink_memfd)
{
	int fd = memfd_with("first", 'x'), narrow;
	char path[32], byte = 0;

	ASSERT_LE(0, fd);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	narrow = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, narrow);
	ASSERT_EQ(0, send_fd(self->socks[0], narrow));
	/* It was given a file that is only to be read, and it has written. */
	EXPECT_EQ(0, child_status(run_child(widen_memfd, self)));
	ASSERT_EQ(1, pread(fd, &byte, 1, 0));
	EXPECT_EQ('y', byte);
	close(narrow);
	close(fd);
}

/* A lock whose owner gives up what he locked through, and then ends. */
static int lock_and_end_kown(void *arg)
{
	FIRST *self = arg;
	int fd = receive_fd(self->socks[1]), ctx = kown_open();
	__u32 handle;

	if (kown_import(ctx, fd, KOWN_RIGHTS_SAME, &handle) || kown_lock(ctx, handle))
		return 1;
	WRITE_ONCE(self->shared->step, 1);
	if (!await_step(self->shared, 2))
		return 2;
	close(ctx);
	close(fd);
	return 0;
}

TEST_F(first, lock_of_a_dead_owner_kown)
{
	__u32 handle;
	pid_t pid;
	int fd;

	ASSERT_EQ(0, kown_new_mode(self->ctx, KOWN_MODE_LOCKED, 8, 0, &handle));
	ASSERT_EQ(0, kown_export(self->ctx, handle, KOWN_RIGHTS_SAME, &fd));
	ASSERT_EQ(0, send_fd(self->socks[0], fd));
	pid = run_child(lock_and_end_kown, self);
	ASSERT_TRUE(await_step(self->shared, 1));
	/* That it is free can be waited for, among other things. */
	EXPECT_FALSE(is_ready(fd, POLLOUT, 0));
	EXPECT_EQ(EBUSY, kown_try_lock(self->ctx, handle));
	WRITE_ONCE(self->shared->step, 2);
	EXPECT_TRUE(is_ready(fd, POLLOUT, 10000));
	EXPECT_EQ(EOWNERDEAD, kown_try_lock(self->ctx, handle));
	EXPECT_EQ(0, child_status(pid));
	close(fd);
}

static pthread_mutex_t *robust_mutex(int fd)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

/* Takes it, gives up its mapping, and ends. */
static int lock_and_end_memfd(void *arg)
{
	FIRST *self = arg;
	int fd = receive_fd(self->socks[1]);
	pthread_mutex_t *mutex = robust_mutex(fd);

	if (pthread_mutex_lock(mutex))
		return 1;
	WRITE_ONCE(self->shared->step, 1);
	if (!await_step(self->shared, 2))
		return 2;
	munmap(mutex, 4096);
	close(fd);
	return 0;
}

TEST_F(first, lock_of_a_dead_owner_memfd)
{
	int fd = memfd_create("first", MFD_CLOEXEC);
	pthread_mutexattr_t attr;
	pthread_mutex_t *mutex;
	struct timespec soon;
	pid_t pid;

	ASSERT_EQ(0, ftruncate(fd, 4096));
	mutex = robust_mutex(fd);
	ASSERT_NE(MAP_FAILED, mutex);
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	ASSERT_EQ(0, pthread_mutex_init(mutex, &attr));
	ASSERT_EQ(0, send_fd(self->socks[0], fd));
	pid = run_child(lock_and_end_memfd, self);
	ASSERT_TRUE(await_step(self->shared, 1));
	/* The lock is held, and a poll of the memfd knows nothing of it. */
	EXPECT_EQ(EBUSY, pthread_mutex_trylock(mutex));
	EXPECT_TRUE(is_ready(fd, POLLOUT, 0));
	WRITE_ONCE(self->shared->step, 2);
	EXPECT_EQ(0, child_status(pid));
	/* Its owner is gone, and nobody gets it any more: not even told of his death. */
	clock_gettime(CLOCK_REALTIME, &soon);
	soon.tv_sec++;
	EXPECT_EQ(ETIMEDOUT, pthread_mutex_timedlock(mutex, &soon));
	munmap(mutex, 4096);
	close(fd);
}

/* A lock that is respected by all but one, who may write what it protects. */
TEST_F(first, lock_is_kept_by_the_kernel_kown)
{
	__u32 handle, other;
	__u64 value = 1;

	ASSERT_EQ(0, kown_new_mode(self->ctx, KOWN_MODE_LOCKED, 8, 0, &handle));
	ASSERT_EQ(0, kown_clone(self->ctx, handle, KOWN_RIGHT_READ | KOWN_RIGHT_WRITE, &other));
	EXPECT_EQ(ENOLCK, kown_push(self->ctx, other, &value, 1));
	EXPECT_EQ(EACCES, kown_unlock(self->ctx, other));
	ASSERT_EQ(0, kown_lock(self->ctx, handle));
	EXPECT_EQ(0, kown_push(self->ctx, other, &value, 1));
}

TEST_F(first, lock_is_kept_by_the_kernel_memfd)
{
	int fd = memfd_create("first", MFD_CLOEXEC);
	pthread_mutexattr_t attr;
	pthread_mutex_t *mutex;

	ASSERT_EQ(0, ftruncate(fd, 4096));
	mutex = robust_mutex(fd);
	ASSERT_NE(MAP_FAILED, mutex);
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	ASSERT_EQ(0, pthread_mutex_init(mutex, &attr));
	ASSERT_EQ(0, pthread_mutex_lock(mutex));
	EXPECT_EQ(EBUSY, pthread_mutex_trylock(mutex));
	/* Who may write what it protects may write the lock. */
	ASSERT_EQ(4, pwrite(fd, "\0\0\0\0", 4, 0));
	EXPECT_EQ(0, pthread_mutex_trylock(mutex));
	munmap(mutex, 4096);
	close(fd);
}

TEST_HARNESS_MAIN
