/* SPDX-License-Identifier: GPL-2.0 */
/* For coverage: a function is one function, wherever it is called. */
#undef __always_inline
#define __always_inline	inline
