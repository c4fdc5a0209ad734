// SPDX-License-Identifier: GPL-2.0
/*
 * Random calls of every command, from the table of the ABI.
 *
 *	fuzz [-s SEED] [-t SECONDS] [-n PROGRAMS] [-j WORKERS] [-k KILLS] [-c CORPUS] [-l]
 *	fuzz -r FILE
 *
 * A program is a string of steps, each one call. It runs in a world of a few contexts,
 * handles and descriptors, and when it is over and all is closed, nothing may be left.
 * Every errno must be one of the contract. Where the kernel has KCOV, a program that
 * went a new way is kept, and new ones are made of those. -l prints each program before
 * it runs ("@ HEX") and each that is kept ("+ HEX"): who listens has it if the kernel
 * dies. -r runs those of a file, in order; -c begins with those.
 *
 * -k kills workers at any instant. What they held is gone with them.
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "kown_test.h"

enum kind { END, FLAGS, PAD, HANDLE, NEW_HANDLE, RIGHTS, MODE, ELEM, COUNT, IN, OUT, BITS,
	    HANDLES, FD, NEW_FD, DEADLINE, MANY, ROOM };

struct field {
	__u8 at;
	__u8 kind;
};

#define FIELDS	9
#define F(type, field, kind)	{ offsetof(struct kown_##type, field), kind }

struct command {
	unsigned int cmd;
	__u32 size;
	struct field fields[FIELDS];
};

#define CLONE_FIELDS { F(clone, handle, HANDLE), F(clone, rights, RIGHTS),		\
		       F(clone, new_handle, NEW_HANDLE), F(clone, count, MANY),		\
		       F(clone, handles, ROOM) }
#define POP_FIELDS { F(pop, handle, HANDLE), F(pop, __reserved, PAD),			\
		     F(pop, data, OUT), F(pop, count, COUNT) }
#define OWN_FIELDS { F(own, handle, HANDLE) }
#define UNLOCK_FIELDS { F(unlock, handle, HANDLE), F(unlock, __reserved, PAD) }
#define RANGE_FIELDS(data_kind) { F(range, handle, HANDLE), F(range, __reserved, PAD),	\
				  F(range, start, COUNT), F(range, count, COUNT),	\
				  F(range, data, data_kind) }
#define RESIZE_FIELDS { F(resize, handle, HANDLE), F(resize, __reserved, PAD),		\
			F(resize, len, COUNT), F(resize, data, IN) }
#define RESERVE_FIELDS { F(reserve, handle, HANDLE), F(reserve, __reserved, PAD),	\
			 F(reserve, count, COUNT) }
#define MASK_FIELDS { F(mask, handle, HANDLE), F(mask, __reserved, PAD),		\
		      F(mask, start, COUNT), F(mask, count, COUNT),			\
		      F(mask, mask, BITS), F(mask, data, OUT) }
#define APPEND_FIELDS { F(append, handle, HANDLE), F(append, other, HANDLE),		\
			F(append, start, COUNT), F(append, count, COUNT) }
#define C(NAME, type, ...)	{ KOWN_IOC_##NAME, sizeof(struct kown_##type), __VA_ARGS__ }

static const struct command commands[COMMANDS] = {
	C(INFO, info, {}),
	C(NEW, new,
	  { F(new, mode, MODE), F(new, elem_size, ELEM), F(new, cap, COUNT),
	    F(new, handle, NEW_HANDLE), F(new, count, MANY), F(new, handles, ROOM) }),
	C(CLONE, clone, CLONE_FIELDS),
	C(DROP, drop, { F(drop, handles, HANDLES), F(drop, count, COUNT) }),
	C(STAT, stat, { F(stat, handle, HANDLE) }),
	C(PUSH, push,
	  { F(push, handle, HANDLE), F(push, __reserved, PAD), F(push, data, IN),
	    F(push, count, COUNT) }),
	C(POP, pop, POP_FIELDS),
	C(READ, read,
	  { F(read, handle, HANDLE), F(read, __reserved, PAD), F(read, start, COUNT),
	    F(read, count, COUNT), F(read, data, OUT) }),
	C(EXPORT, export,
	  { F(export, handle, HANDLE), F(export, rights, RIGHTS), F(export, fd, NEW_FD),
	    F(export, __reserved, PAD) }),
	C(IMPORT, import,
	  { F(import, fd, FD), F(import, rights, RIGHTS), F(import, handle, NEW_HANDLE),
	    F(import, __reserved, PAD) }),
	C(DOWNGRADE, clone, CLONE_FIELDS),
	C(UPGRADE, clone, CLONE_FIELDS),
	C(INTO_INNER, own, OWN_FIELDS),
	C(TAKE, own, OWN_FIELDS),
	C(MAKE_MUT, own, OWN_FIELDS),
	C(LOCK, lock,
	  { F(lock, handle, HANDLE), F(lock, __reserved, PAD),
	    F(lock, deadline, DEADLINE) }),
	C(UNLOCK, unlock, UNLOCK_FIELDS),
	C(CLEAR_POISON, unlock, UNLOCK_FIELDS),
	C(POP_FRONT, pop, POP_FIELDS),
	C(INSERT, range, RANGE_FIELDS(IN)),
	C(REMOVE, range, RANGE_FIELDS(OUT)),
	C(SWAP_REMOVE, range, RANGE_FIELDS(OUT)),
	C(DRAIN, drain,
	  { F(drain, handle, HANDLE), F(drain, __reserved, PAD), F(drain, start, COUNT),
	    F(drain, count, COUNT), F(drain, data, OUT) }),
	C(SPLICE, splice,
	  { F(splice, handle, HANDLE), F(splice, __reserved, PAD),
	    F(splice, start, COUNT), F(splice, count, COUNT), F(splice, removed, OUT),
	    F(splice, data, IN), F(splice, insert, COUNT) }),
	C(WRITE, range, RANGE_FIELDS(IN)),
	C(FILL, range, RANGE_FIELDS(IN)),
	C(TRUNCATE, resize, RESIZE_FIELDS),
	C(RESIZE, resize, RESIZE_FIELDS),
	C(RESERVE, reserve, RESERVE_FIELDS),
	C(SHRINK, reserve, RESERVE_FIELDS),
	C(RETAIN, mask, MASK_FIELDS),
	C(EXTRACT, mask, MASK_FIELDS),
	C(DEDUP, dedup, { F(dedup, handle, HANDLE), F(dedup, __reserved, PAD) }),
	C(EXTEND_WITHIN, range, RANGE_FIELDS(IN)),
	C(APPEND, append, APPEND_FIELDS),
	C(COPY_FROM, append, APPEND_FIELDS),
	C(SPLIT_OFF, split_off,
	  { F(split_off, handle, HANDLE), F(split_off, new_handle, NEW_HANDLE),
	    F(split_off, start, COUNT) }),
	C(CLONE_DATA, clone, CLONE_FIELDS),
};

/* What is no command: a step's number goes on with these. */
enum extra { REOPEN = COMMANDS, CLOSE_FD, POLL_FD, READ_FD, WRITE_FD, SEEK_FD, STAT_FD,
	     DUP_FD, FORK, SIGNAL, OPS };

/* A step's bytes: what, where, the size, the flags, and then one for each field. */
#define STEP	13
#define SLOT	(STEP - 1)	/* where a new handle or descriptor is put */
#define STEPS	40

struct program {
	unsigned int steps;
	__u8 bytes[STEPS][STEP];
};

#define CONTEXTS	3
#define PRIVATE		2	/* those before belong to the program; this one to all workers */
#define SLOTS		8
#define FDS		4
#define ARENA		(16 * 4096)

static struct {
	int ctx[CONTEXTS];
	__u32 handles[CONTEXTS][SLOTS];
	int fds[FDS];
	unsigned char *arena;		/* with a hole behind it */
	unsigned long calls;
	unsigned long good;
	int jobs;
} world;

static bool forked;	/* a child runs its part of a program, and makes none */

static const __u64 odd[] = {
	0, 1, 7, 63, 64, 65, 512, 4095, 4096, 4097, 65536, INT32_MAX, 1ULL << 31, UINT32_MAX,
	1ULL << 32, INT64_MAX, 1ULL << 63, UINT64_MAX,
};

static __u64 pick_count(__u8 b)
{
	return b < 208 ? b % 17 : odd[b % 18];
}

#define MANY_FROM	160	/* a byte below means one, without a count */

static __u64 pick_pointer(__u8 b)
{
	if (b < 192)
		return ptr_to_u64(world.arena + (b & 7) * 256);
	switch (b % 8) {
	case 0:
		return 0;
	case 1:
		return ptr_to_u64(world.arena + ARENA - 8);
	case 2:
		return ptr_to_u64(world.arena + ARENA - 1);
	case 3:
		return ptr_to_u64(world.arena + ARENA);
	case 4:
		return ~0ULL;
	case 5:
		return 0xffff888000000000ULL;
	case 6:
		return 1ULL << 47;
	default:
		return ptr_to_u64(world.arena + 3);
	}
}

static __u32 pick_handle(__u8 b, unsigned int ctx)
{
	if (b < 232)
		return world.handles[ctx][b % SLOTS];
	return b & 1 ? (__u32)odd[b % 18] : world.handles[(ctx + 1) % CONTEXTS][b % SLOTS];
}

static __u64 pick_handles(__u8 b, unsigned int ctx)
{
	return b < 232 ? ptr_to_u64(&world.handles[ctx][b % SLOTS]) : pick_pointer(b);
}

static int pick_fd(__u8 b)
{
	if (b < 232)
		return world.fds[b % FDS];
	return b & 1 ? world.ctx[b % CONTEXTS] : (int)odd[b % 18];
}

static __u64 pick_deadline(__u8 b)
{
	if (b < 128)
		return 0;
	return b < 250 ? now_ns() + b * 10000ULL : KOWN_FOREVER;
}

static __u32 pick_elem(__u8 b)
{
	static const __u32 sizes[] = { 8, 8, 1, 3, 4, 16, 0, 4096, 65536, 65537 };

	return sizes[b % 10];
}

static void put(union kown_arg *arg, struct field field, size_t size, __u64 value)
{
	memcpy(&arg->byte[field.at], &value, size);
}

static void fill(union kown_arg *arg, const struct command *command, const __u8 *step,
		 unsigned int ctx)
{
	const __u8 *byte = step + 4;
	int i;

	memset(arg, PATTERN, command->size);
	arg->word[0] = step[2] < 248 ? command->size : command->size + (step[2] % 8 - 4) * 4;
	arg->word[1] = step[3] < 160 ? 0 : step[3] < 240 ? 1 : 1U << (step[3] % 32);
	for (i = 0; i < FIELDS && command->fields[i].kind != END; i++, byte++) {
		struct field field = command->fields[i];

		switch (field.kind) {
		case PAD:
			put(arg, field, 4, *byte > 250);
			break;
		case HANDLE:
			put(arg, field, 4, pick_handle(*byte, ctx));
			break;
		case RIGHTS:
			put(arg, field, 4, *byte < 160 ? KOWN_RIGHTS_SAME :
				*byte < 250 ? *byte & ALL_RIGHTS : 1U << (*byte % 32));
			break;
		case MODE:
			put(arg, field, 4, *byte < 250 ? *byte % 3 : *byte);
			break;
		case ELEM:
			put(arg, field, 4, pick_elem(*byte));
			break;
		case COUNT:
			/* DROP counts in 32 bits. */
			put(arg, field, command->cmd == KOWN_IOC_DROP ? 4 : 8, pick_count(*byte));
			break;
		case HANDLES:
			put(arg, field, 8, pick_handles(*byte, ctx));
			break;
		case MANY:
			put(arg, field, 4, *byte < MANY_FROM ? 0 :
				*byte < 250 ? *byte % 17 : pick_count(*byte));
			break;
		case ROOM:
			/* Without a count there is none; that is the field before. */
			put(arg, field, 8,
			    byte[-1] < MANY_FROM && *byte < 240 ? 0 : pick_pointer(*byte));
			break;
		case IN:
		case OUT:
		case BITS:
			/* With DISCARD there is none. */
			put(arg, field, 8,
			    arg->word[1] & 1 && *byte < 128 ? 0 : pick_pointer(*byte));
			break;
		case FD:
			put(arg, field, 4, pick_fd(*byte));
			break;
		case DEADLINE:
			put(arg, field, 8, pick_deadline(*byte));
			break;
		}
	}
}

/* Of many: the last, from the room, where all else of them is forgotten. */
static void keep_last(const union kown_arg *arg, struct field room, __u32 *handle)
{
	__u32 count;
	__u64 at;

	memcpy(&at, &arg->byte[room.at], 8);
	memcpy(&count, &arg->byte[room.at - 4], 4);
	if (count)
		memcpy(handle, (char *)(uintptr_t)at + 4 * (count - 1), 4);
}

static void keep(const union kown_arg *arg, const struct command *command, const __u8 *step,
		 unsigned int ctx)
{
	int i;

	for (i = 0; i < FIELDS && command->fields[i].kind != END; i++) {
		struct field field = command->fields[i];
		int *fd = &world.fds[step[SLOT] % FDS];

		if (field.kind == NEW_HANDLE)
			memcpy(&world.handles[ctx][step[SLOT] % SLOTS], &arg->byte[field.at], 4);
		if (field.kind == NEW_FD) {
			if (*fd >= 0)
				close(*fd);
			memcpy(fd, &arg->byte[field.at], 4);
		}
		if (field.kind == ROOM)
			keep_last(arg, field, &world.handles[ctx][(step[SLOT] + 1) % SLOTS]);
	}
}

static bool in_contract(int err)
{
	static const int errors[] = {
		0, ENOTTY, E2BIG, EINVAL, EOPNOTSUPP, ENOENT, EACCES, EBUSY, ENOLCK, EOWNERDEAD,
		EDEADLK, ETIMEDOUT, ESTALE, ERANGE, EOVERFLOW, ENOSPC, ENOMEM, EFAULT, EBADF,
		EMFILE, ENFILE, EINTR,
	};
	unsigned int i;

	for (i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		if (errors[i] == err)
			return true;
	}
	return false;
}

/* Returns what is wrong, or NULL. */
static const char *run_command(const __u8 *step)
{
	const struct command *command = &commands[step[0] % OPS];
	unsigned int ctx = step[1] % CONTEXTS;
	/* Now and then a descriptor of an object, where a context belongs. */
	int fd = step[1] < 240 ? world.ctx[ctx] : world.fds[step[1] % FDS];
	static char why[96];
	union kown_arg arg;
	int err;

	fill(&arg, command, step, ctx);
	err = kown_call(fd, command->cmd, &arg);
	world.calls++;
	if (!err || err == EOWNERDEAD) {
		world.good++;
		keep(&arg, command, step, ctx);
	}
	if (in_contract(err))
		return NULL;
	snprintf(why, sizeof(why), "command %#x: %s", command->cmd, strerror(err));
	return why;
}

static void do_nothing(int sig)
{
}

/* Signals that interrupt what waits, every so often. */
static void alarm_every(int ms)
{
	struct itimerval every = { { 0, ms * 1000 }, { 0, ms * 1000 } };

	setitimer(ITIMER_REAL, &every, NULL);
}

static void run_extra(const __u8 *step)
{
	int *fd = &world.fds[step[1] % FDS];
	struct pollfd poll_fd = { .fd = *fd, .events = POLLIN | POLLOUT };
	struct stat stat;
	int ctx = step[1] % PRIVATE;

	switch (step[0] % OPS) {
	case REOPEN:
		close(world.ctx[ctx]);
		world.ctx[ctx] = kown_open();
		break;
	case CLOSE_FD:
		if (*fd >= 0)
			close(*fd);
		*fd = -1;
		break;
	case POLL_FD:
		poll(&poll_fd, 1, step[2] % 4);
		break;
	case READ_FD:
		if (step[2] & 1)
			read(*fd, world.arena, pick_count(step[3]));
		else
			pread(*fd, world.arena, pick_count(step[3]), pick_count(step[4]));
		break;
	case WRITE_FD:
		if (step[2] & 1)
			write(*fd, world.arena, pick_count(step[3]) % (ARENA + 1));
		else
			pwrite(*fd, world.arena, pick_count(step[3]) % (ARENA + 1),
			       pick_count(step[4]));
		break;
	case SEEK_FD:
		if (step[2] & 1)
			ftruncate(*fd, pick_count(step[3]));
		else
			lseek(*fd, pick_count(step[3]), step[4] % 5);
		break;
	case STAT_FD:
		fstat(*fd, &stat);
		break;
	case DUP_FD:
		if (*fd >= 0) {
			int copy = dup(*fd);

			close(*fd);
			*fd = copy;
		}
		break;
	case SIGNAL:
		raise(SIGALRM);
	}
}

static const char *run_steps(const struct program *program, unsigned int from, unsigned int to);

/* A child does the next few steps, with all that we have; it is waited for, or killed. */
static const char *run_child_steps(const struct program *program, unsigned int from,
				   unsigned int to, unsigned int us)
{
	int status = 0;
	pid_t pid = fork();

	if (pid < 0)
		return NULL;
	if (!pid) {
		forked = true;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		alarm_every(20);
		_exit(!!run_steps(program, from, to));
	}
	if (us) {
		usleep(us);
		kill(pid, SIGKILL);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) ? "what a child did" : NULL;
}

static const char *run_steps(const struct program *program, unsigned int from, unsigned int to)
{
	const char *why = NULL;
	unsigned int i;

	for (i = from; i < to && !why; i++) {
		const __u8 *step = program->bytes[i];
		unsigned int op = step[0] % OPS;
		unsigned int end = i + 1 + step[1] % 8;

		if (op < COMMANDS) {
			why = run_command(step);
		} else if (op == FORK) {
			if (forked)
				continue;
			end = end < to ? end : to;
			why = run_child_steps(program, i + 1, end,
					      step[2] < 128 ? 0 : step[3] * 20);
			i = end - 1;
		} else {
			run_extra(step);
		}
	}
	return why;
}

static void world_begin(void)
{
	int i;

	for (i = 0; i < PRIVATE; i++)
		world.ctx[i] = kown_open();
	if (world.jobs == 1)
		world.ctx[PRIVATE] = kown_open();
	for (i = 0; i < FDS; i++)
		world.fds[i] = -1;
	memset(world.handles, 0, sizeof(world.handles));
	for (i = 0; i < ARENA; i++)
		world.arena[i] = i / 8 % 5;
}

static void world_end(void)
{
	int i;

	for (i = 0; i < PRIVATE + (world.jobs == 1); i++)
		close(world.ctx[i]);
	for (i = 0; i < FDS; i++) {
		if (world.fds[i] >= 0)
			close(world.fds[i]);
	}
}

static bool is_as_before(int watcher, const struct kown_info *before)
{
	struct kown_info now;

	return !kown_info(watcher, &now) && now.all_objects == before->all_objects &&
	       now.all_handles == before->all_handles && now.all_bytes == before->all_bytes;
}

/* Coverage: pairs of places that followed each other, by a hash. */

#define KCOV_INIT_TRACE	_IOR('c', 1, unsigned long)
#define KCOV_ENABLE	_IO('c', 100)
#define KCOV_DISABLE	_IO('c', 101)
#define PLACES		65536
#define EDGES		262144

static struct {
	int fd;
	unsigned long *places;		/* their number first */
	bool seen[EDGES];
	unsigned long edges;
} cover = { .fd = -1 };

static void cover_open(void)
{
	cover.fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
	if (cover.fd < 0)
		return;
	cover.places = MAP_FAILED;
	if (!ioctl(cover.fd, KCOV_INIT_TRACE, PLACES))
		cover.places = mmap(NULL, PLACES * sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED,
				    cover.fd, 0);
	if (cover.places == MAP_FAILED) {
		close(cover.fd);
		cover.fd = -1;
	}
}

static void cover_begin(void)
{
	if (cover.fd < 0)
		return;
	WRITE_ONCE(cover.places[0], 0);
	ioctl(cover.fd, KCOV_ENABLE, 0);
}

/* Returns how many edges were new. */
static unsigned int cover_end(void)
{
	unsigned long n, i, last = 0;
	unsigned int new = 0;

	if (cover.fd < 0)
		return 0;
	ioctl(cover.fd, KCOV_DISABLE, 0);
	n = READ_ONCE(cover.places[0]);
	for (i = 1; i <= n && i < PLACES; i++) {
		__u64 edge = (cover.places[i] * 0x9e3779b97f4a7c15ULL) ^ last;
		__u32 bit = edge >> 32 & (EDGES - 1);

		last = cover.places[i] * 0xd1342543de82ef95ULL >> 1;
		if (cover.seen[bit])
			continue;
		cover.seen[bit] = true;
		new++;
	}
	cover.edges += new;
	return new;
}

/* Programs: as text, and new ones of old. */

static void program_print(const char *mark, const struct program *program)
{
	static char text[4 + 2 * sizeof(program->bytes)];
	size_t i, n = sprintf(text, "%s ", mark);

	for (i = 0; i < program->steps * STEP; i++)
		n += sprintf(text + n, "%02x", program->bytes[0][i]);
	text[n++] = '\n';
	fflush(stdout);
	write(1, text, n);
}

static bool program_parse(const char *text, struct program *program)
{
	unsigned int n = 0, byte;

	while (n < sizeof(program->bytes) && sscanf(text, "%2x", &byte) == 1) {
		program->bytes[0][n++] = byte;
		text += 2;
	}
	program->steps = n / STEP;
	return program->steps;
}

#define KEPT	4096

static struct program kept[KEPT];
static unsigned int kept_n;

static void program_keep(const struct program *program)
{
	if (kept_n < KEPT)
		kept[kept_n++] = *program;
}

static void step_add(struct program *program, __u8 op, __u8 field, __u8 slot)
{
	__u8 *step = program->bytes[program->steps++];

	memset(step, 0, STEP);
	step[0] = op;
	step[5] = field;
	step[SLOT] = slot;
}

/* What makes sense: two objects of a mode with elements, and then each command. */
static void keep_sensible(void)
{
	unsigned int op, mode, i;

	for (mode = 0; mode < 3; mode++) {
		for (op = 0; op < OPS; op++) {
			struct program program = {};

			for (i = 0; i < 2; i++) {
				step_add(&program, 1, 0, i);		/* NEW */
				program.bytes[program.steps - 1][4] = mode;
				if (mode == KOWN_MODE_LOCKED) {
					step_add(&program, 15, 0, 0);	/* LOCK */
					program.bytes[program.steps - 1][4] = i;
				}
				step_add(&program, 5, 0, 0);		/* PUSH */
				program.bytes[program.steps - 1][4] = i;
				program.bytes[program.steps - 1][7] = 9;
			}
			if (mode != KOWN_MODE_EXCLUSIVE) {
				step_add(&program, 10, 0, 2);		/* DOWNGRADE */
				step_add(&program, 8, 0, 0);		/* EXPORT */
			}
			step_add(&program, op, 0, 3);
			program.bytes[program.steps - 1][6] = 2;
			program.bytes[program.steps - 1][7] = 3;
			if (op == 34 || op == 35)			/* APPEND, COPY_FROM */
				program.bytes[program.steps - 1][5] = 1;
			if (op == 11)					/* UPGRADE */
				program.bytes[program.steps - 1][4] = 2;
			program_keep(&program);
		}
	}
}

static void step_random(__u8 *step, __u64 *seed)
{
	int i;

	for (i = 0; i < STEP; i++)
		step[i] = random_u32(seed) % 4 ? random_u32(seed) % 16 : random_u32(seed);
	step[0] = random_u32(seed) % OPS;
}

static void mutate(struct program *program, __u64 *seed)
{
	const struct program *other = &kept[random_u32(seed) % kept_n];
	unsigned int at = random_u32(seed) % program->steps;
	unsigned int n;

	switch (random_u32(seed) % 8) {
	case 0:
		step_random(program->bytes[at], seed);
		break;
	case 1:		/* One more, or one again. */
		if (program->steps == STEPS)
			break;
		memmove(program->bytes[at + 1], program->bytes[at],
			(program->steps++ - at) * STEP);
		if (random_u32(seed) % 2)
			step_random(program->bytes[at], seed);
		break;
	case 2:
		if (program->steps == 1)
			break;
		memmove(program->bytes[at], program->bytes[at + 1],
			(--program->steps - at) * STEP);
		break;
	case 3:		/* The other's end, from anywhere on. */
		n = random_u32(seed) % other->steps;
		n = other->steps - n;
		if (n > STEPS - at)
			n = STEPS - at;
		memcpy(program->bytes[at], other->bytes[other->steps - n], n * STEP);
		program->steps = at + n;
		break;
	default:
		program->bytes[at][random_u32(seed) % STEP] = random_u32(seed);
	}
}

static void program_new(struct program *program, __u64 *seed)
{
	unsigned int i, n = 1 + random_u32(seed) % 6;

	*program = kept[random_u32(seed) % kept_n];
	for (i = 0; i < n; i++)
		mutate(program, seed);
}

/* Runs */

static bool print_all;

static const char *run_program(const struct program *program, int watcher,
			       const struct kown_info *before, unsigned int *new)
{
	const char *why;

	if (print_all)
		program_print("@", program);
	cover_begin();
	world_begin();
	why = run_steps(program, 0, program->steps);
	world_end();
	*new = cover_end();
	if (!why && world.jobs == 1 && !is_as_before(watcher, before))
		why = "something is left";
	return why;
}

static void finding(const struct program *program, const char *why)
{
	printf("FINDING: %s\n", why);
	program_print("!", program);
}

struct options {
	__u64 seed;
	unsigned long seconds;
	unsigned long programs;
	unsigned long kills;
};

static void say_counts(unsigned long programs, unsigned long new)
{
	printf("%lu programs, %lu calls, %lu of them done; %lu edges, %lu new; %u kept\n",
	       programs, world.calls, world.good, cover.edges, new, kept_n);
	fflush(stdout);
}

/* Returns whether nothing was found. */
static bool work(const struct options *options, int watcher)
{
	unsigned long long begun = now_ms(), said = begun;
	unsigned long n;
	struct kown_info before;
	struct program program;
	__u64 seed = options->seed;
	unsigned int new, sensible = kept_n, last_edges = 0;
	const char *why;

	kown_info(watcher, &before);
	for (n = 0; !options->programs || n < options->programs; n++) {
		unsigned long long now = now_ms();

		if (options->seconds && now - begun >= options->seconds * 1000)
			break;
		if (now - said >= 10000) {
			printf("# %llu s: ", (now - begun) / 1000);
			say_counts(n, cover.edges - last_edges);
			last_edges = cover.edges;
			said = now;
		}
		if (n < sensible)
			program = kept[n];
		else
			program_new(&program, &seed);
		why = run_program(&program, watcher, &before, &new);
		if (why) {
			finding(&program, why);
			return false;
		}
		if (new && n >= sensible) {
			program_keep(&program);
			if (print_all)
				program_print("+", &program);
		}
	}
	printf("# seed %llu, in all: ", options->seed);
	say_counts(n, cover.edges);
	return true;
}

static bool repeat(const char *path, int watcher)
{
	FILE *file = fopen(path, "r");
	struct program program;
	struct kown_info before;
	static char line[4 * sizeof(program.bytes)];
	unsigned int new, n = 0;
	bool good = true;

	if (!file) {
		perror(path);
		return false;
	}
	kown_info(watcher, &before);
	while (good && fgets(line, sizeof(line), file)) {
		const char *why;

		if (!program_parse(line + strspn(line, "@+! "), &program))
			continue;
		why = run_program(&program, watcher, &before, &new);
		if (why)
			finding(&program, why);
		good = !why;
		n++;
	}
	fclose(file);
	printf("# %u programs repeated\n", n);
	return good && n;
}

static void load(const char *path)
{
	FILE *file = fopen(path, "r");
	static char line[4 * sizeof(struct program)];

	while (file && kept_n < KEPT && fgets(line, sizeof(line), file)) {
		if (program_parse(line + strspn(line, "@+! "), &kept[kept_n]))
			kept_n++;
	}
	if (file)
		fclose(file);
}

/* Workers that never end by themselves; who is killed leaves what all have, no more. */
static bool kill_all(const struct options *options, int watcher)
{
	struct kown_info before, all, common;
	__u64 seed = options->seed;
	unsigned long n;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	kown_info(watcher, &before);
	for (n = 0; n < options->kills; n++) {
		struct options worker = { .seed = random_u32(&seed) };
		pid_t pid;
		int i;

		if (n % 100 == 0) {
			close(world.ctx[PRIVATE]);
			if (n && !is_as_before(watcher, &before)) {
				printf("FINDING: after kill %lu something is left\n", n);
				return false;
			}
			world.ctx[PRIVATE] = kown_open();
			if (n % 1000 == 0)
				printf("# %lu kills\n", n);
			fflush(stdout);
		}
		pid = fork();
		if (!pid) {
			/* Each begins with another of what makes sense. */
			for (i = 0; i < kept_n; i++) {
				struct program swap = kept[i];
				__u32 with = random_u32(&worker.seed) % kept_n;

				kept[i] = kept[with];
				kept[with] = swap;
			}
			alarm_every(20);
			freopen("/dev/null", "w", stdout);
			work(&worker, watcher);
			_exit(1);
		}
		usleep(1000 + random_u32(&seed) % 20000);
		kill(pid, SIGKILL);
		/* And for its children, which are ours now. */
		while (wait(NULL) > 0)
			;
		kown_info(watcher, &all);
		kown_info(world.ctx[PRIVATE], &common);
		if (all.all_handles != before.all_handles + common.handles) {
			printf("FINDING: after kill %lu there are %llu handles, not %llu\n", n,
			       all.all_handles, before.all_handles + common.handles);
			return false;
		}
	}
	close(world.ctx[PRIVATE]);
	if (!is_as_before(watcher, &before)) {
		printf("FINDING: after all kills something is left\n");
		return false;
	}
	printf("# in all: %lu kills\n", n);
	return true;
}

/* They share one context. What they find each says for itself. */
static bool several(const struct options *options, int watcher)
{
	struct kown_info before;
	bool good = true;
	int i, status;

	kown_info(watcher, &before);
	world.ctx[PRIVATE] = kown_open();
	for (i = 0; i < world.jobs; i++) {
		struct options worker = *options;

		worker.seed += i;
		if (fork() == 0) {
			cover_open();
			alarm_every(20);
			good = work(&worker, watcher);
			fflush(stdout);
			_exit(!good);
		}
	}
	while (wait(&status) > 0)
		good = good && !status;
	close(world.ctx[PRIVATE]);
	if (good && !is_as_before(watcher, &before)) {
		printf("FINDING: something is left\n");
		good = false;
	}
	return good;
}

int main(int argc, char **argv)
{
	struct options options = { .seed = now_ns() };
	struct sigaction action = { .sa_handler = do_nothing };
	const char *repeated = NULL;
	int watcher = kown_open(), letter;
	bool good;

	world.jobs = 1;
	while ((letter = getopt(argc, argv, "s:t:n:j:k:c:r:l")) != -1) {
		switch (letter) {
		case 's':
			options.seed = strtoull(optarg, NULL, 0);
			break;
		case 't':
			options.seconds = strtoul(optarg, NULL, 0);
			break;
		case 'n':
			options.programs = strtoul(optarg, NULL, 0);
			break;
		case 'j':
			world.jobs = atoi(optarg);
			break;
		case 'k':
			options.kills = strtoul(optarg, NULL, 0);
			break;
		case 'c':
			load(optarg);
			break;
		case 'r':
			repeated = optarg;
			break;
		case 'l':
			print_all = true;
			break;
		default:
			return 2;
		}
	}
	if (watcher < 0) {
		perror("/dev/kown");
		return 2;
	}
	world.arena = (unsigned char *)pages_with_hole(ARENA / sysconf(_SC_PAGESIZE));
	if (!world.arena)
		return 2;
	/* Not restarted: what waits is interrupted. */
	sigaction(SIGALRM, &action, NULL);
	keep_sensible();
	if (options.kills) {
		world.jobs = 2;
		world.ctx[PRIVATE] = -1;
		good = kill_all(&options, watcher);
	} else if (world.jobs > 1) {
		good = several(&options, watcher);
	} else {
		cover_open();
		alarm_every(20);
		good = repeated ? repeat(repeated, watcher) : work(&options, watcher);
	}
	fflush(stdout);
	return !good;
}
