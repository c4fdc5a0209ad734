// SPDX-License-Identifier: GPL-2.0
/*
 * Tracepoints of the device: where their code is.
 */
#define CREATE_TRACE_POINTS
#include "device_trace.h"
