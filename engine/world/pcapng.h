/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pcapng - the blocks of a pcapng file (draft-ietf-opsawg-pcapng). Bytes in,
 * packets out; no I/O, and nothing is allocated but the list of interfaces.
 *
 * libpcap reads such files too, but not as they are written by one capture on
 * several interfaces: it refuses a second link type, a second snap length and
 * a finer resolution of time, and never says which interface a packet was
 * seen on. That is just what a fail-over capture is made of. So the blocks
 * are taken apart here, and libpcap keeps what it is best at: classic files
 * and filters. This lies beside its reader (world/capture_file.h), below the
 * floor of engine/packet, which never sees a file's form.
 *
 * Sections may follow one another, each with a byte order of its own. An
 * interface's number here counts on over all sections of the file.
 */
#ifndef WORLD_PCAPNG_H
#define WORLD_PCAPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define PCAPNG_HEAD	  12	      /* enough for pcapng_length() */
#define PCAPNG_BLOCK_MAX  (16u << 20) /* as libpcap's */
#define PCAPNG_INTERFACES 1024	      /* of a file */
#define PCAPNG_NAME	  64

struct pcapng_interface {
	int linktype; /* LINKTYPE_ of the registry, not DLT_ */
	uint32_t snap_bytes;
	uint8_t resolution;	/* if_tsresol as it is written */
	int64_t offset_s;	/* if_tsoffset */
	uint64_t dropped;	/* as the newest statistics say */
	char name[PCAPNG_NAME]; /* if_name, cut; "" when it has none */
};

struct pcapng {
	bool swapped;	/* this section's byte order is not ours */
	bool open;	/* a section has begun */
	size_t section; /* the number of its first interface */
	struct pcapng_interface *interfaces; /* owned */
	size_t n_interfaces, cap_interfaces;
};

struct pcapng_packet {
	size_t interface;
	int64_t at_ns;
	uint32_t bytes, wire_bytes; /* captured; as it was on the wire */
	const uint8_t *data;	    /* within the block */
};

void pcapng_fini(struct pcapng *p); /* a zeroed struct is a beginning */

/* How long the block is that begins with head. ERR_INPUT when it cannot be
 * one; the text lacks the file's name. */
int pcapng_length(const struct pcapng *p, const uint8_t head[PCAPNG_HEAD],
    uint32_t *bytes, struct err *e);

/* Takes a whole block. 1: it is a packet; 0: something else; ERR_INPUT. */
int pcapng_take(struct pcapng *p, const uint8_t *block, uint32_t bytes,
    struct pcapng_packet *out, struct err *e);

#endif
