// SPDX-License-Identifier: GPL-2.0
/*
 * The client's half of the broker, and what both halves need.
 */
#include "broker.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "kown.h"

#define PATIENCE_SECONDS	10

bool name_ok(const char *name)
{
	size_t i;

	for (i = 0; name[i]; i++)
		if (i == NAME_MAX_LEN || name[i] <= ' ' || name[i] > '~')
			return false;
	return i;
}

int broker_address(const char *path, struct sockaddr_un *addr)
{
	*addr = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (!*path)
		return -ENOENT;
	if (strlen(path) >= sizeof(addr->sun_path))
		return -ENAMETOOLONG;
	strcpy(addr->sun_path, path);
	return 0;
}

int broker_connect(const char *path)
{
	struct timeval patience = { .tv_sec = PATIENCE_SECONDS };
	struct sockaddr_un addr;
	int sock, err;

	err = broker_address(path, &addr);
	if (err)
		return err;
	sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return -errno;
	setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(sock, (struct sockaddr *)&addr, sizeof(addr))) {
		err = -errno;
		close(sock);
		return err;
	}
	return sock;
}

/*
 * Ask and wait for the answer, which overwrites @name. A descriptor in it goes
 * to *@received if the caller wants one, and is closed if not.
 */
int broker_call(int sock, enum request request, char *name, int send, int *received)
{
	struct message msg = { .magic = MESSAGE_MAGIC, .code = request };
	ssize_t got;
	int fd, err;

	strncpy(msg.name, name, NAME_MAX_LEN);
	err = kown_send_fd(sock, send, &msg, sizeof(msg), 0);
	if (err)
		return err;
	got = kown_recv_fd(sock, &fd, &msg, sizeof(msg), 0);
	if (got < 0)
		return got;
	if (!got)
		return -EPIPE;

	err = -EPROTO;
	if (got == sizeof(msg) && msg.magic == MESSAGE_MAGIC &&
	    !msg.name[NAME_MAX_LEN] && msg.code <= 0)
		err = msg.code;
	if (!err && received && fd < 0)
		err = -EPROTO;
	if (!err) {
		strcpy(name, msg.name);
		if (received) {
			*received = fd;
			return 0;
		}
	}
	if (fd >= 0)
		close(fd);
	return err;
}
