// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * One message and at most one descriptor over a unix socket.
 */
#include "kown.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union fd_buf {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(int))];
};

int kown_send_fd(int sock, int fd, const void *msg, size_t len, int flags)
{
	struct iovec iov = { .iov_base = (void *)msg, .iov_len = len };
	struct msghdr hdr = { .msg_iov = &iov, .msg_iovlen = 1 };
	union fd_buf buf = {};
	struct cmsghdr *cmsg;
	ssize_t sent;

	if (fd >= 0) {
		hdr.msg_control = buf.bytes;
		hdr.msg_controllen = sizeof(buf.bytes);
		cmsg = CMSG_FIRSTHDR(&hdr);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	}

	do
		sent = sendmsg(sock, &hdr, flags | MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);

	if (sent < 0)
		return -errno;
	return (size_t)sent == len ? 0 : -EMSGSIZE;
}

/* Keep the first descriptor that came, close the others, say how many came. */
static size_t take_fds(struct msghdr *hdr, int *fd)
{
	struct cmsghdr *cmsg;
	size_t count = 0;

	for (cmsg = CMSG_FIRSTHDR(hdr); cmsg; cmsg = CMSG_NXTHDR(hdr, cmsg)) {
		size_t i, nr;

		if (cmsg->cmsg_level != SOL_SOCKET || cmsg->cmsg_type != SCM_RIGHTS)
			continue;
		nr = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < nr; i++) {
			int got;

			memcpy(&got, CMSG_DATA(cmsg) + i * sizeof(got), sizeof(got));
			if (count++)
				close(got);
			else
				*fd = got;
		}
	}
	return count;
}

ssize_t kown_recv_fd(int sock, int *fd, void *msg, size_t len, int flags)
{
	struct iovec iov = { .iov_base = msg, .iov_len = len };
	union fd_buf buf;
	struct msghdr hdr = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = buf.bytes,
		.msg_controllen = sizeof(buf.bytes),
	};
	ssize_t got;
	size_t fds;

	*fd = -1;
	do
		got = recvmsg(sock, &hdr, flags | MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;

	fds = take_fds(&hdr, fd);
	if (fds > 1 || (fds && hdr.msg_flags & MSG_CTRUNC))
		got = -EBADMSG;
	else if (hdr.msg_flags & MSG_CTRUNC)
		got = -EMFILE;
	else if (hdr.msg_flags & MSG_TRUNC)
		got = -EMSGSIZE;

	if (got <= 0 && *fd >= 0) {
		close(*fd);
		*fd = -1;
	}
	return got;
}
