/* SPDX-License-Identifier: BSD-2-Clause */
/* Claims about the trace's rows: how many, and in which order. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/judge/judge_parts.h"

static size_t
row_count(const struct trace *t, enum scn_row row)
{
	switch (row) {
	case SCN_ROW_RECORD:
		return t->n_records;
	case SCN_ROW_OPERATION:
		return t->n_operations;
	case SCN_ROW_COMMAND:
		return t->n_commands;
	case SCN_ROW_RULE:
		return t->n_firings;
	case SCN_ROW_NOTE:
	case SCN_ROW_ALARM:
		return t->n_notes;
	}
	return 0;
}

static int64_t
row_time(const struct trace *t, enum scn_row row, size_t i)
{
	switch (row) {
	case SCN_ROW_RECORD:
		return t->records[i].emit_ns;
	case SCN_ROW_OPERATION:
		return t->operations[i].start_ns;
	case SCN_ROW_COMMAND:
		return t->commands[i].start_ns;
	case SCN_ROW_RULE:
		return t->firings[i].at_ns;
	case SCN_ROW_NOTE:
	case SCN_ROW_ALARM:
		return t->notes[i].at_ns;
	}
	return 0;
}

static bool
has_bytes(const char *in, size_t bytes, const char *what)
{
	return memmem(in, bytes, what, strlen(what)) != NULL;
}

/* A rule is looked for as "FILE:LINE ACTION", a note as "WHO: TEXT". */
static bool
row_has(const struct trace *t, const struct scn_item *item, size_t i,
    struct strbuf *sb)
{
	const struct trace_record *r;

	strbuf_reset(sb);
	switch (item->row) {
	case SCN_ROW_RECORD:
		r = &t->records[i];
		return has_bytes(r->raw, r->raw_bytes, item->text);
	case SCN_ROW_OPERATION:
		return strstr(t->operations[i].text, item->text) != NULL;
	case SCN_ROW_COMMAND:
		return strstr(t->commands[i].text, item->text) != NULL;
	case SCN_ROW_RULE:
		strbuf_adds(sb, t->firings[i].file);
		strbuf_addf(sb, ":%u ", t->firings[i].line);
		strbuf_adds(sb, t->firings[i].action);
		break;
	case SCN_ROW_ALARM:
		return strcmp(t->notes[i].who, "engine") == 0 &&
		    strstr(t->notes[i].text, item->text) != NULL;
	case SCN_ROW_NOTE:
		strbuf_adds(sb, t->notes[i].who);
		strbuf_adds(sb, ": ");
		strbuf_adds(sb, t->notes[i].text);
		break;
	}
	return has_bytes(strbuf_str(sb), sb->bytes, item->text);
}

void
judge_count(const struct judge *j, const struct scn_expect *e,
    const struct judge_window *w, struct judge_result *r)
{
	const struct scn_item *item = &e->items[0];
	size_t i, n = row_count(j->t, item->row);
	int64_t at, count = 0, first = TRACE_OPEN, last = TRACE_OPEN;
	struct strbuf sb = { 0 };

	for (i = 0; i < n; i++) {
		at = row_time(j->t, item->row, i);
		if (at < w->from_ns || at >= w->until_ns ||
		    !row_has(j->t, item, i, &sb))
			continue;
		if (count++ == 0)
			first = at;
		last = at;
	}
	strbuf_fini(&sb);
	r->holds = judge_compare(count, e->cmp, e->count) &&
	    (e->most < 0 || count <= e->most);
	r->at_ns = last;
	strbuf_addf(&r->happened, "counted %" PRId64, count);
	if (!r->holds && e->most >= 0 && count > e->most)
		strbuf_addf(&r->happened, ", expected at most %" PRId64,
		    e->most);
	else if (!r->holds)
		strbuf_addf(&r->happened, ", expected %s %" PRId64,
		    judge_cmp_word(e->cmp), e->count);
	if (count == 0)
		return;
	strbuf_adds(&r->happened, count == 1 ? "; at " : "; the first at ");
	judge_add_time(&r->happened, first);
	if (count > 1) {
		strbuf_adds(&r->happened, ", the last at ");
		judge_add_time(&r->happened, last);
	}
}

static const char *
row_word(enum scn_row row)
{
	switch (row) {
	case SCN_ROW_RECORD:
		return "record";
	case SCN_ROW_OPERATION:
		return "operation";
	case SCN_ROW_COMMAND:
		return "command";
	case SCN_ROW_RULE:
		return "rule";
	case SCN_ROW_NOTE:
		return "note";
	case SCN_ROW_ALARM:
		return "alarm";
	}
	return "row";
}

/*
 * Each row is the earliest that still follows the one before: in the same
 * table by its place, in another by its time, equal times being good. Taking
 * the earliest is right, because it leaves most room for the rest.
 */
void
judge_order(const struct judge *j, const struct scn_expect *e,
    const struct judge_window *w, struct judge_result *r)
{
	size_t next[SCN_ROW_ALARM + 1] = { 0 }, i, k, n;
	const struct scn_item *item;
	struct strbuf sb = { 0 };
	int64_t now = w->from_ns;

	r->holds = true;
	for (k = 0; k < e->n_items; k++) {
		item = &e->items[k];
		n = row_count(j->t, item->row);
		for (i = next[item->row]; i < n; i++)
			if (row_time(j->t, item->row, i) >= now &&
			    row_has(j->t, item, i, &sb))
				break;
		if (i == n) {
			r->holds = false;
			strbuf_addf(&r->happened, "%sno %s \"%s\"",
			    k == 0 ? "" : "; then ", row_word(item->row),
			    item->text);
			break;
		}
		next[item->row] = i + 1;
		now = row_time(j->t, item->row, i);
		strbuf_addf(&r->happened, "%s%s at ", k == 0 ? "" : ", then ",
		    row_word(item->row));
		judge_add_time(&r->happened, now);
	}
	r->at_ns = r->holds || k > 0 ? now : TRACE_OPEN;
	strbuf_fini(&sb);
}

void
judge_reach(const struct judge *j, const struct scn_expect *e,
    struct judge_result *r)
{
	const struct trace *t = j->t;
	size_t i;

	for (i = 0; i < t->n_reached; i++)
		if (strcmp(t->reached[i].name, e->place) == 0)
			break;
	r->holds = i < t->n_reached;
	if (r->holds)
		strbuf_addf(&r->happened, "reached %" PRIu64 " time%s",
		    t->reached[i].times, t->reached[i].times == 1 ? "" : "s");
	else
		strbuf_addf(&r->happened, "the run never came through %s",
		    e->place);
}

size_t
judge_strikes(const struct trace *t, unsigned line)
{
	const struct trace_note *n;
	size_t i, count = 0;
	char begin[32];

	snprintf(begin, sizeof(begin), "line %u: ", line);
	for (i = 0; i < t->n_notes; i++) {
		n = &t->notes[i];
		count += strcmp(n->who, "fault") == 0 &&
		    strncmp(n->text, begin, strlen(begin)) == 0;
	}
	return count;
}
