/* SPDX-License-Identifier: GPL-2.0 */
/* As much of KUnit as our suites use; the names are its own. See ../../kunit.c. */
#ifndef _KUNIT_TEST_H
#define _KUNIT_TEST_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/types.h>

#define KUNIT_PARAM_DESC_SIZE	128

/**
 * struct kunit - a running case
 * @priv: the suite's own
 * @param_value: which of a case's parameters
 */
struct kunit {
	void *priv;
	const void *param_value;
};

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
	const void *(*generate_params)(const void *prev, char *desc);
};

/**
 * struct kunit_suite - cases
 * @name: what they are about
 * @init: called before each case; an errno fails it
 * @exit: called after each case
 * @suite_init: called before all cases
 * @suite_exit: called after all cases
 * @test_cases: ended by one without a name
 */
struct kunit_suite {
	const char name[256];
	int (*init)(struct kunit *test);
	void (*exit)(struct kunit *test);
	int (*suite_init)(struct kunit_suite *suite);
	void (*suite_exit)(struct kunit_suite *suite);
	struct kunit_case *test_cases;
};

void host_suite(struct kunit_suite *suite);
void *kunit_kmalloc(struct kunit *test, size_t size, gfp_t gfp);
void kunit_kfree(struct kunit *test, const void *p);
int kunit_add_action(struct kunit *test, void (*action)(void *context), void *context);
int kunit_add_action_or_reset(struct kunit *test, void (*action)(void *context),
			      void *context);
void kunit_release_action(struct kunit *test, void (*action)(void *context),
			  void *context);
__printf(4, 5) void host_fail(bool end, const char *file, int line,
			      const char *format, ...);
__printf(1, 2) void __noreturn host_skip(const char *format, ...);

#define kunit_kzalloc(test, size, gfp)	kunit_kmalloc(test, size, (gfp) | __GFP_ZERO)
#define kunit_kcalloc(test, n, size, gfp) kunit_kzalloc(test, size_mul(n, size), gfp)
#define kunit_kmalloc_array(test, n, size, gfp) kunit_kmalloc(test, size_mul(n, size), gfp)
#define kunit_info(test, format, args...) printk("# " format "\n", ##args)
#define kunit_warn			kunit_info
#define kunit_err			kunit_info
#define kunit_skip(test, format, args...) host_skip(format, ##args)
#define kunit_mark_skipped		kunit_skip

#define KUNIT_CASE(function)			{ .run_case = function, .name = #function }
#define KUNIT_CASE_SLOW				KUNIT_CASE
#define KUNIT_CASE_PARAM(function, params)					\
	{ .run_case = function, .name = #function, .generate_params = params }

#define KUNIT_ARRAY_PARAM(name, array, get_desc)				\
static const void *name##_gen_params(const void *prev, char *desc)		\
{										\
	typeof((array)[0]) *next = prev ? (typeof(next))prev + 1 : (array);	\
	void (*describe)(typeof(next), char *) = get_desc;			\
										\
	if (next - (array) >= ARRAY_SIZE(array))				\
		return NULL;							\
	if (describe)								\
		describe(next, desc);						\
	return next;								\
}

#define kunit_test_suites(suites...)						\
static void __attribute__((constructor)) host_register(void)			\
{										\
	struct kunit_suite *all[] = { suites };					\
										\
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)				\
		host_suite(all[i]);						\
}
#define kunit_test_suite(suite)	kunit_test_suites(&(suite))

#define KUNIT_FAIL(test, format, args...) \
	host_fail(false, __FILE__, __LINE__, format, ##args)
#define KUNIT_SUCCEED(test)	do { } while (0)

#define HOST_TRUE(end, condition, want, format, args...)			\
do {										\
	const bool __is = !!(condition);					\
										\
	if (__is != (want))							\
		host_fail(end, __FILE__, __LINE__, "%s is %d" format,		\
			  #condition, !(want), ##args);				\
} while (0)

#define HOST_BINARY(end, left, op, right, format, args...)			\
do {										\
	const typeof(left) __left = (left);					\
	const typeof(right) __right = (right);					\
										\
	if (!(__left op __right))						\
		host_fail(end, __FILE__, __LINE__, "%s %s %s: %lld, %lld" format, \
			  #left, #op, #right, (long long)__left,		\
			  (long long)__right, ##args);				\
} while (0)

#define HOST_PTR(end, left, op, right, format, args...)				\
do {										\
	const void *__left = (left);						\
	const void *__right = (right);						\
										\
	(void)sizeof((left) == (right));					\
	if (!(__left op __right))						\
		host_fail(end, __FILE__, __LINE__, "%s %s %s: %p, %p" format,	\
			  #left, #op, #right, __left, __right, ##args);		\
} while (0)

#define HOST_STR(end, left, op, right, format, args...)				\
do {										\
	const char *__left = (left);						\
	const char *__right = (right);						\
										\
	if (!(strcmp(__left, __right) op 0))					\
		host_fail(end, __FILE__, __LINE__, "%s %s %s: \"%s\", \"%s\"" format, \
			  #left, #op, #right, __left, __right, ##args);		\
} while (0)

#define HOST_MEM(end, left, op, right, size, format, args...)			\
do {										\
	if (!(memcmp(left, right, size) op 0))					\
		host_fail(end, __FILE__, __LINE__, "%s %s %s" format,		\
			  #left, #op, #right, ##args);				\
} while (0)

#define KUNIT_EXPECT_TRUE(test, c)		HOST_TRUE(false, c, true, "")
#define KUNIT_ASSERT_TRUE(test, c)		HOST_TRUE(true, c, true, "")
#define KUNIT_EXPECT_FALSE(test, c)		HOST_TRUE(false, c, false, "")
#define KUNIT_ASSERT_FALSE(test, c)		HOST_TRUE(true, c, false, "")
#define KUNIT_EXPECT_EQ(test, a, b)		HOST_BINARY(false, a, ==, b, "")
#define KUNIT_ASSERT_EQ(test, a, b)		HOST_BINARY(true, a, ==, b, "")
#define KUNIT_EXPECT_NE(test, a, b)		HOST_BINARY(false, a, !=, b, "")
#define KUNIT_ASSERT_NE(test, a, b)		HOST_BINARY(true, a, !=, b, "")
#define KUNIT_EXPECT_LT(test, a, b)		HOST_BINARY(false, a, <, b, "")
#define KUNIT_ASSERT_LT(test, a, b)		HOST_BINARY(true, a, <, b, "")
#define KUNIT_EXPECT_LE(test, a, b)		HOST_BINARY(false, a, <=, b, "")
#define KUNIT_ASSERT_LE(test, a, b)		HOST_BINARY(true, a, <=, b, "")
#define KUNIT_EXPECT_GT(test, a, b)		HOST_BINARY(false, a, >, b, "")
#define KUNIT_ASSERT_GT(test, a, b)		HOST_BINARY(true, a, >, b, "")
#define KUNIT_EXPECT_GE(test, a, b)		HOST_BINARY(false, a, >=, b, "")
#define KUNIT_ASSERT_GE(test, a, b)		HOST_BINARY(true, a, >=, b, "")
#define KUNIT_EXPECT_PTR_EQ(test, a, b)		HOST_PTR(false, a, ==, b, "")
#define KUNIT_ASSERT_PTR_EQ(test, a, b)		HOST_PTR(true, a, ==, b, "")
#define KUNIT_EXPECT_PTR_NE(test, a, b)		HOST_PTR(false, a, !=, b, "")
#define KUNIT_ASSERT_PTR_NE(test, a, b)		HOST_PTR(true, a, !=, b, "")
#define KUNIT_EXPECT_NULL(test, p)		HOST_PTR(false, p, ==, NULL, "")
#define KUNIT_ASSERT_NULL(test, p)		HOST_PTR(true, p, ==, NULL, "")
#define KUNIT_EXPECT_NOT_NULL(test, p)		HOST_PTR(false, p, !=, NULL, "")
#define KUNIT_ASSERT_NOT_NULL(test, p)		HOST_PTR(true, p, !=, NULL, "")
#define KUNIT_EXPECT_NOT_ERR_OR_NULL(test, p)	HOST_TRUE(false, IS_ERR_OR_NULL(p), false, "")
#define KUNIT_ASSERT_NOT_ERR_OR_NULL(test, p)	HOST_TRUE(true, IS_ERR_OR_NULL(p), false, "")
#define KUNIT_EXPECT_STREQ(test, a, b)		HOST_STR(false, a, ==, b, "")
#define KUNIT_ASSERT_STREQ(test, a, b)		HOST_STR(true, a, ==, b, "")
#define KUNIT_EXPECT_STRNEQ(test, a, b)		HOST_STR(false, a, !=, b, "")
#define KUNIT_ASSERT_STRNEQ(test, a, b)		HOST_STR(true, a, !=, b, "")
#define KUNIT_EXPECT_MEMEQ(test, a, b, size)	HOST_MEM(false, a, ==, b, size, "")
#define KUNIT_ASSERT_MEMEQ(test, a, b, size)	HOST_MEM(true, a, ==, b, size, "")
#define KUNIT_EXPECT_MEMNEQ(test, a, b, size)	HOST_MEM(false, a, !=, b, size, "")
#define KUNIT_ASSERT_MEMNEQ(test, a, b, size)	HOST_MEM(true, a, !=, b, size, "")

#define KUNIT_EXPECT_TRUE_MSG(test, c, format, args...) \
	HOST_TRUE(false, c, true, ": " format, ##args)
#define KUNIT_EXPECT_FALSE_MSG(test, c, format, args...) \
	HOST_TRUE(false, c, false, ": " format, ##args)
#define KUNIT_EXPECT_EQ_MSG(test, a, b, format, args...) \
	HOST_BINARY(false, a, ==, b, ": " format, ##args)
#define KUNIT_EXPECT_NE_MSG(test, a, b, format, args...) \
	HOST_BINARY(false, a, !=, b, ": " format, ##args)
#define KUNIT_EXPECT_LT_MSG(test, a, b, format, args...) \
	HOST_BINARY(false, a, <, b, ": " format, ##args)
#define KUNIT_EXPECT_LE_MSG(test, a, b, format, args...) \
	HOST_BINARY(false, a, <=, b, ": " format, ##args)
#define KUNIT_EXPECT_GT_MSG(test, a, b, format, args...) \
	HOST_BINARY(false, a, >, b, ": " format, ##args)
#define KUNIT_EXPECT_GE_MSG(test, a, b, format, args...) \
	HOST_BINARY(false, a, >=, b, ": " format, ##args)
#define KUNIT_EXPECT_PTR_EQ_MSG(test, a, b, format, args...) \
	HOST_PTR(false, a, ==, b, ": " format, ##args)
#define KUNIT_EXPECT_PTR_NE_MSG(test, a, b, format, args...) \
	HOST_PTR(false, a, !=, b, ": " format, ##args)
#define KUNIT_EXPECT_NULL_MSG(test, p, format, args...) \
	HOST_PTR(false, p, ==, NULL, ": " format, ##args)
#define KUNIT_EXPECT_NOT_NULL_MSG(test, p, format, args...) \
	HOST_PTR(false, p, !=, NULL, ": " format, ##args)
#define KUNIT_EXPECT_STREQ_MSG(test, a, b, format, args...) \
	HOST_STR(false, a, ==, b, ": " format, ##args)
#define KUNIT_ASSERT_TRUE_MSG(test, c, format, args...) \
	HOST_TRUE(true, c, true, ": " format, ##args)
#define KUNIT_ASSERT_FALSE_MSG(test, c, format, args...) \
	HOST_TRUE(true, c, false, ": " format, ##args)
#define KUNIT_ASSERT_EQ_MSG(test, a, b, format, args...) \
	HOST_BINARY(true, a, ==, b, ": " format, ##args)
#define KUNIT_ASSERT_NE_MSG(test, a, b, format, args...) \
	HOST_BINARY(true, a, !=, b, ": " format, ##args)
#define KUNIT_ASSERT_LT_MSG(test, a, b, format, args...) \
	HOST_BINARY(true, a, <, b, ": " format, ##args)
#define KUNIT_ASSERT_LE_MSG(test, a, b, format, args...) \
	HOST_BINARY(true, a, <=, b, ": " format, ##args)
#define KUNIT_ASSERT_GT_MSG(test, a, b, format, args...) \
	HOST_BINARY(true, a, >, b, ": " format, ##args)
#define KUNIT_ASSERT_GE_MSG(test, a, b, format, args...) \
	HOST_BINARY(true, a, >=, b, ": " format, ##args)
#define KUNIT_ASSERT_PTR_EQ_MSG(test, a, b, format, args...) \
	HOST_PTR(true, a, ==, b, ": " format, ##args)
#define KUNIT_ASSERT_PTR_NE_MSG(test, a, b, format, args...) \
	HOST_PTR(true, a, !=, b, ": " format, ##args)
#define KUNIT_ASSERT_NULL_MSG(test, p, format, args...) \
	HOST_PTR(true, p, ==, NULL, ": " format, ##args)
#define KUNIT_ASSERT_NOT_NULL_MSG(test, p, format, args...) \
	HOST_PTR(true, p, !=, NULL, ": " format, ##args)
#define KUNIT_ASSERT_STREQ_MSG(test, a, b, format, args...) \
	HOST_STR(true, a, ==, b, ": " format, ##args)

#endif /* _KUNIT_TEST_H */
