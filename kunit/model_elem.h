/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Model's elements: types of all kinds, whose values can be told apart, and of those
 * that own something, each element.
 */
#ifndef _KOWN_MODEL_ELEM_H
#define _KOWN_MODEL_ELEM_H

#include <linux/types.h>

#include <kown/arc_vec.h>
#include <kown/drain.h>
#include <kown/extract_if.h>
#include <kown/heap.h>
#include <kown/into_iter.h>
#include <kown/slice.h>
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

/* How a slice is cut in pieces. */
enum model_cut {
	MODEL_CHUNKS,
	MODEL_CHUNKS_EXACT,
	MODEL_RCHUNKS,
	MODEL_WINDOWS,
	MODEL_CUTS,
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

	/* Of slices */
	struct kown_slice (*as_slice)(const struct kown_vec *vec);
	int (*range)(struct kown_slice slice, size_t start, size_t count,
		     struct kown_slice *part);
	int (*split_at)(struct kown_slice slice, size_t index, struct kown_slice *head,
			struct kown_slice *tail);
	void *(*split_first)(struct kown_slice slice, struct kown_slice *rest);
	void *(*split_last)(struct kown_slice slice, struct kown_slice *rest);
	int (*cut)(struct kown_slice slice, size_t size, enum model_cut cut,
		   struct kown_chunks *chunks, struct kown_slice *remainder);
	bool (*chunks_next)(struct kown_chunks *chunks, struct kown_slice *chunk);
	bool (*chunks_next_back)(struct kown_chunks *chunks, struct kown_slice *chunk);
	size_t (*chunks_count)(const struct kown_chunks *chunks);
	size_t (*each_piece)(struct kown_slice slice, size_t size, enum model_cut cut,
			     struct kown_slice *last);
	int (*swap_two)(struct kown_slice slice, size_t i, size_t j);
	void (*reverse)(struct kown_slice slice);
	int (*rotate)(struct kown_slice slice, size_t by, bool left);
	int (*fill)(struct kown_slice slice, const void *value, gfp_t gfp);
	int (*copy_within)(struct kown_slice slice, size_t start, size_t count, size_t to);
	bool (*contains)(struct kown_slice slice, const void *value);
	bool (*eq)(struct kown_slice a, struct kown_slice b);
	bool (*starts_with)(struct kown_slice slice, struct kown_slice prefix);
	bool (*ends_with)(struct kown_slice slice, struct kown_slice suffix);
	int (*contains_by)(struct kown_slice slice, struct model_asked *asked);
	int (*eq_by)(struct kown_slice a, struct kown_slice b, struct model_asked *asked);
	int (*starts_with_by)(struct kown_slice slice, struct kown_slice prefix,
			      struct model_asked *asked);
	int (*ends_with_by)(struct kown_slice slice, struct kown_slice suffix,
			    struct model_asked *asked);
	int (*cmp)(struct kown_slice a, struct kown_slice b);
	void (*sort)(struct kown_slice slice, bool known);
	int (*sort_stable)(struct kown_slice slice, bool known, gfp_t gfp);
	bool (*is_sorted)(struct kown_slice slice);
	int (*search)(struct kown_slice slice, const void *value, size_t *index);
	int (*search_by)(struct kown_slice slice, u32 sought, size_t *index);
	int (*partition_point)(struct kown_slice slice, u32 sought, size_t *index);

	/* Of heaps; a callback that compares is asked */
	const void *(*heap_peek)(const struct kown_heap *heap);
	int (*heap_push)(struct kown_heap *heap, const void *value, struct model_asked *asked,
			 gfp_t gfp);
	int (*heap_pop)(struct kown_heap *heap, void *to, struct model_asked *asked);
	int (*heap_append)(struct kown_heap *heap, struct kown_heap *other,
			   struct model_asked *asked, gfp_t gfp);
	int (*heap_from_vec)(struct kown_heap *heap, struct kown_vec *vec,
			     struct model_asked *asked);
	void (*heap_into_vec)(struct kown_heap *heap, struct kown_vec *vec);
	int (*heap_into_sorted_vec)(struct kown_heap *heap, struct kown_vec *vec,
				    struct model_asked *asked);

	/* Of arcs of an array */
	void *(*arc_from_vec)(struct kown_vec *vec, gfp_t gfp);
	int (*arc_take_vec)(void *arc, struct kown_vec *vec, gfp_t gfp);
	struct kown_slice (*arc_elems)(void *arc);
	struct kown_arc *(*arc_upcast)(void *arc);
};

extern const struct model_type *const model_types[];
extern const size_t model_nr_types;

/* A new element, at uninitialised memory; and what one is. */
void model_elem_write(const struct model_type *type, void *at, u32 value);
struct model_elem model_elem_read(const struct model_type *type, const void *at);

/* What the callbacks do. */
int model_ask(struct model_asked *asked, u32 value);

#endif /* _KOWN_MODEL_ELEM_H */
