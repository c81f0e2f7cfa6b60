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
#include "core/core.h"
#include "sim/scenario/scenario.h"
#include "sim/search/choices.h"

#define COURSE_PAIRS	2
#define COURSE_ADDRS	4
#define COURSE_STIMULI	20 /* at most, unless told otherwise */
#define COURSE_MACHINES 3
#define COURSE_FOREIGN	4

/* The mark at which the quiet time is over: from here on nothing is done, and
 * no packet is lost. */
#define COURSE_CALM  "calm"
#define COURSE_PROBE "p" /* and the number of its pair */

/* Linux guests behind all others. */
extern const char *const course_machines[COURSE_MACHINES];
#define COURSE_AZURE 1
#define COURSE_LINUX 2

struct course_pair { /* what is wanted of it at the end */
	char hn[SCN_NAME_MAX], vf[SCN_NAME_MAX];
	char other[SCN_NAME_MAX];     /* the host may give it instead; or "" */
	char aggregate[SCN_NAME_MAX]; /* its first name */
	uint8_t mac[6];
	bool dhcp;
	struct ipaddr addrs[COURSE_ADDRS];
	size_t n_addrs;
	struct ipaddr router;	 /* family 0: none is configured */
	char vlan[SCN_NAME_MAX]; /* "": none */
	struct ipaddr vlan_addr;
	bool slaac;
	/* Somebody has decided otherwise, so the VF need not carry. */
	bool vf_excused;
	bool has_alias, by_default; /* what rc.conf says: an alias; DEFAULT */
	struct ipaddr extra; /* an alias that was edited; family 0: never */
	bool extra_wanted;
	struct ipaddr former; /* of addrs[0]; family 0: it was never edited */
	bool former_read;  /* by the daemon for sure: it knows whose it was */
	int64_t edited_ns; /* when rc.conf was, of it, first; 0: never */
	bool moved;	   /* addrs[0] is not what the probe's peer was told */
	/* Both by people: a NIC that was told of both at once may hand over to
	 * the VF for good, and when that is gone there is no way out. */
	bool downed, raced;
	bool upped;	   /* by a person, who need not wait */
	uint32_t caps_off; /* what people have turned off on the NIC: CAP_* */
	bool offered;	   /* its VF, by the host */
	bool lagg_downed;  /* by a person */
};

struct course {
	struct scenario *scn;
	size_t machine; /* number of its name */
	struct course_pair pairs[COURSE_PAIRS];
	size_t n_pairs;
	/* A Linux guest. It has no VLANs here, since the engine moves none
	 * there (engine/world/rtrequest.h), and no hn(4): the path is the
	 * active slave's. */
	bool on_linux;
	bool transparent; /* the kernel does it all, and the engine nothing */
	bool no_bonding;  /* the kernel cannot: the NIC is left to itself */
	bool updown;	  /* the kernel sets ports up with their aggregate */
	bool anew;	  /* the daemon is started anew at the mark */
	/* Until then the daemon may not have run, or be another one: it does
	 * not know what was before. 0: it is the first; INT64_MAX: at any time.
	 */
	int64_t died_ns;
	char foreign[COURSE_FOREIGN][SCN_NAME_MAX]; /* nobody's to touch */
	size_t n_foreign;
	int64_t vf_delay_ns;
	int64_t quiet_ns; /* nothing happens any more */
	int64_t calm_ns;  /* COURSE_CALM */
};

/* Makes one of choices that are to be drawn or followed, for this policy: stock
 * is FreeBSD's. stimuli: so many; 0: as many as they say. */
void course_make(struct course *h, struct choices *c, enum core_policy policy,
    unsigned stimuli);
void course_fini(struct course *h);

#endif
