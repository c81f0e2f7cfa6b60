/* SPDX-License-Identifier: BSD-2-Clause */
/* The lanes of aggregates (which port carries) and interfaces (there, up,
 * with link): a bar for each stretch of time in which nothing changed. */
#include <stdio.h>
#include <string.h>

#include "base/dur.h"
#include "report/html_parts.h"
#include "report/markup.h"
#include "report/spans.h"

#define AGGREGATE 28
#define INTERFACE 22
#define BARS_MAX  2500 /* of all lanes and runs of a figure, about */

/* Stretches of one lane on their way to be bars. When there are too many, short
 * ones that follow each other become one that says how many they are. */
struct lane {
	struct html_chart *c;
	const char *name, *port; /* the class of the interface itself */
	int64_t near_ns;	 /* shorter is short; 0: none is */
	size_t count;		 /* in the window */

	int64_t from_ns, until_ns; /* the bar to come (since) */
	size_t joined;		   /* stretches in it; 0: there is none */
	char css[16];
	const char *text;
	struct strbuf title;
};

/* ", 35.549275 to 35.751295 s (202.02ms)" */
static void
add_span(struct lane *l)
{
	char from[40], until[40], text[DUR_TEXT];
	const struct html_page *p = l->c->page;

	strbuf_addf(&l->title, ", %s to %s s (%s)",
	    html_seconds(p, l->from_ns, from),
	    html_seconds(p, l->until_ns, until),
	    dur_format((l->until_ns - l->from_ns) / DUR_US * DUR_US, text));
}

static void
flush(struct lane *l, int top, int height)
{
	struct strbuf text = { 0 };

	if (l->joined > 1) {
		strbuf_addf(&text, "%zu changes", l->joined);
		html_bar(l->c, "busy", l->from_ns, l->until_ns, top, height,
		    strbuf_str(&text), NULL);
		l->c->page->merged += l->joined - 1;
	} else if (l->joined == 1) {
		add_span(l);
		html_bar(l->c, l->css, l->from_ns, l->until_ns, top, height,
		    l->text, strbuf_str(&l->title));
	}
	l->joined = 0;
	strbuf_fini(&text);
}

static void
count_active(void *ctx, const char *value, int64_t from_ns, int64_t until_ns)
{
	struct lane *l = ctx;

	(void)value;
	l->count += html_is_seen(l->c, html_since(l->c->t, from_ns),
	    html_since(l->c->t, until_ns));
}

/* Decides from the count what is short. */
static void
set_near(struct lane *l)
{
	size_t lanes = l->c->pick->n_aggregates + l->c->pick->n_interfaces;
	size_t most = BARS_MAX / l->c->page->n / (lanes == 0 ? 1 : lanes);

	if (l->count > most)
		l->near_ns =
		    (l->c->w.until_ns - l->c->w.from_ns) / (int64_t)(most + 1);
}

/* False when the stretch is out of sight, or joined to those before it: then
 * there is nothing to set. */
static bool
take(struct lane *l, int64_t from_ns, int64_t until_ns)
{
	from_ns = html_since(l->c->t, from_ns);
	until_ns = html_since(l->c->t, until_ns);
	if (!html_is_seen(l->c, from_ns, until_ns))
		return false;
	if (l->joined > 0 && until_ns - from_ns < l->near_ns &&
	    from_ns - l->until_ns < l->near_ns &&
	    (l->joined > 1 || l->until_ns - l->from_ns < l->near_ns)) {
		l->until_ns = until_ns;
		l->joined++;
		return false;
	}
	return true;
}

static void
begin(struct lane *l, int64_t from_ns, int64_t until_ns, const char *css,
    const char *text)
{
	l->from_ns = html_since(l->c->t, from_ns);
	l->until_ns = html_since(l->c->t, until_ns);
	l->joined = 1;
	snprintf(l->css, sizeof(l->css), "%s", css);
	l->text = text;
	strbuf_reset(&l->title);
}

/* --- aggregates --- */

static void
flush_active(struct lane *l)
{
	flush(l, l->c->y + 3, AGGREGATE - 6);
}

static void
active_bar(void *ctx, const char *value, int64_t from_ns, int64_t until_ns)
{
	struct lane *l = ctx;
	enum html_port port;

	if (!take(l, from_ns, until_ns))
		return;
	flush_active(l);
	port = html_port_of(l->c->t, value);
	begin(l, from_ns, until_ns, html_port_class(port),
	    port == HTML_PORT_NONE ? "no active port" : value);
	strbuf_addf(&l->title, "%s: active port %s", l->name, value);
}

static void
aggregate_lane(struct html_chart *c, const char *name)
{
	struct lane l = { .c = c, .name = name };
	struct strbuf title = { 0 };

	strbuf_addf(&title, "%s port", name);
	html_lane(c, strbuf_str(&title), "active", AGGREGATE);
	spans_active(c->t, name, count_active, &l);
	set_near(&l);
	spans_active(c->t, name, active_bar, &l);
	flush_active(&l);
	strbuf_adds(&c->plot, "</g>\n");
	c->y += AGGREGATE;
	strbuf_fini(&l.title);
	strbuf_fini(&title);
}

/* --- interfaces --- */

/* The height says the state even without colour. */
static int
state_height(enum spans_state state)
{
	switch (state) {
	case SPANS_UP_LINK:
		return INTERFACE - 6;
	case SPANS_UP_NO_LINK:
	case SPANS_UP_UNKNOWN:
		return INTERFACE - 11;
	case SPANS_DOWN_LINK:
	case SPANS_DOWN:
		break;
	}
	return 5;
}

struct iface_lane {
	struct lane lane;
	int height; /* of the bar to come */
};

static void
flush_state(struct iface_lane *f)
{
	int height = f->lane.joined > 1 ? INTERFACE - 6 : f->height;

	flush(&f->lane, f->lane.c->y + INTERFACE - 3 - height, height);
}

static void
state_bar(void *ctx, enum spans_state state, int64_t from_ns, int64_t until_ns)
{
	struct iface_lane *f = ctx;
	struct lane *l = &f->lane;
	const char *text = spans_state_text(state);

	if (!take(l, from_ns, until_ns))
		return;
	flush_state(f);
	f->height = state_height(state);
	begin(l, from_ns, until_ns,
	    state == SPANS_UP_LINK ? l->port
		: f->height == 5   ? "down"
				   : "nolink",
	    text);
	strbuf_addf(&l->title, "%s: %s", l->name, text);
}

static void
interface_lane(struct html_chart *c, const char *name)
{
	struct iface_lane f = { .lane = { .c = c, .name = name } };
	int y = c->y + INTERFACE - 5;

	f.lane.port = html_port_class(html_port_of(c->t, name));
	html_lane(c, name, "interface", INTERFACE);
	strbuf_addf(&c->plot,
	    "<line class=\"absent\" x1=\"0\" x2=\"100%%\" y1=\"%d\" "
	    "y2=\"%d\"/>\n",
	    y, y);
	spans_interface(c->t, name, count_active, &f.lane);
	set_near(&f.lane);
	spans_states(c->t, name, state_bar, &f);
	flush_state(&f);
	strbuf_adds(&c->plot, "</g>\n");
	c->y += INTERFACE;
	strbuf_fini(&f.lane.title);
}

void
html_states(struct html_chart *c)
{
	size_t i;

	for (i = 0; i < c->pick->n_aggregates; i++)
		aggregate_lane(c, c->pick->aggregates[i]);
	for (i = 0; i < c->pick->n_interfaces; i++)
		interface_lane(c, c->pick->interfaces[i]);
}

/* --- in words --- */

#define TOLD_MAX 12 /* changes of one aggregate */

static void
tell(const struct html_chart *c, const char *name, struct strbuf *out)
{
	const struct trace *t = c->t;
	const char *before = NULL;
	const struct trace_state *s;
	char at[40];
	size_t i, told = 0;

	for (i = 0; i < t->n_states && told <= TOLD_MAX; i++) {
		s = &t->states[i];
		if (strcmp(s->object, name) != 0 ||
		    strcmp(s->field, "active") != 0)
			continue;
		if (html_since(t, s->at_ns) < c->w.from_ns) {
			before = s->value;
			continue;
		}
		if (html_since(t, s->at_ns) > c->w.until_ns)
			break;
		if (told++ == 0) {
			markup_text(out, name);
			strbuf_adds(out, ": active port ");
			markup_text(out, before == NULL ? "not there" : before);
		}
		strbuf_adds(out, told > TOLD_MAX ? ", and so on" : ", ");
		if (told > TOLD_MAX)
			break;
		markup_text(out, s->value);
		strbuf_addf(out, " from %s s",
		    html_seconds(c->page, html_since(t, s->at_ns), at));
	}
	if (told > 0) {
		strbuf_adds(out, ". ");
	} else if (before != NULL) {
		markup_text(out, name);
		strbuf_adds(out, ": active port ");
		markup_text(out, before);
		strbuf_adds(out, " all the time. ");
	}
}

void
html_states_told(const struct html_chart *c, struct strbuf *out)
{
	size_t i;

	for (i = 0; i < c->pick->n_aggregates; i++)
		tell(c, c->pick->aggregates[i], out);
}
