// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for String.
 */
#include <kunit/test.h>
#include <linux/ctype.h>
#include <linux/limits.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include <kown/string.h>

#include "counted.h"
#include "fail.h"

#define GFP_TEST	(GFP_KERNEL | __GFP_NOWARN)

/* It is just that, and a NUL behind it. */
static void expect_is(struct kunit *test, const struct kown_string *string,
		      const char *bytes, size_t len)
{
	KUNIT_ASSERT_EQ(test, kown_string_len(string), len);
	KUNIT_ASSERT_EQ(test, 0, memcmp(kown_string_c_str(string), bytes, len));
	KUNIT_ASSERT_EQ(test, kown_string_c_str(string)[len], '\0');
	KUNIT_ASSERT_GE(test, kown_string_cap(string), len);
}

static void expect_str(struct kunit *test, const struct kown_string *string,
		       const char *str)
{
	expect_is(test, string, str, strlen(str));
	KUNIT_ASSERT_TRUE(test, kown_string_eq_str(string, str));
}

static struct kown_string string_of(struct kunit *test, const char *str)
{
	struct kown_string string;

	KUNIT_ASSERT_EQ(test, 0, kown_string_from_str(&string, str, GFP_TEST));
	return string;
}

static void string_is_empty_without_memory(struct kunit *test)
{
	struct kown_string string = {}, other;
	char c = 'c';

	expect_str(test, &string, "");
	KUNIT_EXPECT_EQ(test, kown_string_cap(&string), 0);
	KUNIT_EXPECT_EQ(test, 0, kown_string_append_str(&string, "", GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_string_append_bytes(&string, NULL, 0, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_string_append_strn(&string, "abc", 0, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_string_printf(&string, GFP_TEST, "%s", ""));
	KUNIT_EXPECT_EQ(test, 0, kown_string_describe(&string, NULL, 0, 5, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_string_shrink_to_fit(&string, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_string_shrink_to(&string, 50, GFP_TEST));
	KUNIT_EXPECT_FALSE(test, kown_string_pop(&string, &c));
	KUNIT_EXPECT_EQ(test, c, 'c');
	kown_string_truncate(&string, 0);
	kown_string_clear(&string);
	KUNIT_EXPECT_EQ(test, 0, kown_string_concat(&other, &string, &string, GFP_TEST));
	KUNIT_EXPECT_NULL(test, other.chars);
	KUNIT_EXPECT_EQ(test, 0, kown_string_from_str(&other, "", GFP_TEST));
	KUNIT_EXPECT_NULL(test, other.chars);
	KUNIT_EXPECT_TRUE(test, kown_string_eq(&string, &other));
	KUNIT_EXPECT_EQ(test, 0, kown_string_cmp(&string, &other));
	KUNIT_EXPECT_NULL(test, string.chars);
	kown_string_free(&string);
}

static void string_grows_by_the_rule_of_bytes(struct kunit *test)
{
	static const size_t caps[] = { 0, 7, 15, 31, 63, 127 };
	struct kown_string string = {};
	unsigned int step = 0;

	for (size_t len = 0; len < 127; len++) {
		KUNIT_ASSERT_EQ(test, kown_string_cap(&string), caps[step]);
		step += len == caps[step];
		KUNIT_ASSERT_EQ(test, 0, kown_string_push(&string, 'a' + len % 26, GFP_TEST));
		KUNIT_ASSERT_EQ(test, kown_string_cap(&string), caps[step]);
		KUNIT_ASSERT_EQ(test, string.size, caps[step] + 1);
		KUNIT_ASSERT_EQ(test, string.chars[len + 1], '\0');
	}
	for (size_t i = 0; i < 127; i++)
		KUNIT_ASSERT_EQ(test, string.chars[i], 'a' + i % 26);
	/* More than double is just that much. */
	KUNIT_ASSERT_EQ(test, 0, kown_string_reserve(&string, 1000, GFP_TEST));
	KUNIT_EXPECT_EQ(test, kown_string_cap(&string), 1127);
	KUNIT_ASSERT_EQ(test, 0, kown_string_shrink_to(&string, 500, GFP_TEST));
	KUNIT_EXPECT_EQ(test, kown_string_cap(&string), 500);
	KUNIT_ASSERT_EQ(test, 0, kown_string_shrink_to(&string, SIZE_MAX, GFP_TEST));
	KUNIT_EXPECT_EQ(test, kown_string_cap(&string), 500);
	KUNIT_ASSERT_EQ(test, 0, kown_string_shrink_to_fit(&string, GFP_TEST));
	KUNIT_EXPECT_EQ(test, kown_string_cap(&string), 127);
	KUNIT_EXPECT_EQ(test, kown_string_c_str(&string)[127], '\0');
	kown_string_clear(&string);
	expect_str(test, &string, "");
	KUNIT_EXPECT_EQ(test, kown_string_cap(&string), 127);
	KUNIT_ASSERT_EQ(test, 0, kown_string_shrink_to_fit(&string, GFP_TEST));
	KUNIT_EXPECT_NULL(test, string.chars);
}

static void string_is_made_of_just_its_size(struct kunit *test)
{
	struct kown_string string = string_of(test, "hello");

	expect_str(test, &string, "hello");
	KUNIT_EXPECT_EQ(test, kown_string_cap(&string), 5);
	kown_string_free(&string);
	expect_str(test, &string, "");

	KUNIT_ASSERT_EQ(test, 0, kown_string_from_bytes(&string, "a\0b", 3, GFP_TEST));
	expect_is(test, &string, "a\0b", 3);
	KUNIT_EXPECT_FALSE(test, kown_string_eq_str(&string, "a"));
	kown_string_free(&string);

	for (size_t max = 0; max < 8; max++) {
		KUNIT_ASSERT_EQ(test, 0, kown_string_from_strn(&string, "hello", max, GFP_TEST));
		expect_is(test, &string, "hello", min_t(size_t, max, 5));
		KUNIT_EXPECT_EQ(test, kown_string_cap(&string), min_t(size_t, max, 5));
		kown_string_free(&string);
	}
}

/* Behind the last byte of the page there is none. */
static void string_reads_no_further_than_it_may(struct kunit *test)
{
	char *page = vmalloc(PAGE_SIZE), *end = page + PAGE_SIZE;
	struct kown_string string;

	KUNIT_ASSERT_NOT_NULL(test, page);
	memset(page, 'x', PAGE_SIZE);
	KUNIT_ASSERT_EQ(test, 0, kown_string_from_strn(&string, end - 3, 3, GFP_TEST));
	expect_str(test, &string, "xxx");
	KUNIT_EXPECT_EQ(test, 0, kown_string_append_strn(&string, end - 2, 2, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_string_append_bytes(&string, end - 1, 1, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_string_describe(&string, end - 1, 1, SIZE_MAX, GFP_TEST));
	expect_str(test, &string, "xxxxxxx");
	kown_string_free(&string);
	vfree(page);
}

static void string_appends(struct kunit *test)
{
	struct kown_string string = {};

	KUNIT_EXPECT_EQ(test, 0, kown_string_append_str(&string, "one", GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_string_append_strn(&string, ", two and", 5, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_string_append_strn(&string, ";\0x", 3, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_string_push(&string, '!', GFP_TEST));
	expect_str(test, &string, "one, two;!");
	KUNIT_EXPECT_EQ(test, 0, kown_string_append_bytes(&string, "\0z", 2, GFP_TEST));
	KUNIT_EXPECT_EQ(test, 0, kown_string_push(&string, '\0', GFP_TEST));
	expect_is(test, &string, "one, two;!\0z\0", 13);
	kown_string_free(&string);
}

/* What is there, and what is printed, of each length: the room is too little and enough. */
static void string_prints_to_the_end(struct kunit *test)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz";

	for (int len = 0; len <= 20; len++) {
		for (int more = 0; more <= 40; more++) {
			struct kown_string string, plain;
			char expected[80];

			KUNIT_ASSERT_EQ(test, 0, kown_string_from_strn(&string, letters, len,
								       GFP_TEST));
			KUNIT_ASSERT_EQ(test, 0, kown_string_from_strn(&plain, letters, len,
								       GFP_TEST));
			snprintf(expected, sizeof(expected), "%.*s%.*s", len, letters, more,
				 letters + 3);
			KUNIT_ASSERT_EQ(test, 0, kown_string_printf(&string, GFP_TEST, "%.*s",
								    more, letters + 3));
			KUNIT_ASSERT_EQ(test, 0, kown_string_append_strn(&plain, letters + 3,
									 more, GFP_TEST));
			expect_str(test, &string, expected);
			/* To print grows it as to append does. */
			KUNIT_ASSERT_TRUE(test, kown_string_eq(&string, &plain));
			KUNIT_ASSERT_EQ(test, kown_string_cap(&string), kown_string_cap(&plain));
			kown_string_free(&string);
			kown_string_free(&plain);
		}
	}
}

static void string_prints_what_printf_does(struct kunit *test)
{
	struct kown_string string = string_of(test, ">");

	KUNIT_EXPECT_EQ(test, 0, kown_string_printf(&string, GFP_TEST, "%d %s %02x", -3, "two",
						    10));
	KUNIT_EXPECT_EQ(test, 0, kown_string_printf(&string, GFP_TEST, "%c%c", 0, 'z'));
	expect_is(test, &string, ">-3 two 0a\0z", 12);
	kown_string_free(&string);
}

static void string_of_two(struct kunit *test)
{
	static const char * const words[] = { "", "a", "bc", "longer than eight" };

	for (int i = 0; i < ARRAY_SIZE(words); i++) {
		for (int j = 0; j < ARRAY_SIZE(words); j++) {
			struct kown_string a = string_of(test, words[i]);
			struct kown_string b = string_of(test, words[j]), both;
			char expected[40];

			snprintf(expected, sizeof(expected), "%s%s", words[i], words[j]);
			KUNIT_ASSERT_EQ(test, 0, kown_string_concat(&both, &a, &b, GFP_TEST));
			expect_str(test, &both, expected);
			KUNIT_ASSERT_EQ(test, kown_string_cap(&both), strlen(expected));
			expect_str(test, &a, words[i]);
			expect_str(test, &b, words[j]);
			kown_string_free(&both);
			KUNIT_ASSERT_EQ(test, 0, kown_string_concat(&both, &a, &a, GFP_TEST));
			KUNIT_ASSERT_EQ(test, both.len, 2 * a.len);
			kown_string_free(&both);

			KUNIT_ASSERT_EQ(test, i == j, kown_string_eq(&a, &b));
			KUNIT_ASSERT_EQ(test, i == j, kown_string_eq_str(&a, words[j]));
			/* The words are in order. */
			KUNIT_ASSERT_EQ(test, i < j, kown_string_cmp(&a, &b) < 0);
			KUNIT_ASSERT_EQ(test, i > j, kown_string_cmp(&a, &b) > 0);
			kown_string_free(&a);
			kown_string_free(&b);
		}
	}
}

static void string_compares_unsigned_bytes(struct kunit *test)
{
	struct kown_string a = string_of(test, "\x7f"), b = string_of(test, "\x80"), c;

	KUNIT_EXPECT_LT(test, kown_string_cmp(&a, &b), 0);
	KUNIT_ASSERT_EQ(test, 0, kown_string_from_bytes(&c, "\x7f\0", 2, GFP_TEST));
	KUNIT_EXPECT_LT(test, kown_string_cmp(&a, &c), 0);
	KUNIT_EXPECT_GT(test, kown_string_cmp(&b, &c), 0);
	KUNIT_EXPECT_FALSE(test, kown_string_eq(&a, &c));
	KUNIT_EXPECT_FALSE(test, kown_string_eq_str(&c, "\x7f"));
	kown_string_free(&a);
	kown_string_free(&b);
	kown_string_free(&c);
}

/* Every byte, against what the header promises. */
static void string_describes_every_byte(struct kunit *test)
{
	static const char * const named[256] = {
		['\\'] = "\\\\", ['"'] = "\\\"", ['\n'] = "\\n", ['\t'] = "\\t", ['\r'] = "\\r",
		['\f'] = "\\f", ['\v'] = "\\v", ['\a'] = "\\a", ['\033'] = "\\e",
	};

	for (int c = 0; c < 256; c++) {
		struct kown_string string = {};
		char byte = c, expected[8];

		if (named[c])
			snprintf(expected, sizeof(expected), "%s", named[c]);
		else if (c >= ' ' && c < 0x7f)
			snprintf(expected, sizeof(expected), "%c", c);
		else
			snprintf(expected, sizeof(expected), "\\x%02x", c);
		KUNIT_ASSERT_EQ(test, 0, kown_string_describe(&string, &byte, 1, 1, GFP_TEST));
		expect_str(test, &string, expected);
		kown_string_free(&string);
	}
}

static void string_describes_so_many_bytes(struct kunit *test)
{
	static const char bytes[] = "a\0b\n";
	static const char * const expected[] = {
		"=...", "=a...", "=a\\x00...", "=a\\x00b...", "=a\\x00b\\n", "=a\\x00b\\n",
	};

	for (size_t max = 0; max < ARRAY_SIZE(expected); max++) {
		struct kown_string string = string_of(test, "=");

		KUNIT_ASSERT_EQ(test, 0, kown_string_describe(&string, bytes, 4, max, GFP_TEST));
		expect_str(test, &string, expected[max]);
		kown_string_free(&string);
	}
}

static void string_is_cut(struct kunit *test)
{
	for (size_t len = 0; len <= 6; len++) {
		struct kown_string string = string_of(test, "hello");

		kown_string_truncate(&string, len);
		expect_is(test, &string, "hello", min_t(size_t, len, 5));
		KUNIT_EXPECT_EQ(test, kown_string_cap(&string), 5);
		for (size_t left = string.len; left--;) {
			char c;

			KUNIT_ASSERT_TRUE(test, kown_string_pop(&string, &c));
			KUNIT_ASSERT_EQ(test, c, "hello"[left]);
			expect_is(test, &string, "hello", left);
		}
		kown_string_free(&string);
	}
}

static void string_goes_out_as_a_c_string_and_back(struct kunit *test)
{
	struct kown_string string = string_of(test, "hello");
	char *raw = kown_string_into_raw(&string, GFP_FAILS);

	KUNIT_EXPECT_STREQ(test, raw, "hello");
	KUNIT_EXPECT_NULL(test, string.chars);
	KUNIT_EXPECT_EQ(test, string.len, 0);
	string = kown_string_from_raw(raw);
	expect_str(test, &string, "hello");
	KUNIT_EXPECT_EQ(test, 0, kown_string_append_str(&string, ", world", GFP_TEST));
	expect_str(test, &string, "hello, world");
	kown_string_free(&string);

	raw = kown_string_into_raw(&string, GFP_TEST);
	KUNIT_EXPECT_STREQ(test, raw, "");
	kvfree(raw);
	string = kown_string_from_raw(kstrdup("dup", GFP_KERNEL));
	expect_str(test, &string, "dup");
	kown_string_free(&string);
	string = kown_string_from_raw(NULL);
	expect_str(test, &string, "");
}

static void string_is_taken_and_freed_with_its_scope(struct kunit *test)
{
	struct kown_string kept;

	{
		struct kown_string a __free(kown_string_free) = string_of(test, "a");
		struct kown_string b __free(kown_string_free) = string_of(test, "b");

		kept = kown_string_take(&b);
		expect_str(test, &b, "");
		expect_str(test, &a, "a");
	}
	expect_str(test, &kept, "b");
	kown_string_free(&kept);
}

/* Each refusal leaves all as it was. */

static void expect_same(struct kunit *test, const struct kown_string *string,
			const struct kown_string *before)
{
	KUNIT_EXPECT_PTR_EQ(test, string->chars, before->chars);
	KUNIT_EXPECT_EQ(test, string->size, before->size);
	expect_str(test, string, "hello");
}

static void string_too_long_is_refused(struct kunit *test)
{
	struct kown_string string = string_of(test, "hello"), before = string, other;
	struct kown_string endless = { .chars = string.chars, .len = SIZE_MAX - 2 };

	KUNIT_EXPECT_EQ(test, -EOVERFLOW, kown_string_reserve(&string, SIZE_MAX, GFP_TEST));
	KUNIT_EXPECT_EQ(test, -EOVERFLOW, kown_string_reserve(&string, SIZE_MAX - 1, GFP_TEST));
	KUNIT_EXPECT_EQ(test, -EOVERFLOW, kown_string_reserve(&string, SIZE_MAX - 5, GFP_TEST));
	KUNIT_EXPECT_EQ(test, -EOVERFLOW, kown_string_reserve(&string, SSIZE_MAX - 5, GFP_TEST));
	KUNIT_EXPECT_EQ(test, -EOVERFLOW, kown_string_append_bytes(&string, "", SIZE_MAX,
								   GFP_TEST));
	KUNIT_EXPECT_EQ(test, -EOVERFLOW, kown_string_describe(&string, "", SIZE_MAX, SIZE_MAX,
							       GFP_TEST));
	KUNIT_EXPECT_EQ(test, -ENOMEM, kown_string_describe(&string, "", INT_MAX / 4 + 1, SIZE_MAX,
							    GFP_TEST));
#if BITS_PER_LONG == 64
	KUNIT_EXPECT_EQ(test, -ENOMEM, kown_string_reserve(&string, SSIZE_MAX - 6, GFP_TEST));
	KUNIT_EXPECT_EQ(test, -ENOMEM, kown_string_reserve(&string, INT_MAX - 5UL, GFP_TEST));
#endif
	expect_same(test, &string, &before);
	KUNIT_EXPECT_EQ(test, -EOVERFLOW, kown_string_from_bytes(&other, "", SIZE_MAX, GFP_TEST));
	KUNIT_EXPECT_NULL(test, other.chars);
	KUNIT_EXPECT_EQ(test, -EOVERFLOW, kown_string_concat(&other, &endless, &string, GFP_TEST));
	KUNIT_EXPECT_NULL(test, other.chars);
	kown_string_free(&string);
}

static void string_without_memory_is_as_it_was(struct kunit *test)
{
	struct kown_string string = string_of(test, "hello"), before, other, huge = {};
	char *many = kvmalloc(BYTES_TOO_MANY, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, many);
	memset(many, 'm', BYTES_TOO_MANY);
	many[BYTES_TOO_MANY - 1] = '\0';
	/* Some room, so that printing overwrites the NUL before it gives up. */
	KUNIT_ASSERT_EQ(test, 0, kown_string_reserve(&string, 100, GFP_TEST));
	before = string;
	KUNIT_EXPECT_EQ(test, -ENOMEM, kown_string_printf(&string, GFP_FAILS, "%s", many));
	expect_same(test, &string, &before);
	KUNIT_EXPECT_EQ(test, -ENOMEM, kown_string_append_str(&string, many, GFP_FAILS));
	KUNIT_EXPECT_EQ(test, -ENOMEM, kown_string_append_strn(&string, many, BYTES_TOO_MANY,
							       GFP_FAILS));
	KUNIT_EXPECT_EQ(test, -ENOMEM, kown_string_append_bytes(&string, many, BYTES_TOO_MANY,
								GFP_FAILS));
	KUNIT_EXPECT_EQ(test, -ENOMEM, kown_string_describe(&string, many, BYTES_TOO_MANY, SIZE_MAX,
							    GFP_FAILS));
	KUNIT_EXPECT_EQ(test, -ENOMEM, kown_string_reserve(&string, BYTES_TOO_MANY, GFP_FAILS));
	expect_same(test, &string, &before);
	KUNIT_EXPECT_EQ(test, -ENOMEM, kown_string_from_str(&other, many, GFP_FAILS));
	KUNIT_EXPECT_NULL(test, other.chars);

	KUNIT_ASSERT_EQ(test, 0, kown_string_printf(&huge, GFP_KERNEL, "%s", many));
	KUNIT_EXPECT_EQ(test, huge.len, BYTES_TOO_MANY - 1);
	KUNIT_EXPECT_EQ(test, -ENOMEM, kown_string_concat(&other, &string, &huge, GFP_FAILS));
	KUNIT_EXPECT_NULL(test, other.chars);
	KUNIT_ASSERT_EQ(test, 0, kown_string_reserve(&huge, BYTES_TOO_MANY, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, -ENOMEM, kown_string_shrink_to_fit(&huge, GFP_FAILS));
	KUNIT_EXPECT_EQ(test, huge.len, BYTES_TOO_MANY - 1);
	KUNIT_EXPECT_TRUE(test, kown_string_eq_str(&huge, many));
	kown_string_free(&huge);
	kown_string_free(&string);
	kvfree(many);
}

static void string_allocation_fails_in_turn(struct kunit *test)
{
	each_failure(test, fail) {
		struct kown_string a = string_of(test, "hello"), b, both = {}, none = {};
		char *raw = NULL;
		int err;

		fail_arm(&fail);
		err = kown_string_from_str(&b, "world", GFP_KERNEL);
		if (!err)
			err = kown_string_append_str(&a, ", and so on", GFP_KERNEL);
		if (!err)
			err = kown_string_printf(&a, GFP_KERNEL, "%0*d", 14, 1);
		if (!err)
			err = kown_string_describe(&a, "\1\2\3", 3, 3, GFP_KERNEL);
		if (!err)
			err = kown_string_concat(&both, &a, &b, GFP_KERNEL);
		if (!err)
			err = kown_string_shrink_to_fit(&a, GFP_KERNEL);
		if (!err) {
			raw = kown_string_into_raw(&none, GFP_KERNEL);
			err = raw ? 0 : -ENOMEM;
		}
		KUNIT_EXPECT_EQ(test, err, fail_hit(&fail) ? -ENOMEM : 0);
		KUNIT_EXPECT_TRUE(test, str_has_prefix(kown_string_c_str(&a), "hello"));
		KUNIT_EXPECT_EQ(test, strlen(kown_string_c_str(&a)), a.len);
		KUNIT_EXPECT_EQ(test, !err, raw && !*raw);
		KUNIT_EXPECT_EQ(test, none.len, 0);
		if (raw)
			none = kown_string_from_raw(raw);
		kown_string_free(&a);
		kown_string_free(&b);
		kown_string_free(&both);
		kown_string_free(&none);
	}
}

static struct kunit_case string_cases[] = {
	KUNIT_CASE(string_is_empty_without_memory),
	KUNIT_CASE(string_grows_by_the_rule_of_bytes),
	KUNIT_CASE(string_is_made_of_just_its_size),
	KUNIT_CASE(string_reads_no_further_than_it_may),
	KUNIT_CASE(string_appends),
	KUNIT_CASE(string_prints_to_the_end),
	KUNIT_CASE(string_prints_what_printf_does),
	KUNIT_CASE(string_of_two),
	KUNIT_CASE(string_compares_unsigned_bytes),
	KUNIT_CASE(string_describes_every_byte),
	KUNIT_CASE(string_describes_so_many_bytes),
	KUNIT_CASE(string_is_cut),
	KUNIT_CASE(string_goes_out_as_a_c_string_and_back),
	KUNIT_CASE(string_is_taken_and_freed_with_its_scope),
	KUNIT_CASE(string_too_long_is_refused),
	KUNIT_CASE(string_without_memory_is_as_it_was),
	KUNIT_CASE(string_allocation_fails_in_turn),
	{}
};

static struct kunit_suite string_suite = {
	.name = "kown_string",
	.test_cases = string_cases,
};

kunit_test_suite(string_suite);
