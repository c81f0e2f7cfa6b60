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
	int64_t less = a < b ? a : b, off = a < b ? b - a : a - b;

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

struct sequence {
	char **texts; /* owned */
	int64_t *at_ns;
	size_t n, cap, cap_at;
};

struct sequences {
	struct stagediff *d;
	enum stagediff_topic topic;
	const char *after;
	const struct sequence *of[2];
};

static void
put(struct sequence *s, const char *text, int64_t at_ns)
{
	size_t n = s->n;

	*MEM_PUSH(s->texts, s->n, s->cap) = mem_str(text);
	*MEM_PUSH(s->at_ns, n, s->cap_at) = at_ns;
}

static void
sequence_fini(struct sequence *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		free(s->texts[i]);
	free(s->texts);
	free(s->at_ns);
	memset(s, 0, sizeof(*s));
}

static char *
place_text(const struct sequence *s, size_t i, bool moved)
{
	struct strbuf out = { 0 };
	char text[DUR_TEXT];

	if (i == SEQDIFF_NONE)
		return moved ? mem_str("elsewhere") : NULL;
	strbuf_addf(&out, "at +%s",
	    dur_format(s->at_ns[i] / DUR_US * DUR_US, text));
	return strbuf_take(&out);
}

static void
told(void *ctx, size_t a, size_t b, bool moved)
{
	const struct sequences *s = ctx;
	char *x, *y;

	if (a != SEQDIFF_NONE && b != SEQDIFF_NONE)
		return;
	x = place_text(s->of[0], a, moved);
	y = place_text(s->of[1], b, moved);
	differ(s->d, s->topic, s->after,
	    a != SEQDIFF_NONE ? s->of[0]->texts[a] : s->of[1]->texts[b], x, y);
	free(x);
	free(y);
}

static void
compare_sequences(struct stagediff *d, enum stagediff_topic topic,
    const char *after, const struct sequence *a, const struct sequence *b)
{
	struct sequences s = { d, topic, after, { a, b } };

	seqdiff((const char *const *)a->texts, a->n,
	    (const char *const *)b->texts, b->n, told, &s);
}

static bool
is_within(const struct phases *p, bool last, int64_t at_ns)
{
	return at_ns >= p->at_ns && (last || at_ns < p->until_ns);
}

static void
take_operations(const struct stagediff *d, int side, size_t number,
    struct sequence *out)
{
	const struct phases *p = &d->phases[side][number];
	bool last = number + 1 == d->n_phases[side];
	const struct trace *t = d->runs[side].t;
	size_t i;

	for (i = 0; i < t->n_operations; i++)
		if (is_within(p, last, t->operations[i].start_ns))
			put(out, t->operations[i].text,
			    outage_since(t->operations[i].start_ns, p->at_ns));
}

static void
compare_operations(struct stagediff *d)
{
	struct sequence s[2] = { 0 };
	size_t i;

	for (i = 0; i < d->n_common; i++) {
		take_operations(d, 0, i, &s[0]);
		take_operations(d, 1, i, &s[1]);
		compare_sequences(d, STAGEDIFF_OPERATION, d->phases[0][i].what,
		    &s[0], &s[1]);
		sequence_fini(&s[0]);
		sequence_fini(&s[1]);
	}
}

/* Of a network interface: then *name is its own, else false. */
static bool
is_of_interface(const struct trace_record *r, struct strbuf *name)
{
	struct devline line = { 0 };
	const char *system;
	bool is;

	devline_parse(&line, r->raw, r->raw_bytes);
	system = line.kind == DEVLINE_NOTIFY ? devline_system(&line) : "";
	is = strcmp(system, "IFNET") == 0 || strcmp(system, "ETHERNET") == 0;
	strbuf_reset(name);
	if (is)
		strbuf_adds(name, devline_subsystem(&line));
	devline_fini(&line);
	return is && strcmp(strbuf_str(name), "lo") != 0 &&
	    strcmp(strbuf_str(name), "lo0") != 0;
}

/* The records of one interface, or of all of them by name. */
static void
take_records(const struct stagediff *d, int side, size_t number, const char *of,
    struct sequence *out)
{
	const struct phases *p = &d->phases[side][number];
	bool last = number + 1 == d->n_phases[side];
	const struct trace *t = d->runs[side].t;
	struct strbuf name = { 0 }, text = { 0 };
	const struct trace_record *r;
	size_t i;

	for (i = 0; i < t->n_records; i++) {
		r = &t->records[i];
		if (!is_within(p, last, r->emit_ns) ||
		    !is_of_interface(r, &name) ||
		    strcmp(strbuf_str(&name), of) != 0)
			continue;
		strbuf_reset(&text);
		outage_record(r, &text);
		put(out, strbuf_str(&text), outage_since(r->emit_ns, p->at_ns));
	}
	strbuf_fini(&name);
	strbuf_fini(&text);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Each interface that a record of either run names, once. */
static void
take_interfaces(const struct stagediff *d, struct sequence *out)
{
	struct strbuf name = { 0 };
	size_t side, i, n = 0;

	for (side = 0; side < 2; side++)
		for (i = 0; i < d->runs[side].t->n_records; i++)
			if (is_of_interface(&d->runs[side].t->records[i],
				&name))
				put(out, strbuf_str(&name), 0);
	if (out->n > 0)
		qsort(out->texts, out->n, sizeof(*out->texts), by_text);
	for (i = 0; i < out->n; i++)
		if (n > 0 && strcmp(out->texts[n - 1], out->texts[i]) == 0)
			free(out->texts[i]);
		else
			out->texts[n++] = out->texts[i];
	out->n = n;
	strbuf_fini(&name);
}

static void
compare_records(struct stagediff *d)
{
	struct sequence names = { 0 }, s[2] = { 0 };
	size_t i, k;

	take_interfaces(d, &names);
	for (i = 0; i < d->n_common; i++)
		for (k = 0; k < names.n; k++) {
			take_records(d, 0, i, names.texts[k], &s[0]);
			take_records(d, 1, i, names.texts[k], &s[1]);
			compare_sequences(d, STAGEDIFF_RECORD,
			    d->phases[0][i].what, &s[0], &s[1]);
			sequence_fini(&s[0]);
			sequence_fini(&s[1]);
		}
	sequence_fini(&names);
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
		s->stood_ns[side] = phases_stood(t, p->longest_gap_at_ns,
		    outage_since(p->longest_gap_at_ns, -p->longest_gap_ns));
	}
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
			gap[k] = s->of[k] == NULL
			    ? TRACE_OPEN
			    : s->of[k]->longest_gap_ns - s->stood_ns[k];
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
	compare_operations(d);
	compare_records(d);
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
