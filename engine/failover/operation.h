/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * operation - one change to the system, as the controller asks for it. A
 * world carries it out and answers with 0 or a FreeBSD errno.
 */
#ifndef FAILOVER_OPERATION_H
#define FAILOVER_OPERATION_H

#include "base/ipaddr.h"
#include "base/strbuf.h"
#include "failover/snapshot.h"

enum op_kind {
	OP_LAGG_CREATE,	 /* ifname; of a bond: value = miimon in ms */
	OP_LAGG_DESTROY, /* ifname */
	OP_DESCR,	 /* ifname := text (how our own lagg is known) */
	OP_PORT_ADD,	 /* other joins the lagg ifname */
	OP_PORT_DEL,	 /* other leaves the lagg ifname */
	OP_UP,		 /* ifname gets IFF_UP */
	OP_DOWN,
	OP_ADDR_ADD, /* ifname, addr */
	OP_ADDR_DEL,
	OP_DEFAULT_ADD, /* via addr, on ifname; addr's family says which */
	OP_DEFAULT_DEL, /* addr.family 6: the IPv6 one */
	OP_SYSCTL,	/* text := value */
	OP_PROCESS,	/* a program that only reads, waits or costs time */
	OP_PRIMARY,	/* other becomes the primary of the bond ifname */
	OP_MTU,		/* ifname := value */
	OP_CAPS,	/* capabilities of ifname := value (IFCAP_*) */
	OP_RENAME,	/* ifname becomes other */
	OP_ETHER,	/* ifname gets mac */
	OP_CLONE,	/* ifname ("tap0") is created */
	OP_DESTROY,	/* ifname, of any cloned kind */
	OP_VLAN,   /* vlan ifname := tag value on other; other "": on none */
	OP_RTADV,  /* ifname accepts router advertisements: value 0 or 1 */
	OP_NO_DAD, /* ifname does no duplicate detection: value 0 or 1 */
	OP_RTSOL,  /* a router solicitation goes out of ifname */
	OP_DHCP_START, /* a client for ifname; value 1: until it is bound */
	OP_DHCP_STOP,  /* the client of ifname ends, its lease is kept */
};

struct operation {
	enum op_kind kind;
	char ifname[IFNAME_MAX];
	char other[IFNAME_MAX];
	struct ipaddr addr;
	uint8_t mac[6];
	char text[64];
	int value;
	/* Stock procedures work through programs. Empty: a system call of our
	 * own. Otherwise the program that is started for it ("ifconfig"); a
	 * production world need not start it, a simulated one takes its cost
	 * from the machine profile. */
	char program[24];
	char why[96]; /* the reason, for logs and reports */
};

/* Canonical words: "lagg0 port-add mce0", "mce0 up". Appended to out. */
void operation_text(const struct operation *op, struct strbuf *out);

#endif
