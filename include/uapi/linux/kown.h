/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * /dev/kown: refcounted, growable objects shared between processes.
 */
#ifndef _UAPI_LINUX_KOWN_H
#define _UAPI_LINUX_KOWN_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * DOC: The model
 *
 * Each open of /dev/kown is a *context*. A context owns *handles*, numbers that
 * mean nothing outside it. A handle owns one strong reference to an *object* and
 * carries *rights* to it; a clone has its rights or fewer, never more. An object
 * is a growable array of elements of one size. It lives while anything holds a
 * reference to it: a handle, or a descriptor that EXPORT made and that may
 * travel to other processes. Closing a context, by close(2), exit or SIGKILL,
 * drops its handles. The last reference dropped drops the object.
 */

/**
 * DOC: Rules for every command
 *
 * Each command takes a struct that begins with @size, its size as the caller
 * knows it, and @flags. A longer struct than this kernel knows is accepted if
 * its tail is zero. A command that returns its whole struct lowers @size to the
 * number of bytes this kernel filled in, when the caller's struct is longer.
 * Unknown flags and non-zero reserved fields are refused. Pointers travel as
 * __u64. The call returns 0 or one of these, and an object is as it was after
 * every error:
 *
 *  - ENOTTY: no such command
 *  - E2BIG: @size is beyond this kernel's struct and the tail is not zero
 *  - EINVAL: @size is too small, or a field's value can never be right
 *  - EOPNOTSUPP: a flag, reserved field or field value this kernel lacks
 *  - ENOENT: no such handle in this context
 *  - EACCES: the handle lacks the right
 *  - ERANGE: a range ends beyond the elements there are
 *  - EOVERFLOW: a count or product does not fit
 *  - ENOSPC: a limit of the context is reached, see KOWN_IOC_INFO
 *  - ENOMEM: no memory, or the cgroup's limit is reached, or the caller's
 *    buffer cannot stay resident long enough to be copied
 *  - EFAULT: a pointer leads nowhere
 *  - EBADF: no such descriptor (IMPORT)
 *  - EMFILE, ENFILE: no descriptor free (EXPORT)
 *  - EINTR: a fatal signal arrived first
 *
 * An object whose capacity grew for a command that then failed with ENOMEM may
 * keep the larger capacity; its elements and length are unchanged.
 */
#define KOWN_IOC_MAGIC	0xBD

#define KOWN_IOC_INFO	_IO(KOWN_IOC_MAGIC, 0x00)
#define KOWN_IOC_NEW	_IO(KOWN_IOC_MAGIC, 0x01)
#define KOWN_IOC_CLONE	_IO(KOWN_IOC_MAGIC, 0x02)
#define KOWN_IOC_DROP	_IO(KOWN_IOC_MAGIC, 0x03)
#define KOWN_IOC_STAT	_IO(KOWN_IOC_MAGIC, 0x04)
#define KOWN_IOC_PUSH	_IO(KOWN_IOC_MAGIC, 0x05)
#define KOWN_IOC_POP	_IO(KOWN_IOC_MAGIC, 0x06)
#define KOWN_IOC_READ	_IO(KOWN_IOC_MAGIC, 0x07)
#define KOWN_IOC_EXPORT	_IO(KOWN_IOC_MAGIC, 0x08)
#define KOWN_IOC_IMPORT	_IO(KOWN_IOC_MAGIC, 0x09)

/* What sharing means for an object; chosen at its creation, for ever. */
#define KOWN_MODE_EXCLUSIVE	0	/* mutable only while unique; not yet */
#define KOWN_MODE_SHARED	1	/* many writers, each command is atomic */
#define KOWN_MODE_LOCKED	2	/* commands need the lock; not yet */

/* What a handle or an exported descriptor may be used for. */
#define KOWN_RIGHT_READ		(1U << 0)	/* READ, POP */
#define KOWN_RIGHT_WRITE	(1U << 1)	/* PUSH, POP */
#define KOWN_RIGHT_CLONE	(1U << 2)	/* CLONE */
#define KOWN_RIGHT_EXPORT	(1U << 3)	/* EXPORT */

/* Where a command takes rights: as many as the source has. */
#define KOWN_RIGHTS_SAME	(~0U)

#define KOWN_MAX_ELEM_SIZE	65536		/* bytes */

/**
 * struct kown_info - KOWN_IOC_INFO: what is supported, the limits, the live counts
 * @size: sizeof(struct kown_info)
 * @flags: must be 0
 * @commands: out: bit n is set if command number n exists
 * @modes: out: bit n is set if NEW takes access mode n
 * @rights: out: every right there is
 * @max_elem_size: out: largest element size, in bytes
 * @max_handles: out: most handles a context may hold
 * @max_bytes: out: most bytes of element capacity charged to a context
 * @objects: out: live objects that this context created
 * @handles: out: handles in this context
 * @bytes: out: element capacity of @objects, in bytes
 * @all_objects: out: live objects in all
 * @all_handles: out: handles in all contexts
 * @all_bytes: out: element capacity of all objects, in bytes
 *
 * An object counts for the context that created it until it is dropped, whoever
 * holds it last.
 */
struct kown_info {
	__u32 size;
	__u32 flags;
	__u64 commands;
	__u32 modes;
	__u32 rights;
	__u32 max_elem_size;
	__u32 max_handles;
	__u64 max_bytes;
	__u64 objects;
	__u64 handles;
	__u64 bytes;
	__u64 all_objects;
	__u64 all_handles;
	__u64 all_bytes;
};

/**
 * struct kown_new - KOWN_IOC_NEW: create an object
 * @size: sizeof(struct kown_new)
 * @flags: must be 0
 * @mode: KOWN_MODE_SHARED; the other modes give EOPNOTSUPP
 * @elem_size: bytes per element, 0 to KOWN_MAX_ELEM_SIZE, else EINVAL
 * @cap: elements to make room for now
 * @object: out: the object's id, never used again; the inode number of its
 *	descriptors
 * @handle: out: its first handle, with every right
 * @__reserved: must be 0
 */
struct kown_new {
	__u32 size;
	__u32 flags;
	__u32 mode;
	__u32 elem_size;
	__u64 cap;
	__u64 object;
	__u32 handle;
	__u32 __reserved;
};

/**
 * struct kown_clone - KOWN_IOC_CLONE: another handle to the same object
 * @size: sizeof(struct kown_clone)
 * @flags: must be 0
 * @handle: the source; needs KOWN_RIGHT_CLONE
 * @rights: the new handle's rights: some of the source's, else EACCES, or
 *	KOWN_RIGHTS_SAME
 * @new_handle: out: the clone
 * @__reserved: must be 0
 */
struct kown_clone {
	__u32 size;
	__u32 flags;
	__u32 handle;
	__u32 rights;
	__u32 new_handle;
	__u32 __reserved;
};

/**
 * struct kown_drop - KOWN_IOC_DROP: give handles up, in order
 * @size: sizeof(struct kown_drop)
 * @flags: must be 0
 * @handles: pointer to @count __u32 handles
 * @count: how many
 * @done: out: how many were dropped, exact also when the call stops early with
 *	an error: that of handles[done]
 */
struct kown_drop {
	__u32 size;
	__u32 flags;
	__u64 handles;
	__u32 count;
	__u32 done;
};

/**
 * struct kown_stat - KOWN_IOC_STAT: look at an object; needs no right
 * @size: sizeof(struct kown_stat)
 * @flags: must be 0
 * @handle: the handle
 * @rights: out: the handle's rights
 * @object: out: the object's id: two handles are of one object if it is equal
 * @strong: out: strong references: handles and exported descriptors
 * @weak: out: weak references
 * @mode: out: KOWN_MODE_*
 * @elem_size: out: bytes per element
 * @len: out: elements there are
 * @cap: out: elements there is room for
 */
struct kown_stat {
	__u32 size;
	__u32 flags;
	__u32 handle;
	__u32 rights;
	__u64 object;
	__u32 strong;
	__u32 weak;
	__u32 mode;
	__u32 elem_size;
	__u64 len;
	__u64 cap;
};

/**
 * struct kown_push - KOWN_IOC_PUSH: append elements, all or none
 * @size: sizeof(struct kown_push)
 * @flags: must be 0
 * @handle: the handle; needs KOWN_RIGHT_WRITE
 * @__reserved: must be 0
 * @data: pointer to @count elements
 * @count: how many
 * @index: out: where the first of them is now
 */
struct kown_push {
	__u32 size;
	__u32 flags;
	__u32 handle;
	__u32 __reserved;
	__u64 data;
	__u64 count;
	__u64 index;
};

/**
 * struct kown_pop - KOWN_IOC_POP: take elements off the end
 * @size: sizeof(struct kown_pop)
 * @flags: must be 0
 * @handle: the handle; needs KOWN_RIGHT_READ and KOWN_RIGHT_WRITE
 * @__reserved: must be 0
 * @data: pointer to room for @count elements; filled in index order
 * @count: how many at most
 * @taken: out: how many there were: @count, or all if fewer, or 0 if none
 */
struct kown_pop {
	__u32 size;
	__u32 flags;
	__u32 handle;
	__u32 __reserved;
	__u64 data;
	__u64 count;
	__u64 taken;
};

/**
 * struct kown_read - KOWN_IOC_READ: copy a range out
 * @size: sizeof(struct kown_read)
 * @flags: must be 0
 * @handle: the handle; needs KOWN_RIGHT_READ
 * @__reserved: must be 0
 * @start: index of the first element
 * @count: how many; ERANGE unless all of them exist
 * @data: pointer to room for @count elements
 */
struct kown_read {
	__u32 size;
	__u32 flags;
	__u32 handle;
	__u32 __reserved;
	__u64 start;
	__u64 count;
	__u64 data;
};

/**
 * struct kown_export - KOWN_IOC_EXPORT: a descriptor that owns a reference
 * @size: sizeof(struct kown_export)
 * @flags: must be 0
 * @handle: the handle, which stays; needs KOWN_RIGHT_EXPORT
 * @rights: the descriptor's rights: some of the handle's, else EACCES, or
 *	KOWN_RIGHTS_SAME
 * @fd: out: the descriptor, close-on-exec; it may be sent over a unix socket
 * @__reserved: must be 0
 */
struct kown_export {
	__u32 size;
	__u32 flags;
	__u32 handle;
	__u32 rights;
	__s32 fd;
	__u32 __reserved;
};

/**
 * struct kown_import - KOWN_IOC_IMPORT: a handle to a descriptor's object
 * @size: sizeof(struct kown_import)
 * @flags: must be 0
 * @fd: the descriptor, which stays open; EINVAL if EXPORT did not make it
 * @rights: the handle's rights: some of the descriptor's, else EACCES, or
 *	KOWN_RIGHTS_SAME
 * @handle: out: the handle
 * @__reserved: must be 0
 */
struct kown_import {
	__u32 size;
	__u32 flags;
	__s32 fd;
	__u32 rights;
	__u32 handle;
	__u32 __reserved;
};

#endif /* _UAPI_LINUX_KOWN_H */
