/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "event/devline.h"

enum table {
	RUN,
	RECORD,
	VERBATIM,
	FIRING,
	OPERATION,
	COMMAND,
	STATE,
	MARK,
	STIMULUS,
	NOTE,
	PROBE,
	GAP,
	ODDITY,
	CHECK,
	HINT,
	REACH,
	SETUP,
	DECISION,
	TABLES,
};

/* Columns in the order in which the add_ functions bind them. */
static const char *const insert_sql[TABLES] = {
	[RUN] = "run (kind, title, policy, machine, source, version, note,"
		" seed, start_ns, end_ns, complete, trace_hash)"
		" VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
	[RECORD] = "record (run, seq, emit_ns, read_ns, fate, raw, no_newline,"
		   " kind, system, subsystem, type, device)"
		   " VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
	[VERBATIM] = "verbatim (run, seq, before, covers, bytes)"
		     " VALUES (?,?,?,?,?)",
	[FIRING] = "firing (run, seq, at_ns, record, file, line, action,"
		   " carried) VALUES (?,?,?,?,?,?,?,?)",
	[OPERATION] = "operation (run, seq, start_ns, end_ns, text, why,"
		      " result, record) VALUES (?,?,?,?,?,?,?,?)",
	[COMMAND] = "command (run, seq, start_ns, end_ns, text, outcome,"
		    " record) VALUES (?,?,?,?,?,?,?)",
	[STATE] = "state (run, seq, at_ns, object, field, value)"
		  " VALUES (?,?,?,?,?,?)",
	[MARK] = "mark (run, seq, at_ns, name) VALUES (?,?,?,?)",
	[STIMULUS] = "stimulus (run, seq, at_ns, text, line)"
		     " VALUES (?,?,?,?,?)",
	[NOTE] = "note (run, seq, at_ns, who, text) VALUES (?,?,?,?,?)",
	[PROBE] = "probe (run, seq, name, way, period_ns, first_ns, last_ns,"
		  " sent, delivered, lost, send_errors, duplicated, reordered,"
		  " late, longest_gap_ns, longest_gap_at_ns)"
		  " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[GAP] = "gap (run, seq, probe, first_seq, count, send_errors, from_ns,"
		" to_ns, why, state, record) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
	[CHECK] = "\"check\" (run, seq, file, line, text, verdict, expected,"
		  " happened, reason, at_ns) VALUES (?,?,?,?,?,?,?,?,?,?)",
	[ODDITY] = "oddity (run, seq, probe, at_ns, number, kind)"
		   " VALUES (?,?,?,?,?,?)",
	[HINT] = "hint (run, seq, at_ns, text) VALUES (?,?,?,?)",
	[REACH] = "reach (run, seq, name, times) VALUES (?,?,?,?)",
	[SETUP] = "setup (run, seq, name, body) VALUES (?,?,?,?)",
	[DECISION] = "decision (run, seq, at_ns, way, kind, body)"
		     " VALUES (?,?,?,?,?,?)",
};

struct rows {
	sqlite3 *db;
	sqlite3_stmt *stmts[TABLES];
	struct devline line; /* decodes every record; keeps its memory */
};

/* One row being bound: the first failure is kept, and what follows it does
 * nothing. Bound texts live until finish_row(). */
struct row {
	sqlite3_stmt *stmt;
	int column;
	int rc;
};

int
rows_new(sqlite3 *db, struct rows **out)
{
	struct rows *r = mem_zero(1, sizeof(*r));
	int i, rc = SQLITE_OK;

	r->db = db;
	for (i = 0; i < TABLES && rc == SQLITE_OK; i++) {
		char sql[320];

		snprintf(sql, sizeof(sql), "INSERT INTO %s", insert_sql[i]);
		rc = sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT,
		    &r->stmts[i], NULL);
	}
	if (rc == SQLITE_OK)
		*out = r;
	else
		rows_free(r);
	return rc;
}

void
rows_free(struct rows *r)
{
	int i;

	if (r == NULL)
		return;
	for (i = 0; i < TABLES; i++)
		sqlite3_finalize(r->stmts[i]);
	devline_fini(&r->line);
	free(r);
}

static void
put_int(struct row *row, int64_t n)
{
	if (row->rc == SQLITE_OK)
		row->rc = sqlite3_bind_int64(row->stmt, ++row->column, n);
}

static void
put_bits(struct row *row, uint64_t n)
{
	int64_t same;

	memcpy(&same, &n, sizeof(same));
	put_int(row, same);
}

static void
put_size(struct row *row, size_t n)
{
	put_int(row, (int64_t)n);
}

static void
put_null(struct row *row)
{
	if (row->rc == SQLITE_OK)
		row->rc = sqlite3_bind_null(row->stmt, ++row->column);
}

static void
put_time(struct row *row, int64_t ns)
{
	if (ns == TRACE_OPEN)
		put_null(row);
	else
		put_int(row, ns);
}

static void
put_ref(struct row *row, int32_t n)
{
	if (n == TRACE_NONE)
		put_null(row);
	else
		put_int(row, n);
}

static void
put_text(struct row *row, const char *s)
{
	if (row->rc == SQLITE_OK)
		row->rc = sqlite3_bind_text(row->stmt, ++row->column, s, -1,
		    SQLITE_STATIC);
}

static void
put_text_or_null(struct row *row, const char *s)
{
	if (s == NULL)
		put_null(row);
	else
		put_text(row, s);
}

static void
put_blob(struct row *row, const char *data, size_t bytes)
{
	if (row->rc == SQLITE_OK)
		row->rc = sqlite3_bind_blob64(row->stmt, ++row->column, data,
		    bytes, SQLITE_STATIC);
}

static int
finish_row(struct row *row)
{
	int rc = row->rc, stepped;

	if (rc == SQLITE_OK) {
		stepped = sqlite3_step(row->stmt);
		rc = stepped == SQLITE_DONE ? SQLITE_OK : stepped;
	}
	sqlite3_reset(row->stmt);
	return rc;
}

static struct row
begin_row(struct rows *r, enum table table, int64_t run, size_t seq)
{
	struct row row = { .stmt = r->stmts[table] };

	put_int(&row, run);
	put_size(&row, seq);
	return row;
}

static int
add_run(struct rows *r, const struct trace *t, int64_t *run_id)
{
	struct row row = { .stmt = r->stmts[RUN] };
	char hash[17];
	int rc;

	snprintf(hash, sizeof(hash), "%016" PRIx64, trace_hash(t));
	put_text(&row, t->run.kind);
	put_text(&row, t->run.title);
	put_text(&row, t->run.policy);
	put_text(&row, t->run.machine);
	put_text(&row, t->run.source);
	put_text(&row, t->run.version);
	put_text(&row, t->run.note);
	put_bits(&row, t->run.seed);
	put_int(&row, t->run.start_ns);
	put_int(&row, t->run.end_ns);
	put_int(&row, !t->run.cut);
	put_text(&row, hash);
	if ((rc = finish_row(&row)) == SQLITE_OK)
		*run_id = sqlite3_last_insert_rowid(r->db);
	return rc;
}

static int
add_record(struct rows *r, int64_t run, const struct trace *t, size_t i)
{
	const struct trace_record *rec = &t->records[i];
	struct row row = begin_row(r, RECORD, run, i);
	const struct devline *line = &r->line;

	devline_parse(&r->line, rec->raw, rec->raw_bytes);
	put_int(&row, rec->emit_ns);
	put_time(&row, rec->read_ns);
	put_text(&row, trace_fate_word(rec->fate));
	put_blob(&row, rec->raw, rec->raw_bytes);
	put_int(&row, rec->no_newline);
	put_text(&row, devline_kind_word(line->kind));
	put_text_or_null(&row, devline_get(line, "system"));
	put_text_or_null(&row, devline_get(line, "subsystem"));
	put_text_or_null(&row, devline_get(line, "type"));
	put_text_or_null(&row, devline_get(line, "device-name"));
	return finish_row(&row);
}

static int
add_firing(struct rows *r, int64_t run, const struct trace *t, size_t i)
{
	const struct trace_firing *f = &t->firings[i];
	struct row row = begin_row(r, FIRING, run, i);

	put_int(&row, f->at_ns);
	put_ref(&row, f->record);
	put_text(&row, f->file);
	put_int(&row, f->line);
	put_text(&row, f->action);
	put_text(&row, f->carried);
	return finish_row(&row);
}

static int
add_operation(struct rows *r, int64_t run, const struct trace *t, size_t i)
{
	const struct trace_operation *o = &t->operations[i];
	struct row row = begin_row(r, OPERATION, run, i);

	put_int(&row, o->start_ns);
	put_time(&row, o->end_ns);
	put_text(&row, o->text);
	put_text(&row, o->why);
	put_int(&row, o->result);
	put_ref(&row, o->record);
	return finish_row(&row);
}

static int
add_command(struct rows *r, int64_t run, const struct trace *t, size_t i)
{
	const struct trace_command *c = &t->commands[i];
	struct row row = begin_row(r, COMMAND, run, i);

	put_int(&row, c->start_ns);
	put_time(&row, c->end_ns);
	put_text(&row, c->text);
	put_text(&row, c->outcome);
	put_ref(&row, c->record);
	return finish_row(&row);
}

static int
add_state(struct rows *r, int64_t run, const struct trace *t, size_t i)
{
	const struct trace_state *s = &t->states[i];
	struct row row = begin_row(r, STATE, run, i);

	put_int(&row, s->at_ns);
	put_text(&row, s->object);
	put_text(&row, s->field);
	put_text(&row, s->value);
	return finish_row(&row);
}

static int
add_mark(struct rows *r, int64_t run, const struct trace *t, size_t i)
{
	struct row row = begin_row(r, MARK, run, i);

	put_int(&row, t->marks[i].at_ns);
	put_text(&row, t->marks[i].name);
	return finish_row(&row);
}

static int
add_stimulus(struct rows *r, int64_t run, const struct trace *t, size_t i)
{
	struct row row = begin_row(r, STIMULUS, run, i);

	put_int(&row, t->stimuli[i].at_ns);
	put_text(&row, t->stimuli[i].text);
	put_int(&row, t->stimuli[i].line);
	return finish_row(&row);
}

static int
add_note(struct rows *r, int64_t run, const struct trace *t, size_t i)
{
	struct row row = begin_row(r, NOTE, run, i);

	put_int(&row, t->notes[i].at_ns);
	put_text(&row, t->notes[i].who);
	put_text(&row, t->notes[i].text);
	return finish_row(&row);
}

static int
add_probe(struct rows *r, int64_t run, const struct trace *t, size_t i)
{
	const struct trace_probe *p = &t->probes[i];
	struct row row = begin_row(r, PROBE, run, i);

	put_text(&row, p->name);
	put_text(&row, p->way);
	put_int(&row, p->period_ns);
	put_int(&row, p->first_ns);
	put_int(&row, p->last_ns);
	put_bits(&row, p->sent);
	put_bits(&row, p->delivered);
	put_bits(&row, p->lost);
	put_bits(&row, p->send_errors);
	put_bits(&row, p->duplicated);
	put_bits(&row, p->reordered);
	put_bits(&row, p->late);
	put_int(&row, p->longest_gap_ns);
	put_int(&row, p->longest_gap_at_ns);
	return finish_row(&row);
}

static int
add_gap(struct rows *r, int64_t run, const struct trace *t, size_t i)
{
	const struct trace_gap *g = &t->gaps[i];
	struct row row = begin_row(r, GAP, run, i);

	put_int(&row, g->probe);
	put_bits(&row, g->first_seq);
	put_bits(&row, g->count);
	put_bits(&row, g->send_errors);
	put_int(&row, g->from_ns);
	put_int(&row, g->to_ns);
	put_text(&row, g->why);
	put_ref(&row, g->state);
	put_ref(&row, g->record);
	return finish_row(&row);
}

static int
add_check(struct rows *r, int64_t run, const struct trace *t, size_t i)
{
	const struct trace_check *c = &t->checks[i];
	struct row row = begin_row(r, CHECK, run, i);

	put_text(&row, c->file);
	put_int(&row, c->line);
	put_text(&row, c->text);
	put_text(&row, trace_verdict_word(c->verdict));
	put_text(&row, c->expected);
	put_text(&row, c->happened);
	put_text(&row, c->reason);
	put_time(&row, c->at_ns);
	return finish_row(&row);
}

static int
add_oddity(struct rows *r, int64_t run, const struct trace *t, size_t i)
{
	const struct trace_oddity *o = &t->oddities[i];
	struct row row = begin_row(r, ODDITY, run, i);

	put_int(&row, o->probe);
	put_int(&row, o->at_ns);
	put_bits(&row, o->number);
	put_text(&row, o->kind);
	return finish_row(&row);
}

static int
add_hint(struct rows *r, int64_t run, const struct trace *t, size_t i)
{
	struct row row = begin_row(r, HINT, run, i);

	put_int(&row, t->hints[i].at_ns);
	put_text(&row, t->hints[i].text);
	return finish_row(&row);
}

static int
add_reach(struct rows *r, int64_t run, const struct trace *t, size_t i)
{
	struct row row = begin_row(r, REACH, run, i);

	put_text(&row, t->reached[i].name);
	put_bits(&row, t->reached[i].times);
	return finish_row(&row);
}

static int
add_setup(struct rows *r, int64_t run, const struct trace *t, size_t i)
{
	struct row row = begin_row(r, SETUP, run, i);

	put_text(&row, t->setups[i].name);
	put_blob(&row, t->setups[i].body, t->setups[i].bytes);
	return finish_row(&row);
}

static int
add_decision(struct rows *r, int64_t run, const struct trace *t, size_t i)
{
	const struct trace_decision *d = &t->decisions[i];
	struct row row = begin_row(r, DECISION, run, i);

	put_int(&row, d->at_ns);
	put_text(&row, d->in ? "in" : "out");
	put_text(&row, d->kind);
	put_blob(&row, d->body, d->bytes);
	return finish_row(&row);
}

typedef int add_fn(struct rows *r, int64_t run, const struct trace *t,
    size_t i);

int
rows_add_trace(struct rows *r, const struct trace *t, int64_t *run_id)
{
	/* A table comes after those it refers to. */
	const struct {
		add_fn *add;
		size_t count;
	} tables[] = {
		{ add_record, t->n_records },
		{ add_firing, t->n_firings },
		{ add_operation, t->n_operations },
		{ add_command, t->n_commands },
		{ add_state, t->n_states },
		{ add_mark, t->n_marks },
		{ add_stimulus, t->n_stimuli },
		{ add_note, t->n_notes },
		{ add_probe, t->n_probes },
		{ add_gap, t->n_gaps },
		{ add_oddity, t->n_oddities },
		{ add_check, t->n_checks },
		{ add_hint, t->n_hints },
		{ add_reach, t->n_reached },
		{ add_setup, t->n_setups },
		{ add_decision, t->n_decisions },
	};
	int64_t id = 0;
	size_t k, i;
	int rc = add_run(r, t, &id);

	for (k = 0; k < sizeof(tables) / sizeof(tables[0]); k++)
		for (i = 0; i < tables[k].count && rc == SQLITE_OK; i++)
			rc = tables[k].add(r, id, t, i);
	if (rc == SQLITE_OK)
		*run_id = id;
	return rc;
}

int
rows_add_verbatims(struct rows *r, int64_t run_id, const struct recording *rec)
{
	int rc = SQLITE_OK;
	size_t i;

	for (i = 0; i < rec->n_verbatims && rc == SQLITE_OK; i++) {
		const struct recording_verbatim *v = &rec->verbatims[i];
		struct row row = begin_row(r, VERBATIM, run_id, i);

		put_size(&row, v->before);
		put_size(&row, v->covers);
		put_blob(&row, v->text, v->bytes);
		rc = finish_row(&row);
	}
	return rc;
}
