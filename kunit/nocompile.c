// SPDX-License-Identifier: GPL-2.0
/*
 * What must not compile: scripts/nocompile builds this file once for each MISTAKE, and
 * fails if the compiler has nothing to say. Without a mistake it must compile.
 */
#include <kown/box.h>
#include <kown/drain.h>
#include <kown/extract_if.h>
#include <kown/into_iter.h>
#include <kown/splice.h>
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
KOWN_DEFINE_VEC(foo, struct foo, DROP, CLONE)
KOWN_DEFINE_DRAIN(foo, struct foo)
KOWN_DEFINE_SPLICE(foo, struct foo)
KOWN_DEFINE_EXTRACT_IF(foo, struct foo)
KOWN_DEFINE_INTO_ITER(foo, struct foo)
KOWN_DEFINE_VEC(bar, struct bar, NULL, NULL)

#if MISTAKE == 15	/* elements aligned to more than a page */
struct wide {
	int x;
} __aligned(PAGE_SIZE * 2);

KOWN_DEFINE_VEC(wide, struct wide, NULL, NULL)
#endif

static int keep_foo(struct foo *foo, void *context)
{
	return 1;
}

static int keep_bar(struct bar *bar, void *context)
{
	return 1;
}

void nocompile(struct foo *foo, struct bar *bar, struct foo_weak *weak,
	       struct foo_vec *foos, struct bar_vec *bars, const struct foo_vec *reader);
void nocompile(struct foo *foo, struct bar *bar, struct foo_weak *weak,
	       struct foo_vec *foos, struct bar_vec *bars, const struct foo_vec *reader)
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
#elif MISTAKE == 16	/* an element of another type pushed */
	if (foo_vec_push(foos, bar, GFP_KERNEL))
		return;
#elif MISTAKE == 17	/* an element popped into another type */
	if (foo_vec_pop(foos, bar))
		return;
#elif MISTAKE == 18	/* a vec of one type used as another */
	foo_vec_clear(bars);
#elif MISTAKE == 19	/* a vec of one type appended to another */
	if (foo_vec_append(foos, bars, GFP_KERNEL))
		return;
#elif MISTAKE == 20	/* a push whose result is not looked at */
	foo_vec_push(foos, foo, GFP_KERNEL);
#elif MISTAKE == 21	/* a predicate about another type */
	if (foo_vec_retain(foos, keep_bar, NULL))
		return;
#elif MISTAKE == 22	/* a loop whose element is of another type */
	kown_vec_for_each(bar, foos)
		bar->x++;
#elif MISTAKE == 23	/* a loop backwards whose element is of another type */
	kown_vec_for_each_reverse(bar, foos)
		bar->x++;
#elif MISTAKE == 24	/* a drain whose element is of another type */
	kown_drain_for_each(bar, foo, foos, 0, 1)
		bar->x++;
#elif MISTAKE == 25	/* a drain of a vec of another type */
	kown_drain_for_each(foo, foo, bars, 0, 1)
		foo->x++;
#elif MISTAKE == 26	/* an extraction by a predicate about another type */
	kown_extract_if_for_each(foo, foo, foos, 0, 1, keep_bar, NULL)
		foo->x++;
#elif MISTAKE == 27	/* a vec of another type taken apart */
	kown_into_iter_for_each(foo, foo, bars)
		foo->x++;
#elif MISTAKE == 28	/* a splice whose result is not looked at */
	foo_vec_splice(foos, 0, 1, NULL, GFP_KERNEL);
#else
	foo_arc_put(foo_weak_upgrade(weak) ?: foo_arc_get(foo));
	kown_vec_for_each(foo, reader)
		bar->x += foo->x;
	kown_drain_for_each(foo, foo, foos, 0, 1)
		foo_drop(foo);
	kown_extract_if_for_each(foo, foo, foos, 0, 1, keep_foo, NULL)
		foo_drop(foo);
	kown_into_iter_for_each(foo, foo, foos)
		foo_drop(foo);
	if (bar_vec_retain(bars, keep_bar, NULL))
		bar_vec_clear(bars);
#endif
}
