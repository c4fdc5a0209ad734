// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit: runs the suites, and prints what they say as KTAP.
 */
#include <kunit/test.h>
#include <linux/sched.h>

#include "host.h"
#include "os.h"

#define MOST_SUITES	64

static struct kunit_suite *suites[MOST_SUITES];
static int nr_suites;

/* Of the running case. */
static bool failed;
static bool skipped;
static char reason[256];

/* What to do when a case ends; last first. */
struct action {
	struct action *next;
	void (*run)(void *context);
	void *context;
};

static struct action *actions;

void host_suite(struct kunit_suite *suite)
{
	if (nr_suites == MOST_SUITES)
		os_abort();
	suites[nr_suites++] = suite;
}

static void say(const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	os_print(text);
}

void host_fail(bool end, const char *file, int line, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	say("  # %s:%d: %s\n", file, line, text);
	failed = true;
	if (end)
		os_jump();
}

void host_skip(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	skipped = true;
	os_jump();
}

static void unexpected(void)
{
	failed = true;
}

int kunit_add_action(struct kunit *test, void (*run)(void *context), void *context)
{
	struct action *action = os_alloc(sizeof(*action), sizeof(void *));

	if (!action)
		return -ENOMEM;
	*action = (struct action){ actions, run, context };
	actions = action;
	return 0;
}

int kunit_add_action_or_reset(struct kunit *test, void (*run)(void *context),
			      void *context)
{
	int err = kunit_add_action(test, run, context);

	if (err)
		run(context);
	return err;
}

void kunit_release_action(struct kunit *test, void (*run)(void *context), void *context)
{
	for (struct action **at = &actions; *at; at = &(*at)->next) {
		struct action *action = *at;

		if (action->run != run || action->context != context)
			continue;
		*at = action->next;
		os_free(action);
		run(context);
		return;
	}
}

static void free_memory(void *p)
{
	kfree(p);
}

void *kunit_kmalloc(struct kunit *test, size_t size, gfp_t gfp)
{
	void *p = kmalloc(size, gfp);

	if (p && kunit_add_action_or_reset(test, free_memory, p))
		return NULL;
	return p;
}

void kunit_kfree(struct kunit *test, const void *p)
{
	if (p)
		kunit_release_action(test, free_memory, (void *)p);
}

static void end_actions(void)
{
	while (actions) {
		struct action *action = actions;

		actions = action->next;
		action->run(action->context);
		os_free(action);
	}
}

struct run {
	struct kunit_suite *suite;
	struct kunit_case *c;
	struct kunit test;
};

static void run_body(void *data)
{
	struct run *run = data;

	if (run->suite->init && run->suite->init(&run->test)) {
		failed = true;
		return;
	}
	run->c->run_case(&run->test);
}

static void run_exit(void *data)
{
	struct run *run = data;

	if (run->suite->exit)
		run->suite->exit(&run->test);
}

static void run_once(struct run *run)
{
	os_try(run_body, run);
	os_try(run_exit, run);
	end_actions();
	if (current->atomic) {
		say("  # it ends where it may not sleep\n");
		failed = true;
		current->atomic = 0;
	}
}

static void run_params(struct run *run)
{
	char desc[KUNIT_PARAM_DESC_SIZE];
	bool any = false;

	for (;;) {
		*desc = '\0';
		failed = false;
		run->test.param_value = run->c->generate_params(run->test.param_value, desc);
		if (!run->test.param_value)
			break;
		run_once(run);
		if (failed)
			say("  # with %s\n", desc);
		any |= failed;
	}
	failed = any;
}

static bool run_case(struct kunit_suite *suite, struct kunit_case *c, int number)
{
	struct run run = { .suite = suite, .c = c };
	unsigned long long start = os_milliseconds();

	failed = false;
	skipped = false;
	if (c->generate_params)
		run_params(&run);
	else
		run_once(&run);
	if (skipped && !failed)
		say("  ok %d %s # SKIP %s\n", number, c->name, reason);
	else
		say("  %sok %d %s\n", failed ? "not " : "", number, c->name);
	start = os_milliseconds() - start;
	if (start >= 1000)
		say("  # %s took %llu ms\n", c->name, start);
	return !failed;
}

static int run_suite(struct kunit_suite *suite, int number)
{
	int failures = 0, n = 0;

	for (struct kunit_case *c = suite->test_cases; c->name; c++)
		n++;
	say("# Subtest: %s\n  1..%d\n", suite->name, n);
	if (suite->suite_init && suite->suite_init(suite)) {
		say("not ok %d %s\n", number, suite->name);
		return 1;
	}
	for (int i = 0; i < n; i++)
		failures += !run_case(suite, &suite->test_cases[i], i + 1);
	if (suite->suite_exit)
		suite->suite_exit(suite);
	say("%sok %d %s\n", failures ? "not " : "", number, suite->name);
	return failures;
}

int host_run_suites(const char *filter)
{
	int failures = 0, n = 0;

	host_unexpected = unexpected;
	for (int i = 0; i < nr_suites; i++)
		n += !!strstr(suites[i]->name, filter);
	say("KTAP version 1\n1..%d\n", n);
	n = 0;
	for (int i = 0; i < nr_suites; i++)
		if (strstr(suites[i]->name, filter))
			failures += run_suite(suites[i], ++n);
	host_unexpected = NULL;
	return failures;
}
