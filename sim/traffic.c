/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/traffic.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/netpath.h"

struct turn { /* from this moment on, packets fare so */
	int64_t at_ns;
	enum path path;
};

struct turns {
	struct turn *list;
	size_t count, cap;
};

struct frame { /* one packet, sent; its fate once known */
	int64_t sent_ns;
	enum path path;
};

struct stream {
	struct traffic *t;
	const struct scn_probe *probe;
	const char *way;
	bool from_guest, echo;
	struct ipaddr to;
	struct turns out; /* this stream's own destination */
	int64_t start_ns, stop_ns;
	/* frame by frame */
	struct vevent next;
	struct frame *frames;
	size_t n_frames, cap_frames;
};

struct flight { /* a frame under way */
	struct vevent event;
	struct stream *s;
	size_t frame;
	bool landed;
};

struct traffic {
	struct traffic_setup setup;
	struct turns in; /* from the peer to the guest */
	struct stream *streams;
	size_t n_streams, cap_streams;
	struct flight **flights;
	size_t n_flights, cap_flights;
	int64_t latency_ns; /* one way */
};

static void send_fire(void *ctx, struct vevent *e);

/* --- the moments at which things change -------------------------------------
 */

static void
turns_add(struct turns *u, int64_t at_ns, enum path path)
{
	struct turn *last = u->count > 0 ? &u->list[u->count - 1] : NULL;

	if (last != NULL && last->at_ns == at_ns) {
		last->path = path;
		/* Back to what it was before this instant. */
		if (u->count > 1 && u->list[u->count - 2].path == path)
			u->count--;
		return;
	}
	if (last != NULL && last->path == path)
		return;
	last = MEM_PUSH(u->list, u->count, u->cap);
	last->at_ns = at_ns;
	last->path = path;
}

static enum path
path_out(const struct stream *s)
{
	const struct machine *m = s->t->setup.m;

	return vclock_is_frozen(&m->clock) ? PATH_VM_FROZEN
					   : netpath_out(m, &s->to);
}

static enum path
path_in(const struct traffic *t)
{
	const struct machine *m = t->setup.m;

	return vclock_is_frozen(&m->clock)
	    ? PATH_VM_FROZEN
	    : netpath_in(m, t->setup.hn, &t->setup.guest);
}

void
traffic_look(struct traffic *t)
{
	struct machine *m = t->setup.m;
	size_t i;

	if (!m->path_changed)
		return;
	m->path_changed = false;
	turns_add(&t->in, m->clock.now_ns, path_in(t));
	for (i = 0; i < t->n_streams; i++)
		if (t->streams[i].from_guest)
			turns_add(&t->streams[i].out, m->clock.now_ns,
			    path_out(&t->streams[i]));
}

/* --- setting up --- */

static void
add_stream(struct traffic *t, const struct scn_probe *p, const char *way)
{
	struct stream *s = MEM_PUSH(t->streams, t->n_streams, t->cap_streams);

	s->probe = p;
	s->way = way;
	s->echo = strcmp(way, "echo") == 0;
	s->from_guest = s->echo || strcmp(way, "out") == 0;
	s->to = t->setup.peer;
	if (memcmp(p->to, "\0\0\0\0", 4) != 0) {
		memset(&s->to, 0, sizeof(s->to));
		s->to.family = 4;
		s->to.prefix = 32;
		memcpy(s->to.bytes, p->to, 4);
	}
	s->start_ns = p->from_ns;
	s->stop_ns = p->until_ns >= 0 && p->until_ns < t->setup.end_ns
	    ? p->until_ns
	    : t->setup.end_ns;
}

static void
arm_streams(struct traffic *t)
{
	struct stream *s;
	size_t i;

	for (i = 0; i < t->n_streams; i++) {
		s = &t->streams[i];
		s->t = t;
		s->next.fire = send_fire;
		s->next.ctx = s;
		s->next.domain = s->from_guest ? VGUEST : VHOST;
		s->next.timer.rank = VRANK_PACKET;
		if (t->setup.frames && s->start_ns < s->stop_ns)
			vclock_at(&t->setup.m->clock, &s->next, s->start_ns);
	}
}

struct traffic *
traffic_new(const struct traffic_setup *setup)
{
	struct traffic *t = mem_zero(1, sizeof(*t));
	const struct scn_probe *p;
	size_t i;

	t->setup = *setup;
	t->latency_ns = machine_delay(setup->m, "wire.latency");
	for (i = 0; i < setup->s->n_probes; i++) {
		p = &setup->s->probes[i];
		if (p->way == SCN_ECHO)
			add_stream(t, p, "echo");
		if (p->way == SCN_OUT || p->way == SCN_BOTH)
			add_stream(t, p, "out");
		if (p->way == SCN_IN || p->way == SCN_BOTH)
			add_stream(t, p, "in");
	}
	arm_streams(t);
	setup->m->path_changed = true;
	return t;
}

void
traffic_free(struct traffic *t)
{
	size_t i;

	if (t == NULL)
		return;
	for (i = 0; i < t->n_streams; i++) {
		free(t->streams[i].out.list);
		free(t->streams[i].frames);
	}
	for (i = 0; i < t->n_flights; i++)
		free(t->flights[i]);
	free(t->flights);
	free(t->streams);
	free(t->in.list);
	free(t);
}

/* --- in closed form --- */

/* Walks a list of turns, its moments shifted earlier by shift_ns. */
struct walk {
	const struct turns *turns;
	size_t at;
	int64_t shift_ns;
};

static int64_t
next_turn(const struct walk *w)
{
	return w->at + 1 < w->turns->count
	    ? w->turns->list[w->at + 1].at_ns - w->shift_ns
	    : INT64_MAX;
}

static void
walk_to(struct walk *w, int64_t at_ns)
{
	while (next_turn(w) <= at_ns)
		w->at++;
}

static enum path
walk_path(const struct walk *w)
{
	return w->turns->count == 0 ? PATH_OK : w->turns->list[w->at].path;
}

static void
count(struct continuity *c, uint64_t n, int64_t first_ns, enum path p)
{
	continuity_add(c, n, first_ns,
	    p == PATH_OK	     ? PACKET_DELIVERED
		: path_is_refusal(p) ? PACKET_REFUSED
				     : PACKET_LOST,
	    (int)p);
}

/* The first sending time at or after at_ns. */
static int64_t
next_send(const struct stream *s, int64_t at_ns)
{
	int64_t period = s->probe->period_ns;

	if (at_ns <= s->start_ns)
		return s->start_ns;
	return s->start_ns +
	    (at_ns - s->start_ns + period - 1) / period * period;
}

static void
closed_form(const struct stream *s, int64_t from_ns, int64_t until_ns,
    struct continuity *c)
{
	const struct traffic *t = s->t;
	struct walk out = { .turns = &s->out };
	struct walk in = { .turns = &t->in,
		.shift_ns = t->latency_ns * (s->echo ? 2 : 1) };
	bool returns = s->echo || !s->from_guest;
	int64_t at, end, period = s->probe->period_ns;
	enum path p;
	uint64_t n;

	if (until_ns > s->stop_ns)
		until_ns = s->stop_ns;
	for (at = next_send(s, from_ns); at < until_ns;) {
		end = until_ns;
		p = PATH_OK;
		if (s->from_guest) {
			walk_to(&out, at);
			p = walk_path(&out);
			end = next_turn(&out) < end ? next_turn(&out) : end;
		}
		if (returns && p == PATH_OK) {
			walk_to(&in, at);
			p = walk_path(&in);
			end = next_turn(&in) < end ? next_turn(&in) : end;
		} else if (s->from_guest && p == PATH_VM_FROZEN) {
			/* A frozen sender sends nothing. */
			at = next_send(s, end);
			continue;
		}
		n = (uint64_t)((end - at + period - 1) / period);
		count(c, n, at, p);
		at += (int64_t)n * period;
	}
	continuity_end(c);
}

/* --- frame by frame --- */

static void
arrive_fire(void *ctx, struct vevent *e)
{
	struct flight *f = ctx;

	(void)e;
	f->landed = true;
	f->s->frames[f->frame].path = path_in(f->s->t);
}

/* What is in flight at the end meets the machine as it then is. */
static void
land_all(struct traffic *t)
{
	size_t i;

	for (i = 0; i < t->n_flights; i++)
		if (!t->flights[i]->landed) {
			vclock_cancel(&t->setup.m->clock,
			    &t->flights[i]->event);
			arrive_fire(t->flights[i], NULL);
		}
}

static void
send_frame(struct stream *s)
{
	struct traffic *t = s->t;
	struct vclock *clock = &t->setup.m->clock;
	struct frame *f = MEM_PUSH(s->frames, s->n_frames, s->cap_frames);
	struct flight *flight;

	f->sent_ns = clock->now_ns;
	f->path = s->from_guest ? path_out(s) : PATH_OK;
	if (f->path != PATH_OK || (s->from_guest && !s->echo))
		return;
	flight = mem_zero(1, sizeof(*flight));
	*MEM_PUSH(t->flights, t->n_flights, t->cap_flights) = flight;
	flight->s = s;
	flight->frame = s->n_frames - 1;
	flight->event.fire = arrive_fire;
	flight->event.ctx = flight;
	flight->event.domain = VHOST;
	flight->event.timer.rank = VRANK_PACKET;
	vclock_after(clock, &flight->event, t->latency_ns * (s->echo ? 2 : 1));
}

static void
send_fire(void *ctx, struct vevent *e)
{
	struct stream *s = ctx;
	struct vclock *clock = &s->t->setup.m->clock;
	int64_t at = next_send(s, clock->now_ns);

	/* Late after a freeze: what was not sent stays unsent. */
	if (at == clock->now_ns) {
		send_frame(s);
		at += s->probe->period_ns;
	}
	if (at < s->stop_ns)
		vclock_at(clock, e, at);
}

static void
frame_by_frame(const struct stream *s, int64_t from_ns, int64_t until_ns,
    struct continuity *c)
{
	size_t i;

	for (i = 0; i < s->n_frames; i++)
		if (s->frames[i].sent_ns >= from_ns &&
		    s->frames[i].sent_ns < until_ns)
			count(c, 1, s->frames[i].sent_ns, s->frames[i].path);
	continuity_end(c);
}

/* --- results --- */

static void
evaluate(const struct stream *s, int64_t from_ns, int64_t until_ns,
    struct continuity *c)
{
	continuity_init(c, s->probe->period_ns);
	if (s->t->setup.frames)
		frame_by_frame(s, from_ns, until_ns, c);
	else
		closed_form(s, from_ns, until_ns, c);
}

/* The newest state change and record at the moment of the first packet that
 * is missing: what a person looks for first. */
static void
explain(struct trace *tr, struct trace_gap *g, int64_t at_ns)
{
	size_t i;

	g->state = g->record = TRACE_NONE;
	for (i = 0; i < tr->n_states && tr->states[i].at_ns <= at_ns; i++)
		if (strcmp(tr->states[i].object, "sysctl") != 0)
			g->state = (int32_t)i;
	for (i = 0; i < tr->n_records; i++)
		if (tr->records[i].emit_ns <= g->to_ns &&
		    tr->records[i].emit_ns >= g->from_ns) {
			g->record = (int32_t)i;
			break;
		}
}

static void
report_stream(struct trace *tr, const struct stream *s)
{
	const struct continuity_gap *longest;
	struct trace_probe *p;
	struct trace_gap *g;
	struct continuity c;
	size_t i;

	evaluate(s, 0, INT64_MAX, &c);
	p = MEM_PUSH(tr->probes, tr->n_probes, tr->cap_probes);
	p->name = mem_str(s->probe->name);
	p->way = mem_str(s->way);
	p->period_ns = s->probe->period_ns;
	p->sent = c.sent - c.refused;
	p->delivered = c.delivered;
	p->lost = c.lost;
	p->send_errors = c.refused;
	longest = continuity_longest(&c);
	if (longest != NULL) {
		p->longest_gap_ns = longest->to_ns - longest->from_ns;
		p->longest_gap_at_ns = longest->from_ns;
	}
	for (i = 0; i < c.n_gaps; i++) {
		g = MEM_PUSH(tr->gaps, tr->n_gaps, tr->cap_gaps);
		g->probe = (int32_t)(tr->n_probes - 1);
		g->first_seq = c.gaps[i].first_seq;
		g->count = c.gaps[i].missing;
		g->send_errors = c.gaps[i].refused;
		g->from_ns = c.gaps[i].from_ns;
		g->to_ns = c.gaps[i].to_ns;
		g->why = mem_str(g->count == 0
			? "the sender stood still: the VM was frozen"
			: path_text((enum path)c.gaps[i].why));
		explain(tr, g, g->from_ns + s->probe->period_ns);
	}
	continuity_fini(&c);
}

void
traffic_report(struct traffic *t)
{
	size_t i;

	land_all(t);
	for (i = 0; i < t->n_streams; i++)
		report_stream(t->setup.m->trace, &t->streams[i]);
}

bool
traffic_judge(void *ctx, const char *name, int64_t from_ns, int64_t until_ns,
    struct judge_probe *out)
{
	struct traffic *t = ctx;
	const struct continuity_gap *g;
	struct continuity c;
	bool found = false;
	size_t i;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < t->n_streams; i++) {
		if (strcmp(t->streams[i].probe->name, name) != 0)
			continue;
		found = true;
		evaluate(&t->streams[i], from_ns, until_ns, &c);
		out->sent += c.sent - c.refused;
		out->lost += c.lost + c.refused;
		out->refused += c.refused;
		g = continuity_longest(&c);
		if (g != NULL && g->to_ns - g->from_ns > out->longest_gap_ns) {
			out->longest_gap_ns = g->to_ns - g->from_ns;
			out->longest_gap_at_ns = g->from_ns;
		}
		continuity_fini(&c);
	}
	return found;
}
