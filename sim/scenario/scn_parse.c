/* SPDX-License-Identifier: BSD-2-Clause */
/* The way through a scenario file, and the statements that only set values. */
#include "sim/scenario/scn_parse.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/scenario/scn_cursor.h"

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

static bool
stmt_machine(struct scn_parser *p)
{
	const struct scn_token *t = scn_peek(p);
	char *name = NULL;

	if (!set_once(p, &p->machined, "the machine") ||
	    !scn_need_name(p, "the machine's name", &name))
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
	const struct scn_token *t = scn_peek(p);
	struct scenario *s = p->s;
	bool given = s->recording != NULL;

	if (!set_once(p, &given, "the recording") ||
	    !scn_need_name(p, "the recording's file", &s->recording))
		return false;
	s->recording_line = t->line;
	s->recording_col = t->col;
	return scn_no_more(p, "the recording's file");
}

static bool
stmt_rules(struct scn_parser *p)
{
	struct scenario *s = p->s;
	const struct scn_token *t;
	struct scn_file *file;
	char *name = NULL;

	do {
		t = scn_peek(p);
		if (!scn_need_name(p, "a rules file", &name))
			return false;
		file = MEM_PUSH(s->rules, s->n_rules, s->cap_rules);
		file->name = name;
		file->line = t->line;
		file->col = t->col;
	} while (scn_peek(p) != NULL);
	return true;
}

static bool
stmt_system(struct scn_parser *p)
{
	bool freebsd = true;

	if (!set_once(p, &p->systemed, "the system") ||
	    !scn_need_either(p, "freebsd", "linux", &freebsd))
		return false;
	p->s->system = freebsd ? SCN_FREEBSD : SCN_LINUX;
	return scn_no_more(p, "the system");
}

static bool
stmt_policies(struct scn_parser *p)
{
	struct scenario *s = p->s;
	bool given = s->only_policy != NULL, stock = false;

	if (!set_once(p, &given, "the policy") ||
	    !scn_need_either(p, "stock", "native", &stock))
		return false;
	s->only_policy = mem_str(stock ? "stock" : "native");
	if (scn_accept(p, "native") || scn_accept(p, "stock"))
		return scn_error(p, &p->line.tokens[2],
		    "every policy is run unless one is named here; name one, "
		    "or remove the line");
	return scn_need_word(p, "because", "the policy") &&
	    scn_need_string(p, "the reason", &s->only_because) &&
	    scn_no_more(p, "the reason");
}

/* What is asked for, and the stage that may have it. */
static bool
stmt_requires(struct scn_parser *p)
{
	static const char *const words[] = { "sim", "vm", "enlightenments" };
	const struct scn_token *t = scn_need(p, "sim, vm or enlightenments");
	struct scenario *s = p->s;
	enum scn_stage stage;
	int what;

	if (t == NULL)
		return false;
	what = scn_find_word(t, words, 3);
	if (what < 0)
		return scn_unknown(p, t, "requirement", words, 3);
	stage = what == 0 ? SCN_ON_SIM : SCN_ON_VM;
	if (s->requires != SCN_ON_ANY && s->requires != stage)
		return scn_error(p, t,
		    "line %u requires the other stage, so it would run "
		    "nowhere; keep one",
		    s->requires_line);
	if (!scn_once(p, t, &p->required, 1u << what))
		return false;
	if (s->requires == SCN_ON_ANY) {
		s->requires_line = t->line;
		s->requires_col = t->col;
	}
	s->requires = stage;
	s->enlightenments = s->enlightenments || what == 2;
	return scn_no_more(p, "what is required");
}

static const struct {
	const char *word;
	bool (*read)(struct scn_parser *p);
	bool in_repeat; /* may stand inside repeat { } */
} statements[] = {
	{ "at", scn_stmt_at, true },
	{ "custom", scn_stmt_custom, false },
	{ "daemon", scn_stmt_daemon, false },
	{ "delay", scn_stmt_delay, false },
	{ "expect", scn_stmt_expect, false },
	{ "fault", scn_stmt_fault, false },
	{ "flag", scn_stmt_flag, false },
	{ "limit", scn_stmt_limit, false },
	{ "machine", stmt_machine, false },
	{ "nic", scn_stmt_nic, false },
	{ "origin", stmt_origin, false },
	{ "param", scn_stmt_param, false },
	{ "policies", stmt_policies, false },
	{ "probe", scn_stmt_probe, false },
	{ "rc.conf", scn_stmt_rc, false },
	{ "rc.conf-file", scn_stmt_rc_file, false },
	{ "rc.conf.d/", scn_stmt_rc, false },
	{ "rc.conf.local", scn_stmt_rc, false },
	{ "repeat", scn_stmt_repeat, false },
	{ "replay", stmt_replay, false },
	{ "requires", stmt_requires, false },
	{ "rules", stmt_rules, false },
	{ "scenario", stmt_scenario, false },
	{ "seed", stmt_seed, false },
	{ "shell", scn_stmt_shell, false },
	{ "sometimes", scn_stmt_sometimes, false },
	{ "sysctl", scn_stmt_sysctl, false },
	{ "system", stmt_system, false },
	{ "vf", scn_stmt_vf, false },
	{ "}", scn_stmt_close, true },
};
#define N_STATEMENTS (sizeof(statements) / sizeof(statements[0]))

/* A word that ends in a slash stands for all that begin with it. */
static bool
begins_statement(const struct scn_token *t, const char *word)
{
	size_t n = strlen(word);

	return t->kind == SCN_TOKEN_WORD &&
	    (strcmp(t->text, word) == 0 ||
		(word[n - 1] == '/' && strncmp(t->text, word, n) == 0));
}

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
		if (!begins_statement(t, known[i]))
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
	scn_finish_bounds(p);
	scn_finish_steps(p);
	scn_finish_uses(p);
}

static void
parser_fini(struct scn_parser *p)
{
	size_t i;

	for (i = 0; i < p->n_uses; i++)
		free(p->uses[i].name);
	for (i = 0; i < p->n_bound_times; i++)
		free(p->bound_times[i].time.mark);
	scn_drop_body(p);
	free(p->repeat_from.mark);
	free(p->uses);
	free(p->bound_times);
	free(p->body);
	scn_names_fini(&p->ifnames);
	scn_names_fini(&p->probes);
	scn_names_fini(&p->marks);
	scn_names_fini(&p->rc);
	scn_names_fini(&p->sysctls);
	scn_names_fini(&p->options);
	scn_names_fini(&p->delays);
	scn_names_fini(&p->flags);
	scn_names_fini(&p->limits);
	scn_names_fini(&p->customs);
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
