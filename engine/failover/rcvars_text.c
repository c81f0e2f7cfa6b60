/* SPDX-License-Identifier: BSD-2-Clause */
#include "failover/rcvars_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rowtext.h"

static const char *const file_words[] = {
	[RC_DEFAULTS] = "defaults",
	[RC_CONF] = "rc.conf",
	[RC_CONF_LOCAL] = "rc.conf.local",
	[RC_CONF_D] = "rc.conf.d",
	[RC_FILES] = NULL,
};

struct row {
	int file;
	char *name, *value, *path; /* owned */
	int64_t line, col;
};

void
rcvars_write(const struct rcvars *rc, struct strbuf *out)
{
	const struct rcvar *v;
	size_t i;

	if (rc->file != NULL)
		rowtext_put_str(out, "file", rc->file);
	for (i = 0; i < rc->n_vars; i++) {
		v = &rc->vars[i];
		strbuf_addc(out, '\n');
		rowtext_put_str(out, "in", file_words[v->file]);
		rowtext_put_str(out, "name", v->name);
		rowtext_put_str(out, "value", v->value);
		if (v->path != NULL)
			rowtext_put_str(out, "path", v->path);
		rowtext_put_int(out, "line", v->line);
		rowtext_put_int(out, "col", v->col);
	}
}

static int
take_text(const struct rowtext *r, char **out, struct err *e)
{
	if (!r->has_value ||
	    memchr(strbuf_str(&r->value), '\0', r->value.bytes) != NULL)
		return rowtext_fail(r, e, "%s: a text without NUL belongs here",
		    r->key);
	free(*out);
	*out = mem_str(strbuf_str(&r->value));
	return 0;
}

static int
take_word(const struct rowtext *r, struct row *row, struct err *e)
{
	if (strcmp(r->key, "in") == 0)
		return rowtext_take_enum(r, file_words, &row->file, e);
	if (strcmp(r->key, "name") == 0)
		return take_text(r, &row->name, e);
	if (strcmp(r->key, "value") == 0)
		return take_text(r, &row->value, e);
	if (strcmp(r->key, "path") == 0)
		return take_text(r, &row->path, e);
	if (strcmp(r->key, "line") == 0)
		return rowtext_take_int(r, 0, UINT32_MAX, &row->line, e);
	if (strcmp(r->key, "col") == 0)
		return rowtext_take_int(r, 0, UINT32_MAX, &row->col, e);
	return rowtext_fail(r, e,
	    "%s: a variable has in, name, value, path, line and col", r->key);
}

/* One variable; gives how its row ended. */
static int
take_row(struct rowtext *r, struct rcvars *rc, struct err *e)
{
	struct row row = { .file = -1 };
	int next, rc_word = 0;

	while ((next = rowtext_next(r, e)) == ROWTEXT_WORD)
		if ((rc_word = take_word(r, &row, e)) < 0)
			break;
	if (rc_word < 0)
		next = rc_word;
	else if (next >= 0 &&
	    (row.file < 0 || row.name == NULL || row.value == NULL))
		next = rowtext_fail(r, e,
		    "the row before has not all of in, name and value");
	else if (next >= 0 && rc->n_vars == RCVARS_TEXT_MAX)
		next = rowtext_fail(r, e, "more than %d variables",
		    RCVARS_TEXT_MAX);
	if (next >= 0)
		rcvars_set_in(rc, (enum rc_file)row.file, row.path, row.name,
		    row.value, (unsigned)row.line, (unsigned)row.col);
	free(row.name);
	free(row.value);
	free(row.path);
	return next;
}

int
rcvars_read(struct rcvars *rc, const char *text, size_t bytes, struct err *e)
{
	struct rowtext r;
	int next, rc_word = 0;

	rowtext_open(&r, text, bytes);
	while ((next = rowtext_next(&r, e)) == ROWTEXT_WORD) {
		rc_word = strcmp(r.key, "file") == 0
		    ? take_text(&r, &rc->file, e)
		    : rowtext_fail(&r, e, "%s: the first row has file alone",
			  r.key);
		if (rc_word < 0)
			break;
	}
	if (rc_word < 0)
		next = rc_word;
	while (next == ROWTEXT_NEWLINE)
		next = take_row(&r, rc, e);
	rowtext_close(&r);
	return next < 0 ? next : 0;
}
