// SPDX-License-Identifier: GPL-2.0
/*
 * The lock of a locked object: who may use it, how it is waited for, and that it comes
 * back however its owner ends.
 */
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include <linux/sched.h>

#include "kown_test.h"
#include "snapshot.h"

#define MS	1000000ULL		/* in ns */

static void no_action(int sig)
{
}

static void on_alarm(int flags)
{
	struct sigaction action = { .sa_handler = no_action, .sa_flags = flags };

	sigaction(SIGALRM, &action, NULL);
}

static void alarm_in(int ms)
{
	struct itimerval timer = { .it_value.tv_usec = ms * 1000 };

	setitimer(ITIMER_REAL, &timer, NULL);
}

static __u32 state_of(int ctx, __u32 handle)
{
	struct kown_stat stat;

	return kown_stat(ctx, handle, &stat) ? ~0U : stat.state;
}

FIXTURE(lock) {
	int ctx, other;
	int fd;				/* an export */
	__u32 handle;			/* in @ctx */
	__u32 theirs;			/* in @other */
};

FIXTURE_SETUP(lock)
{
	self->ctx = kown_open();
	self->other = kown_open();
	ASSERT_LE(0, self->ctx);
	ASSERT_EQ(0, kown_new_mode(self->ctx, KOWN_MODE_LOCKED, 8, 0, &self->handle));
	ASSERT_EQ(0, kown_export(self->ctx, self->handle, KOWN_RIGHTS_SAME, &self->fd));
	ASSERT_EQ(0, kown_import(self->other, self->fd, KOWN_RIGHTS_SAME, &self->theirs));
}

FIXTURE_TEARDOWN(lock)
{
	close(self->fd);
	close(self->ctx);
	close(self->other);
}

TEST_F(lock, use_needs_it)
{
	__u64 elem = 7, got = 0, taken;

	EXPECT_EQ(ENOLCK, kown_push(self->ctx, self->handle, &elem, 1));
	EXPECT_EQ(ENOLCK, kown_push(self->ctx, self->handle, &elem, 0));
	EXPECT_EQ(ENOLCK, kown_pop(self->ctx, self->handle, &elem, 1, NULL));
	EXPECT_EQ(ENOLCK, kown_read(self->ctx, self->handle, 0, 0, &elem));
	ASSERT_EQ(0, kown_lock(self->ctx, self->handle));
	EXPECT_EQ(0, kown_push(self->ctx, self->handle, &elem, 1));
	EXPECT_EQ(0, kown_read(self->ctx, self->handle, 0, 1, &got));
	EXPECT_EQ(7, got);
	EXPECT_EQ(ENOLCK, kown_push(self->other, self->theirs, &elem, 1));
	EXPECT_EQ(ENOLCK, kown_read(self->other, self->theirs, 0, 1, &elem));
	ASSERT_EQ(0, kown_unlock(self->ctx, self->handle));
	EXPECT_EQ(ENOLCK, kown_read(self->ctx, self->handle, 0, 1, &got));
	ASSERT_EQ(0, kown_lock(self->other, self->theirs));
	EXPECT_EQ(0, kown_pop(self->other, self->theirs, &elem, 1, &taken));
	EXPECT_EQ(1, taken);
	ASSERT_EQ(0, kown_unlock(self->other, self->theirs));
}

TEST_F(lock, of_an_object_of_another_mode)
{
	__u32 mode, handle;

	for (mode = KOWN_MODE_EXCLUSIVE; mode <= KOWN_MODE_SHARED; mode++) {
		ASSERT_EQ(0, kown_new_mode(self->ctx, mode, 8, 0, &handle));
		EXPECT_EQ(EOPNOTSUPP, kown_try_lock(self->ctx, handle));
		EXPECT_EQ(EOPNOTSUPP, kown_unlock(self->ctx, handle));
		EXPECT_EQ(EOPNOTSUPP, kown_clear_poison(self->ctx, handle));
	}
}

TEST_F(lock, taken_twice)
{
	__u32 clone;

	ASSERT_EQ(0, kown_lock(self->ctx, self->handle));
	EXPECT_EQ(EDEADLK, kown_lock(self->ctx, self->handle));
	EXPECT_EQ(EDEADLK, kown_try_lock(self->ctx, self->handle));
	EXPECT_EQ(EBUSY, kown_try_lock(self->other, self->theirs));
	/* A clone in the same context is the same owner. */
	ASSERT_EQ(0, kown_clone(self->ctx, self->handle, KOWN_RIGHTS_SAME, &clone));
	EXPECT_EQ(EDEADLK, kown_try_lock(self->ctx, clone));
	EXPECT_EQ(0, kown_unlock(self->ctx, clone));
	EXPECT_EQ(ENOLCK, kown_unlock(self->ctx, self->handle));
	EXPECT_EQ(0, kown_try_lock(self->other, self->theirs));
	EXPECT_EQ(ENOLCK, kown_unlock(self->ctx, self->handle));
	EXPECT_EQ(ENOLCK, kown_clear_poison(self->ctx, self->handle));
	EXPECT_EQ(0, kown_unlock(self->other, self->theirs));
}

TEST_F(lock, stat_says_who_has_it)
{
	struct kown_stat stat;

	EXPECT_EQ(0, state_of(self->ctx, self->handle));
	ASSERT_EQ(0, kown_lock(self->ctx, self->handle));
	ASSERT_EQ(0, kown_stat(self->ctx, self->handle, &stat));
	EXPECT_EQ(KOWN_STATE_LOCKED | KOWN_STATE_OWNER, stat.state);
	EXPECT_EQ(getpid(), stat.owner);
	ASSERT_EQ(0, kown_stat(self->other, self->theirs, &stat));
	EXPECT_EQ(KOWN_STATE_LOCKED, stat.state);
	EXPECT_EQ(getpid(), stat.owner);
	ASSERT_EQ(0, kown_unlock(self->ctx, self->handle));
	ASSERT_EQ(0, kown_stat(self->ctx, self->handle, &stat));
	EXPECT_EQ(0, stat.state);
	EXPECT_EQ(0, stat.owner);
}

TEST_F(lock, wait_ends_at_the_deadline)
{
	__u64 begin, end;

	/* A lock that is free is granted whatever the time. */
	ASSERT_EQ(0, kown_lock_until(self->ctx, self->handle, 0));
	EXPECT_EQ(ETIMEDOUT, kown_lock_until(self->other, self->theirs, 0));
	EXPECT_EQ(ETIMEDOUT, kown_lock_until(self->other, self->theirs, 1));
	EXPECT_EQ(ETIMEDOUT, kown_lock_until(self->other, self->theirs, now_ns()));
	begin = now_ns();
	EXPECT_EQ(ETIMEDOUT, kown_lock_until(self->other, self->theirs, begin + 50 * MS));
	end = now_ns();
	EXPECT_LE(begin + 50 * MS, end);
	EXPECT_GE(begin + 5000 * MS, end);
	EXPECT_EQ(KOWN_STATE_LOCKED, state_of(self->other, self->theirs));
}

TEST_F(lock, wait_to_the_end_of_time)
{
	static const __u64 ends[] = {
		KOWN_FOREVER, KOWN_FOREVER - 1, 1ULL << 63, (1ULL << 63) - 1,
	};
	unsigned int i;

	ASSERT_EQ(0, kown_lock(self->ctx, self->handle));
	on_alarm(0);
	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		alarm_in(20);
		EXPECT_EQ(EINTR, kown_lock_until(self->other, self->theirs, ends[i]));
	}
}

TEST_F(lock, class_20_wait_is_restarted_after_a_signal_and_keeps_its_deadline)
{
	__u64 begin = now_ns();

	ASSERT_EQ(0, kown_lock(self->ctx, self->handle));
	on_alarm(SA_RESTART);
	alarm_in(20);
	EXPECT_EQ(ETIMEDOUT, kown_lock_until(self->other, self->theirs, begin + 100 * MS));
	EXPECT_LE(begin + 100 * MS, now_ns());
	on_alarm(0);
	alarm_in(20);
	EXPECT_EQ(EINTR, kown_lock(self->other, self->theirs));
	ASSERT_EQ(0, kown_unlock(self->ctx, self->handle));
	EXPECT_EQ(0, kown_try_lock(self->other, self->theirs));
}

static int wait_for_lock(void *arg)
{
	struct _test_data_lock *self = arg;
	__u32 handle;
	int ctx = kown_open();

	if (kown_import(ctx, self->fd, KOWN_RIGHTS_SAME, &handle))
		return 99;
	return kown_lock_until(ctx, handle, now_ns() + 5000 * MS);
}

TEST_F(lock, waiter_gets_it_when_it_is_given_back)
{
	pid_t pid;

	ASSERT_EQ(0, kown_lock(self->ctx, self->handle));
	pid = run_child(wait_for_lock, self);
	usleep(50000);
	EXPECT_EQ(0, waitpid(pid, NULL, WNOHANG));
	ASSERT_EQ(0, kown_unlock(self->ctx, self->handle));
	EXPECT_EQ(0, child_status(pid));
	/* And it ended with the lock. */
	EXPECT_EQ(EOWNERDEAD, kown_try_lock(self->ctx, self->handle));
}

/* The thread's handle goes while it waits with it. */
static void *drop_soon(void *arg)
{
	struct _test_data_lock *self = arg;

	usleep(50000);
	return (void *)(long)kown_drop(self->other, self->theirs);
}

TEST_F(lock, waiter_whose_handle_is_dropped)
{
	pthread_t thread;
	void *err;

	ASSERT_EQ(0, kown_lock(self->ctx, self->handle));
	ASSERT_EQ(0, pthread_create(&thread, NULL, drop_soon, self));
	EXPECT_EQ(ENOENT, kown_lock_until(self->other, self->theirs, now_ns() + 5000 * MS));
	pthread_join(thread, &err);
	EXPECT_EQ(NULL, err);
}

static int use_as_child(void *arg)
{
	struct _test_data_lock *self = arg;
	__u64 elem = 0;

	if (state_of(self->ctx, self->handle) != KOWN_STATE_LOCKED)
		return 1;
	if (kown_push(self->ctx, self->handle, &elem, 1) != ENOLCK)
		return 2;
	if (kown_unlock(self->ctx, self->handle) != ENOLCK)
		return 3;
	if (kown_try_lock(self->ctx, self->handle) != EBUSY)
		return 4;
	return 0;
}

TEST_F(lock, class_20_child_that_inherits_the_context_does_not_inherit_the_lock)
{
	pid_t pid;

	ASSERT_EQ(0, kown_lock(self->ctx, self->handle));
	pid = run_child(use_as_child, self);
	EXPECT_EQ(0, child_status(pid));
	/* Nor did the child's end give it back. */
	EXPECT_EQ(KOWN_STATE_LOCKED | KOWN_STATE_OWNER, state_of(self->ctx, self->handle));
	EXPECT_EQ(0, kown_unlock(self->ctx, self->handle));
}

static void *use_as_thread(void *arg)
{
	struct _test_data_lock *self = arg;
	__u64 elem = 0;

	return (void *)(long)kown_push(self->ctx, self->handle, &elem, 1);
}

TEST_F(lock, all_threads_of_the_process_have_it)
{
	pthread_t thread;
	void *err;

	ASSERT_EQ(0, kown_lock(self->ctx, self->handle));
	ASSERT_EQ(0, pthread_create(&thread, NULL, use_as_thread, self));
	pthread_join(thread, &err);
	EXPECT_EQ(NULL, err);
	/* A thread's end is not the process's. */
	EXPECT_EQ(KOWN_STATE_LOCKED | KOWN_STATE_OWNER, state_of(self->ctx, self->handle));
}

TEST_F(lock, owner_that_drops_another_handle_or_closes_a_dup)
{
	__u32 clone;
	int fd;

	ASSERT_EQ(0, kown_clone(self->ctx, self->handle, KOWN_RIGHTS_SAME, &clone));
	ASSERT_EQ(0, kown_lock(self->ctx, self->handle));
	ASSERT_EQ(0, kown_drop(self->ctx, clone));
	fd = dup(self->ctx);
	close(fd);
	fd = dup(self->ctx);
	ASSERT_EQ(fd, dup2(self->other, fd));
	close(fd);
	close(dup(self->fd));
	EXPECT_EQ(KOWN_STATE_LOCKED | KOWN_STATE_OWNER, state_of(self->ctx, self->handle));
	/* The number changes, the context does not. */
	fd = dup(self->ctx);
	close(self->ctx);
	self->ctx = fd;
	EXPECT_EQ(0, kown_unlock(self->ctx, self->handle));
}

TEST_F(lock, owner_that_drops_the_handle_it_locked_with)
{
	__u32 clone;

	ASSERT_EQ(0, kown_clone(self->ctx, self->handle, KOWN_RIGHTS_SAME, &clone));
	ASSERT_EQ(0, kown_lock(self->ctx, self->handle));
	ASSERT_EQ(0, kown_drop(self->ctx, self->handle));
	EXPECT_EQ(KOWN_STATE_POISONED, state_of(self->ctx, clone));
	EXPECT_EQ(EOWNERDEAD, kown_try_lock(self->ctx, clone));
}

TEST_F(lock, own_of_an_object_that_is_locked)
{
	__u32 how, clone;

	ASSERT_EQ(0, kown_lock(self->ctx, self->handle));
	EXPECT_EQ(EBUSY, kown_own(self->ctx, KOWN_IOC_TAKE, self->handle, NULL, NULL));
	EXPECT_EQ(EBUSY, kown_own(self->ctx, KOWN_IOC_INTO_INNER, self->handle, NULL, NULL));
	/* Another handle may go. */
	ASSERT_EQ(0, kown_clone(self->ctx, self->handle, KOWN_RIGHTS_SAME, &clone));
	EXPECT_EQ(0, kown_own(self->ctx, KOWN_IOC_INTO_INNER, clone, &how, NULL));
	EXPECT_EQ(KOWN_OWN_NOT, how);
	EXPECT_EQ(0, kown_unlock(self->ctx, self->handle));
}

/* Ownership proves that nobody else is in; what the last one left is still said. */
TEST_F(lock, own_keeps_the_poison)
{
	__u32 handle, weak, how;

	ASSERT_EQ(0, kown_lock(self->ctx, self->handle));
	close(self->ctx);
	close(self->fd);
	self->ctx = kown_open();
	self->fd = -1;
	handle = self->theirs;
	EXPECT_EQ(KOWN_STATE_POISONED, state_of(self->other, handle));
	ASSERT_EQ(0, kown_own(self->other, KOWN_IOC_TAKE, handle, &how, NULL));
	EXPECT_EQ(KOWN_OWN_SAME, how);
	EXPECT_EQ(KOWN_STATE_POISONED, state_of(self->other, handle));
	ASSERT_EQ(0, kown_downgrade(self->other, handle, 0, &weak));
	ASSERT_EQ(0, kown_own(self->other, KOWN_IOC_TAKE, handle, &how, NULL));
	EXPECT_EQ(KOWN_OWN_MOVED, how);
	EXPECT_EQ(KOWN_STATE_POISONED, state_of(self->other, handle));
	EXPECT_EQ(EOWNERDEAD, kown_try_lock(self->other, handle));
}

TEST_F(lock, poison_stays_until_it_is_cleared)
{
	int i;

	ASSERT_EQ(0, kown_lock(self->ctx, self->handle));
	close(self->ctx);
	self->ctx = kown_open();
	ASSERT_EQ(0, kown_import(self->ctx, self->fd, KOWN_RIGHTS_SAME, &self->handle));
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(EOWNERDEAD, kown_lock(self->ctx, self->handle));
		EXPECT_EQ(KOWN_STATE_LOCKED | KOWN_STATE_OWNER | KOWN_STATE_POISONED,
			  state_of(self->ctx, self->handle));
		EXPECT_EQ(0, kown_unlock(self->ctx, self->handle));
		EXPECT_EQ(ENOLCK, kown_clear_poison(self->ctx, self->handle));
		EXPECT_EQ(EOWNERDEAD, kown_try_lock(self->other, self->theirs));
		EXPECT_EQ(0, kown_unlock(self->other, self->theirs));
	}
	EXPECT_EQ(EOWNERDEAD, kown_lock(self->ctx, self->handle));
	EXPECT_EQ(0, kown_clear_poison(self->ctx, self->handle));
	EXPECT_EQ(0, kown_clear_poison(self->ctx, self->handle));
	EXPECT_EQ(0, kown_unlock(self->ctx, self->handle));
	EXPECT_EQ(0, kown_lock(self->other, self->theirs));
}

TEST_F(lock, descriptor_polls_writable_while_it_is_free)
{
	struct pollfd pfd = { .fd = self->fd, .events = POLLOUT };
	struct epoll_event event = { .events = EPOLLOUT | EPOLLET };
	int ep = epoll_create1(EPOLL_CLOEXEC), blind;
	pid_t pid;

	ASSERT_EQ(0, kown_export(self->ctx, self->handle,
				 ALL_RIGHTS & ~KOWN_RIGHT_LOCK, &blind));
	EXPECT_EQ(1, poll(&pfd, 1, 0));
	EXPECT_EQ(POLLOUT, pfd.revents);
	ASSERT_EQ(0, kown_lock(self->ctx, self->handle));
	EXPECT_EQ(0, poll(&pfd, 1, 0));
	ASSERT_EQ(0, epoll_ctl(ep, EPOLL_CTL_ADD, self->fd, &event));
	EXPECT_EQ(0, epoll_wait(ep, &event, 1, 0));
	ASSERT_EQ(0, kown_unlock(self->ctx, self->handle));
	EXPECT_EQ(1, epoll_wait(ep, &event, 1, 0));
	EXPECT_EQ(EPOLLOUT, event.events);

	/* The owner dies while we sleep. */
	pid = run_child(wait_for_lock, self);
	EXPECT_EQ(0, child_status(pid));
	EXPECT_EQ(1, poll(&pfd, 1, 5000));
	EXPECT_EQ(EOWNERDEAD, kown_try_lock(self->ctx, self->handle));
	ASSERT_EQ(0, kown_unlock(self->ctx, self->handle));
	/* Without the right it is of no use to know. */
	pfd.fd = blind;
	EXPECT_EQ(0, poll(&pfd, 1, 0));
	close(blind);
	close(ep);
}

/* Class 20: N wait, the owner is killed: one is told, and repairs; then all is well. */
static int repair_if_told(void *arg)
{
	struct _test_data_lock *self = arg;
	int ctx = kown_open(), err;
	__u32 handle;

	if (kown_import(ctx, self->fd, KOWN_RIGHTS_SAME, &handle))
		return 99;
	err = kown_lock_until(ctx, handle, now_ns() + 10000 * MS);
	if (err && err != EOWNERDEAD)
		return err;
	if (err && kown_clear_poison(ctx, handle))
		return 98;
	return kown_unlock(ctx, handle) ? 97 : err;
}

static int lock_and_stay(void *arg)
{
	struct _test_data_lock *self = arg;
	int ctx = kown_open();
	__u32 handle;

	if (!kown_import(ctx, self->fd, KOWN_RIGHTS_SAME, &handle))
		kown_lock(ctx, handle);
	for (;;)
		pause();
	return 0;
}

TEST_F(lock, class_20_one_of_n_waiters_is_told_of_the_dead_owner)
{
	enum { N = 8, ROUNDS = 10 };
	pid_t owner, pids[N];
	int round, i, told;

	for (round = 0; round < ROUNDS; round++) {
		owner = run_child(lock_and_stay, self);
		while (state_of(self->ctx, self->handle) != KOWN_STATE_LOCKED)
			usleep(1000);
		for (i = 0; i < N; i++)
			pids[i] = run_child(repair_if_told, self);
		usleep(30000);
		ASSERT_EQ(0, kill(owner, SIGKILL));
		for (told = 0, i = 0; i < N; i++) {
			int status = child_status(pids[i]);

			ASSERT_TRUE(!status || status == EOWNERDEAD) {
				TH_LOG("round %d, status %d", round, status);
			}
			told += status == EOWNERDEAD;
		}
		ASSERT_EQ(1, told) TH_LOG("round %d", round);
		ASSERT_EQ(128 + SIGKILL, child_status(owner));
		ASSERT_EQ(0, state_of(self->ctx, self->handle));
	}
}

/* Class 20: a signal storm on the waiter must not hide the poison. */
TEST_F(lock, class_20_signal_does_not_hide_the_poison)
{
	int round, err, ctx = kown_open(), interrupted = 0;
	pid_t owner;
	__u32 handle;

	ASSERT_EQ(0, kown_import(ctx, self->fd, KOWN_RIGHTS_SAME, &handle));
	on_alarm(0);
	for (round = 0; round < 40; round++) {
		owner = run_child(lock_and_stay, self);
		while (!(state_of(ctx, handle) & KOWN_STATE_LOCKED))
			usleep(500);
		if (!fork()) {
			usleep(2000);
			kill(owner, SIGKILL);
			_exit(0);
		}
		setitimer(ITIMER_REAL, &(struct itimerval){
			.it_value.tv_usec = 500 + round * 100,
			.it_interval.tv_usec = 300,
		}, NULL);
		while ((err = kown_lock(ctx, handle)) == EINTR)
			interrupted++;
		setitimer(ITIMER_REAL, &(struct itimerval){ 0 }, NULL);
		ASSERT_EQ(EOWNERDEAD, err) TH_LOG("round %d", round);
		ASSERT_EQ(0, kown_clear_poison(ctx, handle));
		ASSERT_EQ(0, kown_unlock(ctx, handle));
		while (wait(NULL) > 0)
			;
	}
	EXPECT_LT(0, interrupted);
	close(ctx);
}

struct late {
	int fd;
	__u32 handle;
	int err;
};

static void *lock_late(void *arg)
{
	struct late *late = arg;

	late->err = kown_lock_until(late->fd, late->handle, now_ns() + 10000 * MS);
	return NULL;
}

static int stay(void *arg)
{
	pause();
	return 0;
}

/* A child has it, too, so this is not the file's end. */
static int lock_closed(struct _test_data_lock *self, struct late late)
{
	pthread_t thread;
	pid_t keeper;

	if (kown_lock(self->other, self->theirs))
		return -1;
	keeper = run_child(stay, NULL);
	pthread_create(&thread, NULL, lock_late, &late);
	usleep(50000);
	close(late.fd);
	kown_unlock(self->other, self->theirs);
	pthread_join(thread, NULL);
	if (late.err == EBADF)
		late.err = kown_try_lock(self->other, self->theirs);
	kill(keeper, SIGKILL);
	child_status(keeper);
	return late.err;
}

TEST_F(lock, class_20_closed_while_a_thread_waits)
{
	struct late context = { .fd = kown_open() }, descriptor = {};

	ASSERT_EQ(0, kown_import(context.fd, self->fd, KOWN_RIGHTS_SAME, &context.handle));
	EXPECT_EQ(EOWNERDEAD, lock_closed(self, context));
	EXPECT_EQ(0, kown_clear_poison(self->other, self->theirs));
	EXPECT_EQ(0, kown_unlock(self->other, self->theirs));
	ASSERT_EQ(0, kown_export(self->ctx, self->handle, KOWN_RIGHTS_SAME, &descriptor.fd));
	EXPECT_EQ(EOWNERDEAD, lock_closed(self, descriptor));
}

/* While another descriptor is there, nothing is lost. */
TEST_F(lock, dup_closed_while_a_thread_waits)
{
	struct late late = { .fd = kown_open() };
	int dup_fd;

	ASSERT_EQ(0, kown_import(late.fd, self->fd, KOWN_RIGHTS_SAME, &late.handle));
	dup_fd = dup(late.fd);
	EXPECT_EQ(0, lock_closed(self, late));
	EXPECT_EQ(0, kown_unlock(dup_fd, late.handle));
	close(dup_fd);
}

/*
 * The ways an owner can end while somebody else, a child, keeps the descriptor of its
 * context all the time.
 */
struct stage {
	atomic_int locked;		/* the owner has the lock */
	atomic_int go;			/* and may end now */
	atomic_int keeper;		/* the child that keeps the descriptor */
	int fd;				/* an export */
	int socks[2];
};

FIXTURE(end) {
	int ctx;
	__u32 handle;
	struct stage *stage;
	pid_t owner;
};

FIXTURE_VARIANT(end) {
	void (*end)(int ctx, __u32 handle);
	bool exec;			/* runs on as another program */
	bool keeps;			/* this is no end at all */
	bool no_cloexec;
	bool threaded;
	bool share_files;
};

static void end_exit(int ctx, __u32 handle)
{
	_exit(0);
}

static void end_kill(int ctx, __u32 handle)
{
	kill(getpid(), SIGKILL);
}

static void end_close(int ctx, __u32 handle)
{
	close(ctx);
	pause();
}

static void end_dup2(int ctx, __u32 handle)
{
	dup2(STDERR_FILENO, ctx);
	pause();
}

static void end_drop(int ctx, __u32 handle)
{
	kown_drop(ctx, handle);
	pause();
}

static void end_exec(int ctx, __u32 handle)
{
	execl("/bin/sleep", "sleep", "30", NULL);
	_exit(1);
}

static void end_nothing(int ctx, __u32 handle)
{
	pause();
}

FIXTURE_VARIANT_ADD(end, exit) { .end = end_exit };
FIXTURE_VARIANT_ADD(end, exit_threaded) { .end = end_exit, .threaded = true };
FIXTURE_VARIANT_ADD(end, kill) { .end = end_kill };
FIXTURE_VARIANT_ADD(end, kill_threaded) { .end = end_kill, .threaded = true };
FIXTURE_VARIANT_ADD(end, kill_with_shared_files) { .end = end_kill, .share_files = true };
FIXTURE_VARIANT_ADD(end, close) { .end = end_close };
FIXTURE_VARIANT_ADD(end, dup2) { .end = end_dup2 };
FIXTURE_VARIANT_ADD(end, drop) { .end = end_drop };
FIXTURE_VARIANT_ADD(end, exec) { .end = end_exec, .exec = true };
FIXTURE_VARIANT_ADD(end, exec_threaded) { .end = end_exec, .exec = true, .threaded = true };
FIXTURE_VARIANT_ADD(end, exec_without_cloexec) {
	.end = end_exec, .exec = true, .keeps = true, .no_cloexec = true,
};
FIXTURE_VARIANT_ADD(end, exec_without_cloexec_threaded) {
	.end = end_exec, .exec = true, .keeps = true, .no_cloexec = true, .threaded = true,
};
FIXTURE_VARIANT_ADD(end, nothing) { .end = end_nothing, .keeps = true };

static void *wait_with(void *arg)
{
	for (;;)
		pause();
	return NULL;
}

struct ending {
	const struct _fixture_variant_end *variant;
	struct stage *stage;
	int ctx;
	__u32 handle;
};

/* Another thread than the first, so that exec has to change places with it. */
static void *go_and_end(void *arg)
{
	struct ending *ending = arg;

	while (!atomic_load(&ending->stage->go))
		usleep(1000);
	ending->variant->end(ending->ctx, ending->handle);
	return NULL;
}

static int keep_going(void *arg)
{
	pause();
	return 0;
}

static pid_t keeper(bool share_files)
{
	static char stack[65536] __attribute__((aligned(16)));

	if (share_files)
		return clone(keep_going, stack + sizeof(stack), CLONE_FILES | SIGCHLD, NULL);
	return run_child(keep_going, NULL);
}

static int own_and_end(const struct _fixture_variant_end *variant, struct stage *stage)
{
	struct ending ending = { .variant = variant, .stage = stage };
	pthread_t thread;

	ending.ctx = kown_open();
	if (kown_import(ending.ctx, stage->fd, KOWN_RIGHTS_SAME, &ending.handle))
		return 1;
	if (variant->no_cloexec)
		fcntl(ending.ctx, F_SETFD, 0);
	atomic_store(&stage->keeper, keeper(variant->share_files));
	if (kown_lock(ending.ctx, ending.handle))
		return 2;
	if (variant->threaded) {
		pthread_create(&thread, NULL, wait_with, NULL);
		pthread_create(&thread, NULL, go_and_end, &ending);
		atomic_store(&stage->locked, 1);
		pause();
	}
	atomic_store(&stage->locked, 1);
	go_and_end(&ending);
	return 3;
}

#define END		FIXTURE_DATA(end)
#define END_VARIANT	FIXTURE_VARIANT(end)

static void stage_set(struct __test_metadata *_metadata, END *self, const END_VARIANT *variant)
{
	self->stage = mmap(NULL, sizeof(*self->stage), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->stage);
	self->ctx = kown_open();
	ASSERT_EQ(0, kown_new_mode(self->ctx, KOWN_MODE_LOCKED, 8, 0, &self->handle));
	ASSERT_EQ(0, kown_export(self->ctx, self->handle, KOWN_RIGHTS_SAME,
				 &self->stage->fd));
	self->owner = fork();
	ASSERT_LE(0, self->owner);
	if (!self->owner)
		_exit(own_and_end(variant, self->stage));
	while (!atomic_load(&self->stage->locked))
		usleep(1000);
}

static void stage_clear(END *self)
{
	kill(self->owner, SIGKILL);
	kill(atomic_load(&self->stage->keeper), SIGKILL);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	close(self->stage->fd);
	close(self->ctx);
}

FIXTURE_SETUP(end)
{
	stage_set(_metadata, self, variant);
}

FIXTURE_TEARDOWN(end)
{
	stage_clear(self);
}

static bool is_running(pid_t pid)
{
	char path[64], line[256] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "r");
	if (!file)
		return false;
	if (!fgets(line, sizeof(line), file))
		line[0] = 0;
	fclose(file);
	return line[0] && !strstr(line, ") Z ");
}

static bool is_program(pid_t pid, const char *name)
{
	char path[64], comm[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	file = fopen(path, "r");
	if (!file)
		return false;
	if (!fgets(comm, sizeof(comm), file))
		comm[0] = 0;
	fclose(file);
	return !strncmp(comm, name, strlen(name));
}

TEST_F(end, class_20_owner_ends_and_a_child_keeps_the_descriptor)
{
	int tries = 0;

	EXPECT_EQ(EBUSY, kown_try_lock(self->ctx, self->handle));
	EXPECT_EQ(KOWN_STATE_LOCKED, state_of(self->ctx, self->handle));
	atomic_store(&self->stage->go, 1);
	if (variant->exec) {
		while (!is_program(self->owner, "sleep") && tries++ < 5000)
			usleep(1000);
		ASSERT_TRUE(is_program(self->owner, "sleep"));
	}
	if (variant->keeps) {
		EXPECT_EQ(ETIMEDOUT, kown_lock_until(self->ctx, self->handle,
						     now_ns() + 100 * MS));
		EXPECT_EQ(KOWN_STATE_LOCKED, state_of(self->ctx, self->handle));
		ASSERT_EQ(0, kill(self->owner, SIGKILL));
	}
	EXPECT_EQ(EOWNERDEAD, kown_lock_until(self->ctx, self->handle,
					      now_ns() + 5000 * MS));
	/* The keeper was there all the time. */
	EXPECT_TRUE(is_running(atomic_load(&self->stage->keeper)));
	EXPECT_EQ(0, kown_clear_poison(self->ctx, self->handle));
	EXPECT_EQ(0, kown_unlock(self->ctx, self->handle));
	EXPECT_EQ(0, kown_lock(self->ctx, self->handle));
}

/* Of these ends a parent is told. */
FIXTURE(death) {
	struct _test_data_end end;
};

FIXTURE_VARIANT(death) {
	struct _fixture_variant_end end;
};

FIXTURE_VARIANT_ADD(death, exit) { .end.end = end_exit };
FIXTURE_VARIANT_ADD(death, exit_threaded) { .end.end = end_exit, .end.threaded = true };
FIXTURE_VARIANT_ADD(death, kill) { .end.end = end_kill };
FIXTURE_VARIANT_ADD(death, kill_threaded) { .end.end = end_kill, .end.threaded = true };
FIXTURE_VARIANT_ADD(death, kill_with_shared_files) {
	.end.end = end_kill, .end.share_files = true,
};

FIXTURE_SETUP(death)
{
	stage_set(_metadata, &self->end, &variant->end);
}

FIXTURE_TEARDOWN(death)
{
	stage_clear(&self->end);
}

/* By the time that a parent knows of the owner's end, the lock is free. */
TEST_F(death, parent_that_has_waited_finds_it_free)
{
	atomic_store(&self->end.stage->go, 1);
	ASSERT_LE(0, child_status(self->end.owner));
	EXPECT_EQ(EOWNERDEAD, kown_try_lock(self->end.ctx, self->end.handle));
}

/* Class 20: the owner sends its context away and closes its own descriptor. */
static void send_fd(int sock, int fd)
{
	char buf[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8))) = { 0 };
	struct iovec iov = { .iov_base = "f", .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = buf,
		.msg_controllen = sizeof(buf),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	sendmsg(sock, &msg, 0);
}

TEST_F(lock, class_20_owner_sends_its_context_away)
{
	int socks[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, socks));
	ASSERT_EQ(0, kown_lock(self->other, self->theirs));
	send_fd(socks[0], self->other);
	EXPECT_EQ(EBUSY, kown_try_lock(self->ctx, self->handle));
	close(self->other);
	EXPECT_EQ(EOWNERDEAD, kown_try_lock(self->ctx, self->handle));
	close(socks[0]);
	close(socks[1]);
	self->other = -1;
}

/* Class 20: a later process with the owner's number is not the owner. */
static int lock_and_die(void *arg)
{
	struct _test_data_lock *self = arg;

	return kown_lock(self->ctx, self->handle);
}

static int use_with_the_same_pid(void *arg)
{
	struct _test_data_lock *self = arg;
	__u64 elem = 0;

	if (kown_push(self->ctx, self->handle, &elem, 1) != ENOLCK)
		return 1;
	return kown_unlock(self->ctx, self->handle) == ENOLCK ? 0 : 2;
}

/* A process of that number, as who restores a checkpoint makes it. */
static pid_t fork_as(pid_t pid)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = (__u64)(uintptr_t)&pid,
		.set_tid_size = 1,
	};

	return syscall(SYS_clone3, &args, sizeof(args));
}

TEST_F(lock, class_20_pid_of_a_dead_owner_is_used_again)
{
	pid_t pid, again;

	pid = run_child(lock_and_die, self);
	ASSERT_EQ(0, child_status(pid));
	again = fork_as(pid);
	if (!again)
		_exit(use_with_the_same_pid(self));
	ASSERT_EQ(pid, again);
	ASSERT_EQ(0, child_status(again));
	EXPECT_EQ(EOWNERDEAD, kown_try_lock(self->ctx, self->handle));
}

/*
 * Many processes count up under the lock, and are killed at any instant. A counter that
 * is being written is two elements that differ; the one who finds it so repairs it.
 */
static int count_for_ever(void *arg)
{
	struct _test_data_lock *self = arg;
	int ctx = kown_open();
	__u32 handle;

	if (kown_import(ctx, self->fd, KOWN_RIGHTS_SAME, &handle))
		return 1;
	for (;;) {
		__u64 pair[2];
		int err = kown_lock(ctx, handle);

		if (err && err != EOWNERDEAD)
			return 2;
		if (kown_pop(ctx, handle, pair, 2, NULL))
			return 3;
		/* Killed here, and there is nothing: the next begins again. */
		if (!err && pair[0] != pair[1])
			return 4;
		if (err)
			memcpy(pair, (__u64[]){ 1, 1 }, sizeof(pair));
		pair[0]++;
		pair[1]++;
		if (kown_push(ctx, handle, pair, 1) || kown_push(ctx, handle, pair + 1, 1))
			return 5;
		if (err && kown_clear_poison(ctx, handle))
			return 6;
		if (kown_unlock(ctx, handle))
			return 7;
	}
}

TEST_F(lock, class_24_owners_killed_at_any_instant)
{
	enum { N = 4, KILLS = 300 };
	struct kown_stat stat;
	__u64 seed = 11, pair[2] = { 1, 1 };
	pid_t pids[N];
	int i, err, poisoned = 0;

	ASSERT_EQ(0, kown_lock(self->ctx, self->handle));
	ASSERT_EQ(0, kown_push(self->ctx, self->handle, pair, 2));
	ASSERT_EQ(0, kown_unlock(self->ctx, self->handle));
	for (i = 0; i < N; i++)
		pids[i] = run_child(count_for_ever, self);
	for (i = 0; i < KILLS; i++) {
		int n = i % N;

		usleep(random_u32(&seed) % 3000);
		ASSERT_EQ(0, kill(pids[n], SIGKILL));
		ASSERT_EQ(128 + SIGKILL, child_status(pids[n])) TH_LOG("kill %d", i);
		if (state_of(self->ctx, self->handle) & KOWN_STATE_POISONED)
			poisoned++;
		pids[n] = run_child(count_for_ever, self);
	}
	for (i = 0; i < N; i++) {
		ASSERT_EQ(0, kill(pids[i], SIGKILL));
		ASSERT_EQ(128 + SIGKILL, child_status(pids[i]));
	}
	err = kown_try_lock(self->ctx, self->handle);
	ASSERT_TRUE(!err || err == EOWNERDEAD);
	ASSERT_EQ(0, kown_stat(self->ctx, self->handle, &stat));
	EXPECT_EQ(3, stat.strong);
	EXPECT_GE(2, stat.len);
	TH_LOG("%d of %d kills seen to poison", poisoned, KILLS);
}

TEST_HARNESS_MAIN
