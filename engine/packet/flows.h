/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * flows - the streams in captures: one direction of one 5-tuple and numbering
 * each, followed at every place where it was seen. Pure.
 *
 * A place is one interface (or one file that does not say which); a side is
 * one host's clock with all its places: side 0, and side 1 when the other end
 * was captured as well. Packets are to come in the order of their times, all
 * places merged.
 *
 * Seen on a second place of the same side is no duplicate: a synthetic NIC
 * shows what it hands to the VF, an aggregate what its ports show, and
 * broadcasts are seen by both NICs. A duplicate is what one place sees twice.
 *
 * A probe of ours whose numbers and times go on from another address is the
 * same stream: its host has got a new one.
 *
 * TCP numbers bytes. What it sends again is loss evidence, counted in
 * segments as "retransmitted" and as lost, not as duplicates: bytes that this
 * side has seen already (lost behind it), and bytes that fill a hole more
 * than FLOWS_REORDER_NS after it was seen (lost before it); those that come
 * sooner are reordered. Only a second copy with the first one's IP id is a
 * duplicate.
 *
 * Memory is bounded by flows: FLOWS_MAX of them at most (what comes beyond is
 * counted), each with as many holes as packet/tracker.h allows.
 */
#ifndef PACKET_FLOWS_H
#define PACKET_FLOWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/flow.h"

#define FLOWS_MAX	 32768
#define FLOWS_PLACES	 64
#define FLOWS_ODDITIES	 10000
#define FLOWS_REORDER_NS INT64_C(3000000)

struct flow_place {
	char *name;
	unsigned side;
	int linktype;
	uint32_t ifindex; /* of SLL2, else 0 */
	size_t parent;	  /* place that it was told apart from, or itself */
	uint64_t packets;
};

enum flow_oddity_kind { FLOW_DUPLICATED, FLOW_REORDERED, FLOW_LATE };

struct flow_oddity { /* a packet worth a mark */
	size_t flow;
	unsigned side;
	enum flow_oddity_kind kind;
	uint64_t number;
	int64_t at_ns;
};

struct flows_options {
	int64_t late_ns;  /* 0: 100 ms. Probes: more than this slower than the
			     fastest; others: this long behind a later one */
	size_t max_flows; /* 0: FLOWS_MAX */
	bool two_sided;
};

struct flows_counts { /* packets that belong to no flow */
	uint64_t packets, other, fragments, cut, bad, unknown_link, untold;
	uint64_t shortened; /* cut where a better number might have been */
};

struct flows {
	struct flows_options options;
	struct flow_place *places;
	size_t n_places, cap_places;
	struct flow **list; /* in order of their first packets; owned */
	size_t n_flows, cap_flows;
	struct flows_counts counts;
	struct flow_oddity *oddities;
	size_t n_oddities, cap_oddities;
	int64_t first_ns[2], last_ns[2]; /* of each side; -1: none */
	struct flows_inside *in;
};

struct flows_packet {
	size_t place;
	int64_t at_ns;
	const uint8_t *data;
	uint32_t bytes, wire_bytes;
};

void flows_init(struct flows *f, const struct flows_options *options);
void flows_fini(struct flows *f);

/* Gives the place's number, or -1: there are too many. name is copied. */
int flows_add_place(struct flows *f, unsigned side, const char *name,
    int linktype);

void flows_add(struct flows *f, const struct flows_packet *p);

/* The stream the other way, of the same generation: answers to requests and
 * the reverse, or the same ports swapped. NULL: there is none. */
struct flow *flows_reverse(const struct flows *f, const struct flow *w);

#endif
