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
};

#define JSON_OPTION \
	{ "json", OPT_JSON, NULL, 0, "Print one JSON document" }
#define ELEM_OPTION \
	{ "elem", OPT_ELEM, "TYPE", 0, \
	  "u8 u16 u32 u64 s8 s16 s32 s64 or a byte count" }
#define CAP_OPTION \
	{ "cap", OPT_CAP, "N", 0, "Make room for N elements now" }
#define RIGHTS_OPTION \
	{ "rights", OPT_RIGHTS, "RIGHTS", 0, \
	  "Letters: r read, w write, c clone, e export, l lock; - for none (default: the same)" }

/* info.c: the device's commands, by number */
#define COMMAND_COUNT	38
extern const char *const command_names[COMMAND_COUNT];

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

/* As above, but complain through argp, which exits. */
uint64_t need_u64(struct argp_state *state, const char *what, const char *text);
uint32_t need_u32(struct argp_state *state, const char *what, const char *text);
int need_fd(struct argp_state *state, const char *text);
uint32_t need_rights(struct argp_state *state, const char *text);
uint32_t need_elem(struct argp_state *state, const char *text);

/* context.c: a context descriptor, or minus an exit status after complaining */
int context_inherited(void);
int context_any(void);
int context_fresh(void);

/* handle.c */
void print_handle(uint32_t handle, bool json);

/* new.c: a descriptor, or minus an exit status after complaining */
int new_object(int ctx, uint32_t elem_size, uint64_t cap);

/* exec.c: these return only on failure, with an exit status */
int run_command(char **command);
int run_with_fd(char **command, int fd, const char *elem);

#endif /* KOWN_TOOL_H */
