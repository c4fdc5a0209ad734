/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Context: one open of the device.
 */
#ifndef _KOWN_CONTEXT_H
#define _KOWN_CONTEXT_H

#include "account.h"
#include "table.h"

/**
 * struct kown_context - what one open of the device owns
 * @account: immutable, owns a reference
 * @table: its handles; protects itself
 * @keeps_files: it has a share in the filesystem of exported files, since it exported one,
 *	so that not each export makes and ends it. Set once
 */
struct kown_context {
	struct kown_account *account;
	struct kown_table table;
	bool keeps_files;
};

struct kown_context *kown_context_new(void);
int __must_check kown_context_keep_files(struct kown_context *context);
void kown_context_free(struct kown_context *context);

#endif /* _KOWN_CONTEXT_H */
