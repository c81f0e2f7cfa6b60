/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/recording.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "event/devline.h"

/* A file that is something else altogether would give a mistake a line. */
#define MISTAKES_MAX 20

struct parser {
	struct recording *rec;
	const char *file;
	unsigned line;
	struct diag *d;
	unsigned mistakes;
	bool warned_kind;
};

static void
mistake(struct parser *p, size_t at, const char *text)
{
	p->mistakes++;
	diag_report(p->d, DIAG_ERROR, p->file, p->line, (unsigned)at + 1, "%s",
	    text);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads SECONDS[.DIGITS] followed by a blank or the end; gives the number of
 * bytes, or 0 with the mistake reported. */
static size_t
parse_time(struct parser *p, const char *s, size_t bytes, int64_t *ns)
{
	size_t i = 0, digits;
	int64_t whole = 0, part = 0;

	for (; i < bytes && is_digit(s[i]); i++) {
		whole = whole * 10 + (s[i] - '0');
		if (whole > DUR_MAX / DUR_SEC) {
			mistake(p, 0,
			    "the time is more than 100 years: expected "
			    "SECONDS.NANOS");
			return 0;
		}
	}
	if (i > 0 && i < bytes && s[i] == '.') {
		i++;
		for (digits = 0; i < bytes && is_digit(s[i]); i++) {
			part = part * 10 + (s[i] - '0');
			if (++digits > 9) {
				mistake(p, i,
				    "the time has more than nine decimals: cut "
				    "it to nanoseconds");
				return 0;
			}
		}
		for (; digits < 9; digits++)
			part *= 10;
	}
	if (i == 0 || (i < bytes && s[i] != ' ')) {
		mistake(p, i,
		    "expected a line \"SECONDS.NANOS RECORD\": begin remarks "
		    "with '#'");
		return 0;
	}
	*ns = whole * DUR_SEC + part;
	return i;
}

static int
hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *at;

	at = c == '\0' ? NULL : strchr(digits, c);
	return at == NULL ? -1 : (int)(at - digits);
}

/* Adds a record after the checks that hold for both forms. */
static void
add_checked(struct parser *p, int64_t ns, size_t col, const char *raw,
    size_t bytes, bool no_newline)
{
	struct recording *r = p->rec;

	if (bytes > DEVLINE_MAX) {
		mistake(p, col,
		    "the record is longer than 8191 bytes: devd reads no more "
		    "than that, so it cannot be one");
		return;
	}
	if (r->n_records > 0 && ns < r->records[r->n_records - 1].at_ns)
		diag_report(p->d, DIAG_WARNING, p->file, p->line, 1,
		    "the time is before the one above: the order of the lines "
		    "is kept");
	if (!p->warned_kind && (bytes == 0 || strchr("!+-?", raw[0]) == NULL)) {
		p->warned_kind = true;
		diag_report(p->d, DIAG_WARNING, p->file, p->line,
		    (unsigned)col + 1,
		    "a devctl record begins with '!', '+', '-' or '?': kept, "
		    "but no rule can match it");
	}
	recording_add(r, ns, raw, bytes, no_newline);
	r->records[r->n_records - 1].line = p->line;
}

/* s is the TEXT of "n=COUNT [TEXT]". */
static void
parse_dumped_text(struct parser *p, int64_t ns, size_t col, const char *s,
    size_t bytes, int64_t count)
{
	struct strbuf raw = { 0 };
	size_t i, got = 0, added = 0;

	for (i = 0; i < bytes; got++) {
		if (s[i] == '\\' && i + 1 < bytes && s[i + 1] == 'n') {
			add_checked(p, ns, col, strbuf_str(&raw), raw.bytes,
			    false);
			added++;
			strbuf_reset(&raw);
			i += 2;
		} else if (s[i] == '\\' && i + 3 < bytes && s[i + 1] == 'x' &&
		    hex_digit(s[i + 2]) >= 0 && hex_digit(s[i + 3]) >= 0) {
			strbuf_addc(&raw,
			    (char)(hex_digit(s[i + 2]) * 16 +
				hex_digit(s[i + 3])));
			i += 4;
		} else {
			strbuf_addc(&raw, s[i++]);
		}
	}
	if (raw.bytes > 0 || added == 0)
		add_checked(p, ns, col, strbuf_str(&raw), raw.bytes, true);
	if ((uint64_t)count != got) {
		char text[128];

		snprintf(text, sizeof(text),
		    "the text holds %zu bytes, but n= says %lld: it was edited "
		    "or cut",
		    got, (long long)count);
		mistake(p, col, text);
	}
	strbuf_fini(&raw);
}

/* "n=COUNT [TEXT]"; false when s is not of that form. */
static bool
parse_dumped(struct parser *p, int64_t ns, size_t col, const char *s,
    size_t bytes)
{
	const char *open = memchr(s, '[', bytes);
	int64_t count;

	if (bytes < 6 || memcmp(s, "n=", 2) != 0 || open == NULL ||
	    open < s + 4 || open[-1] != ' ' || s[bytes - 1] != ']' ||
	    !num_parse(s + 2, (size_t)(open - s) - 3, 0, INT32_MAX, &count))
		return false;
	open++;
	parse_dumped_text(p, ns, col + (size_t)(open - s), open,
	    bytes - (size_t)(open - s) - 1, count);
	return true;
}

/* whole: the line has its newline. */
static void
parse_record(struct parser *p, const char *s, size_t bytes, bool whole)
{
	int64_t ns = 0;
	size_t at = parse_time(p, s, bytes, &ns);
	const char *nul;

	if (at == 0)
		return;
	if (at + 1 >= bytes) {
		mistake(p, at,
		    whole ? "the record is missing after the time"
			  : "the last line was cut: remove it, or put the "
			    "record behind its time");
		return;
	}
	at++;
	if ((nul = memchr(s, '\0', bytes)) != NULL) {
		mistake(p, (size_t)(nul - s),
		    "a NUL byte: this is no text recording, or it is damaged");
		return;
	}
	if (whole && parse_dumped(p, ns, at, s + at, bytes - at))
		return;
	if (s[bytes - 1] == '\r')
		diag_report(p->d, DIAG_WARNING, p->file, p->line,
		    (unsigned)bytes,
		    "a carriage return ends the record: kept, but no rule "
		    "expects it");
	if (!whole)
		diag_report(p->d, DIAG_WARNING, p->file, p->line,
		    (unsigned)bytes,
		    "the last record has no newline: it may have been cut");
	add_checked(p, ns, at, s + at, bytes - at, !whole);
}

static bool
is_remark(const char *s, size_t bytes)
{
	static const char client[] = "connected /";

	return bytes == 0 || s[0] == '#' ||
	    (bytes >= sizeof(client) - 1 &&
		memcmp(s, client, sizeof(client) - 1) == 0);
}

/* Keeps the line's own bytes when formatting its records gives others. */
static void
keep_if_unlike(struct recording *r, size_t first, const char *s, size_t bytes)
{
	struct recording part = { 0 };
	struct strbuf text = { 0 };

	part.records = r->records + first;
	part.n_records = r->n_records - first;
	recording_format(&part, &text);
	if (text.bytes != bytes || memcmp(text.data, s, bytes) != 0)
		recording_keep(r, first, r->n_records - first, s, bytes);
	strbuf_fini(&text);
}

bool
recording_parse(struct recording *r, const char *file, unsigned first_line,
    const char *text, size_t bytes, struct diag *d)
{
	struct diag silent = { 0 };
	struct parser p = { .rec = r, .file = file, .line = first_line - 1 };
	size_t at = 0, remarks = 0; /* bytes of remarks right before at */

	p.d = d == NULL ? &silent : d;
	while (at < bytes && p.mistakes < MISTAKES_MAX) {
		const char *s = text + at;
		const char *lf = memchr(s, '\n', bytes - at);
		size_t n = lf == NULL ? bytes - at : (size_t)(lf - s);
		size_t first = r->n_records;

		at += n + (lf != NULL);
		p.line++;
		if (is_remark(s, n)) {
			remarks += n + (lf != NULL);
			continue;
		}
		if (remarks > 0)
			recording_keep(r, first, 0, s - remarks, remarks);
		remarks = 0;
		parse_record(&p, s, n, lf != NULL);
		if (r->n_records > first)
			keep_if_unlike(r, first, s, n + (lf != NULL));
	}
	if (remarks > 0)
		recording_keep(r, r->n_records, 0, text + at - remarks,
		    remarks);
	if (at < bytes)
		diag_report(p.d, DIAG_NOTE, file, 0, 0,
		    "too many mistakes, the rest was not read: is this a "
		    "recording?");
	return p.mistakes == 0;
}
