// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for Mutex, and for the spinlock of the same shape.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/kthread.h>
#include <linux/sched/signal.h>

#include <kown/mutex.h>
#include <kown/spinlock.h>

#include "counted.h"
#include "race.h"

struct span {
	int from;
	int to;
};

struct account {
	struct counted counted;
	struct span span;
};

static struct kown_mutex *watched_mutex;
static bool dropped_while_locked;

static void account_drop(struct account *account)
{
	if (watched_mutex && mutex_is_locked(&watched_mutex->lock))
		dropped_while_locked = true;
	counted_drop(&account->counted);
}

KOWN_DEFINE_MUTEX(account, struct account, account_drop)
KOWN_DEFINE_MUTEX_MAP(span, account, span)
KOWN_DEFINE_MUTEX_MAP(span_end, span, to)
KOWN_DEFINE_MUTEX(number, u64, NULL)

static void lock_init(struct account_mutex *lock, struct witness *w, u64 value)
{
	struct account account = { .counted = counted(w, value) };

	account_mutex_init(lock, &account);
}

static u64 value_of(struct account_mutex *lock)
{
	CLASS(account_mutex, guard)(lock);

	return account_mutex_data(&guard)->counted.value;
}

/* A holder that gives up half way. */
static void break_it(struct account_mutex *lock)
{
	CLASS(account_mutex, guard)(lock);

	account_mutex_data(&guard)->span.from = 1;
	account_mutex_fail(&guard);
}

static bool is_locked(struct account_mutex *lock)
{
	return mutex_is_locked(&lock->base.lock);
}

static void mutex_lock_grants_and_shows_the_data(struct kunit *test)
{
	struct witness w = {};
	struct account_mutex lock;
	struct account_mutex_guard guard;

	lock_init(&lock, &w, 7);
	guard = account_mutex_lock(&lock);
	KUNIT_EXPECT_EQ(test, guard.err, 0);
	KUNIT_EXPECT_TRUE(test, is_locked(&lock));
	KUNIT_ASSERT_NOT_NULL(test, account_mutex_data(&guard));
	KUNIT_EXPECT_EQ(test, account_mutex_data(&guard)->counted.value, 7);
	account_mutex_data(&guard)->counted.value = 8;
	account_mutex_unlock(&guard);
	KUNIT_EXPECT_FALSE(test, is_locked(&lock));
	KUNIT_EXPECT_EQ(test, value_of(&lock), 8);
	account_mutex_free(&lock);
	expect_drops(test, &w, 1);
}

static void mutex_guard_after_unlock_holds_nothing(struct kunit *test)
{
	struct witness w = {};
	struct account_mutex lock;
	struct account_mutex_guard guard;

	lock_init(&lock, &w, 1);
	guard = account_mutex_lock(&lock);
	account_mutex_unlock(&guard);
	KUNIT_EXPECT_NULL(test, account_mutex_data(&guard));
	/* Were this not nothing, it would be an unlock of an unlocked mutex. */
	account_mutex_unlock(&guard);
	account_mutex_clear_poison(&guard);
	KUNIT_EXPECT_FALSE(test, is_locked(&lock));
	account_mutex_free(&lock);
}

static void mutex_initialisers_move_or_zero(struct kunit *test)
{
	static struct account_mutex still = KOWN_MUTEX_INIT(still, { .span = { 3, 4 } });
	struct number_mutex zero;
	u64 five = 5, *value;

	scoped_guard(account_mutex, &still) {
		KUNIT_EXPECT_EQ(test, scope.err, 0);
		KUNIT_EXPECT_EQ(test, account_mutex_data(&scope)->span.to, 4);
	}
	KUNIT_EXPECT_FALSE(test, is_locked(&still));
	memset(&zero, 0x5a, sizeof(zero));
	number_mutex_init(&zero, NULL);
	KUNIT_EXPECT_EQ(test, number_mutex_get_mut(&zero, &value), 0);
	KUNIT_EXPECT_EQ(test, *value, 0);
	number_mutex_free(&zero);
	number_mutex_init(&zero, &five);
	KUNIT_EXPECT_EQ(test, number_mutex_get_mut(&zero, &value), 0);
	KUNIT_EXPECT_EQ(test, *value, 5);
	number_mutex_free(&zero);
	number_mutex_free(NULL);
}

/* Poison */

static int leave_early(struct account_mutex *lock, bool early)
{
	CLASS(account_mutex, guard)(lock);

	if (early)
		return -EIO;
	account_mutex_data(&guard)->counted.value++;
	return 0;
}

static void mutex_scope_left_unmarked_does_not_poison(struct kunit *test)
{
	struct witness w = {};
	struct account_mutex lock;

	lock_init(&lock, &w, 1);
	KUNIT_EXPECT_EQ(test, leave_early(&lock, true), -EIO);
	KUNIT_EXPECT_FALSE(test, is_locked(&lock));
	KUNIT_EXPECT_FALSE(test, account_mutex_is_poisoned(&lock));
	KUNIT_EXPECT_EQ(test, leave_early(&lock, false), 0);
	KUNIT_EXPECT_FALSE(test, is_locked(&lock));
	KUNIT_EXPECT_FALSE(test, account_mutex_is_poisoned(&lock));
	account_mutex_free(&lock);
}

static void mutex_second_lock_says_poisoned_and_grants(struct kunit *test)
{
	struct witness w = {};
	struct account_mutex lock;

	lock_init(&lock, &w, 1);
	break_it(&lock);
	KUNIT_EXPECT_FALSE(test, is_locked(&lock));
	KUNIT_EXPECT_TRUE(test, account_mutex_is_poisoned(&lock));
	for (int i = 0; i < 3; i++) {
		CLASS(account_mutex, guard)(&lock);

		KUNIT_EXPECT_EQ(test, guard.err, -EOWNERDEAD);
		KUNIT_EXPECT_TRUE(test, is_locked(&lock));
		KUNIT_ASSERT_NOT_NULL(test, account_mutex_data(&guard));
		KUNIT_EXPECT_EQ(test, account_mutex_data(&guard)->span.from, 1);
	}
	KUNIT_EXPECT_FALSE(test, is_locked(&lock));
	account_mutex_free(&lock);
}

static void mutex_clear_poison_ends_it(struct kunit *test)
{
	struct witness w = {};
	struct account_mutex lock;
	struct account_mutex_guard guard;

	lock_init(&lock, &w, 1);
	break_it(&lock);
	guard = account_mutex_lock(&lock);
	KUNIT_EXPECT_EQ(test, guard.err, -EOWNERDEAD);
	account_mutex_data(&guard)->span.from = 0;
	account_mutex_clear_poison(&guard);
	KUNIT_EXPECT_FALSE(test, account_mutex_is_poisoned(&lock));
	account_mutex_unlock(&guard);
	guard = account_mutex_lock(&lock);
	KUNIT_EXPECT_EQ(test, guard.err, 0);
	account_mutex_unlock(&guard);
	account_mutex_free(&lock);
}

/* Poisoned if and only if the failure falls between lock and unlock. */
static void mutex_failure_outside_the_lock_does_not_poison(struct kunit *test)
{
	struct witness w = {};
	struct account_mutex lock;
	struct account_mutex_guard guard = {};

	lock_init(&lock, &w, 1);
	account_mutex_fail(&guard);
	KUNIT_EXPECT_FALSE(test, account_mutex_is_poisoned(&lock));
	guard = account_mutex_lock(&lock);
	KUNIT_EXPECT_EQ(test, guard.err, 0);
	account_mutex_unlock(&guard);
	account_mutex_fail(&guard);
	KUNIT_EXPECT_FALSE(test, account_mutex_is_poisoned(&lock));
	/* A lock that was not granted. */
	scoped_guard(account_mutex, &lock) {
		guard = account_mutex_trylock(&lock);
		KUNIT_EXPECT_EQ(test, guard.err, -EBUSY);
		account_mutex_fail(&guard);
	}
	KUNIT_EXPECT_FALSE(test, account_mutex_is_poisoned(&lock));
	account_mutex_free(&lock);
}

static void mutex_failure_poisons_only_its_own_lock(struct kunit *test)
{
	struct witness w = {};
	struct account_mutex a, b;

	lock_init(&a, &w, 1);
	lock_init(&b, &w, 2);
	scoped_guard(account_mutex, &b) {
		struct account_mutex_guard inner = account_mutex_lock_nested(&a, 1);

		account_mutex_fail(&inner);
		account_mutex_unlock(&inner);
	}
	KUNIT_EXPECT_TRUE(test, account_mutex_is_poisoned(&a));
	KUNIT_EXPECT_FALSE(test, account_mutex_is_poisoned(&b));
	account_mutex_free(&a);
	account_mutex_free(&b);
}

static void mutex_trylock_tells_busy_from_poisoned(struct kunit *test)
{
	struct witness w = {};
	struct account_mutex lock;

	lock_init(&lock, &w, 1);
	for (int poisoned = 0; poisoned < 2; poisoned++) {
		scoped_guard(account_mutex, &lock) {
			CLASS(account_mutex_try, guard)(&lock);

			KUNIT_EXPECT_EQ(test, guard.err, -EBUSY);
			KUNIT_EXPECT_NULL(test, account_mutex_data(&guard));
		}
		{
			CLASS(account_mutex_try, guard)(&lock);

			KUNIT_EXPECT_EQ(test, guard.err, poisoned ? -EOWNERDEAD : 0);
			KUNIT_EXPECT_NOT_NULL(test, account_mutex_data(&guard));
			KUNIT_EXPECT_TRUE(test, is_locked(&lock));
		}
		KUNIT_EXPECT_FALSE(test, is_locked(&lock));
		break_it(&lock);
	}
	account_mutex_free(&lock);
}

/* Signals: a thread waits for a lock that does not come. */

struct waiter {
	struct account_mutex *lock;
	bool killable;
	struct completion waits;
	struct completion done;
	int err;
	bool had_data;
};

static int wait_for_lock(void *data)
{
	struct waiter *waiter = data;
	struct account_mutex_guard guard;

	allow_signal(SIGKILL);
	complete(&waiter->waits);
	guard = waiter->killable ? account_mutex_lock_killable(waiter->lock) :
				   account_mutex_lock_interruptible(waiter->lock);
	waiter->err = guard.err;
	waiter->had_data = account_mutex_data(&guard);
	account_mutex_unlock(&guard);
	complete(&waiter->done);
	return 0;
}

static void wait_start(struct kunit *test, struct waiter *waiter,
		       struct account_mutex *lock, bool killable, bool signal)
{
	struct task_struct *thread;

	*waiter = (struct waiter) { .lock = lock, .killable = killable };
	init_completion(&waiter->waits);
	init_completion(&waiter->done);
	thread = kthread_run(wait_for_lock, waiter, "kown-waiter");
	KUNIT_ASSERT_FALSE(test, IS_ERR(thread));
	wait_for_completion(&waiter->waits);
	if (signal)
		send_sig(SIGKILL, thread, 1);
}

static void mutex_interrupted_lock_holds_nothing(struct kunit *test)
{
	struct witness w = {};
	struct account_mutex lock;
	struct waiter waiter;

	lock_init(&lock, &w, 1);
	for (int killable = 0; killable < 2; killable++) {
		scoped_guard(account_mutex, &lock) {
			wait_start(test, &waiter, &lock, killable, true);
			wait_for_completion(&waiter.done);
			KUNIT_EXPECT_EQ(test, waiter.err, -EINTR);
			KUNIT_EXPECT_FALSE(test, waiter.had_data);
			KUNIT_EXPECT_TRUE(test, is_locked(&lock));
		}
		KUNIT_EXPECT_FALSE(test, is_locked(&lock));
		KUNIT_EXPECT_FALSE(test, account_mutex_is_poisoned(&lock));
	}
	account_mutex_free(&lock);
}

static void mutex_waiter_is_told_of_the_poison(struct kunit *test)
{
	struct witness w = {};
	struct account_mutex lock;
	struct waiter waiters[3];

	lock_init(&lock, &w, 1);
	scoped_guard(account_mutex, &lock) {
		for (int i = 0; i < ARRAY_SIZE(waiters); i++)
			wait_start(test, &waiters[i], &lock, i % 2, false);
		msleep(20);
		account_mutex_fail(&scope);
	}
	for (int i = 0; i < ARRAY_SIZE(waiters); i++) {
		wait_for_completion(&waiters[i].done);
		KUNIT_EXPECT_EQ(test, waiters[i].err, -EOWNERDEAD);
		KUNIT_EXPECT_TRUE(test, waiters[i].had_data);
	}
	account_mutex_free(&lock);
}

static void mutex_classes_of_all_locks_unlock(struct kunit *test)
{
	struct witness w = {};
	struct account_mutex lock;

	lock_init(&lock, &w, 1);
	{
		CLASS(account_mutex_intr, guard)(&lock);

		KUNIT_EXPECT_EQ(test, guard.err, 0);
	}
	{
		CLASS(account_mutex_kill, guard)(&lock);

		KUNIT_EXPECT_EQ(test, guard.err, 0);
	}
	{
		guard(account_mutex)(&lock);
		KUNIT_EXPECT_TRUE(test, is_locked(&lock));
	}
	KUNIT_EXPECT_FALSE(test, is_locked(&lock));
	account_mutex_free(&lock);
}

/* The value as a whole */

static void mutex_replace_swaps(struct kunit *test)
{
	struct witness w = {};
	struct account_mutex lock;
	struct account mine = { .counted = counted(&w, 2) };

	lock_init(&lock, &w, 1);
	KUNIT_EXPECT_EQ(test, account_mutex_replace(&lock, &mine), 0);
	KUNIT_EXPECT_EQ(test, mine.counted.value, 1);
	KUNIT_EXPECT_EQ(test, value_of(&lock), 2);
	expect_drops(test, &w, 0);
	account_drop(&mine);
	account_mutex_free(&lock);
	expect_drops(test, &w, 2);
}

static void mutex_set_drops_the_old_without_the_lock(struct kunit *test)
{
	struct witness w = {}, other = {};
	struct account_mutex lock;
	struct account mine = { .counted = counted(&other, 2) };

	lock_init(&lock, &w, 1);
	watched_mutex = &lock.base;
	dropped_while_locked = false;
	KUNIT_EXPECT_EQ(test, account_mutex_set(&lock, &mine), 0);
	watched_mutex = NULL;
	KUNIT_EXPECT_FALSE(test, dropped_while_locked);
	expect_drops(test, &w, 1);
	expect_drops(test, &other, 0);
	KUNIT_EXPECT_EQ(test, value_of(&lock), 2);
	account_mutex_free(&lock);
	expect_drops(test, &other, 1);
}

static void mutex_poisoned_set_and_replace_give_the_value_back(struct kunit *test)
{
	struct witness w = {}, other = {};
	struct account_mutex lock;
	struct account mine = { .counted = counted(&other, 2) };

	lock_init(&lock, &w, 1);
	break_it(&lock);
	KUNIT_EXPECT_EQ(test, account_mutex_set(&lock, &mine), -EOWNERDEAD);
	KUNIT_EXPECT_EQ(test, account_mutex_replace(&lock, &mine), -EOWNERDEAD);
	KUNIT_EXPECT_EQ(test, mine.counted.value, 2);
	KUNIT_EXPECT_EQ(test, mine.counted.state, COUNTED_ALIVE);
	KUNIT_EXPECT_EQ(test, value_of(&lock), 1);
	KUNIT_EXPECT_FALSE(test, is_locked(&lock));
	KUNIT_EXPECT_TRUE(test, account_mutex_is_poisoned(&lock));
	expect_drops(test, &w, 0);
	expect_drops(test, &other, 0);
	account_mutex_free(&lock);
	expect_drops(test, &w, 1);
}

static void mutex_get_mut_shows_without_locking(struct kunit *test)
{
	struct witness w = {};
	struct account_mutex lock;
	struct account *account = NULL;

	lock_init(&lock, &w, 1);
	KUNIT_EXPECT_EQ(test, account_mutex_get_mut(&lock, &account), 0);
	account->counted.value = 5;
	KUNIT_EXPECT_FALSE(test, is_locked(&lock));
	KUNIT_EXPECT_EQ(test, value_of(&lock), 5);
	break_it(&lock);
	account = NULL;
	KUNIT_EXPECT_EQ(test, account_mutex_get_mut(&lock, &account), -EOWNERDEAD);
	KUNIT_ASSERT_NOT_NULL(test, account);
	KUNIT_EXPECT_EQ(test, account->counted.value, 5);
	account_mutex_free(&lock);
}

static void mutex_into_inner_moves_out(struct kunit *test)
{
	struct witness w = {};
	struct account_mutex lock;
	struct account out = {};

	lock_init(&lock, &w, 1);
	KUNIT_EXPECT_EQ(test, account_mutex_into_inner(&lock, &out), 0);
	KUNIT_EXPECT_EQ(test, out.counted.value, 1);
	lock_init(&lock, &w, 2);
	break_it(&lock);
	KUNIT_EXPECT_EQ(test, account_mutex_into_inner(&lock, &out), -EOWNERDEAD);
	KUNIT_EXPECT_EQ(test, out.counted.value, 2);
	expect_drops(test, &w, 0);
}

/* Mapped */

static void mutex_map_shows_one_field(struct kunit *test)
{
	struct witness w = {};
	struct account_mutex lock;

	lock_init(&lock, &w, 1);
	{
		CLASS(account_mutex, outer)(&lock);
		struct account *account = account_mutex_data(&outer);
		CLASS(span_mutex, guard)(&outer);

		KUNIT_EXPECT_PTR_EQ(test, span_mutex_data(&guard), &account->span);
		KUNIT_EXPECT_NULL(test, account_mutex_data(&outer));
		account_mutex_fail(&outer);
		KUNIT_EXPECT_FALSE(test, account_mutex_is_poisoned(&lock));
		span_mutex_data(&guard)->to = 9;
		span_mutex_unlock(&guard);
		KUNIT_EXPECT_FALSE(test, is_locked(&lock));
		KUNIT_EXPECT_NULL(test, span_mutex_data(&guard));
	}
	{
		CLASS(account_mutex, outer)(&lock);
		CLASS(span_mutex, middle)(&outer);
		CLASS(span_end_mutex, guard)(&middle);

		KUNIT_EXPECT_EQ(test, *span_end_mutex_data(&guard), 9);
		span_end_mutex_fail(&guard);
	}
	KUNIT_EXPECT_FALSE(test, is_locked(&lock));
	KUNIT_EXPECT_TRUE(test, account_mutex_is_poisoned(&lock));
	account_mutex_free(&lock);
}

/* What lockdep sees */

#ifdef CONFIG_PROVE_LOCKING
static void mutex_data_past_the_guard_is_a_splat(struct kunit *test)
{
	struct witness w = {};
	struct account_mutex lock;
	struct account_mutex_guard guard, copy;

	lock_init(&lock, &w, 1);
	guard = account_mutex_lock(&lock);
	copy = guard;
	account_mutex_unlock(&guard);
	expect_splat("mutex_test");
	KUNIT_EXPECT_NOT_NULL(test, account_mutex_data(&copy));
	expect_splat("mutex_test");
	account_mutex_fail(&copy);
	account_mutex_free(&lock);
}
#endif

/* Threads */

struct shared {
	struct number_mutex number;
	struct kown_poison told;
	atomic_t poisoned;
	atomic_t failed;
};

static bool share(void *context)
{
	struct shared *shared = context;

	number_mutex_init(&shared->number, NULL);
	return true;
}

static void add_ten(void *context)
{
	struct shared *shared = context;

	for (int i = 0; i < 10; i++) {
		CLASS(number_mutex, guard)(&shared->number);

		++*number_mutex_data(&guard);
	}
}

static void fail_or_repair(void *context)
{
	struct shared *shared = context;
	CLASS(number_mutex, guard)(&shared->number);

	if (guard.err) {
		atomic_inc(&shared->poisoned);
		number_mutex_clear_poison(&guard);
		return;
	}
	atomic_inc(&shared->failed);
	number_mutex_fail(&guard);
}

static bool is_twenty(void *context)
{
	struct shared *shared = context;
	u64 sum = 0;

	return !number_mutex_into_inner(&shared->number, &sum) && sum == 20;
}

/* Two sides, each of which breaks or repairs: one of each. */
static bool one_broke_one_repaired(void *context)
{
	struct shared *shared = context;
	u64 *value;

	return !number_mutex_get_mut(&shared->number, &value) &&
	       atomic_read(&shared->poisoned) == atomic_read(&shared->failed);
}

static void mutex_excludes(struct kunit *test)
{
	struct shared shared = {};

	race_run(test, &(struct race) {
		.context = &shared,
		.prepare = share,
		.sides = { add_ten, add_ten },
		.check = is_twenty,
	}, 2000);
}

static void mutex_poison_passes_from_thread_to_thread(struct kunit *test)
{
	struct shared shared = {};

	race_run(test, &(struct race) {
		.context = &shared,
		.prepare = share,
		.sides = { fail_or_repair, fail_or_repair },
		.check = one_broke_one_repaired,
	}, 2000);
}

static struct kunit_case mutex_cases[] = {
	KUNIT_CASE(mutex_lock_grants_and_shows_the_data),
	KUNIT_CASE(mutex_guard_after_unlock_holds_nothing),
	KUNIT_CASE(mutex_initialisers_move_or_zero),
	KUNIT_CASE(mutex_scope_left_unmarked_does_not_poison),
	KUNIT_CASE(mutex_second_lock_says_poisoned_and_grants),
	KUNIT_CASE(mutex_clear_poison_ends_it),
	KUNIT_CASE(mutex_failure_outside_the_lock_does_not_poison),
	KUNIT_CASE(mutex_failure_poisons_only_its_own_lock),
	KUNIT_CASE(mutex_trylock_tells_busy_from_poisoned),
	KUNIT_CASE(mutex_interrupted_lock_holds_nothing),
	KUNIT_CASE(mutex_waiter_is_told_of_the_poison),
	KUNIT_CASE(mutex_classes_of_all_locks_unlock),
	KUNIT_CASE(mutex_replace_swaps),
	KUNIT_CASE(mutex_set_drops_the_old_without_the_lock),
	KUNIT_CASE(mutex_poisoned_set_and_replace_give_the_value_back),
	KUNIT_CASE(mutex_get_mut_shows_without_locking),
	KUNIT_CASE(mutex_into_inner_moves_out),
	KUNIT_CASE(mutex_map_shows_one_field),
#ifdef CONFIG_PROVE_LOCKING
	KUNIT_CASE(mutex_data_past_the_guard_is_a_splat),
#endif
	KUNIT_CASE(mutex_excludes),
	KUNIT_CASE(mutex_poison_passes_from_thread_to_thread),
	{}
};

static struct kunit_suite mutex_suite = {
	.name = "kown_mutex",
	.test_cases = mutex_cases,
};

/* Spinlock */

KOWN_DEFINE_SPINLOCK(slot, struct account, account_drop)
KOWN_DEFINE_SPINLOCK_MAP(slot_span, slot, span)

static void slot_init(struct slot_spinlock *lock, struct witness *w, u64 value)
{
	struct account account = { .counted = counted(w, value) };

	slot_spinlock_init(lock, &account);
}

static bool slot_is_locked(struct slot_spinlock *lock)
{
	struct slot_spinlock_guard guard = slot_spinlock_trylock_irqsave(lock);
	bool busy = guard.err == -EBUSY;

	slot_spinlock_unlock(&guard);
	return busy;
}

static void spinlock_lock_grants_and_unlocks(struct kunit *test)
{
	struct witness w = {};
	struct slot_spinlock lock;

	slot_init(&lock, &w, 3);
	{
		CLASS(slot_spinlock, guard)(&lock);

		KUNIT_EXPECT_EQ(test, guard.err, 0);
		KUNIT_EXPECT_EQ(test, slot_spinlock_data(&guard)->counted.value, 3);
		slot_spinlock_unlock(&guard);
		KUNIT_EXPECT_NULL(test, slot_spinlock_data(&guard));
	}
	KUNIT_EXPECT_FALSE(test, slot_is_locked(&lock));
	KUNIT_EXPECT_FALSE(test, slot_spinlock_is_poisoned(&lock));
	slot_spinlock_free(&lock);
	expect_drops(test, &w, 1);
}

static void spinlock_irqsave_restores(struct kunit *test)
{
	struct witness w = {};
	struct slot_spinlock lock;
	unsigned long flags;
	bool off;

	slot_init(&lock, &w, 3);
	KUNIT_ASSERT_FALSE(test, irqs_disabled());
	{
		CLASS(slot_spinlock_irqsave, guard)(&lock);

		off = irqs_disabled();
	}
	KUNIT_EXPECT_TRUE(test, off);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
	scoped_guard(slot_spinlock, &lock)
		off = irqs_disabled();
	KUNIT_EXPECT_FALSE(test, off);
	local_irq_save(flags);
	{
		CLASS(slot_spinlock_irqsave, guard)(&lock);
	}
	off = irqs_disabled();
	local_irq_restore(flags);
	KUNIT_EXPECT_TRUE(test, off);
	slot_spinlock_free(&lock);
}

/* Where there is one CPU, nobody can be the one who holds it. */
static void spinlock_trylock_tells_busy_from_poisoned(struct kunit *test)
{
	bool can_be_busy = IS_ENABLED(CONFIG_SMP);
	struct witness w = {};
	struct slot_spinlock lock;
	struct slot_spinlock_guard guard;
	int err = 0;

	slot_init(&lock, &w, 3);
	if (can_be_busy) {
		scoped_guard(slot_spinlock, &lock) {
			guard = slot_spinlock_trylock(&lock);
			err = guard.err;
			slot_spinlock_fail(&guard);
		}
		KUNIT_EXPECT_EQ(test, err, -EBUSY);
		KUNIT_EXPECT_NULL(test, slot_spinlock_data(&guard));
	}
	KUNIT_EXPECT_FALSE(test, slot_spinlock_is_poisoned(&lock));
	scoped_guard(slot_spinlock, &lock)
		slot_spinlock_fail(&scope);
	KUNIT_EXPECT_TRUE(test, slot_spinlock_is_poisoned(&lock));
	{
		CLASS(slot_spinlock_try, again)(&lock);

		KUNIT_EXPECT_EQ(test, again.err, -EOWNERDEAD);
		KUNIT_EXPECT_NOT_NULL(test, slot_spinlock_data(&again));
		slot_spinlock_clear_poison(&again);
	}
	KUNIT_EXPECT_FALSE(test, slot_spinlock_is_poisoned(&lock));
	slot_spinlock_free(&lock);
}

static void spinlock_set_and_replace(struct kunit *test)
{
	struct witness w = {}, other = {};
	struct slot_spinlock lock;
	struct account mine = { .counted = counted(&other, 2) };
	struct account *account = NULL;
	unsigned long flags;

	slot_init(&lock, &w, 1);
	local_irq_save(flags);
	KUNIT_EXPECT_EQ(test, slot_spinlock_replace(&lock, &mine), 0);
	local_irq_restore(flags);
	KUNIT_EXPECT_EQ(test, mine.counted.value, 1);
	KUNIT_EXPECT_EQ(test, slot_spinlock_set(&lock, &mine), 0);
	expect_drops(test, &w, 0);
	expect_drops(test, &other, 1);
	scoped_guard(slot_spinlock, &lock)
		slot_spinlock_fail(&scope);
	mine.counted = counted(&other, 9);
	KUNIT_EXPECT_EQ(test, slot_spinlock_set(&lock, &mine), -EOWNERDEAD);
	KUNIT_EXPECT_EQ(test, slot_spinlock_replace(&lock, &mine), -EOWNERDEAD);
	KUNIT_EXPECT_EQ(test, mine.counted.value, 9);
	KUNIT_EXPECT_EQ(test, slot_spinlock_get_mut(&lock, &account), -EOWNERDEAD);
	KUNIT_EXPECT_EQ(test, account->counted.value, 1);
	KUNIT_EXPECT_EQ(test, slot_spinlock_into_inner(&lock, &mine), -EOWNERDEAD);
	KUNIT_EXPECT_EQ(test, mine.counted.value, 1);
	expect_drops(test, &w, 0);
}

static void spinlock_map_keeps_how_it_locked(struct kunit *test)
{
	static struct slot_spinlock lock = KOWN_SPINLOCK_INIT(lock, { .span = { 1, 2 } });
	bool off;
	int to;

	{
		CLASS(slot_spinlock_irqsave, outer)(&lock);
		CLASS(slot_span_spinlock, guard)(&outer);

		to = slot_span_spinlock_data(&guard)->to;
		off = irqs_disabled();
	}
	KUNIT_EXPECT_EQ(test, to, 2);
	KUNIT_EXPECT_TRUE(test, off);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
	KUNIT_EXPECT_FALSE(test, slot_is_locked(&lock));
}

static void spinlock_locks_of_a_kind_nest(struct kunit *test)
{
	struct witness w = {};
	struct slot_spinlock a, b;

	slot_init(&a, &w, 1);
	slot_init(&b, &w, 2);
	scoped_guard(slot_spinlock, &a) {
		struct slot_spinlock_guard inner = slot_spinlock_lock_nested(&b, 1);

		slot_spinlock_fail(&inner);
		slot_spinlock_unlock(&inner);
	}
	KUNIT_EXPECT_FALSE(test, slot_spinlock_is_poisoned(&a));
	KUNIT_EXPECT_TRUE(test, slot_spinlock_is_poisoned(&b));
	slot_spinlock_free(&a);
	slot_spinlock_free(&b);
	expect_drops(test, &w, 2);
}

static struct kunit_case spinlock_cases[] = {
	KUNIT_CASE(spinlock_lock_grants_and_unlocks),
	KUNIT_CASE(spinlock_irqsave_restores),
	KUNIT_CASE(spinlock_trylock_tells_busy_from_poisoned),
	KUNIT_CASE(spinlock_set_and_replace),
	KUNIT_CASE(spinlock_map_keeps_how_it_locked),
	KUNIT_CASE(spinlock_locks_of_a_kind_nest),
	{}
};

static struct kunit_suite spinlock_suite = {
	.name = "kown_spinlock",
	.test_cases = spinlock_cases,
};

kunit_test_suites(&mutex_suite, &spinlock_suite);
