/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/trace.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/hash.h"

const char *
trace_fate_word(enum trace_fate fate)
{
	switch (fate) {
	case TRACE_RECORD_QUEUED:
		return "queued";
	case TRACE_RECORD_READ:
		return "read";
	case TRACE_RECORD_DROPPED:
		return "dropped";
	case TRACE_RECORD_NOBODY:
		return "nobody";
	}
	return "?";
}

const char *
trace_verdict_word(enum trace_verdict verdict)
{
	switch (verdict) {
	case TRACE_PASS:
		return "pass";
	case TRACE_FAIL:
		return "fail";
	case TRACE_KNOWN_FAULT:
		return "known-fault";
	case TRACE_MENDED:
		return "mended";
	case TRACE_SKIP:
		return "skip";
	}
	return "?";
}

/* A quoted word behind a blank. Everything that could end the line or the
 * quote is escaped; other bytes, UTF-8 among them, stay as they are. */
static void
put_bytes(struct strbuf *out, const char *s, size_t bytes)
{
	size_t i;

	strbuf_adds(out, " \"");
	for (i = 0; i < bytes; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '"' || c == '\\') {
			strbuf_addc(out, '\\');
			strbuf_addc(out, (char)c);
		} else if (c == '\n') {
			strbuf_adds(out, "\\n");
		} else if (c < 0x20 || c == 0x7f) {
			strbuf_addf(out, "\\x%02x", c);
		} else {
			strbuf_addc(out, (char)c);
		}
	}
	strbuf_addc(out, '"');
}

static void
put(struct strbuf *out, const char *s)
{
	put_bytes(out, s, strlen(s));
}

static void
put_time(struct strbuf *out, int64_t ns)
{
	char text[DUR_TEXT];

	strbuf_addc(out, ' ');
	strbuf_adds(out, ns == TRACE_OPEN ? "-" : dur_stamp(ns, text));
}

static void
put_row(struct strbuf *out, int32_t row)
{
	if (row == TRACE_NONE)
		strbuf_adds(out, " -");
	else
		strbuf_addf(out, " %" PRId32, row);
}

static void
dump_run(const struct trace_run *r, struct strbuf *out)
{
	strbuf_adds(out, "run");
	put(out, r->kind);
	put(out, r->title);
	strbuf_adds(out, " policy");
	put(out, r->policy);
	strbuf_adds(out, " machine");
	put(out, r->machine);
	strbuf_adds(out, " note");
	put(out, r->note);
	strbuf_addf(out, " seed %" PRIu64 " from", r->seed);
	put_time(out, r->start_ns);
	strbuf_adds(out, " to");
	put_time(out, r->end_ns);
	strbuf_adds(out, r->cut ? " cut\n" : "\n");
}

static void
dump_records(const struct trace *t, struct strbuf *out)
{
	size_t i;

	for (i = 0; i < t->n_records; i++) {
		const struct trace_record *r = &t->records[i];

		strbuf_addf(out, "record %zu", i);
		put_time(out, r->emit_ns);
		strbuf_addf(out, " %s", trace_fate_word(r->fate));
		put_time(out, r->read_ns);
		put_bytes(out, r->raw, r->raw_bytes);
		strbuf_adds(out, r->no_newline ? " cut\n" : "\n");
	}
	for (i = 0; i < t->n_firings; i++) {
		const struct trace_firing *f = &t->firings[i];

		strbuf_addf(out, "firing %zu", i);
		put_time(out, f->at_ns);
		put_row(out, f->record);
		put(out, f->file);
		strbuf_addf(out, " %u", f->line);
		put(out, f->carried);
		put(out, f->action);
		strbuf_addc(out, '\n');
	}
}

static void
dump_deeds(const struct trace *t, struct strbuf *out)
{
	size_t i;

	for (i = 0; i < t->n_operations; i++) {
		const struct trace_operation *o = &t->operations[i];

		strbuf_addf(out, "operation %zu", i);
		put_time(out, o->start_ns);
		put_time(out, o->end_ns);
		strbuf_addf(out, " %d", o->result);
		put_row(out, o->record);
		put(out, o->text);
		put(out, o->why);
		strbuf_addc(out, '\n');
	}
	for (i = 0; i < t->n_commands; i++) {
		const struct trace_command *c = &t->commands[i];

		strbuf_addf(out, "command %zu", i);
		put_time(out, c->start_ns);
		put_time(out, c->end_ns);
		put_row(out, c->record);
		put(out, c->text);
		put(out, c->outcome);
		strbuf_addc(out, '\n');
	}
}

static void
dump_moments(const struct trace *t, struct strbuf *out)
{
	size_t i;

	for (i = 0; i < t->n_states; i++) {
		strbuf_addf(out, "state %zu", i);
		put_time(out, t->states[i].at_ns);
		put(out, t->states[i].object);
		put(out, t->states[i].field);
		put(out, t->states[i].value);
		strbuf_addc(out, '\n');
	}
	for (i = 0; i < t->n_marks; i++) {
		strbuf_addf(out, "mark %zu", i);
		put_time(out, t->marks[i].at_ns);
		put(out, t->marks[i].name);
		strbuf_addc(out, '\n');
	}
	for (i = 0; i < t->n_stimuli; i++) {
		strbuf_addf(out, "stimulus %zu", i);
		put_time(out, t->stimuli[i].at_ns);
		strbuf_addf(out, " %u", t->stimuli[i].line);
		put(out, t->stimuli[i].text);
		strbuf_addc(out, '\n');
	}
	for (i = 0; i < t->n_notes; i++) {
		strbuf_addf(out, "note %zu", i);
		put_time(out, t->notes[i].at_ns);
		put(out, t->notes[i].who);
		put(out, t->notes[i].text);
		strbuf_addc(out, '\n');
	}
}

static void
dump_probes(const struct trace *t, struct strbuf *out)
{
	size_t i;

	for (i = 0; i < t->n_probes; i++) {
		const struct trace_probe *p = &t->probes[i];

		strbuf_addf(out, "probe %zu", i);
		put(out, p->name);
		put(out, p->way);
		put_time(out, p->period_ns);
		strbuf_addf(out,
		    " sent %" PRIu64 " delivered %" PRIu64 " lost %" PRIu64
		    " refused %" PRIu64 " duplicated %" PRIu64
		    " reordered %" PRIu64 " gap",
		    p->sent, p->delivered, p->lost, p->send_errors,
		    p->duplicated, p->reordered);
		put_time(out, p->longest_gap_ns);
		put_time(out, p->longest_gap_at_ns);
		if (p->late > 0)
			strbuf_addf(out, " late %" PRIu64, p->late);
		if (p->first_ns != 0 || p->last_ns != 0) {
			strbuf_adds(out, " from");
			put_time(out, p->first_ns);
			strbuf_adds(out, " to");
			put_time(out, p->last_ns);
		}
		strbuf_addc(out, '\n');
	}
	for (i = 0; i < t->n_gaps; i++) {
		const struct trace_gap *g = &t->gaps[i];

		strbuf_addf(out, "gap %zu", i);
		put_row(out, g->probe);
		strbuf_addf(out,
		    " seq %" PRIu64 " missing %" PRIu64 " refused %" PRIu64,
		    g->first_seq, g->count, g->send_errors);
		put_time(out, g->from_ns);
		put_time(out, g->to_ns);
		put_row(out, g->state);
		put_row(out, g->record);
		put(out, g->why);
		strbuf_addc(out, '\n');
	}
}

static void
dump_oddities(const struct trace *t, struct strbuf *out)
{
	size_t i;

	for (i = 0; i < t->n_oddities; i++) {
		const struct trace_oddity *o = &t->oddities[i];

		strbuf_addf(out, "oddity %zu", i);
		put_row(out, o->probe);
		put_time(out, o->at_ns);
		strbuf_addf(out, " %" PRIu64, o->number);
		put(out, o->kind);
		strbuf_addc(out, '\n');
	}
}

/* What was seen of the machine's and the engine's inside. */
static void
dump_inside(const struct trace *t, struct strbuf *out)
{
	size_t i;

	for (i = 0; i < t->n_hints; i++) {
		strbuf_addf(out, "hint %zu", i);
		put_time(out, t->hints[i].at_ns);
		put(out, t->hints[i].text);
		strbuf_addc(out, '\n');
	}
	for (i = 0; i < t->n_reached; i++) {
		strbuf_addf(out, "reach %zu", i);
		put(out, t->reached[i].name);
		strbuf_addf(out, " %" PRIu64 "\n", t->reached[i].times);
	}
	for (i = 0; i < t->n_setups; i++) {
		strbuf_addf(out, "setup %zu", i);
		put(out, t->setups[i].name);
		put_bytes(out, t->setups[i].body, t->setups[i].bytes);
		strbuf_addc(out, '\n');
	}
	for (i = 0; i < t->n_decisions; i++) {
		const struct trace_decision *d = &t->decisions[i];

		strbuf_addf(out, "decision %zu", i);
		put_time(out, d->at_ns);
		strbuf_adds(out, d->in ? " in" : " out");
		put(out, d->kind);
		put_bytes(out, d->body, d->bytes);
		strbuf_addc(out, '\n');
	}
}

static void
dump_checks(const struct trace *t, struct strbuf *out)
{
	size_t i;

	for (i = 0; i < t->n_checks; i++) {
		const struct trace_check *c = &t->checks[i];

		strbuf_addf(out, "check %zu %s", i,
		    trace_verdict_word(c->verdict));
		put_time(out, c->at_ns);
		put(out, c->file);
		strbuf_addf(out, " %u", c->line);
		put(out, c->text);
		put(out, c->expected);
		put(out, c->happened);
		put(out, c->reason);
		strbuf_addc(out, '\n');
	}
}

static void
dump_lasting(const struct trace *t, struct strbuf *out)
{
	dump_run(&t->run, out);
	dump_records(t, out);
	dump_deeds(t, out);
	dump_moments(t, out);
	dump_probes(t, out);
	dump_oddities(t, out);
	dump_checks(t, out);
	dump_inside(t, out);
}

void
trace_dump(const struct trace *t, struct strbuf *out)
{
	strbuf_adds(out, "from");
	put(out, t->run.source);
	strbuf_adds(out, " by");
	put(out, t->run.version);
	strbuf_addc(out, '\n');
	dump_lasting(t, out);
}

const char *
trace_digest(const struct trace *t, char buf[HASH128_TEXT])
{
	struct strbuf out = { 0 };

	dump_lasting(t, &out);
	hash128_text(hash128_bytes(HASH128_START, out.data, out.bytes), buf);
	strbuf_fini(&out);
	return buf;
}

uint64_t
trace_hash(const struct trace *t)
{
	struct strbuf out = { 0 };
	uint64_t h;

	dump_lasting(t, &out);
	h = hash_bytes(HASH_START, out.data, out.bytes);
	strbuf_fini(&out);
	return h;
}
