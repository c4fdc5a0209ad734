// SPDX-License-Identifier: GPL-2.0
/*
 * What people see of it all: the list of objects in debugfs, and the handles in a
 * context's fdinfo, also while they come and go.
 */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

#include "kown_test.h"

#define OBJECTS	"/sys/kernel/debug/kown/objects"
#define HEADER	"object mode elem-size len bytes strong weak state owner\n"
#define MANY	3000

FIXTURE(overview) {
	int ctx;
};

FIXTURE_SETUP(overview)
{
	if (access(OBJECTS, R_OK))
		SKIP(return, "needs root and debugfs");
	self->ctx = kown_open();
	ASSERT_LE(0, self->ctx);
}

FIXTURE_TEARDOWN(overview)
{
	close(self->ctx);
}

/* Read it all in pieces of @piece bytes; the caller frees. */
static char *read_all(const char *path, size_t piece)
{
	size_t room = 1 << 22, used = 0;
	char *text = malloc(room);
	int fd = open(path, O_RDONLY);
	ssize_t n;

	if (fd < 0 || !text)
		return NULL;
	while ((n = read(fd, text + used, piece < room - used ? piece : room - used - 1)) > 0)
		used += n;
	close(fd);
	text[used] = '\0';
	return n < 0 ? NULL : text;
}

static char *next_line(char *line)
{
	char *end = line ? strchr(line, '\n') : NULL;

	return end ? end + 1 : NULL;
}

TEST_F(overview, line_tells_an_object)
{
	struct kown_stat stat;
	char want[256], *text;
	__u64 elems[3] = {};
	__u32 handle, weak;

	ASSERT_EQ(0, kown_new_mode(self->ctx, KOWN_MODE_LOCKED, 8, 0, &handle));
	ASSERT_EQ(0, kown_downgrade(self->ctx, handle, 0, &weak));
	ASSERT_EQ(0, kown_lock(self->ctx, handle));
	ASSERT_EQ(0, kown_push(self->ctx, handle, elems, 3));
	ASSERT_EQ(0, kown_stat(self->ctx, handle, &stat));
	text = read_all(OBJECTS, 4096);
	ASSERT_NE(NULL, text);
	snprintf(want, sizeof(want), HEADER "%llu locked 8 3 %llu 1 1 0x%x %d\n", stat.object,
		 stat.cap * 8, KOWN_STATE_LOCKED, getpid());
	EXPECT_STREQ(want, text);
	free(text);
	/* Dead, but somebody could still ask for it. */
	ASSERT_EQ(0, kown_drop(self->ctx, handle));
	text = read_all(OBJECTS, 4096);
	snprintf(want, sizeof(want), HEADER "%llu locked 8 0 0 0 1 0x%x 0\n", stat.object,
		 KOWN_STATE_POISONED);
	EXPECT_STREQ(want, text);
	free(text);
	ASSERT_EQ(0, kown_drop(self->ctx, weak));
	text = read_all(OBJECTS, 4096);
	EXPECT_STREQ(HEADER, text);
	free(text);
}

TEST_F(overview, list_is_complete_and_in_order_in_pieces_of_any_size)
{
	static const size_t pieces[] = { 17, 100, 4096, 1 << 20 };
	unsigned long long id = 0, last;
	__u32 handle;
	char *text, *line;
	int i, n;

	for (i = 0; i < MANY; i++)
		ASSERT_EQ(0, kown_new(self->ctx, 1, 0, &handle));
	for (i = 0; i < ARRAY_SIZE(pieces); i++) {
		text = read_all(OBJECTS, pieces[i]);
		ASSERT_NE(NULL, text);
		last = -1ULL;
		n = 0;
		for (line = next_line(text); line && *line; line = next_line(line)) {
			n += sscanf(line, "%llu shared 1 0 0 1 0 0x0 0\n", &id) == 1;
			ASSERT_GT(last, id);
			last = id;
		}
		ASSERT_EQ(MANY, n);
		free(text);
	}
}

static atomic_bool stop;

static void *come_and_go(void *arg)
{
	int ctx = kown_open();
	__u32 handles[16] = {};
	__u64 seed = (uintptr_t)arg;
	unsigned int i;

	while (!stop) {
		i = random_u32(&seed) % ARRAY_SIZE(handles);
		if (handles[i])
			kown_drop(ctx, handles[i]);
		if (kown_new(ctx, 8, 4, &handles[i]))
			return (void *)1;
	}
	close(ctx);
	return NULL;
}

/* Class 7: objects that go while the reader stands on them, and between two reads. */
TEST_F(overview, class_7_read_while_objects_come_and_go)
{
	unsigned long long end = now_ms() + 3000;
	pthread_t threads[3];
	struct kown_info info;
	void *result;
	char *text;
	long i;

	stop = false;
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, come_and_go, (void *)(i + 1)));
	while (now_ms() < end) {
		text = read_all(OBJECTS, 61);
		ASSERT_NE(NULL, text);
		ASSERT_EQ(0, strncmp(text, HEADER, strlen(HEADER)));
		free(text);
	}
	stop = true;
	for (i = 0; i < ARRAY_SIZE(threads); i++) {
		pthread_join(threads[i], &result);
		ASSERT_EQ(NULL, result);
	}
	ASSERT_EQ(0, kown_info(self->ctx, &info));
	EXPECT_EQ(0, info.all_objects);
}

/* A reader that stops in the middle keeps nothing that counts. */
TEST_F(overview, open_file_keeps_no_object)
{
	struct kown_info info;
	char buf[4096];
	__u32 handle;
	int fd, i;

	for (i = 0; i < 500; i++)
		ASSERT_EQ(0, kown_new(self->ctx, 64, 8, &handle));
	fd = open(OBJECTS, O_RDONLY);
	ASSERT_LE(0, fd);
	ASSERT_LT(0, read(fd, buf, sizeof(buf)));
	close(self->ctx);
	self->ctx = kown_open();
	ASSERT_EQ(0, kown_info(self->ctx, &info));
	EXPECT_EQ(0, info.all_objects);
	EXPECT_EQ(0, info.all_bytes);
	while (read(fd, buf, sizeof(buf)) > 0)
		;
	close(fd);
}

static int open_as_nobody(void *arg)
{
	if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
		return 1;
	return open(OBJECTS, O_RDONLY) < 0 && errno == EACCES ? 0 : 2;
}

TEST_F(overview, list_is_for_root)
{
	EXPECT_EQ(0, child_status(run_child(open_as_nobody, NULL)));
}

TEST_F(overview, fdinfo_of_a_context_with_many_handles)
{
	unsigned long number = 0, last = 0;
	char path[64], *text, *line;
	__u32 handle;
	int i, n = 0;

	for (i = 0; i < MANY; i++)
		ASSERT_EQ(0, kown_new(self->ctx, 1, 0, &handle));
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", self->ctx);
	text = read_all(path, 4096);
	ASSERT_NE(NULL, text);
	EXPECT_NE(NULL, strstr(text, "kown-handles:\t3000\n"));
	EXPECT_NE(NULL, strstr(text, "kown-objects:\t3000\n"));
	for (line = strstr(text, "kown-handle:"); line && *line; line = next_line(line)) {
		n += sscanf(line, "kown-handle: %lu object ", &number) == 1;
		ASSERT_LT(last, number);
		last = number;
	}
	EXPECT_EQ(MANY, n);
	free(text);
}

TEST_HARNESS_MAIN
