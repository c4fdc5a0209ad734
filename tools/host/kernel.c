// SPDX-License-Identifier: GPL-2.0
/*
 * The rest of the kernel: its log, its warnings, its threads and its grace periods.
 */
#include <linux/bug.h>
#include <linux/jump_label.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "host.h"
#include "os.h"

__thread struct task_struct host_current;
bool static_key_initialized = true;
void (*host_unexpected)(void);

/* Splats that a test has announced, each good for one. */
#define MOST_EXPECTED	32

static char expected[MOST_EXPECTED][80];

static void expect(const char *text)
{
	for (int i = 0; i < MOST_EXPECTED; i++) {
		if (*expected[i])
			continue;
		strscpy(expected[i], text, sizeof(expected[i]));
		expected[i][strcspn(expected[i], "\n")] = '\0';
		return;
	}
	BUG();
}

static bool was_expected(const char *line)
{
	for (int i = 0; i < MOST_EXPECTED; i++) {
		if (!*expected[i] || !strstr(line, expected[i]))
			continue;
		*expected[i] = '\0';
		return true;
	}
	return false;
}

int printk(const char *format, ...)
{
	char text[512];
	const char *announced;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format + 2 * (*format == KERN_SOH_ASCII), args);
	va_end(args);
	announced = strstr(text, "expect splat: ");
	if (announced)
		expect(announced + 14);
	os_print(*text == '#' ? "  " : "  # ");
	os_print(text);
	return n;
}

void host_warn(const char *file, int line, const char *function, const char *format, ...)
{
	char text[512] = "", place[512];
	bool meant;
	va_list args;

	if (format) {
		va_start(args, format);
		vsnprintf(text, sizeof(text), format, args);
		va_end(args);
	}
	snprintf(place, sizeof(place), "WARNING: at %s:%d %s", file, line, function);
	meant = was_expected(text);
	meant = was_expected(place) || meant;
	os_print("  # ");
	os_print(place);
	os_print("\n");
	if (*text) {
		os_print("  # ");
		os_print(text);
	}
	if (meant)
		return;
	if (!host_unexpected)
		os_abort();
	host_unexpected();
}

void host_bug(const char *file, int line, const char *function)
{
	char text[512];

	snprintf(text, sizeof(text), "kernel BUG at %s:%d %s\n", file, line, function);
	os_print(text);
	os_abort();
}

void __might_sleep(const char *file, int line)
{
	if (current->atomic)
		host_warn(file, line, "might_sleep",
			  "BUG: sleeping function called from invalid context\n");
}

unsigned long host_parameter(const char *name, unsigned long standard)
{
	const char *text = os_env(name);

	return text ? os_number(text) : standard;
}

u64 get_random_u64(void)
{
	return os_random();
}

void host_yield(void)
{
	os_yield();
}

struct task_struct *host_thread(int (*run)(void *data), void *data)
{
	return os_thread(run, data) ? NULL : ERR_PTR(-ENOMEM);
}

int host_cpu(void)
{
	static int cpus;
	static __thread int cpu = -1;

	if (cpu < 0)
		cpu = __atomic_fetch_add(&cpus, 1, __ATOMIC_RELAXED);
	return cpu;
}

/* RCU */

static int readers;
static struct rcu_head *waiting;
static DEFINE_SPINLOCK(waiting_lock);

void rcu_read_lock(void)
{
	preempt_disable();
	__atomic_add_fetch(&readers, 1, __ATOMIC_SEQ_CST);
}

void rcu_read_unlock(void)
{
	__atomic_sub_fetch(&readers, 1, __ATOMIC_SEQ_CST);
	preempt_enable();
}

void call_rcu(struct rcu_head *head, rcu_callback_t function)
{
	head->func = function;
	spin_lock(&waiting_lock);
	head->next = waiting;
	waiting = head;
	spin_unlock(&waiting_lock);
}

void rcu_barrier(void)
{
	struct rcu_head *head, *next;

	might_sleep();
	spin_lock(&waiting_lock);
	head = waiting;
	waiting = NULL;
	spin_unlock(&waiting_lock);
	while (__atomic_load_n(&readers, __ATOMIC_SEQ_CST))
		os_yield();
	for (; head; head = next) {
		next = head->next;
		head->func(head);
	}
}

/* Text */

int vscnprintf(char *buf, size_t size, const char *format, va_list args)
{
	int n = vsnprintf(buf, size, format, args);

	return size && n >= size ? size - 1 : n;
}

int scnprintf(char *buf, size_t size, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vscnprintf(buf, size, format, args);
	va_end(args);
	return size ? n : 0;
}
