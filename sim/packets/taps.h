/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * taps - which interfaces' bpf(4) sees a packet, lost ones included (FACTS.md
 * C.4, D.2). path is what netpath says of the packet at this moment.
 */
#ifndef SIM_PACKETS_TAPS_H
#define SIM_PACKETS_TAPS_H

#include "sim/machine/netpath.h"

#define TAPS_MAX 4

struct taps {
	const struct ifnet *on[TAPS_MAX]; /* in the order of their taps */
	size_t n;
};

void taps_out(const struct machine *m, const struct ipaddr *to, enum path path,
    struct taps *out);
void taps_in(const struct ifnet *hn, enum path path, struct taps *out);

#endif
