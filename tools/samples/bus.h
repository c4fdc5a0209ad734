/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A message bus. What it is made of is nobody's business: bus_kown.c and bus_kref.c are
 * two ways to do the same.
 */
#ifndef _BUS_H
#define _BUS_H

#include <linux/poll.h>
#include <linux/types.h>

#include "bus_uapi.h"

struct bus;
struct bus_port;

extern const char * const bus_name;

struct bus *bus_new(void);		/* NULL: no memory */
void bus_put(struct bus *bus);

struct bus_port *bus_join(struct bus *bus);	/* or an error pointer */
void bus_leave(struct bus_port *port);

/* Each returns 0 or an errno; receive, how many bytes there were. */
int bus_send(struct bus_port *port, const void __user *bytes, size_t len);
ssize_t bus_receive(struct bus_port *port, void __user *bytes, size_t size, bool wait);
int bus_flush(struct bus_port *port);

__poll_t bus_poll(struct bus_port *port, struct file *file, poll_table *table);
void bus_stat(struct bus_port *port, struct bus_stats *stats);

#endif /* _BUS_H */
