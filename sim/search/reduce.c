/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/search/reduce.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"

#define WORDS 64 /* of one line are looked at */

/* A statement: a line, or several that belong together. */
struct statement {
	char *text; /* owned, with its newline */
	bool kept;
};

struct draft {
	struct statement *list;
	size_t n, cap;
};

static void
draft_fini(struct draft *d)
{
	size_t i;

	for (i = 0; i < d->n; i++)
		free(d->list[i].text);
	free(d->list);
}

/* --- text and statements --- */

static size_t
line_bytes(const char *at)
{
	size_t bytes = strcspn(at, "\n");

	return bytes + (at[bytes] == '\n');
}

/* A line that goes on in the next, and a repetition to its brace. */
static size_t
statement_bytes(const char *at)
{
	bool block = strncmp(at, "repeat ", 7) == 0;
	size_t bytes = 0, line;

	do {
		line = line_bytes(at + bytes);
		bytes += line;
	} while (line > 0 && at[bytes] != '\0' &&
	    ((block && at[bytes - line] != '}') ||
		(line > 1 && at[bytes - 2] == '\\')));
	return bytes;
}

static unsigned
count_lines(const char *at, const char *end)
{
	unsigned n = 0;

	for (; at < end; at++)
		n += *at == '\n';
	return n;
}

/* Comments above the first statement stay, the others go. */
static void
read_draft(struct draft *d, const char *text, unsigned keep)
{
	const char *at = text, *end;
	unsigned line = 1, lines;
	struct statement *s;
	bool begun = false;

	for (; *at != '\0'; at = end, line += lines) {
		end = at + statement_bytes(at);
		lines = count_lines(at, end);
		if (*at == '\n' || (*at == '#' && begun))
			continue;
		s = MEM_PUSH(d->list, d->n, d->cap);
		s->text = mem_copy(at, (size_t)(end - at) + 1);
		s->text[end - at] = '\0';
		s->kept = !begun || (line <= keep && keep < line + lines);
		begun = begun || *at != '#';
	}
}

static bool
holds(struct reduce *r, const struct draft *d)
{
	struct strbuf text = { 0 };
	bool yes;
	size_t i;

	if (r->tries >= r->most_tries ||
	    (r->enough != NULL && r->enough(r->ctx)))
		return false;
	r->tries++;
	for (i = 0; i < d->n; i++)
		strbuf_adds(&text, d->list[i].text);
	yes = r->holds(r->ctx, strbuf_str(&text), text.bytes);
	strbuf_fini(&text);
	return yes;
}

/* --- fewer statements --- */

static bool
may_go(const struct draft *d, size_t first, size_t count)
{
	size_t i;

	for (i = first; i < first + count; i++)
		if (d->list[i].kept)
			return false;
	return true;
}

static bool
drop(struct reduce *r, struct draft *d, size_t first, size_t count)
{
	struct draft less = { .list = mem_zero(d->n + 1, sizeof(*less.list)) };
	bool good;
	size_t i;

	for (i = 0; i < d->n; i++)
		if (i < first || i >= first + count)
			less.list[less.n++] = d->list[i];
	good = holds(r, &less);
	if (good) {
		for (i = first; i < first + count; i++)
			free(d->list[i].text);
		memcpy(d->list, less.list, less.n * sizeof(*less.list));
		d->n = less.n;
	}
	free(less.list);
	return good;
}

static bool
drop_statements(struct reduce *r, struct draft *d)
{
	bool less = false;
	size_t count, i;

	for (count = d->n; count > 0; count /= 2)
		for (i = d->n; i-- > 0;)
			if (i + count <= d->n && may_go(d, i, count) &&
			    drop(r, d, i, count))
				less = true;
	return less;
}

/* --- fewer words, lower numbers --- */

struct words { /* places in a line; the last is where it ends */
	size_t from[WORDS + 1], to[WORDS + 1];
	size_t n;
};

static size_t
word_end(const char *text, size_t at)
{
	bool quoted = false;

	for (; text[at] != '\0' && text[at] != '\n'; at++) {
		if (text[at] == '\\' && quoted && text[at + 1] != '\0')
			at++;
		else if (text[at] == '"')
			quoted = !quoted;
		else if (text[at] == ' ' && !quoted)
			break;
	}
	return at;
}

static void
split(const char *text, struct words *w)
{
	size_t at = 0;

	for (w->n = 0; w->n < WORDS; w->n++) {
		while (text[at] == ' ' || text[at] == '\\')
			at++;
		if (text[at] == '\n' || text[at] == '\0')
			break;
		w->from[w->n] = at;
		at = word_end(text, at);
		w->to[w->n] = at;
	}
}

/* Tries the statement with bytes from..to replaced. */
static bool
replace(struct reduce *r, struct draft *d, size_t i, size_t from, size_t to,
    const char *by)
{
	char *before = d->list[i].text;
	struct strbuf text = { 0 };

	strbuf_add(&text, before, from);
	strbuf_adds(&text, by);
	strbuf_adds(&text, before + to);
	d->list[i].text = strbuf_take(&text);
	if (holds(r, d)) {
		free(before);
		return true;
	}
	free(d->list[i].text);
	d->list[i].text = before;
	return false;
}

static bool
drop_words(struct reduce *r, struct draft *d, size_t i)
{
	bool less = false;
	struct words w;
	size_t count, k;

	for (count = 3; count > 0; count--) {
		split(d->list[i].text, &w);
		for (k = w.n; k-- > 1;)
			if (k + count <= w.n &&
			    replace(r, d, i, w.to[k - 1], w.to[k + count - 1],
				"")) {
				less = true;
				split(d->list[i].text, &w);
			}
	}
	return less;
}

/* Of a line with several commands, "\n" between them, each may go. */
static bool
drop_commands(struct reduce *r, struct draft *d, size_t i)
{
	bool less = false;
	const char *text = d->list[i].text, *at = text, *cut, *end;

	if (strncmp(text, "at ", 3) != 0)
		return false;
	while ((cut = strstr(at, "\\n")) != NULL) {
		end = strstr(cut + 2, "\\n");
		if (end == NULL)
			end = strrchr(cut, '"');
		if (end != NULL &&
		    replace(r, d, i, (size_t)(cut - text), (size_t)(end - text),
			"")) {
			less = true;
			at = d->list[i].text + (cut - text);
			text = d->list[i].text;
			continue;
		}
		at = cut + 2;
	}
	return less;
}

static bool
read_time(const char *text, const struct words *w, size_t k, int64_t *ns)
{
	return isdigit((unsigned char)text[w->from[k]]) &&
	    dur_parse(text + w->from[k], w->to[k] - w->from[k], ns);
}

static bool
try_time(struct reduce *r, struct draft *d, size_t i, size_t k, int64_t ns)
{
	char text[DUR_TEXT];
	struct words w;

	split(d->list[i].text, &w);
	return replace(r, d, i, w.from[k], w.to[k], dur_format(ns, text));
}

/* Nearer to what comes before, or rounder. */
static bool
lower_time(struct reduce *r, struct draft *d, size_t i, size_t k, int64_t ns,
    int64_t least_ns)
{
	int64_t middle_ns = least_ns + (ns - least_ns) / 2;
	const int64_t tries[] = { least_ns, least_ns + DUR_SEC,
		middle_ns - middle_ns % DUR_SEC, ns - ns % (10 * DUR_SEC),
		ns - ns % DUR_SEC, ns - ns % (10 * DUR_MS), ns - ns % DUR_MS };
	size_t t;

	for (t = 0; t < sizeof(tries) / sizeof(tries[0]); t++)
		if (tries[t] >= least_ns && tries[t] < ns &&
		    try_time(r, d, i, k, tries[t]))
			return true;
	return false;
}

/* One, else half of it. */
static bool
lower_number(struct reduce *r, struct draft *d, size_t i, const struct words *w,
    size_t k)
{
	const char *at = d->list[i].text + w->from[k];
	char half[24];
	int64_t n;

	if (!num_parse(at, w->to[k] - w->from[k], 2, INT32_MAX, &n))
		return false;
	snprintf(half, sizeof(half), "%lld", (long long)(n / 2));
	return replace(r, d, i, w->from[k], w->to[k], "1") ||
	    replace(r, d, i, w->from[k], w->to[k], half);
}

static bool
lower_numbers(struct reduce *r, struct draft *d, size_t i, int64_t *before_ns)
{
	bool at = strncmp(d->list[i].text, "at ", 3) == 0, less = false;
	struct words w;
	int64_t ns;
	size_t k;

	split(d->list[i].text, &w);
	for (k = 1; k < w.n; k++) {
		if (read_time(d->list[i].text, &w, k, &ns))
			less = lower_time(r, d, i, k, ns,
				   at && k == 1 ? *before_ns : 0) ||
			    less;
		else
			less = lower_number(r, d, i, &w, k) || less;
		split(d->list[i].text, &w);
	}
	if (at && w.n > 1 && read_time(d->list[i].text, &w, 1, &ns))
		*before_ns = ns;
	return less;
}

static bool
plain_lines(struct reduce *r, struct draft *d)
{
	int64_t before_ns = 0;
	bool less = false;
	size_t i;

	for (i = 0; i < d->n; i++) {
		if (d->list[i].kept)
			continue;
		less = drop_commands(r, d, i) || less;
		less = drop_words(r, d, i) || less;
		less = lower_numbers(r, d, i, &before_ns) || less;
	}
	return less;
}

void
reduce_run(struct reduce *r, struct strbuf *text, unsigned keep)
{
	struct draft d = { 0 };
	bool less = true;
	size_t i;

	read_draft(&d, strbuf_str(text), keep);
	while (less && r->tries < r->most_tries &&
	    (r->enough == NULL || !r->enough(r->ctx))) {
		less = drop_statements(r, &d);
		less = plain_lines(r, &d) || less;
	}
	strbuf_reset(text);
	for (i = 0; i < d.n; i++)
		strbuf_adds(text, d.list[i].text);
	draft_fini(&d);
}
