/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest's part and the lab's end of its stream, on this machine: the
 * process that is the guest has lo to look at. Nothing is asserted of how
 * long things take. */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <net/if.h>
#include <netinet/in.h>

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/agent.h"
#include "agent/channel.h"
#include "agent/packetlog.h"
#include "packet/probehdr.h"
#include "sim/lab/guestlink.h"
#include "world/clock.h"
#include "world/local_socket.h"

#define MS	INT64_C(1000000)
#define PATIENT (60000 * MS) /* only where all is lost anyway */

struct lab {
	struct labloop *loop;
	struct guestlink *link;
	struct labclock *clock;
	pid_t guest;
	struct strbuf rows; /* those that answer nobody, as text */
	struct strbuf text; /* of all rows of the newest answer */
	struct labwire answer;
	unsigned answers, troubles, packets[2], refused;
	struct err trouble;
};

static void
on_row(void *ctx, const struct labwire *m, int64_t got_ns)
{
	struct lab *l = ctx;

	assert_in_range(m->at_ns, 1, got_ns);
	labwire_put(&l->rows, m);
}

static void
on_trouble(void *ctx, const struct err *err)
{
	struct lab *l = ctx;

	l->troubles++;
	l->trouble = *err;
}

static void
count_packets(struct lab *l, const struct labwire *m)
{
	struct packetlog_entry p;
	struct err err;
	size_t at = 0;

	while (
	    packetlog_take(m->text.data, m->text.bytes, &at, &p, &err) == 1) {
		l->packets[m->log]++;
		l->refused += p.error != 0;
	}
}

static void
on_answer(void *ctx, const struct labwire *m, int64_t got_ns)
{
	struct lab *l = ctx;

	(void)got_ns;
	if (m->kind == LABWIRE_PACKETS_ROW)
		count_packets(l, m);
	else
		strbuf_add(&l->text, strbuf_str(&m->text), m->text.bytes);
	if (m->kind != LABWIRE_ANSWER)
		return;
	l->answer = *m;
	memset(&l->answer.text, 0, sizeof(l->answer.text));
	l->answers++;
}

static pid_t
start_guest(const char *channel, int other_end)
{
	struct agent_config config = { .channel = channel, .daemon = "sh -c" };
	struct err err;
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	close(other_end);
	_exit(agent_run(&config, &err) == 0 ? 0 : 1);
}

static int
set_up(void **state)
{
	struct lab *l = calloc(1, sizeof(*l));
	struct guestlink_user user = { on_row, on_trouble, l };
	char channel[32];
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
			     fds),
	    0);
	snprintf(channel, sizeof(channel), "fd:%d", fds[1]);
	l->guest = start_guest(channel, fds[0]);
	close(fds[1]);
	l->loop = labloop_new();
	l->clock = labclock_new();
	l->link = guestlink_new(l->loop, fds[0], &user);
	*state = l;
	return 0;
}

static int
tear_down(void **state)
{
	struct lab *l = *state;

	guestlink_free(l->link);
	if (l->guest != 0) {
		kill(l->guest, SIGKILL);
		waitpid(l->guest, NULL, 0);
	}
	labloop_free(l->loop);
	labclock_free(l->clock);
	strbuf_fini(&l->rows);
	strbuf_fini(&l->text);
	free(l);
	return 0;
}

/* Turns until the claim holds. */
#define UNTIL(l, claim)                                                        \
	do {                                                                   \
		int64_t end_ns = clock_monotonic() + PATIENT;                  \
		while (!(claim)) {                                             \
			if (clock_monotonic() > end_ns)                        \
				fail_msg("never: %s; %s", #claim,              \
				    strbuf_str(&(l)->rows));                   \
			labloop_turn((l)->loop, clock_monotonic() + 20 * MS);  \
		}                                                              \
	} while (0)

static void
ask(struct lab *l, struct labwire *m)
{
	unsigned before = l->answers;

	strbuf_reset(&l->text);
	guestlink_ask(l->link, m, on_answer, l);
	UNTIL(l, l->answers > before);
	labwire_fini(m);
}

static void
ask_text(struct lab *l, enum labwire_kind kind, const char *text)
{
	struct labwire m = { .kind = kind };

	strbuf_adds(&m.text, text);
	ask(l, &m);
}

static bool
has_row(const struct lab *l, const char *part)
{
	return strstr(strbuf_str(&l->rows), part) != NULL;
}

/* --- what it does --- */

static void
it_says_what_it_runs_on_and_what_it_sees(void **state)
{
	const char *loopback = if_nametoindex("lo0") != 0 ? "lo0" : "lo";
	struct lab *l = *state;
	char up[64], exists[64];

	snprintf(up, sizeof(up), "object=%s field=up value=", loopback);
	snprintf(exists, sizeof(exists), "object=%s field=exists value=yes",
	    loopback);
	UNTIL(l, has_row(l, up));
	assert_int_equal(strncmp(strbuf_str(&l->rows), "is=hello ", 9), 0);
	assert_true(has_row(l, exists));
	assert_true(has_row(l, "object=route field=default "));
	assert_int_equal(l->troubles, 0);
}

static void
commands_give_their_status_and_what_they_print(void **state)
{
	struct lab *l = *state;
	struct labwire m = { .kind = LABWIRE_RUN, .limit_ns = 50 * MS };

	ask_text(l, LABWIRE_RUN, "echo out; echo err >&2; exit 3");
	assert_int_equal(l->answer.status, 3);
	assert_string_equal(l->answer.error, "");
	assert_string_equal(strbuf_str(&l->text), "out\nerr\n");
	ask_text(l, LABWIRE_RUN, "kill -9 $$");
	assert_int_equal(l->answer.status, 128 + 9);
	strbuf_adds(&m.text, "sleep 100");
	ask(l, &m);
	assert_non_null(strstr(l->answer.error, "its limit"));
	assert_int_not_equal(l->answer.status, 0);
}

static void
files_go_there_and_back(void **state)
{
	char path[] = "/tmp/test-agent.XXXXXX";
	struct lab *l = *state;
	struct labwire m = { .kind = LABWIRE_PUT };
	int fd = mkstemp(path), i;

	close(fd);
	snprintf(m.path, sizeof(m.path), "%s", path);
	for (i = 0; i < 20000; i++)
		strbuf_addc(&m.text, (char)i);
	ask(l, &m);
	m = (struct labwire){ .kind = LABWIRE_PUT, .offset = 20000 };
	snprintf(m.path, sizeof(m.path), "%s", path);
	strbuf_adds(&m.text, "end");
	ask(l, &m);
	assert_string_equal(l->answer.error, "");
	m = (struct labwire){ .kind = LABWIRE_GET };
	snprintf(m.path, sizeof(m.path), "%s", path);
	ask(l, &m);
	assert_int_equal(l->answer.offset, 20003);
	assert_int_equal(l->text.bytes, 20003);
	assert_string_equal(l->text.data + 20000, "end");
	for (i = 0; i < 20000; i++)
		assert_int_equal(l->text.data[i], (char)i);
	unlink(path);

	m = (struct labwire){ .kind = LABWIRE_GET };
	snprintf(m.path, sizeof(m.path), "%s", path);
	ask(l, &m);
	assert_non_null(strstr(l->answer.error, path));
	m = (struct labwire){ .kind = LABWIRE_GET };
	snprintf(m.path, sizeof(m.path), "/dev/zero");
	ask(l, &m);
	assert_non_null(strstr(l->answer.error, "larger than"));
}

static void
the_daemon_is_started_killed_and_started_again(void **state)
{
	struct lab *l = *state;
	struct labwire m = { .kind = LABWIRE_DAEMON_KILL };

	ask(l, &m);
	assert_string_equal(l->answer.error, "no daemon runs");
	ask_text(l, LABWIRE_DAEMON_START,
	    /* At once: it is killed when the first line is seen. */
	    "'printf \"one two\\nno-newline\"; exec sleep 1000'");
	UNTIL(l, has_row(l, "text=\"one two\""));
	ask_text(l, LABWIRE_DAEMON_START, "three");
	assert_string_equal(l->answer.error, "the daemon runs already");
	assert_false(has_row(l, "is=ended"));
	m = (struct labwire){ .kind = LABWIRE_DAEMON_KILL,
		.signal = LABWIRE_KILL };
	ask(l, &m);
	UNTIL(l, has_row(l, " status=137"));
	assert_true(has_row(l, "text=no-newline"));
	ask_text(l, LABWIRE_DAEMON_START, "'echo four; exec sleep 1000'");
	m = (struct labwire){ .kind = LABWIRE_DAEMON_RELOAD };
	UNTIL(l, has_row(l, "text=four"));
	ask(l, &m);
	UNTIL(l, has_row(l, " status=129"));
}

/* Who answers and sends on the other side. */
static int
open_peer(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons(PROBE_UDP_PORT),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
		return fd;
	close(fd);
	return -1;
}

struct peer {
	int fd;
	unsigned one_way;
};

static void
on_packet(void *ctx, short revents)
{
	struct peer *p = ctx;
	struct sockaddr_storage from;
	socklen_t size = sizeof(from);
	struct probe_frame f = { 0 };
	uint8_t bytes[100];
	ssize_t n = recvfrom(p->fd, bytes, sizeof(bytes), 0,
	    (struct sockaddr *)&from, &size);

	(void)revents;
	if (n < 0)
		return;
	assert_int_equal(n, PROBE_PAYLOAD);
	assert_true(probe_payload_decode(bytes, (size_t)n, &f));
	p->one_way += f.kind == PROBE_ONE_WAY;
	if (f.kind != PROBE_REQUEST)
		return;
	bytes[5] = PROBE_REPLY;
	sendto(p->fd, bytes, (size_t)n, 0, (struct sockaddr *)&from, size);
}

static void
probe(struct lab *l, uint32_t stream, enum labwire_way way, const char *to,
    unsigned count)
{
	struct labwire m = { .kind = LABWIRE_PROBE,
		.stream = stream,
		.way = way,
		.period_ns = 2 * MS };

	assert_true(ipaddr_parse(to, &m.to));
	m.first_ns = clock_monotonic() + 10 * MS;
	m.stop_ns = m.first_ns + count * m.period_ns;
	ask(l, &m);
}

static void
get_packets(struct lab *l)
{
	struct labwire m = { .kind = LABWIRE_PROBES };

	l->packets[LABWIRE_SENT] = l->packets[LABWIRE_GOT] = l->refused = 0;
	ask(l, &m);
}

static void
probes_are_sent_answered_and_counted(void **state)
{
	struct peer peer = { open_peer(), 0 };
	struct lab *l = *state;
	struct labwatch *w;

	if (peer.fd < 0)
		skip(); /* the port is somebody else's */
	w = labloop_watch(l->loop, peer.fd, POLLIN, on_packet, &peer);
	probe(l, 1, LABWIRE_OUT, "127.0.0.1", 20);
	assert_string_equal(l->answer.error, "");
	probe(l, 2, LABWIRE_ECHO, "127.0.0.1", 30);
	assert_string_equal(l->answer.error, "");
	probe(l, 2, LABWIRE_ECHO, "127.0.0.1", 30);
	assert_non_null(strstr(l->answer.error, "stream 2 already"));
	UNTIL(l, peer.one_way == 20);
	do
		get_packets(l);
	while (l->packets[LABWIRE_GOT] < 30);
	assert_int_equal(l->packets[LABWIRE_SENT], 50);
	assert_int_equal(l->packets[LABWIRE_GOT], 30);
	assert_int_equal(l->refused, 0);
	labloop_unwatch(w);
	close(peer.fd);
}

static void
what_the_system_refuses_is_counted_with_its_reason(void **state)
{
	struct lab *l = *state;

	probe(l, 3, LABWIRE_OUT, "255.255.255.255", 5);
	do
		get_packets(l);
	while (l->packets[LABWIRE_SENT] < 5);
	assert_int_equal(l->refused, 5); /* EACCES: nobody asked to broadcast */
}

static void
wrong_orders_are_refused_and_the_next_is_done(void **state)
{
	struct lab *l = *state;
	struct labwire m = { .kind = LABWIRE_PROBE, .stream = 1 };

	assert_true(ipaddr_parse("127.0.0.1", &m.to));
	ask(l, &m);
	assert_non_null(strstr(l->answer.error, "period="));
	m = (struct labwire){ .kind = LABWIRE_SETUP,
		.if_name = "lo; id",
		.address = "10.0.0.1/8" };
	ask(l, &m);
	assert_non_null(strstr(l->answer.error, "if=lo; id"));
	m = (struct labwire){ .kind = LABWIRE_SETUP,
		.if_name = "lo",
		.address = "10.0.0.1/8 $(id)" };
	ask(l, &m);
	assert_non_null(strstr(l->answer.error, "address="));
	m = (struct labwire){ .kind = LABWIRE_GET }; /* path= is missing */
	ask(l, &m);
	assert_non_null(strstr(l->answer.error, "path= is missing"));
	assert_true(has_row(l, "an order is none"));
	ask_text(l, LABWIRE_RUN, "echo still there");
	assert_string_equal(strbuf_str(&l->text), "still there\n");
}

static void
its_clock_is_ours_here(void **state)
{
	struct lab *l = *state;
	struct labclock_moment m;
	int64_t now_ns;

	guestlink_sample(l->link, l->clock, 5 * MS);
	UNTIL(l, labclock_host(l->clock, clock_monotonic(), &m));
	now_ns = clock_monotonic();
	assert_true(labclock_host(l->clock, now_ns, &m));
	assert_in_range(llabs(m.ns - now_ns), 0, m.within_ns);
	ask_text(l, LABWIRE_RUN, "true");
	guestlink_sample(l->link, NULL, 0);
}

static void
do_end_ends_it(void **state)
{
	struct lab *l = *state;
	struct labwire m = { .kind = LABWIRE_END };
	int status;

	ask(l, &m);
	assert_int_equal(waitpid(l->guest, &status, 0), l->guest);
	l->guest = 0;
	assert_int_equal(status, 0);
	UNTIL(l, l->troubles == 1);
	assert_non_null(strstr(l->trouble.text, "has ended"));
}

/* What it has started does not outlive it. */
static void
the_end_of_its_channel_ends_it_and_its_children(void **state)
{
	struct lab *l = *state;
	int status;
	long child;

	ask_text(l, LABWIRE_DAEMON_START, "'echo pid $$; exec sleep 1000'");
	UNTIL(l, has_row(l, "text=\"pid "));
	child = strtol(strstr(l->rows.data, "\"pid ") + 5, NULL, 10);
	assert_true(child > 1);
	guestlink_free(l->link);
	l->link = NULL;
	assert_int_equal(waitpid(l->guest, &status, 0), l->guest);
	l->guest = 0;
	assert_int_equal(status, 0);
	assert_int_equal(kill((pid_t)child, 0), -1);
}

/* Until all of it was said, one way or the other; what else is said does not
 * count. */
static void
converse(int fd, const char *order, const char *answer)
{
	struct strbuf said = { 0 };
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char bytes[4096];
	ssize_t n;

	assert_int_equal(write(fd, order, strlen(order)), strlen(order));
	while (strstr(strbuf_str(&said), answer) == NULL) {
		assert_int_equal(poll(&p, 1, (int)(PATIENT / MS)), 1);
		n = read(fd, bytes, sizeof(bytes));
		if (n <= 0)
			fail_msg("never: %s; %s", answer, strbuf_str(&said));
		strbuf_add(&said, bytes, (size_t)n);
	}
	strbuf_fini(&said);
}

static void
ends_well(pid_t guest)
{
	int status;

	assert_int_equal(waitpid(guest, &status, 0), guest);
	assert_int_equal(status, 0);
}

/* A serial line: no byte is changed on its way, none comes back as an echo,
 * and none is a signal. */
static void
a_terminal_is_a_channel(void **state)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios line;
	pid_t guest;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(grantpt(fd), 0);
	assert_int_equal(unlockpt(fd), 0);
	guest = start_guest(ptsname(fd), fd);
	converse(fd, "", "is=hello ");
	converse(fd, "do=run id=1 text=\"printf 'a\\\\r\\\\n\\\\003'\"\n",
	    " text=\"a\\x0d\\n\\x03\"\n");
	converse(fd, "\x03\x04\ndo=end id=2\n", "is=answer re=2");
	ends_well(guest);
	/* So that FreeBSD makes room for what comes while nobody reads. */
	assert_int_equal(tcgetattr(fd, &line), 0);
	assert_int_equal(cfgetispeed(&line), B115200);
	close(fd);
}

/* One that comes later than who wants it, too. */
static void
a_sockets_name_is_a_channel(void **state)
{
	char path[] = "/tmp/test-agent.XXXXXX";
	int listener, fd = mkstemp(path), other = dup(fd);
	struct channel *none;
	struct err err;
	pid_t guest;

	(void)state;
	close(fd);
	unlink(path);
	assert_int_equal(channel_open(path, &none, &err), ERR_NOTFOUND);
	guest = start_guest(path, other);
	close(other);
	poll(NULL, 0, 50);
	listener = local_socket_listen(path, SOCK_STREAM, 0600, &err);
	assert_true(listener >= 0);
	while ((fd = local_socket_accept(listener)) < 0)
		poll(NULL, 0, 1);
	fcntl(fd, F_SETFL, 0);
	converse(fd, "do=end id=1\n", "is=answer re=1");
	ends_well(guest);
	close(fd);
	local_socket_close(path, listener);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_says_what_it_runs_on_and_what_it_sees),
		TEST(commands_give_their_status_and_what_they_print),
		TEST(files_go_there_and_back),
		TEST(the_daemon_is_started_killed_and_started_again),
		TEST(probes_are_sent_answered_and_counted),
		TEST(what_the_system_refuses_is_counted_with_its_reason),
		TEST(wrong_orders_are_refused_and_the_next_is_done),
		TEST(its_clock_is_ours_here),
		TEST(do_end_ends_it),
		TEST(the_end_of_its_channel_ends_it_and_its_children),
		cmocka_unit_test(a_terminal_is_a_channel),
		cmocka_unit_test(a_sockets_name_is_a_channel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
