// SPDX-License-Identifier: GPL-2.0
/*
 * Guard: taken, given back, and taken back.
 */
#include <linux/hrtimer.h>
#include <linux/pid.h>
#include <linux/poll.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include <uapi/linux/kown.h>

#include "account.h"
#include "device_trace.h"
#include "guard.h"
#include "handle.h"
#include "object.h"

/*
 * When is an owner gone?
 *
 * A lock that outlives its owner stops everybody, so it must be taken back however the
 * owner ends; and a lock that is taken back from a living owner breaks what it protects.
 * The owner is a process with a context. No single hook sees its end:
 *
 *  - ->release() of the context's file comes too late: a child that inherited the
 *    descriptor, or a socket it was sent through, keeps the file for ever.
 *  - ->flush() comes with each close(2), also of a dup; POSIX record locks, which are
 *    dropped by any of them, are notorious for that. And it does not come when the
 *    process dies and shares its descriptors with another (CLONE_FILES).
 *  - A list to be walked by the kernel when a task exits, like that of robust futexes,
 *    is the task's, and a module has no place in the task.
 *
 * So there are three, each for what it can tell exactly:
 *
 *  1. The process ends. The kernel wakes the queue @pid->wait_pidfd then, for pidfds,
 *     and the guard has an entry in it, @death. It runs when the last thread is gone,
 *     before the parent is told, whoever has the descriptor by then. A struct pid is not
 *     used again, so no later process is taken for the owner.
 *  2. The process has no descriptor of the context left. ->flush() looks for another in
 *     the process's table, and only if there is none the locks are taken back; so a dup
 *     may be closed, and exec with O_CLOEXEC is covered. Threads that have unshared
 *     their tables are one process, and the table of the one that closes decides. A
 *     thread that gets the lock while another closes looks itself, too, once it has it:
 *     the lock of the process's table makes one of the two see the other.
 *  3. The handle that the lock was taken with is closed: dropped by number, or with its
 *     context, by the last close. That covers what is left, and means that a guard with
 *     an owner has a handle in a place which is there.
 *
 * Who may do what
 *
 * Lock, unlock, 2 and 3 run under the object's lock. @death cannot: it runs in the exit of
 * another task, with interrupts off. It only sets @poisoned and then clears @place, and
 * the release of that store is all it does to the guard, but for the wake-ups. As long as
 * @place is set to a living process, @death does nothing, so an owner that looks at its
 * own guard has no race with it. Everyone else, who is about to take a lock that is free
 * or to take one back, first calls settle(): it takes @death out of its queue, under that
 * queue's lock, and so waits for a @death that is just running.
 *
 *	CPU 0: the owner's exit             CPU 1: LOCK by another
 *	---------------------------------   ---------------------------------
 *	wait_pidfd.lock {
 *	  poisoned = true
 *	  place = NULL           (release)
 *	                                    place is NULL       (acquire)
 *	                                    settle(): waits for wait_pidfd.lock
 *	  wake waiters
 *	}
 *	                                    pid = mine, @death in my queue
 *	                                    place = mine; poisoned: -EOWNERDEAD
 *
 * Waiting
 *
 * Who unlocks wakes the first waiter, who tries again; somebody else may come first, and
 * then wakes the next when he unlocks. A waiter that was woken always tries before it
 * looks at its signals and its deadline, so it is told of the poison and not of the
 * signal; and whoever gives up wakes another if the lock is free, so that no wake-up is
 * lost with him. Nobody sleeps with the object's lock.
 */

static bool is_gone(struct pid *pid)
{
	struct task_struct *task;
	bool gone;

	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_TGID);
	gone = !task || (READ_ONCE(task->exit_state) && thread_group_empty(task));
	rcu_read_unlock();
	return gone;
}

static void wake(struct kown_guard *guard)
{
	wake_up(&guard->waiters);
	kown_object_wake(guard->object, EPOLLOUT | EPOLLWRNORM);
}

/* The guard is free from now on, whoever had it. */
static void set_free(struct kown_guard *guard, pid_t owner, bool poison)
{
	struct kown_place *place = guard->place;

	if (poison)
		trace_kown_poison(guard->object, owner, true);
	else
		trace_kown_unlock(guard->object, owner, guard->poisoned);
	atomic_dec(&place->locks);
	kown_account_uncharge(place->account, KOWN_LOCKS, 1);
	if (poison)
		WRITE_ONCE(guard->poisoned, true);
	/* Pairs with the acquire in kown_guard_is_free(): poison is seen with freedom. */
	smp_store_release(&guard->place, NULL);
	wake(guard);
}

/* Called under @pid->wait_pidfd.lock, with interrupts off; also for less than death. */
static int owner_died(struct wait_queue_entry *death, unsigned int mode, int flags,
		      void *key)
{
	struct kown_guard *guard = container_of(death, struct kown_guard, death);

	if (!READ_ONCE(guard->place) || !is_gone(guard->pid))
		return 0;
	set_free(guard, pid_nr(guard->pid), true);
	return 0;
}

/* From here on the last owner's death is of no interest, and is not running either. */
static void settle(struct kown_guard *guard)
{
	if (!guard->pid)
		return;
	remove_wait_queue(&guard->pid->wait_pidfd, &guard->death);
	put_pid(guard->pid);
	guard->pid = NULL;
}

/**
 * kown_guard_new() - a lock that is free
 * @object: whose
 *
 * Context: Process context. Sleeps.
 * Return: the guard, or NULL.
 */
struct kown_guard *kown_guard_new(struct kown_object *object)
{
	struct kown_guard *guard = kzalloc(sizeof(*guard), KOWN_GFP_USER);

	if (!guard)
		return NULL;
	guard->object = object;
	init_waitqueue_head(&guard->waiters);
	init_waitqueue_func_entry(&guard->death, owner_died);
	return guard;
}

/**
 * kown_guard_free() - free a guard
 * @guard: the guard, which nobody has, or waits for
 *
 * Context: Process context.
 */
void kown_guard_free(struct kown_guard *guard)
{
	settle(guard);
	kfree(guard);
}

/**
 * kown_guard_is_held() - does the caller have the lock?
 * @handle: a handle of a locked object, open; the caller holds the object's lock
 *
 * Context: Process context.
 * Return: true if the calling process took it, through the place of @handle.
 */
bool kown_guard_is_held(const struct kown_handle *handle)
{
	const struct kown_guard *guard = handle->object->guard;

	lockdep_assert_held(&handle->object->lock);
	return READ_ONCE(guard->place) == handle->place &&
	       guard->pid == task_tgid(current);
}

/**
 * kown_guard_is_locked_with() - was the lock taken with this handle, by whomever?
 * @handle: a handle of a locked object, open; the caller holds the object's lock
 *
 * Context: Process context.
 * Return: true if it was, and has not been given back.
 */
bool kown_guard_is_locked_with(const struct kown_handle *handle)
{
	const struct kown_guard *guard = handle->object->guard;

	lockdep_assert_held(&handle->object->lock);
	return guard->via == handle && !kown_guard_is_free(guard);
}

/**
 * kown_guard_is_free() - could somebody take the lock?
 * @guard: the guard
 *
 * Context: Any. A snapshot; what its last owner did, and his poison, is seen with it.
 * Return: true if nobody has it.
 */
bool kown_guard_is_free(const struct kown_guard *guard)
{
	/* Pairs with the release in set_free(). */
	return !smp_load_acquire(&guard->place);
}

/**
 * kown_guard_peek() - how it is
 * @guard: the guard; the caller holds its object's lock
 * @owner: told the process that has the lock, as the caller sees it, or 0
 *
 * Context: Process context.
 * Return: KOWN_STATE_LOCKED and KOWN_STATE_POISONED.
 */
u32 kown_guard_peek(const struct kown_guard *guard, s32 *owner)
{
	u32 state = 0;

	lockdep_assert_held(&guard->object->lock);
	*owner = 0;
	if (!kown_guard_is_free(guard)) {
		*owner = pid_vnr(guard->pid);
		state |= KOWN_STATE_LOCKED;
	}
	/* Afterwards: a lock that its owner's death has just freed is not told of as clean. */
	if (READ_ONCE(guard->poisoned))
		state |= KOWN_STATE_POISONED;
	return state;
}

/**
 * kown_guard_state() - what STAT says of it
 * @handle: a handle of a locked object; the caller holds the object's lock
 * @owner: told the process that has the lock, as the caller sees it, or 0
 *
 * Context: Process context.
 * Return: KOWN_STATE_LOCKED, KOWN_STATE_OWNER and KOWN_STATE_POISONED.
 */
u32 kown_guard_state(const struct kown_handle *handle, s32 *owner)
{
	u32 state = kown_guard_peek(handle->object->guard, owner);

	return kown_guard_is_held(handle) ? state | KOWN_STATE_OWNER : state;
}

static int take(struct kown_handle *handle)
{
	struct kown_guard *guard = handle->object->guard;
	int err;

	lockdep_assert_held(&handle->object->lock);
	if (kown_guard_is_held(handle))
		return -EDEADLK;
	if (!kown_guard_is_free(guard))
		return -EBUSY;
	err = kown_account_charge(handle->place->account, KOWN_LOCKS, 1);
	if (err)
		return err;
	settle(guard);
	guard->pid = get_pid(task_tgid(current));
	guard->via = handle;
	atomic_inc(&handle->place->locks);
	WRITE_ONCE(guard->place, handle->place);
	/* The owner is calling, so its death is not missed. */
	add_wait_queue(&guard->pid->wait_pidfd, &guard->death);
	trace_kown_lock(guard->object, pid_nr(guard->pid), guard->poisoned);
	return guard->poisoned ? -EOWNERDEAD : 0;
}

static int try_once(struct kown_handle *handle)
{
	int err = kown_handle_lock(handle);

	if (err)
		return err;
	err = take(handle);
	kown_handle_unlock(handle);
	return err;
}

/* As wait_woken(), with a deadline that is one. Return: false when it is past. */
static bool sleep_until(struct wait_queue_entry *entry, ktime_t *deadline)
{
	bool woken = true;

	set_current_state(TASK_INTERRUPTIBLE);
	if (!(READ_ONCE(entry->flags) & WQ_FLAG_WOKEN))
		woken = schedule_hrtimeout(deadline, HRTIMER_MODE_ABS);
	__set_current_state(TASK_RUNNING);
	/* Pairs with the barrier in woken_wake_function(): look after that. */
	smp_store_mb(entry->flags, entry->flags & ~WQ_FLAG_WOKEN);
	return woken;
}

static int wait_for(struct kown_handle *handle, u64 deadline)
{
	struct kown_guard *guard = handle->object->guard;
	DEFINE_WAIT_FUNC(entry, woken_wake_function);
	ktime_t until = min_t(u64, deadline, KTIME_MAX);
	bool in_time = true;
	int err;

	add_wait_queue_exclusive(&guard->waiters, &entry);
	for (;;) {
		err = try_once(handle);
		if (err != -EBUSY)
			break;
		if (signal_pending(current))
			err = -ERESTARTSYS;
		else if (!in_time)
			err = -ETIMEDOUT;
		if (err != -EBUSY)
			break;
		in_time = sleep_until(&entry, deadline == KOWN_FOREVER ? NULL : &until);
	}
	remove_wait_queue(&guard->waiters, &entry);
	if (kown_guard_is_free(guard))
		wake_up(&guard->waiters);
	return err;
}

/**
 * kown_guard_lock() - take the lock
 * @handle: a strong handle, pinned
 * @wait: or refuse with -EBUSY?
 * @deadline: how long to wait, ns of CLOCK_MONOTONIC, or KOWN_FOREVER
 *
 * Context: Process context. Takes and releases the object's lock. Sleeps.
 * Return: 0, or -EOWNERDEAD if the object is poisoned, and the calling process has the
 * lock; -EOPNOTSUPP, -EBUSY, -EDEADLK, -ENOSPC, -ETIMEDOUT, -ERESTARTSYS; -EINTR when dying;
 * -KOWN_LOOK_AGAIN.
 */
int kown_guard_lock(struct kown_handle *handle, bool wait, u64 deadline)
{
	int err;

	if (!handle->object->guard)
		return -EOPNOTSUPP;
	err = try_once(handle);
	if (err != -EBUSY || !wait)
		return err;
	return wait_for(handle, deadline);
}

/* The caller holds the object's lock. */
static void give_back(struct kown_guard *guard, bool poison)
{
	pid_t owner = pid_nr(guard->pid);

	settle(guard);
	guard->via = NULL;
	if (guard->place)
		set_free(guard, owner, poison);
}

static int lock_held(struct kown_handle *handle)
{
	int err;

	if (!handle->object->guard)
		return -EOPNOTSUPP;
	err = kown_handle_lock(handle);
	if (err || kown_guard_is_held(handle))
		return err;
	kown_handle_unlock(handle);
	return -ENOLCK;
}

/**
 * kown_guard_unlock() - give the lock back
 * @handle: a strong handle, pinned
 *
 * Context: Process context. Takes and releases the object's lock.
 * Return: 0, -EOPNOTSUPP, -ENOLCK, -EINTR when dying, or -KOWN_LOOK_AGAIN.
 */
int kown_guard_unlock(struct kown_handle *handle)
{
	int err = lock_held(handle);

	if (err)
		return err;
	give_back(handle->object->guard, false);
	kown_handle_unlock(handle);
	return 0;
}

/**
 * kown_guard_clear_poison() - the elements are right again
 * @handle: a strong handle, pinned
 *
 * Context: Process context. Takes and releases the object's lock.
 * Return: 0, -EOPNOTSUPP, -ENOLCK, -EINTR when dying, or -KOWN_LOOK_AGAIN.
 */
int kown_guard_clear_poison(struct kown_handle *handle)
{
	int err = lock_held(handle);

	if (err)
		return err;
	handle->object->guard->poisoned = false;
	trace_kown_clear_poison(handle->object, pid_nr(handle->object->guard->pid), false);
	kown_handle_unlock(handle);
	return 0;
}

/**
 * kown_guard_abandon() - the calling process cannot unlock any more
 * @handle: any handle, pinned; if the process locked with it, the lock is taken back
 *
 * Context: Process context. Takes and releases the object's lock.
 */
void kown_guard_abandon(struct kown_handle *handle)
{
	struct kown_object *object = handle->object;

	if (!object->guard)
		return;
	mutex_lock(&object->lock);
	if (object->guard->via == handle && kown_guard_is_held(handle))
		give_back(object->guard, true);
	mutex_unlock(&object->lock);
}

/**
 * kown_guard_closed() - a handle of a locked object is closed
 * @handle: the handle; the caller holds the object's lock
 *
 * If the lock was taken with it, it is taken back. Who waits with it looks again.
 *
 * Context: Process context.
 */
void kown_guard_closed(struct kown_handle *handle)
{
	struct kown_guard *guard = handle->object->guard;

	lockdep_assert_held(&handle->object->lock);
	if (guard->via == handle)
		give_back(guard, true);
	wake_up_all(&guard->waiters);
}
