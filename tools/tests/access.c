// SPDX-License-Identifier: GPL-2.0
/*
 * Who may: root opens the device, nobody else does; and who is given a context, or a
 * descriptor, may use it, whoever he is.
 */
#include <grp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "kown_test.h"
#include "pass.h"

#define NOBODY	65534

static bool become_nobody(void)
{
	return !setgroups(0, NULL) && !setresgid(NOBODY, NOBODY, NOBODY) &&
	       !setresuid(NOBODY, NOBODY, NOBODY);
}

/* Return: the errno of an open, 0 if it succeeded. */
static int open_error(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

FIXTURE(access) {
	struct kown_info before;
	int socks[2];
};

FIXTURE_SETUP(access)
{
	int ctx = kown_open();

	ASSERT_LE(0, ctx);
	ASSERT_EQ(0, kown_info(ctx, &self->before));
	close(ctx);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, self->socks));
}

FIXTURE_TEARDOWN(access)
{
	struct kown_info after;
	int ctx = kown_open();

	close(self->socks[0]);
	close(self->socks[1]);
	ASSERT_EQ(0, kown_info(ctx, &after));
	EXPECT_EQ(0, memcmp(&self->before, &after, sizeof(after)));
	close(ctx);
}

TEST_F(access, node_is_for_root_alone)
{
	struct stat stat;

	ASSERT_EQ(0, lstat("/dev/kown", &stat));
	EXPECT_TRUE(S_ISCHR(stat.st_mode));
	EXPECT_EQ(0600, stat.st_mode & 07777);
	EXPECT_EQ(0, stat.st_uid);
	EXPECT_EQ(0, stat.st_gid);
}

static int open_as_nobody(void *unused)
{
	return become_nobody() ? open_error("/dev/kown") : 101;
}

TEST_F(access, nobody_cannot_open_it)
{
	EXPECT_EQ(EACCES, child_status(run_child(open_as_nobody, NULL)));
}

/* All capabilities there are in a namespace of one's own. */
static int open_in_a_namespace(void *unused)
{
	int map;

	/* To change its ids made what it has in /proc root's. */
	if (!become_nobody() || prctl(PR_SET_DUMPABLE, 1) || unshare(CLONE_NEWUSER))
		return 101;
	map = open("/proc/self/uid_map", O_WRONLY);
	if (dprintf(map, "0 %u 1\n", NOBODY) < 0 || getuid())
		return 102;
	return open_error("/dev/kown");
}

TEST_F(access, root_of_a_namespace_cannot_open_it)
{
	EXPECT_EQ(EACCES, child_status(run_child(open_in_a_namespace, NULL)));
}

/* Each command family, on a context that came through a socket. */
static int use_what_is_sent(void *arg)
{
	int *socks = arg, ctx, fd;
	__u64 elems[3] = { 7, 8, 9 }, taken;
	__u32 handle, clone, weak, locked, how;
	char path[32];

	if (!become_nobody())
		return 1;
	ctx = receive_fd(socks[1]);
	if (ctx < 0 || open_error("/dev/kown") != EACCES)
		return 2;
	/* What was given is not opened again with it. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", ctx);
	if (open_error(path) != EACCES)
		return 3;
	if (kown_new_mode(ctx, KOWN_MODE_EXCLUSIVE, 8, 0, &handle) ||
	    kown_push(ctx, handle, elems, 3))
		return 4;
	if (kown_downgrade(ctx, handle, KOWN_RIGHTS_SAME, &weak) ||
	    kown_upgrade(ctx, weak, KOWN_RIGHTS_SAME, &clone))
		return 5;
	if (kown_push(ctx, handle, elems, 1) != EBUSY ||
	    kown_own(ctx, KOWN_IOC_MAKE_MUT, handle, &how, NULL) || how != KOWN_OWN_COPIED ||
	    kown_pop(ctx, handle, elems, 3, &taken) || taken != 3 || elems[2] != 9)
		return 6;
	if (kown_new_mode(ctx, KOWN_MODE_LOCKED, 8, 0, &locked) || kown_lock(ctx, locked) ||
	    kown_push(ctx, locked, elems, 3) || kown_unlock(ctx, locked))
		return 7;
	if (kown_export(ctx, locked, KOWN_RIGHTS_SAME, &fd) || send_fd(socks[1], fd))
		return 8;
	close(fd);
	return 0;
}

TEST_F(access, passed_context_works_for_who_could_not_open_it)
{
	int ctx = kown_open(), own = kown_open(), fd;
	pid_t pid = run_child(use_what_is_sent, self->socks);
	struct kown_stat stat;
	__u32 handle;

	ASSERT_LE(0, ctx);
	ASSERT_EQ(0, send_fd(self->socks[0], ctx));
	close(ctx);
	EXPECT_EQ(0, child_status(pid));
	/* It has gone with the last descriptor of it; what it exported has not. */
	fd = receive_fd(self->socks[0]);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, kown_import(own, fd, KOWN_RIGHTS_SAME, &handle));
	close(fd);
	ASSERT_EQ(0, kown_stat(own, handle, &stat));
	EXPECT_EQ(1, stat.strong);
	EXPECT_EQ(3, stat.len);
	EXPECT_EQ(0, stat.state);
	close(own);
}

/* Inherited, kept over setuid, and used while root uses it too. */
static int use_what_is_inherited(void *arg)
{
	int ctx = *(int *)arg, i;
	__u32 handle;

	if (!become_nobody())
		return 1;
	for (i = 0; i < 1000; i++) {
		if (kown_new(ctx, 8, 10, &handle) || kown_drop(ctx, handle))
			return 2;
	}
	return 0;
}

TEST_F(access, inherited_context_works_after_setuid)
{
	int ctx = kown_open(), i;
	__u32 handle;
	pid_t pid = run_child(use_what_is_inherited, &ctx);

	for (i = 0; i < 1000; i++) {
		ASSERT_EQ(0, kown_new(ctx, 8, 10, &handle));
		ASSERT_EQ(0, kown_drop(ctx, handle));
	}
	EXPECT_EQ(0, child_status(pid));
	close(ctx);
}

/* A descriptor alone: it tells when there are elements, and cannot be opened again. */
static int poll_what_is_inherited(void *arg)
{
	struct pollfd poll_fd = { .fd = *(int *)arg, .events = POLLIN };
	char path[32];
	int err;

	if (!become_nobody())
		return 1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", poll_fd.fd);
	err = open_error(path);
	if (err != EACCES && err != ENXIO)
		return 2;
	return poll(&poll_fd, 1, 10000) == 1 && poll_fd.revents == POLLIN ? 0 : 3;
}

TEST_F(access, passed_descriptor_polls_for_who_could_not_open_it)
{
	int ctx = kown_open(), fd;
	__u32 handle;
	pid_t pid;

	ASSERT_EQ(0, kown_new(ctx, 8, 0, &handle));
	ASSERT_EQ(0, kown_export(ctx, handle, KOWN_RIGHT_READ, &fd));
	pid = run_child(poll_what_is_inherited, &fd);
	usleep(10000);
	ASSERT_EQ(0, kown_push(ctx, handle, "12345678", 1));
	EXPECT_EQ(0, child_status(pid));
	close(fd);
	close(ctx);
}

TEST_HARNESS_MAIN
