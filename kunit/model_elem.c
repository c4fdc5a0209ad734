// SPDX-License-Identifier: GPL-2.0
/*
 * Model's elements.
 */
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "model_elem.h"

struct model_owners model_owners;

static u32 birth(void)
{
	u32 id = model_owners.next++;

	model_owners.alive[id] = true;
	model_owners.live++;
	return id;
}

static void death(u32 id)
{
	if (id >= MODEL_IDS || !model_owners.alive[id]) {
		model_owners.wrong = "what was dropped is no element";
		return;
	}
	model_owners.alive[id] = false;
	model_owners.live--;
	model_owners.dropped[model_owners.nr_dropped++ % MODEL_LOG] = id;
}

/* One that owns something: moved about, it stays what it is. */
struct owner_value {
	u32 id;
	u32 value;
};

static void owner_drop(struct owner_value *owner)
{
	death(owner->id);
	owner->id = U32_MAX;
}

static int owner_clone(struct owner_value *to, const struct owner_value *from, gfp_t gfp)
{
	if (!model_owners.alive[from->id])
		model_owners.wrong = "what was cloned is no element";
	if (model_owners.clone_fails && !--model_owners.clone_fails)
		return -EIO;
	*to = (struct owner_value){ birth(), from->value };
	return 0;
}

/* Plain ones: the value's bytes, again and again. */
struct byte_value {
	u8 bytes[1];
};

struct triple_value {
	u8 bytes[3];
};

struct word_value {
	u64 value;
};

struct wide_value {
	u8 bytes[64];
} __aligned(64);

struct large_value {
	u8 bytes[1025];
};

struct none_value {};

void model_elem_write(const struct model_type *type, void *at, u32 value)
{
	size_t size = type->elem->size, n = min(size, sizeof(value));

	if (type->owns) {
		*(struct owner_value *)at = (struct owner_value){ birth(), value };
		return;
	}
	value = cpu_to_le32(value);
	memcpy(at, &value, n);
	for (; n < size; n *= 2)
		memcpy(at + n, at, min(n, size - n));
}

struct model_elem model_elem_read(const struct model_type *type, const void *at)
{
	size_t size = type->elem->size;
	const struct owner_value *owner = at;
	u32 value = 0;

	if (type->owns)
		return (struct model_elem){ owner->id, owner->value };
	memcpy(&value, at, min(size, sizeof(value)));
	if (size > sizeof(value) && memcmp(at, at + sizeof(value), size - sizeof(value)))
		model_owners.wrong = "an element is torn";
	return (struct model_elem){ .value = le32_to_cpu(value) };
}

int model_ask(struct model_asked *asked, u32 value)
{
	size_t n = asked->questions++;

	asked->values[n % MODEL_LOG] = value;
	if (asked->fails && asked->questions == asked->fails)
		return -EIO;
	return asked->mask >> n % 8 & 1;
}

/*
 * The typed functions. A struct NAME_vec begins with its struct kown_vec, a guard with
 * the untyped one.
 */
#define VEC(name, vec)		((struct name##_vec *)(vec))
#define SLICE(name, slice)	((struct name##_slice){ .untyped = (slice) })
#define PART(name, slice)	((struct name##_slice *)(slice))

#define MODEL_TYPE(name, value_t, _drop, _clone, _owns, _mask)			\
KOWN_DEFINE_VEC(name, value_t, _drop, _clone)					\
KOWN_DEFINE_DRAIN(name, value_t)						\
KOWN_DEFINE_EXTRACT_IF(name, value_t)						\
KOWN_DEFINE_INTO_ITER(name, value_t)						\
KOWN_DEFINE_SLICE(name, value_t)						\
KOWN_DEFINE_ARC_SLICE(name, value_t, _drop, 0)					\
KOWN_DEFINE_ARC_VEC(name)							\
static const struct model_type name##_type;					\
static u32 name##_value(const value_t *at)					\
{										\
	return model_elem_read(&name##_type, at).value;				\
}										\
static int name##_ask(value_t *at, void *asked)					\
{										\
	return model_ask(asked, name##_value(at));				\
}										\
static int name##_same(value_t *at, value_t *before, void *context)		\
{										\
	struct model_asked *asked = context;					\
	int answer = model_ask(asked, name##_value(at));			\
										\
	if (answer < 0)								\
		return answer;							\
	return !((name##_value(at) ^ name##_value(before)) & asked->mask);	\
}										\
static int name##_key(const value_t *at, void *context, u64 *key)		\
{										\
	struct model_asked *asked = context;					\
	int answer = model_ask(asked, name##_value(at));			\
										\
	*key = name##_value(at) & asked->mask;					\
	return answer < 0 ? answer : 0;						\
}										\
static int name##_make(value_t *to, void *asked)				\
{										\
	int answer = model_ask(asked, 0);					\
										\
	if (answer < 0)								\
		return answer;							\
	model_elem_write(&name##_type, to, answer);				\
	return 0;								\
}										\
static void *name##_get(const struct kown_vec *vec, size_t index)		\
{										\
	return name##_vec_get(VEC(name, vec), index);				\
}										\
static void *name##_first(const struct kown_vec *vec)				\
{										\
	return name##_vec_first(VEC(name, vec));				\
}										\
static void *name##_last(const struct kown_vec *vec)				\
{										\
	return name##_vec_last(VEC(name, vec));					\
}										\
static int name##_push(struct kown_vec *vec, const void *value, gfp_t gfp)	\
{										\
	return name##_vec_push(VEC(name, vec), value, gfp);			\
}										\
static int name##_push_within_capacity(struct kown_vec *vec, const void *value)	\
{										\
	return name##_vec_push_within_capacity(VEC(name, vec), value);		\
}										\
static bool name##_pop(struct kown_vec *vec, void *to)				\
{										\
	return name##_vec_pop(VEC(name, vec), to);				\
}										\
static int name##_pop_if(struct kown_vec *vec, struct model_asked *asked, void *to) \
{										\
	return name##_vec_pop_if(VEC(name, vec), name##_ask, asked, to);	\
}										\
static int name##_resize_with(struct kown_vec *vec, size_t len,			\
			      struct model_asked *asked, gfp_t gfp)		\
{										\
	return name##_vec_resize_with(VEC(name, vec), len, name##_make, asked, gfp); \
}										\
static int name##_retain(struct kown_vec *vec, struct model_asked *asked)	\
{										\
	return name##_vec_retain(VEC(name, vec), name##_ask, asked);		\
}										\
static int name##_dedup_by(struct kown_vec *vec, struct model_asked *asked)	\
{										\
	return name##_vec_dedup_by(VEC(name, vec), name##_same, asked);		\
}										\
static int name##_dedup_by_key(struct kown_vec *vec, struct model_asked *asked)	\
{										\
	return name##_vec_dedup_by_key(VEC(name, vec), name##_key, asked);	\
}										\
static void *name##_spare(const struct kown_vec *vec, size_t *count)		\
{										\
	return name##_vec_spare_capacity(VEC(name, vec), count);		\
}										\
static void name##_there_and_back(struct kown_vec *vec)				\
{										\
	size_t len, cap;							\
	struct name##_vec taken = name##_vec_take(VEC(name, vec));		\
	value_t *elems = name##_vec_into_raw_parts(&taken, &len, &cap);		\
										\
	*VEC(name, vec) = name##_vec_from_raw_parts(elems, len, cap);		\
}										\
static int name##_box(struct kown_vec *vec, gfp_t gfp)				\
{										\
	value_t *elems;								\
	size_t len;								\
	int err = name##_vec_into_boxed_slice(VEC(name, vec), &elems, &len, gfp); \
										\
	if (!err)								\
		*VEC(name, vec) = name##_vec_from_raw_parts(elems, len,		\
							    sizeof(value_t) ? len : 0); \
	return err;								\
}										\
static bool name##_walk(const struct kown_vec *vec)				\
{										\
	value_t *at;								\
	size_t n = 0, back = vec->len;						\
										\
	kown_vec_for_each(at, VEC(name, vec)) {						\
		if (sizeof(value_t) && at != name##_vec_get(VEC(name, vec), n))	\
			return false;						\
		n++;								\
	}									\
	kown_vec_for_each_reverse(at, VEC(name, vec)) {				\
		back--;								\
		if (sizeof(value_t) && at != name##_vec_get(VEC(name, vec), back)) \
			return false;						\
	}									\
	return n == vec->len && !back;						\
}										\
static void *name##_drain_next_(struct kown_drain *drain)			\
{										\
	return name##_drain_next((struct name##_drain *)drain);			\
}										\
static void *name##_drain_next_back_(struct kown_drain *drain)			\
{										\
	return name##_drain_next_back((struct name##_drain *)drain);		\
}										\
static void *name##_into_iter_next_(struct kown_into_iter *iter)		\
{										\
	return name##_into_iter_next((struct name##_into_iter *)iter);		\
}										\
static void *name##_into_iter_next_back_(struct kown_into_iter *iter)		\
{										\
	return name##_into_iter_next_back((struct name##_into_iter *)iter);	\
}										\
static size_t name##_extract(struct kown_vec *vec, size_t start, size_t count,	\
			     struct model_asked *asked, size_t most, bool forget, \
			     int *err)						\
{										\
	struct name##_extract_if extract;					\
	value_t *at;								\
	size_t n = 0;								\
										\
	*err = name##_extract_if_begin(&extract, VEC(name, vec), start, count,	\
				       name##_ask, asked);			\
	while (!*err && n < most && (at = name##_extract_if_next(&extract))) {	\
		kown_type_drop_n(&name##_vec_elem, at, 1);			\
		n++;								\
	}									\
	if (!*err && !forget)							\
		*err = name##_extract_if_finish(&extract);			\
	return n;								\
}										\
static struct kown_slice name##_as_slice(const struct kown_vec *vec)		\
{										\
	return name##_vec_as_slice(VEC(name, vec)).untyped;			\
}										\
static int name##_range(struct kown_slice slice, size_t start, size_t count,	\
			struct kown_slice *part)				\
{										\
	return name##_slice_range(SLICE(name, slice), start, count, PART(name, part)); \
}										\
static int name##_split_at(struct kown_slice slice, size_t index, struct kown_slice *head, \
			   struct kown_slice *tail)				\
{										\
	return name##_slice_split_at(SLICE(name, slice), index, PART(name, head), \
				     PART(name, tail));				\
}										\
static void *name##_split_first(struct kown_slice slice, struct kown_slice *rest) \
{										\
	return name##_slice_split_first(SLICE(name, slice), PART(name, rest));	\
}										\
static void *name##_split_last(struct kown_slice slice, struct kown_slice *rest) \
{										\
	return name##_slice_split_last(SLICE(name, slice), PART(name, rest));	\
}										\
static int name##_cut(struct kown_slice slice, size_t size, enum model_cut cut,	\
		      struct kown_chunks *chunks, struct kown_slice *remainder)	\
{										\
	struct name##_chunks *pieces = (struct name##_chunks *)chunks;		\
										\
	switch (cut) {								\
	case MODEL_CHUNKS:							\
		return name##_slice_chunks(SLICE(name, slice), size, pieces);	\
	case MODEL_CHUNKS_EXACT:						\
		return name##_slice_chunks_exact(SLICE(name, slice), size, pieces, \
						 PART(name, remainder));	\
	case MODEL_RCHUNKS:							\
		return name##_slice_rchunks(SLICE(name, slice), size, pieces);	\
	default:								\
		return name##_slice_windows(SLICE(name, slice), size, pieces);	\
	}									\
}										\
static bool name##_chunks_next_(struct kown_chunks *chunks, struct kown_slice *chunk) \
{										\
	return name##_chunks_next((struct name##_chunks *)chunks, PART(name, chunk)); \
}										\
static bool name##_chunks_next_back_(struct kown_chunks *chunks, struct kown_slice *chunk) \
{										\
	return name##_chunks_next_back((struct name##_chunks *)chunks, PART(name, chunk)); \
}										\
static size_t name##_chunks_count_(const struct kown_chunks *chunks)		\
{										\
	return name##_chunks_count((const struct name##_chunks *)chunks);	\
}										\
static size_t name##_each_piece(struct kown_slice slice, size_t size, enum model_cut cut, \
				struct kown_slice *last)			\
{										\
	struct name##_slice all = SLICE(name, slice), piece = {};		\
	size_t n = 0;								\
										\
	if (cut == MODEL_CHUNKS)						\
		kown_slice_for_each_chunk(piece, all, size)			\
			n++;							\
	else if (cut == MODEL_RCHUNKS)						\
		kown_slice_for_each_rchunk(piece, all, size)			\
			n++;							\
	else									\
		kown_slice_for_each_window(piece, all, size)			\
			n++;							\
	*last = piece.untyped;							\
	return n;								\
}										\
static int name##_swap(struct kown_slice slice, size_t i, size_t j)		\
{										\
	return name##_slice_swap(SLICE(name, slice), i, j);			\
}										\
static void name##_reverse(struct kown_slice slice)				\
{										\
	name##_slice_reverse(SLICE(name, slice));				\
}										\
static int name##_rotate(struct kown_slice slice, size_t by, bool left)		\
{										\
	return left ? name##_slice_rotate_left(SLICE(name, slice), by) :	\
		      name##_slice_rotate_right(SLICE(name, slice), by);	\
}										\
static int name##_fill(struct kown_slice slice, const void *value, gfp_t gfp)	\
{										\
	return name##_slice_fill(SLICE(name, slice), value, gfp);		\
}										\
static int name##_copy_within(struct kown_slice slice, size_t start, size_t count, size_t to) \
{										\
	return name##_slice_copy_within(SLICE(name, slice), start, count, to);	\
}										\
static bool name##_contains(struct kown_slice slice, const void *value)		\
{										\
	return name##_slice_contains(SLICE(name, slice), value);		\
}										\
static bool name##_eq(struct kown_slice a, struct kown_slice b)			\
{										\
	return name##_slice_eq(SLICE(name, a), SLICE(name, b));			\
}										\
static bool name##_starts_with(struct kown_slice slice, struct kown_slice prefix) \
{										\
	return name##_slice_starts_with(SLICE(name, slice), SLICE(name, prefix)); \
}										\
static bool name##_ends_with(struct kown_slice slice, struct kown_slice suffix)	\
{										\
	return name##_slice_ends_with(SLICE(name, slice), SLICE(name, suffix));	\
}										\
static int name##_alike(const value_t *a, const value_t *b, void *context)	\
{										\
	struct model_asked *asked = context;					\
	int answer = model_ask(asked, name##_value(a));				\
										\
	if (answer < 0)								\
		return answer;							\
	return !((name##_value(a) ^ name##_value(b)) & asked->mask);		\
}										\
static int name##_is_it(const value_t *at, void *asked)				\
{										\
	return model_ask(asked, name##_value(at));				\
}										\
static int name##_contains_by(struct kown_slice slice, struct model_asked *asked) \
{										\
	return name##_slice_contains_by(SLICE(name, slice), name##_is_it, asked); \
}										\
static int name##_eq_by(struct kown_slice a, struct kown_slice b, struct model_asked *asked) \
{										\
	return name##_slice_eq_by(SLICE(name, a), SLICE(name, b), name##_alike, asked); \
}										\
static int name##_starts_with_by(struct kown_slice slice, struct kown_slice prefix, \
				 struct model_asked *asked)			\
{										\
	return name##_slice_starts_with_by(SLICE(name, slice), SLICE(name, prefix), \
					   name##_alike, asked);		\
}										\
static int name##_ends_with_by(struct kown_slice slice, struct kown_slice suffix, \
			       struct model_asked *asked)			\
{										\
	return name##_slice_ends_with_by(SLICE(name, slice), SLICE(name, suffix), \
					 name##_alike, asked);			\
}										\
static int name##_by_value(const value_t *a, const value_t *b, void *context)	\
{										\
	u32 x = name##_value(a), y = name##_value(b);				\
										\
	return (x > y) - (x < y);						\
}										\
KOWN_DEFINE_SORT(name##_known, name, value_t, name##_by_value)			\
static int name##_cmp(struct kown_slice a, struct kown_slice b)			\
{										\
	return name##_slice_cmp(SLICE(name, a), SLICE(name, b), name##_by_value, NULL); \
}										\
static void name##_sort(struct kown_slice slice, bool known)			\
{										\
	if (known)								\
		name##_known_sort(SLICE(name, slice), NULL);			\
	else									\
		name##_slice_sort(SLICE(name, slice), name##_by_value, NULL);	\
}										\
static int name##_sort_stable(struct kown_slice slice, bool known, gfp_t gfp)	\
{										\
	if (known)								\
		return name##_known_sort_stable(SLICE(name, slice), NULL, gfp);	\
	return name##_slice_sort_stable(SLICE(name, slice), name##_by_value, NULL, gfp); \
}										\
static bool name##_is_sorted(struct kown_slice slice)				\
{										\
	return name##_slice_is_sorted(SLICE(name, slice), name##_by_value, NULL); \
}										\
static int name##_search(struct kown_slice slice, const void *value, size_t *index) \
{										\
	return name##_slice_binary_search(SLICE(name, slice), value, name##_by_value, NULL, \
					  index);				\
}										\
static int name##_order_to(const value_t *value, void *sought)			\
{										\
	u32 x = name##_value(value), y = *(u32 *)sought;			\
										\
	return (x > y) - (x < y);						\
}										\
static int name##_is_below(const value_t *value, void *sought)			\
{										\
	return name##_order_to(value, sought) < 0;				\
}										\
static int name##_search_by(struct kown_slice slice, u32 sought, size_t *index)	\
{										\
	return name##_slice_binary_search_by(SLICE(name, slice), name##_order_to, &sought, \
					     index);				\
}										\
static int name##_partition_point(struct kown_slice slice, u32 sought, size_t *index) \
{										\
	return name##_slice_partition_point(SLICE(name, slice), name##_is_below, &sought, \
					    index);				\
}										\
static int name##_less(const value_t *a, const value_t *b, void *asked)		\
{										\
	int answer = model_ask(asked, 0);					\
										\
	return answer < 0 ? answer : name##_by_value(a, b, NULL) < 0;		\
}										\
KOWN_DEFINE_HEAP(name, value_t, name##_less)					\
static const void *name##_heap_peek_(const struct kown_heap *heap)		\
{										\
	return name##_heap_peek((const struct name##_heap *)heap);		\
}										\
static int name##_heap_push_(struct kown_heap *heap, const void *value,		\
			     struct model_asked *asked, gfp_t gfp)		\
{										\
	return name##_heap_push((struct name##_heap *)heap, value, asked, gfp);	\
}										\
static int name##_heap_pop_(struct kown_heap *heap, void *to, struct model_asked *asked) \
{										\
	return name##_heap_pop((struct name##_heap *)heap, to, asked);		\
}										\
static int name##_heap_append_(struct kown_heap *heap, struct kown_heap *other,	\
			       struct model_asked *asked, gfp_t gfp)		\
{										\
	return name##_heap_append((struct name##_heap *)heap, (struct name##_heap *)other, \
				  asked, gfp);					\
}										\
static int name##_heap_from_vec_(struct kown_heap *heap, struct kown_vec *vec,	\
				 struct model_asked *asked)			\
{										\
	return name##_heap_from_vec((struct name##_heap *)heap, VEC(name, vec), asked); \
}										\
static void name##_heap_into_vec_(struct kown_heap *heap, struct kown_vec *vec)	\
{										\
	*VEC(name, vec) = name##_heap_into_vec((struct name##_heap *)heap);	\
}										\
static int name##_heap_into_sorted_vec_(struct kown_heap *heap, struct kown_vec *vec, \
					struct model_asked *asked)		\
{										\
	return name##_heap_into_sorted_vec((struct name##_heap *)heap, VEC(name, vec), \
					   asked);				\
}										\
static void *name##_arc_from_vec_(struct kown_vec *vec, gfp_t gfp)		\
{										\
	return name##_arc_from_vec(VEC(name, vec), gfp);			\
}										\
static int name##_arc_take_vec_(void *arc, struct kown_vec *vec, gfp_t gfp)	\
{										\
	return name##_arc_take_vec(arc, VEC(name, vec), gfp);			\
}										\
static struct kown_slice name##_arc_elems(void *arc)				\
{										\
	struct name *array = arc;						\
										\
	return name##_slice_of(array->elems, array->len).untyped;		\
}										\
static struct kown_arc *name##_arc_upcast_(void *arc)				\
{										\
	return name##_arc_upcast(arc);						\
}										\
static const struct model_type name##_type = {					\
	.elem = &name##_vec_elem,						\
	.owns = _owns,								\
	.mask = _mask,								\
	.get = name##_get,							\
	.first = name##_first,							\
	.last = name##_last,							\
	.push = name##_push,							\
	.push_within_capacity = name##_push_within_capacity,			\
	.pop = name##_pop,							\
	.pop_if = name##_pop_if,						\
	.resize_with = name##_resize_with,					\
	.retain = name##_retain,						\
	.dedup_by = name##_dedup_by,						\
	.dedup_by_key = name##_dedup_by_key,					\
	.spare = name##_spare,							\
	.there_and_back = name##_there_and_back,				\
	.box = name##_box,							\
	.walk = name##_walk,							\
	.drain_next = name##_drain_next_,					\
	.drain_next_back = name##_drain_next_back_,				\
	.into_iter_next = name##_into_iter_next_,				\
	.into_iter_next_back = name##_into_iter_next_back_,			\
	.extract = name##_extract,						\
	.as_slice = name##_as_slice,						\
	.range = name##_range,							\
	.split_at = name##_split_at,						\
	.split_first = name##_split_first,					\
	.split_last = name##_split_last,					\
	.cut = name##_cut,							\
	.chunks_next = name##_chunks_next_,					\
	.chunks_next_back = name##_chunks_next_back_,				\
	.chunks_count = name##_chunks_count_,					\
	.each_piece = name##_each_piece,					\
	.swap_two = name##_swap,						\
	.reverse = name##_reverse,						\
	.rotate = name##_rotate,						\
	.fill = name##_fill,							\
	.copy_within = name##_copy_within,					\
	.contains = name##_contains,						\
	.eq = name##_eq,							\
	.starts_with = name##_starts_with,					\
	.ends_with = name##_ends_with,						\
	.contains_by = name##_contains_by,					\
	.eq_by = name##_eq_by,							\
	.starts_with_by = name##_starts_with_by,				\
	.ends_with_by = name##_ends_with_by,					\
	.cmp = name##_cmp,							\
	.sort = name##_sort,							\
	.sort_stable = name##_sort_stable,					\
	.is_sorted = name##_is_sorted,						\
	.search = name##_search,						\
	.search_by = name##_search_by,						\
	.partition_point = name##_partition_point,				\
	.heap_peek = name##_heap_peek_,						\
	.heap_push = name##_heap_push_,						\
	.heap_pop = name##_heap_pop_,						\
	.heap_append = name##_heap_append_,					\
	.heap_from_vec = name##_heap_from_vec_,					\
	.heap_into_vec = name##_heap_into_vec_,					\
	.heap_into_sorted_vec = name##_heap_into_sorted_vec_,			\
	.arc_from_vec = name##_arc_from_vec_,					\
	.arc_take_vec = name##_arc_take_vec_,					\
	.arc_elems = name##_arc_elems,						\
	.arc_upcast = name##_arc_upcast_,					\
}

MODEL_TYPE(owner, struct owner_value, owner_drop, owner_clone, true, U32_MAX);
MODEL_TYPE(unclonable, struct owner_value, owner_drop, NULL, true, U32_MAX);
MODEL_TYPE(byte, struct byte_value, NULL, NULL, false, 0xff);
MODEL_TYPE(triple, struct triple_value, NULL, NULL, false, 0xffffff);
MODEL_TYPE(word, struct word_value, NULL, NULL, false, U32_MAX);
MODEL_TYPE(wide, struct wide_value, NULL, NULL, false, U32_MAX);
MODEL_TYPE(large, struct large_value, NULL, NULL, false, U32_MAX);
MODEL_TYPE(none, struct none_value, NULL, NULL, false, 0);

/* The owner most often: it sees most. */
const struct model_type *const model_types[] = {
	&owner_type, &byte_type, &owner_type, &triple_type, &owner_type, &word_type,
	&owner_type, &none_type, &owner_type, &unclonable_type, &owner_type, &wide_type,
	&owner_type, &large_type,
};

const size_t model_nr_types = ARRAY_SIZE(model_types);
