// SPDX-License-Identifier: GPL-2.0
/*
 * The exported descriptor as a file: each call that a regular file has, what it does,
 * what it refuses and with which errno, and that a refusal changes nothing.
 */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/uio.h>
#include <sys/xattr.h>

#include "kown_test.h"
#include "snapshot.h"

#define THREADS	4

FIXTURE(file) {
	int ctx, fd;
	__u32 handle;
	__u64 elems[4];
};

FIXTURE_SETUP(file)
{
	int i;

	for (i = 0; i < 4; i++)
		self->elems[i] = 0x0101010101010101 * (i + 1);
	self->ctx = kown_open();
	ASSERT_LE(0, self->ctx);
	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &self->handle));
	ASSERT_EQ(0, kown_push(self->ctx, self->handle, self->elems, 4));
	ASSERT_EQ(0, kown_export(self->ctx, self->handle, KOWN_RIGHTS_SAME, &self->fd));
}

FIXTURE_TEARDOWN(file)
{
	struct kown_info info;

	close(self->fd);
	close(self->ctx);
	self->ctx = kown_open();
	ASSERT_EQ(0, kown_info(self->ctx, &info));
	EXPECT_EQ(0, info.all_objects);
	EXPECT_EQ(0, info.all_handles);
	EXPECT_EQ(0, info.all_bytes);
	close(self->ctx);
}

/* 0 or the errno of what a call returned. */
static int err_of(ssize_t result)
{
	return result < 0 ? errno : 0;
}

static __u64 len_of(int ctx, __u32 handle)
{
	struct kown_stat stat;

	return kown_stat(ctx, handle, &stat) ? ~0ULL : stat.len;
}

static off_t pos_of(int fd)
{
	return lseek(fd, 0, SEEK_CUR);
}

/* A descriptor to a new object. */
static int new_fd(int ctx, __u32 mode, __u32 elem_size, __u32 rights)
{
	__u32 handle;
	int fd;

	if (kown_new_mode(ctx, mode, elem_size, 0, &handle))
		return -1;
	if (kown_export(ctx, handle, rights, &fd))
		return -1;
	kown_drop(ctx, handle);
	return fd;
}

TEST_F(file, read_goes_on_where_it_was_and_is_short_at_the_end)
{
	unsigned char buf[64];

	memset(buf, PATTERN, sizeof(buf));
	ASSERT_EQ(12, read(self->fd, buf, 12));
	EXPECT_EQ(0, memcmp(buf, self->elems, 12));
	EXPECT_TRUE(bytes_are(buf + 12, PATTERN, sizeof(buf) - 12));
	EXPECT_EQ(12, pos_of(self->fd));
	ASSERT_EQ(20, read(self->fd, buf, sizeof(buf)));
	EXPECT_EQ(0, memcmp(buf, (char *)self->elems + 12, 20));
	EXPECT_TRUE(bytes_are(buf + 20, PATTERN, sizeof(buf) - 20));
	EXPECT_EQ(0, read(self->fd, buf, sizeof(buf)));
	EXPECT_EQ(32, pos_of(self->fd));
	EXPECT_EQ(0, read(self->fd, NULL, 0));
}

TEST_F(file, read_sees_what_was_pushed_behind_it)
{
	__u64 elem = 9, got = 0;

	lseek(self->fd, 0, SEEK_END);
	EXPECT_EQ(0, read(self->fd, &got, 8));
	ASSERT_EQ(0, kown_push(self->ctx, self->handle, &elem, 1));
	EXPECT_EQ(8, read(self->fd, &got, 8));
	EXPECT_EQ(9, got);
}

TEST_F(file, pread_of_any_range_leaves_the_position)
{
	unsigned char buf[40];
	int pos, len;

	for (pos = 0; pos <= 40; pos++) {
		for (len = 0; len <= 40; len++) {
			int there = pos < 32 ? 32 - pos : 0;
			int want = len < there ? len : there;

			memset(buf, PATTERN, sizeof(buf));
			ASSERT_EQ(want, pread(self->fd, buf, len, pos));
			ASSERT_EQ(0, memcmp(buf, (char *)self->elems + pos, want));
			ASSERT_TRUE(bytes_are(buf + want, PATTERN, sizeof(buf) - want));
		}
	}
	EXPECT_EQ(0, pread(self->fd, buf, 8, LLONG_MAX - 8));
	EXPECT_EQ(EINVAL, err_of(pread(self->fd, buf, 8, -1)));
	EXPECT_EQ(0, pos_of(self->fd));
}

TEST_F(file, write_replaces_and_goes_on_beyond_the_end)
{
	__u64 elems[3] = { 10, 11, 12 }, got[5];

	lseek(self->fd, 16, SEEK_SET);
	ASSERT_EQ(24, write(self->fd, elems, 24));
	EXPECT_EQ(40, pos_of(self->fd));
	ASSERT_EQ(5, len_of(self->ctx, self->handle));
	ASSERT_EQ(0, kown_read(self->ctx, self->handle, 0, 5, got));
	EXPECT_EQ(self->elems[0], got[0]);
	EXPECT_EQ(self->elems[1], got[1]);
	EXPECT_EQ(0, memcmp(got + 2, elems, 24));
	EXPECT_EQ(0, write(self->fd, elems, 0));
	EXPECT_EQ(8, write(self->fd, elems, 8));
	EXPECT_EQ(6, len_of(self->ctx, self->handle));
}

TEST_F(file, pwrite_replaces_in_the_middle_and_leaves_the_position)
{
	__u64 elem = 10, got[4];

	ASSERT_EQ(8, pwrite(self->fd, &elem, 8, 8));
	EXPECT_EQ(0, pos_of(self->fd));
	ASSERT_EQ(0, kown_read(self->ctx, self->handle, 0, 4, got));
	self->elems[1] = 10;
	EXPECT_EQ(0, memcmp(got, self->elems, 32));
	EXPECT_EQ(4, len_of(self->ctx, self->handle));
}

TEST_F(file, write_of_parts_of_elements_is_einval)
{
	struct snapshot before;
	char buf[64] = "";
	int n;

	snapshot_take(_metadata, self->ctx, self->handle, &before);
	for (n = 1; n < 64; n++) {
		if (n % 8 == 0)
			continue;
		ASSERT_EQ(EINVAL, err_of(write(self->fd, buf, n)));
		ASSERT_EQ(EINVAL, err_of(pwrite(self->fd, buf, 8, n)));
		snapshot_same(_metadata, self->ctx, self->handle, &before, "bytes", n);
	}
	EXPECT_EQ(EINVAL, err_of(pwrite(self->fd, buf, 8, -8)));
	EXPECT_EQ(0, pos_of(self->fd));
}

TEST_F(file, write_beyond_the_end_is_erange)
{
	const off_t far[] = { 40, 48, 4096, 1LL << 32, LLONG_MAX / 16 * 8 };
	struct snapshot before;
	__u64 elem = 0;
	int i;

	snapshot_take(_metadata, self->ctx, self->handle, &before);
	for (i = 0; i < ARRAY_SIZE(far); i++) {
		ASSERT_EQ(ERANGE, err_of(pwrite(self->fd, &elem, 8, far[i])));
		snapshot_same(_metadata, self->ctx, self->handle, &before, "pos", far[i]);
	}
}

TEST_F(file, append_is_a_push)
{
	__u64 elems[2] = { 10, 11 }, got[2];
	struct snapshot before;

	ASSERT_EQ(0, fcntl(self->fd, F_SETFL, O_APPEND));
	ASSERT_EQ(16, write(self->fd, elems, 16));
	EXPECT_EQ(48, pos_of(self->fd));
	/* As on Linux, whatever the position says. */
	ASSERT_EQ(8, pwrite(self->fd, elems, 8, 3));
	EXPECT_EQ(7, len_of(self->ctx, self->handle));
	ASSERT_EQ(0, kown_read(self->ctx, self->handle, 4, 2, got));
	EXPECT_EQ(0, memcmp(got, elems, 16));
	snapshot_take(_metadata, self->ctx, self->handle, &before);
	EXPECT_EQ(EINVAL, err_of(write(self->fd, elems, 12)));
	EXPECT_EQ(EINVAL, err_of(write(self->fd, elems, 1)));
	snapshot_same(_metadata, self->ctx, self->handle, &before, "part", 0);
	ASSERT_EQ(0, fcntl(self->fd, F_SETFL, 0));
	ASSERT_EQ(8, pwrite(self->fd, elems, 8, 0));
	EXPECT_EQ(7, len_of(self->ctx, self->handle));
}

#define RECORDS	2000

/* Records of three elements, all the same. */
static int append_records(void *arg)
{
	int fd = *(int *)arg, i;

	for (i = 0; i < RECORDS; i++) {
		__u64 record[3] = { getpid(), getpid(), getpid() };

		if (write(fd, record, sizeof(record)) != sizeof(record))
			return 1;
	}
	return 0;
}

TEST_F(file, append_by_many_processes_keeps_records_whole)
{
	int fd = new_fd(self->ctx, KOWN_MODE_SHARED, 8, KOWN_RIGHTS_SAME), i;
	__u64 record[3];
	pid_t pids[THREADS];

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, fcntl(fd, F_SETFL, O_APPEND));
	for (i = 0; i < THREADS; i++)
		pids[i] = run_child(append_records, &fd);
	for (i = 0; i < THREADS; i++)
		ASSERT_EQ(0, child_status(pids[i]));
	ASSERT_EQ(THREADS * RECORDS * 24, lseek(fd, 0, SEEK_END));
	lseek(fd, 0, SEEK_SET);
	for (i = 0; i < THREADS * RECORDS; i++) {
		ASSERT_EQ(24, read(fd, record, 24));
		ASSERT_TRUE(elems_are(record, record[0], 3));
	}
	close(fd);
}

struct readers {
	int fd;
	atomic_uchar seen[40000];
};

static void *read_on(void *arg)
{
	struct readers *readers = arg;
	__u64 elem;
	ssize_t n;

	while ((n = read(readers->fd, &elem, 8)) == 8)
		atomic_fetch_add(&readers->seen[elem % ARRAY_SIZE(readers->seen)], 1);
	return (void *)n;
}

/* One position for all who have the file: each element goes to one of them. */
TEST_F(file, position_is_shared_and_no_read_is_lost_or_doubled)
{
	static struct readers readers;
	__u64 *elems = calloc(ARRAY_SIZE(readers.seen), 8);
	pthread_t threads[THREADS];
	__u32 handle;
	void *result;
	int i;

	for (i = 0; i < ARRAY_SIZE(readers.seen); i++)
		elems[i] = i;
	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &handle));
	ASSERT_EQ(0, kown_push(self->ctx, handle, elems, ARRAY_SIZE(readers.seen)));
	ASSERT_EQ(0, kown_export(self->ctx, handle, KOWN_RIGHT_READ, &readers.fd));
	for (i = 0; i < THREADS; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, read_on, &readers));
	for (i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &result);
		ASSERT_EQ(NULL, result);
	}
	for (i = 0; i < ARRAY_SIZE(readers.seen); i++)
		ASSERT_EQ(1, readers.seen[i]);
	close(readers.fd);
	free(elems);
}

#define BLOCK	3000	/* elements */

TEST_F(file, read_is_of_one_instant)
{
	int fd = new_fd(self->ctx, KOWN_MODE_SHARED, 8, KOWN_RIGHTS_SAME), i;
	__u64 block[BLOCK];
	pid_t pid;

	ASSERT_LE(0, fd);
	memset(block, 0, sizeof(block));
	ASSERT_EQ(sizeof(block), pwrite(fd, block, sizeof(block), 0));
	pid = fork();
	if (!pid) {
		for (;;) {
			for (i = 0; i < BLOCK; i++)
				block[i]++;
			if (pwrite(fd, block, sizeof(block), 0) != sizeof(block))
				_exit(1);
		}
	}
	for (i = 0; i < 2000; i++) {
		ASSERT_EQ(sizeof(block), pread(fd, block, sizeof(block), 0));
		ASSERT_TRUE(elems_are(block, block[0], BLOCK));
	}
	ASSERT_EQ(0, waitpid(pid, NULL, WNOHANG));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(fd);
}

TEST_F(file, vectors_of_pieces)
{
	__u64 a[2] = { 10, 11 }, b = 12, got[3];
	char c[24];
	struct iovec in[] = { { a, 12 }, { (char *)a + 12, 4 }, { NULL, 0 }, { &b, 8 } };
	struct iovec out[] = { { c, 1 }, { c + 1, 6 }, { c + 7, 17 } };

	ASSERT_EQ(24, pwritev(self->fd, in, 4, 8));
	ASSERT_EQ(0, kown_read(self->ctx, self->handle, 1, 3, got));
	EXPECT_EQ(0, memcmp(got, a, 16));
	EXPECT_EQ(12, got[2]);
	ASSERT_EQ(24, preadv(self->fd, out, 3, 8));
	EXPECT_EQ(0, memcmp(c, got, 24));
	lseek(self->fd, 0, SEEK_END);
	ASSERT_EQ(24, writev(self->fd, in, 4));
	EXPECT_EQ(7, len_of(self->ctx, self->handle));
	lseek(self->fd, 32, SEEK_SET);
	memset(c, 0, sizeof(c));
	ASSERT_EQ(24, readv(self->fd, out, 3));
	EXPECT_EQ(0, memcmp(c, got, 24));
	EXPECT_EQ(0, readv(self->fd, out, 3));
	/* Its parts need not be whole elements, but all of them must be. */
	EXPECT_EQ(EINVAL, err_of(pwritev(self->fd, in, 1, 0)));
	EXPECT_EQ(16, pwritev2(self->fd, in, 2, 0, RWF_APPEND));
	EXPECT_EQ(9, len_of(self->ctx, self->handle));
	EXPECT_EQ(EOPNOTSUPP, err_of(preadv2(self->fd, out, 3, 0, RWF_NOWAIT)));
}

TEST_F(file, bad_memory_is_efault_and_nothing_moves)
{
	char *pages = pages_with_hole(1), *edge = pages + sysconf(_SC_PAGESIZE) - 16;
	struct iovec vec[] = { { pages, 16 }, { pages + sysconf(_SC_PAGESIZE), 16 } };
	void *nowhere = (void *)8;
	struct snapshot before;

	/* The compiler knows that nothing is there. */
	asm("" : "+r" (nowhere));
	ASSERT_NE(NULL, pages);
	snapshot_take(_metadata, self->ctx, self->handle, &before);
	EXPECT_EQ(EFAULT, err_of(read(self->fd, nowhere, 8)));
	EXPECT_EQ(EFAULT, err_of(read(self->fd, edge, 32)));
	EXPECT_EQ(EFAULT, err_of(readv(self->fd, vec, 2)));
	EXPECT_EQ(EFAULT, err_of(write(self->fd, nowhere, 8)));
	EXPECT_EQ(EFAULT, err_of(write(self->fd, edge, 32)));
	EXPECT_EQ(EFAULT, err_of(writev(self->fd, vec, 2)));
	ASSERT_EQ(0, fcntl(self->fd, F_SETFL, O_APPEND));
	EXPECT_EQ(EFAULT, err_of(write(self->fd, edge, 32)));
	EXPECT_EQ(0, pos_of(self->fd));
	snapshot_same(_metadata, self->ctx, self->handle, &before, "fault", 0);
	EXPECT_EQ(16, read(self->fd, edge, 16));
	munmap(pages, 2 * sysconf(_SC_PAGESIZE));
}

TEST_F(file, lseek_within_bounds)
{
	const off_t last = LLONG_MAX;

	EXPECT_EQ(8, lseek(self->fd, 8, SEEK_SET));
	EXPECT_EQ(11, lseek(self->fd, 3, SEEK_CUR));
	EXPECT_EQ(24, lseek(self->fd, -8, SEEK_END));
	EXPECT_EQ(100, lseek(self->fd, 68, SEEK_END));
	EXPECT_EQ(EINVAL, err_of(lseek(self->fd, -1, SEEK_SET)));
	EXPECT_EQ(EINVAL, err_of(lseek(self->fd, -33, SEEK_END)));
	EXPECT_EQ(EINVAL, err_of(lseek(self->fd, -101, SEEK_CUR)));
	EXPECT_EQ(EINVAL, err_of(lseek(self->fd, 0, 99)));
	EXPECT_EQ(100, pos_of(self->fd));
	EXPECT_EQ(last, lseek(self->fd, last, SEEK_SET));
	EXPECT_NE(0, err_of(lseek(self->fd, 1, SEEK_CUR)));
	EXPECT_EQ(31, lseek(self->fd, 31, SEEK_DATA));
	EXPECT_EQ(32, lseek(self->fd, 0, SEEK_HOLE));
	EXPECT_EQ(ENXIO, err_of(lseek(self->fd, 32, SEEK_DATA)));
	EXPECT_EQ(ENXIO, err_of(lseek(self->fd, 32, SEEK_HOLE)));
}

TEST_F(file, stat_tells_size_and_identity_and_statfs_the_magic)
{
	struct kown_stat object;
	struct stat stat;
	struct statfs fs;

	ASSERT_EQ(0, kown_stat(self->ctx, self->handle, &object));
	ASSERT_EQ(0, fstat(self->fd, &stat));
	EXPECT_EQ(32, stat.st_size);
	EXPECT_EQ(1, stat.st_blocks);
	EXPECT_EQ(object.object, stat.st_ino);
	EXPECT_EQ(S_IFREG | 0600, stat.st_mode);
	ASSERT_EQ(0, kown_push(self->ctx, self->handle, self->elems, 4));
	ASSERT_EQ(0, fstat(self->fd, &stat));
	EXPECT_EQ(64, stat.st_size);
	ASSERT_EQ(0, fstatfs(self->fd, &fs));
	EXPECT_EQ(KOWN_FS_MAGIC, fs.f_type);
}

TEST_F(file, ftruncate_cuts_and_fills_with_zeros)
{
	__u64 got[8];

	memset(got, PATTERN, sizeof(got));
	ASSERT_EQ(0, ftruncate(self->fd, 16));
	EXPECT_EQ(2, len_of(self->ctx, self->handle));
	/* Class 13: what was cut off does not come back. */
	ASSERT_EQ(0, ftruncate(self->fd, 64));
	ASSERT_EQ(64, pread(self->fd, got, 64, 0));
	EXPECT_EQ(0, memcmp(got, self->elems, 16));
	EXPECT_TRUE(elems_are(got + 2, 0, 6));
	ASSERT_EQ(0, ftruncate(self->fd, 64));
	ASSERT_EQ(0, ftruncate(self->fd, 0));
	EXPECT_EQ(0, len_of(self->ctx, self->handle));
	EXPECT_EQ(0, pos_of(self->fd));
}

TEST_F(file, ftruncate_that_is_refused_changes_nothing)
{
	__u64 limit = kown_param("max_bytes");
	struct snapshot before;
	int readonly;

	ASSERT_EQ(0, kown_export(self->ctx, self->handle, ALL_RIGHTS & ~KOWN_RIGHT_WRITE,
				 &readonly));
	snapshot_take(_metadata, self->ctx, self->handle, &before);
	EXPECT_EQ(EINVAL, err_of(ftruncate(self->fd, 7)));
	EXPECT_EQ(EINVAL, err_of(ftruncate(self->fd, 33)));
	EXPECT_EQ(EINVAL, err_of(ftruncate(self->fd, -8)));
	EXPECT_EQ(ENOSPC, err_of(ftruncate(self->fd, (limit + 8) / 8 * 8)));
	EXPECT_NE(0, err_of(ftruncate(self->fd, LLONG_MAX / 8 * 8)));
	EXPECT_EQ(EINVAL, err_of(ftruncate(readonly, 0)));
	snapshot_same(_metadata, self->ctx, self->handle, &before, "size", 0);
	close(readonly);
}

/* Class 13: elements popped through a handle are not in the file any more. */
TEST_F(file, class_13_removed_bytes_are_gone)
{
	__u64 got[4], taken;
	char buf[64];

	ASSERT_EQ(0, kown_pop(self->ctx, self->handle, got, 3, &taken));
	memset(buf, PATTERN, sizeof(buf));
	EXPECT_EQ(8, pread(self->fd, buf, sizeof(buf), 0));
	EXPECT_TRUE(bytes_are(buf + 8, PATTERN, sizeof(buf) - 8));
	EXPECT_EQ(0, pread(self->fd, buf, sizeof(buf), 8));
	EXPECT_EQ(ERANGE, err_of(pwrite(self->fd, got, 8, 16)));
}

TEST_F(file, rights_are_those_of_the_descriptor)
{
	int none, reader, writer;
	struct snapshot before;
	__u64 elem = 0;

	ASSERT_EQ(0, kown_export(self->ctx, self->handle, 0, &none));
	ASSERT_EQ(0, kown_export(self->ctx, self->handle, KOWN_RIGHT_READ, &reader));
	ASSERT_EQ(0, kown_export(self->ctx, self->handle, KOWN_RIGHT_WRITE, &writer));
	snapshot_take(_metadata, self->ctx, self->handle, &before);
	EXPECT_EQ(O_RDONLY, fcntl(reader, F_GETFL) & O_ACCMODE);
	EXPECT_EQ(O_WRONLY, fcntl(writer, F_GETFL) & O_ACCMODE);
	EXPECT_EQ(O_RDWR, fcntl(self->fd, F_GETFL) & O_ACCMODE);
	EXPECT_EQ(EACCES, err_of(read(none, &elem, 8)));
	EXPECT_EQ(EBADF, err_of(write(none, &elem, 8)));
	EXPECT_EQ(EINVAL, err_of(ftruncate(none, 0)));
	EXPECT_EQ(EBADF, err_of(write(reader, &elem, 8)));
	EXPECT_EQ(EBADF, err_of(pwrite(reader, &elem, 8, 0)));
	EXPECT_EQ(EBADF, err_of(read(writer, &elem, 8)));
	EXPECT_EQ(EBADF, err_of(pread(writer, &elem, 8, 0)));
	EXPECT_EQ(EBADF, err_of(sendfile(reader, self->fd, NULL, 8)));
	EXPECT_EQ(EBADF, err_of(sendfile(self->fd, writer, NULL, 8)));
	/* It is not of the mode that a path's owner could change. */
	EXPECT_EQ(0, fchmod(reader, 0666));
	EXPECT_EQ(EBADF, err_of(write(reader, &elem, 8)));
	EXPECT_EQ(0, fcntl(reader, F_SETFL, O_RDWR | O_APPEND));
	EXPECT_EQ(EBADF, err_of(write(reader, &elem, 8)));
	snapshot_same(_metadata, self->ctx, self->handle, &before, "rights", 0);
	EXPECT_EQ(8, pread(reader, &elem, 8, 0));
	EXPECT_EQ(8, pwrite(writer, &elem, 8, 0));
	close(none);
	close(reader);
	close(writer);
}

/* Class 10: no path to it has more rights than it, and none can be opened. */
TEST_F(file, class_10_no_rights_by_a_path)
{
	static const int flags[] = { O_RDONLY, O_WRONLY, O_RDWR, O_RDWR | O_TRUNC };
	struct snapshot before;
	int reader, i;
	char path[32];

	ASSERT_EQ(0, kown_export(self->ctx, self->handle, KOWN_RIGHT_READ, &reader));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", reader);
	snapshot_take(_metadata, self->ctx, self->handle, &before);
	for (i = 0; i < ARRAY_SIZE(flags); i++)
		EXPECT_EQ(ENXIO, err_of(open(path, flags[i])));
	EXPECT_EQ(EACCES, err_of(truncate(path, 0)));
	EXPECT_EQ(EACCES, err_of(truncate(path, 64)));
	snapshot_same(_metadata, self->ctx, self->handle, &before, "path", 0);
	close(reader);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", self->fd);
	EXPECT_EQ(0, truncate(path, 8));
	EXPECT_EQ(1, len_of(self->ctx, self->handle));
}

/* A path does not keep the object, and finds no freed handle. */
TEST_F(file, path_that_outlives_the_file_is_stale)
{
	int fd = new_fd(self->ctx, KOWN_MODE_SHARED, 8, KOWN_RIGHTS_SAME), path, i;
	char name[32], again[32];
	struct kown_info info;
	struct statfs fs;
	struct stat stat;

	ASSERT_LE(0, fd);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	path = open(name, O_PATH);
	ASSERT_LE(0, path);
	ASSERT_EQ(0, fstat(path, &stat));
	EXPECT_EQ(0, stat.st_size);
	close(fd);
	ASSERT_EQ(0, kown_info(self->ctx, &info));
	EXPECT_EQ(1, info.all_objects);
	snprintf(again, sizeof(again), "/proc/self/fd/%d", path);
	for (i = 0; i < 100; i++) {
		EXPECT_EQ(ESTALE, err_of(fstat(path, &stat)));
		EXPECT_EQ(ESTALE, err_of(truncate(again, 8)));
	}
	EXPECT_EQ(0, fstatfs(path, &fs));
	close(path);
}

TEST_F(file, weak_descriptor_has_no_elements)
{
	struct pollfd poll_fd = { .events = POLLIN | POLLOUT };
	struct stat stat;
	__u64 elem = 0;
	__u32 weak;
	int fd;

	ASSERT_EQ(0, kown_downgrade(self->ctx, self->handle, KOWN_RIGHTS_SAME, &weak));
	ASSERT_EQ(0, kown_export(self->ctx, weak, KOWN_RIGHTS_SAME, &fd));
	EXPECT_EQ(EINVAL, err_of(read(fd, &elem, 8)));
	EXPECT_EQ(EINVAL, err_of(write(fd, &elem, 8)));
	EXPECT_EQ(EINVAL, err_of(ftruncate(fd, 0)));
	ASSERT_EQ(0, fstat(fd, &stat));
	EXPECT_EQ(32, stat.st_size);
	poll_fd.fd = fd;
	EXPECT_EQ(0, poll(&poll_fd, 1, 0));
	ASSERT_EQ(0, kown_drop(self->ctx, self->handle));
	close(self->fd);
	ASSERT_EQ(1, poll(&poll_fd, 1, 0));
	EXPECT_EQ(POLLHUP, poll_fd.revents);
	ASSERT_EQ(0, fstat(fd, &stat));
	EXPECT_EQ(0, stat.st_size);
	EXPECT_EQ(EINVAL, err_of(read(fd, &elem, 8)));
	close(fd);
}

TEST_F(file, exclusive_object_is_written_only_while_alone)
{
	int fd, again;
	__u64 elem = 7;
	__u32 handle;

	fd = new_fd(self->ctx, KOWN_MODE_EXCLUSIVE, 8, KOWN_RIGHTS_SAME);
	ASSERT_LE(0, fd);
	EXPECT_EQ(8, write(fd, &elem, 8));
	EXPECT_EQ(0, ftruncate(fd, 16));
	ASSERT_EQ(0, kown_import(self->ctx, fd, KOWN_RIGHTS_SAME, &handle));
	EXPECT_EQ(EBUSY, err_of(write(fd, &elem, 8)));
	EXPECT_EQ(EBUSY, err_of(ftruncate(fd, 0)));
	EXPECT_EQ(8, pread(fd, &elem, 8, 0));
	EXPECT_EQ(7, elem);
	/* A second number for one file is no other reference. */
	ASSERT_EQ(0, kown_drop(self->ctx, handle));
	again = dup(fd);
	EXPECT_EQ(8, pwrite(again, &elem, 8, 8));
	close(again);
	close(fd);
}

static int use_locked(void *arg)
{
	int fd = *(int *)arg;
	__u64 elem = 0;

	if (err_of(pread(fd, &elem, 8, 0)) != ENOLCK)
		return 1;
	if (err_of(pwrite(fd, &elem, 8, 0)) != ENOLCK)
		return 2;
	if (err_of(ftruncate(fd, 0)) != ENOLCK)
		return 3;
	if (kown_unlock(fd, 0) != ENOLCK)
		return 4;
	return kown_try_lock(fd, 0) == EBUSY ? 0 : 5;
}

static int lock_and_go(void *arg)
{
	return kown_lock(*(int *)arg, 0);
}

TEST_F(file, locked_object_needs_the_lock_which_is_of_the_descriptor)
{
	int fd = new_fd(self->ctx, KOWN_MODE_LOCKED, 8, KOWN_RIGHTS_SAME);
	struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };
	__u64 elem = 7;

	ASSERT_LE(0, fd);
	EXPECT_EQ(ENOLCK, err_of(write(fd, &elem, 8)));
	EXPECT_EQ(ENOLCK, err_of(read(fd, &elem, 8)));
	EXPECT_EQ(ENOLCK, err_of(ftruncate(fd, 8)));
	EXPECT_EQ(1, poll(&poll_fd, 1, 0));
	ASSERT_EQ(0, kown_lock(fd, 0));
	EXPECT_EQ(0, poll(&poll_fd, 1, 0));
	EXPECT_EQ(8, write(fd, &elem, 8));
	EXPECT_EQ(8, pread(fd, &elem, 8, 0));
	EXPECT_EQ(0, ftruncate(fd, 16));
	EXPECT_EQ(0, child_status(run_child(use_locked, &fd)));
	ASSERT_EQ(0, kown_unlock(fd, 0));
	EXPECT_EQ(ENOLCK, kown_unlock(fd, 0));
	/* Its owner ends, and leaves the descriptor to others. */
	EXPECT_EQ(0, child_status(run_child(lock_and_go, &fd)));
	EXPECT_EQ(EOWNERDEAD, kown_lock(fd, 0));
	EXPECT_EQ(0, kown_clear_poison(fd, 0));
	EXPECT_EQ(0, kown_unlock(fd, 0));
	EXPECT_EQ(0, kown_lock(fd, 0));
	close(fd);
}

TEST_F(file, elements_of_size_0_have_no_bytes)
{
	int fd = new_fd(self->ctx, KOWN_MODE_SHARED, 0, KOWN_RIGHTS_SAME);
	struct stat stat;
	char c = 0;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, kown_push_at(fd, 0, 0, 1ULL << 40, NULL));
	EXPECT_EQ(0, read(fd, &c, 1));
	EXPECT_EQ(EINVAL, err_of(write(fd, &c, 1)));
	EXPECT_EQ(0, write(fd, &c, 0));
	EXPECT_EQ(EINVAL, err_of(ftruncate(fd, 0)));
	ASSERT_EQ(0, fstat(fd, &stat));
	EXPECT_EQ(0, stat.st_size);
	close(fd);
}

TEST_F(file, write_beyond_the_limit_is_enospc)
{
	size_t limit = kown_param("max_bytes");
	struct snapshot before;
	char *much;

	if (!limit || limit > 1UL << 30)
		SKIP(return, "needs a limit that a test can go beyond");
	much = mmap(NULL, limit + 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		    -1, 0);
	ASSERT_NE(MAP_FAILED, much);
	snapshot_take(_metadata, self->ctx, self->handle, &before);
	EXPECT_EQ(ENOSPC, err_of(write(self->fd, much, limit + 4096)));
	snapshot_same(_metadata, self->ctx, self->handle, &before, "limit", 0);
	munmap(much, limit + 4096);
}

#define PAGES	5

/* Pages are no multiple of these elements. */
FIXTURE(pipe) {
	int ctx, fd, pipes[2], memfd;
	char bytes[PAGES * 4096 / 24 * 24];
	char got[PAGES * 4096];
};

FIXTURE_SETUP(pipe)
{
	int i;

	self->ctx = kown_open();
	self->fd = new_fd(self->ctx, KOWN_MODE_SHARED, 24, KOWN_RIGHTS_SAME);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, pipe2(self->pipes, O_NONBLOCK));
	self->memfd = memfd_create("bytes", 0);
	for (i = 0; i < sizeof(self->bytes); i++)
		self->bytes[i] = i * 7 + i / 251;
	ASSERT_EQ(sizeof(self->bytes), write(self->memfd, self->bytes, sizeof(self->bytes)));
	lseek(self->memfd, 0, SEEK_SET);
}

FIXTURE_TEARDOWN(pipe)
{
	close(self->memfd);
	close(self->pipes[0]);
	close(self->pipes[1]);
	close(self->fd);
	close(self->ctx);
}

TEST_F(pipe, sendfile_in_and_out)
{
	size_t total = sizeof(self->bytes), done = 0;
	ssize_t n;

	while (done < total) {
		n = sendfile(self->fd, self->memfd, NULL, total - done);
		ASSERT_LT(0, n);
		ASSERT_EQ(0, n % 24);
		done += n;
	}
	EXPECT_EQ(0, sendfile(self->fd, self->memfd, NULL, 24));
	ASSERT_EQ(total, pread(self->fd, self->got, sizeof(self->got), 0));
	EXPECT_EQ(0, memcmp(self->got, self->bytes, total));

	ASSERT_EQ(0, ftruncate(self->memfd, 0));
	lseek(self->memfd, 0, SEEK_SET);
	lseek(self->fd, 0, SEEK_SET);
	for (done = 0; (n = sendfile(self->memfd, self->fd, NULL, 1 << 20)) > 0; done += n)
		;
	ASSERT_EQ(0, n);
	ASSERT_EQ(total, done);
	memset(self->got, 0, sizeof(self->got));
	ASSERT_EQ(total, pread(self->memfd, self->got, sizeof(self->got), 0));
	EXPECT_EQ(0, memcmp(self->got, self->bytes, total));
}

TEST_F(pipe, splice_out_and_in)
{
	size_t total = sizeof(self->bytes), done = 0, in = 0;
	loff_t from = 0, to = 0;
	ssize_t n;
	int other = new_fd(self->ctx, KOWN_MODE_SHARED, 8, KOWN_RIGHTS_SAME);

	ASSERT_LE(0, other);
	ASSERT_EQ(total, write(self->fd, self->bytes, total));
	while (in < total) {
		n = splice(self->fd, &from, self->pipes[1], NULL, 3000, 0);
		ASSERT_LE(0, n);
		done += n;
		n = splice(self->pipes[0], NULL, other, &to, 3000, 0);
		ASSERT_LT(0, n);
		in += n;
	}
	EXPECT_EQ(total, done);
	EXPECT_EQ(0, splice(self->fd, &from, self->pipes[1], NULL, 3000, 0));
	ASSERT_EQ(total, pread(other, self->got, sizeof(self->got), 0));
	EXPECT_EQ(0, memcmp(self->got, self->bytes, total));
	/* Less than an element stays in the pipe. */
	ASSERT_EQ(3, write(self->pipes[1], "abc", 3));
	EXPECT_EQ(EINVAL, err_of(splice(self->pipes[0], NULL, other, NULL, 3, 0)));
	EXPECT_EQ(3, read(self->pipes[0], self->got, 100));
	/* Beyond the end, as write(2). */
	ASSERT_EQ(8, write(self->pipes[1], self->bytes, 8));
	to = total + 8;
	EXPECT_EQ(ERANGE, err_of(splice(self->pipes[0], NULL, other, &to, 8, 0)));
	EXPECT_EQ(8, read(self->pipes[0], self->got, 100));
	close(other);
}

TEST_F(pipe, splice_takes_what_the_pipe_has_room_for)
{
	ssize_t n;

	ASSERT_EQ(4096, fcntl(self->pipes[1], F_SETPIPE_SZ, 4096));
	ASSERT_EQ(sizeof(self->bytes), write(self->fd, self->bytes, sizeof(self->bytes)));
	lseek(self->fd, 0, SEEK_SET);
	n = splice(self->fd, NULL, self->pipes[1], NULL, sizeof(self->bytes), 0);
	ASSERT_LT(0, n);
	ASSERT_GE(4096, n);
	EXPECT_EQ(n, pos_of(self->fd));
	EXPECT_EQ(EAGAIN, err_of(splice(self->fd, NULL, self->pipes[1], NULL, 4096,
					SPLICE_F_NONBLOCK)));
	EXPECT_EQ(n, pos_of(self->fd));
	ASSERT_EQ(n, read(self->pipes[0], self->got, sizeof(self->got)));
	EXPECT_EQ(0, memcmp(self->got, self->bytes, n));
}

TEST_F(pipe, copy_file_range_from_one_object_to_another)
{
	int other = new_fd(self->ctx, KOWN_MODE_SHARED, 24, KOWN_RIGHTS_SAME);
	size_t total = sizeof(self->bytes), done = 0;
	ssize_t n;

	ASSERT_LE(0, other);
	ASSERT_EQ(total, write(self->fd, self->bytes, total));
	lseek(self->fd, 0, SEEK_SET);
	while ((n = copy_file_range(self->fd, NULL, other, NULL, 1 << 20, 0)) > 0)
		done += n;
	ASSERT_EQ(0, n);
	EXPECT_EQ(total, done);
	ASSERT_EQ(total, pread(other, self->got, sizeof(self->got), 0));
	EXPECT_EQ(0, memcmp(self->got, self->bytes, total));
	close(other);
}

TEST_F(file, what_such_a_file_has_not)
{
	struct snapshot before;
	char c;

	snapshot_take(_metadata, self->ctx, self->handle, &before);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 4096, PROT_READ, MAP_SHARED, self->fd, 0));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, self->fd, 0));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(EOPNOTSUPP, err_of(fallocate(self->fd, 0, 0, 4096)));
	EXPECT_EQ(EOPNOTSUPP, err_of(fsetxattr(self->fd, "user.kown", "x", 1, 0)));
	EXPECT_EQ(EINVAL, err_of(fcntl(self->fd, F_SETFL, O_DIRECT)));
	EXPECT_EQ(EINVAL, err_of(fcntl(self->fd, F_ADD_SEALS, F_SEAL_WRITE)));
	EXPECT_EQ(EBADF, err_of(fcntl(self->fd, F_SETPIPE_SZ, 4096)));
	EXPECT_EQ(ENOTSOCK, err_of(recv(self->fd, &c, 1, 0)));
	EXPECT_EQ(0, fsync(self->fd));
	EXPECT_EQ(0, fdatasync(self->fd));
	snapshot_same(_metadata, self->ctx, self->handle, &before, "none", 0);
}

/* Commands on one object take the descriptor's handle, which is 0; others are none. */
TEST_F(file, commands_on_the_descriptor)
{
	static const unsigned int others[] = {
		KOWN_IOC_INFO, KOWN_IOC_NEW, KOWN_IOC_CLONE, KOWN_IOC_DROP, KOWN_IOC_EXPORT,
		KOWN_IOC_IMPORT, KOWN_IOC_DOWNGRADE, KOWN_IOC_UPGRADE, KOWN_IOC_INTO_INNER,
		KOWN_IOC_TAKE, KOWN_IOC_MAKE_MUT, KOWN_IOC_APPEND, KOWN_IOC_COPY_FROM,
		KOWN_IOC_SPLIT_OFF, KOWN_IOC_CLONE_DATA, _IO(KOWN_IOC_MAGIC, COMMANDS),
		_IO(KOWN_IOC_MAGIC, 255),
	};
	__u64 elems[4] = { 5, 5, 6, 7 }, got[4], taken, cap;
	union kown_arg arg;
	unsigned char mask = 1;
	int i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		memset(&arg, 0, sizeof(arg));
		arg.word[0] = 64;
		ASSERT_EQ(ENOTTY, kown_call(self->fd, others[i], &arg)) {
			TH_LOG("command %u", _IOC_NR(others[i]));
		}
	}
	ASSERT_EQ(0, kown_push(self->fd, 0, elems, 4));
	ASSERT_EQ(0, kown_stat(self->fd, 0, &arg.stat));
	EXPECT_EQ(8, arg.stat.len);
	EXPECT_EQ(2, arg.stat.strong);
	EXPECT_EQ(ALL_RIGHTS, arg.stat.rights);
	ASSERT_EQ(0, kown_read(self->fd, 0, 4, 4, got));
	EXPECT_EQ(0, memcmp(got, elems, 32));
	ASSERT_EQ(0, kown_dedup(self->fd, 0, &taken));
	EXPECT_EQ(1, taken);
	ASSERT_EQ(0, kown_pop(self->fd, 0, got, 1, &taken));
	ASSERT_EQ(0, kown_pop_front(self->fd, 0, got, 1, &taken));
	EXPECT_EQ(self->elems[0], got[0]);
	/* Now 2 3 4 5 6. */
	ASSERT_EQ(0, kown_range(self->fd, KOWN_IOC_INSERT, 0, 0, 1, 2, elems));
	ASSERT_EQ(0, kown_range(self->fd, KOWN_IOC_REMOVE, 0, 0, 1, 1, got));
	ASSERT_EQ(0, kown_range(self->fd, KOWN_IOC_SWAP_REMOVE, KOWN_DISCARD, 0, 0, 1, NULL));
	ASSERT_EQ(0, kown_range(self->fd, KOWN_IOC_WRITE, 0, 0, 0, 1, elems));
	ASSERT_EQ(0, kown_range(self->fd, KOWN_IOC_FILL, 0, 0, 1, 1, elems));
	ASSERT_EQ(0, kown_range(self->fd, KOWN_IOC_EXTEND_WITHIN, 0, 0, 0, 1, NULL));
	ASSERT_EQ(0, kown_drain(self->fd, 0, 0, 1, 1, got, &taken));
	ASSERT_EQ(0, kown_splice(self->fd, KOWN_DISCARD, 0, 0, 1, NULL, elems, 2));
	ASSERT_EQ(0, kown_mask(self->fd, KOWN_IOC_EXTRACT, 0, 0, 1, &mask, got, &taken));
	ASSERT_EQ(0, kown_mask(self->fd, KOWN_IOC_RETAIN, 0, 0, 1, &mask, NULL, &taken));
	ASSERT_EQ(0, kown_resize(self->fd, KOWN_IOC_RESIZE, 0, 9, elems));
	ASSERT_EQ(0, kown_resize(self->fd, KOWN_IOC_TRUNCATE, 0, 2, NULL));
	ASSERT_EQ(0, kown_reserve(self->fd, KOWN_IOC_RESERVE, 0, 0, 100, &cap));
	EXPECT_LE(102, cap);
	ASSERT_EQ(0, kown_reserve(self->fd, KOWN_IOC_SHRINK, 0, 0, 0, &cap));
	EXPECT_EQ(2, cap);
	EXPECT_EQ(EOPNOTSUPP, kown_lock(self->fd, 0));
	EXPECT_EQ(EOPNOTSUPP, kown_unlock(self->fd, 0));
	EXPECT_EQ(EOPNOTSUPP, kown_clear_poison(self->fd, 0));
}

TEST_F(file, commands_on_the_descriptor_that_are_refused)
{
	struct snapshot before;
	struct kown_stat stat;
	__u64 elem, taken;
	int reader, fd;
	__u32 weak;

	ASSERT_EQ(0, kown_export(self->ctx, self->handle, KOWN_RIGHT_READ, &reader));
	ASSERT_EQ(0, kown_downgrade(self->ctx, self->handle, KOWN_RIGHTS_SAME, &weak));
	ASSERT_EQ(0, kown_export(self->ctx, weak, KOWN_RIGHTS_SAME, &fd));
	snapshot_take(_metadata, self->ctx, self->handle, &before);
	EXPECT_EQ(ENOENT, kown_stat(self->fd, 1, &stat));
	EXPECT_EQ(ENOENT, kown_push(self->fd, self->handle, &elem, 1));
	EXPECT_EQ(ENOENT, kown_read(self->fd, ~0U, 0, 1, &elem));
	EXPECT_EQ(EACCES, kown_push(reader, 0, &elem, 1));
	EXPECT_EQ(EACCES, kown_pop(reader, 0, &elem, 1, &taken));
	EXPECT_EQ(EACCES, kown_lock(reader, 0));
	EXPECT_EQ(EACCES, kown_range(reader, KOWN_IOC_REMOVE, KOWN_DISCARD, 0, 0, 1, NULL));
	EXPECT_EQ(0, kown_read(reader, 0, 0, 1, &elem));
	EXPECT_EQ(EINVAL, kown_push(fd, 0, &elem, 1));
	EXPECT_EQ(EINVAL, kown_read(fd, 0, 0, 1, &elem));
	EXPECT_EQ(0, kown_stat(fd, 0, &stat));
	EXPECT_EQ(KOWN_STATE_WEAK, stat.state);
	snapshot_same(_metadata, self->ctx, self->handle, &before, "refused", 0);
	close(fd);
	close(reader);
}

TEST_F(file, polls_readable_once_it_is_written_to)
{
	int fd = new_fd(self->ctx, KOWN_MODE_SHARED, 8, KOWN_RIGHTS_SAME);
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	__u64 elem = 1;

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, poll(&poll_fd, 1, 0));
	ASSERT_EQ(8, write(fd, &elem, 8));
	EXPECT_EQ(1, poll(&poll_fd, 1, 0));
	EXPECT_EQ(POLLIN, poll_fd.revents);
	ASSERT_EQ(0, ftruncate(fd, 0));
	EXPECT_EQ(0, poll(&poll_fd, 1, 0));
	ASSERT_EQ(0, ftruncate(fd, 8));
	EXPECT_EQ(1, poll(&poll_fd, 1, 0));
	close(fd);
}

TEST_HARNESS_MAIN
