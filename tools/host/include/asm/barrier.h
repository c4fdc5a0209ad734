/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _HOST_ASM_BARRIER_H
#define _HOST_ASM_BARRIER_H

#include <linux/compiler.h>

#define __smp_store_release(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE)
#define __smp_load_acquire(p)		__atomic_load_n(p, __ATOMIC_ACQUIRE)

#ifdef __SANITIZE_THREAD__
/* It knows no fences; all that they stand next to is fully ordered here. */
#define mb()	barrier()
#else
#define mb()	__atomic_thread_fence(__ATOMIC_SEQ_CST)
#endif

#include <asm-generic/barrier.h>

#endif /* _HOST_ASM_BARRIER_H */
