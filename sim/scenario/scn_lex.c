/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/scenario/scn_lex.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/scenario/scn_findings.h"

static bool
is_alpha(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

bool
scn_is_name(const char *s, size_t bytes, const char *extra)
{
	size_t i;

	if (bytes == 0 || !is_alpha((unsigned char)s[0]))
		return false;
	for (i = 1; i < bytes; i++)
		if (!is_alpha((unsigned char)s[i]) &&
		    !is_digit((unsigned char)s[i]) &&
		    (s[i] == '\0' || strchr(extra, s[i]) == NULL))
			return false;
	return true;
}

void
scn_quote(struct strbuf *out, const char *s)
{
	strbuf_addc(out, '"');
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\' || *s == '$')
			strbuf_addf(out, "\\%c", *s);
		else if (*s == '\n')
			strbuf_adds(out, "\\n");
		else if (*s == '\t')
			strbuf_adds(out, "\\t");
		else if ((unsigned char)*s < 0x20 || (unsigned char)*s == 0x7f)
			strbuf_addf(out, "\\x%02x", (unsigned char)*s);
		else
			strbuf_addc(out, *s);
	}
	strbuf_addc(out, '"');
}

void
scn_lex_init(struct scn_lex *lx, const char *path, const char *text,
    size_t bytes, bool expand, struct diag *d)
{
	memset(lx, 0, sizeof(*lx));
	lx->path = path;
	lx->text = text;
	lx->bytes = bytes;
	lx->line = 1;
	lx->col = 1;
	lx->expand = expand;
	lx->d = d;
}

void
scn_lex_fini(struct scn_lex *lx)
{
	size_t i;

	for (i = 0; i < lx->n_values; i++)
		free(lx->values[i]);
	free(lx->values);
	scn_names_fini(&lx->params);
}

unsigned
scn_lex_define(struct scn_lex *lx, const char *name, const char *value,
    unsigned line)
{
	const struct scn_named *older;

	older = scn_names_add(&lx->params, name, (int64_t)lx->n_values, line);
	if (older != NULL)
		return older->line;
	*MEM_PUSH(lx->values, lx->n_values, lx->cap_values) = mem_str(value);
	return 0;
}

void
scn_line_fini(struct scn_line *line)
{
	size_t i;

	for (i = 0; i < line->n_tokens; i++) {
		free(line->tokens[i].text);
		free(line->tokens[i].name);
	}
	free(line->tokens);
	memset(line, 0, sizeof(*line));
}

static int
byte_at(const struct scn_lex *lx, size_t ahead)
{
	if (lx->bytes - lx->pos <= ahead)
		return -1;
	return (unsigned char)lx->text[lx->pos + ahead];
}

static void
skip(struct scn_lex *lx, size_t count)
{
	lx->pos += count;
	lx->col += (unsigned)count;
}

/* Bytes of the line end at the present place; 0 if there is none. A lone CR
 * is none. */
static size_t
newline(const struct scn_lex *lx, size_t ahead)
{
	if (byte_at(lx, ahead) == '\n')
		return 1;
	if (byte_at(lx, ahead) == '\r' && byte_at(lx, ahead + 1) == '\n')
		return 2;
	return 0;
}

static void
pass_newline(struct scn_lex *lx, size_t bytes)
{
	lx->pos += bytes;
	lx->line++;
	lx->col = 1;
}

static bool
at_end(const struct scn_lex *lx)
{
	return lx->pos >= lx->bytes || newline(lx, 0) > 0;
}

static void
complain(struct scn_lex *lx, struct scn_line *out, const char *text)
{
	out->bad = true;
	if (lx->d->errors < SCN_ERRORS_MAX)
		diag_report(lx->d, DIAG_ERROR, lx->path, lx->line, lx->col,
		    "%s", text);
}

/* Length of the well-formed UTF-8 sequence of two or more bytes here, or 0. */
static size_t
utf8_bytes(const struct scn_lex *lx)
{
	int c = byte_at(lx, 0), second = byte_at(lx, 1);
	size_t n, i;

	if (c >= 0xc2 && c <= 0xdf)
		n = 2;
	else if (c >= 0xe0 && c <= 0xef)
		n = 3;
	else if (c >= 0xf0 && c <= 0xf4)
		n = 4;
	else
		return 0;
	for (i = 1; i < n; i++)
		if (byte_at(lx, i) < 0x80 || byte_at(lx, i) > 0xbf)
			return 0;
	if ((c == 0xe0 && second < 0xa0) || (c == 0xed && second > 0x9f) ||
	    (c == 0xf0 && second < 0x90) || (c == 0xf4 && second > 0x8f))
		return 0;
	return n;
}

/*
 * Looks at the byte here as a piece of a comment, a string (prose) or a word.
 * Gives how many bytes belong together; 0 when it was refused, reported and
 * passed over.
 */
static size_t
piece(struct scn_lex *lx, struct scn_line *out, bool prose)
{
	int c = byte_at(lx, 0);
	size_t n = 1;

	if (c == 0)
		complain(lx, out, "a NUL byte; scenarios are text, remove it");
	else if (c == '\r')
		complain(lx, out,
		    "a carriage return inside a line; end lines with LF");
	else if ((c < 0x20 && c != '\t') || c == 0x7f)
		complain(lx, out,
		    "a control character; in quotes write it as \\xHH");
	else if (c >= 0x80 && !prose)
		complain(lx, out,
		    "a byte outside ASCII in a word; only quoted strings and "
		    "comments may hold UTF-8");
	else if (c >= 0x80 && (n = utf8_bytes(lx)) == 0)
		complain(lx, out,
		    "not UTF-8; in quotes write the byte as \\xHH");
	else
		return n;
	/* One complaint for one character, however many bytes it has. */
	do
		skip(lx, 1);
	while (c >= 0x80 && byte_at(lx, 0) >= 0x80 && byte_at(lx, 0) < 0xc0);
	return 0;
}

static void
read_comment(struct scn_lex *lx, struct scn_line *out)
{
	size_t start = lx->pos, end, n;

	while (!at_end(lx)) {
		n = piece(lx, out, true);
		skip(lx, n);
	}
	end = lx->pos;
	while (end > start &&
	    (lx->text[end - 1] == ' ' || lx->text[end - 1] == '\t'))
		end--;
	out->comment = lx->text + start;
	out->comment_bytes = end - start;
}

static void
unknown_param(struct scn_lex *lx, struct scn_line *out, const char *name)
{
	const char *near = scn_names_nearest(&lx->params, name);
	char text[256];

	if (near != NULL)
		snprintf(text, sizeof(text),
		    "no parameter `%s`; did you mean `%s`?", name, near);
	else
		snprintf(text, sizeof(text),
		    "no parameter `%s`; set it above with: param %s = VALUE, "
		    "or write \\$ in quotes for the sign itself",
		    name, name);
	complain(lx, out, text);
}

/* $NAME or ${NAME} at the present place: appends its value. A dollar before
 * anything else stands for itself. */
static void
read_param(struct scn_lex *lx, struct scn_line *out, struct strbuf *sb)
{
	const char *text = lx->text + lx->pos, *value;
	size_t brace = byte_at(lx, 1) == '{' ? 1 : 0, n = 0;
	const struct scn_named *param;
	char name[64];

	while (n < sizeof(name) && byte_at(lx, 1 + brace + n) > 0 &&
	    scn_is_name(text + 1 + brace, n + 1, ""))
		n++;
	if (n >= sizeof(name)) {
		complain(lx, out, "a parameter's name is at most 63 bytes");
		skip(lx, 1 + n);
		return;
	}
	if (n == 0 || (brace > 0 && byte_at(lx, 2 + n) != '}')) {
		if (brace > 0)
			complain(lx, out,
			    "not a parameter; write it as ${NAME}");
		strbuf_addc(sb, '$');
		skip(lx, 1);
		return;
	}
	memcpy(name, text + 1 + brace, n);
	name[n] = '\0';
	param = scn_names_find(&lx->params, name);
	if (param == NULL) {
		unknown_param(lx, out, name);
	} else if (lx->expanded_bytes < SCN_EXPAND_MAX) {
		value = lx->values[param->value];
		lx->expanded_bytes += strlen(value);
		strbuf_adds(sb, value);
		if (lx->expanded_bytes >= SCN_EXPAND_MAX)
			complain(lx, out,
			    "parameters expand to more than 16 MiB in this "
			    "file; use fewer");
	}
	skip(lx, 1 + n + 2 * brace);
}

static int
hex_value(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static void
read_escape(struct scn_lex *lx, struct scn_line *out, struct strbuf *sb)
{
	static const char known[] = "\"\\$nt", plain[] = "\"\\$\n\t";
	int c = byte_at(lx, 1), high, low;
	const char *found;

	if (c > 0 && (found = strchr(known, c)) != NULL) {
		strbuf_addc(sb, plain[found - known]);
		skip(lx, 2);
		return;
	}
	if (c != 'x') {
		complain(lx, out,
		    "unknown escape; known are \\\" \\\\ \\$ \\n \\t \\xHH");
		skip(lx, 1);
		return;
	}
	high = hex_value(byte_at(lx, 2));
	low = high < 0 ? -1 : hex_value(byte_at(lx, 3));
	if (low < 0) {
		complain(lx, out, "\\x wants two hexadecimal digits");
		skip(lx, 2);
		return;
	}
	if (high == 0 && low == 0)
		complain(lx, out, "\\x00 cannot be part of a string");
	else
		strbuf_addc(sb, (char)(high * 16 + low));
	skip(lx, 4);
}

static void
read_string(struct scn_lex *lx, struct scn_line *out, struct strbuf *sb)
{
	size_t n;

	skip(lx, 1);
	while (!at_end(lx) && byte_at(lx, 0) != '"') {
		if (byte_at(lx, 0) == '\\' && !(newline(lx, 1) > 0)) {
			read_escape(lx, out, sb);
		} else if (byte_at(lx, 0) == '$' && lx->expand) {
			read_param(lx, out, sb);
		} else if ((n = piece(lx, out, true)) > 0) {
			strbuf_add(sb, lx->text + lx->pos, n);
			skip(lx, n);
		}
	}
	if (at_end(lx)) {
		complain(lx, out,
		    "the string has no closing quote on this line; add a \"");
		return;
	}
	skip(lx, 1);
}

static bool
ends_word(const struct scn_lex *lx)
{
	int c = byte_at(lx, 0);

	return at_end(lx) || c == ' ' || c == '\t' || c == '#' || c == '\\';
}

static void
read_word(struct scn_lex *lx, struct scn_line *out, struct strbuf *sb)
{
	size_t n;

	while (!ends_word(lx)) {
		if (byte_at(lx, 0) == '"') {
			complain(lx, out,
			    "a quote inside a word; put a blank before it, or "
			    "the whole in quotes");
			read_string(lx, out, sb);
		} else if (byte_at(lx, 0) == '$' && lx->expand) {
			read_param(lx, out, sb);
		} else if ((n = piece(lx, out, false)) > 0) {
			strbuf_add(sb, lx->text + lx->pos, n);
			skip(lx, n);
		}
	}
}

/* Bytes before the '=' when a name=value begins here, else 0. Comparisons
 * such as <= have no name before the sign. */
static size_t
pair_name(const struct scn_lex *lx)
{
	size_t n = 0;
	int c;

	for (;; n++) {
		c = byte_at(lx, n);
		if (c == '=')
			return n;
		if (c < 0 ||
		    (!is_alpha((unsigned char)c) &&
			(n == 0 || !is_digit((unsigned char)c)) &&
			(c == 0 || strchr(n == 0 ? "$" : ".-%${}", c) == NULL)))
			return 0;
	}
}

static void
read_token(struct scn_lex *lx, struct scn_line *out)
{
	struct scn_token *t =
	    MEM_PUSH(out->tokens, out->n_tokens, out->cap_tokens);
	struct strbuf sb = { 0 }, name = { 0 };
	size_t start = lx->pos, equals = pair_name(lx);

	t->line = lx->line;
	t->col = lx->col;
	t->raw = lx->text + start;
	t->kind = SCN_TOKEN_WORD;
	if (equals > 0) {
		t->kind = SCN_TOKEN_PAIR;
		while (lx->pos < start + equals) {
			if (byte_at(lx, 0) == '$' && lx->expand) {
				read_param(lx, out, &name);
			} else {
				strbuf_addc(&name, lx->text[lx->pos]);
				skip(lx, 1);
			}
		}
		t->name = strbuf_take(&name);
		skip(lx, 1);
	} else if (byte_at(lx, 0) == '"') {
		t->kind = SCN_TOKEN_STRING;
	}
	if (byte_at(lx, 0) == '"') {
		read_string(lx, out, &sb);
		if (!ends_word(lx)) {
			complain(lx, out, "put a blank after the string");
			read_word(lx, out, &sb);
		}
	} else {
		read_word(lx, out, &sb);
	}
	t->raw_bytes = (size_t)(lx->text + lx->pos - t->raw);
	if (sb.bytes > SCN_TOKEN_MAX) {
		out->bad = true;
		diag_report(lx->d, DIAG_ERROR, lx->path, t->line, t->col,
		    "longer than %d bytes; make it shorter", SCN_TOKEN_MAX);
	}
	t->text = strbuf_take(&sb);
	out->end_line = lx->line;
	out->end_col = lx->col;
}

/* A backslash outside quotes. */
static void
read_continuation(struct scn_lex *lx, struct scn_line *out)
{
	size_t nl = newline(lx, 1);

	if (nl == 0) {
		complain(lx, out,
		    "a backslash must be the last byte of its line, or stand "
		    "in quotes");
		skip(lx, 1);
		return;
	}
	skip(lx, 1);
	pass_newline(lx, nl);
}

bool
scn_lex_next(struct scn_lex *lx, struct scn_line *out)
{
	int c;

	scn_line_fini(out);
	if (lx->pos >= lx->bytes)
		return false;
	out->line = out->end_line = lx->line;
	out->end_col = 1;
	while (!at_end(lx)) {
		c = byte_at(lx, 0);
		if (c == ' ' || c == '\t')
			skip(lx, 1);
		else if (c == '#')
			read_comment(lx, out);
		else if (c == '\\')
			read_continuation(lx, out);
		else
			read_token(lx, out);
	}
	if (lx->pos < lx->bytes)
		pass_newline(lx, newline(lx, 0));
	return true;
}
