// SPDX-License-Identifier: GPL-2.0
/*
 * Account: charge, uncharge and the limits between.
 *
 * The limits of a context keep one program's mistake small, those of a user what all his
 * programs hold. They are not what protects the machine: every allocation is charged to
 * the memory cgroup of whoever causes it.
 */
#include <linux/cache.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/threads.h>

#include <kown/compat.h>

#include "account.h"

static unsigned int max_objects = 65536;
module_param(max_objects, uint, 0444);
MODULE_PARM_DESC(max_objects, "Most objects per context (default 65536)");

static unsigned int max_handles = 65536;
module_param(max_handles, uint, 0444);
MODULE_PARM_DESC(max_handles, "Most handles per context (default 65536)");

static unsigned long max_bytes = 256UL << 20;
module_param(max_bytes, ulong, 0444);
MODULE_PARM_DESC(max_bytes,
		 "Most bytes of element capacity per context (default 256 MiB)");

static unsigned int max_user_objects = 1 << 20;
module_param(max_user_objects, uint, 0444);
MODULE_PARM_DESC(max_user_objects, "Most objects per user (default 1048576)");

static unsigned int max_user_handles = 1 << 20;
module_param(max_user_handles, uint, 0444);
MODULE_PARM_DESC(max_user_handles,
		 "Most handles per user, most descriptors and most contexts (default 1048576)");

static unsigned long max_user_bytes = 1UL << 30;
module_param(max_user_bytes, ulong, 0444);
MODULE_PARM_DESC(max_user_bytes,
		 "Most bytes of element capacity per user (default 1 GiB)");

/*
 * The kernel walks all locks that a process has when that ends, with interrupts off. So there
 * are few, for whoever has the objects.
 */
static unsigned int max_user_locks = 16384;
module_param(max_user_locks, uint, 0444);
MODULE_PARM_DESC(max_user_locks, "Most locks taken at once per user (default 16384)");

/*
 * Why no count saturates
 *
 * Whatever the parameters are and however many users there are, there are never more than
 * MOST of anything but bytes. All counts that users drive are sums of these:
 *
 *  - strong and weak of an object: its open handles, in contexts and in files
 *  - its users: its handles, also those that are closed and that a call has pinned
 *  - the pins of a handle: one, and two for each thread that there may be
 *  - references to an account: its context, its objects and its descriptors
 *  - references to a user: its accounts, each of which a context or an object keeps
 *
 * So "too many" is -ENOSPC, from here, and what a count would do at its end is never
 * seen: not even the check in kown_arc_get_checked() can refuse.
 */
#define MOST	0x10000000UL

static_assert(2 * MOST + 2 * PID_MAX_LIMIT < KOWN_ARC_MAX);
static_assert(3 * MOST < INT_MAX);

atomic_long_t kown_totals[KOWN_RESOURCES];
EXPORT_SYMBOL_KOWN_TEST(kown_totals);

struct kown_limit kown_limits[KOWN_RESOURCES] __ro_after_init;
EXPORT_SYMBOL_KOWN_TEST(kown_limits);

static void account_free(struct kown_account *account)
{
	kown_user_put(account->user);
	kfree(account);
}

KOWN_DEFINE_ARC_EMBEDDED(account, struct kown_account, arc, NULL, account_free,
			 KOWN_ARC_NOSLEEP);

/* Return: an account with nothing charged, owned by the caller, or -ENOMEM. */
struct kown_account *kown_account_new(void)
{
	struct kown_account *account = kzalloc(sizeof(*account),
					       GFP_KERNEL_ACCOUNT);
	struct kown_user *user;

	if (!account)
		return ERR_PTR(-ENOMEM);
	user = kown_user_get();
	if (IS_ERR(user)) {
		kfree(account);
		return ERR_CAST(user);
	}
	account->user = user;
	account_arc_init(account);
	return account;
}
EXPORT_SYMBOL_KOWN_TEST(kown_account_new);

/* The parameters are there, and stay as they are. */
void __init kown_account_init(void)
{
	for (int i = 0; i < KOWN_RESOURCES; i++)
		kown_limits[i] = (struct kown_limit) { MOST, max_user_handles, MOST };
	kown_limits[KOWN_OBJECTS].context = max_objects;
	kown_limits[KOWN_HANDLES].context = max_handles;
	kown_limits[KOWN_OBJECTS].user = max_user_objects;
	kown_limits[KOWN_LOCKS].user = max_user_locks;
	kown_limits[KOWN_BYTES] = (struct kown_limit) {
		.context = min_t(unsigned long, max_bytes, LONG_MAX),
		.user = min_t(unsigned long, max_user_bytes, LONG_MAX),
		.total = LONG_MAX,
	};
}

unsigned long kown_account_used(const struct kown_account *account,
				enum kown_resource resource)
{
	return atomic_long_read(&account->used[resource]);
}
EXPORT_SYMBOL_KOWN_TEST(kown_account_used);

unsigned long kown_account_user_used(const struct kown_account *account,
				     enum kown_resource resource)
{
	return atomic_long_read(&account->user->used[resource]);
}

unsigned long kown_account_total(enum kown_resource resource)
{
	return atomic_long_read(&kown_totals[resource]);
}
EXPORT_SYMBOL_KOWN_TEST(kown_account_total);
