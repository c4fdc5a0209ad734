// SPDX-License-Identifier: GPL-2.0
/*
 * IntoIter: a vec is used up.
 */
#include <kown/compat.h>
#include <kown/into_iter.h>

/**
 * kown_vec_into_iter() - take a vec apart (Vec::into_iter)
 * @vec: the vec; empty and usable afterwards
 * @elem: its element type
 *
 * Context: Any.
 * Return: an iterator that owns the elements and the memory.
 */
struct kown_into_iter kown_vec_into_iter(struct kown_vec *vec,
					 const struct kown_type *elem)
{
	struct kown_into_iter iter = {
		.raw = vec->raw,
		.elem = elem,
		.rest = kown_cursor(&vec->raw, elem->size, 0, vec->len),
	};

	*vec = (struct kown_vec){};
	return iter;
}
EXPORT_SYMBOL_KOWN(kown_vec_into_iter);

/**
 * kown_into_iter_into_vec() - make what was not taken a vec again
 * @iter: the iterator; it has nothing afterwards
 * @vec: uninitialised; it gets the memory, all of it
 *
 * What Rust does for into_iter().collect(), without the special case.
 *
 * Context: Any.
 */
void kown_into_iter_into_vec(struct kown_into_iter *iter, struct kown_vec *vec)
{
	size_t len = kown_into_iter_len(iter);

	*vec = (struct kown_vec){ .raw = iter->raw, .len = len };
	if (len)
		kown_vec_move(iter->elem, kown_vec_at(vec, iter->elem, 0),
			      kown_cursor_rest(&iter->rest, iter->elem->size), len);
	*iter = (struct kown_into_iter){};
}
EXPORT_SYMBOL_KOWN(kown_into_iter_into_vec);

/**
 * kown_into_iter_finish() - drop what was not taken (drop of an IntoIter)
 * @iter: the iterator, or one that has nothing; it has nothing afterwards
 *
 * Context: As the elements' drop; then as kown_vec_free().
 */
void kown_into_iter_finish(struct kown_into_iter *iter)
{
	size_t rest = kown_into_iter_len(iter);

	if (rest)
		kown_type_drop_n(iter->elem,
				 kown_cursor_rest(&iter->rest, iter->elem->size), rest);
	kown_raw_vec_free(&iter->raw);
	*iter = (struct kown_into_iter){};
}
EXPORT_SYMBOL_KOWN(kown_into_iter_finish);
