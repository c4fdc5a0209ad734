/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the verbs of kown(1) share.
 */
#ifndef KOWN_TOOL_H
#define KOWN_TOOL_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

/* Exit statuses. */
enum {
	FINE = 0,
	REFUSED = 1,
	USAGE = 2,
	NO_DEVICE = 3,
	CANNOT_RUN = 126,
	NOT_FOUND = 127,
};

#ifndef __printf
#define __printf(format_at, args_at) \
	__attribute__((format(printf, format_at, args_at)))
#endif

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* The letter at index n stands for bit n of the rights. */
#define RIGHT_LETTERS	"rwcel"

/* Elements are copied in pieces of at most this many bytes, or one element. */
#define PIECE		0x100000

/**
 * struct verb - a row of the table in main.c
 * @name: as it is typed
 * @help: one line
 * @run: parses its arguments, does it, returns an exit status
 * @runs_command: what follows "--" is a command, and not for @run's parser
 */
struct verb {
	const char *name;
	const char *help;
	int (*run)(int argc, char **argv, char **command);
	bool runs_command;
};

int do_info(int argc, char **argv, char **command);
int do_new(int argc, char **argv, char **command);
int do_context(int argc, char **argv, char **command);
int do_clone(int argc, char **argv, char **command);
int do_drop(int argc, char **argv, char **command);
int do_export(int argc, char **argv, char **command);
int do_import(int argc, char **argv, char **command);
int do_stat(int argc, char **argv, char **command);
int do_push(int argc, char **argv, char **command);
int do_pop(int argc, char **argv, char **command);
int do_cat(int argc, char **argv, char **command);
int do_serve(int argc, char **argv, char **command);
int do_downgrade(int argc, char **argv, char **command);
int do_upgrade(int argc, char **argv, char **command);
int do_clone_data(int argc, char **argv, char **command);
int do_into_inner(int argc, char **argv, char **command);
int do_take(int argc, char **argv, char **command);
int do_make_mut(int argc, char **argv, char **command);
int do_lock(int argc, char **argv, char **command);
int do_unlock(int argc, char **argv, char **command);
int do_clear_poison(int argc, char **argv, char **command);
int do_pop_front(int argc, char **argv, char **command);
int do_insert(int argc, char **argv, char **command);
int do_write(int argc, char **argv, char **command);
int do_fill(int argc, char **argv, char **command);
int do_remove(int argc, char **argv, char **command);
int do_swap_remove(int argc, char **argv, char **command);
int do_drain(int argc, char **argv, char **command);
int do_splice(int argc, char **argv, char **command);
int do_truncate(int argc, char **argv, char **command);
int do_resize(int argc, char **argv, char **command);
int do_reserve(int argc, char **argv, char **command);
int do_shrink(int argc, char **argv, char **command);
int do_retain(int argc, char **argv, char **command);
int do_extract(int argc, char **argv, char **command);
int do_dedup(int argc, char **argv, char **command);
int do_extend_within(int argc, char **argv, char **command);
int do_append(int argc, char **argv, char **command);
int do_copy_from(int argc, char **argv, char **command);
int do_split_off(int argc, char **argv, char **command);
int do_ls(int argc, char **argv, char **command);
int do_at(int argc, char **argv, char **command);

/* Option keys that several verbs have; the rest use letters. */
enum {
	OPT_JSON = 0x100,
	OPT_ELEM,
	OPT_CAP,
	OPT_RIGHTS,
	OPT_FD,
	OPT_HANDLE,
	OPT_RAW,
	OPT_SIGNED,
	OPT_HEX,
	OPT_START,
	OPT_COUNT,
	OPT_PUT,
	OPT_REMOVE,
	OPT_MODE,
	OPT_WEAK,
	OPT_TRY,
	OPT_TIMEOUT,
	OPT_BECOME,
	OPT_LOCKED,
	OPT_DISCARD,
	OPT_EXACT,
};

#define JSON_OPTION \
	{ "json", OPT_JSON, NULL, 0, "Print one JSON document" }
#define MANY_OPTION \
	{ "count", OPT_COUNT, "N", 0, "Make N of them, all or none, and print all" }
#define RIGHTS_OPTION \
	{ "rights", OPT_RIGHTS, "RIGHTS", 0, \
	  "Letters: r read, w write, c clone, e export, l lock; - for none (default: the same)" }

/* info.c: the device's commands, by number */
#define COMMAND_COUNT	38
extern const char *const command_names[COMMAND_COUNT];

/* and its modes, KOWN_MODE_* */
#define MODE_COUNT	3
extern const char *const mode_names[MODE_COUNT];

/* error.c */

/*
 * Say "kown: SUBJECT: why (ENAME)" and return the exit status. @op names what
 * was tried, for an errno that means different things to different commands.
 */
__printf(3, 4) int refused(const char *op, int err, const char *subject, ...);
__printf(1, 2) int usage(const char *format, ...);

/* parse.c: NULL is never passed; false when the text is not right */
bool parse_u64(const char *text, uint64_t *value);
bool parse_u32(const char *text, uint32_t *value);
bool parse_fd(const char *text, int *fd);
bool parse_rights(const char *text, uint32_t *rights);
bool parse_elem(const char *text, uint32_t *size);
bool parse_mode(const char *text, uint32_t *mode);

/* As above, but complain through argp, which exits. */
uint64_t need_u64(struct argp_state *state, const char *what, const char *text);
uint32_t need_u32(struct argp_state *state, const char *what, const char *text);
uint32_t need_many(struct argp_state *state, const char *text);
int need_fd(struct argp_state *state, const char *text);
uint32_t need_rights(struct argp_state *state, const char *text);
uint32_t need_elem(struct argp_state *state, const char *text);
uint32_t need_mode(struct argp_state *state, const char *text);

/* context.c: a context descriptor, or minus an exit status after complaining */
int context_inherited(void);
int context_any(void);
int context_fresh(void);

/* handle.c */
void print_handle(uint32_t handle, bool json);
void print_handles(const uint32_t *handles, uint32_t count, bool json);

/**
 * struct new_style - what a new object shall be
 * @elem: --elem as it was typed, or NULL
 * @elem_size: bytes
 * @cap: --cap
 * @mode: --mode, KOWN_MODE_*
 * @options: some option other than --elem was given
 */
struct new_style {
	const char *elem;
	uint32_t elem_size;
	uint64_t cap;
	uint32_t mode;
	bool options;
};

/* new.c: parses --elem, --cap and --mode; its input is a struct new_style, cleared */
extern const struct argp new_style_argp;

/* A descriptor, or minus an exit status after complaining. */
int new_object(int ctx, const struct new_style *style);

/* exec.c: these return only on failure, with an exit status */
int run_command(char **command);
int run_with_fd(char **command, int fd, const char *elem);

#endif /* KOWN_TOOL_H */
