/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * labnoise - how long this host let a lab wait for a processor. What a busy
 * host adds to a fail-over is not the fail-over's: an expectation that fails
 * while the guest could not run is no verdict.
 *
 * A process's threads are asked now and then for how long they have been
 * ready to run and did not (proc_pid_schedstat(5), Linux); where a system does
 * not tell, only the lateness of the lab's own loop counts (labloop.h).
 */
#ifndef SIM_LAB_LABNOISE_H
#define SIM_LAB_LABNOISE_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

#include "sim/lab/labloop.h"

/* More than this, waited for within one second, spoils a verdict. */
#define LABNOISE_MOST INT64_C(100000000)

struct labnoise;

struct labnoise *labnoise_new(struct labloop *loop);
void labnoise_free(struct labnoise *n); /* NULL is fine */

/* That process from now on; 0: none. */
void labnoise_watch(struct labnoise *n, pid_t pid);

struct labnoise_worst {
	int64_t from_ns;  /* when that second began, clock_monotonic() */
	int64_t wait_ns;  /* the longest that one of its threads waited in it */
	int64_t total_ns; /* of all seconds */
	int64_t late_ns;  /* the loop's worst */
};
/* Of what was seen between the two moments. */
struct labnoise_worst labnoise_worst(const struct labnoise *n, int64_t from_ns,
    int64_t until_ns);

#endif
