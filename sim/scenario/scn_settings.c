/* SPDX-License-Identifier: BSD-2-Clause */
/* Statements that give values to names. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "sim/scenario/scn_cursor.h"

#define RC_D "rc.conf.d/"

struct pair_list {
	struct scn_pair **pairs;
	size_t *n, *cap;
	struct scn_names *names; /* NULL: a name may come again */
	const char *what;	 /* "an rc.conf variable" */
	const char *extra;	 /* bytes allowed in a name besides a word's */
	enum scn_rc_source source;
	const char *file; /* of SCN_RC_D, else NULL */
};

static void
add_pair(struct pair_list *l, const struct scn_token *t, const char *name,
    const char *value)
{
	struct scn_pair *pair = MEM_PUSH(*l->pairs, *l->n, *l->cap);

	pair->name = mem_str(name);
	pair->value = mem_str(value);
	pair->source = l->source;
	pair->file = l->file == NULL ? NULL : mem_str(l->file);
	pair->line = t->line;
	pair->col = t->col;
}

/* The same variable may be set once in each file. */
static const struct scn_named *
note_name(struct pair_list *l, const char *name, unsigned line)
{
	const struct scn_named *older;
	struct strbuf key = { 0 };

	strbuf_addf(&key, "%d %s %s", (int)l->source,
	    l->file == NULL ? "" : l->file, name);
	older = scn_names_add(l->names,
	    l->source == SCN_RC_MAIN ? name : strbuf_str(&key), 0, line);
	strbuf_fini(&key);
	return older;
}

static bool
check_name(struct scn_parser *p, struct pair_list *l, const struct scn_token *t,
    const char *name)
{
	const struct scn_named *older;

	if (!scn_is_name(name, strlen(name), l->extra))
		return scn_error(p, t, "`%.64s` is not the name of %s", name,
		    l->what);
	older = l->names == NULL ? NULL : note_name(l, name, t->line);
	if (older != NULL)
		return scn_error(p, t,
		    "`%.64s` is set already, in line %u; keep one", name,
		    older->line);
	return true;
}

static bool
read_pair(struct scn_parser *p, struct pair_list *l)
{
	const struct scn_token *t = scn_need(p, l->what);

	if (t == NULL)
		return false;
	if (t->kind != SCN_TOKEN_PAIR)
		return scn_error(p, t,
		    "%s must be written as name=\"value\", without blanks "
		    "around the sign",
		    l->what);
	if (!check_name(p, l, t, t->name))
		return false;
	add_pair(l, t, t->name, t->text);
	return true;
}

static bool
read_pairs(struct scn_parser *p, struct pair_list l)
{
	bool good = true;

	do {
		if (!read_pair(p, &l))
			good = false;
	} while (scn_peek(p) != NULL);
	return good;
}

bool
scn_read_rc_pairs(struct scn_parser *p, struct scn_step *step)
{
	struct pair_list l = { &step->pairs, &step->n_pairs, &step->cap_pairs,
		NULL, "an rc.conf variable", "", SCN_RC_MAIN, NULL };

	do {
		if (!read_pair(p, &l))
			return false;
	} while (scn_peek(p) != NULL && scn_peek(p)->kind == SCN_TOKEN_PAIR);
	return true;
}

bool
scn_stmt_rc(struct scn_parser *p)
{
	const struct scn_token *word = &p->line.tokens[0];
	struct scenario *s = p->s;
	struct pair_list l = { &s->rc, &s->n_rc, &s->cap_rc, &p->rc,
		"an rc.conf variable", "", SCN_RC_MAIN, NULL };

	if (strcmp(word->text, "rc.conf.local") == 0)
		l.source = SCN_RC_LOCAL;
	if (strncmp(word->text, RC_D, strlen(RC_D)) == 0) {
		l.source = SCN_RC_D;
		l.file = word->text + strlen(RC_D);
		if (!scn_is_name(l.file, strlen(l.file), "-"))
			return scn_error(p, word,
			    "write the file's name behind the slash: " RC_D
			    "netif NAME=VALUE");
	}
	return read_pairs(p, l);
}

bool
scn_stmt_rc_file(struct scn_parser *p)
{
	const struct scn_token *t = scn_peek(p);
	struct scenario *s = p->s;
	struct scn_file *file;
	char *name = NULL;

	if (!scn_need_name(p, "the file's name", &name))
		return false;
	file = MEM_PUSH(s->rc_files, s->n_rc_files, s->cap_rc_files);
	file->name = name;
	file->line = t->line;
	file->col = t->col;
	return scn_no_more(p, "the file's name");
}

bool
scn_stmt_sysctl(struct scn_parser *p)
{
	struct scenario *s = p->s;

	return read_pairs(p,
	    (struct pair_list){ &s->sysctls, &s->n_sysctls, &s->cap_sysctls,
		&p->sysctls, "a sysctl", ".%-", SCN_RC_MAIN, NULL });
}

bool
scn_stmt_daemon(struct scn_parser *p)
{
	struct scenario *s = p->s;

	return read_pairs(p,
	    (struct pair_list){ &s->options, &s->n_options, &s->cap_options,
		&p->options, "a daemon option", ".-", SCN_RC_MAIN, NULL });
}

/* NAME = VALUE..., the value being for the machine profile's reader to
 * understand: it is kept as written, parameters replaced. */
static bool
read_assignment(struct scn_parser *p, struct pair_list l, const char *name,
    const char *form, const char *missing)
{
	const struct scn_token *t = scn_need(p, name), *v;
	struct strbuf text = { 0 };

	if (t == NULL)
		return false;
	if (t->kind != SCN_TOKEN_WORD)
		return scn_error(p, t, "write: %s, with blanks around the sign",
		    form);
	if (!check_name(p, &l, t, t->text) || !scn_need_word(p, "=", name))
		return false;
	if (scn_peek(p) == NULL)
		return scn_error(p, NULL, "%s", missing);
	while ((v = scn_take(p)) != NULL) {
		if (text.bytes > 0)
			strbuf_addc(&text, ' ');
		if (v->kind == SCN_TOKEN_PAIR)
			strbuf_addf(&text, "%s=", v->name);
		if (v->kind == SCN_TOKEN_STRING)
			scn_quote(&text, v->text);
		else
			strbuf_adds(&text, v->text);
	}
	add_pair(&l, t, t->text, strbuf_str(&text));
	strbuf_fini(&text);
	return true;
}

bool
scn_stmt_delay(struct scn_parser *p)
{
	struct scenario *s = p->s;

	return read_assignment(p,
	    (struct pair_list){ &s->delays, &s->n_delays, &s->cap_delays,
		&p->delays, "a delay", ".-", SCN_RC_MAIN, NULL },
	    "the delay's name", "delay NAME = DISTRIBUTION",
	    "a distribution is missing, such as 20ms");
}

bool
scn_stmt_flag(struct scn_parser *p)
{
	struct scenario *s = p->s;

	return read_assignment(p,
	    (struct pair_list){ &s->flags, &s->n_flags, &s->cap_flags,
		&p->flags, "a flag", ".-", SCN_RC_MAIN, NULL },
	    "the flag's name", "flag NAME = yes", "yes or no is missing");
}

bool
scn_stmt_limit(struct scn_parser *p)
{
	struct scenario *s = p->s;

	return read_assignment(p,
	    (struct pair_list){ &s->limits, &s->n_limits, &s->cap_limits,
		&p->limits, "a limit", ".-", SCN_RC_MAIN, NULL },
	    "the limit's name", "limit NAME = N", "a number is missing");
}

bool
scn_stmt_param(struct scn_parser *p)
{
	const struct scn_token *t = scn_need(p, "the parameter's name"), *v;
	unsigned older;

	if (t == NULL)
		return false;
	if (t->kind != SCN_TOKEN_WORD || strlen(t->text) >= 64 ||
	    !scn_is_name(t->text, strlen(t->text), ""))
		return scn_error(p, t,
		    "write: param NAME = VALUE, with blanks around the sign; "
		    "a name has letters, digits and `_`, at most 63");
	if (!scn_need_word(p, "=", "the parameter's name") ||
	    (v = scn_need(p, "the parameter's value")) == NULL)
		return false;
	if (v->kind == SCN_TOKEN_PAIR)
		return scn_error(p, v,
		    "a value with `=` in it must stand in \"quotes\"");
	if (strlen(v->text) > SCN_PARAM_MAX)
		return scn_error(p, v,
		    "a parameter's value is at most %d bytes", SCN_PARAM_MAX);
	older = scn_lex_define(&p->lex, t->text, v->text, t->line);
	if (older != 0)
		return scn_error(p, t, "`%s` is set already, in line %u",
		    t->text, older);
	return scn_no_more(p, "the parameter's value");
}
