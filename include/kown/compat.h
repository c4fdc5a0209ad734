/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one place that knows kernels apart. All other code is written for the
 * newest; each shim here says when it can go.
 */
#ifndef _KOWN_COMPAT_H
#define _KOWN_COMPAT_H

#include <linux/export.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "kown needs Linux 6.1 or newer"
#endif

/* Namespaces are string literals since 6.13. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define EXPORT_SYMBOL_KOWN(symbol)	EXPORT_SYMBOL_NS_GPL(symbol, "KOWN")
#define KOWN_IMPORT_NS()	MODULE_IMPORT_NS("KOWN")
#else
#define EXPORT_SYMBOL_KOWN(symbol)	EXPORT_SYMBOL_NS_GPL(symbol, KOWN)
#define KOWN_IMPORT_NS()	MODULE_IMPORT_NS(KOWN)
#endif

/*
 * 7.3's vmalloc() can give memory without blocking, but vfree() may still sleep when it
 * takes it back: who may not block gets what kmalloc() has, on every kernel.
 */
static inline void *kown_kvmalloc(size_t size, gfp_t gfp)
{
	if (gfpflags_allow_blocking(gfp))
		return kvmalloc(size, gfp);
	return kmalloc(size, gfp | __GFP_NOWARN);
}

/* kvrealloc() takes no old size since 6.12. Who may not block has no @p of vmalloc()'s. */
static inline void *kown_kvrealloc(const void *p, size_t old_size, size_t new_size, gfp_t gfp)
{
	if (!gfpflags_allow_blocking(gfp))
		return krealloc(p, new_size, gfp | __GFP_NOWARN);
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	return kvrealloc(p, new_size, gfp);
#else
	return kvrealloc(p, old_size, new_size, gfp);
#endif
}

/* A ref_tracker_dir has a name since 6.4, and takes it as a class since 6.17. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
#define kown_ref_tracker_dir_init(dir)	ref_tracker_dir_init(dir, 16, "kown")
#else
#define kown_ref_tracker_dir_init(dir)	ref_tracker_dir_init(dir, 16)
#endif

/* Since 6.6, and in later 6.1. */
#ifndef __counted_by
#define __counted_by(member)
#endif

/* For members that point elsewhere: since 7.0, and compilers of 2026. */
#ifndef __counted_by_ptr
#define __counted_by_ptr(member)
#endif

/* Timers begin with timer_ since 6.16. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#define kown_timer_destroy_on_stack(timer)	timer_destroy_on_stack(timer)
#else
#define kown_timer_destroy_on_stack(timer)	destroy_timer_on_stack(timer)
#endif

/* Since 6.5; before, the other does it for any read_iter. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#define kown_splice_read	copy_splice_read
#else
#define kown_splice_read	generic_file_splice_read
#endif

/* An inode's methods are told a mnt_idmap since 6.3. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define kown_mnt_idmap		mnt_idmap
#else
#define kown_mnt_idmap		user_namespace
#endif

/* The device's insides are no one's but the tests'. */
#if IS_ENABLED(CONFIG_KOWN_KUNIT_TEST)
#define EXPORT_SYMBOL_KOWN_TEST(symbol)	EXPORT_SYMBOL_KOWN(symbol)
#else
#define EXPORT_SYMBOL_KOWN_TEST(symbol)
#endif

#endif /* _KOWN_COMPAT_H */
