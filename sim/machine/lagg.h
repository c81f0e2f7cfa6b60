/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lagg - lagg(4) in failover mode (FACTS.md D): the active port is not a
 * state but an answer, computed for every packet.
 */
#ifndef SIM_MACHINE_LAGG_H
#define SIM_MACHINE_LAGG_H

#include "sim/machine/machine.h"

struct ifnet *lagg_new(struct machine *m, const char *name);
void lagg_destroy(struct ifnet *lagg);

/* Adding (ifp is the lagg, other the port); a part of a longer task, see
 * sim/machine/hn.h. The errno goes to k->result. */
int64_t lagg_add_step(struct ktask *k, struct ifnet *lagg, struct ifnet *port,
    int *pc);
int lagg_del(struct ifnet *lagg, struct ifnet *port); /* 0 or errno */

/* Flag lagg.updown, newer kernels: as it is set up or down its ports are, each
 * in the order of the list, whatever they were; also as an address sets it up,
 * as its MAC is changed and before it is destroyed. A port that joins stays as
 * it is (sys/net/if_lagg.c: lagg_init_locked(), lagg_stop()). A part of a
 * longer task, done at once without the flag, or when there is nothing to do.
 */
bool lagg_moves_ports(const struct ifnet *lagg);
int64_t lagg_ports_step(struct ktask *k, struct ifnet *lagg, bool up, int *pc);

/* The kernel holds its lock over all of an MTU's change, and while its ports
 * are set up or down. Who takes a port out, or destroys it, sleeps for that:
 * looks again so much later (a bound, assumed).
 */
#define LAGG_LOCK_POLL INT64_C(1000000)
bool lagg_is_locked(const struct ifnet *lagg);
void lagg_port_departed(struct ifnet *port);
void lagg_port_link(struct ifnet *lagg); /* a port's link was reported */

/* What all ports can is the lagg's, and what all have enabled is pushed back
 * to them (D.3). */
void lagg_capabilities(struct ifnet *lagg);

/* NULL when no port is active. */
struct ifnet *lagg_active(const struct ifnet *lagg);

/* Whether a frame that came in on port is taken (D.2). */
bool lagg_accepts(const struct ifnet *lagg, const struct ifnet *port);

#endif
