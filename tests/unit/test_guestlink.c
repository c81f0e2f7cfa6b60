/* SPDX-License-Identifier: BSD-2-Clause */
/* The lab's end of the stream, when the machine moves to another QEMU. */
#include <sys/socket.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/lab/guestlink.h"

struct lab {
	struct labloop *loop;
	struct guestlink *link;
	int guest; /* the other end */
	unsigned rows, answers, troubles;
	char value[64]; /* of the newest row */
};

static void
on_row(void *ctx, const struct labwire *m, int64_t got_ns)
{
	struct lab *l = ctx;

	(void)got_ns;
	l->rows++;
	memcpy(l->value, m->value, sizeof(l->value) - 1);
}

static void
on_trouble(void *ctx, const struct err *err)
{
	struct lab *l = ctx;

	(void)err;
	l->troubles++;
}

static void
on_answer(void *ctx, const struct labwire *m, int64_t got_ns)
{
	struct lab *l = ctx;

	(void)m;
	(void)got_ns;
	l->answers++;
}

/* Gives the lab's end. */
static int
open_pair(struct lab *l)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
			     fds),
	    0);
	l->guest = fds[1];
	return fds[0];
}

static int
set_up(void **state)
{
	struct lab *l = calloc(1, sizeof(*l));
	struct guestlink_user user = { on_row, on_trouble, l };

	l->loop = labloop_new();
	l->link = guestlink_new(l->loop, open_pair(l), &user);
	*state = l;
	return 0;
}

static int
tear_down(void **state)
{
	struct lab *l = *state;

	guestlink_free(l->link);
	labloop_free(l->loop);
	close(l->guest);
	free(l);
	return 0;
}

static void
say(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void
hears(int fd, const char *want)
{
	char text[500] = "";
	ssize_t n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	assert_string_equal(n > 0 ? text : "", want);
}

/* All that is ready now. */
static void
turn(struct lab *l)
{
	while (labloop_turn(l->loop, 0))
		;
}

static void
ask(struct lab *l, enum labwire_kind kind)
{
	const struct labwire m = { .kind = kind };

	guestlink_ask(l->link, &m, on_answer, l);
}

static void
an_answer_finds_who_asked_once(void **state)
{
	struct lab *l = *state;

	ask(l, LABWIRE_PROBES);
	ask(l, LABWIRE_END);
	hears(l->guest, "do=probes id=1\ndo=end id=2\n");
	say(l->guest,
	    "is=packets re=1 at=5 text=\"0,1,2,0\"\n"
	    "is=answer re=1 at=6\nis=answer re=1 at=7\n"
	    "is=answer re=9 at=7\nis=state object=a field=b at=8\n");
	turn(l);
	assert_int_equal(l->answers, 2);
	assert_int_equal(l->rows, 1);
	say(l->guest, "gibberish\nis=answer re=2 at=9\n");
	turn(l);
	assert_int_equal(l->troubles, 1);
	assert_int_equal(l->answers, 3);
}

static void
a_row_that_was_cut_by_the_move_is_whole(void **state)
{
	struct lab *l = *state;
	int old = l->guest;

	say(old, "is=state at=1 object=eth0 fie");
	guestlink_move(l->link, open_pair(l));
	say(l->guest, "ld=up value=yes\n");
	turn(l);
	assert_int_equal(l->rows, 1);
	assert_string_equal(l->value, "yes");
	/* The old one's end is nobody's trouble, whenever it came. */
	assert_int_equal(l->troubles, 0);
	close(old);
}

static void
what_is_not_answered_is_asked_again(void **state)
{
	struct lab *l = *state;
	int old = l->guest;

	ask(l, LABWIRE_PROBES);
	ask(l, LABWIRE_DAEMON_RELOAD);
	ask(l, LABWIRE_END);
	say(old, "is=answer re=2 at=5\n");
	guestlink_move(l->link, open_pair(l));
	assert_int_equal(l->answers, 1);
	hears(l->guest, "\ndo=probes id=1\ndo=end id=3\n");
	say(l->guest, "is=answer re=1 at=5\nis=answer re=3 at=6\n");
	turn(l);
	assert_int_equal(l->answers, 3);
	close(old);
}

static void
the_end_is_told_once(void **state)
{
	struct lab *l = *state;

	close(l->guest);
	turn(l);
	ask(l, LABWIRE_END);
	turn(l);
	assert_int_equal(l->troubles, 1);
	guestlink_move(l->link, open_pair(l));
	hears(l->guest, "\ndo=end id=1\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_answer_finds_who_asked_once),
		TEST(a_row_that_was_cut_by_the_move_is_whole),
		TEST(what_is_not_answered_is_asked_again),
		TEST(the_end_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
