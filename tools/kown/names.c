// SPDX-License-Identifier: GPL-2.0
#include "names.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Index of the first name not before @name. */
static size_t find(const struct names *names, const char *name)
{
	size_t low = 0, high = names->count;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (strcmp(names->all[mid].name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool is_at(const struct names *names, size_t i, const char *name)
{
	return i < names->count && !strcmp(names->all[i].name, name);
}

int names_get(const struct names *names, const char *name)
{
	size_t i = find(names, name);

	return is_at(names, i, name) ? names->all[i].fd : -ENOENT;
}

int names_put(struct names *names, const char *name, int fd)
{
	size_t i = find(names, name);
	struct name *slot = &names->all[i];

	if (is_at(names, i, name))
		return -EEXIST;
	if (names->count == NAMES_MAX)
		return -ENOSPC;
	memmove(slot + 1, slot, (names->count - i) * sizeof(*slot));
	strcpy(slot->name, name);
	slot->fd = fd;
	names->count++;
	return 0;
}

int names_remove(struct names *names, const char *name)
{
	size_t i = find(names, name);
	struct name *slot = &names->all[i];

	if (!is_at(names, i, name))
		return -ENOENT;
	close(slot->fd);
	names->count--;
	memmove(slot, slot + 1, (names->count - i) * sizeof(*slot));
	return 0;
}

const char *names_next(const struct names *names, const char *name)
{
	size_t i = find(names, name);

	if (is_at(names, i, name))
		i++;
	return i < names->count ? names->all[i].name : NULL;
}
