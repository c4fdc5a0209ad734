/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Once: in the kernel a volatile access, which ThreadSanitizer takes for a race; here a
 * relaxed one.
 */
#ifndef __ASM_RWONCE_H
#define __ASM_RWONCE_H

#include <asm-generic/rwonce.h>

#undef __READ_ONCE
#undef __WRITE_ONCE
#define __READ_ONCE(x)		__atomic_load_n(&(x), __ATOMIC_RELAXED)
#define __WRITE_ONCE(x, val)	__atomic_store_n(&(x), val, __ATOMIC_RELAXED)

#endif /* __ASM_RWONCE_H */
