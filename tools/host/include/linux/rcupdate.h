/* SPDX-License-Identifier: GPL-2.0 */
/* A grace period ends when somebody waits for it: in rcu_barrier(). */
#ifndef _LINUX_RCUPDATE_H
#define _LINUX_RCUPDATE_H

#include <linux/compiler.h>
#include <linux/preempt.h>
#include <linux/types.h>

void rcu_read_lock(void);
void rcu_read_unlock(void);
void call_rcu(struct rcu_head *head, rcu_callback_t function);
void rcu_barrier(void);

#define rcu_dereference(p)		smp_load_acquire(&(p))
#define rcu_dereference_raw(p)		rcu_dereference(p)
#define rcu_dereference_check(p, c)	rcu_dereference(p)
#define rcu_assign_pointer(p, v)	smp_store_release(&(p), v)
#define RCU_INIT_POINTER(p, v)		WRITE_ONCE(p, v)
#define RCU_LOCKDEP_WARN(c, s)		((void)0)
#define rcu_read_lock_any_held()	true

#endif /* _LINUX_RCUPDATE_H */
