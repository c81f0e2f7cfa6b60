/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/keeper_serve.h"

#include <sys/socket.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dur.h"
#include "base/mem.h"
#include "daemon/pidfile.h"
#include "world/clock.h"
#include "world/local_socket.h"
#include "world/signals.h"

#define CANNOT_KEEP (RUNNERWIRE_FILE_MAX) /* owed to who does not read */

struct serving {
	const struct keeper_config *config;
	struct command_runner *runner;
	struct keeper_judge judge;
	struct keeper_asks asks;
	int actions, signal_fd;
	bool alone; /* the engine is gone */
	int64_t cancel_ns, give_up_ns;
	struct strbuf got, owed;
	size_t sent; /* of what is owed */
	struct pollfd fds[3 + 3 * KEEPER_COMMANDS];
};

/* --- to the engine --- */

static void
send_owed(struct serving *s)
{
	ssize_t n;

	while (!s->alone && s->sent < s->owed.bytes) {
		n = send(s->actions, s->owed.data + s->sent,
		    s->owed.bytes - s->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n > 0)
			s->sent += (size_t)n;
		else if (n < 0 && errno == EAGAIN)
			return;
		else if (n == 0 || errno != EINTR)
			s->alone = true;
	}
	s->sent = 0;
	strbuf_reset(&s->owed);
}

static void
tell(struct serving *s, const struct runnerwire *m)
{
	if (s->alone)
		return;
	runnerwire_put(&s->owed, m);
	send_owed(s);
	s->alone |= s->owed.bytes - s->sent > CANNOT_KEEP;
}

static void
tell_end(void *ctx, const struct command_end *end)
{
	struct runnerwire m = { .kind = RUNNERWIRE_ENDED };

	m.numbers[0] = end->id;
	m.numbers[1] = end->status;
	m.numbers[2] = end->output_total > INT64_MAX
	    ? INT64_MAX
	    : (int64_t)end->output_total;
	m.texts[0].data = end->output;
	m.texts[0].bytes = end->output_bytes;
	tell(ctx, &m);
}

/* --- of the engine --- */

static bool
is_asked_for(struct serving *s, const char *command,
    const struct world_cause *cause)
{
	bool allowed = keeper_judge_allows(&s->judge, command, cause);

	if (!allowed)
		log_line(s->config->log, LOG_LEVEL_WARNING, "keeper",
		    "no rule asks for it, it is not run: %s", command);
	return allowed;
}

static void
start(void *ctx, uint32_t id, const char *text, const struct world_cause *cause)
{
	struct runnerwire no = { .kind = RUNNERWIRE_REFUSED,
		.numbers = { id } };
	struct serving *s = ctx;
	struct err err;
	int rc;

	if (!is_asked_for(s, text, cause))
		rc = err_set(&err, ERR_STATE, "no rule asks for it");
	else if (runner_polls(s->runner) >= 2 * KEEPER_COMMANDS ||
	    runner_count(s->runner) >= KEEPER_COMMANDS)
		rc = err_set(&err, ERR_STATE, "too many commands run");
	else
		rc = runner_start(s->runner, id, text, &err);
	if (rc == 0)
		return;
	no.texts[0].data = err.text;
	no.texts[0].bytes = strlen(err.text);
	tell(s, &no);
}

static void
cancel(void *ctx, uint32_t id)
{
	const struct serving *s = ctx;

	runner_cancel(s->runner, id, clock_monotonic());
}

static void
cancel_all(void *ctx)
{
	const struct serving *s = ctx;

	runner_cancel_all(s->runner, clock_monotonic());
}

static void
write_log(void *ctx, enum log_level level, const char *line)
{
	const struct log *log = ((const struct serving *)ctx)->config->log;

	if (level <= log->most)
		log->write(log->ctx, level, line);
}

static const struct keeper_orders orders = { start, cancel, cancel_all,
	write_log };

static void
hear(struct serving *s)
{
	char bytes[16384];
	ssize_t n = recv(s->actions, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0 && keeper_orders_hear(&s->got, bytes, (size_t)n, &orders, s))
		return;
	if (n > 0)
		log_line(s->config->log, LOG_LEVEL_ERROR, "keeper",
		    "the engine says what it may not: it is not heard any "
		    "more");
	s->alone = true;
}

/* --- its end --- */

/* Names that nobody answers on any more; a next daemon may be there already,
 * and does. */
static void
remove_names(const struct keeper_config *c)
{
	size_t i;

	for (i = 0; i < sizeof(c->streams) / sizeof(*c->streams); i++)
		if (c->streams[i] != NULL)
			local_socket_clear(c->streams[i], SOCK_STREAM);
	if (c->seqpacket != NULL)
		local_socket_clear(c->seqpacket, SOCK_SEQPACKET);
	if (c->pidfile != NULL)
		pidfile_unlink(c->pidfile);
}

static void
be_alone(struct serving *s)
{
	if (s->cancel_ns != INT64_MAX || s->give_up_ns != INT64_MAX)
		return;
	/* The next daemon need not wait for what runs here. */
	close(s->actions);
	close(s->asks.fd);
	s->actions = s->asks.fd = -1;
	remove_names(s->config);
	s->cancel_ns = clock_monotonic() + KEEPER_STOP_WAIT;
}

static void
keep_deadlines(struct serving *s)
{
	int64_t now_ns = clock_monotonic();

	if (runner_deadline(s->runner) <= now_ns)
		runner_tick(s->runner, now_ns);
	if (s->cancel_ns > now_ns)
		return;
	s->cancel_ns = INT64_MAX;
	s->give_up_ns = now_ns + RUNNER_GRACE + DUR_SEC;
	runner_cancel_all(s->runner, now_ns);
}

static int
timeout_of(const struct serving *s)
{
	int64_t ns = runner_deadline(s->runner), now_ns = clock_monotonic();

	if (s->cancel_ns < ns)
		ns = s->cancel_ns;
	if (s->give_up_ns < ns)
		ns = s->give_up_ns;
	if (ns == INT64_MAX)
		return -1;
	if (ns <= now_ns)
		return 0;
	ns = (ns - now_ns + DUR_MS - 1) / DUR_MS;
	return ns < INT_MAX ? (int)ns : INT_MAX;
}

static bool
is_finished(const struct serving *s)
{
	return s->alone &&
	    (runner_count(s->runner) == 0 ||
		s->give_up_ns <= clock_monotonic());
}

static void
turn(struct serving *s)
{
	struct pollfd *fds = s->fds;
	short out = s->owed.bytes > 0 ? POLLOUT : 0;
	size_t n;

	fds[0] = (struct pollfd){ .fd = s->signal_fd, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = s->actions,
		.events = (short)(POLLIN | out) };
	fds[2] = (struct pollfd){ .fd = s->asks.fd, .events = POLLIN };
	n = runner_fill(s->runner, fds + 3);
	if (poll(fds, (nfds_t)n + 3, timeout_of(s)) > 0) {
		runner_polled(s->runner, fds + 3, n);
		if ((fds[1].revents & POLLOUT) != 0)
			send_owed(s);
		if ((fds[1].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
			hear(s);
		if (fds[2].revents != 0 && !keeper_asks_readable(&s->asks))
			s->alone = true;
	}
	signals_drain();
	if (signals_take(SIGCHLD))
		runner_reap(s->runner);
	keep_deadlines(s);
	if (s->alone)
		be_alone(s);
}

void
keeper_serve(const struct keeper_config *config, int actions, int asks)
{
	struct serving *s = mem_zero(1, sizeof(*s));
	const int wanted = SIGCHLD;

	s->config = config;
	keeper_judge_init(&s->judge, config->rules, config->native);
	s->asks.config = config;
	s->asks.judge = &s->judge;
	s->actions = actions;
	s->asks.fd = asks;
	s->cancel_ns = s->give_up_ns = INT64_MAX;
	if (signals_open(&wanted, 1, &s->signal_fd, NULL) == 0) {
		s->runner = runner_new(tell_end, s);
		while (!is_finished(s))
			turn(s);
		runner_free(s->runner);
	}
	keeper_asks_fini(&s->asks);
	keeper_judge_fini(&s->judge);
	strbuf_fini(&s->got);
	strbuf_fini(&s->owed);
	free(s);
}
