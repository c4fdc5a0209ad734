// SPDX-License-Identifier: GPL-2.0
/*
 * Model: what each operation should do, next to what it does.
 */
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include <kown/heap.h>
#include <kown/slice.h>

#include "../module/memory.h"
#include "model.h"
#include "model_elem.h"

/* Elements in a vec: not so many that a run gets slow. */
#define MOST	192

/**
 * struct model - one vec's
 * @at: the elements
 * @len: how many
 * @cap: that the vec should have
 * @ptr: where its memory was after the last operation
 * @ptr_cap: the capacity it had there
 */
struct model {
	struct model_elem at[MOST];
	size_t len;
	size_t cap;
	void *ptr;
	size_t ptr_cap;
};

/* Two vecs, and what was decoded of the bytes. */
static struct run {
	void (*say)(const char *text);
	const u8 *bytes;
	size_t left;
	const struct model_type *type;
	const struct kown_type *elem;
	struct kown_vec vecs[2];
	struct model models[2];
	struct kown_vec *vec;
	struct model *m;
	/* What is expected: the next id, drops, and elements that nobody owns. */
	u32 next;
	u32 drops[MODEL_LOG];
	size_t nr_drops;
	u32 leaked;
	/* The allocation, and the clone, that fails: counted from 1, 0 for none. */
	unsigned int alloc_fails;
	unsigned int clone_fails;
	/* The vec's memory may be elsewhere, though its capacity is what it was. */
	bool moved;
	/* The model does not know the capacity. */
	bool any_cap;
	struct model_asked asked;
	const char *wrong;
} run;

struct model_count model_count;

static u8 byte(void)
{
	if (!run.left)
		return 0;
	run.left--;
	return *run.bytes++;
}

/* For whoever reads the list of operations. */
static __printf(1, 2) void note(const char *format, ...)
{
	char text[100];
	va_list args;

	if (!run.say)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	run.say(text);
}

static void expect(bool fine, const char *what)
{
	if (!fine && !run.wrong)
		run.wrong = what;
}

static void fail_allocation(unsigned int nth)
{
	run.alloc_fails = nth;
	kown_memory_fail_nth(nth);
}

/* Arguments */

/* An index, mostly within, sometimes just or far beyond. */
static size_t index_below(size_t len)
{
	u8 b = byte();

	if (b >= 254)
		return b == 255 ? SIZE_MAX : SIZE_MAX / 2 + 1;
	return b % (len + 3);
}

/* So many elements that the model has room for them. */
static size_t count_up_to(size_t most)
{
	return min_t(size_t, byte() % (most + 1), MOST - run.m->len);
}

static u32 value(void)
{
	return (byte() % 16 * 0x01020408U) & run.type->mask;
}

static void ask(void)
{
	run.asked.mask = byte();
	run.asked.fails = byte() % 32;
	if (run.asked.fails > 16)
		run.asked.fails = 0;
	run.asked.questions = 0;
	note(" mask %02x", run.asked.mask);
	if (run.asked.fails)
		note(" fails at %u", run.asked.fails);
}

/* What the model does */

static struct model_elem born(u32 value)
{
	return (struct model_elem){ run.type->owns ? run.next++ : 0, value };
}

static void dies(struct model_elem elem)
{
	if (run.type->owns)
		run.drops[run.nr_drops++ % MODEL_LOG] = elem.id;
}

static int clones(struct model_elem *to, struct model_elem from)
{
	if (run.type->owns && !run.elem->clone)
		return -EOPNOTSUPP;
	if (run.elem->clone && run.clone_fails && !--run.clone_fails)
		return -EIO;
	*to = born(from.value);
	return 0;
}

static int allocates(void)
{
	return run.alloc_fails && !--run.alloc_fails ? -ENOMEM : 0;
}

/* Whether there can be memory for so many elements. */
static int fits(size_t cap)
{
	size_t size = run.elem->size;

	if (size && cap > SSIZE_MAX / size)
		return -EOVERFLOW;
	return cap > INT_MAX / max_t(size_t, size, 1) ? -ENOMEM : 0;
}

static int reserves(struct model *m, size_t extra, bool exact)
{
	size_t size = run.elem->size, need = m->len + extra, cap = need;
	int err;

	if (need < extra)
		return -EOVERFLOW;
	if (!size || need <= m->cap)
		return 0;
	err = fits(need);
	if (err)
		return err;
	if (!exact) {
		cap = max(2 * m->cap, need);
		cap = max_t(size_t, cap, size == 1 ? 8 : size <= 1024 ? 4 : 1);
		if (fits(cap))
			cap = need;
	}
	err = allocates();
	if (!err)
		m->cap = cap;
	return err;
}

static bool has(const struct model *m, size_t start, size_t count)
{
	return start <= m->len && count <= m->len - start;
}

/* Opens a hole, or closes one. */
static void shift(struct model *m, size_t from, size_t to)
{
	memmove(m->at + to, m->at + from, (m->len - from) * sizeof(*m->at));
	m->len += to - from;
}

static void cuts(struct model *m, size_t len)
{
	size_t old = m->len;

	if (len >= old)
		return;
	m->len = len;
	for (size_t i = len; i < old; i++)
		dies(m->at[i]);
}

static int fills_with_clones(struct model *m, const struct model_elem *from, size_t stride,
			     size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int err = clones(&m->at[m->len], from[i * stride]);

		if (err)
			return err;
		m->len++;
	}
	return 0;
}

/* Elements of the caller's */

static u8 pool[MOST * 1025] __aligned(64);
static struct model_elem pool_model[MOST];

/* Makes so many, in the pool and in its model. */
static void make(size_t count)
{
	for (size_t i = 0; i < count; i++) {
		u32 v = value();

		model_elem_write(run.type, pool + i * run.elem->size, v);
		pool_model[i] = born(v);
	}
}

static void drop_pool(size_t first, size_t count)
{
	kown_type_drop_n(run.elem, pool + first * run.elem->size, count);
	for (size_t i = first; i < first + count; i++)
		dies(pool_model[i]);
}

/* What has moved out to the pool is what the model says. */
static void expect_moved_out(const struct model_elem *from, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct model_elem got = model_elem_read(run.type, pool + i * run.elem->size);

		expect(got.id == from[i].id && got.value == from[i].value,
		       "another element has moved out");
		pool_model[i] = from[i];
	}
}

/* An element that was taken in place: it is the caller's, who drops it. */
static void expect_taken(void *at, struct model_elem want)
{
	struct model_elem got;

	if (!at) {
		expect(false, "an element is missing");
		return;
	}
	got = model_elem_read(run.type, at);
	expect(got.id == want.id && got.value == want.value, "another element was taken");
	kown_type_drop_n(run.elem, at, 1);
	dies(want);
}

/* The answer, and the end of most operations. */
static void answers(int err, int want)
{
	note(" = %d", err);
	expect(err == want, "it returned something else");
	model_count.refusals += err < 0;
}

/* The operations, from short to long */

static void op_push(void)
{
	int want;

	if (run.m->len == MOST)
		return;
	make(1);
	want = reserves(run.m, 1, false);
	if (!want)
		run.m->at[run.m->len++] = pool_model[0];
	answers(run.type->push(run.vec, pool, GFP_KERNEL), want);
	if (want)
		drop_pool(0, 1);
}

static void op_push_within_capacity(void)
{
	int want = run.elem->size && run.m->len == run.m->cap ? -ENOSPC : 0;

	if (run.m->len == MOST)
		return;
	make(1);
	if (!want)
		run.m->at[run.m->len++] = pool_model[0];
	answers(run.type->push_within_capacity(run.vec, pool), want);
	if (want)
		drop_pool(0, 1);
}

static void op_push_n(void)
{
	size_t count = count_up_to(40);
	int want;

	note(" %zu", count);
	make(count);
	want = reserves(run.m, count, false);
	if (!want) {
		memcpy(run.m->at + run.m->len, pool_model, count * sizeof(*pool_model));
		run.m->len += count;
	}
	answers(kown_vec_push_n(run.vec, run.elem, pool, count, GFP_KERNEL), want);
	if (want)
		drop_pool(0, count);
}

static void op_pop(void)
{
	bool want = run.m->len;

	expect(run.type->pop(run.vec, pool) == want, "pop is wrong about whether there is one");
	if (!want)
		return;
	expect_moved_out(&run.m->at[--run.m->len], 1);
	drop_pool(0, 1);
}

static void op_pop_if(void)
{
	int want = 0;

	ask();
	if (run.m->len)
		want = run.asked.fails == 1 ? -EIO : run.asked.mask & 1;
	answers(run.type->pop_if(run.vec, &run.asked, pool), want);
	expect(run.asked.questions == !!run.m->len, "pop_if asks once, if there is one");
	if (want <= 0)
		return;
	expect_moved_out(&run.m->at[--run.m->len], 1);
	drop_pool(0, 1);
}

static void op_insert_n(void)
{
	size_t index = index_below(run.m->len), count = count_up_to(8);
	int want = -ERANGE;

	note(" %zu at %zu", count, index);
	make(count);
	if (index <= run.m->len)
		want = reserves(run.m, count, false);
	if (!want) {
		shift(run.m, index, index + count);
		memcpy(run.m->at + index, pool_model, count * sizeof(*pool_model));
	}
	answers(kown_vec_insert_n(run.vec, run.elem, index, pool, count, GFP_KERNEL), want);
	if (want)
		drop_pool(0, count);
}

static void op_remove_n(void)
{
	size_t index = index_below(run.m->len), count = byte() % 8;
	int want = has(run.m, index, count) ? 0 : -ERANGE;

	note(" %zu at %zu", count, index);
	answers(kown_vec_remove_n(run.vec, run.elem, index, count, pool), want);
	if (want)
		return;
	expect_moved_out(run.m->at + index, count);
	shift(run.m, index + count, index);
	drop_pool(0, count);
}

static void op_swap_remove(void)
{
	size_t index = index_below(run.m->len);
	int want = index < run.m->len ? 0 : -ERANGE;

	note(" %zu", index);
	answers(kown_vec_swap_remove(run.vec, run.elem, index, pool), want);
	if (want)
		return;
	expect_moved_out(run.m->at + index, 1);
	run.m->at[index] = run.m->at[--run.m->len];
	drop_pool(0, 1);
}

static void op_truncate(void)
{
	size_t len = index_below(run.m->len);

	note(" to %zu", len);
	cuts(run.m, len);
	kown_vec_truncate(run.vec, run.elem, len);
}

/* A length to resize to: mostly such as the model has room for. */
static size_t new_len(void)
{
	static const size_t most[] = { SIZE_MAX, SSIZE_MAX, SIZE_MAX / 16, INT_MAX };
	u8 b = byte();

	if (b < 252)
		return b % MOST;
	return most[b - 252];
}

/* Such a length would not be refused, and take for ever. */
static bool too_long(size_t len)
{
	return len > MOST && (!run.elem->size || !fits(len));
}

static void op_resize(void)
{
	size_t len = new_len();
	int want = 0;

	if (too_long(len))
		return;
	note(" to %zu", len);
	make(1);
	if (len <= run.m->len)
		cuts(run.m, len);
	else
		want = reserves(run.m, len - run.m->len, false);
	if (!want)
		want = fills_with_clones(run.m, pool_model, 0, len - run.m->len);
	answers(kown_vec_resize(run.vec, run.elem, len, pool, GFP_KERNEL), want);
	drop_pool(0, 1);
}

static void op_resize_with(void)
{
	size_t len = new_len(), i = 0;
	int want = 0;

	if (too_long(len))
		return;
	note(" to %zu", len);
	ask();
	if (len <= run.m->len)
		cuts(run.m, len);
	else
		want = reserves(run.m, len - run.m->len, false);
	while (!want && run.m->len < len) {
		if (++i == run.asked.fails)
			want = -EIO;
		else
			run.m->at[run.m->len++] =
				born(run.asked.mask >> (i - 1) % 8 & 1 & run.type->mask);
	}
	answers(run.type->resize_with(run.vec, len, &run.asked, GFP_KERNEL), want);
}

static void op_extend_from_slice(void)
{
	size_t count = count_up_to(20);
	int want;

	note(" %zu", count);
	make(count);
	want = reserves(run.m, count, false);
	if (!want)
		want = fills_with_clones(run.m, pool_model, 1, count);
	answers(kown_vec_extend_from_slice(run.vec, run.elem, pool, count, GFP_KERNEL), want);
	drop_pool(0, count);
}

static void op_extend_from_within(void)
{
	size_t start = index_below(run.m->len), count = index_below(run.m->len);
	int want = -ERANGE;

	if (has(run.m, start, count)) {
		count = min(count, MOST - run.m->len);
		want = reserves(run.m, count, false);
		if (!want)
			want = fills_with_clones(run.m, run.m->at + start, 1, count);
	}
	note(" %zu from %zu", count, start);
	answers(kown_vec_extend_from_within(run.vec, run.elem, start, count, GFP_KERNEL), want);
}

static void op_append(void)
{
	struct kown_vec *other = &run.vecs[run.vec == run.vecs];
	struct model *o = &run.models[run.m == run.models];
	int want = -EINVAL;

	if (byte() % 8 == 0) {
		other = run.vec;
		note(" itself");
	} else {
		if (run.m->len + o->len > MOST)
			return;
		want = reserves(run.m, o->len, false);
		if (!want) {
			memcpy(run.m->at + run.m->len, o->at, o->len * sizeof(*o->at));
			run.m->len += o->len;
			o->len = 0;
		}
	}
	answers(kown_vec_append(run.vec, run.elem, other, GFP_KERNEL), want);
}

/* The other vec, without an element or memory, as an operation's result. */
static void free_other(struct kown_vec **other, struct model **o)
{
	*other = &run.vecs[run.vec == run.vecs];
	*o = &run.models[run.m == run.models];
	kown_vec_free(*other, run.elem);
	cuts(*o, 0);
	(*o)->cap = 0;
	run.moved = true;
	/* What is said to be uninitialised is. */
	memset(*other, 0x5a, sizeof(**other));
}

static void op_split_off(void)
{
	size_t index = index_below(run.m->len);
	struct kown_vec *other;
	struct model *o;
	int want = -ERANGE;

	note(" %zu", index);
	free_other(&other, &o);
	if (index <= run.m->len)
		want = reserves(o, run.m->len - index, true);
	if (!want) {
		o->len = run.m->len - index;
		memcpy(o->at, run.m->at + index, o->len * sizeof(*o->at));
		run.m->len = index;
	}
	answers(kown_vec_split_off(run.vec, run.elem, index, other, GFP_KERNEL), want);
}

static void op_clone(void)
{
	struct kown_vec *other;
	struct model *o;
	int want;

	free_other(&other, &o);
	want = reserves(o, run.m->len, true);
	if (!want)
		want = fills_with_clones(o, run.m->at, 1, run.m->len);
	if (want) {
		cuts(o, 0);
		o->cap = 0;
	}
	answers(kown_vec_clone(run.vec, run.elem, other, GFP_KERNEL), want);
}

static void op_clone_from(void)
{
	const struct kown_vec *other = &run.vecs[run.vec == run.vecs];
	const struct model *o = &run.models[run.m == run.models];
	int want = 0;

	if (byte() % 8 == 0) {
		note(" itself");
		other = run.vec;
	} else {
		if (run.type->owns && !run.elem->clone)
			want = -EOPNOTSUPP;
		else if (o->len > run.m->len)
			want = reserves(run.m, o->len - run.m->len, false);
		if (!want) {
			cuts(run.m, 0);
			want = fills_with_clones(run.m, o->at, 1, o->len);
		}
	}
	answers(kown_vec_clone_from(run.vec, run.elem, other, GFP_KERNEL), want);
}

/* Whoever was asked, was asked in order, and once. */
static void expect_questions(size_t first, size_t count)
{
	expect(run.asked.questions == count, "too many were asked about, or too few");
	for (size_t i = 0; i < count; i++)
		expect(run.asked.values[i] == run.m->at[first + i].value,
		       "another was asked about");
}

static void op_retain(void)
{
	struct model *m = run.m;
	size_t len = m->len, kept = 0, i;
	int want = 0, err;

	ask();
	err = run.type->retain(run.vec, &run.asked);
	for (i = 0; i < len && !want; i++)
		want = i + 1 == run.asked.fails ? -EIO : 0;
	expect_questions(0, i);
	for (i = 0; i < len; i++) {
		bool unasked = want && i + 1 >= run.asked.fails;

		if (unasked || run.asked.mask >> i % 8 & 1)
			m->at[kept++] = m->at[i];
		else
			dies(m->at[i]);
	}
	m->len = kept;
	answers(err, want);
}

/* The first of those that are the same stays. */
static int dedups(u32 mask, bool ids, size_t fails, size_t questions_each)
{
	struct model *m = run.m;
	size_t len = m->len, kept = 0, asked = 0, i;

	for (i = 0; i < len; i++) {
		struct model_elem *before = &m->at[max_t(size_t, kept, 1) - 1];

		if (kept && fails > asked && fails <= asked + questions_each)
			break;
		asked += kept ? questions_each : 0;
		if (kept && !((m->at[i].value ^ before->value) & mask) &&
		    (!ids || m->at[i].id == before->id))
			dies(m->at[i]);
		else
			m->at[kept++] = m->at[i];
	}
	if (i == len) {
		m->len = kept;
		return 0;
	}
	shift(m, i, kept);
	return -EIO;
}

static void op_dedup_by(void)
{
	int err;

	ask();
	err = run.type->dedup_by(run.vec, &run.asked);
	answers(err, dedups(run.asked.mask, false, run.asked.fails, 1));
}

static void op_dedup_by_key(void)
{
	int err;

	ask();
	err = run.type->dedup_by_key(run.vec, &run.asked);
	answers(err, dedups(run.asked.mask, false, run.asked.fails, 2));
}

static void op_dedup(void)
{
	kown_vec_dedup(run.vec, run.elem);
	dedups(U32_MAX, true, 0, 1);
}

/* So many more: few, or more than can be. */
static size_t extra(void)
{
	size_t size = max_t(size_t, run.elem->size, 1);
	const size_t edges[] = {
		SIZE_MAX, SIZE_MAX / 2, SSIZE_MAX / size + 1, SSIZE_MAX / size,
		INT_MAX / size + 1UL, SIZE_MAX / size, SIZE_MAX / size + 1, SSIZE_MAX,
	};
	u8 b = byte();

	return b < 248 ? b : edges[b - 248];
}

static void op_reserve(void)
{
	size_t n = extra(), need, cap;
	int want;

	/* There might be such memory, and a long wait for it. */
	if (n > 255 && run.elem->size && !fits(run.m->len + n) && run.m->len + n >= n)
		return;
	note(" %zu", n);
	want = kown_vec_plan(run.vec, run.elem, n, &need, &cap);
	fail_allocation(0);
	answers(want, reserves(run.m, n, false));
	answers(kown_vec_reserve(run.vec, run.elem, n, GFP_KERNEL), want);
	expect(want || cap == kown_vec_cap(run.vec, run.elem), "it was planned otherwise");
}

static void op_reserve_or_fail(void)
{
	size_t n = byte();

	note(" %zu", n);
	answers(kown_vec_reserve(run.vec, run.elem, n, GFP_KERNEL),
		reserves(run.m, n, false));
}

static void op_reserve_exact(void)
{
	size_t n = extra();

	if (n > 255 && run.elem->size && !fits(run.m->len + n) && run.m->len + n >= n)
		return;
	note(" %zu", n);
	answers(kown_vec_reserve_exact(run.vec, run.elem, n, GFP_KERNEL),
		reserves(run.m, n, true));
}

static int shrinks(size_t min_cap)
{
	size_t cap = max(run.m->len, min_cap);
	int err = 0;

	if (cap >= run.m->cap)
		return 0;
	if (cap)
		err = allocates();
	if (!err)
		run.m->cap = cap;
	return err;
}

static void op_shrink_to(void)
{
	size_t min_cap = byte();

	note(" %zu", min_cap);
	answers(kown_vec_shrink_to(run.vec, run.elem, min_cap, GFP_KERNEL), shrinks(min_cap));
}

static void op_into_boxed_slice(void)
{
	answers(run.type->box(run.vec, GFP_KERNEL), shrinks(0));
}

static void op_there_and_back(void)
{
	run.type->there_and_back(run.vec);
}

static void op_spare_capacity(void)
{
	size_t count, n;
	void *at = run.type->spare(run.vec, &count);

	expect(count == (run.elem->size ? run.m->cap : SIZE_MAX) - run.m->len,
	       "there is more room, or less");
	n = min_t(size_t, count_up_to(8), count);
	note(" %zu", n);
	for (size_t i = 0; i < n; i++) {
		u32 v = value();

		model_elem_write(run.type, at + i * run.elem->size, v);
		run.m->at[run.m->len++] = born(v);
	}
	kown_vec_commit(run.vec, n);
}

static void op_look(void)
{
	size_t index = index_below(run.m->len);
	void *at = run.type->get(run.vec, index);

	note(" at %zu", index);
	expect(!at == (index >= run.m->len), "get is wrong about whether there is one");
	if (at)
		expect(model_elem_read(run.type, at).value == run.m->at[index].value,
		       "get got another element");
	expect(run.type->first(run.vec) == run.type->get(run.vec, 0), "first is not at 0");
	expect(run.type->last(run.vec) == run.type->get(run.vec, run.m->len - 1),
	       "last is not at len - 1");
	expect(run.type->walk(run.vec), "the loops do not see each element");
}

static void op_free(void)
{
	cuts(run.m, 0);
	run.m->cap = 0;
	kown_vec_free(run.vec, run.elem);
}

/* Iterators */

/**
 * struct source - an iterator that makes elements
 * @iter: what is passed on
 * @count: it makes so many
 * @made: so far
 * @fails: the one that it cannot make, from 1; 0 for none
 */
struct source {
	struct kown_iter iter;
	size_t count;
	size_t made;
	size_t fails;
};

static int source_next(struct kown_iter *iter, void *to)
{
	struct source *source = container_of(iter, struct source, iter);

	if (source->made == source->count)
		return 0;
	if (source->made + 1 == source->fails)
		return -EIO;
	/* Its values are their numbers. */
	model_elem_write(run.type, to, source->made++ & run.type->mask);
	return 1;
}

static void source_init(struct source *source)
{
	u8 kind = byte();

	*source = (struct source){
		.iter = { .next = source_next },
		.count = count_up_to(24),
		.fails = kind / 4 % 2 ? byte() % 16 : 0,
	};
	/* Exact, or the least there will be; or a guess: too low, or too high. */
	source->iter.exact = kind % 4 == 0;
	source->iter.hint = kind % 4 < 2 ? source->count :
			    kind % 4 == 2 ? source->count / 2 : source->count + 3;
	note(" %zu hint %zu%s", source->count, source->iter.hint,
	     source->iter.exact ? " exact" : "");
	if (source->fails)
		note(" fails at %zu", source->fails);
}

/* How many it gives when asked for all, and then what. */
static size_t source_gives(const struct source *source, int *err)
{
	bool fails = source->fails && source->fails <= source->count;

	*err = fails ? -EIO : 0;
	return fails ? source->fails - 1 : source->count;
}

/* It may have stopped for want of memory: then less has come, and nothing is lost. */
static void op_extend(void)
{
	struct source source;
	int err, want;
	size_t gives;

	source_init(&source);
	gives = source_gives(&source, &want);
	err = kown_vec_extend(run.vec, run.elem, &source.iter, GFP_KERNEL);
	if (run.alloc_fails && err == -ENOMEM) {
		want = -ENOMEM;
		gives = source.made;
		expect(run.vec->len == run.vec->raw.cap, "there was room for more");
	}
	for (size_t i = 0; i < gives; i++)
		run.m->at[run.m->len++] = born(i & run.type->mask);
	run.any_cap = true;
	answers(err, want);
}

/* Guards */

static void op_drain(void)
{
	struct model *m = run.m;
	size_t start = index_below(m->len), count = index_below(m->len);
	size_t front = byte() % 8, back = byte() % 8, next, end;
	u8 how = byte() % 8;
	int want = has(m, start, count) ? 0 : -ERANGE;
	struct kown_drain drain;

	note(" %zu at %zu front %zu back %zu how %u", count, start, front, back, how);
	answers(kown_drain_begin(&drain, run.vec, run.elem, start, count), want);
	if (want) {
		expect(!kown_drain_next(&drain) && !kown_drain_next_back(&drain),
		       "a drain of nothing has elements");
		kown_drain_keep_rest(&drain);
		kown_drain_finish(&drain);
		return;
	}
	expect(run.vec->len == start, "the vec does not end where the drain begins");
	next = start;
	end = start + count;
	for (; front && next < end; front--)
		expect_taken(run.type->drain_next(&drain), m->at[next++]);
	for (; back && next < end; back--)
		expect_taken(run.type->drain_next_back(&drain), m->at[--end]);
	expect(kown_drain_len(&drain) == end - next, "the drain has more left, or less");
	if (next == end)
		expect(!run.type->drain_next(&drain) && !run.type->drain_next_back(&drain),
		       "an empty drain gives");
	if (how == 0) {
		/* Never finished: the head is all there is. */
		run.leaked += run.type->owns ? end - next + m->len - start - count : 0;
		m->len = start;
		return;
	}
	if (how < 4) {
		memmove(m->at + start, m->at + next, (end - next) * sizeof(*m->at));
		kown_drain_keep_rest(&drain);
		shift(m, start + count, start + end - next);
	} else {
		for (size_t i = next; i < end; i++)
			dies(m->at[i]);
		kown_drain_finish(&drain);
		shift(m, start + count, start);
	}
	kown_drain_finish(&drain);
}

static void op_splice(void)
{
	struct model *m = run.m;
	size_t start = index_below(m->len), count = index_below(m->len), gives, in;
	int want = has(m, start, count) ? 0 : -ERANGE, err;
	struct source source;
	u32 born_first = run.next;

	note(" %zu at %zu", count, start);
	source_init(&source);
	err = kown_vec_splice(run.vec, run.elem, start, count, &source.iter, GFP_KERNEL);
	if (want) {
		struct kown_drain nothing = {};

		expect(kown_splice_finish(&nothing, &source.iter, GFP_KERNEL) == -EINVAL,
		       "nothing was replaced");
		answers(err, want);
		return;
	}
	for (size_t i = start; i < start + count; i++)
		dies(m->at[i]);
	gives = source_gives(&source, &want);
	if (run.alloc_fails && err == -ENOMEM) {
		want = err;
		gives = source.made;
	}
	/* What had to wait elsewhere, and then found no room, is dropped. */
	in = gives;
	if (want && !source.iter.exact && run.alloc_fails) {
		in = run.vec->len - (m->len - count);
		expect(in <= gives, "there are more than were given");
		in = min(in, gives);
	}
	for (size_t i = in; i < gives; i++)
		dies((struct model_elem){ born_first + i });
	shift(m, start + count, start + in);
	for (size_t i = 0; i < gives; i++) {
		struct model_elem elem = born(i & run.type->mask);

		if (i < in)
			m->at[start + i] = elem;
	}
	run.any_cap = true;
	answers(err, want);
}

static void op_extract_if(void)
{
	struct model *m = run.m;
	size_t start = index_below(m->len), count = index_below(m->len), most = byte() % 16;
	size_t kept = start, taken = 0, i;
	bool forget = byte() % 16 == 0;
	int want = has(m, start, count) ? 0 : -ERANGE, err;

	note(" %zu at %zu most %zu%s", count, start, most, forget ? " forgotten" : "");
	ask();
	expect(run.type->extract(run.vec, start, count, &run.asked, most, forget, &err) <= most,
	       "more were taken than asked for");
	if (want) {
		answers(err, want);
		return;
	}
	for (i = start; i < start + count && taken < most; i++) {
		if (i - start + 1 == run.asked.fails) {
			want = -EIO;
			break;
		}
		if (run.asked.mask >> (i - start) % 8 & 1) {
			dies(m->at[i]);
			taken++;
		}
	}
	expect(run.asked.questions == i - start + !!want, "too many were asked about, or too few");
	for (size_t q = 0; q < run.asked.questions; q++)
		expect(run.asked.values[q] == m->at[start + q].value, "another was asked about");
	if (forget) {
		run.leaked += run.type->owns ? m->len - start - taken : 0;
		m->len = start;
		answers(err, 0);
		return;
	}
	taken = i - start;
	for (size_t j = 0; j < taken; j++)
		if (!(run.asked.mask >> j % 8 & 1))
			m->at[kept++] = m->at[start + j];
	shift(m, i, kept);
	answers(err, want);
}

static void op_into_iter(void)
{
	struct model *m = run.m;
	size_t front = byte() % 8, back = byte() % 8, next = 0, end = m->len;
	bool again = byte() % 2;
	struct kown_into_iter iter = kown_vec_into_iter(run.vec, run.elem);

	note(" front %zu back %zu%s", front, back, again ? " and a vec again" : "");
	expect(!run.vec->len && !run.vec->raw.cap && !run.vec->raw.ptr, "the vec is not empty");
	for (; front && next < end; front--)
		expect_taken(run.type->into_iter_next(&iter), m->at[next++]);
	for (; back && next < end; back--)
		expect_taken(run.type->into_iter_next_back(&iter), m->at[--end]);
	expect(kown_into_iter_len(&iter) == end - next, "the iterator has more left, or less");
	if (next == end)
		expect(!run.type->into_iter_next(&iter) &&
		       !run.type->into_iter_next_back(&iter), "an empty iterator gives");
	if (again) {
		memmove(m->at, m->at + next, (end - next) * sizeof(*m->at));
		kown_into_iter_into_vec(&iter, run.vec);
	} else {
		for (size_t i = next; i < end; i++)
			dies(m->at[i]);
		m->cap = 0;
	}
	m->len = again ? end - next : 0;
	kown_into_iter_finish(&iter);
}

/* Slices */

static int by_value(const void *a, const void *b, const void *asked)
{
	u32 x = model_elem_read(run.type, a).value, y = model_elem_read(run.type, b).value;

	return (x > y) - (x < y);
}

static int order_to(const void *value, const void *sought)
{
	u32 x = model_elem_read(run.type, value).value, y = *(const u32 *)sought;

	return (x > y) - (x < y);
}

static int is_below(const void *value, void *sought)
{
	return order_to(value, sought) < 0;
}

/* Insertion sort: equals keep their order. */
static void sorts(struct model *m)
{
	for (size_t i = 1; i < m->len; i++) {
		struct model_elem elem = m->at[i];
		size_t to = i;

		for (; to && m->at[to - 1].value > elem.value; to--)
			m->at[to] = m->at[to - 1];
		m->at[to] = elem;
	}
}

static void reverses(struct model *m, size_t start, size_t end)
{
	for (; start + 1 < end; start++) {
		end--;
		swap(m->at[start], m->at[end]);
	}
}

static struct kown_slice slice(void)
{
	return kown_vec_as_slice(run.vec, run.elem);
}

static void op_sort_stable(void)
{
	int want = run.m->len < 2 || !run.elem->size ? 0 : allocates();

	if (!want)
		sorts(run.m);
	answers(kown_slice_sort_stable(slice(), run.elem, by_value, NULL, GFP_KERNEL), want);
}

/* Which of the equals comes first is not said: then the stable sort shows who is there. */
static void op_sort(void)
{
	if (!run.elem->size)
		return;
	kown_slice_sort(slice(), run.elem, by_value, NULL);
	expect(kown_slice_is_sorted(slice(), run.elem, by_value, NULL), "it is not sorted");
	sorts(run.m);
	for (size_t i = 0; i < run.m->len; i++)
		expect(model_elem_read(run.type, kown_vec_at(run.vec, run.elem, i)).value ==
		       run.m->at[i].value, "other values are there");
	if (!run.type->owns)
		return;
	for (size_t i = 0; i < run.m->len; i++)
		run.m->at[i] = model_elem_read(run.type, kown_vec_at(run.vec, run.elem, i));
	for (size_t i = 0; i < run.m->len; i++)
		for (size_t j = 0; j < i; j++)
			expect(run.m->at[i].id != run.m->at[j].id, "an element is there twice");
}

static void op_search(void)
{
	size_t index, point, below = 0, sought_there = 0;
	u32 sought = value();
	int err;

	note(" %x", sought);
	op_sort_stable();
	if (!kown_slice_is_sorted(slice(), run.elem, by_value, NULL))
		return;
	for (size_t i = 0; i < run.m->len; i++) {
		below += run.m->at[i].value < sought;
		sought_there += run.m->at[i].value == sought;
	}
	err = kown_slice_binary_search(slice(), run.elem, order_to, &sought, &index);
	expect(err == (sought_there ? 0 : -ENOENT),
	       "the search is wrong about whether there is one");
	expect(index >= below && index < below + sought_there + !sought_there,
	       "the search found another place");
	expect(!kown_slice_partition_point(slice(), run.elem, is_below, &sought, &point) &&
	       point == below, "the point is another");
}

static void op_rotate(void)
{
	size_t by = index_below(run.m->len), len = run.m->len;
	bool left = byte() % 2;
	int want = by <= len ? 0 : -ERANGE;

	note(" %s by %zu", left ? "left" : "right", by);
	answers(left ? kown_slice_rotate_left(slice(), run.elem, by) :
		       kown_slice_rotate_right(slice(), run.elem, by), want);
	if (want)
		return;
	by = left ? by : len - by;
	reverses(run.m, 0, by);
	reverses(run.m, by, len);
	reverses(run.m, 0, len);
}

static void op_reverse(void)
{
	kown_slice_reverse(slice(), run.elem);
	reverses(run.m, 0, run.m->len);
}

static void op_swap(void)
{
	size_t i = index_below(run.m->len), j = index_below(run.m->len);
	int want = i < run.m->len && j < run.m->len ? 0 : -ERANGE;

	note(" %zu %zu", i, j);
	answers(kown_slice_swap(slice(), run.elem, i, j), want);
	if (!want)
		swap(run.m->at[i], run.m->at[j]);
}

static void op_fill(void)
{
	bool plain = !run.type->owns;
	int want = plain || !run.m->len ? 0 : allocates();

	make(1);
	for (size_t i = 0; i < run.m->len && !want; i++) {
		struct model_elem clone;

		want = clones(&clone, pool_model[0]);
		if (want)
			break;
		dies(run.m->at[i]);
		run.m->at[i] = clone;
	}
	answers(kown_slice_fill(slice(), run.elem, pool, GFP_KERNEL), want);
	drop_pool(0, 1);
}

static void op_copy_within(void)
{
	size_t start = index_below(run.m->len), count = index_below(run.m->len);
	size_t to = index_below(run.m->len);
	int want = has(run.m, start, count) && has(run.m, to, count) ? 0 : -ERANGE;

	if (run.type->owns)
		want = -EOPNOTSUPP;
	note(" %zu from %zu to %zu", count, start, to);
	answers(kown_slice_copy_within(slice(), run.elem, start, count, to), want);
	if (!want)
		memmove(run.m->at + to, run.m->at + start, count * sizeof(*run.m->at));
}

static void op_compare(void)
{
	const struct kown_vec *other = &run.vecs[run.vec == run.vecs];
	const struct model *o = &run.models[run.m == run.models];
	int want = 0;

	for (size_t i = 0; i < min(run.m->len, o->len) && !want; i++)
		want = (run.m->at[i].value > o->at[i].value) -
		       (run.m->at[i].value < o->at[i].value);
	if (!want)
		want = (run.m->len > o->len) - (run.m->len < o->len);
	answers(kown_slice_cmp(slice(), kown_vec_as_slice(other, run.elem), run.elem,
			       by_value, NULL), want);
}

/* Heaps */

static int less(const void *a, const void *b, void *asked)
{
	int answer = model_ask(asked, 0);

	return answer < 0 ? answer : by_value(a, b, NULL) < 0;
}

/*
 * A vec, as a heap, loses some elements, which come the greatest first, and comes back
 * sorted. If a comparison fails, all elements are there, in whatever order.
 */
static void op_heap(void)
{
	struct kown_heap heap = {};
	size_t pops = byte() % 8;
	u32 last = U32_MAX;
	int err;

	if (!run.elem->size)
		return;
	note(" pops %zu", pops);
	ask();
	err = kown_heap_from_vec(&heap, run.elem, run.vec, less, &run.asked);
	sorts(run.m);
	for (; !err && pops; pops--) {
		struct model_elem got;
		size_t at = 0;

		err = kown_heap_pop(&heap, run.elem, less, &run.asked, pool);
		if (err <= 0)
			break;
		err = 0;
		got = model_elem_read(run.type, pool);
		expect(got.value <= last && run.m->len &&
		       got.value == run.m->at[run.m->len - 1].value,
		       "another is greater than what came");
		last = got.value;
		while (at < run.m->len && (run.m->at[at].id != got.id ||
					   run.m->at[at].value != got.value))
			at++;
		expect(at < run.m->len, "what came was not there");
		if (run.wrong)
			return;
		pool_model[0] = got;
		shift(run.m, at + 1, at);
		drop_pool(0, 1);
	}
	if (heap.vec.raw.ptr) {
		int sorted = kown_heap_into_sorted_vec(&heap, run.elem, less, &run.asked, run.vec);

		expect(sorted || kown_slice_is_sorted(slice(), run.elem, by_value, NULL),
		       "it is not sorted");
		err = err ? err : sorted;
	}
	expect(err == 0 || (err == -EIO && run.asked.fails), "it returned something else");
	expect(run.vec->len == run.m->len, "elements are lost");
	if (run.wrong)
		return;
	/* Each element once, in another order. */
	kown_slice_sort(slice(), run.elem, by_value, NULL);
	for (size_t i = 0; i < run.m->len; i++) {
		struct model_elem got =
			model_elem_read(run.type, kown_vec_at(run.vec, run.elem, i));

		expect(got.value == run.m->at[i].value, "other values are there");
		for (size_t j = 0; run.type->owns && j < i; j++)
			expect(got.id != run.m->at[j].id || !got.id, "an element is there twice");
		run.m->at[i] = got;
	}
}

/* The bytes name them by number: new ones go to the end. */
static const struct {
	const char *name;
	void (*run)(void);
} ops[] = {
	{ "push", op_push },
	{ "push_within_capacity", op_push_within_capacity },
	{ "push_n", op_push_n },
	{ "pop", op_pop },
	{ "pop_if", op_pop_if },
	{ "insert_n", op_insert_n },
	{ "remove_n", op_remove_n },
	{ "swap_remove", op_swap_remove },
	{ "truncate", op_truncate },
	{ "resize", op_resize },
	{ "resize_with", op_resize_with },
	{ "extend_from_slice", op_extend_from_slice },
	{ "extend_from_within", op_extend_from_within },
	{ "append", op_append },
	{ "split_off", op_split_off },
	{ "clone", op_clone },
	{ "clone_from", op_clone_from },
	{ "retain", op_retain },
	{ "dedup_by", op_dedup_by },
	{ "dedup_by_key", op_dedup_by_key },
	{ "dedup", op_dedup },
	{ "reserve", op_reserve },
	{ "reserve_or_fail", op_reserve_or_fail },
	{ "reserve_exact", op_reserve_exact },
	{ "shrink_to", op_shrink_to },
	{ "into_boxed_slice", op_into_boxed_slice },
	{ "there_and_back", op_there_and_back },
	{ "spare_capacity", op_spare_capacity },
	{ "look", op_look },
	{ "free", op_free },
	{ "extend", op_extend },
	{ "drain", op_drain },
	{ "splice", op_splice },
	{ "extract_if", op_extract_if },
	{ "into_iter", op_into_iter },
	{ "sort_stable", op_sort_stable },
	{ "sort", op_sort },
	{ "search", op_search },
	{ "rotate", op_rotate },
	{ "reverse", op_reverse },
	{ "swap", op_swap },
	{ "fill", op_fill },
	{ "copy_within", op_copy_within },
	{ "compare", op_compare },
	{ "heap", op_heap },
};

/* The model and the vec, after an operation */

static void compare(const struct kown_vec *vec, struct model *m)
{
	size_t size = run.elem->size;

	if (run.any_cap && vec == run.vec) {
		expect(!size || (vec->raw.cap >= m->len && vec->raw.cap >= m->cap),
		       "cap is below what it has to be");
		m->cap = vec->raw.cap;
		run.moved = true;
	}
	expect(vec->len == m->len, "len is not the model's");
	expect(vec->raw.cap == (size ? m->cap : 0), "cap is not the model's");
	expect(!vec->raw.ptr == !vec->raw.cap, "it has memory for nothing, or none");
	expect(run.moved || vec->raw.cap != m->ptr_cap || vec->raw.ptr == m->ptr,
	       "its memory has moved for nothing");
	m->ptr = vec->raw.ptr;
	m->ptr_cap = vec->raw.cap;
	for (size_t i = 0; i < m->len && !run.wrong; i++) {
		struct model_elem got = model_elem_read(run.type, kown_vec_at(vec, run.elem, i));

		expect(got.id == m->at[i].id && got.value == m->at[i].value,
		       "an element is not the model's");
		expect(!run.type->owns || model_owners.alive[got.id], "an element is dead");
	}
}

static void compare_all(void)
{
	u32 live = run.leaked + run.models[0].len + run.models[1].len;

	for (int i = 0; i < 2; i++)
		compare(&run.vecs[i], &run.models[i]);
	expect(!model_owners.wrong, model_owners.wrong);
	if (!run.type->owns)
		return;
	expect(model_owners.next == run.next, "more elements were made, or fewer");
	expect(model_owners.nr_dropped == run.nr_drops, "more elements were dropped, or fewer");
	for (size_t i = 0; i < min_t(size_t, run.nr_drops, MODEL_LOG) && !run.wrong; i++)
		expect(model_owners.dropped[i] == run.drops[i],
		       "others were dropped, or in another order");
	expect(model_owners.live == live, "elements live that nobody owns");
}

static void begin(void)
{
	u8 which = byte(), fails = byte();

	run.vec = &run.vecs[which >> 7];
	run.m = &run.models[which >> 7];
	run.nr_drops = 0;
	model_owners.nr_dropped = 0;
	run.moved = false;
	run.any_cap = false;
	/* Most operations meet no failure. */
	run.clone_fails = fails / 16 < 8 ? fails / 16 : 0;
	model_owners.clone_fails = run.clone_fails;
	fail_allocation(fails % 16 < 4 ? fails % 16 : 0);
	note("%c: %s", "ab"[which >> 7], ops[which % 128 % ARRAY_SIZE(ops)].name);
	if (run.alloc_fails)
		note(" (no memory for allocation %u)", run.alloc_fails);
	if (run.clone_fails)
		note(" (no clone %u)", run.clone_fails);
	ops[which % 128 % ARRAY_SIZE(ops)].run();
	fail_allocation(0);
}

static void step(void)
{
	begin();
	compare_all();
	model_count.ops++;
	note("; a %zu/%zu b %zu/%zu\n", run.vecs[0].len, run.vecs[0].raw.cap, run.vecs[1].len,
	     run.vecs[1].raw.cap);
}

/* Enough ids for any operation. */
static bool may_go_on(void)
{
	return run.left && !run.wrong && run.next < MODEL_IDS - 4 * MOST;
}

/**
 * model_run() - do what bytes say to vecs and to their models
 * @bytes: the operations
 * @size: how many bytes; no more than MODEL_BYTES are read
 * @say: prints each operation, in pieces; or NULL
 *
 * Context: Process context; one caller at a time.
 * Return: NULL, or how they came to differ; then memory is lost.
 */
const char *model_run(const u8 *bytes, size_t size, void (*say)(const char *text))
{
	memset(model_owners.alive, 0, model_owners.next);
	model_owners.next = 1;
	model_owners.live = 0;
	model_owners.wrong = NULL;
	run.say = say;
	run.bytes = bytes;
	run.left = min_t(size_t, size, MODEL_BYTES);
	run.type = model_types[byte() % model_nr_types];
	run.elem = run.type->elem;
	run.next = 1;
	run.leaked = 0;
	run.wrong = NULL;
	for (int i = 0; i < 2; i++) {
		run.vecs[i] = (struct kown_vec){};
		run.models[i].len = 0;
		run.models[i].cap = 0;
		run.models[i].ptr = NULL;
		run.models[i].ptr_cap = 0;
	}
	note("elements of %zu bytes, %s\n", run.elem->size, run.elem->name);
	while (may_go_on())
		step();
	model_count.runs++;
	for (int i = 0; i < 2 && !run.wrong; i++)
		kown_vec_free(&run.vecs[i], run.elem);
	if (!run.wrong && run.type->owns)
		expect(model_owners.live == run.leaked, "at the end, elements live on");
	return run.wrong;
}

/* splitmix64 */
static u64 random(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/**
 * model_random() - bytes for a run
 * @bytes: where they go
 * @seed: of the series
 * @number: in it
 *
 * Return: how many there are.
 */
size_t model_random(u8 bytes[MODEL_BYTES], u64 seed, u64 number)
{
	u64 state = seed ^ number * 0xd1342543de82ef95;
	size_t size = 16 + random(&state) % (MODEL_BYTES - 15);

	for (size_t i = 0; i < size; i += 8) {
		u64 r = random(&state);

		memcpy(bytes + i, &r, min_t(size_t, 8, size - i));
	}
	return size;
}

static bool without(u8 *bytes, size_t size, size_t from, size_t count,
		    bool (*fails)(const u8 *bytes, size_t size, void *context),
		    void *context)
{
	u8 shorter[MODEL_BYTES];

	memcpy(shorter, bytes, from);
	memcpy(shorter + from, bytes + from + count, size - from - count);
	if (!fails(shorter, size - count, context))
		return false;
	memcpy(bytes, shorter, size - count);
	return true;
}

/**
 * model_shrink() - the shortest bytes that still fail
 * @bytes: such as fail
 * @size: how many there are
 * @fails: tries
 * @context: for @fails
 *
 * Takes away, in ever smaller pieces; then makes what is left as small as it can be.
 *
 * Return: how many are left.
 */
size_t model_shrink(u8 *bytes, size_t size,
		    bool (*fails)(const u8 *bytes, size_t size, void *context),
		    void *context)
{
	size_t count = size / 2;

	while (count) {
		bool any = false;

		for (size_t from = 1; from + count <= size;) {
			if (without(bytes, size, from, count, fails, context)) {
				size -= count;
				any = true;
			} else {
				from++;
			}
		}
		if (!any)
			count = count > 8 ? count / 2 : count - 1;
	}
	for (size_t i = 0; i < size; i++) {
		u8 was = bytes[i];

		for (unsigned int b = 0; b < was; b++) {
			bytes[i] = b;
			if (fails(bytes, size, context))
				break;
			bytes[i] = was;
		}
	}
	return size;
}
