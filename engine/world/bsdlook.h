/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bsdlook - a snapshot of FreeBSD's interfaces, aggregates and default routes:
 * one sysctl table of all links and addresses, and for each link what only an
 * ioctl or a name of sysctl(3) tells.
 *
 * It is not of one moment: what goes away meanwhile is left out, or is told
 * with what is known of it. The controller looks again whenever it is told of
 * a change, so that the last look is right.
 */
#ifndef WORLD_BSDLOOK_H
#define WORLD_BSDLOOK_H

#include "world/bsdkernel.h"
#include "world/bsdpair.h"

/* Where dhclient(8) has its pid and its leases, and the name after it. */
#define BSDLOOK_PIDFILE "/var/run/dhclient/dhclient.%s.pid"
#define BSDLOOK_LEASES	"/var/db/dhclient.leases.%s"
#define BSDLOOK_VFUP	"/usr/libexec/hyperv/hyperv_vfup.%s"

/* Fills a reset snapshot; 0, or the errno that gave no table of interfaces,
 * and then nothing is in it. An interface that does not answer in time
 * (ETIMEDOUT) is told as it was in the snapshot before, which may be NULL. */
int bsdlook(const struct bsdkernel *k, struct bsdpairs *pairs,
    const struct snapshot *before, void (*note)(void *ctx, const char *text),
    void *ctx, struct snapshot *out);

/* The bus device that an interface hangs on ("pci1"), by the driver's own
 * name ("mce0"); "" when there is none. */
void bsdlook_parent(const struct bsdkernel *k, const char *driver_name,
    char *out, size_t bytes);

#endif
