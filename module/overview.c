// SPDX-License-Identifier: GPL-2.0
/*
 * Overview: all live objects in debugfs, and a context's handles in its fdinfo.
 *
 * What debugfs shows is for people and may change; what reads it looks at the names in
 * its first line. Who holds an object is told by the processes' descriptors: /proc shows
 * those of a context and of exported files, with the objects behind them.
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/seq_file.h>

#include <kown/compat.h>
#include <uapi/linux/kown.h>

#include "context.h"
#include "guard.h"
#include "object.h"
#include "overview.h"

/**
 * struct cursor - one who reads the list
 * @object: the one he is at, one of whose users he is; or NULL
 */
struct cursor {
	struct kown_object *object;
};

static struct kown_object *move_to(struct cursor *cursor, struct kown_object *object)
{
	if (cursor->object)
		kown_object_forget(cursor->object);
	cursor->object = object;
	return object;
}

/*
 * Position 0 is the line above the objects; theirs are the higher the older they are, as they
 * come. So who reads on comes to an end, however many are made meanwhile.
 */
static loff_t position_of(u64 id)
{
	return LLONG_MAX - id;
}

static void *objects_start(struct seq_file *m, loff_t *pos)
{
	struct cursor *cursor = m->private;

	if (!*pos)
		return SEQ_START_TOKEN;
	if (cursor->object && position_of(cursor->object->id) == *pos)
		return cursor->object;
	/* The end: not to be looked for under the lock of all objects. */
	if (*pos == position_of(0))
		return NULL;
	return move_to(cursor, kown_object_from(LLONG_MAX - *pos));
}

static void *objects_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct cursor *cursor = m->private;
	struct kown_object *next = v == SEQ_START_TOKEN ? kown_object_from(U64_MAX) :
							  kown_object_before(v);

	*pos = position_of(next ? next->id : 0);
	return move_to(cursor, next);
}

/* The cursor stays where it is, until the next read or the end of the file. */
static void objects_stop(struct seq_file *m, void *v)
{
}

static int objects_show(struct seq_file *m, void *v)
{
	struct kown_object *object = v;
	u32 state = 0;
	s32 owner = 0;

	if (v == SEQ_START_TOKEN) {
		seq_puts(m, "object mode elem-size len bytes strong weak state owner\n");
		return 0;
	}
	if (mutex_lock_killable(&object->lock))
		return -EINTR;
	if (object->guard)
		state = kown_guard_peek(object->guard, &owner);
	seq_printf(m, "%llu %s %zu %zu %zu %u %u 0x%x %d\n", object->id,
		   kown_object_mode_name(object), object->elem.size, object->vec.len,
		   kown_object_bytes(object), kown_arc_strong_count(&object->arc),
		   kown_object_weak_count(object), state, owner);
	mutex_unlock(&object->lock);
	return 0;
}

static const struct seq_operations objects_ops = {
	.start = objects_start,
	.next = objects_next,
	.stop = objects_stop,
	.show = objects_show,
};

static int objects_open(struct inode *inode, struct file *file)
{
	return seq_open_private(file, &objects_ops, sizeof(struct cursor));
}

static int objects_release(struct inode *inode, struct file *file)
{
	struct seq_file *m = file->private_data;

	move_to(m->private, NULL);
	return seq_release_private(inode, file);
}

static const struct file_operations objects_fops = {
	.owner = THIS_MODULE,
	.open = objects_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = objects_release,
};

/* The directory's remover removes it. */
void kown_overview_init(struct dentry *dir)
{
	debugfs_create_file("objects", 0400, dir, NULL, &objects_fops);
}

static void show_handle(struct seq_file *m, u32 number,
			struct kown_handle *handle)
{
	struct kown_object *object = handle->object;

	if (kown_handle_lock(handle))
		return;
	seq_printf(m, "kown-handle:\t%u object %llu rights 0x%x %s mode %s", number,
		   object->id, handle->rights, handle->weak ? "weak" : "strong",
		   kown_object_mode_name(object));
	seq_printf(m, " elem-size %zu len %zu bytes %zu\n", object->elem.size,
		   object->vec.len, kown_object_bytes(object));
	kown_handle_unlock(handle);
}

/**
 * kown_overview_context() - what a context's fdinfo says
 * @m: where to
 * @context: the context
 *
 * Context: Process context. Sleeps.
 */
void kown_overview_context(struct seq_file *m, struct kown_context *context)
{
	struct kown_table *table = &context->table;
	struct kown_handle *handle;

	seq_printf(m, "kown-objects:\t%lu\n",
		   kown_account_used(context->account, KOWN_OBJECTS));
	seq_printf(m, "kown-handles:\t%lu\n",
		   kown_account_used(context->account, KOWN_HANDLES));
	seq_printf(m, "kown-bytes:\t%lu\n", kown_account_used(context->account, KOWN_BYTES));
	for (u32 number = 1; (handle = kown_table_from(table, &number)); number++) {
		show_handle(m, number, handle);
		kown_handle_unpin(handle);
		/* Too much for the buffer is all done again, with a larger one. */
		if (seq_has_overflowed(m) || fatal_signal_pending(current))
			return;
		cond_resched();
	}
}
