/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The object that a verb works on: --fd N, --handle N, or $KOWN_FD.
 */
#ifndef KOWN_OBJECT_H
#define KOWN_OBJECT_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * struct object - an object in reach
 * @fd: --fd, or -1
 * @has_handle: --handle was given
 * @ctx: the context @handle is in, or the descriptor
 * @handle: --handle, or 0 for the descriptor's own
 * @locked: --locked: the lock is ours to give back
 * @is_signed: its numbers were declared as signed, by $KOWN_ELEM
 * @name: what errors call it
 */
struct object {
	int fd;
	bool has_handle;
	int ctx;
	uint32_t handle;
	bool locked;
	bool is_signed;
	char name[32];
};

/* Parses --fd and --handle; its input is the struct object. */
extern const struct argp object_argp;

/* 0, or an exit status after complaining. */
int object_open(struct object *obj);
void object_close(struct object *obj);

/* refused(), with the object as the subject */
int object_refused(const struct object *obj, const char *op, int err);

/* The descriptor that $KOWN_FD names, or minus an exit status after complaining. */
int object_inherited_fd(void);

#endif /* KOWN_OBJECT_H */
