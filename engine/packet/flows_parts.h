/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * flows_parts - the inside of packet/flows.h, shared by its files: the table
 * (flows.c), and what one more packet means to its flow (flow_take.c).
 */
#ifndef PACKET_FLOWS_PARTS_H
#define PACKET_FLOWS_PARTS_H

#include "packet/flows.h"

#define FLOW_KEY_WORDS 6
#define FLOW_REPEATS   64

/* When a stream that is sent at a steady pace is said to have stood still. */
#define PAUSE_NS	    INT64_C(1000000)
#define PAUSE_TENTHS_OURS   15
#define PAUSE_TENTHS_OTHERS 40

struct flow_key { /* addresses, ports and stream, kinds and place */
	uint64_t words[FLOW_KEY_WORDS];
};

struct flow_entry {
	void *what; /* a flow_sighting; of a key without place, a flow */
	struct flow_key key;
};

struct flow_slot {
	uint32_t hash;
	uint32_t entry; /* its number, and 1; 0: the slot is free */
};

struct flows_inside {
	struct flow_slot *table; /* size is a power of two */
	size_t size;
	struct flow_entry *entries;
	size_t n_entries, cap_entries;
	size_t last; /* found last, and 1: packets come in runs. 0: none */
	size_t sightings;
	struct tracker_budget holes;
	size_t samples;
};

struct flow_seen {
	struct frame frame;
	struct number number;
	size_t place;
	int64_t at_ns;
	uint32_t wire;
};

/* False, and nothing done, when the stream has begun anew. */
bool flow_take(struct flows *f, struct flow_sighting *g,
    const struct flow_seen *seen);

#endif
