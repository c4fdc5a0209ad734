// SPDX-License-Identifier: GPL-2.0
/*
 * The exported descriptor: what it is, what it refuses, who may import it, and
 * what happens when there is no descriptor left.
 */
#include <stdarg.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/xattr.h>

#include "kown_test.h"
#include "snapshot.h"

#define EXPORT	FIXTURE_DATA(export)

FIXTURE(export) {
	int ctx, other, fd;
	__u32 handle;
	struct kown_stat stat;	/* before the export */
};

FIXTURE_SETUP(export)
{
	__u64 elems[4] = { 1, 2, 3, 4 };

	self->ctx = kown_open();
	ASSERT_LE(0, self->ctx);
	self->other = kown_open();
	ASSERT_LE(0, self->other);
	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &self->handle));
	ASSERT_EQ(0, kown_push(self->ctx, self->handle, elems, 4));
	ASSERT_EQ(0, kown_stat(self->ctx, self->handle, &self->stat));
	ASSERT_EQ(0, kown_export(self->ctx, self->handle, KOWN_RIGHTS_SAME,
				 &self->fd));
}

FIXTURE_TEARDOWN(export)
{
	close(self->fd);
	close(self->other);
	close(self->ctx);
}

static __u32 strong(int ctx, __u32 handle)
{
	struct kown_stat stat;

	return kown_stat(ctx, handle, &stat) ? ~0U : stat.strong;
}

TEST_F(export, descriptor_is_a_file_that_tells_the_object)
{
	struct stat first, second;
	int again;

	ASSERT_EQ(0, fstat(self->fd, &first));
	EXPECT_TRUE(S_ISREG(first.st_mode));
	EXPECT_EQ(self->stat.object, first.st_ino);
	EXPECT_EQ(FD_CLOEXEC, fcntl(self->fd, F_GETFD));
	ASSERT_EQ(0, kown_export(self->ctx, self->handle, KOWN_RIGHT_READ,
				 &again));
	ASSERT_EQ(0, fstat(again, &second));
	EXPECT_EQ(first.st_ino, second.st_ino);
	EXPECT_EQ(first.st_dev, second.st_dev);
	close(again);
}

TEST_F(export, descriptor_is_the_lowest_free_one)
{
	int fd, lowest = fd_lowest_free();

	ASSERT_EQ(0, kown_export(self->ctx, self->handle, KOWN_RIGHTS_SAME,
				 &fd));
	EXPECT_EQ(lowest, fd);
	close(fd);
}

TEST_F(export, export_fills_every_field)
{
	struct kown_export arg;

	kown_blank(&arg, sizeof(arg));
	arg.handle = self->handle;
	arg.rights = KOWN_RIGHT_READ;
	arg.__reserved = 0;
	ASSERT_EQ(0, kown_call(self->ctx, KOWN_IOC_EXPORT, &arg));
	EXPECT_EQ(sizeof(arg), arg.size);
	EXPECT_EQ(0, arg.flags);
	EXPECT_EQ(self->handle, arg.handle);
	EXPECT_LT(2, arg.fd);
	EXPECT_GT(1000, arg.fd);
	EXPECT_EQ(0, arg.__reserved);
	close(arg.fd);
}

TEST_F(export, descriptor_owns_one_strong_reference)
{
	int i, fds[5], extra;

	EXPECT_EQ(2, strong(self->ctx, self->handle));
	for (i = 0; i < 5; i++) {
		ASSERT_EQ(0, kown_export(self->ctx, self->handle, 0, &fds[i]));
		EXPECT_EQ(3 + i, strong(self->ctx, self->handle));
	}
	extra = dup(fds[0]);
	EXPECT_EQ(7, strong(self->ctx, self->handle));
	for (i = 0; i < 5; i++)
		close(fds[i]);
	EXPECT_EQ(3, strong(self->ctx, self->handle));
	close(extra);
	EXPECT_EQ(2, strong(self->ctx, self->handle));
}

TEST_F(export, descriptor_keeps_the_object_alive)
{
	struct kown_stat stat;
	struct kown_info info;
	__u64 elems[4];
	__u32 handle;

	close(self->ctx);
	self->ctx = -1;
	ASSERT_EQ(0, kown_info(self->other, &info));
	EXPECT_EQ(1, info.all_objects);
	EXPECT_EQ(0, info.all_handles);
	EXPECT_EQ(32, info.all_bytes);
	ASSERT_EQ(0, kown_import(self->other, self->fd, KOWN_RIGHTS_SAME,
				 &handle));
	ASSERT_EQ(0, kown_stat(self->other, handle, &stat));
	EXPECT_EQ(self->stat.object, stat.object);
	EXPECT_EQ(2, stat.strong);
	ASSERT_EQ(0, kown_read(self->other, handle, 0, 4, elems));
	EXPECT_EQ(1, elems[0]);
	EXPECT_EQ(4, elems[3]);
	ASSERT_EQ(0, kown_drop(self->other, handle));
	close(self->fd);
	ASSERT_EQ(0, kown_info(self->other, &info));
	EXPECT_EQ(0, info.all_objects);
	EXPECT_EQ(0, info.all_bytes);
}

TEST_F(export, import_fills_every_field)
{
	struct kown_import arg;
	struct kown_stat stat;

	kown_blank(&arg, sizeof(arg));
	arg.fd = self->fd;
	arg.rights = KOWN_RIGHT_READ;
	arg.__reserved = 0;
	ASSERT_EQ(0, kown_call(self->other, KOWN_IOC_IMPORT, &arg));
	EXPECT_EQ(sizeof(arg), arg.size);
	EXPECT_EQ(0, arg.flags);
	EXPECT_EQ(self->fd, arg.fd);
	EXPECT_EQ(0, arg.__reserved);
	ASSERT_EQ(0, kown_stat(self->other, arg.handle, &stat));
	EXPECT_EQ(KOWN_RIGHT_READ, stat.rights);
	EXPECT_EQ(self->stat.object, stat.object);
	EXPECT_EQ(3, stat.strong);
}

/* Same object, same context or not: what one does the other sees. */
TEST_F(export, import_of_an_object_that_is_here_already)
{
	struct kown_stat stat;
	__u64 elem = 5;
	__u32 handle;

	ASSERT_EQ(0, kown_import(self->ctx, self->fd, KOWN_RIGHTS_SAME,
				 &handle));
	ASSERT_NE(self->handle, handle);
	ASSERT_EQ(0, kown_push(self->ctx, handle, &elem, 1));
	ASSERT_EQ(0, kown_stat(self->ctx, self->handle, &stat));
	EXPECT_EQ(5, stat.len);
	EXPECT_EQ(3, stat.strong);
}

TEST_F(export, import_of_a_number_that_is_no_descriptor)
{
	const int closed = fd_lowest_free();
	const int fds[] = {
		-1, -2, AT_FDCWD, INT_MIN, INT_MAX, closed, 1 << 20,
	};
	struct snapshot before;
	__u32 handle;
	int i;

	snapshot_take(_metadata, self->ctx, self->handle, &before);
	for (i = 0; i < ARRAY_SIZE(fds); i++) {
		ASSERT_EQ(EBADF, kown_import(self->ctx, fds[i],
					     KOWN_RIGHTS_SAME, &handle)) {
			TH_LOG("descriptor %d", fds[i]);
		}
		snapshot_same(_metadata, self->ctx, self->handle, &before,
			      "descriptor", fds[i]);
	}
}

TEST_F(export, import_of_a_descriptor_that_export_did_not_make)
{
	struct snapshot before;
	int fds[9], pipes[2], socks[2], path, i;
	char name[32];
	__u32 handle;

	ASSERT_EQ(0, pipe(pipes));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, socks));
	fds[0] = pipes[0];
	fds[1] = pipes[1];
	fds[2] = socks[0];
	fds[3] = open("/dev/null", O_RDWR);
	fds[4] = self->ctx;
	fds[5] = self->other;
	fds[6] = open("/", O_RDONLY | O_DIRECTORY);
	fds[7] = open("/proc/self/stat", O_RDONLY);
	fds[8] = memfd_create("kown", 0);
	snapshot_take(_metadata, self->ctx, self->handle, &before);
	for (i = 0; i < ARRAY_SIZE(fds); i++) {
		ASSERT_LE(0, fds[i]);
		ASSERT_EQ(EINVAL, kown_import(self->ctx, fds[i],
					      KOWN_RIGHTS_SAME, &handle)) {
			TH_LOG("descriptor %d of the list", i);
		}
		snapshot_same(_metadata, self->ctx, self->handle, &before,
			      "descriptor", i);
	}
	/* A descriptor that stands for a path is not one that is open. */
	snprintf(name, sizeof(name), "/proc/self/fd/%d", self->fd);
	path = open(name, O_PATH);
	ASSERT_LE(0, path);
	EXPECT_EQ(EBADF, kown_import(self->ctx, path, KOWN_RIGHTS_SAME,
				     &handle));
	close(path);
	snapshot_same(_metadata, self->ctx, self->handle, &before, "path", 0);
}

/* In a child, so that the limit is its own. */
static int in_child(struct __test_metadata *_metadata, EXPORT *self,
		    void (*body)(struct __test_metadata *, EXPORT *))
{
	int status = -1;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		body(_metadata, self);
		fflush(NULL);
		_exit(!_metadata->passed);
	}
	waitpid(pid, &status, 0);
	return status;
}

static void table_full(struct __test_metadata *_metadata, EXPORT *self)
{
	struct rlimit limit = { .rlim_cur = 64, .rlim_max = 64 };
	struct snapshot before;
	int fd, i;

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	while (dup(0) >= 0)
		;
	ASSERT_EQ(EMFILE, errno);
	snapshot_take(_metadata, self->ctx, self->handle, &before);
	for (i = 0; i < 100; i++) {
		ASSERT_EQ(EMFILE, kown_export(self->ctx, self->handle,
					      KOWN_RIGHTS_SAME, &fd));
		snapshot_same(_metadata, self->ctx, self->handle, &before,
			      "round", i);
	}
	/* The others come first. */
	EXPECT_EQ(ENOENT, kown_export(self->ctx, 0, KOWN_RIGHTS_SAME, &fd));
	close(50);
	ASSERT_EQ(0, kown_export(self->ctx, self->handle, KOWN_RIGHTS_SAME,
				 &fd));
	EXPECT_EQ(50, fd);
	EXPECT_EQ(3, strong(self->ctx, self->handle));
}

TEST_F(export, class_2_export_with_the_descriptor_table_full)
{
	ASSERT_EQ(0, in_child(_metadata, self, table_full));
	EXPECT_EQ(2, strong(self->ctx, self->handle));
}

static void no_limit_left(struct __test_metadata *_metadata, EXPORT *self)
{
	static const rlim_t limits[] = { 0, 1, 3 };
	struct rlimit limit = { .rlim_max = 64 };
	int fd, i;

	for (i = 0; i < ARRAY_SIZE(limits); i++) {
		limit.rlim_cur = limits[i];
		ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
		ASSERT_EQ(EMFILE, kown_export(self->ctx, self->handle,
					      KOWN_RIGHTS_SAME, &fd));
		ASSERT_EQ(2, strong(self->ctx, self->handle));
	}
}

TEST_F(export, class_2_export_beyond_the_descriptor_limit)
{
	ASSERT_EQ(0, in_child(_metadata, self, no_limit_left));
}

static unsigned long long file_max(const char *mode, unsigned long long value)
{
	FILE *file = fopen("/proc/sys/fs/file-max", mode);

	if (!file)
		return 0;
	if (*mode == 'w')
		fprintf(file, "%llu", value);
	else if (fscanf(file, "%llu", &value) != 1)
		value = 0;
	fclose(file);
	return value;
}

static void no_file_left(struct __test_metadata *_metadata, EXPORT *self)
{
	struct snapshot before;
	int fd, i;

	snapshot_take(_metadata, self->ctx, self->handle, &before);
	ASSERT_EQ(0, setresgid(65534, 65534, 65534));
	ASSERT_EQ(0, setresuid(65534, 65534, 65534));
	for (i = 0; i < 100; i++) {
		ASSERT_EQ(ENFILE, kown_export(self->ctx, self->handle,
					      KOWN_RIGHTS_SAME, &fd));
		snapshot_same(_metadata, self->ctx, self->handle, &before,
			      "round", i);
	}
}

/* Here a descriptor was reserved already, and must be given back. */
TEST_F(export, class_2_export_with_no_file_left_in_the_system)
{
	unsigned long long max = file_max("r", 0);
	int status;

	if (!max || geteuid() != 0)
		SKIP(return, "needs root and /proc/sys/fs/file-max");
	file_max("w", 0);
	status = in_child(_metadata, self, no_file_left);
	file_max("w", max);
	ASSERT_EQ(0, status);
	EXPECT_EQ(2, strong(self->ctx, self->handle));
}

/* What reads and writes is in file.c; of the rest nothing changes the object. */
TEST_F(export, descriptor_used_as_any_other_file)
{
	const struct timespec times[2] = { { 1, 0 }, { 1, 0 } };
	char *const args[] = { "kown", NULL };
	struct snapshot before;
	struct statfs fs;
	char buf[16] = "";

	snapshot_take(_metadata, self->ctx, self->handle, &before);
	EXPECT_EQ(0, fstatfs(self->fd, &fs));
	fallocate(self->fd, 0, 0, 4096);
	readahead(self->fd, 0, 4096);
	posix_fadvise(self->fd, 0, 0, POSIX_FADV_WILLNEED);
	posix_fadvise(self->fd, 0, 0, POSIX_FADV_DONTNEED);
	sync_file_range(self->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	futimens(self->fd, times);
	fsetxattr(self->fd, "user.kown", "x", 1, 0);
	fgetxattr(self->fd, "user.kown", buf, sizeof(buf));
	flock(self->fd, LOCK_EX | LOCK_NB);
	flock(self->fd, LOCK_UN);
	fcntl(self->fd, F_SETLEASE, F_RDLCK);
	fcntl(self->fd, F_SETLEASE, F_UNLCK);
	fcntl(self->fd, F_SETOWN, getpid());
	fcntl(self->fd, F_ADD_SEALS, F_SEAL_WRITE);
	fcntl(self->fd, F_SETPIPE_SZ, 4096);
	linkat(self->fd, "", AT_FDCWD, "/tmp/kown-link", AT_EMPTY_PATH);
	EXPECT_EQ(-1, openat(self->fd, "x", O_RDONLY));
	EXPECT_EQ(ENOTDIR, errno);
	EXPECT_EQ(-1, execveat(self->fd, "", args, NULL, AT_EMPTY_PATH));
	EXPECT_EQ(-1, unlink("/tmp/kown-link"));
	snapshot_same(_metadata, self->ctx, self->handle, &before, "file", 0);
}

TEST_F(export, fdinfo_tells_the_object)
{
	unsigned long long object = 0, strongs = 0, weak = 99, len = 99;
	unsigned int rights = 99, seen = 0;
	char path[64], line[256];
	FILE *file;
	int fd;

	ASSERT_EQ(0, kown_export(self->ctx, self->handle, KOWN_RIGHT_READ |
				 KOWN_RIGHT_EXPORT, &fd));
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "r");
	ASSERT_NE(NULL, file);
	while (fgets(line, sizeof(line), file)) {
		seen += sscanf(line, "kown-object:%llu", &object) == 1;
		seen += sscanf(line, "kown-rights:%x", &rights) == 1 &&
			strstr(line, "0x");
		seen += sscanf(line, "kown-strong:%llu", &strongs) == 1;
		seen += sscanf(line, "kown-weak:%llu", &weak) == 1;
		seen += sscanf(line, "kown-len:%llu", &len) == 1;
	}
	fclose(file);
	EXPECT_EQ(5, seen);
	EXPECT_EQ(self->stat.object, object);
	EXPECT_EQ(KOWN_RIGHT_READ | KOWN_RIGHT_EXPORT, rights);
	EXPECT_EQ(3, strongs);
	EXPECT_EQ(0, weak);
	EXPECT_EQ(4, len);
	close(fd);
}

TEST_F(export, descriptor_closes_on_exec)
{
	char *const args[] = { "true", NULL };
	struct kown_info info;
	int pipes[2];
	pid_t pid;
	char c;

	/* /proc/self/exe --list would do; any exec that fails does not. */
	if (access("/bin/true", X_OK) && access("/usr/bin/true", X_OK))
		SKIP(return, "no /bin/true to execute");
	ASSERT_EQ(0, pipe2(pipes, O_CLOEXEC));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		execvp("true", args);
		write(pipes[1], "f", 1);
		_exit(1);
	}
	close(pipes[1]);
	ASSERT_EQ(0, read(pipes[0], &c, 1));
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	close(self->fd);
	close(self->ctx);
	self->fd = -1;
	self->ctx = -1;
	ASSERT_EQ(0, kown_info(self->other, &info));
	EXPECT_EQ(0, info.all_objects);
}

TEST_HARNESS_MAIN
