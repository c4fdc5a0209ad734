// SPDX-License-Identifier: GPL-2.0
#include "edit.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"

static void add(struct edit *edit, const char *text, struct argp_state *state)
{
	if (edit->count < edit->most) {
		edit->numbers[edit->count++] = need_u64(state, "a number", text);
		return;
	}
	if (!edit->texts)
		edit->texts = calloc(state->argc, sizeof(*edit->texts));
	if (!edit->texts)
		argp_failure(state, REFUSED, 0, "no memory");
	edit->texts[edit->values++] = text;
}

static void add_negative(struct edit *edit, char digit, const char *rest,
			 struct argp_state *state)
{
	char *text;

	if (asprintf(&text, "-%c%s", digit, rest ? rest : "") < 0)
		argp_failure(state, REFUSED, 0, "no memory");
	add(edit, text, state);
}

static void check(const struct edit *edit, struct argp_state *state)
{
	if (edit->count < edit->least)
		argp_error(state, "%u numbers are needed, see --help", edit->least);
	if (edit->wants != ANY_VALUES && edit->values != (size_t)edit->wants)
		argp_error(state, "wrong number of values, see --help");
}

error_t edit_parse(int key, char *arg, struct argp_state *state)
{
	struct edit *edit = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &edit->obj;
		state->child_inputs[1] = &edit->style;
		state->child_inputs[2] = edit;
		return 0;
	case OPT_DISCARD:
		edit->discard = true;
		return 0;
	case OPT_EXACT:
		edit->exact = true;
		return 0;
	case ARGP_KEY_ARG:
		add(edit, arg, state);
		return 0;
	case ARGP_KEY_END:
		check(edit, state);
		if (edit->is_mask && strspn(edit->texts[0], "01") != strlen(edit->texts[0]))
			argp_error(state, "%s: a MASK is of the digits 0 and 1",
				   edit->texts[0]);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/* "-5" comes as option 5, and "-55" as option 5 with argument 5. */
static error_t parse_digit(int key, char *arg, struct argp_state *state)
{
	if (key < '0' || key > '9')
		return ARGP_ERR_UNKNOWN;
	add_negative(state->input, key, arg, state);
	return 0;
}

#define DIGIT(c)	{ NULL, c, "N", OPTION_ARG_OPTIONAL | OPTION_HIDDEN, NULL }

static const struct argp digits_argp = {
	.options = (const struct argp_option[]){
		DIGIT('0'), DIGIT('1'), DIGIT('2'), DIGIT('3'), DIGIT('4'),
		DIGIT('5'), DIGIT('6'), DIGIT('7'), DIGIT('8'), DIGIT('9'),
		{}
	},
	.parser = parse_digit,
};

const struct argp_child edit_children[] = {
	{ &object_argp },
	{ &value_style_argp },
	{ &digits_argp },
	{}
};

int edit_room(struct edit *edit, uint64_t count)
{
	size_t bytes;

	if (edit->discard)
		return 0;
	if (__builtin_mul_overflow(count, edit->stat.elem_size, &bytes))
		return -ENOMEM;
	edit->out = calloc(1, bytes ? bytes : 1);
	return edit->out ? 0 : -ENOMEM;
}

/* 0, or an exit status after complaining. */
static int parse_values(struct edit *edit)
{
	uint32_t size = edit->stat.elem_size;
	size_t i;
	int err;

	if (edit->is_mask)
		return 0;
	edit->data = calloc(edit->values + 1, size ? size : 1);
	if (!edit->data)
		return refused(edit->op, ENOMEM, "%zu values", edit->values);
	for (i = 0; i < edit->values; i++) {
		err = value_parse(edit->texts[i], strlen(edit->texts[i]), size,
				  (char *)edit->data + i * size);
		if (err)
			return usage("%s: %s", edit->texts[i], value_reason(err, size));
	}
	return 0;
}

static void print(struct edit *edit)
{
	struct out out;

	if (!edit->out && !edit->result_name)
		return;
	out_begin(&out, edit->style.json);
	if (edit->result_name) {
		out_u64(&out, edit->result_name, edit->result);
	} else {
		if (edit->style.json) {
			out_u64(&out, "taken", edit->taken);
			out_list(&out, "elements");
		}
		value_print(&out, &edit->style, edit->out, edit->taken,
			    edit->stat.elem_size);
		out_list_end(&out);
	}
	out_end(&out);
}

static int run(struct edit *edit)
{
	struct object *obj = &edit->obj;
	int status, err;

	err = kown_stat(obj->ctx, obj->handle, &edit->stat);
	if (err)
		return object_refused(obj, "stat", err);
	status = parse_values(edit);
	if (status)
		return status;
	if (obj->is_signed && !edit->style.hex)
		edit->style.is_signed = true;
	err = edit->run(edit);
	if (err)
		return object_refused(obj, edit->op, err);
	print(edit);
	return FINE;
}

int edit_run(const struct argp *argp, int argc, char **argv, struct edit *edit)
{
	int status;

	argp_parse(argp, argc, argv, ARGP_IN_ORDER, NULL, edit);
	status = object_open(&edit->obj);
	if (status)
		return status;
	status = run(edit);
	object_close(&edit->obj);
	free(edit->data);
	free(edit->out);
	return status;
}
