// SPDX-License-Identifier: GPL-2.0
/*
 * kown info: what there is. kown stat: one object.
 */
#include "tool.h"

#include "kown.h"
#include "object.h"
#include "out.h"

const char *const command_names[COMMAND_COUNT] = {
	"info", "new", "clone", "drop", "stat", "push", "pop", "read", "export", "import",
	"downgrade", "upgrade", "into_inner", "take", "make_mut", "lock", "unlock",
	"clear_poison", "pop_front", "insert", "remove", "swap_remove", "drain", "splice",
	"write", "fill", "truncate", "resize", "reserve", "shrink", "retain", "extract",
	"dedup", "extend_within", "append", "copy_from", "split_off", "clone_data",
};

const char *const mode_names[MODE_COUNT] = { "exclusive", "shared", "locked" };

static const char *const states[] = { "weak", "locked", "owner", "poisoned" };

static const char *mode_name(uint32_t mode)
{
	return mode < MODE_COUNT ? mode_names[mode] : "unknown";
}

static error_t parse_info(int key, char *arg, struct argp_state *state)
{
	bool *json = state->input;

	if (key != OPT_JSON)
		return ARGP_ERR_UNKNOWN;
	*json = true;
	return 0;
}

static const struct argp info_argp = {
	.options = (const struct argp_option[]){ JSON_OPTION, {} },
	.parser = parse_info,
	.doc = "Show what this kernel's kown supports, its limits, and the live counts.\n"
	       "\vThe counts are of the context of $KOWN_CTX, or of a fresh one; those that\n"
	       "begin with all_ are of all contexts.\n"
	       "\n"
	       "Example:\n"
	       "  kown info --json | jq .all_objects",
};

int do_info(int argc, char **argv, char **command)
{
	struct kown_info info;
	bool json = false;
	struct out out;
	int ctx, err;

	argp_parse(&info_argp, argc, argv, 0, NULL, &json);
	ctx = context_any();
	if (ctx < 0)
		return -ctx;
	err = kown_info(ctx, &info);
	if (err)
		return refused("info", err, KOWN_DEVICE);

	out_begin(&out, json);
	out_bits(&out, "commands", info.commands, command_names, COMMAND_COUNT);
	out_bits(&out, "modes", info.modes, mode_names, MODE_COUNT);
	out_rights(&out, "rights", info.rights);
	out_u64(&out, "max_elem_size", info.max_elem_size);
	out_u64(&out, "max_handles", info.max_handles);
	out_u64(&out, "max_bytes", info.max_bytes);
	out_u64(&out, "objects", info.objects);
	out_u64(&out, "handles", info.handles);
	out_u64(&out, "bytes", info.bytes);
	out_u64(&out, "all_objects", info.all_objects);
	out_u64(&out, "all_handles", info.all_handles);
	out_u64(&out, "all_bytes", info.all_bytes);
	out_u64(&out, "max_objects", info.max_objects);
	out_u64(&out, "max_user_objects", info.max_user_objects);
	out_u64(&out, "max_user_handles", info.max_user_handles);
	out_u64(&out, "max_user_bytes", info.max_user_bytes);
	out_u64(&out, "user_objects", info.user_objects);
	out_u64(&out, "user_handles", info.user_handles);
	out_u64(&out, "user_bytes", info.user_bytes);
	out_u64(&out, "user_contexts", info.user_contexts);
	out_u64(&out, "user_descriptors", info.user_descriptors);
	out_u64(&out, "descriptors", info.descriptors);
	out_u64(&out, "all_contexts", info.all_contexts);
	out_u64(&out, "all_descriptors", info.all_descriptors);
	out_u64(&out, "max_user_locks", info.max_user_locks);
	out_u64(&out, "user_locks", info.user_locks);
	out_end(&out);
	return FINE;
}

struct stat_args {
	struct object obj;
	bool json;
};

static error_t parse_stat(int key, char *arg, struct argp_state *state)
{
	struct stat_args *args = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &args->obj;
		return 0;
	case OPT_JSON:
		args->json = true;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp stat_argp = {
	.options = (const struct argp_option[]){ JSON_OPTION, {} },
	.parser = parse_stat,
	.children = (const struct argp_child[]){ { &object_argp }, {} },
	.doc = "Show an object: its id, element size, length, capacity, references, and the\n"
	       "rights that the handle or descriptor gives.\n"
	       "\vExample:\n"
	       "  kown new --elem u64 -- kown stat",
};

int do_stat(int argc, char **argv, char **command)
{
	struct stat_args args = {};
	struct kown_stat stat;
	struct out out;
	int err;

	argp_parse(&stat_argp, argc, argv, 0, NULL, &args);
	err = object_open(&args.obj);
	if (err)
		return err;
	err = kown_stat(args.obj.ctx, args.obj.handle, &stat);
	if (err)
		err = object_refused(&args.obj, "stat", err);
	object_close(&args.obj);
	if (err)
		return err;

	out_begin(&out, args.json);
	out_u64(&out, "object", stat.object);
	out_text(&out, "mode", mode_name(stat.mode));
	out_u64(&out, "elem_size", stat.elem_size);
	out_u64(&out, "len", stat.len);
	out_u64(&out, "cap", stat.cap);
	out_rights(&out, "rights", stat.rights);
	out_u64(&out, "strong", stat.strong);
	out_u64(&out, "weak", stat.weak);
	out_bits(&out, "state", stat.state, states, ARRAY_SIZE(states));
	out_u64(&out, "owner", stat.owner);
	out_end(&out);
	return FINE;
}
