/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/expand.h"

#include <string.h>

/* What the shell makes of the author's text so far. */
struct shell_state {
	enum expand_place place;
	bool escaped;	 /* the last byte was a backslash that escapes */
	bool dollar;	 /* the last byte was a dollar that stands alone */
	bool word_start; /* a # here begins a comment */
};

struct output {
	struct strbuf *out;
	struct strbuf name;
	struct shell_state shell;
	bool quotes; /* an action: values are quoted */
	enum rule_quoting quoting;
};

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_name_byte(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static void
follow_plain(struct shell_state *s, char c)
{
	if (c == '#' && s->word_start)
		s->place = EXPAND_IN_COMMENT;
	else if (c == '\'')
		s->place = EXPAND_IN_SINGLE;
	else if (c == '"')
		s->place = EXPAND_IN_DOUBLE;
	s->word_start = strchr(" \t\n;&|()", c) != NULL;
}

static void
follow(struct shell_state *s, char c)
{
	bool escaped = s->escaped;

	s->escaped = false;
	if (is_name_byte(c)) { /* most are, and mean nothing to the shell */
		s->dollar = false;
		s->word_start = s->word_start &&
		    (s->place == EXPAND_IN_SINGLE ||
			s->place == EXPAND_IN_COMMENT);
		return;
	}
	s->dollar = c == '$' && !escaped && !s->dollar;
	if (s->place == EXPAND_IN_SINGLE) {
		if (c == '\'')
			s->place = EXPAND_PLAIN;
	} else if (s->place == EXPAND_IN_COMMENT) {
		if (c == '\n') {
			s->place = EXPAND_PLAIN;
			s->word_start = true;
		}
	} else if (escaped)
		s->word_start = false;
	else if (c == '\\') {
		s->escaped = true;
		s->word_start = false;
	} else if (s->place == EXPAND_PLAIN)
		follow_plain(s, c);
	else if (c == '"')
		s->place = EXPAND_PLAIN;
}

static void
copy(struct output *o, char c)
{
	strbuf_addc(o->out, c);
	if (o->quotes)
		follow(&o->shell, c);
}

static void
quote_devd(struct strbuf *out, const char *value)
{
	strbuf_adds(out, "$'");
	for (; *value != '\0'; value++) {
		if (*value == '\'' || *value == '\\')
			strbuf_addc(out, '\\');
		strbuf_addc(out, *value);
	}
	strbuf_addc(out, '\'');
}

static void
quote_single(struct strbuf *out, const char *value)
{
	strbuf_addc(out, '\'');
	for (; *value != '\0'; value++)
		if (*value == '\'')
			strbuf_adds(out, "'\"'\"'");
		else
			strbuf_addc(out, *value);
	strbuf_addc(out, '\'');
}

/* devd's $'..' begins with a dollar, which makes a pair with a dollar or an
 * escaping backslash before it. That dollar must stay when ours has none. */
static void
quote_safe(struct output *o, const char *value)
{
	enum expand_place place = o->shell.place;
	const char *around = "";

	if (place == EXPAND_IN_COMMENT) {
		for (; *value != '\0'; value++)
			strbuf_addc(o->out, *value == '\n' ? ' ' : *value);
		return;
	}
	if (place != EXPAND_IN_SINGLE && (o->shell.escaped || o->shell.dollar))
		strbuf_addc(o->out, '$');
	if (place == EXPAND_IN_SINGLE)
		around = "'";
	else if (place == EXPAND_IN_DOUBLE)
		around = "\"";
	strbuf_adds(o->out, around);
	quote_single(o->out, value);
	strbuf_adds(o->out, around);
}

static const char *
variable(const struct expand *x, struct output *o, const char *p)
{
	const char *value;

	strbuf_reset(&o->name);
	do
		strbuf_addc(&o->name, *p++);
	while (is_name_byte(*p));
	value = x->value(x->ctx, strbuf_str(&o->name), o->shell.place);
	if (!o->quotes)
		strbuf_adds(o->out, value);
	else if (o->quoting == RULE_QUOTE_DEVD)
		quote_devd(o->out, value);
	else
		quote_safe(o, value);
	o->shell.escaped = o->shell.dollar = o->shell.word_start = false;
	return p;
}

static const char *
parenthesis(const struct expand *x, struct output *o, const char *p)
{
	int open = x->version == RULE_12_1 ? 1 : 0;

	copy(o, '$');
	do {
		if (*p == '(')
			open++;
		else if (*p == ')')
			open--;
		copy(o, *p++);
	} while (open > 0 && *p != '\0');
	return p;
}

/* False when a dollar at the end cut the text. */
static bool
expand(const struct expand *x, struct output *o, const char *p)
{
	while (*p != '\0') {
		if (*p != '$') {
			copy(o, *p++);
			continue;
		}
		p++;
		if (*p == '$')
			copy(o, *p++);
		else if (*p == '(')
			p = parenthesis(x, o, p);
		else if (is_letter(*p) || *p == '_' || *p == '-' || *p == '*')
			p = variable(x, o, p);
		else {
			copy(o, '$');
			if (*p == '\0')
				return false;
			copy(o, *p++);
		}
	}
	return true;
}

void
expand_pattern(const struct expand *x, const char *text, struct strbuf *out)
{
	struct output o = { .out = out };

	strbuf_addc(out, '^');
	if (expand(x, &o, text))
		strbuf_addc(out, '$');
	strbuf_fini(&o.name);
}

void
expand_action(const struct expand *x, const char *text,
    enum rule_quoting quoting, struct strbuf *out)
{
	struct output o = { .out = out, .quotes = true, .quoting = quoting };

	o.shell.word_start = true;
	(void)expand(x, &o, text);
	strbuf_fini(&o.name);
}
