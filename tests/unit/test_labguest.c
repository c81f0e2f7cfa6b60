/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What hears the guest in a run (sim/lab/labguest.c, labpackets.c,
 * labflight.c), and a guest that does not stop to talk: there is an end to
 * what is kept, and it is told.
 */
#include <sys/socket.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/filecopy.h"
#include "base/mem.h"
#include "sim/lab/lab_parts.h"

#define ROWS 1000 /* said at a time */

static int guest; /* its end of the stream */

static void
begin(struct lab *l)
{
	int fds[2];

	memset(l, 0, sizeof(*l));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
			     fds),
	    0);
	l->loop = labloop_new();
	l->rows = labrows_new();
	l->clock = labclock_new();
	labguest_hear(l, fds[0]);
	guest = fds[1];
}

static void
end(struct lab *l)
{
	labguest_end(l);
	labrows_free(l->rows);
	labclock_free(l->clock);
	labloop_free(l->loop);
	if (l->n_streams > 0)
		free(l->streams[0].got);
	free(l->streams);
	strbuf_fini(&l->data);
	close(guest);
}

/* A guest says it, and the lab hears it. */
static void
say(struct lab *l, const struct strbuf *text)
{
	size_t done = 0;
	ssize_t n;

	while (done < text->bytes) {
		n = send(guest, text->data + done, text->bytes - done,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n > 0)
			done += (size_t)n;
		while (labloop_turn(l->loop, labloop_now(l->loop)))
			lab_check_room(l);
	}
}

/* The same rows until there is trouble, which must name it. */
static void
flood(struct lab *l, const struct strbuf *rows, size_t most, const char *what)
{
	size_t i;

	for (i = 0; i < most && l->trouble.code == ERR_NONE; i++)
		say(l, rows);
	assert_int_equal(l->trouble.code, ERR_IO);
	if (strstr(l->trouble.text, what) == NULL)
		fail_msg("'%s' does not say: %s", l->trouble.text, what);
	/* It is told once, and what follows does no harm. */
	say(l, rows);
}

static void
test_rows(void **state)
{
	static const char *const said[] = {
		"is=state at=5 object=eth0 field=up value=yes\n",
		"is=record at=5 text=\"!system=IFNET\"\n",
		"is=log at=5 who=daemon text=x\n",
		"is=hello at=5 text=\"version=0.1.0\"\n",
	};
	struct strbuf rows;
	struct lab l;
	size_t i, k;

	(void)state;
	for (k = 0; k < sizeof(said) / sizeof(*said); k++) {
		memset(&rows, 0, sizeof(rows));
		for (i = 0; i < ROWS; i++)
			strbuf_adds(&rows, said[k]);
		begin(&l);
		flood(&l, &rows, LABROWS_MOST / ROWS + 1,
		    "more than 200000 rows");
		assert_true(labrows_left_out(l.rows) >= ROWS);
		end(&l);
		strbuf_fini(&rows);
	}
}

/* Packets that were never sent; numbers are the guest's to give. */
static void
test_packets(void **state)
{
	const size_t packets = 900; /* in a row */
	struct strbuf rows = { 0 };
	struct lab l;
	size_t i;

	(void)state;
	begin(&l);
	(void)MEM_PUSH(l.streams, l.n_streams, l.cap_streams);
	labpackets_ask(&l);
	strbuf_adds(&rows, "is=packets re=1 at=5 stream=1 log=got text=\"");
	for (i = 0; i < packets; i++)
		strbuf_addf(&rows, "%s1,5,5,0", i > 0 ? " " : "");
	strbuf_adds(&rows, "\"\n");
	flood(&l, &rows, WIRE_LOGGED / packets + 1,
	    "more than 4000000 packets");
	assert_int_equal(l.streams[0].n_got, WIRE_LOGGED);
	end(&l);
	strbuf_fini(&rows);
}

static void
test_a_file(void **state)
{
	struct labwire m = { .kind = LABWIRE_DATA, .re = 1 };
	struct strbuf rows = { 0 };
	char piece[16384];
	struct lab l;

	(void)state;
	begin(&l);
	labflight_ask(&l);
	memset(piece, 'x', sizeof(piece));
	strbuf_add(&m.text, piece, sizeof(piece));
	labwire_put(&rows, &m);
	flood(&l, &rows, FILECOPY_MAX / sizeof(piece) + 1,
	    "more than 4194304 bytes");
	assert_int_equal(l.data.bytes, FILECOPY_MAX);
	end(&l);
	labwire_fini(&m);
	strbuf_fini(&rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_packets),
		cmocka_unit_test(test_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
