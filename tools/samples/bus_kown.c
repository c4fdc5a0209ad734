// SPDX-License-Identifier: GPL-2.0
/*
 * The bus, with kown. bus_kref.c is its twin.
 *
 *	bus   -> ports      weakly: a port that has left is forgotten
 *	port  -> bus        strongly
 *	port  -> messages   strongly, in its inbox, until they are read
 *	port  ~  message    watches the last it sent, until nobody has that any more
 *
 * Locks: a port's outbox, then the bus's ports, then a port's inbox.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include <kown/compat.h>
#include <kown/mutex.h>
#include <kown/vec.h>
#include <kown/watch.h>

#include "bus.h"

const char * const bus_name = "kown_bus";

/**
 * struct message - immutable once it is shared
 * @counts: of who has it to read
 * @len: of @bytes
 * @bytes: from the sender
 */
struct message {
	struct kown_arc_watched counts;
	size_t len;
	u8 bytes[];
};

/* What message_new() has allocated. */
static void message_free(struct message *message)
{
	kfree(message);
}

KOWN_DEFINE_ARC_EMBEDDED(message, struct message, counts.linked.arc, NULL, message_free,
			 KOWN_ARC_WATCHED | KOWN_ARC_NOSLEEP)

static void inbox_drop(struct message **message)
{
	message_arc_put(*message);
}

KOWN_DEFINE_VEC(inbox, struct message *, inbox_drop, NULL)
KOWN_DEFINE_MUTEX(inbox, struct inbox_vec, inbox_vec_free)

/**
 * struct outbox - one message is sent at a time
 * @delivery: of the last one, watched by its sender
 */
struct outbox {
	struct kown_watch delivery;
};

static void outbox_drop(struct outbox *outbox)
{
	kown_watch_unregister(&outbox->delivery);
}

KOWN_DEFINE_MUTEX(outbox, struct outbox, outbox_drop)

/**
 * struct bus_port - who sends and receives
 * @bus: immutable
 * @inbox: poisoned where messages are missing
 * @outbox: see there
 * @unread: messages in @inbox; atomic
 * @delivered: the last message sent is nobody's any more; @outbox unsets it, and the
 *	watch in there sets it
 * @wait: for any of these
 */
struct bus_port {
	struct bus *bus;
	struct inbox_mutex inbox;
	struct outbox_mutex outbox;
	atomic_t unread;
	bool delivered;
	wait_queue_head_t wait;
};

static void port_drop(struct bus_port *port)
{
	outbox_mutex_free(&port->outbox);
	inbox_mutex_free(&port->inbox);
	bus_put(port->bus);
}

KOWN_DEFINE_ARC(port, struct bus_port, port_drop, NULL, KOWN_ARC_NOSLEEP)
KOWN_DEFINE_WEAK(port, struct bus_port)

static void ports_drop(struct port_weak **port)
{
	port_weak_put(*port);
}

KOWN_DEFINE_VEC(ports, struct port_weak *, ports_drop, NULL)
KOWN_DEFINE_MUTEX(ports, struct ports_vec, ports_vec_free)

/**
 * struct bus - all that can hear each other
 * @ports: some of which may have left
 * @sent: messages; atomic
 */
struct bus {
	struct ports_mutex ports;
	atomic64_t sent;
};

static void bus_drop(struct bus *bus)
{
	ports_mutex_free(&bus->ports);
}

KOWN_DEFINE_ARC(bus, struct bus, bus_drop, NULL, KOWN_ARC_NOSLEEP)

struct bus *bus_new(void)
{
	struct bus *bus = bus_arc_new_uninit(GFP_KERNEL);

	if (!bus)
		return NULL;
	ports_mutex_init(&bus->ports, NULL);
	atomic64_set(&bus->sent, 0);
	return bus_arc_share(bus);
}

void bus_put(struct bus *bus)
{
	bus_arc_put(bus);
}

static void port_note_delivery(struct kown_watch *watch, struct bus_port *port,
			       unsigned long event)
{
	WRITE_ONCE(port->delivered, true);
	wake_up_interruptible(&port->wait);
}

KOWN_DEFINE_WATCH(port_note_delivery, port, struct bus_port, port_note_delivery)

static int bus_add(struct bus *bus, struct bus_port *port)
{
	struct port_weak *weak __free(port_weak_put) = port_arc_downgrade(port);
	CLASS(ports_mutex, ports)(&bus->ports);
	int err = ports_vec_push(ports_mutex_data(&ports), &weak, GFP_KERNEL);

	if (!err)
		weak = NULL;
	return err;
}

struct bus_port *bus_join(struct bus *bus)
{
	struct bus_port *port = port_arc_new_uninit(GFP_KERNEL);
	int err;

	if (!port)
		return ERR_PTR(-ENOMEM);
	*port = (struct bus_port) { .bus = bus_arc_get(bus), .delivered = true };
	inbox_mutex_init(&port->inbox, NULL);
	outbox_mutex_init(&port->outbox, NULL);
	init_waitqueue_head(&port->wait);
	port_arc_share(port);

	err = bus_add(bus, port);
	if (err) {
		port_arc_put(port);
		return ERR_PTR(err);
	}
	return port;
}

void bus_leave(struct bus_port *port)
{
	port_arc_put(port);
}

static struct message *message_new(const void __user *bytes, size_t len)
{
	struct message *message;

	if (!len)
		return ERR_PTR(-EINVAL);
	if (len > BUS_MAX_MESSAGE)
		return ERR_PTR(-EMSGSIZE);
	message = kmalloc(struct_size(message, bytes, len), GFP_KERNEL);
	if (!message)
		return ERR_PTR(-ENOMEM);
	if (copy_from_user(message->bytes, bytes, len)) {
		message_free(message);
		return ERR_PTR(-EFAULT);
	}
	message->len = len;
	message_arc_init(message);
	return message;
}

/* Puts a message into an inbox, or leaves a hole there that its owner is told of. */
static void port_deliver(struct bus_port *port, struct message *message)
{
	CLASS(inbox_mutex, inbox)(&port->inbox);
	struct inbox_vec *messages = inbox_mutex_data(&inbox);

	if (inbox.err)
		return;
	if (messages->len == BUS_MAX_UNREAD ||
	    inbox_vec_push(messages, &message, GFP_KERNEL)) {
		inbox_mutex_fail(&inbox);
		return;
	}
	message_arc_get(message);
	atomic_inc(&port->unread);
}

struct delivery {
	struct bus_port *from;
	struct message *message;
};

/* For retain: 1, or 0 if the port has left. */
static int deliver_or_forget(struct port_weak **weak, void *context)
{
	struct bus_port *port __free(port_arc_put) = port_weak_upgrade(*weak);
	struct delivery *delivery = context;

	if (port && port != delivery->from) {
		port_deliver(port, delivery->message);
		wake_up_interruptible(&port->wait);
	}
	return !!port;
}

static int port_send(struct bus_port *port, struct message *message)
{
	CLASS(outbox_mutex_intr, outbox)(&port->outbox);
	struct delivery delivery = { .from = port, .message = message };
	struct kown_source *end = kown_arc_source(message_arc_upcast(message));
	struct bus *bus = port->bus;
	struct outbox *last;
	int err;

	if (outbox.err)
		return -ERESTARTSYS;
	/* When unregister returns, what was sent before can set delivered no more. */
	last = outbox_mutex_data(&outbox);
	kown_watch_unregister(&last->delivery);
	WRITE_ONCE(port->delivered, false);
	err = port_note_delivery_register(&last->delivery, end, port);
	if (err)
		return err;
	scoped_guard(ports_mutex, &bus->ports)
		err = ports_vec_retain(ports_mutex_data(&scope), deliver_or_forget,
				       &delivery);
	atomic64_inc(&bus->sent);
	return err;
}

int bus_send(struct bus_port *port, const void __user *bytes, size_t len)
{
	struct message *message __free(message_arc_put) = message_new(bytes, len);

	return IS_ERR(message) ? PTR_ERR(message) : port_send(port, message);
}

static bool port_has_news(const struct bus_port *port)
{
	return atomic_read(&port->unread) || inbox_mutex_is_poisoned(&port->inbox);
}

/* Takes the next message out, or says why not. */
static struct message *port_next(struct bus_port *port, size_t size)
{
	CLASS(inbox_mutex_intr, inbox)(&port->inbox);
	struct inbox_vec *messages = inbox_mutex_data(&inbox);
	struct message *message;
	int err;

	if (inbox.err == -EINTR)
		return ERR_PTR(-ERESTARTSYS);
	if (!messages->len && !inbox.err)
		return ERR_PTR(-EAGAIN);
	/* Nothing came into a broken inbox, so the hole is at its end. */
	if (!messages->len) {
		inbox_mutex_clear_poison(&inbox);
		return ERR_PTR(-ENOBUFS);
	}
	if (messages->elems[0]->len > size)
		return ERR_PTR(-EMSGSIZE);
	err = inbox_vec_remove(messages, 0, &message);
	if (err)
		return ERR_PTR(err);
	atomic_dec(&port->unread);
	return message;
}

ssize_t bus_receive(struct bus_port *port, void __user *bytes, size_t size, bool wait)
{
	struct message *message __free(message_arc_put) = port_next(port, size);

	while (IS_ERR(message)) {
		if (PTR_ERR(message) != -EAGAIN || !wait)
			return PTR_ERR(message);
		if (wait_event_interruptible(port->wait, port_has_news(port)))
			return -ERESTARTSYS;
		message = port_next(port, size);
	}
	if (copy_to_user(bytes, message->bytes, message->len))
		return -EFAULT;
	return message->len;
}

int bus_flush(struct bus_port *port)
{
	return wait_event_interruptible(port->wait, READ_ONCE(port->delivered));
}

__poll_t bus_poll(struct bus_port *port, struct file *file, poll_table *table)
{
	poll_wait(file, &port->wait, table);
	return EPOLLOUT | EPOLLWRNORM |
	       (port_has_news(port) ? EPOLLIN | EPOLLRDNORM : 0);
}

static int is_open(struct port_weak **weak, void *context)
{
	struct bus_port *port __free(port_arc_put) = port_weak_upgrade(*weak);

	return !!port;
}

void bus_stat(struct bus_port *port, struct bus_stats *stats)
{
	CLASS(ports_mutex, guard)(&port->bus->ports);
	struct ports_vec *ports = ports_mutex_data(&guard);

	if (!ports_vec_retain(ports, is_open, NULL))
		stats->ports = ports->len;
	stats->unread = atomic_read(&port->unread);
	stats->sent = atomic64_read(&port->bus->sent);
}

KOWN_IMPORT_NS();
