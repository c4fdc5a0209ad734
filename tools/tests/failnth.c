// SPDX-License-Identifier: GPL-2.0
/*
 * Each allocation and each copy of user memory that a command makes fails once, by
 * the kernel's /proc/self/fail-nth: the first, the second, ... until the command
 * gets through. What failed has an errno of the contract and has changed nothing,
 * and nothing is left of it.
 */
#include "kown_test.h"
#include "snapshot.h"

#define LEN	16
#define MANY	8192	/* elements that kmalloc() has no room for, so vmalloc() does it */
#define MANY_HANDLES	120	/* for which memory is needed twice and more */
#define MOST	2000	/* faults in one command: there are never that many */

#define FAILNTH		FIXTURE_DATA(failnth)

FIXTURE(failnth) {
	int watcher;		/* a context that holds nothing */
	int nth;		/* /proc/self/fail-nth */
	int ctx;
	int fd;			/* an export of @handle */
	__u32 row;		/* so many handles have room when there is room for one */
	__u32 handle;		/* of a shared object, full to its capacity */
	__u32 other;		/* likewise, of another */
	__u32 spare;		/* another handle of @handle's object */
	__u32 weak;
	__u32 followed;		/* the only strong one of an object that has a weak one */
	__u32 locked;		/* of a locked object that is free */
	__u32 held;		/* of a locked object whose lock we have */
	struct kown_info before;
	__u64 elems[MANY];
	unsigned char bits[LEN / 8];
};

FIXTURE_VARIANT(failnth) {
	int (*call)(FAILNTH *self);
	bool allocates;		/* it cannot do without memory: ENOMEM must have been seen */
};

static bool write_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, text, strlen(text)) == strlen(text);

	close(fd);
	return done;
}

/* Also what could wait for memory, of any size; and without a word. */
static bool all_may_fail(void)
{
	return write_to("/sys/kernel/debug/failslab/ignore-gfp-wait", "N") &&
	       write_to("/sys/kernel/debug/failslab/verbose", "0") &&
	       write_to("/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N") &&
	       write_to("/sys/kernel/debug/fail_page_alloc/min-order", "0") &&
	       write_to("/sys/kernel/debug/fail_page_alloc/verbose", "0") &&
	       write_to("/sys/kernel/debug/fail_usercopy/verbose", "0");
}

static void nth_set(struct __test_metadata *_metadata, FAILNTH *self, int n)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", n);
	ASSERT_EQ(strlen(text), pwrite(self->nth, text, strlen(text), 0));
}

static void nth_clear(struct __test_metadata *_metadata, FAILNTH *self)
{
	/* One fault is left at most, and the write that meets it is repeated. */
	if (pwrite(self->nth, "0", 1, 0) != 1)
		ASSERT_EQ(1, pwrite(self->nth, "0", 1, 0));
}

/* Clones need memory for the first time when the numbers of the first row have been given. */
static void row_find(struct __test_metadata *_metadata, FAILNTH *self)
{
	int ctx = kown_open(), err = 0, i;
	__u32 handle, clone;

	ASSERT_LE(0, ctx);
	ASSERT_EQ(0, kown_new(ctx, 8, 0, &handle));
	for (i = 0; err != ENOMEM; i++) {
		ASSERT_GT(MOST, i);
		nth_set(_metadata, self, 1 + i % 8);
		err = kown_clone(ctx, handle, KOWN_RIGHTS_SAME, &clone);
		nth_clear(_metadata, self);
	}
	ASSERT_EQ(0, kown_clone(ctx, handle, KOWN_RIGHTS_SAME, &clone));
	self->row = clone - 1;
	close(ctx);
}

FIXTURE_SETUP(failnth)
{
	self->nth = open("/proc/self/fail-nth", O_RDWR | O_CLOEXEC);
	self->watcher = kown_open();
	ASSERT_LE(0, self->watcher);
	ASSERT_EQ(0, kown_info(self->watcher, &self->before));
	if (self->nth < 0)
		return;
	ASSERT_TRUE(all_may_fail());
	row_find(_metadata, self);
}

FIXTURE_TEARDOWN(failnth)
{
	struct kown_info after;

	ASSERT_EQ(0, kown_info(self->watcher, &after));
	EXPECT_EQ(self->before.all_objects, after.all_objects);
	EXPECT_EQ(self->before.all_handles, after.all_handles);
	EXPECT_EQ(self->before.all_bytes, after.all_bytes);
	close(self->watcher);
	close(self->nth);
}

/* The next handle needs memory. */
static void objects_make(struct __test_metadata *_metadata, FAILNTH *self)
{
	__u32 last;
	int i;

	for (i = 0; i < LEN; i++)
		self->elems[i] = i / 2;
	memset(self->bits, 0x5a, sizeof(self->bits));
	self->ctx = kown_open();
	ASSERT_LE(0, self->ctx);
	ASSERT_EQ(0, kown_new(self->ctx, 8, LEN, &self->handle));
	ASSERT_EQ(0, kown_push(self->ctx, self->handle, self->elems, LEN));
	ASSERT_EQ(0, kown_new(self->ctx, 8, LEN, &self->other));
	ASSERT_EQ(0, kown_push(self->ctx, self->other, self->elems, LEN));
	ASSERT_EQ(0, kown_clone(self->ctx, self->handle, KOWN_RIGHTS_SAME, &self->spare));
	ASSERT_EQ(0, kown_downgrade(self->ctx, self->handle, KOWN_RIGHTS_SAME, &self->weak));
	ASSERT_EQ(0, kown_new(self->ctx, 8, LEN, &self->followed));
	ASSERT_EQ(0, kown_push(self->ctx, self->followed, self->elems, LEN));
	ASSERT_EQ(0, kown_downgrade(self->ctx, self->followed, KOWN_RIGHTS_SAME, &last));
	ASSERT_EQ(0, kown_export(self->ctx, self->handle, KOWN_RIGHTS_SAME, &self->fd));
	ASSERT_EQ(0, kown_new_mode(self->ctx, KOWN_MODE_LOCKED, 8, 0, &self->locked));
	ASSERT_EQ(0, kown_new_mode(self->ctx, KOWN_MODE_LOCKED, 8, LEN, &self->held));
	ASSERT_EQ(0, kown_lock(self->ctx, self->held));
	do {
		ASSERT_EQ(0, kown_clone(self->ctx, self->handle, KOWN_RIGHTS_SAME, &last));
	} while (last % self->row);
}

static void objects_drop(FAILNTH *self)
{
	close(self->fd);
	close(self->ctx);
}

/* Has a fault hit what came before? The next may hit this very read. */
static bool nth_hit(FAILNTH *self)
{
	char text[16] = "";

	return pread(self->nth, text, sizeof(text) - 1, 0) > 0 && atoi(text) == 0;
}

struct picture {
	struct snapshot handle, other, followed, held;
};

static void picture_take(struct __test_metadata *_metadata, FAILNTH *self,
			 struct picture *picture)
{
	snapshot_take(_metadata, self->ctx, self->handle, &picture->handle);
	snapshot_take(_metadata, self->ctx, self->other, &picture->other);
	snapshot_take(_metadata, self->ctx, self->followed, &picture->followed);
	snapshot_take(_metadata, self->ctx, self->held, &picture->held);
}

/* ENOMEM may leave a larger capacity behind, and nothing else. */
static void capacity_may_grow(struct snapshot *before, const struct snapshot *after)
{
	if (after->stat.cap > before->stat.cap)
		before->stat.cap = after->stat.cap;
	before->info.bytes = after->info.bytes;
	before->info.all_bytes = after->info.all_bytes;
}

static void picture_same(struct __test_metadata *_metadata, FAILNTH *self,
			 struct picture *before, int err, int n)
{
	struct picture after;

	if (err == ENOMEM) {
		picture_take(_metadata, self, &after);
		capacity_may_grow(&before->handle, &after.handle);
		capacity_may_grow(&before->other, &after.other);
		capacity_may_grow(&before->followed, &after.followed);
		capacity_may_grow(&before->held, &after.held);
	}
	snapshot_same(_metadata, self->ctx, self->handle, &before->handle, "fault", n);
	snapshot_same(_metadata, self->ctx, self->other, &before->other, "fault", n);
	snapshot_same(_metadata, self->ctx, self->followed, &before->followed, "fault", n);
	snapshot_same(_metadata, self->ctx, self->held, &before->held, "fault", n);
}

TEST_F(failnth, class_23_each_fault_changes_nothing)
{
	struct picture *before;
	int n, err, fd, tries, hits = 0, failures = 0, without_memory = 0;
	bool hit = true;

	if (self->nth < 0)
		SKIP(return, "no /proc/self/fail-nth: a kernel without CONFIG_FAULT_INJECTION");
	before = calloc(1, sizeof(*before));
	ASSERT_NE(NULL, before);
	for (tries = 0; hit; tries++) {
		/* Twice, for once in a while the allocator itself allocates in between. */
		n = 1 + tries / 2;
		ASSERT_GT(MOST, n);
		objects_make(_metadata, self);
		picture_take(_metadata, self, before);
		fd = fd_lowest_free();

		nth_set(_metadata, self, n);
		err = variant->call(self);
		hit = nth_hit(self);
		nth_clear(_metadata, self);

		hits += hit;
		failures += err != 0;
		without_memory += err == ENOMEM;
		if (!hit)
			ASSERT_EQ(0, err) TH_LOG("no fault was left");
		if (err) {
			ASSERT_TRUE(err == ENOMEM || err == EFAULT)
				TH_LOG("fault %d: %s", n, strerror(err));
			picture_same(_metadata, self, before, err, n);
			ASSERT_EQ(fd, fd_lowest_free());
		}
		objects_drop(self);
	}
	free(before);
	TH_LOG("%d faults, %d of them errors, %d of those ENOMEM", hits, failures,
	       without_memory);
	/* Each command reads its struct at least; a small one it may read again. */
	EXPECT_LT(0, hits);
	if (variant->allocates)
		EXPECT_LT(0, without_memory);
}

#define CALL(name, _allocates, ...)					\
static int call_##name(FAILNTH *self)					\
{									\
	__VA_ARGS__							\
}									\
									\
FIXTURE_VARIANT_ADD(failnth, name) {					\
	.call = call_##name, .allocates = (_allocates),			\
}
#define COMMAND(name, ...)	CALL(name, false, __VA_ARGS__)
/* What has room for neither another handle, nor another element, nor a copy it is given. */
#define ALLOCATES(name, ...)	CALL(name, true, __VA_ARGS__)

/* For calls that make what the test need not have: the context is closed with it. */
#define RANGE(name, NAME, allocates, flags, start, count, data)		\
	CALL(name, allocates, return kown_range(self->ctx, KOWN_IOC_##NAME, flags, \
						self->handle, start, count, data);)

COMMAND(info, struct kown_info info; return kown_info(self->ctx, &info););
ALLOCATES(new_empty, __u32 new; return kown_new(self->ctx, 8, 0, &new););
ALLOCATES(new, __u32 new; return kown_new(self->ctx, 8, LEN, &new););
ALLOCATES(new_large, __u32 new; return kown_new(self->ctx, 8, MANY, &new););
ALLOCATES(new_locked, __u32 new;
	return kown_new_mode(self->ctx, KOWN_MODE_LOCKED, 8, LEN, &new););
ALLOCATES(clone, __u32 new;
	return kown_clone(self->ctx, self->handle, KOWN_RIGHTS_SAME, &new););
ALLOCATES(new_many, __u32 new[MANY_HANDLES];
	return kown_new_many(self->ctx, 8, LEN, MANY_HANDLES, new););
ALLOCATES(clone_many, __u32 new[MANY_HANDLES];
	return kown_others(self->ctx, KOWN_IOC_CLONE, self->handle, KOWN_RIGHTS_SAME,
			   MANY_HANDLES, new););
ALLOCATES(downgrade_many, __u32 new[MANY_HANDLES];
	return kown_others(self->ctx, KOWN_IOC_DOWNGRADE, self->handle, KOWN_RIGHTS_SAME,
			   MANY_HANDLES, new););
ALLOCATES(upgrade_many, __u32 new[MANY_HANDLES];
	return kown_others(self->ctx, KOWN_IOC_UPGRADE, self->weak, KOWN_RIGHTS_SAME,
			   MANY_HANDLES, new););
ALLOCATES(clone_data, __u32 new;
	return kown_clone_data(self->ctx, self->handle, KOWN_RIGHTS_SAME, &new););
COMMAND(stat, struct kown_stat stat; return kown_stat(self->ctx, self->handle, &stat););
ALLOCATES(push, return kown_push(self->ctx, self->handle, self->elems, 1););
COMMAND(push_many, return kown_push(self->ctx, self->handle, self->elems, MANY););
ALLOCATES(push_with_lock, return kown_push(self->ctx, self->held, self->elems, 2 * LEN););
COMMAND(pop, __u64 out[LEN]; return kown_pop(self->ctx, self->handle, out, 2, NULL););
COMMAND(pop_front, __u64 out[LEN];
	return kown_pop_front(self->ctx, self->handle, out, 2, NULL););
COMMAND(read, __u64 out[LEN]; return kown_read(self->ctx, self->handle, 0, LEN, out););
ALLOCATES(export, int fd; int err = kown_export(self->ctx, self->spare, KOWN_RIGHTS_SAME, &fd);
	if (!err)
		close(fd);
	return err;);
ALLOCATES(import, __u32 new; return kown_import(self->ctx, self->fd, KOWN_RIGHTS_SAME, &new););
ALLOCATES(downgrade, __u32 new;
	return kown_downgrade(self->ctx, self->handle, KOWN_RIGHTS_SAME, &new););
ALLOCATES(upgrade, __u32 new;
	return kown_upgrade(self->ctx, self->weak, KOWN_RIGHTS_SAME, &new););
COMMAND(into_inner, return kown_own(self->ctx, KOWN_IOC_INTO_INNER, self->other, NULL, NULL););
COMMAND(take, return kown_own(self->ctx, KOWN_IOC_TAKE, self->other, NULL, NULL););
/* Others own it too, so there is a copy. */
ALLOCATES(make_mut, return kown_own(self->ctx, KOWN_IOC_MAKE_MUT, self->handle, NULL, NULL););
COMMAND(make_mut_in_place, return kown_own(self->ctx, KOWN_IOC_MAKE_MUT, self->other, NULL,
					   NULL););
/* The weak one stays with what was, so the elements move. */
ALLOCATES(into_inner_that_moves, return kown_own(self->ctx, KOWN_IOC_INTO_INNER,
						 self->followed, NULL, NULL););
ALLOCATES(take_that_moves, return kown_own(self->ctx, KOWN_IOC_TAKE, self->followed, NULL,
					   NULL););
ALLOCATES(make_mut_that_moves, return kown_own(self->ctx, KOWN_IOC_MAKE_MUT, self->followed,
					       NULL, NULL););
COMMAND(lock, return kown_lock(self->ctx, self->locked););
COMMAND(unlock, return kown_unlock(self->ctx, self->held););
COMMAND(clear_poison, return kown_clear_poison(self->ctx, self->held););
RANGE(insert, INSERT, true, 0, 1, 3, self->elems);
RANGE(insert_many, INSERT, false, 0, 1, MANY, self->elems);
RANGE(remove, REMOVE, false, 0, 1, 3, self->elems);
RANGE(remove_discard, REMOVE, false, KOWN_DISCARD, 1, 3, NULL);
RANGE(swap_remove, SWAP_REMOVE, false, 0, 1, 3, self->elems);
RANGE(write, WRITE, true, 0, 1, 3, self->elems + 8);
RANGE(fill, FILL, true, 0, 1, 3, self->elems + 8);
RANGE(extend_within, EXTEND_WITHIN, true, 0, 1, 3, NULL);
COMMAND(drain, __u64 out[LEN];
	return kown_drain(self->ctx, 0, self->handle, 1, 3, out, NULL););
ALLOCATES(splice, __u64 out[LEN];
	return kown_splice(self->ctx, 0, self->handle, 1, 2, out, self->elems, 7););
COMMAND(truncate, return kown_resize(self->ctx, KOWN_IOC_TRUNCATE, self->handle, 3, NULL););
ALLOCATES(resize, return kown_resize(self->ctx, KOWN_IOC_RESIZE, self->handle, 3 * LEN,
				     self->elems););
ALLOCATES(reserve, return kown_reserve(self->ctx, KOWN_IOC_RESERVE, 0, self->handle, LEN,
				       NULL););
COMMAND(shrink, return kown_reserve(self->ctx, KOWN_IOC_SHRINK, 0, self->handle, 0, NULL););
ALLOCATES(retain, return kown_mask(self->ctx, KOWN_IOC_RETAIN, self->handle, 0, LEN,
				   self->bits, NULL, NULL););
ALLOCATES(extract, __u64 out[LEN];
	return kown_mask(self->ctx, KOWN_IOC_EXTRACT, self->handle, 0, LEN,
			 self->bits, out, NULL););
COMMAND(dedup, return kown_dedup(self->ctx, self->handle, NULL););
ALLOCATES(append, return kown_append(self->ctx, KOWN_IOC_APPEND, self->handle, self->other,
				     0, 0, NULL););
ALLOCATES(copy_from, return kown_append(self->ctx, KOWN_IOC_COPY_FROM, self->handle,
					self->other, 1, 3, NULL););
ALLOCATES(split_off, __u32 tail; return kown_split_off(self->ctx, self->handle, 4, &tail););
/* What was dropped before the fault stays dropped, so this one drops one. */
COMMAND(drop, return kown_drop(self->ctx, self->spare););
ALLOCATES(open, int ctx = kown_open();
	if (ctx < 0)
		return errno;
	close(ctx);
	return 0;);
ALLOCATES(open_and_new, int ctx = kown_open();
	__u32 new;
	int err;

	if (ctx < 0)
		return errno;
	err = kown_new(ctx, 8, 0, &new);
	close(ctx);
	return err;);

TEST_HARNESS_MAIN
