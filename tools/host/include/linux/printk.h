/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_PRINTK_H
#define _LINUX_PRINTK_H

#include <linux/compiler.h>
#include <linux/init.h>
#include <linux/kern_levels.h>
#include <linux/stdarg.h>
#include <linux/types.h>

#ifndef pr_fmt
#define pr_fmt(format)	format
#endif

__printf(1, 2) int printk(const char *format, ...);

#define pr_err(format, ...)	printk(pr_fmt(format), ##__VA_ARGS__)
#define pr_warn(format, ...)	printk(pr_fmt(format), ##__VA_ARGS__)
#define pr_notice(format, ...)	printk(pr_fmt(format), ##__VA_ARGS__)
#define pr_info(format, ...)	printk(pr_fmt(format), ##__VA_ARGS__)
#define pr_cont(format, ...)	printk(format, ##__VA_ARGS__)
#define pr_debug(format, ...)	do { if (0) printk(format, ##__VA_ARGS__); } while (0)

#endif /* _LINUX_PRINTK_H */
