/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/parse.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/suggest.h"
#include "rules/expand.h"
#include "rules/lex.h"

#define ERRORS_PER_FILE 100

/* Of values of variables in patterns: a value of half a file, named in every
 * line of the other half, is a thousand times the file. */
#define EXPANDED_MOST (64 * 1024 * 1024)

struct file_parse {
	struct parse *p;
	struct lex x;
	unsigned errors;
	struct strbuf found;   /* for messages */
	struct strbuf string;  /* the string just read */
	struct strbuf string2; /* the one before it */
	struct condition *conds;
	size_t cond_count, cond_cap;
	struct action *acts;
	size_t act_count, act_cap;
};

static bool
is_top(enum lex_kind kind)
{
	return kind == LEX_OPTIONS || kind == LEX_ATTACH ||
	    kind == LEX_DETACH || kind == LEX_NOMATCH || kind == LEX_NOTIFY;
}

static void
refuse(struct file_parse *f)
{
	if (!f->p->refused) {
		f->p->devd_line = f->x.devd_line;
		f->p->code = ERR_INPUT;
	}
	f->p->refused = true;
	f->errors++;
}

/* A word that was surely meant, or NULL. */
static const char *
meant(const struct file_parse *f, const char *const words[], size_t count)
{
	const char *near = NULL;
	char *name;

	if (f->x.kind != LEX_NAME)
		return NULL;
	name = mem_strn(f->x.text, f->x.bytes);
	near = suggest(name, words, count);
	free(name);
	return near;
}

static void
expected(struct file_parse *f, const char *what, const char *after,
    const char *near)
{
	lex_describe(&f->x, &f->found);
	diag_report(f->p->diag, DIAG_ERROR, f->x.file, f->x.line, f->x.col,
	    "expected %s %s, found %s%s%s%s", what, after,
	    strbuf_str(&f->found), near ? "; did you mean '" : "",
	    near ? near : "", near ? "'?" : "");
	refuse(f);
}

static bool
take(struct file_parse *f, enum lex_kind kind, const char *after)
{
	if (f->x.kind != kind) {
		expected(f, lex_kind_word(kind), after, NULL);
		return false;
	}
	lex_next(&f->x);
	return true;
}

static bool
take_string(struct file_parse *f, const char *after)
{
	struct strbuf swap = f->string2;

	f->string2 = f->string;
	f->string = swap;
	if (f->x.kind == LEX_STRING)
		lex_string(&f->x, &f->string);
	return take(f, LEX_STRING, after);
}

static char *
keep(struct file_parse *f, const struct strbuf *s)
{
	return arena_strn(&f->p->rs->arena, strbuf_str(s), s->bytes);
}

/* devd makes \" of a set value into ". */
static char *
keep_value(struct file_parse *f, const struct strbuf *s)
{
	char *value = keep(f, s), *from = value, *to = value;

	for (; *from != '\0'; *to++ = *from++)
		if (from[0] == '\\' && from[1] == '"')
			from++;
	*to = '\0';
	return value;
}

struct pattern_place {
	struct file_parse *f;
	unsigned line;
	unsigned col;
};

static void
refuse_condition(const struct pattern_place *at, const char *why)
{
	diag_report(at->f->p->diag, DIAG_ERROR, at->f->x.file, at->line,
	    at->col, "%s", why);
	refuse(at->f);
}

/* False, and the set is refused, when variables have given too much. */
static bool
has_room_for(const struct pattern_place *at, size_t bytes)
{
	struct parse *p = at->f->p;

	if (bytes <= EXPANDED_MOST - p->expanded) {
		p->expanded += bytes;
		return true;
	}
	if (p->expanded < EXPANDED_MOST)
		refuse_condition(at,
		    "with this the variables of all patterns have more than "
		    "64 MiB; name them less often, or make them shorter");
	p->expanded = EXPANDED_MOST;
	return false;
}

/* The value of a "set" so far: all that a pattern can see. */
static const char *
set_value(void *ctx, const char *name, enum expand_place place)
{
	const struct pattern_place *at = ctx;
	struct ruleset *rs = at->f->p->rs;
	uint32_t number = ruleset_name(rs, name);
	const char *value = rs->names[number].set_value;

	(void)place;
	if (value != NULL && !has_room_for(at, strlen(value)))
		return "";
	if (value == NULL)
		diag_report(at->f->p->diag, DIAG_WARNING, at->f->x.file,
		    at->line, at->col,
		    "variable '%s' is not set before this rule and stands for "
		    "nothing here; variables of a record cannot be used in a "
		    "pattern",
		    name);
	else if (*value == '!')
		diag_report(at->f->p->diag, DIAG_WARNING, at->f->x.file,
		    at->line, at->col,
		    "the '!' in variable '%s' does not invert: that takes a "
		    "'!' as first byte of the pattern itself",
		    name);
	return value == NULL ? "" : value;
}

static void
add_match(struct file_parse *f, const char *name, const struct strbuf *text,
    unsigned line, unsigned col)
{
	struct ruleset *rs = f->p->rs;
	struct pattern_place at = { f, line, col };
	struct expand x = { rs->version, set_value, &at };
	const char *written = keep(f, text);
	size_t before = rs->patterns.states;
	struct strbuf regex = { 0 };
	struct condition *c;

	c = MEM_PUSH(f->conds, f->cond_count, f->cond_cap);
	c->name = ruleset_name(rs, name);
	c->inverted = *written == '!';
	c->written = written;
	c->line = line;
	c->col = col;
	expand_pattern(&x, written + (c->inverted ? 1 : 0), &regex);
	c->pattern = pattern_get(&rs->patterns, strbuf_str(&regex),
	    rs->version == RULE_12_1);
	strbuf_fini(&regex);
	if (before <= PATTERN_STATES_MOST &&
	    rs->patterns.states > PATTERN_STATES_MOST)
		refuse_condition(&at,
		    "with this the patterns of the set take too much memory: "
		    "unrolled, their repeats are millions of states");
}

/* Any word but these three means "unknown" to devd. */
static void
add_media(struct file_parse *f, unsigned line, unsigned col)
{
	static const struct {
		const char *word;
		enum rule_media media;
	} types[] = {
		{ "ethernet", RULE_MEDIA_ETHERNET },
		{ "802.11", RULE_MEDIA_80211 },
		{ "atm", RULE_MEDIA_ATM },
	};
	struct condition *c = MEM_PUSH(f->conds, f->cond_count, f->cond_cap);
	size_t i;

	c->name = ruleset_name(f->p->rs, "media-type");
	c->is_media = true;
	c->media = RULE_MEDIA_NONE;
	c->written = keep(f, &f->string);
	c->line = line;
	c->col = col;
	for (i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strcasecmp(c->written, types[i].word) == 0)
			c->media = types[i].media;
}

static void
add_action(struct file_parse *f, unsigned line, unsigned col)
{
	struct action *a = MEM_PUSH(f->acts, f->act_count, f->act_cap);

	a->text = keep(f, &f->string);
	a->line = line;
	a->col = col;
}

/* One statement of a rule. False after an error. */
static bool
parse_statement(struct file_parse *f)
{
	static const char *const words[] = { "match", "action", "device-name",
		"media-type", "class", "subdevice" };
	enum lex_kind kind = f->x.kind;
	unsigned line = f->x.line, col = f->x.col;
	const char *name = lex_kind_word(kind);

	switch (kind) {
	case LEX_MATCH:
		lex_next(&f->x);
		if (!take_string(f, "with the variable's name after match") ||
		    !take_string(f, "with the pattern in match") ||
		    !take(f, LEX_SEMI, "after match"))
			return false;
		add_match(f, strbuf_str(&f->string2), &f->string, line, col);
		return true;
	case LEX_DEVICE_NAME:
	case LEX_CLASS:
	case LEX_SUBDEVICE:
	case LEX_MEDIA_TYPE:
	case LEX_ACTION:
		lex_next(&f->x);
		if (!take_string(f, "after the keyword") ||
		    !take(f, LEX_SEMI, "after the string"))
			return false;
		if (kind == LEX_ACTION)
			add_action(f, line, col);
		else if (kind == LEX_MEDIA_TYPE)
			add_media(f, line, col);
		else
			add_match(f, name, &f->string, line, col);
		return true;
	default:
		break;
	}
	expected(f, "match, action or another statement", "in a rule",
	    meant(f, words, sizeof(words) / sizeof(*words)));
	return false;
}

static bool
parse_option(struct file_parse *f)
{
	static const char *const words[] = { "directory", "pid-file", "set" };
	struct parse *p = f->p;
	enum lex_kind kind = f->x.kind;
	const char *value;
	char *name = NULL;
	uint32_t number;
	bool good = false;

	if (kind != LEX_DIRECTORY && kind != LEX_PID_FILE && kind != LEX_SET) {
		expected(f, "directory, pid-file or set", "in options",
		    meant(f, words, sizeof(words) / sizeof(*words)));
		return false;
	}
	lex_next(&f->x);
	if (kind == LEX_SET) {
		if (f->x.kind == LEX_NAME)
			name = mem_strn(f->x.text, f->x.bytes);
		if (!take(f, LEX_NAME, "of a variable, without quotes"))
			goto out;
	}
	if (!take_string(f, "after the keyword") ||
	    !take(f, LEX_SEMI, "after the string"))
		goto out;
	good = true;
	value =
	    kind == LEX_SET ? keep_value(f, &f->string) : keep(f, &f->string);
	if (kind == LEX_SET) {
		number = ruleset_name(p->rs, name);
		p->rs->names[number].set_value = value;
	} else if (kind == LEX_PID_FILE)
		p->rs->pid_file = value;
	else
		*MEM_PUSH(p->dirs, p->dir_count, p->dir_cap) = value;
out:
	free(name);
	return good;
}

/* After an error in a statement: behind its semicolon, or at the end of the
 * block, or at what looks like the next block. */
static void
skip_statement(struct file_parse *f)
{
	while (f->x.kind != LEX_END && f->x.kind != LEX_CLOSE &&
	    !(is_top(f->x.kind) && f->x.col == 1)) {
		if (f->x.kind == LEX_SEMI) {
			lex_next(&f->x);
			return;
		}
		lex_next(&f->x);
	}
}

/* After an error outside: behind the next "};", or at the next block. */
static void
skip_block(struct file_parse *f)
{
	while (f->x.kind != LEX_END && f->x.kind != LEX_CLOSE &&
	    !is_top(f->x.kind))
		lex_next(&f->x);
	if (f->x.kind != LEX_CLOSE)
		return;
	lex_next(&f->x);
	if (f->x.kind == LEX_SEMI)
		lex_next(&f->x);
}

static bool
has_room(const struct file_parse *f)
{
	return f->errors < ERRORS_PER_FILE;
}

static void
add_rule(struct file_parse *f, const struct rule *head)
{
	struct ruleset *rs = f->p->rs;
	struct rule *rule = arena_alloc(&rs->arena, sizeof(*rule));
	size_t bytes;

	*rule = *head;
	rule->number = rs->count;
	rule->condition_count = f->cond_count;
	bytes = f->cond_count * sizeof(*f->conds);
	rule->conditions = arena_alloc(&rs->arena, bytes);
	if (bytes > 0)
		memcpy(rule->conditions, f->conds, bytes);
	rule->action_count = f->act_count;
	bytes = f->act_count * sizeof(*f->acts);
	rule->actions = arena_alloc(&rs->arena, bytes);
	if (bytes > 0)
		memcpy(rule->actions, f->acts, bytes);
	*MEM_PUSH(rs->rules, rs->count, rs->cap) = rule;
}

static int
take_priority(struct file_parse *f)
{
	int priority = lex_number(&f->x);
	int64_t meant;

	if (!num_parse(f->x.text, f->x.bytes, 0, INT32_MAX, &meant))
		diag_report(f->p->diag, DIAG_WARNING, f->x.file, f->x.line,
		    f->x.col,
		    "a priority above %d overflows: devd takes it as %d",
		    INT32_MAX, priority);
	return priority;
}

static void
parse_rule(struct file_parse *f, enum devline_kind kind)
{
	struct rule head = { .kind = kind,
		.file = f->x.file,
		.line = f->x.line,
		.col = f->x.col };

	lex_next(&f->x);
	if (f->x.kind == LEX_NUMBER)
		head.priority = take_priority(f);
	if (!take(f, LEX_NUMBER, "as the rule's priority") ||
	    !take(f, LEX_BEGIN, "after the priority")) {
		skip_block(f);
		return;
	}
	f->cond_count = f->act_count = 0;
	while (f->x.kind != LEX_CLOSE && f->x.kind != LEX_END && has_room(f))
		if (!parse_statement(f)) {
			if (is_top(f->x.kind) && f->x.col == 1)
				return;
			skip_statement(f);
			if (is_top(f->x.kind) && f->x.col == 1)
				return;
		}
	if (!take(f, LEX_CLOSE, "at the end of the rule") ||
	    !take(f, LEX_SEMI, "after the rule's '}'"))
		return;
	if (f->cond_count + f->act_count > 0)
		add_rule(f, &head);
	else
		diag_report(f->p->diag, DIAG_WARNING, head.file, head.line,
		    head.col, "an empty rule is no rule; remove it");
}

static void
parse_options(struct file_parse *f)
{
	lex_next(&f->x);
	if (!take(f, LEX_BEGIN, "after options")) {
		skip_block(f);
		return;
	}
	do {
		if (!parse_option(f))
			skip_statement(f);
	} while (f->x.kind != LEX_CLOSE && f->x.kind != LEX_END &&
	    !(is_top(f->x.kind) && f->x.col == 1) && has_room(f));
	if (take(f, LEX_CLOSE, "at the end of options"))
		(void)take(f, LEX_SEMI, "after the '}' of options");
}

static void
parse_top(struct file_parse *f)
{
	static const char *const words[] = { "options", "attach", "detach",
		"nomatch", "notify" };

	switch (f->x.kind) {
	case LEX_OPTIONS:
		parse_options(f);
		return;
	case LEX_ATTACH:
		parse_rule(f, DEVLINE_ATTACH);
		return;
	case LEX_DETACH:
		parse_rule(f, DEVLINE_DETACH);
		return;
	case LEX_NOMATCH:
		parse_rule(f, DEVLINE_NOMATCH);
		return;
	case LEX_NOTIFY:
		parse_rule(f, DEVLINE_NOTIFY);
		return;
	default:
		break;
	}
	expected(f, "options, attach, detach, nomatch or notify",
	    "outside of a block",
	    meant(f, words, sizeof(words) / sizeof(*words)));
	if (f->x.kind == LEX_SEMI)
		lex_next(&f->x);
	else
		skip_block(f);
}

void
parse_file(struct parse *p, const char *file, const char *text, size_t bytes)
{
	struct file_parse f = { .p = p };

	lex_init(&f.x, file, text, bytes, p->diag);
	while (f.x.kind != LEX_END && has_room(&f))
		parse_top(&f);
	if (!has_room(&f))
		diag_report(p->diag, DIAG_NOTE, file, f.x.line, f.x.col,
		    "more errors may follow; correct these first");
	strbuf_fini(&f.found);
	strbuf_fini(&f.string);
	strbuf_fini(&f.string2);
	free(f.conds);
	free(f.acts);
}
