/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ifdriver - a NIC driver's part: starting, stopping, and the VF's arrival
 * and departure on its bus (FACTS.md B.2 to B.6, delays from the profile).
 */
#ifndef SIM_MACHINE_IFDRIVER_H
#define SIM_MACHINE_IFDRIVER_H

#include "sim/machine/machine.h"

/* Parts of a longer task, see sim/machine/hn.h. IFF_UP is not theirs. */
int64_t driver_start_step(struct ktask *k, struct ifnet *ifp, int *pc);
int64_t driver_stop_step(struct ktask *k, struct ifnet *ifp, int *pc);

int64_t driver_restart_step(struct ktask *k, struct ifnet *ifp, int *pc);

/* The same beside the caller's work: lagg has set the MAC, hn has set it
 * down. Nothing when it does not run. */
void driver_bounce(struct ifnet *ifp);
void driver_halt(struct ifnet *ifp);

/* The carrier came or went: what the driver makes of it. */
void driver_carrier(struct ifnet *ifp);

/* SIOCGIFMEDIA, with which programs ask for the link: some drivers do not look
 * at it before ("link_polled"). */
void driver_media(struct ifnet *ifp);

/* A trait of the NIC's driver (see sim/machine/profile.h), no for other kinds;
 * and a restart when it has that one. */
bool driver_trait(const struct ifnet *ifp, const char *what);
void driver_changed(struct ifnet *ifp, const char *trait);
void driver_set_caps(struct ifnet *ifp, uint32_t capenable);

/* The thread that attaches and detaches, one job after the other in their
 * order; vfbus.c, as what follows. False when it is busy: the task is to park
 * and is woken when it is its turn. */
bool bus_take(struct ktask *k);
void bus_release(struct machine *m);

/* Its turn goes to the next, and it is to park: it waits until an interface
 * comes, goes or changes its name. */
void bus_yield(struct ktask *k);
void bus_names_changed(struct machine *m);

struct vf_arrival {
	char name[IFNAME_MAX];
	char driver[16];
	uint8_t mac[6];
};
void vf_offer(struct machine *m, const struct vf_arrival *vf);
void vf_eject(struct machine *m, const char *name);
void vf_rescind(struct machine *m, const char *name);
/* devctl(8): the driver lets the device go, or takes it again; the hardware
 * stays. NULL when there is none of this name (of the driver's unit, or
 * "pci0:BUS:0:0"). */
struct ktask *vf_unbind(struct machine *m, const char *device);
struct ktask *vf_bind(struct machine *m, const char *device);
void vf_set_carrier(struct machine *m, const char *name, bool carrier);

#endif
