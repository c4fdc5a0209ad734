/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Account: what a context has made, and may make.
 */
#ifndef _KOWN_ACCOUNT_H
#define _KOWN_ACCOUNT_H

#include <linux/atomic.h>
#include <linux/types.h>

#include <kown/arc.h>

enum kown_resource {
	KOWN_OBJECTS,
	KOWN_HANDLES,
	KOWN_BYTES,		/* of element capacity */
	KOWN_RESOURCES
};

/**
 * struct kown_account - live counts of one context
 * @arc: owned by the context and by each object it created, for an object may
 *	outlive its creator and must give back what it was charged
 * @used: per resource, never above its limit; atomic
 */
struct kown_account {
	struct kown_arc arc;
	atomic_long_t used[KOWN_RESOURCES];
};

struct kown_account *kown_account_new(void);
void kown_account_put(struct kown_account *account);

int __must_check kown_account_charge(struct kown_account *account,
				     enum kown_resource resource,
				     unsigned long n);
void kown_account_uncharge(struct kown_account *account,
			   enum kown_resource resource, unsigned long n);

unsigned long kown_account_limit(enum kown_resource resource);
unsigned long kown_account_used(const struct kown_account *account,
				enum kown_resource resource);
unsigned long kown_account_total(enum kown_resource resource);

#endif /* _KOWN_ACCOUNT_H */
