/* SPDX-License-Identifier: BSD-2-Clause */
#include "agent/observer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "daemon/record_seen.h"
#include "world/clock.h"
#include "world/ifwatch.h"
#include "world/kernelevents.h"

#define RECORD_BYTES 8192

/* Looks at everything: so long after what asks for it, where only looking
 * finds a change, and now and then anyway. */
#define LOOK_AFTER  (10 * DUR_MS)
#define LOOK_EVERY  (50 * DUR_MS)
#define LOOK_ANYWAY (1000 * DUR_MS)

struct observer {
	void (*row)(void *ctx, struct labwire *m);
	void *ctx;
	struct ifwatch *links;
	struct kernelevents *events; /* NULL: this system has none */
	struct trace *trace;	     /* what was told last */
	struct record_seen seen;
	size_t told; /* rows of trace */
	int64_t look_ns;
};

static void
say(struct observer *o, enum labwire_kind kind, const char *text, size_t bytes)
{
	struct labwire m = { .kind = kind, .who = "guest" };

	strbuf_add(&m.text, text, bytes);
	o->row(o->ctx, &m);
	labwire_fini(&m);
}

/* --- states --- */

static void
tell_states(struct observer *o)
{
	struct labwire m = { .kind = LABWIRE_STATE };
	const struct trace_state *s;

	for (; o->told < o->trace->n_states; o->told++) {
		s = &o->trace->states[o->told];
		snprintf(m.object, sizeof(m.object), "%s", s->object);
		snprintf(m.field, sizeof(m.field), "%s", s->field);
		snprintf(m.value, sizeof(m.value), "%s", s->value);
		o->row(o->ctx, &m);
	}
}

static void
on_hint(void *ctx, const char *text)
{
	(void)ctx;
	(void)text;
}

static void
on_gone(void *ctx, const char *name)
{
	struct observer *o = ctx;

	record_seen_gone(o->trace, clock_monotonic(), name);
	tell_states(o);
}

static void
on_changed(void *ctx, struct linktable *t)
{
	struct observer *o = ctx;

	record_seen_table(&o->seen, o->trace, clock_monotonic(), t);
	tell_states(o);
}

static void
on_note(void *ctx, const char *text)
{
	say(ctx, LABWIRE_LOG, text, strlen(text));
}

static void
look_by(struct observer *o, int64_t at_ns)
{
	if (at_ns < o->look_ns)
		o->look_ns = at_ns;
}

static void
look(struct observer *o, int64_t now_ns)
{
	ifwatch_look(o->links);
	o->look_ns =
	    now_ns + (ifwatch_must_look(o->links) ? LOOK_EVERY : LOOK_ANYWAY);
}

/* --- records --- */

static void
tell_records(struct observer *o)
{
	char raw[RECORD_BYTES];
	const char *text;
	size_t bytes;

	while ((bytes = kernelevents_next(o->events, raw, sizeof(raw))) > 0)
		say(o, LABWIRE_RECORD, raw, bytes);
	while ((text = kernelevents_note(o->events)) != NULL)
		on_note(o, text);
	/* It is a row of its own what has changed: ifwatch tells. */
	kernelevents_take_hint(o->events);
}

/* --- both --- */

int
observer_open(void (*row)(void *ctx, struct labwire *m), void *ctx,
    struct observer **out, struct err *err)
{
	struct observer *o = mem_zero(1, sizeof(*o));
	const struct ifwatch_user user = { { on_hint, on_gone, o }, on_changed,
		on_note, o };
	int rc;

	o->row = row;
	o->ctx = ctx;
	o->trace = trace_new();
	rc = kernelevents_open(&o->events, err);
	if (rc == ERR_UNSUPPORTED)
		rc = 0;
	if (rc == 0)
		rc = ifwatch_open(IFWATCH_AUTO, &user, &o->links, err);
	if (rc < 0) {
		observer_close(o);
		return rc;
	}
	look(o, clock_monotonic());
	*out = o;
	return 0;
}

void
observer_close(struct observer *o)
{
	if (o == NULL)
		return;
	kernelevents_close(o->events);
	ifwatch_close(o->links);
	record_seen_fini(&o->seen);
	trace_free(o->trace);
	free(o);
}

size_t
observer_fill(const struct observer *o, struct pollfd *fds)
{
	size_t n = 0;

	if (ifwatch_fd(o->links) >= 0)
		fds[n++] = (struct pollfd){ .fd = ifwatch_fd(o->links),
			.events = POLLIN };
	if (o->events != NULL)
		fds[n++] = (struct pollfd){ .fd = kernelevents_fd(o->events),
			.events = POLLIN };
	return n;
}

void
observer_polled(struct observer *o, const struct pollfd *fds, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (fds[i].revents == 0)
			continue;
		if (fds[i].fd == ifwatch_fd(o->links)) {
			ifwatch_readable(o->links);
		} else {
			kernelevents_readable(o->events);
			tell_records(o);
		}
	}
	if (ifwatch_wants_look(o->links))
		look_by(o, clock_monotonic() + LOOK_AFTER);
}

int64_t
observer_deadline(const struct observer *o)
{
	return o->look_ns;
}

void
observer_tick(struct observer *o, int64_t now_ns)
{
	if (now_ns >= o->look_ns)
		look(o, now_ns);
}
