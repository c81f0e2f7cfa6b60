/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "event/devline.h"

/* Columns in the order in which the add_ functions bind them. */
static const char *const insert_sql[ROWS_TABLES] = {
	[ROWS_RUN] = "run (kind, title, policy, machine, source, version, note,"
		     " seed, start_ns, end_ns, complete, trace_hash)"
		     " VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
	[ROWS_RECORD] =
	    "record (run, seq, emit_ns, read_ns, fate, raw, no_newline,"
	    " kind, system, subsystem, type, device)"
	    " VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
	[ROWS_VERBATIM] = "verbatim (run, seq, before, covers, bytes)"
			  " VALUES (?,?,?,?,?)",
	[ROWS_FIRING] = "firing (run, seq, at_ns, record, file, line, action,"
			" carried) VALUES (?,?,?,?,?,?,?,?)",
	[ROWS_OPERATION] = "operation (run, seq, start_ns, end_ns, text, why,"
			   " result, record) VALUES (?,?,?,?,?,?,?,?)",
	[ROWS_COMMAND] = "command (run, seq, start_ns, end_ns, text, outcome,"
			 " record) VALUES (?,?,?,?,?,?,?)",
	[ROWS_STATE] = "state (run, seq, at_ns, object, field, value)"
		       " VALUES (?,?,?,?,?,?)",
	[ROWS_MARK] = "mark (run, seq, at_ns, name) VALUES (?,?,?,?)",
	[ROWS_STIMULUS] = "stimulus (run, seq, at_ns, text, line)"
			  " VALUES (?,?,?,?,?)",
	[ROWS_NOTE] = "note (run, seq, at_ns, who, text) VALUES (?,?,?,?,?)",
	[ROWS_PROBE] =
	    "probe (run, seq, name, way, period_ns, first_ns, last_ns,"
	    " sent, delivered, lost, send_errors, duplicated, reordered,"
	    " late, longest_gap_ns, longest_gap_at_ns)"
	    " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[ROWS_GAP] =
	    "gap (run, seq, probe, first_seq, count, send_errors, from_ns,"
	    " to_ns, why, state, record) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
	[ROWS_CHECK] =
	    "\"check\" (run, seq, file, line, text, verdict, expected,"
	    " happened, reason, at_ns) VALUES (?,?,?,?,?,?,?,?,?,?)",
	[ROWS_ODDITY] = "oddity (run, seq, probe, at_ns, number, kind)"
			" VALUES (?,?,?,?,?,?)",
	[ROWS_HINT] = "hint (run, seq, at_ns, text) VALUES (?,?,?,?)",
	[ROWS_REACH] = "reach (run, seq, name, times) VALUES (?,?,?,?)",
	[ROWS_SETUP] = "setup (run, seq, name, body) VALUES (?,?,?,?)",
	[ROWS_DECISION] = "decision (run, seq, at_ns, way, kind, body)"
			  " VALUES (?,?,?,?,?,?)",
	[ROWS_PLACE] = "place (run, seq, name, linktype, snap_bytes)"
		       " VALUES (?,?,?,?,?)",
	[ROWS_PACKET] = "packet (run, seq, at_ns, place, wire_bytes, data)"
			" VALUES (?,?,?,?,?,?)",
};

/* What a record's columns hold of its pairs, in their order. */
#define DECODED 4
static const char *const decoded[DECODED] = { "system", "subsystem", "type",
	"device-name" };

struct rows {
	sqlite3 *db;
	sqlite3_stmt *stmts[ROWS_TABLES];
	sqlite3_stmt *set_end;
	struct devline line; /* decodes every record; keeps its memory */
	uint64_t decoded_hash[DECODED];
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
	for (i = 0; i < DECODED; i++)
		r->decoded_hash[i] = hash_str(HASH_START, decoded[i]);
	for (i = 0; i < ROWS_TABLES && rc == SQLITE_OK; i++) {
		char sql[320];

		snprintf(sql, sizeof(sql), "INSERT INTO %s", insert_sql[i]);
		rc = sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT,
		    &r->stmts[i], NULL);
	}
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v3(db,
		    "UPDATE run SET end_ns = ?, complete = ? WHERE id = ?", -1,
		    SQLITE_PREPARE_PERSISTENT, &r->set_end, NULL);
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
	for (i = 0; i < ROWS_TABLES; i++)
		sqlite3_finalize(r->stmts[i]);
	sqlite3_finalize(r->set_end);
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

/* A number that no row can have stays as it is, for SQLite to refuse. */
static void
put_ref(struct row *row, const struct rows_tail *tail, enum rows_table table,
    int32_t n)
{
	size_t kept = table == ROWS_STATE ? tail->n_kept : 0;

	if (n == TRACE_NONE)
		put_null(row);
	else if (n < 0)
		put_int(row, n);
	else if ((size_t)n < kept)
		put_int(row, tail->kept[n]);
	else
		put_int(row, tail->next[table] + n - (int64_t)kept);
}

static void
put_text(struct row *row, const char *s)
{
	if (row->rc == SQLITE_OK)
		row->rc = sqlite3_bind_text(row->stmt, ++row->column, s, -1,
		    SQLITE_STATIC);
}

/* The value of a key of a record, or nothing. */
static void
put_value(struct row *row, const struct devline *line, const char *key,
    uint64_t key_hash)
{
	const struct devline_pair *pair = devline_find(line, key, key_hash);

	if (pair == NULL)
		put_null(row);
	else if (row->rc == SQLITE_OK)
		row->rc = sqlite3_bind_text64(row->stmt, ++row->column,
		    pair->value, pair->value_bytes, SQLITE_STATIC, SQLITE_UTF8);
}

static void
put_blob(struct row *row, const void *data, size_t bytes)
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
begin_row_at(struct rows *r, enum rows_table table, int64_t run, int64_t seq)
{
	struct row row = { .stmt = r->stmts[table] };

	put_int(&row, run);
	put_int(&row, seq);
	return row;
}

static struct row
begin_row(struct rows *r, enum rows_table table, const struct rows_tail *tail,
    size_t i)
{
	return begin_row_at(r, table, tail->run,
	    tail->next[table] + (int64_t)i);
}

int
rows_add_run(struct rows *r, const struct trace_run *run, const char *hash,
    int64_t *run_id)
{
	struct row row = { .stmt = r->stmts[ROWS_RUN] };
	int rc;

	put_text(&row, run->kind);
	put_text(&row, run->title);
	put_text(&row, run->policy);
	put_text(&row, run->machine);
	put_text(&row, run->source);
	put_text(&row, run->version);
	put_text(&row, run->note);
	put_bits(&row, run->seed);
	put_int(&row, run->start_ns);
	put_int(&row, run->end_ns);
	put_int(&row, !run->cut);
	put_text(&row, hash);
	if ((rc = finish_row(&row)) == SQLITE_OK)
		*run_id = sqlite3_last_insert_rowid(r->db);
	return rc;
}

int
rows_set_end(struct rows *r, int64_t run_id, int64_t end_ns, bool complete)
{
	struct row row = { .stmt = r->set_end };
	int rc;

	put_int(&row, end_ns);
	put_int(&row, complete);
	put_int(&row, run_id);
	rc = finish_row(&row);
	if (rc == SQLITE_OK && sqlite3_changes(r->db) == 0)
		rc = SQLITE_NOTFOUND;
	return rc;
}

static int
add_record(struct rows *r, const struct rows_tail *tail, const struct trace *t,
    size_t i)
{
	const struct trace_record *rec = &t->records[i];
	struct row row = begin_row(r, ROWS_RECORD, tail, i);
	const struct devline *line = &r->line;
	int k;

	devline_parse(&r->line, rec->raw, rec->raw_bytes);
	put_int(&row, rec->emit_ns);
	put_time(&row, rec->read_ns);
	put_text(&row, trace_fate_word(rec->fate));
	put_blob(&row, rec->raw, rec->raw_bytes);
	put_int(&row, rec->no_newline);
	put_text(&row, devline_kind_word(line->kind));
	for (k = 0; k < DECODED; k++)
		put_value(&row, line, decoded[k], r->decoded_hash[k]);
	return finish_row(&row);
}

static int
add_firing(struct rows *r, const struct rows_tail *tail, const struct trace *t,
    size_t i)
{
	const struct trace_firing *f = &t->firings[i];
	struct row row = begin_row(r, ROWS_FIRING, tail, i);

	put_int(&row, f->at_ns);
	put_ref(&row, tail, ROWS_RECORD, f->record);
	put_text(&row, f->file);
	put_int(&row, f->line);
	put_text(&row, f->action);
	put_text(&row, f->carried);
	return finish_row(&row);
}

static int
add_operation(struct rows *r, const struct rows_tail *tail,
    const struct trace *t, size_t i)
{
	const struct trace_operation *o = &t->operations[i];
	struct row row = begin_row(r, ROWS_OPERATION, tail, i);

	put_int(&row, o->start_ns);
	put_time(&row, o->end_ns);
	put_text(&row, o->text);
	put_text(&row, o->why);
	put_int(&row, o->result);
	put_ref(&row, tail, ROWS_RECORD, o->record);
	return finish_row(&row);
}

static int
add_command(struct rows *r, const struct rows_tail *tail, const struct trace *t,
    size_t i)
{
	const struct trace_command *c = &t->commands[i];
	struct row row = begin_row(r, ROWS_COMMAND, tail, i);

	put_int(&row, c->start_ns);
	put_time(&row, c->end_ns);
	put_text(&row, c->text);
	put_text(&row, c->outcome);
	put_ref(&row, tail, ROWS_RECORD, c->record);
	return finish_row(&row);
}

static int
add_state(struct rows *r, const struct rows_tail *tail, const struct trace *t,
    size_t i)
{
	const struct trace_state *s = &t->states[i];
	struct row row = begin_row(r, ROWS_STATE, tail, i - tail->n_kept);

	put_int(&row, s->at_ns);
	put_text(&row, s->object);
	put_text(&row, s->field);
	put_text(&row, s->value);
	return finish_row(&row);
}

static int
add_mark(struct rows *r, const struct rows_tail *tail, const struct trace *t,
    size_t i)
{
	struct row row = begin_row(r, ROWS_MARK, tail, i);

	put_int(&row, t->marks[i].at_ns);
	put_text(&row, t->marks[i].name);
	return finish_row(&row);
}

static int
add_stimulus(struct rows *r, const struct rows_tail *tail,
    const struct trace *t, size_t i)
{
	struct row row = begin_row(r, ROWS_STIMULUS, tail, i);

	put_int(&row, t->stimuli[i].at_ns);
	put_text(&row, t->stimuli[i].text);
	put_int(&row, t->stimuli[i].line);
	return finish_row(&row);
}

static int
add_note(struct rows *r, const struct rows_tail *tail, const struct trace *t,
    size_t i)
{
	struct row row = begin_row(r, ROWS_NOTE, tail, i);

	put_int(&row, t->notes[i].at_ns);
	put_text(&row, t->notes[i].who);
	put_text(&row, t->notes[i].text);
	return finish_row(&row);
}

static int
add_probe(struct rows *r, const struct rows_tail *tail, const struct trace *t,
    size_t i)
{
	const struct trace_probe *p = &t->probes[i];
	struct row row = begin_row(r, ROWS_PROBE, tail, i);

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
add_gap(struct rows *r, const struct rows_tail *tail, const struct trace *t,
    size_t i)
{
	const struct trace_gap *g = &t->gaps[i];
	struct row row = begin_row(r, ROWS_GAP, tail, i);

	put_ref(&row, tail, ROWS_PROBE, g->probe);
	put_bits(&row, g->first_seq);
	put_bits(&row, g->count);
	put_bits(&row, g->send_errors);
	put_int(&row, g->from_ns);
	put_int(&row, g->to_ns);
	put_text(&row, g->why);
	put_ref(&row, tail, ROWS_STATE, g->state);
	put_ref(&row, tail, ROWS_RECORD, g->record);
	return finish_row(&row);
}

static int
add_check(struct rows *r, const struct rows_tail *tail, const struct trace *t,
    size_t i)
{
	const struct trace_check *c = &t->checks[i];
	struct row row = begin_row(r, ROWS_CHECK, tail, i);

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
add_oddity(struct rows *r, const struct rows_tail *tail, const struct trace *t,
    size_t i)
{
	const struct trace_oddity *o = &t->oddities[i];
	struct row row = begin_row(r, ROWS_ODDITY, tail, i);

	put_ref(&row, tail, ROWS_PROBE, o->probe);
	put_int(&row, o->at_ns);
	put_bits(&row, o->number);
	put_text(&row, o->kind);
	return finish_row(&row);
}

static int
add_hint(struct rows *r, const struct rows_tail *tail, const struct trace *t,
    size_t i)
{
	struct row row = begin_row(r, ROWS_HINT, tail, i);

	put_int(&row, t->hints[i].at_ns);
	put_text(&row, t->hints[i].text);
	return finish_row(&row);
}

static int
add_reach(struct rows *r, const struct rows_tail *tail, const struct trace *t,
    size_t i)
{
	struct row row = begin_row(r, ROWS_REACH, tail, i);

	put_text(&row, t->reached[i].name);
	put_bits(&row, t->reached[i].times);
	return finish_row(&row);
}

static int
add_setup(struct rows *r, const struct rows_tail *tail, const struct trace *t,
    size_t i)
{
	struct row row = begin_row(r, ROWS_SETUP, tail, i);

	put_text(&row, t->setups[i].name);
	put_blob(&row, t->setups[i].body, t->setups[i].bytes);
	return finish_row(&row);
}

static int
add_decision(struct rows *r, const struct rows_tail *tail,
    const struct trace *t, size_t i)
{
	const struct trace_decision *d = &t->decisions[i];
	struct row row = begin_row(r, ROWS_DECISION, tail, i);

	put_int(&row, d->at_ns);
	put_text(&row, d->in ? "in" : "out");
	put_text(&row, d->kind);
	put_blob(&row, d->body, d->bytes);
	return finish_row(&row);
}

struct trace_table {
	enum rows_table table;
	int (*add)(struct rows *r, const struct rows_tail *tail,
	    const struct trace *t, size_t i);
	size_t from, to; /* the rows of the trace that are to be added */
};

#define TABLES 16

/* The tables of a trace. A table comes after those it refers to. */
static void
list_tables(const struct rows_tail *tail, const struct trace *t,
    struct trace_table list[TABLES])
{
	const struct trace_table all[TABLES] = {
		{ ROWS_RECORD, add_record, 0, t->n_records },
		{ ROWS_FIRING, add_firing, 0, t->n_firings },
		{ ROWS_OPERATION, add_operation, 0, t->n_operations },
		{ ROWS_COMMAND, add_command, 0, t->n_commands },
		{ ROWS_STATE, add_state, tail->n_kept, t->n_states },
		{ ROWS_MARK, add_mark, 0, t->n_marks },
		{ ROWS_STIMULUS, add_stimulus, 0, t->n_stimuli },
		{ ROWS_NOTE, add_note, 0, t->n_notes },
		{ ROWS_PROBE, add_probe, 0, t->n_probes },
		{ ROWS_GAP, add_gap, 0, t->n_gaps },
		{ ROWS_ODDITY, add_oddity, 0, t->n_oddities },
		{ ROWS_CHECK, add_check, 0, t->n_checks },
		{ ROWS_HINT, add_hint, 0, t->n_hints },
		{ ROWS_REACH, add_reach, 0, t->n_reached },
		{ ROWS_SETUP, add_setup, 0, t->n_setups },
		{ ROWS_DECISION, add_decision, 0, t->n_decisions },
	};

	memcpy(list, all, sizeof(all));
}

int
rows_add_trace(struct rows *r, const struct rows_tail *tail,
    const struct trace *t)
{
	struct trace_table tables[TABLES];
	int rc = SQLITE_OK;
	size_t k, i;

	list_tables(tail, t, tables);
	for (k = 0; k < TABLES; k++)
		for (i = tables[k].from; i < tables[k].to && rc == SQLITE_OK;
		     i++)
			rc = tables[k].add(r, tail, t, i);
	return rc;
}

void
rows_advance(struct rows_tail *tail, const struct trace *t)
{
	struct trace_table tables[TABLES];
	int64_t *kept = NULL;
	size_t i, n_kept = 0, cap_kept = 0;

	for (i = 0; i < t->n_states; i++)
		if (trace_is_newest(t, i)) {
			kept = mem_grow(kept, &cap_kept, n_kept + 1,
			    sizeof(*kept));
			kept[n_kept++] = i < tail->n_kept
			    ? tail->kept[i]
			    : tail->next[ROWS_STATE] +
				(int64_t)(i - tail->n_kept);
		}
	list_tables(tail, t, tables);
	for (i = 0; i < TABLES; i++)
		tail->next[tables[i].table] +=
		    (int64_t)(tables[i].to - tables[i].from);
	free(tail->kept);
	tail->kept = kept;
	tail->n_kept = n_kept;
	tail->cap_kept = cap_kept;
}

int
rows_add_verbatims(struct rows *r, int64_t run_id, const struct recording *rec)
{
	int rc = SQLITE_OK;
	size_t i;

	for (i = 0; i < rec->n_verbatims && rc == SQLITE_OK; i++) {
		const struct recording_verbatim *v = &rec->verbatims[i];
		struct row row =
		    begin_row_at(r, ROWS_VERBATIM, run_id, (int64_t)i);

		put_size(&row, v->before);
		put_size(&row, v->covers);
		put_blob(&row, v->text, v->bytes);
		rc = finish_row(&row);
	}
	return rc;
}

int
rows_add_place(struct rows *r, int64_t run_id, int64_t seq, const char *name,
    int linktype, uint32_t snap_bytes)
{
	struct row row = begin_row_at(r, ROWS_PLACE, run_id, seq);

	put_text(&row, name);
	put_int(&row, linktype);
	put_int(&row, snap_bytes);
	return finish_row(&row);
}

int
rows_add_packet(struct rows *r, int64_t run_id, int64_t seq,
    const struct rows_packet *p)
{
	struct row row = begin_row_at(r, ROWS_PACKET, run_id, seq);

	put_int(&row, p->at_ns);
	put_int(&row, p->place);
	put_int(&row, p->wire_bytes);
	put_blob(&row, p->data, p->bytes);
	return finish_row(&row);
}
