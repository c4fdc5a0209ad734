// SPDX-License-Identifier: GPL-2.0
/*
 * Debug: every live arc by its address, and every type that ever had one.
 *
 * An arc's block has no room for this, and must not differ between a module that was
 * built with KOWN_DEBUG and one that was not; so the records stand beside it.
 */
#include <linux/debugfs.h>
#include <linux/hashtable.h>
#include <linux/jump_label.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/ref_tracker.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <kown/arc.h>
#include <kown/compat.h>

#include "debug.h"

/**
 * struct type_record - a type; kept until the module is unloaded
 * @link: in @types
 * @live: list of its &struct arc_record
 * @type: compared, never followed: its module may be gone
 * @name: a copy
 * @count: arcs in @live
 * @peak: the most there were
 * @born: how many there ever were
 *
 * @lock protects them all.
 */
struct type_record {
	struct list_head link;
	struct list_head live;
	const struct kown_arc_type *type;
	char name[32];
	unsigned long count;
	unsigned long peak;
	unsigned long born;
};

/**
 * struct site - where references to an arc are taken or given up
 * @ip: in whose code; 0 stands for all places that there was no room for
 * @weak: which references
 * @taken: how many
 * @given: how many
 */
struct site {
	unsigned long ip;
	bool weak;
	unsigned int taken;
	unsigned int given;
};

#define MOST_SITES	16

/**
 * struct arc_record - an arc; lives from its birth until its memory is freed
 * @hash: in @arcs, by @arc
 * @link: in its type's list
 * @type: immutable
 * @arc: immutable
 * @since: immutable
 * @refs: tracked references, once @tracks; protects itself
 * @tracks: set once, with release, under @prepare_lock
 * @sites: the first @n_sites of them are in use, the last two as all others, strong
 *	and weak
 * @n_sites: see @sites
 *
 * @lock protects @hash, @link and the sites. The arc's memory is there as long as its record is in
 * the table.
 */
struct arc_record {
	struct hlist_node hash;
	struct list_head link;
	struct type_record *type;
	struct kown_arc *arc;
	ktime_t since;
	struct ref_tracker_dir refs;
	bool tracks;
	unsigned int n_sites;
	struct site sites[MOST_SITES];
};

#define MOST_STACKS	32

static DEFINE_SPINLOCK(lock);
static LIST_HEAD(types);
static DEFINE_HASHTABLE(arcs, 10);
static DEFINE_MUTEX(prepare_lock);

/* Arcs and types for which there was no memory. */
static atomic_long_t missed;

static struct type_record *find_type(const struct kown_arc_type *type)
{
	struct type_record *record;

	lockdep_assert_held(&lock);
	list_for_each_entry(record, &types, link)
		if (record->type == type)
			return record;
	return NULL;
}

static struct arc_record *find_arc(const struct kown_arc *arc)
{
	struct arc_record *record;

	lockdep_assert_held(&lock);
	hash_for_each_possible(arcs, record, hash, (unsigned long)arc)
		if (record->arc == arc)
			return record;
	return NULL;
}

/* A module may come where another was: then the name tells. */
static void name_type(struct type_record *record, const struct kown_arc_type *type)
{
	lockdep_assert_held(&lock);
	if (!strncmp(record->name, type->value.name, sizeof(record->name) - 1))
		return;
	strscpy(record->name, type->value.name, sizeof(record->name));
	record->peak = record->count;
	record->born = record->count;
}

/* Takes over @fresh, if the type is new; returns what is not needed. */
static struct type_record *enter(struct arc_record *record, struct type_record *fresh)
{
	const struct kown_arc_type *type = record->arc->type;
	struct type_record *known;
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	known = find_type(type);
	if (!known && fresh) {
		known = fresh;
		fresh = NULL;
		known->type = type;
		INIT_LIST_HEAD(&known->live);
		list_add_tail(&known->link, &types);
	}
	if (known) {
		name_type(known, type);
		record->type = known;
		known->born++;
		known->count++;
		known->peak = max(known->peak, known->count);
		list_add_tail(&record->link, &known->live);
		hash_add(arcs, &record->hash, (unsigned long)record->arc);
	}
	spin_unlock_irqrestore(&lock, flags);
	return fresh;
}

/**
 * kown_debug_born() - there is another arc
 * @arc: its counts and type are set
 *
 * Context: Any but NMI.
 */
void kown_debug_born(struct kown_arc *arc)
{
	struct arc_record *record = kzalloc(sizeof(*record), GFP_ATOMIC | __GFP_NOWARN);
	struct type_record *fresh = kzalloc(sizeof(*fresh), GFP_ATOMIC | __GFP_NOWARN);

	if (record) {
		record->arc = arc;
		record->since = ktime_get();
		fresh = enter(record, fresh);
	}
	if (!record || !record->type) {
		kfree(record);
		atomic_long_inc(&missed);
	}
	kfree(fresh);
}

/**
 * kown_debug_gone() - an arc's memory is about to be freed
 * @arc: the arc
 *
 * A reference that is tracked still is reported by ref_tracker.
 *
 * Context: Any but NMI.
 */
void kown_debug_gone(struct kown_arc *arc)
{
	struct arc_record *record;
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	record = find_arc(arc);
	if (record) {
		hash_del(&record->hash);
		list_del(&record->link);
		record->type->count--;
	}
	spin_unlock_irqrestore(&lock, flags);
	if (!record) {
		atomic_long_dec(&missed);
		return;
	}
	if (record->tracks)
		ref_tracker_dir_exit(&record->refs);
	kfree(record);
}

/* The record stays: the caller owns a reference. */
static struct arc_record *record_of(const struct kown_arc *arc)
{
	struct arc_record *record;
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	record = find_arc(arc);
	spin_unlock_irqrestore(&lock, flags);
	return record;
}

/* Return: the site, a new one, or the one that stands for all others. */
static struct site *find_site(struct arc_record *record, unsigned long ip, bool weak)
{
	struct site *site = record->sites;

	lockdep_assert_held(&lock);
	for (; site < &record->sites[record->n_sites]; site++)
		if (site->ip == ip && site->weak == weak)
			return site;
	if (record->n_sites < MOST_SITES - 2) {
		record->n_sites++;
		site->ip = ip;
	} else {
		site = &record->sites[MOST_SITES - 1 - !weak];
		record->n_sites = MOST_SITES;
	}
	site->weak = weak;
	return site;
}

/**
 * kown_debug_move() - remember where references are taken and given up
 * @arc: an arc of which the caller owns a reference
 * @move: what becomes of it
 * @ip: in whose code
 *
 * Context: Any; from an NMI it is not remembered.
 */
void kown_debug_move(struct kown_arc *arc, enum kown_debug_move move, unsigned long ip)
{
	struct arc_record *record;
	struct site *site;
	unsigned long flags;

	if (in_nmi())
		return;
	spin_lock_irqsave(&lock, flags);
	record = find_arc(arc);
	if (record) {
		site = find_site(record, ip, move >= KOWN_WEAK_TAKEN);
		if (move == KOWN_STRONG_TAKEN || move == KOWN_WEAK_TAKEN)
			site->taken++;
		else
			site->given++;
	}
	spin_unlock_irqrestore(&lock, flags);
}
EXPORT_SYMBOL_KOWN(kown_debug_move);

/* ref_tracker's own preparation may sleep, and an arc may be born where one may not. */
static bool prepare(struct arc_record *record, gfp_t gfp)
{
	/* Pairs with the release below. */
	if (smp_load_acquire(&record->tracks))
		return true;
	if (!gfpflags_allow_blocking(gfp))
		return false;
	mutex_lock(&prepare_lock);
	if (!record->tracks) {
		kown_ref_tracker_dir_init(&record->refs);
		/* Whoever sees @tracks sees @refs. */
		smp_store_release(&record->tracks, true);
	}
	mutex_unlock(&prepare_lock);
	return true;
}

/**
 * kown_debug_track() - remember who takes a reference
 * @arc: an arc of which the caller owns a strong reference
 * @tracker: stands for that reference, for kown_debug_untrack()
 * @gfp: how to allocate; if that fails, the reference is not tracked, nor is the first
 *	of an arc if it may not sleep
 *
 * Context: As @gfp says; not NMI.
 */
void kown_debug_track(struct kown_arc *arc, struct kown_tracker *tracker, gfp_t gfp)
{
	struct arc_record *record = record_of(arc);

	tracker->ref = NULL;
	if (!record || !prepare(record, gfp))
		return;
	/* It counts what it has no memory for; untrack() will not ask. */
	if (ref_tracker_alloc(&record->refs, &tracker->ref, gfp))
		ref_tracker_free(&record->refs, &tracker->ref);
}
EXPORT_SYMBOL_KOWN(kown_debug_track);

/**
 * kown_debug_untrack() - forget who took a reference
 * @arc: an arc of which the caller still owns a strong reference
 * @tracker: from kown_debug_track()
 *
 * Context: Any but NMI.
 */
void kown_debug_untrack(struct kown_arc *arc, struct kown_tracker *tracker)
{
	struct arc_record *record = record_of(arc);

	if (record && tracker->ref)
		ref_tracker_free(&record->refs, &tracker->ref);
	tracker->ref = NULL;
}
EXPORT_SYMBOL_KOWN(kown_debug_untrack);

/**
 * kown_debug_live() - how many arcs of a type there are
 * @type: the type
 *
 * Context: Any but NMI.
 * Return: the count; 0 without KOWN_DEBUG.
 */
unsigned long kown_debug_live(const struct kown_arc_type *type)
{
	struct type_record *record;
	unsigned long flags, count;

	spin_lock_irqsave(&lock, flags);
	record = find_type(type);
	count = record ? record->count : 0;
	spin_unlock_irqrestore(&lock, flags);
	return count;
}
EXPORT_SYMBOL_KOWN(kown_debug_live);

/* Into a file, or the log. 0x0 is where there are too many places. */
static void show_site(struct seq_file *m, const struct site *site)
{
	const char *kind = site->weak ? "weak " : "";
	void *place = (void *)site->ip;

	if (m)
		seq_printf(m, "\t%u %staken, %u given: %pS\n", site->taken, kind,
			   site->given, place);
	else
		pr_info("kown:	%u %staken, %u given: %pS\n", site->taken, kind,
			site->given, place);
}

/**
 * kown_debug_report() - print the live arcs of a type, and who holds them
 * @type: the type
 *
 * Each takes a line of the kernel's log, one for each place where references to it were
 * taken or given up, and the stacks of its tracked references.
 * Nobody may put the last reference to one of them meanwhile.
 *
 * Context: Any but NMI.
 * Return: how many there are; 0 without KOWN_DEBUG.
 */
unsigned long kown_debug_report(const struct kown_arc_type *type)
{
	struct type_record *record;
	struct arc_record *arc;
	unsigned long flags, count = 0;

	spin_lock_irqsave(&lock, flags);
	record = find_type(type);
	if (record) {
		count = record->count;
		list_for_each_entry(arc, &record->live, link) {
			pr_info("kown: live %s %p: strong %u weak %u, held by\n",
				record->name, kown_arc_value(arc->arc),
				kown_arc_strong_count(arc->arc),
				kown_arc_weak_count(arc->arc));
			for (unsigned int i = 0; i < arc->n_sites; i++)
				show_site(NULL, &arc->sites[i]);
			if (READ_ONCE(arc->tracks))
				ref_tracker_dir_print(&arc->refs, MOST_STACKS);
		}
	}
	spin_unlock_irqrestore(&lock, flags);
	return count;
}
EXPORT_SYMBOL_KOWN(kown_debug_report);

static int types_show(struct seq_file *m, void *unused)
{
	struct type_record *record;
	unsigned long flags;

	seq_puts(m, "live peak born type\n");
	spin_lock_irqsave(&lock, flags);
	list_for_each_entry(record, &types, link)
		seq_printf(m, "%4lu %4lu %4lu %s\n", record->count, record->peak,
			   record->born, record->name);
	spin_unlock_irqrestore(&lock, flags);
	if (atomic_long_read(&missed))
		seq_printf(m, "and %ld live arcs for which there was no memory\n",
			   atomic_long_read(&missed));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(types);

static int live_show(struct seq_file *m, void *unused)
{
	ktime_t now = ktime_get();
	struct type_record *type;
	struct arc_record *record;
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	list_for_each_entry(type, &types, link) {
		list_for_each_entry(record, &type->live, link) {
			seq_printf(m, "type %s: strong %u weak %u, %lld s old\n",
				   type->name, kown_arc_strong_count(record->arc),
				   kown_arc_weak_count(record->arc),
				   ktime_ms_delta(now, record->since) / MSEC_PER_SEC);
			for (unsigned int i = 0; i < record->n_sites; i++)
				show_site(m, &record->sites[i]);
		}
	}
	spin_unlock_irqrestore(&lock, flags);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(live);

/* Its files are removed with the directory, before. */
void kown_debug_init(struct dentry *dir)
{
	static_branch_inc(&kown_arc_observed);
	debugfs_create_file("types", 0400, dir, NULL, &types_fops);
	debugfs_create_file("live", 0400, dir, NULL, &live_fops);
}

void kown_debug_exit(void)
{
	struct type_record *record, *next;

	list_for_each_entry_safe(record, next, &types, link) {
		if (record->count)
			pr_warn("kown: %lu live %s at unload\n", record->count,
				record->name);
		kfree(record);
	}
}
