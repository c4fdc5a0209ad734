// SPDX-License-Identifier: GPL-2.0
/*
 * Benchmarks of locks against those they are made of, and of watches against a notifier
 * chain.
 */
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/spinlock.h>

#include <kown/mutex.h>
#include <kown/spinlock.h>
#include <kown/watch.h>

#include "bench.h"

KOWN_DEFINE_MUTEX(number, u64, NULL)
KOWN_DEFINE_SPINLOCK(number, u64, NULL)

static struct number_mutex kown_mutex = KOWN_MUTEX_INIT(kown_mutex, 0);
static struct number_spinlock kown_spinlock = KOWN_SPINLOCK_INIT(kown_spinlock, 0);

static struct {
	struct mutex lock;
	u64 value;
} bare_mutex = { .lock = __MUTEX_INITIALIZER(bare_mutex.lock) };

static struct {
	spinlock_t lock;
	u64 value;
} bare_spinlock = { .lock = __SPIN_LOCK_UNLOCKED(bare_spinlock.lock) };

static noinline __aligned(64) void kown_mutex_add(unsigned int n)
{
	struct number_mutex *lock = &kown_mutex;

	OPTIMIZER_HIDE_VAR(lock);
	while (n--) {
		CLASS(number_mutex, guard)(lock);

		if (likely(!guard.err))
			++*number_mutex_data(&guard);
	}
}

static noinline __aligned(64) void bare_mutex_add(unsigned int n)
{
	typeof(bare_mutex) *bare = &bare_mutex;

	OPTIMIZER_HIDE_VAR(bare);
	while (n--) {
		mutex_lock(&bare->lock);
		bare->value++;
		mutex_unlock(&bare->lock);
	}
}

static noinline __aligned(64) void kown_spinlock_add(unsigned int n)
{
	struct number_spinlock *lock = &kown_spinlock;

	OPTIMIZER_HIDE_VAR(lock);
	while (n--) {
		CLASS(number_spinlock, guard)(lock);

		if (likely(!guard.err))
			++*number_spinlock_data(&guard);
	}
}

static noinline __aligned(64) void bare_spinlock_add(unsigned int n)
{
	typeof(bare_spinlock) *bare = &bare_spinlock;

	OPTIMIZER_HIDE_VAR(bare);
	while (n--) {
		spin_lock(&bare->lock);
		bare->value++;
		spin_unlock(&bare->lock);
	}
}

/* A callback that counts; a notifier finds its target by itself, and trusts it to live. */

struct target {
	struct kown_watch watch;
	struct notifier_block notifier;
	unsigned long seen;
};

KOWN_DEFINE_ARC(target, struct target, NULL, NULL, KOWN_ARC_NOSLEEP)

static void target_count(struct kown_watch *watch, struct target *target,
			 unsigned long event)
{
	target->seen++;
}

KOWN_DEFINE_WATCH(target_count, target, struct target, target_count)

static int target_notify(struct notifier_block *notifier, unsigned long event, void *data)
{
	container_of(notifier, struct target, notifier)->seen++;
	return NOTIFY_OK;
}

static struct kown_source source = KOWN_SOURCE_INIT(source);
static ATOMIC_NOTIFIER_HEAD(chain);

static noinline __aligned(64) void kown_fire(unsigned int n)
{
	while (n--)
		kown_source_fire(&source, 1);
}

static noinline __aligned(64) void bare_fire(unsigned int n)
{
	while (n--)
		atomic_notifier_call_chain(&chain, 1, NULL);
}

#define MOST_TARGETS	16

static struct target *targets[MOST_TARGETS];

static bool target_add(struct target **target)
{
	struct target value = { .notifier.notifier_call = target_notify };

	*target = target_arc_new(&value, GFP_KERNEL);
	if (!*target || target_count_register(&(*target)->watch, &source, *target))
		return false;
	return !atomic_notifier_chain_register(&chain, &(*target)->notifier);
}

static void target_remove(struct target *target)
{
	if (!target)
		return;
	kown_watch_unregister(&target->watch);
	atomic_notifier_chain_unregister(&chain, &target->notifier);
	target_arc_put(target);
}

static void bench_fire(unsigned int calls)
{
	int n = 0;

	kown_bench("fire, 0 watches", kown_fire, bare_fire, calls);
	if (!target_add(&targets[n++]))
		goto out;
	kown_bench("fire, 1 watch", kown_fire, bare_fire, calls);
	while (n < MOST_TARGETS)
		if (!target_add(&targets[n++]))
			goto out;
	kown_bench("fire, 16 watches", kown_fire, bare_fire, calls / 8 + 1);
out:
	while (n--)
		target_remove(targets[n]);
}

void kown_bench_mutex(unsigned int calls)
{
	kown_bench("mutex lock+unlock", kown_mutex_add, bare_mutex_add, calls);
	kown_bench("spinlock lock+unlock", kown_spinlock_add, bare_spinlock_add, calls);
	bench_fire(calls);
}
