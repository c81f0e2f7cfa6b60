/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback explain - why a record fires the rule it fires.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "cmd/cmds.h"
#include "cmd/ruleargs.h"

static const char usage[] =
    "usage: switchback explain -f RULES [OPTION...] RECORD\n"
    "\n"
    "Tries the rules on one record, in devd's order, and says for each\n"
    "condition what value was seen and whether it held.\n"
    "\n"
    "  -f RULES             the main rule file\n"
    "  --json               print JSON\n"
    "  --devd VERSION       answer as this devd: newest (default) or 12.1\n"
    "  --reverse            read directories in reverse order of names\n"
    "  --media FILE         lines 'ifname type': what SIOCGIFMEDIA says\n"
    "  --vm-guest WORD      value of $vm_guest (default hv)\n"
    "  --at SECONDS.MICROS  value of $timestamp\n";

struct job {
	struct ruleargs args;
	bool json;
	struct ruleset *rs;
	struct devline line;
	const struct rule *chosen;
	struct strbuf text; /* scratch */
};

static const char *
escaped(struct job *job, const char *s)
{
	strbuf_reset(&job->text);
	ruleargs_escape(s, strlen(s), &job->text);
	return strbuf_str(&job->text);
}

static const char *
expanded(struct job *job, size_t action, enum rule_quoting quoting)
{
	strbuf_reset(&job->text);
	rule_expand(job->rs, job->chosen, action, &job->line, &job->args.env,
	    quoting, &job->text);
	return strbuf_str(&job->text);
}

static void
print_condition(struct job *job, const struct rule *rule, size_t i)
{
	struct rule_trial t;
	bool media;

	rule_try(job->rs, rule, i, &job->line, &job->args.env, &t);
	media = *t.regex == '\0';
	printf("        %-4s", t.held ? "ok" : "FAIL");
	printf(" %s \"%s\"", t.name, escaped(job, t.pattern));
	if (t.set)
		printf("   %s \"%s\"", media ? "of interface" : "value",
		    escaped(job, t.value));
	else
		printf("   %s",
		    media ? "of no interface" : "not set, so empty");
	if (t.invalid)
		printf("   (a bad pattern; devd ignores it silently)");
	putchar('\n');
}

/* True when the rule matched. */
static bool
print_rule(struct job *job, const struct rule *rule, const char *label)
{
	struct rule_trial t;
	bool matched = true;
	size_t i;

	for (i = 0; i < rule_condition_count(rule); i++) {
		rule_try(job->rs, rule, i, &job->line, &job->args.env, &t);
		matched = matched && t.held;
	}
	printf("%s %s:%u (priority %d): %s\n", label, rule_file(rule),
	    rule_line(rule), rule_priority(rule), matched ? "MATCHES" : "no");
	for (i = 0; i < rule_condition_count(rule); i++)
		print_condition(job, rule, i);
	return matched;
}

static void
print_actions(struct job *job)
{
	size_t i, count = rule_action_count(job->chosen);

	if (count == 0)
		puts("the rule has no action: the record is swallowed");
	for (i = 0; i < count; i++)
		printf("runs    %s\n", expanded(job, i, RULE_QUOTE_DEVD));
}

/* Rules behind the chosen one that match as well: devd never looks at them,
 * but whoever asks why a rule did not fire wants to know. */
static void
print_hidden(struct job *job, size_t after)
{
	const struct rule *rule;
	struct rule_trial t;
	size_t i, k;

	for (i = after; i < ruleset_kind_count(job->rs, job->line.kind); i++) {
		rule = ruleset_at(job->rs, job->line.kind, i);
		for (k = 0; k < rule_condition_count(rule); k++) {
			rule_try(job->rs, rule, k, &job->line, &job->args.env,
			    &t);
			if (!t.held)
				break;
		}
		if (k == rule_condition_count(rule))
			printf("hidden  %s:%u (priority %d) would match, but "
			       "comes later\n",
			    rule_file(rule), rule_line(rule),
			    rule_priority(rule));
	}
}

static void
print_text(struct job *job)
{
	size_t i, count = ruleset_kind_count(job->rs, job->line.kind);
	bool matched = false;

	printf("record  %s\n", escaped(job, devline_value(&job->line, "*")));
	if (job->line.dropped) {
		puts("devd drops this record before it looks at any rule");
		return;
	}
	printf("kind    %s: %zu rule%s\n", devline_kind_word(job->line.kind),
	    count, count == 1 ? "" : "s");
	for (i = 2; i < job->line.count; i++) {
		printf("key     %s", escaped(job, job->line.pairs[i].key));
		printf(" = \"%s\"\n", escaped(job, job->line.pairs[i].value));
	}
	for (i = 0; i < count && !matched; i++)
		matched = print_rule(job,
		    ruleset_at(job->rs, job->line.kind, i), "tried  ");
	if (!matched) {
		puts("no rule matches: nothing runs");
		return;
	}
	print_actions(job);
	print_hidden(job, i);
}

/* JSON text is UTF-8, a record is bytes: what is not UTF-8 is taken byte by
 * byte as if it were Latin-1. */
static json_t *
json_bytes(const char *s)
{
	json_t *value = json_string(s);
	struct strbuf out = { 0 };
	unsigned char c;

	if (value != NULL)
		return value;
	for (; *s != '\0'; s++) {
		c = (unsigned char)*s;
		if (c >= 0x80)
			strbuf_addc(&out, (char)(0xc0 | c >> 6));
		strbuf_addc(&out, (char)(c >= 0x80 ? 0x80 | (c & 0x3f) : c));
	}
	value = json_string(strbuf_str(&out));
	strbuf_fini(&out);
	return value;
}

static json_t *
json_condition(struct job *job, const struct rule *rule, size_t i, bool *held)
{
	json_t *o = json_object();
	struct rule_trial t;

	rule_try(job->rs, rule, i, &job->line, &job->args.env, &t);
	json_object_set_new(o, "variable", json_bytes(t.name));
	json_object_set_new(o, "pattern", json_bytes(t.pattern));
	json_object_set_new(o, "regex", json_bytes(t.regex));
	json_object_set_new(o, "value", json_bytes(t.value));
	json_object_set_new(o, "set", json_boolean(t.set));
	json_object_set_new(o, "invalid", json_boolean(t.invalid));
	json_object_set_new(o, "held", json_boolean(t.held));
	json_object_set_new(o, "line", json_integer(t.line));
	*held = t.held;
	return o;
}

static json_t *
json_rule(struct job *job, const struct rule *rule, bool *matched)
{
	json_t *o = json_object(), *conditions = json_array();
	bool held;
	size_t i;

	*matched = true;
	for (i = 0; i < rule_condition_count(rule); i++) {
		json_array_append_new(conditions,
		    json_condition(job, rule, i, &held));
		*matched = *matched && held;
	}
	json_object_set_new(o, "file", json_bytes(rule_file(rule)));
	json_object_set_new(o, "line", json_integer(rule_line(rule)));
	json_object_set_new(o, "priority", json_integer(rule_priority(rule)));
	json_object_set_new(o, "matched", json_boolean(*matched));
	json_object_set_new(o, "conditions", conditions);
	return o;
}

static json_t *
json_actions(struct job *job)
{
	json_t *list = json_array(), *o;
	size_t i;

	for (i = 0; i < rule_action_count(job->chosen); i++) {
		o = json_object();
		json_object_set_new(o, "action",
		    json_bytes(rule_action(job->chosen, i)));
		json_object_set_new(o, "command",
		    json_bytes(expanded(job, i, RULE_QUOTE_DEVD)));
		json_object_set_new(o, "safe_command",
		    json_bytes(expanded(job, i, RULE_QUOTE_SAFE)));
		json_array_append_new(list, o);
	}
	return list;
}

static void
print_json(struct job *job)
{
	json_t *root = json_object(), *tried = json_array();
	size_t i, count = ruleset_kind_count(job->rs, job->line.kind);
	bool matched = false;
	char *text;

	for (i = 0; i < count && !matched && !job->line.dropped; i++)
		json_array_append_new(tried,
		    json_rule(job, ruleset_at(job->rs, job->line.kind, i),
			&matched));
	json_object_set_new(root, "record",
	    json_bytes(devline_value(&job->line, "*")));
	json_object_set_new(root, "kind",
	    json_string(devline_kind_word(job->line.kind)));
	json_object_set_new(root, "dropped", json_boolean(job->line.dropped));
	json_object_set_new(root, "tried", tried);
	json_object_set_new(root, "chosen",
	    matched ? json_integer((json_int_t)i - 1) : json_null());
	json_object_set_new(root, "actions",
	    matched ? json_actions(job) : json_array());
	text = json_dumps(root, JSON_INDENT(2));
	if (text != NULL)
		puts(text);
	free(text);
	json_decref(root);
}

static int
run(struct job *job, const char *record)
{
	bool warnings = false;
	struct diag diag = ruleargs_diag(&warnings);
	struct strbuf bytes = { 0 };
	int status = CMD_INPUT;

	if (!ruleargs_record(record, strlen(record), &bytes))
		fputs("switchback explain: an escaped record knows only \\n "
		      "\\r \\t \\0 \\\\ and \\xHH\n",
		    stderr);
	else if (ruleset_load(job->args.file, &job->args.options, &diag,
		     &job->rs, NULL) == 0) {
		devline_parse(&job->line, strbuf_str(&bytes), bytes.bytes);
		job->chosen =
		    ruleset_match(job->rs, &job->line, &job->args.env);
		if (job->json)
			print_json(job);
		else
			print_text(job);
		status = CMD_PASS;
	}
	strbuf_fini(&bytes);
	return status;
}

static bool
parse_args(struct job *job, int argc, char **argv)
{
	static const struct option options[] = { RULEARGS_OPTIONS,
		{ "json", no_argument, NULL, 'j' }, { NULL, 0, NULL, 0 } };
	int opt;

	optind = 1;
	while ((opt = getopt_long(argc, argv, "f:", options, NULL)) != -1)
		if (opt == 'j')
			job->json = true;
		else if (!ruleargs_take(&job->args, opt, optarg))
			return false;
	if (job->args.file != NULL && argc - optind == 1)
		return true;
	fputs(usage, stderr);
	return false;
}

int
cmd_explain(int argc, char **argv)
{
	struct job job = { .json = false };
	int status = CMD_INPUT;

	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		fputs(usage, stdout);
		return CMD_PASS;
	}
	ruleargs_init(&job.args, "explain");
	if (parse_args(&job, argc, argv))
		status = run(&job, argv[optind]);
	ruleset_free(job.rs);
	ruleargs_fini(&job.args);
	devline_fini(&job.line);
	strbuf_fini(&job.text);
	return status;
}
