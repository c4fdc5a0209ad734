// SPDX-License-Identifier: GPL-2.0
/*
 * What upgraded.cocci must report, marked with BAD, and what it must not. Never built.
 */

int lost_at_the_end(struct foo_weak *weak)
{
	struct foo *foo;

	foo = foo_weak_upgrade(weak);
	if (!foo)
		return -ESTALE;
	return foo->size;	/* BAD */
}

int lost_in_its_declaration(struct foo_weak *weak)
{
	struct foo *foo = foo_weak_upgrade(weak);

	if (!foo)
		return -ESTALE;
	foo->size++;
	return 0;	/* BAD */
}

int lost_on_one_path(struct foo_weak *weak)
{
	struct foo *foo = foo_weak_upgrade(weak);

	if (!foo)
		return -ESTALE;
	if (foo->size > 3)
		return -EINVAL;	/* BAD */
	foo_arc_put(foo);
	return 0;
}

int put(struct foo_weak *weak)
{
	struct foo *foo = foo_weak_upgrade(weak);
	int size;

	if (!foo)
		return -ESTALE;
	size = foo->size;
	foo_arc_put(foo);
	return size;
}

int put_by_a_label(struct foo_weak *weak)
{
	struct foo *foo = foo_weak_upgrade(weak);
	int err = -EINVAL;

	if (!foo)
		return -ESTALE;
	if (foo->size > 3)
		goto put;
	err = 0;
put:
	foo_arc_put(foo);
	return err;
}

int put_if_there(struct foo_weak *weak)
{
	struct foo *foo = foo_weak_upgrade(weak);

	if (foo)
		foo_arc_put(foo);
	return 0;
}

struct foo *returned(struct foo_weak *weak)
{
	struct foo *foo = foo_weak_upgrade(weak);

	if (!foo)
		return NULL;
	return foo;
}

int handed_on(struct foo_weak *weak, struct bar *bar)
{
	struct foo *foo = foo_weak_upgrade(weak);

	if (!foo)
		return -ESTALE;
	bar->foo = foo;
	return 0;
}

int put_by_its_scope(struct foo_weak *weak)
{
	struct foo *foo __free(foo_arc) = foo_weak_upgrade(weak);

	if (!foo)
		return -ESTALE;
	return foo->size;
}
