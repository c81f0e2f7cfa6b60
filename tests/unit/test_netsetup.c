/* SPDX-License-Identifier: BSD-2-Clause */
/* What the lab's guest gives a shell to set an interface up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/netsetup.h"

static struct strbuf text;
static struct err err;

static int
write_it(enum netsetup_with with, const char *name, const char *address,
    const char *gateway)
{
	struct labwire m = { 0 };

	memcpy(m.if_name, name, strlen(name) + 1);
	memcpy(m.address, address, strlen(address) + 1);
	memcpy(m.gateway, gateway, strlen(gateway) + 1);
	strbuf_reset(&text);
	return netsetup_text(with, &m, &text, &err);
}

static bool
says(const char *line)
{
	const char *at = strstr(strbuf_str(&text), line);

	return at != NULL && at > text.data && at[-1] == '\n' &&
	    at[strlen(line)] == '\n';
}

/* A default route that is there, by the same gateway or another one, is
 * replaced: FreeBSD would refuse the one and have two with the other. */
static void
a_default_route_is_replaced(void **state)
{
	(void)state;
	assert_int_equal(write_it(NETSETUP_IP, "eth0", "10.0.0.4/24",
			     "10.0.0.1 fd00::1"),
	    0);
	assert_true(says(
	    "ip -4 route replace default via 10.0.0.1 dev eth0 || exit 1"));
	assert_true(
	    says("ip -6 route replace default via fd00::1 dev eth0 || exit 1"));
	assert_int_equal(write_it(NETSETUP_IFCONFIG, "vtnet0",
			     "10.0.0.4/24 fd00::4/64", "10.0.0.1 fd00::1"),
	    0);
	assert_true(says("ifconfig vtnet0 inet 10.0.0.4/24 alias || exit 1"));
	assert_true(says("ifconfig vtnet0 inet6 fd00::4/64 alias || exit 1"));
	assert_true(says("ifconfig vtnet0 up || exit 1"));
	assert_true(says("route -4 delete default >/dev/null 2>&1; "
			 "route -4 add default 10.0.0.1 || exit 1"));
	assert_true(says("route -6 delete default >/dev/null 2>&1; "
			 "route -6 add default fd00::1 || exit 1"));
}

static void
a_shell_reads_no_name(void **state)
{
	(void)state;
	assert_int_equal(write_it(NETSETUP_IP, "eth0;reboot", "", ""),
	    ERR_INPUT);
	assert_int_equal(write_it(NETSETUP_IP, "", "", ""), ERR_INPUT);
	assert_int_equal(write_it(NETSETUP_IFCONFIG, "em0", "10.0.0.4/24 $x",
			     ""),
	    ERR_INPUT);
	assert_int_equal(write_it(NETSETUP_IFCONFIG, "em0", "", "10.0.0.1/"),
	    ERR_INPUT);
	strbuf_fini(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_default_route_is_replaced),
		cmocka_unit_test(a_shell_reads_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
