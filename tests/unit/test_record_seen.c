/* SPDX-License-Identifier: BSD-2-Clause */
/* State rows of a table: a Linux bond whose VF goes and comes back, and routes
 * that move. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/record_seen.h"
#include "netmsg.h"
#include "world/rtnetlink.h"

struct bench {
	struct netmsg_bench net;
	struct record_seen seen;
	struct trace *trace;
	size_t shown; /* states */
	int64_t now_ns;
};

static void
on_gone(void *ctx, const char *name)
{
	struct bench *b = ctx;

	record_seen_gone(b->trace, b->now_ns, name);
}

static int
set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	const struct linktable_user user = { .gone = on_gone, .ctx = b };

	linktable_init(&b->net.table, &user);
	b->trace = trace_new();
	*state = b;
	return 0;
}

static int
tear_down(void **state)
{
	struct bench *b = *state;

	record_seen_fini(&b->seen);
	trace_free(b->trace);
	netmsg_bench_fini(&b->net);
	free(b);
	return 0;
}

/* The rows that came since the last time, "OBJECT FIELD VALUE" each. */
static void
assert_rows(struct bench *b, const char *rows)
{
	struct strbuf sb = { 0 };

	b->now_ns++;
	record_seen_table(&b->seen, b->trace, b->now_ns, &b->net.table);
	for (; b->shown < b->trace->n_states; b->shown++) {
		const struct trace_state *s = &b->trace->states[b->shown];

		strbuf_addf(&sb, "%s %s %s\n", s->object, s->field, s->value);
	}
	assert_string_equal(strbuf_str(&sb), rows);
	strbuf_fini(&sb);
}

static void
put_nic(struct bench *b, uint32_t index, const char *name, uint32_t master)
{
	struct strbuf sb = { 0 };

	netmsg_link(&sb, 16, index, 0x11843, name);
	netmsg_attr(&sb, 1, "\x52\x54\0\x09\0\x02", 6);
	netmsg_attr_u32(&sb, 4, 1500);
	if (master != 0)
		netmsg_attr_u32(&sb, 10, master);
	netmsg_end(&sb);
	netmsg_feed(&b->net, rtnetlink_next, &sb, false);
	strbuf_fini(&sb);
}

static void
put_bond(struct bench *b, uint32_t active)
{
	struct strbuf sb = { 0 };
	size_t info, data;

	netmsg_link(&sb, 16, 4, active != 0 ? 0x11443 : 0x1403, "bond0");
	info = netmsg_nest(&sb, 18);
	netmsg_attr(&sb, 1, "bond", 5);
	data = netmsg_nest(&sb, 2);
	if (active != 0)
		netmsg_attr_u32(&sb, 2, active);
	netmsg_attr_u32(&sb, 11, 3);
	netmsg_nested(&sb, data);
	netmsg_nested(&sb, info);
	netmsg_end(&sb);
	netmsg_feed(&b->net, rtnetlink_next, &sb, false);
	strbuf_fini(&sb);
}

static void
drop_nic(struct bench *b, uint32_t index, const char *name)
{
	struct strbuf sb = { 0 };

	netmsg_link(&sb, 17, index, 0x1002, name);
	netmsg_end(&sb);
	netmsg_feed(&b->net, rtnetlink_next, &sb, false);
	strbuf_fini(&sb);
}

/* The order is that of Linux 6.1: the port leaves, the bond fails over, the
 * port's interface goes. */
static void
a_bond_fails_over_when_its_vf_goes(void **state)
{
	struct bench *b = *state;

	put_nic(b, 2, "eth0", 0);
	put_bond(b, 0);
	assert_rows(b,
	    "eth0 exists yes\neth0 up yes\neth0 running yes\neth0 link up\n"
	    "eth0 mac 52:54:00:09:00:02\neth0 mtu 1500\neth0 inet \n"
	    "eth0 member-of none\n"
	    "bond0 exists yes\nbond0 up yes\nbond0 running no\n"
	    "bond0 link down\nbond0 inet \nbond0 member-of none\n"
	    "bond0 ports \nbond0 master none\nbond0 active none\n"
	    "route default none\n");
	put_nic(b, 2, "eth0", 4);
	put_nic(b, 3, "eth1", 4);
	put_bond(b, 3);
	assert_rows(b,
	    "eth0 member-of bond0\n"
	    "eth1 exists yes\neth1 up yes\neth1 running yes\neth1 link up\n"
	    "eth1 mac 52:54:00:09:00:02\neth1 mtu 1500\neth1 inet \n"
	    "eth1 member-of bond0\n"
	    "bond0 running yes\nbond0 link up\n"
	    "bond0 ports eth0 eth1\nbond0 master eth1\nbond0 active eth1\n");
	put_bond(b, 2);
	assert_rows(b, "bond0 active eth0\n");
	drop_nic(b, 3, "eth1");
	assert_rows(b, "eth1 exists no\nbond0 ports eth0\nbond0 master none\n");
	put_nic(b, 7, "eth1", 4);
	put_bond(b, 7);
	/* What did not change is not told again. */
	assert_rows(b,
	    "bond0 ports eth0 eth1\nbond0 active eth1\n"
	    "eth1 exists yes\n");
}

static void
put_route(struct bench *b, bool gone, const char *to, const char *gateway,
    uint32_t index, uint32_t metric)
{
	struct ifevent e = { .kind = IFEVENT_ROUTE,
		.gone = gone,
		.index = index,
		.metric = metric };

	assert_true(ipaddr_parse(to, &e.addr));
	assert_true(gateway == NULL || ipaddr_parse(gateway, &e.gateway));
	linktable_take(&b->net.table, &e);
}

static void
routes_are_fields_of_one_object(void **state)
{
	struct bench *b = *state;

	put_nic(b, 2, "eth0", 0);
	put_nic(b, 3, "eth1", 0);
	assert_int_equal(trace_get_state(b->trace, "eth0", "mtu") == NULL, 1);
	record_seen_table(&b->seen, b->trace, 0, &b->net.table);
	b->shown = b->trace->n_states;
	put_route(b, false, "10.0.0.0/24", NULL, 2, 0);
	put_route(b, false, "10.0.0.0/24", NULL, 3, 9);
	put_route(b, false, "0.0.0.0/0", "10.0.0.1", 2, 0);
	put_route(b, false, "fe80::/64", NULL, 2, 0);
	assert_rows(b,
	    "route default 10.0.0.1 via eth0\nroute 10.0.0.0/24 eth0\n");
	put_route(b, false, "::/0", "fe80::1", 2, 0);
	put_route(b, true, "0.0.0.0/0", "10.0.0.1", 2, 0);
	put_route(b, true, "10.0.0.0/24", NULL, 2, 0);
	assert_rows(b,
	    "route default none\nroute default6 fe80::1 via eth0\n"
	    "route 10.0.0.0/24 eth1\n");
	put_route(b, true, "10.0.0.0/24", NULL, 3, 9);
	put_route(b, true, "::/0", "fe80::1", 2, 0);
	put_route(b, false, "0.0.0.0/0", NULL, 3, 0);
	assert_rows(b,
	    "route default via eth1\nroute default6 none\n"
	    "route 10.0.0.0/24 none\n");
	/* Also when the rows themselves are stored and forgotten. */
	trace_forget(b->trace, &b->shown);
	put_route(b, false, "10.0.0.0/24", NULL, 3, 9);
	assert_rows(b, "route 10.0.0.0/24 eth1\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_bond_fails_over_when_its_vf_goes),
		TEST(routes_are_fields_of_one_object),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
