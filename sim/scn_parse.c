/* SPDX-License-Identifier: BSD-2-Clause */
/* The way through a scenario file, and the statements that only set values. */
#include "sim/scn_parse.h"

#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"

static bool
set_once(struct scn_parser *p, bool *done, const char *what)
{
	if (*done)
		return scn_error(p, &p->line.tokens[0],
		    "%s is given twice; keep one", what);
	*done = true;
	return true;
}

static bool
stmt_scenario(struct scn_parser *p)
{
	if (!set_once(p, &p->titled, "the scenario's title"))
		return false;
	free(p->s->title);
	p->s->title = NULL;
	return scn_need_string(p, "the title", &p->s->title) &&
	    scn_no_more(p, "the title");
}

static bool
stmt_origin(struct scn_parser *p)
{
	bool given = p->s->origin != NULL;

	return set_once(p, &given, "the origin") &&
	    scn_need_string(p, "the origin", &p->s->origin) &&
	    scn_no_more(p, "the origin");
}

/* A file or profile name: a word or a string which is not empty. */
static bool
need_name(struct scn_parser *p, const char *what, char **out)
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

static bool
stmt_machine(struct scn_parser *p)
{
	const struct scn_token *t = scn_peek(p);
	char *name = NULL;

	if (!set_once(p, &p->machined, "the machine") ||
	    !need_name(p, "the machine's name", &name))
		return false;
	free(p->s->machine);
	p->s->machine = name;
	if (!scn_is_name(name, strlen(name), ".-"))
		return scn_error(p, t,
		    "`%.64s` is not a machine's name: letters, digits, "
		    "`_`, `.` and `-`, a letter first",
		    name);
	return scn_no_more(p, "the machine");
}

static bool
stmt_seed(struct scn_parser *p)
{
	int64_t seed;

	if (!set_once(p, &p->seeded, "the seed") ||
	    !scn_need_num(p, "the seed", 0, INT64_MAX, &seed))
		return false;
	p->s->seed = (uint64_t)seed;
	return scn_no_more(p, "the seed");
}

static bool
stmt_replay(struct scn_parser *p)
{
	bool given = p->s->recording != NULL;

	return set_once(p, &given, "the recording") &&
	    need_name(p, "the recording's file", &p->s->recording) &&
	    scn_no_more(p, "the recording's file");
}

static bool
stmt_rules(struct scn_parser *p)
{
	struct scenario *s = p->s;
	char *file = NULL;

	do {
		if (!need_name(p, "a rules file", &file))
			return false;
		*MEM_PUSH(s->rules, s->n_rules, s->cap_rules) = file;
	} while (scn_peek(p) != NULL);
	return true;
}

struct pair_list {
	struct scn_pair **pairs;
	size_t *n, *cap;
	struct scn_names *names;
	const char *what;  /* "an rc.conf variable" */
	const char *extra; /* bytes allowed in a name besides a word's */
};

static struct scn_pair *
add_pair(struct pair_list *l, const struct scn_token *t, const char *name,
    const char *value)
{
	struct scn_pair *pair = MEM_PUSH(*l->pairs, *l->n, *l->cap);

	pair->name = mem_str(name);
	pair->value = mem_str(value);
	pair->line = t->line;
	pair->col = t->col;
	return pair;
}

static bool
check_name(struct scn_parser *p, struct pair_list *l, const struct scn_token *t,
    const char *name)
{
	const struct scn_named *older;

	if (!scn_is_name(name, strlen(name), l->extra))
		return scn_error(p, t, "`%.64s` is not the name of %s", name,
		    l->what);
	older = scn_names_add(l->names, name, 0, t->line);
	if (older != NULL)
		return scn_error(p, t,
		    "`%.64s` is set already, in line %u; keep one", name,
		    older->line);
	return true;
}

static bool
read_pairs(struct scn_parser *p, struct pair_list l)
{
	const struct scn_token *t;
	bool good = true;

	do {
		if ((t = scn_need(p, l.what)) == NULL)
			return false;
		if (t->kind != SCN_TOKEN_PAIR)
			good = scn_error(p, t,
			    "%s must be written as name=\"value\", without "
			    "blanks around the sign",
			    l.what);
		else if (!check_name(p, &l, t, t->name))
			good = false;
		else
			add_pair(&l, t, t->name, t->text);
	} while (scn_peek(p) != NULL);
	return good;
}

static bool
stmt_rc(struct scn_parser *p)
{
	struct scenario *s = p->s;

	return read_pairs(p,
	    (struct pair_list){ &s->rc, &s->n_rc, &s->cap_rc, &p->rc,
		"an rc.conf variable", "" });
}

static bool
stmt_sysctl(struct scn_parser *p)
{
	struct scenario *s = p->s;

	return read_pairs(p,
	    (struct pair_list){ &s->sysctls, &s->n_sysctls, &s->cap_sysctls,
		&p->sysctls, "a sysctl", ".%-" });
}

static bool
stmt_daemon(struct scn_parser *p)
{
	struct scenario *s = p->s;

	return read_pairs(p,
	    (struct pair_list){ &s->options, &s->n_options, &s->cap_options,
		&p->options, "a daemon option", ".-" });
}

/* The distribution is for the machine profile's reader to understand: it is
 * kept as written, parameters replaced. */
static bool
stmt_delay(struct scn_parser *p)
{
	struct scenario *s = p->s;
	struct pair_list l = { &s->delays, &s->n_delays, &s->cap_delays,
		&p->delays, "a delay", ".-" };
	const struct scn_token *t = scn_need(p, "the delay's name"), *v;
	struct strbuf text = { 0 };

	if (t == NULL)
		return false;
	if (t->kind != SCN_TOKEN_WORD)
		return scn_error(p, t,
		    "write: delay NAME = DISTRIBUTION, with blanks around "
		    "the sign");
	if (!check_name(p, &l, t, t->text) ||
	    !scn_need_word(p, "=", "the delay's name") || scn_peek(p) == NULL)
		return scn_peek(p) != NULL
		    ? false
		    : scn_error(p, NULL,
			  "a distribution is missing, such as 20ms");
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

static bool
stmt_param(struct scn_parser *p)
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

static const struct {
	const char *word;
	bool (*read)(struct scn_parser *p);
	bool in_repeat; /* may stand inside repeat { } */
} statements[] = {
	{ "at", scn_stmt_at, true },
	{ "daemon", stmt_daemon, false },
	{ "delay", stmt_delay, false },
	{ "expect", scn_stmt_expect, false },
	{ "machine", stmt_machine, false },
	{ "nic", scn_stmt_nic, false },
	{ "origin", stmt_origin, false },
	{ "param", stmt_param, false },
	{ "probe", scn_stmt_probe, false },
	{ "rc.conf", stmt_rc, false },
	{ "repeat", scn_stmt_repeat, false },
	{ "replay", stmt_replay, false },
	{ "rules", stmt_rules, false },
	{ "scenario", stmt_scenario, false },
	{ "seed", stmt_seed, false },
	{ "sysctl", stmt_sysctl, false },
	{ "vf", scn_stmt_vf, false },
	{ "}", scn_stmt_close, true },
};
#define N_STATEMENTS (sizeof(statements) / sizeof(statements[0]))

static void
read_line(struct scn_parser *p, bool first)
{
	const char *known[N_STATEMENTS];
	const struct scn_token *t;
	size_t i;

	p->at = 0;
	p->quiet = p->line.bad;
	t = scn_take(p);
	if (first &&
	    (t->kind != SCN_TOKEN_WORD || strcmp(t->text, "scenario") != 0))
		scn_error(p, t, "a scenario begins with: scenario \"title\"");
	for (i = 0; i < N_STATEMENTS; i++) {
		known[i] = statements[i].word;
		if (t->kind != SCN_TOKEN_WORD || strcmp(t->text, known[i]) != 0)
			continue;
		if (p->in_repeat && !statements[i].in_repeat) {
			scn_error(p, t,
			    "`%s` cannot stand inside repeat { }; only `at` "
			    "can. Close the block opened in line %u with }",
			    t->text, p->repeat_line);
			scn_leave_repeat(p);
		}
		statements[i].read(p);
		return;
	}
	/* The } comes last; nobody mistypes it. */
	if (t->kind == SCN_TOKEN_WORD)
		scn_unknown(p, t, "statement", known, N_STATEMENTS - 1);
	else
		scn_error(p, t, "a line begins with a statement's word");
}

static bool
size_is_good(struct scn_parser *p, const char *text, size_t bytes)
{
	unsigned lines = 1;
	size_t i;

	if (bytes > SCN_FILE_MAX) {
		diag_report(p->d, DIAG_ERROR, p->path, 0, 0,
		    "longer than 1 MiB; split the scenario");
		return false;
	}
	for (i = 0; i + 1 < bytes; i++) {
		if (text[i] != '\n' || ++lines <= SCN_LINES_MAX)
			continue;
		diag_report(p->d, DIAG_ERROR, p->path, lines, 1,
		    "more than %d lines; split the scenario", SCN_LINES_MAX);
		return false;
	}
	return true;
}

static void
read_lines(struct scn_parser *p)
{
	bool first = true;

	while (
	    p->d->errors < SCN_ERRORS_MAX && scn_lex_next(&p->lex, &p->line)) {
		if (p->line.n_tokens == 0)
			continue;
		read_line(p, first);
		first = false;
	}
	if (first && p->d->errors == 0)
		diag_report(p->d, DIAG_ERROR, p->path, 1, 1,
		    "the file holds no scenario; it begins with: scenario "
		    "\"title\"");
	p->quiet = false;
	if (p->in_repeat)
		diag_report(p->d, DIAG_ERROR, p->path, p->repeat_line,
		    p->repeat_col, "this repeat has no closing }; add one");
	scn_finish_vfs(p);
	scn_finish_probes(p);
	scn_finish_steps(p);
	scn_finish_uses(p);
}

static void
parser_fini(struct scn_parser *p)
{
	size_t i;

	for (i = 0; i < p->n_uses; i++)
		free(p->uses[i].name);
	for (i = 0; i < p->n_probe_times; i++)
		free(p->probe_times[i].time.mark);
	scn_drop_body(p);
	free(p->repeat_from.mark);
	free(p->uses);
	free(p->probe_times);
	free(p->body);
	scn_names_fini(&p->ifnames);
	scn_names_fini(&p->probes);
	scn_names_fini(&p->marks);
	scn_names_fini(&p->rc);
	scn_names_fini(&p->sysctls);
	scn_names_fini(&p->options);
	scn_names_fini(&p->delays);
	scn_line_fini(&p->line);
	scn_lex_fini(&p->lex);
}

static void
fill_defaults(struct scenario *s)
{
	if (s->title == NULL)
		s->title = mem_str("");
	if (s->origin == NULL)
		s->origin = mem_str("");
	if (s->machine == NULL)
		s->machine = mem_str("qemu-freebsd");
}

struct scenario *
scenario_parse(const char *path, const char *text, size_t bytes, struct diag *d)
{
	struct scn_findings found = { 0 };
	struct diag collect = { .emit = scn_findings_emit, .ctx = &found };
	struct scn_parser p = { .path = path, .d = &collect };

	p.s = mem_zero(1, sizeof(*p.s));
	p.s->path = mem_str(path);
	p.s->seed = 1;
	scn_lex_init(&p.lex, path, text, bytes, true, &collect);
	if (size_is_good(&p, text, bytes))
		read_lines(&p);
	parser_fini(&p);
	fill_defaults(p.s);
	scn_findings_tell(&found, path, d);
	if (collect.errors > 0) {
		scenario_free(p.s);
		return NULL;
	}
	return p.s;
}
