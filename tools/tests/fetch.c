// SPDX-License-Identifier: GPL-2.0
/*
 * Structs and arrays that another thread changes during the call. Each value is
 * read once: whichever of two it was, all of the call agrees on it.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "kown_test.h"

#define MILLISECONDS	400		/* per field */
#define MOST		200		/* elements in the larger push */

/* A field that goes back and forth between two values. */
struct flip {
	__u64 *at64;
	__u32 *at32;
	__u64 value[2];
	atomic_bool stop;
	pthread_t thread;
};

static void *flip_thread(void *arg)
{
	struct flip *flip = arg;
	unsigned int n = 0;

	run_on_cpu(1);
	while (!atomic_load(&flip->stop)) {
		if (flip->at64)
			WRITE_ONCE(*flip->at64, READ_ONCE(flip->value[n % 2]));
		else
			WRITE_ONCE(*flip->at32, READ_ONCE(flip->value[n % 2]));
		n++;
	}
	return NULL;
}

static void flip_begin(struct flip *flip)
{
	run_on_cpu(0);
	pthread_create(&flip->thread, NULL, flip_thread, flip);
}

static void flip_end(struct flip *flip)
{
	atomic_store(&flip->stop, true);
	pthread_join(flip->thread, NULL);
}

#define FETCH	FIXTURE_DATA(fetch)

FIXTURE(fetch) {
	int ctx;
	__u32 handle, other;
	__u64 a[MOST], b[MOST];
	unsigned long long end;
	unsigned int done[2];	/* calls that saw the one, and the other */
};

FIXTURE_SETUP(fetch)
{
	int i;

	self->ctx = kown_open();
	ASSERT_LE(0, self->ctx);
	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &self->handle));
	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &self->other));
	for (i = 0; i < MOST; i++) {
		self->a[i] = 0xaaaaaaaaaaaaaaaa;
		self->b[i] = 0xbbbbbbbbbbbbbbbb;
	}
	self->end = now_ms() + MILLISECONDS;
}

FIXTURE_TEARDOWN(fetch)
{
	TH_LOG("%u calls saw the one, %u the other", self->done[0],
	       self->done[1]);
	close(self->ctx);
}

static __u64 len_of(int ctx, __u32 handle)
{
	struct kown_stat stat;

	return kown_stat(ctx, handle, &stat) ? ~0ULL : stat.len;
}

static void push_arg(FETCH *self, struct kown_push *arg)
{
	kown_blank(arg, sizeof(*arg));
	arg->handle = self->handle;
	arg->__reserved = 0;
	arg->data = ptr_to_u64(self->a);
	arg->count = MOST;
}

TEST_F(fetch, class_14_push_whose_count_changes)
{
	struct flip flip = { .value = { 3, MOST } };
	struct kown_push arg;
	__u64 len, pushed, taken, elems[MOST];

	push_arg(self, &arg);
	flip.at64 = &arg.count;
	flip_begin(&flip);
	while (now_ms() < self->end) {
		len = len_of(self->ctx, self->handle);
		ASSERT_EQ(0, kown_call(self->ctx, KOWN_IOC_PUSH, &arg));
		ASSERT_EQ(len, arg.index);
		pushed = len_of(self->ctx, self->handle) - len;
		ASSERT_TRUE(pushed == 3 || pushed == MOST) {
			TH_LOG("%llu", pushed);
		}
		self->done[pushed == MOST]++;
		ASSERT_EQ(0, kown_pop(self->ctx, self->handle, elems, MOST,
				      &taken));
		ASSERT_EQ(pushed, taken);
		ASSERT_TRUE(elems_are(elems, 0xaaaaaaaaaaaaaaaa, pushed));
	}
	flip_end(&flip);
}

/* To a count that overflows, and to one that is beyond any buffer. */
TEST_F(fetch, class_14_push_whose_count_becomes_huge)
{
	struct flip flip = { .value = { 3, 1ULL << 61 | 3 } };
	struct kown_push arg;
	__u64 len;
	int err;

	push_arg(self, &arg);
	arg.count = 3;
	flip.at64 = &arg.count;
	flip_begin(&flip);
	while (now_ms() < self->end) {
		len = len_of(self->ctx, self->handle);
		err = kown_call(self->ctx, KOWN_IOC_PUSH, &arg);
		if (err) {
			ASSERT_EQ(EOVERFLOW, err);
			ASSERT_EQ(len, len_of(self->ctx, self->handle));
		} else {
			ASSERT_EQ(len + 3, len_of(self->ctx, self->handle));
		}
		self->done[!!err]++;
		ASSERT_EQ(0, kown_pop(self->ctx, self->handle, self->b, MOST,
				      NULL));
	}
	flip_end(&flip);
}

TEST_F(fetch, class_14_push_whose_data_changes)
{
	struct flip flip = {
		.value = { ptr_to_u64(self->a), ptr_to_u64(self->b) },
	};
	struct kown_push arg;
	__u64 elems[MOST];

	push_arg(self, &arg);
	flip.at64 = &arg.data;
	flip_begin(&flip);
	while (now_ms() < self->end) {
		ASSERT_EQ(0, kown_call(self->ctx, KOWN_IOC_PUSH, &arg));
		ASSERT_EQ(0, kown_pop(self->ctx, self->handle, elems, MOST,
				      NULL));
		ASSERT_TRUE(elems_are(elems, elems[0], MOST));
		self->done[elems[0] == 0xbbbbbbbbbbbbbbbb]++;
	}
	flip_end(&flip);
}

TEST_F(fetch, class_14_push_whose_data_becomes_a_kernel_address)
{
	struct flip flip = {
		.value = { ptr_to_u64(self->a), 0xffffffff81000000 },
	};
	struct kown_push arg;
	__u64 elems[MOST];
	int err;

	push_arg(self, &arg);
	flip.at64 = &arg.data;
	flip_begin(&flip);
	while (now_ms() < self->end) {
		err = kown_call(self->ctx, KOWN_IOC_PUSH, &arg);
		self->done[!!err]++;
		if (err) {
			ASSERT_EQ(EFAULT, err);
			ASSERT_EQ(0, len_of(self->ctx, self->handle));
			continue;
		}
		ASSERT_EQ(0, kown_pop(self->ctx, self->handle, elems, MOST,
				      NULL));
		ASSERT_TRUE(elems_are(elems, 0xaaaaaaaaaaaaaaaa, MOST));
	}
	flip_end(&flip);
}

/* Each element goes to one of them, and none to both. */
TEST_F(fetch, class_14_push_whose_handle_changes)
{
	struct flip flip = { .value = { self->handle, self->other } };
	struct kown_push arg;
	__u64 lens[2];

	push_arg(self, &arg);
	flip.at32 = &arg.handle;
	flip_begin(&flip);
	while (now_ms() < self->end) {
		ASSERT_EQ(0, kown_call(self->ctx, KOWN_IOC_PUSH, &arg));
		lens[0] = len_of(self->ctx, self->handle);
		lens[1] = len_of(self->ctx, self->other);
		ASSERT_EQ(MOST, lens[0] + lens[1]);
		self->done[lens[1] == MOST]++;
		ASSERT_EQ(0, kown_pop(self->ctx, lens[0] ? self->handle :
				      self->other, self->b, MOST, NULL));
	}
	flip_end(&flip);
}

/* Rights are those of the handle that is used. */
TEST_F(fetch, class_14_push_whose_handle_loses_its_right)
{
	struct flip flip = { .value = { self->handle, 0 } };
	struct kown_push arg;
	__u32 reader;
	__u64 len;
	int err;

	ASSERT_EQ(0, kown_clone(self->ctx, self->other, KOWN_RIGHT_READ,
				&reader));
	flip.value[1] = reader;
	push_arg(self, &arg);
	flip.at32 = &arg.handle;
	flip_begin(&flip);
	while (now_ms() < self->end) {
		len = len_of(self->ctx, self->handle);
		err = kown_call(self->ctx, KOWN_IOC_PUSH, &arg);
		self->done[!!err]++;
		if (err) {
			ASSERT_EQ(EACCES, err);
			ASSERT_EQ(len, len_of(self->ctx, self->handle));
		} else {
			ASSERT_EQ(len + MOST, len_of(self->ctx, self->handle));
			ASSERT_EQ(0, kown_pop(self->ctx, self->handle, self->b,
					      MOST, NULL));
		}
		ASSERT_EQ(0, len_of(self->ctx, self->other));
	}
	flip_end(&flip);
}

/* The size is read before the struct is: no more than it said is used. */
TEST_F(fetch, class_14_push_whose_size_changes)
{
	static const __u64 sizes[] = { 0, 39, 48, 4096, 4097, 0xffffffff };
	union kown_arg *a = calloc(2, sizeof(*a));
	unsigned int i;
	int err;

	ASSERT_NE(NULL, a);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct flip flip = { .value = { sizeof(a->push), sizes[i] } };
		unsigned long long end = now_ms() + MILLISECONDS / 6;

		push_arg(self, &a->push);
		flip.at32 = &a->push.size;
		flip_begin(&flip);
		while (now_ms() < end) {
			err = kown_call(self->ctx, KOWN_IOC_PUSH, a);
			self->done[!!err]++;
			ASSERT_TRUE(!err || err == EINVAL || err == E2BIG);
			ASSERT_EQ(err ? 0 : MOST, len_of(self->ctx,
							 self->handle));
			ASSERT_EQ(0, kown_pop(self->ctx, self->handle, self->b,
					      MOST, NULL));
		}
		flip_end(&flip);
	}
}

TEST_F(fetch, class_14_push_whose_flags_and_reserved_change)
{
	struct kown_push arg;
	unsigned int field;
	int err;

	for (field = 0; field < 2; field++) {
		struct flip flip = { .value = { 0, 1 } };
		unsigned long long end = now_ms() + MILLISECONDS / 2;

		push_arg(self, &arg);
		flip.at32 = field ? &arg.__reserved :
			    &arg.flags;
		flip_begin(&flip);
		while (now_ms() < end) {
			err = kown_call(self->ctx, KOWN_IOC_PUSH, &arg);
			self->done[!!err]++;
			ASSERT_TRUE(!err || err == EOPNOTSUPP);
			ASSERT_EQ(err ? 0 : MOST, len_of(self->ctx,
							 self->handle));
			ASSERT_EQ(0, kown_pop(self->ctx, self->handle, self->b,
					      MOST, NULL));
		}
		flip_end(&flip);
	}
}

/* The elements themselves may change; how many there are may not. */
TEST_F(fetch, class_14_push_and_pop_whose_elements_change)
{
	struct flip flip = { .value = { 1, 2 } };
	__u64 elems[MOST], taken;

	flip.at64 = &self->a[MOST / 2];
	flip_begin(&flip);
	while (now_ms() < self->end) {
		ASSERT_EQ(0, kown_push(self->ctx, self->handle, self->a, MOST));
		ASSERT_EQ(MOST, len_of(self->ctx, self->handle));
		ASSERT_EQ(0, kown_pop(self->ctx, self->handle, elems, MOST,
				      &taken));
		ASSERT_EQ(MOST, taken);
		self->done[elems[MOST / 2] == 2]++;
		elems[MOST / 2] = elems[0];
		ASSERT_TRUE(elems_are(elems, 0xaaaaaaaaaaaaaaaa, MOST));
	}
	flip_end(&flip);
}

TEST_F(fetch, class_14_pop_whose_count_changes)
{
	struct flip flip = { .value = { 3, ~0ULL } };
	struct kown_pop arg;
	__u64 left;

	kown_blank(&arg, sizeof(arg));
	arg.handle = self->handle;
	arg.__reserved = 0;
	arg.data = ptr_to_u64(self->b);
	flip.at64 = &arg.count;
	arg.count = 3;
	flip_begin(&flip);
	while (now_ms() < self->end) {
		ASSERT_EQ(0, kown_push(self->ctx, self->handle, self->a, MOST));
		ASSERT_EQ(0, kown_call(self->ctx, KOWN_IOC_POP, &arg));
		left = len_of(self->ctx, self->handle);
		ASSERT_EQ(MOST, left + arg.taken);
		ASSERT_TRUE(arg.taken == 3 || arg.taken == MOST);
		self->done[arg.taken == MOST]++;
		ASSERT_EQ(0, kown_pop(self->ctx, self->handle, self->b, left,
				      NULL));
	}
	flip_end(&flip);
}

static void clone_many(struct __test_metadata *_metadata,
		       FETCH *self, __u32 clones[16])
{
	int i;

	for (i = 0; i < 16; i++) {
		ASSERT_EQ(0, kown_clone(self->ctx, self->handle, 0,
					&clones[i]));
	}
}

/* What was dropped is what @done counts, whatever the array says by now. */
TEST_F(fetch, class_14_drop_whose_handles_change)
{
	__u32 clones[16], numbers[16], done, dead;
	struct kown_info before, after;
	struct flip flip = {
		.at32 = &numbers[7],
	};
	int err;

	ASSERT_EQ(0, kown_clone(self->ctx, self->handle, 0, &dead));
	ASSERT_EQ(0, kown_drop(self->ctx, dead));
	flip.value[0] = dead;
	flip.value[1] = dead;
	flip_begin(&flip);
	while (now_ms() < self->end) {
		clone_many(_metadata, self, clones);
		WRITE_ONCE(flip.value[0], clones[7]);
		memcpy(numbers, clones, 7 * sizeof(__u32));
		memcpy(numbers + 8, clones + 8, 8 * sizeof(__u32));
		ASSERT_EQ(0, kown_info(self->ctx, &before));
		err = kown_drop_many(self->ctx, numbers, 16, &done);
		ASSERT_EQ(0, kown_info(self->ctx, &after));
		ASSERT_EQ(done, before.handles - after.handles);
		ASSERT_EQ(err ? ENOENT : 0, err);
		ASSERT_EQ(err ? 7 : 16, done);
		self->done[!!err]++;
		if (err) {
			ASSERT_EQ(0, kown_drop_many(self->ctx, clones + 7, 9,
						    &done));
		}
	}
	flip_end(&flip);
}

TEST_F(fetch, class_14_drop_whose_count_changes)
{
	struct flip flip = { .value = { 2, 16 } };
	struct kown_info before, after;
	struct kown_drop arg;
	__u32 clones[16];
	__u32 done;

	kown_blank(&arg, sizeof(arg));
	arg.handles = ptr_to_u64(clones);
	arg.count = 2;
	flip.at32 = &arg.count;
	flip_begin(&flip);
	while (now_ms() < self->end) {
		clone_many(_metadata, self, clones);
		ASSERT_EQ(0, kown_info(self->ctx, &before));
		ASSERT_EQ(0, kown_call(self->ctx, KOWN_IOC_DROP, &arg));
		ASSERT_EQ(0, kown_info(self->ctx, &after));
		done = arg.done;
		ASSERT_EQ(done, before.handles - after.handles);
		ASSERT_TRUE(done == 2 || done == 16);
		self->done[done == 16]++;
		ASSERT_EQ(0, kown_drop_many(self->ctx, clones + done,
					    16 - done, &done));
	}
	flip_end(&flip);
}

/* A right that is asked for while it is looked at. */
TEST_F(fetch, class_14_clone_whose_rights_change)
{
	struct flip flip = { .value = { KOWN_RIGHT_READ, ALL_RIGHTS } };
	struct kown_clone arg;
	struct kown_stat stat;
	__u32 source;
	int err;

	ASSERT_EQ(0, kown_clone(self->ctx, self->handle, KOWN_RIGHT_READ |
				KOWN_RIGHT_CLONE, &source));
	kown_blank(&arg, sizeof(arg));
	arg.handle = source;
	arg.rights = KOWN_RIGHT_READ;
	arg.count = 0;
	arg.handles = 0;
	flip.at32 = &arg.rights;
	flip_begin(&flip);
	while (now_ms() < self->end) {
		err = kown_call(self->ctx, KOWN_IOC_CLONE, &arg);
		self->done[!!err]++;
		if (err) {
			ASSERT_EQ(EACCES, err);
			continue;
		}
		ASSERT_EQ(0, kown_stat(self->ctx, arg.new_handle, &stat));
		ASSERT_EQ(KOWN_RIGHT_READ, stat.rights);
		ASSERT_EQ(0, kown_drop(self->ctx, arg.new_handle));
	}
	flip_end(&flip);
}

static __u64 handles_in(int ctx)
{
	struct kown_info info;

	return kown_info(ctx, &info) ? ~0ULL : info.handles;
}

static void many_arg(FETCH *self, struct kown_clone *arg, __u32 *room)
{
	kown_blank(arg, sizeof(*arg));
	arg->handle = self->handle;
	arg->rights = KOWN_RIGHTS_SAME;
	arg->count = 2;
	arg->handles = ptr_to_u64(room);
}

/* To more, to none, and to more than there may be. */
TEST_F(fetch, class_14_clone_of_many_whose_count_changes)
{
	static const __u32 counts[] = { 16, 0, 0x40000002, 0xffffffff };
	__u32 room[16 + 1], made, done, i;
	struct kown_clone arg;
	__u64 before;
	int err;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		struct flip flip = { .at32 = &arg.count, .value = { 2, counts[i] } };
		unsigned long long end = now_ms() + MILLISECONDS / 4;

		many_arg(self, &arg, room);
		flip_begin(&flip);
		while (now_ms() < end) {
			memset(room, PATTERN, sizeof(room));
			before = handles_in(self->ctx);
			err = kown_call(self->ctx, KOWN_IOC_CLONE, &arg);
			made = handles_in(self->ctx) - before;
			if (err) {
				ASSERT_EQ(counts[i] ? ENOSPC : EOPNOTSUPP, err);
				ASSERT_LT(2, counts[i] - 1);
				ASSERT_EQ(0, made);
			} else {
				ASSERT_TRUE(made == 2 || made == counts[i]);
				ASSERT_TRUE(bytes_are(room + made, PATTERN, 4 * (17 - made)));
				ASSERT_EQ(room[0], arg.new_handle);
				ASSERT_EQ(0, kown_drop_many(self->ctx, room, made, &done));
			}
			self->done[err || made != 2]++;
			ASSERT_EQ(before, handles_in(self->ctx));
		}
		flip_end(&flip);
	}
}

/* All numbers are in the one room, or all in the other. */
TEST_F(fetch, class_14_new_of_many_whose_room_changes)
{
	__u32 room[2][64], done, in;
	struct flip flip = { .value = { ptr_to_u64(room[0]), ptr_to_u64(room[1]) } };
	struct kown_new arg;

	kown_blank(&arg, sizeof(arg));
	arg.mode = KOWN_MODE_SHARED;
	arg.elem_size = 8;
	arg.cap = 0;
	arg.count = 64;
	arg.handles = ptr_to_u64(room[0]);
	flip.at64 = &arg.handles;
	flip_begin(&flip);
	while (now_ms() < self->end) {
		memset(room, 0, sizeof(room));
		ASSERT_EQ(0, kown_call(self->ctx, KOWN_IOC_NEW, &arg));
		in = !room[0][0];
		self->done[in]++;
		ASSERT_EQ(room[in][0], arg.handle);
		ASSERT_TRUE(bytes_are(room[!in], 0, sizeof(room[0])));
		ASSERT_EQ(0, kown_drop_many(self->ctx, room[in], 64, &done));
		ASSERT_EQ(2, handles_in(self->ctx));
	}
	flip_end(&flip);
}

/* What another thread writes to the room is never what is used. */
TEST_F(fetch, class_14_clone_of_many_whose_room_is_written_to)
{
	__u32 room[64], done;
	struct flip flip = { .at32 = &room[7], .value = { self->handle, self->other } };
	struct kown_stat stat;
	struct kown_clone arg;

	many_arg(self, &arg, room);
	arg.count = 64;
	flip_begin(&flip);
	while (now_ms() < self->end) {
		ASSERT_EQ(0, kown_call(self->ctx, KOWN_IOC_CLONE, &arg));
		self->done[READ_ONCE(room[7]) == self->other]++;
		ASSERT_EQ(0, kown_stat(self->ctx, self->handle, &stat));
		ASSERT_EQ(65, stat.strong);
		/* Numbers follow one another; nobody else makes any. */
		ASSERT_EQ(0, kown_drop_many(self->ctx, room, 7, &done));
		ASSERT_EQ(0, kown_drop(self->ctx, room[6] + 1));
		ASSERT_EQ(0, kown_drop_many(self->ctx, room + 8, 56, &done));
		ASSERT_EQ(2, handles_in(self->ctx));
	}
	flip_end(&flip);
}

/* @self->handle has MOST elements, all the same. */
static void fill_up(struct __test_metadata *_metadata, FETCH *self)
{
	ASSERT_EQ(0, kown_resize(self->ctx, KOWN_IOC_TRUNCATE, self->handle, 0, NULL));
	ASSERT_EQ(0, kown_push(self->ctx, self->handle, self->a, MOST));
}

/* The second handle is looked up once: what is moved is of one of them, or nothing. */
TEST_F(fetch, class_14_append_whose_other_changes)
{
	struct flip flip = { .value = { self->other, self->handle } };
	struct kown_append arg;
	__u32 to;
	int err;

	ASSERT_EQ(0, kown_new(self->ctx, 8, 0, &to));
	kown_blank(&arg, sizeof(arg));
	arg.handle = to;
	arg.other = self->other;
	arg.start = 0;
	arg.count = 0;
	flip.at32 = &arg.other;
	flip_begin(&flip);
	while (now_ms() < self->end) {
		__u64 lens[3];

		fill_up(_metadata, self);
		ASSERT_EQ(0, kown_push(self->ctx, self->other, self->b, 3));
		err = kown_call(self->ctx, KOWN_IOC_APPEND, &arg);
		ASSERT_EQ(0, err);
		lens[0] = len_of(self->ctx, self->other);
		lens[1] = len_of(self->ctx, self->handle);
		lens[2] = len_of(self->ctx, to);
		ASSERT_TRUE((lens[0] == 0 && lens[1] == MOST && lens[2] == 3) ||
			    (lens[0] == 3 && lens[1] == 0 && lens[2] == MOST));
		self->done[!lens[1]]++;
		ASSERT_EQ(0, kown_resize(self->ctx, KOWN_IOC_TRUNCATE, to, 0, NULL));
		ASSERT_EQ(0, kown_resize(self->ctx, KOWN_IOC_TRUNCATE, self->other, 0, NULL));
	}
	flip_end(&flip);
}

/* What a mask lets go, what is counted and what comes out are of one mask. */
TEST_F(fetch, class_14_extract_and_retain_whose_mask_changes)
{
	static __u64 mask[4];
	struct flip flip = { .at64 = &mask[1], .value = { 0, ~0ULL } };
	__u64 taken, left, ones, out[MOST];
	int retain = 0;

	flip_begin(&flip);
	while (now_ms() < self->end) {
		fill_up(_metadata, self);
		memset(out, 0, sizeof(out));
		ASSERT_EQ(0, kown_mask(self->ctx, retain ? KOWN_IOC_RETAIN : KOWN_IOC_EXTRACT,
				       self->handle, 0, MOST, mask, retain ? NULL : out,
				       &taken));
		left = len_of(self->ctx, self->handle);
		ASSERT_EQ(MOST, taken + left);
		/* It may change while it is copied, byte by byte. */
		ones = retain ? left : taken;
		ASSERT_TRUE(ones <= 64 && ones % 8 == 0) TH_LOG("%llu", ones);
		if (!retain) {
			ASSERT_TRUE(elems_are(out, 0xaaaaaaaaaaaaaaaa, taken));
			ASSERT_TRUE(elems_are(out + taken, 0, MOST - taken));
		}
		self->done[!!ones]++;
		retain = !retain;
	}
	flip_end(&flip);
}

/* Both pointers, each between two places: what goes in is one of them, what comes out too. */
TEST_F(fetch, class_14_splice_whose_pointers_change)
{
	static __u64 out[2][MOST];
	struct kown_splice arg;
	__u64 elems[MOST];
	int which, at;

	for (which = 0; which < 2; which++) {
		struct flip flip = {
			.value = { ptr_to_u64(which ? out[0] : self->a),
				   ptr_to_u64(which ? out[1] : self->b) },
		};
		unsigned long long end = now_ms() + MILLISECONDS / 2;

		kown_blank(&arg, sizeof(arg));
		arg.handle = self->handle;
		arg.__reserved = 0;
		arg.start = 0;
		arg.count = MOST;
		arg.removed = ptr_to_u64(out[0]);
		arg.data = ptr_to_u64(self->a);
		arg.insert = MOST;
		flip.at64 = which ? &arg.removed : &arg.data;
		flip_begin(&flip);
		while (now_ms() < end) {
			fill_up(_metadata, self);
			memset(out, 0, sizeof(out));
			ASSERT_EQ(0, kown_call(self->ctx, KOWN_IOC_SPLICE, &arg));
			at = which && !out[0][0];
			ASSERT_TRUE(elems_are(out[at], 0xaaaaaaaaaaaaaaaa, MOST));
			ASSERT_TRUE(elems_are(out[!at], 0, MOST));
			ASSERT_EQ(0, kown_read(self->ctx, self->handle, 0, MOST, elems));
			ASSERT_TRUE(elems_are(elems, elems[0], MOST));
			self->done[which ? at : elems[0] == self->b[0]]++;
		}
		flip_end(&flip);
	}
}

/* A count that the range is checked with, and then used. */
TEST_F(fetch, class_14_ranges_whose_count_changes)
{
	static const unsigned int cmds[] = {
		KOWN_IOC_EXTEND_WITHIN, KOWN_IOC_WRITE, KOWN_IOC_INSERT, KOWN_IOC_REMOVE,
	};
	static const __u64 lens[] = { MOST + 3, MOST, MOST + 3, MOST - 3 };
	static __u64 elems[2 * MOST];
	struct kown_range arg;
	int i, err;
	__u64 len;

	for (i = 0; i < ARRAY_SIZE(cmds); i++) {
		struct flip flip = { .value = { 3, 1ULL << 40 | 3 } };
		unsigned long long end = now_ms() + MILLISECONDS / 4;

		kown_blank(&arg, sizeof(arg));
		arg.handle = self->handle;
		arg.__reserved = 0;
		arg.start = 1;
		arg.count = 3;
		arg.data = cmds[i] == KOWN_IOC_EXTEND_WITHIN ? 0 : ptr_to_u64(elems);
		flip.at64 = &arg.count;
		flip_begin(&flip);
		while (now_ms() < end) {
			fill_up(_metadata, self);
			err = kown_call(self->ctx, cmds[i], &arg);
			len = len_of(self->ctx, self->handle);
			self->done[!!err]++;
			ASSERT_TRUE(!err || err == ERANGE || err == ENOSPC);
			ASSERT_EQ(err ? MOST : lens[i], len);
		}
		flip_end(&flip);
	}
}

/* One descriptor or the other, with the rights of that one. */
TEST_F(fetch, class_14_import_whose_descriptor_changes)
{
	struct kown_stat stat, of_handle, of_other;
	struct kown_import arg;
	struct flip flip = { 0 };
	int wide, narrow;

	ASSERT_EQ(0, kown_export(self->ctx, self->handle, ALL_RIGHTS, &wide));
	ASSERT_EQ(0, kown_export(self->ctx, self->other, KOWN_RIGHT_READ, &narrow));
	ASSERT_EQ(0, kown_stat(self->ctx, self->handle, &of_handle));
	ASSERT_EQ(0, kown_stat(self->ctx, self->other, &of_other));
	kown_blank(&arg, sizeof(arg));
	arg.fd = wide;
	arg.rights = KOWN_RIGHTS_SAME;
	arg.__reserved = 0;
	flip.at32 = (__u32 *)&arg.fd;
	flip.value[0] = wide;
	flip.value[1] = narrow;
	flip_begin(&flip);
	while (now_ms() < self->end) {
		ASSERT_EQ(0, kown_call(self->ctx, KOWN_IOC_IMPORT, &arg));
		ASSERT_EQ(0, kown_stat(self->ctx, arg.handle, &stat));
		ASSERT_TRUE((stat.object == of_handle.object && stat.rights == ALL_RIGHTS) ||
			    (stat.object == of_other.object && stat.rights == KOWN_RIGHT_READ));
		self->done[stat.object == of_other.object]++;
		ASSERT_EQ(0, kown_drop(self->ctx, arg.handle));
	}
	flip_end(&flip);
	close(wide);
	close(narrow);
}

TEST_HARNESS_MAIN
