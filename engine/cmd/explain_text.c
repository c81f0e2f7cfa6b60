/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/explain_text.h"

#include <stdio.h>
#include <string.h>

#include "cmd/ruleargs.h"

void
explaining_open(struct explaining *x, const struct ruleset *rs,
    const struct rule_env *env, const char *record, size_t bytes)
{
	memset(x, 0, sizeof(*x));
	x->rs = rs;
	x->env = env;
	devline_parse(&x->line, record, bytes);
	x->chosen = ruleset_match(rs, &x->line, env);
}

void
explaining_close(struct explaining *x)
{
	devline_fini(&x->line);
	strbuf_fini(&x->text);
}

static const char *
escaped(struct explaining *x, const char *s)
{
	strbuf_reset(&x->text);
	ruleargs_escape(s, strlen(s), &x->text);
	return strbuf_str(&x->text);
}

const char *
explaining_command(struct explaining *x, size_t action,
    enum rule_quoting quoting)
{
	strbuf_reset(&x->text);
	rule_expand(x->rs, x->chosen, action, &x->line, x->env, quoting,
	    &x->text);
	return strbuf_str(&x->text);
}

static void
print_condition(struct explaining *x, const struct rule *rule, size_t i)
{
	struct rule_trial t;
	bool media;

	rule_try(x->rs, rule, i, &x->line, x->env, &t);
	media = *t.regex == '\0';
	printf("        %-4s", t.held ? "ok" : "FAIL");
	printf(" %s \"%s\"", t.name, escaped(x, t.pattern));
	if (t.set)
		printf("   %s \"%s\"", media ? "of interface" : "value",
		    escaped(x, t.value));
	else
		printf("   %s",
		    media ? "of no interface" : "not set, so empty");
	if (t.invalid)
		printf("   (a bad pattern; devd ignores it silently)");
	putchar('\n');
}

/* True when the rule matched. */
static bool
print_rule(struct explaining *x, const struct rule *rule, const char *label)
{
	struct rule_trial t;
	bool matched = true;
	size_t i;

	for (i = 0; i < rule_condition_count(rule); i++) {
		rule_try(x->rs, rule, i, &x->line, x->env, &t);
		matched = matched && t.held;
	}
	printf("%s %s:%u (priority %d): %s\n", label, rule_file(rule),
	    rule_line(rule), rule_priority(rule), matched ? "MATCHES" : "no");
	for (i = 0; i < rule_condition_count(rule); i++)
		print_condition(x, rule, i);
	return matched;
}

static void
print_actions(struct explaining *x)
{
	size_t i, count = rule_action_count(x->chosen);

	if (count == 0)
		puts("the rule has no action: the record is swallowed");
	for (i = 0; i < count; i++)
		printf("runs    %s\n",
		    explaining_command(x, i, RULE_QUOTE_DEVD));
}

/* Rules behind the chosen one that match as well: devd never looks at them,
 * but whoever asks why a rule did not fire wants to know. */
static void
print_hidden(struct explaining *x, size_t after)
{
	const struct rule *rule;
	struct rule_trial t;
	size_t i, k;

	for (i = after; i < ruleset_kind_count(x->rs, x->line.kind); i++) {
		rule = ruleset_at(x->rs, x->line.kind, i);
		for (k = 0; k < rule_condition_count(rule); k++) {
			rule_try(x->rs, rule, k, &x->line, x->env, &t);
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

void
explaining_print(struct explaining *x)
{
	size_t i, count = ruleset_kind_count(x->rs, x->line.kind);
	bool matched = false;

	printf("record  %s\n", escaped(x, devline_value(&x->line, "*")));
	if (x->line.dropped) {
		puts("devd drops this record before it looks at any rule");
		return;
	}
	printf("kind    %s: %zu rule%s\n", devline_kind_word(x->line.kind),
	    count, count == 1 ? "" : "s");
	for (i = 2; i < x->line.count; i++) {
		printf("key     %s", escaped(x, x->line.pairs[i].key));
		printf(" = \"%s\"\n", escaped(x, x->line.pairs[i].value));
	}
	for (i = 0; i < count && !matched; i++)
		matched = print_rule(x, ruleset_at(x->rs, x->line.kind, i),
		    "tried  ");
	if (!matched) {
		puts("no rule matches: nothing runs");
		return;
	}
	print_actions(x);
	print_hidden(x, i);
}
