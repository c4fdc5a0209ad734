// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for Weak, and for all orders of Arc and Weak together.
 */
#include <linux/slab.h>

#include <kown/weak.h>

#include "counted.h"

KOWN_DEFINE_ARC(counted, struct counted, counted_drop, counted_clone, 0)
KOWN_DEFINE_WEAK(counted, struct counted)

static struct counted *arc_of(struct kunit *test, struct witness *w)
{
	struct counted c = counted(w, 1);
	struct counted *arc = counted_arc_new(&c, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, arc);
	return arc;
}

static void weak_does_not_keep_the_value(struct kunit *test)
{
	struct witness w = {};
	struct counted *arc = arc_of(test, &w);
	struct counted_weak *weak = counted_arc_downgrade(arc);

	KUNIT_EXPECT_EQ(test, counted_arc_weak_count(arc), 1);
	counted_arc_put(arc);
	expect_drops(test, &w, 1);
	for (int i = 0; i < 10; i++)
		KUNIT_EXPECT_NULL(test, counted_weak_upgrade(weak));
	counted_weak_put(weak);
	expect_drops(test, &w, 1);
}

static void weak_upgrade_gives_a_strong_reference(struct kunit *test)
{
	struct witness w = {};
	struct counted *arc = arc_of(test, &w);
	struct counted_weak *weak = counted_arc_downgrade(arc);
	struct counted *again = counted_weak_upgrade(weak);

	KUNIT_EXPECT_PTR_EQ(test, again, arc);
	KUNIT_EXPECT_EQ(test, counted_arc_strong_count(arc), 2);
	counted_arc_put(arc);
	expect_drops(test, &w, 0);
	KUNIT_EXPECT_EQ(test, again->state, COUNTED_ALIVE);
	counted_arc_put(again);
	expect_drops(test, &w, 1);
	counted_weak_put(weak);
}

static void weak_of_nothing_upgrades_to_nothing(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, counted_weak_upgrade(NULL));
	counted_weak_put(NULL);
	kown_weak_put(NULL);
}

static void weak_get_and_put_count(struct kunit *test)
{
	struct witness w = {};
	struct counted *arc = arc_of(test, &w);
	struct counted_weak *weak = counted_arc_downgrade(arc);

	for (unsigned int n = 2; n <= 1000; n++) {
		KUNIT_ASSERT_PTR_EQ(test, counted_weak_get(weak), weak);
		KUNIT_ASSERT_EQ(test, counted_arc_weak_count(arc), n);
	}
	counted_arc_put(arc);
	expect_drops(test, &w, 1);
	for (unsigned int n = 0; n < 1000; n++) {
		KUNIT_ASSERT_NULL(test, counted_weak_upgrade(weak));
		counted_weak_put(weak);
	}
	expect_drops(test, &w, 1);
}

static void weak_ptr_eq_is_identity(struct kunit *test)
{
	struct witness w = {};
	struct counted *a = arc_of(test, &w), *b = arc_of(test, &w);
	struct counted_weak *wa = counted_arc_downgrade(a);
	struct counted_weak *wb = counted_arc_downgrade(b);
	struct counted_weak *wa2 = counted_arc_downgrade(a);

	KUNIT_EXPECT_TRUE(test, counted_weak_ptr_eq(wa, wa2));
	KUNIT_EXPECT_FALSE(test, counted_weak_ptr_eq(wa, wb));
	counted_weak_put(wa);
	counted_weak_put(wa2);
	counted_weak_put(wb);
	counted_arc_put(a);
	counted_arc_put(b);
}

static void weak_scope_puts(struct kunit *test)
{
	struct witness w = {};
	struct counted *arc = arc_of(test, &w);

	{
		struct counted_weak *weak __free(counted_weak_put) =
			counted_arc_downgrade(arc);
		struct counted *up __free(counted_arc_put) =
			counted_weak_upgrade(weak);

		KUNIT_EXPECT_PTR_EQ(test, up, arc);
		KUNIT_EXPECT_EQ(test, counted_arc_weak_count(arc), 1);
	}
	KUNIT_EXPECT_EQ(test, counted_arc_weak_count(arc), 0);
	KUNIT_EXPECT_EQ(test, counted_arc_strong_count(arc), 1);
	counted_arc_put(arc);
	expect_drops(test, &w, 1);
}

static void weak_count_while_locked_reads_zero(struct kunit *test)
{
	struct witness w = {};
	struct counted *arc = arc_of(test, &w);

	atomic_set(&counted_arc_upcast(arc)->weak, KOWN_WEAK_LOCKED);
	KUNIT_EXPECT_EQ(test, counted_arc_weak_count(arc), 0);
	KUNIT_EXPECT_FALSE(test, counted_arc_is_unique(arc));
	atomic_set(&counted_arc_upcast(arc)->weak, 1);
	counted_arc_put(arc);
	expect_drops(test, &w, 1);
}

/* It warns once per boot, so only the first of these splats comes. */
static void weak_count_saturates_and_never_frees(struct kunit *test)
{
	struct witness w = {};
	struct counted *arc = arc_of(test, &w);
	struct counted_weak *weak = counted_arc_downgrade(arc);
	atomic_t *count = &counted_arc_upcast(arc)->weak;

	expect_splat("kown: weak count of a counted saturated");
	expect_splat("module/arc.c");
	atomic_set(count, INT_MAX);
	counted_weak_get(weak);
	KUNIT_EXPECT_EQ(test, atomic_read(count), KOWN_WEAK_SATURATED);

	atomic_set(count, INT_MAX);
	KUNIT_EXPECT_PTR_EQ(test, counted_arc_downgrade(arc), weak);
	KUNIT_EXPECT_EQ(test, atomic_read(count), KOWN_WEAK_SATURATED);

	for (int i = 0; i < 1000; i++) {
		counted_weak_put(weak);
		KUNIT_ASSERT_EQ(test, atomic_read(count), KOWN_WEAK_SATURATED);
	}
	KUNIT_EXPECT_FALSE(test, counted_arc_is_unique(arc));
	KUNIT_EXPECT_PTR_EQ(test, counted_weak_upgrade(weak), arc);
	counted_arc_put(arc);
	expect_drops(test, &w, 0);

	atomic_set(count, 1);
	counted_arc_put(arc);
	expect_drops(test, &w, 1);
}

/*
 * Every order
 *
 * All sequences of DEPTH operations on at most three strong and three weak references,
 * each step compared with a model that is two small numbers.
 */

#define MOST	3
#define DEPTH	9

struct node {
	int drops;
	struct kown_arc arc;
	int frees;
};

static void node_drop(struct node *node)
{
	node->drops++;
}

/* The memory is the test's own, so that it can see this happen. */
static void node_free(struct node *node)
{
	node->frees++;
}

KOWN_DEFINE_ARC_EMBEDDED(node, struct node, arc, node_drop, node_free, KOWN_ARC_NOSLEEP)
KOWN_DEFINE_WEAK(node, struct node)

enum op { GET, PUT, DOWNGRADE, UPGRADE, WEAK_GET, WEAK_PUT, PUT_ATOMIC, OPS };

static const char * const op_names[] = {
	"get", "put", "downgrade", "upgrade", "weak_get", "weak_put", "put_atomic",
};

struct model {
	int strong;
	int weak;
};

/* May this be called now, with room for what it gives? */
static bool legal(const struct model *m, enum op op)
{
	switch (op) {
	case GET:
		return m->strong && m->strong < MOST;
	case PUT:
	case PUT_ATOMIC:
		return m->strong;
	case DOWNGRADE:
		return m->strong && m->weak < MOST;
	case UPGRADE:
		return m->weak && m->strong < MOST;
	case WEAK_GET:
		return m->weak && m->weak < MOST;
	case WEAK_PUT:
		return m->weak;
	default:
		return false;
	}
}

/* Do it to both; false if they disagree on what it returns. */
static bool step(struct model *m, struct node *node, enum op op)
{
	struct node_weak *weak = node_weak_of(&node->arc);

	switch (op) {
	case GET:
		m->strong++;
		return node_arc_get(node) == node;
	case PUT:
		m->strong--;
		node_arc_put(node);
		return true;
	case PUT_ATOMIC:
		m->strong--;
		node_arc_put_atomic(node);
		return true;
	case DOWNGRADE:
		m->weak++;
		return node_arc_downgrade(node) == weak;
	case UPGRADE:
		if (!m->strong)
			return !node_weak_upgrade(weak);
		m->strong++;
		return node_weak_upgrade(weak) == node;
	case WEAK_GET:
		m->weak++;
		return node_weak_get(weak) == weak;
	case WEAK_PUT:
		m->weak--;
		node_weak_put(weak);
		return true;
	default:
		return false;
	}
}

static bool agree(const struct model *m, struct node *node)
{
	if (node->drops != !m->strong)
		return false;
	if (node->frees != (!m->strong && !m->weak))
		return false;
	if (node_arc_strong_count(node) != m->strong)
		return false;
	if (!m->strong)
		return atomic_read(&node->arc.weak) == m->weak;
	return node_arc_weak_count(node) == m->weak &&
	       node_arc_is_unique(node) == (m->strong == 1 && !m->weak);
}

struct walk {
	unsigned long sequences;
	unsigned long steps;
	enum op ops[DEPTH];
};

static void fail_order(struct kunit *test, const struct walk *walk, int last)
{
	char text[DEPTH * 12] = "";

	for (int i = 0; i <= last; i++)
		scnprintf(text + strlen(text), sizeof(text) - strlen(text), " %s",
			  op_names[walk->ops[i]]);
	KUNIT_FAIL(test, "new%s: not as the model", text);
}

/* The state is small: keep a copy of both, and go on from it with each operation. */
static bool walk_from(struct kunit *test, struct walk *walk, struct model m,
		      struct node node, int depth)
{
	if (depth == DEPTH || (!m.strong && !m.weak)) {
		walk->sequences++;
		return true;
	}
	for (enum op op = 0; op < OPS; op++) {
		struct model next = m;
		struct node copy = node;

		if (!legal(&m, op))
			continue;
		walk->ops[depth] = op;
		walk->steps++;
		if (!step(&next, &copy, op) || !agree(&next, &copy)) {
			fail_order(test, walk, depth);
			return false;
		}
		if (!walk_from(test, walk, next, copy, depth + 1))
			return false;
	}
	return true;
}

static void every_order_of_three_strong_and_three_weak(struct kunit *test)
{
	struct walk *walk = kunit_kzalloc(test, sizeof(*walk), GFP_KERNEL);
	struct model m = { .strong = 1 };
	struct node node = {};

	KUNIT_ASSERT_NOT_NULL(test, walk);
	node_arc_init(&node);
	walk_from(test, walk, m, node, 0);
	KUNIT_EXPECT_GT(test, walk->sequences, 100000);
	kunit_info(test, "%lu sequences, %lu steps", walk->sequences, walk->steps);
}

static struct kunit_case weak_cases[] = {
	KUNIT_CASE(weak_does_not_keep_the_value),
	KUNIT_CASE(weak_upgrade_gives_a_strong_reference),
	KUNIT_CASE(weak_of_nothing_upgrades_to_nothing),
	KUNIT_CASE(weak_get_and_put_count),
	KUNIT_CASE(weak_ptr_eq_is_identity),
	KUNIT_CASE(weak_scope_puts),
	KUNIT_CASE(weak_count_while_locked_reads_zero),
	KUNIT_CASE(weak_count_saturates_and_never_frees),
	KUNIT_CASE(every_order_of_three_strong_and_three_weak),
	{}
};

static struct kunit_suite weak_suite = {
	.name = "kown_weak",
	.test_cases = weak_cases,
};

kunit_test_suite(weak_suite);
