/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Owned: elements that know their number, and a ledger of those that live. And the same
 * as plain bytes, and as elements of size 0 that are only counted.
 */
#ifndef _KOWN_OWNED_H
#define _KOWN_OWNED_H

#include <kunit/test.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include <kown/iter.h>
#include <kown/vec.h>

#define GFP_TEST	(GFP_KERNEL | __GFP_NOWARN)
#define LEDGER_PAGES	512
#define NO_ID		0xdead

/**
 * struct ledger - the elements of a case, booked when they are made and dropped
 * @made: how many, clones too
 * @dropped: how many
 * @wrong: drops of what is no living element, or while @watch had another length
 * @clones: asked for
 * @fail_clone: which of those fails, counted from 1; 0: none
 * @watch: a vec to be looked at in each drop
 * @watch_len: the length that it must have then
 * @alive: those that are, by their page in the ledger
 */
struct ledger {
	u32 made;
	u32 dropped;
	u32 wrong;
	u32 clones;
	u32 fail_clone;
	const struct kown_vec *watch;
	size_t watch_len;
	bool alive[LEDGER_PAGES];
};

static struct ledger ledger;

/* For a suite's init. */
static inline int ledger_init(struct kunit *test)
{
	memset(&ledger, 0, sizeof(ledger));
	return 0;
}

static inline void ledger_drop(bool alive)
{
	ledger.dropped++;
	if (!alive || (ledger.watch && ledger.watch->len != ledger.watch_len))
		ledger.wrong++;
}

static inline int ledger_clone(void)
{
	return ++ledger.clones == ledger.fail_clone ? -EIO : 0;
}

struct owned {
	u32 id;
	u32 page;
};

static inline struct owned owned_make(u32 id)
{
	struct owned owned = { .id = id, .page = ledger.made++ % LEDGER_PAGES };

	ledger.alive[owned.page] = true;
	return owned;
}

static inline void owned_drop(struct owned *owned)
{
	bool known = owned->page < LEDGER_PAGES && owned->id != NO_ID;

	ledger_drop(known && ledger.alive[owned->page]);
	if (known)
		ledger.alive[owned->page] = false;
	owned->id = NO_ID;
}

static inline int owned_clone(struct owned *to, const struct owned *from, gfp_t gfp)
{
	int err = ledger_clone();

	if (!err)
		*to = owned_make(from->id);
	return err;
}

struct nothing {};

static inline void nothing_drop(struct nothing *nothing)
{
	ledger_drop((void *)nothing == KOWN_DANGLING && ledger.dropped < ledger.made);
}

static inline int nothing_clone(struct nothing *to, const struct nothing *from, gfp_t gfp)
{
	int err = ledger_clone();

	if (!err)
		ledger.made++;
	return err;
}

KOWN_DEFINE_VEC(owned, struct owned, owned_drop, owned_clone)
KOWN_DEFINE_VEC(nothing, struct nothing, nothing_drop, nothing_clone)
KOWN_DEFINE_VEC(word, u64, NULL, NULL)

/* What each exhaustive case is run with. */

struct kind {
	const char *desc;
	const struct kown_type *elem;
};

static const struct kind kinds[] = {
	{ "plain bytes", &word_vec_elem },
	{ "elements that own", &owned_vec_elem },
	{ "elements of size 0", &nothing_vec_elem },
};

static inline void kind_desc(const struct kind *kind, char *desc)
{
	strscpy(desc, kind->desc, KUNIT_PARAM_DESC_SIZE);
}

static inline bool kind_is(const struct kind *kind, const struct kown_type *elem)
{
	return kind->elem == elem;
}

/* Writes elements with the numbers from @id on. */
static inline void make_n(const struct kind *kind, void *to, u32 id, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (kind_is(kind, &word_vec_elem))
			((u64 *)to)[i] = id + i;
		else if (kind_is(kind, &owned_vec_elem))
			((struct owned *)to)[i] = owned_make(id + i);
		else
			ledger.made++;
	}
}

static inline void drop_n(const struct kind *kind, void *first, size_t count)
{
	kown_type_drop_n(kind->elem, kind->elem->size ? first : KOWN_DANGLING, count);
}

/* Is it a living element of that number? */
static inline bool is_id(const struct kind *kind, const void *at, u32 id)
{
	const struct owned *owned = at;

	if (kind_is(kind, &word_vec_elem))
		return *(const u64 *)at == id;
	if (kind_is(kind, &nothing_vec_elem))
		return at == KOWN_DANGLING;
	return owned->id == id && owned->page < LEDGER_PAGES && ledger.alive[owned->page];
}

/**
 * struct ids - the numbers that are expected, in order
 * @len: how many
 * @id: they
 */
struct ids {
	size_t len;
	u32 id[64];
};

/* The numbers from @from to before @to are expected next. */
static inline void expect_ids(struct ids *ids, u32 from, u32 to)
{
	for (; from < to; from++)
		ids->id[ids->len++] = from;
}

static inline bool holds(const struct kind *kind, const struct kown_vec *vec,
			 const struct ids *want)
{
	if (vec->len != want->len)
		return false;
	for (size_t i = 0; i < want->len; i++)
		if (!is_id(kind, kown_vec_at(vec, kind->elem, i), want->id[i]))
			return false;
	return true;
}

static inline bool holds_ids(const struct kind *kind, const struct kown_vec *vec,
			     u32 from, u32 to)
{
	struct ids want = {};

	expect_ids(&want, from, to);
	return holds(kind, vec, &want);
}

/* A vec of the numbers from 0 on, with room for so many more. */
static inline struct kown_vec vec_of(struct kunit *test, const struct kind *kind,
				     size_t len, size_t spare)
{
	struct kown_vec vec = {};

	KUNIT_ASSERT_EQ(test, 0, kown_vec_reserve_exact(&vec, kind->elem, len + spare,
							GFP_TEST));
	make_n(kind, kown_vec_at(&vec, kind->elem, 0), 0, len);
	kown_vec_commit(&vec, len);
	return vec;
}

static inline struct owned_vec owned_vec_of(struct kunit *test, size_t len)
{
	return (struct owned_vec){ .untyped = vec_of(test, &kinds[1], len, 0) };
}

static inline struct nothing_vec nothing_vec_of(struct kunit *test, size_t len)
{
	return (struct nothing_vec){ .untyped = vec_of(test, &kinds[2], len, 0) };
}

static inline bool same_vec(const struct kown_vec *a, const struct kown_vec *b)
{
	return a->raw.ptr == b->raw.ptr && a->raw.cap == b->raw.cap && a->len == b->len;
}

/* Was each element that was made dropped, once? Then a new account begins. */
static inline bool balanced(void)
{
	bool balanced = ledger.made == ledger.dropped && !ledger.wrong;

	ledger.made = 0;
	ledger.dropped = 0;
	ledger.wrong = 0;
	ledger.clones = 0;
	ledger.fail_clone = 0;
	ledger.watch = NULL;
	memset(ledger.alive, 0, sizeof(ledger.alive));
	return balanced;
}

static inline bool free_balanced(const struct kind *kind, struct kown_vec *vec)
{
	kown_vec_free(vec, kind->elem);
	return balanced() && !vec->raw.ptr && !vec->raw.cap && !vec->len;
}

/* A source of new elements. */

enum knows { EXACT, AT_LEAST, NOTHING, TOO_MUCH, MODES };

/**
 * struct source - an iterator that makes elements, and can be told to fail
 * @iter: what is passed on
 * @kind: of the elements
 * @id: the next one's number
 * @left: elements to come
 * @fails: when so many are left; -1: never
 * @asked: times after the end, which must not be
 * @ended: it has said that there are no more, or failed
 */
struct source {
	struct kown_iter iter;
	const struct kind *kind;
	u32 id;
	int left;
	int fails;
	u32 asked;
	bool ended;
};

static inline int source_next(struct kown_iter *iter, void *to)
{
	struct source *source = container_of(iter, struct source, iter);

	source->asked += source->ended;
	if (source->left == source->fails) {
		source->ended = true;
		return -EPIPE;
	}
	if (!source->left) {
		source->ended = true;
		return 0;
	}
	make_n(source->kind, to, source->id++, 1);
	source->left--;
	return 1;
}

static inline struct source source_of(const struct kind *kind, u32 id, u32 count,
				      enum knows knows)
{
	size_t hints[MODES] = { count, count / 2, 0, SIZE_MAX / 2 };

	return (struct source){
		.iter = {
			.next = source_next,
			.hint = hints[knows],
			.exact = knows == EXACT,
		},
		.kind = kind,
		.id = id,
		.left = count,
		.fails = -1,
	};
}

/* For resize_with: from a source that is to have enough. */
static inline int make_one(void *to, void *context)
{
	struct source *source = context;
	int more = kown_iter_next(&source->iter, to);

	return more > 0 ? 0 : more ?: -ENODATA;
}

/**
 * struct answers - what a predicate says, by how often it was asked
 * @kind: of the elements
 * @first: the number of the one that is asked about first
 * @mask: bit i is the answer to the i-th question
 * @fails: the question to which the answer is an errno; -1: none
 * @asked: questions so far
 * @wrong: the element asked about was not the one whose turn it was
 */
struct answers {
	const struct kind *kind;
	u32 first;
	u32 mask;
	int fails;
	int asked;
	bool wrong;
};

static inline int answer(void *value, void *context)
{
	struct answers *answers = context;
	int i = answers->asked++;

	answers->wrong |= !is_id(answers->kind, value, answers->first + i);
	return i == answers->fails ? -ENOTTY : (answers->mask >> i) & 1;
}

/* How a loop is left. */
enum leave { BREAK, RETURN, GOTO, LEAVES };

/* Each range of each vec, of up to so many elements. */
static inline void each_range(struct kunit *test, u32 most,
			      void (*check)(struct kunit *test, u32 len, u32 start, u32 count))
{
	for (u32 len = 0; len <= most; len++)
		for (u32 start = 0; start <= len; start++)
			for (u32 count = 0; start + count <= len; count++)
				check(test, len, start, count);
}

/**
 * struct taking - an iterator with two ends, and what it should have left
 * @iter: the iterator
 * @take: takes one, from the front or from the back
 * @len: how many are left
 * @next: number of the first that is left
 * @end: number after the last
 */
struct taking {
	void *iter;
	void *(*take)(void *iter, bool back);
	size_t (*len)(const void *iter);
	u32 next;
	u32 end;
};

/*
 * Takes so many and drops them, the i-th from the back if bit i of @backs is set. Return:
 * whether each was the one whose turn it was, and if none is left, that none comes.
 */
static inline bool take_in_turn(const struct kind *kind, struct taking *taking, u32 takes,
				u32 backs)
{
	bool right = true;

	for (u32 i = 0; i < takes; i++) {
		bool back = (backs >> i) & 1;
		void *at = taking->take(taking->iter, back);

		right &= at && is_id(kind, at, back ? --taking->end : taking->next++);
		right &= taking->len(taking->iter) == taking->end - taking->next;
		if (at)
			drop_n(kind, at, 1);
	}
	if (taking->next == taking->end)
		right &= !taking->take(taking->iter, false) && !taking->take(taking->iter, true);
	return right;
}

#endif /* _KOWN_OWNED_H */
