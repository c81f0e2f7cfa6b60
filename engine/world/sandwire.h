/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sandwire - what the harness, the first process of a sandbox and the
 * programs in it say to each other over stream sockets.
 *
 * A frame is its length (of what follows, 4 bytes), its kind (1 byte) and
 * fields; numbers are little-endian, texts are a length and bytes. Who reads
 * believes nothing: a script may write to the socket as well.
 */
#ifndef WORLD_SANDWIRE_H
#define WORLD_SANDWIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

#define WIRE_MAX (4u << 20) /* bytes of a frame; a longer one is no frame */

enum wire_kind {
	/* harness to the first process */
	WIRE_MAPPED = 1, /* the user's numbers are translated now */
	WIRE_FILE,	 /* path, mode, contents: in place when WIRE_DONE */
	WIRE_REMOVE,	 /* path; answered by WIRE_DONE */
	WIRE_RUN,	 /* id, text for sh -c; answered by WIRE_DONE */
	WIRE_SIGNAL,	 /* id, signal, to all of the command; the same */
	/* and back */
	WIRE_UNSHARED, /* translate my user's numbers */
	WIRE_REFUSED,  /* 1 the system has no sandboxes, 0 trouble; why */
	WIRE_READY,    /* socket and process list come along */
	WIRE_DONE,
	WIRE_ENDED, /* id, status (128+N: signal), the last it printed */
	/* a program of ours to the harness, and back */
	WIRE_CALL,   /* pid, argv... */
	WIRE_ANSWER, /* status, output, errors */
	WIRE_GO,     /* wall clock in ns: it does its work itself */
};

/* Writing: begin gives a mark that end needs. */
size_t wire_begin(struct strbuf *sb, unsigned kind);
void wire_number(struct strbuf *sb, int64_t value);
void wire_text(struct strbuf *sb, const void *data, size_t bytes);
void wire_end(struct strbuf *sb, size_t mark);

/* Reading a frame that lies in borrowed memory, field by field. */
struct wire {
	unsigned kind;
	const unsigned char *at, *end;
	bool bad; /* a field was missing; it was taken as 0 or empty */
};

/* 1 and the frame's full length in *used, 0 when there is not all of it yet,
 * -1 when this is no frame. */
int wire_frame(const void *data, size_t bytes, struct wire *out, size_t *used);
bool wire_more(const struct wire *w);
int64_t wire_take_number(struct wire *w);
/* Borrowed; not terminated. */
const char *wire_take_text(struct wire *w, size_t *bytes);
/* The caller frees. Cut at a NUL byte. */
char *wire_take_str(struct wire *w);

/* All of it, whatever the number of system calls; false when the other side
 * is gone. Waits. */
bool wire_send(int fd, const struct strbuf *sb);
/* The next frame, whole; buf is the caller's, and keeps what came behind it
 * until the next call. False at the end or when it is no frame. Waits. */
bool wire_receive(int fd, struct strbuf *buf, size_t *used, struct wire *out);

#endif
