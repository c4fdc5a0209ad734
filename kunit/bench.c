// SPDX-License-Identifier: GPL-2.0
/*
 * Benchmarks: each type against the kernel's bare primitive, in turn, in the same run.
 * Loading the module runs them; each result is a line of JSON in the kernel's log.
 */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include <kown/compat.h>
#include <kown/weak.h>

#include "bench.h"

static unsigned int rounds = 51;
module_param(rounds, uint, 0444);
MODULE_PARM_DESC(rounds, "Measurements of each, of which minimum and median count (default 51)");

static unsigned int calls = 50000;
module_param(calls, uint, 0444);
MODULE_PARM_DESC(calls, "Calls in each measurement (default 50000)");

#define MOST_ROUNDS	101

struct value {
	u64 words[4];
};

KOWN_DEFINE_ARC(value, struct value, NULL, NULL, KOWN_ARC_NOSLEEP)
KOWN_DEFINE_WEAK(value, struct value)

/*
 * What a kernel developer writes without kown, with what is_unique needs. The counts are
 * not the first member, as they mostly are not.
 */
struct bare {
	struct value value;
	refcount_t refs;
	atomic_t weak;
};

static struct value *arc;
static struct value_weak *weak;
static struct bare *bare;

/*
 * Each side keeps its pointer in a register that the compiler knows nothing about, and
 * each put tests it for NULL. Both begin at a cache line: where the same instructions
 * lie makes a tenth by itself.
 */

static noinline void bare_release(struct bare *b)
{
	kfree(b);
}

static __always_inline void bare_put(struct bare *b)
{
	if (b && refcount_dec_and_test(&b->refs))
		bare_release(b);
}

static noinline __aligned(64) void kown_get_put(unsigned int n)
{
	struct value *v = arc;

	while (n--) {
		OPTIMIZER_HIDE_VAR(v);
		value_arc_get(v);
		barrier();
		value_arc_put(v);
	}
}

static noinline __aligned(64) void bare_get_put(unsigned int n)
{
	struct bare *b = bare;

	while (n--) {
		OPTIMIZER_HIDE_VAR(b);
		refcount_inc(&b->refs);
		barrier();
		bare_put(b);
	}
}

static noinline __aligned(64) void kown_upgrade_put(unsigned int n)
{
	struct value_weak *from = weak;

	while (n--) {
		struct value *v;

		OPTIMIZER_HIDE_VAR(from);
		v = value_weak_upgrade(from);
		barrier();
		value_arc_put(v);
	}
}

static noinline __aligned(64) void bare_upgrade_put(unsigned int n)
{
	struct bare *from = bare;

	while (n--) {
		struct bare *b;

		OPTIMIZER_HIDE_VAR(from);
		b = from && refcount_inc_not_zero(&from->refs) ? from : NULL;
		barrier();
		bare_put(b);
	}
}

static noinline __aligned(64) void kown_new_put(unsigned int n)
{
	struct value value = {};

	while (n--) {
		struct value *v = value_arc_new(&value, GFP_KERNEL);

		barrier();
		value_arc_put(v);
	}
}

static noinline struct bare *bare_new(const struct value *value, gfp_t gfp)
{
	struct bare *b = kmalloc(sizeof(*b), gfp);

	if (!b)
		return NULL;
	b->value = *value;
	atomic_set(&b->weak, 1);
	refcount_set(&b->refs, 1);
	return b;
}

static noinline __aligned(64) void bare_new_put(unsigned int n)
{
	struct value value = {};

	while (n--) {
		struct bare *b = bare_new(&value, GFP_KERNEL);

		barrier();
		bare_put(b);
	}
}

static noinline __aligned(64) void kown_is_unique(unsigned int n)
{
	struct value *v = arc;
	bool unique = true;

	while (n--) {
		OPTIMIZER_HIDE_VAR(v);
		unique &= value_arc_is_unique(v);
	}
	WRITE_ONCE(arc->words[0], unique);
}

/* The same three steps, likewise in a function of their own. */
static noinline bool bare_unique(struct bare *b)
{
	unsigned long flags;
	bool unique = false;
	int one = 1;

	local_irq_save(flags);
	if (atomic_try_cmpxchg_acquire(&b->weak, &one, -1)) {
		unique = atomic_read_acquire(&b->refs.refs) == 1;
		atomic_set_release(&b->weak, 1);
	}
	local_irq_restore(flags);
	return unique;
}

static noinline __aligned(64) void bare_is_unique(unsigned int n)
{
	struct bare *b = bare;
	bool unique = true;

	while (n--) {
		OPTIMIZER_HIDE_VAR(b);
		unique &= bare_unique(b);
	}
	WRITE_ONCE(bare->value.words[0], unique);
}

static u64 measure(void (*run)(unsigned int n), unsigned int n)
{
	u64 start = ktime_get_ns();

	run(n);
	return ktime_get_ns() - start;
}

static int compare(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static u64 kown_times[MOST_ROUNDS], bare_times[MOST_ROUNDS], ratios[MOST_ROUNDS];

/*
 * In picoseconds per call, and thousandths: integers keep the digits. The ratio is each
 * round's own, for a machine is not equally fast in all.
 */
static void report(const char *name, unsigned int threads, unsigned int per)
{
	for (unsigned int i = 0; i < rounds; i++)
		ratios[i] = div64_u64(kown_times[i] * 1000, max(bare_times[i], 1ULL));
	sort(kown_times, rounds, sizeof(u64), compare, NULL);
	sort(bare_times, rounds, sizeof(u64), compare, NULL);
	sort(ratios, rounds, sizeof(u64), compare, NULL);
	pr_info("kown-bench: {\"name\": \"%s\", \"threads\": %u, \"rounds\": %u, \"kown_min_ps\": %llu, \"bare_min_ps\": %llu, \"kown_median_ps\": %llu, \"bare_median_ps\": %llu, \"ratio_median_permille\": %llu}\n",
		name, threads, rounds, kown_times[0] * 1000 / per,
		bare_times[0] * 1000 / per, kown_times[rounds / 2] * 1000 / per,
		bare_times[rounds / 2] * 1000 / per, ratios[rounds / 2]);
}

void kown_bench(const char *name, void (*kown)(unsigned int n),
		void (*plain)(unsigned int n), unsigned int n)
{
	kown(n / 10 + 1);
	plain(n / 10 + 1);
	for (unsigned int i = 0; i < rounds; i++) {
		/* Neither always runs in what the other has left of the cache. */
		if (i % 2)
			bare_times[i] = measure(plain, n);
		kown_times[i] = measure(kown, n);
		if (i % 2 == 0)
			bare_times[i] = measure(plain, n);
		cond_resched();
	}
	report(name, 1, n);
}

/* Many threads on one count. */

struct crowd {
	void (*run)(unsigned int n);
	struct completion go;
	struct completion done;
	atomic_t left;
};

static int crowd_run(void *data)
{
	struct crowd *crowd = data;

	wait_for_completion(&crowd->go);
	crowd->run(calls);
	if (atomic_dec_and_test(&crowd->left))
		complete(&crowd->done);
	return 0;
}

static u64 measure_crowd(void (*run)(unsigned int n), unsigned int threads)
{
	struct crowd crowd = { .run = run };
	unsigned int started;
	u64 start;

	init_completion(&crowd.go);
	init_completion(&crowd.done);
	atomic_set(&crowd.left, threads);
	for (started = 0; started < threads; started++)
		if (IS_ERR(kthread_run(crowd_run, &crowd, "kown-bench")))
			break;
	if (started < threads && atomic_sub_and_test(threads - started, &crowd.left))
		return 0;
	start = ktime_get_ns();
	complete_all(&crowd.go);
	wait_for_completion(&crowd.done);
	return ktime_get_ns() - start;
}

static void bench_crowd(const char *name, unsigned int threads)
{
	for (unsigned int i = 0; i < rounds; i++) {
		if (i % 2)
			bare_times[i] = measure_crowd(bare_get_put, threads);
		kown_times[i] = measure_crowd(kown_get_put, threads);
		if (i % 2 == 0)
			bare_times[i] = measure_crowd(bare_get_put, threads);
	}
	report(name, threads, calls * threads);
}

static int __init kown_bench_init(void)
{
	struct value value = {};

	rounds = clamp(rounds, 1U, (unsigned int)MOST_ROUNDS);
	calls = max(calls, 1U);
	arc = value_arc_new(&value, GFP_KERNEL);
	bare = kzalloc(sizeof(*bare), GFP_KERNEL);
	if (!arc || !bare)
		goto out;
	refcount_set(&bare->refs, 1);
	atomic_set(&bare->weak, 1);
	/* The same count of references on both sides. */
	kown_bench("is_unique", kown_is_unique, bare_is_unique, calls);
	weak = value_arc_downgrade(arc);
	kown_bench("get+put", kown_get_put, bare_get_put, calls);
	kown_bench("upgrade+put", kown_upgrade_put, bare_upgrade_put, calls);
	kown_bench("new+put", kown_new_put, bare_new_put, calls / 4 + 1);
	for (unsigned int threads = 1; threads <= 8; threads *= 2)
		bench_crowd("contended get+put", threads);
	value_weak_put(weak);
	kown_bench_vec();
	kown_bench_mutex(calls);
out:
	value_arc_put(arc);
	kfree(bare);
	pr_info("kown-bench: done on %u CPUs\n", num_online_cpus());
	return 0;
}
late_initcall(kown_bench_init);

static void __exit kown_bench_exit(void)
{
}
module_exit(kown_bench_exit);

MODULE_DESCRIPTION("Benchmarks of kown");
MODULE_LICENSE("GPL");
KOWN_IMPORT_NS();
