/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Elements as text: numbers for 1, 2, 4 and 8 bytes, hex strings of the bytes as
 * they lie in memory for every other size.
 */
#ifndef KOWN_VALUE_H
#define KOWN_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "out.h"

bool value_is_number(uint32_t size);

/* 0, -EINVAL it is no value, -ERANGE it does not fit; @text need not be terminated. */
int value_parse(const char *text, size_t len, uint32_t size, void *elem);

/* Why value_parse() refused, for people. */
const char *value_reason(int err, uint32_t size);

/**
 * struct value_style - how elements are printed; zero is the default
 * @raw: the bytes themselves
 * @json: as members of a JSON list
 * @hex: numbers in hexadecimal
 * @is_signed: numbers in two's complement
 */
struct value_style {
	bool raw;
	bool json;
	bool hex;
	bool is_signed;
};

extern const struct argp value_style_argp;

void value_print(struct out *out, const struct value_style *style, const void *elems,
		 uint64_t count, uint32_t size);

#endif /* KOWN_VALUE_H */
