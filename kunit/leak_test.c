// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit's last word: what the tests before it have leaked. It passes; kmemleak's report
 * fails the run.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/kallsyms.h>
#include <linux/slab.h>

/* kmemleak believes in no leak that is younger. */
#define OLD_ENOUGH_MS	5100

#define MOST_KEPT	1000	/* pointers that an allocator may have put in store, of each size */

/*
 * The slab allocator of 7.3 keeps arrays of pointers, and does not clear what it has taken
 * out: there kmemleak finds the last few dozen leaks of a size, and says nothing of
 * them. So let other pointers take their places.
 */
static void overwrite_stale_pointers(struct kunit *test)
{
	void **kept = kunit_kcalloc(test, MOST_KEPT, sizeof(*kept), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, kept);
	for (size_t size = 8; size <= 2048; size += size < 256 ? 8 : size / 2) {
		for (int i = 0; i < MOST_KEPT; i++)
			kept[i] = kmalloc(size, GFP_KERNEL);
		for (int i = 0; i < MOST_KEPT; i++)
			kfree(kept[i]);
	}
	memset(kept, 0, MOST_KEPT * sizeof(*kept));
}

/*
 * A scan is asked for through debugfs, by a process; here there is none. Nothing else
 * scans meanwhile: CONFIG_DEBUG_KMEMLEAK_AUTO_SCAN is off.
 */
static void nothing_leaked(struct kunit *test)
{
	unsigned long scan = kallsyms_lookup_name("kmemleak_scan");

	KUNIT_ASSERT_NE(test, scan, 0UL);
	overwrite_stale_pointers(test);
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
