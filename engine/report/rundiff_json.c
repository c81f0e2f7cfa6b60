/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "report/run_json.h"
#include "report/rundiff_parts.h"

static json_t *
count(size_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *
json_rule(const struct rundiff *d)
{
	struct strbuf text = { 0 };
	json_t *o = json_object();

	json_object_set_new(o, "floor_ns", json_integer(d->rule.floor_ns));
	json_object_set_new(o, "floor_packets",
	    json_integer(d->rule.floor_packets));
	json_object_set_new(o, "share", json_real(d->rule.share));
	json_object_set_new(o, "unknown_share",
	    json_real(d->rule.unknown_share));
	json_object_set_new(o, "factor", json_real(d->rule.factor));
	rundiff_add_rule(&text, d);
	json_object_set_new(o, "text", run_json_text(strbuf_str(&text)));
	strbuf_fini(&text);
	return o;
}

static json_t *
json_runs(const struct rundiff_facts **list, size_t n)
{
	json_t *a = json_array();
	size_t i;

	for (i = 0; i < n; i++)
		json_array_append_new(a, json_integer(list[i]->run));
	return a;
}

static json_t *
json_finding(const struct rundiff_finding *f)
{
	json_t *o = json_object();

	json_object_set_new(o, "grade",
	    json_string(rundiff_grade_word(f->grade)));
	json_object_set_new(o, "topic",
	    json_string(rundiff_topic_word(f->topic)));
	json_object_set_new(o, "what", json_string(rundiff_phrase(f)));
	json_object_set_new(o, "name", run_json_text(f->name));
	json_object_set_new(o, "before", run_json_text(f->before));
	json_object_set_new(o, "after", run_json_text(f->after));
	if (f->is_number) {
		json_object_set_new(o, "value_before",
		    json_real(f->value_before));
		json_object_set_new(o, "value_after",
		    json_real(f->value_after));
		json_object_set_new(o, "noise", json_real(f->noise));
	}
	if (f->row_before != NULL) {
		json_object_set_new(o, "row_before",
		    run_json_text(f->row_before));
		json_object_set_new(o, "row_after",
		    run_json_text(f->row_after));
	}
	return o;
}

static json_t *
json_case(const struct rundiff_case *c)
{
	const struct rundiff_facts *f = rundiff_case_facts(c);
	json_t *o = json_object(), *list = json_array();
	size_t i;

	json_object_set_new(o, "title", run_json_text(f->title));
	json_object_set_new(o, "source", run_json_text(f->source));
	json_object_set_new(o, "kind", run_json_text(f->kind));
	json_object_set_new(o, "policy", run_json_text(f->policy));
	json_object_set_new(o, "seed", run_json_seed(f->seed));
	json_object_set_new(o, "before", json_runs(c->before, c->n_before));
	json_object_set_new(o, "after", json_runs(c->after, c->n_after));
	json_object_set_new(o, "measured", json_boolean(c->real_time));
	json_object_set_new(o, "grade",
	    json_string(rundiff_grade_word(c->grade)));
	for (i = 0; i < c->n_findings; i++)
		json_array_append_new(list, json_finding(&c->findings[i]));
	json_object_set_new(o, "findings", list);
	return o;
}

static json_t *
json_side(const struct rundiff_side *side)
{
	json_t *o = json_object();

	json_object_set_new(o, "store", run_json_text(side->store));
	json_object_set_new(o, "runs", count(side->runs));
	return o;
}

void
rundiff_write_json(const struct rundiff *d, const struct rundiff_side *before,
    const struct rundiff_side *after, struct strbuf *out)
{
	json_t *o = json_object(), *list = json_array();
	size_t i;

	json_object_set_new(o, "before", json_side(before));
	json_object_set_new(o, "after", json_side(after));
	json_object_set_new(o, "rule", json_rule(d));
	json_object_set_new(o, "compared", count(d->compared));
	json_object_set_new(o, "worse", count(d->grades[RUNDIFF_WORSE]));
	json_object_set_new(o, "still_failing",
	    count(d->grades[RUNDIFF_STILL]));
	json_object_set_new(o, "better", count(d->grades[RUNDIFF_BETTER]));
	json_object_set_new(o, "changed", count(d->grades[RUNDIFF_CHANGED]));
	json_object_set_new(o, "same", count(d->grades[RUNDIFF_SAME]));
	json_object_set_new(o, "new", count(d->only_after));
	json_object_set_new(o, "missing", count(d->only_before));
	for (i = 0; i < d->n_cases; i++)
		json_array_append_new(list, json_case(&d->cases[i]));
	json_object_set_new(o, "cases", list);
	run_json_write(o, out);
}
