/* SPDX-License-Identifier: BSD-2-Clause */
/* Everything that happened, as a table: what the pictures say, for those who
 * cannot see them, search, or want the exact words. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "report/happening.h"
#include "report/html_parts.h"
#include "report/markup.h"

#define ROWS_MAX 8000 /* of all runs */
#define TEXT_MAX 300

struct kind {
	const char *word, *sign;
};

static struct kind
kind_of(enum happening_kind k)
{
	switch (k) {
	case HAPPENING_MARK:
		return (struct kind){ "mark", "--" };
	case HAPPENING_STIMULUS:
		return (struct kind){ "outside world", ">>" };
	case HAPPENING_STATE:
		return (struct kind){ "state", "=" };
	case HAPPENING_RECORD:
		return (struct kind){ "record", "" };
	case HAPPENING_FIRING:
		return (struct kind){ "rule", ">" };
	case HAPPENING_OPERATION:
		return (struct kind){ "operation", "*" };
	case HAPPENING_COMMAND:
		return (struct kind){ "program", "$" };
	case HAPPENING_NOTE:
		return (struct kind){ "note", "#" };
	case HAPPENING_GAP:
	case HAPPENING_GAP_END:
		break;
	}
	return (struct kind){ "packets", "!!" };
}

struct event {
	struct happening h;
	int64_t a_ns; /* since */
	size_t run;
};

struct events {
	struct event *list;
	size_t n, cap;
};

static int
by_time(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	if (x->a_ns != y->a_ns)
		return x->a_ns < y->a_ns ? -1 : 1;
	if (x->run != y->run)
		return x->run < y->run ? -1 : 1;
	if (x->h.kind != y->h.kind)
		return (int)x->h.kind - (int)y->h.kind;
	return x->h.number < y->h.number ? -1 : x->h.number > y->h.number;
}

static void
gather(const struct html_page *p, struct events *all)
{
	struct happenings list = { 0 };
	struct event *e;
	size_t run, i;

	for (run = 0; run < p->n; run++) {
		happenings_gather(&list, p->traces[run], INT64_MIN, INT64_MAX,
		    false);
		for (i = 0; i < list.count; i++) {
			e = MEM_PUSH(all->list, all->n, all->cap);
			e->h = list.list[i];
			e->a_ns = html_since(p->traces[run], e->h.at_ns);
			e->run = run;
		}
		happenings_fini(&list);
	}
	if (all->n > 0)
		qsort(all->list, all->n, sizeof(*all->list), by_time);
}

/* Of too many, what the outside world did, packets, operations and changes of
 * state stay, as long as there is room, before the rest. Gives the number
 * left out. */
static size_t
cut(struct events *all)
{
	static const unsigned char rank[] = { [HAPPENING_MARK] = 0,
		[HAPPENING_STIMULUS] = 0,
		[HAPPENING_GAP] = 1,
		[HAPPENING_GAP_END] = 1,
		[HAPPENING_OPERATION] = 2,
		[HAPPENING_STATE] = 3,
		[HAPPENING_RECORD] = 4,
		[HAPPENING_COMMAND] = 5,
		[HAPPENING_FIRING] = 6,
		[HAPPENING_NOTE] = 7 };
	size_t counts[8] = { 0 }, room[8], i, kept = 0, left, rest = ROWS_MAX;

	if (all->n <= ROWS_MAX)
		return 0;
	for (i = 0; i < all->n; i++)
		counts[rank[all->list[i].h.kind]]++;
	for (i = 0; i < 8; i++) {
		room[i] = counts[i] < rest ? counts[i] : rest;
		rest -= room[i];
	}
	for (i = 0; i < all->n; i++)
		if (room[rank[all->list[i].h.kind]] > 0) {
			room[rank[all->list[i].h.kind]]--;
			all->list[kept++] = all->list[i];
		}
	left = all->n - kept;
	all->n = kept;
	return left;
}

/* Without its sign, which has a column of its own. */
static const char *
bare(const char *text, const char *sign)
{
	text += strspn(text, " ");
	if (sign[0] != '\0' && strncmp(text, sign, strlen(sign)) == 0)
		text += strlen(sign);
	return text + strspn(text, " ");
}

static void
add_row(const struct html_page *p, const struct event *e)
{
	const struct trace *t = p->traces[e->run];
	struct kind kind = kind_of(e->h.kind);
	struct strbuf text = { 0 }, *out = p->out;
	char at[40];

	happening_text(t, &e->h, &text);
	strbuf_addf(out,
	    "<tr data-a=\"%" PRId64 "\" data-k=\"%s\"><td class=\"n\">%s</td>",
	    e->a_ns, kind.word, html_seconds(p, e->a_ns, at));
	if (p->n > 1) {
		strbuf_adds(out, "<td class=\"r\">");
		html_run_name(p, e->run, out);
		strbuf_adds(out, "</td>");
	}
	strbuf_addf(out, "<td>%s</td><td>", kind.word);
	markup_cut(out, bare(strbuf_str(&text), kind.sign), TEXT_MAX);
	if (e->h.kind == HAPPENING_RECORD) {
		strbuf_adds(out, " <code>");
		markup_cut(out, t->records[e->h.number].raw, TEXT_MAX);
		strbuf_adds(out, "</code>");
	}
	strbuf_adds(out, "</td></tr>\n");
	strbuf_fini(&text);
}

void
html_events(struct html_page *p)
{
	struct events all = { 0 };
	size_t i, left;

	gather(p, &all);
	left = cut(&all);
	strbuf_addf(p->out,
	    "<section id=\"events\" aria-labelledby=\"h-events\">\n"
	    "<h2 id=\"h-events\">Everything that happened</h2>\n"
	    "<form class=\"filter\" role=\"search\" hidden=\"\">"
	    "<label>Only rows with these words <input type=\"search\" "
	    "id=\"filter\" "
	    "autocomplete=\"off\" />"
	    "</label> <span id=\"kinds\"></span> "
	    "<output id=\"shown\">%zu rows</output></form>\n",
	    all.n);
	if (left > 0)
		strbuf_addf(p->out,
		    "<p class=\"left\">%zu events are left out to keep this "
		    "page small; <code>switchback report</code> prints them "
		    "all.</p>\n",
		    left);
	strbuf_addf(p->out,
	    "<div class=\"wide\"><table class=\"events\"><caption>In order of "
	    "time</caption><thead><tr><th scope=\"col\" class=\"n\">at, s"
	    "</th>%s<th scope=\"col\">kind</th><th scope=\"col\">what</th>"
	    "</tr></thead>\n<tbody id=\"rows\">\n",
	    p->n > 1 ? "<th scope=\"col\">run</th>" : "");
	for (i = 0; i < all.n; i++)
		add_row(p, &all.list[i]);
	strbuf_adds(p->out, "</tbody></table></div>\n</section>\n");
	free(all.list);
}
