/* SPDX-License-Identifier: BSD-2-Clause */
#include "stream_maker.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/prng.h"
#include "packet/probehdr.h"

#define MAGIC_AT_UDP (14 + 20 + 8)

static bool
within(uint64_t n, uint64_t at, uint64_t count)
{
	return count > 0 && n >= at && n < at + count;
}

static void
arrive(struct made *m, uint64_t number, int64_t sent_ns, int64_t at_ns)
{
	struct maker_event *e = MEM_PUSH(m->came, m->n_came, m->cap_came);

	e->number = number;
	e->sent_ns = sent_ns;
	e->at_ns = at_ns;
	e->order = m->n_came;
}

static int
by_time(const void *a, const void *b)
{
	const struct maker_event *x = a, *y = b;

	if (x->at_ns != y->at_ns)
		return x->at_ns < y->at_ns ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static bool
one_in(struct prng *p, unsigned of_ten_thousand)
{
	return prng_below(p, 10000) < of_ten_thousand;
}

struct made *
maker_make(const struct maker *k)
{
	struct made *m = mem_zero(1, sizeof(*m));
	int64_t at = k->start_ns, under_way;
	struct maker_event *e;
	struct prng p;
	uint64_t n;

	m->maker = *k;
	prng_seed(&p, k->seed);
	for (n = 0; n < k->count; n++, at += k->period_ns) {
		if (k->pause_ns > 0 && n == k->pause_at)
			at += k->pause_ns;
		if (within(n, k->refused_at, k->refused))
			continue;
		e = MEM_PUSH(m->sent, m->n_sent, m->cap_sent);
		e->number = n;
		e->sent_ns = e->at_ns = at;
		e->order = m->n_sent;
		if (within(n, k->burst_at, k->burst) || one_in(&p, k->lost))
			continue;
		under_way = k->latency_ns;
		if (one_in(&p, k->held))
			under_way +=
			    1 + (int64_t)prng_below(&p, (uint64_t)k->held_ns);
		arrive(m, n, at, at + under_way);
		while (one_in(&p, k->doubled))
			arrive(m, n, at,
			    at + under_way +
				(int64_t)prng_below(&p,
				    (uint64_t)k->held_ns + 1));
	}
	if (m->n_came > 0)
		qsort(m->came, m->n_came, sizeof(*m->came), by_time);
	return m;
}

void
made_free(struct made *m)
{
	free(m->sent);
	free(m->came);
	free(m);
}

/* --- the truth --- */

struct look {
	const struct made *m;
	uint8_t *times;	 /* that a number came */
	int64_t *passed; /* when the first with a higher number came, or -1 */
	struct truth *t;
	int64_t late_ns;
};

/* Per arrival, as RFC 4737 counts: the slow way. */
static void
look_at_order(struct look *l)
{
	const struct maker_event *e;
	uint64_t next = 0, arrivals = 0, k;
	uint64_t *passed_at =
	    mem_zero(l->m->maker.count + 1, sizeof(*passed_at));
	int64_t least = INT64_MAX, delay, late;
	bool late_one, again;
	size_t i;

	for (i = 0; i < l->m->n_came; i++) {
		e = &l->m->came[i];
		again = l->times[e->number]++ > 0;
		if (again) {
			l->t->duplicated++;
			continue;
		}
		late = 0;
		if (i == 0)
			next = 0;
		if (e->number < next) {
			l->t->reordered++;
			late = e->at_ns - l->passed[e->number];
			if (late > l->t->late_max_ns)
				l->t->late_max_ns = late;
			k = arrivals - passed_at[e->number];
			if (k > l->t->extent_max)
				l->t->extent_max = k;
		}
		delay = e->at_ns - e->sent_ns;
		least = delay < least ? delay : least;
		late_one = l->m->maker.kind == MAKER_PROBE
		    ? delay - least > l->late_ns
		    : late > l->late_ns;
		l->t->late += late_one;
		for (k = next; k < e->number; k++) {
			l->passed[k] = e->at_ns;
			passed_at[k] = arrivals;
		}
		if (e->number >= next)
			next = e->number + 1;
		arrivals++;
	}
	free(passed_at);
}

/* In sending times, over every packet that was sent: the longest way from one
 * that came to the next that did. */
static void
look_at_gaps(struct look *l)
{
	const struct maker_event *s = l->m->sent;
	int64_t last = s[0].at_ns, step;
	bool any = false;
	size_t i;

	for (i = 0; i < l->m->n_sent; i++) {
		if (l->times[s[i].number] == 0)
			continue;
		step = s[i].at_ns - last;
		if (step > l->m->maker.period_ns + l->m->maker.period_ns / 2) {
			if (step > l->t->longest_ns)
				l->t->longest_ns = step;
			if (any && step > l->t->longest_one_side_ns)
				l->t->longest_one_side_ns = step;
		}
		last = s[i].at_ns;
		any = true;
	}
	step = s[l->m->n_sent - 1].at_ns - last;
	if (step > l->t->longest_ns)
		l->t->longest_ns = step;
}

void
made_truth(const struct made *m, int64_t late_ns, struct truth *t)
{
	uint64_t n, low = UINT64_MAX, high = 0;
	struct look l = { .m = m, .t = t, .late_ns = late_ns };

	memset(t, 0, sizeof(*t));
	l.times = mem_zero(m->maker.count + 1, 1);
	l.passed = mem_zero(m->maker.count + 1, sizeof(*l.passed));
	look_at_order(&l);
	t->sent = m->n_sent;
	for (n = 0; n < m->maker.count; n++) {
		if (l.times[n] == 0)
			continue;
		t->delivered++;
		low = n < low ? n : low;
		high = n;
	}
	t->lost = t->sent - t->delivered;
	if (t->delivered > 0)
		t->missing = high + 1 - low - t->delivered;
	if (m->n_sent > 0) {
		t->unsent = m->sent[m->n_sent - 1].number + 1 -
		    m->sent[0].number - m->n_sent;
		look_at_gaps(&l);
	}
	free(l.times);
	free(l.passed);
}

/* --- as packets --- */

void
made_give(const struct made *m, const struct maker_event *e, bool arrival,
    int64_t clock_ns, size_t place, struct flows *f)
{
	struct probe_frame p = { .src.family = 4, .dst.family = 4 };
	struct flows_packet packet = { .place = place };
	uint8_t frame[PROBE_FRAME_MAX];

	memcpy(p.src.bytes, m->maker.back ? "\012\0\0\001" : "\012\0\0\004", 4);
	memcpy(p.dst.bytes, m->maker.back ? "\012\0\0\004" : "\012\0\0\001", 4);
	p.icmp = m->maker.kind == MAKER_ECHO;
	p.kind = p.icmp ? PROBE_REQUEST : PROBE_ONE_WAY;
	p.stream = m->maker.stream;
	p.src_port = m->maker.back ? PROBE_UDP_PORT
				   : (uint16_t)(49152 + m->maker.stream);
	p.dst_port = m->maker.back ? (uint16_t)(49152 + m->maker.stream)
				   : PROBE_UDP_PORT;
	p.sequence = m->maker.first + e->number;
	p.sent_ns = e->sent_ns;
	packet.wire_bytes = packet.bytes =
	    (uint32_t)probe_frame_encode(&p, frame);
	if (m->maker.kind != MAKER_PROBE)
		frame[MAGIC_AT_UDP] ^= 0xff; /* somebody else's */
	packet.data = frame;
	packet.at_ns = (arrival ? e->at_ns : e->sent_ns) + clock_ns;
	flows_add(f, &packet);
}
