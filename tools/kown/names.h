/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names and the descriptors they stand for, in order of name.
 */
#ifndef KOWN_NAMES_H
#define KOWN_NAMES_H

#include <stddef.h>

#include "broker.h"

struct name {
	char name[NAME_MAX_LEN + 1];
	int fd;
};

/**
 * struct names - the broker's memory
 * @all: sorted; owns the descriptors
 * @count: how many
 */
struct names {
	struct name all[NAMES_MAX];
	size_t count;
};

/* The descriptor, still owned by @names, or -ENOENT. */
int names_get(const struct names *names, const char *name);

/* Take @fd over and return 0, or leave it alone: -EEXIST, -ENOSPC. */
int names_put(struct names *names, const char *name, int fd);

/* Close its descriptor: 0 or -ENOENT. */
int names_remove(struct names *names, const char *name);

/* The first name after @name, or NULL. */
const char *names_next(const struct names *names, const char *name);

#endif /* KOWN_NAMES_H */
