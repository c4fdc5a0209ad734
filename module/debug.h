/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Debug: the hooks.
 */
#ifndef _KOWN_MODULE_DEBUG_H
#define _KOWN_MODULE_DEBUG_H

#include <kown/debug.h>

struct dentry;

#ifdef KOWN_DEBUG

void kown_debug_born(struct kown_arc *arc);
void kown_debug_gone(struct kown_arc *arc);
void kown_debug_init(struct dentry *dir);
void kown_debug_exit(void);

#else

static inline void kown_debug_born(struct kown_arc *arc) {}
static inline void kown_debug_gone(struct kown_arc *arc) {}
static inline void kown_debug_init(struct dentry *dir) {}
static inline void kown_debug_exit(void) {}

#endif

#endif /* _KOWN_MODULE_DEBUG_H */
