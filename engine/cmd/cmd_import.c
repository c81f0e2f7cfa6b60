/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback import - puts text recordings into a store.
 */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/cmds.h"
#include "cmd/storeargs.h"
#include "db/container.h"
#include "db/store.h"

static const char usage[] =
    "usage: switchback import [--db FILE] [--note TEXT] [--json] RECORDING...\n"
    "\n"
    "Adds each recording to a store, as a run of its own. All of them or,\n"
    "when one has a mistake, none.\n"
    "\n"
    "  RECORDING     FILE, FILE#NAME, or FILE#NAME+NAME+... (sections of a\n"
    "                container joined); a container alone means all that\n"
    "                are in it; - is standard input\n"
    "  --db FILE     the store, made if missing ($SWITCHBACK_DB, else\n"
    "                switchback.db)\n"
    "  --note TEXT   where it comes from, kept with the run\n"
    "  --json        one JSON object for each run\n";

struct import {
	const char *db, *note;
	bool json;
	struct recording **recs;
	size_t n_recs, cap_recs;
	int status; /* the worst so far */
};

static void
print_finding(void *ctx, enum diag_level level, const char *file, unsigned line,
    unsigned col, const char *text)
{
	struct strbuf out = { 0 };

	(void)ctx;
	diag_emit_strbuf(&out, level, file, line, col, text);
	fputs(strbuf_str(&out), stderr);
	strbuf_fini(&out);
}

static void
read_one(struct import *im, const char *spec)
{
	struct diag d = { .emit = print_finding };
	struct recording *r = NULL;
	struct err e;

	if (recording_read(spec, &d, &r, &e) == 0)
		*MEM_PUSH(im->recs, im->n_recs, im->cap_recs) = r;
	else if (d.errors > 0) /* they are printed */
		im->status = CMD_INPUT;
	else
		im->status = storeargs_fail("import", &e);
}

static bool
is_log(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && strcmp(name + n - 4, ".log") == 0;
}

/* A container that was named alone stands for all of its recordings. */
static void
read_spec(struct import *im, const char *spec)
{
	struct container *c = NULL;
	struct strbuf one = { 0 };
	size_t i, found = 0;
	struct err e;

	if (strcmp(spec, "-") == 0 || container_read(spec, &c, &e) < 0 ||
	    !c->packed) {
		container_free(c);
		read_one(im, spec);
		return;
	}
	for (i = 0; i < c->n_sections; i++) {
		if (!is_log(c->sections[i].name))
			continue;
		strbuf_reset(&one);
		strbuf_addf(&one, "%s#%s", spec, c->sections[i].name);
		read_one(im, one.data);
		found++;
	}
	if (found == 0) {
		fprintf(stderr,
		    "switchback import: %s: has no recording in it\n", spec);
		im->status = CMD_INPUT;
	}
	strbuf_fini(&one);
	container_free(c);
}

static int
add_one(struct import *im, struct store *s, const struct recording *r,
    int64_t *id, struct err *e)
{
	struct trace *t = recording_trace(r);
	int rc;

	if (im->note != NULL) {
		free(t->run.note);
		t->run.note = mem_str(im->note);
	}
	rc = store_add_recording(s, r, t, id, e);
	trace_free(t);
	return rc;
}

static void
print_one(const struct import *im, const struct recording *r, int64_t id)
{
	if (im->json)
		storeargs_print(
		    json_pack("{s:I, s:o, s:I}", "run", (json_int_t)id, "title",
			storeargs_json(r->name, strlen(r->name)), "records",
			(json_int_t)r->n_records));
	else
		printf("run %lld: %s, %zu records\n", (long long)id, r->name,
		    r->n_records);
}

static int
store_all(struct import *im)
{
	int64_t *ids = mem_zero(im->n_recs + 1, sizeof(*ids));
	struct store *s = NULL;
	struct err e;
	size_t i;
	int rc;

	rc = store_open(storeargs_db(im->db), 0, &s, &e);
	if (rc == 0)
		rc = store_begin(s, &e);
	for (i = 0; i < im->n_recs && rc == 0; i++)
		rc = add_one(im, s, im->recs[i], &ids[i], &e);
	if (rc == 0)
		rc = store_commit(s, &e);
	/* Not before: what is said to be there must be. */
	for (i = 0; i < im->n_recs && rc == 0; i++)
		print_one(im, im->recs[i], ids[i]);
	store_close(s);
	free(ids);
	return rc == 0 ? CMD_PASS : storeargs_fail("import", &e);
}

/* False to stop, with the status set. */
static bool
parse_options(struct import *im, int argc, char **argv)
{
	static const struct option options[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "note", required_argument, NULL, 'n' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int opt;

	optind = 1;
	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (opt) {
		case 'd':
			im->db = optarg;
			break;
		case 'n':
			im->note = optarg;
			break;
		case 'j':
			im->json = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return false;
		default:
			fputs(usage, stderr);
			im->status = CMD_INPUT;
			return false;
		}
	}
	if (optind < argc)
		return true;
	fputs(usage, stderr);
	im->status = CMD_INPUT;
	return false;
}

int
cmd_import(int argc, char **argv)
{
	struct import im = { .status = CMD_PASS };
	size_t i;

	if (!parse_options(&im, argc, argv))
		return im.status;
	for (; optind < argc; optind++)
		read_spec(&im, argv[optind]);
	if (im.status == CMD_PASS)
		im.status = store_all(&im);
	for (i = 0; i < im.n_recs; i++)
		recording_free(im.recs[i]);
	free(im.recs);
	return im.status;
}
