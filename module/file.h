/* SPDX-License-Identifier: GPL-2.0 */
/*
 * File: a handle that is a descriptor.
 */
#ifndef _KOWN_FILE_H
#define _KOWN_FILE_H

#include <linux/fs.h>

#include "handle.h"

int __must_check kown_file_keep(void);
void kown_file_unkeep(void);
struct file *kown_file_new(struct kown_handle *handle);
struct kown_handle *kown_file_handle(struct file *file);
bool kown_file_is_open_here(struct file *file, struct files_struct *files);
bool kown_file_lock_is_late(struct file *file, long err);

#endif /* _KOWN_FILE_H */
