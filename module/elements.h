/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Elements: what users do to those of an object.
 */
#ifndef _KOWN_ELEMENTS_H
#define _KOWN_ELEMENTS_H

#include "handle.h"

struct iov_iter;
struct kown_split_off;
struct kown_table;

/*
 * Each is called with strong, pinned handles, takes and releases the objects' locks in
 * process context, sleeps, and returns 0, what is said at it, -EFAULT, -ENOMEM, or as
 * kown_transfer_run(); on error nothing has changed but perhaps the capacity.
 */
int kown_elements_push(struct kown_handle *handle, const void __user *data, u64 count,
		       u64 __user *index);
int kown_elements_pop(struct kown_handle *handle, void __user *data, u64 count,
		      u64 __user *taken);
int kown_elements_pop_front(struct kown_handle *handle, void __user *data, u64 count,
			    u64 __user *taken);
int kown_elements_read(struct kown_handle *handle, void __user *data, u64 start,
		       u64 count);
int kown_elements_write(struct kown_handle *handle, const void __user *data, u64 start,
			u64 count);
int kown_elements_fill(struct kown_handle *handle, const void __user *value, u64 start,
		       u64 count);
int kown_elements_insert(struct kown_handle *handle, const void __user *data, u64 start,
			 u64 count);
int kown_elements_remove(struct kown_handle *handle, void __user *data, u64 start,
			 u64 count, bool discard);
int kown_elements_swap_remove(struct kown_handle *handle, void __user *data, u64 start,
			      u64 count, bool discard);
int kown_elements_drain(struct kown_handle *handle, void __user *data, u64 start,
			u64 count, bool discard, u64 __user *taken);
int kown_elements_splice(struct kown_handle *handle, void __user *removed, u64 start,
			 u64 count, bool discard, const void __user *data, u64 insert);
int kown_elements_truncate(struct kown_handle *handle, u64 len);
int kown_elements_resize(struct kown_handle *handle, u64 len, const void __user *value);
int kown_elements_set_len(struct kown_handle *handle, u64 len, void *value);
int kown_elements_reserve(struct kown_handle *handle, u64 extra, bool exact,
			  u64 __user *cap);
int kown_elements_shrink(struct kown_handle *handle, u64 min_cap, u64 __user *cap);
int kown_elements_retain(struct kown_handle *handle, const void __user *mask, u64 start,
			 u64 count, u64 __user *taken);
int kown_elements_extract(struct kown_handle *handle, const void __user *mask, u64 start,
			  u64 count, void __user *data, u64 __user *taken);
int kown_elements_dedup(struct kown_handle *handle, u64 __user *taken);
int kown_elements_extend_within(struct kown_handle *handle, u64 start, u64 count);
int kown_elements_append(struct kown_handle *handle, struct kown_handle *other,
			 u64 __user *index);
int kown_elements_copy_from(struct kown_handle *handle, struct kown_handle *other,
			    u64 start, u64 count, u64 __user *index);
struct kown_handle *kown_elements_split_off(struct kown_handle *handle,
					    struct kown_table *table, u64 start,
					    struct kown_split_off __user *user);
struct kown_handle *kown_elements_clone(struct kown_handle *handle,
					struct kown_table *table, u32 rights);

/* As the content of a file; the first two return how many bytes, or an error. */
ssize_t kown_bytes_read(struct kown_handle *handle, u64 pos, struct iov_iter *to);
ssize_t kown_bytes_write(struct kown_handle *handle, u64 *pos, bool append,
			 struct iov_iter *from);
int kown_bytes_resize(struct kown_handle *handle, u64 bytes);
int kown_bytes_count(struct kown_handle *handle, u64 *bytes);

#endif /* _KOWN_ELEMENTS_H */
