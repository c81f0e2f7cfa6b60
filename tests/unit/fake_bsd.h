/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fake_bsd - a FreeBSD kernel of a few interfaces which speaks in bytes, for
 * bsdkernel.h: hn(4) and lagg(4) as FREEBSD.md and FACTS.md C, D have them,
 * places in the structures as ioctl_facts.txt does (not bsdlayout.h's).
 */
#ifndef UNIT_FAKE_BSD_H
#define UNIT_FAKE_BSD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ipaddr.h"
#include "world/bsdkernel.h"

#define FAKE_IFS 16

struct fake_if {
	bool there;
	char name[16], driver[16], descr[64], parent[16];
	uint32_t index, flags, mtu, caps, capenable, nd6;
	uint8_t type, link;
	uint8_t mac[6], own_mac[6];
	struct ipaddr addrs[8];
	uint32_t addr_flags[8]; /* IN6_IFF_* */
	struct ipaddr unrouted; /* one that has lost the route to its net */
	size_t n_addrs;
	uint32_t lagg; /* whose port it is: an index */
	uint32_t primary;
	char vlan_parent[16];
	unsigned vlan_tag;
	bool dhclient;
	struct ipaddr lease;
	uint32_t vf;	 /* of an hn */
	bool no_media;	 /* its driver does not say */
	bool unknown;	 /* no hn will have it for its VF */
	bool media_down; /* what SIOCGIFMEDIA finds */
};

struct fake_bsd {
	struct fake_if ifs[FAKE_IFS]; /* as they were made */
	uint32_t next_index;
	struct ipaddr gateway, gateway6;
	uint32_t gateway_if, gateway6_if;
	struct ipaddr gateway_too; /* another way of the same default route */
	int transparent, rx_all;   /* -1: no such sysctl */
	bool has_lagg;		   /* the module is loaded */
	bool no_modules;	   /* none can be loaded */
	bool devd;		   /* it runs */
	bool blind;		   /* no table */
	bool no_drivers;	   /* IFDATA_DRIVERNAME fails */
	uint32_t fails;		   /* this ioctl fails ... */
	int result;		   /* ... so */
	struct ipaddr server;	   /* what a DHCP server gives */
	char started[256];	   /* the last program, its words */
	char wanted[32];	   /* the last module */
	char custom[64];	   /* a path that exists */
	struct bsdkernel kernel;
};

void fake_bsd_init(struct fake_bsd *f);
struct fake_if *fake_bsd_add(struct fake_bsd *f, const char *name, uint8_t type,
    const char *mac);
struct fake_if *fake_bsd_find(struct fake_bsd *f, const char *name);
struct fake_if *fake_bsd_by_index(struct fake_bsd *f, uint32_t index);
void fake_bsd_remove(struct fake_bsd *f, const char *name);
void fake_bsd_put(struct fake_bsd *f, const char *name, const char *addr);
bool fake_bsd_has(struct fake_bsd *f, const char *name, const char *addr);
/* Who carries: "" for nobody. */
const char *fake_bsd_active(struct fake_bsd *f, const char *lagg);
/* An hn follows its VF: after every change of a flag. */
void fake_bsd_follow(struct fake_bsd *f);

#endif
