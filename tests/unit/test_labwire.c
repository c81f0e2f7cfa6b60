/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows of the lab and of its guest: there and back, cut anywhere, and what is
 * no row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "agent/bootfacts.h"
#include "agent/labwire.h"
#include "agent/packetlog.h"
#include "base/dur.h"

static int
next(struct labwire_reader *r, enum labwire_side from, struct labwire *m)
{
	struct err err;

	return labwire_next(r, from, m, &err);
}

static int
read_row(enum labwire_side from, const char *row, struct labwire *m,
    struct err *err)
{
	struct labwire_reader r = { 0 };
	int rc;

	labwire_feed(&r, row, strlen(row));
	rc = labwire_next(&r, from, m, err);
	labwire_reader_fini(&r);
	return rc;
}

static void
refused(enum labwire_side from, const char *row, const char *why)
{
	struct labwire m = { 0 };
	struct err err = { 0 };

	assert_int_equal(read_row(from, row, &m, &err), ERR_INPUT);
	if (strstr(err.text, why) == NULL)
		fail_msg("%s: says %s", row, err.text);
	labwire_fini(&m);
}

/* Written, read, and written again it is the same. */
static void
comes_back(const struct labwire *m, enum labwire_side from)
{
	struct labwire_reader r = { 0 };
	struct labwire got = { 0 };
	struct strbuf once = { 0 }, twice = { 0 };

	labwire_put(&once, m);
	labwire_feed(&r, once.data, once.bytes);
	assert_int_equal(next(&r, from, &got), 1);
	assert_int_equal(got.kind, m->kind);
	labwire_put(&twice, &got);
	assert_string_equal(once.data, twice.data);
	if (strstr(once.data, " text=") != NULL)
		assert_int_equal(got.text.bytes, m->text.bytes);
	assert_int_equal(next(&r, from, &got), 0);
	labwire_reader_fini(&r);
	labwire_fini(&got);
	strbuf_fini(&once);
	strbuf_fini(&twice);
}

static void
every_kind_comes_back(void **state)
{
	struct labwire m = { .id = 7,
		.re = 8,
		.at_ns = 123456789,
		.signal = LABWIRE_TERM,
		.limit_ns = 5,
		.stream = 3,
		.way = LABWIRE_ECHO,
		.icmp = true,
		.period_ns = 10,
		.first_ns = 20,
		.stop_ns = 30,
		.log = LABWIRE_GOT,
		.offset = 4096,
		.from_ns = 99,
		.status = 137 };
	int kind;

	(void)state;
	snprintf(m.if_name, sizeof(m.if_name), "eth0");
	snprintf(m.address, sizeof(m.address), "10.0.2.15/24 fec0::15/64");
	snprintf(m.gateway, sizeof(m.gateway), "10.0.2.2");
	snprintf(m.path, sizeof(m.path), "/tmp/a file");
	snprintf(m.error, sizeof(m.error), "it said \"no\"\n");
	snprintf(m.object, sizeof(m.object), "bond0");
	snprintf(m.field, sizeof(m.field), "ports");
	snprintf(m.value, sizeof(m.value), "eth0 eth1");
	snprintf(m.who, sizeof(m.who), "daemon");
	assert_true(ipaddr_parse("10.0.2.2", &m.to));
	strbuf_add(&m.text, "any\0bytes\n\xff", 11);
	for (kind = 1; kind < LABWIRE_KINDS; kind++) {
		m.kind = (enum labwire_kind)kind;
		comes_back(&m,
		    kind < LABWIRE_ANSWER ? LABWIRE_LAB : LABWIRE_GUEST);
	}
	labwire_fini(&m);
}

static void
a_row_says_what_the_header_says(void **state)
{
	struct labwire m = { 0 };
	struct err err;

	(void)state;
	assert_int_equal(read_row(LABWIRE_LAB,
			     "do=probe id=4 stream=2 way=in icmp to=fe80::1 "
			     "period=10000000 first=5 stop=9\n",
			     &m, &err),
	    1);
	assert_int_equal(m.kind, LABWIRE_PROBE);
	assert_int_equal(m.way, LABWIRE_IN);
	assert_true(m.icmp);
	assert_int_equal(m.to.family, 6);
	assert_int_equal(m.stop_ns, 9);
	assert_int_equal(read_row(LABWIRE_GUEST,
			     "is=answer re=4 at=77 error=\"no room\"\n", &m,
			     &err),
	    1);
	assert_int_equal(m.re, 4);
	assert_int_equal(m.at_ns, 77);
	assert_string_equal(m.error, "no room");
	assert_string_equal(labwire_word(m.kind), "answer");
	labwire_fini(&m);
}

static void
what_is_no_row_is_refused(void **state)
{
	(void)state;
	refused(LABWIRE_LAB, "id=1 do=clock\n", "begins with do=");
	refused(LABWIRE_LAB, "is=hello at=1\n", "begins with do=");
	refused(LABWIRE_GUEST, "is=clock at=1\n", "no such word");
	refused(LABWIRE_LAB, "do=clock\n", "id= is missing");
	refused(LABWIRE_LAB, "do=clock id=0\n", "id= is missing");
	refused(LABWIRE_LAB, "do=clock id=1 id=2\n", "stands there twice");
	refused(LABWIRE_LAB, "do=clock id=1 path=/etc\n", "has none");
	refused(LABWIRE_LAB, "do=clock id=1 wrong=2\n", "has none");
	refused(LABWIRE_LAB, "do=run id=1\n", "text= is missing");
	refused(LABWIRE_LAB, "do=run id=1 text\n", "needs a value");
	refused(LABWIRE_LAB, "do=run id=1 text=\"\"\n", "text= is missing");
	refused(LABWIRE_LAB, "do=get id=1 path=\"\"\n", "path= is missing");
	refused(LABWIRE_LAB, "do=setup id=1 if=eth0\n", "address= is missing");
	refused(LABWIRE_LAB, "do=probe id=1 stream=1 to=10.0\n", "to:");
	refused(LABWIRE_LAB, "do=probe id=1 way=up to=::1\n", "way:");
	refused(LABWIRE_LAB, "do=run id=1 text=\"a\n", "not closed");
	refused(LABWIRE_GUEST, "is=answer at=-5x re=1\n", "at:");
	refused(LABWIRE_GUEST, "is=answer at=-1 re=1\n", "at: not within");
	refused(LABWIRE_GUEST, "is=answer at=3153600000000000001 re=1\n",
	    "at: not within");
	refused(LABWIRE_GUEST, "is=stall at=1 from=-9223372036854775807\n",
	    "from: not within");
}

/* The id of what cannot be read is still known, for the answer. */
static void
a_bad_row_still_has_its_id(void **state)
{
	struct labwire m = { 0 };
	struct err err;

	(void)state;
	assert_int_equal(read_row(LABWIRE_LAB, "do=probe id=5 way=up\n", &m,
			     &err),
	    ERR_INPUT);
	assert_int_equal(m.id, 5);
	assert_int_equal(m.kind, LABWIRE_PROBE);
	labwire_fini(&m);
}

static void
rows_may_be_cut_anywhere(void **state)
{
	static const char rows[] = "do=clock id=1\n\ndo=run id=2 text=\"a "
				   "b\"\nnonsense\ndo=end id=3\n";
	static const int want[] = { 1, 1, ERR_INPUT, 1 };
	struct labwire m = { 0 };
	size_t piece, at, n, got;

	(void)state;
	for (piece = 1; piece < sizeof(rows); piece++) {
		struct labwire_reader r = { 0 };
		int rc;

		got = 0;
		for (at = 0; at < sizeof(rows) - 1; at += n) {
			n = sizeof(rows) - 1 - at;
			if (n > piece)
				n = piece;
			labwire_feed(&r, rows + at, n);
			while ((rc = next(&r, LABWIRE_LAB, &m)) != 0) {
				assert_true(got < 4);
				assert_int_equal(rc, want[got++]);
			}
		}
		assert_int_equal(got, 4);
		assert_int_equal(m.id, 0);
		labwire_reader_fini(&r);
	}
	labwire_fini(&m);
}

/* It is not kept while it comes, it counts once, and the next one is read. */
static void
a_row_without_an_end_is_forgotten(void **state)
{
	struct labwire_reader r = { 0 };
	struct labwire m = { 0 };
	char piece[4096];
	int i, bad = 0;

	(void)state;
	memset(piece, 'x', sizeof(piece));
	for (i = 0; i < 1000; i++) {
		labwire_feed(&r, piece, sizeof(piece));
		bad += next(&r, LABWIRE_LAB, &m) < 0;
		assert_in_range(r.pending.bytes, 0,
		    LABWIRE_ROW_MAX + sizeof(piece));
	}
	assert_int_equal(bad, 1);
	labwire_feed(&r, "\ndo=clock id=1\n", 15);
	assert_int_equal(next(&r, LABWIRE_LAB, &m), 1);
	labwire_reader_fini(&r);
	labwire_fini(&m);
}

static void
a_text_that_is_too_long_loses_its_beginning(void **state)
{
	struct labwire m = { .kind = LABWIRE_LOG, .who = "daemon" };
	struct labwire got = { 0 };
	struct strbuf row = { 0 };
	struct err err;
	int i;

	(void)state;
	for (i = 0; i < LABWIRE_TEXT_MAX; i++)
		strbuf_addc(&m.text, '\x01');
	strbuf_adds(&m.text, "end");
	labwire_put(&row, &m);
	assert_in_range(row.bytes, LABWIRE_TEXT_MAX, LABWIRE_ROW_MAX);
	assert_int_equal(read_row(LABWIRE_GUEST, strbuf_str(&row), &got, &err),
	    1);
	assert_int_equal(got.text.bytes, LABWIRE_TEXT_MAX);
	assert_string_equal(got.text.data + LABWIRE_TEXT_MAX - 3, "end");
	labwire_fini(&m);
	labwire_fini(&got);
	strbuf_fini(&row);
}

static void
packets_come_back_in_order(void **state)
{
	const struct packetlog_entry in[] = { { 0, 100, 1795938996920950139,
						  0 },
		{ 1, 200, 300, 101 }, { UINT32_MAX, DUR_MAX, 0, 0 } };
	struct packetlog_entry out;
	struct strbuf text = { 0 };
	struct err err;
	size_t at = 0, i;

	(void)state;
	for (i = 0; i < 3; i++)
		packetlog_put(&text, &in[i]);
	for (i = 0; i < 3; i++) {
		assert_int_equal(packetlog_take(text.data, text.bytes, &at,
				     &out, &err),
		    1);
		assert_int_equal(out.sequence, in[i].sequence);
		assert_int_equal(out.at_ns, in[i].at_ns);
		assert_int_equal(out.sent_ns, in[i].sent_ns);
		assert_int_equal(out.error, in[i].error);
	}
	assert_int_equal(packetlog_take(text.data, text.bytes, &at, &out, &err),
	    0);
	strbuf_fini(&text);
}

static void
what_is_no_packet_is_refused(void **state)
{
	static const char *const bad[] = { "1", "1,2,3", "1,2,3,", "1,2,3,4,5",
		"1,2,-3,4", "1,2,3,70000", "x", ",,,", "0,0,0,0 1",
		"0,3153600000000000001,0,0", "0,0,3153600000000000001,0" };
	struct packetlog_entry out;
	struct err err;
	size_t i, at;
	int rc;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		at = 0;
		while ((rc = packetlog_take(bad[i], strlen(bad[i]), &at, &out,
			    &err)) == 1)
			;
		assert_int_equal(rc, ERR_INPUT);
	}
}

static void
the_kernels_word_for_its_hypervisor_is_found(void **state)
{
	static const char hv[] = "6,5,0,-;Hypervisor detected: Microsoft "
				 "Hyper-V\n SUBSYSTEM=x\n";
	static const char bare[] = "6,90,7,-;Booting paravirtualized kernel on "
				   "bare hardware";
	static const char other[] = "6,1,0,-;Linux version 6.1 Hypervisor "
				    "detected: no";
	char out[64];

	(void)state;
	assert_true(bootfacts_of_kmsg(hv, strlen(hv), out, sizeof(out)));
	assert_string_equal(out, "Hypervisor detected: Microsoft Hyper-V");
	assert_true(bootfacts_of_kmsg(bare, strlen(bare), out, sizeof(out)));
	assert_string_equal(out,
	    "Booting paravirtualized kernel on bare hardware");
	assert_false(bootfacts_of_kmsg(other, strlen(other), out, sizeof(out)));
	assert_false(bootfacts_of_kmsg("", 0, out, sizeof(out)));
	assert_false(bootfacts_of_kmsg(";", 1, out, sizeof(out)));
	assert_true(bootfacts_of_kmsg(hv, strlen(hv), out, 8));
	assert_string_equal(out, "Hypervi");
}

static void
boot_facts_come_back(void **state)
{
	struct bootfacts here, there;
	struct strbuf text = { 0 };
	struct err err;

	(void)state;
	bootfacts_look(&here);
	assert_string_equal(here.version, SWITCHBACK_VERSION);
	bootfacts_put(&text, &here);
	assert_int_equal(bootfacts_take(strbuf_str(&text), text.bytes, &there,
			     &err),
	    0);
	assert_memory_equal(here.system, there.system, strlen(here.system));
	assert_string_equal(here.cpu, there.cpu);
	assert_string_equal(here.kernel, there.kernel);
	strbuf_fini(&text);
	assert_int_equal(bootfacts_take("cpu", 3, &there, &err), ERR_INPUT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_comes_back),
		cmocka_unit_test(a_row_says_what_the_header_says),
		cmocka_unit_test(what_is_no_row_is_refused),
		cmocka_unit_test(a_bad_row_still_has_its_id),
		cmocka_unit_test(rows_may_be_cut_anywhere),
		cmocka_unit_test(a_row_without_an_end_is_forgotten),
		cmocka_unit_test(a_text_that_is_too_long_loses_its_beginning),
		cmocka_unit_test(packets_come_back_in_order),
		cmocka_unit_test(what_is_no_packet_is_refused),
		cmocka_unit_test(the_kernels_word_for_its_hypervisor_is_found),
		cmocka_unit_test(boot_facts_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
