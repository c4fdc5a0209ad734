// SPDX-License-Identifier: GPL-2.0
/*
 * kown ls: live objects and who holds them.
 *
 * Holders are found in /proc: each process's descriptors of /dev/kown list their handles
 * in fdinfo, and those of exported files tell their object. Without root that shows one's
 * own processes. What nobody holds by a descriptor, as what is on its way through a
 * socket, only root sees, in debugfs.
 */
#include "tool.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kown.h"
#include "out.h"

#define OBJECTS_FILE	"/sys/kernel/debug/kown/objects"
#define OBJECTS_HEADER	"object mode elem-size len bytes strong weak state owner"
#define FD_PREFIX	"kown:["

/**
 * struct holder - one descriptor or handle of one process
 * @pid: of the process
 * @comm: its name
 * @fd: the descriptor: of the object, or of the context
 * @handle: in that context, or 0
 * @rights: it gives
 * @weak: it does not keep the object
 */
struct holder {
	int pid;
	char comm[17];
	int fd;
	uint32_t handle;
	uint32_t rights;
	bool weak;
};

/**
 * struct row - an object
 * @id: its id
 * @mode: its name
 * @elem_size: bytes
 * @len: elements
 * @bytes: of capacity
 * @strong: references, or 0 if that is not known
 * @weak: the same
 * @state: KOWN_STATE_*
 * @owner: of the lock, or 0
 * @holders: who
 * @count: how many
 * @ours: this process holds it too, by what it inherited
 */
struct row {
	uint64_t id;
	char mode[16];
	uint64_t elem_size;
	uint64_t len;
	uint64_t bytes;
	unsigned int strong;
	unsigned int weak;
	uint32_t state;
	int owner;
	struct holder *holders;
	size_t count;
	bool ours;
};

/**
 * struct list - all of them
 * @rows: in no order, until they are printed
 * @count: how many
 * @ids: the same, to be found by id
 * @complete: debugfs has told of all
 */
struct list {
	struct row **rows;
	size_t count;
	void *ids;
	bool complete;
};

static void *grown(void *old, size_t count, size_t size)
{
	/* To the next power of two, when it is one. */
	if (count & (count - 1))
		return old;
	old = reallocarray(old, count ? 2 * count : 1, size);
	if (!old)
		exit(refused("ls", ENOMEM, "objects"));
	return old;
}

static int by_id(const void *a, const void *b)
{
	const struct row *one = a, *two = b;

	return (one->id > two->id) - (one->id < two->id);
}

static int by_id_in_order(const void *a, const void *b)
{
	return by_id(*(struct row *const *)a, *(struct row *const *)b);
}

static struct row *row_of(struct list *list, uint64_t id)
{
	struct row key = { .id = id }, *row, **found = tfind(&key, &list->ids, by_id);

	if (found)
		return *found;
	row = grown(NULL, 0, sizeof(*row));
	*row = key;
	if (!tsearch(row, &list->ids, by_id))
		exit(refused("ls", ENOMEM, "objects"));
	list->rows = grown(list->rows, list->count, sizeof(*list->rows));
	list->rows[list->count++] = row;
	return row;
}

/* Who looks is not listed: it is gone when one reads that. */
static void add_holder(struct row *row, const struct holder *holder)
{
	if (holder->pid == getpid()) {
		row->ours = true;
		return;
	}
	row->holders = grown(row->holders, row->count, sizeof(*row->holders));
	row->holders[row->count++] = *holder;
}

/* Where the columns are, by the first line; what is new since then is left out. */
static void read_objects(struct list *list)
{
	FILE *file = fopen(OBJECTS_FILE, "r");
	char line[256];
	struct row row;

	if (!file)
		return;
	list->complete = fgets(line, sizeof(line), file) &&
			 !strcmp(line, OBJECTS_HEADER "\n");
	while (list->complete && fgets(line, sizeof(line), file)) {
		row = (struct row){};
		if (sscanf(line, "%" SCNu64 " %15s %" SCNu64 " %" SCNu64 " %" SCNu64 " %u %u %x %d",
			   &row.id, row.mode, &row.elem_size, &row.len, &row.bytes,
			   &row.strong, &row.weak, &row.state, &row.owner) != 9)
			continue;
		/* The dead have only their weak references left. */
		if (row.strong)
			*row_of(list, row.id) = row;
	}
	fclose(file);
}

static FILE *open_in(int pid, const char *what, int fd)
{
	char path[64];

	if (fd >= 0)
		snprintf(path, sizeof(path), "/proc/%d/%s/%d", pid, what, fd);
	else
		snprintf(path, sizeof(path), "/proc/%d/%s", pid, what);
	return fopen(path, "r");
}

static void read_comm(struct holder *holder)
{
	FILE *file = open_in(holder->pid, "comm", -1);

	strcpy(holder->comm, "?");
	if (!file)
		return;
	if (fgets(holder->comm, sizeof(holder->comm), file))
		holder->comm[strcspn(holder->comm, "\n")] = '\0';
	fclose(file);
}

static void read_context(struct list *list, struct holder holder)
{
	FILE *file = open_in(holder.pid, "fdinfo", holder.fd);
	char line[256], strength[8], mode[16];
	struct row seen, *row;

	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "kown-handle: %" SCNu32 " object %" SCNu64 " rights %" SCNx32
			   " %7s mode %15s elem-size %" SCNu64 " len %" SCNu64 " bytes %" SCNu64,
			   &holder.handle, &seen.id, &holder.rights, strength, mode,
			   &seen.elem_size, &seen.len, &seen.bytes) != 8)
			continue;
		holder.weak = !strcmp(strength, "weak");
		row = row_of(list, seen.id);
		strcpy(row->mode, mode);
		row->elem_size = seen.elem_size;
		row->len = seen.len;
		row->bytes = seen.bytes;
		add_holder(row, &holder);
	}
	fclose(file);
}

/* Is the line of that name? Then *@value is the rest of it. */
static bool tells(char *line, const char *name, char **value)
{
	if (strncmp(line, name, strlen(name)))
		return false;
	*value = line + strlen(name);
	*value += strspn(*value, " \t");
	(*value)[strcspn(*value, "\n")] = '\0';
	return true;
}

static void read_exported(struct list *list, struct holder holder)
{
	FILE *file = open_in(holder.pid, "fdinfo", holder.fd);
	char line[256], *value;
	struct row seen = {}, *row;

	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		if (tells(line, "kown-mode:", &value))
			strncpy(seen.mode, value, sizeof(seen.mode) - 1);
		else if (tells(line, "kown-object:", &value))
			seen.id = strtoull(value, NULL, 0);
		else if (tells(line, "kown-rights:", &value))
			holder.rights = strtoul(value, NULL, 0);
		else if (tells(line, "kown-state:", &value))
			seen.state = strtoul(value, NULL, 0);
		else if (tells(line, "kown-owner:", &value))
			seen.owner = strtol(value, NULL, 0);
		else if (tells(line, "kown-strong:", &value))
			seen.strong = strtoul(value, NULL, 0);
		else if (tells(line, "kown-weak:", &value))
			seen.weak = strtoul(value, NULL, 0);
		else if (tells(line, "kown-elem-size:", &value))
			seen.elem_size = strtoull(value, NULL, 0);
		else if (tells(line, "kown-len:", &value))
			seen.len = strtoull(value, NULL, 0);
		else if (tells(line, "kown-bytes:", &value))
			seen.bytes = strtoull(value, NULL, 0);
	}
	fclose(file);
	if (!seen.id || !seen.strong)
		return;
	holder.weak = seen.state & KOWN_STATE_WEAK;
	row = row_of(list, seen.id);
	seen.state &= ~(KOWN_STATE_WEAK | KOWN_STATE_OWNER);
	seen.holders = row->holders;
	seen.count = row->count;
	seen.ours = row->ours;
	*row = seen;
	add_holder(row, &holder);
}

static void read_fd(struct list *list, struct holder *holder)
{
	char path[64], target[64];
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", holder->pid, holder->fd);
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		return;
	target[len] = '\0';
	if (!strcmp(target, KOWN_DEVICE))
		read_context(list, *holder);
	else if (!strncmp(target, FD_PREFIX, strlen(FD_PREFIX)))
		read_exported(list, *holder);
}

/* Each number in a folder of /proc. */
static void each_number(const char *path, void (*visit)(int number, void *arg), void *arg)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (isdigit((unsigned char)*entry->d_name))
			visit(atoi(entry->d_name), arg);
	closedir(dir);
}

struct visit {
	struct list *list;
	struct holder holder;
};

static void visit_fd(int fd, void *arg)
{
	struct visit *visit = arg;

	visit->holder.fd = fd;
	read_fd(visit->list, &visit->holder);
}

static void visit_process(int pid, void *arg)
{
	struct visit visit = { .list = arg, .holder.pid = pid };
	char path[32];

	read_comm(&visit.holder);
	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	each_number(path, visit_fd, &visit);
}

/* "999", "12.0K", "3.4M": three digits or so. */
static void print_human(uint64_t bytes, int width)
{
	static const char units[] = "BKMGTPE";
	double value = bytes;
	size_t unit = 0;
	char text[32];

	while (value >= 1024 && units[unit + 1]) {
		value /= 1024;
		unit++;
	}
	if (unit)
		snprintf(text, sizeof(text), "%.1f%c", value, units[unit]);
	else
		snprintf(text, sizeof(text), "%" PRIu64 "B", bytes);
	printf("%*s", width, text);
}

static void print_rights(uint32_t rights)
{
	size_t n;

	for (n = 0; RIGHT_LETTERS[n]; n++)
		if (rights >> n & 1)
			putchar(RIGHT_LETTERS[n]);
	if (!rights)
		putchar('-');
}

static void print_holder(const struct holder *holder)
{
	printf("%s[%d] ", holder->comm, holder->pid);
	if (holder->handle)
		printf("handle %u", holder->handle);
	else
		printf("fd %d", holder->fd);
	fputs(holder->weak ? " weak " : " ", stdout);
	print_rights(holder->rights);
}

static const char *state_of(const struct row *row)
{
	bool locked = row->state & KOWN_STATE_LOCKED;

	if (row->state & KOWN_STATE_POISONED)
		return locked ? "lock,poison" : "poison";
	return locked ? "lock" : "-";
}

static void print_row(const struct row *row)
{
	size_t i;

	printf("%6" PRIu64 "  %-9s  %8" PRIu64 " x %-5" PRIu64 " ", row->id, row->mode, row->len,
	       row->elem_size);
	print_human(row->bytes, 8);
	if (row->strong)
		printf("  %6u  %4u  %-11s  ", row->strong, row->weak, state_of(row));
	else
		printf("  %6s  %4s  %-11s  ", "?", "?", "?");
	for (i = 0; i < row->count; i++) {
		if (i)
			printf(", ");
		print_holder(&row->holders[i]);
	}
	if (!row->count)
		fputs(row->ours ? "this command only" : "nobody in /proc", stdout);
	putchar('\n');
}

static void print_people(const struct list *list)
{
	uint64_t bytes = 0;
	size_t i;

	puts("object  mode       elements           memory  strong  weak  state        held by");
	for (i = 0; i < list->count; i++) {
		print_row(list->rows[i]);
		bytes += list->rows[i]->bytes;
	}
	printf("%zu object%s, ", list->count, list->count == 1 ? "" : "s");
	print_human(bytes, 0);
	putchar('\n');
	if (!list->complete)
		puts("(Those of your own processes; root sees all, with debugfs mounted.)");
}

static const char *json_bool(bool value)
{
	return value ? "true" : "false";
}

static void print_json(const struct list *list)
{
	const struct row *row;
	const struct holder *holder;
	size_t i, j;

	printf("{\"complete\": %s, \"objects\": [", json_bool(list->complete));
	for (i = 0; i < list->count; i++) {
		row = list->rows[i];
		printf("%s{\"object\": %" PRIu64 ", \"mode\": \"%s\", \"elem_size\": %" PRIu64
		       ", \"len\": %" PRIu64 ", \"bytes\": %" PRIu64, i ? ", " : "", row->id,
		       row->mode, row->elem_size, row->len, row->bytes);
		if (row->strong)
			printf(", \"strong\": %u, \"weak\": %u, \"locked\": %s, \"poisoned\": %s",
			       row->strong, row->weak, json_bool(row->state & KOWN_STATE_LOCKED),
			       json_bool(row->state & KOWN_STATE_POISONED));
		printf(", \"holders\": [");
		for (j = 0; j < row->count; j++) {
			holder = &row->holders[j];
			printf("%s{\"pid\": %d, \"comm\": ", j ? ", " : "", holder->pid);
			out_quoted(holder->comm);
			printf(", \"fd\": %d, \"handle\": %u, \"weak\": %s, \"rights\": \"",
			       holder->fd, holder->handle, json_bool(holder->weak));
			print_rights(holder->rights);
			printf("\"}");
		}
		printf("]}");
	}
	puts("]}");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	bool *json = state->input;

	if (key != OPT_JSON)
		return ARGP_ERR_UNKNOWN;
	*json = true;
	return 0;
}

static const struct argp argp = {
	.options = (const struct argp_option[]){ JSON_OPTION, {} },
	.parser = parse,
	.doc = "List live objects: mode, elements, memory, references, and the processes that\n"
	       "hold them, by handles in their contexts or by descriptors.\n"
	       "\vHolders are read from /proc, so without root one sees those of one's own\n"
	       "processes. Root also sees objects that no process holds right now, such as those\n"
	       "on their way through a socket, in " OBJECTS_FILE ".\n"
	       "\n"
	       "Example:\n"
	       "  kown new --elem u64 -- sh -c 'kown push 1 2 3; kown ls'",
};

int do_ls(int argc, char **argv, char **command)
{
	struct list list = {};
	bool json = false;

	argp_parse(&argp, argc, argv, 0, NULL, &json);
	if (access("/sys/module/kown", F_OK) && access(KOWN_DEVICE, F_OK))
		return refused("open", ENOENT, KOWN_DEVICE);
	read_objects(&list);
	each_number("/proc", visit_process, &list);
	qsort(list.rows, list.count, sizeof(*list.rows), by_id_in_order);
	if (json)
		print_json(&list);
	else
		print_people(&list);
	return FINE;
}
