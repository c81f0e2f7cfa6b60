/* SPDX-License-Identifier: BSD-2-Clause */
/* Close-ups: one for each deed of the outside world, from the deed until its
 * consequences end. A run of a minute is decided in milliseconds. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "report/html_parts.h"
#include "report/markup.h"
#include "report/outage.h"

#define MOMENTS_MAX 6
#define NEAR	    (1 * DUR_MS) /* the same deed in two runs */
#define PAD_MIN	    (2 * DUR_MS)

struct moment {		  /* since */
	const char *what; /* the trace's */
	int64_t at_ns, until_ns;
	uint64_t worth;
	size_t more; /* deeds so soon after it that it shows them too */
};

struct moments {
	struct moment *list;
	size_t n, cap;
};

static void
reach(struct moment *m, int64_t next_ns, int64_t start_ns, int64_t end_ns)
{
	if (start_ns < m->at_ns || start_ns >= next_ns)
		return;
	if (end_ns > m->until_ns)
		m->until_ns = end_ns;
}

static void
find_end(const struct trace *t, struct moment *m, int64_t next_ns)
{
	const struct trace_gap *g;
	int64_t at_ns, end_ns;
	size_t i;

	for (i = 0; i < t->n_states; i++) {
		if (strcmp(t->states[i].field, "active") != 0)
			continue;
		at_ns = html_since(t, t->states[i].at_ns);
		reach(m, next_ns, at_ns, at_ns);
	}
	for (i = 0; i < t->n_operations; i++) {
		end_ns = t->operations[i].end_ns;
		if (end_ns != TRACE_OPEN)
			reach(m, next_ns,
			    html_since(t, t->operations[i].start_ns),
			    html_since(t, end_ns));
	}
	for (i = 0; i < t->n_records; i++) {
		at_ns = html_since(t, t->records[i].emit_ns);
		reach(m, next_ns, at_ns, at_ns);
	}
	for (i = 0; i < t->n_gaps; i++) {
		g = &t->gaps[i];
		at_ns = html_since(t, outage_begin(t, g));
		if (!outage_is_open(t, g))
			reach(m, next_ns, at_ns, html_since(t, g->to_ns));
	}
	if (m->until_ns > next_ns)
		m->until_ns = next_ns;
}

static void
earliest(const struct trace *t, int64_t at_ns, int64_t *first)
{
	at_ns = html_since(t, at_ns);
	if (at_ns > 0 && at_ns < *first)
		*first = at_ns;
}

/* A run begins with nothing for seconds but what the kernel says of its
 * devices: the bring-up begins with the first thing that somebody does. */
static int64_t
first_event(const struct trace *t)
{
	int64_t first = INT64_MAX;
	size_t i;

	for (i = 0; i < t->n_firings; i++)
		earliest(t, t->firings[i].at_ns, &first);
	for (i = 0; i < t->n_operations; i++)
		earliest(t, t->operations[i].start_ns, &first);
	for (i = 0; i < t->n_commands; i++)
		earliest(t, t->commands[i].start_ns, &first);
	for (i = 0; i < t->n_gaps; i++)
		earliest(t, t->gaps[i].from_ns, &first);
	for (i = 0; i < t->n_records && first == INT64_MAX; i++)
		earliest(t, t->records[i].emit_ns, &first);
	return first == INT64_MAX ? 0 : first;
}

static void
add(struct moments *ms, const struct moment *m)
{
	struct moment *old;
	size_t i;

	for (i = 0; i < ms->n; i++) {
		old = &ms->list[i];
		if (strcmp(old->what, m->what) != 0 ||
		    (old->at_ns - m->at_ns > NEAR && i > 0) ||
		    (m->at_ns - old->at_ns > NEAR && i > 0))
			continue;
		if (m->at_ns < old->at_ns)
			old->at_ns = m->at_ns;
		if (m->until_ns > old->until_ns)
			old->until_ns = m->until_ns;
		old->worth += m->worth;
		return;
	}
	*MEM_PUSH(ms->list, ms->n, ms->cap) = *m;
}

static void
add_run(struct moments *ms, const struct trace *t)
{
	struct response *r;
	int64_t next;
	size_t i, n;

	r = outage_responses(t, &n);
	/* In a mere recording nobody brings anything up. */
	i = t->n_operations + t->n_firings + t->n_commands + t->n_gaps == 0;
	for (; i < n; i++) {
		struct moment m = { .what = r[i].what };

		m.at_ns = i == 0 ? first_event(t) : html_since(t, r[i].at_ns);
		next =
		    html_since(t, i + 1 < n ? r[i + 1].at_ns : t->run.end_ns);
		if (m.at_ns >= next)
			continue;
		m.until_ns = m.at_ns;
		m.worth = r[i].missing + (r[i].active != NULL);
		find_end(t, &m, next);
		if (m.until_ns > m.at_ns)
			add(ms, &m);
	}
	free(r);
}

static int
by_worth(const void *a, const void *b)
{
	const struct moment *x = a, *y = b;

	if (x->worth != y->worth)
		return x->worth > y->worth ? -1 : 1;
	return x->at_ns < y->at_ns ? -1 : x->at_ns > y->at_ns;
}

static int
by_time(const void *a, const void *b)
{
	const struct moment *x = a, *y = b;

	return x->at_ns < y->at_ns ? -1 : x->at_ns > y->at_ns;
}

/* One picture for deeds of which the next comes before the last is over. */
static void
join(struct moments *ms)
{
	struct moment *m, *last;
	size_t i, kept = 0;

	if (ms->n > 0)
		qsort(ms->list, ms->n, sizeof(*ms->list), by_time);
	for (i = 0; i < ms->n; i++) {
		m = &ms->list[i];
		last = kept > 0 ? &ms->list[kept - 1] : NULL;
		if (last != NULL && m->at_ns <= last->until_ns &&
		    m->until_ns - last->at_ns <=
			3 * (last->until_ns - last->at_ns)) {
			if (m->until_ns > last->until_ns)
				last->until_ns = m->until_ns;
			last->worth += m->worth;
			last->more += 1 + m->more;
		} else {
			ms->list[kept++] = *m;
		}
	}
	ms->n = kept;
}

static void
draw(struct html_page *p, const struct moment *m, size_t number)
{
	int64_t pad = (m->until_ns - m->at_ns) / 16;
	struct html_window w = { m->at_ns, m->until_ns };
	struct strbuf caption = { 0 };
	char id[32], at[40];

	if (pad < PAD_MIN)
		pad = PAD_MIN;
	w.from_ns -= pad;
	w.until_ns += pad;
	strbuf_addf(&caption, "<b>");
	markup_cut(&caption, m->what, 80);
	strbuf_addf(&caption, "</b> at %s s", html_seconds(p, m->at_ns, at));
	if (m->more > 0)
		strbuf_addf(&caption, ", and %zu more right after it", m->more);
	snprintf(id, sizeof(id), "moment-%zu", number);
	html_figure(p, id, strbuf_str(&caption), w, m->at_ns);
	strbuf_fini(&caption);
}

void
html_moments(struct html_page *p)
{
	struct moments ms = { 0 };
	size_t i, left = 0;

	for (i = 0; i < p->n; i++)
		add_run(&ms, p->traces[i]);
	join(&ms);
	if (ms.n > MOMENTS_MAX) {
		left = ms.n - MOMENTS_MAX;
		qsort(ms.list, ms.n, sizeof(*ms.list), by_worth);
		ms.n = MOMENTS_MAX;
		qsort(ms.list, ms.n, sizeof(*ms.list), by_time);
	}
	if (ms.n > 0)
		strbuf_adds(p->out,
		    "<section id=\"moments\" aria-labelledby=\"h-moments\">\n"
		    "<h2 id=\"h-moments\">Close-ups</h2>\n");
	if (left > 0)
		strbuf_addf(p->out,
		    "<p class=\"left\">Those of %zu in which the most packets "
		    "went missing; the others are in the time line.</p>\n",
		    left + ms.n);
	for (i = 0; i < ms.n; i++)
		draw(p, &ms.list[i], i + 1);
	if (ms.n > 0)
		strbuf_adds(p->out, "</section>\n");
	free(ms.list);
}
