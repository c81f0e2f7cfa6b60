/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/search/exhaustive.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "sim/search/arena.h"
#include "sim/search/journey.h"
#include "sim/search/states.h"

#define MOST_BYTES ((size_t)64 << 20) /* of one history */
#define MOST_STEPS 10000	      /* without a choice */

struct fork { /* a choice that was open */
	uint16_t taken, width;
};

struct rest { /* where all rests, and how it was come to */
	uint32_t state;
	unsigned deeds; /* that it took */
	bool expanded;
	uint16_t *path; /* owned */
	size_t n_path, moves;
	struct violation *wrong; /* owned: if this were the end */
	size_t n_wrong;
	bool over; /* nothing will happen any more */
	bool cut;  /* more deeds could come */
};

struct queue { /* rests after so many deeds */
	uint32_t *list;
	size_t n, cap;
};

struct node { /* a state from which not all ways were gone */
	uint32_t state;
	size_t base;  /* of the path: what was chosen before */
	size_t moves; /* that led to it */
	bool kept;    /* the image is of it */
	bool cut;
	uint64_t sum; /* of the states that came of it */
	struct arena_image image;
};

static const struct arena_image beginning;

struct search {
	const struct exhaustive *e;
	struct exhaustive_result *out;
	struct smallworld world;
	struct arena *arena;
	struct journey *j; /* in the arena, whose base is its first rest */
	struct states states;
	struct fork *path; /* from there on */
	size_t n_path, cap_path;
	size_t next; /* choice of the path that comes next */

	struct node *nodes; /* of one history, the first one rests */
	size_t n_nodes, made_nodes, cap_nodes;
	size_t moves; /* of the history */
	struct rest *rests;
	size_t n_rests, cap_rests;
	uint32_t *rest_of; /* by state; number + 1 */
	size_t cap_rest_of;
	struct queue *queues; /* by deeds */
	struct comes {	      /* of a state, by its number */
		uint64_t sum;
		unsigned times;
		bool again; /* it is gone on from a second time */
	} * comes;
	size_t cap_comes;
	bool cut;
	uint32_t sought; /* ends with this state; or STATES_NONE */
};

/* --- choices --- */

static size_t
choose(struct search *s, size_t width)
{
	struct fork *f;

	if (width < 2)
		return 0;
	if (s->next == s->n_path) {
		arena_leave();
		f = MEM_PUSH(s->path, s->n_path, s->cap_path);
		arena_enter(s->arena);
		f->width = (uint16_t)width;
	}
	f = &s->path[s->next++];
	assert(f->width == width || f->width == 0); /* 0: as it was put aside */
	return f->taken;
}

static bool
strikes(void *ctx)
{
	return choose(ctx, 2) == 1;
}

/* The next way from this node: the last choice that has something left takes
 * it. */
static bool
turn(struct search *s, const struct node *n)
{
	struct fork *f;

	while (s->n_path > n->base) {
		f = &s->path[s->n_path - 1];
		if (++f->taken < f->width)
			return true;
		s->n_path--;
	}
	return false;
}

/* --- what was found --- */

static void
keep_violation(struct exhaustive_result *r, const struct violation *v,
    const uint16_t *path, size_t n)
{
	struct exhaustive_find *f;

	if ((r->broken & INVARIANT_BIT(v->broken)) != 0)
		return;
	r->broken |= INVARIANT_BIT(v->broken);
	f = &r->found[r->n_found++];
	f->violation = *v;
	f->path = mem_copy(path, n * sizeof(*path));
	f->n_path = n;
}

static uint16_t *
path_taken(const struct search *s)
{
	uint16_t *list = mem_zero(s->n_path + 1, sizeof(*list));
	size_t i;

	for (i = 0; i < s->n_path; i++)
		list[i] = s->path[i].taken;
	return list;
}

static void
keep_violations(struct search *s)
{
	const struct watch *w = &s->j->watch;
	uint16_t *path = path_taken(s);
	size_t i;

	for (i = 0; i < w->n_found; i++)
		keep_violation(s->out, &w->found[i], path, s->n_path);
	free(path);
}

/* --- rests --- */

static struct rest *
rest_of(struct search *s, uint32_t state)
{
	size_t before = s->cap_rest_of;

	s->rest_of = mem_grow(s->rest_of, &s->cap_rest_of, s->states.n,
	    sizeof(*s->rest_of));
	memset(s->rest_of + before, 0,
	    (s->cap_rest_of - before) * sizeof(*s->rest_of));
	if (s->rest_of[state] == 0) {
		MEM_PUSH(s->rests, s->n_rests, s->cap_rests)->state = state;
		s->rest_of[state] = (uint32_t)s->n_rests;
	}
	return &s->rests[s->rest_of[state] - 1];
}

/* What would be wrong if this were the end. */
static void
look_at_end(const struct search *s, struct rest *r)
{
	struct watch *w;

	r->over = journey_is_over(s->j);
	if ((s->j->stands & SMALLWORLD_BROKEN) != 0)
		return;
	w = mem_copy(&s->j->watch, sizeof(*w));
	watch_end(w);
	if (w->n_found > 0)
		r->wrong = mem_copy(w->found, w->n_found * sizeof(*r->wrong));
	r->n_wrong = w->n_found;
	free(w);
}

/* It is gone on from later, when all has been that comes of fewer deeds. */
static void
put_aside(struct search *s, uint32_t state, bool is_new, bool cut)
{
	struct rest *r = rest_of(s, state);
	struct queue *q = &s->queues[s->j->deeds];

	if (!is_new && (r->expanded || r->deeds <= s->j->deeds))
		return;
	r->deeds = s->j->deeds;
	r->cut = cut;
	free(r->path);
	r->path = path_taken(s);
	r->n_path = s->n_path;
	r->moves = s->moves;
	*MEM_PUSH(q->list, q->n, q->cap) = (uint32_t)(r - s->rests);
	if (!is_new)
		return;
	s->out->rests++;
	look_at_end(s, r);
}

/* --- states --- */

static uint32_t
meet(struct search *s, uint32_t before, bool *is_new)
{
	struct digest d;
	uint32_t state;

	journey_digest(s->j, &d);
	if (d.blind) /* it is like no other */
		digest_number(&d, s->out->moves);
	state = states_meet(&s->states, &d, is_new);
	if (s->j->quiet)
		states_edge(&s->states, before, state);
	s->out->moves++;
	if (!*is_new)
		s->out->folded++;
	else
		s->states.rests[state] = journey_rests(s->j);
	return state;
}

/* What comes of another event is cut off, and so is not what came of it when
 * there were fewer before. */
static bool
is_near_the_last(const struct search *s)
{
	return s->j->deeds + 1 >= s->e->events;
}

static void
push_node(struct search *s, uint32_t state, size_t n)
{
	struct node *node;

	if (s->n_nodes == s->made_nodes)
		MEM_PUSH(s->nodes, s->made_nodes, s->cap_nodes);
	node = &s->nodes[s->n_nodes++];
	node->state = state;
	node->base = s->n_path;
	node->moves = s->moves;
	node->cut = is_near_the_last(s);
	node->sum = 0;
	node->kept = n > 1 || s->j->faults > 0;
	if (node->kept)
		arena_keep(s->arena, &node->image);
	if (s->n_path > s->out->deepest)
		s->out->deepest = s->n_path;
}

/* Takes the next way from the last node, to where there are several, or time
 * passes. Gives how many ways there are. */
static size_t
move(struct search *s, struct crossroads *c)
{
	unsigned steps = 0;
	size_t n;

	arena_enter(s->arena);
	s->j->quiet = true;
	n = journey_look(s->j, c);
	do {
		journey_take(s->j, c, choose(s, n));
		n = journey_look(s->j, c);
	} while (n == 1 && !c->passes && !c->cut && steps++ < MOST_STEPS);
	arena_leave();
	s->moves++;
	return n;
}

/* --- what comes of a state, each time --- */

static struct comes *
comes_of(struct search *s, uint32_t state)
{
	size_t before = s->cap_comes;

	s->comes =
	    mem_grow(s->comes, &s->cap_comes, s->states.n, sizeof(*s->comes));
	memset(s->comes + before, 0,
	    (s->cap_comes - before) * sizeof(*s->comes));
	return &s->comes[state];
}

static void
compare(struct search *s, const struct node *n)
{
	struct comes *c;

	if (!s->e->twice || n->cut)
		return;
	c = comes_of(s, n->state);
	if (c->times++ == 0)
		c->sum = n->sum;
	else if (c->sum != n->sum)
		s->out->unlike++;
}

static bool
is_wanted_again(struct search *s, uint32_t state)
{
	struct comes *known;

	if (!s->e->twice || is_near_the_last(s))
		return false;
	known = comes_of(s, state);
	if (known->times != 1 || known->again)
		return false;
	known->again = true;
	return true;
}

/* True when it has come to a state that is to be gone on from. */
static bool
go_on(struct search *s, struct node *from)
{
	struct crossroads c;
	size_t n = move(s, &c);
	bool is_new, on;
	uint32_t state = meet(s, from->state, &is_new);

	/* In any order. */
	from->sum += (state + UINT64_C(1)) * UINT64_C(0x9e3779b97f4a7c15);
	if (state == s->sought)
		return false;
	if (s->j->watch.n_found > 0) {
		keep_violations(s);
		return false; /* what lies behind it is not looked at */
	}
	if (journey_rests(s->j))
		put_aside(s, state, is_new, c.cut);
	else
		s->cut = s->cut || (is_new && c.cut);
	on = is_new ? !journey_rests(s->j) : is_wanted_again(s, state);
	if (on && n > 0)
		push_node(s, state, n);
	return on && n > 0;
}

/* Back to the last node that has a way left. */
static void
go_back(struct search *s)
{
	struct node *node = NULL;

	while (s->n_nodes > 0 && !turn(s, node = &s->nodes[s->n_nodes - 1])) {
		compare(s, node);
		s->n_nodes--;
	}
	if (s->n_nodes == 0)
		return;
	arena_bring_back(s->arena, &node->image);
	s->moves = node->moves;
}

/* All histories from the last node to the next rest. False: enough. */
static bool
search_on(struct search *s)
{
	struct node *node;

	while (s->n_nodes > 0) {
		node = &s->nodes[s->n_nodes - 1];
		s->next = node->base;
		if (go_on(s, node))
			continue;
		s->out->histories++;
		if (s->sought < s->states.n)
			return false;
		if (s->e->enough != NULL &&
		    s->e->enough(s->e->ctx, s->states.n, s->out->histories))
			return false;
		go_back(s);
	}
	return true;
}

static bool
expand(struct search *s, struct rest *r)
{
	struct crossroads c;
	size_t i, moves = r->moves, n;
	uint32_t state = r->state;

	r->expanded = true;
	arena_bring_back(s->arena, &beginning);
	s->n_path = s->next = s->moves = 0;
	for (i = 0; i < r->n_path; i++)
		MEM_PUSH(s->path, s->n_path, s->cap_path)->taken = r->path[i];
	while (s->moves < moves)
		move(s, &c);
	assert(s->next == s->n_path);
	n = journey_look(s->j, &c);
	if (n > 0)
		push_node(s, state, n);
	return search_on(s);
}

/* --- all of it --- */

static bool
search_open(struct search *s, const struct exhaustive *e,
    struct exhaustive_result *out)
{
	memset(s, 0, sizeof(*s));
	memset(out, 0, sizeof(*out));
	s->e = e;
	s->out = out;
	s->sought = STATES_NONE;
	return smallworld_open(&s->world, e->world, e->alphabet);
}

static void
search_fini(struct search *s)
{
	size_t i;

	arena_bring_back(s->arena, &beginning);
	journey_free(s->j);
	arena_free(s->arena);
	for (i = 0; i < s->made_nodes; i++)
		arena_image_fini(&s->nodes[i].image);
	for (i = 0; i < s->n_rests; i++) {
		free(s->rests[i].path);
		free(s->rests[i].wrong);
	}
	for (i = 0; s->queues != NULL && i <= s->e->events; i++)
		free(s->queues[i].list);
	free(s->nodes);
	free(s->rests);
	free(s->rest_of);
	free(s->comes);
	free(s->queues);
	free(s->path);
	states_fini(&s->states);
	smallworld_fini(&s->world);
}

static void
begin(struct search *s)
{
	bool is_new;

	s->queues = mem_zero(s->e->events + 1, sizeof(*s->queues));
	s->arena = arena_new(MOST_BYTES);
	arena_enter(s->arena);
	s->j = journey_new(s->e, &s->world, NULL, strikes, s);
	arena_leave();
	arena_set_base(s->arena);
	put_aside(s, meet(s, STATES_NONE, &is_new), true, false);
}

static bool
is_cut(const struct search *s)
{
	size_t i;

	for (i = 0; i < s->n_rests; i++)
		if (s->rests[i].cut)
			return true;
	return s->cut;
}

static bool
search_all(struct search *s)
{
	struct queue *q;
	struct rest *r;
	unsigned deeds;
	size_t i;

	for (deeds = 0; deeds <= s->e->events; deeds++)
		for (q = &s->queues[deeds], i = 0; i < q->n; i++) {
			r = &s->rests[q->list[i]];
			if (!r->expanded && r->deeds == deeds && !expand(s, r))
				return false;
		}
	return true;
}

/* What is wrong with the ends there are. */
static void
judge_ends(struct search *s)
{
	const struct rest *r;
	size_t i, k;

	states_sort(&s->states);
	for (i = 0; i < s->n_rests; i++) {
		r = &s->rests[i];
		if (r->n_wrong == 0 ||
		    (!r->over && !states_returns(&s->states, r->state)))
			continue;
		for (k = 0; k < r->n_wrong; k++)
			keep_violation(s->out, &r->wrong[k], r->path,
			    r->n_path);
	}
}

/* The same search again, until it comes to this state. */
static void
seek(const struct exhaustive *e, uint32_t state, struct exhaustive_result *out)
{
	struct exhaustive_result quiet;
	struct search s;

	if (!search_open(&s, e, &quiet))
		return;
	s.sought = state;
	begin(&s);
	search_all(&s);
	out->restless_path = path_taken(&s);
	out->n_restless_path = s.n_path;
	search_fini(&s);
	exhaustive_result_fini(&quiet);
}

bool
exhaustive_run(const struct exhaustive *e, struct exhaustive_result *out)
{
	struct search s;
	uint32_t restless;

	if (!search_open(&s, e, out))
		return false;
	begin(&s);
	out->complete = search_all(&s);
	out->closed = out->complete && !is_cut(&s);
	out->states = s.states.n;
	judge_ends(&s);
	/* What lies behind a state that breaks something was not looked at. */
	if (out->complete && out->n_found == 0)
		out->restless = states_restless(&s.states, &restless);
	search_fini(&s);
	if (out->restless > 0)
		seek(e, restless, out);
	return true;
}

/* --- one history --- */

struct teller {
	const uint16_t *path;
	size_t n_path, next;
	bool lost; /* the path has choices that there are not */
};

static size_t
choose_told(struct teller *w, size_t width)
{
	if (width < 2 || w->next == w->n_path)
		return 0;
	if (w->path[w->next] >= width) {
		w->lost = true;
		return 0;
	}
	return w->path[w->next++];
}

static bool
strikes_told(void *ctx)
{
	return choose_told(ctx, 2) == 1;
}

bool
exhaustive_tell(const struct exhaustive *e, const uint16_t *path, size_t n_path,
    struct trace *t, void (*told)(void *ctx, const struct trace *t), void *ctx)
{
	struct teller w = { .path = path, .n_path = n_path };
	struct smallworld world;
	struct crossroads c;
	struct journey *j;
	unsigned steps = 0; /* without a choice */
	size_t n;

	if (!smallworld_open(&world, e->world, e->alphabet))
		return false;
	j = journey_new(e, &world, t, strikes_told, &w);
	told(ctx, t);
	/* Behind the last choice it goes on to where all rests. */
	while (!w.lost && j->watch.n_found == 0 && steps++ < MOST_STEPS &&
	    (n = journey_look(j, &c)) > 0 &&
	    (w.next < n_path || (n == 1 && !journey_rests(j)))) {
		if (n > 1)
			steps = 0;
		journey_take(j, &c, choose_told(&w, n));
		told(ctx, t);
	}
	journey_free(j);
	smallworld_fini(&world);
	return !w.lost && w.next == n_path;
}

void
exhaustive_result_fini(struct exhaustive_result *r)
{
	size_t i;

	for (i = 0; i < r->n_found; i++)
		free(r->found[i].path);
	free(r->restless_path);
}
