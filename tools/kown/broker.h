/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What kown serve and kown at say to each other.
 *
 * One request and one reply per packet of a SOCK_SEQPACKET socket, both a struct
 * message. PUT's request and GET's reply carry the object's descriptor.
 */
#ifndef KOWN_BROKER_H
#define KOWN_BROKER_H

#include <stdbool.h>
#include <stdint.h>

#define NAME_MAX_LEN	127
#define NAMES_MAX	512

enum request {
	REQUEST_GET = 1,
	REQUEST_PUT,
	REQUEST_REMOVE,
	REQUEST_NEXT,	/* the first name after this one, "" to begin */
};

#define MESSAGE_MAGIC	0x6b6f776eU	/* "kown" */

/**
 * struct message - a request or a reply
 * @magic: MESSAGE_MAGIC
 * @code: enum request; in a reply 0 or a negative errno
 * @name: terminated; in a reply the name that the request is about, or NEXT's
 */
struct message {
	uint32_t magic;
	int32_t code;
	char name[NAME_MAX_LEN + 1];
};

/* Printable ASCII without blanks, not empty. */
bool name_ok(const char *name);

/* The client's half, broker.c: these return 0, or a negative errno. */
struct sockaddr_un;

int broker_address(const char *path, struct sockaddr_un *addr);
int broker_connect(const char *path);
int broker_call(int sock, enum request request, char *name, int send, int *received);

#endif /* KOWN_BROKER_H */
