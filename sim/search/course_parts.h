/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * course_parts - the inside of sim/search/course.h: the machine and its
 * configuration (course_setup.c, course_options.c), what happens
 * (course_acts.c), what people do (course_people.c; on Linux
 * course_people_linux.c), the faults (course_faults.c), and how few of them end
 * (course_strange.c).
 */
#ifndef SIM_SEARCH_COURSE_PARTS_H
#define SIM_SEARCH_COURSE_PARTS_H

#include "sim/search/course.h"

#define COURSE_BOOTED (INT64_C(20) * 1000000000)

/* How the things of one pair stand, so that what is broken can be mended. */
struct standing {
	bool vf_there, vf_link; /* the host offers it; its link is there */
	bool media, associated, nic_there;
	bool other;	  /* it is the other VF that is or was there last */
	bool scripted;	  /* hyperv_vfup.NIC is there */
	bool downed_late; /* by a script: nobody knows which one it strikes */
	bool renamed;	  /* the NIC */
	bool unpaired; /* its NIC was away: to up the VF may panic the kernel */
};

struct author { /* who writes a history */
	struct course *h;
	struct scenario *scn;
	struct choices *c;
	enum core_policy policy;
	struct standing pairs[COURSE_PAIRS];
	bool daemon_runs, dhcp_answers, router_speaks, own_lagg, offered;
	bool edited; /* rc.conf, and nobody has told the daemon */
	int64_t resync_ns;
	bool strange; /* course_estrange() was */
	int64_t now_ns;
	struct strbuf *script; /* lines that are typed go there; NULL: each is
				* a step of its own */
	unsigned stimuli;
};

typedef void course_act(struct author *a, size_t pair);

course_act course_user, course_edit, course_custom;
course_act *course_linux_command(uint32_t number);
#define COURSE_LINUX_COMMANDS 11

void course_setup(struct author *a);
void course_options(struct author *a);
void course_last_option(struct author *a); /* behind all else */
void course_acts(struct author *a);
void course_mend(struct author *a);
void course_faults(struct author *a);
void course_estrange(struct author *a); /* behind the mending */

/* Appends a step at the author's time; the name is copied, NULL for none. */
struct scn_step *course_step(struct author *a, enum scn_stimulus kind,
    const char *name);

/* Somebody types a line. */
void course_type(struct author *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Name of its VF that is there, or was last. */
const char *course_vf(const struct author *a, size_t pair);

/* rc.conf, from boot on. */
void course_add_rc(struct author *a, const char *name, const char *value);

/* A time as people write it. */
int64_t course_pause(struct author *a);

#endif
