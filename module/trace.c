// SPDX-License-Identifier: GPL-2.0
/*
 * Tracepoints: where their code is.
 */
#define CREATE_TRACE_POINTS
#include "kown_trace.h"

/* While somebody traces births or deaths, none may pass by the tracepoint. */
int kown_trace_watch(void)
{
	static_branch_inc(&kown_arc_observed);
	return 0;
}

void kown_trace_unwatch(void)
{
	static_branch_dec(&kown_arc_observed);
}
