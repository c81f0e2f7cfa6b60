/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * flow - one direction of one 5-tuple and numbering, and what was counted of
 * it on each side. packet/flows.h makes and fills these, and says what the
 * words mean; others read them.
 */
#ifndef PACKET_FLOW_H
#define PACKET_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipaddr.h"
#include "base/strbuf.h"
#include "packet/numbering.h"
#include "packet/samples.h"
#include "packet/tracker.h"

#define FLOWS_STALLS 1024 /* of one flow and side */

struct flow_sighting { /* of one flow at one place */
	struct flow *flow;
	size_t place;
	uint64_t packets, bytes, duplicated;
	struct tracker tracker;
	struct flow_sighting *next; /* of the flow */
};

struct flow_repeat { /* a number that came again at a place */
	uint64_t number;
	uint32_t place, times;
};

struct flow_stall {	/* a run of TCP segments that were sent again */
	uint64_t first; /* number of the first of them */
	uint64_t count;
	int64_t from_ns; /* when the last new one before came ... */
	int64_t to_ns;	 /* ... and the last of these */
};

struct flow_side {
	struct flow_sighting *sightings;
	unsigned n_sightings;
	struct tracker *all; /* what any place saw: the only one's, or own */
	struct tracker *own; /* from the second place on */
	uint64_t packets;    /* each once; with duplicates */
	uint64_t bytes, duplicated, reordered, late, retransmitted, old;
	uint64_t copies; /* of broadcasts, where places are not told apart */
	uint64_t extent_max;
	int64_t late_max_ns; /* of the reordered: RFC 4737's time offset */
	int64_t first_at, last_at;
	int64_t silence_ns, silence_at;	    /* the longest, between any two */
	int64_t delay_min_ns, delay_max_ns; /* of probes: arrival - sending */
	uint64_t counted_up;	     /* IP ids that were the last one's next */
	bool uncounted;		     /* IP ids that do not count */
	struct samples samples;	     /* when numbers were first seen */
	struct flow_repeat *repeats; /* a ring of FLOW_REPEATS, or NULL */
	unsigned next_repeat;
	struct flow_stall *stalls; /* of TCP; owned */
	size_t n_stalls, cap_stalls;
	bool stalled;
	uint32_t seen_numbers[4]; /* the newest segments ... */
	uint16_t seen_ids[4];	  /* ... and their IP ids */
	unsigned next_seen;
};

struct flow {
	struct ipaddr src, dst;
	uint8_t proto;
	bool ports, group;
	uint16_t src_port, dst_port;
	enum numbering_kind kind;
	enum numbering_role role;
	uint32_t stream;
	size_t index;	     /* in the list */
	unsigned generation; /* how often the stream has begun anew before */
	struct flow *older;  /* what it was then */
	unsigned moves; /* of a probe: to other addresses, numbers going on */
	struct flow_side side[2];
};

/* What a person calls it: "udp 10.0.0.4:49153 > 10.0.0.1:7077 probe 1". */
void flow_name(const struct flow *f, struct strbuf *out);

/* Whether its IP ids count, so that what is missing is lost. */
bool flow_is_numbered(const struct flow *f, unsigned side);

#endif
