/* SPDX-License-Identifier: GPL-2.0 */
/* Nothing here waits for a clock. */
