// SPDX-License-Identifier: GPL-2.0
/*
 * usage: hold KIND
 *
 * For unload.sh: has one thing of the module's and nothing else, says "ready PID", and
 * waits for SIGTERM. Then it says "good" if it still has it, and ends.
 */
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>

#include "kown_test.h"
#include "pass.h"

static int ctx, fd, epoll, socks[2];
static __u32 handle;
static struct kown_stat stat;

static bool stat_works(void)
{
	return !kown_stat(ctx < 0 ? fd : ctx, ctx < 0 ? 0 : handle, &stat);
}

static bool weak_works(void)
{
	return stat_works() && !stat.strong && stat.weak == 1;
}

static bool lock_works(void)
{
	return stat_works() && stat.state & KOWN_STATE_OWNER && !kown_unlock(ctx, handle);
}

static bool epoll_works(void)
{
	struct epoll_event event;

	return epoll_wait(epoll, &event, 1, 0) == 0 && !kown_push(fd, 0, &event, 1) &&
	       epoll_wait(epoll, &event, 1, 0) == 1;
}

static bool in_flight_works(void)
{
	fd = receive_fd(socks[1]);
	return fd >= 0 && stat_works() && stat.strong == 1;
}

/* The file is gone, and the inode is not. */
static bool path_works(void)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return fcntl(fd, F_GETFD) >= 0 && open(path, O_RDWR) < 0;
}

static void close_context(void)
{
	close(ctx);
	ctx = -1;
}

/* Leave nothing but what is named. Return: is it still there? */
static bool (*begin(const char *kind))(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	char path[32];
	int held;

	if (!strcmp(kind, "context"))
		return stat_works;
	if (!strcmp(kind, "lock"))
		return kown_lock(ctx, handle) ? NULL : lock_works;
	if (!strcmp(kind, "weak") && kown_downgrade(ctx, handle, ALL_RIGHTS, &handle))
		return NULL;
	if (kown_export(ctx, handle, ALL_RIGHTS, &fd))
		return NULL;
	close_context();
	if (!strcmp(kind, "weak"))
		return weak_works;
	if (!strcmp(kind, "epoll")) {
		epoll = epoll_create1(EPOLL_CLOEXEC);
		return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) ? NULL : epoll_works;
	}
	if (!strcmp(kind, "in_flight")) {
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, socks) || send_fd(socks[0], fd))
			return NULL;
		close(fd);
		return in_flight_works;
	}
	if (!strcmp(kind, "path")) {
		held = fd;
		snprintf(path, sizeof(path), "/proc/self/fd/%d", held);
		fd = open(path, O_PATH | O_CLOEXEC);
		close(held);
		return fd < 0 ? NULL : path_works;
	}
	/* Whoever made it ends, and a child has it. */
	if (!strcmp(kind, "inherited") && fork())
		_exit(0);
	return stat_works;
}

int main(int argc, char **argv)
{
	const char *kind = argc > 1 ? argv[1] : "";
	bool (*works)(void);
	sigset_t term;
	int signal;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	ctx = kown_open();
	if (ctx < 0 || kown_new_mode(ctx, !strcmp(kind, "lock") ? KOWN_MODE_LOCKED :
				     KOWN_MODE_SHARED, 8, 0, &handle))
		return 1;
	works = begin(kind);
	if (!works)
		return 2;
	printf("ready %d\n", getpid());
	fflush(stdout);
	sigwait(&term, &signal);
	puts(works() ? "good" : "bad");
	return 0;
}
