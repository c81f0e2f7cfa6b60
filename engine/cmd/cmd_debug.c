/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback debug - a scenario's run, thing by thing, on a terminal or by
 * commands from a file.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/suggest.h"
#include "cmd/cmds.h"
#include "cmd/debugger.h"
#include "cmd/explain_text.h"
#include "cmd/inputs.h"
#include "cmd/policies.h"
#include "cmd/ruleargs.h"
#include "report/clean.h"
#include "report/final.h"
#include "report/outage.h"
#include "report/verdict.h"

#define LINE_MAX_BYTES 65536 /* a record, each byte escaped */
#define LINES_SHOWN    40    /* of what happened on the way */
#define LINES_LISTED   20

static const char usage[] =
    "usage: switchback debug [--policy P] [--seed N] SCENARIO\n"
    "\n"
    "Runs a scenario thing by thing. Commands are read from standard input,\n"
    "one a line; help lists them, an empty line is the one before again, and\n"
    "what is behind a # is a remark.\n"
    "\n"
    "  --policy P   stock or native (default: native, or the scenario's)\n"
    "  --seed N     instead of the scenario's own seed\n"
    "\n"
    "Exit status: 0, whatever the expectations say; 2 bad input, or a command\n"
    "that was not understood and did not come from a terminal; 3 it could not\n"
    "be run.\n";

struct session {
	const char *path;
	bool has_policy, terminal, quit;
	enum core_policy policy;
	int64_t seed;
	struct scenario *scenario;
	struct ruleset *rules;
	struct debugger d;
	unsigned line, mistakes;
};

static void __attribute__((format(printf, 2, 3)))
complain(struct session *s, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	s->mistakes++;
	fflush(stdout);
	if (s->terminal)
		fprintf(stderr, "%s\n", text);
	else
		fprintf(stderr, "switchback debug: line %u: %s\n", s->line,
		    text);
}

/* --- showing --- */

static void
print_clean(const struct strbuf *text)
{
	const char *s = strbuf_str(text), *end = s + text->bytes, *eol;
	struct strbuf line = { 0 };

	for (; s < end; s = eol + 1) {
		if ((eol = memchr(s, '\n', (size_t)(end - s))) == NULL)
			eol = end;
		strbuf_reset(&line);
		clean_ascii(&line, s, (size_t)(eol - s));
		printf("%s\n", strbuf_str(&line));
	}
	strbuf_fini(&line);
}

/* The report's words are those of a run that is over. */
static void
add_happening(const struct trace *t, const struct happening *h,
    struct strbuf *text)
{
	if (h->kind != HAPPENING_RECORD ||
	    t->records[h->number].fate != TRACE_RECORD_QUEUED) {
		happening_text(t, h, text);
		return;
	}
	outage_record(&t->records[h->number], text);
	strbuf_adds(text, "  (not read yet)");
}

static void
print_happenings(const struct trace *t, const struct happenings *h, size_t most)
{
	size_t i = h->count > most ? h->count - most : 0;
	struct strbuf text = { 0 };
	char at[DUR_TEXT];

	if (i > 0)
		printf("(%zu more before)\n", i);
	for (; i < h->count; i++) {
		strbuf_reset(&text);
		strbuf_addf(&text, "%14s  ", dur_stamp(h->list[i].at_ns, at));
		add_happening(t, &h->list[i], &text);
		print_clean(&text);
	}
	strbuf_fini(&text);
}

/* What has come since it was last shown. False: nothing. */
static bool
show_new(struct session *s)
{
	struct happenings h = { 0 };
	bool any;

	happenings_since(&h, s->d.t, &s->d.shown, false);
	any = h.count > 0;
	print_happenings(s->d.t, &h, LINES_SHOWN);
	happenings_mark(s->d.t, &s->d.shown);
	happenings_fini(&h);
	return any;
}

static void
show_end(const struct session *s)
{
	const struct verdicts v = verdict_count(s->d.whole);
	char at[DUR_TEXT];

	printf("%s: the end; %zu expectations failed, %zu of them known "
	       "faults, of %zu\n",
	    dur_stamp(simwalk_now(s->d.walk), at), v.failed + v.known, v.known,
	    v.judged);
}

static void
show_check(const struct trace_check *c)
{
	struct strbuf text = { 0 };
	char at[DUR_TEXT];

	strbuf_addf(&text, "%-11s %14s  %s:%u: %s",
	    trace_verdict_word(c->verdict),
	    c->at_ns == TRACE_OPEN ? "" : dur_stamp(c->at_ns, at), c->file,
	    c->line, c->text);
	if (verdict_is_failure(c))
		strbuf_addf(&text, "\n%28s%s", "", c->happened);
	print_clean(&text);
	strbuf_fini(&text);
}

static void
show_stop(struct session *s, const struct stop *stopped)
{
	const struct trace *whole = s->d.whole;
	struct strbuf text = { 0 };
	size_t i;

	show_new(s);
	if (stopped == NULL) {
		show_end(s);
		return;
	}
	if (stopped->number > 0) {
		stop_text(stopped, &text);
		printf("breakpoint %u: ", stopped->number);
		print_clean(&text);
		strbuf_fini(&text);
	}
	if (stopped->kind != STOP_FAIL)
		return;
	for (i = 0; i < whole->n_checks; i++)
		if (debugger_has_failed(&s->d, &whole->checks[i]))
			show_check(&whole->checks[i]);
}

/* --- arguments --- */

/* A number from 1, or 1 without one; 0 after a message. */
static int64_t
count_of(struct session *s, const char *arg, int64_t usual)
{
	int64_t n;

	if (*arg == '\0')
		return usual;
	if (num_parse(arg, strlen(arg), 1, 1000000000, &n))
		return n;
	complain(s, "\"%.40s\" is no number from 1", arg);
	return 0;
}

static bool
is_mark(const struct session *s, const char *name, const char **near)
{
	const struct trace *t = s->d.whole;
	const char **names = mem_zero(t->n_marks + 1, sizeof(*names));
	bool found = false;
	size_t i;

	for (i = 0; i < t->n_marks; i++) {
		names[i] = t->marks[i].name;
		found = found || strcmp(names[i], name) == 0;
	}
	*near = suggest(name, names, t->n_marks);
	free(names);
	return found;
}

static bool
take_mark(struct session *s, const char *name, struct stop *out)
{
	const char *near;

	if (!is_mark(s, name, &near)) {
		complain(s, "there is no mark \"%.40s\"%s%.40s", name,
		    near != NULL ? "; did you mean " : "",
		    near != NULL ? near : "");
		return false;
	}
	out->kind = STOP_MARK;
	out->text = mem_str(name);
	return true;
}

static bool
take_time(const struct session *s, const char *arg, struct stop *out)
{
	bool later = *arg == '+';

	if (!dur_parse(arg + later, strlen(arg) - later, &out->at_ns))
		return false;
	if (later)
		out->at_ns += simwalk_now(s->d.walk);
	out->kind = STOP_TIME;
	return true;
}

/* "TIME", "+TIME", "MARK", "mark NAME", "event TEXT", "fail"; false after a
 * message. */
static bool
take_stop(struct session *s, const char *arg, struct stop *out)
{
	const char *near;

	memset(out, 0, sizeof(*out));
	if (strcmp(arg, "fail") == 0) {
		out->kind = STOP_FAIL;
		return true;
	}
	if (strncmp(arg, "mark ", 5) == 0)
		return take_mark(s, arg + 5, out);
	if (strncmp(arg, "event ", 6) == 0 && arg[6] != '\0') {
		out->kind = STOP_EVENT;
		out->text = mem_str(arg + 6);
		return true;
	}
	if (take_time(s, arg, out))
		return true;
	if (is_mark(s, arg, &near))
		return take_mark(s, arg, out);
	complain(s,
	    "\"%.60s\" is no time and no mark%s%.40s; give a time (12.5s), "
	    "+TIME, a mark, event TEXT, or fail",
	    arg, near != NULL ? ": did you mean " : "",
	    near != NULL ? near : "");
	return false;
}

/* --- commands --- */

static void
do_step(struct session *s, const char *arg)
{
	int64_t n = count_of(s, arg, 1);
	char at[DUR_TEXT];

	for (; n > 0 && debugger_step(&s->d); n--)
		if (!show_new(s))
			printf("%14s  (nothing to be seen)\n",
			    dur_stamp(simwalk_now(s->d.walk), at));
	if (s->d.ended)
		show_stop(s, NULL);
}

static void
do_next(struct session *s, const char *arg)
{
	static const struct {
		const char *word;
		enum happening_kind kind;
	} kinds[] = {
		{ "record", HAPPENING_RECORD },
		{ "operation", HAPPENING_OPERATION },
		{ "stimulus", HAPPENING_STIMULUS },
		{ "rule", HAPPENING_FIRING },
		{ "command", HAPPENING_COMMAND },
		{ "state", HAPPENING_STATE },
		{ "note", HAPPENING_NOTE },
		{ "mark", HAPPENING_MARK },
	};
	const char *words[sizeof(kinds) / sizeof(kinds[0])], *near;
	struct stop stop = { .kind = STOP_SEEN };
	size_t i;

	for (i = 0; *arg != '\0' && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		words[i] = kinds[i].word;
		if (strcmp(arg, kinds[i].word) != 0)
			continue;
		stop.kind = STOP_WHAT;
		stop.what = kinds[i].kind;
		break;
	}
	if (*arg != '\0' && stop.kind != STOP_WHAT) {
		near = suggest(arg, words, i);
		complain(s,
		    "\"%.40s\" is none of record, operation, stimulus, rule, "
		    "command, state, note and mark%s%s",
		    arg, near != NULL ? "; did you mean " : "",
		    near != NULL ? near : "");
		return;
	}
	show_stop(s, debugger_run(&s->d, &stop));
}

static void
do_run(struct session *s, const char *arg)
{
	const struct stop stop = { .kind = STOP_NEVER };

	(void)arg;
	show_stop(s, debugger_run(&s->d, &stop));
}

static void
do_until(struct session *s, const char *arg)
{
	struct stop stop;
	char at[DUR_TEXT];

	if (!take_stop(s, arg, &stop))
		return;
	if (stop.kind == STOP_TIME && stop.at_ns < simwalk_now(s->d.walk))
		complain(s, "it is %s already; back and restart go back",
		    dur_stamp(simwalk_now(s->d.walk), at));
	else if (stop.kind == STOP_FAIL && debugger_failure(&s->d) == NULL)
		printf("no expectation fails from here on\n");
	else if (stop.kind == STOP_EVENT && !debugger_will_be(&s->d, stop.text))
		complain(s, "nothing from here on has \"%.60s\" in it",
		    stop.text);
	else
		show_stop(s, debugger_run(&s->d, &stop));
	free(stop.text);
}

static void
do_break(struct session *s, const char *arg)
{
	struct strbuf text = { 0 };
	struct stop stop;
	size_t i;

	if (*arg != '\0') {
		if (!take_stop(s, arg, &stop))
			return;
		stop.number = ++s->d.n_ever;
		*MEM_PUSH(s->d.breaks, s->d.n_breaks, s->d.cap_breaks) = stop;
	} else if (s->d.n_breaks == 0) {
		printf("no breakpoint is set\n");
	}
	for (i = 0; i < s->d.n_breaks; i++) {
		strbuf_addf(&text, "breakpoint %u: ", s->d.breaks[i].number);
		stop_text(&s->d.breaks[i], &text);
		strbuf_addc(&text, '\n');
	}
	print_clean(&text);
	strbuf_fini(&text);
}

static void
do_delete(struct session *s, const char *arg)
{
	struct debugger *d = &s->d;
	bool all = strcmp(arg, "all") == 0;
	int64_t number = all ? 0 : count_of(s, arg, -1);
	size_t i, kept = 0, before = d->n_breaks;

	if (number < 0)
		complain(s, "say which: delete N, or delete all");
	if (number < 0 || (number == 0 && !all))
		return;
	for (i = 0; i < d->n_breaks; i++) {
		if (all || d->breaks[i].number == (unsigned)number)
			free(d->breaks[i].text);
		else
			d->breaks[kept++] = d->breaks[i];
	}
	d->n_breaks = kept;
	if (kept == before && !all)
		complain(s, "there is no breakpoint %" PRId64, number);
}

static void
do_back(struct session *s, const char *arg)
{
	uint64_t n = (uint64_t)count_of(s, arg, 1);
	char at[DUR_TEXT];

	if (n == 0)
		return;
	debugger_go(&s->d, n > s->d.done ? 0 : s->d.done - n);
	printf("%s: %" PRIu64 " things have happened\n",
	    dur_stamp(simwalk_now(s->d.walk), at), s->d.done);
}

static void
do_restart(struct session *s, const char *arg)
{
	(void)arg;
	debugger_go(&s->d, 0);
	s->d.shown = s->d.before;
	printf("at the beginning\n");
}

static const char *
near_object(const struct session *s, const char *name)
{
	const struct trace *t = s->d.t;
	const char **names = mem_zero(t->n_states + 1, sizeof(*names)), *near;
	size_t i;

	for (i = 0; i < t->n_states; i++)
		names[i] = t->states[i].object;
	near = suggest(name, names, t->n_states);
	free(names);
	return near;
}

static void
do_state(struct session *s, const char *arg)
{
	struct strbuf text = { 0 };
	const char *near;

	if (final_objects(s->d.t, *arg != '\0' ? arg : NULL, &text)) {
		print_clean(&text);
	} else {
		near = near_object(s, arg);
		complain(s, "there is no %.40s now%s%.40s", arg,
		    near != NULL ? "; did you mean " : "",
		    near != NULL ? near : "");
	}
	strbuf_fini(&text);
}

static void
do_pending(struct session *s, const char *arg)
{
	const struct trace *t = s->d.t;
	struct strbuf text = { 0 };
	struct happening h = { .kind = HAPPENING_OPERATION };

	(void)arg;
	simwalk_describe(s->d.walk, &text);
	for (h.number = 0; h.number < t->n_operations; h.number++)
		if (t->operations[h.number].end_ns == TRACE_OPEN) {
			happening_text(t, &h, &text);
			strbuf_addc(&text, '\n');
		}
	h.kind = HAPPENING_COMMAND;
	for (h.number = 0; h.number < t->n_commands; h.number++)
		if (t->commands[h.number].end_ns == TRACE_OPEN) {
			happening_text(t, &h, &text);
			strbuf_addc(&text, '\n');
		}
	print_clean(&text);
	strbuf_fini(&text);
}

/* As the machine answers: the loopback has none. */
static enum rule_media
media_of(void *ctx, const char *ifname)
{
	const struct session *s = ctx;
	const char *exists = trace_get_state(s->d.t, ifname, "exists");

	return exists == NULL || strcmp(exists, "yes") != 0 ||
		strncmp(ifname, "lo", 2) == 0
	    ? RULE_MEDIA_NONE
	    : RULE_MEDIA_ETHERNET;
}

static void
do_rules(struct session *s, const char *arg)
{
	const struct trace *t = s->d.t;
	char at[DUR_TEXT];
	struct rule_env env = { .vm_guest = "hv",
		.timestamp = dur_stamp(simwalk_now(s->d.walk), at),
		.media = media_of,
		.media_ctx = s };
	struct strbuf record = { 0 };
	struct explaining x;

	if (*arg == '\0' && t->n_records > 0)
		strbuf_add(&record, t->records[t->n_records - 1].raw,
		    t->records[t->n_records - 1].raw_bytes);
	else if (!ruleargs_record(arg, strlen(arg), &record))
		complain(s,
		    "an escaped record knows only \\n \\r \\t \\0 \\\\ "
		    "and \\xHH");
	else if (*arg == '\0')
		complain(s, "no record has come yet; give one: rules RECORD");
	if (record.bytes > 0) {
		explaining_open(&x, s->rules, &env, strbuf_str(&record),
		    record.bytes);
		explaining_print(&x);
		explaining_close(&x);
	}
	strbuf_fini(&record);
}

static void
do_list(struct session *s, const char *arg)
{
	struct happenings h = { 0 };
	size_t most = SIZE_MAX;

	if (strcmp(arg, "all") != 0)
		most = (size_t)count_of(s, arg, LINES_LISTED);
	if (most == 0)
		return;
	happenings_gather(&h, s->d.t, 0, INT64_MAX, false);
	print_happenings(s->d.t, &h, most);
	happenings_fini(&h);
}

static void
do_expect(struct session *s, const char *arg)
{
	size_t i;

	(void)arg;
	for (i = 0; i < s->d.whole->n_checks; i++)
		show_check(&s->d.whole->checks[i]);
	if (i == 0)
		printf("nothing is expected\n");
}

static void
do_decisions(struct session *s, const char *arg)
{
	const struct trace *t = s->d.t;
	size_t n = (size_t)count_of(s, arg, LINES_LISTED), i;
	struct strbuf text = { 0 };
	char at[DUR_TEXT];

	for (i = n < t->n_decisions ? t->n_decisions - n : 0;
	     n > 0 && i < t->n_decisions; i++) {
		strbuf_addf(&text, "%14s  %s %s ",
		    dur_stamp(t->decisions[i].at_ns, at),
		    t->decisions[i].in ? "in " : "out", t->decisions[i].kind);
		strbuf_add(&text, t->decisions[i].body, t->decisions[i].bytes);
		strbuf_addc(&text, '\n');
	}
	print_clean(&text);
	strbuf_fini(&text);
}

static void
do_quit(struct session *s, const char *arg)
{
	(void)arg;
	s->quit = true;
}

static void do_help(struct session *s, const char *arg);

static const struct command {
	const char *name, *letter;
	void (*run)(struct session *s, const char *arg);
	const char *takes, *about;
} commands[] = {
	{ "step", "s", do_step, "[N]", "one thing that happens, or N" },
	{ "next", "n", do_next, "[WHAT]",
	    "until something is seen: a record, operation, stimulus, rule,\n"
	    "                        command, state, note or mark" },
	{ "until", "u", do_until, "WHERE",
	    "a time (12.5s), +TIME, a mark, event TEXT, or fail: where an\n"
	    "                        expectation fails" },
	{ "run", "r", do_run, "", "to the end, or a breakpoint" },
	{ "break", "b", do_break, "[WHERE]",
	    "stop there, too; without WHERE: the breakpoints" },
	{ "delete", "d", do_delete, "N|all", "the breakpoint" },
	{ "back", NULL, do_back, "[N]", "one thing back, or N" },
	{ "restart", NULL, do_restart, "", "to the beginning" },
	{ "list", "l", do_list, "[N|all]", "the time line so far" },
	{ "state", "i", do_state, "[OBJECT]",
	    "interfaces, aggregate, routes, as they are" },
	{ "pending", "p", do_pending, "",
	    "what waits: timers, jobs, operations, records" },
	{ "rules", NULL, do_rules, "[RECORD]",
	    "which rule it fires and why; the newest record's" },
	{ "decisions", NULL, do_decisions, "[N]",
	    "what the engine was last told, and answered" },
	{ "expect", "e", do_expect, "",
	    "the expectations, and what will become of them" },
	{ "help", "h", do_help, "", "this list" },
	{ "quit", "q", do_quit, "", "the end" },
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void
do_help(struct session *s, const char *arg)
{
	char left[40];
	size_t i;

	(void)s;
	(void)arg;
	for (i = 0; i < COMMANDS; i++) {
		snprintf(left, sizeof(left), "%s %s", commands[i].name,
		    commands[i].takes);
		printf("  %-2s %-18s %s\n",
		    commands[i].letter != NULL ? commands[i].letter : "", left,
		    commands[i].about);
	}
}

static void
obey(struct session *s, const char *line)
{
	size_t bytes = strcspn(line, " \t"), i;
	const char *names[COMMANDS], *near;
	char word[24];

	snprintf(word, sizeof(word), "%.*s", (int)bytes, line);
	for (i = 0; i < COMMANDS; i++) {
		names[i] = commands[i].name;
		if (strcmp(word, names[i]) == 0 ||
		    (commands[i].letter != NULL &&
			strcmp(word, commands[i].letter) == 0))
			break;
	}
	line += bytes;
	line += strspn(line, " \t");
	if (i == COMMANDS) {
		near = suggest(word, names, COMMANDS);
		complain(s, "there is no command '%s'%s%s; help lists them",
		    word, near != NULL ? "; did you mean " : "",
		    near != NULL ? near : "");
	} else if (commands[i].takes[0] == '\0' && *line != '\0') {
		complain(s, "%s stands alone", commands[i].name);
	} else {
		commands[i].run(s, line);
	}
}

/* Cuts off blanks and remarks. */
static char *
trim(char *line)
{
	size_t bytes;

	line += strspn(line, " \t");
	if (*line == '#')
		*line = '\0';
	bytes = strlen(line);
	while (bytes > 0 && strchr(" \t\r\n", line[bytes - 1]) != NULL)
		line[--bytes] = '\0';
	return line;
}

static void
prompt(const struct session *s)
{
	char at[DUR_TEXT];

	if (!s->terminal)
		return;
	printf("(%s) ", dur_stamp(simwalk_now(s->d.walk), at));
	fflush(stdout);
}

static void
converse(struct session *s)
{
	char line[LINE_MAX_BYTES], last[LINE_MAX_BYTES] = "", *text;
	bool remark;

	prompt(s);
	while (!s->quit && fgets(line, sizeof(line), stdin) != NULL) {
		s->line++;
		remark = line[strspn(line, " \t")] == '#';
		text = trim(line);
		if (*text != '\0')
			memmove(last, text, strlen(text) + 1);
		if (!remark && last[0] != '\0')
			obey(s, last);
		if (!s->quit)
			prompt(s);
	}
	if (s->terminal && !s->quit)
		putchar('\n');
}

/* --- the program --- */

/* False after a message. */
static bool
take_option(struct session *s, int c)
{
	struct policies p;
	struct err e;

	if (c == 'p') {
		if (policies_parse(optarg, &p, &e) == 0 && p.count == 1) {
			s->policy = p.list[0];
			s->has_policy = true;
			return true;
		}
		fputs("switchback debug: --policy: give stock or native\n",
		    stderr);
		return false;
	}
	if (c == 's') {
		if (num_parse(optarg, strlen(optarg), 1, INT64_MAX, &s->seed))
			return true;
		fputs("switchback debug: --seed: give a number from 1\n",
		    stderr);
		return false;
	}
	fputs(usage, stderr);
	return false;
}

/* False to stop with *status. */
static bool
parse_options(int argc, char **argv, struct session *s, int *status)
{
	static const struct option longs[] = {
		{ "policy", required_argument, NULL, 'p' },
		{ "seed", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	optind = 1;
	*status = CMD_INPUT;
	while ((c = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			*status = CMD_PASS;
			return false;
		}
		if (!take_option(s, c))
			return false;
	}
	if (argc - optind == 1) {
		s->path = argv[optind];
		return true;
	}
	fputs(usage, stderr);
	return false;
}

static void
greet(const struct session *s)
{
	const struct scenario *c = s->scenario;
	struct strbuf text = { 0 };
	char at[DUR_TEXT];

	strbuf_addf(&text, "%s: under %s, seed %" PRIu64 ", to %s", c->title,
	    policy_word(s->d.stage.policy), s->d.stage.seed,
	    dur_stamp(c->end_ns, at));
	print_clean(&text);
	strbuf_fini(&text);
}

static int
debug(struct session *s)
{
	struct diag diag = { .emit = input_print_finding };
	struct simstage stage = { .scenario = s->scenario,
		.rules = s->rules,
		.policy = s->policy,
		.decisions = true };
	struct err e;
	int status = CMD_INPUT;

	if (!s->has_policy)
		stage.policy = s->scenario->only_policy != NULL &&
			strcmp(s->scenario->only_policy, "stock") == 0
		    ? CORE_STOCK
		    : CORE_NATIVE;
	stage.seed = s->seed != 0 ? (uint64_t)s->seed : s->scenario->seed;
	stage.profile = input_profile(s->scenario->machine);
	if (stage.profile != NULL && simstage_check(&stage, &diag)) {
		status = CMD_PASS;
		if (debugger_open(&s->d, &stage, &e) < 0) {
			fprintf(stderr, "switchback debug: %s\n", e.text);
			status = CMD_TROUBLE;
		} else {
			greet(s);
			converse(s);
		}
		debugger_close(&s->d);
	}
	profile_free(stage.profile);
	if (status == CMD_PASS && s->mistakes > 0 && !s->terminal)
		return CMD_INPUT;
	return status;
}

int
cmd_debug(int argc, char **argv)
{
	struct session s = { .seed = 0 };
	int status;

	if (!parse_options(argc, argv, &s, &status))
		return status;
	s.terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	status = CMD_INPUT;
	if ((s.scenario = input_scenario(s.path)) != NULL &&
	    (s.rules = input_rules(s.scenario)) != NULL)
		status = debug(&s);
	ruleset_free(s.rules);
	scenario_free(s.scenario);
	return status;
}
