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
#include "cmd/explain_text.h"
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
	struct explaining x;
};

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

	rule_try(job->rs, rule, i, &job->x.line, &job->args.env, &t);
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

	for (i = 0; i < rule_action_count(job->x.chosen); i++) {
		o = json_object();
		json_object_set_new(o, "action",
		    json_bytes(rule_action(job->x.chosen, i)));
		json_object_set_new(o, "command",
		    json_bytes(
			explaining_command(&job->x, i, RULE_QUOTE_DEVD)));
		json_object_set_new(o, "safe_command",
		    json_bytes(
			explaining_command(&job->x, i, RULE_QUOTE_SAFE)));
		json_array_append_new(list, o);
	}
	return list;
}

static void
print_json(struct job *job)
{
	json_t *root = json_object(), *tried = json_array();
	size_t i, count = ruleset_kind_count(job->rs, job->x.line.kind);
	bool matched = false;
	char *text;

	for (i = 0; i < count && !matched && !job->x.line.dropped; i++)
		json_array_append_new(tried,
		    json_rule(job, ruleset_at(job->rs, job->x.line.kind, i),
			&matched));
	json_object_set_new(root, "record",
	    json_bytes(devline_value(&job->x.line, "*")));
	json_object_set_new(root, "kind",
	    json_string(devline_kind_word(job->x.line.kind)));
	json_object_set_new(root, "dropped", json_boolean(job->x.line.dropped));
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
		explaining_open(&job->x, job->rs, &job->args.env,
		    strbuf_str(&bytes), bytes.bytes);
		if (job->json)
			print_json(job);
		else
			explaining_print(&job->x);
		explaining_close(&job->x);
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
	return status;
}
