/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * probehdr - what a probe of ours looks like on the wire: the contract between
 * whoever sends probes (the simulated machine, a real sender) and whoever
 * reads captures of them.
 *
 * Ethernet, IPv4 or IPv6 without options, ICMP echo or UDP, and as payload 32
 * bytes, all numbers big-endian:
 *
 *	 0  4  magic, "SwPb"
 *	 4  1  version, 1
 *	 5  1  kind: 0 one way, 1 request, 2 reply
 *	 6  2  zero
 *	 8  4  stream: one direction of one probe has one number
 *	12  8  sequence, from 0; refused packets have numbers too
 *	20  8  when it was sent, nanoseconds of the sender's wall clock since
 *		1970; a reply repeats what the request said
 *	28  4  zero
 *
 * ICMP's identifier and sequence are the low 16 bits of stream and sequence.
 */
#ifndef PACKET_PROBEHDR_H
#define PACKET_PROBEHDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipaddr.h"

#define PROBE_PAYLOAD	32
#define PROBE_FRAME_MAX (14 + 40 + 8 + PROBE_PAYLOAD)
#define PROBE_UDP_PORT	7077 /* the peer's; the guest's is 49152 + stream */

enum probe_kind { PROBE_ONE_WAY, PROBE_REQUEST, PROBE_REPLY };

struct probe_frame {
	uint8_t src_mac[6], dst_mac[6];
	struct ipaddr src, dst; /* of one family; the prefixes do not count */
	bool icmp;
	uint16_t src_port, dst_port; /* of UDP */
	enum probe_kind kind;
	uint32_t stream;
	uint64_t sequence;
	int64_t sent_ns;
};

/* Gives the frame's length, checksums right and without the FCS. */
size_t probe_frame_encode(const struct probe_frame *f,
    uint8_t buf[PROBE_FRAME_MAX]);

/* False when these bytes are no probe of ours, whole. Checksums are not looked
 * at: a capture at the sender may come before the NIC fills them in. */
bool probe_frame_decode(const uint8_t *buf, size_t bytes,
    struct probe_frame *f);

/* The same for the payload alone, of a packet on any kind of link: sets kind,
 * stream, sequence and sent_ns. */
bool probe_payload_decode(const uint8_t *payload, size_t bytes,
    struct probe_frame *f);

/* Whether a probe's checksums are right. */
bool probe_frame_is_intact(const uint8_t *buf, size_t bytes);

#endif
