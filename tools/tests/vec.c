// SPDX-License-Identifier: GPL-2.0
/*
 * The elements: growth to the element, a naive model over random commands,
 * ranges, products that overflow, what is gone stays unreadable.
 */
#include "kown_test.h"
#include "snapshot.h"

/* Around each threshold of the growth rule, each alignment, both limits. */
static const __u32 elem_sizes[] = {
	0, 1, 2, 3, 4, 7, 8, 16, 1023, 1024, 1025, 4095, 4096, 4097, 65535,
	65536,
};

#define MAX_BYTES	0x40000		/* per object here */

static __u64 grown(__u64 cap, __u64 need, __u32 elem_size)
{
	__u64 least = elem_size == 1 ? 8 : elem_size <= 1024 ? 4 : 1;

	if (need <= cap)
		return cap;
	if (need < 2 * cap)
		need = 2 * cap;
	return need < least ? least : need;
}

static __u64 min_u64(__u64 a, __u64 b)
{
	return a < b ? a : b;
}

static void fill(unsigned char *bytes, size_t n, __u64 *seed)
{
	size_t i;

	for (i = 0; i + 4 <= n; i += 4)
		*(__u32 *)(bytes + i) = random_u32(seed);
	for (; i < n; i++)
		bytes[i] = random_u32(seed);
}

#define VEC	FIXTURE_DATA(vec)

FIXTURE(vec) {
	int ctx;
	unsigned char *model;	/* MAX_BYTES */
	unsigned char *buf;	/* MAX_BYTES and a guard */
};

FIXTURE_SETUP(vec)
{
	self->ctx = kown_open();
	ASSERT_LE(0, self->ctx);
	self->model = malloc(MAX_BYTES);
	self->buf = malloc(MAX_BYTES + 4096);
	ASSERT_TRUE(self->model && self->buf);
}

FIXTURE_TEARDOWN(vec)
{
	close(self->ctx);
}

TEST_F(vec, new_with_each_element_size)
{
	struct kown_stat stat;
	__u32 handle, size;
	int i;

	for (i = 0; i < 32; i++) {
		size = 1U << i;
		ASSERT_EQ(size <= KOWN_MAX_ELEM_SIZE ? 0 : EINVAL,
			  kown_new(self->ctx, size, 0, &handle));
	}
	ASSERT_EQ(EINVAL, kown_new(self->ctx, KOWN_MAX_ELEM_SIZE + 1, 0,
				   &handle));
	ASSERT_EQ(EINVAL, kown_new(self->ctx, ~0U, 0, &handle));
	for (i = 0; i < ARRAY_SIZE(elem_sizes); i++) {
		ASSERT_EQ(0, kown_new(self->ctx, elem_sizes[i], 0, &handle));
		ASSERT_EQ(0, kown_stat(self->ctx, handle, &stat));
		ASSERT_EQ(elem_sizes[i], stat.elem_size);
		ASSERT_EQ(0, stat.len);
		ASSERT_EQ(elem_sizes[i] ? 0 : ~0ULL, stat.cap);
	}
}

TEST_F(vec, new_makes_exactly_the_room_asked_for)
{
	static const __u64 caps[] = { 1, 2, 3, 5, 9, 15 };
	struct kown_info before, after;
	struct kown_stat stat;
	__u32 handle, size;
	int i, j;

	for (i = 0; i < ARRAY_SIZE(elem_sizes); i++) {
		size = elem_sizes[i];
		for (j = 0; j < ARRAY_SIZE(caps); j++) {
			ASSERT_EQ(0, kown_info(self->ctx, &before));
			ASSERT_EQ(0, kown_new(self->ctx, size, caps[j],
					      &handle));
			ASSERT_EQ(0, kown_stat(self->ctx, handle, &stat));
			ASSERT_EQ(size ? caps[j] : ~0ULL, stat.cap);
			ASSERT_EQ(0, stat.len);
			ASSERT_EQ(0, kown_info(self->ctx, &after));
			ASSERT_EQ(size * caps[j], after.bytes - before.bytes);
			ASSERT_EQ(0, kown_drop(self->ctx, handle));
		}
	}
}

TEST_F(vec, push_one_by_one_grows_by_the_rule)
{
	__u64 cap, len, most, index;
	struct kown_stat stat;
	struct kown_info info;
	__u32 handle, size;
	int i;

	memset(self->buf, 0, KOWN_MAX_ELEM_SIZE);
	for (i = 0; i < ARRAY_SIZE(elem_sizes); i++) {
		size = elem_sizes[i];
		cap = size ? 0 : ~0ULL;
		most = size > 4097 ? 17 : 300;
		ASSERT_EQ(0, kown_new(self->ctx, size, 0, &handle));
		for (len = 0; len < most; len++) {
			ASSERT_EQ(0, kown_push_at(self->ctx, handle,
						  ptr_to_u64(self->buf), 1,
						  &index));
			ASSERT_EQ(len, index);
			cap = grown(cap, len + 1, size);
			ASSERT_EQ(0, kown_stat(self->ctx, handle, &stat));
			ASSERT_EQ(len + 1, stat.len);
			ASSERT_EQ(cap, stat.cap) {
				TH_LOG("elements of %u bytes, len %llu",
				       size, len);
			}
		}
		ASSERT_EQ(0, kown_info(self->ctx, &info));
		ASSERT_EQ(size ? cap * size : 0, info.bytes);
		ASSERT_EQ(0, kown_drop(self->ctx, handle));
	}
}

static void push_twice(struct __test_metadata *_metadata, VEC *self,
		       __u32 size, __u64 start, __u64 len, __u64 count)
{
	struct kown_stat stat;
	__u32 handle;

	ASSERT_EQ(0, kown_new(self->ctx, size, start, &handle));
	ASSERT_EQ(0, kown_push(self->ctx, handle, self->buf, len));
	ASSERT_EQ(0, kown_push(self->ctx, handle, self->buf, count));
	ASSERT_EQ(0, kown_stat(self->ctx, handle, &stat));
	ASSERT_EQ(len + count, stat.len);
	ASSERT_EQ(grown(start, len + count, size), stat.cap) {
		TH_LOG("%llu and %llu elements of %u bytes, cap %llu", len,
		       count, size, start);
	}
	ASSERT_EQ(0, kown_drop(self->ctx, handle));
}

/* From each small len and cap, each small count. */
TEST_F(vec, push_of_several_grows_by_the_rule)
{
	static const __u32 sizes[] = { 1, 3, 1024, 1025 };
	__u64 start, len, count;
	int i;

	memset(self->buf, 0, 40 * 1025);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (start = 0; start < 10; start += 3) {
			for (len = 0; len <= start; len++) {
				for (count = 0; count < 2 * start + 12; count++)
					push_twice(_metadata, self, sizes[i],
						   start, len, count);
			}
		}
	}
}

/* Nothing shrinks by itself. */
TEST_F(vec, pop_keeps_the_capacity)
{
	struct kown_stat stat;
	__u32 handle;
	__u64 taken;

	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &handle));
	ASSERT_EQ(0, kown_push(self->ctx, handle, self->buf, 1000));
	ASSERT_EQ(0, kown_pop(self->ctx, handle, self->buf, 1000, &taken));
	ASSERT_EQ(1000, taken);
	ASSERT_EQ(0, kown_stat(self->ctx, handle, &stat));
	EXPECT_EQ(0, stat.len);
	EXPECT_EQ(1000, stat.cap);
}

/* PUSH, POP and READ at random, against an array. */
static void like_an_array(struct __test_metadata *_metadata, VEC *self,
			  __u32 size, int rounds)
{
	__u64 len = 0, cap = 0, max = size ? MAX_BYTES / size : 1000;
	__u64 count, start, index, taken, bytes, seed = size + 1;
	struct kown_stat stat;
	unsigned char *at;
	__u32 handle;
	int i;

	if (!size)
		cap = ~0ULL;
	ASSERT_EQ(0, kown_new(self->ctx, size, 0, &handle));
	for (i = 0; i < rounds; i++) {
		/* Small mostly, and sometimes as large as may be. */
		count = random_u32(&seed) % (random_u32(&seed) % 4 ? 5 : max);
		switch (random_u32(&seed) % 3) {
		case 0:
			count = min_u64(count, max - len);
			bytes = count * size;
			at = self->model + len * size;
			fill(at, bytes, &seed);
			ASSERT_EQ(0, kown_push_at(self->ctx, handle,
						  ptr_to_u64(at), count,
						  &index));
			ASSERT_EQ(len, index);
			len += count;
			cap = grown(cap, len, size);
			break;
		case 1:
			bytes = min_u64(count, len) * size;
			memset(self->buf, PATTERN, bytes + 64);
			ASSERT_EQ(0, kown_pop(self->ctx, handle, self->buf,
					      count, &taken));
			ASSERT_EQ(min_u64(count, len), taken);
			len -= taken;
			ASSERT_EQ(0, memcmp(self->model + len * size,
					    self->buf, bytes));
			ASSERT_EQ(PATTERN, self->buf[bytes]);
			ASSERT_EQ(PATTERN, self->buf[bytes + 63]);
			break;
		default:
			start = len ? random_u32(&seed) % len : 0;
			count = min_u64(count, len - start);
			bytes = count * size;
			memset(self->buf, PATTERN, bytes + 64);
			ASSERT_EQ(0, kown_read(self->ctx, handle, start, count,
					       self->buf));
			ASSERT_EQ(0, memcmp(self->model + start * size,
					    self->buf, bytes));
			ASSERT_EQ(PATTERN, self->buf[bytes]);
			ASSERT_EQ(PATTERN, self->buf[bytes + 63]);
		}
		ASSERT_EQ(0, kown_stat(self->ctx, handle, &stat));
		ASSERT_EQ(len, stat.len);
		ASSERT_EQ(cap, stat.cap);
	}
	ASSERT_EQ(0, kown_drop(self->ctx, handle));
}

TEST_F(vec, commands_at_random_do_as_an_array_does)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(elem_sizes); i++)
		like_an_array(_metadata, self, elem_sizes[i], 150);
}

static const __u64 zero_to_five[] = { 0, 1, 2, 3, 4, 5 };

/* Each range over few elements, and the ends of the number line. */
TEST_F(vec, read_of_each_range)
{
	const __u64 len = 6, far = 1ULL << 63;
	__u64 start, count, n;
	const __u64 numbers[] = {
		0, 1, 2, 3, 4, 5, 6, 7, 8, far - 1, far, far + 1, ~0ULL - 6,
		~0ULL - 5, ~0ULL - 1, ~0ULL, 1ULL << 61, 1ULL << 32,
	};
	unsigned int a, b;
	struct snapshot before;
	__u64 elems[8];
	__u32 handle;
	int err;

	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &handle));
	ASSERT_EQ(0, kown_push(self->ctx, handle, zero_to_five, len));
	snapshot_take(_metadata, self->ctx, handle, &before);
	for (a = 0; a < ARRAY_SIZE(numbers); a++) {
		for (b = 0; b < ARRAY_SIZE(numbers); b++) {
			start = numbers[a];
			count = numbers[b];
			err = start <= len && count <= len - start ? 0 : ERANGE;
			memset(elems, PATTERN, sizeof(elems));
			ASSERT_EQ(err, kown_read(self->ctx, handle, start,
						 count, elems)) {
				TH_LOG("%llu from %llu", count, start);
			}
			n = err ? 0 : count;
			ASSERT_EQ(0, memcmp(elems, zero_to_five + start * !err,
					    n * 8));
			ASSERT_TRUE(bytes_are(elems + n, PATTERN, (8 - n) * 8));
			/* A range is judged before the pointer. */
			if (!err)
				continue;
			err = kown_read(self->ctx, handle, start, count, NULL);
			ASSERT_EQ(ERANGE, err);
		}
	}
	snapshot_same(_metadata, self->ctx, handle, &before, "read", 0);
}

TEST_F(vec, pop_of_more_than_there_is)
{
	static const __u64 counts[] = {
		4, 5, 1000, 1ULL << 32, (1ULL << 60) - 1, 1ULL << 60,
		1ULL << 61, 1ULL << 63, ~0ULL,
	};
	struct kown_stat stat;
	__u64 taken, elems[8];
	__u32 handle;
	int n;

	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &handle));
	for (n = 0; n < ARRAY_SIZE(counts); n++) {
		ASSERT_EQ(0, kown_push(self->ctx, handle, zero_to_five, 4));
		memset(elems, PATTERN, sizeof(elems));
		ASSERT_EQ(0, kown_pop(self->ctx, handle, elems, counts[n],
				      &taken)) TH_LOG("%llu", counts[n]);
		ASSERT_EQ(4, taken);
		ASSERT_EQ(0, memcmp(elems, zero_to_five, 4 * 8));
		ASSERT_TRUE(bytes_are(elems + 4, PATTERN, 4 * 8));
		ASSERT_EQ(0, kown_pop(self->ctx, handle, elems, counts[n],
				      &taken));
		ASSERT_EQ(0, taken);
		ASSERT_EQ(0, kown_stat(self->ctx, handle, &stat));
		ASSERT_EQ(0, stat.len);
	}
}

/* Nothing moves, so no pointer is followed. */
TEST_F(vec, count_of_none_needs_no_pointer)
{
	struct snapshot before;
	__u64 index, taken, elem = 7;
	__u32 handle;

	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &handle));
	ASSERT_EQ(0, kown_push(self->ctx, handle, &elem, 1));
	snapshot_take(_metadata, self->ctx, handle, &before);
	ASSERT_EQ(0, kown_push_at(self->ctx, handle, 0, 0, &index));
	EXPECT_EQ(1, index);
	ASSERT_EQ(0, kown_pop_at(self->ctx, handle, 0, 0, &taken));
	EXPECT_EQ(0, taken);
	ASSERT_EQ(0, kown_read_at(self->ctx, handle, 0, 0, 0));
	ASSERT_EQ(0, kown_read_at(self->ctx, handle, 1, 0, 0));
	snapshot_same(_metadata, self->ctx, handle, &before, "none", 0);

	ASSERT_EQ(0, kown_pop(self->ctx, handle, &elem, 1, NULL));
	ASSERT_EQ(0, kown_pop_at(self->ctx, handle, 0, ~0ULL, &taken));
	EXPECT_EQ(0, taken);
}

/* Of all that is wrong with a call, the first is what it is told. */
TEST_F(vec, push_read_and_pop_with_several_things_wrong)
{
	const __u64 huge = 1ULL << 60;
	__u32 handle, none;

	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &handle));
	ASSERT_EQ(0, kown_clone(self->ctx, handle, 0, &none));
	EXPECT_EQ(ENOENT, kown_push(self->ctx, 0, NULL, huge));
	EXPECT_EQ(EACCES, kown_push(self->ctx, none, NULL, huge));
	EXPECT_EQ(EOVERFLOW, kown_push(self->ctx, handle, NULL, huge));
	EXPECT_EQ(EFAULT, kown_push(self->ctx, handle, NULL, 1));
	EXPECT_EQ(ENOENT, kown_read(self->ctx, 0, huge, huge, NULL));
	EXPECT_EQ(EACCES, kown_read(self->ctx, none, huge, huge, NULL));
	EXPECT_EQ(ERANGE, kown_read(self->ctx, handle, huge, huge, NULL));
	EXPECT_EQ(ENOENT, kown_pop(self->ctx, 0, NULL, huge, NULL));
	EXPECT_EQ(EACCES, kown_pop(self->ctx, none, NULL, huge, NULL));
	EXPECT_EQ(ENOENT, kown_clone(self->ctx, 0, ALL_RIGHTS, &handle));
}

TEST_F(vec, push_whose_size_overflows)
{
	static const struct {
		__u32 elem_size;
		__u64 count;
	} table[] = {
		/* bytes beyond SSIZE_MAX */
		{ 1, 1ULL << 63 },
		{ 1, ~0ULL },
		{ 2, 1ULL << 62 },
		{ 3, (1ULL << 63) / 3 + 1 },
		{ 8, 1ULL << 60 },
		{ 4095, (1ULL << 63) / 4095 + 1 },
		{ 4096, 1ULL << 51 },
		{ 65536, 1ULL << 47 },
		/* bytes beyond 64 bit, to 0, to 1 element, to a small number */
		{ 2, 1ULL << 63 },
		{ 8, 1ULL << 61 },
		{ 8, (1ULL << 61) + 1 },
		{ 3, 0x5555555555555556 },
		{ 3, 0xaaaaaaaaaaaaaaab },
		{ 4095, ~0ULL / 4095 + 1 },
		{ 4096, (1ULL << 52) + 1 },
		{ 65536, (1ULL << 48) + 1 },
		{ 65536, ~0ULL },
		/* len + count beyond 64 bit: len is 2 */
		{ 1, ~0ULL - 1 },
		{ 8, ~0ULL - 1 },
		{ 4096, ~0ULL - 1 },
		{ 65536, ~0ULL },
	};
	struct snapshot before;
	__u32 handle;
	int i;

	memset(self->buf, 0x5a, MAX_BYTES);
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		ASSERT_EQ(0, kown_new(self->ctx, table[i].elem_size, 0,
				      &handle));
		if (table[i].elem_size <= 4096) {
			ASSERT_EQ(0, kown_push(self->ctx, handle, self->buf,
					       2));
		} else {
			ASSERT_EQ(0, kown_push(self->ctx, handle, self->buf,
					       0));
		}
		snapshot_take(_metadata, self->ctx, handle, &before);
		ASSERT_EQ(EOVERFLOW, kown_push(self->ctx, handle, self->buf,
					       table[i].count)) {
			TH_LOG("%llu elements of %u bytes", table[i].count,
			       table[i].elem_size);
		}
		snapshot_same(_metadata, self->ctx, handle, &before, "row", i);
		/* An overflow is found before the pointer is looked at. */
		ASSERT_EQ(EOVERFLOW, kown_push(self->ctx, handle, NULL,
					       table[i].count));
		snapshot_same(_metadata, self->ctx, handle, &before, "row", i);
		ASSERT_EQ(0, kown_drop(self->ctx, handle));
	}
}

TEST_F(vec, new_whose_size_overflows)
{
	static const struct {
		__u32 elem_size;
		__u64 cap;
		int err;
	} table[] = {
		{ 1, 1ULL << 63, EOVERFLOW },
		{ 1, ~0ULL, EOVERFLOW },
		{ 3, 0x5555555555555556, EOVERFLOW },
		{ 8, 1ULL << 60, EOVERFLOW },
		{ 8, 1ULL << 61, EOVERFLOW },
		{ 8, (1ULL << 61) + 1, EOVERFLOW },
		{ 4095, ~0ULL / 4095 + 1, EOVERFLOW },
		{ 4096, (1ULL << 52) + 1, EOVERFLOW },
		{ 65536, 1ULL << 47, EOVERFLOW },
		{ 65536, 1ULL << 48, EOVERFLOW },
		{ 65536, ~0ULL, EOVERFLOW },
		/* These are numbers, only too large. */
		{ 1, (1ULL << 63) - 1, ENOSPC },
		{ 8, (1ULL << 60) - 1, ENOSPC },
		{ 4096, (1ULL << 51) - 1, ENOSPC },
		{ 65536, (1ULL << 47) - 1, ENOSPC },
		{ 1, 1ULL << 32, ENOSPC },
		{ 1, (1ULL << 32) + 1, ENOSPC },
		{ 8, 1ULL << 29, ENOSPC },
	};
	struct snapshot before;
	__u32 handle, none;
	__u64 limit;
	int i;

	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &handle));
	snapshot_take(_metadata, self->ctx, handle, &before);
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		EXPECT_EQ(table[i].err, kown_new(self->ctx, table[i].elem_size,
						 table[i].cap, &none)) {
			TH_LOG("%llu elements of %u bytes", table[i].cap,
			       table[i].elem_size);
		}
		snapshot_same(_metadata, self->ctx, handle, &before, "row", i);
	}
	limit = kown_param("max_bytes");
	ASSERT_NE(0, limit);
	ASSERT_EQ(ENOSPC, kown_new(self->ctx, 1, limit + 1, &none));
	snapshot_same(_metadata, self->ctx, handle, &before, "limit", limit);
}

/* Beyond the limit, with a source that is all there. */
TEST_F(vec, push_beyond_the_limit)
{
	__u64 limit = kown_param("max_bytes");
	struct snapshot before;
	__u32 handle;
	char *map;

	if (sizeof(long) == 4 && limit > 1ULL << 30)
		SKIP(return, "max_bytes does not fit this address space");
	map = mmap(NULL, limit + 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS |
		   MAP_NORESERVE, -1, 0);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, kown_new(self->ctx, 1, 0, &handle));
	ASSERT_EQ(0, kown_push(self->ctx, handle, "a", 1));
	snapshot_take(_metadata, self->ctx, handle, &before);
	ASSERT_EQ(ENOSPC, kown_push(self->ctx, handle, map, limit + 1));
	snapshot_same(_metadata, self->ctx, handle, &before, "limit", limit);
	ASSERT_EQ(ENOSPC, kown_push(self->ctx, handle, map, limit + 4096));
	snapshot_same(_metadata, self->ctx, handle, &before, "limit", limit);
}

TEST_F(vec, elements_of_no_size)
{
	struct kown_info info;
	struct kown_stat stat;
	struct snapshot before;
	__u64 index, taken;
	__u32 handle;

	ASSERT_EQ(0, kown_new(self->ctx, 0, 0, &handle));
	ASSERT_EQ(0, kown_push_at(self->ctx, handle, 0, 5, &index));
	EXPECT_EQ(0, index);
	ASSERT_EQ(0, kown_push_at(self->ctx, handle, 0, ~0ULL - 5, &index));
	EXPECT_EQ(5, index);
	ASSERT_EQ(0, kown_stat(self->ctx, handle, &stat));
	EXPECT_EQ(~0ULL, stat.len);
	EXPECT_EQ(~0ULL, stat.cap);
	ASSERT_EQ(0, kown_info(self->ctx, &info));
	EXPECT_EQ(0, info.bytes);

	snapshot_take(_metadata, self->ctx, handle, &before);
	EXPECT_EQ(EOVERFLOW, kown_push(self->ctx, handle, NULL, 1));
	EXPECT_EQ(EOVERFLOW, kown_push(self->ctx, handle, NULL, ~0ULL));
	EXPECT_EQ(0, kown_push(self->ctx, handle, NULL, 0));
	EXPECT_EQ(0, kown_read(self->ctx, handle, 0, ~0ULL, NULL));
	EXPECT_EQ(0, kown_read(self->ctx, handle, ~0ULL, 0, NULL));
	EXPECT_EQ(0, kown_read(self->ctx, handle, 1ULL << 63, 1ULL << 62,
			       NULL));
	EXPECT_EQ(ERANGE, kown_read(self->ctx, handle, 1, ~0ULL, NULL));
	EXPECT_EQ(ERANGE, kown_read(self->ctx, handle, ~0ULL, 1, NULL));
	EXPECT_EQ(ERANGE, kown_read(self->ctx, handle, ~0ULL, ~0ULL, NULL));
	snapshot_same(_metadata, self->ctx, handle, &before, "range", 0);

	ASSERT_EQ(0, kown_pop(self->ctx, handle, NULL, 1, &taken));
	EXPECT_EQ(1, taken);
	ASSERT_EQ(0, kown_push(self->ctx, handle, NULL, 1));
	ASSERT_EQ(0, kown_pop(self->ctx, handle, NULL, ~0ULL, &taken));
	EXPECT_EQ(~0ULL, taken);
	ASSERT_EQ(0, kown_pop(self->ctx, handle, NULL, ~0ULL, &taken));
	EXPECT_EQ(0, taken);
	/* Any capacity is there already. */
	ASSERT_EQ(0, kown_new(self->ctx, 0, ~0ULL, &handle));
	ASSERT_EQ(0, kown_stat(self->ctx, handle, &stat));
	EXPECT_EQ(~0ULL, stat.cap);
	EXPECT_EQ(0, stat.len);
}

/* As many of no size as can be counted, and one more in each way that there is. */
static int one_more(int ctx, __u32 handle, __u32 other, int way)
{
	switch (way) {
	case 0:
		return kown_push(ctx, handle, NULL, 1);
	case 1:
		return kown_range(ctx, KOWN_IOC_INSERT, 0, handle, 0, 1, NULL);
	case 2:
		return kown_splice(ctx, 0, handle, 0, 0, NULL, NULL, 1);
	case 3:
		return kown_reserve(ctx, KOWN_IOC_RESERVE, 0, handle, 1, NULL);
	case 4:
		return kown_reserve(ctx, KOWN_IOC_RESERVE, KOWN_RESERVE_EXACT, handle, 1, NULL);
	case 5:
		return kown_range(ctx, KOWN_IOC_EXTEND_WITHIN, 0, handle, 0, 1, NULL);
	case 6:
		return kown_append(ctx, KOWN_IOC_COPY_FROM, handle, handle, 0, 1, NULL);
	case 7:
		return kown_append(ctx, KOWN_IOC_COPY_FROM, handle, other, 0, 1, NULL);
	case 8:
		return kown_append(ctx, KOWN_IOC_APPEND, handle, other, 0, 0, NULL);
	}
	return -1;
}

TEST_F(vec, elements_of_no_size_beyond_what_can_be_counted)
{
	struct snapshot before, before_other;
	__u32 handle, other;
	int way;

	for (way = 0; way < 9; way++) {
		ASSERT_EQ(0, kown_new(self->ctx, 0, 0, &handle));
		ASSERT_EQ(0, kown_push(self->ctx, handle, NULL, ~0ULL));
		ASSERT_EQ(0, kown_new(self->ctx, 0, 0, &other));
		ASSERT_EQ(0, kown_push(self->ctx, other, NULL, 1));
		snapshot_take(_metadata, self->ctx, handle, &before);
		snapshot_take(_metadata, self->ctx, other, &before_other);
		ASSERT_EQ(EOVERFLOW, one_more(self->ctx, handle, other, way)) {
			TH_LOG("way %d", way);
		}
		snapshot_same(_metadata, self->ctx, handle, &before, "way", way);
		snapshot_same(_metadata, self->ctx, other, &before_other, "way", way);
		ASSERT_EQ(0, kown_pop(self->ctx, handle, NULL, 1, NULL));
		ASSERT_EQ(0, one_more(self->ctx, handle, other, way)) TH_LOG("way %d", way);
	}
}

TEST_F(vec, elements_that_were_popped_cannot_be_read)
{
	struct kown_stat stat;
	__u64 start, count;
	__u32 handle;

	memset(self->model, 'S', 4096);
	ASSERT_EQ(0, kown_new(self->ctx, 1, 4096, &handle));
	ASSERT_EQ(ERANGE, kown_read(self->ctx, handle, 0, 1, self->buf));
	ASSERT_EQ(0, kown_push(self->ctx, handle, self->model, 4096));
	ASSERT_EQ(0, kown_pop(self->ctx, handle, self->buf, 4096, NULL));
	memset(self->buf, PATTERN, 8192);
	ASSERT_EQ(0, kown_push(self->ctx, handle, "abc", 3));
	for (start = 0; start < 4096; start += 13) {
		for (count = 1; count <= 4096 - start; count *= 2) {
			if (start + count <= 3)
				continue;
			ASSERT_EQ(ERANGE, kown_read(self->ctx, handle, start,
						    count, self->buf));
		}
	}
	/* Nor after the object has moved to larger memory. */
	memset(self->model, 'x', 4096);
	ASSERT_EQ(0, kown_push(self->ctx, handle, self->model, 4096));
	ASSERT_EQ(0, kown_stat(self->ctx, handle, &stat));
	ASSERT_EQ(8192, stat.cap);
	ASSERT_EQ(ERANGE, kown_read(self->ctx, handle, 0, 8192, self->buf));
	ASSERT_EQ(0, kown_pop(self->ctx, handle, self->buf, 8192, NULL));
	ASSERT_EQ(0, memcmp(self->buf, "abc", 3));
	ASSERT_TRUE(bytes_are(self->buf + 3, 'x', 4096));
	ASSERT_TRUE(bytes_are(self->buf + 4099, PATTERN, 4093));
}

/* A buffer larger than what there is keeps its rest. */
TEST_F(vec, pop_leaves_the_rest_of_the_buffer)
{
	unsigned int size;
	__u32 handle;
	__u64 taken;

	for (size = 1; size <= 4097; size = size * 2 + 1) {
		ASSERT_EQ(0, kown_new(self->ctx, size, 8, &handle));
		memset(self->model, 'm', 3 * size);
		ASSERT_EQ(0, kown_push(self->ctx, handle, self->model, 3));
		memset(self->buf, PATTERN, 8 * size);
		ASSERT_EQ(0, kown_pop(self->ctx, handle, self->buf, 8, &taken));
		ASSERT_EQ(3, taken);
		ASSERT_TRUE(bytes_are(self->buf, 'm', 3 * size));
		ASSERT_TRUE(bytes_are(self->buf + 3 * size, PATTERN, 5 * size));
	}
}

/* One push larger than any piece that the kernel may copy at a time. */
TEST_F(vec, push_and_read_of_some_megabytes)
{
	const size_t bytes = 5 << 20;
	__u64 *source = malloc(bytes), *copy = malloc(bytes), i, seed = 3;
	__u32 handle;

	ASSERT_TRUE(source && copy);
	for (i = 0; i < bytes / 8; i++)
		source[i] = seed += 0x9e3779b97f4a7c15;
	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &handle));
	ASSERT_EQ(0, kown_push(self->ctx, handle, source, bytes / 8));
	ASSERT_EQ(0, kown_read(self->ctx, handle, 0, bytes / 8, copy));
	ASSERT_EQ(0, memcmp(source, copy, bytes));
	memset(copy, 0, bytes);
	ASSERT_EQ(0, kown_pop(self->ctx, handle, copy, bytes / 8, NULL));
	ASSERT_EQ(0, memcmp(source, copy, bytes));
}

TEST_HARNESS_MAIN
