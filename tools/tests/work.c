// SPDX-License-Identifier: GPL-2.0
/*
 * One round of work for insmod_stress.sh. Two processes do everything that can
 * be done with an object, on one that they share, until they are killed. This
 * one ends before that, so what follows it runs against their end.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "kown_test.h"

enum { HANDLES = 32, FDS = 4, MOST = 500 };

static void work(int fd, __u64 seed)
{
	__u32 handles[HANDLES] = { 0 }, done;
	__u64 elems[MOST] = { 0 };
	int ctx = kown_open(), fds[FDS] = { -1, -1, -1, -1 };

	for (;;) {
		__u32 *to = &handles[random_u32(&seed) % HANDLES];
		__u32 from = handles[random_u32(&seed) % HANDLES];
		__u64 n = random_u32(&seed) % MOST;
		int *file = &fds[random_u32(&seed) % FDS];

		kown_drop(ctx, *to);
		switch (random_u32(&seed) % 8) {
		case 0:
			kown_new(ctx, 8, n, to);
			break;
		case 1:
			kown_clone(ctx, from, KOWN_RIGHTS_SAME, to);
			break;
		case 2:
			close(*file);
			kown_export(ctx, from, KOWN_RIGHTS_SAME, file);
			break;
		case 3:
			kown_import(ctx, *file, KOWN_RIGHTS_SAME, to);
			break;
		case 4:
			kown_import(ctx, fd, KOWN_RIGHTS_SAME, to);
			break;
		case 5:
			kown_push(ctx, from, elems, n);
			break;
		case 6:
			kown_pop(ctx, from, elems, n, NULL);
			break;
		default:
			kown_drop_many(ctx, handles, HANDLES, &done);
		}
	}
}

static pid_t start(int fd, __u64 seed)
{
	pid_t pid = fork();

	if (pid == 0)
		work(fd, seed);
	return pid;
}

int main(int argc, char **argv)
{
	__u64 seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	int fd, ctx = kown_open();
	__u32 handle;
	pid_t pids[2];

	if (ctx < 0 || kown_new(ctx, 8, 10, &handle) ||
	    kown_export(ctx, handle, KOWN_RIGHTS_SAME, &fd))
		return 1;
	if (fork())
		return 0;
	pids[0] = start(fd, seed);
	pids[1] = start(fd, ~seed);
	if (pids[0] < 0 || pids[1] < 0)
		return 1;
	usleep(random_u32(&seed) % 10000);
	kill(pids[0], SIGKILL);
	kill(pids[1], SIGKILL);
	while (wait(NULL) > 0)
		;
	return 0;
}
