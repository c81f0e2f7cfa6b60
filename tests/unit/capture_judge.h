/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * capture_judge - holds what continuity finds in a run's own captures against
 * the run's numbers.
 */
#ifndef TESTS_UNIT_CAPTURE_JUDGE_H
#define TESTS_UNIT_CAPTURE_JUDGE_H

#include "db/trace.h"

/* folder has guest.pcap and peer.pcap. Fails the test, naming where. Gives
 * how many gaps were compared. */
size_t capture_judge(const struct trace *t, const char *folder,
    const char *where);

#endif
