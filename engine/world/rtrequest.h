/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rtrequest - operations as requests of Linux's rtnetlink(7), in bytes.
 *
 * Needs no header of the system and makes no call. Interfaces are named by
 * their indexes, never by a name, which may mean another one by the time the
 * kernel reads it. Each is one message that asks for an acknowledgement.
 *
 * What the numbers mean and what must come before what: FACTS.md G.3, G.4. A
 * bond is made active-backup, with its MAC from its first port, polled links
 * (miimon is 0 unless said), fail_over_mac "none" because the MACs are equal,
 * and its primary active whenever it can be.
 */
#ifndef WORLD_RTREQUEST_H
#define WORLD_RTREQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "failover/operation.h"

#define RTREQUEST_BYTES 512 /* room for any */

struct rtrequest {
	const struct operation *op;
	uint32_t index, other; /* of op->ifname and op->other; 0: none */
	uint32_t sequence;
	/* Of a bond that is made: its ports take what is sent to the MAC
	 * whether they are active or not (all_slaves_active). */
	bool rx_all;
	/* An IPv4 address that is set ends, after decades: so it is known for
	 * a lease, and whoever has it leased may change that. */
	bool ends;
};

/* Bytes written to buf, or 0 when it is not rtnetlink that does this. */
size_t rtrequest_build(const struct rtrequest *r, uint8_t buf[RTREQUEST_BYTES]);

/* A request that this kernel refuses in any case: because it knows no bonding
 * (EOPNOTSUPP, 95), or because the address in it is none (EINVAL). */
size_t rtrequest_probe_bonding(uint32_t sequence, uint8_t buf[RTREQUEST_BYTES]);

/* Everything of one kind: 18, 22 or 26 (RTM_GETLINK, _GETADDR, _GETROUTE). */
size_t rtrequest_dump(unsigned type, uint32_t sequence,
    uint8_t buf[RTREQUEST_BYTES]);

#endif
