// SPDX-License-Identifier: GPL-2.0
/*
 * Device: /dev/kown.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

#include <uapi/linux/kown.h>

#include "account.h"
#include "block.h"
#include "command.h"
#include "context.h"
#include "device.h"
#include "file.h"
#include "object.h"
#include "overview.h"

static int kown_open(struct inode *inode, struct file *file)
{
	struct kown_context *context = kown_context_new();

	if (IS_ERR(context))
		return PTR_ERR(context);
	file->private_data = context;
	return nonseekable_open(inode, file);
}

static int kown_flush(struct file *file, fl_owner_t files)
{
	struct kown_context *context = file->private_data;

	if (atomic_read(&context->table.place.locks) &&
	    !kown_file_is_open_here(file, files))
		kown_table_abandon_locks(&context->table);
	return 0;
}

static int kown_release(struct inode *inode, struct file *file)
{
	kown_context_free(file->private_data);
	return 0;
}

static noinline long lock(struct file *file, void __user *user)
{
	struct kown_context *context = file->private_data;
	long err = kown_command(context, KOWN_IOC_LOCK, user);

	if (!kown_file_lock_is_late(file, err))
		return err;
	kown_table_abandon_locks(&context->table);
	return -EBADF;
}

static long kown_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	if (cmd == KOWN_IOC_LOCK)
		return lock(file, (void __user *)arg);
	return kown_command(file->private_data, cmd, (void __user *)arg);
}

static void kown_show_fdinfo(struct seq_file *m, struct file *file)
{
	kown_overview_context(m, file->private_data);
}

static const struct file_operations kown_fops = {
	.owner = THIS_MODULE,
	.open = kown_open,
	.flush = kown_flush,
	.release = kown_release,
	.unlocked_ioctl = kown_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.show_fdinfo = kown_show_fdinfo,
};

static struct miscdevice kown_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "kown",
	.fops = &kown_fops,
	.mode = 0600,
};

int __init kown_device_init(void)
{
	int err;

	kown_account_init();
	err = kown_object_init();
	if (err)
		return err;
	err = kown_block_init();
	if (err)
		goto exit_object;
	err = misc_register(&kown_device);
	if (err)
		goto exit_block;
	return 0;

exit_block:
	kown_block_exit();
exit_object:
	kown_object_exit();
	return err;
}

void kown_device_exit(void)
{
	misc_deregister(&kown_device);
	kown_block_exit();
	kown_object_exit();
}
