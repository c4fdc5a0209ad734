// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit's last word: what the tests before it have leaked. It passes; kmemleak's report
 * fails the run.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/kallsyms.h>

/* kmemleak believes in no leak that is younger. */
#define OLD_ENOUGH_MS	5100

/*
 * A scan is asked for through debugfs, by a process; here there is none. Nothing else
 * scans meanwhile: CONFIG_DEBUG_KMEMLEAK_AUTO_SCAN is off.
 */
static void nothing_leaked(struct kunit *test)
{
	unsigned long scan = kallsyms_lookup_name("kmemleak_scan");

	KUNIT_ASSERT_NE(test, scan, 0UL);
	/* The first only learns what does not change any more. */
	for (int i = 0; i < 3; i++) {
		msleep(OLD_ENOUGH_MS / 3 + 1);
		((void (*)(void))scan)();
	}
}

static struct kunit_case leak_cases[] = {
	KUNIT_CASE(nothing_leaked),
	{}
};

static struct kunit_suite leak_suite = {
	.name = "kown_leak",
	.test_cases = leak_cases,
};

kunit_test_suite(leak_suite);
