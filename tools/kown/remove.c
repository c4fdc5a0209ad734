// SPDX-License-Identifier: GPL-2.0
/*
 * Elements out of an object, other than off its end: pop-front, remove, swap-remove,
 * drain, truncate, retain, extract, dedup.
 */
#include "edit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct argp_option discard_options[] = { DISCARD_OPTION, {} };

#define EDIT_ARGP(_options, _args_doc, _doc)					\
	{									\
		.options = (_options),						\
		.parser = edit_parse,						\
		.children = edit_children,					\
		.args_doc = (_args_doc),					\
		.doc = (_doc),							\
	}

/* No more than there are. */
static uint64_t at_most(const struct edit *edit, uint64_t start, uint64_t count)
{
	uint64_t left = start < edit->stat.len ? edit->stat.len - start : 0;

	return count < left ? count : left;
}

static int pop_front(struct edit *edit)
{
	uint64_t count = at_most(edit, 0, edit->numbers[0]);
	int err = edit_room(edit, count);

	if (err)
		return err;
	return kown_pop_front(edit->obj.ctx, edit->obj.handle, edit->out, count,
			      &edit->taken);
}

int do_pop_front(int argc, char **argv, char **command)
{
	const struct argp argp = EDIT_ARGP(NULL, "[COUNT]",
		"Take elements off the front, COUNT of them (default: 1) or as many as there are.\n"
		"\vExample:\n"
		"  kown new --elem u8 -- sh -c 'kown push 1 2 3; kown pop-front 2'");
	struct edit edit = { .op = "pop_front", .most = 1, .numbers = { 1 }, .run = pop_front };

	return edit_run(&argp, argc, argv, &edit);
}

static int remove_range(struct edit *edit,
			int (*remove)(int ctx, uint32_t handle, void *data, uint64_t start,
				      uint64_t count))
{
	uint64_t count = edit->numbers[1];
	int err = 0;

	/* What is not there needs no room; the kernel refuses it. */
	if (count <= edit->stat.len)
		err = edit_room(edit, count);
	if (err)
		return err;
	edit->taken = count;
	return remove(edit->obj.ctx, edit->obj.handle, edit->out, edit->numbers[0], count);
}

static int remove_closing(struct edit *edit)
{
	return remove_range(edit, kown_remove);
}

static int remove_swapping(struct edit *edit)
{
	return remove_range(edit, kown_swap_remove);
}

int do_remove(int argc, char **argv, char **command)
{
	const struct argp argp = EDIT_ARGP(discard_options, "START [COUNT]",
		"Take COUNT elements (default: 1) from START on out, and print them.\n"
		"\vExample:\n"
		"  kown new --elem u8 -- sh -c 'kown push 1 2 3; kown remove 1; kown cat'");
	struct edit edit = {
		.op = "remove", .least = 1, .most = 2, .numbers = { 0, 1 },
		.run = remove_closing,
	};

	return edit_run(&argp, argc, argv, &edit);
}

int do_swap_remove(int argc, char **argv, char **command)
{
	const struct argp argp = EDIT_ARGP(discard_options, "START [COUNT]",
		"As remove, but the last elements fill the gap.\n"
		"\vExample:\n"
		"  kown new --elem u8 -- sh -c 'kown push 1 2 3 4; kown swap-remove 0; kown cat'");
	struct edit edit = {
		.op = "swap_remove", .least = 1, .most = 2, .numbers = { 0, 1 },
		.run = remove_swapping,
	};

	return edit_run(&argp, argc, argv, &edit);
}

static int drain(struct edit *edit)
{
	uint64_t start = edit->numbers[0];
	uint64_t count = at_most(edit, start, edit->numbers[1]);
	int err = edit_room(edit, count);

	if (err)
		return err;
	return kown_drain(edit->obj.ctx, edit->obj.handle, edit->out, start, count,
			  &edit->taken);
}

int do_drain(int argc, char **argv, char **command)
{
	const struct argp argp = EDIT_ARGP(discard_options, "START [COUNT]",
		"Take elements out from START on, COUNT of them (default: all) or as many as there\n"
		"are, and print them.\n"
		"\vExample:\n"
		"  kown new --elem u8 -- sh -c 'kown push 1 2 3; kown drain 1; kown cat'");
	struct edit edit = {
		.op = "drain", .least = 1, .most = 2, .numbers = { 0, UINT64_MAX },
		.run = drain,
	};

	return edit_run(&argp, argc, argv, &edit);
}

static int truncate_to(struct edit *edit)
{
	return kown_truncate(edit->obj.ctx, edit->obj.handle, edit->numbers[0]);
}

int do_truncate(int argc, char **argv, char **command)
{
	const struct argp argp = EDIT_ARGP(NULL, "LEN",
		"Drop the elements from index LEN on, if there are any.\n"
		"\vExample:\n"
		"  kown new --elem u8 -- sh -c 'kown push 1 2 3; kown truncate 1; kown cat'");
	struct edit edit = { .op = "truncate", .least = 1, .most = 1, .run = truncate_to };

	return edit_run(&argp, argc, argv, &edit);
}

static int dedup(struct edit *edit)
{
	edit->result_name = "dropped";
	return kown_dedup(edit->obj.ctx, edit->obj.handle, &edit->result);
}

int do_dedup(int argc, char **argv, char **command)
{
	const struct argp argp = EDIT_ARGP(NULL, NULL,
		"Of neighbours that are equal keep the first; print how many were dropped.\n"
		"\vExample:\n"
		"  kown new --elem u8 -- sh -c 'kown push 1 1 2; kown dedup; kown cat'");
	struct edit edit = { .op = "dedup", .run = dedup };

	return edit_run(&argp, argc, argv, &edit);
}

/* "0110" becomes bits, the first character bit 0 of byte 0. */
static unsigned char *bits_of(const char *text, size_t count)
{
	unsigned char *bits = calloc(1, count / 8 + 1);
	size_t i;

	for (i = 0; bits && i < count; i++)
		bits[i / 8] |= (text[i] == '1') << i % 8;
	return bits;
}

static int retain(struct edit *edit)
{
	size_t count = strlen(edit->texts[0]);
	unsigned char *bits = bits_of(edit->texts[0], count);
	int err;

	if (!bits)
		return -ENOMEM;
	edit->result_name = "dropped";
	err = kown_retain(edit->obj.ctx, edit->obj.handle, bits, edit->numbers[0], count,
			  &edit->result);
	free(bits);
	return err;
}

static int extract(struct edit *edit)
{
	size_t count = strlen(edit->texts[0]);
	unsigned char *bits;
	int err;

	err = edit_room(edit, count);
	if (err)
		return err;
	bits = bits_of(edit->texts[0], count);
	if (!bits)
		return -ENOMEM;
	err = kown_extract(edit->obj.ctx, edit->obj.handle, bits, edit->numbers[0], count,
			   edit->out, &edit->taken);
	free(bits);
	return err;
}

#define MASK_ARGP(_doc)								\
	{									\
		.parser = edit_parse,						\
		.children = edit_children,					\
		.args_doc = "START MASK",					\
		.doc = (_doc),							\
	}

int do_retain(int argc, char **argv, char **command)
{
	const struct argp argp = MASK_ARGP("Keep the elements from START on whose digit in\n"
		"MASK is 1, and print how many were dropped. There are as many as digits; others\n"
		"are kept.\n"
		"\vExample:\n"
		"  kown new --elem u8 -- sh -c 'kown push 1 2 3; kown retain 0 101; kown cat'");
	struct edit edit = {
		.op = "retain", .least = 1, .most = 1, .wants = 1, .is_mask = true,
		.run = retain,
	};

	return edit_run(&argp, argc, argv, &edit);
}

int do_extract(int argc, char **argv, char **command)
{
	const struct argp argp = MASK_ARGP("Take the elements from START on out whose digit in\n"
		"MASK is 1, and print them. There are as many as digits; others are kept.\n"
		"\vExample:\n"
		"  kown new --elem u8 -- sh -c 'kown push 1 2 3; kown extract 0 101; kown cat'");
	struct edit edit = {
		.op = "extract", .least = 1, .most = 1, .wants = 1, .is_mask = true,
		.run = extract,
	};

	return edit_run(&argp, argc, argv, &edit);
}
