/* SPDX-License-Identifier: BSD-2-Clause */
/* The lanes of aggregates (which port carries) and interfaces (there, up,
 * with link): a bar for each stretch of time in which nothing changed. */
#include <string.h>

#include "report/html_parts.h"
#include "report/markup.h"
#include "report/spans.h"

#define AGGREGATE 28
#define INTERFACE 22
#define BARS_MAX  1500 /* of one lane */

static void
rest_is_merged(struct html_chart *c, size_t bars)
{
	if (bars > BARS_MAX)
		c->page->merged += bars - BARS_MAX;
}

struct lane {
	struct html_chart *c;
	const char *name, *port; /* the class of the interface itself */
	size_t bars;
};

/* Counts a bar; false when it is not to be drawn. */
static bool
take(struct lane *l, int64_t from_ns, int64_t until_ns)
{
	const struct trace *t = l->c->t;

	return html_is_seen(l->c, html_since(t, from_ns),
		   html_since(t, until_ns)) &&
	    l->bars++ < BARS_MAX;
}

/* --- aggregates --- */

static void
active_bar(void *ctx, const char *value, int64_t from_ns, int64_t until_ns)
{
	struct lane *l = ctx;
	struct html_chart *c = l->c;
	struct strbuf text = { 0 };
	enum html_port port;

	if (!take(l, from_ns, until_ns))
		return;
	port = html_port_of(c->t, value);
	strbuf_addf(&text, "%s: active port %s", l->name, value);
	html_bar(c, html_port_class(port), html_since(c->t, from_ns),
	    html_since(c->t, until_ns), c->y + 3, AGGREGATE - 6,
	    port == HTML_PORT_NONE ? "no active port" : value,
	    strbuf_str(&text));
	strbuf_fini(&text);
}

static void
aggregate_lane(struct html_chart *c, const char *name)
{
	struct lane l = { .c = c, .name = name };
	struct strbuf title = { 0 };

	strbuf_addf(&title, "%s port", name);
	html_lane(c, strbuf_str(&title), "active", AGGREGATE);
	strbuf_fini(&title);
	spans_active(c->t, name, active_bar, &l);
	rest_is_merged(c, l.bars);
	strbuf_adds(&c->plot, "</g>\n");
	c->y += AGGREGATE;
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

static void
state_bar(void *ctx, enum spans_state state, int64_t from_ns, int64_t until_ns)
{
	struct lane *l = ctx;
	struct html_chart *c = l->c;
	int height = state_height(state);
	struct strbuf title = { 0 };

	if (!take(l, from_ns, until_ns))
		return;
	strbuf_addf(&title, "%s: %s", l->name, spans_state_text(state));
	html_bar(c,
	    state == SPANS_UP_LINK ? l->port
		: height == 5	   ? "down"
				   : "nolink",
	    html_since(c->t, from_ns), html_since(c->t, until_ns),
	    c->y + INTERFACE - 3 - height, height, spans_state_text(state),
	    strbuf_str(&title));
	strbuf_fini(&title);
}

static void
interface_lane(struct html_chart *c, const char *name)
{
	struct lane l = { .c = c, .name = name };
	int y = c->y + INTERFACE - 5;

	l.port = html_port_class(html_port_of(c->t, name));
	html_lane(c, name, "interface", INTERFACE);
	strbuf_addf(&c->plot,
	    "<line class=\"absent\" x1=\"0\" x2=\"100%%\" y1=\"%d\" "
	    "y2=\"%d\"/>\n",
	    y, y);
	spans_states(c->t, name, state_bar, &l);
	rest_is_merged(c, l.bars);
	strbuf_adds(&c->plot, "</g>\n");
	c->y += INTERFACE;
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
