/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/searchruns.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/version.h"
#include "cmd/cmds.h"
#include "cmd/storeargs.h"
#include "sim/scenario/reach.h"
#include "sim/stage/simstage.h"

static int
fail(int rc, const struct err *e)
{
	storeargs_fail("explore", e);
	return rc == ERR_INPUT || rc == ERR_VERSION ? CMD_INPUT : CMD_TROUBLE;
}

int
searchruns_open(const char *path, struct store **out)
{
	struct err e;
	int rc;

	*out = NULL;
	if (path == NULL)
		return CMD_PASS;
	rc = store_open(path, 0, out, &e);
	return rc == 0 ? CMD_PASS : fail(rc, &e);
}

int
searchruns_add(struct store *s, const struct trace *t)
{
	struct err e;
	int rc;

	if (s == NULL || t == NULL)
		return CMD_PASS;
	rc = store_add_trace(s, t, NULL, &e);
	return rc == 0 ? CMD_PASS : fail(rc, &e);
}

static void
set(char **field, char *text)
{
	free(*field);
	*field = text;
}

static void
describe(const struct explorer *x, struct trace_run *r)
{
	struct strbuf title = { 0 };

	strbuf_addf(&title, "search of seeds %" PRIu64 " to %" PRIu64, x->first,
	    x->last);
	if (x->step > 1)
		strbuf_addf(&title, ", every %" PRIu64 "th", x->step);
	set(&r->title, strbuf_take(&title));
	set(&r->kind, mem_str("search"));
	set(&r->policy, mem_str(policy_word(x->policy)));
	set(&r->version, mem_str(version_text));
	r->seed = x->first;
}

static void
add_check(const struct explorer *x, enum invariant i, struct trace *t)
{
	const struct explorer_find *f = &x->found[i];
	struct trace_check *k = MEM_PUSH(t->checks, t->n_checks, t->cap_checks);
	struct strbuf happened = { 0 };

	if (f->count > 0)
		strbuf_addf(&happened,
		    "not under seed %" PRIu64 ", first of %" PRIu64 ": %s",
		    f->seeds[0], f->count, f->violation.what);
	k->file = mem_str("");
	k->text = mem_str(invariant_name(i));
	k->expected = mem_str(invariant_sentence(i));
	k->happened = happened.bytes > 0 ? strbuf_take(&happened) : mem_str("");
	k->reason = mem_str("");
	k->verdict = f->count > 0 ? TRACE_FAIL : TRACE_PASS;
	k->at_ns = TRACE_OPEN;
	strbuf_fini(&happened);
}

static void
add_places(const struct explorer *x, struct trace *t)
{
	const char *names[REACH_MAX];
	size_t n = reach_names(names, REACH_MAX), i;

	for (i = 0; i < n; i++)
		if ((x->reached & reach_bit(names[i])) != 0)
			trace_add_reach(t, names[i]);
}

struct trace *
searchruns_summary(const struct explorer *x)
{
	struct trace *t = trace_new();
	struct strbuf text = { 0 };
	int i;

	describe(x, &t->run);
	for (i = 0; i < INVARIANTS; i++)
		if (invariant_holds_under((enum invariant)i, x->policy))
			add_check(x, (enum invariant)i, t);
	strbuf_addf(&text,
	    "%" PRIu64 " histories, %" PRIu64 " failed, %zu distinct ends",
	    x->histories, x->failed, x->ends.n);
	trace_add_note(t, 0, "explore", strbuf_str(&text));
	add_places(x, t);
	strbuf_fini(&text);
	return t;
}
