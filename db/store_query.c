/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "db/dbfile.h"
#include "db/store_reader.h"

/* Pragmas which only tell something, with and without an argument. */
static const char *const tell_pragmas[] = {
	"foreign_key_check",
	"foreign_key_list",
	"index_info",
	"index_list",
	"integrity_check",
	"page_count",
	"quick_check",
	"table_info",
	"table_list",
	"table_xinfo",
};

static bool
may_ask(const char *pragma, const char *arg)
{
	size_t i;

	for (i = 0; i < sizeof(tell_pragmas) / sizeof(tell_pragmas[0]); i++)
		if (strcmp(pragma, tell_pragmas[i]) == 0)
			return true;
	/* These are set by their argument. */
	return arg == NULL &&
	    (strcmp(pragma, "application_id") == 0 ||
		strcmp(pragma, "user_version") == 0);
}

/* The connection cannot write anyway; this also keeps a query from other
 * files and from the settings of the connection. */
static int
authorize(void *ctx, int action, const char *a, const char *b,
    const char *database, const char *trigger)
{
	(void)ctx;
	(void)database;
	(void)trigger;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_FUNCTION:
		return strcmp(b, "load_extension") == 0 ? SQLITE_DENY
							: SQLITE_OK;
	case SQLITE_PRAGMA:
		return may_ask(a, b) ? SQLITE_OK : SQLITE_DENY;
	default:
		return SQLITE_DENY;
	}
}

static bool
is_blank(const char *sql)
{
	return sql[strspn(sql, " \t\r\n;")] == '\0';
}

/* SQLite builds these functions when they are first used, through a CREATE
 * TABLE that the authorizer would refuse. One that is not there is no harm. */
static void
build_table_functions(sqlite3 *db)
{
	static const char *const uses[] = {
		"SELECT 1 FROM json_each('[]')",
		"SELECT 1 FROM json_tree('[]')",
		"SELECT 1 FROM pragma_table_info('run')",
		"SELECT 1 FROM pragma_table_list",
	};
	size_t i;

	for (i = 0; i < sizeof(uses) / sizeof(uses[0]); i++)
		sqlite3_exec(db, uses[i], NULL, NULL, NULL);
}

static int
prepare(struct store_reader *r, const char *sql, sqlite3_stmt **stmt,
    struct err *e)
{
	const char *tail = "";
	int rc;

	build_table_functions(r->db);
	sqlite3_set_authorizer(r->db, authorize, NULL);
	rc = sqlite3_prepare_v2(r->db, sql, -1, stmt, &tail);
	sqlite3_set_authorizer(r->db, NULL, NULL);
	if ((rc & 0xff) == SQLITE_AUTH)
		return err_set(e, ERR_INPUT,
		    "SQL: only reading is allowed (%s): use SELECT",
		    sqlite3_errmsg(r->db));
	if ((rc & 0xff) == SQLITE_ERROR)
		return err_set(e, ERR_INPUT, "SQL: %s", sqlite3_errmsg(r->db));
	if (rc != SQLITE_OK)
		return reader_failed(r, rc, e);
	if (*stmt == NULL)
		return err_set(e, ERR_INPUT, "SQL: no statement: write SQL");
	if (!is_blank(tail))
		return err_set(e, ERR_INPUT,
		    "SQL: more than one statement: ask one at a time");
	if (!sqlite3_stmt_readonly(*stmt))
		return err_set(e, ERR_INPUT,
		    "SQL: only reading is allowed: use SELECT");
	return 0;
}

static void
take_value(sqlite3_stmt *stmt, int i, struct store_value *v)
{
	memset(v, 0, sizeof(*v));
	switch (sqlite3_column_type(stmt, i)) {
	case SQLITE_INTEGER:
		v->type = STORE_INTEGER;
		v->integer = sqlite3_column_int64(stmt, i);
		break;
	case SQLITE_FLOAT:
		v->type = STORE_REAL;
		v->real = sqlite3_column_double(stmt, i);
		break;
	case SQLITE_TEXT:
		v->type = STORE_TEXT;
		v->data = (const char *)sqlite3_column_text(stmt, i);
		v->bytes = (size_t)sqlite3_column_bytes(stmt, i);
		break;
	case SQLITE_BLOB:
		v->type = STORE_BLOB;
		v->data = sqlite3_column_blob(stmt, i);
		v->bytes = (size_t)sqlite3_column_bytes(stmt, i);
		if (v->data == NULL)
			v->data = "";
		break;
	default:
		v->type = STORE_NULL;
		break;
	}
}

static int
give_rows(struct store_reader *r, sqlite3_stmt *stmt, store_row_fn *fn,
    void *ctx, struct err *e)
{
	int i, rc, count = sqlite3_column_count(stmt);
	size_t room = (size_t)count + 1;
	const char **names = mem_zero(room, sizeof(*names));
	struct store_value *values = mem_zero(room, sizeof(*values));

	for (i = 0; i < count; i++)
		names[i] = sqlite3_column_name(stmt, i);
	rc = fn(ctx, count, names, NULL) ? SQLITE_OK : SQLITE_DONE;
	while (rc != SQLITE_DONE && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		for (i = 0; i < count; i++)
			take_value(stmt, i, &values[i]);
		if (!fn(ctx, count, names, values))
			rc = SQLITE_DONE;
	}
	if ((rc & 0xff) == SQLITE_ERROR)
		rc = err_set(e, ERR_INPUT, "SQL: %s", sqlite3_errmsg(r->db));
	else
		rc = rc == SQLITE_DONE ? 0 : reader_failed(r, rc, e);
	free(names);
	free(values);
	return rc;
}

int
store_read_query(struct store_reader *r, const char *sql, store_row_fn *fn,
    void *ctx, struct err *e)
{
	sqlite3_stmt *stmt = NULL;
	int rc;

	if ((rc = reader_begin(r, e)) < 0)
		return rc;
	rc = prepare(r, sql, &stmt, e);
	if (rc == 0)
		rc = give_rows(r, stmt, fn, ctx, e);
	sqlite3_finalize(stmt);
	return reader_end(r, rc, e);
}
