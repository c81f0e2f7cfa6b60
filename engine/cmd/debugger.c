/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/debugger.h"

#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "report/verdict.h"

static int
begin(struct debugger *d, struct err *e)
{
	memset(e, 0, sizeof(*e));
	d->stage.trouble = e;
	d->t = trace_new();
	d->walk = simwalk_open(&d->stage, d->t);
	if (d->walk == NULL) {
		trace_free(d->t);
		d->t = NULL;
		return e->code;
	}
	d->done = 0;
	d->ended = false;
	memset(&d->shown, 0, sizeof(d->shown));
	memset(&d->before, 0, sizeof(d->before));
	return 0;
}

static void
leave(struct debugger *d)
{
	struct err e;

	d->stage.trouble = &e;
	if (d->walk != NULL)
		(void)simwalk_close(d->walk);
	trace_free(d->t);
	d->walk = NULL;
	d->t = NULL;
}

int
debugger_open(struct debugger *d, const struct simstage *stage, struct err *e)
{
	memset(d, 0, sizeof(*d));
	memset(e, 0, sizeof(*e));
	d->stage = *stage;
	d->stage.trouble = e;
	d->whole = trace_new();
	if (!simstage_run(&d->stage, d->whole) && e->code != ERR_NONE)
		return e->code;
	return begin(d, e);
}

void
debugger_close(struct debugger *d)
{
	leave(d);
	trace_free(d->whole);
	while (d->n_breaks > 0)
		free(d->breaks[--d->n_breaks].text);
	free(d->breaks);
	memset(d, 0, sizeof(*d));
}

bool
debugger_step(struct debugger *d)
{
	if (d->ended)
		return false;
	happenings_mark(d->t, &d->before);
	d->ended = simwalk_advance(d->walk) == STAGE_END;
	if (!d->ended)
		d->done++;
	return !d->ended;
}

void
debugger_go(struct debugger *d, uint64_t done)
{
	struct err e;

	if (done < d->done) {
		leave(d);
		/* What could be begun once can be begun again. */
		if (begin(d, &e) < 0) {
			d->ended = true;
			return;
		}
	}
	while (d->done < done && debugger_step(d))
		;
	happenings_mark(d->t, &d->shown);
}

/* --- stops --- */

static bool
is_bad(const struct trace_check *c)
{
	return c->verdict == TRACE_KNOWN_FAULT || verdict_is_failure(c);
}

static int64_t
failed_at(const struct debugger *d, const struct trace_check *c)
{
	return c->at_ns == TRACE_OPEN || c->at_ns > d->whole->run.end_ns
	    ? d->whole->run.end_ns
	    : c->at_ns;
}

const struct trace_check *
debugger_failure(const struct debugger *d)
{
	const struct trace_check *first = NULL, *c;
	int64_t now_ns = simwalk_now(d->walk);
	size_t i;

	for (i = 0; i < d->whole->n_checks && !d->ended; i++) {
		c = &d->whole->checks[i];
		if (!is_bad(c) || failed_at(d, c) <= now_ns)
			continue;
		if (first == NULL || failed_at(d, c) < failed_at(d, first))
			first = c;
	}
	return first;
}

bool
debugger_has_failed(const struct debugger *d, const struct trace_check *c)
{
	return is_bad(c) && failed_at(d, c) > d->from_ns &&
	    failed_at(d, c) <= simwalk_now(d->walk);
}

static bool
has_mark(const struct debugger *d, const char *name)
{
	size_t i;

	for (i = d->before.rows[HAPPENING_MARK]; i < d->t->n_marks; i++)
		if (strcmp(d->t->marks[i].name, name) == 0)
			return true;
	return false;
}

static bool
has_text(const struct trace *t, const struct happenings *h, const char *part)
{
	struct strbuf text = { 0 };
	bool found = false;
	size_t i;

	for (i = 0; i < h->count && !found; i++) {
		strbuf_reset(&text);
		happening_text(t, &h->list[i], &text);
		found = strstr(strbuf_str(&text), part) != NULL;
	}
	strbuf_fini(&text);
	return found;
}

/* Whether the newest thing is what the stop is for. */
static bool
is_met(const struct debugger *d, const struct stop *s)
{
	struct happenings new = { 0 };
	bool met = false;
	size_t i;

	if (s->kind == STOP_TIME)
		return simwalk_next(d->walk) > s->at_ns;
	if (s->kind == STOP_FAIL) /* at_ns was put there when it began */
		return simwalk_now(d->walk) >= s->at_ns;
	if (s->kind == STOP_MARK)
		return has_mark(d, s->text);
	if (s->kind == STOP_NEVER)
		return false;
	happenings_since(&new, d->t, &d->before, s->kind != STOP_SEEN);
	if (s->kind == STOP_EVENT)
		met = has_text(d->t, &new, s->text);
	else if (s->kind == STOP_SEEN)
		met = new.count > 0;
	for (i = 0; i < new.count && s->kind == STOP_WHAT; i++)
		met = met || new.list[i].kind == s->what;
	happenings_fini(&new);
	return met;
}

/* A failure's time is known: the next one from where the run begins. */
static void
aim(const struct debugger *d, struct stop *s)
{
	const struct trace_check *c;

	if (s->kind != STOP_FAIL)
		return;
	c = debugger_failure(d);
	s->at_ns = c == NULL ? INT64_MAX : failed_at(d, c);
}

const struct stop *
debugger_run(struct debugger *d, const struct stop *stop)
{
	struct stop aimed = *stop;
	size_t i;

	if (d->ended)
		return NULL;
	d->from_ns = simwalk_now(d->walk);
	aim(d, &aimed);
	for (i = 0; i < d->n_breaks; i++)
		aim(d, &d->breaks[i]);
	/* A time that is reached without anything happening. */
	if (stop->kind == STOP_TIME && is_met(d, stop))
		return stop;
	while (debugger_step(d)) {
		for (i = 0; i < d->n_breaks; i++)
			/* It stops where a time is crossed, not behind. */
			if (is_met(d, &d->breaks[i]) &&
			    (d->breaks[i].kind != STOP_TIME ||
				simwalk_now(d->walk) <= d->breaks[i].at_ns))
				return &d->breaks[i];
		if (is_met(d, &aimed))
			return stop;
	}
	return NULL;
}

bool
debugger_will_be(const struct debugger *d, const char *text)
{
	struct happenings h = { 0 };
	bool found;

	happenings_gather(&h, d->whole, simwalk_now(d->walk), INT64_MAX, true);
	found = has_text(d->whole, &h, text);
	happenings_fini(&h);
	return found;
}

void
stop_text(const struct stop *s, struct strbuf *out)
{
	char at[DUR_TEXT];

	switch (s->kind) {
	case STOP_TIME:
		strbuf_addf(out, "time %s", dur_stamp(s->at_ns, at));
		break;
	case STOP_MARK:
		strbuf_addf(out, "mark %s", s->text);
		break;
	case STOP_EVENT:
		strbuf_addf(out, "event %s", s->text);
		break;
	case STOP_FAIL:
		strbuf_adds(out, "an expectation fails");
		break;
	case STOP_NEVER:
	case STOP_WHAT:
	case STOP_SEEN:
		break;
	}
}
