/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nicpair - which interface of a Linux system is a synthetic NIC, and which
 * one is its VF. Pure.
 *
 * On Hyper-V the synthetic NIC is one of the driver hv_netvsc, known by its
 * bus; since Linux 4.14 that driver joins with its VF by itself, and there is
 * nothing to do (FACTS.md G.1). Elsewhere somebody declares the synthetic one:
 *
 *	eth0		its VF is the PCI device with its MAC
 *	eth0=ens*	... whose name, or whose place on its bus, fits ens*
 *
 * Once met, a synthetic NIC is known by its permanent MAC and its device, so
 * that it may be renamed, and another one of that name is not taken for it. A
 * VF has the same permanent MAC, hangs on a bus, and is made by no software.
 */
#ifndef WORLD_NICPAIR_H
#define WORLD_NICPAIR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "world/linklook.h"

#define NICPAIR_MOST  64
#define NICPAIR_VMBUS "vmbus" /* where hv_netvsc's devices are */

enum nicpair_state {
	NICPAIR_ABSENT, /* no such interface now */
	NICPAIR_OURS,	/* a synthetic NIC, to be managed */
	NICPAIR_JOINED, /* it and its VF are joined by a driver already */
};

struct nicpair {
	char declared[IFEVENT_NAME]; /* "" when found by its driver */
	char fits[64];		     /* a glob(7) of the VF; "" for any */
	unsigned unit;		     /* number of the pair, for ever */
	bool looked, known, vmbus;
	uint8_t mac[6];	 /* permanent */
	char device[32]; /* "" if it has none */
	enum nicpair_state state;
	uint32_t index, vf; /* now; 0: none */
	uint32_t vlan;	    /* the last one on it that was told of */
};

struct nicpairs {
	struct nicpair pairs[NICPAIR_MOST];
	size_t count;
};

/* Adds what "SYNTH" or "SYNTH=GLOB" declares; ERR_INPUT. */
int nicpair_declare(struct nicpairs *p, const char *text, struct err *err);

/* Looks who is who. What has changed is told to note(), one line each; it may
 * be NULL. */
void nicpair_update(struct nicpairs *p, const struct linklook *l,
    void (*note)(void *ctx, const char *text), void *ctx);

/* The pair whose synthetic NIC, or whose VF, this is; or NULL. */
const struct nicpair *nicpair_of(const struct nicpairs *p, uint32_t index);
const struct nicpair *nicpair_of_vf(const struct nicpairs *p, uint32_t index);

/* 1: there are synthetic NICs, and all are joined by their driver; 0: there
 * is something to manage, or may be; -1: nothing is declared or found. */
int nicpair_transparent(const struct nicpairs *p);

#endif
