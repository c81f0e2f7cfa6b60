/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * samples - when some of a stream's numbers were seen, for comparing the same
 * numbers at two places: delays, round trips, two clocks. Pure.
 *
 * Which numbers are kept depends on the numbers alone, so two places keep the
 * same ones; when it would be more than SAMPLES_MAX, half as many are kept.
 */
#ifndef PACKET_SAMPLES_H
#define PACKET_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

#define SAMPLES_MAX    1024
#define SAMPLES_BUDGET 1000000 /* of all that share one budget */

struct sample {
	uint64_t number;
	int64_t at_ns;
};

struct samples {
	struct sample *list; /* owned */
	size_t count, cap;
	unsigned shift; /* 2^-shift of all are kept */
	unsigned bits;	/* after which numbers wrap; 0 counts as 64 */
};

/* budget counts what all together have room for. */
void samples_add(struct samples *s, size_t *budget, uint64_t number,
    int64_t at_ns);
void samples_fini(struct samples *s);

/* Whether a number is kept at 2^-shift. */
static inline int
samples_keeps(const struct samples *s, uint64_t number)
{
	if (s->shift == 0)
		return 1;
	if (s->bits > 0 && s->bits < 64)
		number &= (UINT64_C(1) << s->bits) - 1;
	return (number * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - s->shift) == 0;
}

struct sample_delays { /* later minus earlier, over the common numbers */
	size_t count;
	int64_t min_ns, median_ns, p99_ns, max_ns;
	/* Of the first and the last tenth: the medians. */
	int64_t begin_ns, end_ns;
};

/* A number n of earlier is n + shift in later. Sorts both. */
void samples_compare(struct samples *earlier, struct samples *later,
    uint64_t shift, struct sample_delays *out);

#endif
