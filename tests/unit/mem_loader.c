/* SPDX-License-Identifier: BSD-2-Clause */
#include "mem_loader.h"

#include <stdio.h>
#include <string.h>

static int
fetch(void *ctx, const char *path, struct strbuf *out, struct err *err)
{
	const struct mem_file *f;

	for (f = ctx; f->path != NULL; f++)
		if (strcmp(f->path, path) == 0) {
			strbuf_adds(out, f->text);
			return 0;
		}
	return err_set(err, ERR_NOTFOUND, "%s: not there", path);
}

static int
list(void *ctx, const char *path, void (*name)(void *arg, const char *entry),
    void *arg, struct err *err)
{
	const struct mem_file *f;
	size_t bytes = strlen(path);

	(void)err;
	name(arg, ".");
	name(arg, "..");
	for (f = ctx; f->path != NULL; f++)
		if (strncmp(f->path, path, bytes) == 0 && f->path[bytes] == '/')
			name(arg, f->path + bytes + 1);
	return 0;
}

struct rule_loader
mem_loader(const struct mem_file *files)
{
	union {
		const struct mem_file *in;
		void *out;
	} ctx = { .in = files };
	struct rule_loader loader = { fetch, list, ctx.out };

	return loader;
}

struct ruleset *
mem_load(const struct mem_file *files, struct ruleset_options *opt,
    struct strbuf *found)
{
	struct rule_loader loader = mem_loader(files);
	struct diag diag = { .emit = diag_emit_strbuf, .ctx = found };
	struct ruleset *rs = NULL;

	opt->loader = &loader;
	if (ruleset_load("devd.conf", opt, &diag, &rs, NULL) != 0)
		return NULL;
	return rs;
}

const char *
mem_command(const char *conf, const char *record)
{
	static char answer[4096];
	struct mem_file files[] = { { "devd.conf", conf }, { NULL, NULL } };
	struct ruleset_options opt = { .version = RULE_NEWEST };
	struct rule_env env = { .vm_guest = "hv" };
	struct strbuf found = { 0 }, out = { 0 };
	struct ruleset *rs = mem_load(files, &opt, &found);
	struct devline line = { 0 };
	const struct rule *rule;

	snprintf(answer, sizeof(answer), "%s", rs == NULL ? "refused" : "-");
	if (rs != NULL) {
		devline_parse(&line, record, strlen(record));
		rule = ruleset_match(rs, &line, &env);
		if (rule != NULL && rule_action_count(rule) > 0) {
			rule_expand(rs, rule, 0, &line, &env, RULE_QUOTE_DEVD,
			    &out);
			snprintf(answer, sizeof(answer), "%s",
			    strbuf_str(&out));
		}
	}
	devline_fini(&line);
	ruleset_free(rs);
	strbuf_fini(&found);
	strbuf_fini(&out);
	return answer;
}
