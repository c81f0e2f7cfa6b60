/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kernelworld - the part of a world (world.h) that looks at the interfaces of
 * the kernel we run on, and changes them: observe() and apply(). Records and
 * commands are the daemon's.
 *
 * Linux: an active-backup bond is the aggregate. All is asked and done by
 * rtnetlink, by a sysctl file, or by a DHCP client that is started for it;
 * nothing through a shell. The kernel carries a request out before it takes
 * the next, so an operation has its result when kernelworld_apply() returns;
 * an answer that does not come within KERNELWORLD_WAIT is ETIMEDOUT.
 *
 * Nothing is changed but a synthetic NIC that was declared or is Hyper-V's,
 * the VF that has its MAC, and an aggregate: what else is asked for is refused
 * with EPERM. Interfaces are addressed by the indexes of the last look.
 *
 * FreeBSD: a lagg(4) is the aggregate. All is asked and done by ioctl(2),
 * sysctl(3) and routing messages (bsdworld.h), with names that still have the
 * index of the last look; dhclient(8) and rtsol(8) are started without a
 * shell. Calls are made by another process, since some may hang (bsdremote.h):
 * then too one that does not end within KERNELWORLD_WAIT is ETIMEDOUT. What
 * hn(4) says decides who is whose VF; a declared NIC is a stand-in
 * (bsdpair.h).
 */
#ifndef WORLD_KERNELWORLD_H
#define WORLD_KERNELWORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define KERNELWORLD_WAIT (INT64_C(10) * 1000000000)

struct nicpairs;  /* world/nicpair.h */
struct operation; /* failover/operation.h */
struct snapshot;  /* failover/snapshot.h */

struct kernelworld_config {
	const struct nicpairs *pairs; /* as declared; copied */
	bool keep_rx_all; /* leave alone what ports take that are not active */
	/* A line for the log. */
	void (*note)(void *ctx, const char *text);
	void *ctx;
};

struct kernelworld;

/* 0, ERR_IO or ERR_UNSUPPORTED. */
int kernelworld_open(const struct kernelworld_config *config,
    struct kernelworld **out, struct err *err);
void kernelworld_close(struct kernelworld *w); /* NULL is fine */

/* Fills a reset snapshot. When the kernel cannot be asked now, it is filled
 * with nothing that anybody would change: transparent. */
void kernelworld_observe(struct kernelworld *w, struct snapshot *out);

/* 0 or a FreeBSD errno. */
int kernelworld_apply(struct kernelworld *w, const struct operation *op);

/* Where the kernel tells what is no record, to be polled for reading; -1:
 * whoever gives the records does that, too (Linux). */
int kernelworld_fd(const struct kernelworld *w);
/* Takes what there is to read. True: look again. */
bool kernelworld_told(struct kernelworld *w);

#endif
