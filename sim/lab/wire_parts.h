/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wire_parts - the inside of sim/lab/wire.h, shared by its files: ports and
 * switching (wire.c), the peer with its probes and logs (wire_peer.c), capture
 * files (wire_capture.c).
 */
#ifndef SIM_LAB_WIRE_PARTS_H
#define SIM_LAB_WIRE_PARTS_H

#include "sim/lab/fdb.h"
#include "sim/lab/framing.h"
#include "sim/lab/peerhost.h"
#include "sim/lab/wire.h"
#include "world/packetfile.h"

#define WIRE_PEER "peer" /* its place in captures */

struct wire_queued {   /* a frame with its head */
	uint8_t *data; /* owned */
	size_t bytes;
};

struct wire_port {
	struct wire *wire;
	int number; /* in fdb */
	int fd;	    /* -1: ended */
	char *name;
	size_t place; /* of captures */
	struct labwatch *watch;
	struct framing framing;
	struct wire_queued queue[WIRE_QUEUE]; /* a ring */
	size_t first, waiting;
	size_t written; /* of the first */
	struct wire_port_counts counts;
	const char *ended;
};

struct wire_stream { /* what the peer knows of one */
	struct wire *wire;
	uint32_t number;
	bool sends;
	struct wire_probe probe;
	struct labtimer next;
	uint64_t seq; /* of the next one */
	struct labprobes_sent *sent;
	size_t n_sent, cap_sent;
	struct labprobes_got *got;
	size_t n_got, cap_got;
};

struct wire_place { /* whose frames are captured */
	char *name;
	struct packetfile *file; /* NULL: it could not be opened, or ended */
};

struct wire {
	struct labloop *loop;
	int64_t wall_offset;
	struct wire_port *ports[WIRE_PORTS];
	struct fdb fdb;
	struct wire_move *moves;
	size_t n_moves, cap_moves;
	uint64_t all_moves;
	struct wire_counts counts;
	uint8_t read_buf[65536];
	/* the peer */
	struct peerhost host;
	uint8_t answer[PEERHOST_FRAME_MAX];
	struct wire_stream *streams[WIRE_PROBES];
	size_t n_streams;
	size_t logged;
	struct labtimer ask;
	/* captures */
	char *capture;	      /* NULL: none */
	int64_t capture_left; /* bytes */
	struct wire_place *places;
	size_t n_places, cap_places;
	size_t peer_place;
	struct err capture_error;
};

/* wire.c: a frame of the peer's goes where it belongs. */
void wire_from_peer(struct wire *w, const uint8_t *frame, size_t bytes,
    int64_t now_ns);

/* wire_peer.c */
void wire_peer_hear(struct wire *w, const uint8_t *frame, size_t bytes,
    int64_t now_ns);
void wire_peer_end(struct wire *w);

/* wire_capture.c */
size_t wire_place(struct wire *w, const char *name); /* opens its file */
void wire_capture(struct wire *w, size_t place, const uint8_t *frame,
    size_t bytes, int64_t at_ns);
void wire_capture_drop(struct wire *w);

#endif
