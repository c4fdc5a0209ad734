/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A refused command leaves no trace: what STAT, READ and INFO say of an object
 * and its context, before and after.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include "kown_test.h"

struct snapshot {
	struct kown_info info;
	struct kown_stat stat;
	unsigned char bytes[8192];
};

static inline void snapshot_take(struct __test_metadata *_metadata, int ctx,
				 __u32 handle, struct snapshot *snap)
{
	memset(snap, 0, sizeof(*snap));
	ASSERT_EQ(0, kown_info(ctx, &snap->info));
	ASSERT_EQ(0, kown_stat(ctx, handle, &snap->stat));
	ASSERT_GE(sizeof(snap->bytes), snap->stat.len * snap->stat.elem_size);
	ASSERT_EQ(0, kown_read(ctx, handle, 0, snap->stat.len, snap->bytes));
}

/* @what and @n say which round of a sweep it was. */
static inline void snapshot_same(struct __test_metadata *_metadata, int ctx,
				 __u32 handle, const struct snapshot *before,
				 const char *what, unsigned long long n)
{
	struct snapshot after;

	snapshot_take(_metadata, ctx, handle, &after);
	ASSERT_EQ(0, memcmp(&before->stat, &after.stat, sizeof(after.stat))) {
		TH_LOG("%s %llu: len %llu to %llu, cap %llu to %llu, strong %u to %u",
		       what, n, before->stat.len, after.stat.len,
		       before->stat.cap, after.stat.cap,
		       before->stat.strong, after.stat.strong);
	}
	ASSERT_EQ(0, memcmp(before->bytes, after.bytes, sizeof(after.bytes))) {
		TH_LOG("%s %llu changed the elements", what, n);
	}
	ASSERT_EQ(0, memcmp(&before->info, &after.info, sizeof(after.info))) {
		TH_LOG("%s %llu: objects %llu to %llu, handles %llu to %llu, bytes %llu to %llu",
		       what, n, before->info.objects, after.info.objects,
		       before->info.handles, after.info.handles,
		       before->info.bytes, after.info.bytes);
	}
}

#endif /* SNAPSHOT_H */
