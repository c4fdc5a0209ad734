/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Guard: who has the lock of a locked object.
 */
#ifndef _KOWN_GUARD_H
#define _KOWN_GUARD_H

#include <linux/atomic.h>
#include <linux/types.h>
#include <linux/wait.h>

struct kown_account;
struct kown_handle;
struct kown_object;

/**
 * struct kown_place - where handles live: a context, or one exported file
 * @account: charged for what lives there, and for @locks; immutable
 * @locks: how many locks processes have taken through it; atomic
 */
struct kown_place {
	struct kown_account *account;
	atomic_t locks;
};

/**
 * struct kown_guard - the lock of one object
 * @object: whose; immutable
 * @waiters: who waits for it
 * @place: where its owner's handle lives; NULL if the lock is free. Set under the
 *	object's lock; cleared under it, or by @death
 * @via: the handle it was taken with; the object's lock protects it. As long as
 *	@place is set that handle is open
 * @pid: the process that took it; owns a reference; the object's lock protects it.
 *	Not NULL as long as @death may be in its queue
 * @death: in the queue that @pid wakes when it ends
 * @poisoned: an owner did not finish. Written by who clears @place, or has the lock
 */
struct kown_guard {
	struct kown_object *object;
	wait_queue_head_t waiters;
	struct kown_place *place;
	struct kown_handle *via;
	struct pid *pid;
	struct wait_queue_entry death;
	bool poisoned;
};

struct kown_guard *kown_guard_new(struct kown_object *object);
void kown_guard_free(struct kown_guard *guard);

int kown_guard_lock(struct kown_handle *handle, bool wait, u64 deadline);
int kown_guard_unlock(struct kown_handle *handle);
int kown_guard_clear_poison(struct kown_handle *handle);
void kown_guard_abandon(struct kown_handle *handle);
void kown_guard_closed(struct kown_handle *handle);

bool kown_guard_is_held(const struct kown_handle *handle);
bool kown_guard_is_locked_with(const struct kown_handle *handle);
bool kown_guard_is_free(const struct kown_guard *guard);
u32 kown_guard_peek(const struct kown_guard *guard, s32 *owner);
u32 kown_guard_state(const struct kown_handle *handle, s32 *owner);

#endif /* _KOWN_GUARD_H */
