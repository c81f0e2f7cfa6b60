/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/run_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/clean.h"
#include "report/final.h"
#include "report/outage.h"
#include "report/verdict.h"

json_t *
run_json_text(const char *s)
{
	struct strbuf clean = { 0 };
	json_t *j;

	if (s == NULL)
		return json_null();
	clean_text(&clean, s);
	j = json_string(strbuf_str(&clean));
	strbuf_fini(&clean);
	return j;
}

json_t *
run_json_seed(uint64_t seed)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, seed);
	return json_string(text);
}

static json_t *
count(uint64_t n)
{
	return json_integer(n > INT64_MAX ? INT64_MAX : (json_int_t)n);
}

static json_t *
moment(int64_t at_ns)
{
	return at_ns == TRACE_OPEN ? json_null() : json_integer(at_ns);
}

json_t *
run_json_checks(const struct trace *t)
{
	json_t *list = json_array(), *o;
	const struct trace_check *k;
	size_t i;

	for (i = 0; i < t->n_checks; i++) {
		k = &t->checks[i];
		o = json_object();
		json_object_set_new(o, "file", run_json_text(k->file));
		json_object_set_new(o, "line", count(k->line));
		json_object_set_new(o, "expect", run_json_text(k->text));
		json_object_set_new(o, "verdict",
		    run_json_text(trace_verdict_word(k->verdict)));
		json_object_set_new(o, "expected", run_json_text(k->expected));
		json_object_set_new(o, "happened", run_json_text(k->happened));
		json_object_set_new(o, "reason", run_json_text(k->reason));
		json_object_set_new(o, "at_ns", moment(k->at_ns));
		json_array_append_new(list, o);
	}
	return list;
}

json_t *
run_json_probes(const struct trace *t)
{
	json_t *list = json_array(), *o;
	const struct trace_probe *p;
	size_t i;

	for (i = 0; i < t->n_probes; i++) {
		p = &t->probes[i];
		o = json_object();
		json_object_set_new(o, "name", run_json_text(p->name));
		json_object_set_new(o, "way", run_json_text(p->way));
		json_object_set_new(o, "period_ns", json_integer(p->period_ns));
		json_object_set_new(o, "sent", count(p->sent));
		json_object_set_new(o, "delivered", count(p->delivered));
		json_object_set_new(o, "lost", count(p->lost));
		json_object_set_new(o, "refused", count(p->send_errors));
		json_object_set_new(o, "duplicated", count(p->duplicated));
		json_object_set_new(o, "reordered", count(p->reordered));
		json_object_set_new(o, "longest_gap_ns",
		    json_integer(p->longest_gap_ns));
		json_object_set_new(o, "longest_gap_at_ns",
		    json_integer(p->longest_gap_at_ns));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *
json_gaps(const struct trace *t)
{
	json_t *list = json_array(), *o;
	struct strbuf text = { 0 };
	const struct trace_gap *g;
	size_t i;

	for (i = 0; i < t->n_gaps; i++) {
		g = &t->gaps[i];
		o = json_object();
		json_object_set_new(o, "probe", json_integer(g->probe));
		json_object_set_new(o, "missing", count(g->count));
		json_object_set_new(o, "refused", count(g->send_errors));
		json_object_set_new(o, "from_ns", json_integer(g->from_ns));
		json_object_set_new(o, "to_ns", json_integer(g->to_ns));
		json_object_set_new(o, "why", run_json_text(g->why));
		strbuf_reset(&text);
		outage_cause(t, g, &text);
		json_object_set_new(o, "cause",
		    run_json_text(strbuf_str(&text)));
		json_array_append_new(list, o);
	}
	strbuf_fini(&text);
	return list;
}

static json_t *
json_responses(const struct trace *t)
{
	json_t *list = json_array(), *o;
	struct response *r;
	size_t i, n;

	r = outage_responses(t, &n);
	for (i = 0; i < n; i++) {
		o = json_object();
		json_object_set_new(o, "stimulus", run_json_text(r[i].what));
		json_object_set_new(o, "at_ns", json_integer(r[i].at_ns));
		json_object_set_new(o, "active", run_json_text(r[i].active));
		json_object_set_new(o, "after_ns",
		    r[i].active == NULL ? json_null()
					: json_integer(r[i].after_ns));
		json_object_set_new(o, "missing", count(r[i].missing));
		json_object_set_new(o, "longest_gap_ns",
		    json_integer(r[i].longest_gap_ns));
		json_array_append_new(list, o);
	}
	free(r);
	return list;
}

static json_t *
json_final(const struct trace *t)
{
	json_t *o = json_object();
	struct strbuf text = { 0 };

	final_aggregates(t, &text);
	json_object_set_new(o, "aggregates", run_json_text(strbuf_str(&text)));
	strbuf_reset(&text);
	final_addresses(t, &text);
	json_object_set_new(o, "addresses", run_json_text(strbuf_str(&text)));
	json_object_set_new(o, "default_route",
	    run_json_text(trace_get_state(t, "route", "default")));
	strbuf_fini(&text);
	return o;
}

json_t *
run_json(const struct trace *t)
{
	struct verdicts v = verdict_count(t);
	json_t *o = json_object();

	json_object_set_new(o, "policy", run_json_text(t->run.policy));
	json_object_set_new(o, "kind", run_json_text(t->run.kind));
	json_object_set_new(o, "machine", run_json_text(t->run.machine));
	json_object_set_new(o, "source", run_json_text(t->run.source));
	json_object_set_new(o, "seed", run_json_seed(t->run.seed));
	json_object_set_new(o, "start_ns", json_integer(t->run.start_ns));
	json_object_set_new(o, "end_ns", json_integer(t->run.end_ns));
	json_object_set_new(o, "complete", json_boolean(!t->run.cut));
	json_object_set_new(o, "held", count(v.held));
	json_object_set_new(o, "failed", count(v.failed));
	json_object_set_new(o, "known_faults", count(v.known));
	json_object_set_new(o, "checks", run_json_checks(t));
	json_object_set_new(o, "probes", run_json_probes(t));
	json_object_set_new(o, "gaps", json_gaps(t));
	json_object_set_new(o, "responses", json_responses(t));
	json_object_set_new(o, "final", json_final(t));
	json_object_set_new(o, "operations", count(t->n_operations));
	json_object_set_new(o, "programs", count(t->n_commands));
	json_object_set_new(o, "rules_fired", count(t->n_firings));
	return o;
}

void
run_json_write(json_t *value, struct strbuf *out)
{
	char *text = json_dumps(value,
	    JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(15));

	if (text != NULL)
		strbuf_addf(out, "%s\n", text);
	free(text);
	json_decref(value);
}
