// SPDX-License-Identifier: GPL-2.0
#include "value.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tool.h"

bool value_is_number(uint32_t size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

static uint64_t max_of(uint32_t size)
{
	return UINT64_MAX >> (64 - 8 * size);
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

static int parse_magnitude(const char *text, size_t len, uint64_t *value)
{
	int base = 10;
	size_t i = 0;

	if (len > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		i = 2;
	}
	if (i == len)
		return -EINVAL;

	*value = 0;
	for (; i < len; i++)
		if (digit(text[i]) >= base)
			return -EINVAL;
	for (i = base == 16 ? 2 : 0; i < len; i++) {
		if (__builtin_mul_overflow(*value, base, value) ||
		    __builtin_add_overflow(*value, digit(text[i]), value))
			return -ERANGE;
	}
	return 0;
}

static int parse_number(const char *text, size_t len, uint32_t size, void *elem)
{
	uint64_t max = max_of(size);
	bool negative = len && *text == '-';
	uint64_t value;
	int err;

	err = parse_magnitude(text + negative, len - negative, &value);
	if (err)
		return err;
	if (value > (negative ? max / 2 + 1 : max))
		return -ERANGE;
	if (negative)
		value = -value;

	switch (size) {
	case 1:
		*(uint8_t *)elem = value;
		break;
	case 2:
		memcpy(elem, &(uint16_t){ value }, size);
		break;
	case 4:
		memcpy(elem, &(uint32_t){ value }, size);
		break;
	default:
		memcpy(elem, &value, size);
	}
	return 0;
}

static int parse_bytes(const char *text, size_t len, uint32_t size, uint8_t *elem)
{
	size_t i;

	if (len != 2 * (size_t)size)
		return -EINVAL;
	for (i = 0; i < len; i++)
		if (digit(text[i]) > 15)
			return -EINVAL;
	for (i = 0; i < size; i++)
		elem[i] = digit(text[2 * i]) << 4 | digit(text[2 * i + 1]);
	return 0;
}

int value_parse(const char *text, size_t len, uint32_t size, void *elem)
{
	if (value_is_number(size))
		return parse_number(text, len, size, elem);
	return parse_bytes(text, len, size, elem);
}

const char *value_reason(int err, uint32_t size)
{
	static char text[64];

	if (!value_is_number(size))
		snprintf(text, sizeof(text), "not %u hex digits", 2 * size);
	else if (err == -ERANGE)
		snprintf(text, sizeof(text), "not from -%" PRIu64 " to %" PRIu64,
			 max_of(size) / 2 + 1, max_of(size));
	else
		snprintf(text, sizeof(text), "not a number");
	return text;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct value_style *style = state->input;

	switch (key) {
	case OPT_RAW:
		style->raw = true;
		return 0;
	case OPT_SIGNED:
		style->is_signed = true;
		return 0;
	case OPT_HEX:
		style->hex = true;
		return 0;
	case OPT_JSON:
		style->json = true;
		return 0;
	case ARGP_KEY_END:
		if (style->raw && (style->json || style->hex || style->is_signed))
			argp_error(state, "--raw prints bytes as they are, nothing goes with it");
		if (style->hex && style->is_signed)
			argp_error(state, "--hex and --signed exclude each other");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

const struct argp value_style_argp = {
	.options = (const struct argp_option[]){
		{ "raw", OPT_RAW, NULL, 0, "Print the bytes themselves" },
		{ "signed", OPT_SIGNED, NULL, 0, "Print numbers as signed" },
		{ "hex", OPT_HEX, NULL, 0, "Print numbers in hexadecimal" },
		JSON_OPTION,
		{}
	},
	.parser = parse,
};

static uint64_t load(const uint8_t *elem, uint32_t size)
{
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;

	switch (size) {
	case 1:
		return *elem;
	case 2:
		memcpy(&u16, elem, size);
		return u16;
	case 4:
		memcpy(&u32, elem, size);
		return u32;
	}
	memcpy(&u64, elem, size);
	return u64;
}

static void print_number(const struct value_style *style, const uint8_t *elem,
			 uint32_t size)
{
	unsigned int spare = 64 - 8 * size;
	uint64_t value = load(elem, size);
	const char *quote = style->json ? "\"" : "";

	if (style->hex)
		printf("%s0x%0*" PRIx64 "%s", quote, (int)(2 * size), value, quote);
	else if (style->is_signed)
		printf("%" PRId64, (int64_t)(value << spare) >> spare);
	else
		printf("%" PRIu64, value);
}

static void print_bytes(const struct value_style *style, const uint8_t *elem,
			uint32_t size)
{
	uint32_t i;

	if (style->json)
		putchar('"');
	for (i = 0; i < size; i++)
		printf("%02x", elem[i]);
	if (style->json)
		putchar('"');
}

void value_print(struct out *out, const struct value_style *style, const void *elems,
		 uint64_t count, uint32_t size)
{
	const uint8_t *elem = elems;
	uint64_t i;

	if (style->raw) {
		fwrite(elems, size, count, stdout);
		return;
	}
	for (i = 0; i < count && !ferror(stdout); i++, elem += size) {
		out_item(out);
		if (value_is_number(size))
			print_number(style, elem, size);
		else
			print_bytes(style, elem, size);
		if (!style->json)
			putchar('\n');
	}
}
