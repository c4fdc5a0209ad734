/* SPDX-License-Identifier: GPL-2.0 */
/* Tracepoints that nobody listens to. */
#ifndef _LINUX_TRACEPOINT_H
#define _LINUX_TRACEPOINT_H

#define TP_PROTO(args...)	args
#define DECLARE_EVENT_CLASS(name, proto, args, fields, assign, print)
#define DEFINE_EVENT(class, name, proto, args)	static inline void trace_##name(proto) {}
#define DEFINE_EVENT_FN(class, name, proto, args, reg, unreg) \
	DEFINE_EVENT(class, name, PARAMS(proto), PARAMS(args))
#define PARAMS(args...)		args

#endif /* _LINUX_TRACEPOINT_H */
