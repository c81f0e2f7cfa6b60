/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/replay_sets.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rowtext.h"
#include "failover/rcvars_text.h"
#include "rules/loader_texts.h"

#define SETS_MAX 100000

struct setup {
	char *name, *body;
	size_t bytes;
};

struct set { /* one that was read */
	uint32_t number;
	struct ruleset *rules;
	struct rcvars *rc;
};

struct replay_sets {
	struct setup *list; /* by name once sorted */
	size_t count, cap;
	bool sorted;
	struct set *sets;
	size_t n_sets, cap_sets;
};

struct replay_sets *
replay_sets_new(void)
{
	return mem_zero(1, sizeof(struct replay_sets));
}

void
replay_sets_free(struct replay_sets *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < s->count; i++) {
		free(s->list[i].name);
		free(s->list[i].body);
	}
	for (i = 0; i < s->n_sets; i++) {
		ruleset_free(s->sets[i].rules);
		if (s->sets[i].rc != NULL)
			rcvars_fini(s->sets[i].rc);
		free(s->sets[i].rc);
	}
	free(s->list);
	free(s->sets);
	free(s);
}

int
replay_sets_add(struct replay_sets *s, const char *name, const void *body,
    size_t bytes, struct err *e)
{
	struct setup *new;

	if (s->count == SETS_MAX)
		return err_set(e, ERR_INPUT, "more than %d setups", SETS_MAX);
	new = MEM_PUSH(s->list, s->count, s->cap);
	new->name = mem_str(name);
	new->body = mem_strn(body, bytes);
	new->bytes = bytes;
	s->sorted = false;
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	const struct setup *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static const struct setup *
find(struct replay_sets *s, const char *name)
{
	size_t low = 0, high = s->count, middle;
	int order;

	if (!s->sorted && s->count > 0)
		qsort(s->list, s->count, sizeof(*s->list), by_name);
	s->sorted = true;
	while (low < high) {
		middle = low + (high - low) / 2;
		order = strcmp(s->list[middle].name, name);
		if (order == 0)
			return &s->list[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static int
need(struct replay_sets *s, const char *class, uint32_t number,
    const char *path, const struct setup **out, struct err *e)
{
	struct strbuf name = { 0 };
	int rc = 0;

	strbuf_addf(&name, "%s %" PRIu32 "%s%s", class, number,
	    path != NULL ? " " : "", path != NULL ? path : "");
	if ((*out = find(s, strbuf_str(&name))) == NULL)
		rc = err_set(e, ERR_INPUT,
		    "the setup \"%.200s\" is missing; without it nothing can "
		    "be run again",
		    strbuf_str(&name));
	strbuf_fini(&name);
	return rc;
}

/* Puts the setup's name in front. */
static int
blame(const struct setup *setup, struct err *e)
{
	struct err why = *e;

	return err_set(e, ERR_INPUT, "setup \"%.100s\": %s", setup->name,
	    why.text);
}

int
replay_sets_core(struct replay_sets *s, uint32_t number,
    struct decision_config *out, struct err *e)
{
	const struct setup *setup;
	int rc = need(s, "core", number, NULL, &setup, e);

	if (rc < 0)
		return rc;
	if (decision_config_read(out, setup->body, setup->bytes, e) < 0)
		return blame(setup, e);
	if (out->rules == 0)
		return err_set(e, ERR_INPUT,
		    "setup \"%s\": rules=N belongs there", setup->name);
	if (out->rc == 0 && out->policy != CORE_RULES)
		return err_set(e, ERR_INPUT, "setup \"%s\": rc=N belongs there",
		    setup->name);
	return 0;
}

/* --- rules --- */

struct names {
	struct ruleset_options how;
	char **list; /* owned */
	size_t count, cap;
};

static int
take_version(struct names *n, const struct rowtext *r, struct err *e)
{
	static const char *const
	    words[] = { [RULE_NEWEST] = "newest", [RULE_12_1] = "12.1", NULL };
	int version = 0, rc;

	if (strcmp(r->key, "reverse") == 0)
		return rowtext_take_flag(r, &n->how.reverse, e);
	if (strcmp(r->key, "version") != 0)
		return rowtext_fail(r, e, "%s: version and reverse belong here",
		    r->key);
	if ((rc = rowtext_take_enum(r, words, &version, e)) == 0)
		n->how.version = (enum rule_version)version;
	return rc;
}

static int
take_file(struct names *n, const struct rowtext *r, struct err *e)
{
	if (strcmp(r->key, "file") != 0 || !r->has_value ||
	    strlen(strbuf_str(&r->value)) != r->value.bytes)
		return rowtext_fail(r, e, "%s: file=PATH belongs here", r->key);
	*MEM_PUSH(n->list, n->count, n->cap) = mem_str(strbuf_str(&r->value));
	return 0;
}

static int
read_names(struct names *n, const struct setup *setup, struct err *e)
{
	struct rowtext r;
	int next, rc = 0;
	bool first = true;

	rowtext_open(&r, setup->body, setup->bytes);
	while ((next = rowtext_next(&r, e)) > ROWTEXT_END) {
		if (next == ROWTEXT_NEWLINE) {
			first = false;
			continue;
		}
		rc = first ? take_version(n, &r, e) : take_file(n, &r, e);
		if (rc < 0)
			break;
	}
	rowtext_close(&r);
	if (rc == 0 && next == 0 && n->count == 0)
		rc = err_set(e, ERR_INPUT, "no file=PATH is there");
	return rc < 0 ? rc : next;
}

/* The first finding is enough. */
static void
keep_finding(void *ctx, enum diag_level level, const char *file, unsigned line,
    unsigned col, const char *text)
{
	struct strbuf *first = ctx;

	if (level != DIAG_ERROR || first->bytes > 0)
		return;
	diag_emit_strbuf(first, level, file, line, col, text);
	if (first->bytes > 0 && first->data[first->bytes - 1] == '\n')
		first->data[--first->bytes] = '\0';
}

static int
load(struct replay_sets *s, uint32_t number, struct names *n,
    struct ruleset **out, struct err *e)
{
	struct ruleset_text *texts = mem_zero(n->count, sizeof(*texts));
	struct loader_texts memory = { texts, n->count };
	struct rule_loader loader = loader_texts(&memory);
	struct strbuf first = { 0 };
	struct diag diag = { .emit = keep_finding, .ctx = &first };
	const struct setup *file;
	int rc = 0;
	size_t i;

	for (i = 0; rc == 0 && i < n->count; i++) {
		rc = need(s, "rules", number, n->list[i], &file, e);
		if (rc < 0)
			break;
		texts[i].path = n->list[i];
		texts[i].text = file->body;
		texts[i].bytes = file->bytes;
	}
	n->how.loader = &loader;
	if (rc == 0 && ruleset_load(n->list[0], &n->how, &diag, out, e) < 0)
		rc = err_set(e, ERR_INPUT, "setup \"rules %" PRIu32 "\": %s",
		    number, strbuf_str(&first));
	strbuf_fini(&first);
	free(texts);
	return rc;
}

static struct set *
find_set(struct replay_sets *s, uint32_t number, bool of_rules)
{
	size_t i;

	for (i = 0; i < s->n_sets; i++)
		if (s->sets[i].number == number &&
		    (s->sets[i].rules != NULL) == of_rules)
			return &s->sets[i];
	return NULL;
}

int
replay_sets_rules(struct replay_sets *s, uint32_t number,
    const struct ruleset **out, struct err *e)
{
	const struct set *set = find_set(s, number, true);
	struct names names = { .how = { .version = RULE_NEWEST } };
	const struct setup *setup;
	struct ruleset *rules;
	struct set *new;
	int rc = 0;

	if (set != NULL) {
		*out = set->rules;
		return 0;
	}
	if ((rc = need(s, "rules", number, NULL, &setup, e)) < 0)
		return rc;
	if (read_names(&names, setup, e) < 0)
		rc = blame(setup, e);
	if (rc == 0 && (rc = load(s, number, &names, &rules, e)) == 0) {
		new = MEM_PUSH(s->sets, s->n_sets, s->cap_sets);
		new->number = number;
		new->rules = rules;
		*out = rules;
	}
	while (names.count > 0)
		free(names.list[--names.count]);
	free(names.list);
	return rc;
}

int
replay_sets_rc(struct replay_sets *s, uint32_t number,
    const struct rcvars **out, struct err *e)
{
	const struct set *set = find_set(s, number, false);
	const struct setup *setup;
	struct rcvars *vars;
	struct set *new;
	int rc;

	if (number == 0) {
		*out = NULL;
		return 0;
	}
	if (set != NULL) {
		*out = set->rc;
		return 0;
	}
	if ((rc = need(s, "rc", number, NULL, &setup, e)) < 0)
		return rc;
	vars = mem_zero(1, sizeof(*vars));
	if (rcvars_read(vars, setup->body, setup->bytes, e) < 0) {
		rcvars_fini(vars);
		free(vars);
		return blame(setup, e);
	}
	new = MEM_PUSH(s->sets, s->n_sets, s->cap_sets);
	new->number = number;
	new->rc = vars;
	*out = vars;
	return 0;
}
