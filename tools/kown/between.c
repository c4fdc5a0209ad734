// SPDX-License-Identifier: GPL-2.0
/*
 * From one object to another, both with handles in the inherited context: append,
 * copy-from, split-off.
 */
#include "tool.h"

#include <inttypes.h>
#include <stdio.h>

#include "kown.h"
#include "out.h"

/**
 * struct between_args - HANDLE..., then numbers
 * @numbers: all of them
 * @count: how many there are
 * @handles: how many of them are handles
 * @least: that there must be
 * @most: that there may be
 * @json: --json
 */
struct between_args {
	uint64_t numbers[4];
	unsigned int count;
	unsigned int handles;
	unsigned int least;
	unsigned int most;
	bool json;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct between_args *args = state->input;

	switch (key) {
	case OPT_JSON:
		args->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (args->count == args->most)
			return ARGP_ERR_UNKNOWN;
		args->numbers[args->count] = args->count < args->handles ?
					     need_u32(state, "HANDLE", arg) :
					     need_u64(state, "a number", arg);
		args->count++;
		return 0;
	case ARGP_KEY_END:
		if (args->count < args->least)
			argp_error(state, "%u numbers are needed, see --help", args->least);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

#define BETWEEN_ARGP(_args_doc, _doc)						\
	{									\
		.options = (const struct argp_option[]){ JSON_OPTION, {} },	\
		.parser = parse,						\
		.args_doc = (_args_doc),					\
		.doc = (_doc),							\
	}

static int print_index(const struct between_args *args, uint64_t index)
{
	struct out out;

	out_begin(&out, args->json);
	out_u64(&out, "index", index);
	out_end(&out);
	return FINE;
}

int do_append(int argc, char **argv, char **command)
{
	const struct argp argp = BETWEEN_ARGP("HANDLE OTHER",
		"Move all elements of OTHER to the end of HANDLE's object, and print where they\n"
		"begin.\n"
		"\vExample:\n"
		"  kown append 1 2");
	struct between_args args = { .handles = 2, .least = 2, .most = 2 };
	uint64_t index;
	int ctx, err;

	argp_parse(&argp, argc, argv, 0, NULL, &args);
	ctx = context_inherited();
	if (ctx < 0)
		return -ctx;
	err = kown_append(ctx, args.numbers[0], args.numbers[1], &index);
	if (err)
		return refused("append", err, "handles %" PRIu64 " and %" PRIu64,
			       args.numbers[0], args.numbers[1]);
	return print_index(&args, index);
}

/* All there are, as far as no COUNT says less. */
static int count_of(const struct between_args *args, int ctx, uint64_t *count)
{
	struct kown_stat stat;
	int err;

	*count = args->numbers[3];
	if (args->count == 4)
		return 0;
	err = kown_stat(ctx, args->numbers[1], &stat);
	if (err)
		return err;
	*count = args->numbers[2] < stat.len ? stat.len - args->numbers[2] : 0;
	return 0;
}

int do_copy_from(int argc, char **argv, char **command)
{
	const struct argp argp = BETWEEN_ARGP("HANDLE OTHER [START [COUNT]]",
		"Append a copy of COUNT elements (default: all) of OTHER from START on (default:\n"
		"0), and print where they begin.\n"
		"\vExample:\n"
		"  kown copy-from 1 2");
	struct between_args args = { .handles = 2, .least = 2, .most = 4 };
	uint64_t index, count;
	int ctx, err;

	argp_parse(&argp, argc, argv, 0, NULL, &args);
	ctx = context_inherited();
	if (ctx < 0)
		return -ctx;
	err = count_of(&args, ctx, &count);
	if (!err)
		err = kown_copy_from(ctx, args.numbers[0], args.numbers[1], args.numbers[2],
				     count, &index);
	if (err)
		return refused("copy_from", err, "handles %" PRIu64 " and %" PRIu64,
			       args.numbers[0], args.numbers[1]);
	return print_index(&args, index);
}

int do_split_off(int argc, char **argv, char **command)
{
	const struct argp argp = BETWEEN_ARGP("HANDLE START",
		"Move the elements from START on to a new object, and print a handle to that.\n"
		"\vExample:\n"
		"  kown split-off 1 10");
	struct between_args args = { .handles = 1, .least = 2, .most = 2 };
	uint32_t tail;
	int ctx, err;

	argp_parse(&argp, argc, argv, 0, NULL, &args);
	ctx = context_inherited();
	if (ctx < 0)
		return -ctx;
	err = kown_split_off(ctx, args.numbers[0], args.numbers[1], &tail, NULL);
	if (err)
		return refused("split_off", err, "handle %" PRIu64, args.numbers[0]);
	print_handle(tail, args.json);
	return FINE;
}
