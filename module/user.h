/* SPDX-License-Identifier: GPL-2.0 */
/*
 * User: who answers for contexts, and what they use together.
 */
#ifndef _KOWN_USER_H
#define _KOWN_USER_H

#include <linux/atomic.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/uidgid.h>

enum kown_resource {
	KOWN_OBJECTS,
	KOWN_HANDLES,		/* numbers that are not free in a context */
	KOWN_BYTES,		/* of element capacity */
	KOWN_DESCRIPTORS,	/* files that EXPORT made */
	KOWN_CONTEXTS,
	KOWN_LOCKS,		/* of objects, taken */
	KOWN_RESOURCES
};

/**
 * struct kown_user - live counts of one user
 * @refs: one for each of its accounts. Becomes 0, and @uid unknown, under the lock of
 *	the table of users
 * @uid: its number there; immutable
 * @used: per resource, never above its limit; atomic
 */
struct kown_user {
	refcount_t refs;
	kuid_t uid;
	atomic_long_t used[KOWN_RESOURCES];
};

struct kown_user *kown_user_get(void);
void kown_user_put(struct kown_user *user);

#endif /* _KOWN_USER_H */
