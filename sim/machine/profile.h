/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * profile - how long things take on a kind of machine, and what its devices
 * are called; read from a .profile file (fixtures/machines). Grammar:
 *
 *	machine "what it is"
 *	origin "where the numbers come from"
 *	delay NAME = DISTRIBUTION [from "source"]
 *	flag NAME = yes|no [from "source"]
 *	limit NAME = NUMBER [from "source"]	(12 or 0x1c)
 *	load = PERCENT | PERCENT..PERCENT..PERCENT [from "source"]
 *	records NAME = "text" ["text" ...]
 *
 *	DISTRIBUTION = DUR | DUR..DUR (uniform) | DUR..DUR..DUR (triangular:
 *	    least, most likely, most) | one-of DUR DUR ... (measured values)
 *
 * load is drawn once a run and scales every delay whose name begins with
 * "program." or "command." (the guest's CPU is shared).
 *
 * A name DRIVER.x that is not given falls back to vf.x. In records, %i is the
 * driver's name for the interface (a rename leaves it), %u its unit number,
 * %b the number of its bus and %h that of its host bridge.
 *
 * Limits are DRIVER.mtu and hn.mtu (the greatest the NIC takes), DRIVER.caps
 * and hn.caps (IFCAP_*), hn.host_mtu (what the host says at an MTU change).
 */
#ifndef SIM_MACHINE_PROFILE_H
#define SIM_MACHINE_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

#define PROFILE_VALUES	64 /* of a one-of */
#define PROFILE_RECORDS 8  /* texts of one name */

struct profile;
struct vwindow; /* sim/machine/vclock.h */

/* NULL when there are errors in d; among them every name that the machine
 * needs and the file lacks. */
struct profile *profile_parse(const char *path, const char *text, size_t bytes,
    struct diag *d);
void profile_free(struct profile *p); /* NULL is fine */

/* One of its own, which may be changed. */
struct profile *profile_copy(const struct profile *p);

const char *profile_title(const struct profile *p);

/* Replaces or adds one delay: a scenario's "delay NAME = ...". The name must
 * be known (or DRIVER.known); mistakes are reported at line:col of path. */
bool profile_override(struct profile *p, const char *name, const char *dist,
    const char *path, unsigned line, unsigned col, struct diag *d);

/* Sets one for a scenario's "flag NAME = yes": of the machine or of a driver,
 * as in the file. False with a finding when nobody knows the name. The same
 * for "limit NAME = NUMBER", whose number is text. */
bool profile_override_flag(struct profile *p, const char *name, bool value,
    const char *path, unsigned line, unsigned col, struct diag *d);
bool profile_override_limit(struct profile *p, const char *name,
    const char *value, const char *path, unsigned line, unsigned col,
    struct diag *d);

/* From now on every delay takes its most likely time in whole units, and what
 * takes less than half a unit takes none. Nothing is drawn any more. */
void profile_coarsen(struct profile *p, int64_t unit_ns);
/* Of one that was coarsened: what has been taken, in its whole width; whoever
 * reads it zeroes it. NULL for others. */
struct vwindow *profile_drawn(struct profile *p);

/* Starts the random numbers of a run. */
void profile_seed(struct profile *p, uint64_t seed);

/* The middle of a delay's distribution, 0 when the name is not a known one. */
int64_t profile_likely(const struct profile *p, const char *name);

/* One draw. The name must be a known one. */
int64_t profile_delay(struct profile *p, const char *name);

/* As DRIVER.what, falling back to vf.what. */
int64_t profile_driver_delay(struct profile *p, const char *driver,
    const char *what);
bool profile_driver_flag(const struct profile *p, const char *driver,
    const char *what);

/* A flag by its whole name, such as "hn.rings"; no when not given. */
bool profile_flag(const struct profile *p, const char *name);

/* False, and *value untouched, when no limit of that name is given. */
bool profile_limit(const struct profile *p, const char *name, int64_t *value);
bool profile_driver_limit(const struct profile *p, const char *driver,
    const char *what, int64_t *value);

/* Whether anything in the file is said of this driver. */
bool profile_has_driver(const struct profile *p, const char *driver);

/* The time a program or shell command takes: "program.NAME" or
 * "command.NAME", else the default of its kind. */
int64_t profile_program_delay(struct profile *p, const char *kind,
    const char *name);

/* Text n of records NAME, or NULL behind the last. */
const char *profile_record(const struct profile *p, const char *name, size_t n);

#endif
