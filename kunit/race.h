/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Race: the same few lines run against each other, very often.
 */
#ifndef _KOWN_RACE_H
#define _KOWN_RACE_H

#include <kunit/test.h>

#define RACE_SIDES	4

/**
 * struct race - what runs against what
 * @context: for all of the functions
 * @prepare: called before each round, alone; false ends the race
 * @check: called after each round, alone; false ends the race
 * @sides: called in each round, each by a thread of its own, at once; NULL ends the list
 */
struct race {
	void *context;
	bool (*prepare)(void *context);
	bool (*check)(void *context);
	void (*sides[RACE_SIDES])(void *context);
};

/* How often, for races that take no time; a parameter. */
extern unsigned long race_rounds;

void race_run(struct kunit *test, const struct race *race, unsigned long rounds);

#endif /* _KOWN_RACE_H */
