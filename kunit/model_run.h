/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Model's run: what is true between two operations, and what all of them need.
 */
#ifndef _KOWN_MODEL_RUN_H
#define _KOWN_MODEL_RUN_H

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include <kown/string.h>

#include "../module/memory.h"
#include "model.h"
#include "model_elem.h"

/* Elements in a vec: not so many that a run gets slow. And bytes in a string. */
#define MOST		192
#define MOST_BYTES	1024

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

/**
 * struct model_text - the string's
 * @chars: the bytes
 * @len: how many
 * @size: bytes of memory that the string should have, with its NUL's
 */
struct model_text {
	char chars[MOST_BYTES];
	size_t len;
	size_t size;
};

/**
 * struct model_run - two vecs and a string, and what was decoded of the bytes
 * @say: prints each operation, in pieces; or NULL
 * @bytes: not yet decoded
 * @left: how many of them
 * @type: of the vecs' elements
 * @elem: the same
 * @vecs: under test
 * @models: theirs
 * @vec: the one that the operation is done to
 * @m: its model
 * @string: under test
 * @text: its model
 * @next: what is expected: the next id
 * @drops: and these drops
 * @nr_drops: how many of them
 * @leaked: and so many elements that nobody owns
 * @alloc_fails: the allocation that fails, counted from 1; 0 for none
 * @clone_fails: the clone that fails, likewise
 * @moved: the vec's memory may be elsewhere, though its capacity is what it was
 * @any_cap: the model does not know the capacity of the vec; if it is 2, of neither
 * @asked: what callbacks answer
 * @pool: elements of the caller's
 * @pool_model: what they are
 * @wrong: how the model came to differ; or NULL
 */
struct model_run {
	void (*say)(const char *text);
	const u8 *bytes;
	size_t left;
	const struct model_type *type;
	const struct kown_type *elem;
	struct kown_vec vecs[2];
	struct model models[2];
	struct kown_vec *vec;
	struct model *m;
	struct kown_string string;
	struct model_text text;
	u32 next;
	u32 drops[MODEL_LOG];
	size_t nr_drops;
	u32 leaked;
	unsigned int alloc_fails;
	unsigned int clone_fails;
	bool moved;
	unsigned int any_cap;
	struct model_asked asked;
	u8 pool[MOST * 1025] __aligned(64);
	struct model_elem pool_model[MOST];
	const char *wrong;
};

extern struct model_run model_now;

static struct model_run *const run = &model_now;

/**
 * struct model_op - an operation; a table ends with one that has no name
 * @name: for whoever reads the list of them
 * @run: decodes its arguments, does it, and says what should have come of it
 */
struct model_op {
	const char *name;
	void (*run)(void);
};

/* The bytes name them by number, in this order. */
extern const struct model_op model_vec_ops[], model_slice_ops[], model_string_ops[];

static inline u8 byte(void)
{
	if (!run->left)
		return 0;
	run->left--;
	return *run->bytes++;
}

/* For whoever reads the list of operations. */
static inline __printf(1, 2) void note(const char *format, ...)
{
	char text[100];
	va_list args;

	if (!run->say)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	run->say(text);
}

static inline void expect(bool fine, const char *what)
{
	if (!fine && !run->wrong)
		run->wrong = what;
}

static inline void fail_allocation(unsigned int nth)
{
	run->alloc_fails = nth;
	kown_memory_fail_nth(nth);
}

/* Arguments */

/* An index, mostly within, sometimes just or far beyond. */
static inline size_t index_below(size_t len)
{
	u8 b = byte();

	if (b >= 254)
		return b == 255 ? SIZE_MAX : SIZE_MAX / 2 + 1;
	return b % (len + 3);
}

/* So many elements that the model has room for them. */
static inline size_t count_up_to(size_t most)
{
	return min_t(size_t, byte() % (most + 1), MOST - run->m->len);
}

static inline u32 value(void)
{
	return (byte() % 16 * 0x01020408U) & run->type->mask;
}

static inline void ask(void)
{
	run->asked.mask = byte();
	run->asked.fails = byte() % 32;
	if (run->asked.fails > 16)
		run->asked.fails = 0;
	run->asked.questions = 0;
	note(" mask %02x", run->asked.mask);
	if (run->asked.fails)
		note(" fails at %u", run->asked.fails);
}

/* What the model does */

static inline struct model_elem born(u32 value)
{
	return (struct model_elem){ run->type->owns ? run->next++ : 0, value };
}

static inline void dies(struct model_elem elem)
{
	if (run->type->owns)
		run->drops[run->nr_drops++ % MODEL_LOG] = elem.id;
}

/* What cannot be cloned is refused before anything else. */
static inline int clonable(void)
{
	return run->type->owns && !run->elem->clone ? -EOPNOTSUPP : 0;
}

static inline int clones(struct model_elem *to, struct model_elem from)
{
	if (run->elem->clone && run->clone_fails && !--run->clone_fails)
		return -EIO;
	*to = born(from.value);
	return 0;
}

static inline int allocates(void)
{
	return run->alloc_fails && !--run->alloc_fails ? -ENOMEM : 0;
}

/* Whether there can be memory for so many elements. */
static inline int fits(size_t cap)
{
	size_t size = run->elem->size;

	if (size && cap > SSIZE_MAX / size)
		return -EOVERFLOW;
	return cap > INT_MAX / max_t(size_t, size, 1) ? -ENOMEM : 0;
}

static inline int reserves(struct model *m, size_t extra, bool exact)
{
	size_t size = run->elem->size, need = m->len + extra, cap = need;
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

static inline bool has(const struct model *m, size_t start, size_t count)
{
	return start <= m->len && count <= m->len - start;
}

/* Opens a hole, or closes one. */
static inline void shift(struct model *m, size_t from, size_t to)
{
	memmove(m->at + to, m->at + from, (m->len - from) * sizeof(*m->at));
	m->len += to - from;
}

static inline void cuts(struct model *m, size_t len)
{
	size_t old = m->len;

	if (len >= old)
		return;
	m->len = len;
	for (size_t i = len; i < old; i++)
		dies(m->at[i]);
}

static inline int fills_with_clones(struct model *m, const struct model_elem *from,
				    size_t stride, size_t count)
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

/* Makes so many, in the run->pool and in its model. */
static inline void make(size_t count)
{
	for (size_t i = 0; i < count; i++) {
		u32 v = value();

		model_elem_write(run->type, run->pool + i * run->elem->size, v);
		run->pool_model[i] = born(v);
	}
}

static inline void drop_pool(size_t first, size_t count)
{
	kown_type_drop_n(run->elem, run->pool + first * run->elem->size, count);
	for (size_t i = first; i < first + count; i++)
		dies(run->pool_model[i]);
}

/* What has moved out to the run->pool is what the model says. */
static inline void expect_moved_out(const struct model_elem *from, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct model_elem got = model_elem_read(run->type, run->pool + i * run->elem->size);

		expect(got.id == from[i].id && got.value == from[i].value,
		       "another element has moved out");
		run->pool_model[i] = from[i];
	}
}

/* An element that was taken in place: it is the caller's, who drops it. */
static inline void expect_taken(void *at, struct model_elem want)
{
	struct model_elem got;

	if (!at) {
		expect(false, "an element is missing");
		return;
	}
	got = model_elem_read(run->type, at);
	expect(got.id == want.id && got.value == want.value, "another element was taken");
	kown_type_drop_n(run->elem, at, 1);
	dies(want);
}

/* Whoever was asked, was asked in order, and once. */
static inline void expect_questions(size_t first, size_t count)
{
	expect(run->asked.questions == count, "too many were asked about, or too few");
	for (size_t i = 0; i < count; i++)
		expect(run->asked.values[i] == run->m->at[first + i].value,
		       "another was asked about");
}

/* Some types have a function of their own: half of the calls go there, half not. */
static inline bool typed(void)
{
	return run->left & 1;
}

static inline struct kown_slice slice(void)
{
	return typed() ? run->type->as_slice(run->vec) : kown_vec_as_slice(run->vec, run->elem);
}

/* These elements, and no other, in this order. */
static inline void expect_elems(struct kown_slice part, const struct model_elem *at, size_t count)
{
	expect(part.len == count, "a part has other elements");
	for (size_t i = 0; i < count && !run->wrong; i++) {
		struct model_elem got =
			model_elem_read(run->type, kown_slice_at(part, run->elem, i));

		expect(got.id == at[i].id && got.value == at[i].value,
		       "an element of a part is another");
	}
}

/* The answer, and the end of most operations. */
static inline void answers(int err, int want)
{
	note(" = %d", err);
	expect(err == want, "it returned something else");
	model_count.refusals += err < 0;
}

#endif /* _KOWN_MODEL_RUN_H */
