/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "db/container.h"
#include "db/recording.h"
#include "event/devline.h"
#include "sample_trace.h"

#define MIGRATION                                                              \
	"fixtures/recordings/freebsd-hn.rec"                                   \
	"#a_stock_bringup_1+b_unplug_1+c_stock_replug_1"

static const char *const containers[] = {
	"fixtures/recordings/freebsd-devctl.rec",
	"fixtures/recordings/freebsd-hn.rec",
	"fixtures/recordings/freebsd-hotplug.rec",
	"fixtures/recordings/freebsd-lagg.rec",
};
#define CONTAINERS (sizeof(containers) / sizeof(containers[0]))

/* Parses text; findings go to *said, which is replaced. */
static struct recording *
parse(const char *text, size_t bytes, bool want, struct strbuf *said)
{
	struct recording *r = recording_new("r", "r.log");
	struct diag d = { .emit = diag_emit_strbuf, .ctx = said };

	strbuf_reset(said);
	if (recording_parse(r, "r.log", 1, text, bytes, &d) != want)
		fail_msg("%s: %s", text, strbuf_str(said));
	assert_int_equal(d.errors == 0, want);
	return r;
}

static void
assert_same_text(const struct recording *r, const char *text, size_t bytes)
{
	struct strbuf out = { 0 };

	recording_format(r, &out);
	assert_int_equal(out.bytes, bytes);
	if (bytes > 0)
		assert_memory_equal(out.data, text, bytes);
	strbuf_fini(&out);
}

/* Good text: gives the recording after checking the way back. */
static struct recording *
accept(const char *text, struct strbuf *said)
{
	struct recording *r = parse(text, strlen(text), true, said);

	assert_same_text(r, text, strlen(text));
	return r;
}

static void
refuse(const char *text, const char *message)
{
	struct strbuf said = { 0 };
	struct recording *r = parse(text, strlen(text), false, &said);

	if (strncmp(strbuf_str(&said), message, strlen(message)) != 0)
		fail_msg("wanted: %s\ngot: %s", message, strbuf_str(&said));
	strbuf_fini(&said);
	recording_free(r);
}

static void
a_line_is_a_time_and_a_record(void **state)
{
	struct strbuf said = { 0 };
	struct recording *r = accept("4.572058809 !system=IFNET x\n"
				     "10.000000001 ?  a\n",
	    &said);

	(void)state;
	assert_int_equal(r->n_records, 2);
	assert_int_equal(r->n_verbatims, 0);
	assert_int_equal(r->records[0].at_ns, INT64_C(4572058809));
	assert_string_equal(r->records[0].raw, "!system=IFNET x");
	assert_int_equal(r->records[1].at_ns, INT64_C(10000000001));
	assert_string_equal(r->records[1].raw, "?  a");
	assert_int_equal(r->records[1].line, 2);
	assert_string_equal(strbuf_str(&said), "");
	strbuf_fini(&said);
	recording_free(r);
}

static void
other_precisions_are_understood_and_kept(void **state)
{
	struct strbuf said = { 0 };
	struct recording *r = accept("4.5 !a\n5 !b\n007.25 !c\n", &said);

	(void)state;
	assert_int_equal(r->records[0].at_ns, INT64_C(4500000000));
	assert_int_equal(r->records[1].at_ns, INT64_C(5000000000));
	assert_int_equal(r->records[2].at_ns, INT64_C(7250000000));
	strbuf_fini(&said);
	recording_free(r);
}

static void
remarks_and_empty_lines_are_kept(void **state)
{
	struct strbuf said = { 0 };
	struct recording *r =
	    accept("# head\n\nconnected /var/run/devd.pipe\n"
		   "1.000000000 !a\n\n#x\n2.000000000 !b\n# end",
		&said);

	(void)state;
	assert_int_equal(r->n_records, 2);
	assert_int_equal(r->n_verbatims, 3);
	strbuf_fini(&said);
	recording_free(r);
}

static void
a_clients_read_may_hold_several_records(void **state)
{
	struct strbuf said = { 0 };
	struct recording *r = accept("1.5 n=9 [!ab\\n!cd\\n!]\n", &said);

	(void)state;
	assert_int_equal(r->n_records, 3);
	assert_string_equal(r->records[0].raw, "!ab");
	assert_string_equal(r->records[1].raw, "!cd");
	assert_false(r->records[1].no_newline);
	assert_true(r->records[2].no_newline);
	strbuf_fini(&said);
	recording_free(r);
}

static void
every_record_survives_being_written_and_read(void **state)
{
	static const struct {
		const char *raw;
		size_t bytes;
		bool no_newline;
	} odd[] = {
		{ "!a\nb", 4, false },
		{ "!a\n", 3, false },
		{ "!a\0b", 4, false },
		{ "", 0, false },
		{ "", 0, true },
		{ "n=3 [!a]", 8, false },
		{ "!a\\n\\x0a\\\n\\", 11, false },
		{ "!cut", 4, true },
		{ "!cut\\", 5, true },
		{ "! ]x[", 5, true },
		{ " ", 1, false },
		{ "!\r", 2, false },
		{ "!\xff\x80", 3, false },
	};
	struct recording *r = recording_new("r", ""), *back;
	struct strbuf text = { 0 }, said = { 0 };
	size_t i, n = sizeof(odd) / sizeof(odd[0]);

	(void)state;
	for (i = 0; i < n; i++)
		recording_add(r, (int64_t)i, odd[i].raw, odd[i].bytes,
		    odd[i].no_newline);
	recording_format(r, &text);
	back = parse(text.data, text.bytes, true, &said);
	assert_int_equal(back->n_records, n);
	assert_int_equal(back->n_verbatims, 0);
	for (i = 0; i < n; i++) {
		assert_int_equal(back->records[i].at_ns, i);
		assert_int_equal(back->records[i].raw_bytes, odd[i].bytes);
		assert_memory_equal(back->records[i].raw, odd[i].raw,
		    odd[i].bytes + 1);
		assert_int_equal(back->records[i].no_newline,
		    odd[i].no_newline);
	}
	strbuf_fini(&text);
	strbuf_fini(&said);
	recording_free(r);
	recording_free(back);
}

static void
mistakes_are_shown_at_their_place(void **state)
{
	(void)state;
	refuse("1.0 !a\nx !b\n", "r.log:2:1: error: expected a line");
	refuse("!a\n", "r.log:1:1: error: expected a line");
	refuse("1,5 !a\n", "r.log:1:2: error: expected a line");
	refuse("1.5.5 !a\n", "r.log:1:4: error: expected a line");
	refuse("-1.5 !a\n", "r.log:1:1: error: expected a line");
	refuse("1.1234567890 !a\n", "r.log:1:12: error: the time has more");
	refuse("99999999999999999999999 !a\n", "r.log:1:1: error: the time is");
	refuse("1.5\n", "r.log:1:4: error: the record is missing");
	refuse("1.5 \n", "r.log:1:4: error: the record is missing");
	refuse("1.5", "r.log:1:4: error: the last line was cut");
	refuse("# a\n\n12", "r.log:3:3: error: the last line was cut");
	refuse("1.5 n=9 [!ab\\n]\n", "r.log:1:10: error: the text holds 4");
}

static void
every_mistake_is_reported_up_to_a_limit(void **state)
{
	struct strbuf text = { 0 }, said = { 0 };
	struct recording *r;
	size_t lines = 0;
	const char *p;
	int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		strbuf_adds(&text, "x\n");
	r = parse(text.data, text.bytes, false, &said);
	for (p = strbuf_str(&said); (p = strchr(p, '\n')) != NULL; p++)
		lines++;
	assert_int_equal(lines, 21);
	assert_non_null(strstr(said.data, "r.log:20:1: error"));
	assert_non_null(strstr(said.data, "too many mistakes"));
	strbuf_fini(&text);
	strbuf_fini(&said);
	recording_free(r);
}

static void
a_nul_byte_is_refused(void **state)
{
	struct strbuf said = { 0 };
	struct recording *r = parse("1.0 !a\0b\n", 9, false, &said);

	(void)state;
	assert_non_null(strstr(said.data, "r.log:1:7: error: a NUL byte"));
	strbuf_fini(&said);
	recording_free(r);
}

static void
a_record_may_be_as_long_as_devd_reads_and_no_longer(void **state)
{
	struct strbuf text = { 0 }, said = { 0 };
	struct recording *r;
	int i;

	(void)state;
	strbuf_adds(&text, "1.000000000 !");
	for (i = 1; i < DEVLINE_MAX; i++)
		strbuf_addc(&text, 'x');
	strbuf_addc(&text, '\n');
	r = accept(text.data, &said);
	assert_int_equal(r->records[0].raw_bytes, DEVLINE_MAX);
	recording_free(r);
	text.data[text.bytes - 1] = 'x';
	strbuf_addc(&text, '\n');
	refuse(text.data, "r.log:1:13: error: the record is longer than 8191");
	strbuf_fini(&text);
	strbuf_fini(&said);
}

static void
what_is_odd_but_usable_is_a_warning(void **state)
{
	struct strbuf said = { 0 };

	(void)state;
	recording_free(accept("2.000000000 !a\n1.000000000 !b\n", &said));
	assert_string_equal(said.data,
	    "r.log:2:1: warning: the time is before the one above: the order "
	    "of the lines is kept\n");
	recording_free(accept("1.0 !a\r\n", &said));
	assert_non_null(strstr(said.data, "r.log:1:7: warning: a carriage"));
	recording_free(accept("1.0 !a", &said));
	assert_non_null(strstr(said.data, "warning: the last record has no"));
	recording_free(accept("1.0 RTM_x\n1.0 RTM_y\n", &said));
	assert_non_null(strstr(said.data, "r.log:1:5: warning: a devctl"));
	assert_null(strstr(said.data, "r.log:2:"));
	strbuf_fini(&said);
}

/* Calls fn for every .log section; gives their number. */
static size_t
each_log(void (*fn)(const char *spec, const struct container_section *s))
{
	size_t i, k, n = 0;

	for (k = 0; k < CONTAINERS; k++) {
		struct container *c = NULL;
		struct err e = { 0 };

		if (container_read(containers[k], &c, &e) < 0)
			fail_msg("%s", e.text);
		for (i = 0; i < c->n_sections; i++) {
			struct strbuf spec = { 0 };

			if (strstr(c->sections[i].name, ".log") == NULL)
				continue;
			strbuf_addf(&spec, "%s#%s", containers[k],
			    c->sections[i].name);
			fn(spec.data, &c->sections[i]);
			strbuf_fini(&spec);
			n++;
		}
		container_free(c);
	}
	return n;
}

static void
check_round_trip(const char *spec, const struct container_section *s)
{
	struct recording *r = NULL;
	struct err e = { 0 };

	if (recording_load(spec, &r, &e) < 0)
		fail_msg("%s", e.text);
	assert_true(r->n_records > 0);
	assert_same_text(r, s->data, s->bytes);
	recording_free(r);
}

static void
every_real_recording_is_parsed_and_formatted_byte_by_byte(void **state)
{
	(void)state;
	assert_int_equal(each_log(check_round_trip), 51);
}

static void
sections_of_one_boot_join_into_one_recording(void **state)
{
	struct recording *r = NULL;
	struct err e = { 0 };
	size_t i;

	(void)state;
	assert_int_equal(recording_load(MIGRATION, &r, &e), 0);
	assert_int_equal(r->n_records, 121);
	for (i = 1; i < r->n_records; i++)
		assert_true(r->records[i].at_ns >= r->records[i - 1].at_ns);
	assert_string_equal(r->name,
	    "a_stock_bringup_1+b_unplug_1+c_stock_replug_1");
	recording_free(r);
}

static void
not_loaded(const char *spec, int code, const char *message)
{
	struct recording *r = NULL;
	struct err e = { 0 };

	assert_int_equal(recording_load(spec, &r, &e), code);
	assert_null(r);
	if (strstr(e.text, message) == NULL)
		fail_msg("%s: %s", spec, e.text);
}

static void
what_cannot_be_loaded_is_named_with_what_to_do(void **state)
{
	(void)state;
	not_loaded("fixtures/recordings/none.log", ERR_NOTFOUND, "no such");
	not_loaded("fixtures/recordings", ERR_INPUT, "is a folder");
	not_loaded("/dev/null", ERR_INPUT, "not a regular file");
	not_loaded("fixtures/recordings/freebsd-hn.rec", ERR_NOTFOUND,
	    "holds 24 recordings: name one");
	not_loaded("fixtures/recordings/freebsd-hn.rec#b_unplug_2",
	    ERR_NOTFOUND, "did you mean \"b_unplug_1.log\"?");
	not_loaded("fixtures/recordings/freebsd-hn.rec#zzz", ERR_NOTFOUND,
	    "has no section \"zzz.log\"");
	not_loaded("fixtures/recordings/freebsd-hn.rec#b_unplug_1.txt",
	    ERR_INPUT, ": error: expected a line");
	not_loaded("fixtures/recordings/freebsd-hn.rec"
		   "#c_stock_replug_1+b_unplug_1",
	    ERR_INPUT, "section b_unplug_1.log begins before");
	not_loaded("fixtures/recordings/README.md#x", ERR_NOTFOUND,
	    "not a container");
}

static void
not_a_container(const char *text, const char *message)
{
	char path[] = "/tmp/switchback-container.XXXXXX";
	int fd = mkstemp(path);
	struct container *c = NULL;
	struct err e = { 0 };
	FILE *f = fdopen(fd, "w");

	assert_non_null(f);
	fprintf(f, CONTAINER_MAGIC "%s", text);
	fclose(f);
	assert_int_equal(container_read(path, &c, &e), ERR_INPUT);
	remove(path);
	if (strstr(e.text, message) == NULL)
		fail_msg("%s: %s", text, e.text);
}

/* Or a file of a few MB would take hours to be refused. */
static void
a_container_of_too_many_sections_is_refused(void **state)
{
	struct strbuf text = { 0 };
	int i;

	(void)state;
	for (i = 0; i <= CONTAINER_SECTIONS_MAX; i++)
		strbuf_addf(&text, "=== s%d 0\n", i);
	not_a_container(strbuf_str(&text),
	    ":4098:1: error: there are more than 4096 sections");
	strbuf_fini(&text);
}

static void
a_damaged_container_is_refused_at_its_place(void **state)
{
	(void)state;
	not_a_container("=== a 5\n1234",
	    ":2:1: error: section a should have 5");
	not_a_container("=== a 1\n1\n\n", ":4:1: error: expected a section");
	not_a_container("=== a 0\n=== a 0\n", ":3:5: error: there are two");
	not_a_container("=== a 0", ":2:1: error: the file ends within");
	not_a_container("=== a x\n", ":2:1: error: expected a section");
	not_a_container("=== a -1\n", ":2:1: error: expected a section");
	not_a_container("=== a 99999999999999999999\n",
	    ":2:1: error: expected");
	not_a_container("=== a#b 0\n", ":2:1: error: expected a section");
	not_a_container("===  0\n", ":2:1: error: expected a section");
	not_a_container("# ok\n# ok\nzzz\n", ":4:1: error: expected a section");
}

static void
a_trace_of_a_recording_gives_the_records_back(void **state)
{
	struct strbuf said = { 0 };
	struct recording *r = accept("1.000000000 !a\n3.000000000 !b\n", &said);
	struct recording *back;
	struct trace *t = recording_trace(r);

	(void)state;
	assert_string_equal(t->run.kind, "import");
	assert_string_equal(t->run.title, "r");
	assert_int_equal(t->run.start_ns, INT64_C(1000000000));
	assert_int_equal(t->run.end_ns, INT64_C(3000000000));
	back = recording_of_trace(t);
	assert_same_text(back, "1.000000000 !a\n3.000000000 !b\n", 30);
	strbuf_fini(&said);
	recording_free(r);
	recording_free(back);
	trace_free(t);
}

static void
only_records_that_were_read_are_part_of_a_recording(void **state)
{
	struct trace *t = sample_trace();
	struct recording *r = recording_of_trace(t);

	(void)state;
	assert_int_equal(r->n_records, 2);
	assert_int_equal(r->records[0].at_ns, 1000001);
	assert_int_equal(r->records[1].at_ns, 3000000);
	recording_free(r);
	trace_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_a_time_and_a_record),
		cmocka_unit_test(other_precisions_are_understood_and_kept),
		cmocka_unit_test(remarks_and_empty_lines_are_kept),
		cmocka_unit_test(a_clients_read_may_hold_several_records),
		cmocka_unit_test(every_record_survives_being_written_and_read),
		cmocka_unit_test(mistakes_are_shown_at_their_place),
		cmocka_unit_test(every_mistake_is_reported_up_to_a_limit),
		cmocka_unit_test(a_nul_byte_is_refused),
		cmocka_unit_test(
		    a_record_may_be_as_long_as_devd_reads_and_no_longer),
		cmocka_unit_test(what_is_odd_but_usable_is_a_warning),
		cmocka_unit_test(
		    every_real_recording_is_parsed_and_formatted_byte_by_byte),
		cmocka_unit_test(sections_of_one_boot_join_into_one_recording),
		cmocka_unit_test(
		    what_cannot_be_loaded_is_named_with_what_to_do),
		cmocka_unit_test(a_damaged_container_is_refused_at_its_place),
		cmocka_unit_test(a_container_of_too_many_sections_is_refused),
		cmocka_unit_test(a_trace_of_a_recording_gives_the_records_back),
		cmocka_unit_test(
		    only_records_that_were_read_are_part_of_a_recording),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
