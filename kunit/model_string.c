// SPDX-License-Identifier: GPL-2.0
/*
 * Model's operations on a string.
 */
#include <linux/ctype.h>

#include "model_run.h"

/* Bytes of the caller's, which come from few: of all kinds, NUL too. */
static char given[64];

static size_t give(size_t most)
{
	size_t count = byte() % (most + 1);
	u8 first = byte(), step = byte() % 16;

	for (size_t i = 0; i < count; i++)
		given[i] = first + i * step;
	given[count] = '\0';
	return count;
}

/* Whether it gets room for so many more, and a NUL. */
static int text_reserves(struct model_text *text, size_t extra, bool exact)
{
	size_t need = text->len + extra + 1;
	int err;

	if (extra == SIZE_MAX || need <= extra || need > SSIZE_MAX)
		return -EOVERFLOW;
	if (need <= text->size)
		return 0;
	if (need > INT_MAX)
		return -ENOMEM;
	err = allocates();
	if (!err)
		text->size = exact ? need : max3(2 * text->size, need, (size_t)8);
	return err;
}

static int text_appends(const char *chars, size_t count)
{
	int err = count ? text_reserves(&run->text, count, false) : 0;

	if (err)
		return err;
	memcpy(run->text.chars + run->text.len, chars, count);
	run->text.len += count;
	return 0;
}

static bool is_full(size_t more)
{
	return run->text.len + more > MOST_BYTES;
}

static void op_append(void)
{
	u8 kind = byte() % 4;
	size_t count = give(48), max;

	if (is_full(count + 1))
		return;
	note(" %u: %*pE", kind, (int)count, given);
	switch (kind) {
	case 0:
		answers(kown_string_append_bytes(&run->string, given, count, GFP_KERNEL),
			text_appends(given, count));
		break;
	case 1:
		answers(kown_string_append_str(&run->string, given, GFP_KERNEL),
			text_appends(given, strlen(given)));
		break;
	case 2:
		max = byte() % 64;
		note(" up to %zu", max);
		answers(kown_string_append_strn(&run->string, given, max, GFP_KERNEL),
			text_appends(given, min(strlen(given), max)));
		break;
	default:
		answers(kown_string_push(&run->string, given[0], GFP_KERNEL),
			text_appends(given, 1));
	}
}

static void op_print(void)
{
	int number = (s8)byte(), width = byte() % 50;
	bool nothing = byte() % 8 == 0;
	char want[80];

	give(20);
	snprintf(want, sizeof(want), "%*d%.20s", width, number, given);
	if (nothing)
		want[0] = '\0';
	if (is_full(sizeof(want)))
		return;
	note(" %s", want);
	answers(nothing ? kown_string_printf(&run->string, GFP_KERNEL, "%s", "") :
			  kown_string_printf(&run->string, GFP_KERNEL, "%*d%.20s", width, number,
					     given),
		text_appends(want, strlen(want)));
}

/* A byte, so that it can be printed. Return: in so many. */
static size_t escape(char *to, u8 c)
{
	static const char names[] = "\nn\rr\tt\vv\ff\\\\\aa\ee\"\"";
	static const char digits[] = "0123456789abcdef";

	to[0] = '\\';
	for (size_t i = 0; names[i]; i += 2) {
		if (c == (u8)names[i]) {
			to[1] = names[i + 1];
			return 2;
		}
	}
	if (c >= ' ' && c <= '~') {
		to[0] = c;
		return 1;
	}
	to[1] = 'x';
	to[2] = digits[c >> 4];
	to[3] = digits[c & 15];
	return 4;
}

static void op_describe(void)
{
	char want[4 * 24 + 4];
	size_t count = give(24), most = byte() % 32, len = 0;

	if (is_full(sizeof(want)))
		return;
	note(" %zu of %*pE", most, (int)count, given);
	for (size_t i = 0; i < min(count, most); i++)
		len += escape(want + len, given[i]);
	if (count > most) {
		memcpy(want + len, "...", 3);
		len += 3;
	}
	answers(kown_string_describe(&run->string, given, count, most, GFP_KERNEL),
		text_appends(want, len));
}

static void op_cut(void)
{
	u8 kind = byte() % 4;
	size_t len = index_below(run->text.len);
	char c = 'c';

	note(" %u to %zu", kind, len);
	switch (kind) {
	case 0:
		expect(kown_string_pop(&run->string, &c) == !!run->text.len,
		       "pop is wrong about whether there is one");
		if (run->text.len)
			expect(c == run->text.chars[--run->text.len], "pop took another byte");
		break;
	case 1:
		kown_string_clear(&run->string);
		run->text.len = 0;
		break;
	default:
		kown_string_truncate(&run->string, len);
		run->text.len = min(run->text.len, len);
	}
}

static int text_shrinks(size_t min_cap)
{
	size_t cap = max(run->text.len, min_cap);
	size_t size = cap ? cap + 1 : 0;
	int err = 0;

	if (size >= run->text.size)
		return 0;
	if (size)
		err = allocates();
	if (!err)
		run->text.size = size;
	return err;
}

static void op_room(void)
{
	static const size_t edges[] = {
		SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 2 + 1, SSIZE_MAX, INT_MAX,
	};
	u8 kind = byte() % 3, b = byte();
	size_t n = b < 251 ? b : edges[b - 251];

	note(" %u: %zu", kind, n);
	switch (kind) {
	case 0:
		answers(kown_string_reserve(&run->string, n, GFP_KERNEL),
			text_reserves(&run->text, n, false));
		break;
	case 1:
		n %= 256;
		answers(kown_string_shrink_to(&run->string, n, GFP_KERNEL), text_shrinks(n));
		break;
	default:
		answers(kown_string_shrink_to_fit(&run->string, GFP_KERNEL), text_shrinks(0));
	}
}

/* Takes the place of the string, and has these bytes; or could not be made. */
static void expect_new(struct kown_string *string, const char *chars, size_t count, int err)
{
	struct model_text new = {};
	int want = count ? text_reserves(&new, count, true) : 0;

	answers(err, want);
	if (want) {
		expect(!string->chars && !string->size && !string->len, "what failed is not empty");
		return;
	}
	kown_string_free(&run->string);
	run->string = *string;
	memmove(run->text.chars, chars, count);
	run->text.len = count;
	run->text.size = new.size;
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

/* The string next to another one, and to a C string. */
static void expect_order(const struct kown_string *other, const char *chars, size_t count)
{
	int want = memcmp(run->text.chars, chars, min(run->text.len, count));

	if (!want)
		want = (run->text.len > count) - (run->text.len < count);
	expect(sign(kown_string_cmp(&run->string, other)) == sign(want), "it has another order");
	expect(kown_string_eq(&run->string, other) == !want, "eq is wrong");
	expect(kown_string_eq_str(&run->string, other->chars) ==
	       (run->text.len == strlen(chars) &&
		!memcmp(run->text.chars, chars, run->text.len)), "eq_str is wrong");
}

static void there_and_back(void)
{
	int want = run->text.size ? 0 : text_reserves(&run->text, 0, false);
	char *raw = kown_string_into_raw(&run->string, GFP_KERNEL);

	expect(!raw == !!want, "into_raw is wrong about whether there is memory");
	if (!raw)
		return;
	expect(!run->string.chars && !run->string.size && !run->string.len,
	       "what was moved is not empty");
	run->text.chars[run->text.len] = '\0';
	run->text.len = strlen(run->text.chars);
	run->text.size = run->text.len + 1;
	run->string = kown_string_from_raw(raw);
}

static void op_new(void)
{
	u8 kind = byte() % 6;
	size_t count = give(48), max;
	struct kown_string string;
	int err;

	/* What is said to be uninitialised is. */
	memset(&string, 0x5a, sizeof(string));
	note(" %u: %*pE", kind, (int)count, given);
	switch (kind) {
	case 0:
		err = kown_string_from_bytes(&string, given, count, GFP_KERNEL);
		if (!err && count)
			expect_order(&string, given, count);
		expect_new(&string, given, count, err);
		break;
	case 1:
		err = kown_string_from_str(&string, given, GFP_KERNEL);
		expect_new(&string, given, strlen(given), err);
		break;
	case 2:
		max = byte() % 64;
		err = kown_string_from_strn(&string, given, max, GFP_KERNEL);
		expect_new(&string, given, min(strlen(given), max), err);
		break;
	case 3:
		if (is_full(run->text.len))
			return;
		err = kown_string_concat(&string, &run->string, &run->string, GFP_KERNEL);
		memcpy(run->text.chars + run->text.len, run->text.chars, run->text.len);
		expect_new(&string, run->text.chars, 2 * run->text.len, err);
		break;
	case 4:
		there_and_back();
		break;
	default:
		string = kown_string_take(&run->string);
		expect(!run->string.chars && !run->string.size && !run->string.len,
		       "what was taken is not empty");
		run->string = string;
	}
}

const struct model_op model_string_ops[] = {
	{ "string_append", op_append },
	{ "string_print", op_print },
	{ "string_describe", op_describe },
	{ "string_cut", op_cut },
	{ "string_room", op_room },
	{ "string_new", op_new },
	{}
};
