/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback list - the runs of a store, one line each.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "cmd/cmds.h"
#include "cmd/storeargs.h"
#include "db/store_read.h"

static const char usage[] =
    "usage: switchback list [--db FILE] [--json]\n"
    "\n"
    "Prints the runs of a store, oldest first. A run that is not finished is\n"
    "being recorded, or its recorder was killed.\n"
    "\n"
    "  --db FILE   the store ($SWITCHBACK_DB, else switchback.db)\n"
    "  --json      one JSON object for each run\n";

enum column {
	ID,
	KIND,
	POLICY,
	SECONDS,
	RECORDS,
	OPERATIONS,
	PASSED,
	FAILED,
	KNOWN,
	TITLE,
	COLUMNS,
};

static const struct {
	const char *head;
	bool number;
} columns[COLUMNS] = {
	[ID] = { "RUN", true },
	[KIND] = { "KIND", false },
	[POLICY] = { "POLICY", false },
	[SECONDS] = { "SECONDS", true },
	[RECORDS] = { "RECORDS", true },
	[OPERATIONS] = { "OPERATIONS", true },
	[PASSED] = { "PASSED", true },
	[FAILED] = { "FAILED", true },
	[KNOWN] = { "KNOWN", true },
	[TITLE] = { "TITLE", false },
};

struct table {
	char *(*rows)[COLUMNS];
	size_t n_rows, cap_rows;
};

static char *
number(int64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, n);
	return mem_str(text);
}

/* A title is one line of text, whatever the scenario's author wrote. */
static char *
one_line(const char *s)
{
	char *copy = mem_str(s), *p;

	for (p = copy; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = ' ';
	return copy;
}

static void
mark_cut(char **title)
{
	struct strbuf text = { 0 };

	strbuf_addf(&text, "%s (not finished)", *title);
	free(*title);
	*title = strbuf_take(&text);
}

static void
fill_row(char *cells[COLUMNS], const struct store_run *run)
{
	char seconds[DUR_TEXT];

	dur_short(run->run.end_ns - run->run.start_ns, seconds);
	cells[ID] = number(run->id);
	cells[KIND] = one_line(run->run.kind);
	cells[POLICY] =
	    one_line(run->run.policy[0] == '\0' ? "-" : run->run.policy);
	cells[SECONDS] = mem_str(seconds);
	cells[RECORDS] = number(run->records);
	cells[OPERATIONS] = number(run->operations);
	cells[PASSED] = number(run->passes);
	cells[FAILED] = number(run->fails);
	cells[KNOWN] = number(run->known_faults);
	cells[TITLE] = one_line(run->run.title);
	if (run->run.cut)
		mark_cut(&cells[TITLE]);
}

static bool
add_row(void *ctx, const struct store_run *run)
{
	struct table *t = ctx;

	fill_row(*MEM_PUSH(t->rows, t->n_rows, t->cap_rows), run);
	return true;
}

static bool
print_json(void *ctx, const struct store_run *run)
{
	const struct trace_run *r = &run->run;
	json_t *o = json_object();
	char hash[17], seed[24];

	(void)ctx;
	snprintf(hash, sizeof(hash), "%016" PRIx64, run->hash);
	/* As text: a JSON number need not hold 64 bits. */
	snprintf(seed, sizeof(seed), "%" PRIu64, r->seed);
	json_object_set_new(o, "run", json_integer(run->id));
	json_object_set_new(o, "kind",
	    storeargs_json(r->kind, strlen(r->kind)));
	json_object_set_new(o, "title",
	    storeargs_json(r->title, strlen(r->title)));
	json_object_set_new(o, "policy",
	    storeargs_json(r->policy, strlen(r->policy)));
	json_object_set_new(o, "machine",
	    storeargs_json(r->machine, strlen(r->machine)));
	json_object_set_new(o, "source",
	    storeargs_json(r->source, strlen(r->source)));
	json_object_set_new(o, "version",
	    storeargs_json(r->version, strlen(r->version)));
	json_object_set_new(o, "note",
	    storeargs_json(r->note, strlen(r->note)));
	json_object_set_new(o, "seed", json_string(seed));
	json_object_set_new(o, "start_ns", json_integer(r->start_ns));
	json_object_set_new(o, "end_ns", json_integer(r->end_ns));
	json_object_set_new(o, "complete", json_boolean(!r->cut));
	/* One that was written piece by piece has none. */
	json_object_set_new(o, "trace_hash",
	    run->hash == 0 ? json_null() : json_string(hash));
	json_object_set_new(o, "records", json_integer(run->records));
	json_object_set_new(o, "operations", json_integer(run->operations));
	json_object_set_new(o, "passed", json_integer(run->passes));
	json_object_set_new(o, "failed", json_integer(run->fails));
	json_object_set_new(o, "known_faults", json_integer(run->known_faults));
	storeargs_print(o);
	return true;
}

static void
print_cell(const char *text, int width, enum column c)
{
	if (c == TITLE)
		printf("%s\n", text);
	else
		printf(columns[c].number ? "%*s  " : "%-*s  ", width, text);
}

static void
print_table(const struct table *t)
{
	int width[COLUMNS], c;
	size_t i;

	for (c = 0; c < COLUMNS; c++) {
		width[c] = (int)strlen(columns[c].head);
		for (i = 0; i < t->n_rows; i++)
			if ((int)strlen(t->rows[i][c]) > width[c])
				width[c] = (int)strlen(t->rows[i][c]);
	}
	for (c = 0; c < COLUMNS; c++)
		print_cell(columns[c].head, width[c], (enum column)c);
	for (i = 0; i < t->n_rows; i++)
		for (c = 0; c < COLUMNS; c++)
			print_cell(t->rows[i][c], width[c], (enum column)c);
}

static void
free_table(struct table *t)
{
	size_t i;
	int c;

	for (i = 0; i < t->n_rows; i++)
		for (c = 0; c < COLUMNS; c++)
			free(t->rows[i][c]);
	free(t->rows);
}

static int
list_runs(const char *db, bool json)
{
	struct store_reader *r = NULL;
	struct table t = { 0 };
	struct err e;
	int rc;

	rc = store_read_open(storeargs_db(db), &r, &e);
	if (rc == 0)
		rc = store_read_runs(r, json ? print_json : add_row, &t, &e);
	if (rc == 0 && !json)
		print_table(&t);
	free_table(&t);
	store_read_close(r);
	return rc == 0 ? CMD_PASS : storeargs_fail("list", &e);
}

int
cmd_list(int argc, char **argv)
{
	static const struct option options[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *db = NULL;
	bool json = false;
	int opt;

	optind = 1;
	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (opt) {
		case 'd':
			db = optarg;
			break;
		case 'j':
			json = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return CMD_PASS;
		default:
			fputs(usage, stderr);
			return CMD_INPUT;
		}
	}
	if (optind < argc) {
		fputs(usage, stderr);
		return CMD_INPUT;
	}
	return list_runs(db, json);
}
