/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_rig - a simulated machine on a bench: fixed delays, one hn, commands as
 * a user types them, and the records that came of it.
 */
#ifndef TESTS_SIM_RIG_H
#define TESTS_SIM_RIG_H

#include "sim/machine/machine.h"

struct rig {
	struct profile *profile;
	struct trace *trace;
	struct machine *m;
};

/* The delays of every rig: one value each, so that a test can add them up. */
#define RIG_SYSCALL    (INT64_C(100) * 1000)
#define RIG_FILTER     (INT64_C(1000) * 1000)
#define RIG_DATAPATH   (INT64_C(500) * 1000)
#define RIG_RSS	       (INT64_C(2000) * 1000)
#define RIG_LINK_QUERY (INT64_C(3000) * 1000)
#define RIG_LAGG_PORT  (INT64_C(4000) * 1000)
#define RIG_VF_OPEN    (INT64_C(5000) * 1000)
#define RIG_VF_STOP    (INT64_C(7000) * 1000)

/* The profile's text; more lines may be given, which come last. */
struct profile *rig_profile(const char *more);

void rig_init(struct rig *r, const char *more);
void rig_fini(struct rig *r);

/* hn named so, its MAC ending in last_byte, connected; attached, not up. */
struct ifnet *rig_hn(struct rig *r, const char *name, uint8_t last_byte);

/* A VF of driver "vf" with that MAC, attached at once; its hn knows it. */
struct ifnet *rig_vf(struct rig *r, const char *name, uint8_t last_byte);

void rig_run(struct rig *r, int64_t ns); /* lets time pass */

/* Types a command, lets its own time pass, gives its errno. */
int rig_do(struct rig *r, const char *command);

/* Begins a command and comes back at once; the errno goes to *result (-1
 * before), which must live as long as the command runs. */
void rig_begin(struct rig *r, const char *command, int *result);

/* Records with this text in them, of those behind the first skip. */
size_t rig_count(const struct rig *r, size_t skip, const char *text);

/* The row of the first such record from row skip on; -1 if there is none. */
int rig_row(const struct rig *r, size_t skip, const char *text);

/* The active port's name, "none" when there is none. */
const char *rig_active(struct rig *r, const char *lagg);

/* "ADDR via IF" of a default route, "none" for NULL; valid until the next
 * call. */
const char *rig_route(const struct route *r);

#endif
