/* SPDX-License-Identifier: BSD-2-Clause */
/* sim/lab/qmpread.h: each kind of message, in pieces, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "sim/lab/qmpread.h"

/* As a QEMU 7.2 says them. */
static const char greeting[] =
    "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, "
    "\"major\": 7}, \"package\": \"Debian 1:7.2\"}, \"capabilities\": "
    "[\"oob\"]}}\r\n";
static const char event[] =
    "{\"timestamp\": {\"seconds\": 1795937000, \"microseconds\": 345}, "
    "\"event\": \"DEVICE_DELETED\", \"data\": {\"device\": \"vf0\", "
    "\"path\": \"/machine/peripheral/vf0\"}}\r\n";
static const char answer[] = "{\"return\": {}, \"id\": 7}\r\n";
static const char refusal[] =
    "{\"id\": 8, \"error\": {\"class\": \"DeviceNotFound\", \"desc\": "
    "\"Device 'vf0' not found\"}}\r\n";

static void
add(struct qmpread *r, const char *text)
{
	qmpread_add(r, text, strlen(text));
}

static void
fails(const char *text, const char *why)
{
	struct qmpread r = { 0 };
	struct qmp_message m;
	struct err e = { 0 };

	add(&r, answer);
	add(&r, text);
	assert_int_equal(qmpread_next(&r, &m, &e), 1);
	qmp_message_fini(&m);
	assert_int_equal(qmpread_next(&r, &m, &e), ERR_INPUT);
	assert_string_equal(e.text, why);
	/* And nothing is read from then on. */
	add(&r, answer);
	assert_int_equal(qmpread_next(&r, &m, &e), ERR_INPUT);
	assert_string_equal(e.text, "line 2: not read any further");
	qmpread_fini(&r);
}

static void
check_all(struct qmpread *r, void (*more)(struct qmpread *r))
{
	struct qmp_message m;
	int rc, n = 0;

	for (;;) {
		while ((rc = qmpread_next(r, &m, NULL)) == 0 && n < 4)
			more(r);
		if (rc == 0)
			break;
		assert_int_equal(rc, 1);
		assert_int_equal(m.kind, n);
		switch (m.kind) {
		case QMP_GREETING:
			assert_string_equal(m.text, "7.2.22");
			break;
		case QMP_EVENT:
			assert_string_equal(m.name, "DEVICE_DELETED");
			assert_true(m.wall_ns == INT64_C(1795937000000345000));
			assert_string_equal(json_string_value(
						json_object_get(m.data,
						    "device")),
			    "vf0");
			break;
		case QMP_RETURN:
			assert_true(m.id == 7 && json_is_object(m.data));
			break;
		case QMP_ERROR:
			assert_int_equal(m.id, 8);
			assert_string_equal(m.name, "DeviceNotFound");
			assert_string_equal(m.text, "Device 'vf0' not found");
			break;
		}
		qmp_message_fini(&m);
		n++;
	}
	assert_int_equal(n, 4);
}

static void
add_everything(struct qmpread *r)
{
	add(r, greeting);
	add(r, "\r\n  \n");
	add(r, event);
	add(r, answer);
	add(r, refusal);
}

static void
every_kind_is_read(void **state)
{
	struct qmpread r = { 0 };

	(void)state;
	check_all(&r, add_everything);
	qmpread_fini(&r);
}

static const char *pieces;

static void
add_a_byte(struct qmpread *r)
{
	assert_true(*pieces != '\0');
	qmpread_add(r, pieces++, 1);
}

static void
pieces_may_be_of_any_size(void **state)
{
	struct qmpread all = { 0 }, r = { 0 };

	(void)state;
	add_everything(&all);
	pieces = strbuf_str(&all.text);
	check_all(&r, add_a_byte);
	assert_string_equal(pieces, "");
	qmpread_fini(&r);
	qmpread_fini(&all);
}

static void
what_may_be_missing_is_nothing(void **state)
{
	struct qmpread r = { 0 };
	struct qmp_message m;

	(void)state;
	add(&r,
	    "{\"event\":\"STOP\"}\n"
	    "{\"event\":\"STOP\",\"timestamp\":{\"seconds\":-1,"
	    "\"microseconds\":-1}}\n"
	    "{\"error\":{\"class\":\"a\",\"desc\":\"b\"}}\n");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(qmpread_next(&r, &m, NULL), 1);
		assert_true(m.wall_ns == 0 && m.data == NULL);
		qmp_message_fini(&m);
	}
	assert_int_equal(qmpread_next(&r, &m, NULL), 1);
	assert_true(m.kind == QMP_ERROR && m.id == 0);
	qmp_message_fini(&m);
	qmpread_fini(&r);
}

/* QEMU's numbers go up to UINT64_MAX. */
static void
a_number_too_great_does_not_spoil_the_others(void **state)
{
	struct qmpread r = { 0 };
	struct qmp_message m;

	(void)state;
	add(&r,
	    "{\"return\":{\"a\":18446744073709551615,\"b\":74,\"c\":\"x\"},"
	    "\"id\":3}\n{\"return\":-9000000000000000001,\"id\":4}\n");
	assert_int_equal(qmpread_next(&r, &m, NULL), 1);
	assert_int_equal(m.id, 3);
	assert_int_equal(qmpread_number(json_object_get(m.data, "a")), 0);
	assert_int_equal(qmpread_number(json_object_get(m.data, "b")), 74);
	assert_int_equal(qmpread_number(json_object_get(m.data, "c")), 0);
	assert_int_equal(qmpread_number(json_object_get(m.data, "d")), 0);
	qmp_message_fini(&m);
	assert_int_equal(qmpread_next(&r, &m, NULL), 1);
	assert_true(qmpread_number(m.data) == -INT64_C(9000000000000000001));
	qmp_message_fini(&m);
	qmpread_fini(&r);
}

static void
what_is_no_message_is_refused_for_good(void **state)
{
	static const char none[] =
	    "line 2: neither a greeting, an event, an answer nor an error";

	(void)state;
	fails("hello\n", "line 2: no JSON, wrong at byte 5");
	fails("{\"return\": {}}{}\n", "line 2: no JSON, wrong at byte 15");
	fails("[]\n", none);
	fails("{}\n", none);
	fails("{\"event\": 1}\n", none);
	fails("{\"QMP\": {\"version\": 7}}\n", none);
	fails("{\"return\": {}, \"id\": \"7\"}\n", none);
	fails("{\"return\": {}, \"id\": 0}\n", none);
	fails("{\"return\": {}, \"id\": 1e300}\n", none);
	fails("{\"id\": 7}\n", none);
	fails("{\"id\": 7, \"error\": {\"class\": \"x\"}}\n", none);
	fails("{\"id\": 7, \"error\": 5}\n", none);
}

static void
a_line_without_end_is_refused(void **state)
{
	static const char end[] = "\"}\n";
	char *text = malloc(QMPREAD_LINE);
	struct qmpread r = { 0 };
	struct qmp_message m;
	struct err e;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', QMPREAD_LINE);
	/* As long as a line may be... */
	add(&r, "{\"event\": \"");
	qmpread_add(&r, text, QMPREAD_LINE - 11 - 2);
	assert_int_equal(qmpread_next(&r, &m, &e), 0);
	add(&r, end);
	assert_int_equal(qmpread_next(&r, &m, &e), 1);
	qmp_message_fini(&m);
	/* ...and one more, whether its end has come... */
	add(&r, "{\"event\": \"");
	qmpread_add(&r, text, QMPREAD_LINE - 11 - 1);
	add(&r, end);
	assert_int_equal(qmpread_next(&r, &m, &e), ERR_INPUT);
	assert_string_equal(e.text, "line 2: longer than 1048576 bytes");
	qmpread_fini(&r);
	/* ...or not. */
	memset(&r, 0, sizeof(r));
	qmpread_add(&r, text, QMPREAD_LINE);
	assert_int_equal(qmpread_next(&r, &m, &e), 0);
	qmpread_add(&r, text, 1);
	assert_int_equal(qmpread_next(&r, &m, &e), ERR_INPUT);
	assert_string_equal(e.text, "line 1: longer than 1048576 bytes");
	qmpread_fini(&r);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_is_read),
		cmocka_unit_test(pieces_may_be_of_any_size),
		cmocka_unit_test(what_may_be_missing_is_nothing),
		cmocka_unit_test(a_number_too_great_does_not_spoil_the_others),
		cmocka_unit_test(what_is_no_message_is_refused_for_good),
		cmocka_unit_test(a_line_without_end_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
