/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * labhost - the hosts of a run: each is a QEMU with its ends of the wire and of
 * the guest's channel; the first, or the destination of a migration.
 */
#ifndef SIM_LAB_LABHOST_H
#define SIM_LAB_LABHOST_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/lab/qemu.h"
#include "sim/lab/wire.h"

struct lab;

struct labhost {
	struct lab *lab;
	struct qemu *q;
	unsigned number;
	int hn_fd, vf_fd, agent_fd; /* ours, until somebody takes them; or -1 */
	int migrate_fd;		    /* the source's end, the same */
	struct wire_port *hn, *vf;
	bool ready, exited;
};

#define LABHOST_MOST	16			/* migrations, and one */
#define LABHOST_CONSOLE (16 * INT64_C(1048576)) /* bytes of its file */

/* Starts a QEMU; the first is where the guest boots. NULL: trouble. */
struct labhost *labhost_start(struct lab *l, bool vf_present);
/* Its NICs are on the wire from now on. */
void labhost_plug(struct labhost *h);
/* They are not any more; what the wire has to say of them is told. */
void labhost_unplug(struct labhost *h);
void labhost_end(struct labhost *h); /* and all that is ours of it */

/* A console that has all that it may have is noted. */
void labhost_tell_console(struct lab *l);

#endif
