/* SPDX-License-Identifier: BSD-2-Clause */
/* The probes of a run: begun on both sides of the wire, and what became of
 * them, when it has ended. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "agent/packetlog.h"
#include "base/dur.h"
#include "base/mem.h"
#include "sim/lab/lab_parts.h"

static const char *const way_words[] = {
	[LABWIRE_OUT] = "out",
	[LABWIRE_IN] = "in",
	[LABWIRE_ECHO] = "echo",
};

/* One direction of the scenario's probe: the guest begins to send, or to
 * listen. */
static void
start_way(struct lab *l, const struct scn_probe *p, enum labwire_way way)
{
	int64_t first_ns = l->zero_ns + p->from_ns;
	int64_t stop_ns =
	    l->zero_ns + (p->until_ns >= 0 ? p->until_ns : l->s->end_ns);
	struct labwire m = { .kind = LABWIRE_PROBE,
		.way = way,
		.icmp = p->proto == SCN_ICMP,
		.to = l->setup.net.gateway,
		.period_ns = p->period_ns };
	struct wire_probe wire = { .icmp = false,
		.to = l->setup.net.addrs[0],
		.period_ns = p->period_ns,
		.first_ns = first_ns,
		.stop_ns = stop_ns };
	struct labclock_moment first = { 0 }, stop = { 0 };
	struct labstream *s =
	    MEM_PUSH(l->streams, l->n_streams, l->cap_streams);
	struct err e;

	s->probe = p;
	s->way = way;
	m.stream = wire.stream = (uint32_t)l->n_streams;
	labclock_guest(l->clock, first_ns, &first);
	labclock_guest(l->clock, stop_ns, &stop);
	m.first_ns = first.ns;
	m.stop_ns = stop.ns;
	labguest_must(l, &m);
	if (way == LABWIRE_IN && wire_probe_send(l->wire, &wire, &e) < 0)
		lab_fail(l, e.code, "%s", e.text);
}

void
labpackets_start(struct lab *l)
{
	const struct scn_probe *p;
	size_t i;

	for (i = 0; i < l->s->n_probes; i++) {
		p = &l->s->probes[i];
		if (p->way == SCN_ECHO)
			start_way(l, p, LABWIRE_ECHO);
		if (p->way == SCN_OUT || p->way == SCN_BOTH)
			start_way(l, p, LABWIRE_OUT);
		if (p->way == SCN_IN || p->way == SCN_BOTH)
			start_way(l, p, LABWIRE_IN);
	}
}

static int64_t
host_time(const struct lab *l, int64_t guest_ns)
{
	struct labclock_moment m = { 0 };

	(void)labclock_host(l->clock, guest_ns, &m);
	return m.ns;
}

static void
take_packet(struct lab *l, struct labstream *s, enum labwire_log log,
    const struct packetlog_entry *p)
{
	struct labprobes_sent *sent;
	struct labprobes_got *got;

	if (++l->n_packets > WIRE_LOGGED) {
		lab_fail(l, ERR_IO, "the guest tells of more than %d packets",
		    WIRE_LOGGED);
		return;
	}
	if (log == LABWIRE_SENT) {
		sent = MEM_PUSH(s->sent, s->n_sent, s->cap_sent);
		sent->seq = p->sequence;
		sent->at_ns = host_time(l, p->at_ns);
		sent->refused = p->error;
	} else {
		got = MEM_PUSH(s->got, s->n_got, s->cap_got);
		got->seq = p->sequence;
		got->at_ns = host_time(l, p->at_ns);
		got->sent_ns = p->sent_ns;
	}
}

static void
take_packets(void *ctx, const struct labwire *m, int64_t got_ns)
{
	struct lab *l = ctx;
	struct packetlog_entry p;
	size_t at = 0;
	struct err e;
	int rc = 0;

	(void)got_ns;
	if (m->kind == LABWIRE_PACKETS_ROW && m->stream >= 1 &&
	    m->stream <= l->n_streams)
		while ((rc = packetlog_take(strbuf_str(&m->text), m->text.bytes,
			    &at, &p, &e)) == 1)
			take_packet(l, &l->streams[m->stream - 1], m->log, &p);
	if (rc < 0)
		lab_fail(l, ERR_IO, "the guest's packets: %s", e.text);
	if (m->kind == LABWIRE_ANSWER)
		l->asked--;
}

/* The guest knows what it sent and got, the peer the other half of it. */
static void
add_stream(struct lab *l, size_t i)
{
	struct labstream *s = &l->streams[i];
	struct labprobes_stream add = { .name = s->probe->name,
		.way = way_words[s->way],
		.period_ns = s->probe->period_ns,
		.sent = s->sent,
		.n_sent = s->n_sent,
		.got = s->got,
		.n_got = s->n_got };
	struct wire_log log = { 0 };

	if (wire_log(l->wire, (uint32_t)i + 1, &log)) {
		if (s->way == LABWIRE_OUT) {
			add.got = log.got;
			add.n_got = log.n_got;
		} else if (s->way == LABWIRE_IN) {
			add.sent = log.sent;
			add.n_sent = log.n_sent;
		}
	}
	labprobes_add(l->probes, &add);
}

/* A migration stops the machine by itself: what is left of a gap is what the
 * fail-over adds, and how long the machine takes to get going. */
static void
tell_gap(struct lab *l, const struct labstream *s)
{
	char all[DUR_TEXT], stopped[DUR_TEXT], rest[DUR_TEXT], at[DUR_TEXT];
	struct labprobes_gap g;

	if (!labprobes_longest(l->probes, s->probe->name, way_words[s->way], 0,
		INT64_MAX, &g))
		return;
	lab_note(l,
	    "%s %s: the longest gap, at %s, is %s: the machine stood still "
	    "for %s of it, %s are the rest; %" PRIu64 " lost",
	    s->probe->name, way_words[s->way], dur_format(g.from_ns, at),
	    dur_short(g.to_ns - g.from_ns, all),
	    dur_short(g.stopped_ns, stopped), dur_short(g.rest_ns, rest),
	    g.missing);
}

/* Captures that are not of the whole run say so where they are looked for. */
static void
tell_captures(struct lab *l, const struct wire_counts *c)
{
	struct strbuf note = { 0 };
	char at[DUR_TEXT];

	if (c->uncaptured == 0)
		return;
	strbuf_addf(&note,
	    "the captures end at %s, when they had %d MiB: %" PRIu64
	    " frames are in none",
	    dur_format(c->captured_ns - l->zero_ns, at),
	    (int)(WIRE_CAPTURED / 1048576), c->uncaptured);
	lab_note(l, "wire: %s", strbuf_str(&note));
	strbuf_addf(&note, "; %s", l->t->run.note);
	free(l->t->run.note);
	l->t->run.note = strbuf_take(&note);
}

/* Where the guest was heard: an address that moves takes its packets along. */
static void
tell_wire(struct lab *l)
{
	const struct wire_move *moves;
	struct wire_counts c = wire_counts(l->wire);
	uint64_t all, strays = labprobes_strays(l->probes);
	char mac[MAC_TEXT], text[96];
	size_t n, i;

	moves = wire_moves(l->wire, &n, &all);
	for (i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "wire: %s from %s to %s",
		    mac_format(moves[i].mac, mac), moves[i].from, moves[i].to);
		labrows_note(l->rows, LABROWS_HOST, moves[i].at_ns, "host",
		    text);
	}
	if (all > n || c.damaged > 0 || c.unlogged > 0 || strays > 0)
		lab_note(l,
		    "wire: %" PRIu64 " moves, %" PRIu64 " damaged, %" PRIu64
		    " not logged, %" PRIu64 " from nobody's log",
		    all, c.damaged, c.unlogged, strays);
	tell_captures(l, &c);
	labhost_unplug(l->here);
}

void
labpackets_ask(struct lab *l)
{
	struct labwire m = { .kind = LABWIRE_PROBES };

	l->asked++;
	guestlink_ask(l->guest, &m, take_packets, l);
}

void
labpackets_report(struct lab *l)
{
	size_t i;

	for (i = 0; i < l->n_streams; i++)
		add_stream(l, i);
	labprobes_report(l->probes, l->t);
	for (i = 0; i < l->n_streams; i++)
		tell_gap(l, &l->streams[i]);
}

void
labpackets_collect(struct lab *l)
{
	if (l->n_streams > 0) {
		labpackets_ask(l);
		if (lab_wait(l, labguest_is_quiet, LAB_ANSWER_MOST,
			"the guest has not given its packets"))
			labpackets_report(l);
	}
	tell_wire(l);
}
