// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that a cgroup pays for: in one of 8 MB every command that takes memory
 * ends with ENOMEM, nobody is killed for it, and the machine keeps its memory.
 */
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "kown_test.h"

#define LIMIT		"8388608"
#define MOUNT		"/sys/fs/cgroup"
#define GROUP		MOUNT "/kown-test"
#define NOISE_KB	(16 << 10)	/* twice the cgroup */
#define DEBUG_NOISE	16		/* of all memory, this part */
#define MANY		4000		/* descriptors, contexts */

static bool put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) > 0;

	close(fd);
	return ok;
}

/* The number after @key in @path, or -1. */
static long long number_in(const char *path, const char *key)
{
	long long value = -1;
	char line[256];
	FILE *file = fopen(path, "r");

	while (file && fgets(line, sizeof(line), file)) {
		if (!strncmp(line, key, strlen(key)) &&
		    sscanf(line + strlen(key), "%lld", &value) == 1)
			break;
	}
	if (file)
		fclose(file);
	return value;
}

/* A kernel that looks for bugs keeps what was freed for a while, and notes about it. */
static long long noise_kb(void)
{
	if (access("/sys/kernel/debug/kmemleak", F_OK))
		return NOISE_KB;
	return NOISE_KB + number_in("/proc/meminfo", "MemTotal:") / DEBUG_NOISE;
}

static const char *group_make(void)
{
	if (access(MOUNT "/cgroup.controllers", F_OK) &&
	    mount("kown", MOUNT, "cgroup2", 0, NULL))
		return "no cgroup2";
	put(MOUNT "/cgroup.subtree_control", "+memory");
	if (mkdir(GROUP, 0755) && errno != EEXIST)
		return "no cgroup can be made";
	if (!put(GROUP "/memory.max", LIMIT))
		return "no memory controller";
	put(GROUP "/memory.swap.max", "0");
	return NULL;
}

/* Commands that take memory, again and again; each returns its last errno. */
static int new_empty(int ctx)
{
	__u32 handle;
	int err;

	while (!(err = kown_new(ctx, 8, 0, &handle)))
		;
	return err;
}

static int new_with_small_capacity(int ctx)
{
	__u32 handle;
	int err;

	while (!(err = kown_new(ctx, 1, 1000, &handle)))
		;
	return err;
}

static int new_with_large_capacity(int ctx)
{
	__u32 handle;
	int err;

	while (!(err = kown_new(ctx, 4096, 100, &handle)))
		;
	return err;
}

static int new_far_beyond(int ctx)
{
	__u32 handle;

	return kown_new(ctx, 4096, 16 << 10, &handle);
}

static int push_to_one(int ctx)
{
	static char elems[8192];
	__u32 handle;
	int err = kown_new(ctx, 1, 0, &handle);

	while (!err)
		err = kown_push(ctx, handle, elems, sizeof(elems));
	return err;
}

static int push_to_many(int ctx)
{
	static char elems[100];
	__u32 handle;
	int err;

	do {
		err = kown_new(ctx, 1, 0, &handle);
		if (!err)
			err = kown_push(ctx, handle, elems, sizeof(elems));
	} while (!err);
	return err;
}

static int clone_one(int ctx)
{
	__u32 handle, clone;
	int err = kown_new(ctx, 8, 0, &handle);

	while (!err)
		err = kown_clone(ctx, handle, KOWN_RIGHTS_SAME, &clone);
	return err;
}

#define AT_ONCE	1000

static int new_many(int ctx)
{
	static __u32 handles[AT_ONCE];
	int err;

	while (!(err = kown_new_many(ctx, 8, 10, AT_ONCE, handles)))
		;
	return err;
}

static int clone_many(int ctx)
{
	static __u32 clones[AT_ONCE];
	__u32 handle;
	int err = kown_new(ctx, 8, 0, &handle);

	while (!err)
		err = kown_others(ctx, KOWN_IOC_CLONE, handle, KOWN_RIGHTS_SAME, AT_ONCE, clones);
	return err;
}

static int import_one(int ctx)
{
	__u32 handle, clone;
	int fd, err = kown_new(ctx, 8, 0, &handle);

	if (!err)
		err = kown_export(ctx, handle, KOWN_RIGHTS_SAME, &fd);
	while (!err)
		err = kown_import(ctx, fd, KOWN_RIGHTS_SAME, &clone);
	return err;
}

static int downgrade_one(int ctx)
{
	__u32 handle, weak;
	int err = kown_new(ctx, 8, 0, &handle);

	while (!err)
		err = kown_downgrade(ctx, handle, KOWN_RIGHTS_SAME, &weak);
	return err;
}

static int upgrade_one(int ctx)
{
	__u32 handle, weak, strong;
	int err = kown_new(ctx, 8, 0, &handle);

	if (!err)
		err = kown_downgrade(ctx, handle, KOWN_RIGHTS_SAME, &weak);
	while (!err)
		err = kown_upgrade(ctx, weak, KOWN_RIGHTS_SAME, &strong);
	return err;
}

static char some_bytes[8192];

/* An object with these, whose elements are bytes. */
static int new_with_bytes(int ctx, __u32 mode, __u32 *handle)
{
	int err = kown_new_mode(ctx, mode, 1, 0, handle);

	return err ? err : kown_push(ctx, *handle, some_bytes, sizeof(some_bytes));
}

static int clone_data(int ctx)
{
	__u32 handle, copy;
	int err = new_with_bytes(ctx, KOWN_MODE_SHARED, &handle);

	while (!err)
		err = kown_clone_data(ctx, handle, KOWN_RIGHTS_SAME, &copy);
	return err;
}

static int split_off(int ctx)
{
	__u32 handle, tail;
	int err = kown_new(ctx, 1, sizeof(some_bytes), &handle);

	while (!err) {
		err = kown_push(ctx, handle, some_bytes, sizeof(some_bytes));
		if (!err)
			err = kown_split_off(ctx, handle, 0, &tail);
	}
	return err;
}

static int make_mut(int ctx)
{
	__u32 handle, copy;
	int err = new_with_bytes(ctx, KOWN_MODE_EXCLUSIVE, &handle);

	while (!err) {
		err = kown_clone(ctx, handle, KOWN_RIGHTS_SAME, &copy);
		if (!err)
			err = kown_own(ctx, KOWN_IOC_MAKE_MUT, copy, NULL, NULL);
	}
	return err;
}

static int resize_one(int ctx)
{
	__u32 handle;
	__u64 len = 0;
	int err = kown_new(ctx, 1, 0, &handle);

	while (!err)
		err = kown_resize(ctx, KOWN_IOC_RESIZE, handle, len += sizeof(some_bytes),
				  some_bytes);
	return err;
}

static int reserve_one(int ctx)
{
	__u32 handle;
	__u64 cap = 0;
	int err = kown_new(ctx, 1, 0, &handle);

	while (!err)
		err = kown_reserve(ctx, KOWN_IOC_RESERVE, KOWN_RESERVE_EXACT, handle,
				   cap += 16 * sizeof(some_bytes), NULL);
	return err;
}

static int insert_to_one(int ctx)
{
	__u32 handle;
	int err = kown_new(ctx, 1, 0, &handle);

	while (!err)
		err = kown_range(ctx, KOWN_IOC_INSERT, 0, handle, 0, sizeof(some_bytes),
				 some_bytes);
	return err;
}

static int splice_to_one(int ctx)
{
	__u32 handle;
	int err = kown_new(ctx, 1, 0, &handle);

	while (!err)
		err = kown_splice(ctx, KOWN_DISCARD, handle, 0, 0, NULL, some_bytes,
				  sizeof(some_bytes));
	return err;
}

static int copy_to_one(int ctx)
{
	__u32 handle, other;
	int err = kown_new(ctx, 1, 0, &handle);

	if (!err)
		err = new_with_bytes(ctx, KOWN_MODE_SHARED, &other);
	while (!err)
		err = kown_append(ctx, KOWN_IOC_COPY_FROM, handle, other, 0,
				  sizeof(some_bytes), NULL);
	return err;
}

static int extend_one(int ctx)
{
	__u32 handle;
	int err = new_with_bytes(ctx, KOWN_MODE_SHARED, &handle);

	while (!err)
		err = kown_range(ctx, KOWN_IOC_EXTEND_WITHIN, 0, handle, 0, sizeof(some_bytes),
				 NULL);
	return err;
}

static int append_to_one(int ctx)
{
	__u32 handle, other;
	int err = kown_new(ctx, 1, 0, &handle);

	if (!err)
		err = kown_new(ctx, 1, sizeof(some_bytes), &other);
	while (!err) {
		err = kown_push(ctx, other, some_bytes, sizeof(some_bytes));
		if (!err)
			err = kown_append(ctx, KOWN_IOC_APPEND, handle, other, 0, 0, NULL);
	}
	return err;
}

static int write_to_one(int ctx)
{
	__u32 handle;
	int fd, err = kown_new(ctx, 1, 0, &handle);

	if (!err)
		err = kown_export(ctx, handle, KOWN_RIGHTS_SAME, &fd);
	while (!err)
		err = write(fd, some_bytes, sizeof(some_bytes)) < 0 ? errno : 0;
	return err;
}

/*
 * What the cgroup must have paid for by the time that it ends. Not EXPORT: the kernel allocates
 * its file as any, and kills who has no memory left for one, as it does in open(2). That a
 * descriptor is paid for is seen below.
 */
static const struct taker {
	const char *name;
	int (*take)(int ctx);
	int paid;
} takers[] = {
	{ "NEW of empty objects", new_empty, 6 << 20 },
	{ "NEW of small objects", new_with_small_capacity, 6 << 20 },
	{ "NEW of large objects", new_with_large_capacity, 6 << 20 },
	{ "NEW of one object far too large", new_far_beyond, 0 },
	{ "PUSH to one object", push_to_one, 2 << 20 },	/* it doubles */
	{ "PUSH to many objects", push_to_many, 6 << 20 },
	{ "CLONE of one object", clone_one, 6 << 20 },
	{ "IMPORT of one object", import_one, 6 << 20 },
	{ "NEW of many at once", new_many, 6 << 20 },
	{ "CLONE of many at once", clone_many, 6 << 20 },
	{ "DOWNGRADE of one object", downgrade_one, 6 << 20 },
	{ "UPGRADE of one object", upgrade_one, 6 << 20 },
	{ "CLONE_DATA of one object", clone_data, 6 << 20 },
	{ "SPLIT_OFF of one object", split_off, 6 << 20 },
	{ "MAKE_MUT of clones of one object", make_mut, 6 << 20 },
	{ "RESIZE of one object", resize_one, 2 << 20 },
	{ "RESERVE of one object", reserve_one, 2 << 20 },
	{ "INSERT to one object", insert_to_one, 2 << 20 },
	{ "SPLICE to one object", splice_to_one, 2 << 20 },
	{ "COPY_FROM to one object", copy_to_one, 2 << 20 },
	{ "EXTEND_WITHIN of one object", extend_one, 2 << 20 },
	{ "APPEND to one object", append_to_one, 2 << 20 },
	{ "write(2) to one object", write_to_one, 2 << 20 },
};

/* A context has its own limit, so it may take several to fill the cgroup. */
static int take_all(const struct taker *taker)
{
	static int ctx[64];
	int err = ENOSPC;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ctx); i++)
		ctx[i] = kown_open();
	for (i = 0; err == ENOSPC && i < ARRAY_SIZE(ctx); i++)
		err = taker->take(ctx[i]);
	return err;
}

FIXTURE(memcg) {
	const char *missing;
};

FIXTURE_SETUP(memcg)
{
	self->missing = group_make();
}

FIXTURE_TEARDOWN(memcg)
{
	rmdir(GROUP);
}

/*
 * In the cgroup, where a write to a pipe or a page fault at the wrong moment would
 * be what it is killed for: so all memory is there before, and the answer goes
 * through it.
 */
static pid_t take_in_group(const struct taker *taker, int *result)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	if (mlockall(MCL_CURRENT | MCL_FUTURE) ||
	    !put(GROUP "/cgroup.procs", "0"))
		_exit(1);
	WRITE_ONCE(*result, take_all(taker));
	for (;;)
		pause();	/* with all of it */
}

static void stays_inside(struct __test_metadata *_metadata,
			 const struct taker *taker)
{
	int *result = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	long long before, after, killed;
	int status;
	pid_t pid;

	ASSERT_NE(MAP_FAILED, result);
	*result = -1;
	killed = number_in(GROUP "/memory.events", "oom_kill ");
	before = number_in("/proc/meminfo", "MemAvailable:");
	pid = take_in_group(taker, result);
	ASSERT_LT(0, pid);
	while (READ_ONCE(*result) == -1) {
		ASSERT_EQ(0, waitpid(pid, &status, WNOHANG)) {
			TH_LOG("%s: ended with 0x%x", taker->name, status);
		}
		usleep(1000);
	}
	EXPECT_EQ(ENOMEM, *result) TH_LOG("%s", taker->name);
	after = number_in("/proc/meminfo", "MemAvailable:");
	EXPECT_GT(noise_kb(), before - after) TH_LOG("%s", taker->name);
	EXPECT_LT(taker->paid, number_in(GROUP "/memory.current", "")) {
		TH_LOG("%s", taker->name);
	}
	EXPECT_EQ(killed, number_in(GROUP "/memory.events", "oom_kill "));
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	munmap(result, 4096);
}

TEST_F_TIMEOUT(memcg, class_12_every_command_ends_with_enomem, 600)
{
	struct kown_info info;
	int i, ctx = kown_open();

	if (self->missing)
		SKIP(return, "%s", self->missing);
	for (i = 0; i < ARRAY_SIZE(takers); i++) {
		stays_inside(_metadata, &takers[i]);
		ASSERT_EQ(0, kown_info(ctx, &info));
		EXPECT_EQ(0, info.all_objects);
		EXPECT_EQ(0, info.all_handles);
		EXPECT_EQ(0, info.all_bytes);
	}
	close(ctx);
}

/* What did not fit changed nothing. */
TEST_F(memcg, object_is_unchanged_by_a_push_that_did_not_fit)
{
	static char elems[64 << 10];
	int status;
	pid_t pid;

	if (self->missing)
		SKIP(return, "%s", self->missing);
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		int ctx = kown_open(), err;
		struct kown_stat stat;
		__u64 len = 0, i;
		__u32 handle;

		if (mlockall(MCL_CURRENT | MCL_FUTURE) ||
		    !put(GROUP "/cgroup.procs", "0") ||
		    kown_new(ctx, 1, 0, &handle))
			_exit(1);
		memset(elems, 'x', sizeof(elems));
		while (!(err = kown_push(ctx, handle, elems, sizeof(elems))))
			len += sizeof(elems);
		if (err != ENOMEM)
			_exit(2);
		if (kown_stat(ctx, handle, &stat) || stat.len != len)
			_exit(3);
		for (i = 0; i < len; i += sizeof(elems)) {
			memset(elems, 0, sizeof(elems));
			if (kown_read(ctx, handle, i, sizeof(elems), elems) ||
			    elems[0] != 'x' || elems[sizeof(elems) - 1] != 'x')
				_exit(4);
		}
		/* And there is room again once something goes. */
		if (kown_drop(ctx, handle) || kown_new(ctx, 4096, 100, &handle))
			_exit(5);
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status) TH_LOG("step %d", WEXITSTATUS(status));
}

/* What the cgroup pays for many of what @make makes, which stay, in bytes; in the cgroup. */
static long long price(int (*make)(void))
{
	long long before = number_in(GROUP "/memory.current", "");
	int i;

	for (i = 0; i < MANY; i++) {
		if (make() < 0)
			_exit(10);
	}
	return number_in(GROUP "/memory.current", "") - before;
}

static int make_null(void)
{
	return open("/dev/null", O_RDWR | O_CLOEXEC);
}

static int exported_ctx;
static __u32 exported_handle;

static int make_descriptor(void)
{
	int fd;

	return kown_export(exported_ctx, exported_handle, KOWN_RIGHTS_SAME, &fd) ? -1 : fd;
}

/* Each costs what a file costs that has nothing behind it, and what is behind it. */
static int descriptors_in_group(void *unused)
{
	struct rlimit files = { 4 * MANY, 4 * MANY };
	long long null, ctx, fd;

	if (mlockall(MCL_CURRENT | MCL_FUTURE) || setrlimit(RLIMIT_NOFILE, &files) ||
	    !put(GROUP "/memory.max", "67108864") || !put(GROUP "/cgroup.procs", "0"))
		return 1;
	exported_ctx = kown_open();
	if (kown_new(exported_ctx, 8, 0, &exported_handle))
		return 2;
	/* Now, so that the table of descriptors need not grow meanwhile. */
	if (dup2(0, 4 * MANY - 1) < 0)
		return 5;
	null = price(make_null);
	ctx = price(kown_open);
	fd = price(make_descriptor);
	printf("# %d files of /dev/null %lld bytes, contexts %lld, descriptors %lld\n", MANY,
	       null, ctx, fd);
	if (ctx < null + MANY * 128LL)
		return 3;
	if (fd < null + MANY * 512LL)
		return 4;
	return 0;
}

TEST_F(memcg, class_12_contexts_and_descriptors_are_paid_for)
{
	int status;

	if (self->missing)
		SKIP(return, "%s", self->missing);
	status = child_status(run_child(descriptors_in_group, NULL));
	EXPECT_EQ(0, status);
}

TEST_HARNESS_MAIN
