/* SPDX-License-Identifier: BSD-2-Clause */
/* What a machine and its daemon of a history are told besides addresses. */
#include <stdio.h>
#include <string.h>

#include "base/dur.h"
#include "sim/search/course_parts.h"

#define SMALL_QUEUE "8" /* records: it overflows now and then */

static void
add_delay(struct author *a)
{
	static const uint32_t usual[] = { 8, 2, 1 };
	static const int delays[] = { 2, 5, 20 };
	uint32_t which = choices_weighted(a->c, usual, 3);
	char text[16];

	a->h->vf_delay_ns = delays[which] * DUR_SEC;
	if (which == 0)
		return;
	snprintf(text, sizeof(text), "%d", delays[which]);
	course_add_rc(a, "hyperv_vf_delay", text);
}

static void
add_flag(struct author *a, const char *name)
{
	struct scenario *s = a->scn;

	scn_pair_add(&s->flags, &s->n_flags, &s->cap_flags, name, "yes");
}

static void
add_sysctl(struct author *a, const char *name, const char *value)
{
	struct scenario *s = a->scn;

	scn_pair_add(&s->sysctls, &s->n_sysctls, &s->cap_sysctls, name, value);
}

static void
add_kernel(struct author *a)
{
	struct course *h = a->h;

	h->transparent = choices_chance(a->c, 4);
	if (!h->on_linux) /* the first one: see sim/search/course_text.c */
		add_sysctl(a, "hw.hn.vf_transparent",
		    h->transparent ? "1" : "0");
	if (choices_chance(a->c, 20))
		add_sysctl(a, "hw.bus.devctl_queue", SMALL_QUEUE);
	if (h->on_linux) {
		if (h->transparent)
			add_flag(a, "netvsc.transparent");
		h->no_bonding = choices_chance(a->c, 3);
		if (h->no_bonding)
			add_flag(a, "bond.none");
		return;
	}
	if (choices_chance(a->c, 10))
		add_flag(a, "hn.async");
	if (choices_chance(a->c, 10))
		add_flag(a, "hn.association");
}

static void
add_option(struct author *a, const char *name, const char *value)
{
	struct scenario *s = a->scn;

	scn_pair_add(&s->options, &s->n_options, &s->cap_options, name, value);
}

static void
add_daemon(struct author *a)
{
	a->resync_ns = CORE_RESYNC;
	if (choices_chance(a->c, 10))
		add_option(a, "serial", "yes");
	if (choices_chance(a->c, 10))
		add_option(a, "deadline", "10s");
	if (choices_chance(a->c, 10)) {
		a->resync_ns = 30 * DUR_SEC;
		add_option(a, "resync", "30s");
	}
}

static void
name_foreign(struct author *a, const char *name)
{
	struct course *h = a->h;

	snprintf(h->foreign[h->n_foreign++], SCN_NAME_MAX, "%s", name);
}

/* What is there besides, and is the administrator's. */
static void
add_others(struct author *a)
{
	if (a->h->on_linux || !choices_chance(a->c, 6))
		return;
	a->own_lagg = true;
	course_add_rc(a, "cloned_interfaces", "lagg0 tap0");
	course_add_rc(a, "ifconfig_lagg0",
	    "laggproto failover laggport tap0 inet 172.16.0.1/24");
	name_foreign(a, "lagg0");
	name_foreign(a, "tap0");
}

void
course_options(struct author *a)
{
	add_delay(a);
	add_kernel(a);
	add_daemon(a);
	add_others(a);
}

/* Drawn last, and from the swarm, so that no other choice of a seed is another
 * one for it. */
void
course_last_option(struct author *a)
{
	struct course *h = a->h;

	h->updown =
	    !h->on_linux && choices_more(a->c, choices_swarm(a->c, 8) == 0);
	if (h->updown)
		add_flag(a, "lagg.updown");
}
