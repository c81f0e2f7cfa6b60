/* SPDX-License-Identifier: BSD-2-Clause */
/* The two scripts of FreeBSD, step by step (FACTS.md E.2, E.3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "failover/stock.h"

static struct rcvars rc;
static struct snapshot snap;
static struct stock p;
static struct operation op;
static int64_t delay;

static struct snap_if *
add_if(const char *name, enum if_class class)
{
	struct snap_if *i = snapshot_add(&snap);

	snprintf(i->name, sizeof(i->name), "%s", name);
	i->class = class;
	return i;
}

static int
setup(void **state)
{
	struct snap_if *hn;

	(void)state;
	memset(&rc, 0, sizeof(rc));
	memset(&snap, 0, sizeof(snap));
	rcvars_set(&rc, "ifconfig_hn0", "inet 10.0.0.4/24 up", 1, 1);
	hn = add_if("hn0", IF_HN);
	strcpy(hn->vf, "mce1");
	ipaddr_parse("10.0.0.4/24", &hn->addrs[0]);
	hn->n_addrs = 1;
	add_if("mce1", IF_OTHER);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	rcvars_fini(&rc);
	snapshot_fini(&snap);
	return 0;
}

static struct snap_if *
get(const char *name)
{
	return (struct snap_if *)(uintptr_t)snapshot_find(&snap, name);
}

/* The next step after one that ended with this result; for an operation its
 * words, a program's name before them. */
static const char *
next(int result)
{
	static const char *const verbs[] = { "", "sleep", "spawn", "custom",
		"done" };
	static char text[160];
	struct strbuf words = { 0 };
	enum stock_verb v = stock_next(&p, &snap, &rc, result, &op, &delay);

	if (v != STOCK_OPERATION)
		return verbs[v];
	if (op.kind == OP_PROCESS)
		strbuf_adds(&words, op.text);
	else
		operation_text(&op, &words);
	snprintf(text, sizeof(text), "%s: %s", op.program, strbuf_str(&words));
	strbuf_fini(&words);
	return text;
}

/* --- hyperv_vfattach --------------------------------------------------------
 */

static void
vfattach_leaves_a_sleeper_behind_for_a_vf(void **state)
{
	(void)state;
	stock_vfattach(&p, "mce1");
	assert_string_equal(next(0), "sh: hyperv_vfattach");
	assert_string_equal(next(0), "sysctl: hw.hn.vf_transparent");
	assert_string_equal(next(0), "sysctl: hw.hn.vflist");
	assert_string_equal(next(0), "daemon: daemon -f hyperv_vfattach");
	assert_string_equal(next(0), "spawn");
	assert_int_equal(delay, 2 * DUR_SEC);
	assert_string_equal(next(0), "done");
}

static void
vfattach_leaves_alone_what_is_not_in_the_vflist(void **state)
{
	(void)state;
	stock_vfattach(&p, "mce");
	assert_string_equal(next(0), "sh: hyperv_vfattach");
	assert_string_equal(next(0), "sysctl: hw.hn.vf_transparent");
	assert_string_equal(next(0), "sysctl: hw.hn.vflist");
	assert_string_equal(next(0), "done");
}

static void
vfattach_does_nothing_in_transparent_mode(void **state)
{
	(void)state;
	snap.vf_transparent = 1;
	stock_vfattach(&p, "mce1");
	assert_string_equal(next(0), "sh: hyperv_vfattach");
	assert_string_equal(next(0), "sysctl: hw.hn.vf_transparent");
	assert_string_equal(next(0), "done");
}

static void
vfattach_takes_a_kernel_without_the_sysctl_for_non_transparent(void **state)
{
	(void)state;
	snap.vf_transparent = -1;
	stock_vfattach(&p, "mce1");
	next(0);
	next(0);
	assert_string_equal(next(0), "sysctl: hw.hn.vflist");
}

static void
vfattachs_delay_is_what_rc_conf_says_from_two_seconds_on(void **state)
{
	static const struct {
		const char *value;
		int64_t seconds;
	} rows[] = { { "120", 120 }, { "2", 2 }, { "1", 2 }, { "0", 2 },
		{ "-5", 2 }, { "abc", 2 }, { "", 2 }, { "3s", 2 } };
	size_t i;
	int k;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rcvars_set(&rc, "hyperv_vf_delay", rows[i].value, 1, 1);
		stock_vfattach(&p, "mce1");
		for (k = 0; k < 4; k++)
			next(0);
		assert_string_equal(next(0), "spawn");
		assert_int_equal(delay, rows[i].seconds * DUR_SEC);
	}
}

static void
the_sleeper_ups_its_name_without_another_look(void **state)
{
	(void)state;
	stock_vfattach_delayed(&p, "mce1", 7 * DUR_SEC);
	assert_string_equal(next(0), "sysctl: hw.hn.vf_transparent");
	assert_string_equal(next(0), "sleep");
	assert_int_equal(delay, 7 * DUR_SEC);
	get("hn0")->vf[0] = '\0'; /* the VF is gone, or another's */
	assert_string_equal(next(0), "ifconfig: mce1 up");
	assert_string_equal(next(6), "done");
}

/* --- hyperv_vfup ------------------------------------------------------------
 */

static void
begin_vfup(void)
{
	stock_vfup(&p, "hn0");
	assert_string_equal(next(0), "rc: hyperv_vfup");
	assert_string_equal(next(0), "sysctl: dev.hn.N.vf");
	assert_string_equal(next(0), "ifconfig: does the lagg exist?");
}

static void
vfup_makes_a_new_lagg_in_this_order(void **state)
{
	(void)state;
	begin_vfup();
	assert_string_equal(next(0), "ifconfig: lagg0 create failover");
	assert_string_equal(next(0), "ifconfig: lagg0 port-add hn0");
	/* One ifconfig for both ports, and what it says is not looked at. */
	assert_string_equal(next(22), ": lagg0 port-add mce1");
	assert_string_equal(next(16), "ifconfig: lagg0 no_dad");
	assert_string_equal(next(0), "ifconfig: hn0 address-del 10.0.0.4/24");
	get("hn0")->n_addrs = 0;
	assert_string_equal(next(0), "ifconfig: -alias fails, the loop ends");
	assert_string_equal(next(0), "ifconfig: lagg0 address-add 10.0.0.4/24");
	assert_string_equal(next(0), "done");
}

static void
vfup_ends_when_the_lagg_cannot_be_made(void **state)
{
	(void)state;
	begin_vfup();
	assert_string_equal(next(0), "ifconfig: lagg0 create failover");
	assert_string_equal(next(12), "done");
}

static void
vfup_strips_every_address_and_sets_those_of_rc_conf(void **state)
{
	struct snap_if *hn = get("hn0");

	(void)state;
	ipaddr_parse("10.7.7.7/16", &hn->addrs[1]); /* not of rc.conf */
	hn->n_addrs = 2;
	begin_vfup();
	while (strcmp(next(0), "ifconfig: lagg0 no_dad") != 0)
		;
	assert_string_equal(next(0), "ifconfig: hn0 address-del 10.0.0.4/24");
	hn->addrs[0] = hn->addrs[1];
	hn->n_addrs = 1;
	assert_string_equal(next(0), "ifconfig: hn0 address-del 10.7.7.7/16");
	hn->n_addrs = 0;
	next(0);
	assert_string_equal(next(0), "ifconfig: lagg0 address-add 10.0.0.4/24");
	assert_string_equal(next(0), "done");
}

/* The steps of a first vfup behind the removal of hn's addresses, joined by
 * "; ". */
static const char *
after_the_strip(const char *ifconfig_hn0)
{
	static char text[400];
	const char *step;

	rcvars_set(&rc, "ifconfig_hn0", ifconfig_hn0, 1, 1);
	get("hn0")->n_addrs = 0;
	begin_vfup();
	do
		step = next(0);
	while (strstr(step, "the loop ends") == NULL);
	text[0] = '\0';
	while (strcmp(step = next(0), "done") != 0) {
		if (text[0] != '\0')
			strcat(text, "; ");
		strcat(text, step);
	}
	return text;
}

static void
vfup_starts_a_dhcp_client_on_the_lagg_and_kills_none(void **state)
{
	(void)state;
	assert_string_equal(after_the_strip("DHCP"),
	    "ifconfig: lagg0 up; dhclient: lagg0 dhclient start");
	assert_string_equal(after_the_strip("SYNCDHCP mtu 9000"),
	    "ifconfig: lagg0 up; dhclient: lagg0 dhclient start and wait");
}

static void
vfup_carries_the_words_of_ifconfig_over(void **state)
{
	(void)state;
	assert_string_equal(after_the_strip("10.0.0.4/24 mtu 9000 up"),
	    "ifconfig: lagg0 mtu 9000; : lagg0 address-add 10.0.0.4/24");
	assert_string_equal(after_the_strip("up"), "ifconfig: lagg0 up");
	assert_string_equal(after_the_strip("-tso"), "");
}

static void
quoted_arguments_break_vfups_ifconfig(void **state)
{
	(void)state;
	assert_string_equal(after_the_strip(
				"inet 10.0.0.4/24 description \"a b\""),
	    "ifconfig: its arguments are broken");
	assert_string_equal(after_the_strip("inet '10.0.0.4/24'"),
	    "ifconfig: its arguments are broken");
	assert_string_equal(after_the_strip(
				"inet 10.0.0.4/24 description \"uplink\""),
	    "ifconfig: lagg0 address-add 10.0.0.4/24");
}

static void
vfattach_sees_no_delay_that_rc_conf_local_sets(void **state)
{
	(void)state;
	rcvars_set_in(&rc, RC_CONF_LOCAL, NULL, "hyperv_vf_delay", "60", 1, 1);
	stock_vfattach(&p, "mce1");
	while (strcmp(next(0), "spawn") != 0)
		continue;
	assert_int_equal(delay, 2 * DUR_SEC);
}

static void
vfup_never_sets_a_default_route_or_ups_hn(void **state)
{
	const char *step;

	(void)state;
	rcvars_set(&rc, "defaultrouter", "10.0.0.1", 2, 1);
	begin_vfup();
	for (;;) {
		step = next(0);
		if (strcmp(step, "done") == 0)
			break;
		assert_null(strstr(step, "default"));
		assert_null(strstr(step, "hn0 up"));
		if (strstr(step, "address-del") != NULL)
			get("hn0")->n_addrs = 0;
	}
}

static void
vfup_only_adds_the_port_to_a_lagg_that_exists(void **state)
{
	(void)state;
	add_if("lagg0", IF_LAGG);
	begin_vfup();
	assert_string_equal(next(0), "ifconfig: laggport present?");
	assert_string_equal(next(0), "ifconfig: lagg0 port-add mce1");
	assert_string_equal(next(0), "done");
}

static void
put_port(const char *name)
{
	struct snap_if *lagg = get("lagg0");

	strcpy(lagg->ports[lagg->n_ports++].name, name);
}

static void
vfup_leaves_a_port_that_is_there(void **state)
{
	(void)state;
	add_if("lagg0", IF_LAGG);
	put_port("hn0");
	put_port("mce1");
	begin_vfup();
	assert_string_equal(next(0), "ifconfig: laggport present?");
	assert_string_equal(next(0), "done");
}

static void
vfup_takes_mce10_for_mce1_as_its_grep_does(void **state)
{
	(void)state;
	add_if("lagg0", IF_LAGG);
	put_port("hn0");
	put_port("mce10");
	begin_vfup();
	assert_string_equal(next(0), "ifconfig: laggport present?");
	assert_string_equal(next(0), "done");
	/* The other way round the pattern is too long to be found. */
	get("lagg0")->n_ports = 0;
	put_port("mce1");
	strcpy(get("hn0")->vf, "mce10");
	begin_vfup();
	assert_string_equal(next(0), "ifconfig: laggport present?");
	assert_string_equal(next(0), "ifconfig: lagg0 port-add mce10");
}

static void
vfup_ends_when_the_vf_is_gone_already(void **state)
{
	(void)state;
	get("hn0")->vf[0] = '\0';
	stock_vfup(&p, "hn0");
	assert_string_equal(next(0), "rc: hyperv_vfup");
	assert_string_equal(next(0), "sysctl: dev.hn.N.vf");
	assert_string_equal(next(0), "done");
}

static void
vfup_ends_for_an_hn_that_is_gone(void **state)
{
	(void)state;
	stock_vfup(&p, "hn7");
	next(0);
	next(0);
	assert_string_equal(next(0), "done");
}

static void
vfup_hands_over_to_the_administrators_script(void **state)
{
	(void)state;
	get("hn0")->custom_vfup = true;
	stock_vfup(&p, "hn0");
	assert_string_equal(next(0), "rc: hyperv_vfup");
	assert_string_equal(next(0), "custom");
	assert_string_equal(next(3), "done");
}

static void
vfup_names_the_lagg_by_the_digits_of_the_name(void **state)
{
	struct snap_if *hn = get("hn0");

	(void)state;
	hn->unit = 5;
	strcpy(hn->name, "hn5");
	stock_vfup(&p, "hn5");
	next(0);
	next(0);
	assert_string_equal(next(0), "ifconfig: does the lagg exist?");
	assert_string_equal(next(0), "ifconfig: lagg5 create failover");
}

static void
vfup_finds_no_vf_of_an_hn_whose_name_has_other_digits(void **state)
{
	static const char *const names[] = { "wan", "wan7" };
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		strcpy(get(i == 0 ? "hn0" : names[0])->name, names[i]);
		stock_vfup(&p, names[i]);
		next(0);
		assert_string_equal(next(0), "sysctl: dev.hn.N.vf");
		assert_string_equal(next(0), "done");
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(vfattach_leaves_a_sleeper_behind_for_a_vf),
		T(vfattach_leaves_alone_what_is_not_in_the_vflist),
		T(vfattach_does_nothing_in_transparent_mode),
		T(vfattach_takes_a_kernel_without_the_sysctl_for_non_transparent),
		T(vfattachs_delay_is_what_rc_conf_says_from_two_seconds_on),
		T(the_sleeper_ups_its_name_without_another_look),
		T(vfup_makes_a_new_lagg_in_this_order),
		T(vfup_ends_when_the_lagg_cannot_be_made),
		T(vfup_strips_every_address_and_sets_those_of_rc_conf),
		T(vfup_starts_a_dhcp_client_on_the_lagg_and_kills_none),
		T(vfup_carries_the_words_of_ifconfig_over),
		T(quoted_arguments_break_vfups_ifconfig),
		T(vfattach_sees_no_delay_that_rc_conf_local_sets),
		T(vfup_never_sets_a_default_route_or_ups_hn),
		T(vfup_only_adds_the_port_to_a_lagg_that_exists),
		T(vfup_leaves_a_port_that_is_there),
		T(vfup_takes_mce10_for_mce1_as_its_grep_does),
		T(vfup_ends_when_the_vf_is_gone_already),
		T(vfup_ends_for_an_hn_that_is_gone),
		T(vfup_hands_over_to_the_administrators_script),
		T(vfup_names_the_lagg_by_the_digits_of_the_name),
		T(vfup_finds_no_vf_of_an_hn_whose_name_has_other_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
