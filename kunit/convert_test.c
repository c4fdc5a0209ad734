// SPDX-License-Identifier: GPL-2.0
/*
 * How to convert a kref user, on a small one. It keeps sessions in a list, finds them by
 * number, and unlinks each when the last user is done. Before comes first; both are
 * compiled, and one test runs them.
 *
 *  - struct kref goes, and what held it: kown puts the counts in front of the value
 *  - the release function becomes a drop: no container_of(), no kfree()
 *  - kref_init() after kzalloc() becomes NAME_arc_new()
 *  - kref_get_unless_zero() becomes NAME_arc_try_get(), and answers with the pointer
 *  - kref_put(), each with its release function, becomes NAME_arc_put()
 *  - who forgets a put writes __free(NAME_arc_put) instead
 */
#include <kunit/test.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include <kown/arc.h>

static DEFINE_MUTEX(sessions_lock);

/* Before */

struct old_session {
	struct kref ref;
	struct list_head link;
	int number;
};

static LIST_HEAD(old_sessions);

static void old_session_release(struct kref *ref)
{
	struct old_session *session = container_of(ref, struct old_session, ref);

	mutex_lock(&sessions_lock);
	list_del(&session->link);
	mutex_unlock(&sessions_lock);
	kfree(session);
}

static void old_session_put(struct old_session *session)
{
	kref_put(&session->ref, old_session_release);
}

static struct old_session *old_session_new(int number)
{
	struct old_session *session = kzalloc(sizeof(*session), GFP_KERNEL);

	if (!session)
		return NULL;
	kref_init(&session->ref);
	session->number = number;
	mutex_lock(&sessions_lock);
	list_add(&session->link, &old_sessions);
	mutex_unlock(&sessions_lock);
	return session;
}

static struct old_session *old_session_find(int number)
{
	struct old_session *session, *found = NULL;

	mutex_lock(&sessions_lock);
	list_for_each_entry(session, &old_sessions, link) {
		if (session->number == number && kref_get_unless_zero(&session->ref)) {
			found = session;
			break;
		}
	}
	mutex_unlock(&sessions_lock);
	return found;
}

/* After */

struct session {
	struct list_head link;
	int number;
};

static LIST_HEAD(sessions);

static void session_drop(struct session *session)
{
	mutex_lock(&sessions_lock);
	list_del(&session->link);
	mutex_unlock(&sessions_lock);
}

KOWN_DEFINE_ARC(session, struct session, session_drop, NULL, 0)

static struct session *session_new(int number)
{
	struct session value = { .number = number };
	struct session *session = session_arc_new(&value, GFP_KERNEL);

	if (!session)
		return NULL;
	mutex_lock(&sessions_lock);
	list_add(&session->link, &sessions);
	mutex_unlock(&sessions_lock);
	return session;
}

static struct session *session_find(int number)
{
	struct session *session, *found = NULL;

	mutex_lock(&sessions_lock);
	list_for_each_entry(session, &sessions, link) {
		if (session->number == number)
			found = session_arc_try_get(session);
		if (found)
			break;
	}
	mutex_unlock(&sessions_lock);
	return found;
}

static void converted_user_does_as_before(struct kunit *test)
{
	struct old_session *old = old_session_new(7), *old_found;
	struct session *new = session_new(7), *found;

	KUNIT_ASSERT_NOT_NULL(test, old);
	KUNIT_ASSERT_NOT_NULL(test, new);
	KUNIT_EXPECT_NULL(test, old_session_find(8));
	KUNIT_EXPECT_NULL(test, session_find(8));
	old_found = old_session_find(7);
	found = session_find(7);
	KUNIT_EXPECT_PTR_EQ(test, old_found, old);
	KUNIT_EXPECT_PTR_EQ(test, found, new);
	old_session_put(old);
	session_arc_put(new);
	KUNIT_EXPECT_FALSE(test, list_empty(&old_sessions));
	KUNIT_EXPECT_FALSE(test, list_empty(&sessions));
	old_session_put(old_found);
	session_arc_put(found);
	KUNIT_EXPECT_TRUE(test, list_empty(&old_sessions));
	KUNIT_EXPECT_TRUE(test, list_empty(&sessions));
	KUNIT_EXPECT_NULL(test, old_session_find(7));
	KUNIT_EXPECT_NULL(test, session_find(7));
}

static struct kunit_case convert_cases[] = {
	KUNIT_CASE(converted_user_does_as_before),
	{}
};

static struct kunit_suite convert_suite = {
	.name = "kown_convert",
	.test_cases = convert_cases,
};

kunit_test_suite(convert_suite);
