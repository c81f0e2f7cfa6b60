/* SPDX-License-Identifier: BSD-2-Clause */
/* What people type on a Linux machine. */
#include <assert.h>

#include "sim/search/course_parts.h"

static const struct course_pair *
of(const struct author *a, size_t pair)
{
	return &a->h->pairs[pair];
}

static void
delete_route(struct author *a, size_t pair)
{
	(void)pair;
	course_type(a, "ip route del default");
}

static void
down_nic(struct author *a, size_t pair)
{
	course_type(a, "ip link set %s down", of(a, pair)->hn);
}

static void
up_vf(struct author *a, size_t pair)
{
	course_type(a, "ip link set %s up", course_vf(a, pair));
	a->h->pairs[pair].upped = true;
}

static void
down_vf(struct author *a, size_t pair)
{
	course_type(a, "ip link set %s down", course_vf(a, pair));
	a->h->pairs[pair].vf_excused = true;
	a->pairs[pair].downed_late = a->script != NULL;
}

static void
destroy_bond(struct author *a, size_t pair)
{
	course_type(a, "ip link del %s", of(a, pair)->aggregate);
}

static void
remove_vf(struct author *a, size_t pair)
{
	course_type(a, "ip link set %s nomaster", course_vf(a, pair));
}

static void
remove_nic(struct author *a, size_t pair)
{
	course_type(a, "ip link set %s nomaster", of(a, pair)->hn);
}

/* A slave is enslaved while it is down. */
static void
add_vf(struct author *a, size_t pair)
{
	course_type(a, "ip link set %s down master %s", course_vf(a, pair),
	    of(a, pair)->aggregate);
	/* The kernel ups it, now or when the engine has begun with it. */
	a->h->pairs[pair].vf_excused = a->h->pairs[pair].upped = true;
}

static void
remove_address(struct author *a, size_t pair)
{
	const struct course_pair *p = of(a, pair);
	char text[IPADDR_TEXT];

	if (p->n_addrs == 0)
		delete_route(a, pair);
	else
		course_type(a, "ip addr del %s dev %s",
		    ipaddr_format(&p->addrs[0], true, text), p->aggregate);
}

static void
change_mtu(struct author *a, size_t pair)
{
	static const int mtus[] = { 1500, 1400, 9000 };

	course_type(a, "ip link set %s mtu %d", of(a, pair)->aggregate,
	    mtus[choices_below(a->c, 3)]);
}

/* For good, as far as this machine goes; the next one is another. */
static void
move_vf(struct author *a, size_t pair)
{
	course_type(a, "ip link set %s netns n1", course_vf(a, pair));
}

static course_act *const commands[COURSE_LINUX_COMMANDS] = { delete_route,
	down_nic, up_vf, down_vf, destroy_bond, remove_vf, remove_nic, add_vf,
	remove_address, change_mtu, move_vf };

course_act *
course_linux_command(uint32_t number)
{
	assert(number < COURSE_LINUX_COMMANDS);
	return commands[number];
}
