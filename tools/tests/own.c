// SPDX-License-Identifier: GPL-2.0
/*
 * Access modes, and INTO_INNER, TAKE and MAKE_MUT: shared or mutable, never both.
 */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "kown_test.h"
#include "snapshot.h"

#define MILLISECONDS	600		/* per race */

#define OWN	FIXTURE_DATA(own)

FIXTURE(own) {
	int ctx, other;
	__u32 handle;
	__u64 object;
};

FIXTURE_VARIANT(own) {
	__u32 mode;
};

FIXTURE_VARIANT_ADD(own, exclusive) { .mode = KOWN_MODE_EXCLUSIVE };
FIXTURE_VARIANT_ADD(own, shared) { .mode = KOWN_MODE_SHARED };
FIXTURE_VARIANT_ADD(own, locked) { .mode = KOWN_MODE_LOCKED };

static const __u64 three[3] = { 1, 2, 3 };

FIXTURE_SETUP(own)
{
	struct kown_stat stat;

	self->ctx = kown_open();
	self->other = kown_open();
	ASSERT_LE(0, self->ctx);
	ASSERT_EQ(0, kown_new_mode(self->ctx, variant->mode, 8, 0, &self->handle));
	if (variant->mode == KOWN_MODE_LOCKED)
		ASSERT_EQ(0, kown_lock(self->ctx, self->handle));
	ASSERT_EQ(0, kown_push(self->ctx, self->handle, three, 3));
	if (variant->mode == KOWN_MODE_LOCKED)
		ASSERT_EQ(0, kown_unlock(self->ctx, self->handle));
	ASSERT_EQ(0, kown_stat(self->ctx, self->handle, &stat));
	self->object = stat.object;
}

FIXTURE_TEARDOWN(own)
{
	close(self->other);
	close(self->ctx);
}

/* PUSH one and POP it again, or the error that refuses it. */
static int change(int ctx, __u32 handle)
{
	__u64 elem = 9;
	int err = kown_push(ctx, handle, &elem, 1);

	return err ? err : kown_pop(ctx, handle, &elem, 1, NULL);
}

static void has_three(struct __test_metadata *_metadata, int ctx, __u32 handle)
{
	struct kown_stat stat;
	__u64 elems[3] = { 0 };
	bool locked;

	ASSERT_EQ(0, kown_stat(ctx, handle, &stat));
	ASSERT_EQ(3, stat.len);
	locked = stat.mode == KOWN_MODE_LOCKED;
	if (locked)
		ASSERT_EQ(0, kown_lock(ctx, handle));
	ASSERT_EQ(0, kown_read(ctx, handle, 0, 3, elems));
	ASSERT_EQ(0, memcmp(elems, three, sizeof(three)));
	if (locked)
		ASSERT_EQ(0, kown_unlock(ctx, handle));
}

TEST_F(own, change_while_there_is_another_reference)
{
	__u32 clone, weak, imported;
	__u64 elem;
	int fd, err = 0;

	if (variant->mode == KOWN_MODE_EXCLUSIVE)
		err = EBUSY;
	if (variant->mode == KOWN_MODE_LOCKED)
		err = ENOLCK;

	EXPECT_EQ(err == EBUSY ? 0 : err, change(self->ctx, self->handle));
	ASSERT_EQ(0, kown_clone(self->ctx, self->handle, ALL_RIGHTS, &clone));
	EXPECT_EQ(err, change(self->ctx, self->handle));
	EXPECT_EQ(err, change(self->ctx, clone));
	EXPECT_EQ(err == EBUSY ? 0 : err, kown_read(self->ctx, clone, 0, 1, &elem));
	ASSERT_EQ(0, kown_drop(self->ctx, clone));
	EXPECT_EQ(err == EBUSY ? 0 : err, change(self->ctx, self->handle));

	ASSERT_EQ(0, kown_downgrade(self->ctx, self->handle, 0, &weak));
	EXPECT_EQ(err, change(self->ctx, self->handle));
	ASSERT_EQ(0, kown_drop(self->ctx, weak));
	EXPECT_EQ(err == EBUSY ? 0 : err, change(self->ctx, self->handle));

	ASSERT_EQ(0, kown_export(self->ctx, self->handle, ALL_RIGHTS, &fd));
	EXPECT_EQ(err, change(self->ctx, self->handle));
	ASSERT_EQ(0, kown_import(self->other, fd, ALL_RIGHTS, &imported));
	close(fd);
	EXPECT_EQ(err, change(self->ctx, self->handle));
	EXPECT_EQ(err, change(self->other, imported));
	ASSERT_EQ(0, kown_drop(self->ctx, self->handle));
	EXPECT_EQ(err == EBUSY ? 0 : err, change(self->other, imported));
	has_three(_metadata, self->other, imported);
}

TEST_F(own, of_the_only_reference_is_in_place)
{
	static const unsigned int cmds[] = {
		KOWN_IOC_INTO_INNER, KOWN_IOC_TAKE, KOWN_IOC_MAKE_MUT,
	};
	struct snapshot before;
	__u32 how, i;
	__u64 object;

	for (i = 0; i < ARRAY_SIZE(cmds); i++) {
		if (variant->mode == KOWN_MODE_LOCKED && cmds[i] == KOWN_IOC_MAKE_MUT) {
			EXPECT_EQ(EOPNOTSUPP, kown_own(self->ctx, cmds[i], self->handle,
						       NULL, NULL));
			continue;
		}
		if (variant->mode != KOWN_MODE_LOCKED)
			snapshot_take(_metadata, self->ctx, self->handle, &before);
		ASSERT_EQ(0, kown_own(self->ctx, cmds[i], self->handle, &how, &object));
		EXPECT_EQ(KOWN_OWN_SAME, how);
		EXPECT_EQ(self->object, object);
		if (variant->mode != KOWN_MODE_LOCKED)
			snapshot_same(_metadata, self->ctx, self->handle, &before,
				      "command", cmds[i]);
	}
	has_three(_metadata, self->ctx, self->handle);
}

TEST_F(own, of_the_only_strong_one_kills_the_weak)
{
	static const unsigned int cmds[] = {
		KOWN_IOC_INTO_INNER, KOWN_IOC_TAKE, KOWN_IOC_MAKE_MUT,
	};
	struct kown_info before, after;
	struct kown_stat stat;
	__u32 weak, strong, how, i;
	struct pollfd pfd = { 0 };
	__u64 object;

	for (i = 0; i < ARRAY_SIZE(cmds); i++) {
		if (variant->mode == KOWN_MODE_LOCKED && cmds[i] == KOWN_IOC_MAKE_MUT)
			continue;
		ASSERT_EQ(0, kown_downgrade(self->ctx, self->handle, ALL_RIGHTS, &weak));
		ASSERT_EQ(0, kown_export(self->ctx, weak, 0, &pfd.fd));
		ASSERT_EQ(0, kown_info(self->ctx, &before));
		ASSERT_EQ(0, kown_own(self->ctx, cmds[i], self->handle, &how, &object));
		EXPECT_EQ(KOWN_OWN_MOVED, how);
		EXPECT_LT(self->object, object);
		self->object = object;
		EXPECT_EQ(ESTALE, kown_upgrade(self->ctx, weak, ALL_RIGHTS, &strong));
		EXPECT_EQ(1, poll(&pfd, 1, 0));
		EXPECT_EQ(POLLHUP, pfd.revents);
		ASSERT_EQ(0, kown_stat(self->ctx, self->handle, &stat));
		EXPECT_EQ(object, stat.object);
		EXPECT_EQ(variant->mode, stat.mode);
		EXPECT_EQ(ALL_RIGHTS, stat.rights);
		EXPECT_EQ(1, stat.strong);
		EXPECT_EQ(0, stat.weak);
		has_three(_metadata, self->ctx, self->handle);
		/* Moving costs nothing. */
		ASSERT_EQ(0, kown_info(self->ctx, &after));
		EXPECT_EQ(0, memcmp(&before, &after, sizeof(after)));
		close(pfd.fd);
		ASSERT_EQ(0, kown_drop(self->ctx, weak));
	}
	ASSERT_EQ(0, kown_drop(self->ctx, self->handle));
	ASSERT_EQ(0, kown_info(self->ctx, &after));
	EXPECT_EQ(0, after.objects);
	EXPECT_EQ(0, after.bytes);
}

TEST_F(own, take_while_others_own_it)
{
	__u32 clone, how, weak;

	ASSERT_EQ(0, kown_clone(self->ctx, self->handle, ALL_RIGHTS, &clone));
	ASSERT_EQ(0, kown_downgrade(self->ctx, self->handle, ALL_RIGHTS, &weak));
	EXPECT_EQ(EBUSY, kown_own(self->ctx, KOWN_IOC_TAKE, self->handle, NULL, NULL));
	EXPECT_EQ(EBUSY, kown_own(self->ctx, KOWN_IOC_TAKE, clone, NULL, NULL));
	has_three(_metadata, self->ctx, self->handle);
	ASSERT_EQ(0, kown_drop(self->ctx, clone));
	EXPECT_EQ(0, kown_own(self->ctx, KOWN_IOC_TAKE, self->handle, &how, NULL));
	EXPECT_EQ(KOWN_OWN_MOVED, how);
}

TEST_F(own, make_mut_while_others_own_it)
{
	struct kown_info before, after;
	__u32 imported, weak, strong, how;
	struct kown_stat stat;
	__u64 object, elem = 4;
	int fd;

	ASSERT_EQ(0, kown_export(self->ctx, self->handle, ALL_RIGHTS, &fd));
	ASSERT_EQ(0, kown_import(self->other, fd, KOWN_RIGHT_READ | KOWN_RIGHT_WRITE,
				 &imported));
	close(fd);
	if (variant->mode == KOWN_MODE_LOCKED) {
		EXPECT_EQ(EOPNOTSUPP, kown_own(self->other, KOWN_IOC_MAKE_MUT, imported,
					       NULL, NULL));
		return;
	}
	ASSERT_EQ(0, kown_downgrade(self->ctx, self->handle, ALL_RIGHTS, &weak));
	ASSERT_EQ(0, kown_own(self->other, KOWN_IOC_MAKE_MUT, imported, &how, &object));
	EXPECT_EQ(KOWN_OWN_COPIED, how);
	EXPECT_LT(self->object, object);
	ASSERT_EQ(0, kown_stat(self->other, imported, &stat));
	EXPECT_EQ(object, stat.object);
	EXPECT_EQ(KOWN_RIGHT_READ | KOWN_RIGHT_WRITE, stat.rights);
	EXPECT_EQ(1, stat.strong);
	EXPECT_EQ(0, stat.weak);
	EXPECT_EQ(3, stat.cap);
	/* Who copies pays. */
	ASSERT_EQ(0, kown_info(self->other, &after));
	EXPECT_EQ(1, after.objects);
	EXPECT_EQ(3 * 8, after.bytes);
	has_three(_metadata, self->other, imported);
	ASSERT_EQ(0, kown_push(self->other, imported, &elem, 1));
	/* The others still have theirs, and weak ones still name it. */
	has_three(_metadata, self->ctx, self->handle);
	ASSERT_EQ(0, kown_stat(self->ctx, self->handle, &stat));
	EXPECT_EQ(self->object, stat.object);
	EXPECT_EQ(1, stat.strong);
	EXPECT_EQ(0, kown_upgrade(self->ctx, weak, ALL_RIGHTS, &strong));
	ASSERT_EQ(0, kown_info(self->ctx, &before));
	EXPECT_EQ(1, before.objects);
}

TEST_F(own, into_inner_while_others_own_it)
{
	struct kown_stat stat;
	__u32 clone, how;
	__u64 object;

	ASSERT_EQ(0, kown_clone(self->ctx, self->handle, ALL_RIGHTS, &clone));
	ASSERT_EQ(0, kown_own(self->ctx, KOWN_IOC_INTO_INNER, self->handle, &how, &object));
	EXPECT_EQ(KOWN_OWN_NOT, how);
	EXPECT_EQ(0, object);
	EXPECT_EQ(ENOENT, kown_stat(self->ctx, self->handle, &stat));
	ASSERT_EQ(0, kown_stat(self->ctx, clone, &stat));
	EXPECT_EQ(1, stat.strong);
	ASSERT_EQ(0, kown_own(self->ctx, KOWN_IOC_INTO_INNER, clone, &how, &object));
	EXPECT_EQ(KOWN_OWN_SAME, how);
	EXPECT_EQ(self->object, object);
	has_three(_metadata, self->ctx, clone);
}

TEST_F(own, without_a_right)
{
	__u32 rights, clone, i;
	static const unsigned int cmds[] = {
		KOWN_IOC_INTO_INNER, KOWN_IOC_TAKE, KOWN_IOC_MAKE_MUT,
	};

	for (rights = 0; rights <= ALL_RIGHTS; rights++) {
		if ((rights & 3) == 3)
			continue;
		ASSERT_EQ(0, kown_clone(self->ctx, self->handle, rights, &clone));
		for (i = 0; i < ARRAY_SIZE(cmds); i++)
			EXPECT_EQ(EACCES, kown_own(self->ctx, cmds[i], clone, NULL, NULL));
		ASSERT_EQ(0, kown_drop(self->ctx, clone));
	}
}

FIXTURE(race) {
	int ctx;
	__u32 handle;
};

FIXTURE_SETUP(race)
{
	self->ctx = kown_open();
	ASSERT_LE(0, self->ctx);
	ASSERT_EQ(0, kown_new_mode(self->ctx, KOWN_MODE_EXCLUSIVE, 8, 0, &self->handle));
	ASSERT_EQ(0, kown_push(self->ctx, self->handle, three, 3));
}

FIXTURE_TEARDOWN(race)
{
	close(self->ctx);
}

struct share {
	int fd;
	int go;
	bool weak;
};

/* Return: 1 if this process got the bytes, 0 if not. */
static int into_inner_at_once(void *arg)
{
	struct share *share = arg;
	int ctx = kown_open();
	__u64 elems[3];
	__u32 handle, how, weak;
	char byte;

	if (kown_import(ctx, share->fd, KOWN_RIGHTS_SAME, &handle))
		return 10;
	if (share->weak && kown_downgrade(ctx, handle, KOWN_RIGHTS_SAME, &weak))
		return 11;
	close(share->fd);
	/* Ready; and wait until the pipe is closed. */
	if (read(share->go, &byte, 1))
		return 12;
	if (kown_own(ctx, KOWN_IOC_INTO_INNER, handle, &how, NULL))
		return 13;
	if (how == KOWN_OWN_NOT)
		return kown_stat(ctx, handle, &(struct kown_stat){ 0 }) == ENOENT ? 0 : 14;
	if (kown_read(ctx, handle, 0, 3, elems) || memcmp(elems, three, sizeof(three)))
		return 15;
	return change(ctx, handle) ? 16 : 1;
}

TEST_F(race, into_inner_by_n_processes_gives_one_of_them_the_bytes)
{
	enum { N = 8, ROUNDS = 40 };
	int round, i, got, pipes[2];
	struct share share;
	pid_t pids[N];
	__u32 handle;

	for (round = 0; round < ROUNDS; round++) {
		ASSERT_EQ(0, kown_new_mode(self->ctx, round % 3, 8, 0, &handle));
		if (round % 3 == KOWN_MODE_LOCKED)
			ASSERT_EQ(0, kown_lock(self->ctx, handle));
		ASSERT_EQ(0, kown_push(self->ctx, handle, three, 3));
		if (round % 3 == KOWN_MODE_LOCKED)
			ASSERT_EQ(0, kown_unlock(self->ctx, handle));
		ASSERT_EQ(0, kown_export(self->ctx, handle, KOWN_RIGHTS_SAME, &share.fd));
		ASSERT_EQ(0, kown_drop(self->ctx, handle));
		ASSERT_EQ(0, pipe(pipes));
		share.go = pipes[0];
		share.weak = round & 1;
		for (i = 0; i < N; i++) {
			pids[i] = fork();
			if (!pids[i]) {
				close(pipes[1]);
				i = into_inner_at_once(&share);
				/* A locked object's bytes need the lock. */
				_exit(i == 15 && round % 3 == KOWN_MODE_LOCKED ? 1 : i);
			}
		}
		close(share.fd);
		close(pipes[0]);
		usleep(20000);
		close(pipes[1]);
		for (got = 0, i = 0; i < N; i++) {
			int status = child_status(pids[i]);

			ASSERT_GE(1, status) TH_LOG("round %d", round);
			got += status;
		}
		ASSERT_EQ(1, got) TH_LOG("round %d", round);
	}
}

struct busy {
	int ctx;
	__u32 handle;
	atomic_bool stop;
	atomic_ulong calls;
	unsigned long odd;
};

/* Calls on one handle that do not add a reference, as fast as they go. */
static void *look_for_ever(void *arg)
{
	struct busy *b = arg;
	struct kown_stat stat;
	__u64 elems[3];
	int fd;

	run_on_cpu(1);
	while (!atomic_load(&b->stop)) {
		b->odd += !!kown_read(b->ctx, b->handle, 0, 3, elems);
		b->odd += !!kown_stat(b->ctx, b->handle, &stat);
		b->odd += kown_export(b->ctx, b->handle, ~0U - 1, &fd) != EOPNOTSUPP;
		atomic_fetch_add(&b->calls, 1);
	}
	return NULL;
}

/* Class 6: other calls in flight on the object do not make it busy. */
TEST_F(race, class_6_exclusive_object_is_not_busy_with_calls_in_flight)
{
	unsigned long long end = now_ms() + MILLISECONDS;
	struct busy b = { .ctx = self->ctx, .handle = self->handle };
	unsigned long changes;
	pthread_t thread;
	__u32 how;

	ASSERT_EQ(0, pthread_create(&thread, NULL, look_for_ever, &b));
	run_on_cpu(0);
	for (changes = 0; now_ms() < end || !b.calls; changes++) {
		ASSERT_EQ(0, change(self->ctx, self->handle));
		ASSERT_EQ(0, kown_own(self->ctx, KOWN_IOC_TAKE, self->handle, &how, NULL));
		ASSERT_EQ(KOWN_OWN_SAME, how);
	}
	atomic_store(&b.stop, true);
	pthread_join(thread, NULL);
	EXPECT_EQ(0, b.odd);
	TH_LOG("%lu changes beside %lu calls", changes, b.calls);
}

static void *use_clone_for_ever(void *arg)
{
	struct busy *b = arg;
	__u64 elems[3];

	run_on_cpu(1);
	while (!atomic_load(&b->stop)) {
		int err = kown_read(b->ctx, READ_ONCE(b->handle), 0, 3, elems);

		b->odd += err && err != ENOENT;
		atomic_fetch_add(&b->calls, 1);
	}
	return NULL;
}

/* Class 6: once DROP has returned nobody is busy with the dropped handle. */
TEST_F(race, class_6_dropped_handle_with_a_call_in_flight_is_no_reference)
{
	unsigned long long end = now_ms() + MILLISECONDS;
	struct busy b = { .ctx = self->ctx };
	unsigned long rounds;
	pthread_t thread;
	__u32 clone;

	ASSERT_EQ(0, pthread_create(&thread, NULL, use_clone_for_ever, &b));
	run_on_cpu(0);
	for (rounds = 0; now_ms() < end || !b.calls; rounds++) {
		ASSERT_EQ(0, kown_clone(self->ctx, self->handle, ALL_RIGHTS, &clone));
		WRITE_ONCE(b.handle, clone);
		ASSERT_EQ(EBUSY, change(self->ctx, self->handle));
		ASSERT_EQ(0, kown_drop(self->ctx, clone));
		ASSERT_EQ(0, change(self->ctx, self->handle));
	}
	atomic_store(&b.stop, true);
	pthread_join(thread, NULL);
	EXPECT_EQ(0, b.odd);
	TH_LOG("%lu rounds beside %lu calls", rounds, b.calls);
}

static void *stat_for_ever(void *arg)
{
	struct busy *b = arg;
	struct kown_stat stat;
	__u64 elems[3];

	run_on_cpu(1);
	while (!atomic_load(&b->stop)) {
		b->odd += !!kown_stat(b->ctx, b->handle, &stat) || stat.len != 3;
		b->odd += !!kown_read(b->ctx, b->handle, 0, 3, elems) ||
			  memcmp(elems, three, sizeof(three));
		atomic_fetch_add(&b->calls, 1);
	}
	return NULL;
}

/* The handle's object changes under calls; they see one or the other, and all of it. */
TEST_F(race, handle_is_always_there_while_its_object_is_replaced)
{
	unsigned long long end = now_ms() + MILLISECONDS;
	struct busy b = { .ctx = self->ctx, .handle = self->handle };
	unsigned long rounds, copied = 0;
	struct kown_info info;
	pthread_t thread;
	__u32 other, how;

	ASSERT_EQ(0, pthread_create(&thread, NULL, stat_for_ever, &b));
	run_on_cpu(0);
	for (rounds = 0; now_ms() < end || !b.calls; rounds++) {
		ASSERT_EQ(0, kown_another(self->ctx, rounds & 1 ? KOWN_IOC_CLONE :
					  KOWN_IOC_DOWNGRADE, self->handle, 0, &other));
		ASSERT_EQ(0, kown_own(self->ctx, KOWN_IOC_MAKE_MUT, self->handle, &how,
				      NULL));
		ASSERT_EQ(rounds & 1 ? KOWN_OWN_COPIED : KOWN_OWN_MOVED, how);
		ASSERT_EQ(0, kown_drop(self->ctx, other));
		copied += how == KOWN_OWN_COPIED;
	}
	atomic_store(&b.stop, true);
	pthread_join(thread, NULL);
	EXPECT_EQ(0, b.odd);
	ASSERT_EQ(0, kown_info(self->ctx, &info));
	EXPECT_EQ(1, info.objects);
	EXPECT_EQ(1, info.handles);
	TH_LOG("%lu rounds, %lu copies, beside %lu calls", rounds, copied, b.calls);
}

struct pair {
	int ctx;
	atomic_uint handle, done;
	atomic_bool stop;
};

static void *drop_what_is_there(void *arg)
{
	struct pair *p = arg;
	__u32 handle;

	run_on_cpu(1);
	while (!atomic_load(&p->stop)) {
		handle = atomic_exchange(&p->handle, 0);
		if (!handle)
			continue;
		/* Refused only if INTO_INNER came first. */
		kown_drop(p->ctx, handle);
		atomic_store(&p->done, handle);
	}
	return NULL;
}

/* Class 3: the number is dropped while its object is replaced; one drop each. */
TEST_F(race, class_3_drop_against_replacement_of_one_number)
{
	static const unsigned int cmds[] = {
		KOWN_IOC_INTO_INNER, KOWN_IOC_TAKE, KOWN_IOC_MAKE_MUT,
	};
	unsigned long long end = now_ms() + MILLISECONDS;
	struct pair p = { .ctx = self->ctx };
	__u32 handle, other, how;
	struct kown_info info;
	unsigned long rounds;
	pthread_t thread;
	int err;

	ASSERT_EQ(0, pthread_create(&thread, NULL, drop_what_is_there, &p));
	run_on_cpu(0);
	for (rounds = 0; now_ms() < end; rounds++) {
		ASSERT_EQ(0, kown_new_mode(self->ctx, 0, 8, 3, &handle));
		ASSERT_EQ(0, kown_another(self->ctx, rounds & 1 ? KOWN_IOC_CLONE :
					  KOWN_IOC_DOWNGRADE, handle, 0, &other));
		atomic_store(&p.handle, handle);
		err = kown_own(self->ctx, cmds[rounds % 3], handle, &how, NULL);
		ASSERT_TRUE(!err || err == ENOENT || (err == EBUSY && (rounds & 1)));
		while (atomic_load(&p.done) != handle)
			;
		ASSERT_EQ(ENOENT, kown_drop(self->ctx, handle));
		ASSERT_EQ(0, kown_drop(self->ctx, other));
		ASSERT_EQ(0, kown_info(self->ctx, &info));
		ASSERT_EQ(1, info.objects) TH_LOG("round %lu", rounds);
		ASSERT_EQ(1, info.handles) TH_LOG("round %lu", rounds);
	}
	atomic_store(&p.stop, true);
	pthread_join(thread, NULL);
	TH_LOG("%lu rounds", rounds);
}

static int is_writable(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLOUT };

	return poll(&pfd, 1, 0);
}

/* A descriptor is a reference too, so it is writable when it is the only one. */
TEST_F(race, exclusive_descriptor_polls_writable_once_it_is_alone)
{
	__u32 weak;
	int fd;

	ASSERT_EQ(0, kown_export(self->ctx, self->handle, ALL_RIGHTS, &fd));
	ASSERT_EQ(0, kown_downgrade(self->ctx, self->handle, ALL_RIGHTS, &weak));
	EXPECT_EQ(0, is_writable(fd));
	ASSERT_EQ(0, kown_drop(self->ctx, self->handle));
	EXPECT_EQ(0, is_writable(fd));
	ASSERT_EQ(0, kown_drop(self->ctx, weak));
	EXPECT_EQ(1, is_writable(fd));
	close(fd);
}

TEST_HARNESS_MAIN
