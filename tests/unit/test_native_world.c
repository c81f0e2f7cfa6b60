/* SPDX-License-Identifier: BSD-2-Clause */
/* Who changes interfaces, spoken to by an engine that is in other hands. It
 * looks at the interfaces of this machine, of which none is declared ours. */
#include <sys/socket.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/native_world.h"
#include "daemon/runnerwire.h"
#include "failover/rcvars_text.h"
#include "failover/snapshot_text.h"
#include "world/bsdioctl.h"
#include "world/nicpair.h"

struct bench {
	struct nicpairs pairs;
	struct daemon_native config;
	char rc[64];
	int lines[2]; /* of its log */
	int asks, hints;
	pid_t pid;
	struct strbuf in;
	size_t used;
};

static void
write_line(void *ctx, enum log_level level, const char *line)
{
	const struct bench *b = ctx;

	(void)level;
	assert_true(write(b->lines[1], line, strlen(line)) > 0);
}

static void
hear(struct bench *b, unsigned kind, struct runnerwire *m)
{
	struct wire frame;

	do {
		assert_true(wire_receive(b->asks, &b->in, &b->used, &frame));
		assert_true(runnerwire_take(&frame, RUNNERWIRE_KEEPER, m));
	} while (m->kind == RUNNERWIRE_SAID);
	assert_int_equal(m->kind, kind);
}

static int
set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct log log = { .write = write_line, .ctx = b };
	int asks[2], hints[2], fd;
	struct runnerwire m;

	log.most = LOG_LEVEL_DEBUG;
	snprintf(b->rc, sizeof(b->rc), "/tmp/test_native_world.XXXXXX");
	fd = mkstemp(b->rc);
	assert_int_equal(write(fd, "dhclient_flags=\"-q\"\n", 20), 20);
	close(fd);
	b->config.pairs = &b->pairs;
	b->config.rc_path = b->rc;
	assert_int_equal(pipe2(b->lines, O_NONBLOCK), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, asks), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, hints), 0);
	if ((b->pid = fork()) == 0) {
		close(asks[0]);
		close(hints[0]);
		native_world_serve(&b->config, &log, asks[1], hints[1]);
		_exit(0);
	}
	close(asks[1]);
	close(hints[1]);
	b->asks = asks[0];
	b->hints = hints[0];
	*state = b;
	hear(b, RUNNERWIRE_ANSWER, &m);
	if (m.numbers[0] != 0)
		print_message("skip: %.*s\n", (int)m.texts[0].bytes,
		    m.texts[0].data);
	return m.numbers[0] != 0;
}

static int
tear_down(void **state)
{
	struct bench *b = *state;
	int status;

	close(b->asks);
	close(b->hints);
	assert_int_equal(waitpid(b->pid, &status, 0), b->pid);
	assert_int_equal(status, 0);
	close(b->lines[0]);
	close(b->lines[1]);
	unlink(b->rc);
	strbuf_fini(&b->in);
	free(b);
	return 0;
}

static void
say(const struct bench *b, unsigned kind, const char *text)
{
	struct runnerwire m = { .kind = kind };
	struct strbuf out = { 0 };

	m.texts[0].data = text;
	m.texts[0].bytes = strlen(text);
	runnerwire_put(&out, &m);
	assert_true(wire_send(b->asks, &out));
	strbuf_fini(&out);
}

static int64_t
result_of(struct bench *b, const char *row)
{
	struct runnerwire m;

	say(b, RUNNERWIRE_APPLY, row);
	hear(b, RUNNERWIRE_ANSWER, &m);
	assert_int_equal(m.numbers[0], 0);
	return m.numbers[1];
}

/* A snapshot, in which there is a loopback interface. */
static void
look(struct bench *b, char loopback[IFNAME_MAX])
{
	struct snapshot_parser *p = snapshot_parser_new();
	const struct snapshot *s;
	struct runnerwire m;
	size_t i;

	say(b, RUNNERWIRE_OBSERVE, "");
	hear(b, RUNNERWIRE_TEXT, &m);
	s = snapshot_parse(p, m.texts[0].data, m.texts[0].bytes, NULL);
	assert_non_null(s);
	*loopback = '\0';
	for (i = 0; i < s->n_ifs; i++)
		if (strncmp(s->ifs[i].name, "lo", 2) == 0)
			memcpy(loopback, s->ifs[i].name, IFNAME_MAX);
	snapshot_parser_free(p);
	hear(b, RUNNERWIRE_ANSWER, &m);
}

static void
a_foreign_interface_is_refused_and_logged(void **state)
{
	char row[128], line[256] = "", lo[IFNAME_MAX], expected[128];
	struct bench *b = *state;

	look(b, lo);
	if (*lo == '\0')
		skip();
	/* What it is already: no harm is done where it would be carried out. */
	snprintf(row, sizeof(row), "op=up ifname=%s", lo);
	assert_int_equal(result_of(b, row), BSD_EPERM);
	assert_true(read(b->lines[0], line, sizeof(line) - 1) > 0);
	snprintf(expected, sizeof(expected),
	    "interfaces: warning: %s up: refused, this is not ours to change",
	    lo);
	assert_string_equal(line, expected);
	snprintf(row, sizeof(row), "op=rtadv ifname=%s value=0", lo);
	assert_int_equal(result_of(b, row), BSD_EPERM);
	assert_int_not_equal(result_of(b, "op=up ifname=../../x"), 0);
}

static void
what_the_controller_never_does_is_refused(void **state)
{
	struct bench *b = *state;

	assert_int_equal(result_of(b, "op=process"), BSD_EPERM);
	assert_int_equal(result_of(b, "op=clone ifname=tap77"), BSD_EPERM);
}

static void
a_dhcp_client_gets_the_operators_arguments_alone(void **state)
{
	struct rcvars rc = { 0 };
	struct bench *b = *state;
	struct runnerwire m;

	/* None has been read yet. */
	assert_int_equal(result_of(b, "op=dhcp-start ifname=none0 text=-q"),
	    BSD_EPERM);
	say(b, RUNNERWIRE_RC, "");
	hear(b, RUNNERWIRE_TEXT, &m);
	assert_int_equal(rcvars_read(&rc, m.texts[0].data, m.texts[0].bytes,
			     NULL),
	    0);
	assert_string_equal(rcvars_get(&rc, "dhclient_flags"), "-q");
	rcvars_fini(&rc);
	hear(b, RUNNERWIRE_ANSWER, &m);
	/* No such interface, which is looked at only now. */
	assert_int_not_equal(result_of(b, "op=dhcp-start ifname=none0 text=-q"),
	    BSD_EPERM);
	assert_int_equal(
	    result_of(b, "op=dhcp-start ifname=none0 text=\"-sf /tmp/evil\""),
	    BSD_EPERM);
}

static void
what_is_no_operation_is_the_last(void **state)
{
	struct bench *b = *state;
	struct pollfd fd = { .fd = b->asks, .events = POLLIN };
	char byte;

	say(b, RUNNERWIRE_APPLY, "op=up ifname=lo0\nop=down ifname=lo0");
	assert_int_equal(poll(&fd, 1, 30000), 1);
	assert_int_equal(recv(b->asks, &byte, 1, 0), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_foreign_interface_is_refused_and_logged, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    what_the_controller_never_does_is_refused, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    a_dhcp_client_gets_the_operators_arguments_alone, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    what_is_no_operation_is_the_last, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
