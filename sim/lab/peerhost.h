/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * peerhost - the guest's gateway, as far as a host is one to probes: knows its
 * neighbours, answers ARP, NDP and echo requests. Pure: a frame in, at most
 * one frame out.
 *
 * It has an IPv4 and an IPv6 address, and the link-local one of its MAC. All
 * that lies beyond its prefixes it stands for: an echo request to any such
 * address is answered, since to the guest it is the gateway. Frames with wrong
 * checksums it drops as any host does. An answer goes to the MAC that asked.
 */
#ifndef SIM_LAB_PEERHOST_H
#define SIM_LAB_PEERHOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipaddr.h"
#include "packet/probehdr.h"

#define PEERHOST_NEIGHBOURS 16
#define PEERHOST_FRAME_MAX  9234 /* longest that is answered: 9216 and VLAN */

struct peerhost_neighbour {
	struct ipaddr addr;
	uint8_t mac[6];
	bool known; /* else it is asked for */
};

struct peerhost {
	uint8_t mac[6];
	struct ipaddr v4, v6;	  /* with prefix; family 0: none */
	struct ipaddr link_local; /* by peerhost_init() */
	struct peerhost_neighbour neighbours[PEERHOST_NEIGHBOURS];
	size_t n_neighbours;
	uint64_t damaged; /* frames with wrong checksums */
};

void peerhost_init(struct peerhost *h, const uint8_t mac[6],
    const struct ipaddr *v4, const struct ipaddr *v6);

enum peerhost_said {
	PEERHOST_NOTHING, /* not for us, or nothing to say */
	PEERHOST_ANSWER,  /* *answer is to be sent */
	PEERHOST_PROBE,	  /* a probe for us; *probe is set. One that asks has
			     its answer as well: *answer_bytes is not 0 */
};

/* out has room for PEERHOST_FRAME_MAX. */
enum peerhost_said peerhost_hear(struct peerhost *h, const uint8_t *frame,
    size_t bytes, struct probe_frame *probe, uint8_t *out,
    size_t *answer_bytes);

/* The neighbour with this address, asked for from now on. NULL: there are
 * PEERHOST_NEIGHBOURS others. */
struct peerhost_neighbour *peerhost_neighbour(struct peerhost *h,
    const struct ipaddr *addr);

/* The ARP request or neighbour solicitation for an address; 0: the peer has no
 * address of that family. */
size_t peerhost_ask(const struct peerhost *h, const struct ipaddr *addr,
    uint8_t *out);

#endif
