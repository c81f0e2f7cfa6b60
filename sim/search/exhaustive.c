/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/search/exhaustive.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/dur.h"
#include "base/mem.h"
#include "failover/native.h"
#include "sim/search/smallworld.h"
#include "sim/search/states.h"

#define UNIT	   DUR_SEC /* of coarse time */
#define MOST_DUE   64
#define MOST_STEPS 10000 /* without a choice */

/* A VF that is up may wait so long for its link (failover/native.h): an engine
 * that looks again later has nothing under way. */
#define UNDER_WAY (NATIVE_GRACE_LAST + DUR_SEC / 2)

struct fork { /* a choice that was open */
	uint16_t taken, width;
	uint32_t state; /* that it was made in */
};

struct search {
	const struct exhaustive *e;
	struct exhaustive_result *out;
	struct smallworld world;
	struct profile *profile; /* coarse */
	struct simstage stage;
	struct states states;
	struct fork *path;
	size_t n_path, cap_path;
	size_t next; /* choice of the path that comes next */

	/* the history that is under way */
	struct simwalk *walk;
	struct machine *m;
	struct watch watch;
	unsigned events, faults; /* that may still come */
	unsigned under_way;	 /* came since all rested */
	bool begun;		 /* it has come to its first rest */
	uint32_t state;
	uint32_t *met; /* states that were new in it */
	size_t n_met, cap_met;

	/* instead of a search, this path is told of */
	void (*told)(void *ctx, const struct trace *t);
	void *ctx;
	bool lost; /* the path has choices that there are not */
};

/* --- choices --- */

static size_t
choose(struct search *s, size_t width)
{
	struct fork *f;

	if (width < 2)
		return 0;
	if (s->next == s->n_path) {
		f = MEM_PUSH(s->path, s->n_path, s->cap_path);
		f->width = (uint16_t)width;
		f->state = s->state;
	}
	f = &s->path[s->next++];
	if (s->told == NULL) {
		assert(f->width == width);
	} else if (f->taken >= width) { /* of a path that was given */
		s->lost = true;
		return 0;
	}
	return f->taken;
}

/* The next path: the last choice that has something left takes it. */
static bool
turn(struct search *s)
{
	struct fork *f;

	while (s->n_path > 0) {
		f = &s->path[s->n_path - 1];
		if (++f->taken < f->width)
			return true;
		s->n_path--;
	}
	return false;
}

static bool
strikes(void *ctx, const struct scn_injection *in)
{
	struct search *s = ctx;

	(void)in;
	if (!s->begun || s->faults == 0 || choose(s, 2) == 0)
		return false;
	s->faults--;
	return true;
}

/* --- states --- */

static bool
is_over(const struct machine *m)
{
	int64_t at_ns;

	return !vclock_next(&m->clock, &at_ns);
}

/* Nothing is under way but, perhaps, an engine that looks again some time. */
static bool
is_at_rest(const struct machine *m)
{
	const struct vclock *c = &m->clock;
	int64_t at_ns;

	if (!TAILQ_EMPTY(&m->tasks) || m->devctl_queued > 0)
		return false;
	return !vclock_next(c, &at_ns) ||
	    (c->queue[VHOST].count + c->queue[VGUEST].count == 1 &&
		at_ns - c->now_ns > UNDER_WAY);
}

static void
keep_violation(struct search *s)
{
	struct exhaustive_result *r = s->out;
	const struct watch *w = &s->watch;
	size_t i;

	for (i = 0; i < w->n_found; i++) {
		if ((r->broken & 1u << w->found[i].broken) != 0)
			continue;
		r->broken |= 1u << w->found[i].broken;
		r->found[r->n_found++] = w->found[i];
		if (r->path != NULL)
			continue;
		r->path = mem_zero(s->n_path + 1, sizeof(*r->path));
		for (r->n_path = 0; r->n_path < s->n_path; r->n_path++)
			r->path[r->n_path] = s->path[r->n_path].taken;
	}
}

/* This history has been in this state before: so it goes on for ever. */
static bool
is_round(const struct search *s)
{
	size_t i;

	for (i = s->n_met; i > 0; i--)
		if (s->met[i - 1] == s->state)
			return true;
	for (i = s->n_path; i > 0; i--)
		if (s->path[i - 1].state == s->state)
			return true;
	return false;
}

/* False when there is nothing behind this state that is not known. */
static bool
visit(struct search *s)
{
	struct digest d;
	uint32_t before = s->state;
	bool is_new;

	digest_begin(&d, s->m->clock.now_ns);
	digest_number(&d, s->events);
	digest_number(&d, s->faults);
	digest_number(&d, is_at_rest(s->m) ? 0 : s->under_way);
	simwalk_digest(s->walk, &d);
	if (d.blind) /* it is like no other */
		digest_number(&d, s->out->moves);
	s->state = states_meet(&s->states, &d, &is_new);
	states_edge(&s->states, before, s->state);
	s->out->moves++;
	if (is_new) {
		*MEM_PUSH(s->met, s->n_met, s->cap_met) = s->state;
		s->states.rests[s->state] = is_at_rest(s->m);
		s->out->rests += s->states.rests[s->state];
	} else {
		s->out->folded++;
	}
	if (is_at_rest(s->m) && (is_new ? is_over(s->m) : is_round(s)))
		watch_end(&s->watch);
	keep_violation(s);
	return is_new && s->watch.n_found == 0;
}

/* --- one history --- */

struct options {
	struct vevent *due[MOST_DUE];
	size_t n_due;
	bool passes; /* nothing is due: time may pass until next_ns */
	int64_t next_ns;
	bool event; /* the next one may come */
};

/* An event comes when the engine that rests has just looked, or is about to:
 * how long before that is all the same to it. Else it comes at any time, while
 * not too many are under way. */
static bool
may_come(struct search *s)
{
	const struct vclock *c = &s->m->clock;
	int64_t at_ns;

	if (!s->begun || s->events == 0)
		return false;
	if (!is_at_rest(s->m))
		return s->under_way < s->e->overlap;
	s->under_way = 0;
	return !vclock_next(c, &at_ns) || at_ns - c->now_ns >= CORE_RESYNC;
}

/* Both doors lead to the same engine, which looks at all there is whichever of
 * them it is called by: of the two only one order is tried. */
static size_t
one_door(const struct machine *m, struct vevent **due, size_t n)
{
	size_t i, at = n;

	for (i = 0; i < n; i++)
		if (due[i] == &m->hint_event)
			at = i;
	for (i = 0; i < n && at < n; i++)
		if (due[i] == &m->record_event) {
			memmove(&due[at], &due[at + 1],
			    (n - at - 1) * sizeof(*due));
			return n - 1;
		}
	return n;
}

static size_t
look_around(struct search *s, struct options *o)
{
	const struct vclock *c = &s->m->clock;

	memset(o, 0, sizeof(*o));
	o->n_due =
	    one_door(s->m, o->due, vclock_due(c, c->now_ns, o->due, MOST_DUE));
	o->passes = o->n_due == 0 && vclock_next(c, &o->next_ns);
	o->event = may_come(s);
	return o->n_due + o->passes + o->event;
}

static void
take(struct search *s, const struct options *o, size_t n)
{
	const struct scn_step *next;

	if (n < o->n_due) {
		simwalk_fire(s->walk, o->due[n]);
	} else if (n == o->n_due && o->passes) {
		vclock_stand(&s->m->clock, o->next_ns);
	} else {
		next = &s->world.course.scn->steps[s->e->events - s->events];
		s->events--;
		s->under_way++;
		simwalk_do(s->walk, next);
	}
	watch_step(&s->watch);
}

static void
begin(struct search *s, struct trace *t)
{
	s->walk = simwalk_open(&s->stage, t);
	s->m = simwalk_machine(s->walk);
	simwalk_decide(s->walk, strikes, s);
	watch_begin(&s->watch, &s->world.course, s->e->policy, s->walk, t);
	s->events = s->e->events;
	s->faults = s->e->faults;
	s->under_way = 0;
	s->next = s->n_met = 0;
	s->begun = false;
	s->state = STATES_NONE;
}

/* Until the engine has brought up what was there from the start, all comes in
 * the usual order. */
static void
settle(struct search *s)
{
	struct options o;

	while (!is_at_rest(s->m) && look_around(s, &o) > 0)
		take(s, &o, 0);
	s->begun = true;
}

/* Behind the last choice of the path all is new. */
static void
run(struct search *s, struct trace *t)
{
	struct options o;
	size_t n;

	begin(s, t);
	settle(s);
	for (;;) {
		n = look_around(s, &o);
		if (s->next == s->n_path && (n != 1 || o.passes) && !visit(s))
			break;
		if (n == 0)
			break;
		if (s->next < s->n_path)
			s->state = s->path[s->next].state;
		take(s, &o, choose(s, n));
	}
	simwalk_close(s->walk);
	if (s->n_path > s->out->deepest)
		s->out->deepest = s->n_path;
}

static void
search_open(struct search *s, const struct exhaustive *e,
    struct exhaustive_result *out)
{
	memset(s, 0, sizeof(*s));
	memset(out, 0, sizeof(*out));
	s->e = e;
	s->out = out;
	smallworld_open(&s->world);
	s->profile = profile_copy(e->profile);
	profile_coarsen(s->profile, UNIT);
	s->stage.scenario = s->world.course.scn;
	s->stage.profile = s->profile;
	s->stage.rules = e->rules;
	s->stage.policy = e->policy;
	s->stage.seed = 1;
}

static void
search_fini(struct search *s)
{
	states_fini(&s->states);
	profile_free(s->profile);
	smallworld_fini(&s->world);
	free(s->path);
	free(s->met);
}

void
exhaustive_run(const struct exhaustive *e, struct exhaustive_result *out)
{
	struct search s;
	struct trace *t;
	uint32_t restless;

	search_open(&s, e, out);
	out->complete = true;
	do {
		if (out->histories > 0 && e->enough != NULL &&
		    e->enough(e->ctx, s.states.n, out->histories)) {
			out->complete = false;
			break;
		}
		t = trace_new();
		t->sparse = true;
		run(&s, t);
		trace_free(t);
		out->histories++;
	} while (turn(&s));
	out->states = s.states.n;
	/* What lies behind a state that breaks something was not looked at. */
	if (out->complete && out->n_found == 0)
		out->restless = states_restless(&s.states, &restless);
	search_fini(&s);
}

static void
tell(struct search *s, struct trace *t)
{
	struct options o;
	size_t n, steps = 0;

	begin(s, t);
	settle(s);
	s->told(s->ctx, t);
	/* Where nothing is open any more a path cannot go on. */
	while (s->next < s->n_path && !s->lost && steps++ < MOST_STEPS &&
	    (n = look_around(s, &o)) > 0) {
		if (n > 1)
			steps = 0;
		take(s, &o, choose(s, n));
		s->told(s->ctx, t);
	}
	simwalk_close(s->walk);
	s->lost = s->lost || s->next < s->n_path;
}

bool
exhaustive_tell(const struct exhaustive *e, const uint16_t *path, size_t n_path,
    struct trace *t, void (*told)(void *ctx, const struct trace *t), void *ctx)
{
	struct exhaustive_result quiet;
	struct search s;
	size_t i;

	search_open(&s, e, &quiet);
	s.told = told;
	s.ctx = ctx;
	for (i = 0; i < n_path; i++)
		MEM_PUSH(s.path, s.n_path, s.cap_path)->taken = path[i];
	tell(&s, t);
	search_fini(&s);
	return !s.lost;
}

void
exhaustive_result_fini(struct exhaustive_result *r)
{
	free(r->path);
}
