/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libkown: /dev/kown from C, one function per command.
 *
 * Functions return 0, or something positive where they say so, or a negative
 * errno. What each errno means is said once, in <linux/kown.h>; below are only
 * those with a cause of their own. An argument named @ctx is a descriptor of
 * /dev/kown, such as kown_open() returns. Nothing is written through an out
 * pointer when a function fails, unless it says so.
 */
#ifndef KOWN_H
#define KOWN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/kown.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KOWN_DEVICE	"/dev/kown"

/**
 * kown_open() - open a context
 *
 * Return: its descriptor, close-on-exec. The caller owns it; close() drops the
 * context and every handle in it. -ENOENT: the module is not loaded. -EACCES:
 * the device may not be opened by this user.
 */
int kown_open(void);

/**
 * kown_info() - what this kernel supports, the limits, the live counts
 * @ctx: the context
 * @info: out: filled in; what an older kernel does not know is zero
 *
 * Return: 0 or a negative errno.
 */
int kown_info(int ctx, struct kown_info *info);

/**
 * kown_new() - create an object
 * @ctx: the context
 * @mode: KOWN_MODE_SHARED
 * @elem_size: bytes per element
 * @cap: elements to make room for now
 * @handle: out: the first handle, with every right
 * @object: out: the object's id, unless NULL
 *
 * The context owns the handle until it is dropped.
 *
 * Return: 0 or a negative errno: -EINVAL @elem_size is too large, -EOPNOTSUPP
 * no such mode, -EOVERFLOW @cap elements are too many, -ENOSPC, -ENOMEM.
 */
int kown_new(int ctx, uint32_t mode, uint32_t elem_size, uint64_t cap,
	     uint32_t *handle, uint64_t *object);

/**
 * kown_clone() - another handle to the same object
 * @ctx: the context
 * @handle: the source, which stays; needs KOWN_RIGHT_CLONE
 * @rights: some of the source's, or KOWN_RIGHTS_SAME
 * @clone: out: the new handle
 *
 * The context owns the new handle until it is dropped.
 *
 * Return: 0 or a negative errno: -ENOENT, -EACCES, -ENOSPC, -ENOMEM.
 */
int kown_clone(int ctx, uint32_t handle, uint32_t rights, uint32_t *clone);

/**
 * kown_drop() - give handles up, in order
 * @ctx: the context
 * @handles: the handles
 * @count: how many
 * @done: out: how many were dropped, also on failure, unless NULL
 *
 * The last reference dropped drops the object.
 *
 * Return: 0 or a negative errno, that of handles[*done]: -ENOENT.
 */
int kown_drop(int ctx, const uint32_t *handles, uint32_t count, uint32_t *done);

/**
 * kown_stat() - look at an object
 * @ctx: the context
 * @handle: the handle; needs no right
 * @stat: out: filled in; what an older kernel does not know is zero
 *
 * Return: 0 or a negative errno: -ENOENT.
 */
int kown_stat(int ctx, uint32_t handle, struct kown_stat *stat);

/**
 * kown_push() - append elements, all or none
 * @ctx: the context
 * @handle: the handle; needs KOWN_RIGHT_WRITE
 * @data: the elements, which are copied; the caller keeps the memory
 * @count: how many
 * @index: out: where the first of them is now, unless NULL
 *
 * Return: 0 or a negative errno: -ENOENT, -EACCES, -EOVERFLOW, -ENOSPC,
 * -ENOMEM, -EFAULT.
 */
int kown_push(int ctx, uint32_t handle, const void *data, uint64_t count,
	      uint64_t *index);

/**
 * kown_pop() - take elements off the end
 * @ctx: the context
 * @handle: the handle; needs KOWN_RIGHT_READ and KOWN_RIGHT_WRITE
 * @data: out: room for @count elements, filled in index order; the caller owns
 *	the memory, whose bytes are unspecified after -EFAULT
 * @count: how many at most
 * @taken: out: how many there were
 *
 * Return: 0 or a negative errno: -ENOENT, -EACCES, -EOVERFLOW, -ENOMEM,
 * -EFAULT.
 */
int kown_pop(int ctx, uint32_t handle, void *data, uint64_t count, uint64_t *taken);

/**
 * kown_read() - copy a range of elements
 * @ctx: the context
 * @handle: the handle; needs KOWN_RIGHT_READ
 * @data: out: room for @count elements; the caller owns the memory, whose bytes
 *	are unspecified after -EFAULT
 * @start: index of the first
 * @count: how many, all of which must exist
 *
 * Return: 0 or a negative errno: -ENOENT, -EACCES, -ERANGE, -EOVERFLOW,
 * -ENOMEM, -EFAULT.
 */
int kown_read(int ctx, uint32_t handle, void *data, uint64_t start, uint64_t count);

/**
 * kown_export() - a descriptor that owns a reference
 * @ctx: the context
 * @handle: the handle, which stays; needs KOWN_RIGHT_EXPORT
 * @rights: some of the handle's, or KOWN_RIGHTS_SAME
 *
 * Return: the descriptor, close-on-exec, or a negative errno: -ENOENT, -EACCES,
 * -EMFILE, -ENFILE, -ENOMEM. The caller owns the descriptor; its object lives
 * until the last copy of it is closed, wherever copies were sent or inherited.
 */
int kown_export(int ctx, uint32_t handle, uint32_t rights);

/**
 * kown_import() - a handle to a descriptor's object
 * @ctx: the context
 * @fd: the descriptor, which stays open and the caller's
 * @rights: some of the descriptor's, or KOWN_RIGHTS_SAME
 * @handle: out: the handle
 *
 * The context owns the handle until it is dropped.
 *
 * Return: 0 or a negative errno: -EBADF, -EINVAL @fd is not of an object,
 * -EACCES, -ENOSPC, -ENOMEM.
 */
int kown_import(int ctx, int fd, uint32_t rights, uint32_t *handle);

/**
 * kown_send_fd() - send a message, and perhaps a descriptor, over a unix socket
 * @sock: the socket
 * @fd: the descriptor, or -1 for none; it stays open and the caller's
 * @msg: the message
 * @len: its length, at least 1
 * @flags: of send(2); MSG_NOSIGNAL is always set
 *
 * Return: 0 or a negative errno of sendmsg(2): -EPIPE nobody is there, -EAGAIN
 * it would block, -EMSGSIZE a stream socket took only part of the message.
 */
int kown_send_fd(int sock, int fd, const void *msg, size_t len, int flags);

/**
 * kown_recv_fd() - receive a message, and perhaps a descriptor
 * @sock: the socket
 * @fd: out: the descriptor, close-on-exec and now the caller's, or -1 if none
 *	came; always -1 on failure and at the end
 * @msg: out: room for @len bytes
 * @len: how many at most
 * @flags: of recv(2)
 *
 * Whatever arrives and is not handed to the caller is closed.
 *
 * Return: the length of the message, 0 at the end of the connection, or a
 * negative errno: -EMSGSIZE the message is longer than @len, -EBADMSG it
 * carries more than one descriptor, -EMFILE it carries one and this process
 * has no room for it, and those of recvmsg(2).
 */
ssize_t kown_recv_fd(int sock, int *fd, void *msg, size_t len, int flags);

#ifdef __cplusplus
}
#endif

#endif /* KOWN_H */
