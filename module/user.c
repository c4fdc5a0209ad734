// SPDX-License-Identifier: GPL-2.0
/*
 * User: found by who opens the device, and kept as long as anything is charged to it.
 *
 * The kernel's own counts per user (ucounts) are not there for modules.
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <linux/xarray.h>

#include "user.h"

/*
 * Who is the user?
 *
 * Whoever opens the context, for as long as it is there: a context that is passed on, or
 * inherited, or kept over setuid(2), is still charged to the one who opened it, so nobody
 * can be made to pay by being sent a descriptor. It is the real uid, so that a set-user-ID
 * program is charged to who runs it.
 *
 * A user who may create user namespaces can have tens of thousands of uids in them, each
 * with limits of its own if it were counted for itself. So what is opened in a namespace is
 * charged to the owner of the outermost one that somebody else than root created. In those
 * that root created, for a container, uids count for themselves: root has given them away.
 */
static kuid_t who_answers(const struct cred *cred)
{
	const struct user_namespace *ns;
	kuid_t uid = cred->uid;

	for (ns = cred->user_ns; ns != &init_user_ns; ns = ns->parent)
		if (!uid_eq(ns->owner, GLOBAL_ROOT_UID))
			uid = ns->owner;
	return uid;
}

/* By uid. Its lock protects that what it holds has references. */
static DEFINE_XARRAY_FLAGS(users, XA_FLAGS_ACCOUNT);

static struct kown_user *find(kuid_t uid)
{
	struct kown_user *user;

	xa_lock(&users);
	user = xa_load(&users, __kuid_val(uid));
	if (user)
		refcount_inc(&user->refs);
	xa_unlock(&users);
	return user;
}

static struct kown_user *insert(kuid_t uid)
{
	struct kown_user *user = kzalloc(sizeof(*user), GFP_KERNEL_ACCOUNT);
	struct kown_user *other;

	if (!user)
		return ERR_PTR(-ENOMEM);
	refcount_set(&user->refs, 1);
	user->uid = uid;
	xa_lock(&users);
	other = __xa_cmpxchg(&users, __kuid_val(uid), NULL, user, GFP_KERNEL_ACCOUNT);
	if (other && !xa_is_err(other))
		refcount_inc(&other->refs);
	xa_unlock(&users);
	if (!other)
		return user;
	kfree(user);
	return xa_is_err(other) ? ERR_PTR(xa_err(other)) : other;
}

/**
 * kown_user_get() - the user that the calling thread is charged to
 *
 * Context: Process context. Sleeps.
 * Return: the user, with a reference that the caller owns, or -ENOMEM.
 */
struct kown_user *kown_user_get(void)
{
	kuid_t uid = who_answers(current_cred());
	struct kown_user *user = find(uid);

	return user ? user : insert(uid);
}

/**
 * kown_user_put() - give a reference up
 * @user: the user; nothing is charged to it any more with the last
 *
 * Context: Process context.
 */
void kown_user_put(struct kown_user *user)
{
	xa_lock(&users);
	if (refcount_dec_and_test(&user->refs))
		__xa_erase(&users, __kuid_val(user->uid));
	else
		user = NULL;
	xa_unlock(&users);
	kfree(user);
}
