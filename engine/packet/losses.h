/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * losses - what is missing of a stream, as numbers and gaps. Pure.
 *
 * Of one place, what is missing are the numbers that others frame. Of two
 * (sent here, received there; asked here, answered here) it is what the first
 * saw and the second did not, at the ends too; what the first did not see
 * either was never sent, as far as captures tell: refused by its own system.
 *
 * A gap is as in packet/continuity.h: from the last one that came before to
 * the first one behind, in sending times where the packets carry them. Others
 * are measured by arrival, at the ends by the sender's times moved over. A gap
 * in which nothing is missing is a sender that stood still.
 */
#ifndef PACKET_LOSSES_H
#define PACKET_LOSSES_H

#include <stddef.h>
#include <stdint.h>

#include "packet/flows.h"

struct loss_gap {
	uint64_t first; /* number */
	uint64_t count; /* missing: lost and unsent; 0: a pause */
	uint64_t unsent;
	int64_t from_ns, to_ns;
};

struct losses {
	uint64_t sent;	    /* that the sender is known to have sent */
	uint64_t delivered; /* of these */
	uint64_t lost;
	uint64_t unsent; /* between its first and last, never seen */
	uint64_t unseen; /* received, and not seen being sent */
	int64_t period_ns;
	int64_t longest_ns, longest_at_ns; /* 0: no gap */
	uint64_t before, behind; /* lost ahead of the first, after the last */
	bool settled; /* more gaps than could be kept: only counted */
	struct loss_gap *gaps;
	size_t n_gaps, cap_gaps;
};

/* Of what one side of a flow saw. */
void losses_alone(const struct flow_side *s, enum numbering_kind kind,
    struct losses *out);

/* Of what was sent and what was got. Number n of the first is n + shift of
 * the second; delay_ns moves times of the first over to the second. */
void losses_between(const struct tracker *sent, const struct tracker *got,
    uint64_t shift, int64_t delay_ns, struct losses *out);

/* The shift between two trackers whose numbers wrap after so many bits, by
 * when they began; delay_ns as above. */
uint64_t losses_shift(const struct tracker *sent, const struct tracker *got,
    unsigned bits, int64_t delay_ns);

void losses_fini(struct losses *l);

#endif
