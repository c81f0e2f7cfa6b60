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
	OP_LAGG_CREATE,	 /* ifname, protocol failover */
	OP_LAGG_DESTROY, /* ifname */
	OP_DESCR,	 /* ifname := text (how our own lagg is known) */
	OP_PORT_ADD,	 /* other joins the lagg ifname */
	OP_PORT_DEL,	 /* other leaves the lagg ifname */
	OP_UP,		 /* ifname gets IFF_UP */
	OP_DOWN,
	OP_ADDR_ADD, /* ifname, addr */
	OP_ADDR_DEL,
	OP_DEFAULT_ADD, /* via addr, on ifname */
	OP_DEFAULT_DEL,
	OP_SYSCTL,  /* text := value */
	OP_PROCESS, /* a program that only reads, waits or costs time */
};

struct operation {
	enum op_kind kind;
	char ifname[IFNAME_MAX];
	char other[IFNAME_MAX];
	struct ipaddr addr;
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
