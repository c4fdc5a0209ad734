// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/kown, and the module that is it.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

#include <kown/compat.h>

#include "command.h"
#include "context.h"

static int kown_open(struct inode *inode, struct file *file)
{
	struct kown_context *context = kown_context_new();

	if (IS_ERR(context))
		return PTR_ERR(context);
	file->private_data = context;
	return nonseekable_open(inode, file);
}

static int kown_release(struct inode *inode, struct file *file)
{
	kown_context_free(file->private_data);
	return 0;
}

static long kown_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return kown_command(file->private_data, cmd, (void __user *)arg);
}

static const struct file_operations kown_fops = {
	.owner = THIS_MODULE,
	.open = kown_open,
	.release = kown_release,
	.unlocked_ioctl = kown_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice kown_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "kown",
	.fops = &kown_fops,
	.mode = 0600,
};
module_misc_device(kown_device);

MODULE_DESCRIPTION("Ownership types (Arc, Vec) for the kernel, and for processes through /dev/kown");
MODULE_AUTHOR("The kown developers");
MODULE_VERSION("0.1.0");
MODULE_LICENSE("GPL");
