/* SPDX-License-Identifier: BSD-2-Clause */
#include "agent/agent.h"

#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/agent_parts.h"
#include "agent/bootfacts.h"
#include "base/dur.h"
#include "base/mem.h"
#include "world/clock.h"
#include "world/signals.h"

#define ORPHANS	   256		 /* that are reaped in a row */
#define FAREWELL   (2 * DUR_SEC) /* for the last rows to be taken */
#define PORT_TRIES (20 * DUR_MS) /* a port that is not there, again after */

/* --- what it says --- */

void
agent_tell(struct agent *a, struct labwire *m, uint32_t re)
{
	m->re = re;
	m->at_ns = clock_monotonic();
	channel_put(a->channel, m);
}

void
agent_answer(struct agent *a, uint32_t re, const struct err *why)
{
	struct labwire m = { .kind = LABWIRE_ANSWER };

	if (why != NULL)
		snprintf(m.error, sizeof(m.error), "%.*s",
		    (int)sizeof(m.error) - 1, why->text);
	agent_tell(a, &m, re);
}

void
agent_note(struct agent *a, const char *fmt, ...)
{
	struct labwire m = { .kind = LABWIRE_LOG, .who = "guest" };
	char text[700];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	strbuf_adds(&m.text, text);
	agent_tell(a, &m, 0);
	labwire_fini(&m);
}

static void
on_row(void *ctx, struct labwire *m)
{
	agent_tell(ctx, m, 0);
}

static void
on_daemon_line(void *ctx, const char *text, size_t bytes)
{
	struct labwire m = { .kind = LABWIRE_LOG, .who = "daemon" };

	strbuf_add(&m.text, text, bytes);
	agent_tell(ctx, &m, 0);
	labwire_fini(&m);
}

static void
on_daemon_end(void *ctx, int status)
{
	struct labwire m = { .kind = LABWIRE_ENDED, .status = status };

	agent_tell(ctx, &m, 0);
}

static void
say_hello(struct agent *a)
{
	struct labwire m = { .kind = LABWIRE_HELLO };
	struct bootfacts facts;

	bootfacts_look(&facts);
	bootfacts_put(&m.text, &facts);
	agent_tell(a, &m, 0);
	labwire_fini(&m);
}

/* --- children --- */

/* The first process gets the children of those that have ended. One that is
 * over when ours are reaped is such a one. */
static void
reap_orphans(struct agent *a)
{
	siginfo_t si;
	int i;

	for (i = 0; i < ORPHANS; i++) {
		memset(&si, 0, sizeof(si));
		if (waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT) < 0 ||
		    si.si_pid == 0)
			return;
		runner_reap(a->runner);
		daemonrun_reap(a->daemon);
		/* A cancelled command may have to wait for its group. */
		if (runner_owns(a->runner, si.si_pid))
			return;
		waitpid(si.si_pid, NULL, WNOHANG);
	}
}

static void
take_signals(struct agent *a)
{
	signals_drain();
	if (signals_take(SIGCHLD)) {
		runner_reap(a->runner);
		daemonrun_reap(a->daemon);
		if (a->config->first)
			reap_orphans(a);
	}
	if (signals_take(SIGTERM) || signals_take(SIGINT))
		a->ending = true;
}

/* --- the loop --- */

/* Tells when it could not run for longer than its tick. */
static void
watch_time(struct agent *a, int64_t now_ns)
{
	struct labwire m = { .kind = LABWIRE_STALL, .from_ns = a->tick_ns };

	if (now_ns < a->tick_ns)
		return;
	if (now_ns - a->tick_ns > AGENT_STALL)
		agent_tell(a, &m, 0);
	a->tick_ns = now_ns + AGENT_TICK;
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
deadline(const struct agent *a)
{
	int64_t ns = a->tick_ns;

	ns = earlier(ns, probes_deadline(a->probes));
	ns = earlier(ns, runner_deadline(a->runner));
	ns = earlier(ns, agent_limit(a));
	return earlier(ns, observer_deadline(a->observer));
}

static void
keep_deadlines(struct agent *a)
{
	int64_t now_ns;

	probes_tick(a->probes);
	now_ns = clock_monotonic();
	watch_time(a, now_ns);
	agent_check_limits(a, now_ns);
	if (runner_deadline(a->runner) <= now_ns)
		runner_tick(a->runner, now_ns);
	observer_tick(a->observer, now_ns);
}

static struct timespec
time_until(int64_t at_ns)
{
	int64_t ns = at_ns - clock_monotonic();

	if (ns < 0)
		ns = 0;
	return (struct timespec){ .tv_sec = (time_t)(ns / DUR_SEC),
		.tv_nsec = (long)(ns % DUR_SEC) };
}

/* Places of the fixed ones; the others lie behind them, in this order. */
enum { FD_CHANNEL, FD_SIGNALS, FD_FIXED };

struct polled {
	size_t observer, runner, daemon, probes; /* how many of each */
};

static struct polled
fill(struct agent *a)
{
	struct polled n;
	struct pollfd *at;

	a->fds = mem_grow(a->fds, &a->cap_fds,
	    FD_FIXED + OBSERVER_POLLS + runner_polls(a->runner) +
		DAEMONRUN_OPEN + PROBES_STREAMS,
	    sizeof(*a->fds));
	/* A port without its other end would always be ready. */
	a->fds[FD_CHANNEL] = (struct pollfd){ .fd = channel_fd(a->channel),
		.events = channel_events(a->channel) };
	if (a->alone)
		a->fds[FD_CHANNEL].fd = -1;
	a->fds[FD_SIGNALS] =
	    (struct pollfd){ .fd = a->signal_fd, .events = POLLIN };
	at = a->fds + FD_FIXED;
	at += n.observer = observer_fill(a->observer, at);
	at += n.runner = runner_fill(a->runner, at);
	at += n.daemon = daemonrun_fill(a->daemon, at);
	n.probes = probes_fill(a->probes, at);
	return n;
}

static void
take_orders(struct agent *a)
{
	struct labwire m = { 0 };
	struct err err;
	int rc;

	while (!a->ending && (rc = channel_next(a->channel, &m, &err)) != 0) {
		if (rc < 0)
			agent_note(a, "an order is none: %s", err.text);
		/* Sent again, since its answer may have been lost. */
		if (m.id <= a->last_id)
			continue;
		a->last_id = m.id;
		if (rc < 0)
			agent_answer(a, m.id, &err);
		else
			agent_order(a, &m);
	}
	labwire_fini(&m);
}

/* Also without an event: rows of this turn are to be written. A port whose
 * other end is away is tried again, anyone else's end is ours. */
static int
serve_channel(struct agent *a, short revents, struct err *err)
{
	int rc;

	if (a->alone)
		revents |= POLLIN;
	rc = channel_polled(a->channel, revents, err);
	a->alone = rc < 0 && a->config->first && channel_is_port(a->channel);
	if (a->alone && err->code == ERR_STATE)
		rc = 0;
	take_orders(a);
	return rc;
}

static int
turn(struct agent *a, struct err *err)
{
	struct polled n = fill(a);
	struct timespec wait = time_until(deadline(a));
	const struct pollfd *at = a->fds + FD_FIXED;
	size_t all = FD_FIXED + n.observer + n.runner + n.daemon + n.probes, i;

	if (ppoll(a->fds, (nfds_t)all, &wait, NULL) < 0) {
		if (errno != EINTR)
			return err_sys(err, errno, "poll");
		for (i = 0; i < all; i++)
			a->fds[i].revents = 0;
	}
	/* What arrives is stamped when it is read. */
	probes_polled(a->probes, at + n.observer + n.runner + n.daemon,
	    n.probes);
	keep_deadlines(a);
	observer_polled(a->observer, at, n.observer);
	daemonrun_polled(a->daemon, at + n.observer + n.runner, n.daemon);
	runner_polled(a->runner, at + n.observer, n.runner);
	if (a->fds[FD_SIGNALS].revents != 0)
		take_signals(a);
	return serve_channel(a, a->fds[FD_CHANNEL].revents, err);
}

/* --- from its begin to its end --- */

static int
await_channel(struct agent *a, struct err *err)
{
	const struct timespec pause = { .tv_nsec = PORT_TRIES };
	int64_t until_ns = clock_monotonic() + AGENT_WAIT;
	int rc;

	while ((rc = channel_open(a->config->channel, &a->channel, err)) ==
		ERR_NOTFOUND &&
	    clock_monotonic() < until_ns)
		ppoll(NULL, 0, &pause, NULL);
	return rc;
}

/* The last rows are to be read, but not for ever. */
static void
say_goodbye(struct agent *a)
{
	int64_t until_ns = clock_monotonic() + FAREWELL;
	struct timespec wait;
	struct pollfd fd;
	struct err err;

	while (
	    channel_has_waiting(a->channel) && clock_monotonic() < until_ns) {
		wait = time_until(until_ns);
		fd = (struct pollfd){ .fd = channel_fd(a->channel),
			.events = POLLOUT };
		if (ppoll(&fd, 1, &wait, NULL) <= 0 ||
		    channel_polled(a->channel, fd.revents & POLLOUT, &err) < 0)
			return;
	}
}

static int
work(struct agent *a, struct err *err)
{
	int rc;

	if ((rc = await_channel(a, err)) < 0)
		return rc;
	say_hello(a);
	a->tick_ns = clock_monotonic() + AGENT_TICK;
	rc = observer_open(on_row, a, &a->observer, err);
	while (rc == 0 && !a->ending)
		rc = turn(a, err);
	/* Who has closed the channel has ended us. */
	if (rc == ERR_STATE)
		rc = 0;
	say_goodbye(a);
	return rc;
}

int
agent_run(const struct agent_config *config, struct err *err)
{
	static const int wanted[] = { SIGCHLD, SIGTERM, SIGINT };
	struct agent *a = mem_zero(1, sizeof(*a));
	const struct daemonrun_user user = { on_daemon_line, on_daemon_end, a };
	int rc;

	a->config = config;
	rc = signals_open(wanted, sizeof(wanted) / sizeof(*wanted),
	    &a->signal_fd, err);
	a->probes = probes_new();
	a->runner = runner_new(agent_ended, a);
	a->daemon = daemonrun_new(&user);
	if (rc == 0) {
		rc = work(a, err);
		signals_close();
	}
	daemonrun_free(a->daemon);
	runner_free(a->runner);
	probes_free(a->probes);
	observer_close(a->observer);
	channel_close(a->channel);
	free(a->waits);
	free(a->fds);
	free(a);
	return rc;
}
