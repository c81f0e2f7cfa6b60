/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/dur.h"
#include "report/clean.h"
#include "report/rundiff_parts.h"

#define WIDTH	     120
#define PHRASE_WIDTH 15
#define SHOWN_MAX    12 /* findings of a case; JSON has all */
#define LONERS_MAX   20 /* missing cases, and new ones */

void
rundiff_add_number(struct strbuf *out, enum rundiff_topic topic, double value)
{
	char text[DUR_TEXT];

	if (topic == RUNDIFF_FAILOVER || topic == RUNDIFF_GAP) {
		/* Microseconds will do. */
		int64_t us = value >= (double)DUR_MAX
		    ? DUR_MAX / DUR_US
		    : (int64_t)(value / (double)DUR_US);

		strbuf_adds(out, dur_format(us * DUR_US, text));
	} else {
		strbuf_addf(out, "%.15g", value);
	}
}

const char *
rundiff_topic_word(enum rundiff_topic topic)
{
	switch (topic) {
	case RUNDIFF_CHECK:
		return "check";
	case RUNDIFF_FAILOVER:
		return "fail-over";
	case RUNDIFF_LOST:
		return "lost";
	case RUNDIFF_GAP:
		return "gap";
	case RUNDIFF_PACKETS:
		return "packets";
	case RUNDIFF_FINAL:
		return "final";
	case RUNDIFF_PORT:
		return "port";
	case RUNDIFF_WORK:
		return "work";
	case RUNDIFF_COURSE:
		return "course";
	}
	return "?";
}

const char *
rundiff_grade_word(enum rundiff_grade grade)
{
	switch (grade) {
	case RUNDIFF_SAME:
		return "same";
	case RUNDIFF_CHANGED:
		return "changed";
	case RUNDIFF_BETTER:
		return "better";
	case RUNDIFF_STILL:
		return "still failing";
	case RUNDIFF_WORSE:
		return "worse";
	case RUNDIFF_GRADES:
		break;
	}
	return "?";
}

static const char *
check_phrase(enum rundiff_grade grade)
{
	switch (grade) {
	case RUNDIFF_WORSE:
		return "new failure";
	case RUNDIFF_BETTER:
		return "mended";
	case RUNDIFF_STILL:
		return "still failing";
	default:
		return "not asked now";
	}
}

const char *
rundiff_phrase(const struct rundiff_finding *f)
{
	bool worse = f->grade == RUNDIFF_WORSE;

	switch (f->topic) {
	case RUNDIFF_CHECK:
		return check_phrase(f->grade);
	case RUNDIFF_FAILOVER:
		return worse ? "slower" : "faster";
	case RUNDIFF_LOST:
		return worse ? "more lost" : "fewer lost";
	case RUNDIFF_GAP:
		return worse ? "longer gap" : "shorter gap";
	case RUNDIFF_PACKETS:
		return "packets";
	case RUNDIFF_FINAL:
		return "other end";
	case RUNDIFF_PORT:
		return "other port";
	case RUNDIFF_WORK:
		return "other work";
	case RUNDIFF_COURSE:
		return "other course";
	}
	return "?";
}

/* --- what all forms say --- */

static void
add_name(struct strbuf *out, const struct rundiff_facts *f)
{
	clean_text(out, f->title);
	strbuf_adds(out, " [");
	if (strcmp(f->kind, "simulated") != 0) {
		clean_text(out, f->kind);
		strbuf_adds(out, ", ");
	}
	if (f->policy[0] != '\0') {
		clean_text(out, f->policy);
		strbuf_adds(out, ", ");
	}
	strbuf_addf(out, "seed %" PRIu64 "]", f->seed);
}

/* Two runs that somebody chose may be of different cases. */
static void
add_case_name(struct strbuf *out, const struct rundiff_case *c)
{
	struct strbuf other = { 0 }, name = { 0 };

	add_name(&name, rundiff_case_facts(c));
	if (c->n_before > 0)
		add_name(&other, c->before[c->n_before - 1]);
	if (c->n_before > 0 &&
	    strcmp(strbuf_str(&other), strbuf_str(&name)) != 0)
		strbuf_addf(out, "%s -> ", strbuf_str(&other));
	strbuf_adds(out, strbuf_str(&name));
	strbuf_fini(&other);
	strbuf_fini(&name);
}

static void
add_runs(struct strbuf *out, const struct rundiff_facts **list, size_t n)
{
	size_t i;

	if (n == 0)
		strbuf_adds(out, "none");
	else if (n > 1)
		strbuf_adds(out, "runs ");
	else
		strbuf_adds(out, "run ");
	for (i = 0; i < n && i < 6; i++)
		strbuf_addf(out, "%s%" PRId64, i > 0 ? ", " : "", list[i]->run);
	if (n > i)
		strbuf_addf(out, " and %zu more", n - i);
}

/* "p4 out: 3 -> 20 (noise 2)". */
static void
add_finding(struct strbuf *out, const struct rundiff_case *c,
    const struct rundiff_finding *f)
{
	clean_text(out, f->name);
	strbuf_adds(out, ": ");
	clean_text(out, f->before);
	strbuf_adds(out, " -> ");
	clean_text(out, f->after);
	if (f->is_number && c->real_time) {
		strbuf_adds(out, " (noise ");
		rundiff_add_number(out, f->topic, f->noise);
		strbuf_addf(out, ", of %zu and %zu)", c->n_before, c->n_after);
	}
}

static bool
any_real_time(const struct rundiff *d)
{
	size_t i;

	for (i = 0; i < d->n_cases; i++)
		if (d->cases[i].real_time)
			return true;
	return false;
}

void
rundiff_add_rule(struct strbuf *out, const struct rundiff *d)
{
	const struct rundiff_rule *r = &d->rule;
	char text[DUR_TEXT];

	strbuf_adds(out,
	    "Runs in virtual time are compared exactly, the newest of each "
	    "side.");
	if (!any_real_time(d))
		return;
	strbuf_addf(out,
	    " Of measured ones, the medians: they differ when further apart "
	    "than the noise, which is the largest of %s or %" PRId64
	    " packets, two periods of the stream for a gap, %.0f %% of the "
	    "value before (%.0f %% while neither side has 3 runs), and %g "
	    "times 1.4826 times the median absolute deviation.",
	    dur_format(r->floor_ns, text), r->floor_packets, r->share * 100,
	    r->unknown_share * 100, r->factor);
}

static void
add_totals(struct strbuf *out, const struct rundiff *d)
{
	strbuf_addf(out,
	    "%zu case%s compared: %zu worse, %zu still failing, %zu better, "
	    "%zu changed, %zu the same",
	    d->compared, d->compared == 1 ? "" : "s", d->grades[RUNDIFF_WORSE],
	    d->grades[RUNDIFF_STILL], d->grades[RUNDIFF_BETTER],
	    d->grades[RUNDIFF_CHANGED], d->grades[RUNDIFF_SAME]);
	if (d->only_after > 0)
		strbuf_addf(out, "; %zu new", d->only_after);
	if (d->only_before > 0)
		strbuf_addf(out, "; %zu missing", d->only_before);
}

/* --- text --- */

static void
end_line(struct strbuf *out, struct strbuf *line)
{
	clean_cut(out, strbuf_str(line), WIDTH);
	strbuf_addc(out, '\n');
	strbuf_reset(line);
}

/* Words of a text in lines of the width. */
static void
add_wrapped(struct strbuf *out, const char *text)
{
	size_t column = 0, n;

	for (; *text != '\0'; text += n + (text[n] == ' ')) {
		n = strcspn(text, " ");
		if (column > 0 && column + 1 + n > 80) {
			strbuf_addc(out, '\n');
			column = 0;
		} else if (column > 0) {
			strbuf_addc(out, ' ');
			column++;
		}
		strbuf_add(out, text, n);
		column += n;
	}
	strbuf_addc(out, '\n');
}

static void
text_side(struct strbuf *out, const char *which,
    const struct rundiff_side *side)
{
	struct strbuf line = { 0 };

	strbuf_addf(&line, "%-8s", which);
	clean_text(&line, side->store);
	strbuf_addf(&line, ", %zu run%s", side->runs,
	    side->runs == 1 ? "" : "s");
	end_line(out, &line);
	strbuf_fini(&line);
}

static void
text_row(struct strbuf *out, const char *which, const char *row)
{
	struct strbuf line = { 0 };

	strbuf_addf(&line, "  %-*sfirst %-6s  ", PHRASE_WIDTH, "", which);
	clean_text(&line, row);
	end_line(out, &line);
	strbuf_fini(&line);
}

static void
text_findings(struct strbuf *out, const struct rundiff_case *c)
{
	struct strbuf line = { 0 };
	size_t i;

	for (i = 0; i < c->n_findings && i < SHOWN_MAX; i++) {
		strbuf_addf(&line, "  %-*s", PHRASE_WIDTH,
		    rundiff_phrase(&c->findings[i]));
		add_finding(&line, c, &c->findings[i]);
		end_line(out, &line);
		if (c->findings[i].row_before == NULL)
			continue;
		text_row(out, "before", c->findings[i].row_before);
		text_row(out, "after", c->findings[i].row_after);
	}
	if (c->n_findings > SHOWN_MAX)
		strbuf_addf(out, "  and %zu more (--json has all)\n",
		    c->n_findings - SHOWN_MAX);
	strbuf_fini(&line);
}

static const char *
grade_color(enum rundiff_grade grade)
{
	switch (grade) {
	case RUNDIFF_WORSE:
		return "\033[31m";
	case RUNDIFF_BETTER:
		return "\033[32m";
	case RUNDIFF_STILL:
		return "\033[33m";
	default:
		return "";
	}
}

static void
text_case(struct strbuf *out, const struct rundiff_case *c, const char *word,
    bool color)
{
	struct strbuf line = { 0 }, shown = { 0 };

	strbuf_addf(&line, "%s: ", word);
	add_case_name(&line, c);
	strbuf_adds(&line, ", ");
	if (c->n_before > 0)
		add_runs(&line, c->before, c->n_before);
	if (c->n_before > 0 && c->n_after > 0)
		strbuf_adds(&line, " -> ");
	if (c->n_after > 0)
		add_runs(&line, c->after, c->n_after);
	end_line(&shown, &line);
	if (color)
		strbuf_addf(out, "%s%.*s\033[0m\n", grade_color(c->grade),
		    (int)shown.bytes - 1, strbuf_str(&shown));
	else
		strbuf_adds(out, strbuf_str(&shown));
	strbuf_fini(&line);
	strbuf_fini(&shown);
	text_findings(out, c);
}

static const char *
case_word(const struct rundiff_case *c)
{
	if (c->n_after == 0)
		return "missing";
	if (c->n_before == 0)
		return c->grade == RUNDIFF_WORSE ? "new, and fails" : "new";
	return rundiff_grade_word(c->grade);
}

enum { RANK_NEW, RANK_MISSING }; /* behind these, the grades */

/* Worst first; what is missing or new without a failure comes last. */
static int
case_rank(const struct rundiff_case *c)
{
	if (c->n_after == 0)
		return RANK_MISSING;
	if (c->n_before == 0 && c->grade != RUNDIFF_WORSE)
		return RANK_NEW;
	return RANK_MISSING + (int)c->grade;
}

typedef void case_fn(struct strbuf *out, const struct rundiff_case *c,
    const char *word, bool color);

static bool
is_worth_telling(const struct rundiff_case *c)
{
	return c->grade != RUNDIFF_SAME || c->n_after == 0 || c->n_before == 0;
}

static void
each_case(const struct rundiff *d, case_fn *fn, bool color, struct strbuf *out)
{
	size_t i, shown;
	int rank;

	for (rank = RANK_MISSING + RUNDIFF_WORSE; rank >= 0; rank--) {
		for (i = shown = 0; i < d->n_cases; i++) {
			const struct rundiff_case *c = &d->cases[i];

			if (case_rank(c) != rank || !is_worth_telling(c))
				continue;
			/* Those without a partner have little to say. */
			if (rank > RANK_MISSING || shown < LONERS_MAX)
				fn(out, c, case_word(c), color);
			shown++;
		}
		if (rank <= RANK_MISSING && shown > LONERS_MAX)
			strbuf_addf(out, "and %zu more %s (--json has all)\n",
			    shown - LONERS_MAX,
			    rank == RANK_MISSING ? "missing" : "new");
	}
}

static void
write_text(const struct rundiff *d, const struct rundiff_side *before,
    const struct rundiff_side *after, bool color, struct strbuf *out)
{
	struct strbuf rule = { 0 };

	text_side(out, "before", before);
	text_side(out, "after", after);
	add_totals(out, d);
	strbuf_adds(out, "\n\n");
	each_case(d, text_case, color, out);
	if (d->n_cases > d->grades[RUNDIFF_SAME])
		strbuf_addc(out, '\n');
	rundiff_add_rule(&rule, d);
	add_wrapped(out, strbuf_str(&rule));
	strbuf_fini(&rule);
}

/* --- markdown --- */

/* What would end a cell, or begin something else. */
static void
add_cell(struct strbuf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (strchr("|\\`*_<>[]&", *text) != NULL)
			strbuf_addc(out, '\\');
		strbuf_addc(out, *text);
	}
	strbuf_adds(out, " | ");
}

static void
markdown_row(struct strbuf *out, const struct rundiff_case *c, const char *word,
    const struct rundiff_finding *f)
{
	struct strbuf text = { 0 };

	strbuf_adds(out, "| ");
	add_cell(out, word);
	add_case_name(&text, c);
	add_cell(out, strbuf_str(&text));
	strbuf_reset(&text);
	if (f != NULL) {
		strbuf_addf(&text, "%s: ", rundiff_phrase(f));
		add_finding(&text, c, f);
	}
	add_cell(out, strbuf_str(&text));
	out->bytes -= 1; /* the blank behind the last bar */
	strbuf_addc(out, '\n');
	strbuf_fini(&text);
}

static void
markdown_case(struct strbuf *out, const struct rundiff_case *c,
    const char *word, bool color)
{
	size_t i;

	(void)color;
	if (c->n_findings == 0)
		markdown_row(out, c, word, NULL);
	for (i = 0; i < c->n_findings && i < SHOWN_MAX; i++)
		markdown_row(out, c, word, &c->findings[i]);
}

static void
write_markdown(const struct rundiff *d, const struct rundiff_side *before,
    const struct rundiff_side *after, struct strbuf *out)
{
	size_t start;

	strbuf_adds(out, "**");
	add_totals(out, d);
	strbuf_addf(out, "** (before: %zu runs, after: %zu)\n", before->runs,
	    after->runs);
	start = out->bytes;
	strbuf_adds(out, "\n| | case | what |\n|---|---|---|\n");
	each_case(d, markdown_case, false, out);
	if (d->n_cases == d->grades[RUNDIFF_SAME]) {
		out->bytes = start;
		out->data[start] = '\0';
	}
	strbuf_addc(out, '\n');
	rundiff_add_rule(out, d);
	strbuf_addc(out, '\n');
}

void
rundiff_write(enum rundiff_format format, const struct rundiff *d,
    const struct rundiff_side *before, const struct rundiff_side *after,
    bool color, struct strbuf *out)
{
	switch (format) {
	case RUNDIFF_TEXT:
		write_text(d, before, after, color, out);
		break;
	case RUNDIFF_MARKDOWN:
		write_markdown(d, before, after, out);
		break;
	case RUNDIFF_JSON:
		rundiff_write_json(d, before, after, out);
		break;
	}
}
