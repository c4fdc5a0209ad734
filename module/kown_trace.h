/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints: the births and deaths of arcs. Not get and put: those stay as short as
 * they are. In bpftrace:
 *
 *	tracepoint:kown:kown_arc_drop /args->type == "foo"/ { @[kstack] = count(); }
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kown

#if !defined(_KOWN_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _KOWN_TRACE_H

#include <linux/string.h>
#include <linux/tracepoint.h>

#include <kown/arc.h>

#define KOWN_TRACE_NAME	32

int kown_trace_watch(void);
void kown_trace_unwatch(void);

DECLARE_EVENT_CLASS(kown_arc,
	TP_PROTO(const struct kown_arc *arc),
	TP_ARGS(arc),
	TP_STRUCT__entry(
		__field(const void *, value)
		__field(int, weak)
		__array(char, type, KOWN_TRACE_NAME)
	),
	TP_fast_assign(
		__entry->value = kown_arc_value(arc);
		__entry->weak = atomic_read(&arc->weak);
		strscpy(__entry->type, arc->type->value.name, KOWN_TRACE_NAME);
	),
	TP_printk("type=%s value=%p weak=%d",
		  __entry->type, __entry->value, __entry->weak)
);

/* Memory for a value, or the counts of one that embeds them. */
DEFINE_EVENT_FN(kown_arc, kown_arc_new,
	TP_PROTO(const struct kown_arc *arc), TP_ARGS(arc),
	kown_trace_watch, kown_trace_unwatch);

/* Nobody owns the value any more; the drop follows, soon if it is deferred. */
DEFINE_EVENT_FN(kown_arc, kown_arc_last_put,
	TP_PROTO(const struct kown_arc *arc), TP_ARGS(arc),
	kown_trace_watch, kown_trace_unwatch);

/* The type's drop is about to run. */
DEFINE_EVENT_FN(kown_arc, kown_arc_drop,
	TP_PROTO(const struct kown_arc *arc), TP_ARGS(arc),
	kown_trace_watch, kown_trace_unwatch);

/* Somebody wanted the value and came too late, or too early. */
DEFINE_EVENT(kown_arc, kown_arc_upgrade_failed,
	TP_PROTO(const struct kown_arc *arc), TP_ARGS(arc));

#endif /* _KOWN_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE kown_trace
#include <trace/define_trace.h>
