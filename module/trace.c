// SPDX-License-Identifier: GPL-2.0
/*
 * Tracepoints: where their code is.
 */
#define CREATE_TRACE_POINTS
#include "kown_trace.h"
