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

/**
 * kown_drain_drop_rest() - drop what was not taken, and go on guarding
 * @drain: the guard, which guards a range; there is nothing more to take afterwards
 *
 * For those who put something else in place of the range, and then finish.
 *
 * Context: As the elements' drop.
 */
void kown_drain_drop_rest(struct kown_drain *drain)
{
	size_t size = drain->elem->size;

	kown_type_drop_n(drain->elem, kown_cursor_rest(&drain->rest, size),
			 kown_cursor_len(&drain->rest, size));
	drain->rest = (struct kown_cursor){};
}
EXPORT_SYMBOL_KOWN(kown_drain_drop_rest);

/**
 * kown_drain_keep_rest() - finish, and keep what was not taken (Drain::keep_rest)
 * @drain: the guard; it guards nothing afterwards
 *
 * Context: Any.
 */
void kown_drain_keep_rest(struct kown_drain *drain)
{
	size_t size;

	if (!drain->vec)
		return;
	size = drain->elem->size;
	__kown_drain_move_up(drain->vec, size, kown_cursor_rest(&drain->rest, size),
			     kown_cursor_len(&drain->rest, size));
	drain->rest = (struct kown_cursor){};
	kown_drain_finish(drain);
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
	if (drain->vec)
		__kown_drain_finish(drain, drain->elem, drain->elem->size);
}
EXPORT_SYMBOL_KOWN(kown_drain_finish);
