// SPDX-License-Identifier: GPL-2.0
/*
 * Elements into an object, other than at its end: insert, write, fill, splice, resize,
 * extend-within.
 */
#include "edit.h"

static int insert(struct edit *edit)
{
	return kown_insert(edit->obj.ctx, edit->obj.handle, edit->data, edit->numbers[0],
			   edit->values);
}

int do_insert(int argc, char **argv, char **command)
{
	const struct argp argp = {
		.parser = edit_parse,
		.children = edit_children,
		.args_doc = "INDEX VALUE...",
		.doc = "Move elements in before the one at INDEX.\n"
		       "\vExample:\n"
		       "  kown new --elem u8 -- sh -c 'kown push 1 4; kown insert 1 2 3; kown cat'",
	};
	struct edit edit = {
		.op = "insert", .least = 1, .most = 1, .wants = ANY_VALUES, .run = insert,
	};

	return edit_run(&argp, argc, argv, &edit);
}

static int write_over(struct edit *edit)
{
	return kown_write(edit->obj.ctx, edit->obj.handle, edit->data, edit->numbers[0],
			  edit->values);
}

int do_write(int argc, char **argv, char **command)
{
	const struct argp argp = {
		.parser = edit_parse,
		.children = edit_children,
		.args_doc = "INDEX VALUE...",
		.doc = "Replace the elements from INDEX on, all of which must exist.\n"
		       "\vExample:\n"
		       "  kown new --elem u8 -- sh -c 'kown push 1 2; kown write 1 9; kown cat'",
	};
	struct edit edit = {
		.op = "write", .least = 1, .most = 1, .wants = ANY_VALUES, .run = write_over,
	};

	return edit_run(&argp, argc, argv, &edit);
}

static int fill(struct edit *edit)
{
	return kown_fill(edit->obj.ctx, edit->obj.handle, edit->data, edit->numbers[0],
			 edit->numbers[1]);
}

int do_fill(int argc, char **argv, char **command)
{
	const struct argp argp = {
		.parser = edit_parse,
		.children = edit_children,
		.args_doc = "START COUNT VALUE",
		.doc = "Make COUNT elements from START on the same.\n"
		       "\vExample:\n"
		       "  kown new --elem u8 -- sh -c 'kown push 1 2; kown fill 0 2 7; kown cat'",
	};
	struct edit edit = { .op = "fill", .least = 2, .most = 2, .wants = 1, .run = fill };

	return edit_run(&argp, argc, argv, &edit);
}

static int splice(struct edit *edit)
{
	uint64_t count = edit->numbers[1];
	int err = 0;

	/* What is not there is not printed either; the kernel says so. */
	if (count <= edit->stat.len)
		err = edit_room(edit, count);
	if (err)
		return err;
	edit->taken = count;
	return kown_splice(edit->obj.ctx, edit->obj.handle, edit->out, edit->numbers[0],
			   count, edit->data, edit->values);
}

int do_splice(int argc, char **argv, char **command)
{
	const struct argp argp = {
		.options = (const struct argp_option[]){ DISCARD_OPTION, {} },
		.parser = edit_parse,
		.children = edit_children,
		.args_doc = "START COUNT [VALUE...]",
		.doc = "Replace COUNT elements from START on by the VALUEs, more or fewer, and\n"
		       "print those that were there.\n"
		       "\vExample:\n"
		       "  kown new --elem u8 -- sh -c 'kown push 1 2; kown splice 1 1 7'",
	};
	struct edit edit = {
		.op = "splice", .least = 2, .most = 2, .wants = ANY_VALUES, .run = splice,
	};

	return edit_run(&argp, argc, argv, &edit);
}

static int resize(struct edit *edit)
{
	return kown_resize(edit->obj.ctx, edit->obj.handle, edit->numbers[0], edit->data);
}

int do_resize(int argc, char **argv, char **command)
{
	const struct argp argp = {
		.parser = edit_parse,
		.children = edit_children,
		.args_doc = "LEN VALUE",
		.doc = "Cut the object off at LEN elements, or fill it up to LEN with VALUE.\n"
		       "\vExample:\n"
		       "  kown new --elem u8 -- sh -c 'kown push 1; kown resize 3 7; kown cat'",
	};
	struct edit edit = { .op = "resize", .least = 1, .most = 1, .wants = 1, .run = resize };

	return edit_run(&argp, argc, argv, &edit);
}

static int extend_within(struct edit *edit)
{
	return kown_extend_within(edit->obj.ctx, edit->obj.handle, edit->numbers[0],
				  edit->numbers[1]);
}

int do_extend_within(int argc, char **argv, char **command)
{
	const struct argp argp = {
		.parser = edit_parse,
		.children = edit_children,
		.args_doc = "START COUNT",
		.doc = "Append a copy of COUNT elements from START on.\n"
		       "\vExample:\n"
		       "  kown new --elem u8 -- sh -c 'kown push 1 2; kown extend-within 0 2'",
	};
	struct edit edit = {
		.op = "extend_within", .least = 2, .most = 2, .run = extend_within,
	};

	return edit_run(&argp, argc, argv, &edit);
}
