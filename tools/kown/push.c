// SPDX-License-Identifier: GPL-2.0
/*
 * kown push: elements into an object, from arguments or from standard input.
 */
#include "tool.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kown.h"
#include "object.h"
#include "out.h"
#include "value.h"

#define INPUT_ROOM	65536

struct push_args {
	struct object obj;
	bool raw;
	bool json;
	const char **values;
	size_t count;
};

/* What has been pushed so far. */
struct push {
	struct object *obj;
	uint32_t elem_size;
	uint64_t index;
	uint64_t pushed;
};

static void add_value(struct push_args *args, const char *text, struct argp_state *state)
{
	if (!args->values)
		args->values = calloc(state->argc, sizeof(*args->values));
	if (!args->values)
		argp_failure(state, REFUSED, 0, "no memory");
	args->values[args->count++] = text;
}

/* "-5" has come as option 5, and "-55" as option 5 with argument 5. */
static void add_negative(struct push_args *args, char digit, const char *rest,
			 struct argp_state *state)
{
	char *text;

	if (asprintf(&text, "-%c%s", digit, rest ? rest : "") < 0)
		argp_failure(state, REFUSED, 0, "no memory");
	add_value(args, text, state);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct push_args *args = state->input;

	switch (key) {
	case '0' ... '9':
		add_negative(args, key, arg, state);
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &args->obj;
		return 0;
	case OPT_RAW:
		args->raw = true;
		return 0;
	case OPT_JSON:
		args->json = true;
		return 0;
	case ARGP_KEY_ARG:
		add_value(args, arg, state);
		return 0;
	case ARGP_KEY_END:
		if (args->raw && args->count)
			argp_error(state, "--raw takes bytes from standard input, not values");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

#define DIGIT(c)	{ NULL, c, "N", OPTION_ARG_OPTIONAL | OPTION_HIDDEN, NULL }

static const struct argp argp = {
	.options = (const struct argp_option[]){
		DIGIT('0'), DIGIT('1'), DIGIT('2'), DIGIT('3'), DIGIT('4'),
		DIGIT('5'), DIGIT('6'), DIGIT('7'), DIGIT('8'), DIGIT('9'),
		{ "raw", OPT_RAW, NULL, 0, "Copy elements from standard input byte by byte" },
		JSON_OPTION,
		{}
	},
	.parser = parse,
	.children = (const struct argp_child[]){ { &object_argp }, {} },
	.args_doc = "[VALUE...]",
	.doc = "Append elements: the VALUEs, or else those on standard input, separated by\n"
	       "blanks or newlines.\n"
	       "\vFor elements of 1, 2, 4 or 8 bytes a VALUE is a number, decimal or 0x...,\n"
	       "perhaps negative; for all others it is their bytes in hexadecimal. VALUEs are\n"
	       "appended all or none; what standard input brings is appended piece by piece as\n"
	       "it arrives.\n"
	       "\n"
	       "Example:\n"
	       "  kown new --elem s16 -- sh -c 'kown push -2 0x7f; seq 9 | kown push'",
};

/* 0, or an exit status after complaining, as all below. */
static int append(struct push *push, const void *data, uint64_t count)
{
	uint64_t index;
	int err;

	if (!count)
		return 0;
	err = kown_push(push->obj->ctx, push->obj->handle, data, count, &index);
	if (err) {
		if (push->pushed)
			fprintf(stderr, "kown: %" PRIu64 " elements pushed, then:\n",
				push->pushed);
		return object_refused(push->obj, "push", err);
	}
	if (!push->pushed)
		push->index = index;
	push->pushed += count;
	return 0;
}

static int push_values(struct push *push, const struct push_args *args)
{
	uint32_t size = push->elem_size;
	int status = 0, err;
	char *data;
	size_t i;

	data = calloc(args->count, size ? size : 1);
	if (!data)
		return refused("push", ENOMEM, "%zu values", args->count);
	for (i = 0; i < args->count && !status; i++) {
		const char *text = args->values[i];

		err = value_parse(text, strlen(text), size, data + i * size);
		if (err)
			status = usage("%s: %s", text, value_reason(err, size));
	}
	if (!status)
		status = append(push, data, args->count);
	free(data);
	return status;
}

static int push_raw(struct push *push)
{
	uint32_t size = push->elem_size;
	size_t used = 0, whole;
	int status = 0;
	ssize_t got;
	char *buf;

	if (!size)
		return usage("elements of 0 bytes cannot be told apart in raw bytes");
	buf = malloc(PIECE);
	if (!buf)
		return refused("push", ENOMEM, "standard input");
	while (!status && (got = read(STDIN_FILENO, buf + used, PIECE - used)) > 0) {
		used += got;
		whole = used / size * size;
		status = append(push, buf, whole / size);
		used -= whole;
		memmove(buf, buf + whole, used);
	}
	free(buf);
	if (status)
		return status;
	if (got < 0)
		return refused("input", errno, "standard input");
	if (used)
		return usage("standard input ends %zu bytes into an element of %u", used, size);
	return 0;
}

/**
 * struct text - standard input as words
 * @buf: what has been read and not yet been used
 * @used: bytes in @buf
 * @room: size of @buf, more than the longest value has
 * @data: elements parsed and not yet pushed; @buf cannot hold more than fit
 * @line: number of the line that @buf begins in
 */
struct text {
	char *buf;
	size_t used;
	size_t room;
	char *data;
	unsigned long line;
};

static int bad_word(struct push *push, const struct text *text, const char *word,
		    size_t len, int err)
{
	int shown = len < 40 ? len : 40;

	return usage("line %lu: %.*s%s: %s; %" PRIu64 " elements before it were pushed",
		     text->line, shown, word, len > 40 ? "..." : "",
		     value_reason(err, push->elem_size), push->pushed);
}

/* Push the words in the buffer; the last may go on, unless @at_end. */
static int push_words(struct push *push, struct text *text, bool at_end)
{
	size_t pos = 0, end, count = 0;
	uint32_t size = push->elem_size;
	int status, err = 0;

	for (;; pos = end) {
		for (; pos < text->used && isspace((unsigned char)text->buf[pos]); pos++)
			text->line += text->buf[pos] == '\n';
		for (end = pos; end < text->used; end++)
			if (isspace((unsigned char)text->buf[end]))
				break;
		if (end == pos || (end == text->used && !at_end))
			break;
		err = value_parse(text->buf + pos, end - pos, size, text->data + count * size);
		if (err)
			break;
		count++;
	}

	status = append(push, text->data, count);
	if (status)
		return status;
	if (err || text->used - pos == text->room)
		return bad_word(push, text, text->buf + pos, end - pos, err ? err : -EINVAL);
	text->used -= pos;
	memmove(text->buf, text->buf + pos, text->used);
	return 0;
}

static int push_text(struct push *push)
{
	struct text text = { .line = 1, .room = INPUT_ROOM + 2 * push->elem_size };
	int status = 0;
	ssize_t got;

	text.buf = malloc(text.room);
	/* A word and its separator take 2 bytes at least, a number 8 at most. */
	text.data = malloc(text.room / 2 * 8);
	if (!text.buf || !text.data) {
		status = refused("push", ENOMEM, "standard input");
		goto out_free;
	}
	do {
		got = read(STDIN_FILENO, text.buf + text.used, text.room - text.used);
		if (got < 0) {
			status = refused("input", errno, "standard input");
			break;
		}
		text.used += got;
		status = push_words(push, &text, !got);
	} while (!status && got);
out_free:
	free(text.buf);
	free(text.data);
	return status;
}

static int push_all(struct push *push, const struct push_args *args)
{
	if (args->count)
		return push_values(push, args);
	if (args->raw)
		return push_raw(push);
	return push_text(push);
}

int do_push(int argc, char **argv, char **command)
{
	struct push_args args = {};
	struct push push = { .obj = &args.obj };
	struct kown_stat stat;
	struct out out;
	int status, err;

	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &args);
	status = object_open(&args.obj);
	if (status)
		return status;
	err = kown_stat(args.obj.ctx, args.obj.handle, &stat);
	if (err) {
		status = object_refused(&args.obj, "stat", err);
	} else {
		push.elem_size = stat.elem_size;
		status = push_all(&push, &args);
	}
	object_close(&args.obj);

	if (!status && args.json) {
		out_begin(&out, true);
		out_u64(&out, "pushed", push.pushed);
		if (push.pushed)
			out_u64(&out, "index", push.index);
		else
			out_null(&out, "index");
		out_end(&out);
	}
	return status;
}
