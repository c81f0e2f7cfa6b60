/* SPDX-License-Identifier: BSD-2-Clause */
/* The cursor over one line's tokens, and the values that a token can be. */
#include "sim/scenario/scn_cursor.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/ipaddr.h"
#include "base/mem.h"
#include "base/suggest.h"

const struct scn_token *
scn_peek(const struct scn_parser *p)
{
	return p->at < p->line.n_tokens ? &p->line.tokens[p->at] : NULL;
}

const struct scn_token *
scn_take(struct scn_parser *p)
{
	return p->at < p->line.n_tokens ? &p->line.tokens[p->at++] : NULL;
}

bool
scn_accept(struct scn_parser *p, const char *w)
{
	const struct scn_token *t = scn_peek(p);

	if (t == NULL || t->kind != SCN_TOKEN_WORD || strcmp(t->text, w) != 0)
		return false;
	p->at++;
	return true;
}

bool
scn_is_word(const struct scn_token *t, const char *w)
{
	return t != NULL && t->kind == SCN_TOKEN_WORD &&
	    strcmp(t->text, w) == 0;
}

int
scn_find_word(const struct scn_token *t, const char *const words[],
    size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (scn_is_word(t, words[i]))
			return (int)i;
	return -1;
}

bool
scn_error(struct scn_parser *p, const struct scn_token *tok, const char *fmt,
    ...)
{
	char text[480];
	va_list ap;

	if (p->quiet || p->d->errors >= SCN_ERRORS_MAX)
		return false;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	diag_report(p->d, DIAG_ERROR, p->path,
	    tok == NULL ? p->line.end_line : tok->line,
	    tok == NULL ? p->line.end_col : tok->col, "%s", text);
	return false;
}

bool
scn_unknown(struct scn_parser *p, const struct scn_token *tok, const char *what,
    const char *const known[], size_t count)
{
	const char *near = suggest(tok->text, known, count);
	struct strbuf all = { 0 };
	size_t i;

	if (near != NULL)
		return scn_error(p, tok,
		    "unknown %s `%.64s`; did you mean `%s`?", what, tok->text,
		    near);
	for (i = 0; i < count; i++)
		strbuf_addf(&all, "%s%s", i == 0 ? "" : " ", known[i]);
	scn_error(p, tok, "unknown %s `%.64s`; known are: %s", what, tok->text,
	    strbuf_str(&all));
	strbuf_fini(&all);
	return false;
}

bool
scn_once(struct scn_parser *p, const struct scn_token *tok, unsigned *seen,
    unsigned bit)
{
	if ((*seen & bit) != 0)
		return scn_error(p, tok, "`%.64s` says it again; keep one",
		    tok->text);
	*seen |= bit;
	return true;
}

bool
scn_no_more(struct scn_parser *p, const char *statement)
{
	const struct scn_token *t = scn_peek(p);

	if (t == NULL)
		return true;
	return scn_error(p, t,
	    "`%.*s` is too much after %s; remove it or begin a new line",
	    t->raw_bytes > 64 ? 64 : (int)t->raw_bytes, t->raw, statement);
}

const struct scn_token *
scn_need(struct scn_parser *p, const char *what)
{
	const struct scn_token *t = scn_take(p);

	if (t == NULL)
		scn_error(p, NULL, "the line ends where %s should be", what);
	return t;
}

bool
scn_need_word(struct scn_parser *p, const char *w, const char *after)
{
	const struct scn_token *t = scn_peek(p);

	if (scn_accept(p, w))
		return true;
	if (t == NULL)
		return scn_error(p, NULL, "`%s` is missing after %s", w, after);
	return scn_error(p, t, "`%.64s` where `%s` should be, after %s",
	    t->text, w, after);
}

bool
scn_need_ifname(struct scn_parser *p, const char *what,
    const struct scn_token **tok)
{
	const struct scn_token *t = scn_need(p, what);

	if (t == NULL)
		return false;
	*tok = t;
	if (t->kind != SCN_TOKEN_WORD ||
	    !scn_is_name(t->text, strlen(t->text), "."))
		return scn_error(p, t,
		    "%s must be an interface name such as hn0: letters, "
		    "digits, `_` and `.`, a letter first",
		    what);
	if (strlen(t->text) >= SCN_NAME_MAX)
		return scn_error(p, t,
		    "`%.64s` is too long for an interface; the kernel takes "
		    "at most %d bytes",
		    t->text, SCN_NAME_MAX - 1);
	return true;
}

bool
scn_need_string(struct scn_parser *p, const char *what, char **out)
{
	const struct scn_token *t = scn_need(p, what);

	if (t == NULL)
		return false;
	if (t->kind != SCN_TOKEN_STRING)
		return scn_error(p, t, "%s must stand in \"quotes\"", what);
	if (t->text[0] == '\0')
		return scn_error(p, t, "%s is empty", what);
	*out = mem_str(t->text);
	return true;
}

bool
scn_need_name(struct scn_parser *p, const char *what, char **out)
{
	const struct scn_token *t = scn_need(p, what);

	if (t == NULL)
		return false;
	if (t->kind == SCN_TOKEN_PAIR || t->text[0] == '\0')
		return scn_error(p, t,
		    "%s must be a word, or a string that is not empty", what);
	*out = mem_str(t->text);
	return true;
}

bool
scn_need_either(struct scn_parser *p, const char *first, const char *second,
    bool *is_first)
{
	const char *const known[] = { first, second };
	const struct scn_token *t = scn_peek(p);

	*is_first = scn_accept(p, first);
	if (*is_first || scn_accept(p, second))
		return true;
	if (t == NULL)
		return scn_error(p, NULL, "`%s` or `%s` is missing", first,
		    second);
	return scn_unknown(p, t, "word", known, 2);
}

bool
scn_need_dur(struct scn_parser *p, const char *what, int64_t *ns)
{
	const struct scn_token *t = scn_need(p, what);

	if (t == NULL)
		return false;
	if (t->kind != SCN_TOKEN_WORD ||
	    !dur_parse(t->text, strlen(t->text), ns))
		return scn_error(p, t,
		    "%s must be a duration such as 250ms or 1.5s, not `%.64s`; "
		    "units are ns us ms s min h",
		    what, t->text);
	if (*ns > SCN_TIME_MAX)
		return scn_error(p, t, "%s is longer than 366 days", what);
	return true;
}

bool
scn_need_num(struct scn_parser *p, const char *what, int64_t min, int64_t max,
    int64_t *out)
{
	const struct scn_token *t = scn_need(p, what);

	if (t == NULL)
		return false;
	if (t->kind != SCN_TOKEN_WORD ||
	    !num_parse(t->text, strlen(t->text), min, max, out))
		return scn_error(p, t,
		    "%s must be a whole number from %lld to %lld, not `%.64s`",
		    what, (long long)min, (long long)max, t->text);
	return true;
}

bool
scn_need_mac(struct scn_parser *p, uint8_t mac[6])
{
	const struct scn_token *t = scn_need(p, "a MAC address");

	if (t == NULL)
		return false;
	if (t->kind != SCN_TOKEN_WORD || !mac_parse(t->text, mac))
		return scn_error(p, t,
		    "`%.64s` is not a MAC address; write 00:0d:3a:f5:76:bd",
		    t->text);
	if ((mac[0] & 1) != 0)
		return scn_error(p, t,
		    "%s is a group address; an interface's own has an even "
		    "first byte",
		    t->text);
	return true;
}

bool
scn_need_mark(struct scn_parser *p, bool every, char **mark)
{
	const struct scn_token *t = scn_need(p, "a mark's name");
	struct scn_token first;
	size_t n;
	bool all;

	if (t == NULL)
		return false;
	n = strlen(t->text);
	all = every && n > 2 && strcmp(t->text + n - 2, ".*") == 0;
	if (t->kind != SCN_TOKEN_WORD ||
	    !scn_is_name(t->text, all ? n - 2 : n, ".-"))
		return scn_error(p, t, "`%.64s` is not the name of a mark",
		    t->text);
	*mark = mem_str(t->text);
	first = *t;
	first.text = mem_str(t->text);
	if (all)
		first.text[n - 1] = '1';
	scn_use(p, SCN_USE_MARK, &first);
	free(first.text);
	return true;
}

void
scn_use(struct scn_parser *p, enum scn_use_kind kind,
    const struct scn_token *tok)
{
	struct scn_use *u = MEM_PUSH(p->uses, p->n_uses, p->cap_uses);

	u->kind = kind;
	u->name = mem_str(tok->text);
	u->line = p->quiet ? 0 : tok->line;
	u->col = tok->col;
}

static const char *
use_word(enum scn_use_kind kind)
{
	switch (kind) {
	case SCN_USE_NIC:
		return "nic";
	case SCN_USE_VF:
		return "vf";
	case SCN_USE_PROBE:
		return "probe";
	case SCN_USE_MARK:
		return "mark";
	}
	return "name";
}

static bool
use_is_known(const struct scn_parser *p, const struct scn_use *u)
{
	const struct scn_named *n;

	switch (u->kind) {
	case SCN_USE_NIC:
	case SCN_USE_VF:
		n = scn_names_find(&p->ifnames, u->name);
		return n != NULL && n->value == (u->kind == SCN_USE_VF);
	case SCN_USE_PROBE:
		return scn_names_find(&p->probes, u->name) != NULL;
	case SCN_USE_MARK:
		/* The marks of a recording are known when it is read. */
		if (p->s->recording != NULL && scn_is_recorded_mark(u->name))
			return true;
		return strcmp(u->name, "start") == 0 ||
		    strcmp(u->name, "end") == 0 ||
		    scn_names_find(&p->marks, u->name) != NULL;
	}
	return false;
}

void
scn_finish_uses(struct scn_parser *p)
{
	const struct scn_names *in;
	const struct scn_use *u;
	const char *near;
	char again[80];
	size_t i, n;

	for (i = 0; i < p->n_uses && p->d->errors < SCN_ERRORS_MAX; i++) {
		u = &p->uses[i];
		if (u->line == 0 || use_is_known(p, u))
			continue;
		in = u->kind == SCN_USE_MARK   ? &p->marks
		    : u->kind == SCN_USE_PROBE ? &p->probes
					       : &p->ifnames;
		near = scn_names_nearest(in, u->name);
		/* A mark set inside repeat { } is called NAME.1, NAME.2 … */
		n = (size_t)snprintf(again, sizeof(again), "%s.1", u->name);
		if (u->kind == SCN_USE_MARK && n < sizeof(again) &&
		    scn_names_find(in, again) != NULL)
			near = again;
		if (near != NULL && strcmp(near, u->name) != 0)
			diag_report(p->d, DIAG_ERROR, p->path, u->line, u->col,
			    "no %s `%.64s` is declared; did you mean `%s`?",
			    use_word(u->kind), u->name, near);
		else
			diag_report(p->d, DIAG_ERROR, p->path, u->line, u->col,
			    "no %s `%.64s` is declared in this scenario; "
			    "declare it or correct the name",
			    use_word(u->kind), u->name);
	}
}
