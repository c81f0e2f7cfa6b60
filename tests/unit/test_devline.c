/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "event/devline.h"

static struct devline line;

static void
parse(const char *record)
{
	devline_parse(&line, record, strlen(record));
}

static int
free_line(void **state)
{
	(void)state;
	devline_fini(&line);
	return 0;
}

static void
a_notify_record_gives_its_pairs(void **state)
{
	(void)state;
	parse("!system=IFNET subsystem=mce0 type=LINK_UP\n");
	assert_int_equal(line.kind, DEVLINE_NOTIFY);
	assert_false(line.dropped);
	assert_string_equal(devline_system(&line), "IFNET");
	assert_string_equal(devline_subsystem(&line), "mce0");
	assert_string_equal(devline_type(&line), "LINK_UP");
	assert_string_equal(devline_get(&line, "*"),
	    "!system=IFNET subsystem=mce0 type=LINK_UP");
	assert_string_equal(devline_get(&line, "_"),
	    "system=IFNET subsystem=mce0 type=LINK_UP");
	assert_null(devline_get(&line, "cdev"));
	assert_string_equal(devline_value(&line, "cdev"), "");
}

static void
a_device_record_gives_name_bus_and_location(void **state)
{
	(void)state;
	parse("+mlx5_core0 at slot=2 function=0 vendor=0x15b3 on pci1");
	assert_int_equal(line.kind, DEVLINE_ATTACH);
	assert_string_equal(devline_get(&line, "device-name"), "mlx5_core0");
	assert_string_equal(devline_get(&line, "slot"), "2");
	assert_string_equal(devline_get(&line, "vendor"), "0x15b3");
	assert_string_equal(devline_get(&line, "bus"), "pci1");
}

static void
the_kind_is_told_by_the_first_byte(void **state)
{
	(void)state;
	parse("-em0 at  on pci0");
	assert_int_equal(line.kind, DEVLINE_DETACH);
	assert_string_equal(devline_get(&line, "bus"), "pci0");
	parse("? at vendor=1 on pci0");
	assert_int_equal(line.kind, DEVLINE_NOMATCH);
	assert_null(devline_get(&line, "device-name"));
	parse("=system=X");
	assert_int_equal(line.kind, DEVLINE_OTHER);
	assert_true(line.dropped);
}

static void
a_record_without_a_blank_after_its_name_is_dropped(void **state)
{
	(void)state;
	parse("+em0");
	assert_true(line.dropped);
	parse("?");
	assert_true(line.dropped);
	parse("+em0 ");
	assert_false(line.dropped);
}

static void
an_empty_record_is_dropped(void **state)
{
	(void)state;
	parse("");
	assert_true(line.dropped);
	parse("\n\n");
	assert_true(line.dropped);
	devline_parse(&line, NULL, 0);
	assert_true(line.dropped);
}

static void
parsing_stops_at_what_is_no_pair(void **state)
{
	(void)state;
	parse("!a=1 stop b=2");
	assert_string_equal(devline_get(&line, "a"), "1");
	assert_null(devline_get(&line, "b"));
	parse("! a=1");
	assert_null(devline_get(&line, "a"));
	parse("!a:b=1 c=2");
	assert_null(devline_get(&line, "c"));
}

static void
an_open_quote_loses_its_pair_and_the_rest(void **state)
{
	(void)state;
	parse("!a=1 b=\"open c=2");
	assert_string_equal(devline_get(&line, "a"), "1");
	assert_null(devline_get(&line, "b"));
	assert_null(devline_get(&line, "c"));
	/* For devd a doubled backslash escapes the quote all the same. */
	parse("!a=\"x\\\\\" b=2");
	assert_null(devline_get(&line, "a"));
}

static void
an_escaped_quote_becomes_a_quote_everywhere(void **state)
{
	(void)state;
	parse("!a=\"x\\\"y\" b=p\\\"q c=\\d");
	assert_string_equal(devline_get(&line, "a"), "x\"y");
	assert_string_equal(devline_get(&line, "b"), "p\"q");
	assert_string_equal(devline_get(&line, "c"), "\\d");
	assert_string_equal(devline_get(&line, "*"),
	    "!a=\"x\"y\" b=p\"q c=\\d");
}

static void
the_last_of_two_equal_keys_wins(void **state)
{
	(void)state;
	parse("!a=1 a=2 a=3");
	assert_string_equal(devline_get(&line, "a"), "3");
}

static void
a_location_may_replace_the_name_but_not_the_bus(void **state)
{
	(void)state;
	parse("+em0 at device-name=evil bus=evil on pci0");
	assert_string_equal(devline_get(&line, "device-name"), "evil");
	assert_string_equal(devline_get(&line, "bus"), "pci0");
	parse("!_=x");
	assert_string_equal(devline_get(&line, "_"), "x");
}

static void
a_long_record_is_cut_like_devds_buffer(void **state)
{
	char *long_record = mem_zero(1, 20001);

	(void)state;
	memset(long_record, 'v', 20000);
	memcpy(long_record, "!a=1 b=", 7);
	memcpy(long_record + 10000, " c=1", 4);
	devline_parse(&line, long_record, 20000);
	assert_int_equal(strlen(devline_get(&line, "*")), DEVLINE_MAX);
	assert_int_equal(strlen(devline_get(&line, "b")), DEVLINE_MAX - 7);
	assert_null(devline_get(&line, "c"));
	free(long_record);
}

static void
a_nul_ends_the_record(void **state)
{
	static const char bytes[] = "!a=1 b=2\0c=3\n";

	(void)state;
	devline_parse(&line, bytes, sizeof(bytes) - 1);
	assert_string_equal(devline_get(&line, "b"), "2");
	assert_null(devline_get(&line, "c"));
}

static void
every_white_space_byte_separates_pairs(void **state)
{
	(void)state;
	parse("!a=1\tb=2\vc=3\fd=4\re=5\nf=6 g=\xa0\x85");
	assert_string_equal(devline_get(&line, "f"), "6");
	assert_string_equal(devline_get(&line, "g"), "\xa0\x85");
}

static void
parsing_again_forgets_the_record_before(void **state)
{
	(void)state;
	parse("+em0 at slot=1 on pci0");
	parse("!system=X");
	assert_null(devline_get(&line, "device-name"));
	assert_null(devline_get(&line, "bus"));
	assert_string_equal(devline_kind_word(line.kind), "notify");
	devline_fini(&line);
	assert_null(devline_get(&line, "_"));
	assert_string_equal(devline_system(&line), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_notify_record_gives_its_pairs),
		cmocka_unit_test(a_device_record_gives_name_bus_and_location),
		cmocka_unit_test(the_kind_is_told_by_the_first_byte),
		cmocka_unit_test(
		    a_record_without_a_blank_after_its_name_is_dropped),
		cmocka_unit_test(an_empty_record_is_dropped),
		cmocka_unit_test(parsing_stops_at_what_is_no_pair),
		cmocka_unit_test(an_open_quote_loses_its_pair_and_the_rest),
		cmocka_unit_test(an_escaped_quote_becomes_a_quote_everywhere),
		cmocka_unit_test(the_last_of_two_equal_keys_wins),
		cmocka_unit_test(
		    a_location_may_replace_the_name_but_not_the_bus),
		cmocka_unit_test(a_long_record_is_cut_like_devds_buffer),
		cmocka_unit_test(a_nul_ends_the_record),
		cmocka_unit_test(every_white_space_byte_separates_pairs),
		cmocka_unit_test(parsing_again_forgets_the_record_before),
	};

	return cmocka_run_group_tests(tests, NULL, free_line);
}
