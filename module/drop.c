// SPDX-License-Identifier: GPL-2.0
/*
 * Drop: in turn, so that a long chain needs no deep stack; and deferred, so that who
 * may not sleep can give the last reference up, and memory of any size.
 */
#include <linux/hashtable.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include <kown/arc.h>
#include <kown/compat.h>

#include "drop.h"

/*
 * In turn
 *
 * A task that drops a value registers itself. When that drop leads to another, the
 * task finds itself registered, queues it and returns; the outer call runs what is
 * queued until nothing is left. So the stack holds one drop at a time, however many
 * follow from each other.
 *
 * An interrupt finds the task that it interrupted, and may queue for it too; a drop
 * that an interrupt registers has ended before the task goes on.
 */

/**
 * struct dropper - a task that is dropping, on its own stack
 * @link: in its bucket; @bucket's lock protects it
 * @task: immutable
 * @queue: what to drop next; @bucket's lock protects it
 */
struct dropper {
	struct hlist_node link;
	const struct task_struct *task;
	struct callback_head *queue;
};

struct bucket {
	raw_spinlock_t lock;
	struct hlist_head droppers;
};

#define BUCKET_BITS	6

static struct bucket buckets[1 << BUCKET_BITS];

static struct dropper *find(struct bucket *bucket, const struct task_struct *task)
{
	struct dropper *dropper;

	lockdep_assert_held(&bucket->lock);
	hlist_for_each_entry(dropper, &bucket->droppers, link)
		if (dropper->task == task)
			return dropper;
	return NULL;
}

/* Return: true if an outer drop of this task will see to @head. */
static bool queue_or_register(struct bucket *bucket, struct dropper *self,
			      struct callback_head *head)
{
	struct dropper *outer;
	unsigned long flags;

	raw_spin_lock_irqsave(&bucket->lock, flags);
	outer = find(bucket, self->task);
	if (outer) {
		head->next = outer->queue;
		outer->queue = head;
	} else {
		hlist_add_head(&self->link, &bucket->droppers);
	}
	raw_spin_unlock_irqrestore(&bucket->lock, flags);
	return outer;
}

/* Return: what to drop next; if nothing, @self is no longer registered. */
static struct callback_head *next_or_unregister(struct bucket *bucket,
						struct dropper *self)
{
	struct callback_head *head;
	unsigned long flags;

	raw_spin_lock_irqsave(&bucket->lock, flags);
	head = self->queue;
	if (head)
		self->queue = head->next;
	else
		hlist_del(&self->link);
	raw_spin_unlock_irqrestore(&bucket->lock, flags);
	return head;
}

/**
 * kown_drop_in_turn() - drop now, or after the drop that this one is part of
 * @head: room for the queue, the caller's until @drop is called
 * @drop: drops, given @head
 *
 * Context: As @drop.
 */
void kown_drop_in_turn(struct callback_head *head,
		       void (*drop)(struct callback_head *head))
{
	struct dropper self = { .task = current };
	struct bucket *bucket = &buckets[hash_ptr(current, BUCKET_BITS)];

	head->func = drop;
	if (queue_or_register(bucket, &self, head))
		return;
	do {
		head->func(head);
		head = next_or_unregister(bucket, &self);
	} while (head);
}

/* Deferred */

static LLIST_HEAD(deferred);

static void drop_deferred(struct work_struct *work)
{
	struct kown_arc_linked *linked, *next;
	struct llist_node *list = llist_reverse_order(llist_del_all(&deferred));

	llist_for_each_entry_safe(linked, next, list, defer) {
		kown_arc_drop_now(&linked->arc);
		cond_resched();
	}
}

static DECLARE_WORK(deferred_work, drop_deferred);
static struct workqueue_struct *deferred_queue;

/**
 * kown_drop_deferred() - have a worker drop an arc
 * @node: of its struct kown_arc_linked; its strong count is 0
 *
 * Context: Any but NMI.
 */
void kown_drop_deferred(struct llist_node *node)
{
	if (llist_add(node, &deferred))
		queue_work(deferred_queue, &deferred_work);
}

static LLIST_HEAD(unmapped);

static void vfree_deferred(struct work_struct *work)
{
	struct llist_node *memory, *next;

	llist_for_each_safe(memory, next, llist_del_all(&unmapped)) {
		vfree(memory);
		cond_resched();
	}
}

static DECLARE_WORK(vfree_work, vfree_deferred);

/**
 * kown_vfree_deferred() - have a worker vfree() memory
 * @memory: nobody uses it any more, so it is its own room in the queue
 *
 * As vfree_atomic(), which modules cannot call.
 *
 * Context: Any but NMI.
 */
void kown_vfree_deferred(void *memory)
{
	if (llist_add(memory, &unmapped))
		queue_work(deferred_queue, &vfree_work);
}

/**
 * kown_flush_deferred() - wait for all that puts so far have left to do
 *
 * When it returns, every drop deferred before the call has run, with the drops that it
 * led to, and all memory that a grace period or a worker held back is free. A
 * module whose types are KOWN_ARC_DEFER or KOWN_ARC_RCU calls it on its way out, when
 * nobody can put any more.
 *
 * Context: Process context. Sleeps.
 */
void kown_flush_deferred(void)
{
	/* Once for each generation: what is dropped may defer other drops. */
	while (flush_work(&deferred_work))
		;
	rcu_barrier();
	flush_work(&vfree_work);
}
EXPORT_SYMBOL_KOWN(kown_flush_deferred);

int kown_drop_init(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(buckets); i++)
		raw_spin_lock_init(&buckets[i].lock);
	deferred_queue = alloc_workqueue("kown", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	return deferred_queue ? 0 : -ENOMEM;
}

void kown_drop_exit(void)
{
	kown_flush_deferred();
	destroy_workqueue(deferred_queue);
}
