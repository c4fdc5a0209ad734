/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the verbs that change an object's elements share: numbers, then values, and a
 * line for each element that came out.
 */
#ifndef KOWN_EDIT_H
#define KOWN_EDIT_H

#include "kown.h"
#include "object.h"
#include "tool.h"
#include "value.h"

/**
 * struct edit - one such verb, and what it was called with
 * @op: the command's name, for errors
 * @least: numbers that it must have
 * @most: numbers that it may have
 * @wants: values that it must have; ANY_VALUES
 * @is_mask: its value is a mask, of 0 and 1
 * @run: does it; returns 0 or a negative errno
 * @obj: the object
 * @style: how to print what comes out
 * @numbers: its numbers; those that are missing are as they were
 * @count: how many there are
 * @texts: its values
 * @values: how many
 * @discard: --discard
 * @exact: --exact
 * @stat: the object, when it was opened
 * @data: the values, parsed
 * @result_name: what to print in place of elements, or NULL
 * @result: a number
 * @out: elements that came out
 * @taken: how many
 */
struct edit {
	const char *op;
	unsigned int least, most;
	int wants;
	bool is_mask;
	int (*run)(struct edit *edit);
	struct object obj;
	struct value_style style;
	uint64_t numbers[2];
	unsigned int count;
	const char **texts;
	size_t values;
	bool discard;
	bool exact;
	struct kown_stat stat;
	void *data;
	const char *result_name;
	uint64_t result;
	void *out;
	uint64_t taken;
};

#define ANY_VALUES	(-1)

/* Parses --discard and --exact, numbers and values; its input is the struct edit. */
extern const struct argp_child edit_children[];
error_t edit_parse(int key, char *arg, struct argp_state *state);

int edit_run(const struct argp *argp, int argc, char **argv, struct edit *edit);

/* Room for so many elements in edit->out; or -ENOMEM. NULL with --discard. */
int edit_room(struct edit *edit, uint64_t count);

#define DISCARD_OPTION \
	{ "discard", OPT_DISCARD, NULL, 0, "Drop what comes out" }

#endif /* KOWN_EDIT_H */
