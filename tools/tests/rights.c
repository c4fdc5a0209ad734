// SPDX-License-Identifier: GPL-2.0
/*
 * Rights: what each command needs, and that they only ever shrink.
 */
#include <sys/stat.h>

#include "kown_test.h"
#include "snapshot.h"

#define SUBSETS		(ALL_RIGHTS + 1)

static const struct need {
	const char *name;
	__u32 rights;
} needs[] = {
	{ "STAT",   0 },
	{ "READ",   KOWN_RIGHT_READ },
	{ "PUSH",   KOWN_RIGHT_WRITE },
	{ "POP",    KOWN_RIGHT_READ | KOWN_RIGHT_WRITE },
	{ "CLONE",  KOWN_RIGHT_CLONE },
	{ "EXPORT", KOWN_RIGHT_EXPORT },
	{ "DOWNGRADE", KOWN_RIGHT_CLONE },
	{ "POP_FRONT", KOWN_RIGHT_READ | KOWN_RIGHT_WRITE },
	{ "INSERT", KOWN_RIGHT_WRITE },
	{ "WRITE",  KOWN_RIGHT_WRITE },
	{ "FILL",   KOWN_RIGHT_WRITE },
	{ "REMOVE", KOWN_RIGHT_READ | KOWN_RIGHT_WRITE },
	{ "REMOVE and discard", KOWN_RIGHT_WRITE },
	{ "SWAP_REMOVE", KOWN_RIGHT_READ | KOWN_RIGHT_WRITE },
	{ "SWAP_REMOVE and discard", KOWN_RIGHT_WRITE },
	{ "DRAIN",  KOWN_RIGHT_READ | KOWN_RIGHT_WRITE },
	{ "DRAIN and discard", KOWN_RIGHT_WRITE },
	{ "SPLICE", KOWN_RIGHT_READ | KOWN_RIGHT_WRITE },
	{ "SPLICE and discard", KOWN_RIGHT_WRITE },
	{ "TRUNCATE", KOWN_RIGHT_WRITE },
	{ "RESIZE", KOWN_RIGHT_WRITE },
	{ "RESERVE", KOWN_RIGHT_WRITE },
	{ "SHRINK", KOWN_RIGHT_WRITE },
	{ "RETAIN", KOWN_RIGHT_WRITE },
	{ "EXTRACT", KOWN_RIGHT_READ | KOWN_RIGHT_WRITE },
	{ "DEDUP",  KOWN_RIGHT_READ | KOWN_RIGHT_WRITE },
	{ "EXTEND_WITHIN", KOWN_RIGHT_READ | KOWN_RIGHT_WRITE },
	{ "APPEND to", KOWN_RIGHT_WRITE },
	{ "APPEND of", KOWN_RIGHT_READ | KOWN_RIGHT_WRITE },
	{ "COPY_FROM to", KOWN_RIGHT_WRITE },
	{ "COPY_FROM of", KOWN_RIGHT_READ },
	{ "CLONE_DATA", KOWN_RIGHT_READ },
	{ "SPLIT_OFF", KOWN_RIGHT_READ | KOWN_RIGHT_WRITE },
	{ "LOCK",   KOWN_RIGHT_LOCK },
	{ "TAKE",   KOWN_RIGHT_READ | KOWN_RIGHT_WRITE },
	{ "DROP",   0 },	/* last: it ends the handle */
};

/* With a second object of its own; elements that were there still are, but for some. */
static int use_two(const char *name, int ctx, __u32 handle, __u64 count)
{
	__u32 other, made = 0;
	__u64 elem = 0;
	int err;

	err = kown_new(ctx, 8, 0, &other);
	if (!err)
		err = kown_push(ctx, other, &elem, count);
	if (err)
		return -err;
	if (!strcmp(name, "APPEND to"))
		err = kown_append(ctx, KOWN_IOC_APPEND, handle, other, 0, 0, NULL);
	else if (!strcmp(name, "APPEND of"))
		err = kown_append(ctx, KOWN_IOC_APPEND, other, handle, 0, 0, NULL);
	else if (!strcmp(name, "COPY_FROM to"))
		err = kown_append(ctx, KOWN_IOC_COPY_FROM, handle, other, 0, count, NULL);
	else if (!strcmp(name, "COPY_FROM of"))
		err = kown_append(ctx, KOWN_IOC_COPY_FROM, other, handle, 0, count, NULL);
	else if (!strcmp(name, "CLONE_DATA"))
		err = kown_clone_data(ctx, handle, 0, &made);
	else
		err = kown_split_off(ctx, handle, count, &made);
	if (!err && !strcmp(name, "APPEND of"))
		kown_append(ctx, KOWN_IOC_APPEND, handle, other, 0, 0, NULL);
	kown_drop(ctx, other);
	if (made)
		kown_drop(ctx, made);
	return err;
}

/* The commands on elements; @count of them are changed, or none. */
static int use_elements(const char *name, int ctx, __u32 handle, __u64 count)
{
	__u32 flags = strstr(name, " and discard") ? KOWN_DISCARD : 0;
	__u64 elems[2] = { 0 };
	void *data = flags ? NULL : elems;
	unsigned char bits = 0;

	if (!strcmp(name, "POP_FRONT"))
		return kown_pop_front(ctx, handle, elems, count, NULL);
	if (!strcmp(name, "INSERT"))
		return kown_range(ctx, KOWN_IOC_INSERT, 0, handle, 0, count, elems);
	if (!strcmp(name, "WRITE"))
		return kown_range(ctx, KOWN_IOC_WRITE, 0, handle, 0, count, elems);
	if (!strcmp(name, "FILL"))
		return kown_range(ctx, KOWN_IOC_FILL, 0, handle, 0, count, elems);
	if (!strncmp(name, "REMOVE", 6))
		return kown_range(ctx, KOWN_IOC_REMOVE, flags, handle, 0, count, data);
	if (!strncmp(name, "SWAP_REMOVE", 11))
		return kown_range(ctx, KOWN_IOC_SWAP_REMOVE, flags, handle, 0, count, data);
	if (!strncmp(name, "DRAIN", 5))
		return kown_drain(ctx, flags, handle, 0, count, data, NULL);
	if (!strncmp(name, "SPLICE", 6))
		return kown_splice(ctx, flags, handle, 0, count, data, elems, count);
	if (!strcmp(name, "TRUNCATE"))
		return kown_resize(ctx, KOWN_IOC_TRUNCATE, handle, 1000, NULL);
	if (!strcmp(name, "RESIZE"))
		return kown_resize(ctx, KOWN_IOC_RESIZE, handle, 64, elems);
	if (!strcmp(name, "RESERVE"))
		return kown_reserve(ctx, KOWN_IOC_RESERVE, 0, handle, count, NULL);
	if (!strcmp(name, "SHRINK"))
		return kown_reserve(ctx, KOWN_IOC_SHRINK, 0, handle, 1000, NULL);
	if (!strcmp(name, "RETAIN"))
		return kown_mask(ctx, KOWN_IOC_RETAIN, handle, 0, count, &bits, NULL, NULL);
	if (!strcmp(name, "EXTRACT"))
		return kown_mask(ctx, KOWN_IOC_EXTRACT, handle, 0, count, &bits, elems, NULL);
	if (!strcmp(name, "DEDUP"))
		return kown_dedup(ctx, handle, elems);
	if (!strcmp(name, "EXTEND_WITHIN"))
		return kown_range(ctx, KOWN_IOC_EXTEND_WITHIN, 0, handle, 0, count, NULL);
	return use_two(name, ctx, handle, count);
}

/* The commands above, each with and without anything to do. */
static int use(const char *name, int ctx, __u32 handle, __u64 count)
{
	struct kown_stat stat;
	__u64 elem = 0;
	__u32 clone;
	int err, fd;

	if (!strcmp(name, "STAT"))
		return kown_stat(ctx, handle, &stat);
	if (!strcmp(name, "READ"))
		return kown_read(ctx, handle, 0, count, &elem);
	if (!strcmp(name, "PUSH"))
		return kown_push(ctx, handle, &elem, count);
	if (!strcmp(name, "POP"))
		return kown_pop(ctx, handle, &elem, count, NULL);
	if (!strcmp(name, "CLONE"))
		return kown_clone(ctx, handle, 0, &clone);
	if (!strcmp(name, "DROP"))
		return kown_drop(ctx, handle);
	if (!strcmp(name, "DOWNGRADE"))
		return kown_downgrade(ctx, handle, 0, &clone);
	/* Refused all the same, but not for want of a right. */
	if (!strcmp(name, "LOCK"))
		return kown_try_lock(ctx, handle) == EACCES ? EACCES : 0;
	if (!strcmp(name, "TAKE")) {
		err = kown_own(ctx, KOWN_IOC_TAKE, handle, NULL, NULL);
		return err == EBUSY ? 0 : err;
	}
	if (strcmp(name, "EXPORT"))
		return use_elements(name, ctx, handle, count);
	err = kown_export(ctx, handle, 0, &fd);
	if (!err)
		close(fd);
	return err;
}

#define RIGHTS	FIXTURE_DATA(rights)

FIXTURE(rights) {
	int ctx, other;
	__u32 handle;
};

FIXTURE_SETUP(rights)
{
	__u64 elems[64] = { 0 };

	self->ctx = kown_open();
	ASSERT_LE(0, self->ctx);
	self->other = kown_open();
	ASSERT_LE(0, self->other);
	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &self->handle));
	ASSERT_EQ(0, kown_push(self->ctx, self->handle, elems, 64));
}

FIXTURE_TEARDOWN(rights)
{
	close(self->other);
	close(self->ctx);
}

static void each_command(struct __test_metadata *_metadata, RIGHTS *self,
			 int ctx, __u32 handle, __u32 rights)
{
	struct snapshot before;
	unsigned int i, count;
	__u64 elem = 0;
	int err;

	for (i = 0; i < ARRAY_SIZE(needs); i++) {
		err = (needs[i].rights & ~rights) ? EACCES : 0;
		for (count = 0; count < 2; count++) {
			if (!strcmp(needs[i].name, "DROP") && count == 0)
				continue;
			ASSERT_EQ(0, kown_resize(self->ctx, KOWN_IOC_RESIZE,
						 self->handle, 64, &elem));
			snapshot_take(_metadata, self->ctx, self->handle,
				      &before);
			ASSERT_EQ(err, use(needs[i].name, ctx, handle, count)) {
				TH_LOG("%s with rights 0x%x",
				       needs[i].name, rights);
			}
			if (err)
				snapshot_same(_metadata, self->ctx,
					      self->handle, &before,
					      needs[i].name, rights);
		}
	}
}

TEST_F(rights, clone_with_each_subset_and_each_command)
{
	struct kown_stat stat;
	__u32 rights, clone;

	for (rights = 0; rights < SUBSETS; rights++) {
		ASSERT_EQ(0, kown_clone(self->ctx, self->handle, rights,
					&clone));
		ASSERT_EQ(0, kown_stat(self->ctx, clone, &stat));
		ASSERT_EQ(rights, stat.rights);
		each_command(_metadata, self, self->ctx, clone, rights);
	}
}

TEST_F(rights, import_with_each_subset_and_each_command)
{
	struct kown_stat stat;
	__u32 rights, handle;
	int fd;

	for (rights = 0; rights < SUBSETS; rights++) {
		ASSERT_EQ(0, kown_export(self->ctx, self->handle, rights, &fd));
		ASSERT_EQ(0, kown_import(self->other, fd, KOWN_RIGHTS_SAME,
					 &handle));
		ASSERT_EQ(0, kown_stat(self->other, handle, &stat));
		ASSERT_EQ(rights, stat.rights);
		each_command(_metadata, self, self->other, handle, rights);
		close(fd);
	}
}

/* Each from each: no more than the source has, and only if it may. */
TEST_F(rights, clone_of_each_subset_with_each_subset)
{
	__u32 have, want, source, clone;
	struct snapshot before;
	int err;

	for (have = 0; have < SUBSETS; have++) {
		ASSERT_EQ(0, kown_clone(self->ctx, self->handle, have,
					&source));
		for (want = 0; want < SUBSETS; want++) {
			err = (have & KOWN_RIGHT_CLONE) && !(want & ~have) ?
				0 : EACCES;
			snapshot_take(_metadata, self->ctx, self->handle,
				      &before);
			ASSERT_EQ(err, kown_clone(self->ctx, source, want,
						  &clone)) {
				TH_LOG("0x%x of 0x%x", want, have);
			}
			if (err)
				snapshot_same(_metadata, self->ctx,
					      self->handle, &before, "want",
					      want);
		}
	}
}

TEST_F(rights, export_of_each_subset_with_each_subset)
{
	__u32 have, want, source;
	struct snapshot before;
	int err, fd, lowest;

	for (have = 0; have < SUBSETS; have++) {
		ASSERT_EQ(0, kown_clone(self->ctx, self->handle, have,
					&source));
		for (want = 0; want < SUBSETS; want++) {
			err = (have & KOWN_RIGHT_EXPORT) && !(want & ~have) ?
				0 : EACCES;
			lowest = fd_lowest_free();
			snapshot_take(_metadata, self->ctx, self->handle,
				      &before);
			ASSERT_EQ(err, kown_export(self->ctx, source, want,
						   &fd)) {
				TH_LOG("0x%x of 0x%x", want, have);
			}
			if (!err)
				close(fd);
			ASSERT_EQ(lowest, fd_lowest_free());
			snapshot_same(_metadata, self->ctx, self->handle,
				      &before, "want", want);
		}
	}
}

TEST_F(rights, import_of_each_subset_with_each_subset)
{
	__u32 have, want, handle;
	struct snapshot before;
	int err, fd;

	for (have = 0; have < SUBSETS; have++) {
		ASSERT_EQ(0, kown_export(self->ctx, self->handle, have, &fd));
		for (want = 0; want < SUBSETS; want++) {
			err = want & ~have ? EACCES : 0;
			snapshot_take(_metadata, self->ctx, self->handle,
				      &before);
			ASSERT_EQ(err, kown_import(self->ctx, fd, want,
						   &handle)) {
				TH_LOG("0x%x of 0x%x", want, have);
			}
			if (err)
				snapshot_same(_metadata, self->ctx,
					      self->handle, &before, "want",
					      want);
		}
		close(fd);
	}
}

/* Each bit that is no right, with and without the rest. */
TEST_F(rights, class_10_bit_that_is_no_right)
{
	struct snapshot before;
	__u32 handle, rights;
	int bit, rest, fd, new;

	ASSERT_EQ(0, kown_export(self->ctx, self->handle, KOWN_RIGHTS_SAME,
				 &fd));
	snapshot_take(_metadata, self->ctx, self->handle, &before);
	for (bit = 5; bit < 32; bit++) {
		for (rest = 0; rest < 3; rest++) {
			rights = 1U << bit;
			if (rest == 1)
				rights |= ALL_RIGHTS;
			if (rest == 2)	/* all bits but one */
				rights = ~rights;
			ASSERT_EQ(EOPNOTSUPP, kown_clone(self->ctx,
							 self->handle, rights,
							 &handle));
			ASSERT_EQ(EOPNOTSUPP, kown_export(self->ctx,
							  self->handle, rights,
							  &new));
			ASSERT_EQ(EOPNOTSUPP, kown_import(self->ctx, fd,
							  rights, &handle));
			snapshot_same(_metadata, self->ctx, self->handle,
				      &before, "rights", rights);
		}
	}
}

static __u32 import_same(int ctx, int fd)
{
	__u32 handle;

	return kown_import(ctx, fd, KOWN_RIGHTS_SAME, &handle) ? 0 : handle;
}

/* A random walk over CLONE, EXPORT and IMPORT; the model is one integer. */
TEST_F(rights, class_10_chain_of_any_commands_never_gains_one)
{
	__u32 have, want, handle, next = 0;
	struct kown_stat stat;
	int walk, step, fd;
	__u64 seed = 1;

	for (walk = 0; walk < 200; walk++) {
		have = ALL_RIGHTS;
		ASSERT_EQ(0, kown_clone(self->ctx, self->handle, have,
					&handle));
		for (step = 0; step < 12; step++) {
			want = random_u32(&seed) % SUBSETS;
			want |= random_u32(&seed) % SUBSETS;
			fd = -1;
			if (random_u32(&seed) % 2) {
				if (kown_clone(self->ctx, handle, want, &next))
					continue;
			} else if (kown_export(self->ctx, handle, want, &fd)) {
				continue;
			}
			ASSERT_EQ(0, want & ~have);
			if (fd >= 0) {
				have = want;
				want = random_u32(&seed) % SUBSETS;
				if (kown_import(self->ctx, fd, want, &next)) {
					ASSERT_NE(0, want & ~have);
					want = have;
					next = import_same(self->ctx, fd);
				}
				close(fd);
				ASSERT_EQ(0, want & ~have);
			}
			have = want;
			ASSERT_EQ(0, kown_stat(self->ctx, next, &stat));
			ASSERT_EQ(have, stat.rights);
			ASSERT_EQ(0, kown_drop(self->ctx, handle));
			handle = next;
		}
		ASSERT_EQ(0, kown_drop(self->ctx, handle));
	}
}

static __u32 rights_of(int ctx, int fd)
{
	struct kown_stat stat;
	__u32 handle;

	if (kown_import(ctx, fd, KOWN_RIGHTS_SAME, &handle) ||
	    kown_stat(ctx, handle, &stat) || kown_drop(ctx, handle))
		return ~0U;
	return stat.rights;
}

TEST_F(rights, class_10_descriptor_reopened_through_proc)
{
	static const int modes[] = {
		O_RDONLY, O_WRONLY, O_RDWR, O_RDWR | O_TRUNC,
		O_RDWR | O_APPEND, O_RDWR | O_CREAT, O_RDONLY | O_NONBLOCK,
	};
	unsigned int i;
	char path[32];
	int fd, again;

	ASSERT_EQ(0, kown_export(self->ctx, self->handle, KOWN_RIGHT_READ,
				 &fd));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	/* Not even when its mode says that anyone may. */
	fchmod(fd, 0777);
	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		again = open(path, modes[i], 0600);
		ASSERT_EQ(-1, again) TH_LOG("mode 0%o", modes[i]);
		ASSERT_EQ(ENXIO, errno) TH_LOG("mode 0%o", modes[i]);
	}
	EXPECT_EQ(KOWN_RIGHT_READ, rights_of(self->ctx, fd));
}

TEST_F(rights, class_10_descriptor_duplicated)
{
	int fd, dups[3];
	unsigned int i;

	ASSERT_EQ(0, kown_export(self->ctx, self->handle, KOWN_RIGHT_READ,
				 &fd));
	dups[0] = dup(fd);
	dups[1] = fcntl(fd, F_DUPFD_CLOEXEC, 100);
	dups[2] = dup2(fd, 200);
	for (i = 0; i < ARRAY_SIZE(dups); i++) {
		ASSERT_LE(0, dups[i]);
		EXPECT_EQ(KOWN_RIGHT_READ, rights_of(self->ctx, dups[i]));
	}
}

TEST_F(rights, class_10_descriptor_with_other_flags_and_mode)
{
	static const int flags[] = {
		O_RDWR, O_WRONLY, O_APPEND, O_NONBLOCK, O_RDWR | O_APPEND |
		O_NONBLOCK | O_NOATIME, O_ASYNC, ~0,
	};
	unsigned int i;
	__u32 handle;
	int fd;

	ASSERT_EQ(0, kown_export(self->ctx, self->handle, KOWN_RIGHT_READ,
				 &fd));
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		fcntl(fd, F_SETFL, flags[i]);
		EXPECT_EQ(KOWN_RIGHT_READ, rights_of(self->ctx, fd));
		EXPECT_EQ(EACCES, kown_import(self->ctx, fd, ALL_RIGHTS,
					      &handle));
	}
	for (i = 0; i <= 07777; i += 0111) {
		fchmod(fd, i);
		EXPECT_EQ(KOWN_RIGHT_READ, rights_of(self->ctx, fd));
	}
	fchown(fd, 1, 1);
	EXPECT_EQ(KOWN_RIGHT_READ, rights_of(self->ctx, fd));
}

TEST_F(rights, descriptor_of_one_object_with_different_rights)
{
	int reader, writer;

	ASSERT_EQ(0, kown_export(self->ctx, self->handle, KOWN_RIGHT_READ,
				 &reader));
	ASSERT_EQ(0, kown_export(self->ctx, self->handle, KOWN_RIGHT_WRITE,
				 &writer));
	EXPECT_EQ(KOWN_RIGHT_READ, rights_of(self->ctx, reader));
	EXPECT_EQ(KOWN_RIGHT_WRITE, rights_of(self->ctx, writer));
}

TEST_HARNESS_MAIN
