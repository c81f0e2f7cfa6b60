/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * labwire - what the lab says to the guest's part (`switchback guest`), and
 * that to the lab: rows of base/rowtext.h over a byte stream. Pure; both sides
 * write and read by this.
 *
 * The lab's rows begin with do=WORD and have an id=N above zero, each greater
 * than the one before; a row whose id is not is ignored, so that what may have
 * been lost when the stream changed over to another QEMU can be sent again.
 * The guest's rows begin with is=WORD and have at=NS, its CLOCK_MONOTONIC.
 * What is zero or empty is left out.
 *
 * The lab:
 *
 *	do=clock	is=answer, nothing else: its at= is the time
 *	do=setup if=eth0 address="10.0.2.15/24 fec0::15/64" gateway="10.0.2.2"
 *			the interface is awaited, then set up
 *	do=run [limit=NS] text="..."	by sh -c; status= and its output's end
 *	do=daemon-start text="..."	switchbackd with these arguments
 *	do=daemon-kill signal=KILL|TERM
 *	do=daemon-reload		by SIGHUP
 *	do=probe stream=N way=out|in|echo [icmp] to=ADDR [period= first= stop=]
 *			packet/probehdr.h; number k at first + k * period of
 *			the guest's clock, until stop
 *	do=probes	is=packets rows of all streams so far
 *	do=get path=...	is=data rows, offset= and text=
 *	do=put path=... [offset=N] text="..."	offset 0 makes the file anew
 *	do=end		the last one: the guest powers off
 *
 * The guest:
 *
 *	is=answer re=N [error="..."] [status=N] [offset=N] [text="..."]
 *			the last row to do= with id=N
 *	is=data re=N [offset=N] text="..."
 *			before the answer, whose offset= is the size of all
 *	is=packets re=N stream=N log=sent|got text="..."	packetlog.h
 *	is=hello text="..."		once: rows of bootfacts.h
 *	is=state object=... field=... value=...		daemon/record_seen.h
 *	is=record text="..."		world/kernelevents.h
 *	is=log who=daemon|guest text="..."	a line, when it was read
 *	is=ended status=N		the daemon; a signal is 128 more
 *	is=stall from=NS		from then it stood still, until at=
 *
 * Across a migration the stream goes on: the destination's QEMU gives what
 * follows.
 */
#ifndef AGENT_LABWIRE_H
#define AGENT_LABWIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dur.h"
#include "base/err.h"
#include "base/ipaddr.h"
#include "base/strbuf.h"

#define LABWIRE_PORT	 "switchback" /* the virtio-serial port's name */
#define LABWIRE_ROW_MAX	 262144	      /* bytes; a longer row is none */
#define LABWIRE_TEXT_MAX 32768	      /* of text=, unescaped */
/* Of at=, from=, limit=, period=, first=, stop=, offset=; none is negative. */
#define LABWIRE_AMOUNT_MAX DUR_MAX

enum labwire_kind {
	LABWIRE_NONE,
	/* the lab's */
	LABWIRE_CLOCK,
	LABWIRE_SETUP,
	LABWIRE_RUN,
	LABWIRE_DAEMON_START,
	LABWIRE_DAEMON_KILL,
	LABWIRE_DAEMON_RELOAD,
	LABWIRE_PROBE,
	LABWIRE_PROBES,
	LABWIRE_GET,
	LABWIRE_PUT,
	LABWIRE_END,
	/* the guest's */
	LABWIRE_ANSWER,
	LABWIRE_DATA,
	LABWIRE_PACKETS_ROW,
	LABWIRE_HELLO,
	LABWIRE_STATE,
	LABWIRE_RECORD,
	LABWIRE_LOG,
	LABWIRE_ENDED,
	LABWIRE_STALL,
	LABWIRE_KINDS,
};

enum labwire_side { LABWIRE_LAB, LABWIRE_GUEST }; /* who says it */

enum labwire_way { LABWIRE_OUT, LABWIRE_IN, LABWIRE_ECHO };
enum labwire_signal { LABWIRE_KILL, LABWIRE_TERM };
enum labwire_log { LABWIRE_SENT, LABWIRE_GOT };

#define LABWIRE_NAME 64

struct labwire { /* zeroed, or from labwire_next() */
	enum labwire_kind kind;
	uint32_t id, re; /* do=; is=answer, data, packets */
	int64_t at_ns;	 /* is= */
	char if_name[16], address[256], gateway[LABWIRE_NAME];
	enum labwire_signal signal;
	int64_t limit_ns; /* 0: LABWIRE_LIMIT */
	uint32_t stream;
	enum labwire_way way;
	bool icmp;
	struct ipaddr to; /* the prefix does not count */
	int64_t period_ns, first_ns, stop_ns;
	enum labwire_log log;
	char path[256];
	int64_t offset, from_ns;
	int status;
	char error[256]; /* "": it was done */
	char object[LABWIRE_NAME], field[LABWIRE_NAME], value[512];
	char who[16];

	struct strbuf text; /* owned; may hold NULs */
};

#define LABWIRE_LIMIT (INT64_C(30) * 1000000000)

void labwire_fini(struct labwire *m); /* frees the text, zeroes the rest */

/* Appends the row. A text beyond LABWIRE_TEXT_MAX loses its beginning. */
void labwire_put(struct strbuf *out, const struct labwire *m);

const char *labwire_word(enum labwire_kind kind);

/* --- reading --- */

struct labwire_reader {	       /* zeroed; private */
	struct strbuf pending; /* what was fed and not yet taken */
	size_t at;	       /* of pending: where the next row begins */
	size_t looked;	       /* and up to where there is no newline */
	bool skipping;	       /* a row that is too long */
};

void labwire_reader_fini(struct labwire_reader *r);
void labwire_feed(struct labwire_reader *r, const void *bytes, size_t n);

/* The next whole row of who speaks here. 1: *m is set, after labwire_fini();
 * 0: feed more; ERR_INPUT: that row is none, and in *m is what could be read
 * of it, such as its id; call again for the next. */
int labwire_next(struct labwire_reader *r, enum labwire_side from,
    struct labwire *m, struct err *err);

#endif
