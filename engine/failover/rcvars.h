/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rcvars - what rc.conf(5) says, as name and value; and what of it concerns a
 * synthetic NIC (FACTS.md E.4). Pure: somebody else has read the files.
 */
#ifndef FAILOVER_RCVARS_H
#define FAILOVER_RCVARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/ipaddr.h"
#include "failover/snapshot.h"

struct rcvar {
	char *name;
	char *value;
	unsigned line, col; /* where it was set */
};

struct rcvars {
	char *file; /* for messages */
	struct rcvar *vars;
	size_t n_vars, cap_vars;
};

void rcvars_fini(struct rcvars *r);
void rcvars_set(struct rcvars *r, const char *name, const char *value,
    unsigned line, unsigned col); /* replaces; copies */
const char *rcvars_get(const struct rcvars *r, const char *name); /* or NULL */

/* ifconfig_IF with . - / + mapped to _, else ifconfig_DEFAULT, else NULL. */
const char *rcvars_ifconfig(const struct rcvars *r, const char *ifname);

struct rc_net {		 /* the static part of one interface's configuration */
	bool configured; /* there is an ifconfig_IF */
	bool dhcp;	 /* one of the DHCP words is in it */
	bool sets_mtu;	 /* an mtu is in it; nobody carries it over yet */
	/* Those of ifconfig_IF first: n_main of them, all that stock knows.
	 * Then ipv4_addrs_IF, ifconfig_IF_aliasN and ifconfig_IF_ipv6. */
	struct ipaddr addrs[SNAP_ADDRS];
	size_t n_addrs, n_main;
	struct ipaddr gateway; /* defaultrouter; family 0 if none */
	int64_t vf_delay_ns;   /* hyperv_vf_delay: whole seconds, at least 2,
				* and 2 when it is missing or not a number */
};

/* Reads what concerns ifname: static addresses of both families, the IPv4
 * default route, and whether it asks for DHCP. Words which cannot be
 * understood are errors in d, with the variable's place; *net then holds what
 * was understood. */
void rcvars_net(const struct rcvars *r, const char *ifname, struct diag *d,
    struct rc_net *net);

#endif
