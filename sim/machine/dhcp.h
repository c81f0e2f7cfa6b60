/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dhcp - the DHCP server of the host's network, and what the guest's clients
 * have leased (/var/db/dhclient.leases.IF).
 *
 * Each NIC hangs on a network of its own: the server gives the NIC with unit
 * N the address 10.0.(2+N).15/24 by the router 10.0.(2+N).2, a VLAN with tag T
 * on it 10.T.(2+N).15/24 (T modulo 256, from 1), and the same to whatever
 * client speaks with that NIC's MAC. sim/machine/dhclient.h is the other end.
 */
#ifndef SIM_MACHINE_DHCP_H
#define SIM_MACHINE_DHCP_H

#include <sys/queue.h>

#include "sim/machine/machine.h"

enum dhcp_mode {
	DHCP_ANSWERS,
	DHCP_SILENT,
	DHCP_NAKS, /* offers, and then refuses every request */
};

struct dhcp_lease {
	struct ipaddr addr, router;
	int64_t until_ns;
};

struct dhcp_record { /* of the lease database */
	TAILQ_ENTRY(dhcp_record) entry;
	char ifname[IFNAME_MAX];
	struct dhcp_lease lease;
};

struct dhclient;

struct dhcp { /* machine.dhcp; made when first asked for */
	enum dhcp_mode mode;
	struct ipaddr offer; /* instead of the NIC's own; family 0: none */
	TAILQ_HEAD(, dhcp_record) leases;
	TAILQ_HEAD(, dhclient) clients; /* sim/machine/dhclient.h */
	int last_pid;
};

struct dhcp *dhcp_of(struct machine *m);
void dhcp_free(struct machine *m);

void dhcp_set_mode(struct machine *m, enum dhcp_mode mode);
/* From now on every client is given this address, by the first of its network
 * as router unless the NIC's own router is in it; what they have had is
 * refused when they ask for it. */
void dhcp_set_offer(struct machine *m, const struct ipaddr *addr);

/* What the server would give to a client on this interface. False when no NIC
 * has its MAC. */
bool dhcp_address(struct machine *m, const struct ifnet *ifp,
    struct dhcp_lease *out);

/* --- messages --- */

enum dhcp_kind { DHCP_DISCOVER, DHCP_REQUEST };
enum dhcp_answer { DHCP_OFFER, DHCP_ACK, DHCP_NAK };

/* The client sends a message; wanted is the address that a request names.
 * answer(m, id) is called when one comes, in virtual time, unless the frame or
 * the answer is lost on the way. */
typedef void dhcp_answered(struct machine *m, int id, enum dhcp_answer a,
    const struct dhcp_lease *l);
void dhcp_send(struct machine *m, struct ifnet *ifp, enum dhcp_kind kind,
    const struct ipaddr *wanted, dhcp_answered *answer, int id);

/* --- the lease database --- */

/* NULL when there is none, or it is over. */
const struct dhcp_lease *dhcp_recall(struct machine *m, const char *ifname);
void dhcp_remember(struct machine *m, const char *ifname,
    const struct dhcp_lease *lease);

#endif
