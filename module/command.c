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
#include "file.h"

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
	} arg;
};

/**
 * struct command - a row of the table
 * @cmd: the number, whole
 * @size: of this kernel's struct
 * @min: of the first struct there was
 * @reserved: where the field is that must be zero; 0 if there is none
 * @run: the function
 */
struct command {
	unsigned int cmd;
	u32 size;
	u32 min;
	u32 reserved;
	int (*run)(struct call *call);
};

/* Copy the whole struct out. @size is what the caller's and this kernel's share. */
static int reply(struct call *call, u32 size)
{
	call->arg.size = min(call->user_size, size);
	return copy_to_user(call->user, &call->arg, call->arg.size) ? -EFAULT : 0;
}

/*
 * Give the context a handle of @object, whose reference is the caller's no more,
 * and tell it in *@number, a field of the struct of @size bytes.
 */
static int give_handle(struct call *call, struct kown_object *object, u32 rights,
		       u32 *number, u32 size)
{
	struct kown_table *table = &call->context->table;
	struct kown_handle *handle;
	int err;

	handle = kown_handle_new(object, rights);
	if (IS_ERR(handle)) {
		kown_object_put(object);
		return PTR_ERR(handle);
	}
	err = kown_table_reserve(table, number);
	if (err)
		goto unpin;
	err = reply(call, size);
	if (err)
		goto cancel;
	kown_table_publish(table, *number, handle);
	return 0;

cancel:
	kown_table_cancel(table, *number);
unpin:
	kown_handle_unpin(handle);
	return err;
}

static u64 command_mask(void);

static int do_info(struct call *call)
{
	const struct kown_account *account = call->context->account;
	struct kown_info *info = &call->arg.info;

	*info = (struct kown_info) {
		.commands = command_mask(),
		.modes = BIT(KOWN_MODE_SHARED),
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

	if (new->mode != KOWN_MODE_SHARED)
		return -EOPNOTSUPP;
	if (new->elem_size > KOWN_MAX_ELEM_SIZE)
		return -EINVAL;
	object = kown_object_new(call->context->account, new->mode,
				 new->elem_size, new->cap);
	if (IS_ERR(object))
		return PTR_ERR(object);
	new->object = object->id;
	return give_handle(call, object, KOWN_RIGHTS_ALL, &new->handle,
			   sizeof(*new));
}

static int do_clone(struct call *call)
{
	struct kown_clone *clone = &call->arg.clone;
	struct kown_handle *handle __free(kown_handle_unpin) =
		kown_table_pin(&call->context->table, clone->handle,
			       KOWN_RIGHT_CLONE);
	u32 rights;
	int err;

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	err = kown_rights_narrow(handle->rights, clone->rights, &rights);
	if (err)
		return err;
	err = kown_object_get(handle->object);
	if (err)
		return err;
	return give_handle(call, handle->object, rights, &clone->new_handle,
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
	err = kown_object_size(object, &stat->len, &stat->cap);
	if (err)
		return err;
	stat->rights = handle->rights;
	stat->object = object->id;
	stat->strong = kown_arc_strong_count(&object->arc);
	stat->weak = kown_arc_weak_count(&object->arc);
	stat->mode = object->mode;
	stat->elem_size = object->elem.size;
	return reply(call, sizeof(*stat));
}

static int do_push(struct call *call)
{
	struct kown_push *push = &call->arg.push;
	struct kown_push __user *user = call->user;
	struct kown_handle *handle __free(kown_handle_unpin) =
		kown_table_pin(&call->context->table, push->handle,
			       KOWN_RIGHT_WRITE);

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	return kown_object_push(handle->object, u64_to_user_ptr(push->data),
				push->count, &user->index);
}

static int do_pop(struct call *call)
{
	struct kown_pop *pop = &call->arg.pop;
	struct kown_pop __user *user = call->user;
	struct kown_handle *handle __free(kown_handle_unpin) =
		kown_table_pin(&call->context->table, pop->handle,
			       KOWN_RIGHT_READ | KOWN_RIGHT_WRITE);

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	return kown_object_pop(handle->object, u64_to_user_ptr(pop->data),
			       pop->count, &user->taken);
}

static int do_read(struct call *call)
{
	struct kown_read *read = &call->arg.read;
	struct kown_handle *handle __free(kown_handle_unpin) =
		kown_table_pin(&call->context->table, read->handle,
			       KOWN_RIGHT_READ);

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	return kown_object_read(handle->object, u64_to_user_ptr(read->data),
				read->start, read->count);
}

/* A file that owns one more reference to the object of @handle. */
static struct file *export_file(const struct kown_handle *handle, u32 want)
{
	struct kown_handle *own;
	struct file *file;
	u32 rights;
	int err;

	err = kown_rights_narrow(handle->rights, want, &rights);
	if (err)
		return ERR_PTR(err);
	err = kown_object_get(handle->object);
	if (err)
		return ERR_PTR(err);
	own = kown_handle_new(handle->object, rights);
	if (IS_ERR(own)) {
		kown_object_put(handle->object);
		return ERR_CAST(own);
	}
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
	u32 rights;
	int err;

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	err = kown_rights_narrow(handle->rights, import->rights, &rights);
	if (err)
		return err;
	err = kown_object_get(handle->object);
	if (err)
		return err;
	return give_handle(call, handle->object, rights, &import->handle,
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

#define COMMAND(_cmd, _type, _last, _reserved, _run)			\
	[_IOC_NR(_cmd)] = {						\
		.cmd = (_cmd),						\
		.size = sizeof(struct _type),				\
		.min = offsetofend(struct _type, _last),		\
		.reserved = (_reserved),				\
		.run = (_run),						\
	}
#define RESERVED(_type) offsetof(struct _type, __reserved)

static const struct command commands[] = {
	COMMAND(KOWN_IOC_INFO, kown_info, all_bytes, 0, do_info),
	COMMAND(KOWN_IOC_NEW, kown_new, __reserved, RESERVED(kown_new), do_new),
	COMMAND(KOWN_IOC_CLONE, kown_clone, __reserved, RESERVED(kown_clone),
		do_clone),
	COMMAND(KOWN_IOC_DROP, kown_drop, done, 0, do_drop),
	COMMAND(KOWN_IOC_STAT, kown_stat, cap, 0, do_stat),
	COMMAND(KOWN_IOC_PUSH, kown_push, index, RESERVED(kown_push), do_push),
	COMMAND(KOWN_IOC_POP, kown_pop, taken, RESERVED(kown_pop), do_pop),
	COMMAND(KOWN_IOC_READ, kown_read, data, RESERVED(kown_read), do_read),
	COMMAND(KOWN_IOC_EXPORT, kown_export, __reserved, RESERVED(kown_export),
		do_export),
	COMMAND(KOWN_IOC_IMPORT, kown_import, __reserved, RESERVED(kown_import),
		do_import),
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
	if (call.arg.flags)
		return -EOPNOTSUPP;
	if (command->reserved &&
	    *(u32 *)((char *)&call.arg + command->reserved))
		return -EOPNOTSUPP;
	return command->run(&call);
}
