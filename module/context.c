// SPDX-License-Identifier: GPL-2.0
/*
 * Context: opened and closed.
 */
#include <linux/err.h>
#include <linux/slab.h>

#include "context.h"
#include "file.h"

/**
 * kown_context_new() - an empty context
 *
 * Context: Process context. Sleeps.
 * Return: the context, which the caller owns, or -ENOSPC or -ENOMEM.
 */
struct kown_context *kown_context_new(void)
{
	struct kown_context *context = kzalloc(sizeof(*context),
					       GFP_KERNEL_ACCOUNT);
	struct kown_account *account;
	int err;

	if (!context)
		return ERR_PTR(-ENOMEM);
	account = kown_account_new();
	if (IS_ERR(account)) {
		err = PTR_ERR(account);
		goto free_context;
	}
	err = kown_account_charge(account, KOWN_CONTEXTS, 1);
	if (err)
		goto put_account;
	context->account = account;
	kown_table_init(&context->table, account);
	return context;

put_account:
	kown_account_put(account);
free_context:
	kfree(context);
	return ERR_PTR(err);
}

/**
 * kown_context_keep_files() - it is going to export
 * @context: the context
 *
 * Context: Process context, in a call on the context. Sleeps.
 * Return: 0 or -ENOMEM.
 */
int kown_context_keep_files(struct kown_context *context)
{
	int err;

	if (READ_ONCE(context->keeps_files))
		return 0;
	err = kown_file_keep();
	if (!err && xchg(&context->keeps_files, true))
		kown_file_unkeep();
	return err;
}

/**
 * kown_context_free() - drop all its handles, then itself
 * @context: the context, which no call uses any more
 *
 * Context: Process context. Sleeps.
 */
void kown_context_free(struct kown_context *context)
{
	kown_table_destroy(&context->table);
	if (context->keeps_files)
		kown_file_unkeep();
	kown_account_uncharge(context->account, KOWN_CONTEXTS, 1);
	kown_account_put(context->account);
	kfree(context);
}
