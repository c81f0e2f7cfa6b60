/* SPDX-License-Identifier: BSD-2-Clause */
/* What the daemon says by itself of how it is: to its supervisor and, of
 * fail-overs, to the log. */
#include "base/dur.h"
#include "core/core_native.h"
#include "daemon/rules_daemon_parts.h"
#include "world/clock.h"

static bool
why_idle(const struct rules_daemon *d, struct strbuf *out)
{
	return core_why(d->core, pump_seen(d->pump), NULL, out);
}

static void
describe_native(const struct rules_daemon *d, struct strbuf *out)
{
	const struct failover_totals *t = failover_times_totals(d->times);
	struct strbuf why = { 0 };
	char took[DUR_TEXT];

	if (why_idle(d, &why))
		strbuf_addf(out, "; nothing is done: %s", strbuf_str(&why));
	strbuf_fini(&why);
	if (t->last.nic[0] != '\0')
		strbuf_addf(out, "; %s: %s carries since a fail-over of %s s",
		    t->last.nic, t->last.port,
		    dur_short(t->last.total_ns, took));
}

static void
describe(const struct rules_daemon *d, struct strbuf *out)
{
	strbuf_addf(out, "%s: %zu rules, records from %s",
	    d->phase != PHASE_RUNNING ? "ending"
		: d->ready	      ? "ready"
				      : "starting",
	    ruleset_count(d->rules), source_path(d->source));
	if (source_state(d->source) != SOURCE_OPEN)
		strbuf_adds(out, ", which are missed now");
	if (d->refused_reloads > 0)
		strbuf_addf(out, "; %ju reloads refused",
		    (uintmax_t)d->refused_reloads);
	if (d->native != NULL)
		describe_native(d, out);
}

void
rules_daemon_tell(struct rules_daemon *d,
    void (*tell)(struct supervisor *s, const char *status))
{
	struct strbuf text = { 0 };

	describe(d, &text);
	tell(d->config->supervisor, strbuf_str(&text));
	strbuf_fini(&text);
}

static void
log_failover(const struct rules_daemon *d)
{
	const struct failover *f = &failover_times_totals(d->times)->last;
	char total[DUR_TEXT], part[FAILOVER_PHASES][DUR_TEXT];
	int i;

	for (i = 0; i < FAILOVER_PHASES; i++)
		dur_short(f->phase_ns[i], part[i]);
	log_line(d->log, LOG_LEVEL_INFO, "failover",
	    "%s: %s carries after %s s: decided in %s s, applied in %s s, "
	    "settled in %s s",
	    f->nic, f->port, dur_short(f->total_ns, total),
	    part[FAILOVER_DECIDE], part[FAILOVER_APPLY], part[FAILOVER_SETTLE]);
}

void
rules_daemon_rested(struct rules_daemon *d)
{
	bool ended = failover_times_rest(d->times, clock_monotonic());
	struct strbuf why = { 0 };
	bool is_idle = why_idle(d, &why);

	strbuf_fini(&why);
	if (ended)
		log_failover(d);
	if (d->ready && (ended || is_idle != d->is_idle))
		rules_daemon_tell(d, supervisor_status);
	d->is_idle = is_idle;
}
