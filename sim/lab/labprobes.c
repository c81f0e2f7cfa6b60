/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/lab/labprobes.h"

#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "packet/continuity.h"
#include "sim/packets/proberows.h"

#define TENTH_MS INT64_C(100000)

struct packet {
	uint64_t seq;
	int64_t at_ns; /* from the origin */
	int refused;
	uint32_t copies; /* that arrived */
	bool reordered, late;
};

struct arrival {
	const struct labprobes_got *got;
	struct packet *packet;
};

struct oddity {
	int64_t at_ns;
	uint64_t seq;
	const char *kind;
};

struct stream {
	char *name, *way;
	int64_t period_ns;
	struct packet *packets; /* in the order of their numbers */
	size_t n_packets;
	struct oddity *oddities;
	size_t n_oddities, cap_oddities;
};

struct stop {
	int64_t from_ns, to_ns; /* from the origin */
};

struct labprobes {
	int64_t origin_ns;
	struct stream *streams;
	size_t n_streams, cap_streams;
	struct stop *stops; /* none touches another */
	size_t n_stops, cap_stops;
	uint64_t strays;
};

struct labprobes *
labprobes_new(int64_t origin_ns)
{
	struct labprobes *l = mem_zero(1, sizeof(*l));

	l->origin_ns = origin_ns;
	return l;
}

void
labprobes_free(struct labprobes *l)
{
	size_t i;

	if (l == NULL)
		return;
	for (i = 0; i < l->n_streams; i++) {
		free(l->streams[i].name);
		free(l->streams[i].way);
		free(l->streams[i].packets);
		free(l->streams[i].oddities);
	}
	free(l->streams);
	free(l->stops);
	free(l);
}

/* --- what was sent --- */

static int
by_seq(const void *a, const void *b)
{
	const struct packet *x = a, *y = b;

	return (x->seq > y->seq) - (x->seq < y->seq);
}

/* The numbers tell the order. Times of two stretches of a guest's clock may
 * overlap by what they are uncertain; none may run back. */
static void
take_sent(struct stream *st, int64_t origin_ns,
    const struct labprobes_stream *s)
{
	struct packet *p;
	size_t i, kept = 0;

	st->packets = mem_zero(s->n_sent + 1, sizeof(*st->packets));
	for (i = 0; i < s->n_sent; i++) {
		st->packets[i].seq = s->sent[i].seq;
		st->packets[i].at_ns = s->sent[i].at_ns - origin_ns;
		st->packets[i].refused = s->sent[i].refused;
	}
	qsort(st->packets, s->n_sent, sizeof(*st->packets), by_seq);
	for (i = 0; i < s->n_sent; i++) {
		p = &st->packets[kept];
		if (kept > 0 && st->packets[i].seq == p[-1].seq)
			continue; /* told twice */
		*p = st->packets[i];
		if (kept > 0 && p->at_ns < p[-1].at_ns)
			p->at_ns = p[-1].at_ns;
		kept++;
	}
	st->n_packets = kept;
}

/* --- what arrived --- */

/* By time; what is equal stays as it was told. */
static int
by_time(const void *a, const void *b)
{
	const struct labprobes_got *x = ((const struct arrival *)a)->got;
	const struct labprobes_got *y = ((const struct arrival *)b)->got;

	if (x->at_ns != y->at_ns)
		return x->at_ns > y->at_ns ? 1 : -1;
	return (x > y) - (x < y);
}

/* Those whose sending is known, in the order in which they came. */
static size_t
gather(struct labprobes *l, const struct stream *st,
    const struct labprobes_stream *s, struct arrival *out)
{
	struct packet key = { 0 };
	size_t i, n = 0;

	for (i = 0; i < s->n_got; i++) {
		key.seq = s->got[i].seq;
		out[n].got = &s->got[i];
		out[n].packet = bsearch(&key, st->packets, st->n_packets,
		    sizeof(key), by_seq);
		if (out[n].packet != NULL)
			n++;
		else
			l->strays++;
	}
	qsort(out, n, sizeof(*out), by_time);
	return n;
}

static int64_t
delay_of(const struct labprobes *l, const struct arrival *a)
{
	return a->got->at_ns - l->origin_ns - a->packet->at_ns;
}

static int64_t
fastest(const struct labprobes *l, const struct arrival *list, size_t n)
{
	int64_t least = INT64_MAX;
	size_t i;

	for (i = 0; i < n; i++)
		if (delay_of(l, &list[i]) < least)
			least = delay_of(l, &list[i]);
	return least;
}

static void
note(const struct labprobes *l, struct stream *st, const struct arrival *a,
    const char *kind)
{
	struct oddity *o;

	if (st->n_oddities == LABPROBES_ODDITIES)
		return;
	o = MEM_PUSH(st->oddities, st->n_oddities, st->cap_oddities);
	o->at_ns = a->got->at_ns - l->origin_ns;
	o->seq = a->packet->seq;
	o->kind = kind;
}

static void
take_got(struct labprobes *l, struct stream *st,
    const struct labprobes_stream *s)
{
	struct arrival *list = mem_zero(s->n_got + 1, sizeof(*list));
	size_t i, n = gather(l, st, s, list);
	int64_t least = fastest(l, list, n);
	uint64_t expected = 0; /* RFC 4737's NextExp */
	struct packet *p;

	for (i = 0; i < n; i++) {
		p = list[i].packet;
		if (p->copies++ > 0) {
			note(l, st, &list[i], "duplicated");
			continue;
		}
		if (p->seq < expected) {
			p->reordered = true;
			note(l, st, &list[i], "reordered");
		} else {
			expected = p->seq + 1;
		}
		if (delay_of(l, &list[i]) - least > LABPROBES_LATE) {
			p->late = true;
			note(l, st, &list[i], "late");
		}
	}
	free(list);
}

void
labprobes_add(struct labprobes *l, const struct labprobes_stream *s)
{
	struct stream *st = MEM_PUSH(l->streams, l->n_streams, l->cap_streams);

	st->name = mem_str(s->name);
	st->way = mem_str(s->way);
	st->period_ns = s->period_ns;
	take_sent(st, l->origin_ns, s);
	take_got(l, st, s);
}

uint64_t
labprobes_strays(const struct labprobes *l)
{
	return l->strays;
}

/* --- stops --- */

void
labprobes_add_stop(struct labprobes *l, int64_t from_ns, int64_t to_ns)
{
	struct stop all = { from_ns - l->origin_ns, to_ns - l->origin_ns };
	const struct stop *s;
	size_t i, kept = 0;

	for (i = 0; i < l->n_stops; i++) {
		s = &l->stops[i];
		if (s->to_ns < all.from_ns || s->from_ns > all.to_ns) {
			l->stops[kept++] = *s;
			continue;
		}
		if (s->from_ns < all.from_ns)
			all.from_ns = s->from_ns;
		if (s->to_ns > all.to_ns)
			all.to_ns = s->to_ns;
	}
	l->n_stops = kept;
	*MEM_PUSH(l->stops, l->n_stops, l->cap_stops) = all;
}

static int64_t
stopped_within(const struct labprobes *l, int64_t from_ns, int64_t to_ns)
{
	int64_t sum = 0, from, to;
	size_t i;

	for (i = 0; i < l->n_stops; i++) {
		from = l->stops[i].from_ns;
		to = l->stops[i].to_ns;
		from = from > from_ns ? from : from_ns;
		to = to < to_ns ? to : to_ns;
		sum += to > from ? to - from : 0;
	}
	return sum;
}

/* --- results --- */

static bool
is_within(const struct packet *p, int64_t from_ns, int64_t until_ns)
{
	return p->at_ns >= from_ns && p->at_ns < until_ns;
}

static void
evaluate(const struct stream *st, int64_t from_ns, int64_t until_ns,
    struct continuity *c)
{
	const struct packet *p;
	size_t i;

	/* Only one packet at a time is told of, so the period is only what
	 * a pause is longer than. */
	continuity_init(c,
	    st->period_ns +
		(st->period_ns / 2 > LABPROBES_PAUSE ? st->period_ns / 2
						     : LABPROBES_PAUSE));
	for (i = 0; i < st->n_packets; i++) {
		p = &st->packets[i];
		if (!is_within(p, from_ns, until_ns))
			continue;
		continuity_add(c, 1, p->at_ns,
		    p->copies > 0	  ? PACKET_DELIVERED
			: p->refused != 0 ? PACKET_REFUSED
					  : PACKET_LOST,
		    p->refused);
	}
	continuity_end(c);
}

static char *
why(const void *ctx, const struct continuity_gap *gap)
{
	const struct labprobes *l = ctx;
	int64_t stopped = stopped_within(l, gap->from_ns, gap->to_ns);
	struct strbuf text = { 0 };
	char dur[DUR_TEXT];

	if (gap->missing == 0)
		strbuf_adds(&text, "the sender stood still");
	else if (gap->why != 0)
		strbuf_addf(&text, "refused: %s", strerror(gap->why));
	else
		strbuf_adds(&text, "lost on the way");
	if (stopped > 0)
		strbuf_addf(&text, "; the VM was frozen for %s of it",
		    dur_format((stopped + TENTH_MS / 2) / TENTH_MS * TENTH_MS,
			dur));
	return strbuf_take(&text);
}

static void
report_stream(const struct labprobes *l, const struct stream *st,
    struct trace *t)
{
	struct proberows rows = { .name = st->name,
		.way = st->way,
		.period_ns = st->period_ns,
		.why = why,
		.ctx = l };
	struct trace_probe *row;
	struct continuity c;
	size_t i, gaps = t->n_gaps;

	evaluate(st, INT64_MIN, INT64_MAX, &c);
	row = proberows_add(&rows, &c, t);
	continuity_fini(&c);
	/* A packet's own number, as captures show it, where some were not
	 * used. */
	for (i = gaps; i < t->n_gaps; i++)
		t->gaps[i].first_seq = st->packets[t->gaps[i].first_seq].seq;
	for (i = 0; i < st->n_packets; i++) {
		row->duplicated +=
		    st->packets[i].copies > 1 ? st->packets[i].copies - 1 : 0;
		row->reordered += st->packets[i].reordered;
		row->late += st->packets[i].late;
	}
	for (i = 0; i < st->n_oddities; i++)
		trace_add_oddity(t, (int32_t)(t->n_probes - 1),
		    st->oddities[i].at_ns, st->oddities[i].seq,
		    st->oddities[i].kind);
}

void
labprobes_report(const struct labprobes *l, struct trace *t)
{
	size_t i;

	for (i = 0; i < l->n_streams; i++)
		report_stream(l, &l->streams[i], t);
}

bool
labprobes_judge(void *ctx, const char *name, int64_t from_ns, int64_t until_ns,
    struct judge_probe *out)
{
	const struct labprobes *l = ctx;
	const struct stream *st;
	const struct packet *p;
	struct continuity c;
	bool found = false;
	size_t i, k;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < l->n_streams; i++) {
		st = &l->streams[i];
		if (strcmp(st->name, name) != 0)
			continue;
		found = true;
		evaluate(st, from_ns, until_ns, &c);
		proberows_judge(&c, out);
		continuity_fini(&c);
		for (k = 0; k < st->n_packets; k++) {
			p = &st->packets[k];
			if (!is_within(p, from_ns, until_ns))
				continue;
			out->duplicated += p->copies > 1 ? p->copies - 1 : 0;
			out->reordered += p->reordered;
		}
	}
	return found;
}

bool
labprobes_longest(const struct labprobes *l, const char *name, const char *way,
    int64_t from_ns, int64_t until_ns, struct labprobes_gap *out)
{
	const struct continuity_gap *g;
	const struct stream *st;
	struct continuity c;
	bool found = false;
	size_t i;

	for (i = 0; i < l->n_streams && !found; i++) {
		st = &l->streams[i];
		if (strcmp(st->name, name) != 0 || strcmp(st->way, way) != 0)
			continue;
		evaluate(st, from_ns, until_ns, &c);
		g = continuity_longest(&c);
		found = g != NULL;
		if (found) {
			out->from_ns = g->from_ns;
			out->to_ns = g->to_ns;
			out->stopped_ns =
			    stopped_within(l, g->from_ns, g->to_ns);
			out->rest_ns = g->to_ns - g->from_ns - out->stopped_ns;
			out->missing = g->missing;
			out->refused = g->refused;
		}
		continuity_fini(&c);
	}
	return found;
}
