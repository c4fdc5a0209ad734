// SPDX-License-Identifier: GPL-2.0
/*
 * Bugs that devices like this one have had, by the number of their class, as far as no
 * other test has them: grep class_N. What cannot be here says why.
 */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/epoll.h>

#include "kown_test.h"

#define THREADS	4

FIXTURE(classes) {
	int ctx;
	struct kown_info before;
};

FIXTURE_SETUP(classes)
{
	self->ctx = kown_open();
	ASSERT_LE(0, self->ctx);
	ASSERT_EQ(0, kown_info(self->ctx, &self->before));
}

FIXTURE_TEARDOWN(classes)
{
	struct kown_info after;

	close(self->ctx);
	self->ctx = kown_open();
	ASSERT_EQ(0, kown_info(self->ctx, &after));
	EXPECT_EQ(self->before.all_objects, after.all_objects);
	EXPECT_EQ(self->before.all_handles, after.all_handles);
	EXPECT_EQ(self->before.all_descriptors, after.all_descriptors);
	close(self->ctx);
}

/*
 * Class 1: what is made is not there until the caller has been told. Each command that
 * makes something, with an answer that cannot be written: nothing is made, nothing changed.
 */
static void makes_nothing(struct __test_metadata *_metadata, int ctx, unsigned int cmd,
			  const void *arg, size_t size, __u32 handle)
{
	size_t page = sysconf(_SC_PAGESIZE);
	void *map = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct kown_info before, after;
	struct kown_stat then, now;
	int fd = fd_lowest_free();

	ASSERT_NE(MAP_FAILED, map);
	memcpy(map, arg, size);
	ASSERT_EQ(0, kown_info(ctx, &before));
	ASSERT_EQ(0, kown_stat(ctx, handle, &then));
	ASSERT_EQ(0, mprotect(map, page, PROT_READ));
	EXPECT_EQ(EFAULT, kown_call(ctx, cmd, map)) TH_LOG("command %u", _IOC_NR(cmd));
	ASSERT_EQ(0, kown_info(ctx, &after));
	ASSERT_EQ(0, kown_stat(ctx, handle, &now));
	EXPECT_EQ(0, memcmp(&before, &after, sizeof(after))) TH_LOG("command %u", _IOC_NR(cmd));
	EXPECT_EQ(0, memcmp(&then, &now, sizeof(now))) TH_LOG("command %u", _IOC_NR(cmd));
	EXPECT_EQ(fd, fd_lowest_free());
	/* And the same call succeeds once it can be answered. */
	ASSERT_EQ(0, mprotect(map, page, PROT_READ | PROT_WRITE));
	EXPECT_EQ(0, kown_call(ctx, cmd, map)) TH_LOG("command %u", _IOC_NR(cmd));
	munmap(map, page);
}

TEST_F(classes, class_1_nothing_is_made_that_the_caller_cannot_be_told)
{
	struct kown_new new = { .size = sizeof(new), .mode = KOWN_MODE_SHARED, .elem_size = 8,
				.cap = 4 };
	struct kown_clone clone = { .size = sizeof(clone), .rights = KOWN_RIGHTS_SAME };
	struct kown_export export = { .size = sizeof(export), .rights = KOWN_RIGHTS_SAME };
	struct kown_import import = { .size = sizeof(import), .rights = KOWN_RIGHTS_SAME };
	struct kown_split_off split = { .size = sizeof(split) };
	struct kown_own own = { .size = sizeof(own) };
	__u32 handle, weak;
	int fd;

	ASSERT_EQ(0, kown_new_mode(self->ctx, KOWN_MODE_EXCLUSIVE, 8, 0, &handle));
	ASSERT_EQ(0, kown_push(self->ctx, handle, "12345678", 1));
	split.handle = handle;
	makes_nothing(_metadata, self->ctx, KOWN_IOC_SPLIT_OFF, &split, sizeof(split), handle);
	ASSERT_EQ(0, kown_downgrade(self->ctx, handle, KOWN_RIGHTS_SAME, &weak));
	own.handle = handle;
	makes_nothing(_metadata, self->ctx, KOWN_IOC_MAKE_MUT, &own, sizeof(own), handle);
	ASSERT_EQ(0, kown_drop(self->ctx, weak));
	ASSERT_EQ(0, kown_downgrade(self->ctx, handle, KOWN_RIGHTS_SAME, &weak));
	makes_nothing(_metadata, self->ctx, KOWN_IOC_TAKE, &own, sizeof(own), handle);
	makes_nothing(_metadata, self->ctx, KOWN_IOC_NEW, &new, sizeof(new), handle);
	clone.handle = handle;
	makes_nothing(_metadata, self->ctx, KOWN_IOC_CLONE, &clone, sizeof(clone), handle);
	makes_nothing(_metadata, self->ctx, KOWN_IOC_DOWNGRADE, &clone, sizeof(clone), handle);
	makes_nothing(_metadata, self->ctx, KOWN_IOC_CLONE_DATA, &clone, sizeof(clone), handle);
	ASSERT_EQ(0, kown_drop(self->ctx, weak));
	ASSERT_EQ(0, kown_downgrade(self->ctx, handle, KOWN_RIGHTS_SAME, &weak));
	clone.handle = weak;
	makes_nothing(_metadata, self->ctx, KOWN_IOC_UPGRADE, &clone, sizeof(clone), handle);
	export.handle = handle;
	fd = fd_lowest_free();
	makes_nothing(_metadata, self->ctx, KOWN_IOC_EXPORT, &export, sizeof(export), handle);
	import.fd = fd;
	makes_nothing(_metadata, self->ctx, KOWN_IOC_IMPORT, &import, sizeof(import), handle);
	close(fd);
}

/*
 * Class 7: lookups under RCU against the end of what they look up. The numbers are the
 * same few, round and round: what a lookup finds is the object of before, or none.
 */
struct lookups {
	int ctx;
	__u64 object;
	__u32 first, last;	/* numbers */
	int stop, found, wrong;
};

static void *look_up(void *arg)
{
	struct lookups *l = arg;
	struct kown_stat stat;
	__u32 n;
	int err;

	while (!READ_ONCE(l->stop)) {
		for (n = READ_ONCE(l->first); n <= READ_ONCE(l->last); n++) {
			err = kown_stat(l->ctx, n, &stat);
			if (!err && stat.object == l->object && stat.strong)
				__atomic_add_fetch(&l->found, 1, __ATOMIC_RELAXED);
			else if (err != ENOENT)
				WRITE_ONCE(l->wrong, 1);
		}
	}
	return NULL;
}

TEST_F(classes, class_7_lookups_while_what_they_find_is_dropped)
{
	struct lookups l = { .ctx = self->ctx };
	pthread_t threads[THREADS];
	unsigned long long end;
	struct kown_stat stat;
	__u32 keep, clone[8];
	int i;

	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &keep));
	ASSERT_EQ(0, kown_stat(self->ctx, keep, &stat));
	l.object = stat.object;
	l.first = keep;
	l.last = keep;
	for (i = 0; i < THREADS; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, look_up, &l));
	for (end = now_ms() + 2000; now_ms() < end;) {
		for (i = 0; i < 8; i++)
			ASSERT_EQ(0, kown_clone(self->ctx, keep, KOWN_RIGHTS_SAME, &clone[i]));
		WRITE_ONCE(l.first, clone[0]);
		WRITE_ONCE(l.last, clone[7]);
		for (i = 0; i < 8; i++)
			ASSERT_EQ(0, kown_drop(self->ctx, clone[i]));
	}
	WRITE_ONCE(l.stop, 1);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	EXPECT_EQ(0, l.wrong);
	EXPECT_LT(0, l.found);
}

TEST_F(classes, class_8_events_are_not_there)
{
	SKIP(return, "the ABI has no watches; for the wake-ups of poll see class 21");
}

TEST_F(classes, class_17_references_do_not_nest)
{
	SKIP(return, "elements are bytes and own nothing: there is no depth and no cycle");
}

/* Class 19: the module stays while anything of it does. unload.sh tries to unload it. */
TEST_F(classes, class_19_module_is_in_use_by_descriptors_alone)
{
	char line[256], name[64];
	int users = -1, before = -1, fd, i;
	__u32 handle;
	FILE *file;

	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &handle));
	for (i = 0; i < 2; i++) {
		file = fopen("/proc/modules", "r");
		if (!file)
			SKIP(return, "no /proc/modules");
		while (fgets(line, sizeof(line), file)) {
			int n, size;

			if (sscanf(line, "%63s %d %d", name, &size, &n) == 3 &&
			    !strcmp(name, "kown"))
				users = n;
		}
		fclose(file);
		if (users < 0)
			SKIP(return, "kown is not a module here");
		if (!i) {
			before = users;
			ASSERT_EQ(0, kown_export(self->ctx, handle, 0, &fd));
			close(self->ctx);
			self->ctx = -1;
		}
	}
	/* The context's own reference is gone, the descriptor's have come. */
	EXPECT_LE(1, before);
	EXPECT_LE(1, users);
	close(fd);
}

/*
 * Class 21: lost and doubled wake-ups. Producers push one at a time; consumers wait with
 * epoll in one of its ways and take what there is, until all has been taken. A wake-up
 * that is lost leaves elements and sleepers: the test would never end.
 */
FIXTURE(wake) {
	int ctx, fd;
	__u32 handle;
};

FIXTURE_VARIANT(wake) {
	__u32 events;
};

FIXTURE_VARIANT_ADD(wake, level) { .events = 0 };
FIXTURE_VARIANT_ADD(wake, edge) { .events = EPOLLET };
FIXTURE_VARIANT_ADD(wake, exclusive) { .events = EPOLLEXCLUSIVE };
FIXTURE_VARIANT_ADD(wake, oneshot) { .events = EPOLLONESHOT };

FIXTURE_SETUP(wake)
{
	self->ctx = kown_open();
	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &self->handle));
	ASSERT_EQ(0, kown_export(self->ctx, self->handle, KOWN_RIGHTS_SAME, &self->fd));
}

FIXTURE_TEARDOWN(wake)
{
	close(self->fd);
	close(self->ctx);
}

#define PUSHES	2000	/* of each producer */
#define LAST	(~0ULL)	/* tells a consumer to end */

struct flow {
	int ctx, fd;
	__u32 handle, events;
	__u64 sum, taken;
	int timeouts, woken, in_vain;
};

static void *produce(void *arg)
{
	struct flow *flow = arg;
	__u64 i;

	for (i = 1; i <= PUSHES; i++) {
		if (kown_push(flow->ctx, flow->handle, &i, 1))
			break;
		if (i % 64 == 0)
			sched_yield();
	}
	return NULL;
}

/* Return: false once it is told to end. */
static bool take(struct flow *flow)
{
	__u64 elem, taken;
	int n;

	for (n = 0;; n++) {
		if (kown_pop_front(flow->ctx, flow->handle, &elem, 1, &taken))
			return false;
		if (!taken) {
			__atomic_add_fetch(&flow->in_vain, !n, __ATOMIC_RELAXED);
			return true;
		}
		if (elem == LAST)
			return false;
		__atomic_add_fetch(&flow->sum, elem, __ATOMIC_RELAXED);
		__atomic_add_fetch(&flow->taken, 1, __ATOMIC_RELAXED);
	}
}

static void *consume(void *arg)
{
	struct flow *flow = arg;
	struct epoll_event event = { .events = EPOLLIN | flow->events };
	int ep = epoll_create1(EPOLL_CLOEXEC);

	epoll_ctl(ep, EPOLL_CTL_ADD, flow->fd, &event);
	for (;;) {
		if (epoll_wait(ep, &event, 1, 10000) != 1) {
			__atomic_add_fetch(&flow->timeouts, 1, __ATOMIC_RELAXED);
			break;
		}
		__atomic_add_fetch(&flow->woken, 1, __ATOMIC_RELAXED);
		if (!take(flow))
			break;
		if (flow->events & EPOLLONESHOT) {
			event.events = EPOLLIN | EPOLLONESHOT;
			epoll_ctl(ep, EPOLL_CTL_MOD, flow->fd, &event);
		}
	}
	close(ep);
	return NULL;
}

TEST_F_TIMEOUT(wake, class_21_no_wake_up_is_lost, 60)
{
	struct flow flow = { .ctx = self->ctx, .fd = self->fd, .handle = self->handle,
			     .events = variant->events };
	pthread_t producers[THREADS], consumers[THREADS];
	__u64 last = LAST, each = PUSHES * (PUSHES + 1ULL) / 2;
	int i;

	for (i = 0; i < THREADS; i++)
		ASSERT_EQ(0, pthread_create(&consumers[i], NULL, consume, &flow));
	for (i = 0; i < THREADS; i++)
		ASSERT_EQ(0, pthread_create(&producers[i], NULL, produce, &flow));
	for (i = 0; i < THREADS; i++)
		pthread_join(producers[i], NULL);
	for (i = 0; i < THREADS; i++)
		ASSERT_EQ(0, kown_push(self->ctx, self->handle, &last, 1));
	for (i = 0; i < THREADS; i++)
		pthread_join(consumers[i], NULL);
	EXPECT_EQ(0, flow.timeouts);
	EXPECT_EQ(THREADS * (__u64)PUSHES, flow.taken);
	EXPECT_EQ(THREADS * each, flow.sum);
	TH_LOG("%d pushes, %d wake-ups, %d of them too late for an element", THREADS * PUSHES,
	       flow.woken, flow.in_vain);
}

/*
 * And none is doubled. Nobody takes anything, and each waits with an epoll of its own: of
 * one push all are told, or one alone if they are exclusive; and once each, unless to be
 * ready is enough.
 */
struct waiting {
	int fd;
	__u32 events;
	int begun, woken, again;
};

static void *wait_twice(void *arg)
{
	struct waiting *w = arg;
	struct epoll_event event = { .events = EPOLLIN | w->events };
	int ep = epoll_create1(EPOLL_CLOEXEC);

	epoll_ctl(ep, EPOLL_CTL_ADD, w->fd, &event);
	__atomic_add_fetch(&w->begun, 1, __ATOMIC_RELAXED);
	if (epoll_wait(ep, &event, 1, 10000) == 1)
		__atomic_add_fetch(&w->woken, 1, __ATOMIC_RELAXED);
	if (epoll_wait(ep, &event, 1, 100) == 1)
		__atomic_add_fetch(&w->again, 1, __ATOMIC_RELAXED);
	close(ep);
	return NULL;
}

static void await_count(const int *count, int least)
{
	unsigned long long end = now_ms() + 5000;

	while (READ_ONCE(*count) < least && now_ms() < end)
		usleep(1000);
	usleep(300000);
}

TEST_F(wake, class_21_no_wake_up_is_doubled)
{
	struct waiting w = { .fd = self->fd, .events = variant->events };
	bool alone = variant->events & EPOLLEXCLUSIVE;
	pthread_t threads[THREADS];
	__u64 elem = 1;
	int i;

	for (i = 0; i < THREADS; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, wait_twice, &w));
	await_count(&w.begun, THREADS);
	for (i = 1; i <= (alone ? THREADS : 1); i++) {
		ASSERT_EQ(0, kown_push(self->ctx, self->handle, &elem, 1));
		await_count(&w.woken, alone ? i : THREADS);
		EXPECT_EQ(alone ? i : THREADS, w.woken) TH_LOG("push %d", i);
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	EXPECT_EQ(THREADS, w.woken);
	/* Level: it is still so. Edge and one shot: that has been told. */
	EXPECT_EQ(variant->events & (EPOLLET | EPOLLONESHOT) ? 0 : THREADS, w.again);
}

TEST_HARNESS_MAIN
