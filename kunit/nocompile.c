// SPDX-License-Identifier: GPL-2.0
/*
 * What must not compile: scripts/nocompile builds this file once for each MISTAKE, and
 * fails if the compiler has nothing to say. Without a mistake it must compile.
 */
#include <kown/box.h>
#include <kown/weak.h>

struct foo {
	int x;
};

struct bar {
	int x;
};

static void foo_drop(struct foo *foo)
{
}

static int foo_clone(struct foo *to, const struct foo *from, gfp_t gfp)
{
	return 0;
}

#if MISTAKE == 1	/* a drop for another type */
static void bar_drop(struct bar *bar)
{
}

#define DROP	bar_drop
#else
#define DROP	foo_drop
#endif

#if MISTAKE == 2	/* a clone for another type */
static int bar_clone(struct bar *to, const struct bar *from, gfp_t gfp)
{
	return 0;
}

#define CLONE	bar_clone
#else
#define CLONE	foo_clone
#endif

KOWN_DEFINE_ARC(foo, struct foo, DROP, CLONE, 0)
KOWN_DEFINE_WEAK(foo, struct foo)
KOWN_DEFINE_BOX(foo, struct foo, DROP, CLONE, 0)

void nocompile(struct foo *foo, struct bar *bar, struct foo_weak *weak);
void nocompile(struct foo *foo, struct bar *bar, struct foo_weak *weak)
{
#if MISTAKE == 3	/* put of another type */
	foo_arc_put(bar);
#elif MISTAKE == 4	/* get of another type */
	foo_arc_get(bar);
#elif MISTAKE == 5	/* a reference of one type kept as another */
	bar = foo_arc_get(foo);
#elif MISTAKE == 6	/* a weak reference used as a value */
	foo = weak;
#elif MISTAKE == 7	/* a weak reference put as a strong one */
	foo_arc_put(weak);
#elif MISTAKE == 8	/* a strong reference put as a weak one */
	foo_weak_put(foo);
#elif MISTAKE == 9	/* a value looked at through a weak reference */
	foo->x = weak->x;
#elif MISTAKE == 10	/* an upgrade whose result is not looked at */
	foo_weak_upgrade(weak);
#elif MISTAKE == 11	/* a take whose result is not looked at */
	foo_arc_take(foo, foo);
#elif MISTAKE == 12	/* a box freed as another */
	foo_box_free(bar);
#elif MISTAKE == 13	/* a value moved into another type */
	foo = foo_arc_new(bar, GFP_KERNEL);
#elif MISTAKE == 14	/* counts passed for a value */
	foo_arc_put(foo_arc_upcast(foo));
#else
	foo_arc_put(foo_weak_upgrade(weak) ?: foo_arc_get(foo));
#endif
}
