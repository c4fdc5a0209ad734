/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Debug: who holds what. With -DKOWN_DEBUG (make KOWN_DEBUG=1; in a kernel tree,
 * CONFIG_KOWN_DEBUG); without it all of this is nothing.
 */
#ifndef _KOWN_DEBUG_H
#define _KOWN_DEBUG_H

#include <linux/types.h>

struct kown_arc;
struct kown_arc_type;

/* What becomes of a reference. */
enum kown_debug_move {
	KOWN_STRONG_TAKEN,
	KOWN_STRONG_GIVEN,
	KOWN_WEAK_TAKEN,
	KOWN_WEAK_GIVEN,
};

/**
 * DOC: Finding a leak
 *
 * kown.ko built with KOWN_DEBUG knows every live arc and the type of each::
 *
 *	# cat /sys/kernel/debug/kown/types
 *	live peak born type
 *	   1    9  120 foo
 *	# cat /sys/kernel/debug/kown/live
 *	type foo: strong 1 weak 0, 3 s old
 *		1 taken, 0 given: foo_open+0x2a/0x60 [foo]
 *		3 taken, 0 given: foo_read+0x15/0x90 [foo]
 *		0 taken, 3 given: foo_read+0x71/0x90 [foo]
 *
 * Each reference is counted where it was taken and where it was given up, if that was
 * code built with KOWN_DEBUG: foo_open() took one that nobody gave back.
 * kown_debug_report() prints the same for one type, from its user's module.
 *
 * To know which of many was not given back, and the stack of whoever took it, track it:
 * with NAME_arc_get_tracked(), on a kernel that has CONFIG_REF_TRACKER::
 *
 *	struct foo_user {
 *		struct foo *foo;
 *		struct kown_tracker foo_tracker;
 *	};
 *
 *	user->foo = foo_arc_get_tracked(foo, &user->foo_tracker, GFP_KERNEL);
 *	...
 *	foo_arc_put_tracked(user->foo, &user->foo_tracker);
 */

#ifdef KOWN_DEBUG

struct ref_tracker;

/**
 * struct kown_tracker - stands for one tracked reference; empty without KOWN_DEBUG
 * @ref: ref_tracker's; NULL if there was no memory for it
 */
struct kown_tracker {
	struct ref_tracker *ref;
};

void kown_debug_move(struct kown_arc *arc, enum kown_debug_move move, unsigned long ip);
void kown_debug_track(struct kown_arc *arc, struct kown_tracker *tracker, gfp_t gfp);
void kown_debug_untrack(struct kown_arc *arc, struct kown_tracker *tracker);
unsigned long kown_debug_live(const struct kown_arc_type *type);
unsigned long kown_debug_report(const struct kown_arc_type *type);

#else

struct kown_tracker {
};

/* Not even the label that _THIS_IP_ is. */
#define kown_debug_move(arc, move, ip)	do { } while (0)

static inline void kown_debug_track(struct kown_arc *arc,
				    struct kown_tracker *tracker, gfp_t gfp)
{
}

static inline void kown_debug_untrack(struct kown_arc *arc,
				      struct kown_tracker *tracker)
{
}

static inline unsigned long kown_debug_live(const struct kown_arc_type *type)
{
	return 0;
}

static inline unsigned long kown_debug_report(const struct kown_arc_type *type)
{
	return 0;
}

#endif

#endif /* _KOWN_DEBUG_H */
