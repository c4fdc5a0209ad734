// SPDX-License-Identifier: GPL-2.0
/*
 * Benchmarks of Vec against what one writes by hand: a pointer, a length, a capacity,
 * a bound check of its own, kvrealloc() to twice the size, memmove() and memcpy().
 */
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#include <kown/compat.h>
#include <kown/drain.h>
#include <kown/slice.h>
#include <kown/vec.h>

#include "bench.h"

/* So many elements, where they are not a million. */
#define MANY		1024
#define MILLION		BIT(20)

struct line {
	u64 words[8];
};

KOWN_DEFINE_VEC(u8, u8, NULL, NULL)
KOWN_DEFINE_DRAIN(u8, u8)
KOWN_DEFINE_SLICE(u8, u8)
KOWN_DEFINE_VEC(u64, u64, NULL, NULL)
KOWN_DEFINE_DRAIN(u64, u64)
KOWN_DEFINE_SLICE(u64, u64)
KOWN_DEFINE_VEC(line, struct line, NULL, NULL)
KOWN_DEFINE_DRAIN(line, struct line)
KOWN_DEFINE_SLICE(line, struct line)

static __always_inline u64 u8_number(const u8 *value)
{
	return *value;
}

static __always_inline u64 u64_number(const u64 *value)
{
	return *value;
}

static __always_inline u64 line_number(const struct line *value)
{
	return value->words[0];
}

static __always_inline u8 u8_of(u64 number)
{
	return number;
}

static __always_inline u64 u64_of(u64 number)
{
	return number;
}

static __always_inline struct line line_of(u64 number)
{
	return (struct line){ .words = { number } };
}

/* What keeps the compiler from leaving the work out. */
static u64 result;

#define NAME		u8
#define VALUE		u8
#include "bench_vec_type.h"

#define NAME		u64
#define VALUE		u64
#include "bench_vec_type.h"

#define NAME		line
#define VALUE		struct line
#include "bench_vec_type.h"

void kown_bench_vec(void)
{
	u8_bench("u8");
	u64_bench("u64");
	line_bench("64 bytes");
}
