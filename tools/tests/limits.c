// SPDX-License-Identifier: GPL-2.0
/*
 * The limits of a context, whatever they are: reached exactly, refused one
 * beyond, and there again after a drop. limits.sh runs this with several.
 */
#include <sys/sysinfo.h>

#include "kown_test.h"
#include "snapshot.h"

#define FAR	(64 << 20)	/* bytes that a test does not want to fill */

FIXTURE(limits) {
	int ctx, other;
	__u64 max_handles, max_bytes;
};

FIXTURE_SETUP(limits)
{
	struct kown_info info;

	self->ctx = kown_open();
	ASSERT_LE(0, self->ctx);
	self->other = kown_open();
	ASSERT_LE(0, self->other);
	ASSERT_EQ(0, kown_info(self->ctx, &info));
	self->max_handles = info.max_handles;
	self->max_bytes = info.max_bytes;
}

FIXTURE_TEARDOWN(limits)
{
	struct kown_info info;

	close(self->ctx);
	EXPECT_EQ(0, kown_info(self->other, &info));
	EXPECT_EQ(0, info.all_objects);
	EXPECT_EQ(0, info.all_handles);
	EXPECT_EQ(0, info.all_bytes);
	close(self->other);
}

TEST_F(limits, info_tells_the_parameters)
{
	__u64 bytes = kown_param("max_bytes");

	EXPECT_EQ(kown_param("max_handles"), self->max_handles);
	/* No object has more than SSIZE_MAX bytes. */
	if (bytes > ~0ULL >> 1)
		bytes = ~0ULL >> 1;
	EXPECT_EQ(bytes, self->max_bytes);
}

TEST_F(limits, parameters_are_read_only)
{
	EXPECT_EQ(-1, open("/sys/module/kown/parameters/max_handles",
			   O_WRONLY | O_TRUNC));
	EXPECT_EQ(-1, open("/sys/module/kown/parameters/max_bytes",
			   O_WRONLY | O_TRUNC));
}

/* As many as there may be, one refused, one dropped, one fits, one refused. */
TEST_F(limits, handles_up_to_the_limit)
{
	__u32 first = 0, last = 0, none;
	struct snapshot before;
	struct kown_info info;
	__u64 n;
	int fd = -1;

	if (!self->max_handles) {
		ASSERT_EQ(ENOSPC, kown_new(self->ctx, 8, 0, &none));
		return;
	}
	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &first));
	ASSERT_EQ(0, kown_export(self->ctx, first, KOWN_RIGHTS_SAME, &fd));
	for (n = 1; n < self->max_handles; n++) {
		switch (n % 3) {
		case 0:
			ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &last));
			break;
		case 1:
			ASSERT_EQ(0, kown_clone(self->ctx, first,
						KOWN_RIGHTS_SAME, &last));
			break;
		default:
			ASSERT_EQ(0, kown_import(self->ctx, fd,
						 KOWN_RIGHTS_SAME, &last));
		}
	}
	ASSERT_EQ(0, kown_info(self->ctx, &info));
	ASSERT_EQ(self->max_handles, info.handles);

	snapshot_take(_metadata, self->ctx, first, &before);
	ASSERT_EQ(ENOSPC, kown_new(self->ctx, 8, 0, &none));
	snapshot_same(_metadata, self->ctx, first, &before, "NEW", 0);
	if (self->max_bytes >= 1000) {
		ASSERT_EQ(ENOSPC, kown_new(self->ctx, 1, 1000, &none));
		snapshot_same(_metadata, self->ctx, first, &before, "NEW", 1);
	}
	ASSERT_EQ(ENOSPC, kown_clone(self->ctx, first, 0, &none));
	snapshot_same(_metadata, self->ctx, first, &before, "CLONE", 0);
	ASSERT_EQ(ENOSPC, kown_import(self->ctx, fd, 0, &none));
	snapshot_same(_metadata, self->ctx, first, &before, "IMPORT", 0);

	if (last) {
		ASSERT_EQ(0, kown_drop(self->ctx, last));
		ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &last));
		ASSERT_EQ(ENOSPC, kown_clone(self->ctx, last, 0, &none));
	}
	/* Another context has its own. */
	ASSERT_EQ(0, kown_import(self->other, fd, 0, &none));
	ASSERT_EQ(0, kown_drop(self->other, none));
	/* The number of exports is not limited by it. */
	close(fd);
	ASSERT_EQ(0, kown_export(self->ctx, first, KOWN_RIGHTS_SAME, &fd));
	close(fd);
}

/* All that makes a handle, from a strong one and from a weak one. */
TEST_F(limits, each_way_to_a_handle_at_the_limit)
{
	__u32 first, weak, last = 0, none, how;
	struct snapshot before;
	__u64 n;
	int fd;

	if (self->max_handles < 3)
		SKIP(return, "needs three handles");
	ASSERT_EQ(0, kown_new(self->ctx, 0, 0, &first));
	ASSERT_EQ(0, kown_push(self->ctx, first, NULL, 2));
	ASSERT_EQ(0, kown_export(self->ctx, first, KOWN_RIGHTS_SAME, &fd));
	ASSERT_EQ(0, kown_downgrade(self->ctx, first, KOWN_RIGHTS_SAME, &weak));
	for (n = 2; n < self->max_handles; n++)
		ASSERT_EQ(0, kown_upgrade(self->ctx, weak, KOWN_RIGHTS_SAME, &last));
	snapshot_take(_metadata, self->ctx, first, &before);
	ASSERT_EQ(self->max_handles, before.info.handles);
	EXPECT_EQ(ENOSPC, kown_new(self->ctx, 0, 0, &none));
	EXPECT_EQ(ENOSPC, kown_clone(self->ctx, first, KOWN_RIGHTS_SAME, &none));
	EXPECT_EQ(ENOSPC, kown_clone(self->ctx, weak, KOWN_RIGHTS_SAME, &none));
	EXPECT_EQ(ENOSPC, kown_downgrade(self->ctx, first, KOWN_RIGHTS_SAME, &none));
	EXPECT_EQ(ENOSPC, kown_upgrade(self->ctx, weak, KOWN_RIGHTS_SAME, &none));
	EXPECT_EQ(ENOSPC, kown_import(self->ctx, fd, KOWN_RIGHTS_SAME, &none));
	EXPECT_EQ(ENOSPC, kown_clone_data(self->ctx, first, KOWN_RIGHTS_SAME, &none));
	EXPECT_EQ(ENOSPC, kown_split_off(self->ctx, first, 1, &none));
	snapshot_same(_metadata, self->ctx, first, &before, "handle", 0);
	/* To have another object needs no other handle. */
	EXPECT_EQ(0, kown_own(self->ctx, KOWN_IOC_MAKE_MUT, first, &how, NULL));
	EXPECT_EQ(KOWN_OWN_COPIED, how);

	ASSERT_EQ(0, kown_drop(self->ctx, last));
	EXPECT_EQ(0, kown_upgrade(self->ctx, weak, KOWN_RIGHTS_SAME, &last));
	EXPECT_EQ(ENOSPC, kown_upgrade(self->ctx, weak, KOWN_RIGHTS_SAME, &none));
	close(fd);
}

/* What fits together is made, and of one more nothing; wherever it does not fit. */
TEST_F(limits, many_at_once_up_to_the_limit)
{
	__u64 fit = self->max_bytes < 8 ? 0 : self->max_bytes / 8;
	struct kown_info before, after;
	__u32 *handles, done;

	if (fit > self->max_handles)
		fit = self->max_handles;
	handles = calloc(self->max_handles + 1, sizeof(*handles));
	ASSERT_NE(NULL, handles);
	ASSERT_EQ(0, kown_info(self->ctx, &before));
	ASSERT_EQ(ENOSPC, kown_new_many(self->ctx, 8, 0, self->max_handles + 1, handles));
	ASSERT_EQ(ENOSPC, kown_new_many(self->ctx, 8, 1, fit + 1, handles));
	ASSERT_EQ(0, kown_info(self->ctx, &after));
	ASSERT_EQ(0, memcmp(&before, &after, sizeof(after)));
	if (fit) {
		ASSERT_EQ(0, kown_new_many(self->ctx, 8, 1, fit, handles));
		ASSERT_EQ(0, kown_info(self->ctx, &after));
		EXPECT_EQ(fit, after.objects);
		EXPECT_EQ(fit, after.handles);
		EXPECT_EQ(fit * 8, after.bytes);
		ASSERT_EQ(0, kown_drop_many(self->ctx, handles, fit, &done));
		ASSERT_EQ(0, kown_info(self->ctx, &after));
		ASSERT_EQ(0, memcmp(&before, &after, sizeof(after)));
	}
	if (self->max_handles) {
		ASSERT_EQ(0, kown_new_many(self->ctx, 8, 0, self->max_handles, handles));
		ASSERT_EQ(ENOSPC, kown_new_many(self->ctx, 8, 0, 1, handles));
	}
	free(handles);
}

TEST_F(limits, bytes_of_new_up_to_the_limit)
{
	struct kown_info info;
	__u32 handle, none;

	if (self->max_handles < 2 || self->max_bytes > FAR)
		SKIP(return, "needs two handles, and fewer bytes");
	ASSERT_EQ(ENOSPC, kown_new(self->ctx, 1, self->max_bytes + 1, &none));
	ASSERT_EQ(0, kown_new(self->ctx, 1, self->max_bytes, &handle));
	ASSERT_EQ(0, kown_info(self->ctx, &info));
	ASSERT_EQ(self->max_bytes, info.bytes);
	ASSERT_EQ(ENOSPC, kown_new(self->ctx, 1, 1, &none));
	ASSERT_EQ(ENOSPC, kown_new(self->ctx, 65536, 1, &none));
	ASSERT_EQ(0, kown_info(self->ctx, &info));
	ASSERT_EQ(1, info.objects);
	ASSERT_EQ(1, info.handles);
	/* What has no bytes always fits. */
	ASSERT_EQ(0, kown_new(self->ctx, 1, 0, &none));
	ASSERT_EQ(0, kown_drop(self->ctx, none));
	ASSERT_EQ(0, kown_new(self->ctx, 0, ~0ULL, &none));
	ASSERT_EQ(0, kown_drop(self->ctx, none));
	/* Nor does another context notice. */
	ASSERT_EQ(0, kown_new(self->other, 1, self->max_bytes, &none));
	ASSERT_EQ(0, kown_drop(self->other, none));

	ASSERT_EQ(0, kown_drop(self->ctx, handle));
	ASSERT_EQ(0, kown_new(self->ctx, 1, self->max_bytes, &handle));
}

/* Growth by the rule, and to the element where the rule asks for too much. */
TEST_F(limits, bytes_of_push_up_to_the_limit)
{
	static const __u32 sizes[] = { 1, 3, 8, 1000, 1025, 4096 };
	static char elems[4096];
	struct kown_stat stat;
	struct kown_info info;
	__u64 len, cap, want, most;
	__u32 handle;
	int i, err;

	if (!self->max_handles || self->max_bytes > 1 << 16)
		SKIP(return, "needs a handle, and fewer bytes");
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		most = self->max_bytes / sizes[i];
		cap = 0;
		ASSERT_EQ(0, kown_new(self->ctx, sizes[i], 0, &handle));
		for (len = 0;; len++) {
			err = kown_push(self->ctx, handle, elems, 1);
			if (err)
				break;
			want = sizes[i] == 1 ? 8 : sizes[i] <= 1024 ? 4 : 1;
			if (want < 2 * cap)
				want = 2 * cap;
			if (want > most)
				want = len + 1;
			if (cap == len)
				cap = want;
			if (len % 64 == 0 || cap == len + 1) {
				ASSERT_EQ(0, kown_stat(self->ctx, handle,
						       &stat));
				ASSERT_EQ(cap, stat.cap) {
					TH_LOG("len %llu of %u bytes", len,
					       sizes[i]);
				}
			}
		}
		ASSERT_EQ(ENOSPC, err);
		ASSERT_EQ(most, len) TH_LOG("elements of %u bytes", sizes[i]);
		ASSERT_EQ(0, kown_info(self->ctx, &info));
		ASSERT_EQ(most * sizes[i], info.bytes);
		if (len) {
			ASSERT_EQ(0, kown_pop(self->ctx, handle, elems, 1,
					      NULL));
			ASSERT_EQ(0, kown_push(self->ctx, handle, elems, 1));
		}
		ASSERT_EQ(0, kown_drop(self->ctx, handle));
	}
}

/* All of it at once, and one element more than there is room for. */
TEST_F(limits, bytes_of_one_push_up_to_the_limit)
{
	struct snapshot before;
	struct kown_stat stat;
	__u32 handle;
	char *elems;

	if (!self->max_handles || !self->max_bytes || self->max_bytes > FAR)
		SKIP(return, "needs a handle, and fewer bytes");
	elems = calloc(1, self->max_bytes);
	ASSERT_NE(NULL, elems);
	ASSERT_EQ(0, kown_new(self->ctx, 1, 0, &handle));
	ASSERT_EQ(0, kown_push(self->ctx, handle, elems, 1));
	snapshot_take(_metadata, self->ctx, handle, &before);
	ASSERT_EQ(ENOSPC, kown_push(self->ctx, handle, elems, self->max_bytes));
	snapshot_same(_metadata, self->ctx, handle, &before, "PUSH", 0);
	ASSERT_EQ(0, kown_push(self->ctx, handle, elems, self->max_bytes - 1));
	ASSERT_EQ(0, kown_stat(self->ctx, handle, &stat));
	ASSERT_EQ(self->max_bytes, stat.len);
	ASSERT_EQ(self->max_bytes, stat.cap);
	/* A pointer that leads nowhere is found before that it is full. */
	EXPECT_EQ(EFAULT, kown_push(self->ctx, handle, NULL, 1));
	EXPECT_EQ(ENOSPC, kown_push(self->ctx, handle, elems, 1));
}

/* Two objects of one context share its bytes. */
TEST_F(limits, bytes_of_two_objects_up_to_the_limit)
{
	__u64 half = self->max_bytes / 2, rest = self->max_bytes - half;
	struct snapshot before;
	__u32 first, second;

	if (self->max_handles < 2 || self->max_bytes > FAR || half < 16)
		SKIP(return, "needs two handles, and few bytes");
	ASSERT_EQ(0, kown_new(self->ctx, 1, half, &first));
	ASSERT_EQ(0, kown_new(self->ctx, 1, rest, &second));
	snapshot_take(_metadata, self->ctx, first, &before);
	while (!kown_push(self->ctx, first, "x", 1))
		;
	ASSERT_EQ(ENOSPC, kown_push(self->ctx, first, "x", 1));
	snapshot_take(_metadata, self->ctx, second, &before);
	ASSERT_EQ(half, before.stat.cap + half - rest);
	ASSERT_EQ(ENOSPC, kown_push(self->ctx, first, "x", 1));
	snapshot_same(_metadata, self->ctx, second, &before, "PUSH", 0);
	ASSERT_EQ(0, kown_drop(self->ctx, second));
	ASSERT_EQ(0, kown_push(self->ctx, first, "x", 1));
}

static int grow(int ctx, __u32 first, __u32 second, int way)
{
	const char *more = "xy";
	__u32 none, how;
	char gone;

	switch (way) {
	case 0:
		return kown_push(ctx, first, more, 1);
	case 1:
		return kown_range(ctx, KOWN_IOC_INSERT, 0, first, 0, 1, more);
	case 2:
		return kown_splice(ctx, 0, first, 0, 1, &gone, more, 2);
	case 3:
		return kown_resize(ctx, KOWN_IOC_RESIZE, first, 2, more);
	case 4:
		return kown_reserve(ctx, KOWN_IOC_RESERVE, 0, first, 1, NULL);
	case 5:
		return kown_reserve(ctx, KOWN_IOC_RESERVE, KOWN_RESERVE_EXACT, first, 1, NULL);
	case 6:
		return kown_range(ctx, KOWN_IOC_EXTEND_WITHIN, 0, first, 0, 1, NULL);
	case 7:
		return kown_append(ctx, KOWN_IOC_COPY_FROM, first, second, 0, 1, NULL);
	case 8:
		return kown_append(ctx, KOWN_IOC_COPY_FROM, first, first, 0, 1, NULL);
	case 9:
		return kown_append(ctx, KOWN_IOC_APPEND, first, second, 0, 0, NULL);
	case 10:
		return kown_clone_data(ctx, first, KOWN_RIGHTS_SAME, &none);
	case 11:
		return kown_split_off(ctx, first, 0, &none);
	case 12:
		return kown_own(ctx, KOWN_IOC_MAKE_MUT, first, &how, NULL);
	}
	return -1;
}

#define WAYS_TO_GROW	13

/* All that needs bytes, when the context has none left, and when it has one. */
TEST_F(limits, each_way_to_a_byte_at_the_limit)
{
	struct snapshot before, other;
	__u32 first, second, clone, spare;
	static char elems[1 << 16];
	int way;

	if (self->max_handles < 6 || self->max_bytes < 4 || self->max_bytes > sizeof(elems))
		SKIP(return, "needs six handles, and a few bytes");
	for (way = 0; way < WAYS_TO_GROW; way++) {
		ASSERT_EQ(0, kown_new(self->ctx, 1, 1, &first));
		ASSERT_EQ(0, kown_push(self->ctx, first, elems, 1));
		ASSERT_EQ(0, kown_clone(self->ctx, first, KOWN_RIGHTS_SAME, &clone));
		ASSERT_EQ(0, kown_new(self->ctx, 1, 1, &second));
		ASSERT_EQ(0, kown_push(self->ctx, second, elems, 1));
		ASSERT_EQ(0, kown_new(self->ctx, 1, self->max_bytes - 2, &spare));
		snapshot_take(_metadata, self->ctx, second, &other);
		snapshot_take(_metadata, self->ctx, first, &before);
		ASSERT_EQ(self->max_bytes, before.info.bytes);
		ASSERT_EQ(ENOSPC, grow(self->ctx, first, second, way)) TH_LOG("way %d", way);
		snapshot_same(_metadata, self->ctx, first, &before, "way", way);
		snapshot_same(_metadata, self->ctx, second, &other, "way", way);
		ASSERT_EQ(0, kown_drop(self->ctx, spare));
		ASSERT_EQ(0, kown_new(self->ctx, 1, self->max_bytes - 3, &spare));
		ASSERT_EQ(0, grow(self->ctx, first, second, way)) TH_LOG("way %d", way);
		close(self->ctx);
		self->ctx = kown_open();
		ASSERT_LE(0, self->ctx);
	}
}

/* Elements may have no size, but the bits that choose among them have. */
TEST_F(limits, bits_of_a_mask_up_to_the_limit)
{
	__u64 most = INT_MAX;
	struct snapshot before;
	__u32 handle;
	void *mask;

	if (!self->max_handles)
		SKIP(return, "needs a handle");
	if (self->max_bytes < INT_MAX / 8)
		most = self->max_bytes * 8;
	ASSERT_EQ(0, kown_new(self->ctx, 0, 0, &handle));
	ASSERT_EQ(0, kown_push(self->ctx, handle, NULL, 1ULL << 32));
	snapshot_take(_metadata, self->ctx, handle, &before);
	mask = calloc(1, 1 << 16);
	ASSERT_NE(NULL, mask);
	EXPECT_EQ(ENOSPC, kown_mask(self->ctx, KOWN_IOC_RETAIN, handle, 0, most + 1, mask, NULL,
				    NULL));
	EXPECT_EQ(ENOSPC, kown_mask(self->ctx, KOWN_IOC_EXTRACT, handle, 0, most + 1, mask, NULL,
				    NULL));
	EXPECT_EQ(ENOSPC, kown_mask(self->ctx, KOWN_IOC_RETAIN, handle, 0, 1ULL << 32, mask, NULL,
				    NULL));
	EXPECT_EQ(ENOSPC, kown_mask(self->ctx, KOWN_IOC_EXTRACT, handle, 0, 1ULL << 32, mask,
				    NULL, NULL));
	snapshot_same(_metadata, self->ctx, handle, &before, "bits", most);
	/* No more of them than there is memory for here. */
	if (most > 8 << 16)
		most = 8 << 16;
	EXPECT_EQ(0, kown_mask(self->ctx, KOWN_IOC_EXTRACT, handle, 0, most, mask, NULL, NULL));
	snapshot_same(_metadata, self->ctx, handle, &before, "bits", most);
	EXPECT_EQ(0, kown_mask(self->ctx, KOWN_IOC_RETAIN, handle, 0, most, mask, NULL, NULL));
	snapshot_take(_metadata, self->ctx, handle, &before);
	EXPECT_EQ((1ULL << 32) - most, before.stat.len);
}

/* Who made the object pays, whoever holds it and whoever pushes. */
TEST_F(limits, bytes_are_those_of_the_creator)
{
	struct kown_info info;
	__u32 handle, theirs;
	int fd;

	if (!self->max_handles || self->max_bytes > FAR)
		SKIP(return, "needs a handle, and few bytes");
	ASSERT_EQ(0, kown_new(self->ctx, 1, self->max_bytes, &handle));
	ASSERT_EQ(0, kown_export(self->ctx, handle, KOWN_RIGHTS_SAME, &fd));
	ASSERT_EQ(0, kown_import(self->other, fd, KOWN_RIGHTS_SAME, &theirs));
	close(fd);
	ASSERT_EQ(0, kown_drop(self->ctx, handle));
	ASSERT_EQ(0, kown_info(self->ctx, &info));
	EXPECT_EQ(self->max_bytes, info.bytes);
	EXPECT_EQ(1, info.objects);
	EXPECT_EQ(0, info.handles);
	EXPECT_EQ(ENOSPC, kown_new(self->ctx, 1, 1, &handle));
	ASSERT_EQ(0, kown_info(self->other, &info));
	EXPECT_EQ(0, info.bytes);
	/* The creator may be gone. */
	close(self->ctx);
	self->ctx = -1;
	if (self->max_bytes < 4096) {
		static char elems[4096];

		EXPECT_EQ(ENOSPC, kown_push(self->other, theirs, elems, 4096));
	}
	ASSERT_EQ(0, kown_drop(self->other, theirs));
}

/* Where the limit is no limit: the kernel's memory is, and nothing is logged. */
TEST_F(limits, memory_that_the_machine_does_not_have)
{
	struct sysinfo machine;
	struct kown_info info;
	__u32 handle;
	__u64 total, i;

	if (self->max_bytes < 1ULL << 40)
		SKIP(return, "needs max_bytes beyond the machine's memory");
	ASSERT_EQ(0, sysinfo(&machine));
	total = (__u64)machine.totalram * machine.mem_unit;
	for (i = 1; i < 4; i++) {
		__u64 bytes = total + total / 4 * i;

		EXPECT_EQ(ENOMEM, kown_new(self->ctx, 1, bytes, &handle)) {
			TH_LOG("%llu bytes", bytes);
		}
	}
	EXPECT_EQ(ENOMEM, kown_new(self->ctx, 1, INT_MAX, &handle));
	EXPECT_EQ(ENOMEM, kown_new(self->ctx, 1, 1ULL << 31, &handle));
	EXPECT_EQ(ENOMEM, kown_new(self->ctx, 1, 1ULL << 32, &handle));
	EXPECT_EQ(ENOMEM, kown_new(self->ctx, 65536, 1ULL << 40, &handle));
	ASSERT_EQ(0, kown_info(self->ctx, &info));
	EXPECT_EQ(0, info.objects);
	EXPECT_EQ(0, info.handles);
	EXPECT_EQ(0, info.bytes);
}

TEST_HARNESS_MAIN
