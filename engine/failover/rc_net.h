/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rc_net - what rc.conf(5) asks for on one interface, as rc.d/netif, routing
 * and network.subr understand it (FACTS.md E.4).
 *
 * rc evaluates the arguments of ifconfig_IF in the shell: quotes in the value
 * keep words together. The stock script hyperv_vfup does not (E.3 5h), so it
 * needs to know that there were any.
 */
#ifndef FAILOVER_RC_NET_H
#define FAILOVER_RC_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "failover/snapshot.h"

struct rcvars;

#define RC_VLANS 16

enum rc_dhcp {
	RC_DHCP_NONE,
	RC_DHCP_ASYNC, /* NOSYNCDHCP; DHCP unless synchronous_dhclient */
	RC_DHCP_SYNC,  /* SYNCDHCP; rc waits for the lease */
};

enum rc_source {	    /* where an address comes from; also their order */
	RC_FROM_MAIN,	    /* ifconfig_IF */
	RC_FROM_IPV4_ADDRS, /* ipv4_addrs_IF, ranges spread out */
	RC_FROM_ALIAS,	    /* ifconfig_IF_aliasN */
	RC_FROM_ALIASES,    /* ifconfig_IF_aliases */
	RC_FROM_IPV6,	    /* ifconfig_IF_ipv6 */
};

struct rc_vlan {
	char name[IFNAME_MAX]; /* "hn0.10", or the administrator's own */
	unsigned tag;
};

#define RC_ADDRS 16 /* of one interface; more are an error */

struct rc_net {
	bool configured; /* there is an ifconfig_IF, or ifconfig_DEFAULT */
	bool by_default; /* it is ifconfig_DEFAULT */
	bool no_auto;	 /* NOAUTO: nothing is done at boot */
	bool down;	 /* "down" is in it */
	bool quoted;	 /* the words have quotes or backslashes in them */
	enum rc_dhcp dhcp;
	char dhclient_flags[64];
	uint32_t mtu;	/* 0: not said */
	char descr[64]; /* ifconfig_IF_descr, or "description" */
	char vnet[32];	/* the jail it is for */
	/* What an aggregate would need as well, and does not get: a sentence,
	 * or NULL. */
	const char *uncarried;
	uint32_t caps_on, caps_off; /* IFCAP_* by "tso", "-lro", ... */

	struct ipaddr addrs[RC_ADDRS];
	uint8_t sources[RC_ADDRS]; /* enum rc_source */
	size_t n_addrs;
	size_t n_main; /* the first of them: all that stock carries over */

	bool ipv6;	   /* it has IPv6 at all; else rc disables it */
	bool accept_rtadv; /* addresses and default route of a router */
	bool rtsold;	   /* and asks for them */
	bool no_dad;

	char ports[SNAP_PORTS][IFNAME_MAX]; /* "laggport X", of a lagg */
	size_t n_ports;
	struct rc_vlan vlans[RC_VLANS];
	size_t n_vlans;

	/* of the whole system */
	struct ipaddr gateway;	      /* defaultrouter; family 0 if none */
	struct ipaddr gateway6;	      /* ipv6_defaultrouter */
	char gateway6_if[IFNAME_MAX]; /* behind its %, or "" */
	int64_t vf_delay_ns; /* hyperv_vf_delay: whole seconds, at least 2,
			      * and 2 when it is missing or no number */
};

/* Reads what concerns ifname. Words which cannot be understood are errors in
 * d, with the variable's place; *net then holds what was understood. */
void rcvars_net(const struct rcvars *r, const char *ifname, struct diag *d,
    struct rc_net *net);

/* Whether it asks for this vlan, "hn0.10", on the interface in its name. */
bool rc_names_vlan(const struct rcvars *r, const char *vlan);

/* hyperv_vf_delay as hyperv_vfattach gets it, from rc.conf alone. */
int64_t rc_vf_delay_stock(const struct rcvars *r);

/* Name n of cloned_interfaces (0 on), with "" for what stands behind a colon.
 * False behind the last. */
bool rc_cloned(const struct rcvars *r, size_t n, char name[IFNAME_MAX]);

#endif
