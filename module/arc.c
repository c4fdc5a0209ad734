// SPDX-License-Identifier: GPL-2.0
/*
 * Arc: all but the fast paths.
 */
#include <linux/instruction_pointer.h>
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include <kown/arc.h>
#include <kown/compat.h>
#include <kown/type.h>
#include <kown/watch.h>

#include "debug.h"
#include "drop.h"
#include "kown_trace.h"
#include "memory.h"

static struct kown_arc_linked *linked(struct kown_arc *arc)
{
	return container_of(arc, struct kown_arc_linked, arc);
}

struct static_key_false kown_arc_observed = STATIC_KEY_FALSE_INIT;
EXPORT_SYMBOL_KOWN(kown_arc_observed);

static void init(struct kown_arc *arc, const struct kown_arc_type *type, int strong)
{
	refcount_set(&arc->strong, strong);
	atomic_set(&arc->weak, 1);
	arc->type = type;
	if (type->flags & KOWN_ARC_WATCHED)
		kown_source_init(kown_arc_source(arc));
	trace_kown_arc_new(arc);
	kown_debug_born(arc);
}

/* kown_arc_init(), of any type and whoever observes. */
void __kown_arc_init(struct kown_arc *arc, const struct kown_arc_type *type)
{
	init(arc, type, 1);
	kown_debug_move(arc, KOWN_STRONG_TAKEN, _RET_IP_);
}
EXPORT_SYMBOL_KOWN(__kown_arc_init);

/*
 * The end of an arc. Between the last put and kfree() no call is made but to the type's
 * drop: so these are inline, each in the next.
 */

/* The value is dead, or was never there; the last weak reference is put. */
static __always_inline void free_memory(struct kown_arc *arc)
{
	const struct kown_arc_type *type = arc->type;

	if (type->free)
		type->free(kown_arc_value(arc));
	else
		kown_memory_free(kown_arc_value(arc) - type->header,
				 type->elem ? SIZE_MAX :
				 type->header + type->value.size);
}

static void free_after_grace_period(struct rcu_head *head)
{
	free_memory(&container_of(head, struct kown_arc_linked, head)->arc);
}

static __always_inline void free_arc(struct kown_arc *arc)
{
	kown_debug_gone(arc);
	if (arc->type->flags & KOWN_ARC_RCU)
		call_rcu(&linked(arc)->head, free_after_grace_period);
	else
		free_memory(arc);
}

void __kown_arc_free(struct kown_arc *arc)
{
	free_arc(arc);
}
EXPORT_SYMBOL_KOWN(__kown_arc_free);

static void *slice_at(const struct kown_arc *arc, size_t index)
{
	return kown_arc_value(arc) + arc->type->value.size +
	       index * arc->type->elem->size;
}

static void drop_elems(const struct kown_arc *arc, size_t len)
{
	kown_type_drop_n(arc->type->elem, slice_at(arc, 0), len);
}

static noinline void put_watched_share(struct kown_arc *arc)
{
	kown_source_free(kown_arc_source(arc));
	__kown_weak_put(arc);
}

/*
 * Is the strong references' weak one the only one? Then nobody else has any, and nobody
 * can take one. Acquire: pairs with the release of each weak put.
 */
static __always_inline bool is_last_share(const struct kown_arc *arc)
{
	return atomic_read_acquire(&arc->weak) == 1;
}

static __always_inline void put_share(struct kown_arc *arc)
{
	if (unlikely(arc->type->flags & KOWN_ARC_WATCHED)) {
		put_watched_share(arc);
		return;
	}
	if (!is_last_share(arc)) {
		__kown_weak_put(arc);
		return;
	}
	/* The counts may be embedded, and be looked at by the type's free. */
	atomic_set(&arc->weak, 0);
	free_arc(arc);
}

static __always_inline void drop_value(struct kown_arc *arc)
{
	const struct kown_arc_type *type = arc->type;
	void *value = kown_arc_value(arc);

	trace_kown_arc_drop(arc);
	if (type->elem)
		drop_elems(arc, ((struct kown_arc_slice *)value)->len);
	else if (type->value.drop)
		type->value.drop(value);
	put_share(arc);
}

static void drop_value_in_turn(struct callback_head *head)
{
	drop_value(&container_of(head, struct kown_arc_linked, head)->arc);
}

static __always_inline void drop_now(struct kown_arc *arc)
{
	if (arc->type->flags & KOWN_ARC_ITERATIVE)
		kown_drop_in_turn(&linked(arc)->head, drop_value_in_turn);
	else
		drop_value(arc);
}

static noinline void drop(struct kown_arc *arc)
{
	trace_kown_arc_last_put(arc);
	drop_now(arc);
}

/* One whose memory is the type's, and that does nothing special at its end. */
static __always_inline bool is_embedded(const struct kown_arc_type *type)
{
	return type->free && !(type->flags & (KOWN_ARC_RCU | KOWN_ARC_ITERATIVE |
					      KOWN_ARC_WATCHED));
}

static noinline void drop_embedded(struct kown_arc *arc,
				   const struct kown_arc_type *type)
{
	void *value = (char *)arc + type->offset;

	if (type->value.drop)
		type->value.drop(value);
	if (!is_last_share(arc)) {
		__kown_weak_put(arc);
		return;
	}
	atomic_set(&arc->weak, 0);
	type->free(value);
}

static __always_inline void drop_plain(struct kown_arc *arc,
				       const struct kown_arc_type *type)
{
	if (type->value.drop)
		type->value.drop(arc + 1);
	if (is_last_share(arc))
		kfree(arc);
	else
		__kown_weak_put(arc);
}

/*
 * The caller took strong to 0 and owns the value alone. drop() is right for any type; for
 * most, and while nobody observes, this is what is left of it.
 */
void __kown_arc_drop(struct kown_arc *arc)
{
	const struct kown_arc_type *type = arc->type;

	if (static_branch_unlikely(&kown_arc_observed)) {
		drop(arc);
		return;
	}
	if (type->flags & __KOWN_ARC_PLAIN)
		drop_plain(arc, type);
	else if (is_embedded(type))
		drop_embedded(arc, type);
	else
		drop(arc);
}
EXPORT_SYMBOL_KOWN(__kown_arc_drop);

/* For the worker: the last put has been traced. */
void kown_arc_drop_now(struct kown_arc *arc)
{
	drop_now(arc);
}

void __kown_arc_drop_atomic(struct kown_arc *arc)
{
	unsigned int flags = arc->type->flags;

	if (flags & KOWN_ARC_NOSLEEP) {
		__kown_arc_drop(arc);
		return;
	}
	/* A leak is better than a sleep, or a list through memory that is not there. */
	if (WARN_ONCE(!(flags & KOWN_ARC_DEFER), "kown: %s is not KOWN_ARC_DEFER\n",
		      arc->type->value.name))
		return;
	trace_kown_arc_last_put(arc);
	kown_drop_deferred(&linked(arc)->defer);
}
EXPORT_SYMBOL_KOWN(__kown_arc_drop_atomic);

/* Return: false, so that who fails to upgrade can end with this call. */
bool __kown_arc_upgrade_failed(struct kown_arc *arc)
{
	trace_kown_arc_upgrade_failed(arc);
	return false;
}
EXPORT_SYMBOL_KOWN(__kown_arc_upgrade_failed);

/*
 * A weak count left the range of counts: it stays far away from both its ends, and
 * the memory is never freed.
 */
void __kown_weak_saturate(struct kown_arc *arc)
{
	atomic_set(&arc->weak, KOWN_WEAK_SATURATED);
	WARN_ONCE(1, "kown: weak count of a %s saturated; leaking memory\n",
		  arc->type->value.name);
}
EXPORT_SYMBOL_KOWN(__kown_weak_saturate);

/* Counts, and memory for a value and so many bytes after it. */
static struct kown_arc *alloc_with(const struct kown_arc_type *type, size_t bytes,
				   gfp_t gfp)
{
	struct kown_arc *arc;
	void *base;

	base = kown_memory_alloc(size_add(type->header + type->value.size, bytes),
				 type->value.align, gfp);
	if (!base)
		return NULL;
	arc = base + type->header - type->offset;
	init(arc, type, 0);
	return arc;
}

/**
 * kown_arc_alloc() - counts, and memory for a value (UniqueArc::new_uninit)
 * @type: the type of a value that does not embed its counts
 * @gfp: how to allocate
 *
 * The caller writes the value, then calls kown_arc_share(), or kown_arc_abandon().
 * Until then nobody owns the value: weak references may be taken, and cannot be
 * upgraded.
 *
 * Context: As @gfp says.
 * Return: the arc, which is the caller's alone; NULL if there is no memory.
 */
struct kown_arc *kown_arc_alloc(const struct kown_arc_type *type, gfp_t gfp)
{
	return alloc_with(type, 0, gfp);
}
EXPORT_SYMBOL_KOWN(kown_arc_alloc);

/**
 * kown_arc_abandon() - give up an arc that was not shared
 * @arc: from kown_arc_alloc(); its value is not there, and is not dropped
 *
 * Context: Any but NMI.
 */
void kown_arc_abandon(struct kown_arc *arc)
{
	put_share(arc);
}
EXPORT_SYMBOL_KOWN(kown_arc_abandon);

/**
 * kown_arc_new() - share a value (Arc::new)
 * @type: the type of a value that does not embed its counts
 * @value: moved in, if the call succeeds
 * @gfp: how to allocate
 *
 * Context: As @gfp says.
 * Return: the arc, of which the caller owns the one strong reference; NULL if there is
 * no memory.
 */
struct kown_arc *kown_arc_new(const struct kown_arc_type *type, const void *value,
			      gfp_t gfp)
{
	struct kown_arc *arc = kown_arc_alloc(type, gfp);

	if (!arc)
		return NULL;
	memcpy(kown_arc_value(arc), value, type->value.size);
	kown_debug_move(arc, KOWN_STRONG_TAKEN, _RET_IP_);
	__kown_arc_share(arc);
	return arc;
}
EXPORT_SYMBOL_KOWN(kown_arc_new);

/**
 * kown_arc_new_cyclic() - share a value that knows itself (Arc::new_cyclic)
 * @type: the type of a value that does not embed its counts
 * @build: writes the value; may keep weak references, which it takes with
 *	kown_weak_get(), and which cannot be upgraded yet. Returns 0, or an errno
 *	and then has written nothing
 * @context: for @build
 * @gfp: how to allocate
 *
 * Context: As @gfp says, and as @build.
 * Return: the arc, of which the caller owns the one strong reference; -ENOMEM; or what
 * @build returned.
 */
struct kown_arc *kown_arc_new_cyclic(const struct kown_arc_type *type,
				     int (*build)(void *value,
						  struct kown_arc *weak,
						  void *context),
				     void *context, gfp_t gfp)
{
	struct kown_arc *arc = kown_arc_alloc(type, gfp);
	int err;

	if (!arc)
		return ERR_PTR(-ENOMEM);
	err = build(kown_arc_value(arc), arc, context);
	if (err) {
		kown_arc_abandon(arc);
		return ERR_PTR(err);
	}
	kown_debug_move(arc, KOWN_STRONG_TAKEN, _RET_IP_);
	__kown_arc_share(arc);
	return arc;
}
EXPORT_SYMBOL_KOWN(kown_arc_new_cyclic);

/**
 * kown_arc_alloc_slice() - counts, and memory for an array (Arc::new_uninit_slice)
 * @type: a type that has elements
 * @len: how many
 * @gfp: how to allocate
 *
 * As kown_arc_alloc(): the caller writes the elements, all of them, and shares or
 * abandons the arc. Its length is there already.
 *
 * Context: As @gfp says.
 * Return: the arc, which is the caller's alone; -EOVERFLOW if the size cannot be; -ENOMEM.
 */
struct kown_arc *kown_arc_alloc_slice(const struct kown_arc_type *type, size_t len,
				      gfp_t gfp)
{
	struct kown_arc *arc;
	size_t bytes;

	if (check_mul_overflow(len, type->elem->size, &bytes) || bytes > SSIZE_MAX)
		return ERR_PTR(-EOVERFLOW);
	arc = alloc_with(type, bytes, gfp);
	if (!arc)
		return ERR_PTR(-ENOMEM);
	((struct kown_arc_slice *)kown_arc_value(arc))->len = len;
	return arc;
}
EXPORT_SYMBOL_KOWN(kown_arc_alloc_slice);

/**
 * kown_arc_new_slice() - share an array
 * @type: a type that has elements
 * @len: how many
 * @init: writes an element; called for each in order. Returns 0, or an errno and then
 *	has written none
 * @context: for @init
 * @gfp: how to allocate
 *
 * If @init fails, the elements that it wrote are dropped.
 *
 * Context: As @gfp says, and as @init.
 * Return: the arc, of which the caller owns the one strong reference; -EOVERFLOW if the
 * size cannot be; -ENOMEM; or what @init returned.
 */
struct kown_arc *kown_arc_new_slice(const struct kown_arc_type *type, size_t len,
				    int (*init)(void *elem, size_t index,
						void *context),
				    void *context, gfp_t gfp)
{
	struct kown_arc *arc = kown_arc_alloc_slice(type, len, gfp);

	if (IS_ERR(arc))
		return arc;
	for (size_t i = 0; i < len; i++) {
		int err = init(slice_at(arc, i), i, context);

		if (err) {
			drop_elems(arc, i);
			kown_arc_abandon(arc);
			return ERR_PTR(err);
		}
	}
	kown_debug_move(arc, KOWN_STRONG_TAKEN, _RET_IP_);
	__kown_arc_share(arc);
	return arc;
}
EXPORT_SYMBOL_KOWN(kown_arc_new_slice);

/**
 * kown_arc_downgrade() - take a weak reference from a strong one
 * @arc: an arc of which the caller owns a strong reference
 *
 * Context: Any but NMI. Waits a few instructions for kown_arc_is_unique() on another
 * CPU.
 * Return: nothing; the caller owns a weak reference too.
 */
void kown_arc_downgrade(struct kown_arc *arc)
{
	int weak = atomic_read(&arc->weak);

	kown_debug_move(arc, KOWN_WEAK_TAKEN, _RET_IP_);
	for (;;) {
		if (unlikely(weak == KOWN_WEAK_LOCKED)) {
			cpu_relax();
			weak = atomic_read(&arc->weak);
			continue;
		}
		if (unlikely(weak <= 0 || weak == INT_MAX)) {
			__kown_weak_saturate(arc);
			return;
		}
		/* Acquire: pairs with the unlock, see is_unique. */
		if (atomic_try_cmpxchg_acquire(&arc->weak, &weak, weak + 1))
			return;
	}
}
EXPORT_SYMBOL_KOWN(kown_arc_downgrade);

/**
 * kown_arc_is_unique() - is this the only reference of any kind?
 * @arc: an arc of which the caller owns a strong reference
 *
 * If it is, it stays so until the caller takes another, and all that former owners did
 * to the value is visible: the value may be written. Rust's Arc::get_mut is this test.
 *
 * Reading a strong count of 1 is not enough: a weak reference could be upgraded at any
 * moment. So the weak count is locked at 1, which proves that there is no weak
 * reference and keeps owners from making one, and then the strong count is read.
 *
 * Context: Any but NMI.
 * Return: true if there is no other strong and no weak reference.
 */
bool kown_arc_is_unique(struct kown_arc *arc)
{
	unsigned long flags;
	bool unique = false;
	int one = 1;

	/* An interrupt that downgrades must not wait for the code it interrupted. */
	local_irq_save(flags);
	if (atomic_try_cmpxchg_acquire(&arc->weak, &one, KOWN_WEAK_LOCKED)) {
		/* Acquire: pairs with the release of each put. */
		unique = atomic_read_acquire(&arc->strong.refs) == 1;
		/* Release: the read above comes before any downgrade after this. */
		atomic_set_release(&arc->weak, 1);
	}
	local_irq_restore(flags);
	return unique;
}
EXPORT_SYMBOL_KOWN(kown_arc_is_unique);

/**
 * kown_arc_claim() - take the value from under its counts, if this is the only owner
 * @arc: an arc of which the caller owns a strong reference
 *
 * What kown_arc_take() does but for the move.
 *
 * Context: Any.
 * Return: true: there is no strong reference, none can be made, and the caller, who
 * sees all that former owners did to the value, moves it out and calls
 * kown_arc_abandon(); false, and the caller still owns its reference.
 */
bool kown_arc_claim(struct kown_arc *arc)
{
	int one = 1;

	if (!atomic_try_cmpxchg_release(&arc->strong.refs, &one, 0))
		return false;
	/* Pairs with the release of each put. */
	smp_acquire__after_ctrl_dep();
	kown_debug_move(arc, KOWN_STRONG_GIVEN, _RET_IP_);
	return true;
}
EXPORT_SYMBOL_KOWN(kown_arc_claim);

static void move_out(struct kown_arc *arc, void *to)
{
	memcpy(to, kown_arc_value(arc), arc->type->value.size);
	put_share(arc);
}

/**
 * kown_arc_take() - move the value out, if this is the only owner (Arc::try_unwrap)
 * @arc: an arc of which the caller owns a strong reference
 * @to: memory for a value
 *
 * Weak references do not prevent it; they are dead afterwards.
 *
 * Context: Any but NMI.
 * Return: 0, and the caller owns the value at @to and no reference; -EBUSY, and the
 * caller still owns its reference.
 */
int kown_arc_take(struct kown_arc *arc, void *to)
{
	if (!kown_arc_claim(arc))
		return -EBUSY;
	move_out(arc, to);
	return 0;
}
EXPORT_SYMBOL_KOWN(kown_arc_take);

/**
 * kown_arc_into_inner() - put, and get the value if it was the last (Arc::into_inner)
 * @arc: an arc of which the caller owns a strong reference, and does not afterwards
 * @to: memory for a value
 *
 * If each owner calls this, exactly one of them gets the value.
 *
 * Context: Any but NMI.
 * Return: true if the caller owns the value at @to now.
 */
bool kown_arc_into_inner(struct kown_arc *arc, void *to)
{
	kown_debug_move(arc, KOWN_STRONG_GIVEN, _RET_IP_);
	if (!refcount_dec_and_test(&arc->strong))
		return false;
	move_out(arc, to);
	return true;
}
EXPORT_SYMBOL_KOWN(kown_arc_into_inner);

static struct kown_arc *new_clone(const struct kown_arc *arc, gfp_t gfp)
{
	struct kown_arc *clone = kown_arc_alloc(arc->type, gfp);
	int err;

	if (!clone)
		return ERR_PTR(-ENOMEM);
	err = kown_type_clone(&arc->type->value, kown_arc_value(clone),
			      kown_arc_value(arc), gfp);
	if (err) {
		kown_arc_abandon(clone);
		return ERR_PTR(err);
	}
	kown_arc_share(clone);
	return clone;
}

/**
 * kown_arc_make_mut() - a reference whose value may be written (Arc::make_mut)
 * @arc: an arc of which the caller owns a strong reference
 * @gfp: how to allocate
 *
 * Sole owner, no weak reference: @arc itself. Shared: a clone, and @arc is put. Sole
 * owner, with weak references: the value moves to a new arc, and the weak references
 * are dead.
 *
 * To find out, strong is claimed from 1 to 0, so that no upgrade can come between. If
 * that shows weak references and there is no memory for the move, the claim is undone,
 * and an upgrade in that moment has failed though the value lives on.
 *
 * Context: As @gfp says, as the type's clone, and as its put.
 * Return: the unique arc; or -ENOMEM, -EOPNOTSUPP if it would have to be cloned and
 * cannot be, or what the type's clone returned, and the caller still owns @arc.
 */
struct kown_arc *kown_arc_make_mut(struct kown_arc *arc, gfp_t gfp)
{
	struct kown_arc *other;
	int one = 1;

	if (!atomic_try_cmpxchg_acquire(&arc->strong.refs, &one, 0)) {
		other = new_clone(arc, gfp);
		if (!IS_ERR(other))
			kown_arc_put(arc);
		return other;
	}
	if (atomic_read(&arc->weak) == 1) {
		atomic_set_release(&arc->strong.refs, 1);
		return arc;
	}
	other = kown_arc_alloc(arc->type, gfp);
	if (!other) {
		atomic_set_release(&arc->strong.refs, 1);
		return ERR_PTR(-ENOMEM);
	}
	move_out(arc, kown_arc_value(other));
	kown_arc_share(other);
	return other;
}
EXPORT_SYMBOL_KOWN(kown_arc_make_mut);

/**
 * kown_arc_unwrap_or_clone() - take the value, or a clone of it
 * @arc: an arc of which the caller owns a strong reference, and does not on success
 * @to: memory for a value
 * @gfp: how to allocate
 *
 * Context: As @gfp says, as the type's clone, and as its put.
 * Return: 0, and the caller owns the value at @to; or an errno of the type's clone, or
 * -EOPNOTSUPP, and the caller still owns its reference.
 */
int kown_arc_unwrap_or_clone(struct kown_arc *arc, void *to, gfp_t gfp)
{
	int err;

	if (!kown_arc_take(arc, to))
		return 0;
	err = kown_type_clone(&arc->type->value, to, kown_arc_value(arc), gfp);
	if (!err)
		kown_arc_put(arc);
	return err;
}
EXPORT_SYMBOL_KOWN(kown_arc_unwrap_or_clone);
