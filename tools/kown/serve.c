// SPDX-License-Identifier: GPL-2.0
/*
 * kown serve: names for objects, so that unrelated processes can meet. The
 * kernel knows nothing of them.
 */
#include "tool.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "broker.h"
#include "kown.h"
#include "names.h"

#define CLIENTS_MAX	256

/* Out of descriptors or memory, and nobody to hang up on: how long to wait. */
#define PAUSE_MS	100

/* Slots of the poll table; clients follow. */
enum { SIGNALS, LISTENER, CLIENTS };

/**
 * struct broker - the server
 * @ctx: a context, to tell objects from other descriptors
 * @polls: what is waited for; clients lie in the order of their last request
 * @count: slots of @polls in use
 * @paused: do not accept until a pause has passed
 * @names: the names
 */
struct broker {
	int ctx;
	struct pollfd polls[CLIENTS + CLIENTS_MAX];
	size_t count;
	bool paused;
	struct names names;
};

static void hang_up(struct broker *b, size_t i)
{
	close(b->polls[i].fd);
	b->count--;
	memmove(&b->polls[i], &b->polls[i + 1], (b->count - i) * sizeof(b->polls[0]));
}

static bool is_shortage(int err)
{
	return err == EMFILE || err == ENFILE || err == ENOMEM || err == ENOBUFS;
}

/* A client that says nothing must not keep others out: the idlest goes first. */
static void add_client(struct broker *b)
{
	int fd = accept4(b->polls[LISTENER].fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	bool short_of = fd < 0 && is_shortage(errno);

	if (b->count == ARRAY_SIZE(b->polls) || (short_of && b->count > CLIENTS))
		hang_up(b, CLIENTS);
	else if (short_of)
		b->paused = true;
	if (fd >= 0)
		b->polls[b->count++] = (struct pollfd){ .fd = fd, .events = POLLIN };
}

static int check_object(struct broker *b, int fd)
{
	uint32_t handle;
	int err;

	if (fd < 0)
		return -EBADF;
	err = kown_import(b->ctx, fd, KOWN_RIGHTS_SAME, &handle);
	if (!err)
		kown_drop(b->ctx, &handle, 1, NULL);
	return err;
}

/* @fd becomes -1 if it was taken over. */
static int put(struct broker *b, const char *name, int *fd)
{
	int err = check_object(b, *fd);

	if (!err)
		err = names_put(&b->names, name, *fd);
	if (!err)
		*fd = -1;
	return err;
}

static int next(struct broker *b, char *name)
{
	const char *found = names_next(&b->names, name);

	if (!found)
		return -ENOENT;
	memmove(name, found, strlen(found) + 1);
	return 0;
}

/* Carry a request out; @reply is the descriptor to answer with. */
static int serve_request(struct broker *b, struct message *msg, int *fd, int *reply)
{
	if (msg->magic != MESSAGE_MAGIC || msg->name[NAME_MAX_LEN])
		return -EBADMSG;
	if (msg->code == REQUEST_NEXT)
		return next(b, msg->name);
	if (!name_ok(msg->name))
		return -EINVAL;

	switch (msg->code) {
	case REQUEST_GET:
		*reply = names_get(&b->names, msg->name);
		return *reply < 0 ? *reply : 0;
	case REQUEST_PUT:
		return put(b, msg->name, fd);
	case REQUEST_REMOVE:
		return names_remove(&b->names, msg->name);
	}
	return -EBADMSG;
}

/* False if the client is to go: it left, misbehaved, or does not read. */
static bool serve_client(struct broker *b, int sock)
{
	struct message msg = {};
	int fd, reply = -1, err;
	ssize_t got;

	got = kown_recv_fd(sock, &fd, &msg, sizeof(msg), MSG_DONTWAIT);
	if (got == -EAGAIN)
		return true;
	if (!got || (got < 0 && got != -EMFILE))
		return false;

	err = got;
	if (got > 0)
		err = got == sizeof(msg) ? serve_request(b, &msg, &fd, &reply) : -EBADMSG;
	if (fd >= 0)
		close(fd);
	if (err)
		reply = -1;

	msg.magic = MESSAGE_MAGIC;
	msg.code = err;
	msg.name[NAME_MAX_LEN] = '\0';
	if (kown_send_fd(sock, reply, &msg, sizeof(msg), MSG_DONTWAIT))
		return false;
	return err != -EBADMSG;
}

/* The one that was served moves behind those that have been idle for longer. */
static void move_last(struct broker *b, size_t i)
{
	struct pollfd client = b->polls[i];

	memmove(&b->polls[i], &b->polls[i + 1], (b->count - 1 - i) * sizeof(client));
	b->polls[b->count - 1] = client;
}

static void serve_clients(struct broker *b)
{
	size_t left = b->count - CLIENTS, i = CLIENTS;

	while (left--) {
		if (!b->polls[i].revents) {
			i++;
			continue;
		}
		b->polls[i].revents = 0;
		if (serve_client(b, b->polls[i].fd))
			move_last(b, i);
		else
			hang_up(b, i);
	}
}

static int serve(struct broker *b)
{
	for (;;) {
		int timeout = b->paused ? PAUSE_MS : -1;

		b->polls[LISTENER].events = b->paused ? 0 : POLLIN;
		if (poll(b->polls, b->count, timeout) < 0) {
			if (errno == EINTR)
				continue;
			return refused("poll", errno, "serve");
		}
		b->paused = false;
		if (b->polls[SIGNALS].revents)
			return FINE;
		serve_clients(b);
		if (b->polls[LISTENER].revents)
			add_client(b);
	}
}

static int catch_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static int listen_at(const char *path)
{
	struct sockaddr_un addr;
	int sock, err;

	err = broker_address(path, &addr);
	if (err)
		return err;
	sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (sock < 0)
		return -errno;
	if (bind(sock, (struct sockaddr *)&addr, sizeof(addr)) || listen(sock, SOMAXCONN)) {
		err = -errno;
		close(sock);
		return err;
	}
	return sock;
}

/* Remove the socket, unless another has taken its place. */
static void remove_socket(const char *path, const struct stat *made)
{
	struct stat there;

	if (!lstat(path, &there) && there.st_dev == made->st_dev &&
	    there.st_ino == made->st_ino)
		unlink(path);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	const char **path = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (*path)
			return ARGP_ERR_UNKNOWN;
		*path = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "SOCKET says where, and is missing");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.parser = parse,
	.args_doc = "SOCKET",
	.doc = "Serve names for objects at the unix socket SOCKET, until SIGINT or SIGTERM.\n"
	       "\vA name holds a descriptor of its object, so the object lives at least as long\n"
	       "as its name. Who may connect is decided by the socket's permissions. Prints\n"
	       "\"serving SOCKET\" when it is ready.\n"
	       "\n"
	       "Example:\n"
	       "  kown serve /run/kown.sock &\n"
	       "  kown at /run/kown.sock shared --elem u64 -- kown push 1 2 3",
};

int do_serve(int argc, char **argv, char **command)
{
	static struct broker b;
	const char *path = NULL;
	struct stat made = {};
	int signals, status;

	argp_parse(&argp, argc, argv, 0, NULL, &path);
	b.ctx = context_fresh();
	if (b.ctx < 0)
		return -b.ctx;
	signals = catch_signals();
	if (signals < 0)
		return refused("signals", errno, "serve");

	b.polls[SIGNALS] = (struct pollfd){ .fd = signals, .events = POLLIN };
	b.polls[LISTENER].fd = listen_at(path);
	if (b.polls[LISTENER].fd < 0)
		return refused("socket", b.polls[LISTENER].fd, "%s", path);
	lstat(path, &made);
	b.count = CLIENTS;

	printf("serving %s\n", path);
	fflush(stdout);
	status = serve(&b);
	remove_socket(path, &made);
	return status;
}
