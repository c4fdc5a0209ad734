/* SPDX-License-Identifier: GPL-2.0 */
/* Warnings: the kernel's asm-generic/bug.h makes the macros from these. */
#ifndef _HOST_ASM_BUG_H
#define _HOST_ASM_BUG_H

#include <linux/compiler.h>
#include <linux/printk.h>

__printf(4, 5) void host_warn(const char *file, int line, const char *function,
			      const char *format, ...);
void __noreturn host_bug(const char *file, int line, const char *function);

#define WARN(condition, format...)						\
({										\
	int __host_warn = !!(condition);					\
										\
	if (unlikely(__host_warn))						\
		host_warn(__FILE__, __LINE__, __func__, format);		\
	unlikely(__host_warn);							\
})

#define WARN_ONCE(condition, format...)						\
({										\
	static bool __host_warned;						\
	int __host_once = !!(condition);					\
										\
	if (unlikely(__host_once && !__host_warned)) {				\
		__host_warned = true;						\
		host_warn(__FILE__, __LINE__, __func__, format);		\
	}									\
	unlikely(__host_once);							\
})

#define WARN_ON(condition)	WARN(condition, NULL)
#define WARN_ON_ONCE(condition)	WARN_ONCE(condition, NULL)
#define BUG()			host_bug(__FILE__, __LINE__, __func__)
#define BUG_ON(condition)	do { if (unlikely(condition)) BUG(); } while (0)

#endif /* _HOST_ASM_BUG_H */
