// SPDX-License-Identifier: GPL-2.0
#include "out.h"

#include <inttypes.h>
#include <stdio.h>

#include "tool.h"

static void begin_member(struct out *out, const char *name)
{
	if (!out->json) {
		printf("%-14s ", name);
		return;
	}
	printf("%s\"%s\": ", out->more ? ", " : "", name);
	out->more = true;
}

static void end_member(struct out *out)
{
	if (!out->json)
		putchar('\n');
}

void out_begin(struct out *out, bool json)
{
	*out = (struct out){ .json = json };
	if (json)
		putchar('{');
}

void out_end(struct out *out)
{
	if (out->json)
		puts("}");
}

void out_u64(struct out *out, const char *name, uint64_t value)
{
	begin_member(out, name);
	printf("%" PRIu64, value);
	end_member(out);
}

void out_quoted(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		unsigned char c = *text;

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < 0x20 || c > 0x7e)
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

void out_text(struct out *out, const char *name, const char *value)
{
	begin_member(out, name);
	if (out->json)
		out_quoted(value);
	else
		fputs(value, stdout);
	end_member(out);
}

void out_null(struct out *out, const char *name)
{
	begin_member(out, name);
	fputs(out->json ? "null" : "-", stdout);
	end_member(out);
}

void out_list(struct out *out, const char *name)
{
	if (!out->json)
		return;
	begin_member(out, name);
	putchar('[');
	out->more = false;
}

void out_item(struct out *out)
{
	if (!out->json)
		return;
	if (out->more)
		fputs(", ", stdout);
	out->more = true;
}

void out_list_end(struct out *out)
{
	if (!out->json)
		return;
	putchar(']');
	out->more = true;
}

void out_bits(struct out *out, const char *name, uint64_t bits,
	      const char *const *names, size_t count)
{
	const char *sep = "";
	size_t n;

	begin_member(out, name);
	if (out->json)
		putchar('[');
	for (n = 0; n < 64; n++) {
		char unknown[8];
		const char *word = unknown;

		if (!(bits >> n & 1))
			continue;
		if (n < count)
			word = names[n];
		else
			snprintf(unknown, sizeof(unknown), "#%zu", n);
		fputs(sep, stdout);
		if (out->json)
			out_quoted(word);
		else
			fputs(word, stdout);
		sep = out->json ? ", " : " ";
	}
	if (out->json)
		putchar(']');
	end_member(out);
}

void out_rights(struct out *out, const char *name, uint32_t rights)
{
	char text[sizeof(RIGHT_LETTERS) + 1];
	size_t len = 0, n;

	for (n = 0; RIGHT_LETTERS[n]; n++) {
		if (rights >> n & 1)
			text[len++] = RIGHT_LETTERS[n];
	}
	if (rights >> n)
		text[len++] = '+';
	text[len] = '\0';
	out_text(out, name, len ? text : "-");
}
