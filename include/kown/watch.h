/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Watch: a callback with a target, which stops when it is told to.
 */
#ifndef _KOWN_WATCH_H
#define _KOWN_WATCH_H

#include <linux/build_bug.h>
#include <linux/list.h>
#include <linux/types.h>

#include <kown/source.h>
#include <kown/weak.h>

/**
 * DOC: Source, watch, target
 *
 * A *source* fires events. A *watch* is registered on a source and names a callback and
 * a *target*, which is an arc. When the source fires, the callback is called with the
 * target, if that still has a value::
 *
 *	static void user_sees(struct kown_watch *watch, struct user *user,
 *			      unsigned long event);
 *
 *	KOWN_DEFINE_WATCH(user_sees, user, struct user, user_sees)
 *
 *	err = user_sees_register(&user->watch, &bus->events, user);
 *	...
 *	kown_source_fire(&bus->events, BUS_HAS_MAIL);
 *	...
 *	kown_watch_unregister(&user->watch);
 *
 * The target is held weakly: a watch keeps no value alive, only memory. For the time of
 * the call it is upgraded, so it does not die under the callback; a target that is dead
 * has no callback. What a target's drop does not use any more, it may free; so a
 * target that has its watches within itself unregisters them in its drop.
 *
 * A source is part of some struct, and then whoever has that fires; or it comes
 * with an arc whose type is KOWN_ARC_WATCHED, beside the counts. The end of a source,
 * which for an arc is the end of its value by the last put, take or into_inner, is
 * an event too: KOWN_EVENT_DIED. Each watch that is registered then gets it exactly once,
 * and nothing after it. The value has been dropped, or moved out, by then.
 *
 * Each registered watch is unregistered, also one whose source or target has died. To
 * do it twice is nothing.
 */

/**
 * DOC: Where a callback runs, and when it does not
 *
 * A callback runs where its source fires, with preemption off: it does not sleep. A
 * source may fire on several CPUs at once, and so may a callback run. A source that fires
 * calls the watches in the order in which they were registered; those that are
 * registered after it began are not called.
 *
 * When kown_watch_unregister() returns, no callback of the watch runs on any CPU, and
 * none will: the watch's memory, and the callback's code, may go. It waits for those
 * that run, which takes no longer than they take, and does not sleep. So it may not
 * hold a lock that the callback takes.
 *
 * There are two whom it cannot wait for, since they wait for it: the callback that calls
 * it, and a callback that the caller has interrupted. From a callback, unregister
 * returns when no *other* CPU runs it; the watch may be freed right there, and the source
 * goes on with the next. Whoever else unregisters the watch waits until that callback
 * has returned, too. As to the second: do not unregister in an interrupt what is
 * fired with interrupts on.
 *
 * Likewise the target: the put after a call may be the last, and its drop, within the
 * source's fire, may unregister the watch and free it. A target's drop that sleeps
 * would not do there: a target's type is KOWN_ARC_DEFER or KOWN_ARC_NOSLEEP.
 *
 * What fires a source keeps it alive meanwhile. The source may not end within a fire of
 * itself.
 */

/* What a source fires when it ends, and nobody else. */
#define KOWN_EVENT_DIED		(~0UL)

#define KOWN_SOURCE_INIT(var)	{ .watches = LIST_HEAD_INIT(var.watches) }

struct kown_watch;

/* What a watch does. @target is the target's value, or NULL if the watch has none. */
typedef void (*kown_watch_fn)(struct kown_watch *watch, void *target,
			      unsigned long event);

/**
 * struct kown_watch - a callback, registered or not
 * @link: in the source's watches, or nowhere since the source's end
 * @source: where it is registered, or was; then an address, for the lock's sake, and
 *	no more. NULL until it is registered first
 * @serial: place in the source's order
 * @fn: may be NULL
 * @target: a weak reference, or NULL
 * @registered: between register and unregister
 *
 * The lock that protects the source protects the watch. Zeroed memory is a valid watch,
 * not registered. A registered watch does not move.
 */
struct kown_watch {
	struct list_head link;
	struct kown_source *source;
	u64 serial;
	kown_watch_fn fn;
	struct kown_arc *target;
	bool registered;
};

int __must_check kown_watch_register(struct kown_watch *watch, kown_watch_fn fn,
				     struct kown_source *source,
				     struct kown_arc *target);
bool kown_watch_unregister(struct kown_watch *watch);
void __kown_source_fire(struct kown_source *source, unsigned long event);
void kown_source_free(struct kown_source *source);

/**
 * kown_source_init() - begin to be watched
 * @source: the source; ends with kown_source_free()
 */
static inline void kown_source_init(struct kown_source *source)
{
	INIT_LIST_HEAD(&source->watches);
	source->serial = 0;
	source->dead = false;
}

/**
 * kown_source_fire() - call all that watch
 * @source: the source, which the caller keeps alive
 * @event: for the callbacks, whatever the source's users have agreed on; not
 *	KOWN_EVENT_DIED
 *
 * Context: Any but NMI.
 */
static inline void kown_source_fire(struct kown_source *source, unsigned long event)
{
	if (!list_empty(&source->watches))
		__kown_source_fire(source, event);
}

/**
 * kown_arc_source() - the source that comes with an arc
 * @arc: an arc of which the caller owns a reference, strong or weak
 *
 * The owner of a strong reference may fire it too.
 *
 * Return: the source; NULL if the type is not KOWN_ARC_WATCHED.
 */
static inline struct kown_source *kown_arc_source(struct kown_arc *arc)
{
	if (!(arc->type->flags & KOWN_ARC_WATCHED))
		return NULL;
	return &container_of(arc, struct kown_arc_watched, linked.arc)->source;
}

/**
 * KOWN_DEFINE_WATCH() - a typed callback, in one line
 * @name: the function's prefix
 * @target: the prefix of the target's Arc
 * @value_t: the target's type, below T
 * @_fn: void (struct kown_watch *, T *, unsigned long event), or NULL, which does
 *	nothing
 *
 * It defines::
 *
 *	int NAME_register(struct kown_watch *, struct kown_source *, T *target);
 *
 * which does as kown_watch_register().
 */
#define KOWN_DEFINE_WATCH(name, target, value_t, _fn)			\
static __maybe_unused void						\
__##name##_call(struct kown_watch *watch, void *value, unsigned long event) \
{									\
	void (*__fn)(struct kown_watch *watch, value_t *value,		\
		     unsigned long event) = (_fn);			\
									\
	if (__fn)							\
		__fn(watch, value, event);				\
}									\
static inline __maybe_unused int __must_check				\
name##_register(struct kown_watch *watch, struct kown_source *source,	\
		value_t *value)						\
{									\
	return kown_watch_register(watch,				\
				   __KOWN_IF_GIVEN(_fn, __##name##_call), \
				   source, target##_arc_upcast(value));	\
}

#endif /* _KOWN_WATCH_H */
