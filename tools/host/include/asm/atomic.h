/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Atomics, as an architecture gives them: by the compiler, all fully ordered. The
 * kernel's own headers make the others from these. That the weaker orders are enough is
 * for kunit/litmus to prove.
 */
#ifndef _HOST_ASM_ATOMIC_H
#define _HOST_ASM_ATOMIC_H

#include <asm/cmpxchg.h>

#define arch_atomic_read(v)		__atomic_load_n(&(v)->counter, __ATOMIC_RELAXED)
#define arch_atomic_set(v, i)		__atomic_store_n(&(v)->counter, i, __ATOMIC_RELAXED)
#define arch_atomic_read_acquire(v)	__atomic_load_n(&(v)->counter, __ATOMIC_ACQUIRE)
#define arch_atomic_set_release(v, i)	__atomic_store_n(&(v)->counter, i, __ATOMIC_RELEASE)

#define arch_atomic_add_return(i, v)	__atomic_add_fetch(&(v)->counter, i, __ATOMIC_SEQ_CST)
#define arch_atomic_sub_return(i, v)	__atomic_sub_fetch(&(v)->counter, i, __ATOMIC_SEQ_CST)
#define arch_atomic_fetch_add(i, v)	__atomic_fetch_add(&(v)->counter, i, __ATOMIC_SEQ_CST)
#define arch_atomic_fetch_sub(i, v)	__atomic_fetch_sub(&(v)->counter, i, __ATOMIC_SEQ_CST)
#define arch_atomic_fetch_and(i, v)	__atomic_fetch_and(&(v)->counter, i, __ATOMIC_SEQ_CST)
#define arch_atomic_fetch_or(i, v)	__atomic_fetch_or(&(v)->counter, i, __ATOMIC_SEQ_CST)
#define arch_atomic_fetch_xor(i, v)	__atomic_fetch_xor(&(v)->counter, i, __ATOMIC_SEQ_CST)
#define arch_atomic_add(i, v)		((void)arch_atomic_fetch_add(i, v))
#define arch_atomic_sub(i, v)		((void)arch_atomic_fetch_sub(i, v))
#define arch_atomic_and(i, v)		((void)arch_atomic_fetch_and(i, v))
#define arch_atomic_or(i, v)		((void)arch_atomic_fetch_or(i, v))
#define arch_atomic_xor(i, v)		((void)arch_atomic_fetch_xor(i, v))
#define arch_atomic_xchg(v, i)		arch_xchg(&(v)->counter, i)
#define arch_atomic_cmpxchg(v, old, i)	arch_cmpxchg(&(v)->counter, old, i)

#ifndef CONFIG_64BIT
typedef struct {
	s64 __aligned(8) counter;
} atomic64_t;
#endif

#define arch_atomic64_read		arch_atomic_read
#define arch_atomic64_set		arch_atomic_set
#define arch_atomic64_read_acquire	arch_atomic_read_acquire
#define arch_atomic64_set_release	arch_atomic_set_release
#define arch_atomic64_add_return	arch_atomic_add_return
#define arch_atomic64_sub_return	arch_atomic_sub_return
#define arch_atomic64_fetch_add		arch_atomic_fetch_add
#define arch_atomic64_fetch_sub		arch_atomic_fetch_sub
#define arch_atomic64_fetch_and		arch_atomic_fetch_and
#define arch_atomic64_fetch_or		arch_atomic_fetch_or
#define arch_atomic64_fetch_xor		arch_atomic_fetch_xor
#define arch_atomic64_add		arch_atomic_add
#define arch_atomic64_sub		arch_atomic_sub
#define arch_atomic64_and		arch_atomic_and
#define arch_atomic64_or		arch_atomic_or
#define arch_atomic64_xor		arch_atomic_xor
#define arch_atomic64_xchg		arch_atomic_xchg
#define arch_atomic64_cmpxchg		arch_atomic_cmpxchg

#endif /* _HOST_ASM_ATOMIC_H */
