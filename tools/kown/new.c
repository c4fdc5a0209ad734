// SPDX-License-Identifier: GPL-2.0
/*
 * kown new: create an object, for a command or in the inherited context.
 */
#include "tool.h"

#include "kown.h"

struct new_args {
	const char *elem;
	uint32_t elem_size;
	uint64_t cap;
	bool json;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct new_args *args = state->input;

	switch (key) {
	case OPT_ELEM:
		args->elem = arg;
		args->elem_size = need_elem(state, arg);
		return 0;
	case OPT_CAP:
		args->cap = need_u64(state, "--cap", arg);
		return 0;
	case OPT_JSON:
		args->json = true;
		return 0;
	case ARGP_KEY_END:
		if (!args->elem)
			argp_error(state, "--elem says what the elements are, and is missing");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = (const struct argp_option[]){
		ELEM_OPTION, CAP_OPTION, JSON_OPTION, {}
	},
	.parser = parse,
	.args_doc = "[-- COMMAND...]",
	.doc = "Create a shared, growable array of elements of one size.\n"
	       "\vWith COMMAND: run it with a descriptor that owns the object, its number in\n"
	       "KOWN_FD and TYPE in KOWN_ELEM. Every process below COMMAND can use the object;\n"
	       "when the last of them ends, it is gone.\n"
	       "\n"
	       "Without COMMAND: print a handle to it in the context of $KOWN_CTX.\n"
	       "\n"
	       "Example:\n"
	       "  kown new --elem u64 -- sh -c 'kown push 1 2 3; kown cat'",
};

/* The descriptor alone owns the object when this returns. */
int new_object(int ctx, uint32_t elem_size, uint64_t cap)
{
	uint32_t handle;
	int fd, err;

	err = kown_new(ctx, KOWN_MODE_SHARED, elem_size, cap, &handle, NULL);
	if (err)
		return -refused("new", err, "new object");
	fd = kown_export(ctx, handle, KOWN_RIGHTS_SAME);
	kown_drop(ctx, &handle, 1, NULL);
	return fd < 0 ? -refused("export", fd, "new object") : fd;
}

static int new_handle(const struct new_args *args)
{
	int ctx = context_inherited();
	uint32_t handle;
	int err;

	if (ctx < 0)
		return -ctx;
	err = kown_new(ctx, KOWN_MODE_SHARED, args->elem_size, args->cap, &handle, NULL);
	if (err)
		return refused("new", err, "new object");
	print_handle(handle, args->json);
	return FINE;
}

static int new_for_command(const struct new_args *args, char **command)
{
	int ctx = context_any();
	int fd;

	if (ctx < 0)
		return -ctx;
	fd = new_object(ctx, args->elem_size, args->cap);
	return fd < 0 ? -fd : run_with_fd(command, fd, args->elem);
}

int do_new(int argc, char **argv, char **command)
{
	struct new_args args = {};

	argp_parse(&argp, argc, argv, 0, NULL, &args);
	if (!command)
		return new_handle(&args);
	if (args.json)
		return usage("new: with COMMAND there is nothing to print, so no --json");
	return new_for_command(&args, command);
}
