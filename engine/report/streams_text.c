/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/streams_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "report/clean.h"
#include "report/outage.h"

#define STREAMS_SHOWN 20
#define GAPS_SHOWN    20
#define NAME_WIDTH    60

/* --- numbers --- */

/* To the microsecond: what is finer says nothing to people. */
static const char *
dur_us(int64_t ns, char text[DUR_TEXT])
{
	return dur_format(ns / DUR_US * DUR_US, text);
}

static void
add_count(struct strbuf *out, const struct stream *s, uint64_t count, int width)
{
	if (s->numbers)
		strbuf_addf(out, " %*" PRIu64, width, count);
	else
		strbuf_addf(out, " %*s", width, "-");
}

static void
add_row(const struct stream *s, struct strbuf *out)
{
	const struct losses *l = &s->losses;
	struct strbuf name = { 0 };
	char text[DUR_TEXT];

	strbuf_addf(&name, "%s %s", s->name, s->way);
	clean_ascii(out, name.data, name.bytes);
	while (name.bytes < NAME_WIDTH) {
		strbuf_addc(out, ' ');
		strbuf_addc(&name, ' ');
	}
	strbuf_fini(&name);
	strbuf_addf(out, " %-6s %10" PRIu64, s->numbered, l->sent);
	add_count(out, s, l->lost, 8);
	add_count(out, s, l->unsent, 7);
	add_count(out, s, s->duplicated, 6);
	add_count(out, s, s->reordered, 7);
	add_count(out, s, s->late, 6);
	strbuf_addf(out, " %11s",
	    l->longest_ns > 0 ? dur_us(l->longest_ns, text) : "-");
	strbuf_addf(out, " %11s\n",
	    s->convergence_ns > 0 ? dur_us(s->convergence_ns, text) : "-");
}

static void
add_ports(const struct streams *all, const struct stream *s, struct strbuf *out)
{
	const struct flow *w = s->answers != NULL ? s->answers : s->flow;
	const struct flow_sighting *g;

	if (w->side[s->to].n_sightings < 2)
		return;
	for (g = w->side[s->to].sightings; g != NULL; g = g->next) {
		strbuf_adds(out, "    on ");
		clean_text(out, all->flows->places[g->place].name);
		strbuf_addf(out, ": %" PRIu64 " packets", g->packets);
		if (g->duplicated > 0)
			strbuf_addf(out, ", %" PRIu64 " twice", g->duplicated);
		strbuf_addc(out, '\n');
	}
}

static void
add_reordering(const struct stream *s, struct strbuf *out)
{
	char text[DUR_TEXT];

	if (s->reordered > 0)
		strbuf_addf(out,
		    "    reordered by up to %" PRIu64
		    " packets and %s (RFC 4737 extent and late time)\n",
		    s->extent_max, dur_us(s->late_max_ns, text));
	if (s->old > 0)
		strbuf_addf(out,
		    "    %" PRIu64 " came too late to be told from second "
		    "ones\n",
		    s->old);
	if (s->copies > 0)
		strbuf_addf(out,
		    "    %" PRIu64 " copies of broadcasts on interfaces "
		    "that the capture does not name\n",
		    s->copies);
	if (s->losses.unseen > 0)
		strbuf_addf(out,
		    "    %" PRIu64 " received that the sender's side has not "
		    "captured\n",
		    s->losses.unseen);
}

static void
add_timing(const struct streams *all, const struct stream *s, int64_t origin_ns,
    struct strbuf *out)
{
	char a[DUR_TEXT], b[DUR_TEXT];
	int64_t at = s->silence_at_ns;

	if (!s->numbers && s->silence_ns > 0) {
		if (s->to == 1 && all->offset_known)
			at -= all->offset_ns;
		strbuf_addf(out,
		    "    not numbered; longest silence %s at %s s\n",
		    dur_us(s->silence_ns, a), dur_short(at - origin_ns, b));
	}
	if (s->delay == STREAM_NO_DELAY && s->spread_ns >= DUR_US)
		strbuf_addf(out,
		    "    the slowest took %s longer than the fastest\n",
		    dur_us(s->spread_ns, a));
}

static void
add_delay(const struct streams *all, const struct stream *s, struct strbuf *out)
{
	const struct sample_delays *d = &s->delays;
	char a[DUR_TEXT], b[DUR_TEXT], c[DUR_TEXT];
	int64_t base = 0;

	if (s->delay == STREAM_NO_DELAY || d->count == 0)
		return;
	if (s->delay == STREAM_ROUND_TRIP) {
		strbuf_addf(out,
		    "    round trip: least %s, median %s, most %s\n",
		    dur_us(d->min_ns, a), dur_us(d->median_ns, b),
		    dur_us(d->max_ns, c));
		return;
	}
	if (all->both_ways)
		base = s->from == 0 ? all->offset_ns : -all->offset_ns;
	else
		base = d->min_ns;
	strbuf_addf(out, "    one way: least %s%s, ",
	    dur_us(d->min_ns - base, a),
	    all->both_ways ? "" : " by definition");
	strbuf_addf(out, "median %s, 99 %% %s, most %s",
	    dur_us(d->median_ns - base, a), dur_us(d->p99_ns - base, b),
	    dur_us(d->max_ns - base, c));
	if (d->end_ns - d->begin_ns > DUR_US * 10 ||
	    d->begin_ns - d->end_ns > DUR_US * 10)
		strbuf_addf(out, "; at the end %s%s than at the beginning",
		    dur_us(d->end_ns > d->begin_ns ? d->end_ns - d->begin_ns
						   : d->begin_ns - d->end_ns,
			a),
		    d->end_ns > d->begin_ns ? " longer" : " shorter");
	strbuf_addc(out, '\n');
}

/* --- which come first --- */

static int
by_badness(const void *a, const void *b)
{
	const struct stream *x = *(const struct stream *const *)a;
	const struct stream *y = *(const struct stream *const *)b;
	uint64_t lx = x->losses.lost + x->losses.unsent;
	uint64_t ly = y->losses.lost + y->losses.unsent;

	if (x->numbers != y->numbers)
		return x->numbers ? -1 : 1;
	if (lx != ly)
		return lx > ly ? -1 : 1;
	if (x->losses.sent != y->losses.sent)
		return x->losses.sent > y->losses.sent ? -1 : 1;
	return x->flow->index < y->flow->index ? -1 : x < y ? -1 : 1;
}

static void
write_table(const struct streams *s, const struct streams_text *o,
    struct strbuf *out)
{
	const struct stream **order = mem_zero(s->count + 1, sizeof(*order));
	size_t i, shown = s->count;

	for (i = 0; i < s->count; i++)
		order[i] = &s->list[i];
	if (!o->all && s->count > STREAMS_SHOWN) {
		qsort(order, s->count, sizeof(*order), by_badness);
		shown = STREAMS_SHOWN;
	}
	strbuf_addf(out, "%s%-*s %-6s %10s %8s %7s %6s %7s %6s %11s %11s%s\n",
	    o->color ? "\033[1m" : "", NAME_WIDTH, "stream", "by", "sent",
	    "lost", s->two_sided ? "unsent" : "unseen", "twice", "reorder",
	    "late", "longest gap", "convergence", o->color ? "\033[0m" : "");
	for (i = 0; i < shown; i++) {
		add_row(order[i], out);
		add_ports(s, order[i], out);
		add_reordering(order[i], out);
		add_delay(s, order[i], out);
		add_timing(s, order[i], o->origin_ns, out);
	}
	if (shown < s->count)
		strbuf_addf(out, "... and %zu more streams: --all\n",
		    s->count - shown);
	free(order);
}

/* --- gaps --- */

static int
by_length(const void *a, const void *b)
{
	const struct trace_gap *x = *(const struct trace_gap *const *)a;
	const struct trace_gap *y = *(const struct trace_gap *const *)b;
	int64_t lx = outage_since(x->to_ns, x->from_ns);
	int64_t ly = outage_since(y->to_ns, y->from_ns);

	if (lx != ly)
		return lx > ly ? -1 : 1;
	return x < y ? -1 : x > y;
}

static void
add_missing(const struct stream *st, const struct trace_gap *g, bool two_sided,
    struct strbuf *out)
{
	bool tcp = st->flow->kind == NUMBERING_TCP;
	uint64_t lost = g->count - g->send_errors;
	const char *between = "";

	if (g->count == 0) {
		strbuf_adds(out, "nothing sent");
		return;
	}
	if (lost > 0) {
		strbuf_addf(out, "%" PRIu64 " %s%s %s", lost,
		    tcp ? "segment" : "packet", lost == 1 ? "" : "s",
		    tcp ? "sent again" : "lost");
		between = ", ";
	}
	if (g->send_errors > 0)
		strbuf_addf(out, "%s%" PRIu64 " never %s", between,
		    g->send_errors, two_sided ? "sent" : "seen");
	if (!tcp)
		strbuf_addf(out, " (from number %" PRIu64 " on)",
		    stream_shown(st, stream_base(st) + g->first_seq));
}

static void
add_gap(const struct streams *s, const struct trace *t,
    const struct trace_gap *g, struct strbuf *out)
{
	const struct stream *st = &s->list[g->probe];
	char at[DUR_TEXT], length[DUR_TEXT];

	strbuf_addf(out, "  %10s s  %9s  ", dur_short(g->from_ns, at),
	    dur_us(outage_since(g->to_ns, g->from_ns), length));
	clean_text(out, st->name);
	strbuf_addf(out, " %s: ", st->way);
	add_missing(st, g, s->two_sided, out);
	if (outage_is_open(t, g))
		strbuf_adds(out, ", to the end");
	if (g->why[0] != '\0') {
		strbuf_adds(out, ", ");
		clean_text(out, g->why);
	}
	strbuf_addc(out, '\n');
}

static void
write_gaps(const struct streams *s, const struct trace *t,
    const struct streams_text *o, struct strbuf *out)
{
	const struct trace_gap **order;
	size_t i, shown = t->n_gaps;

	if (t->n_gaps == 0)
		return;
	order = mem_zero(t->n_gaps, sizeof(*order));
	for (i = 0; i < t->n_gaps; i++)
		order[i] = &t->gaps[i];
	if (!o->all && t->n_gaps > GAPS_SHOWN) {
		qsort(order, t->n_gaps, sizeof(*order), by_length);
		shown = GAPS_SHOWN;
		strbuf_addf(out, "\nthe longest of %zu gaps:\n", t->n_gaps);
	} else {
		strbuf_adds(out, "\ngaps:\n");
	}
	for (i = 0; i < shown; i++)
		add_gap(s, t, order[i], out);
	free(order);
}

/* --- what cannot be told --- */

static void
write_clock(const struct streams *s, const struct streams_text *o,
    struct strbuf *out)
{
	char a[DUR_TEXT], b[DUR_TEXT];
	int64_t ns = s->offset_ns;

	if (!s->two_sided)
		return;
	if (!s->offset_known) {
		strbuf_adds(out,
		    "clocks: no packet was seen on both sides, so nothing is "
		    "known of their clocks\n");
		return;
	}
	dur_us(ns < 0 ? -ns : ns, a);
	if (s->both_ways)
		strbuf_addf(out,
		    "clocks: %s's is %s %s %s's, give or take %s (from both "
		    "directions)\n",
		    o->sides[1], a, ns < 0 ? "behind" : "ahead of", o->sides[0],
		    dur_us(s->uncertain_ns, b));
	else
		strbuf_addf(out,
		    "clocks: %s's is at most %s %s %s's; packets went one way "
		    "only, so this has the least delay in it\n",
		    o->sides[1], a, ns < 0 ? "behind" : "ahead of",
		    o->sides[0]);
}

static void
add_note(struct strbuf *out, const char *what, uint64_t count,
    const char *advice)
{
	if (count > 0)
		strbuf_addf(out, "note: %s: %" PRIu64 "; %s\n", what, count,
		    advice);
}

static void
note_packets(const struct flows_counts *c, struct strbuf *out)
{
	add_note(out, "packets cut before their ports", c->cut,
	    "capture with -s 128 or more");
	add_note(out, "packets cut before where a number might be",
	    c->shortened, "capture with -s 128 or more");
	add_note(out, "packets that are not well formed", c->bad,
	    "they belong to no stream");
	add_note(out, "fragments behind a first one", c->fragments,
	    "they belong to no stream");
	add_note(out, "packets of a link type that is not read",
	    c->unknown_link, "capture on another interface");
	add_note(out, "packets of more streams than --max-flows", c->untold,
	    "choose some with --filter");
}

static void
write_notes(const struct streams *s, struct strbuf *out)
{
	uint64_t unnumbered = 0, settled = 0, ends = 0;
	const struct stream *st;
	size_t i;

	for (i = 0; i < s->whole; i++) {
		st = &s->list[i];
		unnumbered += !st->numbers;
		settled += st->losses.settled;
		if (st->from != st->to)
			ends += st->losses.before + st->losses.behind;
	}
	note_packets(&s->flows->counts, out);
	add_note(out, "streams of hosts that only one side saw", s->one_side,
	    "nothing can be said of their loss between the two");
	add_note(out, "streams without numbers that count", unnumbered,
	    "what was lost of them cannot be told");
	add_note(out, "streams with more gaps than are kept", settled,
	    "of the others only the sums and the longest are told");
	add_note(out,
	    "lost packets sent before the receiver's first or after its last",
	    ends, "was its capture running?");
}

void
streams_write_text(const struct streams *s, const struct trace *t,
    const struct streams_text *o, struct strbuf *out)
{
	strbuf_addf(out, "%" PRIu64 " packets, %zu flow%s, %zu interface%s\n",
	    s->flows->counts.packets, s->flows->n_flows,
	    s->flows->n_flows == 1 ? "" : "s", s->flows->n_places,
	    s->flows->n_places == 1 ? "" : "s");
	write_clock(s, o, out);
	strbuf_addc(out, '\n');
	write_table(s, o, out);
	write_gaps(s, t, o, out);
	strbuf_addc(out, '\n');
	write_notes(s, out);
	streams_sentence(s, t, out);
	strbuf_addc(out, '\n');
}

void
streams_sentence(const struct streams *s, const struct trace *t,
    struct strbuf *out)
{
	const struct trace_gap *g, *worst = NULL;
	uint64_t lost = 0, unsent = 0, again = 0;
	char text[DUR_TEXT];
	size_t i;

	for (i = 0; i < s->whole; i++) {
		if (s->list[i].flow->kind == NUMBERING_TCP)
			again += s->list[i].losses.lost;
		else
			lost += s->list[i].losses.lost;
		unsent += s->list[i].losses.unsent;
	}
	for (i = 0; i < t->n_gaps; i++) {
		g = &t->gaps[i];
		if (worst == NULL ||
		    outage_since(g->to_ns, g->from_ns) >
			outage_since(worst->to_ns, worst->from_ns))
			worst = g;
	}
	strbuf_addf(out, "%" PRIu64 " packet%s lost", lost,
	    lost == 1 ? "" : "s");
	if (unsent > 0)
		strbuf_addf(out, ", %" PRIu64 " never %s", unsent,
		    s->two_sided ? "sent" : "seen");
	if (again > 0)
		strbuf_addf(out, ", %" PRIu64 " TCP segment%s sent again",
		    again, again == 1 ? "" : "s");
	if (worst == NULL) {
		strbuf_adds(out, ", no gap");
		return;
	}
	strbuf_addf(out, ", longest gap %s",
	    dur_us(outage_since(worst->to_ns, worst->from_ns), text));
	if (worst->why[0] != '\0') {
		strbuf_adds(out, ", ");
		clean_text(out, worst->why);
	}
}
