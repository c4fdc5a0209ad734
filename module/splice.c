// SPDX-License-Identifier: GPL-2.0
/*
 * Splice: what comes in the place of a drained range.
 */
#include <kown/compat.h>
#include <kown/splice.h>

/*
 * Moves elements into the hole between head and tail. Return: 1 if it is full, 0 if
 * there are no more, or an errno of the iterator.
 */
static int fill(struct kown_drain *drain, struct kown_iter *with)
{
	struct kown_vec *vec = drain->vec;

	while (vec->len < drain->tail) {
		int more = kown_iter_next(with, kown_vec_at(vec, drain->elem, vec->len));

		if (more <= 0)
			return more;
		vec->len++;
	}
	return !kown_iter_is_done(with);
}

/* Makes the hole so much larger. On error all is as it was. */
static int widen(struct kown_drain *drain, size_t extra, gfp_t gfp)
{
	struct kown_vec *vec = drain->vec;
	size_t head = vec->len;
	int err;

	vec->len = drain->tail + drain->tail_len;
	err = kown_vec_reserve(vec, drain->elem, extra, gfp);
	vec->len = head;
	if (err)
		return err;
	kown_vec_move(drain->elem, kown_vec_at(vec, drain->elem, drain->tail + extra),
		      kown_vec_at(vec, drain->elem, drain->tail), drain->tail_len);
	drain->tail += extra;
	return 0;
}

/* Nobody knows how many there are: they wait elsewhere until all are there. */
static int fill_unknown(struct kown_drain *drain, struct kown_iter *with, gfp_t gfp)
{
	struct kown_array_iter rest;
	struct kown_vec wait = {};
	int err = kown_vec_extend(&wait, drain->elem, with, gfp);
	int no_room = wait.len ? widen(drain, wait.len, gfp) : 0;

	if (!no_room) {
		kown_array_iter_init(&rest, drain->elem, kown_vec_at(&wait, drain->elem, 0),
				     wait.len);
		no_room = fill(drain, &rest.iter);
		wait.len = 0;
	}
	kown_vec_free(&wait, drain->elem);
	return err ? err : no_room;
}

static int replace(struct kown_drain *drain, struct kown_iter *with, gfp_t gfp)
{
	int more;

	if (!drain->tail_len)
		return kown_vec_extend(drain->vec, drain->elem, with, gfp);
	more = fill(drain, with);
	if (more <= 0)
		return more;
	if (with->hint) {
		int err = widen(drain, with->hint, gfp);

		/* What may be a guess must not cost an element. */
		if (err && with->exact)
			return err;
		more = err ? 1 : fill(drain, with);
		if (more <= 0)
			return more;
	}
	return fill_unknown(drain, with, gfp);
}

/**
 * kown_splice_finish() - finish a drain, and put other elements in the range's place
 * @removed: the guard; it guards nothing afterwards. What was not taken is dropped
 * @with: the elements
 * @gfp: how to allocate
 *
 * The drop of Rust's Splice. The tail moves at most twice if @with knows at least how
 * many elements it has, and once more if it does not.
 *
 * Context: As @gfp says, as @with, and as the elements' drop.
 * Return: 0; -EINVAL if @removed guards nothing; or -EOVERFLOW, -ENOMEM or what @with
 * returned: then the vec has those elements for which there was room, and its tail. If
 * @with is not exact, elements that it gave and that found no room are dropped.
 */
int kown_splice_finish(struct kown_drain *removed, struct kown_iter *with, gfp_t gfp)
{
	int err;

	if (!removed->vec)
		return -EINVAL;
	kown_drain_drop_rest(removed);
	err = replace(removed, with, gfp);
	kown_drain_finish(removed);
	return err;
}
EXPORT_SYMBOL_KOWN(kown_splice_finish);

/**
 * kown_vec_splice() - replace a range by other elements (Vec::splice)
 * @vec: the vec
 * @elem: its element type
 * @start: index of the first to drop
 * @count: how many
 * @with: what comes in their place
 * @gfp: how to allocate
 *
 * Context: As kown_splice_finish().
 * Return: -ERANGE, and @vec is as it was; else as kown_splice_finish().
 */
int kown_vec_splice(struct kown_vec *vec, const struct kown_type *elem, size_t start,
		    size_t count, struct kown_iter *with, gfp_t gfp)
{
	struct kown_drain removed;
	int err = kown_drain_begin(&removed, vec, elem, start, count);

	return err ? err : kown_splice_finish(&removed, with, gfp);
}
EXPORT_SYMBOL_KOWN(kown_vec_splice);
