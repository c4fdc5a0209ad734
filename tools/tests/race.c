// SPDX-License-Identifier: GPL-2.0
/*
 * Races between two threads of one context, and between processes of one object.
 * Each round has few outcomes that are right, and the counts after it are exact.
 *
 * ROUNDS=n says how many there are of each duel, if not as many as its time takes.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "kown_test.h"

#define MILLISECONDS	600		/* per race, unless ROUNDS says more */
#define DECIDED		100000		/* rounds after which both sides have won */

/*
 * Two threads that do one thing each at the same time, again and again. The
 * second is the caller; either may be late by a little.
 */
struct duel {
	void (*first)(struct duel *duel);
	void (*second)(struct duel *duel);
	int ctx;
	int fd;
	__u32 handle, weak;
	int first_err, second_err;
	int won, lost;		/* by the second */
	int out_fd;
	__u32 out_handle;
	__u64 seed;
	unsigned int delay[2];
	unsigned int later;	/* the first's delay beyond that, where the second takes long */
	atomic_int round, done;	/* round is -1 at the end */
	pthread_t thread;
};

static void delay(unsigned int n)
{
	while (n--)
		atomic_signal_fence(memory_order_seq_cst);
}

static void *duel_thread(void *arg)
{
	struct duel *duel = arg;
	int round = 0, next;

	run_on_cpu(1);
	for (;;) {
		while ((next = atomic_load(&duel->round)) == round)
			;
		if (next < 0)
			return NULL;
		round = next;
		delay(duel->delay[0]);
		duel->first(duel);
		atomic_store(&duel->done, round);
	}
}

static void duel_begin(struct duel *duel)
{
	duel->seed = 1;
	run_on_cpu(0);
	pthread_create(&duel->thread, NULL, duel_thread, duel);
}

static void duel_round(struct duel *duel)
{
	int round = atomic_load(&duel->round) + 1;

	duel->delay[0] = random_u32(&duel->seed) % 600 + duel->later;
	duel->delay[1] = random_u32(&duel->seed) % 600;
	duel->out_fd = -1;
	duel->out_handle = 0;
	atomic_store(&duel->round, round);
	delay(duel->delay[1]);
	duel->second(duel);
	while (atomic_load(&duel->done) != round)
		;
}

static void duel_end(struct duel *duel)
{
	atomic_store(&duel->round, -1);
	pthread_join(duel->thread, NULL);
}

static void do_drop(struct duel *duel)
{
	duel->first_err = kown_drop(duel->ctx, duel->handle);
}

static void do_drop_too(struct duel *duel)
{
	duel->second_err = kown_drop(duel->ctx, duel->handle);
}

static void do_export(struct duel *duel)
{
	duel->second_err = kown_export(duel->ctx, duel->handle,
				       KOWN_RIGHTS_SAME, &duel->out_fd);
}

static void do_clone(struct duel *duel)
{
	duel->second_err = kown_clone(duel->ctx, duel->handle,
				      KOWN_RIGHTS_SAME, &duel->out_handle);
}

#define MANY	100

static __u32 many[MANY];

static void do_clone_many(struct duel *duel)
{
	duel->second_err = kown_others(duel->ctx, KOWN_IOC_CLONE, duel->handle,
				       KOWN_RIGHTS_SAME, MANY, many);
}

static void do_upgrade_many(struct duel *duel)
{
	duel->second_err = kown_others(duel->ctx, KOWN_IOC_UPGRADE, duel->weak,
				       KOWN_RIGHTS_SAME, MANY, many);
}

static void do_close(struct duel *duel)
{
	duel->first_err = close(duel->fd) ? errno : 0;
}

static void do_import(struct duel *duel)
{
	duel->second_err = kown_import(duel->ctx, duel->fd, KOWN_RIGHTS_SAME,
				       &duel->out_handle);
}

static void do_push(struct duel *duel)
{
	__u64 elems[40] = { 0 };

	duel->second_err = kown_push(duel->ctx, duel->handle, elems, 40);
}

static void do_close_context(struct duel *duel)
{
	duel->first_err = close(duel->ctx) ? errno : 0;
}

#define RACE	FIXTURE_DATA(race)

FIXTURE(race) {
	int watcher;
	struct kown_info before;
	unsigned long long end;
};

FIXTURE_SETUP(race)
{
	self->watcher = kown_open();
	ASSERT_LE(0, self->watcher);
	ASSERT_EQ(0, kown_info(self->watcher, &self->before));
	self->end = now_ms() + MILLISECONDS;
}

static void all_gone(struct __test_metadata *_metadata, RACE *self, int round)
{
	struct kown_info info;

	ASSERT_EQ(0, kown_info(self->watcher, &info));
	ASSERT_EQ(self->before.all_objects, info.all_objects) {
		TH_LOG("round %d", round);
	}
	ASSERT_EQ(self->before.all_handles, info.all_handles) {
		TH_LOG("round %d", round);
	}
	ASSERT_EQ(self->before.all_bytes, info.all_bytes) {
		TH_LOG("round %d", round);
	}
}

FIXTURE_TEARDOWN(race)
{
	struct kown_info info;

	EXPECT_EQ(0, kown_info(self->watcher, &info));
	EXPECT_EQ(self->before.all_objects, info.all_objects);
	EXPECT_EQ(self->before.all_handles, info.all_handles);
	EXPECT_EQ(self->before.all_bytes, info.all_bytes);
	close(self->watcher);
}

/* A round in which the second comes in time, or is told @late. */
static bool duel_is_won(struct __test_metadata *_metadata, struct duel *duel, int late)
{
	duel_round(duel);
	ASSERT_EQ(0, duel->first_err);
	if (!duel->second_err) {
		duel->won++;
		return true;
	}
	ASSERT_EQ(late, duel->second_err);
	duel->lost++;
	return false;
}

static unsigned long rounds_wanted(void)
{
	const char *rounds = getenv("ROUNDS");

	return rounds ? strtoul(rounds, NULL, 0) : 0;
}

static bool duel_goes_on(const RACE *self, const struct duel *duel)
{
	unsigned long wanted = rounds_wanted();

	return wanted ? duel->won + duel->lost < wanted : now_ms() < self->end;
}

/* That both come in time now and then takes two CPUs and many rounds; to say so does not. */
static void duel_is_over(struct __test_metadata *_metadata, struct duel *duel,
			 const char *what)
{
	bool one_sided = !duel->won || !duel->lost;
	int rounds = duel->won + duel->lost;

	duel_end(duel);
	TH_LOG("%d %s, %d too late%s", duel->won, what, duel->lost,
	       one_sided ? ": one side has never won" : "");
	if (rounds >= DECIDED && sysconf(_SC_NPROCESSORS_ONLN) > 1)
		EXPECT_FALSE(one_sided);
	TH_LOG("%d rounds", rounds);
}

TEST_F_TIMEOUT(race, class_4_export_against_the_last_drop, 7200)
{
	struct duel duel = { .first = do_drop, .second = do_export };
	struct kown_stat stat;
	__u32 handle;

	duel.ctx = kown_open();
	duel_begin(&duel);
	while (duel_goes_on(self, &duel)) {
		ASSERT_EQ(0, kown_new(duel.ctx, 8, 1, &duel.handle));
		if (duel_is_won(_metadata, &duel, ENOENT)) {
			ASSERT_EQ(0, kown_import(duel.ctx, duel.out_fd,
						 KOWN_RIGHTS_SAME, &handle));
			ASSERT_EQ(0, kown_stat(duel.ctx, handle, &stat));
			ASSERT_EQ(2, stat.strong);
			close(duel.out_fd);
			ASSERT_EQ(0, kown_drop(duel.ctx, handle));
		}
		all_gone(_metadata, self, duel.won + duel.lost);
	}
	duel_is_over(_metadata, &duel, "exported");
	close(duel.ctx);
}

TEST_F_TIMEOUT(race, class_4_import_against_the_last_close, 7200)
{
	struct duel duel = { .first = do_close, .second = do_import };
	int ctx = kown_open();
	struct kown_stat stat;
	__u32 handle;

	duel.ctx = kown_open();
	duel_begin(&duel);
	while (duel_goes_on(self, &duel)) {
		ASSERT_EQ(0, kown_new(ctx, 8, 1, &handle));
		ASSERT_EQ(0, kown_push(ctx, handle, &handle, 1));
		ASSERT_EQ(0, kown_export(ctx, handle, KOWN_RIGHTS_SAME,
					 &duel.fd));
		ASSERT_EQ(0, kown_drop(ctx, handle));
		if (duel_is_won(_metadata, &duel, EBADF)) {
			ASSERT_EQ(0, kown_stat(duel.ctx, duel.out_handle,
					       &stat));
			ASSERT_EQ(1, stat.strong);
			ASSERT_EQ(1, stat.len);
			ASSERT_EQ(0, kown_drop(duel.ctx, duel.out_handle));
		}
		all_gone(_metadata, self, duel.won + duel.lost);
	}
	duel_is_over(_metadata, &duel, "imported");
	close(duel.ctx);
	close(ctx);
}

TEST_F_TIMEOUT(race, class_4_clone_against_the_last_drop, 7200)
{
	struct duel duel = { .first = do_drop, .second = do_clone };
	struct kown_stat stat;

	duel.ctx = kown_open();
	duel_begin(&duel);
	while (duel_goes_on(self, &duel)) {
		ASSERT_EQ(0, kown_new(duel.ctx, 8, 1, &duel.handle));
		if (duel_is_won(_metadata, &duel, ENOENT)) {
			ASSERT_EQ(0, kown_stat(duel.ctx, duel.out_handle,
					       &stat));
			ASSERT_EQ(1, stat.strong);
			ASSERT_EQ(0, kown_drop(duel.ctx, duel.out_handle));
		}
		all_gone(_metadata, self, duel.won + duel.lost);
	}
	duel_is_over(_metadata, &duel, "cloned");
	close(duel.ctx);
}

/* All of them keep the object that the dropped one named, or there is none. */
static void duel_for_many(struct __test_metadata *_metadata, struct duel *duel, int late)
{
	const unsigned int step = 200;
	struct kown_stat stat;
	__u32 done;

	/* Where each comes first as often as the other, it is closest. */
	if (!duel_is_won(_metadata, duel, late)) {
		duel->later += step;
		return;
	}
	duel->later -= duel->later < step ? duel->later : step;
	ASSERT_EQ(0, kown_stat(duel->ctx, many[MANY - 1], &stat));
	ASSERT_EQ(MANY, stat.strong);
	ASSERT_EQ(0, kown_drop_many(duel->ctx, many, MANY, &done));
}

TEST_F_TIMEOUT(race, class_4_clone_of_many_against_the_last_drop, 7200)
{
	struct duel duel = { .first = do_drop, .second = do_clone_many };

	duel.ctx = kown_open();
	duel_begin(&duel);
	while (duel_goes_on(self, &duel)) {
		ASSERT_EQ(0, kown_new(duel.ctx, 8, 1, &duel.handle));
		duel_for_many(_metadata, &duel, ENOENT);
		all_gone(_metadata, self, duel.won + duel.lost);
	}
	duel_is_over(_metadata, &duel, "cloned");
	close(duel.ctx);
}

TEST_F_TIMEOUT(race, class_4_upgrade_of_many_against_the_last_drop, 7200)
{
	struct duel duel = { .first = do_drop, .second = do_upgrade_many };

	duel.ctx = kown_open();
	duel_begin(&duel);
	while (duel_goes_on(self, &duel)) {
		ASSERT_EQ(0, kown_new(duel.ctx, 8, 1, &duel.handle));
		ASSERT_EQ(0, kown_downgrade(duel.ctx, duel.handle, KOWN_RIGHTS_SAME, &duel.weak));
		duel_for_many(_metadata, &duel, ESTALE);
		ASSERT_EQ(0, kown_drop(duel.ctx, duel.weak));
		all_gone(_metadata, self, duel.won + duel.lost);
	}
	duel_is_over(_metadata, &duel, "upgraded");
	close(duel.ctx);
}

TEST_F_TIMEOUT(race, class_3_drop_by_two_threads_succeeds_once, 7200)
{
	struct duel duel = { .first = do_drop, .second = do_drop_too };

	duel.ctx = kown_open();
	duel_begin(&duel);
	while (duel_goes_on(self, &duel)) {
		ASSERT_EQ(0, kown_new(duel.ctx, 8, 1, &duel.handle));
		duel_round(&duel);
		ASSERT_EQ(ENOENT, duel.first_err + duel.second_err);
		if (duel.second_err)
			duel.lost++;
		else
			duel.won++;
		all_gone(_metadata, self, duel.won + duel.lost);
	}
	duel_is_over(_metadata, &duel, "dropped by the second");
	close(duel.ctx);
}

TEST_F_TIMEOUT(race, class_3_push_against_the_drop_of_its_handle, 7200)
{
	struct duel duel = { .first = do_drop, .second = do_push };

	duel.ctx = kown_open();
	duel_begin(&duel);
	while (duel_goes_on(self, &duel)) {
		ASSERT_EQ(0, kown_new(duel.ctx, 8, 0, &duel.handle));
		duel_is_won(_metadata, &duel, ENOENT);
		all_gone(_metadata, self, duel.won + duel.lost);
	}
	duel_is_over(_metadata, &duel, "pushed");
	close(duel.ctx);
}

TEST_F_TIMEOUT(race, class_3_push_against_the_close_of_its_context, 7200)
{
	struct duel duel = { .first = do_close_context, .second = do_push };

	duel_begin(&duel);
	while (duel_goes_on(self, &duel)) {
		duel.ctx = kown_open();
		ASSERT_EQ(0, kown_new(duel.ctx, 8, 0, &duel.handle));
		duel_is_won(_metadata, &duel, EBADF);
		all_gone(_metadata, self, duel.won + duel.lost);
	}
	duel_is_over(_metadata, &duel, "pushed");
}

/*
 * One thread makes and drops objects. The other guesses the next number: what
 * it finds is whole, and is what the first made under that number.
 */
struct guess {
	int ctx;
	atomic_uint last;	/* number given */
	atomic_bool stop;
	__u64 *object;		/* by number, 0 if not known yet */
	unsigned int found, strange;
	__u32 kept;
};

#define NUMBERS		0x100000

static void guess_one(struct guess *g, __u32 number, unsigned int how)
{
	struct kown_stat stat;
	__u64 elem = 1, known;
	__u32 clone;
	int fd;

	if (kown_stat(g->ctx, number, &stat))
		return;
	g->found++;
	known = READ_ONCE(g->object[number]);
	if (stat.elem_size != 8 || stat.mode != KOWN_MODE_SHARED ||
	    stat.rights != ALL_RIGHTS || stat.strong < 1 || stat.strong > 4 ||
	    stat.weak || stat.len > stat.cap || stat.cap < 4 || !stat.object ||
	    (known && known != stat.object))
		g->strange++;
	switch (how) {
	case 0:
		kown_drop(g->ctx, number);
		break;
	case 1:
		kown_push(g->ctx, number, &elem, 1);
		break;
	case 2:
		if (!kown_clone(g->ctx, number, KOWN_RIGHTS_SAME, &clone) &&
		    kown_drop(g->ctx, clone))
			g->strange++;
		break;
	case 3:
		if (!kown_export(g->ctx, number, KOWN_RIGHTS_SAME, &fd))
			close(fd);
		break;
	case 4:
		kown_pop(g->ctx, number, &elem, 1, NULL);
		break;
	default:
		kown_read(g->ctx, number, 0, 1, &elem);
	}
}

static void *guess_thread(void *arg)
{
	struct guess *g = arg;
	__u64 seed = 11;

	run_on_cpu(1);
	while (!atomic_load(&g->stop)) {
		__u32 last = atomic_load(&g->last), i;

		for (i = 0; i < 4; i++)
			guess_one(g, last + i, random_u32(&seed) % 6);
	}
	return NULL;
}

TEST_F(race, class_1_number_guessed_before_it_was_given)
{
	struct guess g = { .ctx = kown_open() };
	struct kown_info info;
	struct kown_new new;
	unsigned int rounds = 0;
	pthread_t thread;
	__u64 elem = 1;
	int err;

	g.object = calloc(NUMBERS, sizeof(*g.object));
	ASSERT_NE(NULL, g.object);
	run_on_cpu(0);
	ASSERT_EQ(0, pthread_create(&thread, NULL, guess_thread, &g));
	while (now_ms() < self->end) {
		kown_blank(&new, sizeof(new));
		new.mode = KOWN_MODE_SHARED;
		new.elem_size = 8;
		new.cap = 4;
		new.count = 0;
		new.handles = 0;
		ASSERT_EQ(0, kown_call(g.ctx, KOWN_IOC_NEW, &new));
		ASSERT_GT(NUMBERS - 8, new.handle);
		WRITE_ONCE(g.object[new.handle], new.object);
		atomic_store(&g.last, new.handle);
		err = kown_push(g.ctx, new.handle, &elem, 1);
		ASSERT_TRUE(err == 0 || err == ENOENT) TH_LOG("%d", err);
		err = kown_drop(g.ctx, new.handle);
		ASSERT_TRUE(err == 0 || err == ENOENT) TH_LOG("%d", err);
		rounds++;
	}
	atomic_store(&g.stop, true);
	pthread_join(thread, NULL);
	EXPECT_EQ(0, g.strange);
	EXPECT_LT(0, g.found);
	ASSERT_EQ(0, kown_info(g.ctx, &info));
	EXPECT_EQ(0, info.handles);
	EXPECT_EQ(0, info.objects);
	close(g.ctx);
	TH_LOG("%u made, %u found by guessing", rounds, g.found);
}

/*
 * Threads of one context that make handles, look them up, put others in their place and
 * drop them. A number that was given is not given again, and whoever takes it out of @slot
 * is the one who drops it.
 */
struct churn {
	int ctx;
	__u32 root;
	atomic_bool stop;
	atomic_bool *given;	/* by number */
	_Atomic __u32 slot[64];
	atomic_uint made, replaced, strange;
};

#define CHURNERS	4
#define KEPT		300	/* by each thread to the end: there are blocks of many ages */

static bool is_one_of(int err, int a, int b)
{
	return !err || err == a || err == b;
}

static __u32 churn_make(struct churn *c, unsigned int how)
{
	__u32 number;
	int err;

	if (how == 0)
		err = kown_new(c->ctx, 8, 0, &number);
	else if (how == 1)
		err = kown_downgrade(c->ctx, c->root, KOWN_RIGHTS_SAME, &number);
	else
		err = kown_clone(c->ctx, c->root, KOWN_RIGHTS_SAME, &number);
	if (err || number >= NUMBERS || atomic_exchange(&c->given[number], true)) {
		c->strange++;
		atomic_store(&c->stop, true);
		return 0;
	}
	c->made++;
	return number;
}

static void churn_drop(struct churn *c, __u32 number)
{
	if (number && (kown_drop(c->ctx, number) || kown_drop(c->ctx, number) != ENOENT))
		c->strange++;
}

static void churn_use(struct churn *c, __u32 number, bool replace)
{
	struct kown_stat stat;
	__u32 how = KOWN_OWN_NOT;
	int err;

	if (replace)
		err = kown_own(c->ctx, KOWN_IOC_MAKE_MUT, number, &how, NULL);
	else
		err = kown_stat(c->ctx, number, &stat);
	if (!is_one_of(err, ENOENT, replace ? EINVAL : ENOENT))
		c->strange++;
	if (!err && how == KOWN_OWN_COPIED)
		c->replaced++;
}

static void *churn_thread(void *arg)
{
	struct churn *c = arg;
	__u64 seed = now_ns();
	__u32 kept[KEPT], number;
	int n = 0;

	while (!atomic_load(&c->stop)) {
		_Atomic __u32 *slot = &c->slot[random_u32(&seed) % ARRAY_SIZE(c->slot)];
		__u32 random = random_u32(&seed);

		if (random % 4) {
			churn_use(c, atomic_load(slot), random % 16 == 1);
			continue;
		}
		number = churn_make(c, random / 4 % 8);
		if (n < KEPT && random % 64 == 0)
			kept[n++] = number;
		else
			churn_drop(c, atomic_exchange(slot, number));
	}
	while (n)
		churn_drop(c, kept[--n]);
	return NULL;
}

TEST_F(race, class_3_handles_made_replaced_and_dropped_by_all_threads)
{
	struct churn c = { .ctx = kown_open() };
	pthread_t threads[CHURNERS];
	struct kown_info info;
	int i;

	c.given = calloc(NUMBERS, sizeof(*c.given));
	ASSERT_NE(NULL, c.given);
	ASSERT_EQ(0, kown_new(c.ctx, 8, 0, &c.root));
	for (i = 0; i < CHURNERS; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, churn_thread, &c));
	while (now_ms() < self->end)
		usleep(1000);
	atomic_store(&c.stop, true);
	for (i = 0; i < CHURNERS; i++)
		pthread_join(threads[i], NULL);
	for (i = 0; i < ARRAY_SIZE(c.slot); i++)
		churn_drop(&c, c.slot[i]);
	EXPECT_EQ(0, c.strange);
	EXPECT_LT(0, c.replaced);
	ASSERT_EQ(0, kown_info(c.ctx, &info));
	EXPECT_EQ(1, info.handles);
	EXPECT_EQ(1, info.objects);
	close(c.ctx);
	free(c.given);
	TH_LOG("%u made, %u replaced", c.made, c.replaced);
}

/* Processes that share one object; results come back in shared memory. */
enum { WRITERS = 3, BATCHES = 400, MOST = 32 };

#define ELEM(writer, batch, size, i) \
	((__u64)(writer) << 48 | (__u64)(batch) << 16 | (size) << 8 | (i))

/* Each batch is whole and in its writer's order. */
TEST_F(race, push_by_many_processes_is_atomic)
{
	__u64 elems[MOST], seed, len, at, *all;
	unsigned int next[WRITERS] = { 0 };
	int ctx = kown_open(), writer, status;
	unsigned int batch, size, i;
	struct kown_stat stat;
	__u32 handle;

	ASSERT_EQ(0, kown_new(ctx, 8, 0, &handle));
	for (writer = 0; writer < WRITERS; writer++) {
		pid_t pid = fork();

		ASSERT_LE(0, pid);
		if (pid)
			continue;
		seed = writer;
		for (batch = 0; batch < BATCHES; batch++) {
			size = 1 + random_u32(&seed) % MOST;
			for (i = 0; i < size; i++)
				elems[i] = ELEM(writer, batch, size, i);
			if (kown_push(ctx, handle, elems, size))
				_exit(1);
		}
		_exit(0);
	}
	for (writer = 0; writer < WRITERS; writer++) {
		ASSERT_LT(0, wait(&status));
		ASSERT_EQ(0, status);
	}
	ASSERT_EQ(0, kown_stat(ctx, handle, &stat));
	len = stat.len;
	all = malloc(len * 8);
	ASSERT_NE(NULL, all);
	ASSERT_EQ(0, kown_read(ctx, handle, 0, len, all));
	for (at = 0; at < len; at += size) {
		writer = all[at] >> 48;
		size = all[at] >> 8 & 0xff;
		ASSERT_GT(WRITERS, writer);
		ASSERT_TRUE(size && at + size <= len);
		for (i = 0; i < size; i++) {
			ASSERT_EQ(ELEM(writer, next[writer], size, i),
				  all[at + i]);
		}
		next[writer]++;
	}
	EXPECT_EQ(WRITERS * BATCHES, next[0] + next[1] + next[2]);
	close(ctx);
}

/* Pushed by some, popped by others: each element comes out exactly once. */
TEST_F(race, pop_by_many_processes_takes_each_element_once)
{
	enum { PUSHERS = 2, POPPERS = 2, EACH = 12000 };
	unsigned char *seen = mmap(NULL, PUSHERS * EACH, PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int ctx = kown_open(), i, status;
	__u64 elems[MOST], taken, n, k, seed;
	__u32 handle;

	ASSERT_NE(MAP_FAILED, seen);
	ASSERT_EQ(0, kown_new(ctx, 8, 0, &handle));
	for (i = 0; i < PUSHERS + POPPERS; i++) {
		pid_t pid = fork();

		ASSERT_LE(0, pid);
		if (pid)
			continue;
		seed = i;
		for (n = 0; i < PUSHERS && n < EACH; n += k) {
			k = 1 + random_u32(&seed) % MOST;
			if (k > EACH - n)
				k = EACH - n;
			for (taken = 0; taken < k; taken++)
				elems[taken] = i * EACH + n + taken;
			if (kown_push(ctx, handle, elems, k))
				_exit(1);
		}
		for (n = 0; i >= PUSHERS && n < 3000; n++) {
			k = 1 + random_u32(&seed) % MOST;
			if (kown_pop(ctx, handle, elems, k, &taken) || taken > k)
				_exit(2);
			for (k = 0; k < taken; k++)
				__atomic_fetch_add(&seen[elems[k]], 1,
						   __ATOMIC_RELAXED);
		}
		_exit(0);
	}
	for (i = 0; i < PUSHERS + POPPERS; i++) {
		ASSERT_LT(0, wait(&status));
		ASSERT_EQ(0, status);
	}
	do {
		ASSERT_EQ(0, kown_pop(ctx, handle, elems, MOST, &taken));
		for (k = 0; k < taken; k++)
			seen[elems[k]]++;
	} while (taken);
	ASSERT_TRUE(bytes_are(seen, 1, PUSHERS * EACH));
	close(ctx);
}

enum { BATCH = 64, PLACES = 4 };

/* Up to PLACES batches, each of one number that was never used before. */
static int write_batches(int ctx, __u32 handle, unsigned long long end)
{
	__u64 elems[BATCH], n = 0, seed = 1;
	int i, there = 0, err = 0;

	while (!err && now_ms() < end) {
		if (there == PLACES || (there && random_u32(&seed) % 2)) {
			err = kown_pop(ctx, handle, elems, BATCH, NULL);
			there--;
			continue;
		}
		n++;
		for (i = 0; i < BATCH; i++)
			elems[i] = n;
		err = kown_push(ctx, handle, elems, BATCH);
		there++;
	}
	return err;
}

/* A reader sees no half of a batch, and none again that was popped. */
TEST_F(race, read_while_another_pushes_and_pops_is_atomic)
{
	int ctx = kown_open(), status, place, err, reads = 0;
	__u64 elems[BATCH], last[PLACES] = { 0 }, seed = 2;
	bool gone[PLACES] = { false };
	__u32 handle;
	pid_t pid;

	ASSERT_EQ(0, kown_new(ctx, 8, 0, &handle));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		run_on_cpu(1);
		_exit(write_batches(ctx, handle, self->end));
	}
	run_on_cpu(0);
	while (now_ms() < self->end) {
		place = random_u32(&seed) % PLACES;
		err = kown_read(ctx, handle, place * BATCH, BATCH, elems);
		if (err) {
			ASSERT_EQ(ERANGE, err);
			gone[place] = true;
			continue;
		}
		ASSERT_TRUE(elems_are(elems, elems[0], BATCH));
		ASSERT_LE(last[place] + gone[place], elems[0]);
		gone[place] = false;
		last[place] = elems[0];
		reads++;
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ(0, status);
	close(ctx);
	TH_LOG("%d reads", reads);
}

TEST_HARNESS_MAIN
