/* SPDX-License-Identifier: BSD-2-Clause */
#include "failover/rcfile.h"

#include <string.h>

#include "base/strbuf.h"

#define NAME_MAX_BYTES 64

struct rcreader {
	struct rcvars *r;
	struct diag *d;
	const char *path;
	enum rc_file file;
	const char *at, *end;
	const char *line_start;
	unsigned line;
};

static unsigned
column(const struct rcreader *in, const char *at)
{
	return (unsigned)(at - in->line_start) + 1;
}

#define COMPLAIN(in, place, ...)                                               \
	diag_report((in)->d, DIAG_ERROR, (in)->path, (in)->line,               \
	    column((in), (place)), __VA_ARGS__)

static int
peek(const struct rcreader *in, size_t n)
{
	return (size_t)(in->end - in->at) > n ? (unsigned char)in->at[n] : -1;
}

static void
next_line(struct rcreader *in)
{
	in->at++;
	in->line++;
	in->line_start = in->at;
}

static bool
is_joined_line(const struct rcreader *in)
{
	return peek(in, 0) == '\\' && peek(in, 1) == '\n';
}

static void
skip_rest_of_line(struct rcreader *in)
{
	while (in->at < in->end && *in->at != '\n')
		in->at++;
}

static bool
is_name_start(int c)
{
	return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t
name_bytes(const struct rcreader *in, const char *at)
{
	const char *p = at;

	if (p == in->end || !is_name_start((unsigned char)*p))
		return 0;
	while (p < in->end &&
	    (is_name_start((unsigned char)*p) || (*p >= '0' && *p <= '9')))
		p++;
	return (size_t)(p - at);
}

static bool
take_name(struct rcreader *in, char name[NAME_MAX_BYTES + 1])
{
	size_t bytes = name_bytes(in, in->at);

	if (bytes == 0 || bytes > NAME_MAX_BYTES)
		return false;
	memcpy(name, in->at, bytes);
	name[bytes] = '\0';
	in->at += bytes;
	return true;
}

/* $NAME or ${NAME}; in->at is on the dollar. */
static bool
expand(struct rcreader *in, struct strbuf *out)
{
	char name[NAME_MAX_BYTES + 1];
	const char *start = in->at++, *value;
	bool braces = peek(in, 0) == '{';

	in->at += braces ? 1 : 0;
	if (!take_name(in, name) || (braces && peek(in, 0) != '}')) {
		COMPLAIN(in, start,
		    "of expansions only $NAME and ${NAME} are understood; "
		    "write the value itself");
		return false;
	}
	in->at += braces ? 1 : 0;
	value = rcvars_get(in->r, name);
	if (value == NULL) {
		COMPLAIN(in, start,
		    "the variable %s is not set before this line; write the "
		    "value itself",
		    name);
		return false;
	}
	if (out->bytes + strlen(value) > RCFILE_MAX) {
		COMPLAIN(in, start, "the value grows too long");
		return false;
	}
	strbuf_adds(out, value);
	return true;
}

/* A string may run over lines; in->at is on the opening quote. */
static bool
take_string(struct rcreader *in, char quote, struct strbuf *out)
{
	const char *start = in->at++, *start_line = in->line_start;
	unsigned line = in->line;

	while (in->at < in->end && *in->at != quote) {
		if (quote == '"' && *in->at == '$') {
			if (!expand(in, out))
				return false;
			continue;
		}
		if (quote == '"' && *in->at == '`') {
			COMPLAIN(in, in->at,
			    "commands in `...` are not understood; write the "
			    "value itself");
			return false;
		}
		if (quote == '"' && is_joined_line(in)) {
			in->at++;
			next_line(in);
			continue;
		}
		if (quote == '"' && *in->at == '\\' && peek(in, 1) >= 0 &&
		    strchr("$`\"\\", in->at[1]) != NULL)
			in->at++;
		strbuf_addc(out, *in->at);
		if (*in->at == '\n')
			next_line(in);
		else
			in->at++;
	}
	if (in->at == in->end) {
		diag_report(in->d, DIAG_ERROR, in->path, line,
		    (unsigned)(start - start_line) + 1,
		    "the string is not closed; end it with %c", quote);
		return false;
	}
	in->at++;
	return true;
}

static bool
ends_word(int c)
{
	return c < 0 || c == ' ' || c == '\t' || c == '\n' || c == ';';
}

static bool
take_plain(struct rcreader *in, struct strbuf *out)
{
	int c = peek(in, 0);

	if (strchr("`&|<>(){}", c) != NULL || c == '\0') {
		COMPLAIN(in, in->at,
		    "only assignments NAME=\"value\" are understood; put '...' "
		    "around what belongs to the value");
		return false;
	}
	strbuf_addc(out, (char)c);
	in->at++;
	return true;
}

static bool
take_value(struct rcreader *in, struct strbuf *out)
{
	int c;

	if (peek(in, 0) == '~') {
		COMPLAIN(in, in->at,
		    "~ stands for a folder to the shell; write it out");
		return false;
	}
	while (!ends_word(c = peek(in, 0))) {
		if (is_joined_line(in)) {
			in->at++;
			next_line(in);
		} else if (c == '\'' || c == '"') {
			if (!take_string(in, (char)c, out))
				return false;
		} else if (c == '$') {
			if (!expand(in, out))
				return false;
		} else if (c == '\\' && peek(in, 1) >= 0) {
			strbuf_addc(out, in->at[1]);
			in->at += 2;
		} else if (!take_plain(in, out)) {
			return false;
		}
	}
	return true;
}

/* One assignment. False when the rest of the line is not to be trusted. */
static bool
take_assignment(struct rcreader *in)
{
	char name[NAME_MAX_BYTES + 1];
	struct strbuf value = { 0 };
	const char *start = in->at;
	unsigned line = in->line, col = column(in, start);
	bool good;

	if (!take_name(in, name) || peek(in, 0) != '=') {
		COMPLAIN(in, start,
		    "only assignments NAME=\"value\" are understood, with no "
		    "blank around the =; a name has at most %d bytes",
		    NAME_MAX_BYTES);
		return false;
	}
	in->at++;
	good = take_value(in, &value);
	if (good && memchr(strbuf_str(&value), '\0', value.bytes) != NULL) {
		COMPLAIN(in, start, "there is a NUL byte in the value");
		good = false;
	}
	if (good)
		rcvars_set_in(in->r, in->file, in->path, name,
		    strbuf_str(&value), line, col);
	strbuf_fini(&value);
	return good;
}

bool
rcfile_parse(struct rcvars *r, enum rc_file file, const char *path,
    const char *text, size_t bytes, struct diag *d)
{
	struct rcreader in = {
		.r = r,
		.d = d,
		.path = path,
		.file = file,
		.at = text,
		.end = text + bytes,
		.line_start = text,
		.line = 1,
	};
	unsigned before = d->errors;
	int c;

	if (bytes > RCFILE_MAX) {
		diag_report(d, DIAG_ERROR, path, 0, 0,
		    "larger than %d bytes; this is no rc.conf", RCFILE_MAX);
		return false;
	}
	while ((c = peek(&in, 0)) >= 0) {
		if (c == '\n') {
			next_line(&in);
		} else if (c == '#') {
			skip_rest_of_line(&in);
		} else if (is_joined_line(&in)) {
			in.at++;
			next_line(&in);
		} else if (c == ' ' || c == '\t' || c == ';') {
			in.at++;
		} else if (!take_assignment(&in)) {
			skip_rest_of_line(&in);
		}
	}
	return d->errors == before;
}
