/* SPDX-License-Identifier: BSD-2-Clause */
/* A look at FreeBSD's interfaces of which not all is there, or too much is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fake_bsd.h"
#include "hex_lines.h"
#include "world/bsdlook.h"
#include "world/bsdmsg.h"

static struct fake_bsd bsd;
static struct bsdkernel_ops ops;
static struct bsdkernel kernel;
static struct bsdpairs pairs;
static struct snapshot seen;
/* What is made of the fake's tables. */
static size_t left_out;	     /* bytes at the table's end */
static uint32_t wrong_index; /* of the last address */
static bool more_routes;

static int
table(void *ctx, enum bsdkernel_table what, struct strbuf *out)
{
	size_t start = out->bytes;
	int rc = bsd.kernel.ops->table(ctx, what, out);

	if (what == BSDKERNEL_INTERFACES) {
		out->bytes -= left_out;
		/* Its last message: a header of 176 bytes, mask, address. */
		if (wrong_index != 0)
			out->data[out->bytes - 208 + 12] = (char)wrong_index;
	}
	if (what == BSDKERNEL_ROUTES && more_routes) {
		/* Twice: the first goes to a net, the third is cut. */
		size_t bytes = out->bytes - start;
		char copy[1024];

		memcpy(copy, out->data + start, bytes);
		out->data[start + 152 + 4] = 10;
		out->data[start + 8] &= ~1; /* nor is it up */
		strbuf_add(out, copy, bytes / 2);
	}
	return rc;
}

static int
setup(void **state)
{
	(void)state;
	fake_bsd_init(&bsd);
	ops = *bsd.kernel.ops;
	ops.table = table;
	kernel.ops = &ops;
	kernel.ctx = &bsd;
	memset(&pairs, 0, sizeof(pairs));
	memset(&seen, 0, sizeof(seen));
	left_out = 0;
	wrong_index = 0;
	more_routes = false;
	fake_bsd_add(&bsd, "em0", 6, "00:00:00:00:00:01");
	fake_bsd_add(&bsd, "em1", 6, "00:00:00:00:00:02");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	snapshot_fini(&seen);
	return 0;
}

static int
look(void)
{
	snapshot_reset(&seen);
	return bsdlook(&kernel, &pairs, NULL, NULL, NULL, &seen);
}

static void
a_table_that_is_cut_has_what_is_before(void **state)
{
	(void)state;
	left_out = 1;
	assert_int_equal(look(), 0);
	assert_int_equal(seen.n_ifs, 1);
	assert_string_equal(seen.ifs[0].name, "em0");
}

static void
an_address_of_another_interface_is_not_taken(void **state)
{
	(void)state;
	fake_bsd_put(&bsd, "em1", "10.0.0.4/24");
	assert_int_equal(look(), 0);
	assert_int_equal(seen.ifs[1].n_addrs, 1);
	wrong_index = 1;
	assert_int_equal(look(), 0);
	assert_int_equal(seen.ifs[0].n_addrs, 0);
	assert_int_equal(seen.ifs[1].n_addrs, 0);
}

static void
the_default_route_is_found_among_others(void **state)
{
	(void)state;
	ipaddr_parse("10.0.0.1", &bsd.gateway);
	bsd.gateway_if = 2;
	assert_int_equal(look(), 0);
	assert_string_equal(seen.default_if, "em1");
	more_routes = true;
	assert_int_equal(look(), 0);
	assert_string_equal(seen.default_if, "");
	assert_int_equal(seen.default_gateway.family, 0);
}

static void
a_vf_whose_driver_is_not_asked_keeps_its_link(void **state)
{
	(void)state;
	pairs.count = 1;
	strcpy(pairs.pairs[0].synth, "em0");
	strcpy(pairs.pairs[0].fits, "em1");
	strcpy(bsd.ifs[1].parent, "pci1");
	bsd.ifs[1].link = 2;
	bsd.ifs[1].media_down = true;
	assert_int_equal(look(), 0);
	assert_int_equal(seen.ifs[1].link, LINK_DOWN);
	bsd.fails = BSD_SIOCGIFMEDIA;
	bsd.result = 6;
	assert_int_equal(look(), 0);
	assert_int_equal(seen.ifs[1].link, LINK_UP);
}

/* 15 letters, and the kernel gives the NUL as well. */
static void
a_vf_may_have_the_longest_name(void **state)
{
	const struct snap_if *hn;
	struct fake_if *vf;

	(void)state;
	fake_bsd_add(&bsd, "hn0", 6, "00:00:00:00:00:09");
	vf = fake_bsd_add(&bsd, "accelerated_nic", 6, "00:00:00:00:00:09");
	strcpy(vf->parent, "pci1");
	fake_bsd_follow(&bsd);
	assert_int_equal(look(), 0);
	hn = snapshot_find(&seen, "hn0");
	assert_string_equal(hn->vf, "accelerated_nic");
}

/* --- a real kernel's tables: lagg0 has two addresses --- */

static struct hex_line interfaces, routes;
static bool no_nets; /* what leads to no gateway is left out */
static int no_routes;

static int
real_table(void *ctx, enum bsdkernel_table what, struct strbuf *out)
{
	struct bsdmsg m;
	size_t at, step;

	(void)ctx;
	if (what == BSDKERNEL_INTERFACES)
		strbuf_add(out, (char *)interfaces.data, interfaces.bytes);
	if (what != BSDKERNEL_ROUTES)
		return 0;
	for (at = 0; at < routes.bytes; at += step) {
		step = bsdmsg_next(routes.data + at, routes.bytes - at,
		    BSDMSG_SOCKET, &m);
		if (!no_nets || m.gateway.family != 0)
			strbuf_add(out, (char *)routes.data + at, step);
	}
	out->bytes -= left_out;
	return no_routes;
}

static int
real_driver(void *ctx, uint32_t index, char *name, size_t bytes)
{
	(void)ctx;
	snprintf(name, bytes, "%s", index == 5 ? "lagg0" : "em0");
	return 0;
}

static int
real_setup(void **state)
{
	setup(state);
	ops.table = real_table;
	ops.driver = real_driver;
	hex_line_find("fixtures/freebsd/state1.hex", "NET_RT_IFLISTL",
	    &interfaces);
	hex_line_find("fixtures/freebsd/state1.hex", "NET_RT_DUMP", &routes);
	no_nets = false;
	no_routes = 0;
	return 0;
}

static uint8_t
flags_of(const char *ifname, const char *text)
{
	const struct snap_if *i = snapshot_find(&seen, ifname);
	struct ipaddr a;
	size_t n;

	assert_non_null(i);
	ipaddr_parse(text, &a);
	for (n = 0; n < i->n_addrs; n++)
		if (ipaddr_equal(&i->addrs[n], &a))
			return i->addr_flags[n];
	fail();
	return 0;
}

static void
an_address_lacks_the_route_that_is_in_no_table(void **state)
{
	(void)state;
	assert_int_equal(look(), 0);
	assert_int_equal(flags_of("lagg0", "10.0.2.15/24"), 0);
	no_nets = true;
	assert_int_equal(look(), 0);
	assert_int_equal(flags_of("lagg0", "10.0.2.15/24"), SNAP_ADDR_UNROUTED);
	assert_int_equal(flags_of("lagg0", "10.0.2.16/32"), 0);
	assert_int_equal(flags_of("lagg0", "fd00::15/64"), 0);
	assert_int_equal(flags_of("lo0", "127.0.0.1/8"), 0);
	assert_string_equal(seen.default_if, "lagg0");
}

static void
of_a_cut_table_nothing_is_known_to_be_missing(void **state)
{
	(void)state;
	no_nets = true;
	left_out = 1;
	assert_int_equal(look(), 0);
	assert_int_equal(flags_of("lagg0", "10.0.2.15/24"), 0);
	assert_string_equal(seen.default_if, "lagg0");
	left_out = 0;
	no_routes = 12;
	assert_int_equal(look(), 0);
	assert_int_equal(flags_of("lagg0", "10.0.2.15/24"), 0);
	assert_int_equal(seen.default_gateway.family, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
		WITH(a_table_that_is_cut_has_what_is_before),
		WITH(an_address_of_another_interface_is_not_taken),
		WITH(the_default_route_is_found_among_others),
		WITH(a_vf_whose_driver_is_not_asked_keeps_its_link),
		WITH(a_vf_may_have_the_longest_name),
#define REAL(t) cmocka_unit_test_setup_teardown(t, real_setup, teardown)
		REAL(an_address_lacks_the_route_that_is_in_no_table),
		REAL(of_a_cut_table_nothing_is_known_to_be_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
