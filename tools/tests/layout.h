/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Size and offsets of each struct of the ABI, the same for 32 and 64 bit. To
 * include it is to check it; a field added in the middle does not compile.
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#include <assert.h>
#include <stddef.h>

#include <linux/kown.h>

#define SIZE(type, bytes) \
	static_assert(sizeof(struct kown_##type) == (bytes), #type)
#define AT(type, field, offset) \
	static_assert(offsetof(struct kown_##type, field) == (offset), \
		       #type "." #field)

SIZE(info, 200);
AT(info, size, 0);
AT(info, flags, 4);
AT(info, commands, 8);
AT(info, modes, 16);
AT(info, rights, 20);
AT(info, max_elem_size, 24);
AT(info, max_handles, 28);
AT(info, max_bytes, 32);
AT(info, objects, 40);
AT(info, handles, 48);
AT(info, bytes, 56);
AT(info, all_objects, 64);
AT(info, all_handles, 72);
AT(info, all_bytes, 80);
AT(info, max_objects, 88);
AT(info, max_user_objects, 96);
AT(info, max_user_handles, 104);
AT(info, max_user_bytes, 112);
AT(info, user_objects, 120);
AT(info, user_handles, 128);
AT(info, user_bytes, 136);
AT(info, user_contexts, 144);
AT(info, user_descriptors, 152);
AT(info, descriptors, 160);
AT(info, all_contexts, 168);
AT(info, all_descriptors, 176);
AT(info, max_user_locks, 184);
AT(info, user_locks, 192);

SIZE(new, 48);
AT(new, size, 0);
AT(new, flags, 4);
AT(new, mode, 8);
AT(new, elem_size, 12);
AT(new, cap, 16);
AT(new, object, 24);
AT(new, handle, 32);
AT(new, count, 36);
AT(new, handles, 40);

SIZE(clone, 32);
AT(clone, size, 0);
AT(clone, flags, 4);
AT(clone, handle, 8);
AT(clone, rights, 12);
AT(clone, new_handle, 16);
AT(clone, count, 20);
AT(clone, handles, 24);

SIZE(drop, 24);
AT(drop, size, 0);
AT(drop, flags, 4);
AT(drop, handles, 8);
AT(drop, count, 16);
AT(drop, done, 20);

SIZE(stat, 64);
AT(stat, size, 0);
AT(stat, flags, 4);
AT(stat, handle, 8);
AT(stat, rights, 12);
AT(stat, object, 16);
AT(stat, strong, 24);
AT(stat, weak, 28);
AT(stat, mode, 32);
AT(stat, elem_size, 36);
AT(stat, len, 40);
AT(stat, cap, 48);
AT(stat, state, 56);
AT(stat, owner, 60);

SIZE(push, 40);
AT(push, size, 0);
AT(push, flags, 4);
AT(push, handle, 8);
AT(push, __reserved, 12);
AT(push, data, 16);
AT(push, count, 24);
AT(push, index, 32);

SIZE(pop, 40);
AT(pop, size, 0);
AT(pop, flags, 4);
AT(pop, handle, 8);
AT(pop, __reserved, 12);
AT(pop, data, 16);
AT(pop, count, 24);
AT(pop, taken, 32);

SIZE(read, 40);
AT(read, size, 0);
AT(read, flags, 4);
AT(read, handle, 8);
AT(read, __reserved, 12);
AT(read, start, 16);
AT(read, count, 24);
AT(read, data, 32);

SIZE(export, 24);
AT(export, size, 0);
AT(export, flags, 4);
AT(export, handle, 8);
AT(export, rights, 12);
AT(export, fd, 16);
AT(export, __reserved, 20);

SIZE(import, 24);
AT(import, size, 0);
AT(import, flags, 4);
AT(import, fd, 8);
AT(import, rights, 12);
AT(import, handle, 16);
AT(import, __reserved, 20);

SIZE(own, 24);
AT(own, size, 0);
AT(own, flags, 4);
AT(own, handle, 8);
AT(own, how, 12);
AT(own, object, 16);

SIZE(lock, 24);
AT(lock, size, 0);
AT(lock, flags, 4);
AT(lock, handle, 8);
AT(lock, __reserved, 12);
AT(lock, deadline, 16);

SIZE(unlock, 16);
AT(unlock, size, 0);
AT(unlock, flags, 4);
AT(unlock, handle, 8);
AT(unlock, __reserved, 12);

SIZE(range, 40);
AT(range, size, 0);
AT(range, flags, 4);
AT(range, handle, 8);
AT(range, __reserved, 12);
AT(range, start, 16);
AT(range, count, 24);
AT(range, data, 32);

SIZE(drain, 48);
AT(drain, size, 0);
AT(drain, flags, 4);
AT(drain, handle, 8);
AT(drain, __reserved, 12);
AT(drain, start, 16);
AT(drain, count, 24);
AT(drain, data, 32);
AT(drain, taken, 40);

SIZE(splice, 56);
AT(splice, size, 0);
AT(splice, flags, 4);
AT(splice, handle, 8);
AT(splice, __reserved, 12);
AT(splice, start, 16);
AT(splice, count, 24);
AT(splice, removed, 32);
AT(splice, data, 40);
AT(splice, insert, 48);

SIZE(resize, 32);
AT(resize, size, 0);
AT(resize, flags, 4);
AT(resize, handle, 8);
AT(resize, __reserved, 12);
AT(resize, len, 16);
AT(resize, data, 24);

SIZE(reserve, 32);
AT(reserve, size, 0);
AT(reserve, flags, 4);
AT(reserve, handle, 8);
AT(reserve, __reserved, 12);
AT(reserve, count, 16);
AT(reserve, cap, 24);

SIZE(mask, 56);
AT(mask, size, 0);
AT(mask, flags, 4);
AT(mask, handle, 8);
AT(mask, __reserved, 12);
AT(mask, start, 16);
AT(mask, count, 24);
AT(mask, mask, 32);
AT(mask, data, 40);
AT(mask, taken, 48);

SIZE(dedup, 24);
AT(dedup, size, 0);
AT(dedup, flags, 4);
AT(dedup, handle, 8);
AT(dedup, __reserved, 12);
AT(dedup, taken, 16);

SIZE(append, 40);
AT(append, size, 0);
AT(append, flags, 4);
AT(append, handle, 8);
AT(append, other, 12);
AT(append, start, 16);
AT(append, count, 24);
AT(append, index, 32);

SIZE(split_off, 32);
AT(split_off, size, 0);
AT(split_off, flags, 4);
AT(split_off, handle, 8);
AT(split_off, new_handle, 12);
AT(split_off, start, 16);
AT(split_off, object, 24);

#undef SIZE
#undef AT

#define NUMBER(name, nr) \
	static_assert(KOWN_IOC_##name == (0xbd00 | (nr)), #name)

NUMBER(INFO, 0);
NUMBER(NEW, 1);
NUMBER(CLONE, 2);
NUMBER(DROP, 3);
NUMBER(STAT, 4);
NUMBER(PUSH, 5);
NUMBER(POP, 6);
NUMBER(READ, 7);
NUMBER(EXPORT, 8);
NUMBER(IMPORT, 9);
NUMBER(DOWNGRADE, 10);
NUMBER(UPGRADE, 11);
NUMBER(INTO_INNER, 12);
NUMBER(TAKE, 13);
NUMBER(MAKE_MUT, 14);
NUMBER(LOCK, 15);
NUMBER(UNLOCK, 16);
NUMBER(CLEAR_POISON, 17);
NUMBER(POP_FRONT, 18);
NUMBER(INSERT, 19);
NUMBER(REMOVE, 20);
NUMBER(SWAP_REMOVE, 21);
NUMBER(DRAIN, 22);
NUMBER(SPLICE, 23);
NUMBER(WRITE, 24);
NUMBER(FILL, 25);
NUMBER(TRUNCATE, 26);
NUMBER(RESIZE, 27);
NUMBER(RESERVE, 28);
NUMBER(SHRINK, 29);
NUMBER(RETAIN, 30);
NUMBER(EXTRACT, 31);
NUMBER(DEDUP, 32);
NUMBER(EXTEND_WITHIN, 33);
NUMBER(APPEND, 34);
NUMBER(COPY_FROM, 35);
NUMBER(SPLIT_OFF, 36);
NUMBER(CLONE_DATA, 37);

#undef NUMBER

#endif /* LAYOUT_H */
