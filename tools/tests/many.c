// SPDX-License-Identifier: GPL-2.0
/*
 * NEW, CLONE, DOWNGRADE and UPGRADE of many: all or none, whatever is wrong with the call and
 * whatever others do meanwhile.
 */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

#include "kown_test.h"
#include "snapshot.h"

#define SOME		300	/* handles; more than the kernel makes room for at a time */
#define CAP		2	/* elements that a new object has room for */
#define MILLISECONDS	400	/* per race */

#define MANY		FIXTURE_DATA(many)
#define MANY_VARIANT	FIXTURE_VARIANT(many)

FIXTURE(many) {
	int ctx;
	__u32 handle;		/* of a shared object */
	__u32 weak;		/* of the same */
	__u32 room[SOME + 1];
	struct snapshot before;
};

FIXTURE_VARIANT(many) {
	unsigned int cmd;
	bool is_weak;		/* what is made */
};

FIXTURE_VARIANT_ADD(many, new) { .cmd = KOWN_IOC_NEW };
FIXTURE_VARIANT_ADD(many, clone) { .cmd = KOWN_IOC_CLONE };
FIXTURE_VARIANT_ADD(many, downgrade) { .cmd = KOWN_IOC_DOWNGRADE, .is_weak = true };
FIXTURE_VARIANT_ADD(many, upgrade) { .cmd = KOWN_IOC_UPGRADE };

static void objects_make(struct __test_metadata *_metadata, MANY *self)
{
	__u64 elems[CAP] = { 1, 2 };

	self->ctx = kown_open();
	ASSERT_LE(0, self->ctx);
	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &self->handle));
	ASSERT_EQ(0, kown_push(self->ctx, self->handle, elems, CAP));
	ASSERT_EQ(0, kown_downgrade(self->ctx, self->handle, KOWN_RIGHTS_SAME, &self->weak));
	snapshot_take(_metadata, self->ctx, self->handle, &self->before);
}

FIXTURE_SETUP(many)
{
	memset(self->room, PATTERN, sizeof(self->room));
	objects_make(_metadata, self);
}

FIXTURE_TEARDOWN(many)
{
	close(self->ctx);
}

/* A call that succeeds, if @handles is right. */
static void fill(MANY *self, const MANY_VARIANT *variant, __u32 count, __u64 handles,
		 union kown_arg *a)
{
	if (variant->cmd == KOWN_IOC_NEW) {
		kown_blank(a, sizeof(a->new));
		a->new.mode = KOWN_MODE_SHARED;
		a->new.elem_size = 8;
		a->new.cap = CAP;
		a->new.count = count;
		a->new.handles = handles;
		return;
	}
	kown_blank(a, sizeof(a->clone));
	a->clone.handle = variant->cmd == KOWN_IOC_UPGRADE ? self->weak : self->handle;
	a->clone.rights = KOWN_RIGHTS_SAME;
	a->clone.count = count;
	a->clone.handles = handles;
}

static int make_at(MANY *self, const MANY_VARIANT *variant, __u32 count, __u64 handles)
{
	union kown_arg a;

	fill(self, variant, count, handles, &a);
	return kown_call(self->ctx, variant->cmd, &a);
}

static int make(MANY *self, const MANY_VARIANT *variant, __u32 count, __u32 *handles)
{
	return make_at(self, variant, count, ptr_to_u64(handles));
}

static void same(struct __test_metadata *_metadata, MANY *self, const char *what, __u64 n)
{
	snapshot_same(_metadata, self->ctx, self->handle, &self->before, what, n);
}

static void drop_all(struct __test_metadata *_metadata, MANY *self, const __u32 *handles,
		     __u32 count)
{
	__u32 done;

	ASSERT_EQ(0, kown_drop_many(self->ctx, handles, count, &done));
	ASSERT_EQ(count, done);
	same(_metadata, self, "drop of", count);
}

/* Each is of an object of its own, or all are of ours. */
static void is_right(struct __test_metadata *_metadata, MANY *self, const MANY_VARIANT *variant,
		     __u32 i, __u32 count, __u64 *object)
{
	struct kown_stat stat;

	ASSERT_EQ(0, kown_stat(self->ctx, self->room[i], &stat)) TH_LOG("%u of %u", i, count);
	ASSERT_EQ(ALL_RIGHTS, stat.rights);
	ASSERT_EQ(variant->is_weak ? KOWN_STATE_WEAK : 0, stat.state);
	if (variant->cmd == KOWN_IOC_NEW) {
		ASSERT_LT(*object, stat.object);
		ASSERT_EQ(1, stat.strong);
		ASSERT_EQ(0, stat.weak);
		ASSERT_EQ(0, stat.len);
		ASSERT_EQ(CAP, stat.cap);
	} else {
		ASSERT_EQ(self->before.stat.object, stat.object);
		ASSERT_EQ(1 + (variant->is_weak ? 0 : count), stat.strong);
		ASSERT_EQ(1 + (variant->is_weak ? count : 0), stat.weak);
	}
	*object = stat.object;
}

TEST_F(many, each_number_names_a_handle_of_its_own)
{
	static const __u32 counts[] = { 1, 2, 49, 50, 51, 101, SOME };
	bool is_new = variant->cmd == KOWN_IOC_NEW;
	struct kown_info info;
	__u32 c, i, last = self->weak;

	for (c = 0; c < ARRAY_SIZE(counts); c++) {
		__u32 count = counts[c];
		__u64 object = self->before.stat.object;

		memset(self->room, PATTERN, sizeof(self->room));
		ASSERT_EQ(0, make(self, variant, count, self->room));
		ASSERT_TRUE(bytes_are(self->room + count, PATTERN, 4 * (SOME + 1 - count)));
		for (i = 0; i < count; i++) {
			/* Given out in a cycle, and this is its beginning. */
			ASSERT_LT(last, self->room[i]);
			last = self->room[i];
			is_right(_metadata, self, variant, i, count, &object);
		}
		ASSERT_EQ(0, kown_info(self->ctx, &info));
		ASSERT_EQ(self->before.info.handles + count, info.handles);
		ASSERT_EQ(self->before.info.objects + (is_new ? count : 0), info.objects);
		ASSERT_EQ(self->before.info.bytes + (is_new ? count * CAP * 8 : 0), info.bytes);
		drop_all(_metadata, self, self->room, count);
	}
}

TEST_F(many, struct_says_which_is_the_first)
{
	struct kown_stat stat;
	union kown_arg a, b;

	fill(self, variant, 3, ptr_to_u64(self->room), &a);
	fill(self, variant, 3, ptr_to_u64(self->room), &b);
	ASSERT_EQ(0, kown_call(self->ctx, variant->cmd, &a));
	ASSERT_EQ(0, kown_stat(self->ctx, self->room[0], &stat));
	if (variant->cmd == KOWN_IOC_NEW) {
		b.new.object = stat.object;
		b.new.handle = self->room[0];
		EXPECT_EQ(0, memcmp(&b, &a, sizeof(a.new)));
	} else {
		b.clone.new_handle = self->room[0];
		EXPECT_EQ(0, memcmp(&b, &a, sizeof(a.clone)));
	}
	drop_all(_metadata, self, self->room, 3);
}

TEST_F(many, room_for_a_count_of_0)
{
	ASSERT_EQ(EOPNOTSUPP, make(self, variant, 0, self->room));
	same(_metadata, self, "count", 0);
	EXPECT_TRUE(bytes_are(self->room, PATTERN, sizeof(self->room)));
}

TEST_F(many, room_that_is_nowhere)
{
	static const __u64 nowhere[] = {
		0, 4, -4ULL, ~0ULL, 1ULL << 47, 1ULL << 63, 0xffff888000000000ULL,
	};
	unsigned int i, count;

	for (i = 0; i < ARRAY_SIZE(nowhere); i++) {
		for (count = 1; count <= 3; count++) {
			ASSERT_EQ(EFAULT, make_at(self, variant, count, nowhere[i]));
			same(_metadata, self, "address", nowhere[i]);
		}
	}
}

TEST_F(many, class_1_room_that_ends_before_the_last_number)
{
	char *end = pages_with_hole(1) + sysconf(_SC_PAGESIZE);
	size_t bytes;

	for (bytes = 0; bytes < 4 * SOME; bytes += bytes % 200 < 8 ? 1 : 13) {
		ASSERT_EQ(EFAULT, make(self, variant, SOME, (void *)(end - bytes))) {
			TH_LOG("%zu bytes", bytes);
		}
		same(_metadata, self, "bytes of room", bytes);
	}
	ASSERT_EQ(EFAULT, make(self, variant, SOME, (void *)(end - 4 * SOME + 1)));
	same(_metadata, self, "bytes of room", 4 * SOME - 1);
	ASSERT_EQ(0, make(self, variant, SOME, (void *)(end - 4 * SOME)));
	drop_all(_metadata, self, (void *)(end - 4 * SOME), SOME);
}

/* Number by number it has been written to before the hole comes. */
TEST_F(many, class_1_room_with_a_page_in_the_middle_that_is_not_there)
{
	const size_t page = sysconf(_SC_PAGESIZE);
	const __u32 count = 3 * page / 4;
	char *map = pages_with_hole(3);

	ASSERT_NE(NULL, map);
	ASSERT_EQ(0, mprotect(map + page, page, PROT_READ));
	ASSERT_EQ(EFAULT, make(self, variant, count, (void *)map));
	same(_metadata, self, "read only", 0);
	ASSERT_EQ(0, mprotect(map + page, page, PROT_NONE));
	ASSERT_EQ(EFAULT, make(self, variant, count, (void *)map));
	same(_metadata, self, "missing", 0);
	ASSERT_EQ(0, mprotect(map + page, page, PROT_READ | PROT_WRITE));
	ASSERT_EQ(0, make(self, variant, count, (void *)map));
	drop_all(_metadata, self, (void *)map, count);
}

/* It says nothing of room, whatever lies behind it. */
TEST_F(many, struct_of_before_there_were_many_with_a_count)
{
	union kown_arg a;

	fill(self, variant, 3, ptr_to_u64(self->room), &a);
	a.word[0] = variant->cmd == KOWN_IOC_NEW ? offsetof(struct kown_new, handles) :
						   offsetof(struct kown_clone, handles);
	ASSERT_EQ(EFAULT, kown_call(self->ctx, variant->cmd, &a));
	same(_metadata, self, "size", a.word[0]);
	EXPECT_TRUE(bytes_are(self->room, PATTERN, sizeof(self->room)));
}

TEST_F(many, class_22_as_many_as_the_limit_allows)
{
	__u32 left = self->before.info.max_handles - self->before.info.handles;
	const __u32 too_many[] = {
		left + 1, left + 2, 0x7fffffff, 0x80000000, 0xffffffff, 0x20000000, 0x40000000,
		0x40000001,
	};
	__u32 *room = calloc(left + 1, sizeof(*room));
	struct kown_info info;
	unsigned int i;

	ASSERT_NE(NULL, room);
	for (i = 0; i < ARRAY_SIZE(too_many); i++) {
		ASSERT_EQ(ENOSPC, make(self, variant, too_many[i], room));
		same(_metadata, self, "count", too_many[i]);
	}
	ASSERT_EQ(0, make(self, variant, left, room));
	ASSERT_EQ(0, kown_info(self->ctx, &info));
	EXPECT_EQ(info.max_handles, info.handles);
	EXPECT_EQ(ENOSPC, make(self, variant, 1, self->room));
	ASSERT_EQ(0, kown_drop(self->ctx, room[left - 1]));
	EXPECT_EQ(ENOSPC, make(self, variant, 2, self->room));
	ASSERT_EQ(0, make(self, variant, 1, room + left - 1));
	drop_all(_metadata, self, room, left);
	free(room);
}

/* One who uses the numbers as soon as they are in the room, before the call returns. */
struct reader {
	MANY *self;
	bool is_weak;
	atomic_bool stop;
	unsigned long found, dropped, odd;
};

#define AT_ONCE	100

static void *use_for_ever(void *arg)
{
	struct reader *r = arg;
	__u64 seed = 5;

	run_on_cpu(1);
	while (!atomic_load(&r->stop)) {
		__u32 number = READ_ONCE(r->self->room[random_u32(&seed) % AT_ONCE]);
		struct kown_stat stat;
		int err = number ? kown_stat(r->self->ctx, number, &stat) : ENOENT;

		if (err) {
			r->odd += err != ENOENT;
			continue;
		}
		r->found++;
		r->odd += stat.rights != ALL_RIGHTS || !stat.strong ||
			  !!(stat.state & KOWN_STATE_WEAK) != r->is_weak;
		if (random_u32(&seed) % 8 == 0)
			r->dropped += !kown_drop(r->self->ctx, number);
	}
	return NULL;
}

TEST_F(many, class_1_numbers_that_another_thread_uses_at_once)
{
	struct reader reader = { .self = self, .is_weak = variant->is_weak };
	unsigned long long end = now_ms() + MILLISECONDS;
	unsigned long rounds, lost = 0;
	pthread_t thread;
	int i;

	memset(self->room, 0, sizeof(self->room));
	ASSERT_EQ(0, pthread_create(&thread, NULL, use_for_ever, &reader));
	run_on_cpu(0);
	for (rounds = 0; now_ms() < end; rounds++) {
		ASSERT_EQ(0, make(self, variant, AT_ONCE, self->room));
		for (i = 0; i < AT_ONCE; i++)
			lost += kown_drop(self->ctx, self->room[i]) == ENOENT;
	}
	atomic_store(&reader.stop, true);
	pthread_join(thread, NULL);
	EXPECT_EQ(0, reader.odd);
	EXPECT_EQ(reader.dropped, lost);
	EXPECT_LT(0, reader.found);
	same(_metadata, self, "rounds", rounds);
	TH_LOG("%lu rounds, %lu found, %lu dropped", rounds, reader.found, reader.dropped);
}

/* One who looks at the counts meanwhile. */
struct looker {
	int ctx;
	__u32 handle;
	__u64 handles;		/* that there were before */
	atomic_bool stop;
	unsigned long looks, odd;
};

static void *look_for_ever(void *arg)
{
	struct looker *l = arg;
	struct kown_info info;
	struct kown_stat stat;

	run_on_cpu(1);
	while (!atomic_load(&l->stop)) {
		if (kown_stat(l->ctx, l->handle, &stat) || kown_info(l->ctx, &info))
			l->odd++;
		l->odd += (stat.strong + stat.weak - 2) % AT_ONCE != 0;
		l->odd += (info.handles - l->handles) % AT_ONCE != 0;
		l->looks++;
	}
	return NULL;
}

TEST_F(many, counts_that_others_see_are_of_none_or_all)
{
	struct looker looker = { .ctx = self->ctx, .handle = self->handle,
				 .handles = self->before.info.handles };
	unsigned long rounds = 0;
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, look_for_ever, &looker));
	run_on_cpu(0);
	while (!make(self, variant, AT_ONCE, self->room))
		rounds++;
	atomic_store(&looker.stop, true);
	pthread_join(thread, NULL);
	EXPECT_EQ(0, looker.odd);
	EXPECT_EQ((self->before.info.max_handles - looker.handles) / AT_ONCE, rounds);
	TH_LOG("%lu rounds, %lu looks", rounds, looker.looks);
}

/* Enough that the call takes a while. */
#define LONG	10000

static void make_for_ever(MANY *self, const MANY_VARIANT *variant)
{
	static __u32 room[LONG];

	while (!make(self, variant, LONG, room))
		;
	pause();
}

/* Whoever is killed leaves what his calls have done, in a context that others have too. */
TEST_F_TIMEOUT(many, class_24_killed_in_the_middle_has_made_all_or_none, 600)
{
	bool is_new = variant->cmd == KOWN_IOC_NEW;
	static __u32 room[LONG];
	__u64 seed = now_ns(), took = now_ns(), made = 0;
	struct kown_info info;
	struct kown_stat stat;
	int round;
	pid_t pid;

	ASSERT_EQ(0, make(self, variant, LONG, room));
	took = (now_ns() - took) / 1000 + 1;
	for (round = 0; round < 30; round++) {
		close(self->ctx);
		objects_make(_metadata, self);
		pid = fork();
		if (!pid)
			make_for_ever(self, variant);
		ASSERT_LT(0, pid);
		usleep(random_u32(&seed) % (3 * took));
		ASSERT_EQ(0, kill(pid, SIGKILL));
		ASSERT_EQ(128 + SIGKILL, child_status(pid));
		ASSERT_EQ(0, kown_info(self->ctx, &info));
		ASSERT_EQ(0, kown_stat(self->ctx, self->handle, &stat));
		info.handles -= self->before.info.handles;
		ASSERT_EQ(0, info.handles % LONG) TH_LOG("round %d: %llu", round, info.handles);
		ASSERT_EQ(is_new ? info.handles : 0, info.objects - self->before.info.objects);
		ASSERT_EQ(is_new ? 0 : info.handles, stat.strong + stat.weak - 2);
		made += info.handles / LONG;
	}
	TH_LOG("%d kills, %llu calls came through, of %llu us each", round, made, took);
}

/* What is wrong with a field, and what it does to many. */

FIXTURE(fields) {
	int ctx;
	__u32 handle, weak;
	__u32 room[4];
	struct snapshot before;
};

FIXTURE_SETUP(fields)
{
	self->ctx = kown_open();
	ASSERT_LE(0, self->ctx);
	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &self->handle));
	ASSERT_EQ(0, kown_downgrade(self->ctx, self->handle, KOWN_RIGHTS_SAME, &self->weak));
	snapshot_take(_metadata, self->ctx, self->handle, &self->before);
}

FIXTURE_TEARDOWN(fields)
{
	close(self->ctx);
}

#define REFUSED(err, call) do {							\
	EXPECT_EQ(err, call);							\
	snapshot_same(_metadata, self->ctx, self->handle, &self->before, #call, 0); \
} while (0)
#define OTHERS(NAME, handle, rights)						\
	kown_others(self->ctx, KOWN_IOC_##NAME, handle, rights, 4, self->room)

TEST_F(fields, new_of_many_that_cannot_be)
{
	struct kown_new arg = { .size = sizeof(arg), .mode = KOWN_MODE_LOCKED + 1, .count = 4,
				.handles = ptr_to_u64(self->room) };

	REFUSED(EOPNOTSUPP, kown_call(self->ctx, KOWN_IOC_NEW, &arg));
	REFUSED(EINVAL, kown_new_many(self->ctx, KOWN_MAX_ELEM_SIZE + 1, 0, 4, self->room));
	REFUSED(EOVERFLOW, kown_new_many(self->ctx, 8, ~0ULL, 4, self->room));
	/* The first fits. */
	REFUSED(ENOSPC, kown_new_many(self->ctx, 1, self->before.info.max_bytes / 3, 4,
				      self->room));
}

TEST_F(fields, new_of_many_of_each_mode)
{
	struct kown_new arg = { .size = sizeof(arg), .elem_size = 8, .count = 4,
				.handles = ptr_to_u64(self->room) };
	struct kown_stat stat;
	__u32 done;
	int i;

	for (arg.mode = 0; arg.mode <= KOWN_MODE_LOCKED; arg.mode++) {
		ASSERT_EQ(0, kown_call(self->ctx, KOWN_IOC_NEW, &arg));
		for (i = 0; i < 4; i++) {
			ASSERT_EQ(0, kown_stat(self->ctx, self->room[i], &stat));
			EXPECT_EQ(arg.mode, stat.mode);
			EXPECT_EQ(arg.object + i, stat.object);
		}
		ASSERT_EQ(0, kown_drop_many(self->ctx, self->room, 4, &done));
		REFUSED(ENOENT, kown_stat(self->ctx, self->room[3], &stat));
	}
}

TEST_F(fields, many_of_a_handle_that_is_not_there)
{
	REFUSED(ENOENT, OTHERS(CLONE, 0, 0));
	REFUSED(ENOENT, OTHERS(CLONE, self->weak + 1, 0));
	REFUSED(ENOENT, OTHERS(DOWNGRADE, 0xffffffff, 0));
	REFUSED(ENOENT, OTHERS(UPGRADE, 0x80000000, 0));
}

TEST_F(fields, many_of_a_handle_of_the_wrong_strength)
{
	REFUSED(EINVAL, OTHERS(DOWNGRADE, self->weak, 0));
	REFUSED(EINVAL, OTHERS(UPGRADE, self->handle, 0));
}

TEST_F(fields, many_weak_clones_of_a_weak_handle)
{
	struct kown_stat stat;
	int i;

	ASSERT_EQ(0, OTHERS(CLONE, self->weak, KOWN_RIGHT_READ));
	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, kown_stat(self->ctx, self->room[i], &stat));
		EXPECT_EQ(KOWN_STATE_WEAK, stat.state);
		EXPECT_EQ(KOWN_RIGHT_READ, stat.rights);
		EXPECT_EQ(1, stat.strong);
		EXPECT_EQ(5, stat.weak);
	}
}

/* Every subset, and nothing that the source has not. */
TEST_F(fields, class_10_rights_of_each_of_many)
{
	static const unsigned int cmds[] = { KOWN_IOC_CLONE, KOWN_IOC_DOWNGRADE };
	__u32 have, want, source, weak, done, i, c;
	struct kown_stat stat;

	for (have = 0; have <= ALL_RIGHTS; have += 3) {
		ASSERT_EQ(0, kown_clone(self->ctx, self->handle, have, &source));
		ASSERT_EQ(0, kown_downgrade(self->ctx, self->handle, have, &weak));
		for (want = 0; want <= ALL_RIGHTS; want++) {
			int err = want & ~have ? EACCES : 0;

			EXPECT_EQ(err, OTHERS(UPGRADE, weak, want));
			if (!err)
				ASSERT_EQ(0, kown_drop_many(self->ctx, self->room, 4, &done));
			for (c = 0; c < ARRAY_SIZE(cmds); c++) {
				err = have & KOWN_RIGHT_CLONE ? err : EACCES;
				EXPECT_EQ(err, kown_others(self->ctx, cmds[c], source, want, 4,
							   self->room));
				if (err)
					continue;
				for (i = 0; i < 4; i++) {
					ASSERT_EQ(0, kown_stat(self->ctx, self->room[i], &stat));
					ASSERT_EQ(want, stat.rights);
				}
				ASSERT_EQ(0, kown_drop_many(self->ctx, self->room, 4, &done));
			}
		}
		ASSERT_EQ(0, kown_drop(self->ctx, source));
		ASSERT_EQ(0, kown_drop(self->ctx, weak));
		REFUSED(EOPNOTSUPP, OTHERS(CLONE, self->handle, ALL_RIGHTS + 1));
	}
}

TEST_F(fields, upgrade_of_many_of_an_object_that_is_gone)
{
	struct kown_stat stat, after;
	struct kown_info info;

	ASSERT_EQ(0, kown_drop(self->ctx, self->handle));
	ASSERT_EQ(0, kown_stat(self->ctx, self->weak, &stat));
	EXPECT_EQ(ESTALE, OTHERS(UPGRADE, self->weak, KOWN_RIGHTS_SAME));
	ASSERT_EQ(0, kown_stat(self->ctx, self->weak, &after));
	EXPECT_EQ(0, memcmp(&stat, &after, sizeof(stat)));
	/* What is dead can be cloned. */
	ASSERT_EQ(0, OTHERS(CLONE, self->weak, KOWN_RIGHTS_SAME));
	EXPECT_EQ(ESTALE, OTHERS(UPGRADE, self->room[3], KOWN_RIGHTS_SAME));
	ASSERT_EQ(0, kown_info(self->ctx, &info));
	EXPECT_EQ(5, info.handles);
	EXPECT_EQ(0, info.objects);
}

TEST_F(fields, clone_data_makes_one)
{
	struct kown_clone arg = { .size = sizeof(arg), .handle = self->handle,
				  .rights = KOWN_RIGHTS_SAME };

	arg.count = 1;
	REFUSED(EOPNOTSUPP, kown_call(self->ctx, KOWN_IOC_CLONE_DATA, &arg));
	arg.handles = ptr_to_u64(self->room);
	REFUSED(EOPNOTSUPP, kown_call(self->ctx, KOWN_IOC_CLONE_DATA, &arg));
	arg.count = 0;
	REFUSED(EOPNOTSUPP, kown_call(self->ctx, KOWN_IOC_CLONE_DATA, &arg));
}

/* An exclusive object with many references is busy until all but one are gone. */
TEST_F(fields, many_references_to_an_exclusive_object)
{
	struct pollfd pfd = { .events = POLLOUT };
	__u32 handle, done;
	__u64 elem = 1;

	ASSERT_EQ(0, kown_new_mode(self->ctx, KOWN_MODE_EXCLUSIVE, 8, 0, &handle));
	ASSERT_EQ(0, OTHERS(CLONE, handle, KOWN_RIGHTS_SAME));
	EXPECT_EQ(EBUSY, kown_push(self->ctx, handle, &elem, 1));
	ASSERT_EQ(0, kown_drop_many(self->ctx, self->room, 3, &done));
	EXPECT_EQ(EBUSY, kown_push(self->ctx, handle, &elem, 1));
	ASSERT_EQ(0, kown_drop(self->ctx, handle));
	EXPECT_EQ(0, kown_push(self->ctx, self->room[3], &elem, 1));
	ASSERT_EQ(0, kown_export(self->ctx, self->room[3], KOWN_RIGHTS_SAME, &pfd.fd));
	ASSERT_EQ(0, kown_drop(self->ctx, self->room[3]));
	EXPECT_EQ(1, poll(&pfd, 1, 0));
	ASSERT_EQ(0, kown_import(self->ctx, pfd.fd, KOWN_RIGHTS_SAME, &handle));
	ASSERT_EQ(0, OTHERS(DOWNGRADE, handle, KOWN_RIGHTS_SAME));
	ASSERT_EQ(0, kown_drop(self->ctx, handle));
	EXPECT_EQ(0, poll(&pfd, 1, 0));
	ASSERT_EQ(0, kown_drop_many(self->ctx, self->room, 4, &done));
	EXPECT_EQ(1, poll(&pfd, 1, 0));
	close(pfd.fd);
}

TEST_HARNESS_MAIN
