/* SPDX-License-Identifier: BSD-2-Clause */
/* Why nothing is done, of a system of native_rig. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "native_rig.h"

/* What is said, of hn0 or (NULL) of the system; "" when nothing is. */
static const char *
why(const char *ifname)
{
	static char text[256];
	struct strbuf out = { 0 };
	bool is_one;

	is_one =
	    native_why(n, &sys.s, ifname != NULL ? get(ifname) : NULL, &out);
	assert_int_equal(is_one, out.bytes > 0);
	snprintf(text, sizeof(text), "%s", strbuf_str(&out));
	strbuf_fini(&out);
	return text;
}

static void
look(void)
{
	int64_t wake_ns;

	while (act(&wake_ns))
		;
}

static void
test_system(void **state)
{
	(void)state;
	settle(HORIZON);
	assert_string_equal(why(NULL), "");
	assert_string_equal(why("hn0"), "");
	sys.s.other_daemon = true;
	settle(DUR_SEC);
	assert_non_null(strstr(why(NULL), "devd(8) carries out Hyper-V rules"));
	assert_non_null(strstr(why("hn0"), "/etc/devd/hyperv.conf"));
	assert_true(told("devd carries out Hyper-V rules of its own"));
	sys.s.other_daemon = false;
	look();
	assert_string_equal(why(NULL), "");
	sys.s.vf_transparent = 1;
	assert_non_null(strstr(why(NULL), "transparent mode"));
	sys.s.vf_transparent = -1;
	assert_non_null(strstr(why(NULL), "there is no hn(4)"));
	sys.s.os = SNAP_LINUX;
	assert_non_null(strstr(why(NULL), "declared or found"));
	sys.s.vf_transparent = 0;
	sys.s.no_bonding = true;
	assert_non_null(strstr(why(NULL), "no bonding"));
}

static void
test_vf(void **state)
{
	(void)state;
	settle(HORIZON);
	put_vf();
	look();
	assert_string_equal(why("hn0"),
	    "mce0 is set up when its delay is over");
	settle(HORIZON);
	assert_string_equal(why("hn0"), "");
	get("mce0")->mac[5] ^= 1;
	look();
	assert_string_equal(why("hn0"), "mce0 has another MAC by now");
	get("mce0")->mac[5] ^= 1;
	settle(HORIZON);
	assert_string_equal(why("hn0"), "");
	get("mce0")->up = false;
	follow();
	settle(HORIZON);
	assert_string_equal(why("hn0"), "mce0 was set down by somebody else");
}

static void
test_not_ours(void **state)
{
	(void)state;
	add_if("hn7", IF_HN, other_mac)->unit = 7;
	assert_string_equal(why("hn7"), "it has not been looked at yet");
	look();
	assert_string_equal(why("hn7"), "rc.conf does not configure it");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_system),
		TEST(test_vf),
		TEST(test_not_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
