// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for Arc.
 */
#include <linux/slab.h>

#include <kown/arc.h>
#include <kown/compat.h>
#include <kown/weak.h>

#include "counted.h"

KOWN_DEFINE_ARC(counted, struct counted, counted_drop, counted_clone, 0)
KOWN_DEFINE_WEAK(counted, struct counted)

/* No clone and no drop: plain bytes. No clone and a drop: cannot be cloned. */
struct plain {
	u64 a, b;
};

KOWN_DEFINE_ARC(plain, struct plain, NULL, NULL, KOWN_ARC_NOSLEEP)
KOWN_DEFINE_WEAK(plain, struct plain)
KOWN_DEFINE_ARC(unclonable, struct counted, counted_drop, NULL, 0)

/* More than kmalloc() gives. */
struct huge {
	struct counted counted;
	u8 bytes[BYTES_TOO_MANY];
};

static void huge_drop(struct huge *huge)
{
	counted_drop(&huge->counted);
}

static int huge_clone(struct huge *to, const struct huge *from, gfp_t gfp)
{
	return counted_clone(&to->counted, &from->counted, gfp);
}

KOWN_DEFINE_ARC(huge, struct huge, huge_drop, huge_clone, 0)
KOWN_DEFINE_WEAK(huge, struct huge)

static struct counted *arc_of(struct kunit *test, struct witness *w, u64 value)
{
	struct counted c = counted(w, value);
	struct counted *arc = counted_arc_new(&c, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, arc);
	return arc;
}

static void expect_counts(struct kunit *test, struct counted *arc, unsigned int strong,
			  unsigned int weak)
{
	KUNIT_EXPECT_EQ(test, counted_arc_strong_count(arc), strong);
	KUNIT_EXPECT_EQ(test, counted_arc_weak_count(arc), weak);
}

static void arc_block_is_two_words(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, sizeof(struct kown_arc), 8 + sizeof(void *));
}

static void arc_new_moves_the_value_in(struct kunit *test)
{
	struct witness w = {};
	struct counted *arc = arc_of(test, &w, 42);

	KUNIT_EXPECT_EQ(test, arc->value, 42);
	expect_counts(test, arc, 1, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&w.clones), 0);
	expect_drops(test, &w, 0);
	counted_arc_put(arc);
	expect_drops(test, &w, 1);
}

static void arc_new_without_memory_keeps_the_value(struct kunit *test)
{
	struct witness w = {};
	struct huge *value = kvzalloc(sizeof(*value), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, value);
	value->counted = counted(&w, 1);
	KUNIT_EXPECT_NULL(test, huge_arc_new(value, GFP_FAILS));
	KUNIT_EXPECT_NULL(test, huge_arc_new_uninit(GFP_FAILS));
	expect_drops(test, &w, 0);
	KUNIT_EXPECT_EQ(test, value->counted.state, COUNTED_ALIVE);
	kvfree(value);
}

static void arc_get_and_put_count(struct kunit *test)
{
	struct witness w = {};
	struct counted *arc = arc_of(test, &w, 1);

	for (unsigned int n = 2; n <= 1000; n++) {
		KUNIT_ASSERT_PTR_EQ(test, counted_arc_get(arc), arc);
		KUNIT_ASSERT_EQ(test, counted_arc_strong_count(arc), n);
	}
	for (unsigned int n = 999; n >= 1; n--) {
		counted_arc_put(arc);
		KUNIT_ASSERT_EQ(test, counted_arc_strong_count(arc), n);
	}
	expect_drops(test, &w, 0);
	counted_arc_put(arc);
	expect_drops(test, &w, 1);
}

static void arc_put_of_null_does_nothing(struct kunit *test)
{
	counted_arc_put(NULL);
	plain_arc_put_atomic(NULL);
	kown_arc_put(NULL);
	kown_arc_put_atomic(NULL);
	counted_weak_put(NULL);
}

static void arc_uninit_value_is_no_value_until_shared(struct kunit *test)
{
	struct witness w = {};
	struct counted *arc = counted_arc_new_uninit(GFP_KERNEL);
	struct counted_weak *weak;

	KUNIT_ASSERT_NOT_NULL(test, arc);
	weak = counted_arc_downgrade(arc);
	KUNIT_EXPECT_NULL(test, counted_weak_upgrade(weak));
	KUNIT_EXPECT_NULL(test, counted_arc_try_get(arc));
	*arc = counted(&w, 7);
	KUNIT_EXPECT_PTR_EQ(test, counted_arc_share(arc), arc);
	expect_counts(test, arc, 1, 1);
	KUNIT_EXPECT_PTR_EQ(test, counted_weak_upgrade(weak), arc);
	counted_arc_put(arc);
	counted_arc_put(arc);
	expect_drops(test, &w, 1);
	counted_weak_put(weak);
}

static void arc_abandon_drops_nothing(struct kunit *test)
{
	struct counted *arc = counted_arc_new_uninit(GFP_KERNEL);
	struct counted_weak *weak;

	KUNIT_ASSERT_NOT_NULL(test, arc);
	weak = counted_arc_downgrade(arc);
	counted_arc_abandon(arc);
	KUNIT_EXPECT_NULL(test, counted_weak_upgrade(weak));
	counted_weak_put(weak);
}

struct cycle {
	struct witness *witness;
	struct counted_weak *kept;
	struct counted *upgraded_early;
	int err;
};

static int build(void *value, struct kown_arc *weak, void *context)
{
	struct cycle *cycle = context;

	cycle->kept = counted_weak_get(counted_weak_of(weak));
	cycle->upgraded_early = counted_weak_upgrade(cycle->kept);
	if (cycle->err)
		return cycle->err;
	*(struct counted *)value = counted(cycle->witness, 9);
	return 0;
}

static void arc_new_cyclic_knows_itself(struct kunit *test)
{
	struct witness w = {};
	struct cycle cycle = { .witness = &w };
	struct counted *arc = counted_arc_new_cyclic(build, &cycle, GFP_KERNEL);

	KUNIT_ASSERT_FALSE(test, IS_ERR(arc));
	KUNIT_EXPECT_NULL(test, cycle.upgraded_early);
	expect_counts(test, arc, 1, 1);
	KUNIT_EXPECT_PTR_EQ(test, counted_weak_upgrade(cycle.kept), arc);
	expect_counts(test, arc, 2, 1);
	counted_arc_put(arc);
	counted_arc_put(arc);
	expect_drops(test, &w, 1);
	KUNIT_EXPECT_NULL(test, counted_weak_upgrade(cycle.kept));
	counted_weak_put(cycle.kept);
}

static void arc_new_cyclic_passes_the_builders_error_on(struct kunit *test)
{
	struct witness w = {};
	struct cycle cycle = { .witness = &w, .err = -EPROTO };

	KUNIT_EXPECT_EQ(test, -EPROTO,
			PTR_ERR(counted_arc_new_cyclic(build, &cycle, GFP_KERNEL)));
	KUNIT_EXPECT_NULL(test, counted_weak_upgrade(cycle.kept));
	counted_weak_put(cycle.kept);
	expect_drops(test, &w, 0);
	KUNIT_EXPECT_EQ(test, -ENOMEM,
			PTR_ERR(huge_arc_new_cyclic(build, &cycle, GFP_FAILS)));
}

static void arc_is_unique_needs_both_counts(struct kunit *test)
{
	struct witness w = {};
	struct counted *arc = arc_of(test, &w, 1);
	struct counted_weak *weak;

	KUNIT_EXPECT_TRUE(test, counted_arc_is_unique(arc));
	KUNIT_EXPECT_PTR_EQ(test, counted_arc_get_mut(arc), arc);
	expect_counts(test, arc, 1, 0);

	counted_arc_get(arc);
	KUNIT_EXPECT_FALSE(test, counted_arc_is_unique(arc));
	KUNIT_EXPECT_NULL(test, counted_arc_get_mut(arc));
	counted_arc_put(arc);
	KUNIT_EXPECT_TRUE(test, counted_arc_is_unique(arc));

	weak = counted_arc_downgrade(arc);
	KUNIT_EXPECT_FALSE(test, counted_arc_is_unique(arc));
	KUNIT_EXPECT_NULL(test, counted_arc_get_mut(arc));
	expect_counts(test, arc, 1, 1);
	counted_weak_put(weak);
	KUNIT_EXPECT_TRUE(test, counted_arc_is_unique(arc));
	counted_arc_put(arc);
	expect_drops(test, &w, 1);
}

static void arc_take_moves_out_if_sole(struct kunit *test)
{
	struct witness w = {};
	struct counted *arc = arc_of(test, &w, 5);
	struct counted out = {};

	KUNIT_EXPECT_EQ(test, 0, counted_arc_take(arc, &out));
	KUNIT_EXPECT_EQ(test, out.value, 5);
	KUNIT_EXPECT_EQ(test, out.state, COUNTED_ALIVE);
	expect_drops(test, &w, 0);
}

static void arc_take_of_shared_is_busy_and_keeps_the_reference(struct kunit *test)
{
	struct witness w = {};
	struct counted *arc = arc_of(test, &w, 5);
	struct counted out = {};

	counted_arc_get(arc);
	KUNIT_EXPECT_EQ(test, -EBUSY, counted_arc_take(arc, &out));
	KUNIT_EXPECT_EQ(test, out.state, 0);
	expect_counts(test, arc, 2, 0);
	counted_arc_put(arc);
	counted_arc_put(arc);
	expect_drops(test, &w, 1);
}

static void arc_take_with_weaks_kills_them(struct kunit *test)
{
	struct witness w = {};
	struct counted *arc = arc_of(test, &w, 5);
	struct counted_weak *weak = counted_arc_downgrade(arc);
	struct counted out = {};

	KUNIT_EXPECT_EQ(test, 0, counted_arc_take(arc, &out));
	KUNIT_EXPECT_NULL(test, counted_weak_upgrade(weak));
	counted_weak_put(weak);
	KUNIT_EXPECT_EQ(test, out.value, 5);
	expect_drops(test, &w, 0);
}

static void arc_into_inner_gives_the_last_owner_the_value(struct kunit *test)
{
	struct witness w = {};
	struct counted *arc = arc_of(test, &w, 5);
	struct counted out = {};

	counted_arc_get(arc);
	counted_arc_get(arc);
	KUNIT_EXPECT_FALSE(test, counted_arc_into_inner(arc, &out));
	KUNIT_EXPECT_FALSE(test, counted_arc_into_inner(arc, &out));
	KUNIT_EXPECT_EQ(test, out.state, 0);
	KUNIT_EXPECT_TRUE(test, counted_arc_into_inner(arc, &out));
	KUNIT_EXPECT_EQ(test, out.value, 5);
	expect_drops(test, &w, 0);
}

static void arc_make_mut_of_sole_is_in_place(struct kunit *test)
{
	struct witness w = {};
	struct counted *arc = arc_of(test, &w, 5);

	KUNIT_EXPECT_PTR_EQ(test, counted_arc_make_mut(arc, GFP_KERNEL), arc);
	expect_counts(test, arc, 1, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&w.clones), 0);
	counted_arc_put(arc);
	expect_drops(test, &w, 1);
}

static void arc_make_mut_of_shared_clones(struct kunit *test)
{
	struct witness w = {};
	struct counted *arc = arc_of(test, &w, 5);
	struct counted *mine;

	counted_arc_get(arc);
	mine = counted_arc_make_mut(arc, GFP_KERNEL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(mine));
	KUNIT_EXPECT_PTR_NE(test, mine, arc);
	mine->value = 6;
	KUNIT_EXPECT_EQ(test, arc->value, 5);
	expect_counts(test, arc, 1, 0);
	expect_counts(test, mine, 1, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&w.clones), 1);
	counted_arc_put(arc);
	counted_arc_put(mine);
	expect_drops(test, &w, 2);
}

static void arc_make_mut_of_sole_with_weaks_moves(struct kunit *test)
{
	struct witness w = {};
	struct counted *arc = arc_of(test, &w, 5);
	struct counted_weak *weak = counted_arc_downgrade(arc);
	struct counted *mine = counted_arc_make_mut(arc, GFP_KERNEL);

	KUNIT_ASSERT_FALSE(test, IS_ERR(mine));
	KUNIT_EXPECT_PTR_NE(test, mine, arc);
	KUNIT_EXPECT_EQ(test, mine->value, 5);
	expect_counts(test, mine, 1, 0);
	KUNIT_EXPECT_NULL(test, counted_weak_upgrade(weak));
	KUNIT_EXPECT_EQ(test, atomic_read(&w.clones), 0);
	expect_drops(test, &w, 0);
	counted_weak_put(weak);
	counted_arc_put(mine);
	expect_drops(test, &w, 1);
}

static void arc_make_mut_refused_leaves_it_shared(struct kunit *test)
{
	struct witness w = { .clone_fails = -EIO };
	struct counted *arc = arc_of(test, &w, 5);
	struct counted c = counted(&w, 6);
	struct counted *other;

	counted_arc_get(arc);
	KUNIT_EXPECT_EQ(test, -EIO, PTR_ERR(counted_arc_make_mut(arc, GFP_KERNEL)));
	expect_counts(test, arc, 2, 0);
	counted_arc_put(arc);
	counted_arc_put(arc);
	expect_drops(test, &w, 1);

	other = unclonable_arc_new(&c, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, other);
	unclonable_arc_get(other);
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP,
			PTR_ERR(unclonable_arc_make_mut(other, GFP_KERNEL)));
	KUNIT_EXPECT_EQ(test, unclonable_arc_strong_count(other), 2);
	unclonable_arc_put(other);
	KUNIT_EXPECT_PTR_EQ(test, unclonable_arc_make_mut(other, GFP_KERNEL), other);
	unclonable_arc_put(other);
	expect_drops(test, &w, 2);
}

static void arc_make_mut_without_memory_leaves_it_as_it_was(struct kunit *test)
{
	struct witness w = {};
	struct huge *arc = huge_arc_new_uninit(GFP_KERNEL);
	struct huge_weak *weak;

	KUNIT_ASSERT_NOT_NULL(test, arc);
	arc->counted = counted(&w, 1);
	huge_arc_share(arc);

	/* Shared: no memory for the clone. */
	huge_arc_get(arc);
	KUNIT_EXPECT_EQ(test, -ENOMEM, PTR_ERR(huge_arc_make_mut(arc, GFP_FAILS)));
	KUNIT_EXPECT_EQ(test, huge_arc_strong_count(arc), 2);
	huge_arc_put(arc);

	/* Sole, with a weak reference: no memory for the move, and the claim undone. */
	weak = huge_arc_downgrade(arc);
	KUNIT_EXPECT_EQ(test, -ENOMEM, PTR_ERR(huge_arc_make_mut(arc, GFP_FAILS)));
	KUNIT_EXPECT_EQ(test, huge_arc_strong_count(arc), 1);
	KUNIT_EXPECT_PTR_EQ(test, huge_weak_upgrade(weak), arc);
	huge_arc_put(arc);
	huge_weak_put(weak);
	expect_drops(test, &w, 0);
	huge_arc_put(arc);
	expect_drops(test, &w, 1);
}

static void arc_unwrap_or_clone_does_either(struct kunit *test)
{
	struct witness w = {};
	struct counted *arc = arc_of(test, &w, 5);
	struct counted a = {}, b = {}, none = {};

	counted_arc_get(arc);
	KUNIT_EXPECT_EQ(test, 0, counted_arc_unwrap_or_clone(arc, &a, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, atomic_read(&w.clones), 1);
	expect_counts(test, arc, 1, 0);
	w.clone_fails = -EIO;
	counted_arc_get(arc);
	KUNIT_EXPECT_EQ(test, -EIO, counted_arc_unwrap_or_clone(arc, &none, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, none.state, 0);
	expect_counts(test, arc, 2, 0);
	counted_arc_put(arc);
	KUNIT_EXPECT_EQ(test, 0, counted_arc_unwrap_or_clone(arc, &b, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, a.value, 5);
	KUNIT_EXPECT_EQ(test, b.value, 5);
	KUNIT_EXPECT_EQ(test, atomic_read(&w.clones), 1);
	expect_drops(test, &w, 0);
}

static void arc_of_plain_bytes_clones_by_copying(struct kunit *test)
{
	struct plain value = { 1, 2 };
	struct plain *arc = plain_arc_new(&value, GFP_KERNEL), *mine;

	KUNIT_ASSERT_NOT_NULL(test, arc);
	plain_arc_get(arc);
	mine = plain_arc_make_mut(arc, GFP_KERNEL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(mine));
	KUNIT_EXPECT_EQ(test, memcmp(mine, &value, sizeof(value)), 0);
	plain_arc_put(arc);
	plain_arc_put_atomic(mine);
}

static void arc_raw_pointer_is_the_value(struct kunit *test)
{
	struct witness w = {};
	struct counted *arc = arc_of(test, &w, 5);
	void *raw = counted_arc_into_raw(arc);

	KUNIT_EXPECT_PTR_EQ(test, raw, (void *)arc);
	KUNIT_EXPECT_PTR_EQ(test, counted_arc_from_raw(raw), arc);
	KUNIT_EXPECT_TRUE(test, counted_arc_ptr_eq(arc, counted_arc_from_raw(raw)));
	counted_arc_put(counted_arc_from_raw(raw));
	expect_drops(test, &w, 1);
}

static void arc_ptr_eq_is_identity_not_equality(struct kunit *test)
{
	struct witness w = {};
	struct counted *a = arc_of(test, &w, 5), *b = arc_of(test, &w, 5);

	KUNIT_EXPECT_TRUE(test, counted_arc_ptr_eq(a, a));
	KUNIT_EXPECT_FALSE(test, counted_arc_ptr_eq(a, b));
	counted_arc_put(a);
	counted_arc_put(b);
}

static void arc_downcast_goes_by_type(struct kunit *test)
{
	struct witness w = {};
	struct counted *arc = arc_of(test, &w, 5);
	struct kown_arc *any = counted_arc_upcast(arc);

	KUNIT_EXPECT_PTR_EQ(test, kown_arc_value(any), (void *)arc);
	KUNIT_EXPECT_PTR_EQ(test, counted_arc_downcast(any), arc);
	KUNIT_EXPECT_NULL(test, plain_arc_downcast(any));
	/* The same C type, and yet another type. */
	KUNIT_EXPECT_NULL(test, unclonable_arc_downcast(any));
	expect_counts(test, arc, 1, 0);
	kown_arc_put(any);
	expect_drops(test, &w, 1);
}

static void arc_scope_puts_and_moves(struct kunit *test)
{
	struct witness w = {};
	struct counted *kept;

	{
		struct counted *arc __free(counted_arc_put) = arc_of(test, &w, 1);
		struct counted *none __free(counted_arc_put) = NULL;
		struct counted *err __free(counted_arc_put) = ERR_PTR(-EIO);

		KUNIT_EXPECT_NOT_NULL(test, arc);
		KUNIT_EXPECT_NULL(test, none);
		KUNIT_EXPECT_TRUE(test, IS_ERR(err));
	}
	expect_drops(test, &w, 1);
	{
		struct counted *arc __free(counted_arc_put) = arc_of(test, &w, 2);

		kept = no_free_ptr(arc);
	}
	expect_drops(test, &w, 1);
	KUNIT_EXPECT_EQ(test, kept->value, 2);
	counted_arc_put(kept);
	expect_drops(test, &w, 2);
}

/* Each macro argument is evaluated once. */
static void arc_functions_evaluate_once(struct kunit *test)
{
	struct witness w = {};
	struct counted *arcs[2] = { arc_of(test, &w, 1), arc_of(test, &w, 2) };
	struct counted **p = arcs;

	counted_arc_get(*p++);
	KUNIT_EXPECT_PTR_EQ(test, p, &arcs[1]);
	counted_arc_put(*--p);
	KUNIT_EXPECT_PTR_EQ(test, p, &arcs[0]);
	counted_arc_put(*p++);
	counted_arc_put(*p++);
	expect_drops(test, &w, 2);
}

/* Alignment. */

#define ALIGNED(n)							\
struct aligned##n {							\
	u8 byte;							\
} __aligned(n);								\
KOWN_DEFINE_ARC(aligned##n, struct aligned##n, NULL, NULL, 0)		\
KOWN_DEFINE_ARC(linked##n, struct aligned##n, NULL, NULL, KOWN_ARC_RCU)	\
static void expect_aligned##n(struct kunit *test)			\
{									\
	static const struct aligned##n value = { 0x5a };		\
									\
	for (int i = 0; i < 16; i++) {					\
		struct aligned##n *a = aligned##n##_arc_new(&value, GFP_KERNEL); \
		struct aligned##n *b = linked##n##_arc_new(&value, GFP_KERNEL); \
									\
		KUNIT_EXPECT_NOT_NULL(test, a);				\
		KUNIT_EXPECT_NOT_NULL(test, b);				\
		KUNIT_EXPECT_TRUE(test, IS_ALIGNED((unsigned long)a, n)); \
		KUNIT_EXPECT_TRUE(test, IS_ALIGNED((unsigned long)b, n)); \
		aligned##n##_arc_put(a);				\
		linked##n##_arc_put(b);					\
	}								\
}

ALIGNED(1)
ALIGNED(2)
ALIGNED(8)
ALIGNED(16)
ALIGNED(32)
ALIGNED(64)
ALIGNED(128)
ALIGNED(256)
ALIGNED(512)
ALIGNED(1024)
ALIGNED(2048)

static void arc_value_is_aligned(struct kunit *test)
{
	expect_aligned1(test);
	expect_aligned2(test);
	expect_aligned8(test);
	expect_aligned16(test);
	expect_aligned32(test);
	expect_aligned64(test);
	expect_aligned128(test);
	expect_aligned256(test);
	expect_aligned512(test);
	expect_aligned1024(test);
	expect_aligned2048(test);
	kown_flush_deferred();
}

/* Counts at their edges. */

struct checked_case {
	const char *desc;
	int strong;
	int err;
};

static const struct checked_case checked_cases[] = {
	{ "one", 1, 0 },
	{ "two", 2, 0 },
	{ "one below the most", KOWN_ARC_MAX - 1, 0 },
	{ "the most", KOWN_ARC_MAX, -EOVERFLOW },
	{ "above the most", KOWN_ARC_MAX + 1, -EOVERFLOW },
	{ "one before saturation", INT_MAX - 1, -EOVERFLOW },
};

static void checked_desc(const struct checked_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(checked, checked_cases, checked_desc);

static void arc_get_checked_at_count(struct kunit *test)
{
	const struct checked_case *c = test->param_value;
	struct witness w = {};
	struct counted *arc = arc_of(test, &w, 1);

	refcount_set(&counted_arc_upcast(arc)->strong, c->strong);
	KUNIT_EXPECT_EQ(test, counted_arc_get_checked(arc), c->err);
	KUNIT_EXPECT_EQ(test, counted_arc_strong_count(arc), c->strong + !c->err);
	refcount_set(&counted_arc_upcast(arc)->strong, 1);
	counted_arc_put(arc);
	expect_drops(test, &w, 1);
}

/*
 * refcount_t warns once for each kind of misuse, so each splat is announced and may
 * not come.
 */
static void arc_strong_count_saturates_and_never_frees(struct kunit *test)
{
	struct witness w = {};
	struct counted *arc = arc_of(test, &w, 1);
	struct kown_arc *counts = counted_arc_upcast(arc);

	expect_splat("refcount_t: saturated; leaking memory");
	expect_splat("lib/refcount.c");
	refcount_set(&counts->strong, INT_MAX);
	counted_arc_get(arc);
	KUNIT_EXPECT_LT(test, (int)counted_arc_strong_count(arc), 0);

	expect_splat("refcount_t: saturated; leaking memory");
	expect_splat("lib/refcount.c");
	refcount_set(&counts->strong, INT_MAX);
	KUNIT_EXPECT_PTR_EQ(test, counted_arc_try_get(arc), arc);
	KUNIT_EXPECT_LT(test, (int)counted_arc_strong_count(arc), 0);
	KUNIT_EXPECT_PTR_EQ(test, counted_arc_try_get(arc), arc);
	KUNIT_EXPECT_LT(test, (int)counted_arc_strong_count(arc), 0);

	expect_splat("refcount_t: underflow; use-after-free");
	expect_splat("lib/refcount.c");
	for (int i = 0; i < 1000; i++)
		counted_arc_put(arc);
	KUNIT_EXPECT_LT(test, (int)counted_arc_strong_count(arc), 0);
	expect_drops(test, &w, 0);
	KUNIT_EXPECT_FALSE(test, counted_arc_is_unique(arc));

	refcount_set(&counts->strong, 1);
	counted_arc_put(arc);
	expect_drops(test, &w, 1);
}

/* A struct that embeds its counts. */

struct embedded {
	struct witness *witness;
	atomic_t *frees;
	struct kown_arc arc;
};

static void embedded_drop(struct embedded *e)
{
	atomic_inc(&e->witness->drops);
}

static void embedded_free(struct embedded *e)
{
	atomic_inc(e->frees);
	kfree(e);
}

KOWN_DEFINE_ARC_EMBEDDED(embedded, struct embedded, arc, embedded_drop, embedded_free, 0)
KOWN_DEFINE_WEAK(embedded, struct embedded)

static void arc_embedded_is_dropped_then_freed(struct kunit *test)
{
	struct witness w = {};
	atomic_t frees = ATOMIC_INIT(0);
	struct embedded *e = kzalloc(sizeof(*e), GFP_KERNEL);
	struct embedded_weak *weak;

	KUNIT_ASSERT_NOT_NULL(test, e);
	e->witness = &w;
	e->frees = &frees;
	embedded_arc_init(e);
	KUNIT_EXPECT_PTR_EQ(test, embedded_arc_upcast(e), &e->arc);
	KUNIT_EXPECT_PTR_EQ(test, embedded_arc_downcast(&e->arc), e);
	weak = embedded_arc_downgrade(e);
	KUNIT_EXPECT_PTR_EQ(test, embedded_weak_upgrade(weak), e);
	embedded_arc_put(e);
	embedded_arc_put(e);
	expect_drops(test, &w, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&frees), 0);
	KUNIT_EXPECT_NULL(test, embedded_weak_upgrade(weak));
	embedded_weak_put(weak);
	KUNIT_EXPECT_EQ(test, atomic_read(&frees), 1);
	expect_drops(test, &w, 1);
}

/* Arrays. */

KOWN_DEFINE_ARC_SLICE(counteds, struct counted, counted_drop, 0)

struct filler {
	struct witness *witness;
	size_t fail_at;
};

static int fill(void *elem, size_t index, void *context)
{
	struct filler *filler = context;

	if (index == filler->fail_at)
		return -EIO;
	*(struct counted *)elem = counted(filler->witness, index);
	return 0;
}

static void arc_slice_is_one_value_of_many(struct kunit *test)
{
	for (size_t len = 0; len <= 20; len++) {
		struct witness w = {};
		struct filler filler = { &w, SIZE_MAX };
		struct counteds *slice = counteds_arc_new(len, fill, &filler, GFP_KERNEL);

		KUNIT_ASSERT_FALSE(test, IS_ERR(slice));
		KUNIT_EXPECT_EQ(test, slice->len, len);
		for (size_t i = 0; i < len; i++)
			KUNIT_EXPECT_EQ(test, slice->elems[i].value, i);
		counteds_arc_get(slice);
		counteds_arc_put(slice);
		expect_drops(test, &w, 0);
		counteds_arc_put(slice);
		expect_drops(test, &w, len);
	}
}

static void arc_slice_drops_the_prefix_when_init_fails(struct kunit *test)
{
	for (size_t k = 0; k < 20; k++) {
		struct witness w = {};
		struct filler filler = { &w, k };

		KUNIT_EXPECT_EQ(test, -EIO,
				PTR_ERR(counteds_arc_new(20, fill, &filler, GFP_KERNEL)));
		expect_drops(test, &w, k);
	}
}

static void arc_slice_too_large_is_refused(struct kunit *test)
{
	static const size_t too_many[] = {
		SIZE_MAX, SIZE_MAX / sizeof(struct counted),
		SSIZE_MAX / sizeof(struct counted) + 1,
	};
	struct witness w = {};
	struct filler filler = { &w, SIZE_MAX };

	for (int i = 0; i < ARRAY_SIZE(too_many); i++)
		KUNIT_EXPECT_EQ(test, -EOVERFLOW,
				PTR_ERR(counteds_arc_new(too_many[i], fill, &filler,
							 GFP_KERNEL)));
	KUNIT_EXPECT_EQ(test, -ENOMEM,
			PTR_ERR(counteds_arc_new(SSIZE_MAX / sizeof(struct counted), fill,
						 &filler, GFP_KERNEL)));
	KUNIT_EXPECT_EQ(test, -ENOMEM,
			PTR_ERR(counteds_arc_new(BYTES_TOO_MANY / sizeof(struct counted),
						 fill, &filler, GFP_FAILS)));
	expect_drops(test, &w, 0);
}

static struct kunit_case arc_cases[] = {
	KUNIT_CASE(arc_block_is_two_words),
	KUNIT_CASE(arc_new_moves_the_value_in),
	KUNIT_CASE(arc_new_without_memory_keeps_the_value),
	KUNIT_CASE(arc_get_and_put_count),
	KUNIT_CASE(arc_put_of_null_does_nothing),
	KUNIT_CASE(arc_uninit_value_is_no_value_until_shared),
	KUNIT_CASE(arc_abandon_drops_nothing),
	KUNIT_CASE(arc_new_cyclic_knows_itself),
	KUNIT_CASE(arc_new_cyclic_passes_the_builders_error_on),
	KUNIT_CASE(arc_is_unique_needs_both_counts),
	KUNIT_CASE(arc_take_moves_out_if_sole),
	KUNIT_CASE(arc_take_of_shared_is_busy_and_keeps_the_reference),
	KUNIT_CASE(arc_take_with_weaks_kills_them),
	KUNIT_CASE(arc_into_inner_gives_the_last_owner_the_value),
	KUNIT_CASE(arc_make_mut_of_sole_is_in_place),
	KUNIT_CASE(arc_make_mut_of_shared_clones),
	KUNIT_CASE(arc_make_mut_of_sole_with_weaks_moves),
	KUNIT_CASE(arc_make_mut_refused_leaves_it_shared),
	KUNIT_CASE(arc_make_mut_without_memory_leaves_it_as_it_was),
	KUNIT_CASE(arc_unwrap_or_clone_does_either),
	KUNIT_CASE(arc_of_plain_bytes_clones_by_copying),
	KUNIT_CASE(arc_raw_pointer_is_the_value),
	KUNIT_CASE(arc_ptr_eq_is_identity_not_equality),
	KUNIT_CASE(arc_downcast_goes_by_type),
	KUNIT_CASE(arc_scope_puts_and_moves),
	KUNIT_CASE(arc_functions_evaluate_once),
	KUNIT_CASE(arc_value_is_aligned),
	KUNIT_CASE_PARAM(arc_get_checked_at_count, checked_gen_params),
	KUNIT_CASE(arc_strong_count_saturates_and_never_frees),
	KUNIT_CASE(arc_embedded_is_dropped_then_freed),
	KUNIT_CASE(arc_slice_is_one_value_of_many),
	KUNIT_CASE(arc_slice_drops_the_prefix_when_init_fails),
	KUNIT_CASE(arc_slice_too_large_is_refused),
	{}
};

static struct kunit_suite arc_suite = {
	.name = "kown_arc",
	.test_cases = arc_cases,
};

kunit_test_suite(arc_suite);

MODULE_DESCRIPTION("KUnit tests for kown");
MODULE_LICENSE("GPL");
KOWN_IMPORT_NS();
