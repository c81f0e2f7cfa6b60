/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/rules_daemon.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "daemon/native_part.h"
#include "daemon/rules_daemon_parts.h"
#include "daemon/supervisor.h"
#include "db/store_image.h"
#include "rules/loader.h"
#include "world/clock.h"
#include "world/host.h"
#include "world/signals.h"

#define BUDGET	     256 /* records in one turn of the loop */
#define CANNOT_START 126 /* what a shell says of what it cannot run */

static const char *
notes_of(const struct rules_daemon *d)
{
	return d->native != NULL ? "failover" : "commands";
}

/* --- the world of the core --- */

static int64_t
world_now(void *ctx)
{
	(void)ctx;
	return clock_monotonic();
}

static enum rule_media
media_of(const char *ifname)
{
	switch (host_media(ifname)) {
	case HOST_MEDIA_NONE:
		break;
	case HOST_MEDIA_ETHERNET:
		return RULE_MEDIA_ETHERNET;
	case HOST_MEDIA_80211:
		return RULE_MEDIA_80211;
	case HOST_MEDIA_ATM:
		return RULE_MEDIA_ATM;
	case HOST_MEDIA_OTHER:
		return RULE_MEDIA_OTHER;
	}
	return RULE_MEDIA_NONE;
}

static bool
world_next_record(void *ctx, struct world_record *out)
{
	struct rules_daemon *d = ctx;

	if (d->budget == 0 || !source_next(d->source, out))
		return false;
	d->budget--;
	d->records++;
	if (d->times != NULL)
		failover_times_cause(d->times, clock_monotonic());
	doors_record(&d->doors, out->raw, out->bytes);
	devline_parse(&d->line, out->raw, out->bytes);
	out->media = (int)media_of(devline_subsystem(&d->line));
	log_line(d->plain, LOG_LEVEL_DEBUG, "source", "%s", out->raw);
	return true;
}

static void
world_run(void *ctx, uint32_t id, const char *command,
    const struct world_cause *cause)
{
	struct rules_daemon *d = ctx;
	struct err err;

	d->started++;
	log_line(d->plain, LOG_LEVEL_DEBUG, "commands", "start: %s", command);
	if (keeper_run(d->keeper, id, command, cause, &err) == 0)
		return;
	log_line(d->log, LOG_LEVEL_ERROR, "commands", "%s; not run: %s",
	    err.text, command);
	d->failed++;
	pump_exited(d->pump, id, CANNOT_START);
}

static void
world_cancel(void *ctx, uint32_t id)
{
	struct rules_daemon *d = ctx;

	d->cancelled++;
	if (d->flight != NULL && d->config->flight_offers)
		*MEM_PUSH(d->overdue, d->n_overdue, d->cap_overdue) = id;
	keeper_cancel(d->keeper, id);
}

/* All that follows from what has come is done. */
static void
world_arm(void *ctx, int64_t deadline_ns)
{
	struct rules_daemon *d = ctx;

	d->core_ns = deadline_ns;
	if (d->looked && !d->asked)
		rules_daemon_rested(d);
	d->looked = d->looked && d->asked;
}

static void
world_fired(void *ctx, int32_t record, const char *file, unsigned line,
    const char *action, const char *carried)
{
	struct rules_daemon *d = ctx;

	(void)record;
	d->fired++;
	d->actions += strcmp(carried, "command") == 0;
	log_line(d->plain, LOG_LEVEL_INFO, "rules", "%s:%u: %s", file, line,
	    action);
}

static void
world_note(void *ctx, const char *text)
{
	struct rules_daemon *d = ctx;

	log_line(d->plain, LOG_LEVEL_WARNING, notes_of(d), "%s", text);
}

static void
world_observe(void *ctx, struct snapshot *out)
{
	struct rules_daemon *d = ctx;

	native_part_observe(d->native, out);
	failover_times_look(d->times, clock_monotonic(), out);
	d->looked = true;
	d->asked = false;
}

static void
world_apply(void *ctx, uint32_t id, const struct operation *op, int32_t record)
{
	struct rules_daemon *d = ctx;
	int result;

	(void)record;
	d->asked = true;
	failover_times_asked(d->times, clock_monotonic(), op);
	result = native_part_apply(d->native, op);
	failover_times_answered(d->times, clock_monotonic(), op, result);
	pump_applied(d->pump, id, result);
	/* Many changes in a row, each of which may hang for a while. */
	supervisor_tick(d->config->supervisor, clock_monotonic());
}

static const struct world_ops world_ops = {
	.now = world_now,
	.next_record = world_next_record,
	.observe = world_observe,
	.apply = world_apply,
	.run = world_run,
	.cancel = world_cancel,
	.arm = world_arm,
	.fired = world_fired,
	.note = world_note,
};

/* --- commands --- */

static void
log_output(const struct rules_daemon *d, const struct command_end *end)
{
	enum log_level level =
	    end->status == 0 ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING;
	const char *s = end->output, *stop = s + end->output_bytes, *eol;

	if (s == stop)
		return;
	log_line(d->plain, level, "commands", "output of: %s", end->text);
	if (end->output_total > end->output_bytes)
		log_line(d->plain, level, "commands",
		    "| (the last %zu of %ju bytes)", end->output_bytes,
		    (uintmax_t)end->output_total);
	for (; s < stop; s = eol + 1) {
		if ((eol = memchr(s, '\n', (size_t)(stop - s))) == NULL)
			eol = stop;
		log_line(d->plain, level, "commands", "| %.*s", (int)(eol - s),
		    s);
	}
}

/* Whether it is one of those that were cancelled; once. */
static bool
was_overdue(struct rules_daemon *d, uint32_t id)
{
	size_t i;

	for (i = 0; i < d->n_overdue; i++)
		if (d->overdue[i] == id) {
			d->overdue[i] = d->overdue[--d->n_overdue];
			return true;
		}
	return false;
}

static void
command_ended(void *ctx, const struct command_end *end)
{
	struct rules_daemon *d = ctx;

	d->failed += end->status != 0;
	log_output(d, end);
	if (d->flight != NULL)
		flight_output(d->flight, clock_monotonic(), end->id,
		    end->output, end->output_bytes);
	pump_exited(d->pump, end->id, end->status);
	if (was_overdue(d, end->id))
		flight_dump_offer(d->dump, d->flight, clock_monotonic(),
		    "deadline", "a command was at its deadline");
}

/* --- signals --- */

static const int wanted_signals[] = {
	SIGHUP,
	SIGINT,
	SIGTERM,
	SIGUSR1,
	SIGUSR2,
#ifdef SIGINFO
	SIGINFO,
#endif
};

static void
log_finding(void *ctx, enum diag_level level, const char *file, unsigned line,
    unsigned col, const char *text)
{
	struct strbuf out = { 0 };

	diag_emit_strbuf(&out, level, file, line, col, text);
	if (out.bytes > 0 && out.data[out.bytes - 1] == '\n')
		out.data[out.bytes - 1] = '\0';
	log_line(ctx, level == DIAG_ERROR ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING,
	    "rules", "%s", strbuf_str(&out));
	strbuf_fini(&out);
}

static int
reload_rules(struct rules_daemon *d, struct err *err)
{
	struct ruleset_options options = { .version = RULE_NEWEST };
	struct log log = *d->log;
	struct diag diag = { .emit = log_finding, .ctx = &log };
	struct ruleset *fresh = NULL;
	struct rule_loader loader;
	int rc;

	options.loader = &loader;
	rc = keeper_rules(d->keeper, &loader, err);
	if (rc == 0)
		rc = ruleset_load(d->config->rules_path, &options, &diag,
		    &fresh, err);
	if (rc < 0) {
		d->refused_reloads++;
		log_line(d->log, LOG_LEVEL_ERROR, "rules",
		    "%s; the old rules stay in force", err->text);
		return rc;
	}
	core_set_rules(d->core, fresh);
	ruleset_free(d->rules);
	d->rules = fresh;
	log_line(d->log, LOG_LEVEL_INFO, "rules", "%s: read again, %zu rules",
	    d->config->rules_path, ruleset_count(fresh));
	d->reloads++;
	return 0;
}

static void
reload_native(struct rules_daemon *d)
{
	const struct rcvars *rc = native_part_reload(d->native);

	if (rc != NULL)
		core_set_rc(d->core, rc);
	pump_hint(d->pump);
}

int
rules_daemon_reload(struct rules_daemon *d, struct err *err)
{
	int result;

	if (d->ready)
		supervisor_reloading(d->config->supervisor, clock_monotonic());
	result = reload_rules(d, err);
	if (d->native != NULL)
		reload_native(d);
	rules_daemon_tell(d, d->ready ? supervisor_ready : supervisor_status);
	return result;
}

static void
log_counts(const struct rules_daemon *d)
{
	log_line(d->log, LOG_LEVEL_INFO, "daemon",
	    "%ju records, %ju fired; commands: %ju started, %zu running, "
	    "%ju waiting, %ju failed, %ju cancelled",
	    (uintmax_t)d->records, (uintmax_t)d->fired, (uintmax_t)d->started,
	    keeper_count(d->keeper), (uintmax_t)(d->actions - d->started),
	    (uintmax_t)d->failed, (uintmax_t)d->cancelled);
	if (d->native != NULL)
		native_part_log_counts(d->native);
}

static void
kill_commands(struct rules_daemon *d, const char *why, int64_t now_ns)
{
	d->phase = PHASE_KILLING;
	d->phase_ns = now_ns + RUNNER_GRACE + DUR_SEC;
	if (keeper_count(d->keeper) > 0)
		log_line(d->log, LOG_LEVEL_WARNING, "daemon",
		    "%s: ending %zu commands", why, keeper_count(d->keeper));
	keeper_cancel_all(d->keeper);
}

static void
stop(struct rules_daemon *d, const char *why)
{
	int64_t now_ns = clock_monotonic();

	if (d->phase == PHASE_STOPPING)
		kill_commands(d, why, now_ns);
	if (d->phase != PHASE_RUNNING)
		return;
	d->phase = PHASE_STOPPING;
	d->phase_ns = now_ns + DAEMON_STOP_WAIT;
	log_line(d->log, LOG_LEVEL_INFO, "daemon",
	    "%s: ending; %zu commands are running, %ju waiting ones are "
	    "dropped",
	    why, keeper_count(d->keeper), (uintmax_t)(d->actions - d->started));
	rules_daemon_tell(d, supervisor_stopping);
	core_orphan(d->core);
	pump_timer(d->pump);
}

static void
dump_by_signal(struct rules_daemon *d)
{
	if (d->flight == NULL)
		log_line(d->log, LOG_LEVEL_WARNING, "flight",
		    "SIGUSR2: there is no flight recorder, its size is 0");
	else
		flight_dump_begin(d->dump, d->flight, clock_monotonic(),
		    "signal", "SIGUSR2");
}

static void
take_signals(struct rules_daemon *d)
{
	struct err err;
	bool counts;

	signals_drain();
	if (signals_take(SIGUSR2))
		dump_by_signal(d);
	counts = signals_take(SIGUSR1);
#ifdef SIGINFO
	counts |= signals_take(SIGINFO);
#endif
	if (counts)
		log_counts(d);
	if (signals_take(SIGHUP) && d->phase == PHASE_RUNNING)
		rules_daemon_reload(d, &err);
	if (signals_take(SIGTERM))
		stop(d, "SIGTERM");
	if (signals_take(SIGINT))
		stop(d, "SIGINT");
}

/* --- the loop --- */

static void
watch_source(struct rules_daemon *d)
{
	enum source_state state = source_state(d->source);

	if (state == d->seen)
		return;
	switch (state) {
	case SOURCE_OPEN:
		log_line(d->log, LOG_LEVEL_WARNING, "source",
		    "%s: connected again", source_path(d->source));
		/* What was missed nobody tells: native looks. */
		if (d->native != NULL)
			pump_lost(d->pump);
		break;
	case SOURCE_LOST:
		d->losses++;
		log_line(d->log, LOG_LEVEL_WARNING, "source",
		    "%s; records are missed until it is connected again",
		    source_why(d->source)->text);
		break;
	case SOURCE_ENDED:
		log_line(d->log, LOG_LEVEL_INFO, "source", "%s: ended",
		    source_path(d->source));
		break;
	case SOURCE_FAILED:
		log_line(d->log, LOG_LEVEL_ERROR, "source", "%s",
		    source_why(d->source)->text);
		stop(d, "no records can be read");
		break;
	}
	d->seen = state;
	if (d->ready)
		rules_daemon_tell(d, supervisor_status);
}

/* What is told besides records, and that something happened at all. */
static void
take_hints(struct rules_daemon *d)
{
	const char *text;
	bool hint;

	for (; (text = source_note(d->source)) != NULL; d->overflows++)
		log_line(d->log, LOG_LEVEL_WARNING, "source", "%s", text);
	hint = source_take_hint(d->source);
	if (d->told)
		hint |= native_part_told(d->native);
	if (!hint || d->native == NULL)
		return;
	failover_times_cause(d->times, clock_monotonic());
	pump_hint(d->pump);
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int
poll_timeout(const struct rules_daemon *d)
{
	int64_t ns = earlier(earlier(d->core_ns, d->phase_ns),
	    earlier(source_deadline(d->source),
		earlier(doors_deadline(&d->doors),
		    supervisor_deadline(d->config->supervisor))));
	int64_t now_ns = clock_monotonic();

	if (core_wants_record(d->core) && source_has_more(d->source))
		return 0;
	if (!d->ready && core_is_idle(d->core))
		return 0;
	if (ns == INT64_MAX)
		return -1;
	if (ns <= now_ns)
		return 0;
	ns = (ns - now_ns + DUR_MS - 1) / DUR_MS;
	return ns < INT_MAX ? (int)ns : INT_MAX;
}

/* Waits, and says what came: the number of ready descriptors, or -1. */
static int
wait_for_events(struct rules_daemon *d, bool *signalled, bool *readable)
{
	size_t doors, count;
	int n;

	d->fds = mem_grow(d->fds, &d->fds_cap, 5 + doors_polls(&d->doors),
	    sizeof(*d->fds));
	d->fds[0] = (struct pollfd){ .fd = d->signal_fd, .events = POLLIN };
	d->fds[1] =
	    (struct pollfd){ .fd = keeper_fd(d->keeper), .events = POLLIN };
	doors = doors_fill(&d->doors, d->fds + 2);
	count = 2 + doors;
	d->fds[count] = (struct pollfd){ .fd = -1, .events = POLLIN };
	if (core_wants_record(d->core))
		d->fds[count].fd = source_fd(d->source);
	d->fds[count + 1] = (struct pollfd){
		.fd = d->native != NULL ? native_part_fd(d->native) : -1,
		.events = POLLIN,
	};
	d->fds[count + 2] = (struct pollfd){
		.fd = d->flight != NULL ? flight_dump_fd(d->dump) : -1,
		.events = POLLIN,
	};
	n = poll(d->fds, (nfds_t)count + 3, poll_timeout(d));
	d->told = n > 0 && d->fds[count + 1].revents != 0;
	*signalled = n > 0 && d->fds[0].revents != 0;
	*readable = n > 0 && d->fds[count].revents != 0;
	if (n > 0) {
		if (d->fds[1].revents != 0)
			keeper_readable(d->keeper);
		doors_polled(&d->doors, d->fds + 2, doors, clock_monotonic());
		if (d->fds[count + 2].revents != 0)
			flight_dump_readable(d->dump, d->flight,
			    clock_monotonic());
	}
	return n;
}

static void
keep_deadlines(struct rules_daemon *d)
{
	int64_t now_ns = clock_monotonic();

	source_tick(d->source, now_ns);
	doors_tick(&d->doors, now_ns);
	supervisor_tick(d->config->supervisor, now_ns);
	if (d->core_ns <= now_ns)
		pump_timer(d->pump);
	if (d->phase_ns > now_ns)
		return;
	d->phase_ns = INT64_MAX;
	if (d->phase == PHASE_STOPPING)
		kill_commands(d, "waited long enough", now_ns);
}

static void
say_ready(struct rules_daemon *d)
{
	if (d->ready)
		return;
	d->ready = true;
	log_line(d->log, LOG_LEVEL_INFO, "daemon",
	    "ready: %zu rules, records from %s", ruleset_count(d->rules),
	    source_path(d->source));
	if (d->phase == PHASE_RUNNING)
		rules_daemon_tell(d, supervisor_ready);
	d->config->ready(d->config->ctx);
}

static bool
is_finished(const struct rules_daemon *d)
{
	if (d->phase == PHASE_RUNNING)
		return source_state(d->source) == SOURCE_ENDED &&
		    core_is_idle(d->core);
	/* What SIGKILL does not end in a second hangs in the kernel. */
	return keeper_count(d->keeper) == 0 ||
	    (d->phase == PHASE_KILLING && d->phase_ns == INT64_MAX);
}

static int
loop(struct rules_daemon *d, struct err *err)
{
	bool signalled, readable;
	int n;

	pump_start(d->pump);
	while (!is_finished(d)) {
		n = wait_for_events(d, &signalled, &readable);
		if (n < 0 && errno != EINTR)
			return err_sys(err, errno, "poll");
		d->budget = BUDGET;
		if (signalled)
			take_signals(d);
		if (readable)
			source_readable(d->source);
		if (readable || source_has_more(d->source))
			pump_readable(d->pump);
		if (readable || d->told)
			take_hints(d);
		keep_deadlines(d);
		watch_source(d);
		if (n == 0 && core_is_idle(d->core) &&
		    !source_has_more(d->source))
			say_ready(d);
		if (keeper_gone(d->keeper) != NULL)
			return err_set(err, ERR_IO,
			    "the process that runs the commands is gone (%s): "
			    "without it nothing can be done",
			    keeper_gone(d->keeper));
		if (d->native != NULL && native_part_gone(d->native) != NULL)
			return err_set(err, ERR_IO,
			    "the process that changes interfaces is gone (%s): "
			    "without it nothing can be done",
			    native_part_gone(d->native));
	}
	log_counts(d);
	if (source_state(d->source) == SOURCE_FAILED) {
		*err = *source_why(d->source);
		return ERR_IO;
	}
	say_ready(d);
	if (d->phase == PHASE_RUNNING)
		rules_daemon_tell(d, supervisor_stopping);
	return 0;
}

/* The operator's lines, and with them those that the recorder is to have. */
static void
log_both(void *ctx, enum log_level level, const char *line)
{
	const struct rules_daemon *d = ctx;

	flight_log(d->flight, clock_monotonic(), line);
	if (level <= d->plain->most)
		d->plain->write(d->plain->ctx, level, line);
}

static void
watch(struct rules_daemon *d, const struct core_config *cc)
{
	const struct daemon_config *config = d->config;

	if (config->flight_bytes == 0)
		return;
	d->flight = flight_new(config->flight_bytes, config->flight_keep_ns);
	flight_watch(d->flight, d->core, cc, clock_monotonic());
	d->dump = flight_dump_new(d->keeper, config->rules_path, d->plain);
	d->both.most =
	    d->plain->most > LOG_LEVEL_INFO ? d->plain->most : LOG_LEVEL_INFO;
	d->both.write = log_both;
	d->both.ctx = d;
	d->log = &d->both;
}

static int
daemon_init(struct rules_daemon *d, const struct daemon_config *config,
    struct ruleset *rules, struct devctl_source *source, struct err *err)
{
	const struct world world = { .ops = &world_ops, .ctx = d };
	struct core_config cc = {
		.rules = rules,
		.vm_guest = d->vm_guest,
		.policy = CORE_RULES,
		.quoting = RULE_QUOTE_SAFE,
		.deadline_ns = config->deadline_ns,
		.parallel = DAEMON_PARALLEL,
		.serial = config->serial,
	};
	int rc;

	d->config = config;
	d->keeper = config->keeper;
	d->log = d->plain = config->log;
	d->rules = rules;
	d->source = source;
	d->core_ns = d->phase_ns = INT64_MAX;
	d->begun_ns = clock_monotonic();
	host_vm_guest(d->vm_guest, sizeof(d->vm_guest));
	if (config->native != NULL) {
		rc = native_part_open(config->native, d->log, &d->native, err);
		if (rc < 0)
			return rc;
		d->times = failover_times_new();
		cc.policy = CORE_NATIVE;
		cc.rc = native_part_rc(d->native);
		cc.keep_rx_all = config->native->keep_rx_all;
	}
	d->core = core_new(&cc);
	watch(d, &cc);
	if (d->native != NULL)
		native_part_set_log(d->native, d->log);
	d->pump = pump_new(d->core, &world);
	keeper_on_end(d->keeper, command_ended, d);
	if (source_is_socket(d->source))
		source_reconnect_by(d->source, keeper_connect, d->keeper);
	return 0;
}

/* 0 when it is had, or may be missing. */
static int
judge_confinement(const struct rules_daemon *d, int rc, bool asked,
    struct err *err)
{
	if (rc == 0 || asked)
		return rc;
	/* Who is not root has none of its privileges to give up. */
	log_line(d->log, rc == ERR_STATE ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING,
	    "daemon", "%s: what it may do it keeps", err->text);
	return 0;
}

/* For good. */
static int
confine(struct rules_daemon *d, struct err *err)
{
	const struct daemon_confine *c = &d->config->confine;
	int rc;

	if (!c->wanted)
		return 0;
	if (d->flight != NULL && (rc = store_image_prepare(err)) < 0)
		return rc;
	confine_prepare(c->way);
	rc = judge_confinement(d, confine_user(c->user, err), c->user != NULL,
	    err);
	return rc < 0 ? rc
		      : judge_confinement(d, confine_calls(c->way, err),
			    c->way_asked, err);
}

int
daemon_run(const struct daemon_config *config, struct ruleset *rules,
    struct devctl_source *source, struct err *err)
{
	struct rules_daemon d;
	int rc;

	memset(&d, 0, sizeof(d));
	rc = daemon_init(&d, config, rules, source, err);
	if (rc == 0)
		rc = signals_open(wanted_signals,
		    sizeof(wanted_signals) / sizeof(*wanted_signals),
		    &d.signal_fd, err);
	if (rc == 0 &&
	    ((rc = rules_doors_open(&d, err)) < 0 ||
		(rc = confine(&d, err)) < 0))
		signals_close();
	if (rc == 0) {
		if (!config->drain)
			say_ready(&d);
		rc = loop(&d, err);
		if (rc < 0 && d.flight != NULL && config->flight_offers)
			flight_dump_begin(d.dump, d.flight, clock_monotonic(),
			    "error", err->text);
		signals_close();
	}
	doors_close(&d.doors);
	flight_dump_free(d.dump);
	keeper_on_end(d.keeper, NULL, NULL);
	pump_free(d.pump);
	core_free(d.core);
	flight_free(d.flight);
	free(d.overdue);
	native_part_close(d.native);
	failover_times_free(d.times);
	ruleset_free(d.rules);
	source_close(d.source);
	devline_fini(&d.line);
	free(d.fds);
	return rc;
}
