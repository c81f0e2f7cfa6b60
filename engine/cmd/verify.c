/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "cmd/cmds.h"
#include "cmd/storeargs.h"
#include "core/replayer.h"
#include "db/store_read.h"
#include "report/clean.h"

struct run { /* one of the list */
	int64_t id;
	char *title, *policy, *kind; /* owned */
};

struct verify {
	const char *db;
	bool json;
	struct store_reader *reader;
	struct run *runs;
	size_t n_runs, cap_runs;
	int64_t only; /* this run; 0: all */

	/* of the run that is at hand */
	const struct run *run;
	struct replayer *replayer;
	size_t rows, setups;
	struct err err; /* what is wrong with a row */
	struct strbuf text;
	json_t *differences;
	bool differs, compared; /* any run */
};

/* --- differences --- */

static void
add_row_text(struct strbuf *out, const char *sign, const struct replay_row *row)
{
	strbuf_addf(out, "    %s ", sign);
	clean_ascii(out, row->kind, strlen(row->kind));
	if (row->bytes > 0)
		strbuf_addc(out, ' ');
	clean_ascii(out, row->body, row->bytes);
	strbuf_addc(out, '\n');
}

/* A snapshot's rows, one below the other. */
static void
add_input_text(struct strbuf *out, const struct replay_row *row)
{
	struct replay_row part = *row;
	const char *end = row->body + row->bytes, *eol;

	for (;;) {
		eol = memchr(part.body, '\n', (size_t)(end - part.body));
		part.bytes = (size_t)((eol == NULL ? end : eol) - part.body);
		add_row_text(out, ">", &part);
		if (eol == NULL)
			return;
		part.body = eol + 1;
		part.kind = " ";
	}
}

static void
add_difference_text(struct verify *v, const struct replay_difference *d)
{
	char at[DUR_TEXT];
	size_t i;

	strbuf_addf(&v->text,
	    "run %" PRId64 ", decision %zu at %s, core %" PRIu32
	    ": the answer is another\n",
	    v->run->id, d->input.number, dur_stamp(d->input.at_ns, at),
	    d->core);
	add_input_text(&v->text, &d->input);
	for (i = 0; i < d->first; i++)
		add_row_text(&v->text, "=", &d->recorded[i]);
	for (i = d->first; i < d->n_recorded; i++)
		add_row_text(&v->text, "- recorded:", &d->recorded[i]);
	if (d->n_recorded == d->first)
		strbuf_adds(&v->text, "    - recorded: nothing more\n");
	for (i = d->first; i < d->n_replayed; i++)
		add_row_text(&v->text, "+ now:     ", &d->replayed[i]);
	if (d->n_replayed == d->first)
		strbuf_adds(&v->text, "    + now:      nothing more\n");
}

static json_t *
row_json(const struct replay_row *row)
{
	return json_pack("{s:o, s:o}", "kind",
	    storeargs_json(row->kind, strlen(row->kind)), "body",
	    storeargs_json(row->body, row->bytes));
}

static json_t *
rows_json(const struct replay_row *list, size_t count)
{
	json_t *rows = json_array();
	size_t i;

	for (i = 0; i < count; i++)
		json_array_append_new(rows, row_json(&list[i]));
	return rows;
}

static void
add_difference_json(struct verify *v, const struct replay_difference *d)
{
	json_array_append_new(v->differences,
	    json_pack("{s:I, s:I, s:I, s:o, s:o, s:o, s:I}", "decision",
		(json_int_t)d->input.number, "at_ns",
		(json_int_t)d->input.at_ns, "core", (json_int_t)d->core,
		"input", row_json(&d->input), "recorded",
		rows_json(d->recorded, d->n_recorded), "now",
		rows_json(d->replayed, d->n_replayed), "first",
		(json_int_t)d->first));
}

static void
difference_found(void *ctx, const struct replay_difference *d)
{
	struct verify *v = ctx;

	v->differs = true;
	if (v->json)
		add_difference_json(v, d);
	else
		add_difference_text(v, d);
}

/* --- a run --- */

/* Puts the place in front of what is wrong. */
static bool
blame(struct verify *v, const char *table, size_t number)
{
	struct err why = v->err;
	struct strbuf clean = { 0 };

	clean_text(&clean, why.text);
	if (table != NULL)
		err_set(&v->err, why.code, "%s: run %" PRId64 ", %s %zu: %s",
		    v->db, v->run->id, table, number, strbuf_str(&clean));
	else
		err_set(&v->err, why.code, "%s: run %" PRId64 ": %s", v->db,
		    v->run->id, strbuf_str(&clean));
	strbuf_fini(&clean);
	return false;
}

static bool
take_setup(void *ctx, int count, const char *const *names,
    const struct store_value *values)
{
	struct verify *v = ctx;

	(void)count;
	(void)names;
	if (values == NULL)
		return true;
	v->setups++;
	if (replayer_setup(v->replayer, values[1].data, values[2].data,
		values[2].bytes, &v->err) == 0)
		return true;
	return blame(v, "setup", (size_t)values[0].integer);
}

static bool
take_decision(void *ctx, int count, const char *const *names,
    const struct store_value *values)
{
	struct verify *v = ctx;
	struct replay_row row;

	(void)count;
	(void)names;
	if (values == NULL)
		return true;
	v->rows++;
	row.number = (size_t)values[0].integer;
	row.at_ns = values[1].integer;
	row.in = strcmp(values[2].data, "in") == 0;
	row.kind = values[3].data;
	row.body = values[4].data;
	row.bytes = values[4].bytes;
	if (replayer_row(v->replayer, &row, &v->err) == 0)
		return true;
	return blame(v, "decision", row.number);
}

static int
read_table(struct verify *v, const char *what, store_row_fn *fn)
{
	char sql[120];
	struct err e;
	int rc;

	snprintf(sql, sizeof(sql),
	    "SELECT seq, %s, body FROM %s WHERE run = %" PRId64 " ORDER BY seq",
	    fn == take_setup ? "name" : "at_ns, way, kind", what, v->run->id);
	rc = store_read_query(v->reader, sql, fn, v, &e);
	if (rc < 0)
		v->err = e;
	return rc < 0 ? rc : (int)v->err.code;
}

static void
add_summary_text(struct verify *v, const struct replay_counts *c)
{
	const struct run *run = v->run;

	strbuf_addf(&v->text, "%s  run %" PRId64 " ",
	    c->differences > 0	 ? "DIFFERS"
		: c->inputs == 0 ? "nothing"
				 : "equal  ",
	    run->id);
	clean_ascii(&v->text, run->policy, strlen(run->policy));
	strbuf_addf(&v->text,
	    "%s%" PRIu32 " core%s, %" PRIu64 " inputs, %" PRIu64 " answers: ",
	    run->policy[0] != '\0' ? " " : "", c->cores,
	    c->cores == 1 ? "" : "s", c->inputs, c->intents);
	clean_cut(&v->text, run->title, 60);
	strbuf_addc(&v->text, '\n');
	if (c->passed > 0)
		strbuf_addf(&v->text,
		    "         %" PRIu64 " inputs could not be compared: %s\n",
		    c->passed,
		    c->differences > 0
			? "they come behind a difference, or before a "
			  "beginning"
			: "their core's beginning was not kept");
}

static void
tell_run(struct verify *v, const struct replay_counts *c)
{
	json_t *o;

	v->compared = v->compared || c->inputs > 0 || c->differences > 0;
	if (!v->json) {
		add_summary_text(v, c);
		fwrite(strbuf_str(&v->text), 1, v->text.bytes, stdout);
		return;
	}
	o = json_pack("{s:I, s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:b, s:O}",
	    "run", (json_int_t)v->run->id, "kind",
	    storeargs_json(v->run->kind, strlen(v->run->kind)), "policy",
	    storeargs_json(v->run->policy, strlen(v->run->policy)), "title",
	    storeargs_json(v->run->title, strlen(v->run->title)), "cores",
	    (json_int_t)c->cores, "inputs", (json_int_t)c->inputs, "answers",
	    (json_int_t)c->intents, "passed_over", (json_int_t)c->passed,
	    "equal", c->differences == 0 && c->inputs > 0, "differences",
	    v->differences);
	storeargs_print(o);
}

static int
verify_run(struct verify *v, const struct run *run)
{
	struct replay_counts counts;
	int rc;

	v->run = run;
	v->rows = v->setups = 0;
	memset(&v->err, 0, sizeof(v->err));
	strbuf_reset(&v->text);
	v->differences = json_array();
	v->replayer = replayer_new(difference_found, v);
	rc = read_table(v, "setup", take_setup);
	if (rc == 0)
		rc = read_table(v, "decision", take_decision);
	replayer_end(v->replayer, &counts);
	if (rc == 0 && v->rows == 0 && v->only != 0) {
		rc = err_set(&v->err, ERR_INPUT,
		    "it has no decisions; test --decisions and switchbackd "
		    "write them down");
		blame(v, NULL, 0);
	}
	if (v->rows > 0 && (rc == 0 || counts.differences > 0))
		tell_run(v, &counts);
	replayer_free(v->replayer);
	json_decref(v->differences);
	return rc;
}

/* --- all of them --- */

static bool
list_run(void *ctx, const struct store_run *run)
{
	struct verify *v = ctx;
	struct run *r;

	if (v->only != 0 && run->id != v->only)
		return true;
	r = MEM_PUSH(v->runs, v->n_runs, v->cap_runs);
	r->id = run->id;
	r->title = mem_str(run->run.title);
	r->policy = mem_str(run->run.policy);
	r->kind = mem_str(run->run.kind);
	return true;
}

static int
verify_all(struct verify *v, const char *which)
{
	int rc = store_read_open(v->db, &v->reader, &v->err), one;
	size_t i;

	if (rc == 0 && which != NULL)
		rc = store_read_find(v->reader, which, &v->only, &v->err);
	if (rc == 0)
		rc = store_read_runs(v->reader, list_run, v, &v->err);
	if (rc < 0)
		return storeargs_fail("replay", &v->err);
	rc = CMD_PASS;
	for (i = 0; i < v->n_runs; i++) {
		if (verify_run(v, &v->runs[i]) == 0)
			continue;
		one = storeargs_fail("replay", &v->err);
		rc = one > rc ? one : rc;
	}
	if (rc != CMD_PASS)
		return rc;
	if (v->differs)
		return CMD_FAIL;
	if (v->compared)
		return CMD_PASS;
	fprintf(stderr,
	    "switchback replay: %s: nothing was compared: no run has "
	    "decisions from a core's beginning on\n",
	    v->db);
	return CMD_NOTHING;
}

int
verify_runs(const char *db, const char *which, bool json)
{
	struct verify v = { .db = storeargs_db(db), .json = json };
	int status = verify_all(&v, which);
	size_t i;

	for (i = 0; i < v.n_runs; i++) {
		free(v.runs[i].title);
		free(v.runs[i].policy);
		free(v.runs[i].kind);
	}
	free(v.runs);
	store_read_close(v.reader);
	strbuf_fini(&v.text);
	return status;
}
