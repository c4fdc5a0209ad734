// SPDX-License-Identifier: GPL-2.0
/*
 * File: exported handles are regular files of a small filesystem of our own.
 *
 * The inode number is the object's id. The inode has no open method: a descriptor
 * cannot be opened again through /proc to get rights back. The file owns the object
 * through its handle, and the object knows no file, so no cycle can arise.
 *
 * What read(2), write(2) and their like do to it is in module/bytes.c.
 *
 * A path to the inode, as O_PATH gives one through /proc, may outlive the file. So it is
 * the inode that has the handle's pin; the file's release closes the handle.
 *
 * The filesystem is mounted while there are files, or contexts that have exported one, and
 * no longer: its superblock pins the module until the last inode is gone, which is after a
 * file's own release.
 * It is not registered, so nobody can mount it.
 */
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/poll.h>
#include <linux/pseudo_fs.h>
#include <linux/sched.h>
#include <linux/seq_file.h>

#include <kown/compat.h>
#include <uapi/linux/kown.h>

#include "command.h"
#include "device_trace.h"
#include "elements.h"
#include "file.h"

static struct vfsmount *kown_mnt;
static int kown_mnt_users;

/* What /proc/PID/fd shows; the name ends where the buffer does. */
static char *kown_dname(struct dentry *dentry, char *buffer, int buflen)
{
	char name[32];
	int size = 1 + scnprintf(name, sizeof(name), "kown:[%llu]",
				 (u64)d_inode(dentry)->i_ino);

	if (size > buflen)
		return ERR_PTR(-ENAMETOOLONG);
	return memcpy(buffer + buflen - size, name, size);
}

static const struct dentry_operations kown_dentry_ops = {
	.d_dname = kown_dname,
};

static void kown_evict_inode(struct inode *inode)
{
	truncate_inode_pages_final(&inode->i_data);
	clear_inode(inode);
	if (inode->i_private)
		kown_handle_unpin(inode->i_private);
}

static const struct super_operations kown_super_ops = {
	.statfs = simple_statfs,
	.evict_inode = kown_evict_inode,
};

static int kown_init_fs_context(struct fs_context *fc)
{
	struct pseudo_fs_context *ctx = init_pseudo(fc, KOWN_FS_MAGIC);

	if (!ctx)
		return -ENOMEM;
	ctx->ops = &kown_super_ops;
	ctx->dops = &kown_dentry_ops;
	return 0;
}

static struct file_system_type kown_fs_type = {
	.name = "kown",
	.owner = THIS_MODULE,
	.init_fs_context = kown_init_fs_context,
	.kill_sb = kill_anon_super,
};

/**
 * kown_file_keep() - mount the filesystem, if it is not, for as long as somebody keeps it
 *
 * Context: Process context, in a call on a file of this module. Sleeps.
 * Return: 0 or -ENOMEM.
 */
int kown_file_keep(void)
{
	return simple_pin_fs(&kown_fs_type, &kown_mnt, &kown_mnt_users);
}

/**
 * kown_file_unkeep() - the counterpart
 *
 * Context: As kown_file_keep().
 */
void kown_file_unkeep(void)
{
	simple_release_fs(&kown_mnt, &kown_mnt_users);
}

/*
 * What a descriptor waits for:
 *
 *	EPOLLIN		there are elements
 *	EPOLLOUT	they may be changed now: always in a shared object; in an
 *			exclusive one if there is no other reference; in a locked one
 *			if the lock is free
 *	EPOLLHUP	the descriptor is weak, and the object is gone
 */
static __poll_t kown_file_poll(struct file *file, struct poll_table_struct *wait)
{
	struct kown_handle *handle = file->private_data;
	struct kown_object *object = handle->object;
	__poll_t events = 0;

	poll_wait(file, &object->wait, wait);
	/* Pairs with the barrier in kown_object_wake(); poll_wait() has it since 6.12. */
	smp_mb();
	if (handle->weak)
		return kown_arc_strong_count(&object->arc) ? 0 : EPOLLHUP;
	if (handle->rights & KOWN_RIGHT_READ && READ_ONCE(object->vec.len))
		events |= EPOLLIN | EPOLLRDNORM;
	switch (object->mode) {
	case KOWN_MODE_EXCLUSIVE:
		/* A snapshot: to ask the arc would make it busy for a moment. */
		if (handle->rights & KOWN_RIGHT_WRITE &&
		    kown_arc_strong_count(&object->arc) == 1 &&
		    !kown_arc_weak_count(&object->arc))
			events |= EPOLLOUT | EPOLLWRNORM;
		break;
	case KOWN_MODE_LOCKED:
		if (handle->rights & KOWN_RIGHT_LOCK && kown_guard_is_free(object->guard))
			events |= EPOLLOUT | EPOLLWRNORM;
		break;
	default:
		if (handle->rights & KOWN_RIGHT_WRITE)
			events |= EPOLLOUT | EPOLLWRNORM;
	}
	return events;
}

/* Is it a strong handle, with the right? */
static int check(const struct kown_handle *handle, u32 right)
{
	if (handle->weak)
		return -EINVAL;
	return handle->rights & right ? 0 : -EACCES;
}

static ssize_t kown_file_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct kown_handle *handle = iocb->ki_filp->private_data;
	ssize_t n = check(handle, KOWN_RIGHT_READ);

	if (!n)
		n = kown_bytes_read(handle, iocb->ki_pos, to);
	trace_kown_command("read", handle->object->id, n);
	if (n > 0)
		iocb->ki_pos += n;
	return n;
}

static ssize_t kown_file_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct kown_handle *handle = iocb->ki_filp->private_data;
	ssize_t n = check(handle, KOWN_RIGHT_WRITE);
	u64 pos = iocb->ki_pos;

	if (!n)
		n = kown_bytes_write(handle, &pos, iocb->ki_flags & IOCB_APPEND, from);
	trace_kown_command("write", handle->object->id, n);
	if (n > 0)
		iocb->ki_pos = pos;
	return n;
}

static loff_t kown_file_llseek(struct file *file, loff_t offset, int whence)
{
	u64 bytes;
	int err = kown_bytes_count(file->private_data, &bytes);

	if (err)
		return err;
	return generic_file_llseek_size(file, offset, whence, MAX_LFS_FILESIZE, bytes);
}

/* Who comes by a path may find that the file is gone. */
static int path_error(int err)
{
	return err == -KOWN_LOOK_AGAIN ? -ESTALE : err;
}

static int kown_getattr(struct kown_mnt_idmap *idmap, const struct path *path,
			struct kstat *stat, u32 request_mask, unsigned int flags)
{
	struct inode *inode = d_inode(path->dentry);
	u64 bytes;
	int err = kown_bytes_count(inode->i_private, &bytes);

	if (err)
		return path_error(err);
	err = simple_getattr(idmap, path, stat, request_mask, flags);
	stat->size = bytes;
	stat->blocks = DIV_ROUND_UP_ULL(bytes, 512);
	return err;
}

/* The size is the object's, within the rights; the rest is the descriptor's own. */
static int kown_setattr(struct kown_mnt_idmap *idmap, struct dentry *dentry,
			struct iattr *attr)
{
	struct kown_handle *handle = d_inode(dentry)->i_private;
	int err;

	if (!(attr->ia_valid & ATTR_SIZE))
		return simple_setattr(idmap, dentry, attr);
	err = check(handle, KOWN_RIGHT_WRITE);
	if (!err)
		err = path_error(kown_bytes_resize(handle, attr->ia_size));
	trace_kown_command("truncate", handle->object->id, err);
	return err;
}

static const struct inode_operations kown_inode_ops = {
	.getattr = kown_getattr,
	.setattr = kown_setattr,
};

static int is_same_file(const void *other, struct file *file, unsigned int fd)
{
	return file == other;
}

/**
 * kown_file_is_open_here() - has the calling process a descriptor of a file?
 * @file: any file
 * @files: a table of descriptors, that one was just taken out of perhaps
 *
 * Context: Process context.
 * Return: true if there is another in @files, or in the process's own table if that is
 * not @files.
 */
bool kown_file_is_open_here(struct file *file, struct files_struct *files)
{
	if (files && iterate_fd(files, 0, is_same_file, file))
		return true;
	if (!current->files || current->files == files)
		return false;
	return iterate_fd(current->files, 0, is_same_file, file);
}

/**
 * kown_file_lock_is_late() - was a lock given when the process had closed its last descriptor?
 * @file: the file that LOCK was called on
 * @err: what it said
 *
 * Another thread's ->flush() has not seen the lock, then, and the caller takes it back.
 *
 * Context: Process context, in a call on @file.
 * Return: true if it was given, and the process has no descriptor of the file.
 */
bool kown_file_lock_is_late(struct file *file, long err)
{
	if (err && err != -EOWNERDEAD)
		return false;
	/* Who is alone cannot do both. */
	return atomic_read(&current->files->count) > 1 &&
	       !kown_file_is_open_here(file, current->files);
}

static int kown_file_flush(struct file *file, fl_owner_t files)
{
	struct kown_handle *handle = file->private_data;

	if (atomic_read(&handle->place->locks) && !kown_file_is_open_here(file, files))
		kown_guard_abandon(handle);
	return 0;
}

static noinline long lock_file(struct file *file, void __user *user)
{
	struct kown_handle *handle = file->private_data;
	long err = kown_command_on_file(handle, KOWN_IOC_LOCK, user);

	if (!kown_file_lock_is_late(file, err))
		return err;
	kown_guard_abandon(handle);
	return -EBADF;
}

static long kown_file_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	if (cmd == KOWN_IOC_LOCK)
		return lock_file(file, (void __user *)arg);
	return kown_command_on_file(file->private_data, cmd, (void __user *)arg);
}

static int kown_file_release(struct inode *inode, struct file *file)
{
	struct kown_handle *handle = file->private_data;

	kown_handle_close(handle);
	kown_file_unkeep();
	return 0;
}

static void kown_file_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct kown_handle *handle = file->private_data;
	struct kown_object *object = handle->object;
	s32 owner;
	u32 state;

	if (kown_handle_lock(handle))
		return;
	state = kown_handle_state(handle, &owner);
	seq_printf(m, "kown-object:\t%llu\n", object->id);
	seq_printf(m, "kown-mode:\t%s\n", kown_object_mode_name(object));
	seq_printf(m, "kown-rights:\t0x%x\n", handle->rights);
	seq_printf(m, "kown-state:\t0x%x\n", state);
	seq_printf(m, "kown-owner:\t%d\n", owner);
	seq_printf(m, "kown-strong:\t%u\n", kown_arc_strong_count(&object->arc));
	seq_printf(m, "kown-weak:\t%u\n", kown_object_weak_count(object));
	seq_printf(m, "kown-elem-size:\t%zu\n", object->elem.size);
	seq_printf(m, "kown-len:\t%zu\n", object->vec.len);
	seq_printf(m, "kown-bytes:\t%zu\n", kown_object_bytes(object));
	kown_handle_unlock(handle);
}

static const struct file_operations kown_file_fops = {
	.owner = THIS_MODULE,
	.llseek = kown_file_llseek,
	.read_iter = kown_file_read_iter,
	.write_iter = kown_file_write_iter,
	.splice_read = kown_splice_read,
	.splice_write = iter_file_splice_write,
	.fsync = noop_fsync,
	.poll = kown_file_poll,
	.unlocked_ioctl = kown_file_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.flush = kown_file_flush,
	.release = kown_file_release,
	.show_fdinfo = kown_file_show_fdinfo,
};

static int open_flags(u32 rights)
{
	if (!(rights & KOWN_RIGHT_WRITE))
		return O_RDONLY;
	return rights & KOWN_RIGHT_READ ? O_RDWR : O_WRONLY;
}

static struct inode *inode_new(const struct kown_object *object)
{
	struct inode *inode = alloc_anon_inode(kown_mnt->mnt_sb);

	if (IS_ERR(inode))
		return inode;
	inode->i_ino = object->id;
	inode->i_op = &kown_inode_ops;
	inode->i_mode = S_IFREG | 0600;
	/* The end is where reads say it is: copy_file_range() shall not know better. */
	i_size_write(inode, MAX_LFS_FILESIZE);
	return inode;
}

/**
 * kown_file_new() - make a file of a handle
 * @handle: the handle; the file takes the caller's pin over, if it is made
 *
 * Context: Process context, in a call on a file of this module. Sleeps.
 * Return: the file, or -ENOMEM or -ENFILE.
 */
struct file *kown_file_new(struct kown_handle *handle)
{
	struct inode *inode;
	struct file *file;
	int err;

	err = kown_file_keep();
	if (err)
		return ERR_PTR(err);
	inode = inode_new(handle->object);
	if (IS_ERR(inode)) {
		err = PTR_ERR(inode);
		goto unpin_fs;
	}
	file = alloc_file_pseudo(inode, kown_mnt, "kown",
				 open_flags(handle->rights), &kown_file_fops);
	if (IS_ERR(file)) {
		err = PTR_ERR(file);
		goto put_inode;
	}
	/* As open(2) has it; the position is shared by all who have the file. */
	file->f_mode |= FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE | FMODE_ATOMIC_POS;
	inode->i_private = handle;
	/* Put with the file; alloc_file_pseudo() relies on its caller for it. */
	__module_get(THIS_MODULE);
	file->private_data = handle;
	return file;

put_inode:
	iput(inode);
unpin_fs:
	kown_file_unkeep();
	return ERR_PTR(err);
}

/**
 * kown_file_handle() - the handle behind a file
 * @file: any file
 *
 * Context: Any.
 * Return: the handle, good while the caller holds @file; or -EINVAL if EXPORT did
 * not make this file.
 */
struct kown_handle *kown_file_handle(struct file *file)
{
	if (file->f_op != &kown_file_fops)
		return ERR_PTR(-EINVAL);
	return file->private_data;
}
