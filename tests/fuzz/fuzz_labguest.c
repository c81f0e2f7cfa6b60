/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest that says what it likes to the lab, over a real stream that moves
 * to another QEMU in the middle: it answers what was asked and what was not,
 * with any clock. Its rows and packets become a trace whose times are in
 * order and not before the run, and numbers that fit each other.
 *
 * Input: a byte, of which a 256th the stream moves; what the guest says.
 */
#include "fuzz.h"

#include <sys/socket.h>

#include <string.h>
#include <unistd.h>

#include "agent/packetlog.h"
#include "base/dur.h"
#include "base/mem.h"
#include "sim/lab/guestlink.h"
#include "sim/lab/labprobes.h"
#include "sim/lab/labrows.h"

#define QUESTIONS   3
#define SOCKET_MOST 65536 /* that a socket takes before somebody reads */
#define ZERO	    (INT64_C(3600) * DUR_SEC) /* the run's begin, host's clock */

struct lab {
	struct labloop *loop;
	struct guestlink *link;
	struct labclock *clock, *sampled;
	struct labrows *rows;
	struct labprobes_sent *sent;
	struct labprobes_got *got;
	size_t n_sent, cap_sent, n_got, cap_got;
	int64_t host_ns; /* grows with each row */
	size_t answers, packets;
};

static void
take_packets(struct lab *l, const struct labwire *m)
{
	struct labclock_moment at = { 0 };
	struct labprobes_sent *sent;
	struct packetlog_entry p;
	struct labprobes_got *got;
	struct err e;
	size_t from = 0;

	while (
	    packetlog_take(m->text.data, m->text.bytes, &from, &p, &e) == 1) {
		labclock_host(l->clock, p.at_ns, &at);
		l->packets++;
		if (m->log == LABWIRE_SENT) {
			sent = MEM_PUSH(l->sent, l->n_sent, l->cap_sent);
			*sent = (struct labprobes_sent){ p.sequence, at.ns,
				p.error };
		} else {
			got = MEM_PUSH(l->got, l->n_got, l->cap_got);
			*got = (struct labprobes_got){ p.sequence, at.ns,
				p.sent_ns };
		}
	}
}

/* To one of the questions: the guest's clock, or its packets. */
static void
on_answer(void *ctx, const struct labwire *m, int64_t got_ns)
{
	struct lab *l = ctx;

	(void)got_ns;
	FUZZ_HOLDS(m->re >= 1 && m->re <= QUESTIONS);
	l->host_ns += DUR_MS;
	if (m->kind == LABWIRE_PACKETS_ROW)
		take_packets(l, m);
	if (m->kind != LABWIRE_ANSWER)
		return;
	l->answers++;
	labclock_sample(l->clock, l->host_ns - DUR_MS, m->at_ns, l->host_ns);
}

static void
on_row(void *ctx, const struct labwire *m, int64_t got_ns)
{
	struct lab *l = ctx;
	char text[DUR_TEXT];

	(void)got_ns;
	FUZZ_HOLDS(m->re == 0);
	switch (m->kind) {
	case LABWIRE_STATE:
		labrows_state(l->rows, LABROWS_GUEST, m->at_ns, m->object,
		    m->field, m->value);
		break;
	case LABWIRE_RECORD:
		labrows_record(l->rows, m->at_ns, strbuf_str(&m->text),
		    m->text.bytes);
		break;
	case LABWIRE_LOG:
		labrows_log(l->rows, m->at_ns, strbuf_str(&m->text));
		break;
	case LABWIRE_STALL:
		labrows_note(l->rows, LABROWS_GUEST, m->at_ns, "host",
		    dur_short(m->at_ns - m->from_ns, text));
		labclock_stop(l->clock, l->host_ns, l->host_ns + DUR_MS);
		l->host_ns += 2 * DUR_MS;
		break;
	case LABWIRE_HELLO:
	case LABWIRE_ENDED:
		labrows_daemon(l->rows, LABROWS_GUEST, m->at_ns,
		    m->kind == LABWIRE_HELLO);
		break;
	default:
		FUZZ_HOLDS(false); /* the rest answers somebody */
	}
}

static void
on_trouble(void *ctx, const struct err *err)
{
	(void)ctx;
	FUZZ_HOLDS(err->code == ERR_INPUT || err->code == ERR_STATE);
}

/* --- the stream --- */

/* Gives the guest's end. */
static int
new_stream(int *ours)
{
	int fds[2];

	FUZZ_HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
	*ours = fds[0];
	return fds[1];
}

static void
say(struct lab *l, int fd, const uint8_t *data, size_t bytes)
{
	if (bytes > SOCKET_MOST)
		bytes = SOCKET_MOST;
	FUZZ_HOLDS(send(fd, data, bytes, 0) == (ssize_t)bytes);
	while (labloop_turn(l->loop, labloop_now(l->loop)))
		;
}

static void
begin(struct lab *l, int fd)
{
	const struct guestlink_user user = { on_row, on_trouble, l };
	const struct labwire m = { .kind = LABWIRE_PROBES };
	int i;

	l->loop = labloop_new();
	l->link = guestlink_new(l->loop, fd, &user);
	l->clock = labclock_new();
	l->sampled = labclock_new();
	l->rows = labrows_new();
	l->host_ns = ZERO;
	for (i = 0; i < QUESTIONS; i++)
		guestlink_ask(l->link, &m, on_answer, l);
	guestlink_sample(l->link, l->sampled, DUR_MAX / 100);
}

static void
talk(struct lab *l, const uint8_t *data, size_t bytes)
{
	size_t first = bytes * data[0] / 256;
	int ours, guest = new_stream(&ours), next;

	begin(l, ours);
	say(l, guest, data + 1, first);
	next = new_stream(&ours);
	close(guest);
	guestlink_move(l->link, ours);
	say(l, next, data + 1 + first, bytes - 1 - first);
	close(next);
	while (labloop_turn(l->loop, labloop_now(l->loop)))
		;
	guestlink_free(l->link);
	labloop_free(l->loop);
}

/* --- what comes of it --- */

static int64_t
host_of(void *ctx, int64_t ns)
{
	const struct lab *l = ctx;
	struct labclock_moment m = { .ns = ZERO };

	if (labclock_host(l->clock, ns, &m))
		FUZZ_HOLDS(m.within_ns >= 0);
	return m.ns;
}

static void
judge_probes(struct lab *l, struct trace *t)
{
	const struct labprobes_stream s = { .name = "p1",
		.way = "echo",
		.period_ns = DUR_MS,
		.sent = l->sent,
		.n_sent = l->n_sent,
		.got = l->got,
		.n_got = l->n_got };
	struct labprobes *p = labprobes_new(ZERO);
	struct labprobes_gap gap;
	struct judge_probe all;

	labprobes_add_stop(p, ZERO + DUR_SEC, ZERO + 2 * DUR_SEC);
	labprobes_add(p, &s);
	labprobes_report(p, t);
	FUZZ_HOLDS(labprobes_judge(p, "p1", INT64_MIN, INT64_MAX, &all));
	FUZZ_HOLDS(t->n_probes == 1 && t->probes[0].delivered <= l->n_got);
	if (labprobes_longest(p, "p1", "echo", INT64_MIN, INT64_MAX, &gap))
		FUZZ_HOLDS(gap.to_ns >= gap.from_ns && gap.rest_ns >= 0);
	labprobes_free(p);
}

static void
judge(struct lab *l)
{
	struct trace *t = trace_new();
	struct strbuf out = { 0 };
	size_t i;

	judge_probes(l, t);
	labrows_end(l->rows, host_of, l, ZERO, t);
	for (i = 0; i < t->n_records; i++)
		FUZZ_HOLDS(t->records[i].emit_ns >=
		    (i > 0 ? t->records[i - 1].emit_ns : 0));
	for (i = 0; i < t->n_operations; i++)
		FUZZ_HOLDS(
		    t->operations[i].end_ns >= t->operations[i].start_ns);
	trace_dump(t, &out);
	strbuf_fini(&out);
	trace_free(t);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct lab l = { .packets = 0 };

	if (bytes == 0)
		return 0;
	talk(&l, data, bytes);
	FUZZ_HOLDS(l.answers <= QUESTIONS);
	judge(&l);
	labrows_free(l.rows);
	labclock_free(l.clock);
	labclock_free(l.sampled);
	free(l.sent);
	free(l.got);
	return 0;
}
