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
struct owner {
	u32 id;
	u32 value;
};

static void owner_drop(struct owner *owner)
{
	death(owner->id);
	owner->id = U32_MAX;
}

static int owner_clone(struct owner *to, const struct owner *from, gfp_t gfp)
{
	if (!model_owners.alive[from->id])
		model_owners.wrong = "what was cloned is no element";
	if (model_owners.clone_fails && !--model_owners.clone_fails)
		return -EIO;
	*to = (struct owner){ birth(), from->value };
	return 0;
}

/* Plain ones: the value's bytes, again and again. */
struct byte {
	u8 bytes[1];
};

struct triple {
	u8 bytes[3];
};

struct word {
	u64 value;
};

struct wide {
	u8 bytes[64];
} __aligned(64);

struct large {
	u8 bytes[1025];
};

struct none {};

void model_elem_write(const struct model_type *type, void *at, u32 value)
{
	size_t size = type->elem->size, n = min(size, sizeof(value));

	if (type->owns) {
		*(struct owner *)at = (struct owner){ birth(), value };
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
	const struct owner *owner = at;
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

#define MODEL_TYPE(name, value_t, _drop, _clone, _owns, _mask)			\
KOWN_DEFINE_VEC(name, value_t, _drop, _clone)					\
KOWN_DEFINE_DRAIN(name, value_t)						\
KOWN_DEFINE_EXTRACT_IF(name, value_t)						\
KOWN_DEFINE_INTO_ITER(name, value_t)						\
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
}

MODEL_TYPE(owner, struct owner, owner_drop, owner_clone, true, U32_MAX);
MODEL_TYPE(unclonable, struct owner, owner_drop, NULL, true, U32_MAX);
MODEL_TYPE(byte, struct byte, NULL, NULL, false, 0xff);
MODEL_TYPE(triple, struct triple, NULL, NULL, false, 0xffffff);
MODEL_TYPE(word, struct word, NULL, NULL, false, U32_MAX);
MODEL_TYPE(wide, struct wide, NULL, NULL, false, U32_MAX);
MODEL_TYPE(large, struct large, NULL, NULL, false, U32_MAX);
MODEL_TYPE(none, struct none, NULL, NULL, false, 0);

/* The owner most often: it sees most. */
const struct model_type *const model_types[] = {
	&owner_type, &byte_type, &owner_type, &triple_type, &owner_type, &word_type,
	&owner_type, &none_type, &owner_type, &unclonable_type, &owner_type, &wide_type,
	&owner_type, &large_type,
};

const size_t model_nr_types = ARRAY_SIZE(model_types);
