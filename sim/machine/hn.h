/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hn - the synthetic NIC and its relation to its VF (FACTS.md C). The
 * functions ending in _step are parts of a longer task: called again and
 * again with the same pc (0 at first), each gives the time until the next
 * call or KTASK_DONE.
 */
#ifndef SIM_MACHINE_HN_H
#define SIM_MACHINE_HN_H

#include "sim/machine/machine.h"

struct ifnet *hn_new(struct machine *m, const char *name, const uint8_t mac[6],
    bool connected);

/* That of this newbus device, whatever its interface is called by now; or
 * NULL. What the host does concerns a device. */
struct ifnet *hn_find(struct machine *m, const char *device);

/* hn of this VF's MAC, or NULL (C.2: whatever is Ethernet and neither lagg,
 * vlan nor hn may be a VF; the first hn that matches). */
struct ifnet *hn_of(struct ifnet *vf);

void hn_vf_arrived(struct ifnet *vf);  /* N1, X1: ether_ifattach */
void hn_vf_departed(struct ifnet *vf); /* N4, X6: detach or rename */

/* N2 (on) and N3 (off): the VF's IFF_UP changed. hn_event_step() is the same
 * as the ifnet event handlers do it: newer kernels leave it to a thread. */
int64_t hn_switch_step(struct ktask *k, struct ifnet *vf, bool on, int *pc);
int64_t hn_event_step(struct ktask *k, struct ifnet *vf, bool on, int *pc);
bool hn_may_switch(const struct ifnet *hn, bool on);

/* The thread that newer kernels have for it, one for each hn (FACTS.md B.13;
 * flags hn.async, and hn.association, which came with it); hn_thread.c. It is
 * woken for whatever may matter, once for all that came before it runs, and
 * looks at how things stand by then. Only the hn's own vf concerns it. */
bool hn_has_thread(const struct machine *m);
void hn_thread_wake(struct ifnet *hn);
/* The VF departs, which waits for no thread: nothing leads to it any more. */
void hn_thread_let_go(struct ifnet *hn);
/* False when a switch to the VF is to end amid: the VF has gone, or the host
 * has withdrawn it. True on older kernels, which look at neither. */
bool hn_thread_goes_on(struct ifnet *hn, const struct ifnet *vf);

/* N8, N9: the hn's own IFF_UP. */
int64_t hn_down_step(struct ktask *k, struct ifnet *hn, int *pc);
int64_t hn_up_step(struct ktask *k, struct ifnet *hn, int *pc);

/* N10. The errno goes to k->result; hn_setup.c. */
int64_t hn_mtu_step(struct ktask *k, struct ifnet *hn, uint32_t mtu, int *pc);

/* N11: the driver lets go of the vNIC, and takes it again; hn_setup.c. The
 * new one does not look for VFs that are there already (B.12). */
void hn_detach(struct machine *m, const char *device);
void hn_attach(struct machine *m, const char *device, const uint8_t mac[6]);

void hn_host_network_change(struct ifnet *hn);	      /* N6, N7 */
void hn_host_media(struct ifnet *hn, bool connected); /* N5, N7 */
/* N12; with flag hn.association the VF's use depends on it (B.13). */
void hn_host_association(struct ifnet *hn, bool granted);

/* The transparent mode's part; hn_xt.c. */
void hn_xt_arrived(struct ifnet *hn);		    /* X1 */
void hn_xt_departed(struct ifnet *hn);		    /* X6 */
void hn_xt_link(struct ifnet *vf);		    /* X5 */
void hn_xt_start(struct ifnet *hn);		    /* X4, as hn comes up */
void hn_xt_stop(struct ifnet *hn);		    /* X7 */
void hn_xt_ready_fire(void *ctx, struct vevent *e); /* X2 to X4 */
/* X8: true when the VF must be asked first, which is its vf then. */
bool hn_xt_forwards(const struct ifnet *hn);

/* Link management; parts of the above. */
void hn_suspend_management(struct ifnet *hn);
void hn_resume_management(struct ifnet *hn);
bool hn_take_lock(struct ktask *k, struct ifnet *hn);
void hn_drop_lock(struct ktask *k, struct ifnet *hn);
#define HN_LOCK_POLL INT64_C(1000000) /* a trylock in steps of 1 ms (B.0) */

#endif
