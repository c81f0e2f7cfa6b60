/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/spans.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* --- objects --- */

struct seen {
	const char *name;
	size_t number;
};

static int
by_name(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order != 0 ? order : x->number < y->number ? -1 : 1;
}

static int
by_number(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	return x->number < y->number ? -1 : 1;
}

void
spans_objects(const struct trace *t, const char *field, struct spans_names *out)
{
	struct seen *list = mem_zero(t->n_states + 1, sizeof(*list));
	size_t i, n = 0, kept = 0;

	for (i = 0; i < t->n_states; i++)
		if (strcmp(t->states[i].field, field) == 0) {
			list[n].name = t->states[i].object;
			list[n++].number = i;
		}
	qsort(list, n, sizeof(*list), by_name);
	for (i = 0; i < n; i++)
		if (kept == 0 || strcmp(list[kept - 1].name, list[i].name) != 0)
			list[kept++] = list[i];
	qsort(list, kept, sizeof(*list), by_number);
	out->list = mem_zero(kept + 1, sizeof(*out->list));
	for (i = 0; i < kept; i++)
		out->list[i] = list[i].name;
	out->n = kept;
	free(list);
}

/* --- states --- */

static bool
is_gone(const struct trace_state *s)
{
	return strcmp(s->field, "exists") == 0 && strcmp(s->value, "yes") != 0;
}

void
spans_active(const struct trace *t, const char *aggregate, spans_fn *fn,
    void *ctx)
{
	const struct trace_state *s;
	const char *value = NULL;
	int64_t from_ns = 0;
	size_t i;

	for (i = 0; i < t->n_states; i++) {
		s = &t->states[i];
		if (strcmp(s->object, aggregate) != 0 ||
		    (strcmp(s->field, "active") != 0 && !is_gone(s)))
			continue;
		if (value != NULL && s->at_ns > from_ns)
			fn(ctx, value, from_ns, s->at_ns);
		from_ns = s->at_ns;
		value = is_gone(s) ? NULL : s->value;
	}
	if (value != NULL && t->run.end_ns > from_ns)
		fn(ctx, value, from_ns, t->run.end_ns);
}

const char *
spans_state_text(enum spans_state state)
{
	switch (state) {
	case SPANS_UP_LINK:
		return "up, link";
	case SPANS_UP_NO_LINK:
		return "up, no link";
	case SPANS_UP_UNKNOWN:
		return "up, link unknown";
	case SPANS_DOWN_LINK:
		return "down, link";
	case SPANS_DOWN:
		break;
	}
	return "down, no link";
}

struct iface {
	const char *exists, *up, *link;
};

static enum spans_state
state_of(const struct iface *f)
{
	bool link = strcmp(f->link, "up") == 0;

	if (strcmp(f->up, "yes") != 0)
		return link ? SPANS_DOWN_LINK : SPANS_DOWN;
	if (link)
		return SPANS_UP_LINK;
	return strcmp(f->link, "down") == 0 ? SPANS_UP_NO_LINK
					    : SPANS_UP_UNKNOWN;
}

static const char **
field_of(struct iface *f, const char *field)
{
	if (strcmp(field, "exists") == 0)
		return &f->exists;
	if (strcmp(field, "up") == 0)
		return &f->up;
	return strcmp(field, "link") == 0 ? &f->link : NULL;
}

void
spans_states(const struct trace *t, const char *interface, spans_state_fn *fn,
    void *ctx)
{
	struct iface now = { "", "", "" };
	const struct trace_state *s;
	const char **field;
	int64_t from_ns = 0;
	size_t i;

	for (i = 0; i < t->n_states; i++) {
		s = &t->states[i];
		if (strcmp(s->object, interface) != 0 ||
		    (field = field_of(&now, s->field)) == NULL ||
		    strcmp(*field, s->value) == 0)
			continue;
		if (strcmp(now.exists, "yes") == 0 && s->at_ns > from_ns)
			fn(ctx, state_of(&now), from_ns, s->at_ns);
		from_ns = s->at_ns;
		*field = s->value;
		if (is_gone(s))
			now.up = now.link = "";
	}
	if (strcmp(now.exists, "yes") == 0 && t->run.end_ns > from_ns)
		fn(ctx, state_of(&now), from_ns, t->run.end_ns);
}

struct told {
	spans_fn *fn;
	void *ctx;
};

static void
tell_state(void *ctx, enum spans_state state, int64_t from_ns, int64_t until_ns)
{
	struct told *told = ctx;

	told->fn(told->ctx, spans_state_text(state), from_ns, until_ns);
}

void
spans_interface(const struct trace *t, const char *interface, spans_fn *fn,
    void *ctx)
{
	struct told told = { fn, ctx };

	spans_states(t, interface, tell_state, &told);
}

/* --- work --- */

static void
take(struct spans_rows *out, const struct trace *t, int64_t start_ns,
    int64_t end_ns)
{
	struct spans_work *w = &out->list[out->n];

	if (end_ns == TRACE_OPEN)
		end_ns = t->run.end_ns;
	w->from_ns = start_ns;
	w->until_ns = end_ns < start_ns ? start_ns : end_ns;
	w->number = out->n++;
}

static int
by_start(const void *a, const void *b)
{
	const struct spans_work *x = a, *y = b;

	if (x->from_ns != y->from_ns)
		return x->from_ns < y->from_ns ? -1 : 1;
	return x->number < y->number ? -1 : 1;
}

void
spans_pack(const struct trace *t, bool commands, size_t most,
    struct spans_rows *out)
{
	size_t i, row, n = commands ? t->n_commands : t->n_operations;
	int64_t *ends = mem_zero(n + 1, sizeof(*ends));
	struct spans_work *w;

	memset(out, 0, sizeof(*out));
	out->list = mem_zero(n + 1, sizeof(*out->list));
	for (i = 0; i < n; i++)
		if (commands)
			take(out, t, t->commands[i].start_ns,
			    t->commands[i].end_ns);
		else
			take(out, t, t->operations[i].start_ns,
			    t->operations[i].end_ns);
	qsort(out->list, n, sizeof(*out->list), by_start);
	for (i = 0; i < n; i++) {
		w = &out->list[i];
		for (row = 0; row < out->rows && row + 1 < most; row++)
			if (ends[row] <= w->from_ns)
				break;
		if (row == out->rows)
			ends[out->rows++] = w->from_ns;
		w->row = row;
		if (ends[row] < w->until_ns)
			ends[row] = w->until_ns;
	}
	free(ends);
}
