// SPDX-License-Identifier: GPL-2.0
/*
 * Arc: what happens after the last strong reference.
 */
#include <linux/build_bug.h>

#include <kown/arc.h>
#include <kown/compat.h>

static_assert(sizeof(struct kown_arc) == 8 + sizeof(void *));

static void weak_put(struct kown_arc *arc)
{
	if (!atomic_dec_and_test(&arc->weak))
		return;
	arc->type->free(arc);
}

/*
 * The caller took strong to 0 and owns the value alone. The strong references'
 * shared weak one keeps the memory until drop() has returned.
 */
void __kown_arc_drop(struct kown_arc *arc)
{
	if (arc->type->drop)
		arc->type->drop(arc);
	weak_put(arc);
}
EXPORT_SYMBOL_KOWN(__kown_arc_drop);
