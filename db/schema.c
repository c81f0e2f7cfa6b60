/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/schema.h"

#include "base/strbuf.h"
#include "db/dbfile.h"
#include "db/store.h"

/* Generated from db/schema.sql: its lines as C strings. */
static const char *const schema_sql[] = {
#include "schema.inc"
	NULL,
};

static const char *const migrate_1_2[] = {
#include "migrate_1_2.inc"
	NULL,
};

static const struct schema_step all_steps[] = {
	{ 1, migrate_1_2 },
};
#define STEPS (sizeof(all_steps) / sizeof(all_steps[0]))

static int
run(sqlite3 *db, const char *path, const char *sql, struct err *e)
{
	int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : dbfile_error(db, rc, path, e);
}

static int
run_lines(sqlite3 *db, const char *path, const char *const *lines,
    struct err *e)
{
	struct strbuf sql = { 0 };
	int rc;

	while (*lines != NULL)
		strbuf_adds(&sql, *lines++);
	rc = run(db, path, strbuf_str(&sql), e);
	strbuf_fini(&sql);
	return rc;
}

static void
roll_back(sqlite3 *db)
{
	if (!sqlite3_get_autocommit(db))
		sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
}

int
schema_create(sqlite3 *db, const char *path, struct err *e)
{
	int rc;

	if ((rc = run(db, path, "BEGIN EXCLUSIVE", e)) < 0 ||
	    (rc = run_lines(db, path, schema_sql, e)) < 0 ||
	    (rc = run(db, path,
		 "INSERT INTO version (only, schema, made_by) SELECT 1, "
		 "user_version, 'switchback " SWITCHBACK_VERSION
		 "' FROM pragma_user_version; COMMIT",
		 e)) < 0)
		roll_back(db);
	return rc;
}

/* The first column of the only row. */
static int
ask(sqlite3 *db, const char *path, const char *sql, int *answer, struct err *e)
{
	sqlite3_stmt *stmt = NULL;
	int rc = 0, got;

	got = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
	if (got == SQLITE_OK)
		got = sqlite3_step(stmt);
	if (got == SQLITE_ROW)
		*answer = sqlite3_column_int(stmt, 0);
	else if (got != SQLITE_DONE)
		rc = dbfile_error(db, got, path, e);
	sqlite3_finalize(stmt);
	return rc;
}

int
schema_version(sqlite3 *db, const char *path, int *version, struct err *e)
{
	return ask(db, path, "PRAGMA user_version", version, e);
}

int
schema_check(sqlite3 *db, const char *path, struct err *e)
{
	int rc, tables = 0, version = 0;

	rc = ask(db, path,
	    "SELECT count(*) FROM sqlite_schema WHERE type || ' ' || name IN ("
	    "'table version', 'table run', 'table record', 'table verbatim',"
	    "'table firing', 'table operation', 'table command',"
	    "'table state', 'table mark', 'table stimulus', 'table note',"
	    "'table probe', 'table gap', 'table check', 'table oddity',"
	    "'table hint', 'table reach', 'table setup', 'table decision',"
	    "'table place', 'table packet', 'view failovers',"
	    "'view outages', 'view verdicts', 'view rule_counts',"
	    "'view timeline')",
	    &tables, e);
	if (rc == 0 && tables == 26)
		rc = ask(db, path, "SELECT schema FROM version", &version, e);
	if (rc < 0)
		return rc;
	if (tables != 26 || version != STORE_VERSION)
		return err_set(e, ERR_INPUT,
		    "%s: is damaged (tables of a store are missing, or its "
		    "version row does not fit): take it from a backup",
		    path);
	return 0;
}

/* A step may leave rows that point nowhere only by mistake. */
static int
check_references(sqlite3 *db, const char *path, struct err *e)
{
	sqlite3_stmt *stmt = NULL;
	int rc = 0, got;

	got =
	    sqlite3_prepare_v2(db, "PRAGMA foreign_key_check", -1, &stmt, NULL);
	if (got == SQLITE_OK)
		got = sqlite3_step(stmt);
	if (got == SQLITE_ROW)
		rc = err_set(e, ERR_INPUT,
		    "%s: cannot be brought up to date: rows of %s would point "
		    "nowhere; the file is unchanged",
		    path, sqlite3_column_text(stmt, 0));
	else if (got != SQLITE_DONE)
		rc = dbfile_error(db, got, path, e);
	sqlite3_finalize(stmt);
	return rc;
}

/* Another process may have taken the step while we waited for the lock. */
static int
take_step(sqlite3 *db, const char *path, const struct schema_step *step,
    struct err *e)
{
	struct strbuf sql = { 0 };
	int rc, version;

	if ((rc = run(db, path, "BEGIN IMMEDIATE", e)) < 0)
		return rc;
	if ((rc = schema_version(db, path, &version, e)) < 0)
		goto out;
	if (version == step->from) {
		strbuf_addf(&sql,
		    "PRAGMA user_version = %d; UPDATE version SET schema = %d",
		    version + 1, version + 1);
		if ((rc = run_lines(db, path, step->sql, e)) < 0 ||
		    (rc = check_references(db, path, e)) < 0 ||
		    (rc = run(db, path, strbuf_str(&sql), e)) < 0)
			goto out;
	}
	rc = run(db, path, "COMMIT", e);
out:
	roll_back(db);
	strbuf_fini(&sql);
	return rc;
}

static int
take_steps(sqlite3 *db, const char *path, const struct schema_step *steps,
    size_t count, int to, struct err *e)
{
	int rc, version;
	size_t i;

	for (;;) {
		if ((rc = schema_version(db, path, &version, e)) < 0)
			return rc;
		if (version >= to)
			return 0;
		for (i = 0; i < count && steps[i].from != version; i++)
			;
		if (i == count)
			return err_set(e, ERR_VERSION,
			    "%s: is of schema version %d, from which there is "
			    "no way to version %d: export its runs with the "
			    "Switchback that made it",
			    path, version, to);
		if ((rc = take_step(db, path, &steps[i], e)) < 0)
			return rc;
	}
}

int
schema_migrate(sqlite3 *db, const char *path, const struct schema_step *steps,
    size_t count, int to, struct err *e)
{
	int rc;

	/* Rebuilding a table needs the references unchecked meanwhile, and
	 * this cannot be switched within a transaction. */
	if ((rc = run(db, path, "PRAGMA foreign_keys = OFF", e)) < 0)
		return rc;
	rc = take_steps(db, path, steps, count, to, e);
	if (rc == 0)
		rc = run(db, path, "PRAGMA foreign_keys = ON", e);
	return rc;
}

int
schema_update(sqlite3 *db, const char *path, struct err *e)
{
	return schema_migrate(db, path, all_steps, STEPS, STORE_VERSION, e);
}
