// SPDX-License-Identifier: GPL-2.0
/*
 * Account: charge, uncharge and the limits between.
 *
 * These limits keep one program's mistake small. They are not what protects the
 * machine: every allocation is charged to the memory cgroup of whoever causes it.
 */
#include <linux/err.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>

#include <kown/compat.h>

#include "account.h"

static unsigned int max_handles = 65536;
module_param(max_handles, uint, 0444);
MODULE_PARM_DESC(max_handles, "Most handles per context (default 65536)");

static unsigned long max_bytes = 256UL << 20;
module_param(max_bytes, ulong, 0444);
MODULE_PARM_DESC(max_bytes,
		 "Most bytes of element capacity per context (default 256 MiB)");

static atomic_long_t total[KOWN_RESOURCES];

static void account_free(struct kown_account *account)
{
	kfree(account);
}

KOWN_DEFINE_ARC_EMBEDDED(account, struct kown_account, arc, NULL, account_free,
			 KOWN_ARC_NOSLEEP);

/* Return: an account with nothing charged, owned by the caller, or -ENOMEM. */
struct kown_account *kown_account_new(void)
{
	struct kown_account *account = kzalloc(sizeof(*account),
					       GFP_KERNEL_ACCOUNT);

	if (!account)
		return ERR_PTR(-ENOMEM);
	account_arc_init(account);
	return account;
}
EXPORT_SYMBOL_KOWN_TEST(kown_account_new);

void kown_account_put(struct kown_account *account)
{
	account_arc_put(account);
}
EXPORT_SYMBOL_KOWN_TEST(kown_account_put);

unsigned long kown_account_limit(enum kown_resource resource)
{
	switch (resource) {
	case KOWN_HANDLES:
		return max_handles;
	case KOWN_BYTES:
		return min_t(unsigned long, max_bytes, LONG_MAX);
	default:
		return LONG_MAX;
	}
}
EXPORT_SYMBOL_KOWN_TEST(kown_account_limit);

/* Return: 0, or -ENOSPC with nothing charged. */
int kown_account_charge(struct kown_account *account,
			enum kown_resource resource, unsigned long n)
{
	unsigned long limit = kown_account_limit(resource);
	long used = atomic_long_read(&account->used[resource]);

	do {
		if (n > limit - used)
			return -ENOSPC;
	} while (!atomic_long_try_cmpxchg(&account->used[resource], &used,
					  used + n));
	atomic_long_add(n, &total[resource]);
	return 0;
}
EXPORT_SYMBOL_KOWN_TEST(kown_account_charge);

void kown_account_uncharge(struct kown_account *account,
			   enum kown_resource resource, unsigned long n)
{
	atomic_long_sub(n, &account->used[resource]);
	atomic_long_sub(n, &total[resource]);
}
EXPORT_SYMBOL_KOWN_TEST(kown_account_uncharge);

unsigned long kown_account_used(const struct kown_account *account,
				enum kown_resource resource)
{
	return atomic_long_read(&account->used[resource]);
}
EXPORT_SYMBOL_KOWN_TEST(kown_account_used);

unsigned long kown_account_total(enum kown_resource resource)
{
	return atomic_long_read(&total[resource]);
}
EXPORT_SYMBOL_KOWN_TEST(kown_account_total);
