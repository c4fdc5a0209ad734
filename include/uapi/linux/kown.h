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
 * mean nothing outside it. A handle owns one reference to an *object* and
 * carries *rights* to it; a clone has its rights or fewer, never more. An object
 * is a growable array of elements of one size. It lives while anything holds a
 * *strong* reference to it: a handle, or a descriptor that EXPORT made and that
 * may travel to other processes. Closing a context, by close(2), exit or SIGKILL,
 * drops its handles. The last strong reference dropped drops the object.
 *
 * A *weak* handle or descriptor, which DOWNGRADE makes, does not keep the object;
 * UPGRADE makes a strong handle of it while the object lives. Once it is gone
 * that is ESTALE, for ever. Nothing but UPGRADE, CLONE, EXPORT, STAT and DROP
 * takes a weak handle.
 *
 * The mode of an object says what its sharing means:
 *
 *  - *exclusive*, as Rust's Arc<Vec>: all may read, and nobody may change it,
 *    EBUSY, while there is another reference of any kind. MAKE_MUT gives its
 *    caller an object of which there is none
 *  - *shared*, as an Arc of atomics: all may read and change it
 *  - *locked*, as Arc<Mutex<Vec>>: reading and changing it need the lock, ENOLCK
 *
 * Each command is atomic: it happens at one instant, as a whole or not at all.
 * When DROP has returned, nothing happens through that handle any more. DROP alone
 * does its handles one after another, and says how many it did.
 */

/**
 * DOC: Descriptors
 *
 * A descriptor that EXPORT made is a regular file: read(2), pread(2), write(2),
 * pwrite(2), lseek(2), ftruncate(2), splice(2) and sendfile(2) work on the bytes of
 * the elements, within the descriptor's rights, and each call is atomic. What is
 * written are whole elements at the place of one, else EINVAL, and at most at the
 * end, else ERANGE; with O_APPEND it is PUSH. fstat(2) tells the size, and the
 * object's id as inode number.
 *
 * The commands that look at one object and change it work on the descriptor itself
 * too, with 0 for the handle; others are ENOTTY there. A lock that was taken so is
 * the descriptor's and the process's.
 *
 * poll(2): POLLIN, there are elements. POLLOUT, they may be changed: always if
 * shared; if exclusive, once there is no other reference; if locked, while the lock
 * is free. POLLHUP: the descriptor is weak and its object is gone.
 */

/**
 * DOC: The lock
 *
 * LOCK gives the lock of a locked object to the calling process and the context
 * of the handle. All threads of the process may then use the object through any
 * handle of the context, and UNLOCK. Others that have the context, such as a
 * child after fork(2), may not.
 *
 * The lock is taken back, and the object is *poisoned*, when its owner
 *
 *  - ends: exit(2), SIGKILL, whoever else still has the descriptor
 *  - has no descriptor of the context left: close(2), or exec with O_CLOEXEC
 *  - drops the handle that it locked with
 *
 * Poison says that the last owner did not finish, so the elements may be. Who
 * gets the lock of a poisoned object is told with EOWNERDEAD, each time, until
 * somebody who has the lock calls CLEAR_POISON. EOWNERDEAD is a success: the
 * lock is the caller's.
 *
 * A thread that waits for the lock may be interrupted by a signal; as timeouts
 * are absolute, the call may simply be repeated.
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
 *  - EINVAL: @size is too small, or a field's value can never be right, or the
 *    handle is weak where a strong one is needed, or the other way round
 *  - EOPNOTSUPP: a flag, reserved field or field value this kernel lacks, or a
 *    command that the object's mode lacks
 *  - ENOENT: no such handle in this context
 *  - EACCES: the handle lacks the right
 *  - EBUSY: the object is not the caller's alone, or its lock is held
 *  - ENOLCK: the object is a locked one and the caller does not have the lock
 *  - EOWNERDEAD: the caller has the lock, and the object is poisoned (LOCK)
 *  - EDEADLK: the caller has the lock already (LOCK)
 *  - ETIMEDOUT: it is past the deadline (LOCK)
 *  - ESTALE: the object of a weak handle is gone (UPGRADE)
 *  - ERANGE: a range ends beyond the elements there are
 *  - EOVERFLOW: a count or product does not fit
 *  - ENOSPC: a limit of the context or of its user is reached, see KOWN_IOC_INFO;
 *    open(2) of /dev/kown gives this too
 *  - ENOMEM: no memory, or the cgroup's limit is reached, or the caller's
 *    buffer cannot stay resident long enough to be copied
 *  - EFAULT: a pointer leads nowhere
 *  - EBADF: no such descriptor (IMPORT); or the process has closed its last one of the
 *    context meanwhile, and the lock was taken back (LOCK)
 *  - EMFILE, ENFILE: no descriptor free (EXPORT)
 *  - EINTR: a fatal signal arrived first, or any signal (LOCK)
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
#define KOWN_IOC_DOWNGRADE	_IO(KOWN_IOC_MAGIC, 0x0a)
#define KOWN_IOC_UPGRADE	_IO(KOWN_IOC_MAGIC, 0x0b)
#define KOWN_IOC_INTO_INNER	_IO(KOWN_IOC_MAGIC, 0x0c)
#define KOWN_IOC_TAKE		_IO(KOWN_IOC_MAGIC, 0x0d)
#define KOWN_IOC_MAKE_MUT	_IO(KOWN_IOC_MAGIC, 0x0e)
#define KOWN_IOC_LOCK		_IO(KOWN_IOC_MAGIC, 0x0f)
#define KOWN_IOC_UNLOCK		_IO(KOWN_IOC_MAGIC, 0x10)
#define KOWN_IOC_CLEAR_POISON	_IO(KOWN_IOC_MAGIC, 0x11)
#define KOWN_IOC_POP_FRONT	_IO(KOWN_IOC_MAGIC, 0x12)
#define KOWN_IOC_INSERT		_IO(KOWN_IOC_MAGIC, 0x13)
#define KOWN_IOC_REMOVE		_IO(KOWN_IOC_MAGIC, 0x14)
#define KOWN_IOC_SWAP_REMOVE	_IO(KOWN_IOC_MAGIC, 0x15)
#define KOWN_IOC_DRAIN		_IO(KOWN_IOC_MAGIC, 0x16)
#define KOWN_IOC_SPLICE		_IO(KOWN_IOC_MAGIC, 0x17)
#define KOWN_IOC_WRITE		_IO(KOWN_IOC_MAGIC, 0x18)
#define KOWN_IOC_FILL		_IO(KOWN_IOC_MAGIC, 0x19)
#define KOWN_IOC_TRUNCATE	_IO(KOWN_IOC_MAGIC, 0x1a)
#define KOWN_IOC_RESIZE		_IO(KOWN_IOC_MAGIC, 0x1b)
#define KOWN_IOC_RESERVE	_IO(KOWN_IOC_MAGIC, 0x1c)
#define KOWN_IOC_SHRINK		_IO(KOWN_IOC_MAGIC, 0x1d)
#define KOWN_IOC_RETAIN		_IO(KOWN_IOC_MAGIC, 0x1e)
#define KOWN_IOC_EXTRACT	_IO(KOWN_IOC_MAGIC, 0x1f)
#define KOWN_IOC_DEDUP		_IO(KOWN_IOC_MAGIC, 0x20)
#define KOWN_IOC_EXTEND_WITHIN	_IO(KOWN_IOC_MAGIC, 0x21)
#define KOWN_IOC_APPEND		_IO(KOWN_IOC_MAGIC, 0x22)
#define KOWN_IOC_COPY_FROM	_IO(KOWN_IOC_MAGIC, 0x23)
#define KOWN_IOC_SPLIT_OFF	_IO(KOWN_IOC_MAGIC, 0x24)
#define KOWN_IOC_CLONE_DATA	_IO(KOWN_IOC_MAGIC, 0x25)

/* What sharing means for an object; chosen at its creation, for ever. */
#define KOWN_MODE_EXCLUSIVE	0	/* mutable only while unique */
#define KOWN_MODE_SHARED	1	/* many writers, each command is atomic */
#define KOWN_MODE_LOCKED	2	/* commands need the lock */

/* What a handle or an exported descriptor may be used for. */
#define KOWN_RIGHT_READ		(1U << 0)	/* what copies elements out */
#define KOWN_RIGHT_WRITE	(1U << 1)	/* what changes the object */
#define KOWN_RIGHT_CLONE	(1U << 2)	/* CLONE, DOWNGRADE */
#define KOWN_RIGHT_EXPORT	(1U << 3)	/* EXPORT */
#define KOWN_RIGHT_LOCK		(1U << 4)	/* LOCK, UNLOCK, CLEAR_POISON */

/* Where a command takes rights: as many as the source has. */
#define KOWN_RIGHTS_SAME	(~0U)

/* What STAT says of a handle and its object. */
#define KOWN_STATE_WEAK		(1U << 0)	/* the handle is weak */
#define KOWN_STATE_LOCKED	(1U << 1)	/* somebody has the lock */
#define KOWN_STATE_OWNER	(1U << 2)	/* the caller has it */
#define KOWN_STATE_POISONED	(1U << 3)	/* an owner did not finish */

/* What became of a handle that asked to be the only one. */
#define KOWN_OWN_NOT		0	/* it was dropped; others own the object */
#define KOWN_OWN_SAME		1	/* it was the only one already */
#define KOWN_OWN_MOVED		2	/* the elements moved; weak handles are dead */
#define KOWN_OWN_COPIED		3	/* the elements were copied */

/* REMOVE, SWAP_REMOVE, DRAIN, SPLICE: drop what is removed. */
#define KOWN_DISCARD		(1U << 0)

/* RESERVE: no more than that. */
#define KOWN_RESERVE_EXACT	(1U << 0)

/* LOCK: do not wait. */
#define KOWN_LOCK_TRY		(1U << 0)

/* What fstatfs(2) says of an exported descriptor. */
#define KOWN_FS_MAGIC		0x6b6f776e	/* "kown" */

/* LOCK: wait as long as it takes. */
#define KOWN_FOREVER		(~0ULL)

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
 * @max_objects: out: most live objects that a context may have created
 * @max_user_objects: out: the same of all contexts of a user
 * @max_user_handles: out: most handles in all contexts of a user; also the most
 *	descriptors that they may have exported, and the most contexts
 * @max_user_bytes: out: most bytes charged to all contexts of a user
 * @user_objects: out: live objects that contexts of this user created
 * @user_handles: out: handles in contexts of this user
 * @user_bytes: out: element capacity of @user_objects, in bytes
 * @user_contexts: out: contexts of this user
 * @user_descriptors: out: live descriptors that contexts of this user exported
 * @descriptors: out: live descriptors that this context exported
 * @all_contexts: out: contexts in all
 * @all_descriptors: out: exported descriptors in all
 * @max_user_locks: out: most locks that may be taken at once through contexts of a
 *	user, and descriptors that they exported
 * @user_locks: out: locks taken so
 *
 * An object counts for the context that created it until it is dropped, whoever
 * holds it last; so does a descriptor for the one that exported it until it is
 * closed. The user is who opened the context: its real uid then, whoever has the
 * context now; in a user namespace that somebody else than root created, the owner
 * of the namespace. What was added later is not filled in for a caller whose
 * struct ends before it: @size tells.
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
	__u64 max_objects;
	__u64 max_user_objects;
	__u64 max_user_handles;
	__u64 max_user_bytes;
	__u64 user_objects;
	__u64 user_handles;
	__u64 user_bytes;
	__u64 user_contexts;
	__u64 user_descriptors;
	__u64 descriptors;
	__u64 all_contexts;
	__u64 all_descriptors;
	__u64 max_user_locks;
	__u64 user_locks;
};

/**
 * struct kown_new - KOWN_IOC_NEW: create an object, or many alike
 * @size: sizeof(struct kown_new)
 * @flags: must be 0
 * @mode: KOWN_MODE_*; others give EOPNOTSUPP
 * @elem_size: bytes per element, 0 to KOWN_MAX_ELEM_SIZE, else EINVAL
 * @cap: elements to make room for now, in each
 * @object: out: the object's id, never used again; the inode number of its
 *	descriptors. Of many, the first one's
 * @handle: out: its first handle, with every right. Of many, the first one's
 * @count: how many objects, all or none; 0 for one and no @handles
 * @handles: pointer to room for @count __u32 handles, one of each object; must be 0
 *	if @count is
 *
 * Of many, all are made or none is. What is in the room at @handles after an error
 * means nothing.
 */
struct kown_new {
	__u32 size;
	__u32 flags;
	__u32 mode;
	__u32 elem_size;
	__u64 cap;
	__u64 object;
	__u32 handle;
	__u32 count;
	__u64 handles;
};

/**
 * struct kown_clone - another handle to the same object
 * @size: sizeof(struct kown_clone)
 * @flags: must be 0
 * @handle: the source, which stays
 * @rights: the new handle's rights: some of the source's, else EACCES, or
 *	KOWN_RIGHTS_SAME
 * @new_handle: out: the new handle. Of many, the first
 * @count: how many new handles, all or none; 0 for one and no @handles
 * @handles: pointer to room for @count __u32 handles; must be 0 if @count is
 *
 * Many are alike, and own their references from one instant on. What is in the room
 * at @handles after an error means nothing.
 *
 * KOWN_IOC_CLONE_DATA: a handle to a new object of the same mode with a copy of
 * the elements. Needs KOWN_RIGHT_READ; and as it is another object, @rights are
 * some of all there are. It makes one: @count and @handles must be 0.
 *
 * KOWN_IOC_CLONE: a strong handle of a strong one, a weak of a weak one. Needs
 * KOWN_RIGHT_CLONE.
 *
 * KOWN_IOC_DOWNGRADE: a weak handle of a strong one. Needs KOWN_RIGHT_CLONE.
 *
 * KOWN_IOC_UPGRADE: a strong handle of a weak one, or ESTALE once the object is
 * gone. Needs no right: what a weak handle is not meant for is left out of its
 * rights, which are those of what it is upgraded to.
 */
struct kown_clone {
	__u32 size;
	__u32 flags;
	__u32 handle;
	__u32 rights;
	__u32 new_handle;
	__u32 count;
	__u64 handles;
};

/**
 * struct kown_drop - KOWN_IOC_DROP: give handles up, in order
 * @size: sizeof(struct kown_drop)
 * @flags: must be 0
 * @handles: pointer to @count __u32 handles
 * @count: how many
 * @done: out: how many were dropped, exact also when the call stops early with
 *	an error: that of handles[done]. But if the struct can no longer be written
 *	to, EFAULT, it says nothing
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
 * @strong: out: strong references: handles and exported descriptors; 0 once the
 *	object is gone, and then @len and @cap are 0 too
 * @weak: out: weak references
 * @mode: out: KOWN_MODE_*
 * @elem_size: out: bytes per element
 * @len: out: elements there are
 * @cap: out: elements there is room for
 * @state: out: KOWN_STATE_*
 * @owner: out: the process that has the lock, as the caller numbers processes; 0
 *	if nobody has it, or somebody whom the caller cannot see
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
	__u32 state;
	__s32 owner;
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
 * struct kown_pop - take elements off an end
 * @size: sizeof(struct kown_pop)
 * @flags: must be 0
 * @handle: the handle; needs KOWN_RIGHT_READ and KOWN_RIGHT_WRITE
 * @__reserved: must be 0
 * @data: pointer to room for @count elements; filled in index order
 * @count: how many at most
 * @taken: out: how many there were: @count, or all if fewer, or 0 if none
 *
 * KOWN_IOC_POP: off the end. KOWN_IOC_POP_FRONT: off the front, and the others
 * move there.
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
 * @handle: the handle, which stays; needs KOWN_RIGHT_EXPORT. The descriptor is
 *	weak if it is
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
 * @handle: out: the handle, weak if the descriptor is
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

/**
 * struct kown_own - be the only one to have the elements
 * @size: sizeof(struct kown_own)
 * @flags: must be 0
 * @handle: the handle; needs KOWN_RIGHT_READ and KOWN_RIGHT_WRITE
 * @how: out: KOWN_OWN_*
 * @object: out: the id of the handle's object from now on; 0 if it has none
 *
 * Unless @how is KOWN_OWN_NOT, the handle has the same number and rights as
 * before, and there is no other reference to its object: if there were others,
 * of any kind, it is a new object, of the same mode. What other threads do with
 * the handle at the same time happens before or after, never in between.
 *
 * KOWN_IOC_INTO_INNER, as Arc::into_inner: if this is the last strong reference,
 * it gets the elements, and weak ones are dead. Else it is dropped. If all who
 * have a strong reference call this, exactly one of them gets the elements.
 *
 * KOWN_IOC_TAKE, as Arc::try_unwrap: as INTO_INNER, but EBUSY if there are other
 * strong references, and nothing has changed.
 *
 * KOWN_IOC_MAKE_MUT, as Arc::make_mut: as TAKE, but if there are other strong
 * references it gets a copy of the elements, for which its context is charged.
 * Not for locked objects.
 *
 * INTO_INNER and TAKE of a locked object need no lock, for there is nobody left to
 * exclude; its poison stays. They give EBUSY if the handle's lock is held.
 */
struct kown_own {
	__u32 size;
	__u32 flags;
	__u32 handle;
	__u32 how;
	__u64 object;
};

/**
 * struct kown_lock - KOWN_IOC_LOCK: take an object's lock, perhaps wait for it
 * @size: sizeof(struct kown_lock)
 * @flags: KOWN_LOCK_TRY: EBUSY rather than wait
 * @handle: the handle; needs KOWN_RIGHT_LOCK
 * @__reserved: must be 0
 * @deadline: until when to wait, in ns of CLOCK_MONOTONIC, or KOWN_FOREVER; a lock
 *	that is free is granted whatever the time
 */
struct kown_lock {
	__u32 size;
	__u32 flags;
	__u32 handle;
	__u32 __reserved;
	__u64 deadline;
};

/**
 * struct kown_unlock - something of an object whose lock the caller has
 * @size: sizeof(struct kown_unlock)
 * @flags: must be 0
 * @handle: a handle in the context that locked it; needs KOWN_RIGHT_LOCK
 * @__reserved: must be 0
 *
 * KOWN_IOC_UNLOCK: give the lock back.
 *
 * KOWN_IOC_CLEAR_POISON: the elements are right again.
 */
struct kown_unlock {
	__u32 size;
	__u32 flags;
	__u32 handle;
	__u32 __reserved;
};

/**
 * struct kown_range - a range of elements, and user memory
 * @size: sizeof(struct kown_range)
 * @flags: KOWN_DISCARD where it is said, else 0
 * @handle: the handle; needs KOWN_RIGHT_WRITE, and what is said below
 * @__reserved: must be 0
 * @start: index of the first element
 * @count: how many
 * @data: pointer to elements; 0 where there are none
 *
 * KOWN_IOC_INSERT: move @count elements from @data in before the element at @start,
 * which is at most the length, else ERANGE.
 *
 * For the others the whole range must exist, else ERANGE:
 *
 * KOWN_IOC_REMOVE: take the range out to @data, and close the gap. Needs
 * KOWN_RIGHT_READ too, unless with KOWN_DISCARD, and then @data is 0.
 *
 * KOWN_IOC_SWAP_REMOVE: the same, but the last elements of the object fill the
 * gap, so that the cost does not depend on its length.
 *
 * KOWN_IOC_WRITE: replace the range by @count elements from @data.
 *
 * KOWN_IOC_FILL: replace each element of the range by the one at @data.
 *
 * KOWN_IOC_EXTEND_WITHIN: append a copy of the range; @data is 0. Needs
 * KOWN_RIGHT_READ too.
 */
struct kown_range {
	__u32 size;
	__u32 flags;
	__u32 handle;
	__u32 __reserved;
	__u64 start;
	__u64 count;
	__u64 data;
};

/**
 * struct kown_drain - KOWN_IOC_DRAIN: take a range out, as far as there is one
 * @size: sizeof(struct kown_drain)
 * @flags: KOWN_DISCARD, or 0
 * @handle: the handle; needs KOWN_RIGHT_WRITE, and KOWN_RIGHT_READ unless with
 *	KOWN_DISCARD
 * @__reserved: must be 0
 * @start: index of the first element, at most the length, else ERANGE
 * @count: how many at most
 * @data: pointer to room for @count elements; 0 with KOWN_DISCARD
 * @taken: out: how many there were
 */
struct kown_drain {
	__u32 size;
	__u32 flags;
	__u32 handle;
	__u32 __reserved;
	__u64 start;
	__u64 count;
	__u64 data;
	__u64 taken;
};

/**
 * struct kown_splice - KOWN_IOC_SPLICE: replace a range by elements, more or fewer
 * @size: sizeof(struct kown_splice)
 * @flags: KOWN_DISCARD, or 0
 * @handle: the handle; needs KOWN_RIGHT_WRITE, and KOWN_RIGHT_READ unless with
 *	KOWN_DISCARD
 * @__reserved: must be 0
 * @start: index of the first element to remove
 * @count: how many to remove; ERANGE unless all of them exist
 * @removed: pointer to room for them; 0 with KOWN_DISCARD
 * @data: pointer to the elements that take their place
 * @insert: how many those are
 */
struct kown_splice {
	__u32 size;
	__u32 flags;
	__u32 handle;
	__u32 __reserved;
	__u64 start;
	__u64 count;
	__u64 removed;
	__u64 data;
	__u64 insert;
};

/**
 * struct kown_resize - a new length
 * @size: sizeof(struct kown_resize)
 * @flags: must be 0
 * @handle: the handle; needs KOWN_RIGHT_WRITE
 * @__reserved: must be 0
 * @len: elements there shall be
 * @data: pointer to one element; 0 where there is none
 *
 * KOWN_IOC_TRUNCATE: drop the elements from @len on, if there are any; @data is 0.
 *
 * KOWN_IOC_RESIZE: the same, or append copies of the element at @data.
 */
struct kown_resize {
	__u32 size;
	__u32 flags;
	__u32 handle;
	__u32 __reserved;
	__u64 len;
	__u64 data;
};

/**
 * struct kown_reserve - a new capacity
 * @size: sizeof(struct kown_reserve)
 * @flags: KOWN_RESERVE_EXACT (RESERVE), else 0
 * @handle: the handle; needs KOWN_RIGHT_WRITE
 * @__reserved: must be 0
 * @count: elements
 * @cap: out: elements there is room for now
 *
 * KOWN_IOC_RESERVE: make room for @count elements beyond those there are, and
 * for growth unless with KOWN_RESERVE_EXACT.
 *
 * KOWN_IOC_SHRINK: give back the room beyond @count elements, but not what those
 * there are need.
 */
struct kown_reserve {
	__u32 size;
	__u32 flags;
	__u32 handle;
	__u32 __reserved;
	__u64 count;
	__u64 cap;
};

/**
 * struct kown_mask - choose elements of a range by a bit for each
 * @size: sizeof(struct kown_mask)
 * @flags: must be 0
 * @handle: the handle; needs KOWN_RIGHT_WRITE
 * @__reserved: must be 0
 * @start: index of the first element
 * @count: how many; ERANGE unless all of them exist
 * @mask: pointer to @count bits: the n-th is bit n % 8 of byte n / 8
 * @data: pointer to room for the elements chosen; 0 where there is none
 * @taken: out: how many were taken out or dropped
 *
 * KOWN_IOC_RETAIN: keep the elements whose bit is 1, drop the others; @data is 0.
 *
 * KOWN_IOC_EXTRACT: take the elements whose bit is 1 out to @data, keep the others.
 * Needs KOWN_RIGHT_READ too.
 *
 * Elements outside the range are kept.
 */
struct kown_mask {
	__u32 size;
	__u32 flags;
	__u32 handle;
	__u32 __reserved;
	__u64 start;
	__u64 count;
	__u64 mask;
	__u64 data;
	__u64 taken;
};

/**
 * struct kown_dedup - KOWN_IOC_DEDUP: of equal neighbours keep the first
 * @size: sizeof(struct kown_dedup)
 * @flags: must be 0
 * @handle: the handle; needs KOWN_RIGHT_READ and KOWN_RIGHT_WRITE
 * @__reserved: must be 0
 * @taken: out: how many were dropped
 */
struct kown_dedup {
	__u32 size;
	__u32 flags;
	__u32 handle;
	__u32 __reserved;
	__u64 taken;
};

/**
 * struct kown_append - elements of another object, appended
 * @size: sizeof(struct kown_append)
 * @flags: must be 0
 * @handle: the handle; needs KOWN_RIGHT_WRITE
 * @other: a handle to the other object, whose elements have the same size, else
 *	EINVAL; needs KOWN_RIGHT_READ
 * @start: index of the first element in the other
 * @count: how many; ERANGE unless all of them exist
 * @index: out: where the first of them is now
 *
 * KOWN_IOC_COPY_FROM: copies. Both may be one object.
 *
 * KOWN_IOC_APPEND: moves all elements there are; @start and @count are 0. Needs
 * KOWN_RIGHT_WRITE to the other too, which must be another object, else EINVAL;
 * it keeps its capacity.
 *
 * Both objects are seen at one instant, and each one's mode must allow it.
 */
struct kown_append {
	__u32 size;
	__u32 flags;
	__u32 handle;
	__u32 other;
	__u64 start;
	__u64 count;
	__u64 index;
};

/**
 * struct kown_split_off - KOWN_IOC_SPLIT_OFF: move elements to a new object
 * @size: sizeof(struct kown_split_off)
 * @flags: must be 0
 * @handle: the handle; needs KOWN_RIGHT_READ and KOWN_RIGHT_WRITE
 * @new_handle: out: the new object's first handle, with every right
 * @start: index of the first element to move, at most the length, else ERANGE
 * @object: out: the new object's id; it has the same mode, and just the room needed
 */
struct kown_split_off {
	__u32 size;
	__u32 flags;
	__u32 handle;
	__u32 new_handle;
	__u64 start;
	__u64 object;
};

#endif /* _UAPI_LINUX_KOWN_H */
