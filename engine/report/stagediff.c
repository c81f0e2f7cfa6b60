/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/stagediff.h"

#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "event/devline.h"
#include "report/outage.h"
#include "report/seqdiff.h"
#include "report/verdict.h"

const char *
stagediff_topic_word(enum stagediff_topic topic)
{
	switch (topic) {
	case STAGEDIFF_FINAL:
		return "final";
	case STAGEDIFF_CHECK:
		return "check";
	case STAGEDIFF_COURSE:
		return "course";
	case STAGEDIFF_PORT:
		return "port";
	case STAGEDIFF_OPERATION:
		return "operation";
	case STAGEDIFF_RECORD:
		return "record";
	case STAGEDIFF_TIME:
		return "time";
	case STAGEDIFF_GAP:
		return "gap";
	case STAGEDIFF_TOPICS:
		break;
	}
	return "?";
}

static void
differ(struct stagediff *d, enum stagediff_topic topic, const char *after,
    const char *what, const char *a, const char *b)
{
	struct stagediff_difference *to = MEM_PUSH(d->list, d->n, d->cap);

	to->topic = topic;
	to->after = mem_str(after);
	to->what = mem_str(what);
	to->a = mem_str(a == NULL ? "-" : a);
	to->b = mem_str(b == NULL ? "-" : b);
}

/* To the microsecond. */
static char *
dur_text(int64_t ns)
{
	char text[DUR_TEXT];

	return ns == TRACE_OPEN
	    ? NULL
	    : mem_str(dur_format(ns / DUR_US * DUR_US, text));
}

static void
differ_in_time(struct stagediff *d, enum stagediff_topic topic,
    const char *after, const char *what, int64_t a, int64_t b)
{
	char *x = dur_text(a), *y = dur_text(b);

	differ(d, topic, after, what, x, y);
	free(x);
	free(y);
}

static bool
is_far(int64_t a, int64_t b)
{
	int64_t less = a < b ? a : b;
	int64_t off = a < b ? outage_since(b, a) : outage_since(a, b);

	return off > STAGEDIFF_FLOOR && off > less / 2;
}

/* --- the end, and the verdicts --- */

static void
compare_ends(struct stagediff *d)
{
	struct strbuf what = { 0 };
	size_t i;

	endstate_compare(d->runs[0].t, d->runs[1].t, &d->end);
	for (i = 0; i < d->end.n; i++) {
		strbuf_reset(&what);
		strbuf_addf(&what, "%s %s", d->end.list[i].object,
		    d->end.list[i].field);
		differ(d, STAGEDIFF_FINAL, "", strbuf_str(&what),
		    d->end.list[i].a, d->end.list[i].b);
	}
	strbuf_fini(&what);
}

/* The one of the same words; of several, that of the same number. */
static const struct trace_check *
find_check(const struct trace *t, const struct trace *of, size_t number)
{
	const char *text = of->checks[number].text;
	size_t i, nth = 0;

	for (i = 0; i < number; i++)
		nth += strcmp(of->checks[i].text, text) == 0;
	for (i = 0; i < t->n_checks; i++)
		if (strcmp(t->checks[i].text, text) == 0 && nth-- == 0)
			return &t->checks[i];
	return NULL;
}

static void
compare_checks(struct stagediff *d)
{
	const struct trace *a = d->runs[0].t, *b = d->runs[1].t;
	const struct trace_check *x, *y;
	size_t i;

	for (i = 0; i < a->n_checks; i++) {
		x = &a->checks[i];
		y = find_check(b, a, i);
		if (y == NULL || x->verdict == TRACE_SKIP ||
		    y->verdict == TRACE_SKIP ||
		    verdict_is_failure(x) == verdict_is_failure(y))
			continue;
		differ(d, STAGEDIFF_CHECK, "", x->text,
		    verdict_is_failure(x) ? x->happened : "holds",
		    verdict_is_failure(y) ? y->happened : "holds");
	}
	d->failed = verdict_count(a).failed > 0 || verdict_count(b).failed > 0;
}

/* --- the phases --- */

static void
take_phases(struct stagediff *d)
{
	const char *x, *y;
	size_t i;

	for (i = 0; i < 2; i++)
		d->phases[i] = phases_of(d->runs[i].t, &d->n_phases[i]);
	while (d->n_common < d->n_phases[0] && d->n_common < d->n_phases[1] &&
	    strcmp(d->phases[0][d->n_common].what,
		d->phases[1][d->n_common].what) == 0)
		d->n_common++;
	if (d->n_common == d->n_phases[0] && d->n_common == d->n_phases[1])
		return;
	x = d->n_common < d->n_phases[0] ? d->phases[0][d->n_common].what
					 : NULL;
	y = d->n_common < d->n_phases[1] ? d->phases[1][d->n_common].what
					 : NULL;
	differ(d, STAGEDIFF_COURSE, "",
	    "the outside world did something else; what follows is not "
	    "compared",
	    x, y);
}

static void
compare_ports(struct stagediff *d)
{
	const struct phases *x, *y;
	size_t i;

	for (i = 0; i < d->n_common; i++) {
		x = &d->phases[0][i];
		y = &d->phases[1][i];
		if ((x->active == NULL) != (y->active == NULL) ||
		    (x->active != NULL && strcmp(x->active, y->active) != 0))
			differ(d, STAGEDIFF_PORT, x->what,
			    "active port in the end",
			    x->active == NULL ? "as it was" : x->active,
			    y->active == NULL ? "as it was" : y->active);
	}
}

/* Each phase counts from the one before it that both came to, so that a wait
 * before it does not hide it; an earlier one may be later, of what is done
 * without it. */
static void
compare_steps(struct stagediff *d, const struct phases *x,
    const struct phases *y)
{
	struct strbuf what = { 0 };
	int64_t a, b, from_a = 0, from_b = 0;
	int k, from = -1;

	for (k = 0; k < PHASES; k++) {
		a = x->since_ns[k];
		b = y->since_ns[k];
		if (a == TRACE_OPEN || b == TRACE_OPEN)
			continue;
		if (from >= 0 && a >= from_a && b >= from_b) {
			a -= from_a;
			b -= from_b;
		} else {
			from = -1;
		}
		if (is_far(a, b)) {
			strbuf_reset(&what);
			strbuf_addf(&what, "%s%s%s", phase_words[k],
			    from >= 0 ? " after " : "",
			    from >= 0 ? phase_words[from] : "");
			differ_in_time(d, STAGEDIFF_TIME, x->what,
			    strbuf_str(&what), a, b);
		}
		from = k;
		from_a = x->since_ns[k];
		from_b = y->since_ns[k];
	}
	strbuf_fini(&what);
}

static void
compare_times(struct stagediff *d)
{
	size_t i;

	for (i = 0; i < d->n_common; i++)
		compare_steps(d, &d->phases[0][i], &d->phases[1][i]);
}

/* --- sequences --- */

/* One operation, or a record of an interface. */
struct entry {
	size_t phase;
	char *group;	  /* whose order counts: "" or the interface; owned */
	char *text;	  /* owned */
	int64_t after_ns; /* the deed */
	size_t number;
};

struct entries {
	struct entry *list;
	size_t n, cap;
};

static void
put(struct entries *e, const struct stagediff *d, int side, int64_t at_ns,
    const char *group, const char *text)
{
	const struct phases *p = d->phases[side];
	struct entry *to = MEM_PUSH(e->list, e->n, e->cap);

	to->phase = outage_response_number(d->runs[side].t, at_ns);
	to->group = mem_str(group);
	to->text = mem_str(text);
	to->after_ns = outage_since(at_ns, p[to->phase].at_ns);
	to->number = e->n;
}

static int
by_group(const struct entry *a, const struct entry *b)
{
	if (a->phase != b->phase)
		return a->phase < b->phase ? -1 : 1;
	return strcmp(a->group, b->group);
}

static int
by_place(const void *va, const void *vb)
{
	const struct entry *a = va, *b = vb;
	int order = by_group(a, b);

	return order != 0 ? order : a->number < b->number ? -1 : 1;
}

static void
entries_fini(struct entries *e)
{
	size_t i;

	for (i = 0; i < e->n; i++) {
		free(e->list[i].group);
		free(e->list[i].text);
	}
	free(e->list);
}

static void
take_operations(const struct stagediff *d, int side, struct entries *out)
{
	const struct trace *t = d->runs[side].t;
	size_t i;

	for (i = 0; i < t->n_operations; i++)
		put(out, d, side, t->operations[i].start_ns, "",
		    t->operations[i].text);
}

/* Of those of network interfaces. */
static void
take_record(const struct stagediff *d, int side, const struct trace_record *r,
    struct entries *out)
{
	struct strbuf text = { 0 };
	struct devline line = { 0 };
	const char *system, *name;

	devline_parse(&line, r->raw, r->raw_bytes);
	system = line.kind == DEVLINE_NOTIFY ? devline_system(&line) : "";
	name = devline_subsystem(&line);
	if ((strcmp(system, "IFNET") == 0 || strcmp(system, "ETHERNET") == 0) &&
	    strcmp(name, "lo") != 0 && strcmp(name, "lo0") != 0) {
		outage_record(r, &text);
		put(out, d, side, r->emit_ns, name, strbuf_str(&text));
	}
	strbuf_fini(&text);
	devline_fini(&line);
}

/* What the kernel told before there was an engine has no reader on Linux. */
static int64_t
first_life(const struct trace *t)
{
	size_t i;

	for (i = 0; i < t->n_states; i++)
		if (strcmp(t->states[i].object, "daemon") == 0 &&
		    strcmp(t->states[i].value, "yes") == 0)
			return t->states[i].at_ns;
	return INT64_MIN;
}

static void
take_records(const struct stagediff *d, int side, struct entries *out)
{
	const struct trace *t = d->runs[side].t;
	int64_t from_ns = first_life(t);
	size_t i;

	for (i = 0; i < t->n_records; i++)
		if (t->records[i].emit_ns >= from_ns)
			take_record(d, side, &t->records[i], out);
}

/* Those of one group, in both runs. */
struct group {
	struct stagediff *d;
	enum stagediff_topic topic;
	const struct entry *of[2];
	size_t n[2];
};

static char *
place_text(const struct entry *e, bool moved)
{
	struct strbuf out = { 0 };
	char text[DUR_TEXT];

	if (e == NULL)
		return moved ? mem_str("elsewhere") : NULL;
	strbuf_addf(&out, "at +%s",
	    dur_format(e->after_ns / DUR_US * DUR_US, text));
	return strbuf_take(&out);
}

static void
told(void *ctx, size_t a, size_t b, bool moved)
{
	const struct group *g = ctx;
	const struct entry *x = a == SEQDIFF_NONE ? NULL : &g->of[0][a];
	const struct entry *y = b == SEQDIFF_NONE ? NULL : &g->of[1][b];
	const struct entry *e = x != NULL ? x : y;
	char *at_x, *at_y;

	if (x != NULL && y != NULL)
		return;
	at_x = place_text(x, moved);
	at_y = place_text(y, moved);
	differ(g->d, g->topic, g->d->phases[0][e->phase].what, e->text, at_x,
	    at_y);
	free(at_x);
	free(at_y);
}

static void
compare_group(struct group *g)
{
	const char **texts[2];
	size_t i, side;

	for (side = 0; side < 2; side++) {
		texts[side] = mem_zero(g->n[side] + 1, sizeof(char *));
		for (i = 0; i < g->n[side]; i++)
			texts[side][i] = g->of[side][i].text;
	}
	seqdiff(texts[0], g->n[0], texts[1], g->n[1], told, g);
	free(texts[0]);
	free(texts[1]);
}

/* How many from i on are of the same group as e. */
static size_t
group_at(const struct entries *l, size_t i, const struct entry *e)
{
	size_t n = 0;

	while (i + n < l->n && by_group(&l->list[i + n], e) == 0)
		n++;
	return n;
}

static void
compare_entries(struct stagediff *d, enum stagediff_topic topic,
    void (*take)(const struct stagediff *d, int side, struct entries *out))
{
	struct entries l[2] = { 0 };
	struct group g = { .d = d, .topic = topic };
	const struct entry *x, *y, *first;
	size_t at[2] = { 0 };
	int side;

	for (side = 0; side < 2; side++) {
		take(d, side, &l[side]);
		if (l[side].n > 0)
			qsort(l[side].list, l[side].n, sizeof(struct entry),
			    by_place);
	}
	for (;;) {
		x = at[0] < l[0].n ? &l[0].list[at[0]] : NULL;
		y = at[1] < l[1].n ? &l[1].list[at[1]] : NULL;
		first = x == NULL || (y != NULL && by_group(y, x) < 0) ? y : x;
		if (first == NULL || first->phase >= d->n_common)
			break;
		for (side = 0; side < 2; side++) {
			g.n[side] = group_at(&l[side], at[side], first);
			g.of[side] =
			    g.n[side] == 0 ? NULL : &l[side].list[at[side]];
			at[side] += g.n[side];
		}
		compare_group(&g);
	}
	entries_fini(&l[0]);
	entries_fini(&l[1]);
}

/* --- packets --- */

static struct stagediff_stream *
find_stream(struct stagediff *d, const struct trace_probe *p)
{
	struct stagediff_stream *s;
	size_t i;

	for (i = 0; i < d->n_streams; i++)
		if (strcmp(d->streams[i].name, p->name) == 0 &&
		    strcmp(d->streams[i].way, p->way) == 0)
			return &d->streams[i];
	s = MEM_PUSH(d->streams, d->n_streams, d->cap_streams);
	s->name = p->name;
	s->way = p->way;
	return s;
}

static void
take_streams(struct stagediff *d, int side)
{
	const struct trace *t = d->runs[side].t;
	const struct trace_probe *p;
	struct stagediff_stream *s;
	size_t i;

	for (i = 0; i < t->n_probes; i++) {
		p = &t->probes[i];
		s = find_stream(d, p);
		s->of[side] = p;
		if (p->longest_gap_ns > 0)
			s->stood_ns[side] =
			    phases_stood(t, p->longest_gap_at_ns,
				outage_since(p->longest_gap_at_ns,
				    -p->longest_gap_ns));
	}
}

/* Of the longest gap, what is not the host's; TRACE_OPEN: no such stream. */
static int64_t
running_gap(const struct stagediff_stream *s, int side)
{
	const struct trace_probe *p = s->of[side];

	if (p == NULL)
		return TRACE_OPEN;
	return p->longest_gap_ns > s->stood_ns[side]
	    ? p->longest_gap_ns - s->stood_ns[side]
	    : 0;
}

static void
compare_gaps(struct stagediff *d)
{
	const struct stagediff_stream *s;
	struct strbuf what = { 0 };
	int64_t gap[2];
	size_t i;
	int k;

	for (i = 0; i < d->n_streams; i++) {
		s = &d->streams[i];
		for (k = 0; k < 2; k++)
			gap[k] = running_gap(s, k);
		if (gap[0] != TRACE_OPEN && gap[1] != TRACE_OPEN &&
		    !is_far(gap[0], gap[1]))
			continue;
		strbuf_reset(&what);
		strbuf_addf(&what, "%s %s, longest gap while the machine ran",
		    s->name, s->way);
		differ_in_time(d, STAGEDIFF_GAP, "", strbuf_str(&what), gap[0],
		    gap[1]);
	}
	strbuf_fini(&what);
}

/* --- all of it --- */

struct stagediff *
stagediff_new(const struct stagediff_run *a, const struct stagediff_run *b)
{
	struct stagediff *d = mem_zero(1, sizeof(*d));

	d->runs[0] = *a;
	d->runs[1] = *b;
	compare_ends(d);
	compare_checks(d);
	take_phases(d);
	compare_ports(d);
	compare_entries(d, STAGEDIFF_OPERATION, take_operations);
	compare_entries(d, STAGEDIFF_RECORD, take_records);
	compare_times(d);
	take_streams(d, 0);
	take_streams(d, 1);
	compare_gaps(d);
	return d;
}

void
stagediff_free(struct stagediff *d)
{
	size_t i;

	if (d == NULL)
		return;
	for (i = 0; i < d->n; i++) {
		free(d->list[i].after);
		free(d->list[i].what);
		free(d->list[i].a);
		free(d->list[i].b);
	}
	endstate_fini(&d->end);
	free(d->phases[0]);
	free(d->phases[1]);
	free(d->streams);
	free(d->list);
	free(d);
}

bool
stagediff_same_end(const struct stagediff *d)
{
	return d->end.n == 0;
}
