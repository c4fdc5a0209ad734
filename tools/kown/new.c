// SPDX-License-Identifier: GPL-2.0
/*
 * kown new: create an object, for a command or in the inherited context.
 */
#include "tool.h"

#include <errno.h>
#include <stdlib.h>

#include "kown.h"

struct new_args {
	struct new_style style;
	uint32_t many;		/* --count, or 0 */
	bool json;
};

static error_t parse_style(int key, char *arg, struct argp_state *state)
{
	struct new_style *style = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		*style = (struct new_style){ .mode = KOWN_MODE_SHARED };
		return 0;
	case OPT_ELEM:
		style->elem = arg;
		style->elem_size = need_elem(state, arg);
		return 0;
	case OPT_CAP:
		style->cap = need_u64(state, "--cap", arg);
		style->options = true;
		return 0;
	case OPT_MODE:
		style->mode = need_mode(state, arg);
		style->options = true;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

const struct argp new_style_argp = {
	.options = (const struct argp_option[]){
		{ "elem", OPT_ELEM, "TYPE", 0,
		  "u8 u16 u32 u64 s8 s16 s32 s64 or a byte count" },
		{ "cap", OPT_CAP, "N", 0, "Make room for N elements now" },
		{ "mode", OPT_MODE, "MODE", 0, "exclusive, shared (the default) or locked" },
		{}
	},
	.parser = parse_style,
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct new_args *args = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &args->style;
		return 0;
	case OPT_COUNT:
		args->many = need_many(state, arg);
		return 0;
	case OPT_JSON:
		args->json = true;
		return 0;
	case ARGP_KEY_END:
		if (!args->style.elem)
			argp_error(state, "--elem says what the elements are, and is missing");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = (const struct argp_option[]){ MANY_OPTION, JSON_OPTION, {} },
	.parser = parse,
	.children = (const struct argp_child[]){ { &new_style_argp }, {} },
	.args_doc = "[-- COMMAND...]",
	.doc = "Create a growable array of elements of one size.\n"
	       "\vWith COMMAND: run it with a descriptor that owns the object, its number in\n"
	       "KOWN_FD and TYPE in KOWN_ELEM. Every process below COMMAND can use the object;\n"
	       "when the last of them ends, it is gone.\n"
	       "\n"
	       "Without COMMAND: print a handle to it in the context of $KOWN_CTX, or handles to as\n"
	       "many objects as --count says.\n"
	       "\n"
	       "Example:\n"
	       "  kown new --elem u64 -- sh -c 'kown push 1 2 3; kown cat'",
};

/* The descriptor alone owns the object when this returns. */
int new_object(int ctx, const struct new_style *style)
{
	uint32_t handle;
	int fd, err;

	err = kown_new(ctx, style->mode, style->elem_size, style->cap, &handle, NULL);
	if (err)
		return -refused("new", err, "new object");
	fd = kown_export(ctx, handle, KOWN_RIGHTS_SAME);
	kown_drop(ctx, &handle, 1, NULL);
	return fd < 0 ? -refused("export", fd, "new object") : fd;
}

static int new_handle(const struct new_args *args)
{
	const struct new_style *style = &args->style;
	int ctx = context_inherited();
	uint32_t handle;
	int err;

	if (ctx < 0)
		return -ctx;
	err = kown_new(ctx, style->mode, style->elem_size, style->cap, &handle, NULL);
	if (err)
		return refused("new", err, "new object");
	print_handle(handle, args->json);
	return FINE;
}

static int new_handles(const struct new_args *args)
{
	const struct new_style *style = &args->style;
	int ctx = context_inherited();
	uint32_t *handles;
	int err = -ENOMEM;

	if (ctx < 0)
		return -ctx;
	handles = calloc(args->many, sizeof(*handles));
	if (handles)
		err = kown_new_many(ctx, style->mode, style->elem_size, style->cap, args->many,
				    handles);
	if (!err)
		print_handles(handles, args->many, args->json);
	free(handles);
	return err ? refused("new", err, "new objects") : FINE;
}

static int new_for_command(const struct new_style *style, char **command)
{
	int ctx = context_any();
	int fd;

	if (ctx < 0)
		return -ctx;
	fd = new_object(ctx, style);
	return fd < 0 ? -fd : run_with_fd(command, fd, style->elem);
}

int do_new(int argc, char **argv, char **command)
{
	struct new_args args = {};

	argp_parse(&argp, argc, argv, 0, NULL, &args);
	if (!command)
		return args.many ? new_handles(&args) : new_handle(&args);
	if (args.many)
		return usage("new: COMMAND gets one object, so no --count");
	if (args.json)
		return usage("new: with COMMAND there is nothing to print, so no --json");
	return new_for_command(&args.style, command);
}
