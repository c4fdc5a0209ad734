/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Drop: when a value's end has to wait.
 */
#ifndef _KOWN_DROP_H
#define _KOWN_DROP_H

#include <linux/llist.h>
#include <linux/types.h>

struct kown_arc;

void kown_drop_in_turn(struct callback_head *head,
		       void (*drop)(struct callback_head *head));
void kown_drop_deferred(struct llist_node *node);
void kown_vfree_deferred(void *memory);
void kown_arc_drop_now(struct kown_arc *arc);

int kown_drop_init(void);
void kown_drop_exit(void);

#endif /* _KOWN_DROP_H */
