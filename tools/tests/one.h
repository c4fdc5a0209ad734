/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One case of a program that has many: PROGRAM -t FIXTURE[.VARIANT].CASE, as it is named in
 * what the program prints.
 */
#ifndef _KOWN_ONE_H
#define _KOWN_ONE_H

#include <stdio.h>
#include <string.h>

#include <kselftest_harness.h>

static bool is_named(const char *name, const struct __fixture_metadata *fixture,
		     const struct __fixture_variant_metadata *variant,
		     const struct __test_metadata *test)
{
	const char *of = variant ? variant->name : "";
	char its[256];

	snprintf(its, sizeof(its), "%s%s%s.%s", fixture->name, of[0] ? "." : "", of, test->name);
	return !strcmp(name, its);
}

/* Leaves one case in the harness's lists, and says whether there is such a one. */
static bool keep_one(const char *name)
{
	struct __fixture_metadata *fixture;
	struct __fixture_variant_metadata *variant;
	struct __test_metadata *test;

	for (fixture = __fixture_list; fixture; fixture = fixture->next) {
		variant = fixture->variant;
		do {
			for (test = fixture->tests; test; test = test->next) {
				if (!is_named(name, fixture, variant, test))
					continue;
				__fixture_list = fixture;
				fixture->next = NULL;
				fixture->variant = variant;
				if (variant)
					variant->next = NULL;
				fixture->tests = test;
				test->next = NULL;
				return true;
			}
			variant = variant ? variant->next : NULL;
		} while (variant);
	}
	return false;
}

static int run_all_or_one(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "-t") && !keep_one(argv[2])) {
		fprintf(stderr, "%s: no case %s\n", argv[0], argv[2]);
		return 2;
	}
	return test_harness_run(argc, argv);
}

/* What TEST_HARNESS_MAIN calls. */
#define test_harness_run	run_all_or_one

#endif /* _KOWN_ONE_H */
