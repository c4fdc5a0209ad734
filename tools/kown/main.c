// SPDX-License-Identifier: GPL-2.0
/*
 * kown: /dev/kown from the command line.
 */
#include "tool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct verb verbs[] = {
	{ "info",          "What this kernel's kown supports, limits, live counts", do_info },
	{ "ls",            "List live objects and who holds them", do_ls },
	{ "new",           "Create an object, for a command or in the context", do_new, true },
	{ "stat",          "Show an object's size, rights and references", do_stat },
	{ "push",          "Append elements", do_push },
	{ "pop",           "Take elements off the end", do_pop },
	{ "pop-front",     "Take elements off the front", do_pop_front },
	{ "cat",           "Print elements", do_cat },
	{ "read",          "The same as cat", do_cat },
	{ "insert",        "Move elements in before an index", do_insert },
	{ "write",         "Replace elements", do_write },
	{ "fill",          "Make a range of elements the same", do_fill },
	{ "remove",        "Take a range of elements out", do_remove },
	{ "swap-remove",   "The same; the last elements fill the gap", do_swap_remove },
	{ "drain",         "Take elements out, as many as there are", do_drain },
	{ "splice",        "Replace a range by elements, more or fewer", do_splice },
	{ "truncate",      "Drop the elements from an index on", do_truncate },
	{ "resize",        "Cut off, or fill up with copies", do_resize },
	{ "reserve",       "Make room for more elements", do_reserve },
	{ "shrink",        "Give room back", do_shrink },
	{ "retain",        "Keep the elements that a mask says", do_retain },
	{ "extract",       "Take the elements out that a mask says", do_extract },
	{ "dedup",         "Of equal neighbours keep the first", do_dedup },
	{ "extend-within", "Append a copy of a range", do_extend_within },
	{ "lock",          "Run a command under an object's lock", do_lock, true },
	{ "unlock",        "Give the lock back that this process has", do_unlock },
	{ "clear-poison",  "Say that the elements are right again", do_clear_poison },
	{ "context",       "Run a command with a context that holds handles", do_context, true },
	{ "clone",         "Print another handle to the same object", do_clone },
	{ "downgrade",     "Print a weak handle, which keeps nothing", do_downgrade },
	{ "upgrade",       "Print a strong handle of a weak one", do_upgrade },
	{ "drop",          "Give handles up", do_drop },
	{ "export",        "Run a command with a descriptor of an object", do_export, true },
	{ "import",        "Print a handle to a descriptor's object", do_import },
	{ "into-inner",    "Get the elements as last owner, or drop it", do_into_inner },
	{ "take",          "Get the elements, if there is no other owner", do_take },
	{ "make-mut",      "Be the only owner, if need be of a copy", do_make_mut },
	{ "clone-data",    "Print a handle to a copy of the object", do_clone_data },
	{ "append",        "Move another object's elements to the end", do_append },
	{ "copy-from",     "Append a copy of another object's elements", do_copy_from },
	{ "split-off",     "Move elements to a new object", do_split_off },
	{ "serve",         "Keep names for objects, so that processes can meet", do_serve },
	{ "at",            "Use the names that kown serve keeps", do_at, true },
};

static const char before[] =
	"Refcounted, growable objects shared between processes.\n\nVerbs:\n";

static const char after[] =
	"\vkown VERB --help explains a verb, with an example.\n\n"
	"An object is reached through a descriptor, which commands inherit (KOWN_FD),\n"
	"or through a handle in an inherited context (KOWN_CTX).\n\n"
	"Exit status:\n"
	"  0    fine\n"
	"  1    the kernel or the broker refused; the message names the errno\n"
	"  2    usage, or a value that is none\n"
	"  3    /dev/kown cannot be opened\n"
	"  126  the COMMAND cannot be run\n"
	"  127  the COMMAND is not found\n"
	"  else the COMMAND's own";

static char *describe(void)
{
	char *text = NULL;
	size_t len, i;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	fputs(before, f);
	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		fprintf(f, "  %-15s%s\n", verbs[i].name, verbs[i].help);
	fputs(after, f);
	return fclose(f) ? NULL : text;
}

static const struct verb *find_verb(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

/* Cut argv at "--" and return what follows. */
static char **split_command(int *argc, char **argv)
{
	int i;

	for (i = 1; i < *argc; i++) {
		if (strcmp(argv[i], "--"))
			continue;
		argv[i] = NULL;
		*argc = i;
		return argv + i + 1;
	}
	return NULL;
}

static int run_verb(const struct verb *verb, int argc, char **argv)
{
	char **command = NULL;
	char *name;

	if (verb->runs_command)
		command = split_command(&argc, argv);
	if (command && !*command)
		return usage("%s: there is no COMMAND after --", verb->name);

	/* What argp's messages begin with. */
	if (asprintf(&name, "kown %s", verb->name) < 0)
		return refused("run", errno, "%s", verb->name);
	argv[0] = name;
	return verb->run(argc, argv, command);
}

struct main_args {
	const struct verb *verb;
	int index;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct main_args *args = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (!strcmp(arg, "help"))
			argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
		args->verb = find_verb(arg);
		if (!args->verb)
			argp_error(state, "%s: no such verb", arg);
		args->index = state->next - 1;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "what to do? a VERB is missing");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/* What was printed counts only if it arrived. */
static int flushed(int status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	return refused("output", errno, "standard output");
}

int main(int argc, char **argv)
{
	struct main_args args = {};
	struct argp argp = {
		.parser = parse,
		.args_doc = "VERB [ARGUMENT...]",
		.doc = describe(),
	};

	argp_err_exit_status = USAGE;
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &args);
	return flushed(run_verb(args.verb, argc - args.index, argv + args.index));
}
