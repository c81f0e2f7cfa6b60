/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a history may end with: a VF that is a stranger's by then. It comes, and
 * before it is brought up a person gives it another MAC. From then on it is a
 * NIC of its own; hn lists it on, but does not let go of it, and knows no other
 * (FACTS.md C.2, C.3), so nothing may come behind this, and there are no faults
 * that would let the engine come too late to see it in time.
 */
#include "base/dur.h"
#include "sim/search/course_parts.h"

/* Freezes and VFs that came and went in a row have left the bus work to do, and
 * it is this VF that must be there, not one before it. */
#define LEAVES (30 * DUR_SEC)
#define COMES  (1 * DUR_SEC) /* and less than any delay of a VF */

void
course_estrange(struct author *a)
{
	struct course_pair *p = &a->h->pairs[0];

	if (!choices_chance(a->c, 4) || a->h->n_pairs > 1 || a->h->on_linux ||
	    a->pairs[0].renamed || a->pairs[0].unpaired || p->by_default)
		return;
	a->now_ns += LEAVES;
	if (a->pairs[0].vf_there)
		course_step(a, SCN_VF_EJECT, course_vf(a, 0));
	a->now_ns += LEAVES;
	course_step(a, SCN_VF_ATTACH, course_vf(a, 0));
	a->now_ns += COMES;
	course_type(a, "ifconfig %s ether 02:00:00:00:00:01", course_vf(a, 0));
	a->pairs[0].vf_there = true;
	p->vf_excused = p->downed = a->strange = true;
	p->raced = p->raced || p->upped;
}
