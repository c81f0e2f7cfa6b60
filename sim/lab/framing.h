/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * framing - Ethernet frames in a byte stream, as QEMU's "-netdev stream" and
 * "-netdev socket" have them: the length in 4 bytes, big-endian, and the
 * frame. Pure; the stream comes in whatever pieces it comes, and is not
 * believed.
 */
#ifndef SIM_LAB_FRAMING_H
#define SIM_LAB_FRAMING_H

#include <stddef.h>
#include <stdint.h>

#define FRAMING_HEAD 4
/* The longest that QEMU takes itself (NET_BUFSIZE of its net/net.h). */
#define FRAMING_MAX (4096 + 65536)

struct framing {	/* zeroed */
	size_t have;	/* of the head, then of head and frame */
	uint32_t bytes; /* of the frame; known with the head */
	uint8_t head[FRAMING_HEAD];
	uint8_t frame[FRAMING_MAX];
};

enum framing_result {
	FRAMING_MORE,	/* all of data is used up */
	FRAMING_FRAME,	/* f->frame is f->bytes long; call again */
	FRAMING_BROKEN, /* a length that nobody sends: nothing more is known */
};

/* Takes from data[*used..bytes) and moves *used on, up to one frame's end. The
 * frame is there until the next call. */
enum framing_result framing_take(struct framing *f, const uint8_t *data,
    size_t bytes, size_t *used);

void framing_head(uint8_t head[FRAMING_HEAD], size_t frame_bytes);

#endif
