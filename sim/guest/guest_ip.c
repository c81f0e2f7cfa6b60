/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ip(8) of a Linux guest, as far as bonds, links, addresses and the default
 * route go (FACTS.md G.3). The texts of its errors are iproute2's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "sim/guest/guest_parts.h"
#include "sim/machine/inet.h"

enum { IP_NOT_ASKED = 1, IP_REFUSED = 2, IP_BAD_ARGUMENT = 255 };

static void
no_device(struct guest_run *g, const char *name)
{
	strbuf_addf(&g->errors, "Cannot find device \"%s\"\n", name);
	g->error = SIM_ENXIO;
	g->status = IP_NOT_ASKED;
	g->ending = true;
}

static void
no_master(struct guest_run *g, const char *name)
{
	strbuf_addf(&g->errors,
	    "Error: argument \"%s\" is wrong: Device does not exist\n", name);
	g->status = IP_BAD_ARGUMENT;
	g->ending = true;
}

/* What the kernel has a sentence for is shown as that. */
static const char *
sentence(enum op_kind kind, int error)
{
	if (kind == OP_PORT_ADD && error == SIM_EPERM)
		return "Device can not be enslaved while up";
	if (kind == OP_LAGG_CREATE && error == SIM_EOPNOTSUPP)
		return "Unknown device type";
	return NULL;
}

static const char *
linux_strerror(enum op_kind kind, int error)
{
	switch (error) {
	case SIM_ENXIO:
		return "No such device";
	case SIM_EBUSY:
		return "Device or resource busy";
	case SIM_EADDRNOTAVAIL:
		return "Cannot assign requested address";
	case SIM_ENOENT:
		if (kind == OP_DEFAULT_DEL)
			return "No such process";
	}
	return guest_strerror(error);
}

static void
refused(struct guest_run *g, enum op_kind kind, int error)
{
	const char *said = sentence(kind, error);

	if (said != NULL)
		strbuf_addf(&g->errors, "Error: %s.\n", said);
	else
		strbuf_addf(&g->errors, "RTNETLINK answers: %s\n",
		    linux_strerror(kind, error));
	g->error = error;
	g->status = IP_REFUSED;
	g->ending = true;
}

/* Names are looked up before the kernel is asked for anything. */
static bool
answered(struct guest_run *g, struct guest_step *s, int error)
{
	bool joins = s->op.kind == OP_PORT_ADD;
	const char *device = joins ? s->op.other : s->op.ifname;

	if (error == 0 || s->fail == FAIL_SILENT)
		return true;
	if (joins && error == SIM_EEXIST) {
		g->error = 0; /* its slave already: nothing is to be done */
		return true;
	}
	if (joins && guest_find(g, s->op.ifname) == NULL)
		no_master(g, s->op.ifname);
	else if (s->op.kind != OP_LAGG_CREATE && *device != '\0' &&
	    guest_find(g, device) == NULL)
		no_device(g, device);
	else
		refused(g, s->op.kind, error);
	return true;
}

static struct guest_step *
push(struct guest_run *g, enum op_kind kind, const char *ifname)
{
	struct guest_step *s = guest_push(g, kind);

	snprintf(s->op.ifname, sizeof(s->op.ifname), "%.15s", ifname);
	s->after = answered;
	return s;
}

static const char *
word(const struct guest_run *g, size_t at)
{
	return at < g->argc ? g->argv[at] : "";
}

/* "set IF master B" is said of the port, the operation is the bond's. */
static bool
enslave(struct guest_run *g, const char *port, const char *bond)
{
	struct guest_step *s = push(g, OP_PORT_ADD, bond);

	snprintf(s->op.other, sizeof(s->op.other), "%.15s", port);
	return true;
}

static bool
leave(struct guest_run *g, struct guest_step *s)
{
	const struct ifnet *port = guest_find(g, s->op.other);

	if (port == NULL)
		no_device(g, s->op.other);
	if (port == NULL || port->member_of == NULL)
		return false;
	memcpy(s->op.ifname, port->member_of->name, IFNAME_MAX);
	return true;
}

/* The kernel closes what it moves; a bond it does not move (G.4 12). */
static bool
may_move(struct guest_run *g, struct guest_step *s)
{
	const struct ifnet *ifp = guest_find(g, s->op.ifname);

	if (ifp == NULL)
		no_device(g, s->op.ifname);
	else if (ifp->kind == KIND_LAGG)
		refused(g, s->op.kind, SIM_EINVAL);
	return ifp != NULL && ifp->kind != KIND_LAGG;
}

/* The namespace keeps it for good: nobody asks for it back here. */
static bool
move_away(struct guest_run *g, struct guest_step *s)
{
	struct ifnet *ifp = guest_find(g, s->op.ifname);

	if (ifp == NULL || ifnet_to_jail(ifp) != 0)
		refused(g, s->op.kind, SIM_ENXIO);
	return false;
}

static bool
set_mtu(struct guest_run *g, const char *ifname, const char *value)
{
	int64_t mtu;

	if (!num_parse(value, strlen(value), 68, 65535, &mtu))
		return guest_bad(g, "\"%.20s\" is no MTU", value);
	push(g, OP_MTU, ifname)->op.value = (int)mtu;
	return true;
}

static bool
set_one(struct guest_run *g, const char *ifname, const char *verb,
    const char *value)
{
	struct guest_step *s;

	if (strlen(value) >= IFNAME_MAX && strcmp(verb, "address") != 0)
		return guest_bad(g, "argument \"%.30s\" is too long", value);
	if (strcmp(verb, "master") == 0)
		return enslave(g, ifname, value);
	if (strcmp(verb, "mtu") == 0)
		return set_mtu(g, ifname, value);
	if (strcmp(verb, "name") == 0) {
		s = push(g, OP_RENAME, ifname);
		snprintf(s->op.other, sizeof(s->op.other), "%s", value);
		return true;
	}
	if (strcmp(verb, "netns") == 0) {
		s = push(g, OP_DOWN, ifname);
		s->fail = FAIL_SILENT;
		s->ready = may_move;
		push(g, OP_PROCESS, ifname)->ready = move_away;
		return true;
	}
	if (strcmp(verb, "address") == 0) {
		s = push(g, OP_ETHER, ifname);
		return mac_parse(value, s->op.mac) ||
		    guest_bad(g, "\"%.20s\" is no address", value);
	}
	return guest_bad(g, "\"%.20s\" is not known of a link", verb);
}

static bool
plan_set(struct guest_run *g, size_t at)
{
	const char *ifname;
	struct guest_step *s;

	if (strcmp(word(g, at), "dev") == 0)
		at++;
	ifname = word(g, at++);
	if (*ifname == '\0' || at == g->argc || strlen(ifname) >= IFNAME_MAX)
		return guest_bad(g, "set needs a device and what to set");
	for (; at < g->argc; at++) {
		if (strcmp(g->argv[at], "up") == 0) {
			push(g, OP_UP, ifname);
		} else if (strcmp(g->argv[at], "down") == 0) {
			push(g, OP_DOWN, ifname);
		} else if (strcmp(g->argv[at], "nomaster") == 0) {
			s = push(g, OP_PORT_DEL, "");
			snprintf(s->op.other, sizeof(s->op.other), "%s",
			    ifname);
			s->ready = leave;
		} else if (at + 1 == g->argc) {
			return guest_bad(g, "\"%.20s\" needs an argument",
			    g->argv[at]);
		} else if (!set_one(g, ifname, g->argv[at], g->argv[at + 1])) {
			return false;
		} else {
			if (strcmp(g->argv[at], "name") == 0)
				ifname = g->argv[at + 1];
			at++;
		}
	}
	return true;
}

/* Without "miimon" a bond never looks at the links of its slaves. */
static bool
plan_add(struct guest_run *g, size_t at)
{
	const char *name;
	struct guest_step *s;
	int64_t ms = 0;

	if (strcmp(word(g, at), "dev") == 0)
		at++;
	name = word(g, at++);
	if (*name == '\0' || strlen(name) >= IFNAME_MAX ||
	    strcmp(word(g, at), "type") != 0 ||
	    strcmp(word(g, at + 1), "bond") != 0)
		return guest_bad(g, "only \"ip link add NAME type bond\"");
	for (at += 2; at < g->argc; at += 2) {
		if (at + 1 == g->argc)
			return guest_bad(g, "\"%.20s\" needs an argument",
			    g->argv[at]);
		if (strcmp(g->argv[at], "mode") == 0 &&
		    strcmp(g->argv[at + 1], "active-backup") == 0)
			continue;
		if (strcmp(g->argv[at], "miimon") != 0 ||
		    !num_parse(g->argv[at + 1], strlen(g->argv[at + 1]), 0,
			100000, &ms))
			return guest_bad(g, "\"%.20s %.20s\" is not known",
			    g->argv[at], g->argv[at + 1]);
	}
	s = push(g, OP_LAGG_CREATE, name);
	s->op.value = (int)ms;
	return true;
}

static bool
plan_link(struct guest_run *g)
{
	const char *verb = word(g, 2);

	if (strcmp(verb, "set") == 0)
		return plan_set(g, 3);
	if (strcmp(verb, "add") == 0)
		return plan_add(g, 3);
	if ((strcmp(verb, "del") == 0 || strcmp(verb, "delete") == 0) &&
	    g->argc == 4 && strlen(g->argv[3]) < IFNAME_MAX) {
		push(g, OP_LAGG_DESTROY, g->argv[3]);
		return true;
	}
	return guest_bad(g, "ip link set, add and del are known");
}

static bool
is_new(struct guest_run *g, struct guest_step *s)
{
	const struct ifnet *ifp = guest_find(g, s->op.ifname);
	int at = ifp == NULL ? -1 : inet_find(ifp, &s->op.addr);

	if (at < 0 || ifp->addrs[at].prefix != s->op.addr.prefix)
		return true;
	refused(g, s->op.kind, SIM_EEXIST);
	return false;
}

static bool
plan_address(struct guest_run *g)
{
	struct guest_step *s;
	bool add = strcmp(word(g, 2), "add") == 0;
	struct ipaddr addr;

	if ((!add && strcmp(word(g, 2), "del") != 0) || g->argc != 6 ||
	    strcmp(g->argv[4], "dev") != 0 ||
	    strlen(g->argv[5]) >= IFNAME_MAX ||
	    !ipaddr_parse(g->argv[3], &addr))
		return guest_bad(g, "ip addr add|del ADDR/BITS dev IF");
	s = push(g, add ? OP_ADDR_ADD : OP_ADDR_DEL, g->argv[5]);
	s->op.addr = addr;
	if (add)
		s->ready = is_new;
	return true;
}

static bool
plan_route(struct guest_run *g)
{
	bool add = strcmp(word(g, 2), "add") == 0;
	struct ipaddr gateway = { .family = 4 };

	if (strcmp(word(g, 3), "default") != 0 ||
	    (!add && (strcmp(word(g, 2), "del") != 0 || g->argc != 4)) ||
	    (add &&
		(g->argc != 6 || strcmp(g->argv[4], "via") != 0 ||
		    !ipaddr_parse(g->argv[5], &gateway))))
		return guest_bad(g, "ip route add default via ADDR, or del");
	push(g, add ? OP_DEFAULT_ADD : OP_DEFAULT_DEL, "")->op.addr = gateway;
	return true;
}

bool
guest_plan_ip(struct guest_run *g)
{
	const char *object = word(g, 1);

	if (strcmp(object, "link") == 0)
		return plan_link(g);
	if (strcmp(object, "addr") == 0 || strcmp(object, "address") == 0)
		return plan_address(g);
	if (strcmp(object, "route") == 0)
		return plan_route(g);
	return guest_bad(g, "ip link, addr and route are known");
}
