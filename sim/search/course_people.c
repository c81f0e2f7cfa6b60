/* SPDX-License-Identifier: BSD-2-Clause */
/* What people do to the machine: commands that they type, and rc.conf. Some of
 * it is a decision, which the engine respects, and then less is wanted. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "sim/search/course_parts.h"

__attribute__((format(printf, 2, 3))) static void
type(struct author *a, const char *fmt, ...)
{
	char text[96];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	course_step(a, SCN_USER, NULL)->text = mem_str(text);
}

static void
delete_route(struct author *a, size_t pair)
{
	(void)pair;
	type(a, "route delete default");
}

static void
refuse_on_ports(struct author *a, size_t pair)
{
	(void)pair;
	type(a, "sysctl net.link.lagg.failover_rx_all=0");
}

static void
down_nic(struct author *a, size_t pair)
{
	type(a, "ifconfig %s down", a->h->pairs[pair].hn);
}

static void
up_vf(struct author *a, size_t pair)
{
	struct course_pair *p = &a->h->pairs[pair];

	if (a->pairs[pair].unpaired) {
		down_nic(a, pair);
		return;
	}
	type(a, "ifconfig %s up", p->vf);
	p->upped = true;
	p->raced = p->raced || p->downed;
}

static void
down_vf(struct author *a, size_t pair)
{
	struct course_pair *p = &a->h->pairs[pair];

	if (a->pairs[pair].unpaired) {
		down_nic(a, pair);
		return;
	}
	type(a, "ifconfig %s down", p->vf);
	p->vf_excused = p->downed = true;
	p->raced = p->raced || p->upped;
}

static void
remove_address(struct author *a, size_t pair)
{
	const struct course_pair *p = &a->h->pairs[pair];
	char text[IPADDR_TEXT];

	if (p->n_addrs == 0)
		delete_route(a, pair);
	else
		type(a, "ifconfig lagg%zu %s %s -alias", pair,
		    p->addrs[0].family == 6 ? "inet6" : "inet",
		    ipaddr_format(&p->addrs[0], false, text));
}

static void
restart_netif(struct author *a, size_t pair)
{
	type(a, "service netif restart %s", a->h->pairs[pair].hn);
}

static void
start_client(struct author *a, size_t pair)
{
	type(a, "dhclient -b %s", a->h->pairs[pair].hn);
	/* Without DHCP in rc.conf that is a decision, too. */
	a->h->pairs[pair].client_excused = !a->h->pairs[pair].dhcp;
}

static void
destroy_lagg(struct author *a, size_t pair)
{
	/* The kernel lets nobody change an MTU meanwhile, the model does. */
	a->h->pairs[pair].mtu_excused = true;
	type(a, "ifconfig lagg%zu destroy", pair);
}

static void
remove_vf(struct author *a, size_t pair)
{
	a->h->pairs[pair].mtu_excused = true;
	type(a, "ifconfig lagg%zu -laggport %s", pair, a->h->pairs[pair].vf);
}

static void
remove_nic(struct author *a, size_t pair)
{
	a->h->pairs[pair].mtu_excused = true;
	type(a, "ifconfig lagg%zu -laggport %s", pair, a->h->pairs[pair].hn);
}

static void
add_vf(struct author *a, size_t pair)
{
	type(a, "ifconfig lagg%zu laggport %s", pair, a->h->pairs[pair].vf);
}

static void
rename_nic(struct author *a, size_t pair)
{
	/* Only once, and when nothing of it is to be mended by its name. */
	if (a->pairs[pair].renamed || !a->pairs[pair].media ||
	    !a->pairs[pair].associated || !a->pairs[pair].nic_there)
		return;
	type(a, "ifconfig %s name net%zu", a->h->pairs[pair].hn, pair);
	a->pairs[pair].renamed = true;
	/* rc(8) makes VLANs of the names that it finds. */
	if (a->now_ns < COURSE_BOOTED)
		a->h->pairs[pair].vlan[0] = '\0';
}

static void
rename_lagg(struct author *a, size_t pair)
{
	type(a, "ifconfig lagg%zu name wan%zu", pair, pair);
}

static void
change_mtu(struct author *a, size_t pair)
{
	static const int mtus[] = { 1500, 1400, 9000 };

	type(a, "ifconfig lagg%zu mtu %d", pair, mtus[choices_below(a->c, 3)]);
}

/* Those in front also where lagg0 is the administrator's own. */
static course_act *const commands[] = { delete_route, refuse_on_ports, down_nic,
	up_vf, down_vf, restart_netif, start_client, rename_nic, destroy_lagg,
	remove_vf, remove_nic, add_vf, remove_address, rename_lagg,
	change_mtu };
#define N_COMMANDS (uint32_t)(sizeof(commands) / sizeof(commands[0]))
#define N_ANYWHERE 8

void
course_user(struct author *a, size_t pair)
{
	commands[choices_below(a->c, a->own_lagg ? N_ANYWHERE : N_COMMANDS)](a,
	    pair);
}

/* An alias comes into rc.conf, or goes. */
void
course_edit(struct author *a, size_t pair)
{
	struct scn_step *p = course_step(a, SCN_RC_CONF, NULL);
	struct course_pair *of = &a->h->pairs[pair];
	char name[64], value[64];

	of->extra_wanted = !of->extra_wanted;
	/* rc(8) reads no further than where a number is missing. */
	snprintf(name, sizeof(name), "ifconfig_%s_alias%d", of->hn,
	    of->has_alias ? 1 : 0);
	snprintf(value, sizeof(value), "inet 10.8.%zu.1/32", pair);
	scn_pair_add(&p->pairs, &p->n_pairs, &p->cap_pairs, name,
	    of->extra_wanted ? value : "");
	snprintf(value, sizeof(value), "10.8.%zu.1/32", pair);
	ipaddr_parse(value, &of->extra);
	a->edited = true;
}
