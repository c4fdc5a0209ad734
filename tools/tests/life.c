// SPDX-License-Identifier: GPL-2.0
/*
 * Lifetimes: an object lives as long as anything holds it, whichever process
 * that is and however it ends, and not a moment longer.
 */
#include <signal.h>

#include "kown_test.h"
#include "pass.h"

#define KILLS	250

#define LIFE	FIXTURE_DATA(life)

FIXTURE(life) {
	int watcher;		/* a context that holds nothing */
	struct kown_info before;
};

FIXTURE_SETUP(life)
{
	self->watcher = kown_open();
	ASSERT_LE(0, self->watcher);
	ASSERT_EQ(0, kown_info(self->watcher, &self->before));
}

static bool as_before(LIFE *self, struct kown_info *info)
{
	return !kown_info(self->watcher, info) &&
	       info->all_objects == self->before.all_objects &&
	       info->all_handles == self->before.all_handles &&
	       info->all_bytes == self->before.all_bytes;
}

/* Sockets and their garbage collector may take a moment, but no longer. */
FIXTURE_TEARDOWN(life)
{
	unsigned long long end = now_ms() + 5000;
	struct kown_info info;

	while (!as_before(self, &info) && now_ms() < end)
		usleep(1000);
	EXPECT_EQ(self->before.all_objects, info.all_objects);
	EXPECT_EQ(self->before.all_handles, info.all_handles);
	EXPECT_EQ(self->before.all_bytes, info.all_bytes);
	EXPECT_EQ(0, info.objects);
	EXPECT_EQ(0, info.handles);
	EXPECT_EQ(0, info.bytes);
	close(self->watcher);
}

static void ended_well(struct __test_metadata *_metadata, pid_t pid)
{
	int status;

	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ(0, status);
}

TEST_F(life, context_is_shared_by_fork)
{
	int ctx = kown_open();
	__u64 elem = 7;
	__u32 handle;
	pid_t pid;

	ASSERT_EQ(0, kown_new(ctx, 8, 0, &handle));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		int err = kown_push(ctx, handle, &elem, 1);

		_exit(err || close(ctx));
	}
	ended_well(_metadata, pid);
	/* The child's end closed nothing. */
	elem = 0;
	ASSERT_EQ(0, kown_read(ctx, handle, 0, 1, &elem));
	EXPECT_EQ(7, elem);
	close(ctx);
}

TEST_F(life, context_outlives_the_parent)
{
	int pipes[2], ctx = kown_open();
	__u32 handle;
	char result = 'x';
	pid_t pid;

	ASSERT_EQ(0, pipe(pipes));
	ASSERT_EQ(0, kown_new(ctx, 8, 10, &handle));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		pid_t parent = getpid();

		if (fork() == 0) {
			while (getppid() == parent)
				usleep(1000);
			result = kown_push(ctx, handle, &parent, 0) ? 'n' : 'y';
			write(pipes[1], &result, 1);
			_exit(0);
		}
		_exit(0);
	}
	close(ctx);
	ended_well(_metadata, pid);
	ASSERT_EQ(1, read(pipes[0], &result, 1));
	EXPECT_EQ('y', result);
}

/* The story of the device: made by one, sent, the maker killed, read on. */
TEST_F(life, object_outlives_the_process_that_made_it)
{
	__u64 elems[4] = { 1, 2, 3, 4 }, copy[5] = { 0 };
	int socks[2], ctx, fd;
	__u32 handle;
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, socks));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		ctx = kown_open();
		if (kown_new(ctx, 8, 0, &handle) ||
		    kown_push(ctx, handle, elems, 4) ||
		    kown_export(ctx, handle, KOWN_RIGHTS_SAME, &fd) ||
		    send_fd(socks[1], fd))
			_exit(1);
		pause();
	}
	fd = receive_fd(socks[0]);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));

	ctx = kown_open();
	ASSERT_EQ(0, kown_import(ctx, fd, KOWN_RIGHTS_SAME, &handle));
	close(fd);
	ASSERT_EQ(0, kown_push(ctx, handle, &(__u64){ 5 }, 1));
	ASSERT_EQ(0, kown_read(ctx, handle, 0, 5, copy));
	EXPECT_EQ(1, copy[0]);
	EXPECT_EQ(5, copy[4]);
	close(ctx);
	close(socks[0]);
	close(socks[1]);
}

/* Everything that a process can do, without end; then it is killed. */
static void work(int fd)
{
	__u64 seed = getpid(), elems[300] = { 0 };
	__u32 handles[64] = { 0 }, done;
	int fds[8] = { -1, -1, -1, -1, -1, -1, -1, -1 };
	int socks[2], ctx = kown_open();

	socketpair(AF_UNIX, SOCK_STREAM, 0, socks);
	fcntl(socks[0], F_SETFL, O_NONBLOCK);
	fcntl(socks[1], F_SETFL, O_NONBLOCK);
	for (;;) {
		__u32 *slot = &handles[random_u32(&seed) % 64];
		__u32 *from = &handles[random_u32(&seed) % 64];
		int *out = &fds[random_u32(&seed) % 8];
		__u64 n = random_u32(&seed) % 300;

		switch (random_u32(&seed) % 10) {
		case 0:
			kown_drop(ctx, *slot);
			kown_new(ctx, 8, n, slot);
			break;
		case 1:
			kown_drop(ctx, *slot);
			kown_clone(ctx, *from, KOWN_RIGHTS_SAME, slot);
			break;
		case 2:
			kown_drop_many(ctx, handles, 64, &done);
			break;
		case 3:
			close(*out);
			kown_export(ctx, *from, KOWN_RIGHTS_SAME, out);
			break;
		case 4:
			kown_drop(ctx, *slot);
			kown_import(ctx, *out, KOWN_RIGHTS_SAME, slot);
			break;
		case 5:
			kown_drop(ctx, *slot);
			kown_import(ctx, fd, KOWN_RIGHTS_SAME, slot);
			break;
		case 6:
			send_fd(socks[0], *out);
			break;
		case 7:
			close(*out);
			*out = receive_fd(socks[1]);
			break;
		case 8:
			kown_pop(ctx, *slot, elems, n, NULL);
			break;
		default:
			kown_push(ctx, *slot, elems, n);
		}
	}
}

TEST_F(life, class_24_process_killed_at_any_instant)
{
	struct kown_info info, base;
	int ctx = kown_open(), fd, round;
	__u64 seed = 5;
	__u32 handle;
	pid_t pid;

	ASSERT_EQ(0, kown_new(ctx, 8, 0, &handle));
	ASSERT_EQ(0, kown_export(ctx, handle, KOWN_RIGHTS_SAME, &fd));
	for (round = 0; round < KILLS; round++) {
		struct kown_stat stat;

		pid = fork();
		ASSERT_LE(0, pid);
		if (pid == 0)
			work(fd);
		usleep(random_u32(&seed) % 8000);
		ASSERT_EQ(0, kill(pid, SIGKILL));
		ASSERT_EQ(pid, waitpid(pid, NULL, 0));

		/* Of all it did, only the elements are left. */
		ASSERT_EQ(0, kown_stat(ctx, handle, &stat));
		ASSERT_EQ(2, stat.strong) TH_LOG("round %d", round);
		ASSERT_EQ(0, kown_info(ctx, &info));
		ASSERT_EQ(1, info.objects);
		ASSERT_EQ(1, info.handles);
		ASSERT_EQ(self->before.all_objects + 1, info.all_objects);
		ASSERT_EQ(self->before.all_handles + 1, info.all_handles);
		ASSERT_EQ(stat.cap * 8, info.bytes);
		if (stat.len > 100000) {
			ASSERT_EQ(0, kown_drop(ctx, handle));
			close(fd);
			ASSERT_EQ(0, kown_info(ctx, &base));
			ASSERT_EQ(0, base.bytes);
			ASSERT_EQ(0, kown_new(ctx, 8, 0, &handle));
			ASSERT_EQ(0, kown_export(ctx, handle, KOWN_RIGHTS_SAME,
						 &fd));
		}
	}
	close(fd);
	close(ctx);
}

/* The context goes with the socket that it was sent to. */
TEST_F(life, class_18_context_in_a_socket_that_is_closed)
{
	int socks[2], ctx = kown_open(), round, fd;
	struct kown_info info;
	__u32 handle;

	ASSERT_EQ(0, kown_new(ctx, 8, 100, &handle));
	for (round = 0; round < 50; round++) {
		close(ctx);
		ctx = kown_open();
		ASSERT_EQ(0, kown_new(ctx, 8, 100, &handle));
		ASSERT_EQ(0, kown_export(ctx, handle, KOWN_RIGHTS_SAME, &fd));
		ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, socks));
		ASSERT_EQ(0, send_fd(socks[0], ctx));
		ASSERT_EQ(0, send_fd(socks[0], fd));
		close(fd);
		close(ctx);
		ctx = -1;
		ASSERT_EQ(0, kown_info(self->watcher, &info));
		ASSERT_EQ(self->before.all_objects + 1, info.all_objects);
		ASSERT_EQ(self->before.all_handles + 1, info.all_handles);
		if (round % 3 == 0) {
			ctx = receive_fd(socks[1]);
			ASSERT_EQ(0, kown_info(ctx, &info));
			ASSERT_EQ(1, info.handles);
		}
		close(socks[round % 2]);
		close(socks[!(round % 2)]);
	}
	close(ctx);
}

/* Two sockets, each in the other's queue, with a context: only the garbage
 * collector of sockets finds them.
 */
TEST_F(life, class_18_context_in_a_cycle_of_sockets)
{
	int socks[2], ctx, fd, round;
	__u32 handle;

	for (round = 0; round < 50; round++) {
		ctx = kown_open();
		ASSERT_EQ(0, kown_new(ctx, 8, 100, &handle));
		ASSERT_EQ(0, kown_export(ctx, handle, KOWN_RIGHTS_SAME, &fd));
		ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, socks));
		ASSERT_EQ(0, send_fd(socks[0], ctx));
		ASSERT_EQ(0, send_fd(socks[0], socks[1]));
		ASSERT_EQ(0, send_fd(socks[1], fd));
		ASSERT_EQ(0, send_fd(socks[1], socks[0]));
		close(ctx);
		close(fd);
		close(socks[0]);
		close(socks[1]);
	}
	/* Any close of a socket sets it going. */
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, socks));
	close(socks[0]);
	close(socks[1]);
}

TEST_F(life, descriptor_passed_along_a_chain_of_processes)
{
	enum { LINKS = 8 };
	const __u64 links[LINKS] = { 0, 1, 2, 3, 4, 5, 6, 7 };
	int socks[LINKS + 1][2], i, ctx = kown_open(), fd;
	__u64 elems[LINKS];
	__u32 handle;
	pid_t pid;

	for (i = 0; i <= LINKS; i++) {
		fd = socketpair(AF_UNIX, SOCK_STREAM, 0, socks[i]);
		ASSERT_EQ(0, fd);
	}
	for (i = 0; i < LINKS; i++) {
		pid = fork();
		ASSERT_LE(0, pid);
		if (pid)
			continue;
		close(ctx);
		ctx = kown_open();
		fd = receive_fd(socks[i][1]);
		elems[0] = i;
		if (kown_import(ctx, fd, KOWN_RIGHTS_SAME, &handle) ||
		    kown_push(ctx, handle, elems, 1))
			_exit(1);
		close(fd);
		if (kown_export(ctx, handle, KOWN_RIGHTS_SAME, &fd) ||
		    send_fd(socks[i + 1][0], fd))
			_exit(2);
		kill(getpid(), SIGKILL);
	}
	ASSERT_EQ(0, kown_new(ctx, 8, 0, &handle));
	ASSERT_EQ(0, kown_export(ctx, handle, KOWN_RIGHTS_SAME, &fd));
	ASSERT_EQ(0, send_fd(socks[0][0], fd));
	close(fd);
	close(ctx);
	fd = receive_fd(socks[LINKS][1]);
	ASSERT_LE(0, fd);
	while (wait(NULL) > 0)
		;
	ctx = kown_open();
	ASSERT_EQ(0, kown_import(ctx, fd, KOWN_RIGHTS_SAME, &handle));
	close(fd);
	ASSERT_EQ(0, kown_read(ctx, handle, 0, LINKS, elems));
	EXPECT_EQ(0, memcmp(elems, links, sizeof(links)));
	close(ctx);
	for (i = 0; i <= LINKS; i++) {
		close(socks[i][0]);
		close(socks[i][1]);
	}
}

TEST_F(life, contexts_opened_and_closed_in_any_number)
{
	__u32 handle;
	int i, ctx;

	for (i = 0; i < 2000; i++) {
		ctx = kown_open();
		ASSERT_LE(0, ctx);
		if (i % 2)
			kown_new(ctx, 8, i, &handle);
		close(ctx);
	}
}

/* A whole tree of contexts holds one object; they go in any order. */
TEST_F(life, object_held_by_many_contexts)
{
	enum { N = 200 };
	int ctx[N], fd, i, j;
	struct kown_stat stat;
	__u32 handle[N];
	__u64 seed = 9;

	ctx[0] = kown_open();
	ASSERT_EQ(0, kown_new(ctx[0], 4096, 3, &handle[0]));
	ASSERT_EQ(0, kown_export(ctx[0], handle[0], KOWN_RIGHTS_SAME, &fd));
	for (i = 1; i < N; i++) {
		ctx[i] = kown_open();
		ASSERT_EQ(0, kown_import(ctx[i], fd, KOWN_RIGHTS_SAME,
					 &handle[i]));
	}
	close(fd);
	for (i = N; i > 0; i--) {
		j = random_u32(&seed) % i;
		ASSERT_EQ(0, kown_stat(ctx[j], handle[j], &stat));
		ASSERT_EQ(i, stat.strong);
		close(ctx[j]);
		ctx[j] = ctx[i - 1];
		handle[j] = handle[i - 1];
	}
}

TEST_HARNESS_MAIN
