// SPDX-License-Identifier: GPL-2.0
/*
 * ExtractIf: some elements of a range are on their way out.
 */
#include <kown/compat.h>
#include <kown/extract_if.h>

/**
 * kown_extract_if_begin() - take elements of a range out by a predicate
 * @extract: uninitialised
 * @vec: the vec, which ends where the range begins until the guard is finished
 * @elem: its element type
 * @start: index of the first
 * @count: how many
 *
 * Vec::extract_if.
 *
 * Context: Any.
 * Return: 0, and the guard owns the vec; or -ERANGE, @vec is as it was, and the guard
 * may be finished, or not.
 */
int kown_extract_if_begin(struct kown_extract_if *extract, struct kown_vec *vec,
			  const struct kown_type *elem, size_t start, size_t count)
{
	*extract = (struct kown_extract_if){};
	if (!kown_vec_has(vec, start, count))
		return -ERANGE;
	*extract = (struct kown_extract_if){
		.vec = vec,
		.elem = elem,
		.kept = start,
		.next = start,
		.end = start + count,
		.len = vec->len,
	};
	vec->len = start;
	return 0;
}
EXPORT_SYMBOL_KOWN(kown_extract_if_begin);

/**
 * kown_extract_if_finish() - close the holes (drop of an ExtractIf)
 * @extract: the guard, or one that guards nothing; it guards nothing afterwards
 *
 * What was not asked about stays in the vec.
 *
 * Context: Any.
 * Return: 0, or what the predicate returned when it failed.
 */
int kown_extract_if_finish(struct kown_extract_if *extract)
{
	struct kown_vec *vec = extract->vec;
	size_t rest = extract->len - extract->next;
	int err = extract->err;

	if (!vec)
		return 0;
	if (extract->kept != extract->next)
		kown_vec_move(extract->elem, kown_vec_at(vec, extract->elem, extract->kept),
			      kown_vec_at(vec, extract->elem, extract->next), rest);
	vec->len = extract->kept + rest;
	*extract = (struct kown_extract_if){};
	return err;
}
EXPORT_SYMBOL_KOWN(kown_extract_if_finish);
