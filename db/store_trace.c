/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "db/dbfile.h"
#include "db/store_reader.h"

/* One row being read. Columns are taken in order; what cannot be (an
 * unknown word, a reference to no row) marks the row as damaged. */
struct row {
	sqlite3_stmt *stmt;
	int column;
	bool damaged;
};

static int64_t
get_int(struct row *row)
{
	return sqlite3_column_int64(row->stmt, row->column++);
}

static uint64_t
get_bits(struct row *row)
{
	int64_t n = get_int(row);
	uint64_t same;

	memcpy(&same, &n, sizeof(same));
	return same;
}

static int64_t
get_time(struct row *row)
{
	int64_t ns = get_int(row);

	if (ns < -TRACE_TIME_MAX || ns > TRACE_TIME_MAX)
		row->damaged = true;
	return row->damaged ? 0 : ns;
}

static int64_t
get_time_or_none(struct row *row)
{
	if (sqlite3_column_type(row->stmt, row->column) != SQLITE_NULL)
		return get_time(row);
	row->column++;
	return TRACE_OPEN;
}

static unsigned
get_line(struct row *row)
{
	int64_t n = get_int(row);

	if (n < 0 || n > INT32_MAX)
		row->damaged = true;
	return row->damaged ? 0 : (unsigned)n;
}

/* A row among count, or none. */
static int32_t
get_ref(struct row *row, size_t count)
{
	int64_t n = TRACE_NONE;

	if (sqlite3_column_type(row->stmt, row->column) != SQLITE_NULL)
		n = get_int(row);
	else
		row->column++;
	if (n == TRACE_NONE)
		return TRACE_NONE;
	if (n < 0 || (uint64_t)n >= count || n > INT32_MAX)
		row->damaged = true;
	return row->damaged ? TRACE_NONE : (int32_t)n;
}

/* Borrowed until the next row. */
static const char *
get_text(struct row *row)
{
	const unsigned char *s = sqlite3_column_text(row->stmt, row->column++);

	return s == NULL ? "" : (const char *)s;
}

static const void *
get_blob(struct row *row, size_t *bytes)
{
	const void *data = sqlite3_column_blob(row->stmt, row->column);

	*bytes = (size_t)sqlite3_column_bytes(row->stmt, row->column++);
	return data == NULL ? "" : data;
}

static char *
own_text(struct row *row)
{
	return mem_str(get_text(row));
}

static void
set_text(struct row *row, char **to)
{
	free(*to);
	*to = own_text(row);
}

static void
take_run(struct trace *t, struct row *row)
{
	set_text(row, &t->run.kind);
	set_text(row, &t->run.title);
	set_text(row, &t->run.policy);
	set_text(row, &t->run.machine);
	set_text(row, &t->run.source);
	set_text(row, &t->run.version);
	set_text(row, &t->run.note);
	t->run.seed = get_bits(row);
	t->run.start_ns = get_time(row);
	t->run.end_ns = get_time(row);
	t->run.cut = get_int(row) == 0;
}

static enum trace_fate
get_fate(struct row *row)
{
	const char *word = get_text(row);
	int fate;

	for (fate = TRACE_RECORD_QUEUED; fate <= TRACE_RECORD_NOBODY; fate++)
		if (strcmp(word, trace_fate_word((enum trace_fate)fate)) == 0)
			return (enum trace_fate)fate;
	row->damaged = true;
	return TRACE_RECORD_QUEUED;
}

static void
take_record(struct trace *t, struct row *row)
{
	int64_t emit_ns = get_time(row);
	size_t bytes;
	const void *raw = get_blob(row, &bytes);
	struct trace_record *r;

	trace_add_record(t, emit_ns, raw, bytes);
	r = &t->records[t->n_records - 1];
	r->read_ns = get_time_or_none(row);
	r->fate = get_fate(row);
	r->no_newline = get_int(row) != 0;
}

static void
take_firing(struct trace *t, struct row *row)
{
	struct trace_firing *f =
	    MEM_PUSH(t->firings, t->n_firings, t->cap_firings);

	f->at_ns = get_time(row);
	f->record = get_ref(row, t->n_records);
	f->file = own_text(row);
	f->line = get_line(row);
	f->action = own_text(row);
	f->carried = own_text(row);
}

static void
take_operation(struct trace *t, struct row *row)
{
	struct trace_operation *o =
	    MEM_PUSH(t->operations, t->n_operations, t->cap_operations);

	o->start_ns = get_time(row);
	o->end_ns = get_time_or_none(row);
	o->text = own_text(row);
	o->why = own_text(row);
	o->result = (int)get_int(row);
	o->record = get_ref(row, t->n_records);
}

static void
take_command(struct trace *t, struct row *row)
{
	struct trace_command *c =
	    MEM_PUSH(t->commands, t->n_commands, t->cap_commands);

	c->start_ns = get_time(row);
	c->end_ns = get_time_or_none(row);
	c->text = own_text(row);
	c->outcome = own_text(row);
	c->record = get_ref(row, t->n_records);
}

static void
take_state(struct trace *t, struct row *row)
{
	int64_t at_ns = get_time(row);
	const char *object = get_text(row), *field = get_text(row);

	/* It was stored because the value changed. */
	if (trace_set_state(t, at_ns, object, field, get_text(row)) ==
	    TRACE_NONE)
		row->damaged = true;
}

static void
take_mark(struct trace *t, struct row *row)
{
	int64_t at_ns = get_time(row);

	trace_add_mark(t, at_ns, get_text(row));
}

static void
take_stimulus(struct trace *t, struct row *row)
{
	int64_t at_ns = get_time(row);
	const char *text = get_text(row);

	trace_add_stimulus(t, at_ns, text, get_line(row));
}

static void
take_note(struct trace *t, struct row *row)
{
	int64_t at_ns = get_time(row);
	const char *who = get_text(row);

	trace_add_note(t, at_ns, who, get_text(row));
}

static void
take_probe(struct trace *t, struct row *row)
{
	struct trace_probe *p = MEM_PUSH(t->probes, t->n_probes, t->cap_probes);

	p->name = own_text(row);
	p->way = own_text(row);
	p->period_ns = get_time(row);
	p->first_ns = get_time(row);
	p->last_ns = get_time(row);
	p->sent = get_bits(row);
	p->delivered = get_bits(row);
	p->lost = get_bits(row);
	p->send_errors = get_bits(row);
	p->duplicated = get_bits(row);
	p->reordered = get_bits(row);
	p->late = get_bits(row);
	p->longest_gap_ns = get_time(row);
	p->longest_gap_at_ns = get_time(row);
}

static void
take_gap(struct trace *t, struct row *row)
{
	struct trace_gap *g = MEM_PUSH(t->gaps, t->n_gaps, t->cap_gaps);

	g->probe = get_ref(row, t->n_probes);
	if (g->probe == TRACE_NONE)
		row->damaged = true;
	g->first_seq = get_bits(row);
	g->count = get_bits(row);
	g->send_errors = get_bits(row);
	g->from_ns = get_time(row);
	g->to_ns = get_time(row);
	g->why = own_text(row);
	g->state = get_ref(row, t->n_states);
	g->record = get_ref(row, t->n_records);
}

static enum trace_verdict
get_verdict(struct row *row)
{
	const char *word = get_text(row);
	int v;

	for (v = TRACE_PASS; v <= TRACE_SKIP; v++)
		if (strcmp(word, trace_verdict_word((enum trace_verdict)v)) ==
		    0)
			return (enum trace_verdict)v;
	row->damaged = true;
	return TRACE_FAIL;
}

static void
take_check(struct trace *t, struct row *row)
{
	struct trace_check *c = MEM_PUSH(t->checks, t->n_checks, t->cap_checks);

	c->file = own_text(row);
	c->line = get_line(row);
	c->text = own_text(row);
	c->verdict = get_verdict(row);
	c->expected = own_text(row);
	c->happened = own_text(row);
	c->reason = own_text(row);
	c->at_ns = get_time_or_none(row);
}

static void
take_oddity(struct trace *t, struct row *row)
{
	int32_t probe = get_ref(row, t->n_probes);
	int64_t at_ns = get_time(row);
	uint64_t number = get_bits(row);

	if (probe == TRACE_NONE)
		row->damaged = true;
	trace_add_oddity(t, probe, at_ns, number, get_text(row));
}

static void
take_hint(struct trace *t, struct row *row)
{
	int64_t at_ns = get_time(row);

	trace_add_hint(t, at_ns, get_text(row));
}

static void
take_reach(struct trace *t, struct row *row)
{
	struct trace_reach *r =
	    MEM_PUSH(t->reached, t->n_reached, t->cap_reached);

	r->name = own_text(row);
	r->times = get_bits(row);
}

static void
take_setup(struct trace *t, struct row *row)
{
	const char *name = get_text(row);
	size_t bytes;
	const void *body = get_blob(row, &bytes);

	trace_add_setup(t, name, body, bytes);
}

static void
take_decision(struct trace *t, struct row *row)
{
	int64_t at_ns = get_time(row);
	bool in = strcmp(get_text(row), "in") == 0;
	const char *kind = get_text(row);
	size_t bytes;
	const void *body = get_blob(row, &bytes);

	trace_add_decision(t, at_ns, in, kind, body, bytes);
}

/* A table comes after those it refers to. Columns in the order in which the
 * take_ functions take them. */
static const struct {
	const char *table;
	const char *columns;
	void (*take)(struct trace *t, struct row *row);
} tables[] = {
	{ "record", "emit_ns, raw, read_ns, fate, no_newline", take_record },
	{ "firing", "at_ns, record, file, line, action, carried", take_firing },
	{ "operation", "start_ns, end_ns, text, why, result, record",
	    take_operation },
	{ "command", "start_ns, end_ns, text, outcome, record", take_command },
	{ "state", "at_ns, object, field, value", take_state },
	{ "mark", "at_ns, name", take_mark },
	{ "stimulus", "at_ns, text, line", take_stimulus },
	{ "note", "at_ns, who, text", take_note },
	{ "probe",
	    "name, way, period_ns, first_ns, last_ns, sent, delivered, lost,"
	    " send_errors, duplicated, reordered, late, longest_gap_ns,"
	    " longest_gap_at_ns",
	    take_probe },
	{ "gap",
	    "probe, first_seq, count, send_errors, from_ns, to_ns, why,"
	    " state, record",
	    take_gap },
	{ "check",
	    "file, line, text, verdict, expected, happened, reason, at_ns",
	    take_check },
	{ "oddity", "probe, at_ns, number, kind", take_oddity },
	{ "hint", "at_ns, text", take_hint },
	{ "reach", "name, times", take_reach },
	{ "setup", "name, body", take_setup },
	{ "decision", "at_ns, way, kind, body", take_decision },
};

static int
read_table(struct store_reader *r, int64_t run_id, size_t table,
    struct trace *t, struct err *e)
{
	struct strbuf sql = { 0 };
	struct row row = { 0 };
	int64_t seq = 0;
	int got, rc = 0;

	strbuf_addf(&sql,
	    "SELECT seq, %s FROM \"%s\" WHERE run = ? ORDER BY seq",
	    tables[table].columns, tables[table].table);
	got = sqlite3_prepare_v2(r->db, strbuf_str(&sql), -1, &row.stmt, NULL);
	if (got == SQLITE_OK)
		got = sqlite3_bind_int64(row.stmt, 1, run_id);
	while (got == SQLITE_OK || got == SQLITE_ROW) {
		if ((got = sqlite3_step(row.stmt)) != SQLITE_ROW)
			break;
		row.column = 0;
		row.damaged = get_int(&row) != seq++ || seq > INT32_MAX;
		tables[table].take(t, &row);
		if (row.damaged) {
			rc = reader_damaged(r, run_id, tables[table].table, e);
			break;
		}
	}
	if (rc == 0 && got != SQLITE_DONE)
		rc = reader_failed(r, got, e);
	sqlite3_finalize(row.stmt);
	strbuf_fini(&sql);
	return rc;
}

/* Also gives the hash the run had when it was stored, if it had one. */
static int
read_run(struct store_reader *r, int64_t run_id, struct trace *t, bool *hashed,
    uint64_t *hash, struct err *e)
{
	static const char sql[] =
	    "SELECT kind, title, policy, machine, source, version, note, seed,"
	    " start_ns, end_ns, complete, trace_hash FROM run WHERE id = ?";
	struct row row = { 0 };
	const char *text;
	int got, rc = 0;

	got = sqlite3_prepare_v2(r->db, sql, -1, &row.stmt, NULL);
	if (got == SQLITE_OK)
		got = sqlite3_bind_int64(row.stmt, 1, run_id);
	if (got == SQLITE_OK)
		got = sqlite3_step(row.stmt);
	if (got == SQLITE_ROW) {
		take_run(t, &row);
		if (row.damaged)
			rc = reader_damaged(r, run_id, "run", e);
		text = get_text(&row);
		*hashed = text[0] != '\0';
		*hash = strtoull(text, NULL, 16);
	} else if (got == SQLITE_DONE) {
		rc = reader_no_run(r, run_id, e);
	} else {
		rc = reader_failed(r, got, e);
	}
	sqlite3_finalize(row.stmt);
	return rc;
}

static int
read_trace(struct store_reader *r, int64_t run_id, struct trace **out,
    struct err *e)
{
	struct trace *t = trace_new();
	uint64_t hash = 0;
	bool hashed = false;
	size_t i;
	int rc = read_run(r, run_id, t, &hashed, &hash, e);

	for (i = 0; rc == 0 && i < sizeof(tables) / sizeof(tables[0]); i++)
		rc = read_table(r, run_id, i, t, e);
	if (rc == 0 && hashed && trace_hash(t) != hash)
		rc = reader_damaged(r, run_id, "its rows do not give its hash",
		    e);
	if (rc == 0)
		*out = t;
	else
		trace_free(t);
	return rc;
}

int
store_read_trace(struct store_reader *r, int64_t run_id, struct trace **out,
    struct err *e)
{
	struct trace *t = NULL;
	int rc, got;

	if ((rc = reader_begin(r, e)) < 0)
		return rc;
	/* All tables as they were at one moment. */
	got = sqlite3_exec(r->db, "SAVEPOINT reading", NULL, NULL, NULL);
	if (got != SQLITE_OK)
		return reader_failed(r, got, e);
	rc = reader_end(r, read_trace(r, run_id, &t, e), e);
	sqlite3_exec(r->db, "RELEASE reading", NULL, NULL, NULL);
	if (rc == 0)
		*out = t;
	else
		trace_free(t);
	return rc;
}

static int
read_verbatims(struct store_reader *r, int64_t run_id, struct recording *rec,
    struct err *e)
{
	struct row row = { 0 };
	size_t next = 0; /* the first record that is not yet covered */
	int got, rc = 0;

	got = sqlite3_prepare_v2(r->db,
	    "SELECT before, covers, bytes FROM verbatim WHERE run = ?"
	    " ORDER BY seq",
	    -1, &row.stmt, NULL);
	if (got == SQLITE_OK)
		got = sqlite3_bind_int64(row.stmt, 1, run_id);
	while (rc == 0 && (got == SQLITE_OK || got == SQLITE_ROW)) {
		uint64_t before, covers;
		const void *text;

		if ((got = sqlite3_step(row.stmt)) != SQLITE_ROW)
			break;
		row.column = 0;
		before = get_bits(&row);
		covers = get_bits(&row);
		if (before < next || before > rec->n_records ||
		    covers > rec->n_records - before) {
			rc = reader_damaged(r, run_id, "verbatim", e);
			break;
		}
		next = (size_t)(before + covers);
		text = sqlite3_column_blob(row.stmt, 2);
		recording_keep(rec, (size_t)before, (size_t)covers,
		    text == NULL ? "" : text,
		    (size_t)sqlite3_column_bytes(row.stmt, 2));
	}
	if (rc == 0 && got != SQLITE_DONE)
		rc = reader_failed(r, got, e);
	sqlite3_finalize(row.stmt);
	return rc;
}

int
store_read_recording(struct store_reader *r, int64_t run_id,
    struct recording **out, struct err *e)
{
	struct recording *rec = NULL;
	struct trace *t = NULL;
	int rc;

	/* A run never changes once it is there, so two looks are one. */
	if ((rc = store_read_trace(r, run_id, &t, e)) < 0 ||
	    (rc = reader_begin(r, e)) < 0)
		goto out;
	rec = recording_of_trace(t);
	rc = reader_end(r, read_verbatims(r, run_id, rec, e), e);
	if (rc == 0) {
		*out = rec;
		rec = NULL;
	}
out:
	recording_free(rec);
	trace_free(t);
	return rc;
}
