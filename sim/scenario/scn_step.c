/* SPDX-License-Identifier: BSD-2-Clause */
/* `at` lines and repeat { }. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "sim/scenario/scn_cursor.h"

#define GRACE_NS       (10 * DUR_SEC)	  /* from the last step to the end */
#define STEP_BYTES_MAX (64 * 1024 * 1024) /* of text in all steps */

/* A line with a mistake still sets its mark: later lines that use it are not
 * wrong. */
static void
salvage(struct scn_parser *p, struct scn_step *step)
{
	bool quiet = p->quiet;
	size_t i;

	p->quiet = true;
	for (i = 2; step->mark == NULL && i + 1 < p->line.n_tokens; i++) {
		p->at = i;
		scn_read_mark(p, step);
	}
	step->kind = SCN_MARK;
	p->quiet = quiet;
}

/* Takes the step over. False when a mistake was reported. */
static bool
put_step(struct scn_parser *p, struct scn_step *step)
{
	const struct scn_named *older;
	struct scenario *s = p->s;
	size_t bytes = step->text == NULL ? 0 : strlen(step->text), i;

	for (i = 0; i < step->n_pairs; i++)
		bytes += strlen(step->pairs[i].value);
	p->step_bytes += bytes;
	if (s->n_steps >= SCN_REPEAT_MAX || p->step_bytes > STEP_BYTES_MAX) {
		diag_report(p->d, DIAG_ERROR, p->path, step->line, step->col,
		    "more than %d steps, or 64 MiB of text in them; repeat "
		    "less often",
		    SCN_REPEAT_MAX);
		scn_step_fini(step);
		return false;
	}
	if (step->mark != NULL &&
	    (older = scn_names_add(&p->marks, step->mark, step->at_ns,
		 step->line)) != NULL) {
		diag_report(p->d, DIAG_ERROR, p->path, step->line, step->col,
		    "mark `%s` is set already, in line %u; give this one "
		    "another name",
		    step->mark, older->line);
		scn_step_fini(step);
		return false;
	}
	if (step->at_ns > p->last_ns)
		p->last_ns = step->at_ns;
	p->previous_ns = step->at_ns;
	*MEM_PUSH(s->steps, s->n_steps, s->cap_steps) = *step;
	memset(step, 0, sizeof(*step));
	return true;
}

static bool
check_end(struct scn_parser *p, const struct scn_step *step,
    const struct scn_token *t)
{
	if (step->kind != SCN_END)
		return true;
	if (p->in_repeat)
		return scn_error(p, t,
		    "`end` cannot be repeated; put it behind the }");
	if (p->ended) {
		p->end_again = true;
		return scn_error(p, t,
		    "the end is given already, in line %u; keep one",
		    p->end_line);
	}
	p->ended = true;
	p->end_line = t->line;
	return true;
}

static bool
check_round_time(struct scn_parser *p, const struct scn_time *t)
{
	if (!p->in_repeat || t->kind != SCN_AT_START)
		return true;
	return scn_time_error(p, t,
	    "an absolute time cannot be repeated; write +DURATION, which "
	    "counts from the `at` before or from the round's start");
}

bool
scn_stmt_at(struct scn_parser *p)
{
	const struct scn_token *word = &p->line.tokens[0];
	struct scn_round r = { 0 };
	bool good;

	r.step.line = word->line;
	r.step.col = word->col;
	r.step.times = 1;
	good = scn_need_time(p, &r.time) && check_round_time(p, &r.time) &&
	    scn_read_stimulus(p, &r.step) && scn_read_mark(p, &r.step) &&
	    scn_no_more(p, "this step") && check_end(p, &r.step, word);
	if (!good)
		salvage(p, &r.step);
	if (p->in_repeat) {
		*MEM_PUSH(p->body, p->n_body, p->cap_body) = r;
		return good;
	}
	if (!scn_resolve_time(p, &r.time, p->previous_ns, &r.step.at_ns))
		good = false;
	free(r.time.mark);
	if (!put_step(p, &r.step))
		good = false;
	return good;
}

/* --- repeat --- */

void
scn_drop_body(struct scn_parser *p)
{
	size_t i;

	for (i = 0; i < p->n_body; i++) {
		scn_step_fini(&p->body[i].step);
		free(p->body[i].time.mark);
	}
	p->n_body = 0;
}

static bool
read_repeat(struct scn_parser *p)
{
	p->rounds = 1;
	p->every_ns = 0;
	p->repeat_from = (struct scn_time){ .kind = SCN_AT_PREVIOUS,
		.line = p->repeat_line,
		.col = p->repeat_col };
	if (!scn_need_num(p, "the number of rounds", 1, SCN_REPEAT_MAX,
		&p->rounds) ||
	    !scn_need_word(p, "every", "the number of rounds") ||
	    !scn_need_dur(p, "the time between rounds", &p->every_ns))
		return false;
	if (scn_accept(p, "from") && !scn_need_time(p, &p->repeat_from))
		return false;
	return scn_need_word(p, "{", "the repetition") &&
	    scn_no_more(p, "the {");
}

bool
scn_stmt_repeat(struct scn_parser *p)
{
	const struct scn_token *t = &p->line.tokens[0];
	bool good;

	/* Opened even when its head is wrong, so that its body and its } are
	 * read for what they are. */
	p->in_repeat = true;
	p->repeat_line = t->line;
	p->repeat_col = t->col;
	good = read_repeat(p);
	if (!good) {
		p->rounds = 1;
		free(p->repeat_from.mark);
		p->repeat_from = (struct scn_time){ .kind = SCN_AT_START };
	}
	return good;
}

static char *
copy_or_null(const char *s)
{
	return s == NULL ? NULL : mem_str(s);
}

static void
copy_pairs(struct scn_step *to, const struct scn_step *from)
{
	struct scn_pair *pair;
	size_t i;

	to->pairs = NULL;
	to->n_pairs = to->cap_pairs = 0;
	for (i = 0; i < from->n_pairs; i++) {
		pair = MEM_PUSH(to->pairs, to->n_pairs, to->cap_pairs);
		*pair = from->pairs[i];
		pair->name = mem_str(pair->name);
		pair->value = mem_str(pair->value);
	}
}

static bool
round_time(struct scn_parser *p, const struct scn_time *t, int64_t round,
    int64_t base_ns, int64_t *ns)
{
	char local[SCN_MARK_MAX + 24];
	struct scn_time mine = *t;

	if (t->kind == SCN_AT_MARK) {
		snprintf(local, sizeof(local), "%.*s.%lld", SCN_MARK_MAX,
		    t->mark, (long long)round);
		if (scn_names_find(&p->marks, local) != NULL)
			mine.mark = local;
	}
	return scn_resolve_time(p, &mine, base_ns, ns);
}

static bool
put_round(struct scn_parser *p, int64_t round, int64_t start_ns)
{
	char mark[SCN_MARK_MAX + 24];
	const struct scn_round *r;
	struct scn_step step;
	size_t i;

	p->previous_ns = start_ns;
	for (i = 0; i < p->n_body; i++) {
		r = &p->body[i];
		step = r->step;
		if (!round_time(p, &r->time, round, p->previous_ns,
			&step.at_ns))
			return false;
		step.name = copy_or_null(r->step.name);
		step.as = copy_or_null(r->step.as);
		step.text = copy_or_null(r->step.text);
		copy_pairs(&step, &r->step);
		if (r->step.mark != NULL) {
			snprintf(mark, sizeof(mark), "%s.%lld", r->step.mark,
			    (long long)round);
			step.mark = mem_str(mark);
		}
		if (!put_step(p, &step))
			return false;
	}
	return true;
}

static bool
put_rounds(struct scn_parser *p)
{
	int64_t from_ns, i;

	if (!scn_resolve_time(p, &p->repeat_from, p->previous_ns, &from_ns))
		return false;
	if (p->rounds > 1 && p->every_ns > SCN_TIME_MAX / (p->rounds - 1))
		return scn_time_error(p, &p->repeat_from,
		    "the last round begins more than 366 days after the "
		    "first; repeat less often");
	for (i = 0; i < p->rounds; i++)
		if (!put_round(p, i + 1, from_ns + i * p->every_ns))
			return false;
	return true;
}

void
scn_leave_repeat(struct scn_parser *p)
{
	put_rounds(p);
	scn_drop_body(p);
	free(p->repeat_from.mark);
	p->repeat_from.mark = NULL;
	p->in_repeat = false;
	p->left_early = true;
}

bool
scn_stmt_close(struct scn_parser *p)
{
	const struct scn_token *t = &p->line.tokens[0];
	bool empty = p->in_repeat && p->n_body == 0;
	bool left_early = p->left_early;

	if (!p->in_repeat) {
		p->left_early = false;
		if (left_early)
			return true;
		return scn_error(p, t,
		    "there is no open repeat { that this } would close");
	}
	scn_leave_repeat(p);
	p->left_early = left_early;
	if (empty)
		return scn_error(p, t,
		    "there is nothing to repeat; put `at` "
		    "lines between { and }");
	return scn_no_more(p, "the }");
}

/* --- after the last line --- */

struct sort_key {
	int64_t at_ns;
	bool end; /* last among equals: nothing happens after it */
	size_t number;
};

static int
by_time(const void *va, const void *vb)
{
	const struct sort_key *a = va, *b = vb;

	if (a->at_ns != b->at_ns)
		return a->at_ns < b->at_ns ? -1 : 1;
	if (a->end != b->end)
		return a->end ? 1 : -1;
	return a->number < b->number ? -1 : 1;
}

void
scenario_sort_steps(struct scenario *s)
{
	struct scn_step *sorted = mem_zero(s->n_steps, sizeof(*sorted));
	struct sort_key *keys = mem_zero(s->n_steps, sizeof(*keys));
	size_t i;

	for (i = 0; i < s->n_steps; i++) {
		keys[i].at_ns = s->steps[i].at_ns;
		keys[i].end = s->steps[i].kind == SCN_END;
		keys[i].number = i;
	}
	qsort(keys, s->n_steps, sizeof(*keys), by_time);
	for (i = 0; i < s->n_steps; i++)
		sorted[i] = s->steps[keys[i].number];
	free(keys);
	free(s->steps);
	s->steps = sorted;
	s->cap_steps = s->n_steps;
}

void
scn_finish_steps(struct scn_parser *p)
{
	struct scenario *s = p->s;
	struct scn_step *step;
	size_t i;

	if (!p->ended) {
		step = MEM_PUSH(s->steps, s->n_steps, s->cap_steps);
		step->kind = SCN_END;
		step->times = 1;
		step->at_ns = p->last_ns + GRACE_NS;
	}
	for (i = 0; i < s->n_steps; i++)
		if (s->steps[i].kind == SCN_END)
			s->end_ns = s->steps[i].at_ns;
	for (i = 0; p->ended && !p->end_again && i < s->n_steps; i++)
		if (s->steps[i].at_ns > s->end_ns) {
			diag_report(p->d, DIAG_ERROR, p->path, s->steps[i].line,
			    s->steps[i].col,
			    "this step comes after the end given in line %u; "
			    "move one of the two",
			    p->end_line);
			break;
		}
	scenario_sort_steps(s);
}
