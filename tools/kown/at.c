// SPDX-License-Identifier: GPL-2.0
/*
 * kown at: the names that kown serve keeps.
 */
#include "tool.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "broker.h"
#include "kown.h"
#include "object.h"
#include "out.h"

struct at_args {
	const char *socket;
	const char *name;
	struct new_style style;
	int fd;
	bool put;
	bool remove;
	bool json;
	char **command;
};

static void check(const struct at_args *args, struct argp_state *state)
{
	bool run = args->style.elem || args->command;

	if (!args->socket)
		argp_error(state, "SOCKET says where, and is missing");
	else if (args->put + args->remove + run > 1)
		argp_error(state, "--put, --remove, and a COMMAND or --elem exclude each other");
	else if (!args->name && (args->put || args->remove || run))
		argp_error(state, "NAME is missing");
	else if (args->name && !(args->put || args->remove || run))
		argp_error(state, "what about %s? a COMMAND, --elem, --put or --remove says it",
			   args->name);
	else if (args->name && !name_ok(args->name))
		argp_error(state, "a NAME is 1 to %d printable ASCII characters, none blank",
			   NAME_MAX_LEN);
	else if (args->name && args->json)
		argp_error(state, "--json goes with the list of names");
	else if (args->fd >= 0 && !args->put)
		argp_error(state, "--fd goes with --put");
	else if (args->style.options && !args->style.elem)
		argp_error(state, "--cap and --mode go with --elem");
}

static error_t add_arg(struct at_args *args, const char *arg)
{
	if (!args->socket)
		args->socket = arg;
	else if (!args->name)
		args->name = arg;
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct at_args *args = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &args->style;
		return 0;
	case OPT_FD:
		args->fd = need_fd(state, arg);
		return 0;
	case OPT_PUT:
		args->put = true;
		return 0;
	case OPT_REMOVE:
		args->remove = true;
		return 0;
	case OPT_JSON:
		args->json = true;
		return 0;
	case ARGP_KEY_ARG:
		return add_arg(args, arg);
	case ARGP_KEY_END:
		check(args, state);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = (const struct argp_option[]){
		{ NULL, 0, NULL, 0, "Without COMMAND:", 2 },
		{ "put", OPT_PUT, NULL, 0, "Give the object of $KOWN_FD the name NAME" },
		{ "fd", OPT_FD, "N", 0, "With --put: the object of descriptor N" },
		{ "remove", OPT_REMOVE, NULL, 0, "Forget NAME; its object lives on elsewhere" },
		{ NULL, 0, NULL, 0, "Without NAME:", 3 },
		JSON_OPTION,
		{ NULL, 0, NULL, 0, "In general:", -1 },
		{}
	},
	.parser = parse,
	.children = (const struct argp_child[]){
		{ &new_style_argp, 0, "For COMMAND:", 1 }, {}
	},
	.args_doc = "SOCKET\n"
		    "SOCKET NAME [--elem TYPE [--cap N] [--mode MODE]] -- COMMAND...\n"
		    "SOCKET NAME --put\n"
		    "SOCKET NAME --remove",
	.doc = "List the names that kown serve keeps at SOCKET, or run COMMAND with NAME's\n"
	       "object in KOWN_FD.\n"
	       "\vWith --elem the object is created if there is none of that name; processes\n"
	       "that do so at the same time all get the same object.\n"
	       "\n"
	       "Example:\n"
	       "  kown at /run/kown.sock shared --elem u64 -- kown push 1 2 3\n"
	       "  kown at /run/kown.sock shared -- kown cat",
};

static int list(const struct at_args *args, int sock)
{
	char name[NAME_MAX_LEN + 1] = "";
	struct out out;
	int err;

	out_begin(&out, args->json);
	out_list(&out, "names");
	for (;;) {
		err = broker_call(sock, REQUEST_NEXT, name, -1, NULL);
		if (err)
			break;
		out_item(&out);
		if (args->json)
			out_quoted(name);
		else
			puts(name);
	}
	if (err != -ENOENT)
		return refused("broker", err, "%s", args->socket);
	out_list_end(&out);
	out_end(&out);
	return FINE;
}

/* What went wrong with the name, or else with the broker. */
static int at_refused(const struct at_args *args, int err)
{
	switch (err) {
	case -ENOENT:
	case -EEXIST:
	case -EINVAL:
	case -ENOSPC:
	case -EMFILE:
	case -EBADF:
		return refused("name", err, "%s", args->name);
	}
	return refused("broker", err, "%s", args->socket);
}

static int call(const struct at_args *args, int sock, enum request request, int send,
		int *received)
{
	char name[NAME_MAX_LEN + 1];

	strcpy(name, args->name);
	return broker_call(sock, request, name, send, received);
}

static int put(struct at_args *args, int sock)
{
	int err;

	if (args->fd < 0)
		args->fd = object_inherited_fd();
	if (args->fd < 0)
		return -args->fd;
	err = call(args, sock, REQUEST_PUT, args->fd, NULL);
	if (err == -EBADF || err == -EINVAL)
		return refused("import", err, "descriptor %d", args->fd);
	return err ? at_refused(args, err) : FINE;
}

static int remove_name(const struct at_args *args, int sock)
{
	int err = call(args, sock, REQUEST_REMOVE, -1, NULL);

	return err ? at_refused(args, err) : FINE;
}

/* A descriptor of a new object, or minus an exit status after complaining. */
static int create(const struct at_args *args)
{
	int ctx = context_any();

	if (ctx < 0)
		return ctx;
	return new_object(ctx, &args->style);
}

/* Complains unless the object's elements have the size that was asked for. */
static int check_elem(const struct at_args *args, int fd)
{
	struct object obj = { .fd = fd };
	struct kown_stat stat;
	int status, err;

	status = object_open(&obj);
	if (status)
		return status;
	err = kown_stat(obj.ctx, obj.handle, &stat);
	object_close(&obj);
	if (err)
		return refused("stat", err, "%s", args->name);
	if (stat.elem_size == args->style.elem_size)
		return 0;
	fprintf(stderr, "kown: %s: its elements have %u bytes, not %u\n", args->name,
		stat.elem_size, args->style.elem_size);
	return REFUSED;
}

/*
 * The name's object, or with --elem a new one if there is none. PUT decides who
 * comes first. Returns a descriptor, or minus an exit status after complaining.
 */
static int get_or_create(const struct at_args *args, int sock)
{
	int made = -1, found = -1, err;

	for (;;) {
		err = call(args, sock, REQUEST_GET, -1, &found);
		if (err != -ENOENT || !args->style.elem)
			break;
		if (made < 0)
			made = create(args);
		if (made < 0)
			return made;
		err = call(args, sock, REQUEST_PUT, made, NULL);
		if (!err)
			return made;
		if (err != -EEXIST)
			break;
	}
	if (made >= 0)
		close(made);
	if (err)
		return -at_refused(args, err);
	err = args->style.elem ? check_elem(args, found) : 0;
	return err ? -err : found;
}

static int run(const struct at_args *args, int sock)
{
	int fd = get_or_create(args, sock);

	if (fd < 0)
		return -fd;
	close(sock);
	return args->command ? run_with_fd(args->command, fd, args->style.elem) : FINE;
}

int do_at(int argc, char **argv, char **command)
{
	struct at_args args = { .fd = -1, .command = command };
	int sock;

	argp_parse(&argp, argc, argv, 0, NULL, &args);
	sock = broker_connect(args.socket);
	if (sock < 0)
		return refused("socket", sock, "%s", args.socket);
	if (!args.name)
		return list(&args, sock);
	if (args.put)
		return put(&args, sock);
	if (args.remove)
		return remove_name(&args, sock);
	return run(&args, sock);
}
