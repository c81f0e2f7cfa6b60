/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/status.h"

#include <inttypes.h>
#include <string.h>

#include "base/rowtext.h"

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
};

void
status_row(const struct status *s, struct strbuf *out)
{
	rowtext_put_fields(out, fields, sizeof(fields) / sizeof(fields[0]), s);
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
}

void
status_metrics(const struct status *s, struct strbuf *out)
{
	put_seconds(out, "up_seconds", "Time since the start.", s->up_ns);
	put_work(s, out);
	put_around(s, out);
}
