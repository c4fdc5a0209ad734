// SPDX-License-Identifier: GPL-2.0
/*
 * Model's operations on vecs: what each should do, next to what it does.
 */
#include "model_run.h"

static void op_push(void)
{
	int want;

	if (run->m->len == MOST)
		return;
	make(1);
	want = reserves(run->m, 1, false);
	if (!want)
		run->m->at[run->m->len++] = run->pool_model[0];
	answers(run->type->push(run->vec, run->pool, GFP_KERNEL), want);
	if (want)
		drop_pool(0, 1);
}

static void op_push_within_capacity(void)
{
	int want = run->elem->size && run->m->len == run->m->cap ? -ENOSPC : 0;

	if (run->m->len == MOST)
		return;
	make(1);
	if (!want)
		run->m->at[run->m->len++] = run->pool_model[0];
	answers(run->type->push_within_capacity(run->vec, run->pool), want);
	if (want)
		drop_pool(0, 1);
}

static void op_push_n(void)
{
	size_t count = count_up_to(40);
	int want;

	note(" %zu", count);
	make(count);
	want = reserves(run->m, count, false);
	if (!want) {
		memcpy(run->m->at + run->m->len, run->pool_model, count * sizeof(*run->pool_model));
		run->m->len += count;
	}
	answers(kown_vec_push_n(run->vec, run->elem, run->pool, count, GFP_KERNEL), want);
	if (want)
		drop_pool(0, count);
}

static void op_pop(void)
{
	bool want = run->m->len;

	expect(run->type->pop(run->vec, run->pool) == want,
	       "pop is wrong about whether there is one");
	if (!want)
		return;
	expect_moved_out(&run->m->at[--run->m->len], 1);
	drop_pool(0, 1);
}

static void op_pop_if(void)
{
	int want = 0;

	ask();
	if (run->m->len)
		want = run->asked.fails == 1 ? -EIO : run->asked.mask & 1;
	answers(run->type->pop_if(run->vec, &run->asked, run->pool), want);
	expect(run->asked.questions == !!run->m->len, "pop_if asks once, if there is one");
	if (want <= 0)
		return;
	expect_moved_out(&run->m->at[--run->m->len], 1);
	drop_pool(0, 1);
}

static void op_insert_n(void)
{
	size_t index = index_below(run->m->len), count = count_up_to(8);
	int want = -ERANGE;

	note(" %zu at %zu", count, index);
	make(count);
	if (index <= run->m->len)
		want = reserves(run->m, count, false);
	if (!want) {
		shift(run->m, index, index + count);
		memcpy(run->m->at + index, run->pool_model, count * sizeof(*run->pool_model));
	}
	answers(kown_vec_insert_n(run->vec, run->elem, index, run->pool, count, GFP_KERNEL), want);
	if (want)
		drop_pool(0, count);
}

static void op_remove_n(void)
{
	size_t index = index_below(run->m->len), count = byte() % 8;
	int want = has(run->m, index, count) ? 0 : -ERANGE;

	note(" %zu at %zu", count, index);
	answers(kown_vec_remove_n(run->vec, run->elem, index, count, run->pool), want);
	if (want)
		return;
	expect_moved_out(run->m->at + index, count);
	shift(run->m, index + count, index);
	drop_pool(0, count);
}

static void op_swap_remove(void)
{
	size_t index = index_below(run->m->len);
	int want = index < run->m->len ? 0 : -ERANGE;

	note(" %zu", index);
	answers(kown_vec_swap_remove(run->vec, run->elem, index, run->pool), want);
	if (want)
		return;
	expect_moved_out(run->m->at + index, 1);
	run->m->at[index] = run->m->at[--run->m->len];
	drop_pool(0, 1);
}

static void op_truncate(void)
{
	size_t len = index_below(run->m->len);

	note(" to %zu", len);
	cuts(run->m, len);
	kown_vec_truncate(run->vec, run->elem, len);
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
	return len > MOST && (!run->elem->size || !fits(len));
}

static void op_resize(void)
{
	size_t len = new_len();
	int want = 0;

	if (too_long(len))
		return;
	note(" to %zu", len);
	make(1);
	if (len <= run->m->len)
		cuts(run->m, len);
	else
		want = clonable() ?: reserves(run->m, len - run->m->len, false);
	if (!want)
		want = fills_with_clones(run->m, run->pool_model, 0, len - run->m->len);
	answers(kown_vec_resize(run->vec, run->elem, len, run->pool, GFP_KERNEL), want);
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
	if (len <= run->m->len)
		cuts(run->m, len);
	else
		want = reserves(run->m, len - run->m->len, false);
	while (!want && run->m->len < len) {
		if (++i == run->asked.fails)
			want = -EIO;
		else
			run->m->at[run->m->len++] =
				born(run->asked.mask >> (i - 1) % 8 & 1 & run->type->mask);
	}
	answers(run->type->resize_with(run->vec, len, &run->asked, GFP_KERNEL), want);
}

static void op_extend_from_slice(void)
{
	size_t count = count_up_to(20);
	int want;

	note(" %zu", count);
	make(count);
	want = clonable() ?: reserves(run->m, count, false);
	if (!want)
		want = fills_with_clones(run->m, run->pool_model, 1, count);
	answers(kown_vec_extend_from_slice(run->vec, run->elem, run->pool, count, GFP_KERNEL),
		want);
	drop_pool(0, count);
}

static void op_extend_from_within(void)
{
	size_t start = index_below(run->m->len), count = index_below(run->m->len);
	int want = clonable() ?: -ERANGE;

	if (has(run->m, start, count)) {
		count = min(count, MOST - run->m->len);
		want = clonable() ?: reserves(run->m, count, false);
		if (!want)
			want = fills_with_clones(run->m, run->m->at + start, 1, count);
	}
	note(" %zu from %zu", count, start);
	answers(kown_vec_extend_from_within(run->vec, run->elem, start, count, GFP_KERNEL), want);
}

static void op_append(void)
{
	struct kown_vec *other = &run->vecs[run->vec == run->vecs];
	struct model *o = &run->models[run->m == run->models];
	int want = -EINVAL;

	if (byte() % 8 == 0) {
		other = run->vec;
		note(" itself");
	} else {
		if (run->m->len + o->len > MOST)
			return;
		want = reserves(run->m, o->len, false);
		if (!want) {
			memcpy(run->m->at + run->m->len, o->at, o->len * sizeof(*o->at));
			run->m->len += o->len;
			o->len = 0;
		}
	}
	answers(kown_vec_append(run->vec, run->elem, other, GFP_KERNEL), want);
}

/* The other vec, without an element or memory, as an operation's result. */
static void free_other(struct kown_vec **other, struct model **o)
{
	*other = &run->vecs[run->vec == run->vecs];
	*o = &run->models[run->m == run->models];
	kown_vec_free(*other, run->elem);
	cuts(*o, 0);
	(*o)->cap = 0;
	run->moved = true;
	/* What is said to be uninitialised is. */
	memset(*other, 0x5a, sizeof(**other));
}

static void op_split_off(void)
{
	size_t index = index_below(run->m->len);
	struct kown_vec *other;
	struct model *o;
	int want = -ERANGE;

	note(" %zu", index);
	free_other(&other, &o);
	if (index <= run->m->len)
		want = reserves(o, run->m->len - index, true);
	if (!want) {
		o->len = run->m->len - index;
		memcpy(o->at, run->m->at + index, o->len * sizeof(*o->at));
		run->m->len = index;
	}
	answers(kown_vec_split_off(run->vec, run->elem, index, other, GFP_KERNEL), want);
}

static void op_clone(void)
{
	struct kown_vec *other;
	struct model *o;
	int want;

	free_other(&other, &o);
	want = clonable() ?: reserves(o, run->m->len, true);
	if (!want)
		want = fills_with_clones(o, run->m->at, 1, run->m->len);
	if (want) {
		cuts(o, 0);
		o->cap = 0;
	}
	answers(kown_vec_clone(run->vec, run->elem, other, GFP_KERNEL), want);
}

static void op_clone_from(void)
{
	const struct kown_vec *other = &run->vecs[run->vec == run->vecs];
	const struct model *o = &run->models[run->m == run->models];
	int want = 0;

	if (byte() % 8 == 0) {
		note(" itself");
		other = run->vec;
	} else {
		want = clonable();
		if (!want && o->len > run->m->len)
			want = reserves(run->m, o->len - run->m->len, false);
		if (!want) {
			cuts(run->m, 0);
			want = fills_with_clones(run->m, o->at, 1, o->len);
		}
	}
	answers(kown_vec_clone_from(run->vec, run->elem, other, GFP_KERNEL), want);
}

static void op_retain(void)
{
	struct model *m = run->m;
	size_t len = m->len, kept = 0, i;
	int want = 0, err;

	ask();
	err = run->type->retain(run->vec, &run->asked);
	for (i = 0; i < len && !want; i++)
		want = i + 1 == run->asked.fails ? -EIO : 0;
	expect_questions(0, i);
	for (i = 0; i < len; i++) {
		bool unasked = want && i + 1 >= run->asked.fails;

		if (unasked || run->asked.mask >> i % 8 & 1)
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
	struct model *m = run->m;
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
	err = run->type->dedup_by(run->vec, &run->asked);
	answers(err, dedups(run->asked.mask, false, run->asked.fails, 1));
}

static void op_dedup_by_key(void)
{
	int err;

	ask();
	err = run->type->dedup_by_key(run->vec, &run->asked);
	answers(err, dedups(run->asked.mask, false, run->asked.fails, 2));
}

static void op_dedup(void)
{
	kown_vec_dedup(run->vec, run->elem);
	dedups(U32_MAX, true, 0, 1);
}

/* So many more: few, or more than can be. */
static size_t extra(void)
{
	size_t size = max_t(size_t, run->elem->size, 1);
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
	if (n > 255 && run->elem->size && !fits(run->m->len + n) && run->m->len + n >= n)
		return;
	note(" %zu", n);
	want = kown_vec_plan(run->vec, run->elem, n, &need, &cap);
	fail_allocation(0);
	answers(want, reserves(run->m, n, false));
	answers(kown_vec_reserve(run->vec, run->elem, n, GFP_KERNEL), want);
	expect(want || cap == kown_vec_cap(run->vec, run->elem), "it was planned otherwise");
}

static void op_reserve_or_fail(void)
{
	size_t n = byte();

	note(" %zu", n);
	answers(kown_vec_reserve(run->vec, run->elem, n, GFP_KERNEL),
		reserves(run->m, n, false));
}

static void op_reserve_exact(void)
{
	size_t n = extra();

	if (n > 255 && run->elem->size && !fits(run->m->len + n) && run->m->len + n >= n)
		return;
	note(" %zu", n);
	answers(kown_vec_reserve_exact(run->vec, run->elem, n, GFP_KERNEL),
		reserves(run->m, n, true));
}

static int shrinks(size_t min_cap)
{
	size_t cap = max(run->m->len, min_cap);
	int err = 0;

	if (cap >= run->m->cap)
		return 0;
	if (cap)
		err = allocates();
	if (!err)
		run->m->cap = cap;
	return err;
}

static void op_shrink_to(void)
{
	size_t min_cap = byte();

	note(" %zu", min_cap);
	answers(kown_vec_shrink_to(run->vec, run->elem, min_cap, GFP_KERNEL), shrinks(min_cap));
}

static void op_into_boxed_slice(void)
{
	answers(run->type->box(run->vec, GFP_KERNEL), shrinks(0));
}

static void op_there_and_back(void)
{
	run->type->there_and_back(run->vec);
}

static void op_spare_capacity(void)
{
	size_t count, n;
	void *at = run->type->spare(run->vec, &count);

	expect(count == (run->elem->size ? run->m->cap : SIZE_MAX) - run->m->len,
	       "there is more room, or less");
	n = min_t(size_t, count_up_to(8), count);
	note(" %zu", n);
	for (size_t i = 0; i < n; i++) {
		u32 v = value();

		model_elem_write(run->type, at + i * run->elem->size, v);
		run->m->at[run->m->len++] = born(v);
	}
	kown_vec_commit(run->vec, n);
}

static void op_look(void)
{
	size_t index = index_below(run->m->len);
	void *at = run->type->get(run->vec, index);

	note(" at %zu", index);
	expect(!at == (index >= run->m->len), "get is wrong about whether there is one");
	if (at)
		expect(model_elem_read(run->type, at).value == run->m->at[index].value,
		       "get got another element");
	expect(run->type->first(run->vec) == run->type->get(run->vec, 0), "first is not at 0");
	expect(run->type->last(run->vec) == run->type->get(run->vec, run->m->len - 1),
	       "last is not at len - 1");
	expect(run->type->walk(run->vec), "the loops do not see each element");
}

static void op_free(void)
{
	cuts(run->m, 0);
	run->m->cap = 0;
	kown_vec_free(run->vec, run->elem);
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
	model_elem_write(run->type, to, source->made++ & run->type->mask);
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
	err = kown_vec_extend(run->vec, run->elem, &source.iter, GFP_KERNEL);
	if (run->alloc_fails && err == -ENOMEM) {
		want = -ENOMEM;
		gives = source.made;
		expect(run->vec->len == run->vec->raw.cap, "there was room for more");
	}
	for (size_t i = 0; i < gives; i++)
		run->m->at[run->m->len++] = born(i & run->type->mask);
	run->any_cap = true;
	answers(err, want);
}

/* Guards */

static void op_drain(void)
{
	struct model *m = run->m;
	size_t start = index_below(m->len), count = index_below(m->len);
	size_t front = byte() % 8, back = byte() % 8, next, end;
	u8 how = byte() % 8;
	int want = has(m, start, count) ? 0 : -ERANGE;
	struct kown_drain drain;

	note(" %zu at %zu front %zu back %zu how %u", count, start, front, back, how);
	answers(kown_drain_begin(&drain, run->vec, run->elem, start, count), want);
	if (want) {
		expect(!kown_drain_next(&drain) && !kown_drain_next_back(&drain),
		       "a drain of nothing has elements");
		kown_drain_keep_rest(&drain);
		kown_drain_finish(&drain);
		return;
	}
	expect(run->vec->len == start, "the vec does not end where the drain begins");
	next = start;
	end = start + count;
	for (; front && next < end; front--)
		expect_taken(run->type->drain_next(&drain), m->at[next++]);
	for (; back && next < end; back--)
		expect_taken(run->type->drain_next_back(&drain), m->at[--end]);
	expect(kown_drain_len(&drain) == end - next, "the drain has more left, or less");
	if (next == end)
		expect(!run->type->drain_next(&drain) && !run->type->drain_next_back(&drain),
		       "an empty drain gives");
	if (how == 0) {
		/* Never finished: the head is all there is. */
		run->leaked += run->type->owns ? end - next + m->len - start - count : 0;
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
	struct model *m = run->m;
	size_t start = index_below(m->len), count = index_below(m->len), gives, in;
	int want = has(m, start, count) ? 0 : -ERANGE, err;
	struct source source;
	u32 born_first = run->next;

	note(" %zu at %zu", count, start);
	source_init(&source);
	err = kown_vec_splice(run->vec, run->elem, start, count, &source.iter, GFP_KERNEL);
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
	if (run->alloc_fails && err == -ENOMEM) {
		want = err;
		gives = source.made;
	}
	/* What had to wait elsewhere, and then found no room, is dropped. */
	in = gives;
	if (want && !source.iter.exact && run->alloc_fails) {
		in = run->vec->len - (m->len - count);
		expect(in <= gives, "there are more than were given");
		in = min(in, gives);
	}
	for (size_t i = in; i < gives; i++)
		dies((struct model_elem){ born_first + i });
	shift(m, start + count, start + in);
	for (size_t i = 0; i < gives; i++) {
		struct model_elem elem = born(i & run->type->mask);

		if (i < in)
			m->at[start + i] = elem;
	}
	run->any_cap = true;
	answers(err, want);
}

static void op_extract_if(void)
{
	struct model *m = run->m;
	size_t start = index_below(m->len), count = index_below(m->len), most = byte() % 16;
	size_t kept = start, taken = 0, i;
	bool forget = byte() % 16 == 0;
	int want = has(m, start, count) ? 0 : -ERANGE, err;

	note(" %zu at %zu most %zu%s", count, start, most, forget ? " forgotten" : "");
	ask();
	expect(run->type->extract(run->vec, start, count, &run->asked, most, forget, &err) <= most,
	       "more were taken than asked for");
	if (want) {
		answers(err, want);
		return;
	}
	for (i = start; i < start + count && taken < most; i++) {
		if (i - start + 1 == run->asked.fails) {
			want = -EIO;
			break;
		}
		if (run->asked.mask >> (i - start) % 8 & 1) {
			dies(m->at[i]);
			taken++;
		}
	}
	expect(run->asked.questions == i - start + !!want, "too many were asked about, or too few");
	for (size_t q = 0; q < run->asked.questions; q++)
		expect(run->asked.values[q] == m->at[start + q].value, "another was asked about");
	if (forget) {
		run->leaked += run->type->owns ? m->len - start - taken : 0;
		m->len = start;
		answers(err, 0);
		return;
	}
	taken = i - start;
	for (size_t j = 0; j < taken; j++)
		if (!(run->asked.mask >> j % 8 & 1))
			m->at[kept++] = m->at[start + j];
	shift(m, i, kept);
	answers(err, want);
}

static void op_into_iter(void)
{
	struct model *m = run->m;
	size_t front = byte() % 8, back = byte() % 8, next = 0, end = m->len;
	bool again = byte() % 2;
	struct kown_into_iter iter = kown_vec_into_iter(run->vec, run->elem);

	note(" front %zu back %zu%s", front, back, again ? " and a vec again" : "");
	expect(!run->vec->len && !run->vec->raw.cap && !run->vec->raw.ptr, "the vec is not empty");
	for (; front && next < end; front--)
		expect_taken(run->type->into_iter_next(&iter), m->at[next++]);
	for (; back && next < end; back--)
		expect_taken(run->type->into_iter_next_back(&iter), m->at[--end]);
	expect(kown_into_iter_len(&iter) == end - next, "the iterator has more left, or less");
	if (next == end)
		expect(!run->type->into_iter_next(&iter) &&
		       !run->type->into_iter_next_back(&iter), "an empty iterator gives");
	if (again) {
		memmove(m->at, m->at + next, (end - next) * sizeof(*m->at));
		kown_into_iter_into_vec(&iter, run->vec);
	} else {
		for (size_t i = next; i < end; i++)
			dies(m->at[i]);
		m->cap = 0;
	}
	m->len = again ? end - next : 0;
	kown_into_iter_finish(&iter);
}

const struct model_op model_vec_ops[] = {
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
	{}
};
