/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The model: plain arrays and counts, which say how each object and each handle should be,
 * and what should be refused. It knows what <linux/kown.h> says, and by which rule a vector
 * grows; not how the kernel does it.
 */
#ifndef OPS_MODEL_H
#define OPS_MODEL_H

#include "kown_test.h"

#define CONTEXTS	2
#define HELD		10			/* handles and descriptors */
#define OBJECTS		(HELD + 2)
#define LARGEST		4097			/* bytes of an element */
#define ROOM		(20 * (LARGEST + 1))	/* bytes of an object */
#define MOST		150			/* elements of one, of any size */
#define LONGEST		12			/* elements that one operation moves */

struct held;

/* An object. Without any reference there is none, and another may have its place here. */
struct model {
	__u64 id;
	__u32 mode, size;
	__u64 len, cap;
	__u32 strong, weak;
	int account;			/* the context that is charged; -1 if that is closed */
	const void *owner;		/* where this process locked it: a context, a descriptor */
	const struct held *via;		/* and with what */
	bool poisoned;
	unsigned char bytes[ROOM];
};

/* A handle, or a descriptor. */
struct held {
	struct model *of;		/* NULL: there is none */
	int ctx;			/* of a handle */
	__u32 number;
	int fd;				/* of a descriptor, else -1 */
	int exporter;			/* as @account */
	__u64 pos;
	bool append;
	__u32 rights;
	bool weak;
};

/* What the current call may answer: one of these, or if there are none, 0. */
struct refusals {
	int err[8], count;
};

static struct world {
	__u64 seed;
	__u32 size;			/* of most objects */
	int ctx[CONTEXTS];
	__u32 stale[CONTEXTS];		/* a number that is no handle */
	__u64 last_id;
	struct model model[OBJECTS];
	struct held held[HELD];
	struct refusals refusals;
	struct kown_info before;
	unsigned char in[ROOM], out[ROOM];
} world;

/* Stand in for what there is not. */
static struct model no_object;
static struct held no_handle = { .fd = -1 };

static __u64 some(__u64 below)
{
	return below ? random_u32(&world.seed) % below : 0;
}

static __u64 less(__u64 a, __u64 b)
{
	return a < b ? a : b;
}

static __u64 more(__u64 a, __u64 b)
{
	return a > b ? a : b;
}

/*
 * Elements and capacity
 */

static __u64 most_elems(const struct model *m)
{
	return m->size ? less(MOST, ROOM / m->size) : MOST;
}

static void model_reserve(struct model *m, __u64 extra)
{
	__u64 need = m->len + extra, least = m->size == 1 ? 8 : m->size <= 1024 ? 4 : 1;

	if (need > m->cap)
		m->cap = more(more(2 * m->cap, need), least);
}

static void model_splice(struct model *m, __u64 at, __u64 remove, const void *in, __u64 n)
{
	__u32 s = m->size;

	if (n > remove)
		model_reserve(m, n - remove);
	memmove(m->bytes + (at + n) * s, m->bytes + (at + remove) * s,
		(m->len - at - remove) * s);
	memcpy(m->bytes + at * s, in, n * s);
	m->len = m->len - remove + n;
}

static void model_remove(struct model *m, __u64 at, __u64 n)
{
	model_splice(m, at, n, m->bytes, 0);
}

static void model_fill(struct model *m, __u64 at, __u64 n, const void *value)
{
	for (; n; n--, at++)
		memcpy(m->bytes + at * m->size, value, m->size);
}

static void model_resize(struct model *m, __u64 len, const void *value)
{
	if (len > m->len) {
		model_reserve(m, len - m->len);
		model_fill(m, m->len, len - m->len, value);
	}
	m->len = len;
}

static bool model_has(const struct model *m, __u64 start, __u64 n)
{
	return start <= m->len && n <= m->len - start;
}

/*
 * References
 */

static struct model *model_new(__u32 mode, __u32 size, __u64 cap, __u64 id, int account)
{
	struct model *m = world.model;

	while (m->strong || m->weak)
		m++;
	m->id = id;
	m->mode = mode;
	m->size = size;
	m->len = 0;
	m->cap = size ? cap : ~0ULL;
	m->account = account;
	m->owner = NULL;
	m->via = NULL;
	m->poisoned = false;
	return m;
}

/* Another object with the same elements. */
static struct model *model_copy(const struct model *m, __u64 start, __u64 id, int account)
{
	struct model *copy = model_new(m->mode, m->size, m->len - start, id, account);

	copy->len = m->len - start;
	memcpy(copy->bytes, m->bytes + start * m->size, copy->len * m->size);
	return copy;
}

static void model_unlock(struct model *m, bool poison)
{
	m->owner = NULL;
	m->via = NULL;
	m->poisoned |= poison;
}

static void model_unref(struct held *h)
{
	struct model *m = h->of;

	if (m->via == h)
		model_unlock(m, true);
	h->of = NULL;
	if (h->weak) {
		m->weak--;
	} else if (!--m->strong) {
		m->len = 0;
		m->cap = 0;
	}
}

static void model_ref(struct held *h, struct model *m, __u32 rights, bool weak)
{
	h->of = m;
	h->rights = rights;
	h->weak = weak;
	if (weak)
		m->weak++;
	else
		m->strong++;
}

static struct held *held_free(void)
{
	int i;

	for (i = 0; i < HELD; i++)
		if (!world.held[i].of)
			return &world.held[i];
	return NULL;
}

static int held_free_count(void)
{
	int i, count = 0;

	for (i = 0; i < HELD; i++)
		count += !world.held[i].of;
	return count;
}

static void held_handle(struct held *h, struct model *m, int ctx, __u32 number, __u32 rights,
			bool weak)
{
	h->ctx = ctx;
	h->number = number;
	h->fd = -1;
	model_ref(h, m, rights, weak);
}

static void held_descriptor(struct held *h, struct model *m, int exporter, int fd,
			    __u32 rights, bool weak)
{
	h->fd = fd;
	h->exporter = exporter;
	h->pos = 0;
	h->append = false;
	model_ref(h, m, rights, weak);
}

/* It has been dropped or closed. */
static void held_gone(struct held *h)
{
	if (h->fd < 0)
		world.stale[h->ctx] = h->number;
	model_unref(h);
}

static struct model *object_of(const struct held *h)
{
	return h->of ? h->of : &no_object;
}

/* What a lock that was taken with it belongs to. */
static const void *place_of(const struct held *h)
{
	return h->fd < 0 ? (const void *)&world.ctx[h->ctx] : h;
}

/* Where its commands go, and as what. */
static int at(const struct held *h)
{
	return h->fd < 0 ? world.ctx[h->ctx] : h->fd;
}

static __u32 nr(const struct held *h)
{
	return h->fd < 0 ? h->number : 0;
}

static bool is_alone(const struct model *m)
{
	return m->strong == 1 && !m->weak;
}

/*
 * Refusals
 */

static void refuse(int err)
{
	world.refusals.err[world.refusals.count++] = err;
}

/*
 * A call on @h that needs these rights. Return: true if it comes to the object, so that
 * more may be wrong.
 */
static bool finds(const struct held *h, __u32 rights, bool weak)
{
	int before = world.refusals.count;

	if (!h->of) {
		refuse(ENOENT);
		return false;
	}
	if (rights & ~h->rights)
		refuse(EACCES);
	if (h->weak != weak)
		refuse(EINVAL);
	return world.refusals.count == before;
}

static void mode_refuses(const struct held *h, bool change)
{
	const struct model *m = h->of;

	if (m->mode == KOWN_MODE_EXCLUSIVE && change && !is_alone(m))
		refuse(EBUSY);
	if (m->mode == KOWN_MODE_LOCKED && m->owner != place_of(h))
		refuse(ENOLCK);
}

/* The same as finds(), for what reads elements or changes them. */
static bool may(const struct held *h, __u32 rights, bool change)
{
	if (!finds(h, rights, false))
		return false;
	mode_refuses(h, change);
	return true;
}

/* For a command that descriptors lack. */
static bool is_handle(const struct held *h)
{
	if (h->fd < 0)
		return true;
	refuse(ENOTTY);
	return false;
}

static void refuse_rights(__u32 have, __u32 want)
{
	if (want == KOWN_RIGHTS_SAME)
		return;
	if (want & ~ALL_RIGHTS)
		refuse(EOPNOTSUPP);
	else if (want & ~have)
		refuse(EACCES);
}

/*
 * Comparison
 */

static struct held *held_of(const struct model *m, __u32 rights, bool weak)
{
	int i, first = some(HELD);

	for (i = 0; i < HELD; i++) {
		struct held *h = &world.held[(first + i) % HELD];

		if (h->of == m && h->weak <= weak && !(rights & ~h->rights))
			return h;
	}
	return NULL;
}

static __u32 state_of(const struct held *h)
{
	__u32 state = h->weak ? KOWN_STATE_WEAK : 0;

	if (!h->of->strong)
		return state | (h->of->poisoned ? KOWN_STATE_POISONED : 0);
	if (h->of->owner)
		state |= KOWN_STATE_LOCKED;
	if (h->of->owner && h->of->owner == place_of(h))
		state |= KOWN_STATE_OWNER;
	if (h->of->poisoned)
		state |= KOWN_STATE_POISONED;
	return state;
}

static const char *compare_stat(const struct held *h)
{
	const struct model *m = h->of;
	struct kown_stat stat;

	if (kown_stat(at(h), nr(h), &stat))
		return "STAT";
	if (stat.object != m->id || stat.mode != m->mode || stat.elem_size != m->size)
		return "another object";
	if (stat.rights != h->rights)
		return "rights";
	if (stat.strong != m->strong || stat.weak != m->weak)
		return "counts";
	if (stat.len != m->len)
		return "length";
	if (stat.cap != m->cap)
		return "capacity";
	if (stat.state != state_of(h))
		return "state";
	return stat.owner == (m->owner ? getpid() : 0) ? NULL : "owner";
}

static __u32 rights_to_look(const struct model *m)
{
	return KOWN_RIGHT_READ | (m->mode == KOWN_MODE_LOCKED ? KOWN_RIGHT_LOCK : 0);
}

/* A lock that is free is taken for a moment, and that changes nothing. */
static const char *compare_elems(const struct model *m)
{
	bool locked = m->mode == KOWN_MODE_LOCKED;
	struct held *h = held_of(m, rights_to_look(m), false);
	int err;

	if (!h)
		return "nobody may look";
	if (locked && m->owner) {
		for (h = world.held; h < world.held + HELD; h++)
			if (h->of == m && !h->weak && h->rights & KOWN_RIGHT_READ &&
			    place_of(h) == m->owner)
				break;
		if (h == world.held + HELD)
			return NULL;	/* until it is unlocked */
	} else if (locked) {
		err = kown_try_lock(at(h), nr(h));
		if (err != (m->poisoned ? EOWNERDEAD : 0))
			return "LOCK to look";
	}
	if (kown_read(at(h), nr(h), 0, m->len, world.out) ||
	    memcmp(world.out, m->bytes, m->len * m->size))
		return "contents";
	if (locked && !m->owner && kown_unlock(at(h), nr(h)))
		return "UNLOCK after a look";
	return NULL;
}

static const char *compare_info(int ctx)
{
	__u64 objects = 0, handles = 0, bytes = 0, descriptors = 0;
	__u64 all_objects = 0, all_handles = 0, all_bytes = 0, all_descriptors = 0;
	const struct model *m;
	const struct held *h;
	struct kown_info info;

	for (m = world.model; m < world.model + OBJECTS; m++) {
		if (!m->strong)
			continue;
		all_objects++;
		all_bytes += m->size ? m->cap * m->size : 0;
		objects += m->account == ctx;
		bytes += m->account == ctx && m->size ? m->cap * m->size : 0;
	}
	for (h = world.held; h < world.held + HELD; h++) {
		if (!h->of)
			continue;
		all_handles += h->fd < 0;
		all_descriptors += h->fd >= 0;
		handles += h->fd < 0 && h->ctx == ctx;
		descriptors += h->fd >= 0 && h->exporter == ctx;
	}
	if (kown_info(world.ctx[ctx], &info))
		return "INFO";
	if (info.objects != objects || info.handles != handles || info.bytes != bytes ||
	    info.descriptors != descriptors)
		return "what INFO says of the context";
	if (info.all_objects != world.before.all_objects + all_objects ||
	    info.all_handles != world.before.all_handles + all_handles ||
	    info.all_bytes != world.before.all_bytes + all_bytes ||
	    info.all_descriptors != world.before.all_descriptors + all_descriptors ||
	    info.all_contexts != world.before.all_contexts + CONTEXTS)
		return "what INFO says of all";
	return NULL;
}

/* Return: what is not as it should be, or NULL. */
static const char *compare(void)
{
	const char *wrong = compare_info(some(CONTEXTS));
	struct model *m;

	for (m = world.model; !wrong && m < world.model + OBJECTS; m++) {
		if (!m->strong && !m->weak)
			continue;
		wrong = compare_stat(held_of(m, 0, true));
		if (!wrong && m->strong)
			wrong = compare_elems(m);
	}
	return wrong;
}

#endif /* OPS_MODEL_H */
