/* SPDX-License-Identifier: BSD-2-Clause */
/* sim/lab/qmp.h, with this test at the other end of the socket. */
#include <sys/types.h>
#include <sys/socket.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <jansson.h>

#include "sim/lab/qmp.h"

#define GREETING                                                               \
	"{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, "    \
	"\"major\": 7}}}}\r\n"
#define CAPABILITIES "{\"execute\":\"qmp_capabilities\",\"id\":1}\n"
#define CAPABLE	     "{\"return\": {}, \"id\": 1}\r\n"

struct rig {
	struct labloop *loop;
	struct qmp *qmp;
	int far;
	char told[1000]; /* what was called, a line each */
	bool free_when_lost;
};

static struct rig r;

static void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void
note(const char *fmt, ...)
{
	size_t at = strlen(r.told);
	va_list args;

	va_start(args, fmt);
	vsnprintf(r.told + at, sizeof(r.told) - at, fmt, args);
	va_end(args);
}

static void
take_ready(void *ctx, const char *version, int64_t now_ns)
{
	assert_ptr_equal(ctx, &r);
	assert_true(now_ns > 0);
	note("ready %s\n", version);
}

static void
take_event(void *ctx, const struct qmp_message *m, int64_t now_ns)
{
	(void)ctx;
	assert_true(now_ns > 0);
	note("event %s\n", m->name);
}

static void
take_lost(void *ctx, const struct err *e)
{
	(void)ctx;
	note("lost: %s\n", e->text);
	if (r.free_when_lost) {
		qmp_free(r.qmp);
		r.qmp = NULL;
	}
}

static void
take_value(void *ctx, struct json_t *value, const struct err *e)
{
	if (e != NULL)
		note("%s: %s: %s\n", (const char *)ctx, err_word(e->code),
		    e->text);
	else
		note("%s: %d\n", (const char *)ctx, (int)qmpread_number(value));
}

static struct qmp_done
value_to(const char *name)
{
	return (struct qmp_done){ .call = take_value,
		.ctx = (void *)(uintptr_t)name };
}

static void
again(void *ctx, const struct err *e)
{
	note("%s: %s\n", (const char *)ctx, e != NULL ? e->text : "ok");
	qmp_command(r.qmp, "again", NULL, value_to("again"));
}

static int
setup(void **state)
{
	static const struct qmp_calls calls = { take_ready, take_event,
		take_lost };
	int fds[2];

	(void)state;
	memset(&r, 0, sizeof(r));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	r.loop = labloop_new();
	r.far = fds[1];
	r.qmp = qmp_new(r.loop, fds[0], &calls, &r);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	qmp_free(r.qmp);
	labloop_free(r.loop);
	if (r.far >= 0)
		close(r.far);
	return 0;
}

/* All that is to happen now: the other end is this test, so nothing comes
 * later. */
static void
settle(void)
{
	while (labloop_turn(r.loop, 0))
		;
}

static void
say(const char *text)
{
	assert_int_equal(send(r.far, text, strlen(text), 0), strlen(text));
	settle();
}

static void
heard(const char *text)
{
	char got[2000] = "";
	ssize_t n;

	settle();
	n = recv(r.far, got, sizeof(got) - 1, MSG_DONTWAIT);
	if (n > 0)
		got[n] = '\0';
	assert_string_equal(got, text);
}

static void
told(const char *text)
{
	assert_string_equal(r.told, text);
	r.told[0] = '\0';
}

static void
make_ready(void)
{
	say(GREETING);
	heard(CAPABILITIES);
	say(CAPABLE);
	told("ready 7.2.22\n");
}

static void
nothing_is_said_before_the_greeting_and_its_answer(void **state)
{
	(void)state;
	qmp_command(r.qmp, "stop", NULL, value_to("stop"));
	heard("");
	say(GREETING);
	heard("{\"execute\":\"qmp_capabilities\",\"id\":2}\n");
	told("");
	say("{\"return\": {}, \"id\": 2}\r\n");
	told("ready 7.2.22\n");
	heard("{\"execute\":\"stop\",\"id\":1}\n");
}

static void
answers_find_their_commands_in_any_order(void **state)
{
	(void)state;
	make_ready();
	qmp_command(r.qmp, "a", json_pack("{s:i}", "x", 1), value_to("a"));
	qmp_command(r.qmp, "b", NULL, value_to("b"));
	qmp_command(r.qmp, "c", NULL, (struct qmp_done){ .plain = NULL });
	heard("{\"execute\":\"a\",\"id\":2,\"arguments\":{\"x\":1}}\n"
	      "{\"execute\":\"b\",\"id\":3}\n"
	      "{\"execute\":\"c\",\"id\":4}\n");
	say("{\"return\": 33, \"id\": 3}\n{\"event\": \"STOP\"}\n"
	    "{\"return\": 44, \"id\": 4}\n{\"return\": 22, \"id\": 2}\n");
	told("b: 33\nevent STOP\na: 22\n");
}

static void
a_refusal_says_of_what_and_by_its_class(void **state)
{
	(void)state;
	make_ready();
	for (int i = 0; i < 3; i++)
		qmp_command(r.qmp, "x", NULL, value_to("x"));
	say("{\"id\": 2, \"error\": {\"class\": \"GenericError\", "
	    "\"desc\": \"no\"}}\n"
	    "{\"id\": 3, \"error\": {\"class\": \"DeviceNotFound\", "
	    "\"desc\": \"none\"}}\n"
	    "{\"id\": 4, \"error\": {\"class\": \"CommandNotFound\", "
	    "\"desc\": \"what\"}}\n");
	told("x: wrong state: x: no\nx: not found: x: none\n"
	     "x: not supported: x: what\n");
}

static void
a_descriptor_goes_along(void **state)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	char text[200] = "", byte;
	struct iovec part = { .iov_base = text, .iov_len = sizeof(text) - 1 };
	struct msghdr m = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room) };
	int fds[2], fd;

	(void)state;
	make_ready();
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "p", 1), 1);
	close(fds[1]);
	qmp_command_fd(r.qmp, "getfd", NULL, fds[0], value_to("getfd"));
	settle();
	assert_true(recvmsg(r.far, &m, 0) > 0);
	assert_string_equal(text, "{\"execute\":\"getfd\",\"id\":2}\n");
	assert_int_equal(control.head.cmsg_len, CMSG_LEN(sizeof(int)));
	memcpy(&fd, CMSG_DATA(&control.head), sizeof(fd));
	assert_int_equal(read(fd, &byte, 1), 1);
	assert_int_equal(byte, 'p');
	close(fd);
	/* Ours is closed: it was taken. */
	assert_int_equal(close(fds[0]), -1);
}

/* More than a socket takes at once. */
static void
much_is_sent_as_it_is_taken(void **state)
{
	static char text[100001];
	size_t got = 0, lines = 0, i;
	ssize_t n;

	(void)state;
	make_ready();
	memset(text, 'x', sizeof(text) - 1);
	for (i = 0; i < 20; i++)
		qmp_command(r.qmp, "much", json_pack("{s:s}", "x", text),
		    value_to("much"));
	for (;;) {
		settle();
		n = recv(r.far, text, sizeof(text), MSG_DONTWAIT);
		if (n <= 0)
			break;
		got += (size_t)n;
		for (i = 0; i < (size_t)n; i++)
			lines += text[i] == '\n';
	}
	assert_true(got > 20 * 100000);
	assert_int_equal(lines, 20);
}

static void
when_it_is_closed_every_command_is_told(void **state)
{
	(void)state;
	make_ready();
	qmp_command(r.qmp, "a", NULL, value_to("a"));
	qmp_command(r.qmp, "b", NULL,
	    (struct qmp_done){ .plain = again,
		.ctx = (void *)(uintptr_t) "b" });
	settle();
	close(r.far);
	r.far = -1;
	settle();
	told("a: system error: QEMU has closed its control socket\n"
	     "b: QEMU has closed its control socket\n"
	     "lost: QEMU has closed its control socket\n"
	     "again: system error: QEMU has closed its control "
	     "socket\n");
	/* Not from within the call that gives it. */
	qmp_command(r.qmp, "c", NULL, value_to("c"));
	told("");
	settle();
	told("c: system error: QEMU has closed its control socket\n");
}

static void
it_may_be_freed_when_it_is_lost(void **state)
{
	(void)state;
	r.free_when_lost = true;
	make_ready();
	qmp_command(r.qmp, "a", NULL, value_to("a"));
	say("{\"return\": {}, \"id\": 99}\n{\"event\": \"STOP\"}\n");
	told("a: bad input: an answer to a command that was not given\n"
	     "lost: an answer to a command that was not given\n");
	assert_null(r.qmp);
}

static void
a_second_greeting_is_none(void **state)
{
	(void)state;
	make_ready();
	say(GREETING);
	told("lost: a second greeting\n");
}

static void
an_error_without_a_number_says_what_qemu_did_not_like(void **state)
{
	(void)state;
	make_ready();
	say("{\"error\": {\"class\": \"GenericError\", \"desc\": "
	    "\"JSON?\"}}\n");
	told("lost: an answer to a command that was not given: JSON?\n");
}

static void
nobody_is_told_after_the_end(void **state)
{
	(void)state;
	make_ready();
	qmp_command(r.qmp, "a", NULL, value_to("a"));
	qmp_free(r.qmp);
	r.qmp = NULL;
	settle();
	told("");
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(nothing_is_said_before_the_greeting_and_its_answer),
		T(answers_find_their_commands_in_any_order),
		T(a_refusal_says_of_what_and_by_its_class),
		T(a_descriptor_goes_along),
		T(much_is_sent_as_it_is_taken),
		T(when_it_is_closed_every_command_is_told),
		T(it_may_be_freed_when_it_is_lost),
		T(a_second_greeting_is_none),
		T(an_error_without_a_number_says_what_qemu_did_not_like),
		T(nobody_is_told_after_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
