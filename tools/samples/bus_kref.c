// SPDX-License-Identifier: GPL-2.0
/*
 * The bus, without kown: kref, krealloc() and plain mutexes. bus_kown.c is its twin.
 * "Compiles:" marks where a likely mistake would compile here and would not there, or
 * where there is nothing to write there.
 *
 *	bus   -> ports      not counted: who leaves takes itself out, under the lock
 *	port  -> bus        counted
 *	port  -> messages   counted, in its inbox, until they are read
 *	message -> sender   counted: there is no other way to find it at the end
 *
 * Locks: a port's sending, then the bus's lock, then a port's lock; wait.lock is the
 * innermost.
 */
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include "bus.h"

const char * const bus_name = "kref_bus";

/**
 * struct bus - all that can hear each other
 * @ref: of the device and of the ports
 * @lock: protects the rest
 * @ports: that are open
 * @count: of @ports
 * @room: in @ports
 * @sent: messages; atomic
 */
struct bus {
	struct kref ref;
	struct mutex lock;
	struct bus_port **ports;
	size_t count;
	size_t room;
	atomic64_t sent;
};

/**
 * struct bus_port - who sends and receives
 * @ref: of the file, and of the messages that it has sent
 * @bus: immutable
 * @sending: one message at a time
 * @lock: protects @inbox to @broken
 * @inbox: messages, the oldest first
 * @count: of @inbox; also read without the lock
 * @room: in @inbox
 * @broken: messages are missing; also read without the lock
 * @last: message sent, if somebody has it still; wait.lock protects it
 * @wait: for any of these
 */
struct bus_port {
	struct kref ref;
	struct bus *bus;
	struct mutex sending;
	struct mutex lock;
	struct message **inbox;
	size_t count;
	size_t room;
	bool broken;
	struct message *last;
	wait_queue_head_t wait;
};

/**
 * struct message - immutable once it is shared
 * @ref: of who has it to read
 * @from: counted
 * @len: of @bytes
 * @bytes: from the sender
 */
struct message {
	struct kref ref;
	struct bus_port *from;
	size_t len;
	u8 bytes[];
};

static void bus_release(struct kref *ref)
{
	/* Compiles: any other member's name or type that is a struct kref's. */
	struct bus *bus = container_of(ref, struct bus, ref);

	/* Compiles: without this, and leaks. */
	kfree(bus->ports);
	kfree(bus);
}

static void port_release(struct kref *ref)
{
	struct bus_port *port = container_of(ref, struct bus_port, ref);

	/* Compiles: without any of these. */
	bus_put(port->bus);
	kfree(port->inbox);
	kfree(port);
}

static void port_put(struct bus_port *port)
{
	/* Compiles: with the release function of another type. */
	kref_put(&port->ref, port_release);
}

static void message_release(struct kref *ref)
{
	struct message *message = container_of(ref, struct message, ref);
	struct bus_port *from = message->from;

	/* Compiles: without the lock, and then tells of another message's end. */
	spin_lock(&from->wait.lock);
	if (from->last == message) {
		from->last = NULL;
		wake_up_locked(&from->wait);
	}
	spin_unlock(&from->wait.lock);
	kfree(message);
	/* Compiles: before the unlock, and then that is in freed memory. */
	port_put(from);
}

static void message_put(struct message *message)
{
	/* Compiles: under the lock of a port, if its release took that. */
	kref_put(&message->ref, message_release);
}

struct bus *bus_new(void)
{
	struct bus *bus = kzalloc(sizeof(*bus), GFP_KERNEL);

	if (!bus)
		return NULL;
	/* Compiles: without, and then the first put is the last. */
	kref_init(&bus->ref);
	mutex_init(&bus->lock);
	return bus;
}

void bus_put(struct bus *bus)
{
	kref_put(&bus->ref, bus_release);
}

/* Room for one more element of any array. */
static int make_room(void **array, size_t count, size_t *room, size_t size)
{
	size_t more = max_t(size_t, 4, 2 * *room), bytes;
	void *new;

	if (count < *room)
		return 0;
	/* Compiles: with the count for the bytes, or unchecked. */
	if (check_mul_overflow(more, size, &bytes))
		return -EOVERFLOW;
	new = krealloc(*array, bytes, GFP_KERNEL);
	/* Compiles: with the array itself assigned, which leaks it here. */
	if (!new)
		return -ENOMEM;
	*array = new;
	*room = more;
	return 0;
}

static int bus_add(struct bus *bus, struct bus_port *port)
{
	int err;

	mutex_lock(&bus->lock);
	/* Compiles: with the address of any pointer. */
	err = make_room((void **)&bus->ports, bus->count, &bus->room, sizeof(*bus->ports));
	if (!err)
		bus->ports[bus->count++] = port;
	mutex_unlock(&bus->lock);
	return err;
}

static void bus_remove(struct bus *bus, struct bus_port *port)
{
	/* Compiles: without the lock, here and wherever ports is read. */
	mutex_lock(&bus->lock);
	for (size_t i = 0; i < bus->count; i++) {
		if (bus->ports[i] != port)
			continue;
		memmove(&bus->ports[i], &bus->ports[i + 1],
			(bus->count - i - 1) * sizeof(*bus->ports));
		bus->count--;
		break;
	}
	mutex_unlock(&bus->lock);
}

struct bus_port *bus_join(struct bus *bus)
{
	struct bus_port *port = kzalloc(sizeof(*port), GFP_KERNEL);
	int err;

	if (!port)
		return ERR_PTR(-ENOMEM);
	kref_init(&port->ref);
	mutex_init(&port->sending);
	mutex_init(&port->lock);
	init_waitqueue_head(&port->wait);
	/* Compiles: the pointer without the get. */
	kref_get(&bus->ref);
	port->bus = bus;
	err = bus_add(bus, port);
	if (err) {
		port_put(port);
		return ERR_PTR(err);
	}
	return port;
}

void bus_leave(struct bus_port *port)
{
	/* Compiles: without, and then the bus sends to freed memory. */
	bus_remove(port->bus, port);
	/*
	 * Compiles: in port_release(), and then two ports that have a message of each
	 * other are never released.
	 */
	for (size_t i = 0; i < port->count; i++)
		message_put(port->inbox[i]);
	port->count = 0;
	port_put(port);
}

static struct message *message_new(struct bus_port *from, const void __user *bytes, size_t len)
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
		kfree(message);
		return ERR_PTR(-EFAULT);
	}
	message->len = len;
	kref_init(&message->ref);
	kref_get(&from->ref);
	message->from = from;
	return message;
}

/* Puts a message into an inbox, or leaves a hole there that its owner is told of. */
static void port_deliver(struct bus_port *port, struct message *message)
{
	mutex_lock(&port->lock);
	/* Compiles: without asking, and then what comes after the hole hides it. */
	if (!port->broken) {
		if (port->count == BUS_MAX_UNREAD ||
		    make_room((void **)&port->inbox, port->count, &port->room,
			      sizeof(*port->inbox))) {
			WRITE_ONCE(port->broken, true);
		} else {
			kref_get(&message->ref);
			port->inbox[port->count] = message;
			WRITE_ONCE(port->count, port->count + 1);
		}
	}
	mutex_unlock(&port->lock);
	wake_up_interruptible(&port->wait);
}

int bus_send(struct bus_port *port, const void __user *bytes, size_t len)
{
	struct message *message = message_new(port, bytes, len);
	struct bus *bus = port->bus;

	if (IS_ERR(message))
		return PTR_ERR(message);
	if (mutex_lock_interruptible(&port->sending)) {
		/* Compiles: without. */
		message_put(message);
		return -ERESTARTSYS;
	}
	spin_lock(&port->wait.lock);
	port->last = message;
	spin_unlock(&port->wait.lock);
	mutex_lock(&bus->lock);
	for (size_t i = 0; i < bus->count; i++)
		if (bus->ports[i] != port)
			port_deliver(bus->ports[i], message);
	mutex_unlock(&bus->lock);
	atomic64_inc(&bus->sent);
	mutex_unlock(&port->sending);
	/* Compiles: kfree(), or a second time. */
	message_put(message);
	return 0;
}

static bool port_has_news(const struct bus_port *port)
{
	return READ_ONCE(port->count) || READ_ONCE(port->broken);
}

/* Takes the next message out, or says why not; the lock is held. */
static struct message *port_next_locked(struct bus_port *port, size_t size)
{
	struct message *message;

	if (!port->count && !port->broken)
		return ERR_PTR(-EAGAIN);
	/* Nothing came into a broken inbox, so the hole is at its end. */
	if (!port->count) {
		WRITE_ONCE(port->broken, false);
		return ERR_PTR(-ENOBUFS);
	}
	message = port->inbox[0];
	if (message->len > size)
		return ERR_PTR(-EMSGSIZE);
	WRITE_ONCE(port->count, port->count - 1);
	/* Compiles: with the count of before, which reads past the end. */
	memmove(port->inbox, port->inbox + 1, port->count * sizeof(*port->inbox));
	return message;
}

static struct message *port_next(struct bus_port *port, size_t size)
{
	struct message *message;

	if (mutex_lock_interruptible(&port->lock))
		return ERR_PTR(-ERESTARTSYS);
	message = port_next_locked(port, size);
	mutex_unlock(&port->lock);
	return message;
}

ssize_t bus_receive(struct bus_port *port, void __user *bytes, size_t size, bool wait)
{
	struct message *message = port_next(port, size);
	ssize_t len;

	while (IS_ERR(message)) {
		if (PTR_ERR(message) != -EAGAIN || !wait)
			return PTR_ERR(message);
		if (wait_event_interruptible(port->wait, port_has_news(port)))
			return -ERESTARTSYS;
		message = port_next(port, size);
	}
	len = message->len;
	if (copy_to_user(bytes, message->bytes, len))
		len = -EFAULT;
	/* Compiles: before the copy. */
	message_put(message);
	return len;
}

int bus_flush(struct bus_port *port)
{
	return wait_event_interruptible(port->wait, !READ_ONCE(port->last));
}

__poll_t bus_poll(struct bus_port *port, struct file *file, poll_table *table)
{
	poll_wait(file, &port->wait, table);
	return EPOLLOUT | EPOLLWRNORM |
	       (port_has_news(port) ? EPOLLIN | EPOLLRDNORM : 0);
}

void bus_stat(struct bus_port *port, struct bus_stats *stats)
{
	mutex_lock(&port->bus->lock);
	stats->ports = port->bus->count;
	mutex_unlock(&port->bus->lock);
	stats->unread = READ_ONCE(port->count);
	stats->sent = atomic64_read(&port->bus->sent);
}
