/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dhclient - FreeBSD 12.1's DHCP client, one process an interface, as it
 * behaves and as its script does (FACTS.md E.6, FREEBSD-HN.md h):
 *
 * It waits about 11 s for link, then gives up. Its script sets 0.0.0.0/8 and
 * brings the interface up (PREINIT), and once there is a lease deletes the
 * interface's first IPv4 address, sets the leased one and adds the default
 * route, unless another interface has that. It ends when its interface goes
 * down, goes away or is renamed, and when somebody deletes its address, but
 * for the 10 s after its script has run. When the link returns it asks for
 * its address again (REBOOT), and the script deletes and re-adds it.
 *
 * Until the first lease, or until it has given up asking, it stands in the
 * foreground: whoever started it waits.
 */
#ifndef SIM_MACHINE_DHCLIENT_H
#define SIM_MACHINE_DHCLIENT_H

#include "sim/machine/machine.h"

/* Starts a client for the interface in the name of a task, whose step is
 * called again when the client has gone to the background or ended: result
 * is 0, or SIM_ENETDOWN when there was no link, SIM_ENXIO for an interface
 * that is not there, SIM_EEXIST when a client runs for it already, and
 * SIM_EINTR when it was ended from outside. background: -b, the script's
 * PREINIT is all that is waited for. k NULL: nobody waits.
 *
 * The step must return what this returns: the time until it is called. */
int64_t dhclient_start(struct machine *m, const char *ifname, bool background,
    struct ktask *k);

/* SIGTERM: it ends at once, its lease and address stay. False: none ran. */
bool dhclient_stop(struct machine *m, const char *ifname);

/* Its parent in the foreground is killed, and so is it. */
void dhclient_abandon(struct machine *m, struct ktask *k);

bool dhclient_runs(struct machine *m, const char *ifname);
/* Which run of a client it is, counted over the machine; 0 when none runs. */
int dhclient_id(struct machine *m, const char *ifname);

/* "none", "link" (waits for it), "init", "requesting", "rebooting", "bound",
 * "renewing" or "sleeping"; the trace keeps it as field "dhclient". */
const char *dhclient_state(struct machine *m, const char *ifname);

/* What the routing socket says, in machine_rt()'s words, as it is said: the
 * clients read it a little later. */
void dhclient_hear(struct machine *m, const char *message);
bool dhclient_listens(const struct machine *m); /* one does */

void dhclient_free_all(struct machine *m);

#endif
