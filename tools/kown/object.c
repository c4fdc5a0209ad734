// SPDX-License-Identifier: GPL-2.0
#include "object.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "kown.h"
#include "tool.h"

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct object *obj = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		*obj = (struct object){ .fd = -1, .ctx = -1 };
		return 0;
	case OPT_FD:
		obj->fd = need_fd(state, arg);
		return 0;
	case OPT_HANDLE:
		obj->handle = need_u32(state, "--handle", arg);
		obj->has_handle = true;
		return 0;
	case OPT_LOCKED:
		obj->locked = true;
		return 0;
	case ARGP_KEY_END:
		if (obj->fd >= 0 && obj->has_handle)
			argp_error(state, "--fd and --handle exclude each other");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

const struct argp object_argp = {
	.options = (const struct argp_option[]){
		{ "fd", OPT_FD, "N", 0,
		  "Descriptor N's object (default: that of $KOWN_FD)" },
		{ "handle", OPT_HANDLE, "N", 0,
		  "Handle N's object, in the context of $KOWN_CTX" },
		{ "locked", OPT_LOCKED, NULL, 0,
		  "Have a locked object's lock meanwhile" },
		{}
	},
	.parser = parse,
};

int object_inherited_fd(void)
{
	const char *text = getenv("KOWN_FD");
	int fd;

	if (!text)
		return -usage("which object? there is no KOWN_FD; see: kown new --help");
	if (!parse_fd(text, &fd))
		return -usage("KOWN_FD=%s is not a descriptor's number", text);
	return fd;
}

static bool elem_is_signed(void)
{
	const char *elem = getenv("KOWN_ELEM");

	return elem && *elem == 's';
}

/* Commands work on the descriptor itself, with 0 for its handle. */
static int open_fd(struct object *obj)
{
	struct kown_stat stat;
	int err;

	snprintf(obj->name, sizeof(obj->name), "descriptor %d", obj->fd);
	obj->ctx = obj->fd;
	err = kown_stat(obj->ctx, 0, &stat);
	/* Others do not know the command, and a context has no handle 0. */
	if (err == -ENOTTY || err == -ENOENT || err == -ENOTSUP)
		err = -EINVAL;
	return err ? object_refused(obj, "import", err) : 0;
}

static int reach(struct object *obj)
{
	if (obj->has_handle) {
		snprintf(obj->name, sizeof(obj->name), "handle %u", obj->handle);
		obj->ctx = context_inherited();
		return obj->ctx < 0 ? -obj->ctx : 0;
	}
	if (obj->fd < 0) {
		obj->fd = object_inherited_fd();
		if (obj->fd < 0)
			return -obj->fd;
		obj->is_signed = elem_is_signed();
	}
	return open_fd(obj);
}

/* As Rust's lock().unwrap(): who finds poison has not asked for that. */
static int lock(struct object *obj)
{
	int err = kown_lock(obj->ctx, obj->handle, KOWN_FOREVER);

	if (err == -EOWNERDEAD)
		kown_unlock(obj->ctx, obj->handle);
	return err ? object_refused(obj, "lock", err) : 0;
}

int object_open(struct object *obj)
{
	int status = reach(obj);

	return status || !obj->locked ? status : lock(obj);
}

void object_close(struct object *obj)
{
	if (obj->locked)
		kown_unlock(obj->ctx, obj->handle);
	obj->locked = false;
}

int object_refused(const struct object *obj, const char *op, int err)
{
	return refused(op, err, "%s", obj->name);
}
