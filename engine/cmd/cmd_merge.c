/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback merge - the runs of several stores in one.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "cmd/cmds.h"
#include "cmd/storeargs.h"
#include "db/merge.h"
#include "report/clean.h"

static const char usage[] =
    "usage: switchback merge [--all] [--json] OUT IN...\n"
    "\n"
    "Puts the runs of all stores IN into the store OUT, behind those that it\n"
    "has: the results of a suite that several machines shared. All of them\n"
    "or, when a store is damaged, none.\n"
    "\n"
    "  --all    also runs that OUT has already; else one of the same title,\n"
    "           policy, seed, source and course is left out, and named\n"
    "  --json   one JSON object for each run\n"
    "\n"
    "Exit status: 0 merged, 2 bad input, 3 trouble, 4 there was no run.\n";

#define NOTES_MAX 20 /* runs left out that are named, of each input */

/* What became of one input's runs. */
struct tally {
	size_t added, known;
	int64_t first, last; /* numbers of the added ones */
	struct strbuf notes; /* a line for each of those left out */
};

struct merging {
	const char *output;
	const char *const *inputs;
	struct tally *tallies;
	size_t n_inputs;
	bool json;
	size_t runs;
};

static void
print_json(const struct merging *m, const struct merge_run *run)
{
	const struct trace_run *a = run->about;

	storeargs_print(json_pack("{s:I, s:b, s:o, s:I, s:o, s:o}", "run",
	    (json_int_t)run->run, "known", run->known, "file",
	    storeargs_json(m->inputs[run->input],
		strlen(m->inputs[run->input])),
	    "was", (json_int_t)run->was, "title",
	    storeargs_json(a->title, strlen(a->title)), "policy",
	    storeargs_json(a->policy, strlen(a->policy))));
}

static void
note_known(const struct merge_run *run, struct strbuf *out)
{
	const struct trace_run *a = run->about;

	strbuf_addf(out, "  run %" PRId64 ", \"", run->was);
	clean_text(out, a->title);
	strbuf_adds(out, "\" (");
	clean_text(out, a->policy[0] == '\0' ? "no policy" : a->policy);
	strbuf_addf(out,
	    ", seed %" PRIu64 "), is there as run %" PRId64 ": left out\n",
	    a->seed, run->run);
}

static void
take_run(void *ctx, const struct merge_run *run)
{
	struct merging *m = ctx;
	struct tally *t = &m->tallies[run->input];

	m->runs++;
	if (m->json) {
		print_json(m, run);
		return;
	}
	if (run->known) {
		if (t->known++ < NOTES_MAX)
			note_known(run, &t->notes);
		return;
	}
	if (t->added++ == 0)
		t->first = run->run;
	t->last = run->run;
}

static void
print_tally(const struct merging *m, size_t input)
{
	const struct tally *t = &m->tallies[input];
	struct strbuf line = { 0 };

	clean_text(&line, m->inputs[input]);
	strbuf_addf(&line, ": %zu run%s added", t->added,
	    t->added == 1 ? "" : "s");
	if (t->added == 1)
		strbuf_addf(&line, ", as %" PRId64, t->first);
	else if (t->added > 1)
		strbuf_addf(&line, ", as %" PRId64 " to %" PRId64, t->first,
		    t->last);
	if (t->known > 0)
		strbuf_addf(&line, "; %zu left out", t->known);
	printf("%s\n%s", strbuf_str(&line), strbuf_str(&t->notes));
	if (t->known > NOTES_MAX)
		printf("  and %zu more (--json names all)\n",
		    t->known - NOTES_MAX);
	strbuf_fini(&line);
}

static int
run_merge(struct merging *m, unsigned flags)
{
	struct err e;
	size_t i;
	int rc;

	m->tallies = mem_zero(m->n_inputs, sizeof(*m->tallies));
	rc = merge_stores(m->output, m->inputs, m->n_inputs, flags, take_run, m,
	    &e);
	for (i = 0; i < m->n_inputs; i++) {
		if (rc == 0 && m->runs > 0 && !m->json)
			print_tally(m, i);
		strbuf_fini(&m->tallies[i].notes);
	}
	free(m->tallies);
	if (rc < 0)
		return storeargs_fail("merge", &e);
	if (m->runs > 0)
		return CMD_PASS;
	fputs("switchback merge: there is no run in what was given\n", stderr);
	return CMD_NOTHING;
}

int
cmd_merge(int argc, char **argv)
{
	static const struct option options[] = {
		{ "all", no_argument, NULL, 'a' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct merging m = { 0 };
	unsigned flags = 0;
	int opt;

	optind = 1;
	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (opt) {
		case 'a':
			flags |= MERGE_ALL;
			break;
		case 'j':
			m.json = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return CMD_PASS;
		default:
			fputs(usage, stderr);
			return CMD_INPUT;
		}
	}
	if (argc - optind < 2) {
		fputs(usage, stderr);
		return CMD_INPUT;
	}
	m.output = argv[optind];
	m.inputs = (const char *const *)&argv[optind + 1];
	m.n_inputs = (size_t)(argc - optind - 1);
	return run_merge(&m, flags);
}
