/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/blame.h"

#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "event/devline.h"
#include "report/outage.h"

#define AGGREGATES 16
#define CLOSE	   DUR_SEC	 /* a record belongs to a gap this soon after */
#define END_SLACK  (50 * DUR_MS) /* the first packet after may be waited for */

struct said { /* a notify record */
	int64_t at_ns;
	char *system, *subsystem, *type;
};

struct blame {
	struct trace *t;
	struct said *said; /* by record; strings NULL: another kind */
	const char *aggregates[AGGREGATES]; /* that have states */
	size_t n_aggregates;
	/* Rows that are near enough to the gap to matter. */
	size_t record, records_end, state, states_end;
	struct trace_gap *g;
	int64_t begin_ns; /* when the first one was missing */
	struct strbuf *why;
};

static int64_t
record_time(const struct trace_record *r)
{
	return r->emit_ns != TRACE_OPEN ? r->emit_ns : r->read_ns;
}

static void
take_record(const struct trace_record *r, struct said *s)
{
	struct devline line = { 0 };

	s->at_ns = record_time(r);
	devline_parse(&line, r->raw, r->raw_bytes);
	if (line.kind == DEVLINE_NOTIFY) {
		s->system = mem_str(devline_system(&line));
		s->subsystem = mem_str(devline_subsystem(&line));
		s->type = mem_str(devline_type(&line));
	}
	devline_fini(&line);
}

/* --- finding --- */

static bool
is(const struct said *s, const char *system, const char *subsystem,
    const char *type)
{
	return s->system != NULL && strcmp(s->system, system) == 0 &&
	    strcmp(s->type, type) == 0 &&
	    (subsystem == NULL || strcmp(s->subsystem, subsystem) == 0);
}

static void
find_aggregates(struct blame *b)
{
	const struct trace_state *s;
	size_t i, k;

	for (i = 0; i < b->t->n_states && b->n_aggregates < AGGREGATES; i++) {
		s = &b->t->states[i];
		if (strcmp(s->field, "ports") != 0)
			continue;
		for (k = 0; k < b->n_aggregates; k++)
			if (strcmp(b->aggregates[k], s->object) == 0)
				break;
		if (k == b->n_aggregates)
			b->aggregates[b->n_aggregates++] = s->object;
	}
}

static bool
is_aggregate(const struct blame *b, const char *name)
{
	size_t i;

	for (i = 0; i < b->n_aggregates; i++)
		if (strcmp(b->aggregates[i], name) == 0)
			return true;
	return strncmp(name, "lagg", 4) == 0 || strncmp(name, "bond", 4) == 0;
}

/* Rows are in the order of time: by halves, for there may be as many gaps. */
static void
look_near(struct blame *b)
{
	int64_t from = outage_since(b->g->from_ns, BLAME_NS);
	int64_t until = outage_since(b->g->to_ns, -END_SLACK);
	size_t low, high, middle;

	for (low = 0, high = b->t->n_records; low < high;) {
		middle = low + (high - low) / 2;
		if (b->said[middle].at_ns < from)
			low = middle + 1;
		else
			high = middle;
	}
	b->record = b->records_end = low;
	while (b->records_end < b->t->n_records &&
	    b->said[b->records_end].at_ns <= until)
		b->records_end++;
	for (low = 0, high = b->t->n_states; low < high;) {
		middle = low + (high - low) / 2;
		if (b->t->states[middle].at_ns < from)
			low = middle + 1;
		else
			high = middle;
	}
	b->state = b->states_end = low;
	while (b->states_end < b->t->n_states &&
	    b->t->states[b->states_end].at_ns <= until)
		b->states_end++;
}

/* The newest such record in [from, until]; -1: none. */
static int32_t
newest(const struct blame *b, int64_t from, int64_t until, const char *system,
    const char *type)
{
	int32_t found = -1;
	size_t i;

	for (i = b->record; i < b->records_end; i++)
		if (b->said[i].at_ns >= from && b->said[i].at_ns <= until &&
		    is(&b->said[i], system, NULL, type))
			found = (int32_t)i;
	return found;
}

/* The first one in [from, until], subsystem NULL for any NIC's. */
static int32_t
first(const struct blame *b, int64_t from, int64_t until, const char *system,
    const char *subsystem, const char *type)
{
	const struct said *s;
	size_t i;

	for (i = b->record; i < b->records_end; i++) {
		s = &b->said[i];
		if (s->at_ns >= from && s->at_ns <= until &&
		    is(s, system, subsystem, type) &&
		    (subsystem != NULL || !is_aggregate(b, s->subsystem)))
			return (int32_t)i;
	}
	return -1;
}

static const struct trace_state *
first_state(const struct blame *b, int64_t from, int64_t until,
    const char *field, const char *not_value)
{
	const struct trace_state *s;
	size_t i;

	for (i = b->state; i < b->states_end; i++) {
		s = &b->t->states[i];
		if (s->at_ns >= from && s->at_ns <= until &&
		    strcmp(s->field, field) == 0 &&
		    strcmp(s->value, not_value) != 0 && s->value[0] != '\0')
			return s;
	}
	return NULL;
}

static void
add_dur(struct strbuf *out, int64_t ns)
{
	char text[DUR_TEXT];

	strbuf_adds(out, dur_format(ns / DUR_US * DUR_US, text));
}

/* --- reasons --- */

/* Nothing before the gap matters that was over before: from is its own
 * beginning, or a little earlier. */
static int64_t
early(const struct blame *b)
{
	return outage_since(b->g->from_ns, CLOSE);
}

static int64_t
end(const struct blame *b)
{
	return outage_since(b->g->to_ns, -END_SLACK);
}

static bool
blame_vf_down(struct blame *b, int32_t row)
{
	const struct said *down = &b->said[row], *s;
	int32_t link, died;

	b->g->record = row;
	link =
	    first(b, down->at_ns, end(b), "IFNET", down->subsystem, "LINK_UP");
	died = first(b, b->g->from_ns, down->at_ns, "IFNET", NULL, "LINK_DOWN");
	strbuf_adds(b->why, "because ");
	if (died >= 0 &&
	    strcmp(b->said[died].subsystem, down->subsystem) != 0) {
		s = &b->said[died];
		strbuf_addf(b->why, "%s lost its link ", s->subsystem);
		add_dur(b->why, outage_since(down->at_ns, s->at_ns));
		strbuf_adds(b->why, " before VF_DOWN, and ");
	}
	if (link >= 0) {
		strbuf_addf(b->why, "%s's link came ", down->subsystem);
		add_dur(b->why, outage_since(b->said[link].at_ns, down->at_ns));
		strbuf_adds(b->why, " after VF_DOWN");
	} else {
		strbuf_addf(b->why,
		    "%s's link did not come after VF_DOWN until the end",
		    down->subsystem);
	}
	return true;
}

static bool
blame_vf_up(struct blame *b, int32_t row)
{
	const struct said *up = &b->said[row];
	const struct trace_state *active;
	int32_t link;

	b->g->record = row;
	active = first_state(b, up->at_ns, end(b), "active", "none");
	link = first(b, up->at_ns, end(b), "IFNET", NULL, "LINK_UP");
	if (active != NULL && strcmp(active->value, up->subsystem) != 0) {
		strbuf_addf(b->why, "because %s became %s's active port only ",
		    active->value, active->object);
		add_dur(b->why, outage_since(active->at_ns, up->at_ns));
		strbuf_adds(b->why, " after VF_UP");
	} else if (link >= 0 &&
	    strcmp(b->said[link].subsystem, up->subsystem) != 0) {
		strbuf_addf(b->why, "because %s's link came only ",
		    b->said[link].subsystem);
		add_dur(b->why, outage_since(b->said[link].at_ns, up->at_ns));
		strbuf_adds(b->why, " after VF_UP");
	} else {
		strbuf_addf(b->why,
		    "because VF_UP took the link of %s before the VF carried "
		    "traffic",
		    up->subsystem);
	}
	return true;
}

/* Whichever of the two is nearer to where it began. */
static bool
blame_vf(struct blame *b)
{
	int32_t down, up;
	int64_t to_down, to_up;

	down = newest(b, early(b), b->g->to_ns, "HYPERV_NIC_VF", "VF_DOWN");
	up = newest(b, early(b), b->g->to_ns, "HYPERV_NIC_VF", "VF_UP");
	if (down < 0 && up < 0)
		return false;
	if (down < 0)
		return blame_vf_up(b, up);
	if (up < 0)
		return blame_vf_down(b, down);
	to_down = llabs(outage_since(b->said[down].at_ns, b->begin_ns));
	to_up = llabs(outage_since(b->said[up].at_ns, b->begin_ns));
	return to_up < to_down ? blame_vf_up(b, up) : blame_vf_down(b, down);
}

static bool
blame_link(struct blame *b)
{
	const struct said *down;
	int32_t row, up;

	row = first(b, outage_since(b->g->from_ns, END_SLACK), b->g->to_ns,
	    "IFNET", NULL, "LINK_DOWN");
	if (row < 0)
		return false;
	down = &b->said[row];
	b->g->record = row;
	strbuf_addf(b->why, "because %s lost its link", down->subsystem);
	up = first(b, down->at_ns, end(b), "IFNET", NULL, "LINK_UP");
	if (up < 0)
		return true;
	if (strcmp(b->said[up].subsystem, down->subsystem) == 0)
		strbuf_adds(b->why, ", until LINK_UP ");
	else
		strbuf_addf(b->why, ", and %s's came ", b->said[up].subsystem);
	add_dur(b->why, outage_since(b->said[up].at_ns, down->at_ns));
	strbuf_adds(b->why, " later");
	return true;
}

/* A field that had this value from about the beginning on; its length into
 * *ns, -1 when it did not end. */
static const struct trace_state *
state_during(const struct blame *b, const char *field, const char *value,
    int64_t *ns)
{
	const struct trace_state *s, *found = NULL;
	size_t i;

	*ns = -1;
	for (i = b->state; i < b->t->n_states; i++) {
		if (found == NULL && i >= b->states_end)
			break;
		s = &b->t->states[i];
		if (strcmp(s->field, field) != 0)
			continue;
		if (found == NULL && s->at_ns >= early(b) &&
		    s->at_ns <= b->g->to_ns && strcmp(s->value, value) == 0) {
			found = s;
			b->g->state = (int32_t)i;
		} else if (found != NULL && s->at_ns >= found->at_ns &&
		    strcmp(s->object, found->object) == 0) {
			*ns = outage_since(s->at_ns, found->at_ns);
			/* Over before anything was missing: not this one. */
			if (s->at_ns > b->g->from_ns)
				return found;
			found = NULL;
			b->g->state = TRACE_NONE;
		}
	}
	return found;
}

static bool
blame_state(struct blame *b, const char *field, const char *value,
    const char *how)
{
	const struct trace_state *s;
	int64_t ns;

	s = state_during(b, field, value, &ns);
	if (s == NULL)
		return false;
	strbuf_addf(b->why, "because %s %s",
	    strcmp(field, "frozen") == 0 ? "the VM" : s->object, how);
	if (ns >= 0) {
		strbuf_adds(b->why, " for ");
		add_dur(b->why, ns);
	} else {
		strbuf_adds(b->why, " from then on");
	}
	return true;
}

/* --- what merely happened before --- */

/* The newest state and record at or before the beginning. */
static void
put_beside(struct blame *b)
{
	const struct trace *t = b->t;
	size_t i;

	for (i = b->states_end; i > b->state && b->g->state == TRACE_NONE; i--)
		if (t->states[i - 1].at_ns <= b->begin_ns &&
		    strcmp(t->states[i - 1].object, "sysctl") != 0)
			b->g->state = (int32_t)(i - 1);
	for (i = b->records_end; i > b->record && b->g->record == TRACE_NONE;
	     i--)
		if (b->said[i - 1].at_ns <= b->g->to_ns)
			b->g->record = (int32_t)(i - 1);
}

static void
tell_beside(struct blame *b)
{
	const struct trace *t = b->t;
	int64_t at_ns;

	if (b->g->record == TRACE_NONE && b->g->state == TRACE_NONE) {
		strbuf_adds(b->why, "with nothing recorded for ");
		add_dur(b->why, BLAME_NS);
		strbuf_adds(b->why,
		    " before: look at the host, the wire or the sender");
		return;
	}
	if (b->g->record == TRACE_NONE) {
		outage_cause(t, b->g, b->why);
		return;
	}
	at_ns = b->said[b->g->record].at_ns;
	add_dur(b->why, llabs(outage_since(b->begin_ns, at_ns)));
	strbuf_adds(b->why, at_ns <= b->begin_ns ? " after " : " before ");
	outage_record(&t->records[b->g->record], b->why);
}

static void
blame_one(struct blame *b)
{
	bool blamed;

	b->begin_ns = outage_begin(b->t, b->g);
	look_near(b);
	b->g->record = b->g->state = TRACE_NONE;
	blamed = blame_state(b, "frozen", "yes", "was frozen") || blame_vf(b) ||
	    blame_link(b) ||
	    blame_state(b, "active", "none", "had no active port");
	put_beside(b);
	if (!blamed)
		tell_beside(b);
	free(b->g->why);
	b->g->why = mem_str(strbuf_str(b->why));
	strbuf_reset(b->why);
}

void
blame_gaps(struct trace *t)
{
	struct strbuf why = { 0 };
	struct blame b = { .t = t, .why = &why };
	size_t i;

	if (t->n_records == 0 && t->n_states == 0)
		return;
	b.said = mem_zero(t->n_records + 1, sizeof(*b.said));
	for (i = 0; i < t->n_records; i++)
		take_record(&t->records[i], &b.said[i]);
	find_aggregates(&b);
	for (i = 0; i < t->n_gaps; i++) {
		b.g = &t->gaps[i];
		blame_one(&b);
	}
	for (i = 0; i < t->n_records; i++) {
		free(b.said[i].system);
		free(b.said[i].subsystem);
		free(b.said[i].type);
	}
	free(b.said);
	strbuf_fini(&why);
}
