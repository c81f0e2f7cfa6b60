/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * capture - the packets of one run in pcap files, one for each place where
 * they were seen: an interface, the peer, the guest's sockets. Nanosecond
 * stamps, virtual time on the run's wall clock (sim/machine/vclock.h).
 *
 * Each file is written as NAME.pcap.part and renamed at the end, so that no
 * half file bears the final name; after an error none is left at all. The
 * first error is kept, and what comes after it is ignored.
 */
#ifndef SIM_PACKETS_CAPTURE_H
#define SIM_PACKETS_CAPTURE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define CAPTURE_PEER  "peer"
#define CAPTURE_GUEST "guest"

struct capture;

/* Makes the folder dir and the ones above it. */
struct capture *capture_new(const char *dir);

/* A place exists; nothing need have been seen there. */
void capture_place(struct capture *c, const char *place);
/* The same for an interface, which may be called as a place is. */
void capture_interface(struct capture *c, const char *ifname);

void capture_frame(struct capture *c, const char *place, int64_t at_ns,
    const void *frame, size_t bytes);
void capture_frame_on(struct capture *c, const char *ifname, int64_t at_ns,
    const void *frame, size_t bytes);

/* Ends all files and frees c (NULL is fine). 0, or ERR_IO and nothing left. */
int capture_close(struct capture *c, struct err *e);

#endif
