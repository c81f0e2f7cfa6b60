/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback explore - searches for the history that breaks the fail-over.
 */
#include <sys/stat.h>

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dur.h"
#include "base/version.h"
#include "cmd/cmds.h"
#include "cmd/exhaust.h"
#include "cmd/finding.h"
#include "cmd/outfile.h"
#include "cmd/policies.h"
#include "cmd/regressions.h"
#include "cmd/searchruns.h"
#include "cmd/shards.h"
#include "sim/scenario/reach.h"

#define JOBS_MAX    64
#define STIMULI_MAX 200
#define REGRESSIONS "scenarios/regressions"

static const char usage[] =
    "usage: switchback explore [OPTION...]\n"
    "\n"
    "Runs random histories on the simulated machine, one for each seed, and\n"
    "looks after all that happens whether the invariants hold. For each one\n"
    "that is broken, the lowest seeds are shrunk, and the shortest is written\n"
    "as a scenario that fails in the same way.\n"
    "\n"
    "  --seeds A..B     these, or one N (1..1000)\n"
    "  --policy P       stock or native (native)\n"
    "  -j, --jobs N     so many at a time (1)\n"
    "  --time T         begin no history after this time, such as 10min\n"
    "  --shard I/N      only part I of N; else as the CI system says in its\n"
    "                   variables\n"
    "  --stimuli N      so many in each history (1 to 20, drawn)\n"
    "  --regressions DIR\n"
    "                   try the scenarios in this folder first\n"
    "                   (scenarios/regressions, when it is there)\n"
    "  --into DIR       write the shrunk scenarios there (found)\n"
    "  --db FILE        store there the run of each shrunk scenario, and one "
    "of\n"
    "                   the search itself\n"
    "  --hash           instead, a line for each seed: the hash of its\n"
    "                   trace, and the seed\n"
    "  --invariants     only print what is looked at\n"
    "\n"
    "  --exhaustive     instead, all histories of one pair; with --policy and\n"
    "                   --time, and with\n"
    "  --depth N        at most so many events from outside (2)\n"
    "  --events LIST    of these kinds, with commas in between: vf, rescind,\n"
    "                   link, association, network, media, nic, restart,\n"
    "                   kill (vf,network,media,restart)\n"
    "  --faults N       at most so many faults (1; at most 2)\n"
    "  --overlap N      at most so many events under way at a time (2)\n"
    "  --world W        mlx5, a machine on Azure, or vmx, one in QEMU with\n"
    "                   IPv6 (mlx5)\n"
    "  --twice          go on from each state a second time, and fail where\n"
    "                   something else comes of it: something is forgotten\n"
    "  --path LIST      only show this history\n"
    "\n"
    "Exit status: 0 all held, 1 an invariant was broken, 2 usage, 3 a file\n"
    "could not be written, 4 there was nothing to run.\n";

struct explore {
	struct explorer x;
	struct shard shard;
	bool sharded, list;
	const char *program, *into, *regressions, *db;
	struct store *store; /* NULL: none */
};

static bool
complain(const char *option, const char *what)
{
	fprintf(stderr, "switchback explore: %s: %s\n", option, what);
	return false;
}

static bool
take_seeds(struct explore *e, const char *s)
{
	const char *dots = strstr(s, "..");
	size_t bytes = dots == NULL ? strlen(s) : (size_t)(dots - s);
	int64_t first, last;

	if (!num_parse(s, bytes, 1, INT64_MAX / 2, &first))
		return complain("--seeds", "give a number from 1, or A..B");
	last = first;
	if (dots != NULL &&
	    !num_parse(dots + 2, strlen(dots + 2), first, INT64_MAX / 2, &last))
		return complain("--seeds", "give a number from 1, or A..B");
	e->x.first = (uint64_t)first;
	e->x.last = (uint64_t)last;
	return true;
}

static bool
take_policy(struct explore *e, const char *s)
{
	struct policies p;
	struct err err;

	if (policies_parse(s, &p, &err) < 0 || p.count != 1)
		return complain("--policy", "give stock or native");
	e->x.policy = p.list[0];
	return true;
}

static bool
take_option(struct explore *e, int c)
{
	int64_t n;
	struct err err;

	switch (c) {
	case 's':
		return take_seeds(e, optarg);
	case 'p':
		return take_policy(e, optarg);
	case 'j':
		return num_parse(optarg, strlen(optarg), 1, JOBS_MAX,
			   &e->x.jobs) ||
		    complain("--jobs", "give a number from 1 to 64");
	case 't':
		return (dur_parse(optarg, strlen(optarg), &e->x.time_ns) &&
			   e->x.time_ns > 0) ||
		    complain("--time", "give a duration such as 10min");
	case 'S':
		e->sharded = true;
		return shard_parse(optarg, &e->shard, &err) == 0 ||
		    complain("--shard", err.text);
	case 'n':
		if (!num_parse(optarg, strlen(optarg), 1, STIMULI_MAX, &n))
			return complain("--stimuli",
			    "give a number from 1 to 200");
		e->x.stimuli = (unsigned)n;
		return true;
	case 'i':
		e->into = optarg;
		return optarg[0] != '\0' ||
		    complain("--into", "the name is empty: name a folder");
	case 'r':
		e->regressions = optarg;
		return optarg[0] != '\0' ||
		    complain("--regressions",
			"the name is empty: name a folder");
	case 'd':
		e->db = optarg;
		return true;
	case 'H':
		e->x.hash = true;
		return true;
	case 'l':
		e->list = true;
		return true;
	default:
		fputs(usage, stderr);
		return false;
	}
}

/* False to stop with *status. */
static bool
parse_options(int argc, char **argv, struct explore *e, int *status)
{
	static const struct option longs[] = {
		{ "seeds", required_argument, NULL, 's' },
		{ "policy", required_argument, NULL, 'p' },
		{ "jobs", required_argument, NULL, 'j' },
		{ "time", required_argument, NULL, 't' },
		{ "shard", required_argument, NULL, 'S' },
		{ "stimuli", required_argument, NULL, 'n' },
		{ "regressions", required_argument, NULL, 'r' },
		{ "into", required_argument, NULL, 'i' },
		{ "db", required_argument, NULL, 'd' },
		{ "hash", no_argument, NULL, 'H' },
		{ "invariants", no_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, "j:h", longs, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			*status = CMD_PASS;
			return false;
		}
		if (!take_option(e, c)) {
			*status = CMD_INPUT;
			return false;
		}
	}
	*status = CMD_INPUT;
	if (optind == argc)
		return true;
	fprintf(stderr, "switchback explore: %s: no argument is wanted here\n",
	    argv[optind]);
	return false;
}

static bool
choose_shard(struct explore *e)
{
	struct err err;

	if (!e->sharded && shard_of_environment(&e->shard, &err) < 0)
		return complain("environment", err.text);
	e->x.step = (uint64_t)e->shard.count;
	e->x.first += (uint64_t)(e->shard.number - 1);
	return true;
}

static int
list_invariants(void)
{
	int i;

	for (i = 0; i < INVARIANTS; i++)
		printf("%-10s %s%s\n", invariant_name((enum invariant)i),
		    invariant_sentence((enum invariant)i),
		    invariant_holds_under((enum invariant)i, CORE_STOCK)
			? ""
			: " (native)");
	return CMD_PASS;
}

/* --- what was found --- */

static int
write_finding(const struct explore *e, const struct finding *f,
    const char *path)
{
	int status;

	if (mkdir(e->into, 0777) < 0 && errno != EEXIST) {
		complain(e->into, strerror(errno));
		return CMD_TROUBLE;
	}
	status = outfile_write("explore", path, &f->text);
	if (status == CMD_PASS)
		printf("  %s: %zu lines of %zu, in %.1f s and %u tries%s\n",
		    path, f->lines, f->lines_before,
		    (double)f->took_ns / (double)DUR_SEC, f->tries,
		    f->fails ? "" : "; it does not fail from this text");
	return status == CMD_PASS ? searchruns_add(e->store, f->run) : status;
}

/* Of the lowest seeds the one that gets shortest. */
static bool
make_shortest(const struct explore *e, enum invariant i, const char *path,
    struct finding *best)
{
	const struct explorer_find *find = &e->x.found[i];
	struct finding f;
	bool any = false;
	size_t k;

	for (k = 0; k < find->n_seeds; k++) {
		if (!finding_make(&e->x, find->seeds[k], i, e->program, path, 0,
			&f))
			continue;
		if (any && (!f.fails || f.lines >= best->lines)) {
			finding_fini(&f);
			continue;
		}
		if (any)
			finding_fini(best);
		*best = f;
		any = true;
	}
	return any;
}

static int
tell_find(const struct explore *e, enum invariant i)
{
	const struct explorer_find *find = &e->x.found[i];
	char at[DUR_TEXT];
	struct strbuf path = { 0 };
	struct finding f;
	int status = CMD_TROUBLE;

	printf("FAIL %s: %s\n", invariant_name(i), invariant_sentence(i));
	printf("  seed %" PRIu64 "%s%s, first of %" PRIu64 ", at %s: %s\n",
	    find->seeds[0], version_commit[0] != '\0' ? " at commit " : "",
	    version_commit, find->count, dur_short(find->violation.at_ns, at),
	    find->violation.what);
	strbuf_addf(&path, "%s/%s-%s.scn", e->into, policy_word(e->x.policy),
	    invariant_name(i));
	if (make_shortest(e, i, strbuf_str(&path), &f)) {
		printf("  %s\n", f.repeat);
		status = write_finding(e, &f, strbuf_str(&path));
		finding_fini(&f);
	}
	strbuf_fini(&path);
	return status;
}

static void
tell_places(const struct explore *e)
{
	struct strbuf never = { 0 };
	size_t reached = explorer_places(&e->x, &never);

	printf("%zu distinct ends; %zu of %zu places reached%s%s\n",
	    e->x.ends.n, reached, reach_names(NULL, 0),
	    never.bytes > 0 ? ", never:" : "", strbuf_str(&never));
	strbuf_fini(&never);
}

static int
tell_store(const struct explore *e)
{
	struct trace *summary;
	int status;

	if (e->store == NULL)
		return CMD_PASS;
	summary = searchruns_summary(&e->x);
	status = searchruns_add(e->store, summary);
	trace_free(summary);
	return status;
}

static int
tell(const struct explore *e)
{
	int status = CMD_PASS, rc, i;

	for (i = 0; i < INVARIANTS; i++) {
		if (e->x.found[i].count == 0)
			continue;
		rc = tell_find(e, (enum invariant)i);
		if (rc != CMD_PASS)
			status = rc;
		else if (status == CMD_PASS)
			status = CMD_FAIL;
	}
	rc = tell_store(e);
	if (rc != CMD_PASS)
		status = rc;
	tell_places(e);
	printf("%" PRIu64 " histories under %s, %" PRIu64
	       " failed; %.1f s, %.0f/s; version %s\n",
	    e->x.histories, policy_word(e->x.policy), e->x.failed,
	    (double)e->x.took_ns / (double)DUR_SEC,
	    (double)e->x.histories * (double)DUR_SEC /
		(double)(e->x.took_ns + 1),
	    version_text);
	return e->x.histories == 0 ? CMD_NOTHING : status;
}

/* What broke it once. */
static int
try_regressions(const struct explore *e)
{
	const char *folder = e->regressions;
	size_t run;
	int status;

	if (folder == NULL && access(REGRESSIONS, R_OK) == 0)
		folder = REGRESSIONS;
	if (folder == NULL)
		return CMD_PASS;
	status = regressions_run(folder, e->x.policy, &run);
	printf("%zu scenarios of %s tried first\n", run, folder);
	return status;
}

static int
search(struct explore *e)
{
	if (!explorer_open(&e->x))
		return CMD_INPUT;
	explorer_run(&e->x);
	if (!e->x.hash)
		return tell(e);
	fputs(strbuf_str(&e->x.hashes), stdout);
	return CMD_PASS;
}

int
cmd_explore(int argc, char **argv)
{
	struct explore e = { .x = { .first = 1,
				 .last = 1000,
				 .step = 1,
				 .policy = CORE_NATIVE,
				 .jobs = 1 },
		.shard = { 1, 1 },
		.into = "found" };
	int status, found;

	if (exhaust_is_asked(argc, argv))
		return exhaust_main(argc, argv, argv[-1]);
	e.program = argv[-1];
	if (!parse_options(argc, argv, &e, &status))
		return status;
	if (e.list)
		return list_invariants();
	if (!choose_shard(&e))
		return CMD_INPUT;
	if (e.x.first > e.x.last) {
		fputs("switchback explore: this part has no seed\n", stderr);
		return CMD_NOTHING;
	}
	e.x.progress = isatty(STDERR_FILENO);
	status = searchruns_open(e.x.hash ? NULL : e.db, &e.store);
	if (status != CMD_PASS)
		return status;
	status = e.x.hash ? CMD_PASS : try_regressions(&e);
	if (status == CMD_PASS || status == CMD_FAIL) {
		found = search(&e);
		status = found != CMD_PASS ? found : status;
	}
	store_close(e.store);
	explorer_fini(&e.x);
	return status;
}
