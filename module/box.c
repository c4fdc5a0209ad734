// SPDX-License-Identifier: GPL-2.0
/*
 * Box: a value and its memory.
 */
#include <linux/align.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include <kown/box.h>
#include <kown/compat.h>

#include "drop.h"
#include "memory.h"

/*
 * A box whose type is KOWN_BOX_ITERATIVE has room before the value to wait in line:
 *
 *	base                    value
 *	| padding | struct line | ...
 */
struct line {
	struct callback_head head;
	const struct kown_box_type *type;
};

static size_t header_size(const struct kown_box_type *type)
{
	if (!(type->flags & KOWN_BOX_ITERATIVE))
		return 0;
	return ALIGN(sizeof(struct line), max_t(size_t, type->value.align, 1));
}

static struct line *line_of(void *box)
{
	return (struct line *)box - 1;
}

/**
 * kown_box_new_uninit() - memory for a value (Box::new_uninit)
 * @type: the type
 * @gfp: how to allocate; with __GFP_ZERO the memory is zero (Box::new_zeroed)
 *
 * Context: As @gfp says.
 * Return: the box, whose value the caller writes before it calls anything but
 * kown_box_free_uninit(); NULL if there is no memory.
 */
void *kown_box_new_uninit(const struct kown_box_type *type, gfp_t gfp)
{
	size_t header = header_size(type);
	void *base = kown_memory_alloc(header + type->value.size, type->value.align,
				       gfp);

	return base ? base + header : NULL;
}
EXPORT_SYMBOL_KOWN(kown_box_new_uninit);

/**
 * kown_box_new() - own a value (Box::new)
 * @type: the type
 * @value: moved in, if the call succeeds
 * @gfp: how to allocate
 *
 * Context: As @gfp says.
 * Return: the box, the caller's; NULL if there is no memory.
 */
void *kown_box_new(const struct kown_box_type *type, const void *value, gfp_t gfp)
{
	void *box = kown_box_new_uninit(type, gfp);

	return box ? memcpy(box, value, type->value.size) : NULL;
}
EXPORT_SYMBOL_KOWN(kown_box_new);

/**
 * kown_box_clone() - another box of an equal value (Box::clone)
 * @type: the type
 * @box: stays as it is
 * @gfp: how to allocate
 *
 * Context: As @gfp says, and as the type's clone.
 * Return: the box, the caller's; -ENOMEM; what the type's clone returned; -EOPNOTSUPP
 * if it has none, though dropping does something.
 */
void *kown_box_clone(const struct kown_box_type *type, const void *box, gfp_t gfp)
{
	void *clone = kown_box_new_uninit(type, gfp);
	int err;

	if (!clone)
		return ERR_PTR(-ENOMEM);
	err = kown_type_clone(&type->value, clone, box, gfp);
	if (err) {
		kown_box_free_uninit(type, clone);
		return ERR_PTR(err);
	}
	return clone;
}
EXPORT_SYMBOL_KOWN(kown_box_clone);

/**
 * kown_box_free_uninit() - give the memory back, and nothing else
 * @type: the type
 * @box: its value was never there or has moved out; or NULL
 *
 * Context: Any but NMI.
 */
void kown_box_free_uninit(const struct kown_box_type *type, void *box)
{
	if (box)
		kown_memory_free(box - header_size(type),
				 header_size(type) + type->value.size);
}
EXPORT_SYMBOL_KOWN(kown_box_free_uninit);

/**
 * kown_box_into_inner() - move the value out (Box::into_inner)
 * @type: the type
 * @box: the caller's no more
 * @to: memory for a value, which the caller owns now
 *
 * Context: Any but NMI.
 */
void kown_box_into_inner(const struct kown_box_type *type, void *box, void *to)
{
	memcpy(to, box, type->value.size);
	kown_box_free_uninit(type, box);
}
EXPORT_SYMBOL_KOWN(kown_box_into_inner);

static void drop_and_free(const struct kown_box_type *type, void *box)
{
	if (type->value.drop)
		type->value.drop(box);
	kown_box_free_uninit(type, box);
}

static void drop_and_free_in_turn(struct callback_head *head)
{
	struct line *line = container_of(head, struct line, head);

	drop_and_free(line->type, line + 1);
}

/**
 * kown_box_free() - drop the value and give the memory back (drop of a Box)
 * @type: the type
 * @box: the caller's no more; or NULL
 *
 * Context: As the type's drop; not NMI. Any thread.
 */
void kown_box_free(const struct kown_box_type *type, void *box)
{
	if (!box)
		return;
	if (!(type->flags & KOWN_BOX_ITERATIVE)) {
		drop_and_free(type, box);
		return;
	}
	line_of(box)->type = type;
	kown_drop_in_turn(&line_of(box)->head, drop_and_free_in_turn);
}
EXPORT_SYMBOL_KOWN(kown_box_free);
