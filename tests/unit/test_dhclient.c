/* SPDX-License-Identifier: BSD-2-Clause */
/* The DHCP client, its script and the server (FACTS.md E.6, FREEBSD-HN.md h).
 * Delays of the bench: preinit 50 ms, select 1.5 s, server 2 ms, script 30 ms,
 * route 90 ms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "sim/machine/dhclient.h"
#include "sim/machine/dhcp.h"
#include "sim/machine/hn.h"
#include "sim/machine/ifdriver.h"
#include "sim/machine/inet.h"
#include "sim/machine/lagg.h"
#include "sim/machine/sysops.h"
#include "sim_rig.h"

#define RUNNING (-1)

static struct rig r;
static struct ifnet *hn;
static int result; /* of the newest operation; RUNNING while it does */

static int
setup(void **state)
{
	(void)state;
	rig_init(&r, NULL);
	hn = rig_hn(&r, "hn0", 1);
	hn->ifdisabled = true; /* IPv4 alone */
	ifnet_set_up(hn, true);
	hn->running = hn->hn.filter_open = true;
	rig_run(&r, 20 * DUR_MS);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	rig_fini(&r);
	return 0;
}

static void
note_result(struct ktask *k)
{
	result = k->result;
}

static void
begin(enum op_kind kind, const char *ifname, int value, const char *program)
{
	struct operation op;

	memset(&op, 0, sizeof(op));
	op.kind = kind;
	op.value = value;
	snprintf(op.ifname, sizeof(op.ifname), "%s", ifname);
	snprintf(op.program, sizeof(op.program), "%s", program);
	result = RUNNING;
	sysop_begin(r.m, &op, note_result, NULL);
}

static void
start(const char *ifname)
{
	begin(OP_DHCP_START, ifname, 1, "dhclient");
}

static const char *
client(const char *ifname)
{
	return dhclient_state(r.m, ifname);
}

static const char *
addresses(const struct ifnet *ifp)
{
	static char text[200];
	char one[IPADDR_TEXT];
	size_t i;

	text[0] = '\0';
	for (i = 0; i < ifp->n_addrs; i++) {
		strcat(text, i > 0 ? " " : "");
		strcat(text, ipaddr_format(&ifp->addrs[i], true, one));
	}
	return text;
}

static const char *
router(void)
{
	return rig_route(inet_default(r.m));
}

static void
bind_hn0(void)
{
	start("hn0");
	rig_run(&r, 3 * DUR_SEC);
	assert_string_equal(client("hn0"), "bound");
}

/* --- a lease --- */

static void
a_lease_takes_the_time_of_every_step(void **state)
{
	(void)state;
	start("hn0");
	rig_run(&r, 40 * DUR_MS);
	assert_string_equal(client("hn0"), "init");
	assert_string_equal(addresses(hn), "");
	rig_run(&r, 20 * DUR_MS);
	assert_string_equal(addresses(hn), "0.0.0.0/8");
	rig_run(&r, 1480 * DUR_MS);
	assert_string_equal(client("hn0"), "init");
	rig_run(&r, 60 * DUR_MS);
	assert_string_equal(addresses(hn), "10.0.2.15/24");
	assert_int_equal(hn->addr_flags[0], SNAP_ADDR_LEASED);
	assert_string_equal(router(), "none");
	assert_int_equal(result, RUNNING);
	rig_run(&r, 100 * DUR_MS);
	assert_string_equal(client("hn0"), "bound");
	assert_string_equal(router(), "10.0.2.2 via hn0");
	assert_int_equal(result, 0);
}

static void
in_the_background_only_preinit_is_waited_for(void **state)
{
	(void)state;
	begin(OP_DHCP_START, "hn0", 0, "dhclient");
	rig_run(&r, 40 * DUR_MS);
	assert_int_equal(result, RUNNING);
	rig_run(&r, 30 * DUR_MS);
	assert_int_equal(result, 0);
	assert_string_equal(client("hn0"), "init");
	/* A start of our own does not even wait for that. */
	dhclient_stop(r.m, "hn0");
	begin(OP_DHCP_START, "hn0", 0, "");
	rig_run(&r, DUR_MS);
	assert_int_equal(result, 0);
	begin(OP_DHCP_START, "hn0", 0, "");
	rig_run(&r, DUR_MS);
	assert_int_equal(result, SIM_EEXIST);
}

static void
without_link_it_gives_up_after_eleven_seconds(void **state)
{
	(void)state;
	ifnet_set_link(hn, LINK_DOWN);
	start("hn0");
	rig_run(&r, 10900 * DUR_MS);
	assert_string_equal(client("hn0"), "link");
	assert_string_equal(addresses(hn), "");
	rig_run(&r, 200 * DUR_MS);
	assert_string_equal(client("hn0"), "none");
	assert_int_equal(result, SIM_ENETDOWN);
	/* A link that comes meanwhile is good enough. */
	start("hn0");
	rig_run(&r, 5 * DUR_SEC);
	ifnet_set_link(hn, LINK_UP);
	rig_run(&r, 3 * DUR_SEC);
	assert_string_equal(client("hn0"), "bound");
}

static void
a_silent_server_is_asked_for_a_minute_and_after_five_more(void **state)
{
	(void)state;
	dhcp_set_mode(r.m, DHCP_SILENT);
	start("hn0");
	rig_run(&r, 59 * DUR_SEC);
	assert_string_equal(client("hn0"), "init");
	assert_int_equal(result, RUNNING);
	rig_run(&r, 20 * DUR_SEC);
	assert_string_equal(client("hn0"), "sleeping");
	assert_int_equal(result, 0);
	dhcp_set_mode(r.m, DHCP_ANSWERS);
	rig_run(&r, 280 * DUR_SEC);
	assert_string_equal(client("hn0"), "sleeping");
	rig_run(&r, 30 * DUR_SEC);
	assert_string_equal(client("hn0"), "bound");
}

static void
a_refused_request_begins_anew(void **state)
{
	struct ipaddr other;

	(void)state;
	bind_hn0();
	ipaddr_parse("10.9.0.7/16", &other);
	dhcp_set_offer(r.m, &other);
	/* Its link returns: it asks for what it had, and is refused. */
	ifnet_set_link(hn, LINK_DOWN);
	rig_run(&r, 100 * DUR_MS);
	ifnet_set_link(hn, LINK_UP);
	rig_run(&r, 100 * DUR_MS);
	assert_string_equal(client("hn0"), "init");
	assert_string_equal(addresses(hn), "10.0.2.15/24");
	rig_run(&r, 3 * DUR_SEC);
	assert_string_equal(addresses(hn), "10.9.0.7/16");
	assert_string_equal(router(), "10.9.0.1 via hn0");
	start("hn0"); /* one runs already */
	rig_run(&r, DUR_SEC);
	assert_int_equal(result, SIM_EEXIST);
}

static void
a_server_that_refuses_all_it_offers_is_asked_again_and_again(void **state)
{
	(void)state;
	dhcp_set_mode(r.m, DHCP_NAKS);
	start("hn0");
	rig_run(&r, 20 * DUR_SEC);
	assert_string_not_equal(client("hn0"), "bound");
	assert_string_equal(addresses(hn), "0.0.0.0/8");
	dhcp_set_mode(r.m, DHCP_ANSWERS);
	rig_run(&r, 3 * DUR_SEC);
	assert_string_equal(client("hn0"), "bound");
}

static void
a_lease_is_renewed_at_half_its_time_and_lost_at_its_end(void **state)
{
	(void)state;
	bind_hn0();
	rig_run(&r, INT64_C(13) * 3600 * DUR_SEC);
	assert_string_equal(client("hn0"), "bound");
	dhcp_set_mode(r.m, DHCP_SILENT);
	rig_run(&r, INT64_C(13) * 3600 * DUR_SEC);
	assert_string_equal(client("hn0"), "renewing");
	assert_string_equal(addresses(hn), "10.0.2.15/24");
	rig_run(&r, INT64_C(12) * 3600 * DUR_SEC);
	assert_string_equal(addresses(hn), "");
	assert_string_equal(router(), "none");
}

/* --- what ends it, what wakes it --- */

static void
a_link_that_returns_makes_it_delete_and_add_its_address(void **state)
{
	size_t hints;

	(void)state;
	bind_hn0();
	ifnet_set_link(hn, LINK_DOWN);
	rig_run(&r, 100 * DUR_MS);
	ifnet_set_link(hn, LINK_UP);
	hints = r.trace->n_hints;
	rig_run(&r, 30 * DUR_MS);
	assert_string_equal(client("hn0"), "rebooting");
	rig_run(&r, 300 * DUR_MS);
	assert_string_equal(client("hn0"), "bound");
	for (; hints < r.trace->n_hints; hints++)
		if (strcmp(r.trace->hints[hints].text,
			"DELADDR hn0 10.0.2.15/24") == 0)
			break;
	assert_true(hints < r.trace->n_hints);
	assert_string_equal(addresses(hn), "10.0.2.15/24");
	assert_string_equal(router(), "10.0.2.2 via hn0");
}

static void
a_link_gone_for_a_moment_is_not_noticed(void **state)
{
	(void)state;
	bind_hn0();
	ifnet_set_link(hn, LINK_DOWN);
	rig_run(&r, DUR_MS);
	ifnet_set_link(hn, LINK_UP);
	rig_run(&r, 50 * DUR_MS);
	assert_string_equal(client("hn0"), "bound");
}

static void
its_address_deleted_ends_it_ten_seconds_after_its_script(void **state)
{
	struct ipaddr a;

	(void)state;
	ipaddr_parse("10.0.2.15/24", &a);
	bind_hn0();
	rig_run(&r, 8 * DUR_SEC);
	inet_del(hn, &a);
	rig_run(&r, DUR_SEC);
	assert_string_equal(client("hn0"), "bound"); /* FREEBSD-HN.md h 2 */
	inet_add(hn, &a);
	rig_run(&r, DUR_SEC);
	inet_del(hn, &a);
	rig_run(&r, DUR_SEC);
	assert_string_equal(client("hn0"), "none");
}

static void
going_down_or_away_ends_it(void **state)
{
	(void)state;
	bind_hn0();
	ifnet_set_up(hn, false);
	rig_run(&r, 100 * DUR_MS);
	assert_string_equal(client("hn0"), "none");
	ifnet_set_up(hn, true);
	bind_hn0();
	ifnet_rename(hn, "wan0");
	rig_run(&r, 100 * DUR_MS);
	assert_false(dhclient_runs(r.m, "hn0"));
	assert_false(dhclient_runs(r.m, "wan0"));
}

static void
stopped_it_leaves_its_lease_and_knows_it_again(void **state)
{
	(void)state;
	bind_hn0();
	begin(OP_DHCP_STOP, "hn0", 0, "");
	rig_run(&r, DUR_MS);
	assert_int_equal(result, 0);
	assert_string_equal(client("hn0"), "none");
	assert_string_equal(addresses(hn), "10.0.2.15/24");
	begin(OP_DHCP_STOP, "hn0", 0, "");
	rig_run(&r, DUR_MS);
	assert_int_equal(result, SIM_ENOENT);
	/* The lease database saves it the offers. */
	start("hn0");
	rig_run(&r, 300 * DUR_MS);
	assert_string_equal(client("hn0"), "bound");
	/* The first address is what the script deletes, whatever it is. */
	assert_string_equal(addresses(hn), "0.0.0.0/8 10.0.2.15/24");
}

static void
an_interface_that_is_not_there_is_an_error_at_once(void **state)
{
	(void)state;
	start("mce7");
	rig_run(&r, DUR_MS);
	assert_int_equal(result, SIM_ENXIO);
}

/* --- with a lagg ------------------------------------------------------------
 */

/* lagg0 over hn0, up, hn0's client having left its address there or not. */
static struct ifnet *
put_into_lagg(void)
{
	struct ifnet *lagg = lagg_new(r.m, "lagg0");
	struct ipaddr a;

	ipaddr_parse("10.0.2.15/24", &a);
	inet_del(hn, &a);
	lagg->ifdisabled = true;
	assert_int_equal(rig_do(&r, "ifconfig lagg0 laggport hn0"), 0);
	assert_int_equal(rig_do(&r, "ifconfig lagg0 up"), 0);
	rig_run(&r, 50 * DUR_MS);
	return lagg;
}

static void
each_name_has_a_lease_of_its_own_and_the_mac_decides_the_address(void **state)
{
	struct ifnet *lagg;

	(void)state;
	bind_hn0();
	lagg = put_into_lagg();
	start("lagg0");
	rig_run(&r, DUR_SEC);
	assert_string_equal(client("lagg0"), "init"); /* no lease of hn0's */
	rig_run(&r, 2 * DUR_SEC);
	assert_string_equal(addresses(lagg), "10.0.2.15/24");
	assert_string_equal(router(), "10.0.2.2 via lagg0");
}

static void
a_port_gets_the_same_lease_and_then_takes_the_prefix(void **state)
{
	struct ifnet *lagg;

	(void)state;
	bind_hn0();
	lagg = put_into_lagg();
	start("lagg0");
	rig_run(&r, 3 * DUR_SEC);
	/* hn0's own client lives: its link returns, and it binds again. */
	ifnet_set_link(hn, LINK_DOWN);
	rig_run(&r, 5 * DUR_MS);
	ifnet_set_link(lagg, LINK_UP); /* lagg0's clients see nothing */
	rig_run(&r, 100 * DUR_MS);
	ifnet_set_link(hn, LINK_UP);
	rig_run(&r, DUR_SEC);
	assert_string_equal(addresses(hn), "10.0.2.15/24");
	/* Whatever makes lagg0's re-bind gives the prefix to hn0, and the
	 * default route follows it there: FREEBSD-HN.md h 5. */
	dhclient_stop(r.m, "lagg0");
	start("lagg0");
	rig_run(&r, DUR_SEC);
	assert_non_null(strstr(addresses(lagg), "10.0.2.15/24"));
	assert_string_equal(router(), "10.0.2.2 via hn0");
}

static void
the_default_route_of_another_interface_is_left_alone(void **state)
{
	struct ipaddr a, gw;
	struct ifnet *tap;

	(void)state;
	ipaddr_parse("192.0.2.4/24", &a);
	ipaddr_parse("192.0.2.1", &gw);
	tap = ifnet_new(r.m, KIND_TAP, "tap0", hn->mac);
	tap->up = true;
	inet_add(tap, &a);
	inet_default_add(r.m, &gw, NULL);
	bind_hn0();
	assert_string_equal(router(), "192.0.2.1 via tap0");
}

static int64_t
never(struct machine *m, struct ktask *k)
{
	(void)m;
	(void)k;
	return DUR_SEC;
}

static void
clients_outlive_the_tasks_of_a_machine_that_ends(void **state)
{
	size_t before, i;

	(void)state;
	start("hn0");
	rig_run(&r, 100 * DUR_MS);
	for (i = 0; i < 16; i++)
		ktask_start(r.m, never, (int64_t)(16 - i) * DUR_SEC);
	before = r.m->clock.queue[VGUEST].count;
	ktask_forget_all(r.m);
	assert_true(r.m->clock.queue[VGUEST].count <= before - 16);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_lease_takes_the_time_of_every_step),
		T(in_the_background_only_preinit_is_waited_for),
		T(without_link_it_gives_up_after_eleven_seconds),
		T(a_silent_server_is_asked_for_a_minute_and_after_five_more),
		T(a_refused_request_begins_anew),
		T(a_server_that_refuses_all_it_offers_is_asked_again_and_again),
		T(a_lease_is_renewed_at_half_its_time_and_lost_at_its_end),
		T(a_link_that_returns_makes_it_delete_and_add_its_address),
		T(a_link_gone_for_a_moment_is_not_noticed),
		T(its_address_deleted_ends_it_ten_seconds_after_its_script),
		T(going_down_or_away_ends_it),
		T(stopped_it_leaves_its_lease_and_knows_it_again),
		T(an_interface_that_is_not_there_is_an_error_at_once),
		T(each_name_has_a_lease_of_its_own_and_the_mac_decides_the_address),
		T(a_port_gets_the_same_lease_and_then_takes_the_prefix),
		T(the_default_route_of_another_interface_is_left_alone),
		T(clients_outlive_the_tasks_of_a_machine_that_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
