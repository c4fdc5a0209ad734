// SPDX-License-Identifier: GPL-2.0
/*
 * Being the only one to have the elements: into-inner, take, make-mut.
 */
#include "tool.h"

#include <stdio.h>

#include "kown.h"
#include "out.h"

struct own_args {
	uint32_t handle;
	bool has_handle;
	bool json;
};

static const char *const outcomes[] = { "not", "same", "moved", "copied" };

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct own_args *args = state->input;

	switch (key) {
	case OPT_JSON:
		args->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (args->has_handle)
			return ARGP_ERR_UNKNOWN;
		args->handle = need_u32(state, "HANDLE", arg);
		args->has_handle = true;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which handle?");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

#define OWN_ARGP(_doc)								\
	{									\
		.options = (const struct argp_option[]){ JSON_OPTION, {} },	\
		.parser = parse,						\
		.args_doc = "HANDLE",						\
		.doc = (_doc),							\
	}

/* Prints what became of it, and the id of the object that the handle has now. */
static int run(const struct argp *argp, int argc, char **argv, const char *op,
	       int (*own)(int ctx, uint32_t handle, uint32_t *how, uint64_t *object))
{
	struct own_args args = {};
	uint64_t object;
	struct out out;
	uint32_t how;
	int ctx, err;

	argp_parse(argp, argc, argv, 0, NULL, &args);
	ctx = context_inherited();
	if (ctx < 0)
		return -ctx;
	err = own(ctx, args.handle, &how, &object);
	if (err)
		return refused(op, err, "handle %u", args.handle);
	out_begin(&out, args.json);
	out_text(&out, "how", how < ARRAY_SIZE(outcomes) ? outcomes[how] : "unknown");
	out_u64(&out, "object", object);
	out_end(&out);
	return FINE;
}

int do_into_inner(int argc, char **argv, char **command)
{
	const struct argp argp = OWN_ARGP("Get the elements as last owner, or drop the handle.\n"
		"\vOf all owners who do this, exactly one gets them: how is same or moved for\n"
		"him, and not for the others, whose handles are gone.\n"
		"\n"
		"Example:\n"
		"  kown into-inner 1");

	return run(&argp, argc, argv, "into_inner", kown_into_inner);
}

int do_take(int argc, char **argv, char **command)
{
	const struct argp argp = OWN_ARGP("Get the elements, if there is no other owner.\n"
		"\vWeak handles are dead then. With other owners it is refused, and nothing has\n"
		"changed.\n"
		"\n"
		"Example:\n"
		"  kown take 1");

	return run(&argp, argc, argv, "take", kown_take);
}

int do_make_mut(int argc, char **argv, char **command)
{
	const struct argp argp = OWN_ARGP("Be the only owner, if need be of a copy.\n"
		"\vThe handle keeps its number; how tells whether it was the only one already\n"
		"(same), the elements moved and weak handles are dead (moved), or they were\n"
		"copied (copied).\n"
		"\n"
		"Example:\n"
		"  kown make-mut 1");

	return run(&argp, argc, argv, "make_mut", kown_make_mut);
}
