/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hn - the synthetic NIC and its relation to its VF (FACTS.md C). The
 * functions ending in _step are parts of a longer task: called again and
 * again with the same pc (0 at first), each gives the time until the next
 * call or KTASK_DONE.
 */
#ifndef SIM_HN_H
#define SIM_HN_H

#include "sim/machine.h"

struct ifnet *hn_new(struct machine *m, const char *name, const uint8_t mac[6],
    bool connected);

/* hn of this VF's MAC, or NULL (C.2: the first that matches). */
struct ifnet *hn_of(struct ifnet *vf);

void hn_vf_arrived(struct ifnet *vf);  /* N1, X1: ether_ifattach */
void hn_vf_departed(struct ifnet *vf); /* N4, X6 */

/* N2 (on) and N3 (off): the VF's IFF_UP changed. */
int64_t hn_switch_step(struct ktask *k, struct ifnet *vf, bool on, int *pc);

/* N8, N9: the hn's own IFF_UP. */
int64_t hn_down_step(struct ktask *k, struct ifnet *hn, int *pc);
int64_t hn_up_step(struct ktask *k, struct ifnet *hn, int *pc);

void hn_host_network_change(struct ifnet *hn);	      /* N6, N7 */
void hn_host_media(struct ifnet *hn, bool connected); /* N5, N7 */
void hn_vf_link(struct ifnet *vf);		      /* X5 */

#endif
