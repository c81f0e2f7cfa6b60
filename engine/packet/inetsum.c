/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet/inetsum.h"

uint32_t
inetsum_add(uint32_t sum, const uint8_t *p, size_t bytes)
{
	size_t i;

	for (i = 0; i + 1 < bytes; i += 2)
		sum += (uint32_t)(p[i] << 8 | p[i + 1]);
	if (i < bytes)
		sum += (uint32_t)(p[i] << 8);
	return sum;
}

uint16_t
inetsum_fold(uint32_t sum)
{
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}
