/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/lex.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define DESCRIBE_BYTES 40

static const char *const kind_words[] = {
	[LEX_END] = "the end of the file",
	[LEX_BEGIN] = "'{'",
	[LEX_CLOSE] = "'}'",
	[LEX_SEMI] = "';'",
	[LEX_NUMBER] = "a number",
	[LEX_STRING] = "a string in double quotes",
	[LEX_NAME] = "a name",
	[LEX_OPTIONS] = "options",
	[LEX_SET] = "set",
	[LEX_DIRECTORY] = "directory",
	[LEX_PID_FILE] = "pid-file",
	[LEX_ATTACH] = "attach",
	[LEX_DETACH] = "detach",
	[LEX_NOMATCH] = "nomatch",
	[LEX_NOTIFY] = "notify",
	[LEX_DEVICE_NAME] = "device-name",
	[LEX_MEDIA_TYPE] = "media-type",
	[LEX_CLASS] = "class",
	[LEX_SUBDEVICE] = "subdevice",
	[LEX_ACTION] = "action",
	[LEX_MATCH] = "match",
};

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static unsigned
column(const struct lex *x, const char *p)
{
	return (unsigned)(p - x->line_start) + 1;
}

/* Goes to `to`. devd counts the lines of a comment or string only up to its
 * first NUL. */
static void
advance(struct lex *x, const char *to)
{
	bool nul = false;

	for (; x->p < to; x->p++) {
		if (*x->p == '\0')
			nul = true;
		if (*x->p != '\n')
			continue;
		x->p_line++;
		if (!nul)
			x->devd_line++;
		x->line_start = x->p + 1;
	}
}

/* Looks no further than the last place where the byte occurs, so that a file
 * full of open quotes or comments is not searched to its end for each. */
static const char *
find(const char *from, char c, const char *last)
{
	if (last == NULL || from > last)
		return NULL;
	return memchr(from, c, (size_t)(last - from) + 1);
}

/* The end of the comment at p, or NULL when devd sees none here. */
static const char *
comment_end(const struct lex *x)
{
	const char *p = x->p, *star;
	bool two = x->end - p > 1;

	if (*p == '#' || (two && p[0] == '/' && p[1] == '/'))
		return find(p, '\n', x->last_newline);
	if (!two || p[0] != '/' || p[1] != '*')
		return NULL;
	for (star = find(p + 2, '*', x->last_close); star != NULL;
	     star = find(star + 1, '*', x->last_close))
		if (star[1] == '/')
			return star + 2;
	return NULL;
}

static void
warn_ignored(struct lex *x)
{
	const char *p = x->p;
	unsigned col = column(x, p);
	unsigned char c = (unsigned char)*p;

	if (x->diag == NULL)
		return;
	if (*p == '#' || (*p == '/' && x->end - p > 1 && p[1] == '/'))
		diag_report(x->diag, DIAG_WARNING, x->file, x->p_line, col,
		    "a comment on the last line needs a newline: the words "
		    "that follow are read as rules");
	else if (*p == '/' && x->end - p > 1 && p[1] == '*')
		diag_report(x->diag, DIAG_WARNING, x->file, x->p_line, col,
		    "the comment is never closed: the words that follow are "
		    "read as rules; add */");
	else if (*p == '"')
		diag_report(x->diag, DIAG_WARNING, x->file, x->p_line, col,
		    "this quote begins no string and is ignored: a string "
		    "has at least one byte and a closing quote");
	else if (c > ' ' && c < 0x7f)
		diag_report(x->diag, DIAG_WARNING, x->file, x->p_line, col,
		    "'%c' has no meaning here and is ignored; remove it", c);
	else
		diag_report(x->diag, DIAG_WARNING, x->file, x->p_line, col,
		    "byte 0x%02x has no meaning here and is ignored; "
		    "remove it",
		    c);
}

/* Passes over a run of equal or non-ASCII bytes with one warning. */
static void
skip_ignored(struct lex *x)
{
	const char *p = x->p;
	unsigned char c = (unsigned char)*p;

	warn_ignored(x);
	do
		p++;
	while (c != '/' && c != '#' && c != '"' && p < x->end &&
	    (*p == *x->p || (c >= 0x80 && (unsigned char)*p >= 0x80)));
	advance(x, p);
}

static void
word(struct lex *x, enum lex_kind kind, const char *end)
{
	x->kind = kind;
	x->text = x->p;
	x->bytes = (size_t)(end - x->p);
	x->line = x->p_line;
	x->col = column(x, x->p);
	advance(x, end);
}

static void
name_word(struct lex *x)
{
	const char *p = x->p;
	size_t bytes, kind;

	while (p < x->end &&
	    (is_letter(*p) || is_digit(*p) || *p == '_' || *p == '-'))
		p++;
	bytes = (size_t)(p - x->p);
	for (kind = LEX_OPTIONS; kind <= LEX_MATCH; kind++)
		if (strlen(kind_words[kind]) == bytes &&
		    memcmp(kind_words[kind], x->p, bytes) == 0)
			break;
	word(x, kind <= LEX_MATCH ? (enum lex_kind)kind : LEX_NAME, p);
}

/* True when a word begins here, and then it has been read. */
static bool
read_word(struct lex *x)
{
	const char *p = x->p;

	switch (*p) {
	case '{':
		word(x, LEX_BEGIN, p + 1);
		return true;
	case '}':
		word(x, LEX_CLOSE, p + 1);
		return true;
	case ';':
		word(x, LEX_SEMI, p + 1);
		return true;
	case '"':
		p = find(p + 1, '"', x->last_quote);
		if (p == NULL || p == x->p + 1)
			return false;
		word(x, LEX_STRING, p + 1);
		return true;
	default:
		break;
	}
	if (is_letter(*p)) {
		name_word(x);
		return true;
	}
	if (!is_digit(*p))
		return false;
	while (p < x->end && is_digit(*p))
		p++;
	word(x, LEX_NUMBER, p);
	return true;
}

void
lex_next(struct lex *x)
{
	const char *end;

	while (x->p < x->end) {
		if (*x->p == ' ' || *x->p == '\t' || *x->p == '\n')
			advance(x, x->p + 1);
		else if ((end = comment_end(x)) != NULL)
			advance(x, end);
		else if (read_word(x))
			return;
		else
			skip_ignored(x);
	}
	word(x, LEX_END, x->end);
}

void
lex_init(struct lex *x, const char *file, const char *text, size_t bytes,
    struct diag *diag)
{
	const char *p;

	memset(x, 0, sizeof(*x));
	x->file = file;
	x->diag = diag;
	x->p = x->line_start = text;
	x->end = text + bytes;
	x->p_line = x->devd_line = 1;
	for (p = text; p < x->end; p++)
		if (*p == '\n')
			x->last_newline = p;
		else if (*p == '"')
			x->last_quote = p;
		else if (*p == '/' && p > text && p[-1] == '*')
			x->last_close = p - 1;
	lex_next(x);
}

/* devd takes the length of a string that holds a NUL to be that of the part
 * before it, and then loses the place of the closing quote once more. */
void
lex_string(const struct lex *x, struct strbuf *out)
{
	const char *nul = memchr(x->text, '\0', x->bytes);
	size_t stop = x->bytes - 1, i;

	strbuf_reset(out);
	if (nul != NULL)
		stop = nul > x->text ? (size_t)(nul - x->text) - 1 : 0;
	for (i = 1; i < stop; i++) {
		if (x->text[i] == '\\' && x->text[i + 1] == '\n') {
			i += 2;
			while (is_space(x->text[i]))
				i++;
		}
		/* The byte behind a continuation is taken as it is, be it the
		 * closing quote or another continuation's backslash. */
		if (x->text[i] == '\0')
			return;
		strbuf_addc(out, x->text[i]);
	}
}

/* What a cast of strtol's result to int leaves. */
int
lex_number(const struct lex *x)
{
	uint64_t value = 0;
	size_t i;

	for (i = 0; i < x->bytes; i++) {
		if (value > INT64_MAX / 10)
			return -1;
		value = value * 10 + (uint64_t)(x->text[i] - '0');
	}
	if (value > INT64_MAX)
		return -1;
	value &= UINT32_MAX;
	return (int)(value > INT32_MAX ? (int64_t)value - (INT64_C(1) << 32)
				       : (int64_t)value);
}

const char *
lex_kind_word(enum lex_kind kind)
{
	return kind_words[kind];
}

void
lex_describe(const struct lex *x, struct strbuf *out)
{
	size_t i;

	strbuf_reset(out);
	if (x->kind == LEX_END) {
		strbuf_adds(out, kind_words[LEX_END]);
		return;
	}
	if (x->kind == LEX_STRING)
		strbuf_adds(out, "the string ");
	else
		strbuf_addc(out, '\'');
	for (i = 0; i < x->bytes && i < DESCRIBE_BYTES; i++)
		if (x->text[i] >= ' ' && x->text[i] <= '~')
			strbuf_addc(out, x->text[i]);
		else
			strbuf_addf(out, "\\x%02x", (unsigned char)x->text[i]);
	if (i < x->bytes)
		strbuf_adds(out, "...");
	if (x->kind != LEX_STRING)
		strbuf_addc(out, '\'');
}
