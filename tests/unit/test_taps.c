/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a packet is seen, lost ones included (FACTS.md C.4, D.2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/strbuf.h"
#include "sim/machine/hn.h"
#include "sim/packets/taps.h"
#include "sim_rig.h"

static struct rig rig;
static struct ifnet *hn;
static struct ipaddr guest, peer;
static char names[64];

static int
setup(void **state)
{
	(void)state;
	rig_init(&rig, NULL);
	hn = rig_hn(&rig, "hn0", 1);
	rig_vf(&rig, "mce0", 1);
	assert_true(ipaddr_parse("10.0.0.4/24", &guest));
	assert_true(ipaddr_parse("10.0.0.1", &peer));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	rig_fini(&rig);
	return 0;
}

static const char *
joined(const struct taps *t)
{
	size_t i;

	names[0] = '\0';
	for (i = 0; i < t->n; i++) {
		strncat(names, i > 0 ? " " : "", 2);
		strncat(names, t->on[i]->name, IFNAME_MAX);
	}
	return names;
}

static const char *
out(enum path want)
{
	struct taps t;
	enum path p = netpath_out(rig.m, &peer);

	if (p != want)
		fail_msg("out: %s", path_text(p));
	taps_out(rig.m, &peer, p, &t);
	return joined(&t);
}

static const char *
in(enum path want)
{
	struct taps t;
	enum path p = netpath_in(rig.m, hn, &guest);

	if (p != want)
		fail_msg("in: %s", path_text(p));
	taps_in(hn, p, &t);
	return joined(&t);
}

static void
make_lagg(void)
{
	rig_do(&rig, "ifconfig hn0 up");
	rig_do(&rig, "ifconfig lagg0 create");
	rig_do(&rig, "ifconfig lagg0 up");
	assert_int_equal(rig_do(&rig, "ifconfig lagg0 laggport hn0"), 0);
	assert_int_equal(rig_do(&rig, "ifconfig lagg0 laggport mce0"), 0);
	assert_int_equal(rig_do(&rig, "ifconfig lagg0 inet 10.0.0.4/24"), 0);
	rig_run(&rig, DUR_SEC);
}

static void
a_nic_alone_sees_its_own(void **state)
{
	(void)state;
	assert_string_equal(out(PATH_NO_ROUTE), "");
	assert_string_equal(in(PATH_FILTER_CLOSED), "");
	rig_do(&rig, "ifconfig hn0 inet 10.0.0.4/24");
	rig_do(&rig, "ifconfig hn0 up");
	rig_run(&rig, DUR_SEC);
	assert_string_equal(out(PATH_OK), "hn0");
	assert_string_equal(in(PATH_OK), "hn0");
	hn_host_media(hn, false);
	/* The driver has it, the host's switch does not. */
	assert_string_equal(in(PATH_VNIC_UNPLUGGED), "");
}

static void
a_lagg_and_its_active_port_see_the_same(void **state)
{
	(void)state;
	make_lagg();
	assert_string_equal(out(PATH_OK), "lagg0 hn0");
	assert_string_equal(in(PATH_OK), "hn0 lagg0");
	rig_do(&rig, "ifconfig mce0 up");
	rig_run(&rig, DUR_SEC);
	assert_string_equal(out(PATH_OK), "lagg0 mce0");
	assert_string_equal(in(PATH_OK), "mce0 lagg0");
}

/* The moment between hn's two steps: frames come in the VF's name already,
 * and hn still is the active port. */
static void
a_rewritten_frame_is_seen_on_hn_vf_and_the_lagg_that_drops_it(void **state)
{
	struct ifnet *vf;

	(void)state;
	make_lagg();
	vf = ifnet_find(rig.m, "mce0");
	vf->up = vf->running = true;
	hn->hn.rewrite = vf;
	assert_string_equal(in(PATH_LAGG_INPUT_RULE), "hn0 mce0 lagg0");
	vf->up = false;
	assert_string_equal(in(PATH_IF_NOT_UP), "hn0");
	vf->running = false;
	assert_string_equal(in(PATH_REWRITE_TO_STOPPED_VF), "");
}

static void
a_lagg_without_an_active_port_sees_what_it_refuses(void **state)
{
	struct ifnet *lagg;

	(void)state;
	make_lagg();
	lagg = ifnet_find(rig.m, "lagg0");
	hn->link = LINK_DOWN;
	lagg->cap_linkstate = false;
	assert_string_equal(out(PATH_NO_ACTIVE_PORT), "lagg0");
	lagg->cap_linkstate = true;
	lagg->link = LINK_DOWN;
	assert_string_equal(out(PATH_ROUTE_LINK_DOWN), "");
}

static void
in_transparent_mode_both_hn_and_vf_see_it(void **state)
{
	struct ifnet *vf = ifnet_find(rig.m, "mce0");

	(void)state;
	rig_do(&rig, "ifconfig hn0 inet 10.0.0.4/24");
	rig_do(&rig, "ifconfig hn0 up");
	rig_run(&rig, DUR_SEC);
	vf->up = vf->running = vf->vf.carrier = true;
	hn->hn.xen = hn->hn.host_path_vf = true;
	assert_string_equal(out(PATH_OK), "hn0 mce0");
	assert_string_equal(in(PATH_OK), "mce0 hn0");
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_nic_alone_sees_its_own),
		T(a_lagg_and_its_active_port_see_the_same),
		T(a_rewritten_frame_is_seen_on_hn_vf_and_the_lagg_that_drops_it),
		T(a_lagg_without_an_active_port_sees_what_it_refuses),
		T(in_transparent_mode_both_hn_and_vf_see_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
