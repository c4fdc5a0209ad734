/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Object: what processes share. An arc, a vec, and a lock between them.
 */
#ifndef _KOWN_OBJECT_H
#define _KOWN_OBJECT_H

#include <linux/gfp.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include <kown/arc.h>
#include <kown/vec.h>

#include "account.h"

/*
 * How to allocate what a user asks for: paid by the caller's cgroup, and refused
 * with -ENOMEM rather than answered with a splat or an OOM kill.
 */
#define KOWN_GFP_USER	(GFP_KERNEL_ACCOUNT | __GFP_NOWARN | __GFP_RETRY_MAYFAIL)

/**
 * struct kown_object - one shared array
 * @arc: the counts; each handle and exported file owns one strong reference
 * @lock: protects @vec. No user page is faulted in under it, so its holder never
 *	waits for userspace. Innermost: nothing but the allocator below it
 * @vec: the elements; all of its capacity is charged to @account
 * @elem: immutable
 * @account: the creator's; immutable, owns a reference
 * @id: immutable, never 0 and never used again
 * @mode: immutable
 */
struct kown_object {
	struct kown_arc arc;
	struct mutex lock;
	struct kown_vec vec;
	struct kown_type elem;
	struct kown_account *account;
	u64 id;
	u32 mode;
};

struct kown_object *kown_object_new(struct kown_account *account, u32 mode,
				    u32 elem_size, u64 cap);

static inline int __must_check kown_object_get(struct kown_object *object)
{
	return kown_arc_get_checked(&object->arc);
}

static inline void kown_object_put(struct kown_object *object)
{
	kown_arc_put(&object->arc);
}

int kown_object_size(struct kown_object *object, u64 *len, u64 *cap);
int kown_object_push(struct kown_object *object, const void __user *data,
		     u64 count, u64 __user *index);
int kown_object_pop(struct kown_object *object, void __user *data, u64 count,
		    u64 __user *taken);
int kown_object_read(struct kown_object *object, void __user *data, u64 start,
		     u64 count);

#endif /* _KOWN_OBJECT_H */
