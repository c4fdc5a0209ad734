// SPDX-License-Identifier: GPL-2.0
/*
 * Pointers to elements that lead nowhere, lead there only half, or lead to a
 * page that is not served yet: a copy that waits must not make others wait.
 */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <linux/userfaultfd.h>

#include "kown_test.h"
#include "snapshot.h"

#define FAULT		FIXTURE_DATA(fault)
#define UNSERVED	FIXTURE_DATA(unserved)
#define LEAVING		FIXTURE_DATA(leaving)
#define EVICTED		FIXTURE_DATA(evicted)

FIXTURE(fault) {
	int ctx;
	__u32 handle;		/* 4096 bytes */
	size_t page;
	char *hole;		/* 300 pages before it are mapped */
};

FIXTURE_SETUP(fault)
{
	unsigned char bytes[4096];
	int i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = i * 7;
	self->page = sysconf(_SC_PAGESIZE);
	self->hole = pages_with_hole(300);
	ASSERT_NE(NULL, self->hole);
	self->hole += 300 * self->page;
	self->ctx = kown_open();
	ASSERT_LE(0, self->ctx);
	ASSERT_EQ(0, kown_new(self->ctx, 1, 0, &self->handle));
	ASSERT_EQ(0, kown_push(self->ctx, self->handle, bytes, sizeof(bytes)));
}

FIXTURE_TEARDOWN(fault)
{
	close(self->ctx);
}

TEST_F(fault, pointer_that_leads_nowhere)
{
	static const __u64 one = 1;
	const __u64 nowhere[] = {
		0, 1, self->page - 1, ptr_to_u64(self->hole),
		ptr_to_u64(self->hole) + self->page - 8,
		one << 32 | 8, one << 47, (one << 47) - self->page,
		one << 48, one << 56, one << 63, (one << 63) - 8,
		ptr_to_u64(&one) | one << 63, ptr_to_u64(&one) | one << 48,
		(ptr_to_u64(&one) & 0xffffffff) | 0xffffffffULL << 32,
		0xffff888000000000, 0xffffffff81000000, 0xffffffffff600000,
		-(__u64)self->page, -(__u64)8, -(__u64)1,
	};
	struct snapshot before;
	int i;

	snapshot_take(_metadata, self->ctx, self->handle, &before);
	for (i = 0; i < ARRAY_SIZE(nowhere); i++) {
		ASSERT_EQ(EFAULT, kown_push_at(self->ctx, self->handle,
					       nowhere[i], 8, NULL)) {
			TH_LOG("0x%llx", nowhere[i]);
		}
		ASSERT_EQ(EFAULT, kown_pop_at(self->ctx, self->handle,
					      nowhere[i], 8, NULL)) {
			TH_LOG("0x%llx", nowhere[i]);
		}
		ASSERT_EQ(EFAULT, kown_read_at(self->ctx, self->handle, 0, 8,
					       nowhere[i])) {
			TH_LOG("0x%llx", nowhere[i]);
		}
		snapshot_same(_metadata, self->ctx, self->handle, &before,
			      "pointer", nowhere[i]);
	}
}

/* The upper half of a pointer counts for a 32-bit program too. */
TEST_F(fault, pointer_with_any_upper_bit_set)
{
	static char bytes[8];
	struct snapshot before;
	__u64 pointer;
	int bit;

	snapshot_take(_metadata, self->ctx, self->handle, &before);
	for (bit = sizeof(long) == 4 ? 32 : 47; bit < 64; bit++) {
		pointer = ptr_to_u64(bytes) | 1ULL << bit;
		if (pointer == ptr_to_u64(bytes))
			continue;
		ASSERT_EQ(EFAULT, kown_push_at(self->ctx, self->handle, pointer,
					       8, NULL)) TH_LOG("bit %d", bit);
		ASSERT_EQ(EFAULT, kown_pop_at(self->ctx, self->handle, pointer,
					      8, NULL)) TH_LOG("bit %d", bit);
		ASSERT_EQ(EFAULT, kown_read_at(self->ctx, self->handle, 0, 8,
					       pointer)) TH_LOG("bit %d", bit);
		snapshot_same(_metadata, self->ctx, self->handle, &before,
			      "bit", bit);
	}
}

/* The first @there bytes of @bytes are mapped. */
static void half_mapped(struct __test_metadata *_metadata, FAULT *self,
			size_t bytes, size_t there)
{
	char *at = self->hole - there;
	struct snapshot before;

	snapshot_take(_metadata, self->ctx, self->handle, &before);
	ASSERT_EQ(EFAULT, kown_push(self->ctx, self->handle, at, bytes)) {
		TH_LOG("%zu of %zu", there, bytes);
	}
	if (bytes <= before.stat.len) {
		ASSERT_EQ(EFAULT, kown_pop(self->ctx, self->handle, at, bytes,
					   NULL)) {
			TH_LOG("%zu of %zu", there, bytes);
		}
		ASSERT_EQ(EFAULT, kown_read(self->ctx, self->handle, 0, bytes,
					    at)) {
			TH_LOG("%zu of %zu", there, bytes);
		}
	}
	snapshot_same(_metadata, self->ctx, self->handle, &before, "mapped",
		      there);
}

TEST_F(fault, elements_that_run_into_a_hole_at_any_byte)
{
	size_t bytes, there;

	for (bytes = 1; bytes <= 24; bytes++) {
		for (there = 0; there < bytes; there++)
			half_mapped(_metadata, self, bytes, there);
	}
	for (there = 0; there < 4096; there += 61)
		half_mapped(_metadata, self, 4096, there);
}

TEST_F(fault, elements_that_run_into_a_hole_after_many_pages)
{
	size_t pages, off;

	for (pages = 1; pages <= 299; pages += pages < 20 ? 1 : 31) {
		for (off = 0; off < 3; off++)
			half_mapped(_metadata, self, pages * self->page + 9,
				    pages * self->page + off - 1);
	}
}

/* As above, of an object that has all of it. */
TEST_F(fault, pop_and_read_into_a_hole_after_many_pages)
{
	size_t bytes = 200 * self->page, pages;
	struct kown_stat stat;
	__u32 handle;
	char *copy;

	copy = malloc(bytes);
	ASSERT_NE(NULL, copy);
	memset(self->hole - bytes, 0x3c, bytes);
	ASSERT_EQ(0, kown_new(self->ctx, 1, 0, &handle));
	ASSERT_EQ(0, kown_push(self->ctx, handle, self->hole - bytes, bytes));
	for (pages = 0; pages < 200; pages += 7) {
		char *at = self->hole - pages * self->page;

		ASSERT_EQ(EFAULT, kown_pop(self->ctx, handle, at, bytes, NULL));
		ASSERT_EQ(EFAULT, kown_read(self->ctx, handle, 0, bytes, at));
		ASSERT_EQ(0, kown_stat(self->ctx, handle, &stat));
		ASSERT_EQ(bytes, stat.len);
	}
	ASSERT_EQ(0, kown_read(self->ctx, handle, 0, bytes, copy));
	ASSERT_TRUE(bytes_are(copy, 0x3c, bytes));
}

TEST_F(fault, destination_that_is_read_only)
{
	char *map = self->hole - self->page;
	struct snapshot before;
	size_t n;

	ASSERT_EQ(0, mprotect(map, self->page, PROT_READ));
	snapshot_take(_metadata, self->ctx, self->handle, &before);
	for (n = 0; n < 64; n++) {
		ASSERT_EQ(EFAULT, kown_pop(self->ctx, self->handle, map - n,
					   64, NULL));
		ASSERT_EQ(EFAULT, kown_read(self->ctx, self->handle, 0, 64,
					    map - n));
	}
	snapshot_same(_metadata, self->ctx, self->handle, &before, "only", 0);
	ASSERT_EQ(0, kown_push(self->ctx, self->handle, map, 64));
}

/* Mapped, but there is no file behind it. */
TEST_F(fault, elements_beyond_the_end_of_a_file)
{
	int fd = memfd_create("kown", 0);
	struct snapshot before;
	char *map;

	ASSERT_EQ(0, ftruncate(fd, self->page));
	map = mmap(NULL, 2 * self->page, PROT_READ | PROT_WRITE, MAP_SHARED,
		   fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	map += self->page - 8;
	snapshot_take(_metadata, self->ctx, self->handle, &before);
	ASSERT_EQ(EFAULT, kown_push(self->ctx, self->handle, map, 16));
	ASSERT_EQ(EFAULT, kown_pop(self->ctx, self->handle, map, 16, NULL));
	ASSERT_EQ(EFAULT, kown_read(self->ctx, self->handle, 0, 16, map));
	snapshot_same(_metadata, self->ctx, self->handle, &before, "file", 0);
	ASSERT_EQ(0, kown_push(self->ctx, self->handle, map, 8));
}

/* Which of the two wins is not said; that the object survives is. */
TEST_F(fault, class_15_elements_over_the_struct_itself)
{
	struct kown_push *push;
	struct kown_pop *pop;
	struct kown_stat stat;
	union kown_arg a;
	size_t off;

	for (off = 0; off <= 40; off += 4) {
		push = &a.push;
		memset(&a, 0, sizeof(a));
		push->size = sizeof(*push);
		push->handle = self->handle;
		push->data = ptr_to_u64(&a.byte[off]);
		push->count = 16;
		ASSERT_EQ(0, kown_call(self->ctx, KOWN_IOC_PUSH, &a));
		pop = &a.pop;
		memset(&a, 0, sizeof(a));
		pop->size = sizeof(*pop);
		pop->handle = self->handle;
		pop->data = ptr_to_u64(&a.byte[off]);
		pop->count = 16;
		ASSERT_EQ(0, kown_call(self->ctx, KOWN_IOC_POP, &a));
		ASSERT_EQ(0, kown_stat(self->ctx, self->handle, &stat));
		ASSERT_EQ(4096, stat.len);
	}
}

/* A page that nobody serves, for as long as we like. */
FIXTURE(unserved) {
	int ctx, other, uffd;
	__u32 handle, theirs;	/* one object, in two contexts */
	__u32 spare[4];		/* for DROP */
	size_t page;
	char *border;		/* of a page that is there and one that is not */
	char *content;		/* of the second */
	union kown_arg full;
	void *arg;		/* of the call that waits */
	unsigned int cmd;
	__u64 elems[4], room[4];
	unsigned char mask[8];
};

FIXTURE_VARIANT(unserved) {
	unsigned int cmd;
	bool in_struct;		/* rather than in the elements */
	bool second;		/* or in what the command's other pointer leads to */
};

FIXTURE_VARIANT_ADD(unserved, push_elements) {
	.cmd = KOWN_IOC_PUSH,
};

FIXTURE_VARIANT_ADD(unserved, pop_elements) {
	.cmd = KOWN_IOC_POP,
};

FIXTURE_VARIANT_ADD(unserved, read_elements) {
	.cmd = KOWN_IOC_READ,
};

FIXTURE_VARIANT_ADD(unserved, drop_handles) {
	.cmd = KOWN_IOC_DROP,
};

FIXTURE_VARIANT_ADD(unserved, write_elements) {
	.cmd = KOWN_IOC_WRITE,
};

FIXTURE_VARIANT_ADD(unserved, insert_elements) {
	.cmd = KOWN_IOC_INSERT,
};

FIXTURE_VARIANT_ADD(unserved, splice_elements) {
	.cmd = KOWN_IOC_SPLICE,
};

FIXTURE_VARIANT_ADD(unserved, splice_removed) {
	.cmd = KOWN_IOC_SPLICE,
	.second = true,
};

FIXTURE_VARIANT_ADD(unserved, drain_elements) {
	.cmd = KOWN_IOC_DRAIN,
};

FIXTURE_VARIANT_ADD(unserved, extract_elements) {
	.cmd = KOWN_IOC_EXTRACT,
};

FIXTURE_VARIANT_ADD(unserved, extract_mask) {
	.cmd = KOWN_IOC_EXTRACT,
	.second = true,
};

FIXTURE_VARIANT_ADD(unserved, push_struct) {
	.cmd = KOWN_IOC_PUSH,
	.in_struct = true,
};

FIXTURE_VARIANT_ADD(unserved, pop_struct) {
	.cmd = KOWN_IOC_POP,
	.in_struct = true,
};

FIXTURE_VARIANT_ADD(unserved, read_struct) {
	.cmd = KOWN_IOC_READ,
	.in_struct = true,
};

FIXTURE_VARIANT_ADD(unserved, drop_struct) {
	.cmd = KOWN_IOC_DROP,
	.in_struct = true,
};

FIXTURE_VARIANT_ADD(unserved, stat_struct) {
	.cmd = KOWN_IOC_STAT,
	.in_struct = true,
};

static int uffd_open(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	int fd = syscall(__NR_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd >= 0 && ioctl(fd, UFFDIO_API, &api)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static int uffd_watch(int uffd, void *at, size_t bytes)
{
	struct uffdio_register reg = {
		.range = { .start = (uintptr_t)at, .len = bytes },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	return ioctl(uffd, UFFDIO_REGISTER, &reg);
}

static bool uffd_wait(int uffd)
{
	struct pollfd pfd = { .fd = uffd, .events = POLLIN };
	struct uffd_msg msg;

	return poll(&pfd, 1, 5000) == 1 &&
	       read(uffd, &msg, sizeof(msg)) == sizeof(msg);
}

static int uffd_serve(int uffd, void *at, const void *from, size_t bytes)
{
	struct uffdio_copy copy = {
		.dst = (uintptr_t)at, .src = (uintptr_t)from, .len = bytes,
	};

	return ioctl(uffd, UFFDIO_COPY, &copy);
}

FIXTURE_SETUP(unserved)
{
	__u64 elems[64];
	char *map;
	int fd, i;

	for (i = 0; i < 64; i++)
		elems[i] = 1000 + i;
	self->page = sysconf(_SC_PAGESIZE);
	self->content = calloc(1, self->page);
	map = mmap(NULL, 2 * self->page, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_TRUE(self->content && map != MAP_FAILED);
	self->border = map + self->page;
	self->ctx = kown_open();
	self->other = kown_open();
	ASSERT_LE(0, self->other);
	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &self->handle));
	ASSERT_EQ(0, kown_push(self->ctx, self->handle, elems, 64));
	ASSERT_EQ(0, kown_export(self->ctx, self->handle, KOWN_RIGHTS_SAME,
				 &fd));
	ASSERT_EQ(0, kown_import(self->other, fd, KOWN_RIGHTS_SAME,
				 &self->theirs));
	close(fd);
	for (i = 0; i < 4; i++) {
		fd = kown_clone(self->ctx, self->handle, 0, &self->spare[i]);
		ASSERT_EQ(0, fd);
	}
	self->uffd = uffd_open();
	if (self->uffd < 0)
		return;
	ASSERT_EQ(0, uffd_watch(self->uffd, self->border, self->page));
}

FIXTURE_TEARDOWN(unserved)
{
	close(self->uffd);
	close(self->other);
	close(self->ctx);
}

#define RANGE	4	/* elements, but for a mask: of all of them */

/* What a range is given to: SPLICE and EXTRACT have two pointers. */
static void prepare_range(UNSERVED *self, unsigned int cmd, __u64 data, __u64 second)
{
	union kown_arg *a = &self->full;

	switch (cmd) {
	case KOWN_IOC_WRITE:
	case KOWN_IOC_INSERT:
		a->range.size = sizeof(a->range);
		a->range.data = data;
		a->range.count = RANGE;
		break;
	case KOWN_IOC_DRAIN:
		a->drain.size = sizeof(a->drain);
		a->drain.data = data;
		a->drain.count = RANGE;
		break;
	case KOWN_IOC_SPLICE:
		a->splice.size = sizeof(a->splice);
		a->splice.data = data;
		a->splice.insert = RANGE;
		a->splice.removed = second;
		a->splice.count = RANGE;
		break;
	case KOWN_IOC_EXTRACT:
		a->mask.size = sizeof(a->mask);
		a->mask.data = data;
		a->mask.mask = second;
		a->mask.count = 64;
		break;
	default:
		a->stat.size = sizeof(a->stat);
	}
}

static void prepare_elems(UNSERVED *self, unsigned int cmd, __u64 data)
{
	union kown_arg *a = &self->full;

	switch (cmd) {
	case KOWN_IOC_PUSH:
		a->push.size = sizeof(a->push);
		a->push.data = data;
		a->push.count = RANGE;
		break;
	case KOWN_IOC_POP:
		a->pop.size = sizeof(a->pop);
		a->pop.data = data;
		a->pop.count = RANGE;
		break;
	case KOWN_IOC_READ:
		a->read.size = sizeof(a->read);
		a->read.data = data;
		a->read.count = RANGE;
		break;
	default:
		memcpy(self->elems, self->spare, sizeof(self->spare));
		a->drop.size = sizeof(a->drop);
		a->drop.handles = data;
		a->drop.count = 4;
	}
}

/*
 * A call whose struct, or elements, begin 8 bytes before the border; or its mask, of 8
 * bytes, 4 before it: bits for the first 2 and for 2 more beyond the border.
 */
static void prepare(UNSERVED *self, unsigned int cmd, bool in_struct, bool second)
{
	bool mask = second && cmd == KOWN_IOC_EXTRACT;
	void *there = self->border - (mask ? 4 : 8);
	void *data = in_struct || second ? (void *)self->elems : there;
	void *other = cmd == KOWN_IOC_EXTRACT ? (void *)self->mask : (void *)self->room;
	union kown_arg *a = &self->full;
	int i;

	for (i = 0; i < 4; i++)
		self->elems[i] = 2000 + i;
	memset(self->mask, 0, sizeof(self->mask));
	self->mask[0] = 0x3;
	self->mask[4] = 0x3;
	memset(a, 0, sizeof(*a));
	if (cmd == KOWN_IOC_PUSH || cmd == KOWN_IOC_POP || cmd == KOWN_IOC_READ ||
	    cmd == KOWN_IOC_DROP)
		prepare_elems(self, cmd, ptr_to_u64(data));
	else
		prepare_range(self, cmd, ptr_to_u64(data),
			      ptr_to_u64(second ? there : other));
	if (cmd != KOWN_IOC_DROP)
		a->stat.handle = self->handle;	/* at the same place in all */

	self->cmd = cmd;
	self->arg = a;
	if (in_struct) {
		self->arg = self->border - 8;
		memcpy(self->arg, a, 8);
		memcpy(self->content, a->byte + 8, sizeof(a->stat));
	} else if (mask) {
		memcpy(there, self->mask, 4);
		memcpy(self->content, self->mask + 4, 4);
	} else {
		memcpy(there, self->elems, 8);
		memcpy(self->content, self->elems + 1, 24);
	}
}

static void *call_that_waits(void *arg)
{
	UNSERVED *self = arg;

	return (void *)(long)kown_call(self->ctx, self->cmd, self->arg);
}

/* All that others may want to do with the object meanwhile. */
static void others_go_on(struct __test_metadata *_metadata, int ctx,
			 __u32 handle)
{
	unsigned long long start = now_ms();
	struct kown_stat stat;
	struct kown_info info;
	__u64 elem = 5;
	__u32 clone;
	int fd;

	ASSERT_EQ(0, kown_info(ctx, &info));
	ASSERT_EQ(0, kown_stat(ctx, handle, &stat));
	ASSERT_EQ(0, kown_push(ctx, handle, &elem, 1));
	ASSERT_EQ(0, kown_read(ctx, handle, 0, 1, &elem));
	ASSERT_EQ(1000, elem);
	ASSERT_EQ(0, kown_pop(ctx, handle, &elem, 1, NULL));
	ASSERT_EQ(5, elem);
	ASSERT_EQ(0, kown_clone(ctx, handle, KOWN_RIGHTS_SAME, &clone));
	ASSERT_EQ(0, kown_drop(ctx, clone));
	ASSERT_EQ(0, kown_new(ctx, 8, 1, &clone));
	ASSERT_EQ(0, kown_drop(ctx, clone));
	ASSERT_EQ(0, kown_export(ctx, handle, KOWN_RIGHTS_SAME, &fd));
	ASSERT_EQ(0, kown_import(ctx, fd, KOWN_RIGHTS_SAME, &clone));
	ASSERT_EQ(0, kown_drop(ctx, clone));
	close(fd);
	ASSERT_GT(2000, now_ms() - start);
}

/* How many elements there are once the call is through. */
static __u64 len_after(unsigned int cmd)
{
	switch (cmd) {
	case KOWN_IOC_PUSH:
	case KOWN_IOC_INSERT:
		return 64 + RANGE;
	case KOWN_IOC_POP:
	case KOWN_IOC_DRAIN:
	case KOWN_IOC_EXTRACT:
		return 64 - RANGE;
	default:
		return 64;
	}
}

/* From @first on, with the @step that there is in the middle. */
static bool count_up(const __u64 *elems, __u64 first, __u64 step)
{
	return elems[0] == first && elems[1] == first + 1 && elems[2] == first + 1 + step &&
	       elems[3] == first + 2 + step;
}

/* What the call put into the object, or gave to the caller. */
static bool did_it(UNSERVED *self, unsigned int cmd, bool in_struct, bool second)
{
	__u64 *given = in_struct || second ? self->elems : (void *)(self->border - 8);
	__u64 *removed = second ? (void *)(self->border - 8) : self->room;
	__u64 now[4];

	switch (cmd) {
	case KOWN_IOC_PUSH:
		return !kown_read(self->ctx, self->handle, 64, 4, now) &&
		       count_up(now, 2000, 1);
	case KOWN_IOC_WRITE:
	case KOWN_IOC_INSERT:
		return !kown_read(self->ctx, self->handle, 0, 4, now) && count_up(now, 2000, 1);
	case KOWN_IOC_SPLICE:
		return !kown_read(self->ctx, self->handle, 0, 4, now) &&
		       count_up(now, 2000, 1) && count_up(removed, 1000, 1);
	case KOWN_IOC_POP:
		return count_up(given, 1060, 1);
	case KOWN_IOC_READ:
	case KOWN_IOC_DRAIN:
		return count_up(given, 1000, 1);
	case KOWN_IOC_EXTRACT:
		return count_up(given, 1000, 31);
	default:
		return true;
	}
}

TEST_F(unserved, class_15_call_waits_and_others_go_on)
{
	struct kown_stat stat;
	pthread_t thread;
	void *result;

	if (self->uffd < 0)
		SKIP(return, "no userfaultfd that waits for the kernel too");
	prepare(self, variant->cmd, variant->in_struct, variant->second);
	ASSERT_EQ(0, pthread_create(&thread, NULL, call_that_waits, self));
	ASSERT_TRUE(uffd_wait(self->uffd));
	others_go_on(_metadata, self->other, self->theirs);
	others_go_on(_metadata, self->ctx, self->handle);
	ASSERT_EQ(0, uffd_serve(self->uffd, self->border, self->content,
				self->page));
	ASSERT_EQ(0, pthread_join(thread, &result));
	EXPECT_EQ(0, (long)result);

	ASSERT_EQ(0, kown_stat(self->other, self->theirs, &stat));
	EXPECT_EQ(len_after(variant->cmd), stat.len);
	EXPECT_EQ(variant->cmd == KOWN_IOC_DROP ? 2 : 6, stat.strong);
	EXPECT_TRUE(did_it(self, variant->cmd, variant->in_struct, variant->second));
}

TEST_F(fault, class_15_elements_from_a_page_of_the_same_object)
{
	SKIP(return, "objects cannot be mapped, so no page of one is anywhere in user memory");
}

/* The waiting call's handle goes; the call ends, and so does the object. */
TEST_F(unserved, class_15_handle_is_dropped_while_the_call_waits)
{
	struct kown_info info;
	pthread_t thread;
	__u32 done;
	void *result;

	if (self->uffd < 0)
		SKIP(return, "no userfaultfd that waits for the kernel too");
	prepare(self, variant->cmd, variant->in_struct, variant->second);
	ASSERT_EQ(0, pthread_create(&thread, NULL, call_that_waits, self));
	ASSERT_TRUE(uffd_wait(self->uffd));
	ASSERT_EQ(0, kown_drop(self->ctx, self->handle));
	ASSERT_EQ(0, kown_drop(self->other, self->theirs));
	ASSERT_EQ(0, uffd_serve(self->uffd, self->border, self->content,
				self->page));
	ASSERT_EQ(0, pthread_join(thread, &result));
	EXPECT_TRUE((long)result == 0 || (long)result == ENOENT) {
		TH_LOG("%ld", (long)result);
	}
	kown_drop_many(self->ctx, self->spare, 4, &done);
	ASSERT_EQ(0, kown_info(self->ctx, &info));
	EXPECT_EQ(0, info.objects);
	EXPECT_EQ(0, info.handles);
	EXPECT_EQ(0, info.bytes);
}

TEST_F(unserved, class_15_process_is_killed_while_the_call_waits)
{
	struct kown_stat stat;
	int status, uffd;
	pid_t pid;

	if (self->uffd < 0)
		SKIP(return, "no userfaultfd that waits for the kernel too");
	prepare(self, variant->cmd, variant->in_struct, variant->second);
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		uffd = uffd_open();
		if (uffd_watch(uffd, self->border, self->page))
			_exit(1);
		kown_call(self->ctx, self->cmd, self->arg);
		_exit(2);
	}
	usleep(100000);
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status)) TH_LOG("exit %d", WEXITSTATUS(status));
	others_go_on(_metadata, self->ctx, self->handle);
	ASSERT_EQ(0, kown_stat(self->ctx, self->handle, &stat));
	EXPECT_EQ(64, stat.len);
	EXPECT_LE(variant->cmd == KOWN_IOC_DROP ? 2 : 6, stat.strong);
	EXPECT_GE(6, stat.strong);
}

struct late_drop {
	int ctx;
	struct kown_drop *arg;
};

static void *drop_that_waits(void *arg)
{
	struct late_drop *drop = arg;

	return (void *)(long)kown_call(drop->ctx, KOWN_IOC_DROP, drop->arg);
}

/* What was dropped by then stays so. */
TEST_F(fault, class_15_drop_whose_struct_is_read_only_in_the_end)
{
	struct late_drop drop = { .ctx = self->ctx };
	int uffd = uffd_open();
	size_t page = self->page;
	struct kown_info info;
	__u32 *numbers;
	pthread_t thread;
	void *result;
	char *map;

	if (uffd < 0)
		SKIP(return, "no userfaultfd that waits for the kernel too");
	map = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	numbers = calloc(1, page);
	ASSERT_TRUE(numbers && map != MAP_FAILED);
	ASSERT_EQ(0, uffd_watch(uffd, map + page, page));
	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &numbers[0]));
	/* And then one that there is not. */
	drop.arg = (struct kown_drop *)map;
	*drop.arg = (struct kown_drop) {
		.size = sizeof(*drop.arg), .handles = ptr_to_u64(map + page), .count = 2,
	};
	ASSERT_EQ(0, pthread_create(&thread, NULL, drop_that_waits, &drop));
	ASSERT_TRUE(uffd_wait(uffd));
	ASSERT_EQ(0, mprotect(map, page, PROT_READ));
	ASSERT_EQ(0, uffd_serve(uffd, map + page, numbers, page));
	ASSERT_EQ(0, pthread_join(thread, &result));
	EXPECT_EQ(EFAULT, (long)result);
	ASSERT_EQ(0, kown_info(self->ctx, &info));
	EXPECT_EQ(1, info.handles);
	close(uffd);
}

/*
 * Two pages that are never there at once: when one is served, the other goes. The
 * call sees each in turn, and must not wait for either with the object locked.
 */
FIXTURE(leaving) {
	int ctx, uffd;
	__u32 handle;
	size_t page;
	char *map;
	int evictions;		/* that are left */
	bool others_failed, over;
	pthread_t server;
};

FIXTURE_VARIANT(leaving) {
	unsigned int cmd;
};

FIXTURE_VARIANT_ADD(leaving, push) {
	.cmd = KOWN_IOC_PUSH,
};

FIXTURE_VARIANT_ADD(leaving, pop) {
	.cmd = KOWN_IOC_POP,
};

FIXTURE_VARIANT_ADD(leaving, read) {
	.cmd = KOWN_IOC_READ,
};

static void serve_one(LEAVING *self, int which)
{
	char *content = calloc(1, self->page);
	struct kown_stat stat;
	__u64 elem;

	if (kown_stat(self->ctx, self->handle, &stat) ||
	    kown_read(self->ctx, self->handle, 0, 1, &elem))
		self->others_failed = true;
	if (self->evictions-- > 0)
		madvise(self->map + !which * self->page, self->page,
			MADV_DONTNEED);
	uffd_serve(self->uffd, self->map + which * self->page, content,
		   self->page);
	free(content);
}

static void *serve_in_turn(void *arg)
{
	LEAVING *self = arg;
	struct uffd_msg msg;

	while (!READ_ONCE(self->over)) {
		struct pollfd pfd = { .fd = self->uffd, .events = POLLIN };
		__u64 at;

		if (poll(&pfd, 1, 10) != 1 ||
		    read(self->uffd, &msg, sizeof(msg)) != sizeof(msg))
			continue;
		at = msg.arg.pagefault.address;
		serve_one(self, at >= ptr_to_u64(self->map) + self->page);
	}
	return NULL;
}

FIXTURE_SETUP(leaving)
{
	static __u64 elems[2048];

	self->page = sysconf(_SC_PAGESIZE);
	self->map = mmap(NULL, 2 * self->page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->map);
	self->ctx = kown_open();
	ASSERT_LE(0, self->ctx);
	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &self->handle));
	ASSERT_EQ(0, kown_push(self->ctx, self->handle, elems, 2048));
	self->uffd = uffd_open();
	if (self->uffd < 0)
		return;
	ASSERT_EQ(0, uffd_watch(self->uffd, self->map, 2 * self->page));
	ASSERT_EQ(0, pthread_create(&self->server, NULL, serve_in_turn, self));
}

FIXTURE_TEARDOWN(leaving)
{
	WRITE_ONCE(self->over, true);
	if (self->uffd >= 0)
		pthread_join(self->server, NULL);
	close(self->uffd);
	close(self->ctx);
}

static int two_pages(LEAVING *self, unsigned int cmd, int evictions)
{
	__u64 count = 2 * self->page / 8;

	madvise(self->map, 2 * self->page, MADV_DONTNEED);
	WRITE_ONCE(self->evictions, evictions);
	switch (cmd) {
	case KOWN_IOC_PUSH:
		return kown_push(self->ctx, self->handle, self->map, count);
	case KOWN_IOC_POP:
		return kown_pop(self->ctx, self->handle, self->map, count,
				NULL);
	default:
		return kown_read(self->ctx, self->handle, 1, count, self->map);
	}
}

TEST_F(leaving, call_succeeds_once_both_pages_stay)
{
	int evictions;

	if (self->uffd < 0)
		SKIP(return, "no userfaultfd that waits for the kernel too");
	for (evictions = 0; evictions < 4; evictions++) {
		ASSERT_EQ(0, two_pages(self, variant->cmd, evictions)) {
			TH_LOG("%d evictions", evictions);
		}
	}
	EXPECT_FALSE(self->others_failed);
}

TEST_F(leaving, call_ends_though_the_pages_never_stay)
{
	struct kown_stat before, after;

	if (self->uffd < 0)
		SKIP(return, "no userfaultfd that waits for the kernel too");
	ASSERT_EQ(0, kown_stat(self->ctx, self->handle, &before));
	ASSERT_EQ(ENOMEM, two_pages(self, variant->cmd, 1000));
	ASSERT_EQ(0, kown_stat(self->ctx, self->handle, &after));
	EXPECT_EQ(before.len, after.len);
	EXPECT_LT(900, self->evictions);	/* and soon */
	EXPECT_FALSE(self->others_failed);
}

/* As above with no order in it: memory is taken away as fast as it is touched. */
FIXTURE(evicted) {
	int ctx;
	__u32 handle;
	char *map;
	size_t bytes;
	bool stop;
	pthread_t evicter;
};

static void *evict(void *arg)
{
	EVICTED *self = arg;

	run_on_cpu(1);
	while (!READ_ONCE(self->stop))
		madvise(self->map, self->bytes, MADV_DONTNEED);
	return NULL;
}

FIXTURE_SETUP(evicted)
{
	self->bytes = 4 * sysconf(_SC_PAGESIZE);
	self->map = mmap(NULL, self->bytes, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->map);
	self->ctx = kown_open();
	ASSERT_EQ(0, kown_new(self->ctx, 1, 0, &self->handle));
	run_on_cpu(0);
	ASSERT_EQ(0, pthread_create(&self->evicter, NULL, evict, self));
}

FIXTURE_TEARDOWN(evicted)
{
	WRITE_ONCE(self->stop, true);
	pthread_join(self->evicter, NULL);
	close(self->ctx);
}

TEST_F(evicted, push_pop_and_read_end_and_keep_the_object)
{
	unsigned long long end = now_ms() + 1000;
	struct kown_stat stat;
	__u64 taken, len = 0;
	int err;

	while (now_ms() < end) {
		err = kown_push(self->ctx, self->handle, self->map,
				self->bytes);
		ASSERT_TRUE(err == 0 || err == ENOMEM) TH_LOG("%d", err);
		if (!err)
			len += self->bytes;
		err = kown_read(self->ctx, self->handle, 0, len, self->map);
		ASSERT_TRUE(err == 0 || err == ENOMEM) TH_LOG("%d", err);
		err = kown_pop(self->ctx, self->handle, self->map, self->bytes,
			       &taken);
		ASSERT_TRUE(err == 0 || err == ENOMEM) TH_LOG("%d", err);
		if (!err)
			len -= taken;
		ASSERT_EQ(0, kown_stat(self->ctx, self->handle, &stat));
		ASSERT_EQ(len, stat.len);
		if (!len)
			continue;
		/* It could not be popped: begin anew. */
		len = 0;
		ASSERT_EQ(0, kown_drop(self->ctx, self->handle));
		ASSERT_EQ(0, kown_new(self->ctx, 1, 0, &self->handle));
	}
}

TEST_HARNESS_MAIN
