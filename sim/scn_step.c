/* SPDX-License-Identifier: BSD-2-Clause */
/* Times, `at` lines and repeat { }. */
#include "sim/scn_parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"

#define GRACE_NS       (10 * DUR_SEC)	  /* from the last step to the end */
#define STEP_BYTES_MAX (64 * 1024 * 1024) /* of text in all steps */
#define TIMES_MAX      100000		  /* of one record */

static bool
is_mark_name(const char *s, size_t bytes)
{
	return bytes <= SCN_MARK_MAX && scn_is_name(s, bytes, ".-");
}

/* Whether the name ends as if something were subtracted: "x-5s". */
static const char *
offset_in(const char *s)
{
	const char *sign = strrchr(s, '+');
	int64_t ns;

	if (sign == NULL)
		sign = strrchr(s, '-');
	if (sign == NULL || sign == s ||
	    !dur_parse(sign + 1, strlen(sign + 1), &ns))
		return NULL;
	return sign;
}

static bool
read_time(struct scn_parser *p, const struct scn_token *t, struct scn_time *out)
{
	const char *s = t->text, *sign;
	bool plus = s[0] == '+';
	size_t bytes = strlen(s);

	out->kind = plus ? SCN_AT_PREVIOUS : SCN_AT_START;
	if (t->kind == SCN_TOKEN_WORD &&
	    dur_parse(s + plus, bytes - plus, &out->offset_ns))
		return out->offset_ns <= SCN_TIME_MAX ||
		    scn_error(p, t, "a time is at most 366 days");
	out->kind = SCN_AT_MARK;
	out->offset_ns = 0;
	sign = offset_in(s);
	if (sign != NULL) {
		dur_parse(sign + 1, strlen(sign + 1), &out->offset_ns);
		if (out->offset_ns > SCN_TIME_MAX)
			return scn_error(p, t, "a time is at most 366 days");
		if (*sign == '-')
			out->offset_ns = -out->offset_ns;
		bytes = (size_t)(sign - s);
	}
	if (t->kind != SCN_TOKEN_WORD || !is_mark_name(s, bytes))
		return scn_error(p, t,
		    "`%.64s` is not a time; write 10s, +10s, MARK, MARK+10s "
		    "or MARK-10s",
		    s);
	out->mark = mem_strn(s, bytes);
	return true;
}

bool
scn_need_time(struct scn_parser *p, struct scn_time *out)
{
	const struct scn_token *t = scn_need(p, "a time");

	memset(out, 0, sizeof(*out));
	if (t != NULL && read_time(p, t, out)) {
		out->line = t->line;
		out->col = t->col;
		return true;
	}
	/* A line with a bad time goes on as if it said +0s. */
	out->kind = SCN_AT_PREVIOUS;
	out->offset_ns = 0;
	return false;
}

static bool time_error(struct scn_parser *p, const struct scn_time *t,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Times may be looked at long after their line. */
static bool
time_error(struct scn_parser *p, const struct scn_time *t, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	if (p->quiet)
		return false;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	diag_report(p->d, DIAG_ERROR, p->path, t->line, t->col, "%s", text);
	return false;
}

static bool
mark_time(struct scn_parser *p, const struct scn_time *t, const char *where,
    int64_t *ns)
{
	const struct scn_named *mark = scn_names_find(&p->marks, t->mark);
	const char *near;

	if (mark != NULL) {
		*ns = mark->value;
		return true;
	}
	if (strcmp(t->mark, "start") == 0) {
		*ns = 0;
		return true;
	}
	near = scn_names_nearest(&p->marks, t->mark);
	if (near != NULL)
		return time_error(p, t,
		    "no mark `%.64s` is set%s; did you mean `%s`?", t->mark,
		    where, near);
	return time_error(p, t,
	    "no mark `%.64s` is set%s; set it with: at TIME mark %.64s",
	    t->mark, where, t->mark);
}

bool
scn_resolve_time(struct scn_parser *p, const struct scn_time *t,
    int64_t base_ns, int64_t *ns)
{
	switch (t->kind) {
	case SCN_AT_START:
		base_ns = 0;
		break;
	case SCN_AT_PREVIOUS:
		if (base_ns < 0)
			return time_error(p, t,
			    "+DURATION counts from the `at` before, and there "
			    "is none here; write it without the +");
		break;
	case SCN_AT_MARK:
		if (!mark_time(p, t, base_ns < 0 ? "" : " above", &base_ns))
			return false;
		break;
	}
	if (base_ns + t->offset_ns < 0)
		return time_error(p, t, "this is before the start of the run");
	if (base_ns + t->offset_ns > SCN_TIME_MAX)
		return time_error(p, t,
		    "this is more than 366 days after the start");
	*ns = base_ns + t->offset_ns;
	return true;
}

/* --- what happens --- */

static bool
need_declared(struct scn_parser *p, enum scn_use_kind kind, const char *what,
    struct scn_step *step)
{
	const struct scn_token *t = NULL;

	if (!scn_need_ifname(p, what, &t))
		return false;
	scn_use(p, kind, t);
	step->name = mem_str(t->text);
	return true;
}

/* One of two words; *second tells which. */
static bool
need_either(struct scn_parser *p, const char *first, const char *second,
    bool *is_first)
{
	const char *const known[] = { first, second };
	const struct scn_token *t = scn_peek(p);

	*is_first = scn_accept(p, first);
	if (*is_first || scn_accept(p, second))
		return true;
	if (t == NULL)
		return scn_error(p, NULL, "`%s` or `%s` is missing", first,
		    second);
	return scn_unknown(p, t, "word", known, 2);
}

static bool
read_vf(struct scn_parser *p, struct scn_step *step)
{
	const struct scn_token *t = NULL;

	if (!need_declared(p, SCN_USE_VF, "the vf's name", step))
		return false;
	if (step->kind == SCN_VF_LINK)
		return need_either(p, "up", "down", &step->up);
	if (step->kind == SCN_VF_ATTACH && scn_accept(p, "as")) {
		if (!scn_need_ifname(p, "the new interface name", &t))
			return false;
		step->as = mem_str(t->text);
	}
	return true;
}

static bool
read_host(struct scn_parser *p, struct scn_step *step)
{
	if (!need_declared(p, SCN_USE_NIC, "the nic's name", step))
		return false;
	if (step->kind == SCN_HOST_MEDIA)
		return need_either(p, "connect", "disconnect", &step->up);
	return true;
}

static bool
read_freeze(struct scn_parser *p, struct scn_step *step)
{
	return scn_need_dur(p, "the time frozen", &step->duration_ns);
}

static bool
read_nothing(struct scn_parser *p, struct scn_step *step)
{
	(void)p;
	(void)step;
	return true;
}

static bool
read_user(struct scn_parser *p, struct scn_step *step)
{
	return scn_need_string(p, "the command line", &step->text);
}

static bool
read_record(struct scn_parser *p, struct scn_step *step)
{
	int64_t times;

	if (!scn_need_string(p, "the record", &step->text))
		return false;
	if (!scn_accept(p, "times"))
		return true;
	if (!scn_need_num(p, "the number of times", 1, TIMES_MAX, &times))
		return false;
	step->times = (unsigned)times;
	return true;
}

static const struct {
	const char *first, *second; /* second may be NULL */
	enum scn_stimulus kind;
	bool (*read)(struct scn_parser *p, struct scn_step *step);
} stimuli[] = {
	{ "vf", "attach", SCN_VF_ATTACH, read_vf },
	{ "vf", "eject", SCN_VF_EJECT, read_vf },
	{ "vf", "rescind", SCN_VF_RESCIND, read_vf },
	{ "vf", "link", SCN_VF_LINK, read_vf },
	{ "host", "network-change", SCN_HOST_NETCHANGE, read_host },
	{ "host", "media", SCN_HOST_MEDIA, read_host },
	{ "vm", "freeze", SCN_VM_FREEZE, read_freeze },
	{ "daemon", "kill", SCN_DAEMON_KILL, read_nothing },
	{ "daemon", "start", SCN_DAEMON_START, read_nothing },
	{ "daemon", "restart", SCN_DAEMON_RESTART, read_nothing },
	{ "user", NULL, SCN_USER, read_user },
	{ "record", NULL, SCN_RECORD, read_record },
	{ "mark", NULL, SCN_MARK, read_nothing },
	{ "end", NULL, SCN_END, read_nothing },
};
#define N_STIMULI (sizeof(stimuli) / sizeof(stimuli[0]))

static bool
read_stimulus(struct scn_parser *p, struct scn_step *step)
{
	const char *known[N_STIMULI];
	const struct scn_token *t = scn_need(p, "what happens"), *second;
	size_t i, n = 0;

	if (t == NULL)
		return false;
	for (i = 0; i < N_STIMULI; i++)
		if (n == 0 || strcmp(known[n - 1], stimuli[i].first) != 0)
			known[n++] = stimuli[i].first;
	for (i = 0; i < N_STIMULI; i++)
		if (strcmp(stimuli[i].first, t->text) == 0)
			break;
	if (i == N_STIMULI || t->kind != SCN_TOKEN_WORD)
		return scn_unknown(p, t, "stimulus", known, n);
	if (stimuli[i].kind == SCN_MARK)
		p->at--; /* the mark itself is read where all marks are */
	if (stimuli[i].second != NULL) {
		if ((second = scn_need(p, "what happens to it")) == NULL)
			return false;
		for (n = 0;
		     i < N_STIMULI && strcmp(stimuli[i].first, t->text) == 0;
		     i++) {
			known[n++] = stimuli[i].second;
			if (strcmp(stimuli[i].second, second->text) == 0)
				break;
		}
		if (i == N_STIMULI || strcmp(stimuli[i].first, t->text) != 0)
			return scn_unknown(p, second, "stimulus", known, n);
	}
	step->kind = stimuli[i].kind;
	return stimuli[i].read(p, step);
}

static bool
read_mark(struct scn_parser *p, struct scn_step *step)
{
	const struct scn_token *t;

	if (!scn_accept(p, "mark"))
		return true;
	if ((t = scn_need(p, "the mark's name")) == NULL)
		return false;
	if (t->kind != SCN_TOKEN_WORD ||
	    !is_mark_name(t->text, strlen(t->text)))
		return scn_error(p, t,
		    "`%.64s` is not a mark's name: letters, digits, `_`, `.` "
		    "and `-`, a letter first, at most %d bytes",
		    t->text, SCN_MARK_MAX);
	if (offset_in(t->text) != NULL)
		return scn_error(p, t,
		    "`%s` reads as a mark minus a duration; choose another "
		    "name",
		    t->text);
	if (strcmp(t->text, "start") == 0 || strcmp(t->text, "end") == 0)
		return scn_error(p, t,
		    "`%s` is the %s of the run; choose another name", t->text,
		    t->text);
	step->mark = mem_str(t->text);
	return true;
}

static void
step_fini(struct scn_step *step)
{
	free(step->name);
	free(step->as);
	free(step->text);
	free(step->mark);
	memset(step, 0, sizeof(*step));
}

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
		read_mark(p, step);
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
	size_t bytes = step->text == NULL ? 0 : strlen(step->text);

	p->step_bytes += bytes;
	if (s->n_steps >= SCN_REPEAT_MAX || p->step_bytes > STEP_BYTES_MAX) {
		diag_report(p->d, DIAG_ERROR, p->path, step->line, step->col,
		    "more than %d steps, or 64 MiB of text in them; repeat "
		    "less often",
		    SCN_REPEAT_MAX);
		step_fini(step);
		return false;
	}
	if (step->mark != NULL &&
	    (older = scn_names_add(&p->marks, step->mark, step->at_ns,
		 step->line)) != NULL) {
		diag_report(p->d, DIAG_ERROR, p->path, step->line, step->col,
		    "mark `%s` is set already, in line %u; give this one "
		    "another name",
		    step->mark, older->line);
		step_fini(step);
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
	return time_error(p, t,
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
	    read_stimulus(p, &r.step) && read_mark(p, &r.step) &&
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
		step_fini(&p->body[i].step);
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
		return time_error(p, &p->repeat_from,
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

static void
sort_steps(struct scenario *s)
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
	sort_steps(s);
}
