/* SPDX-License-Identifier: BSD-2-Clause */
/* Snapshots as text: every field comes back, whatever changes in between. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "failover/snapshot_text.h"

static struct prng rnd;

static uint32_t
below(uint32_t bound)
{
	return (uint32_t)prng_below(&rnd, bound);
}

/* Any bytes but NUL, sometimes none. */
static void
random_name(char *out, size_t size)
{
	size_t n = below((uint32_t)size), i;

	memset(out, 0, size);
	if (below(3) == 0)
		return;
	for (i = 0; i < n; i++)
		out[i] =
		    (char)(below(4) == 0 ? 1 + below(255) : 'a' + below(26));
}

static void
random_addr(struct ipaddr *a, bool may_be_none)
{
	size_t i;

	memset(a, 0, sizeof(*a));
	if (may_be_none && below(2) == 0)
		return;
	a->family = below(2) == 0 ? 4 : 6;
	a->prefix = (uint8_t)below(a->family == 4 ? 33 : 129);
	for (i = 0; i < (a->family == 4 ? 4 : 16); i++)
		a->bytes[i] = (uint8_t)(below(3) == 0 ? 0 : below(256));
}

static void
random_lists(struct snap_if *i)
{
	size_t k;

	i->n_addrs = below(SNAP_ADDRS + 1);
	for (k = 0; k < i->n_addrs; k++) {
		random_addr(&i->addrs[k], false);
		i->addr_flags[k] = (uint8_t)below(256);
	}
	i->n_ports = below(4) == 0 ? below(SNAP_PORTS + 1) : 0;
	for (k = 0; k < i->n_ports; k++) {
		random_name(i->ports[k].name, IFNAME_MAX);
		i->ports[k].master = below(2) == 0;
		i->ports[k].active = below(2) == 0;
	}
}

static void
random_if(struct snap_if *i)
{
	size_t k;

	memset(i, 0, sizeof(*i));
	snprintf(i->name, sizeof(i->name), "if%u", below(40));
	i->index = below(1000);
	i->version = below(2) == 0 ? prng_next(&rnd) : 0;
	i->class = (enum if_class)below(4);
	for (k = 0; k < 6; k++)
		i->mac[k] = (uint8_t)below(256);
	i->mtu = below(65536);
	i->up = below(2) == 0;
	i->running = below(2) == 0;
	i->link = (enum link_state)below(3);
	random_name(i->parent, sizeof(i->parent));
	random_name(i->descr, sizeof(i->descr));
	random_name(i->lagg, sizeof(i->lagg));
	i->accept_rtadv = below(2) == 0;
	i->no_dad = below(2) == 0;
	i->dhclient = below(2) == 0;
	i->caps = (uint32_t)prng_next(&rnd);
	i->capenable = (uint32_t)prng_next(&rnd);
	random_name(i->vlan_parent, sizeof(i->vlan_parent));
	i->vlan_tag = below(4096);
	i->unit = (int)below(5) - 1;
	random_name(i->vf, sizeof(i->vf));
	i->rxvf = below(2) == 0;
	i->custom_vfup = below(2) == 0;
	random_lists(i);
}

static void
random_system(struct snapshot *s)
{
	s->os = (enum snap_os)below(2);
	s->no_bonding = below(2) == 0;
	s->vf_transparent = (int)below(3) - 1;
	s->failover_rx_all = (int)below(3) - 1;
	random_addr(&s->default_gateway, true);
	random_addr(&s->default_gateway6, true);
	random_name(s->default_if, sizeof(s->default_if));
	random_name(s->default_if6, sizeof(s->default_if6));
	s->other_daemon = below(2) == 0;
}

/* What happens between two looks: nothing, one changes, comes or goes. */
static void
change(struct snapshot *s)
{
	struct snap_if *i;
	size_t at;

	switch (below(6)) {
	case 0:
		break;
	case 1:
		random_system(s);
		break;
	case 2:
		if (s->n_ifs > 0)
			random_if(&s->ifs[below((uint32_t)s->n_ifs)]);
		break;
	case 3:
		if (s->n_ifs < 12)
			random_if(snapshot_add(s));
		break;
	case 4:
		if (s->n_ifs == 0)
			break;
		at = below((uint32_t)s->n_ifs);
		memmove(&s->ifs[at], &s->ifs[at + 1],
		    (s->n_ifs - at - 1) * sizeof(*s->ifs));
		s->n_ifs--;
		break;
	case 5:
		if (s->n_ifs == 0)
			break;
		i = &s->ifs[below((uint32_t)s->n_ifs)];
		i->up ^= true;
		if (i->version != 0)
			i->version = prng_next(&rnd);
		break;
	}
}

static void
assert_equal(const struct snapshot *a, const struct snapshot *b)
{
	size_t i;

	assert_int_equal(a->os, b->os);
	assert_int_equal(a->no_bonding, b->no_bonding);
	assert_int_equal(a->vf_transparent, b->vf_transparent);
	assert_int_equal(a->failover_rx_all, b->failover_rx_all);
	assert_memory_equal(&a->default_gateway, &b->default_gateway,
	    sizeof(a->default_gateway));
	assert_memory_equal(&a->default_gateway6, &b->default_gateway6,
	    sizeof(a->default_gateway6));
	assert_string_equal(a->default_if, b->default_if);
	assert_string_equal(a->default_if6, b->default_if6);
	assert_int_equal(a->other_daemon, b->other_daemon);
	assert_int_equal(a->n_ifs, b->n_ifs);
	for (i = 0; i < a->n_ifs; i++)
		assert_memory_equal(&a->ifs[i], &b->ifs[i], sizeof(a->ifs[i]));
}

static void
a_sequence_comes_back(void **state)
{
	struct snapshot_writer *w = snapshot_writer_new();
	struct snapshot_parser *p = snapshot_parser_new();
	struct snapshot s = { 0 };
	const struct snapshot *back;
	struct strbuf text = { 0 };
	size_t same = 0, parts = 0;
	struct err e;
	int round;

	(void)state;
	prng_seed(&rnd, 3);
	for (round = 0; round < 4000; round++) {
		strbuf_reset(&text);
		snapshot_write(w, &s, &text);
		same += strcmp(strbuf_str(&text), "same") == 0;
		parts += strstr(strbuf_str(&text), " same\n") != NULL;
		back = snapshot_parse(p, strbuf_str(&text), text.bytes, &e);
		if (back == NULL)
			fail_msg("%s: %s", e.text, strbuf_str(&text));
		assert_equal(&s, back);
		change(&s);
	}
	assert_true(same > 300);
	assert_true(parts > 300);
	snapshot_fini(&s);
	strbuf_fini(&text);
	snapshot_writer_free(w);
	snapshot_parser_free(p);
}

static const struct wrong {
	const char *text, *told;
} wrong[] = {
	{ "same", "same: there is no snapshot before" },
	{ "vf_transparent=0\nif=hn0 same",
	    "row 2, byte 8: same: the snapshot "
	    "before had no interface hn0" },
	{ "gatway=10.0.0.1",
	    "row 1, byte 1: gatway: there is no such word "
	    "here; did you mean gateway" },
	{ "\nup", "row 2, byte 1: a row begins with if=NAME" },
	{ "\n", "a row begins with if=NAME" },
	{ "\nif=hn0 master", "belongs behind an addr or a port" },
	{ "\nif=hn0 addr_flags=1", "belongs behind an addr or a port" },
	{ "\nif=hn0 addr=10.0.0.1/8 addr_flags=256", "from 0 to 255" },
	{ "\nif=hn0 class=hm", "did you mean hn" },
	{ "\nif=sixteen-letters-", "at most 15 bytes" },
};

static void
what_is_wrong_changes_nothing(void **state)
{
	struct snapshot_parser *p = snapshot_parser_new();
	static const char good[] = "\nif=lo0 up";
	const struct snapshot *s;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		s = snapshot_parse(p, wrong[i].text, strlen(wrong[i].text), &e);
		if (s != NULL || strstr(e.text, wrong[i].told) == NULL)
			fail_msg("%s: %s", wrong[i].text,
			    s == NULL ? e.text : "taken");
	}
	assert_non_null(snapshot_parse(p, good, strlen(good), &e));
	assert_null(
	    snapshot_parse(p, wrong[2].text, strlen(wrong[2].text), &e));
	s = snapshot_parse(p, "same", 4, &e);
	assert_non_null(s);
	assert_string_equal(s->ifs[0].name, "lo0");
	assert_true(s->ifs[0].up);
	snapshot_parser_free(p);
}

/* A hostile row does not fill the memory. */
static void
lists_are_bounded(void **state)
{
	struct snapshot_parser *p = snapshot_parser_new();
	struct strbuf text = { 0 };
	struct err e;
	size_t i;

	(void)state;
	strbuf_adds(&text, "\nif=hn0");
	for (i = 0; i <= SNAP_ADDRS; i++)
		strbuf_adds(&text, " addr=10.0.0.1/8");
	assert_null(snapshot_parse(p, strbuf_str(&text), text.bytes, &e));
	assert_non_null(strstr(e.text, "more than 32 addresses"));
	strbuf_reset(&text);
	strbuf_adds(&text, "\nif=lagg0");
	for (i = 0; i <= SNAP_PORTS; i++)
		strbuf_adds(&text, " port=hn0");
	assert_null(snapshot_parse(p, strbuf_str(&text), text.bytes, &e));
	assert_non_null(strstr(e.text, "more than 32 ports"));
	strbuf_reset(&text);
	for (i = 0; i <= SNAPSHOT_TEXT_IFS; i++)
		strbuf_adds(&text, "\nif=hn0");
	assert_null(snapshot_parse(p, strbuf_str(&text), text.bytes, &e));
	assert_non_null(strstr(e.text, "more than 4096 interfaces"));
	strbuf_fini(&text);
	snapshot_parser_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sequence_comes_back),
		cmocka_unit_test(what_is_wrong_changes_nothing),
		cmocka_unit_test(lists_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
