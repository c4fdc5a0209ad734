// SPDX-License-Identifier: GPL-2.0
/*
 * The device: from files to the bus. It knows bus.h, and not what is behind it.
 */
#include <linux/build_bug.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "bus.h"

/* What programs have been compiled with. */
static_assert(sizeof(struct bus_stats) == 24);
static_assert(offsetof(struct bus_stats, size) == 0);
static_assert(offsetof(struct bus_stats, ports) == 4);
static_assert(offsetof(struct bus_stats, unread) == 8);
static_assert(offsetof(struct bus_stats, sent) == 16);

static struct bus *bus;

static int bus_open(struct inode *inode, struct file *file)
{
	struct bus_port *port = bus_join(bus);

	if (IS_ERR(port))
		return PTR_ERR(port);
	file->private_data = port;
	return stream_open(inode, file);
}

static int bus_release(struct inode *inode, struct file *file)
{
	bus_leave(file->private_data);
	return 0;
}

static ssize_t bus_write(struct file *file, const char __user *bytes, size_t len, loff_t *pos)
{
	return bus_send(file->private_data, bytes, len) ?: len;
}

static ssize_t bus_read(struct file *file, char __user *bytes, size_t size, loff_t *pos)
{
	return bus_receive(file->private_data, bytes, size, !(file->f_flags & O_NONBLOCK));
}

static __poll_t bus_file_poll(struct file *file, poll_table *table)
{
	return bus_poll(file->private_data, file, table);
}

static int bus_fsync(struct file *file, loff_t start, loff_t end, int datasync)
{
	return bus_flush(file->private_data);
}

static long bus_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct bus_stats __user *to = (void __user *)arg;
	struct bus_stats stats = {};
	u32 size;

	if (cmd != BUS_IOC_STATS)
		return -ENOTTY;
	if (get_user(size, &to->size))
		return -EFAULT;
	if (size < sizeof(stats))
		return -EINVAL;
	bus_stat(file->private_data, &stats);
	stats.size = sizeof(stats);
	return copy_to_user(to, &stats, sizeof(stats)) ? -EFAULT : 0;
}

static const struct file_operations bus_fops = {
	.owner = THIS_MODULE,
	.open = bus_open,
	.release = bus_release,
	.write = bus_write,
	.read = bus_read,
	.poll = bus_file_poll,
	.fsync = bus_fsync,
	.unlocked_ioctl = bus_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice bus_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.fops = &bus_fops,
};

static int __init bus_init(void)
{
	int err;

	bus = bus_new();
	if (!bus)
		return -ENOMEM;
	bus_device.name = bus_name;
	err = misc_register(&bus_device);
	if (err)
		bus_put(bus);
	return err;
}

static void __exit bus_exit(void)
{
	misc_deregister(&bus_device);
	bus_put(bus);
}

module_init(bus_init);
module_exit(bus_exit);

MODULE_DESCRIPTION("A message bus, to show what kown is like to use");
MODULE_LICENSE("GPL");
