/* SPDX-License-Identifier: BSD-2-Clause */
/* What happens in a history: any of it may come at any time, since most of it
 * turns something over, there to gone and back. */
#include <stdio.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "sim/search/course_parts.h"

#define FLOOD 12 /* more than a small queue holds, see course_setup.c */

static const char *
hn(const struct author *a, size_t pair)
{
	return a->h->pairs[pair].hn;
}

static const char *
vf(const struct author *a, size_t pair)
{
	return course_vf(a, pair);
}

/* --- the host --- */

static void
attach(struct author *a, size_t pair)
{
	struct standing *s = &a->pairs[pair];

	s->other =
	    a->h->pairs[pair].other[0] != '\0' && choices_chance(a->c, 50);
	course_step(a, SCN_VF_ATTACH, vf(a, pair));
	s->vf_there = s->vf_link = s->associated = true;
	s->unpaired = !s->nic_there;
	a->h->pairs[pair].vf_excused = s->downed_late;
}

static void
turn_vf(struct author *a, size_t pair)
{
	if (!a->pairs[pair].vf_there) {
		attach(a, pair);
		return;
	}
	course_step(a, SCN_VF_EJECT, vf(a, pair));
	a->pairs[pair].vf_there = false;
}

static void
rescind(struct author *a, size_t pair)
{
	if (!a->pairs[pair].vf_there) {
		attach(a, pair);
		return;
	}
	course_step(a, SCN_VF_RESCIND, vf(a, pair));
	a->pairs[pair].vf_there = false;
}

static void
turn_link(struct author *a, size_t pair)
{
	struct standing *s = &a->pairs[pair];

	s->vf_link = !s->vf_link;
	course_step(a, SCN_VF_LINK, vf(a, pair))->up = s->vf_link;
}

static void
turn_media(struct author *a, size_t pair)
{
	struct standing *s = &a->pairs[pair];

	s->media = !s->media;
	course_step(a, SCN_HOST_MEDIA, hn(a, pair))->up = s->media;
}

static void
change_network(struct author *a, size_t pair)
{
	course_step(a, SCN_HOST_NETCHANGE, hn(a, pair));
}

static void
turn_association(struct author *a, size_t pair)
{
	struct standing *s = &a->pairs[pair];

	/* A host says this of a VF that it has given. */
	if (!s->vf_there) {
		change_network(a, pair);
		return;
	}
	s->associated = !s->associated;
	course_step(a, SCN_HOST_ASSOC, hn(a, pair))->up = s->associated;
}

#define STARTS (2 * DUR_SEC) /* so long may it take, and a NIC that comes */

/* The daemon that runs next knows what is in rc.conf by then, of the NICs that
 * are there. */
static void
forgets(struct author *a)
{
	size_t i;

	a->h->died_ns = a->now_ns + STARTS;
	for (i = 0; i < a->h->n_pairs; i++)
		if (!a->pairs[i].nic_there)
			a->h->died_ns = INT64_MAX;
}

static void
turn_nic(struct author *a, size_t pair)
{
	struct standing *s = &a->pairs[pair];

	/* Of a VF without its NIC a daemon that is started cannot know whose it
	 * is, and what rc.conf says of all ups it. */
	if (a->h->pairs[pair].by_default)
		return;
	s->nic_there = !s->nic_there;
	s->unpaired = true;
	s->renamed = false; /* another one is called as the driver does */
	course_step(a, s->nic_there ? SCN_NIC_ATTACH : SCN_NIC_DETACH,
	    hn(a, pair));
	if (a->h->died_ns != 0)
		forgets(a);
}

static void
freeze(struct author *a, size_t pair)
{
	int64_t ns = course_pause(a);

	(void)pair;
	course_step(a, SCN_VM_FREEZE, NULL)->duration_ns =
	    ns > 0 ? ns : DUR_SEC;
	a->now_ns += ns > 0 ? ns : DUR_SEC;
}

/* Where the copy takes minutes, only one that is given up at once. */
static void
migrate(struct author *a, size_t pair)
{
	struct scn_step *p;
	bool lasts = a->h->machine == COURSE_AZURE;

	(void)pair;
	p = course_step(a, SCN_VM_MIGRATE, NULL);
	if (lasts || choices_chance(a->c, 25))
		p->duration_ns = 10 * DUR_MS + course_pause(a);
	if (lasts && p->duration_ns >= DUR_SEC)
		p->duration_ns = DUR_SEC;
	/* Another one is refused until then. */
	a->now_ns += 2 * DUR_SEC;
}

static void
turn_dhcp(struct author *a, size_t pair)
{
	static const enum scn_stimulus modes[] = { SCN_DHCP_SILENT,
		SCN_DHCP_NAKS };

	(void)pair;
	course_step(a,
	    a->dhcp_answers ? modes[choices_below(a->c, 2)] : SCN_DHCP_ANSWERS,
	    NULL);
	a->dhcp_answers = !a->dhcp_answers;
}

/* Another address from now on, and what was leased is refused. */
static void
offer(struct author *a, size_t pair)
{
	struct scn_step *p;

	if (a->h->n_pairs > 1) {
		change_network(a, pair);
		return;
	}
	p = course_step(a, SCN_DHCP_OFFERS, NULL);
	a->offered = !a->offered;
	p->text = mem_str(a->offered ? "10.0.2.77/24" : "10.0.2.15/24");
}

static void
turn_router(struct author *a, size_t pair)
{
	(void)pair;
	a->router_speaks = !a->router_speaks;
	course_step(a, SCN_ROUTER, NULL)->up = a->router_speaks;
}

/* --- the daemon --- */

static void
turn_daemon(struct author *a, size_t pair)
{
	(void)pair;
	course_step(a, a->daemon_runs ? SCN_DAEMON_KILL : SCN_DAEMON_START,
	    NULL);
	a->daemon_runs = !a->daemon_runs;
	forgets(a);
}

static void
restart(struct author *a, size_t pair)
{
	(void)pair;
	course_step(a, SCN_DAEMON_RESTART, NULL);
	a->daemon_runs = true;
	forgets(a);
	a->edited = false;
}

static void
reload(struct author *a, size_t pair)
{
	(void)pair;
	course_step(a, SCN_DAEMON_RELOAD, NULL);
	a->edited = false;
}

/* The daemon does not hear what is told now. */
static void
lose_messages(struct author *a, size_t pair)
{
	(void)pair;
	course_step(a, a->h->on_linux ? SCN_NETLINK_OVERFLOW : SCN_DEVD_CLOSE,
	    NULL);
}

/* --- records that tell lies, and too many of them --- */

static void
lie(struct author *a, size_t pair)
{
	static const char *const types[] = { "LINK_DOWN", "LINK_UP", "ATTACH",
		"DETACH" };
	uint32_t which = choices_below(a->c, 6);
	struct scn_step *p = course_step(a, SCN_RECORD, NULL);
	char text[96];

	if (which < 4)
		snprintf(text, sizeof(text),
		    "!system=IFNET subsystem=%s type=%s",
		    choices_chance(a->c, 50) ? vf(a, pair) : hn(a, pair),
		    types[which]);
	else
		snprintf(text, sizeof(text),
		    "!system=HYPERV_NIC_VF subsystem=%s type=%s", hn(a, pair),
		    which == 4 ? "VF_UP" : "VF_DOWN");
	p->text = mem_str(text);
}

static void
flood(struct author *a, size_t pair)
{
	struct scn_step *p = course_step(a, SCN_RECORD, NULL);

	(void)pair;
	p->text = mem_str("!system=USB subsystem=DEVICE type=ATTACH");
	p->times = FLOOD;
}

/* --- all of it --- */

static const struct act {
	course_act *act;
	uint32_t usual; /* weight */
} acts[] = {
	{ turn_vf, 12 },
	{ turn_link, 4 },
	{ rescind, 2 },
	{ turn_media, 2 },
	{ change_network, 2 },
	{ turn_association, 1 },
	{ turn_nic, 1 },
	{ freeze, 2 },
	{ turn_dhcp, 1 },
	{ turn_daemon, 2 },
	{ restart, 2 },
	{ reload, 1 },
	{ lose_messages, 1 },
	{ lie, 2 },
	{ flood, 1 },
	{ course_user, 4 },
	{ course_edit, 2 },
	{ turn_router, 1 },
	{ offer, 1 },
	{ migrate, 1 },
	{ course_custom, 1 },
};
#define N_ACTS (sizeof(acts) / sizeof(acts[0]))

/* Each history has its own taste: some things are left out of it, others come
 * often. */
static void
swarm(struct author *a, uint32_t weights[N_ACTS])
{
	size_t i;

	for (i = 0; i < N_ACTS; i++)
		weights[i] = acts[i].usual * choices_swarm(a->c, 4);
	weights[0]++;
}

void
course_acts(struct author *a)
{
	uint32_t weights[N_ACTS], n;
	size_t pair;

	swarm(a, weights);
	n = a->stimuli > 0 ? a->stimuli
			   : 1 + choices_swarm(a->c, COURSE_STIMULI);
	a->now_ns = COURSE_BOOTED - choices_below(a->c, 20) * DUR_SEC;
	for (;;) {
		choices_open(a->c);
		if (!choices_more(a->c, n-- > 0))
			break;
		a->now_ns += course_pause(a);
		pair = a->h->n_pairs > 1 ? choices_below(a->c, 2) : 0;
		acts[choices_weighted(a->c, weights, N_ACTS)].act(a, pair);
		choices_close(a->c);
	}
	choices_close(a->c);
}

/* What is broken is mended, so that only what somebody did not put right stays
 * wrong. */
void
course_mend(struct author *a)
{
	const struct standing *s;
	size_t i;

	a->now_ns += DUR_SEC;
	for (i = 0; i < a->h->n_pairs; i++) {
		s = &a->pairs[i];
		if (!s->nic_there)
			turn_nic(a, i);
		if (!s->media)
			turn_media(a, i);
		if (!s->associated && s->vf_there)
			turn_association(a, i);
		if (!s->vf_link && s->vf_there)
			turn_link(a, i);
		if (s->scripted)
			course_custom(a, i);
	}
	if (!a->dhcp_answers)
		turn_dhcp(a, 0);
	if (!a->router_speaks)
		turn_router(a, 0);
	if (!a->daemon_runs)
		turn_daemon(a, 0);
	course_estrange(a);
	for (i = 0; i < a->h->n_pairs; i++)
		a->h->pairs[i].offered = a->pairs[i].vf_there;
	/* A fault may have started it before that. */
	if (a->edited)
		reload(a, 0);
}
