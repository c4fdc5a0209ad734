// SPDX-License-Identifier: GPL-2.0
/*
 * Race: threads that meet before and after each round.
 */
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/wait_bit.h>

#include "race.h"

static unsigned long race_seconds = 20;
module_param(race_seconds, ulong, 0444);
MODULE_PARM_DESC(race_seconds, "After which a race ends, whatever its rounds (default 20; 0: never)");

/**
 * struct meeting - where the threads meet
 * @race: immutable
 * @round: the round that may run; a negative one ends the threads. Release and acquire
 *	order what was prepared
 * @busy: threads that have not finished the round; likewise for the check
 * @alone: each thread has a CPU of its own; immutable
 */
struct meeting {
	const struct race *race;
	atomic_long_t round;
	atomic_t busy;
	bool alone;
};

struct runner {
	struct meeting *meeting;
	void (*side)(void *context);
	struct completion gone;
};

/* Some 50 us, if alone: longer than any side takes. */
#define SPINS	1000

/* The other side of the round is a few instructions away, or next in line for this CPU. */
static void give_way(const struct meeting *meeting)
{
	if (meeting->alone)
		cpu_relax();
	else
		yield();
}

/*
 * Sleeps when it takes too long, for a CPU may be one of a machine that has fewer, and
 * the one that is waited for may need it.
 */
#define await(meeting, var, condition)					\
do {									\
	unsigned int spins = SPINS;					\
	bool met;							\
									\
	while (!(met = (condition)) && spins--)				\
		give_way(meeting);						\
	if (!met)							\
		wait_var_event(var, condition);				\
} while (0)

/* Fully ordered, both: what is announced is seen, or the sleeper is. */

static void announce(struct meeting *meeting, long round)
{
	atomic_long_xchg(&meeting->round, round);
	wake_up_var(&meeting->round);
}

static void finish(struct meeting *meeting)
{
	if (atomic_dec_and_test(&meeting->busy))
		wake_up_var(&meeting->busy);
}

static int runner_run(void *data)
{
	struct runner *runner = data;
	struct meeting *meeting = runner->meeting;
	long round = 0;

	for (long next = 1;; next++) {
		await(meeting, &meeting->round,
		      (round = atomic_long_read_acquire(&meeting->round)) < 0 ||
		      round >= next);
		if (round < 0)
			break;
		runner->side(meeting->race->context);
		finish(meeting);
	}
	complete(&runner->gone);
	return 0;
}

static unsigned int sides(const struct race *race)
{
	unsigned int n = 0;

	while (n < RACE_SIDES && race->sides[n])
		n++;
	return n;
}

/* In turn: sides that share a CPU meet one that runs beside them. */
static unsigned int next_cpu(unsigned int cpu)
{
	cpu = cpumask_next(cpu, cpu_online_mask);
	return cpu < nr_cpu_ids ? cpu : cpumask_first(cpu_online_mask);
}

static int start(struct kunit *test, struct meeting *meeting, struct runner *runners)
{
	unsigned int cpu = cpumask_first(cpu_online_mask);
	int n;

	/* The calling thread is KUnit's, for this test alone: it may stay where it is put. */
	set_cpus_allowed_ptr(current, cpumask_of(cpu));
	for (n = 0; n < RACE_SIDES - 1 && meeting->race->sides[n + 1]; n++) {
		struct runner *runner = &runners[n];
		struct task_struct *thread;

		runner->meeting = meeting;
		runner->side = meeting->race->sides[n + 1];
		init_completion(&runner->gone);
		thread = kthread_create(runner_run, runner, "kown-race/%d", n + 1);
		if (IS_ERR(thread)) {
			KUNIT_FAIL(test, "no thread: %ld", PTR_ERR(thread));
			break;
		}
		cpu = next_cpu(cpu);
		kthread_bind(thread, cpu);
		wake_up_process(thread);
	}
	return n;
}

/**
 * race_run() - run the sides of a race against each other
 * @test: fails when the race does
 * @race: the race; its first side runs in the calling thread
 * @rounds: how often; less if that takes longer than race_seconds, and it says so
 */
void race_run(struct kunit *test, const struct race *race, unsigned long rounds)
{
	struct meeting meeting = {
		.race = race,
		.alone = sides(race) <= num_online_cpus(),
	};
	struct runner runners[RACE_SIDES - 1];
	unsigned long end = jiffies + race_seconds * HZ;
	unsigned long round;
	int n;

	n = start(test, &meeting, runners);
	/* One CPU takes turns, whatever we do: see that it works, and no more. */
	if (num_online_cpus() == 1)
		rounds = min(rounds, 500UL);
	for (round = 1; round <= rounds; round++) {
		/* A busy machine may need a second for what takes a millisecond. */
		if (race_seconds && time_after(jiffies, end))
			break;
		if (!race->prepare(race->context)) {
			KUNIT_FAIL(test, "cannot prepare round %lu", round);
			break;
		}
		atomic_set(&meeting.busy, n);
		announce(&meeting, round);
		race->sides[0](race->context);
		await(&meeting, &meeting.busy, !atomic_read_acquire(&meeting.busy));
		if (!race->check(race->context)) {
			KUNIT_FAIL(test, "wrong after round %lu", round);
			break;
		}
	}
	announce(&meeting, -1);
	for (int i = 0; i < n; i++)
		wait_for_completion(&runners[i].gone);
	kunit_info(test, "%lu of %lu rounds on %u CPUs", round - 1, rounds, num_online_cpus());
}
