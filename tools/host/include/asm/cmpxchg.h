/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _HOST_ASM_CMPXCHG_H
#define _HOST_ASM_CMPXCHG_H

#include <linux/types.h>

#define arch_xchg(ptr, new)	__atomic_exchange_n(ptr, new, __ATOMIC_SEQ_CST)

#define arch_cmpxchg(ptr, old, new)						\
({										\
	typeof(*(ptr)) __host_old = (old);					\
										\
	__atomic_compare_exchange_n(ptr, &__host_old, new, false,		\
				    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);	\
	__host_old;								\
})

#define arch_cmpxchg64	arch_cmpxchg

#endif /* _HOST_ASM_CMPXCHG_H */
