/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * capture_file - packets from a capture, in the order of the file: classic
 * pcap by libpcap, pcapng by world/pcapng.h, which says why. Stamps of either
 * resolution, both byte orders, files of any length, and pipes.
 *
 * Of classic files as nearly everybody writes them (version 2.4, the low byte
 * first) libpcap reads the header, and the packets are then taken from its
 * stream in large pieces: packet by packet, its loop and stdio cost as much
 * as all that is made of the packets.
 *
 * A filter is a libpcap expression, compiled for each link type of the file.
 *
 * A file that ends in the middle of a packet is read up to there; then
 * capture_file_cut() is true. One that is damaged in the middle is an error.
 * Memory does not grow with the file.
 */
#ifndef WORLD_CAPTURE_FILE_H
#define WORLD_CAPTURE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct capture_file;

struct capture_packet {
	int64_t at_ns;		    /* since 1970 */
	uint32_t bytes, wire_bytes; /* captured; as it was on the wire */
	const uint8_t *data;	    /* until the next call for this file */
	size_t interface;	    /* of the file, from 0 */
};

/* path "-" is standard input; filter may be NULL. Errors: ERR_NOTFOUND or
 * ERR_IO, and ERR_INPUT when it is no capture or the filter has a mistake;
 * the text names the file and says what to do. */
int capture_file_open(const char *path, const char *filter,
    struct capture_file **out, struct err *e);
void capture_file_close(struct capture_file *f); /* NULL is fine */

/* 1: a packet; 0: the end; an error as above. */
int capture_file_next(struct capture_file *f, struct capture_packet *p,
    struct err *e);

/* After the end: whether the last packet is not whole. */
bool capture_file_cut(const struct capture_file *f);

/* Interfaces that were described so far; in classic files there is one. */
size_t capture_file_interfaces(const struct capture_file *f);
/* LINKTYPE_ of the registry. */
int capture_file_linktype(const struct capture_file *f, size_t interface);
/* "" when the file does not say. Lives as long as f. */
const char *capture_file_interface_name(const struct capture_file *f,
    size_t interface);
/* Packets that the capture itself lost, where the file says so. */
uint64_t capture_file_dropped(const struct capture_file *f);

/* How far the file is read, 0 to 100; -1 when its length is not known. */
int capture_file_percent(const struct capture_file *f);

#endif
