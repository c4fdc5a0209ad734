// SPDX-License-Identifier: GPL-2.0
/*
 * Drain: a range of a vec is on its way out.
 */
#include <kown/compat.h>
#include <kown/drain.h>

/**
 * kown_drain_begin() - take a range out of a vec (Vec::drain)
 * @drain: uninitialised
 * @vec: the vec, which ends where the range begins until the guard is finished
 * @elem: its element type
 * @start: index of the first
 * @count: how many
 *
 * Context: Any.
 * Return: 0, and the guard owns the range; or -ERANGE, @vec is as it was, and the guard
 * may be finished, or not.
 */
int kown_drain_begin(struct kown_drain *drain, struct kown_vec *vec,
		     const struct kown_type *elem, size_t start, size_t count)
{
	return __kown_drain_begin(drain, vec, elem, elem->size, start, count);
}
EXPORT_SYMBOL_KOWN(kown_drain_begin);

/* Elements from elsewhere in the vec follow the head. */
static void move_up(struct kown_drain *drain, const void *from, size_t count)
{
	void *to = kown_vec_at(drain->vec, drain->elem, drain->vec->len);

	if (from != to)
		kown_vec_move(drain->elem, to, from, count);
	drain->vec->len += count;
}

static void finish(struct kown_drain *drain)
{
	move_up(drain, kown_vec_at(drain->vec, drain->elem, drain->tail), drain->tail_len);
	/* It guards nothing and has none; to clear all of it costs as much as the rest here. */
	drain->vec = NULL;
	drain->rest = (struct kown_cursor){};
}

/**
 * kown_drain_keep_rest() - finish, and keep what was not taken (Drain::keep_rest)
 * @drain: the guard; it guards nothing afterwards
 *
 * Context: Any.
 */
void kown_drain_keep_rest(struct kown_drain *drain)
{
	if (!drain->vec)
		return;
	move_up(drain, kown_cursor_rest(&drain->rest, drain->elem->size), kown_drain_len(drain));
	finish(drain);
}
EXPORT_SYMBOL_KOWN(kown_drain_keep_rest);

/**
 * kown_drain_finish() - drop what was not taken (drop of a Drain)
 * @drain: the guard, or one that guards nothing; it guards nothing afterwards
 *
 * The drops run while the vec has its head only; then the tail moves up.
 *
 * Context: As the elements' drop.
 */
void kown_drain_finish(struct kown_drain *drain)
{
	if (!drain->vec)
		return;
	kown_drain_drop_rest(drain);
	finish(drain);
}
EXPORT_SYMBOL_KOWN(kown_drain_finish);
