// SPDX-License-Identifier: GPL-2.0
/*
 * The lock of a locked object: lock, unlock, clear-poison.
 */
#include "tool.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kown.h"
#include "object.h"

struct lock_args {
	struct object obj;
	bool try;
	bool become;
	uint64_t deadline;
};

static uint64_t after_ms(uint64_t ms)
{
	struct timespec now;
	uint64_t ns;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (__builtin_mul_overflow(ms, UINT64_C(1000000), &ns) ||
	    __builtin_add_overflow(ns, now.tv_sec * UINT64_C(1000000000) + now.tv_nsec, &ns))
		return KOWN_FOREVER;
	return ns;
}

static error_t parse_lock(int key, char *arg, struct argp_state *state)
{
	struct lock_args *args = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &args->obj;
		args->deadline = KOWN_FOREVER;
		return 0;
	case OPT_TRY:
		args->try = true;
		return 0;
	case OPT_TIMEOUT:
		args->deadline = after_ms(need_u64(state, "--timeout", arg));
		return 0;
	case OPT_BECOME:
		args->become = true;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp lock_argp = {
	.options = (const struct argp_option[]){
		{ "try", OPT_TRY, NULL, 0, "Do not wait" },
		{ "timeout", OPT_TIMEOUT, "MS", 0, "Wait for so many milliseconds at most" },
		{ "become", OPT_BECOME, NULL, 0,
		  "Be COMMAND rather than wait for it: it has the lock itself" },
		{}
	},
	.parser = parse_lock,
	.children = (const struct argp_child[]){ { &object_argp }, {} },
	.args_doc = "-- COMMAND...",
	.doc = "Run COMMAND while nobody else has the object's lock; give it back when COMMAND\n"
	       "ends.\n"
	       "\vThe lock is this process's, and COMMAND another: it cannot use the elements. To\n"
	       "change them under the lock, say --locked to the verb that does; or --become, and\n"
	       "COMMAND is this very process, which must unlock, or the object is poisoned.\n"
	       "\n"
	       "If an owner did not finish, the object is poisoned and COMMAND does not run, until\n"
	       "kown clear-poison.\n"
	       "\n"
	       "Example:\n"
	       "  kown new --elem u8 --mode locked -- kown lock --timeout 500 -- echo mine",
};

/* A signal to all of a terminal's processes is for the command to act upon. */
static int run_and_wait(char **command)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return refused("run", errno, "%s", command[0]);
	if (!pid)
		_exit(run_command(command));
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return refused("run", errno, "%s", command[0]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int lock(const struct lock_args *args)
{
	const struct object *obj = &args->obj;

	return args->try ? kown_try_lock(obj->ctx, obj->handle) :
			   kown_lock(obj->ctx, obj->handle, args->deadline);
}

int do_lock(int argc, char **argv, char **command)
{
	struct lock_args args = {};
	const struct object *obj = &args.obj;
	int status, err;

	argp_parse(&lock_argp, argc, argv, 0, NULL, &args);
	if (!command)
		return usage("lock: what to run? see: kown lock --help");
	status = object_open(&args.obj);
	if (status)
		return status;
	err = lock(&args);
	if (err == -EOWNERDEAD)
		kown_unlock(obj->ctx, obj->handle);
	if (err)
		return object_refused(obj, "lock", err);
	if (args.become)
		return run_command(command);
	status = run_and_wait(command);
	err = kown_unlock(obj->ctx, obj->handle);
	return err ? object_refused(obj, "unlock", err) : status;
}

static error_t parse_object(int key, char *arg, struct argp_state *state)
{
	if (key != ARGP_KEY_INIT)
		return ARGP_ERR_UNKNOWN;
	state->child_inputs[0] = state->input;
	return 0;
}

static const struct argp unlock_argp = {
	.parser = parse_object,
	.children = (const struct argp_child[]){ { &object_argp }, {} },
	.doc = "Give the lock back that this process has.\n"
	       "\vThat is what kown lock --become has made COMMAND; see there.\n"
	       "\n"
	       "Example:\n"
	       "  kown new --elem u8 --mode locked -- kown lock --become -- kown unlock",
};

int do_unlock(int argc, char **argv, char **command)
{
	struct object obj = {};
	int status, err;

	argp_parse(&unlock_argp, argc, argv, 0, NULL, &obj);
	status = object_open(&obj);
	if (status)
		return status;
	err = kown_unlock(obj.ctx, obj.handle);
	return err ? object_refused(&obj, "unlock", err) : FINE;
}

static const struct argp clear_poison_argp = {
	.parser = parse_object,
	.children = (const struct argp_child[]){ { &object_argp }, {} },
	.doc = "Say that the elements of a poisoned object are right again.\n"
	       "\vTakes the lock for it, and gives it back.\n"
	       "\n"
	       "Example:\n"
	       "  kown new --elem u8 --mode locked -- sh -c '\n"
	       "    kown lock --become -- true; kown clear-poison'",
};

int do_clear_poison(int argc, char **argv, char **command)
{
	struct object obj = {};
	int status, err;

	argp_parse(&clear_poison_argp, argc, argv, 0, NULL, &obj);
	status = object_open(&obj);
	if (status)
		return status;
	err = kown_lock(obj.ctx, obj.handle, KOWN_FOREVER);
	if (err && err != -EOWNERDEAD)
		return object_refused(&obj, "lock", err);
	err = kown_clear_poison(obj.ctx, obj.handle);
	if (err)
		return object_refused(&obj, "clear_poison", err);
	err = kown_unlock(obj.ctx, obj.handle);
	return err ? object_refused(&obj, "unlock", err) : FINE;
}
