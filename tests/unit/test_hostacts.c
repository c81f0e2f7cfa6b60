/* SPDX-License-Identifier: BSD-2-Clause */
/* What the host and the network do, in the words of a scenario. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "scn_text.h"
#include "sim/machine/dhcp.h"
#include "sim/machine/inet6.h"
#include "sim/stage/hostacts.h"
#include "sim_rig.h"

static struct rig rig;

static int
setup(void **state)
{
	(void)state;
	rig_init(&rig, "flag hn.association = yes\n");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	rig_fini(&rig);
	return 0;
}

/* One stimulus, and the time for what follows from it. */
static void
happens(const char *words)
{
	char text[160] = "at 1s ";
	struct scenario *s;

	strncat(text, words, sizeof(text) - 8);
	strncat(text, "\n", 2);
	s = scn_text_parse(text);
	(void)hostacts_do(rig.m, s, &s->steps[0]);
	scenario_free(s);
	rig_run(&rig, 3 * DUR_SEC);
}

static void
a_nic_is_taken_and_given_back_with_its_address(void **state)
{
	static const uint8_t mac[6] = { 0x00, 0x0d, 0x3a, 0xf5, 0x76, 0xbd };
	struct ifnet *hn;

	(void)state;
	rig_hn(&rig, "hn0", 1);
	happens("nic detach hn0");
	assert_null(ifnet_find(rig.m, "hn0"));
	happens(
	    "host association hn0 granted"); /* nothing there: nothing done */
	happens("nic attach hn0");
	hn = ifnet_find(rig.m, "hn0");
	assert_non_null(hn);
	assert_memory_equal(hn->mac, mac, 6);
}

static void
without_the_hosts_association_the_path_is_synthetic(void **state)
{
	struct ifnet *hn = rig_hn(&rig, "hn0", 1);

	(void)state;
	rig_do(&rig, "ifconfig hn0 up");
	rig_vf(&rig, "mce0", 1);
	happens("host association hn0 granted");
	rig_do(&rig, "ifconfig mce0 up");
	rig_run(&rig, DUR_SEC);
	assert_true(hn->hn.rxvf);
	happens("host association hn0 withdrawn");
	assert_false(hn->hn.rxvf);
	happens("host association hn0 granted");
	assert_true(hn->hn.rxvf);
}

static void
the_dhcp_server_does_as_it_is_told(void **state)
{
	struct ipaddr want;

	(void)state;
	happens("dhcp silent");
	assert_int_equal(dhcp_of(rig.m)->mode, DHCP_SILENT);
	happens("dhcp naks");
	assert_int_equal(dhcp_of(rig.m)->mode, DHCP_NAKS);
	happens("dhcp offers 10.0.0.77/24");
	assert_true(ipaddr_parse("10.0.0.77/24", &want));
	assert_memory_equal(dhcp_of(rig.m)->offer.bytes, want.bytes, 4);
	assert_int_equal(dhcp_of(rig.m)->offer.prefix, 24);
	happens("dhcp silent");
	happens("dhcp answers");
	assert_int_equal(dhcp_of(rig.m)->mode, DHCP_ANSWERS);
}

static void
the_router_falls_silent_and_speaks_again(void **state)
{
	(void)state;
	happens("router silent");
	assert_true(rig.m->inet6->silent);
	happens("router advertises");
	assert_false(rig.m->inet6->silent);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_nic_is_taken_and_given_back_with_its_address, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(
		    without_the_hosts_association_the_path_is_synthetic, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(
		    the_dhcp_server_does_as_it_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    the_router_falls_silent_and_speaks_again, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
