/* SPDX-License-Identifier: BSD-2-Clause */
/* Captures of every form, and what is wrong with some. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/dur.h"
#include "capture_bytes.h"
#include "world/capture_file.h"

#define SECONDS 1700000000u
#define AT_NS	(SECONDS * DUR_SEC + 123456 * DUR_US)

static const char frame[] = "RTab\0\1RTab\0\2\x08\0E and so on";

static struct capture_bytes b;
static struct capture_file *file;
static struct capture_packet p;
static struct err e;

static void
open_bytes(const char *filter)
{
	char *path = bytes_file(&b);

	if (capture_file_open(path, filter, &file, &e) < 0)
		fail_msg("%s", e.text);
	unlink(path); /* it is open */
	free(path);
}

static void
done(void)
{
	capture_file_close(file);
	file = NULL;
	strbuf_fini(&b.out);
	b.big = false;
}

static void
next_is(int64_t at_ns, size_t interface)
{
	assert_int_equal(capture_file_next(file, &p, &e), 1);
	assert_true(p.at_ns == at_ns);
	assert_int_equal(p.interface, interface);
	assert_int_equal(p.bytes, sizeof(frame));
	assert_memory_equal(p.data, frame, sizeof(frame));
}

static void
at_end(bool cut)
{
	assert_int_equal(capture_file_next(file, &p, &e), 0);
	assert_int_equal(capture_file_cut(file), cut);
	done();
}

/* --- classic --- */

static void
classic_files_of_either_order_and_resolution(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 4; i++) {
		b.big = i & 1;
		bytes_pcap(&b, i & 2 ? 0xa1b23c4d : 0xa1b2c3d4, 1);
		bytes_pcap_packet(&b, SECONDS, i & 2 ? 123456000 : 123456,
		    frame, sizeof(frame), 1500);
		bytes_pcap_packet(&b, SECONDS + 1, 0, frame, sizeof(frame),
		    sizeof(frame));
		open_bytes(NULL);
		assert_int_equal(capture_file_interfaces(file), 1);
		assert_int_equal(capture_file_linktype(file, 0), 1);
		next_is(AT_NS, 0);
		assert_int_equal(p.wire_bytes, 1500);
		next_is((SECONDS + 1) * DUR_SEC, 0);
		at_end(false);
	}
}

static void
raw_ip_is_the_registrys_number(void **state)
{
	(void)state;
	bytes_pcap(&b, 0xa1b2c3d4, 101);
	open_bytes("ip");
	assert_int_equal(capture_file_linktype(file, 0), 101);
	at_end(false);
}

/* More than a buffer holds, so that packets lie across its end. */
static void
long_files_come_in_pieces(void **state)
{
	uint32_t i;

	(void)state;
	bytes_pcap(&b, 0xa1b2c3d4, 1);
	for (i = 0; i < 20000; i++)
		bytes_pcap_packet(&b, SECONDS, i, frame, sizeof(frame),
		    sizeof(frame));
	open_bytes(NULL);
	for (i = 0; i < 20000; i++)
		next_is(SECONDS * DUR_SEC + i * DUR_US, 0);
	assert_int_equal(capture_file_percent(file), 100);
	at_end(false);
}

/* --- pcapng --- */

static void
interfaces_of_one_file_have_links_and_clocks_of_their_own(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		b.big = i == 1;
		bytes_section(&b);
		bytes_interface(&b, 1, "hn0", 0xff, 0);
		bytes_interface(&b, 101, "tun0", 9, 0);
		bytes_interface(&b, 1, "mce0", 0x80 | 20, 0);
		bytes_interface(&b, 1, "mce1", 3, SECONDS);
		bytes_packet(&b, 1, (uint64_t)AT_NS, frame, sizeof(frame));
		bytes_packet(&b, 0, (uint64_t)(AT_NS / DUR_US), frame,
		    sizeof(frame));
		bytes_packet(&b, 2, ((uint64_t)SECONDS << 20) + (1 << 19),
		    frame, sizeof(frame));
		bytes_packet(&b, 3, 250, frame, sizeof(frame));
		bytes_statistics(&b, 0, 7);
		open_bytes(NULL);
		next_is(AT_NS, 1);
		next_is(AT_NS, 0);
		next_is(SECONDS * DUR_SEC + DUR_SEC / 2, 2);
		next_is(SECONDS * DUR_SEC + DUR_SEC / 4, 3);
		assert_int_equal(capture_file_interfaces(file), 4);
		assert_string_equal(capture_file_interface_name(file, 1),
		    "tun0");
		assert_int_equal(capture_file_linktype(file, 1), 101);
		assert_int_equal(capture_file_next(file, &p, &e), 0);
		assert_int_equal(capture_file_dropped(file), 7);
		done();
	}
}

static void
sections_count_their_interfaces_on(void **state)
{
	(void)state;
	bytes_section(&b);
	bytes_interface(&b, 1, "hn0", 9, 0);
	bytes_packet(&b, 0, (uint64_t)AT_NS, frame, sizeof(frame));
	b.big = true;
	bytes_section(&b);
	bytes_interface(&b, 1, "mce0", 9, 0);
	bytes_packet(&b, 0, (uint64_t)AT_NS + 1, frame, sizeof(frame));
	open_bytes(NULL);
	next_is(AT_NS, 0);
	next_is(AT_NS + 1, 1);
	at_end(false);
}

static void
a_filter_holds_for_each_link(void **state)
{
	static const char ip[] = "E\0\0\x14\0\0\0\0\x40\x11\0\0\x0a\0\0\1"
				 "\x0a\0\0\2";

	(void)state;
	bytes_section(&b);
	bytes_interface(&b, 1, "hn0", 9, 0);
	bytes_interface(&b, 101, "tun0", 9, 0);
	bytes_packet(&b, 0, 1, frame, sizeof(frame));
	bytes_packet(&b, 1, 2, ip, sizeof(ip) - 1);
	bytes_packet(&b, 1, 3,
	    "E\0\0\x14\0\0\0\0\x40\x06\0\0\x0a\0\0\1"
	    "\x0a\0\0\2",
	    20);
	open_bytes("udp and host 10.0.0.2");
	assert_int_equal(capture_file_next(file, &p, &e), 1);
	assert_int_equal(p.interface, 1);
	assert_true(p.at_ns == 2);
	at_end(false);
}

/* --- what is wrong --- */

static void
refused(const char *filter, int code, const char *text)
{
	char *path = bytes_file(&b);
	int rc = capture_file_open(path, filter, &file, &e);

	while (rc >= 0)
		rc = capture_file_next(file, &p, &e) == 1 ? 0 : -1;
	if (e.code != (enum err_code)code || strstr(e.text, text) == NULL ||
	    strncmp(e.text, path, strlen(path)) != 0)
		fail_msg("\"%s\" (%d) instead of \"%s\"", e.text, e.code, text);
	unlink(path);
	free(path);
	done();
}

static void
what_cannot_be_read_is_told_with_its_file(void **state)
{
	(void)state;
	refused(NULL, ERR_INPUT, "is empty");
	strbuf_adds(&b.out, "just text\n");
	refused(NULL, ERR_INPUT, "is no capture");
	strbuf_adds(&b.out, "\x1f\x8b\x08 and so on");
	refused(NULL, ERR_INPUT, "gzip -dc");
	bytes_put(&b, 4, 0xa1b2c3d4);
	refused(NULL, ERR_INPUT, "cut off");
	bytes_pcap(&b, 0xa1b2c3d4, 1);
	refused("not a filter", ERR_INPUT, "the filter \"not a filter\"");
	bytes_pcap(&b, 0xa1b2c3d4, 1);
	bytes_pcap_packet(&b, 1, 1, frame, sizeof(frame), 5);
	bytes_put(&b, 8, 0);
	bytes_put(&b, 8, UINT64_MAX);
	refused(NULL, ERR_INPUT, "damaged");
	assert_int_equal(capture_file_open("/nonexistent/x", NULL, &file, &e),
	    ERR_NOTFOUND);
	assert_int_equal(capture_file_open("/tmp", NULL, &file, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "folder"));
}

static void
damaged_blocks_are_refused(void **state)
{
	(void)state;
	bytes_section(&b);
	bytes_packet(&b, 0, 1, frame, sizeof(frame));
	refused(NULL, ERR_INPUT, "interface 0");
	bytes_section(&b);
	bytes_put(&b, 4, 6);
	bytes_put(&b, 8, 0xfffffff0);
	refused(NULL, ERR_INPUT, "a block of 4294967280 bytes");
	bytes_section(&b);
	b.out.data[b.out.bytes - 1] = 1;
	refused(NULL, ERR_INPUT, "two lengths differ");
	bytes_section(&b);
	bytes_interface(&b, 1, "hn0", 9, 0);
	bytes_put(&b, 4, 3);
	bytes_put(&b, 4, 16);
	bytes_put(&b, 4, 0);
	bytes_put(&b, 4, 16);
	refused(NULL, ERR_INPUT, "simple packet blocks");
	bytes_section(&b);
	bytes_interface(&b, 1, "hn0", 0, 0);
	bytes_packet(&b, 0, UINT64_MAX / 2, frame, sizeof(frame));
	refused(NULL, ERR_INPUT, "beyond the calendar");
}

/* However much of the last packet is there. */
static void
a_file_that_is_cut_off_gives_what_is_whole(void **state)
{
	size_t whole, full, cut;
	int form;

	(void)state;
	for (form = 0; form < 3; form++) {
		for (cut = 1; cut < 20; cut++) {
			b.big = form == 1;
			if (form == 2) {
				bytes_section(&b);
				bytes_interface(&b, 1, "hn0", 9, 0);
				bytes_packet(&b, 0, (uint64_t)AT_NS, frame,
				    sizeof(frame));
				whole = b.out.bytes;
				bytes_packet(&b, 0, 1, frame, sizeof(frame));
			} else {
				bytes_pcap(&b, 0xa1b2c3d4, 1);
				bytes_pcap_packet(&b, SECONDS, 123456, frame,
				    sizeof(frame), sizeof(frame));
				whole = b.out.bytes;
				bytes_pcap_packet(&b, 1, 1, frame,
				    sizeof(frame), sizeof(frame));
			}
			full = b.out.bytes;
			b.out.bytes = full - cut * (full - whole) / 20;
			open_bytes(NULL);
			next_is(AT_NS, 0);
			at_end(b.out.bytes > whole);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classic_files_of_either_order_and_resolution),
		cmocka_unit_test(raw_ip_is_the_registrys_number),
		cmocka_unit_test(long_files_come_in_pieces),
		cmocka_unit_test(
		    interfaces_of_one_file_have_links_and_clocks_of_their_own),
		cmocka_unit_test(sections_count_their_interfaces_on),
		cmocka_unit_test(a_filter_holds_for_each_link),
		cmocka_unit_test(what_cannot_be_read_is_told_with_its_file),
		cmocka_unit_test(damaged_blocks_are_refused),
		cmocka_unit_test(a_file_that_is_cut_off_gives_what_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
