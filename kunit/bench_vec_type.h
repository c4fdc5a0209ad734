/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The benchmarks of Vec, for one type: VALUE, whose functions begin with NAME.
 */
#define __OF(name, function)	__PASTE(name, function)
#define OF(function)		__OF(NAME, function)
#define STRUCT(suffix)		struct __OF(NAME, suffix)
#define drain_for_each(...)	kown_drain_for_each(__VA_ARGS__)
#define define_sort(...)	KOWN_DEFINE_SORT(__VA_ARGS__)

/* By hand. */
STRUCT(_bare) {
	VALUE *elems;
	size_t len;
	size_t cap;
};

static STRUCT(_vec) OF(_vec);
static STRUCT(_bare) OF(_bare);
static VALUE OF(_source)[MANY];

static noinline int OF(_bare_grow)(STRUCT(_bare) *bare)
{
	size_t cap = bare->cap ? 2 * bare->cap : sizeof(VALUE) == 1 ? 8 : 4;
	VALUE *elems;

	if (cap > INT_MAX / sizeof(VALUE))
		return -EOVERFLOW;
	elems = kown_kvrealloc(bare->elems, bare->cap * sizeof(VALUE),
			       cap * sizeof(VALUE), GFP_KERNEL);
	if (!elems)
		return -ENOMEM;
	bare->elems = elems;
	bare->cap = cap;
	return 0;
}

static __always_inline int OF(_bare_push)(STRUCT(_bare) *bare, const VALUE *value)
{
	if (unlikely(bare->len == bare->cap)) {
		int err = OF(_bare_grow)(bare);

		if (err)
			return err;
	}
	bare->elems[bare->len++] = *value;
	return 0;
}

static noinline __aligned(64) void OF(_kown_push)(unsigned int n)
{
	STRUCT(_vec) *vec = &OF(_vec);

	while (n--) {
		OPTIMIZER_HIDE_VAR(vec);
		vec->len = 0;
		for (unsigned int i = 0; i < MANY; i++) {
			VALUE value = OF(_of)(i);

			if (OF(_vec_push)(vec, &value, GFP_KERNEL))
				return;
		}
	}
}

static noinline __aligned(64) void OF(_bare_push_many)(unsigned int n)
{
	STRUCT(_bare) *bare = &OF(_bare);

	while (n--) {
		OPTIMIZER_HIDE_VAR(bare);
		bare->len = 0;
		for (unsigned int i = 0; i < MANY; i++) {
			VALUE value = OF(_of)(i);

			if (OF(_bare_push)(bare, &value))
				return;
		}
	}
}

static noinline __aligned(64) void OF(_kown_grow)(unsigned int n)
{
	while (n--) {
		STRUCT(_vec) vec = {};

		for (unsigned int i = 0; i < MILLION; i++) {
			VALUE value = OF(_of)(i);

			if (OF(_vec_push)(&vec, &value, GFP_KERNEL))
				break;
		}
		OF(_vec_free)(&vec);
	}
}

static noinline __aligned(64) void OF(_bare_grow_many)(unsigned int n)
{
	while (n--) {
		STRUCT(_bare) bare = {};

		for (unsigned int i = 0; i < MILLION; i++) {
			VALUE value = OF(_of)(i);

			if (OF(_bare_push)(&bare, &value))
				break;
		}
		kvfree(bare.elems);
	}
}

static noinline __aligned(64) void OF(_kown_pop)(unsigned int n)
{
	STRUCT(_vec) *vec = &OF(_vec);
	u64 sum = 0;

	while (n--) {
		VALUE value;

		OPTIMIZER_HIDE_VAR(vec);
		vec->len = MANY;
		while (OF(_vec_pop)(vec, &value))
			sum += OF(_number)(&value);
	}
	WRITE_ONCE(result, sum);
}

static noinline __aligned(64) void OF(_bare_pop)(unsigned int n)
{
	STRUCT(_bare) *bare = &OF(_bare);
	u64 sum = 0;

	while (n--) {
		OPTIMIZER_HIDE_VAR(bare);
		bare->len = MANY;
		while (bare->len) {
			VALUE value = bare->elems[--bare->len];

			sum += OF(_number)(&value);
		}
	}
	WRITE_ONCE(result, sum);
}

static noinline __aligned(64) void OF(_kown_sum)(unsigned int n)
{
	STRUCT(_vec) *vec = &OF(_vec);
	u64 sum = 0;

	vec->len = MANY;
	while (n--) {
		VALUE *value;

		OPTIMIZER_HIDE_VAR(vec);
		kown_vec_for_each(value, vec)
			sum += OF(_number)(value);
	}
	WRITE_ONCE(result, sum);
}

static noinline __aligned(64) void OF(_bare_sum)(unsigned int n)
{
	STRUCT(_bare) *bare = &OF(_bare);
	u64 sum = 0;

	bare->len = MANY;
	while (n--) {
		OPTIMIZER_HIDE_VAR(bare);
		for (size_t i = 0; i < bare->len; i++)
			sum += OF(_number)(&bare->elems[i]);
	}
	WRITE_ONCE(result, sum);
}

static noinline __aligned(64) void OF(_kown_index)(unsigned int n)
{
	STRUCT(_vec) *vec = &OF(_vec);
	u64 sum = 0;

	vec->len = MANY;
	while (n--) {
		OPTIMIZER_HIDE_VAR(vec);
		for (size_t i = 0; i < MANY; i++) {
			const VALUE *value = OF(_vec_get)(vec, i * 7 % MANY);

			sum += value ? OF(_number)(value) : 0;
		}
	}
	WRITE_ONCE(result, sum);
}

static noinline __aligned(64) void OF(_bare_index)(unsigned int n)
{
	STRUCT(_bare) *bare = &OF(_bare);
	u64 sum = 0;

	bare->len = MANY;
	while (n--) {
		OPTIMIZER_HIDE_VAR(bare);
		for (size_t i = 0; i < MANY; i++) {
			size_t index = i * 7 % MANY;

			sum += index < bare->len ? OF(_number)(&bare->elems[index]) : 0;
		}
	}
	WRITE_ONCE(result, sum);
}

static noinline __aligned(64) void OF(_kown_middle)(unsigned int n)
{
	STRUCT(_vec) *vec = &OF(_vec);
	VALUE value = OF(_of)(1);

	vec->len = MANY - 1;
	while (n--) {
		OPTIMIZER_HIDE_VAR(vec);
		if (OF(_vec_insert)(vec, MANY / 2, &value, GFP_KERNEL) ||
		    OF(_vec_remove)(vec, MANY / 2, &value))
			return;
	}
}

static noinline __aligned(64) void OF(_bare_middle)(unsigned int n)
{
	STRUCT(_bare) *bare = &OF(_bare);
	VALUE value = OF(_of)(1);

	bare->len = MANY - 1;
	while (n--) {
		size_t at = MANY / 2;

		OPTIMIZER_HIDE_VAR(bare);
		OPTIMIZER_HIDE_VAR(at);
		if (at > bare->len || (bare->len == bare->cap && OF(_bare_grow)(bare)))
			return;
		memmove(bare->elems + at + 1, bare->elems + at,
			(bare->len - at) * sizeof(VALUE));
		bare->elems[at] = value;
		bare->len++;

		OPTIMIZER_HIDE_VAR(at);
		if (at >= bare->len)
			return;
		value = bare->elems[at];
		bare->len--;
		memmove(bare->elems + at, bare->elems + at + 1,
			(bare->len - at) * sizeof(VALUE));
	}
}

static noinline __aligned(64) void OF(_kown_extend)(unsigned int n)
{
	STRUCT(_vec) *vec = &OF(_vec);

	while (n--) {
		size_t count = MANY;

		OPTIMIZER_HIDE_VAR(vec);
		OPTIMIZER_HIDE_VAR(count);
		vec->len = 0;
		if (OF(_vec_extend_from_slice)(vec, OF(_source), count, GFP_KERNEL))
			return;
	}
}

static noinline __aligned(64) void OF(_bare_extend)(unsigned int n)
{
	STRUCT(_bare) *bare = &OF(_bare);

	while (n--) {
		size_t count = MANY;

		OPTIMIZER_HIDE_VAR(bare);
		OPTIMIZER_HIDE_VAR(count);
		bare->len = 0;
		while (bare->cap - bare->len < count)
			if (OF(_bare_grow)(bare))
				return;
		memcpy(bare->elems + bare->len, OF(_source), count * sizeof(VALUE));
		bare->len += count;
	}
}

/* The half in the middle. */
static noinline __aligned(64) void OF(_kown_drain)(unsigned int n)
{
	STRUCT(_vec) *vec = &OF(_vec);
	u64 sum = 0;

	while (n--) {
		size_t start = MANY / 4, count = MANY / 2;
		VALUE *value;

		OPTIMIZER_HIDE_VAR(vec);
		OPTIMIZER_HIDE_VAR(start);
		OPTIMIZER_HIDE_VAR(count);
		vec->len = MANY;
		drain_for_each(value, NAME, vec, start, count)
			sum += OF(_number)(value);
	}
	WRITE_ONCE(result, sum);
}

static noinline __aligned(64) void OF(_bare_drain)(unsigned int n)
{
	STRUCT(_bare) *bare = &OF(_bare);
	u64 sum = 0;

	while (n--) {
		size_t start = MANY / 4, end = start + MANY / 2;

		OPTIMIZER_HIDE_VAR(bare);
		OPTIMIZER_HIDE_VAR(start);
		OPTIMIZER_HIDE_VAR(end);
		bare->len = MANY;
		if (start > end || end > bare->len)
			return;
		for (size_t i = start; i < end; i++)
			sum += OF(_number)(&bare->elems[i]);
		memmove(bare->elems + start, bare->elems + end,
			(bare->len - end) * sizeof(VALUE));
		bare->len -= end - start;
	}
	WRITE_ONCE(result, sum);
}

static int OF(_is_odd)(VALUE *value, void *context)
{
	return OF(_number)(value) & 1;
}

static noinline __aligned(64) void OF(_kown_retain)(unsigned int n)
{
	STRUCT(_vec) *vec = &OF(_vec);

	while (n--) {
		OPTIMIZER_HIDE_VAR(vec);
		memcpy(vec->elems, OF(_source), sizeof(OF(_source)));
		vec->len = MANY;
		if (OF(_vec_retain)(vec, OF(_is_odd), NULL))
			return;
	}
}

static noinline __aligned(64) void OF(_bare_retain)(unsigned int n)
{
	STRUCT(_bare) *bare = &OF(_bare);

	while (n--) {
		size_t kept = 0;

		OPTIMIZER_HIDE_VAR(bare);
		memcpy(bare->elems, OF(_source), sizeof(OF(_source)));
		bare->len = MANY;
		for (size_t i = 0; i < bare->len; i++)
			if (OF(_is_odd)(&bare->elems[i], NULL))
				bare->elems[kept++] = bare->elems[i];
		bare->len = kept;
	}
}

static int OF(_compare)(const VALUE *a, const VALUE *b, void *context)
{
	u64 x = OF(_number)(a), y = OF(_number)(b);

	return x < y ? -1 : x > y;
}

define_sort(OF(_up), NAME, VALUE, OF(_compare))

static int OF(_bare_compare)(const void *a, const void *b)
{
	return OF(_compare)(a, b, NULL);
}

/* A permutation, of which the small types see the low bits. */
static void OF(_shuffled)(VALUE *elems)
{
	for (unsigned int i = 0; i < MANY; i++)
		elems[i] = OF(_of)(i * 389 % MANY);
}

static noinline __aligned(64) void OF(_kown_sort)(unsigned int n)
{
	STRUCT(_vec) *vec = &OF(_vec);

	while (n--) {
		OPTIMIZER_HIDE_VAR(vec);
		vec->len = MANY;
		OF(_shuffled)(vec->elems);
		OF(_up_sort)(OF(_vec_as_slice)(vec), NULL);
	}
}

static noinline __aligned(64) void OF(_bare_sort)(unsigned int n)
{
	STRUCT(_bare) *bare = &OF(_bare);

	while (n--) {
		OPTIMIZER_HIDE_VAR(bare);
		bare->len = MANY;
		OF(_shuffled)(bare->elems);
		sort(bare->elems, bare->len, sizeof(VALUE), OF(_bare_compare), NULL);
	}
}

static void OF(_bench)(const char *type)
{
	static const struct {
		const char *name;
		void (*kown)(unsigned int n);
		void (*plain)(unsigned int n);
		unsigned int n;
	} benches[] = {
		/* First: these make the room for the others. */
		{ "push 1024 with room", OF(_kown_push), OF(_bare_push_many), 200 },
		{ "push to 1 Mi from empty", OF(_kown_grow), OF(_bare_grow_many), 1 },
		{ "pop 1024", OF(_kown_pop), OF(_bare_pop), 200 },
		{ "sum 1024", OF(_kown_sum), OF(_bare_sum), 200 },
		{ "index 1024", OF(_kown_index), OF(_bare_index), 200 },
		{ "insert, remove at 512", OF(_kown_middle), OF(_bare_middle), 1000 },
		{ "extend by 1024", OF(_kown_extend), OF(_bare_extend), 1000 },
		{ "drain half of 1024", OF(_kown_drain), OF(_bare_drain), 200 },
		{ "retain half of 1024", OF(_kown_retain), OF(_bare_retain), 200 },
		{ "sort 1024", OF(_kown_sort), OF(_bare_sort), 5 },
	};

	for (unsigned int i = 0; i < MANY; i++)
		OF(_source)[i] = OF(_of)(i);
	for (unsigned int i = 0; i < ARRAY_SIZE(benches); i++) {
		char name[48];

		snprintf(name, sizeof(name), "%s, %s", benches[i].name, type);
		kown_bench(name, benches[i].kown, benches[i].plain, benches[i].n);
	}
	OF(_vec_free)(&OF(_vec));
	kvfree(OF(_bare).elems);
}

#undef NAME
#undef VALUE
#undef STRUCT
#undef drain_for_each
#undef define_sort
#undef OF
#undef __OF
