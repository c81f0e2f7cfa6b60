/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/prng.h"
#include "daemon/control.h"

struct place {
	char folder[48], path[80];
	struct control *c;
	int64_t now_ns;
	unsigned asked;
};

/* "echo WORDS", "big" (a megabyte), everything else is not known. */
static int
reply(void *ctx, size_t count, char *const *words, struct strbuf *out,
    struct err *err)
{
	struct place *p = ctx;
	size_t i;

	p->asked++;
	if (strcmp(words[0], "echo") == 0) {
		for (i = 1; i < count; i++)
			strbuf_addf(out, "[%s]", words[i]);
		return 0;
	}
	if (strcmp(words[0], "big") == 0) {
		for (i = 0; i < 1 << 20; i++)
			strbuf_addc(out, 'x');
		return 0;
	}
	strbuf_adds(out, "half an answer");
	return err_set(err, ERR_INPUT, "what is \"%s\"?", words[0]);
}

static int
make_place(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	struct err e;

	snprintf(p->folder, sizeof(p->folder),
	    "/tmp/switchback-control.XXXXXX");
	if (mkdtemp(p->folder) == NULL)
		return -1;
	snprintf(p->path, sizeof(p->path), "%s/sock", p->folder);
	if (control_open(p->path, reply, p, &p->c, &e) < 0)
		return -1;
	*state = p;
	return 0;
}

static int
remove_place(void **state)
{
	struct place *p = *state;

	control_close(p->c);
	if (rmdir(p->folder) != 0)
		return -1;
	free(p);
	return 0;
}

static void
turn(struct place *p)
{
	struct pollfd fds[1 + CONTROL_CLIENTS_MAX];
	size_t n = control_fill(p->c, fds);

	assert_true(n <= control_polls(p->c));
	if (poll(fds, (nfds_t)n, 0) > 0)
		control_polled(p->c, fds, n, p->now_ns);
	if (control_deadline(p->c) <= p->now_ns)
		control_tick(p->c, p->now_ns);
}

static int
join(struct place *p)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(name.sun_path, sizeof(name.sun_path), "%s", p->path);
	assert_int_equal(connect(fd, (struct sockaddr *)&name, sizeof(name)),
	    0);
	turn(p);
	return fd;
}

static void
say(struct place *p, int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL),
	    strlen(text));
	turn(p);
}

static void
get(int fd, const char *want)
{
	char got[4096];
	ssize_t n = recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT);

	assert_true(n >= 0);
	got[n] = '\0';
	assert_string_equal(got, want);
}

static bool
is_sent_away(int fd)
{
	char c;

	return recv(fd, &c, 1, MSG_DONTWAIT) == 0;
}

static void
a_request_is_answered(void **state)
{
	struct place *p = *state;
	int fd = join(p);

	say(p, fd, "echo a  bc \n");
	get(fd, "ok 7\n[a][bc]");
	say(p, fd, "echo\n");
	get(fd, "ok 0\n");
	say(p, fd, "eho\n");
	get(fd, "error 14\nwhat is \"eho\"?");
	close(fd);
}

static void
requests_may_come_in_pieces_and_together(void **state)
{
	struct place *p = *state;
	int fd = join(p);

	say(p, fd, "ec");
	assert_int_equal(p->asked, 0);
	say(p, fd, "ho a\necho b\nec");
	get(fd, "ok 3\n[a]ok 3\n[b]");
	say(p, fd, "ho c\n");
	get(fd, "ok 3\n[c]");
	close(fd);
}

static void
only_its_owner_may_ask(void **state)
{
	struct place *p = *state;
	struct stat st;

	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void
what_is_no_line_of_words_is_refused(void **state)
{
	struct place *p = *state;
	char words[CONTROL_WORDS_MAX * 2 + 8], *at = words;
	int fd = join(p), i;

	say(p, fd, "\n");
	get(fd, "error 49\na request is a line of at most 16 printable words");
	close(fd);
	fd = join(p);
	say(p, fd, "echo \033[2J\n");
	get(fd, "error 49\na request is a line of at most 16 printable words");
	for (i = 0; i <= CONTROL_WORDS_MAX; i++, at += 2)
		memcpy(at, "w ", 2);
	memcpy(at, "\n", 2);
	say(p, fd, words);
	get(fd, "error 49\na request is a line of at most 16 printable words");
	assert_int_equal(p->asked, 0);
	close(fd);
}

static void
a_line_without_end_is_sent_away(void **state)
{
	struct place *p = *state;
	char line[CONTROL_REQUEST_MAX + 1];
	int fd = join(p);

	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	say(p, fd, line);
	assert_true(is_sent_away(fd));
	close(fd);
}

static void
an_answer_waits_for_who_reads_slowly(void **state)
{
	struct place *p = *state;
	int fd = join(p);
	size_t all = 0;
	char got[65536];
	ssize_t n;

	say(p, fd, "big\necho after\n");
	assert_int_equal(p->asked, 1);
	while (all < 11 + (1 << 20)) {
		n = recv(fd, got, sizeof(got), MSG_DONTWAIT);
		if (n > 0)
			all += (size_t)n;
		turn(p);
	}
	assert_int_equal(p->asked, 2);
	close(fd);
}

static void
who_does_not_read_is_sent_away(void **state)
{
	struct place *p = *state;
	int fd = join(p), other;

	say(p, fd, "big\n");
	p->now_ns += CONTROL_PATIENCE - 1;
	turn(p);
	other = join(p);
	p->now_ns += 1;
	turn(p);
	say(p, other, "echo a\n");
	get(other, "ok 3\n[a]");
	assert_int_equal(control_deadline(p->c), p->now_ns + CONTROL_PATIENCE);
	close(fd);
	close(other);
	turn(p);
	assert_true(control_deadline(p->c) == INT64_MAX);
}

static void
more_clients_than_places_are_sent_away(void **state)
{
	struct place *p = *state;
	int fds[CONTROL_CLIENTS_MAX], one, i;

	for (i = 0; i < CONTROL_CLIENTS_MAX; i++)
		fds[i] = join(p);
	one = join(p);
	assert_true(is_sent_away(one));
	close(one);
	close(fds[3]);
	turn(p);
	one = join(p);
	say(p, one, "echo a\n");
	get(one, "ok 3\n[a]");
	close(one);
	for (i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (i != 3)
			close(fds[i]);
}

/* What the same bytes are answered without a socket. */
static void
talk(struct place *p, const char *data, size_t bytes, struct strbuf *out)
{
	struct control_talk t = { .got = 0 };
	const char *owed;
	size_t n, room;
	char *to;

	while (bytes > 0 && control_talk_goes_on(&t)) {
		to = control_talk_room(&t, &room);
		n = bytes < room ? bytes : room;
		memcpy(to, data, n);
		control_talk_heard(&t, n);
		data += n;
		bytes -= n;
		while (control_talk_answer(&t, reply, p)) {
			owed = control_talk_owed(&t, &n);
			strbuf_add(out, owed, n);
			control_talk_sent(&t, n);
		}
	}
	control_talk_fini(&t);
}

static void
hostile_bytes_are_answered_by_the_socket_too(void **state)
{
	static const char words[][8] = { "echo ", "\n", " ", "bi\n", "\033[2J",
		"a", "\377", "echo a\n", "status\n", "\t", "xxxxxxx" };
	struct place *p = *state;
	struct strbuf text = { 0 }, want = { 0 }, got = { 0 };
	char piece[65536];
	struct prng random;
	unsigned round, n;
	ssize_t bytes;
	int fd;

	prng_seed(&random, 1);
	for (round = 0; round < 300; round++) {
		strbuf_reset(&text);
		strbuf_reset(&want);
		strbuf_reset(&got);
		for (n = (unsigned)prng_below(&random, 120); n > 0; n--)
			strbuf_adds(&text, words[prng_below(&random, 11)]);
		talk(p, strbuf_str(&text), text.bytes, &want);
		fd = join(p);
		if (text.bytes > 0)
			say(p, fd, strbuf_str(&text));
		shutdown(fd, SHUT_WR);
		/* It is closed when all was said and answered. */
		while ((bytes = recv(fd, piece, sizeof(piece), MSG_DONTWAIT)) !=
		    0) {
			if (bytes > 0)
				strbuf_add(&got, piece, (size_t)bytes);
			else
				assert_true(errno == EAGAIN);
			turn(p);
		}
		assert_int_equal(got.bytes, want.bytes);
		if (got.bytes > 0)
			assert_memory_equal(got.data, want.data, got.bytes);
		close(fd);
	}
	assert_true(control_deadline(p->c) == INT64_MAX);
	strbuf_fini(&text);
	strbuf_fini(&want);
	strbuf_fini(&got);
}

#define IN_PLACE(f) cmocka_unit_test_setup_teardown(f, make_place, remove_place)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(a_request_is_answered),
		IN_PLACE(requests_may_come_in_pieces_and_together),
		IN_PLACE(only_its_owner_may_ask),
		IN_PLACE(what_is_no_line_of_words_is_refused),
		IN_PLACE(a_line_without_end_is_sent_away),
		IN_PLACE(an_answer_waits_for_who_reads_slowly),
		IN_PLACE(who_does_not_read_is_sent_away),
		IN_PLACE(hostile_bytes_are_answered_by_the_socket_too),
		IN_PLACE(more_clients_than_places_are_sent_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
