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
#include "command.h"
#include "elements.h"
#include "file.h"
#include "own.h"

/**
 * struct call - one call of one command, all of it the calling thread's own
 * @context: whose
 * @user: the caller's struct; read once, into @arg
 * @user_size: its size as the caller gave it
 * @arg: this kernel's copy; what the caller's struct lacks is zero
 */
struct call {
	struct kown_context *context;
	void __user *user;
	u32 user_size;
	union {
		struct {
			u32 size;
			u32 flags;
		};
		struct kown_info info;
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
	} arg;
};

/**
 * struct command - a row of the table
 * @cmd: the number, whole
 * @size: of this kernel's struct
 * @min: of the first struct there was
 * @flags: those that are known
 * @reserved: where the field is that must be zero; 0 if there is none
 * @run: the function
 */
struct command {
	unsigned int cmd;
	u32 size;
	u32 min;
	u32 flags;
	u32 reserved;
	int (*run)(struct call *call);
};

/* Copy the whole struct out. @size is what the caller's and this kernel's share. */
static int reply(struct call *call, u32 size)
{
	call->arg.size = min(call->user_size, size);
	return copy_to_user(call->user, &call->arg, call->arg.size) ? -EFAULT : 0;
}

/* Look a handle up that must own the object. */
static struct kown_handle *pin_strong(struct call *call, u32 number, u32 need)
{
	struct kown_handle *handle = kown_table_pin(&call->context->table, number, need);

	if (IS_ERR(handle) || !handle->weak)
		return handle;
	kown_handle_unpin(handle);
	return ERR_PTR(-EINVAL);
}

/*
 * Give the context a handle, closed so far, and tell it in *@number, a field of the
 * struct of @size bytes; then open it with @from, or if that is NULL as the object's
 * first. Takes the caller's pin over.
 */
static int give_handle(struct call *call, struct kown_handle *handle,
		       struct kown_handle *from, u32 *number, u32 size)
{
	struct kown_table *table = &call->context->table;
	int err;

	err = kown_table_reserve(table, number);
	if (err)
		goto unpin;
	err = reply(call, size);
	if (!err && from)
		err = kown_handle_open(handle, from);
	if (err)
		goto cancel;
	if (!from)
		kown_handle_adopt(handle);
	kown_table_publish(table, *number, handle);
	return 0;

cancel:
	kown_table_cancel(table, *number);
unpin:
	kown_handle_unpin(handle);
	return err;
}

/* The same for a new handle with some of the rights of @from. */
static int give_other(struct call *call, struct kown_handle *from, u32 want, bool weak,
		      u32 *number, u32 size)
{
	struct kown_handle *handle;
	u32 rights;
	int err;

	err = kown_rights_narrow(from->rights, want, &rights);
	if (err)
		return err;
	handle = kown_handle_new(from->object, rights, weak,
				 &call->context->table.place);
	if (IS_ERR(handle))
		return PTR_ERR(handle);
	return give_handle(call, handle, from, number, size);
}

static u64 command_mask(void);

static int do_info(struct call *call)
{
	const struct kown_account *account = call->context->account;
	struct kown_info *info = &call->arg.info;

	*info = (struct kown_info) {
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
	};
	return reply(call, sizeof(*info));
}

static int do_new(struct call *call)
{
	struct kown_new *new = &call->arg.new;
	struct kown_object *object;
	struct kown_handle *handle;
	int err;

	if (new->mode > KOWN_MODE_LOCKED)
		return -EOPNOTSUPP;
	if (new->elem_size > KOWN_MAX_ELEM_SIZE)
		return -EINVAL;
	object = kown_object_new(call->context->account, new->mode,
				 new->elem_size, new->cap);
	if (IS_ERR(object))
		return PTR_ERR(object);
	new->object = object->id;
	handle = kown_handle_new(object, KOWN_RIGHTS_ALL, false,
				 &call->context->table.place);
	if (IS_ERR(handle))
		err = PTR_ERR(handle);
	else
		err = give_handle(call, handle, NULL, &new->handle, sizeof(*new));
	if (err)
		kown_object_put(object);
	return err;
}

static int do_clone(struct call *call)
{
	struct kown_clone *clone = &call->arg.clone;
	struct kown_handle *handle __free(kown_handle_unpin) =
		kown_table_pin(&call->context->table, clone->handle,
			       KOWN_RIGHT_CLONE);

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	return give_other(call, handle, clone->rights, handle->weak,
			  &clone->new_handle, sizeof(*clone));
}

static int do_downgrade(struct call *call)
{
	struct kown_clone *clone = &call->arg.clone;
	struct kown_handle *handle __free(kown_handle_unpin) =
		pin_strong(call, clone->handle, KOWN_RIGHT_CLONE);

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	return give_other(call, handle, clone->rights, true, &clone->new_handle,
			  sizeof(*clone));
}

static int do_upgrade(struct call *call)
{
	struct kown_clone *clone = &call->arg.clone;
	struct kown_handle *handle __free(kown_handle_unpin) =
		kown_table_pin(&call->context->table, clone->handle, 0);

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	if (!handle->weak)
		return -EINVAL;
	return give_other(call, handle, clone->rights, false, &clone->new_handle,
			  sizeof(*clone));
}

/* One by one, so that @done is exact wherever the array stops being readable. */
static int drop_all(struct kown_table *table, const u32 __user *numbers,
		    u32 count, u32 *done)
{
	for (; *done < count; ++*done) {
		u32 number;
		int err;

		if (fatal_signal_pending(current))
			return -EINTR;
		if (get_user(number, numbers + *done))
			return -EFAULT;
		err = kown_table_drop(table, number);
		if (err)
			return err;
		cond_resched();
	}
	return 0;
}

static int do_drop(struct call *call)
{
	struct kown_drop *drop = &call->arg.drop;
	struct kown_drop __user *user = call->user;
	int err;

	/* What was dropped stays so: be sure beforehand that it can be told. */
	drop->done = 0;
	if (put_user(drop->done, &user->done))
		return -EFAULT;
	err = drop_all(&call->context->table, u64_to_user_ptr(drop->handles),
		       drop->count, &drop->done);
	return put_user(drop->done, &user->done) ? -EFAULT : err;
}

/* A weak count is without the share of the strong ones, as long as there are any. */
static u32 weak_count(const struct kown_object *object)
{
	u32 weak = kown_arc_weak_count(&object->arc);

	return kown_arc_strong_count(&object->arc) ? weak : weak + 1;
}

static int do_stat(struct call *call)
{
	struct kown_stat *stat = &call->arg.stat;
	struct kown_handle *handle __free(kown_handle_unpin) =
		kown_table_pin(&call->context->table, stat->handle, 0);
	struct kown_object *object;
	int err;

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	object = handle->object;
	err = kown_handle_lock(handle);
	if (err)
		return err;
	stat->rights = handle->rights;
	stat->object = object->id;
	stat->strong = kown_arc_strong_count(&object->arc);
	stat->weak = weak_count(object);
	stat->mode = object->mode;
	stat->elem_size = object->elem.size;
	stat->len = object->vec.len;
	stat->cap = stat->strong ? kown_vec_cap(&object->vec, &object->elem) : 0;
	stat->state = handle->weak ? KOWN_STATE_WEAK : 0;
	stat->owner = 0;
	if (object->guard)
		stat->state |= kown_guard_state(handle, &stat->owner);
	kown_handle_unlock(handle);
	return reply(call, sizeof(*stat));
}

static int do_push(struct call *call)
{
	struct kown_push *push = &call->arg.push;
	struct kown_push __user *user = call->user;
	struct kown_handle *handle __free(kown_handle_unpin) =
		pin_strong(call, push->handle, KOWN_RIGHT_WRITE);

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	return kown_elements_push(handle, u64_to_user_ptr(push->data), push->count,
				  &user->index);
}

static int do_pop(struct call *call)
{
	struct kown_pop *pop = &call->arg.pop;
	struct kown_pop __user *user = call->user;
	struct kown_handle *handle __free(kown_handle_unpin) =
		pin_strong(call, pop->handle, KOWN_RIGHT_READ | KOWN_RIGHT_WRITE);

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	return kown_elements_pop(handle, u64_to_user_ptr(pop->data), pop->count,
				 &user->taken);
}

static int do_read(struct call *call)
{
	struct kown_read *read = &call->arg.read;
	struct kown_handle *handle __free(kown_handle_unpin) =
		pin_strong(call, read->handle, KOWN_RIGHT_READ);

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	return kown_elements_read(handle, u64_to_user_ptr(read->data), read->start,
				  read->count);
}

/* A file that shall own one more reference to the object of @handle. */
static struct file *export_file(const struct kown_handle *handle, u32 want)
{
	struct kown_handle *own;
	struct file *file;
	u32 rights;
	int err;

	err = kown_rights_narrow(handle->rights, want, &rights);
	if (err)
		return ERR_PTR(err);
	own = kown_handle_new(handle->object, rights, handle->weak, NULL);
	if (IS_ERR(own))
		return ERR_CAST(own);
	file = kown_file_new(own);
	if (IS_ERR(file))
		kown_handle_unpin(own);
	return file;
}

static int do_export(struct call *call)
{
	struct kown_export *export = &call->arg.export;
	struct kown_handle *handle __free(kown_handle_unpin) =
		kown_table_pin(&call->context->table, export->handle,
			       KOWN_RIGHT_EXPORT);
	struct file *file;
	int err;

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	export->fd = get_unused_fd_flags(O_CLOEXEC);
	if (export->fd < 0)
		return export->fd;
	file = export_file(handle, export->rights);
	if (IS_ERR(file)) {
		put_unused_fd(export->fd);
		return PTR_ERR(file);
	}
	err = reply(call, sizeof(*export));
	if (!err)
		err = kown_handle_open(kown_file_handle(file), handle);
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
	return give_other(call, handle, import->rights, handle->weak, &import->handle,
			  sizeof(*import));
}

static int do_import(struct call *call)
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
	u32 number = call->arg.own.handle;
	struct kown_handle *handle __free(kown_handle_unpin) =
		pin_strong(call, number, KOWN_RIGHT_READ | KOWN_RIGHT_WRITE);

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	return kown_own(&call->context->table, number, handle, if_shared, call->user);
}

static int do_into_inner(struct call *call)
{
	return own(call, KOWN_IF_SHARED_DROP);
}

static int do_take(struct call *call)
{
	return own(call, KOWN_IF_SHARED_REFUSE);
}

static int do_make_mut(struct call *call)
{
	return own(call, KOWN_IF_SHARED_COPY);
}

static int do_lock(struct call *call)
{
	struct kown_lock *lock = &call->arg.lock;
	struct kown_handle *handle __free(kown_handle_unpin) =
		pin_strong(call, lock->handle, KOWN_RIGHT_LOCK);

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	return kown_guard_lock(handle, !(lock->flags & KOWN_LOCK_TRY), lock->deadline);
}

static int do_unlock(struct call *call)
{
	struct kown_handle *handle __free(kown_handle_unpin) =
		pin_strong(call, call->arg.unlock.handle, KOWN_RIGHT_LOCK);

	return IS_ERR(handle) ? PTR_ERR(handle) : kown_guard_unlock(handle);
}

static int do_clear_poison(struct call *call)
{
	struct kown_handle *handle __free(kown_handle_unpin) =
		pin_strong(call, call->arg.unlock.handle, KOWN_RIGHT_LOCK);

	return IS_ERR(handle) ? PTR_ERR(handle) : kown_guard_clear_poison(handle);
}

#define COMMAND(_cmd, _type, _last, _run, ...)				\
	[_IOC_NR(_cmd)] = {						\
		.cmd = (_cmd),						\
		.size = sizeof(struct _type),				\
		.min = offsetofend(struct _type, _last),		\
		.run = (_run),						\
		__VA_ARGS__						\
	}
#define RESERVED(_type)	.reserved = offsetof(struct _type, __reserved)
#define FLAGS(_flags)	.flags = (_flags)

static const struct command commands[] = {
	COMMAND(KOWN_IOC_INFO, kown_info, all_bytes, do_info),
	COMMAND(KOWN_IOC_NEW, kown_new, __reserved, do_new, RESERVED(kown_new)),
	COMMAND(KOWN_IOC_CLONE, kown_clone, __reserved, do_clone, RESERVED(kown_clone)),
	COMMAND(KOWN_IOC_DROP, kown_drop, done, do_drop),
	COMMAND(KOWN_IOC_STAT, kown_stat, cap, do_stat),
	COMMAND(KOWN_IOC_PUSH, kown_push, index, do_push, RESERVED(kown_push)),
	COMMAND(KOWN_IOC_POP, kown_pop, taken, do_pop, RESERVED(kown_pop)),
	COMMAND(KOWN_IOC_READ, kown_read, data, do_read, RESERVED(kown_read)),
	COMMAND(KOWN_IOC_EXPORT, kown_export, __reserved, do_export,
		RESERVED(kown_export)),
	COMMAND(KOWN_IOC_IMPORT, kown_import, __reserved, do_import,
		RESERVED(kown_import)),
	COMMAND(KOWN_IOC_DOWNGRADE, kown_clone, __reserved, do_downgrade,
		RESERVED(kown_clone)),
	COMMAND(KOWN_IOC_UPGRADE, kown_clone, __reserved, do_upgrade,
		RESERVED(kown_clone)),
	COMMAND(KOWN_IOC_INTO_INNER, kown_own, object, do_into_inner),
	COMMAND(KOWN_IOC_TAKE, kown_own, object, do_take),
	COMMAND(KOWN_IOC_MAKE_MUT, kown_own, object, do_make_mut),
	COMMAND(KOWN_IOC_LOCK, kown_lock, deadline, do_lock, RESERVED(kown_lock),
		FLAGS(KOWN_LOCK_TRY)),
	COMMAND(KOWN_IOC_UNLOCK, kown_unlock, __reserved, do_unlock,
		RESERVED(kown_unlock)),
	COMMAND(KOWN_IOC_CLEAR_POISON, kown_unlock, __reserved, do_clear_poison,
		RESERVED(kown_unlock)),
};

static u64 command_mask(void)
{
	u64 mask = 0;

	BUILD_BUG_ON(ARRAY_SIZE(commands) > 64);
	for (unsigned int nr = 0; nr < ARRAY_SIZE(commands); nr++)
		if (commands[nr].run)
			mask |= BIT_ULL(nr);
	return mask;
}

static const struct command *find_command(unsigned int cmd)
{
	unsigned int nr = _IOC_NR(cmd);

	if (nr >= ARRAY_SIZE(commands))
		return NULL;
	nr = array_index_nospec(nr, ARRAY_SIZE(commands));
	return commands[nr].cmd == cmd && commands[nr].run ? &commands[nr] : NULL;
}

/**
 * kown_command() - run an ioctl
 * @context: whose
 * @cmd: the command, unchecked
 * @user: its struct, unchecked
 *
 * Context: Process context. Sleeps.
 * Return: 0, or an error of those in <linux/kown.h>.
 */
long kown_command(struct kown_context *context, unsigned int cmd,
		  void __user *user)
{
	const struct command *command = find_command(cmd);
	struct call call = { .context = context, .user = user };
	int err;

	if (!command)
		return -ENOTTY;
	if (get_user(call.user_size, (u32 __user *)user))
		return -EFAULT;
	if (call.user_size < command->min)
		return -EINVAL;
	if (call.user_size > PAGE_SIZE)
		return -E2BIG;
	err = copy_struct_from_user(&call.arg, command->size, user,
				    call.user_size);
	if (err)
		return err;
	if (call.arg.flags & ~command->flags)
		return -EOPNOTSUPP;
	if (command->reserved &&
	    *(u32 *)((char *)&call.arg + command->reserved))
		return -EOPNOTSUPP;
	do
		err = command->run(&call);
	while (err == -KOWN_LOOK_AGAIN);
	return err;
}
