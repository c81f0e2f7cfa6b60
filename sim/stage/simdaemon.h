/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * simdaemon - our engine running inside the simulated machine: the machine
 * seen as a world (world/world.h), with start, crash and restart.
 *
 * A crash takes a native engine whole; an operation that it had begun comes
 * to its end in the kernel. A stock one leaves its scripts behind, as the
 * processes of a killed devd go on.
 */
#ifndef SIM_STAGE_SIMDAEMON_H
#define SIM_STAGE_SIMDAEMON_H

#include "core/core.h"
#include "core/scribe.h"
#include "sim/machine/machine.h"
#include "sim/scenario/scenario.h"
#include "sim/stage/faults.h"

struct simdaemon;

struct simdaemon_setup { /* all borrowed; config is copied */
	struct machine *m;
	const struct core_config *config; /* rc: the files as they are */
	const struct scenario *scenario;  /* its faults; NULL: none */
	const char *policy;		  /* the faults hold under this one */
	bool beside; /* a stock devd beside the engine, not under test */
	struct scribe *scribe; /* NULL: nobody writes its decisions down */
};

struct simdaemon *simdaemon_new(const struct simdaemon_setup *setup);
void simdaemon_free(struct simdaemon *d); /* NULL is fine */

/* The client's records come from devd's socket now, as long as devd runs. */
void simdaemon_serve(struct simdaemon *devd, struct simdaemon *client);

void simdaemon_start(struct simdaemon *d); /* no-op while it runs */
void simdaemon_kill(struct simdaemon *d);
unsigned simdaemon_starts(const struct simdaemon *d); /* that it came to run */
void simdaemon_reload(struct simdaemon *d); /* rc.conf is read again */
/* The files of rc.conf, which scripts read whenever they run, are others. */
void simdaemon_rc_edited(struct simdaemon *d);

/* Appends lines for a person: each life that has something to do. */
void simdaemon_describe(const struct simdaemon *d, struct strbuf *out);

/* For a search: who decides whether a fault of the scenario strikes
 * (sim/stage/faults.h), and what the daemon and all it waits for will do. */
void simdaemon_decide(struct simdaemon *d, faults_decide_fn *decide, void *ctx);
void simdaemon_digest(const struct simdaemon *d, struct digest *digest);

/* Its connection to devd ends; after a while it has another one. */
void simdaemon_close_socket(struct simdaemon *d);

/* The kernel had no room for messages: those that waited are lost, on Linux
 * the records too, and the daemon hears that it was so. */
void simdaemon_netlink_overflow(struct simdaemon *d, bool records);

/* The administrator's script of a NIC is so from now on. */
void simdaemon_set_custom(struct simdaemon *d, const struct scn_custom *custom);

#endif
