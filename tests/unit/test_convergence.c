/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * After any history and a quiet time, native has the guest in its one wanted
 * state: the aggregate carries the address and the default route, and the VF
 * carries the traffic when there is one with a link.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/prng.h"
#include "mem_loader.h"
#include "sim/stage/simstage.h"
#include "sim_rig.h"

#define HISTORIES 1200
#define STEPS	  40

static const struct mem_file files[] = {
	{ "devd.conf",
	    "notify 10 { match \"system\" \"ETHERNET\"; match \"type\" "
	    "\"IFATTACH\";\n"
	    "  action \"/usr/libexec/hyperv/hyperv_vfattach $subsystem 0\"; "
	    "};\n"
	    "notify 0 { match \"type\" \"LINK_UP\"; action \"hook "
	    "$subsystem\"; };\n" },
	{ NULL, NULL }
};

static const char head[] =
    "scenario \"s\"\n"
    "machine bench\n"
    "sysctl hw.hn.vf_transparent=0 hw.bus.devctl_queue=20\n"
    "nic hn0 mac 52:54:00:aa:00:01\n"
    "vf mce0 of hn0 driver vf\n"
    "probe p icmp rate 1000/s\n";

/* Things that people do and that native undoes. A lagg0 that they make is
 * theirs, and not among them. The first two belong to the configuration. */
#define COMMANDS 10
static const char *const common[] = { "ifconfig lagg0 destroy",
	"ifconfig lagg0 -laggport mce0", "ifconfig lagg0 -laggport hn0",
	"ifconfig lagg0 down", "ifconfig hn0 down", "route delete default",
	"sysctl net.link.lagg.failover_rx_all=0",
	"ifconfig lagg0 laggport mce0" };

struct config {
	const char *rc, *addr, *router, *also;
	const char *commands[2];
};

static const struct config configs[] = {
	{ "ifconfig_hn0=\"inet 10.0.0.4/24\" defaultrouter=\"10.0.0.1\"",
	    "10.0.0.4/24", "10.0.0.1", "",
	    { "ifconfig lagg0 inet 10.0.0.4/24 -alias",
		"ifconfig hn0 inet 10.0.0.4/24" } },
	{ "ifconfig_hn0=\"DHCP\"", "10.0.2.15/24", "10.0.2.2",
	    "expect lagg0 dhclient running\nexpect hn0 dhclient none\n",
	    { "ifconfig lagg0 inet 10.0.2.15/24 -alias", "dhclient -b hn0" } },
	{ "ifconfig_hn0=\"SYNCDHCP\"", "10.0.2.15/24", "10.0.2.2",
	    "expect lagg0 dhclient running\nexpect hn0 dhclient none\n",
	    { "dhclient -b hn0", "ifconfig hn0 inet 10.0.2.15/24" } },
	{ "ifconfig_hn0=\"inet 10.0.0.4/24\" defaultrouter=\"10.0.0.1\" "
	  "ifconfig_hn0_ipv6=\"inet6 2001:db8:7::4/64\" "
	  "ipv6_defaultrouter=\"2001:db8:7::1\"",
	    "10.0.0.4/24", "10.0.0.1",
	    "expect address 2001:db8:7::4/64 only on lagg0\n"
	    "expect default route6 2001:db8:7::1 via lagg0\n",
	    { "ifconfig lagg0 inet6 2001:db8:7::4/64 -alias",
		"ifconfig hn0 inet 10.0.0.4/24" } },
};
#define CONFIGS (sizeof(configs) / sizeof(configs[0]))

struct history {
	const struct config *config;
	struct prng p;
	struct strbuf text;
	bool present, link;
	int64_t free_ns; /* the VF is not touched before: it is under way */
	int64_t now_ns;
};

static void
step(struct history *h, const char *what)
{
	char at[DUR_TEXT];

	strbuf_addf(&h->text, "at %s %s\n", dur_format(h->now_ns, at), what);
}

static void
vf_step(struct history *h)
{
	if (h->now_ns < h->free_ns)
		return;
	if (!h->present) {
		step(h, "vf attach mce0");
		h->present = h->link = true;
		h->free_ns = h->now_ns + 40 * DUR_MS;
	} else if (prng_below(&h->p, 2) == 0) {
		h->link = !h->link;
		step(h, h->link ? "vf link mce0 up" : "vf link mce0 down");
	} else {
		step(h,
		    prng_below(&h->p, 4) == 0 ? "vf rescind mce0"
					      : "vf eject mce0");
		h->present = false;
		h->free_ns = h->now_ns + 2 * DUR_SEC;
	}
}

static const char *
any_command(struct history *h)
{
	uint64_t k = prng_below(&h->p, COMMANDS);

	return k < 2 ? h->config->commands[k] : common[k - 2];
}

static void
any_step(struct history *h)
{
	char text[96];
	int ms;

	switch (prng_below(&h->p, 12)) {
	case 0:
		step(h, "daemon kill");
		break;
	case 1:
		step(h, "daemon start");
		break;
	case 2:
		step(h, "host network-change hn0");
		break;
	case 3:
		step(h, "host media hn0 disconnect");
		break;
	case 4:
		step(h, "host media hn0 connect");
		break;
	case 5:
		ms = 1 + (int)prng_below(&h->p, 4000);
		snprintf(text, sizeof(text), "vm freeze %dms", ms);
		step(h, text);
		/* What was under way with the VF waits. */
		h->free_ns += ms * DUR_MS;
		if (h->free_ns < h->now_ns + ms * DUR_MS)
			h->free_ns = h->now_ns + ms * DUR_MS;
		break;
	case 6:
		step(h, "record \"!system=JUNK subsystem=a type=b\" times 30");
		break;
	case 7:
	case 8:
		snprintf(text, sizeof(text), "user \"%s\"", any_command(h));
		step(h, text);
		break;
	default:
		vf_step(h);
	}
}

static void
write_history(struct history *h, uint64_t seed)
{
	int i;

	memset(h, 0, sizeof(*h));
	prng_seed(&h->p, seed);
	h->config = &configs[seed % CONFIGS];
	strbuf_adds(&h->text, head);
	strbuf_addf(&h->text, "rc.conf %s\n", h->config->rc);
	h->now_ns = 2 * DUR_SEC;
	for (i = 0; i < STEPS; i++) {
		/* Short and long pauses alike, down to a microsecond. */
		h->now_ns +=
		    (int64_t)prng_below(&h->p,
			1 + (UINT64_C(5000000) >> prng_below(&h->p, 22))) *
		    DUR_US;
		any_step(h);
	}
	h->now_ns += 10 * DUR_SEC;
	step(h, "host media hn0 connect");
	step(h, "daemon start");
	if (h->present)
		step(h, "vf link mce0 up");
	h->now_ns += 200 * DUR_SEC;
	step(h, "end");
	strbuf_addf(&h->text,
	    "expect lagg0 active %s\n"
	    "expect address %s only on lagg0\n"
	    "expect default route %s via lagg0\n"
	    "%s"
	    "expect sysctl net.link.lagg.failover_rx_all 1\n"
	    "expect lagg0 ports \"%s\"\n"
	    "expect hn0 up\n",
	    h->present ? "mce0" : "hn0", h->config->addr, h->config->router,
	    h->config->also, h->present ? "hn0 mce0" : "hn0");
}

static void
judge_history(struct profile *profile, const struct ruleset *rules,
    struct history *h, uint64_t seed)
{
	struct strbuf told = { 0 };
	struct diag d = { .emit = diag_emit_strbuf, .ctx = &told };
	struct simstage s = { .profile = profile,
		.rules = rules,
		.policy = CORE_NATIVE,
		.seed = seed };
	struct scenario *scenario =
	    scenario_parse("h.scn", strbuf_str(&h->text), h->text.bytes, &d);
	struct trace *t = trace_new();
	size_t i;

	if (scenario == NULL)
		fail_msg("%s\n%s", strbuf_str(&h->text), strbuf_str(&told));
	s.scenario = scenario;
	assert_true(simstage_check(&s, &d));
	if (!simstage_run(&s, t)) {
		for (i = 0; i < t->n_checks; i++)
			if (t->checks[i].verdict == TRACE_FAIL)
				print_message("%s: %s\n", t->checks[i].text,
				    t->checks[i].happened);
		fputs(strbuf_str(&h->text), stderr);
		fail_msg("history %d, written above", (int)seed);
	}
	trace_free(t);
	scenario_free(scenario);
	strbuf_fini(&told);
}

static void
after_any_history_and_a_quiet_time_the_wanted_state_is_there(void **state)
{
	struct ruleset_options opt = { .loader = NULL };
	struct strbuf found = { 0 };
	struct ruleset *rules = mem_load(files, &opt, &found);
	struct profile *profile = rig_profile(NULL);
	struct history h;
	uint64_t seed;

	(void)state;
	for (seed = 1; seed <= HISTORIES; seed++) {
		write_history(&h, seed);
		judge_history(profile, rules, &h, seed);
		strbuf_fini(&h.text);
	}
	profile_free(profile);
	ruleset_free(rules);
	strbuf_fini(&found);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    after_any_history_and_a_quiet_time_the_wanted_state_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
