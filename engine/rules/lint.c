/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/lint.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/suggest.h"

/* What the kernel's own records carry (devctl(4) and the bus drivers). */
static const char *const known_names[] = { "*", "_", "action", "address", "bus",
	"cdev", "class", "devclass", "device", "device-name", "function",
	"interface", "intclass", "intprotocol", "intsubclass", "mode", "notify",
	"parent", "pool", "port", "product", "release", "sernum", "slot",
	"subclass", "subdevice", "subsystem", "subvendor", "system",
	"timestamp", "type", "ugen", "vendor", "vm_guest" };
#define KNOWN_NAMES (sizeof(known_names) / sizeof(*known_names))

struct place {
	struct diag *diag;
	const char *file;
	unsigned line;
	unsigned col;
};

#define WARN(p, ...)                                                           \
	diag_report((p)->diag, DIAG_WARNING, (p)->file, (p)->line, (p)->col,   \
	    __VA_ARGS__)

const char *
lint_meant(const char *name)
{
	size_t i;

	for (i = 0; i < KNOWN_NAMES; i++)
		if (strcmp(known_names[i], name) == 0)
			return NULL;
	for (i = 0; i < KNOWN_NAMES; i++)
		if (strcasecmp(known_names[i], name) == 0)
			return known_names[i];
	/* A short name is near to many. */
	return strlen(name) < 4 ? NULL
				: suggest(name, known_names, KNOWN_NAMES);
}

/* True when the regex has a | outside of all parentheses and brackets. */
static bool
has_bare_branch(const char *p)
{
	int depth = 0;

	for (; *p != '\0'; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (*p == '[') {
			p += p[1] == '^' ? 2 : 1;
			if (*p == ']')
				p++;
			while (*p != '\0' && *p != ']')
				p++;
			if (*p == '\0')
				return false;
		} else if (*p == '(')
			depth++;
		else if (*p == ')')
			depth--;
		else if (*p == '|' && depth == 0)
			return true;
	}
	return false;
}

static void
lint_media(const struct place *at, const struct condition *c)
{
	if (*c->written == '!')
		WARN(at,
		    "media-type knows no '!': this means unknown, which "
		    "matches each interface without media");
	else if (c->media == RULE_MEDIA_NONE &&
	    strcasecmp(c->written, "unknown") != 0)
		WARN(at,
		    "'%s' is no media type that devd knows (ethernet, 802.11, "
		    "atm): it means unknown, which matches each interface "
		    "without media",
		    c->written);
}

static void
lint_name(const struct place *at, const struct rule_name *name)
{
	const char *meant;

	if (name->name[0] == '$') {
		WARN(at,
		    "match takes the name of a variable without '$': "
		    "'%s' is never set",
		    name->name);
		return;
	}
	if (name->set_value == NULL && (meant = lint_meant(name->name)) != NULL)
		WARN(at, "no record is known to set '%s'; did you mean '%s'?",
		    name->name, meant);
}

/* The kernel sends no notify record without these three. */
static bool
is_always_set(const struct rule *rule, const char *name)
{
	return rule->kind == DEVLINE_NOTIFY &&
	    (strcmp(name, "system") == 0 || strcmp(name, "subsystem") == 0 ||
		strcmp(name, "type") == 0);
}

static void
lint_empty(const struct place *at, const struct rule *rule,
    const struct condition *c, const struct rule_name *name,
    const struct lint_names *names)
{
	if (c->pattern->kind == PATTERN_INVALID ||
	    c->pattern->matches_empty == c->inverted ||
	    name->set_value != NULL || name->builtin != BUILTIN_NONE ||
	    is_always_set(rule, name->name) ||
	    names->demanded[c->name] == names->stamp)
		return;
	if (c->pattern->kind == PATTERN_LITERAL && !c->inverted)
		return; /* written to ask for an unset variable */
	WARN(at,
	    "an unset variable is empty, and that passes here: records "
	    "without '%s' match too",
	    name->name);
}

static void
lint_pattern(const struct place *at, const struct condition *c)
{
	const struct pattern *pat = c->pattern;
	const char *text = c->written + strspn(c->written, " \t");
	size_t bytes = strlen(pat->text);

	if (pat->kind == PATTERN_INVALID)
		WARN(at,
		    "devd silently ignores this pattern (%s): the condition "
		    "%s",
		    pat->why, c->inverted ? "always holds" : "never holds");
	else if (has_bare_branch(pat->text))
		WARN(at,
		    "'|' outside of parentheses: only the first branch is "
		    "held to the start of the value and only the last to its "
		    "end; put the branches into ( )");
	if (pat->kind != PATTERN_INVALID && bytes > 2 &&
	    strcmp(pat->text + bytes - 2, "\\$") == 0 &&
	    (bytes == 3 || pat->text[bytes - 3] != '\\'))
		WARN(at,
		    "the backslash at the end escapes the '$' that devd "
		    "appends: the pattern wants a dollar sign");
	if (text > c->written && *text == '!')
		WARN(at,
		    "'!' inverts only as the very first byte of a pattern");
	if (strncmp(c->written, "!!", 2) == 0)
		WARN(at, "'!!x' means \"not !x\", not \"x\"");
}

static void
note_names(const struct rule *rule, size_t stamp, size_t *tested,
    size_t *demanded)
{
	const struct condition *c;
	size_t i;

	for (i = 0; i < rule->condition_count; i++) {
		c = &rule->conditions[i];
		tested[c->name] = stamp;
		if (!c->is_media && c->pattern->matches_empty == c->inverted)
			demanded[c->name] = stamp;
	}
}

static void
lint_rule(const struct ruleset *rs, const struct rule *rule,
    const struct lint_names *names, struct diag *diag)
{
	struct place at = { diag, rule->file, 0, 0 };
	const struct condition *c;
	const struct rule_name *name;
	size_t i;

	for (i = 0; i < rule->condition_count; i++) {
		c = &rule->conditions[i];
		at.line = c->line;
		at.col = c->col;
		if (c->is_media) {
			lint_media(&at, c);
			continue;
		}
		name = &rs->names[c->name];
		lint_name(&at, name);
		lint_pattern(&at, c);
		lint_empty(&at, rule, c, name, names);
	}
	at.line = rule->line;
	at.col = rule->col;
	if (rule->action_count == 0)
		WARN(&at,
		    "the rule has no action: it swallows the records that it "
		    "matches");
	lint_actions(rs, rule, names, diag);
}

void
ruleset_lint(const struct ruleset *rs, struct diag *diag)
{
	size_t *tested = mem_zero(rs->name_count, sizeof(*tested));
	size_t *demanded = mem_zero(rs->name_count, sizeof(*demanded));
	struct lint_names names = { tested, demanded, 0 };
	size_t i;

	for (i = 0; i < rs->count; i++) {
		names.stamp = i + 1;
		note_names(rs->rules[i], names.stamp, tested, demanded);
		lint_rule(rs, rs->rules[i], &names, diag);
	}
	free(tested);
	free(demanded);
	lint_order(rs, diag);
}
