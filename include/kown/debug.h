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
 *
 * kown_debug_report() prints the same for one type, from its user's module, and the
 * stack of whoever took each tracked reference. A reference is tracked if it was taken
 * with NAME_arc_get_tracked(), by a module built with KOWN_DEBUG, and the kernel has
 * CONFIG_REF_TRACKER::
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

void kown_debug_track(struct kown_arc *arc, struct kown_tracker *tracker, gfp_t gfp);
void kown_debug_untrack(struct kown_arc *arc, struct kown_tracker *tracker);
unsigned long kown_debug_live(const struct kown_arc_type *type);
unsigned long kown_debug_report(const struct kown_arc_type *type);

#else

struct kown_tracker {
};

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
