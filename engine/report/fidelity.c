/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/fidelity.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "report/fidelity_parts.h"

#define TAIL  (DUR_SEC / 2)	     /* the recorder's own end */
#define ORDER (INT64_C(5) * DUR_SEC) /* further apart are two stories */

struct comparison {
	struct fidelity *f;
	const struct trace *t;
	const struct known *known;
	struct said_times times;
};

const char *
fidelity_kind_word(enum fidelity_kind kind)
{
	switch (kind) {
	case FIDELITY_RECORD:
		return "record";
	case FIDELITY_ROUTE:
		return "route";
	case FIDELITY_AGGREGATE:
		return "aggregate";
	case FIDELITY_PROBE:
		return "probe";
	}
	return "?";
}

const char *
fidelity_fault_word(enum fidelity_fault fault)
{
	switch (fault) {
	case FIDELITY_MISSING:
		return "missing";
	case FIDELITY_EXTRA:
		return "extra";
	case FIDELITY_ORDER:
		return "order";
	case FIDELITY_SPREAD:
		return "spread";
	}
	return "?";
}

static void
differ(struct comparison *c, enum fidelity_kind kind, enum fidelity_fault fault,
    const char *text, int64_t recorded_ns, int64_t emitted_ns)
{
	struct fidelity_difference *d =
	    MEM_PUSH(c->f->list, c->f->n, c->f->cap);
	struct strbuf whole = { 0 };

	d->kind = kind;
	d->fault = fault;
	d->text = mem_str(text);
	d->recorded_ns = recorded_ns;
	d->emitted_ns = emitted_ns;
	strbuf_addf(&whole, "%s %s", fidelity_fault_word(fault), text);
	d->known = known_find(c->known, c->f->recording,
	    fidelity_kind_word(kind), strbuf_str(&whole));
	strbuf_fini(&whole);
}

/* --- what stands alone --- */

static void
list_missing(struct comparison *c, enum fidelity_kind kind,
    const struct said_list *l)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		const struct said *s = &l->list[i];

		if (s->pair == SAID_ALONE && !s->optional && !s->folded)
			differ(c, kind, FIDELITY_MISSING, s->text, s->at_ns,
			    TRACE_OPEN);
	}
}

static void
list_extra(struct comparison *c, enum fidelity_kind kind,
    const struct said_list *l)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		const struct said *s = &l->list[i];

		if (s->pair == SAID_ALONE && !s->optional && !s->folded &&
		    s->at_ns <= c->times.end_ns)
			differ(c, kind, FIDELITY_EXTRA, s->text, TRACE_OPEN,
			    s->at_ns);
	}
}

/* Pairs that changed places though no kernel can have said them so. */
static void
list_orders(struct comparison *c, enum fidelity_kind kind,
    const struct said_both *b)
{
	const struct said *r = b->recorded.list, *e = b->emitted.list;
	struct strbuf text = { 0 };
	size_t i, k;

	for (i = 0; i < b->recorded.n; i++)
		for (k = i + 1;
		     k < b->recorded.n && r[k].at_ns <= r[i].at_ns + ORDER;
		     k++) {
			if (r[i].pair == SAID_ALONE ||
			    r[k].pair == SAID_ALONE || r[i].pair < r[k].pair ||
			    !said_is_ordered(r[i].text, r[k].text))
				continue;
			strbuf_reset(&text);
			strbuf_addf(&text, "%s behind %s", r[i].text,
			    r[k].text);
			differ(c, kind, FIDELITY_ORDER, strbuf_str(&text),
			    r[i].at_ns, e[r[i].pair].at_ns);
		}
	strbuf_fini(&text);
}

static void
count(struct fidelity_count *n, const struct said_both *b)
{
	size_t i;

	n->compared = true;
	n->recorded = b->recorded.n;
	n->emitted = b->emitted.n;
	n->left_out = b->recorded.left_out;
	for (i = 0; i < b->recorded.n; i++) {
		n->equal += b->recorded.list[i].pair != SAID_ALONE;
		n->folded += b->recorded.list[i].pair == SAID_ALONE &&
		    (b->recorded.list[i].folded ||
			b->recorded.list[i].optional);
	}
	for (i = 0; i < b->emitted.n; i++)
		n->folded += b->emitted.list[i].pair == SAID_ALONE &&
		    (b->emitted.list[i].folded || b->emitted.list[i].optional);
}

typedef void lister(struct said_both *b, const struct trace *t,
    const struct said_times *times);

static void
compare_lists(struct comparison *c, enum fidelity_kind kind, lister *list)
{
	struct said_both b = { 0 };

	list(&b, c->t, &c->times);
	count(&c->f->counts[kind], &b);
	list_missing(c, kind, &b.recorded);
	list_extra(c, kind, &b.emitted);
	list_orders(c, kind, &b);
	said_fini(&b);
}

/* --- packets --- */

struct range {
	int64_t low, high;
};

/* Without a measured spread: half of it more or less, and what a stalled
 * sender may make of it. */
static struct range
around(int64_t value, int64_t slack)
{
	struct range r = { value / 2 - slack, value * 3 / 2 + slack };

	if (r.low < 0)
		r.low = 0;
	return r;
}

static void
compare_flow(struct comparison *c, const char *name,
    const struct witness_flow *w, const struct trace_probe *p)
{
	const struct known_spread *s = known_find_spread(c->known, name);
	int64_t slack = 50 * DUR_MS / w->period_ns + 2;
	struct range missing = around((int64_t)(w->lost + w->refused), slack);
	struct range hole = around(w->gap_ns, 2 * w->period_ns + 50 * DUR_MS);
	struct strbuf text = { 0 };
	char low[DUR_TEXT], high[DUR_TEXT], was[DUR_TEXT];
	int64_t lost = (int64_t)(p->lost + p->send_errors);

	if (s != NULL) {
		missing = (struct range){ s->low, s->high };
		/* A hole is known to within a period, and the recorded ones
		 * have the sender's own pauses in them. */
		hole.low = s->hole_low_ns - w->period_ns - w->stall_ns;
		hole.high = s->hole_high_ns + w->period_ns;
	}
	c->f->counts[FIDELITY_PROBE].recorded += w->lost + w->refused;
	c->f->counts[FIDELITY_PROBE].emitted += (uint64_t)lost;
	c->f->counts[FIDELITY_PROBE].compared = true;
	if (lost < missing.low || lost > missing.high) {
		strbuf_addf(&text,
		    "%" PRId64 " probes missing, measured %" PRIu64 " (%" PRId64
		    "..%" PRId64 ")",
		    lost, w->lost + w->refused, missing.low, missing.high);
		differ(c, FIDELITY_PROBE, FIDELITY_SPREAD, strbuf_str(&text),
		    w->start_ns, w->start_ns);
	}
	/* What is lost while nothing was refused has no hole of its own. */
	if (p->longest_gap_ns > 0 &&
	    (p->longest_gap_ns < hole.low || p->longest_gap_ns > hole.high)) {
		strbuf_reset(&text);
		dur_short(p->longest_gap_ns, was);
		strbuf_addf(&text, "longest hole %s s, measured %s..%s s", was,
		    dur_short(hole.low < 0 ? 0 : hole.low, low),
		    dur_short(hole.high, high));
		differ(c, FIDELITY_PROBE, FIDELITY_SPREAD, strbuf_str(&text),
		    w->start_ns, p->longest_gap_at_ns);
	}
	strbuf_fini(&text);
}

/* The machine's probes are in the order of the recording's, of which each
 * part has one: "NAME+NAME". */
static void
compare_flows(struct comparison *c)
{
	const struct witness *w = c->times.recording->beside;
	char *copy = mem_str(c->f->recording), *rest = copy, *name = copy;
	size_t i;

	for (i = 0; i < w->n_flows && i < c->t->n_probes; i++) {
		if (rest != NULL)
			name = strsep(&rest, "+");
		compare_flow(c, name, &w->flows[i], &c->t->probes[i]);
	}
	c->f->counts[FIDELITY_PROBE].left_out = w->n_flows - i;
	free(copy);
}

/* --- all of it --- */

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t
end_of(const struct recording *r)
{
	const struct witness *w = r->beside;
	int64_t end = 0;
	size_t i;

	if (r->n_records > 0)
		end = r->records[r->n_records - 1].at_ns;
	for (i = 0; w != NULL && i < w->n_deeds; i++)
		end = later(end, w->deeds[i].at_ns);
	for (i = 0; w != NULL && i < w->n_flows; i++)
		end = later(end, w->flows[i].end_ns);
	return end + TAIL;
}

static int
by_kind_and_time(const void *a, const void *b)
{
	const struct fidelity_difference *x = a, *y = b;
	int64_t p =
	    x->recorded_ns != TRACE_OPEN ? x->recorded_ns : x->emitted_ns;
	int64_t q =
	    y->recorded_ns != TRACE_OPEN ? y->recorded_ns : y->emitted_ns;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (p != q)
		return p < q ? -1 : 1;
	return strcmp(x->text, y->text);
}

struct fidelity *
fidelity_compare(const struct recording *r, const struct trace *t,
    int64_t from_ns, const struct known *known)
{
	struct comparison c = { .t = t, .known = known };

	c.f = mem_zero(1, sizeof(*c.f));
	c.f->recording = mem_str(r->name);
	c.times.recording = r;
	c.times.from_ns = from_ns;
	c.times.end_ns = end_of(r);
	compare_lists(&c, FIDELITY_RECORD, said_records);
	if (r->beside != NULL && r->beside->has_routes)
		compare_lists(&c, FIDELITY_ROUTE, said_routes);
	if (r->beside != NULL && r->beside->has_aggregate)
		compare_lists(&c, FIDELITY_AGGREGATE, said_aggregate);
	if (r->beside != NULL)
		compare_flows(&c);
	if (c.f->n > 0)
		qsort(c.f->list, c.f->n, sizeof(*c.f->list), by_kind_and_time);
	return c.f;
}

void
fidelity_free(struct fidelity *f)
{
	size_t i;

	if (f == NULL)
		return;
	for (i = 0; i < f->n; i++)
		free(f->list[i].text);
	free(f->list);
	free(f->recording);
	free(f);
}

size_t
fidelity_unknown(const struct fidelity *f)
{
	size_t i, n = 0;

	for (i = 0; i < f->n; i++)
		n += f->list[i].known == NULL;
	return n;
}
