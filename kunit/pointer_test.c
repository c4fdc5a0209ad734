// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of elements and values that are pointers: what is const is the pointer, and
 * not what it points to. Most of what can go wrong does not compile.
 */
#include <kunit/test.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <kown/arc_vec.h>
#include <kown/box.h>
#include <kown/drain.h>
#include <kown/extract_if.h>
#include <kown/heap.h>
#include <kown/into_iter.h>
#include <kown/slice.h>
#include <kown/splice.h>
#include <kown/weak.h>

static void text_drop(char **text)
{
	kfree(*text);
}

static int text_clone(char **to, char *const *from, gfp_t gfp)
{
	*to = kstrdup(*from, gfp);
	return *to ? 0 : -ENOMEM;
}

static int text_order(char *const *a, char *const *b, void *context)
{
	return strcmp(*a, *b);
}

static int text_same(char *const *a, char *const *b, void *context)
{
	return !strcmp(*a, *b);
}

static int text_less(char *const *a, char *const *b, void *context)
{
	return strcmp(*a, *b) < 0;
}

static int text_is(char *const *text, void *sought)
{
	return !strcmp(*text, sought);
}

static int text_order_to(char *const *text, void *sought)
{
	return strcmp(*text, sought);
}

static int text_is_below(char *const *text, void *sought)
{
	return strcmp(*text, sought) < 0;
}

static int text_key(char *const *text, void *context, u64 *key)
{
	*key = **text;
	return 0;
}

static int text_chosen(char **text, void *sought)
{
	return text_is(text, sought);
}

static int text_make(char **to, void *context)
{
	*to = kstrdup(context, GFP_KERNEL);
	return *to ? 0 : -ENOMEM;
}

KOWN_DEFINE_VEC(text, char *, text_drop, text_clone)
KOWN_DEFINE_DRAIN(text, char *)
KOWN_DEFINE_SPLICE(text, char *)
KOWN_DEFINE_EXTRACT_IF(text, char *)
KOWN_DEFINE_INTO_ITER(text, char *)
KOWN_DEFINE_SLICE(text, char *)
KOWN_DEFINE_SORT(text_up, text, char *, text_order)
KOWN_DEFINE_HEAP(text, char *, text_less)
KOWN_DEFINE_ARC_SLICE(text, char *, text_drop, 0)
KOWN_DEFINE_ARC_VEC(text)
KOWN_DEFINE_BOX(text, char *, text_drop, text_clone, 0)
KOWN_DEFINE_ARC(shared, char *, text_drop, text_clone, 0)
KOWN_DEFINE_WEAK(shared, char *)
KOWN_DEFINE_VEC(name, const char *, NULL, NULL)
KOWN_DEFINE_SLICE(name, const char *)

/* Each letter is a text. */
static struct text_vec texts_of(struct kunit *test, const char *letters)
{
	struct text_vec vec = {};

	for (; *letters; letters++) {
		char letter[] = { *letters, '\0' }, *text = kstrdup(letter, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, text);
		KUNIT_ASSERT_EQ(test, 0, text_vec_push(&vec, &text, GFP_KERNEL));
	}
	return vec;
}

static void expect_texts(struct kunit *test, const struct text_vec *vec, const char *letters)
{
	KUNIT_ASSERT_EQ(test, vec->len, strlen(letters));
	for (size_t i = 0; i < vec->len; i++)
		KUNIT_EXPECT_EQ(test, vec->elems[i][0], letters[i]);
}

static void pointers_move_in_and_out_of_a_vec(struct kunit *test)
{
	struct text_vec vec = texts_of(test, "abc"), other __free(text_vec_free) = {};
	char *text = kstrdup("x", GFP_KERNEL), *const more[] = { "y", "z" };
	struct text_drain drain;

	KUNIT_ASSERT_NOT_NULL(test, text);
	KUNIT_ASSERT_EQ(test, 0, text_vec_insert(&vec, 1, &text, GFP_KERNEL));
	KUNIT_ASSERT_EQ(test, 0, text_vec_extend_from_slice(&vec, more, 2, GFP_KERNEL));
	expect_texts(test, &vec, "axbcyz");
	KUNIT_ASSERT_EQ(test, 0, text_vec_resize(&vec, 8, more, GFP_KERNEL));
	KUNIT_ASSERT_EQ(test, 0, text_vec_resize_with(&vec, 9, text_make, "y", GFP_KERNEL));
	KUNIT_ASSERT_EQ(test, 0, text_vec_dedup_by_key(&vec, text_key, NULL));
	expect_texts(test, &vec, "axbcyzy");
	KUNIT_ASSERT_EQ(test, 0, text_vec_clone(&vec, &other, GFP_KERNEL));
	KUNIT_EXPECT_PTR_NE(test, vec.elems[0], other.elems[0]);
	KUNIT_ASSERT_EQ(test, 0, text_drain_begin(&drain, &vec, 1, 2));
	text_drop(text_drain_next(&drain));
	text_drain_finish(&drain);
	expect_texts(test, &vec, "acyzy");
	{
		struct kown_array_iter with;
		char *const gone = kstrdup("w", GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, gone);
		kown_array_iter_init(&with, &text_vec_elem, &gone, 1);
		KUNIT_EXPECT_EQ(test, 0, text_vec_splice(&vec, 0, 2, &with.iter, GFP_KERNEL));
	}
	{
		char **at;

		kown_extract_if_for_each(at, text, &vec, 0, 4, text_chosen, "y")
			text_drop(at);
		expect_texts(test, &vec, "wz");
		kown_into_iter_for_each(at, text, &vec)
			text_drop(at);
	}
	KUNIT_EXPECT_TRUE(test, text_vec_pop(&other, &text));
	KUNIT_ASSERT_EQ(test, 0, text_vec_push_within_capacity(&other, &text));
	expect_texts(test, &other, "axbcyzy");
}

static void pointers_are_sorted_and_found_in_a_slice(struct kunit *test)
{
	struct text_vec vec __free(text_vec_free) = texts_of(test, "cabedc");
	struct text_slice slice = text_vec_as_slice(&vec);
	char *const sought = "d";
	size_t index;

	text_up_sort(slice, NULL);
	expect_texts(test, &vec, "abccde");
	text_slice_reverse(slice);
	KUNIT_ASSERT_EQ(test, 0, text_up_sort_stable(slice, NULL, GFP_KERNEL));
	KUNIT_EXPECT_TRUE(test, text_slice_is_sorted(slice, text_order, NULL));
	text_slice_reverse(slice);
	text_slice_sort(slice, text_order, NULL);
	expect_texts(test, &vec, "abccde");
	text_slice_reverse(slice);
	KUNIT_ASSERT_EQ(test, 0, text_slice_sort_stable(slice, text_order, NULL, GFP_KERNEL));
	expect_texts(test, &vec, "abccde");
	KUNIT_EXPECT_EQ(test, 0,
			text_slice_binary_search(slice, &sought, text_order, NULL, &index));
	KUNIT_EXPECT_EQ(test, index, 4);
	KUNIT_EXPECT_EQ(test, -ENOENT,
			text_slice_binary_search_by(slice, text_order_to, "f", &index));
	KUNIT_EXPECT_EQ(test, index, 6);
	KUNIT_EXPECT_EQ(test, 0, text_slice_partition_point(slice, text_is_below, "c", &index));
	KUNIT_EXPECT_EQ(test, index, 2);
	KUNIT_EXPECT_EQ(test, 1, text_slice_contains_by(slice, text_is, "e"));
	KUNIT_EXPECT_EQ(test, 1, text_slice_eq_by(slice, slice, text_same, NULL));
	KUNIT_EXPECT_EQ(test, 1, text_slice_starts_with_by(slice, slice, text_same, NULL));
	KUNIT_EXPECT_EQ(test, 1, text_slice_ends_with_by(slice, slice, text_same, NULL));
	KUNIT_EXPECT_EQ(test, 0, text_slice_cmp(slice, slice, text_order, NULL));
	/* The pointer, and not what it points to. */
	KUNIT_EXPECT_TRUE(test, text_slice_contains(slice, &vec.elems[3]));
	KUNIT_EXPECT_FALSE(test, text_slice_contains(slice, &sought));
	KUNIT_ASSERT_EQ(test, 0, text_slice_fill(slice, &sought, GFP_KERNEL));
	expect_texts(test, &vec, "dddddd");
}

static void pointers_come_out_of_a_heap_in_order(struct kunit *test)
{
	struct text_vec vec = texts_of(test, "bdac");
	struct text_heap heap __free(text_heap_free) = {};
	char *text = kstrdup("e", GFP_KERNEL);
	char *const *first;

	KUNIT_ASSERT_NOT_NULL(test, text);
	KUNIT_ASSERT_EQ(test, 0, text_heap_from_vec(&heap, &vec, NULL));
	KUNIT_ASSERT_EQ(test, 0, text_heap_push(&heap, &text, NULL, GFP_KERNEL));
	for (char want = 'e'; want > 'b'; want--) {
		first = text_heap_peek(&heap);
		KUNIT_ASSERT_NOT_NULL(test, first);
		KUNIT_EXPECT_EQ(test, (*first)[0], want);
		KUNIT_ASSERT_EQ(test, 1, text_heap_pop(&heap, &text, NULL));
		KUNIT_EXPECT_EQ(test, text[0], want);
		text_drop(&text);
	}
}

static void pointers_are_boxed_and_shared(struct kunit *test)
{
	char *text = kstrdup("a", GFP_KERNEL), *out = NULL;
	struct text_vec vec = texts_of(test, "ab");
	char **box, **clone;
	struct text *arc;

	KUNIT_ASSERT_NOT_NULL(test, text);
	box = text_box_new(&text, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, box);
	clone = text_box_clone(box, GFP_KERNEL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(clone));
	KUNIT_EXPECT_STREQ(test, *clone, "a");
	KUNIT_EXPECT_PTR_NE(test, *clone, *box);
	text_box_into_inner(clone, &out);
	text_drop(&out);
	text_box_free(box);

	arc = text_arc_from_vec(&vec, GFP_KERNEL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(arc));
	KUNIT_EXPECT_EQ(test, arc->elems[1][0], 'b');
	KUNIT_ASSERT_EQ(test, 0, text_arc_take_vec(arc, &vec, GFP_KERNEL));
	expect_texts(test, &vec, "ab");
	text_vec_free(&vec);
}

static void pointers_are_counted(struct kunit *test)
{
	char *text = kstrdup("a", GFP_KERNEL), **arc, **mine;
	struct shared_weak *weak;

	KUNIT_ASSERT_NOT_NULL(test, text);
	arc = shared_arc_new(&text, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, arc);
	shared_arc_get(arc);
	mine = shared_arc_make_mut(arc, GFP_KERNEL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(mine));
	KUNIT_EXPECT_FALSE(test, shared_arc_ptr_eq(arc, mine));
	KUNIT_EXPECT_STREQ(test, *mine, "a");
	KUNIT_EXPECT_PTR_NE(test, *mine, *arc);
	weak = shared_arc_downgrade(mine);
	KUNIT_EXPECT_EQ(test, shared_arc_strong_count(mine), 1);
	KUNIT_EXPECT_EQ(test, shared_arc_weak_count(mine), 1);
	KUNIT_EXPECT_EQ(test, 0, shared_arc_take(mine, &text));
	KUNIT_EXPECT_NULL(test, shared_weak_upgrade(weak));
	text_drop(&text);
	shared_weak_put(weak);
	shared_arc_put(arc);
}

static void pointers_to_what_is_const_are_elements(struct kunit *test)
{
	static const char *const names[] = { "one", "two" };
	struct name_vec vec __free(name_vec_free) = {};
	const char *three = "three", *name;

	KUNIT_ASSERT_EQ(test, 0, name_vec_push_n(&vec, names, 2, GFP_KERNEL));
	KUNIT_ASSERT_EQ(test, 0, name_vec_push(&vec, &three, GFP_KERNEL));
	KUNIT_ASSERT_EQ(test, 0, name_vec_insert_n(&vec, 1, &three, 1, GFP_KERNEL));
	KUNIT_EXPECT_TRUE(test, name_slice_contains(name_vec_as_slice(&vec), &names[1]));
	KUNIT_EXPECT_TRUE(test, name_vec_pop(&vec, &name));
	KUNIT_EXPECT_PTR_EQ(test, name, three);
	KUNIT_EXPECT_EQ(test, vec.len, 3);
}

static struct kunit_case pointer_cases[] = {
	KUNIT_CASE(pointers_move_in_and_out_of_a_vec),
	KUNIT_CASE(pointers_are_sorted_and_found_in_a_slice),
	KUNIT_CASE(pointers_come_out_of_a_heap_in_order),
	KUNIT_CASE(pointers_are_boxed_and_shared),
	KUNIT_CASE(pointers_are_counted),
	KUNIT_CASE(pointers_to_what_is_const_are_elements),
	{}
};

static struct kunit_suite pointer_suite = {
	.name = "kown_pointer",
	.test_cases = pointer_cases,
};

kunit_test_suite(pointer_suite);
