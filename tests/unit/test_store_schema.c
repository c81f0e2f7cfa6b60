/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "db/dbfile.h"
#include "db/schema.h"
#include "db/store.h"
#include "db/store_read.h"

/* A history of its own, from version 5 to 7. */
static const char base[] =
    "CREATE TABLE version (only INTEGER PRIMARY KEY, schema INTEGER);"
    "INSERT INTO version VALUES (1, 5);"
    "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT);"
    "CREATE TABLE b (a INTEGER REFERENCES a);"
    "INSERT INTO a VALUES (1, 'kept'); INSERT INTO b VALUES (1);"
    "PRAGMA user_version = 5";
/* Rebuilds a table to which another one refers. */
static const char *const five_to_six[] = {
	"CREATE TABLE n (id INTEGER PRIMARY KEY, x TEXT, y INTEGER);\n",
	"INSERT INTO n SELECT id, x, 0 FROM a;\n",
	"DROP TABLE a; ALTER TABLE n RENAME TO a;\n",
	NULL,
};
static const char *const six_to_seven[] = { "ALTER TABLE a ADD z TEXT;\n",
	NULL };
static const char *const bad_sql[] = { "ALTER TABLE a ADD z TEXT;\n",
	"SELEKT;\n", NULL };
static const char *const bad_rows[] = { "DELETE FROM a;\n", NULL };

static int
make_db(void **state)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(dbfile_configure(db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, base, NULL, NULL, NULL), SQLITE_OK);
	*state = db;
	return 0;
}

static int
close_db(void **state)
{
	return sqlite3_close(*state);
}

static int
number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int n;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	n = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	return n;
}

static void
steps_are_taken_in_order_whatever_their_order_in_the_table(void **state)
{
	const struct schema_step steps[] = { { 6, six_to_seven },
		{ 5, five_to_six } };
	sqlite3 *db = *state;
	struct err e = { 0 };

	assert_int_equal(schema_migrate(db, "f", steps, 2, 7, &e), 0);
	assert_int_equal(number(db, "PRAGMA user_version"), 7);
	assert_int_equal(number(db, "SELECT schema FROM version"), 7);
	assert_int_equal(
	    number(db, "SELECT count(*) FROM a WHERE x = 'kept' AND z IS NULL"),
	    1);
	assert_int_equal(number(db, "PRAGMA foreign_keys"), 1);
	assert_int_equal(number(db, "SELECT count(*) FROM b"), 1);
}

static void
a_file_that_is_up_to_date_is_left_alone(void **state)
{
	const struct schema_step steps[] = { { 5, bad_sql } };
	struct err e = { 0 };

	assert_int_equal(schema_migrate(*state, "f", steps, 1, 5, &e), 0);
	assert_int_equal(number(*state, "PRAGMA user_version"), 5);
}

static void
a_step_that_fails_leaves_the_version_before_it(void **state)
{
	const struct schema_step steps[] = { { 5, five_to_six },
		{ 6, bad_sql } };
	sqlite3 *db = *state;
	struct err e = { 0 };

	assert_int_equal(schema_migrate(db, "f", steps, 2, 7, &e), ERR_INPUT);
	assert_int_equal(number(db, "PRAGMA user_version"), 6);
	assert_int_equal(number(db, "SELECT schema FROM version"), 6);
	assert_int_equal(number(db,
			     "SELECT count(*) FROM pragma_table_info('a') "
			     "WHERE name = 'z'"),
	    0);
	assert_int_not_equal(sqlite3_get_autocommit(db), 0);
}

static void
a_step_that_breaks_a_reference_is_undone(void **state)
{
	const struct schema_step steps[] = { { 5, bad_rows } };
	sqlite3 *db = *state;
	struct err e = { 0 };

	assert_int_equal(schema_migrate(db, "f", steps, 1, 6, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "rows of b would point nowhere"));
	assert_int_equal(number(db, "PRAGMA user_version"), 5);
	assert_int_equal(number(db, "SELECT count(*) FROM a"), 1);
}

static void
a_missing_step_is_an_error(void **state)
{
	const struct schema_step steps[] = { { 6, six_to_seven } };
	struct err e = { 0 };

	assert_int_equal(schema_migrate(*state, "f", steps, 1, 7, &e),
	    ERR_VERSION);
	assert_non_null(strstr(e.text, "f: is of schema version 5"));
	assert_int_equal(number(*state, "PRAGMA user_version"), 5);
}

static void
a_database_that_is_not_empty_is_not_filled(void **state)
{
	sqlite3 *db = *state;
	struct err e = { 0 };

	assert_true(schema_create(db, "f", &e) < 0);
	assert_int_equal(number(db, "PRAGMA user_version"), 5);
	assert_int_equal(number(db, "PRAGMA application_id"), 0);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, make_db, close_db)
	const struct CMUnitTest tests[] = {
		TEST(
		    steps_are_taken_in_order_whatever_their_order_in_the_table),
		TEST(a_file_that_is_up_to_date_is_left_alone),
		TEST(a_step_that_fails_leaves_the_version_before_it),
		TEST(a_step_that_breaks_a_reference_is_undone),
		TEST(a_missing_step_is_an_error),
		TEST(a_database_that_is_not_empty_is_not_filled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
