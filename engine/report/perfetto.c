/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/perfetto.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "report/outage.h"
#include "report/protobuf.h"
#include "report/spans.h"

/* Field numbers, by message. */
enum { TRACE_PACKET = 1 };
enum {
	PACKET_TIMESTAMP = 8,
	PACKET_SEQUENCE = 10,
	PACKET_EVENT = 11,
	PACKET_FLAGS = 13,
	PACKET_TRACK = 60
};
enum {
	TRACK_UUID = 1,
	TRACK_NAME = 2,
	TRACK_PROCESS = 3,
	TRACK_PARENT = 5,
	TRACK_COUNTER = 8,
	TRACK_ORDERING = 11,
	TRACK_RANK = 12
};
enum { PROCESS_PID = 1, PROCESS_NAME = 6 };
enum { COUNTER_UNIT_NAME = 6 };
enum {
	EVENT_ANNOTATION = 4,
	EVENT_TYPE = 9,
	EVENT_TRACK = 11,
	EVENT_CATEGORY = 22,
	EVENT_NAME = 23,
	EVENT_COUNTER = 30,
	EVENT_FLOW = 47
};
enum { ANNOTATION_TEXT = 6, ANNOTATION_NAME = 10 };

/* Values. */
enum { TYPE_BEGIN = 1, TYPE_END = 2, TYPE_INSTANT = 3, TYPE_COUNTER = 4 };
enum { ORDERING_EXPLICIT = 3 };
enum { FLAG_CLEARED = 1 };

struct writer {
	const struct trace *t;
	size_t run;
	struct strbuf *out;
	uint64_t process, track; /* uuids; the newest track's */
	uint64_t rank;
};

struct event { /* zeroed, but for what it has */
	int64_t at_ns;
	const char *name, *category;
	const char *key, *value; /* an annotation */
	uint64_t flow;
};

static void
add_packet(struct writer *w, int64_t at_ns, uint32_t field,
    const struct strbuf *message, bool first)
{
	struct strbuf packet = { 0 };
	int64_t since = outage_since(at_ns, w->t->run.start_ns);

	if (field == PACKET_EVENT)
		protobuf_uint(&packet, PACKET_TIMESTAMP,
		    since < 0 ? 0 : (uint64_t)since);
	protobuf_uint(&packet, PACKET_SEQUENCE, w->run + 1);
	if (first)
		protobuf_uint(&packet, PACKET_FLAGS, FLAG_CLEARED);
	protobuf_message(&packet, field, message);
	protobuf_message(w->out, TRACE_PACKET, &packet);
	strbuf_fini(&packet);
}

/* --- tracks --- */

static void
begin_process(struct writer *w)
{
	struct strbuf track = { 0 }, process = { 0 }, name = { 0 };
	const struct trace_run *r = &w->t->run;

	w->process = ((uint64_t)w->run + 1) << 32;
	w->track = w->process;
	strbuf_addf(&name, "%s%s%s", r->policy,
	    r->policy[0] == '\0' ? "" : ": ", r->title);
	protobuf_uint(&process, PROCESS_PID, w->run + 1);
	protobuf_text(&process, PROCESS_NAME, strbuf_str(&name));
	protobuf_uint(&track, TRACK_UUID, w->process);
	protobuf_message(&track, TRACK_PROCESS, &process);
	protobuf_uint(&track, TRACK_ORDERING, ORDERING_EXPLICIT);
	add_packet(w, 0, PACKET_TRACK, &track, true);
	strbuf_fini(&track);
	strbuf_fini(&process);
	strbuf_fini(&name);
}

static void
begin_track(struct writer *w, const char *name, bool counter)
{
	struct strbuf track = { 0 }, unit = { 0 };

	w->track++;
	protobuf_uint(&track, TRACK_UUID, w->track);
	protobuf_uint(&track, TRACK_PARENT, w->process);
	protobuf_text(&track, TRACK_NAME, name);
	protobuf_uint(&track, TRACK_RANK, w->rank++);
	if (counter) {
		protobuf_text(&unit, COUNTER_UNIT_NAME, "packets");
		protobuf_message(&track, TRACK_COUNTER, &unit);
	}
	add_packet(w, 0, PACKET_TRACK, &track, false);
	strbuf_fini(&track);
	strbuf_fini(&unit);
}

/* --- events --- */

static void
add_annotation(struct strbuf *event, const char *key, const char *value)
{
	struct strbuf a = { 0 };

	protobuf_text(&a, ANNOTATION_NAME, key);
	protobuf_text(&a, ANNOTATION_TEXT, value);
	protobuf_message(event, EVENT_ANNOTATION, &a);
	strbuf_fini(&a);
}

static void
add_event(struct writer *w, uint64_t type, const struct event *e)
{
	struct strbuf m = { 0 };

	protobuf_uint(&m, EVENT_TYPE, type);
	protobuf_uint(&m, EVENT_TRACK, w->track);
	if (e->category != NULL)
		protobuf_text(&m, EVENT_CATEGORY, e->category);
	if (e->name != NULL)
		protobuf_text(&m, EVENT_NAME, e->name);
	if (e->value != NULL && e->value[0] != '\0')
		add_annotation(&m, e->key, e->value);
	if (e->flow != 0)
		protobuf_fixed64(&m, EVENT_FLOW, e->flow);
	add_packet(w, e->at_ns, PACKET_EVENT, &m, false);
	strbuf_fini(&m);
}

static void
add_slice(struct writer *w, const struct event *e, int64_t end_ns)
{
	struct event end = { .at_ns = end_ns > e->at_ns ? end_ns : e->at_ns };

	add_event(w, TYPE_BEGIN, e);
	add_event(w, TYPE_END, &end);
}

static void
add_count(struct writer *w, int64_t at_ns, uint64_t count)
{
	struct strbuf m = { 0 };

	protobuf_uint(&m, EVENT_TYPE, TYPE_COUNTER);
	protobuf_uint(&m, EVENT_TRACK, w->track);
	protobuf_uint(&m, EVENT_COUNTER, count);
	add_packet(w, at_ns, PACKET_EVENT, &m, false);
	strbuf_fini(&m);
}

/* Records, and what came of one, hang together by its number. */
static uint64_t
flow_of(const struct writer *w, int32_t record)
{
	return record < 0 ? 0 : w->process + 1 + (uint64_t)record;
}

/* --- tables --- */

static void
add_deeds(struct writer *w)
{
	struct event e = { .category = "outside" };
	size_t i;

	begin_track(w, "outside world", false);
	for (i = 0; i < w->t->n_stimuli; i++) {
		e.name = w->t->stimuli[i].text;
		e.at_ns = w->t->stimuli[i].at_ns;
		add_event(w, TYPE_INSTANT, &e);
	}
	if (w->t->n_marks == 0)
		return;
	begin_track(w, "marks", false);
	e.category = "mark";
	for (i = 0; i < w->t->n_marks; i++) {
		e.name = w->t->marks[i].name;
		e.at_ns = w->t->marks[i].at_ns;
		add_event(w, TYPE_INSTANT, &e);
	}
}

static void
add_state_span(void *ctx, const char *text, int64_t from_ns, int64_t until_ns)
{
	struct event e = { .at_ns = from_ns,
		.name = text,
		.category = "state" };

	add_slice(ctx, &e, until_ns);
}

static void
add_states(struct writer *w)
{
	struct spans_names names;
	struct strbuf name = { 0 };
	size_t i;

	spans_objects(w->t, "active", &names);
	for (i = 0; i < names.n; i++) {
		strbuf_reset(&name);
		strbuf_addf(&name, "%s active port", names.list[i]);
		begin_track(w, strbuf_str(&name), false);
		spans_active(w->t, names.list[i], add_state_span, w);
	}
	free(names.list);
	spans_objects(w->t, "link", &names);
	for (i = 0; i < names.n; i++) {
		begin_track(w, names.list[i], false);
		spans_interface(w->t, names.list[i], add_state_span, w);
	}
	free(names.list);
	strbuf_fini(&name);
}

static void
add_gaps(struct writer *w, size_t probe)
{
	struct event e = { .category = "packets", .key = "why" };
	struct strbuf text = { 0 }, why = { 0 };
	const struct trace_gap *g;
	size_t i;

	for (i = 0; i < w->t->n_gaps; i++) {
		g = &w->t->gaps[i];
		if (g->probe != (int32_t)probe)
			continue;
		strbuf_reset(&text);
		strbuf_addf(&text, "%" PRIu64 " missing", g->count);
		strbuf_reset(&why);
		strbuf_addf(&why, "%s; ", g->why);
		if (!outage_cause(w->t, g, &why))
			why.data[why.bytes -= 2] = '\0';
		e.name = strbuf_str(&text);
		e.value = strbuf_str(&why);
		e.at_ns = outage_begin(w->t, g);
		e.flow = flow_of(w, g->record);
		add_slice(w, &e, g->to_ns);
	}
	strbuf_fini(&text);
	strbuf_fini(&why);
}

static void
add_probe(struct writer *w, size_t probe)
{
	const struct trace_probe *p = &w->t->probes[probe];
	struct strbuf name = { 0 };
	uint64_t missing = 0;
	size_t i;

	strbuf_addf(&name, "%s %s: gaps", p->name, p->way);
	begin_track(w, strbuf_str(&name), false);
	add_gaps(w, probe);
	strbuf_reset(&name);
	strbuf_addf(&name, "%s %s: missing so far", p->name, p->way);
	begin_track(w, strbuf_str(&name), true);
	add_count(w, w->t->run.start_ns, 0);
	for (i = 0; i < w->t->n_gaps; i++)
		if (w->t->gaps[i].probe == (int32_t)probe) {
			missing += w->t->gaps[i].count;
			add_count(w, w->t->gaps[i].to_ns, missing);
		}
	strbuf_fini(&name);
}

static void
add_records(struct writer *w)
{
	struct event e = { .category = "record", .key = "record" };
	struct strbuf text = { 0 };
	const struct trace_record *r;
	size_t i;

	begin_track(w, "records", false);
	for (i = 0; i < w->t->n_records; i++) {
		r = &w->t->records[i];
		strbuf_reset(&text);
		outage_record(r, &text);
		if (r->fate == TRACE_RECORD_DROPPED)
			strbuf_adds(&text, " (lost: queue overflow)");
		e.name = strbuf_str(&text);
		e.value = r->raw;
		e.at_ns = r->emit_ns;
		e.flow = flow_of(w, (int32_t)i);
		add_event(w, TYPE_INSTANT, &e);
	}
	begin_track(w, "rules", false);
	e.category = "rule";
	e.key = "action";
	for (i = 0; i < w->t->n_firings; i++) {
		strbuf_reset(&text);
		strbuf_addf(&text, "%s:%u", w->t->firings[i].file,
		    w->t->firings[i].line);
		e.name = strbuf_str(&text);
		e.value = w->t->firings[i].action;
		e.at_ns = w->t->firings[i].at_ns;
		e.flow = flow_of(w, w->t->firings[i].record);
		add_event(w, TYPE_INSTANT, &e);
	}
	strbuf_fini(&text);
}

/* Rows of one kind that do not overlap, each row a track. */
static void
add_work(struct writer *w, const char *name, bool commands)
{
	const struct trace *t = w->t;
	struct event e = { .category = commands ? "program" : "operation",
		.key = commands ? "outcome" : "why" };
	struct spans_rows rows;
	size_t row, i, n;

	spans_pack(t, commands, SIZE_MAX, &rows);
	for (row = 0; row < rows.rows; row++) {
		begin_track(w, name, false);
		for (i = 0; i < rows.n; i++) {
			if (rows.list[i].row != row)
				continue;
			n = rows.list[i].number;
			e.name = commands ? t->commands[n].text
					  : t->operations[n].text;
			e.value = commands ? t->commands[n].outcome
					   : t->operations[n].why;
			e.flow = flow_of(w,
			    commands ? t->commands[n].record
				     : t->operations[n].record);
			e.at_ns = rows.list[i].from_ns;
			add_slice(w, &e, rows.list[i].until_ns);
		}
	}
	free(rows.list);
}

static void
add_words(struct writer *w)
{
	struct event e = { .category = "note", .key = "who" };
	const struct trace_check *k;
	struct strbuf text = { 0 };
	size_t i;

	begin_track(w, "notes", false);
	for (i = 0; i < w->t->n_notes; i++) {
		e.name = w->t->notes[i].text;
		e.value = w->t->notes[i].who;
		e.at_ns = w->t->notes[i].at_ns;
		add_event(w, TYPE_INSTANT, &e);
	}
	begin_track(w, "expectations", false);
	e.category = "expectation";
	e.key = "happened";
	for (i = 0; i < w->t->n_checks; i++) {
		k = &w->t->checks[i];
		strbuf_reset(&text);
		strbuf_addf(&text, "%s: %s", trace_verdict_word(k->verdict),
		    k->text);
		e.name = strbuf_str(&text);
		e.value = k->happened;
		e.at_ns = k->at_ns == TRACE_OPEN ? w->t->run.end_ns : k->at_ns;
		add_event(w, TYPE_INSTANT, &e);
	}
	strbuf_fini(&text);
}

void
perfetto_write(const struct trace *const *runs, size_t n, struct strbuf *out)
{
	struct writer w = { .out = out };
	size_t i, p;

	for (i = 0; i < n; i++) {
		w.t = runs[i];
		w.run = i;
		w.rank = 0;
		begin_process(&w);
		add_deeds(&w);
		add_states(&w);
		for (p = 0; p < w.t->n_probes; p++)
			add_probe(&w, p);
		add_records(&w);
		add_work(&w, "operations", false);
		add_work(&w, "programs", true);
		add_words(&w);
	}
}
