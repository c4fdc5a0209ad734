/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Model: an array and a loop, which do to a Vec's elements what its functions should.
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
 * struct model_world - what a run may use; all may be NULL
 * @fail_from: makes the n-th allocation from now on fail, and all after it; 0 ends that
 * @say: prints; lines end with newlines, and not before
 */
struct model_world {
	void (*fail_from)(unsigned long n);
	void (*say)(const char *text);
};

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

const char *model_run(const u8 *bytes, size_t size, const struct model_world *world);
size_t model_random(u8 bytes[MODEL_BYTES], u64 seed, u64 number);
size_t model_shrink(u8 *bytes, size_t size,
		    bool (*fails)(const u8 *bytes, size_t size, void *context),
		    void *context);

#endif /* _KOWN_MODEL_H */
