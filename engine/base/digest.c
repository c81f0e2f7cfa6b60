/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/digest.h"

#include <string.h>

void
digest_begin(struct digest *d, int64_t now_ns)
{
	d->low = UINT64_C(0x9e3779b97f4a7c15);
	d->high = UINT64_C(0xc2b2ae3d27d4eb4f);
	d->now_ns = now_ns;
	d->blind = false;
}

/* Two rows of multiplications (odd numbers of Steele and Vigna,
 * "Computationally easy, spectrally good multipliers"), each mixed from its top
 * down. */
void
digest_number(struct digest *d, uint64_t number)
{
	d->low = (d->low ^ number) * UINT64_C(0xd1342543de82ef95);
	d->low ^= d->low >> 32;
	d->high = (d->high + number) * UINT64_C(0xaf251af3b0f025b5);
	d->high ^= d->high >> 29;
}

void
digest_bytes(struct digest *d, const void *data, size_t bytes)
{
	const unsigned char *from = data;
	uint64_t word;
	size_t n;

	digest_number(d, bytes);
	for (; bytes > 0; bytes -= n, from += n) {
		n = bytes < sizeof(word) ? bytes : sizeof(word);
		word = 0;
		memcpy(&word, from, n);
		digest_number(d, word);
	}
}

void
digest_text(struct digest *d, const char *s)
{
	if (s == NULL)
		digest_number(d, UINT64_MAX);
	else
		digest_bytes(d, s, strlen(s));
}

void
digest_due(struct digest *d, int64_t at_ns)
{
	digest_number(d,
	    at_ns == INT64_MAX	     ? UINT64_MAX
		: at_ns <= d->now_ns ? 0
				     : (uint64_t)(at_ns - d->now_ns));
}

void
digest_since(struct digest *d, int64_t at_ns, int64_t most_ns)
{
	int64_t ago = at_ns < d->now_ns - most_ns ? most_ns : d->now_ns - at_ns;

	digest_number(d, (uint64_t)ago);
}

void
digest_one_of(struct digest *d, const struct digest *one)
{
	d->low += one->low;
	d->high += one->high;
	d->blind = d->blind || one->blind;
}
