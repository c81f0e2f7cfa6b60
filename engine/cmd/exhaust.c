/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/exhaust.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "cmd/cmds.h"
#include "cmd/inputs.h"
#include "cmd/policies.h"
#include "report/clean.h"
#include "report/happening.h"
#include "sim/search/exhaustive.h"
#include "sim/search/smallworld.h"
#include "world/clock.h"

#define TOLD_EVERY  1000 /* histories */
#define NO_CHOICE   "-"	 /* a path of none */
#define FAULTS_MOST 2
#define DEPTH_MOST  1000

struct exhaust {
	enum core_policy policy;
	int64_t events, faults; /* at most so many in a history */
	int64_t overlap;	/* events under way at a time */
	int64_t time_ns;	/* ends then, not complete; 0: does not */
	const char *world;
	const char *alphabet; /* words with commas */
	const char *path;     /* instead, show this one history; or NULL */
	const char *program;  /* how switchback was called */
	bool asked, progress, twice;
};

struct progress {
	const struct exhaust *x;
	int64_t start_ns, told_ns;
};

static bool
enough(void *ctx, uint64_t states, uint64_t histories)
{
	struct progress *p = ctx;
	int64_t now;

	if (histories % TOLD_EVERY != 0)
		return false;
	now = clock_monotonic();
	if (p->x->progress && now - p->told_ns > DUR_SEC) {
		p->told_ns = now;
		fprintf(stderr, "\r%" PRIu64 " states, %" PRIu64 " histories ",
		    states, histories);
	}
	return p->x->time_ns > 0 && now - p->start_ns >= p->x->time_ns;
}

static bool
complain(const char *option, const char *what)
{
	fprintf(stderr, "switchback explore: %s: %s\n", option, what);
	return false;
}

/* --- one history --- */

static bool
read_path(const char *text, uint16_t **path, size_t *n)
{
	size_t cap = 0, bytes;
	int64_t number;

	*path = NULL;
	*n = 0;
	if (strcmp(text, NO_CHOICE) == 0)
		return true;
	while (*text != '\0') {
		for (bytes = 0; text[bytes] != '\0' && text[bytes] != '.';)
			bytes++;
		if (!num_parse(text, bytes, 0, UINT16_MAX, &number))
			return false;
		*MEM_PUSH(*path, *n, cap) = (uint16_t)number;
		text += text[bytes] == '.' ? bytes + 1 : bytes;
	}
	return true;
}

struct telling {
	struct happening_mark mark;
	bool begun;
};

/* What led to the beginning is not told. */
static void
told(void *ctx, const struct trace *t)
{
	struct telling *p = ctx;
	struct happenings h = { 0 };
	struct strbuf line = { 0 }, clean = { 0 };
	char at[DUR_TEXT];
	size_t i;

	happenings_since(&h, t, &p->mark, false);
	happenings_mark(t, &p->mark);
	for (i = 0; i < h.count && p->begun; i++) {
		strbuf_reset(&line);
		strbuf_reset(&clean);
		happening_text(t, &h.list[i], &line);
		clean_ascii(&clean, strbuf_str(&line), line.bytes);
		printf("%s  %s\n", dur_stamp(h.list[i].at_ns, at),
		    strbuf_str(&clean));
	}
	p->begun = true;
	happenings_fini(&h);
	strbuf_fini(&line);
	strbuf_fini(&clean);
}

static int
tell_history(const struct exhaust *x, const struct exhaustive *e)
{
	struct telling p = { .begun = false };
	struct trace *t = trace_new();
	uint16_t *path = NULL;
	size_t n;
	bool good = read_path(x->path, &path, &n) &&
	    exhaustive_tell(e, path, n, t, told, &p);

	free(path);
	trace_free(t);
	if (good)
		return CMD_PASS;
	fprintf(stderr,
	    "switchback explore: --path: no such history; give what the "
	    "search has printed, and the same depth and faults\n");
	return CMD_INPUT;
}

/* --- what was found --- */

static void
tell_repeat(const struct exhaust *x, const uint16_t *path, size_t n)
{
	size_t i;

	printf("  %s explore --exhaustive --policy %s --depth %" PRId64
	       " --faults %" PRId64 " --overlap %" PRId64
	       " --world %s --events %s --path ",
	    x->program, policy_word(x->policy), x->events, x->faults,
	    x->overlap, x->world, x->alphabet);
	if (n == 0)
		printf(NO_CHOICE);
	for (i = 0; i < n; i++)
		printf("%s%u", i > 0 ? "." : "", path[i]);
	printf("\n");
}

static void
tell_found(const struct exhaust *x, const struct exhaustive_result *r)
{
	const struct violation *v;
	char at[DUR_TEXT];
	size_t i;

	for (i = 0; i < r->n_found; i++) {
		v = &r->found[i].violation;
		printf("FAIL %s: %s\n  at %s: %s\n", invariant_name(v->broken),
		    invariant_sentence(v->broken), dur_stamp(v->at_ns, at),
		    v->what);
		tell_repeat(x, r->found[i].path, r->found[i].n_path);
	}
	if (r->restless == 0)
		return;
	printf("FAIL rest: from every state one is reached in which nothing "
	       "is under way\n  not from %" PRIu64 "\n",
	    r->restless);
	tell_repeat(x, r->restless_path, r->n_restless_path);
}

static void
tell_numbers(const struct exhaust *x, const struct exhaustive_result *r,
    double took_s)
{
	printf("%" PRIu64 " states, %" PRIu64 " at rest, %" PRIu64
	       " moves, of which %" PRIu64 " led to a known one\n"
	       "%" PRId64 " events of %s, %" PRId64
	       " under way at a time, %" PRId64 " faults; depth %zu; %" PRIu64
	       " histories, %.1f s; %s\n",
	    r->states, r->rests, r->moves, r->folded, x->events, x->alphabet,
	    x->overlap, x->faults, r->deepest, r->histories, took_s,
	    r->closed	      ? "complete for any number of events"
		: r->complete ? "complete"
			      : "not complete");
	if (x->twice)
		printf("from %" PRIu64 " states something else came the second "
		       "time\n",
		    r->unlike);
}

static int
search(const struct exhaust *x, struct exhaustive *e)
{
	struct progress p = { x, clock_monotonic(), 0 };
	struct exhaustive_result r;
	double took_s;
	int status;

	e->enough = enough;
	e->ctx = &p;
	exhaustive_run(e, &r);
	took_s = (double)(clock_monotonic() - p.start_ns) / (double)DUR_SEC;
	if (x->progress)
		fprintf(stderr, "\r");
	tell_found(x, &r);
	tell_numbers(x, &r, took_s);
	status = r.n_found > 0 || r.restless > 0 || r.unlike > 0 ? CMD_FAIL
								 : CMD_PASS;
	exhaustive_result_fini(&r);
	return status;
}

static int
run(const struct exhaust *x)
{
	struct profile *profile = input_profile(smallworld_machine(x->world));
	struct ruleset *rules = input_rules(NULL);
	struct exhaustive e = { .rules = rules,
		.profile = profile,
		.policy = x->policy,
		.world = x->world,
		.alphabet = x->alphabet,
		.events = (unsigned)x->events,
		.faults = (unsigned)x->faults,
		.overlap = (unsigned)x->overlap,
		.twice = x->twice };
	int status = CMD_INPUT;

	if (profile != NULL && rules != NULL)
		status = x->path != NULL ? tell_history(x, &e) : search(x, &e);
	profile_free(profile);
	ruleset_free(rules);
	return status;
}

/* --- options --- */

static bool
take_number(const char *option, int64_t least, int64_t most, int64_t *out)
{
	char what[48];

	if (num_parse(optarg, strlen(optarg), least, most, out))
		return true;
	snprintf(what, sizeof(what),
	    "give a number from %" PRId64 " to %" PRId64, least, most);
	return complain(option, what);
}

static bool
take_alphabet(struct exhaust *x)
{
	struct strbuf what = { 0 };
	struct smallworld w;
	size_t i;

	x->alphabet = optarg;
	if (smallworld_open(&w, x->world, optarg)) {
		smallworld_fini(&w);
		return true;
	}
	strbuf_adds(&what, "give some of these with commas in between: ");
	for (i = 0; i < SMALLWORLD_KINDS; i++)
		strbuf_addf(&what, "%s%s", i > 0 ? "," : "",
		    smallworld_kind(i));
	complain("--events", strbuf_str(&what));
	strbuf_fini(&what);
	return false;
}

static bool
take_option(struct exhaust *x, int c)
{
	struct policies p;
	struct err err;

	switch (c) {
	case 'e':
		x->asked = true;
		return true;
	case 'd':
		return take_number("--depth", 1, DEPTH_MOST, &x->events);
	case 'f':
		return take_number("--faults", 0, FAULTS_MOST, &x->faults);
	case 'o':
		return take_number("--overlap", 1, DEPTH_MOST, &x->overlap);
	case 'p':
		if (policies_parse(optarg, &p, &err) < 0 || p.count != 1)
			return complain("--policy", "give stock or native");
		x->policy = p.list[0];
		return true;
	case 't':
		return (dur_parse(optarg, strlen(optarg), &x->time_ns) &&
			   x->time_ns > 0) ||
		    complain("--time", "give a duration such as 10min");
	case 'E':
		return take_alphabet(x);
	case 'W':
		x->world = optarg;
		return smallworld_machine(optarg) != NULL ||
		    complain("--world", "give mlx5 or vmx");
	case 'P':
		x->path = optarg;
		return true;
	case '2':
		x->twice = true;
		return true;
	default:
		return complain("--exhaustive",
		    "goes with --depth, --faults, --overlap, --events, "
		    "--world, --twice, --policy, --time and --path alone");
	}
}

/* Its own options are known by themselves, too. */
bool
exhaust_is_asked(int argc, char **argv)
{
	static const char *const own[] = { "--exhaustive", "--depth",
		"--faults", "--overlap", "--events", "--world", "--twice",
		"--path" };
	size_t k;
	int i;

	for (i = 1; i < argc; i++)
		for (k = 0; k < sizeof(own) / sizeof(own[0]); k++)
			if (strncmp(argv[i], own[k], strlen(own[k])) == 0)
				return true;
	return false;
}

int
exhaust_main(int argc, char **argv, const char *program)
{
	static const struct option longs[] = {
		{ "exhaustive", no_argument, NULL, 'e' },
		{ "depth", required_argument, NULL, 'd' },
		{ "faults", required_argument, NULL, 'f' },
		{ "overlap", required_argument, NULL, 'o' },
		{ "policy", required_argument, NULL, 'p' },
		{ "time", required_argument, NULL, 't' },
		{ "events", required_argument, NULL, 'E' },
		{ "world", required_argument, NULL, 'W' },
		{ "path", required_argument, NULL, 'P' },
		{ "twice", no_argument, NULL, '2' },
		{ NULL, 0, NULL, 0 },
	};
	struct exhaust x = { .policy = CORE_NATIVE,
		.world = "mlx5",
		.alphabet = smallworld_alphabet,
		.events = 2,
		.faults = 1,
		.overlap = 2,
		.program = program,
		.progress = isatty(STDERR_FILENO) };
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1)
		if (!take_option(&x, c))
			return CMD_INPUT;
	if (optind < argc)
		complain(argv[optind], "no argument is wanted here");
	else if (!x.asked)
		complain("--exhaustive", "is missing beside these options");
	else
		return run(&x);
	return CMD_INPUT;
}
