// SPDX-License-Identifier: GPL-2.0
/*
 * Weak handles and descriptors: they name an object and do not keep it.
 */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>

#include "kown_test.h"
#include "snapshot.h"

#define MILLISECONDS	600		/* per race */
#define DECIDED		100000		/* rounds after which each has won */

FIXTURE(weak) {
	int ctx;
	__u32 handle;
	__u32 weak;
};

FIXTURE_SETUP(weak)
{
	const __u64 elems[3] = { 1, 2, 3 };

	self->ctx = kown_open();
	ASSERT_LE(0, self->ctx);
	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &self->handle));
	ASSERT_EQ(0, kown_push(self->ctx, self->handle, elems, 3));
	ASSERT_EQ(0, kown_downgrade(self->ctx, self->handle, KOWN_RIGHTS_SAME, &self->weak));
}

FIXTURE_TEARDOWN(weak)
{
	close(self->ctx);
}

TEST_F(weak, upgrade_gives_a_handle_to_the_same_object)
{
	struct kown_stat strong, weak, again;
	__u64 elems[3];
	__u32 handle;

	ASSERT_EQ(0, kown_upgrade(self->ctx, self->weak, KOWN_RIGHTS_SAME, &handle));
	ASSERT_EQ(0, kown_stat(self->ctx, self->handle, &strong));
	ASSERT_EQ(0, kown_stat(self->ctx, self->weak, &weak));
	ASSERT_EQ(0, kown_stat(self->ctx, handle, &again));
	EXPECT_EQ(strong.object, weak.object);
	EXPECT_EQ(strong.object, again.object);
	EXPECT_EQ(2, strong.strong);
	EXPECT_EQ(1, strong.weak);
	EXPECT_EQ(0, strong.state);
	EXPECT_EQ(0, again.state);
	EXPECT_EQ(KOWN_STATE_WEAK, weak.state);
	EXPECT_EQ(ALL_RIGHTS, again.rights);
	ASSERT_EQ(0, kown_read(self->ctx, handle, 0, 3, elems));
	EXPECT_EQ(3, elems[2]);
}

TEST_F(weak, upgrade_of_what_is_gone)
{
	struct kown_info info;
	struct kown_stat stat;
	__u32 handle;
	int i;

	ASSERT_EQ(0, kown_drop(self->ctx, self->handle));
	ASSERT_EQ(0, kown_info(self->ctx, &info));
	EXPECT_EQ(0, info.objects);
	EXPECT_EQ(0, info.bytes);
	EXPECT_EQ(1, info.handles);
	for (i = 0; i < 1000; i++)
		ASSERT_EQ(ESTALE, kown_upgrade(self->ctx, self->weak,
					       KOWN_RIGHTS_SAME, &handle));
	ASSERT_EQ(0, kown_stat(self->ctx, self->weak, &stat));
	EXPECT_EQ(0, stat.strong);
	EXPECT_EQ(1, stat.weak);
	EXPECT_EQ(0, stat.len);
	EXPECT_EQ(0, stat.cap);
	ASSERT_EQ(0, kown_info(self->ctx, &info));
	EXPECT_EQ(1, info.handles);
	/* Another object in its place, even in its memory, is another object. */
	for (i = 0; i < 100; i++) {
		ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &handle));
		ASSERT_EQ(ESTALE, kown_upgrade(self->ctx, self->weak,
					       KOWN_RIGHTS_SAME, &handle));
	}
	EXPECT_EQ(0, kown_drop(self->ctx, self->weak));
	EXPECT_EQ(ENOENT, kown_upgrade(self->ctx, self->weak, KOWN_RIGHTS_SAME, &handle));
}

TEST_F(weak, handle_where_a_strong_one_is_needed)
{
	struct snapshot before;
	__u64 elem = 0;
	__u32 other;

	snapshot_take(_metadata, self->ctx, self->handle, &before);
	EXPECT_EQ(EINVAL, kown_push(self->ctx, self->weak, &elem, 1));
	EXPECT_EQ(EINVAL, kown_pop(self->ctx, self->weak, &elem, 1, NULL));
	EXPECT_EQ(EINVAL, kown_read(self->ctx, self->weak, 0, 1, &elem));
	EXPECT_EQ(EINVAL, kown_downgrade(self->ctx, self->weak, KOWN_RIGHTS_SAME, &other));
	EXPECT_EQ(EINVAL, kown_own(self->ctx, KOWN_IOC_TAKE, self->weak, NULL, NULL));
	EXPECT_EQ(EINVAL, kown_own(self->ctx, KOWN_IOC_INTO_INNER, self->weak, NULL, NULL));
	EXPECT_EQ(EINVAL, kown_own(self->ctx, KOWN_IOC_MAKE_MUT, self->weak, NULL, NULL));
	EXPECT_EQ(EINVAL, kown_try_lock(self->ctx, self->weak));
	EXPECT_EQ(EINVAL, kown_unlock(self->ctx, self->weak));
	EXPECT_EQ(EINVAL, kown_clear_poison(self->ctx, self->weak));
	EXPECT_EQ(EINVAL, kown_upgrade(self->ctx, self->handle, KOWN_RIGHTS_SAME, &other));
	snapshot_same(_metadata, self->ctx, self->handle, &before, "weak", 0);
}

TEST_F(weak, clone_and_drop_are_counted)
{
	struct kown_stat stat;
	__u32 weak[5];
	int i;

	for (i = 0; i < 5; i++) {
		ASSERT_EQ(0, kown_clone(self->ctx, self->weak, KOWN_RIGHTS_SAME, &weak[i]));
		ASSERT_EQ(0, kown_stat(self->ctx, weak[i], &stat));
		EXPECT_EQ(KOWN_STATE_WEAK, stat.state);
		EXPECT_EQ(i + 2, stat.weak);
		EXPECT_EQ(1, stat.strong);
	}
	ASSERT_EQ(0, kown_drop(self->ctx, self->handle));
	for (i = 0; i < 5; i++) {
		ASSERT_EQ(0, kown_stat(self->ctx, self->weak, &stat));
		EXPECT_EQ(6 - i, stat.weak);
		ASSERT_EQ(0, kown_drop(self->ctx, weak[i]));
	}
}

/* Class 10: each subset down and up again; nothing comes back on the way. */
TEST_F(weak, class_10_rights_only_shrink_through_downgrade_and_upgrade)
{
	__u32 have, want, other, source, weak;
	struct kown_stat stat;

	for (have = 0; have <= ALL_RIGHTS; have++) {
		int may = have & KOWN_RIGHT_CLONE;

		ASSERT_EQ(0, kown_clone(self->ctx, self->handle, have, &source));
		ASSERT_EQ(may ? 0 : EACCES, kown_downgrade(self->ctx, source, have, &weak));
		ASSERT_EQ(0, kown_downgrade(self->ctx, self->handle, have, &weak));
		for (want = 0; want <= ALL_RIGHTS; want++) {
			ASSERT_EQ(want & ~have ? EACCES : 0,
				  kown_upgrade(self->ctx, weak, want, &other));
			if (want & ~have)
				continue;
			ASSERT_EQ(0, kown_stat(self->ctx, other, &stat));
			ASSERT_EQ(want, stat.rights);
			ASSERT_EQ(0, kown_drop(self->ctx, other));
		}
		ASSERT_EQ(may ? 0 : EACCES,
			  kown_clone(self->ctx, weak, KOWN_RIGHTS_SAME, &other));
		ASSERT_EQ(0, kown_drop(self->ctx, weak));
		ASSERT_EQ(0, kown_drop(self->ctx, source));
	}
	EXPECT_EQ(EOPNOTSUPP, kown_downgrade(self->ctx, self->handle, ALL_RIGHTS + 1, &other));
	EXPECT_EQ(EOPNOTSUPP, kown_upgrade(self->ctx, self->weak, ALL_RIGHTS + 1, &other));
}

TEST_F(weak, descriptor_is_weak_and_imports_as_weak)
{
	struct kown_stat stat;
	__u32 weak, handle;
	int fd, other;

	ASSERT_EQ(0, kown_export(self->ctx, self->weak, KOWN_RIGHTS_SAME, &fd));
	ASSERT_EQ(0, kown_stat(self->ctx, self->handle, &stat));
	EXPECT_EQ(1, stat.strong);
	EXPECT_EQ(2, stat.weak);
	other = kown_open();
	ASSERT_EQ(0, kown_import(other, fd, KOWN_RIGHTS_SAME, &weak));
	ASSERT_EQ(0, kown_stat(other, weak, &stat));
	EXPECT_EQ(KOWN_STATE_WEAK, stat.state);
	EXPECT_EQ(3, stat.weak);
	ASSERT_EQ(0, kown_upgrade(other, weak, KOWN_RIGHTS_SAME, &handle));
	ASSERT_EQ(0, kown_drop(self->ctx, self->handle));
	ASSERT_EQ(0, kown_stat(other, handle, &stat));
	EXPECT_EQ(1, stat.strong);
	EXPECT_EQ(3, stat.len);
	ASSERT_EQ(0, kown_drop(other, handle));
	EXPECT_EQ(ESTALE, kown_upgrade(other, weak, KOWN_RIGHTS_SAME, &handle));
	EXPECT_EQ(0, kown_import(other, fd, KOWN_RIGHTS_SAME, &weak));
	EXPECT_EQ(ESTALE, kown_upgrade(other, weak, KOWN_RIGHTS_SAME, &handle));
	close(fd);
	close(other);
}

static int events_of(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN | POLLOUT };

	return poll(&pfd, 1, 0) < 0 ? -1 : pfd.revents;
}

TEST_F(weak, descriptor_hangs_up_when_the_object_dies)
{
	struct epoll_event event = { .events = EPOLLET };
	int fd, ep = epoll_create1(EPOLL_CLOEXEC);

	ASSERT_EQ(0, kown_export(self->ctx, self->weak, 0, &fd));
	ASSERT_EQ(0, epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event));
	EXPECT_EQ(0, events_of(fd));
	EXPECT_EQ(0, epoll_wait(ep, &event, 1, 0));
	ASSERT_EQ(0, kown_drop(self->ctx, self->handle));
	EXPECT_EQ(POLLHUP, events_of(fd));
	EXPECT_EQ(1, epoll_wait(ep, &event, 1, 0));
	EXPECT_EQ(EPOLLHUP, event.events);
	/* Edge: once. */
	EXPECT_EQ(0, epoll_wait(ep, &event, 1, 0));
	close(fd);
	close(ep);
}


static int hold_until_killed(void *arg)
{
	for (;;)
		pause();
	return 0;
}

/* The waiter sleeps in poll() when the last owner is killed. */
TEST_F(weak, descriptor_hangs_up_when_the_last_owner_is_killed)
{
	struct pollfd pfd = { .events = POLLIN };
	pid_t owner, killer;

	ASSERT_EQ(0, kown_export(self->ctx, self->weak, 0, &pfd.fd));
	owner = run_child(hold_until_killed, NULL);
	ASSERT_LT(0, owner);
	close(self->ctx);
	self->ctx = kown_open();
	killer = fork();
	ASSERT_LE(0, killer);
	if (!killer) {
		usleep(100000);
		_exit(kill(owner, SIGKILL));
	}
	EXPECT_EQ(0, poll(&pfd, 1, 20));
	EXPECT_EQ(1, poll(&pfd, 1, 5000));
	EXPECT_EQ(POLLHUP, pfd.revents);
	EXPECT_EQ(0, child_status(killer));
	EXPECT_EQ(128 + SIGKILL, child_status(owner));
	close(pfd.fd);
}

/* Class 9: the descriptor, the epoll and the object end in each order. */
/* @ep watches @fd, unless one of them is closed. */
static bool tells(int ep, bool watching, __u32 events)
{
	struct epoll_event event = { 0 };
	int n = epoll_wait(ep, &event, 1, 0);

	return watching && events ? n == 1 && event.events == events : n == 0;
}

TEST_F(weak, class_9_wait_queue_and_epoll_end_in_any_order)
{
	static const char *const orders[] = { "fed", "fde", "efd", "edf", "def", "dfe" };
	struct epoll_event event = { .events = EPOLLIN };
	struct kown_info before, after;
	int i, ep, fd, round;
	__u32 handle, weak;
	const char *next;

	ASSERT_EQ(0, kown_info(self->ctx, &before));
	for (round = 0; round < 50; round++) {
		for (i = 0; i < ARRAY_SIZE(orders); i++) {
			bool file = true, alive = true, watch = true;

			ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &handle));
			ASSERT_EQ(0, kown_downgrade(self->ctx, handle, ALL_RIGHTS, &weak));
			ASSERT_EQ(0, kown_export(self->ctx, weak, ALL_RIGHTS, &fd));
			ASSERT_EQ(0, kown_drop(self->ctx, weak));
			ep = epoll_create1(EPOLL_CLOEXEC);
			ASSERT_EQ(0, epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event));
			for (next = orders[i]; *next; next++) {
				if (*next == 'f')
					file = close(fd);
				else if (*next == 'e')
					watch = close(ep);
				else
					alive = kown_drop(self->ctx, handle);
				ASSERT_FALSE(*next == 'f' ? file : *next == 'e' ? watch : alive);
				if (!watch)
					continue;
				ASSERT_TRUE(tells(ep, file, alive ? 0 : EPOLLHUP)) {
					TH_LOG("%s, after %c", orders[i], *next);
				}
			}
			ASSERT_EQ(0, kown_info(self->ctx, &after));
			ASSERT_EQ(before.all_objects, after.all_objects);
			ASSERT_EQ(before.all_handles, after.all_handles);
			ASSERT_EQ(before.all_descriptors, after.all_descriptors);
		}
	}
}

struct brink {
	int ctx;
	__u32 weak;
	atomic_uint handle;
	atomic_bool stop;
	unsigned long upgraded, stale, odd;
};

static void *upgrade_for_ever(void *arg)
{
	struct brink *b = arg;
	__u32 handle;

	run_on_cpu(1);
	while (!atomic_load(&b->stop)) {
		__u32 weak = atomic_load(&b->handle);
		int err = weak ? kown_upgrade(b->ctx, weak, KOWN_RIGHTS_SAME, &handle) : 0;

		if (!weak)
			continue;
		if (!err) {
			b->upgraded++;
			kown_drop(b->ctx, handle);
		} else if (err == ESTALE) {
			b->stale++;
		} else if (err != ENOENT) {
			b->odd++;
		}
	}
	return NULL;
}

/* Class 4: upgrade against last drop. */
TEST_F_TIMEOUT(weak, class_4_upgrade_against_last_drop, 7200)
{
	unsigned long wanted = getenv("ROUNDS") ? strtoul(getenv("ROUNDS"), NULL, 0) : 0;
	unsigned long long end = now_ms() + MILLISECONDS;
	struct brink b = { .ctx = self->ctx };
	struct kown_info info;
	unsigned long rounds;
	__u32 handle, weak;
	pthread_t thread;
	__u64 seed = 3;

	ASSERT_EQ(0, pthread_create(&thread, NULL, upgrade_for_ever, &b));
	run_on_cpu(0);
	for (rounds = 0; wanted ? rounds < wanted : now_ms() < end; rounds++) {
		unsigned int n = random_u32(&seed) % 2000;

		ASSERT_EQ(0, kown_new(self->ctx, 8, 1, &handle));
		ASSERT_EQ(0, kown_downgrade(self->ctx, handle, ALL_RIGHTS, &weak));
		atomic_store(&b.handle, weak);
		/* Not a loop that goes for nothing: it takes its time. */
		for (; n; n--)
			__asm__ volatile("" : : : "memory");
		ASSERT_EQ(0, kown_drop(self->ctx, handle));
		while ((n = kown_upgrade(self->ctx, weak, ALL_RIGHTS, &handle)) == 0)
			ASSERT_EQ(0, kown_drop(self->ctx, handle));
		ASSERT_EQ(ESTALE, n);
		atomic_store(&b.handle, 0);
		ASSERT_EQ(0, kown_drop(self->ctx, weak));
	}
	atomic_store(&b.stop, true);
	pthread_join(thread, NULL);
	ASSERT_EQ(0, b.odd);
	ASSERT_EQ(0, kown_info(self->ctx, &info));
	EXPECT_EQ(1, info.objects);
	EXPECT_EQ(2, info.handles);
	TH_LOG("%lu upgraded, %lu stale", b.upgraded, b.stale);
	/* That both happen takes two CPUs and many rounds. */
	if (rounds >= DECIDED && sysconf(_SC_NPROCESSORS_ONLN) > 1) {
		EXPECT_LT(0, b.upgraded);
		EXPECT_LT(0, b.stale);
	}
	TH_LOG("%lu rounds", rounds);
}

TEST_HARNESS_MAIN
