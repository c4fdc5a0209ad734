/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Source: what can be watched. All that it does is in <kown/watch.h>.
 */
#ifndef _KOWN_SOURCE_H
#define _KOWN_SOURCE_H

#include <linux/types.h>

/**
 * struct kown_source - what can be watched
 * @watches: in the order of registration
 * @serial: of the watch that was registered last
 * @dead: no watch can be registered
 *
 * One of the library's locks protects all of it; which, depends on the address.
 * A source does not move.
 */
struct kown_source {
	struct list_head watches;
	u64 serial;
	bool dead;
};

#endif /* _KOWN_SOURCE_H */
