/* SPDX-License-Identifier: BSD-2-Clause */
/* Sources of every kind but /dev/devctl itself, which not every system has. */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

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

#include "base/dur.h"
#include "world/clock.h"
#include "world/devctl_source.h"

struct bench {
	char folder[40];
	char path[100];
	struct devctl_source *source;
	struct world_record record;
	int listener;
};

static int
set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	snprintf(b->folder, sizeof(b->folder),
	    "/tmp/test_devctl_source.XXXXXX");
	assert_non_null(mkdtemp(b->folder));
	snprintf(b->path, sizeof(b->path), "%s/source", b->folder);
	b->listener = -1;
	*state = b;
	return 0;
}

static int
tear_down(void **state)
{
	struct bench *b = *state;

	source_close(b->source);
	if (b->listener >= 0)
		close(b->listener);
	unlink(b->path);
	rmdir(b->folder);
	free(b);
	return 0;
}

static void
open_source(struct bench *b)
{
	struct err err;

	if (source_open(b->path, &b->source, &err) < 0)
		fail_msg("%s", err.text);
}

static void
serve(struct bench *b)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	snprintf(name.sun_path, sizeof(name.sun_path), "%s", b->path);
	unlink(b->path);
	b->listener = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	assert_int_equal(bind(b->listener, (struct sockaddr *)&name,
			     sizeof(name)),
	    0);
	assert_int_equal(listen(b->listener, 4), 0);
}

static void
assert_next(struct bench *b, const char *text)
{
	if (!source_next(b->source, &b->record))
		fail_msg("no record; expected %s", text);
	assert_string_equal(b->record.raw, text);
	assert_int_equal(b->record.bytes, strlen(text));
}

static void
wait_readable(struct bench *b)
{
	struct pollfd fd = { .fd = source_fd(b->source), .events = POLLIN };

	assert_int_equal(poll(&fd, 1, 30000), 1);
	source_readable(b->source);
}

static void
a_packet_is_a_record_whatever_is_in_it(void **state)
{
	static const char hostile[] = "!a=\"x\n!type=LINK_UP\"\n\n";
	struct bench *b = *state;
	char large[DEVLINE_MAX + 100];
	int fd, room = 4 * DEVLINE_MAX;

	serve(b);
	open_source(b);
	fd = accept(b->listener, NULL, NULL);
	/* As devd does: FreeBSD's own is less than the large one needs. */
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	assert_false(source_next(b->source, &b->record));
	assert_int_equal(source_state(b->source), SOURCE_OPEN);
	assert_true(send(fd, hostile, strlen(hostile), MSG_EOR) > 0);
	assert_true(send(fd, "+em0 at x on y", 14, MSG_EOR) > 0);
	memset(large, 'a', sizeof(large));
	assert_true(send(fd, large, sizeof(large), MSG_EOR) > 0);
	assert_true(send(fd, "!last\n", 6, MSG_EOR) > 0);
	assert_next(b, "!a=\"x\n!type=LINK_UP\"");
	assert_int_equal(b->record.number, 1);
	assert_non_null(strchr(b->record.timestamp, '.'));
	assert_next(b, "+em0 at x on y");
	assert_int_equal(b->record.number, 2);
	assert_true(source_next(b->source, &b->record));
	assert_int_equal(b->record.bytes, DEVLINE_MAX);
	assert_next(b, "!last");
	assert_false(source_next(b->source, &b->record));
	close(fd);
}

static void
a_closed_socket_is_connected_again_ever_more_slowly(void **state)
{
	struct bench *b = *state;
	int64_t first, second;
	int fd;

	serve(b);
	open_source(b);
	close(accept(b->listener, NULL, NULL));
	close(b->listener);
	b->listener = -1;
	assert_true(source_deadline(b->source) == INT64_MAX);
	wait_readable(b);
	assert_false(source_next(b->source, &b->record));
	assert_int_equal(source_state(b->source), SOURCE_LOST);
	assert_int_equal(source_fd(b->source), -1);
	assert_non_null(strstr(source_why(b->source)->text, "closed"));
	first = source_deadline(b->source) - clock_monotonic();
	assert_true(first > 0 && first <= 100 * DUR_MS);
	/* Too early nothing happens; in time the other side is missing. */
	source_tick(b->source, clock_monotonic() - DUR_SEC);
	assert_int_equal(source_state(b->source), SOURCE_LOST);
	source_tick(b->source, source_deadline(b->source));
	assert_int_equal(source_state(b->source), SOURCE_LOST);
	second = source_deadline(b->source) - clock_monotonic();
	assert_true(second > 100 * DUR_MS && second <= 200 * DUR_MS);
	while (source_deadline(b->source) - clock_monotonic() < 9 * DUR_SEC)
		source_tick(b->source, source_deadline(b->source));
	source_tick(b->source, source_deadline(b->source));
	assert_true(
	    source_deadline(b->source) - clock_monotonic() <= 10 * DUR_SEC);

	serve(b);
	source_tick(b->source, source_deadline(b->source));
	assert_int_equal(source_state(b->source), SOURCE_OPEN);
	fd = accept(b->listener, NULL, NULL);
	assert_true(send(fd, "!back\n", 6, MSG_EOR) > 0);
	assert_next(b, "!back");
	assert_int_equal(b->record.number, 1);
	/* A record has come, so the time starts anew. */
	close(fd);
	wait_readable(b);
	assert_false(source_next(b->source, &b->record));
	first = source_deadline(b->source) - clock_monotonic();
	assert_true(first <= 100 * DUR_MS);
}

static void
a_fifo_stays_open_between_its_writers(void **state)
{
	struct pollfd poll_fd = { .events = POLLIN };
	struct bench *b = *state;
	int fd, i;

	assert_int_equal(mkfifo(b->path, 0600), 0);
	open_source(b);
	assert_false(source_next(b->source, &b->record));
	for (i = 0; i < 2; i++) {
		fd = open(b->path, O_WRONLY);
		assert_true(write(fd, "!one\n!two\n!ha", 13) == 13);
		wait_readable(b);
		assert_next(b, "!one");
		assert_true(source_has_more(b->source));
		assert_next(b, "!two");
		assert_false(source_next(b->source, &b->record));
		assert_false(source_has_more(b->source));
		assert_true(write(fd, "lf\n", 3) == 3);
		close(fd);
		wait_readable(b);
		assert_next(b, "!half");
		assert_false(source_next(b->source, &b->record));
		assert_int_equal(source_state(b->source), SOURCE_OPEN);
		/* Not even an end is there to be read. */
		poll_fd.fd = source_fd(b->source);
		assert_int_equal(poll(&poll_fd, 1, 0), 0);
	}
}

static void
lines_are_not_read_before_poll_says_so(void **state)
{
	struct bench *b = *state;
	FILE *f = fopen(b->path, "w");

	fputs("!one\n", f);
	fclose(f);
	open_source(b);
	assert_false(source_next(b->source, &b->record));
	source_readable(b->source);
	assert_next(b, "!one");
	assert_false(source_next(b->source, &b->record));
	assert_int_equal(source_state(b->source), SOURCE_OPEN);
}

static void
a_file_ends_after_its_last_line(void **state)
{
	struct bench *b = *state;
	FILE *f = fopen(b->path, "w");

	fputs("!one\n!two", f);
	fclose(f);
	open_source(b);
	source_readable(b->source);
	assert_next(b, "!one");
	assert_false(source_next(b->source, &b->record));
	source_readable(b->source);
	assert_next(b, "!two");
	assert_int_equal(source_state(b->source), SOURCE_ENDED);
	assert_int_equal(source_fd(b->source), -1);
	assert_false(source_next(b->source, &b->record));
}

static void
what_cannot_be_opened_or_read_is_named(void **state)
{
	struct bench *b = *state;
	struct err err;

	assert_int_equal(source_open(b->path, &b->source, &err), ERR_NOTFOUND);
	assert_non_null(strstr(err.text, b->path));
	open_source((snprintf(b->path, sizeof(b->path), "%s", "/"), b));
	source_readable(b->source);
	assert_false(source_next(b->source, &b->record));
	assert_int_equal(source_state(b->source), SOURCE_FAILED);
	assert_non_null(strstr(source_why(b->source)->text, "/: "));
	snprintf(b->path, sizeof(b->path), "%s/source", b->folder);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_packet_is_a_record_whatever_is_in_it),
		TEST(a_closed_socket_is_connected_again_ever_more_slowly),
		TEST(a_fifo_stays_open_between_its_writers),
		TEST(lines_are_not_read_before_poll_says_so),
		TEST(a_file_ends_after_its_last_line),
		TEST(what_cannot_be_opened_or_read_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
