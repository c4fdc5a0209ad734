/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Account: what a context has made, and may make.
 */
#ifndef _KOWN_ACCOUNT_H
#define _KOWN_ACCOUNT_H

#include <linux/atomic.h>
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

void kown_account_init(void);

struct kown_account *kown_account_new(void);
void kown_account_put(struct kown_account *account);

int __must_check kown_account_charge(struct kown_account *account,
				     enum kown_resource resource,
				     unsigned long n);
void kown_account_uncharge(struct kown_account *account,
			   enum kown_resource resource, unsigned long n);

unsigned long kown_account_limit(enum kown_resource resource);
unsigned long kown_account_user_limit(enum kown_resource resource);
unsigned long kown_account_used(const struct kown_account *account,
				enum kown_resource resource);
unsigned long kown_account_user_used(const struct kown_account *account,
				     enum kown_resource resource);
unsigned long kown_account_total(enum kown_resource resource);

static inline struct kown_account *kown_account_get(struct kown_account *account)
{
	kown_arc_get(&account->arc);
	return account;
}

#endif /* _KOWN_ACCOUNT_H */
