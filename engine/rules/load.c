/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loading: the main file, then the directories it and they name, then the
 * order in which rules are tried.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rules/index.h"
#include "rules/loader.h"
#include "rules/parse.h"

#define SUFFIX ".conf"

struct names {
	char **list;
	size_t count, cap;
};

static void
add_entry(void *arg, const char *entry)
{
	struct names *names = arg;
	size_t bytes = strlen(entry), tail = strlen(SUFFIX);

	if (bytes >= tail && strcmp(entry + bytes - tail, SUFFIX) == 0)
		*MEM_PUSH(names->list, names->count, names->cap) =
		    mem_str(entry);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* devd names no line when it is not the text that is wrong. */
static void
refuse(struct parse *p, int code)
{
	if (!p->refused)
		p->code = code;
	p->refused = true;
}

static void
keep_text(struct ruleset *rs, const char *path, const struct strbuf *text)
{
	struct ruleset_text *t =
	    MEM_PUSH(rs->texts, rs->text_count, rs->text_cap);

	t->path = path;
	t->text = arena_strn(&rs->arena, strbuf_str(text), text->bytes);
	t->bytes = text->bytes;
}

static void
take_text(struct parse *p, const char *file, const struct strbuf *text)
{
	keep_text(p->rs, file, text);
	parse_file(p, file, strbuf_str(text), text->bytes);
}

static void
too_much(struct parse *p, const char *file)
{
	diag_report(p->diag, DIAG_ERROR, file, 0, 0,
	    "with this the files of the set have more than %u MiB; it and "
	    "those behind it are not read: does a directory include itself?",
	    RULE_LOADER_MAX >> 20);
	refuse(p, ERR_INPUT);
}

static void
load_file(struct parse *p, const struct rule_loader *loader, const char *path,
    struct err *err)
{
	struct strbuf text = { 0 };
	const char *file = arena_strn(&p->rs->arena, path, strlen(path));
	struct err why;
	int rc;

	if (p->read > RULE_LOADER_MAX) /* it was told */
		return;
	if ((rc = loader->fetch(loader->ctx, path, &text, &why)) == 0) {
		p->read += text.bytes;
		if (p->read > RULE_LOADER_MAX)
			too_much(p, file);
		else
			take_text(p, file, &text);
	} else {
		diag_report(p->diag, DIAG_ERROR, path, 0, 0,
		    "cannot be read (%s); every file included must be there",
		    why.text);
		if (!p->refused && err != NULL)
			*err = why;
		refuse(p, rc);
	}
	strbuf_fini(&text);
}

static void
load_directory(struct parse *p, const struct ruleset_options *opt,
    const struct rule_loader *loader, const char *dir, struct err *err)
{
	struct names names = { 0 };
	struct strbuf path = { 0 };
	size_t i;

	/* A directory that is not there is nothing: devd ignores it. */
	(void)loader->list(loader->ctx, dir, add_entry, &names, NULL);
	if (names.count > 0)
		qsort(names.list, names.count, sizeof(*names.list), by_name);
	for (i = 0; i < names.count; i++) {
		strbuf_reset(&path);
		strbuf_addf(&path, "%s/%s", dir,
		    names.list[opt->reverse ? names.count - 1 - i : i]);
		load_file(p, loader, strbuf_str(&path), err);
	}
	for (i = 0; i < names.count; i++)
		free(names.list[i]);
	free(names.list);
	strbuf_fini(&path);
}

static void
load_all(struct parse *p, const char *path, const struct ruleset_options *opt,
    struct err *err)
{
	const struct rule_loader *loader =
	    opt->loader != NULL ? opt->loader : rule_loader_files();
	size_t i;

	load_file(p, loader, path, err);
	for (i = 0; i < p->dir_count && i < RULESET_MAX_DIRS; i++)
		load_directory(p, opt, loader, p->dirs[i], err);
	if (i < p->dir_count) {
		diag_report(p->diag, DIAG_ERROR, path, 0, 0,
		    "more than %d directory statements: does a directory "
		    "include itself?",
		    RULESET_MAX_DIRS);
		refuse(p, ERR_INPUT);
	}
}

/* By priority, then as read. The numbers make the order total, so that the
 * sort need not be stable. */
static int
by_priority(const void *a, const void *b)
{
	const struct rule *x = *(struct rule *const *)a;
	const struct rule *y = *(struct rule *const *)b;

	if (x->priority != y->priority)
		return x->priority > y->priority ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static void
put_in_order(struct ruleset *rs)
{
	size_t i, kind, n;

	for (kind = 0; kind < DEVLINE_RULE_KINDS; kind++) {
		rs->order[kind] = mem_zero(rs->count, sizeof(*rs->rules));
		for (i = n = 0; i < rs->count; i++)
			if (rs->rules[i]->kind == (enum devline_kind)kind)
				rs->order[kind][n++] = rs->rules[i];
		rs->order_count[kind] = n;
		qsort(rs->order[kind], n, sizeof(*rs->rules), by_priority);
		rs->index[kind] = rule_index_new(rs, rs->order[kind], n);
	}
}

int
ruleset_load(const char *path, const struct ruleset_options *opt,
    struct diag *diag, struct ruleset **out, struct err *err)
{
	struct ruleset *rs = mem_zero(1, sizeof(*rs));
	struct parse p = { .rs = rs, .diag = diag };

	rs->version = opt->version;
	rs->reverse = opt->reverse;
	/* Actions may use these without any rule that names them. */
	(void)ruleset_name(rs, "timestamp");
	(void)ruleset_name(rs, "vm_guest");
	load_all(&p, path, opt, err);
	free(p.dirs);
	if (opt->devd_line != NULL)
		*opt->devd_line = p.devd_line;
	if (p.refused) {
		ruleset_free(rs);
		if (p.code != ERR_INPUT)
			return p.code;
		return err_set(err, ERR_INPUT, "%s: the rules are refused",
		    path);
	}
	put_in_order(rs);
	*out = rs;
	return 0;
}
