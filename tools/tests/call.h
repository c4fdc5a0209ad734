/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A call of each command that would succeed, and change something if the command can;
 * for tests that then make one thing of it wrong.
 */
#ifndef CALL_H
#define CALL_H

#include <assert.h>
#include <stddef.h>

#include "kown_test.h"

#define CALL_LEN	512	/* elements of 8 bytes that the object has, or about */

/* What the struct points to. */
struct call_room {
	__u32 handle;
	__u64 elem;
	unsigned char bits;
};

/* @number is a handle, or what else the command names: IMPORT a descriptor. */
static inline void call_handles(union kown_arg *a, unsigned int cmd, __u32 number,
				struct call_room *room)
{
	switch (cmd) {
	case KOWN_IOC_INFO:
		kown_blank(a, sizeof(a->info));
		break;
	case KOWN_IOC_NEW:
		kown_blank(a, sizeof(a->new));
		a->new.mode = KOWN_MODE_SHARED;
		a->new.elem_size = 8;
		a->new.cap = 1;
		a->new.count = 0;
		a->new.handles = 0;
		break;
	case KOWN_IOC_CLONE:
	case KOWN_IOC_DOWNGRADE:
	case KOWN_IOC_UPGRADE:
	case KOWN_IOC_CLONE_DATA:
		kown_blank(a, sizeof(a->clone));
		a->clone.handle = number;
		a->clone.rights = KOWN_RIGHTS_SAME;
		a->clone.count = 0;
		a->clone.handles = 0;
		break;
	case KOWN_IOC_DROP:
		kown_blank(a, sizeof(a->drop));
		room->handle = number;
		a->drop.handles = ptr_to_u64(&room->handle);
		a->drop.count = 1;
		break;
	case KOWN_IOC_STAT:
		kown_blank(a, sizeof(a->stat));
		a->stat.handle = number;
		break;
	case KOWN_IOC_EXPORT:
		kown_blank(a, sizeof(a->export));
		a->export.handle = number;
		a->export.rights = KOWN_RIGHTS_SAME;
		a->export.__reserved = 0;
		break;
	case KOWN_IOC_IMPORT:
		kown_blank(a, sizeof(a->import));
		a->import.fd = number;
		a->import.rights = KOWN_RIGHTS_SAME;
		a->import.__reserved = 0;
		break;
	case KOWN_IOC_INTO_INNER:
	case KOWN_IOC_TAKE:
	case KOWN_IOC_MAKE_MUT:
		kown_blank(a, sizeof(a->own));
		a->own.handle = number;
		break;
	case KOWN_IOC_LOCK:
		kown_blank(a, sizeof(a->lock));
		a->lock.handle = number;
		a->lock.deadline = 0;
		a->lock.__reserved = 0;
		break;
	case KOWN_IOC_UNLOCK:
	case KOWN_IOC_CLEAR_POISON:
		kown_blank(a, sizeof(a->unlock));
		a->unlock.handle = number;
		a->unlock.__reserved = 0;
		break;
	}
}

/* One element, at index 1 where there is an index. */
static inline void call_elements(union kown_arg *a, unsigned int cmd, __u32 handle,
				 struct call_room *room)
{
	switch (cmd) {
	case KOWN_IOC_PUSH:
		kown_blank(a, sizeof(a->push));
		a->push.handle = handle;
		a->push.data = ptr_to_u64(&room->elem);
		a->push.count = 1;
		a->push.__reserved = 0;
		break;
	case KOWN_IOC_POP:
	case KOWN_IOC_POP_FRONT:
		kown_blank(a, sizeof(a->pop));
		a->pop.handle = handle;
		a->pop.data = ptr_to_u64(&room->elem);
		a->pop.count = 1;
		a->pop.__reserved = 0;
		break;
	case KOWN_IOC_READ:
		kown_blank(a, sizeof(a->read));
		a->read.handle = handle;
		a->read.data = ptr_to_u64(&room->elem);
		a->read.start = 1;
		a->read.count = 1;
		a->read.__reserved = 0;
		break;
	case KOWN_IOC_INSERT:
	case KOWN_IOC_REMOVE:
	case KOWN_IOC_SWAP_REMOVE:
	case KOWN_IOC_WRITE:
	case KOWN_IOC_FILL:
	case KOWN_IOC_EXTEND_WITHIN:
		kown_blank(a, sizeof(a->range));
		a->range.handle = handle;
		a->range.data = cmd == KOWN_IOC_EXTEND_WITHIN ? 0 : ptr_to_u64(&room->elem);
		a->range.start = 1;
		a->range.count = 1;
		a->range.__reserved = 0;
		break;
	case KOWN_IOC_DRAIN:
		kown_blank(a, sizeof(a->drain));
		a->drain.handle = handle;
		a->drain.data = ptr_to_u64(&room->elem);
		a->drain.start = 1;
		a->drain.count = 1;
		a->drain.__reserved = 0;
		break;
	case KOWN_IOC_SPLICE:
		kown_blank(a, sizeof(a->splice));
		a->splice.handle = handle;
		a->splice.removed = ptr_to_u64(&room->elem);
		a->splice.data = ptr_to_u64(&room->elem);
		a->splice.start = 1;
		a->splice.count = 1;
		a->splice.insert = 1;
		a->splice.__reserved = 0;
		break;
	}
}

/* The object as a whole, or a mask of it; @other is for the commands of two objects. */
static inline void call_objects(union kown_arg *a, unsigned int cmd, __u32 handle,
				__u32 other, struct call_room *room)
{
	switch (cmd) {
	case KOWN_IOC_TRUNCATE:
	case KOWN_IOC_RESIZE:
		kown_blank(a, sizeof(a->resize));
		a->resize.handle = handle;
		a->resize.len = cmd == KOWN_IOC_RESIZE ? CALL_LEN + 1 : CALL_LEN - 1;
		a->resize.data = cmd == KOWN_IOC_RESIZE ? ptr_to_u64(&room->elem) : 0;
		a->resize.__reserved = 0;
		break;
	case KOWN_IOC_RESERVE:
	case KOWN_IOC_SHRINK:
		kown_blank(a, sizeof(a->reserve));
		a->reserve.handle = handle;
		a->reserve.count = cmd == KOWN_IOC_RESERVE ? 4 * CALL_LEN : 0;
		a->reserve.__reserved = 0;
		break;
	case KOWN_IOC_RETAIN:
	case KOWN_IOC_EXTRACT:
		/* Each takes one. */
		room->bits = cmd == KOWN_IOC_RETAIN ? 0xfe : 0x01;
		kown_blank(a, sizeof(a->mask));
		a->mask.handle = handle;
		a->mask.start = 1;
		a->mask.count = 8;
		a->mask.mask = ptr_to_u64(&room->bits);
		a->mask.data = cmd == KOWN_IOC_RETAIN ? 0 : ptr_to_u64(&room->elem);
		a->mask.__reserved = 0;
		break;
	case KOWN_IOC_DEDUP:
		kown_blank(a, sizeof(a->dedup));
		a->dedup.handle = handle;
		a->dedup.__reserved = 0;
		break;
	case KOWN_IOC_APPEND:
	case KOWN_IOC_COPY_FROM:
		kown_blank(a, sizeof(a->append));
		a->append.handle = handle;
		a->append.other = other;
		a->append.start = cmd == KOWN_IOC_COPY_FROM;
		a->append.count = cmd == KOWN_IOC_COPY_FROM;
		break;
	case KOWN_IOC_SPLIT_OFF:
		kown_blank(a, sizeof(a->split_off));
		a->split_off.handle = handle;
		a->split_off.start = 1;
		break;
	}
}

/* Outputs are a pattern. */
static inline void call_make(union kown_arg *a, unsigned int cmd, __u32 handle,
			     __u32 other, struct call_room *room)
{
	call_handles(a, cmd, handle, room);
	call_elements(a, cmd, handle, room);
	call_objects(a, cmd, handle, other, room);
}

/* Of those commands that make handles: make so many. */
static inline void call_many(union kown_arg *a, unsigned int cmd, __u32 *handles, __u32 count)
{
	if (cmd == KOWN_IOC_NEW) {
		a->new.handles = ptr_to_u64(handles);
		a->new.count = count;
		return;
	}
	a->clone.handles = ptr_to_u64(handles);
	a->clone.count = count;
}

/* REMOVE, SWAP_REMOVE, DRAIN and SPLICE: what is removed goes nowhere. */
static inline void call_discard(union kown_arg *a)
{
	static_assert(offsetof(struct kown_range, data) == offsetof(struct kown_drain, data),
		      "");
	static_assert(offsetof(struct kown_range, data) ==
		      offsetof(struct kown_splice, removed), "");
	a->word[1] = KOWN_DISCARD;
	a->range.data = 0;
}

#endif /* CALL_H */
