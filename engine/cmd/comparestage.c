/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/comparestage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/suggest.h"
#include "cmd/cmds.h"
#include "cmd/outfile.h"
#include "cmd/storeargs.h"
#include "cmd/labcase.h"
#include "cmd/testrun.h"
#include "db/store_read.h"
#include "report/stagediff.h"
#include "sim/stage/simstage.h"

/* The stages that stored runs may be of, by the kind of the run. */
static const struct {
	const char *word, *kind;
} stages[] = { { "sim", "simulated" }, { "vm", TRACE_KIND_VM } };
#define STAGES (sizeof(stages) / sizeof(*stages))

struct comparison {
	const struct comparestage *in;
	size_t of[2]; /* numbers of the two stages */
	char *words;  /* the two stages, cut into two strings; owned */
	const char *word[2];
	struct stagediff **list; /* of each pair, and their traces; owned */
	struct trace **traces;
	size_t n, cap, n_traces, cap_traces;
	struct strbuf left_out; /* lines: what could not be compared, why */
	bool broken, bad;
};

static bool
wrong(const char *text)
{
	fprintf(stderr, "switchback compare: %s\n", text);
	return false;
}

/* The number of the stage, or STAGES after a message. */
static size_t
stage_number(const char *word)
{
	const char *words[STAGES], *near;
	size_t i;

	for (i = 0; i < STAGES; i++) {
		words[i] = stages[i].word;
		if (strcmp(word, words[i]) == 0)
			return i;
	}
	near = suggest(word, words, STAGES);
	fprintf(stderr,
	    "switchback compare: --stage: \"%s\" is no stage; %s%s\n", word,
	    near != NULL ? "did you mean " : "give two of: ",
	    near != NULL ? near : "sim,vm");
	return STAGES;
}

static bool
read_stages(struct comparison *c)
{
	char *comma;
	int i;

	c->words = mem_str(c->in->stages);
	comma = strchr(c->words, ',');
	if (comma == NULL)
		return wrong("--stage: name two, such as sim,vm");
	*comma = '\0';
	c->word[0] = c->words;
	c->word[1] = comma + 1;
	for (i = 0; i < 2; i++)
		if ((c->of[i] = stage_number(c->word[i])) == STAGES)
			return false;
	return c->of[0] != c->of[1] ||
	    wrong("--stage: name two different ones");
}

/* Whether the program can run a scenario there. */
static bool
can_run(const char *word)
{
	const char *words[STAGES];
	struct strbuf text = { 0 };
	size_t n = testrun_stage_words(words, STAGES), i;

	if (testrun_stage_find(word) != NULL)
		return true;
	strbuf_addf(&text,
	    "--stage: nothing can be run on %s here, only on:", word);
	for (i = 0; i < n; i++)
		strbuf_addf(&text, " %s", words[i]);
	strbuf_adds(&text, "; compare stored runs with --db FILE");
	wrong(strbuf_str(&text));
	strbuf_fini(&text);
	return false;
}

bool
comparestage_check(const struct comparestage *in, int n_paths)
{
	struct comparison c = { .in = in };
	bool good = read_stages(&c);

	if (!good)
		; /* told */
	else if (in->n_which == 1)
		good = wrong("--run: name two of them, one of each stage");
	else if (in->n_which > 0 && in->db == NULL)
		good = wrong("--run: of a stored run; say in which store: "
			     "--db FILE");
	else if (in->db != NULL && n_paths > 0)
		good = wrong("--db: compares stored runs, and runs no "
			     "scenario; name the runs with --run");
	else if (in->db != NULL && in->machine != NULL)
		good = wrong("--machine: stored runs have theirs");
	else if (in->db == NULL)
		good = can_run(c.word[0]) && can_run(c.word[1]);
	free(c.words);
	return good;
}

/* Takes both traces over. */
static void
add_pair(struct comparison *c, struct trace *a, int64_t run_a, struct trace *b,
    int64_t run_b)
{
	const struct stagediff_run x = { c->word[0], a, run_a };
	const struct stagediff_run y = { c->word[1], b, run_b };

	*MEM_PUSH(c->traces, c->n_traces, c->cap_traces) = a;
	*MEM_PUSH(c->traces, c->n_traces, c->cap_traces) = b;
	*MEM_PUSH(c->list, c->n, c->cap) = stagediff_new(&x, &y);
}

/* --- from a store --- */

struct stored {
	int64_t id;
	char *kind, *title, *policy;
};

struct stored_list {
	struct stored *list;
	size_t n, cap;
};

static bool
add_stored(void *ctx, const struct store_run *run)
{
	struct stored_list *l = ctx;
	struct stored *s = MEM_PUSH(l->list, l->n, l->cap);

	s->id = run->id;
	s->kind = mem_str(run->run.kind);
	s->title = mem_str(run->run.title);
	s->policy = mem_str(run->run.policy);
	return true;
}

static void
free_stored(struct stored_list *l)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		free(l->list[i].kind);
		free(l->list[i].title);
		free(l->list[i].policy);
	}
	free(l->list);
}

/* The newest run of the stage that is of the same case; NULL: there is
 * none. */
static const struct stored *
newest(const struct stored_list *l, const struct stored *like, size_t stage)
{
	const struct stored *s;
	size_t i;

	for (i = l->n; i-- > 0;) {
		s = &l->list[i];
		if (strcmp(s->kind, stages[stage].kind) == 0 &&
		    strcmp(s->title, like->title) == 0 &&
		    strcmp(s->policy, like->policy) == 0)
			return s;
	}
	return NULL;
}

static int
read_pair(struct comparison *c, struct store_reader *r, int64_t a, int64_t b,
    struct err *e)
{
	struct trace *x = NULL, *y = NULL;
	int rc = store_read_trace(r, a, &x, e);

	if (rc == 0)
		rc = store_read_trace(r, b, &y, e);
	if (rc == 0) {
		add_pair(c, x, a, y, b);
		return 0;
	}
	trace_free(x);
	return rc;
}

static int
read_newest(struct comparison *c, struct store_reader *r,
    const struct stored_list *l, struct err *e)
{
	const struct stored *s, *other;
	size_t i;
	int rc = 0;

	for (i = 0; i < l->n && rc == 0; i++) {
		s = &l->list[i];
		if (newest(l, s, c->of[0]) != s)
			continue;
		other = newest(l, s, c->of[1]);
		if (other != NULL)
			rc = read_pair(c, r, s->id, other->id, e);
		else
			strbuf_addf(&c->left_out, "%s [%s]: no run on %s\n",
			    s->title, s->policy, c->word[1]);
	}
	return rc;
}

static int
read_store(struct comparison *c, struct err *e)
{
	struct store_reader *r = NULL;
	struct stored_list l = { 0 };
	int64_t id[2];
	int rc;

	if ((rc = store_read_open(c->in->db, &r, e)) < 0)
		return rc;
	if (c->in->n_which == 2) {
		if ((rc = store_read_find(r, c->in->which[0], &id[0], e)) ==
			0 &&
		    (rc = store_read_find(r, c->in->which[1], &id[1], e)) == 0)
			rc = read_pair(c, r, id[0], id[1], e);
	} else if ((rc = store_read_runs(r, add_stored, &l, e)) == 0) {
		rc = read_newest(c, r, &l, e);
	}
	free_stored(&l);
	store_read_close(r);
	return rc;
}

/* --- runs that are made now --- */

static void
case_done(void *ctx, struct testrun_case *t)
{
	(void)ctx;
	(void)t;
}

static bool
run_stage(const struct comparison *c, int side, char *const *paths,
    struct testrun *r, int *status)
{
	r->stage = testrun_stage_find(c->word[side]);
	r->machine = c->in->machine;
	r->retries = LABCASE_RETRIES;
	*status = testrun_open(r, "compare");
	if (*status != CMD_PASS)
		return false;
	*status = CMD_INPUT;
	if (!testrun_load(r, paths, &c->in->policies))
		return false;
	testrun_plan(r, &c->in->policies, 0, 0);
	testrun_run(r, c->in->jobs, case_done, NULL);
	*status = CMD_PASS;
	return true;
}

/* Why there is nothing of this case; NULL: there is. */
static const char *
why_missing(struct comparison *c, const struct testrun_case *t)
{
	if (t->trace != NULL && t->broken == NULL)
		return NULL;
	if (t->skipped != NULL)
		return t->skipped;
	c->broken = c->broken || t->broken != NULL;
	c->bad = c->bad || t->broken == NULL;
	return t->broken != NULL ? t->broken : "it has mistakes";
}

static void
pair_cases(struct comparison *c, struct testrun r[2])
{
	struct testrun_case *t[2];
	const char *why[2];
	size_t i;
	int side;

	for (i = 0; i < r[0].n_cases && i < r[1].n_cases; i++) {
		for (side = 0; side < 2; side++) {
			t[side] = &r[side].cases[i];
			why[side] = why_missing(c, t[side]);
			if (why[side] != NULL)
				strbuf_addf(&c->left_out, "%s [%s] on %s: %s\n",
				    t[side]->file->path,
				    policy_word(t[side]->policy), c->word[side],
				    why[side]);
		}
		if (why[0] != NULL || why[1] != NULL)
			continue;
		add_pair(c, t[0]->trace, 0, t[1]->trace, 0);
		t[0]->trace = t[1]->trace = NULL;
	}
}

static int
run_both(struct comparison *c, char *const *paths)
{
	struct testrun r[2] = { 0 };
	int status;

	if (run_stage(c, 0, paths, &r[0], &status) &&
	    run_stage(c, 1, paths, &r[1], &status))
		pair_cases(c, r);
	testrun_fini(&r[0]);
	testrun_fini(&r[1]);
	return status;
}

/* --- what comes of it --- */

static void
write_text(const struct comparison *c, struct strbuf *out)
{
	size_t i, same = 0, differences = 0;

	for (i = 0; i < c->n; i++) {
		stagediff_write(c->list[i], out);
		strbuf_addc(out, '\n');
		same += stagediff_same_end(c->list[i]);
		differences += c->list[i]->n;
	}
	strbuf_addf(out,
	    "%zu compared, %zu ended in the same state, %zu difference%s\n",
	    c->n, same, differences, differences == 1 ? "" : "s");
}

static int
write_result(const struct comparison *c)
{
	struct strbuf text = { 0 };
	int status;

	if (c->in->json)
		stagediff_write_json(c->list, c->n, &text);
	else
		write_text(c, &text);
	status = outfile_write("compare", c->in->out_path, &text);
	strbuf_fini(&text);
	if (c->left_out.bytes > 0)
		fprintf(stderr, "not compared:\n%s", strbuf_str(&c->left_out));
	return status;
}

static int
status_of(const struct comparison *c)
{
	size_t i;

	if (c->broken)
		return CMD_TROUBLE;
	if (c->bad)
		return CMD_INPUT;
	if (c->n == 0)
		return CMD_NOTHING;
	for (i = 0; i < c->n; i++)
		if (!stagediff_same_end(c->list[i]) || c->list[i]->failed)
			return CMD_FAIL;
	return CMD_PASS;
}

int
comparestage_run(const struct comparestage *in, char *const *paths)
{
	struct comparison c = { .in = in };
	struct err e;
	int status = CMD_PASS;
	size_t i;

	if (!read_stages(&c))
		status = CMD_INPUT;
	else if (in->db == NULL)
		status = run_both(&c, paths);
	else if (read_store(&c, &e) < 0)
		status = storeargs_fail("compare", &e);
	if (status == CMD_PASS && (status = write_result(&c)) == CMD_PASS)
		status = status_of(&c);
	for (i = 0; i < c.n; i++)
		stagediff_free(c.list[i]);
	for (i = 0; i < c.n_traces; i++)
		trace_free(c.traces[i]);
	free(c.list);
	free(c.traces);
	free(c.words);
	strbuf_fini(&c.left_out);
	return status;
}
