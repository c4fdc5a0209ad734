// SPDX-License-Identifier: GPL-2.0
/*
 * Model's operations on slices, heaps and arcs of elements.
 */
#include <linux/err.h>
#include <linux/kernel.h>

#include <kown/heap.h>
#include <kown/slice.h>
#include <kown/weak.h>

#include "model_run.h"

static int by_value(const void *a, const void *b, const void *asked)
{
	u32 x = model_elem_read(run->type, a).value, y = model_elem_read(run->type, b).value;

	return (x > y) - (x < y);
}

static int order_to(const void *value, const void *sought)
{
	u32 x = model_elem_read(run->type, value).value, y = *(const u32 *)sought;

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

static bool is_sorted(const struct kown_vec *vec)
{
	struct kown_slice all = kown_vec_as_slice(vec, run->elem);

	return typed() ? run->type->is_sorted(all) :
			 kown_slice_is_sorted(all, run->elem, by_value, NULL);
}

static void op_sort_stable(void)
{
	int want = run->m->len < 2 || !run->elem->size ? 0 : allocates();

	if (!want)
		sorts(run->m);
	answers(typed() ? run->type->sort_stable(slice(), run->left & 2, GFP_KERNEL) :
			  kown_slice_sort_stable(slice(), run->elem, by_value, NULL, GFP_KERNEL),
		want);
}

/* Which of the equals comes first is not said: then the stable sort shows who is there. */
static void op_sort(void)
{
	if (!run->elem->size)
		return;
	if (typed())
		run->type->sort(slice(), run->left & 2);
	else
		kown_slice_sort(slice(), run->elem, by_value, NULL);
	expect(is_sorted(run->vec), "it is not sorted");
	sorts(run->m);
	for (size_t i = 0; i < run->m->len; i++)
		expect(model_elem_read(run->type, kown_vec_at(run->vec, run->elem, i)).value ==
		       run->m->at[i].value, "other values are there");
	if (!run->type->owns)
		return;
	for (size_t i = 0; i < run->m->len; i++)
		run->m->at[i] = model_elem_read(run->type, kown_vec_at(run->vec, run->elem, i));
	for (size_t i = 0; i < run->m->len; i++)
		for (size_t j = 0; j < i; j++)
			expect(run->m->at[i].id != run->m->at[j].id, "an element is there twice");
}

static void op_search(void)
{
	size_t index, point, below = 0, sought_there = 0;
	u32 sought = value();
	int err;

	note(" %x", sought);
	op_sort_stable();
	if (!is_sorted(run->vec))
		return;
	for (size_t i = 0; i < run->m->len; i++) {
		below += run->m->at[i].value < sought;
		sought_there += run->m->at[i].value == sought;
	}
	if (typed())
		err = run->type->search_by(slice(), sought, &index);
	else
		err = kown_slice_binary_search(slice(), run->elem, order_to, &sought, &index);
	expect(err == (sought_there ? 0 : -ENOENT),
	       "the search is wrong about whether there is one");
	expect(index >= below && index < below + sought_there + !sought_there,
	       "the search found another place");
	if (typed())
		err = run->type->partition_point(slice(), sought, &point);
	else
		err = kown_slice_partition_point(slice(), run->elem, is_below, &sought, &point);
	expect(!err && point == below, "the point is another");
	expect(!run->vec->len || index == run->vec->len ||
	       run->type->search(slice(), kown_vec_at(run->vec, run->elem, index), &point) == 0,
	       "an element that is there is not found");
}

static void op_rotate(void)
{
	size_t by = index_below(run->m->len), len = run->m->len;
	bool left = byte() % 2;
	int want = by <= len ? 0 : -ERANGE;

	note(" %s by %zu", left ? "left" : "right", by);
	if (typed())
		answers(run->type->rotate(slice(), by, left), want);
	else
		answers(left ? kown_slice_rotate_left(slice(), run->elem, by) :
			       kown_slice_rotate_right(slice(), run->elem, by), want);
	if (want)
		return;
	by = left ? by : len - by;
	reverses(run->m, 0, by);
	reverses(run->m, by, len);
	reverses(run->m, 0, len);
}

static void op_reverse(void)
{
	if (typed())
		run->type->reverse(slice());
	else
		kown_slice_reverse(slice(), run->elem);
	reverses(run->m, 0, run->m->len);
}

static void op_swap(void)
{
	size_t i = index_below(run->m->len), j = index_below(run->m->len);
	int want = i < run->m->len && j < run->m->len ? 0 : -ERANGE;

	note(" %zu %zu", i, j);
	answers(typed() ? run->type->swap_two(slice(), i, j) :
			  kown_slice_swap(slice(), run->elem, i, j), want);
	if (!want)
		swap(run->m->at[i], run->m->at[j]);
}

static void op_fill(void)
{
	bool plain = !run->type->owns;
	int want = clonable();

	if (!want && !plain && run->m->len)
		want = allocates();
	make(1);
	for (size_t i = 0; i < run->m->len && !want; i++) {
		struct model_elem clone;

		want = clones(&clone, run->pool_model[0]);
		if (want)
			break;
		dies(run->m->at[i]);
		run->m->at[i] = clone;
	}
	answers(typed() ? run->type->fill(slice(), run->pool, GFP_KERNEL) :
			  kown_slice_fill(slice(), run->elem, run->pool, GFP_KERNEL), want);
	drop_pool(0, 1);
}

static void op_copy_within(void)
{
	size_t start = index_below(run->m->len), count = index_below(run->m->len);
	size_t to = index_below(run->m->len);
	int want = has(run->m, start, count) && has(run->m, to, count) ? 0 : -ERANGE;

	if (run->type->owns)
		want = -EOPNOTSUPP;
	note(" %zu from %zu to %zu", count, start, to);
	answers(typed() ? run->type->copy_within(slice(), start, count, to) :
			  kown_slice_copy_within(slice(), run->elem, start, count, to), want);
	if (!want)
		memmove(run->m->at + to, run->m->at + start, count * sizeof(*run->m->at));
}

static void op_compare(void)
{
	const struct kown_vec *other = &run->vecs[run->vec == run->vecs];
	const struct model *o = &run->models[run->m == run->models];
	int want = 0;

	for (size_t i = 0; i < min(run->m->len, o->len) && !want; i++)
		want = (run->m->at[i].value > o->at[i].value) -
		       (run->m->at[i].value < o->at[i].value);
	if (!want)
		want = (run->m->len > o->len) - (run->m->len < o->len);
	answers(typed() ? run->type->cmp(slice(), run->type->as_slice(other)) :
			  kown_slice_cmp(slice(), kown_vec_as_slice(other, run->elem), run->elem,
					 by_value, NULL), want);
}

static void op_part(void)
{
	struct model *m = run->m;
	size_t start = index_below(m->len), count = index_below(m->len);
	size_t index = index_below(m->len);
	struct kown_slice part = {}, head = {}, tail = {};
	int want = has(m, start, count) ? 0 : -ERANGE;

	note(" %zu from %zu, split at %zu", count, start, index);
	answers(typed() ? run->type->range(slice(), start, count, &part) :
			  kown_slice_range(slice(), run->elem, start, count, &part), want);
	if (!want)
		expect_elems(part, m->at + start, count);
	want = index <= m->len ? 0 : -ERANGE;
	answers(typed() ? run->type->split_at(slice(), index, &head, &tail) :
			  kown_slice_split_at(slice(), run->elem, index, &head, &tail), want);
	if (!want) {
		expect_elems(head, m->at, index);
		expect_elems(tail, m->at + index, m->len - index);
	}
	part = (struct kown_slice){};
	head = part;
	expect(run->type->split_first(slice(), &part) == run->type->get(run->vec, 0),
	       "the first is another");
	expect(run->type->split_last(slice(), &head) == run->type->get(run->vec, m->len - 1),
	       "the last is another");
	count = m->len ? m->len - 1 : 0;
	expect_elems(part, m->at + 1, count);
	expect_elems(head, m->at, count);
}

/* Whether two arrays are the same, as far as the mask goes; and how often that was asked. */
static int alike(const struct model_elem *a, size_t a_len, const struct model_elem *b,
		 size_t b_len, size_t *asked)
{
	*asked = 0;
	if (a_len != b_len)
		return 0;
	for (size_t i = 0; i < a_len; i++) {
		if (++*asked == run->asked.fails)
			return -EIO;
		if ((a[i].value ^ b[i].value) & run->asked.mask)
			return 0;
	}
	return 1;
}

static bool same(const struct model_elem *a, size_t a_len, const struct model_elem *b,
		 size_t b_len)
{
	if (a_len != b_len)
		return false;
	for (size_t i = 0; i < a_len; i++)
		if (a[i].id != b[i].id || a[i].value != b[i].value)
			return false;
	return true;
}

/* It begins with others, ends with them, is them: the other vec's, or some of its own. */
static void op_find(void)
{
	struct model *m = run->m, *o = &run->models[run->m == run->models];
	bool own = byte() % 2;
	size_t start = own ? index_below(m->len) : 0, count = own ? index_below(m->len) : o->len;
	const struct model_elem *at;
	size_t first, asked, i;
	struct kown_slice like;
	bool there = false;
	int want = 0;

	if (own && !has(m, start, count))
		return;
	at = own ? m->at + start : o->at;
	note(" %zu of %s", count, own ? "its own" : "the other");
	like = kown_vec_as_slice(own ? run->vec : &run->vecs[run->vec == run->vecs], run->elem);
	like = (struct kown_slice){ kown_slice_at(like, run->elem, start), count };
	first = count <= m->len ? m->len - count : 0;
	expect(run->type->eq(slice(), like) == same(m->at, m->len, at, count), "eq is wrong");
	expect(run->type->starts_with(slice(), like) ==
	       (count <= m->len && same(m->at, count, at, count)), "starts_with is wrong");
	expect(run->type->ends_with(slice(), like) ==
	       (count <= m->len && same(m->at + first, count, at, count)), "ends_with is wrong");
	for (i = 0; i < m->len && count; i++)
		there |= m->at[i].id == at->id && m->at[i].value == at->value;
	if (count && run->elem->size)
		expect(run->type->contains(slice(), like.ptr) == there, "contains is wrong");

	ask();
	want = alike(m->at, m->len, at, count, &asked);
	answers(run->type->eq_by(slice(), like, &run->asked), want);
	expect_questions(0, asked);
	run->asked.questions = 0;
	want = alike(m->at, min(m->len, count), at, count, &asked);
	answers(run->type->starts_with_by(slice(), like, &run->asked), want);
	expect_questions(0, asked);
	run->asked.questions = 0;
	want = alike(m->at + first, min(m->len, count), at, count, &asked);
	answers(run->type->ends_with_by(slice(), like, &run->asked), want);
	expect_questions(first, asked);
	run->asked.questions = 0;
	for (i = 0, want = 0; i < m->len && !want; i++)
		want = i + 1 == run->asked.fails ? -EIO : run->asked.mask >> i % 8 & 1;
	answers(run->type->contains_by(slice(), &run->asked), want);
	expect_questions(0, i);
}

/* Piece i of @len elements: where it begins, and how many are in it; or that there is none. */
static bool piece(enum model_cut cut, size_t len, size_t size, size_t i, size_t *start,
		  size_t *count)
{
	size_t n = 0;

	if (cut == MODEL_WINDOWS) {
		*start = i;
		*count = size;
		return i + size <= len;
	}
	for (size_t left = len; left; n++) {
		*count = min(size, left);
		*start = cut == MODEL_RCHUNKS ? left - *count : len - left;
		if (cut == MODEL_CHUNKS_EXACT && *count < size)
			return false;
		if (n == i)
			return true;
		left -= *count;
	}
	return false;
}

static void op_chunks(void)
{
	static const char *const names[] = { "chunks", "chunks_exact", "rchunks", "windows" };
	struct model *m = run->m;
	enum model_cut cut = byte() % MODEL_CUTS;
	size_t size = byte() % 12, backs = byte(), n = 0, next = 0, start, count;
	struct kown_slice rest = {}, chunk;
	struct kown_chunks chunks;

	note(" %s of %zu, backs %02zx", names[cut], size, backs);
	answers(run->type->cut(slice(), size, cut, &chunks, &rest), size ? 0 : -EINVAL);
	while (size && piece(cut, m->len, size, n, &start, &count))
		n++;
	if (cut == MODEL_CHUNKS_EXACT) {
		expect_elems(rest, m->at + n * size, m->len - n * size);
	} else if (n && piece(cut, m->len, size, n - 1, &start, &count)) {
		expect(run->type->each_piece(slice(), size, cut, &rest) == n,
		       "the loop sees other pieces");
		expect_elems(rest, m->at + start, count);
	}
	for (size_t end = n, i = 0; next < end && !run->wrong; i++) {
		bool back = backs >> i % 8 & 1;

		expect(run->type->chunks_count(&chunks) == end - next, "it counts other pieces");
		expect(back ? run->type->chunks_next_back(&chunks, &chunk) :
			      run->type->chunks_next(&chunks, &chunk), "a piece is missing");
		if (run->wrong)
			return;
		piece(cut, m->len, size, back ? --end : next++, &start, &count);
		expect_elems(chunk, m->at + start, count);
	}
	expect(!run->type->chunks_count(&chunks) && !run->type->chunks_next(&chunks, &chunk) &&
	       !run->type->chunks_next_back(&chunks, &chunk), "there is a piece too many");
}

/* Heaps */

static int less(const void *a, const void *b, void *asked)
{
	int answer = model_ask(asked, 0);

	return answer < 0 ? answer : by_value(a, b, NULL) < 0;
}

static int heap_from_vec(struct kown_heap *heap, struct kown_vec *vec)
{
	return typed() ? run->type->heap_from_vec(heap, vec, &run->asked) :
			 kown_heap_from_vec(heap, run->elem, vec, less, &run->asked);
}

static int heap_pop(struct kown_heap *heap, void *to)
{
	return typed() ? run->type->heap_pop(heap, to, &run->asked) :
			 kown_heap_pop(heap, run->elem, less, &run->asked, to);
}

static int heap_push(struct kown_heap *heap, const void *value)
{
	return typed() ? run->type->heap_push(heap, value, &run->asked, GFP_KERNEL) :
			 kown_heap_push(heap, run->elem, value, less, &run->asked, GFP_KERNEL);
}

static int heap_append(struct kown_heap *heap, struct kown_heap *other)
{
	return typed() ? run->type->heap_append(heap, other, &run->asked, GFP_KERNEL) :
			 kown_heap_append(heap, run->elem, other, less, &run->asked, GFP_KERNEL);
}

static int heap_into_sorted_vec(struct kown_heap *heap, struct kown_vec *vec)
{
	return typed() ? run->type->heap_into_sorted_vec(heap, vec, &run->asked) :
			 kown_heap_into_sorted_vec(heap, run->elem, less, &run->asked, vec);
}

/* No element is greater than its parent. */
static void expect_heap(const struct kown_heap *heap)
{
	for (size_t i = 1; i < heap->vec.len; i++)
		expect(by_value(kown_vec_at(&heap->vec, run->elem, (i - 1) / 2),
				kown_vec_at(&heap->vec, run->elem, i), NULL) >= 0,
		       "it is not a heap");
	expect(!run->type->heap_peek(heap) == !heap->vec.len, "peek is wrong about whether");
}

/* What the model says: an error of a comparison only if one was to fail. */
static void answers_or_fails(int err, int want)
{
	answers(err, err == -EIO && run->asked.fails ? err : want);
}

/* The model of two vecs whose elements have changed their places, and their vec too. */
static struct model_elem both[2 * MOST];
static size_t nr_both;

/* What was at @m, to be found again. */
static void unsettles(struct model *m)
{
	memcpy(both + nr_both, m->at, m->len * sizeof(*m->at));
	nr_both += m->len;
}

/* Each element that is there is one of those, once. */
static void settles(const struct kown_vec *vec, struct model *m)
{
	m->len = 0;
	for (size_t i = 0; i < vec->len && !run->wrong; i++) {
		struct model_elem got =
			model_elem_read(run->type, kown_vec_at(vec, run->elem, i));
		size_t at = 0;

		while (at < nr_both && (both[at].id != got.id || both[at].value != got.value))
			at++;
		expect(at < nr_both, "an element is there that was not, or twice");
		if (run->wrong)
			return;
		both[at] = both[--nr_both];
		m->at[m->len++] = got;
	}
}

/*
 * A vec, as a heap, loses some elements, which come the greatest first, and comes back
 * sorted. If a comparison fails, all elements are there, in whatever order.
 */
static void op_heap(void)
{
	struct kown_heap heap = {};
	size_t pops = byte() % 8;
	int err, sorted;
	bool in_heap;

	note(" pops %zu", pops);
	ask();
	nr_both = 0;
	err = heap_from_vec(&heap, run->vec);
	in_heap = !err;
	answers_or_fails(err, 0);
	sorts(run->m);
	while (!err && pops--) {
		err = heap_pop(&heap, run->pool);
		answers_or_fails(err, !!run->m->len);
		if (err <= 0)
			break;
		run->pool_model[0] = model_elem_read(run->type, run->pool);
		expect(run->pool_model[0].value == run->m->at[run->m->len - 1].value,
		       "another is greater than what came");
		err = 0;
		/* Which of several it is, is not said. */
		for (size_t i = 0; i < run->m->len; i++) {
			if (run->m->at[i].id == run->pool_model[0].id &&
			    run->m->at[i].value == run->pool_model[0].value) {
				shift(run->m, i + 1, i);
				drop_pool(0, 1);
				break;
			}
		}
	}
	unsettles(run->m);
	if (in_heap) {
		expect_heap(&heap);
		sorted = heap_into_sorted_vec(&heap, run->vec);
		answers_or_fails(sorted, 0);
		expect(sorted || is_sorted(run->vec), "it is not sorted");
	}
	settles(run->vec, run->m);
	expect(!nr_both, "elements are lost");
}

static void op_heap_push(void)
{
	size_t count = count_up_to(8), pushed = 0;
	struct kown_heap heap;
	bool in_heap;
	int err;

	note(" %zu", count);
	ask();
	make(count);
	nr_both = 0;
	err = heap_from_vec(&heap, run->vec);
	in_heap = !err;
	answers_or_fails(err, 0);
	while (!err && pushed < count) {
		err = heap_push(&heap, run->pool + pushed * run->elem->size);
		answers_or_fails(err, reserves(run->m, 1, false));
		if (!err)
			run->m->at[run->m->len++] = run->pool_model[pushed++];
	}
	unsettles(run->m);
	if (in_heap) {
		expect_heap(&heap);
		run->type->heap_into_vec(&heap, run->vec);
	}
	settles(run->vec, run->m);
	expect(!nr_both, "elements are lost");
	drop_pool(pushed, count - pushed);
}

/* Both vecs, as heaps, become one; or each element is in one of them. */
static void op_heap_append(void)
{
	struct kown_vec *other = &run->vecs[run->vec == run->vecs];
	struct model *m = run->m, *o = &run->models[run->m == run->models];
	struct kown_heap a = {}, b = {};
	size_t len = m->len, o_len = o->len;
	int err, want = 0;

	if (len + o_len > MOST)
		return;
	ask();
	nr_both = 0;
	unsettles(m);
	unsettles(o);
	err = heap_from_vec(&a, run->vec);
	answers_or_fails(err, 0);
	if (!err) {
		err = heap_from_vec(&b, other);
		answers_or_fails(err, 0);
		if (!err) {
			expect(heap_append(&a, &a) == -EINVAL, "it was appended to itself");
			want = o_len > len ? reserves(o, len, false) : reserves(m, o_len, false);
			err = heap_append(&a, &b);
			answers_or_fails(err, want);
			expect_heap(&b);
			run->type->heap_into_vec(&b, other);
		}
		expect_heap(&a);
		run->type->heap_into_vec(&a, run->vec);
	}
	settles(run->vec, m);
	settles(other, o);
	expect(!nr_both, "elements are lost");
	if (err == -ENOMEM)
		expect(m->len == len && o->len == o_len, "elements have moved for nothing");
	else if (!err)
		expect(!o->len, "the other has elements");
	/* Whose memory it is now, is not said. */
	run->any_cap = 2;
}

/* Arcs */

/* A vec becomes an array that is shared, and one again; somebody else may hold it. */
static void op_arc(void)
{
	struct model *m = run->m;
	u8 how = byte() % 8;
	bool shared = how & 1, weakly = how & 2, again = how & 4;
	struct kown_vec taken;
	struct kown_arc *arc;
	int want = allocates();
	void *array = run->type->arc_from_vec(run->vec, GFP_KERNEL);

	note("%s%s%s", shared ? " shared" : "", weakly ? " weakly" : "",
	     again ? " and a vec again" : "");
	answers(PTR_ERR_OR_ZERO(array), want);
	if (want || run->wrong)
		return;
	expect(!run->vec->len && !run->vec->raw.cap && !run->vec->raw.ptr, "the vec is not empty");
	m->cap = 0;
	run->moved = true;
	expect_elems(run->type->arc_elems(array), m->at, m->len);
	arc = run->type->arc_upcast(array);
	if (shared)
		kown_arc_get(arc);
	if (weakly)
		kown_arc_downgrade(arc);
	if (again) {
		size_t len = m->len;

		/* What is said to be uninitialised is. */
		memset(&taken, 0x5a, sizeof(taken));
		m->len = 0;
		want = shared ? -EBUSY : reserves(m, len, true);
		m->len = len;
		answers(run->type->arc_take_vec(array, &taken, GFP_KERNEL), want);
		*run->vec = taken;
		again = !want;
	}
	if (!again) {
		expect_elems(run->type->arc_elems(array), m->at, m->len);
		if (shared)
			kown_arc_put(arc);
		cuts(m, 0);
		kown_arc_put(arc);
	}
	if (weakly) {
		expect(!kown_weak_upgrade(arc), "the dead live");
		kown_weak_put(arc);
	}
}

const struct model_op model_slice_ops[] = {
	{ "sort_stable", op_sort_stable },
	{ "sort", op_sort },
	{ "search", op_search },
	{ "rotate", op_rotate },
	{ "reverse", op_reverse },
	{ "swap", op_swap },
	{ "fill", op_fill },
	{ "copy_within", op_copy_within },
	{ "compare", op_compare },
	{ "part", op_part },
	{ "find", op_find },
	{ "chunks", op_chunks },
	{ "heap", op_heap },
	{ "heap_push", op_heap_push },
	{ "heap_append", op_heap_append },
	{ "arc", op_arc },
	{}
};
