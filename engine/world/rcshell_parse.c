/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <string.h>

#include "base/strbuf.h"
#include "world/rcshell.h"

#define NAME_MOST 128

struct reader {
	const char *at, *end;
	unsigned line; /* of what is between the markers */
};

static int
refuse(const struct reader *in, struct err *err, const char *what)
{
	return err_set(err, ERR_INPUT,
	    "rc.conf: line %u of what the shell printed: %s", in->line, what);
}

static int
peek(const struct reader *in)
{
	return in->at < in->end ? (unsigned char)*in->at : -1;
}

static char
next(struct reader *in)
{
	char c = *in->at++;

	in->line += c == '\n';
	return c;
}

static int
digit_of(int c, int base)
{
	int v = c >= '0' && c <= '9' ? c - '0'
	    : c >= 'a' && c <= 'f'   ? c - 'a' + 10
	    : c >= 'A' && c <= 'F'   ? c - 'A' + 10
				     : 99;

	return v < base ? v : -1;
}

static unsigned
take_number(struct reader *in, int base, int most)
{
	unsigned value = 0;
	int v, n;

	for (n = 0; n < most && (v = digit_of(peek(in), base)) >= 0; n++) {
		value = value * (unsigned)base + (unsigned)v;
		in->at++;
	}
	return value;
}

/* Behind the backslash of $'...'; its letters are those of printf(1). */
static void
take_escape(struct reader *in, struct strbuf *out)
{
	static const char letters[] = "abfnrtve",
			  values[] = "\a\b\f\n\r\t\v\033";
	const char *at;
	int c = peek(in);

	if (digit_of(c, 8) >= 0) {
		strbuf_addc(out, (char)take_number(in, 8, 3));
		return;
	}
	if (c < 0)
		return;
	in->at++;
	if (c == 'x') {
		strbuf_addc(out, (char)take_number(in, 16, 2));
		return;
	}
	at = c != '\0' ? strchr(letters, c) : NULL;
	strbuf_addc(out, at != NULL ? values[at - letters] : (char)c);
}

/* Up to the closing quote, which is taken; false: there is none. */
static bool
take_single(struct reader *in, struct strbuf *out)
{
	while (in->at < in->end && *in->at != '\'')
		strbuf_addc(out, next(in));
	if (in->at == in->end)
		return false;
	in->at++;
	return true;
}

static bool
take_dollar(struct reader *in, struct strbuf *out)
{
	while (in->at < in->end && *in->at != '\'') {
		if (*in->at != '\\') {
			strbuf_addc(out, next(in));
			continue;
		}
		in->at++;
		take_escape(in, out);
	}
	if (in->at == in->end)
		return false;
	in->at++;
	return true;
}

/* In double quotes a backslash counts before few characters only. */
static bool
take_double(struct reader *in, struct strbuf *out)
{
	while (in->at < in->end && *in->at != '"') {
		if (*in->at == '\\' && in->at + 1 < in->end &&
		    strchr("\"\\$`", in->at[1]) != NULL && in->at[1] != '\0')
			in->at++;
		strbuf_addc(out, next(in));
	}
	if (in->at == in->end)
		return false;
	in->at++;
	return true;
}

/* One word, up to the end of its line. */
static bool
take_word(struct reader *in, struct strbuf *out)
{
	bool good = true;

	strbuf_reset(out);
	while (good && in->at < in->end && *in->at != '\n') {
		if (*in->at == '\'') {
			in->at++;
			good = take_single(in, out);
		} else if (*in->at == '"') {
			in->at++;
			good = take_double(in, out);
		} else if (*in->at == '$' && in->at + 1 < in->end &&
		    in->at[1] == '\'') {
			in->at += 2;
			good = take_dollar(in, out);
		} else {
			if (*in->at == '\\' && in->at + 1 < in->end)
				in->at++;
			strbuf_addc(out, next(in));
		}
	}
	if (in->at < in->end)
		next(in);
	return good;
}

static bool
is_name(int c, bool first)
{
	return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (!first && c >= '0' && c <= '9');
}

static bool
take_name(struct reader *in, char name[NAME_MOST])
{
	size_t n = 0;

	while (n < NAME_MOST - 1 && is_name(peek(in), n == 0))
		name[n++] = *in->at++;
	name[n] = '\0';
	if (n == 0 || peek(in) != '=')
		return false;
	in->at++;
	return true;
}

/* Whether a line that is only this word begins at `at`. */
static bool
is_marker(const char *at, const char *end, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(end - at) > n && memcmp(at, word, n) == 0 &&
	    at[n] == '\n';
}

/* Behind the first begin marker: whatever rc.conf itself has printed stands
 * before it. NULL: there is none. */
static const char *
find_begin(const char *text, size_t bytes)
{
	const char *end = text + bytes, *at, *found = NULL;

	for (at = text; at != NULL && at < end;
	     at = memchr(at, '\n', (size_t)(end - at)),
	    at = at != NULL ? at + 1 : NULL)
		if (found == NULL && is_marker(at, end, RCSHELL_BEGIN))
			found = at + sizeof(RCSHELL_BEGIN);
	return found;
}

static int
take_all(struct reader *in, struct rcvars *out, struct err *err)
{
	struct strbuf value = { 0 };
	char name[NAME_MOST];
	int rc = 0;

	while (rc == 0 && !is_marker(in->at, in->end, RCSHELL_END)) {
		if (in->at == in->end)
			rc = refuse(in, err, "it ends too early");
		else if (!take_name(in, name))
			rc = refuse(in, err, "not a variable and its value");
		else if (!take_word(in, &value))
			rc = refuse(in, err, "a quote is not closed");
		else if (memchr(strbuf_str(&value), '\0', value.bytes) != NULL)
			rc = refuse(in, err, "a value has a NUL in it");
		else if (name[0] >= 'a' && name[0] <= 'z')
			rcvars_set_in(out, RC_CONF, "rc.conf", name,
			    strbuf_str(&value), 0, 0);
	}
	strbuf_fini(&value);
	return rc;
}

int
rcshell_parse(const char *text, size_t bytes, struct rcvars *out,
    struct err *err)
{
	struct rcvars fresh = { 0 };
	struct reader in = { .line = 1 };
	size_t i;
	int rc;

	in.at = find_begin(text, bytes);
	in.end = text + bytes;
	if (in.at == NULL)
		return err_set(err, ERR_INPUT,
		    "rc.conf: the shell did not come to its end; \"sh -c '. "
		    "/etc/rc.subr; load_rc_config network'\" says why");
	rc = take_all(&in, &fresh, err);
	for (i = 0; rc == 0 && i < fresh.n_vars; i++)
		rcvars_set_in(out, RC_CONF, "rc.conf", fresh.vars[i].name,
		    fresh.vars[i].value, 0, 0);
	rcvars_fini(&fresh);
	return rc;
}
