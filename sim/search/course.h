/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * course - of events: a scenario made of choices (sim/search/choices.h): a
 * machine and its configuration, what the outside world does to it, and faults;
 * then all that was broken is mended, and a quiet time follows in which the
 * engine has to bring everything in order. With it, what the end must look
 * like.
 *
 * Whatever the choices are, the scenario is one that switchback test would
 * take.
 */
#ifndef SIM_SEARCH_COURSE_H
#define SIM_SEARCH_COURSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipaddr.h"
#include "base/strbuf.h"
#include "sim/scenario/scenario.h"
#include "sim/search/choices.h"

#define COURSE_PAIRS	2
#define COURSE_ADDRS	4
#define COURSE_STIMULI	20 /* at most, unless told otherwise */
#define COURSE_MACHINES 2
#define COURSE_FOREIGN	4

/* The mark at which the quiet time is over: from here on nothing is done, and
 * no packet is lost. */
#define COURSE_CALM  "calm"
#define COURSE_PROBE "p" /* and the number of its pair */

extern const char *const course_machines[COURSE_MACHINES];

struct course_pair { /* what is wanted of it at the end */
	char hn[SCN_NAME_MAX], vf[SCN_NAME_MAX];
	uint8_t mac[6];
	bool dhcp;
	struct ipaddr addrs[COURSE_ADDRS];
	size_t n_addrs;
	struct ipaddr router;	 /* family 0: none is configured */
	char vlan[SCN_NAME_MAX]; /* "": none */
	struct ipaddr vlan_addr;
	bool slaac;
	/* Somebody has decided otherwise, so the VF need not carry. */
	bool vf_excused, client_excused, mtu_excused;
	bool has_alias, by_default; /* what rc.conf says: an alias; DEFAULT */
	struct ipaddr extra; /* an alias that was edited; family 0: never */
	bool extra_wanted;
	/* Both by people: a NIC that was told of both at once may hand over to
	 * the VF for good, and when that is gone there is no way out. */
	bool downed, raced;
	bool upped; /* by a person, who need not wait */
};

struct course {
	struct scenario *scn;
	size_t machine; /* number of its name */
	struct course_pair pairs[COURSE_PAIRS];
	size_t n_pairs;
	bool transparent;
	bool anew; /* the daemon is started anew at the mark */
	bool died; /* the daemon, so that it does not know what it did before */
	char foreign[COURSE_FOREIGN][SCN_NAME_MAX]; /* nobody's to touch */
	size_t n_foreign;
	int64_t vf_delay_ns;
	int64_t quiet_ns; /* nothing happens any more */
	int64_t calm_ns;  /* COURSE_CALM */
};

/* Makes one of choices that are to be drawn or followed. stimuli: so many; 0:
 * as many as they say. */
void course_make(struct course *h, struct choices *c, unsigned stimuli);
void course_fini(struct course *h);

#endif
