/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults that strike a run. */
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "sim/scenario/errnos.h"
#include "sim/scenario/scn_cursor.h"

#define NTH_MAX	   100000
#define ERRNOS_MAX 64

static bool
read_by(struct scn_parser *p, struct scn_injection *f)
{
	return scn_need_word(p, "by", "the text") &&
	    scn_need_dur(p, "how long", &f->by_ns);
}

static bool
read_status(struct scn_parser *p, struct scn_injection *f)
{
	int64_t status = 0;

	if (!scn_need_word(p, "with", "the text") ||
	    !scn_need_num(p, "the exit status", 1, 255, &status))
		return false;
	f->number = (int)status;
	return true;
}

static bool
read_errno(struct scn_parser *p, struct scn_injection *f)
{
	const char *names[ERRNOS_MAX];
	const struct scn_token *t;
	int64_t number = 0;

	if (!scn_need_word(p, "errno", "the text") ||
	    (t = scn_need(p, "an errno such as EBUSY")) == NULL)
		return false;
	f->number = errno_by_name(t->text);
	if (f->number == 0 &&
	    num_parse(t->text, strlen(t->text), 1, 96, &number))
		f->number = (int)number;
	if (f->number == 0 || t->kind != SCN_TOKEN_WORD)
		return scn_unknown(p, t, "errno", names,
		    errno_names(names, ERRNOS_MAX));
	return true;
}

static bool
read_nothing(struct scn_parser *p, struct scn_injection *f)
{
	(void)p;
	(void)f;
	return true;
}

/* What a kind of fault is, in words: fault FIRST SECOND [THIRD] "TEXT". */
static const struct kind {
	const char *first, *second;
	const char *third; /* "before": the killing of a daemon */
	enum scn_break what;
	bool (*rest)(struct scn_parser *p, struct scn_injection *f);
} kinds[] = {
	{ "record", "lose", NULL, SCN_RECORD_LOSE, read_nothing },
	{ "record", "double", NULL, SCN_RECORD_DOUBLE, read_nothing },
	{ "record", "delay", NULL, SCN_RECORD_DELAY, read_by },
	{ "record", "reorder", NULL, SCN_RECORD_REORDER, read_nothing },
	{ "command", "fails", NULL, SCN_COMMAND_FAILS, read_status },
	{ "command", "hangs", NULL, SCN_COMMAND_HANGS, read_nothing },
	{ "command", "slow", NULL, SCN_COMMAND_SLOW, read_by },
	{ "operation", "fails", NULL, SCN_OPERATION_FAILS, read_errno },
	{ "operation", "slow", NULL, SCN_OPERATION_SLOW, read_by },
	{ "daemon", "killed", "before", SCN_DAEMON_KILLED_BEFORE,
	    read_nothing },
	{ "daemon", "killed", "during", SCN_DAEMON_KILLED_DURING,
	    read_nothing },
	{ "daemon", "killed", "after", SCN_DAEMON_KILLED_AFTER, read_nothing },
};
#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

static const char *
word_of(const struct kind *k, int n)
{
	return n == 0 ? k->first : n == 1 ? k->second : k->third;
}

/* Reads word n of the kinds low..high, which have the words before it, and
 * keeps those that have this one too. */
static bool
narrow(struct scn_parser *p, int n, size_t *low, size_t *high)
{
	static const char *const what[] = { "what is at fault",
		"what is wrong with it", "when it is killed" };
	const struct scn_token *t = scn_need(p, what[n]);
	const char *known[N_KINDS];
	size_t i, count = 0, first = N_KINDS;

	if (t == NULL)
		return false;
	for (i = *low; i < *high; i++) {
		if (count == 0 ||
		    strcmp(known[count - 1], word_of(&kinds[i], n)) != 0)
			known[count++] = word_of(&kinds[i], n);
		if (!scn_is_word(t, word_of(&kinds[i], n)))
			continue;
		if (first == N_KINDS)
			first = i;
	}
	if (first == N_KINDS)
		return scn_unknown(p, t, "fault", known, count);
	for (i = first; i < *high; i++)
		if (!scn_is_word(t, word_of(&kinds[i], n)))
			break;
	*low = first;
	*high = i;
	return true;
}

static bool
read_kind(struct scn_parser *p, struct scn_injection *f)
{
	size_t low = 0, high = N_KINDS;

	if (!narrow(p, 0, &low, &high) || !narrow(p, 1, &low, &high))
		return false;
	if (kinds[low].third != NULL &&
	    (!narrow(p, 2, &low, &high) ||
		!scn_need_word(p, "operation", kinds[low].third)))
		return false;
	f->what = kinds[low].what;
	return scn_need_string(p, "the text to look for", &f->text) &&
	    kinds[low].rest(p, f);
}

static bool
read_times(struct scn_parser *p, struct scn_injection *f)
{
	int64_t times = 0;

	if (!scn_need_num(p, "the number of times", 1, NTH_MAX, &times))
		return false;
	f->times = (unsigned)times;
	return true;
}

static bool
read_option(struct scn_parser *p, struct scn_injection *f, unsigned *seen)
{
	static const char *const all[] = { "restart", "nth", "from", "until",
		"under", "times", "for" };
	const struct scn_token *t = scn_peek(p);
	bool kills = f->what >= SCN_DAEMON_KILLED_BEFORE;
	int64_t nth = 0;

	if (scn_accept(p, "nth")) {
		if (!scn_once(p, t, seen, 1) ||
		    !scn_need_num(p, "which one", 1, NTH_MAX, &nth))
			return false;
		f->nth = (unsigned)nth;
		return true;
	}
	if (!kills && scn_accept(p, "times"))
		return scn_once(p, t, seen, 2) && read_times(p, f);
	if (!kills && scn_accept(p, "for")) {
		f->times = 0;
		return scn_once(p, t, seen, 2) &&
		    scn_need_word(p, "ever", "`for`");
	}
	if (scn_accept(p, "from"))
		return scn_once(p, t, seen, 4) &&
		    scn_read_bound_time(p, true, false);
	if (scn_accept(p, "until"))
		return scn_once(p, t, seen, 8) &&
		    scn_read_bound_time(p, true, true);
	if (scn_accept(p, "under"))
		return scn_once(p, t, seen, 32) &&
		    scn_need_policy(p, &f->under);
	if (kills && scn_accept(p, "restart"))
		return scn_once(p, t, seen, 16) &&
		    scn_need_word(p, "after", "`restart`") &&
		    scn_need_dur(p, "the time until the restart", &f->by_ns);
	return scn_unknown(p, t, "property of a fault", kills ? all : all + 1,
	    kills ? 5 : 6);
}

bool
scn_stmt_fault(struct scn_parser *p)
{
	struct scenario *s = p->s;
	struct scn_injection *f;
	struct strbuf words = { 0 };
	unsigned seen = 0;
	size_t i, first;

	f = MEM_PUSH(s->injections, s->n_injections, s->cap_injections);
	f->line = p->line.tokens[0].line;
	f->col = p->line.tokens[0].col;
	f->nth = f->times = 1;
	f->until_ns = -1;
	f->may = scn_accept(p, "may");
	first = p->at;
	if (!read_kind(p, f))
		return false;
	if (f->what >= SCN_DAEMON_KILLED_BEFORE)
		f->by_ns = -1;
	for (i = first; i < p->at; i++) {
		strbuf_adds(&words, i > first ? " " : "");
		strbuf_add(&words, p->line.tokens[i].raw,
		    p->line.tokens[i].raw_bytes);
	}
	f->words = strbuf_take(&words);
	while (scn_peek(p) != NULL)
		if (!read_option(p, f, &seen))
			return false;
	return true;
}
