/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Benchmarks, of which each file has some.
 */
#ifndef _KOWN_BENCH_H
#define _KOWN_BENCH_H

/*
 * Measures both in turn and reports one line. @n is passed to each; what is reported is
 * per call, of which there are @n.
 */
void kown_bench(const char *name, void (*kown)(unsigned int n),
		void (*plain)(unsigned int n), unsigned int n);

void kown_bench_vec(void);
void kown_bench_mutex(unsigned int calls);

#endif /* _KOWN_BENCH_H */
