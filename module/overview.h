/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Overview: what there is, for people.
 */
#ifndef _KOWN_OVERVIEW_H
#define _KOWN_OVERVIEW_H

struct dentry;
struct kown_context;
struct seq_file;

void kown_overview_init(struct dentry *dir);
void kown_overview_context(struct seq_file *m, struct kown_context *context);

#endif /* _KOWN_OVERVIEW_H */
