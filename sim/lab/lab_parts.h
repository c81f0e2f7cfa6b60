/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lab_parts - the inside of sim/lab/labstage.h, shared by its files: the run
 * (labstage.c), the QEMUs (labhost.h), the guest in them (labguest.c), what is
 * done to it (labdeeds.c), its probes (labpackets.c) and its daemon's flight
 * recording (labflight.c).
 */
#ifndef SIM_LAB_LAB_PARTS_H
#define SIM_LAB_LAB_PARTS_H

#include <stdio.h>

#include "sim/lab/guestlink.h"
#include "sim/lab/labcan.h"
#include "sim/lab/labclock.h"
#include "sim/lab/labhost.h"
#include "sim/lab/labloop.h"
#include "sim/lab/labnoise.h"
#include "sim/lab/labprobes.h"
#include "sim/lab/labrows.h"
#include "sim/lab/labstage.h"
#include "sim/lab/qemumigrate.h"
#include "sim/stage/simoptions.h"
#include "sim/stage/stage.h"

/* Files in the guest. */
#define LABGUEST_CONTROL "/tmp/switchbackd.sock"
#define LABGUEST_FLIGHT	 "/tmp/flight.db"
#define LABGUEST_RC_CONF "/tmp/rc.conf"

struct labstream { /* one direction of a probe, as the guest has it */
	const struct scn_probe *probe;
	enum labwire_way way;
	struct labprobes_sent *sent;
	size_t n_sent, cap_sent;
	struct labprobes_got *got;
	size_t n_got, cap_got;
};

struct lab {
	const struct labstage *in;
	const struct scenario *s;
	struct trace *t;
	struct labcan_setup setup;
	struct simoptions options;

	struct labloop *loop;
	struct labnoise *noise;
	struct labclock *clock;
	struct labrows *rows;
	struct wire *wire;
	struct guestlink *guest;

	struct labhost hosts[LABHOST_MOST];
	size_t n_hosts;
	struct labhost *here; /* where the guest runs */
	struct labhost *next; /* where it will; or NULL */
	struct labhost *left; /* where it ran, until its QEMU may end */
	int moves;	      /* hosts it has left */
	bool migrating;	      /* QEMU's last word on it has not come */

	int64_t zero_ns;
	int64_t stopped_ns; /* since when its clock stands; 0: it runs */
	bool begun, greeted, daemon_runs;
	bool *work; /* on the VF, waiting: it is to be given, or taken */
	size_t n_work, cap_work;
	bool working;
	struct labtimer daemon_start, thaw, cancel;
	struct labprobes *probes;
	struct labstream *streams;
	size_t n_streams, cap_streams;
	size_t n_packets;   /* that the guest has told of */
	size_t asked;	    /* questions on whose answer something waits */
	struct strbuf data; /* of the file that is being fetched */
	struct labnoise_worst worst;
	struct err trouble; /* the first; ERR_NONE: none */
};

/* --- labstage.c --- */

/* The run is no verdict. */
void lab_fail(struct lab *l, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void lab_note(struct lab *l, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Lets things happen until done() or trouble; false: not within limit_ns, and
 * that is trouble, in words: "the guest has not booted". */
bool lab_wait(struct lab *l, bool (*done)(const struct lab *l),
    int64_t limit_ns, const char *words);

/* The guest's answer to anything. */
#define LAB_ANSWER_MOST INT64_C(60000000000)

/* Whether what is kept of it has come to its bounds: then that is trouble. */
void lab_check_room(struct lab *l);
/* All that was seen becomes the trace. */
void lab_put_rows(struct lab *l);

/* --- labguest.c --- */

/* Boots the guest, and sets it up. */
void labguest_boot(struct lab *l);
void labguest_end(struct lab *l);
/* Its part is at the other end of fd, a stream, and is heard from now on. Of
 * the lab that takes the loop and the rows alone. */
void labguest_hear(struct lab *l, int fd);

/* Asks for something on whose answer the run depends: an error is trouble.
 * what is for its message. */
void labguest_must(struct lab *l, const struct labwire *m);
/* Nothing is asked that is not answered. */
bool labguest_is_quiet(const struct lab *l);
/* A line of shell in the guest. */
void labguest_shell(struct lab *l, const char *text);
void labguest_daemon(struct lab *l, bool start);

/* --- labdeeds.c --- */

void labdeeds_prepare(struct lab *l);
/* The guest has arrived elsewhere, or QEMU has told how it got there: after
 * both of them its old host ends. */
void labdeeds_moved(struct lab *l);
void labdeeds_do(struct lab *l, const struct scn_step *step);

/* --- labpackets.c and labflight.c --- */

void labpackets_start(struct lab *l);
/* What became of all of them, into the trace. */
void labpackets_collect(struct lab *l);
/* Its parts: the guest is asked; and what it has answered, into the trace. */
void labpackets_ask(struct lab *l);
void labpackets_report(struct lab *l);

/* Of the daemon that runs at the end, into the rows. */
void labflight_collect(struct lab *l);
/* Its parts, as above. */
void labflight_ask(struct lab *l);
void labflight_take(struct lab *l);

#endif
