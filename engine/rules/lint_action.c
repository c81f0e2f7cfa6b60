/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a shell makes of an action, as far as its author may be surprised.
 */
#include <string.h>

#include "base/hash.h"
#include "rules/expand.h"
#include "rules/lint.h"

struct look {
	const struct ruleset *rs;
	const struct rule *rule;
	const struct lint_names *names;
	const struct action *action;
	struct diag *diag;
};

#define WARN(x, ...)                                                           \
	diag_report((x)->diag, DIAG_WARNING, (x)->rule->file,                  \
	    (x)->action->line, (x)->action->col, __VA_ARGS__)

/* Set by "set", or a condition of the rule is about it. */
static bool
is_known(const struct look *x, const char *name)
{
	uint32_t number;

	return ruleset_find_name(x->rs, name, hash_str(HASH_START, name),
		   &number) &&
	    (x->rs->names[number].set_value != NULL ||
		x->names->tested[number] == x->names->stamp);
}

/* Called for each variable of the action. */
static const char *
look_at(void *ctx, const char *name, enum expand_place place)
{
	const struct look *x = ctx;
	const char *dash = strchr(name, '-'), *meant;

	if (place == EXPAND_IN_SINGLE || place == EXPAND_IN_DOUBLE)
		WARN(x,
		    "quotes around $%s undo devd's own quoting, and a value "
		    "can run commands; write $%s without quotes",
		    name, name);
	else if (place == EXPAND_IN_COMMENT)
		WARN(x,
		    "$%s stands in a shell comment, which a newline in the "
		    "value ends",
		    name);
	if (is_known(x, name) || strcmp(name, "device-name") == 0)
		return "";
	if (name[0] == '*' && name[1] != '\0')
		WARN(x, "$%s is a variable of that name, not $* and '%s'", name,
		    name + 1);
	else if (name[0] == '_' && name[1] != '\0')
		WARN(x, "$%s is a variable of that name, not $_ and '%s'", name,
		    name + 1);
	else if (dash != NULL)
		WARN(x,
		    "'-' belongs to a name: this is the variable '%s', not "
		    "$%.*s and '%s'",
		    name, (int)(dash - name), name, dash);
	else if ((meant = lint_meant(name)) != NULL)
		WARN(x, "no record is known to set $%s; did you mean $%s?",
		    name, meant);
	return "";
}

static bool
is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Looks at $(..) and the like, which devd hands on unread. */
static const char *
lint_parenthesis(const struct look *x, const char *p)
{
	int open = 0;
	bool variable = false;

	for (; *p != '\0'; p++) {
		if (*p == '$' && is_name_start(p[1]))
			variable = true;
		if (*p == '(')
			open++;
		else if (*p == ')' && --open == 0)
			break;
	}
	if (*p == '\0')
		WARN(x, "$( is not closed: devd expands nothing behind it");
	if (variable)
		WARN(x,
		    "devd expands no variable inside of $( ): the shell sees "
		    "it, where it is empty");
	return *p == '\0' ? p - 1 : p;
}

static void
lint_text(const struct look *x)
{
	const char *p, *text = x->action->text;
	bool quoted = false, backquote = false;

	for (p = text; *p != '\0'; p++) {
		if (*p == '\'' && !backquote)
			quoted = !quoted;
		else if (*p == '`' && !quoted)
			backquote = !backquote;
		if (*p == '\\' && p[1] == '$' &&
		    (is_name_start(p[2]) || p[2] == '*'))
			WARN(x,
			    "a backslash does not keep devd from expanding "
			    "$%c...; write $$ for a dollar",
			    p[2]);
		if (*p != '$')
			continue;
		if (p[1] == '$')
			p++;
		else if (p[1] == '(')
			p = lint_parenthesis(x, p + 1);
		else if (p[1] == '{')
			WARN(x,
			    "${...} is not devd's: the shell expands it, and "
			    "no variable of devd is set there; write $name");
		else if (p[1] == '\0')
			WARN(x, "the '$' at the end stands for nothing");
		else if (backquote && is_name_start(p[1]))
			WARN(x,
			    "devd's quoting does not hold between "
			    "backquotes; a value can run commands");
	}
}

/* A value that the shell reads a second time is not quoted any more. */
static void
lint_command(const struct look *x)
{
	static const char *const readers[] = { "eval ", "sh -c", "<<" };
	const char *text = x->action->text, *dollar;
	size_t i;

	dollar = strchr(text, '$');
	if (dollar == NULL)
		return;
	if (dollar == text && (is_name_start(text[1]) || text[1] == '*'))
		WARN(x,
		    "the command itself is a variable: whoever makes the "
		    "record chooses what runs");
	for (i = 0; i < sizeof(readers) / sizeof(*readers); i++)
		if (strstr(text, readers[i]) != NULL)
			WARN(x,
			    "'%s' makes the shell read the text again: a "
			    "value in it can run commands",
			    readers[i]);
}

/* An open quote makes the shell refuse the whole command. */
static void
lint_quotes(const struct look *x)
{
	const char *p;
	char open = '\0';

	for (p = x->action->text; *p != '\0'; p++) {
		if (*p == '\\' && open != '\'' && p[1] != '\0')
			p++;
		else if (open == '\0' && (*p == '\'' || *p == '"'))
			open = *p;
		else if (*p == open)
			open = '\0';
	}
	if (open != '\0')
		WARN(x, "%c is not closed: the shell refuses the whole command",
		    open);
}

void
lint_actions(const struct ruleset *rs, const struct rule *rule,
    const struct lint_names *names, struct diag *diag)
{
	struct look x = { rs, rule, names, NULL, diag };
	struct expand e = { rs->version, look_at, &x };
	struct strbuf out = { 0 };
	size_t i;

	for (i = 0; i < rule->action_count; i++) {
		x.action = &rule->actions[i];
		strbuf_reset(&out);
		expand_action(&e, x.action->text, RULE_QUOTE_SAFE, &out);
		lint_text(&x);
		lint_command(&x);
		lint_quotes(&x);
	}
	strbuf_fini(&out);
}
