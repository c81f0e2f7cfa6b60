/* SPDX-License-Identifier: BSD-2-Clause */
/* The lanes of what took time (operations of the engine, programs that were
 * run) and of what happened in an instant (records, rules, notes, checks). */
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "report/happening.h"
#include "report/html_parts.h"
#include "report/outage.h"
#include "report/spans.h"
#include "report/verdict.h"

#define ROW	  18
#define ROWS_MAX  5
#define BARS_MAX  1000
#define MARKS	  22
#define MARKS_MAX 700

/* --- bars --- */

static void
draw_bar(struct html_chart *c, bool commands, const struct spans_work *w)
{
	const struct trace *t = c->t;
	struct happening h = { .number = w->number,
		.kind = commands ? HAPPENING_COMMAND : HAPPENING_OPERATION };
	const struct trace_operation *o;
	int64_t a_ns = html_since(t, w->from_ns);
	struct strbuf title = { 0 };
	const char *css, *text;
	char at[40];

	if (commands) {
		text = t->commands[w->number].text;
		css = t->commands[w->number].end_ns == TRACE_OPEN ? "open"
								  : "cmd";
	} else {
		o = &t->operations[w->number];
		text = o->text;
		css = o->end_ns == TRACE_OPEN ? "open"
		    : o->result != 0	      ? "bad"
					      : "op";
	}
	strbuf_addf(&title, "%s s ", html_seconds(c->page, a_ns, at));
	happening_text(t, &h, &title);
	html_bar(c, css, a_ns, html_since(t, w->until_ns),
	    c->y + 2 + (int)w->row * ROW, ROW - 3, text, strbuf_str(&title));
	strbuf_fini(&title);
}

/* Too many of one row: short ones next to each other become one bar. */
struct joined {
	const struct spans_work *first;
	int64_t until_ns;
	size_t count;
};

static void
flush(struct html_chart *c, bool commands, struct joined *j)
{
	struct strbuf text = { 0 };

	if (j->count == 1)
		draw_bar(c, commands, j->first);
	if (j->count > 1) {
		strbuf_addf(&text, "%zu %s", j->count,
		    commands ? "programs" : "operations");
		html_bar(c, "busy", html_since(c->t, j->first->from_ns),
		    html_since(c->t, j->until_ns),
		    c->y + 2 + (int)j->first->row * ROW, ROW - 3,
		    strbuf_str(&text), NULL);
		c->page->merged += j->count - 1;
	}
	j->count = 0;
	strbuf_fini(&text);
}

static void
draw_row(struct html_chart *c, bool commands, const struct spans_rows *rows,
    size_t row, int64_t near_ns)
{
	struct joined j = { 0 };
	const struct spans_work *w;
	int64_t from_ns, until_ns;
	size_t i;

	for (i = 0; i < rows->n; i++) {
		w = &rows->list[i];
		from_ns = html_since(c->t, w->from_ns);
		until_ns = html_since(c->t, w->until_ns);
		if (w->row != row || !html_is_seen(c, from_ns, until_ns))
			continue;
		if (j.count > 0 && until_ns - from_ns < near_ns &&
		    from_ns - html_since(c->t, j.until_ns) < near_ns) {
			j.count++;
		} else {
			flush(c, commands, &j);
			j.first = w;
			j.count = 1;
		}
		j.until_ns = w->until_ns;
	}
	flush(c, commands, &j);
}

static void
work_lane(struct html_chart *c, bool commands)
{
	const char *name = commands ? "programs" : "operations";
	struct spans_rows rows;
	size_t i, seen = 0;
	int64_t near_ns = 0;
	int height;

	spans_pack(c->t, commands, ROWS_MAX, &rows);
	height = (rows.rows == 0 ? 1 : (int)rows.rows) * ROW + 4;
	html_lane(c, name, name, height < 40 ? height : 22);
	for (i = 0; i < rows.n; i++)
		seen += html_is_seen(c, html_since(c->t, rows.list[i].from_ns),
		    html_since(c->t, rows.list[i].until_ns));
	if (seen > BARS_MAX / c->page->n)
		near_ns = (c->w.until_ns - c->w.from_ns) * ROWS_MAX /
		    (int64_t)(BARS_MAX / c->page->n);
	for (i = 0; i < rows.rows; i++)
		draw_row(c, commands, &rows, i, near_ns);
	strbuf_adds(&c->plot, "</g>\n");
	c->y += height;
	free(rows.list);
}

void
html_work(struct html_chart *c)
{
	if (c->page->operations)
		work_lane(c, false);
	if (c->page->commands)
		work_lane(c, true);
}

/* --- marks --- */

static const char *
record_symbol(const struct trace_record *r)
{
	if (r->fate == TRACE_RECORD_DROPPED)
		return "m-dropped";
	if (r->fate == TRACE_RECORD_QUEUED)
		return "m-unread";
	switch (r->raw_bytes == 0 ? '\0' : r->raw[0]) {
	case '+':
		return "m-attach";
	case '-':
		return "m-detach";
	case '?':
		return "m-nomatch";
	default:
		return "m-record";
	}
}

static const char *
symbol_of(const struct trace *t, const struct happening *h)
{
	if (h->kind == HAPPENING_RECORD)
		return record_symbol(&t->records[h->number]);
	return h->kind == HAPPENING_FIRING ? "m-rule" : "m-note";
}

/* rows[0..n) as one mark. */
static void
draw_mark(struct html_chart *c, const struct happening *rows, size_t n)
{
	int64_t a_ns = html_since(c->t, rows[0].at_ns);
	struct strbuf title = { 0 };
	char at[40];

	strbuf_addf(&title, "%s s ", html_seconds(c->page, a_ns, at));
	happening_text(c->t, &rows[0], &title);
	if (n > 1)
		strbuf_addf(&title, " and %zu more", n - 1);
	html_mark(c, symbol_of(c->t, &rows[0]), a_ns, c->y + MARKS / 2,
	    strbuf_str(&title));
	strbuf_fini(&title);
}

/* All rows of list are of one kind. */
static void
marks_lane(struct html_chart *c, const char *name, const char *what,
    const struct happening *list, size_t n)
{
	int64_t near =
	    n <= MARKS_MAX ? -1 : (c->w.until_ns - c->w.from_ns) / MARKS_MAX;
	size_t i, same;

	html_lane(c, name, what, MARKS);
	for (i = 0; i < n; i += same) {
		same = 1;
		while (i + same < n &&
		    outage_since(list[i + same].at_ns, list[i].at_ns) <= near)
			same++;
		draw_mark(c, &list[i], same);
		c->page->merged += same - 1;
	}
	strbuf_adds(&c->plot, "</g>\n");
	c->y += MARKS;
}

static void
kind_lane(struct html_chart *c, const struct happenings *all,
    enum happening_kind kind, const char *name, const char *what)
{
	struct happenings some = { 0 };
	size_t i;

	for (i = 0; i < all->count; i++)
		if (all->list[i].kind == kind)
			*MEM_PUSH(some.list, some.count, some.cap) =
			    all->list[i];
	marks_lane(c, name, what, some.list, some.count);
	happenings_fini(&some);
}

static void
checks_lane(struct html_chart *c)
{
	const struct trace_check *k;
	struct strbuf title = { 0 };
	const char *symbol;
	size_t i;

	html_lane(c, "expectations", "checks", MARKS);
	for (i = 0; i < c->t->n_checks && i < MARKS_MAX; i++) {
		k = &c->t->checks[i];
		if (k->at_ns == TRACE_OPEN || k->verdict == TRACE_SKIP)
			continue;
		symbol = verdict_is_failure(k)	      ? "m-fail"
		    : k->verdict == TRACE_KNOWN_FAULT ? "m-known"
						      : "m-pass";
		strbuf_reset(&title);
		strbuf_addf(&title, "line %u, %s: %s; %s", k->line,
		    trace_verdict_word(k->verdict), k->text, k->happened);
		html_mark(c, symbol, html_since(c->t, k->at_ns),
		    c->y + MARKS / 2, strbuf_str(&title));
	}
	strbuf_adds(&c->plot, "</g>\n");
	c->y += MARKS;
	strbuf_fini(&title);
}

static int64_t
plus(int64_t a, int64_t b)
{
	return outage_since(a, b > -INT64_MAX ? -b : INT64_MAX);
}

void
html_marks(struct html_chart *c)
{
	struct happenings all = { 0 };
	const struct trace *t = c->t;

	happenings_gather(&all, t, plus(t->run.start_ns, c->w.from_ns),
	    plus(t->run.start_ns, c->w.until_ns), false);
	if (c->page->records)
		kind_lane(c, &all, HAPPENING_RECORD, "records", "records");
	if (c->page->firings)
		kind_lane(c, &all, HAPPENING_FIRING, "rules", "rules");
	if (c->page->notes)
		kind_lane(c, &all, HAPPENING_NOTE, "notes", "notes");
	if (c->page->checks)
		checks_lane(c);
	c->y += 2;
	happenings_fini(&all);
}
