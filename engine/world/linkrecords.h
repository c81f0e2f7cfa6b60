/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * linkrecords - what becomes of Linux's interfaces as records of devctl(4)
 * (FACTS.md G.2), so that rules written for devd(8) find them. Pure.
 *
 *	an interface comes	!system=IFNET subsystem=eth1 type=ATTACH
 *	it is an Ethernet one	!system=ETHERNET subsystem=eth1 type=IFATTACH
 *	its carrier changes	!system=IFNET subsystem=eth1 type=LINK_UP
 *	it goes			!system=IFNET subsystem=eth1 type=DETACH
 *
 * As on FreeBSD nothing is told of a flag, an address or a new name. A name
 * that a rule could misread (a blank, a quote, a control byte) is not told.
 */
#ifndef WORLD_LINKRECORDS_H
#define WORLD_LINKRECORDS_H

#include "world/linktable.h"

#define LINKRECORDS_TEXT 128

struct linkrecords_row {
	uint32_t index;
	char name[IFEVENT_NAME];
	enum ifevent_link link;
};

struct linkrecords {			     /* zeroed: nothing is known yet */
	struct linkrecords_row *rows, *next; /* by index; owned */
	size_t n_rows, cap_rows, n_next, cap_next;
	bool primed;
};

void linkrecords_fini(struct linkrecords *r);

/* Compares the table with what was told of it. The first time, it only takes
 * what there is. */
void linkrecords_update(struct linkrecords *r, const struct linktable *t,
    void (*record)(void *ctx, const char *text), void *ctx);

#endif
