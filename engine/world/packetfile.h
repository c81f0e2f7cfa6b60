/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * packetfile - packets as a pcap file, in nanoseconds, for tcpdump(1) and
 * Wireshark. The file has its name only when it is whole.
 */
#ifndef WORLD_PACKETFILE_H
#define WORLD_PACKETFILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct packetfile;

/* linktype is a LINKTYPE_ of pcap-linktype(7). 0, or ERR_IO; ERR_UNSUPPORTED:
 * no such link type can be written. */
int packetfile_open(const char *path, int linktype, uint32_t snap_bytes,
    struct packetfile **out, struct err *err);

/* wall_ns since 1970, at least 0. A failure is told by packetfile_finish(). */
void packetfile_add(struct packetfile *f, int64_t wall_ns, uint32_t wire_bytes,
    const void *data, uint32_t bytes);

/* Gives the file its name and frees. 0, or ERR_IO: there is no file then. */
int packetfile_finish(struct packetfile *f, struct err *err);

/* Frees, and no file is left. NULL is fine. */
void packetfile_drop(struct packetfile *f);

#endif
