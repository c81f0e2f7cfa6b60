/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files that are no good store: each is refused with what to do about it, and
 * none is changed or gets a file beside it.
 */
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "db/store.h"
#include "db/store_read.h"
#include "sample_trace.h"

struct place {
	char folder[64];
	char path[96];
	char *good; /* a store with one run */
	size_t bytes;
};

static void
put_file(const char *path, const void *data, size_t bytes)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, bytes, f), bytes);
	assert_int_equal(fclose(f), 0);
}

static int
count_entries(const char *folder)
{
	DIR *d = opendir(folder);
	int n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2; /* . and .. */
}

static int
make_place(void **state)
{
	struct place *p = mem_zero(1, sizeof(*p));
	struct trace *t = sample_trace();
	struct store *s = NULL;
	struct err e = { 0 };

	snprintf(p->folder, sizeof(p->folder), "/tmp/switchback-damage.XXXXXX");
	if (mkdtemp(p->folder) == NULL)
		return -1;
	snprintf(p->path, sizeof(p->path), "%s/runs.db", p->folder);
	if (store_open(p->path, 0, &s, &e) < 0 ||
	    store_add_trace(s, t, NULL, &e) < 0)
		fail_msg("%s", e.text);
	store_close(s);
	trace_free(t);
	p->good = sample_file(p->path, &p->bytes);
	*state = p;
	return 0;
}

static int
remove_place(void **state)
{
	struct place *p = *state;

	remove(p->path);
	if (rmdir(p->folder) != 0)
		return -1;
	free(p->good);
	free(p);
	return 0;
}

/* Reads all there is. Gives 0 only when the run is the one that was stored. */
static int
read_all(const char *path, struct err *e)
{
	struct store_reader *r = NULL;
	struct trace *want = sample_trace(), *got = NULL;
	int rc;

	rc = store_read_open(path, &r, e);
	if (rc == 0)
		rc = store_read_trace(r, 1, &got, e);
	if (rc == 0)
		assert_int_equal(trace_hash(got), trace_hash(want));
	store_read_close(r);
	trace_free(want);
	trace_free(got);
	return rc;
}

static int
open_to_write(const char *path, struct err *e)
{
	struct store *s = NULL;
	int rc = store_open(path, 0, &s, e);

	store_close(s);
	return rc;
}

static void
assert_unchanged(const struct place *p, const void *data, size_t bytes)
{
	size_t now;
	char *content = sample_file(p->path, &now);

	assert_int_equal(now, bytes);
	if (bytes > 0)
		assert_memory_equal(content, data, bytes);
	free(content);
	assert_int_equal(count_entries(p->folder), 1);
}

/* The file with these bytes is refused for reading and for writing. */
static void
refuse(const struct place *p, const void *data, size_t bytes, int code,
    const char *text)
{
	struct err e;
	int writing, rc;

	put_file(p->path, data, bytes);
	for (writing = 0; writing < 2; writing++) {
		memset(&e, 0, sizeof(e));
		rc = writing ? open_to_write(p->path, &e)
			     : read_all(p->path, &e);
		if (rc != code || strstr(e.text, text) == NULL ||
		    strncmp(e.text, p->path, strlen(p->path)) != 0)
			fail_msg("wanted %d \"%s\", got %d \"%s\"", code, text,
			    rc, e.text);
		assert_unchanged(p, data, bytes);
	}
}

static void
a_file_that_was_cut_is_refused_wherever_it_was_cut(void **state)
{
	static const size_t short_cuts[] = { 1, 15, 16, 17, 50, 99, 100, 101,
		511, 512, 1023, 4095, 4096, 4097 };
	struct place *p = *state;
	size_t i, step = p->bytes / 40;

	for (i = 0; i < sizeof(short_cuts) / sizeof(short_cuts[0]); i++)
		refuse(p, p->good, short_cuts[i], ERR_INPUT,
		    short_cuts[i] < 15 ? "is not a store" : "was cut");
	for (i = step; i < p->bytes; i += step)
		refuse(p, p->good, i, ERR_INPUT, "was cut");
	refuse(p, p->good, p->bytes - 1, ERR_INPUT, "was cut");
}

static void
other_kinds_of_files_are_refused(void **state)
{
	static const unsigned char pcap[] = { 0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0 };
	struct place *p = *state;
	char zeros[4096] = { 0 };

	refuse(p, "", 0, ERR_INPUT, "is empty");
	refuse(p, "\n", 1, ERR_INPUT, "is not a store");
	refuse(p, "1.0 !system=IFNET\n", 18, ERR_INPUT, "is not a store");
	refuse(p, pcap, sizeof(pcap), ERR_INPUT, "is not a store");
	refuse(p, zeros, sizeof(zeros), ERR_INPUT, "is not a store");
	refuse(p, "SQLite format 2", 16, ERR_INPUT, "is not a store");
	refuse(p,
	    "\x7f"
	    "ELF",
	    4, ERR_INPUT, "is not a store");
}

/* The header with the big-endian number at an offset replaced. */
static void
refuse_header(const struct place *p, size_t at, uint32_t n, int code,
    const char *text)
{
	char *data = mem_copy(p->good, p->bytes);

	data[at] = (char)(n >> 24);
	data[at + 1] = (char)(n >> 16);
	data[at + 2] = (char)(n >> 8);
	data[at + 3] = (char)n;
	refuse(p, data, p->bytes, code, text);
	free(data);
}

static void
other_programs_and_newer_versions_are_refused(void **state)
{
	struct place *p = *state;
	char newer[40];

	refuse_header(p, 68, 0, ERR_VERSION, "another program's");
	refuse_header(p, 68, 0x0f055112, ERR_VERSION, "0x0f055112");
	snprintf(newer, sizeof(newer), "schema version %d, but",
	    STORE_VERSION + 1);
	refuse_header(p, 60, STORE_VERSION + 1, ERR_VERSION, newer);
	refuse_header(p, 60, 0xffffffff, ERR_VERSION, "use the newer");
	refuse_header(p, 60, 0, ERR_INPUT, "no schema version");
	refuse_header(p, 28, 0x7fffffff, ERR_INPUT, "was cut");
	refuse_header(p, 16, 0x00030202, ERR_INPUT, "page size of 3");
	refuse_header(p, 16, 0x00000202, ERR_INPUT, "page size of 0");
}

static void
a_flipped_byte_is_found_or_does_no_harm(void **state)
{
	struct place *p = *state;
	char *data = mem_copy(p->good, p->bytes);
	size_t i, found = 0, tried = 0;
	struct err e;

	for (i = 0; i < p->bytes; i += i < 100 ? 1 : 173) {
		data[i] = (char)(data[i] ^ 0xff);
		put_file(p->path, data, p->bytes);
		memset(&e, 0, sizeof(e));
		tried++;
		if (read_all(p->path, &e) < 0) {
			found++;
			assert_int_equal(e.text[0], '/');
			assert_int_not_equal(e.code, ERR_NONE);
		}
		assert_unchanged(p, data, p->bytes);
		data[i] = (char)(data[i] ^ 0xff);
	}
	print_message("# %zu of %zu flipped bytes were found\n", found, tried);
	assert_true(found > 20);
	free(data);
}

static void
a_value_changed_by_hand_is_found(void **state)
{
	struct place *p = *state;
	char *data = mem_copy(p->good, p->bytes), *at = NULL;
	struct err e = { 0 };
	size_t i;

	/* The raw bytes of the first record, not the words beside them. */
	for (i = 0; i + 7 < p->bytes && at == NULL; i++)
		if (memcmp(data + i, "!system", 7) == 0)
			at = data + i;
	assert_non_null(at);
	memcpy(at, "?system", 7);
	put_file(p->path, data, p->bytes);
	assert_int_equal(read_all(p->path, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "its rows do not give its hash"));
	free(data);
}

static void
what_is_no_file_is_refused(void **state)
{
	struct place *p = *state;
	struct err e = { 0 };
	char name[128];

	remove(p->path);
	assert_int_equal(read_all(p->path, &e), ERR_NOTFOUND);
	assert_int_equal(mkdir(p->path, 0700), 0);
	assert_int_equal(read_all(p->path, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "is a folder"));
	assert_int_equal(open_to_write(p->path, &e), ERR_INPUT);
	assert_int_equal(rmdir(p->path), 0);
	assert_int_equal(mkfifo(p->path, 0600), 0);
	assert_int_equal(read_all(p->path, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "not a regular file"));
	assert_int_equal(open_to_write(p->path, &e), ERR_INPUT);
	assert_int_equal(remove(p->path), 0);
	assert_int_equal(symlink(p->path, p->path), 0);
	assert_true(read_all(p->path, &e) < 0);
	assert_true(open_to_write(p->path, &e) < 0);
	assert_int_equal(remove(p->path), 0);
	assert_int_equal(open_to_write("/dev/null", &e), ERR_INPUT);
	assert_int_equal(read_all("/dev/null", &e), ERR_INPUT);
	snprintf(name, sizeof(name), "%s/no/such/runs.db", p->folder);
	assert_int_equal(open_to_write(name, &e), ERR_STATE);
	assert_non_null(strstr(e.text, "No such file or directory"));
	assert_int_equal(open_to_write("", &e), ERR_INPUT);
	assert_int_equal(count_entries(p->folder), 0);
	put_file(p->path, "", 0);
}

static void
a_name_full_of_odd_characters_is_a_name(void **state)
{
	struct place *p = *state;
	struct err e = { 0 };
	char name[160];

	snprintf(name, sizeof(name), "%s/a?mode=rw#b%%41 'x\".db", p->folder);
	assert_int_equal(open_to_write(name, &e), 0);
	assert_int_equal(read_all(name, &e), ERR_NOTFOUND); /* no run in it */
	assert_int_equal(count_entries(p->folder), 2);
	assert_int_equal(remove(name), 0);
}

/* Runs fn in a process without privileges; gives its exit status, or -1. */
static int
as_nobody(int (*fn)(const struct place *p), const struct place *p)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
			_exit(99);
		_exit(fn(p));
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int
cannot_write_but_read(const struct place *p)
{
	struct err e = { 0 };

	if (read_all(p->path, &e) != 0)
		return 1;
	if (open_to_write(p->path, &e) != ERR_STATE)
		return 2;
	return strstr(e.text, "cannot be written") == NULL ? 3 : 0;
}

static int
cannot_read(const struct place *p)
{
	struct err e = { 0 };

	if (read_all(p->path, &e) != ERR_STATE)
		return 1;
	if (strstr(e.text, "Permission denied") == NULL)
		return 2;
	return open_to_write(p->path, &e) == ERR_STATE ? 0 : 3;
}

static int
cannot_make(const struct place *p)
{
	struct err e = { 0 };
	char name[128];

	snprintf(name, sizeof(name), "%s/new.db", p->folder);
	if (open_to_write(name, &e) != ERR_STATE)
		return 1;
	return strstr(e.text, "Permission denied") == NULL ? 2 : 0;
}

static void
a_read_only_file_or_folder_can_be_read_and_not_written(void **state)
{
	struct place *p = *state;

	assert_int_equal(chmod(p->folder, 0555), 0);
	assert_int_equal(chmod(p->path, 0444), 0);
	assert_int_equal(as_nobody(cannot_make, p), 0);
	assert_int_equal(as_nobody(cannot_write_but_read, p), 0);
	assert_unchanged(p, p->good, p->bytes);
	assert_int_equal(chmod(p->path, 0000), 0);
	assert_int_equal(as_nobody(cannot_read, p), 0);
	assert_int_equal(chmod(p->path, 0600), 0);
	assert_unchanged(p, p->good, p->bytes);
	assert_int_equal(chmod(p->folder, 0700), 0);
}

/* Files may not grow over this many bytes. */
static int
add_within(const struct place *p, rlim_t bytes)
{
	struct rlimit limit = { bytes, bytes };
	struct trace *t = sample_trace();
	struct store *s = NULL;
	struct err e = { 0 };
	int i, rc;

	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
		return 98;
	rc = store_open(p->path, 0, &s, &e);
	for (i = 0; i < 1000 && rc == 0; i++)
		rc = store_add_trace(s, t, NULL, &e);
	store_close(s);
	trace_free(t);
	if (rc != ERR_IO)
		return 1;
	return strstr(e.text, "limit of a file's size") == NULL ? 2 : 0;
}

static int
fill_new(const struct place *p)
{
	return add_within(p, 20000);
}

static int
fill_old(const struct place *p)
{
	return add_within(p, 200000);
}

static void
a_full_disk_leaves_no_half_store(void **state)
{
	struct place *p = *state;
	int made;

	assert_int_equal(chmod(p->folder, 0777), 0);
	remove(p->path);
	made = as_nobody(fill_new, p);
	assert_int_equal(made, 0);
	assert_int_equal(count_entries(p->folder), 0);
	put_file(p->path, p->good, p->bytes);
}

static void
a_full_disk_keeps_what_was_stored(void **state)
{
	struct place *p = *state;
	struct store_reader *r = NULL;
	struct err e = { 0 };

	assert_int_equal(chmod(p->folder, 0777), 0);
	assert_int_equal(chmod(p->path, 0666), 0);
	assert_int_equal(as_nobody(fill_old, p), 0);
	assert_int_equal(read_all(p->path, &e), 0);
	assert_int_equal(open_to_write(p->path, &e), 0);
	assert_int_equal(store_read_open(p->path, &r, &e), 0);
	store_read_close(r);
	assert_int_equal(count_entries(p->folder), 1);
}

/* A copy of the file and its log, but not of the log's index: reading would
 * have to make that, so it says what to do instead. */
static void
unfinished_work_beside_the_file_is_left_alone(void **state)
{
	struct place *p = *state;
	struct trace *t = sample_trace();
	struct store *s = NULL;
	struct err e = { 0 };
	size_t bytes, wal_bytes;
	char log_name[128], *wal, *data;

	snprintf(log_name, sizeof(log_name), "%s-wal", p->path);
	assert_int_equal(store_open(p->path, 0, &s, &e), 0);
	assert_int_equal(store_add_trace(s, t, NULL, &e), 0);
	data = sample_file(p->path, &bytes);
	wal = sample_file(log_name, &wal_bytes);
	store_close(s);
	put_file(p->path, data, bytes);
	put_file(log_name, wal, wal_bytes);
	assert_int_equal(read_all(p->path, &e), ERR_STATE);
	assert_non_null(strstr(e.text, "open it once for writing"));
	assert_int_equal(count_entries(p->folder), 2);
	assert_int_equal(open_to_write(p->path, &e), 0);
	assert_int_equal(read_all(p->path, &e), 0);
	assert_int_equal(count_entries(p->folder), 1);
	free(data);
	free(wal);
	trace_free(t);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_place, remove_place)

/* What can be told of two times is their difference, and no sum of more. */
static void
a_time_that_no_run_has_is_damage(void **state)
{
	struct place *p = *state;
	static const int64_t times[] = { INT64_MIN, -TRACE_TIME_MAX - 1,
		TRACE_TIME_MAX + 1, INT64_MAX };
	struct store_reader *r = NULL;
	struct store *s = NULL;
	struct trace *t, *got;
	struct err e;
	int64_t id;
	size_t i;

	assert_int_equal(store_open(p->path, 0, &s, &e), 0);
	for (i = 0; i < 4; i++) {
		t = trace_new();
		if (i % 2 == 0)
			trace_add_mark(t, times[i], "then");
		else
			t->run.end_ns = times[i];
		assert_int_equal(store_add_trace(s, t, &id, &e), 0);
		trace_free(t);
		r = store_read_share(s);
		got = NULL;
		assert_int_equal(store_read_trace(r, id, &got, &e), ERR_INPUT);
		assert_non_null(strstr(e.text, "is damaged"));
		store_read_close(r);
	}
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_that_was_cut_is_refused_wherever_it_was_cut),
		TEST(other_kinds_of_files_are_refused),
		TEST(other_programs_and_newer_versions_are_refused),
		TEST(a_flipped_byte_is_found_or_does_no_harm),
		TEST(a_value_changed_by_hand_is_found),
		TEST(a_time_that_no_run_has_is_damage),
		TEST(what_is_no_file_is_refused),
		TEST(a_name_full_of_odd_characters_is_a_name),
		TEST(a_read_only_file_or_folder_can_be_read_and_not_written),
		TEST(a_full_disk_leaves_no_half_store),
		TEST(a_full_disk_keeps_what_was_stored),
		TEST(unfinished_work_beside_the_file_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
