/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Permute: all orders of a few things, one after the other, and any order of many.
 */
#ifndef _KOWN_PERMUTE_H
#define _KOWN_PERMUTE_H

#include <linux/minmax.h>
#include <linux/types.h>

/* From the ascending order on: the next in the lexicon; false after the last one. */
static inline bool next_permutation(u64 *order, int len)
{
	int i = len - 2, j = len - 1;

	/* What follows i descends; the least of it that is more than i takes its place. */
	while (i >= 0 && order[i] >= order[i + 1])
		i--;
	if (i < 0)
		return false;
	while (order[j] <= order[i])
		j--;
	swap(order[i], order[j]);
	for (i++, j = len - 1; i < j; i++, j--)
		swap(order[i], order[j]);
	return true;
}

/* The same numbers in each run. @state is not 0. */
static inline u32 next_random(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 32;
}

#endif /* _KOWN_PERMUTE_H */
