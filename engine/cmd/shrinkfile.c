/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/shrinkfile.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/words.h"
#include "cmd/cmds.h"
#include "cmd/inputs.h"
#include "cmd/textrun.h"
#include "sim/search/reduce.h"
#include "sim/stage/simstage.h"
#include "world/clock.h"

#define TRIES	 20000
#define MACHINES 2 /* its own, and the one without a machine line */

struct judge {
	const struct shrinkfile *s;
	struct ruleset *rules;
	struct profile *profiles[MACHINES];
	char *machines[MACHINES];
	char *text, *happened; /* of the expectation that must fail */
	unsigned line;
	struct trace *first; /* the run of the file as it is */
	int64_t until_ns;
};

static int
complain(const struct shrinkfile *s, const char *what)
{
	fprintf(stderr, "switchback shrink: %s: %s\n", s->path, what);
	return CMD_INPUT;
}

static const struct profile *
profile_of(void *ctx, const char *machine)
{
	const struct judge *j = ctx;
	size_t i;

	for (i = 0; i < MACHINES; i++)
		if (j->machines[i] != NULL &&
		    strcmp(j->machines[i], machine) == 0)
			return j->profiles[i];
	return NULL;
}

/* Of another run's numbers nobody says that they are the same. */
static bool
says_the_same(const char *a, const char *b)
{
	for (;; a++, b++) {
		while (isdigit((unsigned char)*a) || *a == '.')
			a++;
		while (isdigit((unsigned char)*b) || *b == '.')
			b++;
		if (*a != *b || *a == '\0')
			return *a == *b;
	}
}

static struct trace *
run_text(struct judge *j, const char *text, size_t bytes)
{
	const struct textrun r = { j->rules, j->s->policy, profile_of, j };

	return textrun(&r, j->s->path, text, bytes);
}

/* --- a failure of another kind --- */

static bool
ever_was(const struct trace *t, const char *object)
{
	size_t i;

	for (i = 0; i < t->n_states; i++)
		if (strcmp(t->states[i].field, "exists") == 0 &&
		    strcmp(t->states[i].value, "yes") == 0 &&
		    strcmp(t->states[i].object, object) == 0)
			return true;
	return false;
}

/* What it speaks of was there once, if it was before: of an aggregate that is
 * never made nearly everything is wrong. */
static bool
has_objects(const struct judge *j, const struct trace *t)
{
	const struct trace_state *s;
	size_t i;

	for (i = 0; i < j->first->n_states; i++) {
		s = &j->first->states[i];
		if (strcmp(s->field, "exists") == 0 &&
		    strcmp(s->value, "yes") == 0 &&
		    words_have(j->text, s->object) && !ever_was(t, s->object))
			return false;
	}
	return true;
}

static const char *
why_of_longest(const struct trace *t, const char *probe)
{
	const char *why = "";
	int64_t longest = -1, ns;
	size_t i;

	for (i = 0; i < t->n_gaps; i++) {
		if (strcmp(t->probes[t->gaps[i].probe].name, probe) != 0)
			continue;
		ns = t->gaps[i].to_ns - t->gaps[i].from_ns;
		if (ns > longest) {
			longest = ns;
			why = t->gaps[i].why;
		}
	}
	return why;
}

/* Packets are lost for the same reason, and not all of them. */
static bool
loses_alike(const struct judge *j, const struct trace *t)
{
	const struct trace_probe *p;
	size_t i;

	for (i = 0; i < t->n_probes; i++) {
		p = &t->probes[i];
		if (words_have(j->text, p->name) &&
		    (p->delivered == 0 ||
			strcmp(why_of_longest(t, p->name),
			    why_of_longest(j->first, p->name)) != 0))
			return false;
	}
	return true;
}

static bool
fails_the_same(void *ctx, const char *text, size_t bytes)
{
	struct judge *j = ctx;
	struct trace *t = run_text(j, text, bytes);
	bool same = false;
	size_t i;

	for (i = 0; t != NULL && i < t->n_checks; i++)
		same = same ||
		    (t->checks[i].verdict == TRACE_FAIL &&
			strcmp(t->checks[i].text, j->text) == 0 &&
			says_the_same(t->checks[i].happened, j->happened));
	same = same && has_objects(j, t) && loses_alike(j, t);
	trace_free(t);
	return same;
}

static bool
is_late(void *ctx)
{
	const struct judge *j = ctx;

	return clock_monotonic() >= j->until_ns;
}

/* --- the file as it is --- */

/* What it says stands in other files, or takes real shells. */
static const char *
why_not(const struct scenario *scn)
{
	size_t i;

	if (scn->recording != NULL)
		return "it replays a recording, which cannot be shortened here";
	if (scn->n_rc_files > 0)
		return "it names an rc.conf-file: write its variables into "
		       "the scenario";
	for (i = 0; i < scn->n_steps; i++)
		if (scn->steps[i].kind == SCN_USER_SH)
			return "it runs real shells, which take real time";
	if (scn->n_shells > 0 || scn->shell_actions)
		return "it runs real shells, which take real time";
	return NULL;
}

/* Each at line outside of repetitions gets the time that it comes to, so that
 * one can go without the others'. */
static void
make_absolute(const struct scenario *scn, const char *text, struct strbuf *out)
{
	char when[DUR_TEXT];
	unsigned line = 1;
	bool block = false;
	const char *end, *rest;
	int64_t at_ns;
	size_t i;

	for (; *text != '\0'; text = end, line++) {
		end = text + strcspn(text, "\n");
		end += *end == '\n';
		block =
		    strncmp(text, "repeat ", 7) == 0 || (block && *text != '}');
		at_ns = -1;
		for (i = 0; i < scn->n_steps && !block; i++)
			if (scn->steps[i].line == line)
				at_ns = scn->steps[i].at_ns;
		rest = text + 3 + strspn(text + 3, " ");
		rest += strcspn(rest, " \n");
		if (strncmp(text, "at ", 3) == 0 && !block &&
		    strncmp(rest + strspn(rest, " "), "end\n", 4) == 0)
			at_ns = scn->end_ns;
		if (strncmp(text, "at ", 3) == 0 && at_ns >= 0) {
			strbuf_addf(out, "at %s", dur_format(at_ns, when));
			text = rest;
		}
		strbuf_add(out, text, (size_t)(end - text));
	}
}

static bool
read_machines(struct judge *j, const struct scenario *scn)
{
	static const char *const usual = "qemu-freebsd";

	j->machines[0] = mem_str(scn->machine);
	j->profiles[0] = input_profile(scn->machine);
	if (strcmp(scn->machine, usual) != 0) {
		j->machines[1] = mem_str(usual);
		j->profiles[1] = input_profile(usual);
	}
	j->rules = input_rules(scn);
	return j->rules != NULL && j->profiles[0] != NULL;
}

/* Which expectation it is about. */
static bool
find_target(struct judge *j, const char *text, size_t bytes)
{
	struct trace *t = run_text(j, text, bytes);
	const struct trace_check *k;
	size_t i;

	for (i = 0; t != NULL && i < t->n_checks && j->text == NULL; i++) {
		k = &t->checks[i];
		if (k->verdict != TRACE_FAIL ||
		    (j->s->line > 0 && j->s->line != k->line))
			continue;
		j->text = mem_str(k->text);
		j->happened = mem_str(k->happened);
		j->line = k->line;
	}
	j->first = t;
	return j->text != NULL;
}

static int
no_target(const struct shrinkfile *s)
{
	if (s->line > 0)
		fprintf(stderr,
		    "switchback shrink: %s:%" PRId64
		    ": no expectation in this line fails under %s\n",
		    s->path, s->line, policy_word(s->policy));
	else
		fprintf(stderr,
		    "switchback shrink: %s: no expectation fails under %s\n",
		    s->path, policy_word(s->policy));
	return CMD_FAIL;
}

static void
judge_fini(struct judge *j)
{
	size_t i;

	for (i = 0; i < MACHINES; i++) {
		profile_free(j->profiles[i]);
		free(j->machines[i]);
	}
	trace_free(j->first);
	ruleset_free(j->rules);
	free(j->text);
	free(j->happened);
}

static int
shrink(struct judge *j, const struct scenario *scn, const char *text,
    struct strbuf *out)
{
	struct reduce r = { .holds = fails_the_same,
		.ctx = j,
		.most_tries = TRIES,
		.enough = j->s->most_ns > 0 ? is_late : NULL };
	struct strbuf shorter = { 0 };
	struct diag quiet = { 0 };
	char *formatted;

	if (!find_target(j, text, strlen(text)))
		return no_target(j->s);
	make_absolute(scn, text, &shorter);
	/* Should times as they come to be not do, it is left as it is. */
	if (fails_the_same(j, strbuf_str(&shorter), shorter.bytes))
		reduce_run(&r, &shorter, j->line);
	formatted = scenario_format(j->s->path, strbuf_str(&shorter),
	    shorter.bytes, &quiet);
	strbuf_adds(out, formatted != NULL ? formatted : text);
	free(formatted);
	strbuf_fini(&shorter);
	return CMD_PASS;
}

int
shrinkfile_run(const struct shrinkfile *s, struct strbuf *out)
{
	struct judge j = { .s = s, .until_ns = clock_monotonic() + s->most_ns };
	struct scenario *scn = input_scenario_text(s->path);
	struct strbuf text = { 0 };
	struct err e;
	int status = CMD_INPUT;

	if (scn == NULL)
		return CMD_INPUT;
	if (why_not(scn) != NULL)
		status = complain(s, why_not(scn));
	else if (input_read(s->path, &text, &e) < 0)
		status = complain(s, e.text);
	else if (read_machines(&j, scn))
		status = shrink(&j, scn, strbuf_str(&text), out);
	judge_fini(&j);
	scenario_free(scn);
	strbuf_fini(&text);
	return status;
}
