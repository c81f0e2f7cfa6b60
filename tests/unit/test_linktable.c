/* SPDX-License-Identifier: BSD-2-Clause */
/* What a table makes of a real machine's messages, of a bond's, and of
 * answers that tell everything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "netmsg.h"
#include "world/rtnetlink.h"

#define VETH "fixtures/routing/linux-veth.hex"

static int
set_up(void **state)
{
	struct netmsg_bench *b = calloc(1, sizeof(*b));

	netmsg_bench_init(b);
	*state = b;
	return 0;
}

static int
tear_down(void **state)
{
	netmsg_bench_fini(*state);
	free(*state);
	return 0;
}

static void
assert_told(struct netmsg_bench *b, const char *lines)
{
	assert_string_equal(strbuf_str(&b->told), lines);
	strbuf_reset(&b->told);
}

static void
feed(struct netmsg_bench *b, struct strbuf *sb, bool answer)
{
	netmsg_feed(b, rtnetlink_next, sb, answer);
	strbuf_reset(sb);
}

static void
told_link(struct netmsg_bench *b, unsigned type, uint32_t index, uint32_t flags,
    const char *name, uint32_t master, bool answer)
{
	struct strbuf sb = { 0 };

	netmsg_link(&sb, type, index, flags, name);
	if (master != 0)
		netmsg_attr_u32(&sb, 10, master);
	netmsg_end(&sb);
	feed(b, &sb, answer);
	strbuf_fini(&sb);
}

static void
a_machine_is_followed_from_its_first_message_to_its_last(void **state)
{
	struct netmsg_bench *b = *state;
	const struct linktable_route *r;
	const struct linktable_link *l;
	struct strbuf sb = { 0 };
	char text[IPADDR_TEXT];
	size_t line;

	/* The dump that it began with, and then what happened until the
	 * default route was there. */
	linktable_begin(&b->table, IFEVENT_LINK);
	netmsg_line(VETH, 0, &sb);
	feed(b, &sb, true);
	linktable_end(&b->table, IFEVENT_LINK);
	assert_int_equal(b->table.n_links, 1);
	assert_string_equal(linktable_name(&b->table, 1, "?"), "lo");
	assert_told(b, "");
	for (line = 2; line < 17; line++) {
		netmsg_line(VETH, line, &sb);
		feed(b, &sb, false);
	}
	assert_told(b,
	    "ANNOUNCE v1 arrival\n"
	    "IFINFO v1 down link-down\n"
	    "ANNOUNCE v0 arrival\n"
	    "IFINFO v0 down link-down\n"
	    "NEWADDR v0 10.9.0.1/24\n"
	    "IFINFO v0 up link-down\n"
	    "ADD 10.9.0.0/24 v0\n"
	    "IFINFO v1 up link-up\n"
	    "ADD fe80::/64 v1\n"
	    "IFINFO v1 up link-up\n"
	    "ADD fe80::/64 v0\n"
	    "IFINFO v0 up link-up\n"
	    "ADD default v0\n");
	r = linktable_default(&b->table, 4);
	assert_non_null(r);
	assert_string_equal(ipaddr_format(&r->gateway, false, text),
	    "10.9.0.2");
	assert_null(linktable_default(&b->table, 6));
	l = linktable_find(&b->table, 3);
	assert_true(l->up && l->running && l->n_addrs == 1);
	assert_false(b->table.stale);

	while (netmsg_line(VETH, line++, &sb))
		feed(b, &sb, false);
	/* The pair is gone, the bridge is left. */
	assert_non_null(strstr(strbuf_str(&b->told),
	    "ANNOUNCE v1 departure\ngone v1\nANNOUNCE vf1 arrival\n"
	    "IFINFO vf1 down link-down\n"));
	assert_non_null(strstr(strbuf_str(&b->told), "ADD default6 v0\n"));
	assert_non_null(strstr(strbuf_str(&b->told), "gone v0\n"));
	assert_non_null(strstr(strbuf_str(&b->told), "gone vf1\n"));
	assert_int_equal(b->table.n_links, 2);
	assert_string_equal(linktable_name(&b->table, 4, "?"), "br0");
	assert_int_equal(b->table.n_routes, 0);
	strbuf_fini(&sb);
}

static void
ipv4_routes_go_in_silence_with_their_interface(void **state)
{
	struct netmsg_bench *b = *state;
	struct strbuf sb = { 0 };
	size_t line;

	for (line = 0; line < 17; line++) {
		netmsg_line(VETH, line, &sb);
		feed(b, &sb, false);
	}
	assert_non_null(linktable_default(&b->table, 4));
	strbuf_reset(&b->told);
	b->table.stale = false;
	told_link(b, 16, 3, 0x1002, "v0", 0, false);
	assert_told(b, "IFINFO v0 down link-down\n");
	assert_null(linktable_default(&b->table, 4));
	assert_true(b->table.stale);
	strbuf_fini(&sb);
}

static void
what_an_answer_leaves_out_is_gone(void **state)
{
	struct netmsg_bench *b = *state;

	told_link(b, 16, 1, 1, "lo", 0, false);
	told_link(b, 16, 2, 1, "eth0", 0, false);
	told_link(b, 16, 3, 1, "eth1", 2, false);
	strbuf_reset(&b->told);
	linktable_begin(&b->table, IFEVENT_LINK);
	told_link(b, 16, 1, 1, "lo", 0, true);
	told_link(b, 16, 3, 1, "eth1", 0, true);
	/* Something happens meanwhile, and is not forgotten. */
	told_link(b, 16, 9, 1, "eth9", 0, false);
	linktable_end(&b->table, IFEVENT_LINK);
	assert_told(b,
	    "ANNOUNCE eth9 arrival\nIFINFO eth9 up link-down\ngone eth0\n");
	assert_int_equal(b->table.n_links, 3);
	assert_null(linktable_find(&b->table, 2));
	/* An answer about one kind says nothing of the others. */
	linktable_begin(&b->table, IFEVENT_ROUTE);
	linktable_end(&b->table, IFEVENT_ROUTE);
	assert_int_equal(b->table.n_links, 3);
	linktable_begin(&b->table, IFEVENT_ADDR);
	linktable_begin(&b->table, IFEVENT_ADDR);
	linktable_end(&b->table, IFEVENT_ADDR);
	assert_int_equal(b->table.n_links, 3);
}

static void
a_name_has_one_owner(void **state)
{
	struct netmsg_bench *b = *state;

	told_link(b, 16, 5, 1, "vf0", 0, false);
	strbuf_reset(&b->told);
	/* The departure of 5 was lost. */
	told_link(b, 16, 8, 0, "vf0", 0, false);
	assert_told(b,
	    "ANNOUNCE vf0 departure\ngone vf0\nANNOUNCE vf0 arrival\n"
	    "IFINFO vf0 down link-down\n");
	assert_int_equal(b->table.n_links, 1);
	assert_true(b->table.stale);
	/* One that nobody told of goes without a word. */
	told_link(b, 17, 77, 0, "x", 0, false);
	assert_told(b, "");
	/* And one without a name is not known. */
	told_link(b, 16, 78, 0, NULL, 0, false);
	assert_told(b, "");
	assert_int_equal(b->table.n_links, 1);
}

static void
tell_route(struct netmsg_bench *b, bool gone, unsigned gateway, uint32_t metric,
    bool replace)
{
	struct ifevent e = { .kind = IFEVENT_ROUTE,
		.gone = gone,
		.replace = replace,
		.index = 2,
		.metric = metric };

	assert_true(ipaddr_parse("0.0.0.0/0", &e.addr));
	e.gateway = (struct ipaddr){ 4, 32, { 10, 0, 0, (uint8_t)gateway } };
	linktable_take(&b->table, &e);
}

static void
of_default_routes_the_lowest_metric_wins(void **state)
{
	struct netmsg_bench *b = *state;

	told_link(b, 16, 2, 1, "eth0", 0, false);
	tell_route(b, false, 9, 200, false);
	tell_route(b, false, 1, 100, false);
	tell_route(b, false, 1, 100, false);
	assert_int_equal(b->table.n_routes, 2);
	assert_int_equal(linktable_default(&b->table, 4)->gateway.bytes[3], 1);
	tell_route(b, false, 2, 100, true); /* instead of 1 */
	assert_int_equal(b->table.n_routes, 2);
	assert_int_equal(linktable_default(&b->table, 4)->gateway.bytes[3], 2);
	tell_route(b, true, 2, 100, false);
	assert_int_equal(linktable_default(&b->table, 4)->gateway.bytes[3], 9);
	tell_route(b, true, 1, 100, false); /* that was not there */
	assert_int_equal(b->table.n_routes, 1);
}

static void
a_flood_is_bounded(void **state)
{
	struct netmsg_bench *b = *state;
	struct ifevent e = { .kind = IFEVENT_ADDR, .index = 2 };
	unsigned i;

	told_link(b, 16, 2, 1, "eth0", 0, false);
	for (i = 0; i < 3000; i++) {
		e.addr = (struct ipaddr){ 4, 24,
			{ 10, 0, (uint8_t)(i >> 8), (uint8_t)i } };
		e.kind = IFEVENT_ADDR;
		linktable_take(&b->table, &e);
		e.kind = IFEVENT_ROUTE;
		linktable_take(&b->table, &e);
	}
	assert_int_equal(b->table.links[0].n_addrs, LINKTABLE_ADDRS);
	assert_int_equal(b->table.n_routes, LINKTABLE_ROUTES);
	for (i = 0; i < LINKTABLE_LINKS + 10; i++) {
		e = (struct ifevent){ .kind = IFEVENT_LINK,
			.answer = true,
			.index = 100000 - i,
			.has = IFHAS_NAME };
		snprintf(e.name, sizeof(e.name), "x%u", i);
		/* Names are compared with each other: enough of them. */
		if (i < 300 || i >= LINKTABLE_LINKS)
			linktable_take(&b->table, &e);
	}
	assert_int_equal(b->table.n_links, 311);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_machine_is_followed_from_its_first_message_to_its_last),
		TEST(ipv4_routes_go_in_silence_with_their_interface),
		TEST(what_an_answer_leaves_out_is_gone),
		TEST(a_name_has_one_owner),
		TEST(of_default_routes_the_lowest_metric_wins),
		TEST(a_flood_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
