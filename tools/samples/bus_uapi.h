/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The sample bus, as processes see it.
 *
 * Each open file is a port. write() sends one message to all other ports, read()
 * receives one, poll() says whether there is any, and fsync() returns when the last
 * message that the port has sent is no port's any more.
 *
 *	EINVAL    a message of no bytes
 *	EMSGSIZE  a message of more than BUS_MAX_MESSAGE, or than read() has room for;
 *	          it can still be read
 *	EAGAIN    O_NONBLOCK, and there is no message
 *	ENOBUFS   from read(), once: here messages are missing
 */
#ifndef _BUS_UAPI_H
#define _BUS_UAPI_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define BUS_MAX_MESSAGE	4000
#define BUS_MAX_UNREAD	64

/**
 * struct bus_stats - BUS_IOC_STATS
 * @size: in: of this struct, as the caller knows it
 * @ports: out: that are open
 * @unread: out: messages that this port can read
 * @reserved: out: 0
 * @sent: out: messages, by all ports
 */
struct bus_stats {
	__u32 size;
	__u32 ports;
	__u32 unread;
	__u32 reserved;
	__u64 sent;
};

#define BUS_IOC_STATS	_IOWR('b', 0, struct bus_stats)

#endif /* _BUS_UAPI_H */
