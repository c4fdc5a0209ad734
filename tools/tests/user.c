// SPDX-License-Identifier: GPL-2.0
/*
 * The limits of a user and of a context's objects, whatever they are: reached exactly,
 * refused one beyond with nothing changed, and there again after a drop, a close, or a
 * kill. And who the user is. limits.sh runs this with several.
 */
#include <signal.h>
#include <stddef.h>
#include <sys/stat.h>

#include "kown_test.h"

#define NOBODY	65534
#define FEW	200	/* what a test wants to fill */

static __u64 least(__u64 a, __u64 b)
{
	return a < b ? a : b;
}

FIXTURE(user) {
	int ctx;
	struct kown_info max;
};

FIXTURE_SETUP(user)
{
	self->ctx = kown_open();
	ASSERT_LE(0, self->ctx);
	ASSERT_EQ(0, kown_info(self->ctx, &self->max));
	ASSERT_EQ(0, chmod("/dev/kown", 0666));
}

FIXTURE_TEARDOWN(user)
{
	struct kown_info info;

	close(self->ctx);
	chmod("/dev/kown", 0600);
	self->ctx = kown_open();
	EXPECT_EQ(0, kown_info(self->ctx, &info));
	EXPECT_EQ(0, info.all_objects);
	EXPECT_EQ(0, info.all_handles);
	EXPECT_EQ(0, info.all_bytes);
	EXPECT_EQ(0, info.all_descriptors);
	EXPECT_EQ(1, info.all_contexts);
	EXPECT_EQ(0, info.user_objects);
	EXPECT_EQ(0, info.user_handles);
	EXPECT_EQ(0, info.user_bytes);
	EXPECT_EQ(0, info.user_descriptors);
	EXPECT_EQ(1, info.user_contexts);
	close(self->ctx);
}

/* Until it is refused; how often it was not, or -1 if it was for another reason. */
static __s64 new_all(int ctx, __u32 *last)
{
	__s64 n = 0;
	__u32 handle;
	int err;

	while (!(err = kown_new(ctx, 8, 0, &handle))) {
		*last = handle;
		n++;
	}
	return err == ENOSPC ? n : -1;
}

static __s64 clone_all(int ctx, __u32 handle)
{
	__s64 n = 0;
	__u32 clone;
	int err;

	while (!(err = kown_clone(ctx, handle, KOWN_RIGHTS_SAME, &clone)))
		n++;
	return err == ENOSPC ? n : -1;
}

static __s64 push_all(int ctx, __u32 handle)
{
	__s64 n = 0;
	int err;

	while (!(err = kown_push(ctx, handle, "x", 1)))
		n++;
	return err == ENOSPC ? n : -1;
}

/* INFO says the same as @before did. */
#define EXPECT_INFO(ctx, before) do {						\
	struct kown_info now;							\
	EXPECT_EQ(0, kown_info(ctx, &now));					\
	EXPECT_EQ(0, memcmp(&now, &(before), sizeof(now)));			\
} while (0)

TEST_F(user, info_tells_the_parameters)
{
	EXPECT_EQ(kown_param("max_objects"), self->max.max_objects);
	EXPECT_EQ(kown_param("max_user_objects"), self->max.max_user_objects);
	EXPECT_EQ(kown_param("max_user_handles"), self->max.max_user_handles);
	EXPECT_EQ(kown_param("max_user_bytes"), self->max.max_user_bytes);
	EXPECT_EQ(kown_param("max_user_locks"), self->max.max_user_locks);
	EXPECT_EQ(1, self->max.all_contexts);
	EXPECT_EQ(1, self->max.user_contexts);
}

/* Who knows only the first struct there was gets that, and nothing behind it. */
TEST_F(user, info_of_an_older_caller)
{
	struct kown_info info;
	__u32 first = offsetof(struct kown_info, max_objects);

	kown_blank(&info, sizeof(info));
	info.size = first;
	ASSERT_EQ(0, kown_call(self->ctx, KOWN_IOC_INFO, &info));
	EXPECT_EQ(first, info.size);
	EXPECT_TRUE(bytes_are((char *)&info + first, PATTERN, sizeof(info) - first));
	info.size = first - 8;
	info.flags = 0;
	EXPECT_EQ(EINVAL, kown_call(self->ctx, KOWN_IOC_INFO, &info));
}

TEST_F(user, objects_of_a_context)
{
	__u64 most = least(least(self->max.max_objects, self->max.max_handles),
			   least(self->max.max_user_objects, self->max.max_user_handles));
	struct kown_info full;
	__u32 last, none;

	if (most > FEW)
		SKIP(return, "needs fewer objects");
	ASSERT_EQ(most, new_all(self->ctx, &last));
	ASSERT_EQ(0, kown_info(self->ctx, &full));
	EXPECT_EQ(most, full.objects);
	EXPECT_EQ(most, full.user_objects);
	EXPECT_EQ(ENOSPC, kown_new(self->ctx, 8, 0, &none));
	EXPECT_INFO(self->ctx, full);
	if (!most)
		return;
	EXPECT_EQ(ENOSPC, kown_clone_data(self->ctx, last, KOWN_RIGHTS_SAME, &none));
	EXPECT_EQ(ENOSPC, kown_split_off(self->ctx, last, 0, &none));
	EXPECT_INFO(self->ctx, full);
	ASSERT_EQ(0, kown_drop(self->ctx, last));
	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &last));
	EXPECT_EQ(ENOSPC, kown_new(self->ctx, 8, 0, &none));
	EXPECT_INFO(self->ctx, full);
}

/* Elements that move to a new object leave none behind: it costs nothing more. */
TEST_F(user, make_mut_needs_no_second_object_unless_it_copies)
{
	__u32 handle, weak, how;

	if (self->max.max_user_objects != 1 || self->max.max_user_handles < 2)
		SKIP(return, "needs max_user_objects=1");
	ASSERT_EQ(0, kown_new_mode(self->ctx, KOWN_MODE_EXCLUSIVE, 8, 0, &handle));
	ASSERT_EQ(0, kown_downgrade(self->ctx, handle, KOWN_RIGHTS_SAME, &weak));
	ASSERT_EQ(0, kown_own(self->ctx, KOWN_IOC_MAKE_MUT, handle, &how, NULL));
	EXPECT_EQ(KOWN_OWN_MOVED, how);
	ASSERT_EQ(0, kown_drop(self->ctx, weak));
	ASSERT_EQ(0, kown_clone(self->ctx, handle, KOWN_RIGHTS_SAME, &weak));
	EXPECT_EQ(ENOSPC, kown_own(self->ctx, KOWN_IOC_MAKE_MUT, handle, &how, NULL));
}

TEST_F(user, objects_of_two_contexts)
{
	__u64 each = least(self->max.max_objects, self->max.max_handles);
	__u64 most = least(least(self->max.max_user_objects, self->max.max_user_handles),
			   2 * each);
	struct kown_info full;
	int other;
	__u32 last;
	__s64 mine;

	if (most > FEW || self->max.max_user_handles < 2)
		SKIP(return, "needs two contexts, and fewer objects");
	other = kown_open();
	ASSERT_LE(0, other);
	mine = new_all(self->ctx, &last);
	ASSERT_EQ(most - mine, new_all(other, &last));
	ASSERT_EQ(0, kown_info(other, &full));
	EXPECT_EQ(most, full.user_objects);
	EXPECT_EQ(most, full.user_handles);
	EXPECT_EQ(most - mine, full.objects);
	/* Close gives back what was charged. */
	close(self->ctx);
	self->ctx = kown_open();
	ASSERT_LE(0, self->ctx);
	EXPECT_EQ(mine, new_all(self->ctx, &last));
	close(other);
}

TEST_F(user, handles_of_two_contexts)
{
	__u64 most = least(self->max.max_user_handles, 2 * self->max.max_handles);
	struct kown_info full;
	__u32 handle, theirs, none, many[2];
	int other, fd;
	__s64 mine;

	if (most > FEW || most < 2 || !self->max.max_objects || !self->max.max_user_objects)
		SKIP(return, "needs two contexts, and fewer handles");
	other = kown_open();
	ASSERT_LE(0, other);
	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &handle));
	ASSERT_EQ(0, kown_export(self->ctx, handle, KOWN_RIGHTS_SAME, &fd));
	ASSERT_EQ(0, kown_import(other, fd, KOWN_RIGHTS_SAME, &theirs));
	mine = clone_all(self->ctx, handle) + 1;
	EXPECT_EQ(most, mine + clone_all(other, theirs) + 1);
	ASSERT_EQ(0, kown_info(self->ctx, &full));
	EXPECT_EQ(most, full.user_handles);
	EXPECT_EQ(ENOSPC, kown_downgrade(other, theirs, 0, &none));
	EXPECT_EQ(ENOSPC, kown_others(other, KOWN_IOC_CLONE, theirs, 0, 1, many));
	EXPECT_EQ(ENOSPC, kown_import(other, fd, KOWN_RIGHTS_SAME, &none));
	EXPECT_INFO(self->ctx, full);
	/* One more fits, and not two. */
	ASSERT_EQ(0, kown_drop(self->ctx, handle));
	ASSERT_EQ(0, kown_info(other, &full));
	EXPECT_EQ(ENOSPC, kown_others(other, KOWN_IOC_CLONE, theirs, 0, 2, many));
	EXPECT_INFO(other, full);
	close(other);
	close(fd);
}

TEST_F(user, bytes_of_two_contexts)
{
	__u64 most = least(self->max.max_user_bytes, 2 * self->max.max_bytes);
	struct kown_info full;
	__u32 mine, theirs;
	__s64 len;
	int other;

	if (most > 1 << 16 || least(self->max.max_user_handles, self->max.max_user_objects) < 2)
		SKIP(return, "needs two contexts, and fewer bytes");
	other = kown_open();
	ASSERT_LE(0, other);
	ASSERT_EQ(0, kown_new(self->ctx, 1, 0, &mine));
	ASSERT_EQ(0, kown_new(other, 1, 0, &theirs));
	len = push_all(self->ctx, mine);
	ASSERT_EQ(most - len, push_all(other, theirs));
	ASSERT_EQ(0, kown_info(other, &full));
	EXPECT_EQ(most, full.user_bytes);
	EXPECT_EQ(ENOSPC, kown_reserve(other, KOWN_IOC_RESERVE, KOWN_RESERVE_EXACT, theirs, 1,
				       NULL));
	EXPECT_INFO(other, full);
	ASSERT_EQ(0, kown_drop(self->ctx, mine));
	if (len)
		EXPECT_EQ(least(len, self->max.max_bytes - (most - len)),
			  push_all(other, theirs));
	close(other);
}

TEST_F(user, descriptors)
{
	static int fds[FEW];
	struct kown_info full;
	__u64 n = 0;
	__u32 handle;
	int err, fd;

	if (self->max.max_user_handles > FEW || !self->max.max_user_objects)
		SKIP(return, "needs an object, and fewer descriptors");
	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &handle));
	while (!(err = kown_export(self->ctx, handle, KOWN_RIGHTS_SAME, &fd)))
		fds[n++] = fd;
	EXPECT_EQ(ENOSPC, err);
	EXPECT_EQ(self->max.max_user_handles, n);
	ASSERT_EQ(0, kown_info(self->ctx, &full));
	EXPECT_EQ(n, full.descriptors);
	EXPECT_EQ(n, full.user_descriptors);
	EXPECT_EQ(n, full.all_descriptors);
	fd = fd_lowest_free();
	EXPECT_EQ(ENOSPC, kown_export(self->ctx, handle, 0, &err));
	EXPECT_EQ(fd, fd_lowest_free());
	EXPECT_INFO(self->ctx, full);
	close(fds[--n]);
	ASSERT_EQ(0, kown_export(self->ctx, handle, 0, &fds[n++]));
	/* They are there, and charged, after the context. */
	close(self->ctx);
	self->ctx = kown_open();
	ASSERT_EQ(0, kown_info(self->ctx, &full));
	EXPECT_EQ(n, full.user_descriptors);
	EXPECT_EQ(0, full.descriptors);
	EXPECT_EQ(1, full.user_objects);
	while (n)
		close(fds[--n]);
}

TEST_F(user, contexts)
{
	static int ctx[FEW];
	struct kown_info full;
	__u64 n = 1;
	int fd;

	if (self->max.max_user_handles > FEW)
		SKIP(return, "needs fewer contexts");
	while ((fd = kown_open()) >= 0)
		ctx[n++] = fd;
	EXPECT_EQ(ENOSPC, errno);
	EXPECT_EQ(self->max.max_user_handles, n);
	ASSERT_EQ(0, kown_info(self->ctx, &full));
	EXPECT_EQ(n, full.user_contexts);
	if (n > 1) {
		close(ctx[--n]);
		ctx[n] = kown_open();
		EXPECT_LE(0, ctx[n]);
		n++;
	}
	EXPECT_EQ(-1, kown_open());
	while (n > 1)
		close(ctx[--n]);
}

/* Those of a context and of a descriptor are one count, also once their owner is dead. */
TEST_F(user, locks)
{
	__u32 handles[FEW + 1];
	struct kown_info full;
	__u64 n = 0;
	int err, fd, other;

	if (self->max.max_user_locks > FEW || self->max.max_user_objects <= FEW ||
	    self->max.max_user_handles <= FEW)
		SKIP(return, "needs few locks, and more objects");
	do {
		ASSERT_EQ(0, kown_new_mode(self->ctx, KOWN_MODE_LOCKED, 8, 0, &handles[n]));
		err = kown_try_lock(self->ctx, handles[n]);
	} while (!err && n++ < FEW);
	EXPECT_EQ(ENOSPC, err);
	EXPECT_EQ(self->max.max_user_locks, n);
	ASSERT_EQ(0, kown_info(self->ctx, &full));
	EXPECT_EQ(n, full.user_locks);
	EXPECT_EQ(ENOSPC, kown_lock(self->ctx, handles[n]));
	ASSERT_EQ(0, kown_export(self->ctx, handles[n], KOWN_RIGHTS_SAME, &fd));
	EXPECT_EQ(ENOSPC, kown_try_lock(fd, 0));
	if (n) {
		ASSERT_EQ(0, kown_unlock(self->ctx, handles[0]));
		EXPECT_EQ(0, kown_try_lock(fd, 0));
		EXPECT_EQ(ENOSPC, kown_try_lock(self->ctx, handles[0]));
	}
	other = kown_open();
	ASSERT_EQ(0, kown_info(other, &full));
	EXPECT_EQ(n, full.user_locks);
	close(fd);
	close(self->ctx);
	self->ctx = other;
	ASSERT_EQ(0, kown_info(self->ctx, &full));
	EXPECT_EQ(0, full.user_locks);
}

static int lock_and_die(void *arg)
{
	struct _test_data_user *self = arg;
	__u32 handle;

	if (kown_new_mode(self->ctx, KOWN_MODE_LOCKED, 8, 0, &handle))
		return 1;
	return kown_try_lock(self->ctx, handle);
}

TEST_F(user, lock_of_a_process_that_died)
{
	struct kown_info info;

	if (!self->max.max_user_locks || !self->max.max_user_objects ||
	    !self->max.max_user_handles)
		SKIP(return, "needs a lock");
	ASSERT_EQ(0, child_status(run_child(lock_and_die, self)));
	ASSERT_EQ(0, kown_info(self->ctx, &info));
	EXPECT_EQ(1, info.user_objects);
	EXPECT_EQ(0, info.user_locks);
}

/* As nobody, all ids. */
static bool become(uid_t uid)
{
	return !setresgid(uid, uid, uid) && !setresuid(uid, uid, uid);
}

static int new_as_nobody(void *unused)
{
	struct kown_info info;
	__u32 handle;
	int ctx;

	if (!become(NOBODY))
		return 1;
	ctx = kown_open();
	if (ctx < 0)
		return 2;
	if (kown_new(ctx, 8, 0, &handle))
		return 3;
	return kown_info(ctx, &info) || info.user_objects != 1 || info.user_contexts != 1;
}

TEST_F(user, another_has_his_own)
{
	__u32 last = 0;

	if (least(self->max.max_user_objects, self->max.max_user_handles) > FEW)
		SKIP(return, "needs fewer objects");
	ASSERT_LE(1, new_all(self->ctx, &last));
	EXPECT_EQ(0, child_status(run_child(new_as_nobody, NULL)));
}

/* With the context of root, and one of its own. */
static int new_with_both(void *arg)
{
	int ctx = *(int *)arg, own;
	struct kown_info info;
	__u32 handle;

	if (!become(NOBODY))
		return 1;
	own = kown_open();
	if (own < 0 || kown_new(ctx, 8, 0, &handle))
		return 2;
	if (kown_info(own, &info) || info.user_objects || info.user_handles ||
	    info.all_objects != 1)
		return 3;
	if (kown_info(ctx, &info) || info.user_objects != 1 || info.user_contexts != 1)
		return 4;
	return 0;
}

TEST_F(user, who_is_passed_a_context_is_not_charged)
{
	EXPECT_EQ(0, child_status(run_child(new_with_both, &self->ctx)));
}

/* Writes the maps of @pid: ten users and groups, from @first on. */
static bool map_ids(pid_t pid, unsigned int first)
{
	static const char * const names[] = { "uid_map", "gid_map" };
	char path[64];
	int i, fd;

	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "/proc/%d/%s", pid, names[i]);
		fd = open(path, O_WRONLY);
		if (fd < 0 || dprintf(fd, "0 %u 10\n", first) < 0)
			return false;
		close(fd);
	}
	return true;
}

/*
 * A namespace of @owner's; its user 5 opens a context. How many contexts the user then
 * has who answers for it, if @owner has one himself; or a negative number.
 */
static int contexts_of_owner(uid_t owner)
{
	int own, inner, gone[2], mapped[2], status;
	struct kown_info info;
	pid_t pid;
	char c;

	if (pipe(gone) || pipe(mapped))
		return -1;
	pid = fork();
	if (!pid) {
		if (owner && !become(owner))
			_exit(101);
		own = kown_open();
		if (own < 0)
			_exit(102);
		if (unshare(CLONE_NEWUSER))
			_exit(103);
		if (write(gone[1], "", 1) != 1 || read(mapped[0], &c, 1) != 1)
			_exit(104);
		if (!become(5))
			_exit(105);
		inner = kown_open();
		if (inner < 0 || kown_info(inner, &info))
			_exit(106);
		_exit(info.user_contexts);
	}
	if (read(gone[0], &c, 1) != 1)
		return -2;
	if (!map_ids(pid, 200000) || write(mapped[1], "", 1) != 1)
		return -3;
	status = child_status(pid);
	close(gone[0]);
	close(gone[1]);
	close(mapped[0]);
	close(mapped[1]);
	return status;
}

TEST_F(user, namespace_is_charged_to_its_owner)
{
	if (self->max.max_user_handles < 2)
		SKIP(return, "needs two contexts");
	EXPECT_EQ(2, contexts_of_owner(NOBODY));
}

TEST_F(user, namespace_of_root_has_users_of_its_own)
{
	if (self->max.max_user_handles < 2)
		SKIP(return, "needs two contexts");
	EXPECT_EQ(1, contexts_of_owner(0));
}

static int fill_and_wait(void *arg)
{
	int *ready = arg;
	int ctx, fd;
	__u32 last;

	if (!become(NOBODY))
		return 1;
	ctx = kown_open();
	if (ctx < 0 || new_all(ctx, &last) < 1)
		return 2;
	kown_export(ctx, last, KOWN_RIGHTS_SAME, &fd);
	push_all(ctx, last);
	WRITE_ONCE(*ready, 1);
	for (;;)
		pause();
}

TEST_F(user, kill_gives_all_back)
{
	int *ready = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct kown_info info;
	int i;

	if (self->max.max_user_objects > FEW || self->max.max_user_bytes > 1 << 16)
		SKIP(return, "needs fewer objects and bytes");
	ASSERT_NE(MAP_FAILED, ready);
	/* Twice, so that the second meets what the first may have left. */
	for (i = 0; i < 2; i++) {
		pid_t pid;

		*ready = 0;
		pid = run_child(fill_and_wait, ready);
		while (!READ_ONCE(*ready)) {
			ASSERT_EQ(0, waitpid(pid, NULL, WNOHANG));
			usleep(1000);
		}
		ASSERT_EQ(0, kown_info(self->ctx, &info));
		EXPECT_LT(0, info.all_objects);
		EXPECT_EQ(0, info.user_objects);
		EXPECT_EQ(1, info.all_descriptors);
		kill(pid, SIGKILL);
		ASSERT_EQ(128 + SIGKILL, child_status(pid));
		ASSERT_EQ(0, kown_info(self->ctx, &info));
		EXPECT_EQ(0, info.all_objects);
		EXPECT_EQ(0, info.all_handles);
		EXPECT_EQ(0, info.all_descriptors);
		EXPECT_EQ(0, info.all_bytes);
		EXPECT_EQ(1, info.all_contexts);
	}
	munmap(ready, 4096);
}

/*
 * Class 22: counts near their end. The limits answer long before, and there is no other
 * way to drive a count: so it is enough that they do at all, and that nothing is logged.
 */
TEST_F(user, class_22_saturation_is_out_of_reach)
{
	__u64 most = least(self->max.max_handles, self->max.max_user_handles);
	struct kown_stat stat;
	__u32 handle;

	if (most > 1 << 17 || !self->max.max_objects || !self->max.max_user_objects)
		SKIP(return, "needs an object");
	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &handle));
	ASSERT_EQ(most - 1, clone_all(self->ctx, handle));
	ASSERT_EQ(0, kown_stat(self->ctx, handle, &stat));
	EXPECT_EQ(most, stat.strong);
	EXPECT_GT(1 << 28, stat.strong);
}

TEST_HARNESS_MAIN
