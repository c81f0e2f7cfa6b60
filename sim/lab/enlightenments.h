/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * enlightenments - whether a guest of this host can be shown Hyper-V: the
 * processor flags for QEMU, or why not. Pure, from kvmlook().
 *
 * QEMU without KVM takes the flags without a word and shows the guest none of
 * them, and so does a KVM that has none: so they are never given on the chance
 * that they work. What the guest then sees is for the guest to say (CPUID leaf
 * 0x40000000).
 */
#ifndef SIM_LAB_ENLIGHTENMENTS_H
#define SIM_LAB_ENLIGHTENMENTS_H

#include <stdbool.h>

#include "world/kvmlook.h"

struct json_t; /* <jansson.h> */

#define ENLIGHTENMENTS_TEXT 400

struct enlightenments {
	bool kvm;		       /* it can run a guest: use accel "kvm" */
	bool offered;		       /* then cpu has flags */
	char cpu[ENLIGHTENMENTS_TEXT]; /* for -cpu; "": QEMU's own choice */
	/* One line for a person; "" when all is offered. Otherwise begins with
	 * "stand-in: ": the guest is one of KVM or TCG. */
	char why[ENLIGHTENMENTS_TEXT];
};

void enlightenments_decide(const struct kvmlook *host,
    struct enlightenments *out);

/* The arguments of query-cpu-model-expansion (the caller's), and the hv-* flags
 * that its answer has on, with commas between; "" for none. */
struct json_t *enlightenments_question(void);
void enlightenments_answer(const struct json_t *value,
    char flags[ENLIGHTENMENTS_TEXT]);

#endif
