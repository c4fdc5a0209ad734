// SPDX-License-Identifier: GPL-2.0
/*
 * The room an object has: reserve, shrink.
 */
#include "edit.h"

static int reserve(struct edit *edit)
{
	const struct object *obj = &edit->obj;

	edit->result_name = "cap";
	return edit->exact ?
	       kown_reserve_exact(obj->ctx, obj->handle, edit->numbers[0], &edit->result) :
	       kown_reserve(obj->ctx, obj->handle, edit->numbers[0], &edit->result);
}

int do_reserve(int argc, char **argv, char **command)
{
	const struct argp argp = {
		.options = (const struct argp_option[]){
			{ "exact", OPT_EXACT, NULL, 0, "No more than that" }, {}
		},
		.parser = edit_parse,
		.children = edit_children,
		.args_doc = "COUNT",
		.doc = "Make room for COUNT more elements, and print the capacity.\n"
		       "\vExample:\n"
		       "  kown new --elem u8 -- kown reserve 100 --exact",
	};
	struct edit edit = { .op = "reserve", .least = 1, .most = 1, .run = reserve };

	return edit_run(&argp, argc, argv, &edit);
}

static int shrink(struct edit *edit)
{
	edit->result_name = "cap";
	return kown_shrink(edit->obj.ctx, edit->obj.handle, edit->numbers[0], &edit->result);
}

int do_shrink(int argc, char **argv, char **command)
{
	const struct argp argp = {
		.parser = edit_parse,
		.children = edit_children,
		.args_doc = "[COUNT]",
		.doc = "Give the room beyond COUNT elements back (default: 0), but not what those\n"
		       "there are need, and print the capacity.\n"
		       "\vExample:\n"
		       "  kown new --elem u8 --cap 100 -- kown shrink 10",
	};
	struct edit edit = { .op = "shrink", .most = 1, .run = shrink };

	return edit_run(&argp, argc, argv, &edit);
}
