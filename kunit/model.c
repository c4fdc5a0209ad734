// SPDX-License-Identifier: GPL-2.0
/*
 * Model: a run of operations, and the comparison after each.
 */
#include "model_run.h"

struct model_run model_now;
struct model_count model_count;

static const struct model_op *op_of(unsigned int number)
{
	static const struct model_op *const tables[] = {
		model_vec_ops, model_slice_ops, model_string_ops,
	};
	unsigned int i = 0;

	/* The number is one of an endless row of these tables. */
	for (;; i++)
		for (const struct model_op *op = tables[i % ARRAY_SIZE(tables)]; op->name; op++)
			if (!number--)
				return op;
}

/* The model and the vec, after an operation */

static void compare(const struct kown_vec *vec, struct model *m)
{
	size_t size = run->elem->size;

	if (run->any_cap > (vec == run->vec ? 0 : 1)) {
		expect(!size || (vec->raw.cap >= m->len &&
				 (run->any_cap == 2 || vec->raw.cap >= m->cap)),
		       "cap is below what it has to be");
		m->cap = vec->raw.cap;
		run->moved = true;
	}
	expect(vec->len == m->len, "len is not the model's");
	expect(vec->raw.cap == (size ? m->cap : 0), "cap is not the model's");
	expect(!vec->raw.ptr == !vec->raw.cap, "it has memory for nothing, or none");
	expect(run->moved || vec->raw.cap != m->ptr_cap || vec->raw.ptr == m->ptr,
	       "its memory has moved for nothing");
	m->ptr = vec->raw.ptr;
	m->ptr_cap = vec->raw.cap;
	for (size_t i = 0; i < m->len && !run->wrong; i++) {
		struct model_elem got = model_elem_read(run->type, kown_vec_at(vec, run->elem, i));

		expect(got.id == m->at[i].id && got.value == m->at[i].value,
		       "an element is not the model's");
		expect(!run->type->owns || model_owners.alive[got.id], "an element is dead");
	}
}

static void compare_string(void)
{
	const struct model_text *text = &run->text;

	expect(kown_string_len(&run->string) == text->len, "the string's len is not the model's");
	expect(run->string.size == text->size, "the string's memory is not the model's");
	expect(!run->string.chars == !text->size, "the string has memory for nothing, or none");
	expect(kown_string_cap(&run->string) == (text->size ? text->size - 1 : 0),
	       "the string's cap is not the model's");
	if (run->wrong)
		return;
	expect(!memcmp(kown_string_c_str(&run->string), text->chars, text->len),
	       "a byte is not the model's");
	expect(!kown_string_c_str(&run->string)[text->len], "the string does not end");
}

static void compare_all(void)
{
	u32 live = run->leaked + run->models[0].len + run->models[1].len;

	for (int i = 0; i < 2; i++)
		compare(&run->vecs[i], &run->models[i]);
	compare_string();
	expect(!model_owners.wrong, model_owners.wrong);
	if (!run->type->owns)
		return;
	expect(model_owners.next == run->next, "more elements were made, or fewer");
	expect(model_owners.nr_dropped == run->nr_drops, "more elements were dropped, or fewer");
	for (size_t i = 0; i < min_t(size_t, run->nr_drops, MODEL_LOG) && !run->wrong; i++)
		expect(model_owners.dropped[i] == run->drops[i],
		       "others were dropped, or in another order");
	expect(model_owners.live == live, "elements live that nobody owns");
}

static void begin(void)
{
	u8 which = byte(), fails = byte();
	const struct model_op *op = op_of(which % 128);

	run->vec = &run->vecs[which >> 7];
	run->m = &run->models[which >> 7];
	run->nr_drops = 0;
	model_owners.nr_dropped = 0;
	run->moved = false;
	run->any_cap = 0;
	/* Most operations meet no failure. */
	run->clone_fails = fails / 16 < 8 ? fails / 16 : 0;
	model_owners.clone_fails = run->clone_fails;
	fail_allocation(fails % 16 < 4 ? fails % 16 : 0);
	note("%c: %s", "ab"[which >> 7], op->name);
	if (run->alloc_fails)
		note(" (no memory for allocation %u)", run->alloc_fails);
	if (run->clone_fails)
		note(" (no clone %u)", run->clone_fails);
	op->run();
	fail_allocation(0);
}

static void step(void)
{
	begin();
	compare_all();
	model_count.ops++;
	note("; a %zu/%zu b %zu/%zu s %zu/%zu\n", run->vecs[0].len, run->vecs[0].raw.cap,
	     run->vecs[1].len, run->vecs[1].raw.cap, run->string.len, run->string.size);
}

/* Enough ids for any operation. */
static bool may_go_on(void)
{
	return run->left && !run->wrong && run->next < MODEL_IDS - 4 * MOST;
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
	run->say = say;
	run->bytes = bytes;
	run->left = min_t(size_t, size, MODEL_BYTES);
	run->type = model_types[byte() % model_nr_types];
	run->elem = run->type->elem;
	run->next = 1;
	run->leaked = 0;
	run->wrong = NULL;
	for (int i = 0; i < 2; i++) {
		run->vecs[i] = (struct kown_vec){};
		run->models[i].len = 0;
		run->models[i].cap = 0;
		run->models[i].ptr = NULL;
		run->models[i].ptr_cap = 0;
	}
	run->string = (struct kown_string){};
	run->text.len = 0;
	run->text.size = 0;
	note("elements of %zu bytes, %s\n", run->elem->size, run->elem->name);
	while (may_go_on())
		step();
	model_count.runs++;
	for (int i = 0; i < 2 && !run->wrong; i++)
		kown_vec_free(&run->vecs[i], run->elem);
	if (!run->wrong)
		kown_string_free(&run->string);
	if (!run->wrong && run->type->owns)
		expect(model_owners.live == run->leaked, "at the end, elements live on");
	return run->wrong;
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
