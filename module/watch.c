// SPDX-License-Identifier: GPL-2.0
/*
 * Watch: registering, firing, and the wait for those who fire.
 *
 * Who unregisters does not keep the source alive, and may come when it has just ended.
 * So the lock is not in the source: it is one of several here, found by the source's
 * address, which needs no look at what is there.
 *
 * No lock is held during a call. What a fire is doing stands in a struct call on its
 * stack, listed beside the lock from before the call until after it. Unregister waits
 * until no call of its watch is listed::
 *
 *	CPU 0: fire                         CPU 1: unregister
 *	---------------------------------   ---------------------------------
 *	lock
 *	list a call of the watch
 *	unlock
 *	                                    lock; take the watch from its source
 *	fn(watch)                           a call is listed: unlock, look again
 *	lock
 *	take the call from the list
 *	on to the next watch
 *	unlock
 *	                                    lock; none is listed: unlock, done
 *
 * Unregister from within the call cannot wait for that call. It marks it instead, and
 * the fire that finds its call marked does not look at the watch again, for it may have
 * been freed. The call stays listed: whoever else unregisters waits for it still, and
 * for that compares addresses only.
 */
#include <linux/bug.h>
#include <linux/cache.h>
#include <linux/hash.h>
#include <linux/minmax.h>
#include <linux/preempt.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

#include <kown/compat.h>
#include <kown/watch.h>

#include "watch.h"

/**
 * struct call - one call of one callback
 * @link: in the bucket's calls; the bucket's lock protects it
 * @watch: an address, and no more if @forgotten; immutable
 * @cpu: where it runs; immutable. Preemption is off, so this tells who it is
 * @forgotten: the watch was unregistered within the call; the bucket's lock protects it
 */
struct call {
	struct list_head link;
	const struct kown_watch *watch;
	int cpu;
	bool forgotten;
};

/**
 * struct bucket - what protects the sources of some addresses
 * @lock: protects @calls, the sources, and the watches whose source is one of them
 * @calls: that run now
 */
struct bucket {
	raw_spinlock_t lock;
	struct list_head calls;
} ____cacheline_aligned_in_smp;

#define BUCKET_BITS	6

static struct bucket buckets[1 << BUCKET_BITS];

static struct bucket *bucket_of(const struct kown_source *source)
{
	return &buckets[hash_ptr(source, BUCKET_BITS)];
}

/* Is a call of @watch listed, other than on @cpu, and if @forgotten, a forgotten one? */
static bool runs(const struct bucket *bucket, const struct kown_watch *watch, int cpu,
		 bool forgotten)
{
	const struct call *call;

	lockdep_assert_held(&bucket->lock);
	list_for_each_entry(call, &bucket->calls, link)
		if (call->watch == watch && call->cpu != cpu &&
		    (forgotten || !call->forgotten))
			return true;
	return false;
}

static bool is_free(const struct kown_watch *watch)
{
	struct bucket *bucket = bucket_of(watch->source);
	unsigned long flags;
	bool free;

	if (!watch->source)
		return true;
	raw_spin_lock_irqsave(&bucket->lock, flags);
	free = !watch->registered && !runs(bucket, watch, -1, true);
	raw_spin_unlock_irqrestore(&bucket->lock, flags);
	return free;
}

/**
 * kown_watch_register() - call back from now on
 * @watch: zeroed, or unregistered
 * @fn: what to call, or NULL, which is not called
 * @source: the source; the caller keeps its memory, by a weak reference at least
 * @target: an arc of which the caller owns a strong reference, and still does
 *	afterwards: the watch takes a weak one. Its type is KOWN_ARC_DEFER or
 *	KOWN_ARC_NOSLEEP. Or NULL: @fn is called without
 *
 * Context: Any but NMI.
 * Return: 0; -EINVAL if @source is NULL, or the target's drop may sleep; -EBUSY if the
 * watch is registered, or a callback of it still runs, as from within it; -ESTALE if
 * the source has ended.
 */
int kown_watch_register(struct kown_watch *watch, kown_watch_fn fn,
			struct kown_source *source, struct kown_arc *target)
{
	struct bucket *bucket = bucket_of(source);
	unsigned long flags;

	if (!source || (target && !(target->type->flags &
				    (KOWN_ARC_DEFER | KOWN_ARC_NOSLEEP))))
		return -EINVAL;
	if (!is_free(watch))
		return -EBUSY;

	raw_spin_lock_irqsave(&bucket->lock, flags);
	if (source->dead) {
		raw_spin_unlock_irqrestore(&bucket->lock, flags);
		return -ESTALE;
	}
	if (target)
		kown_arc_downgrade(target);
	watch->source = source;
	watch->serial = ++source->serial;
	watch->fn = fn;
	watch->target = target;
	watch->registered = true;
	list_add_tail(&watch->link, &source->watches);
	raw_spin_unlock_irqrestore(&bucket->lock, flags);
	return 0;
}
EXPORT_SYMBOL_KOWN(kown_watch_register);

/* Return: true if this runs within a call of @watch, or has interrupted one. */
static bool forget_own_calls(struct bucket *bucket, const struct kown_watch *watch)
{
	bool own = false;
	struct call *call;

	lockdep_assert_held(&bucket->lock);
	list_for_each_entry(call, &bucket->calls, link) {
		if (call->watch != watch || call->cpu != smp_processor_id())
			continue;
		call->forgotten = true;
		own = true;
	}
	return own;
}

/**
 * kown_watch_unregister() - call back no more
 * @watch: the watch, registered or not; or NULL
 *
 * When it returns, no callback of the watch runs and none will, but for the one that
 * it is called from; and if several callbacks unregister their watch at once, they do
 * not wait for each other. The callback's reference on the target is put by then, and
 * the watch's weak one.
 *
 * Context: Any but NMI, and not within what interrupts the source's fire. The caller
 * holds no lock that the callback takes. Spins while callbacks run on other CPUs.
 * Return: true if the watch was registered, and this call is what ended it.
 */
bool kown_watch_unregister(struct kown_watch *watch)
{
	struct kown_arc *target = NULL;
	struct bucket *bucket;
	unsigned long flags;
	bool ended, within;
	int cpu;

	if (!watch || !watch->source)
		return false;
	bucket = bucket_of(watch->source);
	raw_spin_lock_irqsave(&bucket->lock, flags);
	ended = watch->registered;
	if (ended) {
		watch->registered = false;
		list_del_init(&watch->link);
		swap(target, watch->target);
	}
	cpu = smp_processor_id();
	within = forget_own_calls(bucket, watch);
	while (runs(bucket, watch, cpu, !within)) {
		raw_spin_unlock_irqrestore(&bucket->lock, flags);
		cpu_relax();
		raw_spin_lock_irqsave(&bucket->lock, flags);
	}
	raw_spin_unlock_irqrestore(&bucket->lock, flags);
	kown_weak_put(target);
	return ended;
}
EXPORT_SYMBOL_KOWN(kown_watch_unregister);

/*
 * Calls a watch, if there is what to call and what to call it for. Drops the lock
 * meanwhile.
 *
 * Return: true if @watch may still be looked at, until the lock is dropped again.
 */
static bool call_watch(struct bucket *bucket, struct kown_watch *watch,
		       unsigned long event, unsigned long *flags)
	__must_hold(&bucket->lock)
{
	struct kown_arc *target = watch->target;
	kown_watch_fn fn = watch->fn;
	struct call call = { .watch = watch };

	lockdep_assert_held(&bucket->lock);
	if (!fn || (target && !kown_weak_upgrade(target)))
		return true;
	preempt_disable();
	call.cpu = smp_processor_id();
	list_add(&call.link, &bucket->calls);
	raw_spin_unlock_irqrestore(&bucket->lock, *flags);

	fn(watch, target ? kown_arc_value(target) : NULL, event);
	/* Within the call: the drop that this may be may unregister the watch. */
	kown_arc_put_atomic(target);

	raw_spin_lock_irqsave(&bucket->lock, *flags);
	list_del(&call.link);
	preempt_enable();
	return !call.forgotten;
}

/* The first that was registered after @serial. */
static struct kown_watch *first_after(const struct kown_source *source, u64 serial)
{
	struct kown_watch *watch;

	list_for_each_entry(watch, &source->watches, link)
		if (watch->serial > serial)
			return watch;
	return NULL;
}

static struct kown_watch *next(const struct kown_source *source,
			       struct kown_watch *watch)
{
	/* Unregistered during the call, by somebody who waits for us. */
	if (!watch->registered)
		return first_after(source, watch->serial);
	if (list_is_last(&watch->link, &source->watches))
		return NULL;
	return list_next_entry(watch, link);
}

void __kown_source_fire(struct kown_source *source, unsigned long event)
{
	struct bucket *bucket = bucket_of(source);
	struct kown_watch *watch;
	unsigned long flags;
	u64 last;

	if (WARN_ON_ONCE(event == KOWN_EVENT_DIED))
		return;
	raw_spin_lock_irqsave(&bucket->lock, flags);
	last = source->serial;
	watch = first_after(source, 0);
	while (watch && watch->serial <= last) {
		u64 serial = watch->serial;

		watch = call_watch(bucket, watch, event, &flags) ?
			next(source, watch) : first_after(source, serial);
	}
	raw_spin_unlock_irqrestore(&bucket->lock, flags);
}
EXPORT_SYMBOL_KOWN(__kown_source_fire);

/**
 * kown_source_free() - end, and tell all that watch
 * @source: the source, which nobody fires any more; or NULL. That of an arc is kown's
 *	to end
 *
 * Each watch is called with KOWN_EVENT_DIED, once. Afterwards the source's memory may go,
 * though there are watches that have not been unregistered yet.
 *
 * Context: Any but NMI; the callbacks run here.
 */
void kown_source_free(struct kown_source *source)
{
	struct bucket *bucket = bucket_of(source);
	struct kown_watch *watch;
	unsigned long flags;

	if (!source)
		return;
	raw_spin_lock_irqsave(&bucket->lock, flags);
	source->dead = true;
	while ((watch = first_after(source, 0))) {
		list_del_init(&watch->link);
		call_watch(bucket, watch, KOWN_EVENT_DIED, &flags);
	}
	raw_spin_unlock_irqrestore(&bucket->lock, flags);
}
EXPORT_SYMBOL_KOWN(kown_source_free);

void kown_watch_init(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(buckets); i++) {
		raw_spin_lock_init(&buckets[i].lock);
		INIT_LIST_HEAD(&buckets[i].calls);
	}
}
