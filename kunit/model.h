/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Model: arrays and loops, which do to the elements of vecs and to a string what the
 * functions should.
 *
 * Bytes are decoded to operations; each is done to vecs and to their models, and then
 * both must agree: contents, len, cap, who was cloned, who was dropped and in what
 * order. Where the bytes come from is not said here: random numbers, in the kernel and
 * outside; or a fuzzer.
 */
#ifndef _KOWN_MODEL_H
#define _KOWN_MODEL_H

#include <linux/types.h>

/* More than this in one go is not read. */
#define MODEL_BYTES	256

/**
 * struct model_count - what was done so far
 * @runs: calls of model_run()
 * @ops: operations
 * @refusals: of those, which returned an errno
 */
struct model_count {
	u64 runs;
	u64 ops;
	u64 refusals;
};

extern struct model_count model_count;

const char *model_run(const u8 *bytes, size_t size, void (*say)(const char *text));
size_t model_random(u8 bytes[MODEL_BYTES], u64 seed, u64 number);
size_t model_shrink(u8 *bytes, size_t size,
		    bool (*fails)(const u8 *bytes, size_t size, void *context),
		    void *context);

#endif /* _KOWN_MODEL_H */
