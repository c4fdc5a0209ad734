// SPDX-License-Identifier: GPL-2.0
/*
 * Which context a verb works in, and kown context.
 */
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "kown.h"

int context_fresh(void)
{
	int ctx = kown_open();

	return ctx < 0 ? -refused("open", ctx, KOWN_DEVICE) : ctx;
}

static int context_from(const char *text)
{
	struct kown_info info;
	int ctx, err;

	if (!parse_fd(text, &ctx))
		return -usage("KOWN_CTX=%s is not a descriptor's number", text);
	err = kown_info(ctx, &info);
	if (err)
		return -refused("info", err, "KOWN_CTX=%s", text);
	return ctx;
}

int context_inherited(void)
{
	const char *text = getenv("KOWN_CTX");

	if (!text)
		return -usage("handles live in a context, see: kown context --help");
	return context_from(text);
}

int context_any(void)
{
	const char *text = getenv("KOWN_CTX");

	return text ? context_from(text) : context_fresh();
}

static const struct argp argp = {
	.args_doc = "-- COMMAND...",
	.doc = "Run COMMAND with a context open, its descriptor's number in KOWN_CTX.\n"
	       "\vThe processes below COMMAND share the context's handles. When the last of them\n"
	       "ends, the handles are dropped.\n"
	       "\n"
	       "Example:\n"
	       "  kown context -- sh -c 'h=$(kown new --elem u64)\n"
	       "    kown push --handle $h 1 2 3; kown cat --handle $h'",
};

int do_context(int argc, char **argv, char **command)
{
	char number[16];
	int ctx;

	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	if (!command)
		return usage("context: what to run? see: kown context --help");

	ctx = context_fresh();
	if (ctx < 0)
		return -ctx;
	snprintf(number, sizeof(number), "%d", ctx);
	if (fcntl(ctx, F_SETFD, 0) < 0 || setenv("KOWN_CTX", number, 1))
		return refused("run", errno, "environment");
	return run_command(command);
}
