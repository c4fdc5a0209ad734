/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Host: what a test may ask of the kernel that this process plays.
 */
#ifndef _HOST_H
#define _HOST_H

#include <linux/types.h>

/* How many blocks of memory there are. */
extern long host_live;

/* A warning that nobody expected; the suites set it. Without it, the process ends. */
extern void (*host_unexpected)(void);

struct kunit_suite;

/* Return: how many cases failed, of the suites whose name holds @filter. */
int host_run_suites(const char *filter);

#endif /* _HOST_H */
