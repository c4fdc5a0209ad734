/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Model's elements: types of all kinds, whose values can be told apart, and of those
 * that own something, each element.
 */
#ifndef _KOWN_MODEL_ELEM_H
#define _KOWN_MODEL_ELEM_H

#include <linux/types.h>

#include <kown/drain.h>
#include <kown/extract_if.h>
#include <kown/into_iter.h>
#include <kown/splice.h>
#include <kown/vec.h>

/**
 * struct model_elem - what an element is, in the model
 * @id: of one that owns something; 0 else
 * @value: what it says
 */
struct model_elem {
	u32 id;
	u32 value;
};

#define MODEL_IDS	8192
#define MODEL_LOG	2048

/**
 * struct model_owners - what happened to the elements that own something
 * @next: id of the next to be made, from 1
 * @live: how many there are
 * @dropped: in which order, since the last operation began
 * @nr_dropped: how many of them
 * @clone_fails: the clone that fails, counted from the next, which is 1; 0 for none
 * @wrong: what may not happen has: NULL or a text
 * @alive: by id
 */
struct model_owners {
	u32 next;
	u32 live;
	u32 dropped[MODEL_LOG];
	size_t nr_dropped;
	unsigned int clone_fails;
	const char *wrong;
	bool alive[MODEL_IDS];
};

extern struct model_owners model_owners;

/**
 * struct model_asked - what a callback answers, and what it was asked
 * @mask: bit n is the answer to question n, modulo 8; of values, those bits that count
 * @fails: the question whose answer is -EIO, the first being 1; 0 for none
 * @questions: how many there were
 * @values: that were asked about
 */
struct model_asked {
	u8 mask;
	unsigned int fails;
	size_t questions;
	u32 values[MODEL_LOG];
};

/**
 * struct model_type - an element type, and the typed functions of its Vec
 * @elem: the type
 * @owns: elements have ids, and are dropped
 * @mask: the bits of a value that an element can hold
 *
 * The functions are NAME_vec_*() and so on, but for the types of their arguments. What
 * is typed only in name has no member here: the untyped function is called.
 */
struct model_type {
	const struct kown_type *elem;
	bool owns;
	u32 mask;
	void *(*get)(const struct kown_vec *vec, size_t index);
	void *(*first)(const struct kown_vec *vec);
	void *(*last)(const struct kown_vec *vec);
	int (*push)(struct kown_vec *vec, const void *value, gfp_t gfp);
	int (*push_within_capacity)(struct kown_vec *vec, const void *value);
	bool (*pop)(struct kown_vec *vec, void *to);
	int (*pop_if)(struct kown_vec *vec, struct model_asked *asked, void *to);
	int (*resize_with)(struct kown_vec *vec, size_t len, struct model_asked *asked,
			   gfp_t gfp);
	int (*retain)(struct kown_vec *vec, struct model_asked *asked);
	int (*dedup_by)(struct kown_vec *vec, struct model_asked *asked);
	int (*dedup_by_key)(struct kown_vec *vec, struct model_asked *asked);
	void *(*spare)(const struct kown_vec *vec, size_t *count);
	void (*there_and_back)(struct kown_vec *vec);
	int (*box)(struct kown_vec *vec, gfp_t gfp);
	bool (*walk)(const struct kown_vec *vec);
	void *(*drain_next)(struct kown_drain *drain);
	void *(*drain_next_back)(struct kown_drain *drain);
	void *(*into_iter_next)(struct kown_into_iter *iter);
	void *(*into_iter_next_back)(struct kown_into_iter *iter);
	size_t (*extract)(struct kown_vec *vec, size_t start, size_t count,
			  struct model_asked *asked, size_t most, bool forget, int *err);
};

extern const struct model_type *const model_types[];
extern const size_t model_nr_types;

/* A new element, at uninitialised memory; and what one is. */
void model_elem_write(const struct model_type *type, void *at, u32 value);
struct model_elem model_elem_read(const struct model_type *type, const void *at);

/* What the callbacks do. */
int model_ask(struct model_asked *asked, u32 value);

#endif /* _KOWN_MODEL_ELEM_H */
