// SPDX-License-Identifier: GPL-2.0
/*
 * Arguments: numbers, descriptors, rights, element types.
 */
#include "tool.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <linux/kown.h>

bool parse_u64(const char *text, uint64_t *value)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	const char *digits = hex ? text + 2 : text;
	char *end;

	if (hex ? !isxdigit((unsigned char)*digits) : !isdigit((unsigned char)*digits))
		return false;
	errno = 0;
	*value = strtoull(digits, &end, hex ? 16 : 10);
	return !errno && !*end;
}

bool parse_u32(const char *text, uint32_t *value)
{
	uint64_t wide;

	if (!parse_u64(text, &wide) || wide > UINT32_MAX)
		return false;
	*value = wide;
	return true;
}

bool parse_fd(const char *text, int *fd)
{
	uint64_t wide;

	if (!parse_u64(text, &wide) || wide > INT_MAX)
		return false;
	*fd = wide;
	return true;
}

bool parse_rights(const char *text, uint32_t *rights)
{
	*rights = 0;
	if (!strcmp(text, "-"))
		return true;
	if (!*text)
		return false;
	for (; *text; text++) {
		const char *letter = strchr(RIGHT_LETTERS, *text);

		if (!letter)
			return false;
		*rights |= 1U << (letter - RIGHT_LETTERS);
	}
	return true;
}

bool parse_elem(const char *text, uint32_t *size)
{
	uint32_t bits;

	if (*text != 'u' && *text != 's')
		return parse_u32(text, size) && *size <= KOWN_MAX_ELEM_SIZE;
	if (!parse_u32(text + 1, &bits))
		return false;
	if (bits != 8 && bits != 16 && bits != 32 && bits != 64)
		return false;
	*size = bits / 8;
	return true;
}

bool parse_mode(const char *text, uint32_t *mode)
{
	for (*mode = 0; *mode < MODE_COUNT; ++*mode)
		if (!strcmp(text, mode_names[*mode]))
			return true;
	return false;
}

uint64_t need_u64(struct argp_state *state, const char *what, const char *text)
{
	uint64_t value = 0;

	if (!parse_u64(text, &value))
		argp_error(state, "%s: %s is not a number from 0 to 2^64-1", what, text);
	return value;
}

uint32_t need_u32(struct argp_state *state, const char *what, const char *text)
{
	uint32_t value = 0;

	if (!parse_u32(text, &value))
		argp_error(state, "%s: %s is not a number from 0 to 2^32-1", what, text);
	return value;
}

uint32_t need_many(struct argp_state *state, const char *text)
{
	uint32_t value = need_u32(state, "--count", text);

	if (!value)
		argp_error(state, "--count: 0 are no handles");
	return value;
}

int need_fd(struct argp_state *state, const char *text)
{
	int fd = 0;

	if (!parse_fd(text, &fd))
		argp_error(state, "%s is not a descriptor's number", text);
	return fd;
}

uint32_t need_rights(struct argp_state *state, const char *text)
{
	uint32_t rights = 0;

	if (!parse_rights(text, &rights))
		argp_error(state, "%s: rights are some of the letters %s, or -", text,
			   RIGHT_LETTERS);
	return rights;
}

uint32_t need_elem(struct argp_state *state, const char *text)
{
	uint32_t size = 0;

	if (!parse_elem(text, &size))
		argp_error(state, "%s: elements are u8 to u64, s8 to s64, or 0 to %d bytes", text,
			   KOWN_MAX_ELEM_SIZE);
	return size;
}

uint32_t need_mode(struct argp_state *state, const char *text)
{
	uint32_t mode = 0;

	if (!parse_mode(text, &mode))
		argp_error(state, "%s: modes are exclusive, shared and locked", text);
	return mode;
}
