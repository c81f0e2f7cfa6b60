/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/ctltable.h"

#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/rowtext.h"
#include "report/clean.h"

#define COLUMNS_MAX 10

struct column {
	const char *key, *head;
};

static const struct column state_columns[] = {
	{ "if", "NAME" },
	{ "class", "CLASS" },
	{ "up", "FLAG" },
	{ "link", "LINK" },
	{ "mac", "MAC" },
	{ "mtu", "MTU" },
	{ "lagg", "PORT OF" },
	{ "vf", "VF" },
	{ "active", "CARRIES" },
	{ "addrs", "ADDRESSES" },
};
static const struct column pairs_columns[] = {
	{ "pair", "NIC" },
	{ "paired_by", "PAIRED BY" },
	{ "vf", "VF" },
	{ "aggregate", "AGGREGATE" },
	{ "active", "CARRIES" },
	{ "way", "FAIL-OVER" },
	{ "ago_ns", "AGO" },
	{ "total_ns", "TOOK" },
};
static const struct kind {
	const char *order;
	const struct column *columns;
	size_t count;
} kinds[] = {
	{ "state", state_columns,
	    sizeof(state_columns) / sizeof(*state_columns) },
	{ "pairs", pairs_columns,
	    sizeof(pairs_columns) / sizeof(*pairs_columns) },
};

struct row {
	char *cells[COLUMNS_MAX]; /* owned; NULL is empty */
};

struct table {
	const struct kind *kind;
	struct row *rows;
	size_t n_rows, cap_rows;
	struct strbuf above, below; /* lines */
	bool is_system;		    /* the row that is read */
	bool is_idle;		    /* nothing is done for anybody */
	const char *name;	    /* of it, its first cell */
};

static const struct kind *
kind_of(const char *order)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(kinds[i].order, order) == 0)
			return &kinds[i];
	return NULL;
}

bool
ctltable_has(const char *order)
{
	return kind_of(order) != NULL;
}

/* --- reading --- */

static void
put_value(const struct rowtext *r, struct strbuf *out)
{
	const char *value = strbuf_str(&r->value);
	size_t key = strlen(r->key);
	char text[DUR_TEXT];
	int64_t ns;

	if (!r->has_value)
		strbuf_adds(out, r->key);
	else if (key > 3 && strcmp(r->key + key - 3, "_ns") == 0 &&
	    num_parse(value, r->value.bytes, 0, INT64_MAX, &ns))
		strbuf_addf(out, "%s s", dur_short(ns, text));
	else
		clean_ascii(out, value, r->value.bytes);
}

static void
take_why(struct table *t, const struct rowtext *r)
{
	/* The reason for all is that of each. */
	if (t->is_idle)
		return;
	t->is_idle = t->is_system;
	strbuf_addf(&t->below,
	    "%s: ", t->is_system ? "nothing is done" : t->name);
	put_value(r, &t->below);
	strbuf_addc(&t->below, '\n');
}

static void
take_cell(struct table *t, const struct rowtext *r)
{
	const struct kind *k = t->kind;
	struct strbuf text = { 0 };
	struct row *row;
	size_t i;

	for (i = 0; i < k->count; i++)
		if (strcmp(k->columns[i].key, r->key) == 0)
			break;
	if (i == k->count)
		return;
	if (i == 0)
		memset(MEM_PUSH(t->rows, t->n_rows, t->cap_rows), 0,
		    sizeof(struct row));
	if (t->n_rows == 0)
		return;
	row = &t->rows[t->n_rows - 1];
	put_value(r, &text);
	free(row->cells[i]);
	row->cells[i] = strbuf_take(&text);
	t->name = row->cells[0];
}

static void
take_word(struct table *t, const struct rowtext *r, bool is_first)
{
	if (is_first)
		t->is_system = strcmp(r->key, "system") == 0;
	if (is_first && t->is_system)
		return;
	if (strcmp(r->key, "why") == 0 && (t->is_system || t->name != NULL)) {
		take_why(t, r);
	} else if (t->is_system) {
		strbuf_addf(&t->above, "%s%s%s", t->above.bytes > 0 ? ", " : "",
		    r->has_value ? r->key : "", r->has_value ? " " : "");
		put_value(r, &t->above);
	} else {
		take_cell(t, r);
	}
}

static int
read_rows(struct table *t, const char *text, size_t bytes, struct err *err)
{
	struct rowtext r;
	bool is_first = true;
	int got;

	rowtext_open(&r, text, bytes);
	while ((got = rowtext_next(&r, err)) > 0) {
		if (got == ROWTEXT_WORD)
			take_word(t, &r, is_first);
		is_first = got == ROWTEXT_NEWLINE;
	}
	rowtext_close(&r);
	return got;
}

/* --- writing --- */

static const char *
cell(const struct table *t, size_t row, size_t column)
{
	const char *text = t->rows[row].cells[column];

	return text != NULL && *text != '\0' ? text : "-";
}

/* A column that is empty throughout is left out: 0. */
static size_t
width_of(const struct table *t, size_t column)
{
	size_t row, most = strlen(t->kind->columns[column].head), bytes;
	bool is_used = false;

	for (row = 0; row < t->n_rows; row++) {
		bytes = strlen(cell(t, row, column));
		most = bytes > most ? bytes : most;
		is_used = is_used || t->rows[row].cells[column] != NULL;
	}
	return is_used ? most : 0;
}

static void
end_line(struct strbuf *out)
{
	while (out->bytes > 0 && out->data[out->bytes - 1] == ' ')
		out->data[--out->bytes] = '\0';
	strbuf_addc(out, '\n');
}

static void
write_table(const struct table *t, struct strbuf *out)
{
	size_t width[COLUMNS_MAX], row, c;

	if (t->n_rows == 0)
		return;
	for (c = 0; c < t->kind->count; c++) {
		width[c] = width_of(t, c);
		if (width[c] > 0)
			strbuf_addf(out, "%-*s  ", (int)width[c],
			    t->kind->columns[c].head);
	}
	end_line(out);
	for (row = 0; row < t->n_rows; row++) {
		for (c = 0; c < t->kind->count; c++)
			if (width[c] > 0)
				strbuf_addf(out, "%-*s  ", (int)width[c],
				    cell(t, row, c));
		end_line(out);
	}
}

int
ctltable_write(const char *order, const char *text, size_t bytes,
    struct strbuf *out, struct err *err)
{
	struct table t = { .kind = kind_of(order) };
	int rc = read_rows(&t, text, bytes, err);
	size_t i, c;

	if (rc == 0) {
		if (t.above.bytes > 0)
			strbuf_addf(out, "%s\n", strbuf_str(&t.above));
		write_table(&t, out);
		strbuf_adds(out, strbuf_str(&t.below));
	}
	for (i = 0; i < t.n_rows; i++)
		for (c = 0; c < COLUMNS_MAX; c++)
			free(t.rows[i].cells[c]);
	free(t.rows);
	strbuf_fini(&t.above);
	strbuf_fini(&t.below);
	return rc;
}
