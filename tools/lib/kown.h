/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libkown: /dev/kown from C, one function per command.
 *
 * Functions return 0, or something positive where they say so, or a negative
 * errno. What each errno means is said once, in <linux/kown.h>; below are only
 * those with a cause of their own. An argument named @ctx is a descriptor of
 * /dev/kown, such as kown_open() returns. What only looks at one object or changes
 * it also takes a descriptor that kown_export() made as @ctx, with 0 for @handle; it
 * needs no context, nor access to /dev/kown. Nothing is written through an out
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
 * @mode: KOWN_MODE_*
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
 * kown_new_many() - create objects that are alike, all or none, in one call
 * @ctx: the context
 * @mode: KOWN_MODE_*
 * @elem_size: bytes per element
 * @cap: elements to make room for now, in each
 * @count: how many objects; 0 does nothing
 * @handles: out: room for @count first handles, one of each; undefined after a failure
 *
 * Return: as kown_new(); also -EFAULT, -EINTR when dying, and -E2BIG of a kernel that
 * makes one at a time.
 */
int kown_new_many(int ctx, uint32_t mode, uint32_t elem_size, uint64_t cap, uint32_t count,
		  uint32_t *handles);

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
 * kown_clone_data() - another object with a copy of the elements
 * @ctx: the context
 * @handle: the source; needs KOWN_RIGHT_READ
 * @rights: of the new handle: some of all there are, or KOWN_RIGHTS_SAME for all
 * @clone: out: the first handle to the new object
 *
 * Return: 0 or a negative errno: -ENOENT, -EACCES, -ENOLCK, -ENOSPC, -ENOMEM.
 */
int kown_clone_data(int ctx, uint32_t handle, uint32_t rights, uint32_t *clone);

/**
 * kown_downgrade() - a weak handle, which does not keep the object
 * @ctx: the context
 * @handle: a strong handle, which stays; needs KOWN_RIGHT_CLONE
 * @rights: some of the source's, or KOWN_RIGHTS_SAME
 * @weak: out: the weak handle
 *
 * Return: 0 or a negative errno: -ENOENT, -EACCES, -EINVAL @handle is weak, -ENOSPC,
 * -ENOMEM.
 */
int kown_downgrade(int ctx, uint32_t handle, uint32_t rights, uint32_t *weak);

/**
 * kown_upgrade() - a strong handle, if the object is still there
 * @ctx: the context
 * @weak: a weak handle, which stays; needs no right
 * @rights: some of the source's, or KOWN_RIGHTS_SAME
 * @handle: out: the strong handle
 *
 * Return: 0 or a negative errno: -ESTALE the object is gone, -ENOENT, -EACCES, -EINVAL
 * @weak is strong, -ENOSPC, -ENOMEM.
 */
int kown_upgrade(int ctx, uint32_t weak, uint32_t rights, uint32_t *handle);

/**
 * kown_clone_many() - other handles to the same object, all or none, in one call
 * @ctx: as for kown_clone()
 * @handle: as for kown_clone()
 * @rights: of each: as for kown_clone()
 * @count: how many; 0 does nothing
 * @clones: out: room for @count handles; undefined after a failure
 *
 * Return: as kown_clone(); or as kown_new_many().
 */
int kown_clone_many(int ctx, uint32_t handle, uint32_t rights, uint32_t count, uint32_t *clones);

/**
 * kown_downgrade_many() - weak handles, all or none, in one call
 * @ctx: as for kown_downgrade()
 * @handle: as for kown_downgrade()
 * @rights: of each: as for kown_downgrade()
 * @count: how many; 0 does nothing
 * @weak: out: room for @count weak handles; undefined after a failure
 *
 * Return: as kown_downgrade(); or as kown_new_many().
 */
int kown_downgrade_many(int ctx, uint32_t handle, uint32_t rights, uint32_t count, uint32_t *weak);

/**
 * kown_upgrade_many() - strong handles, all or none, in one call
 * @ctx: as for kown_upgrade()
 * @weak: as for kown_upgrade()
 * @rights: of each: as for kown_upgrade()
 * @count: how many; 0 does nothing
 * @handles: out: room for @count strong handles; undefined after a failure
 *
 * Return: as kown_upgrade(); or as kown_new_many().
 */
int kown_upgrade_many(int ctx, uint32_t weak, uint32_t rights, uint32_t count, uint32_t *handles);

/**
 * kown_into_inner() - get the elements as their last owner, or give the handle up
 * @ctx: the context
 * @handle: a strong handle; needs KOWN_RIGHT_READ and KOWN_RIGHT_WRITE
 * @how: out: KOWN_OWN_NOT, _SAME or _MOVED, unless NULL
 * @object: out: the id of the handle's object from now on, or 0, unless NULL
 *
 * Of all who have a strong reference and call this, one gets the elements.
 *
 * Return: 0 or a negative errno: -ENOENT, -EACCES, -EBUSY it is locked with @handle,
 * -ENOMEM.
 */
int kown_into_inner(int ctx, uint32_t handle, uint32_t *how, uint64_t *object);

/**
 * kown_take() - get the elements, if this is the last strong reference
 * @ctx: the context
 * @handle: as for kown_into_inner()
 * @how: as for kown_into_inner()
 * @object: as for kown_into_inner()
 *
 * Return: 0 or a negative errno: -EBUSY there are others, and nothing has changed; or as
 * kown_into_inner().
 */
int kown_take(int ctx, uint32_t handle, uint32_t *how, uint64_t *object);

/**
 * kown_make_mut() - be the only one to have the elements, if need be with a copy
 * @ctx: the context
 * @handle: as for kown_into_inner(); not of a locked object
 * @how: out: KOWN_OWN_SAME, _MOVED or _COPIED, unless NULL
 * @object: as for kown_into_inner()
 *
 * Return: 0 or a negative errno: -EOPNOTSUPP the object is a locked one, -ENOSPC, or as
 * kown_into_inner().
 */
int kown_make_mut(int ctx, uint32_t handle, uint32_t *how, uint64_t *object);

/**
 * kown_lock() - take the lock of a locked object
 * @ctx: the context
 * @handle: the handle; needs KOWN_RIGHT_LOCK
 * @deadline: until when to wait, in ns of CLOCK_MONOTONIC, or KOWN_FOREVER
 *
 * The lock is the calling process's until kown_unlock(). If the process ends before, or
 * closes @ctx, or drops @handle, the object is poisoned.
 *
 * Return: 0, or a negative errno: -EOWNERDEAD the caller has the lock, but an owner
 * before did not finish; -ETIMEDOUT, -EINTR, -EDEADLK the caller has it already,
 * -EOPNOTSUPP the object has no lock, -ENOENT, -EACCES.
 */
int kown_lock(int ctx, uint32_t handle, uint64_t deadline);

/**
 * kown_try_lock() - take the lock, if it is free
 * @ctx: the context
 * @handle: the handle; needs KOWN_RIGHT_LOCK
 *
 * Return: 0, or a negative errno: -EBUSY it is not, or as kown_lock().
 */
int kown_try_lock(int ctx, uint32_t handle);

/**
 * kown_unlock() - give the lock back
 * @ctx: the context
 * @handle: the handle; needs KOWN_RIGHT_LOCK
 *
 * Return: 0 or a negative errno: -ENOLCK the caller does not have it, -EOPNOTSUPP,
 * -ENOENT, -EACCES.
 */
int kown_unlock(int ctx, uint32_t handle);

/**
 * kown_clear_poison() - the elements are right again
 * @ctx: the context
 * @handle: the handle; needs KOWN_RIGHT_LOCK
 *
 * Return: as kown_unlock().
 */
int kown_clear_poison(int ctx, uint32_t handle);

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

/*
 * Below, on an object whose mode forbids it now: -EBUSY if it is an exclusive one with
 * other references, -ENOLCK if it is a locked one and the caller does not have the lock.
 * A weak handle is -EINVAL. What takes elements out needs KOWN_RIGHT_READ and
 * KOWN_RIGHT_WRITE; into NULL, they are dropped, for KOWN_RIGHT_WRITE alone.
 */

/**
 * kown_pop_front() - take elements off the front
 * @ctx: the context
 * @handle: the handle
 * @data: out: room for @count elements
 * @count: how many at most
 * @taken: out: how many there were
 *
 * Return: 0 or a negative errno.
 */
int kown_pop_front(int ctx, uint32_t handle, void *data, uint64_t count, uint64_t *taken);

/**
 * kown_insert() - move elements in before an index
 * @ctx: the context
 * @handle: the handle; needs KOWN_RIGHT_WRITE
 * @data: the elements
 * @start: where the first of them will be, at most the length
 * @count: how many
 *
 * Return: 0 or a negative errno: -ERANGE, -EOVERFLOW, -ENOSPC, -ENOMEM.
 */
int kown_insert(int ctx, uint32_t handle, const void *data, uint64_t start, uint64_t count);

/**
 * kown_remove() - take a range out, and close the gap
 * @ctx: the context
 * @handle: the handle
 * @data: out: room for @count elements, or NULL
 * @start: index of the first
 * @count: how many, all of which must exist
 *
 * Return: 0 or a negative errno: -ERANGE.
 */
int kown_remove(int ctx, uint32_t handle, void *data, uint64_t start, uint64_t count);

/**
 * kown_swap_remove() - the same, and the last elements fill the gap
 * @ctx: the context
 * @handle: the handle
 * @data: out: room for @count elements, or NULL
 * @start: index of the first
 * @count: how many, all of which must exist
 *
 * Return: 0 or a negative errno: -ERANGE.
 */
int kown_swap_remove(int ctx, uint32_t handle, void *data, uint64_t start, uint64_t count);

/**
 * kown_drain() - take a range out, as far as there is one
 * @ctx: the context
 * @handle: the handle
 * @data: out: room for @count elements, or NULL
 * @start: index of the first, at most the length
 * @count: how many at most
 * @taken: out: how many there were
 *
 * Return: 0 or a negative errno: -ERANGE.
 */
int kown_drain(int ctx, uint32_t handle, void *data, uint64_t start, uint64_t count,
	       uint64_t *taken);

/**
 * kown_splice() - replace a range by elements, more or fewer
 * @ctx: the context
 * @handle: the handle
 * @removed: out: room for @count elements, or NULL
 * @start: index of the first to remove
 * @count: how many to remove, all of which must exist
 * @data: those that take their place
 * @insert: how many those are
 *
 * Return: 0 or a negative errno: -ERANGE, -EOVERFLOW, -ENOSPC, -ENOMEM.
 */
int kown_splice(int ctx, uint32_t handle, void *removed, uint64_t start, uint64_t count,
		const void *data, uint64_t insert);

/**
 * kown_write() - replace a range of elements
 * @ctx: the context
 * @handle: the handle; needs KOWN_RIGHT_WRITE
 * @data: the elements
 * @start: index of the first
 * @count: how many, all of which must exist
 *
 * Return: 0 or a negative errno: -ERANGE, -ENOMEM.
 */
int kown_write(int ctx, uint32_t handle, const void *data, uint64_t start, uint64_t count);

/**
 * kown_fill() - make all elements of a range the same
 * @ctx: the context
 * @handle: the handle; needs KOWN_RIGHT_WRITE
 * @value: one element
 * @start: index of the first
 * @count: how many, all of which must exist
 *
 * Return: 0 or a negative errno: -ERANGE, -ENOMEM.
 */
int kown_fill(int ctx, uint32_t handle, const void *value, uint64_t start, uint64_t count);

/**
 * kown_extend_within() - append a copy of a range
 * @ctx: the context
 * @handle: the handle; needs KOWN_RIGHT_READ and KOWN_RIGHT_WRITE
 * @start: index of the first
 * @count: how many, all of which must exist
 *
 * Return: 0 or a negative errno: -ERANGE, -EOVERFLOW, -ENOSPC, -ENOMEM.
 */
int kown_extend_within(int ctx, uint32_t handle, uint64_t start, uint64_t count);

/**
 * kown_truncate() - drop the elements from an index on
 * @ctx: the context
 * @handle: the handle; needs KOWN_RIGHT_WRITE
 * @len: elements to keep; nothing happens if there are no more
 *
 * Return: 0 or a negative errno.
 */
int kown_truncate(int ctx, uint32_t handle, uint64_t len);

/**
 * kown_resize() - cut off, or fill up with copies
 * @ctx: the context
 * @handle: the handle; needs KOWN_RIGHT_WRITE
 * @len: elements there shall be
 * @value: one element
 *
 * Return: 0 or a negative errno: -EOVERFLOW, -ENOSPC, -ENOMEM.
 */
int kown_resize(int ctx, uint32_t handle, uint64_t len, const void *value);

/**
 * kown_reserve() - make room for more elements, and for growth
 * @ctx: the context
 * @handle: the handle; needs KOWN_RIGHT_WRITE
 * @extra: elements beyond those there are
 * @cap: out: elements there is room for, unless NULL
 *
 * Return: 0 or a negative errno: -EOVERFLOW, -ENOSPC, -ENOMEM.
 */
int kown_reserve(int ctx, uint32_t handle, uint64_t extra, uint64_t *cap);

/**
 * kown_reserve_exact() - make room for more elements, and no more
 * @ctx: the context
 * @handle: the handle; needs KOWN_RIGHT_WRITE
 * @extra: elements beyond those there are
 * @cap: out: elements there is room for, unless NULL
 *
 * Return: as kown_reserve().
 */
int kown_reserve_exact(int ctx, uint32_t handle, uint64_t extra, uint64_t *cap);

/**
 * kown_shrink() - give room back
 * @ctx: the context
 * @handle: the handle; needs KOWN_RIGHT_WRITE
 * @min_cap: elements to keep room for, at least
 * @cap: out: elements there is room for, unless NULL
 *
 * Return: 0 or a negative errno: -ENOMEM.
 */
int kown_shrink(int ctx, uint32_t handle, uint64_t min_cap, uint64_t *cap);

/**
 * kown_retain() - keep those elements of a range whose bit is 1
 * @ctx: the context
 * @handle: the handle; needs KOWN_RIGHT_WRITE
 * @mask: @count bits: the n-th is bit n % 8 of byte n / 8
 * @start: index of the first
 * @count: how many, all of which must exist
 * @taken: out: how many were dropped, unless NULL
 *
 * Return: 0 or a negative errno: -ERANGE, -ENOSPC, -ENOMEM.
 */
int kown_retain(int ctx, uint32_t handle, const void *mask, uint64_t start, uint64_t count,
		uint64_t *taken);

/**
 * kown_extract() - take those elements of a range out whose bit is 1
 * @ctx: the context
 * @handle: the handle
 * @mask: as for kown_retain()
 * @start: index of the first
 * @count: how many, all of which must exist
 * @data: out: room for those that are chosen
 * @taken: out: how many those are, unless NULL
 *
 * Return: as kown_retain().
 */
int kown_extract(int ctx, uint32_t handle, const void *mask, uint64_t start, uint64_t count,
		 void *data, uint64_t *taken);

/**
 * kown_dedup() - of equal neighbours keep the first
 * @ctx: the context
 * @handle: the handle; needs KOWN_RIGHT_READ and KOWN_RIGHT_WRITE
 * @taken: out: how many were dropped, unless NULL
 *
 * Return: 0 or a negative errno.
 */
int kown_dedup(int ctx, uint32_t handle, uint64_t *taken);

/**
 * kown_append() - move all elements of another object to the end
 * @ctx: the context, which has both handles
 * @handle: the handle; needs KOWN_RIGHT_WRITE
 * @other: a handle to the other object; needs KOWN_RIGHT_READ and KOWN_RIGHT_WRITE
 * @index: out: where the first of them is now, unless NULL
 *
 * Return: 0 or a negative errno: -EINVAL both are one object, or the sizes of their
 * elements differ; -EOVERFLOW, -ENOSPC, -ENOMEM.
 */
int kown_append(int ctx, uint32_t handle, uint32_t other, uint64_t *index);

/**
 * kown_copy_from() - append a copy of a range of another object, or of the same
 * @ctx: the context, which has both handles
 * @handle: the handle; needs KOWN_RIGHT_WRITE
 * @other: a handle to the other object; needs KOWN_RIGHT_READ
 * @start: index of the first in the other
 * @count: how many, all of which must exist
 * @index: out: where the first of them is now, unless NULL
 *
 * Return: 0 or a negative errno: -ERANGE, or as kown_append().
 */
int kown_copy_from(int ctx, uint32_t handle, uint32_t other, uint64_t start, uint64_t count,
		   uint64_t *index);

/**
 * kown_split_off() - move the elements from an index on to a new object
 * @ctx: the context
 * @handle: the handle; needs KOWN_RIGHT_READ and KOWN_RIGHT_WRITE
 * @start: index of the first to move, at most the length
 * @tail: out: the new object's first handle
 * @object: out: the new object's id, unless NULL
 *
 * Return: 0 or a negative errno: -ERANGE, -ENOSPC, -ENOMEM.
 */
int kown_split_off(int ctx, uint32_t handle, uint64_t start, uint32_t *tail, uint64_t *object);

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
