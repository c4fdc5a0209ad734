/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One step at random: an operation on something that is held, and the same on the model.
 * Each says what is wrong, or NULL, or that there was nothing it could be done to.
 */
#ifndef OPS_STEPS_H
#define OPS_STEPS_H

#include <poll.h>
#include <sys/stat.h>

#include "ops_model.h"

#define READ_WRITE	(KOWN_RIGHT_READ | KOWN_RIGHT_WRITE)

static const char nothing[] = "nothing";

#define ERRNOS	256

/* How often the operation has ended with which errno. */
static unsigned long *met;

/* Nothing comes out of a call that is refused. */
static bool nothing_came_out(void)
{
	size_t n = LONGEST * (world.size + 1);

	return world.out[0] == PATTERN && !memcmp(world.out, world.out + 1, n - 1);
}

/* What the last call was: as the model has it, but not done; and its errno. */
static bool refused;
static int ended;

static bool done(int err)
{
	struct refusals *may_be = &world.refusals;
	int i, count = may_be->count;

	ended = err;
	may_be->count = 0;
	for (i = 0; i < count; i++)
		if (may_be->err[i] == err)
			break;
	refused = err && i < count && nothing_came_out();
	if (refused || (!err && !count))
		met[err]++;
	return !err && !count;
}

/* It was not done. */
static const char *unless_refused(const char *what)
{
	return refused ? NULL : what;
}

/* Few values, so that neighbours are equal now and then. */
static void random_elems(unsigned char *to, __u64 n, __u32 size)
{
	__u64 i;

	for (i = 0; i < n; i++)
		memset(to + i * size, some(3), size);
}

/* So many that the object has room for them. */
static __u64 some_more(const struct model *m)
{
	__u64 most = most_elems(m);

	return m->len >= most ? 0 : less(some(6), most - m->len);
}

/* What came out are these elements, and nothing behind them. */
static bool came_out(const struct model *m, __u64 start, __u64 n)
{
	return !memcmp(world.out, m->bytes + start * m->size, n * m->size) &&
	       world.out[n * m->size] == PATTERN;
}

static __u32 some_rights(__u32 have)
{
	switch (some(16)) {
	case 0:
	case 1:
		return have & random_u32(&world.seed);
	case 2:
	case 3:
	case 4:
		return random_u32(&world.seed) % (ALL_RIGHTS + 1);
	case 5:
		return ALL_RIGHTS + 1;
	default:
		return KOWN_RIGHTS_SAME;
	}
}

/*
 * Elements
 */

static const char *do_push(struct held *h)
{
	struct model *m = object_of(h);
	__u64 n = some_more(m), got = 0;

	may(h, KOWN_RIGHT_WRITE, true);
	if (!done(kown_push_at(at(h), nr(h), ptr_to_u64(world.in), n, &got)))
		return unless_refused("PUSH");
	if (got != m->len)
		return "index of PUSH";
	model_splice(m, m->len, 0, world.in, n);
	return NULL;
}

static const char *do_pop(struct held *h)
{
	struct model *m = object_of(h);
	__u64 n = some(6), k = less(n, m->len), got = 0;

	may(h, READ_WRITE, true);
	if (!done(kown_pop(at(h), nr(h), world.out, n, &got)))
		return unless_refused("POP");
	if (got != k || !came_out(m, m->len - k, k))
		return "what POP took";
	model_remove(m, m->len - k, k);
	return NULL;
}

static const char *do_pop_front(struct held *h)
{
	struct model *m = object_of(h);
	__u64 n = some(6), k = less(n, m->len), got = 0;

	may(h, READ_WRITE, true);
	if (!done(kown_pop_front(at(h), nr(h), world.out, n, &got)))
		return unless_refused("POP_FRONT");
	if (got != k || !came_out(m, 0, k))
		return "what POP_FRONT took";
	model_remove(m, 0, k);
	return NULL;
}

static const char *do_read(struct held *h)
{
	struct model *m = object_of(h);
	__u64 start = some(m->len + 2), n = some(6);

	if (may(h, KOWN_RIGHT_READ, false) && !model_has(m, start, n))
		refuse(ERANGE);
	if (!done(kown_read(at(h), nr(h), start, n, world.out)))
		return unless_refused("READ");
	return came_out(m, start, n) ? NULL : "what READ saw";
}

static const char *do_insert(struct held *h)
{
	struct model *m = object_of(h);
	__u64 start = some(m->len + 2), n = some_more(m);

	if (may(h, KOWN_RIGHT_WRITE, true) && start > m->len)
		refuse(ERANGE);
	if (!done(kown_range(at(h), KOWN_IOC_INSERT, 0, nr(h), start, n, world.in)))
		return unless_refused("INSERT");
	model_splice(m, start, 0, world.in, n);
	return NULL;
}

/* With KOWN_DISCARD it takes less of a right, and nothing comes out. */
static const char *remove_range(struct held *h, unsigned int cmd)
{
	struct model *m = object_of(h);
	__u64 start = some(m->len + 2), n = some(6), k;
	bool discard = some(2);

	if (may(h, discard ? KOWN_RIGHT_WRITE : READ_WRITE, true) && !model_has(m, start, n))
		refuse(ERANGE);
	if (!done(kown_range(at(h), cmd, discard ? KOWN_DISCARD : 0, nr(h), start, n,
			     discard ? NULL : world.out)))
		return unless_refused("REMOVE or SWAP_REMOVE");
	if (discard ? !nothing_came_out() : !came_out(m, start, n))
		return "what REMOVE or SWAP_REMOVE took";
	if (cmd == KOWN_IOC_REMOVE) {
		model_remove(m, start, n);
		return NULL;
	}
	k = less(m->len - start - n, n);
	memmove(m->bytes + start * m->size, m->bytes + (m->len - k) * m->size, k * m->size);
	m->len -= n;
	return NULL;
}

static const char *do_remove(struct held *h)
{
	return remove_range(h, KOWN_IOC_REMOVE);
}

static const char *do_swap_remove(struct held *h)
{
	return remove_range(h, KOWN_IOC_SWAP_REMOVE);
}

static const char *do_drain(struct held *h)
{
	struct model *m = object_of(h);
	__u64 start = some(m->len + 2), n = some(6), k, got = 0;
	bool discard = some(2);

	if (may(h, discard ? KOWN_RIGHT_WRITE : READ_WRITE, true) && start > m->len)
		refuse(ERANGE);
	if (!done(kown_drain(at(h), discard ? KOWN_DISCARD : 0, nr(h), start, n,
			     discard ? NULL : world.out, &got)))
		return unless_refused("DRAIN");
	k = less(n, m->len - start);
	if (got != k || (discard ? !nothing_came_out() : !came_out(m, start, k)))
		return "what DRAIN took";
	model_remove(m, start, k);
	return NULL;
}

static const char *do_splice(struct held *h)
{
	struct model *m = object_of(h);
	__u64 start = some(m->len + 2), n = some(6), k = some_more(m);
	bool discard = some(2);

	if (may(h, discard ? KOWN_RIGHT_WRITE : READ_WRITE, true) && !model_has(m, start, n))
		refuse(ERANGE);
	if (!done(kown_splice(at(h), discard ? KOWN_DISCARD : 0, nr(h), start, n,
			      discard ? NULL : world.out, world.in, k)))
		return unless_refused("SPLICE");
	if (discard ? !nothing_came_out() : !came_out(m, start, n))
		return "what SPLICE took";
	model_splice(m, start, n, world.in, k);
	return NULL;
}

static const char *do_write(struct held *h)
{
	struct model *m = object_of(h);
	__u64 start = some(m->len + 2), n = some(6);

	if (may(h, KOWN_RIGHT_WRITE, true) && !model_has(m, start, n))
		refuse(ERANGE);
	if (!done(kown_range(at(h), KOWN_IOC_WRITE, 0, nr(h), start, n, world.in)))
		return unless_refused("WRITE");
	model_splice(m, start, n, world.in, n);
	return NULL;
}

static const char *do_fill(struct held *h)
{
	struct model *m = object_of(h);
	__u64 start = some(m->len + 2), n = some(6);

	if (may(h, KOWN_RIGHT_WRITE, true) && !model_has(m, start, n))
		refuse(ERANGE);
	if (!done(kown_range(at(h), KOWN_IOC_FILL, 0, nr(h), start, n, world.in)))
		return unless_refused("FILL");
	model_fill(m, start, n, world.in);
	return NULL;
}

static const char *do_truncate(struct held *h)
{
	struct model *m = object_of(h);
	__u64 len = some(m->len + 2);

	may(h, KOWN_RIGHT_WRITE, true);
	if (!done(kown_resize(at(h), KOWN_IOC_TRUNCATE, nr(h), len, NULL)))
		return unless_refused("TRUNCATE");
	m->len = less(m->len, len);
	return NULL;
}

static const char *do_resize(struct held *h)
{
	struct model *m = object_of(h);
	__u64 len = some(2) ? some(m->len + 1) : m->len + some_more(m);

	may(h, KOWN_RIGHT_WRITE, true);
	if (!done(kown_resize(at(h), KOWN_IOC_RESIZE, nr(h), len, world.in)))
		return unless_refused("RESIZE");
	model_resize(m, len, world.in);
	return NULL;
}

/* More than a context may have, and more than can be. */
static const char *reserve_too_much(struct held *h)
{
	const struct model *m = object_of(h);
	bool exact = some(2), overflow = some(2);
	__u64 n = overflow ? ~0ULL : m->size ? world.before.max_bytes / m->size + 1 : 0;

	if (!m->size)
		return nothing;
	if (may(h, KOWN_RIGHT_WRITE, true))
		refuse(overflow ? EOVERFLOW : ENOSPC);
	if (!done(kown_reserve(at(h), KOWN_IOC_RESERVE, exact ? KOWN_RESERVE_EXACT : 0, nr(h), n,
			       NULL)))
		return unless_refused("RESERVE of too much");
	return NULL;
}

static const char *do_reserve(struct held *h)
{
	struct model *m = object_of(h);
	__u64 n = some(6), got = 0;
	bool exact = some(2);

	if (!some(16))
		return reserve_too_much(h);
	may(h, KOWN_RIGHT_WRITE, true);
	if (!done(kown_reserve(at(h), KOWN_IOC_RESERVE, exact ? KOWN_RESERVE_EXACT : 0, nr(h), n,
			       &got)))
		return unless_refused("RESERVE");
	if (exact)
		m->cap = more(m->cap, m->len + n);
	else
		model_reserve(m, n);
	return got == m->cap ? NULL : "capacity after RESERVE";
}

static const char *do_shrink(struct held *h)
{
	struct model *m = object_of(h);
	__u64 n = some(m->len + 2), got = 0;

	may(h, KOWN_RIGHT_WRITE, true);
	if (!done(kown_reserve(at(h), KOWN_IOC_SHRINK, 0, nr(h), n, &got)))
		return unless_refused("SHRINK");
	if (m->size)
		m->cap = less(m->cap, more(m->len, n));
	return got == m->cap ? NULL : "capacity after SHRINK";
}

/* @keep: RETAIN, else EXTRACT */
static const char *choose(struct held *h, bool keep)
{
	struct model *m = object_of(h);
	__u64 start = some(m->len + 2), n = some(LONGEST + 1), i, k, got = 0;
	__u16 mask = random_u32(&world.seed);

	if (may(h, keep ? KOWN_RIGHT_WRITE : READ_WRITE, true) && !model_has(m, start, n))
		refuse(ERANGE);
	if (!done(kown_mask(at(h), keep ? KOWN_IOC_RETAIN : KOWN_IOC_EXTRACT, nr(h), start, n,
			    &mask, keep ? NULL : world.out, &got)))
		return unless_refused("RETAIN or EXTRACT");
	for (i = k = 0; i < n; i++) {
		bool bit = mask >> i & 1;

		if (bit == keep)
			continue;
		if (!keep && memcmp(world.out + k * m->size,
				    m->bytes + (start + i - k) * m->size, m->size))
			return "EXTRACT gave another element";
		model_remove(m, start + i - k, 1);
		k++;
	}
	return got == k ? NULL : "RETAIN or EXTRACT counted wrong";
}

static const char *do_retain(struct held *h)
{
	return choose(h, true);
}

static const char *do_extract(struct held *h)
{
	return choose(h, false);
}

static const char *do_dedup(struct held *h)
{
	struct model *m = object_of(h);
	__u64 i = 1, k = 0, got = 0;

	may(h, READ_WRITE, true);
	if (!done(kown_dedup(at(h), nr(h), &got)))
		return unless_refused("DEDUP");
	while (i < m->len) {
		unsigned char *elem = m->bytes + i * m->size;

		if (memcmp(elem, elem - m->size, m->size)) {
			i++;
			continue;
		}
		model_remove(m, i, 1);
		k++;
	}
	return got == k ? NULL : "DEDUP counted wrong";
}

static const char *do_extend_within(struct held *h)
{
	struct model *m = object_of(h);
	__u64 start = some(m->len + 2), n = some_more(m);
	static unsigned char copy[ROOM];

	if (may(h, READ_WRITE, true) && !model_has(m, start, n))
		refuse(ERANGE);
	if (!done(kown_range(at(h), KOWN_IOC_EXTEND_WITHIN, 0, nr(h), start, n, NULL)))
		return unless_refused("EXTEND_WITHIN");
	memcpy(copy, m->bytes + start * m->size, n * m->size);
	model_splice(m, m->len, 0, copy, n);
	return NULL;
}

/*
 * Between objects
 */

/* Another handle of the same context, or none, or @h itself. */
static struct held *some_other(const struct held *h)
{
	int i, first = some(HELD);

	if (some(16)) {
		for (i = 0; i < HELD; i++) {
			struct held *o = &world.held[(first + i) % HELD];

			if (o->of && o->fd < 0 && o->ctx == h->ctx)
				return o;
		}
	}
	no_handle.ctx = h->ctx;
	no_handle.number = world.stale[h->ctx];
	return &no_handle;
}

/* Return: true if both handles are good, and both objects, so that more may be wrong. */
static bool may_both(const struct held *h, struct held *o, bool change_other)
{
	__u32 rights = change_other ? READ_WRITE : KOWN_RIGHT_READ;
	bool good;

	if (!is_handle(h))
		return false;
	good = finds(h, KOWN_RIGHT_WRITE, false);
	good &= finds(o, rights, false);
	if (!good)
		return false;
	if (h->of->size != o->of->size || (change_other && h->of == o->of)) {
		refuse(EINVAL);
		return false;
	}
	mode_refuses(h, true);
	mode_refuses(o, change_other);
	return true;
}

static const char *do_append(struct held *h)
{
	struct held *o = some_other(h);
	struct model *m = object_of(h), *other = object_of(o);
	__u64 got = 0;

	if (m->len + other->len > most_elems(m))
		return nothing;
	may_both(h, o, true);
	if (!done(kown_append(at(h), KOWN_IOC_APPEND, nr(h), nr(o), 0, 0, &got)))
		return unless_refused("APPEND");
	if (got != m->len)
		return "index of APPEND";
	model_splice(m, m->len, 0, other->bytes, other->len);
	other->len = 0;
	return NULL;
}

static const char *do_copy_from(struct held *h)
{
	struct held *o = some(4) ? some_other(h) : h;
	struct model *m = object_of(h), *other = object_of(o);
	__u64 start = some(other->len + 2), n = some_more(m), got = 0;
	static unsigned char copy[ROOM];

	if (may_both(h, o, false) && !model_has(other, start, n))
		refuse(ERANGE);
	if (!done(kown_append(at(h), KOWN_IOC_COPY_FROM, nr(h), nr(o), start, n, &got)))
		return unless_refused("COPY_FROM");
	if (got != m->len)
		return "index of COPY_FROM";
	memcpy(copy, other->bytes + start * m->size, n * m->size);
	model_splice(m, m->len, 0, copy, n);
	return NULL;
}

static const char *do_split_off(struct held *h)
{
	struct model *m = object_of(h);
	struct kown_split_off arg;
	__u64 start = some(m->len + 2);
	struct held *to = held_free();

	if (!to)
		return nothing;
	if (is_handle(h) && may(h, READ_WRITE, true) && start > m->len)
		refuse(ERANGE);
	kown_blank(&arg, sizeof(arg));
	arg.handle = nr(h);
	arg.start = start;
	if (!done(kown_call(at(h), KOWN_IOC_SPLIT_OFF, &arg)))
		return unless_refused("SPLIT_OFF");
	if (arg.object <= world.last_id)
		return "id of what was split off";
	world.last_id = arg.object;
	held_handle(to, model_copy(m, start, arg.object, h->ctx), h->ctx, arg.new_handle,
		    ALL_RIGHTS, false);
	m->len = start;
	return NULL;
}

/*
 * Handles
 */

static __u64 id_of(int ctx, __u32 handle)
{
	struct kown_stat stat;

	return kown_stat(ctx, handle, &stat) ? 0 : stat.object;
}

#define MANY	3	/* that are made at once */

/* How many to make at once; 0 for one, without saying so. -1 if there is no place for them. */
static int some_count(void)
{
	int count = some(2) ? 0 : some(MANY + 1);

	return held_free_count() < more(count, 1) ? -1 : count;
}

static const char *do_new(struct held *h)
{
	__u32 numbers[MANY];
	struct kown_new arg;
	int ctx = some(CONTEXTS), count = some_count(), i = 0;
	__u64 id;

	if (count < 0)
		return nothing;
	kown_blank(&arg, sizeof(arg));
	arg.mode = some(16) ? some(KOWN_MODE_LOCKED + 1) : KOWN_MODE_LOCKED + 1;
	arg.elem_size = some(16) ? world.size + !some(8) : KOWN_MAX_ELEM_SIZE + 1;
	arg.cap = some(6);
	arg.count = count;
	arg.handles = count ? ptr_to_u64(numbers) : 0;
	if (arg.mode > KOWN_MODE_LOCKED)
		refuse(EOPNOTSUPP);
	if (arg.elem_size > KOWN_MAX_ELEM_SIZE)
		refuse(EINVAL);
	if (!done(kown_call(world.ctx[ctx], KOWN_IOC_NEW, &arg)))
		return unless_refused("NEW");
	if (!count)
		numbers[0] = arg.handle;
	if (numbers[0] != arg.handle || id_of(world.ctx[ctx], arg.handle) != arg.object)
		return "handle and id of what is new";
	do {
		id = id_of(world.ctx[ctx], numbers[i]);
		if (id <= world.last_id)
			return "id of what is new";
		world.last_id = id;
		held_handle(held_free(), model_new(arg.mode, arg.elem_size, arg.cap, id, ctx), ctx,
			    numbers[i], ALL_RIGHTS, false);
	} while (++i < count);
	return NULL;
}

static const char *do_clone_data(struct held *h)
{
	struct held *to = held_free();
	__u32 rights = some_rights(ALL_RIGHTS), made;
	__u64 id;

	if (!to)
		return nothing;
	if (is_handle(h) && may(h, KOWN_RIGHT_READ, false))
		refuse_rights(ALL_RIGHTS, rights);
	if (!done(kown_clone_data(at(h), nr(h), rights, &made)))
		return unless_refused("CLONE_DATA");
	id = id_of(at(h), made);
	if (id <= world.last_id)
		return "id of the copy";
	world.last_id = id;
	held_handle(to, model_copy(h->of, 0, id, h->ctx), h->ctx, made,
		    rights == KOWN_RIGHTS_SAME ? ALL_RIGHTS : rights, false);
	return NULL;
}

/* CLONE, DOWNGRADE and UPGRADE, to one or many: from which strength to which. */
static const char *others(struct held *h, unsigned int cmd, __u32 needs, bool from, bool to)
{
	__u32 rights = some_rights(h->rights), made[MANY];
	int count = some_count(), i = 0, err;

	if (count < 0)
		return nothing;
	if (is_handle(h) && finds(h, needs, from)) {
		refuse_rights(h->rights, rights);
		if (cmd == KOWN_IOC_UPGRADE && !h->of->strong)
			refuse(ESTALE);
	}
	err = count ? kown_others(at(h), cmd, nr(h), rights, count, made) :
		      kown_another(at(h), cmd, nr(h), rights, made);
	if (!done(err))
		return unless_refused("CLONE, DOWNGRADE or UPGRADE");
	do
		held_handle(held_free(), h->of, h->ctx, made[i],
			    rights == KOWN_RIGHTS_SAME ? h->rights : rights, to);
	while (++i < count);
	return NULL;
}

static const char *do_clone(struct held *h)
{
	return others(h, KOWN_IOC_CLONE, KOWN_RIGHT_CLONE, h->weak, h->weak);
}

static const char *do_downgrade(struct held *h)
{
	return others(h, KOWN_IOC_DOWNGRADE, KOWN_RIGHT_CLONE, false, true);
}

static const char *do_upgrade(struct held *h)
{
	return others(h, KOWN_IOC_UPGRADE, 0, true, false);
}

static const char *do_export(struct held *h)
{
	struct held *new = held_free();
	__u32 rights = some_rights(h->rights);
	int fd;

	if (!new)
		return nothing;
	if (is_handle(h) && finds(h, KOWN_RIGHT_EXPORT, h->weak))
		refuse_rights(h->rights, rights);
	if (!done(kown_export(at(h), nr(h), rights, &fd)))
		return unless_refused("EXPORT");
	held_descriptor(new, h->of, h->ctx, fd, rights == KOWN_RIGHTS_SAME ? h->rights : rights,
			h->weak);
	return NULL;
}

static const char *do_import(struct held *h)
{
	struct held *new = held_free();
	__u32 rights = some_rights(h->rights), made;
	int ctx = some(CONTEXTS), fd = h->fd;

	if (!new)
		return nothing;
	if (fd < 0) {
		/* No descriptor, or one that EXPORT did not make. */
		fd = some(2) ? -1 : world.ctx[0];
		refuse(fd < 0 ? EBADF : EINVAL);
	} else {
		refuse_rights(h->rights, rights);
	}
	if (!done(kown_import(world.ctx[ctx], fd, rights, &made)))
		return unless_refused("IMPORT");
	held_handle(new, h->of, ctx, made, rights == KOWN_RIGHTS_SAME ? h->rights : rights,
		    h->weak);
	return NULL;
}

/* Some handles of a context at once, and perhaps one among them that is not there. */
static const char *do_drop(struct held *h)
{
	__u32 numbers[3] = { nr(h) }, count = 1, dropped;
	struct held *which[3] = { h };
	int i, stop = -1;

	if (h->fd >= 0)
		return nothing;
	for (i = 0; i < HELD && count < 1 + (some(4) == 0); i++) {
		struct held *o = &world.held[i];

		if (o == h || !o->of || o->fd >= 0 || o->ctx != h->ctx)
			continue;
		which[count] = o;
		numbers[count++] = nr(o);
	}
	if (h->of && !some(8)) {
		stop = some(count);
		numbers[count] = numbers[stop];
		which[count++] = which[stop];
		numbers[stop] = world.stale[h->ctx];
		refuse(ENOENT);
	} else if (!h->of) {
		stop = 0;
		refuse(ENOENT);
	}
	if (!done(kown_drop_many(world.ctx[h->ctx], numbers, count, &dropped)) && !refused)
		return "DROP";
	if (dropped != (stop < 0 ? count : stop))
		return "how many DROP dropped";
	for (i = 0; i < dropped; i++)
		held_gone(which[i]);
	return NULL;
}

static const char *do_close(struct held *h)
{
	if (!done(close(h->fd) ? errno : 0))
		return unless_refused("close");
	held_gone(h);
	return NULL;
}

/* A context is closed, and all it has; what it made and others have lives on. */
static const char *do_reopen(struct held *unused)
{
	int ctx = some(CONTEXTS), i;

	if (some(8))
		return nothing;
	if (!done(close(world.ctx[ctx]) ? errno : 0))
		return unless_refused("close of a context");
	for (i = 0; i < HELD; i++) {
		struct held *h = &world.held[i];

		if (h->of && h->fd < 0 && h->ctx == ctx)
			held_gone(h);
		if (h->exporter == ctx)
			h->exporter = -1;
	}
	for (i = 0; i < OBJECTS; i++)
		if (world.model[i].account == ctx)
			world.model[i].account = -1;
	world.ctx[ctx] = kown_open();
	world.stale[ctx] = 0;
	return world.ctx[ctx] < 0 ? "open of a context" : NULL;
}

/* INTO_INNER, TAKE and MAKE_MUT. */
static const char *own(struct held *h, unsigned int cmd)
{
	struct model *m = object_of(h), *next;
	__u32 want, how = ~0U, number = nr(h), rights = h->rights;
	__u64 id = ~0ULL;

	if (is_handle(h) && finds(h, READ_WRITE, false)) {
		if (cmd == KOWN_IOC_MAKE_MUT && m->mode == KOWN_MODE_LOCKED)
			refuse(EOPNOTSUPP);
		if (m->via == h || (cmd == KOWN_IOC_TAKE && m->strong > 1))
			refuse(EBUSY);
	}
	if (!done(kown_own(at(h), cmd, number, &how, &id)))
		return unless_refused("INTO_INNER, TAKE or MAKE_MUT");
	if (m->strong > 1)
		want = cmd == KOWN_IOC_INTO_INNER ? KOWN_OWN_NOT : KOWN_OWN_COPIED;
	else
		want = m->weak ? KOWN_OWN_MOVED : KOWN_OWN_SAME;
	if (how != want)
		return "what became of the handle";
	if (how == KOWN_OWN_SAME)
		return id == m->id ? NULL : "id of what was the only one";
	if (how == KOWN_OWN_NOT) {
		held_gone(h);
		return id ? "id of nothing" : NULL;
	}
	if (id <= world.last_id)
		return "id of the successor";
	world.last_id = id;
	next = model_copy(m, 0, id, how == KOWN_OWN_MOVED ? m->account : h->ctx);
	if (how == KOWN_OWN_MOVED) {
		next->cap = m->cap;
		next->poisoned = m->poisoned;
	}
	model_unref(h);
	held_handle(h, next, h->ctx, number, rights, false);
	return NULL;
}

static const char *do_into_inner(struct held *h)
{
	return own(h, KOWN_IOC_INTO_INNER);
}

static const char *do_take(struct held *h)
{
	return own(h, KOWN_IOC_TAKE);
}

static const char *do_make_mut(struct held *h)
{
	return own(h, KOWN_IOC_MAKE_MUT);
}

/*
 * The lock
 */

/* By this process, or by another, for which nothing is its own. */
static bool may_lock(const struct held *h, bool self, int busy)
{
	const struct model *m = object_of(h);

	if (!finds(h, KOWN_RIGHT_LOCK, false))
		return false;
	if (m->mode != KOWN_MODE_LOCKED)
		refuse(EOPNOTSUPP);
	else if (m->owner)
		refuse(self && m->owner == place_of(h) ? EDEADLK : busy);
	else if (m->poisoned)
		refuse(EOWNERDEAD);	/* and it is granted */
	return m->mode == KOWN_MODE_LOCKED && !m->owner;
}

static const char *do_lock(struct held *h)
{
	bool try = some(2), granted = may_lock(h, true, try ? EBUSY : ETIMEDOUT);
	int err = try ? kown_try_lock(at(h), nr(h)) : kown_lock_until(at(h), nr(h), 1);

	if (!done(err) && !refused)
		return "LOCK";
	if (granted) {
		h->of->owner = place_of(h);
		h->of->via = h;
	}
	return NULL;
}

static bool may_use_lock(const struct held *h)
{
	if (!finds(h, KOWN_RIGHT_LOCK, false))
		return false;
	if (h->of->mode != KOWN_MODE_LOCKED)
		refuse(EOPNOTSUPP);
	else if (h->of->owner != place_of(h))
		refuse(ENOLCK);
	return true;
}

static const char *do_unlock(struct held *h)
{
	may_use_lock(h);
	if (!done(kown_unlock(at(h), nr(h))))
		return unless_refused("UNLOCK");
	model_unlock(h->of, false);
	return NULL;
}

static const char *do_clear_poison(struct held *h)
{
	may_use_lock(h);
	if (!done(kown_clear_poison(at(h), nr(h))))
		return unless_refused("CLEAR_POISON");
	h->of->poisoned = false;
	return NULL;
}

/* Another process, which has what we have, takes the lock if it gets it, and ends. */
static int child_locks(void *arg)
{
	struct held *h = arg;
	int err = kown_try_lock(at(h), nr(h));

	if (!err || err == EOWNERDEAD)
		return err;
	/* Our lock is not its lock. */
	if (err == EBUSY && h->rights & KOWN_RIGHT_WRITE &&
	    kown_push(at(h), nr(h), NULL, 0) != ENOLCK)
		return 1;
	return err;
}

static const char *do_child(struct held *h)
{
	bool granted;

	if (object_of(h)->mode != KOWN_MODE_LOCKED)
		return nothing;
	granted = may_lock(h, false, EBUSY);
	if (!done(child_status(run_child(child_locks, h))) && !refused)
		return "LOCK by another process";
	if (granted)
		model_unlock(h->of, true);
	return NULL;
}

/*
 * Files. Their bytes are those of the elements.
 */

static __u64 file_bytes(const struct held *h)
{
	return h->of->len * h->of->size;
}

/* As open(2) would have it, and then as for a command. */
static void may_read_file(const struct held *h)
{
	if ((h->rights & READ_WRITE) == KOWN_RIGHT_WRITE)
		refuse(EBADF);
	else
		may(h, KOWN_RIGHT_READ, false);
}

static const char *file_read(struct held *h, bool seek)
{
	struct model *m = h->of;
	__u64 pos = seek ? some(file_bytes(h) + m->size + 2) : h->pos;
	__u64 n = 1 + some(5 * m->size + 1), k;
	ssize_t got;

	may_read_file(h);
	got = seek ? pread(h->fd, world.out, n, pos) : read(h->fd, world.out, n);
	if (!done(got < 0 ? errno : 0))
		return unless_refused("read or pread");
	k = pos < file_bytes(h) ? less(n, file_bytes(h) - pos) : 0;
	if (got != k || memcmp(world.out, m->bytes + pos, k) || world.out[k] != PATTERN)
		return "what read or pread saw";
	if (!seek)
		h->pos += k;
	return NULL;
}

static const char *do_file_read(struct held *h)
{
	return file_read(h, false);
}

static const char *do_file_pread(struct held *h)
{
	return file_read(h, true);
}

/* Whole elements, at the place of one, at most at the end. */
static void may_write_file(const struct held *h, __u64 pos, __u64 n, bool append)
{
	__u32 size = h->of->size;

	if (!(h->rights & KOWN_RIGHT_WRITE)) {
		refuse(EBADF);
		return;
	}
	if (!may(h, KOWN_RIGHT_WRITE, true))
		return;
	if (!size || n % size || (!append && pos % size))
		refuse(EINVAL);
	else if (!append && pos > file_bytes(h))
		refuse(ERANGE);
}

static const char *file_write(struct held *h, bool seek)
{
	struct model *m = h->of;
	__u64 n = some_more(m), bytes = n * m->size + !some(8);
	__u64 pos = seek ? some(m->len + 2) * m->size + !some(8) : h->pos;
	__u64 start;
	ssize_t put;

	if (!bytes)
		return nothing;
	if (!some(8)) {
		h->append = !h->append;
		fcntl(h->fd, F_SETFL, h->append ? O_APPEND : 0);
	}
	may_write_file(h, pos, bytes, h->append);
	put = seek ? pwrite(h->fd, world.in, bytes, pos) : write(h->fd, world.in, bytes);
	if (!done(put < 0 ? errno : 0))
		return unless_refused("write or pwrite");
	if (put != bytes)
		return "how much write or pwrite wrote";
	n = bytes / m->size;
	start = h->append ? m->len : pos / m->size;
	model_splice(m, start, less(n, m->len - start), world.in, n);
	if (!seek)
		h->pos = (start + n) * m->size;
	return NULL;
}

static const char *do_file_write(struct held *h)
{
	return file_write(h, false);
}

static const char *do_file_pwrite(struct held *h)
{
	return file_write(h, true);
}

static const char *do_file_truncate(struct held *h)
{
	struct model *m = h->of;
	static const unsigned char zeros[LARGEST + 1];
	__u64 bytes = (some(2) ? some(m->len + 1) : m->len + some_more(m)) * m->size +
		      !some(8);

	if (!(h->rights & KOWN_RIGHT_WRITE) || h->weak)
		refuse(EINVAL);
	else
		mode_refuses(h, true);
	if (!m->size || bytes % m->size)
		refuse(EINVAL);
	if (!done(ftruncate(h->fd, bytes) ? errno : 0))
		return unless_refused("ftruncate");
	model_resize(m, bytes / m->size, zeros);
	return NULL;
}

/* The size, by the two ways there are to ask; neither takes a right. */
static const char *do_file_size(struct held *h)
{
	struct stat stat;
	off_t pos;

	if (!done(fstat(h->fd, &stat) ? errno : 0))
		return unless_refused("fstat");
	if (stat.st_size != file_bytes(h) || stat.st_ino != h->of->id)
		return "what fstat says";
	if (lseek(h->fd, 0, SEEK_END) != file_bytes(h))
		return "lseek to the end";
	pos = some(h->of->len + 1) * h->of->size;
	if (lseek(h->fd, pos, SEEK_SET) != pos)
		return "lseek";
	h->pos = pos;
	return NULL;
}

static short events_of(const struct held *h)
{
	const struct model *m = h->of;
	short events = 0;
	bool writable;

	if (h->weak)
		return m->strong ? 0 : POLLHUP;
	if (m->len && h->rights & KOWN_RIGHT_READ)
		events |= POLLIN;
	if (m->mode == KOWN_MODE_LOCKED)
		writable = h->rights & KOWN_RIGHT_LOCK && !m->owner;
	else
		writable = h->rights & KOWN_RIGHT_WRITE &&
			   (m->mode == KOWN_MODE_SHARED || is_alone(m));
	return events | (writable ? POLLOUT : 0);
}

static const char *do_file_poll(struct held *h)
{
	struct pollfd fd = { .fd = h->fd, .events = POLLIN | POLLOUT };

	if (!done(poll(&fd, 1, 0) < 0 ? errno : 0))
		return unless_refused("poll");
	return fd.revents == events_of(h) ? NULL : "what poll says";
}

/*
 * All of them
 */

/* With which errnos it must have ended, in a long walk. */
#define MEETS(...)	((const int[]){ 0, ##__VA_ARGS__, -1 })
#define HANDLE(...)	MEETS(ENOENT, EACCES, EINVAL, ##__VA_ARGS__)
#define MODE(...)	HANDLE(EBUSY, ENOLCK, ##__VA_ARGS__)

/*
 * @often: of so many in all
 * @on_file: what it is done to is a descriptor
 */
static const struct operation {
	const char *name;
	const char *(*run)(struct held *h);
	unsigned int often;
	bool on_file;
	const int *meets;
} operations[] = {
	{ "PUSH", do_push, 18, false, MODE() },
	{ "POP", do_pop, 3, false, MODE() },
	{ "POP_FRONT", do_pop_front, 3, false, MODE() },
	{ "READ", do_read, 3, false, HANDLE(ENOLCK, ERANGE) },
	{ "INSERT", do_insert, 6, false, MODE(ERANGE) },
	{ "REMOVE", do_remove, 5, false, MODE(ERANGE) },
	{ "SWAP_REMOVE", do_swap_remove, 5, false, MODE(ERANGE) },
	{ "DRAIN", do_drain, 5, false, MODE(ERANGE) },
	{ "SPLICE", do_splice, 5, false, MODE(ERANGE) },
	{ "WRITE", do_write, 5, false, MODE(ERANGE) },
	{ "FILL", do_fill, 5, false, MODE(ERANGE) },
	{ "TRUNCATE", do_truncate, 3, false, MODE() },
	{ "RESIZE", do_resize, 3, false, MODE() },
	{ "RESERVE", do_reserve, 5, false, MODE(ENOSPC, EOVERFLOW) },
	{ "SHRINK", do_shrink, 3, false, MODE() },
	{ "RETAIN", do_retain, 5, false, MODE(ERANGE) },
	{ "EXTRACT", do_extract, 5, false, MODE(ERANGE) },
	{ "DEDUP", do_dedup, 3, false, MODE() },
	{ "EXTEND_WITHIN", do_extend_within, 6, false, MODE(ERANGE) },
	{ "APPEND", do_append, 4, false, MODE(ENOTTY) },
	{ "COPY_FROM", do_copy_from, 4, false, MODE(ENOTTY, ERANGE) },
	{ "SPLIT_OFF", do_split_off, 4, false, MODE(ENOTTY, ERANGE) },
	{ "NEW", do_new, 6, false, MEETS(EINVAL, EOPNOTSUPP) },
	{ "CLONE_DATA", do_clone_data, 4, false, HANDLE(ENOLCK, ENOTTY, EOPNOTSUPP) },
	{ "CLONE", do_clone, 3, false, MEETS(ENOENT, EACCES, ENOTTY, EOPNOTSUPP) },
	{ "DOWNGRADE", do_downgrade, 3, false, HANDLE(ENOTTY, EOPNOTSUPP) },
	{ "UPGRADE", do_upgrade, 6, false, HANDLE(ENOTTY, ESTALE) },
	{ "EXPORT", do_export, 4, false, MEETS(ENOENT, EACCES, ENOTTY, EOPNOTSUPP) },
	{ "IMPORT", do_import, 6, false, MEETS(EBADF, EINVAL, EACCES) },
	{ "DROP", do_drop, 17, false, MEETS(ENOENT) },
	{ "INTO_INNER", do_into_inner, 2, false, HANDLE(EBUSY, ENOTTY) },
	{ "TAKE", do_take, 2, false, HANDLE(EBUSY, ENOTTY) },
	{ "MAKE_MUT", do_make_mut, 2, false, HANDLE(ENOTTY, EOPNOTSUPP) },
	{ "LOCK", do_lock, 16, false, HANDLE(EBUSY, EOPNOTSUPP, EDEADLK, ETIMEDOUT,
					     EOWNERDEAD) },
	{ "UNLOCK", do_unlock, 4, false, HANDLE(ENOLCK, EOPNOTSUPP) },
	{ "CLEAR_POISON", do_clear_poison, 4, false, HANDLE(ENOLCK, EOPNOTSUPP) },
	{ "LOCK of another process", do_child, 3, false, MEETS(EBUSY, EOWNERDEAD) },
	{ "close of a context", do_reopen, 1, false, MEETS() },
	{ "close", do_close, 4, true, MEETS() },
	{ "read", do_file_read, 3, true, MEETS(EBADF, EACCES, EINVAL, ENOLCK) },
	{ "pread", do_file_pread, 3, true, MEETS(EBADF, EACCES, EINVAL, ENOLCK) },
	{ "write", do_file_write, 4, true, MEETS(EBADF, EINVAL, EBUSY, ENOLCK) },
	{ "pwrite", do_file_pwrite, 4, true, MEETS(EBADF, EINVAL, EBUSY, ENOLCK, ERANGE) },
	{ "ftruncate", do_file_truncate, 3, true, MEETS(EINVAL, EBUSY, ENOLCK) },
	{ "fstat and lseek", do_file_size, 1, true, MEETS() },
	{ "poll", do_file_poll, 3, true, MEETS() },
};

#define OPERATIONS	ARRAY_SIZE(operations)

static unsigned long met_by[OPERATIONS][ERRNOS];

static const struct operation *some_operation(void)
{
	const struct operation *op = operations;
	unsigned int all = 0, n;
	int i;

	for (i = 0; i < OPERATIONS; i++)
		all += operations[i].often;
	for (n = some(all); n >= op->often; op++)
		n -= op->often;
	return op;
}

/* Something that is held, or now and then a number that is nothing. */
static struct held *some_held(bool on_file)
{
	int i, first = some(HELD);

	for (i = 0; i < HELD && (on_file || some(24)); i++) {
		struct held *h = &world.held[(first + i) % HELD];

		if (h->of && (!on_file || h->fd >= 0))
			return h;
	}
	if (on_file)
		return NULL;
	no_handle.ctx = some(CONTEXTS);
	no_handle.number = world.stale[no_handle.ctx];
	return &no_handle;
}

/* What nobody may look at any more could not be compared: it is given up. */
static const char *let_go(void)
{
	struct model *m;
	struct held *h;

	for (m = world.model; m < world.model + OBJECTS; m++) {
		if (!m->strong || held_of(m, rights_to_look(m), false))
			continue;
		for (h = world.held; h < world.held + HELD; h++) {
			if (h->of != m || h->weak)
				continue;
			if (h->fd < 0 ? kown_drop(at(h), nr(h)) : close(h->fd))
				return "DROP or close of what nobody may look at";
			held_gone(h);
		}
	}
	return NULL;
}

/* Return: what is wrong, or NULL. @what is told which operation it was. */
static const char *step(const char **what)
{
	const char *wrong = nothing;

	while (wrong == nothing) {
		const struct operation *op = some_operation();
		struct held *h = some_held(op->on_file);

		if (!h)
			continue;
		*what = op->name;
		met = met_by[op - operations];
		world.refusals.count = 0;
		random_elems(world.in, 8, object_of(h)->size);
		memset(world.out, PATTERN, LONGEST * (world.size + 1) + 1);
		wrong = op->run(h);
	}
	return wrong ? wrong : let_go();
}

#endif /* OPS_STEPS_H */
