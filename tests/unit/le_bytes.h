/* SPDX-License-Identifier: BSD-2-Clause */
/* le_bytes - numbers in little-endian bytes, which need not be aligned. */
#ifndef UNIT_LE_BYTES_H
#define UNIT_LE_BYTES_H

#include <stdint.h>

static inline unsigned
le_get16(const uint8_t *at)
{
	return (unsigned)at[0] | (unsigned)at[1] << 8;
}

static inline uint32_t
le_get32(const uint8_t *at)
{
	return (uint32_t)le_get16(at) | (uint32_t)le_get16(at + 2) << 16;
}

static inline void
le_put16(uint8_t *at, unsigned v)
{
	at[0] = (uint8_t)v;
	at[1] = (uint8_t)(v >> 8);
}

static inline void
le_put32(uint8_t *at, uint32_t v)
{
	le_put16(at, v & 0xffff);
	le_put16(at + 2, v >> 16);
}

#endif
