/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bsdpair - who is a synthetic NIC, and who its VF, on FreeBSD. Pure.
 *
 * On Hyper-V hn(4) says so. Elsewhere somebody declares a stand-in, SYNTH or
 * SYNTH=GLOB (nicpair.h has the syntax): it is shown to the controller as an
 * hn, and the NIC on a bus with its MAC, or what has a MAC and a name that
 * fits (epair(4) and tap(4) hang on no bus), as the VF that this hn knows.
 * What differs from an hn: it does not take its link down while the VF
 * carries, so that the VF has to be the aggregate's first port (bsdapply.h
 * sees to that), and nobody moves the data path on the host.
 */
#ifndef WORLD_BSDPAIR_H
#define WORLD_BSDPAIR_H

#include <stdbool.h>
#include <stddef.h>

#include "failover/snapshot.h"

#define BSDPAIR_MOST   64
#define BSDPAIR_NO_BUS "declared" /* as the parent of a VF that has none */

struct bsdpair {
	char synth[IFNAME_MAX]; /* as declared */
	char fits[64];		/* a glob of the VF's name; "": by its MAC */
	char vf[IFNAME_MAX];	/* when last looked; "": none */
	bool looked;		/* once at least */
	bool there;		/* when last looked, the stand-in was */
};

struct bsdpairs {
	struct bsdpair pairs[BSDPAIR_MOST];
	size_t count;
};

/* Shows the stand-ins of a filled snapshot as what they stand for. Beside them
 * an hn in transparent mode is none that anybody would manage; what that mode
 * says of the system then is no more. note() is told what has changed, one line
 * each; it may be NULL. */
void bsdpair_show(struct bsdpairs *p, struct snapshot *s,
    void (*note)(void *ctx, const char *text), void *ctx);

/* The stand-in whose VF this is, or NULL. */
const struct bsdpair *bsdpair_of_vf(const struct bsdpairs *p, const char *vf);

/* glob(7) with * and ? only. */
bool bsdpair_fits(const char *glob, const char *name);

#endif
