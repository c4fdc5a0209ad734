// SPDX-License-Identifier: GPL-2.0
/*
 * Iter: elements out of an array.
 */
#include <linux/string.h>

#include <kown/compat.h>
#include <kown/iter.h>

static int array_next(struct kown_iter *iter, void *to)
{
	struct kown_array_iter *array = container_of(iter, struct kown_array_iter, iter);

	memcpy(to, array->at, array->elem->size);
	array->at += array->elem->size;
	return 1;
}

/**
 * kown_array_iter_init() - an iterator over an array
 * @iter: uninitialised
 * @elem: the type of the elements
 * @first: the first of them; who takes an element from the iterator owns it
 * @count: how many
 *
 * Context: Any.
 */
void kown_array_iter_init(struct kown_array_iter *iter, const struct kown_type *elem,
			  const void *first, size_t count)
{
	*iter = (struct kown_array_iter){
		.iter = { .next = array_next, .hint = count, .exact = true },
		.at = first,
		.elem = elem,
	};
}
EXPORT_SYMBOL_KOWN(kown_array_iter_init);
