/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inetsum - the Internet checksum (RFC 1071). Pure. Parts are summed up and
 * then folded; a packet whose own field is among them gives 0 when it is right.
 */
#ifndef PACKET_INETSUM_H
#define PACKET_INETSUM_H

#include <stddef.h>
#include <stdint.h>

/* Adds a part to a sum that began as 0. All parts but the last have an even
 * length; together they are below 128 KB. */
uint32_t inetsum_add(uint32_t sum, const uint8_t *p, size_t bytes);

uint16_t inetsum_fold(uint32_t sum);

#endif
