/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * faults - the faults of a scenario, as a world around the machine's (DESIGN.md
 * 2, "faulty"): records that are lost, doubled, late or out of order, commands
 * and operations that fail, hang or are slow, and a daemon that dies at an
 * operation.
 *
 * Each fault that strikes is a note of "fault" in the trace, which begins with
 * "line N: "; the judge counts them. Nothing is drawn at random.
 */
#ifndef SIM_STAGE_FAULTS_H
#define SIM_STAGE_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "sim/machine/machine.h"
#include "sim/scenario/scenario.h"
#include "world/world.h"

/* What the owner of the daemon does for its faults. */
struct faults_owner {
	void *ctx;
	void (*kill)(void *ctx);     /* the daemon, now */
	void (*start)(void *ctx);    /* again */
	void (*readable)(void *ctx); /* a record that was held is due */
	/* of the life `life`: how what it asked for ended */
	void (*applied)(void *life, uint32_t id, int result);
	void (*exited)(void *life, uint32_t id, int result);
};

struct faults;

/* All borrowed; only faults that hold under the policy are taken. Gives NULL
 * when there is none: then the machine's world is used as it is. */
struct faults *faults_new(const struct scenario *s, const char *policy,
    struct machine *m, const struct faults_owner *owner);
void faults_free(struct faults *f); /* NULL is fine */

/* From now on not the number of matches says whether a fault strikes what it
 * matches, but decide(): a search. */
typedef bool faults_decide_fn(void *ctx, const struct scn_injection *in);
void faults_decide(struct faults *f, faults_decide_fn *decide, void *ctx);

/* What is held back, and who is dead until when. */
void faults_digest(const struct faults *f, struct digest *d);
/* One life of the daemon, and its world. */
struct faulty *faulty_new(struct faults *f, const struct world *inner,
    void *life);
struct world faulty_world(struct faulty *w);
void faulty_free(struct faulty *w); /* NULL is fine */

/* From now on nobody hears this life, and it does nothing. */
void faulty_die(struct faulty *w);

/* The operation of which this life is to die; 0: of none. */
uint32_t faulty_dies_of(const struct faulty *w);

/* The machine says that an operation has ended: true when the daemon was to
 * die of it, and was killed. */
bool faulty_ended(struct faulty *w, uint32_t id);

#endif
