/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * runnerwire - what the engine says to those that have privileges, its keeper
 * (daemon/keeper.h) and who changes interfaces (daemon/native_world.h), and
 * they to it, in the frames of world/sandwire.h.
 *
 * Each message has a fixed number of numbers and texts, and each text a
 * limit; one that has others, or comes from the wrong side, is no message.
 * The keeper believes nothing of the engine: that has read what strangers
 * wrote.
 */
#ifndef DAEMON_RUNNERWIRE_H
#define DAEMON_RUNNERWIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "world/sandwire.h"

#define RUNNERWIRE_COMMAND_MAX (1u << 20) /* bytes; exec takes less anyway */
#define RUNNERWIRE_FILE_MAX    (3u << 20) /* bytes of a file of rules */

enum runnerwire_side {
	RUNNERWIRE_ENGINE, /* who sends it */
	RUNNERWIRE_KEEPER,
};

enum runnerwire_kind {
	/* engine: no answer, or one that comes later */
	RUNNERWIRE_START = 1,  /* id, media; command, its record, timestamp */
	RUNNERWIRE_CANCEL,     /* id */
	RUNNERWIRE_CANCEL_ALL, /* of those that were started before */
	RUNNERWIRE_LOG,	       /* level; line */
	/* keeper: of a command that was started */
	RUNNERWIRE_ENDED,   /* id, status, all it wrote; the last of that */
	RUNNERWIRE_REFUSED, /* id; why it was not started */
	/* engine: it waits for the answer */
	RUNNERWIRE_RULES,    /* the files of rules */
	RUNNERWIRE_CONNECT,  /* the source of records, again */
	RUNNERWIRE_DUMP,     /* the reason; a file to be written */
	RUNNERWIRE_DUMP_END, /* 1: it is whole, 0: it is to go */
	/* keeper: before an answer, once for each file */
	RUNNERWIRE_FILE, /* 0 or err_code; path, contents or why not */
	/* keeper: 0 or err_code, errno; what, or why not. A descriptor may
	 * come along. */
	RUNNERWIRE_ANSWER,
	/* engine, to who changes interfaces: it waits for the answer */
	RUNNERWIRE_OBSERVE,
	RUNNERWIRE_APPLY, /* a row of failover/operation_row.h */
	RUNNERWIRE_RC,
	/* and back, before the answer */
	RUNNERWIRE_SAID, /* level; a line for the log */
	RUNNERWIRE_TEXT, /* a snapshot, or variables of rc.conf */
};

#define RUNNERWIRE_NUMBERS 3
#define RUNNERWIRE_TEXTS   3

struct runnerwire {
	unsigned kind;
	int64_t numbers[RUNNERWIRE_NUMBERS];
	struct {
		const char *data; /* borrowed; not terminated */
		size_t bytes;
	} texts[RUNNERWIRE_TEXTS];
};

/* Appends the message as a frame. Texts must be within their limits. */
void runnerwire_put(struct strbuf *out, const struct runnerwire *message);

/* Whether such a text may be sent. */
bool runnerwire_fits(enum runnerwire_kind kind, size_t text, size_t bytes);

/* The message of a frame that wire_frame() has found; its texts lie in the
 * frame. False: it is none that this side may send. */
bool runnerwire_take(struct wire *frame, enum runnerwire_side from,
    struct runnerwire *out);

typedef bool runnerwire_fn(void *ctx, const struct runnerwire *message);

/* What has come: bytes more behind those in got. take() gets each message that
 * is there whole, and got keeps the rest. False: it is no message of this
 * side, or take() has said so; then got is of no use any more. */
bool runnerwire_hear(struct strbuf *got, const void *data, size_t bytes,
    enum runnerwire_side from, runnerwire_fn *take, void *ctx);

#endif
