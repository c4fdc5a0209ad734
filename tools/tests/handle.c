// SPDX-License-Identifier: GPL-2.0
/*
 * Handles: numbers that name nothing, numbers of another context, numbers that
 * are used up, what CLONE and DROP count.
 */
#include <signal.h>
#include <sys/mman.h>

#include "call.h"
#include "kown_test.h"
#include "snapshot.h"

/* A call of the command of that number, with nothing wrong but the handle, perhaps. */
static int use(unsigned int nr, int ctx, __u32 handle)
{
	unsigned int cmd = _IO(KOWN_IOC_MAGIC, nr);
	struct call_room room = { 0 };
	union kown_arg a;

	call_make(&a, cmd, handle, handle, &room);
	return kown_call(ctx, cmd, &a);
}

static bool takes_handle(unsigned int nr)
{
	return nr != _IOC_NR(KOWN_IOC_INFO) && nr != _IOC_NR(KOWN_IOC_NEW) &&
	       nr != _IOC_NR(KOWN_IOC_IMPORT);
}

#define HANDLE	FIXTURE_DATA(handle)

FIXTURE(handle) {
	int ctx, other;
	__u32 handle;
};

FIXTURE_SETUP(handle)
{
	__u64 elems[4] = { 1, 2, 3, 4 };

	self->ctx = kown_open();
	ASSERT_LE(0, self->ctx);
	self->other = kown_open();
	ASSERT_LE(0, self->other);
	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &self->handle));
	ASSERT_EQ(0, kown_push(self->ctx, self->handle, elems, 4));
}

FIXTURE_TEARDOWN(handle)
{
	close(self->other);
	close(self->ctx);
}

static void refused_by_all(struct __test_metadata *_metadata, HANDLE *self,
			   int ctx, __u32 handle)
{
	struct snapshot before;
	unsigned int nr;

	snapshot_take(_metadata, self->ctx, self->handle, &before);
	for (nr = 0; nr < COMMANDS; nr++) {
		if (!takes_handle(nr))
			continue;
		ASSERT_EQ(ENOENT, use(nr, ctx, handle)) {
			TH_LOG("command %u of handle %u", nr, handle);
		}
		snapshot_same(_metadata, self->ctx, self->handle, &before,
			      "command", nr);
	}
}

TEST_F(handle, class_5_number_that_was_never_given)
{
	static const __u32 odd[] = {
		0, 1000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0x80000001,
		0xfffffffe, 0xffffffff,
	};
	unsigned int i, bit;

	for (i = 0; i < ARRAY_SIZE(odd); i++)
		refused_by_all(_metadata, self, self->ctx, odd[i]);
	/* Nor is a number cut to fewer bits. */
	for (bit = 8; bit < 32; bit++)
		refused_by_all(_metadata, self, self->ctx,
			       self->handle | 1U << bit);
}

TEST_F(handle, number_of_another_context)
{
	refused_by_all(_metadata, self, self->other, self->handle);
}

TEST_F(handle, class_5_number_that_two_contexts_have)
{
	struct kown_stat mine, theirs;
	__u32 handle;

	do {
		ASSERT_EQ(0, kown_new(self->other, 1, 0, &handle));
	} while (handle < self->handle);
	ASSERT_EQ(self->handle, handle);
	ASSERT_EQ(0, kown_stat(self->ctx, handle, &mine));
	ASSERT_EQ(0, kown_stat(self->other, handle, &theirs));
	EXPECT_NE(mine.object, theirs.object);
	EXPECT_EQ(8, mine.elem_size);
	EXPECT_EQ(1, theirs.elem_size);
	ASSERT_EQ(0, kown_drop(self->other, handle));
	EXPECT_EQ(0, kown_stat(self->ctx, handle, &mine));
}

TEST_F(handle, class_5_number_that_was_dropped)
{
	__u32 clone;

	ASSERT_EQ(0, kown_clone(self->ctx, self->handle, KOWN_RIGHTS_SAME,
				&clone));
	ASSERT_EQ(0, kown_drop(self->ctx, clone));
	refused_by_all(_metadata, self, self->ctx, clone);
}

/* 16 bits of anything that is reused would wrap here. */
TEST_F(handle, class_5_number_that_was_dropped_is_not_given_again)
{
	const int rounds = 0x10000 + 100;
	struct kown_stat stat;
	__u32 stale, fresh;
	__u64 object = 0;
	int i;

	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &stale));
	ASSERT_EQ(0, kown_stat(self->ctx, stale, &stat));
	object = stat.object;
	ASSERT_EQ(0, kown_drop(self->ctx, stale));
	for (i = 0; i < rounds; i++) {
		ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &fresh));
		ASSERT_NE(stale, fresh);
		ASSERT_NE(self->handle, fresh);
		if (i % 64 == 0) {
			ASSERT_EQ(ENOENT, kown_stat(self->ctx, stale, &stat));
			ASSERT_EQ(0, kown_stat(self->ctx, fresh, &stat));
			ASSERT_LT(object, stat.object);
			object = stat.object;
		}
		ASSERT_EQ(0, kown_drop(self->ctx, fresh));
	}
	refused_by_all(_metadata, self, self->ctx, stale);
}

TEST_F(handle, clone_names_the_same_object)
{
	struct kown_stat first, second;
	__u32 clone;

	ASSERT_EQ(0, kown_clone(self->ctx, self->handle, KOWN_RIGHTS_SAME,
				&clone));
	EXPECT_NE(self->handle, clone);
	ASSERT_EQ(0, kown_stat(self->ctx, self->handle, &first));
	ASSERT_EQ(0, kown_stat(self->ctx, clone, &second));
	EXPECT_EQ(2, first.strong);
	second.handle = first.handle;
	EXPECT_EQ(0, memcmp(&first, &second, sizeof(first)));
	ASSERT_EQ(0, kown_drop(self->ctx, self->handle));
	ASSERT_EQ(0, kown_stat(self->ctx, clone, &second));
	EXPECT_EQ(1, second.strong);
	EXPECT_EQ(4, second.len);
}

TEST_F(handle, stat_fills_every_field)
{
	struct kown_stat stat;

	ASSERT_EQ(0, kown_stat(self->ctx, self->handle, &stat));
	EXPECT_EQ(sizeof(stat), stat.size);
	EXPECT_EQ(0, stat.flags);
	EXPECT_EQ(self->handle, stat.handle);
	EXPECT_EQ(ALL_RIGHTS, stat.rights);
	EXPECT_NE(0, stat.object);
	EXPECT_GT(1ULL << 48, stat.object);
	EXPECT_EQ(1, stat.strong);
	EXPECT_EQ(0, stat.weak);
	EXPECT_EQ(KOWN_MODE_SHARED, stat.mode);
	EXPECT_EQ(8, stat.elem_size);
	EXPECT_EQ(4, stat.len);
	EXPECT_EQ(4, stat.cap);
}

TEST_F(handle, new_fills_every_field)
{
	struct kown_new arg;
	struct kown_stat stat;

	kown_blank(&arg, sizeof(arg));
	arg.mode = KOWN_MODE_SHARED;
	arg.elem_size = 3;
	arg.cap = 7;
	arg.count = 0;
	arg.handles = 0;
	ASSERT_EQ(0, kown_call(self->ctx, KOWN_IOC_NEW, &arg));
	EXPECT_EQ(sizeof(arg), arg.size);
	EXPECT_EQ(KOWN_MODE_SHARED, arg.mode);
	EXPECT_EQ(3, arg.elem_size);
	EXPECT_EQ(7, arg.cap);
	EXPECT_EQ(0, arg.count);
	EXPECT_EQ(0, arg.handles);
	ASSERT_EQ(0, kown_stat(self->ctx, arg.handle, &stat));
	EXPECT_EQ(stat.object, arg.object);
	EXPECT_EQ(ALL_RIGHTS, stat.rights);
	EXPECT_EQ(7, stat.cap);
	EXPECT_EQ(0, stat.len);
}

TEST_F(handle, new_with_a_mode_that_is_not_there)
{
	struct snapshot before;
	struct kown_new arg;
	__u32 mode, n;

	snapshot_take(_metadata, self->ctx, self->handle, &before);
	for (n = 0; n < 64; n++) {
		mode = n < 32 ? n : 1U << (n - 32) | KOWN_MODE_SHARED << 8;
		if (mode <= KOWN_MODE_LOCKED)
			continue;
		kown_blank(&arg, sizeof(arg));
		arg.mode = mode;
		arg.elem_size = 8;
		arg.cap = 0;
		arg.count = 0;
		arg.handles = 0;
		ASSERT_EQ(EOPNOTSUPP, kown_call(self->ctx, KOWN_IOC_NEW, &arg));
		snapshot_same(_metadata, self->ctx, self->handle, &before,
			      "mode", mode);
	}
}

TEST_F(handle, info_fills_every_field)
{
	struct kown_info info;

	ASSERT_EQ(0, kown_info(self->ctx, &info));
	EXPECT_EQ(sizeof(info), info.size);
	EXPECT_EQ(0, info.flags);
	EXPECT_EQ((1ULL << COMMANDS) - 1, info.commands);
	EXPECT_EQ(1 << KOWN_MODE_EXCLUSIVE | 1 << KOWN_MODE_SHARED |
		  1 << KOWN_MODE_LOCKED, info.modes);
	EXPECT_EQ(ALL_RIGHTS, info.rights);
	EXPECT_EQ(KOWN_MAX_ELEM_SIZE, info.max_elem_size);
	EXPECT_EQ(kown_param("max_handles"), info.max_handles);
	EXPECT_EQ(kown_param("max_bytes"), info.max_bytes);
	EXPECT_EQ(1, info.objects);
	EXPECT_EQ(1, info.handles);
	EXPECT_EQ(4 * 8, info.bytes);
	EXPECT_EQ(1, info.all_objects);
	EXPECT_EQ(1, info.all_handles);
	EXPECT_EQ(4 * 8, info.all_bytes);
}

TEST_F(handle, info_counts_each_context_and_all)
{
	struct kown_info mine, theirs;
	__u32 handle;
	int fd;

	ASSERT_EQ(0, kown_new(self->other, 16, 3, &handle));
	ASSERT_EQ(0, kown_export(self->ctx, self->handle, KOWN_RIGHTS_SAME,
				 &fd));
	ASSERT_EQ(0, kown_import(self->other, fd, KOWN_RIGHTS_SAME, &handle));
	ASSERT_EQ(0, kown_info(self->ctx, &mine));
	ASSERT_EQ(0, kown_info(self->other, &theirs));
	EXPECT_EQ(1, mine.objects);
	EXPECT_EQ(1, mine.handles);
	EXPECT_EQ(32, mine.bytes);
	EXPECT_EQ(1, theirs.objects);
	EXPECT_EQ(2, theirs.handles);
	EXPECT_EQ(48, theirs.bytes);
	EXPECT_EQ(2, mine.all_objects);
	EXPECT_EQ(3, mine.all_handles);
	EXPECT_EQ(80, mine.all_bytes);

	/* The creator is charged until the object dies, whoever holds it. */
	close(fd);
	ASSERT_EQ(0, kown_drop(self->ctx, self->handle));
	ASSERT_EQ(0, kown_info(self->ctx, &mine));
	EXPECT_EQ(1, mine.objects);
	EXPECT_EQ(0, mine.handles);
	EXPECT_EQ(32, mine.bytes);
	ASSERT_EQ(0, kown_drop(self->other, handle));
	ASSERT_EQ(0, kown_info(self->ctx, &mine));
	EXPECT_EQ(0, mine.objects);
	EXPECT_EQ(0, mine.bytes);
	EXPECT_EQ(1, mine.all_objects);
	EXPECT_EQ(48, mine.all_bytes);
}

FIXTURE(drop) {
	int ctx;
	__u32 object;
	__u32 handles[8];
};

FIXTURE_SETUP(drop)
{
	int i;

	self->ctx = kown_open();
	ASSERT_LE(0, self->ctx);
	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &self->object));
	for (i = 0; i < 8; i++) {
		ASSERT_EQ(0, kown_clone(self->ctx, self->object, 0,
					&self->handles[i]));
	}
}

FIXTURE_TEARDOWN(drop)
{
	close(self->ctx);
}

static __u64 handles_in(int ctx)
{
	struct kown_info info;

	return kown_info(ctx, &info) ? -1 : info.handles;
}

TEST_F(drop, array_of_none)
{
	__u32 done;

	ASSERT_EQ(0, kown_drop_many(self->ctx, NULL, 0, &done));
	EXPECT_EQ(0, done);
	EXPECT_EQ(9, handles_in(self->ctx));
}

TEST_F(drop, array_of_all)
{
	struct kown_stat stat;
	__u32 done;

	ASSERT_EQ(0, kown_drop_many(self->ctx, self->handles, 8, &done));
	EXPECT_EQ(8, done);
	EXPECT_EQ(1, handles_in(self->ctx));
	ASSERT_EQ(0, kown_stat(self->ctx, self->object, &stat));
	EXPECT_EQ(1, stat.strong);
}

TEST_F(drop, array_with_a_dead_handle_at_each_place)
{
	__u32 handles[8], done;
	int at, i;

	for (at = 0; at < 8; at++) {
		for (i = 0; i < 8; i++) {
			ASSERT_EQ(0, kown_clone(self->ctx, self->object, 0,
						&handles[i]));
		}
		ASSERT_EQ(0, kown_drop(self->ctx, handles[at]));
		ASSERT_EQ(ENOENT, kown_drop_many(self->ctx, handles, 8, &done));
		EXPECT_EQ(at, done);
		EXPECT_EQ(9 + 8 - 1 - at, handles_in(self->ctx));
		ASSERT_EQ(0, kown_drop_many(self->ctx, handles + at + 1,
					    8 - at - 1, &done));
	}
}

TEST_F(drop, array_with_one_handle_twice)
{
	__u32 done;

	self->handles[5] = self->handles[2];
	ASSERT_EQ(ENOENT, kown_drop_many(self->ctx, self->handles, 8, &done));
	EXPECT_EQ(5, done);
	EXPECT_EQ(4, handles_in(self->ctx));
}

TEST_F(drop, array_that_runs_into_a_hole)
{
	__u32 *end = (void *)(pages_with_hole(1) + sysconf(_SC_PAGESIZE));
	__u32 handles[8], done, n;
	int i;

	for (n = 0; n < 8; n++) {
		for (i = 0; i < 8; i++) {
			ASSERT_EQ(0, kown_clone(self->ctx, self->object, 0,
						&handles[i]));
		}
		memcpy(end - n, handles, n * sizeof(__u32));
		ASSERT_EQ(EFAULT, kown_drop_many(self->ctx, end - n, 8, &done));
		EXPECT_EQ(n, done);
		EXPECT_EQ(9 + 8 - n, handles_in(self->ctx));
		ASSERT_EQ(0, kown_drop_many(self->ctx, handles + n, 8 - n,
					    &done));
	}
}

/* Half of a handle is no handle. */
TEST_F(drop, array_that_runs_into_a_hole_at_any_byte)
{
	char *end = pages_with_hole(1) + sysconf(_SC_PAGESIZE);
	__u32 done, n;

	for (n = 0; n < 4; n++) {
		memcpy(end - n, self->handles, n);
		ASSERT_EQ(EFAULT, kown_drop_many(self->ctx, (void *)(end - n),
						 1, &done));
		EXPECT_EQ(0, done);
	}
	EXPECT_EQ(9, handles_in(self->ctx));
}

TEST_F(drop, array_whose_size_in_bytes_overflows)
{
	static const __u32 counts[] = {
		0x3fffffff, 0x40000000, 0x40000001, 0x80000000, 0xffffffff,
	};
	struct kown_stat stat;
	__u32 done, clone, at;
	unsigned int i;

	/* All of it is read only as far as the first dead one. */
	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		__u32 handles[3] = { self->handles[i], 0, self->object };

		ASSERT_EQ(0, kown_stat(self->ctx, handles[0], &stat));
		ASSERT_EQ(ENOENT, kown_drop_many(self->ctx, handles, counts[i],
						 &done));
		EXPECT_EQ(1, done);
		EXPECT_EQ(0, kown_stat(self->ctx, self->object, &stat));
	}
	at = self->handles[7];
	ASSERT_EQ(0, kown_clone(self->ctx, self->object, 0, &clone));
	ASSERT_EQ(EFAULT, kown_drop_many(self->ctx, (void *)-4UL, 0xffffffff,
					 &done));
	EXPECT_EQ(0, done);
	EXPECT_EQ(0, kown_stat(self->ctx, at, &stat));
}

/* Longer than any batch that the kernel may copy at a time. */
TEST_F(drop, array_of_many)
{
	const __u32 count = 10000;
	__u32 *handles = calloc(count, sizeof(*handles));
	__u32 i, done;

	ASSERT_NE(NULL, handles);
	for (i = 0; i < count; i++) {
		ASSERT_EQ(0, kown_clone(self->ctx, self->object, 0,
					&handles[i]));
	}
	handles[count - 3] = 0;
	ASSERT_EQ(ENOENT, kown_drop_many(self->ctx, handles, count, &done));
	EXPECT_EQ(count - 3, done);
	EXPECT_EQ(9 + 3, handles_in(self->ctx));
}

#define MANY	60000	/* handles, fewer than a context may have */

/* Memory that outlives the process which calls DROP. */
struct last_words {
	int fd;			/* an export */
	int begun;
	__u64 ns;		/* that it took */
	struct kown_drop arg;
	__u32 handles[MANY];
};

static int drop_many_and_tell(void *arg)
{
	struct last_words *words = arg;
	int ctx = kown_open(), i;
	__u64 begin;

	if (kown_import(ctx, words->fd, KOWN_RIGHTS_SAME, &words->handles[0]))
		return 1;
	for (i = 1; i < MANY; i++) {
		if (kown_clone(ctx, words->handles[0], 0, &words->handles[i]))
			return 2;
	}
	kown_blank(&words->arg, sizeof(words->arg));
	words->arg.handles = ptr_to_u64(words->handles);
	words->arg.count = MANY;
	begin = now_ns();
	WRITE_ONCE(words->begun, 1);
	if (kown_call(ctx, KOWN_IOC_DROP, &words->arg))
		return 3;
	words->ns = now_ns() - begin;
	return 0;
}

/*
 * Only a fatal signal stops DROP, with an EINTR that nobody is there to see; but how
 * far it has come it still tells.
 */
TEST_F(drop, class_24_process_killed_while_it_drops_many)
{
	struct last_words *words = mmap(NULL, sizeof(*words), PROT_READ | PROT_WRITE,
					MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct snapshot before;
	int round, stopped = 0;
	__u64 seed = 24;
	pid_t pid;

	ASSERT_NE(MAP_FAILED, words);
	ASSERT_EQ(0, kown_export(self->ctx, self->object, KOWN_RIGHTS_SAME, &words->fd));
	snapshot_take(_metadata, self->ctx, self->object, &before);
	ASSERT_EQ(0, child_status(run_child(drop_many_and_tell, words)));
	ASSERT_EQ(MANY, words->arg.done);
	for (round = 0; round < 50 && stopped < 5; round++) {
		words->begun = 0;
		pid = run_child(drop_many_and_tell, words);
		while (!READ_ONCE(words->begun))
			usleep(100);
		usleep(random_u32(&seed) % (words->ns / 1000));
		ASSERT_EQ(0, kill(pid, SIGKILL));
		if (child_status(pid) == 128 + SIGKILL && words->arg.done < MANY)
			stopped += words->arg.done > 0;
		/* And what it had not come to is dropped all the same. */
		snapshot_same(_metadata, self->ctx, self->object, &before, "round", round);
	}
	EXPECT_LT(0, stopped);
	TH_LOG("stopped in the middle in %d of %d rounds", stopped, round);
}

TEST_F(drop, last_handle_drops_the_object)
{
	struct kown_info info;
	__u32 done;

	ASSERT_EQ(0, kown_drop_many(self->ctx, self->handles, 8, &done));
	ASSERT_EQ(0, kown_drop(self->ctx, self->object));
	ASSERT_EQ(0, kown_info(self->ctx, &info));
	EXPECT_EQ(0, info.objects);
	EXPECT_EQ(0, info.handles);
	EXPECT_EQ(0, info.bytes);
}

TEST_HARNESS_MAIN
