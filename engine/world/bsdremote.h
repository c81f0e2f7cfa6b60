/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bsdremote - a kernel whose calls may hang, asked through another process.
 *
 * hn(4) waits without a limit for a host that does not answer, and whoever has
 * upped its VF, or only reads dev.hn.N.vf, waits with it (FACTS.md C.3, B.0).
 * So the calls are made by a child of ours. One that has no answer within the
 * wait is ETIMEDOUT; the child is left to itself until the kernel lets it go,
 * and the next call gets a new one. What has hung is not asked for again for
 * BSDREMOTE_SHUN: so one NIC that hangs costs little of everybody's time.
 *
 * The child has no descriptor of ours: /dev/devctl and the pid file's lock
 * would be held by it for as long as it hangs.
 */
#ifndef WORLD_BSDREMOTE_H
#define WORLD_BSDREMOTE_H

#include <stdint.h>

#include "base/err.h"
#include "world/bsdkernel.h"

#define BSDREMOTE_SHUN (INT64_C(60) * 1000000000)
#define BSDREMOTE_MOST 8 /* children that hang; then nothing is asked */

struct bsdremote_config {
	/* Called in each child, once: gives the kernel to be asked there. It
	 * is never closed. 0, or an errno for every call. */
	int (*open)(void *arg, struct bsdkernel *out);
	void *arg;
	int64_t wait_ns;
	int64_t (*clock)(void);			   /* ns; clock_monotonic() */
	void (*note)(void *ctx, const char *text); /* may be NULL */
	void *ctx;
};

struct bsdremote;

struct bsdremote *bsdremote_new(const struct bsdremote_config *config);
void bsdremote_free(struct bsdremote *r); /* NULL is fine */

/* Borrowed, lives as long as r. */
const struct bsdkernel *bsdremote_kernel(const struct bsdremote *r);

#endif
