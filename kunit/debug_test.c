// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for KOWN_DEBUG.
 */
#include <linux/kmsg_dump.h>
#include <linux/ref_tracker.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <kown/weak.h>

#include "counted.h"

KOWN_DEFINE_ARC(traced, struct counted, counted_drop, NULL, 0)
KOWN_DEFINE_WEAK(traced, struct counted)

static struct counted *arc_of(struct kunit *test, struct witness *w)
{
	struct counted c = counted(w, 1);
	struct counted *arc = traced_arc_new(&c, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, arc);
	return arc;
}

static unsigned long live(void)
{
	return kown_debug_live(&traced_arc_type);
}

static void debug_knows_what_is_alive(struct kunit *test)
{
	struct witness w = {};
	struct counted *arcs[10];
	struct traced_weak *weak;

	KUNIT_EXPECT_EQ(test, live(), 0);
	for (int i = 0; i < ARRAY_SIZE(arcs); i++) {
		arcs[i] = arc_of(test, &w);
		KUNIT_EXPECT_EQ(test, live(), i + 1);
	}
	weak = traced_arc_downgrade(arcs[0]);
	for (int i = 0; i < ARRAY_SIZE(arcs); i++)
		traced_arc_put(arcs[i]);
	/* Dead, but its memory is still there. */
	KUNIT_EXPECT_EQ(test, live(), 1);
	traced_weak_put(weak);
	KUNIT_EXPECT_EQ(test, live(), 0);
}

static void debug_counts_what_moves_out(struct kunit *test)
{
	struct witness w = {};
	struct counted out;

	KUNIT_EXPECT_EQ(test, 0, traced_arc_take(arc_of(test, &w), &out));
	KUNIT_EXPECT_TRUE(test, traced_arc_into_inner(arc_of(test, &w), &out));
	traced_arc_abandon(traced_arc_new_uninit(GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, live(), 0);
}

static void debug_tracked_reference_is_counted_and_forgotten(struct kunit *test)
{
	struct witness w = {};
	struct counted *arc = arc_of(test, &w);
	struct kown_tracker trackers[3];

	for (int i = 0; i < ARRAY_SIZE(trackers); i++) {
		KUNIT_EXPECT_PTR_EQ(test, arc,
				    traced_arc_get_tracked(arc, &trackers[i], GFP_KERNEL));
		if (IS_ENABLED(CONFIG_REF_TRACKER))
			KUNIT_EXPECT_NOT_NULL(test, trackers[i].ref);
	}
	KUNIT_EXPECT_EQ(test, traced_arc_strong_count(arc), 4);
	KUNIT_EXPECT_EQ(test, kown_debug_report(&traced_arc_type), 1);
	for (int i = 0; i < ARRAY_SIZE(trackers); i++) {
		traced_arc_put_tracked(arc, &trackers[i]);
		KUNIT_EXPECT_NULL(test, trackers[i].ref);
	}
	KUNIT_EXPECT_EQ(test, traced_arc_strong_count(arc), 1);
	traced_arc_put(arc);
	KUNIT_EXPECT_EQ(test, kown_debug_report(&traced_arc_type), 0);
}

/* Was this said after the last line that holds @mark, @but in lines that hold that? */
static bool said_but(const char *mark, const char *text, const char *but)
{
	static char line[512];
	struct kmsg_dump_iter iter = {};
	bool marked = false, said = false;
	size_t len;

	kmsg_dump_rewind(&iter);
	while (kmsg_dump_get_line(&iter, false, line, sizeof(line) - 1, &len)) {
		line[len] = '\0';
		if (strstr(line, mark)) {
			marked = true;
			said = false;
		} else if (strstr(line, text) && !(but && strstr(line, but))) {
			said = true;
		}
	}
	return marked && said;
}

static bool said_after(const char *mark, const char *text)
{
	return said_but(mark, text, NULL);
}

/* On UML a stack can be walked only if the kernel keeps frame pointers. */
#define KNOWS_STACKS	(IS_ENABLED(CONFIG_REF_TRACKER) && IS_ENABLED(CONFIG_STACKTRACE) && \
			 (IS_ENABLED(CONFIG_ARCH_STACKWALK) || IS_ENABLED(CONFIG_FRAME_POINTER)))

static noinline void careful_user(struct counted *arc)
{
	struct kown_tracker tracker;

	traced_arc_get_tracked(arc, &tracker, GFP_KERNEL);
	traced_arc_put_tracked(arc, &tracker);
}

static noinline void forgetful_user(struct counted *arc, struct kown_tracker *tracker)
{
	traced_arc_get_tracked(arc, tracker, GFP_KERNEL);
}

/* Without a tracker: by where references come and go. */
static noinline void opens(struct counted *arc)
{
	traced_arc_get(arc);
	barrier();
}

static noinline void reads(struct counted *arc)
{
	traced_arc_get(arc);
	barrier();
	traced_arc_put(arc);
}

static noinline struct traced_weak *caches(struct counted *arc)
{
	return traced_arc_downgrade(arc);
}

static void debug_report_counts_every_reference_by_place(struct kunit *test)
{
	const char *mark = "debug_test: where was it taken?";
	struct witness w = {};
	struct counted *arc = arc_of(test, &w);
	struct traced_weak *weak = caches(arc);

	if (!IS_ENABLED(CONFIG_KALLSYMS))
		kunit_mark_skipped(test, "this kernel has no names for places");
	opens(arc);
	for (int i = 0; i < 3; i++)
		reads(arc);
	pr_info("%s\n", mark);
	KUNIT_EXPECT_EQ(test, kown_debug_report(&traced_arc_type), 1);
	if (IS_ENABLED(CONFIG_KALLSYMS)) {
		KUNIT_EXPECT_TRUE(test, said_after(mark, "1 taken, 0 given: arc_of+"));
		KUNIT_EXPECT_TRUE(test, said_after(mark, "1 taken, 0 given: opens+"));
		KUNIT_EXPECT_TRUE(test, said_after(mark, "3 taken, 0 given: reads+"));
		KUNIT_EXPECT_TRUE(test, said_after(mark, "0 taken, 3 given: reads+"));
		KUNIT_EXPECT_TRUE(test, said_after(mark, "1 weak taken, 0 given: caches+"));
	}
	traced_weak_put(weak);
	traced_arc_put(arc);
	traced_arc_put(arc);
	expect_drops(test, &w, 1);
}

/* More places than there is room for are counted, and nothing else is lost. */
static void debug_report_counts_places_without_room(struct kunit *test)
{
	const char *mark = "debug_test: where else?";
	struct witness w = {};
	struct counted *arc = arc_of(test, &w);

	for (unsigned long ip = 1; ip <= 100; ip++) {
		kown_debug_move(traced_arc_upcast(arc), KOWN_STRONG_TAKEN, ip);
		kown_debug_move(traced_arc_upcast(arc), KOWN_WEAK_GIVEN, ip);
	}
	pr_info("%s\n", mark);
	KUNIT_EXPECT_EQ(test, kown_debug_report(&traced_arc_type), 1);
	KUNIT_EXPECT_TRUE(test, said_after(mark, "93 taken, 0 given: 0x0"));
	KUNIT_EXPECT_TRUE(test, said_after(mark, "0 weak taken, 94 given: 0x0"));
	traced_arc_put(arc);
	expect_drops(test, &w, 1);
}

static void debug_report_names_who_holds_it(struct kunit *test)
{
	struct witness w = {};
	struct counted *arc = arc_of(test, &w);
	struct kown_tracker tracker;

	if (!KNOWS_STACKS)
		kunit_mark_skipped(test, "this kernel records no stacks");
	careful_user(arc);
	forgetful_user(arc, &tracker);
	pr_info("debug_test: who holds it?\n");
	KUNIT_EXPECT_EQ(test, kown_debug_report(&traced_arc_type), 1);
	KUNIT_EXPECT_TRUE(test, said_after("debug_test: who holds it?",
					   "live traced "));
	if (KNOWS_STACKS)
		KUNIT_EXPECT_TRUE(test, said_but("debug_test: who holds it?",
						 "forgetful_user+", "given:"));
	/* It is counted, but no stack of it is left. */
	KUNIT_EXPECT_TRUE(test, said_after("debug_test: who holds it?",
					   "given: careful_user+"));
	KUNIT_EXPECT_FALSE(test, said_but("debug_test: who holds it?",
					  "careful_user+", "given:"));
	traced_arc_put_tracked(arc, &tracker);
	traced_arc_put(arc);
	expect_drops(test, &w, 1);
}

/* The leaker is named: ref_tracker prints its stack, and says so as a warning. */
static void debug_leaked_reference_is_reported(struct kunit *test)
{
	struct witness w = {};
	struct counted *arc = arc_of(test, &w);
	struct kown_tracker tracker;

	if (!IS_ENABLED(CONFIG_REF_TRACKER))
		kunit_skip(test, "no CONFIG_REF_TRACKER");
	forgetful_user(arc, &tracker);
	/* Put as if it were not tracked: at the end the tracker is left over. */
	traced_arc_put(arc);
	pr_info("debug_test: who leaked it?\n");
	expect_splat("lib/ref_tracker.c");
	traced_arc_put(arc);
	KUNIT_EXPECT_TRUE(test, said_after("debug_test: who leaked it?",
					   "leaked reference"));
	if (KNOWS_STACKS)
		KUNIT_EXPECT_TRUE(test, said_after("debug_test: who leaked it?",
						   "forgetful_user+"));
	expect_drops(test, &w, 1);
	KUNIT_EXPECT_EQ(test, live(), 0);
}

static struct kunit_case debug_cases[] = {
	KUNIT_CASE(debug_knows_what_is_alive),
	KUNIT_CASE(debug_counts_what_moves_out),
	KUNIT_CASE(debug_tracked_reference_is_counted_and_forgotten),
	KUNIT_CASE(debug_report_counts_every_reference_by_place),
	KUNIT_CASE(debug_report_counts_places_without_room),
	KUNIT_CASE(debug_report_names_who_holds_it),
	KUNIT_CASE(debug_leaked_reference_is_reported),
	{}
};

static struct kunit_suite debug_suite = {
	.name = "kown_debug",
	.test_cases = debug_cases,
};

kunit_test_suite(debug_suite);
