// SPDX-License-Identifier: GPL-2.0
/*
 * Commands: the table, the dispatcher, and one function for each row.
 *
 * A command that makes something reserves its name, builds it, tells the caller, and
 * publishes it last. Nothing fails after that, and nobody can guess a name earlier.
 */
#include <linux/file.h>
#include <linux/nospec.h>
#include <linux/uaccess.h>

#include "abi.h"
#include "batch.h"
#include "command.h"
#include "device_trace.h"
#include "elements.h"
#include "file.h"
#include "own.h"
#include "words.h"

/**
 * struct call - one call of one command, all of it the calling thread's own
 * @context: whose; NULL if the call is on a descriptor
 * @self: the descriptor's handle, or NULL
 * @handle: the one that the struct names, as the command's row wants it; or NULL
 * @object: the id of its object, if somebody traces
 * @exact: the caller's struct is of this kernel's size, and aligned
 * @user: the caller's struct; read once, into @arg
 * @arg: this kernel's copy; what the caller's struct lacks is zero. Of INFO's, which is
 *	long and all of it told, only the beginning
 */
struct call {
	struct kown_context *context;
	struct kown_handle *self;
	struct kown_handle *handle;
	u64 object;
	bool exact;
	void __user *user;
	union {
		struct {
			u32 size;
			u32 flags;
			u32 handle;	/* where there is one, it is here */
		};
		struct kown_new new;
		struct kown_clone clone;
		struct kown_drop drop;
		struct kown_stat stat;
		struct kown_push push;
		struct kown_pop pop;
		struct kown_read read;
		struct kown_export export;
		struct kown_import import;
		struct kown_own own;
		struct kown_lock lock;
		struct kown_unlock unlock;
		struct kown_range range;
		struct kown_drain drain;
		struct kown_splice splice;
		struct kown_resize resize;
		struct kown_reserve reserve;
		struct kown_mask mask;
		struct kown_dedup dedup;
		struct kown_append append;
		struct kown_split_off split_off;
	} arg;
};

/* Which handles a command takes. */
enum strength {
	NO_HANDLE = 0,
	STRONG = BIT(false),
	WEAK = BIT(true),
	ANY = STRONG | WEAK,
};

/**
 * struct command - a row of the table
 * @cmd: the number, whole
 * @name: for who traces
 * @size: of this kernel's struct
 * @min: of the first struct there was
 * @flags: those that are known
 * @reserved: where the field is that must be zero; 0 if there is none
 * @unused: where the field of 64 bits is that must be zero; 0 if there is none
 * @unused_too: where another is
 * @removed: where the pointer to room for what is removed is; 0 if there is none. With
 *	KOWN_DISCARD it must be zero, and the right to read is not needed
 * @many: where the pointer to room for many handles is, behind how many there shall be; 0
 *	if there is none. Without a count it must be zero
 * @strength: of the handle
 * @rights: that it must have
 * @on_file: it works on a descriptor too, whose handle is 0
 * @run: the function
 */
struct command {
	unsigned int cmd;
	const char *name;
	u32 size;
	u32 min;
	u32 flags;
	u32 reserved;
	u32 unused;
	u32 unused_too;
	u32 removed;
	u32 many;
	enum strength strength;
	u32 rights;
	bool on_file;
	int (*run)(struct call *call);
};

/* Copy the whole struct out. @size is this kernel's, the caller's may be another. */
static __always_inline int reply(struct call *call, u32 size)
{
	if (likely(call->exact))
		return kown_words_to_user(call->user, &call->arg, size);
	call->arg.size = min(call->arg.size, size);
	return copy_to_user(call->user, &call->arg, call->arg.size) ? -EFAULT : 0;
}

/* On a descriptor 0 is its own handle, and there is no other. */
static __always_inline struct kown_handle *pin_any(struct call *call, u32 number,
						   u32 rights)
{
	if (!call->self)
		return kown_table_pin(&call->context->table, number, rights);
	if (number)
		return ERR_PTR(-ENOENT);
	if (rights & ~call->self->rights)
		return ERR_PTR(-EACCES);
	refcount_inc(&call->self->pins);
	return call->self;
}

static __always_inline struct kown_handle *
pin(struct call *call, u32 number, enum strength strength, u32 rights)
{
	struct kown_handle *handle = pin_any(call, number, rights);

	if (IS_ERR(handle) || strength & BIT(handle->weak))
		return handle;
	kown_handle_unpin(handle);
	return ERR_PTR(-EINVAL);
}

/*
 * Give the context a handle, and tell it in *@number, a field of the
 * struct of @size bytes; then open it with @from, unless it is open. Takes the caller's
 * pin over.
 */
static __always_inline int
give_handle(struct call *call, struct kown_handle *handle, struct kown_handle *from,
	    u32 *number, u32 size)
{
	struct kown_table *table = &call->context->table;
	int err;

	err = kown_table_reserve(table, 1);
	if (err)
		goto unpin;
	*number = handle->number;
	err = reply(call, size);
	if (!err && from)
		err = kown_handle_open(&handle, 1, from);
	if (err)
		goto cancel;
	kown_table_publish(handle);
	return 0;

cancel:
	kown_table_cancel(table, 1);
unpin:
	kown_handle_unpin(handle);
	return err;
}

/* The same for a new handle with some of the rights of @from. */
static __always_inline int
give_other(struct call *call, struct kown_handle *from, u32 want, bool weak, u32 *number,
	   u32 size)
{
	struct kown_handle *handle;
	u32 rights;
	int err;

	err = kown_rights_narrow(from->rights, want, &rights);
	if (err)
		return err;
	handle = kown_handle_new(from->object, rights, weak, &call->context->table);
	if (IS_ERR(handle))
		return PTR_ERR(handle);
	return give_handle(call, handle, from, number, size);
}

static u64 command_mask(void);

static int cmd_info(struct call *call)
{
	const struct kown_account *account = call->context->account;
	struct kown_info info = {
		.size = min_t(u32, call->arg.size, sizeof(info)),
		.commands = command_mask(),
		.modes = BIT(KOWN_MODE_EXCLUSIVE) | BIT(KOWN_MODE_SHARED) |
			 BIT(KOWN_MODE_LOCKED),
		.rights = KOWN_RIGHTS_ALL,
		.max_elem_size = KOWN_MAX_ELEM_SIZE,
		.max_handles = kown_account_limit(KOWN_HANDLES),
		.max_bytes = kown_account_limit(KOWN_BYTES),
		.objects = kown_account_used(account, KOWN_OBJECTS),
		.handles = kown_account_used(account, KOWN_HANDLES),
		.bytes = kown_account_used(account, KOWN_BYTES),
		.all_objects = kown_account_total(KOWN_OBJECTS),
		.all_handles = kown_account_total(KOWN_HANDLES),
		.all_bytes = kown_account_total(KOWN_BYTES),
		.max_objects = kown_account_limit(KOWN_OBJECTS),
		.max_user_objects = kown_account_user_limit(KOWN_OBJECTS),
		.max_user_handles = kown_account_user_limit(KOWN_HANDLES),
		.max_user_bytes = kown_account_user_limit(KOWN_BYTES),
		.user_objects = kown_account_user_used(account, KOWN_OBJECTS),
		.user_handles = kown_account_user_used(account, KOWN_HANDLES),
		.user_bytes = kown_account_user_used(account, KOWN_BYTES),
		.user_contexts = kown_account_user_used(account, KOWN_CONTEXTS),
		.user_descriptors = kown_account_user_used(account, KOWN_DESCRIPTORS),
		.descriptors = kown_account_used(account, KOWN_DESCRIPTORS),
		.all_contexts = kown_account_total(KOWN_CONTEXTS),
		.all_descriptors = kown_account_total(KOWN_DESCRIPTORS),
		.max_user_locks = kown_account_user_limit(KOWN_LOCKS),
		.user_locks = kown_account_user_used(account, KOWN_LOCKS),
	};

	return copy_to_user(call->user, &info, info.size) ? -EFAULT : 0;
}

/* A handle in the context, open, to a new object. */
static __always_inline struct kown_handle *new_object(struct call *call)
{
	const struct kown_new *new = &call->arg.new;
	struct kown_object *object;
	struct kown_handle *handle;

	object = kown_object_new(call->context->account, new->mode, new->elem_size, new->cap);
	if (IS_ERR(object))
		return ERR_CAST(object);
	handle = kown_handle_new_owner(object, KOWN_RIGHTS_ALL, &call->context->table);
	if (IS_ERR(handle))
		kown_object_discard(object);
	return handle;
}

/* One by one for all that may fail or take long, and together for what others see. */
static noinline int new_many(struct call *call)
{
	struct kown_new *new = &call->arg.new;
	struct kown_batch batch;
	int err;

	err = kown_batch_begin(&batch, &call->context->table, new->count,
			       u64_to_user_ptr(new->handles));
	if (err)
		return err;
	while (!err && !kown_batch_is_complete(&batch))
		err = kown_batch_add(&batch, new_object(call));
	if (!err) {
		call->object = batch.handles[0]->object->id;
		new->object = call->object;
		new->handle = batch.handles[0]->number;
		err = reply(call, sizeof(*new));
	}
	return kown_batch_end(&batch, err);
}

static __always_inline int cmd_new(struct call *call)
{
	struct kown_new *new = &call->arg.new;
	struct kown_handle *handle;

	if (new->mode > KOWN_MODE_LOCKED)
		return -EOPNOTSUPP;
	if (new->elem_size > KOWN_MAX_ELEM_SIZE)
		return -EINVAL;
	if (new->count)
		return new_many(call);
	handle = new_object(call);
	if (IS_ERR(handle))
		return PTR_ERR(handle);
	call->object = handle->object->id;
	new->object = call->object;
	return give_handle(call, handle, NULL, &new->handle, sizeof(*new));
}

static noinline int clone_many(struct call *call, bool weak)
{
	struct kown_clone *clone = &call->arg.clone;
	struct kown_table *table = &call->context->table;
	struct kown_handle *from = call->handle;
	struct kown_batch batch;
	u32 rights;
	int err;

	err = kown_rights_narrow(from->rights, clone->rights, &rights);
	if (err)
		return err;
	err = kown_batch_begin(&batch, table, clone->count, u64_to_user_ptr(clone->handles));
	if (err)
		return err;
	while (!err && !kown_batch_is_complete(&batch))
		err = kown_batch_add(&batch,
				     kown_handle_new(from->object, rights, weak, table));
	if (!err) {
		clone->new_handle = batch.handles[0]->number;
		err = reply(call, sizeof(*clone));
	}
	if (!err)
		err = kown_handle_open(batch.handles, batch.count, from);
	return kown_batch_end(&batch, err);
}

static __always_inline int another(struct call *call, bool weak)
{
	struct kown_clone *clone = &call->arg.clone;

	if (clone->count)
		return clone_many(call, weak);
	return give_other(call, call->handle, clone->rights, weak, &clone->new_handle,
			  sizeof(*clone));
}

static __always_inline int cmd_clone(struct call *call)
{
	return another(call, call->handle->weak);
}

static int cmd_downgrade(struct call *call)
{
	return another(call, true);
}

static int cmd_upgrade(struct call *call)
{
	return another(call, false);
}

/* One by one, so that @done is exact wherever the array stops being readable. */
static __always_inline int drop_all(struct kown_table *table, const u32 __user *numbers,
				    u32 count, u32 *done)
{
	while (*done < count) {
		u32 number;
		int err;

		if (fatal_signal_pending(current))
			return -EINTR;
		if (get_user(number, numbers + *done))
			return -EFAULT;
		err = kown_table_drop(table, number);
		if (err)
			return err;
		kown_give_way(++*done);
	}
	return 0;
}

static __always_inline int cmd_drop(struct call *call)
{
	struct kown_drop *drop = &call->arg.drop;
	struct kown_drop __user *user = call->user;
	int err;

	/* What was dropped stays so: be sure beforehand that it can be told. */
	drop->done = 0;
	if (put_user(drop->count, &user->done))
		return -EFAULT;
	err = drop_all(&call->context->table, u64_to_user_ptr(drop->handles),
		       drop->count, &drop->done);
	if (err && put_user(drop->done, &user->done))
		return -EFAULT;
	return err;
}

static int cmd_stat(struct call *call)
{
	struct kown_stat *stat = &call->arg.stat;
	struct kown_handle *handle = call->handle;
	struct kown_object *object = handle->object;
	int err = kown_handle_lock(handle);

	if (err)
		return err;
	stat->rights = handle->rights;
	stat->object = object->id;
	stat->strong = kown_arc_strong_count(&object->arc);
	stat->weak = kown_object_weak_count(object);
	stat->mode = object->mode;
	stat->elem_size = object->elem.size;
	stat->len = object->vec.len;
	stat->cap = stat->strong ? kown_vec_cap(&object->vec, &object->elem) : 0;
	stat->state = kown_handle_state(handle, &stat->owner);
	kown_handle_unlock(handle);
	return reply(call, sizeof(*stat));
}

static __always_inline int cmd_push(struct call *call)
{
	struct kown_push *push = &call->arg.push;
	struct kown_push __user *user = call->user;

	return kown_elements_push(call->handle, u64_to_user_ptr(push->data), push->count,
				  &user->index);
}

static __always_inline int cmd_pop(struct call *call)
{
	struct kown_pop *pop = &call->arg.pop;
	struct kown_pop __user *user = call->user;

	return kown_elements_pop(call->handle, u64_to_user_ptr(pop->data), pop->count,
				 &user->taken);
}

static __always_inline int cmd_read(struct call *call)
{
	struct kown_read *read = &call->arg.read;

	return kown_elements_read(call->handle, u64_to_user_ptr(read->data), read->start,
				  read->count);
}

/* A file that shall own one more reference to the object of @handle. */
static struct file *export_file(const struct kown_handle *handle, u32 want,
				struct kown_account *account)
{
	struct kown_handle *own;
	struct file *file;
	u32 rights;
	int err;

	err = kown_rights_narrow(handle->rights, want, &rights);
	if (err)
		return ERR_PTR(err);
	own = kown_handle_new_in_file(handle->object, rights, handle->weak, account);
	if (IS_ERR(own))
		return ERR_CAST(own);
	file = kown_file_new(own);
	if (IS_ERR(file))
		kown_handle_unpin(own);
	return file;
}

static int cmd_export(struct call *call)
{
	struct kown_export *export = &call->arg.export;
	struct kown_handle *handle;
	struct file *file;
	int err;

	err = kown_context_keep_files(call->context);
	if (err)
		return err;
	export->fd = get_unused_fd_flags(O_CLOEXEC);
	if (export->fd < 0)
		return export->fd;
	file = export_file(call->handle, export->rights, call->context->account);
	if (IS_ERR(file)) {
		put_unused_fd(export->fd);
		return PTR_ERR(file);
	}
	handle = kown_file_handle(file);
	err = reply(call, sizeof(*export));
	if (!err)
		err = kown_handle_open(&handle, 1, call->handle);
	if (err) {
		fput(file);
		put_unused_fd(export->fd);
		return err;
	}
	fd_install(export->fd, file);
	return 0;
}

static int import_file(struct call *call, struct file *file)
{
	struct kown_import *import = &call->arg.import;
	struct kown_handle *handle = kown_file_handle(file);

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	call->object = handle->object->id;
	return give_other(call, handle, import->rights, handle->weak, &import->handle,
			  sizeof(*import));
}

static int cmd_import(struct call *call)
{
	struct file *file = fget(call->arg.import.fd);
	int err;

	if (!file)
		return -EBADF;
	err = import_file(call, file);
	fput(file);
	return err;
}

static int own(struct call *call, enum kown_if_shared if_shared)
{
	return kown_own(&call->context->table, call->arg.handle, call->handle, if_shared,
			call->user);
}

static int cmd_into_inner(struct call *call)
{
	return own(call, KOWN_IF_SHARED_DROP);
}

static int cmd_take(struct call *call)
{
	return own(call, KOWN_IF_SHARED_REFUSE);
}

static int cmd_make_mut(struct call *call)
{
	return own(call, KOWN_IF_SHARED_COPY);
}

static int cmd_lock(struct call *call)
{
	struct kown_lock *lock = &call->arg.lock;

	return kown_guard_lock(call->handle, !(lock->flags & KOWN_LOCK_TRY),
			       lock->deadline);
}

static int cmd_unlock(struct call *call)
{
	return kown_guard_unlock(call->handle);
}

static int cmd_clear_poison(struct call *call)
{
	return kown_guard_clear_poison(call->handle);
}

static int cmd_pop_front(struct call *call)
{
	struct kown_pop *pop = &call->arg.pop;
	struct kown_pop __user *user = call->user;

	return kown_elements_pop_front(call->handle, u64_to_user_ptr(pop->data),
				       pop->count, &user->taken);
}

static int cmd_insert(struct call *call)
{
	struct kown_range *range = &call->arg.range;

	return kown_elements_insert(call->handle, u64_to_user_ptr(range->data),
				    range->start, range->count);
}

static int cmd_remove(struct call *call)
{
	struct kown_range *range = &call->arg.range;

	return kown_elements_remove(call->handle, u64_to_user_ptr(range->data),
				    range->start, range->count, range->flags & KOWN_DISCARD);
}

static int cmd_swap_remove(struct call *call)
{
	struct kown_range *range = &call->arg.range;

	return kown_elements_swap_remove(call->handle, u64_to_user_ptr(range->data),
					 range->start, range->count,
					 range->flags & KOWN_DISCARD);
}

static int cmd_drain(struct call *call)
{
	struct kown_drain *drain = &call->arg.drain;
	struct kown_drain __user *user = call->user;

	return kown_elements_drain(call->handle, u64_to_user_ptr(drain->data), drain->start,
				   drain->count, drain->flags & KOWN_DISCARD,
				   &user->taken);
}

static int cmd_splice(struct call *call)
{
	struct kown_splice *splice = &call->arg.splice;

	return kown_elements_splice(call->handle, u64_to_user_ptr(splice->removed),
				    splice->start, splice->count,
				    splice->flags & KOWN_DISCARD,
				    u64_to_user_ptr(splice->data), splice->insert);
}

static int cmd_write(struct call *call)
{
	struct kown_range *range = &call->arg.range;

	return kown_elements_write(call->handle, u64_to_user_ptr(range->data),
				   range->start, range->count);
}

static int cmd_fill(struct call *call)
{
	struct kown_range *range = &call->arg.range;

	return kown_elements_fill(call->handle, u64_to_user_ptr(range->data), range->start,
				  range->count);
}

static int cmd_truncate(struct call *call)
{
	struct kown_resize *resize = &call->arg.resize;

	return kown_elements_truncate(call->handle, resize->len);
}

static int cmd_resize(struct call *call)
{
	struct kown_resize *resize = &call->arg.resize;

	return kown_elements_resize(call->handle, resize->len,
				    u64_to_user_ptr(resize->data));
}

static int cmd_reserve(struct call *call)
{
	struct kown_reserve *reserve = &call->arg.reserve;
	struct kown_reserve __user *user = call->user;

	return kown_elements_reserve(call->handle, reserve->count,
				     reserve->flags & KOWN_RESERVE_EXACT, &user->cap);
}

static int cmd_shrink(struct call *call)
{
	struct kown_reserve *reserve = &call->arg.reserve;
	struct kown_reserve __user *user = call->user;

	return kown_elements_shrink(call->handle, reserve->count, &user->cap);
}

static int cmd_retain(struct call *call)
{
	struct kown_mask *mask = &call->arg.mask;
	struct kown_mask __user *user = call->user;

	return kown_elements_retain(call->handle, u64_to_user_ptr(mask->mask), mask->start,
				    mask->count, &user->taken);
}

static int cmd_extract(struct call *call)
{
	struct kown_mask *mask = &call->arg.mask;
	struct kown_mask __user *user = call->user;

	return kown_elements_extract(call->handle, u64_to_user_ptr(mask->mask), mask->start,
				     mask->count, u64_to_user_ptr(mask->data),
				     &user->taken);
}

static int cmd_dedup(struct call *call)
{
	struct kown_dedup __user *user = call->user;

	return kown_elements_dedup(call->handle, &user->taken);
}

static int cmd_extend_within(struct call *call)
{
	struct kown_range *range = &call->arg.range;

	return kown_elements_extend_within(call->handle, range->start, range->count);
}

static int cmd_append(struct call *call)
{
	struct kown_append *append = &call->arg.append;
	struct kown_append __user *user = call->user;
	struct kown_handle *other __free(kown_handle_unpin) =
		pin(call, append->other, STRONG, KOWN_RIGHT_READ | KOWN_RIGHT_WRITE);

	if (IS_ERR(other))
		return PTR_ERR(other);
	return kown_elements_append(call->handle, other, &user->index);
}

static int cmd_copy_from(struct call *call)
{
	struct kown_append *append = &call->arg.append;
	struct kown_append __user *user = call->user;
	struct kown_handle *other __free(kown_handle_unpin) =
		pin(call, append->other, STRONG, KOWN_RIGHT_READ);

	if (IS_ERR(other))
		return PTR_ERR(other);
	return kown_elements_copy_from(call->handle, other, append->start, append->count,
				       &user->index);
}

static int cmd_clone_data(struct call *call)
{
	struct kown_clone *clone = &call->arg.clone;
	struct kown_handle *other;
	u32 rights;
	int err;

	err = kown_rights_narrow(KOWN_RIGHTS_ALL, clone->rights, &rights);
	if (err)
		return err;
	other = kown_elements_clone(call->handle, &call->context->table, rights);
	if (IS_ERR(other))
		return PTR_ERR(other);
	return give_handle(call, other, NULL, &clone->new_handle, sizeof(*clone));
}

static int cmd_split_off(struct call *call)
{
	struct kown_split_off *split = &call->arg.split_off;
	struct kown_table *table = &call->context->table;
	struct kown_handle *tail;
	int err;

	err = kown_table_reserve(table, 1);
	if (err)
		return err;
	tail = kown_elements_split_off(call->handle, table, split->start, call->user);
	if (IS_ERR(tail)) {
		kown_table_cancel(table, 1);
		return PTR_ERR(tail);
	}
	kown_table_publish(tail);
	return 0;
}

#define COMMAND(_cmd, _type, _last, _run, ...)				\
	[_IOC_NR(_cmd)] = {						\
		.cmd = (_cmd),						\
		.name = #_cmd + sizeof("KOWN_IOC_") - 1,		\
		.size = sizeof(struct _type) +				\
			BUILD_BUG_ON_ZERO(sizeof(struct _type) % sizeof(u64)), \
		.min = offsetofend(struct _type, _last),		\
		.run = (_run),						\
		__VA_ARGS__						\
	}
#define HANDLE(_strength, _rights)					\
	.strength = (_strength), .rights = (_rights)
#define RESERVED(_type)	.reserved = offsetof(struct _type, __reserved)
#define FLAGS(_flags)	.flags = (_flags)
#define UNUSED(_type, _field)	.unused = offsetof(struct _type, _field)
#define REMOVED(_type, _field)						\
	.removed = offsetof(struct _type, _field), FLAGS(KOWN_DISCARD)
#define MANY(_type)							\
	.many = offsetof(struct _type, handles) +			\
		BUILD_BUG_ON_ZERO(offsetof(struct _type, handles) !=	\
				  offsetofend(struct _type, count))
#define ON_FILE		.on_file = true
#define READ_WRITE	(KOWN_RIGHT_READ | KOWN_RIGHT_WRITE)

static const struct command commands[] = {
	COMMAND(KOWN_IOC_INFO, kown_info, all_bytes, cmd_info),
	COMMAND(KOWN_IOC_NEW, kown_new, count, cmd_new, MANY(kown_new)),
	COMMAND(KOWN_IOC_CLONE, kown_clone, count, cmd_clone,
		HANDLE(ANY, KOWN_RIGHT_CLONE), MANY(kown_clone)),
	COMMAND(KOWN_IOC_DROP, kown_drop, done, cmd_drop),
	COMMAND(KOWN_IOC_STAT, kown_stat, cap, cmd_stat, HANDLE(ANY, 0), ON_FILE),
	COMMAND(KOWN_IOC_PUSH, kown_push, index, cmd_push,
		HANDLE(STRONG, KOWN_RIGHT_WRITE), ON_FILE, RESERVED(kown_push)),
	COMMAND(KOWN_IOC_POP, kown_pop, taken, cmd_pop,
		HANDLE(STRONG, READ_WRITE), ON_FILE, RESERVED(kown_pop)),
	COMMAND(KOWN_IOC_READ, kown_read, data, cmd_read,
		HANDLE(STRONG, KOWN_RIGHT_READ), ON_FILE, RESERVED(kown_read)),
	COMMAND(KOWN_IOC_EXPORT, kown_export, __reserved, cmd_export,
		HANDLE(ANY, KOWN_RIGHT_EXPORT), RESERVED(kown_export)),
	COMMAND(KOWN_IOC_IMPORT, kown_import, __reserved, cmd_import,
		RESERVED(kown_import)),
	COMMAND(KOWN_IOC_DOWNGRADE, kown_clone, count, cmd_downgrade,
		HANDLE(STRONG, KOWN_RIGHT_CLONE), MANY(kown_clone)),
	COMMAND(KOWN_IOC_UPGRADE, kown_clone, count, cmd_upgrade,
		HANDLE(WEAK, 0), MANY(kown_clone)),
	COMMAND(KOWN_IOC_INTO_INNER, kown_own, object, cmd_into_inner,
		HANDLE(STRONG, READ_WRITE)),
	COMMAND(KOWN_IOC_TAKE, kown_own, object, cmd_take,
		HANDLE(STRONG, READ_WRITE)),
	COMMAND(KOWN_IOC_MAKE_MUT, kown_own, object, cmd_make_mut,
		HANDLE(STRONG, READ_WRITE)),
	COMMAND(KOWN_IOC_LOCK, kown_lock, deadline, cmd_lock,
		HANDLE(STRONG, KOWN_RIGHT_LOCK), ON_FILE, RESERVED(kown_lock),
		FLAGS(KOWN_LOCK_TRY)),
	COMMAND(KOWN_IOC_UNLOCK, kown_unlock, __reserved, cmd_unlock,
		HANDLE(STRONG, KOWN_RIGHT_LOCK), ON_FILE, RESERVED(kown_unlock)),
	COMMAND(KOWN_IOC_CLEAR_POISON, kown_unlock, __reserved, cmd_clear_poison,
		HANDLE(STRONG, KOWN_RIGHT_LOCK), ON_FILE, RESERVED(kown_unlock)),
	COMMAND(KOWN_IOC_POP_FRONT, kown_pop, taken, cmd_pop_front,
		HANDLE(STRONG, READ_WRITE), ON_FILE, RESERVED(kown_pop)),
	COMMAND(KOWN_IOC_INSERT, kown_range, data, cmd_insert,
		HANDLE(STRONG, KOWN_RIGHT_WRITE), ON_FILE, RESERVED(kown_range)),
	COMMAND(KOWN_IOC_REMOVE, kown_range, data, cmd_remove,
		HANDLE(STRONG, READ_WRITE), ON_FILE, RESERVED(kown_range),
		REMOVED(kown_range, data)),
	COMMAND(KOWN_IOC_SWAP_REMOVE, kown_range, data, cmd_swap_remove,
		HANDLE(STRONG, READ_WRITE), ON_FILE, RESERVED(kown_range),
		REMOVED(kown_range, data)),
	COMMAND(KOWN_IOC_DRAIN, kown_drain, taken, cmd_drain,
		HANDLE(STRONG, READ_WRITE), ON_FILE, RESERVED(kown_drain),
		REMOVED(kown_drain, data)),
	COMMAND(KOWN_IOC_SPLICE, kown_splice, insert, cmd_splice,
		HANDLE(STRONG, READ_WRITE), ON_FILE, RESERVED(kown_splice),
		REMOVED(kown_splice, removed)),
	COMMAND(KOWN_IOC_WRITE, kown_range, data, cmd_write,
		HANDLE(STRONG, KOWN_RIGHT_WRITE), ON_FILE, RESERVED(kown_range)),
	COMMAND(KOWN_IOC_FILL, kown_range, data, cmd_fill,
		HANDLE(STRONG, KOWN_RIGHT_WRITE), ON_FILE, RESERVED(kown_range)),
	COMMAND(KOWN_IOC_TRUNCATE, kown_resize, data, cmd_truncate,
		HANDLE(STRONG, KOWN_RIGHT_WRITE), ON_FILE, RESERVED(kown_resize),
		UNUSED(kown_resize, data)),
	COMMAND(KOWN_IOC_RESIZE, kown_resize, data, cmd_resize,
		HANDLE(STRONG, KOWN_RIGHT_WRITE), ON_FILE, RESERVED(kown_resize)),
	COMMAND(KOWN_IOC_RESERVE, kown_reserve, cap, cmd_reserve,
		HANDLE(STRONG, KOWN_RIGHT_WRITE), ON_FILE, RESERVED(kown_reserve),
		FLAGS(KOWN_RESERVE_EXACT)),
	COMMAND(KOWN_IOC_SHRINK, kown_reserve, cap, cmd_shrink,
		HANDLE(STRONG, KOWN_RIGHT_WRITE), ON_FILE, RESERVED(kown_reserve)),
	COMMAND(KOWN_IOC_RETAIN, kown_mask, taken, cmd_retain,
		HANDLE(STRONG, KOWN_RIGHT_WRITE), ON_FILE, RESERVED(kown_mask),
		UNUSED(kown_mask, data)),
	COMMAND(KOWN_IOC_EXTRACT, kown_mask, taken, cmd_extract,
		HANDLE(STRONG, READ_WRITE), ON_FILE, RESERVED(kown_mask)),
	COMMAND(KOWN_IOC_DEDUP, kown_dedup, taken, cmd_dedup,
		HANDLE(STRONG, READ_WRITE), ON_FILE, RESERVED(kown_dedup)),
	COMMAND(KOWN_IOC_EXTEND_WITHIN, kown_range, data, cmd_extend_within,
		HANDLE(STRONG, READ_WRITE), ON_FILE, RESERVED(kown_range),
		UNUSED(kown_range, data)),
	COMMAND(KOWN_IOC_APPEND, kown_append, index, cmd_append,
		HANDLE(STRONG, KOWN_RIGHT_WRITE), UNUSED(kown_append, start),
		.unused_too = offsetof(struct kown_append, count)),
	COMMAND(KOWN_IOC_COPY_FROM, kown_append, index, cmd_copy_from,
		HANDLE(STRONG, KOWN_RIGHT_WRITE)),
	COMMAND(KOWN_IOC_SPLIT_OFF, kown_split_off, object, cmd_split_off,
		HANDLE(STRONG, READ_WRITE)),
	COMMAND(KOWN_IOC_CLONE_DATA, kown_clone, count, cmd_clone_data,
		HANDLE(STRONG, KOWN_RIGHT_READ), .reserved = offsetof(struct kown_clone, count),
		UNUSED(kown_clone, handles)),
};

#define ROW(_cmd)	(&commands[_IOC_NR(_cmd)])

static u64 command_mask(void)
{
	u64 mask = 0;

	BUILD_BUG_ON(ARRAY_SIZE(commands) > 64);
	for (unsigned int nr = 0; nr < ARRAY_SIZE(commands); nr++)
		if (commands[nr].run)
			mask |= BIT_ULL(nr);
	return mask;
}

/* A row that there is not has the number 0, and no command has. */
static const struct command *find_command(unsigned int cmd)
{
	unsigned int nr = _IOC_NR(cmd);

	if (nr >= ARRAY_SIZE(commands))
		return NULL;
	nr = array_index_nospec(nr, ARRAY_SIZE(commands));
	return commands[nr].cmd == cmd ? &commands[nr] : NULL;
}

static __always_inline bool is_zero(const struct call *call, u32 field)
{
	return !field || !*(u64 *)((char *)&call->arg + field);
}

/* What the struct must not say. */
static __always_inline int check(const struct call *call, const struct command *command)
{
	if (call->arg.flags & ~command->flags)
		return -EOPNOTSUPP;
	if (command->reserved && *(u32 *)((char *)&call->arg + command->reserved))
		return -EOPNOTSUPP;
	if (!is_zero(call, command->unused) || !is_zero(call, command->unused_too))
		return -EOPNOTSUPP;
	if (command->many && !is_zero(call, command->many) &&
	    !*(u32 *)((char *)&call->arg + command->many - sizeof(u32)))
		return -EOPNOTSUPP;
	if (call->arg.flags & KOWN_DISCARD && command->removed &&
	    !is_zero(call, command->removed))
		return -EOPNOTSUPP;
	return 0;
}

static __always_inline struct kown_handle *
pin_for(struct call *call, const struct command *command)
{
	u32 rights = command->rights;

	if (command->strength == NO_HANDLE)
		return NULL;
	if (command->removed && call->arg.flags & KOWN_DISCARD)
		rights &= ~KOWN_RIGHT_READ;
	return pin(call, call->arg.handle, command->strength, rights);
}

static __always_inline int run_once(struct call *call, const struct command *command)
{
	struct kown_handle *handle __free(kown_handle_unpin) = pin_for(call, command);

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	call->handle = handle;
	if (trace_kown_command_enabled() && handle)
		call->object = handle->object->id;
	return command->run(call);
}

/*
 * A struct of the size that is expected is read with one look, as it is made of words.
 * Whatever is not as expected is for read_arg() to judge.
 */
static __always_inline bool read_expected_arg(struct call *call, const struct command *command)
{
	u32 size = command->size;

	return size <= sizeof(call->arg) &&
	       IS_ALIGNED((uintptr_t)call->user, sizeof(u64)) &&
	       !kown_words_from_user(&call->arg, call->user, size) &&
	       call->arg.size == size;
}

/* As copy_struct_from_user(), of as much as there is room for in @call. */
static int read_arg(struct call *call, const struct command *command)
{
	u32 size = command->size, user_size;
	int zero;

	if (get_user(user_size, (u32 __user *)call->user))
		return -EFAULT;
	if (user_size < command->min)
		return -EINVAL;
	if (user_size > PAGE_SIZE)
		return -E2BIG;
	if (user_size > size) {
		zero = check_zeroed_user(call->user + size, user_size - size);
		if (zero <= 0)
			return zero ? zero : -E2BIG;
	}
	memset(&call->arg, 0, sizeof(call->arg));
	size = min3(size, user_size, (u32)sizeof(call->arg));
	if (copy_from_user(&call->arg, call->user, size))
		return -EFAULT;
	/* As it was when it was judged. */
	call->arg.size = user_size;
	return 0;
}

/* On a context or, with @self, on a descriptor. */
static __always_inline int run(struct kown_context *context, struct kown_handle *self,
			       const struct command *command, void __user *user)
{
	/* Its arg is read whole, or zeroed first. */
	struct call call __uninitialized;
	int err = 0;

	if (self && !command->on_file)
		return -ENOTTY;
	call.context = context;
	call.self = self;
	call.handle = NULL;
	call.object = 0;
	call.user = user;
	call.exact = read_expected_arg(&call, command);
	if (!call.exact)
		err = read_arg(&call, command);
	if (!err)
		err = check(&call, command);
	if (!err) {
		do
			err = run_once(&call, command);
		while (err == -KOWN_LOOK_AGAIN);
	}
	trace_kown_command(command->name, call.object, err);
	return err;
}

static noinline int run_any(struct kown_context *context, struct kown_handle *self,
			    unsigned int cmd, void __user *user)
{
	const struct command *command = find_command(cmd);

	return command ? run(context, self, command, user) : -ENOTTY;
}

/**
 * kown_command() - run an ioctl on a context
 * @context: the context
 * @cmd: the command, unchecked
 * @user: its struct, unchecked
 *
 * Of what is wanted most the compiler knows the row, so that what this row does not ask for
 * costs nothing. It is the same code for all.
 *
 * Context: Process context, with the file held. Sleeps.
 * Return: 0, or an error of those in <linux/kown.h>.
 */
long kown_command(struct kown_context *context, unsigned int cmd, void __user *user)
{
	switch (cmd) {
	case KOWN_IOC_NEW:
		return run(context, NULL, ROW(KOWN_IOC_NEW), user);
	case KOWN_IOC_CLONE:
		return run(context, NULL, ROW(KOWN_IOC_CLONE), user);
	case KOWN_IOC_DROP:
		return run(context, NULL, ROW(KOWN_IOC_DROP), user);
	case KOWN_IOC_PUSH:
		return run(context, NULL, ROW(KOWN_IOC_PUSH), user);
	case KOWN_IOC_POP:
		return run(context, NULL, ROW(KOWN_IOC_POP), user);
	case KOWN_IOC_READ:
		return run(context, NULL, ROW(KOWN_IOC_READ), user);
	default:
		return run_any(context, NULL, cmd, user);
	}
}

/**
 * kown_command_on_file() - run an ioctl on an exported descriptor
 * @handle: the descriptor's
 * @cmd: the command, unchecked
 * @user: its struct, unchecked
 *
 * Context: As kown_command().
 * Return: as kown_command().
 */
long kown_command_on_file(struct kown_handle *handle, unsigned int cmd, void __user *user)
{
	return run_any(NULL, handle, cmd, user);
}
