/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/search/course.h"

#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "sim/search/course_parts.h"

/* The longest that a planner or a client waits before it tries again, and
 * some more: NATIVE_RETRY_LAST, and dhclient's retry of 300 s. */
#define QUIET	   (90 * DUR_SEC)
#define QUIET_DHCP (400 * DUR_SEC)
/* A router advertises itself so seldom. */
#define QUIET_SLAAC (700 * DUR_SEC)
/* One look without a reason is in it for sure. */
#define CALM (5 * DUR_SEC)

struct scn_step *
course_step(struct author *a, enum scn_stimulus kind, const char *name)
{
	struct scenario *s = a->scn;
	struct scn_step *p = MEM_PUSH(s->steps, s->n_steps, s->cap_steps);

	p->at_ns = a->now_ns;
	p->kind = kind;
	p->name = mem_str(name);
	p->times = 1;
	return p;
}

int64_t
course_pause(struct author *a)
{
	static const uint32_t usual[] = { 6, 3, 2, 1 };
	static const int64_t scales[] = { DUR_SEC, 100 * DUR_MS, DUR_MS,
		37 * DUR_US };
	uint32_t scale = choices_weighted(a->c, usual, 4);

	return scales[scale] * choices_below(a->c, 20);
}

static void
add_mark(struct author *a)
{
	course_step(a, SCN_MARK, NULL)->mark = mem_str(COURSE_CALM);
	a->h->anew = choices_chance(a->c, 30);
	if (a->h->anew)
		course_step(a, SCN_DAEMON_RESTART, NULL);
}

void
course_make(struct course *h, struct choices *c, enum core_policy policy,
    unsigned stimuli)
{
	struct author a = { .h = h,
		.c = c,
		.policy = policy,
		.stimuli = stimuli };
	int64_t quiet = QUIET;
	size_t i;

	memset(h, 0, sizeof(*h));
	h->scn = a.scn = mem_zero(1, sizeof(*a.scn));
	a.scn->path = mem_str("history");
	a.scn->title = mem_str("history");
	a.scn->origin = mem_str("");
	course_setup(&a);
	course_acts(&a);
	course_mend(&a);
	h->quiet_ns = a.now_ns;
	course_faults(&a);
	for (i = 0; i < h->n_pairs; i++) {
		if (h->pairs[i].dhcp && quiet < QUIET_DHCP)
			quiet = QUIET_DHCP;
		if (h->pairs[i].slaac)
			quiet = QUIET_SLAAC;
	}
	a.now_ns += quiet + h->vf_delay_ns;
	h->calm_ns = a.now_ns;
	add_mark(&a);
	a.scn->end_ns = a.now_ns + a.resync_ns + CALM;
	course_last_option(&a);
}

void
course_fini(struct course *h)
{
	scenario_free(h->scn);
	memset(h, 0, sizeof(*h));
}
