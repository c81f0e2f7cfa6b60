/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest's programs as they run: what they change, when, what they say of
 * mistakes, and how they end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "failover/rcvars.h"
#include "sim/guest/guest.h"
#include "sim/machine/hn.h"
#include "sim/machine/inet.h"
#include "sim/machine/lagg.h"
#include "sim_rig.h"

#define PROGRAM (INT64_C(300) * 1000) /* program.ifconfig, below */

static struct rig r;
static struct ifnet *hn;

struct told { /* of one program's end */
	int status, error;
	int64_t at_ns;
	char out[256], errors[256];
};

static int
setup(void **state)
{
	(void)state;
	rig_init(&r,
	    "delay program.sleep = 1ms\n"
	    "delay program.ifconfig = 300us\n");
	hn = rig_hn(&r, "hn0", 1);
	lagg_new(r.m, "lagg0");
	rig_run(&r, 10 * DUR_MS);
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
note_end(void *ctx, const struct guest_end *end)
{
	struct told *t = ctx;

	t->status = end->status;
	t->error = end->error;
	t->at_ns = r.m->clock.now_ns;
	snprintf(t->out, sizeof(t->out), "%s", strbuf_str(end->out));
	snprintf(t->errors, sizeof(t->errors), "%s", strbuf_str(end->errors));
}

static void
start(const char *line, struct told *t)
{
	size_t argc;
	char **argv;

	memset(t, 0, sizeof(*t));
	t->status = -1;
	assert_true(guest_split(line, &argc, &argv));
	guest_exec(r.m, argc, argv, note_end, t);
	guest_words_free(argc, argv);
}

/* The time it took. */
static int64_t
type(const char *line, struct told *t)
{
	int64_t from_ns = r.m->clock.now_ns;

	start(line, t);
	while (t->status == -1)
		rig_run(&r, 10 * DUR_US);
	return t->at_ns - from_ns;
}

static void
fails(const char *line, int status, const char *errors)
{
	struct told t;

	type(line, &t);
	assert_string_equal(t.errors, errors);
	assert_int_equal(t.status, status);
}

static void
works(const char *line, const char *out)
{
	struct told t;

	type(line, &t);
	assert_string_equal(t.errors, "");
	assert_string_equal(t.out, out);
	assert_int_equal(t.status, 0);
}

/* --- time --- */

static void
a_program_takes_its_own_time_once_and_each_further_call_the_kernels(
    void **state)
{
	struct told t;

	(void)state;
	assert_int_equal(type("ifconfig lagg0 up", &t), PROGRAM);
	assert_int_equal(type("ifconfig lagg0 descr a descr b descr c", &t),
	    PROGRAM + 2 * RIG_SYSCALL);
	assert_string_equal(ifnet_find(r.m, "lagg0")->descr, "c");
	assert_int_equal(type("ifconfig lagg0", &t), PROGRAM);
	assert_int_equal(type("ifconfig lagg0 media autoselect", &t), PROGRAM);
	assert_int_equal(type("service netif restart", &t), 10 * DUR_MS);
	assert_int_equal(type("sleep 1.5", &t), 1501 * DUR_MS);
	assert_int_equal(type("sleep 0", &t), DUR_MS);
	assert_int_equal(type("nosuch", &t), RIG_SYSCALL);
}

static void
output_is_of_the_moment_at_which_the_program_looks(void **state)
{
	struct told show, change;

	(void)state;
	start("ifconfig lagg0", &show);
	lagg_new(r.m, "lagg1");
	ifnet_find(r.m, "lagg0")->mtu = 9000;
	start("ifconfig lagg1 down", &change);
	rig_run(&r, DUR_MS);
	assert_non_null(strstr(show.out, "mtu 9000\n"));
}

/* --- ifconfig's changes and errors --- */

static void
an_interface_that_is_not_there_is_told_so(void **state)
{
	static const char wanted[] =
	    "ifconfig: interface mce7 does not exist\n";
	static const char *const lines[] = { "ifconfig mce7",
		"ifconfig mce7 up", "ifconfig mce7 inet 10.0.0.1/24",
		"ifconfig mce7 -alias", "ifconfig mce7 media autoselect",
		"ifconfig mce7 lro", "ifconfig mce7 laggport hn0",
		"ifconfig mce7 destroy" };
	struct told t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		type(lines[i], &t);
		if (strcmp(t.errors, wanted) != 0 || t.status != 1)
			fail_msg("%s: %d %s", lines[i], t.status, t.errors);
	}
}

/* FACTS.md E.3 5b: errors of ports are warnings. */
static void
a_port_that_cannot_join_is_a_warning_and_the_rest_is_done(void **state)
{
	struct ifnet *lagg = ifnet_find(r.m, "lagg0");

	(void)state;
	fails("ifconfig lagg0 laggport nic0 laggport hn0 up", 1,
	    "ifconfig: lagg0 nic0: SIOCSLAGGPORT: Invalid argument\n");
	assert_ptr_equal(hn->member_of, lagg);
	assert_true(lagg->up);
	works("ifconfig lagg0 laggport hn0", "");
	fails("ifconfig lagg0 -laggport nic0 down", 1,
	    "ifconfig: SIOCSLAGGDELPORT: Invalid argument\n");
	assert_true(lagg->up);
	lagg_new(r.m, "lagg1");
	fails("ifconfig lagg1 laggport hn0", 1,
	    "ifconfig: lagg1 hn0: SIOCSLAGGPORT: Device busy\n");
}

static void
an_address_without_alias_replaces_the_first_ipv4_one(void **state)
{
	(void)state;
	hn->ifdisabled = true; /* no link-local address */
	works("ifconfig hn0 inet 10.0.0.4/24", "");
	works("ifconfig hn0 inet 10.0.1.4/24 alias", "");
	assert_int_equal(hn->n_addrs, 2);
	works("ifconfig hn0 inet 10.0.2.4/24", "");
	assert_int_equal(hn->n_addrs, 2);
	assert_int_equal(hn->addrs[0].bytes[2], 1);
	assert_int_equal(hn->addrs[1].bytes[2], 2);
	works("ifconfig hn0 inet6 fd00::4/64", "");
	works("ifconfig hn0 inet6 fd00::5/64", "");
	works("ifconfig hn0 inet 10.0.3.4/24", "");
	assert_int_equal(hn->n_addrs, 4);
	assert_int_equal(hn->addrs[0].bytes[2], 2);
	assert_int_equal(hn->addrs[3].bytes[2], 3);
	fails("ifconfig hn0 inet 10.0.9.4 -alias", 1,
	    "ifconfig: ioctl (SIOCDIFADDR): Can't assign requested address\n");
}

static size_t
count_inet(const struct ifnet *ifp)
{
	size_t i, n = 0;

	for (i = 0; i < ifp->n_addrs; i++)
		n += ifp->addrs[i].family == 4;
	return n;
}

/* FACTS.md E.3 5e: the loop of hyperv_vfup ends when there is none. */
static void
minus_alias_alone_removes_the_first_until_there_is_none(void **state)
{
	(void)state;
	works("ifconfig hn0 inet 10.0.0.4/24", "");
	works("ifconfig hn0 inet 10.0.1.4/24 alias", "");
	works("ifconfig hn0 inet6 fd00::4/64", "");
	works("ifconfig hn0 -alias", "");
	assert_int_equal(count_inet(hn), 1);
	works("ifconfig hn0 -alias", "");
	assert_int_equal(count_inet(hn), 0);
	fails("ifconfig hn0 -alias", 1,
	    "ifconfig: ioctl (SIOCDIFADDR): Can't assign requested address\n");
}

static void
creating_prints_the_name_that_the_kernel_chose(void **state)
{
	(void)state;
	works("ifconfig lagg3 create", "");
	works("ifconfig lagg create", "lagg1\n");
	works("ifconfig lagg create up descr x", "lagg2\n");
	assert_true(ifnet_find(r.m, "lagg2")->up);
	works("ifconfig lagg create", "lagg4\n");
	fails("ifconfig lagg0 create", 1, "ifconfig: create: bad value\n");
	works("ifconfig lagg4 destroy", "");
	assert_null(ifnet_find(r.m, "lagg4"));
}

/* d_rename.txt */
static void
a_name_that_is_too_long_is_the_kernels_to_refuse(void **state)
{
	(void)state;
	fails("ifconfig hn0 name this_name_is_too_long_x", 1,
	    "ifconfig: ioctl SIOCSIFNAME (set name): File name too long\n");
	fails("ifconfig hn0 up sideways", 1, "ifconfig: sideways: bad value\n");
	assert_true(hn->up);
}

/* d_rename.txt, c_epair.txt, j_cdev.txt, g_vlan.txt */
static void
interfaces_of_all_kinds_come_and_go(void **state)
{
	(void)state;
	works("ifconfig lo7 create name lonew", "lonew\n");
	works("ifconfig lonew name lo9", "lo9\n");
	works("ifconfig lo9 destroy", "");
	works("ifconfig epair create", "epair0a\n");
	works("ifconfig epair0a name wan0", "wan0\n");
	works("ifconfig wan0 destroy", "");
	assert_null(ifnet_find(r.m, "epair0b"));
	works("ifconfig epair17 create", "epair17a\n");
	fails("ifconfig epair17 create", 1,
	    "ifconfig: SIOCIFCREATE2: File exists\n");
	works("ifconfig tun create", "tun0\n");
	works("ifconfig hn0.20 create", "");
	assert_int_equal(ifnet_find(r.m, "hn0.20")->vlan.tag, 20);
	works("ifconfig vlan30 create vlan 30 vlandev hn0 up", "");
	assert_true(ifnet_find(r.m, "vlan30")->up);
	works("ifconfig vlan30 -vlandev", "");
	assert_null(ifnet_find(r.m, "vlan30")->vlan.parent);
	fails("ifconfig vlan30 create vlan 30 vlandev hn0", 1,
	    "ifconfig: create: bad value\n");
	fails("ifconfig hn0 name lo0x name tun0", 1,
	    "ifconfig: ioctl SIOCSIFNAME (set name): File exists\n");
	assert_non_null(ifnet_find(r.m, "lo0x"));
	fails("ifconfig nosuch0 create", 1,
	    "ifconfig: SIOCIFCREATE2: Invalid argument\n");
	fails("ifconfig lo0x destroy", 1,
	    "ifconfig: SIOCIFDESTROY: Invalid argument\n");
}

static void
mtu_mac_and_capabilities_are_set(void **state)
{
	(void)state;
	ifnet_set_caps(hn, CAP_TSO4 | CAP_LRO | CAP_RXCSUM, CAP_TSO4 | CAP_LRO);
	works("ifconfig hn0 mtu 1400 -tso rxcsum txcsum", "");
	assert_int_equal(hn->mtu, 1400);
	assert_int_equal(hn->capenable, CAP_LRO | CAP_RXCSUM);
	works("ifconfig hn0 ether 52:54:00:aa:00:99", "");
	assert_int_equal(hn->mac[5], 0x99);
	works("ifconfig lagg0 laggport hn0", "");
	fails("ifconfig hn0 mtu 1500", 1,
	    "ifconfig: ioctl SIOCSIFMTU (set mtu): Invalid argument\n");
}

static void
an_interface_in_a_jail_is_not_seen(void **state)
{
	(void)state;
	works("ifconfig hn0 vnet 1", "");
	fails("ifconfig hn0", 1, "ifconfig: interface hn0 does not exist\n");
	works("ifconfig -l", "lagg0\n");
	works("ifconfig hn0 -vnet 1", "");
	works("ifconfig -l", "lagg0 hn0\n");
}

/* l_devd_seq.log: the bus stays, the driver comes back under its name. */
static void
devctl_takes_a_device_from_its_driver_and_gives_it_back(void **state)
{
	size_t before;

	(void)state;
	rig_vf(&r, "mce0", 1)->vf.bus = 1;
	before = r.trace->n_records;
	works("devctl detach mce0", "");
	assert_null(ifnet_find(r.m, "mce0"));
	assert_int_equal(rig_count(&r, before, "subsystem=mce0 type=DETACH"),
	    1);
	assert_int_equal(rig_count(&r, before, "-mce0_core"), 1);
	assert_int_equal(rig_count(&r, before, "-pci"), 0);
	fails("devctl detach mce0", 1,
	    "devctl: Failed to detach mce0: "
	    "No such file or directory\n");
	works("devctl attach pci0:1:0:0", "");
	assert_non_null(ifnet_find(r.m, "mce0"));
	assert_int_equal(rig_count(&r, before, "type=IFATTACH"), 1);
	assert_int_equal(rig_count(&r, before, "+mce0_core"), 1);
	assert_int_equal(rig_count(&r, before, "+pci"), 0);
	fails("devctl attach pci0:1:0:0", 1,
	    "devctl: Failed to attach pci0:1:0:0: "
	    "No such file or directory\n");
	works("ifconfig mce0 up", "");
}

/* --- processes --- */

static void
a_program_nobody_has_is_not_found(void **state)
{
	(void)state;
	fails("nosuch -x", 127, "nosuch: not found\n");
}

static void
a_daemon_goes_on_after_its_starter(void **state)
{
	struct told t;

	(void)state;
	works("daemon -f sleep 3", "");
	type("ps axo pid,command", &t);
	assert_non_null(strstr(t.out, "PID COMMAND\n"));
	assert_non_null(strstr(t.out, " sleep 3\n"));
	rig_run(&r, 4 * DUR_SEC);
	type("ps ax", &t);
	assert_null(strstr(t.out, "sleep"));
	works("daemon ifconfig lagg0 up", "");
	rig_run(&r, DUR_MS);
	assert_true(ifnet_find(r.m, "lagg0")->up);
}

static unsigned long
pid_of(const char *command)
{
	struct told t;
	const char *at;

	type("ps ax", &t);
	at = strstr(t.out, command);
	assert_non_null(at);
	while (at > t.out && at[-1] != '\n')
		at--;
	return strtoul(at, NULL, 10);
}

static void
a_signal_ends_a_sleep_at_once(void **state)
{
	struct told sleeper;
	char line[64];
	int64_t from_ns;

	(void)state;
	start("sleep 100", &sleeper);
	rig_run(&r, DUR_SEC);
	from_ns = r.m->clock.now_ns;
	snprintf(line, sizeof(line), "kill -TERM %lu", pid_of("sleep 100"));
	works(line, "");
	rig_run(&r, DUR_MS);
	assert_int_equal(sleeper.status, 143);
	assert_in_range(sleeper.at_ns - from_ns, 0, DUR_MS);
	snprintf(line + strlen(line), 2, " ");
	assert_int_equal(type(line, &sleeper), 0);
	assert_int_equal(sleeper.status, 1);
	assert_non_null(strstr(sleeper.errors, ": No such process\n"));
}

static void
a_signal_is_seen_after_the_call_that_is_under_way(void **state)
{
	struct told t;

	(void)state;
	start("ifconfig lagg7 create up", &t);
	rig_run(&r, 10 * DUR_MS); /* creating takes 30 ms */
	works("pkill -x ifconfig", "");
	assert_int_equal(t.status, -1);
	rig_run(&r, 100 * DUR_MS);
	assert_int_equal(t.status, 143);
	assert_false(ifnet_find(r.m, "lagg7")->up);
	fails("pkill -x ifconfig", 1, "");
}

static void
what_runs_when_the_machine_ends_is_forgotten(void **state)
{
	struct told a, b;

	(void)state;
	start("sleep 100", &a);
	start("ifconfig lagg7 create", &b);
	rig_run(&r, DUR_MS);
	rig_fini(&r);
	assert_int_equal(a.status, -1);
	assert_int_equal(b.status, -1);
	setup(state);
}

/* FACTS.md E.6, o_misc.txt */
static void
a_dhcp_client_is_started_found_and_ended(void **state)
{
	struct told t;
	char line[64];
	unsigned pid;

	(void)state;
	assert_int_equal(guest_client_pid(r.m, "hn0"), 0);
	fails("dhclient mce7", 1, "dhclient: mce7: not found\n");
	works("dhclient hn0",
	    "bound to 10.0.2.15 -- renewal in 43200 "
	    "seconds.\n");
	pid = guest_client_pid(r.m, "hn0");
	assert_int_not_equal(pid, 0);
	type("ps ax", &t);
	snprintf(line, sizeof(line), "%u dhclient: hn0 (dhclient)\n", pid);
	assert_non_null(strstr(t.out, line));
	type("dhclient -b hn0", &t);
	snprintf(line, sizeof(line),
	    "dhclient: dhclient already running, pid: %u.\n", pid);
	assert_string_equal(t.errors, line);
	assert_int_equal(t.status, 1);
	snprintf(line, sizeof(line), "kill %u", pid);
	works(line, "");
	assert_int_equal(guest_client_pid(r.m, "hn0"), 0);
	type(line, &t);
	assert_int_equal(t.status, 1);
	works("dhclient -b hn0", "");
	assert_true(guest_client_pid(r.m, "hn0") > pid);
	rig_hn(&r, "hn1", 2);
	works("dhclient -b hn1", "");
	snprintf(line, sizeof(line), "kill %u", guest_client_pid(r.m, "hn1"));
	works(line, "");
	assert_int_equal(guest_client_pid(r.m, "hn1"), 0);
	assert_int_not_equal(guest_client_pid(r.m, "hn0"), 0);
	works("dhclient -b hn1", "");
	works("pkill -x dhclient", "");
	assert_int_equal(guest_client_pid(r.m, "hn0"), 0);
	assert_int_equal(guest_client_pid(r.m, "hn1"), 0);
	fails("pkill -x dhclient", 1, "");
	hn_host_media(hn, false);
	rig_run(&r, DUR_SEC);
	fails("dhclient hn0", 1, "hn0: no link .............. giving up\n");
}

/* rc.d/dhclient */
static void
the_dhclient_service_asks_rc_conf(void **state)
{
	struct rcvars rc = { 0 };

	(void)state;
	r.m->rc = &rc;
	fails("service dhclient quietstart hn0", 1, "");
	fails("service dhclient start hn0", 1,
	    "'hn0' is not a DHCP-enabled interface\n");
	assert_int_equal(guest_client_pid(r.m, "hn0"), 0);
	rcvars_set(&rc, "ifconfig_hn0", "DHCP", 1, 1);
	works("service dhclient quietstart hn0", "");
	assert_int_not_equal(guest_client_pid(r.m, "hn0"), 0);
	works("service dhclient quietstart hn0", "");
	works("service dhclient restart hn0", "");
	works("service dhclient stop hn0", "");
	assert_int_equal(guest_client_pid(r.m, "hn0"), 0);
	r.m->rc = NULL;
	rcvars_fini(&rc);
}

/* rc.d/netif */
static void
the_netif_service_does_one_interface_or_all(void **state)
{
	struct ifnet *other = rig_hn(&r, "hn1", 2);
	struct rcvars rc = { 0 };

	(void)state;
	r.m->rc = &rc;
	rcvars_set(&rc, "ifconfig_hn0", "inet 10.0.0.4/24", 1, 1);
	rcvars_set(&rc, "ifconfig_hn1", "inet 10.0.1.4/24", 1, 1);
	works("service netif start hn1", "");
	assert_int_equal(count_inet(other), 1);
	assert_int_equal(count_inet(hn), 0);
	works("/etc/pccard_ether hn0 start", "");
	assert_int_equal(count_inet(hn), 1);
	works("service netif stop", "");
	assert_int_equal(count_inet(hn) + count_inet(other), 0);
	works("service netif restart", "");
	assert_int_equal(count_inet(hn), 1);
	assert_int_equal(count_inet(other), 1);
	r.m->rc = NULL;
	rcvars_fini(&rc);
}

static void
a_logged_text_is_a_note(void **state)
{
	(void)state;
	works("logger -t failover 'all is' well", "");
	assert_string_equal(r.trace->notes[r.trace->n_notes - 1].text,
	    "all is well");
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_program_takes_its_own_time_once_and_each_further_call_the_kernels),
		T(output_is_of_the_moment_at_which_the_program_looks),
		T(an_interface_that_is_not_there_is_told_so),
		T(a_port_that_cannot_join_is_a_warning_and_the_rest_is_done),
		T(an_address_without_alias_replaces_the_first_ipv4_one),
		T(minus_alias_alone_removes_the_first_until_there_is_none),
		T(creating_prints_the_name_that_the_kernel_chose),
		T(a_name_that_is_too_long_is_the_kernels_to_refuse),
		T(interfaces_of_all_kinds_come_and_go),
		T(mtu_mac_and_capabilities_are_set),
		T(an_interface_in_a_jail_is_not_seen),
		T(devctl_takes_a_device_from_its_driver_and_gives_it_back),
		T(a_program_nobody_has_is_not_found),
		T(a_daemon_goes_on_after_its_starter),
		T(a_signal_ends_a_sleep_at_once),
		T(a_signal_is_seen_after_the_call_that_is_under_way),
		T(what_runs_when_the_machine_ends_is_forgotten),
		T(a_dhcp_client_is_started_found_and_ended),
		T(the_dhclient_service_asks_rc_conf),
		T(the_netif_service_does_one_interface_or_all),
		T(a_logged_text_is_a_note),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
