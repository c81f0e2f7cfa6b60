/* SPDX-License-Identifier: BSD-2-Clause */
/* What people do to the machine: commands that they type, and rc.conf. Some of
 * it is a decision, which the engine respects, and then less is wanted. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "sim/machine/ifnet.h"
#include "sim/search/course_parts.h"

void
course_type(struct author *a, const char *fmt, ...)
{
	char text[96];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (a->script == NULL)
		course_step(a, SCN_USER, NULL)->text = mem_str(text);
	else
		strbuf_addf(a->script, "%s%s", a->script->bytes > 0 ? "\n" : "",
		    text);
}

const char *
course_vf(const struct author *a, size_t pair)
{
	const struct course_pair *p = &a->h->pairs[pair];

	return a->pairs[pair].other ? p->other : p->vf;
}

static void
delete_route(struct author *a, size_t pair)
{
	(void)pair;
	course_type(a, "route delete default");
}

static void
refuse_on_ports(struct author *a, size_t pair)
{
	(void)pair;
	course_type(a, "sysctl net.link.lagg.failover_rx_all=0");
}

static void
down_nic(struct author *a, size_t pair)
{
	course_type(a, "ifconfig %s down", a->h->pairs[pair].hn);
}

static void
vf_upped(const struct author *a, size_t pair)
{
	struct course_pair *p = &a->h->pairs[pair];

	p->upped = true;
	/* A daemon that is started downs what it finds up and is no port. */
	p->raced =
	    p->raced || p->downed || a->pairs[pair].scripted || !a->daemon_runs;
}

static void
up_vf(struct author *a, size_t pair)
{
	if (a->pairs[pair].unpaired) {
		down_nic(a, pair);
		return;
	}
	course_type(a, "ifconfig %s up", course_vf(a, pair));
	vf_upped(a, pair);
}

static void
down_vf(struct author *a, size_t pair)
{
	struct course_pair *p = &a->h->pairs[pair];

	if (a->pairs[pair].unpaired) {
		down_nic(a, pair);
		return;
	}
	course_type(a, "ifconfig %s down", course_vf(a, pair));
	p->vf_excused = p->downed = true;
	a->pairs[pair].downed_late = a->script != NULL;
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
		course_type(a, "ifconfig lagg%zu %s %s -alias", pair,
		    p->addrs[0].family == 6 ? "inet6" : "inet",
		    ipaddr_format(&p->addrs[0], false, text));
}

static void
restart_netif(struct author *a, size_t pair)
{
	course_type(a, "service netif restart %s", a->h->pairs[pair].hn);
}

static void
start_client(struct author *a, size_t pair)
{
	course_type(a, "dhclient -b %s", a->h->pairs[pair].hn);
}

/* It ups the VF, if that has a link. */
static void
start_vf_client(struct author *a, size_t pair)
{
	if (a->pairs[pair].unpaired) {
		start_client(a, pair);
		return;
	}
	course_type(a, "dhclient -b %s", course_vf(a, pair));
	vf_upped(a, pair);
}

static void
restart_client(struct author *a, size_t pair)
{
	course_type(a, "service dhclient restart %s", a->h->pairs[pair].hn);
}

static void
kill_clients(struct author *a, size_t pair)
{
	(void)pair;
	course_type(a, "pkill -x dhclient");
}

static void
start_ether(struct author *a, size_t pair)
{
	course_type(a, "/etc/pccard_ether %s start", a->h->pairs[pair].hn);
}

/* What a port is asked for besides its MTU, which is refused. */
static void
set_nic(struct author *a, size_t pair)
{
	static const struct {
		const char *words;
		uint32_t off;
	} asked[] = { { "mtu 1400", 0 }, { "mtu 1500", 0 }, { "mtu 9000", 0 },
		{ "txcsum", 0 }, { "-txcsum", CAP_TXCSUM },
		{ "-tso", CAP_TSO4 | CAP_TSO6 } };
	uint32_t which =
	    choices_below(a->c, (uint32_t)(sizeof(asked) / sizeof(asked[0])));

	course_type(a, "ifconfig %s %s", a->h->pairs[pair].hn,
	    asked[which].words);
	a->h->pairs[pair].caps_off |= asked[which].off;
}

/* Where it was, or would be without an aggregate. */
static void
add_to_nic(struct author *a, size_t pair)
{
	const struct course_pair *p = &a->h->pairs[pair];
	char text[IPADDR_TEXT];

	if (p->n_addrs == 0 || p->addrs[0].family != 4)
		start_ether(a, pair);
	else
		course_type(a, "ifconfig %s inet %s alias", p->hn,
		    ipaddr_format(&p->addrs[0], true, text));
}

static void
down_lagg(struct author *a, size_t pair)
{
	course_type(a, "ifconfig lagg%zu down", pair);
	a->h->pairs[pair].lagg_downed = true;
}

static void
destroy_lagg(struct author *a, size_t pair)
{
	course_type(a, "ifconfig lagg%zu destroy", pair);
}

static void
remove_vf(struct author *a, size_t pair)
{
	course_type(a, "ifconfig lagg%zu -laggport %s", pair,
	    course_vf(a, pair));
}

static void
remove_nic(struct author *a, size_t pair)
{
	course_type(a, "ifconfig lagg%zu -laggport %s", pair,
	    a->h->pairs[pair].hn);
}

static void
add_vf(struct author *a, size_t pair)
{
	course_type(a, "ifconfig lagg%zu laggport %s", pair,
	    course_vf(a, pair));
}

static void
rename_nic(struct author *a, size_t pair)
{
	if (a->pairs[pair].renamed || !a->pairs[pair].nic_there)
		return;
	course_type(a, "ifconfig %s name net%zu", a->h->pairs[pair].hn, pair);
	a->pairs[pair].renamed = true;
	/* rc(8) makes VLANs of the names that it finds. */
	if (a->now_ns < COURSE_BOOTED)
		a->h->pairs[pair].vlan[0] = '\0';
}

static void
rename_lagg(struct author *a, size_t pair)
{
	course_type(a, "ifconfig lagg%zu name wan%zu", pair, pair);
}

static void
change_mtu(struct author *a, size_t pair)
{
	static const int mtus[] = { 1500, 1400, 9000 };

	course_type(a, "ifconfig lagg%zu mtu %d", pair,
	    mtus[choices_below(a->c, 3)]);
}

/* Those in front also where lagg0 is the administrator's own. */
static course_act *const commands[] = { delete_route, refuse_on_ports, down_nic,
	up_vf, down_vf, restart_netif, start_client, rename_nic, restart_client,
	kill_clients, start_ether, add_to_nic, start_vf_client, set_nic,
	destroy_lagg, remove_vf, remove_nic, add_vf, remove_address,
	rename_lagg, change_mtu, down_lagg };
#define N_COMMANDS (uint32_t)(sizeof(commands) / sizeof(commands[0]))
#define N_ANYWHERE 14

static void
type_one(struct author *a, size_t pair)
{
	course_act *command;

	if (a->h->on_linux)
		command = course_linux_command(
		    choices_below(a->c, COURSE_LINUX_COMMANDS));
	else
		command = commands[choices_below(a->c,
		    a->own_lagg ? N_ANYWHERE : N_COMMANDS)];
	command(a, pair);
}

static uint32_t
sleep_some(struct author *a)
{
	uint32_t seconds = 1 + choices_below(a->c, 3);

	course_type(a, "sleep %u", seconds);
	return seconds;
}

/* A script: several commands, and now and then it waits. */
static void
run_script(struct author *a, size_t pair)
{
	struct strbuf script = { 0 };
	uint32_t n = 2 + choices_below(a->c, 3), sleeps = 0;

	a->script = &script;
	while (n-- > 0) {
		type_one(a, pair);
		if (choices_chance(a->c, 25))
			sleeps += sleep_some(a);
	}
	a->script = NULL;
	if (script.bytes > 0)
		course_step(a, SCN_USER, NULL)->text = strbuf_take(&script);
	/* What comes behind it comes when it has ended. */
	a->now_ns += sleeps > 0 ? (sleeps + 1) * DUR_SEC : 0;
	strbuf_fini(&script);
}

void
course_user(struct author *a, size_t pair)
{
	if (choices_chance(a->c, 20))
		run_script(a, pair);
	else
		type_one(a, pair);
}

/* Somebody puts a hyperv_vfup.NIC there, which is run in place of what the
 * engine does with a VF that comes, or takes it away. */
void
course_custom(struct author *a, size_t pair)
{
	static const enum scn_script scripts[] = { SCN_SCRIPT_EXITS,
		SCN_SCRIPT_TAKES, SCN_SCRIPT_HANGS, SCN_SCRIPT_NOT_EXECUTABLE };
	struct standing *s = &a->pairs[pair];
	struct course_pair *p = &a->h->pairs[pair];
	struct scn_custom *c;

	if (a->h->on_linux)
		return; /* Linux has no such scripts */
	c = &course_step(a, SCN_CUSTOM, NULL)->custom;
	memcpy(c->nic, p->hn, sizeof(c->nic));
	s->scripted = !s->scripted;
	if (!s->scripted) {
		c->script = SCN_SCRIPT_MISSING;
		return;
	}
	c->script = scripts[choices_below(a->c, 4)];
	c->status =
	    c->script == SCN_SCRIPT_EXITS ? (int)choices_below(a->c, 2) : 0;
	if (c->script == SCN_SCRIPT_TAKES)
		c->takes_ns = DUR_SEC + course_pause(a);
	p->raced = p->raced || p->upped;
}

/* --- rc.conf is edited --- */

static void
edit(struct author *a, size_t pair, const char *name, const char *value)
{
	struct scn_step *p = course_step(a, SCN_RC_CONF, NULL);

	scn_pair_add(&p->pairs, &p->n_pairs, &p->cap_pairs, name, value);
	a->edited = true;
	if (a->h->pairs[pair].edited_ns == 0)
		a->h->pairs[pair].edited_ns = a->now_ns;
}

/* An alias comes into rc.conf, or goes. */
static void
edit_alias(struct author *a, size_t pair)
{
	struct course_pair *of = &a->h->pairs[pair];
	char name[64], value[64];

	of->extra_wanted = !of->extra_wanted;
	/* rc(8) reads no further than where a number is missing. */
	snprintf(name, sizeof(name), "ifconfig_%s_alias%d", of->hn,
	    of->has_alias ? 1 : 0);
	snprintf(value, sizeof(value), "inet 10.8.%zu.1/32", pair);
	edit(a, pair, name, of->extra_wanted ? value : "");
	snprintf(value, sizeof(value), "10.8.%zu.1/32", pair);
	ipaddr_parse(value, &of->extra);
}

/* The machine gets another address, or the first one again. */
static void
edit_address(struct author *a, size_t pair)
{
	struct course_pair *of = &a->h->pairs[pair];
	char name[64], value[64], text[IPADDR_TEXT];
	struct ipaddr now = of->addrs[0];

	now.bytes[3] ^= 1;
	of->former_read = a->now_ns >= COURSE_BOOTED && !a->edited;
	of->former = of->addrs[0];
	of->addrs[0] = now;
	of->moved = !of->moved;
	snprintf(name, sizeof(name), "ifconfig_%s", of->hn);
	snprintf(value, sizeof(value), "inet %s",
	    ipaddr_format(&now, true, text));
	edit(a, pair, name, value);
}

void
course_edit(struct author *a, size_t pair)
{
	const struct course_pair *p = &a->h->pairs[pair];
	bool fixed = !p->dhcp && p->n_addrs > 0 && p->addrs[0].family == 4;

	if (choices_chance(a->c, 30) && fixed)
		edit_address(a, pair);
	else
		edit_alias(a, pair);
	/* What an administrator types next. */
	if (choices_chance(a->c, 30) && !a->h->on_linux)
		restart_netif(a, pair);
}
