/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counted: a value whose clones and drops are witnessed by something that outlives it.
 */
#ifndef _KOWN_COUNTED_H
#define _KOWN_COUNTED_H

#include <kunit/test.h>
#include <linux/atomic.h>

/**
 * struct witness - what happened to the values that name it
 * @clones: made
 * @drops: of values, each of which may be dropped once
 * @twice: drops of a value that was dropped already, or was never one
 * @clone_fails: what the next clones return, if not 0
 */
struct witness {
	atomic_t clones;
	atomic_t drops;
	atomic_t twice;
	int clone_fails;
};

#define COUNTED_ALIVE	0x616c697665ULL
#define COUNTED_DEAD	0x64656164ULL

struct counted {
	struct witness *witness;
	u64 state;
	u64 value;
};

static inline struct counted counted(struct witness *witness, u64 value)
{
	return (struct counted) {
		.witness = witness,
		.state = COUNTED_ALIVE,
		.value = value,
	};
}

static inline void counted_drop(struct counted *c)
{
	atomic_inc(&c->witness->drops);
	if (c->state != COUNTED_ALIVE)
		atomic_inc(&c->witness->twice);
	c->state = COUNTED_DEAD;
}

static inline int counted_clone(struct counted *to, const struct counted *from, gfp_t gfp)
{
	if (from->witness->clone_fails)
		return from->witness->clone_fails;
	*to = *from;
	atomic_inc(&from->witness->clones);
	return 0;
}

static inline void expect_drops(struct kunit *test, struct witness *w, int drops)
{
	KUNIT_EXPECT_EQ(test, atomic_read(&w->drops), drops);
	KUNIT_EXPECT_EQ(test, atomic_read(&w->twice), 0);
}

/* Say so before a warning that is meant, or the run fails for it. */
#define expect_splat(text)	pr_info("expect splat: %s\n", text)

/* kmalloc() alone, and for more than it can give: this allocation fails. */
#define GFP_FAILS		(GFP_NOWAIT | __GFP_NOWARN)
#define BYTES_TOO_MANY		(KMALLOC_MAX_SIZE + 1UL)

#endif /* _KOWN_COUNTED_H */
