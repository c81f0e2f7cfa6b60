/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/compat/selfpath.h"
#include "cmd/datadir.h"

static void
the_programs_own_path_is_a_file_that_can_be_run(void **state)
{
	char path[4096];

	(void)state;
	assert_int_equal(selfpath(path, sizeof(path), NULL), 0);
	assert_int_equal(path[0], '/');
	assert_int_equal(access(path, X_OK), 0);
	assert_non_null(strstr(path, "test_datadir"));
}

static void
a_buffer_too_small_for_the_own_path_is_an_error(void **state)
{
	struct err err = { 0 };
	char path[2];

	(void)state;
	assert_true(selfpath(path, sizeof(path), &err) < 0);
	assert_int_equal(err.code, ERR_INPUT);
}

static void
shipped_rules_are_found_in_the_source_tree(void **state)
{
	struct err err = { 0 };
	char *path;

	(void)state;
	unsetenv("SWITCHBACK_DATA");
	path = datadir_find("rules", "hyperv.conf", &err);
	assert_string_equal(err.text, "");
	assert_non_null(path);
	assert_non_null(strstr(path, "/engine/rules/conf/hyperv.conf"));
	free(path);
}

static void
the_environment_is_asked_before_everything_else(void **state)
{
	char dir[] = "/tmp/datadir.XXXXXX", folder[64], want[128], *path;
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(folder, sizeof(folder), "%s/rules", dir);
	assert_int_equal(mkdir(folder, 0700), 0);
	snprintf(want, sizeof(want), "%s/hyperv.conf", folder);
	f = fopen(want, "w");
	assert_non_null(f);
	fclose(f);

	setenv("SWITCHBACK_DATA", dir, 1);
	path = datadir_find("rules", "hyperv.conf", NULL);
	assert_non_null(path);
	assert_string_equal(path, want);
	free(path);
	unlink(want);
	path = datadir_find("rules", "hyperv.conf", NULL);
	assert_null(path);
	rmdir(folder);
	rmdir(dir);
}

static void
a_missing_file_is_reported_with_the_places_looked_at(void **state)
{
	struct err err = { 0 };

	(void)state;
	unsetenv("SWITCHBACK_DATA");
	assert_null(datadir_find("machines", "no-such.profile", &err));
	assert_int_equal(err.code, ERR_NOTFOUND);
	assert_non_null(strstr(err.text, "no-such.profile: not found in "));
	assert_non_null(strstr(err.text, "/fixtures/machines"));
	assert_non_null(strstr(err.text, "SWITCHBACK_DATA"));
}

static void
a_name_with_a_folder_in_it_is_refused(void **state)
{
	static const char *const names[] = { "", ".", "../hyperv.conf",
		"/etc/passwd", "a/b" };
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_null(datadir_find("rules", names[i], &err));
		assert_int_equal(err.code, ERR_INPUT);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    the_programs_own_path_is_a_file_that_can_be_run),
		cmocka_unit_test(
		    a_buffer_too_small_for_the_own_path_is_an_error),
		cmocka_unit_test(shipped_rules_are_found_in_the_source_tree),
		cmocka_unit_test(
		    the_environment_is_asked_before_everything_else),
		cmocka_unit_test(
		    a_missing_file_is_reported_with_the_places_looked_at),
		cmocka_unit_test(a_name_with_a_folder_in_it_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
