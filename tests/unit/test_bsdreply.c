/* SPDX-License-Identifier: BSD-2-Clause */
/* What FreeBSD's kernel has answered, from the bytes of a real one, against
 * what ifconfig(8) said of the same moment; and what none answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_bsd.h"
#include "hex_lines.h"
#include "world/bsdlook.h"
#include "world/bsdreply.h"

#define DIR_ "fixtures/freebsd/"

static struct hex_line line;
static struct bsdrequest r;
static struct snap_if i;

static int
setup(void **state)
{
	(void)state;
	memset(&r, 0, sizeof(r));
	memset(&i, 0, sizeof(i));
	return 0;
}

static void
load(const char *file, const char *words)
{
	hex_line_find(file, words, &line);
	assert_true(line.bytes <= sizeof(r.data));
	memset(&r, 0, sizeof(r));
	memcpy(r.data, line.data, line.bytes);
}

/* SIOCGLAGG's two parts: "... reqall=HEX reqports=HEX". */
static void
load_lagg(const char *file)
{
	const char *hex;
	unsigned byte;
	size_t n;

	hex_line_find(file, "SIOCGLAGG lagg0", &line);
	memset(&r, 0, sizeof(r));
	memcpy(r.extra, line.data, line.bytes);
	hex = strstr(line.words, "reqall=");
	assert_non_null(hex);
	hex += 7;
	for (n = 0; n < 80; n++) {
		assert_int_equal(sscanf(hex + 2 * n, "%2x", &byte), 1);
		r.data[n] = (uint8_t)byte;
	}
}

/* "laggport: vmx0 flags=0<>" for each port of ours is in ifconfig's text. */
static void
ports_are_in(const char *file, size_t count)
{
	char *text = hex_text(file), want[64];
	size_t k;

	assert_int_equal(i.n_ports, count);
	for (k = 0; k < i.n_ports; k++) {
		snprintf(want, sizeof(want), "laggport: %s flags=%d<",
		    i.ports[k].name,
		    (i.ports[k].master ? 1 : 0) | (i.ports[k].active ? 4 : 0));
		assert_non_null(strstr(text, want));
	}
	free(text);
}

static void
ports_of_an_aggregate(void **state)
{
	(void)state;
	load_lagg(DIR_ "state1.hex");
	bsdreply_lagg(&r, &i);
	ports_are_in(DIR_ "state1.ifconfig", 2);
	load_lagg(DIR_ "state2.hex");
	bsdreply_lagg(&r, &i);
	ports_are_in(DIR_ "state2.ifconfig", 1);
	/* No more than there was room for. */
	r.data[40] = r.data[41] = 0xff;
	bsdreply_lagg(&r, &i);
	assert_int_equal(i.n_ports, 32);
	assert_string_equal(i.ports[0].name, "vtnet0");
	assert_string_equal(i.ports[31].name, "");
	/* A name without an end gets one. */
	memset(r.extra, 'x', 72);
	bsdreply_lagg(&r, &i);
	assert_string_equal(i.ports[0].name, "xxxxxxxxxxxxxxx");
}

static void
a_port_says_whose_it_is(void **state)
{
	char name[IFNAME_MAX];

	(void)state;
	load(DIR_ "state1.hex", "SIOCGLAGGPORT vmx0");
	bsdreply_port(&r, name);
	assert_string_equal(name, "lagg0");
}

static void
media_say_the_link(void **state)
{
	static const char *const up[] = { "lagg0", "vtnet0", "vmx0" };
	char words[64];
	size_t k;

	(void)state;
	for (k = 0; k < 3; k++) {
		snprintf(words, sizeof(words), "SIOCGIFMEDIA %s", up[k]);
		load(DIR_ "state1.hex", words);
		assert_int_equal(bsdreply_media(&r), LINK_UP);
	}
	r.data[24] = 1;
	assert_int_equal(bsdreply_media(&r), LINK_DOWN);
	r.data[24] = 2;
	assert_int_equal(bsdreply_media(&r), LINK_UNKNOWN);
}

static void
vlans(void **state)
{
	(void)state;
	memcpy(r.extra, "lagg0\0\0\0\0\0\0\0\0\0\0\0\x0a\x10\x00\x81", 20);
	bsdreply_vlan(&r, &i);
	assert_string_equal(i.vlan_parent, "lagg0");
	assert_int_equal(i.vlan_tag, 0x100a);
	/* Without a parent the tag means nothing. */
	r.extra[0] = '\0';
	bsdreply_vlan(&r, &i);
	assert_string_equal(i.vlan_parent, "");
	assert_int_equal(i.vlan_tag, 0);
}

static void
capabilities_flags_and_index(void **state)
{
	(void)state;
	memcpy(r.data + 16, "\xbb\x03\xe4\x00\x28\x00\x80\x00", 8);
	bsdreply_caps(&r, &i);
	assert_int_equal(i.caps, 0xe403bb);
	assert_int_equal(i.capenable, 0x800028);
	assert_int_equal(bsdreply_flags(&r), 0xe403bb);
	assert_int_equal(bsdreply_index(&r), 0x03bb);
}

static void
neighbour_options(void **state)
{
	(void)state;
	r.data[36] = 0x23;
	r.data[37] = 0x01;
	bsdreply_nd6(&r, &i);
	assert_true(i.accept_rtadv);
	assert_true(i.no_dad);
	/* Where IPv6 is disabled none is accepted. */
	r.data[36] = 0x2b;
	r.data[37] = 0;
	bsdreply_nd6(&r, &i);
	assert_false(i.accept_rtadv);
	assert_false(i.no_dad);
}

static void
flags_of_an_ipv6_address(void **state)
{
	(void)state;
	r.data[16] = 0x02;
	assert_int_equal(bsdreply_addr6(&r), SNAP_ADDR_TENTATIVE);
	r.data[16] = 0x46;
	assert_int_equal(bsdreply_addr6(&r),
	    SNAP_ADDR_TENTATIVE | SNAP_ADDR_DUPLICATED | SNAP_ADDR_AUTOCONF);
	r.data[16] = 0x90;
	assert_int_equal(bsdreply_addr6(&r), 0);
}

static void
descriptions_end(void **state)
{
	char text[8];

	(void)state;
	r.extra_bytes = 1024;
	memcpy(r.extra, "uplink", 7);
	bsdreply_descr(&r, text, sizeof(text));
	assert_string_equal(text, "uplink");
	memset(r.extra, 'a', 1024);
	bsdreply_descr(&r, text, sizeof(text));
	assert_string_equal(text, "aaaaaaa");
	r.extra_bytes = 3;
	bsdreply_descr(&r, text, sizeof(text));
	assert_string_equal(text, "aaa");
}

static void
names_have_a_driver_and_a_unit(void **state)
{
	char driver[IFNAME_MAX];
	int unit;

	(void)state;
	assert_true(bsdreply_unit("mlx5_core10", driver, &unit));
	assert_string_equal(driver, "mlx5_core");
	assert_int_equal(unit, 10);
	assert_false(bsdreply_unit("", driver, &unit));
	assert_false(bsdreply_unit("uplink", driver, &unit));
	assert_false(bsdreply_unit("10", driver, &unit));
	assert_false(bsdreply_unit("a99999999999", driver, &unit));
	assert_false(bsdreply_unit("a-very-long-driver0", driver, &unit));
}

static void
the_last_lease_counts(void **state)
{
	static const char text[] =
	    "lease {\n  interface \"hn0\";\n  fixed-address 10.0.0.9;\n}\n"
	    "lease {\n  fixed-address 10.0.0.10;\n  option routers 1.2.3.4;\n"
	    "}\nlease {\n  fixed-address x;\n  fixed-address fd00::1;\n}\n";
	struct ipaddr a = bsdreply_lease(text, sizeof(text) - 1);
	char buf[IPADDR_TEXT];

	(void)state;
	assert_string_equal(ipaddr_format(&a, false, buf), "10.0.0.10");
	/* Cut within an address, or before it. */
	a = bsdreply_lease(text, 49);
	assert_string_equal(ipaddr_format(&a, false, buf), "none");
	a = bsdreply_lease("fixed-address ", 14);
	assert_int_equal(a.family, 0);
	a = bsdreply_lease("", 0);
	assert_int_equal(a.family, 0);
}

/* --- looking --- */

static void
the_bus_is_found_through_the_device(void **state)
{
	struct fake_bsd bsd;
	struct fake_if *ixv;
	char parent[32];

	(void)state;
	fake_bsd_init(&bsd);
	ixv = fake_bsd_add(&bsd, "ixv0", 6, "00:00:00:00:00:01");
	snprintf(ixv->parent, sizeof(ixv->parent), "pci9");
	bsdlook_parent(&bsd.kernel, "ixv0", parent, sizeof(parent));
	assert_string_equal(parent, "pci9");
	bsdlook_parent(&bsd.kernel, "mce0", parent, sizeof(parent));
	assert_string_equal(parent, "pci1");
	bsdlook_parent(&bsd.kernel, "mlxen0", parent, sizeof(parent));
	assert_string_equal(parent, "pci2");
	bsdlook_parent(&bsd.kernel, "lagg0", parent, sizeof(parent));
	assert_string_equal(parent, "");
	bsdlook_parent(&bsd.kernel, "lo", parent, sizeof(parent));
	assert_string_equal(parent, "");
}

static void
a_renamed_hn_is_one_and_a_nic_named_like_one_is_not(void **state)
{
	struct bsdpairs none = { .count = 0 };
	struct snapshot s = { 0 };
	struct fake_bsd bsd;
	struct fake_if *hn;

	(void)state;
	fake_bsd_init(&bsd);
	hn = fake_bsd_add(&bsd, "hn3", 6, "00:00:00:00:00:01");
	snprintf(hn->name, sizeof(hn->name), "uplink");
	hn = fake_bsd_add(&bsd, "em0", 6, "00:00:00:00:00:02");
	snprintf(hn->name, sizeof(hn->name), "hn0");
	snapshot_reset(&s);
	assert_int_equal(bsdlook(&bsd.kernel, &none, NULL, NULL, NULL, &s), 0);
	assert_int_equal(snapshot_find(&s, "uplink")->class, IF_HN);
	assert_int_equal(snapshot_find(&s, "uplink")->unit, 3);
	assert_int_equal(snapshot_find(&s, "hn0")->class, IF_OTHER);
	/* When nobody knows of drivers, the name has to do. */
	bsd.no_drivers = true;
	snapshot_reset(&s);
	assert_int_equal(bsdlook(&bsd.kernel, &none, NULL, NULL, NULL, &s), 0);
	assert_int_equal(snapshot_find(&s, "uplink")->class, IF_OTHER);
	assert_int_equal(snapshot_find(&s, "hn0")->class, IF_HN);
	snapshot_fini(&s);
}

static void
interfaces_are_in_the_order_of_their_indexes(void **state)
{
	struct bsdpairs none = { .count = 0 };
	struct snapshot s = { 0 };
	struct fake_bsd bsd;

	(void)state;
	fake_bsd_init(&bsd);
	fake_bsd_add(&bsd, "em0", 6, "00:00:00:00:00:01")->index = 7;
	fake_bsd_put(&bsd, "em0", "10.0.0.1/24");
	bsd.next_index = 1;
	fake_bsd_add(&bsd, "em1", 6, "00:00:00:00:00:02");
	fake_bsd_put(&bsd, "em1", "10.0.1.1/24");
	fake_bsd_put(&bsd, "em1", "fe80::1/64");
	bsd.next_index = 7;
	snapshot_reset(&s);
	assert_int_equal(bsdlook(&bsd.kernel, &none, NULL, NULL, NULL, &s), 0);
	assert_string_equal(s.ifs[0].name, "em1");
	assert_int_equal(s.ifs[0].n_addrs, 2);
	assert_string_equal(s.ifs[1].name, "em0");
	assert_int_equal(s.ifs[1].n_addrs, 1);
	assert_int_equal(s.default_gateway.family, 0);
	snapshot_fini(&s);
}

/* --- a whole look at a real kernel --- */

static int
real_table(void *ctx, enum bsdkernel_table what, struct strbuf *out)
{
	(void)ctx;
	/* The dump has the routes of both families. */
	hex_line_find(DIR_ "state1.hex",
	    what == BSDKERNEL_INTERFACES ? "NET_RT_IFLISTL" : "NET_RT_DUMP",
	    &line);
	if (what == BSDKERNEL_ROUTES6)
		return 12;
	strbuf_add(out, line.data, line.bytes);
	return 0;
}

static int
real_ask(void *ctx, struct bsdrequest *ask)
{
	const char *name = (const char *)ask->data;
	char words[64];

	(void)ctx;
	if (ask->code == 0xc050698f && strcmp(name, "lagg0") == 0) {
		load_lagg(DIR_ "state1.hex");
		memcpy(ask->extra, r.extra, 144);
		memcpy(ask->data, r.data, 80);
		return 0;
	}
	if (ask->code != 0xc048698c ||
	    (strcmp(name, "vmx0") != 0 && strcmp(name, "vtnet0") != 0))
		return 22;
	snprintf(words, sizeof(words), "SIOCGLAGGPORT %.15s", name);
	hex_line_find(DIR_ "state1.hex", words, &line);
	memcpy(ask->data, line.data, line.bytes);
	return 0;
}

static int
real_nothing(void *ctx, uint32_t index, char *name, size_t bytes)
{
	(void)ctx;
	(void)index;
	(void)name;
	(void)bytes;
	return 2;
}

static int
real_get(void *ctx, const char *name, void *buf, size_t *bytes)
{
	(void)ctx;
	(void)buf;
	/* An answer of another size is no number. */
	if (strcmp(name, "net.link.lagg.failover_rx_all") != 0)
		return 2;
	*bytes = 1;
	return 0;
}

static bool
real_exists(void *ctx, const char *path)
{
	(void)ctx;
	(void)path;
	return false;
}

static int
real_read(void *ctx, const char *path, size_t most, struct strbuf *out)
{
	(void)ctx;
	(void)path;
	(void)most;
	(void)out;
	return 2;
}

static int
real_holder(void *ctx, const char *path)
{
	(void)ctx;
	(void)path;
	return 0;
}

static const struct bsdkernel_ops real_ops = {
	.ask = real_ask,
	.table = real_table,
	.driver = real_nothing,
	.get = real_get,
	.exists = real_exists,
	.read = real_read,
	.holder = real_holder,
};

static void
a_real_kernels_answers_make_a_snapshot(void **state)
{
	const struct bsdkernel real = { &real_ops, NULL };
	struct bsdpairs none = { .count = 0 };
	struct snapshot s = { 0 };
	const struct snap_if *lagg;
	char text[IPADDR_TEXT];

	(void)state;
	snapshot_reset(&s);
	assert_int_equal(bsdlook(&real, &none, NULL, NULL, NULL, &s), 0);
	assert_int_equal(s.n_ifs, 5);
	lagg = snapshot_find(&s, "lagg0");
	assert_int_equal(lagg->class, IF_LAGG);
	assert_int_equal(lagg->link, LINK_UP);
	assert_true(lagg->up && lagg->running);
	assert_int_equal(lagg->n_addrs, 4);
	assert_true(snap_port_find(lagg, "vtnet0")->active);
	assert_true(snap_port_find(lagg, "vtnet0")->master);
	assert_false(snap_port_find(lagg, "vmx0")->active);
	assert_string_equal(snapshot_find(&s, "vmx0")->lagg, "lagg0");
	assert_string_equal(snapshot_find(&s, "vtnet0")->lagg, "lagg0");
	assert_string_equal(snapshot_find(&s, "lo0")->lagg, "");
	assert_int_equal(snapshot_find(&s, "lo0")->class, IF_OTHER);
	assert_string_equal(ipaddr_format(&s.default_gateway, false, text),
	    "10.0.2.2");
	assert_string_equal(s.default_if, "lagg0");
	assert_int_equal(s.default_gateway6.family, 0);
	assert_int_equal(s.vf_transparent, -1);
	assert_int_equal(s.failover_rx_all, -1);
	snapshot_fini(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH(t) cmocka_unit_test_setup(t, setup)
		WITH(ports_of_an_aggregate),
		WITH(a_port_says_whose_it_is),
		WITH(media_say_the_link),
		WITH(vlans),
		WITH(capabilities_flags_and_index),
		WITH(neighbour_options),
		WITH(flags_of_an_ipv6_address),
		WITH(descriptions_end),
		WITH(names_have_a_driver_and_a_unit),
		WITH(the_last_lease_counts),
		WITH(the_bus_is_found_through_the_device),
		WITH(a_renamed_hn_is_one_and_a_nic_named_like_one_is_not),
		WITH(interfaces_are_in_the_order_of_their_indexes),
		WITH(a_real_kernels_answers_make_a_snapshot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
