/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Account: what a context has made, and may make.
 */
#ifndef _KOWN_ACCOUNT_H
#define _KOWN_ACCOUNT_H

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/types.h>

#include <kown/arc.h>

#include "user.h"

/**
 * struct kown_account - live counts of one context
 * @arc: owned by the context, by each object it created and by each descriptor it
 *	exported, for they may outlive it and must give back what it was charged
 * @user: who opened the context; immutable, owns a reference
 * @used: per resource, never above its limit; atomic
 */
struct kown_account {
	struct kown_arc arc;
	struct kown_user *user;
	atomic_long_t used[KOWN_RESOURCES];
};

/**
 * struct kown_limit - the most that there may be of a resource; immutable
 * @context: for a context
 * @user: for all contexts of a user
 * @total: for all
 */
struct kown_limit {
	unsigned long context;
	unsigned long user;
	unsigned long total;
};

extern struct kown_limit kown_limits[KOWN_RESOURCES];
extern atomic_long_t kown_totals[KOWN_RESOURCES];

void kown_account_init(void);

struct kown_account *kown_account_new(void);

/* @n and @limit are at most LONG_MAX, so what is used is, and the sum is what it seems. */
static __always_inline bool __kown_account_add(atomic_long_t *used, unsigned long n,
					       unsigned long limit)
{
	long now = atomic_long_read(used);

	do {
		if (now + n > limit)
			return false;
	} while (!atomic_long_try_cmpxchg(used, &now, now + n));
	return true;
}

/**
 * kown_account_charge() - there is going to be more of a resource
 * @account: the account
 * @resource: the resource
 * @n: how much
 *
 * Context: Any.
 * Return: 0, or -ENOSPC with nothing charged.
 */
static __always_inline int __must_check kown_account_charge(struct kown_account *account,
							    enum kown_resource resource,
							    unsigned long n)
{
	const struct kown_limit *limit = &kown_limits[resource];
	struct kown_user *user = account->user;

	if (n > LONG_MAX)
		return -ENOSPC;
	if (!__kown_account_add(&account->used[resource], n, limit->context))
		return -ENOSPC;
	if (!__kown_account_add(&user->used[resource], n, limit->user))
		goto uncharge_account;
	if (!__kown_account_add(&kown_totals[resource], n, limit->total))
		goto uncharge_user;
	return 0;

uncharge_user:
	atomic_long_sub(n, &user->used[resource]);
uncharge_account:
	atomic_long_sub(n, &account->used[resource]);
	return -ENOSPC;
}

/**
 * kown_account_uncharge() - there is less of a resource
 * @account: the account
 * @resource: the resource
 * @n: how much, that was charged
 *
 * Context: Any.
 */
static __always_inline void kown_account_uncharge(struct kown_account *account,
						  enum kown_resource resource,
						  unsigned long n)
{
	atomic_long_sub(n, &account->used[resource]);
	atomic_long_sub(n, &account->user->used[resource]);
	atomic_long_sub(n, &kown_totals[resource]);
}

unsigned long kown_account_used(const struct kown_account *account,
				enum kown_resource resource);
unsigned long kown_account_user_used(const struct kown_account *account,
				     enum kown_resource resource);
unsigned long kown_account_total(enum kown_resource resource);

/* Return: the most that a context may have. */
static inline unsigned long kown_account_limit(enum kown_resource resource)
{
	return kown_limits[resource].context;
}

/* Return: the most that all contexts of a user may have. */
static inline unsigned long kown_account_user_limit(enum kown_resource resource)
{
	return kown_limits[resource].user;
}

static inline struct kown_account *kown_account_get(struct kown_account *account)
{
	kown_arc_get(&account->arc);
	return account;
}

static inline void kown_account_put(struct kown_account *account)
{
	kown_arc_put(&account->arc);
}

#endif /* _KOWN_ACCOUNT_H */
