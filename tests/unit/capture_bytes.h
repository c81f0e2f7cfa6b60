/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * capture_bytes - capture files made byte by byte, of either byte order, not
 * by the library that may read them.
 */
#ifndef TESTS_UNIT_CAPTURE_BYTES_H
#define TESTS_UNIT_CAPTURE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

struct capture_bytes {
	struct strbuf out;
	bool big; /* the high byte first */
};

void bytes_put(struct capture_bytes *b, unsigned size, uint64_t value);

/* pcap; seconds and fraction as they are to stand in the file. */
void bytes_pcap(struct capture_bytes *b, uint32_t magic, uint32_t linktype);
void bytes_pcap_packet(struct capture_bytes *b, uint32_t seconds,
    uint32_t fraction, const void *data, uint32_t bytes, uint32_t wire_bytes);

/* pcapng; resolution 0xff: the option is left out. */
void bytes_section(struct capture_bytes *b);
void bytes_interface(struct capture_bytes *b, uint32_t linktype,
    const char *name, uint8_t resolution, int64_t offset_s);
void bytes_packet(struct capture_bytes *b, uint32_t interface, uint64_t stamp,
    const void *data, uint32_t bytes);
void bytes_statistics(struct capture_bytes *b, uint32_t interface,
    uint64_t dropped);

/* Into a new file below /tmp; gives its path, to be freed. */
char *bytes_file(const struct capture_bytes *b);

#endif
