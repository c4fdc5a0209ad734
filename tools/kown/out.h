/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Named results: a line each for people, one JSON object for programs.
 */
#ifndef KOWN_OUT_H
#define KOWN_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct out {
	bool json;
	bool more;	/* something precedes the next member */
};

void out_begin(struct out *out, bool json);
void out_u64(struct out *out, const char *name, uint64_t value);
void out_text(struct out *out, const char *name, const char *value);
void out_null(struct out *out, const char *name);

/* The names of the bits that are set; "#n" for bit n beyond @count names. */
void out_bits(struct out *out, const char *name, uint64_t bits,
	      const char *const *names, size_t count);
void out_rights(struct out *out, const char *name, uint32_t rights);

/* A list, whose items follow; out_item() says that another one does. */
void out_list(struct out *out, const char *name);
void out_item(struct out *out);
void out_quoted(const char *text);
void out_list_end(struct out *out);

void out_end(struct out *out);

#endif /* KOWN_OUT_H */
