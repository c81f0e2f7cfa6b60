/* SPDX-License-Identifier: BSD-2-Clause */
/* What is asked of the scripts that make the image, and what becomes of what
 * they say. The scripts here are others. */
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

#include "sim/lab/image.h"

static char folder[64];
static char script[128];

static void
write_file(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static int
set_up(void **state)
{
	char path[128];

	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/test-image.XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(script, sizeof(script), "%s/image.sh", folder);
	snprintf(path, sizeof(path), "%s/boot", folder);
	mkdir(path, 0755);
	write_file("boot/vmlinuz-1", "");
	return 0;
}

static int
tear_down(void **state)
{
	static const char *const names[] = { "boot/vmlinuz-1", "boot",
		"kernel.sh", "image.sh", "" };
	char path[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		remove(path);
	}
	return 0;
}

static int
make(const char *kernel, struct image *image, struct err *err)
{
	static const char *const programs[] = { "/bin/true", "a:/etc/b c",
		NULL };
	const struct image_config config = { .script = script,
		.folder = folder,
		.kernel = kernel,
		.programs = programs };

	return image_make(&config, image, err);
}

static void
paths_are_the_last_lines_of_the_scripts(void **state)
{
	struct image image;
	struct err err;
	char want[256];

	(void)state;
	write_file("kernel.sh", "echo noise; echo \"$1\"");
	write_file("image.sh", "echo noise >&2; echo \"/$#:$1:$2:$3:$4\"");
	assert_int_equal(make(NULL, &image, &err), 0);
	snprintf(want, sizeof(want), "%s/boot/vmlinuz-1", folder);
	assert_string_equal(image.kernel, want);
	snprintf(want, sizeof(want), "/4:%s:%s:/bin/true:a:/etc/b c", folder,
	    folder);
	assert_string_equal(image.initrd, want);
	assert_non_null(strstr(image.append, "console=ttyS0"));
	image_fini(&image);
	image_fini(&image);
}

static void
what_is_missing_is_told_by_its_reason(void **state)
{
	struct image image;
	struct err err;

	(void)state;
	write_file("kernel.sh", "echo needs apt-get >&2; exit 77");
	assert_int_equal(make(NULL, &image, &err), ERR_NOTFOUND);
	assert_non_null(strstr(err.text, "kernel.sh: needs apt-get"));
	assert_null(image.kernel);
	write_file("image.sh", "echo needs cpio; exit 77");
	assert_int_equal(make(folder, &image, &err), ERR_NOTFOUND);
	assert_non_null(strstr(err.text, "image.sh: needs cpio"));
	assert_null(image.kernel);
}

static void
what_fails_is_no_reason_to_skip(void **state)
{
	struct image image;
	struct err err;

	(void)state;
	write_file("image.sh", "exit 3");
	assert_int_equal(make(folder, &image, &err), ERR_IO);
	write_file("image.sh", "kill -9 $$");
	assert_int_equal(make(folder, &image, &err), ERR_IO);
	write_file("image.sh", "echo no path");
	assert_int_equal(make(folder, &image, &err), ERR_IO);
	remove(script);
	assert_int_equal(make(folder, &image, &err), ERR_IO);
	assert_int_equal(make("/nowhere", &image, &err), ERR_IO);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(paths_are_the_last_lines_of_the_scripts),
		TEST(what_is_missing_is_told_by_its_reason),
		TEST(what_fails_is_no_reason_to_skip),
	};

#if !defined(__x86_64__)
	return 0;
#endif
	return cmocka_run_group_tests(tests, NULL, NULL);
}
