/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/explorer.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "cmd/inputs.h"
#include "sim/scenario/reach.h"
#include "sim/search/arena.h"
#include "world/clock.h"

#define CHUNK	64 /* seeds that one hand takes at a time */
#define TELL_NS (DUR_SEC / 4)
#define POOL	((size_t)16 << 20) /* bytes; a history takes about one */

struct hand { /* one thread's */
	struct trial trial;
	struct choices choices;
	struct arena *pool; /* owned: what its trials live in */
};

struct chunk { /* what came of one */
	struct strbuf hashes;
};

struct crew {
	struct explorer *x;
	pthread_mutex_t lock; /* of all below, and of x's results */
	uint64_t next, n_chunks;
	struct chunk *chunks; /* with hashes only */
	int64_t began_ns, told_ns;
};

/* --- the hands --- */

bool
explorer_hand(const struct explorer *x, struct trial *t)
{
	size_t i;

	memset(t, 0, sizeof(*t));
	t->rules = x->rules;
	t->policy = x->policy;
	t->stimuli = x->stimuli;
	for (i = 0; i < COURSE_MACHINES; i++)
		if ((t->profiles[i] = input_profile(course_machines[i])) ==
		    NULL) {
			explorer_hand_fini(t);
			return false;
		}
	return true;
}

void
explorer_hand_fini(struct trial *t)
{
	size_t i;

	trace_free(t->scratch);
	t->scratch = NULL;
	for (i = 0; i < COURSE_MACHINES; i++) {
		profile_free(t->profiles[i]);
		t->profiles[i] = NULL;
	}
}

/* --- what comes of it --- */

/* The lowest stay, in order, whoever comes first. */
static void
take_find(struct explorer_find *f, uint64_t seed, const struct violation *v)
{
	size_t at = f->n_seeds, i;

	f->count++;
	while (at > 0 && f->seeds[at - 1] > seed)
		at--;
	if (at == EXPLORER_SEEDS)
		return;
	if (f->n_seeds < EXPLORER_SEEDS)
		f->n_seeds++;
	for (i = f->n_seeds - 1; i > at; i--)
		f->seeds[i] = f->seeds[i - 1];
	f->seeds[at] = seed;
	if (at == 0)
		f->violation = *v;
}

static void
take(struct explorer *x, uint64_t seed, const struct trial_result *r)
{
	bool is_new;
	size_t i;

	x->histories++;
	x->reached |= r->reached;
	states_meet(&x->ends, &r->end, &is_new);
	x->failed += r->n_found > 0;
	for (i = 0; i < r->n_found; i++)
		take_find(&x->found[r->found[i].broken], seed, &r->found[i]);
}

static void
tell(struct crew *crew)
{
	const struct explorer *x = crew->x;
	int64_t now = clock_monotonic(), ms;
	uint64_t all = (x->last - x->first) / x->step + 1;
	size_t i, kinds = 0;

	if (!x->progress || now - crew->told_ns < TELL_NS)
		return;
	crew->told_ns = now;
	ms = (now - crew->began_ns) / DUR_MS + 1;
	for (i = 0; i < INVARIANTS; i++)
		kinds += x->found[i].count != 0;
	fprintf(stderr,
	    "\r%" PRIu64 " of %" PRIu64 " histories, %" PRIu64
	    "/s, %zu ends, %zu of %zu places, %" PRIu64
	    " failed, %zu invariants broken\033[K",
	    x->histories, all, x->histories * 1000 / (uint64_t)ms, x->ends.n,
	    explorer_places(x, NULL), reach_names(NULL, 0), x->failed, kinds);
}

static void
run_seed(struct hand *hand, uint64_t seed, bool hash, struct strbuf *hashes,
    struct trial_result *r)
{
	struct trace *trace = hash ? trace_new() : NULL;
	char digest[HASH128_TEXT];

	choices_draw(&hand->choices, seed);
	arena_enter(hand->pool);
	trial_run(&hand->trial, &hand->choices, trace, r);
	arena_leave();
	if (hash)
		strbuf_addf(hashes, "%s %" PRIu64 "\n",
		    trace_digest(trace, digest), seed);
	trace_free(trace);
}

static void
run_chunk(struct crew *crew, struct hand *hand, uint64_t number)
{
	struct explorer *x = crew->x;
	uint64_t seed = x->first + number * CHUNK * x->step, k;
	struct strbuf hashes = { 0 };
	struct trial_result r;

	for (k = 0; k < CHUNK && seed <= x->last; k++, seed += x->step) {
		run_seed(hand, seed, x->hash, &hashes, &r);
		pthread_mutex_lock(&crew->lock);
		take(x, seed, &r);
		tell(crew);
		pthread_mutex_unlock(&crew->lock);
	}
	if (x->hash)
		crew->chunks[number].hashes = hashes;
}

static bool
is_late(const struct crew *crew)
{
	return crew->x->time_ns > 0 &&
	    clock_monotonic() - crew->began_ns >= crew->x->time_ns;
}

static void *
work(void *arg)
{
	struct crew *crew = arg;
	struct hand hand = { 0 };
	uint64_t number;

	if (!explorer_hand(crew->x, &hand.trial))
		return NULL; /* the others do its part */
	hand.pool = arena_new_pool(POOL);
	for (;;) {
		pthread_mutex_lock(&crew->lock);
		number = is_late(crew) ? crew->n_chunks : crew->next++;
		pthread_mutex_unlock(&crew->lock);
		if (number >= crew->n_chunks)
			break;
		run_chunk(crew, &hand, number);
	}
	choices_fini(&hand.choices);
	explorer_hand_fini(&hand.trial);
	arena_free(hand.pool);
	return NULL;
}

bool
explorer_open(struct explorer *x)
{
	struct trial t;

	x->rules = input_rules(NULL);
	if (x->rules == NULL || !explorer_hand(x, &t))
		return false;
	explorer_hand_fini(&t);
	return true;
}

static void
gather_hashes(struct crew *crew)
{
	uint64_t i;

	for (i = 0; i < crew->n_chunks; i++) {
		strbuf_add(&crew->x->hashes,
		    strbuf_str(&crew->chunks[i].hashes),
		    crew->chunks[i].hashes.bytes);
		strbuf_fini(&crew->chunks[i].hashes);
	}
	free(crew->chunks);
}

void
explorer_run(struct explorer *x)
{
	struct crew crew = { .x = x, .began_ns = clock_monotonic() };
	pthread_t *threads = mem_zero((size_t)x->jobs, sizeof(*threads));
	int64_t n = 0;

	crew.n_chunks = ((x->last - x->first) / x->step + CHUNK) / CHUNK;
	if (x->hash)
		crew.chunks = mem_zero(crew.n_chunks, sizeof(*crew.chunks));
	pthread_mutex_init(&crew.lock, NULL);
	/* This thread is one of the crew; with fewer it only takes longer. */
	while (n < x->jobs - 1 &&
	    pthread_create(&threads[n], NULL, work, &crew) == 0)
		n++;
	work(&crew);
	while (n > 0)
		pthread_join(threads[--n], NULL);
	pthread_mutex_destroy(&crew.lock);
	free(threads);
	if (x->hash)
		gather_hashes(&crew);
	if (x->progress)
		fputs("\r\033[K", stderr);
	x->took_ns = clock_monotonic() - crew.began_ns;
}

size_t
explorer_places(const struct explorer *x, struct strbuf *never)
{
	const char *names[REACH_MAX];
	size_t n = reach_names(names, REACH_MAX), i, reached = 0;

	for (i = 0; i < n; i++)
		if ((x->reached & reach_bit(names[i])) != 0)
			reached++;
		else if (never != NULL)
			strbuf_addf(never, " %s", names[i]);
	return reached;
}

void
explorer_fini(struct explorer *x)
{
	states_fini(&x->ends);
	ruleset_free(x->rules);
	strbuf_fini(&x->hashes);
}
