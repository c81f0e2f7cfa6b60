/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/devd_clients.h"

#define LINK_UP "!system=IFNET subsystem=mce0 type=LINK_UP"

struct place {
	char folder[48];
	char stream[80], seqpacket[80];
	struct devd_clients *c;
};

/* In the place of the C library's: what each send was told besides. */
static int last_flags;

ssize_t
send(int fd, const void *data, size_t bytes, int flags)
{
	last_flags = flags;
	return sendto(fd, data, bytes, flags, NULL, 0);
}

static struct devd_clients_config
config_of(const struct place *p, size_t limit)
{
	return (struct devd_clients_config){ .stream = p->stream,
		.seqpacket = p->seqpacket,
		.limit = limit };
}

static int
make_place(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	struct devd_clients_config config;
	struct err e;

	snprintf(p->folder, sizeof(p->folder),
	    "/tmp/switchback-clients.XXXXXX");
	if (mkdtemp(p->folder) == NULL)
		return -1;
	snprintf(p->stream, sizeof(p->stream), "%s/devd.pipe", p->folder);
	snprintf(p->seqpacket, sizeof(p->seqpacket), "%s/devd.seqpacket.pipe",
	    p->folder);
	config = config_of(p, 3);
	if (devd_clients_open(&config, &p->c, &e) < 0)
		return -1;
	*state = p;
	return 0;
}

static int
remove_place(void **state)
{
	struct place *p = *state;

	devd_clients_close(p->c);
	/* Fails when a socket's name was left there. */
	if (rmdir(p->folder) != 0)
		return -1;
	free(p);
	return 0;
}

/* How many of them had something to say. */
static int
turn(struct devd_clients *c)
{
	struct pollfd fds[16];
	size_t n;
	int ready;

	assert_true(devd_clients_polls(c) <= 16);
	n = devd_clients_fill(c, fds);
	if ((ready = poll(fds, (nfds_t)n, 0)) > 0)
		devd_clients_polled(c, fds, n);
	return ready;
}

static int
join(struct place *p, int type)
{
	const char *path = type == SOCK_STREAM ? p->stream : p->seqpacket;
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type, 0);

	snprintf(name.sun_path, sizeof(name.sun_path), "%s", path);
	assert_int_equal(connect(fd, (struct sockaddr *)&name, sizeof(name)),
	    0);
	turn(p->c);
	return fd;
}

static void
get(int fd, const char *want)
{
	char got[512];
	ssize_t n = recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT);

	assert_true(n >= 0);
	got[n] = '\0';
	assert_string_equal(got, want);
}

static struct devd_clients_counts
counts(const struct place *p)
{
	struct devd_clients_counts n;

	devd_clients_count(p->c, &n);
	return n;
}

static void
each_gets_every_record_from_its_connection_on(void **state)
{
	struct place *p = *state;
	int a, b;

	devd_clients_send(p->c, "before", 6);
	a = join(p, SOCK_SEQPACKET);
	devd_clients_send(p->c, LINK_UP, strlen(LINK_UP));
	b = join(p, SOCK_STREAM);
	devd_clients_send(p->c, "+pci1", 5);
	devd_clients_send(p->c, "", 0);
	get(a, LINK_UP "\n");
	get(a, "+pci1\n");
	get(a, "\n");
	get(b, "+pci1\n\n");
	close(a);
	close(b);
}

/* FreeBSD 15 needs to be told that a record ends, or the next one is added to
 * it; a stream has no ends. */
static void
a_packet_is_told_its_end(void **state)
{
	struct place *p = *state;
	int a = join(p, SOCK_SEQPACKET), b;

	devd_clients_send(p->c, "a", 1);
	assert_int_equal(last_flags & MSG_EOR, MSG_EOR);
	close(a);
	turn(p->c);
	b = join(p, SOCK_STREAM);
	devd_clients_send(p->c, "b", 1);
	assert_int_equal(last_flags & MSG_EOR, 0);
	get(b, "b\n");
	close(b);
}

static void
anybody_may_connect(void **state)
{
	struct place *p = *state;
	struct stat st;

	assert_int_equal(stat(p->stream, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0666);
	assert_int_equal(stat(p->seqpacket, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0666);
}

static void
one_beyond_the_limit_is_sent_away(void **state)
{
	struct place *p = *state;
	int fds[4], i;
	char c;

	for (i = 0; i < 4; i++)
		fds[i] = join(p, i % 2 == 0 ? SOCK_STREAM : SOCK_SEQPACKET);
	assert_int_equal(counts(p).connected, 3);
	assert_int_equal(counts(p).refused, 1);
	assert_int_equal(recv(fds[3], &c, 1, 0), 0);
	close(fds[1]);
	turn(p->c);
	assert_int_equal(counts(p).connected, 2);
	fds[1] = join(p, SOCK_STREAM);
	assert_int_equal(counts(p).connected, 3);
	for (i = 0; i < 4; i++)
		close(fds[i]);
}

/* Reads whole records until the end, before which FreeBSD 15 may have taken a
 * part of one. */
static unsigned
read_to_end(int fd)
{
	const ssize_t whole = (ssize_t)strlen(LINK_UP) + 1;
	char got[512];
	unsigned records = 0;
	ssize_t n;

	while ((n = recv(fd, got, sizeof(got), 0)) == whole)
		records++;
	if (n > 0 && n < whole)
		n = recv(fd, got, sizeof(got), 0);
	assert_int_equal(n, 0);
	return records;
}

static void
a_slow_client_is_dropped_and_the_others_are_not(void **state)
{
	struct place *p = *state;
	int slow = join(p, SOCK_SEQPACKET), quick = join(p, SOCK_SEQPACKET);
	unsigned sent = 0;

	while (counts(p).dropped == 0 && sent < 100000) {
		devd_clients_send(p->c, LINK_UP, strlen(LINK_UP));
		sent++;
		get(quick, LINK_UP "\n");
	}
	assert_int_equal(counts(p).dropped, 1);
	assert_int_equal(counts(p).connected, 1);
	/* What it has is whole and without a hole, and then it is told. */
	assert_int_equal(read_to_end(slow), sent - 1);
	devd_clients_send(p->c, "+pci1", 5);
	get(quick, "+pci1\n");
	close(slow);
	close(quick);
}

static void
what_clients_say_wakes_nobody(void **state)
{
	struct place *p = *state;
	int a = join(p, SOCK_STREAM), b = join(p, SOCK_SEQPACKET);
	char noise[4096];
	int i;

	memset(noise, 'x', sizeof(noise));
	for (i = 0; i < 20; i++) {
		(void)!send(a, noise, sizeof(noise), MSG_DONTWAIT);
		(void)!send(b, noise, sizeof(noise), MSG_DONTWAIT);
		assert_int_equal(turn(p->c), 0);
	}
	assert_int_equal(counts(p).connected, 2);
	devd_clients_send(p->c, "+pci1", 5);
	get(a, "+pci1\n");
	get(b, "+pci1\n");
	/* That they go is seen all the same. */
	close(a);
	close(b);
	assert_int_equal(turn(p->c), 2);
	assert_int_equal(counts(p).connected, 0);
}

static void
who_knocks_is_let_in_some_at_a_time(void **state)
{
	struct place *p = *state;
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fds[AUDIENCE_AT_ONCE + 2], i;

	snprintf(name.sun_path, sizeof(name.sun_path), "%s", p->stream);
	for (i = 0; i < AUDIENCE_AT_ONCE + 2; i++) {
		fds[i] = socket(AF_UNIX, SOCK_STREAM, 0);
		assert_int_equal(connect(fds[i], (struct sockaddr *)&name,
				     sizeof(name)),
		    0);
	}
	assert_int_equal(turn(p->c), 1);
	assert_int_equal(counts(p).accepted + counts(p).refused,
	    AUDIENCE_AT_ONCE);
	turn(p->c);
	assert_int_equal(counts(p).accepted + counts(p).refused,
	    AUDIENCE_AT_ONCE + 2);
	for (i = 0; i < AUDIENCE_AT_ONCE + 2; i++)
		close(fds[i]);
}

static void
a_name_in_use_is_left_alone_and_a_dead_one_is_taken_over(void **state)
{
	struct place *p = *state;
	struct devd_clients_config config = config_of(p, 1);
	struct devd_clients *second = NULL;
	struct err e;
	int fd;

	assert_int_equal(devd_clients_open(&config, &second, &e), ERR_BUSY);
	assert_non_null(strstr(e.text, "another process listens"));
	close(join(p, SOCK_STREAM)); /* ours still works */

	devd_clients_close(p->c);
	p->c = NULL;
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	{
		struct sockaddr_un name = { .sun_family = AF_UNIX };

		snprintf(name.sun_path, sizeof(name.sun_path), "%s", p->stream);
		assert_int_equal(bind(fd, (struct sockaddr *)&name,
				     sizeof(name)),
		    0);
	}
	close(fd); /* as a killed daemon leaves it */
	assert_int_equal(devd_clients_open(&config, &p->c, &e), 0);
}

static void
a_file_in_the_way_is_not_removed(void **state)
{
	struct place *p = *state;
	struct devd_clients_config config = config_of(p, 1);
	struct err e;
	int fd;

	devd_clients_close(p->c);
	p->c = NULL;
	fd = open(p->seqpacket, O_CREAT | O_WRONLY, 0600);
	close(fd);
	assert_int_equal(devd_clients_open(&config, &p->c, &e), ERR_STATE);
	assert_int_equal(access(p->seqpacket, F_OK), 0);
	assert_int_not_equal(access(p->stream, F_OK), 0);
	unlink(p->seqpacket);
}

static void
a_name_that_is_too_long_is_refused(void **state)
{
	struct place *p = *state;
	char name[300];
	struct devd_clients_config config = { .stream = name, .limit = 1 };
	struct devd_clients *c = NULL;
	struct err e;

	(void)p;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(devd_clients_open(&config, &c, &e), ERR_INPUT);
}

#define IN_PLACE(f) cmocka_unit_test_setup_teardown(f, make_place, remove_place)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(each_gets_every_record_from_its_connection_on),
		IN_PLACE(a_packet_is_told_its_end),
		IN_PLACE(anybody_may_connect),
		IN_PLACE(one_beyond_the_limit_is_sent_away),
		IN_PLACE(a_slow_client_is_dropped_and_the_others_are_not),
		IN_PLACE(what_clients_say_wakes_nobody),
		IN_PLACE(who_knocks_is_let_in_some_at_a_time),
		IN_PLACE(
		    a_name_in_use_is_left_alone_and_a_dead_one_is_taken_over),
		IN_PLACE(a_file_in_the_way_is_not_removed),
		IN_PLACE(a_name_that_is_too_long_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
