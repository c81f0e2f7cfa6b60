/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/record_loop.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/version.h"
#include "daemon/record_seen.h"
#include "db/live.h"
#include "world/clock.h"
#include "world/host.h"
#include "world/signals.h"
#include "world/ueventsock.h"

#define BUDGET	  512 /* records in one turn of the loop */
#define UEVENTS	  64  /* and events of devices */
#define BUSY_MOST 10  /* commits that another writer may keep us from */

/* Looks at all interfaces: so long after what asks for one, so that what comes
 * together is seen together; so long after the one before; and at the start
 * and at the end it may take so long. */
#define LOOK_AFTER (20 * DUR_MS)
#define LOOK_APART (100 * DUR_MS)
#define LOOK_WAIT  (500 * DUR_MS)

#define CLOCK_STEP (10 * DUR_MS) /* less is not worth a note */

enum { FD_SIGNALS, FD_SOURCE, FD_IFWATCH, FD_UEVENTS, FD_FIXED };

struct record_loop {
	const struct record_config *config;
	struct trace *trace; /* what waits to be committed */
	struct record_counts counts;
	struct world_record record;
	struct ifwatch *ifwatch;
	struct ueventsock *uevents; /* NULL: this system has none */
	struct record_seen seen_before;
	size_t known_states;	    /* rows of trace that do not wait */
	int64_t look_ns, looked_ns; /* when it is due, was */
	int64_t wall_ns;	    /* of the wall clock at 0, last noted */
	size_t waiting_bytes;
	struct live *live;
	int32_t *places; /* of each of config->packets: in the store, or -1 */
	struct pollfd *fds;
	struct err failed; /* when a callback found it */
	unsigned busy;	   /* commits in a row that another one kept us from */
	struct record_counts kept; /* what the store has */
	int64_t batch_ns, tick_ns; /* when these are due */
	int signal_fd;
	enum source_state seen; /* of the source, when last looked at */
	bool caught_up;		/* with what was there before us */
	bool ending;
};

static int64_t
now_of(const struct record_loop *l)
{
	return clock_monotonic() - l->config->zero_ns;
}

static void __attribute__((format(printf, 3, 4)))
note(struct record_loop *l, const char *who, const char *fmt, ...)
{
	char text[700];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	trace_add_note(l->trace, now_of(l), who, text);
	l->counts.notes++;
}

/* --- interfaces --- */

static size_t
places(const struct record_loop *l)
{
	return l->config->packets != NULL ? packets_count(l->config->packets)
					  : 0;
}

static void
on_hint(void *ctx, const char *text)
{
	struct record_loop *l = ctx;

	trace_add_hint(l->trace, now_of(l), text);
	l->counts.hints++;
}

static void
on_gone(void *ctx, const char *name)
{
	struct record_loop *l = ctx;
	size_t before = l->trace->n_states;

	record_seen_gone(l->trace, now_of(l), name);
	l->counts.states += l->trace->n_states - before;
}

static void
on_changed(void *ctx, struct linktable *t)
{
	struct record_loop *l = ctx;
	size_t before = l->trace->n_states, i;

	for (i = 0; i < t->n_links && places(l) > 0; i++)
		if (t->links[i].changed && t->links[i].up)
			packets_hurry(l->config->packets, t->links[i].name);
	record_seen_table(&l->seen_before, l->trace, now_of(l), t);
	l->counts.states += l->trace->n_states - before;
}

static void
on_ifwatch_note(void *ctx, const char *text)
{
	note(ctx, "interfaces", "%s", text);
}

static void
look(struct record_loop *l)
{
	l->looked_ns = now_of(l);
	l->look_ns = l->looked_ns +
	    (ifwatch_must_look(l->ifwatch) ? RECORD_LOOK : RECORD_RESYNC);
	ifwatch_look(l->ifwatch);
}

/* And waits until it is over. */
static void
look_now(struct record_loop *l)
{
	struct pollfd fd = { .events = POLLIN };
	int64_t until_ns = now_of(l) + LOOK_WAIT;

	look(l);
	while (ifwatch_is_looking(l->ifwatch) && now_of(l) < until_ns) {
		fd.fd = ifwatch_fd(l->ifwatch);
		if (poll(&fd, 1, (int)(LOOK_WAIT / DUR_MS)) <= 0)
			break;
		ifwatch_readable(l->ifwatch);
	}
}

static void
look_soon(struct record_loop *l)
{
	int64_t ns = now_of(l) + LOOK_AFTER;

	if (ns < l->looked_ns + LOOK_APART)
		ns = l->looked_ns + LOOK_APART;
	if (ns < l->look_ns)
		l->look_ns = ns;
}

static int
open_interfaces(struct record_loop *l, struct err *err)
{
	const struct ifwatch_user user = {
		.table = { .hint = on_hint, .gone = on_gone, .ctx = l },
		.changed = on_changed,
		.note = on_ifwatch_note,
		.ctx = l,
	};
	int rc = ifwatch_open(l->config->interfaces, &user, &l->ifwatch, err);

	if (rc == 0)
		look_now(l);
	return rc;
}

/* --- devices --- */

static void
open_uevents(struct record_loop *l)
{
	struct err err;

	/* Who does not want to listen does not get these, either. */
	if (l->config->interfaces == IFWATCH_LOOK)
		return;
	if (ueventsock_open(&l->uevents, &err) == ERR_IO)
		note(l, "uevent", "%s", err.text);
}

static void
take_uevents(struct record_loop *l)
{
	enum ueventsock_got got;
	struct uevent u;
	char text[256];
	int i;

	for (i = 0; i < UEVENTS; i++) {
		got = ueventsock_next(l->uevents, &u);
		if (got == UEVENTSOCK_NOTHING)
			return;
		if (got == UEVENTSOCK_LOST)
			note(l, "uevent",
			    "events of devices were lost: the "
			    "kernel's buffer was full");
		if (got != UEVENTSOCK_EVENT || !uevent_is_of_nic(&u))
			continue;
		uevent_format(&u, text, sizeof(text));
		note(l, "uevent", "%s", text);
	}
}

/* --- records --- */

static bool
has_text(const struct world_record *r, const char *text)
{
	return text != NULL &&
	    memmem(r->raw, r->bytes, text, strlen(text)) != NULL;
}

/* devctl(4) keeps records from the boot on for whoever reads first. */
static void
catch_up(struct record_loop *l)
{
	if (!l->caught_up && l->counts.records > 0 &&
	    strcmp(source_path(l->config->source), SOURCE_DEVICE) == 0)
		note(l, "source",
		    "the first %" PRIu64 " records were queued before the "
		    "recording began",
		    l->counts.records);
	l->caught_up = true;
}

static void
take_records(struct record_loop *l)
{
	struct devctl_source *source = l->config->source;
	int32_t row;
	int i;

	for (i = 0; i < BUDGET && !l->ending; i++) {
		if (!source_next(source, &l->record)) {
			catch_up(l);
			break;
		}
		row = trace_add_record(l->trace, now_of(l), l->record.raw,
		    l->record.bytes);
		l->trace->records[row].fate = TRACE_RECORD_NOBODY;
		l->waiting_bytes += l->record.bytes;
		l->counts.records++;
		l->ending = has_text(&l->record, l->config->until);
	}
	if (i > 0 && ifwatch_must_look(l->ifwatch))
		look_soon(l);
}

/* Gives false when it failed. */
static bool
watch_source(struct record_loop *l)
{
	struct devctl_source *source = l->config->source;
	enum source_state state = source_state(source);

	if (state == l->seen)
		return state != SOURCE_FAILED;
	l->seen = state;
	switch (state) {
	case SOURCE_OPEN:
		note(l, "source", "%s: connected again", source_path(source));
		break;
	case SOURCE_LOST:
		note(l, "source",
		    "%s; records are missed until it is connected again",
		    source_why(source)->text);
		break;
	case SOURCE_ENDED:
		l->ending = true;
		break;
	case SOURCE_FAILED:
		note(l, "source", "%s", source_why(source)->text);
		return false;
	}
	return true;
}

/* --- packets --- */

static void
on_packet(void *ctx, size_t place, int64_t at_ns, uint32_t wire_bytes,
    const void *data, uint32_t bytes)
{
	struct record_loop *l = ctx;
	const struct packets *p = l->config->packets;
	int64_t now_ns = now_of(l);

	if (l->failed.code != ERR_NONE)
		return;
	if (l->places[place] < 0 &&
	    live_place(l->live, packets_name(p, place),
		packets_linktype(p, place), packets_snap(p), &l->places[place],
		&l->failed) < 0)
		return;
	/* It cannot have come before we began, nor after now: who says so has
	 * another wall clock than it had. */
	at_ns -= l->config->zero_ns;
	at_ns = at_ns < 0 ? 0 : at_ns > now_ns ? now_ns : at_ns;
	live_packet(l->live, l->places[place], at_ns, wire_bytes, data, bytes);
	l->counts.packets++;
}

static void
on_packet_note(void *ctx, const char *text)
{
	note(ctx, "packets", "%s", text);
}

static int
start_packets(struct record_loop *l, struct err *err)
{
	const struct packets_user user = {
		.packet = on_packet,
		.note = on_packet_note,
		.ctx = l,
	};
	size_t i;

	l->fds = mem_zero(FD_FIXED + places(l), sizeof(*l->fds));
	l->places = mem_zero(places(l) + 1, sizeof(*l->places));
	for (i = 0; i < places(l); i++)
		l->places[i] = -1;
	return places(l) > 0 ? packets_start(l->config->packets, &user, err)
			     : 0;
}

/* --- signals --- */

/* SIGHUP last: it is left alone when it is ignored, as nohup(1) has it. */
static const int wanted_signals[] = {
	SIGINT,
	SIGTERM,
	SIGUSR1,
#ifdef SIGINFO
	SIGINFO,
#endif
	SIGHUP,
};

static void
tell(struct record_loop *l, bool asked)
{
	l->counts.at_ns = now_of(l);
	if (l->config->tell != NULL)
		l->config->tell(l->config->ctx, &l->counts, asked);
}

static void
take_signals(struct record_loop *l)
{
	bool asked;

	signals_drain();
	asked = signals_take(SIGUSR1);
#ifdef SIGINFO
	asked |= signals_take(SIGINFO);
#endif
	if (asked)
		tell(l, true);
	if (signals_take(SIGINT) || signals_take(SIGTERM) ||
	    signals_take(SIGHUP))
		l->ending = true;
}

/* --- the store --- */

static size_t
waiting(const struct record_loop *l)
{
	const struct trace *t = l->trace;

	return t->n_records + t->n_hints + t->n_notes + t->n_states -
	    l->known_states;
}

static bool
is_full(const struct record_loop *l)
{
	return waiting(l) >= RECORD_WAITING ||
	    l->waiting_bytes + live_kept_bytes(l->live) >= RECORD_BYTES;
}

static int
keep(struct record_loop *l, struct err *err)
{
	int64_t now_ns = now_of(l);
	int rc = live_append(l->live, l->trace, now_ns, err);

	l->batch_ns = now_ns + l->config->batch_ns;
	if (rc < 0)
		return rc;
	l->known_states = l->trace->n_states;
	l->waiting_bytes = 0;
	l->busy = 0;
	l->counts.at_ns = now_ns;
	l->kept = l->counts;
	return 0;
}

static int
keep_if_due(struct record_loop *l, struct err *err)
{
	int64_t now_ns = now_of(l);
	int rc;

	if (l->failed.code != ERR_NONE) {
		*err = l->failed;
		return err->code;
	}
	if (waiting(l) == 0 && live_kept_bytes(l->live) == 0)
		l->batch_ns = now_ns + l->config->batch_ns;
	if (now_ns < l->batch_ns && !is_full(l))
		return 0;
	rc = keep(l, err);
	/* While another writer is at work there is room to wait in. */
	if (rc == ERR_BUSY && (!is_full(l) || ++l->busy < BUSY_MOST))
		return 0;
	return rc;
}

static void
set_text(char **to, const char *text)
{
	free(*to);
	*to = mem_str(text);
}

static int64_t
wall_of_zero(const struct record_loop *l)
{
	return clock_wall_offset() + l->config->zero_ns;
}

/* It was set, or a machine that stood still has been told so, or it runs
 * faster or slower: packets of other machines have its time. */
static void
watch_clocks(struct record_loop *l)
{
	int64_t wall_ns = wall_of_zero(l), step_ns = wall_ns - l->wall_ns;
	char text[DUR_TEXT];

	if (step_ns <= CLOCK_STEP && step_ns >= -CLOCK_STEP)
		return;
	l->wall_ns = wall_ns;
	note(l, "clock",
	    "the wall clock went %s by %s: 0 is now wall %" PRId64
	    ".%09" PRId64,
	    step_ns > 0 ? "forward" : "back",
	    dur_format(step_ns > 0 ? step_ns : -step_ns, text),
	    wall_ns / DUR_SEC, wall_ns % DUR_SEC);
}

static int
begin(struct record_loop *l, int64_t *run_id, struct err *err)
{
	struct trace_run *run = &l->trace->run;
	char host[256], utc[CLOCK_UTC_TEXT];
	int64_t wall_ns = wall_of_zero(l);

	l->wall_ns = wall_ns;
	host_name(host, sizeof(host));
	set_text(&run->title, l->config->title);
	set_text(&run->kind, "recorded");
	set_text(&run->version, version_text);
	set_text(&run->note, host);
	if (l->config->source != NULL)
		set_text(&run->source, source_path(l->config->source));
	clock_utc(wall_ns, utc);
	note(l, "clock",
	    "0 is %s: wall %" PRId64 ".%09" PRId64 ", monotonic %" PRId64
	    ".%09" PRId64,
	    utc, wall_ns / DUR_SEC, wall_ns % DUR_SEC,
	    l->config->zero_ns / DUR_SEC, l->config->zero_ns % DUR_SEC);
	return live_open(l->config->store, run, run_id, &l->live, err);
}

static int
finish(struct record_loop *l, struct err *err)
{
	int64_t wall_ns;
	int rc;

	look_now(l);
	if (places(l) > 0) {
		packets_drain(l->config->packets);
		l->counts.dropped = packets_dropped(l->config->packets);
	}
	wall_ns = wall_of_zero(l);
	note(l, "clock", "at the end 0 is wall %" PRId64 ".%09" PRId64,
	    wall_ns / DUR_SEC, wall_ns % DUR_SEC);
	rc = keep(l, err);
	return rc < 0 ? rc : live_end(l->live, l->kept.at_ns, err);
}

/* --- the loop --- */

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int
poll_timeout(const struct record_loop *l)
{
	const struct record_config *c = l->config;
	int64_t ns = earlier(c->for_ns, l->look_ns), now_ns = now_of(l);

	if (c->source != NULL && source_has_more(c->source))
		return 0;
	if (c->source != NULL && source_deadline(c->source) != INT64_MAX)
		ns = earlier(ns, source_deadline(c->source) - c->zero_ns);
	if (places(l) > 0)
		ns = earlier(ns, packets_deadline(c->packets) - c->zero_ns);
	if (waiting(l) > 0 || live_kept_bytes(l->live) > 0)
		ns = earlier(ns, l->batch_ns);
	if (c->ticks)
		ns = earlier(ns, l->tick_ns);
	if (ns == INT64_MAX)
		return -1;
	if (ns <= now_ns)
		return 0;
	ns = (ns - now_ns + DUR_MS - 1) / DUR_MS;
	return ns < INT_MAX ? (int)ns : INT_MAX;
}

/* Gives -1 when the source has failed. */
static int
serve_source(struct record_loop *l, bool readable, struct err *err)
{
	struct devctl_source *source = l->config->source;

	if (source == NULL)
		return 0;
	if (readable)
		source_readable(source);
	take_records(l);
	source_tick(source, clock_monotonic());
	if (watch_source(l))
		return 0;
	*err = *source_why(source);
	return ERR_IO;
}

static void
keep_deadlines(struct record_loop *l)
{
	int64_t now_ns = now_of(l);

	if (ifwatch_wants_look(l->ifwatch))
		look_soon(l);
	if (now_ns >= l->look_ns)
		look(l);
	if (l->config->ticks && now_ns >= l->tick_ns) {
		tell(l, false);
		l->tick_ns = now_ns + RECORD_TICK;
	}
	if (places(l) > 0) {
		packets_tick(l->config->packets, clock_monotonic());
		l->counts.dropped = packets_dropped(l->config->packets);
	}
	l->ending |= now_ns >= l->config->for_ns;
}

static int
wait_for_events(struct record_loop *l)
{
	const struct record_config *c = l->config;
	int fds[FD_FIXED] = { l->signal_fd, -1, ifwatch_fd(l->ifwatch), -1 };
	int n, i;

	if (c->source != NULL)
		fds[FD_SOURCE] = source_fd(c->source);
	if (l->uevents != NULL)
		fds[FD_UEVENTS] = ueventsock_fd(l->uevents);
	for (i = 0; i < FD_FIXED; i++)
		l->fds[i] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
	if (places(l) > 0)
		packets_fill(c->packets, l->fds + FD_FIXED);
	n = poll(l->fds, (nfds_t)(FD_FIXED + places(l)), poll_timeout(l));
	for (i = 0; n <= 0 && i < FD_FIXED + (int)places(l); i++)
		l->fds[i].revents = 0;
	return n;
}

static int
turn(struct record_loop *l, struct err *err)
{
	if (wait_for_events(l) < 0 && errno != EINTR)
		return err_sys(err, errno, "poll");
	if (l->fds[FD_SIGNALS].revents != 0)
		take_signals(l);
	if (places(l) > 0)
		packets_polled(l->config->packets, l->fds + FD_FIXED);
	if (l->fds[FD_IFWATCH].revents != 0) {
		ifwatch_readable(l->ifwatch);
		if (ifwatch_must_look(l->ifwatch))
			look_soon(l);
	}
	if (l->fds[FD_UEVENTS].revents != 0)
		take_uevents(l);
	if (serve_source(l, l->fds[FD_SOURCE].revents != 0, err) < 0)
		return ERR_IO;
	keep_deadlines(l);
	watch_clocks(l);
	return keep_if_due(l, err);
}

/* Packets first: whether they may be taken at all. */
static int
work(struct record_loop *l, int64_t *run_id, struct err *err)
{
	bool source_failed;
	struct err late;
	int rc, end;

	if ((rc = start_packets(l, err)) < 0 ||
	    (rc = begin(l, run_id, err)) < 0)
		return rc;
	open_uevents(l);
	rc = open_interfaces(l, err);
	if (rc == 0 && l->config->ready != NULL)
		l->config->ready(l->config->ctx, *run_id);
	while (rc == 0 && !l->ending)
		rc = turn(l, err);
	source_failed = l->seen == SOURCE_FAILED;
	if (l->ifwatch == NULL || (rc < 0 && !source_failed))
		return rc;
	end = finish(l, source_failed ? &late : err);
	return rc < 0 ? rc : end;
}

static int
open_signals(struct record_loop *l, struct err *err)
{
	size_t count = sizeof(wanted_signals) / sizeof(*wanted_signals);
	struct sigaction old;

	if (sigaction(SIGHUP, NULL, &old) == 0 && old.sa_handler == SIG_IGN)
		count--;
	return signals_open(wanted_signals, count, &l->signal_fd, err);
}

int
record_run(const struct record_config *config, int64_t *run_id,
    struct record_counts *counts, struct err *err)
{
	struct record_loop *l = mem_zero(1, sizeof(*l));
	int rc;

	l->config = config;
	l->trace = trace_new();
	*run_id = 0;
	rc = open_signals(l, err);
	if (rc == 0) {
		rc = work(l, run_id, err);
		signals_close();
	}
	*counts = l->kept;
	live_free(l->live);
	ueventsock_close(l->uevents);
	ifwatch_close(l->ifwatch);
	record_seen_fini(&l->seen_before);
	trace_free(l->trace);
	free(l->places);
	free(l->fds);
	free(l);
	return rc;
}
