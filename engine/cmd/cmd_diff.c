/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback diff - what became better and what worse between two stores, or
 * two runs.
 */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dur.h"
#include "base/mem.h"
#include "cmd/cmds.h"
#include "cmd/outfile.h"
#include "cmd/storeargs.h"
#include "db/store_read.h"
#include "report/rundiff.h"

/* Runs that went other ways are read again to say where they part; not all of
 * a large suite. */
#define COURSES_MAX 40

static const char usage[] =
    "usage: switchback diff [OPTION...] BEFORE AFTER\n"
    "       switchback diff [OPTION...] [--db FILE] --run A --run B\n"
    "\n"
    "Compares the runs of two stores, or two runs of one: failures that are\n"
    "new or mended, slower fail-over, more packets lost, longer gaps, another\n"
    "final state, other work, another course.\n"
    "\n"
    "  --db FILE        the store of both runs ($SWITCHBACK_DB, else\n"
    "                   switchback.db)\n"
    "  --run ID|TITLE   a run before, and one after\n"
    "  --noise DUR      measured times differ by more than this (5ms)\n"
    "  --factor N       and by N times their spread (3)\n"
    "  --json           as JSON\n"
    "  --markdown       for a comment on a change\n"
    "  -o FILE          write it there\n"
    "\n"
    "Exit status: 0 nothing became worse, 1 something did, 2 bad input,\n"
    "3 trouble, 4 there was nothing to compare.\n";

/* The runs of one side. */
struct side {
	const char *path;
	struct store_reader *reader; /* of both sides, for two runs of one */
	struct run {
		int64_t id;
		uint64_t hash;
	} * runs;
	size_t n_runs, cap_runs;
	struct rundiff_facts **facts; /* of each */
};

struct diff {
	const char *db;
	const char *which[2];
	int n_which;
	struct rundiff_rule rule;
	enum rundiff_format format;
	const char *out;
	struct side sides[2];
};

/* False, always. */
static bool
wrong(const char *what, const char *value, const char *known)
{
	fprintf(stderr, "switchback diff: %s: \"%s\" is not %s\n", what, value,
	    known);
	return false;
}

static bool
take_factor(struct diff *d)
{
	int64_t n;

	if (!num_parse(optarg, strlen(optarg), 0, 1000, &n))
		return wrong("--factor", optarg, "a whole number up to 1000");
	d->rule.factor = (double)n;
	return true;
}

static bool
take_run(struct diff *d)
{
	if (d->n_which == 2) {
		fputs("switchback diff: --run: there are two already\n",
		    stderr);
		return false;
	}
	d->which[d->n_which++] = optarg;
	return true;
}

/* One option; false after a message. */
static bool
take_option(struct diff *d, int c)
{
	switch (c) {
	case 'd':
		d->db = optarg;
		return true;
	case 'r':
		return take_run(d);
	case 'n':
		return dur_parse(optarg, strlen(optarg), &d->rule.floor_ns) ||
		    wrong("--noise", optarg, "a duration such as 5ms");
	case 'f':
		return take_factor(d);
	case 'j':
		d->format = RUNDIFF_JSON;
		return true;
	case 'm':
		d->format = RUNDIFF_MARKDOWN;
		return true;
	case 'o':
		d->out = optarg;
		return true;
	default:
		fputs(usage, stderr);
		return false;
	}
}

/* Two stores, or two runs; false after a message. */
static bool
take_sides(struct diff *d, int argc, char **argv)
{
	if (d->n_which == 2 && optind == argc) {
		d->sides[0].path = d->sides[1].path = storeargs_db(d->db);
		return true;
	}
	if (d->n_which == 0 && d->db == NULL && argc - optind == 2) {
		d->sides[0].path = argv[optind];
		d->sides[1].path = argv[optind + 1];
		return true;
	}
	fprintf(stderr,
	    "switchback diff: name two stores, or two runs of one with "
	    "--run\n%s",
	    usage);
	return false;
}

/* False to stop with *status. */
static bool
parse_options(int argc, char **argv, struct diff *d, int *status)
{
	static const struct option longs[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "run", required_argument, NULL, 'r' },
		{ "noise", required_argument, NULL, 'n' },
		{ "factor", required_argument, NULL, 'f' },
		{ "json", no_argument, NULL, 'j' },
		{ "markdown", no_argument, NULL, 'm' },
		{ "output", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	optind = 1;
	*status = CMD_INPUT;
	while ((c = getopt_long(argc, argv, "o:h", longs, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			*status = CMD_PASS;
			return false;
		}
		if (!take_option(d, c))
			return false;
	}
	return take_sides(d, argc, argv);
}

static bool
add_run(void *ctx, const struct store_run *run)
{
	struct side *s = ctx;
	struct run *r = MEM_PUSH(s->runs, s->n_runs, s->cap_runs);

	r->id = run->id;
	r->hash = run->hash;
	return true;
}

/* Of the runs of a side, only the one that is named. */
static int
keep_named(struct side *s, const char *which, struct err *e)
{
	int64_t id = 0;
	size_t i;
	int rc = store_read_find(s->reader, which, &id, e);

	if (rc < 0)
		return rc;
	for (i = 0; i < s->n_runs; i++)
		if (s->runs[i].id == id)
			s->runs[0] = s->runs[i];
	s->n_runs = 1;
	return 0;
}

static int
read_facts(struct side *s, struct err *e)
{
	struct trace *t = NULL;
	size_t i;
	int rc;

	s->facts = mem_zero(s->n_runs + 1, sizeof(struct rundiff_facts *));
	for (i = 0; i < s->n_runs; i++) {
		rc = store_read_trace(s->reader, s->runs[i].id, &t, e);
		if (rc < 0)
			return rc;
		s->facts[i] =
		    rundiff_facts_new(t, s->runs[i].id, s->runs[i].hash);
		trace_free(t);
	}
	return 0;
}

static int
read_side(struct diff *d, int number, struct err *e)
{
	struct side *s = &d->sides[number];
	int rc;

	if ((rc = store_read_open(s->path, &s->reader, e)) < 0 ||
	    (rc = store_read_runs(s->reader, add_run, s, e)) < 0)
		return rc;
	if (d->n_which > 0 && (rc = keep_named(s, d->which[number], e)) < 0)
		return rc;
	return read_facts(s, e);
}

static void
free_side(struct side *s)
{
	size_t i;

	for (i = 0; s->facts != NULL && i < s->n_runs; i++)
		rundiff_facts_free(s->facts[i]);
	free(s->facts);
	free(s->runs);
	store_read_close(s->reader);
}

static int
note_course(struct diff *d, const struct rundiff_case *c,
    struct rundiff_finding *f, struct err *e)
{
	struct trace *before = NULL, *after = NULL;
	int rc;

	rc = store_read_trace(d->sides[0].reader,
	    rundiff_run(c->before[c->n_before - 1]), &before, e);
	if (rc == 0)
		rc = store_read_trace(d->sides[1].reader,
		    rundiff_run(c->after[c->n_after - 1]), &after, e);
	if (rc == 0)
		rundiff_note_course(f, before, after);
	trace_free(before);
	trace_free(after);
	return rc;
}

static int
note_courses(struct diff *d, struct rundiff *r, struct err *e)
{
	struct rundiff_finding *f;
	size_t i, noted = 0;
	int rc = 0;

	for (i = 0; i < r->n_cases && noted < COURSES_MAX && rc == 0; i++)
		if ((f = rundiff_course(&r->cases[i])) != NULL) {
			rc = note_course(d, &r->cases[i], f, e);
			noted++;
		}
	return rc;
}

static int
write_result(struct diff *d, const struct rundiff *r)
{
	const struct rundiff_side before = { d->sides[0].path,
		d->sides[0].n_runs };
	const struct rundiff_side after = { d->sides[1].path,
		d->sides[1].n_runs };
	struct strbuf text = { 0 };
	int status;

	rundiff_write(d->format, r, &before, &after,
	    d->out == NULL && isatty(STDOUT_FILENO), &text);
	status = outfile_write("diff", d->out, &text);
	strbuf_fini(&text);
	if (status != CMD_PASS)
		return status;
	if (r->compared == 0) {
		fputs("switchback diff: no run of the one is like one of the "
		      "other\n",
		    stderr);
		return CMD_NOTHING;
	}
	return r->grades[RUNDIFF_WORSE] > 0 ? CMD_FAIL : CMD_PASS;
}

static int
compare(struct diff *d)
{
	struct side *a = &d->sides[0], *b = &d->sides[1];
	struct rundiff *r = NULL;
	struct err e;
	int rc, status;

	if ((rc = read_side(d, 0, &e)) == 0 &&
	    (rc = read_side(d, 1, &e)) == 0) {
		r = d->n_which > 0
		    ? rundiff_pair(a->facts[0], b->facts[0], &d->rule)
		    : rundiff_new(a->facts, a->n_runs, b->facts, b->n_runs,
			  &d->rule);
		rc = note_courses(d, r, &e);
	}
	status = rc == 0 ? write_result(d, r) : storeargs_fail("diff", &e);
	rundiff_free(r);
	free_side(a);
	free_side(b);
	return status;
}

int
cmd_diff(int argc, char **argv)
{
	struct diff d = { .rule = rundiff_default_rule };
	int status;

	if (!parse_options(argc, argv, &d, &status))
		return status;
	return compare(&d);
}
