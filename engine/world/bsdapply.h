/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bsdapply - carries out one operation of the controller on FreeBSD.
 *
 * The kernel has done what it was asked for when the call returns. Programs
 * are started for a DHCP client (dhclient(8), as the stock script starts it:
 * rc.d/dhclient refuses an interface that rc.conf does not name) and for a
 * router solicitation (rtsol(8)); they go on by themselves.
 *
 * Two things FreeBSD's calls do besides what their name says are not let
 * happen: SIOCDIFADDR of no address takes away the first one, and SIOCSLAGG
 * of no protocol drops all ports (FREEBSD.md, ioctls).
 */
#ifndef WORLD_BSDAPPLY_H
#define WORLD_BSDAPPLY_H

#include "failover/operation.h"
#include "world/bsdkernel.h"
#include "world/bsdpair.h"

/* 0 or an errno of FreeBSD. */
int bsdapply(const struct bsdkernel *k, const struct bsdpairs *pairs,
    const struct operation *op);

#endif
