// SPDX-License-Identifier: GPL-2.0
/*
 * Context: opened and closed.
 */
#include <linux/err.h>
#include <linux/slab.h>

#include "context.h"

/**
 * kown_context_new() - an empty context
 *
 * Context: Process context. Sleeps.
 * Return: the context, which the caller owns, or -ENOMEM.
 */
struct kown_context *kown_context_new(void)
{
	struct kown_context *context = kzalloc(sizeof(*context),
					       GFP_KERNEL_ACCOUNT);
	struct kown_account *account;

	if (!context)
		return ERR_PTR(-ENOMEM);
	account = kown_account_new();
	if (IS_ERR(account)) {
		kfree(context);
		return ERR_CAST(account);
	}
	context->account = account;
	kown_table_init(&context->table, account);
	return context;
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
	kown_account_put(context->account);
	kfree(context);
}
