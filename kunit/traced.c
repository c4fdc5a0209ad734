// SPDX-License-Identifier: GPL-2.0
/*
 * Arcs to look at from outside, by tracepoints and in debugfs: so many of type "traced"
 * are born when this module is loaded, and end when it is unloaded, each with a weak
 * reference that comes too late.
 */
#include <linux/module.h>
#include <linux/slab.h>

#include <kown/compat.h>
#include <kown/weak.h>

static unsigned int arcs = 3;
module_param(arcs, uint, 0444);
MODULE_PARM_DESC(arcs, "How many (default 3)");

struct traced {
	u64 number;
};

static void traced_drop(struct traced *traced)
{
	WARN_ON(traced->number >= arcs);
}

KOWN_DEFINE_ARC(traced, struct traced, traced_drop, NULL, 0)
KOWN_DEFINE_WEAK(traced, struct traced)

static struct traced **all;

static void end(struct traced *traced)
{
	struct traced_weak *weak __free(traced_weak_put) = traced_arc_downgrade(traced);

	traced_arc_put(traced);
	WARN_ON(traced_weak_upgrade(weak));
}

static void __exit kown_traced_exit(void)
{
	for (unsigned int i = 0; i < arcs; i++)
		if (all[i])
			end(all[i]);
	kfree(all);
}
module_exit(kown_traced_exit);

static int __init kown_traced_init(void)
{
	all = kcalloc(arcs, sizeof(*all), GFP_KERNEL);
	if (!all)
		return -ENOMEM;
	for (unsigned int i = 0; i < arcs; i++) {
		struct traced traced = { i };

		all[i] = traced_arc_new(&traced, GFP_KERNEL);
		if (!all[i])
			pr_warn("kown-traced: no memory for number %u\n", i);
	}
	return 0;
}
module_init(kown_traced_init);

MODULE_DESCRIPTION("Arcs to trace");
MODULE_LICENSE("GPL");
KOWN_IMPORT_NS();
