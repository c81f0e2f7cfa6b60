/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shellguest - commands of the simulated guest that the host's own shell runs
 * (world/sandbox.h). What they call of the network's programs is answered by
 * the machine (sim/guest/guest.h), in virtual time; what the shell itself
 * computes takes none.
 *
 * Each call is a command in the trace, "sh: ifconfig lagg0 create". The guest's
 * rc.conf and its company, the pid files and leases of its DHCP clients are
 * files in the sandbox, brought up to date before each answer.
 */
#ifndef SIM_GUEST_SHELLGUEST_H
#define SIM_GUEST_SHELLGUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "sim/machine/machine.h"
#include "sim/scenario/scenario.h"

struct shellguest;

/* Called once at the end of a command, in virtual time. */
typedef void shellguest_done(void *ctx, uint32_t id, int status);

struct shellguest_command {
	const char *text;      /* for sh -c; copied */
	const char *shown;     /* in the trace; copied */
	int32_t record;	       /* that caused it */
	uint32_t id;	       /* the caller's, for done and cancel */
	shellguest_done *done; /* may be NULL */
	void *ctx;
};

/* Whether the scenario has anything for the host's shell. */
bool shellguest_is_wanted(const struct scenario *s);

/* The scenario is borrowed; its files have been read. guard_ns as in
 * sandbox_open(), and so are the errors. */
int shellguest_open(const struct scenario *s, int64_t guard_ns,
    struct shellguest **out, struct err *err);
/* From here on it is m's, whose m->shell points at it. */
void shellguest_join(struct shellguest *g, struct machine *m);
void shellguest_close(struct shellguest *g); /* before m; NULL is fine */

/* Whether a file of the scenario is this NIC's own hyperv_vfup
 * (FACTS.md E.3 2). */
bool shellguest_has_vfup(const struct shellguest *g, const char *nic);
/* Whether this command of a rule is run here: it starts such a file, or the
 * scenario says so of all. */
bool shellguest_takes(const struct shellguest *g, const char *command);

/* Starts after the time that a shell takes. */
void shellguest_run(struct shellguest *g, const struct shellguest_command *c);
/* Of this ctx: its process group gets SIGTERM, what is left of it two
 * seconds later SIGKILL. It still ends. */
void shellguest_cancel(struct shellguest *g, const void *ctx, uint32_t id);

/* rc.conf is edited; the step is borrowed. */
void shellguest_edit_rc(struct shellguest *g, const struct scn_step *step);

/* What went wrong with the sandbox itself, or NULL. The run is no verdict
 * then. */
const struct err *shellguest_trouble(const struct shellguest *g);

#endif
