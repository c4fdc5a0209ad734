// SPDX-License-Identifier: GPL-2.0
/*
 * Class 24: processes that do all there is, to objects they share and to their own, and are
 * killed at any instant. Whatever they were at, others go on, and once they are gone so is
 * all they had: the counts in INFO are what they were.
 *
 * KILLS=n says how many, SEED=n repeats a run.
 */
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>

#include "kown_test.h"
#include "pass.h"

#define WORKERS	4
#define SHARED	3	/* objects, one of each mode */
#define SLOTS	16
#define ELEMS	64
#define MANY	200	/* handles at once */

/* What one worker has. All of it is random, and much of it fails: nobody looks. */
struct worker {
	int ctx;
	const int *given;		/* descriptors of the shared objects */
	int socks[2], fds[4], epoll;
	__u32 slots[SLOTS], many[MANY];
	__u64 seed, elems[ELEMS];
};

static __u32 some(struct worker *w, __u32 below)
{
	return random_u32(&w->seed) % below;
}

static __u32 *slot(struct worker *w)
{
	return &w->slots[some(w, SLOTS)];
}

static void make(struct worker *w)
{
	__u32 from = *slot(w), *to = slot(w), how, new = 0;

	switch (some(w, 12)) {
	case 0:
		kown_new_mode(w->ctx, some(w, 3), 8, some(w, ELEMS), &new);
		break;
	case 1:
		kown_clone(w->ctx, from, KOWN_RIGHTS_SAME, &new);
		break;
	case 2:
		kown_downgrade(w->ctx, from, KOWN_RIGHTS_SAME, &new);
		break;
	case 3:
		kown_upgrade(w->ctx, from, KOWN_RIGHTS_SAME, &new);
		break;
	case 4:
		kown_import(w->ctx, w->given[some(w, SHARED)], KOWN_RIGHTS_SAME, &new);
		break;
	case 5:
		kown_import(w->ctx, w->fds[some(w, 4)], KOWN_RIGHTS_SAME, &new);
		break;
	case 6:
		kown_clone_data(w->ctx, from, KOWN_RIGHTS_SAME, &new);
		break;
	case 7:
		kown_split_off(w->ctx, from, some(w, ELEMS), &new);
		break;
	case 8:
		kown_own(w->ctx, some(w, 2) ? KOWN_IOC_INTO_INNER : KOWN_IOC_TAKE, from, &how,
			 NULL);
		return;
	case 9:
		kown_own(w->ctx, KOWN_IOC_MAKE_MUT, from, &how, NULL);
		return;
	case 10:
		kown_new_many(w->ctx, 8, some(w, ELEMS), MANY, w->many);
		kown_drop_many(w->ctx, w->many, some(w, MANY), &new);
		return;
	default:
		kown_others(w->ctx, some(w, 2) ? KOWN_IOC_CLONE : KOWN_IOC_DOWNGRADE, from,
			    KOWN_RIGHTS_SAME, MANY, w->many);
		kown_drop_many(w->ctx, w->many, some(w, MANY), &new);
		return;
	}
	if (!new)
		return;
	kown_drop(w->ctx, *to);
	*to = new;
}

static void change(struct worker *w)
{
	__u64 n = some(w, ELEMS), at = some(w, ELEMS), mask = 0x123456789abcdef0;
	__u32 handle = *slot(w);

	switch (some(w, 21)) {
	case 0:
		kown_pop(w->ctx, handle, w->elems, n, NULL);
		break;
	case 1:
		kown_pop_front(w->ctx, handle, w->elems, n, NULL);
		break;
	case 2:
		kown_range(w->ctx, KOWN_IOC_INSERT, 0, handle, at, n, w->elems);
		break;
	case 3:
		kown_drain(w->ctx, KOWN_DISCARD, handle, at, n, NULL, NULL);
		break;
	case 4:
		kown_splice(w->ctx, 0, handle, at, some(w, ELEMS), w->elems, w->elems, n);
		break;
	case 5:
		kown_resize(w->ctx, KOWN_IOC_TRUNCATE, handle, n, NULL);
		break;
	case 6:
		kown_mask(w->ctx, KOWN_IOC_RETAIN, handle, 0, n, &mask, NULL, NULL);
		break;
	case 7:
		kown_append(w->ctx, KOWN_IOC_APPEND, handle, *slot(w), 0, 0, NULL);
		break;
	case 8:
		kown_reserve(w->ctx, KOWN_IOC_SHRINK, 0, handle, n, NULL);
		break;
	case 9:
		kown_range(w->ctx, KOWN_IOC_REMOVE, 0, handle, at, n / 4, w->elems);
		break;
	case 10:
		kown_range(w->ctx, KOWN_IOC_SWAP_REMOVE, 0, handle, at, n / 4, w->elems);
		break;
	case 11:
		kown_range(w->ctx, KOWN_IOC_WRITE, 0, handle, at, n / 4, w->elems);
		break;
	case 12:
		kown_range(w->ctx, KOWN_IOC_FILL, 0, handle, at, n / 4, w->elems);
		break;
	case 13:
		kown_resize(w->ctx, KOWN_IOC_RESIZE, handle, n, w->elems);
		break;
	case 14:
		kown_reserve(w->ctx, KOWN_IOC_RESERVE, at % 2 ? KOWN_RESERVE_EXACT : 0, handle,
			     n, NULL);
		break;
	case 15:
		kown_mask(w->ctx, KOWN_IOC_EXTRACT, handle, 0, n, &mask, w->elems, NULL);
		break;
	case 16:
		kown_dedup(w->ctx, handle, NULL);
		break;
	case 17:
		kown_range(w->ctx, KOWN_IOC_EXTEND_WITHIN, 0, handle, at, n / 4, NULL);
		break;
	case 18:
		kown_append(w->ctx, KOWN_IOC_COPY_FROM, handle, *slot(w), at, n / 4, NULL);
		break;
	case 19:
		kown_read(w->ctx, handle, at, n / 4, w->elems);
		break;
	default:
		kown_push(w->ctx, handle, w->elems, n);
	}
}

/* With a descriptor as the file that it is; the shared ones too. */
static void use_file(struct worker *w)
{
	int fd = some(w, 2) ? w->fds[some(w, 4)] : w->given[some(w, SHARED)];
	struct epoll_event event = { .events = EPOLLIN | (some(w, 2) ? EPOLLET : 0) };
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN | POLLOUT };
	size_t bytes = some(w, ELEMS) * sizeof(*w->elems);
	ssize_t unused;

	switch (some(w, 7)) {
	case 0:
		unused = read(fd, w->elems, bytes);
		break;
	case 1:
		unused = write(fd, w->elems, bytes);
		break;
	case 2:
		unused = pwrite(fd, w->elems, bytes, some(w, ELEMS) * sizeof(*w->elems));
		break;
	case 3:
		unused = ftruncate(fd, bytes);
		break;
	case 4:
		unused = poll(&poll_fd, 1, some(w, 2));
		break;
	case 5:
		unused = epoll_ctl(w->epoll, some(w, 2) ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, fd,
				   &event);
		break;
	default:
		unused = epoll_wait(w->epoll, &event, 1, some(w, 2));
	}
	(void)unused;
}

static void lock(struct worker *w)
{
	__u32 handle = *slot(w);
	int err = some(w, 2) ? kown_try_lock(w->ctx, handle) :
			       kown_lock_until(w->ctx, handle, now_ns() + 2000000);

	if (err && err != EOWNERDEAD)
		return;
	change(w);
	if (err)
		kown_clear_poison(w->ctx, handle);
	if (some(w, 4))
		kown_unlock(w->ctx, handle);
}

static void pass(struct worker *w)
{
	int *fd = &w->fds[some(w, 4)];

	switch (some(w, 4)) {
	case 0:
		close(*fd);
		kown_export(w->ctx, *slot(w), KOWN_RIGHTS_SAME, fd);
		break;
	case 1:
		send_fd(w->socks[0], *fd);
		break;
	case 2:
		close(*fd);
		*fd = receive_fd(w->socks[1]);
		break;
	default:
		/* A context in a socket, that only the kernel has then. */
		send_fd(w->socks[0], w->ctx);
	}
}

static int work(void *given)
{
	struct worker w = { .ctx = kown_open(), .given = given, .fds = { -1, -1, -1, -1 } };
	__u32 done;

	w.seed = now_ns() ^ getpid();
	w.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, w.socks))
		return 1;
	for (;;) {
		switch (some(&w, 20)) {
		case 0:
			kown_drop_many(w.ctx, w.slots, SLOTS, &done);
			break;
		case 1:
			pass(&w);
			break;
		case 2:
		case 3:
			lock(&w);
			break;
		case 4:
		case 5:
		case 6:
		case 7:
		case 8:
			make(&w);
			break;
		case 9:
			close(w.ctx);
			memset(w.slots, 0, sizeof(w.slots));
			w.ctx = kown_open();
			break;
		case 10:
		case 11:
		case 12:
			use_file(&w);
			break;
		default:
			change(&w);
		}
	}
}

FIXTURE(kill) {
	int ctx, given[SHARED];
	__u32 handle[SHARED];
	pid_t pid[WORKERS];
	struct kown_info before;
	__u64 seed;
};

FIXTURE_SETUP(kill)
{
	const char *seed = getenv("SEED");
	__u32 mode;

	self->seed = seed ? strtoull(seed, NULL, 0) : now_ns() ^ getpid();
	TH_LOG("SEED=%llu", self->seed);
	self->ctx = kown_open();
	ASSERT_LE(0, self->ctx);
	ASSERT_EQ(0, kown_info(self->ctx, &self->before));
	for (mode = 0; mode < SHARED; mode++) {
		ASSERT_EQ(0, kown_new_mode(self->ctx, mode, 8, 0, &self->handle[mode]));
		ASSERT_EQ(0, kown_export(self->ctx, self->handle[mode], KOWN_RIGHTS_SAME,
					 &self->given[mode]));
	}
}

FIXTURE_TEARDOWN(kill)
{
	close(self->ctx);
}

static void end(struct __test_metadata *_metadata, pid_t *pid)
{
	ASSERT_EQ(0, kill(*pid, SIGKILL));
	ASSERT_EQ(128 + SIGKILL, child_status(*pid));
	*pid = 0;
}

/* What there should be: what there was, and what the shared objects, if any, are by now. */
static bool expected(int ctx, const __u32 *shared, int n, struct kown_info *info)
{
	struct kown_stat stat;
	int i;

	for (i = 0; i < n; i++) {
		if (kown_stat(ctx, shared[i], &stat))
			return false;
		info->all_bytes += stat.cap * stat.elem_size;
		info->user_bytes += stat.cap * stat.elem_size;
	}
	info->all_objects += n;
	info->user_objects += n;
	info->all_handles += n;
	info->user_handles += n;
	info->all_descriptors += n;
	info->user_descriptors += n;
	return true;
}

static bool same_counts(const struct kown_info *a, const struct kown_info *b)
{
	return a->all_objects == b->all_objects && a->user_objects == b->user_objects &&
	       a->all_handles == b->all_handles && a->user_handles == b->user_handles &&
	       a->all_bytes == b->all_bytes && a->user_bytes == b->user_bytes &&
	       a->all_descriptors == b->all_descriptors &&
	       a->user_descriptors == b->user_descriptors &&
	       a->all_contexts == b->all_contexts && a->user_contexts == b->user_contexts;
}

/*
 * What was in a socket that is gone is closed by the kernel's own time, perhaps after the
 * process has been waited for.
 */
static bool nothing_left(int ctx, const struct kown_info *before, const __u32 *shared, int n)
{
	unsigned long long until = now_ms() + 10000;
	struct kown_info now, want;

	do {
		want = *before;
		if (!expected(ctx, shared, n, &want) || kown_info(ctx, &now))
			return false;
		if (same_counts(&now, &want))
			return true;
		usleep(1000);
	} while (now_ms() < until);
	printf("# objects %llu of %llu, handles %llu of %llu, bytes %llu of %llu\n",
	       now.all_objects, want.all_objects, now.all_handles, want.all_handles,
	       now.all_bytes, want.all_bytes);
	printf("# descriptors %llu of %llu, contexts %llu of %llu\n", now.all_descriptors,
	       want.all_descriptors, now.all_contexts, want.all_contexts);
	return false;
}

TEST_F_TIMEOUT(kill, class_24_counts_return_whenever_processes_are_killed, 7200)
{
	unsigned long kills = getenv("KILLS") ? strtoul(getenv("KILLS"), NULL, 0) : 50;
	unsigned long i, n;
	struct kown_stat stat;

	for (i = 0; i < kills; i++) {
		pid_t *pid = &self->pid[random_u32(&self->seed) % WORKERS];

		if (*pid)
			end(_metadata, pid);
		*pid = run_child(work, self->given);
		ASSERT_LT(0, *pid);
		usleep(random_u32(&self->seed) % 6000);
		if (i % 64 != 63 && i + 1 < kills)
			continue;
		for (n = 0; n < WORKERS; n++)
			if (self->pid[n])
				end(_metadata, &self->pid[n]);
		ASSERT_TRUE(nothing_left(self->ctx, &self->before, self->handle, SHARED)) {
			TH_LOG("after %lu kills", i + 1);
		}
		for (n = 0; n < SHARED; n++) {
			ASSERT_EQ(0, kown_stat(self->ctx, self->handle[n], &stat));
			ASSERT_EQ(2, stat.strong);
			ASSERT_EQ(0, stat.weak);
			ASSERT_EQ(0, stat.state & KOWN_STATE_LOCKED);
		}
		if (i % 1024 == 1023)
			TH_LOG("%lu of %lu", i + 1, kills);
	}
	for (n = 0; n < SHARED; n++) {
		ASSERT_EQ(0, kown_drop(self->ctx, self->handle[n]));
		close(self->given[n]);
	}
	ASSERT_TRUE(nothing_left(self->ctx, &self->before, NULL, 0));
	TH_LOG("%lu kills", kills);
}

TEST_HARNESS_MAIN
