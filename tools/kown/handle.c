// SPDX-License-Identifier: GPL-2.0
/*
 * Handles in the inherited context: clone, downgrade, upgrade, clone-data, drop, export,
 * import.
 */
#include "tool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "kown.h"
#include "object.h"
#include "out.h"

struct handle_args {
	uint32_t *handles;
	uint32_t count;
	uint32_t max;
	uint32_t rights;
	uint32_t many;		/* --count, or 0 */
	int fd;
	bool weak;
	bool json;
};

#define HANDLE_ARGS(most)	{ .max = (most), .rights = KOWN_RIGHTS_SAME, .fd = -1 }

static error_t add_handle(struct handle_args *args, const char *text,
			  struct argp_state *state)
{
	if (args->count == args->max)
		return ARGP_ERR_UNKNOWN;
	if (!args->handles)
		args->handles = calloc(state->argc, sizeof(*args->handles));
	if (!args->handles)
		argp_failure(state, REFUSED, 0, "no memory");
	args->handles[args->count++] = need_u32(state, "HANDLE", text);
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct handle_args *args = state->input;

	switch (key) {
	case OPT_RIGHTS:
		args->rights = need_rights(state, arg);
		return 0;
	case OPT_COUNT:
		args->many = need_many(state, arg);
		return 0;
	case OPT_FD:
		args->fd = need_fd(state, arg);
		return 0;
	case OPT_WEAK:
		args->weak = true;
		return 0;
	case OPT_JSON:
		args->json = true;
		return 0;
	case ARGP_KEY_ARG:
		return add_handle(args, arg, state);
	case ARGP_KEY_END:
		if (args->max && !args->count)
			argp_error(state, "which handle?");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

void print_handle(uint32_t handle, bool json)
{
	struct out out;

	if (!json) {
		printf("%u\n", handle);
		return;
	}
	out_begin(&out, true);
	out_u64(&out, "handle", handle);
	out_end(&out);
}

void print_handles(const uint32_t *handles, uint32_t count, bool json)
{
	struct out out;
	uint32_t i;

	out_begin(&out, json);
	out_list(&out, "handles");
	for (i = 0; i < count; i++) {
		out_item(&out);
		printf(json ? "%u" : "%u\n", handles[i]);
	}
	out_list_end(&out);
	out_end(&out);
}

static const struct argp clone_argp = {
	.options = (const struct argp_option[]){
		MANY_OPTION, RIGHTS_OPTION, JSON_OPTION, {}
	},
	.parser = parse,
	.args_doc = "HANDLE",
	.doc = "Print another handle to the same object.\n"
	       "\vA clone never has more rights than its source.\n"
	       "\n"
	       "Example:\n"
	       "  kown clone 1 --rights r\n"
	       "  kown clone 1 --count 10",
};

static int many(const struct handle_args *args, int ctx, const char *op,
		int (*make)(int ctx, uint32_t handle, uint32_t rights, uint32_t count,
			    uint32_t *others))
{
	uint32_t *others = calloc(args->many, sizeof(*others));
	int err = -ENOMEM;

	if (others)
		err = make(ctx, args->handles[0], args->rights, args->many, others);
	if (!err)
		print_handles(others, args->many, args->json);
	free(others);
	return err ? refused(op, err, "handle %u", args->handles[0]) : FINE;
}

static int another(const struct argp *argp, int argc, char **argv, const char *op,
		   int (*make)(int ctx, uint32_t handle, uint32_t rights, uint32_t *other),
		   int (*make_many)(int ctx, uint32_t handle, uint32_t rights, uint32_t count,
				    uint32_t *others))
{
	struct handle_args args = HANDLE_ARGS(1);
	uint32_t other;
	int ctx, err;

	argp_parse(argp, argc, argv, 0, NULL, &args);
	ctx = context_inherited();
	if (ctx < 0)
		return -ctx;
	if (args.many)
		return many(&args, ctx, op, make_many);
	err = make(ctx, args.handles[0], args.rights, &other);
	if (err)
		return refused(op, err, "handle %u", args.handles[0]);
	print_handle(other, args.json);
	return FINE;
}

int do_clone(int argc, char **argv, char **command)
{
	return another(&clone_argp, argc, argv, "clone", kown_clone, kown_clone_many);
}

static const struct argp downgrade_argp = {
	.options = (const struct argp_option[]){
		MANY_OPTION, RIGHTS_OPTION, JSON_OPTION, {}
	},
	.parser = parse,
	.args_doc = "HANDLE",
	.doc = "Print a weak handle to the same object, which does not keep it.\n"
	       "\vkown upgrade makes a strong one of it, while the object lives.\n"
	       "\n"
	       "Example:\n"
	       "  kown downgrade 1",
};

int do_downgrade(int argc, char **argv, char **command)
{
	return another(&downgrade_argp, argc, argv, "downgrade", kown_downgrade,
		       kown_downgrade_many);
}

static const struct argp upgrade_argp = {
	.options = (const struct argp_option[]){
		MANY_OPTION, RIGHTS_OPTION, JSON_OPTION, {}
	},
	.parser = parse,
	.args_doc = "HANDLE",
	.doc = "Print a strong handle to the object of a weak one, if it is still there.\n"
	       "\vExample:\n"
	       "  kown upgrade 2",
};

int do_upgrade(int argc, char **argv, char **command)
{
	return another(&upgrade_argp, argc, argv, "upgrade", kown_upgrade, kown_upgrade_many);
}

static const struct argp clone_data_argp = {
	.options = (const struct argp_option[]){ RIGHTS_OPTION, JSON_OPTION, {} },
	.parser = parse,
	.args_doc = "HANDLE",
	.doc = "Print a handle to a new object with a copy of the elements.\n"
	       "\vExample:\n"
	       "  kown clone-data 1",
};

int do_clone_data(int argc, char **argv, char **command)
{
	return another(&clone_data_argp, argc, argv, "clone_data", kown_clone_data, NULL);
}

static const struct argp drop_argp = {
	.options = (const struct argp_option[]){ JSON_OPTION, {} },
	.parser = parse,
	.args_doc = "HANDLE...",
	.doc = "Give handles up, in order; stop at the first that is refused.\n"
	       "\vThe last reference dropped drops the object.\n"
	       "\n"
	       "Example:\n"
	       "  kown drop 1 2 3",
};

int do_drop(int argc, char **argv, char **command)
{
	struct handle_args args = HANDLE_ARGS(UINT32_MAX);
	uint32_t done;
	struct out out;
	int ctx, err;

	argp_parse(&drop_argp, argc, argv, 0, NULL, &args);
	ctx = context_inherited();
	if (ctx < 0)
		return -ctx;
	err = kown_drop(ctx, args.handles, args.count, &done);
	if (args.json) {
		out_begin(&out, true);
		out_u64(&out, "dropped", done);
		out_end(&out);
	}
	if (!err)
		return FINE;
	if (done >= args.count)
		return refused("drop", err, "drop");
	if (done)
		fprintf(stderr, "kown: %u of %u handles dropped, then:\n", done, args.count);
	return refused("drop", err, "handle %u", args.handles[done]);
}

static const struct argp export_argp = {
	.options = (const struct argp_option[]){
		{ "weak", OPT_WEAK, NULL, 0, "A weak descriptor, which does not keep the object" },
		RIGHTS_OPTION, {}
	},
	.parser = parse,
	.args_doc = "HANDLE -- COMMAND...",
	.doc = "Run COMMAND with a descriptor of the handle's object, its number in KOWN_FD.\n"
	       "\vThe descriptor owns a reference of its own and never has more rights than the\n"
	       "handle.\n"
	       "\n"
	       "Example:\n"
	       "  kown export 1 --rights r -- kown cat",
};

/* Of a weak handle it is weak anyway. Minus an exit status after complaining. */
static int export_weak(int ctx, uint32_t handle, uint32_t rights)
{
	uint32_t weak;
	int fd, err;

	err = kown_downgrade(ctx, handle, KOWN_RIGHTS_SAME, &weak);
	if (err)
		return -refused("downgrade", err, "handle %u", handle);
	fd = kown_export(ctx, weak, rights);
	kown_drop(ctx, &weak, 1, NULL);
	return fd < 0 ? -refused("export", fd, "handle %u", handle) : fd;
}

int do_export(int argc, char **argv, char **command)
{
	struct handle_args args = HANDLE_ARGS(1);
	int ctx, fd;

	argp_parse(&export_argp, argc, argv, 0, NULL, &args);
	if (!command)
		return usage("export: what to run? see: kown export --help");
	ctx = context_inherited();
	if (ctx < 0)
		return -ctx;
	if (args.weak) {
		fd = export_weak(ctx, args.handles[0], args.rights);
		return fd < 0 ? -fd : run_with_fd(command, fd, NULL);
	}
	fd = kown_export(ctx, args.handles[0], args.rights);
	if (fd < 0)
		return refused("export", fd, "handle %u", args.handles[0]);
	return run_with_fd(command, fd, NULL);
}

static const struct argp import_argp = {
	.options = (const struct argp_option[]){
		{ "fd", OPT_FD, "N", 0, "The descriptor (default: $KOWN_FD)" },
		RIGHTS_OPTION, JSON_OPTION, {}
	},
	.parser = parse,
	.doc = "Print a handle to a descriptor's object.\n"
	       "\vThe descriptor stays open and keeps its own reference.\n"
	       "\n"
	       "Example:\n"
	       "  kown import --fd 5 --rights rw",
};

int do_import(int argc, char **argv, char **command)
{
	struct handle_args args = HANDLE_ARGS(0);
	uint32_t handle;
	int ctx, err;

	argp_parse(&import_argp, argc, argv, 0, NULL, &args);
	ctx = context_inherited();
	if (ctx < 0)
		return -ctx;
	if (args.fd < 0)
		args.fd = object_inherited_fd();
	if (args.fd < 0)
		return -args.fd;
	err = kown_import(ctx, args.fd, args.rights, &handle);
	if (err)
		return refused("import", err, "descriptor %d", args.fd);
	print_handle(handle, args.json);
	return FINE;
}
