// SPDX-License-Identifier: GPL-2.0
/*
 * The module: the library, and the device on top of it.
 */
#include <linux/debugfs.h>
#include <linux/init.h>
#include <linux/module.h>

#include "debug.h"
#include "device.h"
#include "drop.h"
#include "overview.h"
#include "watch.h"

static struct dentry *debugfs;

static int __init kown_init(void)
{
	int err;

	kown_watch_init();
	err = kown_drop_init();
	if (err)
		return err;
	debugfs = debugfs_create_dir("kown", NULL);
	kown_debug_init(debugfs);
	kown_overview_init(debugfs);
	err = kown_device_init();
	if (err)
		goto exit_library;
	return 0;

exit_library:
	debugfs_remove(debugfs);
	kown_drop_exit();
	kown_debug_exit();
	return err;
}

static void __exit kown_exit(void)
{
	kown_device_exit();
	debugfs_remove(debugfs);
	kown_drop_exit();
	kown_debug_exit();
}

module_init(kown_init);
module_exit(kown_exit);

MODULE_DESCRIPTION("Ownership types (Arc, Vec) for the kernel, and for processes through /dev/kown");
MODULE_AUTHOR("The kown developers");
MODULE_VERSION("0.1.0");
MODULE_LICENSE("GPL");
