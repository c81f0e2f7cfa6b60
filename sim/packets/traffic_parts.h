/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * traffic_parts - the inside of sim/packets/traffic.h, shared by its files:
 * set-up and results (traffic.c), the closed form (traffic_closed.c), packets
 * one by one (traffic_frames.c).
 */
#ifndef SIM_PACKETS_TRAFFIC_PARTS_H
#define SIM_PACKETS_TRAFFIC_PARTS_H

#include <sys/queue.h>

#include "sim/machine/netpath.h"
#include "sim/packets/traffic.h"

struct turn { /* from this moment on, packets fare so */
	int64_t at_ns;
	enum path path;
};

struct turns {
	struct turn *list;
	size_t count, cap;
};

struct end {		  /* a NIC's wire, in one address family */
	struct ifnet *hn; /* NULL: all NICs hang on it */
	uint8_t mac[6];	  /* by which the hn is found again */
	uint8_t peer_mac[6];
	bool v6, fixed;
	struct ipaddr guest, peer; /* family 0: not known yet */
	struct turns in;	   /* from the peer to the guest */
};

struct frame { /* one packet, sent; its fate once known */
	int64_t sent_ns;
	enum path path;
};

struct stream {
	struct traffic *t;
	const struct scn_probe *probe;
	const char *way;
	size_t end; /* row of t->ends */
	bool from_guest, echo;
	struct ipaddr to;	 /* family 0: the end's peer */
	struct turns out;	 /* this stream's own destination */
	const struct ifnet *via; /* the route's interface; NULL: no route */
	int64_t start_ns, stop_ns;
	/* frame by frame */
	uint32_t number; /* in captures */
	struct vevent next;
	struct frame *frames;
	size_t n_frames, cap_frames;
};

struct flight { /* a frame under way */
	TAILQ_ENTRY(flight) entry;
	struct vevent event;
	struct stream *s;
	size_t frame;
	int64_t due_ns;
	bool homeward; /* next it reaches the guest */
};

struct traffic {
	struct traffic_setup setup;
	struct end *ends;
	size_t n_ends, cap_ends;
	struct stream *streams;
	size_t n_streams, cap_streams;
	TAILQ_HEAD(, flight) flights; /* owned; in the order of sending */
	int64_t latency_ns;	      /* one way */
};

enum path traffic_path_out(const struct stream *s); /* now */
enum path traffic_path_in(const struct stream *s);
const struct ipaddr *traffic_destination(const struct stream *s);

/* The first sending time at or after at_ns. */
int64_t traffic_next_send(const struct stream *s, int64_t at_ns);

/* n packets of one fate, from first_ns on. */
void traffic_count(struct continuity *c, uint64_t n, int64_t first_ns,
    enum path p);

/* traffic_closed.c */
void turns_add(struct turns *u, int64_t at_ns, enum path path);
void closed_form(const struct stream *s, int64_t from_ns, int64_t until_ns,
    struct continuity *c);

/* traffic_frames.c */
void frames_arm(struct stream *s);
void frames_land_all(struct traffic *t); /* the run ends */
void frames_count(const struct stream *s, int64_t from_ns, int64_t until_ns,
    struct continuity *c);
void frames_free(struct traffic *t);

#endif
