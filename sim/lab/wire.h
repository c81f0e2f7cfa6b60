/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wire - the network behind one NIC pair of a lab: a learning switch between
 * stream sockets to QEMU (sim/lab/framing.h), and the peer, a host on it that
 * answers and sends probes (sim/lab/peerhost.h). In the lab's loop and thread;
 * nothing of it exists outside this process.
 *
 * It switches as a real one does: an address is where it was heard last
 * (sim/lab/fdb.h), a group and an unknown address go to all other ports, a
 * frame for where it came from goes nowhere. Behind each port is a queue of
 * WIRE_QUEUE frames, as a tap has one; what comes when it is full is dropped
 * and counted. The peer's own address cannot be taken from it.
 *
 * What a guest sends is not believed: a length that is none ends its port, and
 * all memory is bounded.
 *
 * Times are clock_monotonic() of this machine.
 */
#ifndef SIM_LAB_WIRE_H
#define SIM_LAB_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/ipaddr.h"
#include "sim/lab/labloop.h"
#include "sim/lab/labprobes.h"

#define WIRE_PORTS    16      /* at once */
#define WIRE_QUEUE    1000    /* frames */
#define WIRE_PROBES   64      /* streams */
#define WIRE_LOGGED   4000000 /* packets in all logs together */
#define WIRE_MOVES    4096
#define WIRE_CAPTURED (256 * INT64_C(1048576)) /* bytes in all captures */

struct wire;
struct wire_port;

struct wire_config {
	struct labloop *loop; /* borrowed */
	uint8_t mac[6];	      /* the peer's */
	struct ipaddr v4, v6; /* the peer's, with prefix; family 0: none */
	/* What each port sends goes into a pcap file of its own, named so and
	 * by the port: "out/" gives out/vf.pcap, and out/peer.pcap of what the
	 * peer sends. NULL: none. */
	const char *capture;
	int64_t capture_most; /* bytes; 0: WIRE_CAPTURED */
};

struct wire *wire_new(const struct wire_config *config);

/* Unplugs all ports; captures that wire_finish() did not end leave nothing.
 * NULL is fine. */
void wire_free(struct wire *w);

/* Ends the captures. 0, or the first error there was with them. */
int wire_finish(struct wire *w, struct err *e);

/* --- ports --- */

/* Takes the descriptor, one end of a stream socket. name is copied; a port of
 * the same name goes on in the same capture. NULL, and the descriptor closed:
 * there are WIRE_PORTS. */
struct wire_port *wire_plug(struct wire *w, int fd, const char *name);
void wire_unplug(struct wire_port *p);

struct wire_port_counts {
	uint64_t in, out; /* frames from QEMU; given to it */
	uint64_t dropped; /* its queue was full */
	uint64_t runts;	  /* from it, shorter than an Ethernet header */
	uint64_t waiting; /* in the queue */
};
struct wire_port_counts wire_port_counts(const struct wire_port *p);

/* Why nothing comes from a port any more: its QEMU ended, or sent what is no
 * frame. NULL: it is well. It stays plugged, its addresses forgotten. */
const char *wire_port_ended(const struct wire_port *p);

struct wire_move { /* an address was heard at another port */
	int64_t at_ns;
	uint8_t mac[6];
	char from[16], to[16]; /* the ports' names, cut */
};
/* The first WIRE_MOVES; *all counts all of them. */
const struct wire_move *wire_moves(const struct wire *w, size_t *n,
    uint64_t *all);

struct wire_counts {
	uint64_t flooded;  /* frames for an unknown address, not a group */
	uint64_t damaged;  /* for the peer, with a wrong checksum */
	uint64_t unlogged; /* probes beyond WIRE_PROBES or WIRE_LOGGED */
	/* Frames since the captures had all they may, and when that was: all
	 * of them end there, so that none tells of a loss that was none. */
	uint64_t uncaptured;
	int64_t captured_ns;
};
struct wire_counts wire_counts(const struct wire *w);

/* --- probes --- */

struct wire_probe {	 /* from the peer to the guest: "in" */
	uint32_t stream; /* packet/probehdr.h; one direction of one probe */
	bool icmp;	 /* echo requests, which the guest's kernel answers */
	struct ipaddr to;
	struct ipaddr from; /* someone beyond the peer; family 0: the peer */
	int64_t period_ns;
	int64_t first_ns, stop_ns; /* first <= t < stop */
};

/* The guest's MAC is asked for at once, and again every WIRE_ASK until there
 * is an answer; what is to be sent before is refused (EHOSTUNREACH). Number k
 * goes at first + k * period, when its turn has come: of turns that the loop
 * slept through only the last is used, and the others take no number. 0, or
 * ERR_INPUT: no such family here, no period, a stream that is in use. */
#define WIRE_ASK INT64_C(100000000)
int wire_probe_send(struct wire *w, const struct wire_probe *p, struct err *e);

/* What the peer knows of a stream: sent by it, come to it (of an echo the
 * requests, of its own echo requests the answers). Borrowed, until the next
 * packet. False: nothing. */
struct wire_log {
	const struct labprobes_sent *sent;
	size_t n_sent;
	const struct labprobes_got *got;
	size_t n_got;
};
bool wire_log(const struct wire *w, uint32_t stream, struct wire_log *out);

/* clock_wall() at clock_monotonic() 0, as the captures and the probes that the
 * peer sends have it. */
int64_t wire_wall_offset(const struct wire *w);

#endif
