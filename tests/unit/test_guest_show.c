/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the guest's programs print: compared with the text that FreeBSD 12.1
 * printed in the recordings named in each test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "sim/guest/guest.h"
#include "sim/machine/inet.h"
#include "sim/machine/lagg.h"
#include "sim_rig.h"

static struct rig r;
static struct strbuf out, errors;
static int status;

static int
setup(void **state)
{
	(void)state;
	rig_init(&r,
	    "records vtnet.media = \"Ethernet 10Gbase-T <full-duplex>\" "
	    "\"Ethernet 10Gbase-T <full-duplex> (none)\"\n"
	    "records hn.media = \"Ethernet 10Gbase-T <full-duplex>\" "
	    "\"Ethernet 10Gbase-T <full-duplex>\"\n"
	    "records em.media = \"Ethernet autoselect (1000baseT "
	    "<full-duplex>)\"\n");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	rig_fini(&r);
	strbuf_fini(&out);
	strbuf_fini(&errors);
	return 0;
}

static void
note_end(void *ctx, const struct guest_end *end)
{
	(void)ctx;
	strbuf_reset(&out);
	strbuf_reset(&errors);
	strbuf_adds(&out, strbuf_str(end->out));
	strbuf_adds(&errors, strbuf_str(end->errors));
	status = end->status;
}

static void
type(const char *line)
{
	size_t argc, i;
	char **argv;

	status = -1;
	assert_true(guest_split(line, &argc, &argv));
	guest_exec(r.m, argc, argv, note_end, NULL);
	guest_words_free(argc, argv);
	assert_int_equal(status, -1); /* never from within the call */
	for (i = 0; i < 10000 && status == -1; i++)
		rig_run(&r, DUR_MS);
	assert_int_not_equal(status, -1);
}

static void
prints(const char *line, const char *wanted)
{
	type(line);
	assert_string_equal(strbuf_str(&errors), "");
	assert_string_equal(strbuf_str(&out), wanted);
	assert_int_equal(status, 0);
}

/* A NIC as the recordings have them: 52:54:00:aa:00:NN. */
static struct ifnet *
nic(enum ifkind kind, const char *name, const char *driver, uint8_t last)
{
	uint8_t mac[6] = { 0x52, 0x54, 0x00, 0xaa, 0x00, last };
	struct ifnet *ifp = ifnet_new(r.m, kind, name, mac);

	snprintf(ifp->vf.driver, sizeof(ifp->vf.driver), "%s", driver);
	ifp->link = LINK_UP;
	return ifp;
}

static struct ifnet *
running(struct ifnet *ifp)
{
	ifp->up = ifp->running = true;
	return ifp;
}

static void
give(struct ifnet *ifp, const char *text, uint8_t flags)
{
	struct ipaddr a;

	assert_true(ipaddr_parse(text, &a));
	assert_int_equal(inet_add(ifp, &a), 0);
	ifp->addr_flags[ifp->n_addrs - 1] = flags;
}

static struct ifnet *
loopback(void)
{
	static const uint8_t none[6];
	struct ifnet *lo = running(ifnet_new(r.m, KIND_LOOP, "lo0", none));

	lo->mtu = 16384;
	lo->capenable = CAP_RXCSUM | CAP_TXCSUM | CAP_LINKSTATE |
	    CAP_RXCSUM_IPV6 | CAP_TXCSUM_IPV6;
	give(lo, "::1/128", 0);
	give(lo, "fe80::1/64", 0);
	give(lo, "127.0.0.1/8", 0);
	return lo;
}

static struct ifnet *
aggregate(struct ifnet *first, struct ifnet *second)
{
	struct ifnet *lagg = lagg_new(r.m, "lagg0");

	running(lagg);
	lagg->lagg.ports[0] = first;
	lagg->lagg.ports[1] = second;
	lagg->lagg.n_ports = 2;
	lagg->lagg.primary = first;
	lagg->link = LINK_UP;
	memcpy(lagg->mac, first->own_mac, 6);
	return lagg;
}

/* f_unplug_vmx.before.ifconfig, without pflog0, which takes index 4. */
static const char plain_lagg[] =
    "vmx0: flags=8843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST> metric 0 "
    "mtu 1500\n"
    "\toptions=800028<VLAN_MTU,JUMBO_MTU>\n"
    "\tether 52:54:00:aa:00:02\n"
    "\tmedia: Ethernet autoselect\n"
    "\tstatus: active\n"
    "\tnd6 options=21<PERFORMNUD,AUTO_LINKLOCAL>\n"
    "vtnet0: flags=8843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST> metric 0 "
    "mtu 1500\n"
    "\toptions=80028<VLAN_MTU,JUMBO_MTU,LINKSTATE>\n"
    "\tether 52:54:00:aa:00:02\n"
    "\thwaddr 52:54:00:aa:00:01\n"
    "\tmedia: Ethernet 10Gbase-T <full-duplex>\n"
    "\tstatus: active\n"
    "\tnd6 options=21<PERFORMNUD,AUTO_LINKLOCAL>\n"
    "lo0: flags=8049<UP,LOOPBACK,RUNNING,MULTICAST> metric 0 mtu 16384\n"
    "\toptions=680003<RXCSUM,TXCSUM,LINKSTATE,RXCSUM_IPV6,TXCSUM_IPV6>\n"
    "\tinet6 ::1 prefixlen 128\n"
    "\tinet6 fe80::1%lo0 prefixlen 64 scopeid 0x3\n"
    "\tinet 127.0.0.1 netmask 0xff000000\n"
    "\tgroups: lo\n"
    "\tnd6 options=21<PERFORMNUD,AUTO_LINKLOCAL>\n"
    "lagg0: flags=8843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST> metric 0 "
    "mtu 1500\n"
    "\toptions=28<VLAN_MTU,JUMBO_MTU>\n"
    "\tether 52:54:00:aa:00:02\n"
    "\tinet6 fe80::5054:ff:feaa:2%lagg0 prefixlen 64 scopeid 0x4\n"
    "\tinet 10.0.2.15 netmask 0xffffff00 broadcast 10.0.2.255\n"
    "\tlaggproto failover lagghash l2,l3,l4\n"
    "\tlaggport: vmx0 flags=5<MASTER,ACTIVE>\n"
    "\tlaggport: vtnet0 flags=0<>\n"
    "\tgroups: lagg\n"
    "\tmedia: Ethernet autoselect\n"
    "\tstatus: active\n"
    "\tnd6 options=21<PERFORMNUD,AUTO_LINKLOCAL>\n";

static struct ifnet *
make_plain_lagg(void)
{
	struct ifnet *vmx = running(nic(KIND_VF, "vmx0", "vmx", 2)), *lagg;
	struct ifnet *vtnet = running(nic(KIND_VF, "vtnet0", "vtnet", 1));

	loopback();
	vmx->capenable = 0x800000 | CAP_VLAN_MTU | CAP_JUMBO_MTU;
	vtnet->capenable = CAP_VLAN_MTU | CAP_JUMBO_MTU | CAP_LINKSTATE;
	vtnet->mac[5] = 2;
	lagg = aggregate(vmx, vtnet);
	lagg->capenable = CAP_VLAN_MTU | CAP_JUMBO_MTU;
	give(lagg, "fe80::5054:ff:feaa:2/64", 0);
	give(lagg, "10.0.2.15/24", 0);
	return lagg;
}

static void
all_interfaces_are_shown_as_recorded(void **state)
{
	(void)state;
	make_plain_lagg();
	prints("ifconfig -a", plain_lagg);
	prints("ifconfig", plain_lagg);
	prints("ifconfig lagg0", strstr(plain_lagg, "lagg0: "));
	prints("ifconfig -l", "vmx0 vtnet0 lo0 lagg0\n");
}

/* The same recording's "ifconfig -v lagg0". */
static void
verbosity_adds_the_aggregates_statistics(void **state)
{
	struct ifnet *lagg = make_plain_lagg();

	(void)state;
	type("ifconfig -v lagg0");
	assert_non_null(strstr(strbuf_str(&out),
	    "\tlaggproto failover lagghash l2,l3,l4\n"
	    "\tlagg options:\n"
	    "\t\tflags=0<>\n"
	    "\t\tflowid_shift: 16\n"
	    "\tlagg statistics:\n"
	    "\t\tactive ports: 2\n"
	    "\t\tflapping: 0\n"
	    "\tlaggport: vmx0 flags=5<MASTER,ACTIVE>\n"));
	lagg->lagg.ports[1]->link = LINK_DOWN;
	lagg->lagg.ports[0]->up = false;
	type("ifconfig -v lagg0");
	assert_non_null(strstr(strbuf_str(&out), "active ports: 0\n"));
	assert_non_null(strstr(strbuf_str(&out),
	    "\tlaggport: vmx0 flags=1<MASTER>\n"
	    "\tlaggport: vtnet0 flags=0<>\n"));
}

/* a_stock_bringup_1.after.state: hn0 and lagg0. */
static void
an_hn_and_its_aggregate_are_shown_as_recorded(void **state)
{
	struct ifnet *vmx = running(nic(KIND_VF, "vmx0", "vmx", 1));
	struct ifnet *hn = running(nic(KIND_HN, "hn0", "", 1)), *lagg;

	(void)state;
	hn->capenable = CAP_VLAN_MTU | CAP_JUMBO_MTU | CAP_LINKSTATE;
	hn->link = LINK_DOWN;
	lagg = aggregate(vmx, hn);
	lagg->lagg.primary = hn;
	lagg->capenable = CAP_VLAN_MTU | CAP_JUMBO_MTU;
	lagg->no_dad = true;
	give(lagg, "10.0.2.15/24", 0);
	give(lagg, "fe80::5054:ff:feaa:1/64", 0);
	prints("ifconfig lagg0",
	    "lagg0: flags=8843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST> "
	    "metric 0 mtu 1500\n"
	    "\toptions=28<VLAN_MTU,JUMBO_MTU>\n"
	    "\tether 52:54:00:aa:00:01\n"
	    "\tinet 10.0.2.15 netmask 0xffffff00 broadcast 10.0.2.255\n"
	    "\tinet6 fe80::5054:ff:feaa:1%lagg0 prefixlen 64 scopeid 0x3\n"
	    "\tlaggproto failover lagghash l2,l3,l4\n"
	    "\tlaggport: vmx0 flags=4<ACTIVE>\n"
	    "\tlaggport: hn0 flags=1<MASTER>\n"
	    "\tgroups: lagg\n"
	    "\tmedia: Ethernet autoselect\n"
	    "\tstatus: active\n"
	    "\tnd6 options=121<PERFORMNUD,AUTO_LINKLOCAL,NO_DAD>\n");
	hn->ifdisabled = true;
	prints("ifconfig hn0",
	    "hn0: flags=8843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST> "
	    "metric 0 mtu 1500\n"
	    "\toptions=80028<VLAN_MTU,JUMBO_MTU,LINKSTATE>\n"
	    "\tether 52:54:00:aa:00:01\n"
	    "\tmedia: Ethernet 10Gbase-T <full-duplex>\n"
	    "\tstatus: no carrier\n"
	    "\tnd6 options=29<PERFORMNUD,IFDISABLED,AUTO_LINKLOCAL>\n");
}

/* b_lagg.before.ifconfig, f_unplug.replugged.ifconfig: NICs that are down. */
static void
a_nic_that_is_down_still_shows_its_media(void **state)
{
	struct ifnet *em = nic(KIND_VF, "em0", "em", 2), *vmx;

	(void)state;
	em->capenable = 0x81209b;
	prints("ifconfig em0",
	    "em0: flags=8802<BROADCAST,SIMPLEX,MULTICAST> metric 0 mtu 1500\n"
	    "\toptions=81209b<RXCSUM,TXCSUM,VLAN_MTU,VLAN_HWTAGGING,"
	    "VLAN_HWCSUM,WOL_MAGIC,VLAN_HWFILTER>\n"
	    "\tether 52:54:00:aa:00:02\n"
	    "\tmedia: Ethernet autoselect (1000baseT <full-duplex>)\n"
	    "\tstatus: active\n"
	    "\tnd6 options=21<PERFORMNUD,AUTO_LINKLOCAL>\n");
	snprintf(em->vf.driver, sizeof(em->vf.driver), "vtnet");
	em->link = LINK_DOWN; /* as vtnet0 in e_setlink.txt */
	type("ifconfig em0");
	assert_non_null(strstr(strbuf_str(&out),
	    "\tmedia: Ethernet 10Gbase-T <full-duplex> (none)\n"));
	vmx = nic(KIND_VF, "vmx0", "vmx", 2);
	vmx->capenable = 0xe403bb;
	type("ifconfig vmx0");
	assert_non_null(strstr(strbuf_str(&out),
	    "\toptions=e403bb<RXCSUM,TXCSUM,VLAN_MTU,VLAN_HWTAGGING,"
	    "JUMBO_MTU,VLAN_HWCSUM,TSO4,TSO6,VLAN_HWTSO,RXCSUM_IPV6,"
	    "TXCSUM_IPV6>\n"));
	/* f_vlan_unplug_vmx: the ghost of a NIC. */
	vmx->link = LINK_DOWN;
	type("ifconfig vmx0");
	assert_non_null(strstr(strbuf_str(&out),
	    "\tmedia: Ethernet autoselect (none)\n\tstatus: no carrier\n"));
}

/* g_vlan.txt and f_vlan_unplug_vmx.txt. */
static void
a_vlan_shows_its_parent_or_that_it_has_none(void **state)
{
	static const uint8_t none[6];
	struct ifnet *vlan = ifnet_new(r.m, KIND_VLAN, "vlan30", none);
	struct ifnet *lagg = lagg_new(r.m, "lagg0");

	(void)state;
	vlan->up = true;
	give(vlan, "fe80::5054:ff:feaa:2/64", SNAP_ADDR_TENTATIVE);
	prints("ifconfig vlan30",
	    "vlan30: flags=8803<UP,BROADCAST,SIMPLEX,MULTICAST> metric 0 "
	    "mtu 1500\n"
	    "\tether 00:00:00:00:00:00\n"
	    "\tinet6 fe80::5054:ff:feaa:2%vlan30 prefixlen 64 tentative "
	    "scopeid 0x1\n"
	    "\tgroups: vlan\n"
	    "\tvlan: 0 vlanpcp: 0 parent interface: <none>\n"
	    "\tnd6 options=21<PERFORMNUD,AUTO_LINKLOCAL>\n");
	running(vlan)->vlan.parent = lagg;
	vlan->vlan.tag = 5;
	vlan->link = LINK_UP;
	type("ifconfig vlan30");
	assert_non_null(strstr(strbuf_str(&out),
	    "\tgroups: vlan\n"
	    "\tvlan: 5 vlanpcp: 0 parent interface: lagg0\n"
	    "\tmedia: Ethernet autoselect\n"
	    "\tstatus: active\n"));
}

static void
an_ipv6_address_shows_what_is_known_of_it(void **state)
{
	struct ifnet *hn = nic(KIND_HN, "hn0", "", 1);

	(void)state;
	ifnet_set_caps(hn, 0, 0);
	hn->accept_rtadv = true;
	give(hn, "fd00::15/64", SNAP_ADDR_AUTOCONF);
	give(hn, "fd00::16/64", SNAP_ADDR_DUPLICATED | SNAP_ADDR_TENTATIVE);
	prints("ifconfig hn0 inet6",
	    "hn0: flags=8802<BROADCAST,SIMPLEX,MULTICAST> metric 0 mtu 1500\n"
	    "\tinet6 fd00::15 prefixlen 64 autoconf\n"
	    "\tinet6 fd00::16 prefixlen 64 tentative duplicated\n");
	type("ifconfig hn0");
	assert_non_null(strstr(strbuf_str(&out),
	    "\tnd6 options=23<PERFORMNUD,ACCEPT_RTADV,AUTO_LINKLOCAL>\n"));
}

/* bytes/state1.ifconfig: one family's addresses together, first the one whose
 * address came first. */
static void
addresses_stand_by_family(void **state)
{
	struct ifnet *lagg = lagg_new(r.m, "lagg0");

	(void)state;
	give(lagg, "fe80::5054:ff:feaa:1/64", SNAP_ADDR_TENTATIVE);
	give(lagg, "10.0.2.15/24", 0);
	give(lagg, "10.0.2.16/32", 0);
	give(lagg, "fd00::15/64", SNAP_ADDR_TENTATIVE);
	type("ifconfig lagg0");
	assert_non_null(strstr(strbuf_str(&out),
	    "\tinet6 fe80::5054:ff:feaa:1%lagg0 prefixlen 64 tentative "
	    "scopeid 0x1\n"
	    "\tinet6 fd00::15 prefixlen 64 tentative\n"
	    "\tinet 10.0.2.15 netmask 0xffffff00 broadcast 10.0.2.255\n"
	    "\tinet 10.0.2.16 netmask 0xffffffff broadcast 10.0.2.16\n"));
	prints("ifconfig lagg0 inet",
	    "lagg0: flags=8802<BROADCAST,SIMPLEX,MULTICAST> metric 0 "
	    "mtu 1500\n"
	    "\tinet 10.0.2.15 netmask 0xffffff00 broadcast 10.0.2.255\n"
	    "\tinet 10.0.2.16 netmask 0xffffffff broadcast 10.0.2.16\n");
}

/* f_vlan_unplug_vmx.txt: index 1 again, but last. */
static void
names_are_listed_in_the_order_of_arrival(void **state)
{
	struct ifnet *vmx = nic(KIND_VF, "vmx0", "vmx", 2);

	(void)state;
	running(nic(KIND_VF, "vtnet0", "vtnet", 1));
	loopback();
	ifnet_remove(vmx);
	vmx = nic(KIND_VF, "vmx0", "vmx", 2);
	assert_int_equal(vmx->index, 1);
	prints("ifconfig -l", "vtnet0 lo0 vmx0\n");
	prints("ifconfig -lu", "vtnet0 lo0\n");
	prints("ifconfig -l -d", "vmx0\n");
	vmx->in_jail = true;
	prints("ifconfig -l", "vtnet0 lo0\n");
	type("ifconfig vmx0");
	assert_string_equal(strbuf_str(&errors),
	    "ifconfig: interface vmx0 does not exist\n");
}

/* i_updown.txt, o_misc.txt */
static void
groups_and_flags_are_kept_and_shown(void **state)
{
	(void)state;
	nic(KIND_VF, "em0", "em", 2);
	lagg_new(r.m, "lagg0");
	prints("ifconfig em0 group uplink", "");
	prints("ifconfig lagg0 group uplink", "");
	prints("ifconfig em0 group wan", "");
	prints("ifconfig -g uplink", "em0\nlagg0\n");
	prints("ifconfig -g lagg", "lagg0\n");
	type("ifconfig em0");
	assert_non_null(strstr(strbuf_str(&out), "\tgroups: uplink wan\n"));
	type("ifconfig lagg0");
	assert_non_null(strstr(strbuf_str(&out), "\tgroups: lagg uplink\n"));
	type("ifconfig em0 group wan");
	assert_string_equal(strbuf_str(&errors),
	    "ifconfig: setifgroup: SIOCAIFGROUP: File exists\n");
	prints("ifconfig em0 -group uplink", "");
	type("ifconfig em0");
	assert_non_null(strstr(strbuf_str(&out), "\tgroups: wan\n"));
	prints("ifconfig em0 -group wan", "");
	type("ifconfig em0 -group wan");
	assert_int_equal(status, 1);
	prints("ifconfig em0 promisc", "");
	type("ifconfig em0");
	assert_non_null(strstr(strbuf_str(&out),
	    "flags=28902<BROADCAST,PROMISC,SIMPLEX,MULTICAST,PPROMISC>"));
	assert_null(strstr(strbuf_str(&out), "groups:"));
	prints("ifconfig em0 -promisc description \"the VF\"", "");
	type("ifconfig em0");
	assert_non_null(strstr(strbuf_str(&out),
	    "flags=8802<BROADCAST,SIMPLEX,MULTICAST> metric 0 mtu 1500\n"
	    "\tdescription: the VF\n\tether"));
}

/* --- other programs --- */

/* bytes/state1.netstat */
static const char tables[] =
    "Routing tables\n"
    "\n"
    "Internet:\n"
    "Destination        Gateway            Flags     Netif Expire\n"
    "default            10.0.2.2           UGS       lagg0\n"
    "10.0.2.0/24        link#5             U         lagg0\n"
    "10.0.2.15          link#5             UHS         lo0\n"
    "10.0.2.16          link#5             UHS         lo0\n"
    "10.0.2.16/32       link#5             U         lagg0\n"
    "127.0.0.1          link#3             UH          lo0\n"
    "\n"
    "Internet6:\n"
    "Destination                       Gateway                       "
    "Flags     Netif Expire\n"
    "default                           fd00::2                       "
    "UGS       lagg0\n"
    "::1                               link#3                        "
    "UH          lo0\n"
    "fd00::/64                         link#5                        "
    "U         lagg0\n"
    "fd00::15                          link#5                        "
    "UHS         lo0\n"
    "fe80::%lo0/64                     link#3                        "
    "U           lo0\n"
    "fe80::1%lo0                       link#3                        "
    "UHS         lo0\n"
    "fe80::%lagg0/64                   link#5                        "
    "U         lagg0\n"
    "fe80::5054:ff:feaa:1%lagg0        link#5                        "
    "UHS         lo0\n";

static void
routing_tables_are_shown_as_recorded(void **state)
{
	static const uint8_t none[6];
	struct ifnet *lagg;
	struct ipaddr gateway;

	(void)state;
	nic(KIND_VF, "vmx0", "vmx", 2);
	nic(KIND_VF, "vtnet0", "vtnet", 1);
	loopback();
	ifnet_new(r.m, KIND_TUN, "pflog0", none);
	lagg = lagg_new(r.m, "lagg0");
	give(lagg, "fe80::5054:ff:feaa:1/64", 0);
	give(lagg, "10.0.2.15/24", 0);
	give(lagg, "10.0.2.16/32", 0);
	give(lagg, "fd00::15/64", 0);
	ipaddr_parse("fd00::2", &gateway);
	assert_int_equal(inet_default_add(r.m, &gateway, NULL), 0);
	ipaddr_parse("10.0.2.2", &gateway);
	assert_int_equal(inet_default_add(r.m, &gateway, NULL), 0);
	prints("netstat -rn", tables);
	type("netstat -rn -f inet6");
	assert_string_equal(strbuf_str(&out) + strlen("Routing tables\n"),
	    strstr(tables, "\nInternet6"));
	type("netstat -rn -f inet");
	assert_int_equal(strlen(strbuf_str(&out)),
	    strstr(tables, "\nInternet6") - tables);
}

static void
the_default_route_is_told_added_and_deleted(void **state)
{
	struct ifnet *hn = running(nic(KIND_HN, "hn0", "", 1));

	(void)state;
	give(hn, "10.0.2.15/24", 0);
	type("route -n get default");
	assert_string_equal(strbuf_str(&errors),
	    "route: route has not been found\n");
	assert_int_equal(status, 255);
	prints("route add default 10.0.2.2",
	    "add net default: gateway 10.0.2.2\n");
	type("route -n get default");
	assert_non_null(strstr(strbuf_str(&out), "    gateway: 10.0.2.2\n"));
	assert_non_null(strstr(strbuf_str(&out), "  interface: hn0\n"));
	type("route add default 10.0.2.2");
	assert_int_equal(status, 1);
	assert_string_equal(strbuf_str(&out),
	    "add net default: gateway 10.0.2.2 fib 0: "
	    "route already in table\n");
	assert_string_equal(strbuf_str(&errors),
	    "route: writing to routing socket: File exists\n");
	prints("route delete default", "delete net default\n");
	type("route delete default");
	assert_string_equal(strbuf_str(&out),
	    "delete net default fib 0: not in table\n");
	assert_string_equal(strbuf_str(&errors),
	    "route: route has not been found\n");
	assert_int_equal(status, 1);
	type("route add default 192.168.7.1");
	assert_string_equal(strbuf_str(&out),
	    "add net default: gateway 192.168.7.1 fib 0: "
	    "Network is unreachable\n");
}

/* a_stock_bringup_1.*.state, o_misc.txt */
static void
sysctls_are_read_and_set(void **state)
{
	struct ifnet *hn = rig_hn(&r, "hn0", 1);

	(void)state;
	prints("sysctl dev.hn.0.vf", "dev.hn.0.vf: \n");
	rig_vf(&r, "vmx0", 1);
	prints("sysctl hw.hn dev.hn",
	    "hw.hn.vfmap: vmx0:hn0\n"
	    "hw.hn.vflist: vmx0\n"
	    "hw.hn.vf_transparent: 0\n"
	    "dev.hn.0.rxvf: \n"
	    "dev.hn.0.vf: vmx0\n"
	    "dev.hn.0.vf_xpnt_enabled: 0\n");
	hn->hn.rewrite = hn->hn.vf;
	prints("sysctl -n dev.hn.0.rxvf dev.hn.0.vf", "vmx0\nvmx0\n");
	prints("sysctl net.link.lagg.failover_rx_all=1",
	    "net.link.lagg.failover_rx_all: 0 -> 1\n");
	assert_int_equal(r.m->failover_rx_all, 1);
	prints("sysctl -n hw.bus.devctl_queue", "1000\n");
	type("sysctl kern.nosuch hw.hn.vflist");
	assert_string_equal(strbuf_str(&errors),
	    "sysctl: unknown oid 'kern.nosuch'\n");
	assert_string_equal(strbuf_str(&out), "hw.hn.vflist: vmx0\n");
	assert_int_equal(status, 1);
	prints("sysctl -qn kern.nosuch", "");
	type("sysctl hw.hn.vflist=1");
	assert_string_equal(strbuf_str(&errors),
	    "sysctl: oid 'hw.hn.vflist' is read only\n");
	type("sysctl hw.hn.vf_transparent=1");
	assert_string_equal(strbuf_str(&errors),
	    "sysctl: oid 'hw.hn.vf_transparent' is a read only tunable\n"
	    "sysctl: Tunable values are set in /boot/loader.conf\n");
	assert_false(r.m->transparent);
	prints("sysctl hw.bus kern.osreldate",
	    "hw.bus.devctl_queue: 1000\n"
	    "hw.bus.devctl_disable: 0\n"
	    "kern.osreldate: 1201000\n");
	prints("sysctl -n kern.vm_guest", "hv\n");
	type("sysctl kern.nosuch=1");
	assert_int_equal(status, 1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(all_interfaces_are_shown_as_recorded),
		T(verbosity_adds_the_aggregates_statistics),
		T(an_hn_and_its_aggregate_are_shown_as_recorded),
		T(a_nic_that_is_down_still_shows_its_media),
		T(a_vlan_shows_its_parent_or_that_it_has_none),
		T(an_ipv6_address_shows_what_is_known_of_it),
		T(addresses_stand_by_family),
		T(names_are_listed_in_the_order_of_arrival),
		T(groups_and_flags_are_kept_and_shown),
		T(routing_tables_are_shown_as_recorded),
		T(the_default_route_is_told_added_and_deleted),
		T(sysctls_are_read_and_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
