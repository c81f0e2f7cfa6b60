/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/known.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"

#define CELLS 4

struct reader {
	struct known *k;
	struct diag *d;
	unsigned line;
	enum { NO_TABLE, DIFFERENCES, SPREADS } table;
};

/* Cuts blanks and backquotes off both ends, in place. */
static char *
trim(char *s)
{
	size_t n;

	while (*s == ' ' || *s == '`')
		s++;
	n = strlen(s);
	while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '`'))
		s[--n] = '\0';
	return s;
}

/* "LOW..HIGH" in units. */
static bool
read_range(const char *s, int64_t unit, int64_t *low, int64_t *high)
{
	const char *dots = strstr(s, "..");

	if (dots == NULL ||
	    !num_parse(s, (size_t)(dots - s), 0, INT32_MAX, low) ||
	    !num_parse(dots + 2, strlen(dots + 2), *low, INT32_MAX, high))
		return false;
	*low *= unit;
	*high *= unit;
	return true;
}

static bool
take_spread(struct reader *r, char *const cells[CELLS])
{
	struct known_spread s = { .line = r->line };

	if (!read_range(cells[1], 1, &s.low, &s.high) ||
	    !read_range(cells[2], DUR_MS, &s.hole_low_ns, &s.hole_high_ns)) {
		diag_report(r->d, DIAG_ERROR, r->k->path, r->line, 1,
		    "a spread is LOW..HIGH: expected two of them");
		return false;
	}
	s.recordings = mem_str(cells[0]);
	*MEM_PUSH(r->k->spreads, r->k->n_spreads, r->k->cap_spreads) = s;
	return true;
}

static bool
take_difference(struct reader *r, char *const cells[CELLS])
{
	static const char *const kinds[] = { "record", "route", "aggregate",
		"probe" };
	struct known_row *row;
	size_t i;

	for (i = 0; i < 4 && strcmp(kinds[i], cells[1]) != 0; i++)
		;
	if (i == 4 || cells[3][0] == '\0') {
		diag_report(r->d, DIAG_ERROR, r->k->path, r->line, 1, "%s",
		    i == 4
			? "the kind is none of record, route, aggregate, probe"
			: "a difference without a reason: say why it is there");
		return false;
	}
	row = MEM_PUSH(r->k->rows, r->k->n_rows, r->k->cap_rows);
	row->recordings = mem_str(cells[0]);
	row->kind = mem_str(cells[1]);
	row->difference = mem_str(cells[2]);
	row->reason = mem_str(cells[3]);
	row->line = r->line;
	return true;
}

static bool
take_row(struct reader *r, char *line)
{
	char *cells[CELLS] = { 0 }, *rest = line + 1;
	size_t n;

	for (n = 0; n < CELLS && rest != NULL; n++)
		cells[n] = trim(strsep(&rest, "|"));
	if (n == CELLS && strcmp(cells[0], "recordings") == 0) {
		r->table =
		    strcmp(cells[1], "kind") == 0 ? DIFFERENCES : SPREADS;
		return true;
	}
	if (n < CELLS || rest == NULL) {
		diag_report(r->d, DIAG_ERROR, r->k->path, r->line, 1,
		    "a row of four cells is expected");
		return false;
	}
	if (strspn(cells[0], "-:") == strlen(cells[0]))
		return true;
	if (r->table == NO_TABLE) {
		diag_report(r->d, DIAG_ERROR, r->k->path, r->line, 1,
		    "a row before its table's head: expected \"| recordings "
		    "| ...\"");
		return false;
	}
	return r->table == DIFFERENCES ? take_difference(r, cells)
				       : take_spread(r, cells);
}

struct known *
known_parse(const char *path, const char *text, size_t bytes, struct diag *d)
{
	struct reader r = { .d = d };
	char *copy = mem_strn(text, bytes), *rest = copy, *line;
	bool good = true;

	r.k = mem_zero(1, sizeof(*r.k));
	r.k->path = mem_str(path);
	while ((line = strsep(&rest, "\n")) != NULL) {
		r.line++;
		if (line[0] == '|')
			good = take_row(&r, line) && good;
		else if (line[0] == '#')
			r.table = NO_TABLE;
	}
	free(copy);
	if (good)
		return r.k;
	known_free(r.k);
	return NULL;
}

void
known_free(struct known *k)
{
	size_t i;

	if (k == NULL)
		return;
	for (i = 0; i < k->n_rows; i++) {
		free(k->rows[i].recordings);
		free(k->rows[i].kind);
		free(k->rows[i].difference);
		free(k->rows[i].reason);
	}
	for (i = 0; i < k->n_spreads; i++)
		free(k->spreads[i].recordings);
	free(k->rows);
	free(k->spreads);
	free(k->path);
	free(k);
}

/* A recording may be several, put together as "NAME+NAME". */
static bool
is_meant(const char *pattern, const char *recording)
{
	char *copy = mem_str(recording), *rest = copy, *name;
	bool meant = false;

	while (!meant && (name = strsep(&rest, "+")) != NULL)
		meant = fnmatch(pattern, name, 0) == 0;
	free(copy);
	return meant;
}

const struct known_row *
known_find(const struct known *k, const char *recording, const char *kind,
    const char *difference)
{
	const struct known_row *row;
	size_t i;

	for (i = 0; k != NULL && i < k->n_rows; i++) {
		row = &k->rows[i];
		if (strcmp(row->kind, kind) == 0 &&
		    is_meant(row->recordings, recording) &&
		    fnmatch(row->difference, difference, FNM_NOESCAPE) == 0)
			return row;
	}
	return NULL;
}

const struct known_spread *
known_find_spread(const struct known *k, const char *recording)
{
	size_t i;

	for (i = 0; k != NULL && i < k->n_spreads; i++)
		if (fnmatch(k->spreads[i].recordings, recording, 0) == 0)
			return &k->spreads[i];
	return NULL;
}
