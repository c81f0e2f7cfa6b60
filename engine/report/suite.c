/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/suite.h"

#include <inttypes.h>

#include "report/clean.h"
#include "report/run_json.h"
#include "report/suite_parts.h"
#include "report/verdict.h"

const char *
suite_version(const struct suite_case *c)
{
	const char *version = c->trace == NULL ? NULL : c->trace->run.version;

	return version != NULL && *version != '\0' ? version : NULL;
}

bool
suite_has_failed(const struct suite_case *c)
{
	return c->error != NULL ||
	    (c->trace != NULL && verdict_count(c->trace).failed > 0);
}

struct suite_totals
suite_total(const struct suite_case *cases, size_t n)
{
	struct suite_totals t = { 0 };
	size_t i;

	for (i = 0; i < n; i++) {
		if (cases[i].skipped != NULL)
			t.skipped++;
		else if (suite_has_failed(&cases[i]))
			t.failed++;
		else
			t.passed++;
		t.errors += cases[i].error != NULL;
	}
	return t;
}

void
suite_label(const struct suite_case *c, struct strbuf *out)
{
	clean_text(out, c->name);
	strbuf_addf(out, " [%s]", c->policy);
	if (c->seeded)
		strbuf_addf(out, " seed %" PRIu64, c->seed);
}

static json_t *
json_case(const struct suite_case *c)
{
	json_t *o = json_object();

	json_object_set_new(o, "scenario", run_json_text(c->name));
	json_object_set_new(o, "policy", run_json_text(c->policy));
	json_object_set_new(o, "seed", run_json_seed(c->seed));
	json_object_set_new(o, "result",
	    run_json_text(c->skipped != NULL ? "skipped"
		    : suite_has_failed(c)    ? "failed"
					     : "passed"));
	json_object_set_new(o, "skipped", run_json_text(c->skipped));
	json_object_set_new(o, "error", run_json_text(c->error));
	json_object_set_new(o, "repeat", run_json_text(c->repeat));
	json_object_set_new(o, "version", run_json_text(suite_version(c)));
	if (c->trace != NULL) {
		json_object_set_new(o, "checks", run_json_checks(c->trace));
		json_object_set_new(o, "probes", run_json_probes(c->trace));
	}
	return o;
}

void
suite_write_json(const struct suite_case *cases, size_t n, struct strbuf *out)
{
	struct suite_totals t = suite_total(cases, n);
	json_t *root = json_object(), *list = json_array();
	size_t i;

	for (i = 0; i < n; i++)
		json_array_append_new(list, json_case(&cases[i]));
	json_object_set_new(root, "passed", json_integer((json_int_t)t.passed));
	json_object_set_new(root, "failed", json_integer((json_int_t)t.failed));
	json_object_set_new(root, "skipped",
	    json_integer((json_int_t)t.skipped));
	json_object_set_new(root, "cases", list);
	run_json_write(root, out);
}

void
suite_write(enum suite_format format, const struct suite_case *cases, size_t n,
    bool color, bool verbose, struct strbuf *out)
{
	switch (format) {
	case SUITE_TEXT:
		suite_write_text(cases, n, color, verbose, out);
		break;
	case SUITE_TAP:
		suite_write_tap(cases, n, out);
		break;
	case SUITE_JUNIT:
		suite_write_junit(cases, n, out);
		break;
	case SUITE_JSON:
		suite_write_json(cases, n, out);
		break;
	case SUITE_MARKDOWN:
		suite_write_markdown(cases, n, out);
		break;
	}
}
