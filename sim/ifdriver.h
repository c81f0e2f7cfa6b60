/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ifdriver - a NIC driver's part: starting, stopping, and the VF's arrival
 * and departure on its bus (FACTS.md B.2 to B.6, delays from the profile).
 */
#ifndef SIM_IFDRIVER_H
#define SIM_IFDRIVER_H

#include "sim/machine.h"

/* Parts of a longer task, see sim/hn.h. IFF_UP is not theirs. */
int64_t driver_start_step(struct ktask *k, struct ifnet *ifp, int *pc);
int64_t driver_stop_step(struct ktask *k, struct ifnet *ifp, int *pc);

/* A stop and a start nobody asked for: lagg has set the MAC. */
void driver_bounce(struct ifnet *ifp);

struct vf_arrival {
	char name[IFNAME_MAX];
	char driver[16];
	uint8_t mac[6];
};
void vf_offer(struct machine *m, const struct vf_arrival *vf);
void vf_eject(struct machine *m, const char *name);
void vf_rescind(struct machine *m, const char *name);
void vf_set_carrier(struct machine *m, const char *name, bool carrier);

#endif
