// SPDX-License-Identifier: GPL-2.0
/*
 * Errors in words.
 */
#include "tool.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LOAD_IT	"the module is not loaded; load it with: insmod kown.ko"

/* A row without an operation is for the commands that have no row of their own. */
static const struct {
	const char *op;
	int err;
	const char *words;
} reasons[] = {
	{ "open",	ENOENT,		LOAD_IT },
	{ "open",	ENXIO,		LOAD_IT },
	{ "open",	ENODEV,		LOAD_IT },
	{ "open",	EACCES,		"permission denied" },
	{ "clone",	EACCES,		"it lacks the right to clone, or one asked for" },
	{ "export",	EACCES,		"it lacks the right to export, or one asked for" },
	{ "import",	EACCES,		"it lacks a right asked for" },
	{ "push",	EACCES,		"it lacks the right to write" },
	{ "pop",	EACCES,		"it lacks the rights to read and write" },
	{ "read",	EACCES,		"it lacks the right to read" },
	{ "import",	EINVAL,		"not an object's descriptor" },
	{ "downgrade",	EACCES,		"it lacks the right to clone, or one asked for" },
	{ "upgrade",	EACCES,		"it lacks a right asked for" },
	{ "upgrade",	EINVAL,		"it is strong already" },
	{ "upgrade",	ESTALE,		"the object is gone" },
	{ "append",	EINVAL,		"one object, elements of two sizes, or a weak handle" },
	{ "copy_from",	EINVAL,		"elements of two sizes, or a weak handle" },
	{ "lock",	EBUSY,		"somebody has the lock" },
	{ "lock",	EOPNOTSUPP,	"it has no lock, see: kown new --mode" },
	{ "unlock",	EOPNOTSUPP,	"it has no lock, see: kown new --mode" },
	{ "clear_poison", EOPNOTSUPP,	"it has no lock, see: kown new --mode" },
	{ "make_mut",	EOPNOTSUPP,	"it is a locked one, which has one owner at a time" },
	{ "run",	ENOENT,		"command not found" },
	{ "run",	EACCES,		"permission denied" },
	{ "run",	E2BIG,		"too many arguments" },
	{ "socket",	ENOENT,		"no broker there; start one with: kown serve" },
	{ "socket",	ECONNREFUSED,	"the broker that made it is gone" },
	{ "socket",	EADDRINUSE,	"it exists; if no broker serves it, remove it" },
	{ "socket",	ENAMETOOLONG,	"too long for a socket's name" },
	{ "socket",	EACCES,		"permission denied" },
	{ "broker",	EAGAIN,		"the broker does not answer" },
	{ "broker",	EPIPE,		"the broker hung up" },
	{ "broker",	ECONNRESET,	"the broker hung up" },
	{ "broker",	EPROTO,		"the broker's answer makes no sense" },
	{ "name",	ENOENT,		"no such name" },
	{ "name",	EEXIST,		"the name is taken" },
	{ "name",	EINVAL,		"not a kown object, or not a name" },
	{ "name",	ENOSPC,		"the broker has no room for another name" },
	{ "name",	EMFILE,		"no descriptor left for it" },
	{ NULL,		ENOENT,		"no such handle" },
	{ NULL,		EACCES,		"it lacks a right that this needs" },
	{ NULL,		EINVAL,		"it is weak, and this needs a strong one" },
	{ NULL,		EBUSY,		"others own the object too" },
	{ NULL,		ENOLCK,		"this needs the object's lock, see: kown lock --help" },
	{ NULL,		EOWNERDEAD,	"poisoned: an owner of the lock did not finish" },
	{ NULL,		EDEADLK,	"this process has the lock already" },
	{ NULL,		ETIMEDOUT,	"somebody has had the lock all the time" },
	{ NULL,		EBADF,		"no such descriptor" },
	{ NULL,		ENOTTY,		"not a context of /dev/kown, or without this command" },
	{ NULL,		ERANGE,		"beyond the last element" },
	{ NULL,		EOVERFLOW,	"too large, the size in bytes does not fit" },
	{ NULL,		ENOSPC,		"a limit of the context or user, see: kown info" },
	{ NULL,		ENOMEM,		"no memory, or the cgroup's limit is reached" },
	{ NULL,		EOPNOTSUPP,	"this kernel's kown lacks it" },
	{ NULL,		E2BIG,		"this kernel's kown is older than this program" },
};

static bool is_command(const char *op)
{
	size_t i;

	for (i = 0; i < COMMAND_COUNT; i++)
		if (!strcmp(command_names[i], op))
			return true;
	return false;
}

static const char *reason(const char *op, int err)
{
	bool command = is_command(op);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(reasons); i++) {
		if (reasons[i].err != err)
			continue;
		if (reasons[i].op ? !strcmp(reasons[i].op, op) : command)
			return reasons[i].words;
	}
	return strerror(err);
}

static int status_of(const char *op, int err)
{
	if (!strcmp(op, "open"))
		return NO_DEVICE;
	if (!strcmp(op, "run"))
		return err == ENOENT ? NOT_FOUND : CANNOT_RUN;
	return REFUSED;
}

int refused(const char *op, int err, const char *subject, ...)
{
	const char *name;
	va_list args;

	if (err < 0)
		err = -err;
	name = strerrorname_np(err);

	fflush(stdout);
	fputs("kown: ", stderr);
	va_start(args, subject);
	vfprintf(stderr, subject, args);
	va_end(args);
	fprintf(stderr, ": %s (%s)\n", reason(op, err), name ? name : "?");
	return status_of(op, err);
}

int usage(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fputs("kown: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return USAGE;
}
