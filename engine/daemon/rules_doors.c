/* SPDX-License-Identifier: BSD-2-Clause */
/* What the daemon says to those who come in, and what they may order. */
#include <stdio.h>

#include "base/version.h"
#include "core/core_native.h"
#include "daemon/rules_daemon_parts.h"
#include "daemon/seen_rows.h"
#include "world/clock.h"

static const char *
phase_word(const struct rules_daemon *d)
{
	if (d->phase != PHASE_RUNNING)
		return "ending";
	return d->ready ? "ready" : "starting";
}

static const char *
source_word(enum source_state state)
{
	switch (state) {
	case SOURCE_OPEN:
		return "open";
	case SOURCE_LOST:
		return "lost";
	case SOURCE_ENDED:
		return "ended";
	case SOURCE_FAILED:
		return "failed";
	}
	return "";
}

static void
status_of_failovers(const struct rules_daemon *d, struct status *out)
{
	const struct failover_totals *t = failover_times_totals(d->times);
	struct strbuf why = { 0 };

	out->failovers = t;
	out->resyncs = core_resyncs(d->core);
	out->last_ago_ns = clock_monotonic() - t->last.settled_ns;
	out->last_wall_ns = clock_wall() - out->last_ago_ns;
	if (core_why(d->core, pump_seen(d->pump), NULL, &why))
		snprintf(out->why_idle, sizeof(out->why_idle), "%s",
		    strbuf_str(&why));
	strbuf_fini(&why);
}

static void
status_of(void *ctx, struct status *out)
{
	const struct rules_daemon *d = ctx;
	struct devd_clients_counts clients;

	doors_count(&d->doors, &clients);
	*out = (struct status){
		.up_ns = clock_monotonic() - d->begun_ns,
		.rules = ruleset_count(d->rules),
		.records = d->records,
		.fired = d->fired,
		.started = d->started,
		.running = keeper_count(d->keeper),
		.waiting = d->actions - d->started,
		.failed = d->failed,
		.cancelled = d->cancelled,
		.reloads = d->reloads,
		.refused_reloads = d->refused_reloads,
		.source_losses = d->losses,
		.clients = clients.connected,
		.clients_accepted = clients.accepted,
		.clients_refused = clients.refused,
		.clients_dropped = clients.dropped,
		.flight_bytes = d->flight == NULL ? 0 : flight_bytes(d->flight),
		.overflows = d->overflows,
	};
	if (d->native != NULL)
		status_of_failovers(d, out);
	snprintf(out->version, sizeof(out->version), "%s", version_text);
	snprintf(out->phase, sizeof(out->phase), "%s", phase_word(d));
	snprintf(out->policy, sizeof(out->policy), "%s",
	    d->native != NULL ? "native" : "rules");
	snprintf(out->rules_file, sizeof(out->rules_file), "%s",
	    d->config->rules_path);
	snprintf(out->source, sizeof(out->source), "%s",
	    source_path(d->source));
	snprintf(out->source_state, sizeof(out->source_state), "%s",
	    source_word(source_state(d->source)));
}

static int
reload_by_order(void *ctx, struct strbuf *out, struct err *err)
{
	struct rules_daemon *d = ctx;
	int rc;

	if (d->phase != PHASE_RUNNING)
		return err_set(err, ERR_STATE, "the daemon is ending");
	if ((rc = rules_daemon_reload(d, err)) < 0)
		return rc;
	strbuf_addf(out, "%zu rules of %s are in force\n",
	    ruleset_count(d->rules), d->config->rules_path);
	return 0;
}

static int
dump_by_order(void *ctx, struct strbuf *out, struct err *err)
{
	struct rules_daemon *d = ctx;

	if (d->flight == NULL)
		return err_set(err, ERR_STATE,
		    "there is no flight recorder: its size is 0");
	flight_dump_begin(d->dump, d->flight, clock_monotonic(), "order",
	    "ctl recorder dump");
	strbuf_addf(out, "begun: it will be in %s\n", d->config->flight_path);
	return 0;
}

static int
need_native(const struct rules_daemon *d, struct err *err)
{
	if (d->native != NULL)
		return 0;
	return err_set(err, ERR_STATE,
	    "the daemon only runs the commands of rules and looks at no "
	    "interface; it does with --policy native");
}

static int
state_by_order(void *ctx, struct strbuf *out, struct err *err)
{
	struct rules_daemon *d = ctx;
	int rc = need_native(d, err);

	if (rc == 0)
		seen_state_rows(pump_seen(d->pump), out);
	return rc;
}

static bool
why_of(void *ctx, const struct snap_if *hn, struct strbuf *out)
{
	const struct rules_daemon *d = ctx;

	return core_why(d->core, pump_seen(d->pump), hn, out);
}

static int
pairs_by_order(void *ctx, struct strbuf *out, struct err *err)
{
	struct rules_daemon *d = ctx;
	int rc = need_native(d, err);

	if (rc == 0)
		seen_pair_rows(pump_seen(d->pump), d->times, clock_monotonic(),
		    why_of, d, out);
	return rc;
}

/* A door that stays closed is worth a warning, unless it was asked for. */
static int
open_door(struct rules_daemon *d, int rc, bool asked, struct err *err)
{
	if (rc >= 0)
		return 0;
	if (!asked)
		log_line(d->log, LOG_LEVEL_WARNING, "daemon", "%s", err->text);
	return asked ? rc : 0;
}

int
rules_doors_open(struct rules_daemon *d, struct err *err)
{
	const struct daemon_config *config = d->config;
	const struct devd_clients_config clients = {
		.stream = config->clients_stream,
		.seqpacket = config->clients_seqpacket,
		.limit = config->clients_limit,
	};
	int rc = 0;

	d->orders = (struct orders){ .status = status_of,
		.reload = reload_by_order,
		.dump = dump_by_order,
		.state = state_by_order,
		.pairs = pairs_by_order,
		.ctx = d };
	if (clients.stream != NULL || clients.seqpacket != NULL)
		rc = open_door(d,
		    devd_clients_open(&clients, &d->doors.clients, err),
		    config->clients_asked, err);
	if (rc == 0 && config->control != NULL)
		rc = open_door(d,
		    control_open(config->control, orders_take, &d->orders,
			&d->doors.control, err),
		    config->control_asked, err);
	if (rc == 0)
		doors_leave_names(&d->doors);
	return rc;
}
