// SPDX-License-Identifier: GPL-2.0
/*
 * Elements out of an object: cat and pop.
 */
#include "tool.h"

#include <errno.h>
#include <stdlib.h>

#include "kown.h"
#include "object.h"
#include "out.h"
#include "value.h"

struct read_args {
	struct object obj;
	struct value_style style;
	uint64_t start;
	uint64_t count;
	bool has_count;
};

static error_t parse_common(int key, struct argp_state *state)
{
	struct read_args *args = state->input;

	if (key != ARGP_KEY_INIT)
		return ARGP_ERR_UNKNOWN;
	state->child_inputs[0] = &args->obj;
	state->child_inputs[1] = &args->style;
	return 0;
}

static const struct argp_child children[] = {
	{ &object_argp },
	{ &value_style_argp },
	{}
};

/* 0, or an exit status after complaining. */
static int open_and_stat(struct read_args *args, struct kown_stat *stat)
{
	int err = object_open(&args->obj);

	if (err)
		return err;
	err = kown_stat(args->obj.ctx, args->obj.handle, stat);
	if (err)
		return object_refused(&args->obj, "stat", err);
	if (args->obj.is_signed && !args->style.hex)
		args->style.is_signed = true;
	return 0;
}

static uint64_t per_piece(uint32_t elem_size)
{
	return elem_size && elem_size < PIECE ? PIECE / elem_size : PIECE;
}

static void *room_for(uint64_t count, uint32_t elem_size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, elem_size, &bytes))
		return NULL;
	return calloc(1, bytes ? bytes : 1);
}

static error_t parse_cat(int key, char *arg, struct argp_state *state)
{
	struct read_args *args = state->input;

	switch (key) {
	case OPT_START:
		args->start = need_u64(state, "--start", arg);
		return 0;
	case OPT_COUNT:
		args->count = need_u64(state, "--count", arg);
		args->has_count = true;
		return 0;
	}
	return parse_common(key, state);
}

static const struct argp cat_argp = {
	.options = (const struct argp_option[]){
		{ "start", OPT_START, "N", 0, "Begin at index N (default: 0)" },
		{ "count", OPT_COUNT, "N", 0, "Read N elements (default: the rest)" },
		{}
	},
	.parser = parse_cat,
	.children = children,
	.doc = "Print elements, one per line: numbers if they have 1, 2, 4 or 8 bytes, else\n"
	       "the bytes in hexadecimal.\n"
	       "\vUp to 1 MiB is read at once, as it is at one moment; beyond that other\n"
	       "processes may change the object in between.\n"
	       "\n"
	       "Example:\n"
	       "  kown new --elem u32 -- sh -c 'kown push 1 2 3; kown cat --start 1'",
};

/* Where to stop; an explicit range must exist, the rest may become shorter. */
static int find_end(const struct read_args *args, const struct kown_stat *stat,
		    uint64_t *end)
{
	*end = stat->len;
	if (args->start > stat->len)
		return -ERANGE;
	if (!args->has_count)
		return 0;
	if (args->count > stat->len - args->start)
		return -ERANGE;
	*end = args->start + args->count;
	return 0;
}

/* Read the next piece before *@end, which moves if others have popped. */
static int read_piece(const struct read_args *args, void *buf, uint64_t at,
		      uint64_t *end, uint64_t *count)
{
	const struct object *obj = &args->obj;
	struct kown_stat stat;
	int err;

	for (;;) {
		if (*count > *end - at)
			*count = *end - at;
		err = kown_read(obj->ctx, obj->handle, buf, at, *count);
		if (err != -ERANGE || args->has_count)
			return err;
		err = kown_stat(obj->ctx, obj->handle, &stat);
		if (err)
			return err;
		if (stat.len < *end)
			*end = stat.len;
		if (*end <= at) {
			*end = at;
			*count = 0;
			return 0;
		}
	}
}

static void begin_elements(struct out *out, const struct read_args *args,
			   const struct kown_stat *stat)
{
	out_begin(out, args->style.json);
	if (!args->style.json)
		return;
	out_u64(out, "object", stat->object);
	out_u64(out, "elem_size", stat->elem_size);
	out_u64(out, "start", args->start);
	out_list(out, "elements");
}

static void end_elements(struct out *out)
{
	out_list_end(out);
	out_end(out);
}

static int cat(const struct read_args *args, const struct kown_stat *stat)
{
	uint64_t most = per_piece(stat->elem_size);
	uint64_t at = args->start, end, count;
	struct out out;
	void *buf;
	int err;

	err = find_end(args, stat, &end);
	if (err)
		return err;
	if (most > end - at)
		most = end - at;
	buf = room_for(most, stat->elem_size);
	if (!buf)
		return -ENOMEM;

	count = most;
	err = read_piece(args, buf, at, &end, &count);
	if (err)
		goto out_free;

	begin_elements(&out, args, stat);
	while (!err && count) {
		value_print(&out, &args->style, buf, count, stat->elem_size);
		at += count;
		if (at == end)
			break;
		count = most;
		err = read_piece(args, buf, at, &end, &count);
	}
	if (!err)
		end_elements(&out);
out_free:
	free(buf);
	return err;
}

int do_cat(int argc, char **argv, char **command)
{
	struct read_args args = {};
	struct kown_stat stat;
	int status, err;

	argp_parse(&cat_argp, argc, argv, 0, NULL, &args);
	status = open_and_stat(&args, &stat);
	if (!status) {
		err = cat(&args, &stat);
		if (err)
			status = object_refused(&args.obj, "read", err);
	}
	object_close(&args.obj);
	return status;
}

static error_t parse_pop(int key, char *arg, struct argp_state *state)
{
	struct read_args *args = state->input;

	if (key != ARGP_KEY_ARG)
		return parse_common(key, state);
	if (args->has_count)
		return ARGP_ERR_UNKNOWN;
	args->count = need_u64(state, "COUNT", arg);
	args->has_count = true;
	return 0;
}

static const struct argp pop_argp = {
	.parser = parse_pop,
	.children = children,
	.args_doc = "[COUNT]",
	.doc = "Take elements off the end, COUNT of them (default: 1) or as many as there are,\n"
	       "and print them in the order they had.\n"
	       "\vAll are taken at one moment. It is not an error if there are fewer.\n"
	       "\n"
	       "Example:\n"
	       "  kown new --elem u32 -- sh -c 'kown push 1 2 3; kown pop 2'",
};

static int pop(struct read_args *args, const struct kown_stat *stat)
{
	uint64_t most = per_piece(stat->elem_size);
	const struct object *obj = &args->obj;
	struct out out;
	uint64_t taken;
	void *buf;
	int err;

	/* No room is needed for more than there are, but for what is pushed now. */
	if (most < stat->len)
		most = stat->len;
	if (args->count > most)
		args->count = most;
	buf = room_for(args->count, stat->elem_size);
	if (!buf)
		return -ENOMEM;

	err = kown_pop(obj->ctx, obj->handle, buf, args->count, &taken);
	if (!err) {
		out_begin(&out, args->style.json);
		if (args->style.json) {
			out_u64(&out, "taken", taken);
			out_list(&out, "elements");
		}
		value_print(&out, &args->style, buf, taken, stat->elem_size);
		end_elements(&out);
	}
	free(buf);
	return err;
}

int do_pop(int argc, char **argv, char **command)
{
	struct read_args args = { .count = 1 };
	struct kown_stat stat;
	int status, err;

	argp_parse(&pop_argp, argc, argv, 0, NULL, &args);
	status = open_and_stat(&args, &stat);
	if (!status) {
		err = pop(&args, &stat);
		if (err)
			status = object_refused(&args.obj, "pop", err);
	}
	object_close(&args.obj);
	return status;
}
