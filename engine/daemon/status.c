/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/status.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/rowtext.h"
#include "daemon/seen_rows.h"

#define STR(name)    ROWFIELD(struct status, #name, ROW_STR, name)
#define NUMBER(name) ROWFIELD(struct status, #name, ROW_U64, name)

static const struct rowfield fields[] = {
	STR(version),
	STR(phase),
	STR(policy),
	ROWFIELD(struct status, "up_ns", ROW_I64, up_ns),
	STR(rules_file),
	NUMBER(rules),
	STR(source),
	STR(source_state),
	NUMBER(source_losses),
	NUMBER(records),
	NUMBER(fired),
	NUMBER(started),
	NUMBER(running),
	NUMBER(waiting),
	NUMBER(failed),
	NUMBER(cancelled),
	NUMBER(reloads),
	NUMBER(refused_reloads),
	NUMBER(clients),
	NUMBER(clients_accepted),
	NUMBER(clients_refused),
	NUMBER(clients_dropped),
	NUMBER(flight_bytes),
	NUMBER(overflows),
	NUMBER(resyncs),
	STR(why_idle),
};

static uint64_t
count_of(const struct failover_totals *t)
{
	return t->ways[FAILOVER_TO_VF].count +
	    t->ways[FAILOVER_TO_SYNTHETIC].count;
}

/* Zeros, too: the parts of the newest one are there to be added up. */
static void
row_of_failovers(const struct status *s, struct strbuf *out)
{
	const struct failover_totals *t = s->failovers;
	char key[24];
	size_t i;

	rowtext_put_int(out, "operations", (int64_t)t->operations);
	rowtext_put_int(out, "operations_failed", (int64_t)t->failed);
	rowtext_put_int(out, "failovers_to_vf",
	    (int64_t)t->ways[FAILOVER_TO_VF].count);
	rowtext_put_int(out, "failovers_to_synthetic",
	    (int64_t)t->ways[FAILOVER_TO_SYNTHETIC].count);
	if (count_of(t) == 0)
		return;
	rowtext_put_str(out, "last_nic", t->last.nic);
	rowtext_put_str(out, "last_way", failover_way_words[t->last.way]);
	rowtext_put_str(out, "last_carrier", t->last.port);
	rowtext_put_int(out, "last_ago_ns", s->last_ago_ns);
	rowtext_put_int(out, "last_total_ns", t->last.total_ns);
	for (i = 0; i < FAILOVER_PHASES; i++) {
		snprintf(key, sizeof(key), "last_%s_ns",
		    failover_phase_words[i]);
		rowtext_put_int(out, key, t->last.phase_ns[i]);
	}
}

void
status_row(const struct status *s, struct strbuf *out)
{
	rowtext_put_fields(out, fields, sizeof(fields) / sizeof(fields[0]), s);
	if (s->failovers != NULL)
		row_of_failovers(s, out);
	strbuf_addc(out, '\n');
}

/* name is without "switchbackd_"; labels is "" or "{...}". */
static void
put(struct strbuf *out, const char *name, const char *kind, const char *help,
    uint64_t value)
{
	strbuf_addf(out,
	    "# HELP switchbackd_%s %s\n# TYPE switchbackd_%s %s\n"
	    "switchbackd_%s %" PRIu64 "\n",
	    name, help, name, kind, name, value);
}

static void
put_seconds(struct strbuf *out, const char *name, const char *help, int64_t ns)
{
	strbuf_addf(out,
	    "# HELP switchbackd_%s %s\n# TYPE switchbackd_%s gauge\n"
	    "switchbackd_%s %" PRId64 ".%09" PRId64 "\n",
	    name, help, name, name, ns / 1000000000, ns % 1000000000);
}

static void
put_work(const struct status *s, struct strbuf *out)
{
	put(out, "records_total", "counter", "Records read.", s->records);
	put(out, "rules_fired_total", "counter", "Rules that ran.", s->fired);
	put(out, "commands_started_total", "counter", "Commands started.",
	    s->started);
	put(out, "commands_failed_total", "counter",
	    "Commands that did not end with status 0.", s->failed);
	put(out, "commands_cancelled_total", "counter",
	    "Commands stopped at their deadline or as pointless.",
	    s->cancelled);
	put(out, "commands_running", "gauge", "Commands that run now.",
	    s->running);
	put(out, "commands_waiting", "gauge",
	    "Commands that wait for their turn.", s->waiting);
}

static void
put_around(const struct status *s, struct strbuf *out)
{
	put(out, "rules", "gauge", "Rules in force.", s->rules);
	put(out, "reloads_total", "counter", "Rules read again and taken.",
	    s->reloads);
	put(out, "reloads_refused_total", "counter",
	    "Rules read again and refused.", s->refused_reloads);
	put(out, "source_up", "gauge", "1 while records can be read.",
	    strcmp(s->source_state, "open") == 0);
	put(out, "source_losses_total", "counter",
	    "Times at which records may have been missed.", s->source_losses);
	put(out, "clients", "gauge", "Clients of devd's sockets.", s->clients);
	put(out, "clients_accepted_total", "counter",
	    "Clients that were let in.", s->clients_accepted);
	put(out, "clients_refused_total", "counter",
	    "Clients beyond the limit.", s->clients_refused);
	put(out, "clients_dropped_total", "counter",
	    "Clients that did not keep up.", s->clients_dropped);
	put(out, "flight_bytes", "gauge", "What the flight recorder holds.",
	    s->flight_bytes);
	put(out, "source_overflows_total", "counter",
	    "Times at which there was more to read than room for it.",
	    s->overflows);
}

/* --- fail-overs --- */

static void
head(struct strbuf *out, const char *name, const char *kind, const char *help)
{
	strbuf_addf(out, "# HELP switchbackd_%s %s\n# TYPE switchbackd_%s %s\n",
	    name, help, name, kind);
}

static void
add_seconds(struct strbuf *out, int64_t ns)
{
	strbuf_addf(out, "%" PRId64 ".%09" PRId64 "\n", ns / 1000000000,
	    ns % 1000000000);
}

static const char *const directions[FAILOVER_WAYS] = { "to_synthetic",
	"to_vf" };

static void
put_buckets(const struct failover_sums *sums, const char *direction,
    struct strbuf *out)
{
	const char *name = "switchbackd_failover_seconds";
	uint64_t below = 0;
	size_t i;

	for (i = 0; i < FAILOVER_BUCKETS; i++) {
		below += sums->buckets[i];
		strbuf_addf(out,
		    "%s_bucket{direction=\"%s\",le=\"%g\"} %" PRIu64 "\n", name,
		    direction, (double)failover_buckets[i] / 1e9, below);
	}
	strbuf_addf(out,
	    "%s_bucket{direction=\"%s\",le=\"+Inf\"} %" PRIu64 "\n"
	    "%s_count{direction=\"%s\"} %" PRIu64 "\n"
	    "%s_sum{direction=\"%s\"} ",
	    name, direction, sums->count, name, direction, sums->count, name,
	    direction);
	add_seconds(out, sums->total_ns);
}

static void
put_phases(const struct failover_sums *sums, const char *direction,
    struct strbuf *out)
{
	const char *name = "switchbackd_failover_phase_seconds";
	size_t i;

	for (i = 0; i < FAILOVER_PHASES; i++) {
		strbuf_addf(out,
		    "%s_count{direction=\"%s\",phase=\"%s\"} %" PRIu64 "\n"
		    "%s_sum{direction=\"%s\",phase=\"%s\"} ",
		    name, direction, failover_phase_words[i], sums->count, name,
		    direction, failover_phase_words[i]);
		add_seconds(out, sums->phase_ns[i]);
	}
}

static void
put_last(const struct status *s, struct strbuf *out)
{
	const struct failover_totals *t = s->failovers;
	size_t i;

	if (count_of(t) == 0)
		return;
	head(out, "failover_last_timestamp_seconds", "gauge",
	    "When the newest fail-over had settled, since 1970.");
	strbuf_adds(out, "switchbackd_failover_last_timestamp_seconds ");
	add_seconds(out, s->last_wall_ns);
	head(out, "failover_last_seconds", "gauge",
	    "The newest fail-over, by its phases.");
	for (i = 0; i < FAILOVER_PHASES; i++) {
		strbuf_addf(out,
		    "switchbackd_failover_last_seconds{direction=\"%s\","
		    "phase=\"%s\"} ",
		    directions[t->last.way], failover_phase_words[i]);
		add_seconds(out, t->last.phase_ns[i]);
	}
}

static void
put_failovers(const struct status *s, struct strbuf *out)
{
	const struct failover_totals *t = s->failovers;
	size_t i;

	put(out, "idle", "gauge", "1 while nothing is done for anybody.",
	    s->why_idle[0] != '\0');
	put(out, "resyncs_total", "counter",
	    "Looks without any reason but the time.", s->resyncs);
	put(out, "operations_total", "counter", "Changes that were tried.",
	    t->operations);
	put(out, "operations_failed_total", "counter",
	    "Changes that were refused.", t->failed);
	head(out, "failovers_total", "counter",
	    "Times at which the traffic has moved.");
	for (i = 0; i < FAILOVER_WAYS; i++)
		strbuf_addf(out,
		    "switchbackd_failovers_total{direction=\"%s\"} %" PRIu64
		    "\n",
		    directions[i], t->ways[i].count);
	head(out, "failover_seconds", "histogram",
	    "From the first record read until all had settled.");
	for (i = 0; i < FAILOVER_WAYS; i++)
		put_buckets(&t->ways[i], directions[i], out);
	head(out, "failover_phase_seconds", "summary",
	    "The same, until decided, until applied, until settled.");
	for (i = 0; i < FAILOVER_WAYS; i++)
		put_phases(&t->ways[i], directions[i], out);
	put_last(s, out);
}

void
status_metrics(const struct status *s, struct strbuf *out)
{
	put_seconds(out, "up_seconds", "Time since the start.", s->up_ns);
	put_work(s, out);
	put_around(s, out);
	if (s->failovers != NULL)
		put_failovers(s, out);
}
