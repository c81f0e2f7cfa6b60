/* SPDX-License-Identifier: BSD-2-Clause */
/* Moments: as they are written, the marks that name them, and when it is. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "sim/scenario/scn_cursor.h"

/* Marks that a recording sets, see sim/stage/stimuli.h. */
static const char *const mark_words[] = { "gone.", "back.", "flap.", "mend.",
	"change.", "unplug.", "plug." };

bool
scn_is_recorded_mark(const char *name)
{
	size_t i, n;

	for (i = 0; i < sizeof(mark_words) / sizeof(mark_words[0]); i++) {
		n = strlen(mark_words[i]);
		if (strncmp(name, mark_words[i], n) == 0 && name[n] != '\0' &&
		    strspn(name + n, "0123456789") == strlen(name + n))
			return true;
	}
	return false;
}

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

/* Times may be looked at long after their line. */
bool
scn_time_error(struct scn_parser *p, const struct scn_time *t, const char *fmt,
    ...)
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
		return scn_time_error(p, t,
		    "no mark `%.64s` is set%s; did you mean `%s`?", t->mark,
		    where, near);
	return scn_time_error(p, t,
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
			return scn_time_error(p, t,
			    "+DURATION counts from the `at` before, and there "
			    "is none here; write it without the +");
		break;
	case SCN_AT_MARK:
		if (!mark_time(p, t, base_ns < 0 ? "" : " above", &base_ns))
			return false;
		break;
	}
	if (base_ns + t->offset_ns < 0)
		return scn_time_error(p, t,
		    "this is before the start of the run");
	if (base_ns + t->offset_ns > SCN_TIME_MAX)
		return scn_time_error(p, t,
		    "this is more than 366 days after the start");
	*ns = base_ns + t->offset_ns;
	return true;
}

bool
scn_read_mark(struct scn_parser *p, struct scn_step *step)
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

bool
scn_read_bound_time(struct scn_parser *p, bool of_fault, bool until)
{
	struct scn_bound_time *bt;
	struct scn_time time = { 0 };

	if (!scn_need_time(p, &time))
		return false;
	bt = MEM_PUSH(p->bound_times, p->n_bound_times, p->cap_bound_times);
	bt->of_fault = of_fault;
	bt->n = (of_fault ? p->s->n_injections : p->s->n_probes) - 1;
	bt->until = until;
	bt->time = time;
	return true;
}

static void
set_bound(struct scn_parser *p, const struct scn_bound_time *bt, int64_t ns)
{
	struct scn_injection *fault = NULL;
	struct scn_probe *probe = NULL;
	int64_t *from, *until;

	if (bt->of_fault)
		fault = &p->s->injections[bt->n];
	else
		probe = &p->s->probes[bt->n];
	from = fault != NULL ? &fault->from_ns : &probe->from_ns;
	until = fault != NULL ? &fault->until_ns : &probe->until_ns;
	*(bt->until ? until : from) = ns;
	if (*until < 0 || *until > *from)
		return;
	diag_report(p->d, DIAG_ERROR, p->path,
	    fault != NULL ? fault->line : probe->line,
	    fault != NULL ? fault->col : probe->col,
	    "%s %s ends before it begins; `until` must be later than `from`",
	    fault != NULL ? "this" : "probe",
	    fault != NULL ? "fault" : probe->name);
}

void
scn_finish_bounds(struct scn_parser *p)
{
	int64_t ns;
	size_t i;

	for (i = 0; i < p->n_bound_times; i++)
		if (scn_resolve_time(p, &p->bound_times[i].time, -1, &ns))
			set_bound(p, &p->bound_times[i], ns);
}
