/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Input: a devd.conf, a NUL, a record. The file is refused with a finding or
 * it is accepted; then the rule that the index finds is the first that holds
 * when all are tried, and its actions expand. What is odd in it is told at
 * places of it.
 */
#include "fuzz.h"

#include <string.h>

#include "rules/lint.h"
#include "rules/loader.h"
#include "rules/ruleset.h"

struct file {
	const uint8_t *data;
	size_t bytes;
};

static int
read_memory(void *ctx, const char *path, struct strbuf *out, struct err *err)
{
	const struct file *f = ctx;

	if (strcmp(path, "fuzz.conf") != 0)
		return err_set(err, ERR_NOTFOUND, "%s: not there", path);
	strbuf_add(out, f->data, f->bytes);
	return 0;
}

static int
list_memory(void *ctx, const char *path,
    void (*name)(void *arg, const char *entry), void *arg, struct err *err)
{
	(void)ctx;
	(void)path;
	(void)err;
	name(arg, "gone.conf");
	return 0;
}

static bool
holds(const struct ruleset *rs, const struct rule *rule,
    const struct devline *line, const struct rule_env *env)
{
	struct rule_trial trial;

	for (size_t i = 0; i < rule_condition_count(rule); i++) {
		rule_try(rs, rule, i, line, env, &trial);
		if (!trial.held)
			return false;
	}
	return true;
}

static const struct rule *
first_that_holds(const struct ruleset *rs, const struct devline *line,
    const struct rule_env *env)
{
	if (line->dropped || line->kind == DEVLINE_OTHER)
		return NULL;
	for (size_t i = 0; i < ruleset_kind_count(rs, line->kind); i++)
		if (holds(rs, ruleset_at(rs, line->kind, i), line, env))
			return ruleset_at(rs, line->kind, i);
	return NULL;
}

static void
try_record(const struct ruleset *rs, const char *record, size_t bytes)
{
	const struct rule_env env = { "hv", "1.000002", NULL, NULL };
	struct devline line = { 0 };
	struct strbuf out = { 0 };
	const struct rule *rule;

	devline_parse(&line, record, bytes);
	rule = ruleset_match(rs, &line, &env);
	FUZZ_HOLDS(rule == first_that_holds(rs, &line, &env));
	for (size_t i = 0; rule != NULL && i < rule_action_count(rule); i++) {
		rule_expand(rs, rule, i, &line, &env, RULE_QUOTE_DEVD, &out);
		rule_expand(rs, rule, i, &line, &env, RULE_QUOTE_SAFE, &out);
	}
	strbuf_fini(&out);
	devline_fini(&line);
}

static void
on_oddity(void *ctx, enum diag_level level, const char *file, unsigned line,
    unsigned col, const char *text)
{
	const struct file *f = ctx;

	(void)col;
	FUZZ_HOLDS(level == DIAG_WARNING && *text != '\0');
	FUZZ_HOLDS(strcmp(file, "fuzz.conf") == 0);
	FUZZ_HOLDS(line <= f->bytes + 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	const uint8_t *nul = bytes > 0 ? memchr(data, 0, bytes) : NULL;
	struct file file = { data, nul ? (size_t)(nul - data) : bytes };
	struct rule_loader loader = { read_memory, list_memory, &file };
	struct ruleset_options opt = { RULE_NEWEST, false, &loader, NULL };
	struct ruleset *rs = NULL;
	struct diag diag = { 0 }, odd = { .emit = on_oddity, .ctx = &file };
	struct err err = { 0 };

	for (int v = 0; v < 2; v++) {
		opt.version = v == 0 ? RULE_NEWEST : RULE_12_1;
		diag.errors = 0;
		if (ruleset_load("fuzz.conf", &opt, &diag, &rs, &err) < 0) {
			FUZZ_HOLDS(diag.errors > 0 || err.text[0] != '\0');
			continue;
		}
		if (nul != NULL)
			try_record(rs, (const char *)nul + 1,
			    bytes - file.bytes - 1);
		ruleset_lint(rs, &odd);
		ruleset_free(rs);
	}
	return 0;
}
