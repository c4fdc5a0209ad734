/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints of the device: what each call came to, the births and deaths of objects,
 * and their locks. Objects are named by their ids, as STAT does. In bpftrace:
 *
 *	tracepoint:kown:kown_command /args->error/ { @[comm, args->name, args->error] = count(); }
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kown

#if !defined(_KOWN_DEVICE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _KOWN_DEVICE_TRACE_H

#include <linux/string.h>
#include <linux/tracepoint.h>

#include "object.h"

#define KOWN_TRACE_COMMAND	16

/* An ioctl, or a system call on a descriptor; the object is 0 if it came to none. */
TRACE_EVENT(kown_command,
	TP_PROTO(const char *name, u64 object, long result),
	TP_ARGS(name, object, result),
	TP_STRUCT__entry(
		__field(u64, object)
		__field(int, error)
		__array(char, name, KOWN_TRACE_COMMAND)
	),
	TP_fast_assign(
		__entry->object = object;
		__entry->error = result < 0 ? result : 0;
		strscpy_pad(__entry->name, name, KOWN_TRACE_COMMAND);
	),
	TP_printk("name=%s object=%llu error=%d",
		  __entry->name, __entry->object, __entry->error)
);

DECLARE_EVENT_CLASS(kown_object,
	TP_PROTO(const struct kown_object *object),
	TP_ARGS(object),
	TP_STRUCT__entry(
		__field(u64, object)
		__field(u32, mode)
		__field(u32, elem_size)
		__field(u64, len)
		__field(u64, bytes)
	),
	TP_fast_assign(
		__entry->object = object->id;
		__entry->mode = object->mode;
		__entry->elem_size = object->elem.size;
		__entry->len = object->vec.len;
		__entry->bytes = kown_object_bytes(object);
	),
	TP_printk("object=%llu mode=%u elem_size=%u len=%llu bytes=%llu",
		  __entry->object, __entry->mode, __entry->elem_size, __entry->len,
		  __entry->bytes)
);

DEFINE_EVENT(kown_object, kown_object_birth,
	TP_PROTO(const struct kown_object *object), TP_ARGS(object));

/* The last strong reference is gone; the elements go now. */
DEFINE_EVENT(kown_object, kown_object_death,
	TP_PROTO(const struct kown_object *object), TP_ARGS(object));

DECLARE_EVENT_CLASS(kown_guard,
	TP_PROTO(const struct kown_object *object, pid_t owner, bool poisoned),
	TP_ARGS(object, owner, poisoned),
	TP_STRUCT__entry(
		__field(u64, object)
		__field(pid_t, owner)
		__field(bool, poisoned)
	),
	TP_fast_assign(
		__entry->object = object->id;
		__entry->owner = owner;
		__entry->poisoned = poisoned;
	),
	TP_printk("object=%llu owner=%d poisoned=%d",
		  __entry->object, __entry->owner, __entry->poisoned)
);

DEFINE_EVENT(kown_guard, kown_lock,
	TP_PROTO(const struct kown_object *object, pid_t owner, bool poisoned),
	TP_ARGS(object, owner, poisoned));

DEFINE_EVENT(kown_guard, kown_unlock,
	TP_PROTO(const struct kown_object *object, pid_t owner, bool poisoned),
	TP_ARGS(object, owner, poisoned));

/* Taken back from an owner who did not finish. */
DEFINE_EVENT(kown_guard, kown_poison,
	TP_PROTO(const struct kown_object *object, pid_t owner, bool poisoned),
	TP_ARGS(object, owner, poisoned));

DEFINE_EVENT(kown_guard, kown_clear_poison,
	TP_PROTO(const struct kown_object *object, pid_t owner, bool poisoned),
	TP_ARGS(object, owner, poisoned));

#endif /* _KOWN_DEVICE_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE device_trace
#include <trace/define_trace.h>
