/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The layout of the ABI, pinned. It is the same for 32 and 64 bit and never changes;
 * structs only grow at their end.
 */
#ifndef _KOWN_ABI_H
#define _KOWN_ABI_H

#include <linux/build_bug.h>
#include <linux/stddef.h>

#include <uapi/linux/kown.h>

/* Each field of @size bytes begins at @offset, where the one before it ended. */
#define FIELD(type, field, offset, size)				\
	static_assert(offsetof(struct type, field) == (offset) &&	\
		      sizeof_field(struct type, field) == (size))
#define SIZE(type, size) \
	static_assert(sizeof(struct type) == (size) && (size) % 8 == 0)

FIELD(kown_info, size, 0, 4);
FIELD(kown_info, flags, 4, 4);
FIELD(kown_info, commands, 8, 8);
FIELD(kown_info, modes, 16, 4);
FIELD(kown_info, rights, 20, 4);
FIELD(kown_info, max_elem_size, 24, 4);
FIELD(kown_info, max_handles, 28, 4);
FIELD(kown_info, max_bytes, 32, 8);
FIELD(kown_info, objects, 40, 8);
FIELD(kown_info, handles, 48, 8);
FIELD(kown_info, bytes, 56, 8);
FIELD(kown_info, all_objects, 64, 8);
FIELD(kown_info, all_handles, 72, 8);
FIELD(kown_info, all_bytes, 80, 8);
FIELD(kown_info, max_objects, 88, 8);
FIELD(kown_info, max_user_objects, 96, 8);
FIELD(kown_info, max_user_handles, 104, 8);
FIELD(kown_info, max_user_bytes, 112, 8);
FIELD(kown_info, user_objects, 120, 8);
FIELD(kown_info, user_handles, 128, 8);
FIELD(kown_info, user_bytes, 136, 8);
FIELD(kown_info, user_contexts, 144, 8);
FIELD(kown_info, user_descriptors, 152, 8);
FIELD(kown_info, descriptors, 160, 8);
FIELD(kown_info, all_contexts, 168, 8);
FIELD(kown_info, all_descriptors, 176, 8);
FIELD(kown_info, max_user_locks, 184, 8);
FIELD(kown_info, user_locks, 192, 8);
SIZE(kown_info, 200);

FIELD(kown_new, size, 0, 4);
FIELD(kown_new, flags, 4, 4);
FIELD(kown_new, mode, 8, 4);
FIELD(kown_new, elem_size, 12, 4);
FIELD(kown_new, cap, 16, 8);
FIELD(kown_new, object, 24, 8);
FIELD(kown_new, handle, 32, 4);
FIELD(kown_new, count, 36, 4);
FIELD(kown_new, handles, 40, 8);
SIZE(kown_new, 48);

FIELD(kown_clone, size, 0, 4);
FIELD(kown_clone, flags, 4, 4);
FIELD(kown_clone, handle, 8, 4);
FIELD(kown_clone, rights, 12, 4);
FIELD(kown_clone, new_handle, 16, 4);
FIELD(kown_clone, count, 20, 4);
FIELD(kown_clone, handles, 24, 8);
SIZE(kown_clone, 32);

FIELD(kown_drop, size, 0, 4);
FIELD(kown_drop, flags, 4, 4);
FIELD(kown_drop, handles, 8, 8);
FIELD(kown_drop, count, 16, 4);
FIELD(kown_drop, done, 20, 4);
SIZE(kown_drop, 24);

FIELD(kown_stat, size, 0, 4);
FIELD(kown_stat, flags, 4, 4);
FIELD(kown_stat, handle, 8, 4);
FIELD(kown_stat, rights, 12, 4);
FIELD(kown_stat, object, 16, 8);
FIELD(kown_stat, strong, 24, 4);
FIELD(kown_stat, weak, 28, 4);
FIELD(kown_stat, mode, 32, 4);
FIELD(kown_stat, elem_size, 36, 4);
FIELD(kown_stat, len, 40, 8);
FIELD(kown_stat, cap, 48, 8);
FIELD(kown_stat, state, 56, 4);
FIELD(kown_stat, owner, 60, 4);
SIZE(kown_stat, 64);

FIELD(kown_push, size, 0, 4);
FIELD(kown_push, flags, 4, 4);
FIELD(kown_push, handle, 8, 4);
FIELD(kown_push, __reserved, 12, 4);
FIELD(kown_push, data, 16, 8);
FIELD(kown_push, count, 24, 8);
FIELD(kown_push, index, 32, 8);
SIZE(kown_push, 40);

FIELD(kown_pop, size, 0, 4);
FIELD(kown_pop, flags, 4, 4);
FIELD(kown_pop, handle, 8, 4);
FIELD(kown_pop, __reserved, 12, 4);
FIELD(kown_pop, data, 16, 8);
FIELD(kown_pop, count, 24, 8);
FIELD(kown_pop, taken, 32, 8);
SIZE(kown_pop, 40);

FIELD(kown_read, size, 0, 4);
FIELD(kown_read, flags, 4, 4);
FIELD(kown_read, handle, 8, 4);
FIELD(kown_read, __reserved, 12, 4);
FIELD(kown_read, start, 16, 8);
FIELD(kown_read, count, 24, 8);
FIELD(kown_read, data, 32, 8);
SIZE(kown_read, 40);

FIELD(kown_export, size, 0, 4);
FIELD(kown_export, flags, 4, 4);
FIELD(kown_export, handle, 8, 4);
FIELD(kown_export, rights, 12, 4);
FIELD(kown_export, fd, 16, 4);
FIELD(kown_export, __reserved, 20, 4);
SIZE(kown_export, 24);

FIELD(kown_import, size, 0, 4);
FIELD(kown_import, flags, 4, 4);
FIELD(kown_import, fd, 8, 4);
FIELD(kown_import, rights, 12, 4);
FIELD(kown_import, handle, 16, 4);
FIELD(kown_import, __reserved, 20, 4);
SIZE(kown_import, 24);

FIELD(kown_own, size, 0, 4);
FIELD(kown_own, flags, 4, 4);
FIELD(kown_own, handle, 8, 4);
FIELD(kown_own, how, 12, 4);
FIELD(kown_own, object, 16, 8);
SIZE(kown_own, 24);

FIELD(kown_lock, size, 0, 4);
FIELD(kown_lock, flags, 4, 4);
FIELD(kown_lock, handle, 8, 4);
FIELD(kown_lock, __reserved, 12, 4);
FIELD(kown_lock, deadline, 16, 8);
SIZE(kown_lock, 24);

FIELD(kown_unlock, size, 0, 4);
FIELD(kown_unlock, flags, 4, 4);
FIELD(kown_unlock, handle, 8, 4);
FIELD(kown_unlock, __reserved, 12, 4);
SIZE(kown_unlock, 16);

FIELD(kown_range, size, 0, 4);
FIELD(kown_range, flags, 4, 4);
FIELD(kown_range, handle, 8, 4);
FIELD(kown_range, __reserved, 12, 4);
FIELD(kown_range, start, 16, 8);
FIELD(kown_range, count, 24, 8);
FIELD(kown_range, data, 32, 8);
SIZE(kown_range, 40);

FIELD(kown_drain, size, 0, 4);
FIELD(kown_drain, flags, 4, 4);
FIELD(kown_drain, handle, 8, 4);
FIELD(kown_drain, __reserved, 12, 4);
FIELD(kown_drain, start, 16, 8);
FIELD(kown_drain, count, 24, 8);
FIELD(kown_drain, data, 32, 8);
FIELD(kown_drain, taken, 40, 8);
SIZE(kown_drain, 48);

FIELD(kown_splice, size, 0, 4);
FIELD(kown_splice, flags, 4, 4);
FIELD(kown_splice, handle, 8, 4);
FIELD(kown_splice, __reserved, 12, 4);
FIELD(kown_splice, start, 16, 8);
FIELD(kown_splice, count, 24, 8);
FIELD(kown_splice, removed, 32, 8);
FIELD(kown_splice, data, 40, 8);
FIELD(kown_splice, insert, 48, 8);
SIZE(kown_splice, 56);

FIELD(kown_resize, size, 0, 4);
FIELD(kown_resize, flags, 4, 4);
FIELD(kown_resize, handle, 8, 4);
FIELD(kown_resize, __reserved, 12, 4);
FIELD(kown_resize, len, 16, 8);
FIELD(kown_resize, data, 24, 8);
SIZE(kown_resize, 32);

FIELD(kown_reserve, size, 0, 4);
FIELD(kown_reserve, flags, 4, 4);
FIELD(kown_reserve, handle, 8, 4);
FIELD(kown_reserve, __reserved, 12, 4);
FIELD(kown_reserve, count, 16, 8);
FIELD(kown_reserve, cap, 24, 8);
SIZE(kown_reserve, 32);

FIELD(kown_mask, size, 0, 4);
FIELD(kown_mask, flags, 4, 4);
FIELD(kown_mask, handle, 8, 4);
FIELD(kown_mask, __reserved, 12, 4);
FIELD(kown_mask, start, 16, 8);
FIELD(kown_mask, count, 24, 8);
FIELD(kown_mask, mask, 32, 8);
FIELD(kown_mask, data, 40, 8);
FIELD(kown_mask, taken, 48, 8);
SIZE(kown_mask, 56);

FIELD(kown_dedup, size, 0, 4);
FIELD(kown_dedup, flags, 4, 4);
FIELD(kown_dedup, handle, 8, 4);
FIELD(kown_dedup, __reserved, 12, 4);
FIELD(kown_dedup, taken, 16, 8);
SIZE(kown_dedup, 24);

FIELD(kown_append, size, 0, 4);
FIELD(kown_append, flags, 4, 4);
FIELD(kown_append, handle, 8, 4);
FIELD(kown_append, other, 12, 4);
FIELD(kown_append, start, 16, 8);
FIELD(kown_append, count, 24, 8);
FIELD(kown_append, index, 32, 8);
SIZE(kown_append, 40);

FIELD(kown_split_off, size, 0, 4);
FIELD(kown_split_off, flags, 4, 4);
FIELD(kown_split_off, handle, 8, 4);
FIELD(kown_split_off, new_handle, 12, 4);
FIELD(kown_split_off, start, 16, 8);
FIELD(kown_split_off, object, 24, 8);
SIZE(kown_split_off, 32);

#undef FIELD
#undef SIZE

#endif /* _KOWN_ABI_H */
